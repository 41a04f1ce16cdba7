"""The step-through of arrays in a browser: what stands where, what is lit, what is asked, and the way to the scalars."""

from itertools import pairwise

import pytest

import viz
from autograd.explain.languages import languages
from nn import MLP
from nn.formulas import matrix_view

from .test_array_content import mazur

pytestmark = pytest.mark.browser

HOST = "document.querySelector('div.chalkgrad-arrays')"
READ = f"""() => {{
  const root = {HOST}.shadowRoot, text = (at, selector) => at.querySelector(selector)?.textContent ?? "";
  const arrays = {{}};
  for (const half of root.querySelectorAll(".chain .half")) {{
    const cells = [...half.querySelectorAll("tr")].map(row => [...row.cells].map(cell => cell.textContent));
    const marked = kind => [...half.querySelectorAll("tr")].flatMap((row, i) => [...row.cells].flatMap((cell, j) => cell.classList.contains(kind) ? [`${{i}},${{j}}`] : []));
    arrays[half.querySelector("table").getAttribute("aria-label")] = {{ cells, size: text(half, ".size"), lit: marked("lit"), chosen: marked("chosen"), isBelow: half.classList.contains("below") }};
  }}
  return {{ arrays, equation: text(root, ".shaped"), panel: text(root, ".panel.arrays"), where: text(root, ".where"), live: text(root, "[aria-live]"),
           products: [...root.querySelectorAll(".products li")].map(one => one.innerText.replace(/\\n/g, " ")) }};
}}"""
TOLD = f"""() => {{
  const found = [];
  const walk = (at) => {{
    if (at.nodeType === Node.TEXT_NODE) return found.push(at.data);
    if (["STYLE", "SCRIPT"].includes(at.nodeName)) return;
    for (const {{ name, value }} of at.attributes ?? []) if (/^(aria-|title|alt|placeholder|value|data-)/.test(name)) found.push(value);
    for (const child of at.childNodes) walk(child);
  }};
  walk({HOST}.shadowRoot);
  return found.filter(text => text.trim());
}}"""
# What is cut off, what overlaps, and the smallest letters of numbers; of what can be seen.
LOOK = f"""() => {{
  const root = {HOST}.shadowRoot, problems = [];
  const seen = (at) => at.getClientRects().length > 0;
  const boxes = [...root.querySelectorAll(".chain .array")].filter(seen).map(at => at.getBoundingClientRect());
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {{
    if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) problems.push(`cards overlap at ${{a.left}}, ${{a.top}}`);
  }}));
  for (const at of root.querySelectorAll(".chain .numbers, .chain .cap, .shaped, .products li, .side, .form, .bar, .head")) {{
    if (seen(at) && at.scrollWidth > at.clientWidth + 1) problems.push(`${{at.className}} is cut off: ${{at.textContent.slice(0, 40)}}`);
  }}
  for (const at of root.querySelectorAll(".half.now.closed, .half.read.closed")) problems.push(`the numbers of ${{at.textContent}} are needed`);
  for (const at of root.querySelectorAll(".chain td, .chain .symbol, .products li, .shaped .symbol, .shaped .size, .why, .form")) {{
    if (seen(at) && parseFloat(getComputedStyle(at).fontSize) < 16) problems.push(`small letters: ${{at.textContent}}`);
  }}
  if (document.documentElement.scrollWidth > innerWidth) problems.push("the page is too wide");
  const bottom = selector => Math.max(0, ...[...root.querySelectorAll(selector)].filter(seen).map(at => at.getBoundingClientRect().bottom));
  const chain = root.querySelector(".chain");
  return {{ problems, bottom: bottom(".array, .shaped, .form"), scrolls: chain.scrollHeight > chain.clientHeight + 1, tops: boxes.map(box => box.top) }};
}}"""


def softmax(**options):
    model = MLP(3, [4, 2], "tanh", "softmax", rng=0)
    X = [[1, 2, 3], [0.5, -1, 0], [1, 1, 1], [0, 2, 1]]
    return viz.step(matrix_view(model, X, [0, 1, 1, 0], loss="cross_entropy_of_probabilities"), **options)


def small(**options):
    return viz.step(matrix_view(MLP(1, [2, 1], "tanh", rng=0), [[1], [2], [3]], [1, 0, 1], loss="mse"), **options)


def numbered(**options):
    return viz.step(mazur(), X=[[0.05, 0.1, 0.01, 0.99]], **options)


@pytest.fixture
def open_arrays(page, tmp_path):
    def opened(stepper, address="", size=(1280, 720), dark=False):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto(stepper.save(tmp_path / "page.html").as_uri() + address)
        page.wait_for_function(f"() => {HOST}?.shadowRoot?.querySelector('.where')?.textContent")
        return page

    return opened


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def rows(**options):
    """Examples in rows, five of them, in a network of four layers."""
    X = [[0.13, -0.13, 0.64], [0.1, -0.54, 0.36], [1.3, 0.95, -0.7], [-1.27, -0.62, 0.04], [1, 2, 3]]
    model = MLP(3, [4, 4, 3, 2], "sigmoid", rng=0)
    return viz.step(matrix_view(model, X, [0, 1, 1, 0, 1], loss="cross_entropy", notation="murphy"), **options)


@pytest.mark.parametrize("make", [small, numbered, softmax, rows])
def test_at_every_width_nothing_is_cut_off_and_on_a_slide_nothing_is_scrolled(open_arrays, make):
    page = open_arrays(make())
    steps = len(make())
    for size, dark in (((1280, 720), False), ((600, 800), True), ((360, 740), False)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="dark" if dark else "light")
        for at in (0, steps // 2, steps - 1, steps):
            page.evaluate("at => { location.hash = `#step=${at}&ask=both`; }", at)
            page.wait_for_function(f"at => {HOST}.shadowRoot.querySelector('.time input').value === String(at)", arg=at)
            look = page.evaluate(LOOK)
            assert not look["problems"], (size, at)
            if size == (1280, 720):
                assert look["bottom"] <= 720 and not look["scrolls"], "the chain, the equation and the question are seen at once"
            if size == (360, 740):
                assert all(below >= above - 1 for above, below in pairwise(look["tops"])), "the chain runs downwards"


def test_where_there_is_no_room_for_all_numbers_a_reader_opens_others(open_arrays):
    page = open_arrays(rows(), "#step=12")
    closed = (
        f"() => [...{HOST}.shadowRoot.querySelectorAll('.half.closed')].map(half => half.querySelector('table').getAttribute('aria-label'))"
    )
    before = page.evaluate(closed)
    assert "X" in before or "x" in before
    page.get_by_role("button", name=before[0], exact=True).focus()
    press(page, "Enter")
    assert page.evaluate(closed) == before[1:]
    press(page, "ArrowRight", "ArrowLeft")
    assert page.evaluate(closed) == before, "a step shows the same whichever way it was reached"


def test_no_name_of_an_array_is_written_with_the_signs_of_its_marks(open_arrays):
    model = MLP(2, [3, 1], "tanh", "sigmoid", rng=0)
    page = open_arrays(viz.step(matrix_view(model, [[1, -0.5], [0.3, 2]], [0, 1], loss="bce", notation="ng")), "#step=8")
    for key in ("e", "Escape", *["ArrowLeft"] * 5, "Home"):
        assert "^" not in page.evaluate(f"() => {HOST}.shadowRoot.querySelector('.panel.arrays').innerText")
        page.keyboard.press(key)


def test_a_gradient_stands_below_its_array_and_its_place_is_empty_until_its_step(open_arrays):
    page = open_arrays(numbered(), "#step=6")
    arrays = page.evaluate(READ)["arrays"]
    assert arrays["∂L/∂z⁽²⁾"]["cells"] == [["0.7414"], ["−0.2171"]] and arrays["δ⁽²⁾"]["cells"] == [[""], [""]]
    press(page, "ArrowRight")
    forth = page.evaluate(READ)
    assert forth["arrays"]["δ⁽²⁾"]["cells"][0] == ["0.1385"] and all(
        array["isBelow"] for name, array in forth["arrays"].items() if name[0] in "∂δ"
    )
    press(page, "ArrowRight", "End", "Home", *["ArrowRight"] * 7)
    back = page.evaluate(READ)
    assert back == forth, "the state is the same whichever way it was reached"
    places = page.evaluate(
        f"() => [...{HOST}.shadowRoot.querySelectorAll('.chain .half')].map(half => [half.getBoundingClientRect().left, half.parentNode.getBoundingClientRect().left])"
    )
    assert all(half - card < 6 for half, card in places)


def test_a_chosen_entry_lights_what_makes_it_and_its_products_lead_to_the_scalars_and_back(open_arrays):
    page = open_arrays(softmax(), "#step=12")
    press(page, "e", "ArrowRight")
    seen = page.evaluate(READ)
    assert seen["arrays"]["∂L/∂W⁽¹⁾"]["chosen"] == ["0,1"]
    assert seen["arrays"]["δ⁽¹⁾"]["lit"] == ["0,0", "0,1", "0,2", "0,3"] and seen["arrays"]["x"]["lit"] == ["1,0", "1,1", "1,2", "1,3"]
    assert len(seen["products"]) == 4 and seen["products"][1].startswith("+ −0.131276 · (−1) = 0.131276") and "≈ 0.435549" in seen["panel"]
    assert not page.evaluate(LOOK)["problems"]
    page.get_by_role("button", name="example 2 as scalars").click()
    inside = f"{HOST}.shadowRoot.querySelector('.chalkgrad-step').shadowRoot"
    step = page.evaluate(f"() => [{inside}.querySelector('.panel').textContent, {inside}.querySelector('.where').textContent]")
    assert "0.131276" in step[0] and step[1].startswith("backward"), "the product of the second example, to the digit"
    assert page.evaluate(f"() => {HOST}.shadowRoot.querySelector('.arrays-view').hidden")
    press(page, "ArrowLeft", "Escape")
    assert not page.evaluate(f"() => {HOST}.shadowRoot.querySelector('.arrays-view').hidden")
    assert page.evaluate(READ)["arrays"]["∂L/∂W⁽¹⁾"]["chosen"] == ["0,1"]
    press(page, "Escape", "ArrowLeft")
    assert page.evaluate(READ)["arrays"]["∂L/∂W⁽¹⁾"]["chosen"] == [] and page.url.endswith("#step=11")
    # By a click, an entry of an activation: one number, and one way to its scalar.
    page.locator(".chain table[aria-label='z⁽¹⁾'] td").nth(5).click()
    assert page.evaluate(READ)["arrays"]["a⁽¹⁾"]["lit"] == ["1,1"]
    page.get_by_role("button", name="example 2 as scalars").click()
    number = page.evaluate(f"() => {inside}.querySelector('#panel-step').textContent")
    assert softmax()._passes["z1"].entry(1, 1).text.split("≈ ")[-1] in number


def test_asked_shapes_and_entries_stand_nowhere_before_they_are_told(open_arrays):
    page = open_arrays(numbered(), "#step=8&ask=both")  # dW2, of shape 2 × 2, is δ2 times z1 transposed
    seen = page.evaluate(READ)
    assert seen["equation"].startswith("∂L/∂W(2)(?)=") and all(array["size"] == "" for array in seen["arrays"].values())
    boxes = page.locator("input.answer")
    boxes.nth(0).fill("1")
    press(page, "Enter")
    boxes.nth(1).fill("2")
    press(page, "Enter")
    assert "A gradient has the shape of its array" in page.evaluate(READ)["panel"]
    boxes.nth(0).fill("2")
    boxes.nth(1).fill("2")
    press(page, "Enter")
    data = numbered()._data()
    (i, j), due = data["steps"][7]["asked"], data["steps"][7]["due"]
    told = page.evaluate(TOLD)
    for digits in (3, 4, 6):
        assert not [text for text in told if f"{float(due):.{digits}g}".replace("-", "−") in text], "the asked number is told"
    assert not page.evaluate(READ)["products"] and not page.evaluate(READ)["arrays"]["z⁽¹⁾"]["lit"]
    press(page, "h")
    assert page.evaluate(READ)["arrays"]["z⁽¹⁾"]["lit"] and page.evaluate(READ)["arrays"]["∂L/∂W⁽²⁾"]["chosen"] == [f"{i},{j}"]
    page.locator("input.answer").fill(str(-float(due)))
    press(page, "Enter")
    assert "opposite sign" in page.evaluate(READ)["panel"]
    page.locator("input.answer").fill(due)
    press(page, "Enter")
    seen = page.evaluate(READ)
    assert seen["arrays"]["∂L/∂W⁽²⁾"]["cells"][0][0] and "right after a hint" in seen["panel"]
    # On: to the questions of db2, whose input has the keys until Escape; each is answered by a press, and then it goes on.
    press(page, "ArrowRight", "ArrowRight", "Escape", "ArrowRight", "Escape", "ArrowRight", "ArrowRight")
    assert page.url.endswith("#step=10&ask=both")


@pytest.mark.parametrize("dark", [False, True])
def test_axe_has_nothing_to_complain_about(open_arrays, dark):
    from axe_playwright_python.sync_playwright import Axe

    page = open_arrays(numbered(), "#step=8&ask=both", dark=dark)
    for keys in ((), ("Escape", "ArrowRight", "ArrowRight", "e"), ("Escape", "?")):
        press(page, *keys)
        found = Axe().run(page).response["violations"]
        assert not found, [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found]


def test_a_press_of_a_key_repaints_little_and_keys_do_what_they_say(open_arrays):
    page = open_arrays(softmax(), "#step=3")
    changed = page.evaluate(
        f"""async () => {{
          let count = 0;
          const watch = new MutationObserver(found => count += found.length);
          watch.observe({HOST}.shadowRoot, {{ subtree: true, childList: true, attributes: true, characterData: true }});
          document.dispatchEvent(new KeyboardEvent("keydown", {{ key: "ArrowRight", bubbles: true }}));
          await new Promise(done => setTimeout(done));
          return count;
        }}"""
    )
    assert changed < 150, "a step changes what it makes, and no other card"
    press(page, "t", "t")
    assert page.evaluate(f"() => {HOST}.dataset.theme") == "dark" and "theme=dark" in page.url
    press(page, " ", " ", "End")
    assert page.url.split("#step=")[1].startswith("14")


@pytest.mark.parametrize("lang", languages())
def test_no_word_is_missing_in_any_language(open_arrays, lang):
    page = open_arrays(softmax(lang=lang), "#step=12&ask=both")
    press(page, "h", "h", "h", "ArrowRight", "h", "ArrowRight", "e")
    told = " ".join(page.evaluate(TOLD))
    assert "undefined" not in told and "{" not in told
    assert page.evaluate("() => document.documentElement.lang") == lang


def test_in_a_notebook_it_runs_and_without_scripts_there_is_the_text(run_notebook):
    page = run_notebook(
        "import viz\nfrom nn import MLP\nfrom nn.formulas import matrix_view\n"
        "viz.step(matrix_view(MLP(1, [2, 1], 'tanh', rng=0), [[1.0], [2.0]], [1.0, 0.0], loss='mse'), at=6)"
    )
    page.wait_for_function(f"() => {HOST}?.shadowRoot?.querySelector('.where')?.textContent", timeout=60000)
    assert page.evaluate(READ)["arrays"]["W⁽¹⁾"]["cells"] in small()._data()["arrays"][2]["texts"], (
        "with as many digits as there is room for"
    )
    assert not page.evaluate(LOOK)["problems"]


def test_an_address_names_the_step_and_the_entry_and_presenter_mode_shows_both_large(open_arrays):
    page = open_arrays(softmax(), "#step=12&entry=dW1,1,2")
    assert page.evaluate(READ)["arrays"]["∂L/∂W⁽¹⁾"]["chosen"] == ["0,1"]
    press(page, "Escape")
    assert page.url.endswith("#step=12")
    page.locator(".chain table[aria-label='z⁽¹⁾'] td").nth(5).click()
    assert page.url.endswith("#step=12&entry=z1,2,2"), "what is chosen can be shared"
    page.evaluate("() => { location.hash = '#step=11&entry=dX,1,1&present'; }")
    page.wait_for_function(f"() => {HOST}.shadowRoot.querySelector('.presenting')")
    slide = f"() => {HOST}.shadowRoot.querySelector('.slide').innerText"
    small = f"""() => [...{HOST}.shadowRoot.querySelectorAll('.presenting *')].filter(at => at.getClientRects().length && !at.closest('sup, sub, .unseen')
      && [...at.childNodes].some(one => one.nodeType === 3 && one.data.trim()) && parseFloat(getComputedStyle(at).fontSize) < 24).map(at => at.outerHTML.slice(0, 80))"""
    assert "δ" in page.evaluate(slide), "an entry that is not known is not shown"
    assert not page.evaluate(small)
    assert page.evaluate(f"() => {HOST}.shadowRoot.querySelectorAll('.half.now.closed, .half.read.closed').length") == 0
    press(page, "PageDown")
    assert "4 examples, summed" in page.evaluate(slide) and page.url.endswith("#step=12&present")
    press(page, "e", "ArrowRight")
    assert page.evaluate(slide).startswith("∂L/∂W⁽¹⁾[1, 2] ≈ ")
    press(page, "Escape", "b")
    assert page.locator(".curtain").is_visible()
    press(page, "b", "Escape")
    assert page.url.endswith("#step=12") and not page.locator(".slide").is_visible()
    # Where something is asked, the first press poses the question, and the next one answers it.
    page.evaluate("() => { location.hash = '#step=4&ask=shapes&present'; }")
    page.wait_for_function(f"() => {HOST}.shadowRoot.querySelector('.time input').value === '4'")
    press(page, "ArrowRight")
    while "ask" in page.url and "?" not in page.evaluate(slide):
        press(page, "ArrowRight")
    asked = page.url
    press(page, "ArrowRight")
    assert page.url == asked and "?" not in page.evaluate(slide)
