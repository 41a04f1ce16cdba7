"""What a hidden layer can draw: joints, and nets that are built for a function."""

from itertools import pairwise

import numpy
import pytest

from nn import MLP, labs


def test_a_hidden_unit_of_relu_is_a_joint_at_minus_bias_by_weight():
    """D0-08: three units, joints at x = -b/v, where the slope changes by w |v|."""
    v, b, w = [1.0, -2.0, 0.5], [0.5, 1.0, -1.0], [1.0, 0.75, -3.0]
    model = MLP(1, [3, 1])
    model.layers[0].set(weights=[[k] for k in v], biases=b)
    model.layers[1].set(weights=[w], biases=[0.2])
    found = labs.hinges(model, (-4, 4))
    assert found.x.tolist() == [-0.5, 0.5, 2.0] and found.units == ((1, 1), (1, 2), (1, 3))
    assert found.changes == pytest.approx([w[k] * abs(v[k]) for k in range(3)])
    assert found.y == pytest.approx(model.predict(found.x[:, None]))
    assert labs.hinges(model, (0, 1)).x.tolist() == [0.5]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("widths", [[5, 1], [4, 4, 1], [3, 3, 3, 1]])
def test_between_the_joints_a_net_is_straight_and_at_each_of_them_it_bends(widths, seed):
    """Against second differences on a fine grid, also in deeper nets, where one unit may bend several times."""
    model = MLP(1, widths, "leaky_relu" if seed % 2 else "relu", rng=seed)
    rng = numpy.random.default_rng(100 + seed)
    for layer in model.layers:
        layer.set(biases=rng.normal(size=layer.n_out))
    found = labs.hinges(model, (-3, 3))
    ends = [-3.0, *found.x, 3.0]
    for (left, right), slope in zip(pairwise(ends), found.slopes, strict=True):
        inside = numpy.linspace(left, right, 7)[1:-1]
        assert numpy.diff(model.predict(inside[:, None])) / numpy.diff(inside) == pytest.approx([slope] * 4, abs=1e-6)
    assert (abs(found.changes) > 0).all() and len(found.units) == len(found.x)
    if len(widths) == 2:
        assert len(found.x) <= widths[0]


def test_units_that_bend_at_one_place_make_one_joint():
    model = MLP(1, [3, 1])
    model.layers[0].set(weights=[[0.1], [0.3], [-0.7]], biases=[0.03, 0.09, -0.21])  # all at -0.3, up to rounding
    model.layers[1].set(weights=[[1.0, 1.0, 1.0]], biases=[0.0])
    found = labs.hinges(model, (-2, 2))
    assert found.x == pytest.approx([-0.3]) and found.changes == pytest.approx([1.1]) and found.units == ((1, 1),)


def test_a_unit_that_changes_nothing_has_no_joint():
    model = MLP(1, [2, 1])
    model.layers[0].set(weights=[[1.0], [1.0]], biases=[0.0, -1.0])
    model.layers[1].set(weights=[[0.0, 2.0]], biases=[0.0])
    assert labs.hinges(model, (-2, 2)).x.tolist() == [1.0]


def test_enough_units_come_as_near_as_wanted_inside_the_interval_and_fail_outside():
    """D0-09, D0-10, D1-05, E1-1, E1-2: errors 0.0704, 0.0188, 0.0048, 0.0012 with 8 to 64 relu units, about (π/D)²/2, so in one
    dimension their number need not grow exponentially; on [0, 12π] the error is 31, for the last piece goes on straight."""
    found = labs.approximation()
    assert found.inside.round(5).tolist() == [0.07038, 0.01885, 0.00479, 0.0012]
    assert found.inside == pytest.approx((numpy.pi / found.units) ** 2 / 2, rel=0.1)
    assert found.outside[-1] == pytest.approx(31.4, abs=0.1) and (numpy.diff(found.outside) > 0).all(), "more units do not help there"
    assert found.parameters.tolist() == [25, 49, 97, 193]


def test_pairs_of_sigmoids_build_bumps_and_end_outside():
    """D1-05: with sigmoids, too; outside the net is 0, so the error is that of leaving the function out."""
    found = labs.approximation(build=labs.sigmoid_pairs, sizes=(8, 16, 32, 64, 128))
    assert found.units.tolist() == [16, 32, 64, 128, 256]
    assert (found.inside[1:] < 0.55 * found.inside[:-1]).all() and found.inside[-1] < 0.013
    assert found.outside == pytest.approx([1.0] * 5, abs=0.01)
    one = labs.sigmoid_pairs(lambda x: 3 + 0 * x, (2.0, 4.0), 1, steepness=200)
    assert one.predict([[1.0], [3.0], [5.0]]) == pytest.approx([0, 3, 0], abs=1e-9)


def test_erratum_not_any_function_to_any_precision():
    """E0-2: a step stays ½ away from every continuous output somewhere, however many units there are."""
    for units in (9, 33, 129):
        model = labs.relu_interpolant(lambda x: (x > 0).astype(float), (-1.0, 1.0), units)
        assert labs.largest_error(model, lambda x: (x > 0).astype(float), (-1.0, 1.0), 4001) > 0.45


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: labs.hinges(MLP(2, [2, 1]), (0, 1)), "one input and one output"),
        (lambda: labs.hinges(MLP(1, [2, 1], "tanh"), (0, 1)), "straight pieces, as relu makes them; tanh has none"),
        (lambda: labs.hinges(MLP(1, [2, 1]), 3), "pair \\(low, high\\), not 3"),
        (lambda: labs.relu_interpolant(numpy.sin, (1.0, 1.0), 4), "1 is not less than 1"),
        (lambda: labs.sigmoid_pairs(numpy.sin, (0.0, 1.0), 2, steepness=0), "steepness must be greater than 0"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
