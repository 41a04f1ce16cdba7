"""Plots of functions of one number: activations, the joints of a net of relu, the error of finite differences."""

from typing import Any

import numpy

from autograd.reading.finite_differences import NumericCurve
from nn.activations import activation
from nn.formulas import dense_layers
from nn.labs import hinges
from nn.labs.curves import ends_of

from .frame import frame

SEEN = 5  # pre-activations from -5 to 5
MANY_UNITS = 8  # more are not drawn one by one
POLE = 20  # a curve so many times as high as most of it has a pole
GUIDES = {"forward": 1, "backward": 1, "central": 2}  # the power of h with which the error falls


def plot_activation(name: Any, ax: Any = None, *, interval: tuple[float, float] = (-SEEN, SEEN), lang: str = "en") -> Any:
    """An activation and its derivative over its pre-activation, drawn on matplotlib Axes, which are returned.

    `name` is a name or a function, as for a layer. Where the derivative jumps at 0 the line is broken, and a dot says which value
    is used there. `ax` are the Axes to draw on; without them, those of a new figure. Raises ValueError for softmax.

    >>> plot_activation("tanh").get_xlabel()
    'pre-activation a'
    """
    chosen = activation(name)
    low, high = ends_of(interval)
    a = numpy.linspace(low, high, 801)
    slopes, values = chosen.derivative(a), chosen.on_array(a)  # softmax is refused by the former
    here = frame(ax, lang)
    jumps = {}
    if low < 0 < high:
        for k, curve in enumerate((chosen.on_array, chosen.derivative)):
            left, at, right = (float(curve(numpy.array([v]))[0]) for v in (-1e-7, 0.0, 1e-7))
            if abs(right - left) > 1e-3:
                jumps[k] = at
    for k, (what, curve) in enumerate(((f"{chosen.name}(a)", values), (f"{chosen.name}′(a)", slopes))):
        here.ax.plot(*_broken(a, curve, k in jumps), label=what, **here.line(k))
        if k in jumps:
            here.ax.plot([0], [jumps[k]], "o", color=here.palette[("positive", "negative")[k]], markersize=6)
    sizes = abs(numpy.concatenate([values, slopes]))
    usual = float(numpy.quantile(sizes[numpy.isfinite(sizes)], 0.9))
    if not sizes.max() < POLE * usual:  # beside a pole nothing else could be seen
        here.ax.set_ylim(-2 * usual, 2 * usual)
    here.label(here.say("plot.preactivation"), here.say("plot.value"))
    here.legend()
    return here.ax


def _broken(x: Any, y: Any, at_zero: bool) -> tuple[Any, Any]:
    """A line, interrupted at 0 where it jumps there."""
    if not at_zero:
        return x, y
    k = numpy.searchsorted(x, 0)
    kept = numpy.delete(numpy.arange(len(x)), k) if x[k] == 0 else numpy.arange(len(x))
    return numpy.insert(x[kept], k, numpy.nan), numpy.insert(y[kept], k, numpy.nan)


def plot_hinges(model: Any, interval: tuple[float, float], ax: Any = None, *, lang: str = "en") -> Any:
    """The output of a net of relu with one input over an interval, its joints, and what each hidden unit adds to it.

    The parts of the units, w · relu(v x + b), are drawn for one hidden layer of up to eight units; with the bias of
    the output they sum to it. Raises ValueError as `labs.hinges` does. Returns matplotlib Axes.

    >>> from nn import MLP
    >>> plot_hinges(MLP(1, [3, 1], rng=0), (-2, 2)).get_xlabel()
    'input x'
    """
    found = hinges(model, interval)
    x = numpy.union1d(numpy.linspace(*interval, 201), found.x)
    layers = dense_layers(model)
    here = frame(ax, lang)
    if len(layers) == 2 and len(layers[0].b) <= MANY_UNITS:
        Z = layers[0].activation.on_array(layers[0].W @ x[None, :] + layers[0].b)
        for k, part in enumerate(layers[1].W[0][:, None] * Z):
            style = {**here.line(k + 1), "linewidth": 1.5}
            here.ax.plot(x, part, label=here.say("plot.unit", unit=k + 1), **style)
    here.ax.plot(x, model.predict(x[:, None]), label=here.say("plot.output"), **{**here.line(0), "linewidth": 2.8})
    here.ax.plot(found.x, found.y, "o", color=here.palette["ink"], markersize=8, markerfacecolor=here.palette["card"], markeredgecolor=here.palette["ink"],
                 markeredgewidth=1.6, label=here.say("plot.joints", count=len(found.x)))  # fmt: skip
    here.label(here.say("plot.input"), here.say("plot.output"))
    here.legend()
    return here.ax


def plot_numeric_curve(curve: NumericCurve, ax: Any = None, *, lang: str = "en") -> Any:
    """The error of finite differences against their width: the V of truncation on the right and rounding on the left.

    `curve` is what `autograd.numeric_curve` gives. Both axes are logarithmic; a width whose error is 0 or not finite has no
    point. The width with the smallest error of each scheme is marked. Returns matplotlib Axes. Raises
    ValueError where no error can be drawn.

    >>> from autograd import Value, numeric_curve
    >>> plot_numeric_curve(numeric_curve(Value(1.0, "x").exp(), "x")).get_xscale()
    'log'
    """
    if not isinstance(curve, NumericCurve):
        raise TypeError(f"plot_numeric_curve draws what numeric_curve gives, not {type(curve).__name__}")
    if not any(0 < error < numpy.inf for row in curve.errors.values() for error in row):
        raise ValueError("no error of the curve is a finite number above 0, so there is nothing to draw on logarithmic axes")
    here = frame(ax, lang)
    widths = numpy.array(curve.widths)
    for k, (scheme, row) in enumerate(curve.errors.items()):
        errors = numpy.array(row)
        shown = numpy.isfinite(errors) & (errors > 0)
        label = here.say("plot.scheme", scheme=here.say(f"plot.scheme.{scheme}"), power="h" if GUIDES[scheme] == 1 else "h²")
        here.ax.loglog(widths[shown], errors[shown], label=label, **here.line(k))
        if shown.any():
            best = numpy.flatnonzero(shown)[errors[shown].argmin()]
            here.ax.scatter([widths[best]], [errors[best]], s=55, zorder=4, **here.marker(k))
    here.label(here.say("plot.width"), here.say("plot.error"))
    here.legend()
    return here.ax
