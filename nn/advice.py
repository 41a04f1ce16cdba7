"""What to try when a training got nowhere, read from its losses: `History.advice` says it.

A training that ends no better than one constant answer for all examples has learned nothing, whatever its loss looks
like. Why, is looked for in the losses (they grew, they jumped) and in the slopes of the hidden units. The sentences
stand in the languages.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy

from autograd import Value, topological_order
from autograd.explain.languages import Sentence

from .losses import Loss
from .scalar_engine import in_mode, outputs_of

FEWEST = 10  # epochs: a shorter training was not meant to get anywhere
NOWHERE = 0.85  # of the loss of the best constant answer
GREW = 1.05  # times what it was
JUMPS = 1.02  # times the loss of the epoch before; a small rate makes no such steps upwards
FLAT = 0.01  # a unit whose slope is smaller for every example passes next to nothing on
LOOKED_AT = 16  # examples


def constant_loss(entry: Loss, y: Any, reduction: str = "mean") -> float:
    """The loss of the best answer that is the same for all examples, for the losses of the table with their own settings.

    Of squares that is the mean, of absolute errors the median, of cross-entropies the shares of the classes.

    >>> from .losses import mse
    >>> constant_loss(mse, numpy.array([0.0, 1.0]))
    0.25
    """
    T = entry.rows_of_targets(y, int(y.max()) + 1 if entry.of_rows else 1).T
    mean, middle = T.mean(axis=1, keepdims=True), numpy.median(T, axis=1, keepdims=True)
    if entry.takes == "logits":
        with numpy.errstate(divide="ignore"):
            mean = numpy.log(mean) - (0 if entry.of_rows else numpy.log1p(-mean))
        mean = numpy.clip(mean, -500, 500)
    answers = [mean, middle, 0 * mean, numpy.sign(middle)] if entry.takes == "numbers" else [mean]
    return min(float(entry.on_arrays(numpy.broadcast_to(answer, T.shape), T, reduction)) for answer in answers)


def what_to_try(losses: Sequence[float], constant: float | None, model: Any, X: Any, optimizer: Any, failed: bool) -> Sentence | None:
    """The key and the texts of what there is to say about a training, or None where it got somewhere.

    `constant` is the loss of the best constant answer, None where that is not known; `failed` says that a loss or a
    gradient became infinite or no number.
    """
    lr = float(optimizer.lr)
    smaller = {"lr": f"{lr / 10:.2g}"}
    if failed:
        return "training.overflow", smaller
    if len(losses) < FEWEST:
        return None
    first, last = losses[0], losses[-1]
    texts = {"first": f"{first:.3g}", "last": f"{last:.3g}"}
    if last > GREW * first and (constant is None or last > GREW * constant):
        return "training.grew", {**texts, **smaller}
    if constant is None or constant <= 0 or last < NOWHERE * constant:
        return None
    texts["constant"] = f"{constant:.3g}"
    flat, units = _flat_units(model, X)
    if units and flat >= units / 2:
        return "training.saturated", {**texts, "flat": str(flat), "units": str(units)}
    jumps = sum(after > JUMPS * before for before, after in pairwise(losses))
    if jumps > len(losses) / 5:
        return "training.jumps", {**texts, **smaller}
    key = "training.stuck" if optimizer.rule.name == "SGD" else "training.stuck.adaptive"
    return key, {**texts, "lr": f"{10 * lr:.2g}", "more": f"{100 * lr:.2g}"}


def _flat_units(model: Any, X: Any) -> tuple[int, int]:
    """How many of the hidden units have next to no slope for any of a few examples, and how many units there are."""
    hidden = [layer for layer in getattr(model, "layers", [])[:-1] if hasattr(layer, "neurons")]
    owner = {neuron.bias: (k, j) for k, layer in enumerate(hidden) for j, neuron in enumerate(layer.neurons)}
    steepest: dict[tuple[int, int], float] = {}
    with in_mode(model, training=False):
        for output in outputs_of(model, X[:: max(1, len(X) // LOOKED_AT)][:LOOKED_AT]):
            for unit, slope in _slopes(output if isinstance(output, list) else [output], owner):
                steepest[unit] = max(steepest.get(unit, 0.0), slope)
    return sum(slope < FLAT for slope in steepest.values()), len(steepest)


def _slopes(outputs: Sequence[Value], owner: Mapping[Value, tuple[int, int]]) -> Iterator[tuple[tuple[int, int], float]]:
    """The slope of each unit for one example; `owner` tells by its bias which unit a sum is the pre-activation of."""
    made_by: dict[Value, tuple[int, int]] = {}
    for node in dict.fromkeys(node for root in outputs for node in topological_order(root)):
        unit = next((owner[parent] for parent in node.parents if parent in owner), None)
        if unit is not None:
            made_by[node] = unit
        elif len(node.parents) == 1 and node.parents[0] in made_by:
            yield made_by[node.parents[0]], abs(float(node.partials[0]))
