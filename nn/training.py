"""Training a model: the loop over epochs and batches, and what is checked before anything changes.

Its public functions are methods of every `Module`: model.loss, model.predict, model.evaluate and model.fit. `fit` knows
nothing of how a loss and its gradients come about: an engine does one update at a time. The scalar engine is in
`scalar_engine`, the vectorised one in `vectorized_engine`.
"""

import inspect
import math
from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

import numpy

from autograd import Value, no_grad
from autograd.engine.recording import is_recording
from autograd.quoting import quoted

from .advice import constant_loss, what_to_try
from .arguments import count, examples, generator, real, targets
from .data import minibatches
from .example_graphs import CannotTrace, of_this_package
from .history import Evaluation, History, snapshot
from .losses import accuracy, entry_of, loss_for, refuse_mismatch
from .optim import optimizer_for
from .progress import Progress
from .scalar_engine import Loss, NotFinite, ScalarEngine, graph_of, in_mode, outputs_of
from .vectorized_engine import MANY, VectorizedEngine, predictions

Engine = ScalarEngine | VectorizedEngine


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
    return graph_of(model, X, y, function)


def predict(model: Any, X: Any) -> Any:
    """The outputs for X of shape (examples, features): an array of shape (examples,), or (examples, outputs).

    They are as the last layer gives them: numbers, probabilities or logits. Dropout is off, and no graph is kept. From a
    hundred examples on they are computed by a vectorised program, where the model can be vectorised; that is made at
    the first call, and sees the numbers that the parameters have at each.
    """
    X = examples(X, features=_features(model))
    with in_mode(model, training=False):
        if len(X) >= MANY:
            try:
                return predictions(model, X)
            except CannotTrace:
                pass
        with no_grad():
            return numpy.array(_as_floats(outputs_of(model, X)), dtype=float)


def evaluate(model: Any, X: Any, y: Any, loss: Any = None, reduction: str = "mean") -> Evaluation:
    """The loss on some examples as a float, with `.accuracy` where the loss decides between classes."""
    X, y, function = prepared(model, X, y, loss, reduction)
    return _evaluation(model, X, y, function, loss_for(model, loss))


def _evaluation(model: Any, X: Any, y: Any, function: Loss, chosen: Callable[..., Any]) -> Evaluation:
    prediction = predict(model, X)
    return Evaluation(float(function(prediction.tolist(), y.tolist())), accuracy(chosen, prediction, y))


def _as_floats(outputs: list[Any]) -> list[Any]:
    return [float(output) if isinstance(output, Value) else [float(v) for v in output] for output in outputs]


# --- what is asked of the arguments ------------------------------------------------------------------------------


def prepared(model: Any, X: Any, y: Any, loss: Any, reduction: str) -> tuple[Any, Any, Loss]:
    """X and y as arrays, and the loss as a function of a batch.

    Raises ValueError when the examples, the model, the loss and the targets do not fit together.
    """
    X = examples(X, features=_features(model))
    y, chosen = targets(y, len(X)), loss_for(model, loss)
    refuse_mismatch(chosen, _output_activations(model))
    shape = (len(X), *_output_shape(model, X))
    if y.ndim == 2 and y.shape[1] == 1 and len(shape) == 1:
        y = y[:, 0]
    entry = entry_of(chosen)
    of_classes = entry is not None and entry.targets == "classes"
    if entry and of_classes and len(shape) == 1:
        raise ValueError(f"{entry.name} needs one output for each class, but the model has one output; for two classes use a binary one")
    if entry and y.shape != shape and not (of_classes and y.ndim == 1):
        raise ValueError(f"y has shape {y.shape}, but the outputs of the model have shape {shape}; {entry.name} needs the same")
    if reduction not in ("mean", "sum"):
        raise ValueError(f'reduction is "mean" or "sum", not {quoted(reduction)}')
    takes_reduction = "reduction" in inspect.signature(chosen).parameters
    function: Loss = (lambda predictions, aims: chosen(predictions, aims, reduction=reduction)) if takes_reduction else chosen
    if entry:
        function(numpy.full(shape, 0.5).tolist(), y.tolist())  # says at once what is wrong with a label
    return X, y, function


def _features(model: Any) -> int | None:
    """How many features the model takes, as far as that is known."""
    found = getattr(getattr(model, "layers", [model])[0], "n_in", None)
    return found if isinstance(found, int) else None


def _output_shape(model: Any, X: Any) -> tuple[int, ...]:
    """The shape of the output for one example: () or (n,). Asking for it says at once when X has the wrong width."""
    with no_grad(), in_mode(model, training=False):
        try:
            output = outputs_of(model, X[:1])[0]
        except ValueError as error:
            raise ValueError(f"X has {X.shape[1]} feature{'s' * (X.shape[1] != 1)}: {error}") from None
    return () if isinstance(output, Value) else (len(output),)


def _output_activations(model: Any) -> list[str]:
    """The name of the activation that gives the model's outputs, as far as that is known."""
    last = getattr(model, "layers", [model])[-1]
    chosen = getattr(last, "activation", None)
    return [chosen.name] if chosen is not None and chosen.known else []


def _split(X: Any, y: Any, validation_split: float) -> tuple[Any, Any, Any, Any]:
    """Training and validation data: the last rows are for validation, as in Keras, before any shuffling."""
    real("validation_split", validation_split, 0, 1, below=True)
    n = len(X) - math.floor(len(X) * (1 - validation_split) + 1e-9)  # 10 · (1 - 0.9) is a little less than 1
    if not 0 < n < len(X):
        raise ValueError(
            f"validation_split {validation_split:g} of {len(X)} examples leaves {len(X) - n} for training and {n} for validation; both need some"
        )
    return X[:-n], y[:-n], X[-n:], y[-n:]


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
    - `callbacks`: objects with on_epoch_end(epoch, history, model), epochs counted from 1, or with
      on_update(update, history, model), which is called after each update, counted from 1, or with both; a true answer ends
      the training. The model then has the new weights and the gradients of that update; what a callback changes counts
      from the next update on. An on_fit_end(history, model) is called at the end, if there is one.
    - `snapshots`: how many snapshots of the parameters to keep, evenly from before the first epoch to the end.
    - `engine`: "scalar" builds the graph of each batch from Values; "vectorized" makes the graph of one example into a
      program for all, which gives the same up to the order of sums (1e-9; 1e-8 where a rule divides by the root of gradients
      that nearly cancel, as RMSProp with L1 does) and is hundreds of times faster; "auto" takes the
      vectorised one where it can. `history.engine` says which it was, `history.reason` why it could not.
    - `progress`: a line that says which engine it is and how far the training has come; outside of notebooks with a
      progress bar, if tqdm is installed.
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
    validation: Any = None
    if validation_data is not None:
        if validation_split:
            raise ValueError("give validation_split or validation_data, not both")
        validation = prepared(model, *_pair(validation_data), loss, reduction)[:2]
    elif validation_split:
        X, y, *validation = _split(X, y, validation_split)
    settings = Settings(epochs, batch_size, shuffle, callbacks, snapshots, engine, regularizer, reduction)
    parameters = model.parameters()
    if not parameters:
        raise ValueError(f"{quoted(model)} has no parameters to train")
    if not is_recording():
        raise ValueError("fit needs the graph of the loss, but graphs are not recorded here; call it outside of no_grad()")
    chosen = loss_for(model, loss)
    scalar = ScalarEngine(model, function, regularizer, optimizer_for(optimizer, parameters, lr))
    training = Training(model, settings, scalar, chosen, X, y, validation)
    return copy_context().run(training.run, progress)  # a scope that Ctrl-C leaves open ends with it


@dataclass(frozen=True)
class Settings:
    """How a model is to be trained: the settings of `fit`. Raises TypeError or ValueError for what is none."""

    epochs: int
    batch_size: int | None
    shuffle: bool
    callbacks: Any
    snapshots: int
    engine: str
    regularizer: Any
    reduction: str

    def __post_init__(self) -> None:
        count("epochs", self.epochs)
        if self.batch_size is not None:
            count("batch_size", self.batch_size)
        count("snapshots", self.snapshots, 0)
        for callback in self.listeners:
            if not any(callable(getattr(callback, name, None)) for name in ("on_epoch_end", "on_update")):
                raise TypeError(
                    "a callback has a method on_epoch_end(epoch, history, model) or on_update(update, history, model), "
                    f"but {quoted(callback)} has none"
                )
        if self.regularizer is not None and not callable(self.regularizer):
            raise TypeError(f"a regularizer is a function of the model, such as regularizers.L2(0.01), not {quoted(self.regularizer)}")
        if self.engine not in ("auto", "scalar", "vectorized"):
            raise ValueError(f'engine is "auto", "scalar" or "vectorized", not {quoted(self.engine)}')

    @property
    def listeners(self) -> list[Any]:
        """The callbacks as a list."""
        return list(self.callbacks) if isinstance(self.callbacks, (list, tuple)) else [self.callbacks]

    @property
    def kept(self) -> set[int]:
        """The epochs after which a snapshot is kept, evenly from 0 (before the training) to the last one."""
        n = self.snapshots
        return {self.epochs} if n == 1 else {round(self.epochs * k / (n - 1)) for k in range(n)}


class _Enough(Exception):
    """A callback ends the training in the midst of an epoch."""


class Training:
    """One training of a model, from the first epoch to the last: what `fit` does once its arguments are found good."""

    def __init__(self, model: Any, settings: Settings, scalar: ScalarEngine, chosen: Any, X: Any, y: Any, validation: Any):
        self.model, self.settings, self.scalar, self.chosen = model, settings, scalar, chosen
        self.X, self.y, self.validation = X, y, validation
        self.places = numpy.arange(len(X))[:, None]  # of the examples in X; a callback may change the engine, and with it the rows
        self.callbacks, self.kept = settings.listeners, settings.kept
        self.after_update, self.after_epoch = (
            [callback for callback in self.callbacks if callable(getattr(callback, name, None))] for name in ("on_update", "on_epoch_end")
        )
        self.updater, reason = _engine(settings.engine, scalar, chosen, settings.reduction, X, y)
        self.history = History(self.updater.name, reason)

    def run(self, progress: bool) -> History:
        """All epochs, with what is kept of them. Whatever ends it, the leaves are up to date and the modules as they were."""
        model, history, epochs = self.model, self.history, self.settings.epochs
        model.history, model.fitted_loss = history, self.chosen
        rng = getattr(model, "rng", None) or generator(None)
        if 0 in self.kept:
            history.snapshots.append(snapshot(0, model))
        shown = Progress(history, epochs) if progress else None
        if shown is not None:
            shown.start()
        self.rows = self.updater.encoded(self.X, self.y)
        with in_mode(model, training=True):
            try:
                for epoch in range(1, epochs + 1):
                    self._epoch(epoch, rng)
                    if shown is not None:
                        shown.advance()
                    if self._asked_to_stop(self.after_epoch, "on_epoch_end", epoch):
                        history.stopped = history.stopped or f"stopped by a callback after epoch {epoch}"
                        break
            except _Enough:
                history.stopped = history.stopped or f"stopped by a callback after update {history.updates}, in epoch {history.epochs + 1}"
            except KeyboardInterrupt:
                history.stopped = f"interrupted in epoch {history.epochs + 1}"
            finally:
                self.updater.push()
                if shown is not None:
                    shown.close()
        if history.snapshots and history.snapshots[-1].epoch < history.epochs < epochs:
            history.snapshots.append(snapshot(history.epochs, model))
        for callback in self.callbacks:
            if callable(getattr(callback, "on_fit_end", None)):
                callback.on_fit_end(history, model)
        history.to_say = self._what_to_try()
        return history

    def _what_to_try(self, failed: bool = False) -> Any:
        """What the history says about a training that got nowhere."""
        entry, settings, constant = entry_of(self.chosen), self.settings, None
        if entry is not None and entry is self.chosen:  # with other settings, it has other constants
            constant = constant_loss(entry, self.y, settings.reduction)
        return what_to_try(self.history.series.get("loss", []), constant, self.model, self.X, self.scalar.optimizer, failed)

    def _epoch(self, epoch: int, rng: Any) -> None:
        """All updates of an epoch, and what the history keeps of it: the mean of the losses, or their sum, and the last penalty."""
        settings, total, penalty = self.settings, 0.0, 0.0
        for batch, (places, y) in enumerate(minibatches(self.places, self.y, settings.batch_size, rng, settings.shuffle), 1):
            try:
                loss, penalty = self.updater.update(self.rows[places[:, 0]], y)
            except NotFinite as error:
                self.history.stopped = f"{error} in epoch {epoch}, batch {batch}"
                self.history.to_say = self._what_to_try(failed=True)
                raise FloatingPointError(
                    f"{self.history.stopped}; the training has stopped, and the model keeps the weights of the last finite loss: "
                    "try a smaller learning rate, scaled inputs, or a loss that takes logits"
                ) from None
            self.history.updates += 1
            self.history.batch_loss = loss
            if self.after_update:
                self.updater.push()
                if self._asked_to_stop(self.after_update, "on_update", self.history.updates):
                    raise _Enough
            total += loss if settings.reduction == "sum" else loss * len(y)
        if self.validation or self.callbacks or epoch in self.kept:
            self.updater.push()
        val_loss = None
        if self.validation:
            X, y = self.validation
            val_loss = float(_evaluation(self.model, X, y, self.scalar.function, self.chosen))
        self.history.add(
            loss=total if settings.reduction == "sum" else total / len(self.X),
            val_loss=val_loss,
            penalty=penalty if settings.regularizer else None,
        )
        if epoch in self.kept:
            self.history.snapshots.append(snapshot(epoch, self.model))

    def _asked_to_stop(self, callbacks: list[Any], method: str, number: int) -> bool:
        """Whether a callback has had enough; what it has changed counts from now on."""
        answers = [getattr(callback, method)(number, self.history, self.model) for callback in callbacks]
        if not all(map(of_this_package, callbacks)):
            self._read_again()
        return any(answers)

    def _read_again(self) -> None:
        """Goes on with what callbacks, which had the model in their hands, may have changed."""
        try:
            self.updater.refresh()
        except CannotTrace as error:
            if self.settings.engine == "vectorized":
                raise ValueError(f'a callback changed the model, and now it cannot be vectorised: {error}; use engine="auto"') from None
            self.updater, self.rows = self.scalar, self.X
            self.history.engine, self.history.reason = self.scalar.name, str(error)


def _engine(asked: str, scalar: ScalarEngine, chosen: Any, reduction: str, X: Any, y: Any) -> tuple[Engine, str]:
    """The engine that is asked for, and why "auto" is not the vectorised one, or ""."""
    if asked == "scalar":
        return scalar, ""
    try:
        return VectorizedEngine(scalar.model, scalar.function, chosen, reduction, scalar.regularizer, scalar.optimizer, X, y), ""
    except CannotTrace as error:
        if asked == "vectorized":
            raise ValueError(f'this training cannot be vectorised: {error}; use engine="auto" or "scalar"') from None
        return scalar, str(error)


def _pair(validation_data: Any) -> tuple[Any, Any]:
    try:
        X, y = validation_data
    except (TypeError, ValueError):
        raise ValueError("validation_data is a pair (X, y)") from None
    return X, y
