"""What `check` says: the findings, the verdict on each answer, the score; as text, and as a table in a notebook."""

import os
from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import Any

from ..explain.languages import fill


@dataclass(frozen=True)
class Finding:
    """One thing that went wrong.

    `node` is the name of the node whose answer shows it first, `via` the consumer whose edge holds the mistake where
    there is one, and `edge` that edge, (consumer, operand); numbers cannot tell it from those of `alternatives`. `code` is
    the likeliest cause and `candidates` has all that numbers cannot tell apart; without a cause, the code is "UNEXPLAINED"
    (a wrong number; if it is that of another row, `candidates` says WRONG_ROW) or "MISSING" (a blank). `expected` is what follows from the student's earlier numbers. `places` has
    the edges of a mistake that was made everywhere. `follows` are the answers that are right given this mistake,
    `affects` the leaves whose gradient it spoils.
    """

    node: str
    via: str | None
    code: str
    expected: float
    got: float | None
    message: str
    candidates: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    affects: tuple[str, ...] = ()
    edge: tuple[str, str] | None = None
    alternatives: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Judged:
    """One answer: what was asked, what was typed, the true number, and "right", "follows", "wrong" or "missing"."""

    what: str
    typed: str
    true: float
    verdict: str


@dataclass(frozen=True)
class Report:
    """The judgement of all answers.

    `float(report)` is the score, the answers that are right or follow among all that were asked. A grading cell prints
    the reasons and gives the points: `print(report)`, then `float(report)` in its last line.
    """

    score: float
    findings: tuple[Finding, ...]
    answers: tuple[Judged, ...]
    notes: tuple[str, ...]
    lang: str = "en"

    @property
    def ok(self) -> bool:
        """Whether every answer is right."""
        return not self.findings and all(answer.verdict == "right" for answer in self.answers)

    @property
    def counts(self) -> dict[str, int]:
        """How many answers are "right", "follows", "wrong" and "missing"."""
        found = Counter(answer.verdict for answer in self.answers)
        return {verdict: found[verdict] for verdict in ("right", "follows", "wrong", "missing")}

    @property
    def text(self) -> str:
        """A line with the score, then one for each finding and note."""
        counts = self.counts
        parts = [_counted(verdict, count, self.lang) for verdict, count in counts.items() if count or verdict == "right"]
        good = counts["right"] + counts["follows"]
        head = fill("check.score", {"counts": ", ".join(parts), "good": good, "asked": len(self.answers)}, self.lang)
        return "\n".join([head, *(finding.message for finding in self.findings), *self.notes])

    def __float__(self) -> float:
        return self.score

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return self.text

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.text)

    def _repr_html_(self) -> str:
        cells = [(answer.what, answer.typed, fill(f"check.verdict.{answer.verdict}", {}, self.lang)) for answer in self.answers]
        rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in cells)
        blanks = {fill("check.missing", {"what": answer.what}, self.lang) for answer in self.answers}  # they stand in the table
        lines = "".join(f"<li>{escape(line)}</li>" for line in self.text.splitlines() if line not in blanks)
        return f"<table>{rows}</table><ul>{lines}</ul>"


def graded(report: Report) -> Report:
    """The report as it is. With STRICT=1 in the environment, for automatic grading, one that is not all right stops here.

    Raises AssertionError, with the text of the report, which is what nbgrader shows beside the cell.

    >>> from autograd import check, examples
    >>> graded(check(examples.J(), "a=3")).ok
    True
    """
    if not report.ok and os.environ.get("STRICT") == "1":
        raise AssertionError(report.text)
    return report


def _counted(verdict: str, count: int, lang: str) -> str:
    return fill(f"check.count.{verdict}{'.one' if count == 1 else ''}", {"count": count}, lang)
