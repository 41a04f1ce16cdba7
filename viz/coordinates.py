"""Third step of the layout: where across its rank every item stands.

Each item wishes to stand at the mean of its neighbours. Rank by rank, the wishes are met as nearly as the order and the
distances allow: the least squares under an order is a monotone regression, solved by pooling neighbours that would
overlap.
"""

from collections.abc import Sequence
from itertools import pairwise

Pull = tuple[int, float, float]  # a neighbour, its distance that makes the link straight, and how strongly it pulls


def coordinates(
    layers: Sequence[Sequence[int]],
    halves: Sequence[float],
    gaps: Sequence[float],
    left: Sequence[Sequence[Pull]],
    right: Sequence[Sequence[Pull]],
) -> list[float]:
    """The middle of every item. `halves` are half extents across, `gaps` the free room an item wants around it."""
    middles = [0.0] * len(halves)
    spacing = []
    for layer in layers:
        distances = [0.0]
        for a, b in pairwise(layer):
            distances.append(distances[-1] + halves[a] + halves[b] + (gaps[a] + gaps[b]) / 2)
        spacing.append(distances)
        for item, distance in zip(layer, distances, strict=True):
            middles[item] = distance - distances[-1] / 2
    rounds = 12 if len(halves) < 3000 else 4
    for turn in range(rounds):
        # The first rounds look back only, which lets whole subtrees move; the last ones weigh both sides.
        both = turn >= rounds // 2
        for forward in (True, False):
            steps = range(len(layers)) if forward else range(len(layers) - 1, -1, -1)
            for k in steps:
                _settle(layers[k], spacing[k], middles, left if forward or both else right, right if both or not forward else (), both)
    return middles


def _settle(
    layer: Sequence[int],
    distances: Sequence[float],
    middles: list[float],
    one: Sequence[Sequence[Pull]],
    other: Sequence[Sequence[Pull]],
    both: bool,
) -> None:
    """Moves the items of one layer as near to their wishes as their order and distances allow."""
    pools: list[tuple[float, float, int]] = []  # mean wish, weight, number of items
    for item, distance in zip(layer, distances, strict=True):
        wish, weight = 0.0, 0.0
        pulls = [*one[item], *other[item]] if both else one[item] or (other[item] if other else ())
        for neighbour, straight, strength in pulls:
            wish += (middles[neighbour] + straight) * strength
            weight += strength
        mean, count = (wish / weight, 1) if weight else (middles[item], 1)
        weight = weight or 0.01
        mean -= distance
        while pools and pools[-1][0] > mean:
            before, heft, members = pools.pop()
            mean = (mean * weight + before * heft) / (weight + heft)
            weight, count = weight + heft, count + members
        pools.append((mean, weight, count))
    k = 0
    for mean, _, count in pools:
        for _ in range(count):
            middles[layer[k]] = mean + distances[k]
            k += 1
