"""What a hidden layer can draw: the joints of a net of relu, and nets that are built, not trained, to follow a function.

The nets are MLPs like any other; their errors are measured by `predict`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy

from autograd.quoting import quoted

from ..arguments import a_function, count, numbers, real, several, trainable
from ..formulas import dense_layers
from ..network import MLP
from .results import Result

Curve = Callable[[Any], Any]  # a function of one number, on arrays
BENT = ("relu", "leaky_relu")  # straight pieces that meet at 0
CLOSE = 1e-9  # joints so close, relative to the interval, are one; changes of slope so small are none

# --- joints ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Hinges(Result):
    """The joints of a net of one input and one output, from left to right."""

    x: Any  # where, of shape (joints,)
    y: Any  # the output there, of shape (joints,)
    slopes: Any  # of the pieces between them, of shape (joints + 1,)
    units: tuple[tuple[int, int], ...]  # (layer, unit) that bends there, both from 1; of several the first

    @property
    def changes(self) -> Any:
        """By how much the slope changes at each joint, of shape (joints,)."""
        return numpy.diff(self.slopes)


def hinges(model: Any, interval: tuple[float, float]) -> Hinges:
    """The joints of a net of relu or leaky relu inside an interval, computed, not searched for on a grid.

    A unit of the first layer bends at x = -b/w, where the slope of the output changes by |w| times its outgoing weight; so
    one hidden layer has no more joints than units. In deeper layers a unit may bend on every piece (Montúfar et
    al., arXiv:1402.1869). A unit that bends without any effect on the output is left out. Raises ValueError
    for a net that has another activation, or not one input and one output.

    >>> model = MLP(1, [2, 1])
    >>> first, last = model.layers[0].set([[1.0], [-2.0]], [0.5, 1.0]), model.layers[1].set([[1.0, 0.75]], [0.2])
    >>> found = hinges(model, (-4, 4))
    >>> found.x.tolist(), found.slopes.tolist(), found.units
    ([-0.5, 0.5], [-1.5, -0.5, 1.0], ((1, 1), (1, 2)))
    """
    low, high = ends_of(interval)
    layers = dense_layers(model)
    if layers[0].W.shape[1] != 1 or len(layers[-1].b) != 1:
        raise ValueError(f"hinges are those of a net of one input and one output, not of {quoted(model)}")
    for layer in layers:
        if layer.activation.name not in (*BENT, "linear"):
            raise ValueError(f"hinges are joints of straight pieces, as relu makes them; {layer.activation.name} has none")
    points: dict[float, tuple[int, int]] = {}
    for k, layer in enumerate(layers, 1):
        ends = numpy.array([low, *sorted(points), high])
        Z = layer.W @ _through(layers[: k - 1], ends[None, :])[0] + layer.b
        if layer.activation.name == "linear":
            continue
        for j, z in enumerate(Z, 1):
            for left, right, a, b in zip(ends, ends[1:], z, z[1:], strict=False):
                at = left + (right - left) * a / (a - b) if a * b < 0 else right if b == 0 != a else None
                if at is not None and at < high and not any(abs(at - other) < CLOSE * (high - low) for other in (low, high, *points)):
                    points[float(at)] = (k, j)
    x = numpy.array(sorted(points))
    ends = numpy.array([low, *x, high])
    slopes = _through(layers, (ends[None, 1:] + ends[None, :-1]) / 2)[1][0]
    bent = abs(numpy.diff(slopes)) > CLOSE * max(1.0, float(abs(slopes).max()))
    kept = x[bent]
    y = _through(layers, kept[None, :])[0][0]
    return Hinges(kept, y, slopes[numpy.concatenate([[True], bent])], tuple(points[at] for at in kept.tolist()))


def _through(layers: Any, A: Any) -> tuple[Any, Any]:
    """The outputs of layers, and their derivatives by the one input."""
    slopes = numpy.ones_like(A)
    for layer in layers:
        Z = layer.W @ A + layer.b
        A, slopes = layer.activation.on_array(Z), layer.activation.derivative(Z) * (layer.W @ slopes)
    return A, slopes


def ends_of(given: Any) -> tuple[float, float]:
    """The ends of an interval. Raises TypeError or ValueError for what is no pair of numbers in their order."""
    try:
        low, high = given
    except (TypeError, ValueError):
        raise ValueError(f"an interval is a pair (low, high), not {quoted(given)}") from None
    low, high = float(real("the low end", low)), float(real("the high end", high))
    if not low < high:
        raise ValueError(f"the low end of an interval is less than its high end, but {low:g} is not less than {high:g}")
    return low, high


# --- nets that are built -----------------------------------------------------------------------------------------------


def relu_interpolant(f: Curve, interval: tuple[float, float], units: int) -> MLP:
    """A net of `units` relu that meets f at units + 1 evenly spaced points: each turns the slope by what is needed there.

    Its largest error on the interval is about (Δx)²/8 times the largest |f″|; outside it goes on straight, and the error
    has no bound. `f` is a function on arrays.

    >>> model = relu_interpolant(numpy.sin, (0.0, 2 * numpy.pi), 8)
    >>> round(largest_error(model, numpy.sin, (0.0, 2 * numpy.pi)), 4)
    0.0704
    """
    low, high = ends_of(interval)
    x = numpy.linspace(low, high, count("units", units) + 1)
    y = _heights(f, x)
    slopes = numpy.diff(y) / numpy.diff(x)
    model = MLP(1, [units, 1])
    model.layers[0].set(weights=[[1.0]] * units, biases=-x[:-1])
    model.layers[1].set(weights=[numpy.diff(slopes, prepend=0.0)], biases=[y[0]])
    return model


def sigmoid_pairs(f: Curve, interval: tuple[float, float], pairs: int, steepness: float = 5.0) -> MLP:
    """A net of 2 · `pairs` sigmoids that follows f by bumps: each pair, σ(s(x - l)) - σ(s(x - r)), stands on one part of the interval.

    The bumps have the height of f in the middle of their part, and s is `steepness` divided by the width of a part: the
    larger, the more it is a staircase. Outside the interval the bumps end and the net goes to 0, whatever f does (the
    construction of many textbooks for the theorem of Cybenko, Math. Control Signals Systems 2, 1989).

    >>> model = sigmoid_pairs(numpy.sin, (0.0, 2 * numpy.pi), 40)
    >>> model.widths, round(largest_error(model, numpy.sin, (0.5, 5.5)), 2)
    ([1, 80, 1], 0.01)
    """
    low, high = ends_of(interval)
    real("steepness", steepness, 0, above=True)
    borders = numpy.linspace(low, high, count("pairs", pairs) + 1)
    heights = _heights(f, (borders[1:] + borders[:-1]) / 2)
    slope = steepness / (borders[1] - borders[0])
    model = MLP(1, [2 * pairs, 1], "sigmoid")
    model.layers[0].set(weights=[[slope]] * (2 * pairs), biases=-slope * numpy.column_stack([borders[:-1], borders[1:]]).ravel())
    model.layers[1].set(weights=[numpy.column_stack([heights, -heights]).ravel()], biases=[0.0])
    return model


def largest_error(model: Any, f: Curve, interval: tuple[float, float], points: int = 2001) -> float:
    """max |model(x) - f(x)| over evenly spaced points of an interval, in the unit of f.

    >>> largest_error(MLP(1, [1], init="zeros"), numpy.cos, (0.0, 1.0))
    1.0
    """
    x = numpy.linspace(*ends_of(interval), count("points", points, 2))
    return float(abs(numpy.asarray(trainable(model).predict(x[:, None])) - _heights(f, x)).max())


def _heights(f: Curve, x: Any) -> Any:
    """The values of a function on arrays. Raises TypeError for what is none, and ValueError for values that are not one for each x."""
    y = numbers("what f gives", a_function("f", f)(x))
    if y.shape not in ((), x.shape):
        raise ValueError(f"f is a function on arrays, one value for each x, but gives shape {y.shape} for shape {x.shape}")
    return numpy.broadcast_to(y, x.shape)


@dataclass(frozen=True, repr=False)
class Approximation(Result):
    """Nets of growing width that follow one function."""

    units: Any  # hidden units, of shape (sizes,)
    parameters: Any  # of shape (sizes,)
    inside: Any  # largest error on the interval, of shape (sizes,)
    outside: Any  # largest error on an interval six times as long, with the same low end


def approximation(
    f: Curve = numpy.sin, interval: tuple[float, float] = (0.0, 2 * numpy.pi), sizes: Any = (8, 16, 32, 64), build: Any = relu_interpolant
) -> Approximation:
    """The errors of nets that are built for f with more and more units: as small as wanted inside the interval, large outside.

    `build` is `relu_interpolant`, `sigmoid_pairs`, or another function of (f, interval, size) that gives a model. The
    theorem of universal approximation speaks of compact sets only (Hornik, Stinchcombe and White, Neural Networks 2, 1989).

    >>> approximation().inside.round(5).tolist()
    [0.07038, 0.01885, 0.00479, 0.0012]
    """
    low, high = ends_of(interval)
    models = [a_function("build", build)(f, (low, high), size) for size in several("sizes", sizes)]
    return Approximation(
        numpy.array([model.widths[1] for model in models]),
        numpy.array([len(model.parameters()) for model in models]),
        numpy.array([largest_error(model, f, (low, high)) for model in models]),
        numpy.array([largest_error(model, f, (low, low + 6 * (high - low)), 12_001) for model in models]),
    )
