"""What a student typed: numbers with the precision of their digits, for values, gradients and local derivatives.

A text such as "dJ/db=6, u=6, du/db=2" is read against the names of a graph; nothing in it is evaluated by Python.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, nan
from typing import Any, NamedTuple

from ..dialects import formula
from ..explain.numbers import exact_value
from ..graph import find, names
from ..ieee import as_float
from ..value import Value, number

LOOSEST = 0.05  # however few digits are typed, more than this relative error is not rounding


class Quantity(NamedTuple):
    """What is asked for: the "value" or the "gradient" of a node, or the "local" derivative of a node for a parent."""

    kind: str
    node: Value
    parent: Value | None = None


@dataclass(frozen=True)
class Typed:
    """A typed number and how far the meant one may be from it: one unit of the last digit."""

    text: str
    data: float
    tolerance: float
    digits: int | None  # significant digits; None for a number that is meant exactly


def typed(answer: Any, what: str) -> Typed | None:
    """An answer as a number with its precision: a float, a Fraction or a text ("3/4", "0,577", "3*2"); None if blank.

    A fraction or a product of whole numbers is meant exactly. Raises ValueError or TypeError for what is no number.

    >>> typed("0,577", "a").tolerance
    0.001
    """
    if answer is None or (isinstance(answer, str) and not answer.strip()):
        return None
    if not isinstance(answer, str):
        data = number(answer, f"an answer for {what}")
        answer = str(data).removesuffix(".0") if isinstance(data, float) else str(data)
    text = answer.strip()
    plain = re.sub(r"(?<=\d),(?=\d)", ".", text).replace("−", "-")
    literals = re.findall(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", plain)
    digits = min((_significant(literal) for literal in literals if "." in literal or "e" in literal.lower()), default=None)
    exact = _exact(plain, literals)
    data = as_float(exact) if exact is not None else nan
    if not isfinite(data):
        raise ValueError(f'what is given for {what} is not a number: "{text[:40]}"; write one such as 6, 3/4, 0,577 or 3*2')
    alone = len(literals) == 1
    if digits is None and not alone:
        return Typed(text, data, 0.0, None)
    unit = _last_unit(literals[0]) if alone else abs(data) * 10.0 ** (1 - (digits or 1))
    return Typed(text, data, min(unit, LOOSEST * abs(data)), digits)


def _exact(text: str, literals: list[str]) -> Fraction | None:
    """The number a text of literals and + - * / ** ( ) stands for; None if it is something else, or undefined."""
    counter = iter(range(len(literals)))
    if any(len(literal) > 400 for literal in literals):
        return None
    try:  # each literal takes the place of a name, for the grammar of formulas knows only whole numbers
        tree = formula(re.sub(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", lambda _: f" n{next(counter)} ", text))
        return exact_value(tree, {f"n{k}": Fraction(literal) for k, literal in enumerate(literals)})
    except (ValueError, OverflowError, RecursionError):
        return None


def _significant(literal: str) -> int:
    return max(1, len(re.sub(r"[eE].*", "", literal).replace(".", "").lstrip("0")))


def _last_unit(literal: str) -> float:
    """One unit of the last digit: 0.001 for 0.577."""
    mantissa, _, exponent = literal.lower().partition("e")
    return 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


def read(y: Value, answers: Any, values: Any, locals: Any) -> dict[Quantity, Typed | None]:
    """All answers by what they answer, in the order given; None for a blank."""
    called = names(y)
    found: dict[Quantity, Typed | None] = {}

    def add(quantity: Quantity, answer: Any, what: str) -> None:
        if quantity in found:
            raise ValueError(f"{what} is answered twice")
        found[quantity] = typed(answer, what)

    if isinstance(answers, str):
        for quantity, what, answer in _read_text(y, called, answers):
            add(quantity, answer, what)
    else:
        for kind, given in (("gradient", answers), ("value", values)):
            if given is not None and not isinstance(given, Mapping):
                raise TypeError(f"answers are a dict of node to number, or a text, not {type(given).__name__}")
            for name, answer in (given or {}).items():
                if isinstance(name, str) and "/" in name:
                    quantity, what = _derivative(y, called, name)
                else:
                    node = find(y, name, called)
                    quantity, what = Quantity(kind, node), called[node]
                add(quantity, answer, what)
    for edge, answer in (locals or {}).items():
        quantity, what = _derivative(y, called, edge, local=True)
        add(quantity, answer, what)
    return found


def _read_text(y: Value, called: dict[Value, str], text: str) -> list[tuple[Quantity, str, str]]:
    """The answers of a text. A bare name asks for the value of a computed node, and for the gradient of a leaf."""
    name = "|".join(sorted({re.escape(each) for node, each in called.items() if not node.constant}, key=len, reverse=True))
    heads = list(re.finditer(rf"(?<![\w∂])(?:[d∂](?P<top>{name})\s*/\s*[d∂](?P<bottom>{name})|(?P<name>{name}))\s*=", text))
    if text.strip() and (not heads or text[: heads[0].start()].strip(" \t\n,;")):
        known = ", ".join(each for node, each in called.items() if not node.constant)
        start = text[: heads[0].start()].strip() if heads else text.strip()
        raise ValueError(f'the answer "{start[:40]}" names no node of the graph; write for example d{called[y]}/d… = …, with {known}')
    found = []
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        answer = text[head.end() : after.start() if after else None].strip(" \t\n,;")
        if head["name"]:
            node = find(y, head["name"], called)
            found.append((Quantity("value" if node.parents else "gradient", node), head["name"], answer))
        else:
            quantity, what = _derivative(y, called, (head["top"], head["bottom"]))
            found.append((quantity, what, answer))
    return found


def _derivative(y: Value, called: dict[Value, str], edge: Any, local: bool = False) -> tuple[Quantity, str]:
    """What d…/d… asks for: a gradient if the root stands on top, else the local derivative of an edge."""
    if isinstance(edge, str):
        match = re.fullmatch(r"\s*[d∂](.+?)\s*/\s*[d∂](.+?)\s*", edge)
        if not match:
            raise ValueError(f'a local derivative is asked for as "du/db", not "{edge}"')
        edge = match.groups()
    if not isinstance(edge, tuple) or len(edge) != 2:
        raise TypeError(f"a local derivative belongs to a pair (node, parent), not to {edge!r}")
    top, bottom = (find(y, node, called) for node in edge)
    what = f"∂{called[top]}/∂{called[bottom]}"
    if top is y and not local:
        return Quantity("gradient", bottom), what
    if bottom not in top.parents:
        raise ValueError(f"{what} is no local derivative: {called[bottom]} is not an operand of {called[top]}")
    return Quantity("local", top, bottom), what
