"""What every part of the layer says of an argument that it cannot use."""

import numpy
import pytest

from nn import MLP, Perceptron, data, losses


@pytest.mark.parametrize(
    "call",
    [
        lambda given: Perceptron(2).fit([[0.0, 1.0]], [1], epochs=given),
        lambda given: MLP(2, given),
        lambda given: MLP(2, [2, 1]).fit([[0.0, 1.0]], [1], lr=given),
        lambda given: losses.mse([1.0], [2.0], reduction=given),
        lambda given: data.one_hot([0, 1], classes=given),
    ],
)
@pytest.mark.parametrize("given", ["x" * 100_000, numpy.array([["<b>"] * 50] * 50)], ids=["text", "array"])
def test_long_arguments_make_short_refusals(call, given):
    with pytest.raises((TypeError, ValueError)) as caught:
        call(given)
    assert len(str(caught.value)) < 300 and "\n" not in str(caught.value)
