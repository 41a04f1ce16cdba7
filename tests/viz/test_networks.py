"""Pictures of networks: where units and lines stand, what lines say, names, refusals, and that the model stays as it is."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from fractions import Fraction
from itertools import combinations, product

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


MODES, NOTATIONS = ("weights", "values", "gradients"), ("delta", "murphy", "ng", "dY")
# Of the wide net, which takes long to draw, the symbols of other notations only where the most of them are written.
GEOMETRY = [case for case in product(NOTATIONS, MODES, NETS) if case[2] != "wide" or case[0] == "delta" or case[1] == "gradients"]


@pytest.mark.parametrize(("notation", "mode", "net"), GEOMETRY)
def test_units_stand_apart_and_everything_is_inside_the_picture(notation, mode, net):
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
        if "on-line" in text.get("class"):  # between two units, in coordinates of its own
            continue
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
    assert len(circles(root)) == 4 * 6 and len(lines(root)) == 3 * 6 * 6
    assert [text for text in texts(root) if "more" in text or text == "⋮"] == ["⋮", "14 more", "⋮", "10 more", "⋮", "5 more", "⋮", "4 more"]
    assert "x₅" in texts(root) and "x₂₀" in texts(root) and "z₁₆⁽¹⁾" in texts(root) and "x₆" not in texts(root)


def test_of_a_deep_network_the_first_and_last_layers_are_drawn_and_the_others_counted():
    root = drawn(MLP(1, [2] * 8 + [1], rng=0))
    assert [text for text in texts(root) if "layer" in text] == [
        "hidden layer 1",
        "hidden layer 2",
        "hidden layer 3",
        "4 more layers",
        "hidden layer 8",
    ]
    assert {key.split("-")[0] for key in lines(root)} == {"w1", "w2", "w3", "w9"}


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
    shown = [text for text in texts(drawn(model, [1, 2, 3], y=[1, 0], loss="mse")) if text[0] == "δ" and "…" not in text]
    model.loss([[1, 2, 3]], [[1, 0]], "mse").backward()
    biases = [neuron.bias.grad for layer in model.layers for neuron in layer.neurons]
    assert [text.split()[0] for text in shown] == ["δ₁⁽¹⁾", "δ₂⁽¹⁾", "δ₃⁽¹⁾", "δ₄⁽¹⁾", "δ₁⁽²⁾", "δ₂⁽²⁾"]
    assert [float(text.split()[2].replace("−", "-")) for text in shown] == pytest.approx(biases, rel=0.005)


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
    assert "w₁₀⁽¹⁾ = −0.25" in texts(drawn(Neuron(1).set([1], -0.25)))
    assert "b₁[1] = −0.25" in texts(drawn(Neuron(1).set([1], -0.25), notation="ng"))
    assert "w₂₀⁽¹⁾ ≈ 0.667" in texts(drawn(Layer(1, 2).set([[1], [1]], [0, 2 / 3])))


@pytest.mark.parametrize("net", ["1 layer", "2 layers", "3 layers"])
def test_every_notation_shows_the_same_numbers(net):
    model = NETS[net]()

    def numbers(notation):
        root = drawn(model, example(model), y=[1.0, 0.0] if net == "2 layers" else 1.0, loss="mse", notation=notation)
        found = [text.text or "" for text in root.iter(f"{SVG}text") if (text.get("class") or "").startswith("small")]
        below = [text for text in texts(root) if re.search(r"[\d∞]$", text) and (" = " in text or " ≈ " in text or text in found)]
        return [re.split(" [=≈] ", text)[-1] for text in below]

    assert numbers("delta") == numbers("ng") == numbers("bishop") == numbers("murphy") == numbers("dY")


def test_what_is_printed_with_an_equals_sign_is_true_as_printed():
    model = Layer(1, 2).set([[1 / 3], [0.5]], [2 / 3, 0.25])
    drawing = network(model, [1], y=[0.5, 0.5], loss="mse")
    assert {"w₁₀⁽¹⁾ ≈ 0.667", "δ₁⁽¹⁾ = 0.5", "w₂₀⁽¹⁾ = 0.25", "δ₂⁽¹⁾ = 0.25"} <= set(texts(ET.fromstring(drawing.svg)))
    titles = [line[-1] for line in lines(ET.fromstring(drawing.svg)).values()]
    assert titles[0].startswith("w₁₁⁽¹⁾ ≈ 0.333333, gradient 0.5") and titles[1].startswith("w₂₁⁽¹⁾ = 0.5, ")
    assert "ŷ₁ = 1," in drawing.svg and "L ≈" not in drawing.text


# --- numbers of lines, the node x₀ = 1, signals, masks -----------------------------------------------------------


def on_lines(root):
    """The numbers that stand on lines, by the key of the line: text, middle, angle."""
    found = {}
    for group in root.iter(f"{SVG}g"):
        if group.get("data-number"):
            x, y, angle = map(float, re.findall(r"-?[\d.]+", group.get("transform")))
            found[group.get("data-number")] = "".join(group.itertext()), x, y, angle
    return found


@pytest.mark.parametrize("bias", ["below", "node"])
@pytest.mark.parametrize("sizes", [(2, [1]), (1, [2, 1]), (2, [2, 2]), (3, [4, 2]), (4, [4, 4, 3])])
def test_every_weight_of_a_lecture_network_has_its_number_on_its_line_and_nothing_is_smaller_than_12_pixels(sizes, bias):
    model = MLP(*sizes, "sigmoid", rng=1)
    root = drawn(model, [0.5] * sizes[0], bias=bias)
    numbers, ways = on_lines(root), lines(root)
    for key, (text, x, y, _) in numbers.items():
        _, _, x1, y1, x2, y2, title = ways[key]
        assert float(text.replace("−", "-")) == pytest.approx(float(re.search("[=≈] ([^,]+),", title)[1].replace("−", "-")), rel=0.006)
        assert x1 < x < x2 and y == pytest.approx(y1 + (y2 - y1) * (x - x1) / (x2 - x1), abs=0.2)
    assert {key for key, line in ways.items() if line[0] != "zero"} == set(numbers)
    _, _, wide, tall = map(float, root.get("viewBox").split())
    assert wide <= 1280 and tall <= 720  # so that its 12 pixels are 12 on a slide


def test_where_numbers_have_no_room_the_picture_says_where_they_are():
    root = drawn(MLP(6, [6, 6, 1], rng=0))
    assert {key.split("-")[0] for key in on_lines(root)} == {"w3"}
    assert any("have it in their titles" in text for text in texts(root))
    assert not any("have it in their titles" in text for text in texts(drawn(MLP(2, [2, 1], rng=0))))


@pytest.mark.parametrize("notation, names", [("delta", ["x₀", "z₀⁽¹⁾"]), ("ng", ["X₀", "A₀[1]"])])
def test_biases_are_weights_of_a_node_that_is_1(notation, names):
    model = MLP(2, [2, 1], "tanh", rng=0)
    model.layers[0].set(biases=[0.5, -2])
    root = drawn(model, bias="node", notation=notation)
    shown = [unit for unit in root.iter(f"{SVG}g") if "constant" in (unit.get("class") or "")]
    assert [["".join(text.itertext()) for text in unit.findall(f"{SVG}text")] for unit in shown] == [[name, "1"] for name in names]
    assert on_lines(root)["w1-1-0"][0] == "0.5" and on_lines(root)["w1-2-0"][0] == "−2" and lines(root)["w2-1-0"][0] == "zero"
    assert not any("bias" in text for text in texts(root))


def test_the_lines_of_the_node_show_the_gradients_of_the_biases():
    model = MLP(2, [2, 1], "tanh", rng=0)
    root = drawn(model, [1, 2], y=1, loss="mse", bias="node")
    model.loss([[1, 2]], [1], "mse").backward()
    for i, neuron in enumerate(model.layers[0].neurons, 1):
        assert f"gradient {neuron.bias.grad:.6g}".replace("-", "−") in lines(root)[f"w1-{i}-0"][-1]


def test_signals_say_what_flows():
    model, more = Layer(2, 1, "tanh", rng=0).set([[2, -1]], [0.5]), {"y": 1, "loss": "mse"}
    forward, backward, both = [drawn(model, [0.25, 1], signals=one, **more) for one in ("forward", "backward", "both")]
    assert on_lines(forward)["w1-1-1"][0] == "2" and "0.25" in texts(forward) and not any("δ" in text for text in texts(forward))
    assert any(text.startswith("δ₁⁽¹⁾ ") for text in texts(backward)) and "0.25" not in texts(backward)
    assert on_lines(backward) == on_lines(both) and "0.25" in texts(both)
    assert ET.tostring(both) == ET.tostring(drawn(model, [0.25, 1], **more))


DROPPING = lambda: Sequential([Layer(2, 3, "tanh", rng=0), Dropout(keep=0.5), Layer(3, 1, rng=1)])  # noqa: E731


def test_a_mask_switches_units_off_and_scales_the_others():
    model = DROPPING()
    drawing = network(model, [1, 2], y=1, loss="mse", mask=[1, 0, 1])
    root = ET.fromstring(drawing.svg)
    (unit,) = [unit for unit in root.iter(f"{SVG}g") if "dropped" in (unit.get("class") or "")]
    assert unit.get("data-key") == "u1-2" and unit.find(f"{SVG}path").get("class") == "cross" and "0" in texts(unit)
    off = {group.get("data-key") for group in root.iter(f"{SVG}g") if "off" in (group.get("class") or "").split()}
    assert off == {"w1-2-1", "w1-2-2", "w2-1-2"} and not off & set(on_lines(root))
    hidden = [v.data for v in model.layers[0]([1, 2])]
    assert f"values {2 * hidden[0]:.6g}, 0, {2 * hidden[2]:.6g}".replace("-", "−") in drawing.text and "mask 2, 0, 2" in drawing.text
    (w1, _, w3), output = [weight.data for weight in model.layers[2].neurons[0].weights], drawing.text.split("values ")[-1].split("\n")[0]
    assert float(output.replace("−", "-")) == pytest.approx(2 * (w1 * hidden[0] + w3 * hidden[2]), rel=1e-5)
    assert any("1/0.5 = 2" in text for text in texts(root))


def test_a_mask_is_drawn_from_a_seed_as_while_training():
    drawing = network(DROPPING(), [1, 2], mask=3)
    expected = Dropout(keep=0.5, rng=3).mask(3)
    assert "mask " + ", ".join(f"{factor:g}" for factor in expected) in drawing.text


@pytest.mark.parametrize(
    "options, what",
    [
        ({"mask": [1, 0]}, "here 3 of them"),
        ({"mask": [1, 2, 0]}, "a 1 for each unit that stays"),
        ({"mask": [[1, 0, 1], [1]]}, "one list for each Dropout"),
        ({"signals": "up"}, "signals is one of forward, backward, both"),
        ({"signals": "forward"}, "give x as well"),
        ({"x": [1, 2], "signals": "both"}, "give y and loss as well"),
        ({"bias": "x" * 500}, "bias is one of below, node"),
    ],
)
def test_masks_signals_and_biases_that_do_not_fit_are_refused(options, what):
    with pytest.raises(ValueError, match=what) as refusal:
        network(DROPPING(), **options)
    assert len(str(refusal.value)) < 200


def test_a_mask_needs_a_dropout():
    with pytest.raises(ValueError, match="this model has no Dropout"):
        network(MLP(2, [2, 1]), mask=[1, 1])


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
    assert "<b>₁" in shown and "]]>&₁⁽¹⁾ = 0" in shown and any(text.startswith('"₁⁽¹⁾ ') for text in shown)
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
