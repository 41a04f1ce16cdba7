"""Activation functions: saturation, centring, dead units, and what the lectures claim of them."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, grad, relu, sigmoid, tanh
from nn import MLP, Layer, Neuron, formulas
from nn.activations import USUAL, Activation, activation

GRID = numpy.linspace(-6, 6, 241)


@pytest.mark.parametrize("name", [*USUAL, "linear", "sin", "exp"])
def test_value_and_derivative_on_arrays_are_those_of_the_graph(name):
    """D0-02, D1-22: the gallery, at points on both sides and at 0."""
    chosen = activation(name)
    nodes = [Value(float(a)) for a in GRID]
    values = [chosen.of_value(node) for node in nodes]
    assert chosen.on_array(GRID) == pytest.approx([v.data for v in values], rel=1e-14, abs=1e-15)
    assert chosen.derivative(GRID) == pytest.approx([grad(v, n)[0] for v, n in zip(values, nodes, strict=True)], rel=1e-13, abs=1e-14)


def test_tanh_is_a_stretched_sigmoid():
    """D2-19: tanh x = 2 sigm(2x) - 1, with equal gradients; its outputs are centred on 0, those of the sigmoid on ½."""
    for a in GRID:
        x = Value(float(a))
        one, other = tanh(x), 2 * sigmoid(2 * x) - 1
        assert one.data == pytest.approx(other.data, abs=1e-12) and grad(one, x)[0] == pytest.approx(grad(other, x)[0], abs=1e-12)
    assert abs(tanh(GRID).mean()) < 1e-12 and sigmoid(GRID).mean() == pytest.approx(0.5)


def test_slopes_are_largest_at_zero_for_sigmoid_and_tanh_and_not_for_relu():
    """D2-20, D3-12, E3-7: the maxima are ¼ and 1, so ten sigmoids in a row let at most ¼¹⁰ = 9.5e-7 through."""
    for name, largest in (("sigmoid", 0.25), ("tanh", 1.0)):
        slopes = activation(name).derivative(GRID)
        assert slopes.max() == largest and GRID[slopes.argmax()] == pytest.approx(0, abs=1e-12)
    assert 9.4e-7 < 0.25**10 < 9.6e-7
    assert activation("relu").derivative(GRID[GRID > 0]).min() == 1 and activation("relu").derivative(numpy.zeros(1))[0] == 0


def test_sigmoids_saturate_on_both_sides_relu_only_on_the_left():
    """D2-18, D2-21, E2-7: "does not saturate" holds for x > 0; for x < 0 the gradient of relu is exactly 0."""
    far = numpy.array([-20.0, 20.0])
    assert (activation("sigmoid").derivative(far) < 1e-8).all() and (activation("tanh").derivative(far) < 1e-15).all()
    assert activation("relu").derivative(far).tolist() == [0, 1]


def test_relu_makes_half_of_the_outputs_zero():
    """D2-21: it is sparse."""
    share = (activation("relu").on_array(numpy.random.default_rng(0).normal(size=10_000)) == 0).mean()
    assert share == pytest.approx(0.5, abs=0.02)


def test_a_step_too_large_kills_a_relu_unit_for_ever_and_a_leaky_one_recovers():
    """D2-21, D2-22: once the pre-activation is negative everywhere the gradient of relu is 0; leaky relu's is not."""
    X, y = [[1.0], [2.0], [0.5]], [1.0, 2.0, 0.5]
    for name, recovers in (("relu", False), ("leaky_relu", True)):
        model = MLP(1, [1, 1], activation=name).eval()
        model.layers[0].set(weights=[[1.0]], biases=[-50.0])  # what a step of a size that is too large leaves behind
        model.layers[1].set(weights=[[1.0]], biases=[0.0])
        hidden = model.layers[0].neurons[0]
        before = [p.data for p in hidden.parameters()]
        model.fit(X, y, lr=0.1, epochs=30, batch_size=None, progress=False)
        moved = [p.data for p in hidden.parameters()] != before
        assert moved is recovers, name
        assert (hidden.bias.grad == 0) is not recovers


def test_leaky_relu_is_x_times_its_slope_below_zero():
    """D2-22: I(x < 0) a x + I(x >= 0) x."""
    from functools import partial

    from autograd import leaky_relu

    neuron = Neuron(1, partial(leaky_relu, slope=0.2)).set([1], 0)
    assert [neuron([x]).data for x in (-2, 0, 3)] == [-0.4, 0, 3]


@given(st.lists(st.floats(0.01, 5), min_size=3, max_size=3), st.floats(-2, 2))
def test_positive_inputs_give_all_weights_of_a_neuron_gradients_of_one_sign(x, target):
    """D2-18: outputs that are not centred on 0 make the descent zig-zag."""
    neuron = Neuron(3, "tanh", rng=0)
    signs = {numpy.sign(g) for g in grad(neuron.loss([x], [target]), neuron.weights)}
    assert len(signs) == 1


def test_sigmoid_layers_shift_what_comes_after_them():
    """D2-18: the mean output of a sigmoid layer is about ½, that of a tanh layer about 0."""
    X = numpy.random.default_rng(0).normal(size=(200, 20))
    means = {name: abs(Layer(20, 30, name, rng=1).predict(X).mean()) for name in ("sigmoid", "tanh")}
    assert means["sigmoid"] == pytest.approx(0.5, abs=0.05) and means["tanh"] < 0.05


def test_both_forms_of_the_sigmoid_are_one_function_with_overflow_on_different_sides():
    """D2-04, D4-01: 1/(1 + e^(-x)) and e^x/(e^x + 1); the engine's rule takes the safe one on either side."""
    for a in GRID:
        x = Value(float(a))
        one, other = 1 / (1 + (-x).exp()), x.exp() / (x.exp() + 1)
        assert one.data == pytest.approx(other.data, rel=1e-14) == pytest.approx(sigmoid(float(a)), rel=1e-14)
        assert grad(one, x)[0] == pytest.approx(grad(other, x)[0], rel=1e-9)
    large = Value(800.0)
    assert numpy.isnan((large.exp() / (large.exp() + 1)).data) and (1 / (1 + (-large).exp())).data == 1.0
    assert sigmoid(800.0) == 1.0 and sigmoid(-800.0) == 0.0


def test_activation_must_be_differentiable_almost_everywhere_only():
    """D1-20, E1-21: relu has no derivative at 0; the convention 0 lies between the slopes of both sides."""
    x = Value(0.0)
    assert grad(relu(x), x) == (0.0,) and 0 <= grad(relu(x), x)[0] <= 1
    assert [activation("relu").derivative(numpy.array([h]))[0] for h in (-1e-9, 1e-9)] == [0, 1]


@pytest.mark.parametrize("depth", [2, 10])
def test_gradient_of_the_first_layer_vanishes_with_sigmoids_and_lives_with_tanh(depth):
    """D1-13, D2-20: ‖dW¹‖/‖dWᴸ‖ for layers of 32 with Glorot's variances; about 3e-6 against 1.2 for ten layers."""
    rng = numpy.random.default_rng(0)
    ratio = {}
    for name in ("sigmoid", "tanh"):
        model = MLP(8, [*[32] * (depth - 1), 1], name, init="glorot_normal", rng=1)
        view = formulas.backward(model, rng.normal(size=(20, 8)), rng.normal(size=20), loss="mse")
        ratio[name] = numpy.linalg.norm(view["dW1"]) / numpy.linalg.norm(view[f"dW{depth}"])
    if depth == 10:
        assert 1e-7 < ratio["sigmoid"] < 1e-4 and 0.1 < ratio["tanh"] < 10
    else:
        assert ratio["sigmoid"] > 1e-2


def test_fixed_basis_functions_become_learned_ones():
    """D1-17, D1-18: y(x, w) = f(Σ_j w_j φ_j(x)) is a net whose first layer is kept; training it, too, lowers the error."""
    from nn import data, optim

    X, y = data.sine(30, noise=0.05, rng=0)
    X = (X - numpy.pi) / 2
    errors = {}
    for kept in (True, False):
        model = MLP(1, [5, 1], "tanh", rng=3)
        trained = model.layers[1].parameters() if kept else model.parameters()
        history = model.fit(X, y, "mse", optim.Adam(trained, lr=0.05), epochs=150, batch_size=None, progress=False)
        errors[kept] = history["loss"][-1]
    assert errors[False] < errors[True] / 2


def test_weights_of_the_1_2_1_net_shift_and_stretch_its_curves():
    """D2-12, E2-4: w stretches vertically, w0 lifts, b shifts, v stretches; the inflection is at x = -b/v, so v moves it, too."""
    neuron = Neuron(1, "sigmoid")

    def inflection(v, b):
        neuron.set([v], b)
        x = numpy.linspace(-10, 10, 20_001)
        slope = numpy.abs(activation("sigmoid").derivative(v * x + b))
        return x[slope.argmax()]

    assert inflection(1, 2) == pytest.approx(-2, abs=1e-3) and inflection(1, 0) == pytest.approx(0, abs=1e-3)
    assert inflection(4, 2) == pytest.approx(-0.5, abs=1e-3), "E2-4: changing v moves it unless b = 0"
    assert inflection(4, 0) == pytest.approx(0, abs=1e-3)


def test_newton_needs_the_square_of_the_number_of_weights():
    """D0-14, D0-15: the Hessian of W weights has W² entries; on two weights of a quadratic one Newton step is enough."""
    from autograd import hessian

    neuron = Neuron(1, rng=0)
    J = neuron.loss([[1.0], [2.0], [-1.0]], [2.0, 3.5, -1.0], "half_squared_error")
    H, g = hessian(J, neuron.parameters()), numpy.array(grad(J, neuron.parameters()))
    assert H.shape == (2, 2)
    w, b = numpy.array([p.data for p in neuron.parameters()]) - numpy.linalg.solve(H, g)
    neuron.set([w], b)
    J = neuron.loss([[1.0], [2.0], [-1.0]], [2.0, 3.5, -1.0], "half_squared_error")
    assert grad(J, neuron.parameters()) == pytest.approx((0, 0), abs=1e-12)
    assert len(MLP(2, [16, 16, 1]).parameters()) ** 2 == 113_569


def test_stochastic_gradients_do_not_vanish_where_their_mean_does_and_leave_a_shallow_well():
    """D1-33: at ∇E = 0 the ∇E_i are not 0; from the shallow one of two wells SGD escapes in many of its runs, GD in none."""
    shifts = numpy.array([-3.0, 3.0])  # E_i(w) = (w² - 1)² + ¼ w + shift · w; the shifts cancel in the mean

    def slope(w, shift):
        return 4 * w * (w * w - 1) + 0.25 + shift

    def lowest(rng):
        w = least = 0.967  # the minimum of the shallow well
        for _ in range(300):
            w -= 0.05 * (slope(w, shifts).mean() if rng is None else slope(w, rng.choice(shifts)))
            least = min(least, w)
        return least

    assert abs(slope(0.967, shifts).mean()) < 0.02 and abs(slope(0.967, shifts)).min() > 1
    escaped = sum(lowest(numpy.random.default_rng(seed)) < -0.5 for seed in range(40))
    assert lowest(None) > 0.9 and escaped >= 8, f"{escaped} of 40 runs"


def test_an_activation_is_a_record():
    assert activation("tanh") == activation(tanh) == activation(activation("tanh"))
    assert isinstance(activation(lambda v: v), Activation) and not activation(lambda v: v).known
    with pytest.raises(ValueError, match="Jacobian"):
        activation("softmax").derivative(GRID)
