"""Losses: how far predictions are from targets, as one number to be minimised.

Each takes predictions and targets of one shape: one number, a list with one for each example, or a list of rows, one
row of outputs for each example. The elements may be Values (the loss is then a Value with its graph), floats or arrays.
`reduction="sum"` adds everything up; "mean" divides by the number of elements (`half_squared_error` and the two
cross-entropies: by the number of examples, so that the gradient at the output is ŷ - y for each).

PyTorch and Keras have the same means, except that both average over outputs where they have a half squared error.
PyTorch's names: mse_loss, l1_loss, huber_loss, binary_cross_entropy, binary_cross_entropy_with_logits, cross_entropy.

>>> mse([1.0, 3.0], [0.0, 1.0]), mse([1.0, 3.0], [0.0, 1.0], reduction="sum")
(2.5, 5.0)
"""

from collections.abc import Callable, Sequence
from functools import partial
from numbers import Real
from typing import Any

import autograd
from autograd import Value

from .checks import choose, real

# --- predictions and targets -------------------------------------------------------------------------------------


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


def _pairs(prediction: Any, target: Any, allowed: Callable[[Any], None] = lambda t: None) -> tuple[list[tuple[Any, Any]], int]:
    """Every prediction with its target, and the number of examples. Raises ValueError when the shapes differ."""
    predictions, shape = _nested(prediction, "the prediction")
    aims, target_shape = _nested(target, "the target")
    if shape != target_shape:
        raise ValueError(f"the prediction has shape {shape}, but the target has shape {target_shape}; they must be the same")
    flat = [_flat(predictions, shape), _flat(aims, shape)]
    for aim in flat[1]:
        if not isinstance(aim, Value):
            allowed(aim)
    return list(zip(*flat, strict=True)), shape[0] if shape else 1


def _flat(items: Any, shape: tuple[int, ...]) -> list[Any]:
    return [items] if not shape else items if len(shape) == 1 else [item for row in items for item in row]


def _reduced(terms: list[Any], reduction: str, n: int) -> Any:
    """The terms added up, and divided by n for "mean". One term alone stays as it is: its graph has no sum."""
    if reduction not in ("mean", "sum"):
        raise ValueError(f'reduction is "mean" or "sum", not {reduction!r}')
    whole = terms[0] if len(terms) == 1 else autograd.total(terms)
    return whole if reduction == "sum" or n == 1 else whole / n


def _probability(t: Any) -> None:
    if not 0 <= t <= 1:
        raise ValueError(
            f"the target of a binary cross-entropy lies between 0 and 1, not at {float(t):g}; for labels -1 and 1 write (y + 1) / 2"
        )


def _sign(t: Any) -> None:
    if t not in (-1, 1):
        raise ValueError(f"the target of a hinge loss is -1 or 1, not {float(t):g}; for labels 0 and 1 write 2 * y - 1")


# --- for numbers -------------------------------------------------------------------------------------------------


def half_squared_error(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """½ (ŷ - y)², summed over the outputs of an example; "sum" is E(w) = ½ Σ_n Σ_k (y_k(x_n) - t_nk)² of lecture row D1-26.

    Its gradient at the output is ŷ - y (row D1-43). Up to scale and a constant it is the negative log-likelihood of
    targets with Gaussian noise.

    >>> half_squared_error([[1.0, 2.0]], [[0.0, 0.0]])
    2.5
    """
    pairs, n = _pairs(prediction, target)
    return _reduced([(p - t) ** 2 / 2 for p, t in pairs], reduction, n)


def mse(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """(ŷ - y)², the mean squared error: twice the half squared error of one output (lecture row D1-26)."""
    pairs, _ = _pairs(prediction, target)
    return _reduced([(p - t) ** 2 for p, t in pairs], reduction, len(pairs))


def mae(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """|ŷ - y|, the mean absolute error; its derivative at 0 is 0."""
    pairs, _ = _pairs(prediction, target)
    return _reduced([abs(p - t) for p, t in pairs], reduction, len(pairs))


def huber(prediction: Any, target: Any, reduction: str = "mean", delta: float = 1.0) -> Any:
    """½ r² where |r| <= delta, else delta (|r| - ½ delta), with r = ŷ - y (Huber, Ann. Math. Stat. 35, 1964).

    Written as c (r - ½ c) with c = clip(r, -delta, delta), which is the same. Raises ValueError unless delta > 0.

    >>> huber([0.5, 3.0], [0.0, 0.0], reduction="sum")
    2.625
    """
    real("delta", delta, 0, above=True)
    pairs, _ = _pairs(prediction, target)
    return _reduced([_huber(p - t, float(delta)) for p, t in pairs], reduction, len(pairs))


def _huber(r: Any, delta: float) -> Any:
    c = autograd.clip(r, -delta, delta)
    return c * (r - c / 2)


# --- for two classes ---------------------------------------------------------------------------------------------


def hinge(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """max(0, 1 - y s) for a score s and a label y of -1 or 1 (Cortes and Vapnik, Machine Learning 20, 1995).

    Raises ValueError for other labels.

    >>> hinge([2.0, 0.5], [1, -1])
    0.75
    """
    pairs, _ = _pairs(prediction, target, _sign)
    return _reduced([autograd.relu(1 - t * s) for s, t in pairs], reduction, len(pairs))


def bce(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """-(y log ŷ + (1 - y) log(1 - ŷ)) for a probability ŷ and a target from 0 to 1 (lecture rows D1-27, D1-28, D3-07).

    0 · log 0 counts as 0, so that a probability of exactly 0 or 1 is no accident where it is right. Where it is wrong
    the loss is infinite: from logits, `bce_with_logits` is safe. Raises ValueError for a target outside 0 to 1.

    >>> round(bce([0.9, 0.2], [1, 0]), 6)
    0.164252
    """
    pairs, _ = _pairs(prediction, target, _probability)
    return _reduced([_bce(p, t) for p, t in pairs], reduction, len(pairs))


def _bce(p: Any, t: Any) -> Any:
    if not isinstance(t, Value) and t in (0, 1) and float(p) == t:
        return -autograd.log(p if t == 1 else 1 - p)
    return -(t * autograd.log(p) + (1 - t) * autograd.log(1 - p))


def bce_with_logits(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """softplus(z) - y z: the binary cross-entropy of ŷ = σ(z), stable for logits z of any size (lecture row D1-27).

    Its gradient at z is σ(z) - y. Raises ValueError for a target outside 0 to 1.

    >>> bce_with_logits([1000.0, 0.0], [1, 0]) == 0.5 * bce_with_logits(0.0, 0)
    True
    """
    pairs, _ = _pairs(prediction, target, _probability)
    return _reduced([autograd.softplus(z) - t * z for z, t in pairs], reduction, len(pairs))


# --- for several classes -----------------------------------------------------------------------------------------


def cross_entropy(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """logsumexp(z) - z_c: the cross-entropy -Σ_k t_k log softmax(z)_k of logits z (lecture rows D1-29, D2-17).

    `prediction` is one row of K logits, or a row for each example; `target` the class numbers, from 0, or rows of K
    probabilities that sum to 1 (one-hot). Its gradient at z is softmax(z) - t. Raises ValueError for a label outside
    0 … K - 1 and for other rows.

    >>> cross_entropy([[0.0, 0.0]], [1]) == cross_entropy([[0.0, 0.0]], [[0, 1]]) == autograd.log(2.0)
    True
    """
    rows, aims = _rows(prediction, target)
    return _reduced([_cross_entropy(row, aim) for row, aim in zip(rows, aims, strict=True)], reduction, len(rows))


def _cross_entropy(logits: list[Any], aim: Any) -> Any:
    if isinstance(aim, int):
        return autograd.logsumexp(logits) - logits[aim]
    return autograd.logsumexp(logits) - autograd.dot(aim, logits)


def cross_entropy_of_probabilities(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """-Σ_k t_k log ŷ_k for probabilities ŷ, as after a softmax layer (lecture row D1-29).

    Targets are as for `cross_entropy`; a class of target 0 is left out. Raises ValueError as that does.

    >>> cross_entropy_of_probabilities([[0.5, 0.5]], [0]) == autograd.log(2.0)
    True
    """
    rows, aims = _rows(prediction, target)
    return _reduced([_of_probabilities(row, aim) for row, aim in zip(rows, aims, strict=True)], reduction, len(rows))


def _of_probabilities(row: list[Any], aim: Any) -> Any:
    if isinstance(aim, int):
        return -autograd.log(row[aim])
    terms = [autograd.log(p) if not isinstance(t, Value) and t == 1 else t * autograd.log(p)
             for p, t in zip(row, aim, strict=True) if isinstance(t, Value) or t]  # fmt: skip
    return -(terms[0] if len(terms) == 1 else autograd.total(terms))


def _rows(prediction: Any, target: Any) -> tuple[list[Any], list[Any]]:
    """The rows of predictions, and for each the number of its class or the row of its probabilities."""
    rows, shape = _nested(prediction, "the prediction")
    aims, target_shape = _nested(target, "the target")
    if len(shape) == 0 or shape[-1] < 2:
        raise ValueError(f"a cross-entropy needs a row with one number for each class, not shape {shape}; for one output use a binary one")
    if target_shape not in (shape, shape[:-1]):
        raise ValueError(
            f"the prediction has shape {shape}, but the target has shape {target_shape}; "
            f"give labels of shape {shape[:-1]} or probabilities of shape {shape}"
        )
    one_hot = target_shape == shape
    if len(shape) == 1:
        rows, aims = [rows], [aims]
    return rows, [_distribution(aim) if one_hot else class_number(aim, shape[-1]) for aim in aims]


def class_number(label: Any, n: int) -> int:
    """The number of a class, from 0 to n - 1. Raises ValueError for any other label."""
    if not _is_whole(label):
        raise ValueError(f"a label is the number of a class, from 0 to {n - 1}, not {label!r}")
    if not 0 <= label < n:
        raise ValueError(f"the label {float(label):g} is outside the classes, which are numbered from 0 to {n - 1}")
    return int(label)


def _is_whole(label: Any) -> bool:
    return isinstance(label, Real) and not isinstance(label, bool) and float(label).is_integer()


def _distribution(row: list[Any]) -> list[Any]:
    plain = [t for t in row if not isinstance(t, Value)]
    if any(not 0 <= t <= 1 for t in plain) or (len(plain) == len(row) and abs(sum(plain) - 1) > 1e-6):
        raise ValueError(f"a row of targets holds probabilities that sum to 1, not {row}; for labels that may hold together use bce")
    return row


# --- by name -----------------------------------------------------------------------------------------------------

LOSSES: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (half_squared_error, mse, mae, huber, hinge, bce, bce_with_logits, cross_entropy, cross_entropy_of_probabilities)
}
PER_EXAMPLE = ("half_squared_error", "cross_entropy", "cross_entropy_of_probabilities")  # whose mean is over examples, not elements
OF_CLASSES = ("cross_entropy", "cross_entropy_of_probabilities")  # whose targets may be the numbers of classes
OF_LOGITS = {"bce_with_logits": "sigmoid", "cross_entropy": "softmax"}  # and the activation that each has inside
OF_PROBABILITIES = {"bce": "bce_with_logits", "cross_entropy_of_probabilities": "cross_entropy"}  # and the form for logits
GIVE_PROBABILITIES = ("sigmoid", "softmax", "heaviside")


def loss_function(given: Any) -> Callable[..., Any]:
    """The loss that is meant by a name or a function. Raises ValueError, with the nearest names, for an unknown name."""
    return given if callable(given) else choose("a loss", given, LOSSES)


def name_of(loss: Callable[..., Any]) -> str:
    """The name of a loss of this file, also with settings (functools.partial); "" for a function of one's own."""
    function = loss.func if isinstance(loss, partial) else loss
    name = getattr(function, "__name__", "")
    return name if LOSSES.get(name) is function else ""


def refuse_mismatch(loss: Callable[..., Any], activations: Sequence[str]) -> None:
    """Raises ValueError when the activation of the outputs and the loss do not belong together.

    `activations` names the activation of the last layer, or is empty where that is not known.
    """
    name = name_of(loss)
    for output in activations:
        if name in OF_LOGITS and output in ("softmax", "sigmoid"):
            other = "bce" if name == "bce_with_logits" else "cross_entropy_of_probabilities"
            raise ValueError(
                f"{name} takes logits and applies {OF_LOGITS[name]} itself, but the output already has a {output}; "
                f'use output="linear", or the loss "{other}"'
            )
        if name in OF_PROBABILITIES and output not in GIVE_PROBABILITIES:
            head = "sigmoid" if name == "bce" else "softmax"
            raise ValueError(
                f'{name} takes probabilities, but the output is {output}; use output="{head}", or the loss "{OF_PROBABILITIES[name]}"'
            )


def accuracy(loss: Callable[..., Any], prediction: Any, target: Any) -> float | None:
    """The share of examples (or of labels, where several may hold) that are decided right; None for a loss of numbers.

    Class 1 is decided when its probability is greater than ½, its logit or score greater than 0 (lecture row D2-05).

    >>> import numpy
    >>> accuracy(bce, numpy.array([0.9, 0.5]), numpy.array([1, 1]))
    0.5
    """
    name = name_of(loss)
    if name in OF_CLASSES:
        truth = target if target.ndim < prediction.ndim else target.argmax(axis=-1)
        return float((prediction.argmax(axis=-1) == truth).mean())
    thresholds = {"bce": 0.5, "bce_with_logits": 0.0, "hinge": 0.0}
    if name not in thresholds:
        return None
    return float(((prediction > thresholds[name]) == (target > (0.0 if name == "hinge" else 0.5))).mean())
