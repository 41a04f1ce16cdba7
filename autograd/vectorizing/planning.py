"""The plan of a program: arrays for the groups of a graph, forward, and for their gradients, backward.

The backward pass follows the groups in reverse. Each takes the gradient that has arrived at it, multiplies it by the
local derivatives of the table, and sends the products to the rows that the group has read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy

from ..engine.operations import TABLE
from .arrays import Array, Arrays, N, Shape
from .grouping import CONSTANTS, INPUTS, PARAMETERS, Group, Rows, grouped, with_masks
from .layers import Layer, layers_of
from .scalars import CONST, Scalars
from .simplifying import SimplifiedArrays
from .table_as_arrays import partial_of, value_of


@dataclass
class Plan:
    """All arrays of a program: those of the groups, the roots, and (where there is one root) the gradient.

    `values` has one row for each root; `mean` is the mean of the one root over the examples. `gradient` lists what is
    added up to the flat gradient: pairs of places and an array of the same shape. `upstreams` has the gradient at each
    group, where there is one.
    """

    arrays: Arrays
    scalars: Scalars
    groups: list[Group]
    layers: list[Layer]
    forward: list[Array]
    values: Array
    mean: Array | None = None
    backward_from: int = 0  # the index of the first array that is made for the backward pass
    upstreams: dict[int, Array] = field(default_factory=dict)
    gradient: list[tuple[Any, Array]] = field(default_factory=list)


def planned(scalars: Scalars, roots: list[int], careful: bool = False, activations: Sequence[Sequence[int]] | None = None,
            is_mean: bool = True) -> Plan:  # fmt: skip
    """The plan of a normalised graph. With one root it has a backward pass. See `Arrays` for `careful`, where no layer is kept
    whole. `activations` are those of each layer, where they are known. The gradient is that of the mean over the examples, or of the sum."""
    letters = {name: len(operation.letters) for name, operation in TABLE.items()}
    groups, source, place = grouped(scalars, letters, {name for name, operation in TABLE.items() if operation.is_nary})
    known = None if activations is None else [_group_of(nodes, groups, source, place) for nodes in activations]
    planner = _Planner(scalars, groups, [] if careful else layers_of(groups, known), careful)
    for group in groups:
        if not careful:  # 0 times an infinite parameter is not 0
            with_masks(group)
        planner.write(group)
    values = planner.arrays.join([planner.root(scalars, i, source, place) for i in roots], 0)
    plan = Plan(planner.arrays, scalars, groups, planner.layers, planner.values, values)
    if len(roots) == 1:
        _Backward(planner, plan, is_mean).run(source[roots[0]], place[roots[0]])
    return plan


def _group_of(nodes: Sequence[int], groups: list[Group], source: list[int], place: list[int]) -> int | None:
    """The group whose members are exactly these nodes, in their order."""
    (group, *others) = {source[i] for i in nodes}
    is_whole = not others and group >= 0 and [place[i] for i in nodes] == list(range(len(groups[group].members)))
    return group if is_whole else None


class _Planner:
    def __init__(self, scalars: Scalars, groups: list[Group], layers: list[Layer], careful: bool):
        self.arrays, self.scalars, self.groups, self.layers = SimplifiedArrays(careful), scalars, groups, layers
        self.whole = {k for layer in layers for k in (layer.sums, layer.activations)}  # groups with a line of their own
        self.softmax = {layer.activations: layer for layer in layers if layer.function == "softmax"}
        self.values: list[Array] = []  # of the groups

    def root(self, scalars: Scalars, i: int, source: list[int], place: list[int]) -> Array:
        one = self.arrays.scalar(scalars.data[i]) if scalars.op[i] == CONST else self.read(Rows(source[i], numpy.array([place[i]])))
        return self.arrays.full(one, (1, N))

    # --- reading ---

    def read(self, operand: Rows) -> Array:
        """The rows of an operand: (rows, N) or (rows, 1); for lists (rows, k, N); for one list (k, N)."""
        places, source = operand.places, operand.source
        flat = places.ravel()
        if source == CONSTANTS:
            return self.arrays.constants(self._as_columns(places))
        if source == PARAMETERS:
            whole = self.arrays.parameters(self._as_columns(self._once(places)))
            return whole if operand.mask is None else self.arrays.call("multiply", self.arrays.constants(operand.mask[:, None]), whole)
        whole = self.arrays.inputs(self._once(flat)) if source == INPUTS else self.arrays.rows(self.values[source], flat)
        if places.ndim == 2 and len(places) > 1:
            if whole.shape[0] != len(flat):  # all are the same row
                return self.arrays.reshape(whole, (1, *whole.shape)) if whole.shape else whole
            return self.arrays.reshape(whole, (*places.shape, whole.shape[1])) if whole.shape else whole
        return whole

    @staticmethod
    def _once(places: Any) -> Any:
        """One place where all are the same."""
        return places[:1] if places.ndim == 1 and (places == places[0]).all() else places

    @staticmethod
    def _as_columns(places: Any) -> Any:
        """With an axis for the examples; one list is rows."""
        return places.reshape(-1, 1) if places.ndim == 1 or len(places) == 1 else places[:, :, None]

    def matrix(self, operand: Rows) -> Array:
        """The rows of lists as a matrix, for what does not depend on the examples."""
        if operand.source == CONSTANTS:
            return self.arrays.make(
                "constants", (), operand.places.astype(float), operand.places.shape, key=(operand.places.tobytes(), operand.places.shape)
            )
        if operand.source == PARAMETERS:
            return self.arrays.parameters(operand.places)
        rows = self.arrays.rows(self.values[operand.source], operand.places.ravel())
        return self.arrays.reshape(self.arrays.full(rows, (operand.places.size, 1)), operand.places.shape)

    def vector(self, operand: Rows) -> Array:
        """The one list of rows that a matrix is multiplied by, of shape (k, N) or (k, 1)."""
        whole = self.read(Rows(operand.source, operand.places[0]))
        k = operand.places.shape[1]
        if operand.source == CONSTANTS or whole.shape[:1] != (k,):
            return self.arrays.full(whole, (k, whole.shape[1] if whole.shape else 1))
        return whole

    # --- calculating ---

    def arguments(self, group: Group) -> tuple[list[Array], int | None]:
        """The operands of a group as arrays, and the axis of its lists."""
        if not TABLE[group.op].is_nary:
            return [self.read(pieces[0]) for pieces in group.operands], None
        axis = 0 if len(group.members) == 1 else 1
        found = []
        for pieces in group.operands:
            parts = [self.read(piece) for piece in pieces]
            shapes = [self.piece_shape(group, piece) for piece in pieces]
            if len(parts) > 1:
                columns = N if any(shape[-1] == N for shape in shapes) else 1
                parts = [self.arrays.full(p, (*shape[:-1], columns)) for p, shape in zip(parts, shapes, strict=True)]
                found.append(self.arrays.join(parts, axis))
            else:
                rows = parts[0].shape
                is_whole = rows and rows[axis] == shapes[0][axis]
                found.append(parts[0] if is_whole else self.arrays.full(parts[0], shapes[0]))
        return found, axis

    def columns_of(self, source: int) -> Any:
        """The number of columns of a source: N, or 1 where it is the same for all examples."""
        return N if source == INPUTS or (source >= 0 and self.groups[source].is_batch) else 1

    def piece_shape(self, group: Group, piece: Rows) -> Shape:
        """The shape that a piece has before anything is left out because it repeats."""
        rows, columns = piece.places.shape, self.columns_of(piece.source)
        if not TABLE[group.op].is_nary or len(rows) == 1:
            return (*rows, columns)
        return (rows[1], columns) if len(group.members) == 1 else (*rows, columns)

    def write(self, group: Group) -> None:
        arrays, k = self.arrays, len(self.values)
        if k in self.softmax:
            y = arrays.softmax(self.values[self.softmax[k].sums], 0, self.softmax[k].shifted)
        elif group.is_product:
            parts = [arrays.matmul(self.matrix(w), self.vector(v)) for w, v in zip(group.operands[0], group.operands[1], strict=True)]
            y = parts[0]
            for part in parts[1:]:
                y = arrays.call("add", y, part)
        else:
            args, axis = self.arguments(group)
            y = value_of(arrays, TABLE[group.op], args, axis)
            if axis == 1:
                y = arrays.reshape(y, (y.shape[0], y.shape[2]))
        shape = (len(group.members), N if group.is_batch else 1)
        y = arrays.full(y, shape)
        self.values.append(arrays.line(y) if k in self.whole else y)


class _Backward:
    def __init__(self, planner: _Planner, plan: Plan, is_mean: bool):
        self.share = planner.arrays.scalar(1.0, -1 if is_mean else 0)  # of an example in the whole
        self.planner, self.plan, self.arrays, self.groups = planner, plan, planner.arrays, planner.groups
        self.arrived: dict[int, list[tuple[Any, Array]]] = {}  # group → places of its rows, and what is added there
        self.needed = [False] * len(self.groups)
        for k, group in enumerate(self.groups):
            self.needed[k] = any(self.is_needed(piece.source) for pieces in group.operands for piece in pieces)

    def is_needed(self, source: int) -> bool:
        return source == PARAMETERS or (source >= 0 and self.needed[source])

    def shape(self, k: int) -> Shape:
        return (len(self.groups[k].members), N if self.groups[k].is_batch else 1)

    def run(self, source: int, place: int) -> None:
        arrays, plan = self.arrays, self.plan
        plan.backward_from = len(arrays.all)
        total = arrays.reduce("sum", plan.values, 1)
        plan.mean = arrays.call("multiply", self.share, total)
        if source == PARAMETERS:
            plan.gradient.append((numpy.array([place]), arrays.scalar(1.0)))
        if source >= 0:
            group = self.groups[source]
            if not group.is_batch:
                plan.mean = arrays.rows(self.planner.values[source], [place])
            self.arrived[source] = [(numpy.array([place]), self.share if group.is_batch else arrays.scalar(1.0))]
        for k in reversed(range(len(self.groups))):
            if k in self.arrived and self.needed[k]:
                upstream = self.gathered(k)
                if k in self.planner.whole:
                    upstream = arrays.line(arrays.full(upstream, self.shape(k)))
                plan.upstreams[k] = upstream
                self.pass_on(k, upstream)
        plan.gradient = self.without_repeats(plan.gradient)

    def without_repeats(self, gradient: list[tuple[Any, Array]]) -> list[tuple[Any, Array]]:
        """What goes to the same places as one; and no place twice in one."""
        arrays = self.arrays
        found: dict[bytes, tuple[Any, Array]] = {}
        for places, contribution in gradient:
            unique, of = numpy.unique(places, return_inverse=True)
            if len(unique) < places.size:
                column = arrays.reshape(arrays.full(contribution, (*places.shape, 1)[:2]), (places.size, 1))
                places = unique
                contribution = (
                    arrays.spread(column, of.ravel(), len(unique)) if len(unique) > 1 else arrays.sum_to(column, column.shape, (1, 1))
                )
            places = places if places.ndim == 2 else places.reshape(-1, 1)
            contribution = arrays.full(contribution, places.shape)
            key = places.tobytes()
            if key in found:
                places = found[key][0]
                contribution = arrays.reshape(contribution, found[key][1].shape)
                contribution = arrays.call("add", found[key][1], contribution)
            found[key] = (places, contribution)
        return list(found.values())

    def gathered(self, k: int) -> Array:
        """All that has arrived at a group, added up."""
        rows, columns = self.shape(k)
        whole = None
        arrived = self.arrived.pop(k)
        if self._is_one_for_all(arrived, rows):
            return arrived[0][1]
        for places, contribution in arrived:
            identity = len(places) == rows and (places == numpy.arange(rows)).all()
            if not identity:
                contribution = self.arrays.full(contribution, (len(places), columns))
                contribution = self.arrays.spread(contribution, places, rows)
            whole = contribution if whole is None else self.arrays.call("add", whole, contribution)
        assert whole is not None
        return whole

    @staticmethod
    def _is_one_for_all(arrived: list[tuple[Any, Array]], rows: int) -> bool:
        """Whether the same row arrives at each of several rows, once, as from a sum that was written term by term."""
        first = arrived[0][1]
        if len(arrived) == 1 or any(a is not first for _, a in arrived) or first.shape[:1] not in ((), (1,)):
            return False
        places = numpy.concatenate([where for where, _ in arrived])
        return len(places) == rows and len({*places.tolist()}) == rows

    def send(self, piece: Rows, contribution: Array, logical: Shape) -> None:
        """Adds a contribution, of that shape if nothing is left out, to the rows of a piece."""
        columns = self.planner.columns_of(piece.source)
        places = piece.places
        contribution = self.arrays.sum_to(contribution, logical, (*logical[:-1], columns))
        flat = places.ravel()
        if len(logical) == 3 and contribution.shape:  # one row for each place
            contribution = self.arrays.reshape(self.arrays.full(contribution, (*logical[:-1], columns)), (len(flat), columns))
        if len(flat) > 1 and (flat == flat[0]).all():
            contribution = self.arrays.sum_to(contribution, (len(flat), columns), (1, columns))
            flat = flat[:1]
        self.deliver(piece.source, flat, contribution)

    def deliver(self, source: int, places: Any, contribution: Array) -> None:
        if contribution.number == 0:
            return
        if source == PARAMETERS:
            self.plan.gradient.append((places, contribution))
        else:
            self.arrived.setdefault(source, []).append((places, contribution))

    def pass_on(self, k: int, upstream: Array) -> None:
        group = self.groups[k]
        if group.is_product:
            self.pass_on_product(k, upstream)
            return
        if k in self.planner.softmax:
            self.deliver(
                self.planner.softmax[k].sums,
                numpy.arange(len(group.members)),
                self.arrays.through_softmax(self.planner.values[k], upstream),
            )
            return
        arrays, operation, y = self.arrays, TABLE[group.op], self.planner.values[k]
        args, axis = self.planner.arguments(group)
        if axis == 1:
            rows, columns = self.shape(k)
            y = arrays.reshape(y, (rows, 1, columns))
            upstream = arrays.reshape(upstream, (rows, 1, columns)) if upstream.shape else upstream
        for slot, pieces in enumerate(group.operands):
            if not any(self.is_needed(piece.source) for piece in pieces):
                continue
            contribution = arrays.times(upstream, partial_of(arrays, operation, slot, args, y, axis))
            start = 0
            for piece in pieces:
                shape = self.planner.piece_shape(group, piece)
                logical = (*shape[:-1], self.shape(k)[1])
                part = contribution
                if axis is not None:
                    size = shape[axis]
                    if len(pieces) > 1 and part.shape and part.shape[axis] != 1:
                        part = arrays.make("cut", (part,), (axis, start, start + size), (*part.shape[:axis], size, *part.shape[axis + 1 :]))
                    start += size
                if self.is_needed(piece.source):
                    self.send(piece, part, logical)

    def pass_on_product(self, k: int, upstream: Array) -> None:
        """Matrix times vector: the gradient of the matrix is upstream · vectorᵀ, that of the vector matrixᵀ · upstream."""
        arrays, group = self.arrays, self.groups[k]
        upstream = arrays.full(upstream, self.shape(k))
        for w, v in zip(group.operands[0], group.operands[1], strict=True):
            vector = self.planner.vector(v)
            if self.is_needed(w.source):
                found = arrays.matmul(upstream, arrays.full(vector, (vector.shape[0], upstream.shape[1])), flip_b=True, is_backward=True)
                if w.source == PARAMETERS:
                    self.plan.gradient.append((w.places, found))
                else:
                    self.deliver(w.source, w.places.ravel(), arrays.reshape(found, (w.places.size, 1)))
            if self.is_needed(v.source):
                found = arrays.matmul(self.planner.matrix(w), upstream, flip_a=True, is_backward=True)
                columns = self.planner.columns_of(v.source)
                found = arrays.sum_to(found, found.shape, (found.shape[0], columns))
                self.deliver(v.source, v.places[0], found)
