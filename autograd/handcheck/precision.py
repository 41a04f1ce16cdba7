"""How precisely a number is meant: the digits as typed, intervals, and the one rule that judges an answer.

A student rounds every line, not only the last, and writes 0.5 for 0.500. So what is expected is an interval: rounding
on the way may have moved it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import NamedTuple

ROUNDING = 1e-9  # what is smaller than this, relatively, is the rounding of floats
TINY = 1e-12  # and so is this, absolutely
FURTHEST = 1e150  # the end of an interval that may as well have none: its products and sums are still numbers
FEWEST = 2  # significant digits, or decimals: nobody rounds to fewer
BY_HAND = 6  # significant digits: who types more did not round on the way
BY_CHANCE = 1e-6  # how likely it may be that a sheet shows as many digits, and its hidden lines were rounded to fewer


class Span(NamedTuple):
    """A number and the interval it is known to lie in."""

    data: float
    low: float
    high: float


def exactly(data: float) -> Span:
    """A number known without doubt."""
    return Span(data, data, data)


def around(data: float, ends: Iterable[float]) -> Span:
    """A number and the interval that reaches to the given ends; what is not finite tells nothing."""
    reached = [data, *(end for end in ends if isfinite(end))]
    return Span(data, min(reached), max(reached)) if isfinite(data) else exactly(data)


def times(one: Span, other: Span) -> Span:
    """The product of two numbers known within intervals; 0 where one of them is 0, whatever the other."""
    return around(one.data * other.data if one.data and other.data else 0.0, [_bounded(a * b) for a in one[1:] for b in other[1:]])


def plus(spans: Sequence[Span]) -> Span:
    """The sum of numbers known within intervals."""
    if not spans:
        return exactly(0.0)
    data, low, high = (sum(ends) for ends in zip(*spans, strict=True))
    return Span(data, _bounded(low), _bounded(high)) if isfinite(data) else Span(data, low, high)


def _bounded(end: float) -> float:
    """An end of an interval that does not run over: an interval that reaches that far says nothing."""
    return max(-FURTHEST, min(FURTHEST, end)) if end == end else end


class Precision(NamedTuple):
    """How precisely a literal is typed: its significant digits, its last digit's `place`, and how far off it may be.

    `is_short` says that digits were left out, and that two of them are only assumed.
    """

    digits: int
    place: float
    reach: float
    is_short: bool = False


EXACT = Precision(0, 0.0, 0.0)
HALF = 0.501  # of a unit, the half itself included


def precision_of(literal: str) -> Precision:
    """The precision of a typed literal: what it stands for is less than a unit of its last digit away.

    But zeros at the end may have been left out, so that 0.5 can be 0.50: two digits, or two decimals, are meant at
    least, to half a unit. The zeros at the end of a whole number may be rounded ones, as those of 34000; 0 is exact.

    >>> [precision_of(text).reach for text in ("0.577", "0.5", "0.05", "32", "34000", "6.6e+03", "100", "0")]
    [0.001, 0.00501, 0.01, 1.0, 1000.0, 100.0, 5.01, 0.0]
    """
    mantissa, _, exponent = literal.lower().partition("e")
    whole, point, decimals = mantissa.partition(".")
    written = (whole + decimals).lstrip("0")
    kept = written if point else written.rstrip("0")
    last = int(exponent or 0) - len(decimals) + len(written) - len(kept)  # the power of ten of the last digit
    if not kept:
        return Precision(1, _ten(last), HALF * _ten(min(last, -FEWEST)), True) if point else EXACT
    meant = last + len(kept) - max(len(kept), FEWEST)  # the one of the last digit that is meant
    if last < 0:
        meant = max(meant, min(last, -FEWEST))
    is_short = meant < last
    return Precision(len(kept), _ten(last), HALF * _ten(meant) if is_short else _ten(meant), is_short)


def _ten(power: int) -> float:
    return float(f"1e{max(-300, min(308, power))}")


def same_number(a: float, b: float) -> bool:
    """Whether two numbers differ by no more than the rounding of floats."""
    return a == b or abs(a - b) <= ROUNDING * abs(b) + TINY or (a != a and b != b)


def agrees(data: float, reach: float, span: Span) -> bool:
    """The one rule that judges an answer: whether a typed number can stand for one that is known to lie in an interval.

    It is right when it is less than its reach (see `precision_of`) off the interval; an infinity is right as itself.

    >>> agrees(0.333, 0.001, exactly(1 / 3)), agrees(0.3, 0.01, exactly(1 / 3)), agrees(32.0, 1.0, exactly(33.0))
    (True, False, False)
    """
    if not isfinite(span.data) or not isfinite(data):
        return data == span.data
    off = max(span.low - data, data - span.high, 0.0)
    floats = ROUNDING * abs(span.data) + TINY
    return off <= floats or off < reach - floats  # 32 is not 33: a whole unit off is no rounding


@dataclass(frozen=True)
class Rounding:
    """How lines that were not written down may have been rounded: to significant `digits`, or to `place`.

    With `wholes`, whole numbers are not rounded at all.
    """

    digits: int = 17
    place: float = 0.0
    wholes: bool = False

    def kept(self, span: Span) -> Span:
        """A number that was not written down, as it is gone on with: rounded, unless it is short."""
        furthest = max(-span.low, span.high)
        if not isfinite(furthest) or not furthest or self.digits >= 16:
            return span
        if span.low == span.high and self.wholes and span.data.is_integer():
            return span
        unit = max(self.place, _ten(floor(log10(furthest)) + 1 - self.digits))
        short = same_number(round(span.data / unit) * unit, span.data) if isfinite(span.data / unit) else True
        return span if short and span.low == span.high else Span(span.data, span.low - unit / 2, span.high + unit / 2)


def is_of_a_machine(precisions: Iterable[Precision]) -> bool:
    """Whether a sheet has numbers of more digits and decimals than anybody writes: then short numbers are meant exactly."""
    return any(each.digits > 2 * BY_HAND or (each.digits > BY_HAND and each.place < _ten(-BY_HAND) / 2) for each in precisions)


def rounding_of(typed: Sequence[tuple[Precision, bool]]) -> Rounding:
    """How the hidden lines of a sheet may have been rounded: to two digits, unless the sheet speaks for more.

    `typed` has the precision of each answer, and whether it is exactly what it should be. Who rounds each line to digits
    of its own, 2 to 6, shows few of them sooner or later: only many answers with as many digits speak for more.
    """
    rounded = [precision for precision, exact in typed if precision != EXACT and not exact]
    wholes = all(precision.place >= 1 for precision in rounded)
    if is_of_a_machine(precision for precision, _ in typed):
        return Rounding(17, wholes=wholes)
    decimals = [round(-log10(precision.place)) for precision in rounded if precision.place < 1]
    digits = _kept_by_all([each.digits for each in rounded])
    # a line of fewer digits than the others may have been rounded to decimals, as other small numbers were then
    shorter = [min(each.place, _ten(-FEWEST)) for each in rounded if each.digits < digits]
    return Rounding(digits, max([_ten(-_kept_by_all(decimals)), *shorter]) if decimals else 0.0, wholes)


def _kept_by_all(counts: Sequence[int]) -> int:
    """How many digits, or decimals, every line of a sheet has, if that can hardly be chance; else as few as anybody keeps."""
    for kept in range(BY_HAND, FEWEST, -1):
        chance = 1.0  # how much likelier it is with a number for each line than with one for all
        for count in counts:
            more = count - kept  # where all have as many, one zero is left out at the end of every tenth, two of every hundredth
            chance *= (BY_HAND - kept + 1) / (BY_HAND - FEWEST + 1) / 0.89 if more >= 0 else 0.2 / 0.1 if more == -1 else 0.2 / 0.01
        if chance < BY_CHANCE:
            return kept
    return FEWEST
