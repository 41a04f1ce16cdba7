"""Networks, losses and plain code that several tests vectorise."""

import warnings

from autograd import Value, vectorize
from nn import MLP, losses


def constants(name, numbers):
    """Labelled constants x1, x2, …; one of them has the bare name."""
    if len(numbers) == 1:
        return [Value(numbers[0], name, constant=True)]
    return [Value(number, f"{name}{k}", constant=True) for k, number in enumerate(numbers, 1)]


def targets(loss, outputs):
    """Targets that the loss takes, as constants."""
    if losses.LOSSES[loss].targets == "classes":
        return constants("t", [1.0] + [0.0] * (outputs - 1))
    return constants("t", [1.0] * outputs)


def graph(widths, loss, activation="relu", output="linear", rng=0):
    """A network, its loss for one example, and the inputs."""
    model = MLP(widths[0], widths[1:], activation=activation, output=output, rng=rng)
    x, t = constants("x", [0.5, -1.0, 0.25, 2.0, -0.75][: widths[0]]), targets(loss, widths[-1])
    prediction = model(x)
    y = losses.LOSSES[loss](prediction, t[0] if len(t) == 1 else t)
    return model, y, [*x, *t]


def program_of(*arguments, **more):
    model, y, inputs = graph(*arguments, **more)
    return vectorize(y, inputs, model.parameters())


def quietly(*arguments, **more):
    """vectorize without its warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return vectorize(*arguments, **more)


def plain_network(weights, biases, x, activate):
    """What a student writes who knows micrograd: lists of weights, Python's sum, one neuron after the other."""
    for k, (rows, bs) in enumerate(zip(weights, biases, strict=True)):
        x = [sum((wi * xi for wi, xi in zip(row, x, strict=True)), b) for row, b in zip(rows, bs, strict=True)]
        if k < len(weights) - 1:
            x = [activate(v) for v in x]
    return x
