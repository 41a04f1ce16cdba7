"""The built-in layered layout: boxes and links between them → positions and curves. It knows nothing of Values.

It works along the flow (ranks follow each other) and across it, so that one layout serves both directions. The steps
are `ranks`, `crossings` and `coordinates`; here they are put together and the links are drawn as curves. A curve
bends only between two ranks and passes a rank on a line of its own, so it cannot run through a box. The same boxes
always give the same layout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .coordinates import coordinates
from .crossings import Joint, order
from .ranks import ranks

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """What the layout sees of a card: its extent, and the points, from its corner, where links arrive and leave."""

    along: float
    across: float
    entries: tuple[Point, ...]
    exit: Point
    quiet: bool = False  # a constant: it follows its consumer, which does not mind it


@dataclass(frozen=True)
class Link:
    """From the exit of box `source` to entry `slot` of box `target`; boxes are numbered in topological order."""

    source: int
    target: int
    slot: int


@dataclass(frozen=True)
class Layout:
    """`corners` of the boxes; for each link a `curve`: its first point, then three points for each cubic."""

    corners: tuple[Point, ...]
    curves: tuple[tuple[Point, ...], ...]
    along: float
    across: float


BOX_GAP, LANE_GAP = 20.0, 12.0  # free room across, around a box and around a passing link
NEAR, FAR = 44.0, 110.0  # room between two ranks


def arrange(boxes: Sequence[Box], links: Sequence[Link]) -> Layout:
    """The layout of a graph."""
    if not boxes:
        return Layout((), (), 0.0, 0.0)
    weights = [0.5 if boxes[link.source].quiet else 1.0 for link in links]
    rank = ranks(len(boxes), [(link.source, link.target) for link in links], weights)
    lanes, ranked = _lanes(links, rank)
    layers, joints = _layers(boxes, links, rank, lanes, len(ranked))
    layers = order(layers, joints)
    middles = _place_across(boxes, links, lanes, layers, len(ranked))
    starts, columns = _place_along(boxes, links, rank, lanes, middles)
    low = min([middles[k] - box.across / 2 for k, box in enumerate(boxes)] + [middles[item] for lane in lanes for item in lane])
    high = max([middles[k] + box.across / 2 for k, box in enumerate(boxes)] + [middles[item] for lane in lanes for item in lane])
    middles = [middle - low for middle in middles]
    corners = tuple([(starts[k], middles[k] - box.across / 2) for k, box in enumerate(boxes)])
    curves = tuple(
        [_curve(boxes, link, lane, corners, middles, rank[link.source], columns) for link, lane in zip(links, lanes, strict=True)]
    )
    return Layout(corners, curves, columns[-1][1], high - low)


def _lanes(links: Sequence[Link], rank: list[int]) -> tuple[list[list[int]], list[int]]:
    """For each link the items that stand for it in the ranks it passes; and the rank of every item."""
    ranked = list(rank)
    lanes = []
    for link in links:
        passed = range(rank[link.source] + 1, rank[link.target])
        lanes.append(list(range(len(ranked), len(ranked) + len(passed))))
        ranked += passed
    return lanes, ranked


def _layers(
    boxes: Sequence[Box], links: Sequence[Link], rank: list[int], lanes: list[list[int]], count: int
) -> tuple[list[list[int]], list[list[Joint]]]:
    """The items of each rank in a first order, and the joints between neighbouring ranks."""
    joints: list[list[Joint]] = [[] for _ in range(max(rank))]
    ins: list[list[tuple[int, list[int]]]] = [[] for _ in boxes]
    for link, lane in zip(links, lanes, strict=True):
        items = [link.source, *lane, link.target]
        box = boxes[link.target]
        ins[link.target].append((link.source, lane))
        for k, (a, b) in enumerate(pairwise(items)):
            leaving = boxes[a].exit[1] / boxes[a].across - 0.5 if a < len(boxes) else 0.0
            arriving = box.entries[link.slot][1] / box.across - 0.5 if b == link.target else 0.0
            joints[rank[link.source] + k].append((a, b, leaving * 0.9, arriving * 0.9))
    layers: list[list[int]] = [[] for _ in range(max(rank) + 1)]
    seen = [False] * len(boxes)
    used = {link.source for link in links}
    waiting = [box for box in range(len(boxes)) if box not in used]
    while waiting:
        at = waiting.pop()
        if seen[at]:
            continue
        seen[at] = True
        layers[rank[at]].append(at)
        for source, lane in ins[at]:
            for k, item in enumerate(lane):
                layers[rank[source] + 1 + k].append(item)
        waiting += [source for source, _ in reversed(ins[at])]
    return layers, joints


def _place_across(boxes: Sequence[Box], links: Sequence[Link], lanes: list[list[int]], layers: list[list[int]], count: int) -> list[float]:
    halves = [box.across / 2 for box in boxes] + [0.0] * (count - len(boxes))
    gaps = [BOX_GAP] * len(boxes) + [LANE_GAP] * (count - len(boxes))
    left: list[list[tuple[int, float, float]]] = [[] for _ in range(count)]
    right: list[list[tuple[int, float, float]]] = [[] for _ in range(count)]
    for link, lane in zip(links, lanes, strict=True):
        items = [link.source, *lane, link.target]
        source, target = boxes[link.source], boxes[link.target]
        for a, b in pairwise(items):
            straight = 0.0
            if b == link.target:  # entries near the middle are reached by a small bend: cards of a chain stand level
                offset = target.entries[link.slot][1] - target.across / 2
                straight += offset - max(-20.0, min(20.0, offset))
            if a == link.source:
                straight -= source.exit[1] - source.across / 2
            strength = 4.0 if a >= len(boxes) and b >= len(boxes) else 1.0
            right[a].append((b, straight, strength))
            left[b].append((a, -straight, 0.05 if source.quiet else strength))
    return coordinates(layers, halves, gaps, left, right)


def _place_along(
    boxes: Sequence[Box], links: Sequence[Link], rank: list[int], lanes: list[list[int]], middles: list[float]
) -> tuple[list[float], list[Point]]:
    """Where each box begins along the flow, and where each rank begins and ends."""
    widths = [0.0] * (max(rank) + 1)
    for box, r in zip(boxes, rank, strict=True):
        widths[r] = max(widths[r], box.along)
    steepest = [0.0] * len(widths)
    for link, lane in zip(links, lanes, strict=True):
        items = [link.source, *lane, link.target]
        for k, (a, b) in enumerate(pairwise(items)):
            r = rank[link.source] + k
            steepest[r] = max(steepest[r], abs(middles[a] - middles[b]))
    columns, x = [], 0.0
    for wide, steep in zip(widths, steepest, strict=True):
        columns.append((x, x + wide))
        x += wide + min(FAR, NEAR + steep * 0.12)
    starts = [sum(columns[r]) / 2 - box.along / 2 for box, r in zip(boxes, rank, strict=True)]
    return starts, columns


def _curve(
    boxes: Sequence[Box],
    link: Link,
    lane: list[int],
    corners: Sequence[Point],
    middles: Sequence[float],
    first: int,
    columns: Sequence[Point],
) -> tuple[Point, ...]:
    """The way of a link: straight through every rank, a bend between two."""
    source, target = corners[link.source], corners[link.target]
    leave = (source[0] + boxes[link.source].exit[0], source[1] + boxes[link.source].exit[1])
    arrive = (target[0] + boxes[link.target].entries[link.slot][0], target[1] + boxes[link.target].entries[link.slot][1])
    stops = [leave, (columns[first][1], leave[1])]
    for k, item in enumerate(lane):
        stops += [(columns[first + 1 + k][0], middles[item]), (columns[first + 1 + k][1], middles[item])]
    stops += [(columns[first + len(lane) + 1][0], arrive[1]), arrive]
    points = [stops[0]]
    for (x0, y0), (x1, y1) in pairwise(stops):
        if (x0, y0) != (x1, y1):
            half = (x0 + x1) / 2
            points += [(half, y0), (half, y1), (x1, y1)]
    return tuple(points)
