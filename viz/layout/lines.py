"""Breaks a level that is too long into lines, as a text is broken: between two ranks where few links pass.

A link that goes on in the next line leaves its line at the end, runs back between the two, and comes in from the left.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]
PASSING = 4  # links at most where a line is broken
TRACK, PAD = 9.0, 6.0  # room of a link on its way back, and beside it
CURVE = 7.0  # radius of its corners


def first_ranks(columns: Sequence[Point], passing: Sequence[int], longest: float) -> list[int]:
    """The first rank of every line, so that no line is longer than it may be and all are about as long.

    `columns` says where each rank begins and ends, `passing` how many links go on from each rank to the next. One line
    is all there is where it is short enough, or cannot be broken.

    >>> first_ranks([(0, 10), (20, 30), (40, 50), (60, 70), (80, 90)], [1] * 4, 90)
    [0]
    >>> first_ranks([(0, 10), (20, 30), (40, 50), (60, 70), (80, 90)], [1] * 4, 85)
    [0, 3]
    """
    if columns[-1][1] <= longest:
        return [0]
    for most in range(1, PASSING + 1):  # the fewer links go back, the better
        room = longest - TRACK * (2 * most + 1) - PAD
        found = _filled(columns, passing, room, most)
        if len(found) > 1:
            break
    else:
        return [0]
    low, high = 0.0, room
    for _ in range(12):
        middle = (low + high) / 2
        tried = _filled(columns, passing, middle, most)
        if 1 < len(tried) <= len(found):
            high, found = middle, tried
        else:
            low = middle
    return found


def _filled(columns: Sequence[Point], passing: Sequence[int], longest: float, most: int) -> list[int]:
    """Every line filled as far as it goes, broken where `most` links pass or fewer; [0] where one cannot be made short enough."""
    found = [0]
    for rank, (_, end) in enumerate(columns):
        while end - columns[found[-1]][0] > longest:
            breaks = [r for r in range(found[-1] + 1, rank + 1) if passing[r - 1] <= most]
            if not breaks:
                return [0]
            found.append(breaks[-1])
    return found


@dataclass(frozen=True)
class Turn:
    """Where a link goes on in the next line: the ends of its way back, from the end of one line to the start of the next."""

    right: float
    between: float
    left: float

    def path(self, leave: Point, enter: Point) -> list[Point]:
        """The cubics from where the link leaves one line to where it enters the next, without the first point."""
        corners = [leave, (self.right, leave[1]), (self.right, self.between), (self.left, self.between), (self.left, enter[1]), enter]
        return rounded(corners)


def rounded(corners: Sequence[Point]) -> list[Point]:
    """A way through corners, level and upright by turns, with the corners rounded off; without its first point."""
    points: list[Point] = []
    at = corners[0]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        start, end = _towards(corner, before), _towards(corner, after)
        points += [at, start, start, *_corner(start, corner, end)]
        at = end
    return [*points, at, corners[-1], corners[-1]]


def _corner(start: Point, corner: Point, end: Point) -> list[Point]:
    def near(point: Point) -> Point:
        return point[0] + 0.55 * (corner[0] - point[0]), point[1] + 0.55 * (corner[1] - point[1])

    return [near(start), near(end), end]


def _towards(corner: Point, other: Point) -> Point:
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = max(abs(dx), abs(dy))
    part = min(CURVE, length / 2) / length if length else 0.0
    return corner[0] + part * dx, corner[1] + part * dy


class Lines:
    """A level in lines. `place` moves a point of a rank to where it is now; `turn` says how a link gets to the next line.

    `first` are the first ranks of the lines, `spans` the lowest and the highest edge of what stands in each rank, and `orders`
    the links that go on from the last rank of each line, from top to bottom.
    """

    def __init__(self, columns: Sequence[Point], first: Sequence[int], spans: Sequence[Point], orders: Sequence[Sequence[int]]):
        ends = [*first[1:], len(columns)]
        self.line_of = [line for line, (start, end) in enumerate(zip(first, ends, strict=True)) for _ in range(start, end)]
        margin = max([TRACK * (len(order) + 1) for order in orders], default=0.0)
        self.shifts: list[Point] = []
        self.turns: list[dict[int, Turn]] = []
        self.along, down = 0.0, 0.0
        for line, (start, end) in enumerate(zip(first, ends, strict=True)):
            top = min([span[0] for span in spans[start:end]])
            bottom = max([span[1] for span in spans[start:end]])
            self.shifts.append(((margin if len(first) > 1 else 0.0) - columns[start][0], down - top))
            right, down = columns[end - 1][1] + self.shifts[-1][0], down + bottom - top
            self.along = max(self.along, right)
            if line < len(orders):
                order = orders[line]
                count = len(order)
                self.turns.append(
                    {
                        link: Turn(right + PAD + TRACK * (count - k), down + PAD + TRACK * (count - k), margin - TRACK * (k + 1))
                        for k, link in enumerate(order)
                    }
                )
                self.along = max(self.along, right + PAD + TRACK * count)
                down += 2 * PAD + TRACK * (count + 1)
        self.across = down

    def place(self, rank: int, point: Point) -> Point:
        dx, dy = self.shifts[self.line_of[rank]]
        return point[0] + dx, point[1] + dy

    def turn(self, rank: int, link: int) -> Turn:
        """How a link goes on from the last rank of a line to the next line."""
        return self.turns[self.line_of[rank]][link]
