"""The slips of the page, from the table as JavaScript, are those of the hand-check: codes, numbers, replies and hints."""

import json

import pytest

from autograd import Value, check, leaves, steps
from autograd.engine.dialects import formula, names_in
from autograd.explain.languages import fill
from autograd.explain.numbers import number_text
from autograd.handcheck.dialogues import hints, slips, unexplained
from autograd.handcheck.graphs import Graph
from autograd.handcheck.misconceptions import ENTRIES
from viz import step
from viz.bundle import bundled
from viz.page.operations import operations_module
from viz.page.slips import slips_module
from viz.picture.lettering import DIGITS

from .graphs import EXAMPLES, mission, random_graph, tanh_of_a_product, two_consumers, worked

MODULE = """import { Run } from "./run.js";
import { slipsFor } from "./slips.js";
Object.assign(window, { Run, slipsFor });
"""


GRAPHS = {
    "J": mission,
    "two consumers": two_consumers,
    "neuron": tanh_of_a_product,
    **{name: (lambda name=name: worked(name)) for name in EXAMPLES},
}
NUMBERS = {
    "upstream",
    "local",
    "contribution",
    "operand",
    "value",
    "n",
    "total",
    "product",
    "left_out",
    "first",
    "second",
    "a",
    "b",
    "c",
    "pi",
}


@pytest.fixture
def slips_in_page(page):
    """slips_in_page(y) is, for every step, [code, number, reply, hints] of each slip in the page."""

    def slips_of(y: Value):
        shown = step(y)
        operations = [node.operation for node in Graph(y).computed]
        made = {
            "page/static/all.js": MODULE,
            "page/static/operations.js": operations_module(operations),
            "page/static/misconceptions.js": slips_module(operations),
        }
        page.set_content(f'<!doctype html><meta charset="utf-8"><script type="module">{bundled("page/static/all.js", made)}</script>')
        page.wait_for_function("() => window.slipsFor")
        data = json.loads(json.dumps(shown._data()))
        return page.evaluate(
            "data => { const run = new Run(data.graph, data.steps); return run.steps.map(one =>"
            " slipsFor(run, one).map(slip => [slip.code, String(slip.number), slip.reply, slip.hints])); }",
            data,
        )

    return slips_of


def test_every_number_that_a_formula_reads_is_known_to_the_page():
    formulas = [text for entry in ENTRIES for part in (entry.edge, entry.node, entry.values) for texts in part.values() for text in texts]
    read = set().union(*[names_in(formula(text.replace("slope_with_operand", "a").replace("slope_at_value", "a"))) for text in formulas])
    assert len(formulas) > 80 and read <= NUMBERS


def test_the_module_holds_each_formula_once_whatever_the_graph():
    x = Value(1.0, "x")
    y = x
    for _ in range(300):
        y = (y * 0.9).tanh()
    assert slips_module(node.operation for node in Graph(y).computed) == slips_module()
    assert len(slips_module()) < 20_000


@pytest.mark.browser
@pytest.mark.parametrize("name", GRAPHS)
def test_the_page_finds_the_slips_of_the_hand_check(slips_in_page, name):
    y = GRAPHS[name]()
    compare(y, slips_in_page(y))


@pytest.mark.browser
def test_the_page_finds_the_slips_of_the_hand_check_in_random_graphs(slips_in_page):
    for seed in range(12):
        y = random_graph(seed, 20)
        compare(y, slips_in_page(y))


@pytest.mark.browser
@pytest.mark.parametrize("make", [mission, two_consumers, tanh_of_a_product])
def test_the_page_gives_the_hints_of_the_hand_check(slips_in_page, make):
    y = make()
    for each, shown in zip(steps(y), slips_in_page(y), strict=True):
        assert shown[0][3] == [" ".join(fill(*sentence) for sentence in sentences) for sentences in hints(each)], each.text()


def test_an_operand_whose_number_is_zero_is_called_by_its_name():
    x, y = leaves(x=0, y=2)
    J = x * y
    last = steps(J)[2]
    assert "If x grows" in slips(Graph(J), last)[0].text("0") and unexplained(last)[1]["parent"] == "x"
    assert check(J, {"x": 1, "y": 0}, locals={("J", "x"): 5}).findings[0].node == "x"


def compare(y: Value, found: list) -> None:
    graph = Graph(y)
    for each, shown in zip(steps(y).in_line(), found, strict=True):
        due, seen = [], []
        for slip in slips(graph, each):
            if not any(slip.number == pytest.approx(number, rel=1e-9, abs=1e-12) for number in seen):
                seen.append(slip.number)
                due.append(slip)
        for slip, (code, number, reply, _) in zip(due, shown, strict=False):
            assert (code, float(number.replace("Infinity", "inf"))) == (slip.code, pytest.approx(slip.number, rel=1e-9, abs=1e-12)), (
                each.text()
            )
            assert reply == slip.text(number_text(slip.number, DIGITS)), each.text()
        assert len(shown) >= len(due), each.text()
