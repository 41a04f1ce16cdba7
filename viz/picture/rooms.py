"""A graph too large for one picture as several: an overview with groups folded, and close-ups of what is folded, down to
groups that can be read.

Which groups there are is decided by `folding`, what stands on the cards by `reading`; whether a picture can be read is said
by who lays it out.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from autograd import Value

from .folding import AT_ONCE, READABLE, Tree, by_parts, sizes, trees
from .gradients import of_steps
from .lettering import harmless
from .reading import LINEAR_OPERATIONS, MOST_ROWS, Reader, is_neuron, kind_of
from .records import Card, Picture, Wire
from .scopes import WHOLE, Scope, visible
from .units import last_of

SMALL, FEWEST = 24, 3  # nodes of a graph that is rather shown as it is than in an overview of fewer cards than this, or in parts
LONG, LARGE = 5, 30  # so many terms, or so many nodes with a few of them, are not looked at all at once
TERMS = (6, 3, 2, 1)  # of a long sum that are looked at closely at a time


@dataclass(frozen=True)
class Row:
    """A line of a folded card and what it tells: of one node its value and its gradient, of several, named by `label`, how
    large their gradient is. A line without nodes always says the same."""

    text: str
    nodes: tuple[int, ...] = ()
    label: str = ""


@dataclass(frozen=True)
class Folded:
    """What a folded card stands for: its nodes, the node whose value and gradient it shows (None for none), its rows, and the
    number of the picture that shows what is in it."""

    members: tuple[int, ...]
    out: int | None
    rows: tuple[Row, ...]
    room: int = 0


@dataclass(frozen=True)
class View:
    """A picture, and what its folded cards stand for, by key; a close-up has the title of its group, and the number of the
    picture that it is a part of."""

    picture: Picture
    title: str = ""
    part_of: int = 0
    folds: dict[str, Folded] = field(default_factory=dict)


Fits = Callable[[View], bool]


def read_rooms(passes: Sequence[Any], fits: Fits, digits: int | None = None, lang: str = "en") -> tuple[list[View], list[int]]:
    """The graph that the steps of `passes` lead through, with their names and gradients, in one picture, or in an overview
    and close-ups of its groups; and for every node the number of the picture in which it is seen best. A close-up has the
    group and what is wired to it."""
    reader = _Reader(passes[0].root, of_steps(passes), True, _nothing, digits, lang, passes[0].names)
    scopes, parents = [node.scope for node in reader.order], [[reader.place[parent] for parent in node.parents] for node in reader.order]
    kinds = [kind_of(node) for node in reader.order]
    trained = [not node.parents and not node.constant for node in reader.order]
    named = [bool(node.label) for node in reader.order]
    is_small, fewest = len(reader.order) <= SMALL, AT_ONCE
    for tree in trees(scopes, parents, kinds, trained, named):
        count, largest = sizes(tree)
        if is_small and (count < FEWEST or any(group.kind == "part" for group in tree[0])):
            continue
        if count <= fewest and (len(reader.order) <= READABLE or largest <= READABLE) and reader.fits(tree, fits):
            break
        fewest = min(fewest, count)
    else:
        tree = next(trees(scopes, parents, kinds, trained, named)) if is_small else by_parts(scopes, parents)
        reader.bare = False
    return _Rooms(reader, tree, fits).made()


def _nothing(scopes: Sequence[tuple[str, ...]], parents: Sequence[Sequence[int]]) -> tuple[list[Scope], list[int]]:
    return [], [WHOLE] * len(scopes)


def cones_of(hub: int, members: Sequence[int], parents: Sequence[Sequence[int]]) -> list[list[int]]:
    """For each computed operand of a node, among the members of a group, those members that lead to nothing but it.

    >>> cones_of(4, [0, 1, 2, 3, 4], [[], [], [0], [1, 0], [2, 3]])
    [[2], [1, 3]]
    """
    inside = set(members)
    leads: dict[int, set[int]] = {node: set() for node in members}  # member → the operands that it leads to, or itself for elsewhere
    for node in sorted(members, reverse=True):
        if node != hub and not leads[node]:
            leads[node].add(node)
        for parent in inside.intersection(parents[node]):
            leads[parent].update({parent} if node == hub else leads[node])
    operands = [operand for operand in dict.fromkeys(parents[hub]) if operand in inside and parents[operand]]
    return [[node for node in members if leads[node] == {operand}] for operand in operands if leads[operand] == {operand}]


class _Rooms:
    """Makes the pictures of one tree of groups."""

    def __init__(self, reader: "_Reader", tree: Tree, fits: Fits):
        self.reader, self.tree, self.fits = reader, tree, fits
        self.views: list[View] = []
        groups, home, _ = tree
        self.room_of = [0] * len(home)
        self.members: list[list[int]] = [[] for _ in groups]
        for node, at in enumerate(home):
            while at != WHOLE:
                self.members[at].append(node)
                at = groups[at].parent

    def made(self) -> tuple[list[View], list[int]]:
        groups, home, folded = self.tree
        self.views.append(self.reader.view(self.tree))
        if any(folded):
            self.open = self.reader.view((groups, home, [False] * len(groups))).picture
            hidden = [False] * len(groups)  # by a group around it
            for g, group in enumerate(groups):
                hidden[g] = group.parent != WHOLE and (hidden[group.parent] or folded[group.parent])
            self._close_ups([g for g in range(len(groups)) if folded[g] and not hidden[g]], 0)
        return self.views, self.room_of

    def _close_ups(self, chosen: Iterable[int], room: int) -> None:
        """Adds the pictures of the groups that are folded in the picture `room`, and tells it where they are."""
        view = self.views[room]
        keys = {folded.members: key for key, folded in view.folds.items()}
        folds = {}
        for g in chosen:
            key = keys[tuple(self.members[g])]
            folds[key] = replace(view.folds[key], room=len(self.views))
            self._close_up(g, room)
        self.views[room] = replace(view, folds=folds)

    def _close_up(self, g: int, part_of: int) -> None:
        groups, home, _ = self.tree
        room, group = len(self.views), groups[g]
        title = harmless(", ".join([*(group.path[:-1] if group.kind == "scope" else ()), self.reader.called_group(group)]))
        self.views.append(View(_part_of(self.open, f"g{g}"), title, part_of))
        for node in self.members[g]:
            self.room_of[node] = room
        inner = [k for k, each in enumerate(groups) if each.parent == g]
        if len(home) > READABLE:
            return
        if group.kind == "unit":
            self._terms(g, room)
        elif inner and not self.fits(self.views[room]):
            seen = self.reader.view((groups, home, [k in inner for k in range(len(groups))]))
            self.views[room] = replace(seen, picture=_part_of(seen.picture, f"g{self.reader.now_at[g]}"), title=title, part_of=part_of)
            self._close_ups(inner, room)

    def _terms(self, g: int, room: int) -> None:
        """Close-ups of as many terms of a long sum at a time as can be read, with the sum."""
        members = self.members[g]
        parents = [[self.reader.place[parent] for parent in node.parents] for node in self.reader.order]
        hub = max(members, key=lambda node: len({operand for operand in parents[node] if parents[operand]}.intersection(members)))
        cones = cones_of(hub, members, parents)
        if (len(cones) < LONG and len(members) < LARGE) or self.fits(self.views[room]):
            return
        for count in TERMS:
            pieces = [list(chain(*cones[start : start + count])) for start in range(0, len(cones), count)]
            if len(pieces) < 2:
                continue
            groups, home, _ = self.tree
            home, parts = list(home), [*groups]
            for k, piece in enumerate(pieces, start=1):
                for node in piece:
                    home[node] = len(parts)
                parts.append(Scope((*groups[g].path, f"part {k}"), g, False, "part", k, len(pieces)))
            picture = self.reader.view((parts, home, [False] * len(parts))).picture
            views = [View(_part_of(picture, f"g{k}"), "", room) for k in range(len(groups), len(parts))]
            if count == TERMS[-1] or all(self.fits(view) for view in views):
                break
        else:
            return
        for piece, view, part in zip(pieces, views, parts[len(groups) :], strict=True):
            for node in piece:
                self.room_of[node] = len(self.views)
            self.views.append(replace(view, title=f"{self.views[room].title}, {self.reader.called_group(part)}"))


class _Reader(Reader):
    """Says on folded cards what a step can change line by line. What is said of a node is the same in every picture."""

    def __init__(self, *given: Any):
        super().__init__(*given)
        self.bare = False  # whether units have no rows
        self.cards: dict[Value, Card] = {}
        self.wires: dict[tuple[Value, int], Wire] = {}

    def card(self, node: Value) -> Card:
        if node not in self.cards:
            self.cards[node] = super().card(node)
        return self.cards[node]

    def wire(self, node: Value, slot: int, source: int, target: int) -> Wire:
        if (node, slot) not in self.wires:
            self.wires[node, slot] = super().wire(node, slot, source, target)
        wire = self.wires[node, slot]
        return wire if (wire.source, wire.target) == (source, target) else replace(wire, source=source, target=target)

    def fits(self, tree: Tree, fits: Fits) -> bool:
        """Whether a picture can be read; that of units if need be without their rows, from now on."""
        self.bare = False
        if not fits(self.view(tree)):
            self.bare = any(folded and group.kind == "unit" for group, folded in zip(tree[0], tree[2], strict=True))
            return self.bare and fits(self.view(tree))
        return True

    def view(self, tree: Tree) -> View:
        """The whole graph with some groups folded."""
        self.groups, self.home, self.now_at = visible(*tree)
        self.folds: dict[str, Folded] = {}
        return View(self.picture(), folds=self.folds)

    def called_group(self, group: Scope) -> str:
        return self.called[self.order[last_of(group)]] if group.kind == "unit" else super().called_group(group)

    def folded(self, group: int, nodes: Sequence[Value], bundles: dict[int, set[Value]]) -> Card:
        card, out = super().folded(group, nodes, bundles), nodes[-1]
        is_unit = self.groups[group].kind == "unit"
        told = self.leaving(nodes) if not is_unit else [out.parents[0]] if out.op not in LINEAR_OPERATIONS and is_neuron(nodes) else []
        rows = [Row(self.line(node), (self.place[node],)) for node in (told if len(told) <= MOST_ROWS else told[: MOST_ROWS - 1])]
        if len(rows) < len(told):
            rows.append(Row(self.say("picture.more", count=f"{len(told) - len(rows):,}")))
        given = [node for node in nodes if not node.parents and not node.constant]
        rows += [Row(text, tuple([self.place[node] for node in given]), self.norm(given)) for text in self.size_of_gradient(nodes)]
        if is_unit and self.bare:
            rows = []
        members = tuple([self.place[node] for node in nodes])
        self.folds[card.key] = Folded(members, self.place[out] if is_unit else None, tuple(rows))
        return replace(card, rows=tuple([row.text for row in rows]), slots=("",) * len(card.slots))

    def line(self, node: Value) -> str:
        """What is known of a node, as the page says it."""
        return self.equation(self.called[node], node.data) + ("" if node.constant else f"; {self.derivative(node)}: {self.chip(node).text}")


def _part_of(picture: Picture, key: str) -> Picture:
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
    used: dict[int, list[int]] = {place: [] for place in kept}
    for wire in sorted(wires, key=lambda wire: wire.slot):
        used[wire.target].append(wire.slot)
    cards = []
    for place in kept:
        card, slots = picture.cards[place], used[place]
        if not held[place]:
            card = replace(
                card,
                slots=tuple([card.slots[slot] for slot in slots]),
                numbered=tuple([card.numbered[slot] for slot in slots]),
                badge=card.badge if slots else "",
            )
        cards.append(card)
    moved = []
    for wire in wires:
        slot = wire.slot if held[wire.target] else used[wire.target].index(wire.slot)
        moved.append(replace(wire, source=number[wire.source], target=number[wire.target], slot=slot))
    frames = {place: k for k, place in enumerate(sorted(inside))}
    return replace(
        picture,
        cards=tuple(cards),
        wires=tuple(moved),
        frames=tuple([replace(picture.frames[place], parent=frames.get(picture.frames[place].parent, -1)) for place in frames]),
        home=tuple([frames.get(picture.home[place], -1) for place in kept]),
    )
