"""`draw`: a graph → a `Drawing`, which can be shown, saved, and read as text. The steps are in the other files."""

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from autograd import Value, steps
from autograd.explain.steps import Steps
from autograd.whole_files import write_whole

from .layout.arrangement import arranged
from .layout.nested import Layout
from .layout.shapes import Shape, shapes_of
from .notebook import html
from .output import dot, svg
from .output.theme import THEMES
from .output.typst_export import converted
from .picture.folding import READABLE, Fold
from .picture.gradients import stored
from .picture.reading import read
from .picture.records import Picture

CHOICES = {"direction": ("LR", "TB"), "theme": THEMES, "engine": ("builtin", "dot")}


def draw(
    y: Value,
    direction: str = "LR",
    partials: bool = True,
    fold: Fold = None,
    theme: str = "auto",
    engine: str = "builtin",
    digits: int | None = None,
) -> "Drawing":
    """The picture of the graph below y: values, gradients as far as they are computed, and local derivatives.

    `direction` is "LR" (left to right) or "TB" (top to bottom). `partials=False` leaves the local derivatives out.
    `fold` says which scopes are folded: True or 1 the outermost, 2 those one deeper and so on, titles these, False
    none, None none as long as the graph can be read. `theme` is "light", "dark", "print" (black on white) or "auto",
    which follows the page. `engine="dot"` asks Graphviz for positions. `digits` is the number of significant digits.

    Raises TypeError when y is not a Value, ValueError for an argument that does not exist, for a title that no scope
    has, or for fold=False on a graph too large to lay out, and RuntimeError for engine="dot" without Graphviz.

    >>> from autograd import leaves
    >>> a, b = leaves(a=2, b=3)
    >>> print(draw(a * b).text)
    forward
      1  J = a · b = 2 · 3 = 6
    backward
      2  ∂J/∂J = 1
      3  ∂J/∂a = ∂J/∂J · b = 1 · 3 = 3
      4  ∂J/∂b = ∂J/∂J · a = 1 · 2 = 2
    """
    refuse_unknown(digits, direction=direction, theme=theme, engine=engine)
    if not isinstance(y, Value):
        raise TypeError(f"draw takes the root of a graph, a Value, not {type(y).__name__}")
    picture = read(y, stored(y), partials, fold, digits)
    passes = None if len(picture.cards) > READABLE or any(card.stale or card.kind == "folded" for card in picture.cards) else steps(y)
    return Drawing(picture, passes, direction, theme, engine, digits)


def refuse_unknown(digits: int | None, **given: str) -> None:
    """Raises ValueError for a direction, theme or engine that does not exist, and for digits that make no sense."""
    for name, chosen in given.items():
        if not isinstance(chosen, str) or chosen not in CHOICES[name]:
            raise ValueError(
                f"{name} is one of {', '.join(CHOICES[name])}, not {repr(chosen) if isinstance(chosen, str) else type(chosen).__name__}"
            )
    if digits is not None and (not isinstance(digits, int) or isinstance(digits, bool) or not 1 <= digits <= 17):
        raise ValueError(f"digits is a number of significant digits from 1 to 17, not {digits!r}")


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
        path = Path(path)
        write_whole(path, self._content(path.suffix.lower(), path.name))
        return path

    def _content(self, kind: str, name: str) -> bytes:
        if kind == ".svg":
            return self.svg.encode()
        if kind in (".png", ".pdf"):
            return converted(self._svg("light" if self._theme == "auto" else self._theme), kind[1:])
        raise ValueError(f'a drawing is saved as {", ".join(self._kinds[:-1])} or {self._kinds[-1]}, not as "{kind or name}"')


class Drawing(Shown):
    """A picture of a graph as it was when it was drawn. It shows itself in a notebook; `save` writes it to a file."""

    _kinds = (".svg", ".dot", ".png", ".pdf")

    def __init__(self, picture: Picture, passes: Steps | None, direction: str, theme: str, engine: str, digits: int | None):
        super().__init__(picture.title, [*picture.lines, *picture.notes], theme)
        self._picture, self._passes, self._direction, self._engine, self._digits = picture, passes, direction, engine, digits

    def __getstate__(self) -> dict[str, Any]:
        """For copies and pickles: the text takes the place of the graph whose steps it says."""
        return {**self.__dict__, "text": self.text, "_passes": None}

    @cached_property
    def _shapes(self) -> list[Shape]:
        return shapes_of(self._picture, self._direction)

    @cached_property
    def _layout(self) -> Layout:
        return arranged(self._picture, self._shapes, self._direction, self._engine)

    def _svg(self, theme: str) -> str:
        return svg.write(self._picture, self._shapes, self._layout, self._direction, theme)

    @cached_property
    def source(self) -> str:
        """The graph in DOT, the language of Graphviz."""
        return dot.source(self._picture, self._direction)

    @property
    def digraph(self) -> Any:
        """The graph as a `graphviz.Digraph`, to go on with in the graphviz package."""
        return dot.digraph(self._picture, self._direction)

    @cached_property
    def text(self) -> str:
        """The same in words: the numbered lines of both passes; where much is folded or out of date, a line for each card."""
        lines = [self._passes.text(digits=self._digits)] if self._passes else [self._picture.title, *self._picture.lines]
        return "\n".join([*lines, *self._picture.notes])

    def _content(self, kind: str, name: str) -> bytes:
        return self.source.encode() if kind in (".dot", ".gv") else super()._content(kind, name)
