"""What a program does: parameters, batches, kinds of numbers, edges, and what it says to bad input."""

import warnings

import numpy
import pytest

import autograd
from autograd import Value, grad, leaves, vectorize
from nn import losses, regularizers

from .networks import constants, graph, program_of, quietly


@pytest.fixture
def line():
    """(w x + b - t)²: the leaves and the program."""
    w, b, x, t = leaves(w=2, b=1, x=3, t=5)
    return (w, b, x, t), vectorize((w * x + b - t) ** 2, inputs=[x, t], params=[w, b])


# --- parameters ------------------------------------------------------------------------------------------------------


def test_parameters_are_one_flat_vector_in_the_order_of_params(line):
    _, program = line
    assert (program.parameters.tolist(), program.parameters.dtype) == ([2.0, 1.0], numpy.float64)


def test_a_step_in_place_changes_the_program_and_push_tells_the_leaves(line):
    (w, b, _, _), program = line
    value, gradient = program.value_and_grad([[3.0, 5.0]])
    program.parameters -= 0.01 * gradient
    assert program.value_and_grad([[3.0, 5.0]])[0] < value
    assert (w.data, b.data) == (2.0, 1.0)
    program.push()
    assert [w.data, b.data] == program.parameters.tolist()


def test_pull_reads_the_leaves(line):
    (w, _, _, _), program = line
    w.data = 7
    assert program([[3.0, 5.0]]).tolist() == [4.0]
    program.pull()
    assert program([[3.0, 5.0]]).tolist() == [17.0**2]


def test_another_vector_can_be_assigned_but_not_one_of_another_shape(line):
    _, program = line
    own = program.parameters
    program.parameters = [0.0, 5.0]
    assert program.parameters is own
    assert program([[3.0, 5.0]]).tolist() == [0.0]
    with pytest.raises(ValueError, match=r"2 parameters in one flat vector, not an array of shape \(3,\)"):
        program.parameters = [1, 2, 3]


def test_each_gradient_is_an_array_of_its_own(line):
    _, program = line
    first = program.value_and_grad([[3.0, 5.0]])[1]
    kept = first.copy()
    program.value_and_grad([[1.0, 0.0]])
    assert (first == kept).all()


def test_gradients_of_a_large_program_are_arrays_of_their_own_too():
    model, y, inputs = graph([5, 700, 1], "mse")
    program = vectorize(y, inputs, model.parameters())
    rows = numpy.random.default_rng(0).standard_normal((3, 6))
    first = program.value_and_grad(rows)[1]
    kept = first.copy()
    program.value_and_grad(-rows)
    assert (first == kept).all()


# --- batches and numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 17, 100])
def test_any_number_of_examples(n):
    program = program_of([2, 4, 1], "mse", "tanh")
    X = numpy.random.default_rng(n).standard_normal((n, 3))
    singles = [program.value_and_grad(row[None]) for row in X]
    value, gradient = program.value_and_grad(X)
    assert value == pytest.approx(numpy.mean([v for v, _ in singles]), rel=1e-13)
    assert gradient == pytest.approx(numpy.mean([g for _, g in singles], axis=0), rel=1e-11, abs=1e-14)
    assert program(X) == pytest.approx([v for v, _ in singles], rel=1e-13)


def test_many_numbers_of_examples_one_after_the_other():
    program = program_of([2, 3, 1], "mse")
    X = numpy.random.default_rng(0).standard_normal((30, 3))
    for n in (*range(1, 30), *range(30, 1, -1)):
        assert program(X[:n]) == pytest.approx(program(X)[:n], rel=1e-13)


def test_a_penalty_counts_once_whatever_the_number_of_examples():
    model, y, inputs = graph([2, 3, 1], "mse")
    penalty = regularizers.L2(0.5)(model)
    program = vectorize(y + penalty, inputs, model.parameters())
    alone = vectorize(y, inputs, model.parameters())
    X = numpy.random.default_rng(0).standard_normal((7, 3))
    (value, gradient), (plain, slope) = program.value_and_grad(X), alone.value_and_grad(X)
    assert value == pytest.approx(plain + penalty.data, rel=1e-13)
    assert gradient == pytest.approx(slope + numpy.array(grad(penalty, model.parameters())), rel=1e-12)


def test_float32_is_float32_all_through():
    program = program_of([2, 8, 3], "cross_entropy", "gelu")
    model, y, inputs = graph([2, 8, 3], "cross_entropy", "gelu")
    single = vectorize(y, inputs, model.parameters(), dtype="float32")
    X = numpy.hstack([numpy.random.default_rng(0).standard_normal((5, 2)), numpy.eye(3)[[0, 1, 2, 0, 1]]])
    value, gradient = single.value_and_grad(X)
    assert {single.parameters.dtype, gradient.dtype, single(X).dtype} == {numpy.dtype("float32")}
    assert value == pytest.approx(program.value_and_grad(X)[0], rel=1e-5)
    assert gradient == pytest.approx(program.value_and_grad(X)[1], rel=1e-3, abs=1e-5)


@pytest.mark.parametrize(
    "lay_out", [numpy.asfortranarray, lambda X: numpy.repeat(X, 2, axis=0)[::2], lambda X: X[:, ::-1][:, ::-1], lambda X: X.tolist()]
)
def test_examples_may_lie_in_memory_in_any_way(lay_out):
    program = program_of([2, 4, 1], "mse")
    X = numpy.random.default_rng(0).standard_normal((6, 3))
    assert program.value_and_grad(lay_out(X))[1] == pytest.approx(program.value_and_grad(X)[1], rel=1e-13)


def test_whole_numbers_and_truths_are_numbers(line):
    _, program = line
    assert program([[3, 5]]).tolist() == [4.0]
    assert program(numpy.array([[True, False]])).tolist() == [9.0]


def test_a_list_of_outputs_gives_a_column_for_each():
    model, _, inputs = graph([2, 4, 3], "cross_entropy")
    outputs = model(inputs[:2])
    program = vectorize(outputs, inputs[:2], model.parameters())
    found = program([[0.5, -1.0], [0.5, -1.0]])
    assert found.shape == (2, 3)
    assert found[0] == pytest.approx([v.data for v in outputs], rel=1e-13)
    with pytest.raises(ValueError, match="needs a program of one output, but this one was made from a list of 3"):
        program.value_and_grad([[0.5, -1.0]])
    assert program.source.startswith("import numpy")
    assert "aligned" in program.latex()


def test_without_inputs_the_rows_are_empty():
    w = leaves(w1=1, w2=2)
    program = vectorize(autograd.dot(w, w), params=w)
    assert program(numpy.empty((3, 0))).tolist() == [5.0, 5.0, 5.0]
    value, gradient = program.value_and_grad(numpy.empty((3, 0)))
    assert (value, gradient.tolist()) == (5.0, [2.0, 4.0])


def test_a_penalty_of_the_weights_alone_reads_all_parameters_times_0_or_1():
    model, y, inputs = graph([2, 6, 1], "mse", "tanh")
    whole = y + regularizers.L2(0.5)(model)
    program = vectorize(whole, inputs, model.parameters())
    value, gradient = program.value_and_grad([[v.data for v in inputs]])
    assert value == pytest.approx(whole.data, rel=1e-13)
    assert gradient == pytest.approx(grad(whole, model.parameters()), rel=1e-12)
    model.layers[0].neurons[0].bias.data = float("inf")
    penalty = regularizers.L2(0.5)(model)
    program = quietly(penalty, params=model.parameters())
    assert program(numpy.empty((1, 0)))[0] == pytest.approx(penalty.data, rel=1e-13)


def test_an_input_or_a_parameter_may_be_the_output_itself():
    x, w = leaves(x=1, w=2)
    assert quietly(x, [x], []).value_and_grad([[3.0], [5.0]])[0] == 4.0
    value, gradient = quietly(w, [x], [w]).value_and_grad([[3.0], [5.0]])
    assert (value, gradient.tolist()) == (2.0, [1.0])
    assert quietly(Value(4.0, constant=True), [x], [w])([[1.0], [2.0]]).tolist() == [4.0, 4.0]


def test_gradients_are_named_arrays_with_the_shapes_of_shapes():
    program = program_of([2, 4, 1], "mse")
    X = numpy.random.default_rng(0).standard_normal((5, 3))
    found = program.gradients(X)
    assert {name: array.shape for name, array in found.items()} == {"W1": (4, 2), "b1": (4, 1), "W2": (1, 4), "b2": (1, 1)} | {"b2": ()}
    assert all(program.shapes[name] == array.shape for name, array in found.items())
    assert (program.shapes["z0"], program.shapes["a1"], program.shapes["delta1"]) == ((2, "n"), (4, "n"), (4, "n"))
    gradient = program.value_and_grad(X)[1]
    assert sorted(numpy.concatenate([array.ravel() for array in found.values()])) == sorted(gradient)
    assert found["W1"][1].tolist() == gradient[3:5].tolist()


def test_the_pure_function_agrees_and_does_not_read_the_program():
    program = program_of([2, 4, 1], "mse", "tanh")
    X = numpy.random.default_rng(0).standard_normal((5, 3))
    function, given = program.function(), program.parameters.copy()
    expected, slope = program.value_and_grad(X)
    program.parameters[...] = 0
    assert function(given, X) == pytest.approx(expected, rel=1e-13)
    assert function(given, X[0]) == pytest.approx(function.values(given, X)[0], rel=1e-13)
    assert function.value_and_grad(given, X)[1] == pytest.approx(slope, rel=1e-11, abs=1e-14)


# --- edges -------------------------------------------------------------------------------------------------------------

EDGES = {
    "log of 0": (lambda x, w: (w * x).log(), 0.0),
    "0 times infinity on the way back": (lambda x, w: (w * x).sqrt() * 0 + w, 0.0),
    "a branch not taken": (lambda x, w: (w * x).log().exp().relu() + autograd.maximum(w, (x * w).log()), 0.0),
    "1 / 0": (lambda x, w: w / x, 0.0),
    "0 / 0": (lambda x, w: (w * x) / x, 0.0),
    "overflow": (lambda x, w: (w * x).exp().exp(), 800.0),
    "infinite input behind a closed relu": (lambda x, w: (w * x).relu() + w, float("-inf")),
    "infinite input and weight 0": (lambda x, w: autograd.dot([w, w - 2], [x, x]), float("inf")),
    "logsumexp of infinities": (lambda x, w: autograd.logsumexp([w * x, w]), float("inf")),
    "logsumexp of -infinities": (lambda x, w: autograd.logsumexp([w * x, w * x]), float("-inf")),
    "nan": (lambda x, w: (w * x).tanh() + w, float("nan")),
    "nan behind heaviside": (lambda x, w: (w * x).heaviside() + w, float("nan")),
    "nan behind heaviside alone": (lambda x, w: (w * x).heaviside(), float("nan")),
    "nan behind relu": (lambda x, w: (w * x).relu() * 0 + w, float("nan")),
    "saturated sigmoid": (lambda x, w: (w * x).sigmoid(), 1000.0),
    "saturated softplus": (lambda x, w: (w * x).softplus(), -1000.0),
    "power of a negative number": (lambda x, w: (w * x) ** 0.5, -1.0),
    "square of a negative number": (lambda x, w: (w * x) ** 2, -3.0),
    "power 0 at 0": (lambda x, w: (w * x) ** 0 + w, 0.0),
    "kinks": (lambda x, w: (w * x).relu() + abs(w * x) + autograd.maximum(w * x, 0), 0.0),
}  # fmt: skip


@pytest.mark.parametrize("case", EDGES)
@pytest.mark.parametrize("others", [[], [0.5], [0.5, -2.0]])
def test_edges_are_those_of_the_scalar_engine_and_without_warnings(case, others):
    build, edge = EDGES[case]
    graphs = []
    for number in (edge, *others):
        x, w = leaves(x=number, w=2)
        graphs.append((build(x, w), w, x))
    y, w, x = graphs[-1]
    program = quietly(y, [x], [w])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values = program([[number] for number in (edge, *others)])
        value, gradient = program.value_and_grad([[number] for number in (edge, *others)])
    n = len(graphs)
    assert values.tolist() == pytest.approx([root.data for root, _, _ in graphs], rel=1e-12, nan_ok=True)
    assert value == pytest.approx(numpy.mean([root.data for root, _, _ in graphs]), rel=1e-12, nan_ok=True)
    assert gradient[0] == pytest.approx(sum(grad(root, [w])[0] for root, w, _ in graphs) / n, rel=1e-12, nan_ok=True)


@pytest.mark.parametrize("size", [1.0, 999.0, 1001.0, 1e10, 1e15, 1e16, -1e10, -1e16])
@pytest.mark.parametrize("build", [lambda z: autograd.logsumexp(z), lambda z: autograd.softmax(z)[0] * 3 - autograd.softmax(z)[1],
                                   lambda z: losses.cross_entropy(z, [0, 1, 0])])  # fmt: skip
def test_logits_of_any_size_give_what_the_scalar_engine_gives(size, build):
    """Wherever the graph was built: the maximum is subtracted for each example."""

    def of(logits):
        x, w = leaves(x1=logits[0], x2=logits[1], x3=logits[2]), leaves(a=1, b=1, c=1)
        return build([v * p for v, p in zip(x, w, strict=True)]), x, w

    given = [size, size, size - 1] if abs(size) < 1e16 else [size, size, size - 4]
    expected, _, own = of(given)
    for built_at in (given, [0.1, -0.2, 0.3]):
        y, x, w = of(built_at)
        program = vectorize(y, x, w)
        value, gradient = program.value_and_grad([given])
        assert program([given])[0] == value == pytest.approx(expected.data, rel=1e-12)
        assert gradient == pytest.approx(grad(expected, own), rel=1e-9, abs=1e-9 * abs(size))


@pytest.mark.parametrize("second", [0.0, 4.0])
def test_an_infinite_gradient_at_a_layer_and_an_input_of_0_give_0(second):
    graphs = []
    for number in (0.0, second):
        x, w, v = leaves(x1=0, x2=number, x3=1), leaves(a=1, b=2, c=0), leaves(d=0, e=0, f=3)
        y = autograd.dot(w, x).sqrt() + autograd.dot(v, x).sqrt() + autograd.dot(w, x).sqrt() * 0
        graphs.append((y, [*w, *v]))
    program = vectorize(y, x, [*w, *v])
    value, gradient = program.value_and_grad([[0.0, 0.0, 1.0], [0.0, second, 1.0]])
    expected = numpy.mean([grad(root, params) for root, params in graphs], axis=0)
    assert value == pytest.approx(numpy.mean([root.data for root, _ in graphs]))
    assert gradient == pytest.approx(expected, rel=1e-12, nan_ok=True)
    assert numpy.isinf(gradient).any()
    assert gradient[0] == 0


def test_a_nan_in_one_example_does_not_reach_the_others():
    program = program_of([2, 4, 1], "mse")
    X = numpy.random.default_rng(0).standard_normal((4, 3))
    expected = program(X)
    X[1, 0] = numpy.nan
    found = program(X)
    assert numpy.isnan(found).tolist() == [False, True, False, False]
    assert found[[0, 2, 3]] == pytest.approx(expected[[0, 2, 3]], rel=1e-13)
    value, gradient = program.value_and_grad(X)
    assert numpy.isnan(value)
    assert numpy.isnan(gradient).any()


# --- graphs that do not line up ----------------------------------------------------------------------------------------


def chain(x, w, b, length):
    y = x
    for _ in range(length // 4):
        y = (y * w + b).tanh() * 1.001
    return y


@pytest.mark.parametrize("n", [1, 3, 20])
def test_a_chain_of_ten_thousand_scalars(n):
    x, w, b = leaves(x=0.5, w=0.9, b=0.1)
    y = chain(x, w, b, 10_000)
    value, gradient = vectorize(y, [x], [w, b]).value_and_grad([[0.5]] * n)
    assert value == pytest.approx(y.data, rel=1e-12)
    assert gradient == pytest.approx(grad(y, [w, b]), rel=1e-10)


def test_a_chain_of_differences_is_no_recursion():
    x, w = leaves(x=0.5, w=2)
    y = w * x
    for _ in range(3000):
        y = y - w
    program = vectorize(y, [x], [w])
    assert program.value_and_grad([[0.5]] * 9)[1] == pytest.approx([0.5 - 3000])
    assert len(program.source) > 100


def test_rows_may_be_read_in_any_order_and_many_times():
    rng = numpy.random.default_rng(0)
    x, w = leaves(x1=0.5, x2=-1.5), leaves(**{f"w{k}": k / 7 - 1 for k in range(12)})
    hidden = [(v * x[k % 2]).tanh() for k, v in enumerate(w)]
    picked = [hidden[k] * hidden[j] for k, j in zip(rng.integers(0, 12, 40), [0] * 25 + list(rng.integers(0, 12, 15)), strict=True)]
    y = autograd.total([v.sin() for v in picked])
    program = vectorize(y, x, w)
    value, gradient = program.value_and_grad([[0.5, -1.5]] * 3)
    assert value == pytest.approx(y.data, rel=1e-12)
    assert gradient == pytest.approx(grad(y, w), rel=1e-11, abs=1e-14)


def test_one_row_read_by_very_many_takes_no_table_of_all_by_all():
    rng = numpy.random.default_rng(1)
    x, w = leaves(x1=0.5, x2=-1.5), leaves(**{f"w{k}": k / 70 - 1 for k in range(120)})
    hidden = [(v * x[k % 2]).tanh() for k, v in enumerate(w)]
    partners = [*range(120), *rng.integers(0, 120, 480)]
    y = autograd.total([(hidden[k] * hidden[0 if j % 2 else k - 1]).sin() for j, k in enumerate(partners)])
    program = vectorize(y, x, w)
    assert program.value_and_grad([[0.5, -1.5]] * 3)[1] == pytest.approx(grad(y, w), rel=1e-11, abs=1e-13)
    tables = [array.info.size for array in program._plan.arrays.all if array.kind == "take"]
    assert tables
    assert max(tables) <= 8 * (600 + 120)


def test_gradients_that_overlap_in_part_do_not_grow_from_call_to_call():
    x, w = leaves(x1=0.5, x2=-1.5), leaves(a=0.3, b=-0.2, c=0.7, d=0.1)
    y = autograd.dot(w[:2], x) + autograd.total([v.tanh() for v in w[1:3]]) + autograd.total([v.sin() for v in w[2:]])
    program = vectorize(y, x, w)
    for _ in range(3):
        assert program.value_and_grad([[0.5, -1.5]])[1] == pytest.approx(grad(y, w), rel=1e-13)


def test_a_large_gradient_is_0_where_nothing_arrives():
    x, w = leaves(x=0.5), leaves(**{f"w{k}": 1 for k in range(5000)})
    program = quietly(autograd.total(w[10:20]) * x[0], x, w)
    for _ in range(3):
        assert program.value_and_grad([[0.5]])[1].nonzero()[0].tolist() == [*range(10, 20)]


def test_one_weight_used_by_all_neurons_and_in_the_penalty():
    x, w, v = leaves(x1=0.5, x2=-1.5), leaves(a=0.3, b=-0.2), leaves(c=0.7)
    hidden = [autograd.dot([w[0], w[1]], x).tanh(), autograd.dot([w[1], w[0]], x).tanh(), autograd.dot([w[0], w[0]], x).tanh()]
    y = autograd.dot([v[0], v[0], w[0]], hidden) + autograd.dot(w, w) + w[0] ** 2
    program = vectorize(y, x, [*w, *v])
    assert program.value_and_grad([[0.5, -1.5]] * 2)[1] == pytest.approx(grad(y, [*w, *v]), rel=1e-12)


def test_dropout_masks_and_targets_are_inputs():
    model, _, inputs = graph([2, 4, 1], "mse")
    masks = constants("m", [0.0, 2.0, 2.0, 0.0])
    x, t = inputs[:2], inputs[2]
    y = losses.mse(model.layers[1]([h * m for h, m in zip(model.layers[0](x), masks, strict=True)])[0], t)
    program = vectorize(y, [*x, t, *masks], model.parameters())
    row = [v.data for v in (*x, t, *masks)]
    assert program.value_and_grad([row])[1] == pytest.approx(grad(y, model.parameters()), rel=1e-12)


# --- bad input ---------------------------------------------------------------------------------------------------------


def test_wrong_rows_are_refused(line):
    _, program = line
    for X, message in (
        ([[1.0]], r"X has shape \(1, 1\), but the program takes \(examples, 2\): a column for each input, x, t"),
        ([1.0, 2.0], r"X has shape \(2,\), but the program takes \(examples, 2\)"),
        ([[1.0, 2.0], [3.0]], "the rows of X have different lengths; each needs 2 numbers"),
        (numpy.empty((0, 2)), "X has no rows; the program needs at least one example"),
    ):
        with pytest.raises(ValueError, match=message):
            program.value_and_grad(X)
        with pytest.raises(ValueError, match=message):
            program(X)
    for X in ([["a", "b"]], [[1.0, None]]):
        with pytest.raises(TypeError, match="X must hold numbers"):
            program(X)
    with pytest.raises(TypeError, match="X must hold numbers"):
        program(numpy.array([[1j, 2j]]))


def test_leaves_that_cannot_serve_are_refused():
    x, w, b = leaves(x=3, w=2, b=1)
    u = w * x
    y = u + b
    u.label = "u"
    for inputs, params, message in (
        ([x], [w], "the leaf b is neither in inputs nor in params; list it"),
        ([x, x], [w, b], "x is listed twice in inputs"),
        ([x], [w, b, "w"], "w is listed twice in params"),
        ([x, w], [w, b], "w is listed in inputs and in params; a leaf is one or the other"),
        ([u], [w, b], "u in inputs was computed by mul; list leaves only"),
        ([x], [w, b, u], "u in params was computed by mul"),
        (["z"], [w, b], 'no node is called "z"'),
    ):
        with pytest.raises(ValueError, match=message):
            vectorize(y, inputs, params)
    with pytest.raises(ValueError, match="c in params is a constant, which is not trained"):
        vectorize(y * (c := Value(2.0, "c", constant=True)), [x], [w, b, c])
    with pytest.raises(TypeError, match="a node is given as a Value or by its label, not as int"):
        vectorize(y, [3], [w, b])
    with pytest.raises(TypeError, match="vectorize takes a Value, or a list of them, not float"):
        vectorize(3.0, [x], [w])
    with pytest.raises(ValueError, match="at least one output"):
        vectorize([], [x], [w])
    with pytest.raises(ValueError, match="dtype is float64 or float32, not 'int8'"):
        vectorize(y, [x], [w, b], dtype="int8")


def test_a_parameter_without_effect_has_gradient_0_and_is_said_once():
    x, w, idle = leaves(x=3, w=2, idle=1)
    with pytest.warns(UserWarning, match="the output does not depend on the parameter idle: its gradient is 0") as caught:
        program = vectorize(w * x, [x], [w, idle])
        gradient = program.value_and_grad([[3.0]])[1]
        program.value_and_grad([[3.0], [4.0]])
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert gradient.tolist() == [3.0, 0.0]


def test_an_input_without_effect_is_said():
    x, z, w = leaves(x=3, z=1, w=2)
    with pytest.warns(UserWarning, match="does not depend on the input z: its column is not used"):
        assert vectorize(w * x, [x, z], [w])([[3.0, 9.0]]).tolist() == [6.0]


def test_a_stale_graph_is_refused():
    x, w = leaves(x=3, w=2)
    y = w * x
    w.data = 5
    with pytest.raises(ValueError, match="w has changed since this graph was built; build the expression again"):
        vectorize(y, [x], [w])


def test_leaves_may_be_given_by_label_alone(line):
    w, x = leaves(w=2, x=3)
    assert vectorize(w * x, "x", "w").value_and_grad([[5.0]])[1].tolist() == [5.0]
