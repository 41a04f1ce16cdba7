"""What gradients cost, by counting."""

import subprocess
import sys

import pytest

from autograd import compare
from nn import MLP, labs


def test_backward_costs_like_the_weights_and_finite_differences_like_their_square():
    """D0-18, D1-45, D1-46, E0-4: the exercise of the lecture, O(W) against O(W²)."""
    found = labs.costs((4, 8, 16, 32))
    assert found.orders["forward"] == pytest.approx(1, abs=0.06) == found.orders["backward"]
    assert found.orders["central_differences"] == pytest.approx(2, abs=0.06) == found.orders["forward_differences"]
    assert (found.backward < 4 * found.forward).all() and (found.central_differences > 100 * found.backward)[2:].all()
    assert (found.central_differences - found.parameters == 2 * found.parameters * found.forward).all()


def test_the_counts_are_those_of_compare():
    model = MLP(2, [3, 3, 1], "tanh", rng=0)
    found = labs.costs((3,), n_in=2)
    assert found.parameters.tolist() == [len(model.parameters())]
    routes = {row.name: row for row in compare(model.loss([[0.5, 0.5]], [1.0], "half_squared_error")).rows}
    assert routes["central difference"].multiplications == found.central_differences[0]
    assert routes["reverse mode"].multiplications == found.forward[0] + found.backward[0]


def test_labs_are_loaded_with_their_first_use():
    program = "import sys, nn; before = 'nn.labs' in sys.modules; print(before, nn.labs.costs.__name__, 'labs' in nn.__all__)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "False costs True\n"
