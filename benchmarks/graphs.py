"""Graphs to measure on: the workload of micrograd's demo, and chains, trees and networks of any size.

Each is built from `leaf`, a function that makes a leaf from a number (micrograd's Value, ours, a tensor), and operators.
"""

import math
import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

Leaf = Callable[[float], Any]
WIDTHS = (2, 16, 16, 1)  # inputs, two hidden layers, output
ALPHA = 1e-4  # what the demo multiplies the sum of squared parameters by


# --- micrograd's demo --------------------------------------------------------------------------------------------


def two_moons(points: int, seed: int = 0) -> tuple[list[list[float]], list[int]]:
    """Points on two interleaving half circles with a little noise, and the half circle of each: 1 or -1, in turn.

    >>> points, sides = two_moons(100)
    >>> len(points), len(points[0]), sides[:4]
    (100, 2, [1, -1, 1, -1])
    """
    rng = random.Random(seed)
    sides = [1 if k % 2 == 0 else -1 for k in range(points)]
    found = []
    for side in sides:
        angle = rng.uniform(0, math.pi)
        x, y = (math.cos(angle), math.sin(angle)) if side == 1 else (1 - math.cos(angle), 0.5 - math.sin(angle))
        found.append([rng.gauss(x, 0.1), rng.gauss(y, 0.1)])
    return found, sides


def micrograd_model(nn: Any, leaf: Leaf) -> Any:
    """The demo's MLP of the module `micrograd.nn`, with the same weights for every kind of leaf."""
    theirs, nn.Value = nn.Value, leaf
    try:
        random.seed(1337)  # micrograd draws its weights from the random module's own generator
        return nn.MLP(WIDTHS[0], list(WIDTHS[1:]))
    finally:
        nn.Value = theirs


def micrograd_loss(model: Any, leaf: Leaf, points: Sequence[Sequence[float]], sides: Sequence[int]) -> Any:
    """The demo's loss over all points: the mean of max(0, 1 - side * score), and a little for large parameters."""
    inputs = [[leaf(number) for number in point] for point in points]
    scores = [model(x) for x in inputs]
    losses = [(1 + -side * score).relu() for side, score in zip(sides, scores, strict=True)]
    return sum(losses) * (1.0 / len(losses)) + ALPHA * sum(p * p for p in model.parameters())


def learning_rate(step: int) -> float:
    """The demo's: from 1 down to 0.1 in a hundred steps."""
    return 1.0 - 0.9 * step / 100


def micrograd_step(model: Any, leaf: Leaf, points: Sequence[Sequence[float]], sides: Sequence[int], step: int) -> float:
    """One of the demo's hundred steps: forward, backward, update. Returns the loss."""
    loss = micrograd_loss(model, leaf, points, sides)
    model.zero_grad()
    loss.backward()
    for p in model.parameters():
        p.data -= learning_rate(step) * p.grad
    return loss.data


# --- graphs of any size ------------------------------------------------------------------------------------------


def chain(leaf: Leaf, nodes: int) -> Any:
    """A neuron fed with its own output: a product, a sum and a tanh for each turn."""
    w, x = leaf(0.5), leaf(0.1)
    y = w
    for _ in range((nodes - 2) // 3):
        y = (y * w + x).tanh()
    return y


def tree(leaf: Leaf, nodes: int) -> Any:
    """A sum of products, two by two: as many leaves as computed nodes, and one more."""
    row = [leaf(0.5) for _ in range((nodes + 1) // 2)]
    products, odd = [a * b for a, b in _pairs(row)], row[len(row) // 2 * 2 :]
    row = products + odd
    while len(row) > 1:
        row = [a + b for a, b in _pairs(row)] + row[len(row) // 2 * 2 :]
    return row[0]


def _pairs(row: list[Any]) -> Any:
    return zip(row[::2], row[1::2], strict=False)


NODES_OF_A_NETWORK, NODES_PER_POINT = 337, 644


def network(leaf: Leaf, nodes: int) -> Any:
    """The demo's network, spelled with + and *, on as many points as give that many nodes; the sum of the scores."""
    rng = random.Random(0)
    layers = [[([leaf(rng.uniform(-1, 1)) for _ in range(n_in)], leaf(0.0)) for _ in range(n_out)] for n_in, n_out in pairwise(WIDTHS)]
    scores = []
    for _ in range(max(1, (nodes - NODES_OF_A_NETWORK) // NODES_PER_POINT)):
        signals = [leaf(rng.uniform(-1, 1)) for _ in range(WIDTHS[0])]
        for layer in layers:
            signals = [_neuron(w, b, signals) for w, b in layer]
        scores.append(signals[0])
    return sum(scores[1:], scores[0])


def _neuron(w: list[Any], b: Any, x: list[Any]) -> Any:
    for weight, signal in zip(w, x, strict=True):
        b = b + weight * signal
    return b.relu()


def count_nodes(root: Any) -> int:
    """How many nodes a graph has, on micrograd's Value and on ours."""
    seen, waiting = {root}, [root]
    while waiting:
        for parent in waiting.pop()._prev:
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return len(seen)
