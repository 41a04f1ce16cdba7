"""Schedules: the learning rate as a function of t, the number of updates made so far (0 for the first one).

An optimizer takes one as its `lr`. Each says whether it meets the conditions of Robbins and Monro (Ann. Math. Stat. 22,
1951): Σ η_t = ∞, so that any distance can be covered, and Σ η_t² < ∞, so that the noise dies out.
They concern unbiased gradient estimates; what is reached is, in general, a stationary point.

>>> schedule = inverse_time(0.5, decay=1.0)
>>> schedule(0), schedule(1), schedule.robbins_monro
(0.5, 0.25, True)
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial, wraps
from numbers import Real
from typing import Any

from autograd.quoting import quoted

from .arguments import count, real
from .plain_tables import Table


@dataclass(frozen=True)
class Schedule:
    """A learning rate for each update. Called with t it gives η_t."""

    name: str
    formula: str
    rate: Callable[[int], float]
    sum_diverges: bool | None  # None: not known
    squares_converge: bool | None
    made_by: Any = field(default=None, repr=False)  # the call that made it, by which it is pickled: a rate cannot be

    def __call__(self, t: int) -> float:
        return self.rate(t)

    @property
    def robbins_monro(self) -> bool | None:
        """Whether both conditions hold, Σ η_t = ∞ and Σ η_t² < ∞; None where that is not known."""
        return None if self.sum_diverges is None or self.squares_converge is None else self.sum_diverges and self.squares_converge

    def __repr__(self) -> str:
        return f"{self.name}: η_t = {self.formula}"

    def __reduce__(self) -> Any:
        return (self.made_by, ()) if self.made_by else (schedule, (self.rate,))


def _remembered(make: Callable[..., Schedule]) -> Callable[..., Schedule]:
    """The schedule remembers how it was made."""

    @wraps(make)
    def remembering(*arguments: Any, **more: Any) -> Schedule:
        return replace(make(*arguments, **more), made_by=partial(remembering, *arguments, **more))

    return remembering


def _rate(lr: Any) -> Any:
    real("the learning rate", lr, 0, math.inf, above=True, below=True)
    return lr if isinstance(lr, Fraction) else float(lr)  # fractions keep an update exact


@_remembered
def constant(lr: float) -> Schedule:
    """η_t = lr. Σ η_t = ∞, but Σ η_t² = ∞, too: it never comes to rest."""
    lr = _rate(lr)
    return Schedule("constant", f"{float(lr):g}", lambda t: lr, True, False)


@_remembered
def inverse_time(lr: float, decay: float = 1.0, power: float = 1.0) -> Schedule:
    """η_t = lr / (1 + decay · t)^power. Both conditions hold exactly for ½ < power <= 1, as for the series Σ 1/t^p.

    >>> inverse_time(0.1, power=0.5).robbins_monro, inverse_time(0.1, power=2).sum_diverges
    (False, False)
    """
    lr = _rate(lr)
    real("decay", decay, 0, math.inf, above=True, below=True)
    real("power", power, 0, math.inf, above=True, below=True)
    shown = "" if power == 1 else f"^{power:g}"
    return Schedule(
        "inverse_time", f"{float(lr):g} / (1 + {decay:g} t){shown}", lambda t: lr / (1 + decay * t) ** power, power <= 1, power > 0.5
    )


@_remembered
def inverse_sqrt(lr: float, decay: float = 1.0) -> Schedule:
    """η_t = lr / √(1 + decay · t). Σ η_t² = ∞: it decays just too slowly for Robbins and Monro."""
    lr = _rate(lr)
    real("decay", decay, 0, math.inf, above=True, below=True)
    return Schedule("inverse_sqrt", f"{float(lr):g} / √(1 + {decay:g} t)", lambda t: lr / math.sqrt(1 + decay * t), True, False)


@_remembered
def step_decay(lr: float, every: int, factor: float = 0.5) -> Schedule:
    """η_t = lr · factor^⌊t / every⌋, 0 < factor < 1: a geometric series, so Σ η_t is finite.

    >>> step_decay(0.1, every=2)(1), step_decay(0.1, every=2)(2)
    (0.1, 0.05)
    """
    lr, every = _rate(lr), count("every", every)
    real("factor", factor, 0, 1, above=True, below=True)
    return Schedule("step_decay", f"{float(lr):g} · {factor:g}^⌊t / {every}⌋", lambda t: lr * factor ** (t // every), False, True)


@_remembered
def exponential(lr: float, rate: float) -> Schedule:
    """η_t = lr · e^(-rate · t), rate > 0: Σ η_t is finite, and training may stop short of its goal."""
    lr = _rate(lr)
    real("rate", rate, 0, math.inf, above=True, below=True)
    return Schedule("exponential", f"{float(lr):g} e^(-{rate:g} t)", lambda t: lr * math.exp(-rate * t), False, True)


@_remembered
def cosine(lr: float, updates: int, final: float = 0.0) -> Schedule:
    """η_t falls from lr to `final` along half a cosine in `updates` updates and stays there (Loshchilov and Hutter, arXiv:1608.03983).

    With final = 0 both sums are finite; with final > 0 both are infinite.
    """
    lr, updates = _rate(lr), count("updates", updates)
    real("final", final, 0, lr)

    def rate(t: int) -> float:
        return final + (lr - final) * (1 + math.cos(math.pi * min(t, updates) / updates)) / 2

    return Schedule("cosine", f"{final:g} + ({float(lr):g} - {final:g}) (1 + cos(π t / {updates})) / 2", rate, final > 0, final == 0)


def schedule(lr: Any) -> Schedule:
    """The schedule that is meant by a learning rate: a number greater than 0, a Schedule, or a function of t.

    Raises ValueError for a rate that is not greater than 0, TypeError for anything else. Of a function of one's own
    nothing is claimed about its sums.
    """
    if isinstance(lr, Schedule):
        return lr
    if isinstance(lr, Real):
        return constant(lr)  # type: ignore[arg-type]
    if callable(lr):
        return Schedule(getattr(lr, "__name__", "a function"), "a function of t", lr, None, None)
    raise TypeError(f"a learning rate is a number or a schedule, not {quoted(lr)}")


def conditions(*schedules: Schedule) -> Table:
    """A table of schedules with the two conditions of Robbins and Monro.

    >>> print(conditions(constant(0.1), inverse_time(0.1)))
    schedule      η_t              Σ η_t = ∞  Σ η_t² < ∞  both
    constant      0.1              yes        no          no
    inverse_time  0.1 / (1 + 1 t)  yes        yes         yes
    """
    answer = {True: "yes", False: "no", None: "not known"}
    rows = [(s.name, s.formula, answer[s.sum_diverges], answer[s.squares_converge], answer[s.robbins_monro]) for s in schedules]
    return Table("", ("schedule", "η_t", "Σ η_t = ∞", "Σ η_t² < ∞", "both"), rows)
