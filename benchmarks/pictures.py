"""P7: pictures of graphs with the built-in layout, at a size that is read whole and at one that is not."""

from functools import partial
from typing import Any

from autograd import Value, topological_order

from .measuring import interleaved
from .table import Measurement, Record, bounded

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


def _drawn(what: str, y: Value, fold: Any, limit: float, repetitions: int) -> Record:
    found = interleaved({"ours": partial(_svg, y, fold)}, repetitions)
    nodes = len(topological_order(y))
    return bounded("P7", f"draw a graph of {nodes:,} nodes as SVG: {what}", found["ours"], Measurement((limit,)))


def _svg(y: Value, fold: Any) -> str:
    from viz import draw

    return draw(y, fold=fold).svg
