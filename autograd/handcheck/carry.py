"""Error carried forward: what every number should be, given the numbers a student has already written.

Beside each number goes a tolerance: what rounding on the way, to the digits that were typed, may have done to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from ..graph import topological_order
from ..ieee import Number, as_float
from ..value import Value
from .answers import Quantity, Typed

ROUNDING = 1e-9  # what is smaller than this, relatively, is the rounding of floats
TINY = 1e-12  # and so is this, absolutely


@dataclass
class Carried:
    """For each quantity the expected number and its tolerance, and the verdict on the written one.

    A verdict is "right", "follows" (right given earlier numbers that are not) or "wrong". `tainted` is what rests on a
    number that is not right, `at_kink` what rests on a slope at a kink.
    """

    data: dict[Quantity, float] = field(default_factory=dict)
    tolerance: dict[Quantity, float] = field(default_factory=dict)
    verdicts: dict[Quantity, str] = field(default_factory=dict)
    tainted: set[Quantity] = field(default_factory=set)
    at_kink: set[Quantity] = field(default_factory=set)


def agrees(answer: Typed, data: float, tolerance: float) -> bool:
    """Whether a typed number can stand for this one, which is known within a tolerance."""
    if not isfinite(data):
        return False
    return abs(answer.data - data) <= answer.tolerance + tolerance + ROUNDING * abs(data) + TINY


def carry(y: Value, written: Mapping[Quantity, Typed], truth: "Carried | None" = None) -> Carried:
    """What each value, local derivative and gradient should be, from the written numbers where there are some.

    Numbers that were not written are taken as rounded on the way, to as few digits as any written number has. With
    the `truth` (what `carry` gives without written numbers) each written number gets its verdict.
    """
    expected = Carried()
    used: dict[Quantity, tuple[float, float]] = {}  # the number to go on with, and its tolerance
    digits = min((answer.digits for answer in written.values() if answer.digits), default=None)

    def settle(quantity: Quantity, data: float, tolerance: float, sources: list[Quantity]) -> None:
        expected.data[quantity], expected.tolerance[quantity] = data, tolerance
        tainted = any(source in expected.tainted for source in sources)
        answer = written.get(quantity)
        if answer is None:
            rounding = 0.0 if digits is None or _is_short(data, digits) else abs(data) * 10.0 ** (1 - digits)
            used[quantity] = data, tolerance + rounding
        else:
            used[quantity] = answer.data, answer.tolerance
            if truth is not None:
                expected.verdicts[quantity] = _verdict(answer, expected, truth, quantity, tainted)
                tainted = expected.verdicts[quantity] != "right"
        if tainted:
            expected.tainted.add(quantity)

    order = topological_order(y)
    for node in order:
        quantity = Quantity("value", node)
        if not node.parents:
            settle(quantity, float(node), 0.0, [])
            used[quantity] = float(node), 0.0  # a leaf's number is given
            continue
        sources = [Quantity("value", parent) for parent in node.parents]
        settle(quantity, *_value(node, [used[source] for source in sources], written), sources)
        operands, own = [used[source] for source in sources], used[quantity]
        locals_, tolerances, kinks = _locals(node, operands, own, written)
        for parent in dict.fromkeys(node.parents):
            slots = [k for k, each in enumerate(node.parents) if each is parent]
            edge = Quantity("local", node, parent)
            settle(edge, sum(locals_[k] for k in slots), sum(tolerances[k] for k in slots), [*sources, quantity])
            if any(kinks[k] for k in slots):
                expected.at_kink.add(edge)

    arriving: dict[Value, list[Value]] = {node: [] for node in order}
    for node in order:
        for parent in dict.fromkeys(node.parents):
            arriving[parent].append(node)
    for node in reversed(order):
        quantity = Quantity("gradient", node)
        if node is y:
            settle(quantity, 1.0, 0.0, [])
            continue
        data, tolerance, sources = 0.0, 0.0, []
        for consumer in arriving[node]:
            arrived, edge = Quantity("gradient", consumer), Quantity("local", consumer, node)
            (g, g_off), (d, d_off) = used[arrived], used[edge]
            data += g * d if g else 0.0
            tolerance += abs(g) * d_off + g_off * (abs(d) + d_off) if g or g_off else 0.0
            sources += [arrived, edge]
            if edge in expected.at_kink or arrived in expected.at_kink:
                expected.at_kink.add(quantity)
        settle(quantity, data, tolerance, sources)
    return expected


def _verdict(answer: Typed, own: Carried, truth: Carried, quantity: Quantity, tainted: bool) -> str:
    if agrees(answer, truth.data[quantity], truth.tolerance[quantity]):
        return "right"
    if agrees(answer, own.data[quantity], own.tolerance[quantity]):
        return "follows" if tainted else "right"
    return "wrong"


def _is_short(data: float, digits: int) -> bool:
    """Whether a number needs no more than the given significant digits, so that nobody rounds it."""
    return abs(float(f"{data:.{digits - 1}e}") - data) <= ROUNDING * abs(data)


def _value(node: Value, operands: list[tuple[float, float]], written: Mapping[Quantity, Typed]) -> tuple[float, float]:
    if not written:
        return float(node), 0.0
    numbers: list[Number] = [data for data, _ in operands]
    y = as_float(node._operation.at(numbers))
    moved = [as_float(node._operation.at(_replaced(numbers, k, data + off))) for k, (data, off) in enumerate(operands) if off]
    return y, sum(abs(other - y) for other in moved)


def _locals(
    node: Value, operands: list[tuple[float, float]], own: tuple[float, float], written: Mapping[Quantity, Typed]
) -> tuple[list[float], list[float], list[bool]]:
    """The local derivatives at the numbers used, with tolerances; on a kink every slope between the two sides will do."""
    operation, numbers = node._operation, [data for data, _ in operands]
    exact = [as_float(partial) for partial in node.partials]
    same = numbers == [float(parent) for parent in node.parents] and own[0] == float(node)
    base = exact if same else [as_float(partial) for partial in operation.partials_at(numbers, own[0])]
    tolerance = [0.0] * len(base)
    for k, (data, off) in enumerate(operands):
        if off:
            moved = operation.partials_at(_replaced(numbers, k, data + off), own[0])
            tolerance = [sofar + abs(as_float(other) - now) for sofar, other, now in zip(tolerance, moved, base, strict=True)]
    if own[1]:
        moved = operation.partials_at(numbers, own[0] + own[1])
        tolerance = [sofar + abs(as_float(other) - now) for sofar, other, now in zip(tolerance, moved, base, strict=True)]
    kinks = [False] * len(base)
    if 0 in operation.side_at(numbers, own[0]):
        for k, data in enumerate(numbers):
            for nearby in (data - 1e-6 * max(1, abs(data)), data + 1e-6 * max(1, abs(data))):
                point = _replaced(numbers, k, nearby)
                slopes = operation.partials_at(point, operation.at(point))
                for slot, slope in enumerate(slopes):
                    off = abs(as_float(slope) - base[slot])
                    kinks[slot] = kinks[slot] or off > 1e-3
                    tolerance[slot] = max(tolerance[slot], off)
    return base, tolerance, kinks


def _replaced(numbers: list[Number] | list[float], place: int, data: float) -> list[Number]:
    return [data if k == place else kept for k, kept in enumerate(numbers)]
