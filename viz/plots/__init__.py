"""Plots of trainings and of what networks compute, drawn by matplotlib, which is imported when one is called.

- `functions` activations, hinges, the error of finite differences
- `trainings` histories, gradients, slices of a loss, paths
- `planes` decision boundaries, hidden spaces, heat-maps
- `frame` what all of them share: axes, colours, words

Every plot takes `ax=`, the Axes to draw on, and returns them; without it a new figure of matplotlib.pyplot is made, and
nothing else of pyplot's state changes: nothing is shown, saved or set. The colours follow the background of the figure and
axes, light or dark. `lang` is the language of the labels. The numbers come from `nn.labs` and from the models.
"""

from .functions import plot_activation, plot_hinges, plot_numeric_curve
from .planes import plot_decision_boundary, plot_heatmaps, plot_hidden_space
from .trainings import plot_gradients, plot_history, plot_loss_slice, plot_paths

__all__ = ["plot_activation", "plot_decision_boundary", "plot_gradients", "plot_heatmaps", "plot_hidden_space", "plot_hinges",
           "plot_history", "plot_loss_slice", "plot_numeric_curve", "plot_paths"]  # fmt: skip
