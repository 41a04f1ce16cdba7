"""Drawings as a whole: what they say, what they write, what they refuse."""

import xml.etree.ElementTree as ET

import pytest

from autograd import Value, leaves
from viz import draw


def mission():
    a, b, c = leaves(a=5, b=3, c=2)
    return 3 * (a + b * c)


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
    with pytest.raises(TypeError, match="a Value, not list"):
        draw([Value(1.0)])


@pytest.mark.parametrize("wrong", [{"direction": "RL"}, {"theme": "pink"}, {"digits": 0}, {"digits": True}])
def test_arguments_that_do_not_exist_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        draw(mission(), **wrong)
