"""A graph too large for one picture as several: an overview with groups folded, and a close-up of each of these groups.

Which groups there are is decided by `folding`, what stands on the cards by `reading`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .folding import Room, rooms
from .gradients import of_steps
from .lettering import harmless
from .reading import Reader
from .records import Picture
from .scopes import Scope


@dataclass(frozen=True)
class View:
    """A picture with the keys of its folded cards, one for each group that the overview folds; a close-up of a group has
    that group's title and None for its key."""

    picture: Picture
    title: str
    keys: tuple[str | None, ...]


def read_rooms(passes: Sequence[Any], digits: int | None = None, lang: str = "en") -> tuple[list[View], list[int]]:
    """The graph that the steps of `passes` lead through, with their names and gradients, in one picture or in an overview
    and close-ups of its groups; and for every node its group, WHOLE for none. A close-up has the group and what is wired
    to it."""
    found: list[Room] = []
    groups: list[int] = []

    def grouping(scopes: Sequence[tuple[str, ...]], parents: Sequence[Sequence[int]]) -> tuple[list[Scope], list[int]]:
        made, of_nodes = rooms(scopes, parents)
        found.extend(made)
        groups.extend(of_nodes)
        return found[0].groups, found[0].home

    reader = Reader(passes[0].root, of_steps(passes), True, grouping, digits, lang, passes[0].names)
    views = []
    for room in found:
        reader.groups, reader.home = room.groups, room.home
        picture, title, keys = reader.picture(), "", [f"g{place}" for place in room.places]
        if room.focus is None:
            views.append(View(picture, title, tuple(keys)))
            continue
        opened = room.groups[room.places[room.focus]]
        title = harmless(", ".join([*opened.path[:-1], reader.called_group(opened)]))
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
