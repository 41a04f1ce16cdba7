"""Reads a graph of Values into the records of a picture: cards and wires of its nodes, or of groups that are folded, frames.

What is said of a single node comes from `nodes`, which nodes share a card from `folding`.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from autograd import Value, topological_order
from autograd.engine.derivatives import plus, product
from autograd.engine.ieee import as_float
from autograd.explain.node_names import NodeNames

from .folding import Fold, Form, forms, grouped
from .gradients import Gradients
from .lettering import harmless, signed
from .nodes import BADGES, NodeReader
from .records import Card, Frame, Picture, Wire
from .scopes import WHOLE, Scope
from .units import FUNCTION, GIVEN, LINEAR

LINEAR_OPERATIONS = ("add", "sub", "mul", "neg", "dot", "total")
FEW = 30  # nodes of a graph in whose pictures there may be room for symbols on the pills
MOST_ROWS = 4  # values that a folded card shows
Grouping = Callable[[Sequence[tuple[str, ...]], Sequence[Sequence[int]]], Form]


def read(y: Value, gradients: Gradients, partials: bool = True, fold: Fold = None, digits: int | None = None, lang: str = "en") -> Picture:
    """The picture of the graph below y with these gradients. Raises what `grouped` raises for `fold`."""
    return Reader(y, gradients, partials, partial(grouped, fold=fold), digits, lang).picture()


def forms_of(y: Value, gradients: Gradients, partials: bool = True, digits: int | None = None, lang: str = "en") -> Iterator[Picture]:
    """Pictures of the graph below y, each smaller than the one before: with symbols on the pills, then without, then with
    fewer cards, as `folding.forms` says."""
    ways: list[Iterator[Form]] = []

    def first(scopes: Sequence[tuple[str, ...]], parents: Sequence[Sequence[int]]) -> Form:
        ways.append(forms(scopes, parents, [kind_of(node) for node in topological_order(y)]))
        return next(ways[0])

    reader = Reader(y, gradients, partials, first, digits, lang)
    if partials and len(reader.order) <= FEW:
        reader.symbolic = True
        yield reader.picture()
        reader.symbolic = False
    yield reader.picture()
    for reader.groups, reader.home in ways[0]:
        yield reader.picture()


def kind_of(node: Value) -> str:
    """What part a node takes in a unit."""
    if not node.parents:
        return GIVEN
    if node.op in LINEAR_OPERATIONS:
        return LINEAR
    return FUNCTION if len(node.parents) == 1 and not node.operation.symbol else ""


class Reader(NodeReader):
    """Reads the whole graph, with its groups: `groups` and `home` may be changed for another picture of it."""

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
        super().__init__(y, gradients, partials, digits, lang, called)
        self.slopes: dict[tuple[Value, ...], dict[Value, Any]] = {}  # of units, each of which has several wires and pictures
        self.groups, self.home = grouping(
            [node.scope for node in self.order], [[self.place[p] for p in node.parents] for node in self.order]
        )

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
                wires += [self.bundle(what, slot, source, at, nodes, hidden[what]) for slot, (source, nodes) in enumerate(bundles.items())]
                cards.append(self.folded(what, hidden[what], bundles))
        lines = [card.title for card in cards if not card.quiet]
        title = self.say("picture.title", root=self.equation(self.called[self.y], self.y.data))
        return Picture(
            title, tuple(lines), tuple(cards), tuple(wires), tuple(frames), tuple(home), tuple(self.notes(cards)), self.lang, self.symbolic
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

    def bundle(self, group: int, slot: int, source: int, target: int, nodes: set[Value], inner: Sequence[Value]) -> Wire:
        node = next(iter(nodes))
        called = self.called[node] if len(nodes) == 1 else self.say("picture.values", count=f"{len(nodes):,}")
        is_unit = self.groups[group].kind == "unit"
        ends = self.say("picture.wire", source=called, target=self.called[inner[-1]] if is_unit else self.called_group(self.groups[group]))
        flow = None
        if is_unit and len(nodes) == 1 and node in self.asked and inner[-1] in self.gradients.found:
            flow = as_float(product(self.gradients.found[inner[-1]], self.slopes_of(inner)[node]))
        return Wire(
            f"eg{group}-{slot}",
            source,
            target,
            slot,
            ends,
            None if flow is None or math.isnan(flow) else flow,
            sent_said="" if flow is None else self.say("picture.wire.sent", flow=signed(self.number(flow))),
        )

    def folded(self, group: int, nodes: Sequence[Value], bundles: dict[int, set[Value]]) -> Card:
        return self.unit(group, nodes, bundles) if self.groups[group].kind == "unit" else self.overview(group, nodes, bundles)

    def unit(self, group: int, nodes: Sequence[Value], bundles: dict[int, set[Value]]) -> Card:
        """A card for a sum of products and the function of it: the last node, with what it is a function of in a row."""
        out, slopes = nodes[-1], self.slopes_of(nodes)
        rows = []
        if out.op not in LINEAR_OPERATIONS and is_neuron(nodes):
            before = out.parents[0]
            rows.append(
                f"{self.equation(self.called[before], before.data)}, {out.op}′ {self.sign(out.partials[0])} {self.number(out.partials[0])}"
            )
        chip, note = self.chip(out) if out in self.asked else None, self.note(out)
        taken = [next(iter(given)) if len(given) == 1 else None for given in bundles.values()]
        slots = ["" if node is None or not self.partials else self.number(slopes[node]) for node in taken]
        return Card(
            f"g{group}",
            "unit",
            self.called[out],
            self.number(out.data),
            self.value_said(out),
            self.gradient_said(out, chip, note),
            badge=(out.op if rows else "Σ") if is_neuron(nodes) else "",
            chip=chip,
            note=note,
            rows=(*rows, *self.size_of_gradient(nodes)),
            slots=tuple(slots),
            numbered=(False,) * len(slots),
        )

    def slopes_of(self, nodes: Sequence[Value]) -> dict[Value, Any]:
        """The derivatives of the last node of a unit with respect to the others, and to what they take from elsewhere."""
        unit = tuple(nodes)
        if unit not in self.slopes:
            self.slopes[unit] = _slopes(unit)
        return self.slopes[unit]

    def overview(self, group: int, nodes: Sequence[Value], bundles: dict[int, set[Value]]) -> Card:
        """A card for a folded group: what is in it, the values that leave it, the size of the gradient of its leaves."""
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
            rows=(*self.values_leaving(nodes), *self.size_of_gradient(nodes)),
            slots=slots,
            numbered=(False,) * len(slots),
        )

    def leaving(self, nodes: Sequence[Value]) -> list[Value]:
        """The computed nodes of a group that others take from it, or its root."""
        inside = set(nodes)
        return [node for node in nodes if node.parents and (node is self.y or not inside.issuperset(self.consumers[node]))]

    def values_leaving(self, nodes: Sequence[Value]) -> list[str]:
        """The computed values that others take from a folded group, or its root, with their gradients."""
        leaving = self.leaving(nodes)
        shown = leaving if len(leaving) <= MOST_ROWS else leaving[: MOST_ROWS - 1]
        rows = []
        for node in shown:
            chip = self.chip(node) if node in self.asked else None
            known = f"; {self.short(chip.label)} {self.sign(self.gradients.found[node])} {chip.text}" if chip and chip.text else ""
            rows.append(self.equation(self.short(self.called[node]), node.data) + known)
        return rows + ([self.say("picture.more", count=f"{len(leaving) - len(shown):,}")] if len(leaving) > len(shown) else [])

    def size_of_gradient(self, nodes: Sequence[Value]) -> list[str]:
        """The length of the vector of the gradients of the leaves in a folded group, once they are computed."""
        found = self.gradients.found
        given = [node for node in nodes if not node.parents and not node.constant]
        if not given or any(leaf not in found for leaf in given):
            return []
        size = math.hypot(*[as_float(found[leaf]) for leaf in given])
        return [f"{self.norm(given)} {self.sign(size)} {self.number(size)}"]

    def norm(self, given: Sequence[Value]) -> str:
        """How the length of the vector of the gradients of some leaves is written."""
        what = (
            ", ".join([self.called[leaf] for leaf in given])
            if len(given) <= 3
            else self.say("picture.count.leaves", count=f"{len(given):,}")
        )
        return f"‖∂{self.short(self.called[self.y])}/∂({what})‖"

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


def is_neuron(nodes: Sequence[Value]) -> bool:
    """Whether the nodes of a unit are a sum of products and at most a function of it."""
    return kind_of(nodes[-1]) != "" and all(node.op in LINEAR_OPERATIONS for node in nodes[:-1] if node.parents)


def _slopes(nodes: Sequence[Value]) -> dict[Value, Any]:
    """The derivatives of the last of some nodes with respect to each of them, and to what they take from elsewhere."""
    found: dict[Value, Any] = {nodes[-1]: 1}
    for node in reversed(nodes):
        for parent, local in zip(node.parents, node.partials, strict=True):
            found[parent] = plus(found.get(parent, 0), product(found[node], local))
    return found
