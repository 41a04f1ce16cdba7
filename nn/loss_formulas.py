"""Two readers of the formulas of losses: one builds a loss from Values or numbers, one computes it on arrays.

In a formula `a` is a prediction and `b` its target; `a[i]` and `b[i]` are the rows of an example, of which a function of
the table such as logsumexp(a[i]) or dot(b[i], a[i]), and sum, max and min over i, make one number.
"""

import operator
from collections.abc import Mapping
from typing import Any

import numpy

from autograd import total
from autograd.engine.dialects import Tree, calls_in, names_in
from autograd.engine.functions import apply
from autograd.engine.operations import TABLE

SIGNS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow, "<": operator.lt,
         "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq}  # fmt: skip
OVER: dict[str, Any] = {"sum": numpy.sum, "max": numpy.max, "min": numpy.min}


def refuse_unreadable(name: str, tree: Tree, settings: Mapping[str, float]) -> None:
    """Raises ValueError for a formula that reads anything but predictions, targets and settings, or calls what there is not."""
    unknown = names_in(tree) - {"a", "b", "a[i]", "b[i]", "pi", *settings}
    if unknown:
        raise ValueError(
            f"the formula of the loss {name} uses {', '.join(sorted(unknown))}; it may use a, b (or a[i], b[i]) and its settings"
        )
    for function, _ in calls_in(tree):
        if function not in TABLE and function not in OVER and function != "where":
            raise ValueError(f"{function} in the formula of the loss {name} is no function of the table")


class _Formula:
    """What both readers share: a formula with what stands for its names, equal parts computed once."""

    def __init__(self, **given: Any):
        self.given = given
        self.known: dict[Tree, Any] = {}

    def read(self, tree: Tree) -> Any:
        """What the formula comes to."""
        if tree not in self.known:
            self.known[tree] = self._of(*tree)
        return self.known[tree]

    def _of(self, kind: str, *parts: Any) -> Any:
        if kind == "number":
            return parts[0]
        if kind == "name":
            return numpy.pi if parts[0] == "pi" else self.given[parts[0]]
        if kind == "call" and parts[0] in OVER:
            return self.over(*parts)
        if kind == "call":
            return self.call(parts[0], [self.read(part) for part in parts[1:]])
        if kind == "negate":
            return -self.read(parts[0])
        return SIGNS[kind](self.read(parts[0]), self.read(parts[1]))

    def over(self, name: str, tree: Tree) -> Any:
        raise NotImplementedError

    def call(self, name: str, operands: list[Any]) -> Any:
        raise NotImplementedError


class OnNumbers(_Formula):
    """The loss of one element or one example, from Values (it is then a graph), floats or fractions.

    A class that is certainly not the one has the target 0 and leaves no trace in the graph; of the one that it certainly
    is, with the target 1, there is log(a), not 1 · log(a).
    """

    def over(self, name: str, tree: Tree) -> Any:
        rows = zip(self.given["a[i]"], self.given["b[i]"], strict=True)
        terms = [OnNumbers(**{**self.given, "a[i]": a, "b[i]": b}).read(tree) for a, b in rows if not _is(0, b)]
        return terms[0] if len(terms) == 1 else total(terms)

    def call(self, name: str, operands: list[Any]) -> Any:
        entry = TABLE[name]
        if name == "xlogy" and "a[i]" in self.given and _is(1, operands[0]):
            return apply(TABLE["log"], operands[1:])
        if name == "dot":
            pairs = [(b, a) for b, a in zip(*operands, strict=True) if not _is(0, b)]
            if len(pairs) == 1 and _is(1, pairs[0][0]):
                return pairs[0][1]
            operands = [list(row) for row in zip(*pairs, strict=True)]
        return apply(entry, [item for row in operands for item in row] if entry.is_nary else operands)


def _is(number: int, target: Any) -> bool:
    """Whether a target is certainly this number: a leaf could become another one."""
    return isinstance(target, (int, float)) and target == number


class OnArrays(_Formula):
    """The same on arrays: examples in the last axis, the outputs of an example in the one before."""

    def over(self, name: str, tree: Tree) -> Any:
        return OVER[name](self.read(tree), axis=-2, keepdims=True)

    def call(self, name: str, operands: list[Any]) -> Any:
        if name == "where":
            return numpy.where(*operands)
        if not TABLE[name].is_nary:
            return TABLE[name].on_arrays(*operands)
        return numpy.expand_dims(TABLE[name].on_arrays(*[numpy.swapaxes(item, -1, -2) for item in operands]), -2)
