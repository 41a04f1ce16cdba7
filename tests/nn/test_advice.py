"""What a history says about a training that got nowhere: the cause that the losses and the slopes show, and what to try."""

import numpy
import pytest

from autograd.explain.languages import languages, templates
from nn import MLP, Neuron, data, losses
from nn.advice import constant_loss

XOR = data.gates("xor")
SINE = data.sine(40, rng=0)
quiet = {"progress": False}


def xor_net(seed):
    return MLP(2, [4, 1], "tanh", "sigmoid", rng=seed)


@pytest.mark.parametrize("seed", range(3))
def test_xor_with_the_default_rate_is_told_of_a_larger_one_which_solves_it(seed):
    history = xor_net(seed).fit(*XOR, loss="bce", epochs=1000, **quiet)
    assert history.to_say[0] == "training.stuck" and history.to_say[1]["more"] == "1"
    better = xor_net(seed)
    assert better.fit(*XOR, loss="bce", lr=1.0, epochs=1000, **quiet).advice() == ""
    assert better.evaluate(*XOR).accuracy == 1


def test_a_saturated_net_is_told_of_its_inputs_and_a_dead_one_of_another_activation():
    X, y = XOR
    history = MLP(2, [8, 1], "sigmoid", "sigmoid", rng=0).fit(1000 * X - 500, y, loss="bce", lr=0.1, epochs=20, **quiet)
    assert history.advice().startswith("The loss ends at") and "8 of 8 hidden units" in history.advice()
    dead = MLP(1, [8, 1], rng=0)
    dead.fit(*SINE, lr=0.5, epochs=50, batch_size=None, **quiet)
    assert "leaky_relu" in dead.history.advice()


def test_a_rate_that_is_too_large_is_told_of_a_smaller_one():
    model = MLP(1, [8, 1], rng=0)
    assert model.fit(*SINE, lr=1.0, epochs=20, **quiet).to_say[0] == "training.grew" and "lr=0.1)" in model.history.advice()
    model = Neuron(1, rng=0)
    with pytest.raises(FloatingPointError):
        model.fit([[10.0], [20.0]], [1.0, 3.0], lr=1.0, epochs=2000, **quiet)
    assert model.history.to_say[0] == "training.overflow"


def test_jumps_are_told_from_slowness():
    X, y = data.spirals(60, rng=0)
    for lr, batch_size in ((2, 8), (1, 2)):
        jumping = MLP(2, [8, 3], "tanh", rng=0).fit(X, y, "cross_entropy", lr=lr, epochs=40, batch_size=batch_size, **quiet)
        assert jumping.to_say[0] == "training.jumps", "a larger rate would be the wrong advice"
    slow = MLP(2, [8, 3], "tanh", rng=0).fit(X, y, "cross_entropy", lr=0.001, epochs=40, batch_size=2, **quiet)
    assert slow.to_say[0] == "training.stuck"


@pytest.mark.parametrize("engine", ["scalar", "vectorized"])
def test_a_training_that_learns_or_is_short_or_has_a_loss_of_ones_own_is_left_alone(engine):
    X, y = data.moons(40, rng=0)
    assert MLP(2, [8, 1], rng=0).fit(X, y, loss="bce_with_logits", lr=0.3, epochs=30, engine=engine, **quiet).advice() == ""
    assert xor_net(0).fit(*XOR, loss="bce", epochs=9, engine=engine, **quiet).advice() == ""
    own = lambda prediction, target: losses.bce(prediction, target)  # noqa: E731
    assert xor_net(0).fit(*XOR, loss=own, epochs=20, **quiet).advice() == ""


def test_a_second_fit_of_a_model_that_has_learned_is_left_alone():
    model = Neuron(1, rng=0)
    for _ in range(2):
        history = model.fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], lr=0.2, epochs=100, **quiet)
    assert history.advice() == ""


@pytest.mark.parametrize("lang", languages())
def test_the_advice_is_said_in_every_language_and_stands_below_the_table(lang):
    history = xor_net(0).fit(*XOR, loss="bce", epochs=20, **quiet)
    assert history.advice(lang).startswith(templates(lang)["training.stuck"][:12]) and "{" not in history.advice(lang)
    assert str(history).endswith(history.advice()) and "Worth trying" in history._repr_html_()
    with pytest.raises(ValueError, match="no words for the language"):
        history.advice("xx")


CLASSES = numpy.array([0, 1, 1, 2, 2, 2])


@pytest.mark.parametrize(
    ("loss", "y", "expected"),
    [
        ("mse", numpy.array([0.0, 2.0]), 1.0),
        ("mse", numpy.array([[0.0, 1.0], [2.0, 1.0]]), 0.5),
        ("mae", numpy.array([0.0, 0.0, 9.0]), 3.0),
        ("bce", numpy.array([0, 1, 1, 1]), -(0.25 * numpy.log(0.25) + 0.75 * numpy.log(0.75))),
        ("bce_with_logits", numpy.array([0, 1, 1, 1]), -(0.25 * numpy.log(0.25) + 0.75 * numpy.log(0.75))),
        ("bce_with_logits", numpy.array([1, 1]), 0.0),
        ("cross_entropy", CLASSES, -sum(p * numpy.log(p) for p in (1 / 6, 2 / 6, 3 / 6))),
        ("cross_entropy_of_probabilities", CLASSES, -sum(p * numpy.log(p) for p in (1 / 6, 2 / 6, 3 / 6))),
        ("cross_entropy", data.one_hot(CLASSES), -sum(p * numpy.log(p) for p in (1 / 6, 2 / 6, 3 / 6))),
        ("hinge", numpy.array([1, 1, 1, -1]), 0.5),
    ],
)
def test_the_loss_of_the_best_constant_answer(loss, y, expected):
    assert constant_loss(losses.LOSSES[loss], y) == pytest.approx(expected, abs=1e-12)
