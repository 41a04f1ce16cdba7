"""Error carried forward: what every number should be, given the numbers a student has already written.

Beside each number goes an interval: what rounding on the way, as the student seems to round, may have made of it; and,
on a kink, every slope between those of its two sides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from ..engine.ieee import Number, as_float
from ..engine.order import topological_order
from ..engine.value import Value
from .answers import Quantity, Typed
from .precision import Habit, Span, agrees, around, exactly, habit, plus, same_number, times


@dataclass
class Carried:
    """For each quantity the expected number with its interval, and the verdict on the written one.

    A verdict is "right", "follows" (right given earlier numbers that are not) or "wrong". `tainted` is what rests on a
    number that is not right, `at_kink` what rests on a slope at a kink.
    """

    span: dict[Quantity, Span] = field(default_factory=dict)
    verdicts: dict[Quantity, str] = field(default_factory=dict)
    tainted: set[Quantity] = field(default_factory=set)
    at_kink: set[Quantity] = field(default_factory=set)


def carry(y: Value, written: Mapping[Quantity, Typed], truth: "Carried | None" = None) -> Carried:
    """What each value, local derivative and gradient should be, from the written numbers where there are some.

    With the `truth` (what `carry` gives without written numbers) each written number gets its verdict, and numbers
    that were not written are taken as rounded on the way.
    """
    expected = Carried()
    used: dict[Quantity, Span] = {}  # the number to go on with
    rounds = habit(written, carry(y, written).span) if truth is not None else Habit()

    def settle(quantity: Quantity, span: Span, sources: list[Quantity]) -> None:
        expected.span[quantity] = span
        tainted = any(source in expected.tainted for source in sources)
        answer = written.get(quantity)
        if answer is None:
            used[quantity] = rounds.kept(span)
        else:
            slack = rounds.slack(answer)
            whole = answer.is_whole and span.low == span.high and span.data.is_integer()
            rounded = not whole and not same_number(answer.data, span.data)
            used[quantity] = Span(answer.data, answer.data - slack, answer.data + slack) if rounded else exactly(answer.data)
            if truth is not None:
                expected.verdicts[quantity] = _verdict(answer, span, truth.span[quantity], slack, tainted)
                tainted = expected.verdicts[quantity] != "right"
        if tainted:
            expected.tainted.add(quantity)

    order = topological_order(y)
    for node in order:
        quantity = Quantity("value", node)
        if not node.parents:
            settle(quantity, exactly(float(node)), [])
            used[quantity] = exactly(float(node))  # a leaf's number is given
            continue
        sources = [Quantity("value", parent) for parent in node.parents]
        settle(quantity, _value(node, [used[source] for source in sources]), sources)
        locals_, kinks = _locals(node, [used[source] for source in sources], used[quantity])
        for parent in dict.fromkeys(node.parents):
            slots = [k for k, each in enumerate(node.parents) if each is parent]
            edge = Quantity("local", node, parent)
            settle(edge, plus([locals_[k] for k in slots]), [*sources, quantity])
            if any(kinks[k] for k in slots):
                expected.at_kink.add(edge)

    arriving: dict[Value, list[Value]] = {node: [] for node in order}
    for node in order:
        for parent in dict.fromkeys(node.parents):
            arriving[parent].append(node)
    for node in reversed(order):
        quantity = Quantity("gradient", node)
        if node is y:
            settle(quantity, exactly(1.0), [])
            continue
        edges = [(Quantity("gradient", consumer), Quantity("local", consumer, node)) for consumer in arriving[node]]
        terms = [times(used[arrived], used[edge]) for arrived, edge in edges]
        sources = [source for edge in edges for source in edge]
        settle(quantity, plus(terms if len(terms) == 1 else [rounds.kept(term) for term in terms]), sources)
        if any(source in expected.at_kink for source in sources):
            expected.at_kink.add(quantity)
    return expected


def _verdict(answer: Typed, own: Span, true: Span, slack: float, tainted: bool) -> str:
    if agrees(answer, true, slack):
        return "right"
    if agrees(answer, own, slack):
        return "follows" if tainted else "right"
    return "wrong"


def _value(node: Value, operands: list[Span]) -> Span:
    """The value at the numbers used."""
    data: list[Number] = [operand.data for operand in operands]
    same = data == [float(parent) for parent in node.parents]
    y = float(node) if same else as_float(node.operation.at(data))
    low, high = y, y
    for k, operand in enumerate(operands):
        moved = around(y, [as_float(node.operation.at(_replaced(data, k, end))) for end in _ends(operand)])
        low, high = low + moved.low - y, high + moved.high - y
    return Span(y, low, high) if isfinite(y) else exactly(y)


def _locals(node: Value, operands: list[Span], own: Span) -> tuple[list[Span], list[bool]]:
    """The local derivatives at the numbers used, and which of them are slopes at a kink."""
    operation, data = node.operation, [operand.data for operand in operands]
    same = data == [float(parent) for parent in node.parents] and own.data == float(node)
    partials = node.partials if same else operation.partials_at(data, own.data)
    base = [as_float(partial) for partial in partials]
    moved = [operation.partials_at(_replaced(data, k, end), own.data) for k, operand in enumerate(operands) for end in _ends(operand)]
    moved += [operation.partials_at(data, end) for end in _ends(own)]
    off = [[sum(max(0.0, side * (as_float(row[k]) - here)) for row in moved) for side in (-1, 1)] for k, here in enumerate(base)]
    spans = [around(here, [here - below, here + above]) for here, (below, above) in zip(base, off, strict=True)]
    kinks = [False] * len(base)
    if 0 in operation.side_at(data, own.data):
        for k, operand in enumerate(data):
            for nearby in (operand - 1e-6 * max(1, abs(operand)), operand + 1e-6 * max(1, abs(operand))):
                point = _replaced(data, k, nearby)
                for slot, slope in enumerate(operation.partials_at(point, operation.at(point))):
                    if abs(as_float(slope) - base[slot]) > 1e-3:
                        kinks[slot] = True
                        spans[slot] = around(base[slot], [*spans[slot][1:], as_float(slope)])
    return spans, kinks


def _ends(span: Span) -> tuple[float, ...]:
    return span[1:] if span.low != span.high else ()


def _replaced(numbers: Sequence[Number], place: int, data: float) -> list[Number]:
    return [data if k == place else kept for k, kept in enumerate(numbers)]
