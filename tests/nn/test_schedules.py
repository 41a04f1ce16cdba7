"""Schedules: their rates, and the two sums of Robbins and Monro."""

import math

import numpy
import pytest

from autograd import Value
from nn import optim, schedules

SCHEDULES = {
    "constant": (schedules.constant(0.5), lambda t: 0.5),
    "inverse_time": (schedules.inverse_time(0.5, decay=2.0), lambda t: 0.5 / (1 + 2 * t)),
    "inverse_time^2": (schedules.inverse_time(0.5, power=2), lambda t: 0.5 / (1 + t) ** 2),
    "inverse_sqrt": (schedules.inverse_sqrt(0.5, decay=2.0), lambda t: 0.5 / math.sqrt(1 + 2 * t)),
    "step_decay": (schedules.step_decay(0.5, every=3, factor=0.1), lambda t: 0.5 * 0.1 ** (t // 3)),
    "exponential": (schedules.exponential(0.5, rate=0.2), lambda t: 0.5 * math.exp(-0.2 * t)),
    "cosine": (schedules.cosine(0.5, updates=10), lambda t: 0.25 * (1 + math.cos(math.pi * min(t, 10) / 10))),
    "cosine to 0.1": (schedules.cosine(0.5, 10, final=0.1), lambda t: 0.1 + 0.2 * (1 + math.cos(math.pi * min(t, 10) / 10))),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_rate_follows_its_formula(name):
    schedule, formula = SCHEDULES[name]
    assert [schedule(t) for t in range(25)] == pytest.approx([formula(t) for t in range(25)], rel=1e-14)


@pytest.mark.parametrize("name", SCHEDULES)
def test_claims_about_the_sums_are_seen_in_partial_sums(name):
    """D1-34: a sum that diverges still grows by a third from t = 10⁴ to 10⁶ (1/t grows by the logarithm), one that
    converges by less than a tenth."""
    schedule, _ = SCHEDULES[name]
    rates = numpy.array([schedule(t) for t in range(10**4)])
    tail = numpy.array([schedule(t) for t in range(10**4, 10**6, 100)]) * 100  # a Riemann sum of what is left
    grows = (rates.sum() + tail.sum()) / rates.sum()
    squares = ((rates**2).sum() + (tail**2).sum() / 100) / (rates**2).sum()
    assert (grows > 1.3) == schedule.sum_diverges, f"Ση grew to {grows:.3f} times"
    assert (squares < 1.1) == schedule.squares_converge, f"Ση² grew to {squares:.3f} times"


@pytest.mark.parametrize(("power", "both"), [(0.4, False), (0.5, False), (0.51, True), (0.75, True), (1, True), (1.01, False), (2, False)])
def test_power_law_meets_both_conditions_between_one_half_and_one(power, both):
    """D1-34: η0 t^(-p) is valid exactly for ½ < p <= 1, as the p-series says."""
    assert schedules.inverse_time(0.1, power=power).robbins_monro is both


def test_noise_dies_out_with_a_valid_schedule_and_not_with_a_constant_rate():
    """D1-34, E1-14: on w²/2 with noisy gradients the constant rate keeps shaking, 1/t comes to rest."""
    rng = numpy.random.default_rng(0)
    left = {}
    for schedule in (schedules.constant(0.5), schedules.inverse_time(0.5, decay=0.5)):
        w, last = 2.0, []
        for t in range(4000):
            w -= schedule(t) * (w + rng.normal())
            last.append(w)
        left[schedule.name] = numpy.std(last[-1000:])
    assert left["constant"] > 0.4 and left["inverse_time"] < 0.05


def test_optimizer_counts_updates_from_zero():
    w = Value(0.0)
    optimizer = optim.SGD([w], lr=schedules.inverse_time(1.0))
    steps = []
    for _ in range(3):
        before = w.data
        w.grad = 1.0
        optimizer.step()
        steps.append(before - w.data)
    assert steps == pytest.approx([1, 1 / 2, 1 / 3])
    optimizer.lr = 0.25
    assert optimizer.lr == 0.25


def test_of_a_function_of_ones_own_nothing_is_claimed():
    own = schedules.schedule(lambda t: 0.1 / (t + 1))
    assert own(1) == 0.05 and own.robbins_monro is None
    assert "not known" in str(schedules.conditions(own))


@pytest.mark.parametrize(
    "make",
    [
        lambda: schedules.constant(0),
        lambda: schedules.constant(math.inf),
        lambda: schedules.inverse_time(0.1, decay=0),
        lambda: schedules.step_decay(0.1, every=0),
        lambda: schedules.step_decay(0.1, 2, factor=1),
        lambda: schedules.exponential(0.1, rate=-1),
        lambda: schedules.cosine(0.1, 10, final=0.2),
    ],
)
def test_settings_out_of_range_are_refused(make):
    with pytest.raises(ValueError, match=r"must be|is at least"):
        make()


def test_a_schedule_is_written_as_its_formula():
    assert repr(schedules.inverse_time(0.1)) == "inverse_time: η_t = 0.1 / (1 + 1 t)"
    assert repr(schedules.inverse_time(0.1, decay=2, power=0.75)) == "inverse_time: η_t = 0.1 / (1 + 2 t)^0.75"
