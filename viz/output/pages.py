"""Slides as one PDF: a page of 16:9 each, with a heading, a picture and an equation. Typst does the work.

What stands on a page is data: names and sentences are never read as Typst.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd.explain.typeset import MATHML_SIGNS, Layout, bare, legible, name_parts

from ..picture.lettering import harmless, shortened
from .theme import COLOURS
from .typst_export import compiled

WIDE, TALL = 1280.0, 720.0  # pixels of a page
PICTURE = (1216.0, 400.0)  # pixels that a picture may take
LEAST = 1.2  # how small a picture may become, of its size: its smallest letters are 14 pixels then
LARGEST = 2.4
HEADING, ROOM = 22.0, 900.0  # size of the letters of a heading, and how wide it may be
RELATIONS = ("=", "≈", "←")
OPERATORS = ("+", "−", "·", "⊙", "×")
_ROOT = re.compile(r'(?<= )viewBox="[^"]*" width="[^"]*" height="[^"]*"')

_TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#let px = 0.75pt
#set page(width: 1280 * px, height: 720 * px, margin: (x: 32 * px, top: 26 * px, bottom: 22 * px), fill: rgb(data.paper))
#set text(fill: rgb(data.ink), size: 22 * px, font: ("DejaVu Sans", "Libertinus Serif"), lang: data.lang)
#set par(leading: 0.5em, spacing: 0em)
#set block(spacing: 6 * px)
#let put(one) = {
  let (kind, ..parts) = one
  if kind == "text" { math.upright(parts.at(0)) }
  else if kind == "letter" { math.italic(parts.at(0)) }
  else if kind == "relation" { math.class("relation", parts.at(0)) }
  else if kind == "binary" { math.class("binary", parts.at(0)) }
  else if kind == "marked" {
    math.attach(put(parts.at(0)), b: if parts.at(1) != none { put(parts.at(1)) }, t: if parts.at(2) != none { put(parts.at(2)) })
  }
  else if kind == "frac" { math.frac(put(parts.at(0)), put(parts.at(1))) }
  else if kind == "matrix" { math.mat(delim: "[", column-gap: 0.7em, row-gap: 0.3em, align: right, ..parts.map(row => row.map(put))) }
  else if kind == "sqrt" { math.sqrt(put(parts.at(0))) }
  else { parts.map(put).join() }
}
#let lines(rows, size) = {
  set text(size: size)
  set par(leading: 0.7em)
  show math.equation: set text(font: "New Computer Modern Math")
  set text(top-edge: "bounds", bottom-edge: "bounds")
  align(center, stack(spacing: 0.6em, ..rows.map(parts => par(parts.map(part => math.equation(math.display(put(part)))).join([ ])))))
}
#for (k, one) in data.pages.enumerate() {
  if k > 0 { pagebreak() }
  block(height: 38 * px, width: 100%, clip: true, inset: (y: 6 * px), grid(columns: (1fr, auto), gutter: 24 * px, text(weight: "bold", one.heading), text(fill: rgb(data.soft), size: 18 * px, one.place)))
  block(height: 400 * px, width: 100%, align(center + horizon, image(bytes(sys.inputs.at("svg" + str(k))), format: "svg", width: one.wide * px)))
  context {
    let room = 210 * px
    let wide = 1216 * px
    let sizes = (40, 36, 32, 28, 24, 20, 17, 14, 12).map(size => size * px)
    let fits(size) = measure(width: wide, lines(one.equation, size)).height <= room
    let size = sizes.find(fits)
    block(height: room, width: 100%, clip: true, align(center + horizon, lines(one.equation, if size == none { sizes.last() } else { size })))
  }
}
"""


@dataclass(frozen=True)
class Page:
    """A heading, where we are, the equation line by line, and the SVG of a picture, `wide` pixels on the page."""

    heading: str
    place: str
    equation: Sequence[Layout]
    svg: str
    wide: float


def pdf(pages: Sequence[Page], theme: str, lang: str) -> bytes:
    """The document. Raises ImportError, with what to do, where typst is not installed."""
    colours = COLOURS[theme]
    written = [
        {
            "heading": shortened(harmless(one.heading), HEADING, ROOM),
            "place": one.place,
            "wide": one.wide,
            "equation": [[_data(part) for part in _parts(line)] for line in one.equation],
        }
        for one in pages
    ]
    data = {"pages": written, "paper": colours["card"], "ink": colours["ink"], "soft": colours["soft"], "lang": lang}
    inputs = {"data": json.dumps(data, ensure_ascii=False)} | {f"svg{k}": one.svg for k, one in enumerate(pages)}
    return compiled(_TEMPLATE.encode(), "pdf", inputs)


def fitted(svg: str, extent: tuple[float, float], boxes: Sequence[tuple[float, float, float, float]]) -> tuple[str, float]:
    """An SVG document so that it can be read on a page, and how wide it is there: the whole, or as much of it around the
    `boxes` (left, top, width, height) as there is room for; the first box is in it in any case."""
    scale = min(PICTURE[0] / extent[0], PICTURE[1] / extent[1], LARGEST)
    if scale >= LEAST:
        return svg, extent[0] * scale
    room = (min(PICTURE[0] / LEAST, extent[0]), min(PICTURE[1] / LEAST, extent[1]))
    around: list[float] | None = None
    for left, top, wide, tall in boxes:
        ends = [left, top, left + wide, top + tall]
        wider = (
            ends if around is None else [min(around[0], ends[0]), min(around[1], ends[1]), max(around[2], ends[2]), max(around[3], ends[3])]
        )
        if around is None or (wider[2] - wider[0] <= room[0] and wider[3] - wider[1] <= room[1]):
            around = wider
    low = around or [0.0, 0.0, *room]
    x, y = [max(0.0, min((low[k] + low[k + 2] - room[k]) / 2, extent[k] - room[k])) for k in (0, 1)]
    view = f'width="{room[0]:.1f}" height="{room[1]:.1f}" viewBox="{x:.1f} {y:.1f} {room[0]:.1f} {room[1]:.1f}"'
    return _ROOT.sub(view, svg, count=1), room[0] * LEAST


# --- layouts as Typst's pieces of mathematics ----------------------------------------------------------------------


def _parts(line: Layout) -> list[Layout]:
    """The parts of a line between which it may be broken: each but the first begins with a relation."""
    parts: list[list[Layout]] = [[]]
    for each in line[1:] if line[0] == "row" else [line]:
        if parts[-1] and each[0] == "sign" and each[1] in RELATIONS:
            parts.append([])
        parts[-1].append(each)
    return [("row", *part) for part in parts]


def _data(layout: Layout) -> list[Any]:
    kind, *parts = layout
    if kind == "number":
        return _number(parts[0])
    if kind == "name":
        return _name(parts[0])
    if kind == "sign":
        sign = MATHML_SIGNS.get(str(parts[0]), str(parts[0]))
        return ["relation" if sign in RELATIONS else "binary" if sign in OPERATORS else "text", sign]
    if kind == "derivative":
        return ["frac", *[["row", ["text", "∂"], _name(part)] for part in parts]]
    if kind == "frac":
        return ["frac", *[_data(bare(part)) for part in parts]]
    if kind == "power":
        return ["marked", _data(parts[0]), None, _data(bare(parts[1]))]
    if kind == "matrix":  # rows of numbers, as texts
        return ["matrix", *[[_number(text) for text in row] for row in parts]]
    if kind == "paren":
        return _data(parts[0]) if parts[0][0] == "frac" else _around("(", _data(parts[0]), ")")
    if kind == "call" and parts[0] == "sqrt":
        return ["sqrt", _data(parts[1])]
    if kind == "call" and parts[0] == "abs":
        return _around("|", _data(parts[1]), "|")
    if kind == "call":
        return ["row", ["text", parts[0]], _around("(", _data(("list", *parts[1:])), ")")]
    if kind == "negate":
        return ["row", ["text", "−"], _data(parts[0])]
    inside = [_data(part) for part in parts]
    if kind == "list":
        return ["row", *[piece for k, part in enumerate(inside) for piece in ([["text", ", "]] if k else []) + [part]]]
    return ["row", *inside]


def _around(left: str, inside: list[Any], right: str) -> list[Any]:
    return ["row", ["text", left], inside, ["text", right]]


def _number(text: str) -> list[Any]:
    if text[0] == "-":
        return ["row", ["text", "−"], _number(text[1:])]
    if "/" in text:
        return ["frac", *[["text", part] for part in text.split("/")]]
    mantissa, e, exponent = text.partition("e")
    if e and mantissa:
        return ["row", ["text", mantissa], ["binary", "·"], ["marked", ["text", "10"], None, _number(str(int(exponent)))]]
    return ["text", "∞" if text == "inf" else text]


def _name(name: str) -> list[Any]:
    parts = name_parts(name)
    if parts is None:
        return ["text", " ".join(legible(name).split())]
    letters, below, above = parts
    text = ["letter" if len(letters) == 1 else "text", letters]
    return ["marked", text, ["text", below] if below else None, ["text", above] if above else None] if below or above else text
