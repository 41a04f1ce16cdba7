"""Paths: their number, their products, and their sum, which is the gradient; and what the backward pass saves."""

import re
from fractions import Fraction
from itertools import product as combinations
from math import isclose, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, examples, grad, parse, paths, sigmoid, topological_order
from autograd.reading.ways import Cost


def doublings(count):
    x = a = Value(1, "a")
    for _ in range(count):
        x = x + x
    return x, a


@st.composite
def graphs(draw):
    """A root over two or three leaves: sums, differences and products of whatever came before, repeats included."""
    nodes = [Value(Fraction(draw(st.integers(-3, 3))), name) for name in "abc"[: draw(st.integers(2, 3))]]
    for operation in draw(st.lists(st.sampled_from("+-*n"), min_size=1, max_size=9)):
        one, other = nodes[draw(st.integers(0, len(nodes) - 1))], nodes[draw(st.integers(0, len(nodes) - 1))]
        nodes.append({"+": one + other, "-": one - other, "*": one * other, "n": -one}[operation])
    return nodes[-1], nodes[0]


def walked(node, a):
    """All paths by recursion, as lists of (node, slot)."""
    if node is a:
        return [[]]
    return [[(node, slot), *rest] for slot, parent in enumerate(node.parents) for rest in walked(parent, a)]


@given(graphs())
def test_the_products_of_all_paths_sum_to_the_gradient_exactly(graph):
    """Over the fan-out of every node, as in the lectures (D1-42, D4-11)."""
    y, a = graph
    found = paths(y, a, limit=10**6)
    assert sum(row.product for row in found.rows) == found.total == grad(y, [a])[0]
    assert type(found.total) is Fraction


@given(graphs())
def test_the_count_is_that_of_the_enumeration_and_every_row_is_a_path_of_its_own(graph):
    y, a = graph
    expected, found = walked(y, a), paths(y, a, limit=10**6)
    assert found.count == len(found.rows) == len(expected)
    assert [[*zip(row.nodes, row.slots, strict=False)] for row in found.rows] == expected  # in the order of the operands
    for row in found.rows:
        assert row.nodes[0] is y and row.nodes[-1] is a
        edges = [*zip(row.nodes, row.nodes[1:], row.slots, row.locals, strict=False)]
        assert all(node.parents[slot] is parent and node.partials[slot] == local for node, parent, slot, local in edges)
        assert row.product == prod(row.locals)


@given(graphs())
def test_what_goes_through_a_node_or_an_edge_is_counted(graph):
    y, a = graph
    found, walks = paths(y, a), walked(y, a)
    for node in topological_order(y):
        if not node.constant and node is not a:
            assert found.through.get(node, 0) == sum(any(n is node for n, _ in walk) for walk in walks) + (node is y and y is a)
            for slot in range(len(node.parents)):
                assert found.through_edge(node, slot) == sum((node, slot) in walk for walk in walks)


@given(graphs())
def test_costs_are_those_of_doing_it(graph):
    y, a = graph
    found, walks = paths(y, a), walked(y, a)
    assert found.by_path == Cost(sum(max(len(walk) - 1, 0) for walk in walks), max(len(walks) - 1, 0))
    edges = {edge for walk in walks for edge in walk}
    arrivals = [sum(node.parents[slot] is parent for node, slot in edges) for parent in found.through if parent is not y]
    assert found.by_backprop == Cost(sum(node is not y for node, _ in edges), sum(k - 1 for k in arrivals))
    assert found.by_backprop.multiplications <= found.by_path.multiplications


def test_two_operands_that_are_one_node_make_two_paths():
    a = Value(5, "a")
    assert [(row.slots, row.product) for row in paths(a * a, a).rows] == [((0,), 5), ((1,), 5)]


def test_twenty_doublings_have_more_than_a_million_paths_and_38_multiplications():
    """21 nodes, 1,048,576 paths (section E of the inventory): listed up to the limit, counted and summed all."""
    y, a = doublings(20)
    found = paths(y, a, limit=10)
    assert len(topological_order(y)) == 21
    assert (found.count, len(found.rows), found.total) == (2**20, 10, 2**20)
    assert (found.by_path.multiplications, found.by_backprop.multiplications) == (19 * 2**20, 38)
    assert "1,048,576 paths" in str(found) and "… and 1,048,572 more" in str(found)


def test_a_count_of_thousands_of_digits_is_exact_and_can_be_printed():
    y, a = doublings(20_000)
    assert paths(y, a).count == 2**20_000
    assert str(paths(y, a)).startswith("3.98e6020 paths")


def test_a_path_of_many_thousand_edges_needs_no_recursion():
    x = a = Value(1, "a")
    for _ in range(20_001):
        x = -x
    (row,) = paths(x, a).rows
    assert (len(row.nodes), row.product) == (20_002, -1)


def test_the_path_of_the_main_job():
    """J = 3(a + bc), u = bc, v = a + u (D3-01): one path for each leaf, each a product of local derivatives."""
    J = examples.J()
    found = paths(J, "b")
    assert [node.label for node in found.rows[0].nodes] == ["J", "v", "u", "b"]
    assert (found.rows[0].locals, found.total) == ((3, 1, 2), 6)
    assert [paths(J, name).total for name in "abc"] == [3, 6, 9]


def test_a_weight_of_a_neuron_is_a_product_of_three_factors_and_more_for_the_loss():
    """∂J/∂w = ∂J/∂ŷ · g′(z) · x (D4-02): one path, whose last factors are g′(z) and x."""
    J = examples.neuron()
    (row,) = paths(J, "w").rows
    assert row.locals[-1] == 2 and isclose(row.locals[-3], sigmoid(-0.75) * (1 - sigmoid(-0.75)))


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_through_full_layers_there_is_a_path_for_each_choice_of_a_unit_in_each_of_them(depth):
    """A chain of layers (D3-14) of three units: 3^depth paths from the output to the input, the Σ_k of D1-42 in each layer."""
    x = Value(0.5, "x")
    signals = [x]
    weights = iter(Value(k / 10) for k in range(100))
    for _ in range(depth):
        signals = [sum((next(weights) * z for z in signals[1:]), next(weights) * signals[0]).tanh() for _ in range(3)]
    y = signals[0] + signals[1] + signals[2]
    found = paths(y, x)
    assert found.count == 3**depth
    assert isclose(sum(row.product for row in found.rows), grad(y, [x])[0])


def test_no_path_and_the_root_itself():
    a, b = Value(2, "a"), Value(3, "b")
    none, itself = paths(b * b, a), paths(a * b, "J")
    assert (none.count, none.rows, none.total) == (0, (), 0)
    assert str(none) == "J does not depend on a: there is no path, and ∂J/∂a = 0"
    assert str(paths(b * b, Value(1))) == "J does not depend on x: there is no path, and ∂J/∂x = 0"  # it has no name
    assert (itself.count, itself.rows[0].nodes, itself.total) == (1, (itself.y,), 1)
    assert str(itself) == "J is the root itself: one path without an edge, and ∂J/∂J = 1"


def test_where_a_branch_is_closed_its_paths_are_there_and_give_nothing():
    found = paths(parse("relu(a)*log(b) + a", a=-1, b=0), "a")
    assert [row.product for row in found.rows] == [0, 1]
    assert found.total == 1


def test_the_table():
    assert str(paths(parse("u = a*b; u*u + a", a=2, b=3), "a")) == (
        "3 paths from J to a\n"
        "  1  J ← v ← u (1) ← a  1 · 6 · 3 = 18\n"
        "  2  J ← v ← u (2) ← a  1 · 6 · 3 = 18\n"
        "  3  J ← a              1\n"
        "  ∂J/∂a = 18 + 18 + 1 = 37\n"
        "(1), (2), …: which operand, where one node stands in several\n"
        "Multiplications: 4 path by path, 3 in the backward pass, which adds up what arrives at a node before it goes on, "
        "so that a piece that many paths share is multiplied only once."
    )


@given(st.tuples(*[st.floats(-2, 2).map(lambda x: round(x, 3))] * 2), st.sampled_from(["a*b + exp(a)/b", "tanh(a*b)*a - b/3*a*a", "a/b/7"]))
def test_every_equation_of_the_table_is_true_as_printed(numbers, text):
    if abs(numbers[1]) < 0.01:
        return
    for line in paths(parse(text, a=numbers[0], b=numbers[1]), "a").text().splitlines():
        for left, right in re.findall(r"([^=≈]*) = ([^=≈]*)$", line):
            if "∂" not in left.rpartition("  ")[2]:
                terms = [prod(Fraction(f.strip("() ")) for f in term.split(" · ")) for term in left.rpartition("  ")[2].split(" + ")]
                assert sum(terms) == Fraction(right), line


@pytest.mark.parametrize(
    ("what", "error", "words"),
    [
        (lambda y: paths(y, "x"), ValueError, "^x is a constant, and no gradient goes back to a constant"),
        (lambda y: paths(y, Value(2, constant=True)), ValueError, "^2.0 is a constant"),
        (lambda y: paths(y, "nobody"), ValueError, 'no node is called "nobody"'),
        (lambda y: paths(y, 3), TypeError, "as a Value or by its label"),
        (lambda y: paths(y, "a", limit=-1), ValueError, "0 or more, not -1"),
        (lambda y: paths(y, "a", limit=2.5), TypeError, "a whole number, not float"),
        (lambda y: paths(5, "a"), TypeError, "a graph is read from its root, a Value"),
    ],
)
def test_refusals(what, error, words):
    with pytest.raises(error, match=words):
        what(Value(2, "a") * Value(3, "x", constant=True))


def test_a_graph_whose_leaf_has_changed_is_refused():
    a = Value(2, "a")
    y = a * a
    a.data = 3
    with pytest.raises(ValueError, match="build the expression again"):
        paths(y, a)


def test_every_combination_of_limit_and_count_lists_the_first_rows():
    for doubled, limit in combinations(range(4), range(10)):
        y, a = doublings(doubled)
        assert len(paths(y, a, limit=limit).rows) == min(2**doubled, limit)


def test_a_table_with_no_digits_is_refused():
    a = Value(2.0, "a")
    with pytest.raises(ValueError, match="from 1 to 17, not 18"):
        paths(a * 3, a).text(digits=18)
