"""Gradients against finite differences: right ones agree, wrong ones do not, and what cannot be judged is told apart."""

import json
import math
from dataclasses import FrozenInstanceError
from fractions import Fraction
from math import inf, nan
from pathlib import Path

import pytest

from autograd import Value, examples, gradcheck, leaves, numeric_grad, parse, relu, sin, sqrt, tanh, topological_order
from autograd.engine.operations import TABLE
from autograd.reading.rounding import Rounded, value_with_error

WORKED = json.loads((Path(__file__).parents[2] / "data" / "worked_examples.json").read_text())["examples"]

WRONG = [("twice too large", lambda g: 2 * g), ("the sign", lambda g: -g), ("1 % off", lambda g: 1.01 * g), ("left at 0", lambda g: 0.0)]


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


@pytest.mark.parametrize("sign", ["\ud800", "\x00", "\x1b", "\u202e"])
def test_the_table_can_be_printed_whatever_a_label_holds(sign):
    shown = str(gradcheck(Value(2.0, f"a{sign}b") * 3))
    assert "a\ufffdb" in shown and sign not in shown and shown.encode()


def verdict(text, x, given):
    (row,) = gradcheck(parse(text, x=x), gradients={"x": given})
    return row.verdict


@pytest.mark.parametrize(
    ("text", "x"), [("x**3", 0), ("log(x)**2", 1), ("tanh(x)**3", 0), ("x**2*(1 - x)", 0), ("cos(x)", 0), ("x**2 + 1", 0), ("x**5", 0)]
)
def test_a_gradient_of_zero_agrees_where_the_difference_shrinks_with_the_width(text, x):
    assert verdict(text, x, 0) == "agrees"
    assert {verdict(text, x, wrong) for wrong in (1e-6, -1e-3, 1)} == {"wrong"}


def test_at_the_border_of_a_domain_there_is_nothing_to_compare():
    for given in (0, 1):
        assert verdict("x**1.5", 0, given) == "nothing to compare"
    (row,) = gradcheck(parse("1/x", x=0))
    assert math.isfinite(row.numeric) and row.verdict == "nothing to compare"  # the two sides of a pole have a difference


def test_a_gradient_whose_value_cancels_is_not_accused_and_no_wrong_one_agrees():
    (row,) = gradcheck(parse("gelu(x)", x=-6))
    assert row.verdict == "too small to judge" and row.too_small
    assert "agrees" not in {verdict("gelu(x)", -6, row.given * factor) for factor in (1.0001, 1.01, 2, 0, -1)}
    assert verdict("gelu(x)", -6, 2 * row.given) == "wrong"


def test_a_gradient_that_drowns_in_its_own_rounding_is_not_accused():
    (row,) = gradcheck(parse("sin(x)/x", x=1e-9))
    assert row.given == 0 and row.numeric == pytest.approx(-1e-9 / 3, rel=1e-3) and row.verdict == "too small to judge"


@pytest.mark.parametrize("off", [1e-4, -1e-4, 3e-5])
def test_a_gradient_that_is_slightly_off_never_agrees(off):
    assert not gradcheck(parse("a*b + a", a=2, b=3), gradients={"a": 4 * (1 + off)})
    for text, x in [("sin(x)*exp(x)", 0.7), ("x**3", 2), ("log(x)", 1e-5), ("sqrt(x)", 9), ("tanh(x)", -1), ("x/7", 1e6)]:
        (right,) = gradcheck(parse(text, x=x))
        assert right.verdict == "agrees"
        assert verdict(text, x, right.given * (1 + off)) == "wrong"


def test_an_error_within_the_scale_agrees():
    assert verdict("x**2", 3, 6 * (1 + 9e-6)) == "agrees"
    assert verdict("x**2", 3, 6 * (1 + 1.1e-5)) == "wrong"


def test_what_is_found_does_not_depend_on_the_gradient_that_is_given():
    y = parse("sin(x)*exp(x)", x=0.7)
    rows = [gradcheck(y, gradients={"x": given})[0] for given in (0, 2.8, 1e9, -1e-9)]
    assert len({(row.numeric, row.h, row.uncertainty) for row in rows}) == 1


@pytest.mark.parametrize("given", [0, 1, 7.1])
def test_what_underflows_is_not_taken_for_flat(given):
    x = Value(1.0, "x")
    y = sqrt((x * 7e-200) ** 2) * 1e200  # 7x, but the square is lost
    (row,) = gradcheck(y, gradients={"x": given})
    assert (row.verdict, row.given) != ("agrees", given) and row.verdict == "too small to judge"


@pytest.mark.parametrize(
    ("text", "x"), [("x + 0.0000000001*sin(1000000*x)", 1), ("x + sin(100000*x)/1000000", 0.3), ("exp(x) + sin(30000*x)/300000000", 0)]
)
def test_a_fine_ripple_that_wide_differences_miss_is_seen(text, x):
    (row,) = gradcheck(parse(text, x=x))
    assert row.verdict == "agrees"
    assert verdict(text, x, row.given * 1.0001) == "wrong"


def test_a_corner_that_no_operation_knows_of_is_a_kink():
    for given in (-1, 0, 1):
        assert verdict("sqrt(x**2)", 0, given) == "kink"
    assert verdict("sqrt(x**2 + 0.01)", 0, 0) == "agrees"


def test_the_node_whose_kink_is_crossed_is_named():
    (other, row) = gradcheck(parse("h = relu(z); c*h", z=0, c=2))
    assert (row.name, row.kinks, row.kink_crossed) == ("z", ("h",), True)
    assert (other.name, other.kinks, other.kink_crossed) == ("c", (), False)
    assert "kink at h" in str(gradcheck(parse("h = relu(z); c*h", z=0, c=2)))


def test_a_wide_difference_that_would_cross_a_kink_is_not_used():
    (row,) = gradcheck(parse("relu(x)*x", x=1e-3))
    assert (row.verdict, row.kinks) == ("agrees", ()) and row.numeric == pytest.approx(2e-3, rel=1e-9)


@pytest.mark.parametrize("scheme", ["forward", "backward", "central"])
def test_every_scheme_tells_right_from_wrong(scheme):
    y = parse("sin(a)*b + exp(b/a)", a=0.7, b=1.3)
    assert gradcheck(y, scheme=scheme)
    right = {row.name: row.given for row in gradcheck(y)}
    assert [row.verdict for row in gradcheck(y, gradients={"a": right["a"] * 1.0001, "b": right["b"]}, scheme=scheme)] == [
        "wrong",
        "agrees",
    ]


def test_a_coarse_width_shows_its_error_but_accuses_nobody():
    (row,) = gradcheck(parse("sin(x)", x=1), h=0.5)
    assert row.h == 0.5 and row.error > 0.03 and row.verdict == "agrees"
    assert row.numeric == pytest.approx((math.sin(1.5) - math.sin(0.5)), rel=1e-12)


def rectified(x, slope=2.0):
    return x * slope if x > 1 else x * x * slope


def test_a_function_may_use_if_and_its_branch_is_a_kink():
    assert gradcheck(rectified, {"x": 3}) and gradcheck(rectified, {"x": 0.5})
    assert not gradcheck(rectified, {"x": 3}, gradients={"x": 2.001})
    (row, _) = gradcheck(rectified, {"x": 1, "slope": 2})
    assert (row.verdict, row.kinks) == ("kink", ("a branch of the function",))
    assert gradcheck(lambda x: x * 2 if x > 0 else 0, {"x": 3})
    (row,) = gradcheck(lambda x: x * 2 if x > 0 else 0, {"x": 1e-7}, gradients={"x": 2})
    assert row.verdict == "kink"


def test_a_function_of_plain_floats_is_checked_when_gradients_are_given():
    def f(x, b=2.0):
        return math.log(x) * b if x > 0.5 else abs(x)

    assert gradcheck(f, {"x": 3.0}, gradients={"x": 2 / 3, "b": math.log(3)})
    assert [row.verdict for row in gradcheck(f, {"x": 3.0}, gradients={"x": 0.66673})] == ["wrong"]
    assert [row.verdict for row in gradcheck(f, {"x": 0.0}, gradients={"x": 1})] == ["kink"]
    with pytest.raises(ValueError, match='the function has no argument "z" with a number; it has x, b'):
        gradcheck(f, {"x": 3.0}, gradients={"z": 1})


def test_the_bound_of_rounding_holds_and_is_not_far_off():
    """Against the same value in exact arithmetic: 0.1 is no tenth, and a sum of ten rounds nine times."""
    x = Rounded(0.1)
    found = value_with_error(TABLE["total"], [x] * 10)
    exact = Fraction(0.1) * 10
    assert abs(Fraction(found.value) - exact) <= Fraction(found.error) <= Fraction(1, 10**14)


@pytest.mark.parametrize("name", TABLE)
def test_the_value_with_its_bound_is_the_value_of_the_table(name):
    entry = TABLE[name]
    for start in (0.3, -0.7, 2.0, 40.0):
        numbers = [start + 0.27 * k for k in range(len(entry.letters) * (1 + 2 * entry.is_nary))]
        found = value_with_error(entry, [Rounded(a) for a in numbers])
        assert found.value == pytest.approx(entry.at(numbers), rel=1e-15, nan_ok=True)
        wiggled = value_with_error(entry, [Rounded(a, 1e-9) for a in numbers])
        assert math.isnan(found.value) or wiggled.error >= found.error


def test_a_check_is_true_only_when_all_agree():
    assert not gradcheck(relu(Value(0.0, "z")))
    assert not gradcheck(parse("a*0.00000000000001 + 1", a=1))
    assert gradcheck(parse("a*b", a=1, b=2))


def test_a_point_on_a_kink_that_neither_side_crosses_is_a_kink():
    (row,) = gradcheck(parse("u = z**2; relu(u)", z=0))
    assert (row.verdict, row.kinks) == ("kink", ("J",))


def test_the_bound_of_rounding_is_no_wider_than_it_must_be():
    """A slope of 1 on a hill of 10¹⁰: its rounding is 4e-6 at the widest width, which can tell 1e-5."""
    assert verdict("x + 10000000000", 1, 1) == "agrees"
    assert verdict("x + 1000000000000", 1, 1) == "too small to judge"
