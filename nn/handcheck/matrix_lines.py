"""The lines of a backward pass in numbers: the forward pass of a model as arrays, and the formulas of the table read with them.

It rests on the matrices of `nn.formulas`, which are the records of the vectorised program; the examples stand in columns.
Which line was replaced by which is left to `search`.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from functools import cache
from itertools import combinations
from typing import Any

import numpy

from .. import formulas, losses
from ..activations import activation
from .misconceptions import RIGHT, factors_for

RATES = (1.0, 0.5, 0.1, 0.05, 0.01, 0.001)  # learning rates that are tried where none is given
LINES = ("dA", "dZ", "dW", "db")  # of a layer, in their order
Key = tuple[str, int]  # a gradient: its line, and its layer; ("dA", 0) is the gradient at the input

_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "over_examples": lambda a: a.sum(axis=1, keepdims=True),
    "over_units": lambda a: a.sum(axis=0, keepdims=True),
    "over_all": lambda a: a.sum().reshape(1, 1),
    "last": lambda a: a[:, -1:],
    "first": lambda a: a[:, :1],
    "ones": numpy.ones_like,
}
_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: numpy.add, ast.Sub: numpy.subtract, ast.Mult: numpy.multiply, ast.Div: numpy.divide, ast.MatMult: numpy.matmul}  # fmt: skip


Names = Callable[[str], Any]


@cache
def _reader(text: str) -> Callable[[Names], Any]:
    """A formula of the table as a function of what its names mean."""

    def reader(tree: ast.expr) -> Callable[[Names], Any]:
        if isinstance(tree, ast.BinOp):
            apply, left, right = _BINARY[type(tree.op)], reader(tree.left), reader(tree.right)
            return lambda names: apply(left(names), right(names))
        if isinstance(tree, ast.Attribute):
            whole = reader(tree.value)
            return lambda names: whole(names).T
        if isinstance(tree, ast.Compare):
            left, right = reader(tree.left), reader(tree.comparators[0])
            return lambda names: (left(names) > right(names)).astype(float)
        if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
            function, argument = _FUNCTIONS[tree.func.id], reader(tree.args[0])
            return lambda names: function(argument(names))
        if isinstance(tree, ast.UnaryOp):
            positive = reader(tree.operand)
            return lambda names: -positive(names)
        if isinstance(tree, ast.Name):
            name = tree.id
            return lambda names: names(name)
        number = tree.value  # type: ignore[attr-defined]
        return lambda names: number

    return reader(ast.parse(text, mode="eval").body)


def evaluated(text: str, names: Names) -> Any:
    """The number of a formula of the table. Raises KeyError for a name that means nothing here, ValueError where shapes do not fit.

    It is read within `numpy.errstate(all="ignore")`: infinity times 0 is nan, as everywhere.
    """
    return _reader(text)(names)


@cache
def _split(name: str) -> tuple[str, int]:
    """A name as the array it means, and how many layers later it stands; 99 for one that is no array of a layer."""
    stem, _, which = name.partition("_")
    return stem, {"": 0, "before": -1, "next": 1, "after": 2}.get(which, 99)


class Passes:
    """The numbers of both passes of a model for one batch, and the names that the formulas of the table use.

    `truth` has all gradients by key. `scale` is what the error signals are times the gradient, for a course that divides
    by n in the lines of the parameters; `at_kink` the slope that a function has where it has a kink (None: as in the table).
    """

    def __init__(self, model: Any, X: Any, Y: Any, loss: Any, reduction: str, lr: float | None):
        made = {key: entry.array for key, entry in formulas.backward(model, X, Y, loss=loss, reduction=reduction).entries.items()}
        self.dense = formulas.dense_layers(model)
        self.depth, self.lr = len(self.dense), lr
        chosen = losses.loss_for(model, loss)
        assert isinstance(chosen, losses.Loss)
        self.loss = chosen
        inputs = made["X"]
        self.examples = inputs.shape[1]
        self.W = {k: made[f"W{k}"] for k in range(1, self.depth + 1)}
        self.b = {k: made[f"b{k}"] for k in self.W}
        self.Z = {k: made[f"Z{k}"] for k in self.W}
        self.A = {0: inputs, **{k: made[f"A{k}"] for k in self.W}}
        labels = numpy.asarray(Y) if not hasattr(Y, "to_numpy") else Y.to_numpy()
        self.T = self.loss.rows_of_targets(labels, self.A[self.depth].shape[0]).T
        self.reduction = reduction
        self.divisor = self.loss.divisor(self.T.size, self.examples, reduction)
        self.truth: dict[Key, Any] = {("dA", 0): made["dX"]}
        for k in self.W:
            self.truth.update({(line, k): made[f"{line}{k}"] for line in LINES})
        self.scale: float = 1.0
        self.at_kink: float | None = None
        self._kept: dict[tuple[str, Any], Any] = {}  # what was computed once in this convention

    def taken(self, scale: float = 1.0, at_kink: float | None = None) -> "Passes":
        """The same with another convention for the error signals, or for the slope at a kink."""
        other = copy(self)
        other.scale, other.at_kink, other._kept = scale, at_kink, {}
        if at_kink is not None:
            own: dict[Key, Any] = {}
            with numpy.errstate(all="ignore"):
                for key in self.gradients():
                    own[key] = self.truth[key] if key == ("dA", self.depth) else other.value(other.right(*key), key[1], own)
            other.truth = own
        return other

    def due(self, key: Key) -> Any:
        """A gradient as it should be, in the convention."""
        return self.truth[key] * (self.scale if key[0] in ("dA", "dZ") else 1.0)

    def gradients(self) -> Iterator[Key]:
        """All gradients, in the order of the backward pass."""
        for layer in range(self.depth, 0, -1):
            yield from [(line, layer) for line in LINES]
        yield "dA", 0

    def has_kink(self) -> bool:
        """Whether a pre-activation lies at the kink of its function, where courses differ about the slope."""
        return any(self._kinks(k).any() for k in self.W)

    def _kinks(self, k: int) -> Any:
        operation = self.dense[k - 1].activation.operation
        at = operation is not None and bool(operation.kinks)
        return (numpy.abs(self.Z[k]) < 1e-9) & at

    def magnitudes(self) -> dict[Key, float]:
        """How large the terms are that each gradient is made of, which may cancel."""
        last = self.depth
        with numpy.errstate(all="ignore"):
            sizes = {
                ("dA", last): numpy.abs(self.truth["dA", last]),
                ("dZ", last): (numpy.abs(self._probabilities()) + numpy.abs(self.T)) / self.divisor,
            }
            for k in range(last, 0, -1):
                if k < last:
                    sizes["dZ", k] = sizes["dA", k] * (1 + numpy.abs(self.slope(k)))
                dZ = sizes["dZ", k]
                sizes["dW", k], sizes["db", k] = dZ @ numpy.abs(self.A[k - 1]).T, dZ
                sizes["dA", k - 1] = numpy.abs(self.W[k]).T @ dZ
        return {key: float(numpy.nan_to_num(size, posinf=0.0).max()) * self.scale for key, size in sizes.items()}

    def slope(self, k: int) -> Any:
        """h′(Z) of a layer."""
        if ("slope", k) not in self._kept:
            found = self.dense[k - 1].activation.derivative(self.Z[k])
            self._kept["slope", k] = found if self.at_kink is None else numpy.where(self._kinks(k), self.at_kink, found)
        return self._kept["slope", k]

    def right(self, line: str, layer: int) -> str:
        """The formula that is right for a line of a layer."""
        formula = RIGHT[self.kind(line, layer)]
        return formula if self.scale == 1 or line not in ("dW", "db") else f"1 / scale * ({formula})"

    def kind(self, line: str, layer: int) -> str:
        """The line as the table knows it."""
        if line == "dA" and layer == self.depth:
            return "dY"
        if line == "dZ" and self.dense[layer - 1].activation.of_layer:
            return "dZ softmax"
        return line

    def value(self, formula: str, layer: int, own: Mapping[Key, Any], rate: float | None = None) -> Any:
        """A formula for a layer, given the gradients `own` that were computed before; None where it makes no sense."""
        try:
            found = evaluated(formula, lambda name: self._named(name, layer, own, rate))
        except (KeyError, ValueError):
            return None
        return found if getattr(found, "ndim", 0) == 2 else None

    def values(self, formula: str, layer: int, own: Mapping[Key, Any]) -> list[Any]:
        """The same for each learning rate that may be meant, where the formula has one."""
        rates = (RATES if self.lr is None else (self.lr,)) if "lr *" in formula else (None,)
        return [found for rate in rates if (found := self.value(formula, layer, own, rate)) is not None]

    def factors(self, kind: str) -> list[tuple[tuple[tuple[str, float], ...], float]]:
        """By what a line may be multiplied: one factor or two of different kinds, each with its code, and their product; what would
        change nothing is left out."""
        if ("factors", kind) not in self._kept:
            numbers = [(code, factor) for code, text in factors_for(kind) if (factor := self._factor(text)) not in (None, 1)]
            both = [(two, product) for two in combinations(numbers, 2) if two[0][0] != two[1][0] and (product := two[0][1] * two[1][1])]
            alone = {factor for _, factor in numbers} | {1.0}
            self._kept["factors", kind] = [*(((one,), one[1]) for one in numbers), *(each for each in both if each[1] not in alone)]
        found: list[tuple[tuple[tuple[str, float], ...], float]] = self._kept["factors", kind]
        return found

    def _factor(self, text: str) -> float | None:
        """A number of the table; None for one that makes no sense here."""
        n, outputs = float(self.examples), float(len(self.T))
        is_mean = self.reduction == "mean" and n > 1
        named = {"n": n if is_mean else None, "1/n": 1 / n if is_mean else None, "divisor": float(self.divisor) if is_mean else None,
                 "1/examples": 1 / n if n > 1 and not is_mean else None, "outputs": outputs, "1/outputs": 1 / outputs}  # fmt: skip
        return named[text] if text in named else {"-1": -1.0, "0": 0.0, "2": 2.0, "1/2": 0.5}[text]

    def _named(self, name: str, k: int, own: Mapping[Key, Any], rate: float | None) -> Any:
        stem, later = _split(name)
        at = k + later
        if stem in LINES:
            return own[stem, at]
        if stem in ("W", "Z", "A", "b") and later != 99:
            return getattr(self, stem)[at]
        if stem == "slope" and later != 99:
            if not 1 <= at <= self.depth or self.dense[at - 1].activation.of_layer:
                raise KeyError(name)
            if later and self.dense[at - 1].activation.name == "linear":  # 1 everywhere: nobody takes that for the slope of this layer
                raise KeyError(name)
            return self.slope(at)
        if name in ("lr", "scale"):
            return rate if name == "lr" else self.scale
        if (name, k) not in self._kept:
            self._kept[name, k] = self._of_layer(name, k)
        return self._kept[name, k]

    def _of_layer(self, name: str, k: int) -> Any:
        """The names that mean the same whatever was computed before."""
        function = self.dense[k - 1].activation if k else None
        if name == "X":
            return self.A[0]
        if name in ("slope_at_A", "slope_with_Z"):
            if function is None or function.of_layer or function.operation is None:
                raise KeyError(name)
            return function.derivative(self.A[k]) if name == "slope_at_A" else function.derivative(self.Z[k], y=self.Z[k])
        if name == "gate":
            if function is None or function.operation is None or not function.operation.kinks:
                raise KeyError(name)
            return self.slope(k)
        if k != self.depth:
            raise KeyError(name)
        if name == "T":
            return self.T
        share = self.scale / self.divisor
        if name == "loss_slope":
            return self.loss.slope_on_arrays(self.A[k], self.T, self.reduction) * self.scale
        P = self._probabilities()
        if name in ("P", "share"):
            return P if name == "P" else share
        if self.loss.takes != "logits":
            raise KeyError(name)
        if name == "diagonal_softmax" and self.loss.head == "softmax":
            return -self.T * (1 - P) * share
        if name == "slope_at_probabilities":
            return (-self.T / P if self.loss.head == "softmax" else (P - self.T) / (P * (1 - P))) * share
        raise KeyError(name)

    def _probabilities(self) -> Any:
        A = self.A[self.depth]
        return activation(self.loss.head).on_array(A) if self.loss.takes == "logits" else A
