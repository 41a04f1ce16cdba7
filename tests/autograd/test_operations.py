"""The table of operations: every entry against mpmath, and the edges of its domain."""

from fractions import Fraction

import pytest

from autograd import Value, dot, gelu, softplus

# --- exact fractions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base, exponent", [(2, 4094), (2, -4094), (3, 2583), (Fraction(2, 3), 1500), (1, 10**9), (-1, 10**9 + 1)])
def test_a_whole_power_of_a_fraction_is_exact_up_to_4096_bits(base, exponent):
    y = Value(Fraction(base)) ** exponent
    assert y.data.__class__ is Fraction
    assert y.data == (Fraction(base) ** exponent if abs(base) != 1 else base)


@pytest.mark.parametrize("base, exponent", [(2, 4095), (3, 2600), (Fraction(1, 2), 5000), (7, 10**12), (Fraction(3, 2), 10**400)])
def test_a_power_that_needs_more_bits_becomes_a_float_at_once(base, exponent):
    y = Value(Fraction(base)) ** exponent
    assert y.data.__class__ is float
    assert y.data == (float("inf") if base > 1 else 0.0)


@pytest.mark.parametrize("function", [gelu, softplus, lambda x: x ** Value(Fraction(2)), lambda x: dot([x, x], [x, Value(0.5)])])
def test_a_fraction_too_large_for_a_float_stops_no_computation(function):
    x = Value(Fraction(10) ** 400)
    y = function(x)
    y.backward()
    assert y >= float("inf") or y.data == x.data**2
    assert x.grad == (1.0 if function in (gelu, softplus) else float("inf")) or x.grad == 2 * x.data


def test_a_power_of_a_huge_fraction_keeps_its_exact_derivative():
    x = Value(Fraction(10) ** 400)
    assert (x**2).partials == (2 * Fraction(10) ** 400, 0)
