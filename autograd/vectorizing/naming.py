"""Names for the arrays of a plan: those of the lectures for layers, labels where they can serve, else u1, u2, …

A layer is recognised by its weights: the k-th product of a matrix of parameters is W_k, with what stands around it.
Labels are data: only a short name of plain letters, digits and _ is taken, and never one that the program uses.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from keyword import iskeyword
from typing import Any

import numpy

from ..engine.operations import TABLE
from ..engine.value import Value
from .arrays import Array
from .planning import Plan

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")
TAKEN = (
    "X",
    "n",
    "np",
    "softmax",
    "softmax_1",
    "plain_softmax",
    "parameters",
    "gradient",
    "value",
    "values",
    "value_and_grad",
    "forward",
    "len",
)
LAYER = re.compile(r"(?:delta|d[Wbz]|[Wbaz])(\d+)")


@dataclass
class ArrayNames:
    """Names of arrays, by their index: those to use, and hints for those that need one."""

    of: dict[int, str] = field(default_factory=dict)
    hints: dict[int, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=lambda: {*TAKEN, *TABLE})
    reached: dict[str, Iterator[int]] = field(default_factory=dict)

    def give(self, array: Array, name: str) -> None:
        """Names an array that has no name yet and is worth one."""
        if array.index not in self.of and array.kind != "scalar":
            self.of[array.index] = self.free(name)

    def free(self, name: str) -> str:
        """The name, with a number behind it if it is taken."""
        if name in self.taken:
            begun = self.reached.setdefault(name, count(2))
            name = next(each for k in begun if (each := f"{name}{'_' * name[-1:].isdigit()}{k}") not in self.taken)
        self.taken.add(name)
        return name


def usable(label: str) -> str:
    """A label as the name of a variable, or "" if it cannot be one."""
    is_free = not iskeyword(label) and not LAYER.fullmatch(label) and not _is_function(label)
    return label if PLAIN.fullmatch(label) and is_free else ""


def _is_function(name: str) -> bool:
    """Whether a function that the program defines could have that name."""
    return re.fullmatch(rf"(?:{'|'.join(TABLE)})(?:_prime(?:_[abc])?)?(?:_\d+)?_?", name) is not None


def common(nodes: Iterable[Value], otherwise: str) -> str:
    """One name for several nodes: the label of the only one, or the letters that their labels begin with."""
    labels = {node.label for node in nodes}
    if len(labels) == 1:
        return usable(labels.pop()) or otherwise
    starts = {match[0] if (match := re.match("[A-Za-z]+", label)) else "" for label in labels}
    start = starts.pop() if len(starts) == 1 else ""
    return usable(start) or otherwise


def named(plan: Plan, inputs: list[Value], params: list[Value]) -> ArrayNames:
    """The names for a plan."""
    names = ArrayNames()
    _name_layers(plan, names)
    for array in plan.arrays.all:
        if array.kind == "inputs":
            names.give(array, common([inputs[k] for k in array.info.ravel()], "x"))
        elif array.kind == "parameters":
            nodes = [params[k] for k in array.info.ravel()]
            names.give(array, "p" if 1 < len(nodes) == len(params) else common(nodes, "w"))
    inside = {k for layer in plan.layers for k in (layer.product, *layer.inside) if k != layer.sums}
    last = {plan.scalars.node[group.members[0]]: k for k, group in enumerate(plan.groups)}  # a partial sum has the node of the sum
    for k, (group, array) in enumerate(zip(plan.groups, plan.forward, strict=True)):
        node = plan.scalars.node[group.members[0]]
        label = usable(node.label) if len(group.members) == 1 and last[node] == k and k not in inside else ""
        if label:
            names.give(array, label)
    if plan.mean is not None:
        root = plan.values.args[0] if plan.values.kind == "full" else plan.values
        names.give(root, "J")
    for layer in plan.layers:
        for of_layer, letter in ((layer.activations, "dz"), (layer.sums, "delta")):
            if of_layer is not None and of_layer in plan.upstreams:
                names.give(plan.upstreams[of_layer], f"{letter}{layer.number}")
    for k, upstream in plan.upstreams.items():
        if plan.forward[k].index in names.of:
            name = names.of[plan.forward[k].index]
            names.hints.setdefault(upstream.index, "g" if _is_function(f"d{name}") else f"d{name}")
    _name_gradients(plan, names)
    return names


def _name_layers(plan: Plan, names: ArrayNames) -> None:
    for layer in plan.layers:
        number = layer.number
        whole = plan.forward[layer.sums].args[0]
        product = whole if layer.sums == layer.product else whole.args[0]
        matrix, vector = product.args
        names.give(matrix, f"W{number}")
        if vector.index not in names.of:
            names.give(vector, f"z{number - 1}")
        if whole is not product:
            names.give(whole.args[1], f"b{number}")
        names.give(plan.forward[layer.sums], f"a{number}")
        if layer.activations is not None:
            names.give(plan.forward[layer.activations], f"z{number}")


def _name_gradients(plan: Plan, names: ArrayNames) -> None:
    views = {(a.info.tobytes()): names.of[a.index] for a in plan.arrays.all if a.kind == "parameters"}
    for places, array in plan.gradient:
        name = views.get(places.tobytes())
        names.give(array, "dw" if not name or _is_function(f"d{name}") else f"d{name}")


def blocks_of(plan: Plan, names: ArrayNames, params: Sequence[Value]) -> dict[str, Any]:
    """The parameters as named arrays: for each name the places in the flat vector. No parameter is in two of them."""
    views = [(names.of[a.index], a.info) for a in plan.arrays.all if a.kind == "parameters"]
    views.sort(key=lambda view: LAYER.fullmatch(view[0]) is None)
    free = numpy.ones(len(params), dtype=bool)
    found: dict[str, Any] = {}
    for name, places in views:
        flat = places.ravel()
        if free[flat].all() and len({*flat.tolist()}) == len(flat):
            free[flat] = False
            found[name] = places if places.size > 1 else places.reshape(())
    for k in numpy.flatnonzero(free).tolist():
        found[names.free(usable(params[k].label) or "w")] = numpy.array(k)
    return found
