"""How the page behaves under the hands: keys on sliders, numbers that cannot be read, where one comes back to, what lies on top."""

import pytest

from autograd import Value, examples, parse

from .step_page import HOST, opened
from .test_step_page import card

pytestmark = pytest.mark.browser


def expression() -> Value:
    return parse("3*(a + b*c)", a=5, b=3, c=2)


def test_space_on_a_slider_plays_and_scrolls_nothing(page, tmp_path):
    shown = opened(page, tmp_path, expression(), size=(1280, 400))
    page.locator("select[title=Speed]").select_option("4")
    for slider in ("Step", "the number of b"):
        if slider != "Step":
            shown.tab("What if")
        page.get_by_role("slider", name=slider).focus()
        at, scrolled = shown.at(), page.evaluate("scrollY")
        shown.press("Space")
        page.wait_for_function(f"at => {HOST}.shadowRoot.querySelector('.time input').value > at", arg=at)
        assert shown.press("Space").at() > at and page.evaluate("scrollY") == scrolled


def test_what_is_no_number_is_answered_with_a_sentence_that_can_be_seen(page, tmp_path):
    shown = opened(page, tmp_path, expression(), "#step=9").tab("What if")
    box = page.get_by_role("textbox", name="the number of b")
    box.fill("abc")
    box.press("Enter")
    said = page.locator(".refused")
    assert (
        said.is_visible()
        and said.inner_text().startswith("Write a number, such as 0.5")
        and box.input_value() == "abc"
        and card(shown.read(), "b")["value"] == "3"
    )
    box.fill("-4.667")
    box.press("Enter")
    assert not said.is_visible() and card(shown.read(), "b")["value"] == "−4.667"
    assert not shown.script("root.querySelectorAll('.picture .value[textLength]').length"), "the number has the room that it needs"
    assert shown.script(
        "(() => { const box = root.querySelector('.leaf input[type=text]'); return box.scrollWidth <= box.clientWidth; })()"
    )


def test_after_a_wiggle_one_is_back_where_it_began(page, tmp_path):
    shown = opened(page, tmp_path, examples.neuron(), "#step=12")
    assert shown.tab("Wiggle").at() == 5, "the change is seen at the end of the forward pass"
    assert shown.tab("This step").at() == 12
    shown.tab("Wiggle")
    page.locator(".app").focus()
    at = shown.press("ArrowLeft").at()
    assert shown.tab("This step").at() == at < 5, "who has gone on stays"


def test_the_active_edge_lies_above_all_others(page, tmp_path):
    x = Value(2.0, "x")
    shown = opened(page, tmp_path, (x * x + 2 * x) * x)
    last = "(() => { const all = [...root.querySelectorAll('.picture .wire[data-key]')]; return all.indexOf(root.querySelector('.wire.now')) === all.length - 1; })()"
    count = int(shown.script("root.querySelector('.time input').max"))
    seen = 0
    for at in (*range(count - 5, count + 1), count - 2, count):
        shown.go(at)
        if shown.script("root.querySelectorAll('.wire.now').length"):
            seen += 1
            assert shown.script(last), at
    assert seen > 5
    assert shown.script("[...root.querySelectorAll('.picture .wire, .picture .card')].findIndex(one => one.matches('.card')) > 0"), (
        "cards lie above wires"
    )


@pytest.mark.parametrize("lang", ["es", "pt"])
def test_the_bar_is_one_line_on_a_projector_and_no_choice_is_cut_off(page, tmp_path, lang):
    shown = opened(page, tmp_path, expression(), lang=lang)
    tops = "new Set([...root.querySelector('.bar').children].map(one => Math.round(one.getBoundingClientRect().top + one.getBoundingClientRect().height / 2))).size"
    assert shown.script(tops) == 1
    page.locator(".asking select").select_option("locals")
    text = """(() => { const one = root.querySelector('.asking select'), pen = document.createElement('canvas').getContext('2d');
      pen.font = getComputedStyle(one).font; return pen.measureText(one.selectedOptions[0].text).width + 34 <= one.clientWidth; })()"""
    assert shown.script(text)
