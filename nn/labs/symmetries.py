"""Symmetries of hidden units: what equal weights keep equal for ever, and the many equal minima of every loss."""

from copy import deepcopy
from dataclasses import dataclass
from itertools import permutations, product
from math import factorial
from typing import Any

import numpy

from autograd.quoting import quoted

from ..arguments import count
from ..formulas import backward, dense_layers
from .results import Result

ODD = ("tanh", "linear", "sin", "sinh", "tan")  # g(-a) = -g(a): the sign of a unit can be flipped
MOST = 50_000  # equal nets that are tried


@dataclass(frozen=True, repr=False)
class Symmetry(Result):
    """The first layer of a net in a training, before the first epoch and after each."""

    first_gradient: Any  # ∂L/∂W⁽¹⁾ before the training, of shape (units, inputs)
    gradient: Any  # ∂L/∂W⁽¹⁾ after it, of shape (units, inputs)
    weights: Any  # W⁽¹⁾, of shape (epochs + 1, units, inputs)
    outgoing: Any  # W⁽²⁾, of shape (epochs + 1, outputs, units)
    biases: Any  # of the last layer, of shape (epochs + 1, outputs)
    spread: Any  # largest difference between the incoming weights of two units, of shape (epochs + 1,)


def symmetry(model: Any, X: Any, y: Any, *, loss: Any = None, optimizer: Any = "sgd", lr: Any = None, epochs: int = 20) -> Symmetry:
    """Trains a copy of a net with one hidden layer, all examples in each update: do its hidden units become different?

    Units with equal incoming weights and biases and equal outgoing weights get equal gradients and stay equal for ever;
    equal incoming weights alone are not enough (Rumelhart, Hinton and Williams, Nature 323, 1986, on breaking symmetry by
    chance). The arguments are those of `fit`.

    >>> from nn import MLP
    >>> X, y = [[0.5, -1.0], [1.5, 2.0], [-0.3, 0.8]], [1, 0, 1]
    >>> found = symmetry(MLP(2, [2, 1], "sigmoid", "sigmoid", init="zeros"), X, y, loss="bce", lr=0.5)
    >>> found.spread.max().item(), bool(found.weights[-1, 0, 0] != found.weights[-1, 0, 1])  # equal rows, different columns
    (0.0, True)
    """
    model = deepcopy(model)
    count("epochs", epochs)
    if len(dense_layers(model)) != 2:
        raise ValueError(f"symmetry looks at nets with one hidden layer, not at {quoted(model)}")
    before = backward(model, X, y, loss=loss)["dW1"].copy()
    history = model.fit(X, y, loss, optimizer, lr, epochs, batch_size=None, snapshots=epochs + 1, progress=False)
    after = backward(model, X, y, loss=loss)["dW1"].copy()
    layers = []
    for snapshot in history.snapshots:
        snapshot.restore(model)
        layers.append(dense_layers(model))
    W = numpy.array([first.W for first, _ in layers])
    biases = numpy.array([second.b[:, 0] for _, second in layers])
    return Symmetry(before, after, W, numpy.array([second.W for _, second in layers]), biases, numpy.ptp(W, axis=1).max(axis=1))


@dataclass(frozen=True, repr=False)
class EqualLosses(Result):
    """All nets that differ from one only in the order and the signs of the units of a hidden layer."""

    count: int  # M! · 2^M for tanh and its kin, M! for others
    losses: Any  # of shape (count,)
    parameters: Any  # of shape (count, parameters)


def equal_losses(model: Any, X: Any, y: Any, loss: Any = None) -> EqualLosses:
    """The loss of every net that comes from a net with one hidden layer by exchanging hidden units and flipping their signs.

    All are equal, and at different places of the space of weights: that is why the loss of an MLP has several minima
    (Chen, Lu and Hecht-Nielsen, Neural Computation 5, 1993). Raises ValueError when there are more than 50,000.

    >>> from nn import MLP
    >>> found = equal_losses(MLP(1, [3, 1], "tanh", rng=0), [[0.5], [-1.0]], [1.0, 0.0])
    >>> found.count, bool(numpy.ptp(found.losses) < 1e-15), len(numpy.unique(found.parameters, axis=0))
    (48, True, 48)
    """
    layers = dense_layers(model)
    if len(layers) != 2:
        raise ValueError(f"equal_losses looks at nets with one hidden layer, not at {quoted(model)}")
    (first, second), units = layers, len(layers[0].b)
    is_odd = first.activation.name in ODD
    number = factorial(units) * (2**units if is_odd else 1)
    if number > MOST:
        raise ValueError(f"a hidden layer of {units} units has {number} equal nets; try one of fewer units")
    twin, losses, parameters = deepcopy(model), [], []
    for order in permutations(range(units)):
        for signs in product((1.0, -1.0), repeat=units) if is_odd else [(1.0,) * units]:
            flip, chosen = numpy.array(signs), list(order)
            twin.layers[0].set(weights=(flip[:, None] * first.W[chosen]).tolist(), biases=(flip * first.b[chosen, 0]).tolist())
            twin.layers[1].set(weights=(flip * second.W[:, chosen]).tolist())
            losses.append(float(twin.evaluate(X, y, loss)))
            parameters.append([float(p) for p in twin.parameters()])
    return EqualLosses(number, numpy.array(losses), numpy.array(parameters))
