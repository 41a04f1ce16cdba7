"""The code of a graph as data for the page: both passes as Python, each line with its step; and the lines that were typed."""

from typing import Any

from autograd import Value, code
from autograd.expression import typed_line
from autograd.reading.passes import both_passes

from ..picture.lettering import harmless


def code_data(y: Value, place: dict[Value, int]) -> dict[str, Any]:
    """`lines`: [text], or [text, kind, where]: "leaf" and "value" with the place of a node, "sent" with the key of a wire, "seed".

    `typed`: [text, places of the nodes that it made] for each statement, where the graph was typed.
    """
    records = both_passes(y)
    lines: list[list[Any]] = []
    for text, steps, leaf in code(y).lines:
        if leaf is not None:
            lines.append([text, "leaf", place[leaf]])
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
