"""Writes a picture as SVG from its records, its shapes and their layout. It decides nothing: what is shown comes from
`picture`, where from `layout`, in which colours from `theme`.

Every card and every wire is a group with a stable key (`data-key`), so that a step can be highlighted by CSS and
nothing moves.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from html import escape

from ..layout.arrangement import EDGE, TITLE, turned
from ..layout.nested import Layout, Point
from ..layout.shapes import LINE, SMALL, Rect, Shape
from ..layout.shapes import ROW as CARD_ROW
from ..picture.lettering import MINUS, RAISED, marks, shortened, width
from ..picture.records import UNKNOWN, Card, Frame, Picture, Wire
from .legend import ROW, SAMPLE, THICK, THIN, Entry, entries, largest_flow, stroke
from .theme import stylesheet

MARGIN = 20.0
FADED = 0.42  # opacity of what is not what a picture is about
CAPTION = 15.0  # size of its letters
NOUGHT = re.compile(r"\.0(?!\d)")  # a decimal that says nothing
LEGEND_ROOM = 320.0  # what a legend gets below a picture that is narrower


def write(
    picture: Picture,
    shapes: Sequence[Shape],
    layout: Layout,
    direction: str,
    theme: str,
    largest: float | None = None,
    caption: str = "",
    scale: float = 1.0,
) -> str:
    """The SVG document of a picture, `scale` times as large as it is laid out. One of several that belong together has the
    `largest` flow of all of them for the widths of its wires, and a caption in place of the legend."""
    corners = [turned(corner, direction) for corner in layout.corners]
    across, down = turned((layout.along, layout.across), direction)
    alone = largest is None
    largest = largest_flow(picture) if largest is None else largest
    body = [write_frame(frame, *place, direction) for frame, place in zip(picture.frames, layout.frames, strict=True)]
    for wire, way in zip(picture.wires, layout.ways, strict=True):
        wide = THICK if wire.mark == "now" else stroke(wire.flow, largest)
        body.append(write_wire(wire, way, shapes[wire.target], corners[wire.target], wide, direction))
    body += [write_card(card, shape, corner) for card, shape, corner in zip(picture.cards, shapes, corners, strict=True)]
    if caption:
        body.append(write_text(0, down + 30, caption, "caption"))
        across, down = max(across, width(caption, CAPTION)), down + 36
    legend = entries(picture, max(across, LEGEND_ROOM)) if alone else []
    return document(picture.title, [*picture.lines, *picture.notes], body, legend, picture.notes, (across, down), theme, scale)


def size(picture: Picture, layout: Layout, direction: str) -> Point:
    """The width and the height of the document of a picture."""
    across, down = turned((layout.along, layout.across), direction)
    return page_size((across, down), entries(picture, max(across, LEGEND_ROOM)), picture.notes)


def room_for_drawing(wide: float, tall: float, scale: float) -> Point:
    """The extent that a drawing may have, with a line of legend below it, to be at least `scale` times as large on so many pixels."""
    return wide / scale - 2 * MARGIN, tall / scale - 2 * MARGIN - ROW - 10


def document(
    title: str,
    alternative: Sequence[str],
    body: Sequence[str],
    legend: Sequence[Entry],
    notes: Sequence[str],
    extent: Point,
    theme: str,
    scale: float = 1.0,
    notes_kind: str = "warn",
) -> str:
    """An SVG document: what is drawn, of the given extent, with the legend and the notes below it, and the same in words."""
    wide, tall = page_size(extent, legend, notes)
    drawn = "\n".join([*body, *_foot(notes, legend, extent[1], notes_kind)])
    uid = "c" + sha256(drawn.encode()).hexdigest()[:10]  # several pictures in one page must not share ids
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chalkgrad" role="img" aria-labelledby="{uid}-title" aria-describedby="{uid}-desc" '
        f'viewBox="0 0 {px(wide)} {px(tall)}" width="{px(scale * wide)}" height="{px(scale * tall)}">\n'
        f'<title id="{uid}-title">{escape(title)}</title>\n'
        f'<desc id="{uid}-desc">{escape("; ".join(alternative))}</desc>\n'
        f"<style>{stylesheet(theme)}</style>\n"
        f'<rect class="paper" width="{px(wide)}" height="{px(tall)}" rx="12"/>\n'
        f'<g transform="translate({px(MARGIN)} {px(MARGIN)})">\n{drawn}\n</g>\n</svg>\n'
    )


def page_size(extent: Point, legend: Sequence[Entry], notes: Sequence[str]) -> Point:
    """The width and the height of a document around what is drawn."""
    notes_width = max([width(note, SMALL) for note in notes], default=0.0)
    legend_width = max([entry.x + SAMPLE + 6 + width(entry.text, SMALL) for entry in legend], default=0.0)
    legend_height = legend[-1].y + ROW + 10 if legend else 0.0
    return max(extent[0], notes_width, legend_width) + 2 * MARGIN, extent[1] + legend_height + 18 * len(notes) + 2 * MARGIN


@lru_cache(maxsize=4096)  # parts of cards have the same places in all of them
def px(number: float) -> str:
    """A coordinate: no more digits than can be seen."""
    text = f"{number:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def write_rect(rect: Rect, kind: str, radius: float) -> str:
    return f'<rect class="{kind}" x="{px(rect.x)}" y="{px(rect.y)}" width="{px(rect.width)}" height="{px(rect.height)}" rx="{px(radius)}"/>'


def write_text(x: float, y: float, text: str, kind: str = "", anchor: str = "") -> str:
    kind = f' class="{kind}"' if kind else ""
    anchor = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{px(x)}" y="{px(y)}"{kind}{anchor}>{escape(text)}</text>'


def write_marked(x: float, y: float, text: str, kind: str, anchor: str = "") -> str:
    """A text whose marks, what a notation writes with "^", are raised and small."""
    pieces, is_up = [], False
    for piece, is_raised in marks(text):
        moved = f' dy="{-5 if is_raised else 5}"' if is_raised != is_up else ""
        small = f' style="font-size:{px(RAISED)}px"' if is_raised else ""
        pieces.append(f"<tspan{moved}{small}>{escape(piece)}</tspan>" if moved or small else escape(piece))
        is_up = is_raised
    anchor = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{px(x)}" y="{px(y)}" class="{kind}"{anchor}>{"".join(pieces)}</text>'


# --- groups and wires --------------------------------------------------------------------------------------------


def write_frame(frame: Frame, corner: Point, extent: Point, direction: str) -> str:
    (x, y), (wide, tall) = turned(corner, direction), turned(extent, direction)
    title = escape(shortened(frame.title, TITLE * 1.16, (tall if direction == "TB" else wide) - 2 * EDGE))
    # In a picture from top to bottom wires come in at the top, so the title stands on the left, turned.
    place = (
        f'transform="translate({px(x + 20)} {px(y + tall - EDGE)}) rotate(-90)"'
        if direction == "TB"
        else f'x="{px(x + EDGE)}" y="{px(y + 20)}"'
    )
    return (
        f'<g class="group" data-key="{frame.key}"><title>{escape(frame.title)}</title>'
        f'<rect x="{px(x)}" y="{px(y)}" width="{px(wide)}" height="{px(tall)}" rx="12"/><text {place}>{title}</text></g>'
    )


def write_wire(wire: Wire, way: Sequence[tuple[Sequence[Point], bool]], shape: Shape, corner: Point, wide: float, direction: str) -> str:
    kind = "wire" if wire.flow is None else "wire positive" if wire.flow > 0 else "wire negative" if wire.flow < 0 else "wire zero"
    kind += f" {wire.mark}" if wire.mark else ""
    own = [_path(points, direction) for points, shared in way if not shared]
    trunk = [_path(points, direction) for points, shared in way if shared]
    (x0, y0), (x1, y1) = [(x + corner[0], y + corner[1]) for x, y in shape.stubs[wire.slot]]
    length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 0.1)
    dx, dy = (x1 - x0) / length, (y1 - y0) / length
    long, broad = 4.0 + 1.1 * wide, 2.6 + 0.7 * wide
    if wire.mark == "now":  # what goes back arrives at the other end
        x, y, head = x1, y1, _head(turned(way[0][0][0], direction), turned((-1.0, 0.0), direction), long * 1.3, broad * 1.3)
    else:
        x, y, head = x1 - dx * long, y1 - dy * long, _head((x1, y1), (dx, dy), long, broad)
    own.append(f"M{px(x0)} {px(y0)}L{px(x)} {px(y)}")
    style = f' style="stroke-width:{px(wide)}"' if wide != THIN and not wire.mark else ""
    shared = f'<path class="trunk" d="{"".join(trunk)}"/>' if trunk else ""
    return (
        f'<g class="{kind}" data-key="{wire.key}"><title>{escape(wire.title)}</title>{shared}'
        f'<path class="line" d="{"".join(own)}"{style}/><path class="head" d="{head}"/></g>'
    )


def _head(tip: Point, towards: Point, long: float, broad: float) -> str:
    (x, y), (dx, dy) = tip, towards
    back = (x - dx * long, y - dy * long)
    return f"M{px(x)} {px(y)}L{px(back[0] - dy * broad)} {px(back[1] + dx * broad)}L{px(back[0] + dy * broad)} {px(back[1] - dx * broad)}z"


def _path(points: Sequence[Point], direction: str) -> str:
    """A way of cubics, whose points are along and across the flow; those that are straight are written as lines."""
    on_its_way = iter([turned(point, direction) for point in points] if direction == "TB" else points)
    x0, y0 = next(on_its_way)
    pattern, numbers = ["M%.1f %.1f"], [x0, y0]
    for (x1, y1), (x2, y2), (x3, y3) in zip(on_its_way, on_its_way, on_its_way, strict=True):
        if y0 == y1 == y2 == y3 or x0 == x1 == x2 == x3 or (x0 == x1 and y0 == y1):
            pattern.append("L%.1f %.1f")
            numbers += (x3, y3)
        else:
            pattern.append("C%.1f %.1f %.1f %.1f %.1f %.1f")
            numbers += (x1, y1, x2, y2, x3, y3)
        x0, y0 = x3, y3
    return NOUGHT.sub("", "".join(pattern) % tuple(numbers))  # all at once: large pictures have a million of them


# --- cards -------------------------------------------------------------------------------------------------------


def write_card(card: Card, shape: Shape, corner: Point) -> str:
    kinds = " ".join(["card", card.kind] + ["stale"] * card.stale + [card.mark] * bool(card.mark))
    frame, inner = shape.frame, shape.inner
    parts = [
        f'<g class="{kinds}" data-key="{card.key}" transform="translate({px(corner[0])} {px(corner[1])})"><title>{escape(card.title)}</title>'
    ]
    if card.kind == "folded":  # a second frame shows from behind
        parts.append(write_rect(Rect(frame.x + 4, frame.y - 4, frame.width, frame.height), "frame", 10))
    parts.append(write_rect(frame, "frame", 10))
    if card.quiet:
        parts.append(write_text(inner.middle[0], inner.middle[1] + 5, shape.texts.value, "value", "middle"))
    else:
        parts.append(
            write_text(inner.x + 10, inner.y + 19, shape.texts.name, "name")
            + write_text(inner.right - 11, inner.y + 19, shape.texts.value, "value", "end")
        )
    if card.chip and shape.chip:
        parts.append(_chip(card.chip.state, card.chip.sign, shape.chip, shape.texts.label, card.chip.text))
    top = shape.chip.bottom if shape.chip else inner.y + CARD_ROW
    parts += [write_text(inner.x + 10, top + LINE * (k + 1) - 3, row, "row") for k, row in enumerate(card.rows)]
    if card.kind == "folded":
        parts.append(write_text(inner.x + 10, inner.bottom - 7, card.note, "small soft"))
    elif card.note:
        parts.append(write_text(inner.middle[0], inner.bottom - 7, card.note, "small warn", "middle"))
    if shape.badge:
        x, y = shape.badge.middle
        parts.append(
            write_rect(shape.badge, "badge", 13) + write_text(x, y + 4.5, card.badge, "small" if len(card.badge) > 1 else "", "middle")
        )
    for slot, pill in enumerate(shape.pills):
        if pill:
            parts.append(_pill(card.slots[slot], slot, card.numbered[slot], pill, slot in card.faded))
    return "".join([*parts, "</g>"])


def _chip(state: str, sign: int, rect: Rect, label: str, text: str) -> str:
    kind = f"{state} {'positive' if sign > 0 else 'negative' if sign < 0 else ''}".strip()
    number = write_text(rect.right - 5, rect.y + 15.5, text, "gradient")
    return f'<g class="{kind}">{write_rect(rect, "chip", 6)}{write_text(rect.x + 5, rect.y + 15, label, "small soft") if label else ""}{number}</g>'


def _pill(text: str, slot: int, numbered: bool, pill: Rect, faded: bool) -> str:
    x, y = pill.middle
    parts = [write_rect(pill, "pill", 10)]
    if numbered:
        left = pill.x + 10
        parts.append(
            f'<circle class="slot" cx="{px(left)}" cy="{px(y)}" r="7"/>' + write_text(left, y + 4, str(slot + 1), "small soft", "middle")
        )
        x += 7
    parts.append(write_text(x, y + 4.5, text, "number"))
    pale = f' opacity="{FADED}"' if faded else ""
    return f'<g class="local" data-slot="{slot}"{pale}>{"".join(parts)}</g>'


# --- below the picture -------------------------------------------------------------------------------------------


def _foot(notes: Sequence[str], legend: Sequence[Entry], down: float, kind: str) -> list[str]:
    top = down + 18
    parts = [_entry(entry, top) for entry in legend]
    top += legend[-1].y + ROW + 10 if legend else 0
    return [*parts, *[write_text(0, top + 18 * k + 4, note, f"small {kind}") for k, note in enumerate(notes)]]


def _entry(entry: Entry, top: float) -> str:
    x, y = entry.x, top + entry.y
    if entry.sign == "signs":
        chips = [(0, "+", "complete positive"), (12, MINUS, "complete negative"), (24, "0", "zero")]
        sample = "".join([f'<g class="{kind}">{write_rect(Rect(x + at, y + 2, 11, 13), "chip", 3)}'
                          f'{write_text(x + at + 9.5, y + 12.5, sign, "gradient small")}</g>' for at, sign, kind in chips])  # fmt: skip
    elif entry.sign in ("pill", "unknown"):
        dash = write_text(x + SAMPLE / 2, y + 12.5, UNKNOWN, "small", "middle") if entry.sign == "unknown" else ""
        sample = write_rect(Rect(x, y, SAMPLE, 16), "pill", 8) + dash
    elif entry.sign in ("none", "partial", "complete", "zero"):
        sample = f'<g class="{entry.sign}">{write_rect(Rect(x, y, SAMPLE, 16), "chip", 6)}</g>'
    elif entry.sign == "scale":
        sample = (
            f'<path class="head" d="M{px(x)} {px(y + 8.5)}L{px(x + SAMPLE)} {px(y + 8 - THICK)}L{px(x + SAMPLE)} {px(y + 8 + THICK)}z"/>'
        )
    else:
        kind = "zero" if entry.sign == "no flow" else entry.sign
        sample = f'<g class="wire {kind}"><path class="line" d="M{px(x)} {px(y + 8)}h{px(SAMPLE)}" style="stroke-width:2.5"/></g>'
    return f'<g class="key">{sample}{write_text(x + SAMPLE + 6, y + 12.5, entry.text, "small soft")}</g>'
