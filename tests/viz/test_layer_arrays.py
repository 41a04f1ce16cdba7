"""The layers of a graph that is stepped through, as arrays, and the way there and back."""

import numpy
import pytest

import viz
from autograd import examples, label
from nn import MLP, Dropout, Layer, Sequential

from .step_page import HOST
from .test_stepper import data_in, sent

X, Y = [[1, 2, 3], [0.5, -1, 0], [1, 1, 1], [0, 2, 1]], [0, 1, 1, 0]
ARRAYS = f"{HOST}.shadowRoot.querySelector('div.chalkgrad-arrays').shadowRoot"
SEEN = f"""() => {{
  const root = {HOST}.shadowRoot, arrays = root.querySelector("div.chalkgrad-arrays")?.shadowRoot;
  const isOpen = Boolean(arrays) && root.querySelector(".arrays-room").getClientRects().length > 0;
  if (!isOpen) return {{ isOpen, where: root.querySelector(".where").textContent, panel: root.querySelector("#panel-step").textContent }};
  const chosen = arrays.querySelector("td.chosen");
  return {{ isOpen, where: arrays.querySelector(".where").textContent, equation: arrays.querySelector(".shaped")?.textContent ?? "", entry: chosen?.textContent ?? "",
            of: chosen?.closest("table").getAttribute("aria-label") ?? "", panel: arrays.querySelector(".panel").textContent,
            ways: arrays.querySelectorAll(".products .way").length, note: !root.querySelector(".arrays-room > .note").hidden }};
}}"""


def softmax(count=4, **options):
    return viz.step(MLP(3, [4, 2], "tanh", rng=0).loss(X[:count], Y[:count], "cross_entropy"), **options)


def test_every_entry_leads_to_the_steps_that_make_its_number():
    stepper = softmax()
    data, passes = stepper._arrays, stepper._passes
    counted = 0
    for array, rows in zip(data["arrays"], data["entries"], strict=True):
        for row in rows:
            for entry in row:
                if array["at"] is None or "scalar" not in entry:
                    continue
                scalars = [passes[at - 1] for at in entry["scalar"]]
                number = sum(step.total_after for step in scalars) if array["isGradient"] else scalars[0].value
                assert numpy.isclose(number, float(entry["number"].replace("−", "-")), rtol=1e-5, atol=1e-9), (array["name"], entry)
                counted += 1
    assert counted > 80
    layers = [data["layerOf"][k] for k, node in enumerate(passes[0].names) if node.scope[:1] == ("layer 2",) and node.op == "add"]
    assert layers == [2] * 8, "both units of the second layer, in each of the four examples"


def test_the_loss_is_called_as_the_root_of_the_graph():
    heading = lambda y, **options: "".join([letters for _, letters in viz.step(y, **options)._arrays["heading"][0]])  # noqa: E731
    model = MLP(2, [2, 1], "tanh", rng=0)
    loss = model.loss([[1.0, 2.0]], [1.0], "mse")
    assert heading(examples.mazur()).startswith("E = ") and heading(loss).startswith("J = ")
    assert heading(loss, notation="delta").startswith("L = ")
    symbols = ["".join([letters for _, letters in array["symbol"]]) for array in viz.step(loss)._arrays["arrays"]]
    assert "∂J/∂W(1)" in symbols and not any("L" in symbol for symbol in symbols)
    label(y=loss)
    assert heading(loss).startswith("L = "), "y is the target there"


def test_only_what_has_layers_of_a_model_opens_as_arrays():
    model = MLP(2, [2, 1], "tanh", rng=0)
    loss = model.loss([[1.0, 2.0]], [1.0], "mse")
    assert viz.step(loss)._arrays and viz.step(loss, ask=True)._arrays
    assert viz.step(examples.mazur())._arrays and viz.step(examples.J())._arrays is None
    assert (
        viz.step(loss, lr=0.1, params=model.parameters())._arrays
        is viz.step(loss, wrt="w1_1_1")._arrays
        is viz.step(loss, as_if="NO_LOCAL")._arrays
        is None
    )
    dropping = Sequential([Layer(2, 3, activation="tanh", rng=0), Dropout(keep=0.5, rng=1), Layer(3, 1, rng=1)])
    assert viz.step(dropping.loss([[1.0, 2.0], [0.5, -1.0]], [[1.0], [0.0]], "mse"))._arrays is None, "the masks would be called x, too"
    two = viz.step(model.loss([[1.0, 2.0], [0.5, 1.0]], [1.0, 0.0], "mse"), notation="ng")
    assert two._arrays is None, "there dZ is n times the gradient of its node"
    assert viz.step(loss, notation="ng")._arrays["arrays"][0]["name"] == "X"


def test_a_large_page_carries_its_data_packed(tmp_path):
    large, small = softmax(), softmax(1)
    assert '{"packed":"' in large.html and '{"packed":"' not in small.html
    assert data_in(large.html)["arrays"] == data_in(sent(MLP(3, [4, 2], "tanh", rng=0).loss(X, Y, "cross_entropy")))["arrays"]
    assert large.save(tmp_path / "page.html").stat().st_size < 500_000


@pytest.mark.browser
def test_a_step_opens_as_arrays_at_its_place_and_comes_back(page, tmp_path):
    problems = []
    page.on("pageerror", lambda error: problems.append(error.message))
    page.set_viewport_size({"width": 1280, "height": 720})
    stepper = softmax()
    at = next(step.index for step in stepper._passes if step.phase == "backward" and step.parent and step.parent.label == "w1_4_1")
    page.goto(stepper.save(tmp_path / "page.html").as_uri() + f"#step={at}")
    page.wait_for_function(f"() => {HOST}?.shadowRoot?.querySelector('.where')?.textContent")
    page.keyboard.press("a")
    seen = page.evaluate(SEEN)
    assert seen["isOpen"] and (seen["of"], seen["ways"]) == ("∂J/∂W⁽¹⁾", 4) and seen["equation"].startswith("∂J/∂W(1)(4 × 3)=")
    page.keyboard.press("e")
    page.keyboard.press("Escape")  # leaves the entry
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    seen = page.evaluate(SEEN)
    assert not seen["isOpen"] and f"step {at} of" in seen["where"], "back at the step that was left"
    # An entry opens as scalars: the product of the third example, to the digit.
    page.keyboard.press("a")
    number = stepper._arrays["entries"][[array["name"] for array in stepper._arrays["arrays"]].index("∂J/∂W⁽¹⁾")][3][0]["terms"][2][0]
    page.get_by_role("button", name="example 3 as scalars").click()
    seen = page.evaluate(SEEN)
    assert not seen["isOpen"] and number.rpartition(" ")[2] in seen["panel"]
    # A door of a folded layer, by the keyboard, from the start.
    page.keyboard.press("Home")
    door = page.locator("g.arrays-door").first
    door.focus()
    page.keyboard.press("Enter")
    assert page.evaluate(SEEN)["where"].startswith("start")
    page.keyboard.press("Escape")
    # Another number of a leaf: the arrays say which ones they have.
    page.evaluate(f"() => {HOST}.shadowRoot.querySelector('#tab-whatif')?.click()")
    box = page.locator(".leaf input[type=text]").first
    box.fill("9")
    box.press("Enter")
    page.evaluate(f"() => {HOST}.shadowRoot.querySelector('.tools .arrays-door').click()")
    assert page.evaluate(SEEN)["note"] and not problems


@pytest.mark.browser
def test_axe_has_nothing_to_complain_about(page, tmp_path):
    from axe_playwright_python.sync_playwright import Axe

    page.emulate_media(color_scheme="dark")
    page.goto(softmax(2, lang="es").save(tmp_path / "page.html").as_uri() + "#step=40")
    page.wait_for_function(f"() => {HOST}?.shadowRoot?.querySelector('.where')?.textContent")
    page.keyboard.press("a")
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found]
    assert "undefined" not in page.evaluate(f"() => {ARRAYS}.querySelector('.app').textContent")
