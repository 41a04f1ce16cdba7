"""How precisely a number is meant: intervals, and how a student rounds.

A student rounds every line, not only the last, and writes 0.5 for 0.500. So what is expected is an interval, and how
wide it is follows from the digits that were typed, of all answers together.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10
from statistics import median_high, median_low
from typing import NamedTuple

from .answers import Quantity, Typed

ROUNDING = 1e-9  # what is smaller than this, relatively, is the rounding of floats
TINY = 1e-12  # and so is this, absolutely
LOOSEST = 0.05  # a number with fewer digits than the student's others is meant to this relative precision, and no looser


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
    return around(one.data * other.data if one.data and other.data else 0.0, [a * b for a in one[1:] for b in other[1:]])


def plus(spans: Sequence[Span]) -> Span:
    """The sum of numbers known within intervals."""
    return Span(*[sum(ends) for ends in zip(*spans, strict=True)]) if spans else exactly(0.0)


@dataclass(frozen=True)
class Habit:
    """How a student rounds: to significant `digits`, or to a `unit` (0.001 for three decimals); (0, 0) if that is unknown.

    On the way nobody keeps fewer than two digits, or two decimals.
    """

    digits: int = 0
    unit: float = 0.0

    def unit_at(self, data: float) -> float:
        """One unit of the last digit that is kept of a number."""
        relative = 10.0 ** (floor(log10(abs(data))) + 1 - max(self.digits, 2)) if self.digits and data and isfinite(data) else 0.0
        return max(min(self.unit, 0.01), relative)

    def kept(self, span: Span) -> Span:
        """A number that was not written down, as it is gone on with: rounded, unless it is short."""
        unit = self.unit_at(span.data)
        short = not unit or not isfinite(span.data / unit) or same_number(round(span.data / unit) * unit, span.data)
        return span if short and span.low == span.high else Span(span.data, span.low - unit, span.high + unit)

    def slack(self, answer: Typed) -> float:
        """How far the number that is meant may be from a typed one: less than this.

        That is a unit of its last digit. But what is shorter than the others, as 0.5 among three decimals, is meant to
        three decimals (0.500) or is a quick rounding, no looser than LOOSEST; 1 or 2 among decimals is meant so.
        """
        usual, coarse = self.unit_at(answer.data), LOOSEST * abs(answer.data)
        if not answer.is_whole:
            return min(answer.unit, max(coarse, usual, self.unit / 2))
        if self == Habit():
            return min(1.0, coarse)
        return min(answer.unit, usual if abs(answer.data) < 10 else max(1.0, usual))


def habit(written: Mapping[Quantity, Typed], expected: Mapping[Quantity, Span]) -> Habit:
    """How a student rounds, from the typed numbers that are not just what they should be.

    To decimals, if more of them agree in their decimals than in their significant digits. Numbers that are exactly
    what they should be, and longer, speak against rounding. 1 or 2, and 33 where a whole number is due, say nothing.
    """
    telling: list[tuple[Typed, bool]] = []
    for quantity, answer in written.items():
        due = expected[quantity].data
        if answer.unit and not (answer.is_whole and (abs(answer.data) < 10 or due.is_integer())):
            telling.append((answer, same_number(answer.data, due)))
    rounded = [answer for answer, same in telling if not same] or [answer for answer, _ in telling]
    if not rounded:
        return Habit()
    digits = median_low(answer.digits for answer in rounded)
    digits = median_low(answer.digits for answer, same in telling if not same or answer.digits >= digits)
    if _commonest(answer.unit for answer in rounded) < _commonest(answer.digits for answer in rounded):
        return Habit(digits)
    unit = median_high(answer.unit for answer in rounded)
    return Habit(digits, median_high(answer.unit for answer, same in telling if not same or answer.unit <= unit))


def _commonest(kinds: Iterable[object]) -> int:
    return max(Counter(kinds).values())


def same_number(a: float, b: float) -> bool:
    """Whether two numbers differ by no more than the rounding of floats."""
    return a == b or abs(a - b) <= ROUNDING * abs(b) + TINY or (a != a and b != b)


def agrees(answer: Typed, span: Span, slack: float) -> bool:
    """Whether a typed number can stand for one that is known to lie in an interval."""
    if not isfinite(span.data):
        return False
    off = max(span.low - answer.data, answer.data - span.high, 0.0)
    floats = ROUNDING * abs(span.data) + TINY
    return off <= floats or off < slack - floats  # 32 is not 33: a whole unit off is no rounding
