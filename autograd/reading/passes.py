"""The forward and the backward pass as data: a sequence of frozen records, without names and without words.

Whoever shows, asks, checks or derives reads this one sequence; nobody else walks the graph for it. `explain.steps` gives
the records names and sentences, and `learning_step` goes on from them.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ..engine.careful import plus, product
from ..engine.ieee import Number
from ..engine.order import topological_order, varying
from ..engine.replaying import refuse_stale
from ..engine.value import Value, seed_of


@dataclass(frozen=True, eq=False)
class StepRecord:
    """One step of a pass; what does not apply is None.

    forward: `node` gets its `value` from the numbers `operands` of its parents.
    backward, the seed: `node` is the root and `total_after` its gradient, 1.
    backward, an edge: the gradient `upstream` of `node` times the `local` derivative for the operand in `slot` is the
    `contribution` to `parent`, whose gradient grows from `total_before` to `total_after`; it is number `term` of
    `terms`, and only the last one makes the gradient complete: of several terms, that step has all `contributions`.
    Totals start at 0, never from `.grad`.
    update, a parameter: the number `value` and the gradient `upstream` of `node`; the `contribution` is -`lr` times the
    gradient, and `total_after` the new number; it is parameter `term` of `terms`.
    update, the root: `value` and `total_after` are its value with the new numbers, `total_before` that with the old ones;
    `upstream` is the squared length of the gradient, whose entries are the `contributions`, and the `contribution` is
    -`lr` times that, the change that was predicted.
    """

    index: int  # from 1
    phase: str  # "forward", "backward" or "update"
    root: Value = field(repr=False)
    node: Value
    value: Number
    operands: tuple[Number, ...]
    parent: Value | None = None
    slot: int | None = None
    upstream: Number | None = None
    local: Number | None = None
    contribution: Number | None = None
    total_before: Number | None = None
    total_after: Number | None = None
    term: int | None = None
    terms: int | None = None
    contributions: tuple[Number, ...] | None = None
    lr: Number | None = None


def both_passes(y: Value) -> tuple[StepRecord, ...]:
    """The two passes of y: every value, the seed, then every edge to a node that depends on a leaf which is no constant.

    Values come in topological order, edges in reverse, slot by slot. Raises ValueError when a leaf has changed since the
    graph was built.

    >>> b, c = Value(3, "b"), Value(2, "c")
    >>> [(record.phase, record.total_after) for record in both_passes(b * c)]
    [('forward', None), ('backward', 1.0), ('backward', 2.0), ('backward', 3.0)]
    """
    refuse_stale(y)
    nodes = topological_order(y)
    computed = [node for node in nodes if node.parents]
    made: list[StepRecord] = []
    operands = {node: tuple([parent.data for parent in node.parents]) for node in computed}  # once, whatever their number

    def add(phase: str, node: Value, **more: Any) -> None:
        made.append(StepRecord(len(made) + 1, phase, y, node, node.data, operands.get(node, ()), **more))

    for node in computed:
        add("forward", node)
    seed = seed_of(y)
    zero = 0 * seed
    totals: dict[Value, Number] = dict.fromkeys(nodes, zero)
    totals[y] = seed
    add("backward", y, total_before=zero, total_after=seed)
    asked = varying(nodes)
    terms = Counter(parent for node in computed for parent in node.parents)
    arrived: dict[Value, list[Number]] = {node: [] for node in nodes}
    for node in reversed(computed):
        upstream = totals[node]
        for slot, (parent, local) in enumerate(zip(node.parents, node.partials, strict=True)):
            if parent not in asked:
                continue
            contribution = product(upstream, local)
            before, totals[parent] = totals[parent], plus(totals[parent], contribution)
            arrived[parent].append(contribution)
            term, all_terms = len(arrived[parent]), terms[parent]
            add("backward", node, parent=parent, slot=slot, upstream=upstream, local=local, contribution=contribution,
                total_before=before, total_after=totals[parent], term=term, terms=all_terms,
                contributions=tuple(arrived[parent]) if term == all_terms > 1 else None)  # fmt: skip
    return tuple(made)
