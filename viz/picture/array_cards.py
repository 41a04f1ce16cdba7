"""What a picture of arrays shows, as plain records: boxes of cards, each an array with its gradient below it, and arrows.

It rests on the steps of a pass and on `array_columns`, which says what stands where. Where it is put on paper is left to
`layout`, how it looks to `output`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy

from autograd.explain.languages import fill
from autograd.vectorizing.array_steps import ArrayStep, ArraySteps

from .array_columns import blocks
from .lettering import MINUS, number_drawn, readable, signed

MOST = {"signs": (16, 24), "shapes": (4, 4)}  # rows and columns of signs that are drawn one by one


@dataclass(frozen=True)
class Part:
    """An array on a card: its symbol, its shape, and its entries as texts, row by row, with their signs.

    Of an array that is too large for one sign each, `entries` is empty and `note` counts them.
    """

    symbol: str
    shape: str
    entries: tuple[tuple[str, ...], ...]
    signs: tuple[tuple[int, ...], ...]
    is_gradient: bool
    note: str = ""
    is_of_signs: bool = False


@dataclass(frozen=True)
class ArrayCard:
    """An array with its gradient below it. `kind` is "given" (the input), "parameters", "constant" (targets, and what else has no gradient) or "computed"."""

    key: str
    kind: str
    parts: tuple[Part, ...]
    title: str


@dataclass(frozen=True)
class Box:
    """Cards that stand side by side at one place of the chain: the `block` they belong to, by its place, the `function` that is
    written at the arrow to them, and cards `beside` the chain that only these read, as the targets beside the loss."""

    cards: tuple[ArrayCard, ...]
    block: int
    function: str = ""
    beside: tuple[ArrayCard, ...] = ()

    @property
    def all_cards(self) -> tuple[ArrayCard, ...]:
        """Those of the chain, then those beside it."""
        return (*self.cards, *self.beside)


@dataclass(frozen=True)
class Arrow:
    """From one box to another, by their places."""

    source: int
    target: int


@dataclass(frozen=True)
class ArrayPicture:
    """Everything that is drawn. `titles` are those of the blocks, "" for a block without a frame; `signs` says what those of large
    arrays mean, where there are any; `lines` say it in words. `reads` are the cards by their keys in pairs: what is read, and what is
    computed from it."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    titles: tuple[str, ...]
    notes: tuple[str, ...]
    signs: str
    lines: tuple[str, ...]
    reads: tuple[tuple[str, str], ...]


def array_picture(steps: ArraySteps, digits: int | None, form: str, lang: str, most: int) -> ArrayPicture:
    """The picture of a pass. Arrays of `most` entries have their numbers, with so many digits (None: 4); larger ones are in one of
    three forms.

    "numbers" has them as well, "signs" has their signs, "shapes" those of small arrays alone, and counts for the others.
    """
    large = {step.name: form for step in (*steps.given, *steps) if step.array.size > most}
    boxes: list[Box] = []
    titles: list[str] = []
    found = blocks(steps)
    is_chain = bool(steps.layers)
    for k, block in enumerate(found):
        titles.append(fill("arrays.draw.layer", {"layer": block.layer}, lang) if block.kind == "layer" else "")
        for names in block.columns if is_chain else [(spot,) for spot in block.spots]:
            shown = [(spot.name, spot.gradient) if spot.name else (spot.gradient, "") for spot in names]
            cards = tuple([_card(steps, *each, digits, large, lang) for each in shown])
            step = steps[shown[0][0]]
            boxes.append(Box(cards, k, step.function if step.phase == "forward" else ""))
    notes = [steps.about(lang)] if not is_chain else []
    signs = fill("arrays.draw.signs", {}, lang) if form != "numbers" and large else ""
    texts = {"loss": readable(_loss(steps).symbol), "examples": steps.examples}
    title = fill("arrays.draw.title" if steps.examples > 1 else "arrays.draw.title.one", texts, lang)
    if is_chain:
        boxes = _with_besides(steps, boxes)
    lines = [readable(f"{step.equation}, {step.shape[0]} × {step.shape[1]}") for step in (*steps.given, *steps)]
    return ArrayPicture(
        title, tuple(boxes), tuple(_arrows(steps, boxes)), tuple(titles), tuple(notes), signs, tuple(lines), _reads(steps, boxes)
    )


def _with_besides(steps: ArraySteps, boxes: Sequence[Box]) -> list[Box]:
    """The boxes of the chain, those that are given, have no gradient and are read at one place beside that place."""
    readers: dict[str, set[str]] = {}
    for step in steps:
        for name in step.operands if step.phase == "forward" else ():
            readers.setdefault(name, set()).add(step.name)
    home = {card.key: k for k, box in enumerate(boxes) for card in box.cards}
    joins = {}
    for k, box in enumerate(boxes):
        found = {home.get(reader) for card in box.cards for reader in readers.get(card.key, ())}
        if all(card.kind == "constant" for card in box.cards) and len(found) == 1 and None not in found:
            joins[k] = found.pop()
    kept = []
    for k, box in enumerate(boxes):
        if k not in joins:
            beside = [card for other, reader in joins.items() if reader == k for card in boxes[other].cards]
            kept.append(Box(box.cards, box.block, box.function, tuple(beside)))
    return kept


def _reads(steps: ArraySteps, boxes: Sequence[Box]) -> tuple[tuple[str, str], ...]:
    shown = {card.key for box in boxes for card in box.all_cards}
    return tuple([(name, step.name) for step in steps if step.phase == "forward" for name in step.operands if {name, step.name} <= shown])


def _loss(steps: ArraySteps) -> ArrayStep:
    forward = [step for step in steps if step.phase == "forward"]
    return forward[-1] if forward else steps[-1]


def _arrows(steps: ArraySteps, boxes: Sequence[Box]) -> list[Arrow]:
    """Between the boxes that read each other. Along the chain of layers, parameters and targets stand on the way as the blocks
    of the lectures do: what they are joined with goes in on one side, and what comes of it out on the other."""
    place = {card.key: k for k, box in enumerate(boxes) for card in box.cards}
    is_given = [all(card.kind != "computed" for card in box.cards) for box in boxes]
    found: dict[tuple[int, int], None] = {}
    for step in steps:
        if step.phase != "forward" or step.name not in place:
            continue
        target = place[step.name]
        for name in step.operands:
            source = place.get(name, target)
            if source >= target:
                continue
            between = range(source + 1, target)
            if steps.layers and between and all(is_given[k] for k in between):
                for k in range(source, target):
                    found[k, k + 1] = None
            else:
                found[source, target] = None
    return [Arrow(*ends) for ends in found]


def _card(steps: ArraySteps, name: str, gradient: str, digits: int | None, large: dict[str, str], lang: str) -> ArrayCard:
    step = steps[name]
    parts = [_part(each, digits, large.get(each.name, "numbers"), lang) for each in ([step, steps[gradient]] if gradient else [step])]
    kind = "given" if step.phase == "given" else "computed"
    if kind == "given" and step.role != "input":
        kind = "parameters" if gradient else "constant"
    return ArrayCard(
        name, kind, tuple(parts), readable("; ".join([each.equation for each in ([step, steps[gradient]] if gradient else [step])]))
    )


def _part(step: ArrayStep, digits: int | None, form: str, lang: str) -> Part:
    numbers = numpy.asarray(step.array, dtype=float)
    rows, columns = numbers.shape
    is_gradient = step.phase == "backward"
    signs = tuple([tuple([(number > 0) - (number < 0) for number in row]) for row in numbers.tolist()])
    shape = f"{rows} × {columns}"
    if form == "numbers":
        texts = [[number_drawn(number, digits) for number in row] for row in numbers.tolist()]
        entries = tuple([tuple([signed(text) if is_gradient else text for text in row]) for row in texts])
        return Part(readable(step.symbol), shape, entries, signs, is_gradient)
    if rows > MOST[form][0] or columns > MOST[form][1]:
        flat = [sign for row in signs for sign in row]
        counts = {"more": flat.count(1), "less": flat.count(-1), "none": flat.count(0)}
        return Part(readable(step.symbol), shape, (), (), is_gradient, fill("arrays.draw.counts", counts, lang))
    marks = {1: "+", -1: MINUS, 0: "0"}
    return Part(readable(step.symbol), shape, tuple([tuple([marks[sign] for sign in row]) for row in signs]), signs, is_gradient, "", True)
