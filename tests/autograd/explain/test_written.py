"""Formulas with names or numbers put in: what is printed means what was computed, and can be typed back."""

import math
import random
import warnings
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import parse
from autograd.engine.dialects import formula
from autograd.engine.operations import TABLE
from autograd.explain.written import Operand, put_in, write, write_partial, write_value

NUMBERS = st.one_of(st.integers(-5, 5), st.sampled_from([0.5, -1.5, 2.25, -0.125])).map(float)


def typed_back(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ^ is noted
        return parse(text.replace("π", "3.141592653589793").replace("max(", "maximum(").replace("min(", "minimum(")).data


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a * (b + 1)", "-2 · (-3 + 1)"), ("a - b", "-2 - (-3)"), ("a / b", "-2 / (-3)"), ("-a", "-(-2)"), ("a ** 2", "(-2)^2"), ("a ** b", "(-2)^(-3)"), ("(a + b) * a", "(-2 + (-3)) · (-2)"),
        ("a - (b - a)", "-2 - (-3 - (-2))"), ("a / (b * a)", "-2 / (-3 · (-2))"), ("(a ** 2) ** 3", "((-2)^2)^3"), ("a ** (3 - 1)", "(-2)^2"), ("a ** (2 - 1)", "-2"),
        ("exp(-a)", "exp(-(-2))"), ("where(a < b, a, b)", "-3"), ("where(a > b, a, b)", "-2"), ("sqrt(2 / pi)", "sqrt(2 / π)"), ("sum(x[i]) / sum(x[i] == a)", "1 + 2 + (-2)"),
    ],
)  # fmt: skip
def test_parentheses_are_written_where_they_are_needed_and_nowhere_else(text, shown):
    operands = {"a": put_in(-2.0), "b": put_in(-3.0), "x": [put_in(1.0), put_in(2.0), put_in(-2.0)]}
    assert write(formula(text), operands).text == shown


def test_a_fraction_binds_like_a_quotient():
    third = put_in(Fraction(1, 3))
    assert write(formula("a * b"), {"a": third, "b": third}).text == "1/3 · (1/3)"
    assert write(formula("a ** b"), {"a": third, "b": third}).text == "(1/3)^(1/3)"
    assert write(formula("a + b"), {"a": third, "b": third}).text == "1/3 + 1/3"


@st.composite
def formulas(draw, depth=3):
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(["a", "b", "2", "3"]))
    kind = draw(st.sampled_from(["+", "-", "*", "/", "**2", "-1", "exp"]))
    inner = draw(formulas(depth=depth - 1))
    if kind in ("**2", "-1", "exp"):
        return {"**2": f"({inner}) ** 2", "-1": f"(-({inner}))", "exp": f"tanh({inner})"}[kind]
    return f"({inner}) {kind} ({draw(formulas(depth=depth - 1))})"


@given(formulas(), NUMBERS, NUMBERS)
def test_a_written_formula_can_be_typed_back_and_gives_its_number(text, a, b):
    written = write(formula(text), {"a": put_in(a), "b": put_in(b)})
    if math.isfinite(float(written.data)):
        assert typed_back(written.text) == pytest.approx(float(written.data), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", sorted(set(TABLE) - {"clip"}))
def test_the_value_and_every_local_derivative_of_the_table_can_be_typed_back(name):
    entry, rng = TABLE[name], random.Random(name)
    for _ in range(20):
        data = [rng.choice([-3.0, -1.0, 0.25, 0.5, 2.0, 7.0]) for _ in range(len(entry.letters) * (3 if entry.is_nary else 1))]
        y = entry.at(data)
        shown, result = [put_in(each) for each in data], Operand(repr(y), y)
        if math.isfinite(float(y)):
            assert typed_back(write_value(entry, shown).text) == pytest.approx(y, rel=1e-9, abs=1e-12)
        for slot, partial in enumerate(entry.partials_at(data, y)):
            if math.isfinite(float(y)) and math.isfinite(float(partial)):
                assert typed_back(write_partial(entry, slot, shown, result).text) == pytest.approx(partial, rel=1e-9, abs=1e-12)


def test_a_long_list_is_shortened_to_its_ends():
    shown = [put_in(float(k)) for k in range(9)]
    assert write_value(TABLE["total"], shown).text == "0 + 1 + 2 + … + 8"
    assert write_value(TABLE["maximum"], shown).text == "maximum(0, 1, 2, …, 8)"
    assert write_value(TABLE["total"], shown[:6]).text == "0 + 1 + 2 + 3 + 4 + 5"


def test_names_are_put_in_as_they_are():
    named = [Operand("w{1}", 2.0), Operand("<x>", 3.0)]
    assert write_value(TABLE["mul"], named).text == "w{1} · <x>"
    assert write_partial(TABLE["mul"], 0, named, Operand("u", 6.0)).text == "<x>"
