"""`Layer`: neurons side by side, all on the same inputs; and `Dropout`, which switches some of them off while training."""

from typing import Any

from autograd import Value, scope

from .activations import activation
from .arguments import as_values, count, generator, real
from .init import draw
from .module import Module
from .neuron import Neuron, default_init


class Layer(Module):
    """Neurons with the same inputs and the same activation: g(W x + b), W of shape (n_out, n_in).

    `activation` is a name or a function of one Value; "softmax" takes the pre-activations of the whole layer together.
    `init` and `rng` are as for a Neuron. `neurons` is the list of neurons. Called with a list of `n_in` numbers or
    Values it gives the list of outputs. Raises ValueError, naming the layer, for a list of another length.

    >>> layer = Layer(2, 3, activation="relu", rng=0)
    >>> [output.op for output in layer([1.0, 2.0])]
    ['relu', 'relu', 'relu']
    """

    def __init__(self, n_in: int, n_out: int, activation: Any = "linear", init: Any = None, rng: Any = None):
        self.n_in, self.n_out = count("n_in", n_in), count("n_out", n_out)
        self.activation = _chosen(activation)
        self.rng = generator(rng)
        drawn = draw(init, default_init(self.activation), (self.n_out, self.n_in), self.rng)
        self.neurons = [Neuron.of(weights, self.activation) for weights in drawn.tolist()]
        self.place(None)

    def place(self, number: int | None) -> None:
        """Says which layer of a network this is (from 1), for the names of its parameters, its scope and its errors."""
        self.title = "the layer" if number is None else f"layer {number}"
        self.scope = scope("layer" if number is None else f"layer {number}")
        before = "" if number is None else f"{number}_"
        for k, neuron in enumerate(self.neurons, 1):
            neuron.title, neuron.scope = f"neuron {k} of {self.title}", scope(f"neuron {k}")
            neuron.name_parameters(f"{before}{k}", (self.scope.title, neuron.scope.title))

    def set(self, weights: Any = None, biases: Any = None) -> "Layer":
        """Sets the numbers of the weights (a row for each neuron), of the biases, or of both; gives the layer.

        Nothing changes if one is refused.

        >>> layer = Layer(2, 2).set(weights=[[0.15, 0.2], [0.25, 0.3]], biases=[0.35, 0.35])
        >>> [output.data for output in layer([0, 1])]
        [0.55, 0.6499999999999999]
        """
        for given, what in ((weights, "rows of weights"), (biases, "biases")):
            if given is not None and len(given) != self.n_out:
                raise ValueError(f"{self.title} has {self.n_out} neurons and needs as many {what}, not {len(given)}")
        before = self.state_dict()
        try:
            for k, neuron in enumerate(self.neurons):
                neuron.set(None if weights is None else weights[k], None if biases is None else biases[k])
        except (TypeError, ValueError):
            self.load_state_dict(before)
            raise
        return self

    def pre_activations(self, inputs: tuple[Value, ...]) -> list[Value]:
        """W x + b: the pre-activation of each neuron, of Values that have been counted."""
        found = []
        for neuron in self.neurons:
            with neuron.scope:
                found.append(neuron.pre_activation(inputs))
        return found

    def __call__(self, x: Any) -> list[Value]:
        inputs = as_values(x, self.n_in, self.title)
        with self.scope:
            if self.activation.of_layer:
                return self.activation.of_value(self.pre_activations(inputs))
            outputs, activate = [], self.activation.of_value
            for neuron in self.neurons:
                with neuron.scope:
                    outputs.append(activate(neuron.pre_activation(inputs)))
            return outputs

    def __repr__(self) -> str:
        return f'Layer({self.n_in}, {self.n_out}, "{self.activation.name}")'


_chosen = activation  # the argument of that name hides the function in Layer.__init__


class Dropout(Module):
    """Switches each input off with a fixed probability, for each example anew, while training.

    Say how many stay, `keep=0.8` (the lecture's p), or how many go, `drop=0.2` (the rate of Keras and PyTorch): exactly
    one of them. What stays is divided by the probability of staying, so that the expected output is the input and
    nothing needs scaling later (Srivastava et al., JMLR 15, 2014, section 10). After `eval()` the inputs pass unchanged.
    `rng` is a seed or generator; without one, a network that holds the module lends its own.

    >>> dropout = Dropout(keep=0.5, rng=0)
    >>> [v.data for v in dropout([1.0, 1.0, 1.0, 1.0])]
    [0.0, 2.0, 2.0, 2.0]
    >>> [v.data for v in dropout.eval()([1.0, 1.0])]
    [1.0, 1.0]
    """

    def __init__(self, *, keep: float | None = None, drop: float | None = None, rng: Any = None):
        if (keep is None) == (drop is None):
            raise ValueError("say either how many stay, Dropout(keep=0.8), or how many go, Dropout(drop=0.2)")
        if drop is not None:
            keep = 1 - real("drop", drop, 0, 1, below=True)
        self.keep = float(real("keep", keep, 0, 1, above=True))
        self.rng = None if rng is None else generator(rng)

    def mask(self, n: int) -> list[float]:
        """A fresh mask for one example: 1/keep for what stays, 0 for what goes."""
        if self.rng is None:
            self.rng = generator(None)
        return [1 / self.keep if kept else 0.0 for kept in (self.rng.random(n) < self.keep).tolist()]

    def __call__(self, x: Any) -> list[Value]:
        inputs = list(as_values(x, len(x), "dropout"))
        if not self.training or self.keep == 1:
            return inputs
        with scope("dropout"):
            return [v * factor for v, factor in zip(inputs, self.mask(len(inputs)), strict=True)]

    def __repr__(self) -> str:
        return f"Dropout(keep={self.keep:g})"
