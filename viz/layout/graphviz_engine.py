"""Positions from Graphviz instead of the built-in layout: engine="dot".

Graphviz gets boxes of our sizes, with a port wherever a wire arrives, and answers with places and curves; the picture
is drawn by `svg` as always. The dot program is asked first, then pygraphviz, which carries Graphviz with it.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from .layered import Box, Link, Point
from .nested import Group, Layout

MISSING = (
    'engine="dot" needs Graphviz: install its dot program, or run `pip install "chalkgrad[graphviz]"`; the built-in engine needs neither'
)


def positions(boxes: Sequence[Box], links: Sequence[Link], groups: Sequence[Group], home: Sequence[int], direction: str) -> Layout:
    """The layout by Graphviz of what `layout.place` lays out. Raises RuntimeError where there is no Graphviz, or it fails."""
    answer = _asked(_question(boxes, links, groups, home, direction))
    turn = direction == "TB"
    left, low, right, high = _numbers(answer["bb"])

    def at(x: float, y: float) -> Point:  # Graphviz counts upwards
        return (high - y, x - left) if turn else (x - left, high - y)

    found = {item["name"]: item for item in answer.get("objects", [])}
    corners = []
    for k, box in enumerate(boxes):
        along, across = at(*_numbers(found[f"n{k}"]["pos"]))
        corners.append((along - box.along / 2, across - box.across / 2))
    frames = []
    for g in range(len(groups)):
        x0, y0, x1, y1 = _numbers(found[f"cluster_{g}"]["bb"])
        frames.append((at(x0, y1), (y1 - y0, x1 - x0) if turn else (x1 - x0, y1 - y0)))
    ways: list[Any] = [()] * len(links)
    for edge in answer.get("edges", []):
        link = links[int(edge["id"])]
        points = [at(*_numbers(pair)) for pair in edge["pos"].split()]
        points[0] = _moved(corners[link.source], boxes[link.source].exits[0])
        entry = _moved(corners[link.target], boxes[link.target].entries[link.arrives])
        ways[int(edge["id"])] = (((*points, points[-1], entry, entry), False),)  # straight on to the pill
    along, across = (high - low, right - left) if turn else (right - left, high - low)
    return Layout(tuple(corners), tuple(frames), tuple(ways), along, across)


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]


def _moved(corner: Point, point: Point) -> Point:
    return corner[0] + point[0], corner[1] + point[1]


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


def _question(boxes: Sequence[Box], links: Sequence[Link], groups: Sequence[Group], home: Sequence[int], direction: str) -> str:
    """The boxes and links in DOT. Sizes are whole points; labels stay here, only numbers go out."""
    lines = [f"rankdir={direction} nodesep=0.25 ranksep=0.5", "node [shape=plain]", "edge [arrowhead=none]"]
    lines += clustered(
        [group.parent for group in groups],
        home,
        lambda k: f"n{k} [label=<{_table(boxes[k], direction)}>]",
        lambda g: f"subgraph cluster_{g} {{ {_room(groups[g], direction)}",
    )
    head, tail = ("w", "e") if direction == "LR" else ("n", "s")
    for k, link in enumerate(links):
        lines.append(f'n{link.source}:o:{tail} -> n{link.target}:s{link.arrives}:{head} [id="{k}"]')
    return "digraph {\n" + "\n".join(lines) + "\n}\n"


def _room(group: Group, direction: str) -> str:
    """Room for the title: above in a picture from left to right, on the left in one from top to bottom."""
    if direction == "TB":
        return f"margin={group.before[1]:.0f}"
    title = f'<<TABLE BORDER="0"><TR><TD FIXEDSIZE="TRUE" WIDTH="{group.least[0]:.0f}" HEIGHT="14"></TD></TR></TABLE>>'
    return f"margin={group.after[0]:.0f} label={title}"


def _table(box: Box, direction: str) -> str:
    """A box with a small cell for every place where a wire arrives, and one for the rest, where wires leave."""
    along, across = round(box.along), round(box.across)
    if not box.entries:
        return _rows([[_cell("o", along, across, direction)]])
    ports, at = [], 0
    for k, (_, entry) in enumerate(box.entries):
        start = round(entry) - 1
        ports += [("", start - at), (f"s{k}", 2)]
        at = start + 2
    ports.append(("", across - at))
    cells = [_cell(port, 1, extent, direction) for port, extent in ports]
    rest = _cell("o", along - 1, across, direction)
    if direction == "LR":
        return _rows([[f"<TD>{_rows([[cell] for cell in cells])}</TD>", rest]])
    return _rows([[f"<TD>{_rows([cells])}</TD>"], [rest]])


def _cell(port: str, along: int, across: int, direction: str) -> str:
    wide, tall = (along, across) if direction == "LR" else (across, along)
    name = f' PORT="{port}"' if port else ""
    return f'<TD{name} FIXEDSIZE="TRUE" WIDTH="{wide}" HEIGHT="{tall}"></TD>'


def _rows(rows: Sequence[Sequence[str]]) -> str:
    inside = "".join([f"<TR>{''.join(row)}</TR>" for row in rows])
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{inside}</TABLE>'


def clustered(parents: Sequence[int], home: Sequence[int], card: Callable[[int], str], opening: Callable[[int], str]) -> list[str]:
    """The lines of all cards, each in the cluster of its frame; `card` and `opening` write one card and the head of a cluster.

    `parents` is the frame around each frame, `home` the frame of each card, -1 for none.
    """
    lines: list[str] = []
    waiting: list[int | None] = [-1]
    while waiting:
        frame = waiting.pop()
        if frame is None:
            lines.append("}")
            continue
        if frame != -1:
            lines.append(opening(frame))
            waiting.append(None)
        lines += [card(k) for k, at in enumerate(home) if at == frame]
        waiting += [k for k in range(len(parents) - 1, -1, -1) if parents[k] == frame]
    return lines
