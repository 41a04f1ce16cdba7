"""What a pass over a graph costs, in multiplications and additions, read from the formulas of its operations.

Quotients and powers count as multiplications, differences as additions; a change of sign, a comparison and what a
function such as exp does inside cost nothing. Of a where() the costlier branch counts.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ..engine.dialects import Reader, Tree, formula
from ..engine.operations import TABLE, Operation
from ..engine.value import Value


class Cost(NamedTuple):
    """Multiplications and additions."""

    multiplications: int = 0
    additions: int = 0

    def and_(self, other: "Cost", times: int = 1) -> "Cost":
        """This, and another cost as often as said."""
        return Cost(self.multiplications + times * other.multiplications, self.additions + times * other.additions)


class _Counter(Reader[Cost]):
    """Counts the signs of a formula; `n` is how long the lists of an n-ary operation are."""

    def __init__(self, n: int):
        self.n = n

    def number(self, number: int) -> Cost:
        return Cost()

    def name(self, name: str) -> Cost:
        return Cost()

    def negate(self, part: Cost) -> Cost:
        return part

    def operator(self, sign: str, left: Cost, right: Cost) -> Cost:
        return left.and_(right).and_(Cost(int(sign in ("*", "/", "**")), int(sign in ("+", "-"))))

    def call(self, name: str, arguments: list[Cost]) -> Cost:
        inside = formula(TABLE[name].definition) if name in TABLE else None
        own = Cost() if inside is None or inside[:2] == ("call", name) else self.read(inside)
        return sum_of([own, *arguments])

    def where(self, condition: Tree, one: Tree, other: Tree) -> Cost:
        return max(self.read(one), self.read(other), key=sum)

    def over(self, name: str, each: Tree) -> Cost:
        return Cost(0, self.n - 1 if name == "sum" else 0).and_(self.read(each), self.n)


def sum_of(costs: "Sequence[Cost]") -> Cost:
    """All costs together."""
    return Cost(sum(cost.multiplications for cost in costs), sum(cost.additions for cost in costs))


@lru_cache(maxsize=1024)
def of_value(operation: Operation, operands: int) -> Cost:
    """What the value of an operation costs.

    >>> of_value(TABLE["dot"], 6), of_value(TABLE["sigmoid"], 1)
    (Cost(multiplications=3, additions=2), Cost(multiplications=1, additions=1))
    """
    text = operation.value if operation.kinks else operation.definition
    return _Counter(operands // max(1, len(operation.letters))).read(formula(text))


@lru_cache(maxsize=1024)
def of_slope(operation: Operation, slot: int, operands: int) -> Cost:
    """What the local derivative for the operand in a slot costs, once the value is known.

    >>> of_slope(TABLE["mul"], 0, 2), of_slope(TABLE["tanh"], 0, 1)
    (Cost(multiplications=0, additions=0), Cost(multiplications=1, additions=1))
    """
    n = operands // len(operation.letters)
    return _Counter(n).read(formula(operation.partials[slot // n if operation.is_nary else slot]))


def of_values(order: Sequence[Value]) -> Cost:
    """What the values of a graph cost, once; order is topological."""
    return sum_of([of_value(node.operation, len(node.parents)) for node in order if node.parents])


def moving(order: Sequence[Value]) -> set[Value]:
    """The nodes that depend on a leaf which is no constant: those that have a derivative."""
    found: set[Value] = set()
    for node in order:
        if (not node.parents and not node.constant) or not found.isdisjoint(node.parents):
            found.add(node)
    return found


def of_slopes(order: Sequence[Value]) -> Cost:
    """What the local derivatives cost that a chain rule needs, once."""
    alive = moving(order)
    return sum_of(
        [of_slope(node.operation, k, len(node.parents)) for node in order for k, parent in enumerate(node.parents) if parent in alive]
    )


def of_sweep(order: Sequence[Value], backward: bool) -> Cost:
    """What one sweep of products and sums over all edges costs: forward, of rates, or backward, of gradients."""
    alive = moving(order)
    arriving: dict[Value, int] = {}
    edges = 0
    for node in order:
        for parent in node.parents:
            if parent in alive:
                edges += 1
                target = parent if backward else node
                arriving[target] = arriving.get(target, 0) + 1
    return Cost(edges, edges - len(arriving))
