"""Writes a picture as SVG from its records, its shapes and their layout. It decides nothing: what is shown comes from
`picture`, where from `layout`, in which colours from `theme`.

Every card and every wire is a group with a stable id, so that a step can be highlighted by CSS and nothing moves.
"""

from collections.abc import Sequence
from html import escape

from .layout import Layout, Point
from .lettering import width
from .picture import Card, Picture, Wire
from .shapes import SMALL, Rect, Shape
from .theme import stylesheet

MARGIN = 20.0


def write(picture: Picture, shapes: Sequence[Shape], layout: Layout, direction: str, theme: str) -> str:
    """The SVG document of a picture."""
    turn = direction == "TB"
    corners = [(y, x) if turn else (x, y) for x, y in layout.corners]
    curves = [[(y, x) if turn else (x, y) for x, y in curve] for curve in layout.curves]
    across, down = (layout.across, layout.along) if turn else (layout.along, layout.across)
    largest = max([abs(wire.flow) for wire in picture.wires if wire.flow is not None and abs(wire.flow) < float("inf")], default=0.0)
    foot = _foot(picture, down)
    total_width = max(across, *[width(note, SMALL) for note in picture.notes], 60.0) + 2 * MARGIN
    total_height = down + 18 * len(picture.notes) + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chalkgrad" role="img" aria-labelledby="title desc" '
        f'viewBox="0 0 {_n(total_width)} {_n(total_height)}" width="{_n(total_width)}" height="{_n(total_height)}">',
        f'<title id="title">{escape(picture.title)}</title><desc id="desc">{escape(". ".join(picture.lines))}.</desc>',
        f"<style>{stylesheet(theme)}</style>",
        f'<rect class="paper" width="{_n(total_width)}" height="{_n(total_height)}" rx="12"/>',
        f'<g transform="translate({_n(MARGIN)} {_n(MARGIN)})">',
    ]
    for wire, curve in zip(picture.wires, curves, strict=True):
        parts.append(_wire(wire, curve, shapes[wire.target], corners[wire.target], largest, turn))
    for card, shape, corner in zip(picture.cards, shapes, corners, strict=True):
        parts.append(_card(card, shape, corner))
    return "\n".join([*parts, *foot, "</g></svg>"]) + "\n"


def _n(number: float) -> str:
    """A coordinate: no more digits than can be seen."""
    return f"{number:.1f}".removesuffix(".0")


def _wire(wire: Wire, curve: Sequence[Point], shape: Shape, corner: Point, largest: float, turn: bool) -> str:
    kind, stroke = "wire", 1.5
    if wire.flow is not None:
        kind += " positive" if wire.flow > 0 else " negative" if wire.flow < 0 else " zero"
        if wire.flow and largest:
            stroke = 1.5 + 3.0 * min(1.0, abs(wire.flow) / largest) ** 0.5
    path = "M{} {}".format(*map(_n, curve[0]))
    for k in range(1, len(curve), 3):
        path += "C" + " ".join(f"{_n(x)} {_n(y)}" for x, y in curve[k : k + 3])
    end = curve[-1]
    if shape.badge:
        mx, my = shape.badge.middle
        if shape.pills:  # the last piece, from the pill to the badge
            pill = shape.pills[wire.slot]
            end = (
                (corner[0] + pill.x + pill.width / 2, corner[1] + pill.bottom)
                if turn
                else (corner[0] + pill.right, corner[1] + pill.y + pill.height / 2)
            )
            path += f"M{_n(end[0])} {_n(end[1])}"
        goal = (corner[0] + mx, corner[1] + shape.badge.y) if turn else (corner[0] + shape.badge.x, corner[1] + my)
        path += f"L{_n(goal[0])} {_n(goal[1])}"
        end = goal
    style = f' style="stroke-width:{_n(stroke)}"' if stroke != 1.5 else ""
    return f'<g id="{wire.key}" class="{kind}"><title>{escape(wire.title)}</title><path d="{path}"{style}/>{_head(end, turn)}</g>'


def _head(end: Point, turn: bool) -> str:
    x, y = end
    points = [(x, y), (x - 4, y - 7), (x + 4, y - 7)] if turn else [(x, y), (x - 7, y - 4), (x - 7, y + 4)]
    return '<path class="head" d="M' + "L".join(f"{_n(a)} {_n(b)}" for a, b in points) + 'z"/>'


def _rect(rect: Rect, kind: str, radius: float) -> str:
    return f'<rect class="{kind}" x="{_n(rect.x)}" y="{_n(rect.y)}" width="{_n(rect.width)}" height="{_n(rect.height)}" rx="{_n(radius)}"/>'


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "") -> str:
    kind = f' class="{kind}"' if kind else ""
    anchor = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{_n(x)}" y="{_n(y)}"{kind}{anchor}>{escape(text)}</text>'


def _card(card: Card, shape: Shape, corner: Point) -> str:
    frame = shape.frame
    kinds = ["node", card.kind] + ["stale"] * card.stale
    parts = [
        f'<g id="{card.key}" class="{" ".join(kinds)}" transform="translate({_n(corner[0])} {_n(corner[1])})"><title>{escape(card.title)}</title>'
    ]
    parts.append(_rect(frame, "frame", 10))
    if card.kind == "constant" and not card.name:
        parts.append(_text(frame.middle[0], frame.middle[1] + 5, card.value, anchor="middle"))
        return "".join([*parts, "</g>"])
    left = shape.chip.x if shape.chip else frame.x + 6 + 13 * bool(shape.badge)
    top = shape.chip.y - 8 if shape.chip else frame.y + 19
    parts.append(_text(left + 5, top, shape.name, "name"))
    parts.append(_text(frame.right - 11, top, card.value, anchor="end"))
    if card.chip and shape.chip:
        sign = " positive" if card.chip.sign > 0 else " negative" if card.chip.sign < 0 else ""
        parts.append(f'<g class="{card.chip.state}{sign}">{_rect(shape.chip, "chip", 6)}')
        parts.append(_text(shape.chip.x + 5, shape.chip.y + 15, shape.chip_label, "small soft"))
        if card.chip.text:
            parts.append(_text(shape.chip.right - 5, shape.chip.y + 15.5, card.chip.text, "grad", "end"))
        parts.append("</g>")
    if card.note:
        parts.append(_text(frame.middle[0], frame.bottom - 7, card.note, "small warn", "middle"))
    if shape.badge:
        parts.append(_rect(shape.badge, "badge", 13))
        parts.append(
            _text(shape.badge.middle[0], shape.badge.middle[1] + 4.5, card.badge, "small" if len(card.badge) > 1 else "", "middle")
        )
    for slot, pill in enumerate(shape.pills):
        parts.append(_pill(card.slots[slot], slot, card.numbered[slot], pill))
    return "".join([*parts, "</g>"])


def _pill(text: str, slot: int, numbered: bool, pill: Rect) -> str:
    middle = pill.middle[0] + (7 if numbered and text else 0)
    parts = [_rect(pill, "pill", 10)]
    if numbered:
        x, y = pill.x + 10, pill.middle[1]
        parts.append(f'<circle class="slot" cx="{_n(x)}" cy="{_n(y)}" r="7"/>' + _text(x, y + 3.5, str(slot + 1), "small soft", "middle"))
    if text:
        parts.append(_text(middle, pill.middle[1] + 4.5, text, "small", "middle"))
    return "".join(parts)


def _foot(picture: Picture, down: float) -> list[str]:
    return [_text(0, down + MARGIN + 18 * k, note, "small warn") for k, note in enumerate(picture.notes)]
