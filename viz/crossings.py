"""Second step of the layout: the order of the items in every rank, with few crossings.

Items are boxes, and one point for every rank that a long link passes. The first order comes from a walk against the
links that takes operands in order, so that a tree has no crossing and stands in the order it was written in; then
each rank is sorted by the mean place of its neighbours, to and fro, and the best order seen is kept.
"""

from bisect import bisect_right, insort
from collections.abc import Sequence

# A joint between neighbouring ranks: left item, right item, and where it touches each, as a fraction of the item.
Joint = tuple[int, int, float, float]


def order(layers: Sequence[Sequence[int]], joints: Sequence[Sequence[Joint]], sweeps: int = 24) -> list[list[int]]:
    """The items of every layer in a good order; `joints[r]` run from layer r to r + 1, and `layers` is the first order."""
    places = [0] * (1 + max([item for layer in layers for item in layer], default=0))
    left: list[list[tuple[int, float]]] = [[] for _ in places]
    right: list[list[tuple[int, float]]] = [[] for _ in places]
    for between in joints:
        for a, b, leaving, arriving in between:
            right[a].append((b, arriving))
            left[b].append((a, leaving))
    best = [list(layer) for layer in layers]
    fewest = _crossings(best, joints, places)
    now = [list(layer) for layer in best]
    since = 0
    for sweep in range(sweeps):
        if not fewest or since > 5:
            break
        forward = sweep % 2 == 0
        for layer in now if forward else reversed(now):
            _sort(layer, left if forward else right, places, turn=sweep % 4 > 1)
        if len(places) < 1500:
            _exchange(now, left, right, places)
        crossings = _crossings(now, joints, places)
        since += 1
        if crossings < fewest:
            best, fewest, since = [list(layer) for layer in now], crossings, 0
    return best


def _crossings(layers: Sequence[Sequence[int]], joints: Sequence[Sequence[Joint]], places: list[int]) -> int:
    """The number of pairs of joints that cross, and the place of every item, entered into `places`."""
    for layer in layers:
        for place, item in enumerate(layer):
            places[item] = place
    count = 0
    for between in joints:
        ends = sorted([(places[a] + leaving, places[b] + arriving) for a, b, leaving, arriving in between])
        seen: list[float] = []
        k = 0
        while k < len(ends):  # joints that leave at one point do not cross
            same = k
            while same < len(ends) and ends[same][0] == ends[k][0]:
                count += len(seen) - bisect_right(seen, ends[same][1])
                same += 1
            for _, arriving in ends[k:same]:
                insort(seen, arriving)
            k = same
    return count


def _sort(layer: list[int], neighbours: list[list[tuple[int, float]]], places: list[int], turn: bool) -> None:
    """Sorts a layer by the mean place of the neighbours on one side; an item without any keeps its place."""
    keys = {}
    for item in layer:
        beside = neighbours[item]
        if beside:
            keys[item] = sum([places[other] + at for other, at in beside]) / len(beside)
    movable = [item for item in layer if item in keys]
    if turn:  # equals change places, to leave a dead end
        movable.reverse()
    movable.sort(key=keys.__getitem__)
    following = iter(movable)
    for place, item in enumerate(layer):
        layer[place] = next(following) if item in keys else item
    for place, item in enumerate(layer):
        places[item] = place


def _exchange(
    layers: list[list[int]], left: list[list[tuple[int, float]]], right: list[list[tuple[int, float]]], places: list[int]
) -> None:
    """Lets neighbours in a layer change places as long as that saves crossings."""
    for _ in range(8):
        saved = 0
        for layer in layers:
            for k in range(len(layer) - 1):
                a, b = layer[k], layer[k + 1]
                gain = _gain(left[a], left[b], places) + _gain(right[a], right[b], places)
                if gain > 0:
                    layer[k], layer[k + 1] = b, a
                    places[a], places[b] = k + 1, k
                    saved += gain
        if not saved:
            return


def _gain(upper: list[tuple[int, float]], lower: list[tuple[int, float]], places: list[int]) -> int:
    """How many crossings two neighbours have on one side, more than they would have when exchanged."""
    ys = [places[other] + at for other, at in upper]
    zs = [places[other] + at for other, at in lower]
    return sum([(y > z) - (y < z) for y in ys for z in zs])
