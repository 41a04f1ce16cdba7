"""The step-through in JupyterLab in a real browser: it works there, and what is typed into it is not for the notebook."""

import re

import pytest

from viz import step

from .graphs import mission, worked
from .step_page import HOST, READY, StepPage
from .test_notebook import whole_page
from .test_step_page import card, violations
from .test_stepper import hostile_graph

pytestmark = pytest.mark.browser
DARK_INK, LIGHT_INK = "rgb(232, 234, 237)", "rgb(27, 31, 36)"
CELLS = "jupyterapp.shell.currentWidget.content.widgets.map(cell => [cell.model.type, cell.model.sharedModel.getSource()])"


def make(run_notebook, *cells: str, **more) -> StepPage:
    page = run_notebook("from autograd import examples\nfrom viz import step", *cells, **more)
    page.wait_for_function(READY)
    return StepPage(page)


def test_it_lives_in_a_notebook_and_keeps_its_keys_to_itself(run_notebook, open_notebook, lab):
    import nbformat

    page = make(run_notebook, "step(examples.net_1_2_1())", "'the last cell'")
    cells = page.page.evaluate(CELLS)
    # buttons, slider, keys
    page.page.get_by_role("button", name="Next").click()
    assert page.at() == 1
    slider = page.page.get_by_role("slider", name="Step")
    slider.focus()
    assert page.press("ArrowRight", "ArrowRight").at() == 3
    for where in ("slider", "button", "card", "input", "select", "tab"):
        spot = {
            "slider": slider,
            "button": page.page.get_by_role("button", name="Next"),
            "card": page.page.locator(".picture > svg .group").first,
            "input": page.page.get_by_role("combobox", name="Find a node"),
            "select": page.page.locator("select[title=Speed]"),
            "tab": page.page.get_by_role("tab", name="This step"),
        }[where]
        spot.focus()
        page.press("a", "Escape")  # to the arrays and back
        page.press("b", "d", "d", "x", "m", "y", "c", "v", "z", "j", "k", "Shift+Enter", "Escape", "0", "0", "o", "r", "1")
        assert page.page.evaluate(CELLS) == cells, where
    for spot in (page.page.locator(".where"), page.page.locator(".card[data-key] .name").first):
        spot.click()  # a click on a text or in the picture takes the keys, too
        page.press("a", "Escape", "b", "d", "d", "x")
        assert page.page.evaluate(CELLS) == cells
    page.go(32).page.get_by_role("button", name="Next").click()
    assert page.at() == 33 and page.press("ArrowLeft").at() == 32, "the keys are not lost with the button that goes out of use"
    page.page.get_by_role("button", name="Back").focus()
    at = page.go(5).at()
    assert page.press("ArrowRight").at() == at + 1 and page.press("ArrowLeft", "ArrowLeft").at() == at - 1
    assert page.press("End").at() == 33 and page.press("Home").at() == 0
    # ask
    page.page.locator(".asking select").select_option("forward")
    page.page.get_by_role("button", name="Next").click()
    page.answer("17")
    assert page.at() == 1 and "It is not 17" in page.read()["live"]
    seen = page.answer("0.5").read()
    assert seen["outcomes"] == "170.5right in the end"
    # what if and wiggle
    page.page.locator(".asking select").select_option("no")
    page.go(33).tab("What if")
    box = page.page.get_by_role("textbox", name="the number of v₁")
    box.fill("0.25")
    page.press("Enter")
    assert card(page.read(), "a₁")["value"] == "0.25" and page.page.evaluate(CELLS) == cells
    page.tab("Wiggle")
    assert "which is ∂E/∂" in page.read()["ratio"]
    page.tab("This step").go(9)
    # the overview and a close-up
    page.page.get_by_role("combobox", name="Part of the graph to show").select_option("0")
    assert card(page.read(), "E")["seen"] and page.at() == 9
    page.page.locator(".picture .card[role=button]").first.press("Enter")
    assert page.page.evaluate(CELLS) == cells and page.at() == 9
    # the theme
    ink = "getComputedStyle(root.querySelector('.app')).color"
    assert page.script(ink) == LIGHT_INK
    page.page.evaluate("jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    page.page.wait_for_function(f"() => getComputedStyle({HOST}.shadowRoot.querySelector('.app')).color === '{DARK_INK}'")
    assert not violations(page, "div.chalkgrad-step")
    page.page.evaluate("jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})")
    page.page.wait_for_function(f"() => getComputedStyle({HOST}.shadowRoot.querySelector('.app')).color === '{LIGHT_INK}'")
    # reopened untrusted: the picture is there
    assert not violations(page, "div.chalkgrad-step")
    page.page.evaluate("jupyterapp.shell.currentWidget.context.save()")
    saved = nbformat.read(lab[2] / "test.ipynb", 4)
    saved.cells[1].source += "  # edited elsewhere: the signature does not fit any more"
    nbformat.write(saved, lab[2] / "untrusted_step.ipynb")
    again = open_notebook("untrusted_step.ipynb")
    again.wait_for_function("document.querySelector('div.chalkgrad-step img')?.naturalWidth > 0")
    assert again.evaluate("jupyterapp.shell.currentWidget.content.widgets[1].model.trusted") is False
    assert not again.evaluate(f"Boolean({HOST}.shadowRoot)")
    assert again.evaluate("document.querySelector('div.chalkgrad-step img').getBoundingClientRect().width") > 500


def test_it_lives_in_exported_html_without_a_network_also_where_labels_are_hostile(page, tmp_path):
    import nbformat
    from nbconvert import HTMLExporter

    shown = [
        step(y, ask=ask)._repr_mimebundle_() for y, ask in ((hostile_graph(), False), (mission(), "backward"), (worked("colah"), False))
    ]
    cells = [
        nbformat.v4.new_code_cell(
            "step(…)", outputs=[nbformat.v4.new_output("execute_result", data=data, execution_count=1)], execution_count=1
        )
        for data in shown
    ]
    body, _ = HTMLExporter(mathjax_url="", require_js_url="").from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    path = tmp_path / "exported.html"
    path.write_text(body)
    page.context.set_offline(True)
    page.goto(path.as_uri())
    page.wait_for_function(
        "() => [...document.querySelectorAll('div.chalkgrad-step')].filter(host => host.shadowRoot?.querySelector('.where')?.textContent).length === 3"
    )
    many, hosts = StepPage(page), page.locator("div.chalkgrad-step")
    for place in range(3):
        hosts.nth(place).get_by_role("button", name="Next").click()
        assert " 1 of" in many.read(place)["where"], "each has a timeline of its own"
    hosts.nth(1).get_by_role("slider", name="Step").fill("6")
    hosts.nth(1).locator("input.answer").fill("7")
    hosts.nth(1).locator("input.answer").press("Enter")
    assert "7" in many.read(1)["live"] and "?" in many.read(1)["live"], "a reply that asks something"
    many.edit("a", "10", 2)
    hosts.nth(2).get_by_role("button", name="Last").click()
    assert card(many.read(2), "a")["value"] == "10"
    assert " 1 of" in many.read(0)["where"] and not page.locator(".app img, .app script").count()
    assert page.url.endswith("exported.html"), "the address of somebody else's page is left alone"


def test_a_picture_stands_where_scripts_do_not_run(page):
    """A viewer such as the one of a code host shows the image, at the step and with the answers that it may show."""
    html = step(mission())._repr_mimebundle_()["text/html"]
    page.set_content(whole_page(re.sub(r"<script.*?</script>", "", html, flags=re.S)))
    page.wait_for_function("document.querySelector('div.chalkgrad-step img').naturalWidth > 0")
    assert page.evaluate("document.querySelector('img').alt").startswith("J; a = 5")
