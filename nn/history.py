"""What a training leaves behind: `History` with its snapshots, `Evaluation`, and `EarlyStopping`, which watches it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from autograd.explain.languages import Sentence, fill, templates

from .arguments import choose, count, real
from .plain_tables import Table


@dataclass(frozen=True)
class Snapshot:
    """The parameters of a model after an epoch (0: before the first), in the order of model.parameters()."""

    epoch: int
    parameters: tuple[Any, ...] = field(repr=False)

    def restore(self, model: Any) -> None:
        """Sets the parameters of the model to those of the snapshot. Raises ValueError when there are not as many."""
        own = model.parameters()
        if len(own) != len(self.parameters):
            raise ValueError(f"the snapshot has {len(self.parameters)} parameters, the model {len(own)}")
        for parameter, data in zip(own, self.parameters, strict=True):
            parameter.data = data


def snapshot(epoch: int, model: Any) -> Snapshot:
    """A snapshot of the model as it is."""
    return Snapshot(epoch, tuple([parameter.data for parameter in model.parameters()]))


class History:
    """One number for each epoch, by name: history["loss"], history["val_loss"], with a regularizer history["penalty"].

    "loss" is what the batches of an epoch lost on average (with reduction="sum": together), each before its update and
    without the penalty. `engine` says which engine did the updates, "vectorized" or "scalar", and `reason` why "auto" was
    not the former. `epochs` counts the completed epochs, `updates` the updates, and `batch_loss` is what the last batch
    lost before its update; `stopped` says why the training ended early, or is ""; `snapshots` are those that `fit` was
    asked for; `path` is that of a `Perceptron`.
    """

    def __init__(self, engine: str = "", reason: str = "") -> None:
        self.engine, self.reason = engine, reason
        self.series: dict[str, list[float]] = {}
        self.snapshots: list[Snapshot] = []
        self.path: list[tuple[Any, ...]] = []
        self.updates = 0
        self.batch_loss = float("nan")
        self.stopped = ""
        self.to_say: Sentence | None = None

    @property
    def epochs(self) -> int:
        """How many epochs were completed."""
        return len(next(iter(self.series.values()), []))

    def add(self, **numbers: float | None) -> None:
        """Adds the numbers of one epoch; None is not recorded."""
        for name, data in numbers.items():
            if data is not None:
                self.series.setdefault(name, []).append(data)

    def __getitem__(self, name: str) -> list[float]:
        return choose("a series", name, self.series)

    def __contains__(self, name: object) -> bool:
        return name in self.series

    def __iter__(self) -> Iterator[str]:
        return iter(self.series)

    def keys(self) -> Any:
        """The names of the series."""
        return self.series.keys()

    def advice(self, lang: str = "en") -> str:
        """What to try, in a sentence or two, when the training got nowhere; "" when it got somewhere, or was too short to tell.

        It got nowhere when the loss grew, or ended no better than one constant answer for all examples would.

        >>> from nn import Neuron
        >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0.0, 2.0, 4.0, 6.0]
        >>> Neuron(1, init="zeros").fit(X, y, lr=1e-9, epochs=10, progress=False).advice()[:37]
        'The loss moved little: it ends at 14,'
        >>> Neuron(1, init="zeros").fit(X, y, lr=0.1, epochs=10, progress=False).advice()
        ''
        """
        key, texts = self.to_say or ("", {})
        templates(lang)  # refuses a language that there is not
        return fill(key, texts, lang) if key else ""

    def table(self) -> Table:
        """The first three and the last three epochs as a table."""
        shown = [k for k in range(self.epochs) if k < 3 or k >= self.epochs - 3]
        rows: list[tuple[str, ...]] = [(str(k + 1), *(f"{data[k]:.6g}" for data in self.series.values())) for k in shown]
        if self.epochs > 6:
            rows.insert(3, ("…",) * (1 + len(self.series)))
        return Table("", ("epoch", *self.series), rows, "\n".join(filter(None, (self.stopped, self.advice()))))

    def __repr__(self) -> str:
        return str(self.table()) if self.epochs else f"no epoch was completed {self.stopped}".rstrip()

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


class Evaluation(float):
    """The loss on some data, a float; `accuracy` is the share that is decided right, or None where nothing is decided."""

    accuracy: float | None

    def __new__(cls, loss: float, accuracy: float | None) -> "Evaluation":
        self = super().__new__(cls, loss)
        self.accuracy = accuracy
        return self

    @property
    def loss(self) -> float:
        """The loss."""
        return float(self)

    def __repr__(self) -> str:
        return f"loss {float(self):.6g}" + ("" if self.accuracy is None else f", accuracy {self.accuracy:.4g}")

    def __reduce__(self) -> Any:
        return Evaluation, (float(self), self.accuracy)


class EarlyStopping:
    """A callback that ends a training when the loss has not become smaller for `patience` epochs.

    It watches "val_loss" where there is validation data, else "loss" (or the series named by `monitor`); smaller means
    by more than `min_delta`. With `restore_best` the model ends with the parameters of the best epoch, also when all
    epochs were run. After the training `best_epoch` (from 1) and `best` say which that was.

    >>> from nn import Neuron
    >>> stopping = EarlyStopping(patience=2)
    >>> history = Neuron(1, rng=0).fit([[1.0], [2.0]], [1.0, 2.0], lr=1.0, epochs=20, callbacks=stopping, progress=False)
    >>> history.stopped
    'stopped after epoch 3: the best was epoch 1'
    """

    def __init__(self, patience: int = 10, restore_best: bool = True, monitor: str | None = None, min_delta: float = 0.0):
        self.patience = count("patience", patience, 0)
        self.restore_best, self.monitor = bool(restore_best), monitor
        self.min_delta = real("min_delta", min_delta, 0)
        self.best, self.best_epoch = float("inf"), 0
        self._kept: Snapshot | None = None

    def on_epoch_end(self, epoch: int, history: History, model: Any) -> bool:
        """Looks at the loss of an epoch; gives True when the training should end."""
        if epoch == 1:  # a new training
            self.best, self.best_epoch, self._kept = float("inf"), 0, None
        loss = history[self.monitor or ("val_loss" if "val_loss" in history else "loss")][-1]
        if loss < self.best - self.min_delta:
            self.best, self.best_epoch = loss, epoch
            self._kept = snapshot(epoch, model) if self.restore_best else None
        if epoch - self.best_epoch < max(self.patience, 1):
            return False
        history.stopped = f"stopped after epoch {epoch}: the best was epoch {self.best_epoch}"
        return True

    def on_fit_end(self, history: History, model: Any) -> None:
        """Puts the best parameters back."""
        if self._kept is not None:
            self._kept.restore(model)
