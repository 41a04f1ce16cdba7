"""Uncertainty about weights: exact for linear regression, and what samples and variational inference make of the same."""

from collections import Counter

import numpy
import pytest

from autograd import Value, exp, grad
from nn import MLP, LogisticRegression, Neuron, bayes, data

ALPHA, BETA = 2.0, 1 / 0.3**2


def line(n=20, seed=0):
    rng = numpy.random.default_rng(seed)
    x = rng.uniform(-1, 1, n)
    return x, 0.5 - 1.5 * x + rng.normal(0, 0.3, n)


@pytest.fixture(scope="module")
def regression():
    """A line with its exact posterior, the weights in the order of a neuron's parameters, and the same as a density."""
    x, y = line()
    exact = bayes.linear_posterior(numpy.column_stack([x, numpy.ones_like(x)]), y, ALPHA, BETA)
    return exact, bayes.LogJoint(Neuron(1), x[:, None], y, prior_precision=ALPHA, noise_precision=BETA)


# --- exact ---


def test_the_posterior_is_the_product_of_prior_and_likelihood_on_a_grid():
    """Summed over a fine grid of the two weights: nothing but the definition."""
    x, y = line(6)
    exact = bayes.linear_posterior(numpy.column_stack([x, numpy.ones_like(x)]), y, ALPHA, BETA)
    w, b = numpy.meshgrid(numpy.linspace(-4, 2, 601), numpy.linspace(-2, 3, 501), indexing="ij")
    joint = -ALPHA / 2 * (w**2 + b**2) + numpy.log(ALPHA / (2 * numpy.pi))
    joint = joint + sum(-BETA / 2 * (t - w * a - b) ** 2 + numpy.log(BETA / (2 * numpy.pi)) / 2 for a, t in zip(x, y, strict=True))
    density, cell = numpy.exp(joint), 0.01 * 0.01
    evidence = density.sum() * cell
    assert numpy.log(evidence) == pytest.approx(exact.log_evidence, abs=1e-4)
    share = density * cell / evidence
    assert [(share * w).sum(), (share * b).sum()] == pytest.approx(exact.mean, abs=1e-4)
    assert (share * (w - exact.mean[0]) * (b - exact.mean[1])).sum() == pytest.approx(exact.covariance[0, 1], abs=1e-4)


def test_much_data_and_a_weak_prior_are_least_squares_and_the_band_holds_the_noise():
    x, y = line(5000)
    features = bayes.polynomial(x, 1)
    exact = bayes.linear_posterior(features, y, 1e-9, BETA)
    assert exact.mean == pytest.approx(numpy.linalg.lstsq(features, y, rcond=None)[0], rel=1e-6)
    band = exact.predict(features)
    assert band.std == pytest.approx(0.3, rel=0.01) and ((band.low < y) & (y < band.high)).mean() == pytest.approx(0.954, abs=0.01)


def test_the_band_is_narrow_in_the_midst_of_the_data_and_wide_away_from_it():
    x, y = line()
    band = bayes.linear_posterior(bayes.polynomial(x, 3), y, 0.1, BETA).predict(bayes.polynomial([0.0, 1.0, 2.0, 4.0], 3))
    assert (numpy.diff(band.std) > 0).all() and band.std[-1] > 10 * band.std[0]


def test_the_evidence_picks_the_planted_degree_without_validation_data():
    """D1-51. A cubic with noise: fitting the data better and better, more degrees lose by what they could have explained besides."""
    chosen = Counter()
    for seed in range(20):
        rng = numpy.random.default_rng(seed)
        x = rng.uniform(-1, 1, 40)
        y = 1 - 2 * x + 4 * x**3 + rng.normal(0, 0.2, 40)
        chosen[max(range(9), key=lambda d: bayes.linear_posterior(bayes.polynomial(x, d), y, 0.1, 25.0).log_evidence)] += 1
        errors = [
            ((y - bayes.linear_posterior(bayes.polynomial(x, d), y, 1e-6, 25.0).predict(bayes.polynomial(x, d)).mean) ** 2).sum()
            for d in range(9)
        ]
        assert (numpy.diff(errors) < 1e-6).all(), "the error on the data would always choose the largest"
    assert chosen.most_common(1)[0][0] == 3 and chosen[3] >= 16 and min(chosen) == 3, chosen


# --- samples ---


def test_hmc_is_within_monte_carlo_error_of_the_exact_posterior(regression):
    """D1-52."""
    exact, joint = regression
    found = bayes.hmc(joint, samples=1200, burn_in=300, leapfrog=12, rng=0)
    std = numpy.sqrt(numpy.diag(exact.covariance))
    error = std / numpy.sqrt(found.effective)
    assert (found.effective > 300).all() and 0.6 < found.acceptance < 1
    assert (abs(found.mean - exact.mean) < 4 * error).all()
    assert (abs(numpy.diag(found.covariance) / std**2 - 1) < 4 * numpy.sqrt(2 / found.effective)).all()
    again = bayes.hmc(joint, samples=20, burn_in=5, leapfrog=12, rng=3)
    assert (again.points == bayes.hmc(joint, samples=20, burn_in=5, leapfrog=12, rng=3).points).all()


def test_independent_samples_are_all_effective_and_repeated_ones_are_not():
    points = numpy.random.default_rng(0).normal(size=(2000, 2))
    assert (bayes.Samples(points, 1, 1).effective > 1200).all()
    assert (bayes.Samples(numpy.repeat(points[:200], 10, axis=0), 1, 1).effective < 350).all()


# --- variational inference ---


@pytest.mark.parametrize("family", ["mean-field", "full-rank"])
def test_variational_inference_is_the_nearest_gaussian_of_its_family(regression, family):
    """D1-52. Full rank holds the exact posterior. Mean field has its mean, and the variances 1/Λ_kk (PRML, section 10.1.2)."""
    exact, joint = regression
    found = bayes.variational(joint, family=family, steps=700, samples=4, lr=0.1, rng=0)
    std = numpy.sqrt(numpy.diag(exact.covariance))
    assert (abs(found.mean - exact.mean) < 0.05 * std).all()
    if family == "full-rank":
        assert found.covariance == pytest.approx(exact.covariance, rel=1e-3)
    else:
        assert numpy.diag(found.covariance) == pytest.approx(1 / numpy.diag(numpy.linalg.inv(exact.covariance)), rel=0.05)
        assert found.covariance[0, 1] == 0
    constant = 20 / 2 * numpy.log(BETA / (2 * numpy.pi)) + 2 / 2 * numpy.log(ALPHA / (2 * numpy.pi))
    bound = numpy.mean(found.elbo[-50:]) + constant
    assert bound == pytest.approx(exact.log_evidence, abs=1e-6 if family == "full-rank" else 0.05), (
        "the bound is the evidence where q is exact"
    )


def test_the_reparametrisation_is_the_gradient_of_a_graph_whose_weights_are_computed(regression):
    """w = μ + exp(ρ) ε as Values: its gradients are those that the updates use."""
    _, joint = regression
    x, y = line()
    mu, rho, eps = [0.3, -0.2], [-1.0, -0.5], [0.7, -1.1]
    leaves = [Value(number) for number in (*mu, *rho)]
    w, b = (m + exp(r) * e for m, r, e in zip(leaves[:2], leaves[2:], eps, strict=True))
    terms = [(w * a + b - t) ** 2 / 2 for a, t in zip(x.tolist(), y.tolist(), strict=True)]
    log_joint = -BETA * sum(terms[1:], terms[0]) - ALPHA / 2 * (w * w + b * b)
    value, slope = joint(numpy.array([w.data, b.data]))
    assert value == pytest.approx(log_joint.data, rel=1e-12)
    expected = [*slope, *(s * numpy.exp(r) * e for s, r, e in zip(slope, rho, eps, strict=True))]
    assert grad(log_joint, leaves) == pytest.approx(expected, rel=1e-12)


# --- a small net ---


def test_the_band_of_a_1_3_1_net_widens_away_from_the_data():
    """D1-51."""
    X = numpy.concatenate([numpy.linspace(-2, -1, 8), numpy.linspace(1, 2, 8)])[:, None]
    model = MLP(1, [3, 1], "tanh", rng=0)
    before = model.state_dict()
    joint = bayes.LogJoint(model, X, numpy.sin(2 * X[:, 0]), prior_precision=0.3, noise_precision=50.0)
    found = bayes.hmc(joint, samples=400, burn_in=250, leapfrog=20, step_size=0.05, rng=0)
    grid = numpy.array([[-6.0], [-1.5], [0.0], [1.5], [6.0]])
    band = bayes.predictive(model, found.draw(150), grid)
    assert min(band.std[[0, 2, 4]]) > 3 * max(band.std[[1, 3]]), band.std
    assert band.mean[[1, 3]] == pytest.approx(numpy.sin([-3.0, 3.0]), abs=0.3)
    with_noise = bayes.predictive(model, found.draw(150), grid, noise_precision=50.0)
    assert with_noise.std**2 == pytest.approx(band.std**2 + 1 / 50, rel=1e-9) and (with_noise.high - with_noise.low) == pytest.approx(
        4 * with_noise.std
    )
    assert model.state_dict() == before, "the model keeps its weights"


def test_classes_have_posteriors_too_and_the_average_prediction_is_less_certain_than_the_best_one():
    X, y = data.blobs(12, classes=2, noise=0.8, rng=0)
    model = LogisticRegression(2)
    joint = bayes.LogJoint(model, X, y, "bce", prior_precision=0.5)
    found = bayes.hmc(joint, samples=300, burn_in=200, leapfrog=10, rng=0)
    far = [[4.0, 3.0], [-4.0, -3.0]]
    average = bayes.predictive(model, found.points, far).mean
    of_mean = bayes.predictive(model, found.mean, far).mean
    assert (abs(average - 0.5) < abs(of_mean - 0.5)).all()
    many = MLP(2, [3], rng=0)
    value, slope = bayes.LogJoint(many, X, y, "cross_entropy")(numpy.zeros(9))
    assert value == pytest.approx(-12 * numpy.log(3)) and slope.shape == (9,)


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda: bayes.linear_posterior([[1.0]], [1.0], prior_precision=0), "prior_precision must be greater than 0"),
        (lambda: bayes.linear_posterior([1.0], [1.0]), "features has shape"),
        (lambda: bayes.linear_posterior([[1.0]], [[1.0, 2.0]]), "one number for each example"),
        (lambda: bayes.linear_posterior([[1.0, 2.0]], [1.0]).predict([[1.0, numpy.nan]]), "holds nan"),
        (lambda: bayes.LogJoint(Neuron(1), [[1.0]], [1.0], "mae"), "logarithm of a likelihood"),
        (lambda: bayes.LogJoint(Neuron(2), [[1.0]], [1.0]), "X has 1 feature"),
        (lambda: bayes.LogJoint(LogisticRegression(1), [[1.0]], [1], "bce", noise_precision=2.0), "classes have no noise"),
        (lambda: bayes.variational(lambda w: (0.0, w), [0.0], family="half"), "no family called"),
        (lambda: bayes.hmc(lambda w: (0.0, w)), "give a point to start from"),
        (lambda: bayes.hmc(lambda w: (0.0, w), [[0.0]]), "a vector of parameters"),
        (lambda: bayes.predictive(Neuron(1), [[1.0, 2.0, 3.0]], [[1.0]]), "the model has 2 parameters"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(use, words):
    with pytest.raises(ValueError, match=words):
        use()
