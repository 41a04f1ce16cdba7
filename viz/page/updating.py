"""A learning step as data that JSON can carry: what the page goes on with after both passes.

The page computes by itself as long as a reader goes on, round after round, with the formulas that `operations` writes;
what Python prints of the first round comes with the steps.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from autograd import Value
from autograd.engine.dialects import formula
from autograd.engine.ieee import as_float
from autograd.engine.operations import Operation
from autograd.explain.steps import Step
from autograd.explain.typeset import Layout, plain
from autograd.explain.update_lines import RATES, VECTORS, AfterLine, Computed, MovedLine, after_line, free_name, moved_line
from autograd.explain.written import by_letter, write

from .operations import UPDATE
from .skeletons import skeleton


def update_data(passes: Sequence[Step], place: dict[Value, int]) -> dict[str, Any] | None:
    """The learning rate, the parameters by place, the letters and the skeletons of a learning step: of its formulas, and of the
    lines of its equations. None where there is none."""
    after = passes[-1]
    if after.phase != "update" or after.lr is None:
        return None
    params = [place[step.node] for step in passes[:-1] if step.phase == "update"]
    counts = {"moved": 3, "predicted": 2, "squares": len(params), "change": 2}
    return {
        "lr": as_float(after.lr),
        "params": params,
        "rate": free_name(RATES, after.names),
        "vector": free_name(VECTORS, after.names),
        "skeletons": {name: skeleton(range(counts[name]), partial(_laid_out, rule)) for name, rule in UPDATE.items()},
        "lines": _lines(len(params)),
    }


def _lines(count: int) -> dict[str, list[Layout]]:
    """The lines of the equations where `count` parameters move, with a hole for each of the texts of words.js."""
    moved = MovedLine(_hole("name"), _hole("rate"), _hole("gradient"), _hole("root"), "", "", _with_holes("", 3))
    computed = {rule: _with_holes(f"{rule}_", places) for rule, places in (("change", 2), ("predicted", 2), ("squares", count))}
    after = AfterLine(_hole("name"), "", _hole("rate"), _hole("vector"), "", **computed)
    return {"moved": moved.layouts(), "after": [line for chain in after.chains() for line in chain]}


def _with_holes(of: str, places: int) -> Computed:
    return Computed(**{each: _hole(of + each) for each in ("numbers", "value", "sign", "result_sign", "value_sign")}, put=[""] * places)


def _hole(name: str) -> Any:
    return ("hole", name)


def _laid_out(rule: Operation, operands: list[Any]) -> Any:
    return write(formula(rule.value), by_letter(rule, operands)).layout


def printed(step: Step, digits: int | None) -> dict[str, Any]:
    """What Python prints of a step of the update."""
    if step.contributions is None:
        moved = moved_line(step, step.names, digits)
        return {"slope": moved.slope, "moved": _computed(moved.computed)}
    after = after_line(step, step.names, digits)
    return {"now": after.now, **{of: _computed(getattr(after, of)) for of in ("change", "predicted", "squares")}}


def _computed(line: Computed) -> dict[str, Any]:
    return {"put": line.put, "value": plain(line.value), "signs": line.sign + line.result_sign + line.value_sign}
