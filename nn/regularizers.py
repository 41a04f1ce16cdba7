"""Regularizers: what large weights cost. Each is called with a model and gives its cost as a Value, to be added to the loss."""

from dataclasses import dataclass
from typing import Any

import autograd
from autograd import Value, scope

from .arguments import real


@dataclass(frozen=True)
class _Regularizer:
    """`strength` is λ >= 0; with `biases=False` only the weights cost something, with True the biases, too."""

    strength: float
    biases: bool = False

    def __post_init__(self) -> None:
        real("the strength of a regularizer", self.strength, 0)

    def _penalised(self, model: Any) -> list[Value]:
        named = model.named_parameters()
        return [parameter for path, parameter in named if self.biases or path.rpartition(".")[2] != "bias"]

    def __call__(self, model: Any) -> Value:
        raise NotImplementedError


@dataclass(frozen=True)
class L2(_Regularizer):
    """λ Σ w²: the gradient is 2 λ w.

    With plain gradient descent it is weight decay: w is first multiplied by 1 - 2 η λ. With momentum or adaptive rates
    it is not (see AdamW). An optimizer's `weight_decay` d adds d w to the gradient, so d = 2 λ.

    >>> from nn import Neuron
    >>> L2(0.1)(Neuron(2).set(weights=[3, 4], bias=7)).data
    2.5
    """

    def __call__(self, model: Any) -> Value:
        parameters = self._penalised(model)
        with scope("regularizer"):
            return self.strength * autograd.dot(parameters, parameters)


@dataclass(frozen=True)
class L1(_Regularizer):
    """λ Σ |w|: the gradient is λ sign(w), and 0 at 0, which lies in the subdifferential.

    >>> from nn import Neuron
    >>> L1(0.5, biases=True)(Neuron(2).set(weights=[3, -4], bias=1)).data
    4.0
    """

    def __call__(self, model: Any) -> Value:
        with scope("regularizer"):
            return self.strength * autograd.total([abs(parameter) for parameter in self._penalised(model)])
