"""`compare`: four ways to the same derivatives, as one table for people. What each takes is counted in `reading.comparing`."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ..engine.names import names
from ..engine.value import Value
from ..reading.comparing import Route, all_routes
from ..reading.counting import Cost
from .languages import fill, templates
from .numbers import number_text
from .typeset import legible

MOST = 4  # derivatives that are shown; of more, only the errors
DIGITS = 6


@dataclass(frozen=True)
class Comparison:
    """The routes to the derivatives of `root` by `wrt`, one row each; `once` is what all values of the graph cost once.

    `comparison["reverse mode"]` is one route: its derivatives, its error, and what it took. Shows itself as a table.
    """

    root: str
    wrt: tuple[str, ...]
    rows: tuple[Route, ...]
    once: Cost
    lang: str = "en"

    def __getitem__(self, name: str) -> Route:
        found = next((route for route in self.rows if route.name == name), None)
        if found is None:
            raise KeyError(f'there is no route "{str(name)[:40]}"; there are {", ".join(route.name for route in self.rows)}')
        return found

    @property
    def text(self) -> str:
        """The table in fixed width."""
        table = [self._heads(), *map(self._cells, self.rows)]
        widths = [max(len(line[k]) for line in table) for k in range(len(table[0]))]
        rows = ["  ".join(cell.ljust(wide) for cell, wide in zip(line, widths, strict=True)).rstrip() for line in table]
        return "\n".join([self._title(), *rows, *self._notes()])

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def row(cells: Sequence[str], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        body = "".join(row(self._cells(route), "td") for route in self.rows)
        notes = "".join(f"<p>{escape(note)}</p>" for note in self._notes())
        return f"<table><caption>{escape(self._title())}</caption><thead>{row(self._heads(), 'th')}</thead><tbody>{body}</tbody></table>{notes}"

    def _title(self) -> str:
        texts = {"root": self.root, "leaves": ", ".join(self.wrt[:MOST]) + ("…" if len(self.wrt) > MOST else ""), "count": len(self.wrt)}
        return fill("compare.title.one" if len(self.wrt) == 1 else "compare.title", {**texts, **self.once._asdict()}, self.lang)

    def _heads(self) -> list[str]:
        said = templates(self.lang)
        asked = [f"∂{legible(self.root)}/∂{legible(name)}" for name in self.wrt] if len(self.wrt) <= MOST else []
        heads = ("route", "error", "evaluations", "sweeps", "multiplications", "additions", "size", "shared")
        found = [said[f"compare.{head}"] for head in heads]
        return [found[0], *asked, *found[1:]]

    def _cells(self, route: Route) -> list[str]:
        name = templates(self.lang)[f"compare.{route.name.replace(' ', '_')}"]
        asked = len(self.wrt) if len(self.wrt) <= MOST else 0
        if route.missing:
            return [name, *["—"] * (asked + 7)]
        counts = [route.evaluations, route.sweeps, route.multiplications, route.additions]
        sizes = ["" if size is None else str(size) for size in (route.size, route.shared_size)]
        shown = [number_text(each, DIGITS) for each in route.derivatives[:asked]]
        return [name, *shown, f"{route.error:.1e}" if route.error else "0", *map(str, counts), *sizes]

    def _notes(self) -> list[str]:
        return [fill(f"compare.missing.{route.missing.replace(' ', '_')}", {}, self.lang) for route in self.rows if route.missing]


def compare(y: Value, wrt: Any = None, lang: str = "en") -> Comparison:
    """Four ways to the derivatives of y, side by side: finite differences (two schemes), symbolic, forward mode, reverse mode.

    `wrt` is a leaf or a list of leaves (Values or names); without it, all leaves that are no constants. Each route is
    taken, and counted: how often all values of the graph are computed, how many sweeps of derivatives go over it, the
    multiplications (with quotients and powers) and additions of all of it, and the size of the symbolic derivatives,
    written out and with shared parts. The error is the largest distance from derivatives computed with 30 digits; without
    sympy, which the symbolic route needs, from those of reverse mode.

    Raises ValueError for a node that is no leaf of y, for a graph whose leaves have changed, and for an unknown language.

    >>> from autograd import leaves
    >>> a, b, c = leaves(a=5, b=3, c=2)
    >>> found = compare(3 * (a + b * c))
    >>> [(route.name, route.evaluations, route.sweeps) for route in found.rows]
    [('forward difference', 4, 0), ('central difference', 6, 0), ('symbolic', 0, 0), ('forward mode', 1, 3), ('reverse mode', 1, 1)]
    """
    templates(lang)
    if not isinstance(y, Value):
        raise TypeError(f"compare takes the root of a graph, a Value, not {type(y).__name__}")
    found, routes, once = all_routes(y, wrt)
    return Comparison(names(y)[y], tuple(found), tuple(routes), once, lang)
