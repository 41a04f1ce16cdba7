"""Equal hidden units stay equal, and every minimum has its twins."""

import numpy
import pytest

from nn import MLP, labs

X, Y = [[0.5, -1.0], [1.5, 2.0], [-0.3, 0.8]], [1, 0, 1]


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu"])
def test_zero_weights_keep_hidden_units_equal_for_ever(hidden):
    """D2-23, D3-11, E3-6: with sigmoid the first gradient is exactly 0, then the rows of W1 stay equal and its columns differ,
    [[u, v], [u, v]]; with tanh and relu only the output bias ever moves."""
    found = labs.symmetry(MLP(2, [2, 1], hidden, "sigmoid", init="zeros"), X, Y, loss="bce", lr=0.5, epochs=20)
    assert not found.first_gradient.any() and not found.spread.any()
    (u, v), other = found.weights[-1]
    assert [u, v] == other.tolist()
    if hidden == "sigmoid":
        assert u != v and u != 0 and (found.gradient[0] == found.gradient[1]).all() and found.gradient[0, 0] != found.gradient[0, 1]
    else:
        assert not found.weights.any() and not found.outgoing.any() and found.biases[-1] != 0


def test_chance_breaks_the_symmetry():
    found = labs.symmetry(MLP(2, [2, 1], "tanh", "sigmoid", rng=0), X, Y, loss="bce", lr=0.5)
    assert found.spread[0] > 0.1 and found.weights.shape == (21, 2, 2) and found.outgoing.shape == (21, 1, 2)


def test_equal_incoming_weights_alone_do_not_make_equal_gradients():
    """E2-8: with outgoing weights 1 and -2 the error signals are in that ratio, and the units part at the first update."""
    model = MLP(1, [2, 1], "tanh")
    model.layers[0].set(weights=[[0.5], [0.5]], biases=[0.1, 0.1])
    model.layers[1].set(weights=[[1.0, -2.0]], biases=[0.0])
    found = labs.symmetry(model, [[1.0]], [1.0], loss="mse", lr=0.1, epochs=3)
    assert found.first_gradient.ravel() == pytest.approx([-2.18746, 4.37492], abs=1e-5)
    assert found.spread[0] == 0 < found.spread[1]


def test_every_exchange_and_flip_of_hidden_units_gives_the_same_loss_elsewhere():
    """D0-12, E0-3: M! · 2^M equal nets for tanh; sigmoid and relu units cannot be flipped."""
    for name, count in (("tanh", 48), ("sigmoid", 6), ("relu", 6)):
        model = MLP(2, [3, 1], name, "sigmoid", rng=5)
        model.layers[0].set(biases=[0.5, -0.25, 0.75])
        found = labs.equal_losses(model, X, Y, "bce")
        assert found.count == count == len(numpy.unique(found.parameters, axis=0))
        assert found.losses == pytest.approx([float(model.evaluate(X, Y, "bce"))] * count, rel=1e-14)
    flipped = MLP(2, [3, 1], "relu", "sigmoid", rng=5)
    flipped.layers[0].set(weights=[[-float(w) for w in n.weights] for n in flipped.layers[0].neurons])
    flipped.layers[1].set(weights=[[-float(w) for w in flipped.layers[1].neurons[0].weights]])
    assert abs(float(flipped.evaluate(X, Y, "bce")) - float(model.evaluate(X, Y, "bce"))) > 0.01


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="one hidden layer"):
        labs.symmetry(MLP(2, [1]), X, Y)
    with pytest.raises(ValueError, match="10321920 equal nets; try one of fewer units"):
        labs.equal_losses(MLP(2, [8, 1], "tanh"), X, Y)
