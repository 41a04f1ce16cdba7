"""Scopes as groups: which are folded, what a folded one says, and overviews of what is too large to read."""

from contextlib import nullcontext

import pytest

from autograd import Value, examples, parse, scope, topological_order, total
from viz import draw
from viz.picture import reading
from viz.picture.folding import READABLE, by_parts, trees
from viz.picture.gradients import stored
from viz.picture.reading import kind_of
from viz.picture.scopes import WHOLE
from viz.picture.units import last_of

from ..geometry import seen
from ..graphs import mission


def read(y, **more):
    return reading.read(y, stored(y), **more)


def network():
    """Two layers of two neurons each."""
    values = [Value(0.5, "x1", constant=True), Value(-1.0, "x2", constant=True)]
    for layer in (1, 2):
        made = []
        with scope(f"layer {layer}"):
            for neuron in (1, 2):
                with scope(f"neuron {neuron}"):
                    w, b = Value(0.3, "w"), Value(0.1, "b")
                    made.append((w * values[0] + values[1] + b).tanh())
        values = made
    return values[0] + values[1]


def folded(y, fold):
    picture = read(y, fold=fold)
    return sorted([card.name for card in picture.cards if card.kind == "folded"]), [frame.title for frame in picture.frames]


@pytest.mark.parametrize(
    "fold, cards, frames",
    [
        (None, [], ["layer 1", "layer 2", "neuron 1", "neuron 2", "neuron 1", "neuron 2"]),
        (False, [], ["layer 1", "layer 2", "neuron 1", "neuron 2", "neuron 1", "neuron 2"]),
        (True, ["layer 1", "layer 2"], []),
        (1, ["layer 1", "layer 2"], []),
        (2, ["neuron 1", "neuron 1", "neuron 2", "neuron 2"], ["layer 1", "layer 2"]),
        ("layer 1", ["layer 1"], ["layer 2", "neuron 1", "neuron 2"]),
        (["layer 1/neuron 2", "layer 2"], ["layer 2", "neuron 2"], ["layer 1", "neuron 1"]),
    ],
)
def test_fold_says_which_scopes_are_folded(fold, cards, frames):
    assert folded(network(), fold) == (cards, frames)


def test_a_folded_scope_says_what_is_in_it_and_how_many_values_it_takes():
    picture = read(network(), fold=True)
    second = next(card for card in picture.cards if card.name == "layer 2")
    assert second.value == "12 nodes"
    assert second.note == "leaves: 4, +: 4, ×: 2, tanh: 2"
    assert second.slots == ("2 values",)


def test_a_folded_scope_gives_one_wire_for_each_operand_that_another_takes():
    picture = read(network(), fold=True)
    last = picture.cards[-1]
    assert last.name == "J"
    assert [(picture.cards[wire.source].name, wire.slot) for wire in picture.wires if picture.cards[wire.target] is last] == [
        ("layer 2", 0),
        ("layer 2", 1),
    ]


def test_a_scope_that_others_pass_through_is_drawn_in_several_pieces():
    x = Value(1.0, "x")
    with scope("odd"):
        u = x * 2
    v = u + 1
    with scope("odd"):
        w = v * 3
    assert folded(w, None)[1] == ["odd (1 of 2)", "odd (2 of 2)"]
    assert folded(w, "odd")[0] == ["odd (1 of 2)", "odd (2 of 2)"]
    assert len(seen(draw(w, fold="odd")).cards) == 5


@pytest.mark.parametrize("fold, error, message", [("layer 7", ValueError, 'no scope is called "layer 7"; there are .*layer 1/neuron 2'), ([3], TypeError, "not 3"), (0.5, TypeError, "not float"), ("z" * 40_000, ValueError, '"z{59}…"; there are')])  # fmt: skip
def test_a_fold_that_makes_no_sense_is_refused(fold, error, message):
    with pytest.raises(error, match=message):
        draw(network(), fold=fold)


def test_a_large_graph_is_folded_by_its_scopes_from_the_inside_out():
    values = [Value(0.1, f"x{k}", constant=True) for k in range(4)]
    for layer in range(4):
        with scope(f"layer {layer}"):
            made = []
            for neuron in range(12):
                with scope(f"neuron {neuron}"):
                    total = values[0]
                    for value in values:
                        total = total + Value(0.5) * value
                    made.append(total.tanh())
            values = made
    y = sum(values, start=Value(0.0, "start"))
    cards, frames = folded(y, None)
    assert len(cards) == 48
    assert frames == ["layer 0", "layer 1", "layer 2", "layer 3"]


def test_the_inputs_of_a_large_graph_share_a_card():
    inputs = [Value(float(k), constant=k % 2 == 0) for k in range(200)]
    with scope("model"):
        y = inputs[0]
        for value in inputs[1:]:
            y = y + (value * 0.5).tanh()
    cards, _ = folded(y, None)
    assert cards == ["given", "model"]
    assert next(card.note for card in read(y).cards if card.name == "given") == "leaves: 100, constants: 100"


def test_a_large_graph_without_scopes_gets_an_overview_with_counts():
    x = Value(0.5, "x")
    for k in range(1000):
        x = x.tanh() if k % 2 else x * 0.99
    picture = read(x)
    assert len(picture.cards) <= 13
    counts = [int(card.value.split()[0].replace(",", "")) for card in picture.cards if card.kind == "folded"]
    assert sum(counts) + 1 == 1501
    assert picture.cards[0].name == "part 1 of 12"
    assert picture.cards[-1].name == "J"
    assert "tanh" in picture.cards[0].note


def test_a_fan_of_thousands_gets_an_overview_too():
    from autograd import total

    picture = read(total([Value(float(k)) for k in range(5000)]))
    assert [card.value for card in picture.cards] == ["5,000 nodes", "12497500"]


def test_three_thousand_nodes_are_drawn_whole_when_that_is_asked_for():
    x = Value(0.5, "x")
    for _ in range(2999):
        x = x.sin()
    assert len(seen(draw(x, fold=False)).cards) == 3000


def test_a_graph_that_can_be_read_is_not_folded():
    x = Value(0.5, "x")
    for _ in range(READABLE - 1):
        x = x.sin()
    assert not folded(x, None)[0]
    assert folded(x.sin(), None)[0]


@pytest.mark.parametrize("length, reuse", [(110_000, False), (1_000, True)])
def test_what_cannot_be_laid_out_is_refused_with_a_way_out(length, reuse):
    x = y = Value(0.5, "x")
    for _ in range(length):
        y = y + x if reuse else y + y
    with pytest.raises(ValueError, match=f"{length + 1} nodes are too many for one picture; leave fold out for an overview"):
        draw(y, fold=False)


def test_a_scope_around_everything_can_be_folded():
    with scope("all"):
        y = mission()
    picture = read(y, fold=True)
    assert [card.value for card in picture.cards] == ["7 nodes"]
    assert not picture.wires
    assert "7 nodes" in draw(y, fold=True).svg


# --- rooms: an overview and close-ups ---------------------------------------------------------------------------


def wide(count, scopes):
    """A sum of many products, in as many scopes as asked for."""
    terms = []
    for k in range(count):
        with scope(f"part {k % scopes}") if scopes else nullcontext():
            terms.append(Value(k, f"a{k}") * Value(2, f"b{k}"))
    return total(terms)


def trees_of(y):
    order = topological_order(y)
    place = {node: k for k, node in enumerate(order)}
    return [node.scope for node in order], [[place[parent] for parent in node.parents] for node in order]


@pytest.mark.parametrize("y", [wide(600, 0), wide(600, 5), wide(600, 400), sum([Value(1.0)] * 900, Value(2.0))])
def test_every_group_of_a_large_graph_can_be_read_and_every_node_but_the_root_stands_in_one_or_alone(y):
    groups, home, folded = by_parts(*trees_of(y))
    assert any(folded)
    for g in range(len(groups)):
        assert not folded[g] or home.count(g) <= READABLE
    assert sum([at == -1 for at in home]) <= READABLE


@pytest.mark.parametrize("y", [wide(600, 0), sum([Value(1.0)] * 900, Value(2.0))])
def test_no_part_of_a_graph_without_scopes_takes_from_a_later_one(y):
    _, parents = trees_of(y)
    _, home, _ = by_parts(*trees_of(y))
    assert all(home[parent] <= home[node] for node, row in enumerate(parents[:-1]) for parent in row)


def trees_to_read(y):
    """What `trees` yields for a graph."""
    order = topological_order(y)
    trained, named = [not node.parents and not node.constant for node in order], [bool(node.label) for node in order]
    return trees(*trees_of(y), [kind_of(node) for node in order], trained, named)


def test_the_first_way_to_fold_a_graph_folds_nothing_and_the_second_units():
    first, second, *_ = trees_to_read(network())
    assert not any(first[2])
    assert [group.kind == "unit" for group in second[0]] == second[2]


def test_an_error_shares_a_card_up_to_each_name_and_then_without_regard_to_names():
    order = topological_order(examples.mazur())

    def last_nodes(tree):
        groups, _home, _ = tree
        return {order[last_of(group)].label for group in groups if group.kind == "unit"}

    named, _, unnamed, *_ = list(trees_to_read(examples.mazur()))[1:]
    assert last_nodes(named) == {"out_h1", "out_h2", "out_o1", "out_o2", "E1", "E2"}
    assert last_nodes(unnamed) == {"out_h1", "out_h2", "out_o1", "out_o2", "E"}


def test_a_sum_with_a_name_of_its_own_is_no_part_of_a_further_sum_but_of_the_function_of_it():
    numbers = {"w": 0.5, "x": 2.0, "b": 1.0, "t": 0.0}
    typed = parse("z = w*x + b; y = 1/(1 + exp(-z)); r = (y - t)**2", numbers, constants=("x", "t"))
    groups, *_ = list(trees_to_read(typed))[1]
    order = topological_order(typed)
    assert {order[last_of(group)].label for group in groups} == {"z", "y", "r"}
    groups, *_ = list(trees_to_read(parse("z = w*x + b; y = tanh(z)", w=0.5, x=2.0, b=1.0)))[1]
    assert len(groups) == 1, "z stands on the card of tanh"


def test_units_that_fill_no_picture_with_their_scopes_are_shown_without():
    _, framed, bare, *_ = trees_to_read(examples.mazur())
    assert {group.kind for group in framed[0]} == {"scope", "unit"} and {group.kind for group in bare[0]} == {"unit"}
    assert [group.parent for group in bare[0]] == [WHOLE] * len(bare[0])
