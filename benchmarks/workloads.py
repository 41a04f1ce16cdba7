"""The four columns of P3 and P4: the same networks, weights and points for every side, as plain arrays in one file.

A side may run in an interpreter of its own, even one that cannot import Chalkgrad; so what it needs is written to a file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy

from .graphs import ALPHA, two_moons


@dataclass(frozen=True)
class Workload:
    """One step of stochastic gradient descent on a network of relu layers and a linear output, all points at once.

    `loss` is "hinge" (with `alpha` times the sum of all squared parameters) or "cross_entropy" from logits. `X` has shape
    (points, inputs); `targets` are signs, or rows that are one-hot; `weights[k]` has shape (units, inputs of the layer).
    """

    name: str
    loss: str
    lr: float
    alpha: float
    X: Any
    targets: Any
    weights: tuple[Any, ...]
    biases: tuple[Any, ...]

    @property
    def widths(self) -> list[int]:
        """The number of inputs, of the units of each hidden layer, and of outputs."""
        return [self.X.shape[1], *(len(b) for b in self.biases)]

    @property
    def parameters(self) -> Any:
        """All parameters in one vector: for each neuron its weights, then its bias."""
        layers = zip(self.weights, self.biases, strict=True)
        return numpy.concatenate([numpy.column_stack([W, b]).ravel() for W, b in layers])

    def save(self, path: Path) -> Path:
        """Writes it to a file that `numpy.load` reads without pickles; gives its path."""
        numbered = {f"{letter}{k}": array for letter, row in (("W", self.weights), ("b", self.biases)) for k, array in enumerate(row, 1)}
        numpy.savez(path, name=self.name, loss=self.loss, lr=self.lr, alpha=self.alpha, X=self.X, targets=self.targets, **numbered)
        return path

    @classmethod
    def load(cls, path: Path) -> "Workload":
        """The workload of a file that `save` wrote."""
        with numpy.load(path, allow_pickle=False) as file:
            rows = [tuple(file[name] for name in sorted(file) if name[0] == letter and name[1:].isdigit()) for letter in "Wb"]
            return cls(str(file["name"]), str(file["loss"]), float(file["lr"]), float(file["alpha"]), file["X"], file["targets"], *rows)


def moons(points: int) -> Workload:
    """The workload of micrograd's demo on that many points: MLP(2, [16, 16, 1]), hinge loss and L2."""
    X, sides = two_moons(points)
    widths = (2, 16, 16, 1)
    return Workload(_name(widths, points), "hinge", 0.1, ALPHA, numpy.array(X), numpy.array(sides, float), *_start(widths))


def images(widths: Iterable[int], points: int) -> Workload:
    """A network for images of ten classes, on noise: the numbers do not matter for the time."""
    widths = tuple(widths)
    rng = numpy.random.default_rng(1)
    X, classes = rng.uniform(0, 1, (points, widths[0])), rng.integers(0, widths[-1], points)
    return Workload(_name(widths, points), "cross_entropy", 0.1, 0.0, X, numpy.eye(widths[-1])[classes], *_start(widths))


def columns() -> list[Workload]:
    """The four columns of the table that has to be reached."""
    return [moons(100), moons(1000), images((64, 32, 10), 128), images((784, 128, 10), 128)]


def _name(widths: Iterable[int], points: int) -> str:
    return f"[{','.join(map(str, widths))}] batch {points}"


def _start(widths: Iterable[int]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Weights of He's size, and biases that are not 0, so that no term of a gradient is."""
    rng = numpy.random.default_rng(0)
    pairs = list(pairwise(widths))
    weights = tuple(rng.normal(0, (2 / n_in) ** 0.5, (n_out, n_in)) for n_in, n_out in pairs)
    return weights, tuple(rng.normal(0, 0.1, n_out) for _, n_out in pairs)
