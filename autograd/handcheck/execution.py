"""A pass "as if": both passes run with a misconception in one place, or everywhere it applies.

One executor runs every kind of entry of the table, and gives records of a pass as the right one has them. What is run
is never more than plain numbers; whether they are a student's is left to `diagnosis`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from math import prod
from typing import Any, NamedTuple

from ..engine.names import find, names
from ..engine.value import Value
from .graphs import Edge, Graph, computes, times
from .misconceptions import TABLE, Rule, edge_rules, node_rules, value_rules

Numbers = dict[Value, float]
Event = tuple[Edge | None, float, float, float, float, float]  # edge, upstream, local, contribution, total before and after
PASSES = {"two passes": 2, "three passes": 3}  # schedules that start again on old gradients: how often they go backward


class Walk(NamedTuple):
    """How somebody goes back who has no topological order: one operand after the other, each followed down before the
    next one, or all of a node at once; and whether the last operand comes first."""

    in_turn: bool
    last_first: bool


WALKS = {
    "at once": Walk(False, False),
    "at once, last first": Walk(False, True),
    "in turn": Walk(True, False),
    "in turn, last first": Walk(True, True),
}
MOST_EVENTS = 20_000  # of a schedule that goes over the same nodes again and again
MOST_TERMS = 10  # of which subsets are tried


def values_of(graph: Graph) -> Numbers:
    """The right value of every node."""
    return {node: float(node) for node in graph.nodes}


def locals_of(graph: Graph) -> dict[Edge, float]:
    """The right local derivative of every edge."""
    return {edge: float(local) for node in graph.computed for edge, local in zip(graph.leaving[node], node.partials, strict=True)}


def run(graph: Graph, edges: Mapping[Edge, str], root: Value, locals_: Mapping[Edge, float], values: Numbers) -> Numbers:
    """The gradient of every node when the contributions of some edges are made by other formulas."""
    totals = dict.fromkeys(graph.nodes, 0.0)
    totals[root] = 1.0
    below = False
    for node in reversed(graph.computed):
        below = below or node is root
        if not below:
            continue
        upstream = totals[node]
        for edge in graph.leaving[node]:
            local = locals_[edge]
            if edge in edges:
                totals[edge.parent] += computes(edges[edge])(graph.numbers_of(edge, upstream, local, values))
            elif upstream and local:
                totals[edge.parent] += upstream * local
    return totals


def scheduled(graph: Graph, schedule: str, locals_: Mapping[Edge, float]) -> "list[Event] | None":
    """The events of a backward pass in the order that somebody takes who has no topological order, or who starts again
    on old gradients; None where they are too many."""
    totals = dict.fromkeys(graph.nodes, 0.0)
    totals[graph.root] = 1.0
    events: list[Event] = []

    def send(edge: Edge) -> None:
        upstream, local = totals[edge.node], locals_[edge]
        before, contribution = totals[edge.parent], times(upstream, local)
        totals[edge.parent] = before + contribution
        events.append((edge, upstream, local, contribution, before, totals[edge.parent]))

    if schedule in PASSES:
        for _ in range(PASSES[schedule]):
            totals[graph.root] = 1.0
            for node in reversed(graph.computed):
                for edge in graph.leaving[node]:
                    send(edge)
        return events
    in_turn, last_first = WALKS[schedule]
    waiting: list[Edge | Value] = [graph.root]
    while waiting:
        if len(events) > min(MOST_EVENTS, 50 * len(graph.nodes)):
            return None
        item = waiting.pop()
        if isinstance(item, Edge):
            send(item)
            item = item.parent
        elif not in_turn:
            for edge in graph.leaving.get(item, ()):
                send(edge)
        out = graph.leaving.get(item, [])
        further: list[Any] = list(out) if in_turn else [edge.parent for edge in out]
        waiting += further if last_first else further[::-1]
    return events


def gradients_after(graph: Graph, events: "list[Event]") -> Numbers:
    """The gradient of every node after the events."""
    totals = dict.fromkeys(graph.nodes, 0.0)
    totals[graph.root] = 1.0
    totals.update({event[0].parent: event[5] for event in events if event[0] is not None})
    return totals


def node_numbers(rule: Rule, contributions: list[float], own: float, total: float, n: float | None) -> Iterator[float]:
    """What a rule of a node makes of its gradient; of several contributions any may be left out."""
    names: dict[str, float] = {"total": total, "value": own, "product": prod(contributions), **({"n": n} if n else {})}
    formula = computes(rule.formula)
    if "left_out" not in rule.formula:
        yield formula(names)
        return
    sizes = range(len(contributions) - 1, 0, -1) if len(contributions) <= MOST_TERMS else (len(contributions) - 1, 1)
    for size in sizes:  # the more is left out, the likelier: one that overwrites the others first
        for left in combinations(contributions, size):
            yield formula({**names, "left_out": sum(left)})


def as_if(y: Value, code: str, at: Any = None, formula: int = 0) -> tuple[Any, ...]:
    """Both passes of y as records, with a misconception at one edge, at a node, in a layer, or everywhere it applies.

    `code` is one of the table. `at` is a node, or the pair (consumer, operand) of an edge, as Values or by name; the name
    of an operation or of a scope for all edges of it; None for everywhere. `formula` says which of the entry's formulas,
    where it has several. The records are those of the right passes with other numbers; of a schedule there may be more
    of them, or fewer. Raises ValueError for an unknown code, and where the misconception does not apply.

    >>> from autograd import examples
    >>> [(record.parent.label, record.total_after) for record in as_if(examples.J(), "OWN_OPERAND", ("u", "b"))[-2:]]
    [('b', 9.0), ('c', 9.0)]
    """
    if code not in TABLE:
        raise ValueError(f'there is no misconception "{str(code)[:40]}"; there are {", ".join(TABLE)}')
    graph = Graph(y)
    entry = TABLE[code]
    chosen = _chosen(graph, at)
    if entry.schedule:
        return _as_scheduled(graph, code, at, formula)
    data, changed = values_of(graph), False
    rules: dict[Edge, str] = {}
    nodes: dict[Value, Rule] = {}
    for node in graph.computed:
        computed = float(node.operation.at([data[parent] for parent in node.parents]))
        found = [*value_rules(node.operation, tuple(parent.op for parent in node.parents), code)]
        data[node] = computed
        if found and entry.kind == "value" and chosen(None, node):
            rule, inside = found[min(formula, len(found) - 1)]
            data[node] = computes(rule.formula)(graph.numbers_of_value(node, computed, data, inside))
            changed = True
    for node in graph.nodes:
        for edge in graph.leaving.get(node, ()):
            applicable = [*edge_rules(node.operation, edge.slot, len(node.parents), code)]
            if applicable and chosen(edge, edge.parent) and not edge.parent.constant:
                rules[edge] = applicable[min(formula, len(applicable) - 1)].formula
        applicable = [*node_rules(node is graph.root, len(graph.arriving[node]), code)]
        if applicable and not entry.edge and entry.kind != "value" and chosen(None, node) and not node.constant:
            nodes[node] = applicable[min(formula, len(applicable) - 1)]
    if not (rules or nodes or changed):
        where = "in this graph" if at is None else "there; name another node, edge or operation, or none of them"
        raise ValueError(f"{code} applies to nothing {where}")
    locals_ = {
        edge: float(local)
        for node in graph.computed
        for edge, local in zip(
            graph.leaving[node], node.partials if not changed else node.operation.partials_at([data[p] for p in node.parents], data[node]),
            strict=True,
        )
    }  # fmt: skip
    return _records(graph, data, _events(graph, rules, nodes, locals_, data))


def _chosen(graph: Graph, at: Any) -> Callable[[Edge | None, Value], bool]:
    """Whether a misconception is to be at an edge, or at a node."""
    if at is None:
        return lambda edge, node: True
    called = names(graph.root)
    if isinstance(at, tuple):
        consumer, operand = (find(graph.root, node, called) for node in at)
        return lambda edge, node: edge is not None and edge.node is consumer and edge.parent is operand
    if isinstance(at, str) and at not in called.values():
        places = [node for node in graph.nodes if node.op == at or at in node.scope]
        if places:
            return lambda edge, node: (edge.node if edge else node) in places
    place = find(graph.root, at, called)
    return lambda edge, node: node is place


def _events(
    graph: Graph, edges: Mapping[Edge, str], nodes: Mapping[Value, Rule], locals_: Mapping[Edge, float], values: Numbers
) -> "list[Event]":
    """The events of a pass in the right order, with other contributions at some edges and other totals at some nodes."""
    totals = dict.fromkeys(graph.nodes, 0.0)
    events: list[Event] = []
    arrived: dict[Value, list[float]] = {node: [] for node in graph.nodes}

    def complete(node: Value, total: float) -> float:
        rule = nodes.get(node)
        if rule is None:
            return total
        return next(node_numbers(rule, arrived[node], values[node], total, graph.examples))

    totals[graph.root] = complete(graph.root, 1.0)
    events.append((None, 0.0, 0.0, 0.0, 0.0, totals[graph.root]))
    for node in reversed(graph.computed):
        for edge in graph.leaving[node]:
            upstream, local, before = totals[node], locals_[edge], totals[edge.parent]
            contribution = times(upstream, local)
            if edge in edges:
                contribution = computes(edges[edge])(graph.numbers_of(edge, upstream, local, values))
            arrived[edge.parent].append(contribution)
            after = before + contribution
            if len(arrived[edge.parent]) == len(graph.arriving[edge.parent]):
                after = complete(edge.parent, after)
            totals[edge.parent] = after
            events.append((edge, upstream, local, contribution, before, after))
    return events


def _as_scheduled(graph: Graph, code: str, at: Any, formula: int) -> tuple[Any, ...]:
    schedule = TABLE[code].schedule[min(formula, len(TABLE[code].schedule) - 1)]
    if schedule == "target":
        target = graph.root.parents[0] if at is None else find(graph.root, at)
        return Graph(target).records
    events = scheduled(graph, schedule, locals_of(graph))
    if events is None:
        raise ValueError(f"{code} goes over the same nodes too often in this graph; take a smaller one")
    return _records(graph, values_of(graph), [(None, 0.0, 0.0, 0.0, 0.0, 1.0), *events])


def _records(graph: Graph, values: Numbers, events: "list[Event]") -> tuple[Any, ...]:
    """The records of the right passes with the numbers of other values and other events."""
    forward = [record for record in graph.records if record.phase == "forward"]
    seed = next(record for record in graph.records if record.phase == "backward")
    edges = {(record.node, record.slot): record for record in graph.records if record.parent is not None}

    def values_in(record: Any) -> dict[str, Any]:
        return {"value": values[record.node], "operands": tuple([values[parent] for parent in record.node.parents])}

    made = [replace(record, **values_in(record)) for record in forward]
    seen: dict[Value, list[float]] = {}
    for edge, upstream, local, contribution, before, after in events:
        if edge is None:
            made.append(replace(seed, index=len(made) + 1, total_after=after, **values_in(seed)))
        elif edge[:2] in edges:  # to a constant nothing is sent
            record = edges[edge[:2]]
            terms = seen.setdefault(edge.parent, [])
            terms.append(contribution)
            whole = len(terms) == record.terms and record.contributions is not None
            made.append(replace(record, index=len(made) + 1, upstream=upstream, local=local, contribution=contribution, total_before=before,
                                total_after=after, contributions=tuple(terms) if whole else None, **values_in(record)))  # fmt: skip
    return tuple(made)
