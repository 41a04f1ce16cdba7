"""Two readers of the formulas of losses: one builds a loss from Values or numbers, one computes it on arrays.

In a formula `a` is a prediction and `b` its target; `a[i]` and `b[i]` are the rows of an example, of which a function of
the table such as logsumexp(a[i]) or dot(b[i], a[i]), and sum, max and min over i, make one number.
"""

import operator
from collections.abc import Mapping
from typing import Any

import numpy

from autograd.engine.dialects import OVER_ALL, Reader, Tree, calls_in, names_in
from autograd.engine.functions import apply
from autograd.engine.operations import TABLE

SIGNS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow, "<": operator.lt,
         "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq}  # fmt: skip
OF_ALL = {"sum": "total", "max": "maximum", "min": "minimum"}


def refuse_unreadable(name: str, tree: Tree, settings: Mapping[str, float]) -> None:
    """Raises ValueError for a formula that reads anything but predictions, targets and settings, or calls what there is not."""
    unknown = names_in(tree) - {"a", "b", "a[i]", "b[i]", "pi", *settings}
    if unknown:
        raise ValueError(
            f"the formula of the loss {name} uses {', '.join(sorted(unknown))}; it may use a, b (or a[i], b[i]) and its settings"
        )
    for function, _ in calls_in(tree):
        if function not in TABLE and function not in OVER_ALL and function != "where":
            raise ValueError(f"{function} in the formula of the loss {name} is no function of the table")


class _Formula(Reader[Any]):
    """What both have in common: what stands for the names is given, and equal parts are computed once."""

    def __init__(self, **given: Any):
        self.given = given
        self.known: dict[Tree, Any] = {}

    def read(self, tree: Tree) -> Any:
        if tree not in self.known:
            self.known[tree] = super().read(tree)
        return self.known[tree]

    def number(self, number: int) -> Any:
        return number

    def name(self, name: str) -> Any:
        return numpy.pi if name == "pi" else self.given[name]

    def negate(self, part: Any) -> Any:
        return -part

    def operator(self, sign: str, left: Any, right: Any) -> Any:
        return SIGNS[sign](left, right)


class OnNumbers(_Formula):
    """The loss of one element or one example, from Values (it is then a graph), floats or fractions.

    A class that is certainly not the one has the target 0 and leaves no trace in the graph; of the one that it certainly
    is, with the target 1, there is log(a), not 1 · log(a).
    """

    def over(self, name: str, tree: Tree) -> Any:
        rows = zip(self.given["a[i]"], self.given["b[i]"], strict=True)
        terms = [OnNumbers(**{**self.given, "a[i]": a, "b[i]": b}).read(tree) for a, b in rows if name != "sum" or not _is(0, b)]
        return terms[0] if len(terms) == 1 else apply(TABLE[OF_ALL[name]], terms)

    def call(self, name: str, arguments: list[Any]) -> Any:
        entry = TABLE[name]
        if name == "xlogy" and "a[i]" in self.given and _is(1, arguments[0]):
            return apply(TABLE["log"], arguments[1:])
        if name == "dot":
            pairs = [(b, a) for b, a in zip(*arguments, strict=True) if not _is(0, b)]
            if len(pairs) == 1 and _is(1, pairs[0][0]):
                return pairs[0][1]
            arguments = [list(row) for row in zip(*pairs, strict=True)]
        return apply(entry, [item for row in arguments for item in row] if entry.is_nary else arguments)


def _is(number: int, target: Any) -> bool:
    """Whether a target is certainly this number: a leaf could become another one."""
    return isinstance(target, (int, float)) and target == number


class OnArrays(_Formula):
    """The same on arrays: examples in the last axis, the outputs of an example in the one before."""

    def over(self, name: str, tree: Tree) -> Any:
        return getattr(numpy, name)(self.read(tree), axis=-2, keepdims=True)

    def call(self, name: str, arguments: list[Any]) -> Any:
        if not TABLE[name].is_nary:
            return TABLE[name].on_arrays(*arguments)
        return numpy.expand_dims(TABLE[name].on_arrays(*[numpy.swapaxes(item, -1, -2) for item in arguments]), -2)

    def where(self, condition: Tree, one: Tree, other: Tree) -> Any:
        return numpy.where(self.read(condition), self.read(one), self.read(other))
