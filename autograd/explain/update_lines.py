"""The numbers and formulas of a learning step as texts: w ← w - η · ∂J/∂w = 0.5 - 0.1 · 2 = 0.3, and what came of it.

As in `lines`, every line can be recomputed from the numbers it shows, and "=" stands only where it is true as printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..engine.dialects import formula
from ..engine.ieee import Number
from ..engine.operations import Operation
from ..reading.learning_step import CHANGE, MOVED, PREDICTED, SQUARED_LENGTH
from ..reading.passes import StepRecord
from .node_names import NodeNames
from .numbers import as_printed, digits_to_recompute, exact_value, sign
from .typeset import Layout, as_layout, name_parts, row
from .written import by_letter, put_in, write

RATES = ("η", "α", "ε")  # what a learning rate is called, in the order of choice
MOST_SQUARES = 3  # that are written out
VECTORS = ("g", "∇")  # and the vector of the gradients


@dataclass(frozen=True)
class Computed:
    """A formula of numbers: as a layout, the result, and the signs that are true before them, `value_sign` before the result
    where the numbers are left out. `put` are the numbers as texts."""

    numbers: Layout
    value: Layout
    sign: str
    result_sign: str
    value_sign: str
    put: list[str]


@dataclass(frozen=True)
class MovedLine:
    """w ← w - η · ∂J/∂w = 0.5 - 0.1 · 2 = 0.3; `outcome` says where w goes: "down", "up", "still" or "undefined"."""

    name: Layout
    rate: Layout
    gradient: Layout
    root: Layout
    slope: str  # the gradient behind its sign
    outcome: str
    computed: Computed

    def layouts(self) -> list[Layout]:
        """The rule in symbols; then the same with the numbers put in."""
        put = self.computed
        return [
            row(self.name, "←", self.name, "-", self.rate, "·", self.gradient),
            row(put.sign, put.numbers, put.result_sign, put.value),
        ]


@dataclass(frozen=True)
class AfterLine:
    """What came of a learning step: the new value of the root, how it has changed, and how it was predicted to change.

    `outcome` is "falls", "rises", "stays" or "undefined".
    """

    name: Layout
    now: str  # the new value behind its sign
    rate: Layout
    vector: Layout
    outcome: str
    change: Computed
    predicted: Computed
    squares: Computed

    def chains(self) -> list[list[Layout]]:
        """The change; the squared length of the gradient; and the change that was predicted with it."""
        length = ("power", row("‖", self.vector, "‖"), ("number", "2"))
        change, squares, predicted = self.change, self.squares, self.predicted
        few = len(squares.put) <= MOST_SQUARES
        summed = (squares.sign, squares.numbers, squares.result_sign) if few else (squares.value_sign,)
        return [
            [row("Δ", self.name, change.sign, change.numbers, change.result_sign, change.value)],
            [row(length, *summed, squares.value)],
            [row(("negate", self.rate), "·", length, predicted.sign, predicted.numbers, predicted.result_sign, predicted.value)],
        ]


def moved_line(step: StepRecord, names: NodeNames, digits: int | None) -> MovedLine:
    """The line of a parameter that moves."""
    assert step.upstream is not None and step.lr is not None and step.total_after is not None
    return MovedLine(
        name=as_layout(names[step.node]),
        rate=as_layout(free_name(RATES, names)),
        gradient=names.gradient(step.node),
        root=as_layout(names[step.root]),
        slope=_signed(step.upstream, digits),
        outcome=_direction(step.upstream),
        computed=_computed(MOVED, [step.value, step.lr, step.upstream], step.total_after, digits),
    )


def after_line(step: StepRecord, names: NodeNames, digits: int | None) -> AfterLine:
    """The line of the root after all parameters have moved."""
    assert step.upstream is not None and step.lr is not None and step.contribution is not None
    assert step.total_before is not None and step.total_after is not None and step.contributions is not None
    before, now = step.total_before, step.total_after
    return AfterLine(
        name=as_layout(names[step.root]),
        now=_signed(now, digits),
        rate=as_layout(free_name(RATES, names)),
        vector=as_layout(free_name(VECTORS, names)),
        outcome="falls" if now < before else "rises" if now > before else "stays" if now == before else "undefined",
        change=_computed(CHANGE, [now, before], CHANGE.at([now, before]), digits),
        predicted=_computed(PREDICTED, [step.lr, step.upstream], step.contribution, digits),
        squares=_computed(SQUARED_LENGTH, step.contributions, step.upstream, digits),
    )


def free_name(choice: Sequence[str], names: NodeNames) -> str:
    """The first of some letters that no node of the graph is called by, however it is spelt."""
    used = {parts[0] for name in names.values() if (parts := name_parts(name)) is not None}
    return next((letter for letter in choice if letter not in used), choice[0])


def _direction(slope: Number) -> str:
    return "down" if slope > 0 else "up" if slope < 0 else "still" if slope == 0 else "undefined"


def _signed(data: Number, digits: int | None) -> str:
    shown = put_in(data, digits)
    return f"{sign(shown.is_exact)} {shown.text}"


def _computed(operation: Operation, inputs: Sequence[Number], result: Number, digits: int | None) -> Computed:
    """A formula with numbers put in, with as many digits as it takes to recompute it."""
    enough = digits or digits_to_recompute(inputs, operation.at, result)
    shown, value = [put_in(data, enough) for data in inputs], put_in(result, digits)
    printed = [as_printed(each.text) for each in shown]
    tree, said = formula(operation.value), as_printed(value.text)
    comes_out = said is None or None in printed or exact_value(tree, by_letter(operation, printed)) == said
    return Computed(
        numbers=write(tree, by_letter(operation, shown)).layout,
        value=value.layout,
        sign=sign(all(each.is_exact for each in shown)),
        result_sign=sign(comes_out),
        value_sign=sign(value.is_exact),
        put=[each.text for each in shown],
    )
