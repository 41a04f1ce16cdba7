"""Second step of the layout: the order of the items in every rank, with few crossings.

Items are boxes, and one point for every rank that a long link passes. The first order comes from a walk against the
links that takes operands in order, so that a tree has no crossing and stands in the order it was written in; then
each rank is sorted by the mean place of its neighbours, to and fro, and the best order seen is kept.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import chain
from math import inf
from operator import itemgetter

from .sides import Side

SMALL, LARGE = 200, 1500  # numbers of items: below the first there are several tries, above the second no fine work
PATIENCE = 6  # turns of a sweep without success, after which it ends
ROUNDS = 8, 2  # of exchanges below and above the first of these: further ones save one crossing in a hundred

TURNS = (True, False), (False, False), (True, True), (False, True)  # of a sweep: whether it goes forward, and whether equals change places

# A joint between neighbouring ranks: left item, right item, and where it touches each, as a fraction of the item.
Joint = tuple[int, int, float, float]


OUT_OF_ORDER = 2  # so many crossings is it worth that two operands stand as they were written


def order(
    layers: Sequence[Sequence[int]],
    joints: Sequence[Sequence[Joint]],
    kept: Sequence[Sequence[int]] = (),
    lanes: Sequence[range] = (),
) -> list[list[int]]:
    """The items of every layer in a good order; `joints[r]` run from layer r to r + 1, and `layers` is the first order.

    `kept` are items of a layer, such as the classes of a softmax, that stand in this order where that costs few crossings.
    `lanes` are items that are joined in a row from layer to layer: the points of a long link, whose ends are in `joints`.
    """
    search = _Search(layers, joints, lanes)
    free = _fewest_crossings(layers, search)
    if not kept:
        return free
    bound = _in_order(free, kept)
    more = search.start(bound) - search.start(free)
    return bound if more <= OUT_OF_ORDER * _out_of_order(bound, free) else free


def _in_order(layers: Sequence[Sequence[int]], kept: Sequence[Sequence[int]]) -> list[list[int]]:
    """The same layers, with the items of each group at the places of the group, in order."""
    found = [list(layer) for layer in layers]
    for group in kept:
        layer = next(layer for layer in found if group[0] in layer)
        for place, item in zip(sorted(map(layer.index, group)), group, strict=True):
            layer[place] = item
    return found


def _fewest_crossings(layers: Sequence[Sequence[int]], search: "_Search") -> list[list[int]]:
    fewest, items = search.start(layers), len(search.places)
    best = [list(layer) for layer in layers]
    if not fewest:
        return best
    if items >= SMALL:
        return search.sweep(layers, 0, exchanging=items < LARGE)[1]
    # Each way to start can lead to another dead end. Of two orders with as many crossings the one nearer to the first
    # order is taken, in which operands stand as they were written.
    found = [(fewest, best)]
    for start in (layers, [layer[::-1] for layer in layers]):
        found += [search.sweep(start, first, exchanging=True) for first in (0, 1)]
    return min(found, key=lambda one: (one[0], _out_of_order(layers, one[1])))[1]


def _out_of_order(first: Sequence[Sequence[int]], layers: Sequence[Sequence[int]]) -> int:
    """How many pairs stand the other way round than in the first order."""
    place = {item: k for layer in first for k, item in enumerate(layer)}
    return sum([_inversions([place[item] for item in layer]) for layer in layers])


class _Search:
    """Looks for orders with fewer crossings. It knows the neighbours of every item on both sides, and which layers have changed
    since their crossings were counted and since their items were last exchanged."""

    def __init__(self, layers: Sequence[Sequence[int]], joints: Sequence[Sequence[Joint]], lanes: Sequence[range]):
        inside = {item for lane in lanes for item in lane}
        left: dict[int, list[tuple[int, float]]] = {item: [] for layer in layers for item in layer if item not in inside}
        right: dict[int, list[tuple[int, float]]] = {item: [] for item in left}
        points: dict[int, dict[float, list[tuple[int, float]]]] = {}  # where joints leave an item, in order → those joints
        for a, b, leaving, arriving in sorted(chain.from_iterable(joints), key=itemgetter(2)):
            right.setdefault(a, []).append((b, arriving))
            left.setdefault(b, []).append((a, leaving))
            points.setdefault(a, {}).setdefault(leaving, []).append((b, arriving))
        items = max([item for layer in layers for item in layer], default=-1) + 1
        self.left, self.right = Side(-1, items, left), Side(1, items, right)
        self.points = {item: list(points[item].values()) for item, several in right.items() if len(several) > 1}
        self.places = [0] * items
        self.met: set[tuple[int, tuple[tuple[int, ...], ...]]] = set()  # the orders met after each kind of turn
        self.counts = [0] * (len(layers) - 1)
        self.layers: list[list[int]] = [[] for _ in layers]
        self.uncounted, self.unseen = set(range(len(self.counts))), set(range(len(layers)))

    def start(self, layers: Sequence[Sequence[int]]) -> int:
        """Begins with an order, and returns its number of crossings."""
        for r, layer in enumerate(layers):
            self._set(r, list(layer))
        self.unseen = set(range(len(layers)))
        return self.crossings()

    def _set(self, r: int, layer: list[int]) -> None:
        if layer != self.layers[r]:
            self.layers[r] = layer
            for place, item in enumerate(layer):
                self.places[item] = place
            self._moved(r)

    def sweep(self, start: Sequence[Sequence[int]], first: int, exchanging: bool) -> tuple[int, list[list[int]]]:
        """The best order met on some sweeps to and fro from `start`, after its number of crossings; `first` of TURNS comes first."""
        fewest, best = self.start(start), [list(layer) for layer in start]
        since, most = 0, max(2, min(4 * PATIENCE, 24_000 // len(self.places)))  # a large order is hardly better after two turns
        for number in range(first, first + most):
            forward, turn = TURNS[number % 4]
            for r in range(len(self.layers)) if forward else range(len(self.layers) - 1, -1, -1):
                self._sort(r, self.left if forward else self.right, turn)
            if exchanging:
                self._exchange()
            met = number % 4, tuple(map(tuple, self.layers))
            if met in self.met:  # from here on everything comes again
                break
            self.met.add(met)
            crossings = self.crossings()
            since += 1
            if crossings < fewest:
                best, fewest, since = [list(layer) for layer in self.layers], crossings, 0
            if not fewest or since > PATIENCE:
                break
        return fewest, best

    def crossings(self) -> int:
        """The number of pairs of joints that cross."""
        for r in self.uncounted:
            self.counts[r] = _inversions(self._arrivals(r))
        self.uncounted.clear()
        return sum(self.counts)

    def _arrivals(self, r: int) -> list[float]:
        """Where the joints after layer r arrive, in the order in which they leave; those that leave at one point do not cross."""
        places, one, at, found = self.places, self.right.one, self.right.at, []
        for item in self.layers[r]:
            other = one[item]
            if other >= 0:
                found.append(places[other] + at[item])
            else:
                for joints in self.points.get(item, ()):
                    found += sorted([places[other] + arriving for other, arriving in joints])
        return found

    def _sort(self, r: int, side: Side, turn: bool) -> None:
        """Sorts a layer by the mean place of the neighbours on one side; an item without any keeps its place."""
        layer, places, one, at = self.layers[r], self.places, side.one, side.at
        if len(layer) < 2:
            return
        means = {}
        for item in reversed(layer) if turn else layer:  # equals change places, to leave a dead end
            n = one[item]
            if n >= 0:
                means[item] = places[n] + at[item]
            elif side.several[item]:
                means[item] = side.mean(item, places)
        moved = sorted(means, key=means.__getitem__)
        if len(moved) < len(layer):
            following = iter(moved)
            moved = [next(following) if item in means else item for item in layer]
        self._set(r, moved)

    def _moved(self, r: int) -> None:
        self.uncounted.update(range(max(r - 1, 0), min(r + 1, len(self.counts))))
        self.unseen.update(range(max(r - 1, 0), min(r + 2, len(self.layers))))

    def _exchange(self) -> None:
        """Lets neighbours in a layer change places as long as that saves crossings."""
        for _ in range(ROUNDS[len(self.places) >= SMALL]):
            looked = sorted(self.unseen)
            self.unseen.clear()
            for r in looked:
                if len(self.layers[r]) > 1 and self._exchange_in(self.layers[r]):
                    self._moved(r)
            if not self.unseen:
                return

    def _exchange_in(self, layer: list[int]) -> bool:
        places, moved = self.places, False
        left, right = self.left.ends(layer, places), self.right.ends(layer, places)
        for k in range(len(layer) - 1):
            if _saved(left[k], left[k + 1]) + _saved(right[k], right[k + 1]) > 0:
                layer[k], layer[k + 1] = layer[k + 1], layer[k]
                left[k], left[k + 1] = left[k + 1], left[k]
                right[k], right[k + 1] = right[k + 1], right[k]
                places[layer[k]], places[layer[k + 1]] = k, k + 1
                moved = True
        return moved


def _saved(ys: list[float], zs: list[float]) -> int:
    """How many crossings two neighbours have on one side, more than they would have when exchanged, by the sorted places of
    what each is joined to."""
    if not ys or not zs:
        return 0
    if ys[-1] < zs[0]:
        return -len(ys) * len(zs)
    if ys[0] > zs[-1]:
        return len(ys) * len(zs)
    return sum([bisect_left(zs, y) + bisect_right(zs, y) - len(zs) for y in ys])


def _inversions(numbers: Sequence[float]) -> int:
    """How many pairs of numbers stand the other way round than in ascending order.

    >>> _inversions([1, 3, 2, 2, 0])
    6
    """
    count, seen, last = 0, [], -inf
    for number in numbers:
        if number >= last:
            seen.append(number)
            last = number
        else:
            k = bisect_right(seen, number)
            count += len(seen) - k
            seen.insert(k, number)
    return count
