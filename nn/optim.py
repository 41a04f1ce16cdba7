"""Optimizers: update rules bound to the parameters they change.

The rules stand in `rules`; `trace` writes an update out with its numbers. The defaults are those of the papers.
For PyTorch's conventions: SGD(momentum_form="pytorch"), AdaGrad(eps_inside=False, eps=1e-10),
RMSProp(rho=0.99, eps_inside=False); Adam and AdamW are as there.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from autograd import Value
from autograd.engine.ieee import number
from autograd.quoting import quoted

from .arguments import choose, real
from .rules import Rule, adagrad_rule, adam_rule, rmsprop_rule, sgd_rule
from .schedules import Schedule, schedule
from .written_updates import Trace, written


class Optimizer:
    """A rule bound to parameters: `step()` changes each by its gradient, `zero_grad()` forgets the gradients.

    `lr` is a number greater than 0 or a schedule, a function of the number of updates made so far. `t` counts them.
    """

    rule: Rule

    def __init__(self, parameters: Iterable[Value], lr: Any):
        self.parameters = _trainable(parameters)
        self.schedule: Schedule = schedule(lr)
        self.t = 0
        self.state: list[tuple[Any, ...]] = [(0.0,) * len(self.rule.slots)] * len(self.parameters)

    @property
    def lr(self) -> float:
        """The learning rate of the next update. It can be set, to a number or a schedule."""
        return self.schedule(self.t)

    @lr.setter
    def lr(self, lr: Any) -> None:
        self.schedule = schedule(lr)

    def step(self) -> None:
        """Updates every parameter by its gradient. Raises ZeroDivisionError, and changes nothing, when ε = 0 is too small."""
        t, lr, update = self.t + 1, self.lr, self.rule.update
        try:
            results = [update(p.data, p.grad, t, lr, *slots) for p, slots in zip(self.parameters, self.state, strict=True)]
        except ZeroDivisionError:
            raise ZeroDivisionError(f"{self.rule.name} divides by 0, because a gradient was always 0; give it eps greater than 0") from None
        for parameter, (w, *_) in zip(self.parameters, results, strict=True):
            parameter.data = w
        self.state, self.t = [tuple(slots) for _, *slots in results], t

    def zero_grad(self) -> None:
        """Forgets the gradient of every parameter."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def trace(self, *gradients: Any) -> Trace:
        """The next updates written out with their numbers; nothing is changed.

        Without arguments it is one update with the gradients that the parameters have. Otherwise each argument stands
        for one update: the gradient, or a list with one for each parameter. Raises ValueError for another number of them.

        >>> print(SGD([Value(1.0, "w")], lr=0.1, momentum=0.9).trace(2, 1))
        update 1 of w: w = 1, g = 2, η = 0.1, v = 0
          v ← γ · v + η · g = 0.9 · 0 + 0.1 · 2 = 0.2
          Δw = -v = -0.2
          w ← w + Δw = 1 + (-0.2) = 0.8
        update 2 of w: w = 0.8, g = 1, η = 0.1, v = 0.2
          v ← γ · v + η · g = 0.9 · 0.2 + 0.1 · 1 = 0.28
          Δw = -v = -0.28
          w ← w + Δw = 0.8 + (-0.28) = 0.52
        """
        rows = [self._gradients(row) for row in gradients] or [[p.grad for p in self.parameters]]
        weights, state, updates = [p.data for p in self.parameters], self.state, []
        for t, row in enumerate(rows, self.t + 1):
            lr = self.schedule(t - 1)
            for k, g in enumerate(row):
                before = {"w": weights[k], "g": g, "lr": lr, **dict(zip(self.rule.slots, state[k], strict=True))}
                updates.append(written(self.rule, self.parameters[k].label or f"parameter {k + 1}", t, before))
            results = [self.rule.update(w, g, t, lr, *slots) for w, g, slots in zip(weights, row, state, strict=True)]
            weights, state = [w for w, *_ in results], [tuple(slots) for _, *slots in results]
        return Trace(tuple(updates))

    def _gradients(self, row: Any) -> list[Any]:
        listed = [row] if not isinstance(row, Iterable) else list(row)
        if len(listed) != len(self.parameters):
            raise ValueError(f"the optimizer has {len(self.parameters)} parameters and needs as many gradients, not {len(listed)}")
        return [number(g, "a gradient") for g in listed]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.parameters)} parameters, lr {self.schedule!r})"


def _trainable(parameters: Any) -> list[Value]:
    listed = [parameters] if isinstance(parameters, Value) else list(parameters)
    if not listed:
        raise ValueError("an optimizer needs at least one parameter; give it model.parameters()")
    for parameter in listed:
        if not isinstance(parameter, Value):
            raise TypeError(f"an optimizer takes parameters that are Values, such as model.parameters(), not {quoted(parameter)}")
        if parameter.parents or parameter.constant:
            what = "a constant" if parameter.constant else f"computed by {parameter.op}"
            raise ValueError(f"{parameter.label or repr(parameter)} is {what} and cannot be trained; give the optimizer leaves")
    if len(set(listed)) < len(listed):
        raise ValueError("a parameter is given to the optimizer twice; give each once")
    return listed


class SGD(Optimizer):
    """Gradient descent: w ← w - η g.

    With momentum γ: v ← γ v + η g; w ← w - v, or with momentum_form="pytorch": v ← γ v + g; w ← w - η v.
    They agree while η is constant. `nesterov` looks one step ahead: w ← w - (γ v + η g), or w - η (γ v + g), with the
    new v. `weight_decay` λ adds λ w to g. Raises ValueError for settings outside their ranges.

    >>> w = Value(1.0)
    >>> optimizer = SGD([w], lr=0.1)
    >>> (w * w).backward(); optimizer.step(); w.data
    0.8
    """

    def __init__(self, parameters: Iterable[Value], lr: Any = 0.01, momentum: float = 0.0, nesterov: bool = False,
                 weight_decay: float = 0.0, momentum_form: str = "lecture"):  # fmt: skip
        real("momentum", momentum, 0, 1, below=True)
        real("weight_decay", weight_decay, 0)
        if momentum_form not in ("lecture", "pytorch"):
            raise ValueError(f'momentum_form is "lecture" or "pytorch", not {quoted(momentum_form)}')
        if nesterov and not momentum:
            raise ValueError("nesterov needs a momentum greater than 0")
        self.rule = sgd_rule(momentum, nesterov, weight_decay, momentum_form)
        super().__init__(parameters, lr)


class AdaGrad(Optimizer):
    """G ← G + g²; w ← w - η g / √(G + ε) (Duchi, Hazan and Singer, JMLR 12, 2011).

    With eps_inside=False the divisor is √G + ε, as in PyTorch.

    >>> w = Value(1.0)
    >>> optimizer = AdaGrad([w], lr=0.1)
    >>> (w * w).backward(); optimizer.step(); round(w.data, 6)
    0.9
    """

    def __init__(self, parameters: Iterable[Value], lr: Any = 0.01, eps: float = 1e-8, eps_inside: bool = True, weight_decay: float = 0.0):
        real("eps", eps, 0)
        real("weight_decay", weight_decay, 0)
        self.rule = adagrad_rule(eps, eps_inside, weight_decay)
        super().__init__(parameters, lr)


class RMSProp(Optimizer):
    """S ← ρ S + (1 - ρ) g²; w ← w - η g / √(S + ε) (Hinton, lecture 6e, 2012).

    With eps_inside=False the divisor is √S + ε, as in PyTorch.

    >>> w = Value(1.0)
    >>> optimizer = RMSProp([w], lr=0.1)
    >>> (w * w).backward(); optimizer.step(); round(w.data, 6)
    0.683772
    """

    def __init__(self, parameters: Iterable[Value], lr: Any = 0.001, rho: float = 0.9, eps: float = 1e-8, eps_inside: bool = True,
                 weight_decay: float = 0.0):  # fmt: skip
        real("rho", rho, 0, 1, below=True)
        real("eps", eps, 0)
        real("weight_decay", weight_decay, 0)
        self.rule = rmsprop_rule(rho, eps, eps_inside, weight_decay)
        super().__init__(parameters, lr)


class Adam(Optimizer):
    """m ← β1 m + (1 - β1) g; v ← β2 v + (1 - β2) g²; m̂ = m / (1 - β1^t); v̂ = v / (1 - β2^t); w ← w - η m̂ / (√v̂ + ε).

    (Kingma and Ba, arXiv:1412.6980, algorithm 1.) With eps_inside=True the divisor is √(v̂ + ε).
    `weight_decay` λ adds λ w to g, which is not the same as shrinking w: see AdamW.

    >>> w = Value(10.0)
    >>> optimizer = Adam([w], lr=0.1)
    >>> (w * w / 2).backward(); optimizer.step(); round(w.data, 6)
    9.9
    """

    decoupled, default_decay = False, 0.0

    def __init__(self, parameters: Iterable[Value], lr: Any = 0.001, betas: Sequence[float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float | None = None, eps_inside: bool = False):  # fmt: skip
        beta1, beta2 = betas
        real("the first of betas", beta1, 0, 1, below=True)
        real("the second of betas", beta2, 0, 1, below=True)
        real("eps", eps, 0)
        decay = real("weight_decay", self.default_decay if weight_decay is None else weight_decay, 0)
        self.rule = adam_rule(beta1, beta2, eps, eps_inside, decay, self.decoupled)
        super().__init__(parameters, lr)


class AdamW(Adam):
    """Adam with weight decay apart from the gradient: w ← w - η λ w - η m̂ / (√v̂ + ε), λ = 0.01 unless said otherwise.

    (Loshchilov and Hutter, arXiv:1711.05101, algorithm 2, with the rate inside the decay as in PyTorch.)

    >>> w = Value(1.0)
    >>> optimizer = AdamW([w], lr=0.1)
    >>> (w * w).backward(); optimizer.step(); round(w.data, 6)
    0.899
    """

    decoupled, default_decay = True, 0.01


OPTIMIZERS = {"sgd": SGD, "adagrad": AdaGrad, "rmsprop": RMSProp, "adam": Adam, "adamw": AdamW}


def optimizer_for(given: Any, parameters: Sequence[Value], lr: Any = None) -> Optimizer:
    """The optimizer that is meant by a name (with a learning rate, or its default) or by an optimizer as it is.

    Raises ValueError for an unknown name, with the nearest ones, and for an optimizer that comes with another rate or is
    bound to parameters that are not among the given ones.
    """
    if isinstance(given, Optimizer):
        if lr is not None:
            raise ValueError("the optimizer has its own learning rate; leave lr out, or give the optimizer by its name")
        if not set(given.parameters) <= set(parameters):
            raise ValueError("the optimizer is bound to parameters of another model; make it with model.parameters()")
        return given
    kind = choose("an optimizer", given.lower() if isinstance(given, str) else given, OPTIMIZERS)
    return kind(parameters) if lr is None else kind(parameters, lr=lr)
