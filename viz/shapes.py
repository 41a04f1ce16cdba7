"""The size of a card and where its parts stand: pills with local derivatives, badge, frame, texts, gradient chip.

Rests on `picture` and `lettering`. The layout sees of a card only its extent and where wires arrive and leave; the
writer sees all parts. Lengths are in the unit of the SVG, from the top left corner of the shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .lettering import shortened, width
from .picture import Card

NAME, NUMBER, SMALL = 16.0, 14.0, 12.0  # sizes of letters
ROW, CHIP, NOTE, PAD = 26.0, 21.0, 17.0, 9.0  # heights of the first row, of the chip and of a note; room at the sides
PILL, STEP, STUB = 20.0, 24.0, 13.0  # height of a pill, from one pill to the next, way from pill to badge
BADGE = 26.0  # height of a badge, and its least width
NARROWEST, USUAL, WIDEST = 92.0, 136.0, 240.0  # of a card without its badge

Point = tuple[float, float]


@dataclass(frozen=True)
class Rect:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Shape:
    """One card as geometry. `entries` are the points where wires arrive, in the order of the operands; they leave at
    `exit`. `stubs` go on from each entry, or from its pill, to the badge; `inner` is where the texts stand."""

    width: float
    height: float
    frame: Rect
    inner: Rect
    exit: Point
    name: str
    value: str
    chip: Rect | None = None
    chip_label: str = ""
    badge: Rect | None = None
    entries: tuple[Point, ...] = ()
    pills: tuple[Rect | None, ...] = ()
    stubs: tuple[tuple[Point, Point], ...] = ()


def shapes_of(cards: Sequence[Card], direction: str) -> list[Shape]:
    """The shapes of all cards of a picture that runs from left to right ("LR") or from top to bottom ("TB").

    Cards are equally wide, except for those with more to say than usual.
    """
    texts = [_Texts(card) for card in cards]
    usual = max([text.room for card, text in zip(cards, texts, strict=True) if text.room <= USUAL and not card.quiet], default=NARROWEST)
    return [
        _shape(card, text, text.room if card.quiet else max(text.room, usual), direction) for card, text in zip(cards, texts, strict=True)
    ]


class _Texts:
    """The texts of a card as they fit on it, and the room they need."""

    def __init__(self, card: Card):
        self.value = shortened(card.value, NUMBER, WIDEST / 2)
        self.name = shortened(card.name, NAME, WIDEST - 4 * PAD - width(self.value, NUMBER))
        self.label = ""
        needed = width(self.name, NAME) + width(self.value, NUMBER) + 2 * PAD * bool(self.name)
        if card.chip:
            number = width(card.chip.text, NUMBER, bold=True)
            self.label = shortened(card.chip.label, SMALL, WIDEST - 4 * PAD - number)
            needed = max(needed, width(self.label, SMALL) + number + PAD + 4)
        self.note = width(card.note, SMALL) if card.note else 0.0
        self.room = max(34.0 if card.quiet else NARROWEST, needed + 2 * PAD, self.note + PAD)


def _shape(card: Card, texts: _Texts, room: float, direction: str) -> Shape:
    height = ROW if card.quiet else ROW + 3 + (CHIP + 6 if card.chip else 0) + (NOTE if card.note else 0)
    build = _from_left if direction == "LR" else _from_above
    return build(card, texts, room, height)


def _from_left(card: Card, texts: _Texts, room: float, height: float) -> Shape:
    """Pills in a stack on the left, then the badge on the border of the frame."""
    pills = _pill_widths(card)
    count = len(pills)
    step = STEP if any(pills) else 13.0
    badge = _badge_width(card)
    tall = max(BADGE, (count - 1) * step + BADGE) if count > 2 and card.badge else BADGE
    if not card.badge:  # a folded group takes its wires at its frame
        height = max(height, (count - 1) * step + BADGE)
    total = max(height, tall, (count - 1) * step + PILL if any(pills) else 0.0)
    middle, widest = total / 2, max(pills, default=0.0)
    inset = BADGE / 2 if card.badge else 0.0  # how far the badge reaches into the frame
    left = (widest + STUB if widest else 6.0 if pills else 0.0) + badge - inset
    frame = Rect(left, middle - height / 2, room + inset, height)
    spot = Rect(left + inset - badge, middle - tall / 2, badge, tall) if card.badge else None
    heights = [middle + (k - (count - 1) / 2) * step for k in range(count)]
    boxes = tuple([Rect(widest - wide, y - PILL / 2, wide, PILL) if wide else None for wide, y in zip(pills, heights, strict=True)])
    entries = tuple([(widest - wide, y) for wide, y in zip(pills, heights, strict=True)])
    stubs = tuple([((widest, y), _rim(spot, (widest, y)) if spot else (left, y)) for y in heights])
    inner = Rect(frame.x + inset, frame.y, room, height)
    return Shape(
        frame.right,
        total,
        frame,
        inner,
        (frame.right, middle),
        texts.name,
        texts.value,
        _chip(card, inner),
        texts.label,
        spot,
        entries,
        boxes,
        stubs,
    )


def _from_above(card: Card, texts: _Texts, room: float, height: float) -> Shape:
    """Pills in a row above, then the badge on the border of the frame."""
    pills = _pill_widths(card)
    gap = 6.0 if any(pills) else 13.0
    row = sum(pills) + gap * (len(pills) - 1)
    wide = max(row if len(pills) > 2 and card.badge else 0.0, _badge_width(card))
    if not card.badge:
        room = max(room, row + PAD)
    total = max(room, row, wide)
    middle = total / 2
    inset = BADGE / 2 if card.badge else 0.0
    top = (PILL + STUB if any(pills) else 6.0 if pills else 0.0) + (BADGE - inset if card.badge else 0.0)
    frame = Rect(middle - room / 2, top, room, height + inset * 0.7)
    spot = Rect(middle - wide / 2, top + inset - BADGE, wide, BADGE) if card.badge else None
    boxes, entries, stubs, x = [], [], [], middle - row / 2
    below = PILL if any(pills) else 0.0
    for extent in pills:
        boxes.append(Rect(x, 0, extent, PILL) if extent else None)
        entries.append((x + extent / 2, 0.0))
        start = (x + extent / 2, below)
        stubs.append((start, _rim(spot, start) if spot else (start[0], top)))
        x += extent + gap
    inner = Rect(frame.x, frame.bottom - height, room, height)
    return Shape(total, frame.bottom, frame, inner, (middle, frame.bottom), texts.name, texts.value, _chip(card, inner), texts.label, spot, tuple(entries), tuple(boxes), tuple(stubs))  # fmt: skip


def _pill_widths(card: Card) -> list[float]:
    return [_pill_width(text, numbered) for text, numbered in zip(card.slots, card.numbered, strict=True)]


def _pill_width(text: str, numbered: bool) -> float:
    if not text:
        return PILL if numbered else 0.0
    return max(BADGE, width(text, SMALL) + 14) + (14 if numbered else 0)


def _badge_width(card: Card) -> float:
    return max(BADGE, width(card.badge, SMALL) + 14) if card.badge else 0.0


def _chip(card: Card, inner: Rect) -> Rect | None:
    return Rect(inner.x + 6, inner.y + ROW + 1, inner.width - 12, CHIP) if card.chip else None


def _rim(badge: Rect, start: Point) -> Point:
    """Where the rim of the badge is met by a line from `start`: straight on along the badge, at its round end askew."""
    x, y = start
    radius = BADGE / 2
    # The middle of the circle nearest to the start; the badge is round at its ends and straight between them.
    cx = min(max(x, badge.x + radius), badge.right - radius)
    cy = min(max(y, badge.y + radius), badge.bottom - radius)
    distance = ((x - cx) ** 2 + (y - cy) ** 2) ** 0.5
    return cx + (x - cx) * radius / distance, cy + (y - cy) * radius / distance
