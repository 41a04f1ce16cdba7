"""`Neuron`: the weighted sum of its inputs, one dot node; its bias, an addition of its own; and an activation."""

from typing import Any

from autograd import Value, scope
from autograd.engine.ieee import number
from autograd.engine.operations import TABLE
from autograd.engine.specialised import code_of

from .activations import LIKE_RELU, Activation, activation
from .arguments import as_values, count, generator
from .init import draw
from .module import Module

weighted_sum = code_of(TABLE["dot"])  # takes a tuple of weights and one of inputs, as long, all Values; `autograd.dot` would look again


def default_init(chosen: Activation) -> str:
    """The initializer that suits an activation: He's for relu and its kin, else Glorot's."""
    return "he_normal" if chosen.name in LIKE_RELU else "glorot_normal"


class Neuron(Module):
    """One neuron: activation(w1·x1 + … + wn·xn + b).

    `n_in` is the number of inputs, `activation` a name or a function of one Value, `init` an initializer (by default
    the one that suits the activation; the bias starts at 0), `rng` a seed or a NumPy generator. `weights` (also `w`) is
    the weights as a tuple, `bias` (also `b`) the bias. Called with a list of numbers or Values it gives a Value.

    >>> neuron = Neuron(2, activation="sigmoid").set(weights=[2, -3], bias=1)
    >>> neuron([1, 1])
    Value(data=0.5, grad=0.0)
    """

    def __init__(self, n_in: int, activation: Any = "linear", init: Any = None, rng: Any = None):
        n_in, chosen = count("n_in", n_in), _elementwise(activation)
        self.rng = generator(rng)
        drawn = draw(init, default_init(chosen), (1, n_in), self.rng)[0]
        self._build(drawn.tolist(), chosen)

    def _build(self, weights: list[float], chosen: Activation) -> None:
        self.n_in, self.n_out, self.activation = len(weights), 1, chosen
        self.weights = tuple([Value(weight) for weight in weights])
        self.bias = Value(0.0)
        self.title, self.scope = "the neuron", scope("neuron")  # a layer gives it others
        self.name_parameters("", ("neuron",))

    @classmethod
    def of(cls, weights: list[float], chosen: Activation) -> "Neuron":
        """A neuron with the given weights, as a layer makes it."""
        neuron = cls.__new__(cls)
        neuron._build(weights, chosen)
        return neuron

    def name_parameters(self, place: str, path: tuple[str, ...]) -> None:
        """Labels the weights w1, w2, … and the bias b, with the place of the neuron before the last number: w2_1, b2."""
        for k, weight in enumerate(self.weights, 1):
            weight.label = f"w{place}_{k}" if place else f"w{k}"
        self.bias.label = f"b{place}"
        for parameter in (*self.weights, self.bias):
            parameter.scope = path

    @property
    def w(self) -> tuple[Value, ...]:
        """The weights."""
        return self.weights

    @property
    def b(self) -> Value:
        """The bias."""
        return self.bias

    def set(self, weights: Any = None, bias: Any = None) -> "Neuron":
        """Sets the numbers of the weights, of the bias, or of both; gives the neuron. Nothing changes if one is refused."""
        numbers = [w.data for w in self.weights] if weights is None else [number(weight, "a weight") for weight in weights]
        if len(numbers) != self.n_in:
            raise ValueError(f"{self.title} has {self.n_in} weights, not {len(numbers)}")
        numbers.append(self.bias.data if bias is None else number(bias, "a bias"))
        for parameter, data in zip(self.parameters(), numbers, strict=True):
            parameter.data = data
        return self

    def pre_activation(self, inputs: tuple[Value, ...]) -> Value:
        """The weighted sum plus the bias, of Values that have been counted: a dot node and an addition."""
        return weighted_sum(self.weights, inputs) + self.bias

    def __call__(self, x: Any) -> Value:
        inputs = as_values(x, self.n_in, self.title)
        with self.scope:
            return self.activation.of_value(self.pre_activation(inputs))

    def __repr__(self) -> str:
        return f'{type(self).__name__}({self.n_in}, "{self.activation.name}")'


def _elementwise(given: Any) -> Activation:
    chosen = activation(given)
    if chosen.of_layer:
        raise ValueError(
            "softmax needs the pre-activations of a whole layer; give it to a Layer or as the output of an MLP, not to a Neuron"
        )
    return chosen


class LogisticRegression(Neuron):
    """Logistic regression, which is a network of one layer with one neuron: σ(w·x + b).

    The weights start at 0 (the loss is convex, so nothing is gained by chance), and `fit` uses "bce" unless told otherwise.

    >>> model = LogisticRegression(2)
    >>> model([3, 4]).data
    0.5
    """

    default_loss = "bce"

    def __init__(self, n_in: int, init: Any = "zeros", rng: Any = None):
        super().__init__(n_in, "sigmoid", init, rng)

    def __repr__(self) -> str:
        return f"LogisticRegression({self.n_in})"
