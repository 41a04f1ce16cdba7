"""The ways to ask that do not go step by step, with the keyboard alone: a vote, a blank graph, the order; again with other
numbers; and the numbers of a mistake beside the right ones."""

import re

import pytest

from autograd import examples, grad, leaves, parse, softmax
from autograd.engine.ieee import as_float
from autograd.explain.numbers import number_text
from autograd.handcheck.dialogues import slips
from autograd.handcheck.execution import as_if
from autograd.handcheck.graphs import Graph
from viz import step
from viz.page.stepper import page_words

from .graphs import mission
from .step_page import StepPage, names, opened, steps
from .test_step_page import FITS, card, fan_out, number, unique, violations

pytestmark = pytest.mark.browser


def softmax_loss():
    """The probability of the first of three classes."""
    z1, z2, z3 = leaves(z1=1, z2=2, z3=0.5)
    return softmax([z1, z2, z3])[0]


GRAPHS = {"J": mission, "neuron": examples.neuron, "1-2-1": examples.net_1_2_1, "softmax": softmax_loss}
OPTIONS = "[...root.querySelectorAll('.vote button')].map(each => [each.querySelector('b').textContent, each.className])"
CELLS = "Object.fromEntries([...root.querySelectorAll('.cell')].map(each => [each.querySelector('input').ariaLabel, each.querySelector('.sign').textContent]))"
CHOICES = "[...root.querySelectorAll('.choices button')].map(each => each.querySelector('.name').textContent)"
VERDICT = "root.querySelector('.way .verdict').textContent"
LEAVES = "Object.fromEntries([...root.querySelectorAll('.leaf input[type=text]')].map(each => [each.ariaLabel, each.value]))"


@pytest.fixture
def open_step(page, tmp_path):
    return lambda y, address="", **more: opened(page, tmp_path, y, address, **more)


def everywhere(test):
    return pytest.mark.parametrize("make", GRAPHS.values(), ids=GRAPHS)(test)


def truths(y) -> dict[str, float]:
    """What stands in each cell of the blank graph, by the label of the cell."""
    passes, found = steps(y), {}
    for each in passes:
        if each.phase == "forward":
            found[f"the value of {each.names[each.node]}"] = as_float(each.value)
        else:
            found[f"∂{each.names[y]}/∂{each.names[each.node if each.parent is None else each.parent]}"] = as_float(each.total_after)
    return found


def fill(page: StepPage, answers: dict[str, str]) -> StepPage:
    """Types all cells, with the keyboard alone: Enter goes from one to the next."""
    page.press("ArrowDown")
    for _ in answers:
        page.page.keyboard.type(answers[page.script("root.activeElement.ariaLabel")])
        page.press("Enter")
    return page


# --- the vote ------------------------------------------------------------------------------------------------------


@everywhere
def test_a_vote_has_one_right_option_and_three_that_mistakes_give(open_step, make):
    y = make()
    page, graph = open_step(y, ask="vote"), Graph(y)
    places = []
    for each in steps(y):
        page.press("ArrowRight")
        assert page.at() == each.index
        options = [text for text, _ in page.script(OPTIONS)]
        right = each.value if each.phase == "forward" else each.total_after if each.parent is None else each.contribution
        assert len(options) == len(set(options)) == 4
        texts = [number_text(as_float(right), 4).replace("-", "−")]
        assert sum(text in texts for text in options) == 1, (each.text(), options)
        likely = {number_text(slip.number, 4).replace("-", "−") for slip in slips(graph, each) if slip.code != "DECIMAL_POINT"}
        assert len(likely & set(options)) >= min(3, len(likely)), (each.text(), options, likely)
        place = options.index(texts[0])
        places.append(place)
        for k in range(4):
            if k != place:
                page.press("abcd"[k])
        assert [kind for _, kind in page.script(OPTIONS)].count("wrong") == 3
        page.press(str(place + 1))
        if each.contributions:  # where a sum is complete, it is voted on, too
            options = [text for text, _ in page.script(OPTIONS)]
            place = options.index(number_text(as_float(each.total_after), 4).replace("-", "−"))
            page.press("abcd"[place])
        assert page.script(OPTIONS)[place][1] == "right"
    assert len(set(places)) > 2, "the right one is not always at the same place"


def test_a_wrong_vote_is_answered_with_the_question_of_its_slip_and_the_options_stay(open_step):
    page = open_step(mission(), "#step=8&ask=vote")
    options = [text for text, _ in page.script(OPTIONS)]
    assert set(options) == {"6", "9", "3", "−6"}
    letter = "abcd"[options.index("9")]
    page.press(letter)
    assert page.script(VERDICT).startswith(f"{letter.upper()}: 9 would be what arrives at u, times b itself")
    assert page.read()["live"] == page.script(VERDICT)
    page.press("ArrowRight")
    assert [kind for text, kind in page.script(OPTIONS) if text == "6"] == ["right"], "shown"
    page.press("abcd"[options.index("3")])
    assert "One operation lies between" in page.script(VERDICT), "what is behind another one can still be asked"
    assert page.press("ArrowLeft").at() == 7 and page.press("ArrowRight").script(OPTIONS)


def test_the_options_of_a_vote_can_be_read_from_the_last_row_and_touched(open_step):
    page = open_step(mission(), "#step=8&ask=vote")
    assert page.script("Math.min(...[...root.querySelectorAll('.vote b')].map(each => parseFloat(getComputedStyle(each).fontSize)))") >= 36
    page.page.set_viewport_size({"width": 360, "height": 740})
    assert page.page.evaluate(FITS)
    assert page.script("Math.min(...[...root.querySelectorAll('.vote button')].map(each => each.getBoundingClientRect().height))") >= 44


# --- the blank graph -----------------------------------------------------------------------------------------------


@everywhere
def test_a_blank_graph_is_filled_and_checked_at_once(open_step, make):
    y = make()
    page = open_step(y, ask="blank")
    fill(page, {name: number_text(right, 4) for name, right in truths(y).items()})
    assert set(page.script(CELLS).values()) == {"✓"} and len(page.script(CELLS)) == len(truths(y))
    assert page.at() == len(steps(y)) and f"{len(truths(y))} of {len(truths(y))} right at the first try" in page.read()["score"]


def test_an_error_is_carried_forward_and_what_follows_from_it_is_no_slip(open_step):
    page = open_step(mission(), ask="blank")
    fill(page, {"∂J/∂a": "3", "∂J/∂b": "3", "∂J/∂c": "4.5", "the value of u": "6", "∂J/∂u": "1.5", "the value of v": "11", "∂J/∂v": "3", "the value of J": "33", "∂J/∂J": "1"})  # fmt: skip
    cells = page.script(CELLS)
    assert (cells["∂J/∂u"], cells["∂J/∂b"], cells["∂J/∂c"], cells["∂J/∂a"]) == ("✗", "↳", "↳", "✓")
    assert page.read()["live"] == "6 right, 2 following from an earlier slip, 1 not yet, 0 empty."
    assert "factor" in page.script("root.querySelector('.replies').textContent") and page.at() == 0
    assert card(page.read(), "u")["gradient"] == "✗ 1.5" and card(page.read(), "b")["gradient"] == "↳ 3"


def test_a_sum_that_misses_a_path_is_told_so(open_step):
    y = parse("u = a + b; v = b + 1; e = u*v", a=2, b=4)
    right = {name: number_text(number, 4) for name, number in truths(y).items()}
    page = fill(open_step(y, ask="blank"), {**right, "∂e/∂b": "6"})
    assert page.script("root.querySelector('.replies').textContent").startswith("∂e/∂b: 6 would be only a part of what arrives at b")


@pytest.mark.parametrize("digits", [2, 3])
def test_numbers_that_were_rounded_on_the_way_are_right(open_step, digits):
    """Whoever rounds each line and goes on with it is not told to be wrong."""
    y = examples.net_1_2_1(v1=0.37, v2=-0.83, w1=0.71, w2=-1.3)
    page = fill(open_step(y, ask="blank"), {name: f"{right:.{digits}g}" for name, right in truths(y).items()})
    assert not [name for name, sign in page.script(CELLS).items() if sign != "✓"]


def test_what_cannot_be_read_and_what_is_missing_is_said(open_step):
    page = open_step(mission(), ask="blank").press("ArrowDown")
    page.page.keyboard.type("three")
    page.page.get_by_role("button", name="Check all").click()
    assert "Write a number" in page.read()["live"] and not any(page.script(CELLS).values())
    page.page.keyboard.press("Control+A")
    page.page.keyboard.type("3")
    page.page.get_by_role("button", name="Check all").click()
    assert page.read()["live"] == "1 right, 0 following from an earlier slip, 0 not yet, 8 empty."
    page.page.get_by_role("button", name="Show me").click()
    assert card(page.read(), "b")["gradient"] == "+6" and page.read()["score"].count("8 shown.") == 1


def test_while_the_cards_are_blank_no_number_is_told_and_no_step_can_be_gone_to(open_step):
    page = open_step(unique(), ask="blank").unfold_all_details()
    for go in (lambda: page.press("End"), lambda: page.press("ArrowRight"), lambda: page.go(9), lambda: page.press("Space")):
        go()
        assert page.at() == 0
        assert not re.search(r"(?<!\d)(77|90|270|33|21)(?!\d)", " ".join(page.told()))
        assert not any(any(one["locals"]) for one in page.read()["cards"].values())


# --- the order -----------------------------------------------------------------------------------------------------


@everywhere
def test_any_possible_order_is_right_and_every_other_node_is_told_why_not(open_step, make):
    """The last of the nodes that may go next is taken every time: not the order of our own."""
    y = make()
    page = open_step(y, ask="order")
    called = {name: node for node, name in names(y).items()}
    for phase in ("forward", "backward"):
        gone = []
        edges = [(each.node, each.parent) for each in steps(y) if each.parent is not None]
        computed = [each.node for each in steps(y) if each.phase == "forward"]
        senders = computed if phase == "forward" else [node for node in computed if any(node is sender for sender, _ in edges)]
        while len(gone) < len(senders):
            options = page.script(CHOICES)
            assert sorted(options) == sorted(names(y)[node] for node in senders)

            def waits_for(node, gone=gone, senders=senders, phase=phase, edges=edges):
                needed = node.parents if phase == "forward" else [sender for sender, parent in edges if parent is node]
                return [one for one in needed if one in senders and one not in gone]

            waiting = next((name for name in options if waits_for(called[name])), None)
            if waiting is not None:
                choose(page, options, waiting)
                assert (
                    any(names(y)[one] in page.read()["live"] for one in waits_for(called[waiting])) and "has to wait" in page.read()["live"]
                )
            ready = [name for name in options if called[name] not in gone and not waits_for(called[name])]
            choose(page, options, ready[-1])
            gone.append(called[ready[-1]])
    assert page.at() == len(steps(y)) and page.read()["live"] == page_words("en")["page.order.end"]
    rights = dict(zip(names(y).values(), grad(y, list(names(y))), strict=True))
    for one in page.read()["cards"].values():
        if one["state"]:
            assert number(one["gradient"]) == pytest.approx(rights[one["name"]], rel=1e-3), "the numbers do not depend on the order"


def choose(page: StepPage, options: list[str], name: str) -> None:
    """With a number, or with the arrows and Enter where there is none."""
    k = options.index(name)
    if k < 9 and page.script("root.activeElement?.closest('.choices') === null"):
        page.press(str(k + 1))
        return
    page.press("ArrowDown")
    for _ in options:
        if page.script("root.activeElement.querySelector('.name')?.textContent") == name:
            break
        page.press("ArrowDown")
    page.press("Enter")


def test_a_card_can_be_touched_and_given_ones_are_told_apart(open_step):
    page = open_step(mission(), ask="order")
    page.page.locator(".card[data-key=n1] .name").click()
    assert page.read()["live"] == "The number of a is given; there is nothing to compute." and page.at() == 0
    page.page.locator(".card[data-key=n4] .name").click()
    assert page.at() == 1 and card(page.read(), "u")["value"] == "6"
    assert page.press("End").at() == 1 and page.press("Home").at() == 0 and page.press("ArrowRight").at() == 1
    assert page.press("ArrowRight").at() == 2 and "v may go." in page.read()["live"], "who goes on is shown the next"


def test_the_sum_of_a_fan_out_grows_in_the_order_that_was_chosen(open_step):
    y = fan_out()
    page = open_step(y, ask="order")
    while page.read()["where"].startswith(("start", "forward")):
        page.press("ArrowRight")
    for name in [name for name in page.script(CHOICES) if name in "uvw"]:
        choose(page, page.script(CHOICES), name)
    while page.at() < len(steps(y)):
        page.press("ArrowRight")
    assert card(page.read(), "a")["gradient"] == "+2"
    assert "so ∂J/∂a = 5 + (−3) = 2" in page.unfold_all_details().script("root.querySelector('.all').textContent")


# --- again, other numbers ------------------------------------------------------------------------------------------


@everywhere
@pytest.mark.parametrize("ask", ["both", "vote", "blank", "order"])
def test_after_an_answer_the_same_question_comes_again_with_other_numbers(open_step, make, ask):
    page = open_step(make(), f"#step=2&ask={ask}")
    before = page.script(LEAVES)
    page.press("n")
    assert page.script(LEAVES) == before, "not before an answer"
    page.script(
        "root.querySelectorAll('.form button').forEach(each => !each.closest('[hidden]') && each.offsetParent && each.textContent === 'Show me' && each.click())"
    )
    while ask == "order" and page.script("root.querySelector('.repeat').hidden"):
        page.press("ArrowRight")
    page.press("n")
    after = page.script(LEAVES)
    assert sum(after[name] != before[name] for name in before) >= len(before) // 2, (before, after)
    assert page.at() == (0 if ask in ("blank", "order") else 2)
    assert all(len(text.lstrip("-").replace(".", "")) <= 3 for text in after.values()), after


@pytest.mark.parametrize(
    "make", [*GRAPHS.values(), examples.logistic, examples.mazur, lambda: parse("log(a) * relu(a + b) + c**2", a=2, b=1, c=3)]
)
def test_other_numbers_are_never_degenerate(open_step, make):
    y = make()
    page = open_step(y, "#ask=both&step=1")
    seen = []
    for _ in range(4):
        page.page.get_by_role("button", name="Show me").click()
        page.press("n")
        seen.append(str(page.script(LEAVES)))
        page.page.locator(".asking select").select_option("no")
        page.go(len(steps(y)))
        for row in page.unfold_all_details().read()["rows"]:
            name, _, value, gradient, _ = row
            node = next(one for one, called in names(y).items() if called == name)
            assert re.fullmatch(r"−?[\d.]+(e−?\d+)?", value), (name, value)
            if (
                gradient
                and node is not y
                and not isinstance(node, str)
                and make in (mission, examples.neuron, examples.net_1_2_1, softmax_loss)
            ):
                assert abs(number(gradient)) not in (0, 1), (name, gradient, seen[-1])
        page.page.locator(".asking select").select_option("both")
        page.go(1)
    assert len(set(seen)) > 1


# --- as if ---------------------------------------------------------------------------------------------------------


def test_the_numbers_of_a_mistake_stand_beside_the_right_ones(open_step):
    y = examples.neuron()
    page = open_step(y, as_if="NO_LOCAL").unfold_all_details().press("End")
    seen = page.read() | {"cards": page.all_cards()}
    right = dict(zip(names(y).values(), grad(y, list(names(y))), strict=True))
    wrong = {names(y)[each.parent]: each.total_after for each in as_if(y, "NO_LOCAL") if each.parent is not None}
    rows = {row[0]: row[3] for row in seen["rows"]}
    for name in ("w", "b", "u", "z", "ŷ", "v"):
        assert [number(text) for text in card(seen, name)["gradient"].split(" ✗ ")] == pytest.approx([right[name], wrong[name]], rel=1e-3)
        assert [number(text) for text in rows[name].split(" ✗ ")] == pytest.approx([right[name], wrong[name]], rel=1e-3)
    assert card(seen, "J")["gradient"] == "+1" and card(seen, "J")["value"] == "0.4613", "what is the same stands there once"
    assert "✗ With NO_LOCAL, 1 has arrived at u; w receives 1" in seen["panel"]
    assert page.script("[...root.querySelectorAll('.all tbody tr')].filter(row => row.textContent.includes('✗')).length") == len(steps(y))
    assert not page.script("root.querySelector('.asking')"), "nothing can be asked for beside the answers"
    assert not violations(page)


def test_a_mistake_at_one_edge_alone(open_step):
    seen = open_step(mission(), as_if=("OWN_OPERAND", ("u", "b")), lang="es").press("End").read()
    assert {name: card(seen, name)["gradient"] for name in "abcuv"} == {"a": "+3", "b": "+6 ✗ +9", "c": "+9", "u": "+3", "v": "+3"}
    assert "Con OWN_OPERAND" in seen["panel"]


# --- all of them ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", ["vote", "blank", "order"])
@pytest.mark.parametrize("lang", ["en", "es", "pt"])
def test_they_speak_each_language_fit_a_phone_and_leave_nothing_to_complain_about(open_step, ask, lang):
    page = open_step(examples.net_1_2_1(), f"#step=20&ask={ask}", lang=lang, dark=lang == "es", size=(360, 740))
    assert page.page.evaluate(FITS)
    words = page_words(lang)
    assert {"vote": "= ?", "blank": words["page.blank"], "order": words["page.order.forward"]}[ask] in page.read()["panel"]
    assert not violations(page)


def test_a_word_that_does_not_exist_in_the_address_asks_nothing(open_step):
    page = open_step(mission(), "#step=3&ask=poll")
    assert page.script("root.querySelector('.asking select').value") == "no" and page.at() == 3
    assert step(mission(), ask="vote").text == str(steps(mission()))
