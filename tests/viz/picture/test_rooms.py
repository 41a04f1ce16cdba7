"""An overview in which a network can be recognised, and close-ups of what is folded in it."""

import pytest

from autograd import examples, steps
from viz.picture.rooms import SMALL, cones_of
from viz.slides import Rooms

from ..graphs import worked
from ..test_legible import LECTURE

MAZUR = ["E", "b1", "b2", "i1", "i2", "out_h1", "out_h2", "out_o1", "out_o2"]


def names(slides):
    return sorted([card.name for card in slides.final.cards])


@pytest.mark.parametrize("make", [examples.mazur, lambda: worked("mazur")], ids=["with scopes", "without"])
def test_a_network_with_shared_biases_is_seen_by_its_units(make):
    overview = Rooms(steps(make())).slides[0]
    assert names(overview) == MAZUR and overview.can_be_read


def test_what_a_network_shares_stands_beside_its_units_and_its_loss_on_one_card():
    overview = Rooms(steps(LECTURE["MLP(3, [4, 4, 1])"]())).slides[0]
    kinds = [card.kind for card in overview.final.cards]
    assert (kinds.count("unit"), kinds.count("constant"), len(kinds)) == (10, 3, 13) and overview.can_be_read
    batch = Rooms(steps(LECTURE["a batch of 4"]())).slides[0]
    kinds = [card.kind for card in batch.final.cards]
    assert (kinds.count("unit"), kinds.count("leaf"), len(kinds)) == (5, 3, 8) and batch.can_be_read


def test_only_a_sum_of_products_with_a_function_of_it_has_a_sign_for_what_it_does():
    badges = {card.name: card.badge for card in Rooms(steps(examples.net_1_2_1())).slides[0].final.cards}
    assert badges == {"x": "", "o1": "sigmoid", "o2": "sigmoid", "ŷ": "Σ", "E": ""}


@pytest.mark.parametrize("name", ["a fan of 30", "a sum of 24 products"])
def test_every_term_of_a_long_sum_is_seen_together_with_the_sum(name):
    passes = steps(LECTURE[name]())
    rooms = Rooms(passes)
    for step in passes:
        if step.phase == "backward" and step.parent is not None and step.node is passes[0].root:
            seen = rooms.at(step.index)
            assert seen.can_be_read and rooms.slides[0].timetable.key(step.parent) in {card.key for card in seen.final.cards}
            assert "J" in names(seen)


def test_a_small_graph_is_shown_as_it_is_rather_than_on_one_or_two_cards():
    gate = worked("cs231n_sigmoid_gate")
    rooms = Rooms(steps(gate))
    assert len(rooms.slides) == 1 and len(rooms.slides[0].final.cards) <= SMALL


def test_what_leads_to_two_terms_belongs_to_neither():
    assert cones_of(5, [0, 1, 2, 3, 4, 5], [[], [], [], [0, 1], [1, 2], [3, 4]]) == [[0, 3], [2, 4]]
    assert cones_of(4, [0, 1, 2, 3, 4, 5], [[], [], [0], [1], [2, 3], [2, 4]]) == [[1, 3]], "the first operand is used behind the sum, too"


@pytest.mark.parametrize("name", ["a batch of 4", "mazur with scopes", "a fan of 30", "MLP(3, [4, 4, 1])", "random"])
def test_the_wire_of_every_contribution_is_drawn_in_the_picture_of_its_step(name):
    passes = steps(LECTURE[name]())
    rooms = Rooms(passes)
    place = rooms.slides[0].timetable.place
    for step in passes:
        if step.phase == "backward" and step.parent is not None:
            drawn = {wire.key for wire in rooms.at(step.index).final.wires}
            assert f"e{place[step.node]}-{step.slot}" in drawn, step.text()
