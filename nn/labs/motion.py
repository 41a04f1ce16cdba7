"""Optimizers in motion: races on functions of a few numbers, the swing across a valley, rare and frequent features.

The updates are those of `nn.optim`, the gradients those of `backward`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy

from autograd import Value
from autograd.quoting import quoted

from ..arguments import a_function, count, generator, real, several
from ..neuron import Neuron
from ..optim import SGD, optimizer_for
from .results import Result


def race(function: Callable[..., Value], start: Sequence[float], optimizers: Mapping[str, Any], updates: int = 100) -> dict[str, Any]:
    """The paths of several optimizers on one function from one start, arrays of shape (updates + 1, parameters), by their names.

    `function` takes as many Values as `start` has numbers, and gives a Value. `optimizers` maps a name to a function of a
    list of parameters that gives an optimizer. Raises FloatingPointError when a path leaves what floats can hold.

    >>> paths = race(lambda x, y: x**2 + 10 * y**2, [1.0, 1.0], {"SGD": lambda p: SGD(p, lr=0.05)}, updates=2)
    >>> paths["SGD"].round(3).tolist()
    [[1.0, 1.0], [0.9, 0.0], [0.81, 0.0]]
    """
    count("updates", updates)
    if not isinstance(optimizers, Mapping) or not optimizers:
        raise TypeError(f"optimizers is a dict of name and function, such as {{'SGD': lambda p: SGD(p, lr=0.1)}}, not {quoted(optimizers)}")
    begun = [float(real("a number of start", number)) for number in several("start", start)]
    a_function("function", function)
    found = {}
    for name, make in optimizers.items():
        parameters = [Value(number) for number in begun]
        optimizer = make(parameters)
        path = [[p.data for p in parameters]]
        for t in range(updates):
            optimizer.zero_grad()
            function(*parameters).backward()
            optimizer.step()
            path.append([p.data for p in parameters])
            if not numpy.isfinite(path[-1]).all():
                raise FloatingPointError(f"the path of {name} is not finite after update {t + 1}; give it a smaller learning rate")
        found[name] = numpy.array(path)
    return found


# --- momentum ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Damping(Result):
    """A descent across a valley, for each momentum; arrays of shape (momenta,) but for the paths."""

    momenta: Any
    factor: Any  # by which the distance across shrinks in each update, in the long run: the largest |root|
    turns: Any  # how often the path crosses the bottom
    left: Any  # the distance to the bottom after the last update
    paths: dict[str, Any]  # of shape (updates + 1, 2): along the valley and across


def damping(momenta: Sequence[float] = (0.0, 0.3, 0.5, 0.9), curvature: float = 19.0, lr: float = 0.1, updates: int = 30) -> Damping:
    """Momentum damps the swing across a valley, J(x, y) = ½ x² + ½ curvature · y², from (1, 1).

    Plain descent multiplies y by 1 - lr · curvature in each update, here by -0.9: it swings. With momentum γ the factor is
    the largest |z| with z² - (1 + γ - lr · curvature) z + γ = 0, which is √γ where the roots are complex (Polyak, 1964;
    Goh, Why momentum really works, Distill, 2017). So a moderate momentum damps the swing, and one of 0.9 keeps it alive
    for longer, while it is the fastest along the valley.

    >>> found = damping()
    >>> found.factor.round(2).tolist(), found.turns.tolist()[0]
    ([0.9, 0.55, 0.71, 0.95], 30)
    """
    momenta = [real("a momentum", momentum, 0, 1, below=True) for momentum in several("momenta", momenta)]
    real("curvature", curvature, 0, above=True)
    paths = race(
        lambda x, y: x**2 / 2 + curvature * y**2 / 2,
        [1.0, 1.0],
        {f"γ = {momentum:g}": (lambda p, momentum=momentum: SGD(p, lr=lr, momentum=momentum)) for momentum in momenta},  # type: ignore[misc]
        updates,
    )
    factor = [abs(numpy.roots([1.0, -(1 + momentum - lr * curvature), momentum])).max() for momentum in momenta]
    across = [path[:, 1] for path in paths.values()]
    turns = [(numpy.sign(y[1:]) != numpy.sign(y[:-1])).sum() for y in across]
    return Damping(numpy.array(momenta), numpy.array(factor), numpy.array(turns), numpy.array([abs(y[-1]) for y in across]), paths)


# --- rare and frequent features ------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Features(Result):
    """A linear neuron on two features, a frequent one and a rare one; arrays of shape (2,) are in that order."""

    seen: Any  # in how many updates each feature was not 0
    path: Any  # the weights, of shape (updates + 1, 2); both have the goal 1
    moved: Any  # mean length of the moves of each weight over the updates in which its feature was there; nan if it never was
    left: Any  # the distance of each weight to its goal at the end


def rare_and_frequent(
    optimizer: Any = "adagrad", lr: float = 0.1, share: float = 0.05, updates: int = 1000, noise: float = 0.5, rng: Any = None
) -> Features:
    """One example an update: feature 1 is ±1 in all of them, feature 2 in a `share` of them, else 0; t = x1 + x2 + noise.

    AdaGrad divides the rate of each weight by the root of all its squared gradients: the weight that is moved often soon
    makes small moves, the rare one keeps large ones (Duchi, Hazan and Singer, JMLR 12, 2011, section 1.3); plain SGD gives both
    the same rate. `optimizer` is a name of `optim`.

    >>> found = rare_and_frequent("adagrad", rng=0)
    >>> bool(found.moved[1] > 2 * found.moved[0]), found.seen.tolist()
    (True, [1000, 45])
    """
    rng = generator(rng)
    real("share", share, 0, 1, above=True)
    real("noise", noise, 0)
    there = numpy.column_stack([numpy.ones(count("updates", updates)), rng.random(updates) < share])
    X = there * rng.choice([-1.0, 1.0], size=there.shape)
    t = X.sum(axis=1) + noise * rng.normal(size=updates)
    neuron = Neuron(2).set([0.0, 0.0], 0.0)
    weights = list(neuron.weights)
    chosen = optimizer_for(optimizer, weights, lr)
    path = [[0.0, 0.0]]
    for x, target in zip(X.tolist(), t.tolist(), strict=True):
        chosen.zero_grad()
        ((neuron(x) - target) ** 2 / 2).backward()
        chosen.step()
        path.append([w.data for w in weights])
    walked = numpy.array(path)
    moves = abs(numpy.diff(walked, axis=0))
    seen = there.sum(axis=0)
    moved = numpy.divide((moves * there).sum(axis=0), seen, out=numpy.full(2, numpy.nan), where=seen > 0)
    return Features(seen.astype(int), walked, moved, abs(walked[-1] - 1))
