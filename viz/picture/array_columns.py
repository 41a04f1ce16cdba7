"""Which arrays of a pass stand where: the blocks of the chain, their columns, and under each array its gradient.

It rests on the records of a pass over arrays (`autograd.vectorizing.array_steps`). How a block is drawn, and how its
columns are wrapped, is for whoever draws it.
"""

from dataclasses import dataclass

from autograd.vectorizing.array_steps import ArrayStep, ArraySteps

PARAMETERS = ("weights", "bias")
LOSS = ("target", "losses", "loss")


@dataclass(frozen=True)
class Spot:
    """The place of an array, by its name, and of its gradient below it; either may be "" where there is none."""

    name: str
    gradient: str = ""


@dataclass(frozen=True)
class Block:
    """A piece of the chain: its `kind`, "input", "layer", "loss" or "arrays" (of a program without layers), the number of
    the `layer`, from 1, and the `columns`, each with its spots from top to bottom."""

    kind: str
    layer: int | None
    columns: tuple[tuple[Spot, ...], ...]

    @property
    def spots(self) -> tuple[Spot, ...]:
        """All spots, column by column."""
        return tuple([spot for column in self.columns for spot in column])


def blocks(steps: ArraySteps) -> list[Block]:
    """The blocks of the chain from left to right; every array of the steps stands in just one of them.

    A layer has its parameters in one column, then a column for each array that it computes. Behind the layers comes the
    loss with its targets, and with what belongs to no layer. A gradient stands under the array whose gradient it is; what
    is no gradient of an array that is shown has a spot of its own in the last block.

    >>> from nn import MLP
    >>> from nn.formulas import matrix_view
    >>> view = matrix_view(MLP(2, [2, 1], "tanh", rng=0), [[1.0, 2.0]], [1.0], loss="mse")
    >>> for block in blocks(view.steps):
    ...     print(block.kind, [[f"{spot.name} / {spot.gradient}" for spot in column] for column in block.columns])
    input [['z0 / dX']]
    layer [['W1 / dW1', 'b1 / db1'], ['a1 / delta1'], ['z1 / dz1']]
    layer [['W2 / dW2', 'b2 / db2'], ['a2 / delta2']]
    loss [['t1 / '], ['J / ']]
    """
    forward = [*steps.given, *[step for step in steps if step.phase == "forward"]]
    shown = {step.name for step in forward}
    gradients = {step.of: step.name for step in steps if step.phase == "backward" and step.of in shown}
    alone = [step for step in steps if step.phase == "backward" and gradients.get(step.of) != step.name]
    where = {step.name: _place(step, steps) for step in forward}
    last = max([number or 0 for _, number in where.values()], default=0)
    for step in forward:  # what has no layer of its own stands where it is computed, or first read
        if where[step.name][0] != "":
            continue
        readers = [other for other in forward if step.name in other.operands]
        sources = [where[name] for name in step.operands if where[name][0] == "layer"]
        found = [where[other.name] for other in readers if where[other.name][0] == "layer"]
        where[step.name] = max(sources, key=lambda place: place[1] or 0) if sources and found else found[0] if found else ("loss", None)
    order: list[tuple[str, int | None]] = [("input", None), *[("layer", k) for k in range(1, last + 1)], ("loss", None)]
    made = []
    for kind, number in order:
        members = [step for step in forward if where[step.name] == (kind, number)]
        columns = _columns(members, gradients)
        if (kind, number) == order[-1]:
            columns += [(Spot("", step.name),) for step in alone]
        if columns:
            made.append(Block(kind if steps.layers else "arrays", number, tuple(columns)))
    return made


def _place(step: ArrayStep, steps: ArraySteps) -> tuple[str, int | None]:
    if step.role == "input" and steps.layers:
        return "input", None
    if step.role in LOSS or not steps.layers:
        return "loss", None
    return ("layer", step.layer) if step.layer is not None else ("", None)


def _columns(members: list[ArrayStep], gradients: dict[str, str]) -> list[tuple[Spot, ...]]:
    """What is given comes first, the parameters one under the other; then what is computed, in the order of the pass."""
    given = [step for step in members if step.phase == "given"]
    parameters = sorted([step for step in given if step.role in PARAMETERS], key=lambda step: PARAMETERS.index(step.role))
    others = [step for step in given if step.role not in PARAMETERS]
    computed = [step for step in members if step.phase != "given"]
    columns = [parameters, *[[step] for step in (*others, *computed)]]
    return [tuple([Spot(step.name, gradients.get(step.name, "")) for step in column]) for column in columns if column]
