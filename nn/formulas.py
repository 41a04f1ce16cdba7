"""The matrix form of a network: forward, the δ recursion backwards, in NumPy, in each course's notation and layout.

The functions on arrays come first. They take one network, or a stack of networks at once (leading axes), with the
examples in columns; no Value is touched. Then the same for a model: the steps of its vectorised program, as named arrays,
and beside its scalar graph. The correct formulas only: what some slides print instead stands in the tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from autograd import Value, grad
from autograd.explain.notation import Notation
from autograd.quoting import quoted
from autograd.vectorizing.array_steps import ArraySteps
from autograd.vectorizing.program import Program

from . import losses
from .activations import Activation, activation
from .arguments import choose, examples, targets
from .layer import Dropout, Layer
from .matrix_shapes import shapes
from .named_arrays import Matrices, MatrixView, entries_of
from .neuron import Neuron
from .perceptron import Perceptron
from .shape_answers import check_shapes

__all__ = ["Dense", "backward", "backward_pass", "check_shapes", "dense_layers", "forward", "forward_pass", "layer_backward",
           "layer_forward", "loss_gradient", "loss_value", "matrix_view", "shapes"]  # fmt: skip


# --- functions on arrays: examples in columns ------------------------------------------------------------------------


@dataclass(frozen=True)
class Dense:
    """A layer as arrays: W of shape (n_out, n_in), b of shape (n_out, 1), and its activation."""

    W: Any
    b: Any
    activation: Activation

    @classmethod
    def of(cls, W: Any, b: Any, name: Any = "linear") -> "Dense":
        """A layer from arrays and the name of an activation."""
        return cls(numpy.asarray(W, dtype=float), numpy.asarray(b, dtype=float), activation(name))


def layer_forward(layer: Dense, X: Any) -> tuple[Any, Any]:
    """Z = W X + b and Y = g(Z), for X of shape (n_in, examples)."""
    Z = layer.W @ X + layer.b
    return Z, layer.activation.on_array(Z)


def layer_backward(layer: Dense, X: Any, Z: Any, Y: Any, dY: Any) -> tuple[Any, Any, Any, Any]:
    """dZ, dW, db and dX from dY, the gradient at the layer's output: a layer need not know what comes after it.

    dZ = dY ⊙ g′(Z); dW = dZ Xᵀ; db = the sum of dZ over the examples; dX = Wᵀ dZ, which is the dY of the layer before.
    With δ = dZ it is a step of the δ recursion. For a softmax dZ = s ⊙ (dY - Σ s dY), its full Jacobian.
    """
    with numpy.errstate(all="ignore"):  # infinity times 0 is nan, as everywhere
        dZ = Y * (dY - (Y * dY).sum(axis=-2, keepdims=True)) if layer.activation.of_layer else dY * layer.activation.derivative(Z)
        return dZ, dZ @ numpy.swapaxes(X, -1, -2), dZ.sum(axis=-1, keepdims=True), numpy.swapaxes(layer.W, -1, -2) @ dZ


def forward_pass(layers: Sequence[Dense], X: Any) -> tuple[list[Any], list[Any]]:
    """The pre-activations Z of every layer, and the activations A, which begin with A[0] = X.

    >>> Z, A = forward_pass([Dense.of([[1, 2]], [[3]], "relu")], numpy.array([[1.0, -5.0], [0.0, 1.0]]))
    >>> Z[0].tolist(), A[1].tolist()
    ([[4.0, 0.0]], [[4.0, 0.0]])
    """
    Z, A = [], [X]
    for layer in layers:
        z, a = layer_forward(layer, A[-1])
        Z.append(z)
        A.append(a)
    return Z, A


def backward_pass(
    layers: Sequence[Dense], Z: Sequence[Any], A: Sequence[Any], dY: Any
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """dA, dZ, dW and db of every layer from the gradient dY at the last output, from back to front; dA begins with dX.

    The δ recursion: δ⁽ˡ⁾ = (W⁽ˡ⁺¹⁾ᵀ δ⁽ˡ⁺¹⁾) ⊙ h′(a⁽ˡ⁾), and the biases of all layers, also of the
    last one, which textbooks sometimes leave out.
    """
    dA: list[Any] = [dY]
    dZ: list[Any] = []
    dW: list[Any] = []
    db: list[Any] = []
    for layer, z, x, y in zip(reversed(layers), reversed(Z), reversed(A[:-1]), reversed(A[1:]), strict=True):
        dz, dw, d_bias, dx = layer_backward(layer, x, z, y, dA[0])
        for found, array in ((dA, dx), (dZ, dz), (dW, dw), (db, d_bias)):
            found.insert(0, array)
    return dA, dZ, dW, db


# --- losses on arrays ------------------------------------------------------------------------------------------------


def loss_value(name: str, P: Any, T: Any, reduction: str = "mean") -> Any:
    """The loss of predictions P and targets T, both of shape (outputs, examples); targets of classes are one-hot columns.

    >>> float(loss_value("mse", numpy.array([[1.0, 3.0]]), numpy.array([[0.0, 1.0]])))
    2.5
    """
    return choose("a loss", name, losses.LOSSES).on_arrays(P, T, reduction)


def loss_gradient(name: str, P: Any, T: Any, reduction: str = "mean") -> Any:
    """∂loss/∂P, of the shape of P: where the backward pass begins.

    >>> loss_gradient("half_squared_error", numpy.array([[1.0, 3.0]]), numpy.array([[0.0, 1.0]])).tolist()
    [[0.5, 1.0]]
    """
    return choose("a loss", name, losses.LOSSES).slope_on_arrays(P, T, reduction)


# --- the same for a model ----------------------------------------------------------------------------------------------


def _parts(model: Any) -> list[Any]:
    """The layers of a model that is a chain of layers. Raises TypeError for any other, ValueError while dropout is on."""
    parts = []
    for part in getattr(model, "layers", [model]):
        if isinstance(part, Dropout):
            if part.training and part.keep < 1:
                raise ValueError("the matrix form has no dropout; call model.eval() first")
        elif isinstance(part, (Layer, Neuron)) and not isinstance(part, Perceptron):
            parts.append(part)
        else:
            raise TypeError(f"there is a matrix form for chains of layers, such as an MLP, but not for {quoted(part)}")
    return parts


def dense_layers(model: Any) -> list[Dense]:
    """The weights and biases of a model as arrays, layer by layer.

    >>> from nn import MLP
    >>> [layer.W.shape for layer in dense_layers(MLP(2, [3, 1], rng=0))]
    [(3, 2), (1, 3)]
    """
    found = []
    for part in _parts(model):
        neurons = part.neurons if isinstance(part, Layer) else [part]
        W = numpy.array([[float(w) for w in neuron.weights] for neuron in neurons])
        found.append(Dense(W, numpy.array([[float(neuron.bias)] for neuron in neurons]), part.activation))
    return found


def forward(model: Any, X: Any, notation: Any = "delta") -> Matrices:
    """The forward pass of a model for X of shape (examples, features): input, and weights, bias, Z and A of each layer.

    The arrays are in the layout of the notation. Raises TypeError for a model that is no chain of layers.

    >>> from nn import MLP
    >>> forward(MLP(2, [3, 1], rng=0), [[1.0, 2.0]], notation="ng").shapes["A^[1]"]
    (3, 1)
    """
    notation, parts = Notation.of(notation), _parts(model)
    X = _inputs(model, X)
    program = _program(parts, losses.half_squared_error, "sum")  # any loss: only what comes before it is shown
    steps = program.steps(numpy.hstack([X, numpy.zeros((len(X), parts[-1].n_out))]), notation)
    return Matrices([entry for entry in entries_of(steps, steps) if entry.is_before_the_loss], notation, steps.functions)


def backward(model: Any, X: Any, Y: Any, *, loss: Any = None, reduction: str = "mean", notation: Any = "delta") -> Matrices:
    """Forward and backward pass of a model: the arrays of `forward`, the loss, and the gradients of everything.

    `loss` is a name of `losses` (None: that of the last fit, else the model's own). Y holds one entry or one row for each
    example, as for `fit`. In a notation with a scaled error signal dZ and dA are n times the gradient, and 1/n stands in
    the formulas of dW and db. Raises ValueError for what does not fit together.

    >>> neuron = Neuron(1).set(weights=[2], bias=0)
    >>> found = backward(neuron, [[3.0], [1.0]], [5.0, 2.0], loss="mse")
    >>> found["loss"].tolist(), found["dW1"].tolist()
    ([[0.5]], [[3.0]])
    """
    steps, whole, *_ = _both_passes(model, X, Y, loss, reduction, notation)
    return Matrices(entries_of(steps, whole), steps.notation, steps.functions)


def matrix_view(model: Any, X: Any, Y: Any, *, loss: Any = None, reduction: str = "mean", notation: Any = "delta") -> MatrixView:
    """The matrices of `backward`, set beside the scalar graph of the same loss; no gradient of the model is touched.

    They are the numbers of `steps`, the records of both passes, an array a step (`autograd.vectorizing.array_steps`).

    >>> from nn import MLP
    >>> view = matrix_view(MLP(2, [3, 1], activation="tanh", rng=0), [[1.0, 2.0], [0.5, -1.0]], [1.0, 0.0], loss="mse")
    >>> view.maxdiff() < 1e-12
    True
    >>> view.explain("db2")
    ∂L/∂w₀⁽²⁾ ≈ -0.418282 is the gradient of the leaf b2_1: the sum over 2 examples of δ⁽²⁾, -0.810297 + 0.392015
    >>> view.steps["delta1"]
    <backward: δ⁽¹⁾ = ∂L/∂z⁽¹⁾ ⊙ h′(a⁽¹⁾), 3 × 2>
    """
    steps, whole, X, target, chosen = _both_passes(model, X, Y, loss, reduction, notation)
    return _beside(Matrices(entries_of(steps, whole), steps.notation, steps.functions), steps, _parts(model), X, target, chosen, reduction)


def _inputs(model: Any, X: Any) -> Any:
    X = examples(X)
    if X.dtype == object:
        X = X.astype(float)
    n_in = _parts(model)[0].n_in
    if X.shape[1] != n_in:
        raise ValueError(f"X has shape {X.shape}, but {_parts(model)[0].title} takes {n_in} features")
    return X


def _targets(Y: Any, n: int, n_out: int, loss: losses.Loss) -> Any:
    """The targets as an array of shape (examples, outputs), classes one-hot."""
    Y = targets(Y, n, "Y")
    rows = loss.rows_of_targets(Y, n_out)
    if rows.shape != (n, n_out):
        raise ValueError(f"Y has shape {Y.shape}, but the outputs of the model have shape {(n, n_out)}")
    return rows


def _both_passes(
    model: Any, X: Any, Y: Any, loss: Any, reduction: str, notation: Any
) -> tuple[ArraySteps, ArraySteps, Any, Any, losses.Loss]:
    """The steps of both passes; the same with the gradient at every activation; the inputs, the targets, and the loss."""
    chosen = losses.loss_for(model, loss)
    if not isinstance(chosen, losses.Loss):
        listed = ", ".join(losses.LOSSES)
        raise ValueError(f"there is a matrix form for the losses {listed}, with their usual settings, but not for this one")
    notation, parts = Notation.of(notation), _parts(model)
    losses.refuse_mismatch(chosen, [parts[-1].activation.name] if parts[-1].activation.known else [])
    X = _inputs(model, X)
    T = _targets(Y, len(X), parts[-1].n_out, chosen)
    program = _program(parts, chosen, reduction)
    with_targets = numpy.hstack([X, T])
    steps, whole = (program._steps(with_targets, notation, reduction, is_whole) for is_whole in (False, True))
    return steps, whole, X, T, chosen


def _program(parts: list[Any], loss: losses.Loss, reduction: str) -> Program:
    """The loss of one example of a chain of layers, vectorised; its inputs are the features, then the targets."""
    x = [Value(0.5, f"x{k}", constant=True) for k in range(1, parts[0].n_in + 1)]
    t = [Value(1.0, f"t{k}", constant=True) for k in range(1, parts[-1].n_out + 1)]
    signals, layers = tuple(x), []
    for part in parts:
        _, signals = _through(part, signals)
        layers.append(signals)
    parameters = [p for part in parts for p in part.parameters()]
    return Program([loss([list(signals)], [t], reduction=reduction)], [*x, *t], parameters, numpy.float64, False, layers)


def _through(part: Any, x: tuple[Value, ...]) -> tuple[list[Value], tuple[Value, ...]]:
    """The pre-activations and the activations of a layer, for one example."""
    before = part.pre_activations(x) if isinstance(part, Layer) else [part.pre_activation(x)]
    of_value = part.activation.of_value
    return before, tuple(of_value(before)) if part.activation.of_layer else tuple([of_value(a) for a in before])


# --- the scalar graph beside it ------------------------------------------------------------------------------------------


def _beside(matrices: Matrices, steps: ArraySteps, parts: list[Any], X: Any, T: Any, chosen: losses.Loss, reduction: str) -> MatrixView:
    """The same numbers from a graph of Values, built example by example, with the nodes that they stand at."""
    nodes = _parameter_nodes(parts)
    inputs = [tuple([Value(v, f"x{k}", constant=True) for k, v in enumerate(row, 1)]) for row in X.tolist()]
    nodes["X"] = _columns(inputs)
    signals: list[Any] = inputs
    for k, part in enumerate(parts, 1):
        passed = [_through(part, x) for x in signals]
        signals = [after for _, after in passed]
        nodes[f"Z{k}"], nodes[f"A{k}"] = _columns([before for before, _ in passed]), _columns(signals)
    loss = chosen([list(row) for row in signals], T.tolist(), reduction=reduction)
    nodes["loss"] = numpy.array([[loss]], dtype=object)
    for key in [key for key in nodes if key != "loss"]:
        nodes[f"d{key}"] = nodes[key]
    laid_out = {
        key: array if matrices.notation.examples == "columns" or key.strip("d")[:1] == "W" else array.T for key, array in nodes.items()
    }
    scalars = {}
    for key, entry in matrices.entries.items():
        flat = list(laid_out[key].flat)
        numbers = grad(loss, flat) if key.startswith("d") else [node.data for node in flat]
        scalars[key] = numpy.array([float(v) for v in numbers]).reshape(laid_out[key].shape) * entry.scale
    return MatrixView(list(matrices.entries.values()), matrices.notation, scalars, laid_out, loss, steps)


def _parameter_nodes(parts: list[Any]) -> dict[str, Any]:
    nodes: dict[str, Any] = {}
    for k, part in enumerate(parts, 1):
        neurons = part.neurons if isinstance(part, Layer) else [part]
        nodes[f"W{k}"] = _columns(list(zip(*(neuron.weights for neuron in neurons), strict=True)))
        nodes[f"b{k}"] = _columns([tuple([neuron.bias for neuron in neurons])])
    return nodes


def _columns(rows: list[Any]) -> Any:
    """An array of nodes whose columns are the given rows."""
    found = numpy.empty((len(rows[0]), len(rows)), dtype=object)
    for j, row in enumerate(rows):
        for i, node in enumerate(row):
            found[i, j] = node
    return found
