"""What the cards, wires and notes of a picture say about the graph."""

from fractions import Fraction

import pytest

from autograd import Value, label, leaves, sigmoid
from autograd.explain.typeset import in_line
from viz.picture import reading
from viz.picture.gradients import stored

from ..graphs import EXAMPLES, mission, random_graph, worked


def read(y, **more):
    """The picture of a graph with the gradients that are stored in it."""
    return reading.read(y, stored(y), **more)


def cards(y, **more):
    """The cards of a picture by name; a constant without a name goes by its number."""
    return {card.name or card.value: card for card in read(y, **more).cards}


def chips(y):
    return {name: (card.chip.label, card.chip.text, card.chip.state) for name, card in cards(y).items() if card.chip}


# --- gradients ---------------------------------------------------------------------------------------------------


def test_a_gradient_that_is_not_computed_is_not_a_zero():
    J = mission()
    assert chips(J)["b"] == ("∂J/∂b", "", "none")
    J.backward()
    assert chips(J)["b"] == ("∂J/∂b", "+6", "complete")
    J.zero_grad()
    assert chips(J)["b"] == ("∂J/∂b", "", "none")


def test_a_computed_zero_is_shown_as_zero():
    a, b = leaves(a=-5, b=2)
    y = (a + b).relu() * 3
    y.backward()
    assert chips(y)["a"] == ("∂J/∂a", "0", "zero")


def test_a_sum_of_which_terms_are_missing_says_how_many_have_arrived():
    a, b = leaves(a=-2, b=3)
    d, e = a * b, a + b
    f = d * e
    label(d=d, e=e, f=f)
    f.grad = 1
    f._backward()
    assert chips(f)["a"] == ("∂f/∂a", "", "none")
    e._backward()
    assert chips(f)["a"] == ("∂f/∂a", "−6 (1 of 2)", "partial")
    d._backward()
    assert chips(f)["a"] == ("∂f/∂a", "−3", "complete")


def test_a_contribution_is_drawn_on_its_wire_once_it_has_been_sent():
    a, b = leaves(a=-2, b=3)
    d, e = a * b, a + b
    f = d * e
    f.grad = 1
    f._backward()
    e._backward()
    flows = {wire.key: wire.flow for wire in read(f).wires}
    assert flows == {"e2-0": None, "e2-1": None, "e3-0": -6, "e3-1": -6, "e4-0": 1, "e4-1": -6}


def test_contributions_in_another_order_are_shown_without_a_count():
    a, b = leaves(a=-2, b=3)
    d, e = a * b, a + b
    f = d * e
    f.grad = 1
    f._backward()
    d._backward()
    assert chips(f)["a"] == ("a.grad", "+3", "complete")
    assert cards(f)["a"].note == "∂J/∂a = −3"


def test_a_leaf_that_has_accumulated_two_passes_shows_both_numbers():
    J = mission()
    J.backward()
    J.backward()
    b = cards(J)["b"]
    assert (b.chip.label, b.chip.text, b.note) == ("b.grad", "+12", "∂J/∂b = +6")
    assert chips(J)["u"] == ("∂J/∂u", "+3", "complete")
    assert "zero_grad()" in read(J).notes[0]


def test_the_gradient_of_another_graph_is_not_called_a_derivative_of_this_one():
    a, b = leaves(a=2, b=3)
    (a * b).backward()
    y = a + b
    assert chips(y)["a"] == ("a.grad", "+3", "complete")
    assert cards(y)["a"].note == "∂J/∂a = +1"
    assert chips(y)["J"] == ("∂J/∂J", "", "none")


@pytest.mark.parametrize("seed, grad, text", [(2, "+6", "2"), (0.5, "+1.5", "0.5"), (-1, "−3", "−1"), (0, "0", "0")])
def test_a_seed_other_than_1_is_told(seed, grad, text):
    J = mission()
    J.backward(seed=seed)
    assert chips(J)["v"] == ("v.grad", grad, "complete" if seed else "zero")
    assert read(J).notes == (f"The backward pass started with {text} at J, not with 1.",)


def test_a_picture_speaks_the_language_that_is_asked_for():
    J = mission()
    J.backward()
    picture = read(J, lang="es")
    assert picture.title == "Grafo de cálculo de J = 33"
    assert picture.wires[0].title == "de b a u: derivada local = 2; por aquí vuelve +6 del gradiente"
    with pytest.raises(ValueError, match='no words for the language "xx"'):
        read(J, lang="xx")


@pytest.mark.parametrize("name", EXAMPLES)
def test_after_one_pass_every_chip_is_the_published_gradient(name):
    y = worked(name)
    shown = cards(y, digits=12)
    for node, gradient in EXAMPLES[name]["grads"].items():
        chip = shown[in_line(node)].chip
        if chip:  # a constant has none
            assert chip.label == f"∂{in_line(EXAMPLES[name]['output'])}/∂{in_line(node)}"
            assert float(chip.text.replace("−", "-")) == pytest.approx(float(gradient), rel=1e-11)


def test_a_changed_leaf_is_marked_and_the_graph_called_out_of_date():
    a, b, c = leaves(a=5, b=3, c=2)
    J = a + b * c
    b.data = 4
    assert cards(J)["b"].stale
    assert not cards(J)["c"].stale
    assert read(J).notes == ("b was changed after this graph was built; build the expression again.",)


# --- wires -------------------------------------------------------------------------------------------------------


def test_a_wire_carries_the_contribution_that_goes_back_along_it():
    J = mission()
    assert {wire.flow for wire in read(J).wires} == {None}
    J.backward()
    assert [(wire.key, wire.flow) for wire in read(J).wires] == [
        ("e4-0", 6.0), ("e4-1", 9.0), ("e5-0", 3.0), ("e5-1", 3.0), ("e6-0", None), ("e6-1", 3.0)
    ]  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_contributions_into_a_node_add_up_to_its_gradient(name):
    y = worked(name)
    picture = read(y, digits=17)
    for place, card in enumerate(picture.cards):
        flows = [wire.flow for wire in picture.wires if wire.source == place]
        if card.chip and flows:
            assert sum(flows) == pytest.approx(float(card.chip.text.replace("−", "-")), rel=1e-12, abs=1e-15)


def test_repeated_operands_are_numbered_and_others_are_not():
    a, b = leaves(a=2, b=3)
    assert cards(a * a)["J"].numbered == (True, True)
    assert cards(a * b)["J"].numbered == (False, False)


def test_local_derivatives_can_be_left_out():
    assert cards(mission())["u"].slots == ("2", "3")
    assert cards(mission(), partials=False)["u"].slots == ("", "")


def test_the_derivative_for_a_constant_exponent_is_not_invented():
    x = Value(-3.0, "x")
    picture = read(x**2)
    assert picture.cards[-1].slots == ("−6", "–")
    assert picture.wires[1].title == "from 2 to J: the local derivative is not computed"


# --- words and numbers -------------------------------------------------------------------------------------------


def test_a_constant_made_from_data_is_called_by_a_number_that_can_be_read():
    picture = read(Value(3.0, "a") * (1 / 3))
    assert picture.cards[-1].title == "J ≈ a · 0.3333 = 1; ∂J/∂J is not computed yet"
    assert picture.wires[1].title.startswith("from 0.3333 to J: ")
    assert read(Value(3.0, "a") * (1 / 3), digits=2).cards[-1].title.startswith("J ≈ a · 0.33 = 1;")


def test_titles_say_the_computation_with_an_equals_sign_that_is_true():
    z = Value(0.25, "z")
    p = sigmoid(z)
    assert cards(p)["J"].title == "J = sigmoid(z) ≈ 0.5622; ∂J/∂J is not computed yet"
    assert cards(z * 2)["J"].title == "J = z · 2 = 0.5; ∂J/∂J is not computed yet"


def test_numbers_have_four_digits_unless_told_otherwise():
    y = Value(2.0, "x").sqrt()
    assert cards(y)["J"].value == "1.414"
    assert cards(y, digits=8)["J"].value == "1.4142136"


def test_fractions_infinities_and_nan_are_shown_as_they_are():
    third = Value(Fraction(1, 3), "third")
    assert cards(third * 2)["J"].value == "2/3"
    x = Value(0.0, "x")
    y = x.log() * 0
    y.backward()
    assert cards(y)["J"].value == "nan"
    assert cards(y)["u"].value == "−∞"


def test_fractions_beyond_the_floats_are_drawn():
    huge = Value(Fraction(10**400), "huge")
    y = huge * huge / huge
    y.backward()
    huge.grad = Fraction(10**390)
    assert cards(y)["huge"].chip.text == "+∞"


def test_constants_are_quiet_and_nobody_is_asked_for_their_gradients():
    x, w = Value(2.0, "x", constant=True), Value(3.0, "w")
    y = w * x + 1
    y.backward()
    shown = cards(y)
    assert (shown["x"].kind, shown["x"].chip, shown["x"].quiet) == ("constant", None, False)
    assert (shown["1"].kind, shown["1"].chip, shown["1"].quiet) == ("constant", None, True)


def test_every_node_and_wire_has_a_key_of_its_own_that_numbers_do_not_change():
    picture = read(random_graph(5, 80))
    keys = [record.key for record in (*picture.cards, *picture.wires)]
    assert len(set(keys)) == len(keys)
    a, b, c = leaves(a=7, b=-1, c=0.5)
    other = 3 * (a + b * c)
    assert [card.key for card in read(other).cards] == [card.key for card in read(mission()).cards]


def test_what_is_said_of_a_node_is_made_once_for_its_card_and_its_title(monkeypatch):
    asked, made = [], reading.Reader.chip
    monkeypatch.setattr(reading.Reader, "chip", lambda self, node: asked.append(node) or made(self, node))
    y = random_graph(5, 80)
    y.backward()
    picture = read(y)
    assert len(asked) == len(set(asked)) == sum(card.chip is not None for card in picture.cards)
