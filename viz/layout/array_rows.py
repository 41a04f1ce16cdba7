"""Where the boxes of a picture of arrays stand: the chain is wrapped like a line of text, block by block, to fill the room.
A layer that is too long for a line has several rows in one frame.

Rests on `picture.array_cards` and `lettering`. In a picture from top to bottom ("TB") the lines are columns.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..picture.array_cards import ArrayCard, ArrayPicture, Box, Part
from ..picture.lettering import marked_width, width
from .shapes import NAME, NUMBER, Point, Rect

HEAD, ROW, PAD, BETWEEN, BRACKET = 26.0, 20.0, 10.0, 11.0, 8.0  # of a card: its first line, a row, the edge; between columns, for a bracket
SIGN, SIGN_ROW, SHAPE = 17.0, 17.0, 14.0  # the width and height of a sign, the size of the letters of a shape
DIVIDER = 9.0  # between an array and its gradient
ARROW, LINE_GAP, BESIDE = 30.0, 34.0, 8.0  # the way of an arrow, between two lines, between cards of a box
ROW_GAP, JOIN = 38.0, 28.0  # the way of an arrow to the next row of a layer, and from what stands beside a box
EDGE, TITLE = 12.0, 26.0  # of the frame around a block, and for its title
TURN, START = 16.0, 2.0  # what an arrow needs to go on in the next line, and where it goes down to it
MARGIN, LEGEND = 20.0, 34.0  # around a picture, and below it where it has signs
ENOUGH = 16.0 / NUMBER  # a picture need not be shown larger: its numbers have 16 pixels
MOST_FOLDS, MOST_LIMITS = 12, 60  # ways to lay a chain out that are tried


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
    head = marked_width(part.symbol, NAME) + 14 + width(part.shape, SHAPE)
    return max(grid, head), HEAD + (row_of(part) * len(part.entries) if part.entries else ROW)


@lru_cache(maxsize=256)
def card_size(card: ArrayCard) -> Point:
    """The width and the height of a card."""
    sizes = [_size(part) for part in card.parts]
    return max(wide for wide, _ in sizes) + 2 * PAD, sum(tall for _, tall in sizes) + DIVIDER * (len(sizes) - 1) + PAD


def placed(picture: ArrayPicture, direction: str, room: Point) -> Placed:
    """The places that let the picture be shown largest in the room; of several such ones those with the fewest lines, and
    with the fewest rows in a layer."""
    folds = [float("inf"), *_folds(picture, direction)]
    kept, best = None, 0.0
    for fold in folds:
        pieces = _pieces(picture, direction, fold)
        for limit in _limits(pieces):
            lines = _lines(pieces, limit)
            scale = _scale(_extent(lines, direction), room, LEGEND * bool(picture.signs))
            if scale > best:
                kept, best = lines, scale
    assert kept is not None
    return _put(picture, kept, direction)


def _scale(extent: Point, room: Point, below: float) -> float:
    """How large a picture of that extent can be shown, up to where its numbers are as large as is asked for."""
    return round(min(ENOUGH, room[0] / (extent[0] + 2 * MARGIN), room[1] / (extent[1] + 2 * MARGIN + below)), 3)


# --- pieces of the chain: a block with a frame, or a box without one, in coordinates along and across the chain ----------------


@dataclass(frozen=True)
class _Piece:
    """A block, or a single box. `spots` has for each of its boxes where it begins along, and its axis, from the axis at which the
    chain comes in; `before` and `after` are the extents on both sides of that, `leaves` is the axis at which the chain goes on."""

    along: float
    before: float
    after: float
    leaves: float
    spots: tuple[tuple[int, float, float], ...]
    gap: float
    block: int | None = None


@lru_cache(maxsize=256)
def _box_size(cards: tuple[ArrayCard, ...]) -> Point:
    sizes = [card_size(card) for card in cards]
    return sum(wide for wide, _ in sizes) + BESIDE * (len(sizes) - 1), max(tall for _, tall in sizes)


def _extents(box: Box, direction: str) -> tuple[float, float, float]:
    """How long a box is along the chain, and how far it goes on both sides of it; what joins it from beside stands after it."""
    wide, tall = _box_size(box.cards)
    along, across = (wide, tall) if direction == "LR" else (tall, wide)
    if not box.beside:
        return along, across / 2, across / 2
    more = _box_size(box.beside) if direction == "LR" else _box_size(box.beside)[::-1]
    return max(along, more[0]), across / 2, across / 2 + JOIN + more[1]


def _gap(function: str, direction: str) -> float:
    return max(ARROW, width(function, NAME) + 12 if function and direction == "LR" else 0.0, 46.0 if function else 0.0)


def _blocks(picture: ArrayPicture) -> list[list[int]]:
    """The boxes that stay together: those of each block that has a frame, and behind them the losses with their mean; each other alone."""
    found: list[list[int]] = []
    count = Counter(box.block for box in picture.boxes)
    for k, box in enumerate(picture.boxes):
        stays = picture.titles[box.block] or (any(picture.titles) and count[box.block] == 2)
        if found and stays and picture.boxes[found[-1][-1]].block == box.block:
            found[-1].append(k)
        else:
            found.append([k])
    return found


def _folds(picture: ArrayPicture, direction: str) -> list[float]:
    """How long a row of a layer may be, so that so and so many of its boxes stand in one; where arrows go past boxes, layers stay whole."""
    if any(arrow.target != arrow.source + 1 for arrow in picture.arrows):
        return []
    found = set()
    for members in [each for each in _blocks(picture) if picture.titles[picture.boxes[each[0]].block]]:
        sizes = [_extents(picture.boxes[k], direction)[0] + _gap(picture.boxes[k].function, direction) * (k != members[0]) for k in members]
        found |= {sum(sizes[i:j]) for i in range(len(sizes)) for j in range(i + 1, len(sizes) + (i > 0))}
    return sorted({*found}, reverse=True)[:MOST_FOLDS]


def _pieces(picture: ArrayPicture, direction: str, fold: float) -> list[_Piece]:
    """All pieces, the rows of a layer no longer than `fold`, where they hold more than one box."""
    found = []
    for members in _blocks(picture):
        box = picture.boxes[members[0]]
        gap = _gap(box.function, direction)
        if not picture.titles[box.block]:
            spots, at, before, after = [], 0.0, 0.0, 0.0
            for k in members:
                extents = _extents(picture.boxes[k], direction)
                at += _gap(picture.boxes[k].function, direction) * (k != members[0])
                spots.append((k, at, 0.0))
                at, before, after = at + extents[0], max(before, extents[1]), max(after, extents[2])
            found.append(_Piece(at, before, after, 0.0, tuple(spots), gap))
            continue
        rows: list[list[int]] = [[]]
        used = 0.0
        for k in members:
            size = _extents(picture.boxes[k], direction)[0] + _gap(picture.boxes[k].function, direction) * bool(rows[-1])
            if rows[-1] and used + size > fold + 0.1:
                rows.append([])
                used, size = 0.0, _extents(picture.boxes[k], direction)[0]
            rows[-1].append(k)
            used += size
        found.append(_framed(picture, direction, rows, box.block, gap))
    return found


def _framed(picture: ArrayPicture, direction: str, rows: Sequence[Sequence[int]], block: int, gap: float) -> _Piece:
    """The rows of a layer, one below the other: each begins below the end of the one before it."""
    is_across = direction == "LR"
    lead, top = (EDGE, TITLE) if is_across else (TITLE + 6, EDGE)
    spots: list[tuple[int, float, float]] = []
    furthest, axis, low, above = lead, 0.0, 0.0, 0.0
    ends = (0.0, 0.0)
    for row in rows:
        extents = {k: _extents(picture.boxes[k], direction) for k in row}
        gaps = [_gap(picture.boxes[k].function, direction) * (k != row[0]) for k in row]
        length = sum(gaps) + sum(along for along, _, _ in extents.values())
        before, after = (max(each[side] for each in extents.values()) for side in (1, 2))
        at = lead
        if row is not rows[0]:
            function = picture.boxes[row[0]].function
            axis = low + max(ROW_GAP, 0.0 if is_across or not function else width(function, NAME) + 24) + before
            first = extents[row[0]][0]
            at = max(lead, min((ends[0] + ends[1]) / 2 - first / 2, furthest - length))
            if min(at + first, ends[1]) - max(at, ends[0]) < 40:
                at = max(lead, (ends[0] + ends[1]) / 2 - first / 2)
        else:
            above = before
        for k, between in zip(row, gaps, strict=True):
            at += between
            spots.append((k, at, axis))
            ends = at, at + extents[k][0]
            at = ends[1]
        low, furthest = axis + after, max(furthest, at)
    return _Piece(furthest + EDGE, above + top, low + EDGE, axis, tuple(spots), gap, block)


# --- lines of pieces --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    """Pieces one after the other, each with where it begins along and the axis at which the chain comes into it, from that of the
    line; and the extents of the line."""

    pieces: tuple[tuple[_Piece, float, float], ...]
    along: float
    before: float
    after: float


def _limits(pieces: Sequence[_Piece]) -> list[float]:
    """How long a line may be, so that so and so many pieces stand in one; the longest first."""
    sizes = [piece.along + piece.gap for piece in pieces]
    found = {round(sum(sizes[i:j]), 1) + 1 for i in range(len(sizes)) for j in range(i + 1, len(sizes) + 1)}
    return sorted({limit for limit in found if limit >= max(sizes)}, reverse=True)[:MOST_LIMITS]


def _lines(pieces: Sequence[_Piece], limit: float) -> list[_Line]:
    found: list[list[_Piece]] = [[]]
    used = 0.0
    for piece in pieces:
        if found[-1] and used + piece.along + piece.gap > limit:
            found.append([])
            used = 0.0
        found[-1].append(piece)
        used += piece.along + piece.gap
    is_turning = len(found) > 1
    return [_line(line, is_turning, line is not found[0]) for line in found]


def _line(pieces: Sequence[_Piece], is_turning: bool, is_later: bool) -> _Line:
    at, axis, before, after = TURN * is_turning, 0.0, 0.0, 0.0
    spots = []
    for k, piece in enumerate(pieces):
        at += piece.gap if k or (is_later and piece.gap > ARROW) else ARROW / 2 * is_later
        spots.append((piece, at, axis))
        before, after = max(before, piece.before - axis), max(after, piece.after + axis)
        at += piece.along
        axis += piece.leaves
    return _Line(tuple(spots), at + TURN * is_turning, before, after)


def _extent(lines: Sequence[_Line], direction: str) -> Point:
    along = max(line.along for line in lines)
    across = sum(line.before + line.after for line in lines) + LINE_GAP * (len(lines) - 1)
    return (along, across) if direction == "LR" else (across, along)


# --- everything on paper -----------------------------------------------------------------------------------------------------


def _put(picture: ArrayPicture, lines: Sequence[_Line], direction: str) -> Placed:
    is_across = direction == "LR"

    def turned(x: float, y: float, wide: float, tall: float) -> Rect:
        return Rect(x, y, wide, tall) if is_across else Rect(y, x, tall, wide)

    mains: dict[int, Rect] = {}
    besides: dict[int, Rect] = {}
    home: dict[int, tuple[int, int, float]] = {}  # of a box: its line, its piece, its axis
    frames: list[tuple[int, Rect]] = []
    bottoms: list[float] = []
    down = 0.0
    for n, line in enumerate(lines):
        axis = down + line.before
        for p, (piece, start, at) in enumerate(line.pieces):
            if piece.block is not None:
                frames.append((piece.block, turned(start, axis + at - piece.before, piece.along, piece.before + piece.after)))
            for k, along, own in piece.spots:
                box, middle = picture.boxes[k], axis + at + own
                extent = _extents(box, direction)[0]
                size = _box_size(box.cards) if is_across else _box_size(box.cards)[::-1]
                home[k] = n, p, middle
                mains[k] = turned(start + along + (extent - size[0]) / 2, middle - size[1] / 2, *size)
                if box.beside:
                    more = _box_size(box.beside) if is_across else _box_size(box.beside)[::-1]
                    besides[k] = turned(start + along + (extent - more[0]) / 2, middle + size[1] / 2 + JOIN, *more)
        bottoms.append(down + line.before + line.after)
        down = bottoms[-1] + LINE_GAP
    boxes = [mains[k] for k in range(len(picture.boxes))]
    cards = []
    ways = [_way(boxes, home, (arrow.source, arrow.target), is_across, bottoms) for arrow in picture.arrows]
    for k, box in enumerate(picture.boxes):
        found = _cards(box.cards, boxes[k])
        if box.beside:
            joined = _cards(box.beside, besides[k])
            ways += [_joining(card.frame, boxes[k], is_across) for card in joined]
            found += joined
        cards.append(found)
    return Placed(tuple(cards), tuple(boxes), tuple(frames), tuple(ways), _extent(lines, direction))


def _joining(card: Rect, box: Rect, is_across: bool) -> tuple[Point, ...]:
    """From a card beside a box into it."""
    if is_across:
        x = min(max(card.middle[0], box.x + 12), box.right - 12)
        return (x, card.y), (x, box.bottom)
    y = min(max(card.middle[1], box.y + 12), box.bottom - 12)
    return (card.x, y), (box.right, y)


def _way(boxes: Sequence[Rect], home: dict[int, tuple[int, int, float]], ends: tuple[int, int], is_across: bool,
         bottoms: Sequence[float]) -> tuple[Point, ...]:  # fmt: skip
    """The corners of an arrow: straight on; down to the next row of a layer; round the end of a line to the next one; or over
    what stands between."""

    def turned(*points: Point) -> tuple[Point, ...]:
        return points if is_across else tuple([(y, x) for x, y in points])

    def sides(rect: Rect) -> tuple[float, float, float, float]:
        return (rect.x, rect.right, rect.y, rect.bottom) if is_across else (rect.y, rect.bottom, rect.x, rect.right)

    source, target = (sides(boxes[k]) for k in ends)
    (line, piece, axis), (line_to, piece_to, axis_to) = home[ends[0]], home[ends[1]]
    x0, x1 = source[1], target[0]
    if line == line_to and ends[1] == ends[0] + 1:
        if axis == axis_to or piece != piece_to:
            return turned((x0, axis), (x1, axis_to))
        x = min(max((target[0] + target[1]) / 2, source[0] + 14), source[1] - 14)
        return turned((x, source[3]), (x, target[2]))
    if line == line_to:  # over the boxes between them
        top = min(sides(box)[2] for box in boxes[ends[0] : ends[1] + 1]) - 8
        return turned((x0, axis), (x0 + 10, axis), (x0 + 10, top), (x1 - 12, top), (x1 - 12, axis_to), (x1, axis_to))
    out = x0 + 10 + EDGE
    return turned((x0, axis), (out, axis), (out, bottoms[line] + LINE_GAP / 2), (START, bottoms[line] + LINE_GAP / 2), (START, axis_to), (x1, axis_to))  # fmt: skip


def _cards(cards: Sequence[ArrayCard], box: Rect) -> tuple[PlacedCard, ...]:
    """Cards side by side, as high as their box, so that an arrow meets each of them."""
    found, x = [], box.x
    for card in cards:
        wide, _ = card_size(card)
        frame = Rect(x, box.y, wide, box.height)
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
