"""A formula of the table with names or numbers put in, as a layout for `typeset`: "b · c", "1 - 0.707107^2".

As plain text it can be typed back: the parser reads · and ^.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ..engine.dialects import Tree, formula
from ..engine.ieee import NUMBER_FUNCTIONS, Number, as_float
from ..engine.operations import TABLE, Operation
from .numbers import is_exact, number_text
from .typeset import DOTS, Layout, as_layout, plain, row

SUM, PRODUCT, SIGN, POWER, ATOM = 2, 3, 4, 5, 6
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
SIGNS = {"+": ("+", SUM), "-": ("-", SUM), "*": ("·", PRODUCT), "/": ("/", PRODUCT), "**": ("^", POWER)}


def write(tree: Tree, operands: dict[str, Any]) -> Written:
    """The formula with its operands put in: `operands` maps "a", "b", "y" to an Operand, or "a" to a list of them.

    >>> write(formula("a * (b + 1)"), {"a": Operand("w", 2.0), "b": Operand("-3", -3.0)}).text
    'w · (-3 + 1)'
    """
    kind, *parts = tree
    if kind == "number":
        return Written(("number", str(parts[0])), SIGN if parts[0] < 0 else ATOM, parts[0])
    if kind == "name":
        if parts[0] == "pi":
            return Written(("name", "π"), ATOM, NUMBER_FUNCTIONS["pi"])
        shown = operands[parts[0]]
        return Written(shown.layout, shown.strength, shown.data)
    if kind == "call":
        return _write_call(parts[0], parts[1:], operands)
    written = [write(part, operands) for part in parts]
    if kind == "negate":
        return Written(("negate", held(written[0], SIGN + 1)), SIGN, -written[0].data)
    left, right = written
    if kind == "/" and parts[1][:2] == ("call", "sum") and right.data == 1:  # shared by one: 1, not 1 / 1
        return left
    if kind == "**" and NUMERALS.fullmatch(right.text):  # an exponent of numbers alone: x^2 for x^(3 - 1), x for x^(2 - 1)
        if right.data == 1:
            return left
        right = Written(("number", _exponent(right.text)), SIGN if right.data < 0 else ATOM, right.data)
    if kind not in SIGNS:
        return Written(row(left.layout, kind, right.layout), 1, _compared(kind, left.data, right.data))
    sign, strength = SIGNS[kind]
    one, other = (held(left, strength + 1), held(right, SIGN)) if kind == "**" else (held(left, strength), held(right, strength + 1))
    if right.text[:1] == "-" and other[0] != "paren":
        other = ("paren", other)
    layout = ("power", one, other) if kind == "**" else ("frac", one, other) if kind == "/" else row(one, sign, other)
    return Written(layout, strength, _computed(kind, left.data, right.data))


def _exponent(text: str) -> str:
    """What a sum or difference of printed numbers comes to: "2" for "3 - 1"."""
    total = sum(Fraction(word) for word in text.replace(" - ", " + -").split(" + "))
    return str(float(total)).removesuffix(".0")


def held(piece: Written, strength: int) -> Layout:
    """The layout of a piece, in parentheses if it holds together less than it must."""
    return piece.layout if piece.strength >= strength else ("paren", piece.layout)


def _computed(kind: str, a: Any, b: Any) -> Any:
    return TABLE[{"+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow"}[kind]].at([a, b])


def _compared(kind: str, a: Any, b: Any) -> bool:
    return bool({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b}[kind])


def _write_call(name: str, parts: Sequence[Tree], operands: dict[str, Any]) -> Written:
    if name == "where":
        return write(parts[1] if write(parts[0], operands).data else parts[2], operands)
    if name in ("sum", "max", "min"):
        lists = {key: shown for key, shown in operands.items() if isinstance(shown, list)}
        rows = [dict(zip((f"{key}[i]" for key in lists), row, strict=True)) for row in zip(*lists.values(), strict=True)]
        terms = [write(parts[0], {**operands, **row}) for row in rows]
        if name == "sum" and terms and isinstance(terms[0].data, bool):  # sum(a[i] == y) counts
            count = sum(term.data for term in terms)
            return Written(("number", str(count)), ATOM, count)
        if name == "sum":
            pieces = [("paren", term.layout) if k and term.text[:1] == "-" else held(term, SUM + (k > 0)) for k, term in enumerate(terms)]
            return Written(added(pieces), SUM if len(pieces) > 1 else ATOM, sum(term.data for term in terms))
        data = NUMBER_FUNCTIONS[name]([term.data for term in terms])
        return Written(("call", name, *shortened([term.layout for term in terms])), ATOM, data)
    written = [write(part, operands) for part in parts]
    data = NUMBER_FUNCTIONS[name](*[piece.data for piece in written])
    return Written(("call", name, *[piece.layout for piece in written]), ATOM, data)


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
    """The formula to show for a node's value: that of an operator or a sum; None for a function, shown by its name."""
    return formula(operation.value) if operation.symbol or operation.definition.startswith("sum(") else None


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
