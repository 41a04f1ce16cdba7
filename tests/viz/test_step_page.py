"""The step-through as a page that stands alone, in a real browser: what must be true of every step, read from the page."""

import re
from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path
from random import Random
from urllib.parse import unquote, urlsplit

import pytest

from autograd import Value, examples, grad, leaves, nodes, parse, replay, scope, total
from autograd import names as typed_names
from autograd.engine.ieee import as_float
from autograd.engine.operations import TABLE
from autograd.engine.order import varying
from autograd.explain.languages import fill
from nn import MLP
from viz import step
from viz.page.stepper import page_words
from viz.picture.lettering import harmless, readable

from .graphs import EXAMPLES, mission, random_graph, worked
from .step_page import StepPage, names, opened, side_by_side, steps
from .test_stepper import data_in, hostile_graph

pytestmark = pytest.mark.browser
SIZES = "[...root.querySelectorAll('.picture .card text')].filter(t => t.textContent).map(t => [t.getAttribute('class') ?? '', parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a])"
BOTTOM = (
    "argument.map(part => [...root.querySelectorAll(part)].map(each => each.getBoundingClientRect()).map(r => [r.top, r.bottom])).flat()"
)
FITS = "() => document.documentElement.scrollWidth <= innerWidth"
UNIQUE = {"a": 13, "b": 7, "c": 11}  # of J = 3(a + bc): the results 77, 90, 270, 33 and 21 occur nowhere else


@pytest.fixture
def open_step(page, tmp_path):
    """open_step(y, …) saves the step-through of y and opens the page."""
    return lambda y, address="", **more: opened(page, tmp_path, y, address, **more)


def fan_out() -> Value:
    """a goes to three consumers: +4 through a², +1 through the sum, -3 through the product."""
    a, b = leaves(a=2, b=-3)
    return a * b + a + a**2


def unique() -> Value:
    a, b, c = leaves(**UNIQUE)
    return 3 * (a + b * c)


def card(seen: dict, name: str) -> dict:
    return next(one for one in seen["cards"].values() if one["name"] == name)


def marked(seen: dict, mark: str) -> list[str]:
    return [one["name"] for one in seen["cards"].values() if one["mark"] == mark]


# --- 1: everything that is needed can be seen, and read from the last row ------------------------------------------


@pytest.mark.parametrize("y", [mission(), fan_out()], ids=["J", "fan-out"])
def test_picture_equation_question_and_controls_are_seen_without_scrolling(open_step, y):
    page = open_step(y)
    for ask, rest in (("no", [".equation", ".why"]), ("both", [".form"])):
        page.page.locator(".asking select").select_option(ask)
        parts = [".bar", ".time", ".picture > svg", *rest]
        for at in range(1, len(steps(y)) + 1):
            boxes = page.go(at).script(BOTTOM, parts)
            assert len(boxes) >= len(parts)
            assert all(0 <= top < bottom <= 720 for top, bottom in boxes), (at, boxes)


def test_the_text_of_the_picture_can_be_read_from_the_last_row(open_step):
    page = open_step(mission(), "#step=9")
    assert all(height >= 16 for _, height in page.script(SIZES))
    page.page.set_viewport_size({"width": 1920, "height": 1080})
    assert all(height >= 20 for kind, height in page.script(SIZES) if re.search("value|gradient|number", kind))


def test_a_narrow_page_never_scrolls_sideways(open_step):
    for y, at in ((fan_out(), 10), (examples.mazur(), 30)):
        page = open_step(y, f"#step={at}&ask=backward").unfold_all_details()
        for width in (600, 360):
            page.page.set_viewport_size({"width": width, "height": 740})
            for tab in ("This step", "What if", "Wiggle"):
                assert page.tab(tab).page.evaluate(FITS), (tab, width)


# --- 2: the steps --------------------------------------------------------------------------------------------------


def test_j_has_nine_steps_and_nothing_is_said_of_a_gradient_of_its_constant(open_step):
    page = open_step(mission()).unfold_all_details()
    for at in range(10):
        seen = page.go(at).read()
        assert seen["where"].endswith(f"step {at} of 9")
        assert not re.search("∂J[^∂]*∂3", "\n".join([*page.told(), *seen["equations"]]))
    assert page.press("ArrowRight").at() == 9
    assert len(page.script("[...root.querySelectorAll('.all tbody tr')].map(row => row.textContent)")) == 9


# --- 3: predict, then reveal ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", ["both", "forward", "backward"])
def test_before_the_reveal_the_answer_is_nowhere_to_be_found(open_step, ask):
    page = open_step(unique(), f"#step=0&ask={ask}").unfold_all_details()
    for each in steps(unique()):
        answer = each.text().rpartition(" ")[2]
        page.go(each.index)
        asked = ask in ("both", each.phase)
        if asked and answer in ("77", "90", "270", "33", "21"):
            told = " ".join(page.told())
            assert not re.search(rf"(?<!\d){answer}(?!\d)", told), (each.index, answer)
        assert bool(page.script("root.querySelectorAll('.form').length")) == asked
        if asked:
            page.page.get_by_role("button", name="Show me").click()
        assert re.search(rf"(?<!\d){answer}(?!\d)", " ".join(page.told()))


def test_the_local_derivative_is_asked_for_first_and_hidden_until_then(open_step):
    a, b = leaves(a=13, b=7)
    page = open_step(a**2 * b, ask="locals", at=5).unfold_all_details()
    assert "local derivative ∂u/∂a" not in page.read()["panel"]  # step 5 is the one of u
    page.page.get_by_role("button", name="Show me").click()
    page.page.get_by_role("button", name="Show me").click()
    page.go(6)
    asked = page.read()
    while "∂u/∂a" not in asked["panel"]:
        asked = page.press("ArrowRight").read()
    assert not re.search(r"(?<!\d)(26|182)(?!\d)", " ".join(page.told()))
    asked = page.answer("26").read()
    assert "26" in card(asked, "u")["locals"] and not re.search(r"(?<!\d)182(?!\d)", " ".join(page.told()))
    assert "182" in page.answer("182").read()["panel"]


def test_the_edge_that_is_asked_for_is_the_one_that_is_highlighted(open_step):
    page = open_step(mission(), "#ask=both")
    for each in steps(mission()):
        seen = page.go(each.index).read()
        assert marked(seen, "now") == [each.names[each.parent or each.node]]
        now = [key for key, wire in seen["wires"].items() if wire["mark"] == "now"]
        if each.parent is None:
            assert not now
        else:
            assert [seen["wires"][key]["title"] for key in now] == [f"from {each.names[each.parent]} to {each.names[each.node]}"]


def test_answers_are_kept_beside_the_right_number_and_counted_at_the_end(open_step):
    page = open_step(mission(), "#step=6&ask=backward")
    page.answer("7").answer("x").answer("4/2")
    seen = page.read()
    assert seen["outcomes"] == "7" and "It is not 4/2" in seen["live"] and page.at() == 6
    assert page.script("root.activeElement.classList.contains('answer')"), "the next try can be typed at once"
    seen = page.answer("3").read()
    assert seen["outcomes"] == "74/23right in the end" and card(seen, "a")["gradient"] == "+3"
    page.press("ArrowRight").page.get_by_role("button", name="Back").click()
    assert page.read()["outcomes"] == "74/23right in the end", "they stay"
    page.press("ArrowRight").answer("9/3")
    page.press("ArrowRight").answer("3*2")
    page.press("ArrowRight").page.get_by_role("button", name="Show me").click()
    assert page.read()["score"] == "2 of 4 right at the first try; 1 in the end; 0 after a hint; 1 shown. Copy the practice log"


def test_numbers_may_be_written_in_many_ways(open_step):
    page = open_step(Value(2.0, "a") * 0.25, ask=True, at=1)
    for text in ("0.5", "0,5", "1/2", ".5", "2*0.25", "5e-1", "+0.50"):
        assert "right" in page.answer(text).read()["outcomes"], text
        page.page.locator(".asking select").select_option("both")  # forgets the answers


def test_a_focus_on_check_or_next_leads_through_a_whole_pass_with_enter_alone(open_step):
    page = open_step(mission(), ask="forward").press("ArrowRight")
    for text in ("6", "11", "33"):
        page.page.keyboard.type(text)
        page.press("Enter", "Enter")
    assert page.at() == 4 and "J = 33" in card(page.read(), "J")["title"]


# --- 4 and 5: gradients that grow ----------------------------------------------------------------------------------


def test_the_four_states_of_a_gradient_look_different_without_colour(open_step):
    """none, partial, complete and zero differ in the line around them or in their filling, light or dark."""
    x, y = leaves(x=0, y=2)
    page = open_step(x * y + x**2 + 2 * x, "#step=9")
    looks = {}
    for at in range(len(steps(x * y + x**2 + 2 * x)) + 1):
        page.go(at)
        found = page.script("""[...root.querySelectorAll('.card .chip')].map(chip => { const style = getComputedStyle(chip);
            return [chip.parentNode.getAttribute('class').split(' ')[0], style.strokeDasharray, style.stroke === 'none', style.fill === 'none']; })""")
        for state, *look in found:
            looks.setdefault(state, set()).add(tuple(look))
    assert set(looks) == {"none", "partial", "complete", "zero"}
    assert len({look for found in looks.values() for look in found}) == 4


def test_a_fan_out_lists_every_contribution_and_says_equals_only_when_complete(open_step):
    page = open_step(fan_out())
    lists = {each.term: page.go(each.index).read() for each in steps(fan_out()) if each.terms == 3}
    assert lists[1]["terms"] == ["through w +4", "through v …", "through u …", "2 still missing"]
    assert lists[2]["terms"] == ["through w +4", "through v +1", "through u …", "1 still missing"]
    assert lists[3]["terms"] == ["through w +4", "through v +1", "through u −3", "∂J/∂a = 2"]
    assert [card(lists[k], "a")["gradient"] for k in (1, 2, 3)] == ["+4 (1 of 3)", "+5 (2 of 3)", "+2"]
    assert [card(lists[k], "a")["state"] for k in (1, 2, 3)] == ["partial", "partial", "complete"]
    for k in (1, 2):
        assert not any("∂J∂a=" in line for line in lists[k]["equations"])
        assert "∂J/∂a =" not in " ".join([lists[k]["panel"], lists[k]["live"], card(lists[k], "a")["title"]])


def test_the_edges_of_a_repeated_operand_are_told_apart(open_step):
    a = Value(3.0, "a")
    page = open_step(a * a)
    assert page.go(4).read()["terms"] == ["through J (operand 1) +3", "through J (operand 2) +3", "∂J/∂a = 6"]


# --- 6, 7, 8: labels -----------------------------------------------------------------------------------------------


def test_labels_cover_no_node_no_other_label_and_name_every_gradient(page):
    roots = [worked(name) for name in sorted(EXAMPLES)]
    many = side_by_side(page, [step(y, at=len(steps(y))) for y in roots])
    assert not many.page.evaluate("""() => [...document.querySelectorAll('div.chalkgrad-step')].flatMap(({ shadowRoot: root }, place) => {
      const boxes = [...root.querySelectorAll('.picture .frame, .picture .pill, .picture .badge')].map(part => [part, part.getBoundingClientRect()]);
      const bad = [];
      for (const [pill, a] of boxes.filter(([part]) => part.classList.contains('pill'))) {
        for (const [other, b] of boxes) {
          if (other !== pill && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) bad.push([place, pill.parentNode.textContent]);
        }
        const text = pill.parentNode.querySelector('.number').getBoundingClientRect();
        if (text.left < a.left - 0.5 || text.right > a.right + 0.5) bad.push([place, `out of its pill: ${pill.parentNode.textContent}`]);
      }
      return bad; })""")
    for place in range(len(roots)):
        for one in many.read(place)["cards"].values():
            assert all(one["locals"]), "an edge without its local derivative"
            if one["state"]:
                assert one["label"].startswith("∂") and one["gradient"]


@pytest.mark.parametrize("y", [fan_out(), worked("cs231n_sigmoid_circuit")], ids=["fan-out", "sigmoid"])
def test_in_the_backward_pass_the_arrow_touches_the_receiver(open_step, y):
    page = open_step(y)
    for each in (each for each in steps(y) if each.parent is not None):
        page.go(each.index)
        head, frame = page.script(
            "['.wire.now .head', '.card.now .frame'].map(part => { const box = root.querySelector(`.picture ${part}`).getBBox(), at = root.querySelector(`.picture ${part}`).getCTM();"
            "return [at.e + at.a * box.x, at.f + at.d * box.y, at.e + at.a * (box.x + box.width), at.f + at.d * (box.y + box.height)]; })"
        )
        assert head[0] == pytest.approx(frame[2], abs=1.5), "the tip is at the border where the value left"
        assert frame[1] < (head[1] + head[3]) / 2 < frame[3]


# --- 9: back and forth ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("y, ask", [(fan_out(), "backward"), (worked("colah"), "no")], ids=["fan-out", "colah"])
def test_a_step_is_the_same_from_both_sides_and_nothing_moves(open_step, y, ask):
    state = """['.picture > svg', '#panel-step', '.nodes', '.all', '.where', '[aria-live]'].map(part => root.querySelector(part).outerHTML.replace(/viewBox="[^"]*"/, ''))"""
    places = "[...root.querySelectorAll('.picture .card, .picture rect, .picture text')].map(part => ['transform', 'x', 'y', 'width', 'height'].map(name => part.getAttribute(name)).join())"
    page = open_step(y, f"#ask={ask}").unfold_all_details()
    count = len(steps(y))
    there, stand = [], []
    for at in range(count + 1):
        there.append(page.go(at).script(state))
        stand.append(page.script(places))
    back = [page.go(at).script(state) for at in range(count, -1, -1)][::-1]
    assert all(place == stand[0] for place in stand)
    for at in range(count + 1):
        assert there[at] == back[at], at


# --- 10: keys ------------------------------------------------------------------------------------------------------


def test_the_keys_walk_through_the_steps(open_step):
    page = open_step(mission())
    assert [page.press(key).at() for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowLeft")] == [
        1,
        2,
        1,
        9,
        9,
        0,
        0,
    ]
    page.press("?")
    assert page.script("root.querySelector('dialog').open") and page.press("ArrowRight").at() == 0
    page.press("Escape")
    assert not page.script("root.querySelector('dialog').open") and page.press("ArrowRight").at() == 1


def test_keys_in_an_input_edit_its_text(open_step):
    page = open_step(mission(), "#step=5&ask=backward")
    field = page.page.locator("input.answer")
    field.focus()
    page.page.keyboard.type("12 ")
    page.press("ArrowLeft", "ArrowLeft", "Backspace", "Home", "End", "+", "-", "0", "?", "Space")
    assert field.input_value() == "2 +-0? " and page.at() == 5
    assert not page.script("root.querySelector('dialog').open")
    box = page.tab("What if").page.locator(".leaf input[type=text]").first
    box.click()
    page.press("End", "ArrowLeft", "7")
    assert box.input_value() == "75" and page.at() == 5


def test_the_slider_walks_with_its_own_keys(open_step):
    page = open_step(mission())
    page.page.get_by_role("slider", name="Step").focus()
    assert [page.press(key).at() for key in ("ArrowRight", "ArrowRight", "End", "Home", "ArrowUp")] == [1, 2, 9, 0, 1]
    assert page.read()["where"] == "forward · step 1 of 9"


def test_space_plays_and_never_scrolls(open_step):
    page = open_step(worked("colah"), size=(1280, 400))
    page.page.locator("select[title=Speed]").select_option("4")
    page.script("root.activeElement?.blur()")
    page.press("Space")
    page.page.wait_for_function("() => document.querySelector('div.chalkgrad-step').shadowRoot.querySelector('.time input').value >= 2")
    page.press("Space")
    at = page.at()
    assert page.page.evaluate("scrollY") == 0
    page.page.wait_for_timeout(450)
    assert page.at() == at, "paused"
    page.page.get_by_role("button", name="Next").focus()
    assert page.press("Space").at() == at + 1 and page.page.evaluate("scrollY") == 0


def test_playing_ends_at_the_last_step(open_step):
    page = open_step(Value(2.0, "a") * Value(3.0, "b"))
    page.page.locator("select[title=Speed]").select_option("4")
    page.page.get_by_role("button", name="Play").click()
    page.page.wait_for_function("() => document.querySelector('div.chalkgrad-step').shadowRoot.querySelector('.time input').value === '4'")
    page.page.get_by_role("button", name="Play").wait_for()
    page.page.get_by_role("button", name="Play").click()
    assert page.at() == 0, "and begins again"


def test_everything_is_reached_with_the_tab_key(open_step):
    page = open_step(examples.net_1_2_1(), "#step=20&ask=backward").unfold_all_details()
    reached = set()
    page.script("root.querySelector('.first').focus()")
    for _ in range(80):
        page.press("Tab")
        reached.add(
            page.script(
                "root.activeElement && (root.activeElement.textContent.trim() || root.activeElement.getAttribute('aria-label') || root.activeElement.className)"
            )
        )
    assert {"First", "Back", "Next", "Last", "Play", "?", "Check", "Show me", "Fit", "Find a node", "This step", "E"} <= reached
    assert any((one or "").startswith("ŷ") for one in reached), "the frame of a close-up closes by keyboard"


# --- 11: every "=" is true -----------------------------------------------------------------------------------------


def test_every_equals_sign_of_the_page_is_true_as_printed(open_step):
    """Where a card, the list of contributions or a sentence gives a number that was rounded, it says ≈."""
    y = parse("J = a/3 + a*b + exp(b)*a", a=2, b=0.7)
    node = nodes(y)
    page = open_step(y).unfold_all_details()
    exact = {name: as_float(one.data) for name, one in node.items()}
    exact.update(
        {f"∂J/∂{each.names[one]}": g for each in steps(y)[:1] for one, g in zip(node.values(), grad(y, list(node.values())), strict=True)}
    )
    count = 0
    for at in range(len(steps(y)) + 1):
        told = [text for text in page.go(at).told() if "·" not in text and "/ h" not in text]
        for name, sign, number in re.findall(r"(∂\w+/∂\w+|\b[a-zA-Z]\w*) ([=≈]) (−?-?[\d.]+)(?:;|$)", "\n".join(told), re.M):
            count += 1
            value = Fraction(number.replace("−", "-"))
            assert (sign == "=") == (float(value) == exact[name]), (at, name, sign, number)
    assert count > 30


# --- 12: the address -----------------------------------------------------------------------------------------------


def test_an_address_opens_at_its_step_with_its_questions(open_step):
    page = open_step(mission(), "#step=7&ask=backward")
    seen = page.read()
    assert seen["where"] == "backward · step 7 of 9" and page.script("root.querySelector('.asking select').value") == "backward"
    assert card(seen, "u")["gradient"] == "?" and card(seen, "a")["gradient"] == "+3"
    page.page.get_by_role("button", name="Back").click()
    assert page.page.url.endswith("#step=6&ask=backward"), "the address goes along, to be copied"
    page.page.evaluate("location.hash = '#step=2'")
    page.page.wait_for_function(
        "() => document.querySelector('div.chalkgrad-step').shadowRoot.querySelector('.where').textContent.includes('step 2')"
    )


def test_a_wrong_address_opens_all_the_same(open_step):
    page = open_step(mission(), "#step=x&ask=everything&step=2")
    for address, at in (("#step=99", 9), ("#step=-3", 0), ("#step=2.4", 2), ("#", 0), ("#step=1e9", 9)):
        page.page.evaluate("address => { location.hash = address; dispatchEvent(new HashChangeEvent('hashchange')); }", address)
        assert page.at() == at, address


def test_at_is_where_the_page_opens(open_step):
    assert open_step(mission(), at=4, ask="backward").at() == 4


# --- the picture ---------------------------------------------------------------------------------------------------


def test_a_click_goes_to_where_a_thing_is_computed(open_step):
    page = open_step(mission())
    spots = page.page.locator
    spots(".card[data-key=n5] .name").click()
    assert page.at() == 2, "in the forward pass a node is its value"
    page.press("End")
    spots(".card[data-key=n4] .name").click()
    assert page.at() == 7, "in the backward pass its gradient"
    spots(".card[data-key=n4] .local[data-slot='1'] .number").click()
    assert page.at() == 9, "a local derivative is its edge"
    spots(".nodes").get_by_role("button", name="b").click()
    assert page.at() == 8


def test_zoom_pan_fit_and_search(open_step):
    page = open_step(worked("colah"))
    view = "root.querySelector('.picture > svg').viewBox.baseVal"
    start = page.script(f"[{view}.x, {view}.width]")
    page.press("+")
    assert page.script(f"{view}.width") == pytest.approx(start[1] / 1.25, rel=1e-3)
    page.press("Shift+ArrowRight")
    moved = page.script(f"{view}.x")
    assert moved > start[0] and page.at() == 0
    page.press("0")
    assert page.script(f"[{view}.x, {view}.width]")[1] >= start[1]
    box = page.page.locator(".picture > svg").bounding_box()
    page.page.mouse.move(box["x"] + 300, box["y"] + box["height"] - 10)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + 200, box["y"] + box["height"] - 10, steps=3)
    page.page.mouse.up()
    assert page.script(f"{view}.x") > 16 and page.at() == 0, "dragging moves the picture and is no click"
    page.page.get_by_role("combobox", name="Find a node").fill("e")
    page.press("Enter")
    assert "e" in page.read()["live"] and page.script("root.querySelectorAll('.found').length") == 1
    page.page.get_by_role("combobox", name="Find a node").fill("nobody")
    page.press("Enter")
    assert page.read()["live"] == "No node is called nobody."
    assert page.page.get_by_text("No node is called nobody.").last.is_visible(), "who does not hear it can see it"


def two_scopes() -> Value:
    a, b, c = leaves(a=2.0, b=3.0, c=4.0)
    with scope("first"):
        u = a * b
    u.label = "u"
    with scope("second"):
        v = u + c
    v.label = "v"
    return v * v


def test_a_covered_group_opens_for_the_steps_in_it_and_says_what_leaves_it(open_step):
    page = open_step(two_scopes())
    page.page.get_by_role("button", name="Fold all", exact=True).click()

    def seen():
        return {name for name in "uvJ" if card(page.read(), name)["seen"]}

    def on_lids():
        return page.script("[...root.querySelectorAll('.cover:not(.hidden)')].map(lid => lid.textContent)")

    assert seen() == {"J"} and len(on_lids()) == 2
    found = [(page.press("ArrowRight").at(), seen(), on_lids()) for _ in range(3)]
    assert [names for _, names, _ in found] == [{"u", "J"}, {"u", "v", "J"}, {"v", "J"}]
    assert "u = 6" in found[2][2][0], "a question never goes across a closed card, and a closed one says what leaves it"
    page.press("ArrowLeft")
    assert (page.at(), seen(), on_lids()) == found[1]
    page.press("ArrowRight", "ArrowRight")
    page.page.get_by_role("button", name="first: unfold").focus()
    page.press("Enter")
    assert "u" in seen()
    page.page.get_by_role("button", name="Unfold all").click()
    assert seen() == {"u", "v", "J"}


# --- what if, and wiggle -------------------------------------------------------------------------------------------


def test_a_leaf_is_changed_by_slider_and_by_box_and_put_back(open_step):
    page = open_step(mission(), "#step=9").tab("What if")
    page.page.locator(".leaf input[type=text]").first.fill("1/2")
    page.press("Enter")
    seen = page.read()
    assert (card(seen, "a")["value"], card(seen, "J")["value"]) == ("0.5", "19.5") and "J is 19.5" in seen["live"]
    slider = page.page.locator(".leaf input[type=range]").nth(1)
    slider.evaluate("one => { one.value = 4; one.dispatchEvent(new Event('input')); }")
    assert card(page.read(), "c")["gradient"] == "+12" and page.page.locator(".leaf input[type=text]").nth(1).input_value() == "4"
    box = page.page.locator(".leaf input[type=text]").nth(2)
    box.fill("two")
    page.press("Tab")
    assert box.get_attribute("aria-invalid") == "true" and card(page.read(), "c")["value"] == "2"
    page.page.get_by_role("button", name="As it was").click()
    seen = page.read()
    assert [card(seen, name)["value"] for name in "abcuvJ"] == ["5", "3", "2", "6", "11", "33"]


def test_a_wiggle_runs_forward_and_its_ratio_is_the_gradient(open_step):
    page = open_step(mission(), "#step=9").tab("Wiggle")
    assert page.at() == 3, "it stands where the forward pass is complete"
    page.page.get_by_role("combobox", name="the leaf to wiggle").select_option(label="b")
    seen = page.read()
    deltas = {one["name"]: (one["label"], one["gradient"]) for one in seen["cards"].values() if one["state"]}
    assert deltas == {
        "a": ("Δ", "0"),
        "b": ("Δ", "+0.1"),
        "c": ("Δ", "0"),
        "u": ("Δ", "+0.2"),
        "v": ("Δ", "+0.2"),
        "J": ("Δ", "+0.6"),
    }
    two_lines = page.script(
        "[...root.querySelectorAll('.second')].map(one => [one.previousElementSibling, one].map(at => at.getBoundingClientRect().top).concat(one.textContent))"
    )
    assert all(below > above for above, below, _ in two_lines), "the real change, and below it the one that was predicted"
    assert sorted(text for *_, text in two_lines) == sorted(["≈0", "≈+0.1", "≈0", "≈+0.2", "≈+0.2", "≈+0.6"])
    assert "predicted 6, which is ∂J/∂b" in seen["ratio"]
    page.press("Home")
    seen = page.read()
    assert card(seen, "b")["gradient"] == "+0.1" and card(seen, "J")["gradient"] == "" and "ΔJ is there" in seen["ratio"]
    page.tab("This step").press("End")
    assert card(page.read(), "b")["gradient"] == "+6" and not page.script("root.querySelectorAll('.second').length")


# --- the numbers ---------------------------------------------------------------------------------------------------


def number(text: str) -> float:
    text = text.replace("−", "-").replace("∞", "inf").removeprefix("+")
    return float(Fraction(text)) if "/" in text else float(text)


def of_the_table(rng: Random, name: str, exact: bool) -> Value:
    """A graph in which an operation of the table stands between others, at numbers where it is smooth."""
    entry = TABLE[name]
    count = len(entry.letters) * (3 if entry.is_nary else 1)
    numbers = [Fraction(rng.randint(1, 9), rng.randint(1, 9)) if exact else rng.uniform(0.2, 2.0) for _ in range(count)]
    operands = leaves(**{f"x{k}": number for k, number in enumerate(numbers)})
    rows = [operands[3 * k : 3 * k + 3] if entry.is_nary else operands[k] for k in range(len(entry.letters))]
    return TABLE[name].make(*rows) * operands[0] + operands[-1]


def ready_examples() -> list[Value]:
    return [examples.J(), examples.logistic(), examples.net_1_2_1(), examples.neuron(), examples.mazur()]


def compare(page: StepPage, place: int, y: Value) -> int:
    """Asserts that the numbers on all cards are those of the engine; how many there were."""
    called = names(y)
    values, gradients = list(called), dict(zip(called, grad(y, list(called)), strict=True))
    seen, cards, count = page.read(place), page.all_cards(place), 0
    for k, node in enumerate(values):
        one = cards[f"n{k}"]
        if not one["name"]:
            continue
        assert number(one["value"]) == pytest.approx(as_float(node.data), rel=1e-9, abs=1e-12, nan_ok=True), (called[node], one)
        count += 1
        if node in varying(values):
            assert number(one["gradient"]) == pytest.approx(as_float(gradients[node]), rel=1e-9, abs=1e-12, nan_ok=True), (
                called[node],
                one,
            )
        skipped = node.parents and node.operation.skips(node.parents)
        for local, partial in zip(one["locals"], node.partials if node.parents else (), strict=True):
            if skipped and local == "–":
                continue
            assert number(local) == pytest.approx(as_float(partial), rel=1e-9, abs=1e-12, nan_ok=True), (called[node], one)
    rows = {row[0]: row for row in seen["rows"]}
    for node, name in called.items():
        if name in rows and node in varying(values) and len(called) <= 60:
            assert number(rows[name][3]) == pytest.approx(as_float(gradients[node]), rel=1e-9, abs=1e-12, nan_ok=True)
    return count


def rebuilt(y: Value, changes: dict[str, float]) -> Value:
    """The same graph with other numbers at some of its leaves."""
    made: dict[Value, Value] = {}
    for node, name in typed_names(y).items():
        if not node.parents:
            made[node] = Value(changes.get(name, node.data), node.label, constant=node.constant)
            continue
        operands = [made[parent] for parent in node.parents]
        entry = TABLE[node.op]
        count = len(operands) // len(entry.letters)
        rows = [tuple(operands[k : k + count]) for k in range(0, len(operands), count)] if entry.is_nary else operands
        made[node] = TABLE[node.op].make(*rows)
        made[node].label = node.label
    return made[y]


GROUPS = {
    "worked": lambda: [worked(name) for name in sorted(EXAMPLES)] + ready_examples(),
    "table": lambda: [of_the_table(Random(k), name, exact=k % 3 == 0) for k, name in enumerate(TABLE)],
    "random": lambda: [random_graph(seed, 12 + 3 * seed, ("one", "two") if seed % 2 else ()) for seed in range(10)],
}


@pytest.mark.parametrize("group", GROUPS)
def test_the_numbers_of_the_page_are_the_engines_before_and_after_leaves_are_changed(page, group):
    """This checks the operations in JavaScript: at the last step, and again with other numbers typed for all leaves."""
    roots = GROUPS[group]()
    many = side_by_side(page, [step(y, at=len(steps(y)), digits=15) for y in roots])
    page.evaluate(
        "() => document.querySelectorAll('div.chalkgrad-step').forEach(host => (host.shadowRoot.querySelector('.nodes').open = true))"
    )
    page.wait_for_function(
        "() => [...document.querySelectorAll('div.chalkgrad-step')].every(host => host.shadowRoot.querySelector('.nodes td').textContent)"
    )
    assert sum(compare(many, place, y) for place, y in enumerate(roots)) > 100
    rng = Random(group)
    for place, y in enumerate(roots):
        leaves_of = [name for node, name in typed_names(y).items() if not node.parents and (not node.constant or node.label)]
        changes = {name: float(Fraction(rng.randint(1, 15), 8)) for name in leaves_of}
        for name, new in changes.items():
            many.edit(name, repr(new), place)
        other = rebuilt(y, changes)
        assert other.data == pytest.approx(replay(y, changes), rel=1e-12, nan_ok=True)
        compare(many, place, other)


# --- large graphs, hostile labels, other languages -----------------------------------------------------------------


def network(units: int, scopes: bool) -> Value:
    """The loss of a multilayer perceptron with `units` in each of two layers, with or without its scopes."""
    rng, x = Random(1), [Value(0.5, "x1"), Value(-1.0, "x2")]
    for layer in (1, 2):
        made = []
        for unit in range(1, units + 1):
            with scope(f"layer {layer}") if scopes else nullcontext(), scope(f"unit {unit}") if scopes else nullcontext():
                z = Value(0.1, f"b{layer}.{unit}")
                for k, input_ in enumerate(x):
                    z = z + Value(round(rng.uniform(-1, 1), 2), f"w{layer}.{unit}.{k}") * input_
                made.append(z.tanh())
        x = made
    return (total(x) - 1) ** 2


@pytest.mark.parametrize(("units", "scopes"), [(24, True), (12, False)], ids=["two thousand in scopes", "five hundred without"])
def test_many_nodes_open_folded_and_are_stepped_through(open_step, units, scopes):
    y = network(units, scopes)
    called, passes = names(y), steps(y)
    assert len(called) > (1900 if scopes else 500)
    page = open_step(y)
    seen = page.read()
    assert len(seen["cards"]) < 300, "what is too much to be read is folded"
    assert not page.script("root.querySelectorAll('details.nodes[open]').length")
    for at in (1, len(passes) // 3, len(passes) // 2, len(passes)):
        assert page.go(at).read()["live"] == readable(passes[at - 1].text())
        assert page.script("root.querySelectorAll('.picture .card.now').length") == 1, "where the step is can be seen"
    # into a group and through it
    rooms = page.page.get_by_role("combobox", name="Part of the graph to show")
    node = next(each.node for each in passes[len(passes) // 2 :] if each.parent is not None)
    page.page.get_by_role("combobox", name="Find a node").fill(called[node])
    page.press("Enter")
    assert rooms.input_value() != "0" and card(page.read(), called[node])["value"]
    first = len(passes) // 2
    for at in range(first, first + 6):
        now = marked(page.go(at).read(), "now")
        assert len(now) == 1 and (rooms.input_value() == "0" or now == [called[passes[at - 1].parent]]), "the close-up follows the step"
    rooms.select_option("0")
    door = page.page.locator(".picture .card[role=button]").first
    door.focus()
    page.press("Enter")
    assert rooms.input_value() != "0" and page.at() == first + 5
    in_view = "[...root.querySelectorAll('.picture .card')].filter(one => { const a = one.getBoundingClientRect(), b = root.querySelector('.picture > svg').getBoundingClientRect(); return a.top < b.bottom && b.top < a.bottom && a.left < b.right && b.left < a.right; }).map(one => one.querySelector('.name')?.textContent)"
    rooms.select_option("1")
    data = data_in(Path(unquote(urlsplit(page.page.url).path)).read_text())
    members = {node["name"] for node, room in zip(data["graph"]["nodes"], data["roomOf"], strict=True) if room == 1}
    assert set(page.script(in_view)) & members, "what was chosen is what is seen"
    # the numbers, of all that is in the pictures
    page.press("End")
    gradients = dict(zip(called.values(), grad(y, list(called)), strict=True))
    shown = 0
    for room in (0, 1, 2):
        rooms.select_option(str(room))
        for one in page.read()["cards"].values():
            if one["state"]:
                shown += 1
                assert number(one["gradient"]) == pytest.approx(as_float(gradients[one["name"]]), rel=1e-3, abs=1e-12)
    assert shown > 20


def test_hostile_labels_harm_nothing(open_step):
    y = hostile_graph()
    page = open_step(y, "#step=1&ask=no")
    page.unfold_all_details()
    for at in range(0, len(steps(y)) + 1, 5):
        page.go(at)
    page.go(len(steps(y)))
    assert page.script("root.querySelectorAll('script, img, b > b').length") == 0
    called = names(y)
    assert [row[0] for row in page.read()["rows"]] == [harmless(called[node]) for node in reversed(list(called))]
    said = readable(steps(y)[-1].text())
    for name in called.values():
        said = said.replace(name, harmless(name))
    assert page.read()["live"] == said and not set(said) & set("\u202e\u202d\u202a\u202b")
    for tab in ("What if", "Wiggle", "This step"):
        page.tab(tab)
    page.edit("__proto__", "5").press("End")
    assert card(page.read(), "constructor")["gradient"] == "+10240"
    assert page.page.evaluate(FITS)


@pytest.mark.parametrize("lang", ["es", "pt"])
def test_the_page_speaks_the_language_that_is_asked_for(open_step, lang):
    page = open_step(mission(), "#step=2&ask=backward", lang=lang)
    words = page_words(lang)
    assert page.script("root.querySelector('.bar .next').textContent") == words["page.next"]
    assert page.read()["live"] == steps(mission())[1].text(lang)
    page.press("ArrowRight", "ArrowRight").answer("7")
    assert page.read()["live"] == fill("slip.UNEXPLAINED.root", {"got": "7", "root": "J"}, lang)


# --- accessibility -------------------------------------------------------------------------------------------------


def violations(page: StepPage, within: str = "html") -> list:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page.page, context={"include": [[within]]}).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found]


@pytest.mark.parametrize("dark", [False, True])
def test_there_is_nothing_for_axe_to_complain_about(open_step, dark):
    page = open_step(examples.net_1_2_1(), "#step=20&ask=backward", dark=dark).unfold_all_details()
    assert not violations(page)
    page.answer("100")
    assert not violations(page)
    page.tab("What if")
    assert not violations(page)
    page.page.get_by_role("combobox", name="Part of the graph to show").select_option("0")
    page.tab("Wiggle")
    assert not violations(page)
    page.tab("This step").page.get_by_role("button", name="Keys and help").click()
    assert not violations(page)


def test_a_screen_reader_hears_each_step_and_finds_a_table_of_all(open_step):
    page = open_step(mission()).unfold_all_details()
    said = [each.text() for each in steps(mission())]
    assert [page.press("ArrowRight").read()["live"] for _ in said] == said
    table = page.page.get_by_role("group", name="All steps, one line each").get_by_role("table")
    assert table.get_by_role("cell").all_inner_texts() == said
    assert page.page.get_by_role("slider", name="Step").get_attribute("aria-valuetext") == "backward · step 9 of 9"


def test_who_wants_no_motion_gets_none(open_step):
    page = open_step(mission(), "#step=2")
    page.page.emulate_media(reduced_motion="reduce")
    assert page.script("getComputedStyle(root.querySelector('.card .frame')).transitionDuration") == "0s"


def test_colours_follow_the_system(open_step):
    ink = "getComputedStyle(root.querySelector('.app')).color"
    assert open_step(mission(), dark=True).script(ink) == "rgb(232, 234, 237)"
    assert open_step(mission()).script(ink) == "rgb(27, 31, 36)"


def test_what_has_to_be_said_about_a_notation_stands_below_the_picture(open_step):
    y = MLP(2, [2, 1], activation="tanh", output="sigmoid", rng=0).loss([[0.5, -1.0]], [1.0], "bce")
    page = open_step(y, notation="ng")
    said = page.script("[...root.querySelectorAll('.note')].map(note => note.textContent)")
    assert said == [readable(note) for note in steps(y, notation="ng").notes()] and any("delta" in note for note in said)
    assert open_step(y).script("root.querySelectorAll('.note').length") == 0
