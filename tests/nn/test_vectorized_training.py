"""Both engines train alike: the same history and the same leaves, and each says when it is not the vectorised one."""

import copy
import math
import random
from fractions import Fraction
from functools import partial

import numpy
import pytest

import autograd
from autograd import Value
from nn import (
    MLP,
    Dropout,
    EarlyStopping,
    Layer,
    LogisticRegression,
    Module,
    Neuron,
    Perceptron,
    Sequential,
    data,
    losses,
    optim,
    regularizers,
    schedules,
)
from nn.losses import LOSSES
from nn.vectorized_engine import VectorizedEngine

quiet = {"progress": False}
RNG = numpy.random.default_rng(0)
POINTS = RNG.normal(size=(23, 3))  # a number that no batch size divides
CLASSES = RNG.integers(0, 3, 23)
NUMBERS = RNG.normal(size=(23, 2))


def both(make, X=POINTS, y=CLASSES, **arguments):
    """Trains the model that `make` gives with each engine; the two models."""
    models = []
    for engine in ("scalar", "vectorized"):
        model, given = make(), {**quiet, "epochs": 6, "batch_size": 5, **arguments}
        if callable(given.get("optimizer")):
            given["optimizer"] = given["optimizer"](model)
        if callable(given.get("callbacks")):
            given["callbacks"] = given["callbacks"](model)
        history = model.fit(X, y, engine=engine, **given)
        assert history.engine == engine and not history.reason
        models.append(model)
    return models


def assert_alike(scalar, vectorized, tolerance=1e-9):
    """The same series, snapshots, weights, gradients, and generators that have come as far."""
    a, b = scalar.history, vectorized.history
    assert list(a) == list(b) and a.updates == b.updates and a.stopped == b.stopped
    for name in a:
        assert a[name] == pytest.approx(b[name], rel=tolerance, abs=tolerance), name
    assert [s.epoch for s in a.snapshots] == [s.epoch for s in b.snapshots]
    pairs = [*zip(a.snapshots, b.snapshots, strict=True)]
    assert all(s.parameters == pytest.approx(v.parameters, rel=1e-7, abs=tolerance) for s, v in pairs)
    for p, q in zip(scalar.parameters(), vectorized.parameters(), strict=True):
        assert (p.data, p.grad) == (pytest.approx(q.data, rel=1e-7, abs=1e-8), pytest.approx(q.grad, rel=1e-7, abs=1e-8)), p.label
    assert scalar.rng.bit_generator.state == vectorized.rng.bit_generator.state


def classifier(output="linear", activation="tanh", n=3):
    return MLP(3, [5, n], activation, output, rng=1)


# --- the same history ----------------------------------------------------------------------------------------------

SIGNS = numpy.where(CLASSES > 0, 1.0, -1.0)
SOFT = numpy.abs(NUMBERS[:, :1] * [1.0, 2.0, 3.0]) / numpy.abs(NUMBERS[:, :1] * 6.0)
TASKS = {
    "half_squared_error": ("linear", NUMBERS),
    "mse": ("linear", NUMBERS),
    "mae": ("linear", NUMBERS),
    "huber": ("linear", NUMBERS),
    "hinge": ("linear", SIGNS),
    "bce": ("sigmoid", numpy.minimum(CLASSES, 1)),
    "bce_with_logits": ("linear", numpy.stack([CLASSES == 1, CLASSES == 2], axis=1)),
    "cross_entropy": ("linear", CLASSES),
    "cross_entropy_of_probabilities": ("softmax", CLASSES),
}


def test_every_loss_has_a_task():
    assert set(TASKS) == set(LOSSES)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_has_the_same_history_over_two_hundred_updates(loss, reduction):
    """API.md: both engines give the same history to 1e-9 over the first 200 updates."""
    output, y = TASKS[loss]
    n = 3 if losses.LOSSES[loss].targets == "classes" else 1 if y.ndim == 1 else y.shape[1]
    scalar, vectorized = both(partial(classifier, output, n=n), y=y, loss=loss, reduction=reduction, lr=0.02, epochs=40)
    assert scalar.history.updates == 200
    assert_alike(scalar, vectorized)


@pytest.mark.parametrize(
    ("loss", "output", "y"),
    [
        ("bce", "sigmoid", numpy.stack([CLASSES == 1, CLASSES == 2], axis=1)),
        ("bce", "sigmoid", numpy.linspace(0, 1, 23)),
        ("cross_entropy", "linear", numpy.eye(3)[CLASSES]),
        ("cross_entropy", "linear", CLASSES.astype(float)),
        ("cross_entropy_of_probabilities", "softmax", numpy.eye(3)[CLASSES]),
        ("cross_entropy_of_probabilities", "softmax", numpy.full((23, 3), 1 / 3)),
        (partial(losses.huber, delta=0.3), "linear", NUMBERS[:, 0]),
        ("mse", "linear", NUMBERS[:, :1]),
    ],
)
def test_targets_of_every_kind(loss, output, y):
    n = 3 if "cross_entropy" in str(loss) else 1 if y.ndim == 1 else y.shape[1]
    assert_alike(*both(partial(classifier, output, n=n), y=y, loss=loss, lr=0.1))


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda m: optim.SGD(m.parameters(), lr=0.1),
        lambda m: optim.SGD(m.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        lambda m: optim.SGD(m.parameters(), lr=0.1, momentum=0.9, momentum_form="pytorch"),
        lambda m: optim.SGD(m.parameters(), lr=schedules.inverse_time(0.3)),
        lambda m: optim.SGD(m.parameters(), lr=Fraction(1, 10), momentum=Fraction(1, 2)),
        lambda m: optim.AdaGrad(m.parameters(), lr=0.1),
        lambda m: optim.AdaGrad(m.parameters(), lr=0.1, eps_inside=False, weight_decay=0.1),
        lambda m: optim.RMSProp(m.parameters(), lr=0.01),
        lambda m: optim.Adam(m.parameters(), lr=0.01),
        lambda m: optim.Adam(m.parameters(), lr=0.01, betas=(Fraction(9, 10), 0.999), eps=Fraction(1, 10**8)),
        lambda m: optim.AdamW(m.parameters(), lr=0.01, weight_decay=0.1),
        lambda m: optim.Adam(m.layers[1].parameters()[::-1], lr=0.05),
    ],
)
def test_every_optimizer_has_the_same_history_and_memory(optimizer):
    made = []

    def remembered(model):
        made.append(optimizer(model))
        return made[-1]

    assert_alike(*both(classifier, loss="cross_entropy", optimizer=remembered, epochs=40))
    scalar, vectorized = made
    assert scalar.t == vectorized.t == 200
    assert numpy.allclose(numpy.array(scalar.state, float), numpy.array(vectorized.state, float), rtol=1e-6, atol=1e-9)


def test_an_optimizer_goes_on_where_it_was():
    models = [classifier(), classifier()]
    for model, engines in zip(models, [("scalar", "scalar"), ("vectorized", "scalar")], strict=True):
        optimizer = optim.Adam(model.parameters(), lr=0.02)
        for engine in engines:
            model.fit(POINTS, CLASSES, "cross_entropy", optimizer, epochs=4, batch_size=7, engine=engine, **quiet)
        assert optimizer.t == 2 * 4 * 4
    assert_alike(*models)


def test_an_optimizer_with_a_step_of_its_own_makes_it():
    class Halving(optim.SGD):
        def step(self):
            super().step()
            for parameter in self.parameters:
                parameter.data = parameter.data / 2

    assert_alike(*both(classifier, loss="cross_entropy", optimizer=lambda m: Halving(m.parameters(), lr=0.1)))


def test_a_division_by_zero_is_the_error_of_the_scalar_engine():
    model = Sequential([Layer(2, 2, "relu", init="zeros"), Layer(2, 1, rng=0)])
    before = model.state_dict()
    with pytest.raises(ZeroDivisionError, match="give it eps greater than 0"):
        model.fit([[1.0, 2.0]], [3.0], optimizer=optim.AdaGrad(model.parameters(), eps=0.0), engine="vectorized", **quiet)
    assert model.state_dict() == before


def fourth_powers(model):
    return sum(p**4 for p in model.parameters())


fourth_powers.traceable = True


@pytest.mark.parametrize("regularizer", [regularizers.L2(0.01), regularizers.L1(0.02, biases=True), fourth_powers])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_regularizers(regularizer, reduction):
    scalar, vectorized = both(classifier, loss="cross_entropy", regularizer=regularizer, reduction=reduction, lr=0.02)
    assert_alike(scalar, vectorized)
    assert vectorized.history["penalty"][-1] > 0


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "sigmoid", "sin", "abs", "heaviside"])
def test_activations(name):
    assert_alike(*both(partial(classifier, activation=name), loss="cross_entropy", lr=0.1))


@pytest.mark.parametrize("batch_size", [1, 5, 23, 40, None])
@pytest.mark.parametrize("shuffle", [True, False])
def test_batches_of_every_size_in_the_same_order(batch_size, shuffle):
    assert_alike(*both(classifier, loss="cross_entropy", batch_size=batch_size, shuffle=shuffle))


def with_dropout(**more):
    first, second = Dropout(keep=0.7, **more), Dropout(drop=0.4)
    return Sequential([Layer(3, 6, "tanh", rng=1), first, Layer(6, 4, "relu", rng=2), second, Layer(4, 3, rng=3)], rng=4)


@pytest.mark.parametrize("more", [{}, {"rng": 9}])
def test_dropout_has_the_same_masks(more):
    """D1-50. The masks are inputs of the program, drawn as the scalar engine draws them, from one generator or from two."""
    scalar, vectorized = both(partial(with_dropout, **more), loss="cross_entropy", lr=0.1, epochs=40)
    assert_alike(scalar, vectorized)
    states = [model.layers[1].rng.bit_generator.state for model in (scalar, vectorized)]
    assert states[0] == states[1]


def test_validation_early_stopping_and_snapshots():
    """D1-49."""
    stops = []

    def stop(model):
        stops.append(EarlyStopping(patience=4))
        return stops[-1]

    X, y = data.sine(40, noise=0.4, rng=2)
    arguments = {"loss": "mse", "optimizer": "adam", "lr": 0.05, "epochs": 60, "validation_split": 0.4, "snapshots": 4}
    scalar, vectorized = both(lambda: MLP(1, [6, 1], "tanh", rng=0), X, y, callbacks=lambda m: [stop(m)], **arguments)
    assert_alike(scalar, vectorized)
    assert 0 < stops[0].best_epoch == stops[1].best_epoch < scalar.history.epochs < 60
    assert stops[0].best == pytest.approx(stops[1].best, rel=1e-9)


def test_validation_on_many_points():
    X, y = data.moons(300, rng=0)
    scalar, vectorized = both(lambda: MLP(2, [4, 1], rng=0), X, y, loss="bce_with_logits", lr=0.1, batch_size=32, validation_split=0.5)
    assert_alike(scalar, vectorized)
    assert vectorized.evaluate(X[150:], y[150:]) == vectorized.history["val_loss"][-1]


# --- callbacks that change things ----------------------------------------------------------------------------------


class Changing:
    """A callback that does something to the model or the optimizer after an epoch."""

    def __init__(self, change, at=2):
        self.change, self.at = change, at

    def on_epoch_end(self, epoch, history, model):
        if epoch == self.at:
            self.change(model)


def set_weight(model):
    model.layers[0].neurons[0].weights[0].data = 3.0


def other_activation(model):
    model.layers[0].activation = Layer(1, 1, "relu").activation


def less_dropout(model):
    model.layers[1].keep = 0.95


def no_dropout(model):
    model.eval()


def another_constant(model):
    model.scale = Value(0.5, constant=True)


class Scaled(Sequential):
    """The outputs of a network times a constant."""

    traceable = True

    def __init__(self):
        super().__init__([Layer(3, 4, "tanh", rng=0), Dropout(keep=0.6), Layer(4, 3, rng=1)], rng=2)
        self.scale = Value(2.0, constant=True)

    def __call__(self, x):
        return [output * self.scale for output in super().__call__(x)]


@pytest.mark.parametrize("change", [set_weight, other_activation, less_dropout, no_dropout, another_constant])
@pytest.mark.parametrize("make", [with_dropout, Scaled])
def test_what_a_callback_changes_counts_from_the_next_update(change, make):
    assert_alike(*both(make, loss="cross_entropy", lr=0.1, callbacks=lambda m: [Changing(change)]))
    plain = make()
    plain.fit(POINTS, CLASSES, "cross_entropy", lr=0.1, epochs=6, batch_size=5, **quiet)
    changed = make()
    changed.fit(POINTS, CLASSES, "cross_entropy", lr=0.1, epochs=6, batch_size=5, callbacks=[Changing(change)], **quiet)
    assert (make is with_dropout and change is another_constant) or plain.history["loss"] != changed.history["loss"]


def test_a_callback_sees_the_weights_the_gradients_and_the_memory_of_the_optimizer_and_may_set_its_rate():
    seen, optimizers = [], []

    def optimizer(model):
        optimizers.append(optim.Adam(model.parameters(), lr=0.05))
        return optimizers[-1]

    class Look:
        def __init__(self, optimizer):
            self.optimizer = optimizer

        def on_epoch_end(self, epoch, history, model):
            p = model.parameters()[0]
            seen.append((p.data, p.grad, self.optimizer.state[0][0], self.optimizer.t))
            self.optimizer.lr = self.optimizer.lr / 2
            self.optimizer.state = [(0.5 * m, v) for m, v in self.optimizer.state]

    assert_alike(*both(classifier, loss="cross_entropy", optimizer=optimizer, callbacks=lambda m: [Look(optimizers[-1])]))
    assert seen[:6] == [pytest.approx(row, rel=1e-7, abs=1e-9) for row in seen[6:]] and len(set(seen[:6])) == 6


def test_what_cannot_be_vectorised_any_more_is_trained_by_scalars():
    def branch(model):
        model.layers[0].activation = Layer(1, 1, lambda v: v if v > 0 else 0 * v).activation

    scalar, auto = classifier(), classifier()
    scalar.fit(POINTS, CLASSES, "cross_entropy", epochs=4, engine="scalar", callbacks=[Changing(branch)], **quiet)
    history = auto.fit(POINTS, CLASSES, "cross_entropy", epochs=4, callbacks=[Changing(branch)], **quiet)
    assert_alike(scalar, auto)
    assert history.engine == "scalar" and "<lambda> is code of one's own, which may decide by numbers" in history.reason
    with pytest.raises(ValueError, match="a callback changed the model, and now it cannot be vectorised"):
        classifier().fit(POINTS, CLASSES, "cross_entropy", epochs=4, engine="vectorized", callbacks=[Changing(branch)], **quiet)


# --- models of one's own -------------------------------------------------------------------------------------------


class Residual(Module):
    """x + W x, then a sum of products without dot nodes, a parameter that two places share, and one that nothing uses."""

    traceable = True

    def __init__(self, rng=None):
        self.rng = numpy.random.default_rng(0)
        self.inner, self.gain, self.idle = Layer(3, 3, "tanh", rng=0), Value(0.7, "gain"), Value(1.0, "idle")
        self.head = [Value(0.1 * k, f"h{k}") for k in range(3)]

    def __call__(self, x):
        hidden = [a + self.gain * b for a, b in zip(x, self.inner(x), strict=True)]
        return sum(w * h for w, h in zip(self.head, hidden, strict=True)) * self.gain


def test_a_module_of_ones_own_is_vectorised():
    scalar, vectorized = both(Residual, y=NUMBERS[:, 0], optimizer=lambda m: optim.SGD(m.parameters(), lr=0.05, weight_decay=0.1))
    assert_alike(scalar, vectorized)
    assert vectorized.idle.data < 1, "weight decay shrinks what nothing uses"


def gated(v):
    return v * autograd.sigmoid(1.5 * v)


def test_an_activation_of_ones_own_is_vectorised_if_it_says_that_it_can_be(monkeypatch):
    model = classifier(activation=gated)
    history = model.fit(POINTS, CLASSES, "cross_entropy", epochs=1, **quiet)
    assert history.engine == "scalar" and "gated is code of one's own" in history.reason
    gated.traceable = True
    assert_alike(*both(partial(classifier, activation=gated), loss="cross_entropy"))


def test_a_promise_holds_for_the_class_that_makes_it_and_not_for_those_derived_from_it():
    class Derived(Residual):
        pass

    history = Derived().fit(POINTS, NUMBERS[:, 0], epochs=1, **quiet)
    assert history.engine == "scalar"
    assert (
        history.reason
        == "Derived is code of one's own, which may decide by numbers; if it does not, give it the attribute traceable = True"
    )


class Branching(Residual):
    traceable = True

    def __call__(self, x):
        return super().__call__(x) if x[0] > 0 else self.gain * x[1]


class Reading(Residual):
    traceable = True

    def __call__(self, x):
        return super().__call__(x) * math.exp(self.gain)


class ReadingData(Residual):
    traceable = True

    def __call__(self, x):
        return super().__call__(x) * (self.gain.data + 1)


class Counting(Residual):
    traceable = True
    calls = 0

    def __call__(self, x):
        self.calls += 1
        return super().__call__(x) / self.calls


class Noisy(Residual):
    traceable = True

    def __call__(self, x):
        return super().__call__(x) + self.rng.normal()


class Rolling(Residual):
    traceable = True

    def __call__(self, x):
        return super().__call__(x) + random.random()


class Hidden(Residual):
    traceable = True

    def __init__(self):
        super().__init__()
        self.elsewhere = {"w": Value(2.0, "hidden")}

    def __call__(self, x):
        return super().__call__(x) * self.elsewhere["w"]


class Floats(Residual):
    traceable = True

    def __call__(self, x):
        return super().__call__([math.sin(v) for v in x])


class Uncopyable(Residual):
    traceable = True

    def __init__(self):
        super().__init__()
        self.log = (k for k in range(3))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Branching, "the model builds another graph at other numbers, although it says that it is traceable"),
        (Reading, "the model builds another graph at other numbers"),
        (ReadingData, "the model builds another graph at other numbers"),
        (Floats, "the model builds another graph at other numbers"),
        (Counting, "the model builds another graph at other numbers"),
        (Noisy, "the model builds another graph at other numbers"),
        (Rolling, "the model builds another graph at other numbers"),
        (Hidden, "hidden is a leaf of the graph, but no parameter of the model"),
        (Uncopyable, "the model cannot be copied for a trial"),
    ],
)
def test_what_one_graph_cannot_express_is_trained_by_scalars_as_if_nothing_had_been_tried(make, words):
    random.seed(1)
    scalar = make()
    scalar.fit(POINTS, NUMBERS[:, 0], epochs=3, engine="scalar", **quiet)
    random.seed(1)
    auto = make()
    history = auto.fit(POINTS, NUMBERS[:, 0], epochs=3, **quiet)
    assert history.engine == "scalar"
    with pytest.raises(ValueError, match="this training cannot be vectorised: .*" + words):
        make().fit(POINTS, NUMBERS[:, 0], engine="vectorized", **quiet)
    assert make is Rolling or scalar.history["loss"] == history["loss"]


class Deciding:
    traceable = True

    def __call__(self, model):
        return model.gain * model.gain if model.gain > 0 else -model.gain


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"loss": lambda p, t: sum(p)}, "the loss is a function of one's own"),
        ({"X": [[Value(1.0), 2.0, 3.0]] * 23}, "X holds Values or fractions"),
        ({"y": [Fraction(1, 3)] * 23}, "y holds Values or fractions"),
        (
            {"regularizer": lambda m: m.gain * m.gain if m.gain > 0 else -m.gain},
            "<lambda> is code of one's own, which may decide by numbers",
        ),
        ({"regularizer": Deciding()}, "the regularizer builds another graph at other numbers"),
    ],
)
def test_arguments_that_cannot_be_vectorised_are_named(arguments, words):
    given = {"X": POINTS, "y": NUMBERS[:, 0], "epochs": 1, **quiet, **arguments}
    with pytest.raises(ValueError, match="this training cannot be vectorised: .*" + words):
        Residual().fit(engine="vectorized", **given)
    history = Residual().fit(**given)
    assert history.engine == "scalar" and history.reason


def test_exact_fractions_stay_exact():
    neuron = Neuron(1).set([Fraction(1, 2)], Fraction(0))
    history = neuron.fit([[Fraction(1)]], [Fraction(1)], lr=Fraction(1, 10), epochs=1, **quiet)
    assert neuron.weights[0].data == Fraction(3, 5) and history.engine == "scalar"
    model = Neuron(1).set([Fraction(1, 2)], 0.0)
    assert "w1 is an exact fraction" in model.fit([[1.0]], [1.0], epochs=1, **quiet).reason


def test_the_trial_of_a_regularizer_leaves_the_parameters_as_they_were():
    class Shrinking(Deciding):
        traceable = True

        def __call__(self, model):
            return 0.1 * model.gain * model.gain

    scalar, vectorized = both(Residual, y=NUMBERS[:, 0], regularizer=Shrinking())
    assert_alike(scalar, vectorized)


class Turning(Residual):
    """The difference of two outputs, the one way or the other: the same nodes, with their operands in another order."""

    traceable = True

    def __call__(self, x):
        one, other = self.inner(x)[:2]
        return one - other if x[0] > 0 else other - one


def test_the_order_of_operands_belongs_to_a_graph():
    history = Turning().fit(POINTS, NUMBERS[:, 0], epochs=1, **quiet)
    assert history.engine == "scalar" and "builds another graph at other numbers" in history.reason


# --- what it says --------------------------------------------------------------------------------------------------


def test_the_engine_and_the_reason_are_said(capsys):
    assert classifier().fit(POINTS, CLASSES, "cross_entropy", epochs=1).engine == "vectorized"
    assert "engine: vectorized\n" in capsys.readouterr().err
    Counting().fit(POINTS, NUMBERS[:, 0], epochs=1)
    assert (
        "engine: scalar, because the model builds another graph at other numbers, although it says that it is traceable\n"
        in capsys.readouterr().err
    )
    assert classifier().fit(POINTS, CLASSES, "cross_entropy", epochs=1, engine="scalar").reason == ""
    assert "engine: scalar\n" in capsys.readouterr().err


# --- edges ---------------------------------------------------------------------------------------------------------


def saturated():
    """A neuron so sure that its probabilities are exactly 0 and 1."""
    model = LogisticRegression(1).set([800.0], 1.0)
    model.rng = numpy.random.default_rng(0)
    return model


@pytest.fixture
def without_scalars(monkeypatch):
    """The vectorised engine may not leave an update to the scalar one."""

    def refuse(*arguments):
        raise AssertionError("an update was left to the scalar engine")

    monkeypatch.setattr(VectorizedEngine, "_update_by_scalars", refuse)


def test_a_probability_of_exactly_0_or_1_costs_nothing_where_it_is_right(without_scalars):
    """D1-27: 0 · log 0 counts as 0."""
    X, y = [[2.0], [-3.0], [1e-3], [-1e-3]], [1, 0, 0, 1]
    scalar, vectorized = both(saturated, X, y, loss="bce", lr=0.5, epochs=50, batch_size=None)
    assert_alike(scalar, vectorized)
    assert saturated().predict(X[:2]).tolist() == [1.0, 0.0] and vectorized.history["loss"][0] > 0


def test_a_wrong_probability_of_exactly_1_is_infinitely_wrong_on_both_engines():
    for engine in ("scalar", "vectorized"):
        model = saturated()
        with pytest.raises(FloatingPointError, match="the loss became inf in epoch 1, batch 1"):
            model.fit([[2.0]], [0], engine=engine, **quiet)
        assert model.weights[0].data == 800.0


def test_softmax_that_is_exactly_0_or_1_is_the_same_on_both_engines(without_scalars):
    def sure():
        return Layer(1, 3, "softmax", rng=0).set(weights=[[900.0], [0.0], [-900.0]], biases=[0.0, 0.0, 0.0])

    scalar, vectorized = both(sure, [[1.0], [-1.0]], [0, 2], loss="cross_entropy_of_probabilities", lr=0.1)
    assert_alike(scalar, vectorized)
    assert vectorized.history["loss"] == [0.0] * 6


def test_divergence_stops_at_the_same_batch_with_the_same_weights():
    found = []
    for engine in ("scalar", "vectorized"):
        model = MLP(3, [4, 1], rng=0)
        with pytest.raises(FloatingPointError) as raised:
            model.fit(POINTS, NUMBERS[:, 0], lr=1e4, epochs=50, batch_size=4, engine=engine, **quiet)
        found.append((str(raised.value), model.history.updates, [p.data for p in model.parameters()]))
    assert found[0][:2] == found[1][:2] and found[0][2] == pytest.approx(found[1][2], rel=1e-6)


def test_a_masked_update_at_the_edge_draws_its_masks_once():
    def steep():
        model = with_dropout()
        model.layers[4].set(weights=numpy.full((3, 4), 1e200))
        return model

    found = []
    for engine in ("scalar", "vectorized"):
        model = steep()
        with pytest.raises(FloatingPointError) as raised:
            model.fit(POINTS * 1e200, CLASSES, "cross_entropy", lr=1e200, epochs=5, batch_size=4, engine=engine, **quiet)
        found.append((str(raised.value), model.rng.bit_generator.state, [p.data for p in model.parameters()]))
    assert found[0] == found[1]


def test_ctrl_c_keeps_what_was_reached():
    class Interrupt:
        def on_epoch_end(self, epoch, history, model):
            if epoch == 3:
                raise KeyboardInterrupt

    assert_alike(*both(classifier, loss="cross_entropy", callbacks=[Interrupt()]))


# --- predictions ---------------------------------------------------------------------------------------------------


def one_by_one(model, X):
    model.eval()
    rows = [model(row) for row in numpy.asarray(X).tolist()]
    return numpy.array([[float(v) for v in row] if isinstance(row, list) else float(row) for row in rows])


GRID = RNG.normal(size=(10_000, 3))


@pytest.mark.parametrize("make", [classifier, partial(classifier, "softmax"), partial(MLP, 3, [4, 1], rng=0), with_dropout, Scaled, Residual, Branching, partial(Perceptron, 3, init="normal", rng=0), partial(Layer, 3, 1, rng=0)])  # fmt: skip
def test_predictions_for_many_points_are_those_of_each(make):
    model = make()
    if isinstance(model, Layer):
        assert model.predict(GRID).shape == (10_000,)
        return
    assert model.predict(GRID)[:300] == pytest.approx(one_by_one(model, GRID[:300]), rel=1e-12, abs=1e-13)
    assert len(model.predict(GRID)) == 10_000


def test_predictions_of_many_points_build_no_graph_for_each(monkeypatch):
    calls, model = [], MLP(3, [4, 1], rng=0)
    original = MLP.__call__
    monkeypatch.setattr(MLP, "__call__", lambda self, x: (calls.append(1), original(self, x))[1])
    model.predict(GRID)
    model.predict(GRID)
    assert len(calls) <= 2


def test_whatever_is_changed_by_hand_is_seen_by_the_next_prediction():
    model = classifier()
    before = model.predict(GRID)
    model.layers[0].neurons[0].bias.data = 2.0
    moved = model.predict(GRID)
    assert (moved != before).any() and moved[:9] == pytest.approx(one_by_one(model, GRID[:9]), rel=1e-12)
    for activation in ("relu", "sigmoid", "tanh", "relu"):
        model.layers[0].activation = Layer(1, 1, activation).activation
        assert model.predict(GRID)[:9] == pytest.approx(one_by_one(model, GRID[:9]), rel=1e-12)
    model.layers[1] = Layer(5, 2, rng=5)
    assert model.predict(GRID)[:9] == pytest.approx(one_by_one(model, GRID[:9]), rel=1e-12)


def test_evaluation_of_many_points_is_that_of_the_graph():
    X, y = data.moons(400, rng=0)
    model = MLP(2, [5, 1], rng=0)
    assert model.evaluate(X, y, "bce_with_logits") == pytest.approx(model.loss(X, y, "bce_with_logits").data, rel=1e-12)


def test_a_model_that_has_predicted_can_be_copied_pickled_and_forgotten():
    import gc
    import pickle
    import weakref

    model = classifier()
    model.predict(GRID)
    assert (copy.deepcopy(model).predict(GRID) == model.predict(GRID)).all()
    assert (pickle.loads(pickle.dumps(model)).predict(GRID) == model.predict(GRID)).all()
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


# --- real data -----------------------------------------------------------------------------------------------------


def test_digits_are_read_to_ninety_six_percent_through_fit():
    """Issue 6: 1,797 images of 8 × 8, MLP(64, [32, 10]), cross-entropy. `python -m benchmarks digits` takes the time."""
    X, y = data.digits()
    X_train, X_test, y_train, y_test = data.train_test_split(X / 16, y, rng=0)
    model = MLP(64, [32, 10], rng=0)
    history = model.fit(X_train, y_train, "cross_entropy", "adam", lr=0.005, epochs=40, **quiet)
    assert history.engine == "vectorized" and model.evaluate(X_test, y_test).accuracy >= 0.96
