"""The equations of a step, in text, MathML and LaTeX: one meaning in three forms, and "=" only where it is true as printed."""

import json
import random
import re
import xml.etree.ElementTree as ElementTree
from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
from hypothesis import given

from autograd import Value, examples, parse, steps
from autograd.engine.dialects import formula
from autograd.explain.numbers import is_exact
from autograd.explain.steps import equations
from autograd.explain.typeset import latex, math_block, mathml, plain
from autograd.explain.written import put_in, write

from .printed import Reader, Unreadable, lift, random_graph
from .test_written import NUMBERS, formulas

PUBLISHED = json.loads((Path(__file__).parents[2] / "data/worked_examples.json").read_text())["examples"]
READY = [examples.J, examples.logistic, examples.net_1_2_1, examples.neuron, examples.mazur]


def worked(example):
    text = "; ".join(f"{name} = {step}" for name, step in example["steps"])
    return parse(text, {name: float(data) for name, data in example["inputs"].items()}, constants=example["constants"])


# --- reading back ------------------------------------------------------------------------------------------------


def from_mathml(element):
    """MathML as a line of text: what a bar or a raised place holds together is in parentheses."""
    tag, inner = element.tag.partition("}")[2] or element.tag, [from_mathml(child) for child in element]
    if tag == "mfrac":
        return f"(({inner[0]}) / ({inner[1]}))"
    if tag == "msup" and not element[1].tag.endswith("mtext"):
        return f"({inner[0]}^({inner[1]}))"
    if tag in ("msup", "msub", "msubsup"):  # the marks of a name
        return inner[0] + "_"
    if tag == "msqrt":
        return f"sqrt({' '.join(inner)})"
    if tag == "mrow" and inner and inner[0] == inner[-1] == "|":
        return f"abs({' '.join(inner[1:-1])})"
    return {"−": "-", "∞": "inf"}.get(element.text or "", element.text or "") if tag in ("mn", "mi", "mo", "mtext") else " ".join(inner)


def from_latex(text):
    """LaTeX as a line of text, in the same way."""
    for command, sign in ((r"\left|", "abs("), (r"\right|", ")"), (r"\left", ""), (r"\right", ""), (r"\cdot", "·"), (r"\approx", "≈"), (r"\infty", "inf"), (r"\pi", "π"), (r"\_", "_")):  # fmt: skip
        text = text.replace(command, sign)
    one = r"\{([^{}]*)\}"
    while "{" in text:  # innermost groups first
        before = text
        text = re.sub(r"\\(?:operatorname|mathrm|text|hat|bar)" + one, r"\1", text)
        text = re.sub(r"\\sqrt" + one, r"sqrt(\1)", text)
        text = re.sub(r"\\frac" + one + one, r"((\1) / (\2))", text)
        text = re.sub(one + r"\^" + one, r"((\1)^(\2))", text)
        text = re.sub(r"10\^" + one, r"(10^(\1))", text)
        text = re.sub(r"_" + one, "_", text)
        assert text != before, text
    return re.sub(r"\\(\w)", r"\1", text)


def forms(layout):
    """A layout as three lines of text that should mean one thing."""
    return (
        plain(layout),
        from_mathml(ElementTree.fromstring(mathml(layout) if layout[0] != "row" else math_block([layout]))),
        from_latex(latex(layout)),
    )


def number(text):
    """What a side of an equation comes to; None where it has names in it, or something that cannot be read."""
    try:
        return Reader(text).read()
    except (Unreadable, ZeroDivisionError, AssertionError, KeyError, IndexError):
        return None


def sides(line):
    """A line as pairs of numbers with the sign between them: (left, sign, right) where both can be read."""
    parts = re.split(r" (=|≈) ", f" {line} ")
    found = [number(part) if part.strip() else None for part in parts[::2]]
    return [(a, sign, b) for a, sign, b in zip(found, parts[1::2], found[1:], strict=False) if a is not None and b is not None]


# --- one meaning in three forms ----------------------------------------------------------------------------------


@given(formulas(), NUMBERS, NUMBERS)
def test_a_formula_means_the_same_in_every_form(text, a, b):
    written = write(formula(text), {"a": put_in(a), "b": put_in(b)})
    expected = number(written.text)
    if expected is not None:
        assert [number(form) for form in forms(written.layout)] == [expected] * 3, forms(written.layout)


def test_fractions_and_small_numbers_mean_the_same_in_every_form():
    shown = {"a": put_in(Fraction(-2, 3)), "b": put_in(Fraction(5, 7)), "c": put_in(-1.5e-9)}
    for text in ("a ** 2", "b ** 2", "c ** 2", "a / b", "b / c", "-b ** 2", "(-b) ** 2", "a * b / c", "a / (b * c)", "a - (b - c)", "a - c", "-(a / b)", "2 ** a", "b / a / c", "abs(a) * b"):  # fmt: skip
        layout = write(formula(text), shown).layout
        expected = number(plain(layout))
        assert expected is not None
        for form in forms(layout):
            assert mpmath.almosteq(lift(number(form)), lift(expected), rel_eps=1e-50), (text, form)


# --- "=" only where it is true -----------------------------------------------------------------------------------


def check(y, digits=None):
    """Asserts that what every step of y claims is so; the signs that were seen between numbers."""
    seen = []
    for step in steps(y):
        ties = digits is not None and step.node.op in ("maximum", "minimum")
        for line in equations(step, digits):
            for form in forms(line):
                for left, sign, right in sides(form):
                    seen.append(sign)
                    if isinstance(left, Fraction) and isinstance(right, Fraction):
                        assert (sign == "=") == (left == right) or (ties and sign == "≈"), form
                    elif sign == "=":
                        assert abs(lift(left) - lift(right)) < mpmath.mpf(10) ** -50, form
        told = step.explanation(digits=digits)
        for claim in re.findall(r"(?:receives|value is|sum is|alone:) ([^=≈]+ (?:=|≈) -?[\d./e-]*\d)", told):
            for left, sign, right in sides(claim):
                assert sign == "≈" or left == right or not isinstance(left, Fraction), told
        known = re.search(r"is known: (.*?)\. So", told)
        for name, sign, shown in re.findall(r"([\w′]+) (=|≈) (-?[\d./e-]*\d)", known[1] if known else ""):
            data = next(parent.data for parent in step.node.parents if step.names[parent] == name)
            assert (sign == "=") == is_exact(data, shown), told
    return seen


@pytest.mark.parametrize("example", PUBLISHED, ids=lambda example: example["id"])
def test_every_equals_sign_is_true_in_the_worked_examples(example):
    assert "=" in check(worked(example))


@pytest.mark.parametrize("make", READY, ids=lambda make: make.__name__)
def test_every_equals_sign_is_true_in_the_examples(make):
    assert check(make()) and check(make(), 3)


@pytest.mark.parametrize("seed", range(8))
def test_every_equals_sign_is_true_in_random_graphs(seed):
    rng, seen = random.Random(seed), set()
    for k in range(25):
        y = random_graph(rng, exact=k % 3 == 0)
        seen |= {*check(y, None if k % 2 else 3)} if y.parents else set()
    assert seen == {"=", "≈"}


# --- what the lines are ------------------------------------------------------------------------------------------


def lines(y, parent):
    return [[plain(line) for line in equations(step)] for step in steps(y) if step.parent is not None and step.parent.label == parent]


def test_a_value_is_the_rule_and_then_its_numbers():
    assert [plain(line) for line in equations(steps(examples.J())[0])] == ["u = b · c", "= 3 · 2 = 6"]
    assert [plain(line) for line in equations(steps(parse("-a", a=1))[0])] == ["J = -a", "= -1"]


def test_an_edge_is_the_chain_rule_and_then_the_local_derivative_with_its_numbers():
    assert lines(examples.J(), "b") == [["∂J/∂b = ∂J/∂u · ∂u/∂b", "= ∂J/∂u · c = 3 · 2 = 6"]]
    assert [plain(line) for line in equations(steps(examples.J())[3])] == ["∂J/∂J = 1"]


def test_a_contribution_claims_no_gradient_before_the_sum_is_complete():
    found = lines(parse("u = a*b; u + a*c + a", a=2, b=3, c=4), "a")
    assert [len(each) for each in found] == [2, 2, 3]
    assert not any("∂J/∂a =" in line for each in found[:2] for line in each)
    assert found[-1][-1] == "∂J/∂a = 1 + 4 + 3 = 8"


def test_a_long_sum_of_contributions_is_completed_by_its_last_one():
    found = lines(parse("a + a + a + a + a + a + a", a=2), "a")
    assert found[-1][-1] == "∂J/∂a = 6 + 1 = 7"


def test_an_operand_that_stands_in_two_places_has_a_local_derivative_for_each():
    found = lines(parse("a*a", a=3), "a")
    assert found == [["∂J/∂J · a", "= 1 · 3 = 3"], ["∂J/∂J · a", "= 1 · 3 = 3", "∂J/∂a = 3 + 3 = 6"]]


def test_nothing_is_multiplied_where_nothing_arrives_or_nothing_is_let_through():
    assert lines(parse("0*log(a)", a=0), "a") == [["∂J/∂a = ∂J/∂u · ∂u/∂a", "= 0 · ∂u/∂a = 0"]]
    assert lines(parse("sqrt(relu(-a))", a=1), "a") == [["∂J/∂a = ∂J/∂u · ∂u/∂a", "= 0 · ∂u/∂a = 0"]]
    assert lines(parse("b = -a; sqrt(relu(b))", a=1), "b") == [["∂J/∂b = ∂J/∂u · ∂u/∂b", "= ∂J/∂u · 0 = 0"]]


def test_a_step_is_one_element_and_one_formula():
    last = steps(parse("a*a", a=3))[-1]
    assert last.mathml().startswith('<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mtable')
    assert last.mathml().count("<mtr>") == 2
    assert last.latex().startswith(r"\begin{aligned}") and last.latex().count(r"\\") == 1
    first = steps(Value(3, "w1") * Value(2, "x_1"))[0]
    assert first.latex() == r"J = w_{1} \cdot x_{1} = 3 \cdot 2 = 6"
    assert "".join(ElementTree.fromstring(first.mathml()).itertext()) == "J=w1·x1=3·2=6"


def test_the_sign_before_a_sum_says_whether_its_terms_are_printed_in_full():
    thirds, halves = parse("a*b + a*c", a=1, b=1 / 3, c=0.5), parse("a*b + a*c", a=1, b=0.25, c=0.5)
    assert lines(thirds, "a")[-1][-1] == "∂J/∂a ≈ 0.5 + 0.333333 = 0.833333"
    assert lines(halves, "a")[-1][-1] == "∂J/∂a = 0.5 + 0.25 = 0.75"
