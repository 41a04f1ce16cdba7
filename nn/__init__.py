"""Neural networks made of Values: neurons, layers, networks, and everything their training needs.

>>> from nn import MLP
>>> model = MLP(2, [16, 16, 1], rng=0)
>>> len(model.parameters())
337
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import autograd

if not hasattr(autograd, "Value"):
    raise ImportError(
        f"nn needs the autograd of Chalkgrad, but {getattr(autograd, '__file__', None) or 'the one found'} belongs to another "
        "distribution of that name; run: pip uninstall autograd; then: pip install --force-reinstall chalkgrad"
    )

from . import data, formulas, init, losses, optim, regularizers, schedules
from .history import EarlyStopping
from .layer import Dropout, Layer
from .module import Module
from .network import MLP, Sequential
from .neuron import LogisticRegression, Neuron
from .perceptron import Perceptron
from .separating import separability

if TYPE_CHECKING:
    from . import bayes, handcheck, labs


def __getattr__(name: str) -> Any:
    """What most lessons do without is loaded with its first use."""
    if name not in ("bayes", "handcheck", "labs"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f".{name}", __name__)


__all__ = ["MLP", "Dropout", "EarlyStopping", "Layer", "LogisticRegression", "Module", "Neuron", "Perceptron", "Sequential", "bayes", "data", "formulas", "handcheck", "init", "labs", "losses", "optim", "regularizers", "schedules", "separability"]  # fmt: skip
