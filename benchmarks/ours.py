"""The step of a workload with Chalkgrad: the graph of one example, made into a program by `vectorize`."""

from typing import Any

import numpy

from autograd import Value, vectorize
from nn import MLP, losses, regularizers

from .by_hand import Step
from .workloads import Workload


def one_example(workload: Workload) -> tuple[Value, list[Value], list[Value]]:
    """The loss of one example with its inputs (the features, then the target or targets) and its parameters."""
    n_in, *widths = workload.widths
    model = MLP(n_in, widths, "relu", init="zeros")
    for layer, W, b in zip(model.layers, workload.weights, workload.biases, strict=True):
        layer.set(weights=W.tolist(), biases=b.tolist())
    x = [Value(number, f"x{k}", constant=True) for k, number in enumerate(workload.X[0].tolist(), 1)]
    aims = numpy.atleast_1d(workload.targets[0]).tolist()
    t = [Value(number, f"t{k}", constant=True) for k, number in enumerate(aims, 1)]
    y = losses.LOSSES[workload.loss](model(x), t if len(t) > 1 else t[0])
    if workload.alpha:
        y = y + regularizers.L2(workload.alpha, biases=True)(model)
    return y, [*x, *t], model.parameters()


def program_of(workload: Workload) -> tuple[Any, Any]:
    """The program of the loss, and the rows that it takes: the features with the targets beside them."""
    y, inputs, parameters = one_example(workload)
    return vectorize(y, inputs, parameters), numpy.column_stack([workload.X, workload.targets])


def vectorized(workload: Workload) -> dict[str, Step]:
    """One `program.value_and_grad(X)`, and the update of `program.parameters` in place."""
    program, rows = program_of(workload)
    change = numpy.empty_like(program.parameters)

    def step() -> float:
        loss, gradient = program.value_and_grad(rows)
        numpy.multiply(gradient, workload.lr, out=change)
        numpy.subtract(program.parameters, change, out=program.parameters)
        return float(loss)

    return {"": step}
