"""A picture in DOT, the language of Graphviz: the same cards and wires, for those who want to go on in that world."""

from typing import Any

from ..layout.graphviz_engine import clustered
from ..picture.lettering import cut
from ..picture.records import Card, Picture, Wire

LONGEST, TOOLTIP = 40, 1000  # letters of a name, and of a tooltip: Graphviz reads no text of more than 16,384 bytes


def source(picture: Picture, direction: str) -> str:
    """The DOT text of a picture."""
    return "\n".join(["digraph {", *[f"  {line}" for line in _lines(picture, direction)], "}"]) + "\n"


def digraph(picture: Picture, direction: str) -> Any:
    """The same as a `graphviz.Digraph`."""
    import graphviz

    return graphviz.Digraph(body=[f"\t{line}\n" for line in _lines(picture, direction)])


def _lines(picture: Picture, direction: str) -> list[str]:
    lines = [
        f"rankdir={direction} ordering=in",
        'node [shape=box style=rounded fontname="sans-serif"]',
        'edge [fontname="sans-serif" fontsize=11]',
    ]
    cards = clustered(
        [frame.parent for frame in picture.frames],
        picture.home,
        lambda k: f"{picture.cards[k].key} [{_attributes(picture.cards[k])}]",
        lambda g: f"subgraph cluster_{picture.frames[g].key} {{ label={quoted(cut(picture.frames[g].title, LONGEST))} style=rounded",
    )
    return [*lines, *cards, *[_edge(wire, picture) for wire in picture.wires]]


def quoted(text: str) -> str:
    """A text as a DOT string that shows just this text: Graphviz reads backslashes and HTML entities in labels.

    >>> quoted('5" & <b>')
    '"5\\\\" &amp; <b>"'
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") + '"'


def _attributes(card: Card) -> str:
    if card.quiet:
        return f'label={quoted(card.value)} style="rounded,dashed" tooltip={quoted(cut(card.title, TOOLTIP))}'
    rows = [f"{cut(card.name, LONGEST)}: {card.value}" if card.kind == "folded" else f"{cut(card.name, LONGEST)} = {card.value}"]
    if card.badge:
        rows[0] = f"{card.badge}   {rows[0]}"
    if card.chip:
        label = cut(card.chip.label, LONGEST)
        rows.append(f"{label} = {card.chip.text}" if card.chip.text else f"{label}: not computed")
    rows += card.rows
    if card.note:
        rows.append(card.note)
    label = "\\n".join([quoted(row)[1:-1] for row in rows])
    return f'label="{label}" tooltip={quoted(cut(card.title, TOOLTIP))}'


def _edge(wire: Wire, picture: Picture) -> str:
    target = picture.cards[wire.target]
    label = target.slots[wire.slot]
    if target.numbered[wire.slot]:
        label = f"({wire.slot + 1}) {label}".rstrip()
    attributes = [f"label={quoted(label)}"] if label else []
    if wire.flow is not None and wire.flow < 0:
        attributes.append("style=dashed")
    return f"{picture.cards[wire.source].key} -> {target.key} [{' '.join([*attributes, f'tooltip={quoted(cut(wire.title, TOOLTIP))}'])}]"
