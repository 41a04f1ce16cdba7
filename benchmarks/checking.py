"""P11: the hand-check of a long chain in which every answer is wrong."""

from functools import partial

from autograd import Value, check

from .measuring import interleaved
from .table import Measurement, Record, bounded, times_as_much

NODES = 400


def chain(nodes: int) -> Value:
    """A chain of labelled products of one leaf with constants."""
    y = Value(1.25, "x")
    for k in range(nodes):
        y = y * (0.5 if k % 2 else 2.25)
        y.label = f"u{k}"
    return y


def checking(nodes: int = NODES, repetitions: int = 5) -> list[Record]:
    """Judging a chain of 400 labelled nodes, and of 800, where every value is wrong in its own way."""
    sides = {}
    for name, size in (("one", nodes), ("two", 2 * nodes)):
        sides[name] = partial(check, chain(size), values={f"u{k}": 1000 + 7.25 * k for k in range(size)})
    found = interleaved(sides, repetitions)
    what = "check, every value wrong: a chain of"
    return [
        bounded("P11", f"{what} {nodes} nodes", found["one"], Measurement((1.0,))),
        times_as_much("P11", f"{what} {2 * nodes} nodes", found["two"], f"{nodes} nodes", found["one"], 2.5),
    ]
