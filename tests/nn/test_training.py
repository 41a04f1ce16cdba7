"""Training: the loop, what it keeps, how it ends, and what it refuses before anything is changed."""

import copy
import math
import subprocess
import sys
import threading
from functools import partial

import numpy
import pytest

from autograd import Value, no_grad, numeric_grad, scope, topological_order
from nn import (
    MLP,
    Dropout,
    EarlyStopping,
    Layer,
    LogisticRegression,
    Module,
    Neuron,
    Sequential,
    data,
    losses,
    optim,
    regularizers,
    schedules,
)
from nn.history import History

quiet = {"progress": False}


# --- the loop ------------------------------------------------------------------------------------------------------


def test_keras_example_of_the_course_reads_almost_the_same():
    """D1-16, E1-5, E1-6: 3 inputs → 4 sigmoid → 2 linear, mse, SGD, 10 epochs, batches of 128, validation_split 0.2
    (not validation_size), evaluate(X_test, y_test) with its targets; 26 parameters."""
    rng = numpy.random.default_rng(0)
    X = rng.normal(size=(600, 3))
    y = numpy.stack([X @ [1.0, -2.0, 0.5], X[:, 0] * X[:, 1]], axis=1)
    X_train, X_test, y_train, y_test = data.train_test_split(X, y, rng=0)
    model = Sequential([Layer(3, 4, "sigmoid"), Layer(4, 2)], rng=0)
    assert len(model.parameters()) == 3 * 4 + 4 + 4 * 2 + 2 == 26
    before = model.evaluate(X_test, y_test, "mse")
    history = model.fit(X_train, y_train, loss="mse", optimizer="sgd", lr=0.1, epochs=10, batch_size=128, validation_split=0.2, **quiet)
    assert len(history["loss"]) == len(history["val_loss"]) == 10 and history.updates == 10 * 3
    assert model.evaluate(X_test, y_test) < before
    with pytest.raises(TypeError, match="validation_size"):
        model.fit(X, y, validation_size=0.2)
    with pytest.raises(TypeError, match="y"):
        model.evaluate(X_test)


def test_fit_does_what_the_loop_of_the_lecture_does():
    """D0-32, D1-30, D1-31, D1-32, D1-44: forward, δ of the output, backward, update; w ← w - η ∇E for all, one or B examples."""
    X, y = data.moons(12, rng=0)
    for batch_size in (None, 1, 5):
        model, byhand = MLP(2, [3, 1], "tanh", rng=1), MLP(2, [3, 1], "tanh", rng=1)
        model.fit(X, y, "bce_with_logits", lr=0.1, epochs=3, batch_size=batch_size, shuffle=False, engine="scalar", **quiet)
        for _ in range(3):
            for start in range(0, 12, batch_size or 12):
                rows = slice(start, start + (batch_size or 12))
                byhand.zero_grad()
                byhand.loss(X[rows], y[rows], "bce_with_logits").backward()
                for p in byhand.parameters():
                    p.data = p.data - 0.1 * p.grad
        assert byhand.state_dict() == model.state_dict()


def test_recorded_loss_is_the_mean_over_the_examples_of_an_epoch():
    X, y = data.moons(10, rng=0)
    model = MLP(2, [2, 1], rng=0)
    whole = model.loss(X, y, "mse").data
    history = model.fit(X, y, "mse", lr=1e-12, epochs=1, batch_size=4, **quiet)
    assert history["loss"][0] == pytest.approx(whole, rel=1e-9)
    history = model.fit(X, y, "mse", lr=1e-12, epochs=1, batch_size=4, reduction="sum", **quiet)
    assert history["loss"][0] == pytest.approx(10 * whole, rel=1e-9)


def test_leaves_hold_the_gradients_of_the_last_update_afterwards():
    X, y = data.moons(8, rng=0)
    model = MLP(2, [2, 1], rng=0)
    start = model.state_dict()
    model.fit(X, y, lr=0.1, epochs=1, batch_size=None, **quiet)
    moved = [(a - p.data) / 0.1 for a, p in zip(start.values(), model.parameters(), strict=True)]
    assert moved == pytest.approx([p.grad for p in model.parameters()], abs=1e-12) and any(moved)


@pytest.mark.parametrize("name", ["sgd", "adagrad", "rmsprop", "adam", "adamw", "Adam"])
def test_every_optimizer_by_name_makes_the_loss_smaller(name):
    X, y = data.moons(20, rng=0)
    history = MLP(2, [4, 1], rng=0).fit(X, y, "bce_with_logits", name, lr=0.05, epochs=20, **quiet)
    assert history["loss"][-1] < history["loss"][0]


def test_linear_neuron_finds_the_least_squares_solution():
    """D0-04, D0-13: without an activation the minimum has a closed form, and descent finds it."""
    rng = numpy.random.default_rng(0)
    X = rng.normal(size=(30, 2))
    y = X @ [1.5, -0.5] + 0.7 + 0.1 * rng.normal(size=30)
    neuron = Neuron(2, rng=0)
    neuron.fit(X, y, "half_squared_error", lr=0.5, epochs=120, batch_size=None, **quiet)
    expected, *_ = numpy.linalg.lstsq(numpy.column_stack([X, numpy.ones(30)]), y, rcond=None)
    assert [p.data for p in neuron.parameters()] == pytest.approx(expected, abs=1e-6)


def test_separable_data_drives_the_weights_of_logistic_regression_to_infinity():
    """D2-05, D0-05: decision ŷ = 1 ⇔ p > 0.5; perfect on AND, whose loss goes to 0 while the weights grow."""
    X, y = data.gates("and")
    model = LogisticRegression(2)
    sizes, lossed = [], []
    for _ in range(3):
        history = model.fit(X, y, lr=2.0, epochs=300, batch_size=None, **quiet)
        sizes.append(math.hypot(*(p.data for p in model.parameters())))
        lossed.append(history["loss"][-1])
    assert ((model.predict(X) > 0.5) == y).all()
    assert sizes[0] < sizes[1] < sizes[2] and lossed[0] > lossed[1] > lossed[2]
    assert model.evaluate(X, y).accuracy == 1.0


def test_a_tie_is_decided_for_class_zero():
    """E2-3, D2-05: p <= ½ → 0 on one slide, μ >= 0 → 1 on another; here class 1 needs strictly more than the threshold."""
    assert LogisticRegression(1).evaluate([[3.0]], [0]).accuracy == 1.0
    assert LogisticRegression(1).evaluate([[3.0]], [1]).accuracy == 0.0


def test_history_is_the_same_bit_for_bit_in_another_process_with_another_hash_seed():
    script = (
        "from nn import MLP, Sequential, Layer, Dropout, data\n"
        "X, y = data.moons(24, rng=0)\n"
        "m = Sequential([Layer(2, 6, 'relu', rng=1), Dropout(keep=0.7), Layer(6, 1, rng=2)], rng=3)\n"
        "h = m.fit(X, y, 'bce_with_logits', 'adam', lr=0.05, epochs=4, batch_size=5, validation_split=0.25, progress=False)\n"
        "n = MLP(2, [4, 1], rng=5)\n"
        "k = n.fit(X, y, 'hinge' if False else 'mse', epochs=3, batch_size=7, progress=False)\n"
        "print([float(v).hex() for v in h['loss'] + h['val_loss'] + k['loss']])\n"
    )
    outputs = {
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed, "PATH": ""}).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(outputs) == 1 and "0x" in outputs.pop()


# --- validation, stopping, snapshots -------------------------------------------------------------------------------


def test_validation_takes_the_last_rows_before_shuffling():
    """D1-16: as Keras does."""
    X, y = data.moons(10, rng=0)
    model = MLP(2, [2, 1], rng=0)
    history = model.fit(X, y, lr=1e-12, epochs=1, validation_split=0.3, **quiet)
    assert history["val_loss"][0] == pytest.approx(model.loss(X[7:], y[7:], "mse").data, rel=1e-9)
    history = model.fit(X, y, lr=1e-12, epochs=1, validation_data=(X[:2], y[:2]), **quiet)
    assert history["val_loss"][0] == model.evaluate(X[:2], y[:2])


@pytest.mark.parametrize(("n", "share", "held"), [(10, 0.1, 1), (10, 0.9, 9), (600, 0.2, 120), (7, 0.5, 4), (3, 0.34, 2)])
def test_share_of_validation_is_rounded_as_in_keras(n, share, held):
    seen = []

    class Look:
        def on_epoch_end(self, epoch, history, model):
            seen.append(history.updates)

    Neuron(1).fit(numpy.ones((n, 1)), numpy.ones(n), lr=1e-9, epochs=1, batch_size=1, validation_split=share, callbacks=[Look()], **quiet)
    assert seen == [n - held]


def test_early_stopping_ends_and_brings_the_best_epoch_back():
    """D1-49: on a few noisy points the validation error falls, then rises; the best model is in between."""
    X, y = data.sine(12, noise=0.4, rng=2)
    X = (X - math.pi) / 2
    model = MLP(1, [12, 1], "tanh", init="normal", rng=0)
    stop = EarlyStopping(patience=30)
    history = model.fit(X, y, lr=0.1, epochs=2000, batch_size=None, validation_split=0.4, callbacks=[stop], **quiet)
    best = min(range(history.epochs), key=history["val_loss"].__getitem__)
    assert history.epochs == best + 1 + 30 == stop.best_epoch + 30 < 2000
    assert f"the best was epoch {best + 1}" in history.stopped
    assert model.evaluate(X[-5:], y[-5:]) == history["val_loss"][best] == stop.best < history["val_loss"][-1]


def test_early_stopping_also_brings_the_best_back_when_all_epochs_were_run_or_leaves_it():
    X, y = data.gates("and")
    for restore in (True, False):
        model, stop = Neuron(2, rng=0), EarlyStopping(patience=50, restore_best=restore)
        history = model.fit(X, y, lr=1.3, epochs=8, batch_size=1, callbacks=[stop], validation_data=(X, y), **quiet)
        assert history.stopped == "" and stop.best_epoch < 8
        assert (model.evaluate(X, y) == stop.best) is restore
    assert EarlyStopping(patience=2).patience == 2


def test_callbacks_see_every_epoch_and_a_true_answer_ends_the_training():
    seen = []

    class Watch:
        def on_epoch_end(self, epoch, history, model):
            seen.append((epoch, len(history["loss"]), type(model)))
            return epoch == 3

    history = Neuron(1).fit([[1.0]], [1.0], epochs=10, callbacks=[Watch()], **quiet)
    assert seen == [(k, k, Neuron) for k in (1, 2, 3)] and history.stopped == "stopped by a callback after epoch 3"


@pytest.mark.parametrize(("n", "epochs"), [(1, [10]), (2, [0, 10]), (3, [0, 5, 10]), (6, [0, 2, 4, 6, 8, 10]), (99, list(range(11)))])
def test_snapshots_are_spread_evenly_from_before_the_training_to_its_end(n, epochs):
    model = Neuron(1, rng=0)
    start = [p.data for p in model.parameters()]
    history = model.fit([[1.0]], [1.0], epochs=10, snapshots=n, **quiet)
    assert [s.epoch for s in history.snapshots] == epochs
    assert list(history.snapshots[-1].parameters) == [p.data for p in model.parameters()]
    if epochs[0] == 0:
        history.snapshots[0].restore(model)
        assert [p.data for p in model.parameters()] == start


def test_snapshots_of_a_training_that_ends_early_hold_its_last_epoch():
    class Stop:
        def on_epoch_end(self, epoch, history, model):
            return epoch == 4

    history = Neuron(1).fit([[1.0]], [1.0], epochs=10, snapshots=3, callbacks=[Stop()], **quiet)
    assert [s.epoch for s in history.snapshots] == [0, 4]


def test_ctrl_c_ends_the_training_and_keeps_the_history_so_far():
    X, y = data.moons(20, rng=0)

    class Impatient(Module):
        def __init__(self):
            self.inner, self.calls = MLP(2, [2, 1], rng=0), 0

        def __call__(self, x):
            self.calls += 1
            if self.calls == 1 + 20 * 3 + 7:  # one to look at its shape, three epochs, and in the midst of the fourth
                raise KeyboardInterrupt
            return self.inner(x)

    model = Impatient()
    history = model.fit(X, y, epochs=10, snapshots=2, **quiet)
    assert history.epochs == 3 and history.stopped == "interrupted in epoch 4" and model.history is history
    assert history.snapshots[-1].epoch == 3
    same = MLP(2, [2, 1], rng=0)
    same.rng = numpy.random.default_rng(1)
    assert all(math.isfinite(p.data) for p in model.parameters())


def test_ctrl_c_in_the_midst_of_an_update_leaves_no_half_changed_weights(monkeypatch):
    model = Neuron(2, rng=0)
    start = model.state_dict()

    def half(self):
        self.parameters[0].data = 99.0
        raise KeyboardInterrupt

    monkeypatch.setattr(optim.Optimizer, "step", half)
    history = model.fit([[1.0, 2.0]], [1.0], **quiet)
    assert model.state_dict() == start and history.epochs == 0


def test_progress_is_shown_on_stderr_with_the_losses(capsys):
    Neuron(1).fit([[1.0]] * 4, [1.0] * 4, epochs=3, validation_split=0.5)
    shown = capsys.readouterr()
    assert "3/3" in shown.err and "loss" in shown.err and "val_loss" in shown.err and shown.out == ""


def test_progress_without_tqdm_is_no_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert Neuron(1).fit([[1.0]], [1.0], epochs=2).epochs == 2


def test_history_shows_itself():
    history = Neuron(1).fit([[1.0]] * 5, [1.0] * 5, epochs=9, validation_split=0.2, **quiet)
    lines = str(history).splitlines()
    assert lines[0].split() == ["epoch", "loss", "val_loss"] and len(lines) == 8 and "<table>" in history._repr_html_()
    with pytest.raises(ValueError, match='did you mean "val_loss"'):
        history["valloss"]
    assert list(history) == ["loss", "val_loss"] and "loss" in history


# --- losses as graphs, predictions, evaluations --------------------------------------------------------------------


def test_loss_of_one_example_is_a_graph_with_named_inputs_in_its_scopes():
    model = MLP(2, [2, 1], "tanh", "sigmoid", rng=0)
    J = model.loss([[1.0, 2.0]], [1], "bce")
    order = topological_order(J)
    assert [n.label for n in order if n.constant and n.label] == ["x1", "x2"]
    assert J.scope == ("loss",) and {n.scope[0] for n in order if n.scope} == {"layer 1", "layer 2", "loss"}
    assert all(not n.label for n in topological_order(model.loss([[1, 2], [3, 4]], [1, 0], "bce")) if n.constant)
    w = model.layers[0].neurons[1].weights[0]
    J.backward()
    assert w.grad == pytest.approx(numeric_grad(J, w), rel=1e-6) and w.label == "w1_2_1"


def test_values_among_the_inputs_stay_in_the_graph():
    x = Value(0.5, "mine")
    J = Neuron(1).set([2], 0).loss([[x]], [0.0])
    J.backward()
    assert x.grad == 2 * 1.0 * 2


def test_prediction_has_one_entry_or_one_row_for_each_example_and_no_graph():
    X = numpy.zeros((5, 2))
    assert MLP(2, [3, 1]).predict(X).shape == (5,) and MLP(2, [3, 2]).predict(X).shape == (5, 2)
    assert Layer(2, 1).predict(X).shape == (5,) and Neuron(2).predict(X.tolist()).dtype == float


def test_evaluation_is_a_float_with_an_accuracy_where_the_loss_decides():
    X, y = data.blobs(30, rng=0)
    three = MLP(2, [3], rng=0).evaluate(X, y, "cross_entropy")
    assert isinstance(three, float) and 0 <= three.accuracy <= 1 and repr(three).startswith("loss ")
    assert MLP(2, [1], rng=0).evaluate(X, y).accuracy is None
    one_hot = MLP(2, [3], rng=0).evaluate(X, numpy.eye(3)[y], "cross_entropy")
    assert one_hot.accuracy == three.accuracy and one_hot == pytest.approx(three, rel=1e-14)
    scores = Neuron(1).set([1], 0)
    assert scores.evaluate([[2.0], [-1.0], [0.0]], [1, -1, 1], "hinge").accuracy == pytest.approx(2 / 3)
    assert copy.copy(three).accuracy == three.accuracy


def test_evaluation_of_floats_is_the_loss_of_the_graph():
    X, y = data.moons(9, rng=0)
    model = MLP(2, [3, 1], rng=0)
    for loss in ("mse", "mae", "huber", "bce_with_logits", "half_squared_error", partial(losses.huber, delta=0.3)):
        assert model.evaluate(X, y, loss) == model.loss(X, y, loss).data


def test_a_loss_of_ones_own_is_a_function_of_predictions_and_targets():
    def fourth_power(predictions, targets):
        return sum((p - t) ** 4 for p, t in zip(predictions, targets, strict=True))

    neuron = Neuron(1).set([1], 0)
    assert neuron.loss([[3.0], [1.0]], [1.0, 1.0], fourth_power).data == 16
    assert neuron.fit([[3.0], [1.0]], [1.0, 1.0], fourth_power, lr=0.001, epochs=3, **quiet)["loss"][0] == 16
    with pytest.raises(TypeError, match="must give a Value"):
        neuron.loss([[3.0]], [1.0], lambda p, t: 3.0)


# --- dropout ---------------------------------------------------------------------------------------------------------


def test_dropout_conventions_and_expectation():
    """D1-50, E1-19: the slide's p is the chance to keep, Keras and PyTorch give the chance to drop; what stays is scaled by
    1/p in training, so the mean is the input; without scaling it would be p times the input."""
    keep, drop = Dropout(keep=0.8, rng=0), Dropout(drop=0.2, rng=0)
    masks = numpy.array([keep.mask(50) for _ in range(2000)])
    assert (masks == numpy.array([drop.mask(50) for _ in range(2000)])).all()
    assert set(numpy.unique(masks)) == {0.0, 1.25} and masks.mean() == pytest.approx(1, abs=0.01)
    assert (masks > 0).mean() == pytest.approx(0.8, abs=0.01), "E[mask] is 0.8 unscaled"
    assert len({tuple(row) for row in masks}) > 1990, "every example has a mask of its own"


def test_dropout_is_on_in_training_only_and_fit_leaves_the_switch_as_it_was():
    model = Sequential([Layer(1, 400, rng=0), Dropout(keep=0.5), Layer(400, 1, rng=0)], rng=0)
    assert model([1.0]).data != model([1.0]).data
    assert model.predict([[1.0]])[0] == model.predict([[1.0]])[0] and all(m.training for m in model.modules())
    assert model.predict([[1.0]])[0] == model.eval()([1.0]).data
    model.fit([[1.0]], [0.0], lr=1e-9, epochs=1, **quiet)
    assert not any(m.training for m in model.modules())


def test_gradient_through_a_mask_is_that_of_differences():
    model = Sequential([Layer(2, 5, "tanh", rng=0), Dropout(keep=0.6, rng=1), Layer(5, 1, rng=2)])
    J = model.loss([[0.3, -0.2]], [1.0])
    J.backward()
    for w in model.parameters():
        assert w.grad == pytest.approx(numeric_grad(J, w), abs=1e-8)
    assert sum(n.grad == 0 for n in (unit.bias for unit in model.layers[0].neurons)) == sum(
        n.data == 0 for n in topological_order(J) if n.constant and n.scope == ("dropout",)
    ), "a unit that is off gets no gradient"


# --- refusals --------------------------------------------------------------------------------------------------------

X3, Y3 = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"loss": "crossentropy"}, ValueError, 'did you mean "cross_entropy"'),
        ({"optimizer": "adma"}, ValueError, 'did you mean "adam'),
        ({"lr": 0}, ValueError, "learning rate must be greater than 0"),
        ({"lr": -0.1}, ValueError, "learning rate must be greater than 0"),
        ({"epochs": 0}, ValueError, "epochs is at least 1"),
        ({"batch_size": 0}, ValueError, "batch_size is at least 1"),
        ({"batch_size": 2.5}, TypeError, "batch_size is a whole number"),
        (
            {"engine": "vectorized", "loss": lambda p, t: p[0] - t[0]},
            ValueError,
            "cannot be vectorised: the loss is a function of one's own",
        ),
        ({"engine": "gpu"}, ValueError, '"auto", "scalar" or "vectorized"'),
        ({"validation_split": 0.1}, ValueError, "leaves 0 for training and 1 for validation"),
        ({"validation_split": 0.99}, ValueError, "leaves 0 for training and 3 for validation"),
        ({"validation_split": 1.5}, ValueError, "less than 1"),
        ({"validation_split": 0.4, "validation_data": (X3, Y3)}, ValueError, "not both"),
        ({"validation_data": X3}, ValueError, "pair"),
        ({"validation_data": ([[1.0]], [1])}, ValueError, "layer 1 takes 2 numbers, not 1"),
        ({"callbacks": [print]}, TypeError, "on_epoch_end"),
        ({"regularizer": 0.1}, TypeError, "regularizers.L2"),
        ({"snapshots": -1}, ValueError, "snapshots is at least 0"),
        ({"reduction": "max"}, ValueError, '"mean" or "sum"'),
        ({"X": []}, ValueError, "shape"),
        ({"X": [1.0, 2.0, 3.0]}, ValueError, r"reshape\(-1, 1\)"),
        ({"X": [[1.0], [2.0], [3.0]]}, ValueError, "X has 1 feature: layer 1 takes 2 numbers, not 1"),
        ({"X": [[1.0, 2.0], [3.0], [4.0, 5.0]]}, ValueError, "different lengths"),
        ({"X": [[1.0, math.nan], [0.0, 0.0], [0.0, 0.0]]}, ValueError, "nan at row 0, column 1"),
        ({"X": [["a", "b"]] * 3}, TypeError, "must hold numbers"),
        ({"y": [0, math.inf, 1]}, ValueError, "inf at row 1"),
        ({"y": [0, 1]}, ValueError, r"y has shape \(2,\), but X has 3 examples"),
        ({"y": [[0, 1]] * 3}, ValueError, r"y has shape \(3, 2\), but the outputs of the model have shape \(3,\)"),
        ({"y": [0, 1, 2], "loss": "bce_with_logits"}, ValueError, "between 0 and 1"),
        ({"y": [0, 1, 1], "loss": "hinge"}, ValueError, "2 \\* y - 1"),
        ({"loss": "cross_entropy"}, ValueError, "use a binary one"),
        ({"optimizer": optim.SGD([Value(1.0)], lr=1)}, ValueError, "another model"),
        ({"optimizer": optim.SGD([Value(1.0)], lr=1), "lr": 0.1}, ValueError, "its own learning rate"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_changed(arguments, error, words):
    model = MLP(2, [3, 1], rng=0)
    before, state = model.state_dict(), copy.deepcopy(model.rng.bit_generator.state)
    X, y = arguments.get("X", X3), arguments.get("y", Y3)
    if arguments.get("validation_split") == 0.1:
        X, y = X[:1], y[:1]
    with pytest.raises(error, match=words):
        model.fit(X, y, **{"progress": False, **{k: v for k, v in arguments.items() if k not in "Xy"}})
    assert model.state_dict() == before and model.rng.bit_generator.state == state and not hasattr(model, "history")


def test_labels_outside_the_classes_are_refused_before_the_first_update():
    model = MLP(2, [3], rng=0)
    before = model.state_dict()
    with pytest.raises(ValueError, match="label 3 is outside the classes, which are numbered from 0 to 2"):
        model.fit(X3, [0, 1, 3], "cross_entropy", batch_size=1, **quiet)
    assert model.state_dict() == before


def test_divergence_stops_with_epoch_and_batch_and_keeps_the_last_good_weights():
    neuron = Neuron(1).set([1.0], 0.0)
    X, y = [[1.0], [2.0], [3.0]], [0.0, 0.0, 0.0]
    with pytest.raises(FloatingPointError, match=r"became (inf|nan) in epoch \d+, batch \d; .*smaller learning rate"):
        neuron.fit(X, y, lr=1e30, epochs=50, batch_size=1, shuffle=False, **quiet)
    assert all(math.isfinite(p.data) for p in neuron.parameters())
    assert math.isfinite(neuron.loss(X[:1], y[:1]).data) and "became" in neuron.history.stopped


def test_last_good_weights_are_those_of_the_last_finite_loss():
    class Bounded(Module):
        """Its loss is no number as soon as w has moved three times."""

        def __init__(self):
            self.w, self.seen = Value(1.0, "w"), []

        def __call__(self, x):
            self.seen.append(self.w.data)
            return self.w * (math.nan if len(set(self.seen)) > 3 else 1.0)

    model = Bounded()
    with pytest.raises(FloatingPointError, match="loss became nan in epoch 4, batch 1"):
        model.fit([[0.0]], [0.0], lr=0.1, epochs=9, **quiet)
    assert model.w.data == pytest.approx(0.8**2) and model.history.epochs == 3


def test_infinite_gradient_is_named():
    class Root(Module):
        def __init__(self):
            self.w = Value(0.0, "w")

        def __call__(self, x):
            return self.w.sqrt()

    with pytest.raises(FloatingPointError, match="gradient of w became"):
        Root().fit([[0.0]], [1.0], **quiet)


def test_a_model_without_parameters_is_refused():
    class Nothing(Module):
        def __call__(self, x):
            return Value(1.0)

    with pytest.raises(ValueError, match="no parameters"):
        Nothing().fit([[1.0]], [1.0], **quiet)


def test_learning_rate_may_be_a_schedule():
    history = Neuron(1, rng=0).fit([[1.0]], [1.0], lr=schedules.inverse_time(0.3), epochs=5, **quiet)
    assert history["loss"][-1] < history["loss"][0]


# --- real input ------------------------------------------------------------------------------------------------------


def test_two_moons_are_learned_in_a_hundred_steps():
    X, y = data.moons(100, noise=0.1, rng=0)
    model = MLP(2, [16, 16, 1], rng=1)
    rate = schedules.schedule(lambda t: 1.0 - 0.009 * t)
    model.fit(X, 2 * y - 1, "hinge", lr=rate, epochs=100, batch_size=None, regularizer=regularizers.L2(1e-4, biases=True), **quiet)
    assert model.evaluate(X, 2 * y - 1).accuracy == 1.0


@pytest.mark.parametrize("load", [data.iris, data.wine])
def test_iris_and_wine_are_classified_to_ninety_five_percent(load):
    X_train, X_test, y_train, y_test = data.train_test_split(*load(), rng=0)
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    model = MLP(X_train.shape[1], [8, 3], "tanh", rng=0)
    model.fit((X_train - mean) / std, y_train, "cross_entropy", "adam", lr=0.02, epochs=40, batch_size=16, **quiet)
    assert model.evaluate((X_test - mean) / std, y_test).accuracy >= 0.95


def test_noisy_sine_is_fitted_with_early_stopping():
    """D1-49: a 1-8-1 net."""
    X, y = data.sine(60, noise=0.1, rng=0)
    X = (X - math.pi) / 2
    model = MLP(1, [8, 1], "tanh", rng=0)
    stop = EarlyStopping(patience=60)
    history = model.fit(X, y, "mse", "adam", lr=0.03, epochs=600, validation_split=0.25, callbacks=[stop], **quiet)
    assert history["val_loss"][stop.best_epoch - 1] < 0.03 and model.evaluate(X[-15:], y[-15:]) == stop.best


@pytest.mark.parametrize(("activation", "width"), [("tanh", 4)])
def test_xor_is_learned_by_a_hidden_layer(activation, width):
    """D1-04, D1-07, D2-13: the hidden units give coordinates in which a line separates the classes."""
    X, y = data.gates("xor")
    model = MLP(2, [width, 1], activation, "sigmoid", init="normal", rng=1)
    model.fit(X, y, "bce", lr=1.0, epochs=400, batch_size=None, **quiet)
    assert model.evaluate(X, y).accuracy == 1.0


@pytest.mark.parametrize("engine", ["auto", "scalar", "vectorized"])
def test_a_training_where_no_graph_is_recorded_is_refused(engine):
    model = Neuron(1).set([1.0], 0.0)
    with no_grad(), pytest.raises(ValueError, match="call it outside of no_grad"):
        model.fit([[1.0]], [2.0], engine=engine, progress=False)
    assert model.weights[0].data == 1.0 and not hasattr(model, "history")


@pytest.mark.parametrize("which", ["X", "y"])
def test_masked_entries_are_refused_and_a_mask_that_hides_nothing_is_none(which):
    given = {"X": [[1.0], [2.0]], "y": [1.0, 0.0]}
    with pytest.raises(ValueError, match=f"{which} has masked entries"):
        Neuron(1).fit(**{**given, which: numpy.ma.masked_equal(given[which], 1.0)}, progress=False)
    Neuron(1).fit(**{**given, which: numpy.ma.masked_equal(given[which], 7.0)}, epochs=1, progress=False)


@pytest.mark.parametrize(
    "call",
    [
        lambda span: Neuron(1).fit([[1.0]], [1.0], lr=span, progress=False),
        lambda span: Neuron(1).fit([[1.0]], [1.0], epochs=span, progress=False),
        lambda span: Neuron(1).fit([[span]], [1.0], progress=False),
        lambda span: Neuron(1).fit([[1.0]], numpy.array([span], dtype=object), progress=False),
    ],
)
def test_a_span_of_time_is_no_number(call):
    with pytest.raises(TypeError, match="number"):
        call(numpy.timedelta64(3, "s"))


def test_ctrl_c_leaves_no_scope_open():
    """The interrupt may come just after a scope was entered, before anything would leave it again."""

    def interrupted(prediction, target):
        scope("never left").__enter__()
        raise KeyboardInterrupt

    history = Neuron(1).fit([[1.0]], [1.0], loss=interrupted, epochs=3, progress=False)
    assert history.stopped == "interrupted in epoch 1"
    assert (Value(1.0) * 2).scope == ()


def test_training_in_one_thread_is_not_touched_by_predictions_in_another():
    stop, model, other = threading.Event(), Neuron(1).set([0.0], 0.0), Neuron(1)

    def predict():
        while not stop.is_set():
            other.predict([[1.0], [2.0]])

    thread = threading.Thread(target=predict)
    thread.start()
    try:
        model.fit([[1.0]], [1.0], lr=0.1, epochs=60, engine="scalar", progress=False)
    finally:
        stop.set()
        thread.join()
    assert model([1.0]).data == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(("epochs", "n", "kept"), [(5, 3, [0, 2, 5]), (7, 3, [0, 4, 7]), (10, 4, [0, 3, 7, 10]), (3, 3, [0, 2, 3])])
def test_snapshots_are_kept_at_the_nearest_epochs(epochs, n, kept):
    """2.5 becomes 2 and 3.5 becomes 4: a half goes to the even epoch, as Python rounds."""
    history = Neuron(1).fit([[1.0]], [1.0], epochs=epochs, snapshots=n, progress=False)
    assert [s.epoch for s in history.snapshots] == kept


def test_a_loss_that_stays_the_same_has_not_become_smaller():
    stopping, history, model = EarlyStopping(patience=2), History(), Neuron(1)
    answers = []
    for epoch, loss in enumerate([1.0, 0.5, 0.5, 0.5], 1):
        history.add(loss=loss)
        answers.append(stopping.on_epoch_end(epoch, history, model))
    assert answers == [False, False, False, True] and (stopping.best_epoch, stopping.best) == (2, 0.5)


def test_a_loss_that_does_not_depend_on_the_model_is_refused():
    model = MLP(2, [1], rng=0)
    before = model.state_dict()
    for engine in ("scalar", "auto"):
        with pytest.raises(ValueError, match="the loss depends on no parameter of the model, so nothing can be learned"):
            model.fit([[1.0, 2.0]], [1.0], loss=lambda prediction, target: Value(1.0), lr=0.1, epochs=2, engine=engine, progress=False)
    assert model.state_dict() == before
