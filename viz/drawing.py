"""A graph → a `Drawing`, which can be shown, saved, and read as text. The steps are in the other files; `draw` is in `opening`."""

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from autograd import Value, steps
from autograd.explain.numbers import refuse_digits
from autograd.explain.steps import Steps
from autograd.quoting import quoted
from autograd.whole_files import file_path, write_whole

from .layout.arrangement import arranged
from .layout.layered import Known
from .layout.nested import Layout
from .layout.shapes import NUMBER, Shape, shapes_of
from .notebook import html
from .output import dot, svg
from .output.theme import THEMES
from .output.typst_export import converted
from .picture.folding import READABLE, Fold
from .picture.gradients import stored
from .picture.reading import forms_of, read
from .picture.records import Picture

SLIDE = (1280.0, 720.0)  # pixels into which a picture is fitted where nothing else is said
MOST_PIXELS = 1e9  # more is no size, and a whole number of any length is no float
LEGIBLE = 12.0  # pixels that a number has there at least
CHOICES = {"direction": ("LR", "TB"), "theme": THEMES, "engine": ("builtin", "dot")}


def draw_graph(
    y: Any,
    direction: str,
    partials: bool,
    fold: Fold,
    theme: str,
    engine: str,
    digits: int | None,
    width: float | None,
    height: float | None,
    lang: str,
) -> "Drawing":
    """The picture of a graph, with the arguments of `draw`; raises as that does."""
    refuse_unknown(digits, direction=direction, theme=theme, engine=engine)
    if not isinstance(partials, int):
        raise TypeError(f"partials is True or False, not {quoted(partials)}")
    if not isinstance(y, Value):
        raise TypeError(f"draw takes the root of a graph, a Value, not {type(y).__name__}")
    room, given = room_for(width, height), stored(y)
    given_fold = fold is not None
    pictures = iter([read(y, given, partials, fold, digits, lang)]) if given_fold else forms_of(y, given, partials, digits, lang)
    known: Known = {}  # of the layouts of all forms
    drawings = (Drawing(picture, direction, theme, engine, lang, room, not (width is height is None), known) for picture in pictures)
    drawing = next(drawings) if given_fold else _first_that_can_be_read(drawings, room)
    known.clear()  # a drawing is kept for long, the forms that could not be read are not
    cards = drawing.picture.cards
    if len(given.derivatives) <= READABLE and not any(card.stale or (given_fold and card.kind == "folded") for card in cards):
        drawing.tell(steps(y), digits)
    return drawing


def _first_that_can_be_read(drawings: "Iterator[Drawing]", room: tuple[float, float]) -> "Drawing":
    """The first drawing whose numbers are large enough when it is fitted into the room; else the last one. Symbols on the
    pills are for drawings that need not be made smaller."""
    for drawing in drawings:
        if drawing.scale_in(*room) * NUMBER >= (NUMBER if drawing.picture.symbolic else LEGIBLE):
            break
    return drawing


def room_for(width: Any, height: Any) -> tuple[float, float]:
    """The pixels into which a picture is fitted. Raises ValueError for what is no size."""
    for name, given in (("width", width), ("height", height)):
        if given is not None and (isinstance(given, bool) or not isinstance(given, (int, float)) or not 0 < given <= MOST_PIXELS):
            raise ValueError(f"{name} is a number of pixels above 0, not {quoted(given)}")
    return SLIDE if width is height is None else (width or float("inf"), height or float("inf"))


def refuse_unknown(digits: int | None, **given: str) -> None:
    """Raises ValueError for a direction, theme or engine that does not exist, and for digits that make no sense."""
    for name, chosen in given.items():
        if not isinstance(chosen, str) or chosen not in CHOICES[name]:
            raise ValueError(f"{name} is one of {', '.join(CHOICES[name])}, not {quoted(chosen)}")
    refuse_digits(digits)


class Shown:
    """A picture that shows itself in a notebook and is saved to a file; a kind of picture says its SVG and its text."""

    _kinds: tuple[str, ...] = (".svg", ".png", ".pdf")
    text: Any

    def __init__(self, title: str, alternative: Sequence[str], theme: str):
        self._title, self._alternative, self._theme = title, alternative, theme

    @cached_property
    def svg(self) -> str:
        """The picture as an SVG document."""
        return self._svg(self._theme)

    def _svg(self, theme: str) -> str:
        raise NotImplementedError

    def __repr__(self) -> str:
        return str(self.text)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        alternative = "; ".join([self._title, *self._alternative])
        return {"text/html": html(self.svg, self._title, alternative), "text/plain": self.text}

    def save(self, path: "str | os.PathLike[str]") -> Path:
        """Writes the picture to a file whose suffix says how: .svg, .png or .pdf, a graph also as .dot; returns its path.

        The file appears whole or not at all. Raises ValueError for another suffix, and ImportError when PNG or PDF
        is asked for without the packages of `pip install chalkgrad[export]`.
        """
        path = file_path(path)
        write_whole(path, self._content(path.suffix.lower(), path.name))
        return path

    def _content(self, kind: str, name: str) -> bytes:
        if kind == ".svg":
            return self.svg.encode()
        if kind in (".png", ".pdf"):
            return converted(self._svg("light" if self._theme == "auto" else self._theme), kind[1:])
        raise ValueError(f'a drawing is saved as {", ".join(self._kinds[:-1])} or {self._kinds[-1]}, not as "{(kind or name)[:40]}"')


class Drawing(Shown):
    """A picture of a graph as it was when it was drawn. It shows itself in a notebook; `save` writes it to a file."""

    _kinds = (".svg", ".dot", ".png", ".pdf")

    def __init__(
        self,
        picture: Picture,
        direction: str,
        theme: str,
        engine: str,
        lang: str,
        room: tuple[float, float],
        fitted: bool,
        known: Known | None = None,
    ):
        super().__init__(picture.title, [*picture.lines, *picture.notes], theme)
        self.picture, self._direction, self._engine, self._lang = picture, direction, engine, lang
        self._room, self._fitted, self._known = room, fitted, known
        self._steps: tuple[Steps, int | None] | None = None

    def tell(self, steps: Steps, digits: int | None) -> None:
        """From now on the text is that of these steps."""
        self._steps = steps, digits

    def scale_in(self, width: float, height: float) -> float:
        """How large the picture is where it is fitted into so many pixels."""
        across, down = svg.size(self.picture, self._layout, self._direction)
        return min(width / across, height / down)

    def __getstate__(self) -> dict[str, Any]:
        """For copies and pickles: the text takes the place of the graph whose steps it says."""
        return {**self.__dict__, "text": self.text, "_steps": None, "_known": None}

    @cached_property
    def _shapes(self) -> list[Shape]:
        return shapes_of(self.picture, self._direction)

    @cached_property
    def _layout(self) -> Layout:
        across, down = svg.room_for_drawing(*self._room, LEGIBLE / NUMBER)
        longest = down if self._direction == "TB" else across
        return arranged(self.picture, self._shapes, self._direction, self._engine, longest, self._known)

    def _svg(self, theme: str) -> str:
        scale = self.scale_in(*self._room) if self._fitted else 1.0
        return svg.write(self.picture, self._shapes, self._layout, self._direction, theme, scale=scale)

    @cached_property
    def source(self) -> str:
        """The graph in DOT, the language of Graphviz."""
        return dot.source(self.picture, self._direction)

    @property
    def digraph(self) -> Any:
        """The graph as a `graphviz.Digraph`, to go on with in the graphviz package."""
        return dot.digraph(self.picture, self._direction)

    @cached_property
    def text(self) -> str:
        """The same in words: the numbered lines of both passes; where much is folded or out of date, a line for each card."""
        lines = [self._steps[0].text(self._lang, self._steps[1])] if self._steps else [self.picture.title, *self.picture.lines]
        return "\n".join([*lines, *self.picture.notes])

    def _content(self, kind: str, name: str) -> bytes:
        return self.source.encode() if kind in (".dot", ".gv") else super()._content(kind, name)
