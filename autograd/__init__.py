"""Chalkgrad's engine: a scalar reverse-mode autodiff engine for backprop you can check by hand.

>>> from autograd import leaves
>>> a, b, c = leaves(a=5, b=3, c=2)
>>> J = 3 * (a + b * c)
>>> J.backward()
>>> b.grad
6.0
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .engine.derivatives import grad, hessian, jacobian, jvp
from .engine.functions import (
    clip,
    cos,
    cosh,
    define,
    dot,
    elu,
    exp,
    gelu,
    heaviside,
    leaky_relu,
    log,
    logsumexp,
    maximum,
    mean,
    minimum,
    relu,
    sigmoid,
    silu,
    sin,
    sinh,
    softmax,
    softplus,
    sqrt,
    tan,
    tanh,
    total,
    xlogy,
)
from .engine.names import label, leaves, names, nodes
from .engine.order import topological_order
from .engine.recording import no_grad, scope
from .engine.replaying import replay
from .engine.value import Value

if TYPE_CHECKING:
    from . import examples
    from .explain.comparisons import compare
    from .explain.derivations import derive
    from .explain.notation import Notation
    from .explain.path_tables import paths
    from .explain.steps import steps
    from .explain.straight_line import code
    from .expression import Expression, parse
    from .handcheck import check
    from .handcheck.hunting import bughunt
    from .reading.finite_differences import numeric_curve, numeric_grad
    from .reading.gradient_check import gradcheck
    from .vectorizing import vectorize

__version__ = "0.1.0"

# What the engine itself does not need is loaded when it is first asked for, to keep the import short.
_LATER = {
    "compare": ".explain.comparisons",
    "steps": ".explain.steps",
    "paths": ".explain.path_tables",
    "derive": ".explain.derivations",
    "code": ".explain.straight_line",
    "parse": ".expression",
    "Expression": ".expression",
    "numeric_grad": ".reading.finite_differences",
    "numeric_curve": ".reading.finite_differences",
    "gradcheck": ".reading.gradient_check",
    "check": ".handcheck",
    "bughunt": ".handcheck.hunting",
    "Notation": ".explain.notation",
    "examples": ".examples",
    "vectorize": ".vectorizing",
}


if not TYPE_CHECKING:  # a type checker knows the names above, and that there are no others

    def __getattr__(name: str) -> Any:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = import_module(_LATER[name], __name__)
        found = globals()[name] = module if name == "examples" else getattr(module, name)
        return found


__all__ = ["Expression", "Notation", "bughunt", "check", "code", "compare", "derive", "examples", "gradcheck", "numeric_curve", "numeric_grad", "parse", "paths", "steps", "Value", "clip", "cos", "cosh", "define", "dot", "elu", "exp", "gelu", "grad", "heaviside", "hessian", "jacobian", "jvp", "label", "leaky_relu", "leaves", "log", "logsumexp", "maximum", "mean", "minimum", "names", "no_grad", "nodes", "relu", "replay", "scope", "sigmoid", "silu", "sin", "sinh", "softmax", "softplus", "sqrt", "tan", "tanh", "topological_order", "total", "vectorize", "xlogy"]  # fmt: skip
