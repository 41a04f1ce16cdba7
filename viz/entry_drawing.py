"""`draw` of one entry of an array: the fan of the numbers that make it, and the matrices with what is read lit."""

import re
from dataclasses import replace
from typing import Any

from autograd.quoting import quoted
from autograd.vectorizing.array_steps import ArrayStep, ArraySteps

from .drawing import Shown
from .output import fan_svg
from .picture.fans import Fan, described, fan

ENTRY = re.compile(r"\s*(?P<name>[^\[\]]*(?:\^\[\d+\])?)\s*(?:\[\s*(?P<first>\d{1,9})\s*(?:,\s*(?P<second>\d{1,9})\s*)?\])?\s*")

WIDEST = 1120.0  # of a picture whose numbers still have 16 pixels where it is 1280 wide


class EntryDrawing(Shown):
    """A picture of what makes one entry of an array. It shows itself in a notebook; `save` writes it to a file."""

    def __init__(self, found: Fan, theme: str, room: "tuple[float, float] | None"):
        super().__init__(found.title, found.lines, theme)
        self.picture, self._room, self._lines = found, room, "\n".join(described(found))

    @property
    def text(self) -> str:
        """The same in words: the equations, with symbols and with numbers."""
        return self._lines

    def _svg(self, theme: str) -> str:
        if self._room is None:
            return fan_svg.write(self.picture, theme)
        wide, tall = fan_svg.size(self.picture)
        return fan_svg.write(self.picture, theme, min(self._room[0] / wide, self._room[1] / tall))


def draw_entry(
    steps: ArraySteps, entry: Any, theme: str, digits: int | None, room: "tuple[float, float] | None", lang: str
) -> EntryDrawing:
    """The picture of the entry that is meant by a text: "delta1[2, 1]", counted from 1. Raises ValueError for one that there is not."""
    step, i, j = _meant(steps, entry)
    forms = [fan(steps, step.name, i, j, kept, lang) for kept in ([digits] if digits else [4, 3, 2])]
    for found in forms:
        if fan_svg.size(found)[0] <= WIDEST:
            return EntryDrawing(found, theme, room)
    found = forms[0]
    small = replace(found, matrices=tuple([each for each in found.matrices if fan_svg.width_of(each) <= WIDEST]))
    return EntryDrawing(small, theme, room)


def _meant(steps: ArraySteps, entry: Any) -> tuple[ArrayStep, int, int]:
    match = ENTRY.fullmatch(entry) if isinstance(entry, str) else None
    if match is None:
        raise ValueError(f'entry is an array with a row and a column, counted from 1, such as "dW1[1, 2]"; not {quoted(entry)}')
    name = match["name"].strip()
    step = next((step for step in (*[each for each in steps if each.symbol == name], *steps) if name in (step.symbol, step.name)), None)
    if step is None:
        given = any(name in (other.name, other.symbol) for other in steps.given)
        listed = ", ".join([other.name for other in steps][:40])
        what = f"{name[:40]} is given, nothing makes it" if given else f"there is no array called {name[:40]!r}"
        raise ValueError(f"{what}; entry takes one of {listed}")
    rows, columns = step.shape
    first, second = match["first"], match["second"]
    if first is None and (rows, columns) != (1, 1):
        raise ValueError(f'{step.symbol} has shape {rows} × {columns}; say which entry, counted from 1: "{step.name}[1, 1]"')
    if second is None:  # of a row or a column one number is enough
        if first is not None and rows > 1 and columns > 1:
            raise ValueError(f'{step.symbol} has shape {rows} × {columns}; say row and column, counted from 1: "{step.name}[1, 1]"')
        first, second = (first or "1", "1") if columns == 1 else ("1", first or "1")
    i, j = int(first), int(second)  # type: ignore[arg-type]
    if not (1 <= i <= rows and 1 <= j <= columns):
        raise ValueError(f"{step.symbol} has shape {rows} × {columns} and no entry in row {i}, column {j} (counted from 1)")
    return step, i - 1, j - 1
