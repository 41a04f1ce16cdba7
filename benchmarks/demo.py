"""P1 and P2: one step of micrograd's demo, with its own code on our Value, and with our `nn` in its place."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from time import process_time
from typing import Any

from autograd import Value

from .graphs import ALPHA, WIDTHS, learning_rate, micrograd_model, micrograd_step, two_moons
from .measuring import interleaved, peer
from .table import Record, times_faster

REPETITIONS, IN_A_ROW = 5, 5  # the demo is a loop of a hundred steps: they are measured a few at a time


def micrograd_demo(points: int = 100, repetitions: int = REPETITIONS) -> list[Record]:
    """micrograd's own demo code, unchanged, on its Value and on ours."""
    nn = peer("micrograd.nn")
    data = two_moons(points)
    ours = partial(micrograd_step, micrograd_model(nn, Value), Value, *data)
    what = f"micrograd's demo, unchanged, on our Value, {points} points: forward, backward, update"
    return [_beside_micrograd("P1", what, ours, data, repetitions, at_least=10)]


def network_demo(points: int = 100, repetitions: int = REPETITIONS) -> list[Record]:
    """The same step with our MLP, one dot node for each neuron."""
    what = f"the step of micrograd's demo with our MLP, {points} points: forward, backward, update"
    data = two_moons(points)
    ours = our_step(micrograd_model(peer("micrograd.nn"), Value), *data)
    return [_beside_micrograd("P2", what, ours, data, repetitions, at_least=45)]


def our_step(like: Any, points: Sequence[Sequence[float]], sides: Sequence[int]) -> Callable[[int], float]:
    """A function that trains our MLP by one step, from the weights of one of micrograd's MLPs, and returns the loss."""
    from nn import MLP, losses, optim, regularizers

    model = MLP(WIDTHS[0], WIDTHS[1:])
    for layer, their_layer in zip(model.layers, like.layers, strict=True):
        for neuron, theirs in zip(layer.neurons, their_layer.neurons, strict=True):
            neuron.set(weights=[w.data for w in theirs.w], bias=theirs.b.data)
    penalty = regularizers.L2(ALPHA, biases=True)
    optimizer = optim.SGD(model.parameters(), lr=learning_rate)

    def step(number: int) -> float:
        loss = losses.hinge([model(x) for x in points], sides) + penalty(model)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.data

    return step


def _beside_micrograd(row: str, what: str, ours: Callable[[int], float], data: Any, repetitions: int, at_least: float) -> Record:
    """A step of ours beside the demo's on micrograd: the same weights, points and learning rates, so the same losses."""
    leaf = peer("micrograd.engine").Value
    steps: dict[str, Callable[[int], float]] = {
        "ours": ours,
        "micrograd": partial(micrograd_step, micrograd_model(peer("micrograd.nn"), leaf), leaf, *data),
    }
    losses: dict[str, list[float]] = {name: [] for name in steps}

    def record_loss(name: str) -> None:
        losses[name].append(steps[name](len(losses[name])))

    found = interleaved({name: partial(record_loss, name) for name in steps}, repetitions, clock=process_time, in_a_row=IN_A_ROW)
    for number, (mine, theirs) in enumerate(zip(losses["ours"], losses["micrograd"], strict=True), 1):
        if not math.isclose(mine, theirs, rel_tol=1e-6):
            return Record(row, what, problem=f"not the same computation: in step {number} the loss is {mine!r}, but micrograd's {theirs!r}")
    return times_faster(row, what, found["ours"], "micrograd", found["micrograd"], at_least)
