"""A pass over arrays as slides: a page for each step, with the chain as far as it is known, and the equation with its shapes.

The chain is the drawing of the arrays, which keeps its places from slide to slide; the document is that of every step-through
(`output.pages`).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from autograd.explain.typeset import Layout
from autograd.vectorizing.array_steps import ArrayStep, ArraySteps

from ..array_drawing import ArrayDrawing, draw_arrays
from ..output.pages import PICTURE, RELATIONS, Page, pdf
from ..picture.array_cards import ArrayCard, ArrayPicture, Part
from ..picture.lettering import readable

DIGITS = 3  # significant digits of the numbers of an equation
ROWS, COLUMNS = 6, 18  # of the numbers for which an equation has room
FIRST = re.compile(r"(?<=\w)[:.;,](?: |$)")  # what ends the first part of a sentence
SIGNS = re.compile(r"[\w\u0302]+[′']?|\S")


def slides(passes: ArraySteps, whys: list[str], words: dict[str, str], digits: int | None, lang: str, theme: str) -> bytes:
    """All steps as one PDF; `whys` say what each does, `words` are those of the page."""
    drawing = draw_arrays(passes, None, "LR", theme, digits, *PICTURE, lang, None)
    assert isinstance(drawing, ArrayDrawing)
    pages = []
    for at, (step, why) in enumerate(zip(passes, whys, strict=True), start=1):
        place = words["page.where"].format(phase=words[f"page.phase.{step.phase}"], step=at, steps=len(passes))
        svg = drawing.drawn(picture_at(drawing.picture, passes, at), theme)
        pages.append(Page(FIRST.split(why)[0], place, equation(step, passes, digits), svg, drawing.width))
    return pdf(pages, theme, lang)


def picture_at(picture: ArrayPicture, passes: ArraySteps, at: int) -> ArrayPicture:
    """The chain after so many steps: what is not known yet has no numbers, what the last step made and read is marked."""
    step = passes[at - 1]
    gradient = {each.of: each.name for each in passes if each.phase == "backward"}

    def name_of(card: ArrayCard, part: Part) -> str:
        return gradient.get(card.key, card.key) if part.is_gradient else card.key

    def known(part: Part, name: str) -> Part:
        index = passes[name].index
        if index is None or index < at:
            return part
        nothing = tuple([("",) * len(row) for row in part.entries])
        return replace(part, entries=nothing, note="", is_gradient=False)

    def shown(card: ArrayCard) -> ArrayCard:
        names = [name_of(card, part) for part in card.parts]
        mark = " now" if step.name in names else " read" if set(step.operands).intersection(names) else ""
        return replace(
            card, kind=card.kind + mark, parts=tuple([known(part, name) for part, name in zip(card.parts, names, strict=True)]), title=""
        )

    boxes = [
        replace(box, cards=tuple([shown(card) for card in box.cards]), beside=tuple([shown(card) for card in box.beside]))
        for box in picture.boxes
    ]
    return replace(picture, boxes=tuple(boxes), lines=())


def equation(step: ArrayStep, passes: ArraySteps, digits: int | None) -> list[Layout]:
    """The equation of a step, the shapes of its arrays, and the equation with numbers where there is room for them."""
    pieces, filled = [_symbol(step.symbol), ("sign", "=")], [_symbol(step.symbol), ("sign", "=")]
    kept = digits or DIGITS
    sizes = [step.shape]
    for part in step.parts:
        pieces += [_symbol(part.text)] if part.name else _signs(part.text)
        if part.name:
            texts = passes[part.name].texts(kept)
            sizes.append((part.shape[0], part.shape[-1]))
            filled.append(("matrix", *([*zip(*texts, strict=True)] if part.transposed else texts)))
        else:
            filled += _signs(part.text)
    lines: list[Layout] = [("row", *pieces), ("row", *_shapes(step.shapes))]
    rows, columns = max([rows for rows, _ in sizes]), sum([columns for _, columns in sizes])
    if rows <= ROWS and columns <= COLUMNS:
        lines.append(("row", *filled, ("sign", step.sign(kept)), ("matrix", *step.texts(kept))))
    return lines


def _symbol(text: str) -> Layout:
    if text.endswith("ᵀ"):
        return "power", _symbol(text[:-1]), ("name", "T")
    numerator, slash, below = text.partition("/∂")
    return ("derivative", numerator.removeprefix("∂"), below) if slash else ("name", readable(text))


def _signs(text: str) -> Iterator[Layout]:
    """The signs between arrays; letters that stand alone are names, as the 1 of ones is upright."""
    for piece in SIGNS.findall(text):
        if piece == "ᵀ":
            continue
        yield ("name", piece) if piece[0].isalpha() and len(piece.rstrip("′'")) == 1 else ("sign", piece)


def _shapes(text: str) -> Iterator[Any]:
    for k, side in enumerate(text.split(" = ")):
        if k:
            yield "sign", RELATIONS[0]
        yield "sign", side
