"""Presenter mode, by the keys of a lecturer and of a clicker; and the switch of the theme."""

import re

import pytest

from autograd import Value, examples, exp, leaves, parse
from nn import MLP

from .step_page import READY, opened
from .test_step_page import violations

pytestmark = pytest.mark.browser


def expression() -> Value:
    return parse("3*(a + b*c)", a=5, b=3, c=2)


def softmax_of_three() -> Value:
    z1, z2, z3 = leaves(z1=1.0, z2=2.0, z3=0.5)
    return -(exp(z1) / (exp(z1) + exp(z2) + exp(z3))).log()


GRAPHS = {
    "J": expression,
    "neuron": examples.neuron,
    "softmax": softmax_of_three,
    "1-2-1": examples.net_1_2_1,
    "MLP": lambda: MLP(3, [4, 4, 1], activation="tanh", rng=0).loss([[0.5, -1.0, 2.0]], [1.0], "mse"),
}

SEEN = """(() => {
  const box = (one) => one.getBoundingClientRect(), inside = (one, outer) => one.left >= outer.left - 1 && one.right <= outer.right + 1 && one.top >= outer.top - 1 && one.bottom <= outer.bottom + 1;
  const svg = root.querySelector('.picture > svg'), frame = box(svg), scale = svg.getScreenCTM().a;
  const texts = [...svg.querySelectorAll('text')].filter(one => one.textContent && box(one).width && inside(box(one), frame));
  const active = [...svg.querySelectorAll('.card.now .frame, .cover.now rect')].map(box);
  const line = root.querySelector('.slide');
  const shown = [...root.querySelector('.app').children].filter(one => box(one).height > 2).map(one => one.className.split(' ')[0]);
  return { shown, letters: Math.min(...texts.map(one => scale * parseFloat(getComputedStyle(one).fontSize))), texts: texts.length,
    equation: parseFloat(getComputedStyle(line).fontSize), clipped: line.scrollWidth > line.clientWidth || line.scrollHeight > line.clientHeight, line: line.textContent,
    heading: root.querySelector('.expression').textContent, isSeen: active.every(one => inside(one, frame)), active: active.length,
    bottom: frame.bottom / innerHeight, scrolls: document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth };
})()"""


@pytest.mark.parametrize(("size", "dark"), [((1280, 720), True), ((1920, 1080), False)])
@pytest.mark.parametrize("name", GRAPHS)
def test_picture_and_equation_can_be_read_from_the_last_row(page, tmp_path, name, size, dark):
    page.emulate_media(reduced_motion="reduce")
    shown = opened(page, tmp_path, GRAPHS[name](), "#present", size, dark)
    count = int(shown.script("root.querySelector('.time input').max"))
    for at in sorted({1, 2, count // 3, count // 2 + 1, 2 * count // 3, count - 1, count}):
        seen = shown.go(at).script(SEEN)
        assert seen["shown"] == ["head", "stage", "slide"], at
        assert seen["letters"] >= 23.9 and seen["texts"] > 3, (at, seen)
        assert seen["equation"] >= 28 and not seen["clipped"], (at, seen)
        assert seen["active"] == 1 and seen["isSeen"] and 0.6 < seen["bottom"] < 0.7, (at, seen)
        assert not seen["scrolls"]


def test_one_press_poses_the_question_the_next_one_answers_it(page, tmp_path):
    """The numbers are told nowhere before: not in a text, not to a screen reader, not in a title or a table."""
    page.emulate_media(reduced_motion="reduce")
    shown = opened(page, tmp_path, parse("3*(a + b*c)", a=5.5, b=3.25, c=2.75), "#present&ask=backward&step=6")
    assert shown.script(SEEN)["line"] == "∂J/∂a = ?" and shown.press("PageDown").script(SEEN)["line"].endswith("=3")
    for what, number in (("∂J/∂u", "3"), ("∂J/∂b", "8.25"), ("∂J/∂c", "9.75")):
        asked = shown.press("PageDown").script(SEEN)
        assert asked["line"] == f"{what} = ?"
        if number != "3":
            assert not [text for text in shown.told() if re.search(rf"(?<![\d.]){re.escape(number)}(?!\d)", text)]
        at = shown.at()
        answered = shown.press("PageDown").script(SEEN)
        assert shown.at() == at and answered["line"].endswith(f"={number}")
        assert any(one["gradient"] == f"+{number}" for one in shown.read()["cards"].values())
    assert shown.press("PageUp").at() == 8


def test_the_number_goes_along_its_edge_and_then_stands_on_the_card(page, tmp_path):
    shown = opened(page, tmp_path, expression(), "#present&ask=backward&step=8").press("ArrowRight")
    assert shown.script("[...root.querySelectorAll('.traveller')].map(one => one.textContent)") == ["+6"]
    assert shown.script("getComputedStyle(root.querySelector('.card.now .gradient')).visibility") == "hidden"
    page.wait_for_function("() => !document.querySelector('div.chalkgrad-step').shadowRoot.querySelector('.traveller')")
    assert shown.script("getComputedStyle(root.querySelector('.card.now .gradient')).visibility") == "visible"
    forward = opened(page, tmp_path, expression(), "#present").press("PageDown")
    assert forward.script("[...root.querySelectorAll('.traveller')].map(one => one.textContent)") == ["3", "2"]
    page.emulate_media(reduced_motion="reduce")
    still = opened(page, tmp_path, expression(), "#present&ask=backward&step=8").press("ArrowRight")
    assert still.script("root.querySelectorAll('.traveller').length") == 0 and "=6" in still.script(SEEN)["line"]


def test_the_keys_of_a_lecturer(page, tmp_path):
    shown = opened(page, tmp_path, expression(), "#step=7")
    is_on = "root.querySelector('.app').classList.contains('presenting')"
    ink = "getComputedStyle(root.querySelector('.app')).color"
    assert not shown.script(is_on) and shown.press("p").script(is_on)
    assert page.url.endswith("#step=7&present")
    assert shown.press("t", "t").script(ink) == "rgb(232, 234, 237)" and "theme=dark" in page.url
    assert shown.press("t").script(ink) == "rgb(27, 31, 36)" and "theme" not in page.url
    black = "(() => { const at = root.elementFromPoint(innerWidth / 2, innerHeight / 3); return getComputedStyle(at).backgroundColor; })()"
    for key in ("b", "."):
        assert shown.press(key).script(black) == "rgb(0, 0, 0)" and not violations(shown)
        assert shown.press("ArrowRight").script(black) != "rgb(0, 0, 0)" and shown.at() == 7, "the key only ends the blank screen"
    options = "[...root.querySelectorAll('.slide .vote button')].map(one => one.className)"
    assert shown.press("v").script(options) == [""] * 4 and "= ?" in shown.script("root.querySelector('.slide').innerText")
    assert not [text for text in shown.read()["cards"].values() if text["state"] == "complete" and text["name"] == "u"]
    assert not violations(shown)
    texts = shown.script("[...root.querySelectorAll('.slide .vote b')].map(one => one.textContent)")
    shown.press(str(texts.index(next(text for text in texts if text != "3")) + 1))
    assert "wrong" in shown.script(options) and not shown.script(SEEN)["clipped"]
    shown.press("ArrowRight")
    assert "right" in shown.script(options) and not shown.script(SEEN)["clipped"]
    assert shown.press("v").script(options) == [] and shown.at() == 7
    assert not shown.press("Escape").script(is_on) and page.url.endswith("#step=7")
    assert shown.script("root.querySelector('.panel').getBoundingClientRect().height") > 100


def test_a_lecture_in_spanish_opens_where_the_address_says(page, tmp_path):
    shown = opened(page, tmp_path, examples.net_1_2_1(), "#present&ask=backward&step=20&theme=dark", lang="es")
    assert shown.script(SEEN)["line"].endswith("= ?") and shown.at() == 20 and not violations(shown)
    page.evaluate("location.hash = 'step=3'")
    page.wait_for_function("() => !document.querySelector('div.chalkgrad-step').shadowRoot.querySelector('.presenting')")
    assert shown.at() == 3


# --- the theme -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("theme", "paper"), [("dark", "rgb(16, 19, 23)"), ("light", "rgb(255, 255, 255)")])
def test_a_theme_that_is_asked_for_holds_against_the_system(page, tmp_path, theme, paper):
    shown = opened(page, tmp_path, expression(), dark=theme == "light", theme=theme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
    name = "root.querySelector('button.theme').textContent"
    assert shown.script(name) == f"Theme: {theme}"
    shown.press("t")
    assert shown.script(name) != f"Theme: {theme}" and "theme=" in page.url
    page.reload()
    page.wait_for_function(READY)
    assert shown.script(name) != f"Theme: {theme}", "the address remembers it"
