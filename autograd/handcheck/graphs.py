"""A graph as the records of its passes give it, for whoever runs a pass in another way than the right one."""

from collections.abc import Callable, Mapping
from functools import cache
from math import nan, pi
from typing import Any, NamedTuple

from ..engine.dialects import OPERATORS, Reader, Tree, formula
from ..engine.ieee import as_float, divide, power
from ..engine.operations import TABLE
from ..engine.value import Value
from ..reading.passes import both_passes


class Edge(NamedTuple):
    """One operand of a node."""

    node: Value
    slot: int
    parent: Value


class Graph:
    """The nodes and edges of the passes of y: computed nodes forward, edges backward, in the order of the records."""

    def __init__(self, y: Value):
        self.root = y
        self.records = both_passes(y)
        self.computed = [record.node for record in self.records if record.phase == "forward"]
        self.nodes = list(dict.fromkeys([*(parent for node in self.computed for parent in node.parents), *self.computed, y]))
        self.leaving: dict[Value, list[Edge]] = {}
        self.arriving: dict[Value, list[Edge]] = {node: [] for node in self.nodes}
        for node in reversed(self.computed):
            self.leaving[node] = [Edge(node, slot, parent) for slot, parent in enumerate(node.parents)]
            for edge in self.leaving[node]:
                self.arriving[edge.parent].append(edge)
        self.examples = self._examples()

    def _examples(self) -> float | None:
        """The number of examples of a mean: the whole number by which the root, or what is near it, is divided."""
        node = self.root
        for _ in range(3):
            for parent in node.parents:
                data = float(parent)
                if parent.constant and node.op == "div" and parent is node.parents[1] and data.is_integer() and data > 1:
                    return data
                if parent.constant and node.op == "mul" and 0 < data < 1 and abs(1 / data - round(1 / data)) < 1e-9:
                    return float(round(1 / data))
            further = [parent for parent in node.parents if parent.parents]
            if len(further) != 1:
                return None
            node = further[0]
        return None

    def numbers_of(self, edge: Edge, upstream: float, local: float, values: Mapping[Value, float]) -> dict[str, Any]:
        """What a formula of an edge can read, with the given values of the nodes."""
        node = edge.node
        operands = [values[parent] for parent in node.parents]
        found = {
            "upstream": upstream,
            "local": local,
            "contribution": times(upstream, local),
            "operand": operands[edge.slot],
            "value": values[node],
            "pi": pi,
        }
        if node.op == "mul":
            found["other"] = operands[1 - edge.slot]
        elif node.op == "dot":
            found["other"] = operands[(edge.slot + len(operands) // 2) % len(operands)]
        if not node.operation.is_nary:
            found.update(zip(node.operation.letters, operands, strict=True))
        if self.examples:
            found["n"] = self.examples
        return found

    def numbers_of_value(self, node: Value, value: float, values: Mapping[Value, float], inside: int | None) -> dict[str, Any]:
        """What a formula of a value can read; `inside` is the operand that has `first` and `second`."""
        found: dict[str, Any] = {"value": value, "pi": pi}
        if not node.operation.is_nary:
            found.update(zip(node.operation.letters, [values[parent] for parent in node.parents], strict=True))
        if inside is not None:
            found.update(zip(("first", "second"), [values[parent] for parent in node.parents[inside].parents], strict=False))
        return found


def times(upstream: float, local: float) -> float:
    """A contribution: where nothing arrives, nothing goes on, whatever the local derivative."""
    return upstream * local if upstream and local else 0.0


@cache
def computes(text: str) -> Callable[[Mapping[str, Any]], float]:
    """A formula as a function of the numbers it reads, by name; nan where one of them is missing.

    >>> computes("2 * contribution")({"contribution": 3.0})
    6.0
    """
    function = _Computed().read(formula(text))

    def number(names: Mapping[str, Any]) -> float:
        try:
            return as_float(function(names))
        except (KeyError, OverflowError, ValueError, TypeError):
            return nan

    return number


# As the table has them, but dividing by 0 and powers as IEEE has them: a student's numbers may be anything.
SIGNS: dict[str, Callable[[Any, Any], Any]] = {**OPERATORS, "/": divide, "**": power}


class _Computed(Reader[Callable[[Mapping[str, Any]], Any]]):
    """Reads a formula as a function; what it cannot compute is no formula of a misconception."""

    def number(self, number: int) -> Callable[[Mapping[str, Any]], Any]:
        return lambda names: float(number)

    def name(self, name: str) -> Callable[[Mapping[str, Any]], Any]:
        return lambda names: names[name]

    def negate(self, part: Callable[[Mapping[str, Any]], Any]) -> Callable[[Mapping[str, Any]], Any]:
        return lambda names: -part(names)

    def operator(self, sign: str, left: Callable[..., Any], right: Callable[..., Any]) -> Callable[[Mapping[str, Any]], Any]:
        apply = SIGNS[sign]
        return lambda names: apply(left(names), right(names))

    def call(self, name: str, arguments: list[Callable[..., Any]]) -> Callable[[Mapping[str, Any]], Any]:
        operation = TABLE[name]
        return lambda names: operation.at([argument(names) for argument in arguments])

    def where(self, condition: Tree, one: Tree, other: Tree) -> Callable[[Mapping[str, Any]], Any]:
        holds, first, second = self.read(condition), self.read(one), self.read(other)
        return lambda names: first(names) if holds(names) else second(names)
