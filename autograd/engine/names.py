"""Names: labels that are given, a name to show for every node, and the node that is meant by one."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import Any

from .ieee import Number, number
from .order import topological_order
from .value import Value

LONGEST_FRESH = 8  # characters of a name that is made up


def leaves(**numbers: Any) -> tuple[Value, ...]:
    """Labelled leaves, in the order given.

    >>> a, b = leaves(a=5, b=3)
    >>> a.label, b.data
    ('a', 3.0)
    """
    return tuple([Value(number(data, name), name) for name, data in numbers.items()])


def label(**nodes: Value) -> None:
    """Labels nodes. Raises TypeError, and labels none, unless each of them is a Value.

    >>> u = Value(2.0) * 3
    >>> label(u=u)
    >>> u.label
    'u'
    """
    for name, node in nodes.items():
        if not isinstance(node, Value):
            raise TypeError(f"{name} is of type {type(node).__name__}, not a Value, and cannot be labelled")
    for name, node in nodes.items():
        node.label = name


def shortest_text(data: Number) -> str:
    """A number as short as it can be without loss: "3", "0.5", "1/3".

    >>> shortest_text(3.0), shortest_text(0.5)
    ('3', '0.5')
    """
    return str(data).removesuffix(".0")


def fresh_names(taken: Iterable[str], letters: str = "uvwpqrs") -> Iterator[str]:
    """The letters, then n1, n2, …, without those that a name that is taken uses or begins with.

    >>> fresh = fresh_names(["w1", "u", "n2"])
    >>> [next(fresh) for _ in range(7)]
    ['v', 'p', 'q', 'r', 's', 'n1', 'n3']
    """
    begun = {name[:length] for name in taken for length in range(1, min(len(name), LONGEST_FRESH) + 1)}
    return (name for name in chain(letters, (f"n{k}" for k in count(1))) if name not in begun)


def names(y: Value) -> dict[Value, str]:
    """A name to show for every node that y depends on: its label, else u, v, w, p, q, r, s, n1, n2, … in order.

    A constant is called by its number, an unlabelled root J (else y). No such name is one that a label uses or begins
    with: beside w1 and w2 no sum is called w.

    >>> a, b = leaves(a=2, b=3)
    >>> list(names(3 * (a + b)).values())
    ['3', 'a', 'b', 'u', 'J']
    """
    order = topological_order(y)
    labels = {node._label for node in order}
    fresh, for_root = fresh_names(labels), next(fresh_names(labels, "Jy"))
    found = {}
    for node in order:
        if node._label and not node._label.isspace():  # blanks alone are no name that could be read
            found[node] = node._label
        elif node is y:
            found[node] = for_root if for_root in "Jy" else next(fresh)
        else:
            found[node] = shortest_text(node._data) if node.constant else next(fresh)
    return found


def nodes(y: Value) -> dict[str, Value]:
    """Every node that y depends on, and y itself, by name (see `names`). A constant met again is called "2 (2)".

    Raises ValueError when two nodes have one label.

    >>> a, b, c = leaves(a=5, b=3, c=2)
    >>> {name: node.data for name, node in nodes(a + b * c).items()}
    {'a': 5.0, 'b': 3.0, 'c': 2.0, 'u': 6.0, 'J': 11.0}
    """
    found: dict[str, Value] = {}
    met: Counter[str] = Counter()
    for node, name in names(y).items():
        if name in found and (node._label or not node.constant):
            raise ValueError(_twice(name, found[name], node))
        met[name] += 1
        again = name
        while again in found:
            again = f"{name} ({met[name]})"
            met[name] += again in found
        found[again] = node
    return found


def _twice(name: str, one: Value, other: Value) -> str:
    return f'two nodes are called "{name}" ({shortest_text(one.data)} by {one.op}, {shortest_text(other.data)} by {other.op}); give one of them another label'


def listed(nodes: Any, what: str) -> list[Any]:
    """One node, a name, or several of them, as a list. Raises TypeError for what is none of these; `what` is who asks."""
    if isinstance(nodes, (Value, str)):
        return [nodes]
    try:
        return list(nodes)
    except TypeError:
        raise TypeError(f"{what} takes nodes: Values or labels, not {type(nodes).__name__}") from None


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
    known = ", ".join([name[:40] for below, name in called.items() if not below.constant][:20])
    raise ValueError(f'no node is called "{node[:40]}"; there are {known}')
