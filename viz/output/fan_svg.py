"""Writes a fan as SVG: the cards that are collected from in a column, their lines to the hub, and below them the matrices.

A backward fan runs from right to left, as the gradient does; a forward fan from left to right. Page and colours are those of
every picture.
"""

from collections.abc import Sequence

from ..layout.shapes import NAME, NUMBER, SMALL, Point, Rect
from ..picture.fans import Fan, Matrix, Spoke, Spot
from ..picture.lettering import marked_width, width
from .svg import document, page_size, px, write_marked, write_rect, write_text

CARD, BETWEEN, PAD = 52.0, 16.0, 11.0  # the height of a card, between two of them, the edge
TURN, BADGE = 64.0, 13.0  # the room in which lines come together, the radius of a badge
ROW, COLUMN, BRACKET, HEAD = 22.0, 12.0, 8.0, 24.0  # of a matrix
LINE, GAP = 21.0, 26.0  # of an equation in words, between the parts of a picture
LEAST = 560.0  # what an equation in words gets below a picture that is narrower


def write(fan: Fan, theme: str, scale: float = 1.0) -> str:
    """The SVG document of a fan."""
    body, extent = _drawn(fan)
    return document(fan.title, fan.lines, body, [], [], extent, theme, scale)


def size(fan: Fan) -> Point:
    """The width and the height of the document."""
    return page_size(_drawn(fan)[1], [], [])


def _drawn(fan: Fan) -> tuple[list[str], Point]:
    body, (wide, down) = _fan(fan)
    for matrices in fan.matrices:
        if matrices:
            texts, (across, tall) = _equation(matrices, down + GAP)
            body += texts
            wide, down = max(wide, across), down + GAP + tall
    down += GAP - LINE / 2
    for line in [part for text in fan.lines[1::2] for part in _broken(text, max(wide, LEAST))]:
        down += LINE
        body.append(write_marked(0, down - 5, line, "name"))
        wide = max(wide, marked_width(line, NAME))
    return body, (wide, down)


def _broken(text: str, room: float) -> list[str]:
    """A long sum on several lines, each but the first beginning with its sign."""
    found = [""]
    for k, term in enumerate(text.split(" + ")):
        more = f"{found[-1]} + {term}" if k else term
        if k and marked_width(more, NAME) > room:
            found.append(f"+ {term}")
        else:
            found[-1] = more
    return found


# --- the fan ---------------------------------------------------------------------------------------------------------------


def _width(spot: Spot) -> float:
    return max(marked_width(spot.symbol, NAME), width(spot.number, NUMBER, bold=spot.is_gradient) + 10) + 2 * PAD


def _beneath(spoke: Spoke) -> float:
    number = width(spoke.spot.number, NUMBER, bold=spoke.spot.is_gradient) + 10
    return number + width(spoke.note, SMALL) + 10 * bool(spoke.note) + 2 * PAD


def _fan(fan: Fan) -> tuple[list[str], Point]:
    """Laid out from the end on the left to the spokes on the right; mirrored for the forward pass."""
    pitch = CARD + BETWEEN
    tall = max(pitch * (len(fan.spokes) + bool(fan.more)) - BETWEEN, CARD)
    middle, at = tall / 2, 0.0
    end = None
    if fan.end is not None:
        end = Rect(0.0, middle - CARD / 2, _width(fan.end), CARD)
        at = end.right + marked_width(fan.slope, NUMBER) + 2 * BADGE + 26
    hub = Rect(at, middle - CARD / 2, _width(fan.hub), CARD)
    centre = hub.right + BADGE + (marked_width(fan.factor, NUMBER) + 24 if fan.factor else 0.0)
    turn = centre + BADGE + TURN
    label = max([marked_width(spoke.label, NUMBER) for spoke in fan.spokes], default=0.0)
    column = turn + (label + 24 if label else 0.0)
    broad = max([max(_width(spoke.spot), _beneath(spoke)) for spoke in fan.spokes], default=0.0)
    whole = column + broad
    is_mirrored = not fan.is_backward

    def x(at: float) -> float:
        return whole - at if is_mirrored else at

    def placed(rect: Rect) -> Rect:
        return Rect(whole - rect.right, rect.y, rect.width, rect.height) if is_mirrored else rect

    body = []
    for k, spoke in enumerate(fan.spokes):
        y = pitch * k + CARD / 2
        if fan.is_sum:
            away = ((turn - centre) ** 2 + (y - middle) ** 2) ** 0.5
            last = (x(centre + BADGE * (turn - centre) / away), middle + BADGE * (y - middle) / away)
        else:
            last = (x(hub.right), middle + (k - (len(fan.spokes) - 1) / 2) * min(12.0, (CARD - 16) / len(fan.spokes)))
        body.append(_line([(x(column), y), (x(turn), y), last]))
        if spoke.label:
            body.append(write_marked(x((turn + column) / 2), y - 7, spoke.label, "", "middle"))
        body.append(_card(spoke.spot, placed(Rect(column, y - CARD / 2, broad, CARD)), spoke.note))
    if fan.more:
        body.append(write_text(x(column + broad / 2), pitch * len(fan.spokes) + CARD / 2, fan.more, "soft", "middle"))
    if fan.is_sum:
        body.append(_badge(x(centre), middle, "Σ"))
        if fan.factor:
            body.append(_line([(x(centre - BADGE), middle), (x(hub.right), middle)]))
            body.append(write_text(x((centre - BADGE + hub.right) / 2), middle - 8, f"{fan.factor} ·", "", "middle"))
    if end is not None:
        body.append(_line([(x(hub.x), middle), (x(end.right + 2 * BADGE), middle)]))
        body.append(write_marked(x((end.right + 2 * BADGE + hub.x) / 2), middle - 8, fan.slope, "", "middle"))
        body += [_badge(x(end.right + BADGE), middle, "·"), _card(fan.end, placed(end), "", True)]  # type: ignore[arg-type]
    body.append(_card(fan.hub, placed(hub), "", end is None))
    return body, (whole, tall)


def _line(way: Sequence[Point]) -> str:
    """A line with an arrowhead at its last point."""
    (x0, y0), (x1, y1) = way[-2], way[-1]
    length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 0.1)
    dx, dy = (x1 - x0) / length, (y1 - y0) / length
    back = (x1 - 8 * dx, y1 - 8 * dy)
    line = "L".join([f"{px(x)} {px(y)}" for x, y in [*way[:-1], back]])
    head = f"M{px(x1)} {px(y1)}L{px(back[0] - 4.5 * dy)} {px(back[1] + 4.5 * dx)}L{px(back[0] + 4.5 * dy)} {px(back[1] - 4.5 * dx)}z"
    return f'<g class="wire"><path class="line" d="M{line}"/><path class="head" d="{head}"/></g>'


def _badge(x: float, y: float, text: str) -> str:
    return f'<circle class="badge" cx="{px(x)}" cy="{px(y)}" r="{px(BADGE)}"/>' + write_text(x, y + 5, text, "", "middle")


def _card(spot: Spot, rect: Rect, note: str, is_asked: bool = False) -> str:
    kind = f"{'complete' if spot.sign else 'zero'} {'positive' if spot.sign > 0 else 'negative' if spot.sign < 0 else ''}".strip()
    right = rect.right - PAD
    number = write_text(right, rect.y + 43, spot.number, "gradient" if spot.is_gradient else "entry")
    if spot.is_gradient:
        room = width(spot.number, NUMBER, bold=True)
        number = f'<g class="{kind}">{write_rect(Rect(right - room - 4, rect.y + 28, room + 8, 19), "chip", 4)}{number}</g>'
    parts = [write_rect(rect, "frame", 10), write_marked(rect.x + PAD, rect.y + 20, spot.symbol, "name"), number]
    if note:
        parts.append(write_text(rect.x + PAD, rect.y + 43, note, "small soft"))
    return f'<g class="card{" read" if is_asked else ""}">{"".join(parts)}</g>'


# --- the equation with its matrices -------------------------------------------------------------------------------------------


def _equation(matrices: Sequence[Matrix], top: float) -> tuple[list[str], Point]:
    tall = HEAD + ROW * max([len(matrix.rows) for matrix in matrices], default=0)
    middle = top + HEAD + (tall - HEAD) / 2
    body: list[str] = []
    at = 0.0
    for matrix in matrices:
        if not matrix.rows:
            body.append(write_marked(at, middle + 5, matrix.symbol, "name"))
            at += marked_width(matrix.symbol, NAME) + 9
            continue
        columns = [max(width(text, NUMBER) for text in column) + COLUMN for column in zip(*matrix.rows, strict=True)]
        grid = sum(columns) + 2 * BRACKET
        head = marked_width(matrix.symbol, NAME) + 12 + width(matrix.shape, SMALL)
        wide = max(grid, head)
        left, y = at + (wide - grid) / 2, middle - ROW * len(matrix.rows) / 2
        body += [write_marked(at, y - 8, matrix.symbol, "name"), write_text(at + wide, y - 8, matrix.shape, "small soft", "end")]
        for i, row in enumerate(matrix.rows):
            right = left + BRACKET
            for j, (text, column) in enumerate(zip(row, columns, strict=True)):
                if (i, j) in matrix.lit:
                    body.append(write_rect(Rect(right + 1, y + ROW * i + 1, column - 2, ROW - 2), "lit", 4))
                right += column
                body.append(write_text(right - COLUMN / 2, y + ROW * i + 16, text, "entry"))
        low = y + ROW * len(matrix.rows)
        body.append(f'<path class="bracket" d="M{px(left + 5)} {px(y)}H{px(left)}V{px(low)}H{px(left + 5)}'
                    f'M{px(left + grid - 5)} {px(y)}H{px(left + grid)}V{px(low)}H{px(left + grid - 5)}"/>')  # fmt: skip
        at += wide + 12
    return body, (at, tall)


def width_of(matrices: Sequence[Matrix]) -> float:
    """How wide an equation is, with the edges of the page."""
    return page_size(_equation(matrices, 0.0)[1], [], [])[0]
