"""How precisely a number is meant: intervals hold the truth, and rounding is told from a slip."""

import json
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.handcheck.answers import typed
from autograd.handcheck.precision import Rounding, Span, agrees, around, exactly, plus, precision_of, rounding_of, times

# One judge, in two languages: these cases are run in the page, too.
CASES = json.loads((Path(__file__).parents[2] / "data" / "numbers.json").read_text(encoding="utf-8"))["judged"]

numbers = st.floats(-1e6, 1e6)
shares = st.floats(0, 1)


@st.composite
def spans(draw):
    low, data, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return Span(data, low, high)


def inside(span, share):
    return min(span.high, max(span.low, span.low + share * (span.high - span.low)))


@given(spans(), spans(), shares, shares)
def test_the_product_and_the_sum_of_intervals_hold_those_of_every_two_numbers_in_them(one, other, s, t):
    a, b = inside(one, s), inside(other, t)
    for span, result in ((times(one, other), a * b), (plus([one, other]), a + b)):
        slack = 1e-12 * (abs(one.low) + abs(one.high) + 1) * (abs(other.low) + abs(other.high) + 1)
        assert span.low - slack <= result <= span.high + slack
        assert span.low <= span.data <= span.high


def test_nothing_times_infinity_is_nothing():
    assert times(exactly(0.0), exactly(inf)) == times(exactly(inf), exactly(0.0)) == exactly(0.0)


def test_an_interval_that_runs_over_stays_wide():
    wide = Span(1.0, -1e200, 1e200)
    for span in (times(wide, wide), plus([times(wide, wide)] * 3), times(plus([times(wide, wide)] * 3), Span(-2.0, -2.5, -1.5))):
        assert span.low <= -1e149 and span.high >= 1e149


def test_ends_that_are_not_finite_tell_nothing():
    assert around(1.0, [nan, 3.0, -inf]) == Span(1.0, 1.0, 3.0)


@pytest.mark.parametrize("text, truth, right", CASES, ids=[f"{text} for {truth}" for text, truth, _ in CASES])
def test_a_typed_number_stands_for_what_it_is_rounded_from_and_for_nothing_else(text, truth, right):
    answer = typed(text, "a")
    assert agrees(answer.data, answer.reach, exactly(float(truth))) == right


def test_a_number_that_is_not_finite_is_agreed_with_only_by_itself():
    assert not agrees(1.0, 1.0, exactly(nan))
    assert not agrees(1.0, 1.0, exactly(inf))
    assert agrees(inf, 0.0, exactly(inf)) and not agrees(-inf, 0.0, exactly(inf))


@given(st.floats(1e-6, 1e6), st.integers(2, 6), st.sampled_from("gf"))
def test_whatever_is_rounded_to_two_digits_or_decimals_or_more_is_right(data, digits, form):
    text = f"{data:.{digits}{form}}"
    for given_as in (text, float(text)):
        answer = typed(given_as, "a")
        assert agrees(answer.data, answer.reach, exactly(data)), text


def sheet(texts, exact=False):
    return [(precision_of(text), exact) for text in texts]


def test_hidden_lines_may_have_two_digits_until_many_answers_speak_for_more():
    assert rounding_of(sheet(["0.5774", "0.1965"])).digits == 2
    assert rounding_of(sheet(["0.577431", "0.196512"] * 3)).digits == 2
    assert rounding_of(sheet(["0.577431", "0.196512"] * 5)).digits == 6
    assert rounding_of(sheet(["0.577431", "0.196512"] * 7 + ["0.2", "1"])).digits == 6
    assert rounding_of(sheet(["0.577431", "0.196512"] * 5 + ["0.2", "1"])).digits == 2
    assert rounding_of(sheet(["0.5774", "0.1965"] * 18)).digits == 4
    assert rounding_of(sheet(["0.5774", "0.19", "0.196512", "1.03"] * 8)).digits == 2
    assert rounding_of(sheet(["0.5773502691896258"])).digits == 17


def test_a_number_that_is_what_it_should_be_says_nothing_about_rounding():
    assert rounding_of(sheet(["0.577431"] * 10) + sheet(["0.5"] * 8, exact=True)).digits == 6


def test_a_hidden_line_may_have_as_few_decimals_as_digits():
    assert rounding_of(sheet(["0.58", "0.02", "1.15"])).place == 0.01
    assert rounding_of(sheet(["0.5812", "0.0013", "12.1543"] * 12)).place == 0.0001
    assert rounding_of(sheet(["34000", "33"])).place == 0
    assert rounding_of(sheet(["0.577431"] * 12)).place == 1e-6
    assert rounding_of(sheet(["0.577431"] * 16 + ["0.00291"])).place == 1e-5


def test_a_short_number_is_not_rounded_on_the_way_and_a_long_one_is():
    assert Rounding(3).kept(exactly(0.25)) == exactly(0.25)
    kept = Rounding(3).kept(exactly(1 / 3))
    assert (kept.low, kept.high) == pytest.approx((1 / 3 - 0.0005, 1 / 3 + 0.0005))
    assert Rounding().kept(exactly(1 / 3)) == exactly(1 / 3)
    assert Rounding(2, wholes=True).kept(exactly(132.0)) == exactly(132.0)
    assert Rounding(2).kept(exactly(132.0)) == Span(132.0, 127.0, 137.0)
    kept = Rounding(2).kept(Span(9.9, 9.5, 10.4))  # 10.4 becomes 10
    assert (kept.low, kept.high) == pytest.approx((9.0, 10.9))
    for ends in ((1.0, 0.0, inf), (1.0, -inf, 2.0), (inf, inf, inf), (nan, nan, nan)):
        assert repr(Rounding(2).kept(Span(*ends))) == repr(Span(*ends))
