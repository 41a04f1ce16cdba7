"""What chance does to a descent: the noise of mini-batches, how a schedule quiets it, and how it leads out of a shallow well."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy

from autograd import Value, grad, vectorize

from ..arguments import count, examples, generator, real, several
from ..schedules import schedule as schedule_of
from .results import Result
from .slopes import descent_path, parameters_of, slope_of

# --- mini-batches ------------------------------------------------------------------------------------------------------


def descent_paths(
    model: Any,
    X: Any,
    y: Any,
    batch_sizes: Sequence[int | None] = (None, 1),
    *,
    loss: Any = None,
    optimizer: Any = "sgd",
    lr: Any = None,
    updates: int = 100,
    rng: Any = None,
) -> dict[str, Any]:
    """Descents with several batch sizes from one start, each an array of shape (updates + 1, parameters), by their names.

    None means all examples. The path of one example an update trembles around that of all; see `descent_path`.

    >>> from nn import Neuron
    >>> list(descent_paths(Neuron(1).set([0], 0), [[1.0], [2.0]], [1.0, 2.0], (None, 1), lr=0.1, updates=5, rng=0))
    ['all 2 examples', '1 example']
    """
    rng, found, everyone = generator(rng), {}, len(examples(X))
    for size in several("batch_sizes", batch_sizes):
        name = f"all {everyone} examples" if size is None else f"{count('a batch size', size)} example{'s' * bool(size != 1)}"
        found[name] = descent_path(model, X, y, loss=loss, optimizer=optimizer, lr=lr, updates=updates, batch_size=size, rng=rng)
    return found


@dataclass(frozen=True, repr=False)
class GradientNoise(Result):
    """The gradient of random batches as an estimate of that of all examples; arrays of shape (sizes,)."""

    batch_sizes: Any
    variance: Any  # measured: the sum over the parameters of the variance of the estimate
    expected: Any  # that of one example ÷ B
    bias: Any  # ‖mean of the estimates - gradient of all examples‖
    examples_read: Any  # examples for one update: B, against N for plain gradient descent


def gradient_noise(
    model: Any, X: Any, y: Any, batch_sizes: Sequence[int] = (1, 2, 4, 8, 16, 32), draws: int = 2000, *, loss: Any = None, rng: Any = None
) -> GradientNoise:
    """Variance of the gradient of batches of B examples, drawn with replacement: it falls like 1/B, and there is no bias.

    So twice the examples buy only 1/√2 of the error of the gradient (Bottou, Curtis and Nocedal, arXiv:1606.04838, section 4.2).
    `draws` batches are drawn for each size. The model stays as it is.

    >>> from nn import Neuron
    >>> X, y = [[1.0], [2.0], [-1.0], [0.5]], [1.0, 3.0, 0.0, 2.0]
    >>> found = gradient_noise(Neuron(1, rng=0), X, y, (1, 4), rng=0)
    >>> bool(3.5 < found.variance[0] / found.variance[1] < 4.5), bool((found.bias < 0.3).all())
    (True, True)
    """
    rng, weights = generator(rng), parameters_of(model)
    slope, n = slope_of(model, X, y, loss)
    each = numpy.array([slope(weights, [k])[1] for k in range(n)])  # of shape (examples, parameters)
    sizes = [count("a batch size", size) for size in several("batch_sizes", batch_sizes)]
    variance, bias = [], []
    for size in sizes:
        estimates = numpy.array([each[rng.integers(n, size=size)].mean(axis=0) for _ in range(count("draws", draws))])
        variance.append(estimates.var(axis=0).sum())
        bias.append(numpy.linalg.norm(estimates.mean(axis=0) - slope(weights)[1]))
    alone = each.var(axis=0).sum()
    return GradientNoise(numpy.array(sizes), numpy.array(variance), alone / numpy.array(sizes), numpy.array(bias), numpy.array(sizes))


# --- schedules under noise ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class NoisyDescent(Result):
    """Runs of a descent on J(w) = ½ w² with a noisy gradient."""

    rates: Any  # η_t, of shape (updates,)
    distance: Any  # root mean square of w over the runs, of shape (updates + 1,)
    robbins_monro: bool | None  # whether the schedule meets both conditions

    @property
    def end(self) -> float:
        """The distance that is left, the mean over the last tenth of the updates."""
        return float(self.distance[-max(1, len(self.rates) // 10) :].mean())


def noisy_descent(
    schedule: Any, updates: int = 2000, start: float = 5.0, noise: float = 1.0, runs: int = 200, rng: Any = None
) -> NoisyDescent:
    """w ← w - η_t (w + ε), ε ~ N(0, noise²), from `start`: with which schedules does w come to rest at the minimum, 0?

    With a constant rate η it ends in a cloud of standard deviation √(η/(2 - η)) · noise; a rate that falls too fast, so
    that Σ η_t is finite, stops on the way; one with Σ η_t = ∞ and Σ η_t² < ∞ does neither (Robbins and Monro, Ann. Math.
    Stat. 22, 1951). `schedule` is a rate or one of `schedules`.

    >>> from nn import schedules
    >>> constant = noisy_descent(0.5, rng=0)
    >>> round(constant.end, 2), noisy_descent(schedules.inverse_time(0.5, 0.5), rng=0).end < 0.05
    (0.58, True)
    """
    rng, rate_of = generator(rng), schedule_of(schedule)
    real("noise", noise, 0)
    w = numpy.full(count("runs", runs), float(real("start", start)))
    rates, distance = [], [abs(float(start))]
    for t in range(count("updates", updates)):
        rates.append(rate_of(t))
        w = w - rates[-1] * (w + noise * rng.normal(size=runs))
        distance.append(sqrt((w * w).mean()))
    return NoisyDescent(numpy.array(rates), numpy.array(distance), rate_of.robbins_monro)


# --- two wells -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class DoubleWell(Result):
    """Descents on E(w) = (w² - 1)² + ¼ w, which has a shallow well near 0.967 and a deep one near -1.03."""

    start: float  # the bottom of the shallow well, where the gradient of E is 0
    slopes_there: Any  # of the two examples, E₁′ and E₂′, of shape (2,): not 0
    all_examples: Any  # plain gradient descent, of shape (updates + 1,)
    one_example: Any  # of shape (runs, updates + 1)
    escaped: float  # share of the runs that end in the deep well, from 0 to 1


def double_well(lr: float = 0.05, spread: float = 3.0, updates: int = 300, runs: int = 40, rng: Any = None) -> DoubleWell:
    """From the bottom of a shallow well: gradient descent stays there, descents by one random example at a time escape.

    The two examples have the losses E₁,₂(w) = (w² - 1)² + ¼ w ∓ spread · w, whose mean is E: where the mean gradient
    is 0 those of the examples are not (Bottou, Online learning and stochastic approximations, 1998).

    >>> found = double_well(rng=0)
    >>> bool(abs(found.all_examples - found.start).max() < 1e-6), found.escaped > 0.2
    (True, True)
    """
    w, s = Value(1.0, "w"), Value(0.0, "s", constant=True)
    slope = vectorize(grad((w**2 - 1) ** 2 + w / 4 + s * w, [w], create_graph=True)[0], inputs=[w, s])
    rng, shifts = generator(rng), numpy.array([-1.0, 1.0]) * real("spread", spread, 0)
    real("lr", lr, 0, above=True)
    start = max(root.real for root in numpy.roots([4.0, 0.0, -4.0, 0.25]))  # E′ = 4 w³ - 4 w + ¼
    here = numpy.full(count("runs", runs), start)
    alone, paths = [start], [here]
    for _ in range(count("updates", updates)):
        here = here - lr * slope(numpy.column_stack([here, rng.choice(shifts, size=runs)]))
        alone.append(alone[-1] - lr * slope(numpy.column_stack([[alone[-1]] * 2, shifts])).mean())
        paths.append(here)
    at_start = slope(numpy.column_stack([[start] * 2, shifts]))
    return DoubleWell(float(start), at_start, numpy.array(alone), numpy.array(paths).T, float((here < 0).mean()))
