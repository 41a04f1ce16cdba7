"""One level of the layout: boxes and links → places and curves, in ranks. It knows nothing of Values, nor of groups.

It works along the flow (ranks follow each other) and across it, so that one layout serves both directions. The steps
are `ranks`, `crossings` and `coordinates`; here they are put together and the links are drawn as curves. A curve
bends only between two ranks and passes a rank on a line of its own, so it cannot run through a box. The same boxes
always give the same layout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf
from typing import Any, NamedTuple

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


class Link(NamedTuple):
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


Known = dict[tuple[Any, ...], "_Settled"]


def arrange(boxes: Sequence[Box], links: Sequence[Link], longest: float = inf, known: Known | None = None) -> Level:
    """The places of the boxes and the curves of the links; in several lines where one would be longer than `longest`.

    `known` keeps what is the same for all boxes that are alike across the flow, such as the neurons of a layer, for those who
    ask for more of them.
    """
    if known is None:
        return _Settled(boxes, links).level(boxes, longest)
    key = (*[(box.across, box.quiet, box.pinned, box.frame, _second(box.entries), _second(box.exits)) for box in boxes], *links)
    if key not in known:
        known[key] = _Settled(boxes, links)
    return known[key].level(boxes, longest)


def _second(points: Sequence[Point]) -> tuple[float, ...]:
    return tuple([across for _, across in points])


class _Settled:
    """Links between boxes with their ranks, the order in each, and their places across the flow."""

    def __init__(self, boxes: Sequence[Box], links: Sequence[Link]):
        self.links, self.rank = links, _ranks(boxes, links)
        problem = _Problem(boxes, links, self.rank)
        layers = order(problem.first_order(), problem.joints, problem.kept(), problem.lanes)
        across = problem.across(layers)
        middles = across.settle()
        across.straighten(problem.lanes, [problem.ends(k, middles) for k in range(len(links))])
        self.tops = [middle - box.across / 2 for middle, box in zip(middles, boxes, strict=False)]
        self.spans = [(middles[layer[0]] - across.halves[layer[0]], middles[layer[-1]] + across.halves[layer[-1]]) for layer in layers]
        self.ways = [problem.heights(k, middles) for k in range(len(links))]
        self.bends = problem.bends(self.ways)

    def level(self, boxes: Sequence[Box], longest: float) -> Level:
        """These boxes, which are like those that were settled, at their places along the flow, too."""
        columns = self._columns(boxes, NEAR)
        if columns[-1][1] > longest:
            columns = self._columns(boxes, NEAREST)
        lines = self._lines(columns, longest)
        corners = [lines.place(r, (columns[r][1] - box.along, top)) for box, r, top in zip(boxes, self.rank, self.tops, strict=True)]
        curves = [self._curve(k, boxes, columns, lines) for k in range(len(self.links))]
        return Level(corners, curves, lines.along, lines.across)

    def _columns(self, boxes: Sequence[Box], near: float) -> list[Point]:
        """Where each rank begins and ends along the flow; where links bend much, there is more room before the next."""
        widths = [0.0] * len(self.bends)
        for box, r in zip(boxes, self.rank, strict=True):
            widths[r] = max(widths[r], box.along)
        found, x = [], 0.0
        for k, (wide, steep) in enumerate(zip(widths, self.bends, strict=True)):
            found.append((x, x + wide))
            gate = not wide or not widths[min(k + 1, len(widths) - 1)]  # a frame brings room of its own
            x += wide + min(FAR, (GATE if gate else near) + steep * 0.12)
        return found

    def _lines(self, columns: Sequence[Point], longest: float) -> Lines:
        """The ranks in lines."""
        spread = [(self.rank[link.source], self.rank[link.target]) for link in self.links]
        change = [0] * len(columns)
        for start, end in spread:
            change[start] += 1
            change[end] -= 1
        first = first_ranks(columns, list(accumulate(change[:-1])), longest)
        orders = []
        for r in [start - 1 for start in first[1:]]:
            passing = [(self.ways[k][r - start], k) for k, (start, end) in enumerate(spread) if start <= r < end]
            orders.append([k for _, k in sorted(passing)])
        return Lines(columns, first, self.spans, orders)

    def _curve(self, k: int, boxes: Sequence[Box], columns: Sequence[Point], lines: Lines) -> list[Point]:
        """The way of link k: straight through every rank, a bend between two, and back where the next one is in another line."""
        link, heights = self.links[k], self.ways[k]
        source, target = boxes[link.source], boxes[link.target]
        first, last = self.rank[link.source], self.rank[link.target]
        points: list[Point] = []
        stops = [lines.place(first, (columns[first][1] - source.along + source.exits[link.leaves][0], heights[0]))]
        for r, (before, here) in enumerate(pairwise(heights), start=first):
            goes_on = lines.line_of[r] == lines.line_of[r + 1]
            if goes_on and before == here:
                continue
            stops.append(lines.place(r, (columns[r][1], before)))
            enter = lines.place(r + 1, (columns[r + 1][0], here))
            if not goes_on:
                points = [*points[:-1], *_smooth(stops)]
                points += lines.turn(r, k).path(stops[-1], enter)
                stops = []
            stops.append(enter)
        stops.append(lines.place(last, (columns[last][1] - target.along + target.entries[link.arrives][0], heights[-1])))
        return [*points[:-1], *_smooth(stops)]


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
        self.lanes: list[range] = []  # for each link the points where it passes a rank
        self.joints: list[list[Joint]] = [[] for _ in range(max(rank))]
        for link in links:
            source, target = boxes[link.source], boxes[link.target]
            first, last = rank[link.source], rank[link.target] - 1
            lane = range(self.count, self.count + last - first)
            leaving = _fraction(source.exits[link.leaves][1], source.across)
            arriving = _fraction(target.entries[link.arrives][1], target.across)
            if lane:
                self.joints[first].append((link.source, lane[0], leaving, 0.0))
                self.joints[last].append((lane[-1], link.target, 0.0, arriving))
            else:
                self.joints[first].append((link.source, link.target, leaving, arriving))
            self.lanes.append(lane)
            self.count += len(lane)

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
        ins: list[list[int]] = [[] for _ in self.boxes]
        for k, link in sorted(enumerate(self.links), key=lambda both: both[1].arrives):
            ins[link.target].append(k)
        used = {link.source for link in self.links}
        seen = [False] * len(self.boxes)
        waiting = [box for box in range(len(self.boxes)) if box not in used][::-1]
        while waiting:
            box = waiting.pop()
            if seen[box]:
                continue
            seen[box] = True
            layers[self.rank[box]].append(box)
            for k in ins[box]:
                for r, item in enumerate(self.lanes[k], start=self.rank[self.links[k].source] + 1):
                    layers[r].append(item)
            waiting += [self.links[k].source for k in reversed(ins[box])]
        return layers

    def across(self, layers: list[list[int]]) -> Across:
        left: dict[int, list[Pull]] = {k: [] for k in range(len(self.boxes))}
        right: dict[int, list[Pull]] = {k: [] for k in range(len(self.boxes))}
        fed = {link.target for link in self.links}
        for link, lane in zip(self.links, self.lanes, strict=True):
            source, target = self.boxes[link.source], self.boxes[link.target]
            counts = 0 if source.quiet else 1 if link.source not in fed and not source.pinned else 2 if lane else 3
            # Entries near the middle are reached by a small bend: cards of a chain stand level.
            offset = target.entries[link.arrives][1] - target.across / 2
            arrives = offset if target.frame else offset - max(-14.0, min(14.0, offset))
            leaves = source.exits[link.leaves][1] - source.across / 2
            for a, b, straight in (
                [(link.source, lane[0], -leaves), (lane[-1], link.target, arrives)]
                if lane
                else [(link.source, link.target, arrives - leaves)]
            ):
                right.setdefault(a, []).append((b, straight, max(counts, 1)))
                left.setdefault(b, []).append((a, -straight, counts))
        passing = self.count - len(self.boxes)
        halves = [box.across / 2 for box in self.boxes] + [0.0] * passing
        gaps = [LANE_GAP if box.pinned else BOX_GAP for box in self.boxes] + [LANE_GAP] * passing
        return Across(layers, halves, gaps, left, right)

    def ends(self, k: int, middles: Sequence[float]) -> tuple[float, float]:
        """At which height link k leaves and arrives."""
        link = self.links[k]
        source, target = self.boxes[link.source], self.boxes[link.target]
        leave = middles[link.source] - source.across / 2 + source.exits[link.leaves][1]
        return leave, middles[link.target] - target.across / 2 + target.entries[link.arrives][1]

    def heights(self, k: int, middles: Sequence[float]) -> list[float]:
        """At which height link k is in every rank, from its source to its target."""
        (leave, arrive), lane = self.ends(k, middles), self.lanes[k]
        return [leave, *middles[lane.start : lane.stop], arrive]

    def bends(self, ways: Sequence[Sequence[float]]) -> list[float]:
        """How far up or down links go at most between each rank and the next."""
        found = [0.0] * (max(self.rank) + 1)
        for link, heights in zip(self.links, ways, strict=True):
            for r, (before, here) in enumerate(pairwise(heights), start=self.rank[link.source]):
                if before != here:
                    found[r] = max(found[r], abs(here - before))
        return found


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
