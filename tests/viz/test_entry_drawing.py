"""`draw` of one entry of an array: the fan of what it is collected from."""

import re
import xml.etree.ElementTree as ET

import numpy
import pytest

from autograd import examples, leaves, vectorize
from nn import MLP
from nn.formulas import matrix_view
from viz import EntryDrawing, draw

RNG = numpy.random.default_rng(0)


def mazur(entry, **more):
    program = vectorize(examples.mazur(), ["i1", "i2", "t1", "t2"], [f"w{k}" for k in range(1, 9)] + ["b1", "b2"])
    return draw(program, X=[[0.05, 0.1, 0.01, 0.99]], entry=entry, **more)


def batch(notation="delta"):
    model = MLP(3, [4, 2], "tanh", output="softmax", rng=0)
    return matrix_view(model, RNG.normal(size=(4, 3)), [0, 1, 1, 0], loss="cross_entropy_of_probabilities", notation=notation)


def test_the_error_of_a_unit_collects_from_the_units_of_the_layer_above_times_the_weights_then_times_the_slope():
    found = mazur("delta1[2]").picture
    assert found.is_backward and found.is_sum and found.factor == ""
    assert [spoke.spot.symbol for spoke in found.spokes] == ["δ⁽²⁾[1, 1]", "δ⁽²⁾[2, 1]"]
    assert [spoke.label for spoke in found.spokes] == ["W⁽²⁾[1, 2] = 0.45", "W⁽²⁾[2, 2] = 0.55"]
    assert (found.hub.symbol, found.end.symbol, found.slope) == ("∂L/∂z⁽¹⁾[2, 1]", "δ⁽¹⁾[2, 1]", "h′(a⁽¹⁾[2, 1]) ≈ 0.2406")
    assert found.hub.number == "+0.04137" and found.end.number == "+0.009954"
    (_, _, transposed, errors), _ = found.matrices
    assert (transposed.symbol, transposed.lit, errors.lit) == ("W⁽²⁾ᵀ", {(1, 0), (1, 1)}, {(0, 0), (1, 0)})
    assert transposed.rows == (("0.4", "0.5"), ("0.45", "0.55"))


def test_the_gradient_of_a_weight_collects_from_the_examples():
    found = draw(batch("ng"), entry="dW1[2, 3]").picture
    assert [spoke.note for spoke in found.spokes] == [f"example {k}" for k in range(1, 5)] and found.factor == "1/4"
    assert [spoke.spot.symbol for spoke in found.spokes] == [f"dZ^[1][2, {k}]" for k in range(1, 5)]
    assert all(spoke.label.startswith(f"X[3, {k}] ") for k, spoke in enumerate(found.spokes, 1))
    assert draw(batch(), entry="dW1[2, 3]").picture.factor == "", "the error has its share already"


@pytest.mark.parametrize("notation", ["delta", "murphy", "dY"])
def test_every_entry_has_a_picture_with_what_it_is_computed_from(notation):
    view = batch(notation)
    for step in view.steps:
        i, j = step.shape
        drawing = draw(view, entry=f"{step.symbol}[{i}, {j}]")
        entry, found = step.entry(i - 1, j - 1), drawing.picture
        assert isinstance(drawing, EntryDrawing) and found.is_backward == (step.phase == "backward")
        shown = {found.hub.symbol, *[spoke.spot.symbol for spoke in found.spokes]} | {"" if found.end is None else found.end.symbol}
        words = " ".join([*shown, *[spoke.label for spoke in found.spokes], found.slope]).replace("−", "-")
        assert all(factor.symbol in words for factor in entry.reads), step
        wide, tall = map(float, ET.fromstring(drawing.svg).get("viewBox").split()[2:])
        for text in ET.fromstring(drawing.svg).iter("{http://www.w3.org/2000/svg}text"):
            assert 0 <= float(text.get("x")) <= wide and 0 <= float(text.get("y")) <= tall
        assert step.role in ("loss", "losses") or wide <= 1120, "16 pixels on a page of 1280"


def test_what_is_too_much_is_counted_and_matrices_that_are_too_wide_are_left_out(tmp_path):
    view = matrix_view(MLP(12, [20, 1], "tanh", rng=0), RNG.normal(size=(3, 12)), [1.0, 0.0, 2.0], loss="mse")
    drawing = draw(view, entry="a1[4, 2]", theme="light")
    assert len(drawing.picture.spokes) == 7 and drawing.picture.more == "… and 6 more" and drawing.picture.matrices == ((),)
    assert drawing.save(tmp_path / "fan.svg").stat().st_size > 2000
    assert "… y 6 más" in draw(view, entry="a1[4, 2]", lang="es").svg and draw(view, entry="a1[4, 2]", lang="pt").text.startswith("De que")
    lines = [
        text.text for text in ET.fromstring(drawing.svg).iter("{http://www.w3.org/2000/svg}text") if (text.text or "").startswith("+ ")
    ]
    assert lines, "a long sum is broken at its signs"
    assert float(re.search(r' width="([\d.]+)"', draw(view, entry="a1[4, 2]", width=500).svg)[1]) == pytest.approx(500, abs=0.2)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("delta1", r"δ⁽¹⁾ has shape 2 × 1; say which entry, counted from 1: \"delta1\[1, 1\]\""),
        ("dW1[2]", "say row and column, counted from 1"),
        ("dW1[0, 1]", "no entry in row 0, column 1 \\(counted from 1\\)"),
        ("dW1[3, 1]", "has shape 2 × 2 and no entry in row 3"),
        ("dV1[1, 1]", "there is no array called 'dV1'; entry takes one of a1, z1"),
        ("W1[1, 1]", "W1 is given, nothing makes it"),
        ("dW1[1, x]", "such as \"dW1\\[1, 2\\]\"; not 'dW1\\[1, x\\]'"),
        (3, "entry is an array with a row and a column"),
    ],
)
def test_an_entry_that_there_is_not_is_refused(entry, words):
    with pytest.raises(ValueError, match=words):
        mazur(entry)


def test_an_entry_belongs_to_arrays():
    with pytest.raises(ValueError, match="entry= belongs to a program or a matrix view"):
        draw(leaves(a=1)[0] * 2, entry="a[1, 1]")


@pytest.mark.parametrize("lang", ["es", "pt"])
def test_what_is_refused_is_refused_in_the_language_that_is_asked_for(lang):
    english = re.compile(r"has shape|counted|there is no|is given|belongs|takes")
    for entry in ("delta1", "dW1[2]", "dW1[0, 1]", "dV1[1, 1]", "W1[1, 1]", "dW1[1, x]"):
        with pytest.raises(ValueError, match=r"entry|elemento|fila|linha") as refused:
            mazur(entry, lang=lang)
        assert not english.search(str(refused.value)), refused.value
    with pytest.raises(ValueError, match=r"entry= (es de un|é de um) programa"):
        draw(leaves(a=1)[0] * 2, entry="a[1, 1]", lang=lang)
