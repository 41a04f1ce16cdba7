"""Reading a graph: order, names, replay, scopes, and what happens when a leaf has changed underneath."""

import gc
import math
from fractions import Fraction

import numpy
import pytest

from autograd import (
    Value,
    clip,
    dot,
    grad,
    label,
    leaves,
    maximum,
    names,
    no_grad,
    nodes,
    numeric_grad,
    replay,
    scope,
    steps,
    tanh,
    topological_order,
    total,
)
from autograd.engine.names import find
from autograd.engine.replaying import changed_leaf

# --- making a graph ----------------------------------------------------------------------------------------------


def test_leaves_come_labelled_in_the_order_given():
    c, a, b = leaves(c=1, a=Fraction(1, 3), b=-2.5)
    assert [(v.label, v.data, v.op) for v in (c, a, b)] == [("c", 1.0, "leaf"), ("a", Fraction(1, 3), "leaf"), ("b", -2.5, "leaf")]
    assert leaves() == ()
    with pytest.raises(TypeError, match=r'^b takes one real number, not the text "2"'):
        leaves(a=1, b="2")


def test_label_names_all_or_none():
    a, b = Value(1.0), Value(2.0, "before")
    assert label(a=a, total=b) is None
    assert (a.label, b.label) == ("a", "total")
    with pytest.raises(TypeError, match=r"^v is of type float, not a Value, and cannot be labelled$"):
        label(u=a, v=3.0)
    assert (a.label, b.label) == ("a", "total")


# --- topological order -------------------------------------------------------------------------------------------


def test_every_node_comes_once_after_its_parents_and_operands_in_order():
    a, b, c = leaves(a=1, b=2, c=3)
    u = b * c
    v = a - u
    w = clip(v, a, u)
    y = dot([w, u], [u, c]) + a
    assert topological_order(y) == [a, b, c, u, v, w, y.parents[0], y]
    assert topological_order(a - b)[:2] == [a, b]
    assert topological_order(b - a)[:2] == [b, a]
    assert topological_order(maximum(c, a, b))[:3] == [c, a, b]
    assert len(topological_order(a * a)) == 2
    assert topological_order(a) == [a]


def test_the_order_is_the_same_in_every_run():
    def ops():
        a, b, c = leaves(a=1, b=2, c=3)
        return [node.label or node.op for node in topological_order((c - a) * tanh(b) / (a + b + c) ** 2)]

    assert ops() == ops() == ["c", "a", "sub", "b", "tanh", "mul", "add", "add", "const", "pow", "div"]


def test_a_chain_of_any_depth_and_a_node_of_any_width_have_an_order():
    x = Value(1.0)
    y = x
    for _ in range(50_000):
        y = -y
    assert len(topological_order(y)) == 50_001
    wide = maximum(*[x] * 50_000)
    assert topological_order(wide) == [x, wide]


@pytest.mark.parametrize("read", [topological_order, names, nodes, replay, steps], ids=lambda read: read.__name__)
@pytest.mark.parametrize("what", [3, None, "x", [Value(1.0)], numpy.ones(2)], ids=["int", "None", "str", "list", "array"])
def test_only_a_value_is_a_root(read, what):
    with pytest.raises(TypeError, match=f"^a graph is read from its root, a Value, not from {type(what).__name__}$"):
        read(what)


# --- names -------------------------------------------------------------------------------------------------------


def test_names_are_labels_then_letters_in_order_of_evaluation():
    x = Value(1.0)
    chain = [x]
    for _ in range(10):
        chain.append(-chain[-1])
    assert [*names(chain[-1]).values()] == ["u", "v", "w", "p", "q", "r", "s", "n1", "n2", "n3", "J"]


def test_no_given_name_is_one_that_a_label_begins_with():
    w1, w2, x = leaves(w1=1, w2=2, x=3)
    n10 = Value(4, "n10")
    y = (w1 * x + w2 * x) * n10
    assert [name for node, name in names(y).items() if not node.label] == ["u", "v", "p", "J"]
    sums = [x * k for k in range(2, 12)]
    assert not {"w", "n1"} & {*names(total([*sums, w1, n10])).values()}
    root = Value(1, "J1") + Value(2, "x")
    assert names(root)[root] == "y"


def test_no_given_name_is_one_that_a_label_uses():
    a, v, n1, J = leaves(a=1, v=2, n1=3, J=4)
    y = a
    for leaf in (v, n1, J, a, a, a, a, a, a):
        y = y * leaf
    given = [name for node, name in names(y).items() if not node.label]
    assert given == ["u", "w", "p", "q", "r", "s", "n2", "n3", "y"]
    label(y=n1)
    assert names(y)[y] == "n2" or names(y)[y] not in {"J", "y"}


def test_constants_are_called_by_their_numbers():
    a = Value(1.0, "a")
    y = 2 * a + 2 + a * 0.5 + Fraction(1, 3) + Value(7, "seven", constant=True)
    assert [name for node, name in names(y).items() if node.constant] == ["2", "2", "0.5", "1/3", "seven"]
    assert [*nodes(y)][:5] == ["2", "a", "u", "2 (2)", "v"]
    third = Value(Fraction(1, 2), "b") + Fraction(1, 3)
    assert [*nodes(third)] == ["b", "1/3", "J"]


def test_one_label_twice_is_allowed_until_a_node_is_asked_for_by_it():
    y = Value(1.0, "a") * Value(2.0, "a")
    assert [*names(y).values()] == ["a", "a", "J"]
    sentence = r'^two nodes are called "a" \(1 by leaf, 2 by leaf\); give one of them another label$'
    for ask in (nodes, lambda y: find(y, "a"), lambda y: grad(y, "a"), lambda y: replay(y, {"a": 1}), lambda y: numeric_grad(y, "a")):
        with pytest.raises(ValueError, match=sentence):
            ask(y)
    assert find(y, "J") is y


def test_a_node_is_found_by_value_label_or_given_name():
    a, b = leaves(a=1, b=2)
    u = a * b
    y = u + 3
    assert [find(y, name) for name in (a, "b", "u", "3", "J", u)] == [a, b, u, y.parents[1], y, u]
    with pytest.raises(ValueError, match=r'^no node is called "x"; there are a, b, u, J$'):
        find(y, "x")
    with pytest.raises(ValueError, match=r"^c is not a node that J depends on$"):
        find(y, Value(1, "c"))
    with pytest.raises(TypeError, match=r"^a node is given as a Value or by its label, not as int$"):
        find(y, 3)


# --- replay ------------------------------------------------------------------------------------------------------


def test_replay_gives_the_value_with_other_numbers_and_leaves_the_graph_alone():
    a, b = leaves(a=2, b=3)
    u = a * b
    y = u + a
    y.backward()
    before = [(v.data, v.grad, v.partials) for v in topological_order(y)]
    assert replay(y) == replay(y, {}) == replay(y, None) == 8.0
    assert replay(y, {a: 10}) == replay(y, {"a": 10}) == 40.0
    assert replay(y, {u: 1, "a": numpy.float64(5)}) == 6.0
    assert replay(y, {y: 0.5}) == 0.5
    assert replay(y, {a: math.inf, b: 0}) != replay(y, {a: math.inf, b: 0})
    assert [(v.data, v.grad, v.partials) for v in topological_order(y)] == before


def test_replay_of_an_exact_graph_with_exact_numbers_is_exact():
    a, b = Value(Fraction(1, 3), "a"), Value(Fraction(1, 7), "b")
    assert replay(a / b, {a: Fraction(2, 3)}) == Fraction(14, 3)


@pytest.mark.parametrize("changes", [0, "", [], "a", [("a", 1)], 3.0], ids=repr)
def test_replay_takes_a_dict(changes):
    with pytest.raises(TypeError, match=f"^replay takes a dict of node to number, not {type(changes).__name__}$"):
        replay(Value(1.0, "a") * 2, changes)


def test_replay_refuses_strange_nodes_and_numbers():
    y = Value(1.0, "a") * 2
    with pytest.raises(TypeError, match=r"^replay takes one real number, not "):
        replay(y, {"a": "2"})
    with pytest.raises(ValueError, match=r'^no node is called "b"; there are a, J$'):
        replay(y, {"b": 2})
    with pytest.raises(TypeError, match=r"^a node is given as a Value or by its label, not as int$"):
        replay(y, {3: 2})


# --- scopes and no_grad ------------------------------------------------------------------------------------------


def test_nodes_belong_to_the_scopes_they_were_made_in():
    x = Value(1.0)
    with scope("layer 1"):
        u = x * 2
        with scope("neuron 2"):
            v, w, t = u.tanh(), dot([u], [x]), clip(u, 0, x)
        z = Value(0.0)
    assert x.scope == (x * 2).scope == ()
    assert u.scope == u.parents[1].scope == z.scope == ("layer 1",)
    assert v.scope == w.scope == t.scope == ("layer 1", "neuron 2")


def test_an_exception_leaves_scopes_and_no_grad():
    for manager in (scope("s"), no_grad()):
        with pytest.raises(KeyError), manager:
            raise KeyError
    y = Value(1.0) * 2
    assert (y.scope, len(y.parents)) == ((), 2)


@pytest.mark.parametrize("title", ["", None, 3, ("a",)], ids=repr)
def test_a_scope_needs_a_title(title):
    with pytest.raises(TypeError, match=r"^a scope has a title that is a text, not (an empty one|NoneType|int|tuple)$"), scope(title):
        pass
    assert Value(1.0).scope == ()


def test_without_recording_results_are_constants_without_parents():
    x = Value(2.0, "x")
    with no_grad():
        found = [x * 3, 3 - x, -x, x**x, x.tanh(), dot([x], [x]), clip(x, 0, 1), maximum(x, 1)]
        with no_grad():
            pass
        found.append(x / 2)
        leaf = Value(1.0)
    assert all(v.parents == () and v.constant and v.op == "const" for v in found)
    assert [v.data for v in found] == [6.0, 1.0, -2.0, 4.0, math.tanh(2), 4.0, 1.0, 2.0, 1.0]
    assert not leaf.constant
    y = x * found[0]
    y.backward()
    assert x.grad == 6.0


# --- size --------------------------------------------------------------------------------------------------------


def test_a_discarded_deep_graph_is_freed_at_once_without_recursion():
    gc.collect()
    gc.disable()
    try:
        before = sum(type(item) is Value for item in gc.get_objects())
        y = Value(1.0)
        for _ in range(100_000):
            y = y + 1
        del y
        y = Value(1.0)
        for _ in range(30_000):
            y = maximum(y, y, 1)
        del y
        assert sum(type(item) is Value for item in gc.get_objects()) == before
    finally:
        gc.enable()


# --- a leaf that has changed -------------------------------------------------------------------------------------


@pytest.mark.parametrize("read", [steps, lambda y: grad(y, "x", create_graph=True), lambda y: numeric_grad(y, "x")])
def test_a_stale_graph_is_refused_naming_the_leaf_and_the_way_out(read):
    x, w = leaves(x=2, w=3)
    y = (w * x).tanh() + 1
    x.data = 5
    with pytest.raises(ValueError, match=r"^x has changed since this graph was built; build the expression again$"):
        read(y)


@pytest.mark.parametrize("before, after, function", [(3, -3, lambda x: x**2), (3, -3, abs), (0, math.tau, Value.cos)])
def test_a_change_that_leaves_the_value_but_not_the_derivative_is_noticed(before, after, function):
    x = Value(before, "x")
    y = function(x)
    assert changed_leaf(y) is None
    x.data = after
    assert changed_leaf(y) is x


def test_the_leaf_named_is_the_one_that_changed_not_one_that_changed_before_the_graph_was_built():
    a, b = leaves(a=1, b=2)
    a.data = 4
    y = a * b
    b.data = 7
    b.data = 7
    assert changed_leaf(y) is b


def test_a_graph_is_fresh_again_when_the_leaf_has_its_old_number_back():
    x = Value(2, "x")
    y = 3 * x
    x.data = 9
    assert changed_leaf(y) is x
    x.data = 2
    assert changed_leaf(y) is None


@pytest.mark.parametrize("number", [math.nan, math.inf, 0.0, Fraction(1, 3)])
def test_a_graph_that_nobody_touched_is_never_called_stale(number):
    x = Value(number, "x")
    third = Value(Fraction(1, 3))
    assert changed_leaf(maximum(x * 0.1, x, x / 7) ** 3 + x * Fraction(2, 3) - x.sin() / x + dot([third, x], [third, 0.7])) is None


def test_zero_and_minus_zero_are_different_numbers_to_a_quotient():
    x = Value(0.0, "x")
    y = 1 / x
    x.data = -0.0
    assert (1 / x).data == -math.inf
    assert changed_leaf(y) is x


def test_the_message_about_an_unknown_name_stays_short():
    x = Value(1.0, "x" * 10_000)
    with pytest.raises(ValueError, match=r"^no node is called") as caught:
        find(x * 2, "q" * 10_000)
    assert len(str(caught.value)) < 200
