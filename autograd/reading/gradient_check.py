"""Gradients judged by finite differences: ours or a student's, of a graph or of a function.

What the derivative is, and how well it is known, is found before the gradient is looked at (`extrapolation`), so that no
gradient is called right because the numbers around it are poor.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from math import isfinite, nan
from typing import Any

from ..engine.derivatives import grad
from ..engine.ieee import as_float, number
from ..engine.names import find, names
from ..engine.order import topological_order
from ..engine.replaying import refuse_stale
from ..engine.value import Value
from .extrapolation import NOTHING, SCHEMES, Estimate, Sample, extrapolated, rounded_width
from .finite_differences import point, unknown, width
from .rounding import EPSILON, UNDERFLOW, Rounded, value_with_error

AGREE = 1e-5  # relative error up to which a gradient agrees, and up to which its finite difference must be known
FLAT = 1e-8  # a slope that is known to be below this share of how the function moves is taken for 0
CLEARLY = 10  # how many times its own uncertainty a difference must be away to speak against a gradient
BRANCH = "a branch of the function"


@dataclass(frozen=True)
class Row:
    """One input of a gradient check.

    `numeric` is the finite difference, extrapolated to h = 0 unless a width was asked for, and `uncertainty` a bound on
    how far the extrapolated one may be from the derivative, by what it leaves out and by rounding. `error` is the relative
    error |given - numeric| / max(|given|, |numeric|), 0 when both are equal, nan where one of them is no number.

    `verdict` is one of
    "agrees": the error is at most 1e-5, and so is the relative uncertainty; a gradient of 0 agrees where the slope is known
    to be below 1e-8 of how the function moves;
    "wrong": the error is larger than that, and the difference is well known;
    "kink": the usual width reaches across a kink, at the nodes named in `kinks`, so that differences prove nothing;
    "too small to judge": the gradient, or the width, drowns in rounding;
    "nothing to compare": the value, or what is on either side of it, is not finite, as at a pole or the border of a domain.
    """

    name: str
    given: float
    numeric: float
    error: float
    h: float
    verdict: str
    kink_crossed: bool
    too_small: bool
    uncertainty: float = nan
    kinks: tuple[str, ...] = ()


class GradientCheck(tuple[Row, ...]):
    """The rows of a gradient check; true when all of them agree."""

    def __bool__(self) -> bool:
        return all(row.verdict == "agrees" for row in self)

    def __str__(self) -> str:
        table = [("input", "given", "numeric", "error", "h", "verdict")] + [
            (
                "".join([letter if letter.isprintable() else "\ufffd" for letter in " ".join(row.name.splitlines())]),
                f"{row.given:.6g}",
                f"{row.numeric:.6g}",
                f"{row.error:.1e}",
                f"{row.h:.1e}",
                row.verdict + (f" at {', '.join(row.kinks)}" if row.kinks else ""),
            )
            for row in self
        ]
        widths = [max(len(line[k]) for line in table) for k in range(len(table[0]))]
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
    function (`inputs`: a dict from its arguments to numbers), which may use `if`; one that computes with plain floats
    can be checked when `gradients` are given. `gradients` maps inputs to the gradients to check, a student's for
    instance. The result has one `Row` for each input and is true when all agree.

    Differences are taken at widths h, h/2, h/4, … and extrapolated to 0 by Richardson's method; a gradient is judged by
    the extrapolation with the smallest bound on truncation and rounding, which is chosen without regard to the gradient.
    Without `h`, the widths begin at 0.0123 · max(1, |x|) and become finer until the derivative is known to 1e-9, or
    rounding takes over. With `h`, they are h to h/16.

    >>> a, b = Value(2.0, "a"), Value(3.0, "b")
    >>> bool(gradcheck(a * b)), bool(gradcheck(a * b, gradients={"a": 2.0}))
    (True, False)
    """
    if gradients is not None and not isinstance(gradients, Mapping):
        raise TypeError(f"the gradients are a dict of node to number, not {type(gradients).__name__}")
    width(0.0, scheme, h)  # refuses an unknown scheme, and a width that is none
    if not isinstance(y_or_function, Value):
        return _of_function(y_or_function, inputs, gradients, scheme, h)
    y, called = y_or_function, names(y_or_function)
    if not isinstance(inputs, (Value, str, Iterable, type(None))):
        raise TypeError(f"the inputs are nodes: Values or labels, not {type(inputs).__name__}")
    refuse_stale(y)
    asked = [inputs] if isinstance(inputs, (Value, str)) else inputs
    chosen = (
        [node for node in called if not node.parents and not node.constant] if asked is None else [find(y, node, called) for node in asked]
    )
    if gradients is None:
        given = dict(zip(chosen, map(as_float, grad(y, chosen)), strict=True))
    else:
        given = {find(y, node, called): as_float(number(data, "a gradient")) for node, data in gradients.items()}
        chosen = _asked(chosen, given, inputs is None, called)
    order = list(called)
    sums = _path_sums(order)
    return GradientCheck(
        [_judged(called[node], given[node], float(node), _Along(order, node, called), scheme, h, sums.get(node, 0.0)) for node in chosen]
    )


def _of_function(function: Any, inputs: Any, gradients: Mapping[Any, Any] | None, scheme: str, h: float | None) -> GradientCheck:
    if inputs is not None and not isinstance(inputs, Mapping):
        raise TypeError(f"the inputs of a function are a dict of argument to number, not {type(inputs).__name__}")
    here = point(function, inputs)
    leaves = {name: Value(data, name) for name, data in here.items()}
    y = function(**leaves)
    if not isinstance(y, Value) and gradients is None:
        raise TypeError(f"the function must return a Value when it is called with Values, not {type(y).__name__}")
    if gradients is None:
        given = dict(zip(here, map(as_float, grad(y, leaves.values())), strict=True))
    else:
        strangers = [str(name) for name in gradients if name not in here]
        if strangers:
            raise ValueError(f'the function has no argument "{strangers[0]}" with a number; it has {", ".join(here) or "none"}')
        given = {name: as_float(number(data, "a gradient")) for name, data in gradients.items()}
    sums = _path_sums(topological_order(y)) if isinstance(y, Value) else {}
    rows = []
    for name in _asked(list(here), given, True, {name: name for name in here}):
        sample: Any = partial(_sample_of_call, function, here, name)
        if not isinstance(y, Value):
            sample = unknown(lambda x, name=name: function(**{**here, name: x}))  # type: ignore[misc]
        rows.append(_judged(name, given[name], here[name], sample, scheme, h, sums.get(leaves[name], 0.0)))
    return GradientCheck(rows)


def _path_sums(order: Sequence[Value]) -> dict[Value, float]:
    """The sum over all paths of the sizes of their products, for each node: what the rounding of its gradient is a share of."""
    found = {order[-1]: 1.0}
    for node in reversed(order):
        for parent, slope in zip(node.parents, node.partials, strict=True):
            if found.get(node) and slope:
                found[parent] = found.get(parent, 0.0) + found[node] * abs(as_float(slope))
    return found


def _asked(chosen: list[Any], given: Mapping[Any, float], all_inputs: bool, called: Mapping[Any, str]) -> list[Any]:
    """The inputs to check, in order: those chosen for which a gradient is given, then others with a gradient."""
    chosen = [each for each in chosen if each in given] if all_inputs else chosen
    missing = [called[each] for each in chosen if each not in given]
    if missing:
        raise ValueError(f"no gradient is given for {', '.join(missing)}")
    return chosen + [each for each in given if each not in chosen]


def _judged(name: str, given: float, x: float, f: Callable[[float], Sample], scheme: str, h: float | None, paths: float) -> Row:
    f = cache(f)
    here, usual = f(x), width(x, scheme, h)
    around = [f(x + k * usual) for k in SCHEMES[scheme][0]]
    numeric = sum(weight * each.value for weight, each in zip(SCHEMES[scheme][1], around, strict=True)) / usual
    kinks = _crossed([here, *around])
    found = NOTHING if kinks else extrapolated(f, x, scheme, usual, h)
    corner = isfinite(found.error) and _is_corner(f, x, here, found)
    if h is None and isfinite(found.error):
        numeric, usual = found.value, found.h
    apart, size = abs(given - numeric), max(abs(given), abs(numeric))
    error = 0.0 if given == numeric else apart / size if isfinite(apart) else nan
    if not isfinite(here.value):
        verdict = "nothing to compare"
    elif kinks or corner:
        verdict = "kink"
    elif not isfinite(found.error):
        verdict = "too small to judge" if isfinite(numeric) else "nothing to compare"
    else:
        verdict = _verdict(given, found, paths)
    return Row(name, given, numeric, error, usual, verdict, bool(kinks) or corner, verdict == "too small to judge", found.error, kinks)


def _verdict(given: float, found: Estimate, paths: float) -> str:
    apart, size = abs(given - found.value), max(abs(given), abs(found.value))
    if not isfinite(given):
        return "wrong" if isfinite(paths) else "nothing to compare"
    if max(apart, found.error) <= AGREE * size:
        return "agrees"
    if given == 0 and (apart <= found.error <= FLAT * found.slope or (apart == 0 and found.error <= UNDERFLOW)):
        return "agrees"
    rounding = 8 * EPSILON * paths if isfinite(paths) else 0.0  # of the gradient, where terms of a sum cancel
    return "wrong" if apart > AGREE * size + CLEARLY * (found.error + rounding) else "too small to judge"


def _crossed(samples: Sequence[Sample]) -> tuple[str, ...]:
    """The nodes that are on other sides of their kinks in one sample than in the first, where both are finite."""
    first, *others = [sample for sample in samples if isfinite(sample.value)] or [Sample(nan, nan)]
    found: dict[str, None] = {}
    for other in others:
        if [name for name, _ in other.sides] != [name for name, _ in first.sides]:
            found[BRANCH] = None
        else:
            found |= dict.fromkeys(name for (name, side), (_, before) in zip(other.sides, first.sides, strict=True) if side != before)
    return tuple(found)


def _is_corner(f: Callable[[float], Sample], x: float, here: Sample, found: Estimate) -> bool:
    """Whether the slopes on both sides stay apart as the width shrinks: a kink that no operation knows of, as of sqrt(x**2)."""

    def bend(h: float) -> tuple[float, float]:
        h = rounded_width(x, h)
        after, before = f(x + h), f(x - h)
        return abs(after.value - here.value + (before.value - here.value)) / h, (after.error + before.error + 2 * here.error) / h

    if rounded_width(x, found.h / 16) == 0:
        return False
    (wide, _), (middle, _), (fine, noise) = bend(found.h), bend(found.h / 4), bend(found.h / 16)
    shrinks = middle < 0.6 * wide or fine - noise < 0.6 * middle  # a smooth bend shrinks as the width does
    return not shrinks and fine > 4 * noise and fine > FLAT * max(found.slope, abs(found.value))


class _Along:
    """A graph as a function of the number at one node. Only what depends on that node is computed again."""

    def __init__(self, order: Sequence[Value], node: Value, called: Mapping[Value, str]):
        self.y, self.node, self.called = order[-1], node, called
        self.at_rest = {each: Rounded(as_float(each.data)) for each in order}
        moving = {node}
        self.above = []
        for each in order:
            if each is not node and not moving.isdisjoint(each.parents):
                moving.add(each)
                self.above.append(each)

    def __call__(self, x: float) -> Sample:
        found = {**self.at_rest, self.node: Rounded(x)}
        sides = []
        for each in self.above:
            operands = [found[parent] for parent in each.parents]
            if any(
                parent is self.node or a.error or a.value != self.at_rest[parent].value
                for a, parent in zip(operands, each.parents, strict=True)
            ):  # the rounding of what does not move cancels in a difference
                found[each] = value_with_error(each.operation, operands)
            if each.operation.kinks:
                sides.append((self.called[each], each.operation.side_at([a.value for a in operands], found[each].value)))
        y = found[self.y]
        return Sample(y.value, y.error, tuple(sides))


def _sample_of_call(function: Any, here: Mapping[str, float], name: str, x: float) -> Sample:
    """A function called with Values, one of them at x. Another branch of an `if` makes a graph of other operations."""
    leaves = {each: Value(x if each == name else data, each) for each, data in here.items()}
    try:
        y = function(**leaves)
    except (ArithmeticError, ValueError):  # outside its domain
        return Sample(nan, nan)
    if not isinstance(y, Value):
        return Sample(as_float(number(y, "the result of the function")), 0.0, ((BRANCH, ()),))
    called = names(y)
    order = list(called)
    branch = (BRANCH, tuple([node.op for node in order]))
    if leaves[name] not in called:
        return Sample(float(y), 0.0, (branch,))
    found = _Along(order, leaves[name], called)(x)
    return Sample(found.value, found.error, (branch, *found.sides))
