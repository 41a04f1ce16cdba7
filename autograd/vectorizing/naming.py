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
from .grouping import PARAMETERS, Rows
from .planning import Plan

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")
TAKEN = ("X", "n", "np", "parameters", "gradient", "value", "values", "value_and_grad", "forward", "len")
LAYER = re.compile(r"(?:delta|dW|db|[Wbaz])(\d+)")


@dataclass
class ArrayNames:
    """Names of arrays, by their index: those to use, and hints for those that need one; for each layer its last group."""

    of: dict[int, str] = field(default_factory=dict)
    hints: dict[int, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=lambda: {*TAKEN, *TABLE})
    layers: dict[int, int] = field(default_factory=dict)
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
    for group, array in zip(plan.groups, plan.forward, strict=True):
        label = usable(plan.scalars.node[group.members[0]].label) if len(group.members) == 1 else ""
        if label:
            names.give(array, label)
    if plan.mean is not None:
        root = plan.values.args[0] if plan.values.kind == "full" else plan.values
        names.give(root, "J")
    numbers = {group: number for number, group in names.layers.items()}
    for k, upstream in plan.upstreams.items():
        if plan.forward[k].index in names.of:
            name = names.of[plan.forward[k].index]
            layer = numbers.get(k)
            if layer is not None:
                names.give(upstream, f"delta{layer}")
            names.hints.setdefault(upstream.index, "g" if _is_function(f"d{name}") else f"d{name}")
    _name_gradients(plan, names)
    return names


def _name_layers(plan: Plan, names: ArrayNames) -> None:
    matrix_products = [k for k, group in enumerate(plan.groups) if group.is_product and _is_matrix(group.operands[0])]
    if all(plan.groups[k].operands[0][0].places.size == 1 for k in matrix_products):
        return  # one weight is no layer
    adds_bias = {j.operands[0][0].source: at for at, j in enumerate(plan.groups) if _adds_bias(plan, at)}
    for number, k in enumerate(matrix_products, 1):
        product = plan.forward[k]
        matrix, vector = product.args
        names.give(matrix, f"W{number}")
        if vector.index not in names.of:
            names.give(vector, f"z{number - 1}")
        after = adds_bias.get(k, k)
        names.layers[number] = after
        if after != k:
            names.give(plan.forward[after].args[1], f"b{number}")
        names.give(plan.forward[after], f"a{number}")
    _name_output(plan, names)


def _is_matrix(pieces: list[Rows]) -> bool:
    """Whether rows are one matrix of parameters."""
    return len(pieces) == 1 and pieces[0].source == PARAMETERS


def _adds_bias(plan: Plan, j: int) -> bool:
    """Whether group j adds parameters to all rows of another group."""
    group = plan.groups[j]
    if group.op != "add" or group.operands[1][0].source != PARAMETERS or group.operands[0][0].source < 0:
        return False
    return plan.forward[j].args[:1] == (plan.forward[group.operands[0][0].source],)


def _name_output(plan: Plan, names: ArrayNames) -> None:
    """The activations of the last layer, which nothing multiplies by a matrix."""
    numbers = {group: number for number, group in names.layers.items()}
    for j, group in enumerate(plan.groups):
        source = group.operands[0][0].source
        is_function = len(group.operands) == 1 and not TABLE[group.op].symbol and not TABLE[group.op].is_nary
        if is_function and source in numbers and is_read_once(plan, source) and len(group.members) == len(plan.groups[source].members):
            names.give(plan.forward[j], f"z{numbers[source]}")


def is_read_once(plan: Plan, k: int) -> bool:
    """Whether only one group reads group k: where a loss reads the pre-activations as well, no function of them is the output."""
    return sum([any(piece.source == k for pieces in group.operands for piece in pieces) for group in plan.groups]) == 1


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
