"""How often a training compiles: once for a model, a loss and a regularizer; a second fit compiles nothing anew."""

import gc
from functools import partial

import pytest

from autograd import Value
from nn import MLP, Dropout, Layer, Sequential, data, losses, regularizers, vectorized_engine

POINTS, CLASSES = data.blobs(20, classes=3, rng=0)
quiet = {"epochs": 2, "engine": "vectorized", "progress": False}


@pytest.fixture
def made(monkeypatch):
    """The programs that are made, and the graphs that are traced for them."""
    counts = {"programs": 0, "graphs": 0}
    compiled, traced = vectorized_engine.vectorize, vectorized_engine.traced

    def vectorize(*arguments):
        counts["programs"] += 1
        return compiled(*arguments)

    def trace(*arguments):
        counts["graphs"] += 1
        return traced(*arguments)

    monkeypatch.setattr(vectorized_engine, "vectorize", vectorize)
    monkeypatch.setattr(vectorized_engine, "traced", trace)
    return counts


def classifier():
    return Sequential([Layer(2, 4, "tanh", rng=0), Dropout(keep=0.8), Layer(4, 3, rng=1)], rng=2)


def test_a_second_fit_compiles_and_traces_nothing_anew(made):
    model = classifier()
    model.fit(POINTS, CLASSES, "cross_entropy", regularizer=regularizers.L2(0.01), **quiet)
    assert made == {"programs": 2, "graphs": 1}, "one for the loss, one for the penalty"
    for more in ({"lr": 0.3}, {"optimizer": "adam"}, {"batch_size": 3}, {"validation_split": 0.2}, {"shuffle": False}):
        model.fit(POINTS, CLASSES, "cross_entropy", regularizer=regularizers.L2(0.01), **{**quiet, **more})
    assert made == {"programs": 2, "graphs": 1}


def test_a_second_fit_gives_what_a_fit_from_there_gives():
    again, anew = classifier(), classifier()
    for model in (again, anew):
        model.fit(POINTS, CLASSES, "cross_entropy", lr=0.3, **quiet)
    vectorized_engine._TRAINED.pop(anew)
    for model in (again, anew):
        model.fit(POINTS[::-1], CLASSES[::-1], "cross_entropy", "adam", lr=0.1, **quiet)
    assert again.state_dict() == anew.state_dict() and again.history["loss"] == anew.history["loss"]


def grow(model):
    model.layers[0] = Layer(2, 4, "sigmoid", rng=3)


@pytest.mark.parametrize(
    "change",
    [
        lambda model: (grow(model), {})[1],
        lambda model: {"loss": "mse", "y": data.one_hot(CLASSES)},
        lambda model: {"loss": partial(losses.huber, delta=0.1), "y": data.one_hot(CLASSES)},
        lambda model: {"regularizer": regularizers.L2(5.0)},
        lambda model: {"regularizer": regularizers.L1(0.01)},
        lambda model: {"regularizer": None},
    ],
)
def test_what_makes_another_graph_is_compiled_anew(change):
    """The numbers are those of a model that was never fitted before."""
    first = {"loss": partial(losses.huber, delta=1.0), "y": data.one_hot(CLASSES), "regularizer": regularizers.L2(0.01)}
    fitted, fresh = classifier(), classifier()
    fitted.fit(POINTS, **{**first, **quiet})
    settings = {**first, **change(fitted), **quiet}
    change(fresh)
    fresh.load_state_dict(fitted.state_dict())
    for model in (fitted, fresh):
        for module, seed in zip(model.modules(), range(99), strict=False):
            if hasattr(module, "rng"):
                module.rng = vectorized_engine.numpy.random.default_rng(seed)
        model.fit(POINTS, **settings)
    assert fitted.state_dict() == fresh.state_dict() and fitted.history["loss"] == fresh.history["loss"]


def test_code_of_ones_own_is_traced_again_but_compiled_once(made):
    class Scaled(MLP):
        traceable = True
        scale = Value(2.0, constant=True)

        def __call__(self, x):
            return [output * self.scale for output in super().__call__(x)]

    model = Scaled(2, [3], rng=0)
    for _ in range(2):
        model.fit(POINTS, CLASSES, "cross_entropy", **quiet)
    assert made == {"programs": 1, "graphs": 2}
    Scaled.scale = Value(3.0, constant=True)
    model.fit(POINTS, CLASSES, "cross_entropy", **quiet)
    assert made == {"programs": 2, "graphs": 3}


def test_programs_go_with_their_model():
    model = classifier()
    model.fit(POINTS, CLASSES, "cross_entropy", **quiet)
    before = len(vectorized_engine._TRAINED)
    del model
    gc.collect()
    assert len(vectorized_engine._TRAINED) < before
