"""Losses: how far predictions are from targets, as one number to be minimised. A table, like that of the operations.

Each takes predictions and targets of one shape: one number, a list with one for each example, or a list of rows, one
row of outputs for each example. The elements may be Values (the loss is then a Value with its graph), floats or arrays.
`reduction="sum"` adds everything up; "mean" divides by the number of elements (`half_squared_error` and the two
cross-entropies: by the number of examples, so that the gradient at the output is ŷ - y for each).

PyTorch and Keras have the same means, except that both average over outputs where they have a half squared error.
PyTorch's names: mse_loss, l1_loss, huber_loss, binary_cross_entropy, binary_cross_entropy_with_logits, cross_entropy.

>>> mse([1.0, 3.0], [0.0, 1.0]), mse([1.0, 3.0], [0.0, 1.0], reduction="sum")
(2.5, 5.0)
>>> huber([0.5, 3.0], [0.0, 0.0], reduction="sum"), hinge([2.0, 0.5], [1, -1]), round(bce([0.9, 0.2], [1, 0]), 6)
(2.625, 0.75, 0.164252)
>>> cross_entropy([[0.0, 0.0]], [1]) == cross_entropy([[0.0, 0.0]], [[0, 1]]) == autograd.log(2.0)
True
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from numbers import Real
from typing import Any

import numpy

import autograd
from autograd import Value
from autograd.engine.dialects import Tree, calls_in, formula, names_in
from autograd.quoting import quoted

from .arguments import choose, real, trainable
from .loss_formulas import OnArrays, OnNumbers, refuse_unreadable

GIVE_PROBABILITIES = ("sigmoid", "softmax", "heaviside")


@dataclass(frozen=True, eq=False)
class Loss:
    """One entry of the table. It is called with predictions and targets: mse(prediction, target, reduction="mean").

    `value` and `slope`, its derivative by the prediction, are formulas of one element, a its prediction and b its target,
    or of the row of one example, a[i] and b[i]. They may use the `settings`, which are numbers above 0 and can be given
    in a call: huber(prediction, target, delta=2). The value has no where(), because a graph would keep one branch.

    `mean_over` is "elements" or "examples". `targets` are "numbers", "signs" (-1 and 1), "probabilities", or "classes":
    the number of a class, from 0, or a row of probabilities. `takes` is "numbers", "probabilities" that a `head` gives,
    or "logits", where the head is inside the loss; `instead` names the loss for the other of the two. `threshold` is
    what a prediction must exceed to decide for class 1, where a loss decides between two.

    Raises TypeError or ValueError, when it is called, for what is no prediction or target of the loss.
    """

    name: str
    value: str
    slope: str
    about: str = ""
    mean_over: str = "elements"
    targets: str = "numbers"
    takes: str = "numbers"
    head: str = ""
    instead: str = ""
    threshold: float | None = None
    settings: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for tree in self._trees:
            refuse_unreadable(self.name, tree, self.settings)
        if "where" in dict(calls_in(self._trees[0])):
            raise ValueError(f"the value of the loss {self.name} has no where(); write it with abs, relu, clip or maximum")
        object.__setattr__(self, "__doc__", f"{self.about}\n\n    value: {self.value}; slope: {self.slope}\n")

    @cached_property
    def _trees(self) -> tuple[Tree, Tree]:
        return formula(self.value), formula(self.slope)

    @cached_property
    def of_rows(self) -> bool:
        """Whether an example has one loss for its whole row of outputs, which are those of classes."""
        return "a[i]" in names_in(self._trees[0])

    def __reduce__(self) -> Any:
        return loss_function, (self.name,)

    def __repr__(self) -> str:
        return f"<loss {self.name}: {self.value}>"

    # --- a loss of Values or numbers ---

    def __call__(self, prediction: Any, target: Any, reduction: str = "mean", **settings: float) -> Any:
        for name in settings:
            choose(f"a setting of {self.name}", name, self.settings)
        given = {**self.settings, **{name: float(real(name, item, 0, above=True)) for name, item in settings.items()}}
        rows, aims, examples = self._matched(prediction, target)
        tree = self._trees[0]
        if self.of_rows:
            terms = [OnNumbers(**{"a[i]": p, "b[i]": t}, **given).read(tree) for p, t in zip(rows, aims, strict=True)]
        else:
            terms = OnNumbers(a=rows, b=aims, **given).read(tree)
        whole = terms[0] if len(terms) == 1 else autograd.total(terms)  # one term alone has no sum in its graph
        n = self.divisor(len(terms), examples, reduction)
        return whole if n == 1 else whole / n

    def divisor(self, elements: int, examples: int, reduction: str) -> int:
        """What the sum is divided by: for a mean the number of elements, or of examples."""
        if reduction not in ("mean", "sum"):
            raise ValueError(f'reduction is "mean" or "sum", not {quoted(reduction)}')
        return 1 if reduction == "sum" else examples if self.mean_over == "examples" else elements

    def _matched(self, prediction: Any, target: Any) -> tuple[list[Any], list[Any], int]:
        """The predictions (for classes: rows of them), the target of each, and the number of examples."""
        predictions, shape = _nested(prediction, "the prediction")
        aims, target_shape = _nested(target, "the target")
        if self.of_rows:
            rows, aims = self._rows(predictions, shape, aims, target_shape)
            return rows, aims, len(rows)
        if shape != target_shape:
            raise ValueError(f"the prediction has shape {shape}, but the target has shape {target_shape}; they must be the same")
        flat = [_flat(items, shape) for items in (predictions, aims)]
        for aim in flat[1]:
            if not isinstance(aim, Value):
                self._refuse_target(aim)
        return flat[0], flat[1], shape[0] if shape else 1

    def _refuse_target(self, t: Any) -> None:
        if self.targets == "probabilities" and not 0 <= t <= 1:
            raise ValueError(
                f"the target of a binary cross-entropy lies between 0 and 1, not at {float(t):g}; for labels -1 and 1 write (y + 1) / 2"
            )
        if self.targets == "signs" and t not in (-1, 1):
            raise ValueError(f"the target of a {self.name} loss is -1 or 1, not {float(t):g}; for labels 0 and 1 write 2 * y - 1")

    @staticmethod
    def _rows(rows: Any, shape: tuple[int, ...], aims: Any, target_shape: tuple[int, ...]) -> tuple[list[Any], list[Any]]:
        if len(shape) == 0 or shape[-1] < 2:
            raise ValueError(
                f"a cross-entropy needs a row with one number for each class, not shape {shape}; for one output use a binary one"
            )
        if target_shape not in (shape, shape[:-1]):
            raise ValueError(
                f"the prediction has shape {shape}, but the target has shape {target_shape}; "
                f"give labels of shape {shape[:-1]} or probabilities of shape {shape}"
            )
        if len(shape) == 1:
            rows, aims = [rows], [aims]
        return rows, [_distribution(aim) if target_shape == shape else one_hot(aim, shape[-1]) for aim in aims]

    # --- on arrays, with the examples in columns ---

    def on_arrays(self, P: Any, T: Any, reduction: str = "mean") -> Any:
        """The loss of arrays of shape (outputs, examples); leading axes are networks side by side."""
        with numpy.errstate(all="ignore"):
            return self._read(0, P, T).sum(axis=(-2, -1)) / self.divisor(P.shape[-2] * P.shape[-1], P.shape[-1], reduction)

    def slope_on_arrays(self, P: Any, T: Any, reduction: str = "mean") -> Any:
        """The derivative by the predictions, of their shape."""
        with numpy.errstate(all="ignore"):
            return self._read(1, P, T) / self.divisor(P.shape[-2] * P.shape[-1], P.shape[-1], reduction)

    def _read(self, which: int, P: Any, T: Any) -> Any:
        return OnArrays(**{"a": P, "b": T, "a[i]": P, "b[i]": T}, **self.settings).read(self._trees[which])

    def rows_of_targets(self, y: Any, outputs: int) -> Any:
        """The targets as floats, a row for each example: the number of a class becomes a row with one 1."""
        if self.targets == "classes" and y.ndim == 1:
            return numpy.array([one_hot(label, outputs) for label in y.tolist()], dtype=float)
        return y.reshape(len(y), -1).astype(float)


def _nested(data: Any, name: str) -> tuple[Any, tuple[int, ...]]:
    """The numbers or Values as nested lists, and their shape."""
    if hasattr(data, "tolist"):
        data = data.tolist()
    if not isinstance(data, (list, tuple)):
        return data, ()
    if not data:
        raise ValueError(f"{name} is empty; a loss needs at least one example")
    rows = [_nested(item, name) for item in data]
    if len({shape for _, shape in rows}) > 1:
        raise ValueError(f"the rows of {name} have different lengths")
    shape = (len(rows), *rows[0][1])
    if len(shape) > 2:
        raise ValueError(f"{name} has {len(shape)} axes; a loss takes one number, a list, or a list of rows")
    return [item for item, _ in rows], shape


def _flat(items: Any, shape: tuple[int, ...]) -> list[Any]:
    return [items] if not shape else items if len(shape) == 1 else [item for row in items for item in row]


def one_hot(label: Any, n: int) -> list[int]:
    """A row of n targets with a 1 at the number of a class, from 0. Raises ValueError for any other label."""
    place = class_number(label, n)
    return [int(k == place) for k in range(n)]


def class_number(label: Any, n: int) -> int:
    """The number of a class, from 0 to n - 1. Raises ValueError for any other label."""
    if not isinstance(label, Real) or isinstance(label, bool) or not float(label).is_integer():
        raise ValueError(f"a label is the number of a class, from 0 to {n - 1}, not {quoted(label)}")
    if not 0 <= float(label) < n:
        raise ValueError(f"the label {float(label):g} is outside the classes, which are numbered from 0 to {n - 1}")
    return int(float(label))


def _distribution(row: list[Any]) -> list[Any]:
    plain = [t for t in row if not isinstance(t, Value)]
    if any(not 0 <= t <= 1 for t in plain) or (len(plain) == len(row) and abs(sum(plain) - 1) > 1e-6):
        raise ValueError(f"a row of targets holds probabilities that sum to 1, not {row}; for labels that may hold together use bce")
    return row


# --- the table ---------------------------------------------------------------------------------------------------

LOSSES: dict[str, Loss] = {}


def define(name: str, value: str, slope: str, about: str = "", **more: Any) -> Loss:
    """Adds a loss to the table; `more` is described at `Loss`. Then model.fit(X, y, loss=name) and all else can use it.

    Raises ValueError for a name that is taken or is no Python name, and for formulas that cannot be read.
    """
    if name in LOSSES or not name.isidentifier():
        raise ValueError(f'a loss needs a new name that is a Python name, not "{name}"')
    LOSSES[name] = Loss(name, value, slope, about, **more)
    return LOSSES[name]


# fmt: off
half_squared_error = define("half_squared_error", "(a - b) ** 2 / 2", "a - b", mean_over="examples",
    about="½ (ŷ - y)², summed over the outputs of an example. Up to scale and a constant it is the negative log-likelihood of "
          "targets with Gaussian noise.")
mse = define("mse", "(a - b) ** 2", "2 * (a - b)", about="(ŷ - y)², the mean squared error: twice the half squared error of one output.")
mae = define("mae", "abs(a - b)", "where(a == b, 0, where(a < b, -1, 1))", about="|ŷ - y|, the mean absolute error; its derivative at 0 is 0.")
_CLIPPED = "clip(a - b, -delta, delta)"
huber = define("huber", f"{_CLIPPED} * (a - b - {_CLIPPED} / 2)", _CLIPPED, settings={"delta": 1.0},
    about="½ r² where |r| <= delta, else delta (|r| - ½ delta), with r = ŷ - y (Huber, Ann. Math. Stat. 35, 1964).")

hinge = define("hinge", "relu(1 - b * a)", "where(b * a < 1, -b, 0)", targets="signs", threshold=0,
    about="max(0, 1 - y s) for a score s and a label y of -1 or 1 (Cortes and Vapnik, Machine Learning 20, 1995).")
bce = define("bce", "-(xlogy(b, a) + xlogy(1 - b, 1 - a))",
    "where(b == 1, 0, (1 - b) / (1 - a)) - where(b == 0, 0, b / a)",
    targets="probabilities", takes="probabilities", head="sigmoid", instead="bce_with_logits", threshold=0.5,
    about="-(y log ŷ + (1 - y) log(1 - ŷ)) for a probability ŷ and a target from 0 to 1. 0 · log 0 counts as 0, so a probability of "
          "exactly 0 or 1 is no accident where it is right. Where it is wrong the loss is infinite; bce_with_logits is safe.")
bce_with_logits = define("bce_with_logits", "softplus(a) - b * a", "sigmoid(a) - b",
    targets="probabilities", takes="logits", head="sigmoid", instead="bce", threshold=0,
    about="softplus(z) - y z: the binary cross-entropy of ŷ = σ(z), stable for logits z of any size.")

cross_entropy = define("cross_entropy", "logsumexp(a[i]) - dot(b[i], a[i])", "exp(a[i] - logsumexp(a[i])) - b[i]",
    mean_over="examples", targets="classes", takes="logits", head="softmax", instead="cross_entropy_of_probabilities",
    about="logsumexp(z) - z_c: the cross-entropy -Σ_k t_k log softmax(z)_k of a row of logits z for each example. Its gradient at z "
          "is softmax(z) - t.")
cross_entropy_of_probabilities = define("cross_entropy_of_probabilities", "-sum(xlogy(b[i], a[i]))", "where(b[i] == 0, 0, -b[i] / a[i])",
    mean_over="examples", targets="classes", takes="probabilities", head="softmax", instead="cross_entropy",
    about="-Σ_k t_k log ŷ_k for a row of probabilities ŷ for each example, as after a softmax layer.")
# fmt: on


# --- by name -----------------------------------------------------------------------------------------------------


def loss_function(given: Any) -> Callable[..., Any]:
    """The loss that is meant by a name or a function. Raises ValueError, with the nearest names, for an unknown name."""
    return given if callable(given) else choose("a loss", given, LOSSES)


def loss_for(model: Any, given: Any) -> Callable[..., Any]:
    """The loss that is meant for a model; by None that of its last fit, else its own."""
    return loss_function(getattr(trainable(model), "fitted_loss", model.default_loss) if given is None else given)


def entry_of(loss: Callable[..., Any]) -> Loss | None:
    """The entry of a loss, also with settings (functools.partial); None for a function of one's own."""
    function = loss.func if isinstance(loss, partial) else loss
    return function if isinstance(function, Loss) else None


def refuse_mismatch(loss: Callable[..., Any], activations: Sequence[str]) -> None:
    """Raises ValueError when the activation of the outputs and the loss do not belong together.

    `activations` names the activation of the last layer, or is empty where that is not known.
    """
    entry = entry_of(loss)
    for output in activations if entry else ():
        assert entry is not None
        if entry.takes == "logits" and output in ("softmax", "sigmoid"):
            raise ValueError(
                f"{entry.name} takes logits and applies {entry.head} itself, but the output already has a {output}; "
                f'use output="linear", or the loss "{entry.instead}"'
            )
        if entry.takes == "probabilities" and output not in GIVE_PROBABILITIES:
            raise ValueError(
                f'{entry.name} takes probabilities, but the output is {output}; use output="{entry.head}", or the loss "{entry.instead}"'
            )


def accuracy(loss: Callable[..., Any], prediction: Any, target: Any) -> float | None:
    """The share of examples (or of labels, where several may hold) that are decided right; None for a loss of numbers.

    Class 1 is decided when its probability is greater than ½, its logit or score greater than 0.

    >>> accuracy(bce, numpy.array([0.9, 0.5]), numpy.array([1, 1]))
    0.5
    """
    entry = entry_of(loss)
    if entry is not None and entry.targets == "classes":
        truth = target if target.ndim < prediction.ndim else target.argmax(axis=-1)
        return float((prediction.argmax(axis=-1) == truth).mean())
    if entry is None or entry.threshold is None:
        return None
    return float(((prediction > entry.threshold) == (target > (0 if entry.targets == "signs" else 0.5))).mean())
