"""Beside Graphviz: the DOT text says the same, positions from dot are drawn by us, and our layout crosses no more wires."""

import shutil
import sys

import graphviz
import pytest

from autograd import Value, leaves, scope
from viz import draw
from viz.layout.graphviz_engine import MISSING

from ..geometry import crossings, flat, seen
from ..graphs import EXAMPLES, mission, random_graph, worked


@pytest.fixture
def dot():
    """The dot program; without it these tests fail, because nothing else can say how dot draws."""
    assert shutil.which("dot"), "the tests marked dot need Graphviz (Debian: apt-get install graphviz)"


def crossings_of_dot(source: str) -> int:
    """How often the wires cross in the picture that dot makes of a DOT text."""
    lines = {}
    source = source.replace("edge [", "edge [arrowhead=none ", 1)  # else a wire ends where its arrowhead begins
    for number, line in enumerate(graphviz.pipe("dot", "plain", source.encode()).decode().splitlines()):
        words = line.split()
        if words[0] == "edge":
            count = int(words[3])
            numbers = [float(word) * 72 for word in words[4 : 4 + 2 * count]]
            points = list(zip(numbers[::2], numbers[1::2], strict=True))
            curve = [points[0]]
            for k in range(1, count, 3):
                curve += flat(curve[-1], *points[k : k + 3])
            lines[str(number)] = [curve]
    return crossings(lines)


@pytest.mark.dot
@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_our_layout_crosses_at_most_a_third_more_wires_than_dot(name, direction, dot):
    drawing = draw(worked(name), direction=direction)
    assert crossings(seen(drawing).wires) <= 1.3 * crossings_of_dot(drawing.source)


@pytest.mark.dot
@pytest.mark.parametrize("source", [mission(), worked("mazur"), random_graph(1, 40, ("one", "two"))])
def test_dot_reads_what_we_write(source, dot):
    plain = graphviz.pipe("dot", "plain", draw(source).source.encode()).decode()
    picture = draw(source).picture
    assert plain.count("\nnode ") == len(picture.cards)
    assert plain.count("\nedge ") == len(picture.wires)


def test_the_source_names_values_gradients_operations_and_local_derivatives():
    J = mission()
    J.backward()
    source = draw(J).source
    assert 'n4 [label="×   u = 6\\n∂J/∂u = +3"' in source
    assert 'n2 -> n4 [label="∂u/∂b = 2"' in source


def test_scopes_are_clusters_and_folded_ones_nodes():
    with scope("inner"):
        u = Value(2.0, "u") * 3
    source = draw(u + 1).source
    assert 'subgraph cluster_g0 { label="inner"' in source
    assert "cluster" not in draw(u + 1, fold=True).source
    assert "inner: 3 nodes" in draw(u + 1, fold=True).source


def test_digraph_has_the_same_content():
    drawing = draw(worked("colah"))
    assert isinstance(drawing.digraph, graphviz.Digraph)
    assert drawing.digraph.source.split() == drawing.source.split()


@pytest.mark.dot
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_positions_from_dot_are_drawn_by_us(direction, dot):
    ours = seen(draw(worked("mazur"), direction=direction, fold=False))
    theirs = seen(draw(worked("mazur"), direction=direction, engine="dot", fold=False))
    assert theirs.cards.keys() == ours.cards.keys()
    assert theirs.wires.keys() == ours.wires.keys()
    assert theirs.cards != ours.cards
    for wire, (source, target) in theirs.ends.items():
        along = 0 if direction == "LR" else 1
        start, end = theirs.wires[wire][0][0], theirs.wires[wire][0][-1]
        leaves_at = (theirs.cards[source].right, theirs.cards[source].bottom)[along]
        pill = theirs.pills[target][int(wire.split("-")[1])]
        assert abs(start[along] - leaves_at) < 0.2
        assert abs(end[along] - (pill.left, pill.top)[along]) < 0.2


@pytest.mark.dot
def test_frames_come_from_dot_as_well(dot):
    picture = seen(draw(random_graph(1, 30, ("one", "two")), engine="dot", fold=False))
    assert picture.groups
    records = draw(random_graph(1, 30, ("one", "two")), fold=False).picture
    for card, home in zip(records.cards, records.home, strict=True):
        if home != -1:
            assert picture.groups[records.frames[home].key].holds(picture.cards[card.key])


def test_pygraphviz_stands_in_for_a_missing_program(monkeypatch):
    monkeypatch.setenv("PATH", "")
    a = Value(3.0, "a")
    with scope("inner"):
        y = (a + a) * a
    picture = seen(draw(y, engine="dot"))
    assert len(picture.wires) == 4
    assert len({str(lines[0]) for lines in picture.wires.values()}) == 4
    assert all(picture.groups["g0"].holds(picture.cards[key]) for key in ("n1", "n2"))


def test_without_any_graphviz_one_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(RuntimeError) as refused:
        draw(mission(), engine="dot").svg  # noqa: B018 (the picture is made when it is asked for)
    assert str(refused.value) == MISSING


@pytest.mark.dot
def test_labels_mean_nothing_to_graphviz(dot):
    labels = ['say "hi"', "<b>bold</b>", "back\\slash\\N", "{a|b}", "&lt;", "new\nline"]
    root = sum(leaves(**{f"x{k}": k for k in range(2)}), Value(0.0))
    for label in labels:
        root = root + Value(1.0, label)
    svg = graphviz.pipe("dot", "svg", draw(root).source.encode()).decode()
    for shown in (
        "say &quot;hi&quot; = 1",
        "&lt;b&gt;bold&lt;/b&gt; = 1",
        "back\\slash\\N = 1",
        "{a|b} = 1",
        "&amp;lt; = 1",
        "new↵line = 1",
    ):
        assert shown in svg
