"""Numbers for people: short enough to read, long enough to recompute, "=" only where it is true as printed."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache, reduce
from math import floor, isfinite, isqrt, log10, ulp
from typing import Any, NamedTuple

from ..engine.careful import plus, product
from ..engine.dialects import OPERATORS, Reader, Tree, formula
from ..engine.ieee import Number, as_float
from ..engine.operations import TABLE
from ..quoting import quoted

DIGITS = 6  # significant digits where nothing asks for more
MOST_BITS = 2**16  # of a power that is still worth computing exactly
RATIONAL_POINTS = {"exp": (0, 1), "expm1": (0, 0), "log": (1, 0), "log1p": (0, 0), "sin": (0, 0), "cos": (0, 1), "tan": (0, 0),
                   "sinh": (0, 0), "cosh": (0, 1), "tanh": (0, 0)}  # fmt: skip


@lru_cache(maxsize=4096, typed=True)
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
    if significant(text) > min(digits or DIGITS, 15):
        text = f"{data:.{digits or DIGITS}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{mantissa}e{int(exponent)}"
    return text


def significant(text: str) -> int:
    """How many significant digits a printed decimal has."""
    return len(text.partition("e")[0].lstrip("-0.").replace(".", ""))


def refuse_digits(digits: Any) -> None:
    """Raises TypeError or ValueError for what is no number of significant digits; None leaves the number to us."""
    if digits is None:
        return
    must = "digits is a number of significant digits from 1 to 17, not"
    if not isinstance(digits, (int, float)):
        raise TypeError(f"{must} {type(digits).__name__}")
    if isinstance(digits, (bool, float)) or not 1 <= digits <= 17:
        raise ValueError(f"{must} {quoted(digits)}")


@lru_cache(maxsize=4096)  # a number stands in many lines
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


class Printed(NamedTuple):
    """The numbers of a product or a sum as texts, the sign before them, and the result with the sign before it."""

    numbers: tuple[str, ...]
    sign: str
    value: str
    result_sign: str


def printed_products(
    products: Sequence[tuple[Sequence[Number], Number]], digits: int | None = None, of_results: int | None = None
) -> list[Printed]:
    """Products that stand together, each factor by factor before its result: with so many digits that each can be
    recomputed, the same ones for all, so that a factor that stands in two of them is printed once in one way.

    `of_results` are the digits of the results, where other lines ask for more.

    >>> [each.numbers for each in printed_products([([3.0, 0.5], 1.5), ([2 / 3, 0.5], 1 / 3)])]
    [('3', '0.5'), ('0.666667', '0.5')]
    """
    enough = digits or max([digits_to_recompute(factors, _multiplied, result) for factors, result in products], default=DIGITS)
    return [_printed(factors, result, digits or of_results, product, 1, enough) for factors, result in products]


def _multiplied(numbers: Sequence[float]) -> Any:
    return reduce(product, numbers, 1.0)


def printed_product(factors: Sequence[Number], result: Number, digits: int | None = None) -> Printed:
    """A product, factor by factor, with as many digits as it takes to recompute it.

    >>> printed_product([3.0, 0.5], 1.5)
    Printed(numbers=('3', '0.5'), sign='=', value='1.5', result_sign='=')
    """
    return _printed(factors, result, digits, product, 1)


def printed_sum(terms: Sequence[Number], result: Number, digits: int | None = None) -> Printed:
    """A sum, term by term, with as many digits as it takes to recompute it.

    >>> printed_sum([2 / 3, 2 / 3], 4 / 3)
    Printed(numbers=('0.666667', '0.666667'), sign='≈', value='1.33333', result_sign='≈')
    """
    return _printed(terms, result, digits, plus, 0)


def _printed(parts: Sequence[Number], result: Number, digits: int | None, combine: Callable[[Any, Any], Any], neutral: int,
             enough: int = 0) -> Printed:  # fmt: skip
    enough = enough or digits or digits_to_recompute(parts, lambda numbers: reduce(combine, numbers, float(neutral)), result)
    shown = [number_text(data, enough) for data in parts]
    value = number_text(result, digits)
    printed = [as_printed(text) for text in shown]
    is_finite = None not in printed and as_printed(value) is not None
    comes_out = not is_finite or reduce(combine, printed, neutral) == as_printed(value)
    return Printed(tuple(shown), sign(all(map(is_exact, parts, shown))), value, sign(comes_out))


def exact_value(tree: Tree, operands: dict[str, Any]) -> Fraction | None:
    """The value of a formula in exact arithmetic, where it is a fraction for certain; None where it is not.

    `operands` maps a letter to a fraction, or to a list of fractions for `a[i]`. Of a transcendental function only
    the value at its rational point is a fraction: exp(0), log(1) (theorem of Lindemann and Weierstrass).
    """
    return _Exact(operands).read(tree)


class _Exact(Reader["Fraction | None"]):
    def __init__(self, operands: dict[str, Any]):
        self.operands = operands

    def number(self, number: int) -> Fraction | None:
        return Fraction(number)

    def name(self, name: str) -> Fraction | None:
        return self.operands.get(name)

    def negate(self, part: Fraction | None) -> Fraction | None:
        return None if part is None else -part

    def operator(self, sign: str, left: Fraction | None, right: Fraction | None) -> Fraction | None:
        if left is None or right is None:
            return None
        if sign == "**":
            return _power(left, right)
        if sign == "/":
            return left / right if right else None
        return Fraction(OPERATORS[sign](left, right))

    def where(self, condition: Tree, one: Tree, other: Tree) -> Fraction | None:
        holds = self.read(condition)
        return None if holds is None else self.read(one if holds else other)

    def over(self, name: str, each: Tree) -> Fraction | None:
        terms = [_Exact(row).read(each) for row in rows_of(self.operands)]
        known = [term for term in terms if term is not None]
        if len(known) < len(terms) or not (known or name == "sum"):
            return None
        return sum(known, start=Fraction(0)) if name == "sum" else max(known) if name == "max" else min(known)

    def call(self, name: str, arguments: list[Fraction | None]) -> Fraction | None:
        if name in RATIONAL_POINTS and len(arguments) == 1:
            point, value = RATIONAL_POINTS[name]
            return Fraction(value) if arguments[0] == point else None
        if name == "sqrt" and len(arguments) == 1:
            return None if arguments[0] is None else _root(arguments[0])
        if name in TABLE:  # sigmoid(0), inside another formula
            return exact_value(formula(TABLE[name].value), dict(zip(TABLE[name].letters, arguments, strict=True)))
        return None


def rows_of(operands: dict[str, Any]) -> list[dict[str, Any]]:
    """The operands for each i of a sum, with what the lists among them have there as "a[i]"."""
    lists = {letter: items for letter, items in operands.items() if isinstance(items, list)}
    return [{**operands, **dict(zip((f"{letter}[i]" for letter in lists), row, strict=True))} for row in zip(*lists.values(), strict=True)]


def _power(a: Fraction, b: Fraction) -> Fraction | None:
    if b.denominator == 2 and a > 0:  # 25 ** 0.5 is 5
        root = _root(a)
        return None if root is None else _power(root, 2 * b)
    bits = (a.numerator.bit_length() + a.denominator.bit_length()) * abs(b)
    if b.denominator == 1 and bits <= MOST_BITS and (a or b >= 0):
        return Fraction(a ** int(b))
    return a if a == 1 or (a == 0 and b > 0) else None


def _root(a: Fraction) -> Fraction | None:
    """The square root, where it is a fraction."""
    root = Fraction(isqrt(max(a.numerator, 0)), isqrt(a.denominator))
    return root if root**2 == a else None
