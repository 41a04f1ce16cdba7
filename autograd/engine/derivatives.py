"""Derivatives as a result: gradients, gradients of gradients, forward mode. No `.grad` is touched."""

from collections.abc import Mapping, Sequence
from functools import cache, reduce
from math import isnan, pi
from typing import Any

from .careful import gradients, plus, product
from .dialects import VALUES
from .ieee import Number, as_float, number
from .names import find, listed, names
from .operations import TABLE, Operation
from .order import topological_order
from .replaying import refuse_stale
from .value import Value, seed_of

# --- with Values in the place of numbers, so that the result can be differentiated again --------------------------


def _times(upstream: Any, partial: Any) -> Any:
    """upstream * partial; no node is made for a factor 0 or 1."""
    if _is_plain(upstream, 0) or _is_plain(partial, 1):
        return upstream
    if _is_plain(partial, 0) or _is_plain(upstream, 1):
        return partial
    if not isinstance(upstream, Value) and not isinstance(partial, Value):
        return product(upstream, partial)
    found = upstream * partial
    return 0.0 if isnan(found) and 0 in (float(upstream), float(partial)) else found  # 0 times infinity adds nothing


def _added(total: Any, contribution: Any) -> Any:
    if _is_plain(total, 0):
        return contribution
    return total + contribution if isinstance(total, Value) or isinstance(contribution, Value) else plus(total, contribution)


def _is_plain(factor: Any, data: int) -> bool:
    return not isinstance(factor, Value) and factor == data


def _partials_as_values(node: Value) -> Sequence[Any]:
    """The local derivatives of a node as Values; a constant exponent takes part as its number, without a derivative."""
    operation, operands = node.operation, list(node.parents)
    quiet = operation.skips(operands)
    if quiet:
        operands[-1] = operands[-1].data
    partials = list(_written_for_values(operation)(*operation.arguments(operands), node))
    return [*partials[:-1], 0] if quiet else partials


@cache
def _written_for_values(operation: Operation) -> Any:
    """The formulas of the local derivatives as a function of Values."""
    called = {name: entry for name, entry in TABLE.items() if not entry.is_nary}
    return operation.compile(VALUES, operation.partials, {**called, "pi": pi, "equal": lambda a, b: a <= b <= a})


# --- gradients ---------------------------------------------------------------------------------------------------


def _found(y: Value, wrt: Any, what: str) -> list[Value]:
    """The nodes meant by `wrt`. A Value that y does not depend on is allowed: the derivative with respect to it is 0."""
    return [node if isinstance(node, Value) else find(y, node) for node in listed(wrt, what)]


def grad(y: Value, wrt: Any, create_graph: bool = False) -> tuple[Any, ...]:
    """The gradients of y with respect to one node or several, as a tuple of numbers; no `.grad` is touched.

    With create_graph=True they are Values, which can be drawn, stepped through and differentiated again. Raises
    ValueError for a name that is not in the graph, and, with create_graph, for a graph whose leaves have changed.

    >>> x = Value(2.0, "x")
    >>> dy, = grad(x**3, [x], create_graph=True)
    >>> dy.data, grad(dy, [x])
    (12.0, (12.0,))
    """
    order, nodes = topological_order(y), _found(y, wrt, "grad")
    if not create_graph:
        found = gradients(order, seed_of(y))
        return tuple([found.get(node, seed_of(y, 0)) for node in nodes])
    refuse_stale(y)
    found = gradients(order, seed_of(y), _partials_as_values, _times, _added)
    results = [found.get(node, seed_of(y, 0)) for node in nodes]
    return tuple([result if isinstance(result, Value) else Value(seed_of(y, result), constant=True) for result in results])


def jacobian(outputs: Any, wrt: Any) -> Any:
    """The derivatives of several outputs with respect to several nodes: a NumPy array of shape (outputs, nodes).

    >>> a, b = Value(2.0), Value(3.0)
    >>> jacobian([a * b, a + b], [a, b])
    array([[3., 2.],
           [1., 1.]])
    """
    import numpy

    roots = listed(outputs, "jacobian")
    nodes = [node if isinstance(node, Value) else _found_below(roots, node) for node in listed(wrt, "jacobian")]
    rows = [[as_float(g) for g in grad(y, nodes)] for y in roots]
    return numpy.array(rows, dtype=float).reshape(len(rows), len(nodes))


def _found_below(roots: list[Value], name: Any) -> Value:
    """The node of that name below any of the roots, one and the same wherever it is found."""
    if not roots:
        raise ValueError(f"there is no output that {name!r} could belong to")
    return find(roots[0], name, {node: given for y in reversed(roots) for node, given in names(y).items()})


def hessian(y: Value, wrt: Any) -> Any:
    """The second derivatives of y with respect to several nodes: a NumPy array of shape (nodes, nodes).

    >>> a, b = Value(2.0), Value(3.0)
    >>> hessian(a * a * b, [a, b])
    array([[6., 4.],
           [4., 0.]])
    """
    nodes = _found(y, wrt, "hessian")
    return jacobian(grad(y, nodes, create_graph=True), nodes)


def jvp(y: Value, direction: "Mapping[Value | str, Any]") -> Number:
    """Forward mode: how fast y changes when the given nodes change at the given rates (the directional derivative).

    A rate goes on through an edge as rate times local derivative, and a node adds up what reaches it. The rate of a node
    that y does not depend on changes nothing.

    >>> a, b = Value(2.0), Value(3.0)
    >>> jvp(a * b, {a: 1.0})
    3.0
    """
    if not isinstance(direction, Mapping):
        raise TypeError(f"jvp takes a dict of node to rate, not {type(direction).__name__}")
    zero = seed_of(y, 0)
    rates: dict[Value, Number] = {_found(y, node, "jvp")[0]: number(rate, "a rate") for node, rate in direction.items()}
    for node in topological_order(y):
        if node not in rates:
            rates[node] = reduce(plus, [product(rates[p], partial) for p, partial in zip(node.parents, node.partials, strict=True)], zero)
    return rates[y]
