"""Printed numbers: short, true to their digits, and exact arithmetic that never claims more than it knows."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.engine.dialects import formula
from autograd.explain.numbers import as_printed, exact_value, is_exact, number_text, printed_product, printed_sum


@pytest.mark.parametrize(
    ("data", "digits", "text"),
    [
        (33.0, None, "33"), (-0.0, None, "0"), (0.1, None, "0.1"), (0.1, 17, "0.1"), (1 / 3, None, "0.333333"), (1 / 3, 2, "0.33"), (2 / 3, 17, "0.66666666666666663"),
        (1.23456789, 17, "1.23456789"), (123456789.0, None, "123456789"), (123456789.5, None, "1.23457e8"), (1e15, None, "1e15"), (999999999999999.0, None, "999999999999999"),
        (1.5e-9, None, "1.5e-9"), (1e-5, None, "1e-5"), (0.0001, None, "0.0001"), (1e300, None, "1e300"), (5e-324, None, "5e-324"), (math.inf, None, "inf"), (-math.inf, None, "-inf"),
        (math.nan, None, "nan"), (Fraction(2, 3), None, "2/3"), (Fraction(2, 3), 1, "2/3"), (Fraction(6), None, "6"), (Fraction(1, 3**60), None, "2.35898e-29"),
    ],
)  # fmt: skip
def test_a_number_is_printed_short(data, digits, text):
    assert number_text(data, digits) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 17))
def test_a_printed_number_is_right_to_its_digits(data, digits):
    printed = as_printed(number_text(data, digits))
    assert abs(printed - Fraction(data)) <= Fraction(abs(data)) * Fraction(51, 100) * Fraction(10) ** (1 - digits) + Fraction(
        math.ulp(data)
    )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_seventeen_digits_tell_every_float_apart(data):
    assert float(number_text(data, 17)) == data


@given(st.fractions())
def test_a_fraction_that_is_printed_as_one_is_exact(data):
    text = number_text(data)
    if "e" not in text and "." not in text:
        assert as_printed(text) == data and is_exact(data, text)


@pytest.mark.parametrize(
    ("data", "text", "exact"),
    [(0.1, "0.1", True), (0.1 + 0.2, "0.3", True), (1 / 3, "0.333333", False), (Fraction(1, 3), "1/3", True), (Fraction(1, 3), "0.333333", False), (1e-8, "0", False), (math.inf, "inf", True)],
)  # fmt: skip
def test_a_decimal_is_exact_when_it_is_the_float_up_to_its_rounding(data, text, exact):
    assert is_exact(data, text) == exact


def test_what_is_no_number_has_no_exact_value():
    assert as_printed("inf") is as_printed("nan") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 / 3 + 1 / 6", Fraction(1, 2)), ("a ** 2 - b", Fraction(-2)), ("a ** -2", Fraction(1)), ("(2 * b) ** 3", Fraction(216)), ("exp(0)", 1), ("log(1)", 0), ("cos(0)", 1), ("cosh(0)", 1), ("sinh(0)", 0),
        ("sqrt(9 / 4)", Fraction(3, 2)), ("sigmoid(0)", Fraction(1, 2)), ("where(a < b, 7, 8)", 7), ("tanh(a - 1)", 0), ("0 ** (1 / 2)", 0), ("(25 / 4) ** (-3 / 2)", Fraction(8, 125)), ("1 ** (2 / 3)", 1), ("a == 1", 1),
        ("sum(x[i])", 6), ("max(x[i])", 3), ("min(x[i] * x[i])", 1), ("sum(where(x[i] > 1, 1, 0))", 2),
    ],
)  # fmt: skip
def test_exact_values(text, value):
    assert exact_value(formula(text), {"a": Fraction(1), "b": Fraction(3), "x": [Fraction(1), Fraction(2), Fraction(3)]}) == value


@pytest.mark.parametrize(
    "text", ["exp(1)", "log(2)", "log(0)", "sqrt(2)", "sqrt(-1)", "1 / 0", "0 ** 0 / 0", "0 ** -1", "2 ** (1 / 2)", "(-4) ** (1 / 2)", "8 ** (1 / 3)", "4 ** (999999999 / 2)", "sin(pi)", "q", "7 ** 999999999", "(3 ** 9999) ** 9999", "max(x[i])", "gelu(1)"]
)  # fmt: skip
def test_where_a_value_is_no_fraction_for_certain_nothing_is_claimed(text):
    assert exact_value(formula(text), {"x": []}) is None


@pytest.mark.parametrize(
    ("terms", "result", "shown"),
    [
        ([1.0, 2.0], 3.0, (("1", "2"), "=", "3", "=")),
        ([1 / 3, 2.0], 7 / 3, (("0.333333", "2"), "≈", "2.33333", "≈")),
        ([math.inf, 1.0], math.inf, (("inf", "1"), "=", "inf", "=")),
        ([math.inf, -math.inf], math.nan, (("inf", "-inf"), "=", "nan", "=")),
        ([math.nan, 1 / 3], math.nan, (("nan", "0.333333"), "≈", "nan", "=")),
        ([1e308, 1e308], math.inf, (("1e308", "1e308"), "=", "inf", "=")),
        ([Fraction(1, 3), Fraction(1, 6)], Fraction(1, 2), (("1/3", "1/6"), "=", "1/2", "=")),
    ],
)
def test_a_printed_sum_has_the_signs_that_are_true(terms, result, shown):
    assert printed_sum(terms, result) == shown


@pytest.mark.parametrize(
    ("factors", "result", "shown"),
    [
        ([0.5, 3.0], 1.5, (("0.5", "3"), "=", "1.5", "=")),
        ([1 / 3, 3.0], 1.0, (("0.333333", "3"), "≈", "1", "≈")),
        ([0.0, math.inf], 0.0, (("0", "inf"), "=", "0", "=")),
        ([-2.0, math.inf], -math.inf, (("-2", "inf"), "=", "-inf", "=")),
        ([math.nan, 2.0], math.nan, (("nan", "2"), "=", "nan", "=")),
    ],
)
def test_a_printed_product_has_the_signs_that_are_true(factors, result, shown):
    assert printed_product(factors, result) == shown
