"""Update rules: how a gradient becomes the change of a parameter, as equations in text, like an operation of the engine.

One translator makes a rule a pure function of floats or arrays, which every engine uses; `written_updates` writes the same
equations out with their numbers. The optimizers that apply them are in `optim`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy

from autograd import sqrt as any_sqrt

SYMBOLS = {"m_hat": "m̂", "v_hat": "v̂", "change": "Δw", "lr": "η", "beta1": "β1", "beta2": "β2", "eps": "ε", "rho": "ρ",
           "momentum": "γ", "weight_decay": "λ"}  # fmt: skip


def symbol_of(name: str) -> str:
    """How a quantity or a setting of a rule is written for people."""
    return SYMBOLS.get(name, name)


def _sqrt(a: Any) -> Any:
    return math.sqrt(a) if a.__class__ is float else numpy.sqrt(a) if a.__class__ is numpy.ndarray else any_sqrt(a)


@dataclass(frozen=True)
class Rule:
    """An update rule: equations (quantity, formula) in the order of calculation, the last of them for "change".

    A formula may use w (the parameter), g (its gradient), lr, t (the number of this update, from 1), the settings, and
    earlier quantities; one of the `slots`, which are remembered from update to update and start at 0, may use itself.

    >>> rule = Rule("momentum", (("v", "momentum * v + lr * g"), ("change", "-v")), ("v",), {"momentum": 0.9})
    >>> rule.update(1.0, 2.0, 1, 0.1, 0.0)
    (0.8, 0.2)
    """

    name: str
    equations: tuple[tuple[str, str], ...]
    slots: tuple[str, ...]
    settings: Mapping[str, Any] = field(hash=False)

    def __reduce__(self) -> Any:
        return Rule, (self.name, self.equations, self.slots, self.settings)

    @property
    def source(self) -> str:
        """The rule as a Python function: (w, g, t, lr, slots…) → (new w, new slots…)."""
        lines = [f"    {quantity} = {text}" for quantity, text in self.equations]
        returned = "".join(f", {slot}" for slot in self.slots)
        arguments = "".join(f", {slot}" for slot in self.slots)
        return "\n".join([f"def update(w, g, t, lr{arguments}):", *lines, f"    return (w + change{returned},)", ""])

    @cached_property
    def update(self) -> Callable[..., tuple[Any, ...]]:
        """That function. It takes floats, fractions or arrays; only equations written in this file come here."""
        made: dict[str, Any] = {}
        exec(self.source, {"sqrt": _sqrt, **self.settings}, made)
        return made["update"]


def compute(text: str, names: Mapping[str, Any]) -> Any:
    """The number of a formula; only formulas written in this file come here."""
    return eval(text, {"sqrt": _sqrt}, dict(names))


# --- the rules -------------------------------------------------------------------------------------------------------

_DECAYED = ("g", "g + weight_decay * w")  # the gradient of ½ λ w² is added to g, as PyTorch does


def sgd_rule(momentum: float = 0, nesterov: bool = False, weight_decay: float = 0, momentum_form: str = "lecture") -> Rule:
    """Gradient descent, w ← w - η g, with momentum γ and weight decay λ if they are not 0; see SGD."""
    inside, outside = ("lr * ", "") if momentum_form == "lecture" else ("", "lr * ")
    velocity = f"momentum * v + {inside}g"
    equations = [_DECAYED] * bool(weight_decay)
    if not momentum:
        equations.append(("change", "-(lr * g)"))
    else:
        equations.append(("v", velocity))
        equations.append(("change", f"-({outside}({velocity}))" if nesterov else f"-({outside}v)"))
    return Rule("SGD", tuple(equations), ("v",) * bool(momentum), {"momentum": momentum, "weight_decay": weight_decay})


def adagrad_rule(eps: float = 1e-8, eps_inside: bool = True, weight_decay: float = 0) -> Rule:
    """G ← G + g²; w ← w - η g / √(G + ε); see AdaGrad."""
    equations = (("G", "G + g * g"), ("change", f"-(lr * g / {_root('G', eps_inside)})"))
    return Rule("AdaGrad", (_DECAYED,) * bool(weight_decay) + equations, ("G",), {"eps": eps, "weight_decay": weight_decay})


def rmsprop_rule(rho: float = 0.9, eps: float = 1e-8, eps_inside: bool = True, weight_decay: float = 0) -> Rule:
    """S ← ρ S + (1 - ρ) g²; w ← w - η g / √(S + ε); see RMSProp."""
    equations = (("S", "rho * S + (1 - rho) * (g * g)"), ("change", f"-(lr * g / {_root('S', eps_inside)})"))
    settings = {"rho": rho, "eps": eps, "weight_decay": weight_decay}
    return Rule("RMSProp", (_DECAYED,) * bool(weight_decay) + equations, ("S",), settings)


def adam_rule(
    beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8, eps_inside: bool = False, weight_decay: float = 0, decoupled: bool = False
) -> Rule:
    """Adam, and AdamW when the weight decay is decoupled from the gradient; see Adam and AdamW."""
    change = f"lr * m_hat / {_root('v_hat', eps_inside)}"
    equations = (
        ("m", "beta1 * m + (1 - beta1) * g"),
        ("v", "beta2 * v + (1 - beta2) * (g * g)"),
        ("m_hat", "m / (1 - beta1 ** t)"),
        ("v_hat", "v / (1 - beta2 ** t)"),
        ("change", f"-(lr * weight_decay * w) - {change}" if decoupled else f"-({change})"),
    )
    settings = {"beta1": beta1, "beta2": beta2, "eps": eps, "weight_decay": weight_decay}
    return Rule("AdamW" if decoupled else "Adam", (_DECAYED,) * bool(weight_decay and not decoupled) + equations, ("m", "v"), settings)


def _root(quantity: str, eps_inside: bool) -> str:
    return f"sqrt({quantity} + eps)" if eps_inside else f"(sqrt({quantity}) + eps)"
