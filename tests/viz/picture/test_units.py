"""Which nodes make a unit; nodes are numbers in topological order."""

from viz.picture.scopes import WHOLE, Scope
from viz.picture.units import FUNCTION, GIVEN, LINEAR, with_units

NEURON = [[], [], [], [0, 1], [2, 3], [4]]  # w, x, b; w x; w x + b; a function of it
KINDS = [GIVEN, GIVEN, GIVEN, LINEAR, LINEAR, FUNCTION]


def members(parents, kinds, groups=(), home=None):
    """The nodes of each unit."""
    found, at = with_units(list(groups), home or [WHOLE] * len(parents), parents, kinds)
    return [[node for node, g in enumerate(at) if g == unit] for unit, group in enumerate(found) if group.kind == "unit"]


def test_a_unit_is_a_function_of_a_sum_of_products_with_what_is_given_to_it_alone():
    assert members(NEURON, KINDS) == [[0, 1, 2, 3, 4, 5]]


def test_what_two_nodes_use_belongs_to_neither():
    assert members([*NEURON, [5, 1]], [*KINDS, ""]) == [[0, 2, 3, 4, 5]], "x is used elsewhere"
    assert members([*NEURON, [4], [5, 6]], [*KINDS, FUNCTION, ""]) == [[0, 1, 2, 3, 4]], "the sum has two consumers and ends its unit"


def test_a_function_of_a_function_begins_a_unit_of_its_own():
    assert members([*NEURON, [5]], [*KINDS, FUNCTION]) == [[0, 1, 2, 3, 4, 5]]


def test_a_single_operation_is_no_unit():
    assert members([[], [], [0, 1]], [GIVEN, GIVEN, LINEAR]) == []


def test_a_unit_stays_in_its_scope_and_a_scope_of_one_unit_gives_way():
    layer, neuron = Scope(("layer",), WHOLE, False), Scope(("layer", "neuron"), 0, False)
    found, home = with_units([layer, neuron], [1, WHOLE, 1, 1, 1, 1], NEURON, KINDS)
    assert [group.kind for group in found] == ["unit"] and home == [0] * 6
    assert members(NEURON, KINDS, [layer, neuron], [1, WHOLE, 1, 1, 0, 0]) == [[2, 4, 5]], "the product is in another scope than the sum"


def test_nothing_is_taken_out_of_a_folded_scope():
    folded = Scope(("layer",), WHOLE, True)
    assert members(NEURON, KINDS, [folded], [0, WHOLE, 0, 0, 0, 0]) == []
