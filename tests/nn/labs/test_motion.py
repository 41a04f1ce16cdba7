"""Optimizers in motion: what momentum damps, what AdaGrad slows."""

import numpy
import pytest

from nn import labs
from nn.optim import SGD, Adam


def valley(x, y):
    return x**2 / 2 + 19 * y**2 / 2


def test_momentum_damps_the_swing_across_a_valley_if_it_is_not_too_large():
    """D1-36: plain descent swings with the factor 0.9 in each update; γ = 0.3 and 0.5 damp it faster, γ = 0.9 does not."""
    found = labs.damping()
    assert found.factor == pytest.approx([0.9, 0.3**0.5, 0.5**0.5, 0.9**0.5])
    assert found.turns[0] == 30 == found.turns.max(), "without momentum each update crosses the bottom"
    assert found.left[1] < found.left[2] < found.left[0] / 100 and found.left[3] > found.left[0]
    along = {name: abs(path[-1, 0]) for name, path in found.paths.items()}
    assert along["γ = 0.5"] < along["γ = 0.3"] < along["γ = 0"], "and it is faster along the valley"
    assert found.paths["γ = 0"][:, 1] == pytest.approx((-0.9) ** numpy.arange(31))


def test_a_race_has_a_path_for_each_optimizer_from_the_same_start():
    paths = labs.race(valley, [1.0, 1.0], {"SGD": lambda p: SGD(p, lr=0.05), "Adam": lambda p: Adam(p, lr=0.1)}, 50)
    assert all(path.shape == (51, 2) and path[0].tolist() == [1, 1] for path in paths.values())
    assert paths["SGD"] == pytest.approx(numpy.column_stack([0.95 ** numpy.arange(51), 0.05 ** numpy.arange(51)]), abs=1e-15)
    assert paths["Adam"][1] == pytest.approx([0.9, 0.9], abs=1e-6), "each coordinate moves by the rate, whatever its slope"


def test_adagrad_slows_the_frequent_feature_and_leaves_the_rare_one_its_rate():
    """D1-37: the moves of the two weights are in the ratio of the roots of how often they were moved; with SGD they are alike."""
    ada, sgd = (labs.rare_and_frequent(name, lr=0.1, rng=0) for name in ("adagrad", "sgd"))
    often, rare = ada.seen
    assert often == 1000 and 30 < rare < 70
    assert ada.moved[1] / ada.moved[0] == pytest.approx(numpy.sqrt(often / rare), rel=0.3)
    assert sgd.moved[1] / sgd.moved[0] == pytest.approx(1, abs=0.3)
    moves = abs(numpy.diff(ada.path[:, 0]))
    assert moves[-100:].mean() < moves[:100].mean() / 2, "the frequent weight slows down"
    assert ada.left[0] < 0.1


def test_bad_input_is_refused():
    with pytest.raises(FloatingPointError, match="the path of wild is not finite after update"):
        labs.race(valley, [1.0, 1.0], {"wild": lambda p: SGD(p, lr=1e3)}, 400)
    with pytest.raises(ValueError, match="share must be greater than 0"):
        labs.rare_and_frequent(share=0)
    with pytest.raises(ValueError, match='did you mean "adagrad"'):
        labs.rare_and_frequent("adagrd")
