"""`Sequential` and `MLP`: layers one after the other, the outputs of one being the inputs of the next."""

from collections.abc import Sequence
from typing import Any

from autograd.quoting import quoted

from .activations import activation as function_of
from .arguments import count, generator
from .layer import Dropout, Layer
from .module import Module


class Sequential(Module):
    """Modules one after the other: Sequential([Layer(3, 4, "sigmoid"), Layer(4, 2)]).

    The layers are numbered from 1 and their parameters labelled accordingly: w1_2_3 goes to neuron 2 of layer 1 from
    input 3, b1_2 is that neuron's bias (w_ij^(l), to i from j). `rng` (a seed or generator) is
    used by `fit` and by those Dropout modules that have none of their own. Called with one example it gives the list of
    outputs, or the Value itself where there is one output. Raises ValueError when two layers do not fit.

    >>> model = Sequential([Layer(3, 4, "sigmoid"), Layer(4, 2)])
    >>> len(model.parameters()), len(model([1.0, 2.0, 3.0]))
    (26, 2)
    """

    def __init__(self, layers: Sequence[Module], *more: Module, rng: Any = None):
        chain = [layers, *more] if isinstance(layers, Module) else [*layers, *more]
        if not chain:
            raise ValueError("a Sequential needs at least one layer")
        for module in chain:
            if not isinstance(module, Module):
                raise TypeError(f"a Sequential is made of modules such as Layer(3, 4), not of {quoted(module)}")
        self.layers: list[Any] = chain
        self.rng = generator(rng)
        self._number()

    def _number(self) -> None:
        """Numbers the layers, checks that they fit, and lends the generator to dropout."""
        layers = [module for module in self.modules() if isinstance(module, Layer)]
        before = None  # the layer whose outputs come next, as far as that is known
        for module in self.layers:
            if isinstance(module, Layer) and before is not None and before.n_out != module.n_in:
                k = layers.index(module)
                raise ValueError(f"layer {k} gives {before.n_out} outputs, but layer {k + 1} takes {module.n_in}")
            if not isinstance(module, Dropout):
                before = module if isinstance(module, Layer) else None
        for k, layer in enumerate(layers, 1):
            layer.place(k)
        for module in self.modules():
            if isinstance(module, Dropout) and module.rng is None:
                module.rng = self.rng

    def __call__(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x[0] if isinstance(x, list) and len(x) == 1 else x

    def __repr__(self) -> str:
        return f"Sequential([{', '.join(map(repr, self.layers))}])"


class MLP(Sequential):
    """A multilayer perceptron: MLP(2, [16, 16, 1]) has 2 inputs, two hidden layers of 16 and one output.

    `activation` is that of the hidden layers, `output` that of the last one, each a name or a function of one Value.
    `init` is an initializer for all layers (by default each layer's suits its activation; biases start at 0). `rng` is
    a seed or a NumPy generator: the same seed gives the same weights. `widths` is [n_in, n1, …, n_out].

    >>> model = MLP(2, [16, 16, 1], rng=0)
    >>> len(model.parameters()), model.widths, len(model.layers)
    (337, [2, 16, 16, 1], 3)
    >>> model([1.0, -1.0]).op
    'add'
    """

    def __init__(
        self, n_in: int, widths: Sequence[int], activation: Any = "relu", output: Any = "linear", init: Any = None, rng: Any = None
    ):
        if isinstance(widths, (int, str)) or len(widths) == 0:
            raise ValueError(f"MLP takes the widths of its layers as a list, such as MLP(2, [16, 16, 1]), not {quoted(widths)}")
        self.widths = [count("n_in", n_in), *(count("a width", width) for width in widths)]
        self.rng = generator(rng)
        last = len(widths) - 1
        hidden = function_of(activation)  # also of a network that has no hidden layer: a wrong name is wrong there, too
        self.layers = [Layer(self.widths[k], self.widths[k + 1], output if k == last else hidden, init, self.rng) for k in range(last + 1)]
        self._number()

    def __repr__(self) -> str:
        hidden, output = (self.layers[0].activation.name if len(self.layers) > 1 else "relu"), self.layers[-1].activation.name
        shown = (f', activation="{hidden}"' if hidden != "relu" else "") + (f', output="{output}"' if output != "linear" else "")
        return f"MLP({self.widths[0]}, {self.widths[1:]}{shown})"
