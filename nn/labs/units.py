"""What one unit does to its gradient: saturation, death and revival of a ReLU, gradients of one sign.

Activations and their derivatives are those of `nn.activations`, trainings are those of `fit`.
"""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy

from autograd.quoting import quoted

from ..activations import activation as activation_of
from ..arguments import count, generator, numbers, real, several, trainable
from ..formulas import dense_layers, forward_pass
from ..neuron import Neuron
from .results import Result
from .slopes import descent_path, inputs_of

# --- saturation ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Saturation(Result):
    """Units under pre-activations of growing spread; arrays of shape (scales,)."""

    scales: Any  # standard deviation of the pre-activations
    saturated: Any  # share whose slope is less than `limit` times the largest slope, from 0 to 1
    mean_slope: Any  # what a gradient is multiplied by on average
    mean_output: Any  # 0 for an activation that is centred


def saturation(
    activation: Any = "sigmoid", scales: Any = (0.5, 1, 2, 5, 10), limit: float = 0.1, size: int = 10_000, rng: Any = None
) -> Saturation:
    """How much of the gradient an activation lets through when pre-activations are N(0, scale²), for each of `scales`.

    Sigmoid and tanh saturate on both sides (LeCun et al., Efficient BackProp, 1998, section 4.4; Glorot and Bengio,
    AISTATS 2010); relu lets half of the gradients through at any scale and stops the others. `size` pre-activations are
    drawn for each scale. Raises ValueError for an unknown activation and for softmax.

    >>> found = saturation("sigmoid", scales=[0.1, 10], rng=0)
    >>> found.saturated.round(2).tolist(), found.mean_output.round(1).tolist()
    ([0.0, 0.72], [0.5, 0.5])
    """
    chosen, rng = activation_of(activation), generator(rng)
    real("limit", limit, 0, 1, above=True, below=True)
    widths = numpy.array([real("a scale", scale, 0, above=True) for scale in several("scales", scales)], dtype=float)
    a = widths[:, None] * rng.normal(size=(1, count("size", size)))
    slopes = abs(chosen.derivative(a))
    largest = abs(chosen.derivative(numpy.linspace(-10, 10, 2001))).max()
    return Saturation(widths, (slopes < limit * largest).mean(axis=1), slopes.mean(axis=1), chosen.on_array(a).mean(axis=1))


# --- death and revival -------------------------------------------------------------------------------------------------


def dead_units(model: Any, X: Any) -> list[Any]:
    """For each hidden layer, which of its units have the slope 0 for every example: an array of truths of shape (units,).

    Such a unit gets no gradient from any of X of shape (examples, features), whatever the loss: it is dead for them.

    >>> from nn import MLP
    >>> model = MLP(1, [2, 1])
    >>> first = model.layers[0].set(weights=[[1.0], [1.0]], biases=[0.0, -50.0])
    >>> [layer.tolist() for layer in dead_units(model, [[1.0], [2.0]])]
    [[False, True]]
    """
    return [(layer.activation.derivative(Z) == 0).all(axis=1) for layer, Z in _hidden_layers(model, X)]


def _hidden_layers(model: Any, X: Any) -> list[tuple[Any, Any]]:
    """Pairs of a hidden layer and its pre-activations, of shape (units, examples)."""
    layers = dense_layers(model)
    Z, _ = forward_pass(layers, inputs_of(layers, X).T)
    return list(zip(layers[:-1], Z[:-1], strict=True))


@dataclass(frozen=True, repr=False)
class Deaths(Result):
    """A training and its dead units, before the first epoch and after each."""

    dead: Any  # of shape (epochs + 1, hidden units), layer after layer: whether the unit is dead
    loss: Any  # of shape (epochs,)
    model: Any  # the trained copy

    @property
    def count(self) -> Any:
        """How many units are dead, of shape (epochs + 1,)."""
        return self.dead.sum(axis=1)


def deaths(
    model: Any, X: Any, y: Any, *, loss: Any = None, optimizer: Any = "sgd", lr: Any = None, epochs: int = 50, batch_size: int | None = None
) -> Deaths:
    """Trains a copy of the model and watches which hidden units die: a step too large kills a ReLU for ever.

    A gradient of 0 brings no unit back, only a change in an earlier layer could; leaky relu was made for that
    (Maas, Hannun and Ng, Rectifier nonlinearities improve neural network acoustic models, 2013). The arguments are those
    of `fit`.

    >>> from nn import MLP
    >>> found = deaths(MLP(1, [4, 1], rng=0), [[0.5], [1.0], [1.5]], [1.0, 2.0, 3.0], lr=3.0, epochs=5)
    >>> found.count.tolist()[0], found.count.tolist()[-1]
    (1, 4)
    """
    model = deepcopy(trainable(model))
    count("epochs", epochs)
    history = model.fit(X, y, loss, optimizer, lr, epochs, batch_size, snapshots=epochs + 1, progress=False)
    trained, rows = deepcopy(model), []
    for snapshot in history.snapshots:
        snapshot.restore(model)
        rows.append(numpy.concatenate(dead_units(model, X)))
    return Deaths(numpy.array(rows), numpy.array(history["loss"]), trained)


@dataclass(frozen=True, repr=False)
class Revival(Result):
    """The largest pre-activation of each unit of the first layer over the examples, arrays of shape (units,)."""

    before: Any
    after: Any
    loss: Any  # of shape (epochs,)
    model: Any  # the trained copy

    @property
    def revived(self) -> Any:
        """Which units were below 0 for every example, and are not any more."""
        return (self.before < 0) & (self.after > 0)


def revival(
    model: Any,
    X: Any,
    y: Any,
    activation: Any = "leaky_relu",
    *,
    loss: Any = None,
    optimizer: Any = "sgd",
    lr: Any = None,
    epochs: int = 100,
    batch_size: int | None = None,
) -> Revival:
    """Gives the hidden layers of a copy another activation, with the same weights, and trains it on: do dead units come back?

    With leaky relu a unit that is below 0 everywhere still has a gradient, and its pre-activation can become positive
    again; with relu itself nothing moves. The other arguments are those of `fit`.

    >>> from nn import MLP
    >>> model = MLP(1, [1, 1])
    >>> first, last = model.layers[0].set([[1.0]], [-5.0]), model.layers[1].set([[1.0]], [0.0])
    >>> X, y = [[1.0], [2.0], [0.5]], [1.0, 2.0, 0.5]
    >>> revival(model, X, y, lr=0.05, epochs=500, optimizer="adam").revived.tolist()
    [True]
    >>> revival(model, X, y, "relu", lr=0.05, epochs=500, optimizer="adam").revived.tolist()
    [False]
    """
    model = with_activation(model, activation)
    before = _hidden_layers(model, X)[0][1].max(axis=1)
    history = model.fit(X, y, loss, optimizer, lr, epochs, batch_size, progress=False)
    return Revival(before, _hidden_layers(model, X)[0][1].max(axis=1), numpy.array(history["loss"]), model)


def with_activation(model: Any, activation: Any) -> Any:
    """A copy of a chain of layers whose hidden layers have another activation and the same weights."""
    dense_layers(model)  # says what is no chain of layers
    model, chosen = deepcopy(model), activation_of(activation)
    for layer in model.layers[:-1]:
        layer.activation = chosen
        for neuron in layer.neurons:
            neuron.activation = chosen
    return model


# --- gradients of one sign ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class ZigZag(Result):
    """The way of the two weights of a neuron from (0, 0) to its goal."""

    path: Any  # of shape (updates + 1, 2)
    one_sign: float  # share of the updates in which both weights rise or both fall, from 0 to 1
    detour: float  # length of the path ÷ straight distance of its ends, at least 1
    distance: float  # from the end of the path to the goal


def zigzag(
    offset: float = 3.0, goal: tuple[float, float] = (1.0, -1.0), lr: float = 0.02, updates: int = 200, size: int = 50, rng: Any = None
) -> ZigZag:
    """A linear neuron of two inputs x ~ U(-1, 1)² + offset learns t = goal · x, one example an update.

    The gradient of a weight is δ x_i: where all inputs are positive (an offset of more than 1) both weights have
    gradients of one sign, the neuron cannot raise the one and lower the other at once, and goes in zig-zag; with centred
    inputs (offset 0) half of the updates do (LeCun et al., Efficient BackProp, 1998, section 4.3). Lengths are in units of
    the weights.

    >>> zigzag(offset=3.0, rng=0).one_sign, zigzag(offset=0.0, rng=0).one_sign < 0.7
    (1.0, True)
    """
    rng, aim = generator(rng), numbers("goal", goal)
    if aim.shape != (2,) or not numpy.isfinite(aim).all() or not aim.any():
        raise ValueError(f"goal is a pair of finite numbers, not both 0, where the way begins; it is {quoted(goal)}")
    X = rng.uniform(-1, 1, size=(count("size", size), 2)) + real("offset", offset)
    neuron = Neuron(2).set([0.0, 0.0], 0.0)
    path = descent_path(neuron, X, X @ aim, loss="half_squared_error", lr=lr, updates=updates, batch_size=1, rng=rng)[:, :2]
    steps = numpy.diff(path, axis=0)
    moved = (steps != 0).all(axis=1)
    length = numpy.linalg.norm(steps, axis=1).sum()
    return ZigZag(
        path,
        float((numpy.sign(steps[moved, 0]) == numpy.sign(steps[moved, 1])).mean()),
        float(length / numpy.linalg.norm(path[-1] - path[0])),
        float(numpy.linalg.norm(path[-1] - aim)),
    )
