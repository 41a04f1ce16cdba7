"""Third step of the layout: where across its rank every item stands.

Rank by rank, each item wishes to stand at the mean of its neighbours, and the wishes are met as nearly as the order
and the distances allow: the least squares under an order is a monotone regression, solved by pooling neighbours that
would overlap. In the end what is computed stands level with what it is computed from, and sources follow.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

Pull = tuple[int, float, int]  # a neighbour, its distance that makes the link straight, and its importance in the end
FIRM = 1e6  # the weight of what must not be moved by its neighbours
LANE_GAP = 12.0  # free room between a passing link and what stands beside it


class Across:
    """The items of every rank in order, with their half extents, the free room around them, and their neighbours.

    Items from `lanes` on are points where a link passes a rank. `left` and `right` are the neighbours in the rank
    before and after.
    """

    def __init__(
        self,
        layers: Sequence[Sequence[int]],
        halves: Sequence[float],
        gaps: Sequence[float],
        lanes: int,
        left: Sequence[Sequence[Pull]],
        right: Sequence[Sequence[Pull]],
    ):
        self.layers, self.halves, self.gaps, self.lanes, self.left, self.right = layers, halves, gaps, lanes, left, right
        self.middles = [0.0] * len(halves)
        self.spacing = []
        for layer in layers:
            distances = [0.0]
            for a, b in pairwise(layer):
                distances.append(distances[-1] + halves[a] + halves[b] + (gaps[a] + gaps[b]) / 2)
            self.spacing.append(distances)
            for item, distance in zip(layer, distances, strict=True):
                self.middles[item] = distance - distances[-1] / 2

    def settle(self) -> list[float]:
        """The middle of every item."""
        rounds = max(1, min(6, 6000 // len(self.halves)))
        forward, backward = range(len(self.layers)), range(len(self.layers) - 1, -1, -1)
        for _ in range(rounds):
            self._pass(forward, lambda item: self._mean(self.left[item]))
            self._pass(backward, lambda item: self._mean(self.right[item]))
        for _ in range(rounds):
            self._pass(forward, lambda item: self._mean([*self.left[item], *self.right[item]]))
            self._pass(backward, lambda item: self._mean([*self.left[item], *self.right[item]]))
        for _ in range(min(3, rounds)):
            self._pass(forward, lambda item: self._mean(_best(self.left[item])))
            self._pass(backward, self._of_source)
        return self.middles

    def _mean(self, pulls: Sequence[Pull]) -> tuple[float, float] | None:
        """The mean wish of some neighbours, and its weight."""
        if not pulls:
            return None
        if len(pulls) == 1:
            neighbour, straight, _ = pulls[0]
            return self.middles[neighbour] + straight, 1
        return sum([self.middles[neighbour] + straight for neighbour, straight, _ in pulls]) / len(pulls), len(pulls)

    def _of_source(self, item: int) -> tuple[float, float] | None:
        """Only what has nothing before it may still move: towards what uses it."""
        return (self.middles[item], FIRM) if self.left[item] else self._mean(self.right[item])

    def _pass(self, ranks: Sequence[int], wish: Callable[[int], tuple[float, float] | None]) -> None:
        for rank in ranks:
            layer, distances = self.layers[rank], self.spacing[rank]
            pools: list[tuple[float, float, int]] = []  # mean wish, weight, number of items
            for item, distance in zip(layer, distances, strict=True):
                mean, weight = wish(item) or (self.middles[item], 0.01)
                mean, count = mean - distance, 1
                while pools and pools[-1][0] > mean:
                    before, heft, members = pools.pop()
                    mean = (mean * weight + before * heft) / (weight + heft)
                    weight, count = weight + heft, count + members
                pools.append((mean, weight, count))
            k = 0
            for mean, _, count in pools:
                for _ in range(count):
                    self.middles[layer[k]] = mean + distances[k]
                    k += 1

    def straighten(self, ways: Sequence[Sequence[int]], ends: Sequence[tuple[float, float]]) -> None:
        """Moves the passing points of each link to as few different heights as the room beside them allows.

        `ways` are the passing points of a link in order, `ends` where it leaves and where it arrives.
        """
        place = {item: (layer, k) for layer in self.layers for k, item in enumerate(layer) if item >= self.lanes}
        for _ in range(2):
            for way, (first, last) in zip(ways, ends, strict=True):
                rooms = [self._room(*place[item]) for item in way]
                for item, middle in zip(way, _fewest_heights(rooms, first, last), strict=True):
                    self.middles[item] = middle

    def _room(self, layer: Sequence[int], k: int) -> tuple[float, float]:
        """Between which heights item k of a layer can move without touching its neighbours."""
        middle = self.middles[layer[k]]
        low = high = middle
        low = self._edge(layer[k - 1], 1) if k else -float("inf")
        high = self._edge(layer[k + 1], -1) if k + 1 < len(layer) else float("inf")
        return min(low, middle), max(high, middle)

    def _edge(self, item: int, sign: int) -> float:
        return self.middles[item] + sign * (self.halves[item] + LANE_GAP)


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
