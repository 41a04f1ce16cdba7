"""`Table`: rows for a person, as plain text in a terminal and as a plain table in a notebook. A cell is text or a `Matrix`."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple

from autograd.explain.numbers import number_text
from autograd.vectorizing.matrix_text import aligned, brackets

DIGITS = 4  # significant digits of the numbers of a matrix
MANY, ENDS = 8, 3  # of more rows or columns than MANY, the first and the last ENDS are shown


class Matrix(NamedTuple):
    """Numbers in rows and columns, already as text: with brackets, and aligned at their points."""

    rows: Sequence[Sequence[str]]

    @classmethod
    def of(cls, array: Any) -> "Matrix":
        """The numbers of a two-dimensional array; of a large one the ends."""
        rows = [_ends([number_text(float(number), DIGITS) for number in row], "…") for row in array.tolist()]
        return cls(_ends(rows, ["⋮"] * len(rows[0])))

    def __str__(self) -> str:
        return "\n".join(brackets(self.rows))

    @property
    def html(self) -> str:
        """A table of its own, with lines at its sides for brackets."""
        ends = "border-left:1px solid;border-right:1px solid;border-radius:4px" if len(self.rows) > 1 or len(self.rows[0]) > 1 else ""
        cell = '<td style="text-align:left;padding:0 .4em;font-variant-numeric:tabular-nums">'
        columns = [[escape(text).replace(" ", "\u2007") for text in aligned(column)] for column in zip(*self.rows, strict=True)]
        body = "".join(["<tr>" + "".join([f"{cell}{text}</td>" for text in row]) + "</tr>" for row in zip(*columns, strict=True)])
        return f'<table style="{ends}">{body}</table>'


def _ends(items: Sequence[Any], between: Any) -> list[Any]:
    return [*items[:ENDS], between, *items[-ENDS:]] if len(items) > MANY else [*items]


@dataclass(frozen=True)
class Table:
    """A title, the names of the columns, rows of texts and matrices, and a closing note.

    >>> print(Table("", ("who", "how many"), [("ann", "2"), ("bo", "10")]))
    who  how many
    ann  2
    bo   10
    >>> print(Table("", ("which", "numbers"), [("W", Matrix([["1", "-0.5"], ["0.25", "10"]]))]))
    which  numbers
    W      ⎡1     -0.5⎤
           ⎣0.25  10  ⎦
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    note: str = ""

    def __str__(self) -> str:
        cells = [[str(cell).split("\n") for cell in row] for row in (self.columns, *self.rows)]
        widths = [max(len(line) for row in cells for line in row[k]) for k in range(len(self.columns))]
        lines = [self.title] if self.title else []
        for row in cells:
            for k in range(max(len(cell) for cell in row)):  # a cell may have several lines
                pieces = [cell[k] if k < len(cell) else "" for cell in row]
                lines.append("  ".join(piece.ljust(width) for piece, width in zip(pieces, widths, strict=True)).rstrip())
        return "\n".join([*lines, self.note] if self.note else lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def shown(cell: Any) -> str:
            return cell.html if isinstance(cell, Matrix) else escape(cell).replace(chr(10), "<br>")

        def row(cells: Sequence[Any], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{shown(cell)}</{tag}>" for cell in cells) + "</tr>"

        caption = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        body = "".join(row(cells, "td") for cells in self.rows)
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        return f"<table>{caption}<thead>{row(self.columns, 'th')}</thead><tbody>{body}</tbody></table>{note}"
