"""What a benchmark found, as data, and the one table that shows it. Measuring is left to `measuring`."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

UNITS = {"s": (("s", 1.0), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9)), "B": (("MB", 1e-6), ("kB", 1e-3), ("B", 1.0))}


@dataclass(frozen=True)
class Measurement:
    """One quantity, measured several times: its median counts, its least and its largest number are the spread.

    >>> print(Measurement((0.052, 0.050, 0.09)))
    52 ms (50–90)
    >>> print(Measurement((153.4,), "B"))
    153 B
    """

    numbers: tuple[float, ...]
    unit: str = "s"

    @property
    def median(self) -> float:
        return median(self.numbers)

    def __str__(self) -> str:
        units = UNITS.get(self.unit, ((self.unit, 1.0),))
        unit, factor = next((pair for pair in units if abs(self.median) * pair[1] >= 1), units[-1])
        low, middle, high = (_short(number * factor) for number in (min(self.numbers), self.median, max(self.numbers)))
        return f"{middle}{unit if unit == '×' else ' ' + unit}" + (f" ({low}–{high})" if len(self.numbers) > 1 else "")


def _short(number: float) -> str:
    """Three significant digits, never with an exponent."""
    return f"{number:.0f}" if abs(number) >= 100 else f"{number:.3g}" if abs(number) >= 0.001 else "0"


@dataclass(frozen=True)
class Record:
    """One line of the table. `against` names the peer; `met` is None where there is no target; `problem` says what went wrong."""

    row: str
    what: str
    ours: Measurement | None = None
    against: str = ""
    peer: Measurement | None = None
    ratio: Measurement | None = None
    target: str = ""
    met: bool | None = None
    problem: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing went wrong and no target was missed."""
        return self.met is not False and not self.problem


def ratio(over: Measurement, under: Measurement) -> Measurement:
    """The ratio of two quantities that were measured in turn, round by round: what slows a whole round down cancels out.

    >>> print(ratio(Measurement((8.0, 16.0, 9.0)), Measurement((1.0, 2.0, 1.0))))
    8× (8–9)
    """
    return Measurement(tuple(a / b for a, b in zip(over.numbers, under.numbers, strict=True)), "×")


def times_faster(row: str, what: str, ours: Measurement, against: str, peer: Measurement, at_least: float | None = None) -> Record:
    """How many times faster ours is than the peer, and whether that is often enough.

    >>> times_faster("P1", "a step", Measurement((2.0,)), "micrograd", Measurement((16.0,)), at_least=6).met
    True
    """
    found = ratio(peer, ours)
    target, met = ("", None) if at_least is None else (f"≥ {at_least:g}×", found.median >= at_least)
    return Record(row, what, ours, against, peer, found, target, met)


def times_as_much(row: str, what: str, ours: Measurement, against: str, peer: Measurement, at_most: float) -> Record:
    """How many times as much as the peer ours is, and whether that is little enough."""
    found = ratio(ours, peer)
    return Record(row, what, ours, against, peer, found, f"≤ {at_most:g}×", found.median <= at_most)


def bounded(row: str, what: str, ours: Measurement, at_most: Measurement, against: str = "", peer: Measurement | None = None) -> Record:
    """Whether ours is at most a fixed number; a peer is there for comparison only."""
    return Record(row, what, ours, against, peer, None, f"≤ {at_most}", ours.median <= at_most.median)


HEADS = ("row", "what", "ours", "peer", "ratio", "target", "met")


def table(records: Iterable[Record]) -> str:
    """All records as one table, aligned for a terminal and readable as Markdown."""
    lines = [HEADS, *(_cells(record) for record in records)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(HEADS))]
    texts = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines]
    texts.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(texts)


def _cells(record: Record) -> tuple[str, ...]:
    peer = f"{record.against} {_text(record.peer)}".strip()
    met = "" if record.met is None else "yes" if record.met else "NO"
    cells = (record.row, record.what, _text(record.ours), record.problem or peer, _text(record.ratio), record.target, met)
    return tuple(" ".join(cell.split()).replace("|", "/") for cell in cells)


def _text(content: Any) -> str:
    return "" if content is None else str(content)
