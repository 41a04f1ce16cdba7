"""Where the numbers of straight lines between two columns stand: on their lines, clear of each other and of other lines.

All numbers stand in one column if that can be, else each where it has most room; where some have none, none is drawn.
"""

from collections.abc import Sequence
from math import atan2, cos, degrees, hypot, sin
from typing import NamedTuple

TALL = 14.0  # what a number takes across its line
PAD = 3.0  # room before and after it
STEP = 6.0  # between two places that are tried
ROUNDS = 2  # in which each number is moved once
FEW = 1  # other lines that may run below a number, where there is no better place
MOST = 40  # lines between two columns whose numbers could be read at all


class Line(NamedTuple):
    """A line from left to right, and how wide its number is: 0 for a line without one."""

    x1: float
    y1: float
    x2: float
    y2: float
    wide: float

    @property
    def angle(self) -> float:
        return atan2(self.y2 - self.y1, self.x2 - self.x1)


class _Box(NamedTuple):
    """A turned rectangle: its middle, its direction, half its length and half its height."""

    x: float
    y: float
    cosine: float
    sine: float
    half: float
    high: float

    def seen(self, x: float, y: float) -> tuple[float, float]:
        """A point as seen from the box: along it and across it."""
        dx, dy = x - self.x, y - self.y
        return dx * self.cosine + dy * self.sine, dy * self.cosine - dx * self.sine

    def corners(self) -> list[tuple[float, float]]:
        along, across = (self.half * self.cosine, self.half * self.sine), (-self.high * self.sine, self.high * self.cosine)
        return [(self.x + a * along[0] + b * across[0], self.y + a * along[1] + b * across[1]) for a in (-1, 1) for b in (-1, 1)]

    def meets(self, other: "_Box") -> bool:
        """Whether two boxes overlap: no side of either parts them."""
        if (self.x - other.x) ** 2 + (self.y - other.y) ** 2 > (hypot(self.half, self.high) + hypot(other.half, other.high)) ** 2:
            return False
        for one, two in ((self, other), (other, self)):
            points = [one.seen(*corner) for corner in two.corners()]
            if min(p[0] for p in points) >= one.half or max(p[0] for p in points) <= -one.half:
                return False
            if min(p[1] for p in points) >= one.high or max(p[1] for p in points) <= -one.high:
                return False
        return True

    def is_crossed_by(self, line: Line) -> bool:
        """Whether a line runs through the box."""
        (ax, ay), (bx, by) = self.seen(line.x1, line.y1), self.seen(line.x2, line.y2)
        low, high = 0.0, 1.0
        for start, way, border in ((ax, bx - ax, self.half), (ay, by - ay, self.high)):
            if not way:
                if abs(start) >= border:
                    return False
                continue
            near, far = sorted(((-border - start) / way, (border - start) / way))
            low, high = max(low, near), min(high, far)
        return low < high


def placed_on_lines(lines: Sequence[Line]) -> "list[tuple[float, float, float]] | None":
    """The middle of each number and the angle of its line in degrees; None where there is no room for all of them.

    >>> placed_on_lines([Line(0, 0, 100, 0, 30)])
    [(24.0, 0.0, 0.0)]
    """
    if sum(line.wide > 0 for line in lines) > MOST:
        return None
    best: tuple[tuple[int, int], list[_Box]] | None = None
    for place in _places(lines):
        boxes = [_box(line, place) for line in lines]
        cost = _cost(boxes, lines)
        if best is None or cost < best[0]:
            best = cost, boxes
    if best is None:
        return None
    (overlaps, crossings), boxes = best
    if overlaps or crossings:
        for _ in range(ROUNDS):
            boxes = _each_by_itself(lines, boxes)
        overlaps, _ = _cost(boxes, lines)
        if overlaps or any(_crossings(k, box, lines) > FEW for k, box in enumerate(boxes) if box.half):
            return None
    return [(box.x, box.y, degrees(line.angle)) for box, line in zip(boxes, lines, strict=True)]


def _places(lines: Sequence[Line]) -> list[float]:
    """Distances from the left at which a number of every line has room."""
    least = max([line.wide / 2 + 2 * PAD + PAD for line in lines], default=0.0)
    most = min([line.x2 - line.x1 for line in lines], default=0.0) - least
    return [least + STEP * k for k in range(int((most - least) / STEP) + 1)] if most >= least else []


def _box(line: Line, place: float) -> _Box:
    share = place / (line.x2 - line.x1)
    return _Box(
        line.x1 + place,
        line.y1 + share * (line.y2 - line.y1),
        cos(line.angle),
        sin(line.angle),
        line.wide / 2 + PAD if line.wide else 0.0,
        TALL / 2,
    )


def _crossings(k: int, box: _Box, lines: Sequence[Line]) -> int:
    return sum(box.is_crossed_by(other) for j, other in enumerate(lines) if j != k)


def _cost(boxes: Sequence[_Box], lines: Sequence[Line]) -> tuple[int, int]:
    there = [box for box in boxes if box.half]
    overlaps = sum(one.meets(other) for k, one in enumerate(there) for other in there[:k])
    return overlaps, sum(_crossings(k, box, lines) for k, box in enumerate(boxes) if box.half)


def _each_by_itself(lines: Sequence[Line], boxes: list[_Box]) -> list[_Box]:
    """The numbers moved one by one to where they meet the fewest others."""
    found = list(boxes)
    places = _places(lines)
    for k, line in enumerate(lines):
        if not line.wide:
            continue
        others = [box for j, box in enumerate(found) if box.half and j != k]
        choices = [found[k], *(_box(line, place) for place in places)]
        found[k] = min(choices, key=lambda box: (sum(box.meets(other) for other in others), _crossings(k, box, lines)))
    return found
