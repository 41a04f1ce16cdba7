"""A learning step as data: what gradient descent does to the parameters after both passes, and what comes of it.

The records go on from those of `passes`, without names and without words. The graph itself is left as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any

from ..engine.ieee import Number, as_float, number
from ..engine.names import find, names
from ..engine.operations import Operation
from ..engine.replaying import replay
from ..engine.value import Value
from .passes import StepRecord

# The formulas of the update, in the grammar of the table: w - η · gradient, the squared length of the gradient, and the
# change of the root to first order, -η · ‖g‖² (Cauchy 1847, Méthode générale pour la résolution des systèmes d'équations simultanées).
MOVED = Operation("moved", "a - b * c", "1", "-c", "-b")
SQUARED_LENGTH = Operation("squared_length", "sum(a[i] ** 2)", "2 * a[i]")
PREDICTED = Operation("predicted", "-a * b", "-b", "-a")
CHANGE = Operation("change", "a - b", "1", "-1")


def learned_after(records: Sequence[StepRecord], lr: Any, params: Any) -> tuple[StepRecord, ...]:
    """The learning step that follows both passes where one is asked for, with lr and params; Raises ValueError for one alone."""
    if lr is None and params is None:
        return ()
    if lr is None or params is None:
        given, missing = ("lr", "params=[w, b], the leaves that learn") if params is None else ("params", "lr, the learning rate")
        raise ValueError(f"{given} asks for a learning step, which also needs {missing}")
    return learning_step(records, lr, params)


def learning_step(records: Sequence[StepRecord], lr: Any, params: Any) -> tuple[StepRecord, ...]:
    """What goes on after both passes: a record for each of the parameters, in the order given, and one for the root.

    All parameters move at once, by the gradients of the passes. Raises TypeError and ValueError for a learning rate that
    is no positive finite number, and for parameters that are no leaves below the root, constants, or named twice.

    >>> from .passes import both_passes
    >>> w, x = Value(3, "w"), Value(2, "x", constant=True)
    >>> [(record.value, record.contribution, record.total_after) for record in learning_step(both_passes(w * x), 0.5, [w])]
    [(3.0, -1.0, 2.0), (4.0, -2.0, 4.0)]
    """
    y = records[0].root
    chosen, rate = parameters(y, params), learning_rate(lr)
    gradients = gradients_of(records)
    made: list[StepRecord] = []
    for term, node in enumerate(chosen, start=1):
        gradient = gradients[node]
        moved = MOVED.at([node.data, rate, gradient])
        made.append(StepRecord(len(records) + len(made) + 1, "update", y, node, node.data, (), upstream=gradient, lr=rate,
                               contribution=PREDICTED.at([rate, gradient]), total_before=node.data, total_after=moved, term=term, terms=len(chosen)))  # fmt: skip
    squares = SQUARED_LENGTH.at([gradients[node] for node in chosen])
    after = replay(y, {each.node: each.total_after for each in made})
    made.append(StepRecord(len(records) + len(made) + 1, "update", y, y, after, (), upstream=squares, lr=rate,
                           contribution=PREDICTED.at([rate, squares]), total_before=y.data, total_after=after,
                           contributions=tuple([gradients[node] for node in chosen])))  # fmt: skip
    return tuple(made)


def gradients_of(records: Iterable[StepRecord]) -> dict[Value, Number]:
    """The complete gradients of a backward pass, by node."""
    found: dict[Value, Number] = {}
    for record in records:
        if record.phase == "backward" and record.total_after is not None:
            found[record.node if record.parent is None else record.parent] = record.total_after
    return found


def learning_rate(lr: Any) -> Number:
    """The learning rate as a number. Raises TypeError for what is none, and ValueError unless it is finite and above 0."""
    rate = number(Fraction(lr) if type(lr) is int else lr, "lr")  # beside exact fractions a whole number is exact as well
    if not (rate > 0 and isfinite(as_float(rate))):
        raise ValueError(f"lr is how far a learning step goes, a finite number above 0, not {str(rate)[:40]}")
    return rate


def parameters(y: Value, params: Any) -> tuple[Value, ...]:
    """The leaves that learn. Raises TypeError or ValueError, naming the node, for what cannot be one."""
    if isinstance(params, (str, Value, Mapping)) or not isinstance(params, Iterable):
        raise TypeError(f"params is a list of the leaves that learn, such as params=[w, b], not {type(params).__name__}")
    called = names(y)
    chosen = [find(y, node, called) for node in params]
    if not chosen:
        raise ValueError("params is empty; name the leaves that learn, such as params=[w, b]")
    for k, node in enumerate(chosen):
        name = called[node][:40]
        if node.parents:
            raise ValueError(f"{name} is computed from its operands and cannot learn; params takes leaves")
        if node.constant:
            raise ValueError(f"{name} is a constant, and a learning step leaves the data as they are; leave it out of params")
        if node in chosen[:k]:
            raise ValueError(f"{name} stands twice in params; a learning step moves it once")
    return tuple(chosen)
