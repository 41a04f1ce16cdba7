"""Regularizers: their values, gradients, and what each does to weights."""

import numpy
import pytest

from autograd import grad
from nn import MLP, Neuron, optim, regularizers


@pytest.mark.parametrize("biases", [False, True])
def test_l2_and_l1_cost_the_weights_and_if_asked_the_biases(biases):
    """D1-48: λ Σ w² has the gradient 2 λ w, λ Σ |w| has λ sign(w), and 0 at 0."""
    neuron = Neuron(3).set([3.0, -4.0, 0.0], 2.0)
    two, one = regularizers.L2(0.1, biases)(neuron), regularizers.L1(0.1, biases)(neuron)
    assert two.data == pytest.approx(0.1 * (25 + 4 * biases)) and one.data == pytest.approx(0.1 * (7 + 2 * biases))
    assert grad(two, neuron.parameters()) == pytest.approx([0.6, -0.8, 0.0, 0.4 * biases])
    assert grad(one, neuron.parameters()) == pytest.approx([0.1, -0.1, 0.0, 0.1 * biases])


def test_l1_makes_weights_zero_that_l2_only_makes_small():
    """D1-48: one input of three matters; proximal or not, plain descent with L1 leaves the others within a step of 0."""
    rng = numpy.random.default_rng(0)
    X = rng.normal(size=(40, 3))
    y = 2 * X[:, 0]
    weights = {}
    for kind in (regularizers.L1, regularizers.L2):
        neuron = Neuron(3, init="normal", rng=1)
        neuron.fit(X, y, lr=0.02, epochs=150, batch_size=None, regularizer=kind(0.5), progress=False)
        weights[kind] = numpy.abs([w.data for w in neuron.weights])
    assert weights[regularizers.L1][1:].max() <= 0.02 * 0.5 * 1.01
    assert weights[regularizers.L2][1:].min() > 0.02


def test_penalty_is_part_of_the_gradient_and_a_series_of_its_own_in_the_history():
    model = MLP(2, [2, 1], rng=0)
    penalty = regularizers.L2(0.3)
    first = penalty(model).data
    history = model.fit([[1, 2]], [1], regularizer=penalty, lr=0.01, epochs=2, progress=False)
    assert history["penalty"][0] == first
    other = MLP(2, [2, 1], rng=0)
    optimizer = optim.SGD(other.parameters(), lr=0.01)
    for _ in range(2):
        optimizer.zero_grad()
        (other.loss([[1, 2]], [1]) + penalty(other)).backward()
        optimizer.step()
    assert [p.data for p in other.parameters()] == [p.data for p in model.parameters()]


def test_negative_strength_is_refused():
    with pytest.raises(ValueError, match="strength of a regularizer must be at least 0"):
        regularizers.L2(-1)
