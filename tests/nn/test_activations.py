"""Activation functions: saturation, centring, dead units, and what the lectures claim of them."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, grad, relu, sigmoid, tanh
from nn import MLP, Layer, Neuron
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


def test_an_activation_is_a_record():
    assert activation("tanh") == activation(tanh) == activation(activation("tanh"))
    assert isinstance(activation(lambda v: v), Activation) and not activation(lambda v: v).known
    with pytest.raises(ValueError, match="Jacobian"):
        activation("softmax").derivative(GRID)
