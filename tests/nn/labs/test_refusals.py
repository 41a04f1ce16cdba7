"""What labs and Bayesian inference say of arguments that they cannot use: a sentence of their own, and nothing of NumPy's."""

import math

import numpy
import pytest

from nn import MLP, Neuron, bayes, labs, optim

X, Y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0]
NET = MLP(2, [3, 1], "tanh", rng=0)
SGDS = {"SGD": lambda parameters: optim.SGD(parameters, lr=0.1)}


def bowl(x, y):
    return x**2 + y**2


@pytest.mark.parametrize(
    "call",
    [
        lambda: labs.reuse(None, X, Y),
        lambda: labs.deaths("a net", X, Y),
        lambda: labs.revival(object(), X, Y),
        lambda: labs.with_activation(None, "tanh"),
        lambda: labs.gradient_noise([], X, Y),
        lambda: labs.descent_path(None, X, Y),
        lambda: labs.largest_error(None, numpy.sin, (0, 1)),
        lambda: bayes.LogJoint(None, X, Y),
        lambda: bayes.predictive(Neuron, numpy.zeros((1, 3)), X),
    ],
)
def test_what_is_no_model_is_refused(call):
    with pytest.raises(TypeError, match=r"model is one of nn|chains of layers"):
        call()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: labs.costs(4), "widths is a list, not 4"),
        (lambda: labs.costs([]), "widths is an empty list"),
        (lambda: labs.width_sweep(None), "widths is a list"),
        (lambda: labs.width_sweep((1,), train=3), r"train is a pair \(X, y\)"),
        (lambda: labs.vanishing(depths="2"), "depths is a list"),
        (lambda: labs.variances(100), "widths is a list"),
        (lambda: labs.saturation("tanh", scales=1.0), "scales is a list"),
        (lambda: labs.approximation(sizes=8), "sizes is a list"),
        (lambda: labs.approximation(build=8), "build is a function"),
        (lambda: labs.approximation("sin"), "f is a function"),
        (lambda: labs.relu_interpolant(lambda x: x[:2], (0, 1), 4), "one value for each x"),
        (lambda: labs.damping("0.5"), "momenta is a list"),
        (lambda: labs.damping(curvature=math.nan), "curvature must be greater than 0"),
        (lambda: labs.race(None, [1.0, 1.0], SGDS), "function is a function"),
        (lambda: labs.race(bowl, 1.0, SGDS), "start is a list"),
        (lambda: labs.race(bowl, [1.0, "1"], SGDS), "a number of start is a number"),
        (lambda: labs.race(bowl, [1.0, 1.0], [optim.SGD]), "optimizers is a dict"),
        (lambda: labs.descent_paths(NET, X, Y, 1), "batch_sizes is a list"),
        (lambda: labs.descent_paths(NET, 3, Y), "X has shape"),
        (lambda: labs.double_well(lr="x"), "lr is a number"),
        (lambda: labs.rare_and_frequent(noise=None), "noise is a number"),
        (lambda: labs.zigzag(goal=(0.0, 0.0)), "not both 0"),
        (lambda: labs.dead_units(NET, [[1.0]]), "the first layer takes 2 features"),
        (lambda: labs.symmetry(NET, X, Y, epochs="x" * 10_000), "epochs is a whole number"),
        (lambda: labs.saturation(numpy.zeros((9, 9))), "an activation is given by its name"),
        (lambda: bayes.hmc(None, numpy.zeros(1)), "density is a function"),
        (lambda: bayes.hmc(bowl, "x" * 10_000), "start must hold numbers"),
        (lambda: bayes.variational(None, numpy.zeros(1)), "density is a function"),
        (lambda: bayes.polynomial("x" * 10_000, 2), "x must hold numbers"),
        (lambda: bayes.predictive(NET, [[1.0], [1.0, 2.0]], X), "weights must hold numbers"),
        (lambda: bayes.linear_posterior(X, Y, prior_precision=10**400), "prior_precision is a whole number of 1329 bits, larger than any float"),
        (lambda: optim.Adam([Neuron(1).bias], lr=0.1).trace(1.0).check(None), "the answers are a text"),
    ],
)  # fmt: skip
def test_other_arguments_are_refused_in_one_sentence(call, words):
    with pytest.raises((TypeError, ValueError), match=words) as caught:
        call()
    assert len(str(caught.value)) < 250 and "\n" not in str(caught.value)


def test_a_feature_that_was_never_there_has_no_mean_move():
    found = labs.rare_and_frequent("sgd", share=1e-9, updates=3, rng=0)
    assert found.seen.tolist() == [3, 0] and found.moved[0] > 0 and math.isnan(found.moved[1])


def test_a_constant_is_a_function_on_arrays():
    assert labs.largest_error(labs.relu_interpolant(lambda x: 2.0, (0, 1), 3), lambda x: 2.0, (0, 1)) == 0
