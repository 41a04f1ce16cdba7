"""One level of the layout: boxes and links → places and curves, in ranks. It knows nothing of Values, nor of groups.

It works along the flow (ranks follow each other) and across it, so that one layout serves both directions. The steps
are `ranks`, `crossings` and `coordinates`; here they are put together and the links are drawn as curves. A curve
bends only between two ranks and passes a rank on a line of its own, so it cannot run through a box. The same boxes
always give the same layout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from .coordinates import LANE_GAP, Across, Pull
from .crossings import Joint, order
from .lines import Lines, first_ranks
from .ranks import ranks

Point = tuple[float, float]
BOX_GAP = 18.0  # free room across, around a box
NEAR, NEAREST, FAR, GATE = (
    34.0,
    20.0,
    110.0,
    14.0,
)  # room between two ranks: usually, where there is little, where links bend much; and beside a frame


LOOSE = 2  # links that leave a box which stands in the order of its consumer: one to it, and one elsewhere


@dataclass(frozen=True)
class Box:
    """What the layout sees of a card or a group: its extent, and the points, from its corner, where links arrive and leave.

    `pinned` holds a box in the first rank ("first") or the last ("last"). A quiet box is a constant: it follows its
    consumer, which does not mind it. Links arrive level at the entries of a frame; a card rather stands level itself.
    """

    along: float
    across: float
    entries: tuple[Point, ...] = ()
    exits: tuple[Point, ...] = ()
    quiet: bool = False
    pinned: str = ""
    frame: bool = False


@dataclass(frozen=True)
class Link:
    """From exit `leaves` of box `source` to entry `arrives` of box `target`; boxes are numbered in topological order."""

    source: int
    target: int
    leaves: int = 0
    arrives: int = 0


@dataclass(frozen=True)
class Level:
    """`corners` of the boxes; for each link a curve: its first point, then three points for each cubic."""

    corners: list[Point]
    curves: list[list[Point]]
    along: float
    across: float


Known = dict[tuple[tuple[Box, ...], tuple[Link, ...]], "_Settled"]


def arrange(boxes: Sequence[Box], links: Sequence[Link], longest: float = inf, known: Known | None = None) -> Level:
    """The places of the boxes and the curves of the links; in several lines where one would be longer than `longest`.

    `known` keeps what does not depend on that length, for those who ask for the same boxes again.
    """
    key = (tuple(boxes), tuple(links))
    found = None if known is None else known.get(key)
    if found is None:
        found = _Settled(boxes, links)
        if known is not None:
            known[key] = found
    return found.level(longest)


class _Settled:
    """Boxes and links with their ranks, the order in each, and their places across the flow."""

    def __init__(self, boxes: Sequence[Box], links: Sequence[Link]):
        self.problem = _Problem(boxes, links, _ranks(boxes, links))
        across = self.problem.across(order(self.problem.first_order(), self.problem.joints, self.problem.kept()))
        self.middles, self.halves = across.settle(), across.halves
        across.straighten([way[1:-1] for way in self.problem.ways], [self.problem.ends(k, self.middles) for k in range(len(links))])
        self.bends = self.problem.bends(self.middles)

    def level(self, longest: float) -> Level:
        problem, middles = self.problem, self.middles
        columns = problem.columns(self.bends, NEAR)
        if columns[-1][1] > longest:
            columns = problem.columns(self.bends, NEAREST)
        lines = problem.lines(columns, middles, self.halves, longest)
        corners = [
            lines.place(r, (columns[r][1] - box.along, middles[k] - box.across / 2))
            for k, (box, r) in enumerate(zip(problem.boxes, problem.rank, strict=True))
        ]
        curves = [problem.curve(k, middles, columns, lines) for k in range(len(problem.links))]
        return Level(corners, curves, lines.along, lines.across)


def _ranks(boxes: Sequence[Box], links: Sequence[Link]) -> list[int]:
    """The ranks of all boxes: the pinned ones stand before and after the others."""
    free = [k for k, box in enumerate(boxes) if not box.pinned]
    place = {k: place for place, k in enumerate(free)}
    between = [link for link in links if link.source in place and link.target in place]
    weights = [0.5 if boxes[link.source].quiet else 1.0 for link in between]
    found = ranks(len(free), [(place[link.source], place[link.target]) for link in between], weights)
    before = int(any(box.pinned == "first" for box in boxes))
    last = max(found, default=-1) + 1 + before
    return [0 if box.pinned == "first" else last if box.pinned else found[place[k]] + before for k, box in enumerate(boxes)]


class _Problem:
    """The boxes and links of one level with their ranks; items are the boxes, then a point for every rank a link passes."""

    def __init__(self, boxes: Sequence[Box], links: Sequence[Link], rank: list[int]):
        self.boxes, self.links, self.rank = boxes, links, rank
        self.count = len(boxes)
        self.ways: list[list[int]] = []  # for each link the items on its way, from source to target
        for link in links:
            passed = rank[link.target] - rank[link.source] - 1
            self.ways.append([link.source, *range(self.count, self.count + passed), link.target])
            self.count += passed
        self.joints: list[list[Joint]] = [[] for _ in range(max(rank))]
        for link, way in zip(links, self.ways, strict=True):
            source, target = boxes[link.source], boxes[link.target]
            leaving = [_fraction(source.exits[link.leaves][1], source.across)] + [0.0] * (len(way) - 2)
            arriving = [0.0] * (len(way) - 2) + [_fraction(target.entries[link.arrives][1], target.across)]
            for k, (a, b) in enumerate(pairwise(way)):
                self.joints[rank[link.source] + k].append((a, b, leaving[k], arriving[k]))

    def kept(self) -> list[list[int]]:
        """Boxes that stand in the order in which a third one takes them, such as the classes of a softmax: those of its
        operands in the rank before it that are alike, and, where each of these takes one operand, these operands."""
        ins: list[list[int]] = [[] for _ in self.boxes]
        outs = [0] * len(self.boxes)
        for link in sorted(self.links, key=lambda link: link.arrives):
            ins[link.target].append(link.source)
            outs[link.source] += 1
        found: list[list[int]] = []
        taken: set[int] = set()
        for target, sources in enumerate(ins):
            group = list(dict.fromkeys([k for k in sources if self.rank[k] == self.rank[target] - 1 and outs[k] <= LOOSE]))
            while len(group) > 1 and {*map(len, [ins[k] for k in group])} in ({0}, {1}) and taken.isdisjoint(group):
                taken.update(group)
                found.append(group)
                before = [ins[k][0] for k in group] if len(ins[group[0]]) == 1 else []
                alike = len({*before}) == len(group) and len({self.rank[k] for k in before}) == 1
                group = before if alike and all(outs[k] <= LOOSE for k in before) else []
        return found

    def first_order(self) -> list[list[int]]:
        """The items of each rank, in the order of a walk against the links that takes operands in order."""
        layers: list[list[int]] = [[] for _ in range(max(self.rank) + 1)]
        ins: list[list[list[int]]] = [[] for _ in self.boxes]
        for link, way in sorted(zip(self.links, self.ways, strict=True), key=lambda both: both[0].arrives):
            ins[link.target].append(way)
        used = {link.source for link in self.links}
        seen = [False] * len(self.boxes)
        waiting = [box for box in range(len(self.boxes)) if box not in used][::-1]
        while waiting:
            box = waiting.pop()
            if seen[box]:
                continue
            seen[box] = True
            layers[self.rank[box]].append(box)
            for way in ins[box]:
                for k, item in enumerate(way[1:-1]):
                    layers[self.rank[way[0]] + 1 + k].append(item)
            waiting += [way[0] for way in reversed(ins[box])]
        return layers

    def across(self, layers: list[list[int]]) -> Across:
        lanes = self.count - len(self.boxes)
        left: list[list[Pull]] = [[] for _ in range(self.count)]
        right: list[list[Pull]] = [[] for _ in range(self.count)]
        fed = {link.target for link in self.links}
        for link, way in zip(self.links, self.ways, strict=True):
            source, target = self.boxes[link.source], self.boxes[link.target]
            counts = 0 if source.quiet else 1 if link.source not in fed and not source.pinned else 2 if len(way) > 2 else 3
            for a, b in pairwise(way):
                straight = 0.0
                if b == link.target:  # entries near the middle are reached by a small bend: cards of a chain stand level
                    offset = target.entries[link.arrives][1] - target.across / 2
                    straight += offset if target.frame else offset - max(-14.0, min(14.0, offset))
                if a == link.source:
                    straight -= source.exits[link.leaves][1] - source.across / 2
                right[a].append((b, straight, max(counts, 1)))
                left[b].append((a, -straight, counts))
        halves = [box.across / 2 for box in self.boxes] + [0.0] * lanes
        gaps = [LANE_GAP if box.pinned else BOX_GAP for box in self.boxes] + [LANE_GAP] * lanes
        return Across(layers, halves, gaps, len(self.boxes), left, right)

    def ends(self, k: int, middles: Sequence[float]) -> tuple[float, float]:
        """At which height link k leaves and arrives."""
        link = self.links[k]
        source, target = self.boxes[link.source], self.boxes[link.target]
        leave = middles[link.source] - source.across / 2 + source.exits[link.leaves][1]
        return leave, middles[link.target] - target.across / 2 + target.entries[link.arrives][1]

    def bends(self, middles: Sequence[float]) -> list[float]:
        """How far up or down links go at most between each rank and the next."""
        found = [0.0] * (max(self.rank) + 1)
        for k, way in enumerate(self.ways):
            leave, arrive = self.ends(k, middles)
            before, r = leave, self.rank[way[0]]
            for item in way[1:-1]:
                here = middles[item]
                found[r] = max(found[r], abs(here - before))
                before, r = here, r + 1
            found[r] = max(found[r], abs(arrive - before))
        return found

    def columns(self, bends: Sequence[float], near: float) -> list[Point]:
        """Where each rank begins and ends along the flow; where links bend much, there is more room before the next."""
        widths = [0.0] * len(bends)
        for box, r in zip(self.boxes, self.rank, strict=True):
            widths[r] = max(widths[r], box.along)
        found, x = [], 0.0
        for k, (wide, steep) in enumerate(zip(widths, bends, strict=True)):
            found.append((x, x + wide))
            gate = not wide or not widths[min(k + 1, len(widths) - 1)]  # a frame brings room of its own
            x += wide + min(FAR, (GATE if gate else near) + steep * 0.12)
        return found

    def lines(self, columns: Sequence[Point], middles: Sequence[float], halves: Sequence[float], longest: float) -> Lines:
        """The ranks in lines."""
        spans = [(inf, -inf)] * len(columns)
        rank_of = [*self.rank, *[0] * (self.count - len(self.boxes))]
        for way in self.ways:
            for step, item in enumerate(way[1:-1], start=self.rank[way[0]] + 1):
                rank_of[item] = step
        for item, r in enumerate(rank_of):
            low, high = spans[r]
            spans[r] = min(low, middles[item] - halves[item]), max(high, middles[item] + halves[item])
        first = first_ranks(columns, [len(joints) for joints in self.joints], longest)
        orders = []
        for r in [start - 1 for start in first[1:]]:
            passing = [
                (middles[way[r - self.rank[way[0]]]], k) for k, way in enumerate(self.ways) if self.rank[way[0]] <= r < self.rank[way[-1]]
            ]
            orders.append([k for _, k in sorted(passing)])
        return Lines(columns, first, spans, orders)

    def curve(self, k: int, middles: Sequence[float], columns: Sequence[Point], lines: Lines) -> list[Point]:
        """The way of link k: straight through every rank, a bend between two, and back where the next one is in another line."""
        way, first = self.ways[k], self.rank[self.links[k].source]
        leave, arrive = self.ends(k, middles)
        last = self.rank[self.links[k].target]
        source, target = self.boxes[self.links[k].source], self.boxes[self.links[k].target]
        start = columns[first][1] - source.along + source.exits[self.links[k].leaves][0]
        end = columns[last][1] - target.along + target.entries[self.links[k].arrives][0]
        points: list[Point] = []
        stops = [lines.place(first, (start, leave)), lines.place(first, (columns[first][1], leave))]
        heights = [leave, *[middles[item] for item in way[1:-1]], arrive]
        for step in range(1, len(way)):
            r = first + step
            here = [lines.place(r, (columns[r][0], heights[step])), lines.place(r, (end if r == last else columns[r][1], heights[step]))]
            turn = lines.turn(r - 1, k)
            if turn is not None:
                points = [*points[:-1], *_smooth(stops)]
                points += turn.path(stops[-1], here[0])
                stops = []
            stops += here
        return [*points[:-1], *_smooth(stops)]


def _fraction(offset: float, across: float) -> float:
    """Where on its box a link arrives or leaves, from -0.45 to 0.45."""
    return (offset / across - 0.5) * 0.9 if across else 0.0


def _smooth(stops: Sequence[Point]) -> list[Point]:
    """A curve through points of which every second piece is straight: level pieces are joined, the others swing over."""
    corners = [stops[0]]
    for (x0, y0), (x1, y1) in pairwise(stops):
        if x1 - x0 < 0.01 and abs(y1 - y0) < 0.01:
            continue
        if len(corners) > 1 and abs(corners[-2][1] - corners[-1][1]) < 0.01 and abs(y1 - y0) < 0.01:
            corners[-1] = (x1, y1)
        else:
            corners.append((x1, y1))
    points = [corners[0]]
    for (x0, y0), (x1, y1) in pairwise(corners):
        half = (x0 + x1) / 2
        points += [(half, y0), (half, y1), (x1, y1)]
    return points
