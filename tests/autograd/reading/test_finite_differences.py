"""Finite differences and the check against them: right gradients pass, wrong ones do not, and kinks are told apart."""

import json
from dataclasses import FrozenInstanceError
from fractions import Fraction
from itertools import pairwise
from math import inf, nan
from pathlib import Path

import pytest

from autograd import Value, examples, exp, gradcheck, leaves, numeric_grad, parse, relu, sin, tanh, topological_order
from autograd.reading.finite_differences import difference, width

WORKED = json.loads((Path(__file__).parents[2] / "data" / "worked_examples.json").read_text())["examples"]

WRONG = [("twice too large", lambda g: 2 * g), ("the sign", lambda g: -g), ("1 % off", lambda g: 1.01 * g), ("left at 0", lambda g: 0.0)]


@pytest.mark.parametrize(("scheme", "order"), [("forward", 1), ("backward", 1), ("central", 2)])
def test_the_error_of_a_scheme_falls_with_its_order(scheme, order):
    """The central difference has an error of the order h² (D1-46, D0-18): 4.5e-3, 4.5e-5, 4.5e-7 in the lecture."""
    errors = [abs(difference(exp, 1.0, scheme, h) - exp(1.0)) for h in (1e-1, 1e-2, 1e-3)]
    assert [round(larger / smaller) for larger, smaller in pairwise(errors)] == pytest.approx([10**order] * 2, rel=0.06)


def test_the_schemes_look_ahead_behind_and_to_both_sides():
    asked = []
    for scheme in ("forward", "backward", "central"):
        asked.append([])
        difference(lambda x: asked[-1].append(x) or x, 2.0, scheme, 0.5)
    assert asked == [[2.5, 2.0], [2.0, 1.5], [2.5, 1.5]]
    assert [difference(lambda x: x * x, 3.0, scheme, 1.0) for scheme in ("forward", "backward", "central")] == [7, 5, 6]


@pytest.mark.parametrize("x", [0.0, 1e-3, 1.0, 3.7, 1e6, -1e12])
@pytest.mark.parametrize("scheme", ["forward", "backward", "central"])
def test_the_usual_width_grows_with_the_number_and_is_exact(x, scheme):
    h = width(x, scheme)
    assert (x + h) - x == h > 0
    assert h == pytest.approx((2.0**-52) ** (1 / 3 if scheme == "central" else 1 / 2) * max(1, abs(x)), rel=1e-2)
    assert width(x, scheme, 0.25) == 0.25


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


@pytest.mark.parametrize("example", WORKED, ids=lambda example: example["id"])
def test_in_every_worked_example_every_wrong_gradient_is_found_and_no_other(example):
    text = "; ".join(f"{name} = {step}" for name, step in example["steps"])
    y = parse(text, {name: float(data) for name, data in example["inputs"].items()}, constants=example["constants"])
    asked = [name for name in example["inputs"] if name not in example["constants"]]
    right = {name: float(example["grads"][name]) for name in asked}
    assert [row.verdict for row in gradcheck(y, gradients=right)] == ["agrees"] * len(asked)
    for name in asked:
        if abs(right[name]) < 1e-6:
            continue
        for what, mistake in WRONG:
            result = gradcheck(y, gradients={**right, name: mistake(right[name])})
            assert [row.name for row in result if row.verdict == "wrong"] == [name], what
            assert not result


def test_two_gradients_that_changed_places_are_found():
    a, b = leaves(a=2, b=5)
    result = gradcheck(a * b, gradients={"a": 2, "b": 5})
    assert [row.verdict for row in result] == ["wrong", "wrong"]


def test_a_kink_within_the_width_is_no_mistake_and_is_said():
    z = Value(0.0, "z")
    (row,) = gradcheck(relu(z) * 3)
    assert (row.verdict, row.kink_crossed, row.given, row.numeric) == ("kink", True, 0.0, 1.5)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("relu(z)", {"z": 1e-7}),
        ("abs(z)", {"z": -1e-7}),
        ("maximum(z, b)", {"z": 1, "b": 1 + 1e-7}),
        ("clip(z, 0, 1)", {"z": 1}),
        ("relu(3 - z)*z", {"z": 3}),
    ],
)
def test_whatever_the_kink_it_is_seen_within_the_width(text, numbers):
    y = parse(text, numbers)
    (row,) = gradcheck(y, "z")
    assert (row.verdict, row.kink_crossed) == ("kink", True)
    (row,) = gradcheck(y, "z", h=1e-9 if numbers["z"] < 1e-6 else 1e-3)
    assert row.kink_crossed == (numbers["z"] > 1e-6)


def test_a_node_does_not_cross_a_kink_of_its_own_when_it_is_wiggled():
    (row,) = gradcheck(parse("u = maximum(a, b); 2*u", a=1, b=2), ["u"])
    assert (row.verdict, row.kink_crossed) == ("agrees", False)


def test_a_kink_that_another_input_crosses_is_not_spoken_of():
    x, z = leaves(x=1, z=0)
    rows = gradcheck(x * 2 + z.relu(), gradients={"x": 5, "z": 0})
    assert [(row.verdict, row.kink_crossed) for row in rows] == [("wrong", False), ("kink", True)]


@pytest.mark.parametrize("z", [1e-3, -1e-3])
def test_a_kink_beyond_the_width_is_not_spoken_of(z):
    (row,) = gradcheck(relu(Value(z, "z")) * 3)
    assert (row.verdict, row.kink_crossed) == ("agrees", False)


def test_a_gradient_that_drowns_in_rounding_is_not_judged():
    x = Value(1.0, "x")
    (row,) = gradcheck(tanh(x * 1e-14) + 1000, gradients={"x": 2e-14})
    assert (row.verdict, row.too_small) == ("too small to judge", True)


@pytest.mark.parametrize("wrong", [1.01e-8, 2e-8, -1e-8])
def test_a_wrong_gradient_that_drowns_is_not_called_right(wrong):
    x = Value(1.0, "x")
    (row,) = gradcheck(x * 1e-8 + 1, gradients={"x": wrong})
    assert row.verdict in ("wrong", "too small to judge")


@pytest.mark.parametrize("h", [1e-20, 1e-17])
@pytest.mark.parametrize("given", [0, 17])
def test_a_width_that_is_lost_beside_the_number_proves_nothing(h, given):
    x = Value(3.0, "x")
    (row,) = gradcheck(x * x, gradients={"x": given}, h=h)
    assert (row.verdict, row.too_small, row.h) == ("too small to judge", True, h)


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("log(x)", 1e-6), ("log(x)", 1e-8), ("1/x", 1e-6), ("sqrt(x)", 1e-8), ("sin(100000*x)", 1), ("x**20", 1e-3), ("1/x**3", 1e-3), ("sin(x)", 1e10),
        ("-log(1 - x)", 0.9999999), ("exp(50*x)", 1), ("exp(x)", -700), ("sigmoid(x)", -30), ("x", 1e300), ("tanh(1000*x)", 1e-3),
    ],
)  # fmt: skip
def test_a_right_gradient_is_not_accused_where_the_function_bends_fast_or_its_domain_is_near(text, x):
    y = parse(text, x=x)
    (row,) = gradcheck(y)
    assert row.verdict == "agrees"
    (row,) = gradcheck(y, gradients={"x": 1.01 * row.given})
    assert row.verdict == "wrong"


def test_where_there_is_no_finite_difference_there_is_no_agreement_and_no_exception():
    for text, x in [("log(x)", 0), ("log(x)", -1), ("sqrt(x)", 0), ("exp(x)", 710), ("x**2", 1e200), ("1/x", 0)]:
        (row,) = result = gradcheck(parse(text, x=x))
        assert row.verdict == "nothing to compare" and not result
    assert len(gradcheck(parse("u = log(a); u*2", a=0), ["a", "u"])) == 2
    assert not gradcheck(parse("u = a*b; u*u", a=0, b=1e308), "a")


def test_a_gradient_of_zero_agrees_when_nothing_moves():
    x, z = leaves(x=-1, z=1000)
    rows = gradcheck(x.relu() + z)
    assert [row.verdict for row in rows] == ["agrees", "agrees"]


def test_functions_are_checked_at_a_point():
    assert gradcheck(lambda a, b: a * sin(b), {"a": 2, "b": 3})
    assert not gradcheck(lambda a, b: a * sin(b), {"a": 2, "b": 3}, gradients={"a": 1})
    assert numeric_grad(lambda x=3.0: x**2, "x") == pytest.approx(6)
    assert numeric_grad(lambda x, y: x * y, "y", at={"x": 4, "y": 1}) == pytest.approx(4)


@pytest.mark.parametrize("scheme", ["forward", "backward", "central"])
def test_the_point_of_a_function_comes_from_its_defaults_and_from_at(scheme):
    def f(x, y=2.0, z=3):
        return x * y**2 + z

    assert numeric_grad(f, "y", scheme, at={"x": 5}) == pytest.approx(20, rel=1e-6)
    assert numeric_grad(f, "y", scheme, at={"x": 5, "y": 1}) == pytest.approx(10, rel=1e-6)
    assert numeric_grad(f, "z", scheme, at={"x": Fraction(1, 2)}) == pytest.approx(1, rel=1e-6)
    assert numeric_grad(f, "x", scheme, 0.5, at={"x": 1}) == 4


def test_an_argument_that_a_function_makes_no_use_of_has_a_row_too():
    rows = gradcheck(lambda a, b: a * 2, {"a": 1, "b": 7})
    assert [(row.name, row.given, row.numeric, row.verdict) for row in rows] == [("a", 2, 2, "agrees"), ("b", 0, 0, "agrees")]
    assert not gradcheck(lambda a, b: a * 2, {"a": 1, "b": 7}, gradients={"b": 1})


def test_fractions_are_wiggled_as_floats():
    y = parse("a*b", a=Fraction(1, 3), b=Fraction(2))
    assert [row.verdict for row in gradcheck(y)] == ["agrees", "agrees"]
    assert numeric_grad(y, "a") == pytest.approx(2)


def test_an_inner_node_can_be_wiggled():
    assert numeric_grad(examples.J(), "u") == pytest.approx(3)
    assert numeric_grad(examples.J(), "J") == pytest.approx(1)
    (row,) = gradcheck(examples.J(), ["u"], gradients={"u": 2})
    assert (row.name, row.verdict) == ("u", "wrong")


def test_a_row_says_what_was_compared_and_is_frozen():
    (row,) = gradcheck(parse("a**2", a=3), gradients={"a": 6.6}, h=0.5)
    assert (row.name, row.given, row.numeric, row.h) == ("a", 6.6, 6, 0.5)
    assert row.error == pytest.approx(0.6 / 6.6)
    with pytest.raises(FrozenInstanceError):
        row.verdict = "agrees"


def test_each_node_has_one_row_in_the_order_asked_for():
    y = examples.J()
    assert [row.name for row in gradcheck(y, ["c", "u", "a"])] == ["c", "u", "a"]
    assert [row.name for row in gradcheck(y, "b")] == ["b"]
    assert [row.name for row in gradcheck(y, gradients={"c": 9, "a": 3})] == ["a", "c"]
    assert [row.name for row in gradcheck(y, ["c"], gradients={"a": 3, "c": 9})] == ["c", "a"]
    assert [row.name for row in gradcheck(examples.neuron())] == ["w", "b"]
    assert gradcheck(y, []) and len(gradcheck(y, [])) == 0


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
        (lambda y: numeric_grad(y, "a", h=nan), "the width h is a positive number, not nan"),
        (lambda y: numeric_grad(y, "a", h=-1), "the width h is a positive number, not -1"),
        (lambda y: gradcheck(y, h=inf), "the width h is a positive number, not inf"),
        (lambda y: gradcheck(y, ["a"], gradients={"b": 6}), "no gradient is given for a"),
    ],
)
def test_bad_input_gets_one_sentence(call, message):
    with pytest.raises(ValueError) as error:
        call(examples.J())
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda y: numeric_grad(5, "a"), "a derivative is taken of a Value or a function of numbers, not of int"),
        (lambda y: numeric_grad(lambda x: x, "x", at=[1]), "the point is a dict of argument to number, not list"),
        (lambda y: numeric_grad(lambda x: x, 3, at={"x": 1}), "an argument of a function is given by its name, not as int"),
        (lambda y: gradcheck(lambda x: x, [1]), "the inputs of a function are a dict of argument to number, not list"),
        (lambda y: gradcheck(lambda x: 3, {"x": 1}), "the function must return a Value when it is called with Values, not int"),
        (lambda y: gradcheck(y, 5), "the inputs are nodes: Values or labels, not int"),
        (lambda y: gradcheck(y, gradients=[1]), "the gradients are a dict of node to number, not list"),
        (lambda y: gradcheck(y, gradients={"a": None}), "a gradient takes one real number, not None; give a number"),
    ],
)
def test_what_is_of_the_wrong_kind_gets_one_sentence(call, message):
    with pytest.raises(TypeError) as error:
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
    assert lines[1].split()[1:3] + lines[1].split()[5:] == ["3", "3", "agrees"]
    broken = Value(2.0, "a\nb")
    assert len(str(gradcheck(broken * 3)).splitlines()) == 2
