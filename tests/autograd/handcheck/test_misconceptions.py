"""The table of misconceptions: every reader of it follows an entry, in words and in numbers; the cases of real students."""

import re

import pytest

from autograd import Value, check, examples, leaves, parse, steps
from autograd.engine.operations import TABLE as OPERATIONS
from autograd.explain.languages import fill, languages, templates
from autograd.handcheck import as_if, misconceptions
from autograd.handcheck.answers import typed
from autograd.handcheck.dialogues import hints, likeliest, shared_hints, slips, unexplained
from autograd.handcheck.graphs import Graph, computes
from autograd.handcheck.misconceptions import ENTRIES, KINDS, TABLE, Misconception, edge_rules, exported, node_rules, value_rules
from autograd.reading.passes import both_passes

NET = {"x": 2, "y": 1, "b1": 0, "v1": 0.5, "b2": 0.5, "v2": -1, "w0": 0.1, "w1": 2, "w2": -1.5}
SHEET = "w0=.288, w1=.211, w2=.053, b1=.577, v1=1.154, b2=.065, v2=.129"


def totals(records):
    return {record.parent.label: record.total_after for record in records if record.parent is not None}


# --- the table ---------------------------------------------------------------------------------------------------


def test_every_formula_of_the_table_can_be_computed():
    names = dict.fromkeys(("upstream", "local", "contribution", "operand", "other", "value", "a", "b", "c", "n", "pi", "total", "product", "left_out", "first", "second"), 0.5)  # fmt: skip
    names["second"] = 2.0  # an exponent
    for operation in OPERATIONS.values():
        for slot in range(len(operation.letters)):
            for rule in edge_rules(operation, slot, len(operation.letters)):
                assert isinstance(computes(rule.formula)(names), float)
        for rule, _ in value_rules(operation, ()):
            computes(rule.formula)(names)
    for entry in ENTRIES:
        assert entry.kind in KINDS
        for formula in (text for place in (entry.node, entry.values) for texts in place.values() for text in texts):
            assert computes(formula)(names) == computes(formula)(names), formula


@pytest.mark.parametrize("lang", languages())
def test_every_code_has_words_in_short_sentences_that_command_nobody(lang):
    said = {key: text for key, text in templates(lang).items() if key.startswith(("slip.", "check.", "hint."))}
    assert {f"slip.{code}" for code in TABLE} <= set(said)
    for key, text in said.items():
        for sentence in re.split(r"(?<=[.?!])\s", text):
            assert len(sentence.split()) <= 25, key
        if key.startswith("slip.") or key == "check.follows":
            assert text.count("?") <= 2
            assert not re.search(r"\b(tú|tu|tus|vos|usted|você|your?|forgot|olvid\w+|esquece\w+)\b", text, re.IGNORECASE), key


def test_a_new_misconception_is_one_entry_with_its_words(monkeypatch):
    entry = Misconception("SQUARED", "squared", "contribution", edge={"mul": ("contribution ** 2",)})
    monkeypatch.setattr(misconceptions, "ENTRIES", (*ENTRIES, entry))
    monkeypatch.setitem(misconceptions.TABLE, "SQUARED", entry)
    monkeypatch.setitem(misconceptions.ORDER, "SQUARED", len(ENTRIES))
    monkeypatch.setitem(templates("en"), "slip.SQUARED", "{got} would be squared. Where does the square come from?")
    for cached in (misconceptions._edge_rules, node_rules, value_rules):
        cached.cache_clear()
    try:
        J = examples.J(5, 7, 2)
        (finding,) = check(J, {"v": 3, "u": 3, "a": 3, "b": 36, "c": 21}).findings
        assert (finding.node, finding.code, finding.candidates) == ("b", "SQUARED", ("SQUARED",))
        assert finding.message == "∂J/∂b: 36 would be squared. Where does the square come from?"
        assert totals(as_if(J, "SQUARED", ("u", "b")))["b"] == 36
        assert (36, "SQUARED") in [(slip.number, slip.code) for slip in slips(Graph(J), steps(J)[7])]
        assert "SQUARED" in [rule["code"] for rule in exported(OPERATIONS["mul"], 2)["edges"][0]]
    finally:
        for cached in (misconceptions._edge_rules, node_rules, value_rules):
            cached.cache_clear()


# --- a pass "as if" ----------------------------------------------------------------------------------------------


def test_a_pass_as_if_has_the_records_of_the_right_one_with_other_numbers():
    J = examples.J()
    records = as_if(J, "NO_LOCAL", ("u", "b"))
    assert [(record.phase, record.node, record.parent) for record in records] == [
        (each.phase, each.node, each.parent) for each in both_passes(J)
    ]
    assert totals(records) == {"v": 3, "a": 3, "u": 3, "b": 3, "c": 9}
    assert totals(as_if(J, "OWN_OPERAND"))["v"] == 11


@pytest.mark.parametrize(
    ("code", "at", "formula", "expected"),
    [
        ("SIGN", None, 0, {"b": -8.0}), ("MISSING_PATH", "b", 0, {"b": 5.0}), ("MULTIPLIED_ACROSS_PATHS", "b", 0, {"b": 30.0}),
        ("SEED", None, 0, {"b": 330.0}), ("VALUE_FOR_GRADIENT", "b", 0, {"b": 4.0}), ("STALE_GRAD", None, 0, {"b": 33.0}), ("WRONG_TARGET", "u", 0, {"b": 1.0}),
    ],
)  # fmt: skip
def test_every_kind_of_entry_can_be_run(code, at, formula, expected):
    e = parse("u = a + b; v = b + 1; e = u*v", a=2, b=4)
    found = totals(as_if(e, code, at, formula))
    if code == "SIGN":
        assert found["u"] == -5
    else:
        assert {name: found[name] for name in expected} == expected


def test_the_naive_recursion_reports_ten_for_eight():
    d = parse("b = 2*a; c = 3*b; d = b + c", a=1)
    assert totals(as_if(d, "NO_TOPO"))["a"] == 10
    assert check(d, {"a": 10}).findings[0].candidates[0] == "NO_TOPO" or "NO_TOPO" in check(d, {"a": 10}).findings[0].candidates


def test_a_misconception_at_one_operation_in_one_layer_or_nowhere():
    E = examples.net_1_2_1(**NET)
    both = totals(as_if(E, "NO_LOCAL", "sigmoid"))
    assert both["a1"] == pytest.approx(0.5772, abs=1e-3) and both["a2"] == pytest.approx(-0.4329, abs=1e-3)
    assert totals(as_if(E, "NO_LOCAL", "hidden layer"))["v1"] == both["a1"]
    with pytest.raises(ValueError, match="applies to nothing"):
        as_if(E, "RELU_MASK")
    with pytest.raises(ValueError, match='no misconception "FORGOT"'):
        as_if(E, "FORGOT")


def test_a_slip_in_a_value_is_carried_on():
    y = parse("v = a + b*c; y = 2*v", a=5, b=3, c=2)
    records = as_if(y, "PRECEDENCE", "v")
    assert [record.value for record in records if record.phase == "forward"][1:] == [16, 32]


# --- what is said to one answer -----------------------------------------------------------------------------------


def test_the_likeliest_slip_replies_and_hints_come_in_three_grades():
    J = examples.J()
    graph, step = Graph(J), steps(J)[7]
    slip = likeliest(graph, step, typed("9", "b"))
    assert (slip.code, slip.text("9")) == (
        "OWN_OPERAND",
        "9 would be what arrives at u, times b itself. If b grows by 1, how much does u grow?",
    )
    assert likeliest(graph, step, typed("7", "b")) is None
    key, texts = unexplained(step)
    assert fill(key, {**texts, "got": "7"}, "es") == "No es 7, y no se ve de dónde sale. ¿Qué llega a u? ¿Cuánto cambia u si cambia b?"
    assert [len(hint) for hint in hints(step)] == [1, 1, 2]
    assert fill(*hints(step)[2][1]) == "Test: b = 4 gives J = 39, a change of 6."


@pytest.mark.parametrize("lang", languages())
def test_every_step_has_hints_in_every_language(lang):
    for y in (examples.logistic(), parse("maximum(a, b)*a - b/a", a=2, b=3)):
        for step in steps(y):
            said = [fill(*sentence, lang) for grade in hints(step) for sentence in grade]
            assert all(said) and "{" not in "".join(said)
        terms = [step for step in steps(y) if step.parent is not None and step.terms > 1]
        for sentences in shared_hints([step for step in terms if step.parent is terms[0].parent]):
            assert fill(*sentences[0], lang)


def test_the_slips_of_a_step_are_right_after_a_leaf_has_changed_too():
    for b in (3, 4):
        J = examples.J(b=b)
        assert (3 * b, "OWN_OPERAND") in [(slip.number, slip.code) for slip in slips(Graph(J), steps(J)[7])]


# --- real cases --------------------------------------------------------------------------------------------------


def only(report):
    (finding,) = report.findings
    return finding


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("comma", [False, True])
def test_the_scene_of_the_1_2_1_net(lang, comma):
    text = SHEET.replace(".", ",") if comma else SHEET
    report = check(examples.net_1_2_1(**NET), text.replace("=,", "=0,").replace(", ", "; ") if comma else text, lang=lang)
    assert [(finding.node, finding.edge, finding.candidates) for finding in report.findings] == [
        ("b1", ("o1", "a1"), ("NO_LOCAL",)), ("b2", ("o2", "a2"), ("SIGN",)),
    ]  # fmt: skip
    assert [finding.follows for finding in report.findings] == [("∂E/∂v1",), ("∂E/∂v2",)]
    assert report.score == 5 / 7 and report.text.splitlines()[0].endswith("5/7")
    assert report.counts == {"right": 3, "follows": 2, "wrong": 2, "missing": 0}


def test_the_derivative_at_the_wrong_point_at_every_tanh_is_one_finding():
    y = parse("h = tanh(w*x); y = tanh(v*h)", w=0.3, x=2, v=0.7, constants=["x"])
    found = totals(as_if(y, "WRONG_POINT", "tanh"))
    finding = only(check(y, {"w": found["w"], "v": found["v"], "h": found["h"]}))
    assert finding.code == "WRONG_POINT" and len(finding.places) == 2


def test_old_gradients_of_inner_nodes_are_recognised():
    e = parse("c = a + b; e = c*d", a=3, b=2, d=1)
    assert "STALE_GRAD" in only(check(e, {"a": 3, "b": 3, "c": 2, "d": 10})).candidates


def test_overwriting_at_a_fan_out_and_planted_factors():
    d = parse("b = a + a; d = 3*b", a=1)
    assert "MISSING_PATH" in only(check(d, {"b": 3, "a": 3})).candidates
    e = parse("u = a + b; v = b + 1; e = u*v", a=2, b=4)
    assert only(check(e, {"u": 5, "v": 6, "a": 5, "b": 5})).code == "MISSING_PATH"
    loss = parse("(( w*2 + b - 1)**2 + (w*3 + b - 2)**2 + (w*5 + b - 1)**2 + (w - b)**2) / 4", w=0.7, b=0.3)
    right = totals(both_passes(loss))
    for k in (2, 4):
        assert only(check(loss, {"w": right["w"], "b": k * right["b"]})).families[0] == "factor"


def test_swapped_rows_and_shifted_points():
    y = parse("p = a*b; q = p*c; y = q + a", a=2.5, b=3.7, c=1.3)
    right = totals(both_passes(y))
    swapped = {**right, "b": right["c"], "c": right["b"]}
    assert all("WRONG_ROW" in finding.candidates for finding in check(y, swapped).findings)
    assert only(check(y, {**right, "b": right["b"] * 10})).code == "DECIMAL_POINT"


@pytest.mark.parametrize(
    ("expression", "numbers", "name", "value", "code"),
    [
        ("u = b*c; v = a + u", {"a": 5, "b": 3, "c": 2}, "v", 16, "PRECEDENCE"), ("p = sigmoid(z); y = 2*p", {"z": 1}, "p", 0.2689, "EXP_SIGN"),
        ("l = log(a); y = 2*l", {"a": 5}, "l", 0.699, "LOG_BASE"), ("d = a - b; y = 2*d", {"a": 5, "b": 3}, "d", 8, "SIGN"),
    ],
)  # fmt: skip
def test_slips_in_a_value(expression, numbers, name, value, code):
    assert check(parse(expression, numbers), values={name: value}).findings[0].code == code


# --- conventions, commas, infinities ---------------------------------------------------------------------------


def test_a_declared_convention_is_the_only_one():
    y = parse("3*relu(a)", a=0)
    assert check(y, {"a": 3}, conventions={"relu at 0": 1}).ok and not check(y, {"a": 0}, conventions={"relu at 0": 1}).ok
    loss = parse("((w*2 - 1)**2 + (w - 3)**2) / 2", w=0.5)
    right = totals(both_passes(loss))["w"]
    report = check(loss, {"w": 2 * right}, conventions={"loss": "sum"})
    assert report.ok and report.notes
    assert "factor" in check(loss, {"w": 2 * right}).findings[0].families


@pytest.mark.parametrize("given", [{"relu": 1, "tanh at 0": 1}, {"loss": "median"}, {"\0": 1}])
def test_an_unknown_convention_is_refused_in_one_sentence(given):
    with pytest.raises(ValueError) as caught:
        check(examples.J(), {"b": 6}, conventions=given)
    assert str(caught.value).isprintable()


def test_a_comma_between_thousands_is_said_to_have_been_read_as_a_decimal_one():
    y = parse("J = a*10", a=100)
    assert "J: 1,000 was read as 1.000, with a decimal comma." in check(y, "J=1,000").text


def test_an_infinite_gradient_can_be_answered():
    y = parse("sqrt(a)", a=0)
    assert check(y, {"a": "inf"}).ok and not check(y, {"a": "-inf"}).ok and not check(y, {"a": 5}).ok


def test_digits_that_rounding_has_cost_are_accepted_and_named():
    y = parse("p = a*b; q = p*c", a=1.234, b=2.345, c=3.456)
    report = check(y, {"p": "3.5", "b": "4.319"})
    assert report.ok and any("Rounding on the way" in note for note in report.notes)


def test_nothing_displayed_gives_the_number_away():
    report = check(examples.J(5, 7, 2), {"v": 3, "u": 4, "b": 99, "c": 1000, "a": None})
    for shown in (report.text, report._repr_html_()):
        assert not re.search(r"\b(6|21|28|8)\b", shown)


def test_a_habit_costs_once():
    y = parse("u = exp(a); v = exp(b); y = u + v", a=0.5, b=0.7)
    report = check(y, {"u": 1, "v": 1, "a": 1, "b": 1})
    assert len(report.findings) == 1 and report.score == 3 / 4
    assert report.findings[0].places == (("u", "a"), ("v", "b")) or report.findings[0].places == (("v", "b"), ("u", "a"))


def test_hostile_labels_and_answers_break_nothing():
    a = Value(2.0, "a\u202e\0")
    (b,) = leaves(b=3)
    y = a * b
    for answer in ("9" * 50, "1e300", "-0", "0.0000000001", "1/3", "∞"):
        report = check(y, {a: answer})
        assert "\0" not in report.text and "\u202e" not in report.text


def test_a_wrong_local_derivative_is_asked_about_at_its_own_node():
    (finding,) = check(examples.J(), locals={("u", "b"): 3}).findings
    assert finding.candidates == ("OWN_OPERAND", "VALUE_FOR_GRADIENT") and "does u grow" in finding.message
    assert check(examples.J(), locals={("u", "b"): -2}).findings[0].candidates == ("SIGN",)
    (finding,) = check(parse("y = exp(x) + b; z = 2*y", x=3, b=1), locals={("y", "b"): 10}).findings
    assert finding.code == "DECIMAL_POINT"


def test_the_number_of_another_row_is_a_candidate_but_is_not_told():
    (finding,) = check(examples.J(), {"u": 2}).findings  # c = 2
    assert (finding.code, finding.candidates, finding.families) == ("UNEXPLAINED", ("WRONG_ROW",), ("row",))


def test_who_asks_for_it_sees_the_line_of_the_edge_that_holds_the_mistake_and_that_of_the_answer():
    (finding,) = check(examples.J(), {"b": 2, "c": 3}, reveal=True).findings
    assert finding.edge == ("J", "v")
    assert finding.message.endswith("∂J/∂v = ∂J/∂J · 3 = 1 · 3 = 3. ∂J/∂b = 6. ∂J/∂b = ∂J/∂u · c = 3 · 2 = 6.")
