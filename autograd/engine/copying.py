"""Copying and pickling a graph of any size: in topological order, never by recursion.

What `Value` does for `copy`, `deepcopy` and `pickle`. Nodes that are pickled together stay together: one that several
of them need is written once, and comes back as one.
"""

from threading import local
from typing import Any
from weakref import WeakValueDictionary

from .operations import CONSTANT, LEAF, TABLE, Operation
from .order import topological_order

LEAF_SLOTS = ("_data", "_grad", "_label", "_scope", "_origin")
NODE_SLOTS = ("_data", "_grad", "_label", "_scope", "_da", "_db")


def slots_for(operation: Operation, items: tuple[Any, ...]) -> tuple[Any, Any]:
    """What the two slots of a node hold for its operands: one or two of them as they are, a list of them as a tuple."""
    if operation.is_nary or len(items) > 2:
        return items, None
    return (*items, None, None)[:2]


def like(node: Any, parents: tuple[Any, ...]) -> Any:
    """A new node with everything of `node` but its parents."""
    copy = object.__new__(node.__class__)
    for slot in ("_operation", *(NODE_SLOTS if parents else LEAF_SLOTS)):
        setattr(copy, slot, getattr(node, slot))
    copy._a, copy._b = slots_for(node._operation, parents)
    if hasattr(node, "__dict__"):  # a subclass takes attributes
        vars(copy).update(vars(node))
    return copy


def deep_copy(y: Any, memo: dict[int, Any]) -> Any:
    """A copy of y and of everything below it that is not in the memo yet."""
    for node in topological_order(y):
        if id(node) not in memo:
            memo[id(node)] = like(node, tuple([memo[id(parent)] for parent in node.parents]))
    return memo[id(y)]


class Pickled:
    """A node while it is pickled: it is written by its operation, its parents, also `Pickled`, and what its slots hold.

    The pickler remembers it, and lets go of it in the end; so the nodes of one pickle share what is below them.
    """

    __slots__ = ("__weakref__", "node", "parents")

    def __init__(self, node: Any, parents: "tuple[Pickled, ...]"):
        self.node, self.parents = node, parents

    def __reduce__(self) -> tuple[Any, ...]:
        slots = NODE_SLOTS if self.parents else LEAF_SLOTS
        state = [getattr(self.node, slot) for slot in slots]
        return restored, (self.node.__class__, self.node.op, self.parents, state, getattr(self.node, "__dict__", None))


class _Pickling(local):
    """The nodes that are being pickled by this thread, by id."""

    def __init__(self) -> None:
        self.by_id: WeakValueDictionary[int, Pickled] = WeakValueDictionary()


_now = _Pickling()


def reduced(y: Any) -> tuple[Any, ...]:
    """For pickle: y, after those nodes below it that have not been written yet, parents first."""
    known, new, waiting = _now.by_id, [], [y]
    while waiting:
        node = waiting[-1]
        missing = [parent for parent in node.parents if id(parent) not in known]
        if missing:
            waiting += missing[::-1]
            continue
        waiting.pop()
        if id(node) not in known:
            new.append(Pickled(node, tuple([known[id(parent)] for parent in node.parents])))
            known[id(node)] = new[-1]
    return _last, (new or [known[id(y)]],)


def _last(nodes: list[Any]) -> Any:
    return nodes[-1]


def restored(cls: type, name: str, parents: tuple[Any, ...], state: list[Any], attributes: dict[str, Any] | None) -> Any:
    """The node that was written. Raises ValueError for an operation that is not in the table here."""
    operation = {"leaf": LEAF, "const": CONSTANT}.get(name) or TABLE.get(name)
    if operation is None:
        raise ValueError(f"this graph has the operation {name}, which is not in the table here; define it first")
    node: Any = object.__new__(cls)
    node._operation = operation
    node._a, node._b = slots_for(operation, parents)
    for slot, content in zip(NODE_SLOTS if parents else LEAF_SLOTS, state, strict=True):
        setattr(node, slot, content)
    if attributes:
        vars(node).update(attributes)
    return node
