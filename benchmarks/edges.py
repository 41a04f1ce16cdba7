"""Programs where matrices do not help: nodes that are not alike, and numbers that are not finite; beside the scalar engine."""

from functools import partial

import numpy

from autograd import Value, vectorize

from .graphs import chain
from .measuring import REPETITIONS, interleaved
from .ours import one_example
from .table import Record, times_faster
from .workloads import moons


def edges(nodes: int = 10_000, examples: int = 100, repetitions: int = REPETITIONS) -> list[Record]:
    """A chain of 10,000 scalars, and a step with an infinite number, as programs and by the scalar engine."""
    return [unlike(nodes, repetitions), not_finite(examples, repetitions)]


def unlike(nodes: int, repetitions: int) -> Record:
    """A graph in which hardly two nodes are alike, on one example: row by row."""
    leaves: list[Value] = []

    def leaf(number: float) -> Value:
        leaves.append(Value(number))
        return leaves[-1]

    program = vectorize(chain(leaf, nodes), [], leaves)

    def scalar() -> None:
        chain(Value, nodes).backward()

    found = interleaved({"ours": partial(program.value_and_grad, numpy.empty((1, 0))), "scalar": scalar}, repetitions)
    what = f"value and gradient of a chain of {nodes:,} scalars, one example"
    return times_faster("edges", what, found["ours"], "scalar engine", found["scalar"], 1)


def not_finite(examples: int, repetitions: int) -> Record:
    """The demo's network with an infinite number in one example: the careful program, beside backward passes alone."""
    y, inputs, parameters = one_example(moons(examples))
    program = vectorize(y, inputs, parameters)
    X = numpy.random.default_rng(0).standard_normal((examples, len(inputs)))
    X[0, 0] = numpy.inf

    def scalar() -> None:
        for _ in range(examples):
            y.backward()

    found = interleaved({"ours": partial(program.value_and_grad, X), "scalar": scalar}, repetitions)
    what = f"value and gradient of [2,16,16,1] batch {examples}, a number infinite"
    return times_faster("edges", what, found["ours"], "scalar engine", found["scalar"], 10)
