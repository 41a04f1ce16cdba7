"""The backward pass, gradients of gradients, forward mode: what each promises, and that they agree."""

import math
from fractions import Fraction

import numpy
import pytest

from autograd import Value, clip, grad, hessian, jacobian, jvp, leaves, maximum, sqrt, topological_order

inf, nan = math.inf, math.nan


def by_hand(y, x):
    """The gradient from `_backward()` called in order, as micrograd code does it."""
    y.grad = 1
    for node in reversed(topological_order(y)):
        node._backward()
    return x.grad


MODES = {
    "backward": lambda y, x: (y.backward(), x.grad)[1],
    "grad": lambda y, x: grad(y, x)[0],
    "create_graph": lambda y, x: grad(y, x, create_graph=True)[0].data,
    "forward mode": lambda y, x: jvp(y, {x: 1}),
    "_backward by hand": by_hand,
}


@pytest.fixture(params=MODES.values(), ids=MODES)
def derivative(request):
    return request.param


# --- where 0 meets infinity --------------------------------------------------------------------------------------


def test_the_square_root_has_an_infinite_local_derivative_at_0(derivative):
    x = Value(0.0)
    assert sqrt(x).partials == (inf,)
    assert derivative(sqrt(x), x) == inf


def test_an_upstream_of_0_contributes_0_even_through_an_infinite_local_derivative(derivative):
    x = Value(0.0)
    assert derivative(0 * sqrt(x) + 5 * x, x) == 5
    x = Value(0.0)
    assert derivative(Value(0.0) * sqrt(x), x) == 0


def test_a_branch_not_taken_contributes_nothing_even_under_an_infinite_gradient(derivative):
    x = Value(-1.0)
    assert derivative(sqrt(x.relu()), x) == 0
    x = Value(-1.0)
    assert derivative(sqrt(clip(x, 0, 1)), x) == 0
    x = Value(4.0)
    assert derivative(maximum(-1 / (x - 4) ** 2, x * x), x) == 8


def test_the_norm_of_the_zero_vector_has_no_nan_in_its_gradient(derivative):
    for make in [lambda x, z: sqrt(x * x + z * z), lambda x, z: (x**2 + z**2) ** 0.5, lambda x, z: (abs(x) ** 2 + z * z).sqrt()]:
        x, z = leaves(x=0, z=0)
        assert derivative(make(x, z), x) == 0


def test_an_infinite_gradient_goes_on_where_the_local_derivative_is_not_0(derivative):
    x = Value(0.0)
    assert derivative(sqrt(3 * x), x) == inf
    x = Value(0.0)
    assert derivative(-sqrt(x) + x, x) == -inf


def test_nan_is_never_hidden(derivative):
    x = Value(2.0)
    assert math.isnan(derivative(x * nan, x))
    x = Value(inf)
    assert math.isnan(derivative((x - x) * x, x))


# --- fractions beyond the floats ---------------------------------------------------------------------------------


def test_gradients_of_huge_fractions_and_of_floats_add_up_in_one_leaf():
    a = Value(Fraction(10) ** 200)
    (a**3).backward()
    assert a.grad == 3 * Fraction(10) ** 400
    (a * 0.5).backward()
    assert a.grad == inf


def test_a_node_that_y_does_not_depend_on_gets_a_zero_of_the_kind_of_y():
    x, other = Value(Fraction(1, 3)), Value(2.0)
    assert [type(g) for g in grad(x * x, [x, other])] == [Fraction, Fraction]
    assert [type(g.data) for g in grad(x * x, [x, other], create_graph=True)] == [Fraction, Fraction]


# --- jacobian and hessian ----------------------------------------------------------------------------------------


def test_a_jacobian_takes_labels_that_only_some_outputs_know():
    a, b = leaves(a=1, b=2)
    assert jacobian([a * 2, b * a], ["a", "b"]).tolist() == [[2, 0], [2, 1]]
    with pytest.raises(ValueError, match='no node is called "c"; there are '):
        jacobian([a * 2, b * a], ["a", "c"])
    with pytest.raises(ValueError, match='two nodes are called "a"'):
        jacobian([a * 2, Value(3, "a") * 2], ["a"])
    with pytest.raises(ValueError, match="there is no output that 'a' could belong to"):
        jacobian([], ["a"])


@pytest.mark.parametrize("outputs, wrt, shape", [([], 2, (0, 2)), (2, [], (2, 0)), ([], [], (0, 0))])
def test_an_empty_jacobian_has_its_shape(outputs, wrt, shape):
    a, b = leaves(a=1, b=2)
    assert jacobian(outputs and [a, b], wrt and [a, b]).shape == shape


def test_the_hessian_is_an_array_of_second_derivatives_also_for_labels():
    a, b = leaves(a=2, b=3)
    y = a**3 * b + b.exp()
    expected = numpy.array([[36, 12], [12, math.exp(3)]])
    assert hessian(y, [a, b]) == pytest.approx(expected)
    assert hessian(y, ["a", "b"]) == pytest.approx(expected)
    assert a.grad == b.grad == 0
