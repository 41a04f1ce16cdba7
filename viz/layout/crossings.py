"""Second step of the layout: the order of the items in every rank, with few crossings.

Items are boxes, and one point for every rank that a long link passes. The first order comes from a walk against the
links that takes operands in order, so that a tree has no crossing and stands in the order it was written in; then
each rank is sorted by the mean place of its neighbours, to and fro, and the best order seen is kept.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

SMALL, LARGE = 200, 1500  # numbers of items: below the first there are several tries, above the second no fine work
ROUNDS = 8, 2  # of exchanges below and above the first of these: further ones save one crossing in a hundred

# A joint between neighbouring ranks: left item, right item, and where it touches each, as a fraction of the item.
Joint = tuple[int, int, float, float]


OUT_OF_ORDER = 2  # so many crossings is it worth that two operands stand as they were written


def order(layers: Sequence[Sequence[int]], joints: Sequence[Sequence[Joint]], kept: Sequence[Sequence[int]] = ()) -> list[list[int]]:
    """The items of every layer in a good order; `joints[r]` run from layer r to r + 1, and `layers` is the first order.

    `kept` are items of a layer, such as the classes of a softmax, that stand in this order where that costs few crossings.
    """
    free = _fewest_crossings(layers, joints)
    if not kept:
        return free
    bound = _in_order(free, kept)
    search = _Search(joints, 1 + max([item for layer in layers for item in layer], default=0))
    costs = [search.crossings(each) + OUT_OF_ORDER * _inversions(bound, each) for each in (bound, free)]
    return bound if costs[0] <= costs[1] else free


def _in_order(layers: Sequence[Sequence[int]], kept: Sequence[Sequence[int]]) -> list[list[int]]:
    """The same layers, with the items of each group at the places of the group, in order."""
    found = [list(layer) for layer in layers]
    for group in kept:
        layer = next(layer for layer in found if group[0] in layer)
        for place, item in zip(sorted(map(layer.index, group)), group, strict=True):
            layer[place] = item
    return found


def _fewest_crossings(layers: Sequence[Sequence[int]], joints: Sequence[Sequence[Joint]]) -> list[list[int]]:
    items = 1 + max([item for layer in layers for item in layer], default=0)
    search = _Search(joints, items)
    best = [list(layer) for layer in layers]
    fewest = search.crossings(best)
    if not fewest:
        return best
    if items >= SMALL:
        return search.sweep(layers, backwards=False, exchanging=items < LARGE)[1]
    # Each way to start can lead to another dead end. Of two orders with as many crossings the one nearer to the first
    # order is taken, in which operands stand as they were written.
    found = [(fewest, best)]
    for start in (layers, [layer[::-1] for layer in layers]):
        found += [search.sweep(start, backwards, exchanging=True) for backwards in (False, True)]
    return min(found, key=lambda one: (one[0], _inversions(layers, one[1])))[1]


def _inversions(first: Sequence[Sequence[int]], layers: Sequence[Sequence[int]]) -> int:
    """How many pairs stand the other way round than in the first order."""
    count = 0
    for one, other in zip(first, layers, strict=True):
        place = {item: k for k, item in enumerate(one)}
        seen: list[int] = []
        for item in other:
            count += len(seen) - bisect_right(seen, place[item])
            insort(seen, place[item])
    return count


class _Search:
    """Looks for orders with fewer crossings, from the neighbours of every item on both sides."""

    def __init__(self, joints: Sequence[Sequence[Joint]], items: int):
        self.joints = joints
        self.places = [0] * items
        self.left: list[list[tuple[int, float]]] = [[] for _ in range(items)]
        self.right: list[list[tuple[int, float]]] = [[] for _ in range(items)]
        for between in joints:
            for a, b, leaving, arriving in between:
                self.right[a].append((b, arriving))
                self.left[b].append((a, leaving))

    def sweep(self, start: Sequence[Sequence[int]], backwards: bool, exchanging: bool) -> tuple[int, list[list[int]]]:
        """The best order met on some sweeps to and fro from `start`, after its number of crossings."""
        now = [list(layer) for layer in start]
        fewest, best = self.crossings(now), [list(layer) for layer in now]
        since, patience = 0, max(1, min(6, 12_000 // len(self.places)))
        for turn in range(4 * patience):
            forward = (turn % 2 == 0) != backwards
            for layer in now if forward else reversed(now):
                self._sort(layer, self.left if forward else self.right, turn % 4 > 1)
            if exchanging:
                self._exchange(now)
            crossings = self.crossings(now)
            since += 1
            if crossings < fewest:
                best, fewest, since = [list(layer) for layer in now], crossings, 0
            if not fewest or since > patience:
                break
        return fewest, best

    def crossings(self, layers: Sequence[Sequence[int]]) -> int:
        """The number of pairs of joints that cross, and the place of every item, entered into `places`."""
        for layer in layers:
            for place, item in enumerate(layer):
                self.places[item] = place
        count = 0
        for between in self.joints:
            ends = sorted([(self.places[a] + leaving, self.places[b] + arriving) for a, b, leaving, arriving in between])
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

    def _sort(self, layer: list[int], neighbours: list[list[tuple[int, float]]], turn: bool) -> None:
        """Sorts a layer by the mean place of the neighbours on one side; an item without any keeps its place."""
        keys = {}
        for item in layer:
            beside = neighbours[item]
            if beside:
                keys[item] = sum([self.places[other] + at for other, at in beside]) / len(beside)
        movable = [item for item in layer if item in keys]
        if turn:  # equals change places, to leave a dead end
            movable.reverse()
        movable.sort(key=keys.__getitem__)
        following = iter(movable)
        for place, item in enumerate(layer):
            layer[place] = next(following) if item in keys else item
        for place, item in enumerate(layer):
            self.places[item] = place

    def _exchange(self, layers: list[list[int]]) -> None:
        """Lets neighbours in a layer change places as long as that saves crossings."""
        places, left, right = self.places, self.left, self.right
        changed = set(range(len(layers)))
        for _ in range(ROUNDS[len(places) >= SMALL]):
            looked, changed = sorted(changed), set()
            for r in looked:
                layer = layers[r]
                for k in range(len(layer) - 1):
                    a, b = layer[k], layer[k + 1]
                    if _gain(left[a], left[b], places) + _gain(right[a], right[b], places) > 0:
                        layer[k], layer[k + 1] = b, a
                        places[a], places[b] = k + 1, k
                        changed |= {r - 1, r, r + 1}
            changed &= set(range(len(layers)))
            if not changed:
                return


def _gain(upper: list[tuple[int, float]], lower: list[tuple[int, float]], places: list[int]) -> int:
    """How many crossings two neighbours have on one side, more than they would have when exchanged."""
    if not upper or not lower:
        return 0
    if len(upper) == len(lower) == 1:  # most items are points where a link passes
        y, z = places[upper[0][0]] + upper[0][1], places[lower[0][0]] + lower[0][1]
        return (y > z) - (y < z)
    ys = [places[other] + at for other, at in upper]
    zs = sorted([places[other] + at for other, at in lower])
    return sum([bisect_left(zs, y) + bisect_right(zs, y) - len(zs) for y in ys])
