"""What a picture says about single nodes of a graph and about their operands: the records of cards and wires.

Which gradients there are is said by `gradients`.
"""

import math
from typing import Any

from autograd import Value
from autograd.engine.derivatives import product
from autograd.engine.ieee import as_float
from autograd.engine.names import names
from autograd.engine.order import varying
from autograd.engine.replaying import changed_leaf
from autograd.explain.languages import fill, templates
from autograd.explain.node_names import NodeNames, gradient_name, holds_in_symbols
from autograd.explain.numbers import sign
from autograd.explain.typeset import plain
from autograd.explain.written import Operand, write_value

from .gradients import Gradients
from .lettering import DIGITS, MINUS, cut, harmless, number_drawn, sign_before, signed
from .records import UNKNOWN, Card, Chip, Wire

BADGES = {"add": "+", "sub": MINUS, "mul": "×", "div": "÷", "pow": "xⁿ", "neg": MINUS, "abs": "|x|", "total": "Σ", "maximum": "max", "minimum": "min", "sqrt": "√"}  # fmt: skip
LETTERS = 16  # of a name in a row that holds more than one
MANY = 100  # so many operands are not looked through for repeats


def _close(a: Any, b: Any) -> bool:
    """Whether two numbers differ by no more than the rounding of a pass."""
    return a == b or (a != a and b != b) or math.isclose(as_float(a), as_float(b), rel_tol=1e-9, abs_tol=1e-14)


class NodeReader:
    """What has to be known of the whole graph to describe one node of it."""

    def __init__(
        self,
        y: Value,
        gradients: Gradients,
        partials: bool,
        digits: int | None,
        lang: str = "en",
        called: NodeNames | None = None,
    ):
        templates(lang)  # a language that there is not is refused before the work
        self.y, self.gradients, self.partials, self.digits, self.lang = y, gradients, partials, digits, lang
        known = self.known = called or NodeNames(names(y), y).in_line
        self.symbolic = False  # whether a pill says what its number is: ∂u/∂b = 2
        self.called = {node: harmless(known.operand(node, node.data, digits or DIGITS).text) for node in known}
        self.symbols = {node: harmless(symbol) for node, symbol in called.symbols.items()} if called else {}
        self.order = list(self.called)
        self.place = {node: k for k, node in enumerate(self.order)}
        self.asked = varying(self.order)  # what depends on constants alone has a value and no gradient to show
        self.stale = changed_leaf(y)
        self.consumers: dict[Value, list[Value]] = {node: [] for node in self.order}  # once for each operand
        for node in self.order:
            for parent in node.parents:
                self.consumers[parent].append(node)

    # --- words and numbers ---

    def say(self, key: str, **texts: Any) -> str:
        return fill(key, texts, self.lang)

    def number(self, data: Any) -> str:
        return number_drawn(data, self.digits)

    def equation(self, name: str, data: Any) -> str:
        """A name and its number, with "=" only where that is true as printed."""
        return f"{name} {self.sign(data)} {self.number(data)}"

    def sign(self, data: Any) -> str:
        return sign_before(data, self.number(data))

    def short(self, name: str) -> str:
        """A name in a row that holds more than one."""
        return cut(name, LETTERS)

    # --- nodes ---

    def card(self, node: Value) -> Card:
        name, value, parents = self.called[node], self.number(node.data), node.parents
        key = f"n{self.place[node]}"
        if node.constant and not node.label:
            return Card(key, "constant", "", value, self.say("picture.number", value=value))
        count, chip, note = len(parents), self.chip(node) if node in self.asked else None, self.note(node)
        return Card(
            key,
            "constant" if node.constant else "operation" if parents else "leaf",
            name,
            value,
            self.value_said(node),
            gradient_said=self.gradient_said(node, chip, note),
            badge=BADGES.get(node.op, node.op) if parents else "",
            chip=chip,
            note=note,
            stale=node is self.stale,
            slots=tuple([self.pill(node, slot) for slot in range(count)]) if self.partials else ("",) * count,
            numbered=tuple([parents.count(parent) > 1 for parent in parents]) if count < MANY else (False,) * count,
        )

    def local(self, node: Value, slot: int) -> str:
        """The local derivative for one operand; that of a constant exponent is not computed."""
        skipped = slot == len(node.parents) - 1 and node.operation.skips(node.parents)
        return UNKNOWN if skipped else self.number(node.partials[slot])

    def pill(self, node: Value, slot: int) -> str:
        """What stands on the pill of an operand: its local derivative, and, where there is room, the symbol of it."""
        parent, number = node.parents[slot], self.local(node, slot)
        if not self.symbolic or number == UNKNOWN or (parent.constant and not parent.label):
            return number
        return f"{harmless(plain(self.known.local(node, parent, slot)))} {self.sign(node.partials[slot])} {number}"

    def chip(self, node: Value) -> Chip:
        derivative, found = self.derivative(node), self.gradients.found
        if node not in found:
            return Chip(derivative, "", "none")
        text, positive = signed(self.number(found[node])), (found[node] > 0) - (found[node] < 0)
        if self.is_partial(node):
            arrived, terms = self.arrived(node), len(self.consumers[node])
            return Chip(derivative, self.say("picture.partial", sum=text, arrived=arrived, terms=terms), "partial", positive)
        label = derivative if self.is_fresh(node) else f"{self.called[node]}.grad"
        return Chip(label, text, "complete" if positive or found[node] else "zero", positive)

    def arrived(self, node: Value) -> int:
        """How many contributions have arrived at a node, where that is known; else 0."""
        sent = self.gradients.sent or ()
        return sum([consumer in sent for consumer in self.consumers[node]])

    def is_partial(self, node: Value) -> bool:
        return 0 < self.arrived(node) < len(self.consumers[node])

    def is_fresh(self, node: Value) -> bool:
        """Whether the gradient found at a node is the derivative of y."""
        return _close(self.gradients.derivatives[node], self.gradients.found[node])

    def flow(self, node: Value, slot: int) -> float | None:
        """The contribution that has gone from a node back to one of its operands."""
        found, sent = self.gradients.found, self.gradients.sent
        return as_float(product(found[node], node.partials[slot])) if node in found and (sent is None or node in sent) else None

    def note(self, node: Value) -> str:
        if node is self.stale:
            return self.say("picture.changed")
        settled = node not in self.gradients.found or self.is_fresh(node) or self.is_partial(node)
        if node.parents or node.constant or settled:
            return ""
        derivative = self.gradients.derivatives[node]
        return f"{self.derivative(node)} {self.sign(derivative)} {signed(self.number(derivative))}"

    def derivative(self, node: Value) -> str:
        """How the gradient of a node is written."""
        return self.symbols.get(node) or gradient_name(self.called[self.y], self.called[node])

    def value_said(self, node: Value) -> str:
        """What a node is and how it was computed."""
        name, data = self.called[node], node.data
        if not node.parents:
            sentence = self.equation(name, data)
        else:
            operands = [Operand(self.called[parent], parent.data) for parent in node.parents]
            formula = write_value(node.operation, operands).text
            rule = f"{name} {sign(holds_in_symbols(formula, operands))} {formula.replace('-', MINUS)}"
            sentence = self.equation(rule, data)
        return self.say("picture.constant", equation=sentence) if node.constant else sentence

    def gradient_said(self, node: Value, chip: Chip | None, note: str) -> str:
        """What there is to say about the gradient of a node with this chip and this note; nothing for a constant, nor for what
        is computed from them alone."""
        if chip is None:
            return ""
        if not chip.text:
            return self.say("picture.gradient.none", gradient=chip.label)
        return f"{chip.label} {self.sign(self.gradients.found[node])} {chip.text}" + (f"; {note}" if note else "")

    def wire(self, node: Value, slot: int, source: int, target: int) -> Wire:
        parent, partial = node.parents[slot], node.partials[slot]
        flow = self.flow(node, slot) if parent in self.asked else None
        name, local = self.called[node], self.local(node, slot)
        return Wire(
            f"e{self.place[node]}-{slot}",
            source,
            target,
            slot,
            self.say("picture.wire", source=self.called[parent], target=name),
            None if flow is None or math.isnan(flow) else flow,
            local_said=self.say("picture.wire.unknown")
            if local == UNKNOWN
            else self.say("picture.wire.local", sign=self.sign(partial), local=local),
            sent_said="" if flow is None else self.say("picture.wire.sent", flow=signed(self.number(flow))),
        )
