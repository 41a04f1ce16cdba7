"""Depth and initialisation: gradients and variances from layer to layer, and which deep nets learn."""

import numpy
import pytest

from nn import MLP, Neuron, formulas, labs


def test_gradients_of_the_first_layer_vanish_with_sigmoids_and_live_with_tanh():
    """D1-13, D2-20: ‖dW¹‖ ÷ ‖dWᴸ‖ of ten layers of 32 with Glorot's variances is 3.0e-5 for sigmoids and 0.68 for tanh."""
    rng = numpy.random.default_rng(0)
    for name, ratio in (("sigmoid", 3.05e-5), ("tanh", 0.680)):
        model = MLP(8, [*[32] * 9, 1], name, init="glorot_normal", rng=1)
        norms = labs.gradient_norms(model, rng.normal(size=(20, 8)), rng.normal(size=20), "mse")
        assert norms.shape == (10,) and norms[0] / norms[-1] == pytest.approx(ratio, rel=2e-3), name


def test_each_sigmoid_layer_lets_at_most_a_quarter_through():
    """D2-20: the logarithm of the ratio falls with the depth, by more than log 4 for each layer at these variances."""
    found = labs.vanishing("sigmoid", "glorot_normal", depths=(2, 5, 10, 20), width=16, rng=0)
    slopes = numpy.diff(numpy.log(found.ratios)) / numpy.diff(found.depths)
    assert (slopes < -numpy.log(2)).all() and found.ratios[-1] < 1e-10
    assert labs.vanishing("tanh", depths=(20,), width=16, rng=0).ratios[0] > 0.05
    assert [len(norms) for norms in found.norms] == [2, 5, 10, 20]


def test_gradient_norms_are_those_of_the_formulas():
    model, X, y = Neuron(2, "tanh", rng=0), [[1.0, 2.0], [0.5, -1.0]], [1.0, 0.0]
    assert labs.gradient_norms(model, X, y).tolist() == [numpy.linalg.norm(formulas.backward(model, X, y)["dW1"])]


@pytest.mark.parametrize("n_in", [10, 100, 400])
def test_variance_of_a_sum_grows_with_the_inputs_unless_the_weights_shrink(n_in):
    """D2-24, D2-25: for N(0, 1) weights Var(Σ w x) = n Var(w) Var(x) = n; with N(0, 1/n) it is 1 for every n."""
    assert labs.variances([n_in, 50], "normal", rng=0).forward[0] == pytest.approx(n_in, rel=0.08)
    assert labs.variances([n_in, 50], "lecun_normal", rng=0).forward[0] == pytest.approx(1, rel=0.08)


def test_glorot_is_the_mean_of_what_the_forward_and_the_backward_pass_want():
    """D2-26: 1/n_in keeps the variance forward, 1/n_out backward; 2/(n_in + n_out) is between both, either way round."""
    for n_in, n_out in ((400, 100), (100, 400)):
        found = {name: labs.variances([n_in, n_out], name, rng=0) for name in ("lecun_normal", "glorot_normal")}
        assert found["lecun_normal"].forward[0] == pytest.approx(1, rel=0.1)
        assert found["lecun_normal"].backward[0] == pytest.approx(n_out / n_in, rel=0.1)
        both = found["glorot_normal"]
        assert both.forward[0] == pytest.approx(2 * n_in / 500, rel=0.1) and both.backward[0] == pytest.approx(2 * n_out / 500, rel=0.1)
        assert (both.forward[0] + both.backward[0]) / 2 == pytest.approx(1, rel=0.1)


def test_through_ten_layers_he_keeps_what_lecun_loses_with_relu_in_both_directions():
    """D2-27, D2-28: with relu half of the mean square is lost at every layer, unless the variance is 2/n_in."""
    he, lecun = (labs.variances([64] * 11, name, "relu", examples=200, rng=0) for name in ("he_normal", "lecun_normal"))
    assert 0.2 < he.forward[-1] / he.forward[0] < 5 and 0.2 < he.backward[0] / he.backward[-1] < 5
    assert lecun.forward[-1] / lecun.forward[0] < 0.01 and lecun.backward[0] / lecun.backward[-1] < 0.01
    normal = labs.variances([64] * 5, "normal", examples=200, rng=0)
    assert normal.forward[-1] > 1e5 and normal.backward[0] > 1e5, "N(0, 1) explodes"


def test_ten_hidden_layers_are_learned_by_tanh_and_relu_and_not_by_sigmoids():
    """D1-13: two moons, ten hidden layers of 8, Adam, 150 epochs."""
    losses = {
        name: labs.train_deep(10, name, "he_normal" if name == "relu" else "glorot_normal", rng=1) for name in ("sigmoid", "tanh", "relu")
    }
    assert losses["tanh"].accuracy == losses["relu"].accuracy == 1.0 > losses["sigmoid"].accuracy
    assert losses["sigmoid"].loss[50] == pytest.approx(numpy.log(2), abs=0.01) and losses["relu"].loss[50] < 0.3
    assert losses["sigmoid"].first_norms[0] < 1e-5 < 1e-3 < losses["relu"].first_norms[0]


def test_thirty_layers_stay_a_coin_with_sigmoids_and_learn_with_relu_and_he():
    """D1-13, D3-13: the loss of a coin is log 2."""
    coin = labs.train_deep(30, "sigmoid", width=12, epochs=60, rng=1)
    assert coin.loss[20:] == pytest.approx([numpy.log(2)] * 40, abs=0.02) and coin.accuracy == 0.5
    learned = labs.train_deep(30, "relu", "he_normal", width=16, epochs=100, lr=0.003, rng=1)
    assert learned.loss[-1] < 0.3 and learned.accuracy > 0.85
    assert len(learned.first_norms) == 31


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="at least two widths"):
        labs.variances([5])
    with pytest.raises(ValueError, match="a depth is at least 1"):
        labs.vanishing(depths=[0])
