"""Labs: claims of lectures one can run. Each is a function that returns numbers; `viz.plot_*` draws many of them.

- `units` what one unit does to its gradient: saturation, deaths, revival, zigzag
- `depth` gradients and variances from layer to layer, and the training of deep nets
- `curves` hinges of relu nets, nets that are built to follow a function, and where they fail
- `symmetries` what equal weights keep equal, and the equal minima of every loss
- `noise` mini-batches, schedules under noise, two wells
- `motion` races of optimizers, momentum, rare and frequent features
- `capacity` the width of a hidden layer, and features for another problem
- `effort` what gradients cost, counted

They rest on the layers, `fit`, optimizers and formulas of `nn` and hold none of their own. A result is a frozen record of NumPy arrays, whose
shapes stand beside its fields; `slopes` and `results` serve all. What is drawn by chance comes from `rng`, a seed or a generator.

>>> from nn import labs
>>> labs.approximation().inside.round(5).tolist()
[0.07038, 0.01885, 0.00479, 0.0012]
"""

from .capacity import reuse, width_sweep
from .curves import approximation, hinges, largest_error, relu_interpolant, sigmoid_pairs
from .depth import gradient_norms, train_deep, vanishing, variances
from .effort import costs
from .motion import damping, race, rare_and_frequent
from .noise import descent_paths, double_well, gradient_noise, noisy_descent
from .slopes import descent_path, hidden
from .symmetries import equal_losses, symmetry
from .units import dead_units, deaths, revival, saturation, with_activation, zigzag

__all__ = ["approximation", "costs", "damping", "dead_units", "deaths", "descent_path", "descent_paths", "double_well", "equal_losses",
           "gradient_noise", "gradient_norms", "hidden", "hinges", "largest_error", "noisy_descent", "race",
           "rare_and_frequent", "relu_interpolant", "reuse", "revival", "saturation", "sigmoid_pairs", "symmetry",
           "train_deep", "vanishing", "variances", "width_sweep", "with_activation", "zigzag"]  # fmt: skip
