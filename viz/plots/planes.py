"""Plots over a plane: decision boundaries, the hidden space of a layer, what every unit does with the inputs."""

from typing import Any

import numpy

from nn.arguments import count, examples, real, targets, trainable
from nn.formulas import dense_layers, forward_pass
from nn.labs import hidden
from nn.labs.curves import ends_of
from nn.losses import entry_of, loss_for
from nn.separating import separability

from .frame import Frame, frame, grid_of, signs

FEW_CLASSES = 8  # that can be told apart by their markers
CHIPS = ("positive-chip", "negative-chip", "now-chip", "quiet")
SQUARES = 16  # units of a layer that are drawn
FINE = 61  # points along a side of a square
JUDGED = 500  # points whose separability is decided exactly


def plot_decision_boundary(model: Any, X: Any, y: Any, ax: Any = None, *, threshold: float | None = None, lang: str = "en") -> Any:
    """Which class a model decides for at every point of the plane of two features, with the examples on it.

    X has shape (examples, 2), y holds the classes, numbers or -1 and 1. Of one output class 1 is decided where it is greater
    than `threshold`: without one, that of the loss of the last fit, else ½ (0 for classes -1 and 1). Of several outputs the
    largest decides. A class has a colour and a marker. Returns matplotlib Axes. Raises ValueError for other shapes.

    >>> from nn import LogisticRegression, data
    >>> X, y = data.gates("and")
    >>> model = LogisticRegression(2).set([1.0, 1.0], -1.5)
    >>> plot_decision_boundary(model, X, y).get_xlabel()
    'x₁'
    """
    X, y = _plane(X, y)
    kinds = _kinds(y)
    trainable(model)
    if threshold is not None:
        real("threshold", threshold)
    here = frame(ax, lang, grid=False)
    low, high = X.min(axis=0), X.max(axis=0)
    room = numpy.where(high > low, 0.15 * (high - low), 0.5)
    across, up, points = grid_of(low - room, high + room)
    found = numpy.asarray(model.predict(points))
    shape = (len(up), len(across))
    if found.ndim == 1:
        limit = _threshold(model, y) if threshold is None else threshold
        decided, borders = (found > limit).astype(int), [found.reshape(shape) - limit]
    else:
        decided = found.argmax(axis=1)
        kinds = sorted({*kinds, *range(found.shape[1])})
        borders = [_margin(found, k).reshape(shape) for k in range(found.shape[1])]
    regions = range(max(decided.max(), 1) + 1)
    here.ax.contourf(
        across, up, decided.reshape(shape), levels=numpy.arange(-0.5, len(regions)), zorder=0,
        colors=[here.palette[CHIPS[k % 4]] for k in regions], hatches=["" if k < 4 else "//" for k in regions],
    )  # fmt: skip
    for border in borders:
        if border.min() < 0 < border.max():
            here.ax.contour(across, up, border, levels=[0], colors=here.palette["ink"], linewidths=1.5)
    _points(here, X, y, kinds)
    here.label("x₁", "x₂")
    here.legend()
    return here.ax


def _plane(X: Any, y: Any) -> tuple[Any, Any]:
    X = examples(X).astype(float)
    y = targets(y, len(X))
    if X.shape[1] != 2:
        raise ValueError(f"a decision boundary is drawn over two features, but X has shape {X.shape}")
    return X, _labels(y)


def _labels(y: Any) -> Any:
    """The class of each example: one-hot rows as numbers of classes."""
    if y.ndim == 2:
        y = y[:, 0] if y.shape[1] == 1 else y.argmax(axis=1)
    return y.astype(float)


def _kinds(y: Any) -> list[Any]:
    kinds = numpy.unique(y)
    if len(kinds) > FEW_CLASSES or (kinds != kinds.round()).any():
        raise ValueError(f"y holds {len(kinds)} different numbers; classes are up to {FEW_CLASSES} whole numbers")
    return [int(kind) for kind in kinds]


def _threshold(model: Any, y: Any) -> float:
    entry = entry_of(loss_for(model, None))
    if entry is not None and entry.threshold is not None:
        return float(entry.threshold)
    return 0.0 if (y < 0).any() else 0.5


def _margin(found: Any, k: int) -> Any:
    """How much the output of a class is larger than every other one."""
    return found[:, k] - numpy.delete(found, k, axis=1).max(axis=1)


def _points(here: Frame, X: Any, y: Any, kinds: list[Any]) -> None:
    # Class 1 looks alike with and without class 0.
    are_places = min(kinds) >= 0 and max(kinds) < FEW_CLASSES
    for k, kind in enumerate(kinds):
        chosen = y == kind
        if chosen.any():
            here.ax.scatter(*X[chosen].T, s=42, zorder=3, label=here.say("plot.class", name=kind), **here.marker(kind if are_places else k))


def plot_hidden_space(model: Any, X: Any, y: Any, layer: int = 1, ax: Any = None, *, lang: str = "en") -> Any:
    """The examples as a layer sees them: its outputs as coordinates, one marker for each class.

    Two units are drawn as they are. Of more, the two principal components are drawn, the directions in which the points
    spread the most; the spread is not what separates classes, so this picture can hide that they are separable. It
    says which share of the variance it shows, and, for up to 500 examples, whether a plane separates each class from the rest
    in all dimensions and in these two. Prefer a layer of two units where you can. One unit is drawn along a line. X has
    shape (examples, features), layers count from 1. Returns matplotlib Axes.

    >>> from nn import MLP, data
    >>> X, y = data.gates("xor")
    >>> plot_hidden_space(MLP(2, [2, 1], "tanh", rng=0), X, y).get_ylabel()
    'output of unit 2'
    """
    X = examples(X).astype(float)
    labels = _labels(targets(y, len(X)))
    kinds = _kinds(labels)
    H = hidden(model, X, count("layer", layer))
    here = frame(ax, lang)
    title, note = here.say("plot.hidden", layer=layer), ""
    if H.shape[1] == 1:
        shown, names = numpy.column_stack([H[:, 0], numpy.zeros(len(H))]), [here.say("plot.outputof", unit=1), ""]
        here.ax.set_yticks([])
    elif H.shape[1] == 2:
        shown, names = H, [here.say("plot.outputof", unit=k) for k in (1, 2)]
    else:
        shown, shares = _principal(H)
        names = [here.say("plot.component", number=k + 1, share=f"{100 * share:.0f}") for k, share in enumerate(shares)]
        note = here.say("plot.lost", units=H.shape[1], share=f"{100 * sum(shares):.0f}")
        if len(H) <= JUDGED and len(kinds) > 1:
            whole, seen = _separable(H, labels, kinds), _separable(shown, labels, kinds)
            note += "\n" + here.say(f"plot.separable.{'both' if seen else 'hidden' if whole else 'neither'}", units=H.shape[1])
    _points(here, shown, labels, kinds)
    here.label(names[0], names[1], title)
    if note:
        here.note(note)
    here.legend()
    return here.ax


def _principal(H: Any) -> tuple[Any, Any]:
    """The two directions of the largest variance: the points in them, of shape (points, 2), and their shares of the variance."""
    centred = H - H.mean(axis=0)
    _, sizes, directions = numpy.linalg.svd(centred, full_matrices=False)
    directions = directions[:2] * numpy.where(directions[:2].sum(axis=1, keepdims=True) < 0, -1, 1)  # the same picture everywhere
    shares = (sizes**2 / max((sizes**2).sum(), 1e-300))[:2]
    shown = centred @ directions.T
    if shown.shape[1] < 2:
        shown, shares = numpy.column_stack([shown, numpy.zeros(len(H))]), numpy.append(shares, 0.0)
    return shown, shares


def _separable(points: Any, labels: Any, kinds: list[Any]) -> bool:
    return all(bool(separability(points, (labels == kind).astype(int))) for kind in kinds[: 1 if len(kinds) == 2 else None])


def plot_heatmaps(model: Any, interval: tuple[float, float] = (-1.0, 1.0), ax: Any = None, *, lang: str = "en") -> Any:
    """What every unit makes of the plane of two inputs: one row for each layer, one square for each unit.

    Both inputs go from the low to the high end of the interval. In a row blue is positive, orange negative; the thick line is
    where the output is 0, a thin one half of the largest size in the row, which stands at its left, a dashed one minus that. Up to sixteen units of a layer are drawn. Returns matplotlib Axes.
    Raises ValueError for a model that has not two inputs.

    >>> from nn import MLP
    >>> plot_heatmaps(MLP(2, [3, 1], "tanh", rng=0)).get_title()
    'output of every unit over the inputs from -1 to 1'
    """
    layers = dense_layers(model)
    if layers[0].W.shape[1] != 2:
        raise ValueError(f"heat-maps are drawn over two inputs, but the model takes {layers[0].W.shape[1]}")
    low, high = ends_of(interval)
    _, _, points = grid_of((low, low), (high, high), FINE)
    A = forward_pass(layers, points.T)[1][1:]
    most = min(max(len(rows) for rows in A), SQUARES)
    here = frame(ax, lang, grid=False, figsize=(1.6 + 1.15 * max(most, 3), 0.8 + 1.35 * len(A)) if ax is None else None)
    colours = signs(here.palette)
    for level, rows in enumerate(A):
        size = float(abs(rows).max()) or 1.0
        y = len(A) - 1 - level
        for k, unit in enumerate(rows[:SQUARES]):
            _square(here, unit.reshape(FINE, FINE), (k + 0.04, k + 0.96, y + 0.04, y + 0.96), size, colours)
        hint = here.say("plot.more", count=len(rows) - SQUARES) if len(rows) > SQUARES else ""
        if hint:
            here.ax.annotate(hint, (SQUARES + 0.1, y + 0.5), va="center", color=here.palette["outside-soft"], annotation_clip=False)
    here.ax.set(xlim=(0, most), ylim=(0, len(A)), aspect="equal")
    sizes = [float(abs(rows).max()) for rows in reversed(A)]
    here.ax.set_yticks(
        numpy.arange(len(A)) + 0.5, [here.say("plot.row", layer=len(A) - k, size=f"{size:.2g}") for k, size in enumerate(sizes)]
    )
    here.ax.set_xticks(numpy.arange(most) + 0.5, [str(k + 1) for k in range(most)])
    here.ax.tick_params(length=0)
    for spine in here.ax.spines.values():
        spine.set_visible(False)
    here.label(here.say("plot.units"), "", here.say("plot.heatmaps", low=f"{low:g}", high=f"{high:g}"))
    return here.ax


def _square(here: Frame, heights: Any, place: tuple[float, float, float, float], size: float, colours: Any) -> None:
    """What one unit makes of the plane, between the left, right, lower and upper end of its place; size belongs to full colour."""
    left, right, below, above = place
    here.ax.plot([left, right, right, left, left], [below, below, above, above, below], color=here.palette["line"], linewidth=0.8)
    here.ax.imshow(heights, extent=place, origin="lower", cmap=colours, vmin=-size, vmax=size, aspect="auto", zorder=1)
    x, y = numpy.linspace(left, right, FINE), numpy.linspace(below, above, FINE)
    for part, dashes, width in ((-0.5, "--", 0.7), (0.0, "-", 1.4), (0.5, "-", 0.7)):
        if heights.min() < part * size < heights.max():
            here.ax.contour(x, y, heights, levels=[part * size], colors=here.palette["ink"], linewidths=width, linestyles=dashes)
