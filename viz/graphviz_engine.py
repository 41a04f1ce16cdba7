"""Positions from Graphviz instead of the built-in layout: engine="dot".

Graphviz gets boxes of our sizes, with a port wherever a wire arrives, and answers with places and curves; the picture
is drawn by `svg` as always. The dot program is asked first, then pygraphviz, which carries Graphviz with it.
"""

import json
from collections.abc import Sequence
from typing import Any

from .dot import nested
from .layered import Point
from .layout import Group, Layout
from .picture import Picture
from .shapes import Shape

MISSING = (
    'engine="dot" needs Graphviz: install its dot program, or run `pip install "chalkgrad[graphviz]"`; the built-in engine needs neither'
)


def positions(picture: Picture, shapes: Sequence[Shape], groups: Sequence[Group], direction: str) -> Layout:
    """The layout of a picture by Graphviz. Raises RuntimeError where there is no Graphviz, or it fails."""
    answer = _asked(_question(picture, shapes, groups, direction))
    bottom = float(answer["bb"].split(",")[3])
    turn = direction == "TB"

    def at(x: float, y: float) -> Point:  # Graphviz counts upwards
        return (bottom - y, x) if turn else (x, bottom - y)

    found = {item["name"]: item for item in answer.get("objects", [])}
    corners = []
    for k, shape in enumerate(shapes):
        x, y = (float(number) for number in found[f"n{k}"]["pos"].split(","))
        corners.append(at(x - shape.width / 2, y + shape.height / 2))
    frames = []
    for g in range(len(groups)):
        left, low, right, high = (float(number) for number in found[f"cluster_{g}"]["bb"].split(","))
        frames.append((at(left, high), (high - low, right - left) if turn else (right - left, high - low)))
    ways: list[Any] = [()] * len(picture.wires)
    for edge in answer.get("edges", []):
        k = int(edge["id"])
        points = [at(*(float(number) for number in pair.split(","))) for pair in edge["pos"].split()]
        source, target = picture.wires[k].source, picture.wires[k].target
        points[0] = _moved(corners[source], shapes[source].exit, turn)
        entry = _moved(corners[target], shapes[target].entries[picture.wires[k].slot], turn)
        ways[k] = (((*points, points[-1], entry, entry), False),)  # straight on to the pill
    left, low, right, high = (float(number) for number in answer["bb"].split(","))
    along, across = (high - low, right - left) if turn else (right - left, high - low)
    return Layout(tuple(corners), tuple(frames), tuple(ways), along, across)


def _moved(corner: Point, point: Point, turn: bool) -> Point:
    x, y = (point[1], point[0]) if turn else point
    return corner[0] + x, corner[1] + y


def _asked(question: str) -> dict[str, Any]:
    import graphviz

    try:
        return json.loads(graphviz.pipe("dot", "json", question.encode()))
    except graphviz.ExecutableNotFound:
        return _asked_pygraphviz(question)
    except graphviz.CalledProcessError as error:
        raise RuntimeError(f"Graphviz could not lay out this graph: {error}") from error


def _asked_pygraphviz(question: str) -> dict[str, Any]:
    """The same answer from pygraphviz, as far as `positions` reads it."""
    try:
        import pygraphviz
    except ImportError:
        raise RuntimeError(MISSING) from None
    graph = pygraphviz.AGraph(string=question)
    graph.layout(prog="dot")
    objects = [{"name": str(node), "pos": node.attr["pos"]} for node in graph.nodes()]
    waiting = [graph]
    while waiting:
        inner = waiting.pop().subgraphs()
        objects += [{"name": cluster.name, "bb": cluster.graph_attr["bb"]} for cluster in inner]
        waiting += inner
    edges = [{"id": edge.attr["id"], "pos": edge.attr["pos"]} for edge in graph.edges()]
    return {"bb": graph.graph_attr["bb"], "objects": objects, "edges": edges}


def _question(picture: Picture, shapes: Sequence[Shape], groups: Sequence[Group], direction: str) -> str:
    """The boxes and links in DOT. Sizes are whole points; labels stay here, only keys go out."""
    lines = [f"rankdir={direction} nodesep=0.25 ranksep=0.5", "node [shape=plain]", "edge [arrowhead=none]"]
    lines += nested(
        picture,
        lambda k: f"n{k} [label=<{_table(shapes[k], direction)}>]",
        lambda g: f"subgraph cluster_{g} {{ {_room(groups[g], direction)}",
    )
    head, tail = ("w", "e") if direction == "LR" else ("n", "s")
    for k, wire in enumerate(picture.wires):
        lines.append(f'n{wire.source}:o:{tail} -> n{wire.target}:s{wire.slot}:{head} [id="{k}"]')
    return "digraph {\n" + "\n".join(lines) + "\n}\n"


def _room(group: Group, direction: str) -> str:
    """Room for the title: above in a picture from left to right, on the left in one from top to bottom."""
    if direction == "TB":
        return f"margin={group.before[1]:.0f}"
    title = f'<<TABLE BORDER="0"><TR><TD FIXEDSIZE="TRUE" WIDTH="{group.least[0]:.0f}" HEIGHT="14"></TD></TR></TABLE>>'
    return f"margin={group.after[0]:.0f} label={title}"


def _table(shape: Shape, direction: str) -> str:
    """A box with a small cell for every place where a wire arrives, and one for the rest, where wires leave."""
    wide, tall = round(shape.width), round(shape.height)
    if not shape.entries:
        return _rows([[_cell("o", wide, tall)]])
    ports, at = [], 0
    for k, entry in enumerate(shape.entries):
        start = round(entry[direction == "LR"]) - 1
        ports += [("", start - at), (f"s{k}", 2)]
        at = start + 2
    ports.append(("", (tall if direction == "LR" else wide) - at))
    if direction == "LR":
        column = _rows([[_cell(port, 1, extent)] for port, extent in ports])
        return _rows([[f"<TD>{column}</TD>", _cell("o", wide - 1, tall)]])
    row = _rows([[_cell(port, extent, 1) for port, extent in ports]])
    return _rows([[f"<TD>{row}</TD>"], [_cell("o", wide, tall - 1)]])


def _cell(port: str, wide: int, tall: int) -> str:
    name = f' PORT="{port}"' if port else ""
    return f'<TD{name} FIXEDSIZE="TRUE" WIDTH="{wide}" HEIGHT="{tall}"></TD>'


def _rows(rows: Sequence[Sequence[str]]) -> str:
    inside = "".join([f"<TR>{''.join(row)}</TR>" for row in rows])
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{inside}</TABLE>'
