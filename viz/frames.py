"""The picture of a graph at each step of its passes: what is known by then, what is read, what is being written.

All frames share one layout, made with room for everything that will stand in them, so nothing ever moves.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from autograd import Value
from autograd.passes import Step

from . import svg
from .arrangement import arranged
from .layout import Layout
from .legend import largest_flow
from .lettering import number_text, shortened, signed, width
from .picture import Card, Chip, Picture
from .reading import read_whole
from .shapes import LONGEST, NUMBER, Shape, shapes_of

USUAL = "−8.888"  # room for a number like this is kept on every card, for those that a reader puts in


class Frames:
    """The pictures of `passes`, which lead through the graph below y, whose gradients are those of y.

    `len` is the number of steps; frame 0 is the graph before the first of them.
    """

    def __init__(self, y: Value, passes: Sequence[Step], digits: int | None = None):
        called = passes[0].names
        self.passes, self.digits = passes, digits
        self.final, self.covers = read_whole(y, called, digits)
        self._place = {node: k for k, node in enumerate(called)}
        self._computed: dict[str, int] = {}  # card → the step that gives it its value
        self._sent: dict[str, int] = {}  # wire → the step at which a contribution goes back along it
        self._arrivals: dict[str, list[int]] = {}  # card → the steps at which its gradient grows
        for at, step in enumerate(passes, start=1):
            if step.phase == "forward":
                self._computed[self.key(step.node)] = at
            else:
                self._arrivals.setdefault(self.key(step.parent or step.node), []).append(at)
                if step.parent is not None:
                    self._sent[f"e{self._place[step.node]}-{step.slot}"] = at

    def __len__(self) -> int:
        return len(self.passes)

    def key(self, node: Value) -> str:
        """The key of the card of a node."""
        return f"n{self._place[node]}"

    def picture(self, at: int) -> Picture:
        """What is to be seen after `at` steps."""
        step = self.passes[at - 1] if at else None
        cards = tuple([self._card(card, at, step) for card in self.final.cards])
        wires = []
        for wire in self.final.wires:
            sent = self._sent.get(wire.key)
            mark = "now" if sent == at and at else ""
            if step is not None and step.phase == "forward" and wire.key.startswith(f"e{self._place[step.node]}-"):
                mark = "read"
            flow = wire.flow if sent is not None and sent <= at else None
            wires.append(
                replace(wire, flow=flow, mark=mark, title=wire.title if sent is None or sent <= at else wire.title.partition(":")[0])
            )
        return replace(self.final, cards=cards, wires=tuple(wires), lines=(), notes=())

    def svg(self, at: int, theme: str = "auto", caption: str = "", marked: bool = True) -> str:
        """The picture after `at` steps as an SVG document, with or without marks for what the last one read and wrote."""
        picture = self.picture(at)
        if not marked:
            cards, wires = tuple([replace(card, mark="") for card in picture.cards]), tuple([replace(wire, mark="") for wire in picture.wires])
            picture = replace(picture, cards=cards, wires=wires)
        shapes = [
            replace(shape, texts=replace(shape.texts, value=shortened(card.value, NUMBER, LONGEST)))
            for card, shape in zip(picture.cards, self._shapes, strict=True)
        ]
        return svg.write(picture, shapes, self._layout, "LR", theme, largest_flow(self.final), caption)

    def _card(self, card: Card, at: int, step: Step | None) -> Card:
        known = self._computed.get(card.key, 0) <= at
        mark = ""
        if step is not None:
            written = self.key(step.parent or step.node)
            read = [step.node] if step.parent is not None else step.node.parents if step.phase == "forward" else ()
            mark = "now" if card.key == written else "read" if card.key in map(self.key, read) else ""
        chip = self._chip(card, at) if card.chip else None
        title = card.title if known and (chip is None or chip.state in ("complete", "zero")) else card.name
        return replace(
            card,
            value=card.value if known else "",
            chip=chip,
            slots=card.slots if known else ("",) * len(card.slots),
            title=title,
            mark=mark,
        )

    def _chip(self, card: Card, at: int) -> Chip:
        assert card.chip is not None
        arrivals = self._arrivals.get(card.key, [])
        arrived = [k for k in arrivals if k <= at]
        if len(arrived) == len(arrivals) and arrived:
            return card.chip
        if not arrived:
            return Chip(card.chip.label, "", "none")
        total = self.passes[arrived[-1] - 1].total_after or 0.0
        text = f"{signed(number_text(total, self.digits))} ({len(arrived)} of {len(arrivals)})"
        return Chip(card.chip.label, text, "partial", (total > 0) - (total < 0))

    def _widest(self, card: Card) -> Card:
        """A card with the longest texts that will stand on it."""
        if card.quiet:
            return card
        value, chip, count = max(card.value, USUAL, key=_room), card.chip, len(self._arrivals.get(card.key, []))
        if chip is None:
            return replace(card, value=value)
        partial = [f"{text} ({count} of {count})" for text in (chip.text, USUAL) if count > 1]
        return replace(card, value=value, chip=replace(chip, text=max(chip.text, USUAL, *partial, key=_room)))

    @cached_property
    def _shapes(self) -> list[Shape]:
        return shapes_of(replace(self.final, cards=tuple([self._widest(card) for card in self.final.cards])), "LR")

    @cached_property
    def _layout(self) -> Layout:
        return arranged(self.final, self._shapes, "LR", "builtin")


def _room(text: str) -> float:
    return width(text, NUMBER)
