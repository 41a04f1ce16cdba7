"""The line below a picture that says what its signs mean: only those that occur in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograd.explain.languages import fill

from ..layout.shapes import SMALL
from ..picture.lettering import number_drawn, width
from ..picture.records import UNKNOWN, Picture

SAMPLE, GAP, ROW = 34.0, 22.0, 24.0  # room for a sign, between two entries, and of a row
THIN, THICK = 1.5, 3.8  # widths of wires


@dataclass(frozen=True)
class Entry:
    """One sign and its meaning. `sign` is "pill", "unknown" for a pill with a dash, the state of a chip, or the kind of a wire; `x` and `y` its place."""

    sign: str
    text: str
    x: float
    y: float


def largest_flow(picture: Picture) -> float:
    """The largest contribution in a picture: the wire with it is drawn the widest."""
    return max([abs(wire.flow) for wire in picture.wires if wire.flow is not None and abs(wire.flow) < float("inf")], default=0.0)


def stroke(flow: float | None, largest: float) -> float:
    """How wide a wire is: the square root of its contribution, so that small ones can still be told apart."""
    return THIN + (THICK - THIN) * min(1.0, abs(flow) / largest) ** 0.5 if flow and largest else THIN


def entries(picture: Picture, room: float) -> list[Entry]:
    """The entries of the legend in rows of at most `room`, if one alone is not wider."""
    return placed(_signs(picture), room)


def placed(signs: Sequence[tuple[str, str]], room: float) -> list[Entry]:
    """Signs with their meanings, put in rows of at most `room`."""
    found, x, y = [], 0.0, 0.0
    for sign, text in signs:
        extent = SAMPLE + 6 + width(text, SMALL)
        if x and x + extent > room:
            x, y = 0.0, y + ROW
        found.append(Entry(sign, text, x, y))
        x += extent + GAP
    return found


def _signs(picture: Picture) -> Sequence[tuple[str, str]]:
    def say(key: str, **texts: str) -> str:
        return fill(key, texts, picture.lang)

    signs = []
    slots = {text for card in picture.cards if card.kind != "folded" for text in card.slots}
    if slots - {"", UNKNOWN}:
        signs.append(("pill", say("legend.local")))
    if UNKNOWN in slots:
        signs.append(("unknown", say("legend.unknown")))
    states = {card.chip.state for card in picture.cards if card.chip}
    signs += [(state, say(f"legend.{state}")) for state in ("none", "partial", "complete", "zero") if state in states]
    flows = [wire.flow for wire in picture.wires if wire.flow is not None]
    if any(flow > 0 for flow in flows):
        signs.append(("positive", say("legend.positive")))
    if any(flow < 0 for flow in flows):
        signs.append(("negative", say("legend.negative")))
    if any(flow == 0 for flow in flows):
        signs.append(("no flow", say("legend.nothing")))
    largest = largest_flow(picture)
    if largest:
        signs.append(("scale", say("legend.scale", largest=number_drawn(largest))))
    return signs
