"""`draw` of a program or a matrix view: the arrays of both passes as cards along the chain of layers."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from autograd import Notation
from autograd.explain.languages import templates
from autograd.vectorizing.array_steps import ArraySteps
from autograd.vectorizing.program import Program

from .drawing import LEGIBLE, Shown, refuse_unknown, room_for
from .entry_drawing import EntryDrawing, draw_entry
from .layout.array_rows import Placed, placed
from .layout.shapes import NUMBER
from .output import array_dot, array_svg
from .picture.array_cards import ArrayPicture, array_picture
from .picture.given_arrays import arrays_of

MOST = 60  # arrays in one picture
SCROLLED = (1280.0, 960.0)  # pixels into which it is fitted where nothing else is said: a page as wide as a slide, which is scrolled
CLEAR = 16.0  # pixels that a number has there at least; on the slide as a whole it still has those of `LEGIBLE`
ALL = 10**9  # entries
# Significant digits, the form of large arrays, how many entries an array with numbers has at most, and the pixels that a letter
# has at least: until a picture can be read.
FORMS = ((4, "numbers", ALL, CLEAR), (3, "numbers", ALL, CLEAR), (2, "numbers", ALL, CLEAR), (3, "signs", 12, CLEAR), (3, "signs", 8, CLEAR),
         (2, "signs", 8, CLEAR),
         (3, "signs", 4, LEGIBLE), (3, "shapes", 1, LEGIBLE))  # fmt: skip


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
    entry: str | None = None,
) -> "ArrayDrawing | EntryDrawing":
    """The picture of arrays, or of one `entry`, with the arguments of `draw`; raises as that does."""
    refuse_unknown(digits, direction=direction, theme=theme)
    templates(lang)
    if isinstance(given, Program) and X is None:
        raise ValueError("a program is drawn with the numbers of some examples: give them as X=, one row for each example")
    steps = arrays_of(given, X, notation)
    is_fitted = not (width is height is None)
    room = room_for(width, height) if is_fitted else SCROLLED
    if entry is not None:
        return draw_entry(steps, entry, theme, digits, room if is_fitted else None, lang)
    if len(steps.arrays) > MOST:
        raise ValueError(f"{len(steps.arrays)} arrays are too many for one picture, which has room for {MOST}")
    forms = FORMS if digits is None else [(digits, *form[1:]) for form in FORMS[2:]]
    return _first_that_can_be_read(
        (ArrayDrawing(steps, kept, form, most, direction, theme, lang, room, is_fitted), least) for kept, form, most, least in forms
    )


def _first_that_can_be_read(drawings: "Iterator[tuple[ArrayDrawing, float]]") -> "ArrayDrawing":
    for drawing, least in drawings:
        if drawing.scale * NUMBER >= (least if drawing.room == SCROLLED else LEGIBLE) - 1e-6:
            break
    return drawing


class ArrayDrawing(Shown):
    """A picture of arrays as they were when it was drawn. It shows itself in a notebook; `save` writes it to a file."""

    _kinds = (".svg", ".dot", ".png", ".pdf")

    def __init__(self, steps: ArraySteps, digits: int, form: str, most: int, direction: str, theme: str, lang: str,
                 room: tuple[float, float], fitted: bool):  # fmt: skip
        self.picture: ArrayPicture = array_picture(steps, digits, form, lang, most)
        super().__init__(self.picture.title, self.picture.lines, theme)
        self._direction, self.room, self._fitted = direction, room, fitted
        self.form = form
        self._lines = "\n".join([self.picture.title, *self.picture.lines, *self.picture.notes])

    @cached_property
    def _placed(self) -> Placed:
        return placed(self.picture, self._direction, self.room)

    @property
    def scale(self) -> float:
        """How large the picture is where it is fitted into its room, beside its natural size."""
        across, down = array_svg.size(self.picture, self._placed)
        return min(self.room[0] / across, self.room[1] / down)

    @property
    def width(self) -> float:
        """How wide the picture is where it is fitted into its room."""
        return array_svg.size(self.picture, self._placed)[0] * self.scale

    def drawn(self, picture: ArrayPicture, theme: str) -> str:
        """The SVG of a picture of the same arrays in the same places, of which less may be known."""
        return array_svg.write(picture, self._placed, theme, self.scale)

    @property
    def text(self) -> str:
        """The same in words: every array with its equation and its shape."""
        return self._lines

    @cached_property
    def source(self) -> str:
        """The arrays in DOT, the language of Graphviz: each with its gradient, and what is computed from what."""
        return array_dot.source(self.picture, self._direction)

    @property
    def digraph(self) -> Any:
        """The same as a `graphviz.Digraph`, to go on with in the graphviz package."""
        return array_dot.digraph(self.picture, self._direction)

    def _content(self, kind: str, name: str) -> bytes:
        return self.source.encode() if kind in (".dot", ".gv") else super()._content(kind, name)

    def _svg(self, theme: str) -> str:
        return array_svg.write(self.picture, self._placed, theme, self.scale if self._fitted else 1.0)
