"""Both passes as data: which steps there are, what they add up to, and that what they print is true."""

import re
import subprocess
import sys
from dataclasses import FrozenInstanceError
from fractions import Fraction
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, examples, grad, label, leaves, parse, scope, steps, topological_order
from autograd.explain.numbers import number_text
from autograd.reading.passes import both_passes

NINE = """\
forward
  1  u = b · c = 3 · 2 = 6
  2  v = a + u = 5 + 6 = 11
  3  J = 3 · v = 3 · 11 = 33
backward
  4  ∂J/∂J = 1
  5  ∂J/∂v = ∂J/∂J · 3 = 1 · 3 = 3
  6  ∂J/∂a = ∂J/∂v · 1 = 3 · 1 = 3
  7  ∂J/∂u = ∂J/∂v · 1 = 3 · 1 = 3
  8  ∂J/∂b = ∂J/∂u · c = 3 · 2 = 6
  9  ∂J/∂c = ∂J/∂u · b = 3 · 3 = 9"""
GRAPHS = [examples.J, examples.logistic, examples.net_1_2_1, examples.neuron, examples.mazur]
EXPRESSIONS = [
    "a*a + b*c",
    "(a + b)*(a - c)/b",
    "tanh(a*b) - sigmoid(c)*a",
    "maximum(a, b, c) + clip(a, 0, 1)",
    "exp(a)/(b**2 + c**2)",
    "total(a, b, a)*mean(b, c)",
]


def test_the_main_job_has_nine_steps():
    """J = 3(a + bc) with u = bc and v = a + u, at the lecture's numbers (D3-01), by backpropagation (D0-19)."""
    assert str(steps(parse("3*(a + b*c)", a=5, b=3, c=2))) == NINE


@pytest.mark.parametrize("make", GRAPHS, ids=lambda make: make.__name__)
def test_there_is_a_step_for_every_value_the_seed_and_every_edge_to_what_depends_on_more_than_constants(make):
    y = make()
    order = [node for node in topological_order(y) if node.parents]
    found = steps(y)
    edges = [
        (node, slot, parent)
        for node in reversed(order)
        for slot, parent in enumerate(node.parents)
        if any(not leaf.parents and not leaf.constant for leaf in topological_order(parent))
    ]
    assert [step.index for step in found] == list(range(1, len(order) + 1 + len(edges) + 1))
    assert [step.node for step in found[: len(order)]] == order
    assert found[len(order)].node is y and found[len(order)].parent is None and found[len(order)].total_after == 1
    assert [(step.node, step.slot, step.parent) for step in found[len(order) + 1 :]] == edges


def test_what_is_computed_from_constants_alone_has_a_value_and_its_gradient_only_for_who_asks():
    """The 1 - y of a logistic loss: nobody is asked for ∂L/∂(1 - y), and yet it is there."""
    L = examples.logistic()
    rest = next(node for node in topological_order(L) if node.op == "sub" and all(parent.constant for parent in node.parents))
    found = steps(L)
    assert [step.phase for step in found if rest in (step.node, step.parent)] == ["forward"]
    L.backward()
    assert grad(L, [rest])[0] == rest.grad == pytest.approx(0.744397, rel=1e-6)


@given(st.sampled_from(EXPRESSIONS), st.tuples(*[st.floats(-3, 3).filter(lambda x: abs(x) > 0.1)] * 3))
def test_the_last_term_of_every_node_completes_its_gradient(text, numbers):
    y = parse(text, dict(zip("abc", numbers, strict=True)))
    last = {step.parent: step for step in steps(y) if step.parent is not None}
    for node, step in last.items():
        assert step.term == step.terms
        assert isclose(step.total_after, grad(y, [node])[0], rel_tol=1e-12, abs_tol=1e-12)


@given(st.sampled_from(EXPRESSIONS), st.tuples(*[st.floats(-3, 3).filter(lambda x: abs(x) > 0.1)] * 3))
def test_contributions_grow_the_totals_one_after_the_other(text, numbers):
    y = parse(text, dict(zip("abc", numbers, strict=True)))
    totals = {y: 1.0}
    for step in steps(y):
        if step.parent is not None:
            assert step.total_before == totals.get(step.parent, 0)
            assert step.upstream == totals[step.node]
            assert step.local == step.node.partials[step.slot]
            assert step.total_after == step.total_before + step.contribution
            totals[step.parent] = step.total_after


def test_constants_are_never_asked_for():
    x = Value(2.0, "x", constant=True)
    w = Value(3.0, "w")
    asked = [step.parent.op for step in steps(w * x + 1) if step.parent is not None]
    assert asked == ["mul", "leaf"]


def test_totals_start_at_zero_whatever_was_accumulated():
    a, b = leaves(a=2, b=3)
    J = a * b
    J.backward()
    J.backward()
    assert [step.total_after for step in steps(J) if step.parent is a] == [3.0]


def test_a_graph_whose_leaf_has_changed_is_refused_by_the_name_of_the_leaf():
    a, b = leaves(a=2, b=3)
    J = a * b
    b.data = 4
    with pytest.raises(ValueError, match=r"^b has changed since this graph was built; build the expression again$"):
        steps(J)


def test_a_step_is_frozen():
    with pytest.raises(FrozenInstanceError):
        steps(examples.J())[0].value = 7


def test_an_unknown_language_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r'no words for the language "xx"; there are en'):
        steps(examples.J())[0].text("xx")


def test_fractions_stay_exact_in_every_line():
    x = Value(Fraction(1, 3), "x")
    assert steps((x - 2) / x)[1].text() == "J = u / x = -5/3 / (1/3) = -5"


@pytest.mark.parametrize("name", ["{name}", "<b>", "a\\1", "%s", "ŷ", "net h1"])
def test_labels_are_data(name):
    a, b = Value(2, name), Value(3, "b")
    assert steps(a * b)[0].text() == f"J = {name} · b = 2 · 3 = 6"


def test_the_operand_is_named_where_a_node_takes_the_same_parent_twice():
    a = Value(3, "a")
    said = [step.text() for step in steps(a * a)[2:]]
    assert said[0] == "term 1 of 2 for ∂J/∂a, through J (operand 1): ∂J/∂J · a = 1 · 3 = 3"
    assert said[1].endswith("; so ∂J/∂a = 3 + 3 = 6")


def test_nothing_goes_on_from_a_gradient_of_zero():
    x = Value(-1.0, "x")
    assert steps((x.relu()).sqrt())[-1].text() == "∂J/∂x = 0, because the local derivative of u is 0 and lets nothing through"
    assert steps(x.relu() * 0)[-1].text() == "∂J/∂x = 0, because nothing arrives from u"


def test_scopes_do_not_change_the_steps():
    with scope("layer"):
        a, b = leaves(a=2, b=3)
        inside = a * b
    label(u=inside)
    assert steps(inside + 1)[0].text() == "u = a · b = 2 · 3 = 6"


# --- "=" only where it is true ------------------------------------------------------------------------------------


def _value(text):
    """The exact number of a printed piece of + - · / ^ and parentheses; None where it calls a function or holds a name."""
    if re.search(r"[^\d\s().+·/^e-]", text):
        return None
    text = re.sub(r"(\d+(?:\.\d+)?(?:e-?\d+)?)", r"Fraction('\1')", text.replace("·", "*"))
    try:
        return eval(text.replace("^Fraction", "**Fraction"), {"Fraction": Fraction, "__builtins__": {}})
    except ZeroDivisionError:
        return None


@pytest.mark.parametrize("make", GRAPHS, ids=lambda make: make.__name__)
def test_every_equals_sign_between_numbers_is_true_as_printed_and_every_other_one_is_wavy(make):
    checked = 0
    for step in steps(make()):
        for sentence in step.text().split("; "):
            if "because" in sentence:
                continue
            *_, left, sign, right = re.split(r" (=|≈) ", sentence)
            expected = _value(left)
            if expected is None or not re.search(r"[·+/^(]| - ", left):
                continue
            checked += 1
            assert (sign == "=") == (expected == Fraction(right)), sentence
    assert checked >= 5


@pytest.mark.parametrize("make", GRAPHS, ids=lambda make: make.__name__)
def test_a_reader_gets_the_printed_result_from_the_printed_numbers_up_to_the_last_digit(make):
    for step in steps(make()):
        for sentence in step.text().split("; "):
            if "because" in sentence:
                continue
            *_, left, _sign, right = re.split(r" (=|≈) ", sentence)
            expected = _value(left)
            if expected is not None and right not in ("0",):
                assert abs(float(expected) - float(right)) <= 1.5e-5 * abs(float(right)), sentence


@pytest.mark.parametrize(("data", "text"), [(3.0, "3"), (-0.5, "-0.5"), (1 / 3, "0.333333"), (1e20, "1e20"), (Fraction(2, 3), "2/3"), (float("inf"), "inf"), (1.5e-9, "1.5e-9")])  # fmt: skip
def test_numbers_are_short(data, text):
    assert number_text(data) == text


@pytest.mark.parametrize("say", ["text", "explanation", "mathml", "latex"])
def test_digits_that_are_none_are_refused(say):
    step = steps(Value(2.0, "a") * 3)[0]
    with pytest.raises(ValueError, match="from 1 to 17, not 0"):
        getattr(step, say)(digits=0)
    with pytest.raises(TypeError, match="not str"):
        getattr(step, say)(digits="6")


# --- records ------------------------------------------------------------------------------------------------------


def test_the_passes_are_read_without_anything_that_explains_them():
    """What reads is below what explains: it runs in an interpreter that has loaded no words."""
    code = "import autograd, sys, autograd.reading.passes, autograd.reading.ways as w; print([m for m in sys.modules if '.explain' in m])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize("make", GRAPHS, ids=lambda make: make.__name__)
def test_a_step_is_a_record_with_names(make):
    y = make()
    for record, step in zip(both_passes(y), steps(y), strict=True):
        assert vars(step) == {**vars(record), "names": step.names}
