"""The picture at each step, as the slides show it: nothing moves, and nothing is told before it is computed."""

import base64
import re
import xml.etree.ElementTree as ElementTree

import pytest

from autograd import Value, leaves, parse, scope
from viz import draw, step
from viz.layout import layered
from viz.page import hosting
from viz.picture.lettering import width

from .graphs import EXAMPLES, mission, random_graph, worked

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def slides(tmp_path):
    """slides(y, …) → the pictures after 0, 1, … steps, as elements."""

    def made(y, **more):
        folder = step(y, **more).save(f"{tmp_path}/slides/")
        return [ElementTree.parse(path).getroot() for path in sorted(folder.iterdir())]

    return made


def kinds(element) -> list[str]:
    return (element.get("class") or "").split()


def cards(slide) -> dict[str, ElementTree.Element]:
    """The cards by name; a number that has no name by its own text."""
    found = {}
    for group in slide.iter(f"{SVG}g"):
        if "card" in kinds(group):
            found[text_of(group, "name") or text_of(group, "value")] = group
    return found


def text_of(group, kind: str) -> str:
    return next((text.text or "" for text in group.iter(f"{SVG}text") if kind in kinds(text)), "")


def chip(slide, name: str) -> tuple[str, str]:
    """The state of the chip of a card, and its text."""
    states = ("none", "partial", "complete", "zero")
    for group in cards(slide)[name].iter(f"{SVG}g"):
        if found := [state for state in states if state in kinds(group)]:
            return found[0], text_of(group, "gradient")
    return "", ""


def marked(slide, mark: str) -> list[str]:
    return [name for name, card in cards(slide).items() if mark in kinds(card)]


def wires(slide, mark: str) -> list[ElementTree.Element]:
    return [group for group in slide.iter(f"{SVG}g") if "wire" in kinds(group) and mark in kinds(group)]


def places(slide) -> list[tuple]:
    """Where everything stands: cards, chips, pills, badges and groups, in their order."""
    shapes = [(group.get("data-key"), group.get("transform")) for group in slide.iter(f"{SVG}g")]
    rects = [
        tuple(rect.get(name) for name in ("x", "y", "width", "height")) for rect in slide.iter(f"{SVG}rect") if rect.get("class") != "paper"
    ]
    return shapes + rects


def picture_of(slide) -> tuple:
    """Which picture of the graph a slide shows, by what is in it."""
    return tuple([group.get("data-key") for group in slide.iter(f"{SVG}g")])


def nothing_moves(made) -> bool:
    """Whether everything stands at one place in all slides of one picture."""
    first = {}
    return all(places(slide) == first.setdefault(picture_of(slide), places(slide)) for slide in made)


# --- nothing moves -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXAMPLES)
def test_positions_are_the_same_in_all_slides(slides, name):
    assert nothing_moves(slides(worked(name)))


@pytest.mark.parametrize("seed", range(3))
def test_positions_are_the_same_in_all_slides_of_random_graphs(slides, seed):
    assert nothing_moves(slides(random_graph(seed, 30, ("one", "two") if seed else ())))


def test_lines_go_the_same_way_in_all_slides(slides):
    def ways(slide):
        found = [
            group.find(f"{SVG}path[@class='line']").get("d") for group in slide.iter(f"{SVG}g") if group.get("data-key", "").startswith("e")
        ]
        return [way.rsplit("M", 1)[0] for way in found]  # the last piece ends where the head of the arrow begins

    made = slides(worked("colah"))
    assert all(ways(slide) == ways(made[0]) for slide in made)


@pytest.mark.parametrize("y", [3 * Value(2.0, "a"), worked("colah"), random_graph(1, 30)], ids=["small", "colah", "random"])
def test_there_is_room_for_everything_that_will_stand_on_a_card(slides, y):
    """Also for numbers that a reader puts in: a chip that stays empty for long is as wide as it will have to be."""
    for slide in slides(y):
        for card in cards(slide).values():
            for group in card.iter(f"{SVG}g"):
                rect = group.find(f"{SVG}rect[@class='chip']")
                if rect is not None:
                    needed = width(text_of(group, "soft"), 12) + max(width(text_of(group, "gradient"), 14), width("−8.888", 14))
                    assert needed < float(rect.get("width")), ElementTree.tostring(group)


# --- what is known -----------------------------------------------------------------------------------------------


def test_before_the_first_step_only_leaves_have_numbers(slides):
    start = slides(mission())[0]
    assert {name: text_of(card, "value") for name, card in cards(start).items()} == {
        "a": "5",
        "b": "3",
        "c": "2",
        "3": "3",
        "u": "",
        "v": "",
        "J": "",
    }
    assert {chip(start, name) for name in "abcuvJ"} == {("none", "")}
    assert not any(text_of(card, "number") for card in cards(start).values())


def test_values_appear_one_by_one_and_local_derivatives_with_the_backward_pass(slides):
    made = slides(mission())
    assert [text_of(cards(slide)["v"], "value") for slide in made[:4]] == ["", "", "11", "11"]
    pills = [[text.text for text in cards(slide)["u"].iter(f"{SVG}text") if "number" in kinds(text)] for slide in made[:5]]
    assert pills == [[None, None]] * 4 + [["2", "3"]]


def test_gradients_appear_one_by_one_after_the_seed(slides):
    made = slides(mission())
    appear = {name: next(at for at, slide in enumerate(made) if chip(slide, name)[0] == "complete") for name in "Jvaubc"}
    assert appear == {"J": 4, "v": 5, "a": 6, "u": 7, "b": 8, "c": 9}


def test_a_gradient_is_none_then_partial_then_complete(slides):
    a, b = leaves(a=2, b=3)
    states = [chip(slide, "a") for slide in slides(a * b + a)]
    assert [state for k, state in enumerate(states) if k == 0 or states[k - 1] != state] == [
        ("none", ""),
        ("partial", "+1 (1 of 2)"),
        ("complete", "+4"),
    ]


def test_a_gradient_that_is_zero_looks_unlike_one_that_is_not_there(slides):
    x, y = leaves(x=0, y=2)
    made = slides(x * y + x**2)
    assert chip(made[-1], "y")[0] == "zero" and chip(made[-1], "y")[1] == "0"
    assert chip(made[0], "y") == ("none", "")


def test_a_partial_sum_that_is_zero_is_partial(slides):
    a = Value(2.0, "a")
    states = [chip(slide, "a") for slide in slides(3 * a - a + a)]
    assert ("partial", "0 (2 of 3)") in states and states[-1] == ("complete", "+3")


def test_a_node_whose_value_is_0_gets_its_gradient_like_any_other(slides):
    a, b = leaves(a=0, b=3)
    states = [chip(slide, "a") for slide in slides(a * b + 2 * a)]
    assert ("partial", "+2 (1 of 2)") in states and states[-1] == ("complete", "+5")


def test_a_constant_has_no_chip(slides):
    x, k = Value(2.0, "x"), Value(3.0, "k", constant=True)
    assert all(chip(slide, "k") == ("", "") for slide in slides(x * k))


def test_titles_tell_no_more_than_is_known(slides):
    made = slides(mission())
    told = [cards(slide)["J"].find(f"{SVG}title").text for slide in made]
    assert told[0] == told[2] == "J" and "33" in told[4]
    assert [title.text for title in made[0].iter(f"{SVG}title") if re.search("33|11", title.text)] == []
    assert not any("∂J/∂3" in title.text for slide in made for title in slide.iter(f"{SVG}title"))


# --- what is marked ----------------------------------------------------------------------------------------------


def test_forward_reads_the_operands_and_writes_the_value(slides):
    slide = slides(mission())[2]
    assert marked(slide, "now") == ["v"] and sorted(marked(slide, "read")) == ["a", "u"]
    assert [wire.get("data-key") for wire in wires(slide, "read")] == ["e5-0", "e5-1"] and not wires(slide, "now")


def test_backward_reads_the_consumer_and_writes_along_one_wire(slides):
    slide = slides(mission())[6]
    assert marked(slide, "now") == ["a"] and marked(slide, "read") == ["v"]
    assert [wire.get("data-key") for wire in wires(slide, "now")] == ["e5-0"]


@pytest.mark.parametrize("name", ["colah", "cs231n_sigmoid_circuit"])
def test_the_arrow_of_a_backward_step_touches_the_receiver(slides, name):
    for slide in slides(worked(name)):
        for wire in wires(slide, "now"):
            x, y = map(float, re.match(r"M(\S+) ([-\d.]+)", wire.find(f"{SVG}path[@class='head']").get("d")).groups())
            card = next(card for card in cards(slide).values() if "now" in kinds(card))
            dx, dy = map(float, re.findall(r"-?[\d.]+", card.get("transform")))
            frame = next(rect for rect in card.iter(f"{SVG}rect") if rect.get("class") == "frame")
            left, top, wide, tall = (float(frame.get(side)) for side in ("x", "y", "width", "height"))
            assert x == pytest.approx(left + dx + wide, abs=0.2)
            assert top + dy < y < top + dy + tall


def test_the_start_marks_nothing(slides):
    start = slides(mission())[0]
    assert not marked(start, "now") and not marked(start, "read") and not wires(start, "now")


@pytest.mark.parametrize(("lang", "english"), [("es", ("from", "derivative", "gradient ")), ("pt", ("from", "derivative", "gradient "))])
def test_slides_and_the_still_image_speak_the_language_of_the_page(slides, lang, english):
    y = parse("a*b + a", a=2, b=3)
    said = [element.text for slide in slides(y, lang=lang) for element in slide.iter() if element.text and element.tag != f"{SVG}style"]
    assert not [text for text in said for word in english if word in text]
    assert any(" de 2)" in text for text in said), "the partial sum"
    page = step(y, lang=lang).html
    still = base64.b64decode(re.search(r"base64,([^\"]*)", page)[1]).decode()
    assert "Grafo de" in still and "from a" not in still
    assert "Computation graph" not in page.split("<script")[0]


@pytest.mark.parametrize("label", ["\x00\x1b", "\ud800", "\ufffe", "\U0001ffff", "a\u202eb", "<b>&"])
def test_a_label_of_any_letters_makes_slides_that_can_be_read(slides, label):
    x = Value(2.0, label)
    assert len(slides(x * x)) == 5


# --- large graphs ------------------------------------------------------------------------------------------------


def test_every_step_of_wrt_has_its_slide(slides):
    made = slides(mission(), wrt="c")
    assert len(made) == 8
    assert chip(made[-1], "c") == ("complete", "+9")
    assert chip(made[-1], "a") == ("none", ""), "nothing is shown of what is not stepped through"


def test_digits_are_those_that_are_asked_for(slides):
    with scope("layer"):
        y = parse("a/3", a=2)
    assert text_of(cards(slides(y, digits=2)[-1])["J"], "value") == "0.67"


@pytest.mark.parametrize("text", ["J = 3*(a + b*c)", "a*b" + " + a - b*a" * 8])
def test_the_same_cards_are_laid_out_once_whatever_they_are_fitted_into(monkeypatch, text):
    laid_out = []
    settled = layered._Settled.__init__
    monkeypatch.setattr(
        layered._Settled, "__init__", lambda self, boxes, links: (laid_out.append((*boxes, *links)), settled(self, boxes, links))[1]
    )
    assert step(parse(text, {name: 2 for name in "abc" if name in text})).html
    assert laid_out and len(set(laid_out)) == len(laid_out)


def test_a_picture_that_has_no_room_is_not_laid_out(monkeypatch):
    boxes = []
    settled = layered._Settled.__init__
    monkeypatch.setattr(layered._Settled, "__init__", lambda self, *given: (boxes.append(len(given[0])), settled(self, *given))[1])
    y = parse("a*b" + " + a - b*a" * 8, a=2, b=3)
    step(y)
    assert sum([count > 20 for count in boxes]) == 1  # as a close-up, which is as large as it is, and not to see whether it fits


def test_the_module_of_the_page_is_written_once_for_many_graphs(monkeypatch):
    assert step(parse("a*b", a=2, b=3)).html
    monkeypatch.setattr(hosting, "bundled", lambda *given: pytest.fail("written anew"))
    assert "<script" in step(parse("exp(a) + 2", a=2)).html


@pytest.mark.parametrize("path", [3, None, ["page.html"]])
def test_what_is_no_path_is_refused_in_a_sentence(path):
    for shown in (step(parse("2*a", a=1)), draw(parse("2*a", a=1))):
        with pytest.raises(TypeError, match="the path to save to is a text"):
            shown.save(path)
