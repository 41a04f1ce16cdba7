"""Callbacks after each update: what they see, what they may change, and how they end a training; alike in both engines."""

import numpy
import pytest

from autograd import grad
from nn import MLP, Layer, Neuron, data

POINTS, CLASSES = data.blobs(20, classes=3, rng=0)
ENGINES = ("scalar", "vectorized")


class EachUpdate:
    def __init__(self, do):
        self.do, self.seen = do, []

    def on_update(self, update, history, model):
        self.seen.append(update)
        return self.do(update, history, model)


def classifier():
    return MLP(2, [4, 3], "tanh", rng=0)


def trained(engine, do, model=None, **more):
    model, callback = model or classifier(), EachUpdate(do)
    settings = {"lr": 0.1, "epochs": 4, "batch_size": 8, "engine": engine, "progress": False, **more}
    return model, model.fit(POINTS, CLASSES, "cross_entropy", callbacks=[callback], **settings), callback


def test_after_each_update_a_callback_sees_the_same_in_both_engines():
    seen = {}

    def look(update, history, model):
        mine.append([history.batch_loss, *[number for p in model.parameters() for number in (p.data, p.grad)]])

    for engine in ENGINES:
        mine = seen[engine] = []
        _, history, callback = trained(engine, look)
        assert callback.seen == list(range(1, 13)) and history.updates == 12
    assert numpy.allclose(seen["scalar"], seen["vectorized"], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_model_has_the_new_weights_and_the_gradients_of_that_update(engine):
    model = classifier()
    before = [p.data for p in model.parameters()]
    expected = grad(model.loss(POINTS, CLASSES, "cross_entropy"), model.parameters())
    found = []

    def look(update, history, model):
        found.append([(p.data, p.grad) for p in model.parameters()])

    trained(engine, look, model, epochs=1, batch_size=None, shuffle=False)
    assert [g for _, g in found[0]] == pytest.approx(expected, rel=1e-12, abs=1e-15)
    assert [w for w, _ in found[0]] == pytest.approx([w - 0.1 * g for w, g in zip(before, expected, strict=True)], rel=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_true_answer_ends_the_training_in_the_midst_of_an_epoch(engine):
    model, history, _ = trained(engine, lambda update, history, model: update == 5)
    assert (history.updates, history.epochs, history.stopped) == (5, 1, "stopped by a callback after update 5, in epoch 2")
    whole = classifier()
    whole.fit(POINTS, CLASSES, "cross_entropy", lr=0.1, epochs=1, batch_size=8, engine=engine, progress=False)
    assert whole.history["loss"] == history["loss"] and whole.state_dict() != model.state_dict()


@pytest.mark.parametrize("engine", ENGINES)
def test_what_it_changes_counts_from_the_next_update(engine):
    def clamp(update, history, model):
        for p in model.parameters():
            p.data = max(-0.25, min(0.25, p.data))

    model, _, _ = trained(engine, clamp)
    assert max(abs(p.data) for p in model.parameters()) == 0.25


def test_a_change_that_cannot_be_vectorised_in_the_midst_of_an_epoch_goes_on_with_scalars():
    def branch(update, history, model):
        if update == 2:
            model.layers[0].activation = Layer(1, 1, lambda v: v if v > 0 else 0 * v).activation

    one, _, _ = trained("scalar", branch)
    two, history, _ = trained("auto", branch)
    assert history.engine == "scalar"
    assert list(one.state_dict().values()) == pytest.approx(list(two.state_dict().values()), rel=1e-9)


def test_a_callback_may_have_both_methods_or_either():
    seen = []

    class Both:
        def on_update(self, update, history, model):
            seen.append(("update", update))

        def on_epoch_end(self, epoch, history, model):
            seen.append(("epoch", epoch))

    Neuron(1).fit([[1.0], [2.0]], [1.0, 2.0], epochs=2, batch_size=1, callbacks=Both(), progress=False)
    assert seen == [("update", 1), ("update", 2), ("epoch", 1), ("update", 3), ("update", 4), ("epoch", 2)]
    with pytest.raises(TypeError, match=r"on_epoch_end\(epoch, history, model\) or on_update\(update, history, model\)"):
        Neuron(1).fit([[1.0]], [1.0], callbacks=[len], progress=False)


@pytest.mark.parametrize(
    ("model", "x", "words"),
    [
        (MLP(2, [1]), [1, 2], r"write \[X\] for a single example$"),
        (Neuron(1), [1, 2], r"write X.reshape\(-1, 1\) for one feature$"),
        (MLP(3, [1]), [1, 2], r"write \[X\] for a single example, X.reshape\(-1, 1\) for one feature$"),
    ],
)
def test_a_single_example_without_its_row_gets_the_advice_that_fits_the_model(model, x, words):
    for use in (lambda: model.predict(x), lambda: model.evaluate(x, [1]), lambda: model.loss(x, [1])):
        with pytest.raises(ValueError, match=words):
            use()
    assert MLP(2, [1]).predict([[1, 2]]).shape == (1,)
