"""Products and sums of numbers as they are printed: as many digits as it takes to recompute them, "=" only where it is true."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, NamedTuple

from ..engine.derivatives import plus, product
from ..engine.ieee import Number
from .numbers import as_printed, digits_to_recompute, is_exact, number_text, sign
from .written import put_in

LONGEST = 8  # a longer list is shortened to its first and last pieces


class Line(NamedTuple):
    """The numbers of a product or a sum, the sign before them, and the result with the sign before it."""

    numbers: tuple[str, ...]
    sign: str
    value: str
    result_sign: str


def product_line(factors: Sequence[Number], result: Number, digits: int | None = None) -> Line:
    """A product, factor by factor.

    >>> product_line([3.0, 0.5], 1.5)
    Line(numbers=('3', '0.5'), sign='=', value='1.5', result_sign='=')
    """
    return _line(factors, result, digits, product, 1)


def sum_line(terms: Sequence[Number], result: Number, digits: int | None = None) -> Line:
    """A sum, term by term.

    >>> sum_line([2 / 3, 2 / 3], 4 / 3)
    Line(numbers=('0.666667', '0.666667'), sign='≈', value='1.33333', result_sign='≈')
    """
    return _line(terms, result, digits, plus, 0)


def _line(parts: Sequence[Number], result: Number, digits: int | None, combine: Callable[[Any, Any], Any], neutral: int) -> Line:
    enough = digits or digits_to_recompute(parts, lambda numbers: reduce(combine, numbers, float(neutral)), result)
    shown = [put_in(data, enough).text for data in parts]
    value = number_text(result, digits)
    exact = all(is_exact(data, text) for data, text in zip(parts, shown, strict=True))
    printed = [as_printed(text) for text in shown]
    found = as_printed(value)
    comes_out = None in printed or found is None or reduce(combine, printed, neutral) == found
    return Line(tuple(shown), sign(exact), value, sign(comes_out))


def joined(pieces: Sequence[str], between: str, longest: int = LONGEST) -> str:
    """The pieces in one text, the middle of many left out.

    >>> joined("abcdefghijk", " ← ")
    'a ← b ← c ← d ← … ← i ← j ← k'
    """
    return between.join(pieces if len(pieces) <= longest else [*pieces[: longest // 2], "…", *pieces[1 - longest // 2 :]])
