"""Finite differences: the derivative from values alone, at one width, and its error at many.

It rests on replaying the graph with another number at one node; no local derivative is used. Whether a gradient agrees
with them is for `gradient_check` to say.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from ..engine.derivatives import grad
from ..engine.ieee import as_float, number
from ..engine.names import find, names
from ..engine.replaying import refuse_stale, values
from ..engine.value import Value
from .extrapolation import SCHEMES, Sample, extrapolated, rounded_width
from .rounding import EPSILON

POWERS = {"forward": 1 / 2, "backward": 1 / 2, "central": 1 / 3}  # of ε, that is the width at which truncation meets rounding


def width(x: float, scheme: str = "central", h: float | None = None) -> float:
    """The width h of a finite difference at x: the given one, else ε^(1/3) (central) or ε^(1/2), times max(1, |x|).

    Rounded so that x + h is exact. Raises ValueError for an unknown scheme or a width that is not a positive number.
    """
    if scheme not in SCHEMES:
        raise ValueError(f'there is no scheme "{str(scheme)[:40]}"; there are {", ".join(SCHEMES)}')
    if h is not None:
        h = as_float(number(h, "h"))
        if not 0 < h < float("inf"):
            raise ValueError(f"the width h is a positive number, not {h:g}")
        return h
    return rounded_width(x, EPSILON ** POWERS[scheme] * max(1.0, abs(x)) if isfinite(x) else EPSILON ** POWERS[scheme])


def difference(f: Callable[[float], float], x: float, scheme: str = "central", h: float | None = None) -> float:
    """The finite difference of a function of one number at x.

    >>> round(difference(lambda x: x * x, 3.0), 6)
    6.0
    """
    h = width(x, scheme, h)
    points, weights, _ = SCHEMES[scheme]
    return sum(weight * f(x + point * h) for point, weight in zip(points, weights, strict=True)) / h


def numeric_grad(y: Any, a: Any, scheme: str = "central", h: float | None = None, *, at: Mapping[str, Any] | None = None) -> float:
    """The derivative of y with respect to a by one finite difference.

    `y` is a Value and `a` a node below it (a Value or a name), which is wiggled by ± h; or `y` is a function of
    numbers and `a` the name of one of its arguments, with the point in `at` or in the function's defaults. Schemes:
    "central" (error about h²), "forward" and "backward" (error about h). Without `h`, the width is the one at which
    that error and the rounding of the values are about the same: ε^(1/3) or ε^(1/2), times max(1, |a|). Raises
    ValueError for an unknown node, argument, scheme, a width that is not positive, or a graph whose leaves have changed.

    >>> x = Value(3.0, "x")
    >>> round(numeric_grad(x**2, x), 6), round(numeric_grad(lambda x=3.0: x**2, "x"), 6)
    (6.0, 6.0)
    """
    f, x, _ = _along(y, a, at)
    return difference(f, x, scheme, h)


def _along(y: Any, a: Any, at: Mapping[str, Any] | None) -> tuple[Callable[[float], float], float, Value | None]:
    """y as a function of a alone, the number of a, and the node that a is; None for an argument of a function."""
    if isinstance(y, Value):
        refuse_stale(y)
        called = names(y)
        node, order = find(y, a, called), list(called)
        return lambda x: as_float(values(order, {node: x})[y]), float(node), node
    here = point(y, at)
    if not isinstance(a, str):
        raise TypeError(f"an argument of a function is given by its name, not as {type(a).__name__}")
    if a not in here:
        raise ValueError(f'the function has no argument "{a}" with a number; it has {", ".join(here) or "none"}')
    return lambda x: as_float(y(**{**here, a: x})), here[a], None


def point(function: Any, at: Mapping[str, Any] | None) -> dict[str, float]:
    """The numbers of a function's arguments: those given, else its defaults."""
    if at is not None and not isinstance(at, Mapping):
        raise TypeError(f"the point is a dict of argument to number, not {type(at).__name__}")
    if not callable(function):
        raise TypeError(f"a derivative is taken of a Value or a function of numbers, not of {type(function).__name__}")
    try:
        arguments = {name: argument.default for name, argument in inspect.signature(function).parameters.items()}
    except ValueError:  # a function of C tells nothing about its arguments
        arguments = {}
    known = {**arguments, **(at or {})}
    return {name: as_float(number(data, f"the argument {name}")) for name, data in known.items() if data is not inspect.Parameter.empty}


@dataclass(frozen=True)
class NumericCurve:
    """The finite differences of each scheme at each width, and how far they are from the derivative.

    `exact` is the derivative that they are compared with: of a graph the one of its backward pass, of a function the
    limit of its differences. `differences` and `errors` map a scheme to a number for each of the `widths`; an error is
    |difference - exact|. Where the error of a central difference falls, it falls like h²; where rounding takes over,
    it grows like 1/h.
    """

    exact: float
    widths: tuple[float, ...]
    differences: Mapping[str, tuple[float, ...]]
    errors: Mapping[str, tuple[float, ...]]

    def best(self, scheme: str = "central") -> float:
        """The width with the smallest error."""
        return min(zip(self.errors[scheme], self.widths, strict=True), key=lambda pair: (not isfinite(pair[0]), *pair))[1]

    def __str__(self) -> str:
        heads = ["h", *self.errors]
        rows = [[f"{h:.1e}", *(f"{row[k]:.1e}" for row in self.errors.values())] for k, h in enumerate(self.widths)]
        return "\n".join("  ".join(cell.ljust(8) for cell in line).rstrip() for line in [heads, *rows])


def numeric_curve(
    y: Any,
    a: Any,
    schemes: Iterable[str] = ("forward", "backward", "central"),
    widths: Iterable[Any] | None = None,
    *,
    at: Mapping[str, Any] | None = None,
) -> NumericCurve:
    """The error of finite differences against their width: the V of every lecture on numeric differentiation.

    `y`, `a` and `at` are those of `numeric_grad`. `widths` are positive numbers; without them, four to each power of
    ten from 1 to 1e-15. Raises ValueError as `numeric_grad` does.

    >>> curve = numeric_curve(Value(1.0, "x").exp(), "x", widths=[1e-1, 1e-3, 1e-5, 1e-12])
    >>> curve.best("central"), [round(error, 9) for error in curve.errors["central"]][:2]
    (1e-05, [0.004532735, 4.53e-07])
    """
    f, x, node = _along(y, a, at)
    chosen = [schemes] if isinstance(schemes, str) else _several("schemes", schemes)
    asked: Sequence[Any] = [10 ** (-k / 4) for k in range(61)] if widths is None else _several("widths", widths)
    if None in asked:
        raise TypeError("the width h is a positive number, not None")
    wide = tuple(width(x, scheme, h) for scheme in chosen[:1] for h in asked)
    found = {scheme: tuple(difference(f, x, scheme, h) for h in wide) for scheme in chosen}
    exact = as_float(grad(y, [node])[0]) if node is not None else limit(f, x)
    return NumericCurve(exact, wide, found, {scheme: tuple(abs(each - exact) for each in row) for scheme, row in found.items()})


def _several(name: str, given: Any) -> list[Any]:
    if isinstance(given, str) or not isinstance(given, Iterable) or getattr(given, "shape", None) == ():
        raise TypeError(f"{name} is a list, not {type(given).__name__}")
    items = list(given)
    if not items:
        raise ValueError(f"{name} is an empty list; it needs one entry at least")
    return items


def limit(f: Callable[[float], float], x: float) -> float:
    """The derivative of a function of one number that tells nothing about itself, extrapolated from its differences."""
    return extrapolated(unknown(f), x, "central", width(x)).value


def unknown(f: Callable[[float], float]) -> Callable[[float], Sample]:
    """A function that can only be called: its rounding is taken for sixteen times that of its value."""

    def sample(x: float) -> Sample:
        try:
            value = as_float(f(x))
        except (ArithmeticError, ValueError):  # outside its domain
            value = float("nan")
        return Sample(value, 16 * EPSILON * abs(value))

    return sample
