"""Copies and pickles of graphs: what belongs together stays together, whatever the size."""

import copy
import pickle

import pytest

from autograd import Value, grad, nodes


def both(*things):
    return pickle.loads(pickle.dumps(things))


def test_nodes_that_are_pickled_together_stay_one_graph():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    u = a * b
    J = u * 2
    for first, second in ((u, J), (J, u)):
        kept = dict(zip(("first", "second"), both(first, second), strict=True))
        u2, J2 = (kept["first"], kept["second"]) if first is u else (kept["second"], kept["first"])
        assert J2.parents[0] is u2
        assert grad(J2, [u2]) == (2.0,)


def test_two_pickles_are_two_graphs():
    a = Value(2.0, "a")
    y = a * 3
    one, other = pickle.loads(pickle.dumps(y)), pickle.loads(pickle.dumps(y))
    assert one is not other and one.parents[0] is not other.parents[0]
    assert one.data == other.data == 6.0


@pytest.mark.parametrize("n", [200, 800])
def test_the_pickle_of_all_nodes_grows_as_the_graph_does(n):
    y = x = Value(0.5, "x")
    for k in range(n):
        y = y * 0.9
        y.label = f"y{k}"
    found = pickle.dumps(nodes(y))
    assert len(found) < 250 * n
    back = pickle.loads(found)
    assert [back[name].data for name in back] == [node.data for node in nodes(y).values()]
    assert grad(back[f"y{n - 1}"], [back["x"]]) == grad(y, [x])


def test_a_chain_of_a_hundred_thousand_nodes_beside_its_middle():
    x = y = Value(1.0)
    for k in range(100_000):
        y = y + x
        if k == 50_000:
            middle = y
    y2, middle2 = both(y, middle)
    assert (y2.data, middle2.data) == (y.data, middle.data)
    assert grad(y2, [middle2]) == (1.0,)


def test_a_pickled_leaf_knows_what_its_number_was_before():
    from autograd import steps

    w = Value(2.0, "w")
    y = w * w + 1
    w.data = 5.0
    for again in (pickle.loads(pickle.dumps(y)), copy.deepcopy(y)):
        with pytest.raises(ValueError, match=r"^w has changed since this graph was built; build the expression again$"):
            steps(again)


class Weight(Value):
    """A Value with attributes of its own."""


@pytest.mark.parametrize("how", [copy.deepcopy, copy.copy, lambda v: pickle.loads(pickle.dumps(v))], ids=["deepcopy", "copy", "pickle"])
def test_a_subclass_takes_attributes_and_keeps_them(how):
    w = Weight(2.0, "w")
    w.velocity = 0.5
    again = how(w)
    assert (type(again), again.data, again.label, again.velocity) == (Weight, 2.0, "w", 0.5)
    y = w * 3
    y.backward()
    assert w.grad == 3.0


def test_a_value_takes_no_attributes_of_its_own_and_says_where_they_can_go():
    with pytest.raises(AttributeError):
        Value(1.0).velocity = 0.5
    assert "a dict, with the Value as\n    its key, or in a subclass" in Value.__doc__
