"""The size of a card and where its parts stand: pills with local derivatives, badge, frame, texts, gradient chip.

Rests on `picture` and `lettering`. The layout sees of a card only its extent and where wires arrive and leave; the
writer sees all parts. A number that only one card uses stands beside that card, at its pill, and is laid out with it.
Lengths are in the unit of the SVG, from the top left corner of the shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..picture.lettering import shortened, width
from ..picture.records import Card, Picture

NAME, NUMBER, SMALL = 16.0, 14.0, 12.0  # sizes of letters
ROW, CHIP, LINE, NOTE, PAD = 26.0, 21.0, 19.0, 17.0, 9.0  # heights of the first row, the chip, a further row, a note; room at the sides
PILL, STEP, STUB = 20.0, 24.0, 13.0  # height of a pill, from one pill to the next, way from pill to badge
WIRE, LEAST_WIRE = 13.0, 9.0  # from one wire to the next where there are no pills, and where the card would be too low for that
BADGE = 26.0  # height of a badge, and its least width
BESIDE, REACH = 21.0, 12.0  # height of a number that stands beside the card that uses it, and the way from it
NARROWEST, USUAL, WIDEST = 92.0, 136.0, 240.0  # of a card without its badge
LEAST, LONGEST = 70.0, 220.0  # what a name gets beside a long number, and what a number gets in any case

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
    `exit`. `stubs` go on from each entry, or from its pill, to the badge; `inner` is where the texts stand; `beside` is
    the place of the number that stands at an operand, by slot."""

    width: float
    height: float
    frame: Rect
    inner: Rect
    exit: Point
    texts: "Texts"
    chip: Rect | None = None
    badge: Rect | None = None
    entries: tuple[Point, ...] = ()
    pills: tuple[Rect | None, ...] = ()
    stubs: tuple[tuple[Point, Point], ...] = ()
    beside: Mapping[int, Rect] = field(default_factory=dict)


@dataclass(frozen=True)
class Texts:
    """The texts of a card as they fit on it, and the room they need."""

    name: str
    value: str
    label: str
    room: float


def shapes_of(picture: Picture, direction: str) -> list[Shape]:
    """The shapes of all cards of a picture that runs from left to right ("LR") or from top to bottom ("TB").

    Cards are equally wide, except for those with more to say than usual, and where units say no more than their numbers.
    """
    texts = [_texts(card) for card in picture.cards]
    rooms = [text.room for card, text in zip(picture.cards, texts, strict=True) if text.room <= USUAL and not card.quiet]
    units = [card for card in picture.cards if card.kind == "unit"]
    usual = NARROWEST if units and not any(card.rows for card in units) else max(rooms, default=NARROWEST)
    beside: dict[int, dict[int, float]] = {}
    held = held_by_one(picture)
    for number, (target, slot) in held.items():
        beside.setdefault(target, {})[slot] = texts[number].room
    build = _from_left if direction == "LR" else _from_above
    return [
        _held(text) if k in held else build(card, text, text.room if card.quiet else max(text.room, usual), beside.get(k, {}))
        for k, (card, text) in enumerate(zip(picture.cards, texts, strict=True))
    ]


def held_by_one(picture: Picture) -> dict[int, tuple[int, int]]:
    """The quiet cards that are one operand of one card near by, and of which: card → (card, slot)."""
    uses: dict[int, list[tuple[int, int]]] = {}
    for wire in picture.wires:
        if picture.cards[wire.source].quiet:
            uses.setdefault(wire.source, []).append((wire.target, wire.slot))
    return {
        card: users[0]
        for card, users in uses.items()
        if len(users) == 1 and picture.cards[users[0][0]].badge and picture.home[card] == picture.home[users[0][0]]
    }


def _texts(card: Card) -> Texts:
    value = shortened(card.value, NUMBER, LONGEST)
    name = shortened(card.name, NAME, max(LEAST, WIDEST - 4 * PAD - width(value, NUMBER)))
    label = ""
    needed = width(name, NAME) + width(value, NUMBER) + 2 * PAD * bool(name)
    if card.chip:
        number = width(card.chip.text, NUMBER, bold=True)
        label = _derivative_that_fits(card.chip.label, max(LEAST, WIDEST - 4 * PAD - number))
        needed = max(needed, width(label, SMALL) + number + PAD + 4)
    note = width(card.note, SMALL) + 2 * PAD if card.note else 0.0
    rows = max([width(row, NUMBER) + 2 * PAD + 2 for row in card.rows], default=0.0)
    return Texts(name, value, label, max(34.0 if card.quiet else NARROWEST, needed + 2 * PAD, note, rows))


def _derivative_that_fits(label: str, room: float) -> str:
    """A derivative whose names are too long, with the name below left whole where it can be: the one above is the same on
    all cards."""
    above, line, below = label.rpartition("/∂")
    if not line or width(label, SMALL) <= room:
        return shortened(label, SMALL, room)
    needed = min(width(line + below, SMALL), room - width("∂m…", SMALL))
    return shortened(above, SMALL, room - needed) + shortened(line + below, SMALL, needed)


def _held(texts: Texts) -> Shape:
    frame = Rect(0, 0, texts.room, BESIDE)
    return Shape(texts.room, BESIDE, frame, frame, (texts.room, BESIDE / 2), texts)


def _height(card: Card) -> float:
    if card.quiet:
        return ROW
    return ROW + 3 + (CHIP + 6 if card.chip else 0) + LINE * len(card.rows) + (5 if card.rows else 0) + (NOTE if card.note else 0)


def _from_left(card: Card, texts: Texts, room: float, beside: Mapping[int, float]) -> Shape:
    """Numbers and pills in a stack on the left, then the badge on the border of the frame."""
    pills, height, badge = _pill_widths(card), _height(card), _badge_width(card)
    count = len(pills)
    step = STEP if any(pills) or beside else min(WIRE, max(LEAST_WIRE, (height - BADGE) / max(count - 1, 1)))
    tall = max(BADGE, (count - 1) * step + BADGE) if count > 2 and card.badge else BADGE
    if not card.badge:  # a folded group takes its wires at its frame
        height = max(height, (count - 1) * step + BADGE)
    total = max(height, tall, (count - 1) * step + PILL if any(pills) or beside else 0.0)
    middle = total / 2
    start = max([extent + REACH for extent in beside.values()], default=0.0)  # where pills begin
    end = start + max(pills, default=0.0)  # where pills end
    inset = BADGE / 2 if card.badge else 0.0  # how far the badge reaches into the frame
    left = end + (STUB if any(pills) else 6.0 if pills else 0.0) + badge - inset
    frame = Rect(left, middle - height / 2, room + inset, height)
    spot = Rect(left + inset - badge, middle - tall / 2, badge, tall) if card.badge else None
    heights = [middle + (k - (count - 1) / 2) * step for k in range(count)]
    inner = Rect(frame.x + inset, frame.y, room, height)
    return Shape(
        frame.right,
        total,
        frame,
        inner,
        (frame.right, middle),
        texts,
        _chip(card, inner),
        spot,
        tuple([(end - wide, y) for wide, y in zip(pills, heights, strict=True)]),
        tuple([Rect(end - wide, y - PILL / 2, wide, PILL) if wide else None for wide, y in zip(pills, heights, strict=True)]),
        tuple([((end, y), _rim(spot, (end, y)) if spot else (left, y)) for y in heights]),
        {slot: Rect(end - pills[slot] - REACH - extent, heights[slot] - BESIDE / 2, extent, BESIDE) for slot, extent in beside.items()},
    )


def _from_above(card: Card, texts: Texts, room: float, beside: Mapping[int, float]) -> Shape:
    """Numbers and pills in a row above, then the badge on the border of the frame."""
    pills, height, badge = _pill_widths(card), _height(card), _badge_width(card)
    places = [max(wide, beside.get(slot, 0.0)) for slot, wide in enumerate(pills)]
    gap = 6.0 if any(places) else 13.0
    row = sum(places) + gap * (len(places) - 1)
    wide = max(row if len(pills) > 2 and card.badge else 0.0, badge)
    if not card.badge:
        room = max(room, row + PAD)
    total = max(room, row, wide)
    middle = total / 2
    inset = BADGE / 2 if card.badge else 0.0
    start = BESIDE + REACH if beside else 0.0
    end = start + (PILL if any(pills) else 0.0)
    top = end + (STUB if any(pills) else 6.0 if pills else 0.0) + (BADGE - inset if card.badge else 0.0)
    frame = Rect(middle - room / 2, top, room, height + inset * 0.7)
    spot = Rect(middle - wide / 2, top + inset - BADGE, wide, BADGE) if card.badge else None
    centres, x = [], middle - row / 2
    for place in places:
        centres.append(x + place / 2)
        x += place + gap
    inner = Rect(frame.x, frame.bottom - height, room, height)
    return Shape(
        total,
        frame.bottom,
        frame,
        inner,
        (middle, frame.bottom),
        texts,
        _chip(card, inner),
        spot,
        tuple([(centre, start) for centre in centres]),
        tuple([Rect(centre - extent / 2, start, extent, PILL) if extent else None for centre, extent in zip(centres, pills, strict=True)]),
        tuple([((centre, end), _rim(spot, (centre, end)) if spot else (centre, top)) for centre in centres]),
        {slot: Rect(centres[slot] - extent / 2, 0.0, extent, BESIDE) for slot, extent in beside.items()},
    )


def _pill_widths(card: Card) -> list[float]:
    return [_pill_width(text, numbered) for text, numbered in zip(card.slots, card.numbered, strict=True)]


def _pill_width(text: str, numbered: bool) -> float:
    if not text:
        return PILL if numbered else 0.0
    return max(BADGE, width(text, NUMBER) + 12) + (14 if numbered else 0)


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
