"""The program to be read: its lines, its names, and how many calls there are."""

import ast
import keyword
import math
import re
import subprocess
import sys

import hypothesis.strategies as st
import numpy
import pytest
from hypothesis import given, settings

from autograd import Value, leaves, logsumexp, maximum, total, vectorize
from nn import MLP, losses, regularizers

from .networks import constants, graph, plain_network, program_of

BCE = """\
def value_and_grad(parameters, X):
    n = len(X)
    # layer 1
    W1 = parameters[0:48].reshape(16, 3)[:, 0:2]
    z0 = X[:, 0:2].T
    b1 = parameters[0:48].reshape(16, 3)[:, 2:3]
    a1 = W1 @ z0 + b1
    z1 = np.maximum(a1, 0)
    # layer 2
    W2 = parameters[48:320].reshape(16, 17)[:, 0:16]
    b2 = parameters[48:320].reshape(16, 17)[:, 16:17]
    a2 = W2 @ z1 + b2
    z2 = np.maximum(a2, 0)
    # layer 3
    W3 = parameters[320:336].reshape(1, 16)
    b3 = parameters[336:337].reshape(1, 1)
    a3 = W3 @ z2 + b3
    z3 = sigmoid(a3)
    # output
    t = X[:, 2:3].T
    J = -(xlogy(t, z3) + xlogy(1 - t, 1 - z3))
    # layer 3, backward
    delta3 = (z3 - t) / n
    dW3 = delta3 @ z2.T
    db3 = np.sum(delta3, axis=1, keepdims=True)
    # layer 2, backward
    dz2 = W3.T @ delta3
    delta2 = np.where(a2 <= 0, 0, dz2)
    dW2 = delta2 @ z1.T
    db2 = np.sum(delta2, axis=1, keepdims=True)
    # layer 1, backward
    dz1 = W2.T @ delta2
    delta1 = np.where(a1 <= 0, 0, dz1)
    dW1 = delta1 @ z0.T
    db1 = np.sum(delta1, axis=1, keepdims=True)
    gradient = np.concatenate([np.hstack([dW1, db1]).ravel(), np.hstack([dW2, db2]).ravel(), dW3.ravel(), db3.ravel()])
    return np.mean(J), gradient
"""


def operations(source):
    """How many operations of NumPy a program has, in whatever form they are written."""
    return sum(isinstance(node, (ast.Call, ast.BinOp, ast.UnaryOp, ast.Compare)) for node in ast.walk(ast.parse(source)))


def test_network_with_bce_fits_on_one_screen_and_reads_like_the_algorithm():
    """Algorithm 1 of lecture row D0-32, corrected: forward layer by layer, then δ from back to front."""
    source = program_of([2, 16, 16, 1], "bce", output="sigmoid").source
    assert source.endswith(BCE)
    assert len(source.splitlines()) <= 46


@pytest.mark.parametrize("widths", [[2, 4, 1], [3, 5, 4, 2]])
def test_source_of_a_network_runs_by_itself(widths):
    program, made = program_of(widths, "mse", "elu"), {}
    exec(program.source, made)
    X = numpy.random.default_rng(0).standard_normal((5, widths[0] + widths[-1]))
    value, gradient = made["value_and_grad"](program.parameters, X)
    assert (value, gradient) == (pytest.approx(program.value_and_grad(X)[0]), pytest.approx(program.value_and_grad(X)[1]))


def test_long_arrays_of_numbers_are_constants_of_the_program():
    model, y, inputs = graph([2, 40, 1], "mse")
    program = vectorize(y + regularizers.L2(0.1)(model), inputs, model.parameters())
    assert "# K1: an array of shape (160, 1), in program.constants" in program.source
    made = dict(program.constants)
    exec(program.source, made)
    X = numpy.ones((2, 3))
    assert made["value_and_grad"](program.parameters, X)[1] == pytest.approx(program.value_and_grad(X)[1])


@pytest.mark.parametrize("activate", [Value.relu, Value.tanh, Value.sigmoid])
def test_plain_code_has_the_same_program_as_dot_nodes(activate):
    model = MLP(3, [4, 5, 1], activation=activate.__name__, rng=1)
    x, t = constants("x", [1.0, 2.0, 3.0]), Value(1.0, "t", constant=True)
    weights = [[neuron.weights for neuron in layer.neurons] for layer in model.layers]
    biases = [[neuron.bias for neuron in layer.neurons] for layer in model.layers]
    plain = plain_network(weights, biases, x, activate)[0]
    programs = [vectorize(losses.hinge(y, t), [*x, t], model.parameters()) for y in (plain, model(x))]
    assert programs[0].source == programs[1].source
    X = numpy.random.default_rng(0).standard_normal((6, 4))
    assert (programs[0].value_and_grad(X)[1] == programs[1].value_and_grad(X)[1]).all()


def test_weights_times_inputs_in_either_order_and_anywhere_in_a_sum_are_one_product():
    w, x, b = constants("w", [1.0, 2.0, 3.0]), constants("x", [4.0, 5.0, 6.0]), Value(0.5, "b")
    w = [Value(v.data, v.label) for v in w]
    y = x[0] * w[0] + (b + (w[1] * x[1] + x[2] * w[2]))
    assert "W1 @ z0 + b1" in vectorize(y.tanh(), x, [*w, b]).source


def test_neurons_that_are_read_in_another_order_are_laid_out_so_that_nothing_is_picked():
    model, _, inputs = graph([3, 4, 1], "mse")
    h = model.layers[0](inputs[:3])
    y = sum([w * v for w, v in zip(reversed(model.layers[1].neurons[0].weights), reversed(h), strict=True)], Value(0.0, constant=True))
    lines = vectorize((y + model.layers[1].neurons[0].bias).tanh(), inputs[:3], model.parameters()).source
    assert "[[" not in lines
    assert "W2 @ z1" in lines


shapes = st.lists(st.integers(2, 5), min_size=1, max_size=3)
ACTIVATIONS = ["relu", "tanh", "sigmoid", "softplus", "leaky_relu", "elu", "gelu", "silu"]
OUTPUTS = {"bce": "sigmoid", "cross_entropy_of_probabilities": "softmax"}


@settings(max_examples=60, deadline=None)
@given(shapes, st.sampled_from(ACTIVATIONS), st.sampled_from([*losses.LOSSES]), st.integers(3, 6))
def test_number_of_calls_grows_with_the_layers_not_with_the_nodes(hidden, activation, loss, factor):
    outputs = 3 if losses.LOSSES[loss].targets == "classes" else 1
    counts = []
    for scale in (1, factor):
        program = program_of([3, *(scale * width for width in hidden), outputs], loss, activation, OUTPUTS.get(loss, "linear"))
        counts.append((operations(program.source), len(program._backward.bind.source.partition("def run")[2].splitlines())))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 30 * len(hidden) + 140


def test_penalty_on_the_parameters_is_computed_once_and_not_for_each_example():
    model, y, inputs = graph([2, 4, 1], "hinge")
    program = vectorize(y + regularizers.L2(0.1, biases=True)(model), inputs, model.parameters())
    assert program.shapes["p"] == (17, 1)
    assert "0.1 * np.sum(p * p, axis=0, keepdims=True)" in program.source


HOSTILE = ["__import__('os').system('false')", "a\n    raise SystemExit", "import", "W1", "np", "X", "n", "parameters", "#", "\\", "é", "", "z" * 500,
           "a; b", "lambda", "}", "{0}", "%s", "'''", "delta1", "gradient", "None", "x\u2028y"]  # fmt: skip


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_cannot_reach_the_code(label):
    x, w, b = Value(2.0, label), Value(3.0, label + "w"), Value(1.0, label)
    y = (x * w + b).exp()
    y.label = label
    program = vectorize(y, [x], [w, b])
    assert program.value_and_grad([[0.0]])[0] == pytest.approx(numpy.e)
    names = {node.id for node in ast.walk(ast.parse(program.source)) if isinstance(node, ast.Name)}
    assert all(name.isidentifier() and name.isascii() and len(name) <= 30 for name in names)
    assert program.latex().count("aligned") == 2


@pytest.mark.parametrize("place", ["parameter", "input", "node"])
def test_source_and_function_run_whatever_the_labels_are(place):
    """Every word that stands in the source, as the label of one of its nodes; Python's own words, too."""

    def program_with(label):
        x, w, b, v = leaves(x=0.5, w=-2, b=0.25, v=1.5)
        u = (w * x + b).gelu()
        y = (u * u + (w * x).elu(0.5)).softplus() + logsumexp([v * x, b, w]).tanh() + maximum(v * x, b, w) + Value(3.0, constant=True) * x
        {"parameter": w, "input": x, "node": u}[place].label = label
        return vectorize(y, [x], [w, b, v])

    X = numpy.array([[0.5], [-1.25]])
    words = {
        *re.findall(r"(?<![.\w])[a-zA-Z]\w*", program_with("w").source),
        *keyword.kwlist,
        *keyword.softkwlist,
        "gelu_prime_",
        "K1",
        "i1",
    }
    assert {"len", "np", "gelu_prime", "logsumexp"} <= words
    for label in sorted(words):
        program, made = program_with(label), {}
        made.update(program.constants)
        exec(program.source, made)
        value, gradient = program.value_and_grad(X)
        pure = program.function()
        assert pure(program.parameters, X) == pytest.approx(value, rel=1e-12), label
        for found in (made["value_and_grad"](program.parameters, X), pure.value_and_grad(program.parameters, X)):
            assert (found[0], found[1].tolist()) == (pytest.approx(value, rel=1e-12), pytest.approx(gradient.tolist(), rel=1e-11)), label


def test_numbers_of_the_way_forward_and_back_have_names_of_their_own():
    x, w = leaves(x=0.5), leaves(**{f"w{k}": k / 40 - 1 for k in range(80)})
    scales = [Value(math.sin(k) + 2, constant=True) for k in range(80)]
    powers = [Value(math.cos(k) + 3, constant=True) for k in range(80)]
    y = total([((s + 2 - v * x[0]) ** p).tanh() for s, p, v in zip(scales, powers, w, strict=True)])
    program = vectorize(y, x, w)
    X = numpy.array([[0.5], [-0.75]])
    value, gradient = program.value_and_grad(X)
    assert program.function()(program.parameters, X) == pytest.approx(value, rel=1e-12)
    assert program.function().value_and_grad(program.parameters, X)[1] == pytest.approx(gradient, rel=1e-11)


def test_scopes_do_not_reach_the_code():
    from autograd import scope

    with scope("\n    raise SystemExit #"):
        w, x = Value(1.0, "w"), Value(2.0, "x")
        program = vectorize(w * x, [x], [w])
    assert "SystemExit" not in program.source


ADDED = """
import numpy
from autograd import Value, vectorize
from autograd.engine.functions import apply
from autograd.engine.functions import define

for name in ("cube", "n", "parameters", "np"):
    entry = define(name, "where(a > 1, a ** 3, where(a < -1, a ** 3, a ** 3))", "3 * a ** 2")
    w, x = Value(2.0, "w"), Value(3.0, "x")
    program = vectorize(apply(entry, [w * x]), [x], [w])
    made = {}
    exec(program.source, made)
    X = numpy.array([[3.0], [1.0]])
    for value, gradient in (program.value_and_grad(X), made["value_and_grad"](program.parameters, X)):
        print(value, gradient.tolist())
"""


def test_an_operation_that_was_added_to_the_table_is_vectorised_whatever_its_name():
    found = subprocess.run([sys.executable, "-c", ADDED], capture_output=True, text=True, check=True)
    assert {*found.stdout.splitlines()} == {"112.0 [168.0]"}
