"""Losses: each against its formula in 50 digits, its gradient against the lecture's, and what it refuses."""

import inspect
import pickle
from fractions import Fraction
from functools import partial

import mpmath
import numpy
import pytest
from mpmath import mpf

from autograd import Value, grad, sigmoid, softmax, topological_order, vectorize
from nn import MLP, Layer, Neuron, formulas, losses

mpmath.mp.dps = 50


def log_sigmoid(z):
    return -mpmath.log1p(mpmath.exp(-z))


# The formula of one element, in mpmath, written apart from the code.
ELEMENTS = {
    "half_squared_error": lambda p, t: (p - t) ** 2 / 2,
    "mse": lambda p, t: (p - t) ** 2,
    "mae": lambda p, t: abs(p - t),
    "huber": lambda p, t: (p - t) ** 2 / 2 if abs(p - t) <= 1 else abs(p - t) - mpf(1) / 2,
    "hinge": lambda p, t: max(mpf(0), 1 - p * t),
    "bce": lambda p, t: -(t * mpmath.log(p) + (1 - t) * mpmath.log(1 - p)),
    "bce_with_logits": lambda p, t: -(t * log_sigmoid(p) + (1 - t) * log_sigmoid(-p)),
}
PREDICTIONS = [[0.3, 0.9], [0.05, 0.6], [0.7, 0.2]]
TARGETS = {"hinge": [[1, -1], [-1, 1], [1, 1]], "bce": [[0, 1], [0.25, 1], [0, 0]], "bce_with_logits": [[0, 1], [0.25, 1], [0, 0]]}
NUMBERS = [[1.5, -0.5], [0.05, 3.0], [0.0, 0.25]]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", ELEMENTS)
def test_value_and_gradient_are_those_of_the_formula(name, reduction):
    """D1-25, D1-26, D1-27, D1-28, D3-07: value to 1e-12, and the gradient to what 50-digit differences give."""
    targets = TARGETS.get(name, NUMBERS)
    pairs = [(p, t) for row, aims in zip(PREDICTIONS, targets, strict=True) for p, t in zip(row, aims, strict=True)]
    n = 1 if reduction == "sum" else 3 if name == "half_squared_error" else 6
    expected = sum(ELEMENTS[name](mpf(p), mpf(t)) for p, t in pairs) / n
    leaves = [[Value(p) for p in row] for row in PREDICTIONS]
    loss = getattr(losses, name)(leaves, targets, reduction=reduction)
    assert abs(mpf(loss.data) - expected) < mpf("1e-12"), f"{name}, {reduction}"
    for leaf, (p, t) in zip([leaf for row in leaves for leaf in row], pairs, strict=True):
        slope = mpmath.diff(lambda x, t=t: ELEMENTS[name](x, mpf(t)), mpf(p)) / n
        assert abs(grad(loss, leaf)[0] - slope) < mpf("1e-12"), f"{name}, {reduction}, at {p}, {t}"


LOGITS = [[1.0, 2.0, -0.5], [0.1, -3.0, 0.7]]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("target", [[2, 0], [[0, 0, 1], [1, 0, 0]], [[0.2, 0.5, 0.3], [1, 0, 0]]])
def test_cross_entropies_are_those_of_the_formula(target, reduction):
    """D1-29, D2-16, D2-17: labels and one-hot rows are the same; from logits and from probabilities agree; ∂E/∂z = softmax(z) - t."""
    rows = [[float(k == t) for k in range(3)] if isinstance(t, int) else t for t in target]
    n = 2 if reduction == "mean" else 1
    exact = [[mpmath.exp(z) / sum(map(mpmath.exp, map(mpf, zs))) for z in map(mpf, zs)] for zs in LOGITS]
    expected = -sum(mpf(t) * mpmath.log(p) for ps, ts in zip(exact, rows, strict=True) for p, t in zip(ps, ts, strict=True)) / n
    leaves = [[Value(z) for z in zs] for zs in LOGITS]
    from_logits = losses.cross_entropy(leaves, target, reduction)
    from_probabilities = losses.cross_entropy_of_probabilities([softmax(zs) for zs in leaves], target, reduction)
    for loss in (from_logits, from_probabilities):
        assert abs(mpf(loss.data) - expected) < mpf("1e-12")
        for zs, ps, ts in zip(leaves, exact, rows, strict=True):
            assert all(abs(g - (p - t) / n) < mpf("1e-12") for g, p, t in zip(grad(loss, zs), ps, ts, strict=True))


def test_error_signal_is_prediction_minus_target_for_each_canonical_pair():
    """D0-29, D1-43: identity with ½ SE, sigmoid with BCE, softmax with cross-entropy all give δ = ŷ - y."""
    z, t = Value(0.7), 0.25
    assert grad(losses.half_squared_error(z, t), z)[0] == pytest.approx(0.7 - t, abs=1e-15)
    assert grad(losses.bce(sigmoid(z), t), z)[0] == pytest.approx(sigmoid(0.7) - t, abs=1e-15)
    zs = [Value(0.3), Value(-1.0), Value(2.0)]
    p = [v.data for v in softmax(zs)]
    assert grad(losses.cross_entropy_of_probabilities(softmax(zs), [0, 1, 0]), zs) == pytest.approx([p[0], p[1] - 1, p[2]], abs=1e-15)


def test_erratum_diagonal_error_signal_is_wrong_for_softmax():
    """E0-7: δ = diag(h′) ∂L/∂ŷ holds element by element only; for a = (.3, -1, 2), t = e2 it gives (0, -0.960, 0)."""
    a, t = [Value(0.3), Value(-1.0), Value(2.0)], 1
    s = numpy.array([v.data for v in softmax(a)])
    printed = s * (1 - s) * numpy.where(numpy.arange(3) == t, -1 / s, 0)
    right = numpy.array(grad(losses.cross_entropy(a, t), a))
    assert right == pytest.approx([0.148, -0.960, 0.811], abs=1e-3)
    assert printed == pytest.approx([0, -0.960, 0], abs=1e-3) and abs(printed - right).max() > 0.8
    jacobian = numpy.diag(s) - numpy.outer(s, s)  # s_i (δ_ij - s_j), the full one
    assert jacobian @ numpy.where(numpy.arange(3) == t, -1 / s, 0) == pytest.approx(right, abs=1e-15)


def test_erratum_plus_sign_in_the_binary_loss_rewards_the_wrong_answer():
    """E3-1: -y log ŷ + (1-y) log(1-ŷ), as printed, has dL/dz = -0.5 instead of 0.5 at y = 0, z = 0, and prefers ŷ = .99."""
    z = Value(0.0)

    def printed(p, y):
        return -y * p.log() + (1 - y) * (1 - p).log()

    assert grad(printed(z.sigmoid(), 0), z)[0] == -0.5
    assert grad(losses.bce(z.sigmoid(), 0), z)[0] == 0.5
    assert printed(Value(0.99), 0).data < -4.6 < printed(Value(0.01), 0).data
    assert losses.bce(0.99, 0) > 4.6 > losses.bce(0.01, 0)


def test_erratum_missing_minus_makes_a_likelihood_a_negative_loss():
    """E2-6: -log P is printed as +ΣΣ I(y_i = j) log softmax: -3.583 where the loss of these two examples is 3.583."""
    logits, labels = [[1.0, 0.0, 2.0], [0.5, -1.0, 0.2]], [0, 1]
    loss = losses.cross_entropy(logits, labels, reduction="sum")
    printed = sum(numpy.log(softmax(numpy.array(z))[c]) for z, c in zip(logits, labels, strict=True))
    assert printed == pytest.approx(-loss, abs=1e-15) and loss == pytest.approx(3.583, abs=5e-4)


def test_losses_are_negative_log_likelihoods():
    """D1-26, D1-27: the gradient of -log N(t | y, 1/β) is β times that of ½ SE; -log of yᵗ(1-y)¹⁻ᵗ is BCE."""
    beta, y, t = 4.0, Value(1.3), 0.5
    gaussian = (beta / 2) * (y - t) ** 2 - 0.5 * numpy.log(beta / (2 * numpy.pi))
    assert grad(gaussian, y)[0] == pytest.approx(beta * grad(losses.half_squared_error(y, t), y)[0], rel=1e-15)
    for t in (0, 1):
        assert losses.bce(0.3, t) == pytest.approx(-numpy.log(0.3**t * 0.7 ** (1 - t)), rel=1e-15)


def test_labels_that_may_hold_together_and_classes_that_exclude_each_other():
    """D1-28, D3-16: K sigmoids with bce may all be 1; a softmax divides one whole, and is the head for several classes."""
    both = Layer(1, 2, activation="sigmoid").set(weights=[[0], [0]], biases=[5, 5])
    either = Layer(1, 2, activation="softmax").set(weights=[[0], [0]], biases=[5, 5])
    assert all(p.data > 0.99 for p in both([0])) and [p.data for p in either([0])] == pytest.approx([0.5, 0.5])
    assert losses.bce([both([0])], [[1, 1]]).data < 0.01
    with pytest.raises(ValueError, match="labels that may hold together"):
        losses.cross_entropy_of_probabilities([either([0])], [[1, 1]])


def test_gradient_of_a_sum_is_the_sum_of_gradients_and_the_mean_divides_by_n():
    """D0-22, E0-5, E0-14, E1-11: ∇ΣL_i = Σ∇L_i; the mean has 1/n of it, so the same w* minimises both."""
    neuron, X, y = Neuron(2, "sigmoid", rng=0), [[1, 2], [0, -1], [3, 0.5]], [1, 0, 0]
    each = [grad(neuron.loss([row], [aim], "bce"), neuron.parameters()) for row, aim in zip(X, y, strict=True)]
    whole = grad(neuron.loss(X, y, "bce", reduction="sum"), neuron.parameters())
    assert whole == pytest.approx(tuple(map(sum, zip(*each, strict=True))), rel=1e-14)
    assert grad(neuron.loss(X, y, "bce"), neuron.parameters()) == pytest.approx([g / 3 for g in whole], rel=1e-14)


@pytest.mark.parametrize("z", [-1000.0, -30.0, 0.0, 30.0, 1000.0])
def test_logits_of_any_size_give_finite_losses_and_gradients(z):
    """D2-04: the stable forms overflow on neither side."""
    for t in (0, 1):
        v, pair = Value(z), [Value(z), Value(-z)]
        expected = -log_sigmoid(mpf(z) if t else -mpf(z))
        assert abs(losses.bce_with_logits(v, t).data - expected) <= mpf("1e-12") * max(1, abs(z))
        assert grad(losses.bce_with_logits(v, t), v)[0] == pytest.approx(float(1 / (1 + mpmath.exp(-z)) - t), abs=1e-15)
        assert numpy.isfinite(grad(losses.cross_entropy(pair, t), pair)).all()


def test_saturated_probability_is_no_accident_where_it_is_right_and_infinite_where_it_is_wrong():
    assert losses.bce(1.0, 1) == losses.bce(0.0, 0) == 0
    assert losses.bce(0.0, 1) == losses.bce(1.0, 0) == float("inf")
    p = Value(1.0)
    assert losses.bce(p, 1).data == 0 and grad(losses.bce(p, 1), p)[0] == -1.0


@pytest.mark.parametrize(
    ("loss", "prediction", "target", "published"),
    [
        # Keras, documentation of its losses
        ("mse", [[1.0, 1.0], [1.0, 0.0]], [[0, 1], [0, 0]], 0.5),
        ("mae", [[1.0, 1.0], [1.0, 0.0]], [[0, 1], [0, 0]], 0.5),
        ("huber", [[0.6, 0.4], [0.4, 0.6]], [[0, 1], [0, 0]], 0.155),
        ("hinge", [[0.6, 0.4], [0.4, 0.6]], [[-1, 1], [-1, -1]], 1.3),
        ("bce", [[0.6, 0.4], [0.4, 0.6]], [[0, 1], [0, 0]], 0.815),
        ("bce_with_logits", [-18.6, 0.51, 2.94, -12.8], [0, 1, 0, 0], 0.865),
        ("cross_entropy_of_probabilities", [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]], [1, 2], 1.177),
        # PyTorch, documentation of BCEWithLogitsLoss
        ("bce_with_logits", [[1.5] * 64] * 10, [[1.0] * 64] * 10, 0.2014),
    ],
)
def test_means_are_those_that_keras_and_pytorch_publish(loss, prediction, target, published):
    digits = len(str(published).partition(".")[2])
    assert getattr(losses, loss)(prediction, target) == pytest.approx(published, abs=0.501 * 10**-digits)


def test_one_prediction_has_no_sum_and_no_division_in_its_graph():
    p = Value(2.0)
    assert [n.op for n in topological_order(losses.mse(p, 1.0))] == ["leaf", "const", "sub", "const", "pow"]
    assert losses.mse([p], [1.0]).op == "pow" and losses.mse([p, p], [1.0, 2.0]).op == "div"


def test_floats_arrays_and_fractions_are_taken_as_they_are():
    assert losses.mse(numpy.array([[1.0, 2.0]]), numpy.array([[0, 0]])) == 2.5
    assert losses.half_squared_error(Fraction(1, 3), Fraction(0)) == Fraction(1, 18)


def test_huber_bends_where_delta_says():
    assert losses.huber(3.0, 0.0, delta=2.0) == 2.0 * (3.0 - 1.0) and losses.huber(1.0, 0.0, delta=2.0) == 0.5
    assert losses.entry_of(partial(losses.huber, delta=2.0)) is losses.huber


# --- the table: what holds for every entry, also for one that is added tomorrow ---------------------------------------


def drawn(loss, rng, n=4, k=3):
    """Predictions and targets that a loss takes, arrays of shape (examples, outputs)."""
    P = {"probabilities": rng.dirichlet(numpy.ones(k), size=n)}.get(loss.takes, rng.normal(size=(n, k)))
    T = {
        "signs": rng.choice([-1.0, 1.0], size=(n, k)),
        "probabilities": rng.random((n, k)),
        "classes": rng.dirichlet(numpy.ones(k), size=n),
    }
    return P, T.get(loss.targets, rng.normal(size=(n, k)))


def reads_as(loss, P, T):
    """The sum over all elements in 50 digits, by Python and mpmath from the formula as it stands, with a reading of its own."""
    text = loss.value
    names = {name: getattr(mpmath, name) for name in ("exp", "log", "log1p", "tanh", "cosh", "sqrt")}
    names |= {
        "relu": lambda a: max(a, mpf(0)), "abs": abs, "clip": lambda a, low, high: min(max(a, low), high), "softplus": lambda a: -log_sigmoid(-a),
        "xlogy": lambda a, b: a * mpmath.log(b) if a else mpf(0), "sigmoid": lambda a: 1 / (1 + mpmath.exp(-a)),
        "logsumexp": lambda a: mpmath.log(sum(map(mpmath.exp, a))), "dot": lambda a, b: sum(x * y for x, y in zip(a, b, strict=True)),
        **{name: mpf(setting) for name, setting in loss.settings.items()},
    }  # fmt: skip
    if "[i]" not in text:
        return sum(eval(text, names, {"a": p, "b": t}) for ps, ts in zip(P, T, strict=True) for p, t in zip(ps, ts, strict=True))
    if "sum(" in text:
        inner = text.replace("sum(", "sum([").removesuffix(")") + " for a_i, b_i in zip(a, b)])"
        return sum(eval(inner.replace("a[i]", "a_i").replace("b[i]", "b_i"), names, {"a": p, "b": t}) for p, t in zip(P, T, strict=True))
    return sum(eval(text.replace("a[i]", "a").replace("b[i]", "b"), names, {"a": p, "b": t}) for p, t in zip(P, T, strict=True))


def holds_everywhere(name):
    """Value and slope of an entry against 50 digits, on Values, on numbers and on arrays, in both reductions."""
    loss = losses.LOSSES[name]
    P, T = drawn(loss, numpy.random.default_rng(5))
    p, t = [[mpf(v) for v in row] for row in P.tolist()], [[mpf(v) for v in row] for row in T.tolist()]
    for reduction, n in (("sum", 1), ("mean", 4 if loss.mean_over == "examples" else 12)):
        leaves = [[Value(v) for v in row] for row in P.tolist()]
        graph = loss(leaves, T.tolist(), reduction)
        expected = reads_as(loss, p, t) / n
        assert abs(graph.data - expected) < mpf("1e-13") * (1 + abs(expected)), name
        assert abs(loss(P, T, reduction) - expected) < mpf("1e-13") * (1 + abs(expected)), name
        assert abs(float(loss.on_arrays(P.T, T.T, reduction)) - expected) < mpf("1e-13") * (1 + abs(expected)), name
        slopes = loss.slope_on_arrays(P.T, T.T, reduction).T
        found = grad(graph, [v for row in leaves for v in row])
        assert found == pytest.approx(slopes.ravel().tolist(), rel=1e-13, abs=1e-15), f"{name}: the slope is not that of the graph"
        for i, k in ((0, 0), (1, 2), (3, 1)):
            moved = [
                [[q + h * (r == i and c == k) for c, q in enumerate(row)] for r, row in enumerate(p)] for h in (mpf("1e-20"), -mpf("1e-20"))
            ]
            slope = (reads_as(loss, moved[0], t) - reads_as(loss, moved[1], t)) / mpf("2e-20") / n
            assert abs(slopes[i, k] - slope) < mpf("1e-13") * (1 + abs(slope)), f"{name} at {i}, {k}"


@pytest.mark.parametrize("name", losses.LOSSES)
def test_value_and_slope_of_every_entry_hold_on_values_numbers_and_arrays(name):
    holds_everywhere(name)


@pytest.fixture
def log_cosh():
    yield losses.define("log_cosh", "log(cosh(a - b))", "tanh(a - b)", about="Smooth like mse near 0, and like mae far from it.")
    del losses.LOSSES["log_cosh"]


def test_a_loss_is_added_by_one_entry(log_cosh):
    """Training on both engines, the matrix form, LaTeX and the check in 50 digits follow."""
    holds_everywhere("log_cosh")
    X = numpy.random.default_rng(0).normal(size=(20, 2))
    y = X[:, 0] - X[:, 1]
    histories = {}
    for engine in ("scalar", "vectorized"):
        model = MLP(2, [3, 1], "tanh", rng=1)
        histories[engine] = model.fit(X, y, loss="log_cosh", epochs=20, lr=0.1, engine=engine, progress=False)["loss"]
    assert histories["scalar"] == pytest.approx(histories["vectorized"], rel=1e-12)
    assert histories["scalar"][-1] < 0.5 * histories["scalar"][0]
    view = formulas.matrix_view(model, X, y, loss="log_cosh")
    assert view.maxdiff() < 1e-14 and r"\cosh(a^{(2)} - y)" in view.latex
    J = model.loss([[0.5, -1.0]], [0.3], "log_cosh")
    inputs = [node for node in topological_order(J) if node.constant]
    program = vectorize(J, inputs, model.parameters())
    assert r"\log" in program.latex() and r"\cosh" in program.latex()
    assert model.evaluate(X, y).accuracy is None and pickle.loads(pickle.dumps(log_cosh)) is log_cosh
    assert inspect.getdoc(log_cosh).startswith("Smooth like mse near 0") and "tanh(a - b)" in log_cosh.__doc__


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (("mse", "a - b", "1"), "new name"),
        (("two words", "a - b", "1"), "new name"),
        (("own", "(a - z) ** 2", "1"), "uses z; it may use a, b"),
        (("own", "nothing(a)", "1"), "nothing in the formula of the loss own is no function of the table"),
        (("own", "where(a > b, a, b)", "1"), "has no where"),
    ],
)
def test_an_entry_that_cannot_be_read_is_refused_and_not_added(entry, words):
    before = list(losses.LOSSES)
    with pytest.raises(ValueError, match=words):
        losses.define(*entry)
    assert list(losses.LOSSES) == before


def test_a_certain_class_leaves_no_trace_of_the_others_in_the_graph():
    z = [Value(0.5), Value(-1.0), Value(0.2)]
    for target in (1, [0, 1, 0]):
        assert sorted(n.op for n in topological_order(losses.cross_entropy(z, target))) == ["leaf"] * 3 + ["logsumexp", "sub"]
        p = losses.cross_entropy_of_probabilities(z, target)
        assert [n.op for n in topological_order(p)] == ["leaf", "log", "neg"]


def test_a_setting_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match='no setting of huber called "delt"'):
        losses.huber(1.0, 2.0, delt=1)


@pytest.mark.parametrize(("loss", "borders"), [("bce", (0.5, 0.51)), ("bce_with_logits", (0.0, 0.01)), ("hinge", (0.0, 0.01))])
def test_class_one_is_decided_above_the_threshold_of_the_loss(loss, borders):
    one, other = (1, -1) if loss == "hinge" else (1, 0)
    decided = [losses.accuracy(losses.LOSSES[loss], numpy.array([p]), numpy.array([t])) for p in borders for t in (other, one)]
    assert decided == [1.0, 0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: losses.mse([1.0, 2.0], [1.0]), ValueError, r"\(2,\), but the target has shape \(1,\)"),
        (lambda: losses.mse([[1.0], [2.0]], [1.0, 2.0]), ValueError, r"\(2, 1\), but the target has shape \(2,\)"),
        (lambda: losses.mse([], []), ValueError, "empty"),
        (lambda: losses.mse([[1.0], [1.0, 2.0]], [[1.0], [1.0, 2.0]]), ValueError, "different lengths"),
        (lambda: losses.mse([[[1.0]]], [[[1.0]]]), ValueError, "3 axes"),
        (lambda: losses.mse(1.0, 1.0, reduction="none"), ValueError, '"mean" or "sum"'),
        (lambda: losses.hinge([1.0], [0]), ValueError, "write 2 \\* y - 1"),
        (lambda: losses.bce([0.5], [-1]), ValueError, "between 0 and 1"),
        (lambda: losses.cross_entropy([[1.0, 2.0]], [2]), ValueError, "label 2 is outside the classes, .* 0 to 1"),
        (lambda: losses.cross_entropy([[1.0, 2.0]], [-1]), ValueError, "label -1 is outside"),
        (lambda: losses.cross_entropy([[1.0, 2.0]], [0.5]), ValueError, "number of a class"),
        (lambda: losses.cross_entropy([[1.0, 2.0]], [[0.5, 0.6]]), ValueError, "sum to 1"),
        (lambda: losses.cross_entropy([[1.0, 2.0]], [[1.5, -0.5]]), ValueError, "sum to 1"),
        (lambda: losses.cross_entropy([[1.0]], [0]), ValueError, "use a binary one"),
        (lambda: losses.cross_entropy([[1.0, 2.0]], [0, 1]), ValueError, r"\(1, 2\), but the target has shape \(2,\)"),
        (lambda: losses.huber(1.0, 1.0, delta=0), ValueError, "delta must be greater than 0"),
        (lambda: losses.loss_function("mes"), ValueError, 'did you mean "mse"'),
        (lambda: MLP(2, [3, 2], output="softmax").loss([[1, 2]], [0], "cross_entropy"), ValueError, "applies softmax itself"),
        (lambda: MLP(2, [1], output="sigmoid").loss([[1, 2]], [0], "bce_with_logits"), ValueError, 'or the loss "bce"'),
        (lambda: MLP(2, [1]).loss([[1, 2]], [0], "bce"), ValueError, 'use output="sigmoid"'),
        (lambda: MLP(2, [2]).loss([[1, 2]], [0], "cross_entropy_of_probabilities"), ValueError, 'the loss "cross_entropy"'),
    ],
)
def test_bad_input_is_refused_with_what_and_why(make, error, words):
    with pytest.raises(error, match=words):
        make()
