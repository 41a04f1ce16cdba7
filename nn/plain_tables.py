"""`Table`: rows for a person, as plain text in a terminal and as a plain table in a notebook."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Table:
    """A title, the names of the columns, rows of texts, and a closing note.

    >>> print(Table("", ("who", "how many"), [("ann", "2"), ("bo", "10")]))
    who  how many
    ann  2
    bo   10
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def __str__(self) -> str:
        cells = [[cell.split("\n") for cell in row] for row in (self.columns, *self.rows)]
        widths = [max(len(line) for row in cells for line in row[k]) for k in range(len(self.columns))]
        lines = [self.title] if self.title else []
        for row in cells:
            for k in range(max(len(cell) for cell in row)):  # a cell may have several lines
                pieces = [cell[k] if k < len(cell) else "" for cell in row]
                lines.append("  ".join(piece.ljust(width) for piece, width in zip(pieces, widths, strict=True)).rstrip())
        return "\n".join([*lines, self.note] if self.note else lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        def row(cells: Sequence[str], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{escape(cell).replace(chr(10), '<br>')}</{tag}>" for cell in cells) + "</tr>"

        caption = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        body = "".join(row(cells, "td") for cells in self.rows)
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        return f"<table>{caption}<thead>{row(self.columns, 'th')}</thead><tbody>{body}</tbody></table>{note}"
