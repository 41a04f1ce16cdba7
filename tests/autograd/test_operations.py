"""The table of operations: every entry against mpmath, and the edges of its domain."""

from fractions import Fraction

import pytest

import autograd
from autograd import Value, dot, gelu, grad, maximum, softplus
from autograd.operations import NUMBER_FUNCTIONS, TABLE, define
from autograd.value import CONTEXT, OPERATORS

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


def test_exact_gradients_tell_operands_apart_that_are_one_float():
    a, b = Value(Fraction(1)), Value(Fraction(1) + Fraction(1, 10**30))
    y = maximum(a, b)
    assert y.partials == (0, 1)
    assert [g.data for g in grad(y, [a, b], create_graph=True)] == [0, 1]


# --- adding an operation -----------------------------------------------------------------------------------------

TAKEN = [
    "tanh",
    "add",
    "data",
    "grad",
    "label",
    "backward",
    "zero_grad",
    "mean",
    "softmax",
    "apply",
    "new",
    "node",
    "a",
    "y",
    "max",
    "where",
]
BAD_ENTRIES = {
    'an operation needs a new name that is a Python name, not "lambda"': ("lambda", "a", "1"),
    'an operation needs a new name that is a Python name, not "two words"': ("two words", "a", "1"),
    'an operation needs a new name that is a Python name, not ""': ("", "a", "1"),
    "foo in the formula foo(a) is no function of the table": ("dummy", "foo(a)", "1"),
    "dummy in the formula dummy(a) is no function of the table": ("dummy", "dummy(a)", "1"),
    "dot in the formula dot(a, a) is no function of the table": ("dummy", "dot(a, a)", "1"),
    "exp in the formula exp(a, a) takes 1 arguments, not 2": ("dummy", "exp(a, a)", "1"),
    "where in the formula where(a > 0, 1) takes 3 arguments, not 2": ("dummy", "a", "where(a > 0, 1)"),
    "the formula a > 0 is no number; write where(a > 0, 1, 0)": ("dummy", "a > 0", "0"),
    "the formulas of dummy use b, which are no operands; a partial is needed for each operand": ("dummy", "a * b", "b"),
    "dummy needs a partial for each of its operands, which are a, or a and b, or a, b and c": ("dummy", "a"),
    "a formula has whole numbers only, not 0.5; write a quotient such as 1 / 2": ("dummy", "0.5 * a", "1 / 2"),
    'column 4: something is missing after "+"; write a number, a name or a ( there': ("dummy", "a +", "1"),
}


@pytest.mark.parametrize("message, entry", BAD_ENTRIES.items())
def test_an_entry_that_cannot_be_read_is_refused_and_leaves_no_trace(message, entry):
    before = [{**found} for found in (TABLE, OPERATORS, NUMBER_FUNCTIONS, CONTEXT, vars(Value), vars(autograd.functions))]
    with pytest.raises(ValueError) as caught:
        define(*entry)
    assert str(caught.value) == message
    assert [TABLE, OPERATORS, NUMBER_FUNCTIONS, CONTEXT, dict(vars(Value)), vars(autograd.functions)] == before


@pytest.mark.parametrize("name", TAKEN)
def test_an_operation_cannot_take_a_name_that_means_something_else(name):
    with pytest.raises(ValueError, match=f'^an operation needs a new name that is a Python name, not "{name}"$'):
        define(name, "a", "1")
