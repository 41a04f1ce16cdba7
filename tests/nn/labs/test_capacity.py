"""How wide a hidden layer should be, and a learned feature at work on another problem."""

import numpy
import pytest

from nn import MLP, data, labs, regularizers, separability


def test_a_middle_width_is_best_and_a_large_one_with_a_regularizer_is_as_good():
    """D1-47, D1-48: the training loss falls with M, the validation loss has its least in the middle; L2 spares the choice."""
    free = labs.width_sweep((1, 3, 32), epochs=1500, rng=2)
    assert free.best == 3 and free.train[0] > 2 * free.train[2] and free.validation[2] > 1.1 * free.validation[1]
    held = labs.width_sweep((32,), regularizers.L2(0.003), epochs=1500, rng=2)
    assert held.validation[0] < 1.05 * free.validation[1] < free.validation[2] and held.train[0] > free.train[2]
    assert free.parameters.tolist() == [4, 10, 97]


def test_a_learned_feature_solves_xor_and_nobody_made_it_by_hand():
    """D1-06, D1-07, D1-08, D2-13: in the space of the inputs no line separates XOR; after training the outputs of two hidden
    units can be separated by one, before it they could not."""
    X, y = data.gates("xor")
    model = MLP(2, [2, 1], "tanh", "sigmoid", rng=5)
    before = labs.hidden(model, X)
    assert not separability(X, y) and not separability(before, y)
    model.fit(X, y, "bce", "adam", 0.05, 400, batch_size=None, progress=False)
    after = labs.hidden(model, X)
    assert separability(after, y) and model.evaluate(X, y).accuracy == 1
    for k in range(2):
        assert numpy.ptp(after[:, k]) > 1.5 and len({round(v) for v in after[:, k]}) == 2, "each unit has become a gate of its own"


def test_what_a_net_learned_for_one_problem_serves_another():
    """D1-14: of a net that tells two circles apart only the last unit is made anew, for a ring that it never saw."""
    model = MLP(2, [6, 1], "tanh", "sigmoid", rng=1)
    model.fit(*data.circles(80, rng=0), "bce", "adam", 0.05, 200, batch_size=None, progress=False)
    X = numpy.random.default_rng(0).uniform(-1, 1, (150, 2))
    y = ((X**2).sum(axis=1) < 0.4).astype(int)
    weights = model.state_dict()
    found = labs.reuse(model, X, y, rng=0)
    assert found.raw < 0.75 < 0.9 < found.learned and found.learned > found.random
    assert found.features.shape == (150, 6) and model.state_dict() == weights


def test_hidden_outputs_are_those_of_the_layer():
    model = MLP(3, [4, 2, 1], "tanh", rng=0)
    X = numpy.random.default_rng(0).normal(size=(5, 3))
    assert labs.hidden(model, X, 2).shape == (5, 2) and labs.hidden(model, X, 3)[:, 0] == pytest.approx(model.predict(X))
    assert labs.hidden(model, X)[1] == pytest.approx([v.data for v in model.layers[0](X[1])])
    with pytest.raises(ValueError, match="layers 1 to 3, and no layer 4"):
        labs.hidden(model, X, 4)
    with pytest.raises(ValueError, match="the first layer takes 3 features"):
        labs.hidden(model, X[:, :2])
