"""Activations: the functions of `autograd` under the names that models are built with, and their derivatives on arrays.

Everything mathematical comes from the table of operations, so one that is added there can be used here by its name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy

import autograd
from autograd import Value
from autograd.engine.dialects import ARRAYS
from autograd.engine.operations import TABLE, Operation
from autograd.engine.specialised import code_of

from .arguments import choose

ALIASES = {"identity": "linear", "step": "heaviside", "swish": "silu", "logistic": "sigmoid"}
LIKE_RELU = ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus")  # zero or flat on one side: these want He's variance
USUAL = ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "tanh", "sigmoid", "heaviside")


@dataclass(frozen=True)
class Activation:
    """A function that a neuron applies to its pre-activation; softmax is applied to those of a whole layer.

    `of_value` takes a Value and gives a Value (for softmax: a list of them, and a list).
    """

    name: str
    of_value: Callable[[Any], Any]
    operation: Operation | None = None

    @property
    def of_layer(self) -> bool:
        """Whether it needs the pre-activations of the whole layer."""
        return self.name == "softmax"

    def __reduce__(self) -> Any:
        """For pickle and deepcopy: the engine's own by name, whose functions cannot be pickled."""
        return activation, (self.name if self.known else self.of_value,)

    @property
    def known(self) -> bool:
        """Whether it is one of the engine's or linear, not a function of one's own."""
        return self.operation is not None or self.name in ("linear", "softmax")

    def on_array(self, a: Any) -> Any:
        """The activation of an array of pre-activations; softmax runs down the columns, that is, over axis -2.

        >>> activation("relu").on_array(numpy.array([[-1.0, 2.0]]))
        array([[0., 2.]])
        """
        if self.name == "linear":
            return a
        if self.of_layer:
            return numpy.swapaxes(autograd.softmax(numpy.swapaxes(a, -1, -2)), -1, -2)
        if self.operation is None:
            return numpy.vectorize(lambda item: float(self.of_value(Value(float(item)))), otypes=[float])(a)
        return self.operation.on_arrays(a, *self._settings)

    def derivative(self, a: Any, y: Any = None) -> Any:
        """The derivative, element by element, at an array of pre-activations; `y` is the activation, where it is known.

        Raises ValueError for softmax, whose derivative is a matrix for each example.

        >>> activation("sigmoid").derivative(numpy.array([[0.0]]))
        array([[0.25]])
        """
        if self.of_layer:
            raise ValueError("softmax has no derivative element by element; its Jacobian is diag(s) - s sᵀ")
        if self.name == "linear":
            return numpy.ones_like(a)
        if self.operation is None:
            return numpy.vectorize(self._derivative_of_own, otypes=[float])(a)
        with numpy.errstate(all="ignore"):
            slope = _partial_on_arrays(self.operation)(a, *self._settings, y=self.on_array(a) if y is None else y)
        return numpy.broadcast_to(slope, numpy.shape(a)).astype(float)

    def _derivative_of_own(self, item: float) -> float:
        a = Value(float(item))
        return autograd.grad(self.of_value(a), a)[0]

    @property
    def _settings(self) -> list[float]:
        """What the function adds to its operand: the slope of leaky_relu, the scale of elu."""
        node = self.of_value(Value(1.0))
        return [float(parent) for parent in node.parents[1:]]


@cache
def _partial_on_arrays(operation: Operation) -> Callable[..., Any]:
    """The local derivative for the first operand of an operation as a function of arrays, from the formula of the table."""
    names = {name: entry.on_arrays for name, entry in TABLE.items() if not entry.symbol}
    return operation.compile(ARRAYS, operation.partials[:1], {**names, **{"where": numpy.where, "pi": numpy.pi}}, one=True)


LINEAR = Activation("linear", lambda a: a)


def activation(given: Any) -> Activation:
    """The activation that is meant by a name, by a function of one Value, or by None (linear).

    A function of `autograd` is the same as its name. Raises ValueError, with the nearest names, for a name that there is
    not, and TypeError for anything that is neither.

    >>> activation("step").name, activation(autograd.tanh).name, activation(None).name
    ('heaviside', 'tanh', 'linear')
    """
    if isinstance(given, Activation):
        return given
    if given is None:
        return LINEAR
    if callable(given):
        name = getattr(given, "__name__", "")
        if given is getattr(autograd, name, None) and (name in TABLE or name == "softmax"):
            return activation(name)
        return Activation(name or f"<{type(given).__name__}>", given)
    if not isinstance(given, str):
        choose("an activation", given, {})  # which refuses it
    given = ALIASES.get(given, given)
    if given == "linear":
        return LINEAR
    if given == "softmax":
        return Activation("softmax", autograd.softmax)
    usable = {**dict.fromkeys(USUAL), **{name: None for name, entry in TABLE.items() if len(entry.letters) == 1 and not entry.is_nary}}
    choose("an activation", given, {**usable, "linear": None, "softmax": None, **dict.fromkeys(ALIASES)})
    operation = TABLE[given]
    one_operand = len(operation.letters) == 1
    code_of(operation)  # because the method is kept
    return Activation(given, getattr(Value, given) if one_operand else getattr(autograd, given), operation)
