"""The derivative of a function of one number by Richardson's extrapolation, with a bound on its error.

From finite differences at widths h, h/2, h/4, … Neville's table extrapolates to h = 0 (Ridders, Advances in Engineering
Software 4 (1982) 75-76). An entry's error is bounded by how far it moved from the entries it was made of, plus what the
rounding of the function's values can do to it; the entry with the smallest bound is the result.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf, isfinite, nan, ulp
from typing import Any

from .rounding import EPSILON, UNDERFLOW

# scheme → (the points to evaluate at, in units of the width; the weights; the powers of h in its error).
# The error of the one-sided schemes falls like h, that of the central one like h².
SCHEMES = {"forward": ((1, 0), (1, -1), 1), "backward": ((0, -1), (1, -1), 1), "central": ((1, -1), (0.5, -0.5), 2)}
WIDEST = 0.0123  # of the widths tried first, as a share of max(1, |x|); no round number, as periods are round
COLUMNS = 5  # of Neville's table
SURE = 1e-9  # the relative error at which no finer width is looked at
LOCAL = 2e-6  # how far, relatively, much finer widths may contradict a result
FINER = 64  # how much finer the second of them is
WIDER = 7  # halvings from the widest width of all, for functions that hardly move, to those tried first
MARGIN = 2.0  # on the bound for what the table leaves out


@dataclass(frozen=True)
class Sample:
    """A function at one point: its value, a bound on the rounding error in it, and on which sides of kinks it was found."""

    value: float
    error: float
    sides: Any = ()


@dataclass(frozen=True)
class Estimate:
    """A derivative: its value, a bound on its error, the finest width it rests on, and how far the function moves there per width."""

    value: float
    error: float
    h: float
    slope: float

    def is_within(self, share: float) -> bool:
        return self.error <= share * abs(self.value)


NOTHING = Estimate(nan, inf, nan, 0.0)


def rounded_width(x: float, h: float) -> float:
    """The width nearest to h for which x + h and x - h are exact; 0 where h is lost beside x."""
    return (abs(x) + h) - abs(x) if isfinite(x) else h


def extrapolated(f: Callable[[float], Sample], x: float, scheme: str, usual: float, h: float | None = None) -> Estimate:
    """The derivative of f at x. Widths whose points lie beyond a kink, or where f is not finite, are left out.

    `usual` is a fine width, which a result from wider ones must not contradict. With `h`, only widths from h to h/16
    are looked at. The result depends on f alone, never on the derivative that somebody expects.
    """
    here = f(x)
    if not isfinite(here.value):
        return NOTHING
    if h is not None:
        return _best(f, x, here, scheme, [h / 2**k for k in range(COLUMNS)], [])
    size, finest = max(1.0, abs(x)), 16 * ulp(max(abs(x), EPSILON))
    count = next(k for k in range(2000) if WIDEST * size / 2**k < finest)
    tried = [_difference(f, x, here, scheme, width) for width in (usual, usual / FINER)]
    local = [each for each in tried if each is not None]
    found = _best(f, x, here, scheme, [WIDEST * size / 2**k for k in range(count)], local)
    ladders = [[WIDEST * size * 2.0 ** (WIDER - k) for k in range(WIDER + COLUMNS)]]
    if 0 < abs(x) < 1e-3:
        ladders.append([abs(x) / 2 ** (k + 3) for k in range(24)])
    for widths in ladders:
        if not found.is_within(LOCAL) and not _has_vanished(found):
            other = _best(f, x, here, scheme, widths, local)
            found = other if other.error < found.error else found
    return found


def _has_vanished(found: Estimate) -> bool:
    """Whether nothing moves, but for what underflows."""
    return found.value == 0 and found.error <= UNDERFLOW


def _difference(f: Callable[[float], Sample], x: float, here: Sample, scheme: str, h: float) -> Estimate | None:
    """One finite difference with its rounding error; None where it proves nothing."""
    h = rounded_width(x, h)
    points, weights, _ = SCHEMES[scheme]
    found = [f(x + point * h) if point else here for point in points] if h > 0 else []
    if not found or not all(isfinite(each.value) and each.sides == here.sides for each in found):
        return None
    value = sum(weight * each.value for weight, each in zip(weights, found, strict=True)) / h
    noise = sum(abs(weight) * each.error for weight, each in zip(weights, found, strict=True)) / h
    slope = max(abs(each.value - here.value) for each in found) / h
    return Estimate(value, noise + 8 * EPSILON * max(abs(value), slope), h, slope) if isfinite(value) else None


def _best(f: Callable[[float], Sample], x: float, here: Sample, scheme: str, widths: list[float], local: list[Estimate]) -> Estimate:
    """The entry of Neville's table with the smallest bound; no finer width is looked at once that is small enough.

    Where it contradicts a difference at a fine width, one of `local`, the function has a ripple that wide differences
    miss, and only entries that are as fine as the finest of them count.
    """
    best = finest = NOTHING
    above: list[tuple[float, float]] = []
    for h in widths:
        difference = _difference(f, x, here, scheme, h)
        if difference is None:
            above = []
            continue
        row = list(_row(difference, above, SCHEMES[scheme][2]))
        for value, error, bound in row[1:]:
            entry = Estimate(value, bound + error, h, difference.slope)
            best = min(best, entry, key=lambda each: each.error)
            if local and h <= local[-1].h:
                finest = min(finest, entry, key=lambda each: each.error)
        above = [entry[:2] for entry in row][: COLUMNS - 1]
        sure = best.is_within(SURE) or abs(best.value) <= best.error <= SURE * best.slope or _has_vanished(best)
        if sure and _is_consistent(best, local):
            break
    return best if _is_consistent(best, local) else finest


def _is_consistent(found: Estimate, local: list[Estimate]) -> bool:
    return all(abs(each.value - found.value) <= found.error + each.error + LOCAL * abs(found.value) for each in local)


def _row(difference: Estimate, above: list[tuple[float, float]], order: int) -> Iterator[tuple[float, float, float]]:
    """The next row of Neville's table: each entry with its rounding error and a bound on what it leaves out."""
    value, error = difference.value, difference.error
    yield value, error, inf
    for k, (earlier, its_error) in enumerate(above, start=1):
        share = 2.0 ** (order * k) - 1
        finer = value + (value - earlier) / share
        error = error + (error + its_error) / share
        yield finer, error, MARGIN * max(abs(finer - value), abs(finer - earlier))
        value = finer
