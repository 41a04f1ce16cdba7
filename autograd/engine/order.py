"""The order in which a graph is walked: parents before children. With a loop, never by recursion: a graph may be a
million nodes deep."""

from collections.abc import Iterable
from typing import Any, TypeVar

Node = TypeVar("Node")


def topological_order(y: Node) -> list[Node]:
    """Every node that y depends on, and y itself as the last: each after all of its parents.

    A depth-first walk that takes operands in order. A node is placed when the walk comes back to it, that is, when
    all of its parents have been placed.

    >>> from autograd import leaves
    >>> a, b = leaves(a=2, b=3)
    >>> [node.op for node in topological_order(a * b + a)]
    ['leaf', 'leaf', 'mul', 'add']
    """
    if not hasattr(y, "_operation"):
        raise TypeError(f"a graph is read from its root, a Value, not from {type(y).__name__}")
    order: list[Node] = []
    seen: set[Node] = set()
    waiting: list[Any] = [y]
    while waiting:
        node = waiting.pop()
        if node is None:  # the node below this mark has all of its parents placed
            order.append(waiting.pop())
        elif node not in seen:
            seen.add(node)
            first, second = node._a, node._b
            if first is None:
                order.append(node)
            elif second is not None:
                waiting += (node, None, second, first)
            elif first.__class__ is tuple:
                waiting += (node, None)
                if not seen.issuperset(first):
                    waiting += first[::-1]
            else:
                waiting += (node, None, first)
    return order


def varying(order: Iterable[Node]) -> set[Node]:
    """Of nodes in topological order, those that depend on a leaf which is no constant: the ones with a gradient to ask for.

    >>> from autograd import Value
    >>> t, w = Value(1, "t", constant=True), Value(2, "w")
    >>> rest = 1 - t
    >>> y = rest * w
    >>> [node in varying(topological_order(y)) for node in (t, rest, w, y)]
    [False, False, True, True]
    """
    found: set[Any] = set()
    each: Any
    for each in order:
        if not found.isdisjoint(each.parents) if each.parents else not each.constant:
            found.add(each)
    return found
