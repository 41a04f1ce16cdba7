"""Two readers of the formulas of losses: one builds a loss from Values or numbers, one computes it on arrays.

In a formula `a` is a prediction and `b` its target; `a[i]` and `b[i]` are the rows of an example, of which a function of
the table such as logsumexp(a[i]) or dot(b[i], a[i]), and sum, max and min over i, make one number.
"""

import operator
from collections.abc import Callable, Mapping
from itertools import compress, repeat
from typing import Any

import numpy

from autograd.engine.dialects import OPERATORS, OVER_ALL, Reader, Tree, calls_in, names_in
from autograd.engine.functions import apply
from autograd.engine.operations import TABLE

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
        return _each(operator.neg, part)

    def operator(self, sign: str, left: Any, right: Any) -> Any:
        return _each(OPERATORS[sign], left, right)


class OnNumbers(_Formula):
    """A loss from Values (it is then a graph), floats or fractions: of lists of elements, or of the rows of one example.

    A class that is certainly not the one has the target 0 and leaves no trace in the graph; of the one that it certainly
    is, with the target 1, there is log(a), not 1 · log(a).
    """

    def over(self, name: str, tree: Tree) -> Any:
        rows = {row: self.given[row] for row in ("a[i]", "b[i]")}
        if name == "sum":
            wanted = [not _is(0, b) for b in rows["b[i]"]]
            rows = {row: [*compress(items, wanted)] for row, items in rows.items()}
        terms = OnNumbers(**{**self.given, **rows}).read(tree)
        return terms[0] if len(terms) == 1 else apply(TABLE[OF_ALL[name]], terms)

    def call(self, name: str, arguments: list[Any]) -> Any:
        entry = TABLE[name]
        if name == "dot":
            pairs = [(b, a) for b, a in zip(*arguments, strict=True) if not _is(0, b)]
            if len(pairs) == 1 and _is(1, pairs[0][0]):
                return pairs[0][1]
            arguments = [list(row) for row in zip(*pairs, strict=True)]
        if entry.is_nary:
            return apply(entry, [item for row in arguments for item in row])
        if name == "xlogy" and "a[i]" in self.given:
            return _each(lambda b, a: apply(TABLE["log"], (a,)) if _is(1, b) else apply(entry, (b, a)), *arguments)
        return _each(lambda *operands: apply(entry, operands), *arguments)


def _each(function: Callable[..., Any], *parts: Any) -> Any:
    """The function of all elements of lists, with what is no list beside each of them."""
    if any(part.__class__ is list for part in parts):
        return [function(*items) for items in zip(*[part if part.__class__ is list else repeat(part) for part in parts], strict=False)]
    return function(*parts)


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
