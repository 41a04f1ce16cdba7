"""Pictures of networks: where units and lines stand, what lines say, names, refusals, and that the model stays as it is."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from fractions import Fraction
from itertools import combinations

import numpy
import pytest

from autograd import Notation, Value, no_grad
from nn import MLP, Dropout, Layer, LogisticRegression, Module, Neuron, Sequential
from viz import network
from viz.output.legend import THICK, THIN
from viz.picture.lettering import width

SVG = "{http://www.w3.org/2000/svg}"
NETS = {
    "1 layer": lambda: LogisticRegression(3),
    "2 layers": lambda: MLP(3, [4, 2], "sigmoid", rng=0),
    "3 layers": lambda: MLP(2, [3, 3, 1], "tanh", "sigmoid", rng=1),
    "6 layers": lambda: MLP(3, [5, 5, 5, 5, 5, 1], rng=2),
    "wide": lambda: MLP(20, [16, 11, 10], rng=3),
}


def drawn(model, *arguments, **options):
    return ET.fromstring(network(model, *arguments, **options).svg)


def circles(root):
    return [tuple(float(circle.get(key)) for key in ("cx", "cy", "r")) for circle in root.iter(f"{SVG}circle")]


def lines(root):
    """The lines by key, as (kind, width, x1, y1, x2, y2, title)."""
    found = {}
    for group in root.iter(f"{SVG}g"):
        if (group.get("data-key") or "").startswith("w"):
            path = group.find(f"{SVG}path")
            ends = [float(number) for number in re.findall(r"-?[\d.]+", path.get("d"))]
            wide = float(path.get("style").removeprefix("stroke-width:"))
            found[group.get("data-key")] = (group.get("class").removeprefix("wire").strip(), wide, *ends, group[0].text)
    return found


def texts(root):
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def example(model):
    n_in = network(model).text.split("input: ")[1].split()[0]
    return [0.5 - k for k in range(int(n_in))]


# --- geometry ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("mode", ["weights", "values", "gradients"])
@pytest.mark.parametrize("notation", ["delta", "murphy", "ng", "dY"])
def test_units_stand_apart_and_everything_is_inside_the_picture(net, mode, notation):
    model = NETS[net]()
    x = None if mode == "weights" else example(model)
    more = {"y": [1.0] * 10 if net == "wide" else [1.0, 0.0] if net == "2 layers" else 1.0, "loss": "mse"} if mode == "gradients" else {}
    root = drawn(model, x, notation=notation, **more)
    _, _, wide, tall = map(float, root.get("viewBox").split())
    dx, dy = map(float, re.findall(r"[\d.]+", root.find(f"{SVG}g").get("transform")))
    for (x1, y1, r1), (x2, y2, r2) in combinations(circles(root), 2):
        assert (x1 - x2) ** 2 + (y1 - y2) ** 2 > (r1 + r2) ** 2
    for cx, cy, r in circles(root):
        assert r <= cx + dx <= wide - r and r <= cy + dy <= tall - r
    for text in root.iter(f"{SVG}text"):
        size = 16 if text.get("class") == "name" else 14 if text.get("class") == "soft" else 12
        extent = width("".join(text.itertext()).replace("^", ""), size)
        left = float(text.get("x")) - (extent / 2 if text.get("text-anchor") == "middle" else 0)
        assert left + dx >= 0 and left + extent + dx <= wide and 0 < float(text.get("y")) + dy < tall


@pytest.mark.parametrize("net", NETS)
def test_a_line_touches_units_only_at_its_ends(net):
    root = drawn(NETS[net]())
    for _, _, x1, _, x2, _, _ in lines(root).values():
        assert all(cx + r <= x1 + 0.2 or cx - r >= x2 - 0.2 for cx, _, r in circles(root))


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("notation", ["delta", "murphy"])
def test_no_line_crosses_a_text_below_a_unit(net, notation):
    model = NETS[net]()
    for neuron in [neuron for neuron in model.modules() if isinstance(neuron, Neuron)]:
        neuron.set(bias=-1.2345e-7)
    root = drawn(
        model, example(model), y=[1.0] * 10 if net == "wide" else [1.0, 0.0] if net == "2 layers" else 1.0, loss="mse", notation=notation
    )
    ways = [line[2:6] for line in lines(root).values()]
    boxes = []
    for text in root.iter(f"{SVG}text"):
        if text.get("class") in ("small soft", "small gradient") and text.text.endswith(tuple("0123456789")):
            half = width(text.text, 12, bold="gradient" in text.get("class")) / 2
            boxes.append((float(text.get("x")) - half, float(text.get("x")) + half, float(text.get("y")) - 9, float(text.get("y")) + 3))
    assert boxes
    for left, right, top, bottom in boxes:
        for x1, y1, x2, y2 in ways:
            for x in (max(left, x1), min(right, x2)):
                if x1 <= x <= x2 and left <= x <= right:
                    assert not top < y1 + (y2 - y1) * (x - x1) / (x2 - x1) < bottom


@pytest.mark.parametrize("number, shown", [(1e6, "1e6"), (-1.2345e-8, "−1e−8"), (123456.789, "1.23e5"), (-0.12345, "−0.123")])
def test_a_number_has_the_digits_that_its_unit_has_room_for(number, shown):
    assert shown in texts(drawn(Neuron(1), [number]))


@pytest.mark.parametrize("net, units, edges", [("1 layer", 4, 3), ("2 layers", 9, 20), ("3 layers", 9, 18), ("6 layers", 29, 120)])
def test_every_unit_and_every_weight_is_drawn_once(net, units, edges):
    root = drawn(NETS[net]())
    assert (len(circles(root)), len(lines(root))) == (units, edges)


def test_of_a_wide_layer_the_first_and_last_units_are_drawn_and_the_others_counted():
    root = drawn(NETS["wide"]())
    assert len(circles(root)) == 8 + 8 + 8 + 10
    assert len(lines(root)) == 8 * 8 + 8 * 8 + 8 * 10
    assert [text for text in texts(root) if "more" in text or text == "⋮"] == ["⋮", "12 more", "⋮", "8 more", "⋮", "3 more"]
    assert "x₂₀" in texts(root) and "z₁₆⁽¹⁾" in texts(root) and "x₇" not in texts(root)


# --- lines -------------------------------------------------------------------------------------------------------


def test_a_line_shows_the_sign_of_its_weight_and_its_magnitude():
    found = lines(drawn(Layer(4, 1).set(weights=[[2, -8, 0, 0.5]])))
    assert [line[0] for line in found.values()] == ["positive", "negative", "zero", "positive"]
    assert [line[1] for line in found.values()] == pytest.approx(
        [THIN + (THICK - THIN) / 2, THICK, THIN, THIN + (THICK - THIN) / 4], abs=0.006
    )


def test_a_line_goes_from_its_input_to_its_unit():
    found = lines(drawn(Layer(2, 3).set(weights=[[1, 2], [3, 4], [5, 6]])))
    assert found["w1-3-1"][-1] == "w₃₁⁽¹⁾ = 5, from x₁ to ŷ₃"
    assert found["w1-3-1"][3] < found["w1-3-2"][3]  # x₁ stands above x₂
    assert found["w1-1-1"][5] < found["w1-2-1"][5] < found["w1-3-1"][5]


def test_the_legend_names_only_what_occurs_and_one_scale_for_all_layers():
    assert [text for text in texts(drawn(Layer(2, 1).set(weights=[[1, 2]]))) if "weight" in text] == ["positive weight"]
    model = MLP(1, [1, 1], rng=0)
    model.layers[0].set(weights=[[-4]])
    model.layers[1].set(weights=[[1]])
    root = drawn(model)
    assert "the larger, the wider: here up to 4" in texts(root)
    assert [line[1] for line in lines(root).values()] == pytest.approx([THICK, (THIN + THICK) / 2], abs=0.006)


def test_weights_that_are_not_numbers_are_drawn_without_a_sign():
    found = lines(drawn(Layer(3, 1).set(weights=[[float("nan"), float("inf"), 1]])))
    assert [line[0] for line in found.values()] == ["", "positive", "positive"]


@pytest.mark.parametrize(
    "net, y, loss", [("1 layer", 1, "bce"), ("2 layers", [1, 0], "half_squared_error"), ("3 layers", 0, "bce"), ("6 layers", 3, "mse")]
)
def test_lines_show_the_gradients_of_autograd(net, y, loss):
    model = NETS[net]()
    x = example(model)
    found = lines(drawn(model, x, y=y, loss=loss))
    model.loss([x], [y], loss).backward()
    layers = [model] if isinstance(model, Neuron) else model.layers
    for k, layer in enumerate(layers, 1):
        for i, neuron in enumerate(getattr(layer, "neurons", [layer]), 1):
            for j, weight in enumerate(neuron.weights, 1):
                kind, *_, title = found[f"w{k}-{i}-{j}"]
                assert float(title.split("gradient ")[1].split(",")[0].replace("−", "-")) == pytest.approx(weight.grad, rel=1e-5)
                assert kind == ("positive" if weight.grad > 0 else "negative" if weight.grad < 0 else "zero")


def test_below_a_unit_stands_its_delta_which_is_the_gradient_of_its_bias():
    model = NETS["2 layers"]()
    shown = [text for text in texts(drawn(model, [1, 2, 3], y=[1, 0], loss="mse")) if text.startswith("δ =")]
    model.loss([[1, 2, 3]], [[1, 0]], "mse").backward()
    biases = [neuron.bias.grad for layer in model.layers for neuron in layer.neurons]
    assert [float(text[4:].replace("−", "-")) for text in shown] == pytest.approx(biases, rel=0.06)


def test_gradients_are_computed_for_softmax_and_for_a_loss_of_ones_own():
    model = MLP(2, [3, 3], "tanh", "softmax", rng=0)
    assert network(model, [1, 2], y=2, loss="cross_entropy_of_probabilities").text.count("δ") == 2
    assert "L = 0.25" in network(Neuron(1).set([1], 0), [1], y=0.5, loss=lambda p, t: (p[0] - t[0]) ** 2).text


# --- texts -------------------------------------------------------------------------------------------------------


def test_activations_stand_in_the_units():
    model = Layer(2, 1, "sigmoid").set([[2, -3]], [1])
    assert "0.5" in texts(drawn(model, [1, 1])) and "0.5" not in texts(drawn(model))
    assert "1/3" in texts(drawn(Layer(1, 1).set([[1]], [0]), [Fraction(1, 3)]))


def test_biases_stand_below_their_units():
    assert "w₀ = −0.25" in texts(drawn(Neuron(1).set([1], -0.25)))
    assert "b = −0.25" in texts(drawn(Neuron(1).set([1], -0.25), notation="ng"))


@pytest.mark.parametrize("notation, names", [("delta", ["x₁", "z₁⁽¹⁾", "ŷ"]), ("ng", ["X₁", "A₁[1]", "Ŷ"]), (Notation("mine", like="delta", activation="h{i}"), ["x₁", "h₁", "ŷ"])])  # fmt: skip
def test_units_are_named_in_the_chosen_notation(notation, names):
    root = drawn(MLP(1, [1, 1], rng=0), notation=notation)
    assert ["".join(text.itertext()) for text in root.iter(f"{SVG}text") if text.get("class") == "name"] == names


def test_the_text_says_layers_shapes_parameters_and_signals():
    model = MLP(2, [2, 1], "relu", rng=0)
    model.layers[0].set([[1, 0], [0, -1]], [0, 0])
    model.layers[1].set([[2, 1]], [1])
    assert network(model, [3, 4], y=5, loss="half_squared_error").text.splitlines() == [
        "MLP(2, [2, 1])",
        "input: 2 units",
        "  values 3, 4",
        "hidden layer 1: 2 units · relu, W 2 × 2, 2 biases, 6 parameters",
        "  values 3, 0",
        "  δ⁽¹⁾ 4, 0",
        "output: 1 unit · linear, W 1 × 2, 1 bias, 3 parameters",
        "  values 7",
        "  δ⁽²⁾ 2",
        "L = 2",
        "9 parameters",
    ]


def test_what_people_write_is_drawn_as_text():
    notation = Notation("mine", like="delta", input="<b>", bias="]]>&", output_bias="]]>&", error='"\u202e')
    drawing = network(Layer(1, 1, rng=0), [1], y=1, loss="mse", notation=notation)
    shown = texts(ET.fromstring(drawing.svg))
    assert "<b>₁" in shown and "]]>& = 0" in shown and any(text.startswith('" = ') for text in shown)
    assert "<b>" not in drawing.svg and "]]>" not in drawing.svg


def test_it_is_named_and_described_for_those_who_do_not_see_it():
    root = drawn(NETS["2 layers"]())
    assert (
        root.get("role") == "img" and root[0].get("id") == root.get("aria-labelledby") and root[1].get("id") == root.get("aria-describedby")
    )
    assert root[0].text.startswith("Neural network MLP(3, [4, 2]") and "hidden layer 1: 4 units" in root[1].text


# --- files, notebooks, determinism -------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix, begins", [(".svg", b"<svg"), (".png", b"\x89PNG"), (".pdf", b"%PDF")])
def test_save_writes_each_kind_of_file(tmp_path, suffix, begins):
    assert network(NETS["1 layer"]()).save(tmp_path / f"net{suffix}").read_bytes().startswith(begins)


def test_a_network_is_not_saved_as_dot(tmp_path):
    with pytest.raises(ValueError, match=r'\.svg, \.png or \.pdf, not as "\.dot"'):
        network(NETS["1 layer"]()).save(tmp_path / "net.dot")
    assert not list(tmp_path.iterdir())


def test_it_shows_itself_in_a_notebook():
    drawing = network(NETS["1 layer"]())
    bundle = drawing._repr_mimebundle_()
    assert "data:image/svg+xml;base64," in bundle["text/html"] and bundle["text/plain"] == drawing.text == repr(drawing)


def test_two_processes_draw_the_same_bytes():
    script = "from nn import MLP; from viz import network; print(network(MLP(3, [4, 2], rng=0), [1, 2, 3], y=[0, 1], loss='mse').svg)"
    first, second = [subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout for _ in range(2)]
    assert first == second and first.startswith(b"<svg")


def test_colours_follow_the_theme():
    light, dark, auto, printed = [network(NETS["1 layer"](), theme=theme).svg for theme in ("light", "dark", "auto", "print")]
    assert "#f6f8fa" in light and "#1e232a" in dark and "var(--paper)" in auto and "var(" not in printed


# --- the model, and refusals -------------------------------------------------------------------------------------


def test_the_model_stays_as_it_is():
    model = Sequential([Layer(2, 3, "tanh", rng=0), Dropout(keep=0.5, rng=1), Layer(3, 1, rng=2)], rng=0)
    model.loss([[1, 2]], [3], "mse").backward()
    before = [(p.data, p.grad) for p in model.parameters()]
    drop = model.layers[1].rng.bit_generator.state
    x = [Value(1.0), Value(2.0)]
    network(model, x, y=3, loss="mse")
    assert [(p.data, p.grad) for p in model.parameters()] == before and all(module.training for module in model.modules())
    assert model.layers[1].rng.bit_generator.state == drop and [v.grad for v in x] == [0, 0]


def test_a_picture_is_of_the_moment_it_was_drawn():
    model = Layer(1, 1).set([[1]])
    drawing = network(model)
    model.set([[-1]])
    assert 'class="wire positive"' in drawing.svg


def test_dropout_is_off_and_layers_in_layers_are_found():
    model = Sequential([Sequential([Layer(2, 3, rng=0)]), Dropout(drop=0.5), Layer(3, 1, rng=0)])
    assert len(circles(drawn(model, numpy.array([1.0, 2.0])))) == 6


def test_without_a_graph_there_are_no_gradients_to_draw():
    with no_grad(), pytest.raises(ValueError, match="outside of no_grad"):
        network(NETS["1 layer"](), [1, 2, 3], y=1, loss="bce")


class Own(Module):
    pass


@pytest.mark.parametrize("model, what", [(3, "int"), (Value(1.0), "Value"), (Own(), "a module of your own, Own,"), (Sequential([Own()]), "Own"), (Sequential([Dropout(keep=1)]), "no Layer")])  # fmt: skip
def test_other_models_are_refused(model, what):
    with pytest.raises(TypeError, match=what):
        network(model)


@pytest.mark.parametrize(
    "arguments, options, what",
    [
        (([1, 2],), {}, "takes 3 numbers, not 2"),
        (([1, 2],), {"y": [1, 2], "loss": "mse"}, "takes 3 numbers, not 2"),
        (([1, 2, 3],), {"y": 1}, "y is given without loss"),
        (([1, 2, 3],), {"loss": "mse"}, "loss is given without y"),
        ((), {"y": 1, "loss": "mse"}, "without x"),
        (([1, 2, 3],), {"y": [1, 2, 3], "loss": "mse"}, r"\(1, 3\)"),
        (([1, 2, 3],), {"y": [1, 2], "loss": "mes"}, "mse"),
        ((), {"notation": "dleta"}, "did you mean delta"),
        ((), {"theme": "pink"}, "theme is one of"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_one_sentence(arguments, options, what):
    with pytest.raises(ValueError, match=what) as refusal:
        network(NETS["2 layers"](), *arguments, **options)
    assert "\n" not in str(refusal.value)
