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

from .drawing import Drawing
from .opening import draw

if TYPE_CHECKING:
    from .array_drawing import ArrayDrawing
    from .entry_drawing import EntryDrawing
    from .networks import NetworkDrawing, network
    from .page.arrays import ArrayStepper
    from .page.opening import step
    from .page.stepper import Stepper
    from .path_pictures import PathsDrawing, show_paths
    from .plots import (  # fmt: skip
        plot_activation,
        plot_decision_boundary,
        plot_gradients,
        plot_heatmaps,
        plot_hidden_space,
        plot_hinges,
        plot_history,
        plot_loss_slice,
        plot_numeric_curve,
        plot_paths,
    )

# Networks need NumPy, which takes longer to load than a graph takes to draw; the others are loaded with their first use, too.
_LATER = {
    "ArrayDrawing": ".array_drawing",
    "EntryDrawing": ".entry_drawing",
    "NetworkDrawing": ".networks",
    "network": ".networks",
    "PathsDrawing": ".path_pictures",
    "show_paths": ".path_pictures",
    "ArrayStepper": ".page.arrays",
    "Stepper": ".page.stepper",
    "step": ".page.opening",
    "plot_activation": ".plots",
    "plot_decision_boundary": ".plots",
    "plot_gradients": ".plots",
    "plot_heatmaps": ".plots",
    "plot_hidden_space": ".plots",
    "plot_hinges": ".plots",
    "plot_history": ".plots",
    "plot_loss_slice": ".plots",
    "plot_numeric_curve": ".plots",
    "plot_paths": ".plots",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_LATER[name], __name__), name)
    return found


__all__ = ["ArrayDrawing", "ArrayStepper", "Drawing", "EntryDrawing", "NetworkDrawing", "PathsDrawing", "Stepper", "draw", "network", "plot_activation", "plot_decision_boundary", "plot_gradients", "plot_heatmaps", "plot_hidden_space", "plot_hinges", "plot_history", "plot_loss_slice", "plot_numeric_curve", "plot_paths", "show_paths", "step"]  # fmt: skip
