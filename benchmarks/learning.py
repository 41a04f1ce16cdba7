"""A whole training through `fit`: scikit-learn's digits, from the first example to the accuracy on those kept apart."""

from time import perf_counter
from typing import Any

from .measuring import in_fresh_process
from .table import Measurement, Record, bounded


def digits(repetitions: int = 5, epochs: int = 40) -> list[Record]:
    """Training MLP(64, [32, 10]) on 1,797 images of digits through fit, to 96 % on images it has not seen."""
    found = [in_fresh_process(train, epochs) for _ in range(repetitions)]
    seconds, accuracy = (Measurement(numbers, unit) for numbers, unit in zip(zip(*found, strict=True), ("s", "%"), strict=True))
    return [
        bounded("digits", f"MLP(64, [32, 10]) on 1,797 digits, {epochs} epochs of fit", seconds, Measurement((10.0,))),
        Record("digits", "accuracy on the fifth of them that was kept apart", accuracy, target="≥ 96 %", met=accuracy.median >= 96),
    ]


def train(epochs: int) -> tuple[float, float]:
    """The seconds of a training, and the accuracy in percent afterwards."""
    from nn import MLP, data

    X, y = data.digits()
    X_train, X_test, y_train, y_test = data.train_test_split(X / 16, y, rng=0)
    model: Any = MLP(64, [32, 10], rng=0)
    start = perf_counter()
    model.fit(X_train, y_train, "cross_entropy", "adam", lr=0.005, epochs=epochs, batch_size=32, progress=False)
    return perf_counter() - start, 100 * model.evaluate(X_test, y_test).accuracy
