"""What there is to say at a step, as a record without words."""

import pytest

from autograd import parse
from autograd.explain.situations import Situation, flow_key, line_keys, situation
from autograd.reading.passes import both_passes


def edges_to(name, text, **numbers):
    return [situation(step) for step in both_passes(parse(text, numbers)) if step.parent is not None and step.parent.label == name]


def test_a_value_and_the_seed_have_nothing_more_to_them():
    first, second, *_ = both_passes(parse("a*b", a=2, b=3))
    assert (situation(first), situation(second)) == (Situation("value"), Situation("seed"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a*2", [Situation("edge")]),
        ("a*b + a", [Situation("edge", term=True), Situation("edge", term=True, completes=True)]),
        ("a*a", [Situation("edge", term=True, operand=1), Situation("edge", term=True, operand=2, completes=True)]),
        ("0*log(a)", [Situation("edge", arrives=False, multiplies=False)]),
        ("relu(a - 2)*2", [Situation("edge", arrives=False, multiplies=False)]),
        ("heaviside(a)", [Situation("edge", passes=False)]),
        ("sqrt(relu(-a))", [Situation("edge", arrives=False, multiplies=False)]),
        ("relu(a*1)", [Situation("edge")]),
        ("maximum(a, 1)", [Situation("edge", ties=2)]),
        ("maximum(a, 1, 2)", [Situation("edge", passes=False)]),
        ("maximum(a, 0, 0)", [Situation("edge")]),
        ("minimum(a, 0, 0)", [Situation("edge", passes=False)]),
        ("clip(a, 0, 1)", [Situation("edge", kink=True)]),
        ("clip(a, 0, 2)", [Situation("edge")]),
    ],
)
def test_an_edge_is_as_it_is(text, found):
    assert edges_to("a", text, a=1, b=3) == found


def test_nothing_can_be_multiplied_where_an_infinity_meets_a_zero():
    (said,) = edges_to("a", "sqrt(relu(a))", a=-1)
    assert said == Situation("edge", passes=False, multiplies=False)


def test_a_situation_becomes_keys_last():
    assert line_keys(Situation("value"), is_short=True) == ["step.value.short"]
    assert line_keys(Situation("edge")) == ["step.only"]
    assert line_keys(Situation("edge", term=True, operand=2, completes=True)) == ["step.term.slot", "step.sum"]
    assert line_keys(Situation("edge", arrives=False, multiplies=False)) == ["step.only.nothing"]
    assert line_keys(Situation("edge", term=True, passes=False, multiplies=False)) == ["step.term.closed"]
    assert flow_key(Situation("edge", arrives=False, passes=False)) == "explain.nothing"
    assert flow_key(Situation("edge", term=True, passes=False)) == "explain.closed"
    assert flow_key(Situation("edge", term=True, operand=1)) == "explain.term.slot"
