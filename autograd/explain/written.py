"""A formula of the table with names or numbers put in, as a layout for `typeset`: "b · c", "1 - 0.707107^2".

As plain text it can be typed back: the parser reads · and ^.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from math import pi
from typing import Any, NamedTuple

from ..engine.dialects import OPERATORS, Reader, Tree, formula
from ..engine.grammar import ATOM, BINDING, COMPARISONS
from ..engine.ieee import Number, as_float, largest, smallest
from ..engine.operations import BY_SIGN, TABLE, Operation
from .numbers import is_exact, number_text, rows_of
from .typeset import DOTS, Layout, as_layout, plain, row

SUM, PRODUCT, SIGN, POWER = BINDING["+"], BINDING["*"], BINDING["negate"], BINDING["**"]
LONGEST_LIST = 6  # a longer sum is shortened to its first terms and the last


class Operand(NamedTuple):
    """An operand as it is to be shown, and its number, which decides the branch of a where()."""

    text: str
    data: Number

    @property
    def layout(self) -> Layout:
        return as_layout(self.text)

    @property
    def strength(self) -> int:
        """How tightly the text holds together: a negative number binds like a sign, a fraction like a quotient."""
        if self.text[:1] == "-":
            return SIGN
        return PRODUCT if "/" in self.text and self.text.replace("/", "").isdigit() else ATOM

    @property
    def as_written(self) -> "Written":
        return Written(self.layout, self.strength, self.data)

    @property
    def is_exact(self) -> bool:
        """Whether the text is the number, not a rounded one."""
        return is_exact(self.data, self.text)


class Written(NamedTuple):
    """A piece of formula: its layout, how tightly it holds together, and its number."""

    layout: Layout
    strength: int
    data: Any

    @property
    def text(self) -> str:
        return plain(self.layout)


NUMERALS = re.compile(r"[\d.+ -]+")
SIGNS = {"+": "+", "-": "-", "*": "·"}


def write(tree: Tree, operands: dict[str, Any]) -> Written:
    """The formula with its operands put in: `operands` maps "a", "b", "y" to an Operand, or "a" to a list of them.

    >>> write(formula("a * (b + 1)"), {"a": Operand("w", 2.0), "b": Operand("-3", -3.0)}).text
    'w · (-3 + 1)'
    """
    return _Formula(operands).read(tree)


class _Formula(Reader[Written]):
    """Writes a formula; the numbers, which go along, say which branch of a where() is written."""

    def __init__(self, operands: dict[str, Any]):
        self.operands = operands

    def read(self, tree: Tree) -> Written:
        if tree[0] == "/" and tree[2][:2] == ("call", "sum") and self.read(tree[2]).data == 1:  # shared by one: 1, not 1 / 1
            return self.read(tree[1])
        return super().read(tree)

    def number(self, number: int) -> Written:
        return Written(("number", str(number)), SIGN if number < 0 else ATOM, number)

    def name(self, name: str) -> Written:
        if name == "pi":
            return Written(("name", "π"), ATOM, pi)
        return self.operands[name].as_written

    def negate(self, part: Written) -> Written:
        return Written(("negate", held(part, SIGN + 1)), SIGN, -part.data)

    def operator(self, sign: str, left: Written, right: Written) -> Written:
        if sign in COMPARISONS:
            return Written(row(left.layout, sign, right.layout), BINDING[sign], OPERATORS[sign](left.data, right.data))
        data = BY_SIGN[sign].at([left.data, right.data])
        return _power(left, right, data) if sign == "**" else _quotient_or_row(sign, left, right, data)

    def call(self, name: str, arguments: list[Written]) -> Written:
        data = TABLE[name].at([argument.data for argument in arguments])
        return Written(("call", name, *[argument.layout for argument in arguments]), ATOM, data)

    def where(self, condition: Tree, one: Tree, other: Tree) -> Written:
        return self.read(one if self.read(condition).data else other)

    def over(self, name: str, each: Tree) -> Written:
        terms = [_Formula(row).read(each) for row in rows_of(self.operands)]
        if name != "sum":
            largest_or_smallest = {"max": largest, "min": smallest}[name]
            layouts = shortened([term.layout for term in terms])
            return Written(("call", name, *layouts), ATOM, largest_or_smallest([term.data for term in terms]))
        if terms and isinstance(terms[0].data, bool):  # sum(a[i] == y) counts
            count = sum(term.data for term in terms)
            return Written(("number", str(count)), ATOM, count)
        pieces = [term_after(term, k) for k, term in enumerate(terms)]
        return Written(added(pieces), SUM if len(pieces) > 1 else ATOM, sum(term.data for term in terms))


def _power(base: Written, exponent: Written, data: Any) -> Written:
    raised = exponent
    if NUMERALS.fullmatch(exponent.text):  # an exponent of numbers alone: x^2 for x^(3 - 1), x for x^(2 - 1)
        if exponent.data == 1:
            return base
        raised = Written(("number", _exponent(exponent.text)), SIGN if exponent.data < 0 else ATOM, exponent.data)
    return Written(("power", held(base, ATOM), unsigned(raised, SIGN)), POWER, data)


def _quotient_or_row(sign: str, left: Written, right: Written, data: Any) -> Written:
    strength = BINDING[sign]
    one, other = held(left, strength), unsigned(right, strength + 1)
    return Written(("frac", one, other) if sign == "/" else row(one, SIGNS[sign], other), strength, data)


def _exponent(text: str) -> str:
    """What a sum or difference of printed numbers comes to: "2" for "3 - 1"."""
    total = sum(Fraction(word) for word in text.replace(" - ", " + -").split(" + "))
    return number_text(float(total), 15)


def held(piece: Written, strength: int) -> Layout:
    """The layout of a piece, in parentheses if it holds together less than it must."""
    return piece.layout if piece.strength >= strength else ("paren", piece.layout)


def unsigned(piece: Written, strength: int) -> Layout:
    """The same after another sign: in parentheses also where it begins with a minus."""
    return ("paren", piece.layout) if piece.text[:1] == "-" else held(piece, strength)


def term_after(piece: Written, k: int) -> Layout:
    """Term number k, from 0, of a sum."""
    return unsigned(piece, SUM + 1) if k else held(piece, SUM)


def added(pieces: list[Layout]) -> Layout:
    """Layouts with a + between them; a long sum is shortened."""
    if len(pieces) < 2:
        return pieces[0] if pieces else ("number", "0")
    between = [part for piece in shortened(pieces) for part in ("+", piece)]
    return row(*between[1:])


def shortened(pieces: list[Layout]) -> list[Layout]:
    """A long list by its first entries and its last."""
    return pieces if len(pieces) <= LONGEST_LIST else [*pieces[:3], DOTS, pieces[-1]]


def by_letter(operation: Operation, operands: Sequence[Any]) -> dict[str, Any]:
    """The operands of a node by the letters of the formulas."""
    return dict(zip(operation.letters, operation.arguments(list(operands)), strict=True))


def letter_at(operation: Operation, slot: int, operands: int) -> tuple[int, int]:
    """The letter of the formulas that the operand in a slot belongs to, by its number, and the place in its list."""
    return divmod(slot, operands // len(operation.letters)) if operation.is_nary else (slot, 0)


def at_slot(operation: Operation, operands: Sequence[Any], slot: int) -> dict[str, Any]:
    """The operands of a node by the letters of the formulas, those of lists also by their letter at one slot: "a[i]"."""
    shown = by_letter(operation, operands)
    if operation.is_nary:
        place = letter_at(operation, slot, len(operands))[1]
        shown |= {f"{letter}[i]": items[place] for letter, items in shown.items()}
    return shown


def value_formula(operation: Operation) -> Tree | None:
    """The formula to show for a node's value: that of an operator, a sum or a product; None for a function, shown by its name."""
    if operation.symbol or operation.definition.startswith("sum("):
        return formula(operation.value)
    return formula(operation.definition) if operation.definition != operation.value and len(operation.letters) > 1 else None


def write_value(operation: Operation, operands: Sequence[Operand]) -> Written:
    """The operation applied to its operands: "b · c", "tanh(n)", "w1 · x1 + w2 · x2"."""
    tree = value_formula(operation)
    if tree is not None:
        return write(tree, by_letter(operation, operands))
    return Written(("call", operation.name, *shortened([shown.layout for shown in operands])), ATOM, None)


def write_partial(operation: Operation, slot: int, operands: Sequence[Operand], y: Operand) -> Written:
    """The local derivative for one operand: "c" for the first factor of b · c."""
    if not all(isinstance(each.data, Fraction) for each in (*operands, y)):  # a float makes floats of all, for ties too
        operands, y = [each._replace(data=as_float(each.data)) for each in operands], y._replace(data=as_float(y.data))
    letter, _ = letter_at(operation, slot, len(operands))
    return write(formula(operation.partials[letter]), {**at_slot(operation, operands, slot), "y": y})


def put_in(data: Number, digits: int | None = None) -> Operand:
    """An operand shown by its number."""
    return Operand(number_text(data, digits), data)
