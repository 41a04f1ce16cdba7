"""Plots: what is drawn on the axes is what the model, the training and the labs computed, and it can be read on any background."""

import subprocess
import sys
import warnings

import matplotlib
import numpy
import pytest

matplotlib.use("Agg")

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

import viz
from autograd import Value, grad, numeric_curve
from autograd.explain.languages import languages
from nn import MLP, LogisticRegression, Neuron, Perceptron, data, labs, regularizers
from nn.optim import SGD


@pytest.fixture(autouse=True)
def closed():
    pyplot.close("all")  # figures of other tests in this process
    yield
    pyplot.close("all")


def fitted():
    X, y = data.moons(40, rng=0)
    model = MLP(2, [4, 1], "tanh", "sigmoid", rng=0)
    model.fit(X, y, "bce", "adam", 0.02, 6, validation_split=0.25, regularizer=regularizers.L2(0.01), progress=False)
    return model, X, y


MODEL, X, Y = fitted()


def bowl(u, v):
    return u**2 + 10 * v**2


PATHS = labs.race(bowl, [1.0, 1.0], {"SGD": lambda p: SGD(p, lr=0.02), "momentum": lambda p: SGD(p, lr=0.02, momentum=0.5)}, updates=10)
PLOTS = {
    "history": lambda **more: viz.plot_history(MODEL.history, **more),
    "histories": lambda **more: viz.plot_history({"one": MODEL.history, "two": MODEL.history}, scale="log", **more),
    "decision_boundary": lambda **more: viz.plot_decision_boundary(MODEL, X, Y, **more),
    "activation": lambda **more: viz.plot_activation("relu", **more),
    "hinges": lambda **more: viz.plot_hinges(MLP(1, [3, 1], rng=0), (-2, 2), **more),
    "hidden_space": lambda **more: viz.plot_hidden_space(MODEL, X, Y, **more),
    "gradients": lambda **more: viz.plot_gradients(MODEL, **more),
    "numeric_curve": lambda **more: viz.plot_numeric_curve(numeric_curve(Value(1.0, "x").exp(), "x"), **more),
    "loss_slice": lambda **more: viz.plot_loss_slice(MODEL, X, Y, "bce", "w1_1_1", **more),
    "loss_plane": lambda **more: viz.plot_loss_slice(MODEL, X, Y, "bce", ["w1_1_1", "b1_1"], **more),
    "paths": lambda **more: viz.plot_paths(bowl, PATHS, **more),
    "heatmaps": lambda **more: viz.plot_heatmaps(MODEL, **more),
}


def texts(ax):
    return [text.get_text() for text in ax.figure.findobj(matplotlib.text.Text) if text.get_text()]


def contrast(one, other):
    """The ratio of contrast of two colours, from 1 to 21 (WCAG 2)."""

    def luminance(colour):
        red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in to_rgb(colour))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_is_drawn_on_the_axes_that_are_given_or_on_those_of_one_new_figure(name):
    _, (left, right) = pyplot.subplots(1, 2)
    pyplot.sca(left)
    assert PLOTS[name](ax=right) is right and isinstance(right, Axes)
    assert not left.has_data() and right.has_data()
    assert pyplot.get_fignums() == [1] and pyplot.gca() is left, "the state of pyplot is as it was"
    settings = dict(pyplot.rcParams)
    fresh = PLOTS[name]()
    assert len(pyplot.get_fignums()) == 2 and fresh.figure is not right.figure
    assert dict(pyplot.rcParams) == settings
    assert fresh.get_xlabel() and (fresh.get_ylabel() or name == "heatmaps")


@pytest.mark.parametrize("background", ["white", "#14171b"])
@pytest.mark.parametrize("name", PLOTS)
def test_words_and_lines_can_be_read_on_light_and_on_dark(name, background):
    figure, ax = pyplot.subplots(facecolor=background)
    ax.set_facecolor(background)
    PLOTS[name](ax=ax)
    figure.draw_without_rendering()
    shown = [text for text in figure.findobj(matplotlib.text.Text) if text.get_text() and text.get_visible()]
    for text in shown:
        assert contrast(text.get_color(), background) >= 4, (text.get_text(), text.get_color())
    for line in ax.lines:
        assert contrast(line.get_color(), background) >= 3, line.get_label()


@pytest.mark.parametrize("name", ["histories", "activation", "hinges", "numeric_curve", "paths"])
def test_lines_differ_in_more_than_colour(name):
    lines = [line for line in PLOTS[name]().lines if len(line.get_xdata()) > 2]
    styles = [line.get_linestyle() if isinstance(line.get_linestyle(), str) else str(line.get_linestyle()) for line in lines]
    assert len(lines) > 1 and len(set(zip(styles, [line.get_marker() for line in lines], strict=True))) == len(lines)


@pytest.mark.parametrize("name", [name for name in PLOTS if name != "histories"])
def test_labels_are_in_the_language_that_is_asked_for(name):
    said = {lang: " ".join(texts(PLOTS[name](lang=lang))) for lang in languages()}
    assert len(set(said.values())) == len(languages()) and not any("{" in text for text in said.values())


def test_without_matplotlib_one_sentence_says_what_to_install_and_importing_needs_none():
    program = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import viz, nn\n"
        "try: viz.plot_activation('relu')\n"
        "except ImportError as error: print(error)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    assert answer == 'plots are drawn by matplotlib; install it with: pip install "chalkgrad[notebook]"'


# --- what is drawn is what was computed -------------------------------------------------------------------------------


def test_history_shows_every_series_and_marks_the_best_epoch():
    ax = viz.plot_history(MODEL.history)
    drawn = {line.get_label(): line.get_ydata().tolist() for line in ax.lines}
    assert drawn == {"loss": MODEL.history["loss"], "validation loss": MODEL.history["val_loss"], "penalty": MODEL.history["penalty"]}
    best = int(numpy.argmin(MODEL.history["val_loss"])) + 1
    assert ax.collections[0].get_offsets().tolist() == [[best, min(MODEL.history["val_loss"])]] and f"best: epoch {best}" in texts(ax)
    mistakes = Perceptron(2).fit(*data.gates("and"))
    assert viz.plot_history(mistakes).get_ylabel() == "mistakes"


def test_activation_shows_value_and_derivative_and_which_value_is_used_where_it_jumps():
    """D0-02, D1-22: the gallery as curves."""
    value, slope = viz.plot_activation("sigmoid").lines
    a = value.get_xdata()
    assert value.get_ydata() == pytest.approx(1 / (1 + numpy.exp(-a))) and slope.get_ydata().max() == 0.25
    ax = viz.plot_activation("relu")
    _, slope, dot = ax.lines
    assert numpy.isnan(slope.get_ydata()).sum() == 1 and (dot.get_xdata()[0], dot.get_ydata()[0]) == (0, 0)
    assert numpy.nanmax(slope.get_ydata()[slope.get_xdata() < 0]) == 0 and numpy.nanmin(slope.get_ydata()[slope.get_xdata() > 0]) == 1


def test_hinges_are_marked_and_the_parts_of_the_units_sum_to_the_output():
    """D0-08."""
    model = MLP(1, [3, 1], rng=4)
    model.layers[0].set(biases=[0.5, -0.25, 0.1])
    model.layers[1].set(biases=[0.7])
    *parts, output, joints = viz.plot_hinges(model, (-3, 3)).lines
    assert len(parts) == 3
    assert sum(part.get_ydata() for part in parts) + 0.7 == pytest.approx(output.get_ydata(), abs=1e-12)
    assert joints.get_xdata().tolist() == labs.hinges(model, (-3, 3)).x.tolist() != []


def test_boundary_decides_as_the_model_does():
    points = numpy.random.default_rng(0).uniform(-0.5, 1.5, (60, 2))
    three = MLP(2, [3], rng=2)
    for model, labels, limit in (
        (MLP(2, [3, 1], "tanh", "sigmoid", rng=1), (points[:, 0] > 0.5).astype(int), 0.5),
        (Neuron(2, rng=3), numpy.sign(points[:, 0] - 0.5), 0.0),
        (three, three.predict(points).argmax(axis=1), None),
    ):
        regions = viz.plot_decision_boundary(model, points, labels).collections[0]
        output = model.predict(points)
        decided = output.argmax(axis=1) if limit is None else (output > limit).astype(int)
        margin = 0.05
        sure = (abs(numpy.sort(output)[:, -1] - numpy.sort(output)[:, -2]) if limit is None else abs(output - limit)) > margin
        inside = numpy.array([[path.contains_point(point) for path in regions.get_paths()] for point in points[sure]])
        assert (inside.argmax(axis=1) == decided[sure]).all() and inside.any(axis=1).all()


def test_hidden_space_of_two_units_is_their_outputs():
    """D1-07, D2-13."""
    gate, labels = data.gates("xor")
    model = MLP(2, [2, 1], "tanh", rng=0)
    ax = viz.plot_hidden_space(model, gate, labels)
    drawn = numpy.concatenate([points.get_offsets() for points in ax.collections])
    assert sorted(drawn.tolist()) == sorted(labs.hidden(model, gate).tolist())
    assert ax.get_xlabel() == "output of unit 1" and not any("variance" in text for text in texts(ax))


def test_principal_components_say_what_they_hide():
    """Two classes that differ in a third direction of little spread lie on each other in the picture, which says so."""
    rng = numpy.random.default_rng(0)
    inputs = rng.normal(size=(80, 3)) * [5, 5, 0]
    labels = rng.integers(2, size=80)
    inputs[:, 2] = labels - 0.5
    model = MLP(3, [3, 1], "linear")
    model.layers[0].set(weights=numpy.eye(3).tolist())
    ax = viz.plot_hidden_space(model, inputs, labels)
    said = "\n".join(texts(ax))
    assert "2 of 3 dimensions, 99 %" in said or "2 of 3 dimensions, 100 %" in said
    assert "This plane hides it: in all 3 dimensions the classes can be separated linearly." in said
    inputs[:, 0] += 100 * labels
    assert "can be separated linearly in this plane" in "\n".join(texts(viz.plot_hidden_space(model, inputs, labels)))
    inputs[:, [0, 2]] = rng.normal(size=(80, 2))
    assert "cannot be separated linearly" in "\n".join(texts(viz.plot_hidden_space(model, inputs, labels)))


def test_a_class_has_its_colour_and_marker_whether_others_are_there_or_not():
    both, alone = (viz.plot_decision_boundary(MODEL, X[chosen], Y[chosen]) for chosen in (Y >= 0, Y == 1))
    (_, of_both), (of_one,) = ([points for points in ax.collections if points.get_label()[:5] == "class"] for ax in (both, alone))
    assert of_one.get_label() == of_both.get_label() == "class 1"
    assert (of_one.get_facecolor() == of_both.get_facecolor()).all() and len(of_one.get_paths()[0]) == len(of_both.get_paths()[0])
    eight = viz.plot_decision_boundary(MLP(2, [8], rng=0), *data.blobs(40, classes=8, rng=0))
    assert len({(str(p.get_facecolor()), str(p.get_paths()[0].vertices)) for p in eight.collections if p.get_label()[:5] == "class"}) == 8


def test_plots_of_what_is_constant_empty_or_a_single_point_are_drawn_without_a_warning():
    zeros = MLP(2, [3, 1], init="zeros")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for ax in (
            viz.plot_history(zeros.fit([[0.0, 1.0]], [0.0], epochs=1, progress=False), scale="log"),
            viz.plot_decision_boundary(zeros, [[1, 1]], [True]),
            viz.plot_hidden_space(zeros, [[0, 0], [1, 1]], [0, 1]),
            viz.plot_heatmaps(zeros),
            viz.plot_loss_slice(zeros, [[0, 0]], [0.0], "mse", ["w1_1_1", "w1_1_2"]),
            viz.plot_paths(lambda u, v: 3.0, [[1.0, 2.0], [1.0, 2.0]]),
            viz.plot_activation("tan"),
        ):
            ax.figure.draw_without_rendering()
    assert ax.get_ylim()[1] < 1000, "the poles of tan do not hide the rest"


def test_gradients_are_drawn_layer_by_layer_and_zeros_are_said():
    model = MLP(2, [2, 2, 1], "tanh", init="zeros")
    with pytest.raises(ValueError, match="hold no gradients; call backward"):
        viz.plot_gradients(model)
    model.loss([[1.0, 2.0]], [1.0]).backward()
    ax = viz.plot_gradients(model)
    biases = next(line for line in ax.lines if line.get_label() == "biases")
    assert numpy.isnan(biases.get_ydata()[:2]).all() and biases.get_ydata()[2] == abs(model.layers[2].neurons[0].bias.grad)
    assert texts(ax).count("0") == 5  # three layers of weights, two of biases
    deep = MLP(8, [16] * 6 + [1], "sigmoid", rng=0)
    rng = numpy.random.default_rng(0)
    deep.loss(rng.normal(size=(4, 8)), rng.normal(size=4)).backward()
    weights = viz.plot_gradients(deep).lines[0].get_ydata()
    assert weights[0] < weights[-1] / 1000, "the line falls to the left"


def test_the_v_of_rounding_is_drawn_without_errors_of_zero():
    """D0-18: on the right the error falls like h², on the left it grows like 1/h."""
    curve = numeric_curve(Value(1.0, "x").exp(), "x")
    line = next(line for line in viz.plot_numeric_curve(curve).lines if line.get_label().startswith("central"))
    h, error = line.get_xdata(), line.get_ydata()
    assert (error > 0).all()
    slope = numpy.polyfit(numpy.log(h[(h > 1e-4) & (h < 0.5)]), numpy.log(error[(h > 1e-4) & (h < 0.5)]), 1)[0]
    assert slope == pytest.approx(2, abs=0.02)
    left = h < 1e-6
    assert numpy.polyfit(numpy.log(h[left]), numpy.log(error[left]), 1)[0] == pytest.approx(-1, abs=0.3)


def test_a_slice_is_the_loss_with_one_parameter_moved_and_leaves_the_model_alone():
    before = MODEL.state_dict()
    curve, tangent = viz.plot_loss_slice(MODEL, X, Y, "bce", "b1_2", span=1.0).lines
    assert MODEL.state_dict() == before
    moved, drawn = MODEL.layers[0].neurons[1].bias, curve.get_ydata()
    kept = moved.data
    moved.data = float(curve.get_xdata()[10])
    assert drawn[10] == pytest.approx(float(MODEL.evaluate(X, Y, "bce")), rel=1e-12)
    moved.data = kept
    slope = grad(MODEL.loss(X, Y, "bce"), moved)[0]
    assert numpy.diff(tangent.get_ydata()) / numpy.diff(tangent.get_xdata()) == pytest.approx(slope, rel=1e-9)


def test_a_slice_of_what_cannot_be_vectorised_is_computed_by_its_graph():
    def own_loss(predictions, aims):
        return sum(((p - t) ** 2 for p, t in zip(predictions, aims, strict=True)), Value(0.0, constant=True))

    curve = viz.plot_loss_slice(Neuron(1).set([2.0], 0.0), [[1.0], [3.0]], [1.0, 0.0], own_loss, span=1.0).lines[0]
    assert curve.get_ydata() == pytest.approx((curve.get_xdata() - 1) ** 2 + (3 * curve.get_xdata()) ** 2)


def test_paths_begin_with_a_ring_and_end_with_a_filled_marker_inside_the_picture():
    """D1-35."""
    ax = viz.plot_paths(bowl, PATHS)
    walks = [line for line in ax.lines if len(line.get_xdata()) > 2]
    assert [line.get_label() for line in walks] == ["SGD", "momentum"]
    for walk, path in zip(walks, PATHS.values(), strict=True):
        assert numpy.column_stack([walk.get_xdata(), walk.get_ydata()]).tolist() == path.tolist()
    rings = [line for line in ax.lines if len(line.get_xdata()) == 1]
    assert (
        all(ring.get_fillstyle() == "none" and (ring.get_xdata()[0], ring.get_ydata()[0]) == (1, 1) for ring in rings) and len(rings) == 2
    )
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    every = numpy.concatenate(list(PATHS.values()))
    assert left < every[:, 0].min() and every[:, 0].max() < right and low < every[:, 1].min() and every[:, 1].max() < high

    def numbers_only(u, v):
        return Value(u) ** 2 + float(v) ** 2

    assert viz.plot_paths(numbers_only, [PATHS["SGD"]]).has_data()


def test_heatmaps_have_a_square_for_each_unit_with_its_outputs():
    """D0-11."""
    ax = viz.plot_heatmaps(MODEL, (-2, 2))
    assert len(ax.images) == 5
    corner = labs.hidden(MODEL, [[-2.0, -2.0], [2.0, -2.0]])
    first = ax.images[0].get_array()
    assert (first[0, 0], first[0, -1]) == (corner[0, 0], corner[1, 0])
    assert viz.plot_heatmaps(MLP(2, [20, 1], rng=0)).images and any(
        "4 more" in text for text in texts(viz.plot_heatmaps(MLP(2, [20, 1], rng=0)))
    )


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: viz.plot_history(MODEL.history, lang="xx"), ValueError, "no words for the language"),
        (lambda: viz.plot_history([1, 2]), TypeError, "draws what fit gives, or a dict"),
        (lambda: viz.plot_history(MODEL.history, scale="square"), ValueError, 'scale is "linear" or "log"'),
        (lambda: viz.plot_history(MODEL.history, ax=pyplot), TypeError, "ax is the Axes of matplotlib"),
        (lambda: viz.plot_decision_boundary(Neuron(3), [[1, 2, 3]], [1]), ValueError, r"over two features, but X has shape \(1, 3\)"),
        (lambda: viz.plot_decision_boundary(LogisticRegression(2), [[1, 2], [2, 3]], [0.5, 1]), ValueError, "classes are up to 8 whole numbers"),
        (lambda: viz.plot_activation("softmax"), ValueError, "no derivative element by element"),
        (lambda: viz.plot_hinges(MLP(1, [2, 1], "tanh"), (0, 1)), ValueError, "straight pieces"),
        (lambda: viz.plot_hinges(MLP(1, [2, 1]), (1, 0)), ValueError, "1 is not less than 0"),
        (lambda: viz.plot_activation("relu", interval=3), ValueError, "an interval is a pair"),
        (lambda: viz.plot_heatmaps(MODEL, (0, 0)), ValueError, "0 is not less than 0"),
        (lambda: viz.plot_numeric_curve(numeric_curve(Value(0.0, "x").log(), "x")), ValueError, "no error of the curve is a finite number"),
        (lambda: viz.plot_hidden_space(MODEL, X, Y, layer=7), ValueError, "layers 1 to 2, and no layer 7"),
        (lambda: viz.plot_numeric_curve({}), TypeError, "draws what numeric_curve gives, not dict"),
        (lambda: viz.plot_loss_slice(MODEL, X, Y, "bce", "w9"), ValueError, '"w9" is no parameter of the model; it has w1_1_1'),
        (lambda: viz.plot_loss_slice(MODEL, X, Y, "bce", ["b1_1", "b1_1"]), ValueError, "two that differ"),
        (lambda: viz.plot_loss_slice(MODEL, X, Y[:3], "bce"), ValueError, "3"),
        (lambda: viz.plot_paths(bowl, [[1.0, 2.0, 3.0]]), ValueError, r"has shape \(points, 2\)"),
        (lambda: viz.plot_paths(bowl, [[[1.0, float("nan")]]]), ValueError, "not finite"),
        (lambda: viz.plot_paths(3, PATHS), TypeError, "function of two numbers, not int"),
        (lambda: viz.plot_heatmaps(MLP(3, [1])), ValueError, "the model takes 3"),
        (lambda: viz.plot_decision_boundary(None, X, Y), TypeError, "model is one of nn"),
        (lambda: viz.plot_decision_boundary(MODEL, X, Y, threshold="x"), TypeError, "threshold is a number"),
        (lambda: viz.plot_loss_slice("a net", X, Y), TypeError, "model is one of nn"),
        (lambda: viz.plot_loss_slice(MODEL, X, Y, "bce", span=0), ValueError, "span must be greater than 0"),
        (lambda: viz.plot_paths(bowl, "a path"), TypeError, "the path 1 must hold numbers"),
        (lambda: viz.plot_paths(bowl, PATHS, names="w"), TypeError, "names are those of the two axes"),
        (lambda: viz.plot_history(MODEL.history, scale=numpy.zeros((9, 9))), ValueError, 'scale is "linear" or "log"'),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_sentence_and_leaves_no_figure_behind(make, error, words):
    with pytest.raises(error, match=words) as caught:
        make()
    assert "\n" not in str(caught.value)
    assert not pyplot.get_fignums()
