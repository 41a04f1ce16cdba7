"""Updates of an optimizer computed by hand and judged: what is right, what follows, and which slip a number shows."""

import numpy
import pytest

from autograd import Value
from autograd.explain.languages import languages
from nn import optim
from nn.update_checks import SLIPS, run, variants

MAKE = {
    "SGD": lambda p: optim.SGD(p, 0.1),
    "SGD, L2": lambda p: optim.SGD(p, 0.1, weight_decay=0.3),
    "momentum": lambda p: optim.SGD(p, 0.1, momentum=0.8),
    "momentum, PyTorch": lambda p: optim.SGD(p, 0.1, momentum=0.8, momentum_form="pytorch"),
    "Nesterov": lambda p: optim.SGD(p, 0.1, momentum=0.8, nesterov=True),
    "AdaGrad": lambda p: optim.AdaGrad(p, 0.1, eps=0.01),
    "RMSProp": lambda p: optim.RMSProp(p, 0.1, eps=0.01),
    "RMSProp, PyTorch": lambda p: optim.RMSProp(p, 0.1, eps=0.01, eps_inside=False),
    "Adam": lambda p: optim.Adam(p, 0.1, eps=0.01),
    "Adam, L2": lambda p: optim.Adam(p, 0.1, eps=0.01, weight_decay=0.3),
    "AdamW": lambda p: optim.AdamW(p, 0.1, eps=0.01, weight_decay=0.3),
}


def second_update(name, g=2.0, later=0.7):
    """The second of three updates, so that something is remembered and a next gradient is there."""
    optimizer = MAKE[name]([Value(1.5, "w")])
    optimizer.parameters[0].grad = 1.2
    optimizer.step()
    return optimizer.trace(g, later)


def all_of(update):
    return {line.quantity: line.value for line in update.lines}


# --- right answers ---


@pytest.mark.parametrize("name", MAKE)
@pytest.mark.parametrize("digits", [3, 4, 6])
def test_right_answers_are_right_however_they_are_rounded(name, digits):
    rng = numpy.random.default_rng(digits)
    for _ in range(20):
        trace = second_update(name, *rng.normal(0, 2, 2))
        typed = {quantity: f"{number:.{digits}g}" for quantity, number in all_of(trace[0]).items()}
        report = trace.check(typed)
        assert report.ok and float(report) == 1, f"{report}\n{trace}"


@pytest.mark.parametrize("name", MAKE)
def test_results_from_rounded_steps_are_right(name):
    """Each line computed from the line before as it was written down, with three digits."""
    trace = second_update(name)
    own, known = {}, {**trace[0].rule.settings, **trace[0].before, "t": trace[0].t}
    for quantity, _ in (*trace[0].rule.equations, ("w", "")):
        own[quantity] = float(f"{run((*trace[0].rule.equations, ('w', 'w + change')), known, own)[quantity]:.3g}")
    assert trace.check({quantity: f"{number:.3g}" for quantity, number in own.items()}).ok


def test_answers_may_be_text_with_commas_any_spelling_and_in_any_order():
    trace = optim.Adam([Value(2.0, "w")], lr=0.1).trace(3)
    for text in (
        "m = 0,3, v = 0,009, m̂ = 3, v̂ = 9, Δw = -0,1, w = 1,9",
        "w=1.9; mhat: 3\nv=9/1000  m=3/10; dw=-0.1; vhat=3*3",
        "m ← 0.3; w ← 1,9",
    ):
        report = trace.check(text)
        assert report.ok, report
    assert [answer.what for answer in trace.check("w=1.9; m=0.3").answers] == ["m", "w"]


# --- slips ---


@pytest.mark.parametrize("name", MAKE)
def test_every_slip_is_named_in_the_line_where_it_shows(name):
    """Each slip alone, in every rule it can happen in; what is worked out from it then follows."""
    trace = second_update(name)
    update = trace[0]
    equations = (*update.rule.equations, ("w", "w + change"))
    known = {**update.rule.settings, **update.before, "t": update.t, "g_next": trace[1].before["g"]}
    known.update({f"{slot}_before": update.before[slot] for slot in update.rule.slots})
    tried = 0
    for slip in SLIPS:
        for changed in variants(slip, equations):
            answers = run(changed, known, {})
            if all(abs(answers[q] - number) < 1e-6 * abs(number) for q, number in all_of(update).items()) or any(
                v != v for v in answers.values()
            ):
                continue  # at these numbers it makes no difference, or it cannot be computed
            tried += 1
            report = trace.check({q: f"{number:.8g}" for q, number in answers.items()})
            assert report.findings, (slip, changed)
            assert slip.code in {code for finding in report.findings for code in finding.candidates}, (slip, changed, str(report))
            assert "UNEXPLAINED" not in {finding.code for finding in report.findings}, (slip, changed, str(report))
            last = {"w": f"{answers['w']:.8g}"}
            assert trace.check(last).ok or slip.code in trace.check(last).findings[0].candidates, "also where only the result is handed in"
    assert tried >= 2


def test_every_slip_of_the_table_can_happen_in_some_rule():
    rules = [(*second_update(name)[0].rule.equations, ("w", "w + change")) for name in MAKE]
    assert {slip.code for slip in SLIPS if any([*variants(slip, equations)] for equations in rules)} == {slip.code for slip in SLIPS}


@pytest.mark.parametrize(
    ("make", "answer", "code"),
    [
        (lambda p: optim.Adam(p, lr=0.1), "Δw = -0.3162", "NO_BIAS_CORRECTION"),
        (lambda p: optim.RMSProp(p, lr=0.1), "Δw = -0.3333", "NO_ROOT"),
        (lambda p: optim.AdaGrad(p, lr=0.1, eps=1), "Δw = -0.075", "EPS_PLACE"),
        (lambda p: optim.SGD(p, lr=0.1, momentum=0.9), "v = 3", "MOMENTUM_FORM"),
        (lambda p: optim.SGD(p, lr=0.1), "w = 2.3", "SIGN"),
        (lambda p: optim.AdamW(p, lr=0.1, weight_decay=0.5), "m = 0.4", "DECOUPLED"),
        (lambda p: optim.SGD(p, lr=0.1, weight_decay=0.5), "g = 3", "DECOUPLED"),
        (lambda p: optim.SGD(p, lr=0.1), "w = -1", "NO_RATE"),
    ],
)  # fmt: skip
def test_slips_of_the_first_update_by_their_numbers(make, answer, code):
    (finding,) = make([Value(2.0, "w")]).trace(3).check(answer).findings
    assert finding.code == code


def test_the_gradient_after_the_update_is_named_when_the_trace_goes_on():
    trace = optim.SGD([Value(2.0, "w")], lr=0.1).trace(4, 3.2)
    assert trace.check("w = 1.68").findings[0].code == "NEXT_GRADIENT"
    assert optim.SGD([Value(2.0, "w")], lr=0.1).trace(4).check("w = 1.68").findings[0].code == "UNEXPLAINED"


def test_what_follows_costs_nothing_in_later_updates_too():
    trace = optim.SGD([Value(2.0, "w")], lr=0.1, momentum=0.9).trace(3, 1, 2)
    report = trace.check(["v=3; w=-1", "v=2.8; w=-3.8", "v = 2,72; w=-6.52"])
    assert report.counts == {"right": 0, "follows": 5, "wrong": 1, "missing": 0} and float(report) == 5 / 6
    assert [finding.code for finding in report.findings] == ["MOMENTUM_FORM"] and report.findings[0].node == "v (w, 1)"


def test_parameters_do_not_get_in_each_others_way():
    trace = optim.SGD([Value(2.0, "w"), Value(1.0, "b")], lr=0.5).trace([2, 4], [1, 1])
    assert trace.check(["w=1", "w=-1", "w=0.5", "w=-1.5"]).ok
    assert trace.check(["w=9", "w=-1", "w=8.5", "w=-1.5"]).counts == {"right": 2, "follows": 1, "wrong": 1, "missing": 0}


def test_a_blank_is_missing_and_what_comes_after_it_is_judged_all_the_same():
    report = optim.Adam([Value(2.0, "w")], lr=0.1).trace(3).check({"m": 0.3, "v": "", "w": "1.9"})
    assert report.counts == {"right": 2, "follows": 0, "wrong": 0, "missing": 1} and float(report) == pytest.approx(2 / 3)


@pytest.mark.parametrize("lang", languages())
def test_every_slip_has_its_words_in_every_language_and_the_number_only_on_demand(lang):
    said = set()
    for name in MAKE:
        trace = second_update(name)
        equations = (*trace[0].rule.equations, ("w", "w + change"))
        known = {
            **trace[0].rule.settings,
            **trace[0].before,
            "t": 2,
            "g_next": 0.7,
            "v_before": 0.0,
            "G_before": 0,
            "S_before": 0,
            "m_before": 0,
        }
        for slip in SLIPS:
            for changed in variants(slip, equations):
                wrong = run(changed, known, {})
                for finding in trace.check({q: f"{v:.8g}" for q, v in wrong.items() if v == v}, lang=lang).findings:
                    said.add(finding.code)
                    assert finding.message.endswith("?") and "{" not in finding.message
    assert said >= {"NO_BIAS_CORRECTION", "NO_ROOT", "EPS_PLACE", "MOMENTUM_FORM", "DECOUPLED", "SIGN", "NEXT_GRADIENT"}
    trace = optim.SGD([Value(2.0, "w")], lr=0.1).trace(3)
    assert "1.7" not in trace.check("w=7", lang=lang).text and "1.7" in trace.check("w=7", lang=lang, reveal=True).text
    assert "<td>w</td>" in trace.check("w=7", lang=lang)._repr_html_()


@pytest.mark.parametrize(
    ("answers", "kind", "words"),
    [
        ("q = 3", ValueError, '"q = 3" is no answer; write for example v = 0,5, with v, Δw, w'),
        ("", ValueError, "there is no answer"),
        ({"m": 3}, ValueError, 'this update has no "m"; it has v, Δw, w'),
        ("v = 3; v = 4", ValueError, "v is answered twice"),
        ("v = three", ValueError, "not a number"),
        ("v = __import__('os')", ValueError, "not a number"),
        (["v=1", "v=2"], ValueError, "the trace has 1 update, but there are answers for 2"),
        ([3], TypeError, "a text, or a dict"),
        ({"v": [1]}, TypeError, "list"),
        ({"x" * 10_000: 1}, ValueError, "this update has no"),
    ],
)
def test_what_is_no_answer_is_refused_in_one_sentence(answers, kind, words):
    trace = optim.SGD([Value(2.0, "w")], lr=0.1, momentum=0.9).trace(3)
    with pytest.raises(kind, match=words) as told:
        trace.check(answers)
    assert len(str(told.value)) < 300
    with pytest.raises(ValueError, match="no words for the language"):
        trace.check("v=1", lang="xx")
