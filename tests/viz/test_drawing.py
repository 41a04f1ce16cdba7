"""Drawings as a whole: what they say, what they write, what they refuse."""

import copy
import os
import pickle
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import viz
from autograd import Value, scope
from nn import MLP
from viz import draw, network, show_paths

from .graphs import mission, random_graph, worked

SVG = "{http://www.w3.org/2000/svg}"


def test_a_drawing_is_one_well_formed_svg_document():
    root = ET.fromstring(draw(mission()).svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root[0].text == "Computation graph of J = 33"


def test_gradients_stand_in_the_picture_once_they_are_computed():
    J = mission()
    assert "not computed" in draw(J).svg
    assert ">+9<" not in draw(J).svg
    J.backward()
    assert "not computed" not in draw(J).svg
    assert ">+9<" in draw(J).svg


@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_wires_that_go_straight_on_are_written_as_lines(direction):
    x = Value(2.0, "x")
    svg = draw(x.exp().sin().cos(), direction=direction, fold=False).svg
    ways = re.findall(r'class="line" d="([^"]*)"', svg)
    assert len(ways) >= 3
    assert not any("C" in way for way in ways)


@pytest.mark.parametrize("suffix, begins", [(".svg", b"<svg"), (".dot", b"digraph {"), (".png", b"\x89PNG"), (".pdf", b"%PDF")])
def test_save_writes_each_kind_of_file(tmp_path, suffix, begins):
    path = draw(mission()).save(tmp_path / f"g{suffix}")
    assert path.read_bytes().startswith(begins)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_an_unknown_suffix_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(ValueError, match=r'\.svg, \.dot, \.png or \.pdf, not as "\.gif"'):
        draw(mission()).save(tmp_path / "g.gif")
    assert not list(tmp_path.iterdir())


def test_what_is_not_a_graph_is_refused():
    with pytest.raises(TypeError, match="the root of a graph, a Value, not list"):
        draw([Value(1.0)])


@pytest.mark.parametrize("wrong", [{"direction": "RL"}, {"theme": "pink"}, {"engine": "neato"}, {"digits": 0}, {"digits": True}])
def test_arguments_that_do_not_exist_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        draw(mission(), **wrong)


# --- text and legend ---------------------------------------------------------------------------------------------


def test_the_text_is_the_numbered_lines_of_both_passes():
    assert draw(mission()).text.splitlines()[:4] == [
        "forward",
        "  1  u = b · c = 3 · 2 = 6",
        "  2  v = a + u = 5 + 6 = 11",
        "  3  J = 3 · v = 3 · 11 = 33",
    ]
    assert repr(draw(mission())) == draw(mission()).text


def test_a_graph_that_is_out_of_date_has_a_line_for_each_card_instead():
    x = Value(2.0, "x")
    y = x * 3
    x.data = 5
    assert draw(y).text.splitlines()[0] == "Computation graph of J = 6"
    assert "x was changed" in draw(y).text


def test_a_folded_drawing_says_what_it_shows():
    text = draw(random_graph(1, 30, ("one", "two")), fold=True).text
    assert "one" in text
    assert "folded: " in text


def legend(y, **more):
    root = ET.fromstring(draw(y, **more).svg)
    return [group.find(f"{SVG}text").text for group in root.iter(f"{SVG}g") if group.get("class") == "key"]


def test_the_legend_explains_what_is_there_and_nothing_else():
    J = mission()
    assert legend(J) == ["local derivative", "not computed yet"]
    J.backward()
    assert legend(J) == ["local derivative", "gradient", "positive, going back", "the larger, the wider: here up to 9"]
    assert legend(J, partials=False)[0] == "gradient"


def test_wires_are_as_wide_as_what_they_carry():
    svg = draw(worked("ng")).svg
    widths = {key: float(wide) for key, wide in re.findall(r'data-key="(e[^"]+)".*?stroke-width:([\d.]+)', svg)}
    assert max(widths, key=widths.get) == "e4-1"  # u = b·c: ∂J/∂c is the largest, 9


# --- what is harmless --------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "]]>",
    "&amp;",
    "\"quoted\" 'twice'",
    "🧮",
    "שלום עולם",
    "x" * 300,
    "two\nlines",
    "\x00\x1b\u202e",
    "\ud800\uffff\U0001fffe",
    "--><!--",
]


@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_is_drawn_as_text(label, tmp_path):
    x = Value(2.0, label)
    with scope(label):
        y = (x * x).tanh()
    y.label = label + "!"
    y.backward()
    for drawing in (draw(y), draw(y, fold=True), draw(y, direction="TB")):
        root = ET.fromstring(drawing.svg)
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            "svg",
            "title",
            "desc",
            "style",
            "g",
            "rect",
            "path",
            "circle",
            "text",
        }
        assert float(root.get("width")) < 1500
        drawing.save(tmp_path / "g.pdf")
        drawing.save(tmp_path / "g.dot")


@pytest.mark.parametrize("letter", ["x", '"', "\\", "&", "é"])
def test_no_text_of_the_source_is_longer_than_graphviz_reads(letter):
    x = Value(2.0, letter * 10_000)
    with scope(letter * 10_000):
        y = x * x
    y.backward()
    for drawing in (draw(y), draw(y, fold=True)):
        assert max([len(text.encode()) for text in re.findall(r'"((?:[^"\\]|\\.)*)"', drawing.source)]) < 16_384


def test_a_copy_and_a_pickle_show_the_same():
    J = mission()
    for drawing in (draw(J), draw(J, fold=True), show_paths(J, "b"), network(MLP(2, [2, 1], rng=0))):
        for other in (copy.deepcopy(drawing), pickle.loads(pickle.dumps(drawing))):
            assert (other.svg, other.text) == (drawing.svg, drawing.text)


def test_a_long_label_is_cut_in_the_picture_and_whole_in_its_title():
    svg = draw(Value(2.0, "x" * 300) * 3).svg
    assert max([len(text) for text in re.findall(r"<text[^>]*>([^<]*)<", svg)]) < 60
    assert f"<title>{'x' * 300} = 2;" in svg


def test_a_number_with_all_its_digits_is_shown_whole_beside_its_name():
    svg = draw(Value(2.0, "a name of some length").sqrt().sin(), digits=17).svg
    assert re.search(r">0\.9877659459927355[0-9]*<", svg)
    assert re.search(r">1\.4142135623730951<", svg)
    assert ">a name" in svg


# --- saving ------------------------------------------------------------------------------------------------------


def test_what_is_saved_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "g.svg"
    path.write_text("what was there before")

    def full(*arguments):
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="no space"):
        draw(mission()).save(path)
    assert path.read_text() == "what was there before"
    assert [file.name for file in tmp_path.iterdir()] == ["g.svg"]


def test_a_saved_file_can_be_read_by_others(tmp_path):
    old = os.umask(0o022)
    try:
        assert draw(mission()).save(tmp_path / "g.svg").stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(old)


def test_png_and_pdf_say_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(ImportError, match=r'PDF needs one more package; run `pip install "chalkgrad\[export\]"`, or save as .svg'):
        draw(mission()).save(tmp_path / "g.pdf")
    assert not list(tmp_path.iterdir())


def test_a_picture_is_of_the_moment_it_was_drawn():
    J = mission()
    before = draw(J)
    J.backward()
    assert "+9" not in before.svg
    assert "+9" in draw(J).svg


# --- the other autograd ------------------------------------------------------------------------------------------


def test_another_package_named_autograd_is_told_from_ours(tmp_path):
    (tmp_path / "autograd.py").write_text("def grad(): ...")
    (tmp_path / "viz").symlink_to(Path(viz.__file__).parent)
    run = subprocess.run(
        [sys.executable, "-c", "import viz"], cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(tmp_path)}
    )
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: the autograd that Python finds")
    assert "pip uninstall autograd" in last


def test_drawing_loads_neither_numpy_nor_graphviz():
    program = "import sys, viz, autograd; viz.draw(autograd.Value(2.0) * 3)._repr_mimebundle_(); print(sorted({'numpy', 'graphviz', 'matplotlib', 'typst'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], cwd=Path(viz.__file__).parents[1], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
