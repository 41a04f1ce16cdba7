"""Plots of trainings: the history, the gradients of each layer, the loss along parameters, the paths of descents."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import numpy

from autograd import Value, grad
from autograd.quoting import quoted
from nn.arguments import numbers, real, trainable
from nn.formulas import dense_layers
from nn.history import History
from nn.labs.slopes import parameters_of, slope_of

from .frame import Frame, frame


def plot_history(history: Any, ax: Any = None, *, scale: str = "linear", lang: str = "en") -> Any:
    """The numbers of a training, epoch by epoch: the loss, the validation loss with its best epoch marked, the penalty.

    `history` is what `fit` gives, or a dict of name → history, to compare the losses of several trainings. `scale` is that
    of the loss, "linear" or "log" (linear where nothing is above 0). Returns matplotlib Axes. Raises ValueError for a training without a completed epoch.

    >>> from nn import Neuron
    >>> history = Neuron(1, rng=0).fit([[1.0], [2.0]], [1.0, 2.0], epochs=5, progress=False)
    >>> plot_history(history).get_xlabel()
    'epoch'
    """
    named = history if isinstance(history, Mapping) else {"": history}
    for one in named.values():
        if not isinstance(one, History):
            raise TypeError(f"plot_history draws what fit gives, or a dict of name and history, not {type(one).__name__}")
        if not one.epochs:
            raise ValueError("the history has no completed epoch to draw")
    if not isinstance(scale, str) or scale not in ("linear", "log"):
        raise ValueError(f'scale is "linear" or "log", not {quoted(scale)}')
    here, k = frame(ax, lang), 0
    for name, one in named.items():
        for series in one:
            if name and series == "penalty":
                continue
            numbers = numpy.array(one[series])
            what = here.say(f"plot.series.{series}") if series in ("loss", "val_loss", "penalty", "mistakes") else series
            points = {"marker": "o", "markersize": 4} if len(numbers) <= 20 else {}
            epochs = numpy.arange(1, len(numbers) + 1)
            here.ax.plot(epochs, numbers, label=f"{name}: {what}" if name else what, **here.line(k), **points)
            if series == "val_loss" and len(numbers) > 1:
                best = int(numpy.nanargmin(numbers))
                here.ax.scatter([best + 1], numbers[[best]], s=90, zorder=4, label=here.say("plot.best", epoch=best + 1), **here.marker(k))
            k += 1
    counted = all("mistakes" in one for one in named.values())
    positive = any(number > 0 for one in named.values() for series in one for number in one[series])
    here.ax.set_yscale(scale if positive else "linear")
    if max(one.epochs for one in named.values()) <= 10:
        here.ax.xaxis.get_major_locator().set_params(integer=True)
    here.label(here.say("plot.epoch"), here.say("plot.series.mistakes" if counted else "plot.series.loss"))
    if k > 1:
        here.legend()
    return here.ax


def plot_gradients(model: Any, ax: Any = None, *, lang: str = "en") -> Any:
    """The size of the gradients that the parameters hold, layer by layer: root mean square of those of weights and of biases.

    They are those of the last update of `fit`, or of `backward()`. The axis is logarithmic, so a vanishing gradient is a line
    that falls to the left; a layer whose gradients are all 0 is marked as 0 at the bottom. Returns matplotlib Axes. Raises
    ValueError when there is no gradient yet.

    >>> from nn import MLP
    >>> model = MLP(2, [3, 3, 1], "tanh", rng=0)
    >>> model.loss([[1.0, 2.0]], [1.0]).backward()
    >>> plot_gradients(model).get_yscale()
    'log'
    """
    dense_layers(model)  # says what is no chain of layers
    layers = [
        [layer] if not hasattr(layer, "neurons") else layer.neurons for layer in getattr(model, "layers", [model]) if layer.parameters()
    ]
    sizes = numpy.array([
        [_size([w.grad for neuron in layer for w in neuron.weights]), _size([neuron.bias.grad for neuron in layer])] for layer in layers
    ])  # fmt: skip
    if not sizes.any():
        raise ValueError("the parameters hold no gradients; call backward() on a loss of the model, or fit, first")
    here, number = frame(ax, lang), numpy.arange(1, len(layers) + 1)
    floor = sizes[sizes > 0].min() / 10
    for k, key in enumerate(("plot.weights", "plot.biases")):
        shown = numpy.where(sizes[:, k] > 0, sizes[:, k], numpy.nan)
        here.ax.semilogy(number, shown, label=here.say(key), marker="os"[k], markersize=7, **here.line(k))
        for layer in number[sizes[:, k] == 0]:
            colour, aside = here.palette[("positive", "negative")[k]], layer + (-0.06, 0.06)[k]
            here.ax.plot([aside], [floor], marker="os"[k], fillstyle="none", color=colour, markersize=8)
            here.ax.annotate("0", (aside, floor), (0, 7), textcoords="offset points", ha="center", color=colour, weight="bold")
    here.ax.xaxis.get_major_locator().set_params(integer=True)
    here.label(here.say("plot.layer"), here.say("plot.size"))
    here.legend()
    return here.ax


def _size(gradients: list[Any]) -> float:
    return float(numpy.sqrt(numpy.mean(numpy.square([float(g) for g in gradients]))))


def plot_loss_slice(
    model: Any, X: Any, y: Any, loss: Any = None, parameters: Any = None, ax: Any = None, *, span: float = 2.0, lang: str = "en"
) -> Any:
    """The loss while one parameter changes, or two, and all others stay as they are; the place of the model is marked.

    `parameters` is a parameter or its label, or a list of one or two; by default the first weight. They go from `span` below
    to `span` above their numbers. Of one parameter the tangent is drawn, too; of two, contours of equal loss. The model stays
    as it is. Returns matplotlib Axes. Raises ValueError for an unknown parameter, and as `loss` of the model does.

    >>> from nn import Neuron
    >>> plot_loss_slice(Neuron(1, rng=0), [[1.0], [2.0]], [1.0, 3.0], "mse", ["w1", "b"]).get_ylabel()
    'b'
    """
    leaves = trainable(model).parameters()
    real("span", span, 0, above=True)
    asked = leaves[:1] if parameters is None else parameters if isinstance(parameters, (list, tuple)) else [parameters]
    places = [_place(leaves, one) for one in asked]
    if len(places) not in (1, 2) or len(set(places)) < len(places):
        raise ValueError(f"a slice goes along one parameter, or two that differ, not {len(places)}")
    loss_at, here_at = _losses(model, X, y, loss), parameters_of(model)
    here, names = frame(ax, lang, grid=len(places) == 1), [leaves[k].label or f"parameter {k + 1}" for k in places]
    away = numpy.linspace(-span, span, 121 if len(places) == 1 else 41)
    if len(places) == 1:
        _along_one(here, loss_at, here_at, places[0], away)
        here.label(names[0], here.say("plot.series.loss"))
    else:
        _along_two(here, loss_at, here_at, places, away)
        here.label(names[0], names[1], here.say("plot.contours"))
    here.legend()
    return here.ax


def _along_one(here: Frame, loss_at: Callable[..., Any], at: Any, k: int, away: Any) -> None:
    """The loss along a parameter, and its tangent at the model."""
    height, slope = loss_at(at, True)
    here.ax.plot(at[k] + away, [loss_at(_moved(at, {k: v}))[0] for v in away], label=here.say("plot.series.loss"), **here.line(0))
    near = away[abs(away) <= away[-1] / 2]
    tangent = {**here.line(1), "linewidth": 1.5}
    here.ax.plot(at[k] + near, height + slope[k] * near, label=here.say("plot.tangent", slope=f"{slope[k]:.3g}"), **tangent)
    here.ax.scatter([at[k]], [height], s=70, zorder=4, label=here.say("plot.here"), **here.marker(0))


def _along_two(here: Frame, loss_at: Callable[..., Any], at: Any, places: list[int], away: Any) -> None:
    """Contours of the loss over two parameters."""
    one, other = places
    heights = numpy.array([[loss_at(_moved(at, {one: u, other: v}))[0] for u in away] for v in away])
    _contours(here, at[one] + away, at[other] + away, heights)
    here.ax.scatter([at[one]], [at[other]], s=70, zorder=4, label=here.say("plot.here"), **here.marker(1))


def _place(leaves: list[Value], one: Any) -> int:
    for k, leaf in enumerate(leaves):
        if leaf is one or (isinstance(one, str) and leaf.label == one):
            return k
    shown = ", ".join(leaf.label or "?" for leaf in leaves[:6]) + (", …" if len(leaves) > 6 else "")
    what = f'"{one[:40]}"' if isinstance(one, str) else f"a {type(one).__name__}"
    raise ValueError(f"{what} is no parameter of the model; it has {shown}")


def _moved(parameters: Any, by: dict[int, float]) -> Any:
    moved = parameters.copy()
    for k, much in by.items():
        moved[k] += much
    return moved


def _losses(model: Any, X: Any, y: Any, loss: Any) -> Callable[..., tuple[float, Any]]:
    """A function of all parameters: the loss, and if asked for its gradient. By a program, or where there is none by the graph."""
    try:
        slope = slope_of(model, X, y, loss)[0]
        return lambda parameters, with_gradient=False: slope(parameters)
    except ValueError:
        model.loss(X, y, loss)  # says what does not fit together
    twin = deepcopy(model)

    def by_graph(parameters: Any, with_gradient: bool = False) -> tuple[float, Any]:
        for leaf, number in zip(twin.parameters(), parameters.tolist(), strict=True):
            leaf.data = number
        if not with_gradient:
            return float(twin.evaluate(X, y, loss)), None
        J = twin.loss(X, y, loss)
        return J.data, grad(J, twin.parameters())

    return by_graph


def _contours(here: Frame, x: Any, y: Any, heights: Any) -> None:
    """Lines of equal height, dense where it is low; finite heights only."""
    finite = heights[numpy.isfinite(heights)]
    levels: Any = numpy.unique(numpy.quantile(finite, numpy.linspace(0, 1, 14)[1:-1] ** 1.5)) if len(finite) else []
    if len(levels) > 1:
        drawn = here.ax.contour(
            x, y, numpy.ma.masked_invalid(heights), levels=levels, colors=here.palette["soft"], linewidths=0.9, alpha=0.8
        )
        here.ax.clabel(drawn, levels[::3], fmt="%.3g", fontsize=8, colors=here.palette["soft"])


def plot_paths(function: Any, paths: Any, ax: Any = None, *, names: tuple[str, str] = ("w₁", "w₂"), lang: str = "en") -> Any:
    """Paths of descents over the plane of two parameters, with contours of the function that they descend.

    `function` takes two numbers (or arrays); `paths` is an array of shape (points, 2), a list of them, or a dict of name →
    array, as `labs.race` and `labs.descent_paths` give it. The start of a path is a ring, its end a filled marker. `names` are
    those of the axes. Returns matplotlib Axes. Raises ValueError for a path of another shape.

    >>> from nn import labs
    >>> from nn.optim import SGD
    >>> bowl = lambda x, y: x**2 + 10 * y**2
    >>> paths = labs.race(bowl, [1.0, 1.0], {"SGD": lambda p: SGD(p, lr=0.05)}, updates=5)
    >>> len(plot_paths(bowl, paths).lines) > 0
    True
    """
    listed = paths if isinstance(paths, (list, tuple)) and len(paths) and numpy.ndim(paths[0]) > 1 else [paths]
    named = paths if isinstance(paths, Mapping) else {str(k): path for k, path in enumerate(listed, 1)}
    walked = {str(name): numbers(f"the path {str(name)[:40]}", path) for name, path in named.items()}
    for name, path in walked.items():
        if path.ndim != 2 or path.shape[1] != 2 or not len(path):
            raise ValueError(f"the path {name[:40]} has shape {path.shape}; a path over a plane has shape (points, 2)")
        if not numpy.isfinite(path).all():
            raise ValueError(f"the path {name[:40]} holds numbers that are not finite; cut it before them")
    if not walked:
        raise ValueError("there is no path to draw")
    if not isinstance(names, (list, tuple)) or len(names) != 2 or not all(isinstance(name, str) for name in names):
        raise TypeError(f'names are those of the two axes, such as ("w₁", "w₂"), not {quoted(names)}')
    if not callable(function):
        raise TypeError(f"function is a function of two numbers, not {type(function).__name__}")
    every = numpy.concatenate(list(walked.values()))
    low, high = every.min(axis=0), every.max(axis=0)
    room = 0.15 * numpy.maximum(high - low, 0.1 * max(float((high - low).max()), 1e-3))
    x, y = (numpy.linspace(low[k] - room[k], high[k] + room[k], 61) for k in (0, 1))
    here = frame(ax, lang, grid=False)
    _contours(here, x, y, _heights(function, x, y))
    for k, (name, path) in enumerate(walked.items()):
        style = here.line(k)
        markers = {"marker": "o", "markersize": 3} if len(path) <= 60 else {}
        here.ax.plot(*path.T, label=name, **{**style, "linewidth": 1.6}, **markers)
        here.ax.plot(*path[0], "o", markersize=10, fillstyle="none", color=style["color"], markeredgewidth=2)
        here.ax.scatter(*path[-1:].T, s=80, zorder=4, **here.marker(k))
    here.label(*names, here.say("plot.descents"))
    if len(walked) > 1 or isinstance(paths, Mapping):
        here.legend()
    return here.ax


def _heights(function: Any, x: Any, y: Any) -> Any:
    """The function over a grid: at once, where it takes arrays, else point by point."""
    X, Y = numpy.meshgrid(x, y)
    try:
        with numpy.errstate(all="ignore"):
            heights = numpy.asarray(function(X, Y), dtype=float)
        if heights.shape == X.shape:
            return heights
    except (TypeError, ValueError, AttributeError):  # it takes numbers only
        pass
    return numpy.array([[float(function(float(u), float(v))) for u in x] for v in y])
