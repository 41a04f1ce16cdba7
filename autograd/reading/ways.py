"""The paths between two nodes as data: how many there are, what goes through each node, and what they sum to.

The edges and their local derivatives come from the records of the backward pass. Counts are found by adding up along the
topological order, so they are exact where there are too many paths to list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import NamedTuple, TypeVar

from ..engine.careful import plus, product
from ..engine.ieee import Number
from ..engine.value import Value
from .passes import StepRecord

Edge = TypeVar("Edge", bound=StepRecord)
Edges = Mapping[Value, Sequence[StepRecord]]  # the backward steps out of each node, slot by slot


@dataclass(frozen=True, eq=False)
class Path:
    """One path from the root, `nodes[0]`, back to a node, `nodes[-1]`.

    `slots` says which operand of each node the path goes on to, `locals` holds the local derivatives for these operands,
    and `product` is what they multiply to.
    """

    nodes: tuple[Value, ...]
    slots: tuple[int, ...]
    locals: tuple[Number, ...]
    product: Number


class Cost(NamedTuple):
    """What a way to compute one derivative costs; a factor 1 that stands at the root is not counted."""

    multiplications: int
    additions: int


def edges_of(passes: Iterable[Edge]) -> dict[Value, list[Edge]]:
    """The backward steps out of each node."""
    found: dict[Value, list[Edge]] = {}
    for step in passes:
        if step.parent is not None:
            found.setdefault(step.node, []).append(step)
    return found


class Ways:
    """All paths from the node `top` back to the node `bottom`.

    `order` holds the nodes that may lie between them, parents first, `edges` the backward steps out of each, `seed` the
    derivative of the top by itself. `count` is the number of paths, and `gradients` the derivative of the top by every
    node on one. `onward` are the edges out of the top that lead on, `arriving` those that end at the bottom.
    """

    def __init__(self, top: Value, bottom: Value, order: Sequence[Value], edges: Edges, seed: Number):
        self.top, self.bottom, self.edges, self.seed = top, bottom, edges, seed
        self._below: dict[Value, int] = {bottom: 1}  # how many paths lead on to the bottom
        for node in order:
            ways = sum([self._below[parent] for edge in self._leading_on(node) if (parent := edge.parent) is not None])
            if ways and node is not bottom:
                self._below[node] = ways
        self.count = self._below.get(top, 0)
        self._above = {top: 1} if self.count else {}  # how many paths lead here from the top
        self.gradients: dict[Value, Number] = {top: seed} if self.count else {}
        self.arriving: list[StepRecord] = []
        for node in reversed(order):
            for edge in self._leading_on(node) if node in self._above and node is not bottom else ():
                parent = edge.parent
                assert parent is not None
                self._above[parent] = self._above.get(parent, 0) + self._above[node]
                self.gradients[parent] = plus(self.gradients.get(parent, 0 * seed), product(self.gradients[node], edge.local))
                self.arriving += [edge] * (parent is bottom)
        self.through = {node: self._above[node] * self._below[node] for node in order if node in self._above}

    def _leading_on(self, node: Value) -> list[StepRecord]:
        return [edge for edge in self.edges.get(node, ()) if edge.parent in self._below]

    @property
    def total(self) -> Number:
        """The derivative of the top by the bottom: the sum of the products of all paths."""
        return self.gradients.get(self.bottom, 0 * self.seed)

    @property
    def onward(self) -> list[StepRecord]:
        return self._leading_on(self.top)

    @property
    def cuts(self) -> list[Value]:
        """The nodes that all paths go through, from the top on."""
        return [node for node in reversed(self.through) if self.through[node] == self.count]

    def through_edge(self, node: Value, slot: int) -> int:
        """How many paths go through one operand of a node."""
        return self._above[node] * self._below.get(node.parents[slot], 0) if node in self._above and node is not self.bottom else 0

    def first(self, limit: int) -> tuple[Path, ...]:
        """The first paths in the order of the operands, found by going on to what leads to the bottom, without recursion."""
        if not self.count or self.top is self.bottom:
            return (Path((self.top,), (), (), self.seed),)[: min(self.count, limit)]
        found: list[Path] = []
        way: list[StepRecord] = []
        waiting = [(0, edge) for edge in reversed(self.onward)]
        while waiting and len(found) < limit:
            depth, edge = waiting.pop()
            way[depth:] = [edge]
            if edge.parent is not self.bottom:
                waiting += [(depth + 1, on) for on in reversed(self._leading_on(edge.parent))]  # type: ignore[arg-type]
                continue
            factors = tuple([each.local for each in way])
            nodes = (self.top, *(each.parent for each in way))
            found.append(Path(nodes, tuple([each.slot for each in way]), factors, reduce(product, factors, self.seed)))  # type: ignore[misc,arg-type]
        return tuple(found)

    # --- what it costs ---

    @cached_property
    def by_path(self) -> Cost:
        """What it costs to multiply path by path and add up."""
        edges = sum(self.through.values()) - self.count  # a path has one fewer than nodes
        return Cost(max(edges - self.count, 0), max(self.count - 1, 0))

    @cached_property
    def by_backprop(self) -> Cost:
        """What the backward pass between the two nodes costs."""
        between = [edge for node in self.through if node is not self.bottom for edge in self._leading_on(node)]
        return Cost(sum(edge.node is not self.top for edge in between), len(between) - len(self.through) + bool(self.through))
