"""The lines of a program: which of the arrays of a plan are written, under which names, in which order.

There is one outline. The source, the LaTeX and the records of a pass all go through its lines, so that none of them has a
step that another has not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .arrays import COMPARISONS, VIEWS, Array, reachable, uses_of
from .naming import ArrayNames
from .planning import Plan

LONG = 12  # operations in one expression
SHORT = 6  # operations that are written twice


@dataclass(frozen=True)
class Line:
    """An array that has a line of its own, its name, and whether it belongs to the backward pass."""

    array: Array
    name: str
    is_backward: bool


def outline(outputs: Sequence[Array], names: ArrayNames, plan: Plan) -> list[Line]:
    """The lines for the outputs. Arrays that need a name are given one, in `names`.

    What is needed twice has a line; but after the layers, in a loss, what is short is written twice, as the lectures do.
    """
    arrays = reachable(outputs)
    uses = uses_of(arrays)
    length: dict[int, int] = {}  # how many operations the text of an array holds
    lines = []
    for array in arrays:
        length[array.index] = 1 + sum([length[a.index] for a in array.args])
        is_backward = array.index >= plan.backward_from
        most = SHORT if plan.layers and not is_backward else 0
        if not _is_worth_a_line(array, array.index in names.of, uses[array.index], length[array.index], most):
            continue
        length[array.index] = 0
        if array.index not in names.of:
            names.of[array.index] = names.free(names.hints.get(array.index) or ("g" if is_backward else "u"))
        lines.append(Line(array, names.of[array.index], is_backward))
    return lines


def _is_worth_a_line(array: Array, is_named: bool, uses: int, length: int, most: int) -> bool:
    if array.kind == "scalar" or is_named:
        return is_named
    if array.kind == "reshape" or array.is_call(*COMPARISONS) or _is_a_difference(array):
        return length > LONG and array.kind != "reshape"
    return (uses > 1 and length > most) or length > LONG


def _is_a_difference(array: Array) -> bool:
    """Whether it is ŷ - t, or 1 - t: as short as a name."""
    return array.is_call("subtract") and all(a.kind in ("line", "scalar", *VIEWS) for a in array.args)
