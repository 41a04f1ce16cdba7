"""Row by row: a graph in which hardly two nodes are alike, as plain Python on floats, one example after the other.

For few examples that takes less time than a NumPy call for every node. Where floats raise, or end in something that is
not finite, whoever calls asks the careful program instead.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy

from ..engine.dialects import FLOATS, Piece, Tree, Writer, formula, held
from ..engine.grammar import ATOM
from ..engine.ieee import PRIMITIVES, added_up, largest, power, smallest
from ..engine.operations import TABLE, Operation
from .grouping import Group
from .scalars import CONST, INPUT, PARAM, Scalars

MANY_GROUPS, FEW_EXAMPLES = 200, 4


def is_better(groups: Sequence[Group], examples: int) -> bool:
    """Whether so few nodes are alike, in so large a graph, that so few examples are done sooner one by one."""
    return examples <= FEW_EXAMPLES and len(groups) > MANY_GROUPS and 2 * len(groups) > sum([len(group.members) for group in groups])


def value_and_grad(scalars: Scalars, root: int) -> Callable[..., Any]:
    """A function of the parameters and the rows of X, as lists: the sum of the values, and the list of its derivatives."""
    columns = [i for i, op in enumerate(scalars.op) if op == INPUT]
    parameters = [i for i, op in enumerate(scalars.op) if op == PARAM]
    body = [f"v{i} = row[{scalars.data[i]}]" for i in columns]
    body += [*_forward(scalars), f"total += {_variable(scalars, root)}", *_backward(scalars, root)]
    text = ["def run(p, rows, gradient):", "    total = 0.0"]
    text += [f"    v{i} = p[{scalars.data[i]}]; g{i} = 0.0" for i in parameters]
    text += ["    for row in rows:", *[f"        {line}" for line in body]]
    text += [*[f"    gradient[{scalars.data[i]}] = g{i}" for i in parameters], "    return total"]
    made = _names()
    exec("\n".join(text), made)
    return made["run"]


def _names() -> dict[str, Any]:
    """What the lines call: functions of floats, which may raise, and operations of the table."""

    def called(operation: Operation, *operands: float) -> Any:
        return operation.at(operands)

    own = {"nan": math.nan, "inf": math.inf, "power": power, "max": largest, "min": smallest, "sum": added_up}
    return {**{name: partial(called, operation) for name, operation in TABLE.items()},
            **{name: getattr(math, name) for name in PRIMITIVES}, **own}  # fmt: skip


def _variable(scalars: Scalars, i: int) -> str:
    return f"({scalars.data[i]!r})" if scalars.op[i] == CONST else f"v{i}"


class _Line(Writer):
    """Writes formulas of one node with variables for its operands and y; `lets` are to stand before them."""

    def __init__(self, scalars: Scalars, i: int):
        super().__init__(FLOATS.patterns, {})
        self.operation = TABLE[scalars.op[i]]
        mark = "[i]" * self.operation.is_nary
        operands = self.operation.arguments([_variable(scalars, a) for a in scalars.args[i]])
        rows = zip(*operands, strict=True) if self.operation.is_nary else [operands]
        self.elements = [{"y": f"v{i}", **{letter + mark: a for letter, a in zip("abc", row, strict=False)}} for row in rows]
        self.names = self.elements[0]

    def of_each(self, text: str) -> list[str]:
        """The formula for each of the elements of an n-ary operation; else for the one set of operands."""
        return [held(piece, ATOM) for piece in self._pieces(formula(text))]

    def before(self) -> list[str]:
        """The lines that stand before the formulas."""
        return [f"{name} = {text}" for text, name in self.lets.items()]

    def _pieces(self, tree: Tree) -> list[Piece]:
        before, found = self.names, []
        for element in self.elements:
            self.names = element
            found.append(self.read(tree))
        self.names = before
        return found

    def name(self, name: str) -> Piece:
        return repr(math.pi) if name == "pi" else self.names[name], ATOM

    def over(self, name: str, each: Tree) -> Piece:
        text = f"{name}([{', '.join([text for text, _ in self._pieces(each)])}])"
        return self.lets.setdefault(text, f"r{len(self.lets)}"), ATOM


def _forward(scalars: Scalars) -> list[str]:
    lines = []
    for i, op in enumerate(scalars.op):
        if op not in (CONST, PARAM, INPUT):
            line = _Line(scalars, i)
            text, _ = line.read(formula(line.operation.value))
            lines += [*line.before(), f"v{i} = {text}"]
    return lines


def _backward(scalars: Scalars, root: int) -> list[str]:
    """Adds to g of a parameter; the g of another node begins anew in each example."""
    needed = [False] * len(scalars.op)
    for i, op in enumerate(scalars.op):
        needed[i] = op == PARAM or any(needed[a] for a in scalars.args[i])
    begun = {i for i, op in enumerate(scalars.op) if op == PARAM}
    lines = [f"g{root} {'+=' if root in begun else '='} 1.0"]
    begun.add(root)
    for i in reversed(range(len(scalars.op))):
        if i not in begun or not needed[i] or not scalars.args[i]:
            continue
        line = _Line(scalars, i)
        partials = [text for partial in line.operation.partials for text in line.of_each(partial)]
        lines += line.before()
        for a, text in zip(scalars.args[i], partials, strict=True):
            if needed[a]:
                term = f"g{i}" if text == "1.0" else f"-g{i}" if text == "(-1.0)" else f"g{i} * {text}"
                lines.append(f"g{a} {'+=' if a in begun else '='} {term}")
                begun.add(a)
    return lines


def called(run: Callable[..., Any], parameters: Any, X: Any) -> tuple[float, Any] | None:
    """The mean value and its gradient; None where the floats raise."""
    gradient = [0.0] * len(parameters)
    try:
        total = run(parameters.tolist(), X.tolist(), gradient)
    except (ArithmeticError, ValueError):
        return None
    return float(total / len(X)), numpy.array(gradient, dtype=parameters.dtype) / len(X)
