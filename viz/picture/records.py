"""What a picture of a graph shows, as plain records: cards, wires between them, frames around groups, notes.

`reading` makes them from Values. Where things stand is left to `layout`, how they look to `svg` and `theme`, and how
they are said in DOT to `dot`.
"""

from dataclasses import dataclass

UNKNOWN = "–"  # in place of a local derivative that is not computed


@dataclass(frozen=True)
class Chip:
    """The gradient of a card. `state` is "none" (not computed), "partial", "complete" or "zero"; `sign` is -1, 0 or 1."""

    label: str
    text: str
    state: str
    sign: int = 0


@dataclass(frozen=True)
class Card:
    """One node of the picture, or several: `kind` is "leaf", "constant", "operation", "unit" for a sum of products with the
    function of it, or "folded" for a group that is folded. `rows` are further lines of such cards.

    `value_said` says in words what the node is and how it was computed, `gradient_said` what is known of its gradient.
    `slots` holds what stands at each operand, its local derivative; `numbered` says whether the operand shows its
    number, because one node stands in several. `quiet` is a constant that has no name. `mark` is set while a step is
    shown: "now" for the card it writes to, "read" for one it reads. What stands at the operands in `faded` is no
    part of what is marked.
    """

    key: str
    kind: str
    name: str
    value: str
    value_said: str
    gradient_said: str = ""
    badge: str = ""
    chip: Chip | None = None
    note: str = ""
    rows: tuple[str, ...] = ()
    stale: bool = False
    slots: tuple[str, ...] = ()
    numbered: tuple[bool, ...] = ()
    mark: str = ""
    faded: frozenset[int] = frozenset()

    @property
    def title(self) -> str:
        """All that is said of the card."""
        return f"{self.value_said}; {self.gradient_said}" if self.gradient_said else self.value_said

    @property
    def quiet(self) -> bool:
        return self.kind == "constant" and not self.name


@dataclass(frozen=True)
class Wire:
    """One operand of one card. `source` and `target` are places in `Picture.cards`; `flow` is the contribution that goes
    back along it, None where none is computed; `ends`, `local_said` and `sent_said` name in words both ends, the local
    derivative and the contribution. `mark` is set while a step is shown: "read" for a wire that it reads,
    "now" for the one on which a contribution goes back, which then points to the receiver."""

    key: str
    source: int
    target: int
    slot: int
    ends: str
    flow: float | None = None
    local_said: str = ""
    sent_said: str = ""
    mark: str = ""

    @property
    def title(self) -> str:
        """All that is said of the wire."""
        return self.ends + (f": {self.local_said}" if self.local_said else "") + (f"; {self.sent_said}" if self.sent_said else "")


@dataclass(frozen=True)
class Frame:
    """A group of cards that is not folded: its title, and the place of the group around it, -1 for none."""

    key: str
    title: str
    parent: int


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn, in an order that never changes. `home` is the innermost frame of every card, -1 for none.

    `lines` say in words what the picture shows; `lang` is the language of all words.
    """

    title: str
    lines: tuple[str, ...]
    cards: tuple[Card, ...]
    wires: tuple[Wire, ...]
    frames: tuple[Frame, ...]
    home: tuple[int, ...]
    notes: tuple[str, ...]
    lang: str = "en"
    symbolic: bool = False  # whether the pills have symbols beside their numbers
