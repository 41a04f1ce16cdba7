"""One unit and its gradient: saturation, death by training and revival, gradients of one sign."""

import numpy
import pytest

from nn import MLP, data, labs

X, Y = data.sine(20, noise=0.0, rng=0)
X = X / numpy.pi - 1


def test_sigmoid_and_tanh_saturate_the_more_the_larger_their_inputs_are_and_relu_lets_half_through():
    """D2-18, D2-19, D2-20, E2-7."""
    for name, centre in (("sigmoid", 0.5), ("tanh", 0.0)):
        found = labs.saturation(name, scales=(0.1, 1, 10, 100), rng=0)
        assert (numpy.diff(found.saturated) >= 0).all() and found.saturated[0] == 0 and found.saturated[-1] > 0.95
        assert (numpy.diff(found.mean_slope) < 0).all() and found.mean_output == pytest.approx([centre] * 4, abs=0.02)
    relu = labs.saturation("relu", scales=(0.1, 100), rng=0)
    assert relu.saturated == pytest.approx([0.5, 0.5], abs=0.02) and relu.mean_output[0] > 0


def test_a_step_too_large_kills_all_units_of_a_relu_net_and_a_smaller_one_none():
    """D2-21: the same net from the same start; once all are dead the gradients of the hidden layer are 0 for ever."""
    small, large = (labs.deaths(MLP(1, [4, 1], rng=3), X, Y, loss="half_squared_error", lr=lr, epochs=40) for lr in (0.3, 1.9))
    assert small.count.max() == 0 and large.count[0] == 0 and (large.count[6:] == 4).all()
    assert (numpy.diff(large.dead.astype(int), axis=0) >= 0).all(), "none comes back"
    first = [p.grad for n in large.model.layers[0].neurons for p in n.parameters()]
    assert first == [0.0] * 8 and large.loss[-1] > 2 * small.loss[-1]


def test_dead_units_turn_positive_again_as_leaky_relu_and_never_as_relu():
    """D2-22: gains are inconsistent, as the lecture says: of four units that a training killed two come back."""
    dead = labs.deaths(MLP(1, [4, 1], rng=3), X, Y, loss="half_squared_error", lr=1.9, epochs=20).model
    assert all(labs.dead_units(dead, X)[0])
    leaky = labs.revival(dead, X, Y, "leaky_relu", optimizer="adam", lr=0.05, epochs=1000)
    assert (leaky.before < 0).all() and leaky.revived.sum() == 2 and leaky.after.max() > 1
    plain = labs.revival(dead, X, Y, "relu", optimizer="adam", lr=0.05, epochs=1000)
    assert (plain.after == plain.before).all() and not plain.revived.any()
    assert leaky.loss[-1] < plain.loss[-1] / 2
    assert all(labs.dead_units(dead, X)[0]), "the given model stays as it was"


def test_units_are_dead_for_the_examples_that_are_given():
    model = MLP(2, [2, 2, 1], rng=0)
    model.layers[0].set(weights=[[1.0, 0.0], [-1.0, 0.0]], biases=[0.0, 0.0])
    model.layers[1].set(weights=[[1.0, 1.0], [-1.0, -1.0]], biases=[0.0, 0.0])
    assert [layer.tolist() for layer in labs.dead_units(model, [[1.0, 0.0]])] == [[False, True], [False, True]]
    assert [layer.tolist() for layer in labs.dead_units(model, [[1.0, 0.0], [-1.0, 5.0]])] == [[False, False], [False, True]]


def test_positive_inputs_make_a_zig_zag():
    """D2-18: weights that should go opposite ways both rise or both fall in every update."""
    positive, centred = labs.zigzag(offset=3.0, rng=0), labs.zigzag(offset=0.0, rng=0)
    assert positive.one_sign == 1.0 and 0.3 < centred.one_sign < 0.7
    assert positive.detour > 4 > 1.5 > centred.detour >= 1
    assert positive.path.shape == (201, 2) and (positive.path[0] == 0).all()
    mixed = labs.zigzag(offset=3.0, goal=(1.0, 2.0), rng=0)
    assert mixed.one_sign == 1.0, "the sign is that of the inputs, whatever the goal"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: labs.saturation("softmax"), "no derivative element by element"),
        (lambda: labs.saturation("tanh", scales=[0]), "a scale must be greater than 0"),
        (lambda: labs.deaths(MLP(1, [2, 1], rng=0), [[1.0, 2.0]], [1.0], lr=0.1), "X has 2 features"),
        (lambda: labs.with_activation(MLP(1, [2, 1]), "rely"), 'did you mean "relu"'),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
