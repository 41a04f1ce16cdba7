"""One way to write a name in a step-through: cards, equations, sentences, tables and questions mean one thing by one symbol."""

import pytest

from autograd import parse, steps
from viz import draw
from viz.page.content import step_data
from viz.slides import Rooms

from .step_page import opened


def product_with_itself():
    """u = 2x + 1, J = x · u: the local derivative of J by x is 7, its gradient 13."""
    return parse("u = 2*x + 1; J = x*u", x=3)


def test_the_page_is_told_what_is_held_fixed():
    J = product_with_itself()
    passes = steps(J)
    place = {node: k for k, node in enumerate(passes[0].names)}
    assert [step_data(each, place, None)[6].get("joined") for each in passes if each.parent is J.parents[0]] == [["u"], None]


@pytest.mark.browser
def test_a_local_derivative_that_is_asked_for_is_not_called_like_the_gradient(page, tmp_path):
    J = product_with_itself()
    at = next(each.index for each in steps(J) if each.node is J and each.parent is J.parents[0])
    seen = opened(page, tmp_path, J, ask="locals").go(at)
    assert "∂J/∂x|ᵤ = ?" in seen.script("root.querySelector('.form').textContent")
    seen.answer("7")
    assert "contribution 1 of 2 to ∂J/∂x" in seen.script("root.querySelector('.form').textContent")


@pytest.mark.browser
def test_local_derivatives_are_there_when_the_backward_pass_begins(page, tmp_path):
    """Before that the 2 beside b = 3 and the 3 beside c = 2 look like values that have been swapped."""
    seen = opened(page, tmp_path, parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)).go(3)
    assert not any(any(card["locals"]) for card in seen.read()["cards"].values())
    assert next(card for card in seen.go(4).read()["cards"].values() if card["name"] == "u")["locals"] == ["2", "3"]
    assert "dash: not needed, a constant" in seen.told() and "negative contribution, going back" in seen.told()


def test_where_there_is_room_a_pill_of_a_drawing_says_what_its_number_is():
    J = parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)
    slots = {card.name: card.slots for card in draw(J).picture.cards}
    assert slots["u"] == ("∂u/∂b = 2", "∂u/∂c = 3") and slots["J"] == ("11", "∂J/∂v = 3"), "nobody asks for ∂J/∂3"
    assert {card.name: card.slots for card in draw(product_with_itself()).picture.cards}["J"] == ("∂J/∂x|ᵤ = 7", "∂J/∂u = 3")
    assert {card.name: card.slots for card in draw(J, width=500).picture.cards}["u"] == ("2", "3")
    assert draw(J, partials=False).picture.cards[-1].slots == ("", "")


def test_slides_of_the_forward_pass_have_no_local_derivatives_either():
    slides = Rooms(steps(product_with_itself())).slides[0]
    assert not any(any(card.slots) for card in slides.picture(3).cards) and any(any(card.slots) for card in slides.picture(4).cards)
