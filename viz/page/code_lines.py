"""The code of a graph as data for the page: both passes as Python, each line with its step; and the lines that were typed."""

from collections.abc import Sequence
from typing import Any

from autograd import Value, code
from autograd.explain.steps import Step
from autograd.expression import typed_line
from autograd.reading.passes import both_passes

from ..picture.lettering import harmless


def code_data(passes: Sequence[Step], place: dict[Value, int]) -> dict[str, Any]:
    """`lines`: [text], or [text, kind, where]: "leaf" and "value" with the place of a node, "sent" with the key of a wire, "seed";
    of a learning step "moved" with the place of a parameter and the pieces of the text around the learning rate, and "again"
    with the place of a node that is computed once more.

    `typed`: [text, places of the nodes that it made] for each statement, where the graph was typed.
    """
    y, records = passes[0].root, both_passes(passes[0].root)
    moved = {step.index: step for step in passes if step.phase == "update" and step.contributions is None}
    lines: list[list[Any]] = []
    for text, steps, leaf, again in code(y, **_learning(passes, list(moved.values()))).lines:
        if leaf is not None:
            lines.append([text, "leaf", place[leaf]])
        elif again is not None:
            lines.append([text, "again", place[again]])
        elif steps and steps[0] in moved:
            before, behind = text.index(" -= ") + 4, text.rindex(" * ")
            lines.append([text, "moved", place[moved[steps[0]].node], [text[:before], text[behind:]]])
        elif steps:
            record = records[steps[0] - 1]
            if record.phase == "forward":
                lines.append([text, "value", place[record.node]])
            else:
                lines.append([text, "seed"] if record.parent is None else [text, "sent", f"e{place[record.node]}-{record.slot}"])
        else:
            lines.append([text, "seed"] if text.endswith(" = 0") else [text])  # the gradients begin at 0 where the pass begins
    typed: dict[str, list[int]] = {}
    for node, at in place.items():
        if (line := typed_line(node)) is not None:
            typed.setdefault(harmless(line), []).append(at)
    return {"lines": lines, "typed": list(typed.items())}


def _learning(passes: Sequence[Step], moved: Sequence[Step]) -> dict[str, Any]:
    """What a learning step was asked for with."""
    return {"lr": passes[-1].lr, "params": [step.node for step in moved]} if moved else {}
