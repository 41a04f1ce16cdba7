"""What a student typed: numbers with the precision of their digits, for values, gradients and local derivatives.

A text such as "dJ/db=6, u=6, du/db=2" is read against the names of a graph; nothing in it is evaluated by Python.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf, isfinite, nan
from typing import Any, NamedTuple

from ..engine.dialects import formula
from ..engine.ieee import as_float, number
from ..engine.names import find, names
from ..engine.value import Value
from ..explain.numbers import exact_value, number_text
from ..explain.typeset import in_line
from .precision import EXACT, FEWEST, Precision, precision_of

LITERAL = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
LONGEST = 200  # characters of a number; what is longer is no answer
LARGEST = 400  # the largest power of ten that is read at all
SHOWN_DIGITS = 9  # of a computed number: without its rounding, and still not taken for another
INFINITIES = {sign + word: -inf if sign in ("-", "−") else inf for sign in ("", "+", "-", "−") for word in ("inf", "infinity", "∞")}


class Quantity(NamedTuple):
    """What is asked for: the "value" or the "gradient" of a node, or the "local" derivative of a node for a parent."""

    kind: str
    node: Value
    parent: Value | None = None


@dataclass(frozen=True)
class Typed:
    """A typed number and how precisely it is meant; a fraction, or a product of whole numbers, is meant exactly."""

    text: str
    data: float
    precision: Precision = EXACT

    @property
    def reach(self) -> float:
        """How far off it may be from the number it stands for."""
        return self.precision.reach

    @property
    def read_as(self) -> str | None:
        """What was read for a comma that may stand between thousands, as in 1,000: "1.000"."""
        return self.text.replace(",", ".") if re.fullmatch(r"[-+−]?\d{1,3},\d{3}", self.text) else None


def typed(answer: Any, what: str) -> Typed | None:
    """An answer as a number with its precision: a float, a Fraction or a text ("3/4", "0,577", "3*2"); None if blank.

    A fraction or a product of whole numbers is meant exactly. Raises ValueError or TypeError for what is no number.

    >>> typed("0,577", "a").reach
    0.001
    """
    if answer is None or (isinstance(answer, str) and not answer.strip()):
        return None
    if isinstance(answer, str):
        return _of_text(answer.strip(), what)
    data = number(answer, f"an answer for {what}")
    if isinstance(data, Fraction):
        return Typed(str(data), as_float(data))
    return replace(_of_text(str(data).removesuffix(".0") if data else "0.0", what), text=number_text(data, SHOWN_DIGITS))


def _of_text(text: str, what: str) -> Typed:
    if text.lower() in INFINITIES:
        return Typed(text, INFINITIES[text.lower()])
    plain = re.sub(r",(?=\d)", ".", text).replace("−", "-")
    literals = LITERAL.findall(plain)
    exact = _exact(plain, literals)
    data = as_float(exact) if exact is not None else nan
    if not isfinite(data):
        raise ValueError(f'what is given for {what} is not a number: "{shown(text)}"; write one such as 6, 3/4, 0,577 or 3*2')
    if len(literals) == 1:
        return Typed(text, data, precision_of(literals[0]))
    digits = [precision_of(literal).digits for literal in literals if not literal.isdigit()]
    if not digits or not data:
        return Typed(text, data)
    unit = abs(data) * 10.0 ** (1 - max(min(digits), FEWEST))
    return Typed(text, data, Precision(min(digits), unit, unit))


def shown(text: str) -> str:
    """A typed text as it can be shown again: in one line, not too long, what cannot be seen by its number.

    >>> shown("6\\u202e7\\0")
    '6\\\\u202e7\\\\u0000'
    """
    seen = "".join([sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in " ".join(text.split())])
    return seen if len(seen) <= 40 else seen[:39] + "…"


def _exact(text: str, literals: list[str]) -> Fraction | None:
    """The number a text of literals and + - * / ** ( ) stands for; None if it is something else, or undefined."""
    exponents = [int(literal.lower().partition("e")[2] or 0) for literal in literals if len(literal) <= LONGEST]
    signs_only = re.fullmatch(r"[\s+\-*/^()·×⋅÷]*", LITERAL.sub("", text))
    if len(text) > LONGEST or not signs_only or max(map(abs, exponents), default=0) > LARGEST:
        return None
    counter = iter(range(len(literals)))
    try:  # each literal takes the place of a name, for the grammar of formulas knows only whole numbers
        tree = formula(LITERAL.sub(lambda _: f" n{next(counter)} ", text))
        return exact_value(tree, {f"n{k}": Fraction(literal) for k, literal in enumerate(literals)})
    except ValueError:
        return None


def read(y: Value, answers: Any, values: Any, locals: Any) -> dict[Quantity, Typed | None]:
    """All answers by what they answer, in the order given; None for a blank."""
    called = names(y)
    times = Counter(called.values())
    by_name = {name: node for node, name in called.items() if times[name] == 1}
    found: dict[Quantity, Typed | None] = {}

    def add(quantity: Quantity, answer: Any, what: str) -> None:
        if quantity in found:
            raise ValueError(f"{what} is answered twice")
        found[quantity] = typed(answer, what)

    if isinstance(answers, str):
        for quantity, what, answer in _read_text(y, called, answers):
            add(quantity, answer, what)
        answers = None
    for given, what in ((answers, "answers are a text, or a dict of node"), (values, "values are a dict of node"),
                        (locals, "locals are a dict of (node, parent)")):  # fmt: skip
        if given is not None and not isinstance(given, Mapping):
            raise TypeError(f"{what} to number, not {type(given).__name__}")
    for kind, given in (("gradient", answers), ("value", values)):
        for name, answer in (given or {}).items():
            if isinstance(name, str) and "/" in name and name not in times:
                quantity, what = _derivative(y, called, name)
            else:
                known = by_name.get(name) if isinstance(name, str) else None
                node = _meant(y, name, called) if known is None else known
                quantity, what = Quantity(kind, node), called[node]
            add(quantity, answer, what)
    for edge, answer in (locals or {}).items():
        quantity, what = _derivative(y, called, edge, local=True)
        add(quantity, answer, what)
    return found


def _read_text(y: Value, called: dict[Value, str], text: str) -> list[tuple[Quantity, str, str]]:
    """The answers of a text. A bare name asks for the value of a computed node, and for the gradient of a leaf."""
    known = [each for node, each in called.items() if not node.constant]
    name = "|".join(map(re.escape, [*known, *map(in_line, known)]))
    head = rf"(?<![\w∂])(?:[d∂](?P<top>{name})\s*/\s*[d∂](?P<bottom>{name})|(?P<name>{name}))\s*="
    heads = list(re.finditer(head, text)) if name else []
    starts = [*(match.start() for match in heads), len(text)]
    _refuse_strangers(y, called, text[: starts[0]])
    found = []
    for match, end in zip(heads, starts[1:], strict=True):
        answer = text[match.end() : end].rstrip(" \t\n,;").lstrip(" \t\n;")  # a comma in front belongs to the number: ,577
        if end < len(text) and not text[match.end() : end].strip(" \t"):  # a blank has a comma, or a line of its own
            other = next(each for each in heads if each.start() == end)
            left, right = ("".join(each.group().split()) for each in (match, other))
            both = f'"{shown(left + right)}" has two signs "="'
            raise ValueError(f"{both}; answer one thing at a time, such as {shown(left)}3, {shown(right)}3")
        if "=" in answer:
            _refuse_strangers(y, called, answer)
        if match["name"]:
            node = _meant(y, match["name"], called)
            found.append((Quantity("value" if node.parents else "gradient", node), called[node], answer))
        else:
            quantity, what = _derivative(y, called, (match["top"], match["bottom"]))
            found.append((quantity, what, answer))
    return found


def _meant(y: Value, node: "Value | str", called: dict[Value, str]) -> Value:
    """The node that is meant by a name, as it was typed or as people read it in a picture: w1_2 or w₁,₂."""
    typed_as = [name for name in called.values() if in_line(name) == node] if isinstance(node, str) else []
    return find(y, typed_as[0] if typed_as and node not in called.values() else node, called)


def _refuse_strangers(y: Value, called: dict[Value, str], text: str) -> None:
    """Complains about the first thing in a piece of text that is answered without being a node of the graph."""
    name, equals, _ = text.partition("=")
    words = re.split(r"[\s,;]+", name.strip(" \t\n,;"))
    known = ", ".join([shown(each) for node, each in called.items() if not node.constant][:20])
    if equals and words[-1]:
        raise ValueError(f'"{shown(words[-1])}" names no node of the graph; write for example d{called[y]}/d… = …, with {known}')
    if words[0]:
        raise ValueError(f'"{shown(words[0])}" is no answer; write a name and a number, such as d{called[y]}/d… = 6, with {known}')


def _derivative(y: Value, called: dict[Value, str], edge: Any, local: bool = False) -> tuple[Quantity, str]:
    """What d…/d… asks for: a gradient if the root stands on top, else the local derivative of an edge."""
    if isinstance(edge, str):
        match = re.fullmatch(r"\s*[d∂](.+?)\s*/\s*[d∂](.+?)\s*", edge)
        if not match:
            raise ValueError(f'a local derivative is asked for as "du/db", not "{edge}"')
        edge = match.groups()
    if not isinstance(edge, tuple) or len(edge) != 2:
        raise TypeError(f"a local derivative belongs to a pair (node, parent), not to {edge!r}")
    top, bottom = (_meant(y, node, called) for node in edge)
    what = f"∂{called[top]}/∂{called[bottom]}"
    if top is y and not local:
        return Quantity("gradient", bottom), what
    if bottom not in top.parents:
        raise ValueError(f"{what} is no local derivative: {called[bottom]} is not an operand of {called[top]}")
    return Quantity("local", top, bottom), what
