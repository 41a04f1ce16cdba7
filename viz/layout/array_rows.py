"""Where the boxes of a picture of arrays stand: the chain is wrapped like a line of text, block by block, to fill the room.

Rests on `picture.array_cards` and `lettering`. In a picture from top to bottom ("TB") the lines are columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..picture.array_cards import ArrayCard, ArrayPicture, Part
from ..picture.lettering import width
from .shapes import NAME, NUMBER, Point, Rect

HEAD, ROW, PAD, BETWEEN, BRACKET = (
    27.0,
    21.0,
    11.0,
    11.0,
    9.0,
)  # of a card: its first line, a row, the edge; room between columns, for a bracket
SIGN, SIGN_ROW, SHAPE = 17.0, 17.0, 14.0  # the width and height of a sign, the size of the letters of a shape
DIVIDER = 9.0  # between an array and its gradient
ARROW, LINE_GAP, BESIDE = 36.0, 44.0, 10.0  # the way of an arrow, between two lines, between cards of a box
EDGE, TITLE = 12.0, 26.0  # of the frame around a block, and for its title
TURN, START = 16.0, 2.0  # what an arrow needs to go on in the next line, and where it goes down to it


@dataclass(frozen=True)
class PlacedPart:
    """An array on a card: the right ends of its columns, and the top of its first row, from the corner of the card."""

    top: float
    rights: tuple[float, ...]
    grid: Rect


@dataclass(frozen=True)
class PlacedCard:
    """The place of a card, and of what is on it."""

    frame: Rect
    parts: tuple[PlacedPart, ...]


@dataclass(frozen=True)
class Placed:
    """All places: the cards of each box, the extent of each box, the frames of the blocks that have one, the ways of the arrows,
    where the function of a box is written, and the extent of it all."""

    cards: tuple[tuple[PlacedCard, ...], ...]
    boxes: tuple[Rect, ...]
    frames: tuple[tuple[int, Rect], ...]
    ways: tuple[tuple[Point, ...], ...]
    extent: Point


def row_of(part: Part) -> float:
    """How high a row of an array is: less where it has signs alone."""
    return SIGN_ROW if part.is_of_signs else ROW


@lru_cache(maxsize=256)
def columns_of(part: Part) -> tuple[float, ...]:
    """How wide each column of an array is."""
    least = SIGN if part.is_of_signs else 0.0
    columns = zip(*part.entries, strict=True)
    return tuple([max(least, *[width(entry, NUMBER, bold=part.is_gradient) for entry in column]) for column in columns])


def _between(part: Part) -> float:
    return 0.0 if part.is_of_signs else BETWEEN


def _size(part: Part) -> Point:
    inner = columns_of(part)
    between = _between(part)
    grid = sum(inner) + between * max(0, len(inner) - 1) + 2 * BRACKET if inner else width(part.note, SHAPE)
    head = width(part.symbol, NAME) + 14 + width(part.shape, SHAPE)
    return max(grid, head), HEAD + (row_of(part) * len(part.entries) if part.entries else ROW)


@lru_cache(maxsize=256)
def card_size(card: ArrayCard) -> Point:
    """The width and the height of a card."""
    sizes = [_size(part) for part in card.parts]
    return max(wide for wide, _ in sizes) + 2 * PAD, sum(tall for _, tall in sizes) + DIVIDER * (len(sizes) - 1) + PAD


def placed(picture: ArrayPicture, direction: str, room: Point, enough: float) -> Placed:
    """The places that let the picture be shown largest in the room; a layer is broken only where that is not large `enough`."""
    limits = sorted({*_limits(picture, _lengths(picture, direction), direction)}, reverse=True)  # fewer lines first
    kept = max([_wrapped(picture, direction, limit, True) for limit in limits], key=lambda each: _scale(each, room))
    if _scale(kept, room) >= enough:
        return kept
    return max([kept, *[_wrapped(picture, direction, limit, False) for limit in limits]], key=lambda each: _scale(each, room))


def _scale(each: Placed, room: Point) -> float:
    return round(min(1.0, room[0] / (each.extent[0] + 40), room[1] / (each.extent[1] + 66)), 3)


def _lengths(picture: ArrayPicture, direction: str) -> list[float]:
    """How long each block is along the chain."""
    found = [0.0] * len(picture.titles)
    for box in picture.boxes:
        wide, tall = _box_size(box.cards)
        found[box.block] += (wide if direction == "LR" else tall) + _gap(box.function, direction)
    return found


def _limits(picture: ArrayPicture, lengths: Sequence[float], direction: str) -> list[float]:
    """How long a line may be, so that so and so many blocks, or boxes, stand in one."""
    found = [sum(lengths[i:j]) + 60.0 * (j - i) for i in range(len(lengths)) for j in range(i + 1, len(lengths) + 1)]
    sizes = [_box_size(box.cards)[0 if direction == "LR" else 1] + _gap(box.function, direction) for box in picture.boxes]
    whole = sum(sizes) + 2 * EDGE * len(lengths)
    return [*found, max(sizes) + 1, *[whole * more / lines for lines in range(2, 7) for more in (1.02, 1.08, 1.15, 1.25, 1.4)]]


@lru_cache(maxsize=256)
def _box_size(cards: tuple[ArrayCard, ...]) -> Point:
    sizes = [card_size(card) for card in cards]
    return sum(wide for wide, _ in sizes) + BESIDE * (len(sizes) - 1), max(tall for _, tall in sizes)


def _gap(function: str, direction: str) -> float:
    return max(ARROW, width(function, NUMBER) + 20 if function and direction == "LR" else 0.0, 46.0 if function else 0.0)


def _wrapped(picture: ArrayPicture, direction: str, limit: float, is_kept: bool) -> Placed:
    """The places where a line is no longer than the limit; blocks that fit into one may be kept together."""
    is_across = direction == "LR"
    lines: list[list[int]] = [[]]
    used = 0.0
    lengths = _lengths(picture, direction)
    for k, box in enumerate(picture.boxes):
        size = _box_size(box.cards)
        along = (size[0] if is_across else size[1]) + _gap(box.function, direction)
        begins = k == 0 or picture.boxes[k - 1].block != box.block
        framed = 2 * EDGE if begins and picture.titles[box.block] else 0.0
        whole = lengths[box.block] + 2 * EDGE if is_kept and begins and lengths[box.block] <= limit else along + framed
        if lines[-1] and used + whole > limit:
            lines.append([])
            used = 0.0
        lines[-1].append(k)
        used += along + framed
    corners: dict[int, Point] = {}
    frames: list[tuple[int, Rect]] = []
    has_frames = any(picture.titles)
    down, furthest = 0.0, 0.0
    middles: list[float] = []
    for line in lines:
        sizes = {k: _box_size(picture.boxes[k].cards) for k in line}
        broad = max(size[1] if is_across else size[0] for size in sizes.values())
        is_framed = any(picture.titles[picture.boxes[k].block] for k in line)
        across = down + (TITLE if is_framed and is_across else 0.0) + (EDGE if is_framed and not is_across else 0.0)
        at = TURN if len(lines) > 1 else 0.0
        if picture.boxes[line[0]].function and line[0]:  # it is written where the arrow comes in
            at += width(picture.boxes[line[0]].function, NAME) + 8 if is_across else 24.0
        for k in line:
            box = picture.boxes[k]
            opens = bool(picture.titles[box.block]) and (k == line[0] or picture.boxes[k - 1].block != box.block)
            at += (_gap(box.function, direction) if k != line[0] else 0.0) + (EDGE + (0 if is_across else TITLE)) * opens
            long, wide = sizes[k] if is_across else sizes[k][::-1]
            start = across + (broad - wide) / 2
            corners[k] = (at, start) if is_across else (start, at)
            at += long
            closes = bool(picture.titles[box.block]) and (k == line[-1] or picture.boxes[k + 1].block != box.block)
            if closes:
                first = next(j for j in line if picture.boxes[j].block == box.block)
                begin = (corners[first][0] if is_across else corners[first][1]) - EDGE
                at += EDGE
                if is_across:
                    frames.append((box.block, Rect(begin, across - TITLE, at - begin, broad + TITLE + EDGE)))
                else:
                    frames.append((box.block, Rect(across - EDGE, begin - TITLE, broad + 2 * EDGE, at - begin + TITLE)))
        middles.append(across + broad / 2)
        furthest = max(furthest, at)
        down = across + broad + (EDGE if is_framed else 0.0) + LINE_GAP
    down -= LINE_GAP
    furthest += TURN if len(lines) > 1 else 0.0
    where = {k: n for n, line in enumerate(lines) for k in line}
    boxes = [Rect(*corners[k], *_box_size(box.cards)) for k, box in enumerate(picture.boxes)]
    ways = [_way(boxes[arrow.source], boxes[arrow.target], where[arrow.source] == where[arrow.target], is_across, down, boxes, where,
                 (arrow.source, arrow.target), has_frames) for arrow in picture.arrows]  # fmt: skip
    cards = tuple([_cards(box.cards, rect) for box, rect in zip(picture.boxes, boxes, strict=True)])
    return Placed(cards, tuple(boxes), tuple(frames), tuple(ways), (furthest, down) if is_across else (down, furthest))


def _way(source: Rect, target: Rect, is_same: bool, is_across: bool, down: float, boxes: Sequence[Rect], where: dict[int, int],
         ends: tuple[int, int], has_frames: bool) -> tuple[Point, ...]:  # fmt: skip
    """The corners of an arrow; one to another line goes round its end."""
    (x0, y0), (x1, y1) = (source.right, source.middle[1]), (target.x, target.middle[1])
    if not is_across:
        (y0, x0), (y1, x1) = (source.middle[0], source.bottom), (target.middle[0], target.y)

    def turned(*points: Point) -> tuple[Point, ...]:
        return points if is_across else tuple([(y, x) for x, y in points])

    if is_same and ends[1] == ends[0] + 1:
        return turned((x0, y0), (x1, y1))
    inside = EDGE * has_frames
    if is_same:  # over the boxes between them
        between = boxes[ends[0] : ends[1] + 1]
        top = min(box.y if is_across else box.x for box in between) - 8
        return turned((x0, y0), (x0 + 10, y0), (x0 + 10, top), (x1 - 12, top), (x1 - 12, y1), (x1, y1))
    line = [box for k, box in enumerate(boxes) if where[k] == where[ends[0]]]
    bottom = max(box.bottom if is_across else box.right for box in line) + inside + LINE_GAP / 2 - 4
    return turned((x0, y0), (x0 + inside + 10, y0), (x0 + inside + 10, bottom), (START, bottom), (START, y1), (x1, y1))


def _cards(cards: Sequence[ArrayCard], box: Rect) -> tuple[PlacedCard, ...]:
    found, x = [], box.x
    for card in cards:
        wide, tall = card_size(card)
        frame = Rect(x, box.y + (box.height - tall) / 2, wide, tall)
        found.append(PlacedCard(frame, tuple(_parts(card, frame))))
        x += wide + BESIDE
    return tuple(found)


def _parts(card: ArrayCard, frame: Rect) -> list[PlacedPart]:
    found, top = [], 0.0
    for part in card.parts:
        inner = columns_of(part)
        between = _between(part)
        whole = sum(inner) + between * max(0, len(inner) - 1) + 2 * BRACKET
        x = (frame.width - whole) / 2
        rights, at = [], x + BRACKET
        for column in inner:
            at += column
            rights.append(at)
            at += between
        found.append(PlacedPart(top, tuple(rights), Rect(x, top + HEAD, whole, row_of(part) * len(part.entries))))
        top += _size(part)[1] + DIVIDER
    return found
