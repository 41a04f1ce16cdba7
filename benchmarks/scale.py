"""P5: graphs of a million nodes. Time per node beside that of small graphs, bytes per node, and what is left of them."""

import gc
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from time import process_time
from typing import Any

from autograd import Value

from .graphs import Leaf, chain, count_nodes, micrograd_loss, micrograd_model, network, tree, two_moons
from .measuring import in_fresh_process, peer
from .table import Measurement, Record, bounded, ratio, times_as_much

SMALL, LARGE = 10_000, 1_000_000
BYTES_PER_NODE = Measurement((200,), "B")
BYTES_LEFT = Measurement((100_000,), "B")  # of a graph of 136 MB: the interpreter keeps some freed objects for the next ones
PHASES = ("build", "backward", "free")
SHAPES: dict[str, Callable[[Leaf, int], Any]] = {"chain": chain, "tree": tree, "MLP": network}


def scale(small: int = SMALL, large: int = LARGE, points: int = 100, repetitions: int = 7) -> list[Record]:
    """Chains, trees and networks of a million nodes: build, backward, free."""
    records = [record for shape in SHAPES for record in _times(shape, small, large, repetitions)]
    for shape in SHAPES:
        records += _memory_records(f"{shape} of {large:,} nodes", in_fresh_process(memory_of_shape, shape, large))
    ours, theirs = (in_fresh_process(memory_of_demo, whose, points) for whose in ("ours", "micrograd"))
    return records + _memory_records(f"graph of micrograd's demo, {points} points", ours, "micrograd", theirs)


# --- time --------------------------------------------------------------------------------------------------------


def lifetime(shape: str, nodes: int) -> tuple[float, ...]:
    """The seconds per node, of processor time, to build a graph, to go backward through it, and to free it."""
    gc.collect()
    moments = [process_time()]
    y = SHAPES[shape](Value, nodes)
    moments.append(process_time())
    y.backward()
    moments.append(process_time())
    del y
    moments.append(process_time())
    return tuple((later - earlier) / nodes for earlier, later in pairwise(moments))


def lifetimes(shape: str, collector: bool, small: int, large: int, around: int = 5) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The lifetime of a small graph (the median of some before and some after) and of a large one."""
    (gc.enable if collector else gc.disable)()
    lifetime(shape, small)  # the warm-up
    of_small = [lifetime(shape, small) for _ in range(around)]
    of_large = lifetime(shape, large)
    of_small += [lifetime(shape, small) for _ in range(around)]
    return tuple(map(median, zip(*of_small, strict=True))), of_large


def _times(shape: str, small: int, large: int, repetitions: int) -> list[Record]:
    # With and without the collector take turns, each time in an interpreter where no memory was in use before.
    found: dict[bool, list[Any]] = {False: [], True: []}
    for _ in range(repetitions):
        for collector, pairs in found.items():
            pairs.append(in_fresh_process(lifetimes, shape, collector, small, large))
    return [_time_record(shape, collector, small, large, pairs) for collector, pairs in found.items()]


def _time_record(shape: str, collector: bool, small: int, large: int, pairs: list[Any]) -> Record:
    small_phases, large_phases = (list(zip(*times, strict=True)) for times in zip(*pairs, strict=True))
    growth = [ratio(Measurement(b), Measurement(a)).median for a, b in zip(small_phases, large_phases, strict=True)]
    phases = ", ".join(f"{phase} {times:.1f}×" for phase, times in zip(PHASES, growth, strict=True))
    of_small, of_large = (Measurement(tuple(map(sum, zip(*times, strict=True)))) for times in (small_phases, large_phases))
    what = f"{shape} of {large:,} nodes, collector {'on' if collector else 'off'}: time per node ({phases})"
    return times_as_much("P5", what, of_large, f"at {small:,}", of_small, at_most=3 if collector else 1.5)


# --- memory ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Memory:
    """Bytes for each node of a graph after its backward pass and at the peak of it; all bytes left when it was dropped."""

    held: Measurement
    peak: Measurement
    left: Measurement


def memory(build: Callable[[], Any]) -> Memory:
    """The memory of a graph while the collector is off, as Python asks for it: hardly another on another machine."""
    gc.disable()
    build().backward()  # the warm-up: fills the interpreter's own stores of freed objects, which a collection would empty
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        y = build()
        y.backward()
        now, peak = tracemalloc.get_traced_memory()
        nodes = count_nodes(y)
        del y
        left = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        gc.enable()
    return Memory(*(Measurement((number,), "B") for number in ((now - before) / nodes, (peak - before) / nodes, left - before)))


def memory_of_shape(shape: str, nodes: int) -> Memory:
    """The memory of one of our graphs."""
    return memory(lambda: SHAPES[shape](Value, nodes))


def memory_of_demo(whose: str, points: int) -> Memory:
    """The memory of the graph of micrograd's demo, on "ours" or on "micrograd"."""
    nn = peer("micrograd.nn")
    leaf = Value if whose == "ours" else peer("micrograd.engine").Value
    return memory(lambda: micrograd_loss(micrograd_model(nn, leaf), leaf, *two_moons(points)))


def _memory_records(what: str, ours: Memory, against: str = "", theirs: Memory | None = None) -> list[Record]:
    per_node = f"{what}: bytes per node (at the peak of backward {ours.peak})"
    left = f"{what}: bytes left when it is dropped, collector off"
    return [
        bounded("P5", per_node, ours.held, BYTES_PER_NODE, against, theirs.held if theirs else None),
        bounded("P5", left, ours.left, BYTES_LEFT, against, theirs.left if theirs else None),
    ]
