"""A graph computed again: with other numbers at its leaves, or to see whether it still is what it was built from."""

from collections.abc import Mapping
from math import isclose
from typing import Any

from .careful import evaluated
from .ieee import Number, as_float, number
from .names import find, names
from .order import topological_order
from .recording import is_recording
from .value import Value


def values(order: list[Value], given: Mapping[Value, Number]) -> dict[Value, Number]:
    """The number of every node in a topological order, with the given ones replaced."""
    found: dict[Value, Number] = {}
    for node in order:
        if node in given:
            found[node] = given[node]
        elif node._a is None:
            found[node] = node._data
        else:
            found[node] = node._operation.at([found[parent] for parent in node.parents])
    return found


def replay(y: Value, changes: "Mapping[Value | str, Any] | None" = None) -> Number:
    """The value of y with other numbers at some of its nodes; the graph is left as it was.

    A node is given as a Value or by name. Raises ValueError for a node that y does not depend on.

    >>> a, b = Value(2, "a"), Value(3, "b")
    >>> replay(a * b, {a: 10})
    30.0
    """
    changes = {} if changes is None else changes
    if not isinstance(changes, Mapping):
        raise TypeError(f"replay takes a dict of node to number, not {type(changes).__name__}")
    called = names(y)
    given = {find(y, node, called): number(data, "replay") for node, data in changes.items()}
    return values(list(called), given)[y]


def side(node: Value) -> tuple[int, ...]:
    """On which side of each of its kinks a node was computed: -1, 0 (on the kink) or 1; () for a smooth operation.

    >>> side(Value(-2.0).relu()), side(Value(0.0).relu())
    ((-1,), (0,))
    """
    return node._operation.side_at([parent._data for parent in node.parents], node._data) if node._a is not None else ()


def changed_leaf(y: Value) -> Value | None:
    """A leaf whose data was set after the graph above it was built, so that the graph is stale; None if there is none."""
    for node in topological_order(y):
        if node._a is not None and not _is_still_so(node, [parent._data for parent in node.parents]):
            below = [parent for parent in node.parents if parent._a is None]
            candidates = [leaf for leaf in below if leaf._origin is not None] or [leaf for leaf in below if not leaf.constant]
            return next((leaf for leaf in candidates if _explains(leaf, node)), (candidates or below)[0])
    return None


def _is_still_so(node: Value, operands: list[Number]) -> bool:
    """Whether the operands give the value and the local derivatives that the node has."""
    if len({a.__class__ for a in operands}) > 1 and is_recording():  # fractions beside floats: rounded as they were when the node was made
        leaves = tuple([Value(a, constant=parent.constant) for a, parent in zip(operands, node.parents, strict=True)])
        again = node._operation.make(*node._operation.arguments(leaves))
        y, partials = again._data, again.partials
    else:
        y, partials = evaluated(node._operation, node.parents, operands)
    found, kept = (y, *partials), (node._data, *node.partials)
    return all(a == b or (a != a and b != b) or isclose(as_float(a), as_float(b), rel_tol=1e-14) for a, b in zip(found, kept, strict=True))


def _explains(leaf: Value, node: Value) -> bool:
    """Whether the node follows from its operands once the leaf has its earlier number again."""
    return leaf._origin is not None and _is_still_so(node, [leaf._origin if parent is leaf else parent._data for parent in node.parents])


def refuse_stale(y: Value) -> None:
    """Raises ValueError when a leaf below y has changed since y was built."""
    leaf = changed_leaf(y)
    if leaf is not None:
        raise ValueError(f"{leaf.label or repr(leaf)} has changed since this graph was built; build the expression again")
