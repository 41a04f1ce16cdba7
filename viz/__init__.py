"""Pictures of computation graphs, networks and training, built on `autograd` and `nn`.

>>> from autograd import leaves
>>> from viz import draw
>>> a, b, c = leaves(a=5, b=3, c=2)
>>> draw(3 * (a + b * c)).svg[:4]
'<svg'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import autograd

if not hasattr(autograd, "Value"):
    raise ImportError(
        f"the autograd that Python finds ({getattr(autograd, '__file__', None)}) is not Chalkgrad's but another distribution of the same "
        "import name; uninstall it with `pip uninstall autograd`, then run `pip install --force-reinstall chalkgrad`"
    )

from .drawing import Drawing, draw

if TYPE_CHECKING:
    from .networks import NetworkDrawing, network


def __getattr__(name: str) -> Any:
    # Networks need NumPy, which takes longer to load than a graph takes to draw.
    if name not in ("NetworkDrawing", "network"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(".networks", __name__), name)
    return found


__all__ = ["Drawing", "NetworkDrawing", "draw", "network"]
