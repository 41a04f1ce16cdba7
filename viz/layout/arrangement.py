"""From a picture and the shapes of its cards to the place of everything, by the built-in layout or by Graphviz.

Both lay out boxes and links. A number that stands beside the card that uses it is part of that card's box here, and
gets its place, and its short wire, afterwards.
"""

from collections.abc import Sequence
from math import inf

from ..picture.lettering import width
from ..picture.records import Frame, Picture
from . import graphviz_engine
from .layered import Box, Known, Link, Point
from .nested import Group, Layout, Way, place
from .shapes import Rect, Shape, held_by_one

HEADER, EDGE = 30.0, 14.0  # room in a frame: where its title stands, and on the other sides
TITLE, LONGEST = 13.0, 240.0  # size of a title, and the room that it can ask for


def arranged(
    picture: Picture, shapes: Sequence[Shape], direction: str, engine: str, longest: float = inf, known: Known | None = None
) -> Layout:
    """Where everything stands, along and across the flow; the built-in layout breaks what is longer than `longest` into
    lines. `known` keeps what pictures of the same cards have in common. Raises RuntimeError for engine "dot" without Graphviz."""
    held = held_by_one(picture)
    cards = [k for k in range(len(shapes)) if k not in held]
    number = {k: box for box, k in enumerate(cards)}
    wires = [wire for wire in picture.wires if wire.source not in held]
    boxes = [_box(shapes[k], picture.cards[k].quiet, direction) for k in cards]
    links = [Link(number[wire.source], number[wire.target], 0, wire.slot) for wire in wires]
    # The title of a frame stands across the flow, where no wire comes in.
    groups = [Group(frame.parent, (EDGE, HEADER), (EDGE, EDGE), (_title_room(frame), 0.0)) for frame in picture.frames]
    home = [picture.home[k] for k in cards]
    layout = (
        graphviz_engine.positions(boxes, links, groups, home, direction)
        if engine == "dot"
        else place(boxes, links, groups, home, longest, known)
    )
    return _with_held(picture, shapes, held, number, layout, direction)


def turned(point: Point, direction: str) -> Point:
    """From x and y to along and across the flow, and back."""
    return (point[1], point[0]) if direction == "TB" else point


def _box(shape: Shape, quiet: bool, direction: str) -> Box:
    along, across = turned((shape.width, shape.height), direction)
    return Box(along, across, tuple([turned(entry, direction) for entry in shape.entries]), (turned(shape.exit, direction),), quiet)


def _title_room(frame: Frame) -> float:
    return min(width(frame.title, TITLE, bold=True), LONGEST) + 2 * EDGE


def _with_held(
    picture: Picture, shapes: Sequence[Shape], held: dict[int, tuple[int, int]], number: dict[int, int], layout: Layout, direction: str
) -> Layout:
    """The layout with the numbers that stand beside a card, and with their wires."""

    def at(card: int, point: Point) -> Point:
        (x, y), (dx, dy) = layout.corners[number[card]], turned(point, direction)
        return x + dx, y + dy

    corners, beside = [], {}
    for k in range(len(shapes)):
        if k in held:
            target, slot = held[k]
            beside[k] = shapes[target].beside[slot]
            corners.append(at(target, (beside[k].x, beside[k].y)))
        else:
            corners.append(layout.corners[number[k]])
    ways = iter(layout.ways)
    complete: list[Way] = []
    for wire in picture.wires:
        if wire.source in held:
            start, end = at(wire.target, _exit(beside[wire.source], direction)), at(wire.target, shapes[wire.target].entries[wire.slot])
            complete.append((((start, start, end, end), False),))
        else:
            complete.append(next(ways))
    return Layout(tuple(corners), layout.frames, tuple(complete), layout.along, layout.across)


def _exit(rect: Rect, direction: str) -> Point:
    return (rect.right, rect.middle[1]) if direction == "LR" else (rect.middle[0], rect.bottom)
