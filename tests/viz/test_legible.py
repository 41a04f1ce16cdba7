"""What is drawn by default can be read from a slide of 1280 × 720 pixels; nothing of it is cut, and what is folded says what it holds."""

import re
import xml.etree.ElementTree as ET

import pytest

from autograd import Value, examples, label, leaves, softmax, topological_order, total
from nn import MLP, Neuron
from viz import draw

from .geometry import seen
from .graphs import EXAMPLES, random_graph, worked
from .test_geometry import assert_nothing_is_in_the_way

SVG = "{http://www.w3.org/2000/svg}"
SIZES = {"": 14.0, "name": 16.0, "small": 12.0}  # of letters, by their class in the style sheet


def chain(length):
    y = Value(0.5, "x")
    for _ in range(length):
        y = y.tanh()
    return y


def fan(count):
    x = Value(2.0, "x")
    return total([x * Value(k / 7, f"w{k}") for k in range(1, count + 1)])


def softmax_of_three():
    z = leaves(z1=1.0, z2=2.0, z3=0.5)
    return -softmax(list(z))[1].log()


def mlp():
    return MLP(3, [4, 4, 1], rng=0).loss([[0.1, 0.2, 0.3]], [1.0], "mse")


def batch():
    return Neuron(2, "sigmoid", rng=0).loss([[0.1, 0.2], [0.3, -0.4], [0.5, 0.6], [-0.7, 0.8]], [1, 0, 1, 0], "bce")


LECTURE = {
    **{name: lambda name=name: worked(name) for name in EXAMPLES},
    "J": examples.J, "neuron": examples.neuron, "logistic": examples.logistic, "mazur with scopes": examples.mazur,
    "net 1-2-1": examples.net_1_2_1, "softmax of three": softmax_of_three, "MLP(3, [4, 4, 1])": mlp, "a batch of 4": batch,
    "a chain of 40": lambda: chain(40), "a fan of 30": lambda: fan(30), "random": lambda: random_graph(3, 80),
    "a sum of 24 products": lambda: total([Value(k, f"x{k}") * Value(0.5, f"w{k}") for k in range(24)]),
}  # fmt: skip


def smallest_number(svg: str, wide: float = 1280, tall: float = 720) -> float:
    """The size in pixels of the smallest text with a digit in it, outside of labels and the legend, of a picture fitted in."""
    root = ET.fromstring(svg)
    _, _, across, down = map(float, root.get("viewBox").split())
    sizes = []
    for group in root.iter(f"{SVG}g"):
        if (group.get("class") or "").startswith("card"):
            for text in group.iter(f"{SVG}text"):
                kinds = (text.get("class") or "").split()
                if re.search(r"\d", text.text or "") and not {"soft", "warn"} & set(kinds):
                    sizes.append(SIZES[next((kind for kind in kinds if kind in SIZES), "")])
    return min(sizes) * min(wide / across, tall / down)


@pytest.mark.parametrize("name", LECTURE)
def test_numbers_of_a_drawing_fitted_to_a_slide_can_be_read(name):
    y = LECTURE[name]()
    y.backward()
    drawing = draw(y)
    assert smallest_number(drawing.svg) >= 12
    assert_nothing_is_in_the_way(drawing)


def test_the_sizes_of_letters_are_those_of_the_style_sheet():
    style = draw(Value(1.0, "x") * 2, theme="light").svg
    assert "font:14px" in style and ".name{font:italic 16px" in style and ".small{font-size:12px}" in style


@pytest.mark.parametrize("name", ["MLP(3, [4, 4, 1])", "a chain of 40"])
@pytest.mark.parametrize(("wide", "tall"), [(1920, 1080), (800, 600)])
def test_another_size_can_be_asked_for(name, wide, tall):
    drawing = draw(LECTURE[name](), width=wide, height=tall)
    root = ET.fromstring(drawing.svg)
    assert float(root.get("width")) <= wide + 0.1 and float(root.get("height")) <= tall + 0.1
    assert smallest_number(drawing.svg, wide, tall) >= 12


@pytest.mark.parametrize("wrong", [0, -5, True, "wide", float("inf")])
def test_what_is_no_size_is_refused(wrong):
    with pytest.raises(ValueError, match="width is a number of pixels"):
        draw(examples.J(), width=wrong)


# --- lines -------------------------------------------------------------------------------------------------------


def test_a_long_chain_is_broken_into_lines_and_every_node_is_drawn():
    drawing = draw(chain(40))
    cards = seen(drawing).cards
    rows = sorted({round(box.top) for box in cards.values()})
    assert len(cards) == 41 and 5 < len(rows) < 12
    lines = [[key for key, box in cards.items() if round(box.top) == row] for row in rows]
    assert [key for line in lines for key in line] == list(cards), "it is read like a text"


def test_a_short_graph_stays_on_one_line():
    assert len({round(box.top) for box in seen(draw(chain(3))).cards.values()}) == 1


# --- units -------------------------------------------------------------------------------------------------------


def units(drawing):
    return {card.name: card for card in drawing.picture.cards if card.kind == "unit"}


def test_a_unit_shows_its_value_its_gradient_and_what_the_function_makes_of_the_sum():
    E = examples.mazur()
    E.backward()
    parts = draw(worked("mazur"))
    h1 = units(parts)["outₕ₁"]
    assert (h1.value, h1.chip.label, h1.chip.text) == ("0.5933", "∂E/∂outₕ₁", "+0.03635")
    assert h1.rows[0] == "netₕ₁ = 0.3775, sigmoid′ ≈ 0.2413"
    assert h1.badge == "sigmoid"


def test_the_pills_of_a_unit_are_derivatives_through_all_of_it():
    """∂out/∂i1 = σ′ w1, and σ′ for the bias that is added."""
    h1 = units(draw(worked("mazur")))["outₕ₁"]
    slope = 0.24130071
    assert [float(text) for text in h1.slots] == pytest.approx([slope * 0.15, slope * 0.2, slope], rel=1e-3)


def test_the_contributions_along_the_wires_of_units_add_up_to_the_gradient():
    y = mlp()
    y.backward()
    picture = draw(y).picture
    for place, card in enumerate(picture.cards):
        flows = [wire.flow for wire in picture.wires if wire.source == place and wire.flow is not None]
        if card.kind == "unit" and flows:
            assert sum(flows) == pytest.approx(float(card.chip.text.replace("−", "-")), rel=2e-3, abs=1e-9)


def test_a_unit_says_how_large_the_gradient_of_its_parameters_is():
    x, w1, w2, b = leaves(x=2.0, w1=3.0, w2=-1.0, b=0.5)
    u = (w1 * x + w2 * x + b).tanh()
    label(u=u)
    y = u * u
    y.backward()
    card = units(draw(y, width=400, height=300))["u"]
    size = (w1.grad**2 + w2.grad**2 + b.grad**2) ** 0.5
    sign, number = re.fullmatch(r"‖∂J/∂\(w₁, w₂, b\)‖ ([=≈]) (.*)", card.rows[1]).groups()
    assert sign == "≈" and float(number.replace("e−", "e-")) == pytest.approx(size, rel=1e-3)


def test_nothing_is_said_of_the_size_of_gradients_that_are_not_computed():
    assert not any("‖" in row for card in draw(mlp()).picture.cards for row in card.rows)


# --- folded cards ------------------------------------------------------------------------------------------------


def test_a_folded_card_shows_the_values_that_leave_it_and_the_size_of_its_gradient():
    E = examples.mazur()
    E.backward()
    card = next(card for card in draw(E, fold=True).picture.cards if card.name == "hidden layer")
    assert card.rows[:2] == ("outₕ₁ ≈ 0.5933; ∂E/∂outₕ₁ ≈ +0.03635", "outₕ₂ ≈ 0.5969; ∂E/∂outₕ₂ ≈ +0.04137")
    assert card.rows[2].startswith("‖∂E/∂(5 leaves)‖ ≈ 0.0")


def test_of_many_values_the_first_are_shown_and_the_others_counted():
    y = MLP(2, [9, 1], rng=0).loss([[0.1, 0.2]], [1.0], "mse")
    card = next(card for card in draw(y, fold=True).picture.cards if card.name == "layer 1")
    assert len(card.rows) == 4 and card.rows[-1] == "… and 6 more"


def test_the_text_says_every_step_of_a_graph_that_is_drawn_with_fewer_cards():
    y = mlp()
    assert draw(y).text.startswith("forward\n") and len(draw(y).text.splitlines()) > len(topological_order(y)) / 2
