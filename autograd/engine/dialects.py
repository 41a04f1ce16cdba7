"""Formulas as trees, the one way to walk them, and the dialects that write a formula as code.

A formula is a text in the grammar of `grammar`; here it becomes a tree. A `Reader` walks a tree, with a method for each
construct: whoever computes, writes or measures a formula is a Reader. A `Dialect` is the Reader that writes code: for
floats, for exact numbers, for Values, for NumPy arrays.
"""

import operator
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Generic, TypeVar

from .grammar import ATOM, BINDING, postfix, tokenize

Tree = tuple[Any, ...]  # ("number", 2), ("name", "a"), ("call", "exp", tree, …), ("negate", tree), ("+", tree, tree)
CHAINED = ("+", "-")  # a long sum is read without recursion
OVER_ALL = ("sum", "max", "min")  # called on a formula in a[i]: over all i
T = TypeVar("T")
Piece = tuple[str, float]  # of code: its text, and how tightly it binds

# What the signs do, on whatever Python's operators take.
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq,
}  # fmt: skip


@lru_cache(maxsize=1024)  # the same few formulas are read at every step
def formula(text: str) -> Tree:
    """A formula as a tree.

    >>> formula("-y / b")
    ('/', ('negate', ('name', 'y')), ('name', 'b'))
    """
    stack: list[Tree] = []
    for item in postfix(tokenize(text)):
        operands = [stack.pop() for _ in range(item.takes)][::-1]
        if item.kind == "number":
            if not item.text.removeprefix("-").isdecimal():
                raise ValueError(f"a formula has whole numbers only, not {item.text}; write a quotient such as 1 / 2")
            stack.append(("number", int(item.text)))
        elif item.kind in ("name", "call"):
            stack.append((item.kind, item.text, *operands))
        else:
            stack.append((item.kind, *operands))
    return stack.pop()


class Reader(Generic[T]):
    """Reads a formula from the inside out: `read(tree)` asks the method of each construct, with its parts already read.

    Two constructs get their parts unread: of `where` only one branch may be wanted, and what stands inside a sum, a
    maximum or a minimum is read once for each i.
    """

    def read(self, tree: Tree) -> T:
        kind, *parts = tree
        if kind == "number":
            return self.number(parts[0])
        if kind == "name":
            return self.name(parts[0])
        if kind == "negate":
            return self.negate(self.read(parts[0]))
        if kind in CHAINED and parts[0][0] in CHAINED:
            return self._chain(tree)
        if kind != "call":
            return self.operator(kind, self.read(parts[0]), self.read(parts[1]))
        name, *parts = parts
        if name == "where":
            return self.where(parts[0], parts[1], parts[2])
        if name in OVER_ALL:
            return self.over(name, parts[0])
        return self.call(name, [self.read(part) for part in parts])

    def _chain(self, tree: Tree) -> T:
        """a + b - c + …, however long it is, from left to right."""
        waiting = []
        while tree[0] in CHAINED:
            waiting.append(tree)
            tree = tree[1]
        found = self.read(tree)
        for sign, _, right in reversed(waiting):
            found = self.operator(sign, found, self.read(right))
        return found

    def number(self, number: int) -> T:
        raise NotImplementedError

    def name(self, name: str) -> T:
        """An operand: "a", "y", or "a[i]"."""
        raise NotImplementedError

    def negate(self, part: T) -> T:
        raise NotImplementedError

    def operator(self, sign: str, left: T, right: T) -> T:
        """A binary operator or a comparison: + - * / ** < <= > >= ==."""
        raise NotImplementedError

    def call(self, name: str, arguments: list[T]) -> T:
        """A function of numbers or of the table."""
        raise NotImplementedError

    def where(self, condition: Tree, one: Tree, other: Tree) -> T:
        """`one` where the condition holds, else `other`; all three unread."""
        raise NotImplementedError

    def over(self, name: str, each: Tree) -> T:
        """The sum, the maximum or the minimum of a formula, unread, over all i."""
        raise NotImplementedError


def parts_of(tree: Tree) -> Iterator[Tree]:
    """A formula and all formulas inside it."""
    yield tree
    for part in tree[1:]:
        if isinstance(part, tuple):
            yield from parts_of(part)


def names_in(tree: Tree) -> set[str]:
    """The names of operands that a formula reads."""
    return {part[1] for part in parts_of(tree) if part[0] == "name"}


def calls_in(tree: Tree) -> list[Piece]:
    """The functions that a formula calls, each with its number of arguments.

    >>> calls_in(formula("where(a > 0, exp(a), 1)"))
    [('where', 3), ('exp', 1)]
    """
    return [(part[1], len(part) - 2) for part in parts_of(tree) if part[0] == "call"]


class Dialect:
    """How one language has a formula written: a pattern for each construct; what has none is written as in Python.

    "number", "item" (what stands for [i]), "where" and "over" are patterns that every dialect has; a sign ("**") or the
    name of a function may have one, and so have a "call" of any other function and a "power of a number", whose exponent
    is written in the formula.
    """

    def __init__(self, **patterns: str):
        self.patterns = patterns

    def write(self, tree: Tree, lets: dict[str, str]) -> str:
        """The formula as an expression. Sums, maxima and minima over i go to `lets` (text → local name), innermost first."""
        return Writer(self.patterns, lets).read(tree)[0]


class Writer(Reader[Piece]):
    """Writes a formula by patterns, with only those parentheses that are needed."""

    def __init__(self, patterns: dict[str, str], lets: dict[str, str]):
        self.patterns, self.lets = patterns, lets

    def number(self, number: int) -> Piece:
        text = self.patterns["number"].format(number)
        return text if number >= 0 else f"({text})", ATOM

    def name(self, name: str) -> Piece:
        return name.replace("[i]", self.patterns["item"]), ATOM

    def negate(self, part: Piece) -> Piece:
        return f"-{held(part, BINDING['negate'])}", BINDING["negate"]

    def operator(self, sign: str, left: Piece, right: Piece) -> Piece:
        if sign in self.patterns:
            return self.patterns[sign].format(left[0], right[0]), ATOM
        binding = BINDING[sign]
        low, high = (binding + 1, BINDING["negate"]) if sign == "**" else (binding, binding + 1)  # a power binds from right to left
        return f"{held(left, low)} {sign} {held(right, high)}", binding

    def read(self, tree: Tree) -> Piece:
        if tree[0] == "**" and tree[2][0] == "number" and "power of a number" in self.patterns:
            return self.patterns["power of a number"].format(self.read(tree[1])[0], tree[2][1]), ATOM
        if tree[0] == "**" and tree[2][0] == "number":  # the exponent is a whole number in every dialect
            return f"{held(self.read(tree[1]), ATOM)} ** {tree[2][1]}", BINDING["**"]
        return super().read(tree)

    def call(self, name: str, arguments: list[Piece]) -> Piece:
        texts = [text for text, _ in arguments]
        if name in self.patterns:
            return self.patterns[name].format(*texts), ATOM
        return self.patterns.get("call", "{}({})").format(name, ", ".join(texts)), ATOM

    def where(self, condition: Tree, one: Tree, other: Tree) -> Piece:
        return self.patterns.get("where", "where({}, {}, {})").format(*[self.read(part)[0] for part in (condition, one, other)]), ATOM

    def over(self, name: str, each: Tree) -> Piece:
        text = self.patterns["over"].format(name, self.read(each)[0], each=each_of(names_in(each)))
        return self.lets.setdefault(text, f"r{len(self.lets)}"), ATOM


def held(piece: Piece, binding: float) -> str:
    """A piece in parentheses if it binds less tightly than it must."""
    return piece[0] if piece[1] >= binding else f"({piece[0]})"


def each_of(names: Iterable[str]) -> str:
    """The clause that runs over the lists among `names`: "for a_i, b_i in zip(a, b)"."""
    lists = sorted(name[0] for name in names if name.endswith("[i]"))
    items = ", ".join(f"{name}_i" for name in lists)
    return f"for {items} in zip({', '.join(lists)})" if len(lists) > 1 else f"for {items} in {lists[0]}" if lists else ""


_PYTHON = {"item": "_i", "over": "{0}([{1} {each}])", "where": "({1} if {0} else {2})"}
FLOATS = Dialect(number="{}.0", **{**_PYTHON, "**": "power({}, {})"})  # fast; may raise where IEEE has inf or nan
NUMBERS = Dialect(number="{}", **{**_PYTHON, "/": "divide({}, {})", "**": "power({}, {})", "power of a number": "power({}, {})"})
VALUES = Dialect(number="{}", **{**_PYTHON, "==": "equal({}, {})"})
ARRAYS = Dialect(number="{}.0", item="", over="{0}({1}, axis=-1, keepdims=True)")
# Functions are looked up in an object f; what is summed over i may read every list at i.
JAVASCRIPT = Dialect(
    number="{}", item="[i]", call="f.{}({})", over="f.{0}(a.map((_, i) => {1}))", where="({0} ? {1} : {2})",
    **{"**": "f.power({}, {})", "power of a number": "(({}) ** {})", "==": "({} === {})"},
)  # fmt: skip
