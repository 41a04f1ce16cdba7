"""The same mathematics with care, for the edges: exact fractions, infinities, numbers beyond the floats.

What is written for speed hands over to this file wherever floats would raise, or end in 0 times infinity.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from .ieee import Number, as_float, settle
from .operations import Operation
from .order import Node


def evaluated(operation: Operation, parents: Sequence[Any], data: list[Number]) -> tuple[Number, tuple[Number, ...]]:
    """The value of an operation and its local derivatives, where its parents have the numbers `data`."""
    y = operation.at(data)
    partials = operation.partials_at(data, y)
    if operation.skips(parents):  # x ** 2 at -3 must not need log(-3)
        partials = (*partials[:-1], 0 * y if y.__class__ is Fraction else 0.0)
    return y, partials


def product(upstream: Any, partial: Any) -> Any:
    """upstream * partial; a 0 on either side gives 0, also beside an infinity, so that a branch not taken adds nothing.

    >>> product(0.0, float("inf")), product(2.0, 3.0)
    (0.0, 6.0)
    """
    if not upstream or partial == 1:
        return upstream
    if not partial or upstream == 1:
        return partial
    try:
        found = upstream * partial
    except OverflowError:  # a fraction beyond the floats met a float
        return as_float(upstream) * as_float(partial)
    return settle(found) if found.__class__ is Fraction else found


def plus(total: Any, contribution: Any) -> Any:
    """total + contribution, also where a fraction beyond the floats meets a float."""
    try:
        found = total + contribution
    except OverflowError:
        return as_float(total) + as_float(contribution)
    return settle(found) if found.__class__ is Fraction else found


def gradients(
    order: list[Node],
    seed: Any = 1,
    partials: Callable[[Any], Any] = lambda node: node.partials,
    times: Callable[[Any, Any], Any] = product,
    added: Callable[[Any, Any], Any] = plus,
) -> dict[Node, Any]:
    """The gradient of the last node of a topological order with respect to each of them, as a dict.

    With numbers as local derivatives the gradients are numbers; with Values, and `times` and `added` to match, Values.
    """
    zero = 0 * seed if seed.__class__ is Fraction else 0.0
    found: dict[Any, Any] = dict.fromkeys(order, zero)
    found[order[-1]] = seed
    node: Any
    for node in reversed(order):
        upstream = found[node]
        if node._a is None or (isinstance(upstream, (float, Fraction, int)) and not upstream):
            continue
        for parent, partial in zip(node.parents, partials(node), strict=True):
            found[parent] = added(found[parent], times(upstream, partial))
    return found
