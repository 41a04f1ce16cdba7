"""The report of a check: score, findings, notes, and how it shows itself; the graph is left as it was."""

import dataclasses
import pickle

import pytest

from autograd import Value, check, examples, parse, steps
from autograd.engine.order import topological_order
from autograd.handcheck import graded

RIGHT = {"v": 3, "u": 3, "a": 3, "b": 6, "c": 9}


def test_all_right():
    report = check(examples.J(), RIGHT, values={"u": 6, "v": 11, "J": 33})
    assert report.ok and report
    assert report.score == float(report) == 1
    assert report.findings == report.notes == ()
    assert report.text == str(report) == "8 right: 8/8"
    assert {answer.verdict for answer in report.answers} == {"right"}


def test_one_mistake_tells_where_what_and_what_else_it_did():
    report = check(examples.J(), {**RIGHT, "u": 2, "b": 4, "c": 6})
    (finding,) = report.findings
    assert (finding.node, finding.via, finding.edge, finding.code) == ("u", "v", ("v", "u"), "UNEXPLAINED")
    assert (finding.expected, finding.got) == (3, 2)
    assert finding.follows == ("∂J/∂b", "∂J/∂c")
    assert finding.affects == ("b", "c")
    assert not report.ok
    assert report.score == 0.8
    assert report.text.splitlines() == [
        "2 right, 2 follow, 1 slip: 4/5",
        "∂J/∂u: It is not 2, and where that comes from cannot be seen. What arrives at v? How much does v change with u?",
        "∂J/∂b follows correctly from ∂J/∂u. Nothing to mend here; look at ∂J/∂u again.",
        "∂J/∂c follows correctly from ∂J/∂u. Nothing to mend here; look at ∂J/∂u again.",
    ]


def test_a_leaf_has_no_leaves_below_it_that_it_could_spoil():
    assert check(examples.J(), {"b": 5}).findings[0].affects == ()


def test_only_who_asks_for_it_is_told_the_number_with_the_line_it_comes_from():
    y = parse("p = a*b; q = a + p; p*q", a=2, b=3)
    assert "48" not in check(y, {"a": 50}).text
    assert (
        check(y, {"p": 1, "a": 50}, reveal=True)
        .findings[1]
        .message.endswith(
            "With the numbers written before, ∂J/∂a = 9; with the right ones, 48. "
            "term 1 of 2 for ∂J/∂a, through q: ∂J/∂q · 1 = 6 · 1 = 6. "
            "term 2 of 2 for ∂J/∂a, through p: ∂J/∂p · b = 14 · 3 = 42; so ∂J/∂a = 6 + 42 = 48."
        )
    )
    assert check(y, values={"p": 7}, reveal=True).findings[0].message.endswith("p = 6. p = a · b = 2 · 3 = 6.")
    assert check(y, {"a": None}, reveal=True).findings[0].message.startswith("∂J/∂a is missing. ∂J/∂a = 48.")


def test_who_asks_for_it_is_told_which_term_of_a_sum_is_missing():
    y = parse("u = a + b; v = b + 1; e = u*v", a=2, b=4)
    (finding,) = check(y, {"b": 6}, reveal=True).findings
    assert finding.code == "MISSING_PATH"
    assert finding.message == (
        "∂e/∂b: 6 would be only a part of what arrives at b. How many consumers does b have? ∂e/∂b = 11. "
        "Left out: term 2 of 2 for ∂e/∂b, through u: ∂e/∂u · 1 = 5 · 1 = 5; so ∂e/∂b = 6 + 5 = 11."
    )


def test_a_second_mistake_is_measured_by_the_students_own_numbers():
    report = check(examples.J(), {"u": 2, "b": 5}, reveal=True)
    assert report.findings[1].expected == 4
    assert "With the numbers written before, ∂J/∂b = 4; with the right ones, 6." in report.findings[1].message


def test_the_edge_is_named_only_where_there_is_one():
    y = parse("p = a*b; q = a + p; p*q", a=2, b=3)
    assert [finding.via for finding in check(y, {"p": 1, "b": 1}).findings] == [None, "p"]
    assert check(y, locals={("p", "a"): 2}).findings[0].via == "p"


def test_blanks_are_missing_and_count_as_not_right():
    report = check(examples.J(), {"b": None, "c": "", "a": 3}, values={"u": " "})
    assert [answer.verdict for answer in report.answers] == ["missing", "missing", "right", "missing"]
    assert [finding.code for finding in report.findings] == ["MISSING"] * 3
    assert [finding.got for finding in report.findings] == [None] * 3
    assert report.findings[0].message == "∂J/∂b is missing."
    assert report.text.startswith("1 right, 3 missing: 1/4")
    assert report.score == 0.25


def test_the_score_counts_what_is_right_and_what_follows():
    report = check(examples.J(), {"v": 3, "u": 4, "b": 8, "c": 11, "a": None})
    assert [answer.verdict for answer in report.answers] == ["right", "wrong", "follows", "wrong", "missing"]
    assert report.score == 2 / 5
    assert report.text.startswith("1 right, 1 follows, 2 slips, 1 missing: 2/5")


def test_a_notebook_says_once_that_an_answer_is_missing_and_with_reveal_what_it_would_be():
    asked = {"b": None, "c": None}
    assert check(examples.J(), asked)._repr_html_().count("missing") == 3  # in two rows and in the score
    assert "∂J/∂b is missing. ∂J/∂b = 6." in check(examples.J(), asked, reveal=True)._repr_html_()


def test_an_answer_is_shown_as_it_was_typed_beside_the_true_number():
    (judged,) = check(examples.J(), "b = 12/2").answers
    assert (judged.what, judged.typed, judged.true, judged.verdict) == ("∂J/∂b", "12/2", 6, "right")


def test_a_number_that_was_computed_is_shown_with_few_digits_and_judged_with_all_of_its_own():
    (judged,) = check(examples.J(b=1 / 3), {"c": 1.0000000000000002}).answers
    assert (judged.typed, judged.verdict) == ("1", "right")
    (finding,) = check(examples.J(b=1 / 3), {"c": 1.0001234567890123}).findings
    assert "not 1.00012346," in finding.message


def test_a_report_is_frozen_and_can_be_kept():
    report = check(examples.J(), {"b": 5})
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.score = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.findings[0].got = 6
    assert pickle.loads(pickle.dumps(report)) == report


def test_html_shows_labels_as_text():
    evil = Value(2.0, "<script>alert(1)</script>")
    y = evil * 3
    y.label = '"&<b>'
    shown = check(y, {evil: 5})._repr_html_()
    assert "<script" not in shown and "<b>" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "&quot;&amp;&lt;b&gt;" in shown


def test_html_has_a_row_for_each_answer_and_a_line_for_each_finding():
    shown = check(examples.J(), {"b": 5, "c": 9})._repr_html_()
    assert shown.count("<tr>") == 2
    assert shown.count("<li>") == 2
    assert "<td>∂J/∂b</td><td>5</td><td>not yet</td>" in shown
    assert "<td>∂J/∂c</td><td>9</td><td>right</td>" in shown


def test_braces_and_percent_signs_in_labels_are_text():
    a = Value(2.0, "{value}%s{0}")
    y = a * 3
    assert "∂J/∂{value}%s{0}" in check(y, {a: 5}).text


def test_the_graph_is_left_as_it_was():
    J = examples.J()
    J.backward()
    before = [(node.data, node.grad, node.label, node.partials) for node in topological_order(J)]
    check(J, {"b": 5}, values={"u": 1})
    with pytest.raises(ValueError):
        check(J, {"b": 5, "q": 1})
    assert [(node.data, node.grad, node.label, node.partials) for node in topological_order(J)] == before
    assert steps(J)[-1].total_after == 9


def test_the_gradients_asked_for_are_those_of_the_root_whatever_was_accumulated():
    J = examples.J()
    J.backward()
    J.backward()
    assert check(J, RIGHT).ok


def test_a_node_may_be_given_as_itself():
    J = examples.J()
    b = next(node for node in topological_order(J) if node.label == "b")
    assert check(J, {b: 6}, locals={(J, J.parents[1]): 3}).ok


def test_a_stale_graph_is_refused_with_the_name_of_the_leaf():
    J = examples.J()
    next(node for node in topological_order(J) if node.label == "b").data = 4
    with pytest.raises(ValueError, match="b has changed since this graph was built; build the expression again"):
        check(J, {"b": 6})


def test_the_seed_can_be_asked_for():
    J = examples.J()
    assert check(J, {"J": 1}).ok
    report = check(J, {"J": 33, "v": 99, "a": 99})
    assert [answer.verdict for answer in report.answers] == ["wrong", "follows", "follows"]


def test_a_language_without_words_is_refused():
    with pytest.raises(ValueError, match='no words for the language "xx"'):
        check(examples.J(), {"b": 5}, lang="xx")


def test_only_a_value_can_be_checked():
    with pytest.raises(TypeError, match="a graph is read from its root, a Value, not from int"):
        check(33, {"b": 6})


def test_a_graph_of_constants_has_nothing_to_check():
    with pytest.raises(ValueError, match="there are no answers"):
        check(parse("3"), "")
    with pytest.raises(ValueError, match="names no node"):
        check(parse("3"), "J=3")


def test_a_graded_report_stops_where_it_is_wrong_only_if_strictness_is_asked_for(monkeypatch):
    right, wrong = check(examples.J(), "a=3"), check(examples.J(), "a=4")
    monkeypatch.delenv("STRICT", raising=False)
    assert graded(wrong) is wrong and graded(right) is right
    monkeypatch.setenv("STRICT", "1")
    assert graded(right) is right
    with pytest.raises(AssertionError, match="0 right, 1 slip"):
        graded(wrong)


def test_a_blank_has_a_comma_or_a_line_of_its_own_and_two_signs_in_a_row_are_no_answer():
    assert check(examples.J(), "a=, b=6").counts["missing"] == check(examples.J(), "a=\nb=6").counts["missing"] == 1
    for text in ("a=b=6", "a = b = 6", "dJ/da=dJ/db=6"):
        with pytest.raises(ValueError, match='has two signs "="'):
            check(examples.J(), text)


@pytest.mark.parametrize("slope", [float("nan"), float("inf")])
def test_a_slope_that_is_no_finite_number_is_no_convention(slope):
    with pytest.raises(ValueError, match='"relu at 0" is a finite number'):
        check(examples.J(), "a=3", conventions={"relu at 0": slope})
