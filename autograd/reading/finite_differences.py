"""Finite differences: the derivative from values alone, and the check of a gradient against it.

It rests on replaying the graph with another number at one node; no local derivative is used.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

from ..engine.derivatives import grad
from ..engine.graph import find, names, refuse_stale, values
from ..engine.ieee import Number, as_float
from ..engine.value import Value, number
from ..explain.numbers import number_text

EPSILON = 2.0**-52
# scheme → (the points to evaluate at, in units of the width; the weights; the power of ε that is the best width).
# The error of the one-sided schemes falls like h, that of the central one like h² (lecture rows D1-46, D0-18).
SCHEMES = {
    "forward": ((1, 0), (1, -1), 1 / 2),
    "backward": ((0, -1), (1, -1), 1 / 2),
    "central": ((1, -1), (0.5, -0.5), 1 / 3),
}
AGREE = 1e-5  # relative error up to which a gradient and its finite difference agree
CLEAR = 1e-3  # a difference whose rounding is below this share of the gradient can tell right from wrong
FINER = (1e-2, 1e-4, 1e-6, 1e-8)  # widths to try, as shares of the usual one, where a function bends too fast for it


def width(x: float, scheme: str = "central", h: float | None = None) -> float:
    """The width h of a finite difference at x: the given one, else ε^(1/3) (central) or ε^(1/2), times max(1, |x|).

    Rounded so that x + h is exact. Raises ValueError for an unknown scheme or a width that is not a positive number.
    """
    if scheme not in SCHEMES:
        raise ValueError(f'there is no scheme "{scheme}"; there are {", ".join(SCHEMES)}')
    if h is not None:
        h = as_float(number(h, "h"))
        if not 0 < h < float("inf"):
            raise ValueError(f"the width h is a positive number, not {h:g}")
        return h
    h = EPSILON ** SCHEMES[scheme][2]
    return (x + h * max(1.0, abs(x))) - x if isfinite(x) else h


def difference(f: Callable[[float], float], x: float, scheme: str = "central", h: float | None = None) -> float:
    """The finite difference of a function of one number at x.

    >>> round(difference(lambda x: x * x, 3.0), 6)
    6.0
    """
    h = width(x, scheme, h)
    points, weights, _ = SCHEMES[scheme]
    return sum(weight * f(x + point * h) for point, weight in zip(points, weights, strict=True)) / h


def numeric_grad(y: Any, a: Any, scheme: str = "central", h: float | None = None, *, at: Mapping[str, Any] | None = None) -> float:
    """The derivative of y with respect to a by finite differences.

    `y` is a Value and `a` a node below it (a Value or a name), which is wiggled by ± h; or `y` is a function of
    numbers and `a` the name of one of its arguments, with the point in `at` or in the function's defaults. Schemes:
    "central" (error about h²), "forward" and "backward" (error about h). Raises ValueError for an unknown node,
    argument, scheme, a width that is not positive, or a graph whose leaves have changed.

    >>> x = Value(3.0, "x")
    >>> round(numeric_grad(x**2, x), 6), round(numeric_grad(lambda x=3.0: x**2, "x"), 6)
    (6.0, 6.0)
    """
    if isinstance(y, Value):
        refuse_stale(y)
        called = names(y)
        node, order = find(y, a, called), list(called)
        return difference(lambda x: as_float(values(order, {node: x})[y]), float(node), scheme, h)
    point = _point(y, at)
    if not isinstance(a, str):
        raise TypeError(f"an argument of a function is given by its name, not as {type(a).__name__}")
    if a not in point:
        raise ValueError(f'the function has no argument "{a}" with a number; it has {", ".join(point) or "none"}')
    return difference(lambda x: as_float(y(**{**point, a: x})), point[a], scheme, h)


def _point(function: Any, at: Mapping[str, Any] | None) -> dict[str, float]:
    """The numbers of a function's arguments: those given, else its defaults."""
    if at is not None and not isinstance(at, Mapping):
        raise TypeError(f"the point is a dict of argument to number, not {type(at).__name__}")
    if not callable(function):
        raise TypeError(f"a derivative is taken of a Value or a function of numbers, not of {type(function).__name__}")
    try:
        arguments = inspect.signature(function).parameters.values()
        defaults = {p.name: p.default for p in arguments if p.default is not p.empty}
    except ValueError:  # a function of C tells nothing about its arguments
        defaults = {}
    point = {**defaults, **(at or {})}
    return {name: as_float(number(data, f"the argument {name}")) for name, data in point.items()}


@dataclass(frozen=True)
class Row:
    """One input of a gradient check.

    `error` is the relative error |given - numeric| / max(|given|, |numeric|), 0 when both are equal. `verdict`:
    "agrees" (error at most 1e-5, or no more than rounding does to the difference), "kink" (the difference reached
    across a kink, so that it proves nothing), "too small to judge" (the gradient, or the width, drowns in rounding),
    "wrong". Where no width is asked for and the usual one does not agree, finer ones are tried, down to 1e-8 of it.
    """

    name: str
    given: float
    numeric: float
    error: float
    h: float
    verdict: str
    kink_crossed: bool
    too_small: bool


class GradientCheck(tuple[Row, ...]):
    """The rows of a gradient check; true when no gradient is wrong."""

    def __bool__(self) -> bool:
        return all(row.verdict != "wrong" for row in self)

    def __str__(self) -> str:
        heads = ("input", "given", "numeric", "error", "h", "verdict")
        table = [heads] + [
            (
                " ".join(row.name.splitlines()),
                number_text(row.given),
                number_text(row.numeric),
                f"{row.error:.1e}",
                f"{row.h:.1e}",
                row.verdict,
            )
            for row in self
        ]
        widths = [max(len(line[k]) for line in table) for k in range(len(heads))]
        return "\n".join("  ".join(cell.ljust(wide) for cell, wide in zip(line, widths, strict=True)).rstrip() for line in table)

    __repr__ = __str__


def gradcheck(
    y_or_function: Any,
    inputs: Any = None,
    *,
    gradients: Mapping[Any, Any] | None = None,
    scheme: str = "central",
    h: float | None = None,
) -> GradientCheck:
    """Checks gradients against finite differences: ours, or those given.

    `y_or_function` is a Value (`inputs`: the nodes to check, all leaves that are not constants if left out) or a
    function (`inputs`: a dict from its arguments to numbers). `gradients` maps inputs to the gradients to check, a
    student's for instance. The result has one `Row` for each input and is true when none is wrong.

    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> bool(gradcheck(a * b)), bool(gradcheck(a * b, gradients={"a": 2.0}))
    (True, False)
    """
    if isinstance(y_or_function, Value):
        y, called = y_or_function, names(y_or_function)
        usual = [node for node in called if not node.parents and not node.constant]
        if not isinstance(inputs, (Value, str, Iterable, type(None))):
            raise TypeError(f"the inputs are nodes: Values or labels, not {type(inputs).__name__}")
    else:
        if inputs is not None and not isinstance(inputs, Mapping):
            raise TypeError(f"the inputs of a function are a dict of argument to number, not {type(inputs).__name__}")
        leaves = {name: Value(data, name) for name, data in _point(y_or_function, inputs).items()}
        y, inputs, usual = y_or_function(**leaves), None, list(leaves.values())
        if not isinstance(y, Value):
            raise TypeError(f"the function must return a Value when it is called with Values, not {type(y).__name__}")
        called = {**names(y), **{leaf: name for name, leaf in leaves.items()}}  # also those it makes no use of
    if gradients is not None and not isinstance(gradients, Mapping):
        raise TypeError(f"the gradients are a dict of node to number, not {type(gradients).__name__}")
    refuse_stale(y)
    asked = usual if inputs is None else [inputs] if isinstance(inputs, (Value, str)) else inputs
    chosen = [find(y, node, called) for node in asked]
    if gradients is not None:
        given = {find(y, node, called): as_float(number(data, "a gradient")) for node, data in gradients.items()}
        chosen = [node for node in chosen if node in given] if inputs is None else chosen
        chosen += [node for node in given if node not in chosen]
        missing = [called[node] for node in chosen if node not in given]
        if missing:
            raise ValueError(f"no gradient is given for {', '.join(missing)}")
    else:
        given = dict(zip(chosen, map(as_float, grad(y, chosen)), strict=True))
    return GradientCheck([_row(y, called, node, given[node], scheme, h) for node in chosen])


def _row(y: Value, called: Mapping[Value, str], node: Value, given: float, scheme: str, h: float | None) -> Row:
    if h is not None:
        return _judged(y, called, node, given, scheme, h)
    x = float(node)
    usual = width(x, scheme)
    first = _judged(y, called, node, given, scheme, usual)
    if first.verdict != "wrong":
        return first
    finer = [(x + usual * share) - x for share in FINER]  # so that x + h is exact
    rows = (_judged(y, called, node, given, scheme, h) for h in finer if h > 0)
    return next((row for row in rows if row.verdict == "agrees"), first)


def _judged(y: Value, called: Mapping[Value, str], node: Value, given: float, scheme: str, h: float) -> Row:
    order: list[Value] = list(called)
    h = width(float(node), scheme, h)
    reached: list[dict[Value, Number]] = []

    def f(x: float) -> float:
        reached.append(values(order, {node: x}))
        return as_float(reached[-1][y])

    numeric = difference(f, float(node), scheme, h)
    crossed = len({_sides(order, found, node) for found in [*reached, values(order, {})]}) > 1
    largest = max(abs(as_float(found[y])) for found in reached)
    noise = 10 * EPSILON * largest / h  # what rounding does to the difference
    apart, size = abs(given - numeric), max(abs(given), abs(numeric))
    drowned = noise > (CLEAR * size if given else AGREE * max(1.0, largest))
    error = 0.0 if given == numeric else apart / size if isfinite(apart) else nan
    if error <= AGREE and not (drowned and numeric == 0):
        verdict = "agrees"
    elif crossed:
        verdict = "kink"
    elif apart <= noise:
        verdict = "too small to judge" if drowned else "agrees"
    else:
        verdict = "wrong"
    return Row(called[node], given, numeric, error, h, verdict, crossed, verdict == "too small to judge")


def _sides(order: Sequence[Value], found: Mapping[Value, Number], node: Value) -> tuple[Any, ...]:
    """On which side of its kinks every operation is, when the nodes have the numbers found."""
    kinked = [each for each in order if each.parents and each.operation.kinks and each is not node]
    return tuple([each.operation.side_at([found[parent] for parent in each.parents], found[each]) for each in kinked])
