"""The passes of a program as records: every array, every entry and every scalar node behind it, beside the engine."""

import hypothesis.strategies as st
import numpy
import pytest
from hypothesis import given, settings

import autograd
from autograd import Value, dot, examples, grad, label, leaves, total, vectorize
from autograd.explain.notation import DIALECTS
from nn import MLP, losses, regularizers
from nn.losses import LOSSES

from .networks import constants, graph, quietly
from .printed_equations import Equation

ACTIVATIONS = ["relu", "tanh", "sigmoid", "softplus", "leaky_relu", "elu", "gelu", "silu", "linear", "sin"]
HEADS = {"bce": ["sigmoid"], "bce_with_logits": ["linear"], "cross_entropy": ["linear"], "cross_entropy_of_probabilities": ["softmax"]}


def numbers_of_examples(rng, loss, n, n_in, n_out):
    """Rows of features and targets."""
    T = rng.normal(size=(n, n_out))
    if LOSSES[loss].targets == "classes":
        T = numpy.eye(n_out)[rng.integers(n_out, size=n)]
    elif LOSSES[loss].targets == "probabilities":
        T = rng.integers(0, 2, size=(n, n_out)).astype(float)
    elif LOSSES[loss].targets == "signs":
        T = rng.choice([-1.0, 1.0], size=(n, n_out))
    return numpy.hstack([rng.normal(size=(n, n_in)), T])


@st.composite
def networks(draw):
    """A program of a random network with its loss, its examples, a notation and a reduction."""
    loss = draw(st.sampled_from(sorted(LOSSES)))
    output = draw(st.sampled_from(HEADS.get(loss, ["linear", "tanh", "softmax"])))
    n_out = draw(st.integers(2 if output == "softmax" or "cross" in loss else 1, 3))
    widths = [draw(st.integers(1, 3)), *draw(st.lists(st.integers(1, 3), max_size=3)), n_out]
    model, y, inputs = graph(widths, loss, draw(st.sampled_from(ACTIVATIONS)), output, rng=draw(st.integers(0, 9)))
    rng = numpy.random.default_rng(draw(st.integers(0, 999)))
    program = vectorize(y, inputs, model.parameters())
    program.parameters += rng.normal(size=program.parameters.shape) / 3
    X = numbers_of_examples(rng, loss, draw(st.integers(1, 5)), widths[0], n_out)
    return program, X, draw(st.sampled_from([*DIALECTS])), draw(st.sampled_from(["mean", "sum"]))


def close(found, expected):
    return numpy.abs(numpy.asarray(found) - expected).max(initial=0.0) <= 1e-12 * max(1.0, numpy.abs(expected).max(initial=0.0))


def assert_right(program, X, notation="delta", reduction="mean"):
    """Every array is the program's, every entry is what its nodes say in the graph of each example."""
    steps = program.steps(X, notation, reduction=reduction)
    times = 1.0 if reduction == "mean" else len(X)
    value, _ = program.value_and_grad(X)
    last = next(step for step in reversed(steps) if step.phase == "forward")
    assert close(last.array, value * times), "the loss"
    for name, array in program.gradients(X).items():
        for step in [step for step in steps if step.of == name]:
            assert close(step.array.ravel(), numpy.ravel(array) * times), step
    graphs = [steps.example(k) for k in range(len(X))]
    gradients = []
    for made in graphs:
        nodes = [*made.nodes]
        gradients.append(dict(zip(nodes, [g * made.share for g in grad(made.root, [made[node] for node in nodes])], strict=True)))
    for step in (*steps.given, *steps):
        assert step.array.shape == step.nodes.shape == step.shape
        if step.of:
            assert step.shape == steps[step.of].shape, f"{step.name} has not the shape of {step.of}"
        for i, j in numpy.ndindex(*step.shape):
            entry = step.entry(i, j)
            nodes, number = step.nodes[i, j], step.array[i, j]
            over = range(len(X)) if entry.example is None else [entry.example]
            if nodes and step.phase == "backward":
                assert close(number, step.scale * sum(gradients[k][node] for node in nodes for k in over)), (step, i, j)
            elif nodes:
                assert all(close(graphs[k][node].data, number) for node in nodes for k in over), (step, i, j)
            if entry.terms:
                assert close(entry.factor * sum(term.value for term in entry.terms), number), (step, i, j, entry)
                assert all(close(numpy.prod([f.value for f in term.factors]), term.value) for term in entry.terms)
            for factor in entry.reads:
                assert not factor.name or steps[factor.name].array[factor.i, factor.j] == factor.value
            assert entry.value == number
    return steps


def assert_true_as_printed(steps):
    """Read by a reader of its own: true with all digits, and with few where the sign says so."""
    for step in steps:
        if "take(" in step.right:
            continue
        assert close(numpy.broadcast_to(Equation(steps, step, 17).value(), step.shape), step.array), step.equation
        for digits in (2, 4):
            shown = numpy.array([[float(text) for text in row] for row in step.texts(digits)])
            is_true = numpy.allclose(Equation(steps, step, digits).value(), shown, rtol=1e-12, atol=0)
            assert step.sign(digits) == ("=" if is_true else "≈"), step.numbers(digits)


@settings(max_examples=40, deadline=None)
@given(networks())
def test_every_array_and_every_entry_is_that_of_the_scalar_graph(network):
    steps = assert_right(*network)
    assert_true_as_printed(steps)
    assert [step.index for step in steps] == [*range(len(steps))]
    layers = {step.layer for step in steps if step.layer}
    assert {step.layer for step in steps.given if step.role == "weights"} == layers or not layers


@pytest.mark.parametrize("notation", [*DIALECTS])
def test_mazurs_network_has_the_steps_of_the_lecture(notation):
    E = examples.mazur()
    program = vectorize(E, ["i1", "i2", "t1", "t2"], [f"w{k}" for k in range(1, 9)] + ["b1", "b2"])
    X = [[0.05, 0.1, 0.01, 0.99], [0.5, -0.3, 0.2, 0.1]]
    steps = assert_right(program, numpy.array(X), notation)
    assert_true_as_printed(steps)
    names = ["a1", "z1", "a2", "z2", "E", "mean", "dz2", "delta2", "dW2", "db2", "dz1", "delta1", "dW1", "db1", "dX"]
    assert [step.name for step in steps] == names
    assert all(name in program.source for name in names if name not in ("mean", "dX"))
    assert "pad" not in program.source
    assert steps["db1"].summed == steps["db2"].summed == "units", "a layer has one bias for all its units"
    assert program.steps(X, None).notation.name == "delta"


# --- graphs that are no chain of layers ----------------------------------------------------------------------------------


def expression():
    a, b, c = leaves(a=5, b=3, c=2)
    u = b * c
    v = a + u
    label(u=u, v=v)
    return 3 * v, [c], [a, b]


def chain():
    x, w = leaves(x=0.5, w=2)
    y = w * x
    for _ in range(6):
        y = (1.1 * y).tanh()
    return y, [x], [w]


def same_layer_twice():
    w = [[Value(0.3 * i - 0.2 * j, f"w{i}{j}") for j in range(2)] for i in range(3)]
    x, v = constants("x", [0.5, -1.0]), [Value(0.1 * k + 0.2, f"v{k}") for k in range(3)]
    once, again = ([dot(row, x).tanh() for row in w] for _ in range(2))
    return (dot(v, once) + total(again)) ** 2, x, [*w[0], *w[1], *w[2], *v]


def plain_code():
    w = [[Value(0.3 * i - 0.2 * j + 0.1, f"w{i}{j}") for j in range(2)] for i in range(3)]
    x, b, t = constants("x", [0.5, -1.0]), [Value(0.1 * i, f"b{i}") for i in range(3)], Value(1.0, "t", constant=True)
    h = [sum((wi * xi for wi, xi in zip(row, x, strict=True)), bi).tanh() for row, bi in zip(w, b, strict=True)]
    v, c = [Value(0.1 * k + 0.2, f"v{k}") for k in range(3)], Value(0.3, "c")
    y = sum((vi * hi for vi, hi in zip(v, h, strict=True)), c)
    return (y - t) ** 2, [*x, t], [*w[0], *w[1], *w[2], *b, *v, c]


def regularised():
    model, y, inputs = graph([2, 3, 1], "bce", "tanh", "sigmoid")
    return y + regularizers.L2(0.1)(model), inputs, model.parameters()


def dropout(mask, inputs):
    model, x, t = MLP(2, [3, 1], "tanh", rng=0), constants("x", [0.5, -1.0]), Value(1.0, "t", constant=True)
    h = [unit * kept for unit, kept in zip(model.layers[0](x), mask, strict=True)]
    return losses.mse(model.layers[1](h)[0], t), [*x, *inputs, t], model.parameters()


def dropout_as_input():
    mask = constants("m", [1.25, 0.0, 1.25])
    return dropout(mask, mask)


def linear_regression():
    x, t = constants("x", [1.0, 2.0, 3.0]), Value(1.0, "t", constant=True)
    w, b = [Value(0.1 * k, f"w{k}") for k in range(3)], Value(0.2, "b")
    return (dot(w, x) + b - t) ** 2 / 2, [*x, t], [*w, b]


def example(name):
    y = getattr(examples, name)()
    found = [node for node in autograd.topological_order(y) if not node.parents and node.label]
    return y, [node for node in found if node.constant], [node for node in found if not node.constant]


def recurrent():
    w = [[Value(0.3 * i - 0.2 * j + 0.1, f"w{i}{j}") for j in range(2)] for i in range(2)]
    x, b = constants("x", [0.5, -1.0]), [Value(0.1 * i, f"b{i}") for i in range(2)]
    h = x
    for _ in range(3):
        h = [(dot(row, h) + bi).tanh() for row, bi in zip(w, b, strict=True)]
    return total([unit * unit for unit in h]), x, [*w[0], *w[1], *b]


def weights_tied_in_a_matrix():
    (p, q), x = leaves(p=0.5, q=0.3), constants("x", [0.5, -1.0])
    return total([dot([p, q], x).tanh(), dot([q, p], x).tanh()]) ** 2, x, [p, q]


def inputs_read_twice():
    model, x = MLP(2, [2, 2], "tanh", rng=0), constants("x", [0.5, -1.0])
    return total([(unit + xi) ** 2 for unit, xi in zip(model(x), x, strict=True)]), x, model.parameters()


def softmax_by_hand():
    model, x, t = MLP(2, [3], rng=0), constants("x", [0.5, -1.0]), constants("t", [1.0, 0.0, 0.0])
    powers = [z.exp() for z in model(x)]
    whole = total(powers)
    return -total([ti * (power / whole).log() for ti, power in zip(t, powers, strict=True)]), [*x, *t], model.parameters()


def no_loss(output="sigmoid"):
    model, x = MLP(2, [3, 1], "tanh", output, rng=0), constants("x", [0.5, -1.0])
    return model(x), x, model.parameters()


def a_leaf_alone():
    x, w = leaves(x=1, w=2)
    return x, [x], [w]


GRAPHS = [expression, chain, same_layer_twice, plain_code, regularised, dropout_as_input, lambda: dropout([1.25, 0.0, 1.25], []),
          linear_regression, lambda: example("net_1_2_1"), lambda: example("neuron"), lambda: example("logistic"), recurrent,
          weights_tied_in_a_matrix, inputs_read_twice, softmax_by_hand, no_loss, lambda: no_loss("linear"), a_leaf_alone]  # fmt: skip


@pytest.mark.parametrize("make", GRAPHS)
def test_records_of_any_graph_are_right(make):
    y, inputs, params = make()
    program = quietly(y, inputs, params)
    X = numpy.random.default_rng(3).random((3, len(inputs)))
    for notation, reduction, n in (("delta", "mean", 3), ("ng", "mean", 3), ("murphy", "sum", 3), ("delta", "mean", 1)):
        steps = assert_right(program, X[:n], notation, reduction)
        assert_true_as_printed(steps)
        assert str(steps) and steps.latex.count(" &= ") == len(steps)


def softmax_in_other_words(add, loss):
    """exp(a) over its sum, three classes, the sum and the loss written in one of the ways in which they can be."""
    model, x, t = MLP(2, [3], rng=0), constants("x", [0.5, -1.0]), constants("t", [1.0, 0.0, 0.0])
    powers = [z.exp() for z in model(x)]
    whole = add(powers)
    return loss(t, [power / whole for power in powers]), [*x, *t], model.parameters()


@pytest.mark.parametrize("add", [total, lambda powers: powers[0] + powers[1] + powers[2]])
@pytest.mark.parametrize(
    "loss", [lambda t, p: -total([a * b.log() for a, b in zip(t, p, strict=True)]),
             lambda t, p: -(t[0] * p[0].log() + t[1] * p[1].log() + t[2] * p[2].log())])  # fmt: skip
def test_a_softmax_that_is_written_out_is_a_softmax(add, loss):
    program = vectorize(*softmax_in_other_words(add, loss))
    one_hot, shares = numpy.array([[1.0, 2.0, 0, 1, 0], [0.5, -1, 1, 0, 0]]), numpy.array([[1.0, 2.0, 0.5, 0.25, 0]])
    steps = assert_right(program, one_hot)
    assert_true_as_printed(steps)
    assert [step.name for step in steps][:3] == ["a1", "z1", "J"] and steps["z1"].operation == steps["z1"].function == "softmax"
    assert steps["delta1"].equation == "δ⁽¹⁾ = 1/n (z⁽¹⁾ - y)"
    steps = assert_right(program, shares)
    assert_true_as_printed(steps)
    assert "Σₖ y" in steps["delta1"].equation, "these targets do not add up to 1"
    far = program.parameters * 0 + 1000.0
    program.parameters[:] = far
    assert numpy.isnan(program([[1.0, 1.0, 1, 0, 0]])).all(), "it overflows as the graph does"


@pytest.mark.parametrize("loss", ["cross_entropy", "cross_entropy_of_probabilities"])
def test_the_error_of_a_softmax_is_short_for_targets_that_add_up_to_1_and_true_for_all_others(loss):
    model, y, inputs = graph([2, 3], loss, output=HEADS[loss][0])
    program = vectorize(y, inputs, model.parameters())
    steps = program.steps([[0.5, 1.0, 0, 1, 0], [1.0, -1, 0.25, 0.5, 0.25]], None)
    output = {"cross_entropy": "softmax(a⁽¹⁾)"}.get(loss, "z⁽¹⁾")
    assert steps["delta1"].equation == f"δ⁽¹⁾ = 1/n ({output} - y)"
    assert_true_as_printed(steps)
    others = assert_right(program, numpy.array([[0.5, 1.0, 0, 1, 0], [1.0, -1, 0.25, 0.5, 0.5]]))
    assert_true_as_printed(others)
    assert ("Σₖ" in others["delta1"].equation) == (loss == "cross_entropy_of_probabilities")


def test_a_graph_without_layers_is_rows_of_scalars_with_the_labels_of_the_graph():
    y, inputs, params = expression()
    steps = vectorize(y, inputs, params).steps([[2.0], [4.0]])
    assert steps.layers == 0 and str(steps).startswith("This graph has no layers: every array is a single number or a row")
    assert steps.about("es").startswith("Este grafo no tiene capas") and steps.about("pt").startswith("Este grafo não tem camadas")
    assert [step.equation for step in steps] == ["u = b c", "v = u + a 1ᵀ", "ℓ = 3 v", "J = 1/n Σ ℓ", "da = 3", "db = (3/n 1ᵀ) cᵀ"]
    assert str(steps["db"].entry()) == "db = 1.5 · 2 + 1.5 · 4 = 9"


def test_equal_nodes_are_all_carried_through():
    y, inputs, params = same_layer_twice()
    steps = vectorize(y, inputs, params).steps([[0.5, -1.0]])
    for i in range(3):
        nodes = steps["z1"].nodes[i, 0]
        assert len(nodes) == 2 and {node.op for node in nodes} == {"tanh"}
        graph_of = steps.example(0)
        assert steps["dz1"].array[i, 0] == pytest.approx(sum(grad(graph_of.root, [graph_of[node] for node in nodes])), rel=1e-14)


def test_a_penalty_is_part_of_the_gradient_of_each_layer():
    y, inputs, params = regularised()
    steps = vectorize(y, inputs, params).steps(numpy.ones((2, 3)))
    assert steps["dW1"].equation == "∂L/∂W⁽¹⁾ = g_W₁ + g_w[1, 2; 4, 5; 7, 8]"
    assert steps["g_W1"].equation == "g_W₁ = δ⁽¹⁾ xᵀ" and steps["g_W1"].of == ""


def test_an_entry_of_a_weight_gradient_is_a_product_for_each_example():
    program = vectorize(*(lambda y, inputs, params: (y, inputs, params))(*linear_regression()))
    X = numpy.array([[1.0, 2.0, 3.0, 0.5], [0.0, -1.0, 2.0, 1.5]])
    steps = program.steps(X)
    entry = steps["dW1"].entry(0, 2)
    assert [term.example for term in entry.terms] == [0, 1]
    assert [[(f.name, f.i, f.j) for f in term.factors] for term in entry.terms] == [[("delta1", 0, k), ("z0", 2, k)] for k in (0, 1)]
    assert entry.nodes == (program.params[2],)
    assert steps["dW1"].summed == "examples" and steps["a1"].summed == "features"
    assert steps["dW1"].operands == ("delta1", "z0") and steps["dW1"].parts[-1].transposed
    with pytest.raises(IndexError, match=r"has shape 1 × 3 and no entry in row 1, column 0"):
        steps["dW1"].entry(1, 0)
    with pytest.raises(IndexError, match="there are 2 examples"):
        steps.example(2)
    with pytest.raises(ValueError, match="there is no array called 'dW9'"):
        steps["dW9"]


def test_numbers_are_printed_with_brackets_and_with_a_true_sign():
    w, x, t = [Value(1.0, "w1"), Value(0.5, "w2")], constants("x", [1.0, 2.0]), Value(1.0, "t", constant=True)
    steps = vectorize((dot(w, x) - t) ** 2, [*x, t], w).steps([[1.0, 2.0, 1.0], [3.0, -1.0, 0.5]])
    assert steps["a1"].numbers() == "a⁽¹⁾ = [1  0.5] ⎡1   3⎤ = [2  2.5]\n                ⎣2  -1⎦"
    assert steps["W1"].numbers() == "W⁽¹⁾ = [1  0.5]"
    one = vectorize(*linear_regression()).steps([[0.1, 1 / 3, 0.7, 0.1]])["db1"].entry(digits=2)
    assert one.text.startswith("∂L/∂w₀⁽¹⁾ ≈ "), "a number that is only copied is rounded as well"
    steps = vectorize((dot(w, x) / 3 - t) ** 2, [*x, t], w).steps([[1.0, 2.0, 1.0]])
    assert " ≈ " in steps[-2].numbers(2) or " ≈ " in steps[1].numbers(2)
    given = vectorize((dot(w, x) - t) ** 2, [*x, t], w).steps([[1 / 3, 2.0, 1.0]])["z0"]
    assert (given.numbers(3), str(given.entry(0)), str(given.entry(1))) == ("x ≈ ⎡0.333⎤\n    ⎣2    ⎦", "x[1, 1] ≈ 0.333333", "x[2, 1] = 2")


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (lambda p: p.steps([[1.0]]), ValueError, "X has shape"),
        (lambda p: p.steps([[1.0, 2.0, 3.0]], "detla"), ValueError, "did you mean delta"),
        (lambda p: p.steps([[1.0, 2.0, 3.0]], reduction="max"), ValueError, '"mean" or "sum", not \'max\''),
        (lambda p: vectorize([p.params[0] * 2], [], [p.params[0]]).steps([[]]), ValueError, "steps needs a program of one output"),
    ],
)
def test_what_cannot_be_stepped_through_is_refused(ask, error, words):
    model, y, inputs = graph([2, 3, 1], "mse")
    with pytest.raises(error, match=words):
        ask(vectorize(y, inputs, model.parameters()))


def test_records_are_made_for_the_parameters_of_now_and_leave_the_program_as_it_is():
    model, y, inputs = graph([2, 3, 1], "mse", "tanh")
    program = vectorize(y, inputs, model.parameters())
    X = numpy.ones((2, 3))
    source, before = program.source, program.value_and_grad(X)
    steps = program.steps(X)
    program.parameters += 1.0
    assert steps["dW1"].entry(0, 0).value == steps["dW1"].array[0, 0] and close(steps["mean"].array, before[0])
    assert program.source == source and not close(program.steps(X)["mean"].array, before[0])
    with pytest.raises(ValueError, match="read-only"):
        steps["a1"].array[0, 0] = 1.0
