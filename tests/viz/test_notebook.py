"""Drawings in notebooks and in a real browser: run, untrusted, dark, exported, and what a screen reader gets."""

import base64
import html as markup
import re
import shutil
from html.parser import HTMLParser

import pytest

from autograd import Value, total
from viz import draw

from .graphs import EXAMPLES, mission, random_graph, worked

CELL = "from autograd import examples\nfrom viz import draw\nJ = examples.J()\nJ.backward()\ndraw(J)"
UPGRADED = "[...document.querySelectorAll('div.chalkgrad-drawing')].some(host => host.shadowRoot?.querySelector('svg'))"
INK = "getComputedStyle(document.querySelector('div.chalkgrad-drawing').shadowRoot.querySelector('text')).fill"
LIGHT_INK, DARK_INK = "rgb(27, 31, 36)", "rgb(232, 234, 237)"
HOSTILE = [
    "<script>alert(1)</script>",
    "]]>",
    "\"'><img src=x onerror=alert(2)>",
    "🧮 emoji",
    "שלום",
    "a" * 300,
    "line\nbreak",
    "\x00\u202e",
]


def bundle(y, **more):
    return draw(y, **more)._repr_mimebundle_()


def whole_page(body: str, style: str = "") -> str:
    head = f'<meta charset="utf-8"><title>A drawing</title><style>{style}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body><main><h1>A drawing</h1>{body}</main></body></html>'


def without_scripts(body: str) -> str:
    return re.sub(r"<script>.*?</script>", "", body, flags=re.S)


def hostile_graph() -> Value:
    root = Value(1.0, HOSTILE[0])
    for label in HOSTILE[1:]:
        root = root * Value(2.0, label)
    root.label = "J" + HOSTILE[2]
    return root


# --- what is sent ------------------------------------------------------------------------------------------------


def test_a_notebook_gets_an_image_that_needs_nothing_and_the_numbered_lines():
    sent = bundle(mission())
    assert sent["text/plain"].splitlines()[1] == "  1  u = b · c = 3 · 2 = 6"
    source = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', sent["text/html"])[1]
    assert base64.b64decode(source).decode() == draw(mission()).svg
    assert "http" not in without_scripts(sent["text/html"]).replace(source, "")


def test_the_image_has_an_alternative_that_says_what_is_in_it():
    J = mission()
    J.backward()
    alternative = markup.unescape(re.search(r'alt="([^"]+)"', bundle(J)["text/html"])[1])
    assert alternative.startswith("Computation graph of J = 33; a = 5; ∂J/∂a = +3")
    assert len(re.search(r'alt="([^"]+)"', bundle(random_graph(1, 100))["text/html"])[1]) < 3000


def test_labels_leave_their_place_neither_in_the_page_nor_in_the_image():
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, sorted([name for name, _ in attributes])))
    parser.feed(bundle(hostile_graph())["text/html"])
    assert found == [("div", ["aria-label", "class", "role", "style", "tabindex"]), ("img", ["alt", "src", "style"]), ("script", ["type"])]


# --- in a browser ------------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_every_text_fits_into_its_place(page, direction):
    """Texts as the browser sets them, in a wide typeface, stay inside cards, chips, pills and badges."""
    graphs = [*[worked(name) for name in EXAMPLES], hostile_graph(), random_graph(2, 40, ("one", "two")), random_graph(3, 900)]
    for y in graphs:
        page.set_content(whole_page(draw(y, direction=direction, theme="light").svg))
        outside = page.evaluate(
            """() => { const bad = [];
              const inside = (text, frame, slack) => { const a = text.getBoundingClientRect(), b = frame.getBoundingClientRect();
                return a.left >= b.left - slack && a.right <= b.right + slack; };
              for (const card of document.querySelectorAll('.card')) {
                const frames = [...card.querySelectorAll('rect')];
                for (const text of card.querySelectorAll('text')) {
                  if (!text.textContent) continue;
                  const middle = text.getBoundingClientRect(), x = (middle.left + middle.right) / 2, y = (middle.top + middle.bottom) / 2;
                  const around = frames.filter(f => { const r = f.getBoundingClientRect(); return r.left <= x && x <= r.right && r.top <= y && y <= r.bottom; });
                  if (!around.length || !around.some(f => inside(text, f, 0.5)) || (around.at(-1).classList.contains('chip') && !inside(text, around.at(-1), 0.5)))
                    bad.push(text.textContent);
                }
                const beside = [...card.querySelectorAll('text')].filter(t => t.parentNode === card).map(t => t.getBoundingClientRect());
                for (const a of beside) for (const b of beside)
                  if (a !== b && a.left < b.left && a.right > b.left + 0.5 && a.top < b.bottom - 4 && b.top < a.bottom - 4) bad.push('overlap in ' + card.textContent);
              }
              for (const group of document.querySelectorAll('.group'))
                if (!inside(group.querySelector('text'), group.querySelector('rect'), 0)) bad.push(group.textContent);
              const svg = document.querySelector('svg');
              for (const text of document.querySelectorAll('.key text')) if (!inside(text, svg, 0)) bad.push(text.textContent);
              return bad; }"""
        )
        assert not outside, f"{outside} in {draw(y).picture.title}"


@pytest.mark.browser
def test_labels_are_text_and_never_run(page):
    page.set_content(whole_page(bundle(hostile_graph())["text/html"]))
    page.wait_for_function(UPGRADED)
    shown = page.evaluate("document.querySelector('div.chalkgrad-drawing').shadowRoot.querySelector('svg').textContent")
    assert "<script>alert(1)</script>" in shown
    assert page.evaluate("document.querySelector('div.chalkgrad-drawing').shadowRoot.querySelectorAll('script, img').length") == 0


@pytest.mark.browser
def test_colours_follow_the_page_and_else_the_system(page):
    page.emulate_media(color_scheme="dark")
    page.set_content(whole_page(bundle(mission())["text/html"]))
    page.wait_for_function(UPGRADED)
    assert page.evaluate(INK) == DARK_INK
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"{INK} === '{LIGHT_INK}'")
    page.evaluate("document.body.style.background = '#111'")
    page.wait_for_function(f"{INK} === '{DARK_INK}'")


@pytest.mark.browser
def test_several_drawings_live_on_one_page(page):
    page.set_content(whole_page(bundle(mission())["text/html"] * 2 + bundle(worked("colah"))["text/html"]))
    page.wait_for_function(
        "[...document.querySelectorAll('div.chalkgrad-drawing')].filter(host => host.shadowRoot?.querySelector('svg')).length === 3"
    )


@pytest.mark.browser
def test_a_wide_drawing_is_scrolled_and_not_shrunk_to_nothing(page):
    x = y = Value(0.5, "x")
    beside = [x * k for k in range(2, 9)]  # whose wires pass the chain, so that it is not broken into lines
    for _ in range(40):
        y = y.tanh()
    page.set_content(whole_page(draw(total([y, *beside]), fold=False)._repr_mimebundle_()["text/html"]))
    page.wait_for_function(UPGRADED)
    sizes = page.evaluate(
        "(() => { const view = document.querySelector('div.chalkgrad-drawing');"
        "return [view.scrollWidth, view.clientWidth, document.documentElement.scrollWidth, view.shadowRoot.querySelector('text').getBoundingClientRect().height] })()"
    )
    assert sizes[0] > 3 * sizes[1]
    assert sizes[2] <= 1280
    assert sizes[3] > 10


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("scripts", [True, False])
def test_there_is_nothing_for_axe_to_complain_about(page, scripts, dark):
    from axe_playwright_python.sync_playwright import Axe

    page.emulate_media(color_scheme="dark" if dark else "light")
    sent = bundle(worked("cs231n_sigmoid_circuit"))["text/html"] + bundle(random_graph(2, 20, ("one",)))["text/html"]
    page.set_content(
        whole_page(sent if scripts else without_scripts(sent), "body{background:Canvas;color:CanvasText;color-scheme:light dark}")
    )
    if scripts:
        page.wait_for_function(UPGRADED)
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found]


# --- in JupyterLab -----------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_drawing_lives_in_jupyterlab_follows_its_theme_and_survives_saving_untrusted(run_notebook, open_notebook, lab):
    import nbformat

    page = run_notebook(CELL)
    page.wait_for_function(UPGRADED)
    assert page.evaluate(INK) == LIGHT_INK
    page.evaluate("jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    page.wait_for_function(f"{INK} === '{DARK_INK}'")
    page.evaluate("jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})")
    page.wait_for_function(f"{INK} === '{LIGHT_INK}'")
    page.evaluate("jupyterapp.shell.currentWidget.context.save()")
    saved = nbformat.read(lab[2] / "test.ipynb", 4)
    saved.cells[0].source += "  # edited elsewhere: the signature does not fit any more"
    nbformat.write(saved, lab[2] / "untrusted.ipynb")
    page = open_notebook("untrusted.ipynb")
    page.wait_for_function("document.querySelector('div.chalkgrad-drawing img')?.naturalWidth > 0")
    assert page.evaluate("jupyterapp.shell.currentWidget.content.widgets[0].model.trusted") is False
    assert not page.evaluate(UPGRADED)
    assert page.evaluate("document.querySelector('div.chalkgrad-drawing img').getBoundingClientRect().width") > 500


@pytest.mark.browser
def test_a_drawing_is_alive_in_exported_html_without_a_network(page, tmp_path):
    import nbformat
    from nbconvert import HTMLExporter

    data = bundle(worked("colah"))
    output = nbformat.v4.new_output("execute_result", data=data, execution_count=1)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("draw(e)", outputs=[output], execution_count=1)])
    body, _ = HTMLExporter(mathjax_url="", require_js_url="").from_notebook_node(notebook)
    path = tmp_path / "exported.html"
    path.write_text(body)
    page.context.set_offline(True)
    page.goto(path.as_uri())
    page.wait_for_function(UPGRADED)
    shutil.rmtree(tmp_path, ignore_errors=True)
