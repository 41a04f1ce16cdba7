"""`draw`: a graph → a `Drawing`, which can be shown, saved, and read as text. The steps are in the other files."""

import os
from functools import cached_property
from pathlib import Path
from typing import Any

from autograd import Value

from . import dot, svg
from .export import converted, write_whole
from .folding import Fold
from .layered import Box, Link, Point
from .layout import Group, Layout, place
from .picture import Picture
from .reading import read
from .shapes import Shape, shapes_of
from .theme import THEMES


def draw(
    y: Value, direction: str = "LR", partials: bool = True, fold: Fold = None, theme: str = "auto", digits: int | None = None
) -> "Drawing":
    """The picture of the graph below y: values, gradients as far as they are computed, and local derivatives.

    `direction` is "LR" (left to right) or "TB" (top to bottom); `partials=False` leaves the local derivatives out;
    `theme` is "light", "dark", "print" or "auto" (follows the page); `digits` is the number of significant digits.
    Raises TypeError when y is not a Value, ValueError for a direction, theme or number of digits that does not exist.

    >>> from autograd import leaves
    >>> a, b = leaves(a=2, b=3)
    >>> draw(a * b).source.splitlines()[0]
    'digraph {'
    """
    if direction not in ("LR", "TB"):
        raise ValueError(f'direction is "LR" (left to right) or "TB" (top to bottom), not {direction!r}')
    if theme not in THEMES:
        raise ValueError(f"theme is one of {', '.join(THEMES)}, not {theme!r}")
    if digits is not None and (not isinstance(digits, int) or isinstance(digits, bool) or not 1 <= digits <= 17):
        raise ValueError(f"digits is a number of significant digits from 1 to 17, not {digits!r}")
    return Drawing(read(y, partials, fold, digits), direction, theme)


class Drawing:
    """A picture of a graph as it was when it was drawn. It shows itself in a notebook; `save` writes it to a file."""

    def __init__(self, picture: Picture, direction: str, theme: str):
        self._picture, self._direction, self._theme = picture, direction, theme

    @cached_property
    def _shapes(self) -> list[Shape]:
        return shapes_of(self._picture.cards, self._direction)

    @cached_property
    def _layout(self) -> Layout:
        picture, turn = self._picture, self._direction == "TB"

        def along(point: Point) -> Point:
            return (point[1], point[0]) if turn else point

        boxes = [
            Box(*along((shape.width, shape.height)), tuple(map(along, shape.entries)), (along(shape.exit),), card.quiet)
            for card, shape in zip(picture.cards, self._shapes, strict=True)
        ]
        links = [Link(wire.source, wire.target, 0, wire.slot) for wire in picture.wires]
        room = (svg.EDGE, svg.HEADER)  # a frame has its title across the flow, where no wire comes in
        groups = [Group(frame.parent, room, (svg.EDGE, svg.EDGE), (svg.title_room(frame), 0.0)) for frame in picture.frames]
        return place(boxes, links, groups, picture.home)

    @cached_property
    def svg(self) -> str:
        """The picture as an SVG document."""
        return self._svg(self._theme)

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

    def __repr__(self) -> str:
        return f"<Drawing: {self._picture.title}>"

    def save(self, path: "str | os.PathLike[str]") -> Path:
        """Writes the picture to a file whose suffix says how: .svg, .dot, .png or .pdf; returns its path.

        The file appears whole or not at all. Raises ValueError for another suffix, and ImportError when PNG or PDF
        is asked for without the packages of `pip install chalkgrad[export]`.
        """
        path = Path(path)
        kind = path.suffix.lower()
        if kind == ".svg":
            content = self.svg.encode()
        elif kind in (".dot", ".gv"):
            content = self.source.encode()
        elif kind in (".png", ".pdf"):
            content = converted(self._svg("light" if self._theme == "auto" else self._theme), kind[1:])
        else:
            raise ValueError(f'a drawing is saved as .svg, .dot, .png or .pdf, not as "{kind or path.name}"')
        write_whole(path, content)
        return path
