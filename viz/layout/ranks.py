"""First step of the layout: the rank, that is the column, of every box.

A box stands before everything that uses it, as near to that as possible; then boxes that take more than they give
move back towards what they take, as long as this makes the links shorter (after Gansner et al., "A technique for
drawing directed graphs", section 2, without its simplex).
"""

from collections.abc import Sequence


def ranks(count: int, links: Sequence[tuple[int, int]], weights: Sequence[float]) -> list[int]:
    """A rank for each of `count` boxes, from 0, so that every link (source, target) goes to a higher rank.

    Boxes are numbered in topological order.

    >>> ranks(4, [(0, 2), (1, 2), (2, 3), (1, 3)], [1, 1, 1, 1])
    [0, 0, 1, 2]
    """
    ins: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    outs: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for (source, target), weight in zip(links, weights, strict=True):
        outs[source].append((target, weight))
        ins[target].append((source, weight))
    found = [0] * count
    for box in range(count - 1, -1, -1):
        found[box] = min([found[target] - 1 for target, _ in outs[box]], default=0)
    heavy = [box for box in range(count) if ins[box] and sum([w for _, w in ins[box]]) > sum([w for _, w in outs[box]])]
    moved = True
    while moved:
        moved = False
        for box in heavy:
            first = max([found[source] for source, _ in ins[box]]) + 1
            if first < found[box]:
                found[box], moved = first, True
        if moved:  # what only these boxes use follows them
            for box in range(count - 1, -1, -1):
                if not ins[box] and outs[box]:
                    found[box] = min([found[target] for target, _ in outs[box]]) - 1
    lowest = min(found, default=0)
    return [rank - lowest for rank in found]
