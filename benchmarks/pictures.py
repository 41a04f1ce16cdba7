"""P7 and P12: pictures of graphs with the built-in layout, at a size that is read whole and at one that is not.

Drawing is one thread's work, so its processor time is taken: other programs on the machine do not count.
"""

import random
from functools import partial
from time import process_time
from typing import Any

from autograd import Value, topological_order

from .measuring import interleaved
from .table import Measurement, Record, bounded

TANGLED, MORE_TANGLED = 210, 2900  # nodes of graphs without any order
SMALL, LARGE = (3, 9), (4, 48)  # inputs and hidden units: 199 nodes and 2,939


def network_graph(n_in: int, hidden: int) -> Value:
    """The loss of one example of MLP(n_in, [hidden, hidden, 1]), after its backward pass."""
    from nn import MLP

    y = MLP(n_in, [hidden, hidden, 1], "tanh", rng=0).loss([[0.5] * n_in], [1.0], "mse")
    y.backward()
    return y


def pictures(small: tuple[int, int] = SMALL, large: tuple[int, int] = LARGE, repetitions: int = 7) -> list[Record]:
    """Drawing a graph of 200 nodes, and one of 3,000."""
    return [
        _drawn("every node", network_graph(*small), False, 0.1, repetitions),
        _drawn("every node", network_graph(*large), False, 2.0, repetitions),
        _drawn("the folded overview, which is the default", network_graph(*large), None, 2.0, repetitions),
    ]


def tangled_graph(nodes: int) -> Value:
    """A graph of random sums and products of any two nodes before, as many as asked for, after its backward pass."""
    rng = random.Random(0)
    made = [Value(rng.uniform(-1, 1), f"x{k}") for k in range(max(2, nodes // 15))]
    unused = dict.fromkeys(made)
    while len(made) + len(unused) - 1 < nodes:
        one, other = rng.choice(made), rng.choice(list(unused))
        made.append(one + other if rng.random() < 0.5 else one * other)
        unused.pop(one, None)
        unused.pop(other, None)
        unused[made[-1]] = None
    y = None
    for each in unused:  # all of them come together, so that every node is below the root
        y = each if y is None else y + each
    assert y is not None
    y.backward()
    return y


def tangled(small: int = TANGLED, large: int = MORE_TANGLED, repetitions: int = 7) -> list[Record]:
    """Drawing every node of a tangled graph of 210 nodes, and of one of 2,900."""
    return [
        _drawn("every node", tangled_graph(nodes), False, limit, repetitions, "P12", "tangled ")
        for nodes, limit in ((small, 0.1), (large, 2.0))
    ]


def _drawn(what: str, y: Value, fold: Any, limit: float, repetitions: int, row: str = "P7", kind: str = "") -> Record:
    found = interleaved({"ours": partial(_svg, y, fold)}, repetitions, process_time)
    nodes = len(topological_order(y))
    return bounded(row, f"draw a {kind}graph of {nodes:,} nodes as SVG: {what}", found["ours"], Measurement((limit,)))


def _svg(y: Value, fold: Any) -> str:
    from viz import draw

    return draw(y, fold=fold).svg
