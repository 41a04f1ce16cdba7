"""Expressions of arrays: what a vectorised program is planned in, before anything is written or computed.

An `Array` is one node; `Arrays` makes them, the same one whenever the same is asked for, and simplifies where that
changes nothing. An array has a row for each of its scalars and a column for each example, shape (rows, N), or one
column where it is the same for all examples, (rows, 1). A scalar has shape (). N stands for the number of examples.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy

from ..engine.dialects import Tree, formula, names_in
from ..engine.ieee import FUNCTIONS, PRIMITIVES
from ..engine.operations import TABLE, Operation

N = "n"  # the number of examples, in shapes
Shape = tuple[Any, ...]

SIGNS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power", "<": "less", "<=": "less_equal", ">": "greater",
         ">=": "greater_equal", "==": "equal"}  # fmt: skip
COMPARISONS = ("less", "less_equal", "greater", "greater_equal", "equal")


class Array:
    """One array: how it is made (`kind`), of which arrays (`args`), with what else (`info`), and its shape."""

    __slots__ = ("args", "index", "info", "kind", "shape")

    def __init__(self, index: int, kind: str, args: "tuple[Array, ...]", info: Any, shape: Shape):
        self.index, self.kind, self.args, self.info, self.shape = index, kind, args, info, shape

    @property
    def number(self) -> float | None:
        """The number of a plain scalar, else None."""
        return self.info[0] if self.kind == "scalar" and self.info[1] == 0 else None

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
        simple = self._simplified(name, args)
        if simple is not None:
            return simple
        return self.make("call", args, name, broadcast([a.shape for a in args]))

    def function(self, name: str, slot: int, args: Sequence[Array], axis: int | None) -> Array:
        """A function of the table by its name: its value, or with slot >= 0 a local derivative, of its operands and y."""
        shape = broadcast([a.shape for a in args])
        if axis is not None and slot < 0:
            shape = (*shape[:axis], 1, *shape[axis + 1 :])
        return self.make("function", tuple(args), (name, slot, axis), shape)

    def _simplified(self, name: str, args: tuple[Array, ...]) -> Array | None:
        numbers = [a.number for a in args]
        if name == "where":
            return self._where(args, numbers)
        if all(number is not None for number in numbers):
            return self._computed(name, numbers)
        rule = _RULES.get(name)
        return rule(self, args, numbers) if rule else None

    def _computed(self, name: str, numbers: list[Any]) -> Array | None:
        if name in COMPARISONS:
            return self.scalar(float(_COMPUTE[name](*numbers)))
        function = _COMPUTE.get(name) or (FUNCTIONS.get(name) if name in TABLE or name in PRIMITIVES else None)
        return self.scalar(float(function(*numbers))) if function else None

    def _where(self, args: tuple[Array, ...], numbers: list[Any]) -> Array | None:
        condition, yes, no = args
        if numbers[0] is not None:
            return yes if numbers[0] else no
        if yes is no:
            return yes
        if _is_rectified(condition, yes, no):
            return self.call("maximum", no, yes)
        return None

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
        if partial.kind == "call" and partial.info == "where":
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
    if a.kind == "call" and a.info == "where":
        return _is_simple(a.args[1]) and _is_simple(a.args[2])
    return a.number in (0, 1, -1)


def _is_rectified(condition: Array, yes: Array, no: Array) -> bool:
    """where(a <= 0, 0, a)"""
    return yes.number == 0 and condition.kind == "call" and condition.info == "less_equal" and condition.args == (no, yes)


# --- what can be simplified without a change ----------------------------------------------------------------------

_COMPUTE: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b, "subtract": lambda a, b: a - b, "multiply": lambda a, b: a * b, "negative": lambda a: -a,
    "divide": lambda a, b: FUNCTIONS["divide"](a, b), "power": lambda a, b: FUNCTIONS["power"](a, b),
    "less": lambda a, b: a < b, "less_equal": lambda a, b: a <= b, "greater": lambda a, b: a > b, "greater_equal": lambda a, b: a >= b,
    "equal": lambda a, b: a == b, "maximum": lambda a, b: FUNCTIONS["max"]([a, b]),
}  # fmt: skip


def _negated(arrays: Arrays, a: Array) -> Array | None:
    """What `a` is the negative of, where it is written as one."""
    if a.kind == "call" and a.info == "negative":
        return a.args[0]
    if _factor(a) is not None and a.args[0].info[0] < 0:
        return arrays.call("multiply", arrays.call("negative", a.args[0]), a.args[1])
    return None


def _factor(a: Array) -> Array | None:
    """The scalar that stands in front of an array."""
    return a.args[0] if a.kind == "call" and a.info == "multiply" and a.args[0].kind == "scalar" else None


def _add(arrays: Arrays, args: tuple[Array, ...], numbers: list[Any]) -> Array | None:
    a, b = args
    if a.kind == b.kind == "scalar" and a.info[1] == b.info[1]:
        return arrays.scalar(a.info[0] + b.info[0], a.info[1])
    if numbers[0] == 0:
        return b
    if numbers[1] == 0:
        return a
    if a is b:
        return arrays.call("multiply", arrays.scalar(2.0), a)
    for one, other in ((a, b), (b, a)):
        inner = _negated(arrays, other)
        if inner is not None:
            return arrays.call("subtract", one, inner)
    return _with_common_factor(arrays, "add", a, b)


def _subtract(arrays: Arrays, args: tuple[Array, ...], numbers: list[Any]) -> Array | None:
    a, b = args
    if numbers[1] == 0:
        return a
    inner = _negated(arrays, b)
    return arrays.call("add", a, inner) if inner is not None else _with_common_factor(arrays, "subtract", a, b)


def _with_common_factor(arrays: Arrays, name: str, a: Array, b: Array) -> Array | None:
    """x / n + y / n as (x + y) / n."""
    factor = _factor(a)
    if factor is not None and factor is _factor(b) and factor.info[1] == -1:
        return arrays.call("multiply", factor, arrays.call(name, a.args[1], b.args[1]))
    return None


def _multiply(arrays: Arrays, args: tuple[Array, ...], numbers: list[Any]) -> Array | None:
    a, b = args
    if a.kind == b.kind == "scalar":
        return arrays.scalar(a.info[0] * b.info[0] + 0.0, a.info[1] + b.info[1])
    if b.kind == "scalar":
        return arrays.call("multiply", b, a)
    if numbers[0] == 1:
        return b
    if numbers[0] == -1:
        return arrays.call("negative", b)
    if a.kind == "scalar":
        return _scaled(arrays, a, b)
    for one, other in ((a, b), (b, a)):
        inner = _negated(arrays, one)
        if one.kind == "call" and one.info == "negative":
            return arrays.call("negative", arrays.call("multiply", *((inner, other) if one is a else (other, inner))))
        factor = _factor(one)
        if factor is not None and factor.info[1] == -1:  # 1/n stays in front
            rest = (one.args[1], other) if one is a else (other, one.args[1])
            return arrays.call("multiply", factor, arrays.call("multiply", *rest))
    if b.kind == "call" and b.info == "divide" and b.args[0].number == 1:
        return arrays.call("divide", a, b.args[1])
    return None


def _scaled(arrays: Arrays, a: Array, b: Array) -> Array | None:
    """A scalar times an array: two scalars become one, and one goes into the branches of a choice between scalars."""
    if b.kind == "call" and b.info == "negative":
        return arrays.call("multiply", arrays.call("negative", a), b.args[0])
    factor = _factor(b)
    if factor is not None:
        both = arrays.call("multiply", a, factor)
        return None if both.info[0] == 0 or both.info[0] - both.info[0] else arrays.call("multiply", both, b.args[1])
    if b.kind == "call" and b.info == "where" and all(part.kind == "scalar" for part in b.args[1:]):
        return arrays.call("where", b.args[0], *[arrays.call("multiply", a, part) for part in b.args[1:]])
    if b.kind == "call" and b.info == "divide" and b.args[0].number == 1:
        return arrays.call("divide", a, b.args[1])
    return None


def _divide(arrays: Arrays, args: tuple[Array, ...], numbers: list[Any]) -> Array | None:
    a, b = args
    if numbers[1] == 1:
        return a
    if numbers[1] in (2, 4, 0.5):
        return arrays.call("multiply", arrays.scalar(1 / numbers[1]), a)
    if a.kind == "call" and a.info == "negative":
        return arrays.call("negative", arrays.call("divide", a.args[0], b))
    factor = _factor(a)
    if factor is not None and factor.info[1] == -1:
        return arrays.call("multiply", factor, arrays.call("divide", a.args[1], b))
    return None


def _negative(arrays: Arrays, args: tuple[Array, ...], numbers: list[Any]) -> Array | None:
    (a,) = args
    if a.kind == "scalar":
        return arrays.scalar(-a.info[0] + 0.0, a.info[1])
    factor = _factor(a)
    if factor is not None:
        return arrays.call("multiply", arrays.call("negative", factor), a.args[1])
    if a.kind == "call" and a.info == "where" and all(part.kind == "scalar" for part in a.args[1:]):
        return arrays.call("where", a.args[0], *[arrays.scalar(-part.info[0] + 0.0, part.info[1]) for part in a.args[1:]])
    if a.kind == "call" and a.info == "subtract":
        return arrays.call("subtract", a.args[1], a.args[0])
    return a.args[0] if a.kind == "call" and a.info == "negative" else None


def _power(arrays: Arrays, args: tuple[Array, ...], numbers: list[Any]) -> Array | None:
    return args[0] if numbers[1] == 1 else None


_RULES: dict[str, Callable[[Arrays, tuple[Array, ...], list[Any]], Array | None]] = {
    "add": _add, "subtract": _subtract, "multiply": _multiply, "divide": _divide, "negative": _negative, "power": _power,
}  # fmt: skip


# --- formulas of the table, of arrays -----------------------------------------------------------------------------


@cache
def tree_of(text: str) -> Tree:
    """The tree of a formula, read once."""
    return formula(text)


def write_formula(arrays: Arrays, tree: Tree, operands: dict[str, Array], axis: int | None = None) -> Array:
    """A formula of the table with arrays for its operands; sums, maxima and minima over i run along `axis`."""
    kind, *parts = tree
    if kind == "number":
        return arrays.scalar(float(parts[0]))
    if kind == "name":
        return arrays.scalar(FUNCTIONS["pi"]) if parts[0] == "pi" else operands[parts[0]]
    if kind == "call":
        name, *parts = parts
        args = [write_formula(arrays, part, operands, axis) for part in parts]
        if name in ("sum", "max", "min"):
            return arrays.reduce(name, args[0], axis or 0)
        return function_of(arrays, name, args)
    args = [write_formula(arrays, part, operands, axis) for part in parts]
    return arrays.call("negative" if kind == "negate" else SIGNS[kind], *args)


def function_of(arrays: Arrays, name: str, args: Sequence[Array]) -> Array:
    """A function that a formula calls: one of NumPy's, one that is written out, or one of the table that keeps its name."""
    if name in PRIMITIVES or name == "where":
        return arrays.call(name, *args)
    return value_of(arrays, TABLE[name], args)


def value_of(arrays: Arrays, operation: Operation, args: Sequence[Array], axis: int | None = None) -> Array:
    """The value of an operation of the table: its formula where that is short, else a function of its name."""
    if operation.name == "relu":
        return arrays.call("maximum", args[0], arrays.scalar(0.0))
    if operation.name == "abs":
        return arrays.call("abs", *args)
    tree = tree_of(operation.value)
    numbers = [a.number for a in args]
    if _size(tree) <= SHORT_VALUE or None not in numbers:
        return write_formula(arrays, tree, operands_of(operation, args), axis)
    return arrays.function(operation.name, -1, [a for a, _ in _used(tree, operation, args)], axis)


def partial_of(arrays: Arrays, operation: Operation, slot: int, args: Sequence[Array], y: Array, axis: int | None = None) -> Array:
    """The local derivative of an operation for one of its letters: its formula where that is short, else a function."""
    tree = tree_of(operation.partials[slot])
    if _size(tree) <= SHORT_PARTIAL and operation.name not in NAMED:
        return write_formula(arrays, tree, operands_of(operation, args, y), axis)
    return arrays.function(operation.name, slot, [a for a, _ in _used(tree, operation, [*args, y])], axis)


def _used(tree: Tree, operation: Operation, args: Sequence[Any]) -> list[tuple[Any, str]]:
    """The operands (and y) that a formula reads, each with its letter."""
    read = {name[0] for name in names_in(tree) - {"pi"}}
    return [(a, letter) for a, letter in zip(args, [*operation.letters, "y"], strict=False) if letter in read]


def letters_of(operation: Operation, slot: int) -> list[str]:
    """The letters that a function of the table takes: those that its formula reads."""
    letters = [*operation.letters, "y"]
    return [letter for letter, _ in _used(tree_of(operation.value if slot < 0 else operation.partials[slot]), operation, letters)]


def operands_of(operation: Operation, args: Sequence[Array], y: Array | None = None) -> dict[str, Array]:
    """The operands of an operation by the names that its formulas have for them."""
    mark = "[i]" if operation.is_nary else ""
    found = {letter + mark: a for letter, a in zip(operation.letters, args, strict=True)}
    return found if y is None else {**found, "y": y}


def _size(tree: Tree) -> int:
    return 1 + sum([_size(part) for part in tree[1:] if isinstance(part, tuple)])


def expanded(arrays: Arrays, function: Array, args: Sequence[Array]) -> Array:
    """A function of the table as its formula, once more with arrays for the operands."""
    name, slot, axis = function.info
    operation = TABLE[name]
    mark = "[i]" if operation.is_nary else ""
    operands = {letter + mark * (letter != "y"): a for letter, a in zip(letters_of(operation, slot), args, strict=True)}
    text = operation.partials[slot] if slot >= 0 else FAST.get(name, operation.value)
    return write_formula(arrays, tree_of(text), operands, axis)


SHORT_VALUE, SHORT_PARTIAL = 8, 25  # formulas of that many parts are written out
NAMED = ("xlogy",)  # but not these, which are read more easily by their name
# What gives the same numbers with one exponential instead of two or three.
FAST = {
    "sigmoid": "where(a >= 0, 1, exp(-abs(a))) / (1 + exp(-abs(a)))",
    "softplus": "relu(a) + log1p(exp(-abs(a)))",
    "logsumexp": "max(a[i]) + log(sum(exp(a[i] - max(a[i]))))",  # nan for infinities
}
