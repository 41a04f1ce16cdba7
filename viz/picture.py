"""What a picture of a graph shows, as plain records: cards, wires between them, notes.

This is the one file of the drawing that reads Values. Where things stand is left to `layout`, how they look to `svg`
and `theme`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autograd import Value
from autograd.differentiate import gradients
from autograd.graph import changed_leaf, names

from .lettering import MINUS, harmless, number_text, signed

BADGES = {"add": "+", "sub": MINUS, "mul": "×", "div": "÷", "pow": "xⁿ", "neg": MINUS, "abs": "|x|", "total": "Σ", "maximum": "max", "minimum": "min", "sqrt": "√"}  # fmt: skip


@dataclass(frozen=True)
class Chip:
    """The gradient of a card. `state` is "none" (not computed), "partial", "complete" or "zero"."""

    label: str
    text: str
    state: str
    sign: int = 0


@dataclass(frozen=True)
class Card:
    """One node of the picture. `kind` is "leaf", "constant" or "operation"; `slots` holds a local derivative for each operand."""

    key: str
    kind: str
    name: str
    value: str
    title: str
    badge: str = ""
    chip: Chip | None = None
    note: str = ""
    stale: bool = False
    slots: tuple[str, ...] = ()
    numbered: tuple[bool, ...] = ()  # whether the slot shows its number, because its operand stands in more than one


@dataclass(frozen=True)
class Wire:
    """One operand of one card: `source` and `target` are places in `Picture.cards`. `flow` is the contribution that goes back along it."""

    key: str
    source: int
    target: int
    slot: int
    title: str
    flow: float | None = None


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn, in an order that never changes: cards in topological order, wires by card and slot."""

    title: str
    lines: tuple[str, ...]
    cards: tuple[Card, ...]
    wires: tuple[Wire, ...]
    notes: tuple[str, ...]


def read(y: Value, partials: bool = True, digits: int | None = None) -> Picture:
    """The picture of the graph below y. Raises TypeError when y is not a Value."""
    if not isinstance(y, Value):
        raise TypeError(f"draw takes the root of a graph, a Value, not {type(y).__name__}")
    called = {node: harmless(name) for node, name in names(y).items()}
    order = list(called)
    place = {node: k for k, node in enumerate(order)}
    reader = _Reader(y, called, digits)
    cards, wires = [], []
    for node in order:
        wires += [reader.wire(node, slot, place) for slot in range(len(node.parents))]
        cards.append(reader.card(node, place[node], partials))
    lines = [card.title for card in cards if card.kind != "constant"]
    return Picture(
        f"Computation graph of {called[y]} = {number_text(y.data, digits)}", tuple(lines), tuple(cards), tuple(wires), tuple(reader.notes())
    )


class _Reader:
    """What has to be known of the whole graph to describe one node of it."""

    def __init__(self, y: Value, called: dict[Value, str], digits: int | None):
        self.y, self.called, self.digits = y, called, digits
        self.fresh = gradients(list(called))
        self.seed = y._grad
        self.stale = changed_leaf(y)
        self.consumers: dict[Value, list[Value]] = {node: [] for node in called}
        for node in called:
            for parent in node.parents:
                self.consumers[parent].append(node)

    def card(self, node: Value, place: int, partials: bool) -> Card:
        name, value = self.called[node], number_text(node.data, self.digits)
        if node.constant and not node.label:
            return Card(f"n{place}", "constant", "", value, f"the constant {value}")
        parents = node.parents
        chip = None if node.constant else self.chip(node)
        return Card(
            f"n{place}",
            "constant" if node.constant else "operation" if parents else "leaf",
            name,
            value,
            self.title(node, chip),
            BADGES.get(node.op, node.op) if parents else "",
            chip,
            self.note(node),
            node is self.stale,
            tuple([number_text(partial, self.digits) for partial in node.partials]) if partials else ("",) * len(parents),
            tuple([parents.count(parent) > 1 for parent in parents]) if len(parents) < 100 else (False,) * len(parents),
        )

    def chip(self, node: Value) -> Chip:
        label = f"∂{self.called[self.y]}/∂{self.called[node]}" if self.is_fresh(node) else f"{self.called[node]}.grad"
        if node._grad is None:
            return Chip(label, "", "none")
        text = signed(number_text(node.grad, self.digits))
        arrived = sum([consumer._grad is not None for consumer in self.consumers[node]])
        if 0 < arrived < len(self.consumers[node]):
            return Chip(label, f"{text}  {arrived} of {len(self.consumers[node])}", "partial", _sign(node.grad))
        return Chip(label, text, "complete" if node.grad else "zero", _sign(node.grad))

    def is_fresh(self, node: Value) -> bool:
        """Whether the stored gradient is the derivative of y; one that is still being computed counts as if it were."""
        if node._grad is None:
            return True
        if any(consumer._grad is None for consumer in self.consumers[node]):
            return self.seed == 1
        fresh, stored = float(self.fresh[node]), float(node.grad)
        return math.isclose(fresh, stored, rel_tol=1e-9, abs_tol=1e-15) or (fresh != fresh and stored != stored)

    def note(self, node: Value) -> str:
        if node is self.stale:
            return "changed: build again"
        if node._grad is not None and not self.is_fresh(node) and not node.parents and not node.constant:
            return f"not ∂{self.called[self.y]}/∂{self.called[node]} = {signed(number_text(self.fresh[node], self.digits))}"
        return ""

    def title(self, node: Value, chip: Chip | None) -> str:
        name, value = self.called[node], number_text(node.data, self.digits)
        sentence = (
            f"{name} = {_formula(node, [self.called[parent] for parent in node.parents])} = {value}"
            if node.parents
            else f"{name} = {value}"
        )
        if chip is None:
            return f"{sentence}, a constant"
        return f"{sentence}; {chip.label} = {chip.text}" if chip.text else f"{sentence}; {chip.label} is not computed yet"

    def wire(self, node: Value, slot: int, place: dict[Value, int]) -> Wire:
        parent, partial = node.parents[slot], node.partials[slot]
        flow = None if node._grad is None or parent.constant else float(node.grad * partial) if node.grad else 0.0
        name = self.called[node]
        title = f"{self.called[parent]} → {name}: ∂{name}/∂{self.called[parent]} = {number_text(partial, self.digits)}"
        if flow is not None:
            title += f"; {signed(number_text(flow, self.digits))} of the gradient goes back here"
        return Wire(f"e{place[node]}-{slot}", place[parent], place[node], slot, title, flow)

    def notes(self) -> list[str]:
        notes = []
        if self.stale is not None:
            notes.append(f"{self.called[self.stale]} was changed after this graph was built; build the expression again.")
        if self.seed is not None and self.seed != 1:
            notes.append(f"The backward pass started with {number_text(self.seed, self.digits)} at {self.called[self.y]}, not with 1.")
        return notes


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _formula(node: Value, operands: Sequence[str]) -> str:
    """How the node is computed from its operands: "b × c", "tanh(n)"."""
    if node._operation.symbol and len(operands) == 2:
        sign = "^" if node.op == "pow" else BADGES[node.op]
        return f"{operands[0]} {sign} {operands[1]}"
    if node.op == "neg":
        return MINUS + operands[0]
    if len(operands) > 6:
        operands = [*operands[:2], "…", operands[-1]]
    return f"{node.op}({', '.join(operands)})"
