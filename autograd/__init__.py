"""Chalkgrad's engine: a scalar reverse-mode autodiff engine for backprop you can check by hand.

>>> from autograd import leaves
>>> a, b, c = leaves(a=5, b=3, c=2)
>>> J = 3 * (a + b * c)
>>> J.backward()
>>> b.grad
6.0
"""

from .differentiate import grad, hessian, jacobian, jvp
from .functions import (
    clip,
    cos,
    cosh,
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
)
from .graph import label, leaves, names, no_grad, nodes, replay, scope, topological_order
from .value import Value

__version__ = "0.1.0"

__all__ = ["Value", "clip", "cos", "cosh", "dot", "elu", "exp", "gelu", "grad", "heaviside", "hessian", "jacobian", "jvp", "label", "leaky_relu", "leaves", "log", "logsumexp", "maximum", "mean", "minimum", "names", "no_grad", "nodes", "relu", "replay", "scope", "sigmoid", "silu", "sin", "sinh", "softmax", "softplus", "sqrt", "tan", "tanh", "topological_order", "total"]  # fmt: skip
