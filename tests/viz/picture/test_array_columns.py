"""Which arrays of a pass stand in which block and column."""

import numpy
import pytest

from autograd import Value, vectorize
from nn import MLP
from nn.formulas import matrix_view
from viz.picture.array_columns import blocks


def laid_out(steps):
    return [(block.kind, block.layer, [[spot.name for spot in column] for column in block.columns]) for block in blocks(steps)]


def penalised():
    model = MLP(2, [3, 1], "tanh", rng=0)
    x, t = [Value(0.5, f"x{k}") for k in (1, 2)], Value(1.0, "t")
    penalty = sum((p * p for p in model.parameters()), Value(0.0, constant=True))
    return vectorize((model(x) - t) ** 2 + 0.01 * penalty, [*x, t], model.parameters()).steps([[1, 2, 1], [0, 1, 2]])


def test_a_layer_has_its_parameters_in_one_column_and_one_for_each_array_that_it_computes():
    model = MLP(3, [4, 2], "tanh", "softmax", rng=0)
    view = matrix_view(model, numpy.eye(3), [0, 1, 1], loss="cross_entropy_of_probabilities")
    assert laid_out(view.steps) == [
        ("input", None, [["z0"]]),
        ("layer", 1, [["W1", "b1"], ["a1"], ["z1"]]),
        ("layer", 2, [["W2", "b2"], ["a2"], ["z2"]]),
        ("loss", None, [["t"], ["J"], ["mean"]]),
    ]


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_every_array_has_just_one_place_and_every_gradient_stands_under_its_array(depth):
    model = MLP(2, [3] * (depth - 1) + [2], "relu", "sigmoid", rng=depth)
    for steps in (matrix_view(model, [[1.0, 2.0], [0.5, -1.0]], [[0, 1], [1, 1]], loss="mse").steps, penalised()):
        spots = [spot for block in blocks(steps) for spot in block.spots]
        assert sorted([name for spot in spots for name in (spot.name, spot.gradient) if name]) == sorted(steps.arrays)
        assert all(steps[spot.gradient].of == spot.name for spot in spots if spot.name and spot.gradient)


def test_a_program_without_layers_is_one_block_of_arrays():
    w, x, t = Value(3.0, "w"), Value(2.0, "x"), Value(1.0, "t")
    (block,) = blocks(vectorize((w * x - t) ** 2, [x, t], [w]).steps([[1, 2], [3, 4]]))
    assert block.kind == "arrays" and {spot.name for spot in block.spots} >= {"w", "x", "t", "mean"}
