"""Writes a picture of arrays as SVG, from its records and their places; page, colours and signs are those of every picture."""

from collections.abc import Sequence
from html import escape

from ..layout.array_rows import HEAD, PAD, Placed, PlacedCard, PlacedPart, columns_of, row_of
from ..layout.shapes import Point, Rect
from ..picture.array_cards import ArrayCard, ArrayPicture, Part
from .legend import Entry
from .legend import placed as in_rows
from .svg import LEGEND_ROOM, document, page_size, px, write_marked, write_rect, write_text

ARROWHEAD = 8.0


def write(picture: ArrayPicture, placed: Placed, theme: str, scale: float = 1.0) -> str:
    """The SVG document of a picture of arrays, `scale` times as large as it is laid out."""
    body = [_frame(picture.titles[block], rect) for block, rect in placed.frames]
    body += [_arrow(way) for way in placed.ways]
    for box, cards in zip(picture.boxes, placed.cards, strict=True):
        body += [_card(card, place) for card, place in zip(box.all_cards, cards, strict=True)]
    for box, rect in zip(picture.boxes, placed.boxes, strict=True):
        if box.function and (way := _arriving(placed, rect)):
            body.append(_function(box.function, way))
    return document(
        picture.title, picture.lines, body, _legend(picture, placed), picture.notes, placed.extent, theme, scale, notes_kind="soft"
    )


def size(picture: ArrayPicture, placed: Placed) -> Point:
    """The width and the height of the document."""
    return page_size(placed.extent, _legend(picture, placed), picture.notes)


def _legend(picture: ArrayPicture, placed: Placed) -> list[Entry]:
    return in_rows([("signs", picture.signs)] if picture.signs else [], max(placed.extent[0], LEGEND_ROOM))


def _arriving(placed: Placed, rect: Rect) -> "tuple[Point, ...] | None":
    return next(
        (way for way in placed.ways if rect.x - 1 <= way[-1][0] <= rect.right + 1 and rect.y - 1 <= way[-1][1] <= rect.bottom + 1), None
    )


def _function(name: str, way: Sequence[Point]) -> str:
    (x0, y0), (x1, y1) = way[-2], way[-1]
    if y0 == y1:
        return write_text((x0 + x1) / 2 - 3, y1 - 9, name, "name", "middle")
    return write_text(x1 + 9, (y0 + y1) / 2, name, "name")


def _frame(title: str, rect: Rect) -> str:
    box = f'<rect x="{px(rect.x)}" y="{px(rect.y)}" width="{px(rect.width)}" height="{px(rect.height)}" rx="12"/>'
    return f'<g class="group">{box}{write_text(rect.x + 12, rect.y + 18, title)}</g>'


def _arrow(way: Sequence[Point]) -> str:
    (x0, y0), (x1, y1) = way[-2], way[-1]
    along = (1.0 if x1 > x0 else -1.0, 0.0) if abs(x1 - x0) >= abs(y1 - y0) else (0.0, 1.0 if y1 > y0 else -1.0)
    end = (x1 - along[0] * ARROWHEAD, y1 - along[1] * ARROWHEAD)
    line = "L".join([f"{px(x)} {px(y)}" for x, y in [*way[:-1], end]])
    side = (along[1] * 4.5, along[0] * 4.5)
    head = f"M{px(x1)} {px(y1)}L{px(end[0] + side[0])} {px(end[1] + side[1])}L{px(end[0] - side[0])} {px(end[1] - side[1])}z"
    return f'<g class="wire"><path class="line" d="M{line}"/><path class="head" d="{head}"/></g>'


def _card(card: ArrayCard, place: PlacedCard) -> str:
    frame = place.frame
    parts = [f'<g class="card array {card.kind}" data-key="{escape(card.key)}" transform="translate({px(frame.x)} {px(frame.y)})">']
    parts += [f"<title>{escape(card.title)}</title>", write_rect(Rect(0, 0, frame.width, frame.height), "frame", 10)]
    for k, (part, where) in enumerate(zip(card.parts, place.parts, strict=True)):
        if k:
            parts.append(f'<path class="divider" d="M8 {px(where.top - 4)}H{px(frame.width - 8)}"/>')
        parts.append(_part(part, where, frame.width))
    return "".join([*parts, "</g>"])


def _part(part: Part, where: PlacedPart, wide: float) -> str:
    texts = [write_marked(PAD, where.top + 20, part.symbol, "name"), write_text(wide - PAD, where.top + 20, part.shape, "soft", "end")]
    if not part.entries:
        return "".join([*texts, write_text(PAD, where.top + HEAD + 14, part.note, "soft")])
    widths, tall = columns_of(part), row_of(part)
    base = tall / 2 + 5
    for i, (row, signs) in enumerate(zip(part.entries, part.signs, strict=True)):
        y = where.grid.y + tall * i
        for text, sign, right, room in zip(row, signs, where.rights, widths, strict=True):
            if part.is_of_signs:
                right, room = right - room / 2 + 5, room - 6
            if not part.is_gradient or (part.is_of_signs and not sign):
                texts.append(write_text(right, y + base, text, "entry"))
                continue
            kind = f"{'complete' if sign else 'zero'} {'positive' if sign > 0 else 'negative' if sign < 0 else ''}".strip()
            chip = write_rect(_chip(right, y, room, tall, part.is_of_signs), "chip", 4)
            texts.append(f'<g class="{kind}">{chip}{write_text(right, y + base, text, "gradient")}</g>')
    return "".join([*texts, _brackets(where.grid)])


def _chip(right: float, y: float, room: float, tall: float, is_sign: bool) -> Rect:
    if is_sign:
        return Rect(right - 5 - (room + 5) / 2, y + 0.5, room + 5, tall - 1)
    return Rect(right - room - 3, y + 1, room + 6, tall - 2)


def _brackets(grid: Rect) -> str:
    top, bottom = grid.y, grid.bottom
    left = f"M{px(grid.x + 5)} {px(top)}H{px(grid.x)}V{px(bottom)}H{px(grid.x + 5)}"
    right = f"M{px(grid.right - 5)} {px(top)}H{px(grid.right)}V{px(bottom)}H{px(grid.right - 5)}"
    return f'<path class="bracket" d="{left}{right}"/>'
