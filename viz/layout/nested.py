"""The built-in layout of a whole picture: boxes, links and nested groups → places, frames and curves.

Every group is laid out for itself by `layered`, the innermost first, and is one box to whatever surrounds it, so
frames never overlap and hold exactly what belongs to them. A link that crosses frames goes through a gate in each; of
the links with one source only one goes through a gate, and they share that piece of their way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import inf

from .layered import Box, Known, Level, Link, Point, arrange

WHOLE = -1  # the level outside of all groups

# Something on a level: ("box", k), ("group", g), or a gate, ("in", source box) or ("out", source box).
Item = tuple[str, int]
# A piece of a link on one level: from, to, the entry of the box it arrives at (0 for anything else), and whose links use it.
Piece = tuple[Item, Item, int, int]

# The way of a link in pieces: each a curve, and whether other links share it.
Way = tuple[tuple[tuple[Point, ...], bool], ...]


@dataclass(frozen=True)
class Group:
    """A group with the room its frame needs before and after its content, along and across, and its least extent.

    Groups are numbered so that `parent` (WHOLE for an outermost one) comes before its children.
    """

    parent: int
    before: Point
    after: Point
    least: Point


@dataclass(frozen=True)
class Layout:
    """Corners of the boxes; corner and extent of each frame; the way of each link."""

    corners: tuple[Point, ...]
    frames: tuple[tuple[Point, Point], ...]
    ways: tuple[Way, ...]
    along: float
    across: float


def place(
    boxes: Sequence[Box],
    links: Sequence[Link],
    groups: Sequence[Group] = (),
    home: Sequence[int] = (),
    longest: float = inf,
    known: Known | None = None,
) -> Layout:
    """The layout of a picture, broken into lines where it would be longer than `longest`; `home` is the innermost group of
    every box, WHOLE for none. `known` keeps what such layouts have in common, as in `arrange`.

    Boxes are numbered in topological order. Raises ValueError when a group takes from something that takes from it.
    """
    home = home or [WHOLE] * len(boxes)
    ways = [_pieces(link, home, groups) for link in links]
    levels: dict[int, dict[Piece, int]] = {level: {} for level in range(WHOLE, len(groups))}
    for way in ways:
        for level, piece in way:
            levels[level][piece] = levels[level].get(piece, 0) + 1
    content: dict[int, list[Item]] = {level: [] for level in levels}
    for k, level in enumerate(home):
        content[level].append(("box", k))
    for g, group in enumerate(groups):
        content[group.parent].append(("group", g))
    made: dict[Item, Box] = {("box", k): box for k, box in enumerate(boxes)}
    known = {} if known is None else known
    plans: dict[int, _Plan] = {}
    for level in range(len(groups) - 1, WHOLE - 1, -1):
        plans[level] = _Plan(content[level], list(levels[level]), made, plans, longest if level == WHOLE else inf, known)
        if level != WHOLE:
            made["group", level] = plans[level].as_box(groups[level])
    return _assembled(boxes, groups, home, ways, levels, plans, made)


def _pieces(link: Link, home: Sequence[int], groups: Sequence[Group]) -> list[tuple[int, Piece]]:
    """The pieces of a link, level by level: out of the groups around its source, across, into those around its target."""
    source = link.source
    out, into = _around(home[source], groups), _around(home[link.target], groups)
    while out and into and out[-1] == into[-1]:
        out.pop()
        into.pop()
    pieces = []
    item: Item = ("box", source)
    for level in out:
        pieces.append((level, (item, ("out", source), 0, source)))
        item = ("group", level)
    for level in reversed(into):
        pieces.append((groups[level].parent, (item, ("group", level), 0, source)))
        item = ("in", source)
    pieces.append((home[link.target], (item, ("box", link.target), link.arrives, source)))
    return pieces


def _around(level: int, groups: Sequence[Group]) -> list[int]:
    """The groups around a level, the innermost first."""
    found = []
    while level != WHOLE:
        found.append(level)
        level = groups[level].parent
    return found


class _Plan:
    """One level, laid out: where its items and its pieces stand."""

    def __init__(
        self,
        content: Sequence[Item],
        pieces: Sequence[Piece],
        made: dict[Item, Box],
        plans: "dict[int, _Plan]",
        longest: float,
        known: Known,
    ):
        into = list(dict.fromkeys([a for a, _, _, _ in pieces if a[0] == "in"]))
        out = list(dict.fromkeys([b for _, b, _, _ in pieces if b[0] == "out"]))
        self.entries: dict[int, int] = {item[1]: k for k, item in enumerate(into)}
        self.exits: dict[int, int] = {item[1]: k for k, item in enumerate(out)}
        items = [*into, *_in_order(content, pieces), *out]
        self.place = {item: k for k, item in enumerate(items)}
        gates = {"in": Box(0, 0, (), ((0, 0),), pinned="first"), "out": Box(0, 0, ((0, 0),), (), pinned="last")}
        boxes = [gates.get(item[0]) or made[item] for item in items]
        links = [
            Link(
                self.place[a],
                self.place[b],
                plans[a[1]].exits[source] if a[0] == "group" else 0,
                plans[b[1]].entries[source] if b[0] == "group" else slot,
            )
            for a, b, slot, source in pieces
        ]
        self.level: Level = arrange(boxes, links, longest, known) if boxes else Level([], [], 0.0, 0.0)
        self.curves = dict(zip(pieces, self.level.curves, strict=True))
        self.gates: tuple[list[float], list[float]] = (
            [self.level.corners[self.place[item]][1] for item in into],
            [self.level.corners[self.place[item]][1] for item in out],
        )
        self.shift = (0.0, 0.0)  # from the corner of the frame to the content

    def as_box(self, group: Group) -> Box:
        """This level inside its frame, as a box for the level around it."""
        extent = []
        for content, before, after, least in zip(
            (self.level.along, self.level.across), group.before, group.after, group.least, strict=True
        ):
            extent.append(max(least, before + content + after))
        along, across = extent
        self.shift = (
            group.before[0] + (along - group.before[0] - self.level.along - group.after[0]) / 2,
            group.before[1] + (across - group.before[1] - self.level.across - group.after[1]) / 2,
        )
        into, out = self.gates
        entries = tuple([(0.0, self.shift[1] + height) for height in into])
        return Box(along, across, entries, tuple([(along, self.shift[1] + height) for height in out]), frame=True)


def _in_order(content: Sequence[Item], pieces: Sequence[Piece]) -> list[Item]:
    """The items of a level, each after those it takes from, and otherwise in the order given."""
    number = {item: k for k, item in enumerate(content)}
    waits = dict.fromkeys(content, 0)
    feeds: dict[Item, list[Item]] = {item: [] for item in content}
    for a, b, _, _ in pieces:
        if a in number and b in number:
            waits[b] += 1
            feeds[a].append(b)
    ready = [number[item] for item in content if not waits[item]]
    heapify(ready)
    found = []
    while ready:
        item = content[heappop(ready)]
        found.append(item)
        for other in feeds[item]:
            waits[other] -= 1
            if not waits[other]:
                heappush(ready, number[other])
    if len(found) < len(content):
        raise ValueError("a group takes from something that takes from it, so it cannot be drawn in one piece")
    return found


def _assembled(
    boxes: Sequence[Box],
    groups: Sequence[Group],
    home: Sequence[int],
    ways: Sequence[list[tuple[int, Piece]]],
    used: dict[int, dict[Piece, int]],
    plans: dict[int, _Plan],
    made: dict[Item, Box],
) -> Layout:
    """The levels put into each other."""
    corner = {WHOLE: (0.0, 0.0)}  # of the frame of each level
    for g, group in enumerate(groups):
        corner[g] = _inside(plans[group.parent], corner[group.parent], ("group", g))
    corners = tuple([_inside(plans[home[k]], corner[home[k]], ("box", k)) for k in range(len(boxes))])
    frames = tuple([(corner[g], (made["group", g].along, made["group", g].across)) for g in range(len(groups))])
    curves = []
    for way in ways:
        parts: list[tuple[list[Point], bool]] = []
        for level, piece in way:
            x, y = (corner[level][axis] + plans[level].shift[axis] for axis in (0, 1))
            points = plans[level].curves[piece]
            if x or y:
                points = [(px + x, py + y) for px, py in points]
            if parts:  # from the frame to the content, or back
                points = [*_straight(parts[-1][0][-1], points[0]), *points[1:]]
            parts.append((points, used[level][piece] > 1))
        curves.append(tuple([(tuple(points), shared) for points, shared in parts]))
    return Layout(corners, frames, tuple(curves), plans[WHOLE].level.along, plans[WHOLE].level.across)


def _inside(plan: _Plan, corner: Point, item: Item) -> Point:
    at = plan.level.corners[plan.place[item]]
    return corner[0] + plan.shift[0] + at[0], corner[1] + plan.shift[1] + at[1]


def _straight(start: Point, end: Point) -> list[Point]:
    """A straight piece as a cubic, or just the point where nothing lies between."""
    if abs(start[0] - end[0]) < 0.01 and abs(start[1] - end[1]) < 0.01:
        return [start]
    return [start, start, end, end]
