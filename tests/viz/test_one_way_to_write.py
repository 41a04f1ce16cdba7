"""A name and a number are written in one way wherever they stand in a view: cards, sentences, tables, equations, DOT."""

import re
import xml.etree.ElementTree as ET

import pytest

from autograd import derive, examples, leaves, nodes, steps
from autograd.explain.typeset import as_layout, latex, mathml, name_parts, plain
from nn import MLP
from viz import draw, show_paths
from viz.page.opening import step
from viz.picture.lettering import MINUS, readable

from .step_page import opened

HYPHEN = re.compile(r"(?<![\w.)])-\s?[\d.∞]|\de-\d")


def mlp():
    return MLP(2, [2, 1], activation="sigmoid", output="sigmoid", rng=0).loss([[1.0, 2.0]], [1.0], "bce")


def long_names():
    a, b = leaves(a_weight_with_a_long_name_1=-0.6, a_weight_with_a_long_name_2=2)
    root = a * b
    root.label = "hidden_activation_long_name"
    return root


GRAPHS = {
    "neuron": examples.neuron,
    "logistic": examples.logistic,
    "mazur": examples.mazur,
    "1-2-1": examples.net_1_2_1,
    "mlp": mlp,
    "long": long_names,
}


def texts_of(svg: str) -> list[str]:
    return [
        text
        for element in ET.fromstring(svg).iter()
        for text in (element.text, element.get("aria-label"))
        if text and element.tag.endswith(("text", "title", "desc"))
    ]


@pytest.mark.parametrize("name", GRAPHS)
def test_pictures_have_one_minus_sign_and_the_names_of_the_sentences(name):
    y = GRAPHS[name]()
    y.backward()
    drawing = draw(y, fold=False)
    first = next(leaf for leaf in nodes(y).values() if not leaf.parents and not leaf.constant)
    for text in (*texts_of(drawing.svg), *texts_of(show_paths(y, first).svg)):
        assert not HYPHEN.search(text), text
    said = str(steps(y).in_line())
    for card in drawing.picture.cards:
        if card.name:
            assert card.name in said and card.name in drawing.source.replace("\\n", "\n")
            assert (
                card.chip is None
                or card.chip.label == f"∂{drawing.picture.title.split(' of ')[1].split(' ')[0]}/∂{card.name}"
                or ".grad" in card.chip.label
            )


@pytest.mark.parametrize("notation", [None, "ng", "delta", "murphy"])
def test_equations_in_every_format_have_the_letters_and_indices_of_the_names(notation):
    for node, name in steps(mlp(), notation=notation)[0].names.items():
        parts = name_parts(name)
        if node.label or node.parents:
            assert parts is not None, name
            below = [part for part in (parts[1], parts[2]) if part]
            assert plain(as_layout(name)) == name
            assert all(part in mathml(as_layout(name)) and part in latex(as_layout(name)) for part in below), name


def test_a_factor_that_stands_in_two_paths_has_the_same_digits():
    y = examples.mazur()
    for line_of in (lambda: show_paths(y, "w1").text, lambda: str(derive(y, "w1", "paths"))):
        found = set(re.findall(r"0\.2413\d*", line_of()))
        assert len(found) <= 1, found


def test_of_long_names_the_one_of_the_node_stays():
    y = long_names()
    a, b = nodes(y)["a_weight_with_a_long_name_1"], y
    svg = draw(a * 3 + b).svg
    (root,) = leaves(r=2)
    long = root * 3
    long.label = "hidden_activation_long_name_of_forty_letters"
    labels = [text for text in texts_of(draw(long).svg) if text.startswith("∂hid") and "=" not in text and ":" not in text]
    assert (
        svg and "∂hidden" in "".join(labels) and any(text.endswith("…/∂r") or text.endswith("name_of_forty_letters/∂r") for text in labels)
    )


@pytest.mark.browser
def test_a_page_has_one_minus_sign(page, tmp_path):
    y = examples.neuron()
    seen = opened(page, tmp_path, y).unfold_all_details()
    for at in (4, 7, 12):
        seen.go(at)
        code = set(
            seen.script("[...root.querySelectorAll('.code div')].flatMap(line => [...line.childNodes].map(part => part.textContent))")
        )
        boxes = {"-0.5", "-0.75", "Write a number, such as 0.5, 0,5, 3/4, 3*2 or -1.5e-2."}
        told = [text for text in seen.told() if HYPHEN.search(text) and text not in code | boxes and "-1.5e-2" not in text]
        assert not told, told
    assert readable(steps(y).in_line()[11].text()) in seen.told() and MINUS in seen.read()["why"] and len(step(y)) == 12


@pytest.mark.browser
@pytest.mark.parametrize("notation", [None, "ng"])
def test_a_page_writes_every_name_in_one_way_and_knows_it_in_both(page, tmp_path, notation):
    seen = opened(page, tmp_path, mlp(), "#step=24", notation=notation).unfold_all_details()
    code = set(seen.script("[...root.querySelectorAll('.code div')].flatMap(line => [...line.childNodes].map(part => part.textContent))"))
    typed = re.compile(r"[A-Za-z]\d|_\d|\^[\[(]")
    assert [text for text in seen.told() if typed.search(text) and text not in code and "1.5e-2" not in text] == []
    names = [card["name"] for card in seen.all_cards().values()]
    assert ("w₁₂[²]" if notation else "w₂,₁,₂") in names
    for name in ("w2_1_2", "w₁₂[²]" if notation else "w₂,₁,₂"):
        seen.page.get_by_role("combobox", name="Find a node").fill(name)
        seen.page.keyboard.press("Enter")
        assert seen.read()["live"].startswith("w₁₂[²]" if notation else "w₂,₁,₂"), name
