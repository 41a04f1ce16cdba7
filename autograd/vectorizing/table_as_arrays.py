"""The formulas of the table of operations, with arrays for their operands.

A short formula is written out; a longer one stays a function of its name, which the readable program defines and the
one that runs writes out after all.
"""

from collections.abc import Sequence
from math import pi
from typing import Any

from ..engine.dialects import Reader, Tree, formula, names_in, parts_of
from ..engine.ieee import PRIMITIVES
from ..engine.operations import TABLE, Operation
from .arrays import SIGNS, Array, Arrays

SHORT_VALUE, SHORT_PARTIAL = 8, 25  # formulas of that many parts are written out
NAMED = ("xlogy",)  # but not these, which are read more easily by their name
_EXPONENTIALS = "exp(a[i] - max(a[i]))"  # nan for infinities
# Values (slot -1) and local derivatives that give the same numbers with one exponential instead of two or three.
FAST = {
    ("sigmoid", -1): "where(a >= 0, 1, exp(-abs(a))) / (1 + exp(-abs(a)))",
    ("softplus", -1): "relu(a) + log1p(exp(-abs(a)))",
    ("logsumexp", -1): f"max(a[i]) + log(sum({_EXPONENTIALS}))",
}


class _Formula(Reader[Array]):
    """Reads a formula with arrays for its operands; sums, maxima and minima over i run along `axis`."""

    def __init__(self, arrays: Arrays, operands: dict[str, Array], axis: int | None):
        self.arrays, self.operands, self.axis = arrays, operands, axis

    def number(self, number: int) -> Array:
        return self.arrays.scalar(float(number))

    def name(self, name: str) -> Array:
        return self.arrays.scalar(pi) if name == "pi" else self.operands[name]

    def negate(self, part: Array) -> Array:
        return self.arrays.call("negative", part)

    def operator(self, sign: str, left: Array, right: Array) -> Array:
        return self.arrays.call(SIGNS[sign], left, right)

    def call(self, name: str, arguments: list[Array]) -> Array:
        return self.arrays.call(name, *arguments) if name in PRIMITIVES else value_of(self.arrays, TABLE[name], arguments)

    def where(self, condition: Tree, one: Tree, other: Tree) -> Array:
        return self.arrays.call("where", self.read(condition), self.read(one), self.read(other))

    def over(self, name: str, each: Tree) -> Array:
        return self.arrays.reduce(name, self.read(each), self.axis or 0)


def value_of(arrays: Arrays, operation: Operation, args: Sequence[Array], axis: int | None = None) -> Array:
    """The value of an operation of the table: its formula where that is short, else a function of its name."""
    if operation.name == "relu":
        return arrays.call("maximum", args[0], arrays.scalar(0.0))
    if operation.name == "abs":
        return arrays.call("abs", *args)
    tree = formula(operation.value)
    numbers = [a.number for a in args]
    if len([*parts_of(tree)]) <= SHORT_VALUE or None not in numbers:
        return _Formula(arrays, operands_of(operation, args), axis).read(tree)
    return arrays.function(operation.name, -1, [a for a, _ in _used(tree, operation, args)], axis)


def partial_of(arrays: Arrays, operation: Operation, slot: int, args: Sequence[Array], y: Array, axis: int | None = None) -> Array:
    """The local derivative of an operation for one of its letters: its formula where that is short, else a function."""
    tree = formula(operation.partials[slot])
    if operation.name == "logsumexp" and not arrays.careful:  # nan for infinities
        return arrays.softmax(args[0], axis or 0)
    if len([*parts_of(tree)]) <= SHORT_PARTIAL and operation.name not in NAMED:
        return _Formula(arrays, operands_of(operation, args, y), axis).read(tree)
    return arrays.function(operation.name, slot, [a for a, _ in _used(tree, operation, [*args, y])], axis)


def _used(tree: Tree, operation: Operation, args: Sequence[Any]) -> list[tuple[Any, str]]:
    """The operands (and y) that a formula reads, each with its letter."""
    read = {name[0] for name in names_in(tree) - {"pi"}}
    return [(a, letter) for a, letter in zip(args, [*operation.letters, "y"], strict=False) if letter in read]


def letters_of(operation: Operation, slot: int) -> list[str]:
    """The letters that a function of the table takes: those that its formula reads."""
    letters = [*operation.letters, "y"]
    return [letter for letter, _ in _used(formula(operation.value if slot < 0 else operation.partials[slot]), operation, letters)]


def operands_of(operation: Operation, args: Sequence[Array], y: Array | None = None) -> dict[str, Array]:
    """The operands of an operation by the names that its formulas have for them."""
    mark = "[i]" if operation.is_nary else ""
    found = {letter + mark: a for letter, a in zip(operation.letters, args, strict=True)}
    return found if y is None else {**found, "y": y}


def expanded(arrays: Arrays, function: Array, args: Sequence[Array]) -> Array:
    """A function of the table as its formula, once more with arrays for the operands."""
    name, slot, axis = function.info
    operation = TABLE[name]
    mark = "[i]" if operation.is_nary else ""
    operands = {letter + mark * (letter != "y"): a for letter, a in zip(letters_of(operation, slot), args, strict=True)}
    text = FAST.get((name, slot)) or (operation.partials[slot] if slot >= 0 else operation.value)
    return _Formula(arrays, operands, axis).read(formula(text))
