"""A pass with a misconception beside the right one: for every step the numbers that the page shows next to its own.

What the misconception makes of the passes is left to autograd/handcheck/execution.py.
"""

from collections.abc import Sequence
from typing import Any

from autograd import Value
from autograd.explain.numbers import number_text
from autograd.explain.steps import Step
from autograd.handcheck.execution import as_if as executed
from autograd.quoting import quoted

from ..picture.gradients import receiver
from ..picture.lettering import DIGITS


def mistaken_data(y: Value, passes: Sequence[Step], as_if: Any, digits: int | None) -> dict[str, Any]:
    """The code, and for every step what arrives, what is computed or sent, and the gradient so far; None where nothing is.

    `as_if` is a code of the table, or the pair of a code and a place as `execution.as_if` takes it. Raises TypeError for
    anything else, and ValueError for a code that there is not or that applies to nothing there.
    """
    code, place = as_if if isinstance(as_if, tuple) and len(as_if) == 2 else (as_if, None)
    if not isinstance(code, str):
        raise TypeError(f'as_if is the code of a misconception, such as "NO_LOCAL", or a pair of it and a place, not {quoted(as_if)}')
    last: dict[Any, Any] = {}  # of a pass that comes by again, what it leaves behind
    totals: dict[Value, Any] = {}
    for record in executed(y, code, place):
        last[_wire(record)] = record
        if record.phase == "backward":
            totals[receiver(record)] = record.total_after
    return {"code": code, "steps": [_numbers(step, last.get(_wire(step)), totals, digits or DIGITS) for step in passes]}


def _wire(record: Any) -> tuple[Any, ...]:
    return record.phase, record.node, record.parent, record.slot


def _numbers(step: Step, record: Any, totals: dict[Value, Any], digits: int) -> list[str] | None:
    if record is None:
        return None
    if step.phase == "forward":
        return ["", number_text(record.value, digits), ""]
    sent = record.total_after if step.parent is None else record.contribution
    total = totals[receiver(step)] if step.term == step.terms else record.total_after
    return ["" if step.parent is None else number_text(record.upstream, digits), number_text(sent, digits), number_text(total, digits)]
