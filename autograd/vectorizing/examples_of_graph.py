"""A scalar graph read as examples: the graph of the loss of one example, and how the others are built in the same way.

A mean or a sum over a mini-batch is taken apart into its examples; where they share nothing but what is trained, and have
the same nodes in the same order, one program computes them all. What the arrays are is for `Program.steps`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..engine.functions import exp, total, xlogy
from ..engine.ieee import as_float
from ..engine.order import topological_order
from ..engine.value import Value
from .array_steps import ArraySteps
from .program import vectorize

PARTED = ("total", "add", "mean")  # what adds up examples, or parts of them
FEEDS = ("dot", "mul")  # what joins data with what is trained


@dataclass(frozen=True, eq=False)
class ExamplesOfGraph:
    """A graph as examples: the `steps` of its program, and for every example the nodes of the graph that stand for those of
    the first (`images`); a node that is trained stands for itself."""

    steps: ArraySteps
    images: Sequence[dict[Value, Value]]


def examples_of_graph(y: Value, notation: Any = "delta") -> ExamplesOfGraph | None:
    """The examples of a graph, or None where it is no mean or sum of equal parts, or has no layers.

    >>> from nn import MLP
    >>> loss = MLP(2, [3, 1], "tanh", rng=0).loss([[1.0, 2.0], [0.5, -1.0]], [1.0, 0.0], "mse")
    >>> found = examples_of_graph(loss)
    >>> found.steps["a1"].shape, float(found.steps["mean"].array[0, 0]) == loss.data
    ((3, 2), True)
    """
    read, is_mean = _read(y)
    first = read[0]
    images = [image for other in read if (image := first.image(other)) is not None]
    rows = [[as_float(image[leaf].data) for leaf in first.constants] for image in images]
    columns = [k for k, leaf in enumerate(first.constants) if leaf in first.data or len({row[k] for row in rows}) > 1]
    program = vectorize(first.root, [first.constants[k] for k in columns], first.trained)
    steps = program.steps([[row[k] for k in columns] for row in rows], notation, reduction="mean" if is_mean else "sum")
    weights = [step for step in steps.given if step.role == "weights"]
    return ExamplesOfGraph(steps, images) if steps.layers and len(weights) == steps.layers else None


def _read(y: Value) -> "tuple[list[_Example], bool]":
    """The examples of a mean, or of a sum, that are built alike; else the whole graph as one example."""
    parts, divisor = _parts(y)
    groups = _by_example(parts)
    share, rest = divmod(divisor, len(groups)) if divisor > 1 else (1.0, 0.0)
    if not rest and share:
        read = [_Example(group, share) for group in groups]
        if all(read[0].image(other) is not None for other in read):
            return read, divisor > 1 or len(read) == 1
    return [_Example([y], 1.0)], True


# --- the parts of a mean ------------------------------------------------------------------------------------------------


def _parts(y: Value) -> tuple[list[Value], float]:
    """What is added up in the end, and the number by which the sum is divided."""
    divisor, node = 1.0, y
    if node.op == "div" and not node.parents[1].parents and node.parents[1].constant and as_float(node.parents[1].data) % 1 == 0:
        divisor, node = as_float(node.parents[1].data), node.parents[0]
    parts = [node]
    while any(part.op in PARTED for part in parts) and node.op != "mean":
        parts = [parent for part in parts for parent in (part.parents if part.op in PARTED else [part])]
    if divisor < 1 or (divisor > 1 and len(parts) % divisor and divisor % len(parts)):
        return [y], 1.0
    return parts, divisor


def _by_example(parts: Sequence[Value]) -> list[list[Value]]:
    """The parts in groups that share computed nodes, or data."""
    owner: dict[Value, int] = {}
    groups: dict[int, list[Value]] = {}
    for part in parts:
        below = [node for node in topological_order(part) if node.parents or node.constant]
        found = sorted({owner[node] for node in below if node in owner})
        into = found[0] if found else len(owner) + len(groups)
        merged = [*[each for k in found for each in groups.pop(k)], part]
        groups[into] = merged
        for node in below:
            owner[node] = into
        if len(found) > 1:
            for node, k in owner.items():
                owner[node] = into if k in found else k
    return list(groups.values())


# --- one example --------------------------------------------------------------------------------------------------------


class _Example:
    """The graph of one example: its root, a new one where its parts have to be added, and its leaves."""

    def __init__(self, parts: Sequence[Value], share: float):
        self.parts = parts
        self.targets: list[Value] = []
        terms = [self._with_targets(part) for part in parts]
        root = terms[0] if len(terms) == 1 else total(terms)
        self.root = root if share == 1 else root / share
        self.order = topological_order(self.root)
        leaves = [node for node in self.order if not node.parents]
        self.trained = [leaf for leaf in leaves if not leaf.constant]
        self.constants = [leaf for leaf in leaves if leaf.constant]
        self.data = {*self._data()}

    def _with_targets(self, part: Value) -> Value:
        """A term of a cross-entropy with its target as data: what it was chosen by is no node of the graph."""
        if part.op == "sub" and part.parents[0].op == "logsumexp" and part.parents[1] in part.parents[0].parents:
            logits = part.parents[0].parents
            return part.parents[0] - total([t * z for t, z in zip(self._one_hot(logits, part.parents[1]), logits, strict=True)])
        if part.op == "neg" and (share := _share(part.parents[0])) is not None:
            chosen, logits = share
            whole = part.parents[0].parents[0].parents[0].parents[1]
            own = {chosen: part.parents[0].parents[0]}
            shares = [own[z] if z in own else exp(z - whole) for z in logits]
            return -total([xlogy(t, p) for t, p in zip(self._one_hot(logits, chosen), shares, strict=True)])
        if part.op == "neg" and part.parents[0].op == "add" and [each.op for each in part.parents[0].parents] == ["xlogy", "xlogy"]:
            first, second = part.parents[0].parents
            (one, p), (other, q) = first.parents, second.parents
            if one.constant and other.constant and not one.parents and not other.parents and one.data + other.data == 1:
                t = self._target(one.data)
                return -(xlogy(t, p) + xlogy(1 - t, q))
        return part

    def _one_hot(self, logits: Sequence[Value], chosen: Value) -> list[Value]:
        return [self._target(float(z is chosen)) for z in logits]

    def _target(self, data: Any) -> Value:
        self.targets.append(Value(data, constant=True))
        return self.targets[-1]

    def _data(self) -> Iterator[Value]:
        """The constants that are data, as far as the graph tells: those with a name, those that meet what is trained, targets."""
        constants = {*self.constants}
        named = [leaf for leaf in self.constants if leaf.label]
        yield from named
        yield from self.targets
        trained = {*self.trained}
        met: set[Value] = set()
        for node in self.order:
            if node.op in FEEDS and not trained.isdisjoint(node.parents):
                met.update(constants.intersection(node.parents))
        yield from met
        if self.targets or not met.issuperset(named):
            return
        for node in self.order:  # (z − t)², t · z
            if node.op in ("sub", "mul") and len(node.parents) == 2:
                leaf, other = reversed(node.parents) if node.op == "sub" else node.parents
                if leaf in constants and other.parents:
                    yield leaf

    def image(self, other: "_Example") -> "dict[Value, Value] | None":
        """For each node the one of another example in its place; None where that is built in another way."""
        if len(self.order) != len(other.order):
            return None
        found: dict[Value, Value] = {}
        waiting = [(self.root, other.root)]
        while waiting:
            one, its = waiting.pop()
            if one in found:
                if found[one] is not its:
                    return None
                continue
            is_alike = one.op == its.op and len(one.parents) == len(its.parents) and one.constant == its.constant
            if not is_alike or (not one.parents and not one.constant and one is not its):
                return None
            found[one] = its
            waiting += zip(one.parents, its.parents, strict=True)
        return found


def _share(node: Value) -> tuple[Value, tuple[Value, ...]] | None:
    """Of log(exp(z - logsumexp(logits))) the z and the logits."""
    for op in ("log", "exp", "sub"):
        if node.op != op:
            return None
        inner, node = node, node.parents[0]
    whole = inner.parents[1]
    return (node, whole.parents) if whole.op == "logsumexp" and node in whole.parents else None
