"""Reads a graph of Values into the records of a picture: what every card, wire and frame has to say.

The one file of the drawing that knows Values. Which gradients there are is said by `gradients`, which nodes share a folded
card by `folding`.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from autograd import Value
from autograd.engine.derivatives import product
from autograd.engine.ieee import as_float
from autograd.engine.names import names
from autograd.engine.replaying import changed_leaf
from autograd.explain.languages import fill, templates
from autograd.explain.node_names import NodeNames, gradient_name, holds_in_symbols
from autograd.explain.numbers import is_exact, sign
from autograd.explain.written import Operand, write_value

from .folding import WHOLE, Fold, Scope, grouped
from .gradients import Gradients
from .lettering import DIGITS, MINUS, harmless, number_drawn, signed
from .records import Card, Chip, Frame, Picture, Wire

BADGES = {"add": "+", "sub": MINUS, "mul": "×", "div": "÷", "pow": "xⁿ", "neg": MINUS, "abs": "|x|", "total": "Σ", "maximum": "max", "minimum": "min", "sqrt": "√"}  # fmt: skip
UNKNOWN = "–"  # in place of a local derivative
MANY = 100  # so many operands are not looked through for repeats
Grouping = Callable[[Sequence[tuple[str, ...]], Sequence[Sequence[int]]], tuple[list[Scope], list[int]]]


def read(y: Value, gradients: Gradients, partials: bool = True, fold: Fold = None, digits: int | None = None, lang: str = "en") -> Picture:
    """The picture of the graph below y with these gradients. Raises what `grouped` raises for `fold`."""
    return Reader(y, gradients, partials, partial(grouped, fold=fold), digits, lang).picture()


def _close(a: Any, b: Any) -> bool:
    """Whether two numbers differ by no more than the rounding of a pass."""
    return a == b or (a != a and b != b) or math.isclose(as_float(a), as_float(b), rel_tol=1e-9, abs_tol=1e-14)


class Reader:
    """What has to be known of the whole graph to describe one node of it. `groups` and `home` may be changed for another
    picture of the same graph."""

    def __init__(
        self,
        y: Value,
        gradients: Gradients,
        partials: bool,
        grouping: Grouping,
        digits: int | None,
        lang: str = "en",
        called: NodeNames | None = None,
    ):
        templates(lang)  # a language that there is not is refused before the work
        self.y, self.gradients, self.partials, self.digits, self.lang = y, gradients, partials, digits, lang
        known = called or NodeNames(names(y), y)
        self.called = {node: harmless(known.operand(node, node.data, digits or DIGITS).text) for node in known}
        self.symbols = {node: harmless(symbol) for node, symbol in called.symbols.items()} if called else {}
        self.order = list(self.called)
        self.place = {node: k for k, node in enumerate(self.order)}
        self.groups, self.home = grouping(
            [node.scope for node in self.order], [[self.place[p] for p in node.parents] for node in self.order]
        )
        self.stale = changed_leaf(y)
        self.consumers: dict[Value, list[Value]] = {node: [] for node in self.order}  # once for each operand
        for node in self.order:
            for parent in node.parents:
                self.consumers[parent].append(node)

    def picture(self) -> Picture:
        frame_of = {WHOLE: -1}  # group → place of its frame, or of the frame around it where it is folded
        frames: list[Frame] = []
        for g, group in enumerate(self.groups):
            frame_of[g] = frame_of[group.parent]
            if not group.folded:
                frame_of[g] = len(frames)
                frames.append(Frame(f"g{g}", self.called_group(group), frame_of[group.parent]))
        shown: list[Value | int] = []  # card → node, or folded group
        card_of: list[int] = []  # node → card
        hidden: dict[int, list[Value]] = {}  # folded group → its nodes
        card_of_group: dict[int, int] = {}
        for node, g in zip(self.order, self.home, strict=True):
            if g == WHOLE or not self.groups[g].folded:
                card_of.append(len(shown))
                shown.append(node)
                continue
            if g not in card_of_group:
                card_of_group[g] = len(shown)
                shown.append(g)
            card_of.append(card_of_group[g])
            hidden.setdefault(g, []).append(node)
        cards, wires, home = [], [], []
        for at, what in enumerate(shown):
            if isinstance(what, Value):
                home.append(frame_of[self.home[self.place[what]]])
                wires += [self.wire(what, slot, card_of[self.place[parent]], at) for slot, parent in enumerate(what.parents)]
                cards.append(self.card(what))
            else:
                home.append(frame_of[what])
                bundles = self.bundles(hidden[what], card_of, at)
                wires += [self.bundle(what, slot, source, at, nodes) for slot, (source, nodes) in enumerate(bundles.items())]
                cards.append(self.folded(what, hidden[what], bundles))
        lines = [card.title for card in cards if not card.quiet]
        title = self.say("picture.title", root=self.equation(self.called[self.y], self.y.data))
        return Picture(title, tuple(lines), tuple(cards), tuple(wires), tuple(frames), tuple(home), tuple(self.notes(cards)))

    # --- words and numbers ---

    def say(self, key: str, **texts: Any) -> str:
        return fill(key, texts, self.lang)

    def number(self, data: Any) -> str:
        return number_drawn(data, self.digits)

    def equation(self, name: str, data: Any) -> str:
        """A name and its number, with "=" only where that is true as printed."""
        return f"{name} {self.sign(data)} {self.number(data)}"

    def sign(self, data: Any) -> str:
        return sign(is_exact(data, self.number(data).replace(MINUS, "-").replace("∞", "inf")))

    # --- nodes ---

    def card(self, node: Value) -> Card:
        name, value, parents = self.called[node], self.number(node.data), node.parents
        key = f"n{self.place[node]}"
        if node.constant and not node.label:
            return Card(key, "constant", "", value, self.say("picture.number", value=value))
        count = len(parents)
        return Card(
            key,
            "constant" if node.constant else "operation" if parents else "leaf",
            name,
            value,
            self.value_said(node),
            gradient_said=self.gradient_said(node),
            badge=BADGES.get(node.op, node.op) if parents else "",
            chip=None if node.constant else self.chip(node),
            note=self.note(node),
            stale=node is self.stale,
            slots=tuple([self.local(node, slot) for slot in range(count)]) if self.partials else ("",) * count,
            numbered=tuple([parents.count(parent) > 1 for parent in parents]) if count < MANY else (False,) * count,
        )

    def local(self, node: Value, slot: int) -> str:
        """The local derivative for one operand; that of a constant exponent is not computed."""
        skipped = node.operation.skips_constant and slot == len(node.parents) - 1 and node.parents[slot].constant
        return UNKNOWN if skipped else self.number(node.partials[slot])

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
            formula = write_value(node.operation, operands)
            rule = f"{name} {sign(holds_in_symbols(formula.text, operands))} {formula.text.replace('-', MINUS)}"
            sentence = self.equation(rule, data)
        return self.say("picture.constant", equation=sentence) if node.constant else sentence

    def gradient_said(self, node: Value) -> str:
        """What there is to say about the gradient of a node; nothing for a constant."""
        if node.constant:
            return ""
        chip, note = self.chip(node), self.note(node)
        if not chip.text:
            return self.say("picture.gradient.none", gradient=chip.label)
        return f"{chip.label} {self.sign(self.gradients.found[node])} {chip.text}" + (f"; {note}" if note else "")

    def wire(self, node: Value, slot: int, source: int, target: int) -> Wire:
        parent, partial = node.parents[slot], node.partials[slot]
        flow = None if parent.constant else self.flow(node, slot)
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

    # --- folded groups ---

    def called_group(self, group: Scope) -> str:
        """The title of a group."""
        if group.kind != "scope":
            return self.say(f"picture.{group.kind}", piece=group.piece, pieces=group.pieces)
        title = harmless(group.path[-1])
        return title if group.pieces == 1 else self.say("picture.piece", title=title, piece=group.piece, pieces=group.pieces)

    def bundles(self, nodes: Sequence[Value], card_of: Sequence[int], at: int) -> dict[int, set[Value]]:
        """For each card from which a folded group takes, the nodes it takes."""
        found: dict[int, set[Value]] = {}
        for node in nodes:
            for parent in node.parents:
                source = card_of[self.place[parent]]
                if source != at:
                    found.setdefault(source, set()).add(parent)
        return found

    def bundle(self, group: int, slot: int, source: int, target: int, nodes: set[Value]) -> Wire:
        called = self.called[next(iter(nodes))] if len(nodes) == 1 else self.say("picture.values", count=f"{len(nodes):,}")
        return Wire(
            f"eg{group}-{slot}",
            source,
            target,
            slot,
            self.say("picture.wire", source=called, target=self.called_group(self.groups[group])),
        )

    def folded(self, group: int, nodes: Sequence[Value], bundles: dict[int, set[Value]]) -> Card:
        kinds = Counter(BADGES.get(node.op, node.op) for node in nodes if node.parents)
        constants = sum([node.constant and not node.parents for node in nodes])
        given = [
            (self.say("picture.leaves"), len(nodes) - sum(kinds.values()) - constants),
            (self.say("picture.constants"), constants),
        ]
        counts = [f"{kind}: {count:,}" for kind, count in [*given, *kinds.most_common(3)] if count] + ["…"] * (len(kinds) > 3)
        name, value = self.called_group(self.groups[group]), self.say("picture.nodes", count=f"{len(nodes):,}")
        operations = ", ".join([f"{count:,} {kind}" for kind, count in kinds.most_common()])
        slots = tuple([self.say("picture.values", count=f"{len(taken):,}") if len(taken) > 1 else "" for taken in bundles.values()])
        return Card(
            f"g{group}",
            "folded",
            name,
            value,
            self.say("picture.folded", name=name, nodes=value, operations=operations),
            note=", ".join(counts),
            slots=slots,
            numbered=(False,) * len(slots),
        )

    def notes(self, cards: Sequence[Card]) -> list[str]:
        notes = []
        if self.stale is not None:
            notes.append(self.say("picture.stale", name=self.called[self.stale]))
        seed = self.gradients.found.get(self.y)
        if seed is not None and seed != 1:
            notes.append(self.say("picture.seed", seed=self.number(seed), root=self.called[self.y]))
        elif any(card.chip and card.note and not card.stale for card in cards):
            notes.append(self.say("picture.accumulated"))
        return notes
