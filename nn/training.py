"""Training a model: the loop over epochs and batches, and what is checked before anything changes.

Its public functions are methods of every `Module`: model.loss, model.predict, model.evaluate and model.fit. `fit` knows
nothing of how a loss and its gradients come about: an engine does one update at a time. The scalar engine is in
`engine`, the vectorised one in `vectorized`.
"""

import inspect
import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy

from autograd import Value, no_grad

from .arguments import count, examples, generator, real, targets
from .data import minibatches
from .example_graphs import CannotTrace, of_this_package
from .history import Evaluation, History, snapshot
from .losses import accuracy, entry_of, loss_function, refuse_mismatch
from .optim import optimizer_for
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
    X = examples(X)
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
    return _evaluation(model, X, y, function, _chosen(model, loss))


def _evaluation(model: Any, X: Any, y: Any, function: Loss, chosen: Callable[..., Any]) -> Evaluation:
    prediction = predict(model, X)
    return Evaluation(float(function(prediction.tolist(), y.tolist())), accuracy(chosen, prediction, y))


def _as_floats(outputs: list[Any]) -> list[Any]:
    return [float(output) if isinstance(output, Value) else [float(v) for v in output] for output in outputs]


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
    entry = entry_of(chosen)
    of_classes = entry is not None and entry.targets == "classes"
    if entry and of_classes and len(shape) == 1:
        raise ValueError(f"{entry.name} needs one output for each class, but the model has one output; for two classes use a binary one")
    if entry and y.shape != shape and not (of_classes and y.ndim == 1):
        raise ValueError(f"y has shape {y.shape}, but the outputs of the model have shape {shape}; {entry.name} needs the same")
    if reduction not in ("mean", "sum"):
        raise ValueError(f'reduction is "mean" or "sum", not {reduction!r}')
    takes_reduction = "reduction" in inspect.signature(chosen).parameters
    function: Loss = (lambda predictions, aims: chosen(predictions, aims, reduction=reduction)) if takes_reduction else chosen
    if entry:
        function(numpy.full(shape, 0.5).tolist(), y.tolist())  # says at once what is wrong with a label
    return X, y, function


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
    """Training and validation data: the last rows are for validation, as in Keras, before any shuffling (row D1-16)."""
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
    - `callbacks`: objects with on_epoch_end(epoch, history, model), epochs counted from 1; a true answer ends the
      training. An on_fit_end(history, model) is called at the end, if there is one.
    - `snapshots`: how many snapshots of the parameters to keep, evenly from before the first epoch to the end.
    - `engine`: "scalar" builds the graph of each batch from Values; "vectorized" makes the graph of one example into a
      program for all, which gives the same up to the order of sums and is hundreds of times faster; "auto" takes the
      vectorised one where it can. `history.engine` says which it was, `history.reason` why it could not.
    - `progress`: a line that says which engine it is, and a progress bar, if tqdm is installed.
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
    if engine not in ("auto", "scalar", "vectorized"):
        raise ValueError(f'engine is "auto", "scalar" or "vectorized", not {engine!r}')
    trained = optimizer_for(optimizer, parameters, lr)
    scalar = ScalarEngine(model, function, regularizer, trained)
    updater, reason = _engine(engine, scalar, chosen, reduction, X, y)
    rng = getattr(model, "rng", None) or generator(None)

    history = model.history = History(updater.name, reason)
    model._fitted_loss = chosen
    modes = [(module, module.training) for module in model.modules()]
    model.train()
    if 0 in kept:
        history.snapshots.append(snapshot(0, model))
    if progress:
        print(_engine_line(history), file=sys.stderr)
    bar = _progress_bar(epochs) if progress else None
    rows = updater.encoded(X, y)
    try:
        for epoch in range(1, epochs + 1):
            total, penalty = _epoch(updater, history, epoch, minibatches(rows, y, batch_size, rng, shuffle), reduction)
            total = total if reduction == "sum" else total / len(X)
            if validation or callbacks or epoch in kept:
                updater.push()
            val_loss = None if validation is None else float(_evaluation(model, validation[0], validation[1], function, chosen))
            history.add(loss=total, val_loss=val_loss, penalty=penalty if regularizer else None)
            if epoch in kept:
                history.snapshots.append(snapshot(epoch, model))
            if bar is not None:
                bar.set_postfix_str(", ".join(f"{name} {series[-1]:.4g}" for name, series in history.series.items()), refresh=False)
                bar.update()
            answers = [callback.on_epoch_end(epoch, history, model) for callback in callbacks]
            if not all(map(of_this_package, callbacks)):
                updater, rows = _after_others(engine, updater, scalar, history, rows, X)
            if any(answers):
                history.stopped = history.stopped or f"stopped by a callback after epoch {epoch}"
                break
    except KeyboardInterrupt:
        history.stopped = f"interrupted in epoch {history.epochs + 1}"
    finally:
        updater.push()
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


def _after_others(asked: str, updater: Engine, scalar: ScalarEngine, history: History, rows: Any, X: Any) -> tuple[Engine, Any]:
    """The engine and the rows to go on with after callbacks, which may have changed the model or the optimizer."""
    try:
        updater.refresh()
        return updater, rows
    except CannotTrace as error:
        if asked == "vectorized":
            raise ValueError(f'a callback changed the model, and now it cannot be vectorised: {error}; use engine="auto"') from None
        history.engine, history.reason = scalar.name, str(error)
        return scalar, X


def _engine_line(history: History) -> str:
    return f"engine: {history.engine}" + (f", because {history.reason}" if history.reason else "")


def _epoch(updater: Engine, history: History, epoch: int, batches: Any, reduction: str) -> tuple[float, float]:
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
