"""`draw` of a program or a matrix view: the arrays of both passes as cards along the chain of layers."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from autograd import Notation
from autograd.explain.languages import templates
from autograd.vectorizing.array_steps import ArraySteps
from autograd.vectorizing.program import Program

from .drawing import LEGIBLE, Shown, refuse_unknown, room_for
from .layout.array_rows import Placed, placed
from .layout.shapes import NUMBER
from .output import array_svg
from .picture.array_cards import ArrayPicture, array_picture
from .picture.given_arrays import arrays_of

MOST = 60  # arrays in one picture
FORMS = ((4, "numbers"), (3, "numbers"), (2, "numbers"), (2, "signs"), (2, "shapes"))  # significant digits, and form: until it can be read


def draw_arrays(
    given: Any,
    X: Any,
    direction: str,
    theme: str,
    digits: int | None,
    width: float | None,
    height: float | None,
    lang: str,
    notation: "Notation | str | None",
) -> "ArrayDrawing":
    """The picture of arrays, with the arguments of `draw`; raises as that does."""
    refuse_unknown(digits, direction=direction, theme=theme)
    templates(lang)
    if isinstance(given, Program) and X is None:
        raise ValueError("a program is drawn with the numbers of some examples: give them as X=, one row for each example")
    steps, room = arrays_of(given, X, notation), room_for(width, height)
    if len(steps.arrays) > MOST:
        raise ValueError(f"{len(steps.arrays)} arrays are too many for one picture, which has room for {MOST}")
    is_fitted = not (width is height is None)
    forms = FORMS if digits is None else [(digits, form) for form in ("numbers", "signs", "shapes")]
    return _first_that_can_be_read(ArrayDrawing(steps, kept, form, direction, theme, lang, room, is_fitted) for kept, form in forms)


def _first_that_can_be_read(drawings: "Iterator[ArrayDrawing]") -> "ArrayDrawing":
    for drawing in drawings:
        if drawing.scale * NUMBER >= LEGIBLE - 1e-6:
            break
    return drawing


class ArrayDrawing(Shown):
    """A picture of arrays as they were when it was drawn. It shows itself in a notebook; `save` writes it to a file."""

    def __init__(self, steps: ArraySteps, digits: int, form: str, direction: str, theme: str, lang: str,
                 room: tuple[float, float], fitted: bool):  # fmt: skip
        self.picture: ArrayPicture = array_picture(steps, digits, form, lang)
        super().__init__(self.picture.title, self.picture.lines, theme)
        self._direction, self._room, self._fitted = direction, room, fitted
        self.form = form
        self._lines = "\n".join([self.picture.title, *self.picture.lines, *self.picture.notes])

    @cached_property
    def _placed(self) -> Placed:
        return placed(self.picture, self._direction, self._room, LEGIBLE / NUMBER)

    @property
    def scale(self) -> float:
        """How large the picture is where it is fitted into its room, beside its natural size."""
        across, down = array_svg.size(self.picture, self._placed)
        return min(self._room[0] / across, self._room[1] / down)

    @property
    def text(self) -> str:
        """The same in words: every array with its equation and its shape."""
        return self._lines

    def _svg(self, theme: str) -> str:
        return array_svg.write(self.picture, self._placed, theme, self.scale if self._fitted else 1.0)
