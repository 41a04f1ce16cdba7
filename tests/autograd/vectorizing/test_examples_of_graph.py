"""A scalar graph read as examples: every entry of the arrays is a number of the graph, of the right example."""

import numpy
import pytest

from autograd import Value, grad, tanh
from autograd.vectorizing.examples_of_graph import examples_of_graph
from nn import MLP, regularizers

CASES = [  # layers, activation, output, loss, examples
    ([2, 1], "tanh", "linear", "mse", 3),
    ([3, 2], "relu", "linear", "half_squared_error", 2),
    ([2, 3], "tanh", "linear", "cross_entropy", 4),
    ([3, 2], "sigmoid", "softmax", "cross_entropy_of_probabilities", 3),
    ([2, 2, 1], "softplus", "sigmoid", "bce", 3),
    ([2, 1], "elu", "linear", "bce_with_logits", 1),
    ([3, 2, 2, 2], "gelu", "linear", "huber", 5),
    ([2, 1], "tanh", "linear", "hinge", 2),
]


def loss_of(sizes, activation, output, loss, count):
    rng = numpy.random.default_rng(len(sizes) + count)
    model = MLP(2, sizes, activation, output, rng=1)
    if "cross_entropy" in loss:
        Y = [0, 1, 1, 0, 1][:count]
    elif loss == "hinge" or "bce" in loss:
        Y = [1, -1 if loss == "hinge" else 0, 1][:count]
    else:
        Y = rng.normal(size=(count, sizes[-1]) if sizes[-1] > 1 else count).round(2).tolist()
    return model.loss(rng.normal(size=(count, 2)).round(2).tolist(), Y, loss)


@pytest.mark.parametrize("case", CASES)
def test_every_entry_is_the_number_of_its_nodes_in_every_example(case):
    y = loss_of(*case)
    found = examples_of_graph(y)
    steps, images = found.steps, found.images
    assert (steps.layers, steps.examples) == (len(case[0]), case[4])
    nodes = list(dict.fromkeys(node for image in images for node in image.values()))
    gradients = dict(zip(nodes, grad(y, nodes), strict=True))
    counted = 0
    for step in (*steps.given, *steps):
        for (i, j), standing in numpy.ndenumerate(step.nodes):
            example = (i, j)[step.axes.index("examples")] if "examples" in step.axes else 0
            here = [images[example][node] for node in standing]
            number = sum(gradients[node] for node in here) if step.phase == "backward" else here[0].data if here else None
            if here:
                assert numpy.isclose(number, step.array[i, j], rtol=1e-11, atol=1e-14), (step, i, j)
                counted += 1
    assert counted > 20
    if case[4] > 1:
        assert numpy.isclose(steps["mean"].array[0, 0], y.data, rtol=1e-12)


def test_classes_are_read_as_targets_that_have_a_one():
    found = examples_of_graph(loss_of([2, 3], "tanh", "linear", "cross_entropy", 2))
    (target,) = [step for step in found.steps.given if step.role == "target"]
    assert target.array.T.tolist() == [[1, 0, 0], [0, 1, 0]]


def test_what_is_no_mean_of_equal_parts_is_one_example_or_none():
    model = MLP(2, [2, 1], "tanh", rng=0)
    loss = model.loss([[1.0, 2.0], [0.5, -1.0]], [1.0, 0.0], "mse")
    assert examples_of_graph(loss + regularizers.L2(0.1)(model)) is None, "weights that are used twice are no layers"
    assert examples_of_graph(model([1.0, 2.0])).steps.examples == 1, "an output without a loss"
    w, x = Value(2.0, "w"), Value(1.0, "x", constant=True)
    assert examples_of_graph(tanh(w * x)) is None, "a chain of scalars"
