"""A picture of arrays in DOT, the language of Graphviz: a node for each array with its gradient, an edge to whatever is computed from it.

Layers are clusters. Quoting, and the package that Graphviz itself is used with, are those of `dot`.
"""

from typing import Any

from ..picture.array_cards import ArrayCard, ArrayPicture, Part
from ..picture.lettering import cut
from .dot import LONGEST, TOOLTIP, quoted


def source(picture: ArrayPicture, direction: str) -> str:
    """The DOT text of a picture of arrays."""
    return "\n".join(["digraph {", *[f"  {line}" for line in _lines(picture, direction)], "}"]) + "\n"


def digraph(picture: ArrayPicture, direction: str) -> Any:
    """The same as a `graphviz.Digraph`."""
    import graphviz

    return graphviz.Digraph(body=[f"\t{line}\n" for line in _lines(picture, direction)])


def _lines(picture: ArrayPicture, direction: str) -> list[str]:
    lines = [f"rankdir={direction}", 'node [shape=box style=rounded fontname="monospace"]', 'edge [fontname="sans-serif" fontsize=11]']
    functions: dict[str, str] = {}
    for block, title in enumerate(picture.titles):
        inner = []
        for box in picture.boxes:
            if box.block == block:
                inner += [f"{quoted(card.key)} [{_attributes(card)}]" for card in box.all_cards]
                functions |= {card.key: box.function for card in box.cards}
        lines += (
            [f"subgraph cluster_{block} {{ label={quoted(title)} style=rounded", *[f"  {line}" for line in inner], "}"] if title else inner
        )
    for read, made in picture.reads:
        label = f" [label={quoted(functions[made])}]" if functions.get(made) else ""
        lines.append(f"{quoted(read)} -> {quoted(made)}{label}")
    return lines


def _attributes(card: ArrayCard) -> str:
    label = "\\n".join([quoted(row)[1:-1] for part in card.parts for row in _rows(part)])
    dashed = ' style="rounded,dashed"' if card.kind == "constant" else ""
    return f'label="{label}"{dashed} tooltip={quoted(cut(card.title, TOOLTIP))}'


def _rows(part: Part) -> list[str]:
    wide = [max(map(len, column)) for column in zip(*part.entries, strict=True)]
    rows = ["  ".join([text.rjust(size) for text, size in zip(row, wide, strict=True)]) for row in part.entries]
    return [f"{cut(part.symbol, LONGEST)}   {part.shape}", *(rows or [part.note])]
