"""A neuron is a dot node, an addition and an activation; its gradients are the three factors of lecture block D4."""

import math

import pytest

import autograd
from autograd import Value, dot, grad, numeric_grad, topological_order
from autograd.engine.operations import TABLE
from nn import LogisticRegression, Neuron
from nn.activations import activation
from nn.neuron import weighted_sum


def test_weighted_sum_is_one_dot_node_and_the_bias_an_addition_of_its_own():
    """D0-01, D4-01, D4-03: a = w·x + b, y = g(a), drawn as the lecture writes it."""
    neuron = Neuron(2, activation="tanh").set(weights=[2, -3], bias=0.5)
    y = neuron([1, 2])
    assert [node.op for node in topological_order(y)] == ["leaf", "leaf", "const", "const", "dot", "leaf", "add", "tanh"]
    assert y.data == math.tanh(2 * 1 - 3 * 2 + 0.5)
    assert y.parents[0].parents[0].parents == (*neuron.weights, *y.parents[0].parents[0].parents[2:])


def test_bias_is_a_weight_on_a_constant_input_of_one():
    """D0-01: [w0 w1 w2] [1 x1 x2]ᵀ gives the same value and the same gradients as a bias."""
    with_bias = Neuron(2, "sigmoid").set([0.3, -0.7], 0.2)
    augmented = Neuron(3, "sigmoid").set([0.2, 0.3, -0.7], 0)
    one, other = with_bias([1.5, -2.0]), augmented([1.0, 1.5, -2.0])
    assert one.data == pytest.approx(other.data, abs=1e-15)
    assert grad(one, [with_bias.bias, *with_bias.weights]) == pytest.approx(grad(other, augmented.weights), abs=1e-15)


def test_nodes_and_weights_of_a_neuron_alone_belong_to_its_scope():
    neuron = Neuron(2, "tanh")
    assert {node.scope for node in topological_order(neuron([Value(1.0), Value(2.0)]))} == {("neuron",), ()}
    assert neuron([1, 2]).scope == neuron.bias.scope == ("neuron",)


def test_inputs_given_as_numbers_are_constants_and_values_stay_themselves():
    x = Value(1.0, "x")
    neuron = Neuron(2)
    y = neuron([x, 2])
    inputs = y.parents[0].parents[2:]
    assert inputs[0] is x and inputs[1].constant and not x.constant


def test_three_factors_give_the_gradient_of_each_weight():
    """D4-02, D4-04, D4-05: ∂J/∂w_i = dY · g′(z) · x_i, ∂J/∂b = dY · g′(z), ∂J/∂x_i = dY · g′(z) · w_i, with the seed dY."""
    neuron = Neuron(2, "sigmoid").set([0.4, -0.9], 0.1)
    x = [Value(1.5), Value(-0.5)]
    y = neuron(x)
    dY, slope = 3.0, y.data * (1 - y.data)
    y.backward(seed=dY)
    assert [w.grad for w in neuron.weights] == pytest.approx([dY * slope * v.data for v in x], rel=1e-15)
    assert neuron.bias.grad == pytest.approx(dY * slope, rel=1e-15)
    assert [v.grad for v in x] == pytest.approx([dY * slope * w.data for w in neuron.weights], rel=1e-15)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "tanh", "sigmoid", "sin"])
def test_every_activation_by_name_or_function_has_the_gradient_of_finite_differences(name):
    by_name, by_function = (Neuron(1, given).set([0.8], 0.3) for given in (name, getattr(autograd, name)))
    one, other = by_name([0.7]), by_function([0.7])
    assert one.op == other.op == name and one.data == other.data
    w = by_name.weights[0]
    assert grad(one, w)[0] == pytest.approx(numeric_grad(one, w), rel=1e-6)


def test_step_activation_stops_every_gradient():
    """D1-01, D1-20: the derivative of a step is 0 almost everywhere, so gradient descent learns nothing through it."""
    neuron = Neuron(2, "step").set([1, 1], -1.5)
    y = neuron([1, 1])
    y.backward()
    assert y.data == 1.0
    assert [w.grad for w in neuron.weights] == [0.0, 0.0] and neuron.bias.grad == 0.0


@pytest.mark.parametrize("threshold", [-0.5, 0.0, 1.0])
def test_threshold_is_a_negative_bias(threshold):
    """D2-03: y = 1 iff w·x > t is a step of w·x + b with b = -t; a tie is no 1."""
    neuron = Neuron(1, "step").set([1], -threshold)
    assert [neuron([threshold + d]).data for d in (-0.25, 0.0, 0.25)] == [0.0, 0.0, 1.0]


def test_a_function_of_ones_own_can_be_an_activation():
    def bent(v):
        return v * v / 2

    neuron = Neuron(1, activation=bent).set([3], 0)
    assert neuron([1]).data == 4.5 and neuron.activation.name == "bent"


def test_logistic_regression_is_a_network_of_one_layer():
    """D2-01, D2-02: p(y = 1 | x) = sigm(w·x), with x = (1, x1, x2) and w = (b, w1, w2)."""
    model = LogisticRegression(2).set([1.0, -2.0], 0.5)
    assert model([3.0, 1.0]).data == pytest.approx(1 / (1 + math.exp(-(0.5 + 3.0 - 2.0))), rel=1e-15)
    assert [p.data for p in LogisticRegression(2).parameters()] == [0, 0, 0]


def test_erratum_sigmoid_of_the_sum_is_not_the_sum():
    """E2-1: the slide prints sigm(wᵀx) = b + w1 x1 + w2 x2; at w = 0 the left side is ½ and the right side 0."""
    neuron = LogisticRegression(2)
    assert neuron([1.0, 1.0]).data - neuron.pre_activation(tuple(Value(1.0) for _ in range(2))).data == 0.5


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Neuron(0), ValueError, "n_in is at least 1"),
        (lambda: Neuron(2.5), TypeError, "whole number"),
        (lambda: Neuron(2, "softmax"), ValueError, "whole layer"),
        (lambda: Neuron(2, "rleu"), ValueError, 'did you mean "relu"'),
        (lambda: Neuron(2, 3), TypeError, "by its name or as a function"),
        (lambda: Neuron(2, init="henormal"), ValueError, 'did you mean "he_normal"'),
        (lambda: Neuron(2, rng="seed"), TypeError, "rng"),
        (lambda: Neuron(2)([1]), ValueError, "the neuron takes 2 numbers, not 1"),
        (lambda: Neuron(2)([[1, 2], [3, 4]]), ValueError, "one example at a time"),
        (lambda: Neuron(2)("ab"), TypeError, "not str"),
        (lambda: Neuron(2).set([1]), ValueError, "2 weights, not 1"),
        (lambda: Neuron(2).set([1, "a"]), TypeError, "a weight"),
    ],
)
def test_bad_input_is_refused_with_what_and_where(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_setting_numbers_changes_nothing_when_one_is_refused():
    neuron = Neuron(2).set([1, 2], 3)
    with pytest.raises(TypeError):
        neuron.set([5, 6], "seven")
    assert [p.data for p in neuron.parameters()] == [1, 2, 3]


def test_activation_names_have_aliases_and_none_is_linear():
    assert [activation(name).name for name in ("identity", "step", "swish", "logistic", None)] == [
        "linear",
        "heaviside",
        "silu",
        "sigmoid",
        "linear",
    ]


def test_logistic_graph_of_one_example_gives_the_gradients_of_the_lecture():
    """D3-02, D3-03, D3-04: z = w·x + b, ŷ = 1/(1 + e^(-z)), L; from back to front dz = ŷ - y, dw = dz x, db = dz. The sigmoid
    as one node or as exp, +1 and 1/x gives the same."""
    w, b, x, y = [0.7, -0.3], 0.2, [1.5, -2.0], 1
    whole = Neuron(2, "sigmoid").set(w, b)
    parts = Neuron(2, lambda z: 1 / (1 + (-z).exp())).set(w, b)
    y_hat = 1 / (1 + math.exp(-(0.7 * 1.5 + 0.3 * 2.0 + 0.2)))
    expected = [(y_hat - y) * v for v in (*x, 1)]
    for neuron in (whole, parts):
        L = neuron.loss([x], [y], "bce")
        assert L.data == pytest.approx(-math.log(y_hat), rel=1e-14)
        assert grad(L, neuron.parameters()) == pytest.approx(expected, rel=1e-13)
    assert [n.op for n in topological_order(parts(x)) if n.parents] == ["dot", "add", "neg", "exp", "add", "div"]


def test_a_model_calls_the_written_code_of_its_operations_at_once():
    kept = activation("gelu").of_value  # of an operation that nobody may have used yet
    Value(1.0).gelu(), dot([Value(1.0)], [Value(2.0)])
    assert kept is Value.gelu and weighted_sum is TABLE["dot"].make
