"""Pictures of computation graphs, networks and training, built on `autograd` and `nn`.

>>> from autograd import leaves
>>> from viz import draw
>>> a, b, c = leaves(a=5, b=3, c=2)
>>> draw(3 * (a + b * c)).svg[:4]
'<svg'
"""

import autograd

if not hasattr(autograd, "Value"):
    raise ImportError(
        f"the autograd that Python finds ({getattr(autograd, '__file__', None)}) is not Chalkgrad's but another distribution of the same "
        "import name; uninstall it with `pip uninstall autograd`, then run `pip install --force-reinstall chalkgrad`"
    )

from .drawing import Drawing, draw
from .networks import NetworkDrawing, network

__all__ = ["Drawing", "NetworkDrawing", "draw", "network"]
