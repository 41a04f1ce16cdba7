"""Fine points that no example of a lecture comes to: each keeps one line of the engine as it is."""

import copy
import pickle
from fractions import Fraction

import mpmath
import pytest

import autograd
from autograd import Value, gelu, grad, jvp, leaves, parse, steps
from autograd.engine.replaying import changed_leaf
from autograd.engine.value import stored_grad


@pytest.mark.parametrize("share", [1e-9, -1e-12])
def test_a_leaf_that_changed_by_a_hair_makes_a_graph_stale(share):
    x = Value(3.0, "x")
    y = (x * x).exp()
    assert changed_leaf(y) is None
    x.data = 3.0 * (1 + share)
    assert changed_leaf(y) is x
    with pytest.raises(ValueError, match="x has changed since this graph was built"):
        steps(y)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))])
def test_a_copy_knows_which_of_its_leaves_was_changed(again):
    a, b = leaves(a=2, b=3)
    y = a * b
    b.data = 7
    assert changed_leaf(again(y)).label == changed_leaf(y).label == "b"


def test_a_directional_derivative_of_fractions_is_exact():
    a, b = Value(Fraction(1, 3), "a"), Value(Fraction(2, 7), "b")
    found = jvp(a * b / (a + 1), {a: Fraction(1, 5), b: Fraction(3)})
    assert found == (Fraction(2, 7) / 5 + 1) * Fraction(3, 4) - Fraction(2, 21) / 5 * Fraction(9, 16)
    assert found.__class__ is Fraction


@pytest.mark.parametrize("a", [-4.5, -4.05, 4.5, 5.5, 19.0, 21.0, 1e6, -30.0])
def test_the_derivative_of_gelu_holds_far_from_0(a):
    def by_hand(t):
        return t / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (t + mpmath.mpf(44715) / 10**6 * t**3)))

    with mpmath.workdps(400):
        expected = float(mpmath.diff(by_hand, a))
    x = Value(a)
    assert grad(gelu(x), [x])[0] == pytest.approx(expected, rel=1e-9, abs=1e-14)


def test_a_constant_exponent_has_a_derivative_of_0_of_the_kind_of_the_power():
    assert [(partial, partial.__class__) for partial in (Value(Fraction(1, 3)) ** 2).partials] == [
        (Fraction(2, 3), Fraction),
        (0, Fraction),
    ]
    assert [(partial, partial.__class__) for partial in (Value(3.0) ** 2).partials] == [(6.0, float), (0.0, float)]
    assert parse("x**2", x=-3).partials == (-6.0, 0.0)


@pytest.mark.parametrize(
    ("method", "more", "data", "partials"),
    [
        ("minimum", (2, 7), 2, (0, 1, 0)), ("maximum", (2, 7), 7, (0, 0, 1)), ("clip", (1, 2), 2, (0, 0, 1)),
        ("leaky_relu", (), 3, (1, 0)), ("elu", (2,), 3, (1, 0)), ("relu", (), 3, (1,)), ("heaviside", (), 1, (0,)),
    ],
)  # fmt: skip
def test_a_function_is_also_a_method(method, more, data, partials):
    node = getattr(Value(3.0, "a"), method)(*more)
    assert (node.data, node.partials, node.op) == (data, partials, method)
    assert getattr(autograd, method)(Value(3.0), *more).data == data


def test_the_gradient_that_is_stored_tells_none_yet_from_zero():
    a, b = leaves(a=2, b=0)
    y = a * b
    assert [stored_grad(node) for node in (a, b, y)] == [None, None, None] and a.grad == 0
    y.backward()
    assert [stored_grad(node) for node in (a, b, y)] == [0, 2, 1]
