"""The pictures of a graph at each step of its passes: what is known by then, what is read, what is being written.

All slides of a picture share one layout, made with room for everything that will stand in it, so nothing ever moves.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from autograd import Value
from autograd.engine.ieee import Number
from autograd.engine.replaying import values
from autograd.explain.languages import fill
from autograd.explain.steps import Step

from .layout.arrangement import arranged
from .layout.layered import BOX_GAP, NEAREST, Known
from .layout.nested import Layout
from .layout.shapes import LONGEST, NUMBER, Shape, held_by_one, shapes_of
from .output import svg
from .picture.gradients import receiver
from .picture.lettering import harmless, number_drawn, shortened, sign_before, signed, width
from .picture.records import Card, Chip, Picture
from .picture.rooms import Folded, Row, View, read_rooms

USUAL = "−8.888"  # room for a number like this is kept on every card, for those that a reader puts in
OF_ROUNDS = "−0.008888"  # and for one like this where a graph learns, and gradients become small
NUMBERS = 16.0  # pixels that a number has at least, on a screen of 1280 × 720
STAGES = {"flat": (1238.0, 330.0), "square": (735.0, 474.0)}  # pixels for a picture there, above the panel of a page and beside it
FLAT = 1.9  # how much wider than high the picture is above the panel, where there is room for it in both places


class Rooms:
    """The pictures of the graph that `passes` lead through: one, or an overview and close-ups of its groups.

    `room_of` says for every node, by place, in which its steps are seen best; `stage` is where they have most room. All that
    is said in them is in the language `lang`. There is room for a second number behind each, with `beside` before it.
    """

    def __init__(self, passes: Sequence[Step], digits: int | None = None, lang: str = "en", beside: str = ""):
        timetable = _Timetable(passes, digits, lang)
        root = harmless(passes[0].names[passes[0].root])  # without its value, which may be asked for
        heading = fill("picture.title", {"root": root}, lang)

        tried: dict[int, Slides] = {}  # by the picture, which they hold
        known: Known = {}

        def slides(view: View) -> Slides:
            return tried.setdefault(id(view.picture), Slides(view, timetable, heading, known, beside))

        views, self.room_of = read_rooms(passes, lambda view: slides(view).can_be_read, digits, lang)
        self.slides = [slides(view).of(view) for view in views]
        flows = [abs(wire.flow) for view in views for wire in view.picture.wires if wire.flow is not None and abs(wire.flow) < float("inf")]
        self.stage = max(STAGES, key=self._room_on)
        for each in self.slides:
            each.set_on(self.stage, max(flows, default=0.0))

    def _room_on(self, stage: str) -> tuple[float, bool]:
        """How much room the first picture has on a stage, where it is too little; and whether it has the shape of the stage."""
        wide, tall = self.slides[0].size_on(stage)
        return min(1.0, self.slides[0].scale_on(stage)), (wide > FLAT * tall) == (stage == "flat")

    def at(self, step: int) -> "Slides":
        """The picture in which to look at a step: that of the node that it writes to, and of a contribution from a closed card
        to one in the overview that in which the wire between them is drawn."""
        if not step:
            return self.slides[0]
        times, each = self.slides[0].timetable, self.slides[0].timetable.passes[step - 1]
        room = self.room_of[times.place[receiver(each)]]
        is_sent = each.phase == "backward" and each.parent is not None and not room
        return self.slides[self.room_of[times.place[each.node]] if is_sent else room]


class _Timetable:
    """At which step a card gets its value, a wire is gone back along, and the gradient of a card grows."""

    def __init__(self, passes: Sequence[Step], digits: int | None, lang: str):
        self.passes, self.digits, self.lang = passes, digits, lang
        self.place = {node: k for k, node in enumerate(passes[0].names)}
        self.border = sum([step.phase == "forward" for step in passes])  # the last step of the forward pass
        self.called = list(passes[0].names.values())
        self.computed: dict[str, int] = {}
        self.sent: dict[str, int] = {}
        self.arrivals: dict[str, list[int]] = {}
        self.renewed: dict[str, tuple[int, Number]] = {}  # cards that a learning step gives another number: when, and which
        self.after = len(passes) if passes[-1].phase == "update" else None  # when all is computed anew and no gradient is left
        if self.after is not None:
            self._read_update()
        for at, step in enumerate(passes, start=1):
            if step.phase == "forward":
                self.computed[self.key(step.node)] = at
            elif step.phase == "backward":
                self.arrivals.setdefault(self.key(receiver(step)), []).append(at)
                if step.parent is not None:
                    self.sent[f"e{self.place[step.node]}-{step.slot}"] = at

    def _read_update(self) -> None:
        moved = {step.node: step for step in self.passes[:-1] if step.phase == "update"}
        again = values(list(self.place), {node: step.total_after for node, step in moved.items() if step.total_after is not None})
        for node, data in again.items():
            if node in moved or node.parents:
                self.renewed[self.key(node)] = (moved[node].index if node in moved else len(self.passes), data)

    def partial(self, total: str, arrived: int, terms: int) -> str:
        """A sum of which not all terms have arrived."""
        return fill("picture.partial", {"sum": total, "arrived": arrived, "terms": terms}, self.lang)

    def key(self, node: Value) -> str:
        """The key of the card of a node."""
        return f"n{self.place[node]}"


class Slides:
    """One picture at every step; slide 0 is the graph before the first of them."""

    def __init__(self, view: View, timetable: _Timetable, heading: str, known: Known, beside: str = ""):
        self._known = known  # of the layouts of all pictures of the graph
        self.view, self.final, self.title, self.timetable = view, view.picture, view.title, timetable
        self._largest, self._heading, self._beside = 0.0, heading, f"{beside}{USUAL}" if beside else ""
        self._usual = USUAL if timetable.after is None else OF_ROUNDS

    def of(self, view: View) -> "Slides":
        """The same for a view of the same picture, which may know more of the others."""
        self.view, self.title = view, view.title
        return self

    def set_on(self, stage: str, largest: float) -> None:
        """From now on the picture is laid out for a stage, and its wires are as wide as their part of the largest flow."""
        self._layout, self._largest = self._layout_on(stage), largest

    # --- the room that it takes ---

    def scale_on(self, stage: str) -> float:
        """How large the picture can be on a stage, as a part of the size at which numbers can be read there."""
        (wide, tall), (across, down) = STAGES[stage], self.size_on(stage)
        return min(wide / across, tall / down) * NUMBER / NUMBERS

    def size_on(self, stage: str) -> tuple[float, float]:
        """The width and the height of the drawing on a stage."""
        layout = self._layout_on(stage)
        return layout.along, layout.across

    @property
    def can_be_read(self) -> bool:
        """Whether the numbers can be read with the whole picture in view; without a layout where the cards alone, each with
        the least gap beside it, take more room than there is."""
        held = held_by_one(self.final)
        area = sum([(shape.width + NEAREST) * (shape.height + BOX_GAP) for k, shape in enumerate(self._shapes) if k not in held])
        part = NUMBER / NUMBERS
        if area > max([(wide * part + NEAREST) * (tall * part + BOX_GAP) for wide, tall in STAGES.values()]):
            return False
        return any(self.scale_on(stage) >= 1 for stage in STAGES)

    def _layout_on(self, stage: str) -> Layout:
        """In one line where it fits, else in as many as it takes."""
        if stage not in self._layouts:
            longest = STAGES[stage][0] * NUMBER / NUMBERS
            for layout in self._layouts.values():
                if layout.along <= longest:
                    return layout
            self._layouts[stage] = arranged(self.final, self._shapes, "LR", "builtin", longest, self._known)
        return self._layouts[stage]

    def picture(self, at: int, marked: bool = True) -> Picture:
        """What is to be seen after `at` steps, with or without marks for what the last one read and wrote."""
        times = self.timetable
        step = times.passes[at - 1] if at and marked else None
        cards = tuple([self._card(card, at, step) for card in self.final.cards])
        wires = []
        for wire in self.final.wires:
            sent = times.sent.get(wire.key)
            mark = "now" if sent == at and step is not None else ""
            if step is not None and step.phase == "forward" and wire.key.startswith(f"e{times.place[step.node]}-"):
                mark = "read"
            if sent is None or sent > at or at == times.after:
                wire = replace(wire, flow=None, local_said="", sent_said="")
            wires.append(replace(wire, mark=mark) if mark else wire)
        return replace(self.final, title=self._heading, cards=cards, wires=tuple(wires), lines=(), notes=())

    def svg(self, at: int, theme: str = "auto", caption: str = "", marked: bool = True) -> str:
        """The picture after `at` steps as an SVG document."""
        picture = self.picture(at, marked)
        shapes = [
            replace(shape, texts=replace(shape.texts, value=shortened(card.value, NUMBER, LONGEST)))
            for card, shape in zip(picture.cards, self._shapes, strict=True)
        ]
        return svg.write(picture, shapes, self._layout, "LR", theme, self._largest, harmless(caption))

    @property
    def extent(self) -> tuple[float, float]:
        """How wide and high the pictures are."""
        return self._layout.along + 2 * svg.MARGIN, self._layout.across + 2 * svg.MARGIN

    def boxes(self, at: int) -> list[tuple[float, float, float, float]]:
        """Left, top, width and height of the cards that a step writes and reads, as its picture has them."""
        found = []
        for mark in ("now", "read"):
            for card, shape, (x, y) in zip(self.picture(at).cards, self._shapes, self._layout.corners, strict=True):
                if card.mark == mark:
                    found.append((x + svg.MARGIN, y + svg.MARGIN, shape.width, shape.height))
        return found

    def _card(self, card: Card, at: int, step: Step | None) -> Card:
        if card.key in self.view.folds:
            return self._folded(card, self.view.folds[card.key], at, step)
        known = self.timetable.computed.get(card.key, 0) <= at
        mark = ""
        if step is not None:
            written = self.timetable.key(receiver(step))
            mark = "now" if card.key == written else "read" if card.key in map(self.timetable.key, _read_by(step)) else ""
        chip = self._chip(card, at) if card.chip else None
        settled = chip is not None and chip.state in ("complete", "zero")
        value, said = card.value, card.value_said
        since, renewed = self.timetable.renewed.get(card.key, (None, 0.0))
        if since is not None and since <= at and not card.quiet:
            value = number_drawn(renewed, self.timetable.digits)
            said = f"{card.name} {sign_before(renewed, value)} {value}"
        return replace(
            card,
            value=value if known else "",
            chip=chip,
            slots=card.slots if known and self.timetable.border < at != self.timetable.after else ("",) * len(card.slots),
            value_said=said if known else card.name,
            gradient_said=card.gradient_said if settled else "",
            mark=mark,
        )

    def _folded(self, card: Card, folded: Folded, at: int, step: Step | None) -> Card:
        """A folded card with what is known: its mark is that of a node in it."""
        times, mark = self.timetable, ""
        if step is not None:
            written = times.place[receiver(step)]
            read = {times.place[node] for node in _read_by(step)}
            mark = "now" if written in folded.members else "read" if read.intersection(folded.members) else ""
        rows = tuple([self._row(row, at) for row in folded.rows])
        if folded.out is None:
            return replace(card, rows=rows, mark=mark)
        out = replace(card, key=f"n{folded.out}", slots=())
        shown = self._card(out, at, step)
        return replace(shown, key=card.key, slots=card.slots, rows=rows, mark=mark)

    def _row(self, row: Row, at: int) -> str:
        """A row of a folded card, as far as it is known."""
        times = self.timetable
        if not row.nodes:
            return row.text
        settled = all(times.arrivals.get(f"n{node}", [0])[-1] <= at for node in row.nodes)
        if row.label:
            return row.text if settled else ""
        name, _, gradient = row.text.partition("; ")
        known = times.computed.get(f"n{row.nodes[0]}", 0) <= at
        return "; ".join([name if known else self.name_of(row), *([gradient] if gradient and settled else [])])

    def name_of(self, row: Row) -> str:
        return harmless(self.timetable.called[row.nodes[0]])

    def _chip(self, card: Card, at: int) -> Chip:
        assert card.chip is not None
        arrivals = self.timetable.arrivals.get(card.key, [])
        arrived = [k for k in arrivals if k <= at]
        if not arrived or at == self.timetable.after:
            return Chip(card.chip.label, "", "none")
        if len(arrived) == len(arrivals):
            return card.chip
        total = self.timetable.passes[arrived[-1] - 1].total_after or 0.0
        text = signed(number_drawn(total, self.timetable.digits))
        return Chip(card.chip.label, self.timetable.partial(text, len(arrived), len(arrivals)), "partial", (total > 0) - (total < 0))

    def _widest(self, card: Card) -> Card:
        """A card with the longest texts that will stand on it."""
        if card.quiet:
            return card
        folded = self.view.folds.get(card.key)
        if folded and folded.out is None:
            return card
        key = f"n{folded.out}" if folded else card.key
        if key in self.timetable.renewed:
            new = number_drawn(self.timetable.renewed[key][1], self.timetable.digits)
            card = replace(card, value=max(card.value, new, key=_room))
        value = max(card.value, self._usual, key=_room) + self._beside * (key in self.timetable.computed)
        chip, count = card.chip, len(self.timetable.arrivals.get(key, []))
        if chip is None:
            return replace(card, value=value)
        partial = [self.timetable.partial(text, count, count) for text in (chip.text, self._usual) if count > 1]
        return replace(card, value=value, chip=replace(chip, text=max(chip.text, self._usual, *partial, key=_room) + self._beside))

    @cached_property
    def _shapes(self) -> list[Shape]:
        return shapes_of(replace(self.final, cards=tuple([self._widest(card) for card in self.final.cards])), "LR")

    @cached_property
    def _layouts(self) -> dict[str, Layout]:
        return {}


def _read_by(step: Step) -> Sequence[Value]:
    """The nodes from which a step takes its numbers."""
    if step.parent is not None:
        return [step.node]
    return step.node.parents if step.phase == "forward" else ()


def _room(text: str) -> float:
    return width(text, NUMBER)
