"""Claims of lectures that are seen once: each test is what a cell of a notebook would hold, and asserts the claim itself."""

from functools import partial

import numpy
import pytest

import viz
from autograd import Expression, Value, check, examples, grad, hessian, jacobian, numeric_grad, steps, topological_order
from nn import MLP, Layer, Neuron, Perceptron, data, formulas, init, labs, losses, optim, schedules, separability

# --- the surface of a loss ---------------------------------------------------------------------------------------------


def test_runs_from_many_seeds_end_at_different_losses():
    """D0-12: XOR with two hidden units is solved from some starts, and others end in another minimum."""
    X, y = data.gates("xor")
    ends = []
    for seed in range(8):
        model = MLP(2, [2, 1], "tanh", "sigmoid", rng=seed)
        ends.append(model.fit(X, y, "bce", "adam", 0.05, 400, batch_size=None, progress=False)["loss"][-1])
    assert min(ends) < 0.05 and max(ends) > 0.3


def test_a_function_can_be_non_convex_and_have_one_minimum():
    """E0-3: x²/(1 + x²) bends downwards far from 0, and every descent ends at 0."""
    x = Value(3.0, "x")
    y = x**2 / (1 + x**2)
    assert hessian(y, [x])[0, 0] < 0
    paths = labs.race(lambda x: x**2 / (1 + x**2), [3.0], {"SGD": lambda p: optim.SGD(p, lr=0.5)}, 300)
    assert abs(paths["SGD"][-1, 0]) < 1e-6


def test_one_newton_step_ends_a_linear_model_and_not_a_net():
    """D0-13: where the loss is quadratic setting its gradient to 0 is a linear system; for a net there is no closed form."""
    X, y = data.sine(12, noise=0.0, rng=0)
    left = {}
    for name, model in (("linear", Neuron(1, rng=0)), ("net", MLP(1, [2, 1], "tanh", rng=0))):
        leaves = model.parameters()
        J = model.loss(X, y, "mse")
        step = numpy.linalg.solve(hessian(J, leaves), numpy.array(grad(J, leaves)))
        for leaf, much in zip(leaves, step, strict=True):
            leaf.data -= much
        left[name] = numpy.linalg.norm(grad(model.loss(X, y, "mse"), leaves))
    assert left["linear"] < 1e-12 and left["net"] > 1e-3


def test_a_valid_schedule_may_end_at_a_saddle():
    """E1-14: what Robbins and Monro promise is a stationary point; on x² - y² + y⁴ from y = 0 that is no minimum."""

    def saddle(x, y):
        return x**2 - y**2 + y**4

    rate = schedules.inverse_time(0.3, 0.01)
    assert rate.robbins_monro
    x, y = labs.race(saddle, [1.0, 0.0], {"SGD": lambda p: optim.SGD(p, lr=rate)}, 200)["SGD"][-1]
    assert abs(x) < 1e-6 and y == 0 and saddle(0, 0.5**0.5) < saddle(x, y)


def test_weights_near_zero_have_large_gradients_where_the_slope_is_largest_at_zero():
    """D3-12, E3-7: with tanh the gradients of the first layer shrink as the weights grow; for relu the slope does not change."""
    rng = numpy.random.default_rng(0)
    X = rng.normal(size=(30, 10))
    slopes = {}
    for name in ("tanh", "relu"):
        for std in (0.1, 1.0, 10.0):
            layer = Layer(10, 20, name, init=partial(init.normal, std=std), rng=1)
            Z, _ = formulas.layer_forward(formulas.dense_layers(layer)[0], X.T)
            slopes[name, std] = layer.activation.derivative(Z).mean()
    assert slopes["tanh", 0.1] > 0.8 > 0.3 > slopes["tanh", 1.0] > slopes["tanh", 10.0]
    assert slopes["relu", 0.1] == slopes["relu", 1.0] == slopes["relu", 10.0]


# --- what is trained, and from what ------------------------------------------------------------------------------------


def test_an_update_of_gradient_descent_costs_all_examples_and_one_of_sgd_a_single_one():
    """D1-30, D1-31: counted in nodes of the graph of the loss: it grows like N."""
    model, rng = Neuron(3, "sigmoid", rng=0), numpy.random.default_rng(0)

    def nodes(n):
        X = rng.normal(size=(n, 3))
        return sum(bool(node.parents) for node in topological_order(model.loss(X, X[:, 0] > 0, "bce")))

    each = (nodes(20) - nodes(10)) / 10
    assert (nodes(100) - nodes(10)) / 90 == each > 3 and nodes(1) <= each + 1


def test_a_model_is_trained_from_a_stream_that_never_holds_all_examples():
    """D1-32: a mini-batch is all that an update needs in memory."""

    def stream(rng):
        while True:
            X = rng.normal(size=(8, 2))
            yield X, X @ [1.0, -2.0] + 0.5

    model, batches = Neuron(2, rng=0), stream(numpy.random.default_rng(0))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(150):
        optimizer.zero_grad()
        model.loss(*next(batches), "mse").backward()
        optimizer.step()
    assert [p.data for p in model.parameters()] == pytest.approx([1.0, -2.0, 0.5], abs=1e-6)


def test_a_saved_model_is_trained_further_as_if_nothing_had_happened(tmp_path):
    """D1-14."""
    X, y = data.moons(40, rng=0)
    whole, first, rest = (MLP(2, [4, 1], "tanh", "sigmoid", rng=0) for _ in range(3))
    settings = {"loss": "bce", "lr": 0.5, "batch_size": None, "progress": False}
    history = whole.fit(X, y, epochs=60, **settings)
    begun = first.fit(X, y, epochs=30, **settings)
    first.save(tmp_path / "net.json")
    rest.load(tmp_path / "net.json")
    further = rest.fit(X, y, epochs=30, **settings)
    assert [*begun["loss"], *further["loss"]] == pytest.approx(history["loss"], rel=1e-12)
    assert further["loss"][-1] < begun["loss"][-1] < begun["loss"][0]


def test_least_squares_finds_the_mean_of_what_may_come_and_the_absolute_error_its_median():
    """D1-26: μ = E[y | x]: at one x the targets 0, 0 and 9 were seen."""
    ends = {}
    for loss, lr in (("mse", 0.1), ("mae", 0.05)):
        model = Neuron(1).set([0.0], 1.0)
        model.fit([[0.0]] * 3, [0.0, 0.0, 9.0], loss, lr=lr, epochs=200, batch_size=None, progress=False)
        ends[loss] = model.bias.data
    assert ends["mse"] == pytest.approx(3.0, abs=1e-9) and ends["mae"] == pytest.approx(0.0, abs=0.05)


def test_boundaries_become_more_complex_with_the_number_of_hidden_units():
    """D0-10, D1-47: on a line a net of M relu has M joints, so its sign can change M times; a linear unit has one boundary."""
    for units in (1, 4, 16):
        model = labs.relu_interpolant(lambda x: numpy.cos(numpy.pi * x), (0.0, float(units)), units)
        outputs = model.predict(numpy.linspace(0, units, 400)[:, None])
        assert (numpy.diff(numpy.sign(outputs)) != 0).sum() == units
        assert len(labs.hinges(model, (-1.0, units + 1.0)).x) == units


# --- the perceptron ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_a_perceptron_makes_at_most_r_by_gamma_squared_mistakes_on_separable_points(seed):
    """D1-03, D2-05: (R/γ)² with the bias as a weight on x₀ = 1, R the longest example, γ the distance to a line that separates
    (Novikoff, 1962); it does not depend on the number of examples or of features."""
    rng = numpy.random.default_rng(seed)
    features = int(rng.integers(2, 6))
    w, X = rng.normal(size=features + 1), rng.normal(size=(120, features))
    extended = numpy.column_stack([X, numpy.ones(len(X))])
    margin = extended @ w / numpy.linalg.norm(w)
    clear = abs(margin) > 0.1
    X, extended, margin = X[clear], extended[clear], margin[clear]
    y = (margin > 0).astype(int)
    assert separability(X, y)
    history = Perceptron(features).fit(X, y, epochs=5000)
    bound = (numpy.linalg.norm(extended, axis=1).max() / abs(margin).min()) ** 2
    assert history["mistakes"][-1] == 0 and 0 < sum(history["mistakes"]) <= bound


# --- gradients, in stages and in layouts -----------------------------------------------------------------------------------


def test_each_weight_of_the_1_2_1_net_has_its_role_in_the_curve():
    """D2-12, E2-4: w stretches vertically, w0 lifts, b shifts, v stretches horizontally, and shifts unless b = 0."""
    model = MLP(1, [2, 1], "sigmoid")
    x = numpy.linspace(-3, 3, 61)

    def curve(v=(1.0, 2.0), b=(0.0, 1.0), w=(1.5, -0.5), w0=0.25, at=x):
        model.layers[0].set(weights=[[k] for k in v], biases=b)
        model.layers[1].set(weights=[w], biases=[w0])
        return model.predict(at[:, None])

    plain = curve()
    assert curve(w0=1.25) == pytest.approx(plain + 1)
    assert curve(w=(3.0, -1.0)) - 0.25 == pytest.approx(2 * (plain - 0.25))
    assert curve(b=(0.0 + 1 * 0.5, 1.0 + 2 * 0.5), at=x - 0.5) == pytest.approx(plain), "b + v s shifts by s to the left"
    assert curve(v=(2.0, 4.0), at=x / 2) == pytest.approx(plain), "v stretches about x = 0"


def test_gradients_of_the_1_2_1_net_arrive_in_stages_from_the_output_to_the_input_weights():
    """D2-14, D2-15: first ∂E/∂ŷ, then those of w and of o, then those of a, and last those of b and v."""
    E = examples.net_1_2_1()
    order = [step.parent.label for step in steps(E) if step.phase == "backward" and step.parent is not None and step.parent.label]
    first = {label: order.index(label) for label in dict.fromkeys(order)}
    for stage in (("ŷ", "w1", "w2", "w0"), ("o1", "a1", "b1"), ("o2", "a2", "b2"), ("a1", "v1"), ("a2", "v2")):
        present = [first[label] for label in stage if label in first]
        assert present[0] == min(present) and len(present) > 1, stage


def test_layouts_of_the_gradient_of_a_model_are_transposes_of_each_other():
    """D0-28: the Jacobian of two outputs has a row for each of them; the gradient of one is that row as a column, in the
    shape of the parameters."""
    model = MLP(3, [4, 2], "tanh", rng=0)
    outputs, leaves = model([1.0, -0.5, 0.25]), model.parameters()
    numerator = jacobian(outputs, leaves)
    assert numerator.shape == (2, len(leaves))
    for k, output in enumerate(outputs):
        assert numerator[k] == pytest.approx(grad(output, leaves))
    X, Y = [[1.0, -0.5, 0.25]] * 5, [[0.0, 0.0]] * 5
    columns, rows = (formulas.backward(model, X, Y, loss="half_squared_error", notation=name).entries for name in ("delta", "murphy"))
    assert columns["dZ1"].array.shape == (4, 5) and (columns["dZ1"].array == rows["dZ1"].array.T).all(), "examples in columns, or in rows"
    assert (columns["dW1"].array == rows["dW1"].array).all() and columns["dW1"].array.shape == (4, 3)


def test_the_derivative_of_an_activation_is_multiplied_entry_by_entry_and_not_by_a_diagonal_matrix():
    """D0-31: the formulas use n multiplications where diag(h′) takes n², and give the same."""
    layer = formulas.dense_layers(Layer(3, 5, "tanh", rng=0))[0]
    x, dY = numpy.array([[1.0], [2.0], [-1.0]]), numpy.random.default_rng(0).normal(size=(5, 1))
    Z, Y = formulas.layer_forward(layer, x)
    dZ = formulas.layer_backward(layer, x, Z, Y, dY)[0]
    diagonal = numpy.diag(layer.activation.derivative(Z)[:, 0])
    assert dZ == pytest.approx(diagonal @ dY, abs=1e-15) and diagonal.size == len(dZ) ** 2


def test_finite_differences_evaluate_the_loss_twice_for_each_parameter():
    """D0-18, D1-46, E0-4: 2 W evaluations, each of which costs O(W) where the forward pass does."""
    called = 0

    def loss(**weights):
        nonlocal called
        called += 1
        return sum((k + 1) * w**2 for k, w in enumerate(weights.values()))

    at = {f"w{k}": 0.5 for k in range(7)}
    found = [numeric_grad(loss, name, at=at) for name in at]
    assert called == 2 * len(at) and found == pytest.approx([k + 1 for k in range(7)])


def test_labels_and_one_hot_rows_are_one_loss():
    """D2-17, E2-6: the indicator I(y = j) picks what the one-hot row multiplies by 1."""
    logits = [[1.0, 0.0, 2.0], [0.5, -1.0, 0.2]]
    by_label, by_row = (
        losses.cross_entropy(logits, [0, 1], reduction="sum"),
        losses.cross_entropy(logits, [[1, 0, 0], [0, 1, 0]], reduction="sum"),
    )
    assert by_label == by_row == pytest.approx(3.58256, abs=1e-5)


# --- other ways to a gradient ----------------------------------------------------------------------------------------------


def test_a_symbolic_derivative_swells_and_cannot_follow_a_loop_which_the_graph_can():
    """D0-17: written out, the derivative of x ← 4 x (1 - x) doubles in size and more at each turn; shared parts keep it small. A
    `while` that decides by the numbers is no expression at all, and a graph of Values follows it."""
    sizes = []
    for turns in (2, 3, 4, 5):
        text = "; ".join(["l0 = x", *[f"l{k} = 4*l{k - 1}*(1 - l{k - 1})" for k in range(1, turns + 1)]])
        found = Expression(text).derivative("x")
        sizes.append((found.size, found.shared_size))
    written, shared = numpy.array(sizes).T
    assert (written[1:] > 1.9 * written[:-1]).all() and (numpy.diff(shared) < 30).all()

    def halved(x):
        while float(x) > 1:
            x = x / 2
        return x * x

    x = Value(10.0, "x")
    assert grad(halved(x), x)[0] == pytest.approx(2 * 10 / 16**2)
    with pytest.raises(ValueError, match="while"):
        Expression("while x > 1: x = x/2")


def test_a_gradient_by_hand_is_laborious_and_a_slip_in_it_is_found():
    """D0-16: seven formulas for the smallest net; a forgotten slope makes two of them wrong, and is named as one slip."""
    E = examples.net_1_2_1(x=2, y=1, v1=0.5, v2=-1, b1=0, b2=0.5, w0=0.1, w1=2, w2=-1.5)
    by_hand = "w0 = .288, w1 = .211, w2 = .053, b1 = .577, v1 = 1.154, b2 = -0.0645, v2 = -0.129"
    report = check(E, by_hand)
    assert [finding.code for finding in report.findings] == ["NO_LOCAL"] and report.counts["right"] + report.counts["follows"] == 6


@pytest.mark.parametrize(
    ("lang", "layers"),
    [
        ("en", ["input", "hidden layer 1", "output"]),
        ("es", ["entrada", "capa oculta 1", "salida"]),
        ("pt", ["entrada", "camada oculta 1", "saída"]),
    ],
)
def test_the_layers_of_a_network_have_names_in_its_picture(lang, layers):
    """D1-24, D2-09."""
    text = viz.network(MLP(2, [3, 1], rng=0), lang=lang).text
    assert [line.split(":")[0] for line in text.splitlines() if ":" in line] == layers


@pytest.mark.torch
def test_pytorch_has_the_gradients_of_the_same_graph():
    """D1-15."""
    import torch

    def neuron(w, b, exp):
        return (1 / (1 + exp(-(2 * w + b))) - 1) ** 2

    w, b = Value(0.5, "w"), Value(-0.25, "b")
    ours = grad(neuron(w, b, lambda v: v.exp()), [w, b])
    tw, tb = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (0.5, -0.25))
    neuron(tw, tb, torch.exp).backward()
    assert ours == pytest.approx((tw.grad.item(), tb.grad.item()), rel=1e-14)
