"""Third step of the layout: where across its rank every item stands.

Rank by rank, each item wishes to stand at the mean of its neighbours, and the wishes are met as nearly as the order
and the distances allow: the least squares under an order is a monotone regression, solved by pooling neighbours that
would overlap. In the end what is computed stands level with what it is computed from, and sources follow.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from math import inf
from operator import sub

from .sides import Side

Pull = tuple[int, float, int]  # a neighbour, its distance that makes the link straight, and its importance in the end
FIRM = 1e6  # the weight of what must not be moved by its neighbours
STILL = 0.01  # what moves less stands still
LANE_GAP = 12.0  # free room between a passing link and what stands beside it


class Across:
    """The items of every rank in order, with their half extents, the free room around them, and their neighbours.

    `left` and `right` are the neighbours in the rank before and after, of boxes and of both ends of `lanes`: the points where a
    link passes the ranks on its way, which are numbered in order and pull each other level.
    """

    def __init__(
        self,
        layers: Sequence[Sequence[int]],
        halves: Sequence[float],
        gaps: Sequence[float],
        left: Mapping[int, Sequence[Pull]],
        right: Mapping[int, Sequence[Pull]],
    ):
        self.layers, self.halves, self.left, self.right = layers, halves, left, right
        self.middles = [0.0] * len(halves)
        self.spacing = []
        for layer in layers:
            between = [halves[a] + halves[b] + (gaps[a] + gaps[b]) / 2 for a, b in pairwise(layer)]
            distances = list(accumulate(between, initial=0.0))
            self.spacing.append(distances)
            for item, distance in zip(layer, distances, strict=False):
                self.middles[item] = distance - distances[-1] / 2

    def settle(self) -> list[float]:
        """The middle of every item."""
        count = len(self.halves)
        best = {item: _best(pulls) for item, pulls in self.left.items()}
        sources = {item: self.right[item] for item, pulls in self.left.items() if not pulls}
        rounds = max(1, min(3, 6000 // count))
        forward, backward = range(len(self.layers)), range(len(self.layers) - 1, -1, -1)
        of_sources = [rank for rank in backward if not sources.keys().isdisjoint(self.layers[rank])]
        for most, ranks, there, back in (
            (rounds - 1, backward, self._side(-1, self.left), self._side(1, self.right)),
            (rounds, of_sources, self._side(-1, best), self._side(0, sources, FIRM)),
        ):
            for _ in range(most):
                before = self.middles[:]
                self._pass(forward, there)
                self._pass(ranks, back)
                if max(map(abs, map(sub, self.middles, before))) < STILL:
                    break
        return self.middles

    def _side(self, step: int, pulls: Mapping[int, Sequence[Pull]], weight: float = 1.0) -> Side:
        given = {item: [(other, straight) for other, straight, _ in several] for item, several in pulls.items()}
        return Side(step, len(self.halves), given, weight)

    def _pass(self, ranks: Sequence[int], side: Side) -> None:
        """Rank by rank moves the items to where they wish to stand on account of one side, as nearly as order and distances
        allow."""
        middles, one, at, weight = self.middles, side.one, side.at, side.weight
        for rank in ranks:
            layer, distances = self.layers[rank], self.spacing[rank]
            pools: list[tuple[float, float, int]] = []  # mean wish, weight, number of items
            last = -inf  # the mean wish of the last pool
            for item, distance in zip(layer, distances, strict=True):
                n, heft, count = one[item], weight[item], 1
                mean = (middles[n] + at[item] if n >= 0 else side.mean(item, middles)) - distance
                while mean < last:
                    before, more, members = pools.pop()
                    mean = (mean * heft + before * more) / (heft + more)
                    heft, count = heft + more, count + members
                    last = pools[-1][0] if pools else -inf
                pools.append((mean, heft, count))
                last = mean
            start = 0
            for mean, _, count in pools:
                for k in range(start, start + count):
                    middles[layer[k]] = mean + distances[k]
                start += count

    def straighten(self, lanes: Sequence[range], ends: Sequence[tuple[float, float]]) -> None:
        """Moves the passing points of each link to as few different heights as the room beside them allows.

        `lanes` are the passing points of each link, `ends` the heights where it leaves and where it arrives.
        """
        count = len(self.halves)
        before, after = [count] * count, [count + 1] * count
        for layer in self.layers:
            for a, b in pairwise(layer):
                after[a], before[b] = b, a
        reach = [half + LANE_GAP for half in self.halves] + [0.0, 0.0]
        middles = [*self.middles, -inf, inf]  # nothing is in the way of what stands at an edge
        for _ in range(2):
            for lane, (first, last) in zip(lanes, ends, strict=True):
                if lane:
                    rooms = []
                    for item in lane:
                        middle, low, high = middles[item], before[item], after[item]
                        floor, ceiling = middles[low] + reach[low], middles[high] - reach[high]
                        rooms.append((floor if floor < middle else middle, ceiling if ceiling > middle else middle))
                    middles[lane.start : lane.stop] = _fewest_heights(rooms, first, last)
        self.middles[:] = middles[:count]


def _best(pulls: Sequence[Pull]) -> Sequence[Pull]:
    """The neighbours that count most: what is computed stands level with the others computed next to it, if any."""
    if len(pulls) < 2:
        return pulls
    most = max([counts for _, _, counts in pulls], default=0)
    return [pull for pull in pulls if pull[2] == most]


def _fewest_heights(rooms: Sequence[tuple[float, float]], first: float, last: float) -> list[float]:
    """A height in every room, changing as seldom as possible on the way from the height `first` to `last`.

    >>> _fewest_heights([(0, 9), (5, 9), (0, 3), (0, 3)], 2, 1)
    [2, 5, 1, 1]
    """
    heights: list[float] = []
    low = high = first  # the heights that serve every room since the last change
    for k, (floor, ceiling) in enumerate(rooms):
        if max(low, floor) > min(high, ceiling):
            _fill(heights, k, low, high, first if not heights else heights[-1], (floor + ceiling) / 2)
            low, high = floor, ceiling
        else:
            low, high = max(low, floor), min(high, ceiling)
    _fill(heights, len(rooms), low, high, heights[-1] if heights else first, last)
    return heights


def _fill(heights: list[float], until: int, low: float, high: float, before: float, after: float) -> None:
    """Goes on to room `until` at one height: the one nearest to where the way leads."""
    height = min(max(after, low), high)
    heights += [height] * (until - len(heights))
