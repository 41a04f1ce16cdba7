"""What depth and initialisation do to signals on their way forward, to gradients on their way back, and to a training.

The passes are those of `nn.formulas`, the weights come from `nn.init`, the trainings are those of `fit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy

from .. import data
from ..activations import activation as activation_of
from ..arguments import count, generator, several
from ..formulas import Dense, backward, backward_pass, dense_layers, forward_pass
from ..init import initializer
from ..network import MLP
from ..neuron import default_init
from .results import Result

# --- gradients -------------------------------------------------------------------------------------------------------


def gradient_norms(model: Any, X: Any, y: Any, loss: Any = None) -> Any:
    """‖∂L/∂W⁽ˡ⁾‖ (Frobenius) for each layer l, an array of shape (layers,); the gradients of the model are not touched.

    >>> model = MLP(1, [1, 1], "linear", init="constant")
    >>> gradient_norms(model, [[1.0]], [2.0]).tolist()
    [0.0, 0.0]
    """
    found = backward(model, X, y, loss=loss)
    return numpy.array([numpy.linalg.norm(found[f"dW{k}"]) for k in range(1, len(dense_layers(model)) + 1)])


@dataclass(frozen=True, repr=False)
class Vanishing(Result):
    """Gradients of nets of several depths."""

    depths: Any  # layers of weights, of shape (depths,)
    ratios: Any  # ‖∂L/∂W⁽¹⁾‖ ÷ ‖∂L/∂W⁽ᴸ⁾‖, of shape (depths,)
    norms: tuple[Any, ...]  # ‖∂L/∂W⁽ˡ⁾‖ for l = 1 … L, one array for each depth


def vanishing(
    activation: Any = "sigmoid",
    init: Any = None,
    depths: Sequence[int] = (2, 5, 10, 20, 30),
    width: int = 32,
    examples: int = 20,
    rng: Any = None,
) -> Vanishing:
    """How much of the gradient is left in the first layer of an untrained net, against its last, for each depth.

    Each sigmoid lets at most ¼ through (Bengio, Simard and Frasconi, IEEE Trans. Neural Networks 5, 1994; Glorot and
    Bengio, AISTATS 2010). Inputs (of shape (examples, 8)) and targets are N(0, 1), the loss is "mse", the output linear.
    `init` is an initializer; by default the one that suits the activation.

    >>> ratios = vanishing("sigmoid", depths=(2, 10), rng=0).ratios
    >>> bool(ratios[0] > 0.01), bool(ratios[1] < 1e-4)
    (True, True)
    """
    rng, norms = generator(rng), []
    for depth in [count("a depth", depth) for depth in several("depths", depths)]:
        model = MLP(8, [*[width] * (depth - 1), 1], activation, init=init, rng=rng)
        norms.append(gradient_norms(model, rng.normal(size=(count("examples", examples), 8)), rng.normal(size=examples)))
    return Vanishing(numpy.array([*depths]), numpy.array([norm[0] / norm[-1] for norm in norms]), tuple(norms))


# --- variances -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Variances(Result):
    """Both halves of the argument of Glorot and Bengio; arrays of shape (layers,), layer by layer from the inputs on."""

    forward: Any  # Var of the pre-activations, for inputs of variance 1
    backward: Any  # Var of the gradients at the inputs of the layer, for gradients of variance 1 at the last output


def variances(widths: Sequence[int], init: Any = None, activation: Any = "linear", examples: int = 400, rng: Any = None) -> Variances:
    """Variance of the pre-activations going forward, and of the gradients going back, through layers of the given widths.

    `widths` is [n_in, n1, …, n_out]. Of a linear layer Var(z) = n_in Var(w) Var(x) forward and n_out Var(w) Var(dz)
    backward (Glorot and Bengio, AISTATS 2010, equations 10 and 11): 1/n_in keeps the one, 1/n_out the other, and
    2/(n_in + n_out) is the mean that serves both. With relu it takes 2/n_in (He et al., arXiv:1502.01852, equation 10).
    `init` is an initializer; by default the one that suits the activation.

    >>> found = variances([400, 100], "lecun_normal", rng=0)
    >>> found.forward.round(1).tolist(), found.backward.round(2).tolist()
    ([1.0], [0.25])
    """
    rng, chosen = generator(rng), activation_of(activation)
    make = initializer(init, default_init(chosen))
    sizes = [count("a width", width) for width in several("widths", widths)]
    layers = [Dense(make((n_out, n_in), rng), numpy.zeros((n_out, 1)), chosen) for n_in, n_out in pairwise(sizes)]
    if not layers:
        raise ValueError("variances takes at least two widths, those of the inputs and of one layer, such as [50, 100]")
    Z, A = forward_pass(layers, rng.normal(size=(sizes[0], count("examples", examples))))
    dA = backward_pass(layers, Z, A, rng.normal(size=A[-1].shape))[0]
    return Variances(numpy.array([z.var() for z in Z]), numpy.array([gradient.var() for gradient in dA[:-1]]))


# --- training deep nets ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class DeepTraining(Result):
    """How far a deep net came."""

    loss: Any  # of shape (epochs,); log 2 = 0.693 is that of a coin
    accuracy: float  # on the examples of the training, from 0 to 1
    first_norms: Any  # ‖∂L/∂W⁽ˡ⁾‖ before the training, of shape (layers,)
    model: Any


def train_deep(
    depth: int = 10,
    activation: Any = "relu",
    init: Any = None,
    *,
    width: int = 8,
    examples: int = 60,
    optimizer: Any = "adam",
    lr: float = 0.01,
    epochs: int = 150,
    rng: Any = None,
) -> DeepTraining:
    """Trains a net of `depth` hidden layers on two moons, all examples in each update, with the loss "bce_with_logits".

    Sigmoids stay at the loss of a coin, relu with He's variance learns, also with 30 layers (He et al.,
    arXiv:1502.01852, section 2.2; before 2010 one or two layers were what people could train). One second for 30 layers.

    >>> train_deep(10, "relu", rng=1, epochs=100).accuracy
    1.0
    """
    rng = generator(rng)
    X, y = data.moons(examples, rng=rng)
    model = MLP(2, [count("width", width)] * count("depth", depth) + [1], activation, init=init, rng=rng)
    norms = gradient_norms(model, X, y, "bce_with_logits")
    history = model.fit(X, y, "bce_with_logits", optimizer, lr, epochs, batch_size=None, progress=False)
    return DeepTraining(numpy.array(history["loss"]), float(model.evaluate(X, y).accuracy or 0.0), norms, model)
