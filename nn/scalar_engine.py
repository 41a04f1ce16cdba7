"""The scalar engine: the graph of a batch from Values, and updates that walk back through it.

An engine does one update at a time; `training` knows nothing of how. The other one is `vectorized_engine`.
"""

import gc
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autograd import Value, scope

from .optim import Optimizer

Loss = Callable[[Any, Any], Any]  # predictions of a batch, targets of a batch → the loss


# --- the graph of a batch ------------------------------------------------------------------------------------------


def outputs_of(model: Any, X: Any) -> list[Any]:
    """The output for each example: a Value, or a list of two or more."""
    found = [model(row) for row in (X.tolist() if hasattr(X, "tolist") else X)]
    return [output[0] if isinstance(output, (list, tuple)) and len(output) == 1 else output for output in found]


def graph_of(model: Any, X: Any, y: Any, function: Loss) -> Value:
    """The graph of the loss of a batch. Inputs and targets are constants."""
    if len(X) == 1:
        X = [[v if isinstance(v, Value) else Value(v, f"x{k}", constant=True) for k, v in enumerate(X[0].tolist(), 1)]]
    outputs = outputs_of(model, X)
    with scope("loss"):
        found = function(outputs, y.tolist())
    if not isinstance(found, Value):
        raise TypeError(f"the loss must give a Value, not {type(found).__name__}; write it with the functions of autograd")
    return found


@contextmanager
def in_mode(model: Any, training: bool) -> Iterator[None]:
    """Dropout is on or off inside; afterwards every module is as it was."""
    modes = [(module, module.training) for module in model.modules()]
    model.train(training)
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


# --- updates -------------------------------------------------------------------------------------------------------


class NotFinite(Exception):
    """A loss or a gradient that is not a finite number, at which an update was given up."""


class ScalarEngine:
    """Updates from the graph of Values, one batch at a time. The leaves always hold the weights and gradients."""

    name = "scalar"

    def __init__(self, model: Any, function: Loss, regularizer: Any, optimizer: Optimizer):
        self.model, self.function, self.regularizer, self.optimizer = model, function, regularizer, optimizer
        self.parameters = model.parameters()
        self.good = [parameter.data for parameter in self.parameters]  # those of the last finite loss

    def encoded(self, X: Any, y: Any) -> Any:
        """The inputs as `update` takes them: as they are."""
        return X

    def update(self, X: Any, y: Any) -> tuple[float, float]:
        """One update of the parameters; gives the loss and the penalty before it.

        Raises NotFinite, with the parameters of the last finite loss in place, when there is no finite loss or gradient.
        """
        with _without_collector():  # the graph is gone again when it goes on
            loss, penalty, wrong = self._gradients(X, y)
        if wrong:
            self.restore()
            raise NotFinite(wrong)
        try:
            self.optimizer.step()
        except BaseException:
            self.restore()
            raise
        return loss, penalty

    def _gradients(self, X: Any, y: Any) -> tuple[float, float, str]:
        """The loss and the penalty, with the gradients in the leaves; and what is not finite, or ""."""
        loss = whole = graph_of(self.model, X, y, self.function)
        penalty = 0.0
        if self.regularizer:
            cost = self.regularizer(self.model)
            whole, penalty = loss + cost, float(cost)
        if not whole.parents:
            raise ValueError("the loss depends on no parameter of the model, so nothing can be learned; compute it from the predictions")
        if not math.isfinite(whole.data):
            return float(loss), penalty, f"the loss became {whole.data}"
        self.good = [parameter.data for parameter in self.parameters]
        for parameter in self.parameters:
            parameter.zero_grad()
        whole.backward()
        wrong = next((p for p in self.parameters if not math.isfinite(p.grad)), None)
        return float(loss), penalty, "" if wrong is None else f"the gradient of {wrong.label or 'a parameter'} became {wrong.grad}"

    def restore(self) -> None:
        """Puts the parameters of the last finite loss back."""
        for parameter, data in zip(self.parameters, self.good, strict=True):
            parameter.data = data

    def push(self) -> None:
        """Brings the leaves up to date: they are."""

    def refresh(self) -> None:
        """Reads what others, who had the model in their hands, may have changed: every update does."""


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pauses the cycle collector, which would walk the growing graph again and again: a graph has no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
