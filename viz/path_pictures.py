"""`show_paths`: the graph once for each path to a node, with the path marked and its product above; where there are many
paths, the graph once, with the number of paths through every node and every operand.

All pictures share one layout. What lies on no path, nor beside one, is left out of a graph that is not small.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from autograd import Value, paths
from autograd.explain.languages import fill
from autograd.explain.path_tables import Paths, amount
from autograd.explain.refusals import refuses_in_lang
from autograd.reading.ways import Path

from .drawing import Shown, refuse_unknown
from .layout.arrangement import arranged, turned
from .layout.nested import Layout
from .layout.shapes import NUMBER, Shape, shapes_of
from .output.legend import THICK, THIN, placed
from .output.svg import FADED, LEGEND_ROOM, document, px, write_card, write_frame, write_text, write_wire
from .picture.folding import READABLE
from .picture.gradients import NOTHING
from .picture.lettering import harmless, readable, width
from .picture.reading import read
from .picture.records import Card, Chip, Picture

FEW = 6  # paths that get a picture each
FEW_OPERANDS = 2  # of an operation whose operands are shown where they lie on no path
SMALL = 16  # cards of a graph that is drawn whole
LARGEST = 5_000  # nodes of a graph that is looked through for what lies on a path
CAPTION, BETWEEN, ROW = 30.0, 26.0, 21.0  # room above a picture, between two pictures, and of a line of text
BROADEST = 760.0  # of a line of text, where the pictures are not broader


@refuses_in_lang
def show_paths(
    y: Value, a: "Value | str", direction: str = "LR", theme: str = "auto", digits: int | None = None, lang: str = "en"
) -> "PathsDrawing":
    """The paths from y back to a node, each with its product: what the backward pass adds up at that node.

    Up to 6 paths have a picture each; for more, one picture says how many go through every node and every operand. Below
    stands their sum, which is ∂y/∂a, and what the backward pass saves. `a`, and what is raised, as for `autograd.paths`;
    `direction`, `theme`, `digits` and `lang` as for `draw`.

    >>> from autograd import leaves
    >>> a, b = leaves(a=2, b=3)
    >>> print(show_paths(a * b + a, a).text)
    2 paths from J to a
      1  J ← u ← a  1 · 3 = 3
      2  J ← a      1
      ∂J/∂a = 3 + 1 = 4
    Multiplications: 1 path by path, 1 in the backward pass: here it saves none.
    """
    refuse_unknown(digits, direction=direction, theme=theme)
    return PathsDrawing(paths(y, a, limit=FEW), direction, theme, digits, lang)


class PathsDrawing(Shown):
    """The paths of a graph as a picture. It shows itself in a notebook; `save` writes it to a file; `paths` is what it shows."""

    def __init__(self, found: Paths, direction: str, theme: str, digits: int | None, lang: str):
        self.paths, self._read, self._direction, self._digits, self._lang = found, found.in_line(), direction, digits, lang
        lines = [readable(" ".join(harmless(line).split())) for line in self._read.lines(lang, digits)]
        super().__init__(lines[0], lines[1:], theme)

    @property
    def text(self) -> str:
        """The same in words: every path with its product, or the first ones, the sum, and what the backward pass saves."""
        return self.paths.text(self._lang, self._digits)

    @cached_property
    def _picture(self) -> Picture:
        """The graph, or what of it lies near the paths."""
        known = len(self.paths.names) <= LARGEST
        picture = _bare(read(self.paths.y, NOTHING, fold=False if known else None, digits=self._digits, lang=self._lang))
        if known and len(picture.cards) > SMALL:
            picture = _near(picture, set(self._through))
        return picture if len(picture.cards) <= READABLE else _bare(read(self.paths.y, NOTHING, digits=self._digits, lang=self._lang))

    @cached_property
    def _place(self) -> Mapping[Value, int]:
        return {node: k for k, node in enumerate(self.paths.names)}

    @cached_property
    def _through(self) -> Mapping[str, int]:
        """How many paths go through a card, by its key."""
        return {f"n{self._place[node]}": count for node, count in self.paths.through.items()}

    @cached_property
    def _pictures(self) -> list[tuple[str, Picture]]:
        """A picture for each of few paths, with its caption; or one picture with counts."""
        if not 0 < self.paths.count <= FEW or any(card.kind == "folded" for card in self._picture.cards):
            return [("", self._counted() if self.paths.count else self._picture)]
        return [(caption, self._along(path)) for caption, path in zip(self._captions, self.paths.rows, strict=True)]

    @cached_property
    def _captions(self) -> list[str]:
        products = enumerate(self._read.products(self._digits), 1)
        return [f"{k}.  {harmless(route)}:  {readable(numbers)}" for k, (route, numbers) in products]

    def _along(self, path: Path) -> Picture:
        """The picture with one path marked."""
        cards = {f"n{self._place[node]}" for node in path.nodes}
        slot_of = {f"n{self._place[node]}": slot for node, slot in zip(path.nodes, path.slots, strict=False)}
        wires = {f"e{key[1:]}-{slot}" for key, slot in slot_of.items()}
        marked = _marked(self._picture, cards, wires)
        beside = [
            frozenset(slot for slot in range(len(card.slots)) if card.mark and slot != slot_of.get(card.key)) for card in marked.cards
        ]
        return replace(marked, cards=tuple([replace(card, faded=faded) for card, faded in zip(marked.cards, beside, strict=True)]))

    def _counted(self) -> Picture:
        """The picture with the number of paths through every node and every operand."""
        node_of = {f"n{place}": node for node, place in self._place.items()}

        def counted(card: Card) -> Card:
            if card.key not in self._through:
                return replace(card, slots=("",) * len(card.slots))
            node = node_of[card.key]
            counts = [self.paths.through_edge(node, slot) for slot in range(len(node.parents))]
            slots = tuple([amount(count, self._lang) if count else "" for count in counts])
            return replace(card, slots=slots, chip=Chip(self._say("legend.paths"), amount(self._through[card.key], self._lang), "complete"))

        picture = replace(self._picture, cards=tuple([counted(card) for card in self._picture.cards]))
        on = [card for card in picture.cards if card.key in self._through]
        used = {f"e{card.key[1:]}-{slot}" for card in on for slot, count in enumerate(card.slots) if count}
        return _marked(picture, {card.key for card in on}, used)

    # --- drawing ---

    def _svg(self, theme: str) -> str:
        body: list[str] = []
        shapes = shapes_of(self._pictures[0][1], self._direction)
        layout = arranged(self._pictures[0][1], shapes, self._direction, "builtin")
        across, down = turned((layout.along, layout.across), self._direction)
        lines = self._lines
        body.append(write_text(0, 15, lines[0]))
        top = ROW + BETWEEN / 2
        for caption, picture in self._pictures:
            head = CAPTION if caption else 0.0
            body += [write_text(0, top + 15, caption)] if caption else []
            body.append(f'<g transform="translate(0 {px(top + head)})">{"".join(_drawn(picture, shapes, layout, self._direction))}</g>')
            top += head + down + BETWEEN
            across = max(across, width(caption, NUMBER))
        lines = [part for line in lines[1:] for part in _wrapped(line, max(across, BROADEST))]
        signs = self._signs()
        legend = placed(signs, max(across, LEGEND_ROOM)) if signs else []
        body += [write_text(0, top + 15 + k * ROW, line) for k, line in enumerate(lines)]
        extent = max([across, *[width(line, NUMBER) for line in (self._lines[0], *lines)]]), top + len(lines) * ROW
        return document(self._title, self._alternative, body, legend, [], extent, theme)

    @cached_property
    def _lines(self) -> list[str]:
        """What is said around the pictures: the number of paths, then the products that are no caption, the sum, the reason."""
        heading, *rest = self._read.lines(self._lang, self._digits)
        rows = len(self._captions) if rest else 0
        said = [harmless(readable(line.strip())) for line in rest[rows:]]
        return [harmless(heading), *([] if self._pictures[0][0] else self._captions), *said]

    def _signs(self) -> list[tuple[str, str]]:
        if not self._through:
            return []
        if self._pictures[0][0]:
            return [("pill", self._say("legend.local")), ("now", self._say("legend.path"))]
        return [("pill", self._say("legend.paths.operand")), ("complete", self._say("legend.paths.node"))]

    def _say(self, key: str) -> str:
        return fill(key, {}, self._lang)


def _bare(picture: Picture) -> Picture:
    """A picture without a place for gradients, which are what is being found here."""
    return replace(picture, cards=tuple([replace(card, chip=None, gradient_said="") for card in picture.cards]), notes=())


def _near(picture: Picture, on: set[str]) -> Picture:
    """The part of a picture that is on a path or beside it, as one of two operands, and the frames around it."""
    chosen = {k for k, card in enumerate(picture.cards) if card.key in on}
    beside = {wire.source for wire in picture.wires if wire.target in chosen and len(picture.cards[wire.target].slots) <= FEW_OPERANDS}
    kept = sorted(chosen | beside)
    card_of = {old: new for new, old in enumerate(kept)}
    cards = [picture.cards[k] if k in chosen else replace(picture.cards[k], slots=(), numbered=()) for k in kept]
    around: set[int] = set()
    for k in kept:
        frame = picture.home[k]
        while frame != -1 and frame not in around:
            around.add(frame)
            frame = picture.frames[frame].parent
    frame_of = {-1: -1} | {old: new for new, old in enumerate(sorted(around))}
    frames = [replace(picture.frames[k], parent=frame_of[picture.frames[k].parent]) for k in sorted(around)]
    wires = [
        replace(wire, source=card_of[wire.source], target=card_of[wire.target])
        for wire in picture.wires
        if wire.target in chosen and wire.source in card_of
    ]
    return replace(
        picture, cards=tuple(cards), wires=tuple(wires), frames=tuple(frames), home=tuple([frame_of[picture.home[k]] for k in kept])
    )


def _marked(picture: Picture, cards: set[str], wires: set[str]) -> Picture:
    """The picture with cards and wires marked, the wires as what goes back along them."""
    return replace(
        picture,
        cards=tuple([replace(card, mark="read" if card.key in cards else "") for card in picture.cards]),
        wires=tuple([replace(wire, mark="now" if wire.key in wires else "") for wire in picture.wires]),
    )


def _drawn(picture: Picture, shapes: Sequence[Shape], layout: Layout, direction: str) -> list[str]:
    """Frames, wires and cards; where some are marked, the others are faded, and the marked wires lie on top."""
    marks = any(card.mark for card in picture.cards)
    wires = sorted(zip(picture.wires, layout.ways, strict=True), key=lambda pair: bool(pair[0].mark))

    def shown(drawn: str, mark: str) -> str:
        return drawn if mark or not marks else f'<g opacity="{FADED}">{drawn}</g>'

    corners = [turned(corner, direction) for corner in layout.corners]
    found = [write_frame(frame, *place, direction) for frame, place in zip(picture.frames, layout.frames, strict=True)]
    for wire, way in wires:
        wide = THICK if wire.mark else THIN
        found.append(shown(write_wire(wire, way, shapes[wire.target], corners[wire.target], wide, direction), wire.mark))
    cards = zip(picture.cards, shapes, corners, strict=True)
    return [*found, *[shown(write_card(card, shape, corner), card.mark) for card, shape, corner in cards]]


def _wrapped(line: str, room: float) -> list[str]:
    """A line of text in as many lines as it needs; an equation stays whole."""
    if "=" in line or "≈" in line:
        return [line]
    found = [""]
    for word in line.split(" "):
        if found[-1] and width(f"{found[-1]} {word}", NUMBER) > room:
            found.append("")
        found[-1] += f"{' ' * bool(found[-1])}{word}"
    return found
