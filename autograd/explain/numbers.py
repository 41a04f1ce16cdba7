"""Numbers for people: short enough to read, long enough to recompute, "=" only where it is true as printed."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import floor, isfinite, isqrt, log10, ulp
from typing import Any

from ..engine.dialects import Tree, formula
from ..engine.ieee import PRIMITIVES, Number, as_float
from ..engine.operations import TABLE

DIGITS = 6  # significant digits where nothing asks for more
MOST_BITS = 2**16  # of a power that is still worth computing exactly


def number_text(data: Number, digits: int | None = None) -> str:
    """A number with at most `digits` significant digits (6); fractions and whole numbers below 10**15 in full.

    >>> number_text(33.0), number_text(2 / 3), number_text(Fraction(2, 3)), number_text(1.5e-9)
    ('33', '0.666667', '2/3', '1.5e-9')
    """
    if isinstance(data, Fraction):
        return str(data) if len(str(data)) <= 24 else number_text(as_float(data), digits)
    if not isfinite(data):
        return str(data)
    if data == int(data) and abs(data) < 1e15:
        return str(int(data))
    text = repr(float(data))  # 0.1 is 0.1, also to 17 digits
    if len(text.partition("e")[0].lstrip("-0.").replace(".", "")) > min(digits or DIGITS, 15):
        text = f"{data:.{digits or DIGITS}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{mantissa}e{int(exponent)}"
    return text


def refuse_digits(digits: Any) -> None:
    """Raises TypeError or ValueError for what is no number of significant digits; None leaves the number to us."""
    if digits is not None and (not isinstance(digits, int) or isinstance(digits, bool)):
        raise TypeError(f"digits is a number of significant digits, not {type(digits).__name__}")
    if digits is not None and not 1 <= digits <= 17:
        raise ValueError(f"digits is a number of significant digits from 1 to 17, not {digits}")


def as_printed(text: str) -> Fraction | None:
    """The exact number that a printed text stands for; None for inf and nan."""
    try:
        return Fraction(text)
    except ValueError:
        return None


def is_exact(data: Number, text: str) -> bool:
    """Whether a printed text is the number: the same fraction, or a decimal within the rounding of a float."""
    printed = as_printed(text)
    return printed is None or (printed == data if isinstance(data, Fraction) else abs(float(printed) - data) <= 4 * ulp(data))


def sign(true: bool) -> str:
    """The equals sign that is true: "=" or "≈"."""
    return "=" if true else "≈"


def digits_to_recompute(inputs: Sequence[Number], compute: Callable[[list[float]], Any], result: Number) -> int:
    """How many digits the inputs need so that whoever computes with them as printed gets the result as printed.

    One unit of the last digit of the result is forgiven.
    """
    text = number_text(result)
    printed_result = as_float(as_printed(text) or result)
    unit = 10.0 ** (floor(log10(abs(printed_result))) + 1 - DIGITS) if isfinite(printed_result) and printed_result else 0.0
    for digits in range(DIGITS, 17):
        printed = [as_printed(number_text(data, digits)) for data in inputs]
        got = compute([as_float(kept if exact is None else exact) for kept, exact in zip(inputs, printed, strict=True)])
        if abs(got - printed_result) <= 1.0001 * unit or number_text(got) == text or got != got:
            return digits
    return 17


def exact_value(tree: Tree, operands: dict[str, Any]) -> Fraction | None:
    """The value of a formula in exact arithmetic, where it is a fraction for certain; None where it is not.

    `operands` maps a letter to a fraction, or to a list of fractions for `a[i]`. Of a transcendental function only
    the value at its rational point is a fraction: exp(0), log(1) (theorem of Lindemann and Weierstrass).
    """
    kind, *parts = tree
    if kind == "number":
        return Fraction(parts[0])
    if kind == "name":
        return operands.get(parts[0])
    if kind == "call":
        return _exact_call(parts[0], parts[1:], operands)
    numbers = [exact_value(part, operands) for part in parts]
    if any(number is None for number in numbers):
        return None
    if kind == "negate":
        return -numbers[0]  # type: ignore[operator]
    a, b = numbers
    assert a is not None and b is not None
    if kind == "**":
        if b.denominator == 2 and a > 0:  # 25 ** 0.5 is 5
            root = _root(a)
            return None if root is None else exact_value(("**", ("number", root), ("number", 2 * b)), {})
        bits = (a.numerator.bit_length() + a.denominator.bit_length()) * abs(b)
        if b.denominator == 1 and bits <= MOST_BITS and (a or b >= 0):
            return Fraction(a ** int(b))
        return a if a == 1 or (a == 0 and b > 0) else None
    if kind == "/":
        return a / b if b else None
    if kind in ("+", "-", "*"):
        return a + b if kind == "+" else a - b if kind == "-" else a * b
    return Fraction({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b}[kind])


def _exact_call(name: str, parts: list[Tree], operands: dict[str, Any]) -> Fraction | None:
    if name == "where":
        condition = exact_value(parts[0], operands)
        return None if condition is None else exact_value(parts[1] if condition else parts[2], operands)
    if name in ("sum", "max", "min"):
        lists = {key: value for key, value in operands.items() if isinstance(value, list)}
        rows = [{**operands, **dict(zip((f"{key}[i]" for key in lists), row, strict=True))} for row in zip(*lists.values(), strict=True)]
        terms = [exact_value(parts[0], row) for row in rows]
        known = [term for term in terms if term is not None]
        if len(known) < len(terms) or not (known or name == "sum"):
            return None
        return sum(known, start=Fraction(0)) if name == "sum" else max(known) if name == "max" else min(known)
    if name not in PRIMITIVES and name in TABLE:  # sigmoid(0), inside another formula
        arguments = [exact_value(part, operands) for part in parts]
        return exact_value(formula(TABLE[name].value), dict(zip(TABLE[name].letters, arguments, strict=True)))
    argument = exact_value(parts[0], operands) if len(parts) == 1 else None
    if argument is None or name not in PRIMITIVES:
        return None
    if name == "sqrt":
        return _root(argument)
    if argument != (1 if name == "log" else 0):
        return None
    return Fraction(name in ("exp", "cos", "cosh"))


def _root(a: Fraction) -> Fraction | None:
    """The square root, where it is a fraction."""
    root = Fraction(isqrt(max(a.numerator, 0)), isqrt(a.denominator))
    return root if root**2 == a else None
