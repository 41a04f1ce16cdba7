"""Real arithmetic as IEEE 754 has it: inf and nan where Python raises, never a complex number, fractions kept exact."""

import math
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from numbers import Real
from operator import add
from typing import Any

Number = float | Fraction
EXACT_BITS = 4096  # a fraction that needs more becomes a float
inf, nan = math.inf, math.nan


def as_float(a: Any) -> float:
    """The nearest float; what is too large for one becomes an infinity."""
    try:
        return float(a)
    except OverflowError:
        return inf if a > 0 else -inf


def settle(a: Any) -> Number:
    """The result of an exact formula as a number to keep: a fraction of reasonable size, or a float."""
    if a.__class__ is float:
        return a
    a = Fraction(a)
    return a if a.numerator.bit_length() + a.denominator.bit_length() <= EXACT_BITS else as_float(a)


def number(data: Any, what: str = "a Value") -> Number:
    """A real number as the engine keeps it: a Fraction of up to 4,096 bits as it is, all others as a float. Raises TypeError for the rest."""
    if data.__class__ is float:
        return data
    if isinstance(data, Real) and not isinstance(data, bool) and type(data).__name__ != "timedelta64":
        return settle(data) if isinstance(data, Fraction) else as_float(data)
    raise TypeError(f"{what} takes one real number, not {_described(data)}")


def _described(data: Any) -> str:
    """What was given instead of a number, and what to do about it."""
    kind = type(data).__name__
    if hasattr(data, "partials"):
        return "another Value; use it as it is, or copy its number with Value(v.data)"
    if isinstance(data, bool) or kind == "bool":
        return "a bool; write 1 or 0"
    if isinstance(data, complex):
        return "a complex number; give its real part"
    if isinstance(data, str):
        return f'the text "{data[:40]}"; convert it with float(…), or use parse for an expression'
    if hasattr(data, "__array__") and kind != "timedelta64":
        return "an array; make one Value for each element"
    return "None; give a number" if data is None else f"an object of type {kind}; convert it with float(…)"


def divide(a: Any, b: Any) -> Any:
    """a / b: 1/0 is inf, 0/0 is nan. Two integers give a fraction."""
    try:
        return Fraction(a, b) if a.__class__ is b.__class__ is int else a / b
    except ZeroDivisionError:
        a, b = as_float(a), as_float(b)
        return nan if a == 0 or a != a else math.copysign(inf, a) * math.copysign(1.0, b)
    except OverflowError:  # a fraction beyond the floats, beside a float
        return divide(as_float(a), as_float(b))


def power(a: Any, b: Any) -> Any:
    """a ** b, never complex; exact for a fraction and a whole exponent, while the result is of reasonable size."""
    if a.__class__ is not float and b.__class__ is not float and b.denominator == 1 and (a or b >= 0):
        a = Fraction(a)
        if (a.numerator.bit_length() + a.denominator.bit_length() - 2) * abs(b) <= EXACT_BITS:  # the result has no fewer bits
            return a ** int(b)
    a, b = as_float(a), as_float(b)
    try:
        return math.pow(a, b)
    except OverflowError:
        return -inf if a < 0 and b % 2 == 1 else inf
    except ValueError:  # a negative number to a fractional power, or a pole
        return nan if a else math.copysign(inf, a) if b % 2 == 1 else inf


def largest(numbers: Sequence[Any]) -> Any:
    """The largest of the numbers; nan as soon as one is nan."""
    return next((a for a in numbers if a != a), None) or max(numbers)


def smallest(numbers: Sequence[Any]) -> Any:
    """The smallest of the numbers; nan as soon as one is nan."""
    return next((a for a in numbers if a != a), None) or min(numbers)


def added_up(numbers: Sequence[Any]) -> Any:
    """The sum from left to right, rounded after each addition as a chain of + is (Python's own compensates since 3.12)."""
    return reduce(add, numbers, 0)


def _ieee(function: Callable[[float], float], poles: dict[float, float]) -> Callable[[Any], float]:
    """A function of `math` without its exceptions: the limit on overflow, the given value at a pole, else nan."""

    def safe(a: Any) -> float:
        a = as_float(a)
        try:
            return function(a)
        except OverflowError:
            return function(math.copysign(inf, a))
        except ValueError:
            return poles.get(a, nan)

    return safe


POLES = {"log": {0.0: -inf}, "log1p": {-1.0: -inf}}
PRIMITIVES = ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")  # math has these

# What a formula can call and name when it is computed with numbers, besides the operations of the table.
FUNCTIONS: dict[str, Any] = {
    "divide": divide, "power": power, "max": largest, "min": smallest, "pi": math.pi,
    "sum": sum if sys.version_info < (3, 12) else added_up,
    **{name: _ieee(getattr(math, name), POLES.get(name, {})) for name in PRIMITIVES},
}  # fmt: skip
