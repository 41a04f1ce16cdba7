"""The matrix form beside the scalar graph, the lectures' formulas row by row, and what their errata would give."""

import re

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, grad, numeric_grad, total
from autograd.explain.notation import DIALECTS, Notation
from nn import MLP, Dropout, Layer, LogisticRegression, Neuron, Perceptron, Sequential, data, formulas
from nn.formulas import Dense

BATCH = numpy.array([[0.5, -1.0], [1.5, 2.0], [-0.3, 0.8], [0.9, 0.1]])
HEADS = {  # loss → output activations it goes with, and how its targets are drawn
    "half_squared_error": (("linear", "tanh", "softmax"), lambda rng, n, k: rng.normal(size=(n, k))),
    "mse": (("linear", "sigmoid", "relu"), lambda rng, n, k: rng.normal(size=(n, k))),
    "mae": (("linear", "softplus"), lambda rng, n, k: rng.normal(size=(n, k))),
    "huber": (("linear", "elu"), lambda rng, n, k: 3 * rng.normal(size=(n, k))),
    "hinge": (("linear", "tanh"), lambda rng, n, k: rng.choice([-1.0, 1.0], size=(n, k))),
    "bce": (("sigmoid",), lambda rng, n, k: rng.random((n, k))),
    "bce_with_logits": (("linear",), lambda rng, n, k: rng.choice([0.0, 1.0], size=(n, k))),
    "cross_entropy": (("linear",), lambda rng, n, k: rng.integers(k, size=n)),
    "cross_entropy_of_probabilities": (("softmax",), lambda rng, n, k: numpy.eye(k)[rng.integers(k, size=n)]),
}
OWN = Notation("own", like="ng", weights="Θ", output_weights="Θ", examples="rows", scaled_error=False)


@settings(max_examples=120)
@given(st.data())
def test_scalar_graph_and_matrices_agree_for_any_network_loss_and_notation(draw):
    """D0-21 to D0-27, D0-30, D3-05, D3-06, D3-15, D3-18: random widths, activations, losses, reductions, batches, notations."""
    loss = draw.draw(st.sampled_from(sorted(HEADS)))
    heads, targets = HEADS[loss]
    output = draw.draw(st.sampled_from(heads))
    least = 2 if "cross_entropy" in loss or output == "softmax" else 1
    widths = [*draw.draw(st.lists(st.integers(1, 4), max_size=3)), draw.draw(st.integers(least, 3))]
    hidden = draw.draw(st.sampled_from(["relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "silu", "softplus", "linear", "sin"]))
    seed, n_in, n = draw.draw(st.integers(0, 10**6)), draw.draw(st.integers(1, 4)), draw.draw(st.integers(1, 5))
    reduction, notation = draw.draw(st.sampled_from(["mean", "sum"])), draw.draw(st.sampled_from([*DIALECTS, OWN]))
    model, rng = MLP(n_in, widths, hidden, output, init="normal", rng=seed), numpy.random.default_rng(seed)
    for layer in model.layers:
        layer.set(biases=rng.normal(size=layer.n_out))
    view = formulas.matrix_view(
        model, rng.normal(size=(n, n_in)), targets(rng, n, widths[-1]), loss=loss, reduction=reduction, notation=notation
    )
    assert view.maxdiff() < 1e-12 * max(1.0, *(abs(array).max() for array in view.scalars.values())), view.differences()


def both(**more):
    model = MLP(2, [3, 1], "tanh", "sigmoid", rng=1)
    for layer in model.layers:
        layer.set(biases=numpy.linspace(-0.4, 0.6, layer.n_out))
    return model, formulas.matrix_view(model, BATCH, [1, 0, 0, 1], loss="bce", **more)


def differences(model, name, loss="bce", y=(1, 0, 0, 1), **more):
    """The gradients of a parameter matrix by finite differences."""
    J = model.loss(BATCH, list(y), loss, **more)
    layer = model.layers[int(name[1]) - 1]
    rows = [neuron.weights if name[0] == "W" else [neuron.bias] for neuron in layer.neurons]
    return numpy.array([[numeric_grad(J, p) for p in row] for row in rows])


# --- the formulas of the lectures, row by row --------------------------------------------------------------------------


def test_batch_formulas_of_the_course_with_examples_in_columns():
    """D3-06, D3-08, D3-09, D3-10, E3-2, E3-3, E3-4: Z1 = W1 X + b1 …; dZ2 = Ŷ - Y is n times ∂L/∂Z2, and 1/n comes with dW and db."""
    model, view = both(notation="ng")
    X, Y, n = BATCH.T, numpy.array([[1, 0, 0, 1]]), 4
    W1, b1, W2, b2 = (view[name] for name in ("W1", "b1", "W2", "b2"))
    Z1 = W1 @ X + b1
    A1 = numpy.tanh(Z1)
    Y_hat = 1 / (1 + numpy.exp(-(W2 @ A1 + b2)))
    dZ2 = Y_hat - Y
    dZ1 = W2.T @ dZ2 * (1 - A1**2)
    expected = {"Z1": Z1, "A1": A1, "A2": Y_hat, "dZ2": dZ2, "dW2": dZ2 @ A1.T / n, "db2": dZ2.sum(1, keepdims=True) / n,
                "dZ1": dZ1, "dW1": dZ1 @ X.T / n, "db1": dZ1.sum(1, keepdims=True) / n}  # fmt: skip
    for name, array in expected.items():
        assert view[name] == pytest.approx(array, abs=1e-15), name
    plain = formulas.matrix_view(model, BATCH, [1, 0, 0, 1], loss="bce", notation="delta")
    assert view["dZ2"] == pytest.approx(n * plain["dZ2"], rel=1e-14), "E3-4: the ratio is n exactly"
    for name in ("W1", "b1", "W2", "b2"):
        assert abs(view[f"d{name}"] - differences(model, name)).max() < 1e-9, name


def test_delta_recursion_and_column_gradients():
    """D0-23, D0-24, D0-25, D0-26, D0-27, D0-28, D0-29, D0-30, D1-41: δ⁽ᴸ⁾ = diag(h′) ∂L/∂ŷ, δ⁽ˡ⁾ = diag(h′(a)) Wᵀ δ; a gradient has the
    shape of its parameter, and (numerator layout) its transpose is the row of a Jacobian."""
    model = MLP(2, [3, 1], "tanh", "sigmoid", rng=1)
    view = formulas.backward(model, BATCH[:1], [1], loss="half_squared_error", reduction="sum")
    a1, z1, a2, y_hat = view["a1"], view["z1"], view["a2"], view["z2"]
    d2 = numpy.diag((y_hat * (1 - y_hat))[:, 0]) @ (y_hat - 1)
    d1 = numpy.diag((1 - numpy.tanh(a1) ** 2)[:, 0]) @ view["W2"].T @ d2
    assert view["δ2"] == pytest.approx(d2, abs=1e-15) and view["delta1"] == pytest.approx(d1, abs=1e-15)
    assert view["dL/dW2"] == pytest.approx(d2 @ z1.T, abs=1e-15) and view["∂L/∂w₀⁽²⁾"] == pytest.approx(d2, abs=1e-15)
    assert view["dW1"] == pytest.approx(d1 @ BATCH[:1], abs=1e-15) and view["db1"] == pytest.approx(d1, abs=1e-15)
    assert a2.shape == y_hat.shape == (1, 1)
    assert view["dW1"].shape == view["W1"].shape == (3, 2) and view["db1"].shape == view["b1"].shape == (3, 1)
    jacobian = numpy.array(grad(model.loss(BATCH[:1], [1], "half_squared_error"), [n.bias for n in model.layers[0].neurons]))
    assert (abs(jacobian[None, :].T - view["db1"]) < 1e-15).all()


def test_error_signal_of_a_hidden_unit_sums_over_all_units_it_feeds():
    """D1-40, D1-41, D1-42, D1-44, D4-11: δ_j = h′(a_j) Σ_k w_kj δ_k, and ∂E/∂w_ji = δ_j z_i, on the scalar graph itself."""
    model = MLP(2, [3, 4], "tanh", rng=2)
    view = formulas.matrix_view(model, BATCH[:1], [[1, 0, 2, -1]], loss="half_squared_error", notation="bishop")
    a = [view.nodes["Z1"][j, 0] for j in range(3)]
    deltas = grad(view.loss, list(view.nodes["Z2"][:, 0]))
    for j in range(3):
        arriving = sum(neuron.weights[j].data * delta for neuron, delta in zip(model.layers[1].neurons, deltas, strict=True))
        slope = 1 - numpy.tanh(a[j].data) ** 2
        (delta_j,) = grad(view.loss, [a[j]])
        assert delta_j == pytest.approx(slope * arriving, abs=1e-15)
        for i, w in enumerate(model.layers[0].neurons[j].weights):
            assert grad(view.loss, w)[0] == pytest.approx(delta_j * BATCH[0, i], abs=1e-15)


def test_two_layer_net_of_the_third_course_for_one_example():
    """D3-05, D2-08, D2-10: z1 = W1 x + b1, a1 = g(z1), ŷ = σ(W2 a1 + b2); a linear head gives the regression variant."""
    _, view = both(notation="murphy")
    V, w = view["V1"], view["w"]
    assert view.notation.examples == "rows" and view["o1"] == pytest.approx(numpy.tanh(BATCH @ V.T + view["b1"]), abs=1e-15)
    assert view["o2"] == pytest.approx(1 / (1 + numpy.exp(-(view["o1"] @ w.T + view["w₀"]))), abs=1e-15)
    linear = MLP(2, [3, 1], "tanh", rng=1)
    assert formulas.forward(linear, BATCH)["z2"] == pytest.approx(linear.predict(BATCH)[None, :], abs=1e-15)


def test_worked_1_2_1_net_and_its_seven_gradients():
    """D2-11, D2-14, D2-15, E2-5: ŷ = w0 + w1 σ(b1 + v1 x) + w2 σ(b2 + v2 x); ∂E/∂w0 = ŷ - y, ∂E/∂w1 = (ŷ - y) o1, and
    ∂E/∂b1 = (ŷ - y) w1 o1 (1 - o1), which the slide prints as ŷ - y."""
    b, v, w0, w, x, y = [0.3, -0.2], [0.8, -1.1], 0.1, [1.5, -0.7], 0.9, 0.4
    model = MLP(1, [2, 1], "sigmoid", rng=0)
    model.layers[0].set(weights=[[v[0]], [v[1]]], biases=b)
    model.layers[1].set(weights=[w], biases=[w0])
    o = [1 / (1 + numpy.exp(-(b[k] + v[k] * x))) for k in range(2)]
    error = w0 + w[0] * o[0] + w[1] * o[1] - y
    view = formulas.matrix_view(model, [[x]], [y], loss="half_squared_error", notation="murphy")
    inner = [error * w[k] * o[k] * (1 - o[k]) for k in range(2)]
    assert view["dE/dw0"] == pytest.approx(error) and view["dE/dw"][0] == pytest.approx([error * o[0], error * o[1]])
    assert view["dE/db1"][0] == pytest.approx(inner) and view["dE/dV1"][:, 0] == pytest.approx([g * x for g in inner])
    assert abs(inner[0] - error) > 0.5 * abs(error), "E2-5: ∂E/∂b1 is not ŷ - y"


def test_a_layer_alone_knows_its_own_gradients_from_dy():
    """D4-04, D4-06, D4-07, D4-08, D4-09, D4-10, D4-12, E4-2, E4-6: dW = (dY ⊙ g′(z)) xᵀ of shape k × n, db = dY ⊙ g′(z), dX = Wᵀ (dY ⊙ g′(z))."""
    rng = numpy.random.default_rng(0)
    k, n = 3, 2
    layer = Layer(n, k, "sigmoid", rng=0).set(biases=rng.normal(size=k))
    x, dY = rng.normal(size=(n, 1)), rng.normal(size=(k, 1))
    (dense,) = formulas.dense_layers(layer)
    Z, Y = formulas.layer_forward(dense, x)
    dZ, dW, db, dX = formulas.layer_backward(dense, x, Z, Y, dY)
    slope = Y * (1 - Y)
    assert dW == pytest.approx((dY * slope) @ x.T) and db == pytest.approx(dY * slope) and dX == pytest.approx(dense.W.T @ (dY * slope))
    assert (dW.shape, db.shape, dX.shape, dZ.shape) == ((k, n), (k, 1), (n, 1), (k, 1))
    inputs = [Value(v) for v in x[:, 0].tolist()]
    J = total([s * out for s, out in zip(dY[:, 0].tolist(), layer(inputs), strict=True)])  # a root whose gradient at ŷ is dY
    assert numpy.array(grad(J, inputs)) == pytest.approx(dX[:, 0], abs=1e-15)
    assert [list(grad(J, neuron.weights)) for neuron in layer.neurons] == [pytest.approx(row, abs=1e-15) for row in dW.tolist()]


def test_dx_of_a_layer_is_dy_of_the_layer_before():
    """D4-13: chained over three layers it gives the gradients of the scalar graph."""
    model = MLP(3, [4, 2, 2], "tanh", rng=3)
    X = numpy.random.default_rng(1).normal(size=(3, 5))
    layers = formulas.dense_layers(model)
    Z, A = formulas.forward_pass(layers, X)
    dY = formulas.loss_gradient("mse", A[-1], numpy.zeros((2, 5)))
    found = []
    for layer, z, x, y in zip(layers[::-1], Z[::-1], A[-2::-1], A[:0:-1], strict=True):
        _, dW, _, dY = formulas.layer_backward(layer, x, z, y, dY)
        found.insert(0, dW)
    J = model.loss(X.T, numpy.zeros((5, 2)), "mse")
    for dW, layer in zip(found, model.layers, strict=True):
        assert numpy.array([grad(J, n.weights) for n in layer.neurons]) == pytest.approx(dW, abs=1e-15)


def algorithm_1(layers, x, y, correct):
    """The δ algorithm of lecture row D0-32 for one example, as printed or corrected: gradients of W and w0, layer by layer."""
    Z, A = formulas.forward_pass(layers, x)
    delta = layers[-1].activation.derivative(Z[-1]) * (A[-1] - y)
    dW, dw0 = {len(layers): delta @ A[-2].T}, {}
    if correct:
        dw0[len(layers)] = delta
    for k in range(len(layers) - 1, 0, -1):
        delta = layers[k - 1].activation.derivative(Z[k - 1]) * (layers[k].W.T @ delta)
        dW[k], dw0[k] = delta @ A[k - 1].T, delta
    return dW, dw0


def test_algorithm_of_the_first_course_corrected_is_the_backward_pass():
    """D0-32, E0-10, E0-11, E0-12: forward for l = 1 … L, δ⁽ᴸ⁾, then l = L-1 … 1."""
    model = MLP(2, [3, 2, 1], "tanh", rng=4)
    layers = formulas.dense_layers(model)
    dW, dw0 = algorithm_1(layers, BATCH[:1].T, 0.7, correct=True)
    view = formulas.backward(model, BATCH[:1], [0.7], loss="half_squared_error")
    for k in (1, 2, 3):
        assert view[f"dW{k}"] == pytest.approx(dW[k], abs=1e-15) and view[f"db{k}"] == pytest.approx(dw0[k], abs=1e-15)


def test_erratum_algorithm_1_as_printed_never_moves_the_last_bias():
    """E0-9: a net that only that bias can fit keeps a half squared error of 5.0 literally, and reaches 3.5e-9 corrected."""
    errors = {}
    for correct in (False, True):
        W, w0, target = numpy.zeros((1, 1)), numpy.zeros((1, 1)), numpy.sqrt(10.0)
        for _ in range(100):
            dW, dw0 = algorithm_1([Dense.of(W, w0)], numpy.zeros((1, 1)), target, correct)
            W, w0 = W - 0.1 * dW[1], w0 - 0.1 * dw0.get(1, 0)
        errors[correct] = float(((w0 - target) ** 2 / 2)[0, 0])
    assert errors[False] == pytest.approx(5.0) and errors[True] == pytest.approx(3.5e-9, rel=0.1)


def test_diagonal_times_vector_is_a_product_of_entries_with_n_multiplications_instead_of_n_squared():
    """D0-31: diag(a) b = a ⊙ b, counted."""

    class Counting(float):
        count = 0

        def __mul__(self, other):
            Counting.count += 1
            return float(self) * float(other)

    n = 8
    a, b = numpy.arange(1.0, n + 1), numpy.linspace(-1, 1, n)
    counted = []
    for product in (
        lambda a, b: [sum(d * v for d, v in zip(row, b, strict=True)) for row in a],
        lambda a, b: [x * y for x, y in zip(a, b, strict=True)],
    ):
        Counting.count = 0
        left = [[Counting(v) for v in row] for row in numpy.diag(a)] if not counted else [Counting(v) for v in a]
        result = product(left, b.tolist())
        counted.append(Counting.count)
        assert result == pytest.approx(a * b)
    assert counted == [n * n, n]


# --- errata of the matrix formulas, and by how much they are wrong -----------------------------------------------------


def test_erratum_times_z_instead_of_the_slope_at_z():
    """E3-5: dZ1 = W2ᵀ dZ2 × (dg/dz1) · Z1; the right one is 1e-9 from the differences, the printed one far from them."""
    model, view = both(notation="ng")
    dZ1 = view["dZ1"] * view["Z1"]
    printed = dZ1 @ BATCH / 4
    right, truth = view["dW1"], differences(model, "W1")
    assert abs(right - truth).max() < 1e-9 < 8e-2 < abs(printed - truth).max()


def test_erratum_missing_dy_in_the_gradient_of_an_input():
    """E4-4: ∂J/∂x_i = Σ_j dY_j g′(z_j) W_ji; without dY_j it is the gradient of Σ ŷ_j."""
    rng = numpy.random.default_rng(3)
    dense = Dense.of(rng.normal(size=(3, 2)), rng.normal(size=(3, 1)), "sigmoid")
    x, dY = rng.normal(size=(2, 1)), numpy.array([[0.5], [-1.0], [0.25]])
    Z, Y = formulas.layer_forward(dense, x)
    *_, dX = formulas.layer_backward(dense, x, Z, Y, dY)
    printed = dense.W.T @ (Y * (1 - Y))
    assert printed.ravel() == pytest.approx([0.0772, -0.1641], abs=5e-5) and dX.ravel() == pytest.approx([-0.0745, 0.0872], abs=5e-5)
    assert printed == pytest.approx(formulas.layer_backward(dense, x, Z, Y, numpy.ones((3, 1)))[3])


def test_erratum_missing_parentheses_in_dx():
    """E4-7: (Wᵀ dY) ⊙ g′(z) does not fit for n ≠ k, and is silently wrong for n = k."""
    rng = numpy.random.default_rng(0)
    for n in (2, 3):
        W, dY, slope = rng.normal(size=(3, n)), rng.normal(size=(3, 1)), rng.random((3, 1))
        result = formulas.shapes("Wᵀ·dY⊙g", W=(3, n), dY=(3, 1), g=(3, 1))
        assert result.ok is (n == 3) and formulas.shapes("Wᵀ·(dY⊙g)", W=(3, n), dY=(3, 1), g=(3, 1)).shape == (n, 1)
        if n == 3:
            assert abs((W.T @ dY) * slope - W.T @ (dY * slope)).max() > 0.1


def test_erratum_row_of_w_is_not_row_of_its_transpose():
    """E4-5, E0-1: dX_i takes column i of W, W_:,i; row i is another vector even where it fits."""
    W, dz = numpy.array([[1.0, 2.0], [3.0, 4.0]]), numpy.array([1.0, -1.0])
    dX = W.T @ dz
    assert [W[:, i] @ dz for i in range(2)] == dX.tolist() != [W[i] @ dz for i in range(2)]


def test_flat_dy_scales_columns_without_a_word():
    """D4-09, E4-3: dY ⊙ g′(z)·xᵀ read from the right is the same for true columns; a 1-D NumPy dY with k = n scales columns
    instead of rows, and the shape does not tell."""
    dY, slope, x = numpy.array([1.0, 2.0]), numpy.array([0.5, 0.25]), numpy.array([3.0, 5.0])
    right = (dY * slope)[:, None] @ x[None, :]
    outer = slope[:, None] @ x[None, :]
    assert (dY[:, None] * outer == right).all()
    flat = dY * outer
    assert flat.shape == right.shape and abs(flat - right).max() > 1


def test_erratum_symmetric_rows_not_columns():
    """E3-6 in matrices: with equal rows of W1 the rows of dW1 are equal, [[u, v], [u, v]] with u ≠ v, not [[u, u], [u, u]]:
    here u = 0.00175 and v = 0.03734."""
    model = MLP(2, [2, 1], "sigmoid", "sigmoid", init="zeros")
    model.layers[1].set(weights=[[0.3, 0.3]])
    dW1 = formulas.backward(model, BATCH, [1, 0, 0, 1], loss="bce")["dW1"]
    assert (dW1[0] == dW1[1]).all() and dW1[0] == pytest.approx([0.00175, 0.03734], abs=5e-6)


@pytest.mark.parametrize(
    ("model", "target", "loss"),
    [
        (Neuron(1, "sigmoid").set([40.0], 0), [1], "bce"),
        (Neuron(1, "sigmoid").set([-800.0], 0), [0], "bce"),
        (Layer(1, 3, "softmax").set([[900.0], [0.0], [-5.0]], [0, 0, 0]), [0], "cross_entropy_of_probabilities"),
    ],
)
def test_a_saturated_and_correct_output_has_gradients_of_zero_in_both_forms(model, target, loss):
    view = formulas.matrix_view(model, [[1.0]], target, loss=loss)
    assert view["dW1"].ravel().tolist() == view.scalars["dW1"].ravel().tolist() == [0.0] * model.n_out
    assert view.maxdiff() == 0.0


def test_a_cross_check_never_passes_on_nan():
    model = Neuron(1, "sigmoid").set([-800.0], 0)  # saturated and wrong: the loss is infinite
    view = formulas.matrix_view(model, [[1.0]], [1], loss="bce")
    assert view["loss"][0, 0] == numpy.inf and view.differences()[view.entries["loss"].symbol] == 0.0
    assert view["dZ1"].tolist() == [[-1.0]] and view.maxdiff() > 1, "ŷ - y stays right where the scalar graph has lost the slope"
    layer = Layer(1, 3, "softmax").set([[1e308], [0.0], [-5.0]], [0, 0, 0])
    view = formulas.matrix_view(layer, [[1e10]], [0], loss="cross_entropy_of_probabilities")
    assert numpy.isnan(view.maxdiff()) and "cannot be compared: there is a nan in" in str(view)


# --- names, layouts, explanations ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DIALECTS)
def test_every_notation_shows_the_same_numbers_in_its_own_layout(name):
    model, view = both(notation=name)
    plain = formulas.matrix_view(model, BATCH, [1, 0, 0, 1], loss="bce")
    for key in plain:
        array = view[view.entries[key].symbol] / view.entries[key].scale
        same = array if view.notation.examples == "columns" or key.strip("d")[0] == "W" else array.T
        assert same == pytest.approx(plain.entries[key].array, abs=1e-15), key
    assert view["X"].shape == ((2, 4) if view.notation.examples == "columns" else (4, 2))
    text = str(view)
    assert f'notation "{name}"' in text and "differ by" in text and all(symbol in text for symbol in view.shapes)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "delta",
            [
                "a⁽¹⁾ = W⁽¹⁾ x + w₀⁽¹⁾ 1ᵀ",
                "z⁽¹⁾ = h⁽¹⁾(a⁽¹⁾)",
                "δ⁽²⁾ = 1/n (z⁽²⁾ - y)",
                "∂L/∂z⁽¹⁾ = W⁽²⁾ᵀ δ⁽²⁾",
                "∂L/∂W⁽¹⁾ = δ⁽¹⁾ xᵀ",
                "L = 1/n Σ (-(y ⊙ log(z⁽²⁾) + (1 - y) ⊙ log(1 - z⁽²⁾)))",
                "h⁽¹⁾ = tanh, h⁽²⁾ = sigmoid",
            ],
        ),
        ("bishop", ["a⁽¹⁾ = W⁽¹⁾ x + w₀⁽¹⁾ 1ᵀ", "∂E/∂W⁽²⁾ = δ⁽²⁾ z⁽¹⁾ᵀ"]),
        ("murphy", ["a₁ = x V₁ᵀ + 1 b₁", "o₁ = g₁(a₁)", "a₂ = o₁ wᵀ + 1 w₀", "∂E/∂V₁ = (∂E/∂a₁)ᵀ x", "∂E/∂b₁ = 1ᵀ ∂E/∂a₁"]),
        (
            "ng",
            ["Z^[1] = W^[1] X + b^[1] 1ᵀ", "dZ^[1] = dA^[1] ⊙ g′^[1](Z^[1])", "dW^[1] = 1/n dZ^[1] Xᵀ", "db^[2] = 1/n dZ^[2] 1"],
        ),
        ("dY", ["z₁ = W₁ x + b₁", "dY₁ = W₂ᵀ (dY₂⊙g′(z₂))", "dW₁ = (dY₁⊙g′(z₁)) xᵀ", "dX = W₁ᵀ (dY₁⊙g′(z₁))"]),
    ],
)
def test_formulas_are_written_as_the_course_writes_them(name, lines):
    """D0-21, D0-27, D1-19, D2-08, D3-06 to D3-10, D3-15, D4-09, D4-12."""
    text = str(formulas.backward(both()[0], BATCH, [1, 0, 0, 1], loss="bce", notation=name))
    for line in lines:
        assert line in text, f"{line} is missing in\n{text}"


def test_equations_come_as_latex():
    latex = formulas.backward(both()[0], BATCH, [1, 0, 0, 1], loss="bce").latex
    for line in (
        r"\frac{\partial L}{\partial z^{(1)}} &= W^{(2)\top} \delta^{(2)}",
        r"\delta^{(1)} &= \frac{\partial L}{\partial z^{(1)}} \odot h'^{(1)}(a^{(1)})",
        r"\delta^{(2)} &= \frac{1}{n} \left(z^{(2)} - y\right)",
        r"\frac{\partial L}{\partial w_{0}^{(1)}} &= \delta^{(1)} \mathbf{1}",
        r"L &= \frac{1}{n} \sum_{i=1}^{n} (-\left(y \odot \log(z^{(2)}) + \left(1 - y\right) \odot \log(1 - z^{(2)})\right))_{i}",
    ):
        assert line in latex, latex
    rows = formulas.backward(both()[0], BATCH, [1, 0, 0, 1], loss="bce", notation="murphy").latex
    assert r"\frac{\partial E}{\partial V_{1}} &= \left(\frac{\partial E}{\partial a_{1}}\right)^{\top} x" in rows
    assert (
        r"dW^{[1]} &= \frac{1}{n} dZ^{[1]} X^{\top}" in formulas.backward(both()[0], BATCH, [1, 0, 0, 1], loss="bce", notation="ng").latex
    )
    assert all(text.count("{") == text.count("}") and text.isascii() for text in (latex, rows))


def test_the_table_has_brackets_aligned_numbers_and_the_ends_of_what_is_large():
    model, view = both()
    assert "⎡ 0.5  1.5  -0.3  0.9⎤" in str(view) and "⎣-1    2     0.8  0.1⎦" in str(view)
    html = view._repr_html_()
    assert html.count("<table") == 1 + len(view) and "border-left:1px solid" in html
    large = formulas.matrix_view(model, numpy.ones((50, 2)), [1] * 50, loss="bce")
    assert "…" in str(large) and "⎡1  1  1  …  1  1  1⎤" in str(large)


def test_the_records_are_those_of_the_view_in_every_notation():
    for notation in DIALECTS:
        for reduction in ("mean", "sum"):
            _, view = both(notation=notation, reduction=reduction)
            keys = {"a": "Z", "z": "A", "delta": "dZ", "dz": "dA", "W": "W", "b": "b", "dW": "dW", "db": "db"}
            for step in (*view.steps.given, *view.steps):
                letters = step.name.rstrip("12")
                if step.layer and letters in keys:
                    assert (view.entries[f"{keys[letters]}{step.layer}"].array == step.array).all(), step


def test_an_entry_explains_which_scalar_nodes_stand_behind_it():
    """D4-07: row i of W belongs to neuron i; a column is an example."""
    model, view = both()
    explained = view.explain("dZ1", 1, 2)
    assert explained.nodes == (view.nodes["Z1"][1, 2],) and explained.nodes[0].op == "add"
    assert "gradient of the add node of neuron 2 of layer 1 in example 3" in str(explained)
    explained = view.explain("dW1", 2, 1)
    assert explained.nodes[0] is model.layers[0].neurons[2].weights[1] and len(explained.nodes) == 1 + 4
    assert "the leaf w1_3_2: the sum over 4 examples of δ⁽¹⁾ times x" in str(explained)
    total = sum(grad(view.loss, node)[0] * BATCH[e, 1] for e, node in enumerate(explained.nodes[1:]))
    assert view["dW1"][2, 1] == pytest.approx(total, abs=1e-15)
    assert "value of the tanh node of neuron 1 of layer 1 in example 2" in str(view.explain("z1", 0, 1))
    assert "a constant of input 2 in example 4" in str(view.explain("x", 1, 3))
    assert "the root" in str(view.explain("L")) and "the leaf b2_1" in str(view.explain("db2"))


@pytest.mark.parametrize("name", DIALECTS)
def test_explained_numbers_are_those_of_the_array_in_every_layout(name):
    _, view = both(notation=name)
    for key, entry in view.entries.items():
        rows, columns = view.scalars[key].shape
        explained = view.explain(entry.symbol, rows - 1, columns - 1)
        (number,) = grad(view.loss, explained.nodes[0]) if key.startswith("d") else (explained.nodes[0].data,)
        assert view[entry.symbol][-1, -1] == pytest.approx(number * entry.scale, abs=1e-14), key
    text = str(view.explain("dW1", 2, 0))
    assert "w1_3_1" in text and ("divided by 4" in text) is (name == "ng")


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("key", ["dW1", "dW2", "db1", "db2"])
def test_the_sum_that_explains_a_gradient_comes_to_the_gradient_as_printed(name, key):
    """In every layout, for every entry: 0.230 = -0.741 + 0.356 would be the bias of another neuron."""
    _, view = both(notation=name)
    entry = view.entries[key]
    for i, j in numpy.ndindex(view[entry.symbol].shape):
        text = str(view.explain(entry.symbol, i, j))
        printed = float(re.search(r" [=≈] (\S+) is ", text)[1])
        terms = text.rpartition(", divided by ")[0] or text
        whole = eval(terms.rpartition(" of ")[2].partition(", ")[2].replace("·", "*")) / view.entries["dZ1"].scale
        assert whole == pytest.approx(printed, abs=1e-5) and printed == pytest.approx(view[entry.symbol][i, j], abs=1e-5), text


def test_swapped_letters_are_pointed_out():
    """Trap 1 of the notation dictionary: a and z."""
    _, view = both(notation="delta")
    assert view["a1"] is view.entries["Z1"].array and view["z1"] is view.entries["A1"].array
    for name in ("Z1", "A1"):
        with pytest.raises(ValueError, match=r"is a trap: in the notation \"delta\""):
            view[name]
    assert both(notation="ng")[1]["Z1"] is not None and view["dZ1"] is view["δ⁽¹⁾"]


def test_gradients_of_the_model_are_not_touched():
    model, _ = both()
    assert all(p.grad == 0 for p in model.parameters())


def test_neuron_layer_logistic_regression_and_sequential_have_a_matrix_form():
    for model in (
        Neuron(2, "tanh", rng=0),
        LogisticRegression(2),
        Layer(2, 1, rng=0),
        Sequential([Layer(2, 3, rng=0), Dropout(keep=1.0), Layer(3, 1, rng=0)]),
    ):
        assert formulas.matrix_view(model, BATCH, [1, 0, 0, 1], loss="mse").maxdiff() < 1e-15
    dropped = Sequential([Layer(2, 3, rng=0), Dropout(keep=0.5), Layer(3, 1, rng=0)]).eval()
    assert formulas.forward(dropped, BATCH)["z2"][0] == pytest.approx(dropped.predict(BATCH), abs=1e-15)


def test_activation_of_ones_own_has_a_matrix_form_by_its_graph():
    model = MLP(2, [3, 1], activation=lambda v: v * v.sigmoid() + v, rng=0)
    assert formulas.matrix_view(model, BATCH, [1, 0, 0, 1], loss="mse").maxdiff() < 1e-14


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda m: formulas.forward(m, BATCH, notation="detla"), ValueError, "did you mean delta"),
        (lambda m: formulas.forward(m, BATCH[:, :1]), ValueError, r"X has shape \(4, 1\), but layer 1 takes 2 features"),
        (lambda m: formulas.backward(m, BATCH, [1, 0], loss="mse"), ValueError, r"Y has shape \(2,\), but X has 4 examples"),
        (lambda m: formulas.backward(m, BATCH, [[1, 0]] * 4, loss="mse"), ValueError, r"Y has shape \(4, 2\), but the outputs .* \(4, 1\)"),
        (lambda m: formulas.backward(m, BATCH, [1, 0, 0, 1], loss="bce_with_logits"), ValueError, "applies sigmoid itself"),
        (lambda m: formulas.backward(m, BATCH, [1, 0, 0, 1], loss=lambda p, t: p), ValueError, "there is a matrix form for the losses"),
        (lambda m: formulas.backward(m, BATCH, [1, 0, 0, 1], loss="bce", reduction="max"), ValueError, '"mean" or "sum"'),
        (lambda m: formulas.backward(MLP(2, [3]), BATCH, [0, 1, 2, 3], loss="cross_entropy"), ValueError, "label 3 is outside"),
        (lambda m: formulas.forward(Perceptron(2), BATCH), TypeError, "chains of layers"),
        (lambda m: formulas.forward(Sequential([Layer(2, 2), Dropout(keep=0.5)]), BATCH), ValueError, r"model.eval\(\)"),
        (lambda m: formulas.matrix_view(m, BATCH, [1, 0, 0, 1], loss="bce").explain("dW1", 3, 0), IndexError, "shape 3 × 2"),
        (lambda m: formulas.matrix_view(m, BATCH, [1, 0, 0, 1], loss="bce").explain("dW1", 0, 0.5), TypeError, "whole numbers"),
        (lambda m: formulas.check_shapes(m, {"W1": (3, 2)}), TypeError, "matrix_view gives, not MLP"),
        (lambda m: formulas.matrix_view(m, BATCH, [1, 0, 0, 1], loss="bce")["dW9"], ValueError, "no matrix called"),
    ],
)
def test_bad_input_is_refused_with_what_and_why(make, error, words):
    with pytest.raises(error, match=words):
        make(MLP(2, [3, 1], output="sigmoid", rng=0))


# --- do the shapes fit? ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "given", "shape"),
    [
        ("W·x + b", {"W": (3, 2), "x": (2, 1), "b": (3, 1)}, (3, 1)),
        ("W·X + b", {"W": (3, 2), "X": (2, 5), "b": (3, 1)}, (3, 5)),
        ("(dY⊙g′)·xᵀ", {"dY": (3, 1), "g_prime": (3, 1), "x": (2, 1)}, (3, 2)),
        ("W.T @ (dY * g)", {"W": (3, 2), "dY": (3, 1), "g": (3, 1)}, (2, 1)),
        ("-0.1 * W", {"W": (3, 2)}, (3, 2)),
        ("dY·gz·xᵀ", {"dY": (1, 1), "gz": (1, 1), "x": (4, 1)}, (1, 4)),
    ],
)
def test_shapes_of_formulas_that_fit(formula, given, shape):
    """D4-03, D4-04, D4-08, D4-09, D4-12, D4-14."""
    result = formulas.shapes(formula, **given)
    assert result.ok and result.shape == shape, str(result)


@pytest.mark.parametrize(
    ("formula", "given", "words"),
    [
        ("W·dY", {"W": (3, 2), "dY": (3, 1)}, "Wᵀ · dY would fit and be 2 × 1"),
        ("da·I", {"da": (3, 1), "I": (3, 3)}, "3 × 1 times 3 × 3 needs 1 row"),
        ("dY ⊙ g", {"dY": (3, 1), "g": (1, 3)}, "gᵀ it would"),
        ("x·x", {"x": (2, 1)}, "xᵀ · x would fit and be 1 × 1"),
    ],
)
def test_shapes_that_do_not_fit_are_said_with_a_transpose_that_would(formula, given, words):
    """D4-14, E0-6: (∂L/∂a)·I with a column gradient does not conform."""
    result = formulas.shapes(formula, **given)
    assert not result and result.shape is None and words in str(result)


@pytest.mark.parametrize(
    ("formula", "given", "words"),
    [
        ("W·", {"W": (1, 1)}, "cannot be read"),
        ("W·x", {"W": (1, 1)}, "x has no shape"),
        ("W·x", {"W": (1, 1), "x": 3}, "pair"),
        ("__import__('os').system('x')", {}, "no place"),
        ("W ** 2", {"W": (1, 1)}, "no place"),
        ("(" * 5000 + "W" + ")" * 5000, {"W": (1, 1)}, "cannot be read"),
    ],
)
def test_formulas_that_are_none_are_refused(formula, given, words):
    with pytest.raises(ValueError, match=words):
        formulas.shapes(formula, **given)


# --- XOR, many networks at once -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hidden", "rates"),
    [("sigmoid", {2: 34, 3: 46, 4: 49, 8: 50}), ("tanh", {2: 24, 3: 36, 4: 48, 8: 50}), ("relu", {2: 9, 3: 22, 4: 37, 8: 46})],
)
def test_xor_success_rates_are_those_of_the_inventory(hidden, rates):
    """D1-04, D1-07, D2-13, section E: full-batch descent, bce, η = 1, 1000 epochs, weights from N(0, 1), solved of 50."""
    X, y = data.gates("xor")
    networks = 200
    for width, solved in rates.items():
        rng = numpy.random.default_rng(width)
        layers = [
            Dense.of(rng.normal(size=(networks, width, 2)), numpy.zeros((networks, width, 1)), hidden),
            Dense.of(rng.normal(size=(networks, 1, width)), numpy.zeros((networks, 1, 1)), "linear"),
        ]
        for _ in range(1000):
            Z, A = formulas.forward_pass(layers, X.T)
            dY = formulas.loss_gradient("bce_with_logits", A[-1], y[None, :])
            _, _, dW, db = formulas.backward_pass(layers, Z, A, dY)
            layers = [Dense(layer.W - w, layer.b - b, layer.activation) for layer, w, b in zip(layers, dW, db, strict=True)]
        mine = ((formulas.forward_pass(layers, X.T)[1][-1][:, 0] > 0) == y).all(axis=1).mean()
        theirs = solved / 50
        p = (mine * networks + solved) / (networks + 50)
        error = (p * (1 - p) * (1 / 50 + 1 / networks)) ** 0.5
        assert abs(mine - theirs) < 3 * error + 1e-9, f"{hidden}, {width} units: {mine:.2f} against {theirs:.2f} ± {error:.2f}"


@pytest.mark.parametrize(
    ("notation", "error", "weights"),
    [("delta", "δ⁽²⁾ = z⁽²⁾ - y", "∂L/∂W⁽²⁾ = δ⁽²⁾ z⁽¹⁾ᵀ"), ("ng", "dZ^[2] = A^[2] - Y", "dW^[2] = dZ^[2] A^[1]ᵀ")],
)
def test_one_example_has_no_share_of_a_mean(notation, error, weights):
    model = MLP(2, [3, 1], activation="tanh", output="sigmoid", rng=0)
    one = [step.equation for step in formulas.matrix_view(model, [[1.0, 2.0]], [1.0], loss="bce", notation=notation).steps]
    assert error in one and weights in one and not any("/n" in equation for equation in one)
    two = [step.equation for step in formulas.matrix_view(model, [[1.0, 2.0]] * 2, [1.0, 0.0], loss="bce", notation=notation).steps]
    assert sum("1/n" in equation for equation in two) > 1
