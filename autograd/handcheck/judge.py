"""`check`: every answer judged by the student's own numbers before it, one finding for each place where one went wrong."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..engine.names import names
from ..engine.order import topological_order
from ..engine.replaying import refuse_stale
from ..engine.value import Value
from ..explain.languages import fill
from ..explain.node_names import gradient_name
from ..explain.numbers import number_text
from ..explain.steps import steps
from .answers import Quantity, Typed, read
from .carry import Carried, carry
from .precision import Habit, agrees, exactly, same_number


@dataclass(frozen=True)
class Finding:
    """One place where an answer went wrong.

    `node` is the name of the node, `via` the consumer whose edge holds the mistake where there is only one, `code`
    "UNEXPLAINED" (a wrong number) or "MISSING" (a blank), `expected` the number that follows from the student's
    earlier ones, `candidates` the causes that would explain it, `follows` the answers that are right given this
    mistake, `affects` the leaves whose gradient it spoils.
    """

    node: str
    via: str | None
    code: str
    expected: float
    got: float | None
    message: str
    candidates: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    affects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """One answer: what was asked, what was typed, the true number, and "right", "follows", "wrong" or "missing"."""

    what: str
    typed: str
    true: float
    verdict: str


@dataclass(frozen=True)
class Report:
    """The judgement of all answers. `float(report)` is the score, which is what a grading cell needs."""

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
    def text(self) -> str:
        """The findings and notes, a line each, after a line with the score."""
        right = sum(answer.verdict in ("right", "follows") for answer in self.answers)
        head = fill("check.score", {"right": right, "asked": len(self.answers)}, self.lang)
        return "\n".join([head, *(finding.message for finding in self.findings), *self.notes])

    def __float__(self) -> float:
        return self.score

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        rows = "".join(
            "<tr>"
            + "".join(
                f"<td>{html.escape(cell)}</td>" for cell in (answer.what, answer.typed, fill(f"check.{answer.verdict}", {}, self.lang))
            )
            + "</tr>"
            for answer in self.answers
        )
        lines = "".join(f"<li>{html.escape(line)}</li>" for line in self.text.splitlines())
        return f"<table>{rows}</table><ul>{lines}</ul>"


def check(
    y: Value,
    answers: Any = None,
    *,
    values: Mapping[Any, Any] | None = None,
    locals: Mapping[Any, Any] | None = None,
    lang: str = "en",
) -> Report:
    """Judges a student's numbers for the graph of y.

    `answers` is a dict of node to gradient, or a text such as "dJ/db=6, u=6, du/db=2"; in a text a bare name gives
    the value of a computed node and the gradient of a leaf. `values` is a dict of node to value, `locals` one of
    (node, parent), or "du/db", to local derivative. Numbers are floats, fractions or texts ("3/4", "0,577", "3*2");
    they are taken to be as precise as their digits. A blank (None or "") is an answer that is missing.

    An answer is right if it is the true number, and follows if it is what comes of the student's own earlier
    numbers; both count. Each other one is a finding. Raises ValueError for a node or number that cannot be read, and
    for a graph whose leaves have changed.

    >>> from autograd import examples
    >>> report = check(examples.J(), {"v": 3, "u": 3, "a": 3, "b": 9, "c": 6})
    >>> report.score, [finding.node for finding in report.findings]
    (0.6, ['b', 'c'])
    >>> check(examples.J(), "dJ/du=2, dJ/db=4, dJ/dc=6").findings[0].follows
    ('∂J/∂b', '∂J/∂c')
    """
    called = names(y)
    refuse_stale(y)
    asked = read(y, answers, values, locals)
    if not asked:
        raise ValueError("there are no answers to check; give a dict of node to gradient, or a text such as dJ/db=6")
    written = {quantity: answer for quantity, answer in asked.items() if answer is not None}
    truth = carry(y, {})
    own = carry(y, written, truth)
    verdicts = {quantity: own.verdicts.get(quantity, "missing") for quantity in asked}
    findings = tuple(
        _finding(y, called, quantity, asked[quantity], own, truth, verdicts, lang)
        for quantity, verdict in verdicts.items()
        if verdict in ("wrong", "missing")
    )
    notes = tuple(
        fill(
            "check.convention",
            {"what": _what(called, y, quantity), "typed": answer.text, "ours": number_text(truth.span[quantity].data)},
            lang,
        )
        for quantity, answer in written.items()
        if quantity in truth.at_kink
        and verdicts[quantity] == "right"
        and not agrees(answer, exactly(truth.span[quantity].data), Habit().slack(answer))
    )
    judged = tuple(
        Judged(_what(called, y, quantity), answer.text if answer else "", truth.span[quantity].data, verdicts[quantity])
        for quantity, answer in asked.items()
    )
    good = sum(verdict in ("right", "follows") for verdict in verdicts.values())
    return Report(good / len(asked), findings, judged, notes, lang)


def _what(called: Mapping[Value, str], y: Value, quantity: Quantity) -> str:
    """How the quantity is called: u, ∂J/∂b, ∂u/∂b."""
    if quantity.kind == "value":
        return called[quantity.node]
    if quantity.parent is None:
        return gradient_name(called[y], called[quantity.node])
    return gradient_name(called[quantity.node], called[quantity.parent])


def _line(y: Value, quantity: Quantity, lang: str) -> str:
    """The line of the passes that gives the quantity; "" where there is none, or more than one."""
    lines = [
        step.text(lang)
        for step in steps(y)
        if (quantity.kind == "value" and step.phase == "forward" and step.node is quantity.node)
        or (quantity.kind == "gradient" and step.parent is quantity.node)
    ]
    return lines[0] if len(lines) == 1 else ""


def _finding(
    y: Value,
    called: Mapping[Value, str],
    quantity: Quantity,
    answer: Typed | None,
    own: Carried,
    truth: Carried,
    verdicts: Mapping[Quantity, str],
    lang: str,
) -> Finding:
    node = quantity.node
    consumers = [each for each in topological_order(y) if node in each.parents]
    via = called[node] if quantity.parent else called[consumers[0]] if len(consumers) == 1 and quantity.kind == "gradient" else None
    spoilt: set[Quantity] = set()
    if answer is not None:
        alone = carry(y, {quantity: answer})
        spoilt = {other for other, span in alone.span.items() if not same_number(span.data, truth.span[other].data) and other != quantity}
    expected, true = own.span[quantity], truth.span[quantity].data
    carried = not (expected.low <= true <= expected.high or same_number(expected.data, true))  # more than rounding on the way
    texts = {
        "what": _what(called, y, quantity),
        "got": answer.text if answer else "",
        "expected": number_text(expected.data if carried else true),
        "true": number_text(true),
        "line": _line(y, quantity, lang),
    }
    plain = "check.wrong.line" if texts["line"] else "check.wrong.message"
    key = "check.missing.message" if answer is None else "check.wrong.carried" if carried else plain
    return Finding(
        node=called[quantity.parent or node],
        via=via,
        code="MISSING" if answer is None else "UNEXPLAINED",
        expected=expected.data,
        got=answer.data if answer else None,
        message=fill(key, texts, lang),
        follows=tuple(_what(called, y, other) for other, verdict in verdicts.items() if verdict == "follows" and other in spoilt),
        affects=tuple(called[leaf] for leaf in called if not leaf.parents and not leaf.constant and Quantity("gradient", leaf) in spoilt),
    )
