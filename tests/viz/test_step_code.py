"""The tab of the code: both passes as Python beside the graph, with the line of the step lit and nothing told too early."""

import json

import pytest

from autograd import Value, code, examples, parse, steps
from autograd.engine.names import names
from autograd.expression import typed_line
from viz.page.code_lines import code_data

from .step_page import opened

LINES = "[...root.querySelectorAll('.code:not(.typed) div')].map(line => line.textContent)"
LIT = "[...root.querySelectorAll('.code:not(.typed) .now')].map(line => line.textContent)"
TYPED = "[...root.querySelectorAll('.typed .now')].map(line => line.textContent)"
IN_SIGHT = """[...root.querySelectorAll('.code .now')].every(line => { const [a, b] = [line, line.parentNode].map(one => one.getBoundingClientRect());
  return a.top >= b.top && a.bottom <= b.bottom && a.height > 14 })"""


def typed() -> Value:
    return parse("u = b*c; v = a + u\nJ = 3 * v", a=5, b=3, c=2)


@pytest.mark.parametrize("y", [typed(), examples.logistic(), examples.mazur()])
def test_every_line_of_the_code_is_there_and_knows_its_step(y):
    place = {node: k for k, node in enumerate(names(y))}
    lines = code_data(steps(y), place)["lines"]
    assert [text for text, *_ in lines] == [line.text for line in code(y).lines]
    known = [tuple(where) for _, *where in lines if where and where[0] != "leaf"]
    due = [("value", place[step.node]) if step.phase == "forward" else ("seed",) if step.parent is None
           else ("sent", f"e{place[step.node]}-{step.slot}") for step in steps(y)]  # fmt: skip
    due.insert(due.index(("seed",)), ("seed",))  # all gradients begin at 0 where the pass begins
    assert known == due


def test_parse_knows_the_statement_that_made_a_node():
    J = typed()
    assert [(name, typed_line(node)) for node, name in names(J).items() if node.parents] == [
        ("u", "u = b*c"),
        ("v", "v = a + u"),
        ("J", "J = 3 * v"),
    ]
    place = {node: k for k, node in enumerate(names(J))}
    assert [text for text, _ in code_data(steps(J), place)["typed"]] == ["u = b*c", "v = a + u", "J = 3 * v"]
    other = examples.J()
    assert code_data(steps(other), {node: k for k, node in enumerate(names(other))})["typed"] == []
    assert typed_line(Value(1.0) + 1) is None


@pytest.mark.browser
def test_the_line_of_the_step_is_lit_and_in_sight(page, tmp_path):
    at = opened(page, tmp_path, typed()).tab("Code")
    found = []
    for step in range(1, 10):
        at.go(step)
        found.append(at.script(LIT))
        assert at.script(IN_SIGHT), step
    assert found[1] == ["v = a + u  # 11"] and found[3] == ["da = db = dc = du = dv = dJ = 0", "dJ += 1"]
    assert found[7] == ["db += du * c  # 6"]
    assert at.go(7).script(TYPED) == ["v = a + u"]
    at.edit("b", "4")
    assert "b = 4" in at.script(LINES) and "du += dv * 1  # 3" in at.script(LINES)
    assert at.go(8).script(LIT) == ["db += du * c  # 6"] and at.go(9).script(LIT) == ["dc += du * b  # 12"]


@pytest.mark.browser
def test_the_lines_of_a_learning_step_are_lit_and_follow_the_rate(page, tmp_path):
    at = opened(page, tmp_path, typed(), lr=0.1, params=["b", "c"]).tab("Code")
    for step, line in ((10, "b -= 0.1 * db  # 2.4"), (11, "c -= 0.1 * dc  # 1.1"), (12, "J = 3 * v  # 22.92")):
        assert at.go(step).script(LIT) == [line] and at.script(IN_SIGHT)
    assert at.go(11).script(LINES)[-5:] == ["\u200b", "# forward, with the new numbers", "u = b * c", "v = a + u", "J = 3 * v"]
    at.go(12).page.get_by_role("button", name="Next", exact=True).click()
    assert "b = 2.4" in at.script(LINES), "the next round begins with the new numbers"


@pytest.mark.browser
def test_while_something_is_asked_for_the_code_tells_no_more_than_the_beginning_of_its_line(page, tmp_path):
    at = opened(page, tmp_path, typed(), ask=True).tab("Code").go(1)
    assert at.script(LINES)[4:] == ["# forward", "u = …", "…", "\u200b", "# backward", "…"] and at.script(LIT) == ["u = …"]
    at.go(8)
    assert at.script(LINES)[-3:] == ["du += dv * 1  # 3", "db += …", "…"]
    at.tab("This step").answer("6").tab("Code")
    assert at.script(LINES)[-2:] == ["db += du * c  # 6", "…"]


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_long_lines_scroll_in_their_box_and_keys_reach_it(page, tmp_path, dark):
    at = opened(page, tmp_path, examples.mazur(), size=(360, 720), dark=dark, lang="es").tab("Código").go(40)
    assert at.script(IN_SIGHT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    size = json.loads(
        at.script(
            "JSON.stringify([...root.querySelectorAll('.code')].map(box => [parseFloat(getComputedStyle(box).fontSize), box.tabIndex]))"
        )
    )
    assert all(font >= 16 and place == 0 for font, place in size)


@pytest.mark.browser
def test_the_page_says_which_form_of_a_softmax_it_shows(page, tmp_path):
    at = opened(page, tmp_path, examples.softmax_cross_entropy())
    assert any(text.startswith("p1: softmax as lectures write it") and text.endswith("0.659001.") for text in at.told())
    at.tab("Code").go(5)
    assert at.script(LIT) == ["p1 = e1 / S  # ≈ 0.659"]
