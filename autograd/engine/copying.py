"""Copying and pickling a graph of any size: as flat records in topological order, never by recursion."""

from typing import Any

from .graph import topological_order
from .operations import TABLE
from .value import Value


def _like(node: Value, parents: tuple[Value, ...]) -> Value:
    """A new node with everything of `node` but its parents."""
    copy = Value.__new__(Value)
    for slot in Value.__slots__:
        setattr(copy, slot, getattr(node, slot))
    if parents:
        copy._a, copy._b = (parents, None) if node._a.__class__ is tuple else (*parents, None)[:2]
    return copy


def _deep_copy(y: Value, memo: dict[int, Any]) -> Value:
    for node in topological_order(y):
        if id(node) not in memo:
            memo[id(node)] = _like(node, tuple([memo[id(parent)] for parent in node.parents]))
    return memo[id(y)]


_LEAF_SLOTS = ("_data", "_grad", "_label", "_scope", "_da")
_NODE_SLOTS = ("_data", "_grad", "_label", "_scope", "_da", "_db")


def _reduce(y: Value) -> tuple[Any, ...]:
    """For pickle: a leaf by itself, a computed node as flat records of its graph, whose leaves are shared by all graphs."""
    if y._a is None:
        return _restore_leaf, (y.constant, [getattr(y, slot) for slot in _LEAF_SLOTS])
    order = topological_order(y)
    place = {node: k for k, node in enumerate(order)}
    records = [
        node if node._a is None else (node.op, [place[parent] for parent in node.parents], [getattr(node, slot) for slot in _NODE_SLOTS])
        for node in order
    ]
    return _restore_graph, (records,)


def _restore_leaf(constant: bool, state: list[Any]) -> Value:
    leaf = Value(0.0, constant=constant)
    for slot, content in zip(_LEAF_SLOTS, state, strict=True):
        setattr(leaf, slot, content)
    return leaf


def _restore_graph(records: list[Any]) -> Value:
    made: list[Value] = []
    for record in records:
        if isinstance(record, Value):
            made.append(record)
            continue
        name, places, state = record
        if name not in TABLE:
            raise ValueError(f"this graph has the operation {name}, which is not in the table here; define it first")
        node = Value.__new__(Value)
        node._operation = TABLE[name]
        parents = tuple([made[place] for place in places])
        many = node._operation.is_nary or len(parents) > 2
        node._a, node._b = (parents, None) if many else (*parents, None)[:2]
        for slot, content in zip(_NODE_SLOTS, state, strict=True):
            setattr(node, slot, content)
        made.append(node)
    return made[-1]


Value.__deepcopy__ = _deep_copy  # type: ignore[attr-defined]
Value.__copy__ = lambda node: _like(node, node.parents)  # type: ignore[attr-defined]
Value.__reduce_ex__ = lambda node, protocol: _reduce(node)  # type: ignore[method-assign, assignment, arg-type]
