"""The step-through page can be read at lecture size: nothing is cut off, numbers are large enough, what the step is about is in
view, on a projector, on a tablet and on a phone."""

import pytest

from autograd import Value, examples, leaves, steps
from autograd.explain.typeset import in_line

from .graphs import EXAMPLES, worked
from .step_page import StepPage, opened
from .test_legible import LECTURE

pytestmark = pytest.mark.browser


def long_names():
    names = [
        "the_activation_of_the_second_hidden_unit1",
        "the_weight_from_unit_1_to_the_output_unit",
        "the_bias_of_the_only_output_unit_of_all__",
    ]
    a, b, c = [Value(number, name) for number, name in zip((2.5, -1.5, 0.25), names, strict=True)]
    y = (a * b + c).sigmoid()
    y.label = "the_prediction_of_the_network_for_batch_1"
    return y


def long_numbers():
    a, b, c = leaves(a=1234567.0, b=-7654321.0, c=9999999.0)
    return (a * b + c) * a / (b - c)


def written_sum():
    y = Value(1.0, "x0") * Value(0.5, "w0")
    for k in range(1, 24):
        y = y + Value(k + 1.0, f"x{k}") * Value(0.5, f"w{k}")
    return y


CASES = {
    **{name: LECTURE[name] for name in LECTURE if name not in ("random", *EXAMPLES)},
    "mazur": lambda: worked("mazur"), "written sum of 24": written_sum, "long names": long_names, "long numbers": long_numbers,
    "Goldstein–Price": lambda: worked("dezero_goldstein"),
}  # fmt: skip
SIZES = [(1280, 720), (800, 720), (600, 800), (360, 740)]

# What is cut off, what sticks out, what is too small, what the step is about and cannot be seen; measured where it stands.
MEASURE = """host => {
  const root = host.shadowRoot, found = {cut: [], small: [], away: [], apart: []};
  const inside = (box, room, slack = 1.5) => box.left >= room.left - slack && box.right <= room.right + slack;
  const svg = root.querySelector(".picture > svg"), stage = svg.getBoundingClientRect();
  const panel = root.querySelector(".panel").getBoundingClientRect();
  for (const one of root.querySelectorAll(".equation, .why, .terms li, #panel-step h2, .form, .outcomes, .where")) {
    const box = one.getBoundingClientRect();
    if (box.width && (one.scrollWidth > one.clientWidth + 1 || !inside(box, panel) && !one.matches(".where"))) found.cut.push([one.className, one.textContent.slice(0, 60), one.scrollWidth, one.clientWidth]);
  }
  for (const math of root.querySelectorAll(".equation math")) {
    const box = math.getBoundingClientRect();
    if (box.width && !inside(box, panel)) found.cut.push(["math", math.textContent.slice(0, 60), box.right, panel.right]);
  }
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) found.cut.push(["page", page.scrollWidth, page.clientWidth]);
  const scale = svg.getScreenCTM().a;
  for (const text of svg.querySelectorAll(".card:not(.hidden) text")) {
    if (!text.textContent || text.matches(".soft, .warn") || text.closest(".empty")) continue;
    const size = parseFloat(getComputedStyle(text).fontSize) * scale;
    if (/\\d/.test(text.textContent) && !text.matches(".name")) found.small.push(size);
    const frame = text.closest(".card").querySelector(".frame").getBBox(), box = text.getBBox();
    if (text.matches(".name, .value, .gradient, .row") && (box.x < frame.x - 1 || box.x + box.width > frame.x + frame.width + 1)) found.cut.push(["card", text.textContent]);
  }
  for (const card of svg.querySelectorAll(".card:not(.quiet)")) {
    const [name, value] = [".name", ".value"].map(one => card.querySelector(one));
    if (name?.textContent && value?.textContent && name.getBBox().x + name.getBBox().width > value.getBBox().x + 0.5) found.apart.push(name.textContent);
    const [label, number] = [".chip ~ .soft", ".gradient"].map(one => card.querySelector(one));
    if (label?.textContent && number?.textContent && label.getBBox().x + label.getBBox().width > number.getBBox().x + 0.5) found.apart.push(label.textContent);
  }
  for (const one of svg.querySelectorAll(".card.now")) {
    const box = one.querySelector(".frame").getBoundingClientRect();
    if (!inside(box, stage, 3) || box.top < stage.top - 3 || box.bottom > stage.bottom + 3) found.away.push([one.textContent, box.left, box.right, box.top, box.bottom, stage.left, stage.right, stage.top, stage.bottom]);
  }
  const last = [".panel", ".bar", ...[...root.querySelectorAll(".rule *")]].map(one => one.getBoundingClientRect?.() ?? root.querySelector(one).getBoundingClientRect()).map(({bottom}) => bottom);
  return {...found, small: Math.min(...found.small), now: svg.querySelectorAll(".card.now").length, view: svg.getAttribute("viewBox"), bottom: Math.max(...last), screen: innerHeight};
}"""


def measured(page: StepPage) -> dict:
    page.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.page.evaluate(f"() => ({MEASURE})(document.querySelector('div.chalkgrad-step'))")


def samples(count: int) -> list[int]:
    """Steps of both passes, the first and the last among them."""
    return sorted({0, 1, 2, count // 5, count // 3, count // 2, 3 * count // 5, 4 * count // 5, count - 1, count})


@pytest.mark.parametrize("name", CASES)
def test_a_page_can_be_read_from_the_last_row(page, tmp_path, name):
    y = CASES[name]()
    count = len(steps(y))
    seen = opened(page, tmp_path, y)
    for size in SIZES:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for at in samples(count) if size[0] in (1280, 360) else (count // 3, count - 1):
            found = measured(seen.go(at))
            where = (name, size, at, found)
            assert not found["cut"] and not found["apart"], where
            assert found["now"] == (at > 0) and not found["away"], where
            assert found["small"] >= (15.9 if size[0] == 1280 else 11.9), where
            if size[0] == 1280:
                assert found["bottom"] <= found["screen"], where


@pytest.mark.parametrize(("lang", "ask"), [("es", "backward"), ("pt", True)])
def test_a_question_is_in_view_and_whole_in_every_language(page, tmp_path, lang, ask):
    for y in (examples.net_1_2_1(), long_names()):
        seen = opened(page, tmp_path, y, lang=lang, ask=ask)
        for at in (1, len(steps(y)) // 2, len(steps(y)) - 1):
            found = measured(seen.go(at))
            assert not found["cut"] and not found["away"] and found["bottom"] <= found["screen"], (at, found)


@pytest.mark.parametrize("name", ["mazur", "a chain of 40", "a batch of 4"])
def test_the_same_is_seen_whichever_way_one_came(page, tmp_path, name):
    """The view of a step follows from the step: from before, from behind, and at once."""
    y = CASES[name]()
    seen = opened(page, tmp_path, y, size=(800, 600))
    count = min(len(steps(y)), 24)
    view = "[root.querySelector('.tools select').value, root.querySelector('.picture > svg').getAttribute('viewBox')]"
    onward = [seen.go(0).script(view), *[seen.press("ArrowRight").script(view) for _ in range(count)]]
    back = [seen.script(view), *[seen.press("ArrowLeft").script(view) for _ in range(count)]]
    assert onward == back[::-1] and len({tuple(each) for each in onward}) > 1
    assert seen.go(count // 2).script(view) == onward[count // 2]


def test_a_unit_opens_for_its_steps_and_at_a_click_and_shows_what_leaves_it_when_closed(page, tmp_path):
    y = examples.net_1_2_1()
    seen = opened(page, tmp_path, y)
    choice = "root.querySelector('.tools select').value"
    rows = "[...root.querySelectorAll('.card.unit .row, .card.folded .row')].map(row => row.textContent)"
    assert seen.script(choice) == "0" and not any("=" in row for row in seen.script(rows))
    assert seen.press("ArrowRight").script(choice) != "0", "the step is in a unit, which opens for it"
    card = page.locator(".picture .card.leaf").first.get_attribute("data-key")
    seen.press("End")
    page.get_by_role("combobox", name="Part of the graph to show").select_option("0")
    closed = seen.script(rows)
    assert any("≈" in row and "∂E/∂" in row for row in closed) and any(row.startswith("‖∂E/∂(") for row in closed)
    assert card and seen.script("root.querySelectorAll('.card.unit, .card.folded').length") > 2
    door = page.locator(".picture .card[role=button]").first
    door.focus()
    seen.press("Enter")
    assert seen.script(choice) != "0", "a key opens it"
    page.locator(".picture .group").first.focus()
    seen.press("Enter")
    assert seen.script(choice) == "0", "and the same key closes it"


def test_what_is_closed_tells_nothing_that_is_asked_for(page, tmp_path):
    seen = opened(page, tmp_path, examples.net_1_2_1(), ask=True)
    rows = "[...root.querySelectorAll('.card .row')].map(row => row.textContent)"
    page.get_by_role("combobox", name="Part of the graph to show").select_option("0")
    assert not any("=" in row or "≈" in row for row in seen.script(rows))


def test_search_looks_closely_at_what_it_finds(page, tmp_path):
    seen = opened(page, tmp_path, CASES["MLP(3, [4, 4, 1])"]())
    page.get_by_role("combobox", name="Find a node").fill("b2_3")
    seen.press("Enter")
    found = "(() => { const one = root.querySelector('.found'), box = one.getBoundingClientRect(), svg = root.querySelector('.picture > svg').getBoundingClientRect(); return [one.parentNode.querySelector('.name').textContent, box.top > svg.top && box.bottom < svg.bottom && box.left > svg.left && box.right < svg.right, root.querySelector('.picture > svg').getScreenCTM().a]; })()"
    name, in_view, scale = seen.script(found)
    assert name == in_line("b2_3") and in_view and scale > 1.4


def test_the_table_is_open_for_few_nodes_only(page, tmp_path):
    few, many = examples.J(), examples.net_1_2_1()
    opens = "root.querySelector('details.nodes').open"
    assert opened(page, tmp_path, few).script(opens) and not opened(page, tmp_path, many).script(opens)


def test_what_stands_below_a_name_is_lower_and_as_large_as_other_text(page, tmp_path):
    seen = opened(page, tmp_path, worked("mazur")).go(47)
    below = seen.script(
        "[...root.querySelectorAll('.equation msub')].map(one => { const [name, mark] = [one.firstChild, one.querySelector('mpadded > *')];"
        " return [mark.getBoundingClientRect().bottom - name.getBoundingClientRect().bottom, parseFloat(getComputedStyle(mark).fontSize)]; })"
    )
    assert len(below) > 3 and all(lower >= 4 and size >= 16 for lower, size in below), below
