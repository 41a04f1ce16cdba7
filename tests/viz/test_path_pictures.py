"""Pictures of paths: one for each of few, counts for many, and what is left out."""

import re
import xml.etree.ElementTree as ET

import pytest

from autograd import Value, examples, grad, parse, total
from viz import show_paths
from viz.path_pictures import FEW

SVG = "{http://www.w3.org/2000/svg}"


def chain(doublings):
    x = a = Value(1, "a")
    for _ in range(doublings):
        x = x + x
    return x, a


def copies(drawing):
    """The pictures of an SVG, each as the marked cards and wires by their keys."""
    root = ET.fromstring(drawing.svg)
    found = []
    for group in root.iter(f"{SVG}g"):
        if group.get("transform") and any((child.get("class") or "").startswith(("card", "wire")) for child in group):
            marked = [part.get("data-key") for part in group.iter(f"{SVG}g") if set((part.get("class") or "").split()) & {"now", "read"}]
            found.append(set(marked))
    return found


def texts(drawing):
    return ["".join(text.itertext()) for text in ET.fromstring(drawing.svg).iter(f"{SVG}text")]


def test_each_of_few_paths_has_a_picture_in_which_it_alone_is_marked():
    """J = ab + a: the contributions that meet at a come from two consumers (D1-42)."""
    a, b = Value(2, "a"), Value(3, "b")
    J = a * b + a  # nodes in order: a 0, b 1, ab 2, J 3
    assert copies(show_paths(J, a)) == [{"n3", "n2", "n0", "e3-0", "e2-0"}, {"n3", "n0", "e3-1"}]


def test_two_operands_that_are_one_node_are_two_pictures():
    a = Value(5, "a")
    assert [marks & {"e1-0", "e1-1"} for marks in copies(show_paths(a * a, a))] == [{"e1-0"}, {"e1-1"}]


def test_products_and_their_sum_stand_in_the_picture():
    said = texts(show_paths(parse("u = a*b; u*u - a", a=2, b=3), "a"))
    for line in ("3 paths from J to a", "1.  J ← v ← u (1) ← a:  1 · 6 · 3 = 18", "3.  J ← a:  −1", "∂J/∂a = 18 + 18 + (−1) = 35"):
        assert line in said


def test_what_is_on_no_path_is_faded_and_still_there():
    drawing = show_paths(examples.J(), "b")
    faded = re.findall(r'<g opacity="0.42"><g class="card[^"]*" data-key="(n\d+)"', drawing.svg)
    keys = {part.get("data-key") for part in ET.fromstring(drawing.svg).iter(f"{SVG}g") if part.get("data-key")}
    assert len(faded) == 3 and len([key for key in keys if key[0] == "n"]) == 7  # 3, a and c; of seven nodes


def test_only_the_local_derivatives_on_the_path_are_dark():
    a, b = Value(2, "a"), Value(3, "b")
    drawing = show_paths(a * b + a, a)
    dark, pale = [], []
    for pill in ET.fromstring(drawing.svg).iter(f"{SVG}g"):
        if pill.get("class") == "local":
            (pale if pill.get("opacity") else dark).append("".join(pill.itertext()))
    # Over J ← u ← a: 1 at J and 3 at u. Over J ← a: 1 at J; all of u is faded.
    assert sorted(pale) == ["1", "1", "2"] and sorted(dark) == ["1", "1", "2", "3", "3"]


@pytest.mark.parametrize("doublings", [1, 2, 3, 5])
def test_more_than_a_few_paths_are_counted_at_every_node_and_operand(doublings):
    y, a = chain(doublings)
    drawing = show_paths(y, a)
    pictures, said = copies(drawing), texts(drawing)
    assert len(pictures) == (2**doublings if 2**doublings <= FEW else 1)
    if 2**doublings > FEW:
        assert said.count(str(2**doublings)) >= doublings + 1  # on every node
        assert said.count(str(2 ** (doublings - 1))) >= 2 * doublings  # at every operand


def test_more_than_a_million_paths_are_one_picture_with_the_reason_for_backprop():
    """Section E of the inventory: 20 doublings."""
    drawing = show_paths(*chain(20))
    said = " ".join(texts(drawing))
    assert len(copies(drawing)) == 1 and said.count("1,048,576") >= 21
    assert "Multiplications: 19,922,944 path by path, 38 in the backward pass" in said


def test_a_picture_of_many_thousand_nodes_is_an_overview():
    drawing = show_paths(*chain(6_000))
    assert "part 1 of 12" in texts(drawing) and "1.51e1806 paths from J to a" in texts(drawing)


def test_of_a_large_graph_only_what_is_near_the_paths_is_drawn():
    drawing = show_paths(examples.mazur(), "net_h1")
    assert "netₕ₂" not in texts(drawing) and {"outₕ₁", "w₅", "b₂", "E"} <= set(texts(drawing))


def test_beside_a_path_stands_the_other_one_of_two_operands_and_none_of_many():
    x = Value(2.0, "x")
    y = total([x * Value(3.0, "factor"), *(Value(float(k), f"term {k}") for k in range(20))])
    assert {"factor", "x"} <= set(texts(show_paths(y, x))) and "term 3" not in texts(show_paths(y, x))
    y = total([x * Value(3.0, "factor"), Value(1.0, "other"), Value(2.0, "third")])
    for k in range(20):
        y = y + Value(float(k), f"term {k}")
    said = texts(show_paths(y, x))
    assert "term 3" in said and "other" not in said


def test_the_sum_is_the_gradient_and_the_graph_is_left_as_it_was():
    E = examples.mazur()
    drawing = show_paths(E, "w1")
    drawing.svg  # noqa: B018 (drawn for its side effects, of which there must be none)
    assert drawing.paths.total == grad(E, ["w1"])[0]
    assert E._grad is None


def test_no_path_and_the_root_itself_have_a_picture():
    a, b = Value(2, "a"), Value(3, "b")
    assert copies(show_paths(b * b, a)) in ([], [set()]) and "J does not depend on a: there is no path, and ∂J/∂a = 0" in texts(
        show_paths(b * b, a)
    )
    assert copies(show_paths(b * b, "J")) == [{"n1"}]


def test_it_shows_itself_and_is_saved(tmp_path):
    drawing = show_paths(examples.J(), "b")
    bundle = drawing._repr_mimebundle_()
    assert bundle["text/plain"] == drawing.text and 'src="data:image/svg+xml;base64,' in bundle["text/html"]
    assert drawing.save(tmp_path / "paths.svg").read_text(encoding="utf-8") == drawing.svg
    with pytest.raises(ValueError, match=r"saved as \.svg, \.png or \.pdf"):
        drawing.save(tmp_path / "paths.dot")


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("theme", ["light", "dark", "print", "auto"])
def test_every_direction_and_theme_is_well_formed_and_holds_hostile_labels_as_text(direction, theme):
    a = Value(1, "<script>alert(1)</script>")
    drawing = show_paths(a * a + a, a, direction, theme)
    assert ET.fromstring(drawing.svg) is not None and "<script" not in drawing.svg


@pytest.mark.parametrize(
    ("given", "words"),
    [({"theme": "blue"}, "theme is one of"), ({"direction": "up"}, "direction is one of"), ({"digits": 0}, "digits is a number")],
)
def test_refusals(given, words):
    with pytest.raises(ValueError, match=words):
        show_paths(examples.J(), "b", **given)
