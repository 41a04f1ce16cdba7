"""Traces: updates of an optimizer written out with their numbers, to be checked by hand. The equations are those of `rules`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from autograd.engine.dialects import formula, names_in
from autograd.explain.numbers import as_printed, digits_to_recompute, exact_value, is_exact, number_text
from autograd.explain.written import Operand, put_in, write
from autograd.handcheck.report import Report

from .arguments import choose
from .rules import Rule, compute, symbol_of
from .update_checks import judged

SHOWN_UPDATES = 12  # a longer trace is shortened when it is printed


@dataclass(frozen=True)
class Line:
    """One equation of an update: the quantity, its number, and the equation in symbols and with the numbers put in."""

    quantity: str
    value: Any
    text: str


@dataclass(frozen=True)
class Update:
    """One update of one parameter: its name, the number of the update (from 1), the numbers before it, and every line.

    `update["m_hat"]` is the number of a quantity: g, v, m, m_hat, v_hat, G, S, change, w (after the update), whichever
    the rule has.
    """

    parameter: str
    t: int
    before: Mapping[str, Any] = field(hash=False)
    lines: tuple[Line, ...]
    rule: Rule = field(repr=False)

    def __getitem__(self, quantity: str) -> Any:
        return choose("a quantity", quantity, {"g": self.before["g"], **{line.quantity: line.value for line in self.lines}})

    def __str__(self) -> str:
        start = ", ".join(f"{symbol_of(key)} = {number_text(data)}" for key, data in self.before.items())
        return "\n".join([f"update {self.t} of {self.parameter}: {start}", *(f"  {line.text}" for line in self.lines)])


@dataclass(frozen=True)
class Trace:
    """Updates written out, in order: for each update, each parameter."""

    updates: tuple[Update, ...]

    def __getitem__(self, k: int) -> Update:
        return self.updates[k]

    def __len__(self) -> int:
        return len(self.updates)

    def __str__(self) -> str:
        shown = [str(update) for update in self.updates[:SHOWN_UPDATES]]
        more = len(self.updates) - len(shown)
        return "\n".join([*shown, f"… and {more} more"] if more else shown)

    __repr__ = __str__

    def check(self, answers: Any, lang: str = "en", reveal: bool = False) -> Report:
        """Judges updates computed by hand, line by line.

        `answers` are those of the first update, a text such as "m = 0,3; v = 0.009; w = 1.9" or a dict of quantity to
        number; or a list of such, one for each update in order. Quantities are those of the trace (m, v, m̂ or m_hat,
        v̂ or v_hat, G, S, Δw or change, w after the update); what is left out is not asked, a blank ("" or None) is
        missing. Numbers are floats, fractions or texts, with decimal points or commas, and may be rounded. A number
        that is right given the student's own earlier ones follows, and costs nothing. Known slips are named: no bias
        correction, no root, ε in the other place, another form of momentum, the gradient of the next update, L2 for
        decoupled decay, a sign, and some more. With `reveal` the numbers are told.

        Raises ValueError or TypeError for what is no answer.

        >>> from autograd import Value
        >>> from nn import optim
        >>> trace = optim.Adam([Value(2.0, "w")], lr=0.1).trace(3)
        >>> print(trace.check("m = 0,3; v = 0,009; Δw = -0,316; w = 1,684"))
        2 right, 1 follows, 1 slip: 3/4
        Δw: -0,316 would come without the bias correction. By what are m and v divided, because they start at 0?
        """
        return judged(self.updates, answers, lang, reveal)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def written(rule: Rule, parameter: str, t: int, before: Mapping[str, Any]) -> Update:
    """Update number t of a parameter, line by line; `before` holds its w, g, lr and slots."""
    known, lines = {"t": t, **rule.settings, **before}, []
    for quantity, text in (*rule.equations, ("w", "w + change")):
        value = compute(text, known)
        lines.append(_line(quantity, text, known, value, remembered=quantity in before))
        known[quantity] = value
    return Update(parameter, t, before, tuple(lines), rule)


def _line(quantity: str, text: str, known: Mapping[str, Any], value: Any, remembered: bool) -> Line:
    """An equation of an update in words; `known` holds the numbers it may use. "=" stands only where it is true as printed."""
    tree = formula(text)
    used = {name: known[name] for name in known if name in names_in(tree)}
    enough = digits_to_recompute(list(used.values()), lambda numbers: compute(text, dict(zip(used, numbers, strict=True))), value)
    shown = {name: put_in(data, enough) for name, data in used.items()}
    symbols = write(tree, {name: Operand(symbol_of(name), data) for name, data in used.items()}).text
    numbers, result = write(tree, shown).text, number_text(value)
    printed = exact_value(tree, {name: as_printed(operand.text) for name, operand in shown.items()})
    inserted = "=" if all(is_exact(data, shown[name].text) for name, data in used.items()) else "≈"
    equals = "=" if printed is not None and printed == as_printed(result) else "≈"
    middle = f" {inserted} {numbers}" if numbers not in (symbols, result) else ""
    return Line(quantity, value, f"{symbol_of(quantity)} {'←' if remembered else '='} {symbols}{middle} {equals} {result}")
