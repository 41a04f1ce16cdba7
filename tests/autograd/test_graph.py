"""Reading a graph: order, names, replay, scopes, and what happens when a leaf has changed underneath."""

import math
from fractions import Fraction

import pytest

from autograd import Value, dot, grad, leaves, maximum, numeric_grad, steps
from autograd.graph import changed_leaf

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
