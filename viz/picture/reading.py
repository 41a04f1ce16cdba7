"""Reads a graph of Values into the records of `picture`: what every card, wire and frame has to say.

The one file of the drawing that knows Values. Which of them share a folded card is decided by `folding`.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any

from autograd import Value
from autograd.engine.derivatives import gradients, product
from autograd.engine.graph import changed_leaf, names
from autograd.engine.ieee import as_float
from autograd.explain.node_names import NodeNames, gradient_name, holds_in_symbols
from autograd.explain.numbers import is_exact, sign
from autograd.explain.written import Operand, write_value

from .folding import WHOLE, Fold, Room, Scope, grouped, rooms
from .lettering import DIGITS, MINUS, harmless, number_drawn, signed
from .records import Card, Chip, Frame, Picture, Wire

BADGES = {"add": "+", "sub": MINUS, "mul": "×", "div": "÷", "pow": "xⁿ", "neg": MINUS, "abs": "|x|", "total": "Σ", "maximum": "max", "minimum": "min", "sqrt": "√"}  # fmt: skip
UNKNOWN = "–"  # in place of a local derivative
Grouping = Callable[[Sequence[tuple[str, ...]], Sequence[Sequence[int]]], tuple[list[Scope], list[int]]]
MANY, FEW = 100, 8  # so many operands are not looked through for repeats; so many terms are tried for sums


def read(y: Value, partials: bool = True, fold: Fold = None, digits: int | None = None) -> Picture:
    """The picture of the graph below y. Raises TypeError when y is not a Value, and what `grouped` raises for `fold`."""
    if not isinstance(y, Value):
        raise TypeError(f"draw takes the root of a graph, a Value, not {type(y).__name__}")
    return _Reader(y, partials, partial(grouped, fold=fold), digits).picture()


@dataclass(frozen=True)
class View:
    """A picture with the keys of its folded cards, one for each group that the overview folds; a close-up of a group has
    that group's title and None for its key."""

    picture: Picture
    title: str
    keys: tuple[str | None, ...]


def read_rooms(y: Value, called: NodeNames, digits: int | None = None) -> tuple[list[View], list[int]]:
    """The graph below y, with nodes called as `called` says, in one picture or in an overview and close-ups of its groups;
    and for every node its group, WHOLE for none. A close-up has the group and what is wired to it."""
    found: list[Room] = []
    groups: list[int] = []

    def grouping(scopes: Sequence[tuple[str, ...]], parents: Sequence[Sequence[int]]) -> tuple[list[Scope], list[int]]:
        made, of_nodes = rooms(scopes, parents)
        found.extend(made)
        groups.extend(of_nodes)
        return found[0].groups, found[0].home

    reader = _Reader(y, True, grouping, digits, called)
    views = []
    for room in found:
        reader.groups, reader.home = room.groups, room.home
        picture, title, keys = reader.picture(), "", [f"g{place}" for place in room.places]
        if room.focus is None:
            views.append(View(picture, title, tuple(keys)))
            continue
        opened = room.groups[room.places[room.focus]]
        title = harmless(", ".join([*opened.path[:-1], opened.title]))
        picture = _close_up(picture, keys[room.focus])
        there = {card.key for card in picture.cards}
        views.append(View(picture, title, tuple([key if key in there else None for key in keys])))
    return views, groups


def _close_up(picture: Picture, key: str) -> Picture:
    """The part of a picture that lies in one of its frames, with the cards that are wired to it."""
    inside = {place for place, frame in enumerate(picture.frames) if frame.key == key}
    for place, frame in enumerate(picture.frames):  # a frame comes after the one around it
        if frame.parent in inside:
            inside.add(place)
    held = [at in inside for at in picture.home]
    wires = [wire for wire in picture.wires if held[wire.source] or held[wire.target]]
    kept = sorted({place for wire in wires for place in (wire.source, wire.target)} | {place for place, one in enumerate(held) if one})
    number = {place: k for k, place in enumerate(kept)}
    # A card beside the frame takes its place by the wires that are left: those of its other operands are dropped with them.
    used = {place: sorted({wire.slot for wire in wires if wire.target == place}) for place in kept}
    cards = []
    for place in kept:
        card, slots = picture.cards[place], used[place]
        if not held[place] and card.kind == "folded":
            card = replace(card, slots=tuple([card.slots[slot] for slot in slots]), numbered=tuple([card.numbered[slot] for slot in slots]))
        cards.append(card)
    moved = []
    for wire in wires:
        far = not held[wire.target] and picture.cards[wire.target].kind == "folded"
        moved.append(
            replace(
                wire, source=number[wire.source], target=number[wire.target], slot=used[wire.target].index(wire.slot) if far else wire.slot
            )
        )
    frames = {place: k for k, place in enumerate(sorted(inside))}
    return replace(
        picture,
        cards=tuple(cards),
        wires=tuple(moved),
        frames=tuple([replace(picture.frames[place], parent=frames.get(picture.frames[place].parent, -1)) for place in frames]),
        home=tuple([frames.get(picture.home[place], -1) for place in kept]),
    )


def _close(a: Any, b: Any) -> bool:
    """Whether two numbers differ by no more than the rounding of a pass."""
    return a == b or (a != a and b != b) or math.isclose(as_float(a), as_float(b), rel_tol=1e-9, abs_tol=1e-14)


class _Reader:
    """What has to be known of the whole graph to describe one node of it."""

    def __init__(self, y: Value, partials: bool, grouping: Grouping, digits: int | None, called: NodeNames | None = None):
        self.y, self.partials, self.digits = y, partials, digits
        known = called or NodeNames(names(y), y)
        self.called = {node: harmless(known.operand(node, node.data, digits or DIGITS).text) for node in known}
        self.symbols = {node: harmless(symbol) for node, symbol in called.symbols.items()} if called else {}
        self.order = list(self.called)
        self.place = {node: k for k, node in enumerate(self.order)}
        self.groups, self.home = grouping(
            [node.scope for node in self.order], [[self.place[p] for p in node.parents] for node in self.order]
        )
        self.fresh = gradients(self.order)
        self.stale = changed_leaf(y)
        self.consumers: dict[Value, list[tuple[Value, int]]] = {node: [] for node in self.order}
        for node in self.order:
            for slot, parent in enumerate(node.parents):
                self.consumers[parent].append((node, slot))

    def picture(self) -> Picture:
        frame_of = {WHOLE: -1}  # group → place of its frame, or of the frame around it where it is folded
        frames: list[Frame] = []
        for g, group in enumerate(self.groups):
            frame_of[g] = frame_of[group.parent]
            if not group.folded:
                frame_of[g] = len(frames)
                frames.append(Frame(f"g{g}", harmless(group.title), frame_of[group.parent]))
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
        title = f"Computation graph of {self.equation(self.called[self.y], self.y.data)}"
        return Picture(title, tuple(lines), tuple(cards), tuple(wires), tuple(frames), tuple(home), tuple(self.notes(cards)))

    # --- numbers ---

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
            return Card(key, "constant", "", value, f"the constant {value}")
        chip = None if node.constant else self.chip(node)
        count = len(parents)
        return Card(
            key,
            "constant" if node.constant else "operation" if parents else "leaf",
            name,
            value,
            self.title(node, chip),
            badge=BADGES.get(node.op, node.op) if parents else "",
            chip=chip,
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
        name, expected = self.called[node], len(self.consumers[node])
        derivative = self.derivative(node)
        if node._grad is None:
            return Chip(derivative, "", "none")
        text, positive = signed(self.number(node.grad)), (node.grad > 0) - (node.grad < 0)
        arrived = self.arrived(node)
        if 0 < arrived < expected:
            return Chip(derivative, f"{text} ({arrived} of {expected})", "partial", positive)
        return Chip(derivative if self.is_fresh(node) else f"{name}.grad", text, "complete" if positive or node.grad else "zero", positive)

    def arrived(self, node: Value) -> int:
        """How many contributions make up the stored gradient, in a pass that is done by hand; 0 where it is no such sum."""
        terms = [term for consumer, slot in self.consumers[node] if (term := self.flow(consumer, slot)) is not None]
        if not terms or (self.is_fresh(node) and len(terms) == len(self.consumers[node])) or len(terms) > FEW:
            return len(terms)
        sums = ((count, sum(chosen)) for count in range(len(terms), 0, -1) for chosen in combinations(terms, count))
        return next((count for count, total in sums if _close(total, node.grad)), 0)

    def is_fresh(self, node: Value) -> bool:
        """Whether the stored gradient is the derivative of y."""
        return _close(self.fresh[node], node.grad)

    def flow(self, node: Value, slot: int) -> float | None:
        """The contribution that goes from a node back to one of its operands, once the node has a gradient."""
        return None if node._grad is None else as_float(product(node.grad, node.partials[slot]))

    def note(self, node: Value) -> str:
        if node is self.stale:
            return "changed: build again"
        if node._grad is None or node.parents or node.constant or self.is_fresh(node) or 0 < self.arrived(node) < len(self.consumers[node]):
            return ""
        fresh = self.fresh[node]
        return f"{self.derivative(node)} {self.sign(fresh)} {signed(self.number(fresh))}"

    def derivative(self, node: Value) -> str:
        """How the gradient of a node is written."""
        return self.symbols.get(node) or gradient_name(self.called[self.y], self.called[node])

    def title(self, node: Value, chip: Chip | None) -> str:
        name = self.called[node]
        sentence = self.equation(name, node.data)
        if node.parents:
            operands = [Operand(self.called[parent], parent.data) for parent in node.parents]
            formula = write_value(node.operation, operands)
            rule = f"{name} {sign(holds_in_symbols(formula.text, operands))} {formula.text.replace('-', MINUS)}"
            sentence = self.equation(rule, node.data)
        if chip is None:
            return f"{sentence}, a constant"
        if not chip.text:
            return f"{sentence}; {chip.label} is not computed yet"
        note = self.note(node)
        return f"{sentence}; {chip.label} {self.sign(node.grad)} {chip.text}" + (f"; {note}" if note else "")

    def wire(self, node: Value, slot: int, source: int, target: int) -> Wire:
        parent, partial = node.parents[slot], node.partials[slot]
        flow = None if parent.constant else self.flow(node, slot)
        name, local = self.called[node], self.local(node, slot)
        title = f"from {self.called[parent]} to {name}"
        title += ": the local derivative is not computed" if local == UNKNOWN else f": local derivative {self.sign(partial)} {local}"
        if flow is not None:
            title += f"; {signed(self.number(flow))} of the gradient goes back here"
        return Wire(f"e{self.place[node]}-{slot}", source, target, slot, title, None if flow is None or math.isnan(flow) else flow)

    # --- folded groups ---

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
        called = self.called[next(iter(nodes))] if len(nodes) == 1 else f"{len(nodes)} values"
        return Wire(f"eg{group}-{slot}", source, target, slot, f"{called} to {harmless(self.groups[group].title)}")

    def folded(self, group: int, nodes: Sequence[Value], bundles: dict[int, set[Value]]) -> Card:
        kinds = Counter(BADGES.get(node.op, node.op) for node in nodes if node.parents)
        constants = sum([node.constant for node in nodes])
        given = [("leaves", len(nodes) - sum(kinds.values()) - constants), ("constants", constants)]
        counts = [f"{kind}: {count:,}" for kind, count in [*given, *kinds.most_common(3)] if count] + ["…"] * (len(kinds) > 3)
        name = harmless(self.groups[group].title)
        title = f"{name}, folded: {len(nodes):,} nodes, {', '.join([f'{count:,} {kind}' for kind, count in kinds.most_common()])}"
        slots = tuple([f"{len(taken)} values" if len(taken) > 1 else "" for taken in bundles.values()])
        return Card(
            f"g{group}",
            "folded",
            name,
            f"{len(nodes):,} nodes",
            title,
            note=", ".join(counts),
            slots=slots,
            numbered=(False,) * len(slots),
        )

    def notes(self, cards: Sequence[Card]) -> list[str]:
        notes = []
        if self.stale is not None:
            notes.append(f"{self.called[self.stale]} was changed after this graph was built; build the expression again.")
        seed = self.y._grad
        if seed is not None and seed != 1:
            notes.append(f"The backward pass started with {self.number(seed)} at {self.called[self.y]}, not with 1.")
        elif any(card.chip and card.note and not card.stale for card in cards):
            notes.append(
                "A leaf adds up the gradients of every backward pass until zero_grad(); where that is not the derivative, both are shown."
            )
        return notes
