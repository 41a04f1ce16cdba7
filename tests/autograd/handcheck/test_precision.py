"""How precisely a number is meant: intervals hold the truth, and rounding is told from a slip."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value
from autograd.handcheck.answers import Quantity, typed
from autograd.handcheck.precision import Habit, Span, agrees, around, exactly, habit, plus, times

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


def test_ends_that_are_not_finite_tell_nothing():
    assert around(1.0, [nan, 3.0, -inf]) == Span(1.0, 1.0, 3.0)


def habit_of(*pairs):
    """The habit of a student who typed the first of each pair where the second was due."""
    quantities = [Quantity("value", Value(0.0)) for _ in pairs]
    written = {quantity: typed(text, "a") for quantity, (text, _) in zip(quantities, pairs, strict=True)}
    return habit(written, {quantity: exactly(due) for quantity, (_, due) in zip(quantities, pairs, strict=True)})


def test_three_decimals_are_recognised_though_some_numbers_are_short():
    found = habit_of(("0.577", 0.5774), ("0.002", 0.0016), ("0.5", 0.4998), ("12.346", 12.3456))
    assert found.unit == pytest.approx(0.001)
    assert found.unit_at(0.04) == pytest.approx(0.001)


def test_three_significant_digits_are_recognised():
    found = habit_of(("0.577", 0.5774), ("0.00160", 0.0016032), ("12.3", 12.3456), ("0.0412", 0.04123))
    assert (found.digits, found.unit) == (3, 0)
    assert found.unit_at(0.0016) == pytest.approx(0.00001)
    assert found.unit_at(12.3) == pytest.approx(0.1)


def test_numbers_that_are_just_what_they_should_be_show_no_rounding():
    exact = [(repr(data), data) for data in (0.5, 2 / 3, 1 / 7, 0.1 + 0.2)]
    assert habit_of(*exact, ("1.8", 0.7)).unit_at(0.5) < 1e-9


def test_whole_numbers_and_fractions_say_nothing_about_rounding():
    assert habit_of(("6", 6.3), ("32", 33.0), ("3/4", 0.7)) == Habit()


@pytest.mark.parametrize(
    ("text", "due", "rounds", "right"),
    [
        ("33", 33, Habit(), True), ("32", 33, Habit(), False), ("110", 109, Habit(), False), ("0", 0.3, Habit(), False), ("1", 0.7, Habit(), False),
        ("6", 6.25, Habit(), True), ("6", 6.4, Habit(), False), ("0.577", 0.5774, Habit(3, 0.001), True), ("0.577", 0.5782, Habit(3, 0.001), False),
        ("0.002", 0.0014, Habit(3, 0.001), True), ("0.002", 0.0031, Habit(3, 0.001), False), ("0.5", 0.5004, Habit(3, 0.001), True),
        ("0.5", 0.49, Habit(3, 0.001), True), ("0.5", 0.46, Habit(3, 0.001), False), ("0.5", 0.46, Habit(1, 0.1), True), ("0.5", 0.44, Habit(1, 0.1), False),
        ("1", 0.96, Habit(3, 0.001), False), ("1230", 1234.4, Habit(3), True), ("1230", 1264, Habit(3), False), ("0.5", 0.52, Habit(16), True),
        ("0.5000", 0.52, Habit(16), False),
    ],
)  # fmt: skip
def test_a_typed_number_stands_for_what_it_is_rounded_from_and_for_nothing_else(text, due, rounds, right):
    answer = typed(text, "a")
    assert agrees(answer, exactly(float(due)), rounds.slack(answer)) == right


def test_a_number_that_is_not_finite_is_never_agreed_with():
    assert not agrees(typed("1", "a"), exactly(nan), 1.0)
    assert not agrees(typed("1", "a"), exactly(inf), 1.0)


def test_a_short_number_is_not_rounded_on_the_way_and_a_long_one_is():
    assert Habit(3, 0.001).kept(exactly(0.25)) == exactly(0.25)
    kept = Habit(3, 0.001).kept(exactly(1 / 3))
    assert (kept.low, kept.high) == pytest.approx((1 / 3 - 0.001, 1 / 3 + 0.001))
    assert Habit().kept(exactly(1 / 3)) == exactly(1 / 3)
    assert Habit(1, 0.1).kept(exactly(1 / 3)).high == pytest.approx(1 / 3 + 0.01)  # nobody keeps one digit on the way
