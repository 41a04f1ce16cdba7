"""`draw` of a program or a matrix view: cards of arrays with their gradients, along the chain of layers."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy
import pytest

from autograd import examples, leaves, vectorize
from nn import MLP
from nn.formulas import matrix_view
from viz import ArrayDrawing, draw
from viz.array_drawing import CLEAR, LEGIBLE, NUMBER

RNG = numpy.random.default_rng(0)
X4 = RNG.normal(size=(4, 3))


def mazur():
    program = vectorize(examples.mazur(), ["i1", "i2", "t1", "t2"], [f"w{k}" for k in range(1, 9)] + ["b1", "b2"])
    return program, [[0.05, 0.1, 0.01, 0.99]]


def softmax(notation="delta"):
    model = MLP(3, [4, 2], "tanh", output="softmax", rng=0)
    return matrix_view(model, X4, [0, 1, 1, 0], loss="cross_entropy_of_probabilities", notation=notation)


def small():
    return matrix_view(MLP(1, [2, 1], "tanh", rng=0), [[1.0]], [1.0], loss="half_squared_error", notation="ng")


def large():
    labels = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]
    return matrix_view(MLP(5, [12, 8, 3], "relu", rng=0), RNG.normal(size=(10, 5)), labels, loss="cross_entropy")


def drawings():
    program, X = mazur()
    return {"mazur": draw(program, X=X), "softmax": draw(softmax()), "1-2-1": draw(small()), "large": draw(large())}


def overlaps(rects):
    """Pairs of rectangles (x, y, width, height) that cover each other."""
    return [
        (a, b)
        for k, a in enumerate(rects)
        for b in rects[:k]
        if a[0] < b[0] + b[2] - 0.1 and b[0] < a[0] + a[2] - 0.1 and a[1] < b[1] + b[3] - 0.1 and b[1] < a[1] + a[3] - 0.1
    ]


def cards(svg):
    found = []
    for group in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        if "array" in group.get("class", "").split():
            x, y = map(float, re.findall(r"-?[\d.]+", group.get("transform")))
            frame = next(each for each in group if each.get("class") == "frame")
            found.append((x, y, float(frame.get("width")), float(frame.get("height"))))
    return found


def test_numbers_of_a_lecture_have_16_pixels_on_a_page_and_12_on_a_slide_and_large_arrays_fall_back_to_signs():
    for name, drawing in drawings().items():
        assert drawing.form == {"large": "shapes", "softmax": "signs"}.get(name, "numbers"), name
        wide, tall = map(float, ET.fromstring(drawing.svg).get("viewBox").split()[2:])
        assert name == "large" or NUMBER * 1280 / wide >= CLEAR - 0.01, (name, wide)
        assert NUMBER * min(1280 / wide, 720 / tall) >= LEGIBLE or name == "softmax", (name, wide, tall)
    assert draw(softmax(), digits=2, width=1280, height=720).scale * NUMBER >= LEGIBLE
    signs = [part for box in draw(softmax()).picture.boxes for card in box.all_cards for part in card.parts if part.is_of_signs]
    assert {part.shape for part in signs} == {"4 × 4", "4 × 3", "3 × 4"}, "small arrays have their numbers"


def test_a_layer_is_one_frame_and_goes_on_in_a_second_row_of_it_where_it_is_long():
    for view, direction in ((softmax(), "LR"), (softmax("murphy"), "LR"), (softmax("ng"), "TB"), (large(), "LR"), (small(), "TB")):
        drawing = draw(view, direction=direction, digits=3)
        picture, placed = drawing.picture, drawing._placed
        assert [picture.titles[block] for block, _ in placed.frames] == [title for title in picture.titles if title]
        for block, frame in placed.frames:
            inside = [rect for box, rect in zip(picture.boxes, placed.boxes, strict=True) if box.block == block]
            outside = [rect for box, rect in zip(picture.boxes, placed.boxes, strict=True) if box.block != block]
            assert all(frame.x < r.x and r.right < frame.right and frame.y < r.y and r.bottom < frame.bottom for r in inside)
            assert not any(frame.x < r.right and r.x < frame.right and frame.y < r.bottom and r.y < frame.bottom for r in outside)
    narrow = draw(softmax(), width=700)
    rows = {rect.middle[1] for box, rect in zip(narrow.picture.boxes, narrow._placed.boxes, strict=True) if box.block == 2}
    assert len(rows) > 1, "it has several rows"


def test_no_arrow_goes_through_a_card():
    for view, direction in ((softmax(), "LR"), (softmax("murphy"), "TB"), (large(), "LR"), (small(), "TB")):
        drawing = draw(view, direction=direction, width=760)
        found = [card.frame for each in drawing._placed.cards for card in each]
        for way in drawing._placed.ways:
            for (x0, y0), (x1, y1) in pairwise(way):
                left, right, top, low = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
                hit = [f for f in found if left < f.right - 1 and f.x + 1 < right and top < f.bottom - 1 and f.y + 1 < low]
                assert not hit and (left == right or top == low), (way, hit)


def test_targets_stand_beside_the_loss_that_reads_them():
    for view in (small(), softmax(), large()):
        picture = draw(view).picture
        (reader,) = [box for box in picture.boxes if box.beside]
        assert [card.key for card in reader.beside] == ["t1" if view.steps.examples == 1 else "t"]
        assert reader.cards[0].key == next(step.name for step in view.steps if step.role in ("loss", "losses"))
    mazurs = draw(mazur()[0], X=mazur()[1])
    (join,) = [way for way in mazurs._placed.ways if len(way) == 2 and way[0][1] > way[1][1]]
    assert join[1][1] == mazurs._placed.boxes[-1].bottom, "the arrow goes up into the loss"


def test_the_drawing_in_dot_has_the_arrays_and_what_is_computed_from_what(tmp_path):
    drawing = draw(small())
    for edge in ('"W1" -> "a1"', '"z0" -> "a1"', '"b1" -> "a1"', '"a1" -> "z1" [label="tanh"]', '"t1" -> "J"'):
        assert edge in drawing.source, edge
    assert drawing.source.count("subgraph") == 2 and "dW^[1]   2 × 1" in drawing.source
    assert drawing.digraph.body and drawing.save(tmp_path / "net.dot").read_text(encoding="utf-8") == drawing.source


def test_marks_of_layers_are_raised_and_signs_are_explained_without_alarm():
    svg = draw(softmax("ng")).svg
    assert '>W<tspan dy="-5" style="font-size:10px">[1]</tspan></text>' in svg
    assert not re.search(r"<text[^>]*>[^<]*\^", svg), "no mark is written as it is typed"
    assert "the sign of each number of a large array" in svg and "small warn" not in svg
    assert "el signo de cada número" in draw(softmax(), lang="es").svg and "the sign" not in draw(small()).svg


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_cards_do_not_overlap_and_stand_on_the_paper(direction):
    for view in (small(), softmax("dY"), large()):
        svg = draw(view, direction=direction).svg
        found = cards(svg)
        assert len(found) > 5 and not overlaps(found)
        wide, tall = map(float, ET.fromstring(svg).get("viewBox").split()[2:])
        assert all(x >= 0 and y >= 0 and x + w + 40 <= wide + 0.2 and y + h + 40 <= tall + 0.2 for x, y, w, h in found)


def test_a_gradient_stands_below_its_array_with_its_shape():
    drawing = draw(softmax())
    parts = {card.key: card.parts for box in drawing.picture.boxes for card in box.all_cards}
    assert [part.symbol for part in parts["W1"]] == ["W⁽¹⁾", "∂L/∂W⁽¹⁾"]
    assert [part.shape for part in parts["W1"]] == ["4 × 3", "4 × 3"]
    assert [part.symbol for part in parts["a2"]] == ["a⁽²⁾", "δ⁽²⁾"]
    assert all(text[0] in "+−0" for row in parts["a2"][1].entries for text in row)
    assert {"y", "ℓ", "L"} <= {part.symbol for each in parts.values() for part in each}, "target and losses are in the picture"


def test_every_number_of_the_steps_is_drawn():
    view = small()
    texts = set(re.findall(r">([^<>]+)</text>", draw(view, digits=4).svg))
    for step in view.steps:
        for text in [each for row in step.texts(4) for each in row]:
            assert {text.replace("-", "−"), "+" + text} & texts, (step.name, text)


def test_the_chain_goes_through_the_blocks_of_the_layers():
    picture = draw(small()).picture
    keys = [[card.key for card in box.cards] for box in picture.boxes]
    assert keys == [["z0"], ["W1", "b1"], ["a1"], ["z1"], ["W2", "b2"], ["a2"], ["J"]]
    assert sorted((arrow.source, arrow.target) for arrow in picture.arrows) == [(k, k + 1) for k in range(6)]
    assert [box.function for box in picture.boxes if box.function] == ["tanh"]
    assert [title for title in picture.titles if title] == ["layer 1", "layer 2"]


def test_a_program_without_layers_says_so_in_one_sentence():
    x, w = leaves(x=2, w=3)
    drawing = draw(vectorize((w * x).exp() + x * x * x, ["x"], ["w"]), X=[[1.0], [2.0]])
    assert len(drawing.picture.notes) == 1 and drawing.picture.notes[0].startswith("This graph has no layers")
    assert not overlaps(cards(drawing.svg))


def test_themes_files_and_words(tmp_path):
    view = small()
    assert len({draw(view, theme=theme).svg for theme in ("light", "dark", "print", "auto")}) == 4
    assert draw(view).save(tmp_path / "net.svg").read_text(encoding="utf-8").startswith("<svg")
    assert "capa 1" in draw(view, lang="es").svg
    assert isinstance(draw(view), ArrayDrawing) and "dX = W^[1]ᵀ dZ^[1], 1 × 1" in draw(view).text
    wide = ET.fromstring(draw(view, width=640).svg)
    assert float(wide.get("width")) == pytest.approx(640, abs=0.2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"fold": 1}, "fold= belongs to the drawing of a graph"),
        ({"partials": False}, "partials= belongs"),
        ({"engine": "dot"}, "engine= belongs"),
        ({"X": [[1.0]]}, "has its examples already"),
        ({"direction": "RL"}, "direction is one of"),
        ({"notation": "bishop"}, "the matrix view is written in the notation"),
    ],
)
def test_what_makes_no_sense_for_arrays_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        draw(small(), **arguments)


def test_examples_belong_to_programs():
    program, _ = mazur()
    with pytest.raises(ValueError, match="give them as X="):
        draw(program)
    with pytest.raises(ValueError, match="X= y notation= son de un programa"):
        draw(leaves(a=1)[0] * 2, X=[[1.0]], lang="es")


def test_a_penalty_has_gradients_of_its_own_in_the_picture():
    from nn import losses, regularizers

    x, t = leaves(x1=0.5, x2=-1.0), leaves(t=1)[0]
    model = MLP(2, [3, 1], "tanh", rng=0)
    y = losses.mse(model(x), t) + regularizers.L2(0.1)(model)
    drawing = draw(vectorize(y, [*x, t], model.parameters()), X=[[0.5, 1, 1], [1, 2, 0]])
    keys = [card.key for box in drawing.picture.boxes for card in box.all_cards]
    assert {"g_W1", "g_W2", "W1", "J"} <= {*keys} and len(keys) == len({*keys})
    assert not overlaps(cards(drawing.svg))
