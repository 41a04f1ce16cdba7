"""Chance in a descent: mini-batches, schedules under noise, the way out of a shallow well."""

import numpy
import pytest

from nn import MLP, Neuron, labs, schedules

RNG = numpy.random.default_rng(0)
X = RNG.normal(size=(40, 1))
Y = 2 * X[:, 0] + 1 + 0.5 * RNG.normal(size=40)


def test_descent_by_all_examples_is_straight_and_by_one_example_trembles_around_the_minimum():
    """D1-30, D1-31, D1-35: from one start; gradient descent comes to the least squares solution, SGD only near it."""
    start = Neuron(1).set([-1.0], 3.0)
    paths = labs.descent_paths(start, X, Y, (None, 1), lr=0.1, updates=200, rng=0)
    assert list(paths) == ["all 40 examples", "1 example"] and all(path.shape == (201, 2) for path in paths.values())
    best = numpy.linalg.lstsq(numpy.column_stack([X, numpy.ones(40)]), Y, rcond=None)[0]
    distance = {name: numpy.linalg.norm(path - best, axis=1) for name, path in paths.items()}
    assert (numpy.diff(distance["all 40 examples"]) < 0).all() and distance["all 40 examples"][-1] < 1e-6
    assert (numpy.diff(distance["1 example"][50:]) > 0).any() and 0.02 < distance["1 example"][100:].mean() < 1
    assert [float(p) for p in start.parameters()] == [-1.0, 3.0]


def test_a_path_is_that_of_fit_and_the_same_for_the_same_seed():
    model = MLP(1, [3, 1], "tanh", rng=1)
    path = labs.descent_path(model, X, Y, loss="mse", optimizer="adam", lr=0.05, updates=7)
    again = [labs.descent_path(model, X, Y, lr=0.05, updates=7, batch_size=4, rng=3) for _ in range(2)]
    assert (again[0] == again[1]).all()
    model.fit(X, Y, "mse", "adam", 0.05, epochs=7, batch_size=None, progress=False)
    assert path[-1] == pytest.approx([float(p) for p in model.parameters()], rel=1e-12)


def test_the_gradient_of_a_batch_is_unbiased_and_its_variance_falls_like_one_by_b():
    """D1-32, E1-11: the cost of an update is B examples instead of N."""
    found = labs.gradient_noise(MLP(1, [3, 1], "tanh", rng=0), X, Y, (1, 2, 4, 8, 16, 32), draws=4000, rng=0)
    assert found.variance == pytest.approx(found.expected, rel=0.1)
    assert found.variance * found.batch_sizes == pytest.approx([found.expected[0]] * 6, rel=0.1)
    assert (found.bias < 4 * numpy.sqrt(found.expected / 4000)).all()


def test_noise_dies_out_exactly_with_schedules_that_meet_both_conditions():
    """D1-34: a constant rate ends in a cloud, a rate whose sum is finite stops on the way."""
    good, constant, stopped, slow = (
        labs.noisy_descent(schedule, rng=0)
        for schedule in (schedules.inverse_time(0.5, 0.5), 0.5, schedules.exponential(0.5, 0.5), schedules.inverse_sqrt(0.5, 0.5))
    )
    assert [run.robbins_monro for run in (good, constant, stopped, slow)] == [True, False, False, False]
    assert good.end < 0.05
    assert constant.end == pytest.approx(numpy.sqrt(0.5 / 1.5), rel=0.05), "√(η/(2 - η))"
    assert stopped.end > 1 and stopped.rates.sum() < 1.3
    assert good.end < slow.end < constant.end
    quiet = labs.noisy_descent(0.5, noise=0.0, updates=20, rng=0)
    assert quiet.distance == pytest.approx(5 * 0.5 ** numpy.arange(21))


def test_sgd_leaves_a_shallow_well_where_gradient_descent_stays():
    """D1-33: at the bottom the mean gradient is 0 and those of the examples are -3 and 3, so it is no resting place of SGD."""
    found = labs.double_well(rng=0)
    assert found.slopes_there == pytest.approx([-3, 3], abs=1e-6) and abs(found.all_examples - found.start).max() < 1e-9
    assert 0.2 < found.escaped < 0.9
    assert found.escaped == (found.one_example[:, -1] < 0).mean() and found.one_example[:, -1].min() < -0.8
    assert labs.double_well(spread=0.3, rng=0).escaped == 0, "too little noise"


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="a batch size is at least 1"):
        labs.gradient_noise(Neuron(1), X, Y, [0])
    with pytest.raises(ValueError, match="X has 2 features"):
        labs.descent_path(Neuron(1), numpy.ones((3, 2)), [1, 2, 3], lr=0.1)
    with pytest.raises(ValueError, match="learning rate"):
        labs.noisy_descent(-1)
