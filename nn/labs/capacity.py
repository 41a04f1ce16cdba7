"""How large a hidden layer should be, and what it learns that serves another problem."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy

from autograd.quoting import quoted

from .. import data
from ..arguments import count, examples, generator, numbers, several, targets, trainable
from ..network import MLP
from ..neuron import LogisticRegression
from .results import Result
from .slopes import hidden

# --- width -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Widths(Result):
    """Nets of several widths on the same data; arrays of shape (widths,)."""

    widths: Any
    parameters: Any
    train: Any  # loss on the examples of the training at its end, without the penalty
    validation: Any  # loss on the others

    @property
    def best(self) -> int:
        """The width with the smallest validation loss."""
        return int(self.widths[self.validation.argmin()])


def width_sweep(
    widths: Sequence[int] = (1, 2, 4, 8, 16, 32),
    regularizer: Any = None,
    *,
    train: Any = None,
    validation: Any = None,
    activation: Any = "tanh",
    epochs: int = 2000,
    lr: float = 0.02,
    rng: Any = None,
) -> Widths:
    """Trains an MLP of one hidden layer for each width M, with Adam, and compares the losses on known and on new examples.

    The training loss falls with M; the validation loss falls, and rises again where the net follows the noise (Bishop, Pattern
    Recognition and Machine Learning, 2006, section 5.5). With a large M and a `regularizer` such as regularizers.L2(0.003)
    there is less to choose. `train` and `validation` are pairs (X, y) with targets that are numbers; by default 20 and 200
    points of a sine with noise of standard deviation 0.3, x scaled to -1 … 1. The loss is "mse", in the square of y's unit.

    >>> found = width_sweep((1, 4), epochs=300, lr=0.05, rng=0)
    >>> found.parameters.tolist(), bool(found.train[1] < found.train[0])
    ([4, 13], True)
    """
    rng = generator(rng)
    X, y = _noisy_sine(20, rng) if train is None else _pair("train", train)
    V, t = _noisy_sine(200, rng) if validation is None else _pair("validation", validation)
    X = examples(X)
    rows = []
    for width in several("widths", widths):
        model = MLP(X.shape[1], [count("a width", width), 1], activation, rng=rng)
        model.fit(X, y, "mse", "adam", lr, epochs, batch_size=None, regularizer=regularizer, progress=False)
        rows.append((len(model.parameters()), float(model.evaluate(X, y)), float(model.evaluate(V, t))))
    parameters, known, new = numpy.array(rows).T
    return Widths(numpy.array([*widths]), parameters.astype(int), known, new)


def _pair(name: str, given: Any) -> tuple[Any, Any]:
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise TypeError(f"{name} is a pair (X, y), not {quoted(given)}")
    return given[0], given[1]


def _noisy_sine(size: int, rng: Any) -> tuple[Any, Any]:
    X, y = data.sine(size, noise=0.3, rng=rng)
    return X / numpy.pi - 1, y


# --- learned features ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Reuse(Result):
    """How well a logistic regression does on another problem, from 0 to 1, by what it gets as inputs."""

    raw: float  # the inputs themselves
    random: float  # the hidden layer of a net as wide with random weights
    learned: float  # the hidden layer of the given net, which was trained on its own problem
    features: Any  # those outputs, of shape (examples, units)


def reuse(model: Any, X: Any, y: Any, layer: int = 1, *, epochs: int = 300, lr: float = 0.05, rng: Any = None) -> Reuse:
    """Takes the hidden layer that a net has learned for one problem as features for another: only a linear unit is trained anew.

    X has shape (examples, features), y holds the classes 0 and 1 of the other problem. The accuracies are those on these
    examples; the raw inputs and a layer of random weights are there for comparison (Yosinski et al., arXiv:1411.1792).

    >>> model = MLP(2, [6, 1], "tanh", "sigmoid", rng=1)
    >>> history = model.fit(*data.circles(80, rng=0), "bce", "adam", 0.05, 200, batch_size=None, progress=False)
    >>> X = numpy.random.default_rng(0).uniform(-1, 1, (100, 2))
    >>> found = reuse(model, X, (X**2).sum(axis=1) < 0.4, rng=0)
    >>> found.raw < 0.75 < found.learned
    True
    """
    rng = generator(rng)
    X = examples(X).astype(float)
    y = targets(numbers("y", y), len(X))
    twin = deepcopy(trainable(model))
    drawn = MLP(X.shape[1], [module.n_out for module in model.layers], model.layers[0].activation, model.layers[-1].activation, rng=rng)
    twin.load_state_dict(drawn.state_dict())
    H = hidden(model, X, layer)
    found = []
    for inputs in (X, hidden(twin, X, layer), H):
        regression = LogisticRegression(inputs.shape[1], rng=rng)
        regression.fit(inputs, y, "bce", "adam", lr, epochs, batch_size=None, progress=False)
        found.append(regression.evaluate(inputs, y).accuracy or 0.0)
    raw, random, learned = found
    return Reuse(raw, random, learned, H)
