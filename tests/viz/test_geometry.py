"""Where things stand, read back from the SVG: nothing overlaps, nothing is cut, operands keep their order."""

import os
import subprocess
import sys
from collections import defaultdict
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from autograd import Value, examples, leaves, scope
from viz import draw

from .geometry import Box, seen
from .graphs import EXAMPLES, random_graph, worked

RANDOM = list(enumerate((5, 8, 12, 20, 30, 45, 60, 80, 120, 200, 300)))


def overlapping(boxes: dict[str, list[Box]]) -> list[tuple[str, str]]:
    """The keys of boxes that overlap, found by sweeping from left to right; one key's boxes must not overlap either."""
    line = sorted(
        [(box.left, number, key, box) for number, (key, several) in enumerate(boxes.items()) for box in several], key=lambda item: item[:2]
    )
    open_boxes, found = [], []
    for _, _, key, box in line:
        open_boxes = [(other, at) for other, at in open_boxes if at.right > box.left]
        found += [(other, key) for other, at in open_boxes if at.overlaps(box)]
        open_boxes.append((key, box))
    return found


def assert_nothing_is_in_the_way(drawing) -> None:
    picture = seen(drawing)
    assert not overlapping({key: [box] for key, box in picture.cards.items()}), "cards overlap"
    assert not overlapping(picture.pills), "pills overlap"
    parts = defaultdict(list)
    for key, card in picture.cards.items():
        parts[key] += [card, *([picture.badges[key]] if key in picture.badges else []), *picture.pills[key]]
    of_others = [pair for pair in overlapping(parts) if pair[0] != pair[1]]
    assert not of_others, "a part of a card reaches into another card"
    every = {
        key: Box(min(b.left for b in bs), min(b.top for b in bs), max(b.right for b in bs), max(b.bottom for b in bs))
        for key, bs in parts.items()
    }
    whole = Box(0, 0, *picture.size)
    assert all(whole.holds(box) for box in every.values()), "something is cut off by the edge of the picture"
    columns = defaultdict(list)
    for key, boxes in parts.items():
        for box in boxes:
            for x in range(int(box.left) // 50, int(box.right) // 50 + 1):
                columns[x].append((key, box))
    for wire, lines in picture.wires.items():
        ends = picture.ends[wire]
        for line in lines:
            for a, b in pairwise(line):
                for x in range(int(min(a[0], b[0])) // 50, int(max(a[0], b[0])) // 50 + 1):
                    for key, box in columns[x]:
                        assert key in ends or not box.is_cut_by([a, b]), f"wire {wire} runs through {key}"


def assert_operands_are_in_order(drawing, direction: str) -> None:
    """Wires arrive at a card in the order of its operands."""
    axis = direction == "LR"
    arrivals = defaultdict(list)
    picture = seen(drawing)
    for wire, (_, target) in picture.ends.items():
        if wire.startswith("e") and target.startswith("n"):
            slot = int(wire.split("-")[1])
            before_the_stub = picture.wires[wire][-2][-1]
            arrivals[target].append((slot, before_the_stub[axis]))
    for target, places in arrivals.items():
        heights = [place for _, place in sorted(places)]
        assert heights == sorted(heights), f"the operands of {target} arrive out of order"
        assert len(set(heights)) == len(heights), f"two operands of {target} arrive at one point"


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_worked_examples_have_nothing_in_the_way(name, direction):
    drawing = draw(worked(name), direction=direction, fold=False)
    assert_nothing_is_in_the_way(drawing)
    assert_operands_are_in_order(drawing, direction)


@pytest.mark.parametrize("seed, size", RANDOM)
def test_random_graphs_have_nothing_in_the_way(seed, size):
    y = random_graph(seed, size)
    for direction in ("LR", "TB") if size < 100 else ("LR",):
        drawing = draw(y, direction=direction, fold=False, partials=seed % 3 > 0)
        assert_nothing_is_in_the_way(drawing)
        assert_operands_are_in_order(drawing, direction)


@pytest.mark.parametrize("seed, size", RANDOM[:-2])
def test_frames_of_scopes_hold_their_cards_and_nothing_else(seed, size):
    y = random_graph(seed, size, titles=("one", "two", "three"))
    for fold in (False, "two"):
        try:
            drawing = draw(y, fold=fold)
        except ValueError:  # a small graph may have no scope "two"
            continue
        assert_nothing_is_in_the_way(drawing)
        picture, records = seen(drawing), drawing.picture
        inside = defaultdict(set)
        for card, home in zip(records.cards, records.home, strict=True):
            while home != -1:
                inside[records.frames[home].key].add(card.key)
                home = records.frames[home].parent
        for key, frame in picture.groups.items():
            for card, box in picture.cards.items():
                assert frame.holds(box) if card in inside[key] else not frame.overlaps(box), f"{card} and the frame {key}"
            header = Box(frame.left, frame.top, frame.right, frame.top + 28)
            assert not any(header.overlaps(box) for box in picture.cards.values()), f"a card covers the title of {key}"
            assert not any(header.is_cut_by(line) for lines in picture.wires.values() for line in lines), (
                f"a wire runs through the title of {key}"
            )
        parent = {frame.key: frame.parent for frame in records.frames}
        for one, other in combinations(picture.groups, 2):
            if parent[one] == parent[other]:
                assert not picture.groups[one].overlaps(picture.groups[other])


def test_nested_scopes_are_nested_frames():
    x = Value(0.5, "x")
    with scope("layer"):
        with scope("neuron 1"):
            p = x.tanh()
        with scope("neuron 2"):
            q = x.tanh() * 2
        y = p + q
    picture = seen(draw(y))
    layer, one, two = (picture.groups[key] for key in ("g0", "g1", "g2"))
    assert layer.holds(one)
    assert layer.holds(two)
    assert not one.overlaps(two)


def test_a_tree_stands_in_the_order_it_was_written_in():
    a, b, c, d = leaves(a=1, b=2, c=3, d=4)
    picture = seen(draw((a * b) + (c * d)))
    heights = [picture.cards[f"n{k}"].top for k in (0, 1, 3, 4)]
    assert heights == sorted(heights)


def test_a_chain_is_level():
    x = Value(0.5, "x")
    for k in range(20):
        x = x.tanh() if k % 2 else x * Value(0.9, f"w{k}")
    picture = seen(draw(x, fold=False, width=1e6))
    order = draw(x, fold=False).picture.cards
    spine = {round(picture.cards[card.key].top + picture.cards[card.key].bottom, 3) for card in order if card.kind == "operation"}
    assert len(spine) == 1


def test_a_chain_is_level_through_frames_too():
    x = Value(0.5, "x")
    with scope("outer"), scope("inner"):
        u = x.tanh()
    picture = seen(draw(u.sin()))
    assert len({round(box.top, 1) for box in picture.cards.values()}) == 1
    assert len({round(y, 1) for lines in picture.wires.values() for line in lines for _, y in line}) == 1


def test_units_of_a_layer_stand_in_the_order_they_were_written_in():
    y = examples.mazur()
    cards = {card.name: card.key for card in draw(y, fold=False).picture.cards}
    picture = seen(draw(y, fold=False))
    for upper, lower in (("netₕ₁", "netₕ₂"), ("outₒ₁", "outₒ₂"), ("E₁", "E₂"), ("w₁", "w₃"), ("w₅", "w₇")):
        assert picture.cards[cards[upper]].bottom < picture.cards[cards[lower]].top


def test_a_number_that_two_cards_use_is_a_card_of_its_own():
    two, x, y = Value(2.0, constant=True), Value(1.0, "x"), Value(3.0, "y")
    drawing = draw(two * x + two * y)
    assert_nothing_is_in_the_way(drawing)
    picture = seen(drawing)
    starts = {lines[0][0] for wire, lines in picture.wires.items() if picture.ends[wire][0] == "n0"}
    assert len(starts) == 1
    assert starts.pop()[0] == pytest.approx(picture.cards["n0"].right, abs=0.2)


def test_both_edges_of_a_repeated_operand_are_seen_and_numbered():
    a = Value(3, "a")
    drawing = draw(a + a)
    picture = seen(drawing)
    assert set(picture.wires) == {"e1-0", "e1-1"}
    assert picture.wires["e1-0"][0] != picture.wires["e1-1"][0]
    assert drawing.svg.count('class="slot"') == 2


def test_constants_stand_next_to_what_uses_them():
    picture = seen(draw(worked("dezero_goldstein"), fold=False))
    cards = {card.key: card for card in draw(worked("dezero_goldstein"), fold=False).picture.cards}
    for wire, (source, target) in picture.ends.items():
        if cards[source].quiet:
            pill = picture.pills[target][int(wire.split("-")[1])]
            assert 0 < pill.left - picture.cards[source].right < 150


def test_the_same_graph_gives_the_same_bytes_in_every_process():
    program = (
        "import sys; sys.path.insert(0, 'tests'); from viz import draw; from tests.viz.graphs import random_graph, worked;"
        "print(draw(worked('mazur')).svg, draw(random_graph(3, 60, ('p', 'q')), fold='q', direction='TB').svg, draw(random_graph(4, 400)).source)"
    )
    root = Path(__file__).parents[2]
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout
    assert "<svg" in runs[0].stdout
