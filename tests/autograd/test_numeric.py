"""Finite differences and the check against them: right gradients pass, wrong ones do not, and kinks are told apart."""

from itertools import pairwise

import pytest

from autograd import Value, examples, exp, gradcheck, leaves, numeric_grad, parse, relu, sin, tanh, topological_order
from autograd.numeric import difference

WRONG = [("twice too large", lambda g: 2 * g), ("the sign", lambda g: -g), ("1 % off", lambda g: 1.01 * g), ("left at 0", lambda g: 0.0)]


@pytest.mark.parametrize(("scheme", "order"), [("forward", 1), ("backward", 1), ("central", 2)])
def test_the_error_of_a_scheme_falls_with_its_order(scheme, order):
    """The central difference has an error of the order h² (D1-46, D0-18): 4.5e-3, 4.5e-5, 4.5e-7 in the lecture."""
    errors = [abs(difference(exp, 1.0, scheme, h) - exp(1.0)) for h in (1e-1, 1e-2, 1e-3)]
    assert [round(larger / smaller) for larger, smaller in pairwise(errors)] == pytest.approx([10**order] * 2, rel=0.06)


@pytest.mark.parametrize(
    "make", [examples.J, examples.logistic, examples.net_1_2_1, examples.neuron, examples.mazur], ids=lambda f: f.__name__
)
def test_gradients_of_every_node_of_the_examples_agree(make):
    y = make()
    asked = [node for node in topological_order(y) if not node.constant]
    result = gradcheck(y, asked)
    assert [row.verdict for row in result] == ["agrees"] * len(asked)
    assert result


@pytest.mark.parametrize(("what", "mistake"), WRONG, ids=[what for what, _ in WRONG])
@pytest.mark.parametrize("place", ["a", "b", "c"])
def test_a_wrong_gradient_is_found_and_only_that_one(place, what, mistake):
    y = parse("sin(a)*b + exp(b/c) - c**2", a=0.7, b=1.3, c=-2.1)
    y.backward()
    given = {node.label: node.grad for node in topological_order(y) if not node.parents and not node.constant}
    given[place] = mistake(given[place])
    result = gradcheck(y, gradients=given)
    assert not result
    assert [row.name for row in result if row.verdict == "wrong"] == [place]


def test_two_gradients_that_changed_places_are_found():
    a, b = leaves(a=2, b=5)
    result = gradcheck(a * b, gradients={"a": 2, "b": 5})
    assert [row.verdict for row in result] == ["wrong", "wrong"]


def test_a_kink_within_the_width_is_no_mistake_and_is_said():
    z = Value(0.0, "z")
    (row,) = gradcheck(relu(z) * 3)
    assert (row.verdict, row.kink_crossed, row.given, row.numeric) == ("kink", True, 0.0, 1.5)


@pytest.mark.parametrize("z", [1e-3, -1e-3])
def test_a_kink_beyond_the_width_is_not_spoken_of(z):
    (row,) = gradcheck(relu(Value(z, "z")) * 3)
    assert (row.verdict, row.kink_crossed) == ("agrees", False)


def test_a_gradient_that_drowns_in_rounding_is_not_judged():
    x = Value(1.0, "x")
    (row,) = gradcheck(tanh(x * 1e-14) + 1000, gradients={"x": 2e-14})
    assert (row.verdict, row.too_small) == ("too small to judge", True)


def test_a_gradient_of_zero_agrees_when_nothing_moves():
    x, z = leaves(x=-1, z=1000)
    rows = gradcheck(x.relu() + z)
    assert [row.verdict for row in rows] == ["agrees", "agrees"]


def test_functions_are_checked_at_a_point():
    assert gradcheck(lambda a, b: a * sin(b), {"a": 2, "b": 3})
    assert not gradcheck(lambda a, b: a * sin(b), {"a": 2, "b": 3}, gradients={"a": 1})
    assert numeric_grad(lambda x=3.0: x**2, "x") == pytest.approx(6)
    assert numeric_grad(lambda x, y: x * y, "y", at={"x": 4, "y": 1}) == pytest.approx(4)


def test_an_inner_node_can_be_wiggled():
    assert numeric_grad(examples.J(), "u") == pytest.approx(3)


def test_the_graph_is_left_as_it_was():
    y = examples.J()
    before = [(node.data, node.grad) for node in topological_order(y)]
    gradcheck(y)
    numeric_grad(y, "a")
    assert [(node.data, node.grad) for node in topological_order(y)] == before


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda y: numeric_grad(y, "a", "sideways"), 'there is no scheme "sideways"; there are forward, backward, central'),
        (lambda y: numeric_grad(y, "a", h=0), "the width h is a positive number, not 0"),
        (lambda y: numeric_grad(y, "q"), 'no node is called "q"; there are a, b, c, u, v, J'),
        (lambda y: numeric_grad(lambda x: x, "x"), 'the function has no argument "x" with a number; it has none'),
        (lambda y: gradcheck(y, ["a"], gradients={"b": 6}), "no gradient is given for a"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError) as error:
        call(examples.J())
    assert str(error.value) == message


def test_a_stale_graph_is_refused():
    a, b = leaves(a=2, b=3)
    y = a * b
    a.data = 5
    for call in (lambda: gradcheck(y), lambda: numeric_grad(y, a)):
        with pytest.raises(ValueError, match="a has changed since this graph was built"):
            call()


def test_the_table_has_a_row_for_each_input():
    lines = str(gradcheck(examples.J())).splitlines()
    assert [line.split()[0] for line in lines] == ["input", "a", "b", "c"]
