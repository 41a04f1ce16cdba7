"""Uncertainty about weights: the posterior of Bayesian linear regression in closed form, and two ways to come near the
posterior of any model of this package: samples by Hamiltonian Monte Carlo, and a Gaussian by variational inference.

Both rest on the gradient of the log joint density, which comes from a vectorised program. The prior of every parameter is
normal, with mean 0 and a given precision (one over the variance); numbers have normal noise of a given precision.

>>> x = numpy.array([0.0, 1.0, 2.0, 3.0])
>>> posterior = linear_posterior(polynomial(x, 1), 1 + 2 * x, prior_precision=1e-6, noise_precision=100.0)
>>> posterior.mean.round(3).tolist()
[1.0, 2.0]
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import log, pi
from typing import Any

import numpy

from autograd import Value, vectorize

from .arguments import a_function, choose, count, examples, generator, numbers, real, targets, trainable
from .losses import entry_of, loss_function
from .rules import adam_rule
from .training import loss_of

LIKELIHOODS = ("half_squared_error", "bce", "bce_with_logits", "cross_entropy", "cross_entropy_of_probabilities")
Density = Callable[[Any], tuple[float, Any]]  # a point → the logarithm of a density there, up to a constant, and its gradient


# --- Bayesian linear regression ----------------------------------------------------------------------------------------


def polynomial(x: Any, degree: int) -> Any:
    """The features 1, x, …, x^degree of numbers x: an array of shape (examples, degree + 1).

    >>> polynomial([2.0, 3.0], 2).tolist()
    [[1.0, 2.0, 4.0], [1.0, 3.0, 9.0]]
    """
    return numpy.vander(numpy.ravel(numbers("x", x)), count("degree", degree, 0) + 1, increasing=True)


@dataclass(frozen=True)
class LinearPosterior:
    """What is known of the weights after the data: normal, with `mean` (n,) and `covariance` (n, n).

    `log_evidence` is the logarithm of the density of the data under the model, all weights considered: of several models
    the one with the largest explains the data best, and no validation data is needed to see it (Bishop, Pattern Recognition
    and Machine Learning, 2006, section 3.5).
    """

    mean: Any
    covariance: Any
    log_evidence: float
    noise_precision: float

    def predict(self, features: Any) -> "Band":
        """The predictive mean and standard deviation, noise included, for rows of features (PRML, eq. 3.58 and 3.59)."""
        rows = examples(features, "features", len(self.mean))
        variance = 1 / self.noise_precision + numpy.einsum("ij,jk,ik->i", rows, self.covariance, rows)
        return Band(rows @ self.mean, numpy.sqrt(variance))


def linear_posterior(features: Any, y: Any, prior_precision: float = 1.0, noise_precision: float = 1.0) -> LinearPosterior:
    """The exact posterior of y = features · w + noise, and the evidence (PRML, eq. 3.53, 3.54 and 3.86).

    `features` has shape (examples, weights), a column of ones for a bias among them; y one number for each example. Raises
    ValueError for other shapes and for precisions that are not greater than 0.

    >>> found = linear_posterior([[1.0], [1.0]], [1.0, 3.0])  # two measurements of one number, and a prior around 0
    >>> found.mean.round(4).tolist(), found.covariance.round(4).tolist()
    ([1.3333], [[0.3333]])
    """
    Phi = examples(features, "features").astype(float)
    t = targets(y, len(Phi)).astype(float)
    if t.ndim != 1:
        raise ValueError(f"y has shape {t.shape}, but linear_posterior takes one number for each example")
    alpha, beta = _precision("prior_precision", prior_precision), _precision("noise_precision", noise_precision)
    n, m = Phi.shape
    A = alpha * numpy.eye(m) + beta * Phi.T @ Phi
    mean = beta * numpy.linalg.solve(A, Phi.T @ t)
    misfit = beta / 2 * ((t - Phi @ mean) ** 2).sum() + alpha / 2 * (mean**2).sum()
    evidence = m / 2 * log(alpha) + n / 2 * log(beta) - misfit - numpy.linalg.slogdet(A)[1] / 2 - n / 2 * log(2 * pi)
    return LinearPosterior(mean, numpy.linalg.inv(A), float(evidence), beta)


def _precision(name: str, given: Any) -> float:
    return float(real(name, given, 0, above=True))


# --- the log joint density of a model ------------------------------------------------------------------------------------


class LogJoint:
    """The logarithm of prior times likelihood of a model's parameters, up to a constant, with its gradient.

    Called with a vector of parameters, in the order of model.parameters(), it gives both. `loss` is the negative
    log-likelihood of one example: "half_squared_error" for numbers, which `noise_precision` multiplies, or a cross-entropy
    for classes, with noise_precision 1. The model keeps its weights.

    Raises ValueError for what does not fit together, as `fit` does, and for a graph that cannot be vectorised.

    >>> from nn import Neuron
    >>> joint = LogJoint(Neuron(1), [[1.0], [2.0]], [1.0, 2.0])
    >>> value, gradient = joint(numpy.array([1.0, 1.0]))
    >>> value, gradient.tolist()
    (-2.0, [-4.0, -3.0])
    """

    def __init__(
        self, model: Any, X: Any, y: Any, loss: Any = "half_squared_error", prior_precision: float = 1.0, noise_precision: float = 1.0
    ):
        loss_of(trainable(model), X, y, loss)  # says at once what does not fit
        self.alpha, self.beta = _precision("prior_precision", prior_precision), _precision("noise_precision", noise_precision)
        entry = entry_of(loss_function(loss))
        if entry is None or entry.name not in LIKELIHOODS:
            raise ValueError(f"the loss must be the logarithm of a likelihood, one of {', '.join(LIKELIHOODS)}")
        if entry.takes != "numbers" and noise_precision != 1:
            raise ValueError("a noise_precision belongs to half_squared_error; classes have no noise of their own")
        X = examples(X)
        parameters = model.parameters()
        features = [Value(number, f"x{k}", constant=True) for k, number in enumerate(X[0].tolist(), 1)]
        outputs = model(features)
        row = outputs if isinstance(outputs, list) else [outputs]
        aims = entry.rows_of_targets(targets(y, len(X)), len(row))
        given = [Value(number, f"t{k}", constant=True) for k, number in enumerate(aims[0].tolist(), 1)]
        one = loss_function(loss)([outputs], [given] if isinstance(outputs, list) else given)
        self.rows = numpy.hstack([X.astype(float), aims])
        self.start = numpy.array([float(parameter) for parameter in parameters])
        self.program = vectorize(one, [*features, *given], parameters)

    def __call__(self, w: Any) -> tuple[float, Any]:
        self.program.parameters[...] = w
        loss, gradient = self.program.value_and_grad(self.rows)
        n = self.beta * len(self.rows)
        return -n * float(loss) - self.alpha / 2 * float(w @ w), -n * gradient - self.alpha * w


# --- Hamiltonian Monte Carlo -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Samples:
    """Points from a chain, of shape (samples, parameters); `acceptance` is the share of proposals that were taken."""

    points: Any
    acceptance: float
    step_size: float

    @property
    def mean(self) -> Any:
        """The mean of each parameter."""
        return self.points.mean(axis=0)

    @property
    def covariance(self) -> Any:
        """The covariance of the parameters."""
        return numpy.cov(self.points, rowvar=False).reshape(self.points.shape[1], -1)

    @property
    def effective(self) -> Any:
        """For each parameter, how many independent samples would tell as much: n / (1 + 2 Σ autocorrelations), up to the
        first pair of them whose sum is negative (Geyer, Statistical Science 7, 1992)."""
        n = len(self.points)
        centred = self.points - self.mean
        spectrum = numpy.fft.rfft(centred, 2 * n, axis=0)
        correlation = numpy.fft.irfft(abs(spectrum) ** 2, axis=0)[:n]
        correlation = correlation / numpy.where(correlation[0] > 0, correlation[0], 1)
        pairs = correlation[: n // 2 * 2].reshape(-1, 2, self.points.shape[1]).sum(axis=1)
        kept = numpy.cumprod(pairs > 0, axis=0)
        return numpy.minimum(n, n / numpy.maximum(2 * (pairs * kept).sum(axis=0) - 1, 1e-12))

    def draw(self, n: int, rng: Any = None) -> Any:
        """Some of the points, evenly from all."""
        return self.points[numpy.linspace(0, len(self.points) - 1, min(count("n", n), len(self.points))).astype(int)]


def hmc(
    density: Density, start: Any = None, samples: int = 1000, burn_in: int = 500, leapfrog: int = 20, step_size: float = 0.05,
    rng: Any = None,
) -> Samples:  # fmt: skip
    """Samples from a density by Hamiltonian Monte Carlo (Neal, Handbook of Markov Chain Monte Carlo, 2011, figure 2).

    `density` gives the logarithm of the density at a point, and its gradient; `start` is a point, by default density.start.
    Each proposal takes about `leapfrog` steps of `step_size`, which is tuned during `burn_in` so that about 80 % of the
    proposals are taken.

    >>> found = hmc(lambda w: (-0.5 * float(w @ w), -w), numpy.zeros(1), samples=2000, rng=0)
    >>> bool(abs(found.mean[0]) < 0.1), bool(abs(found.covariance[0, 0] - 1) < 0.15)
    (True, True)
    """
    rng, samples, burn_in = generator(rng), count("samples", samples), count("burn_in", burn_in, 0)
    steps, size = count("leapfrog", leapfrog), float(real("step_size", step_size, 0, above=True))
    w = _start(a_function("density", density), start)
    value, slope = density(w)
    points, taken = [], 0
    for k in range(burn_in + samples):
        momentum = rng.normal(size=len(w))
        before = value - momentum @ momentum / 2
        at, new_value, new_slope = w, value, slope
        for _ in range(int(rng.integers(max(1, steps // 2), steps + 1))):  # of unequal lengths, lest a path goes round in a circle
            momentum = momentum + size / 2 * new_slope
            at = at + size * momentum
            new_value, new_slope = density(at)
            momentum = momentum + size / 2 * new_slope
        gain = new_value - momentum @ momentum / 2 - before
        accepted = bool(log(max(rng.random(), 1e-300)) < gain)  # never for nan
        if accepted:
            w, value, slope = at, new_value, new_slope
        if k < burn_in:
            size *= 1.02 if accepted else 0.92
        else:
            points.append(w)
            taken += accepted
    return Samples(numpy.array(points), taken / samples, size)


def _start(density: Density, start: Any) -> Any:
    if start is None:
        start = getattr(density, "start", None)
    if start is None:
        raise ValueError("give a point to start from, a vector of parameters")
    w = numbers("start", start).copy()
    if w.ndim != 1 or not len(w):
        raise ValueError(f"a point is a vector of parameters, not an array of shape {w.shape}")
    return w


# --- variational inference -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gaussian:
    """A normal density of parameters: w = mean + scale · ε, with ε of independent standard normals.

    `scale` is lower triangular; of a mean-field density, diagonal. `elbo` has the bound on the log evidence at each step.
    """

    mean: Any
    scale: Any
    elbo: tuple[float, ...] = field(default=(), repr=False)

    @property
    def covariance(self) -> Any:
        """The covariance of the parameters."""
        return self.scale @ self.scale.T

    def draw(self, n: int, rng: Any = None) -> Any:
        """Points of this density, of shape (n, parameters)."""
        return self.mean + generator(rng).normal(size=(count("n", n), len(self.mean))) @ self.scale.T


# For n parameters, where the scale may have numbers below its diagonal.
FAMILIES: dict[str, Callable[[int], Any]] = {
    "mean-field": lambda n: numpy.zeros((n, n)),
    "full-rank": lambda n: numpy.tril(numpy.ones((n, n)), -1),
}


def variational(
    density: Density, start: Any = None, family: str = "mean-field", steps: int = 2000, samples: int = 8, lr: float = 0.05, rng: Any = None
) -> Gaussian:
    """The Gaussian nearest to a density, by stochastic gradient ascent on the evidence lower bound, E[log p(w) - log q(w)].

    The gradient goes through the reparametrisation w = μ + L ε (Kingma and Welling, arXiv:1312.6114, section 2.4), along
    paths only, so that its noise vanishes where q is exact (Roeder et al., arXiv:1703.09194). `family` is "mean-field"
    (L diagonal) or "full-rank" (L lower triangular, its diagonal positive). Each of `steps` updates by Adam averages over
    `samples` draws of ε; the rate falls from `lr` to 0. Raises ValueError for an unknown family.

    >>> found = variational(lambda w: (-0.5 * float((w - 3) @ (w - 3)), 3 - w), numpy.zeros(1), steps=500, rng=0)
    >>> found.mean.round(2).tolist(), found.covariance.round(1).tolist()
    ([3.0], [[1.0]])
    """
    has_below = choose("a family", family, FAMILIES)
    rng, steps, samples = generator(rng), count("steps", steps), count("samples", samples)
    rate = float(real("lr", lr, 0, above=True))
    mu = _start(a_function("density", density), start)
    n = len(mu)
    below = has_below(n)
    theta = numpy.concatenate([mu, numpy.full(n, log(0.1)), numpy.zeros(n * n)])  # μ, log of the diagonal of L, what is below it

    def scale() -> Any:
        return numpy.diag(numpy.exp(theta[n : 2 * n])) + below * theta[2 * n :].reshape(n, n)

    m, v = numpy.zeros_like(theta), numpy.zeros_like(theta)
    update, bounds = adam_rule().update, []
    for t in range(1, steps + 1):
        L = scale()
        bound, slope_mu, slope_L = 0.0, numpy.zeros(n), numpy.zeros((n, n))
        for eps in rng.normal(size=(samples, n)):
            value, slope = density(theta[:n] + L @ eps)
            path = slope + numpy.linalg.solve(L.T, eps)  # d(log p - log q)/dw; what q's own parameters change has mean 0
            bound += value + eps @ eps / 2
            slope_mu += path
            slope_L += numpy.outer(path, eps)
        bounds.append(bound / samples + float(theta[n : 2 * n].sum()) + n / 2 * log(2 * pi))
        gradient = numpy.concatenate([slope_mu, numpy.diag(slope_L) * numpy.diag(L), (slope_L * below).ravel()]) / samples
        theta, m, v = update(theta, -gradient, t, rate * (1 + numpy.cos(pi * (t - 1) / steps)) / 2, m, v)
    return Gaussian(theta[:n], scale(), tuple(bounds))


# --- predictions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Band:
    """A prediction for each example: its `mean` and its standard deviation `std`; `low` and `high` are two of them away."""

    mean: Any
    std: Any

    @property
    def low(self) -> Any:
        """The mean less two standard deviations."""
        return self.mean - 2 * self.std

    @property
    def high(self) -> Any:
        """The mean plus two standard deviations."""
        return self.mean + 2 * self.std


def predictive(model: Any, weights: Any, X: Any, noise_precision: float | None = None) -> Band:
    """The average of the model's predictions over many weights, and their spread; the model keeps its weights.

    `weights` has a row of parameters for each draw, as `Samples.points` or `draw` give them. With `noise_precision` the band
    is that of new observations, else of the mean alone. Raises ValueError for rows of another length.

    >>> from nn import Neuron
    >>> band = predictive(Neuron(1), [[1.0, 0.0], [3.0, 0.0]], [[2.0]])  # 1 · 2 and 3 · 2
    >>> band.mean.tolist(), band.std.tolist()
    ([4.0], [2.0])
    """
    X, rows = examples(X), numpy.atleast_2d(numbers("weights", weights))
    parameters = trainable(model).parameters()
    if rows.shape[1] != len(parameters):
        raise ValueError(f"the model has {len(parameters)} parameters, but each row of weights has {rows.shape[1]}")
    noise = 0.0 if noise_precision is None else 1 / _precision("noise_precision", noise_precision)
    before: Sequence[Any] = [parameter.data for parameter in parameters]
    found = []
    try:
        for row in rows.tolist():
            for parameter, number in zip(parameters, row, strict=True):
                parameter.data = number
            found.append(model.predict(X))
    finally:
        for parameter, data in zip(parameters, before, strict=True):
            parameter.data = data
    outputs = numpy.array(found)
    return Band(outputs.mean(axis=0), numpy.sqrt(outputs.var(axis=0) + noise))
