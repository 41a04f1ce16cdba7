"""Error carried forward: what every number should be, given the numbers a student has already written.

Beside each number goes an interval: what rounding on the way may have made of it; and, on a kink, every slope between
those of its two sides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite

from ..engine.ieee import Number, as_float
from ..engine.value import Value
from .answers import Quantity, Typed
from .graphs import Edge, Graph
from .precision import EXACT, FURTHEST, Rounding, Span, agrees, around, exactly, plus, rounding_of, same_number, times

WIDE = 0.1  # relatively: in a wider interval a function may turn
FINELY = 64  # the parts of such an interval in which a function, or a slope, is followed
NEARBY = 1e-6  # of an operand: how far its two sides are looked at from a kink


@dataclass(frozen=True)
class Conventions:
    """What a course does: the slope of an operation at its kink, and the number that the gradient of the root starts with."""

    slopes: Mapping[str, float] = field(default_factory=dict)
    seed: float = 1.0


@dataclass
class Carried:
    """For each quantity the expected number with its interval, the number gone on with, and the verdict on the written one.

    A verdict is "right", "follows" (right given earlier numbers that are not) or "wrong". `causes` has the wrong answers
    that a number rests on, as bits, in the order of `wrong`; `at_kink` what rests on a slope at a kink; `slots` the local
    derivative of each edge.
    """

    span: dict[Quantity, Span] = field(default_factory=dict)
    used: dict[Quantity, Span] = field(default_factory=dict)
    verdicts: dict[Quantity, str] = field(default_factory=dict)
    wrong: list[Quantity] = field(default_factory=list)
    causes: dict[Quantity, int] = field(default_factory=dict)
    at_kink: set[Quantity] = field(default_factory=set)
    slots: dict[Edge, Span] = field(default_factory=dict)


def habits(written: Mapping[Quantity, Typed], truth: Carried) -> Rounding:
    """How the lines that were not written may have been rounded."""
    return rounding_of([(answer.precision, same_number(answer.data, truth.span[quantity].data)) for quantity, answer in written.items()])


def carry(
    graph: Graph,
    written: Mapping[Quantity, Typed],
    truth: "Carried | None" = None,
    rounding: Rounding = Rounding(),  # noqa: B008 (frozen)
    conventions: Conventions = Conventions(),
) -> Carried:
    """What each value, local derivative and gradient should be, from the written numbers where there are some.

    With the `truth` (what `carry` gives without written numbers) each written number gets its verdict.
    """
    done = Carried()

    def settle(quantity: Quantity, span: Span, sources: Sequence[Quantity]) -> None:
        done.span[quantity] = span
        causes = 0
        for source in sources:
            causes |= done.causes.get(source, 0)
        answer = written.get(quantity)
        if answer is None:
            done.used[quantity] = rounding.kept(span)
            if truth is not None and causes and same_number(span.data, truth.span[quantity].data):
                causes = 0
        else:
            done.used[quantity] = _gone_on_with(answer, span, rounding)
            if truth is not None:
                verdict = done.verdicts[quantity] = _verdict(answer, span, truth.span[quantity], bool(causes))
                if verdict == "wrong":
                    causes = 1 << len(done.wrong)
                    done.wrong.append(quantity)
                elif verdict == "right":
                    causes = 0
        if causes:
            done.causes[quantity] = causes

    for node in graph.nodes:
        if not node.parents:
            quantity = Quantity("value", node)
            settle(quantity, exactly(float(node)), ())
            done.used[quantity] = exactly(float(node))  # a leaf's number is given
    for node in graph.computed:
        quantity = Quantity("value", node)
        sources = [Quantity("value", parent) for parent in dict.fromkeys(node.parents)]
        operands = [done.used[Quantity("value", parent)] for parent in node.parents]
        settle(quantity, _value(node, operands), sources)
        locals_, kinks = _locals(node, operands, done.used[quantity], conventions)
        for edge, local in zip(graph.leaving[node], locals_, strict=True):
            done.slots[edge] = local
        for parent in dict.fromkeys(node.parents):
            slots = [edge.slot for edge in graph.leaving[node] if edge.parent is parent]
            asked = Quantity("local", node, parent)
            settle(asked, plus([locals_[slot] for slot in slots]), [*sources, quantity])
            if len(slots) == 1:
                done.slots[Edge(node, slots[0], parent)] = done.used[asked]
            if any(kinks[slot] for slot in slots):
                done.at_kink.add(asked)
    for node in [*reversed(graph.computed), *graph.nodes]:
        quantity = Quantity("gradient", node)
        if quantity in done.span:
            continue
        if node is graph.root:
            settle(quantity, exactly(conventions.seed), ())
            continue
        terms: list[Span] = []
        gathered: list[Quantity] = []
        for consumer in dict.fromkeys(edge.node for edge in graph.arriving[node]):
            arrived, through = Quantity("gradient", consumer), Quantity("local", consumer, node)
            gathered += [arrived, through]
            edges = [edge for edge in graph.arriving[node] if edge.node is consumer]
            if len(edges) == 1 or through in written:
                terms.append(times(done.used[arrived], done.used[through]))
            else:  # each operand is a line of its own
                terms += [times(done.used[arrived], rounding.kept(done.slots[edge])) for edge in edges]
        settle(quantity, plus(terms if len(terms) == 1 else [rounding.kept(term) for term in terms]), gathered)
        if any(source in done.at_kink for source in gathered):
            done.at_kink.add(quantity)
    return done


def _gone_on_with(answer: Typed, span: Span, rounding: Rounding) -> Span:
    """What a student goes on with who has written an answer: that number, or what it was rounded from."""
    whole = rounding.wholes and answer.precision.place == 1 and span.low == span.high and span.data.is_integer()
    if answer.precision == EXACT or same_number(answer.data, span.data) or whole:
        return exactly(answer.data)
    if not agrees(answer.data, answer.reach, span):
        return around(answer.data, [answer.data - answer.reach / 2, answer.data + answer.reach / 2])
    low, high = max(span.low, answer.data - answer.reach), min(span.high, answer.data + answer.reach)
    return around(answer.data, [low, high])


def _verdict(answer: Typed, own: Span, true: Span, tainted: bool) -> str:
    if agrees(answer.data, answer.reach, true):
        return "right"
    if agrees(answer.data, answer.reach, own):
        return "follows" if tainted else "right"
    return "wrong"


def _value(node: Value, operands: list[Span]) -> Span:
    """The value at the numbers used."""
    data: list[Number] = [operand.data for operand in operands]
    same = data == [float(parent) for parent in node.parents]
    y = float(node) if same else as_float(node.operation.at(data))
    low, high = y, y
    for k, operand in enumerate(operands):
        if operand.low != operand.high:
            reached = [node.operation.at(_replaced(data, k, inside)) for inside in _points(operand, FINELY)]
            moved = around(y, [end for number in reached for end in _ends(number)])
            low, high = low + moved.low - y, high + moved.high - y
    return Span(y, low, high) if isfinite(y) else exactly(y)


def _locals(node: Value, operands: list[Span], own: Span, conventions: Conventions) -> tuple[list[Span], list[bool]]:
    """The local derivatives at the numbers used, and which of them are slopes at a kink."""
    operation, data = node.operation, [operand.data for operand in operands]
    same = data == [float(parent) for parent in node.parents] and own.data == float(node)
    base = [as_float(partial) for partial in (node.partials if same else _partials(node, data, own.data))]
    moved = [
        _partials(node, _replaced(data, k, end), own.data)
        for k, operand in enumerate(operands)
        if operand.low != operand.high
        for end in _points(operand)
    ]
    moved += [_partials(node, data, end) for end in _points(own)] if own.low != own.high else []
    if moved:
        off = [[sum(max(0.0, side * (as_float(row[k]) - here)) for row in moved) for side in (-1, 1)] for k, here in enumerate(base)]
        spans = [around(here, [here - below, here + above]) for here, (below, above) in zip(base, off, strict=True)]
        for k, known in enumerate(operands):  # where a slope may turn between those points, as that of a cosine does
            for inside in _points(known, FINELY) if known.low != known.high else ():
                point = _replaced(data, k, inside)
                row = _partials(node, point, own.data) if isfinite(operation.at(point)) else [inf] * len(base)
                spans = [around(span.data, [*span[1:], *_ends(slope)]) for span, slope in zip(spans, row, strict=True)]
    else:
        spans = [exactly(here) for here in base]
    kinks = [False] * len(base)
    if 0 in operation.side_at(data, own.data):
        chosen = conventions.slopes.get(operation.name)
        for k, operand in enumerate(data):
            for nearby in (operand - NEARBY * max(1, abs(operand)), operand + NEARBY * max(1, abs(operand))):
                point = _replaced(data, k, nearby)
                for slot, slope in enumerate(operation.partials_at(point, operation.at(point))):
                    if abs(as_float(slope) - base[slot]) > 1e-3:
                        kinks[slot] = True
                        spans[slot] = around(base[slot], [*spans[slot][1:], as_float(slope)])
        if chosen is not None:
            spans = [exactly(chosen) if kink else span for kink, span in zip(kinks, spans, strict=True)]
    return spans, kinks


def _partials(node: Value, operands: Sequence[Number], value: float) -> Sequence[Number]:
    """The local derivatives at some numbers; of a maximum, that of the larger one, however its value was rounded."""
    operation = node.operation
    return operation.partials_at(operands, operation.at(operands) if operation.kinks else value)


def _ends(number: Number) -> tuple[float, ...]:
    """What an interval reaches with a number; beside a pole, or out of where a function is defined, nobody knows how far."""
    return (as_float(number),) if isfinite(number) else (-FURTHEST, FURTHEST)


def _points(span: Span, parts: int = 8) -> tuple[float, ...]:
    """Where a function is looked at to know it in an interval: the ends, and between them if it is wide."""
    if span.high - span.low < WIDE * abs(span.data):
        return span[1:]
    near_0 = (span.low * 1e-3, span.high * 1e-3) if span.low < 0 < span.high else ()  # on both sides of a pole
    return (*[span.low + (span.high - span.low) * k / parts for k in range(parts + 1)], *near_0)


def _replaced(numbers: Sequence[Number], place: int, data: float) -> list[Number]:
    return [data if k == place else kept for k, kept in enumerate(numbers)]
