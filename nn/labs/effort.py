"""What a gradient costs, counted on the graph of a loss: the backward pass grows like W, finite differences like W².

The counting itself is that of `autograd.compare`, by the formulas of the operations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from autograd import topological_order
from autograd.reading.counting import of_slopes, of_sweep, of_values

from ..arguments import count, generator, several
from ..network import MLP
from .results import Result


@dataclass(frozen=True, repr=False)
class Costs(Result):
    """Multiplications for one example, of nets of several widths; arrays of shape (widths,)."""

    widths: Any
    parameters: Any  # W, weights and biases
    forward: Any  # one forward pass with the loss
    backward: Any  # local derivatives and one backward pass, after the forward pass: all W derivatives
    forward_differences: Any  # W + 1 forward passes: all W derivatives
    central_differences: Any  # 2 W forward passes

    @property
    def orders(self) -> dict[str, float]:
        """The power of W with which each grows, between the two largest nets."""
        steps = numpy.diff(numpy.log(self.parameters[-2:]))[0]
        return {
            name: float(numpy.diff(numpy.log(getattr(self, name)[-2:]))[0] / steps)
            for name in ("forward", "backward", "forward_differences", "central_differences")
        }


def costs(widths: Sequence[int] = (4, 8, 16, 32), *, n_in: int = 4, activation: Any = "tanh", rng: Any = None) -> Costs:
    """Multiplications (and divisions and powers) for all derivatives of the loss of MLP(n_in, [M, M, 1]), for each width M.

    Forward and backward pass cost O(W) each, for every weight is multiplied a fixed number of times; finite differences need
    a forward pass for each parameter, so O(W²) (Bishop, Pattern Recognition and Machine Learning, 2006, section 5.3.3). What a
    function such as tanh does inside is not counted.

    >>> found = costs((4, 8))
    >>> found.parameters.tolist(), found.forward.tolist(), found.central_differences.tolist()
    ([45, 121], [38, 106], [3465, 25773])
    """
    rng, rows = generator(rng), []
    for width in several("widths", widths):
        model = MLP(n_in, [count("a width", width)] * 2 + [1], activation, rng=rng)
        order = topological_order(model.loss([[0.5] * count("n_in", n_in)], [1.0], "half_squared_error"))
        W, once = len(model.parameters()), of_values(order).multiplications
        back = of_slopes(order).multiplications + of_sweep(order, backward=True).multiplications
        rows.append((W, once, back, (W + 1) * once + W, 2 * W * once + W))  # a difference is divided by its width
    return Costs(numpy.array([*widths]), *numpy.array(rows).T)
