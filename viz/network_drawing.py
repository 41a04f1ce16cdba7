"""The drawing of a network: where its columns, units, lines and numbers stand on a slide, and the SVG of it.

What is shown is made by `networks`. A line runs from the rightmost point of a unit to the leftmost of the next one, so no
line crosses a unit; texts below a unit are as long as lets them stand clear of the lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from autograd.engine.ieee import as_float
from autograd.explain.languages import fill

from .drawing import SLIDE, Shown
from .layout.numbers_on_lines import Line, placed_on_lines
from .layout.shapes import NAME, SMALL, Rect
from .output.legend import THIN, placed, stroke
from .output.svg import LEGEND_ROOM, MARGIN, document, px, write_marked, write_rect, write_text
from .picture.lettering import MINUS, RAISED, harmless, marked_width, number_drawn, shortened, width

RADIUS, ROW, BETWEEN = 26.0, 16.0, 12.0  # of a unit; height of a line below it; room between two units
WIDE_PITCH = 112.0  # from one unit to the next where the slide has room for it
NEAREST, FARTHEST = 118.0, 300.0  # room between the units of two columns, where the slide leaves a choice
HEAD = 40.0  # height of the captions
FOOT = 114.0  # what legend, notes and margins take of a slide
ACROSS, BELOW = 2 * RADIUS - 4, 62.0  # what a number in a unit, and one below it or on a line, may take
CLEAR = RADIUS + 3  # how far below the middle of a unit the texts begin
COLUMNS, FIRST_COLUMNS, LAST_COLUMNS = 7, 4, 2  # of more columns, those at the left and at the right are drawn


@dataclass(frozen=True)
class Below:
    """A text below a unit: its symbol with and without the mark of the layer, "=" or "≈", the number and its text."""

    symbols: tuple[str, str]
    sign: str
    text: str
    number: Any
    kind: str

    def written(self, form: int) -> str:
        """With the whole symbol (0), with the short one (1), or without any (2)."""
        return self.text if form == len(self.symbols) else f"{self.symbols[form]} {self.sign} {self.text}"


@dataclass(frozen=True)
class Unit:
    """One circle: its key, its name, its number where there is one, what stands below it, and all of it in words."""

    key: str
    name: str
    value: str
    below: tuple[Below, ...]
    title: str
    dropped: bool = False
    constant: bool = False


@dataclass(frozen=True)
class Column:
    """One layer: two lines of caption, the units that are drawn, by their number, and how many units there are."""

    caption: str
    detail: str
    units: Mapping[int, Unit]
    count: int

    @property
    def left_out(self) -> int:
        return self.count - sum(not unit.constant for unit in self.units.values())

    @property
    def slots(self) -> list[int | None]:
        """The numbers of the units from top to bottom, with None where units are left out: before the last one."""
        return [*list(self.units)[:-1], None, list(self.units)[-1]] if self.left_out else list(self.units)


@dataclass(frozen=True)
class Connection:
    """One weight, from unit `source` of a column to unit `target` of the next one; `number` is it, or its gradient."""

    column: int
    source: int
    target: int
    number: Any
    text: str
    title: str
    dropped: bool


def most_units(rows: int) -> int:
    """How many units stand in a column on a slide, with so many lines of text below each."""
    return int((SLIDE[1] - HEAD - FOOT + BETWEEN) / _pitch(rows))


def _pitch(rows: int) -> float:
    return 2 * RADIUS + rows * ROW + BETWEEN


def some(count: int, most: int) -> list[int]:
    """The units of a column that are drawn where there is room for `most`: the first ones and, after a gap, the last."""
    return list(range(count)) if count <= most else [*range(most - 2), count - 1]


def fitting(number: Any, room: float = ACROSS) -> str:
    """A number as it is where it fits, a fraction too; else with as many digits, up to 3, as there is room for."""
    rounded = as_float(number)
    texts = [number_drawn(number, 3), *(number_drawn(rounded, digits) for digits in (3, 2, 1))]
    mantissa, _, power = f"{rounded:.0e}".partition("e")
    shortest = f"{mantissa}e{int(power)}".replace("-", MINUS) if power else texts[-1]
    return next((text for text in texts if width(text, SMALL) <= room), shortest)


class NetworkDrawing(Shown):
    """A picture of a network as it was when it was drawn. It shows itself in a notebook; `save` writes it to a file."""

    def __init__(self, model: str, columns: Sequence[Column], lines: Sequence[Connection], words: Sequence[str], notes: Sequence[str],
                 backward: bool, theme: str, lang: str):  # fmt: skip
        self._columns, self._lines, self._backward, self._notes, self._lang = columns, lines, backward, notes, lang
        model = harmless(model)
        self._words = [model, *words]
        self._largest = max([abs(line.number) for line in lines if abs(line.number) < float("inf")], default=0.0)
        super().__init__(fill("network.title", {"model": model}, lang), words, theme)

    @cached_property
    def text(self) -> str:
        """The same in words: a line for each layer, with its units, the shape of its weights and its parameters."""
        return "\n".join(self._words)

    @cached_property
    def _drawn(self) -> list[int | None]:
        """The columns from left to right, with None where some are left out."""
        every = range(len(self._columns))
        return [*every] if len(every) <= COLUMNS else [*every[:FIRST_COLUMNS], None, *every[-LAST_COLUMNS:]]

    def _svg(self, theme: str) -> str:
        rows = max([len(unit.below) for column in self._columns for unit in column.units.values()])
        drawn = [self._columns[k] for k in self._drawn if k is not None]
        slots = max(len(column.slots) for column in drawn)
        pitch = max(_pitch(rows), min(WIDE_PITCH, (SLIDE[1] - HEAD - FOOT + BETWEEN) / slots))
        tall = slots * pitch - pitch + 2 * RADIUS + rows * ROW
        captions = [max(width(column.caption, SMALL, bold=True), width(_detail(column), SMALL)) for column in drawn]
        left, right = max(captions[0] / 2, RADIUS), max(captions[-1] / 2, RADIUS)
        apart = _apart(tall, max(captions), left + right, len(self._drawn) - 1)
        centres = {
            (k, i): (left + place * apart, HEAD + (slots - len(self._columns[k].slots)) * pitch / 2 + RADIUS + slot * pitch)
            for place, k in enumerate(self._drawn) if k is not None
            for slot, i in enumerate(self._columns[k].slots)
        }  # fmt: skip
        body = self._captions(left, apart)
        kept = [line for line in self._lines if (line.column, line.source) in centres and (line.column + 1, line.target) in centres]
        spans = [_span(line, centres) for line in kept]
        steepest = max([abs(y2 - y1) / (x2 - x1) for x1, y1, x2, y2 in spans], default=0.0)
        numbers, all_there = self._numbers(kept, spans)
        body += [_line(line, span, self._largest) for line, span in zip(kept, spans, strict=True)]
        body += numbers
        forms = self._forms(rows, steepest, apart)
        for (k, i), centre in centres.items():
            body.append(
                _gap(*centre, self._columns[k].left_out, self._lang) if i is None else _unit(self._columns[k].units[i], centre, forms)
            )
        across, down = left + (len(self._drawn) - 1) * apart + right, HEAD + tall
        across = max(across, LEGEND_ROOM)
        notes = [*self._notes, *([] if all_there else [fill("network.crowded", {}, self._lang)])]
        lines = _wrapped(notes, across)
        across = max([across, *(width(line, SMALL) for line in lines)])
        for line in lines:
            down += 18
            body.append(write_text(0, down + 2, line, "small soft"))
        return document(self._title, self._alternative, body, placed(self._signs(), across), [], (across, down + 4 * bool(notes)), theme)

    def _captions(self, left: float, apart: float) -> list[str]:
        found = []
        for place, k in enumerate(self._drawn):
            x = left + place * apart
            if k is None:
                count = len(self._columns) - FIRST_COLUMNS - LAST_COLUMNS
                found += [write_text(x, 12, "⋯", "soft", "middle"), write_text(x, 28, fill("network.layers", {"count": count}, self._lang), "small soft", "middle")]  # fmt: skip
            else:
                column = self._columns[k]
                found += [write_text(x, 12, column.caption, "small", "middle"), write_text(x, 28, _detail(column), "small soft", "middle")]
        return found

    def _numbers(self, lines: Sequence[Connection], spans: Sequence[tuple[float, ...]]) -> tuple[list[str], bool]:
        """The numbers of the lines that are not 0, between two columns all of them or none; and whether all are there."""
        found, all_there = [], True
        for column in dict.fromkeys(line.column for line in lines):
            here = [(line, span) for line, span in zip(lines, spans, strict=True) if line.column == column]
            numbers = [Line(span[0], span[1], span[2], span[3], _room(line)) for line, span in here]
            places = placed_on_lines(numbers)
            all_there = all_there and places is not None
            for (line, _), number, (x, y, angle) in zip(here, numbers, places or [], strict=False):
                if number.wide:
                    found.append(_number(line, number.wide, f"translate({px(x)} {px(y)}) rotate({angle:.1f})"))
        return found, all_there

    def _forms(self, rows: int, steepest: float, apart: float) -> list[int]:
        """For each line below the units how much of the symbols is written, the same below all of them."""
        found = []
        for row in range(rows):
            texts = [unit.below[row] for column in self._columns for unit in column.units.values() if len(unit.below) > row]
            for form in range(3):
                half = max([marked_width(one.written(form), SMALL, bold=one.kind == "gradient") for one in texts], default=0.0) / 2
                if (half - RADIUS) * steepest < CLEAR and 2 * half < apart - 2 * RADIUS:
                    break
            found.append(form)
        return found

    def _signs(self) -> list[tuple[str, str]]:
        stem, numbers = "network.gradient" if self._backward else "network.weight", [line.number for line in self._lines]
        kinds = {"positive": any(n > 0 for n in numbers), "negative": any(n < 0 for n in numbers), "nothing": any(n == 0 for n in numbers)}
        signs = {"nothing": "no flow"}
        found = [(signs.get(kind, kind), fill(f"{stem}.{kind}", {}, self._lang)) for kind, there in kinds.items() if there]
        scale = fill("legend.scale", {"largest": number_drawn(self._largest)}, self._lang)
        return [*found, ("scale", scale)] if self._largest else found


def _apart(tall: float, caption: float, ends: float, gaps: int) -> float:
    """From one column to the next: as far as the slide lets them be beside a picture of this height, within reason."""
    scale = min(1.0, SLIDE[1] / (HEAD + tall + FOOT))
    room = (SLIDE[0] / scale - 2 * MARGIN - ends) / max(gaps, 1)
    near = max(2 * RADIUS + NEAREST, caption + 16)
    return max(near, min(room, 2 * RADIUS + max(NEAREST + 60, min(FARTHEST, 0.8 * tall))))


def _span(line: Connection, centres: Mapping[Any, tuple[float, float]]) -> tuple[float, float, float, float]:
    (x1, y1), (x2, y2) = centres[line.column, line.source], centres[line.column + 1, line.target]
    return x1 + RADIUS, y1, x2 - RADIUS, y2


def _wrapped(notes: Sequence[str], room: float) -> list[str]:
    """The notes one after the other, in as few lines as they need."""
    lines: list[str] = []
    for note in notes:
        if lines and width(f"{lines[-1]}; {note}", SMALL) <= room:
            lines[-1] += f"; {note}"
        else:
            lines.append(note)
    return lines


def _detail(column: Column) -> str:
    return shortened(column.detail, SMALL, 150)


def _kind(number: Any) -> str:
    return "" if number != number else "positive" if number > 0 else "negative" if number < 0 else "zero"


def _room(line: Connection) -> float:
    """How wide the number of a line is: none is written on a line of 0, which is dotted, nor on one of a dropped unit."""
    return width(line.text, SMALL) if line.number and not line.dropped else 0.0


def _key(line: Connection) -> str:
    return f"w{line.column + 1}-{line.target + 1}-{line.source + 1}"


def _line(line: Connection, span: tuple[float, float, float, float], largest: Any) -> str:
    x1, y1, x2, y2 = map(px, span)
    wide = THIN if line.number != line.number else stroke(line.number, largest)
    return (
        f'<g class="wire {_kind(line.number)}{" off" * line.dropped}" data-key="{_key(line)}"><title>{escape(line.title)}</title>'
        f'<path class="line" d="M{x1} {y1}L{x2} {y2}" style="stroke-width:{wide:.2f}"/></g>'
    )


def _number(line: Connection, wide: float, turned: str) -> str:
    """The number of a line, on paper of its own, so that no line runs through it."""
    paper = write_rect(Rect(-wide / 2 - 1, -6.5, wide + 2, 13), "paper", 3)
    text = write_text(0, 4, line.text, "small on-line", "middle")
    return f'<g class="{_kind(line.number)}" data-number="{_key(line)}" transform="{turned}">{paper}{text}</g>'


def _unit(unit: Unit, centre: tuple[float, float], forms: Sequence[int]) -> str:
    x, y = centre
    kind = "unit" + " constant" * unit.constant + " dropped" * unit.dropped
    parts = [
        f'<g class="{kind}" data-key="{unit.key}"><title>{escape(unit.title)}</title>'
        f'<circle class="frame" cx="{px(x)}" cy="{px(y)}" r="{px(RADIUS)}"/>'
    ]
    if unit.dropped:
        d = RADIUS * 0.7071
        parts.append(
            f'<path class="cross" d="M{px(x - d)} {px(y - d)}L{px(x + d)} {px(y + d)}M{px(x - d)} {px(y + d)}L{px(x + d)} {px(y - d)}"/>'
        )
    parts.append(_marked(x, y - 3 if unit.value else y + 5, unit.name, "name", NAME, ACROSS))
    if unit.value:
        parts.append(write_text(x, y + 14, unit.value, "small", "middle"))
    for row, one in enumerate(unit.below):
        text = _marked(x, y + RADIUS + 13 + row * ROW, one.written(forms[row]), f"small {one.kind}", SMALL, float("inf"))
        parts.append(f'<g class="{_kind(one.number)}">{text}</g>')
    return "".join([*parts, "</g>"])


def _marked(x: float, y: float, text: str, kind: str, size: float, room: float) -> str:
    """A text whose mark, if it has one, is raised and small; what is too wide for its room is cut before its mark."""
    base, mark, rest = text.partition("^")
    base = shortened(base, size, room - width(rest.partition(" ")[0], RAISED))
    return write_marked(x, y, base + mark + rest, kind, "middle")


def _gap(x: float, y: float, count: int, lang: str) -> str:
    return write_text(x, y - 8, "⋮", "soft", "middle") + write_text(x, y + 10, fill("network.more", {"count": count}, lang), "small soft", "middle")  # fmt: skip
