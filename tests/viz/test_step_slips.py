"""A wrong answer in the page is told what it would be, then gets hints in grades; with the keyboard alone."""

import re

import pytest

from autograd import Value, leaves, parse
from autograd.explain.languages import fill, languages
from autograd.handcheck import Practice, practice_log
from viz import step

from .graphs import mission, tanh_of_a_product, two_consumers
from .step_page import opened, steps

pytestmark = pytest.mark.browser
LANGS = languages()


@pytest.fixture
def ask(page, tmp_path):
    """ask(y, at, …) opens the step-through of y where step `at` is asked for; what is typed there is the answer."""

    def asked(y: Value, at: int, **more):
        ask = more.pop("ask", "backward")
        return opened(page, tmp_path, y, f"#step={at}&ask={ask}", **more)

    return asked


def net() -> Value:
    """The 1-2-1 net of the exercise in which σ′ is left out at one unit: 0.577 arrives at o1."""
    text = "a1 = b1 + v1*x; o1 = sigmoid(a1); a2 = b2 + v2*x; o2 = sigmoid(a2); r = w0 + w1*o1 + w2*o2 - y; E = r**2/2"
    return parse(text, x=2, y=1, b1=0, v1=0.5, b2=0.5, v2=-1, w0=0.1, w1=2, w2=-1.5)


def place(y: Value, node: str, parent: str) -> int:
    """The step at which a contribution goes from a node to its operand."""
    return next(one.index for one in steps(y) if one.parent is not None and (one.names[one.node], one.names[one.parent]) == (node, parent))


def typed(page, text: str) -> str:
    """Types an answer, as a person does, and returns what is said."""
    page.page.keyboard.type(text)
    page.press("Enter")
    return page.script("root.querySelector('.verdict')?.textContent ?? ''")


def hints(page) -> list[str]:
    return page.script("[...root.querySelectorAll('.hints li')].map(hint => hint.textContent)")


# --- the six dialogues ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_its_own_operand_then_three_hints_and_the_number(ask, lang):
    page = ask(mission(), place(mission(), "u", "b"), lang=lang)
    assert typed(page, "9") == fill("slip.OWN_OPERAND", {"got": "9", "node": "u", "parent": "b"}, lang)
    assert not hints(page)
    page.press("h")
    assert len(hints(page)) == 1 and hints(page)[0].startswith("u = b · c.")
    page.press("h")
    assert hints(page)[1] == "∂J/∂b = ∂J/∂u · ∂u/∂b = 3 · ▢"
    page.press("h", "h")
    assert len(hints(page)) == 3 and "3 · 2 = 6" in hints(page)[2] and re.search(r"b = 4 .* J = 39.* 6\.", hints(page)[2])
    assert typed(page, "6") == "" and page.read()["outcomes"].endswith(fill("page.outcome.hint", {}, lang))


@pytest.mark.parametrize("lang", LANGS)
def test_one_of_two_paths_is_missing_in_a_sum(ask, lang):
    y = two_consumers()
    last = max(place(y, "u", "b"), place(y, "v", "b"))
    page = ask(y, last - 1, lang=lang, ask="no")
    page.page.locator(".asking select").select_option("backward")
    page.go(last).page.locator("input.answer").focus()
    contribution = steps(y)[last - 1].contribution
    assert typed(page, f"{contribution:g}") == "" and not page.read()["equations"], "the sum is still asked for"
    assert typed(page, "6") == fill("slip.MISSING_PATH", {"got": "6", "parent": "b"}, lang)
    page.press("h", "h", "h")
    assert hints(page)[0] == fill("hint.shared.1", {}, lang)
    assert "▢" in hints(page)[1] and "6" in hints(page)[1] and "= 11" in hints(page)[2]
    assert typed(page, "11") == "" and page.read()["equations"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_slope_of_tanh_with_the_wrong_number_in_it(ask, lang):
    y = tanh_of_a_product()
    page = ask(y, place(y, "y", "z"), lang=lang)
    assert typed(page, "0,64") == fill("slip.WRONG_POINT", {"got": "0,64", "op": "tanh", "parent": "z", "node": "y"}, lang)
    page.go(place(y, "z", "w")).page.locator("input.answer").focus()
    said = typed(page, "1.28")
    assert said == fill("slip.FOLLOWS", {"got": "1.28", "what": "∂y/∂z", "before": "0,64"}, lang)


@pytest.mark.parametrize("lang", LANGS)
def test_a_slip_one_step_before_is_seen_although_it_was_not_asked_for(ask, lang):
    y = tanh_of_a_product()
    page = ask(y, place(y, "z", "w"), lang=lang)
    reply = fill("slip.WRONG_POINT", {"got": "∂y/∂z", "op": "tanh", "parent": "z", "node": "y"}, lang)
    assert typed(page, "1.28") == fill("check.behind", {"what": "∂y/∂w", "got": "1.28", "reply": reply}, lang)


@pytest.mark.parametrize("lang", LANGS)
def test_what_arrives_at_a_unit_is_not_what_arrives_before_its_activation(ask, lang):
    y = net()
    edge = next(one for one in steps(y) if one.parent is not None and one.names[one.parent] == "b₁")
    before = next(one for one in steps(y) if one.parent is edge.node)
    page = ask(y, edge.index, lang=lang)
    said = typed(page, "0.577")
    names = {"got": "0.577", "node": before.names[before.node], "parent": before.names[before.parent]}
    assert said == fill("slip.NO_LOCAL", names, lang)


@pytest.mark.parametrize("lang", LANGS)
def test_a_number_that_follows_from_an_earlier_one_needs_no_mending(ask, lang):
    page = ask(mission(), place(mission(), "v", "u"), lang=lang)
    typed(page, "2")
    page.page.keyboard.press("Tab")
    page.go(place(mission(), "u", "b")).page.locator("input.answer").focus()
    assert typed(page, "4") == fill("slip.FOLLOWS", {"got": "4", "what": "∂J/∂u", "before": "2"}, lang)
    assert "4 FOLLOWS" in page.script("root.querySelector('.log').textContent")


@pytest.mark.parametrize("lang", LANGS)
def test_a_number_without_a_pattern_is_said_to_have_none(ask, lang):
    page = ask(mission(), place(mission(), "u", "b"), lang=lang)
    assert typed(page, "7") == fill("slip.UNEXPLAINED", {"got": "7", "node": "u", "parent": "b"}, lang)


# --- with other numbers, for values, for local derivatives ----------------------------------------------------------


def test_the_replies_and_hints_are_those_of_the_numbers_that_the_leaves_have_now(ask):
    at = place(mission(), "u", "b")
    page = ask(mission(), at).edit("b", "7").edit("c", "5")
    page.page.locator("input.answer").focus()
    assert typed(page, "21").startswith("21 would be what arrives at u, times b itself.")
    page.press("h", "h", "h")
    assert hints(page)[2] == "∂u/∂b = c = 5, so 3 · 5 = 15. Test: b = 8 gives J = 135, a change of 15."


def test_a_wrong_value_is_told_which_operation_comes_first(ask):
    page = ask(mission(), 2, ask="forward")
    assert typed(page, "16").startswith("16 would come from another order of operations.")
    page.press("h", "h", "h")
    assert hints(page)[1:] == ["v = a + u = ▢", "v = a + u = 5 + 6 = 11."]


def test_a_wrong_local_derivative_is_told_whose_value_it_is(ask):
    page = ask(mission(), place(mission(), "u", "b"), ask="locals")
    assert typed(page, "3").startswith("3 would be the value of b.")
    page.press("h", "h", "h")
    assert hints(page)[1:] == ["∂u/∂b = c = ▢", "∂u/∂b = c = 2."]


def test_no_operand_is_counted_where_there_is_one_place_for_it(ask):
    page = ask(mission(), place(mission(), "u", "b"), ask="locals")
    assert page.read()["live"] == "local derivative ∂u/∂b = ?"
    a = Value(3.0, "a")
    assert ask(a * a, 4, ask="locals").read()["live"] == "local derivative ∂J/∂a, operand 2 = ?"


# --- nothing is told too early --------------------------------------------------------------------------------------


def test_while_a_question_is_open_its_equation_and_its_pill_are_nowhere(ask):
    y = 3 * (leaves(a=13, b=7)[0] * leaves(c=11)[0])
    for each in steps(y):
        page = ask(y, each.index, ask="both")
        seen = page.read()
        assert not seen["equations"]
        if each.parent is not None:
            card = next(one for one in seen["cards"].values() if one["name"] == each.names[each.node])
            assert card["locals"][each.slot] == "?" and "·" not in page.script("root.querySelector('#panel-step').textContent")


def test_the_width_of_a_wire_does_not_tell_how_large_a_later_gradient_is(ask):
    widths = []
    for large in (2, 2000):
        a, b = leaves(a=large, b=3)
        page = ask(a * b + a, 4)
        typed(page, "1")
        page.press("Enter")
        widths.append(page.script("[...root.querySelectorAll('.picture .wire .line')].map(line => line.style.strokeWidth)"))
    assert widths[0] == widths[1] and any(widths[0])


# --- the practice log -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_the_log_of_a_pass_is_copied_and_read_back_in_python(ask, page, lang):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened_page = ask(mission(), 4, lang=lang)
    for answers in (["1"], ["3"], ["3"], ["2", "h", "3"], ["9", "4", "6"]):
        for one in answers:
            if one == "h":
                opened_page.press("h")
            else:
                typed(opened_page, one)
        opened_page.press("Enter")  # the focus is on Next
    opened_page.script("[...root.querySelectorAll('.form button')].at(-1).focus()")
    opened_page.press("Enter")
    assert opened_page.read()["score"]
    opened_page.script("root.querySelector('.score .copy').focus()")
    opened_page.press("Enter")
    page.wait_for_function(
        f"said => {'document.querySelector'}('div.chalkgrad-step').shadowRoot.querySelector('[aria-live]').textContent === said",
        arg=fill("page.copied", {}, lang),
    )
    text = page.evaluate("navigator.clipboard.readText()")
    assert practice_log(text) == (
        Practice("∂J/∂J", "first"),
        Practice("∂J/∂v", "first"),
        Practice("∂J/∂a", "first"),
        Practice("∂J/∂u", "hint", 1, (("2", "UNEXPLAINED"),)),
        Practice("∂J/∂b", "later", 0, (("9", "OWN_OPERAND"), ("4", "FOLLOWS"))),
        Practice("∂J/∂c", "shown"),
    )
    assert "%" not in text and not re.search(r"\d+ ?/ ?\d+", text)


def test_what_was_practised_with_other_numbers_stays_in_the_log(ask):
    page = ask(mission(), 4)
    typed(page, "1")
    page.edit("b", "7")
    assert practice_log(page.script("root.querySelector('.log').textContent")) == (Practice("∂J/∂J", "first"),)


def test_a_page_of_two_hundred_nodes_is_small_and_answers(ask):
    x = Value(0.5, "x")
    y = x
    for k in range(100):
        y = (y * Value(1.0 + k / 1000, f"w{k}")).tanh()
    shown = step(y, ask="backward")
    assert len(shown.html.encode()) <= 1_000_000
    page = ask(y, len(steps(y)) - 10)
    typed(page, "123")
    assert "123" in page.read()["panel"]
