"""Which gradients a picture shows, and which nodes have passed theirs on: what `reading` is given.

A step-through has them from its records, a drawing from what is stored in the nodes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd import Value, topological_order
from autograd.engine.derivatives import gradients, plus, product
from autograd.engine.value import stored_grad
from autograd.reading.passes import StepRecord


@dataclass(frozen=True)
class Gradients:
    """`found` has the gradient of each node that has one, `derivatives` that of y with respect to each node.

    `sent` holds the nodes whose contributions have reached their operands, None where nobody knows which have.
    """

    found: Mapping[Value, Any]
    derivatives: Mapping[Value, Any]
    sent: frozenset[Value] | None


NOTHING = Gradients({}, {}, frozenset())


def receiver(step: StepRecord) -> Value:
    """The node to which a step writes."""
    return step.node if step.parent is None else step.parent


def of_steps(passes: Sequence[StepRecord]) -> Gradients:
    """The gradients that the steps of a pass end with."""
    found = {receiver(step): step.total_after for step in passes if step.phase == "backward"}
    return Gradients(found, found, frozenset(found))


def stored(y: Value) -> Gradients:
    """The gradients stored in the graph below y.

    A pass may be on its way, done by hand with `_backward()`, node by node in the order of `backward()`. How far it has come
    is known where the stored gradients are, all of them, the sums of that pass at that place; in another order, or on
    top of an earlier pass, nobody can tell which contributions a sum holds.
    """
    order = topological_order(y)
    found = {node: grad for node in order if (grad := stored_grad(node)) is not None}
    return Gradients(found, gradients(order), _sent(order, found))


def _sent(order: Sequence[Value], found: Mapping[Value, Any]) -> frozenset[Value] | None:
    """The nodes that have sent, of the longest beginning of a backward pass after which all sums are the gradients found."""
    sums = dict.fromkeys(order, 0) | {order[-1]: found.get(order[-1], 0)}
    differing = {node for node in order if not node.constant and not _same(sums[node], found.get(node, 0))}
    sent: list[Value] = []
    matching = None if differing else 0
    for node in reversed(order):
        if not node.parents or node.constant:
            continue
        for parent, partial in zip(node.parents, node.partials, strict=True):
            if parent.constant:
                continue
            sums[parent] = plus(sums[parent], product(sums[node], partial))
            (differing.discard if _same(sums[parent], found.get(parent, 0)) else differing.add)(parent)
        sent.append(node)
        if not differing:
            matching = len(sent)
    return None if matching is None else frozenset(sent[:matching])


def _same(a: Any, b: Any) -> bool:
    return a == b or (a != a and b != b)
