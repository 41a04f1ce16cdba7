"""`code`: both passes, and a learning step after them, as straight-line Python, as a student could have written them, one line for
each step.

It reads the records of a pass. Formulas come from the table of operations, with the names of the graph put in; of a
formula with branches the line has the one that these numbers take, unless the function has a kink there to be seen.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import count
from keyword import iskeyword
from math import isclose, isfinite
from typing import Any, NamedTuple

from ..engine.dialects import Dialect, Reader, Tree, formula, parts_of
from ..engine.ieee import PRIMITIVES, Number, as_float
from ..engine.names import names
from ..engine.operations import TABLE, Operation
from ..engine.replaying import values
from ..engine.value import Value
from ..reading.learning_step import learned_after
from ..reading.passes import StepRecord, both_passes
from .written import Operand, at_slot, by_letter, letter_at, write

PYTHON = Dialect(number="{}", item="", where="({1} if {0} else {2})", **{name: f"math.{name}({{}})" for name in PRIMITIVES})
TAKEN = {"math", "Fraction", "max", "min", "abs", "__debug__"}  # Python lets nobody assign to the last
MOST_DIGITS = 2**53  # whole numbers up to this are written without a point


class CodeLine(NamedTuple):
    """A line of code, and the indices of the steps it does: one, or none where it only gives numbers to begin with, as that
    of a `leaf` does. With a learning step, `again` is the node whose value the line computes once more."""

    text: str
    steps: tuple[int, ...] = ()
    leaf: Value | None = None
    again: Value | None = None


class Code:
    """Both passes as lines of Python. `text` is the whole program; in a notebook it shows itself."""

    def __init__(self, lines: Iterable[CodeLine]):
        self.lines = tuple(lines)

    @property
    def text(self) -> str:
        """The program: run, it leaves the value of each node in its name, and its gradient in that name after a d."""
        return "\n".join(line.text for line in self.lines) + "\n"

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.text)}</pre>"


def code(y: Value, *, lr: "float | Fraction | None" = None, params: "Iterable[Value | str] | None" = None) -> Code:
    """Both passes of y as straight-line Python: a line for each step, gradients that start at 0 and always grow by +=.

    The text runs, with nothing but `math` (and fractions where the graph has them), and gives the same numbers: b's
    value in b, its gradient in db. A label that is no Python name gets one; numbers at the edge of a domain raise as
    they do in `math`. Each of `lines` knows the steps that it does. With a learning rate `lr` and the leaves `params`, as
    `steps` takes them, each of these moves against its gradient, and what depends on them is computed once more. Raises
    ValueError for a graph whose leaves have changed, and what `steps` raises for lr and params.

    >>> from autograd import examples
    >>> print(code(examples.J()))
    a = 5
    b = 3
    c = 2
    <BLANKLINE>
    # forward
    u = b * c
    v = a + u
    J = 3 * v
    <BLANKLINE>
    # backward
    da = db = dc = du = dv = dJ = 0
    dJ += 1
    dv += dJ * 3
    da += dv * 1
    du += dv * 1
    db += du * c
    dc += du * b
    <BLANKLINE>
    >>> print(code(examples.J(), lr=0.1, params=["b", "c"]).text.partition("# update")[2])
    <BLANKLINE>
    b -= 0.1 * db
    c -= 0.1 * dc
    <BLANKLINE>
    # forward, with the new numbers
    u = b * c
    v = a + u
    J = 3 * v
    <BLANKLINE>
    """
    records = both_passes(y)
    learned = learned_after(records, lr, params)
    called = _variables(names(y))
    leaves = [node for node in called if not node.parents and (node.label or not node.constant)]
    given = [CodeLine(f"{called[leaf]} = {_literal(leaf.data)}", (), leaf) for leaf in leaves]
    forward = [CodeLine(f"{called[each.node]} = {_value(each, called)}", (each.index,)) for each in records if each.phase == "forward"]
    backward = [each for each in records if each.phase == "backward"]
    reached = {each.node if each.parent is None else each.parent for each in backward}
    start = CodeLine("".join(f"d{called[node]} = " for node in called if node in reached) + "0")
    sent = [CodeLine(_sent(each, called), (each.index,)) for each in backward]
    body = [*given, *_part("forward", forward), *_part("backward", [start, *sent]), *_learned(records, learned, called)]
    used = "\n".join(line.text for line in body)
    needs = [text for word, text in (("math.", "import math"), ("Fraction(", "from fractions import Fraction")) if word in used]
    return Code([*map(CodeLine, [*needs, ""] if needs else []), *body])


def _part(title: str, lines: list[CodeLine]) -> list[CodeLine]:
    return [CodeLine(""), CodeLine(f"# {title}"), *lines]


def _learned(records: Sequence[StepRecord], learned: Sequence[StepRecord], called: dict[Value, str]) -> list[CodeLine]:
    """The lines of a learning step: every parameter moves, all with the gradients found before; then what depends on them."""
    if not learned:
        return []
    *moved, after = learned
    update = [CodeLine(f"{called[each.node]} -= {_rate(each.lr)} * d{called[each.node]}", (each.index,)) for each in moved]
    new = values(list(called), {each.node: each.total_after for each in moved if each.total_after is not None})
    changed, again = {each.node for each in moved}, []
    for each in records:
        if each.phase == "forward" and not changed.isdisjoint(each.node.parents):
            changed.add(each.node)
            fresh = replace(each, value=new[each.node], operands=tuple([new[parent] for parent in each.node.parents]))
            again.append(
                CodeLine(f"{called[each.node]} = {_value(fresh, called)}", (after.index,) * (each.node is after.node), again=each.node)
            )
    return [*_part("update", update), *(_part("forward, with the new numbers", again) if again else [])]


def _rate(lr: Any) -> str:
    return str(lr) if isinstance(lr, Fraction) and lr.denominator == 1 else _literal(lr)


def _value(record: StepRecord, called: dict[Value, str]) -> str:
    """The value of a node by the names of its operands: by its definition, unless only the stable form gives this number."""
    operation = record.node.operation
    shown = by_letter(operation, _operands(record))
    tree = formula(operation.definition)
    try:
        holds = isclose(as_float(write(tree, shown).data), as_float(record.value), rel_tol=1e-12)
    except (ArithmeticError, ValueError, TypeError):
        holds = False
    put = _PutIn(operation, shown, by_letter(operation, [called[parent] for parent in record.node.parents]), called[record.node])
    tree = put.read(tree if holds else formula(operation.value))
    text = PYTHON.write(tree, {})
    if _is_no_number(record, record.value):
        return f"math.nan  # {text} is no real number"
    return text[1:-1] if tree[:2] == ("call", "where") else text


def _sent(record: StepRecord, called: dict[Value, str]) -> str:
    """What a step of the backward pass adds to a gradient."""
    if record.parent is None:
        return f"d{called[record.node]} += {_literal(record.total_after or 0)}"
    node, slot = record.node, record.slot or 0
    operation, variables = node.operation, [called[parent] for parent in node.parents]
    shown = {**at_slot(operation, _operands(record), slot), "y": Operand("y", record.value)}
    put = _PutIn(operation, shown, at_slot(operation, variables, slot), called[node])
    tree = put.read(formula(operation.partials[letter_at(operation, slot, len(variables))[0]]))
    times = PYTHON.write(("*", ("name", f"d{called[node]}"), tree), {})
    if _is_no_number(record, record.local):
        return f"d{called[record.parent]} += d{called[node]} * math.nan  # {PYTHON.write(tree, {})} is no real number"
    return f"d{called[record.parent]} += {times}"


def _is_no_number(record: StepRecord, found: "Number | None") -> bool:
    """Whether a power has no real result where Python would go on with a complex one: a negative base with a fractional exponent."""
    is_power = any(part[0] == "**" for part in parts_of(formula(record.node.operation.value)))
    return is_power and found != found and all(operand == operand for operand in record.operands)


def _operands(record: StepRecord) -> list[Operand]:
    return [Operand("a", data) for data in record.operands]


class _PutIn(Reader[Tree]):
    """A formula with variables for its operands: sums over i written out, and branches taken where there is no kink."""

    def __init__(self, operation: Operation, shown: dict[str, Any], variables: dict[str, Any], y: str):
        self.operation, self.shown, self.variables = operation, shown, {**variables, "y": y, "pi": "math.pi"}

    def number(self, number: int) -> Tree:
        return ("number", number)

    def name(self, name: str) -> Tree:
        variable = self.variables[name]
        whole = re.fullmatch(r"\(?(-?\d+)\)?", variable)
        return ("number", int(whole[1])) if whole else ("name", variable)

    def negate(self, part: Tree) -> Tree:
        return ("negate", part)

    def operator(self, sign: str, left: Tree, right: Tree) -> Tree:
        """Whole numbers are computed, and a power of 1 is left out: 2 * v for 2 * v ** (2 - 1)."""
        if left[0] == right[0] == "number" and sign in ("+", "-", "*"):
            return ("number", {"+": left[1] + right[1], "-": left[1] - right[1], "*": left[1] * right[1]}[sign])
        return left if sign == "**" and right == ("number", 1) else (sign, left, right)

    def call(self, name: str, arguments: list[Tree]) -> Tree:
        if name in PRIMITIVES or name not in TABLE or name == "abs":
            return ("call", name, *arguments)
        inner = TABLE[name]
        put = _Inlined(dict(zip(inner.letters, arguments, strict=True)))
        return put.read(formula(inner.definition))

    def where(self, condition: Tree, one: Tree, other: Tree) -> Tree:
        if self.operation.kinks:
            return ("call", "where", *[self.read(part) for part in (condition, one, other)])
        return self.read(one if write(condition, self.shown).data else other)

    def over(self, name: str, each: Tree) -> Tree:
        lists = [key for key, items in self.variables.items() if isinstance(items, list)]
        rows = zip(*[self.variables[key] for key in lists], strict=True)
        kept, terms = self.variables, []
        for row in rows:
            self.variables = {**kept, **{f"{key}[i]": variable for key, variable in zip(lists, row, strict=True)}}
            terms.append(self.read(each))
        self.variables = kept
        if name != "sum":
            return ("name", f"{name}({', '.join([PYTHON.write(term, {}) for term in terms])})") if len(terms) > 1 else terms[0]
        total: Tree = terms[0] if terms else ("number", 0)
        for term in terms[1:]:
            total = ("+", total, term)
        return total


class _Inlined(_PutIn):
    """The definition of another operation of the table, with formulas for its operands."""

    def __init__(self, operands: dict[str, Tree]):
        self.operands = operands

    def name(self, name: str) -> Tree:
        return ("name", "math.pi") if name == "pi" else self.operands[name]

    def where(self, condition: Tree, one: Tree, other: Tree) -> Tree:
        return ("call", "where", *[self.read(part) for part in (condition, one, other)])


def _literal(data: Number) -> str:
    """A number as it is written in Python."""
    if isinstance(data, Fraction):
        return f"Fraction({data.numerator}, {data.denominator})"
    if not isfinite(data):
        return f"math.{data}" if data > 0 or data != data else "-math.inf"
    return str(int(data)) if data == int(data) and abs(data) < MOST_DIGITS and str(data) != "-0.0" else repr(data)


def _variables(called: dict[Value, str]) -> dict[Value, str]:
    """A Python name for every node, so that no name is another's gradient; a constant without a label is its number."""
    found: dict[Value, str] = {}
    taken, shown = set(TAKEN), {*called.values()}
    fresh = (name for name in (f"n{k}" for k in count(1)) if not {name, f"d{name}"} & taken)
    for node, name in called.items():
        if node.constant and not node.parents and not node.label:
            text = _literal(node.data)
            found[node] = f"({text})" if text[:1] == "-" else text
            continue
        free = name.isidentifier() and not iskeyword(name) and unicodedata.normalize("NFKC", name) == name
        if not free or {name, f"d{name}"} & taken or (name[0] == "d" and name[1:] in shown):
            name = next(fresh)
        taken |= {name, f"d{name}"}
        found[node] = name
    return found
