"""Expressions of arrays: what a vectorised program is planned in, before anything is written or computed.

An `Array` is one node; `Arrays` makes them, the same one whenever the same is asked for. An array has a row for each of
its scalars and a column for each example, shape (rows, N), or one column where it is the same for all examples,
(rows, 1). A scalar has shape (). N stands for the number of examples.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy

from ..engine import grammar

N = "n"  # the number of examples, in shapes
Shape = tuple[Any, ...]

SIGNS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power", "<": "less", "<=": "less_equal", ">": "greater",
         ">=": "greater_equal", "==": "equal"}  # fmt: skip
COMPARISONS = tuple([SIGNS[sign] for sign in grammar.COMPARISONS])
VIEWS = ("parameters", "inputs")  # what is only read


class Array:
    """One array: how it is made (`kind`), of which arrays (`args`), with what else (`info`), and its shape."""

    __slots__ = ("args", "index", "info", "kind", "shape")

    def __init__(self, index: int, kind: str, args: "tuple[Array, ...]", info: Any, shape: Shape):
        self.index, self.kind, self.args, self.info, self.shape = index, kind, args, info, shape

    @property
    def number(self) -> float | None:
        """The number of a plain scalar, else None."""
        return self.info[0] if self.kind == "scalar" and self.info[1] == 0 else None

    def is_call(self, *names: str) -> bool:
        """Whether it is one of these functions, element by element."""
        return self.kind == "call" and self.info in names

    def __repr__(self) -> str:
        return f"<{self.kind} {self.info if self.info is not None else ''} {self.shape} of {[a.index for a in self.args]}>"


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """The shape of a result element by element."""
    rank = max(map(len, shapes))
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    return tuple([next((size for size in sizes if size != 1), 1) for sizes in zip(*padded, strict=True)])


class Arrays:
    """Makes arrays. Each method is one construct; equal ones are one object."""

    def __init__(self, careful: bool = False) -> None:
        self.careful = careful  # whether 0 times infinity is looked out for in every product of the backward pass
        self.all: list[Array] = []
        self._known: dict[Any, Array] = {}

    def make(self, kind: str, args: tuple[Array, ...], info: Any, shape: Shape, key: Any = None) -> Array:
        """The array of that kind; `key` stands for `info` where that cannot be compared."""
        full = (kind, tuple([a.index for a in args]), info if key is None else key)
        found = self._known.get(full)
        if found is None:
            found = self._known[full] = Array(len(self.all), kind, args, info, shape)
            self.all.append(found)
        return found

    # --- where arrays begin ---

    def scalar(self, c: float, power: int = 0) -> Array:
        """The number c, times the number of examples to that power (a mean has 1/n)."""
        return self.make("scalar", (), (c, power), (), key=(repr(c), power))

    def constants(self, numbers: Any) -> Array:
        """Numbers as an array of their shape; a scalar if they are all the same."""
        numbers = numpy.asarray(numbers, dtype=float)
        if numbers.size and (numbers == numbers.flat[0]).all() and not (numbers == 0).any():
            return self.scalar(float(numbers.flat[0]))
        if numbers.size and not numbers.any() and not numpy.signbit(numbers).any():
            return self.scalar(0.0)
        return self.make("constants", (), numbers, numbers.shape, key=(numbers.tobytes(), numbers.shape))

    def parameters(self, places: Any) -> Array:
        """Parameters by their places in the flat vector, as an array of the shape of `places`."""
        places = numpy.ascontiguousarray(places)
        return self.make("parameters", (), places, places.shape, key=(places.tobytes(), places.shape))

    def inputs(self, places: Any) -> Array:
        """Columns of X, as rows: places of shape (rows,)."""
        places = numpy.ascontiguousarray(places)
        return self.make("inputs", (), places, (len(places), N), key=places.tobytes())

    # --- parts and arrangements ---

    def rows(self, a: Array, places: Any) -> Array:
        """Rows of an array by their places: all, one, a slice, or in any order."""
        places = numpy.asarray(places)
        count = a.shape[0]
        if a.kind == "scalar" or count == 1 or (len(places) == count and (places == numpy.arange(count)).all()):
            return a
        if (places == places[0]).all():
            places = places[:1]
        return self.make("rows", (a,), places, (len(places), *a.shape[1:]), key=places.tobytes())

    def reshape(self, a: Array, shape: Shape) -> Array:
        """The same numbers in another shape."""
        if a.shape == shape or a.kind == "scalar":
            return a
        return self.make("reshape", (a,), shape, shape)

    def join(self, pieces: Sequence[Array], axis: int) -> Array:
        """Arrays one after the other along an axis; all must have the other sizes already."""
        if len(pieces) == 1:
            return pieces[0]
        size = sum([p.shape[axis] for p in pieces])
        shape = (*pieces[0].shape[:axis], size, *pieces[0].shape[axis + 1 :])
        return self.make("join", tuple(pieces), axis, shape)

    def line(self, a: Array) -> Array:
        """The same array, kept whole: no simplification goes across, and it is written in a line of its own."""
        return a if a.kind in ("line", "scalar", *VIEWS) else self.make("line", (a,), None, a.shape)

    def full(self, a: Array, shape: Shape) -> Array:
        """The array in exactly that shape, repeated where it has one row or column only."""
        return a if a.shape == shape else self.make("full", (a,), shape, shape)

    def take(self, a: Array, table: Any) -> Array:
        """Rows of an array by a table of places, (rows, k), where the place behind the last row is a row of zeros."""
        shape = (len(table), *([table.shape[1]] if table.shape[1] > 1 else []), a.shape[1])
        return self.make("take", (a,), table, shape, key=(table.tobytes(), table.shape))

    def spread(self, a: Array, places: Any, count: int) -> Array:
        """Rows of `a` added up in `count` rows: row k goes to places[k]; rows that get none are 0."""
        places = numpy.ascontiguousarray(places)
        a = self.full(a, (len(places), *(a.shape[1:] or (1,))))
        if (places == numpy.arange(places[0], places[0] + len(places))).all():
            before, after = int(places[0]), int(count - places[0] - len(places))
            return self.make("pad", (a,), (before, after), (count, *a.shape[1:])) if before or after else a
        while True:
            order = numpy.argsort(places, kind="stable")
            number = numpy.bincount(places, minlength=count)
            rank = numpy.arange(len(places)) - numpy.repeat(numpy.cumsum(number) - number, number)  # among those of one place
            most = int(number.max())
            if most * count <= 4 * (len(places) + count):
                table = numpy.full((count, most), len(places))
                table[places[order], rank] = order
                return self._rows_of_table(a, table)
            # One place gets far more than the others: first add up eight by eight.
            new, of = numpy.unique(numpy.stack([places[order], rank // 8]), axis=1, return_inverse=True)
            table = numpy.full((new.shape[1], 8), len(places))
            table[of.ravel(), rank % 8] = order
            a, places = self._rows_of_table(a, table), numpy.ascontiguousarray(new[0])

    def _rows_of_table(self, a: Array, table: Any) -> Array:
        taken = self.take(a, table)
        if len(taken.shape) == 2:
            return taken
        return self.reshape(self.reduce("sum", taken, 1), (len(table), a.shape[1]))

    # --- calculation ---

    def matmul(self, a: Array, b: Array, flip_a: bool = False, flip_b: bool = False, is_backward: bool = False) -> Array:
        """The matrix product, of a or b transposed where it says so."""
        rows, columns = a.shape[1] if flip_a else a.shape[0], b.shape[0] if flip_b else b.shape[1]
        return self.make("matmul", (a, b), (flip_a, flip_b, is_backward and self.careful), (rows, columns))

    def reduce(self, name: str, a: Array, axis: int) -> Array:
        """The sum, max or min along an axis, which stays with size 1."""
        if not a.shape or a.shape[axis] == 1:
            return a
        return self.make(name, (a,), axis, (*a.shape[:axis], 1, *a.shape[axis + 1 :]))

    def call(self, name: str, *args: Array) -> Array:
        """A function of NumPy or of the table, element by element."""
        return self.make("call", args, name, broadcast([a.shape for a in args]))

    def function(self, name: str, slot: int, args: Sequence[Array], axis: int | None) -> Array:
        """A function of the table by its name: its value, or with slot >= 0 a local derivative, of its operands and y."""
        shape = broadcast([a.shape for a in args])
        if axis is not None and slot < 0:
            shape = (*shape[:axis], 1, *shape[axis + 1 :])
        return self.make("function", tuple(args), (name, slot, axis), shape)

    def softmax(self, a: Array, axis: int, shifted: bool = True) -> Array:
        """The softmax along an axis; `shifted` by the largest, so that it does not overflow."""
        return self.make("softmax", (a,), (axis, shifted), a.shape)

    # --- the rules of differentiating ---

    def times(self, upstream: Array, partial: Array) -> Array:
        """upstream · partial, where a 0 on either side gives 0: a factor that is 0 in places selects instead."""
        for one, other in ((upstream, partial), (partial, upstream)):
            if one.number == 0:
                return one
            if one.number == 1:
                return other
            if one.number == -1:
                return self.call("negative", other)
        if partial.is_call("where"):
            condition, yes, no = partial.args
            if _is_simple(yes) and _is_simple(no):
                return self.call("where", condition, self.times(upstream, yes), self.times(upstream, no))
        return self.call("times" if self.careful else "multiply", upstream, partial)

    def sum_to(self, a: Array, logical: Shape, wanted: Shape) -> Array:
        """The sum of `a`, repeated to the logical shape, over the axes where the wanted shape has size 1."""
        for axis, (size, kept) in enumerate(zip(logical, wanted, strict=True)):
            if kept == 1 and size != 1:
                if a.shape and a.shape[axis] != 1:
                    a = self.reduce("sum", a, axis)
                else:
                    a = self.call("multiply", self.scalar(1.0, 1) if size == N else self.scalar(float(size)), a)
        return a


def _is_simple(a: Array) -> bool:
    """Whether a factor is a number, or a choice between such: then a product with it is a choice, too."""
    if a.is_call("where"):
        return _is_simple(a.args[1]) and _is_simple(a.args[2])
    return a.number in (0, 1, -1)


def _late(array: Array) -> list[Array]:
    """What an array is made of; what is only read comes right before its first use."""
    return sorted(array.args, key=lambda a: a.kind in VIEWS)


def reachable(outputs: Iterable[Array], needs: Callable[[Array], Sequence[Array]] = _late) -> list[Array]:
    """The outputs and all that they need, each after what it is made of and as late as that."""
    found: dict[int, Array] = {}
    for output in outputs:
        waiting: list[Array | None] = [output]
        while waiting:
            array = waiting.pop()
            if array is None:
                done = waiting.pop()
                assert done is not None
                found[done.index] = done
            elif array.index not in found:
                waiting += (array, None, *[a for a in reversed(needs(array)) if a.index not in found])
    return list(found.values())


def uses_of(order: Iterable[Array], needs: Callable[[Array], Sequence[Array]] = lambda array: array.args) -> Counter[int]:
    """How often each array, by its index, is needed by others."""
    return Counter([a.index for array in order for a in needs(array)])
