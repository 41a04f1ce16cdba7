"""`Value`: what it takes and refuses, and how it behaves as a number, in a set, beside NumPy."""

import copy
import gc
import math
import pickle
import subprocess
import sys
import tracemalloc
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy
import pytest

import autograd
from autograd import Value, grad, leaves, maximum, scope, tanh, topological_order
from autograd.engine.functions import apply
from autograd.engine.operations import TABLE

ROOT = Path(autograd.__file__).parents[1]

# --- the constructor ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [3, 3.0, numpy.float64(3), numpy.float32(3), numpy.int8(3), numpy.uint64(3), numpy.longdouble(3)])
def test_real_numbers_become_floats(data):
    assert type(Value(data).data) is float
    assert Value(data).data == 3.0


def test_a_fraction_stays_a_fraction():
    assert type(Value(Fraction(1, 3)).data) is Fraction


def test_an_integer_beyond_the_floats_is_infinite():
    assert [Value(10**400).data, Value(-(10**400)).data] == [math.inf, -math.inf]


REFUSED = {
    "a bool; write 1 or 0": [True, numpy.True_],
    "a complex number; give its real part": [1j, numpy.complex128(1)],
    'the text "a"; convert it with float(…), or use parse for an expression': ["a"],
    "None; give a number": [None],
    "an array; make one Value for each element": [numpy.zeros(2), numpy.array(1.0)],
    "another Value; use it as it is, or copy its number with Value(v.data)": [Value(1.0)],
    "an object of type list; convert it with float(…)": [[1.0]],
    "an object of type Decimal; convert it with float(…)": [Decimal(1)],
}


@pytest.mark.parametrize("message, data", [(message, data) for message, group in REFUSED.items() for data in group], ids=repr)
def test_all_else_is_refused_with_one_sentence_that_says_what_to_do(message, data):
    with pytest.raises(TypeError) as caught:
        Value(data)
    assert str(caught.value) == f"a Value takes one real number, not {message}"


@pytest.mark.parametrize("data", [True, 1j, "a", None, numpy.zeros(2), Value(1.0)], ids=repr)
@pytest.mark.parametrize("name", ["data", "grad"])
def test_setting_data_or_grad_refuses_the_same_and_changes_nothing(name, data):
    v = Value(2.0)
    v.grad = 5
    with pytest.raises(TypeError, match=f"^{name} takes one real number, not "):
        setattr(v, name, data)
    assert (v.data, v.grad) == (2.0, 5.0)


def test_code_that_builds_nodes_itself_is_told_how_to_add_an_operation():
    x = Value(1.0)
    for build in [lambda: Value(2.0, (x,), "tanh"), lambda: Value(2.0, (x,)), lambda: Value(2.0, {x}, "relu"), lambda: Value(2.0, "", "x")]:
        with pytest.raises(TypeError, match=r"for an operation of your own, add its formulas to the table with autograd\.define"):
            build()


def test_a_label_is_a_text():
    for label in [3, None, b"a", Value(1.0)]:
        with pytest.raises(TypeError, match="a label is a text, not "):
            Value(1.0, label)
        with pytest.raises(TypeError, match="a label is a text, not "):
            Value(1.0).label = label
    v = Value(1.0, "<script>")
    v.label = "w₁"
    assert v.label == "w₁"


# --- as a number -------------------------------------------------------------------------------------------------


def test_conversions_read_the_data():
    v = Value(2.75)
    assert (float(v), int(v), round(v), round(v, 1), math.floor(float(v))) == (2.75, 2, 3, 2.8, 2)
    assert [bool(Value(x)) for x in (0, -0.0, 3, math.nan)] == [False, False, True, True]
    assert type(math.exp(v)) is float  # a detached number, because it calls float(v)


@pytest.mark.parametrize("data", [2.75, Fraction(11, 4)])
def test_formatting_formats_the_data(data):
    v = Value(data)
    assert f"{v:.1f}|{v:8.3f}|{v:e}|{v:%}" == "2.8|   2.750|2.750000e+00|275.000000%"
    assert "%.4f %.4f" % (v, v.grad) == "2.7500 0.0000"  # noqa: UP031
    assert f"{v}" == repr(v) == f"Value(data={data}, grad=0.0)"
    with pytest.raises(ValueError, match="format"):
        format(v, "nonsense")


def test_comparisons_compare_data_and_equality_is_identity():
    a, b = Value(1.0), Value(2.0)
    assert (a < b, a <= b, a > b, a >= b) == (True, True, False, False)
    assert (a < 2, 2 > a, a >= Fraction(1), numpy.float64(0.5) < a, 1 <= a) == (True,) * 5  # noqa: SIM300
    assert sorted([b, a]) == [a, b]
    assert max(a, b) is b
    assert a != Value(1.0)
    assert a == a
    assert len({a, Value(1.0), a}) == 2
    assert not Value(math.nan) < 1 and not Value(math.nan) >= 1


@pytest.mark.parametrize("other", [None, "1", 1j, [1], True, numpy.True_], ids=repr)
def test_comparisons_refuse_what_is_no_number(other):
    for compare in [Value.__lt__, Value.__le__, Value.__gt__, Value.__ge__]:
        with pytest.raises(TypeError, match=r"^a comparison takes one real number, not "):
            compare(Value(1.0), other)


def test_comparisons_with_an_array_go_element_by_element():
    v, w = Value(2.0), Value(Fraction(2))
    for x in (v, w):
        assert (x < numpy.array([1, 3])).tolist() == [False, True]
        assert (numpy.array([1, 3]) < x).tolist() == [True, False]
        assert (x >= numpy.array([Value(1), Value(3)])).tolist() == [True, False]


def test_the_sign_plus_gives_the_node_itself():
    v = Value(2.0)
    assert +v is v


# --- operators beside other things -------------------------------------------------------------------------------

NUMPY_NUMBERS = [numpy.float64(2), numpy.float32(2), numpy.float16(2), numpy.int64(2), numpy.int8(2), numpy.uint8(2), numpy.longdouble(2)]
BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
}


@pytest.fixture(params=BINARY.values(), ids=BINARY)
def operate(request):
    return request.param


@pytest.mark.parametrize("two", [2, 2.0, Fraction(2), *NUMPY_NUMBERS], ids=lambda x: type(x).__name__)
def test_a_number_may_stand_on_either_side(operate, two):
    for y, expected in [(operate(Value(3.0), two), operate(3.0, 2.0)), (operate(two, Value(3.0)), operate(2.0, 3.0))]:
        assert type(y) is Value
        assert type(y.data) is float
        assert y.data == expected
        constant = next(parent for parent in y.parents if parent.constant)
        assert (constant.data, constant.op, constant._op, constant.label) == (2.0, "const", "", "")


def test_an_int_beside_a_fraction_is_exact_and_a_float_makes_floats(operate):
    x = Value(Fraction(3, 7))
    assert operate(x, 2).data == operate(Fraction(3, 7), 2)
    assert type(operate(x, 2).data) is Fraction
    assert type(operate(x, 2.0).data) is float
    assert type(operate(0.5, x).data) is float
    if operate is not BINARY["**"]:
        assert type(operate(2, x).data) is Fraction
        assert type(operate(x, Value(Fraction(2))).data) is Fraction


@pytest.mark.parametrize(
    "array",
    [
        numpy.array([1.0, 2.0, 4.0]),
        numpy.array([1, 2, 4]),
        numpy.array([1, 2, 4], dtype=numpy.float32),
        numpy.array([[1.0], [2.0]]),
        numpy.array([1.0, 2.0], dtype=object),
        numpy.array([]),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_an_array_on_either_side_gives_an_array_of_values(operate, array):
    v, numbers = Value(3.0), array.astype(float)
    for y, expected in [(operate(v, array), operate(3.0, numbers)), (operate(array, v), operate(numbers, 3.0))]:
        assert type(y) is numpy.ndarray
        assert (y.dtype, y.shape) == (object, array.shape)
        assert all(type(item) is Value and v in item.parents for item in y.flat)
        assert [item.data for item in y.flat] == [float(item) for item in expected.flat]


def test_an_array_of_no_dimension_gives_one_value(operate):
    v, two = Value(3.0), numpy.array(2.0)
    for y, expected in [(operate(v, two), operate(3.0, 2.0)), (operate(two, v), operate(2.0, 3.0))]:
        assert numpy.asarray(y).item().data == expected


def test_arrays_of_values_work_with_numpy():
    w, x = numpy.array([Value(1.0), Value(2.0)]), numpy.array([3.0, 4.0])
    assert (w @ x).data == 11.0
    assert (numpy.array([[1.0, 2.0], [3.0, 4.0]]) @ w)[1].data == 11.0
    assert [v.data for v in numpy.exp(w)] == [math.exp(1), math.exp(2)]
    assert [v.op for v in numpy.tanh(w)] == ["tanh", "tanh"]
    assert [v.data for v in numpy.sqrt(w * w)] == [1.0, 2.0]
    assert [v.data for v in abs(-w)] == [1.0, 2.0]
    assert w.sum().data == 3.0
    assert w.mean().data == 1.5
    loss = ((w * x - 1) ** 2).sum()
    loss.backward()
    assert [v.grad for v in w] == [12.0, 56.0]


@pytest.mark.parametrize("other", [True, numpy.True_, "2", b"2", None, 1j, numpy.complex64(1)], ids=repr)
def test_operators_refuse_what_is_no_number_on_either_side(operate, other):
    for left, right in [(Value(3.0), other), (other, Value(3.0))]:
        with pytest.raises(TypeError) as caught:
            operate(left, right)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("other", [[1.0], (1.0,), {}, {1.0}, object()], ids=lambda other: type(other).__name__)
def test_operators_leave_other_objects_to_python(operate, other):
    assert Value.__add__(Value(3.0), other) is NotImplemented
    for left, right in [(Value(3.0), other), (other, Value(3.0))]:
        with pytest.raises(TypeError):
            operate(left, right)


def test_an_object_that_knows_values_is_asked():
    class Knows:
        def __radd__(self, other):
            return "knows"

    assert Value(1.0) + Knows() == "knows"


class Weight(Value):
    """A subclass, as a course may write one."""


def test_a_subclass_takes_part_like_a_value(operate):
    w, v = Weight(2.0, "w"), Value(3.0)
    for y, expected in [(operate(w, v), operate(2.0, 3.0)), (operate(v, w), operate(3.0, 2.0)), (operate(w, 4), operate(2.0, 4.0))]:
        assert y.data == expected
        y.zero_grad()
        y.backward()
        assert w.grad == pytest.approx(grad(y, w)[0]) != 0
    assert [tanh(w).parents[0], maximum(w, 1).parents[0], w.relu().parents[0]] == [w, w, w]
    assert operate(1, w).parents[1] is w


# --- structure ---------------------------------------------------------------------------------------------------


def test_parents_are_ordered_with_repeats_and_slots_have_their_own_partials():
    a, b = leaves(a=3, b=5)
    assert (a + a).parents == (a, a)
    assert (a * a).partials == (3.0, 3.0)
    assert ((b - a).parents, (b - a).partials) == ((b, a), (1.0, -1.0))
    assert ((-a).parents, (-a).partials, (-a).op) == ((a,), (-1.0,), "neg")
    assert (a.parents, a.partials, a.op, a._op, tuple(a._prev)) == ((), (), "leaf", "", ())
    assert autograd.dot([a, b], [b, a]).parents == (a, b, b, a)
    assert autograd.clip(a, 0, b).parents[::2] == (a, b)


def test_minus_quotient_negation_and_abs_are_single_nodes():
    a, b = leaves(a=3, b=5)
    assert [len(topological_order(y)) for y in (a - b, a / b, -a, abs(a))] == [3, 3, 2, 2]


def test_what_is_computed_cannot_be_set_and_says_which_leaf_way_to_go():
    a = Value(3.0, "a")
    y = a * 2
    for unlabelled in (True, False):
        y.label = "" if unlabelled else "y"
        with pytest.raises(AttributeError) as caught:
            y.data = 1.0
        assert str(caught.value) == (
            f"{'this node' if unlabelled else 'y'} was computed by mul, so its data cannot be set; "
            "set a leaf's data and build the expression again"
        )
    assert y.data == 6.0
    for name in ("op", "parents", "partials", "constant", "scope", "anything"):
        with pytest.raises(AttributeError):
            setattr(y, name, None)


def test_local_derivatives_are_fixed_when_the_node_is_made():
    a, b = leaves(a=3, b=5)
    y = a * b
    a.data, b.data = 100, 200
    y.backward()
    assert (a.grad, b.grad, y.data, y.partials) == (5.0, 3.0, 15.0, (5.0, 3.0))


# --- copies ------------------------------------------------------------------------------------------------------


def slots(y):
    """Everything a graph holds, by place, so that two graphs can be compared."""
    order = topological_order(y)
    place = {node: k for k, node in enumerate(order)}
    return [
        (
            v.data,
            v._grad,
            v.op,
            v.label,
            v.scope,
            v.constant,
            [place[p] for p in v.parents],
            v.partials,
            v._origin if v._a is None else None,
        )
        for v in order
    ]


def everything():
    """The root of a graph with a node of every operation, on floats and on fractions."""
    with scope("all"), scope("of them"):
        a, _, c = operands = leaves(a=0.5, b=0.25, c=Fraction(3, 4))
        made = [apply(entry, operands[: len(entry.letters)] * (1 + entry.is_nary)) for entry in TABLE.values()]
        exact = (c * c - 1) / 3
        root = autograd.total([*made, exact, a * Value(2.0, "data", constant=True)]) * 2
    root.label, exact.label = "J", "exact"
    return root


COPIES = {"deepcopy": copy.deepcopy, **{f"pickle {k}": lambda y, k=k: pickle.loads(pickle.dumps(y, k)) for k in range(6)}}


@pytest.fixture(params=COPIES.values(), ids=COPIES)
def copied(request):
    return request.param


def test_a_copy_holds_what_the_graph_holds_and_shares_no_node_with_it(copied):
    y = everything()
    before = slots(y)
    z = copied(y)
    assert slots(z) == before
    assert not {*topological_order(y)} & {*topological_order(z)}
    y.backward()
    assert slots(z) == before
    with_gradients = copied(y)
    assert slots(with_gradients) == slots(y)


def test_backward_on_a_copy_gives_the_same_gradients_and_leaves_the_original_alone(copied):
    y = everything()
    before = slots(y)
    z = copied(y)
    z.backward()
    assert slots(y) == before
    y.backward()
    assert slots(z) == slots(y)


def test_a_copy_of_a_stale_graph_is_stale(copied):
    x = Value(2.0, "x")
    y = x * 3
    x.data = 5.0
    z = copied(y)
    with pytest.raises(ValueError, match="x has changed since this graph was built"):
        grad(z, "x", create_graph=True)


def test_roots_copied_together_share_their_leaves(copied):
    w = Value(2.0, "w")
    one, other, leaf = copied([w * 3, w * 5, w])
    one.backward()
    other.backward()
    assert leaf.grad == 8.0
    assert w.grad == 0.0


def test_a_deep_copy_of_nodes_of_one_graph_keeps_them_together():
    x = Value(2.0)
    u = x * 3
    inner, root = copy.deepcopy([u, u * u])
    root.backward()
    assert inner.grad == 12.0


def test_a_shallow_copy_is_a_node_of_its_own_with_the_same_parents():
    x = Value(2.0, "x")
    for y in [x, x * 3, x.tanh(), autograd.dot([x], [x]), autograd.clip(x, 0, 1)]:
        z = copy.copy(y)
        assert z is not y
        assert (z.data, z.op, z.label, z.parents, z.partials) == (y.data, y.op, y.label, y.parents, y.partials)
        z.grad = 7
        assert y.grad == 0


def test_a_graph_of_any_depth_can_be_copied(copied):
    x = Value(1.0, "x")
    y = x
    for _ in range(30_000):
        y = y + x
    z = copied(y)
    z.backward()
    leaf = topological_order(z)[0]
    assert (leaf.label, leaf.grad, x.grad) == ("x", 30_001, 0)


# --- memory ------------------------------------------------------------------------------------------------------


def chain(n):
    x = Value(0.5)
    y = x
    for _ in range(n // 4):
        y = (y * x + x).tanh() - x
    return y


def perceptrons(n):
    layer = [Value(0.1 * k) for k in range(12)]  # Python keeps tuples of up to 20 items at hand, but not longer ones
    w = [[Value(0.01 * k * j) for k in range(12)] for j in range(12)]
    for _ in range(n // 36):
        layer = [(autograd.dot(row, layer) + row[0]).tanh() for row in w]
    return autograd.total(layer)


def products(n):
    x, w = [Value(0.1 * k) for k in range(8)], [Value(0.01 * k) for k in range(8)]
    return sum((sum((wi * xi for wi, xi in zip(w, x, strict=True)), Value(0.1)).relu() for _ in range(n // 17)), Value(0.0))


@pytest.mark.parametrize("build", [chain, products, perceptrons])
def test_a_node_takes_at_most_200_bytes_and_all_of_them_come_back_without_the_cycle_collector(build):
    build(100)  # whatever is made once
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        y = build(20_000)
        order = topological_order(y)
        y.backward()
        nodes, operands_in_lists = len(order), sum(len(node.parents) for node in order if len(node.parents) > 2)
        del order
        assert nodes > 15_000
        assert tracemalloc.get_traced_memory()[0] <= 200 * nodes + 16 * operands_in_lists
        del y
        assert tracemalloc.get_traced_memory()[0] < nodes / 2  # what Python itself keeps at hand
    finally:
        tracemalloc.stop()
        gc.enable()


def test_no_graph_holds_a_reference_cycle():
    gc.collect()
    gc.disable()
    try:
        before = sum(type(item) is Value for item in gc.get_objects())
        y = everything()
        y.backward()
        y._prev, y.parents, repr(y), autograd.names(y), autograd.replay(y)
        grad(y, ["a", "b"], create_graph=True)
        autograd.hessian(y, ["a", "c"])
        copy.deepcopy(y)
        with pytest.raises(AttributeError):
            y.data = 3
        del y
        assert sum(type(item) is Value for item in gc.get_objects()) == before
    finally:
        gc.enable()


# --- the import --------------------------------------------------------------------------------------------------


def test_importing_and_using_the_engine_loads_no_numpy_graphviz_or_matplotlib():
    code = """
import sys
import autograd
a, b = autograd.leaves(a=2, b=3)
y = autograd.dot([a, b], [b, 2]).tanh() + autograd.softmax([a, b])[0] - autograd.maximum(a, b, 1) ** 2
y.backward()
autograd.grad(y, [a], create_graph=True), autograd.nodes(y), autograd.replay(y, {a: 1}), autograd.jvp(y, {b: 1})
print([name for name in ("numpy", "graphviz", "matplotlib", "sympy", "IPython") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
