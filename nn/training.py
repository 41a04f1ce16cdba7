"""Training a model: the loop over epochs and batches, and what is checked before anything changes.

Its public functions are methods of every `Module`: model.loss, model.predict, model.evaluate and model.fit. `fit` knows
nothing of how a loss and its gradients come about: an engine does one update at a time. The scalar engine builds the
graph of a batch from Values and walks back through it.
"""

import gc
import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy

from autograd import Value, no_grad, scope

from .checks import count, examples, generator, real, targets
from .data import minibatches
from .history import Evaluation, History, snapshot
from .losses import OF_CLASSES, accuracy, loss_function, name_of, refuse_mismatch
from .optim import Optimizer, optimizer_for

Loss = Callable[[Any, Any], Any]  # predictions of a batch, targets of a batch → the loss


# --- a loss, predictions, an evaluation --------------------------------------------------------------------------


def loss_of(model: Any, X: Any, y: Any, loss: Any = None, reduction: str = "mean") -> Value:
    """The loss on some examples as a Value, whose graph can be drawn, stepped through and differentiated.

    X has shape (examples, features); y has one entry for each example, or one row of targets. `loss` is a name of
    `losses` or a function of predictions and targets; None means that of the last fit, else "mse". `reduction` is
    "mean" or "sum". Of a single example the inputs are labelled x1, x2, …

    >>> from nn import Neuron
    >>> neuron = Neuron(1).set(weights=[2], bias=0)
    >>> J = neuron.loss([[3.0]], [5.0])
    >>> J.backward()
    >>> J.data, neuron.weights[0].grad
    (1.0, 6.0)
    """
    X, y, function = prepared(model, X, y, loss, reduction)
    return _graph(model, X, y, function)


def predict(model: Any, X: Any) -> Any:
    """The outputs for X of shape (examples, features): an array of shape (examples,), or (examples, outputs).

    They are as the last layer gives them: numbers, probabilities or logits. Dropout is off, and no graph is kept.
    """
    X = examples(X)
    with no_grad(), evaluating(model):
        return numpy.array(_as_floats(_outputs(model, X)), dtype=float)


def evaluate(model: Any, X: Any, y: Any, loss: Any = None, reduction: str = "mean") -> Evaluation:
    """The loss on some examples as a float, with `.accuracy` where the loss decides between classes."""
    X, y, function = prepared(model, X, y, loss, reduction)
    return _evaluation(model, X, y, function, _chosen(model, loss))


def _evaluation(model: Any, X: Any, y: Any, function: Loss, chosen: Callable[..., Any]) -> Evaluation:
    prediction = predict(model, X)
    return Evaluation(float(function(prediction.tolist(), y.tolist())), accuracy(chosen, prediction, y))


def _graph(model: Any, X: Any, y: Any, function: Loss) -> Value:
    """The graph of the loss of a batch. Inputs and targets are constants."""
    if len(X) == 1:
        X = [[v if isinstance(v, Value) else Value(v, f"x{k}", constant=True) for k, v in enumerate(X[0].tolist(), 1)]]
    outputs = _outputs(model, X)
    with scope("loss"):
        found = function(outputs, y.tolist())
    if not isinstance(found, Value):
        raise TypeError(f"the loss must give a Value, not {type(found).__name__}; write it with the functions of autograd")
    return found


def _outputs(model: Any, X: Any) -> list[Any]:
    """The output for each example: a Value, or a list of two or more."""
    found = [model(row) for row in (X.tolist() if hasattr(X, "tolist") else X)]
    return [output[0] if isinstance(output, (list, tuple)) and len(output) == 1 else output for output in found]


def _as_floats(outputs: list[Any]) -> list[Any]:
    return [float(output) if isinstance(output, Value) else [float(v) for v in output] for output in outputs]


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """Dropout is off inside; afterwards every module is as it was."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


# --- what is asked of the arguments ------------------------------------------------------------------------------


def _chosen(model: Any, loss: Any) -> Callable[..., Any]:
    """The loss that is meant; by None that of the last fit, else the model's own."""
    return loss_function(getattr(model, "_fitted_loss", model.default_loss) if loss is None else loss)


def prepared(model: Any, X: Any, y: Any, loss: Any, reduction: str) -> tuple[Any, Any, Loss]:
    """X and y as arrays, and the loss as a function of a batch.

    Raises ValueError when the examples, the model, the loss and the targets do not fit together.
    """
    X = examples(X)
    y, chosen = targets(y, len(X)), _chosen(model, loss)
    refuse_mismatch(chosen, _output_activations(model))
    shape = (len(X), *_output_shape(model, X))
    if y.ndim == 2 and y.shape[1] == 1 and len(shape) == 1:
        y = y[:, 0]
    name = name_of(chosen)
    if name in OF_CLASSES and len(shape) == 1:
        raise ValueError(f"{name} needs one output for each class, but the model has one output; for two classes use a binary one")
    if name and y.shape != shape and not (name in OF_CLASSES and y.ndim == 1):
        raise ValueError(f"y has shape {y.shape}, but the outputs of the model have shape {shape}; {name} needs the same")
    if reduction not in ("mean", "sum"):
        raise ValueError(f'reduction is "mean" or "sum", not {reduction!r}')
    takes_reduction = "reduction" in inspect.signature(chosen).parameters
    function: Loss = (lambda predictions, aims: chosen(predictions, aims, reduction=reduction)) if takes_reduction else chosen
    if name:
        function(numpy.full(shape, 0.5).tolist(), y.tolist())  # says at once what is wrong with a label
    return X, y, function


def _output_shape(model: Any, X: Any) -> tuple[int, ...]:
    """The shape of the output for one example: () or (n,). Asking for it says at once when X has the wrong width."""
    with no_grad(), evaluating(model):
        try:
            output = _outputs(model, X[:1])[0]
        except ValueError as error:
            raise ValueError(f"X has {X.shape[1]} feature{'s' * (X.shape[1] != 1)}: {error}") from None
    return () if isinstance(output, Value) else (len(output),)


def _output_activations(model: Any) -> list[str]:
    """The name of the activation that gives the model's outputs, as far as that is known."""
    last = getattr(model, "layers", [model])[-1]
    chosen = getattr(last, "activation", None)
    return [chosen.name] if chosen is not None and chosen.known else []


def _split(X: Any, y: Any, validation_split: float) -> tuple[Any, Any, Any, Any]:
    """Training and validation data: the last rows are for validation, as in Keras, before any shuffling (row D1-16)."""
    real("validation_split", validation_split, 0, 1, below=True)
    n = len(X) - math.floor(len(X) * (1 - validation_split) + 1e-9)  # 10 · (1 - 0.9) is a little less than 1
    if not 0 < n < len(X):
        raise ValueError(
            f"validation_split {validation_split:g} of {len(X)} examples leaves {len(X) - n} for training and {n} for validation; both need some"
        )
    return X[:-n], y[:-n], X[-n:], y[-n:]


# --- the scalar engine -------------------------------------------------------------------------------------------


class NotFinite(Exception):
    """A loss or a gradient that is not a finite number, at which an update was given up."""


class ScalarEngine:
    """Updates from the graph of Values, one batch at a time."""

    def __init__(self, model: Any, function: Loss, regularizer: Any, optimizer: Optimizer):
        self.model, self.function, self.regularizer, self.optimizer = model, function, regularizer, optimizer
        self.parameters = model.parameters()
        self._good = [parameter.data for parameter in self.parameters]  # those of the last finite loss

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
        loss = whole = _graph(self.model, X, y, self.function)
        penalty = 0.0
        if self.regularizer:
            cost = self.regularizer(self.model)
            whole, penalty = loss + cost, float(cost)
        if not math.isfinite(whole.data):
            return float(loss), penalty, f"the loss became {whole.data}"
        self._good = [parameter.data for parameter in self.parameters]
        for parameter in self.parameters:
            parameter.zero_grad()
        whole.backward()
        wrong = next((p for p in self.parameters if not math.isfinite(p.grad)), None)
        return float(loss), penalty, "" if wrong is None else f"the gradient of {wrong.label or 'a parameter'} became {wrong.grad}"

    def restore(self) -> None:
        """Puts the parameters of the last finite loss back."""
        for parameter, data in zip(self.parameters, self._good, strict=True):
            parameter.data = data


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


def _engine(name: str, *arguments: Any) -> ScalarEngine:
    if name in ("auto", "scalar"):
        return ScalarEngine(*arguments)
    if name == "vectorized":
        raise ValueError('the vectorised engine does not exist yet; use engine="scalar"')
    raise ValueError(f'engine is "auto", "scalar" or "vectorized", not {name!r}')


# --- the loop ------------------------------------------------------------------------------------------------------


def fit(
    model: Any,
    X: Any,
    y: Any,
    loss: Any = None,
    optimizer: Any = "sgd",
    lr: Any = None,
    epochs: int = 10,
    batch_size: int | None = 32,
    validation_split: float = 0.0,
    validation_data: Any = None,
    callbacks: Sequence[Any] = (),
    shuffle: bool = True,
    snapshots: int = 0,
    engine: str = "auto",
    progress: bool = True,
    regularizer: Any = None,
    reduction: str = "mean",
) -> History:
    """Trains the model on X of shape (examples, features) and y, and gives the history of the training.

    - `loss`: a name of `losses`, or a function of the predictions and targets of a batch.
    - `optimizer`: "sgd", "adagrad", "rmsprop", "adam" or "adamw" with a learning rate or schedule `lr`, or one from
      `optim` that is bound to parameters of this model (to some of them: the others stay as they are).
    - `batch_size`: examples in an update; None for all of them. `shuffle`: in another order in each epoch.
    - `validation_split`: the share of the examples, the last rows, that is kept for validation, before any
      shuffling; or `validation_data`, a pair (X, y).
    - `callbacks`: objects with on_epoch_end(epoch, history, model), epochs counted from 1; a true answer ends the
      training. An on_fit_end(history, model) is called at the end, if there is one.
    - `snapshots`: how many snapshots of the parameters to keep, evenly from before the first epoch to the end.
    - `engine`: "scalar" builds the graph of each batch; "auto" takes what is there.
    - `progress`: a progress bar, if tqdm is installed.
    - `regularizer`: one of `regularizers`, whose cost is added to the loss. `reduction`: "mean" or "sum".

    Ctrl-C ends the training and keeps the history so far. Afterwards the leaves hold the trained weights and the
    gradients of the last update; `history` is an attribute of the model, too.

    Raises ValueError or TypeError, before anything is changed, for what does not fit together, and
    FloatingPointError, with the epoch and batch, when the loss or a gradient is no longer finite; the model then
    keeps the weights of the last finite loss.

    >>> from nn import MLP, data
    >>> X, y = data.gates("xor")
    >>> model = MLP(2, [4, 1], activation="tanh", output="sigmoid", rng=1)
    >>> history = model.fit(X, y, loss="bce", lr=1.0, epochs=300, batch_size=None, progress=False)
    >>> (model.predict(X) > 0.5).tolist()
    [False, True, True, False]
    """
    X, y, function = prepared(model, X, y, loss, reduction)
    chosen: Any = _chosen(model, loss)
    validation: Any = None
    if validation_data is not None:
        if validation_split:
            raise ValueError("give validation_split or validation_data, not both")
        validation = prepared(model, *_pair(validation_data), loss, reduction)[:2]
    elif validation_split:
        X, y, held_out, aims = _split(X, y, validation_split)
        validation = held_out, aims
    count("epochs", epochs)
    if batch_size is not None:
        count("batch_size", batch_size)
    callbacks = list(callbacks) if isinstance(callbacks, (list, tuple)) else [callbacks]
    for callback in callbacks:
        if not callable(getattr(callback, "on_epoch_end", None)):
            raise TypeError(f"a callback has a method on_epoch_end(epoch, history, model), but {callback!r} has none")
    if regularizer is not None and not callable(regularizer):
        raise TypeError(f"a regularizer is a function of the model, such as regularizers.L2(0.01), not {regularizer!r}")
    kept = _snapshot_epochs(count("snapshots", snapshots, 0), epochs)
    parameters = model.parameters()
    if not parameters:
        raise ValueError(f"{model!r} has no parameters to train")
    updater = _engine(engine, model, function, regularizer, optimizer_for(optimizer, parameters, lr))
    rng = getattr(model, "rng", None) or generator(None)

    history = model.history = History()
    model._fitted_loss = chosen
    modes = [(module, module.training) for module in model.modules()]
    model.train()
    if 0 in kept:
        history.snapshots.append(snapshot(0, model))
    bar = _progress_bar(epochs) if progress else None
    try:
        for epoch in range(1, epochs + 1):
            total, penalty = _epoch(updater, history, epoch, minibatches(X, y, batch_size, rng, shuffle), reduction)
            total = total if reduction == "sum" else total / len(X)
            val_loss = None if validation is None else float(_evaluation(model, validation[0], validation[1], function, chosen))
            history.add(loss=total, val_loss=val_loss, penalty=penalty if regularizer else None)
            if epoch in kept:
                history.snapshots.append(snapshot(epoch, model))
            if bar is not None:
                bar.set_postfix_str(", ".join(f"{name} {series[-1]:.4g}" for name, series in history.series.items()), refresh=False)
                bar.update()
            answers = [callback.on_epoch_end(epoch, history, model) for callback in callbacks]
            if any(answers):
                history.stopped = history.stopped or f"stopped by a callback after epoch {epoch}"
                break
    except KeyboardInterrupt:
        history.stopped = f"interrupted in epoch {history.epochs + 1}"
    finally:
        if bar is not None:
            bar.close()
        for module, mode in modes:
            module.training = mode
    if history.snapshots and history.snapshots[-1].epoch < history.epochs < epochs:
        history.snapshots.append(snapshot(history.epochs, model))
    for callback in callbacks:
        if callable(getattr(callback, "on_fit_end", None)):
            callback.on_fit_end(history, model)
    return history


def _epoch(updater: ScalarEngine, history: History, epoch: int, batches: Any, reduction: str) -> tuple[float, float]:
    """All updates of an epoch; gives the sum of the losses (of means, times their number of examples) and the last penalty."""
    total, penalty = 0.0, 0.0
    for batch, (X, y) in enumerate(batches, 1):
        try:
            loss, penalty = updater.update(X, y)
        except NotFinite as error:
            history.stopped = f"{error} in epoch {epoch}, batch {batch}"
            raise FloatingPointError(
                f"{history.stopped}; the training has stopped, and the model keeps the weights of the last finite loss: "
                "try a smaller learning rate, scaled inputs, or a loss that takes logits"
            ) from None
        history.updates += 1
        total += loss if reduction == "sum" else loss * len(X)
    return total, penalty


def _pair(validation_data: Any) -> tuple[Any, Any]:
    try:
        X, y = validation_data
    except (TypeError, ValueError):
        raise ValueError("validation_data is a pair (X, y)") from None
    return X, y


def _snapshot_epochs(n: int, epochs: int) -> set[int]:
    """The epochs to keep: n of them, evenly from 0 (before the training) to the last one."""
    return {epochs} if n == 1 else {round(epochs * k / (n - 1)) for k in range(n)}


def _progress_bar(epochs: int) -> Any:
    try:
        from tqdm import tqdm
    except ImportError:  # it is an extra
        return None
    return tqdm(total=epochs, unit="epoch")
