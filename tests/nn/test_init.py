"""Initializers: their variances and borders, the symmetry that zeros keep, and the errata about them."""

import numpy
import pytest

from nn import MLP, Layer, Neuron, init

SHAPE = (300, 200)
SPREAD = {  # name: (standard deviation, border)
    "normal": (1.0, None),
    "uniform": (2 / 12**0.5, 1.0),
    "lecun_normal": ((1 / 200) ** 0.5, None),
    "glorot_normal": ((2 / 500) ** 0.5, None),
    "glorot_uniform": ((2 / 500) ** 0.5, (6 / 500) ** 0.5),
    "he_normal": ((2 / 200) ** 0.5, None),
    "he_uniform": ((2 / 200) ** 0.5, (6 / 200) ** 0.5),
}


@pytest.mark.parametrize("name", SPREAD)
def test_weights_have_mean_zero_and_the_variance_of_the_formula(name):
    """D2-24, D2-26, D2-27: 60,000 draws give the standard deviation to 1 %."""
    std, border = SPREAD[name]
    W = getattr(init, name)(SHAPE, rng=0)
    assert W.shape == SHAPE and abs(W.mean()) < 5 * std / 60_000**0.5 and W.std() == pytest.approx(std, rel=0.01)
    assert border is None or (abs(W).max() <= border and abs(W).max() > 0.99 * border)


def test_zeros_constant_and_settings():
    assert not init.zeros(SHAPE).any() and (init.constant((2, 2), value=0.5) == 0.5).all()
    assert Neuron(2, init=init.constant(value=0.25)).weights[1].data == 0.25
    assert abs(init.normal(std=0.1)(SHAPE, rng=0)).max() < 0.6
    assert init.uniform((1, 1000), rng=0, low=2, high=3).min() >= 2


def test_default_is_he_for_relu_and_its_kin_else_glorot():
    """D2-28."""
    for activation, expected in (
        ("relu", init.he_normal),
        ("gelu", init.he_normal),
        ("tanh", init.glorot_normal),
        ("linear", init.glorot_normal),
    ):
        W = [[w.data for w in n.weights] for n in Layer(3, 2, activation, rng=5).neurons]
        assert expected((2, 3), rng=5).tolist() == W, activation
    assert all(n.bias.data == 0 for n in Layer(3, 2, rng=0).neurons)


def test_erratum_glorot_as_printed_has_twice_the_variance():
    """E2-9: N(0,1) · 2/√(n_in + n_out) instead of N(0,1) · √(2/(n_in + n_out)): 0.00994 against 0.00497 for this draw of 300 + 100."""
    right = init.glorot_normal((100, 300), rng=0)
    printed = right / (2 / 400) ** 0.5 * 2 / 400**0.5
    assert right.var() == pytest.approx(0.00497, abs=5e-6) and printed.var() == pytest.approx(0.00994, abs=5e-6)
    assert printed.var() == pytest.approx(2 * right.var(), rel=1e-12)


def test_variance_of_a_sum_is_n_times_the_product_of_variances_if_the_inputs_are_centred():
    """D2-24, D2-25: V(Σ w_i x_i) = n V(w) V(x) for n = 50; inputs of mean 2 make it n V(w) (V(x) + 4)."""
    rng = numpy.random.default_rng(0)
    w, x = rng.normal(size=(2, 40_000, 50))
    assert (w * x).sum(axis=1).var() == pytest.approx(50, rel=0.03)
    assert (w * (x + 2)).sum(axis=1).var() == pytest.approx(50 * 5, rel=0.03)


def test_he_keeps_the_mean_square_through_relu_layers_and_lecun_halves_it():
    """D1-13, D2-27: ten layers of 64; with relu N(0, 2/n_in) keeps E z², N(0, 1/n_in) loses a factor 2 for each layer."""
    rng = numpy.random.default_rng(1)
    for make, low, high in ((init.he_normal, 0.2, 5.0), (init.lecun_normal, 0.2 / 2**10, 5.0 / 2**10)):
        z = rng.normal(size=(64, 200))
        start = (z**2).mean()
        for _ in range(10):
            z = numpy.maximum(make((64, 64), rng) @ z, 0)
        assert low < (z**2).mean() / start * 1.0 < high


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: MLP(2, [1], init="glorot"), 'did you mean "glorot'),
        (lambda: MLP(2, [1], init=lambda shape, rng: numpy.zeros((9, 9))), r"shape \(9, 9\), but the layer needs \(1, 2\)"),
        (lambda: init.normal((2, 2), std=-1), "std must be at least 0"),
        (lambda: init.uniform((2, 2), low=1, high=0), "high must be at least 1"),
        (lambda: init.zeros((0, 2)), "number of neurons is at least 1"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
