"""The size of a card and where its parts stand: pills with local derivatives, badge, frame, texts, gradient chip.

Rests on `picture` and `lettering`. The layout sees of a card only its extent and where wires arrive and leave; the
writer sees all parts. Lengths are in the unit of the SVG, from the top left corner of the shape.
"""

from dataclasses import dataclass

from .lettering import shortened, width
from .picture import Card

NAME, NUMBER, SMALL = 16.0, 14.0, 12.0  # sizes of letters
ROW, CHIP, PAD = 26.0, 21.0, 9.0  # heights of the first row and of the chip, room at the sides
PILL, PILL_GAP, STUB = 20.0, 5.0, 14.0  # height of a pill, room between two, way from pill to badge
WIDEST = 190.0


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
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Shape:
    """One card as geometry. `entries` are the points where wires arrive, in the order of the operands; they leave at `exit`."""

    width: float
    height: float
    frame: Rect
    name: str
    entries: tuple[tuple[float, float], ...]
    exit: tuple[float, float]
    chip: Rect | None = None
    chip_label: str = ""
    badge: Rect | None = None
    pills: tuple[Rect, ...] = ()


def shape_of(card: Card, direction: str = "LR") -> Shape:
    """The shape of a card in a picture that runs from left to right ("LR") or from top to bottom ("TB")."""
    name = shortened(card.name, NAME, WIDEST - 3 * PAD - width(card.value, NUMBER))
    if card.kind == "constant" and not card.name:
        across = width(card.value, NUMBER) + 2 * PAD
        return _bare(max(across, 34.0), 26.0, name, direction)
    inner = width(name, NAME) + 2 * PAD + width(card.value, NUMBER)
    label, chip_height = "", 0.0
    if card.chip:
        number = width(card.chip.text, NUMBER, bold=True)
        label = shortened(card.chip.label, SMALL, WIDEST - 4 * PAD - number)
        inner = max(inner, width(label, SMALL) + number + 2 * PAD)
        chip_height = CHIP + 6
    if card.note:
        inner = max(inner, width(card.note, SMALL - 1))
    badge = max(26.0, width(card.badge, SMALL) + 14) if card.badge else 0.0
    body = max(92.0, inner + 2 * PAD)
    height = ROW + chip_height + 3 + (16 if card.note else 0)
    if not card.slots:
        shape = _bare(body, height, name, direction)
        return Shape(shape.width, shape.height, shape.frame, name, (), shape.exit, _chip(shape.frame, card), label)
    pills = [_pill_width(text, numbered) for text, numbered in zip(card.slots, card.numbered, strict=True)]
    if direction == "LR":
        return _from_left(card, name, label, body + 13, height, badge, pills)
    return _from_above(card, name, label, body, height + 11, badge, pills)


def _pill_width(text: str, numbered: bool) -> float:
    if not text:
        return 18.0 if numbered else 0.0
    return max(26.0, width(text, SMALL) + 14) + (14 if numbered else 0)


def _bare(across: float, height: float, name: str, direction: str) -> Shape:
    exit_point = (across, height / 2) if direction == "LR" else (across / 2, height)
    return Shape(across, height, Rect(0, 0, across, height), name, (), exit_point)


def _chip(frame: Rect, card: Card, left: float = 0.0, top: float = 0.0) -> Rect | None:
    if card.chip is None:
        return None
    return Rect(frame.x + left + 6, frame.y + top + ROW + 1, frame.width - left - 12, CHIP)


def _from_left(card: Card, name: str, label: str, body: float, height: float, badge: float, widths: list[float]) -> Shape:
    step = PILL + PILL_GAP if any(widths) else 12.0
    stack = len(widths) * step - PILL_GAP
    total = max(height, stack)
    middle, widest = total / 2, max(widths)
    overlap = 13.0  # the badge stands on the border of the frame
    frame_x = widest + (STUB if widest else 10.0) + badge - overlap
    frame = Rect(frame_x, middle - height / 2, body, height)
    tops = [middle - stack / 2 + k * step for k in range(len(widths))]
    pills = tuple([Rect(widest - wide, top, wide, PILL) for wide, top in zip(widths, tops, strict=True) if wide])
    entries = tuple(
        [(widest - wide, top + PILL / 2 if any(widths) else top + 6 - PILL_GAP / 2) for wide, top in zip(widths, tops, strict=True)]
    )
    spot = Rect(frame_x + overlap - badge, middle - 13, badge, 26)
    return Shape(frame.right, total, frame, name, entries, (frame.right, middle), _chip(frame, card, left=13), label, spot, pills)


def _from_above(card: Card, name: str, label: str, body: float, height: float, badge: float, widths: list[float]) -> Shape:
    gap = PILL_GAP if any(widths) else 12.0
    stack = sum(widths) + gap * (len(widths) - 1)
    total = max(body, stack, badge)
    middle = total / 2
    frame_y = (PILL + STUB if any(widths) else 8.0) + 13
    frame = Rect(middle - body / 2, frame_y, body, height)
    pills, entries, x = [], [], middle - stack / 2
    for wide in widths:
        if wide:
            pills.append(Rect(x, 0, wide, PILL))
        entries.append((x + wide / 2, 0.0))
        x += wide + gap
    spot = Rect(middle - badge / 2, frame_y - 13, badge, 26)
    return Shape(
        total, frame.bottom, frame, name, tuple(entries), (middle, frame.bottom), _chip(frame, card, top=9), label, spot, tuple(pills)
    )
