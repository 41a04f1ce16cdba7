"""The step of a workload with HIPS autograd, as a program: `python -I hips.py WORKLOAD_FILE`. See `turns`.

That distribution has the import name of ours. So this file imports nothing of Chalkgrad, and is run as a script by an
interpreter of another environment; `hips_environment` finds one or makes one.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def hips(path: str) -> dict[str, Callable[[], float]]:
    """`value_and_grad` of its NumPy, and the update in place."""
    import numpy as plain_numpy

    from autograd import numpy, value_and_grad  # type: ignore[attr-defined]

    file = plain_numpy.load(path, allow_pickle=False)
    X, targets, lr, alpha = file["X"], file["targets"], float(file["lr"]), float(file["alpha"])
    layers = [(file[f"W{k}"].T.copy(), file[f"b{k}"]) for k in range(1, 1 + sum(name[0] == "W" for name in file))]

    def outputs(layers: Any) -> Any:
        Z = X
        for W, b in layers[:-1]:
            Z = numpy.maximum(numpy.dot(Z, W) + b, 0)
        return numpy.dot(Z, layers[-1][0]) + layers[-1][1]

    def hinge(layers: Any) -> Any:
        penalty = sum(numpy.sum(p * p) for layer in layers for p in layer)
        return numpy.mean(numpy.maximum(1 - targets * outputs(layers)[:, 0], 0)) + alpha * penalty

    def cross_entropy(layers: Any) -> Any:
        logits = outputs(layers)
        shifted = logits - numpy.max(logits, axis=1, keepdims=True)
        return numpy.mean(numpy.log(numpy.sum(numpy.exp(shifted), axis=1)) - numpy.sum(targets * shifted, axis=1))

    loss_and_gradients = value_and_grad({"hinge": hinge, "cross_entropy": cross_entropy}[str(file["loss"])])

    def step() -> float:
        loss, gradients = loss_and_gradients(layers)
        for layer, slopes in zip(layers, gradients, strict=True):
            for parameter, slope in zip(layer, slopes, strict=True):
                parameter -= lr * slope
        return float(loss)

    return {"": step}


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))  # for `serving`, which needs nothing else
    from serving import serving

    serving(lambda: hips(sys.argv[1]))
