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


def test_gradients_as_values_are_of_the_kind_of_the_graph():
    for number, kind in [(0.5, float), (Fraction(1, 2), Fraction)]:
        x = Value(number)
        for y in [(-x).__neg__(), x - x, 3 * x, x / 3, maximum(x, 0), -x.relu(), x**3, x * 0, abs(-x), x**0]:
            plain = grad(y, x)[0]
            found = grad(y, x, create_graph=True)[0]
            assert (type(plain), type(found.data), plain) == (kind, kind, found.data)


def test_a_gradient_of_more_than_4096_bits_becomes_a_float():
    step = Fraction(2) ** 2000
    x = Value(Fraction(3))
    y = x
    for _ in range(3):  # the numbers stay small, the gradient does not
        y = y * step - y.data * step + 3
    assert y.data == 3
    y.backward()
    assert x.grad == inf
    assert grad(y, x) == (inf,)
    assert jvp(y, {x: Fraction(1)}) == inf


# --- the backward pass -------------------------------------------------------------------------------------------


def test_leaves_accumulate_and_computed_nodes_are_fresh():
    x = Value(2.0)
    u = x * 3
    y = u * u
    for times in (1, 2, 3):
        y.backward()
        assert (y.grad, u.grad, x.grad) == (1.0, 12.0, 36.0 * times)
    u.backward()
    assert (y.grad, u.grad, x.grad) == (1.0, 1.0, 36.0 * 3 + 3)


def test_a_root_that_is_a_leaf_accumulates_its_seed():
    x = Value(2.0)
    x.backward()
    x.backward(0.5)
    assert x.grad == 1.5


def test_zero_grad_clears_everything_below_or_the_leaf_itself():
    a, b = leaves(a=2, b=3)
    u = a * b
    y = u + a
    y.backward()
    u.zero_grad()
    assert (y.grad, u.grad, a.grad, b.grad) == (1.0, 0.0, 0.0, 0.0)
    y.backward()
    a.zero_grad()
    assert (u.grad, a.grad, b.grad) == (1.0, 0.0, 2.0)
    assert (a.data, b.data) == (2.0, 3.0)


def test_not_computed_is_told_apart_from_0():
    x = Value(2.0)
    y = x * 0
    assert (x._grad, x.grad) == (None, 0.0)
    y.backward()
    assert (x._grad, x.grad) == (0.0, 0.0)
    y.zero_grad()
    assert x._grad is None


@pytest.mark.parametrize("seed", [3, 0.5, -1, 0, Fraction(1, 3), numpy.float64(2), numpy.int64(2), inf])
def test_the_seed_is_the_gradient_of_the_root(seed):
    a, b = leaves(a=2, b=3)
    y = a * b
    y.backward(seed)
    assert (y.grad, a.grad, b.grad) == (seed, float(seed) * 3, float(seed) * 2)
    z = a * b
    z.backward(seed=seed)
    assert z.grad == seed


@pytest.mark.parametrize("seed", ["1", None, True, 1j, [1], numpy.ones(1), Value(1.0)], ids=repr)
def test_a_seed_that_is_no_number_is_refused_before_anything_changes(seed):
    a = Value(2.0)
    y = a * a
    y.backward()
    with pytest.raises(TypeError, match=r"^a seed takes one real number, not "):
        y.backward(seed)
    assert (y.grad, a.grad) == (1.0, 4.0)


def test_a_gradient_set_by_hand_on_a_computed_node():
    x = Value(2.0)
    u = x * 3
    y = u * 2
    u.grad = 7
    u._backward()
    assert x.grad == 21.0
    y.backward()
    assert (u.grad, x.grad) == (2.0, 27.0)


def test_the_gradient_of_a_constant_is_there_for_who_wants_it():
    x = Value(2.0)
    two = Value(3.0, constant=True)
    (x * two).backward()
    assert two.grad == 2.0


def test_exact_inputs_give_exact_gradients():
    a, b = Value(Fraction(1, 3)), Value(Fraction(2, 7))
    y = (a * b - a / b) ** 3 + 1
    y.backward()
    u = Fraction(1, 3) * Fraction(2, 7) - Fraction(1, 3) / Fraction(2, 7)
    assert (type(a.grad), a.grad) == (Fraction, 3 * u**2 * (Fraction(2, 7) - Fraction(7, 2)))
    assert b.grad == 3 * u**2 * (Fraction(1, 3) + Fraction(1, 3) * Fraction(7, 2) ** 2)


# --- gradients as a result -----------------------------------------------------------------------------------------


def test_grad_takes_nodes_names_one_or_several_and_any_node_between():
    a, b = leaves(a=2, b=3)
    u = a * b
    y = u * u
    assert grad(y, [a, b]) == grad(y, (a, b)) == grad(y, ["a", "b"]) == grad(y, [a, "b"]) == (36.0, 24.0)
    assert grad(y, a) == grad(y, "a") == (36.0,)
    assert grad(y, [u, y, a, a]) == (12.0, 1.0, 36.0, 36.0)
    assert grad(y, []) == ()
    assert grad(y, (node for node in (a, b))) == (36.0, 24.0)
    assert grad(y, Value(1.0)) == (0.0,)
    assert all(node.grad == 0 for node in (a, b, u, y))


def test_grad_refuses_what_is_no_node():
    y = Value(2.0, "x") * 3
    with pytest.raises(ValueError, match='no node is called "z"; there are x, J'):
        grad(y, ["z"])
    for wrong in ([3], [None], 3, None, [["x"]]):
        with pytest.raises(TypeError, match=r"nodes: Values or labels, not|a node is given as a Value or by its label, not as "):
            grad(y, wrong)
    for no_root in (3, None, "x", [y]):
        with pytest.raises((TypeError, AttributeError)):
            grad(no_root, "x")


def test_derivatives_of_any_order():
    x = Value(0.7, "x")
    y = x.sin() * x**2
    order = y
    expected = [y.data]
    for _ in range(4):
        (order,) = grad(order, x, create_graph=True)
        expected.append(order.data)
    s, c = math.sin(0.7), math.cos(0.7)
    assert expected[1:] == pytest.approx(
        [
            2 * 0.7 * s + 0.49 * c,
            2 * s + 4 * 0.7 * c - 0.49 * s,
            6 * c - 6 * 0.7 * s - 0.49 * c,
            -12 * s - 8 * 0.7 * c + 0.49 * s,
        ]
    )


def test_a_gradient_with_a_graph_can_itself_be_trained_on():
    x = Value(1.5, "x")
    (slope,) = grad(x**3, x, create_graph=True)
    penalty = (slope - 1) ** 2
    penalty.backward()
    assert x.grad == pytest.approx(2 * (3 * 1.5**2 - 1) * 6 * 1.5)


def test_jvp_is_the_directional_derivative_from_any_nodes():
    a, b = leaves(a=2, b=3)
    u = a * b
    y = u * u + a
    assert jvp(y, {a: 1}) == grad(y, a)[0]
    assert jvp(y, {"a": 2, b: -1}) == 2 * grad(y, a)[0] - grad(y, b)[0]
    assert jvp(y, {u: 1}) == 12.0
    assert jvp(y, {a: 1, u: 0}) == 1.0  # u is held
    assert jvp(y, {}) == 0.0
    assert jvp(y, {y: 5}) == 5.0


def test_a_rate_of_a_node_that_y_does_not_depend_on_changes_nothing():
    a, b = leaves(a=2, b=3)
    assert jvp(a * 3, {b: 1}) == 0.0
    assert jvp(a * 3, {a: 2, b: 1}) == 6.0


def test_jvp_refuses_what_it_cannot_use():
    a = Value(2.0, "a")
    y = a * 3
    with pytest.raises(TypeError, match="jvp takes a dict of node to rate, not list"):
        jvp(y, [a])
    with pytest.raises(ValueError, match='no node is called "b"'):
        jvp(y, {"b": 1})
    with pytest.raises(TypeError, match="a rate takes one real number, not"):
        jvp(y, {a: "1"})


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
