"""Reading a graph: its nodes in topological order, their names, its value with other leaves, scopes.

Everything here walks with a loop, never by recursion: a graph may be a million nodes deep.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, count
from math import isclose
from typing import Any

from .ieee import Number, as_float
from .value import CONTEXT, Value, carefully, number

# --- making a graph ----------------------------------------------------------------------------------------------


def leaves(**numbers: Any) -> tuple[Value, ...]:
    """Labelled leaves, in the order given.

    >>> a, b = leaves(a=5, b=3)
    >>> a.label, b.data
    ('a', 3.0)
    """
    return tuple([Value(number(data, name), name) for name, data in numbers.items()])


def label(**nodes: Value) -> None:
    """Labels nodes: label(u=u, v=v). Raises TypeError, and labels none, unless each of them is a Value."""
    for name, node in nodes.items():
        if not isinstance(node, Value):
            raise TypeError(f"{name} is of type {type(node).__name__}, not a Value, and cannot be labelled")
    for name, node in nodes.items():
        node.label = name


class scope:
    """Nodes made inside belong to the scope `title`; scopes nest, and drawings fold by them. Not for use in threads.

    >>> with scope("layer 1"), scope("neuron 2"):
    ...     Value(1.0).scope
    ('layer 1', 'neuron 2')
    """

    def __init__(self, title: str):
        if not isinstance(title, str) or not title:
            raise TypeError(f"a scope has a title that is a text, not {'an empty one' if title == '' else type(title).__name__}")
        self.title = title

    def __enter__(self) -> None:
        self.outer = CONTEXT["scope"]
        CONTEXT["scope"] = (*self.outer, self.title)

    def __exit__(self, *error: Any) -> None:
        CONTEXT["scope"] = self.outer


@contextmanager
def no_grad() -> Iterator[None]:
    """Operators inside compute numbers only: what they return is a constant without parents. Not for use in threads.

    >>> x = Value(3.0)
    >>> with no_grad():
    ...     (x * x).parents
    ()
    """
    outer = CONTEXT["recording"]
    CONTEXT["recording"] = False
    try:
        yield
    finally:
        CONTEXT["recording"] = outer


# --- order and names ---------------------------------------------------------------------------------------------


def topological_order(y: Value) -> list[Value]:
    """Every node that y depends on, and y itself as the last: each after all of its parents.

    A depth-first walk that takes operands in order. A node is placed when the walk comes back to it, that is, when
    all of its parents have been placed.

    >>> a, b = leaves(a=2, b=3)
    >>> [node.op for node in topological_order(a * b + a)]
    ['leaf', 'leaf', 'mul', 'add']
    """
    if not isinstance(y, Value):
        raise TypeError(f"a graph is read from its root, a Value, not from {type(y).__name__}")
    order: list[Value] = []
    seen: set[Value] = set()
    waiting: list[Value | None] = [y]
    while waiting:
        node = waiting.pop()
        if node is None:  # the node below this mark has all of its parents placed
            order.append(waiting.pop())  # type: ignore[arg-type]
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


def number_text(data: Number) -> str:
    """A number as short as it can be without loss: "3", "0.5", "1/3".

    >>> number_text(3.0), number_text(0.5)
    ('3', '0.5')
    """
    return str(data).removesuffix(".0")


def names(y: Value) -> dict[Value, str]:
    """A name to show for every node that y depends on: its label, else u, v, w, p, q, r, s, n1, n2, … in order.

    A constant is called by its number, an unlabelled root J (else y). No given name is one that a label uses.

    >>> a, b = leaves(a=2, b=3)
    >>> list(names(3 * (a + b)).values())
    ['3', 'a', 'b', 'u', 'J']
    """
    order = topological_order(y)
    taken = {node._label for node in order}
    fresh = (name for name in chain("uvwpqrs", (f"n{k}" for k in count(1))) if name not in taken)
    found = {}
    for node in order:
        if node._label:
            found[node] = node._label
        elif node is y:
            found[node] = next((name for name in "Jy" if name not in taken), None) or next(fresh)
        else:
            found[node] = number_text(node._data) if node.constant else next(fresh)
    return found


def nodes(y: Value) -> dict[str, Value]:
    """Every node that y depends on, and y itself, by name (see `names`). A constant met again is called "2 (2)".

    Raises ValueError when two nodes have one label.

    >>> a, b, c = leaves(a=5, b=3, c=2)
    >>> {name: node.data for name, node in nodes(a + b * c).items()}
    {'a': 5.0, 'b': 3.0, 'c': 2.0, 'u': 6.0, 'J': 11.0}
    """
    found: dict[str, Value] = {}
    for node, name in names(y).items():
        if name in found:
            if node._label or not node.constant:
                raise ValueError(_twice(name, found[name], node))
            name = next(again for again in (f"{name} ({k})" for k in count(2)) if again not in found)
        found[name] = node
    return found


def _twice(name: str, one: Value, other: Value) -> str:
    return f'two nodes are called "{name}" ({number_text(one.data)} by {one.op}, {number_text(other.data)} by {other.op}); give one of them another label'


def find(y: Value, node: "Value | str", called: dict[Value, str] | None = None) -> Value:
    """The node of y's graph that is meant: a Value below y, or a name of `names`.

    Raises ValueError when there is none of that name, or more than one, and TypeError for anything else.
    """
    called = called or names(y)
    if isinstance(node, Value):
        if node in called:
            return node
        raise ValueError(f"{node.label or repr(node)} is not a node that {called[y]} depends on")
    if not isinstance(node, str):
        raise TypeError(f"a node is given as a Value or by its label, not as {type(node).__name__}")
    found = [below for below, name in called.items() if name == node]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(_twice(node, found[0], found[1]))
    known = ", ".join([name for below, name in called.items() if not below.constant][:20])
    raise ValueError(f'no node is called "{node}"; there are {known}')


# --- values with other leaves ------------------------------------------------------------------------------------


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

    >>> a, b = leaves(a=2, b=3)
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
            candidates = [leaf for leaf in below if leaf._da is not None] or [leaf for leaf in below if not leaf.constant]
            return next((leaf for leaf in candidates if _explains(leaf, node)), (candidates or below)[0])
    return None


def _is_still_so(node: Value, operands: list[Number]) -> bool:
    """Whether the operands give the value and the local derivatives that the node has."""
    y, partials = carefully(node, operands)
    found, kept = (y, *partials), (node._data, *node.partials)
    return all(a == b or (a != a and b != b) or isclose(as_float(a), as_float(b), rel_tol=1e-14) for a, b in zip(found, kept, strict=True))


def _explains(leaf: Value, node: Value) -> bool:
    """Whether the node follows from its operands once the leaf has its earlier number again."""
    return leaf._da is not None and _is_still_so(node, [leaf._da if parent is leaf else parent._data for parent in node.parents])


def refuse_stale(y: Value) -> None:
    """Raises ValueError when a leaf below y has changed since y was built."""
    leaf = changed_leaf(y)
    if leaf is not None:
        raise ValueError(f"{leaf.label or repr(leaf)} has changed since this graph was built; build the expression again")
