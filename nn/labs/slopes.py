"""The loss of a model and its gradient at any parameters and for any of the examples, which the labs walk along.

It is the program of the vectorised engine, so a lab measures what `fit` does.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy

from autograd.quoting import quoted

from ..arguments import count, examples, generator, trainable
from ..formulas import dense_layers, forward_pass
from ..losses import loss_for
from ..optim import SGD, optimizer_for
from ..training import prepared
from ..vectorized_engine import VectorizedEngine

Slope = Callable[..., tuple[float, Any]]


def slope_of(model: Any, X: Any, y: Any, loss: Any = None) -> tuple[Slope, int]:
    """A function (parameters, rows=all) → (mean loss, its gradient of shape (parameters,)), and the number of examples.

    Raises ValueError when the model, the loss and the data do not fit together or cannot be vectorised.
    """
    trainable(model)
    X, y, function = prepared(model, X, y, loss, "mean")
    engine = VectorizedEngine(model, function, loss_for(model, loss), "mean", None, SGD(model.parameters()), X, y)
    encoded = engine.encoded(X, y)

    def slope(parameters: Any, rows: Any = None) -> tuple[float, Any]:
        loss, gradient = engine.loss.value_and_grad(parameters, encoded if rows is None else encoded[rows])
        return float(loss), gradient.copy()

    return slope, len(X)


def parameters_of(model: Any) -> Any:
    """The numbers of the parameters in one vector, of shape (parameters,)."""
    return numpy.array([float(parameter) for parameter in trainable(model).parameters()])


def descent_path(
    model: Any,
    X: Any,
    y: Any,
    *,
    loss: Any = None,
    optimizer: Any = "sgd",
    lr: Any = None,
    updates: int = 100,
    batch_size: int | None = None,
    rng: Any = None,
) -> Any:
    """The parameters before, between and after updates, an array of shape (updates + 1, parameters). The model stays as it is.

    `batch_size` examples are drawn anew for each update, with replacement, so the gradient of the batch is an unbiased
    and independent estimate of that of all examples (Robbins and Monro, Ann. Math. Stat. 22, 1951); None takes all
    examples, plain gradient descent. `optimizer` and `lr` are those of `fit`. Raises ValueError as `fit` does.

    >>> from nn import Neuron
    >>> path = descent_path(Neuron(1).set([0.0], 0.0), [[1.0], [-1.0]], [2.0, -2.0], lr=0.25, updates=2)
    >>> path.tolist()
    [[0.0, 0.0], [1.0, 0.0], [1.5, 0.0]]
    """
    model, rng = deepcopy(model), generator(rng)
    count("updates", updates)
    slope, n = slope_of(model, X, y, loss)
    leaves = model.parameters()
    chosen = optimizer_for(optimizer, leaves, lr)
    size = None if batch_size is None else count("batch_size", batch_size)
    path = [parameters_of(model)]
    for _ in range(updates):
        rows = None if size is None else rng.integers(n, size=size)
        for leaf, g in zip(leaves, slope(path[-1], rows)[1].tolist(), strict=True):
            leaf.grad = g
        chosen.step()
        path.append(parameters_of(model))
    return numpy.array(path)


def hidden(model: Any, X: Any, layer: int = 1) -> Any:
    """The outputs of a layer for X of shape (examples, features): an array of shape (examples, units). Layers count from 1.

    >>> from nn import MLP
    >>> model = MLP(1, [2, 1])
    >>> first = model.layers[0].set(weights=[[1.0], [-1.0]], biases=[0.0, 0.5])
    >>> hidden(model, [[2.0], [-1.0]]).tolist()
    [[2.0, 0.0], [0.0, 1.5]]
    """
    layers = dense_layers(model)
    if not 1 <= count("layer", layer) <= len(layers):
        raise ValueError(f"the model has the layers 1 to {len(layers)}, and no layer {quoted(layer)}")
    return forward_pass(layers, inputs_of(layers, X).T)[1][layer].T


def inputs_of(layers: Any, X: Any) -> Any:
    """X of shape (examples, features) as floats. Raises ValueError where the first of the layers takes another number of features."""
    rows = examples(X).astype(float)
    if rows.shape[1] != layers[0].W.shape[1]:
        raise ValueError(f"X has shape {rows.shape}, but the first layer takes {layers[0].W.shape[1]} features")
    return rows
