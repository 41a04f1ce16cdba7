"""Initializers: how the weights of a layer are drawn. Each takes a shape (n_out, n_in) and gives an array.

In a model they are given by name ("he_normal"), as they are (`init.he_normal`), or with settings
(`init.normal(std=0.1)`, without a shape). Biases start at 0 whatever the initializer.

>>> zeros((1, 3))
array([[0., 0., 0.]])
>>> normal(std=0.1)((1, 2), rng=0).shape
(1, 2)
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import numpy

from .arguments import choose, count, generator, real

Shape = tuple[int, int]
INITIALIZERS: dict[str, Callable[..., Any]] = {}


def _initializer(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Enters an initializer in the table; without a shape it gives itself with the settings, to be used in a model."""

    @wraps(draw)
    def initializer(shape: Shape | None = None, rng: Any = None, **settings: Any) -> Any:
        if shape is None:
            return partial(initializer, **settings)
        rows, columns = shape
        shape = (count("the number of neurons", rows), count("the number of inputs", columns))
        return draw(shape, generator(rng), **settings)

    INITIALIZERS[draw.__name__] = initializer
    return initializer


@_initializer
def zeros(shape: Shape, rng: Any = None) -> Any:
    """All weights 0: the neurons of a hidden layer then stay equal for ever."""
    return numpy.zeros(shape)


@_initializer
def constant(shape: Shape, rng: Any = None, *, value: float = 0.0) -> Any:
    """All weights equal to `value`."""
    return numpy.full(shape, float(real("value", value)))


@_initializer
def uniform(shape: Shape, rng: Any = None, *, low: float = -1.0, high: float = 1.0) -> Any:
    """w ~ U(low, high)."""
    real("high", high, low)
    return rng.uniform(low, high, shape)


@_initializer
def normal(shape: Shape, rng: Any = None, *, mean: float = 0.0, std: float = 1.0) -> Any:
    """w ~ N(mean, std²), N(0, 1) unless said otherwise."""
    real("std", std, 0)
    return rng.normal(mean, std, shape)


@_initializer
def lecun_normal(shape: Shape, rng: Any = None) -> Any:
    """w ~ N(0, 1 / n_in), which keeps the variance of a linear sum."""
    return rng.normal(0.0, (1 / shape[1]) ** 0.5, shape)


@_initializer
def glorot_normal(shape: Shape, rng: Any = None) -> Any:
    """w ~ N(0, 2 / (n_in + n_out)) (Glorot and Bengio, AISTATS 2010, equation 12)."""
    return rng.normal(0.0, (2 / sum(shape)) ** 0.5, shape)


@_initializer
def glorot_uniform(shape: Shape, rng: Any = None) -> Any:
    """w ~ U(-r, r) with r = √(6 / (n_in + n_out)), the same variance (Glorot and Bengio, AISTATS 2010, equation 16)."""
    border = (6 / sum(shape)) ** 0.5
    return rng.uniform(-border, border, shape)


@_initializer
def he_normal(shape: Shape, rng: Any = None) -> Any:
    """w ~ N(0, 2 / n_in), for relu and its kin (He et al., arXiv:1502.01852, equation 10)."""
    return rng.normal(0.0, (2 / shape[1]) ** 0.5, shape)


@_initializer
def he_uniform(shape: Shape, rng: Any = None) -> Any:
    """w ~ U(-r, r) with r = √(6 / n_in), the variance of he_normal."""
    border = (6 / shape[1]) ** 0.5
    return rng.uniform(-border, border, shape)


def initializer(given: Any, default: str) -> Callable[..., Any]:
    """The initializer that is meant by a name or a function of (shape, rng); by None, the default.

    Raises ValueError, with the nearest names, for a name that there is not.
    """
    if callable(given):
        return given
    return choose("an initializer", default if given is None else given, INITIALIZERS)


def draw(given: Any, default: str, shape: Shape, rng: Any) -> Any:
    """The weights of a layer as an array of the given shape. Raises ValueError when an initializer gives another shape."""
    weights = numpy.asarray(initializer(given, default)(shape, rng), dtype=float)
    if weights.shape != shape:
        raise ValueError(f"the initializer gave weights of shape {weights.shape}, but the layer needs {shape}")
    return weights
