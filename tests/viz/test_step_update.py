"""Learning on the page: after the backward pass the parameters move, the root follows, and → goes on, round after round."""

import math
from itertools import pairwise

import pytest

from autograd import Value, examples, parse, replay, topological_order

from .step_page import HOST, opened, steps
from .test_step_page import violations

pytestmark = pytest.mark.browser


def linear():
    return parse("u = w*x + b; J = (u - t)**2", w=1, b=0.5, x=2, t=3, constants=("x", "t"))


def learners(y):
    return [node for node in topological_order(y) if not node.parents and not node.constant]


def descent(y, params, lr, rounds):
    """The root after each update, and what was predicted, by the engine: the graph built again from where it stands."""
    numbers = {node: node.data for node in params}
    values, predicted = [y.data], []
    for _ in range(rounds):
        copies = {}
        for node in topological_order(y):
            if node.parents:
                copies[node] = node.operation.make(*node.operation.arguments(tuple(copies[parent] for parent in node.parents)))
            else:
                copies[node] = Value(numbers.get(node, node.data), node.label, constant=node.constant)
        *moved, after = [each for each in steps(copies[y], lr=lr, params=[copies[node] for node in params]) if each.phase == "update"]
        numbers = {node: each.total_after for node, each in zip(params, moved, strict=True)}
        values.append(after.value)
        predicted.append(after.contribution)
    return values, predicted


def points(page):
    return [float(text) for text in page.script("[...root.querySelectorAll('.curve .point')].map(point => point.dataset.value)")]


def letters(page):
    """The size of the letters of the curve, in pixels."""
    return page.script("((curve) => 16 * curve.getBoundingClientRect().width / curve.viewBox.baseVal.width)(root.querySelector('.curve'))")


def said(page):
    return page.script("root.querySelector('.changes')?.textContent ?? ''")


@pytest.mark.parametrize(
    ("make", "lr", "falls"),
    [(examples.neuron, 1.0, True), (examples.net_1_2_1, 0.5, True), (linear, 0.35, False)],
    ids=["neuron", "net", "overshoot"],
)
def test_three_rounds_have_the_numbers_of_the_engine(page, tmp_path, make, lr, falls):
    y = make()
    params = learners(y)
    values, predicted = descent(y, params, lr, 3)
    assert all((after < before) == falls for before, after in pairwise(values))
    steppage = opened(page, tmp_path, y, lr=lr, params=params, digits=15)
    for k in range(1, 4):
        steppage.press("r")
        assert all(math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) for a, b in zip(points(steppage), values[: k + 1], strict=True))
        root = steppage.read()["heading"].rpartition(" ")[2]
        assert f"{root} has {'fallen' if falls else 'risen'}" in said(steppage)
        change = said(steppage).replace("−", "-").partition("predicted change ")[2]
        assert math.isclose(float(change.partition(",")[0]), predicted[k - 1], rel_tol=1e-9)
        assert math.isclose(float(change.partition("real change ")[2].partition(". ")[0]), values[k] - values[k - 1], rel_tol=1e-9)


def test_the_keys_go_on_from_round_to_round_and_back_and_the_state_is_the_same_either_way(page, tmp_path):
    steppage = opened(page, tmp_path, linear(), lr=0.05, params=["w", "b"])
    count = int(steppage.script("root.querySelector('.time input').max"))
    assert count == len(steps(linear(), lr=0.05, params=["w", "b"]))

    def state():
        return {**{key: text for key, text in steppage.read().items() if key != "live"}, "points": points(steppage), "said": said(steppage)}

    there = [state()]
    for _ in range(2 * count + 1):
        steppage.press("ArrowRight")
        there.append(state())
    assert (
        there[count + 1]["where"] == f"round 2 · start · step 0 of {count}"
        and there[-1]["where"] == f"round 2 · update · step {count} of {count}"
    )
    back = [there[-1]]
    for _ in range(2 * count + 1):
        steppage.press("ArrowLeft")
        back.append(state())
    assert back[::-1] == there
    steppage.press("ArrowLeft")
    assert state() == there[0], "before the first step there is nothing"


def test_an_update_moves_the_parameters_and_nothing_else_and_empties_the_gradients(page, tmp_path):
    y = linear()
    steppage = opened(page, tmp_path, y, address="#step=10", lr=0.05, params=["w", "b"])
    before = steppage.read()
    steppage.press("ArrowRight")
    moved = steppage.read()
    assert moved["where"].endswith("update · step 11 of 13") and moved["equations"] == ["w←w−η·∂J∂w", "=1−0.05·(−2)=1.1"]
    assert {key for key in moved["cards"] if moved["cards"][key]["value"] != before["cards"][key]["value"]} == {"n0"}
    assert [card["gradient"] for card in moved["cards"].values()] == [card["gradient"] for card in before["cards"].values()]
    assert moved["heading"] == "w takes a step against its gradient" and "positive" not in moved["why"]
    steppage.press("End")
    after = steppage.read()
    values = {card["name"]: card["value"] for card in after["cards"].values() if card["name"]}
    assert values == {"w": "1.1", "x": "2", "v": "2.2", "b": "0.55", "u": "2.75", "t": "3", "p": "−0.25", "J": "0.0625"}
    assert {card["state"] for card in after["cards"].values() if card["state"]} == {"none"}
    assert "Parameters: w, b. All other leaves are data" in after["panel"]
    assert replay(y, {"w": 1.1, "b": 0.55}) == pytest.approx(0.0625)


def test_the_change_is_predicted_before_it_is_shown(page, tmp_path):
    steppage = opened(page, tmp_path, linear(), address="#step=11&ask=backward", lr=0.05, params=["w", "b"])
    assert "w after the step = ?" in steppage.read()["panel"]
    steppage.answer("1.5")
    assert "It is not 1.5. Where does w stand" in steppage.read()["panel"]
    steppage.answer("1,1")
    steppage.press("ArrowRight").answer("0.55").press("ArrowRight")
    told = steppage.read()
    assert "predicted change of J, -η · ‖g‖² = ?" in told["panel"]
    assert len(points(steppage)) == 1 and not told["equations"]
    assert not any("0.0625" in text or "0.1875" in text for text in steppage.told())
    page.keyboard.press("h")
    assert "‖g‖² = (−2)^2 + (−1)^2 = 5" in steppage.read()["panel"]
    steppage.answer("-0.25")
    assert points(steppage) == pytest.approx([0.25, 0.0625])
    assert "predicted change −0.25, real change −0.1875" in said(steppage)
    steppage.press("ArrowRight", "ArrowLeft")
    assert "right after a hint" in steppage.read()["outcomes"], "what was answered in a round is still there"


def test_the_learning_rate_can_be_changed_with_a_slider_and_a_field(page, tmp_path):
    steppage = opened(page, tmp_path, linear(), address="#step=13", lr=0.05, params=["w", "b"])
    box = page.get_by_role("textbox", name="learning rate η")
    box.fill("0,5")
    box.press("Enter")
    assert points(steppage) == pytest.approx([0.25, 4.0]) and "J has risen: the step was too long." in said(steppage)
    assert "step=13&lr=0.5" in page.url
    box.fill("none")
    box.press("Enter")
    assert box.get_attribute("aria-invalid") == "true" and points(steppage) == pytest.approx([0.25, 4.0])
    slider = page.get_by_role("slider", name="learning rate η")
    slider.focus()
    slider.press("Home")
    assert points(steppage)[1] < 0.25 and float(box.input_value().replace(",", ".")) == pytest.approx(0.05 / 16, rel=1e-2)


def test_the_address_carries_the_round_and_the_rate(page, tmp_path):
    first = opened(page, tmp_path, linear(), address="#step=13&round=3&lr=0.35", lr=0.05, params=["w", "b"])
    assert letters(first) >= 16
    assert (
        first.script(
            "Math.max(...['.curve', '.rate', '.again', '.rule'].map(one => root.querySelector(one).getBoundingClientRect().bottom))"
        )
        <= 720
    )
    assert not violations(first)
    assert points(first) == pytest.approx([0.25, 1.5625, 9.765625, 61.03515625])
    again = opened(page, tmp_path, linear(), address="#step=2&round=0&lr=-1", lr=0.05, params=["w", "b"])
    assert again.read()["where"] == "round 1 · forward · step 2 of 13"


def test_a_changed_leaf_begins_anew_from_its_number(page, tmp_path):
    steppage = opened(page, tmp_path, linear(), address="#step=13&round=2", lr=0.05, params=["w", "b"])
    steppage.edit("w", "2")
    assert steppage.read()["where"].startswith("round 1")
    steppage.press("End")
    assert len(points(steppage)) == 2 and points(steppage)[0] != 0.25
    page.get_by_role("tab", name="What if").click()
    page.get_by_role("button", name="As it was").click()
    assert points(steppage) == pytest.approx([0.25, 0.0625])


@pytest.mark.parametrize(("lang", "word"), [("es", "tasa de aprendizaje η"), ("pt", "taxa de aprendizagem η")])
def test_a_phone_in_another_language_has_all_of_it_in_its_width(page, tmp_path, lang, word):
    steppage = opened(page, tmp_path, examples.neuron(), size=(360, 740), dark=True, lang=lang, lr=0.5, params=["w", "b"])
    steppage.press("End", "r")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.get_by_role("slider", name=word).count() == 1 and "{" not in steppage.read()["panel"]
    assert letters(steppage) >= 14
    assert steppage.script("root.querySelector('.curve').getAttribute('aria-label')").count(";") == 2
    assert page.evaluate(f"{HOST}.shadowRoot.querySelector('.curve').getBoundingClientRect().right") <= 360


def test_a_clicker_goes_on_into_the_next_round_on_a_projector(page, tmp_path):
    steppage = opened(page, tmp_path, linear(), address="#step=12&present", lr=0.05, params=["w", "b"])
    steppage.press("PageDown", "PageDown")
    assert "step=0&present&round=2" in page.url
    steppage.press("PageDown", "PageUp", "PageUp")
    assert page.url.endswith("#step=13&present")
    assert "0.0625" in steppage.script("root.querySelector('.slide-line').textContent")
    steppage.press("v")
    assert "ask=vote" not in page.url, "a vote is about both passes alone"


def test_a_page_without_a_learning_step_has_nothing_of_it(page, tmp_path):
    steppage = opened(page, tmp_path, examples.J(), address="#step=9&round=2&lr=3")
    assert steppage.read()["where"] == "backward · step 9 of 9"
    steppage.press("ArrowRight", "r")
    assert steppage.read()["where"] == "backward · step 9 of 9" and not points(steppage)
