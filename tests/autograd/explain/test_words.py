"""The sentences: every printed "=" is true as printed, and every line can be recomputed from the numbers it shows."""

import random
import re
from fractions import Fraction

import mpmath
import pytest

from autograd import Value, examples, heaviside, parse, relu, steps
from autograd.explain.languages import fill, templates
from autograd.explain.numbers import digits_to_recompute

from .printed import Reader, Unreadable, claims, last_unit, lift, random_graph


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("digits", [None, 2, 4])
def test_every_equals_sign_is_true_as_printed_and_every_line_can_be_recomputed(seed, digits):
    rng, seen = random.Random(seed), set()
    for k in range(40):
        for step in steps(random_graph(rng, exact=k % 3 == 0)):
            line = step.text(digits=digits)
            for numbers, sign, result in claims(line):
                try:
                    got = Reader(numbers).read()
                except (Unreadable, ZeroDivisionError):
                    continue
                if "inf" in result or "nan" in result:
                    continue
                printed = Fraction(result)
                seen.add(sign)
                if isinstance(got, Fraction):
                    ties_as_printed = digits is not None and step.node.op in ("maximum", "minimum")
                    assert (sign == "=") == (got == printed) or (ties_as_printed and sign == "≈"), line
                elif sign == "=":
                    assert abs(got - lift(printed)) < mpmath.mpf(10) ** -50, line
                biggest = max([abs(float(word)) for word in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", numbers)] or [0.0])
                if (
                    digits is None and abs(printed) > 1e-9 * biggest**2 and "gelu" not in line
                ):  # beyond that, floats have no digits left to show
                    assert abs(lift(got) - lift(printed)) <= last_unit(printed) * mpmath.mpf("1.001"), line
    assert seen == {"=", "≈"}


@pytest.mark.parametrize(
    "make", [examples.J, examples.logistic, examples.net_1_2_1, examples.neuron, examples.mazur], ids=lambda make: make.__name__
)
def test_every_line_of_the_examples_is_true_and_can_be_recomputed(make):
    for step in steps(make()):
        for numbers, sign, result in claims(step.text()):
            got, printed = Reader(numbers).read(), Fraction(result)
            assert abs(lift(got) - lift(printed)) <= last_unit(printed) * mpmath.mpf("1.001")
            if isinstance(got, Fraction):
                assert (sign == "=") == (got == printed)


def test_the_sign_before_the_numbers_is_that_of_the_operands():
    thirds = parse("u = a/3; v = b*u", a=1, b=2)
    assert [step.text() for step in steps(thirds)][:2] == ["u = a / 3 = 1 / 3 ≈ 0.333333", "v = b · u ≈ 2 · 0.333333 ≈ 0.666667"]
    assert steps(thirds)[3].text() == "∂v/∂b = ∂v/∂v · u ≈ 1 · 0.333333 = 0.333333"
    assert steps(thirds)[4].text() == "∂v/∂u = ∂v/∂v · b = 1 · 2 = 2"
    assert steps(parse("(a*2)*b", a=1, b=1 / 3))[5].text() == "∂J/∂a = ∂J/∂u · 2 ≈ 0.333333 · 2 ≈ 0.666667"  # of what arrives, too


def test_more_digits_are_shown_where_fewer_would_not_do():
    close = parse("a - b", a=1.23456789, b=1.23456788)
    assert steps(close)[0].text() == "J = a - b = 1.23456789 - 1.23456788 = 1e-8"
    assert digits_to_recompute([1.23456789, 1.23456788], lambda n: n[0] - n[1], 1e-8) == 9
    assert digits_to_recompute([2.0, 3.0], lambda n: n[0] * n[1], 6.0) == 6


def test_digits_that_are_asked_for_are_kept_to():
    step = steps(parse("a*b", a=1.23456789, b=2.3456789))[0]
    assert step.text(digits=3) == "J = a · b ≈ 1.23 · 2.35 ≈ 2.9"
    assert step.text(digits=17).startswith("J = a · b = 1.23456789 · 2.3456789")


@pytest.mark.parametrize(
    ("text", "numbers", "line"),
    [
        ("-a", {"a": 1}, "J = -a = -1"),
        ("-a", {"a": -1}, "J = -a = -(-1) = 1"),
        ("-a", {"a": 1 / 3}, "J = -a ≈ -0.333333"),
        ("a - b", {"a": 2, "b": -3}, "J = a - b = 2 - (-3) = 5"),
        ("a + b", {"a": -2, "b": -3}, "J = a + b = -2 + (-3) = -5"),
        ("a*b", {"a": -2, "b": -3}, "J = a · b = -2 · (-3) = 6"),
        ("a/b", {"a": Fraction(1, 2), "b": Fraction(3, 4)}, "J = a / b = 1/2 / (3/4) = 2/3"),
        ("a**2", {"a": -3}, "J = a^2 = (-3)^2 = 9"),
        ("a**b", {"a": 2, "b": -1}, "J = a^b = 2^(-1) = 0.5"),
        ("a**0.5", {"a": 25}, "J = a^0.5 = 25^0.5 = 5"),
        ("2*3", {}, "J = 2 · 3 = 6"),
        ("exp(a)", {"a": 0}, "J = exp(a) = exp(0) = 1"),
        ("sigmoid(a)", {"a": 0}, "J = sigmoid(a) = sigmoid(0) = 0.5"),
        ("log(a)", {"a": 0}, "J = log(a) = log(0) = -inf"),
        ("total(a, a, a, a, a, a, a)", {"a": 1}, "J = a + a + a + … + a = 1 + 1 + 1 + … + 1 = 7"),
        ("maximum(a, 2)", {"a": 1}, "J = maximum(a, 2) = maximum(1, 2) = 2"),
    ],
)
def test_a_value_is_written_with_its_numbers_put_in(text, numbers, line):
    assert steps(parse(text, numbers))[0].text() == line


@pytest.mark.parametrize(
    ("text", "numbers", "line"),
    [
        ("a/b", {"a": 1, "b": 4}, "∂J/∂b = ∂J/∂J · (-J / b) = 1 · (-0.25 / 4) = -0.0625"),
        ("a - b", {"a": 1, "b": 4}, "∂J/∂b = ∂J/∂J · (-1) = 1 · (-1) = -1"),
        ("b**3", {"b": 2}, "∂J/∂b = ∂J/∂J · (3 · b^2) = 1 · (3 · 2^2) = 12"),
        ("b**2", {"b": 5}, "∂J/∂b = ∂J/∂J · (2 · b) = 1 · (2 · 5) = 10"),
        ("b**1.4347", {"b": 4}, "∂J/∂b = ∂J/∂J · (1.4347 · b^0.4347) = 1 · (1.4347 · 4^0.4347) ≈ 2.62106"),
        ("tanh(b)", {"b": 0}, "∂J/∂b = ∂J/∂J · (1 - J^2) = 1 · (1 - 0^2) = 1"),
        ("maximum(a, b)", {"a": 1, "b": 4}, "∂J/∂b = ∂J/∂J · 1 = 1 · 1 = 1"),
        ("maximum(a, b)", {"a": 4, "b": 4}, "∂J/∂b = ∂J/∂J · (1 / 2) = 1 · (1 / 2) = 0.5"),
        ("minimum(b, a)", {"a": 0.5, "b": Fraction(-6, 5)}, "∂J/∂b = ∂J/∂J · 1 = 1 · 1 = 1"),
        ("minimum(b, a)", {"a": 0.5, "b": Fraction(-1, 3)}, "∂J/∂b = ∂J/∂J · 1 = 1 · 1 = 1"),
        ("relu(b)", {"b": -3}, "∂J/∂b = ∂J/∂J · 0 = 1 · 0 = 0"),
        ("b + 1e-11", {"b": 1}, "∂J/∂b = ∂J/∂J · 1 = 1 · 1 = 1"),
    ],
)
def test_an_edge_is_written_with_the_local_derivative_in_letters_and_in_numbers(text, numbers, line):
    (step,) = [step for step in steps(parse(text, numbers)) if step.parent is not None and step.parent.label == "b"]
    assert step.text() == line


@pytest.mark.parametrize("name", ["a\nb", "a\r\nb", "a\u2028b", "{0}", "{value}", "%d", "<i>", "\\n", "∂", "a = b", "…"])
def test_a_label_is_text_and_a_step_is_one_line(name):
    a, b = Value(2.0, name), Value(3.0, "b")
    J = a * b + a
    for step in steps(J):
        assert len(step.text().splitlines()) == 1
    assert len(str(steps(J)).splitlines()) == 2 + len(steps(J))
    assert " ".join(name.split()) in steps(J)[0].text()


def test_an_unknown_language_is_refused_everywhere():
    for call in (lambda: fill("forward", {}, "xx"), lambda: templates("../en"), lambda: steps(examples.J()).text("xx")):
        with pytest.raises(ValueError, match="there are no words for the language"):
            call()


# --- constants made from data ------------------------------------------------------------------------------------

THIRD = 1 / 3


def test_a_constant_without_a_name_has_the_digits_that_are_asked_for():
    lines = [step.text() for step in steps(Value(3.0, "a") * THIRD)]
    assert lines[0] == "J ≈ a · 0.333333 = 3 · 0.333333 ≈ 1"
    assert lines[2] == "∂J/∂a ≈ ∂J/∂J · 0.333333 = 1 · 0.333333 = 0.333333"
    assert steps(Value(3.0, "a") * THIRD)[0].text(digits=2) == "J ≈ a · 0.33 = 3 · 0.33 ≈ 1"


def test_a_short_constant_is_exact():
    assert steps(Value(3.0, "a") * 0.25)[0].text() == "J = a · 0.25 = 3 · 0.25 = 0.75"


def test_a_rounded_constant_makes_no_rule_untrue_that_does_not_show_it():
    assert steps(Value(3.0, "a") + THIRD)[2].text() == "∂J/∂a = ∂J/∂J · 1 = 1 · 1 = 1"


def test_a_term_shows_at_its_first_sign_that_a_constant_is_rounded():
    a = Value(3.0, "a")
    last = steps(a * THIRD + a)[-1].text()
    assert last.startswith("term 2 of 2 for ∂J/∂a, through u: ∂J/∂u · 0.333333 ≈ 1 · 0.333333 = 0.333333; so")


def test_the_equations_of_a_step_round_constants_too():
    first, _, last = steps(Value(3.0, "a") * THIRD)
    assert first.latex() == r"J \approx a \cdot 0.333333 = 3 \cdot 0.333333 \approx 1"
    assert r"\approx \frac{\partial J}{\partial J} \cdot 0.333333" in last.latex()


def test_a_labelled_constant_keeps_its_name():
    assert steps(Value(3.0, "a") * Value(THIRD, "k", constant=True))[0].text() == "J = a · k ≈ 3 · 0.333333 ≈ 1"


# --- a local derivative among several ways -----------------------------------------------------------------------


def test_where_other_ways_lead_to_the_same_parent_the_formula_stands_for_the_local_derivative():
    a, c = Value(2.0, "a"), Value(3.0, "c")
    through_root, _, through_u, of_c = steps(a + a * c)[3:]
    assert through_root.latex() == r"\frac{\partial J}{\partial J} \cdot 1 = 1 \cdot 1 = 1"
    assert r"\frac{\partial u}{\partial a} = \frac{\partial J}{\partial u} \cdot c" in through_u.latex()
    assert r"\frac{\partial u}{\partial c}" in of_c.latex()


def test_infinity_beside_a_product_that_does_not_read_it_leaves_the_equals_sign_true():
    assert steps(Value(0.0, "z") * Value(float("inf"), "i"))[3].text() == "∂J/∂i = ∂J/∂J · z = 1 · 0 = 0"


def test_at_a_step_the_value_jumps_and_not_the_slope():
    assert "exactly at its step, where the value jumps" in steps(heaviside(Value(0.0, "a")))[2].explanation()
    assert "exactly at a kink, where its slope jumps" in steps(relu(Value(0.0, "a")))[2].explanation()
