"""A tab gets what is known at a step and nothing else: one that prints everything it is given tells no answer."""

import re

import pytest

from autograd import Value, leaves, steps
from viz import step
from viz.bundle import bundled
from viz.page import hosting

from .step_page import READY, StepPage
from .test_step_page import unique

pytestmark = pytest.mark.browser
SPY = """import { element } from "./elements.js";

// Prints whatever can be had from what a tab is given: every property, and every function at every place.
export class Spy {
  static key = "step";

  constructor(knowledge, act) {
    Object.assign(this, { knowledge, act, element: element("pre", { class: "spy" }) });
  }

  paint() {
    const found = [];
    const tell = (what) => found.push(JSON.stringify(what, (_, one) => (Number.isNaN(one) ? "nan" : one)) ?? "");
    const places = Array.from({ length: this.knowledge.nodeCount + this.knowledge.count + 2 }, (_, i) => i);
    const wires = places.flatMap((i) => [0, 1, 2].map((slot) => `e${i}-${slot}`));
    const given = [[], ["local"], ["result"], ...wires.map((key) => [key]), ...places.flatMap((i) => [0, 1, 2].map((slot) => [i, slot]))];
    const look = (thing) => {
      for (const [name, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(thing))) {
        if (name === "constructor") continue;
        if (get) tell(get.call(this.knowledge));
        else if (typeof value !== "function") tell(value);
        else for (const one of given) try { tell(value.apply(this.knowledge, one)); } catch { /* no such place */ }
      }
    };
    look(this.knowledge);
    look(Object.getPrototypeOf(this.knowledge));
    tell(this.act);
    this.element.textContent = found.join("\\n");
  }
}
"""
TABS = """import { StepTab } from "./steptab.js";
import { WhatIf } from "./whatif.js";
import { Spy } from "./spy.js";

export const TABS = [StepTab, WhatIf, Spy];
"""


@pytest.fixture
def spied(page, tmp_path, monkeypatch):
    """spied(y, …) opens a step-through of y with a tab that prints everything it is given."""

    def with_spy(name, made):
        return bundled(name, {**made, "page/static/tabs.js": TABS, "page/static/spy.js": SPY})

    monkeypatch.setattr(hosting, "bundled", with_spy)
    monkeypatch.setattr(hosting, "_module", hosting._module.__wrapped__)  # which is kept for all graphs, without the spy

    def opened(y, **more):
        page.goto(step(y, **more).save(tmp_path / "page.html").as_uri())
        page.wait_for_function(READY)
        return StepPage(page)

    return opened


def told(page: StepPage) -> set[str]:
    return set(re.findall(r"(?<![\d.])\d+(?:\.\d+)?(?!\.?\d)", page.script("root.querySelector('.spy').textContent")))


def fan_out() -> Value:
    """a goes to two consumers, and receives 21 through one and 1 through the other."""
    a, b = leaves(a=13, b=7)
    return 3 * (a * b) + a


@pytest.mark.parametrize("make", [unique, fan_out])
@pytest.mark.parametrize("ask", [True, "forward", "backward", "locals"])
def test_a_tab_that_prints_everything_it_is_given_tells_no_number_that_is_still_asked_for(spied, ask, make):
    """Results that occur nowhere else: 77, 90, 270, 33, 21 of J = 3(a + bc), and 91, 273, 286, 21, 22, 39 of the other."""
    y = make()
    page = spied(y, ask=ask)
    passes = steps(y)
    hidden = {"77", "90", "270", "33", "21"} if make is unique else {"91", "273", "286", "21", "22", "39"}
    results = [
        set(re.findall(r"\d+", each.text().rpartition(" ")[2] + (f" {each.contribution:.0f}" if each.parent else ""))) & hidden
        for each in passes
    ]
    phases = {"forward": ["forward"], "backward": ["backward"], "locals": ["backward"]}.get(ask, ["forward", "backward"])
    seen = set()
    for at in range(len(passes) + 1):
        page.go(at)
        asked = {
            number for each, numbers in zip(passes, results, strict=True) for number in numbers if each.index >= at and each.phase in phases
        }
        known = {number for each, numbers in zip(passes, results, strict=True) for number in numbers if each.index < at}
        assert not told(page) & (asked - known), (at, told(page) & (asked - known))
        seen |= told(page)
    assert len(seen & hidden) >= 2, "what is known is told"


@pytest.mark.parametrize("ask", [True, "backward", "locals", "vote"])
def test_pills_and_wires_tell_nothing_of_a_question_that_is_open(spied, ask):
    """The slope of tanh, 0.7116, occurs nowhere else; a wire as wide as 2 of 100 would tell the 100 that comes later."""
    w, x = leaves(w=0.3, x=0.6)
    J = 2 * (50 * w + x.tanh())
    page = spied(J, ask=ask)
    for each in steps(J):
        page.go(each.index)
        if each.parent is x:
            assert "0.7116" not in told(page)
        if each.parent is not None:
            assert "?" in page.script("[...root.querySelectorAll('.picture .local .number')].map(pill => pill.textContent)")
        assert not told(page) & {"0.02", "0.01423"}, each.text()
        while page.script(
            "[...root.querySelectorAll('.form button:not(.main)')].some(one => !one.hidden && one.textContent === 'Show me')"
        ):
            page.script("[...root.querySelectorAll('.form button')].find(one => !one.hidden && one.textContent === 'Show me').click()")
    assert "0.7116" in told(page), "it is told in the end"


def test_values_of_constants_are_not_told_by_their_names(spied):
    page = spied((Value(13.0, constant=True) * Value(7.0, constant=True)) * Value(2.0, "a"), ask="forward", at=1)
    assert "91" not in told(page)


def test_while_gradients_are_asked_for_no_change_runs_forward(page, tmp_path):
    path = step(unique(), ask="backward", at=5).save(tmp_path / "page.html")
    page.goto(path.as_uri())
    page.wait_for_function(READY)
    opened = StepPage(page).tab("Wiggle")
    assert opened.read()["ratio"].startswith("While gradients are asked for") and opened.at() == 5
    assert not any(one["label"].startswith("Δ") for one in opened.read()["cards"].values())
