"""Finite differences: their error falls with the order of the scheme, and grows again where rounding takes over."""

from fractions import Fraction
from itertools import pairwise
from math import cos, inf, sin

import pytest

from autograd import examples, exp, leaves, numeric_curve, numeric_grad, parse
from autograd.reading.finite_differences import difference, width


@pytest.mark.parametrize(("scheme", "order"), [("forward", 1), ("backward", 1), ("central", 2)])
def test_the_error_of_a_scheme_falls_with_its_order(scheme, order):
    """The central difference has an error of the order h² (D1-46, D0-18): 4.53e-3, 4.53e-5, 4.53e-7 for exp at 1."""
    errors = [abs(difference(exp, 1.0, scheme, h) - exp(1.0)) for h in (1e-1, 1e-2, 1e-3)]
    assert [round(larger / smaller) for larger, smaller in pairwise(errors)] == pytest.approx([10**order] * 2, rel=0.06)
    if scheme == "central":
        assert errors == pytest.approx([4.53e-3, 4.53e-5, 4.53e-7], rel=1e-3)


def test_the_schemes_look_ahead_behind_and_to_both_sides():
    asked = []
    for scheme in ("forward", "backward", "central"):
        asked.append([])
        difference(lambda x: asked[-1].append(x) or x, 2.0, scheme, 0.5)
    assert asked == [[2.5, 2.0], [2.0, 1.5], [2.5, 1.5]]
    assert [difference(lambda x: x * x, 3.0, scheme, 1.0) for scheme in ("forward", "backward", "central")] == [7, 5, 6]


@pytest.mark.parametrize("x", [0.0, 1e-3, 1.0, 3.7, 1e6, -1e12])
@pytest.mark.parametrize("scheme", ["forward", "backward", "central"])
def test_the_usual_width_grows_with_the_number_and_is_exact(x, scheme):
    h = width(x, scheme)
    assert (x + h) - x == h > 0
    assert h == pytest.approx((2.0**-52) ** (1 / 3 if scheme == "central" else 1 / 2) * max(1, abs(x)), rel=1e-2)
    assert width(x, scheme, 0.25) == 0.25


@pytest.mark.parametrize("scheme", ["forward", "backward", "central"])
def test_the_point_of_a_function_comes_from_its_defaults_and_from_at(scheme):
    def f(x, y=2.0, z=3):
        return x * y**2 + z

    assert numeric_grad(f, "y", scheme, at={"x": 5}) == pytest.approx(20, rel=1e-6)
    assert numeric_grad(f, "y", scheme, at={"x": 5, "y": 1}) == pytest.approx(10, rel=1e-6)
    assert numeric_grad(f, "z", scheme, at={"x": Fraction(1, 2)}) == pytest.approx(1, rel=1e-6)
    assert numeric_grad(f, "x", scheme, 0.5, at={"x": 1}) == 4


def test_the_curve_falls_with_the_order_of_the_scheme_and_grows_with_rounding():
    y = parse("sin(x)", x=1)
    curve = numeric_curve(y, "x", widths=[1e-1, 1e-2, 1e-3, 1e-10, 1e-12])
    assert curve.exact == cos(1) and list(curve.errors) == ["forward", "backward", "central"]
    for scheme, order in [("forward", 1), ("backward", 1), ("central", 2)]:
        first, second, third, *fine = curve.errors[scheme]
        assert (first / second, second / third) == pytest.approx((10**order, 10**order), rel=0.1)
        assert fine[0] < fine[1] and fine[1] > 1e-6
        assert curve.differences[scheme][1] == numeric_grad(y, "x", scheme, 1e-2)
    assert str(curve).splitlines()[0].split() == ["h", "forward", "backward", "central"]


def test_the_best_widths_are_the_usual_ones():
    curve = numeric_curve(parse("exp(x)", x=1), "x")
    assert len(curve.widths) == 61 and curve.widths[0] == 1 and curve.widths[-1] == pytest.approx(1e-15)
    for scheme in curve.errors:
        assert width(1.0, scheme) / 30 < curve.best(scheme) < 30 * width(1.0, scheme)


def test_a_curve_of_one_scheme_of_a_function_is_compared_with_its_limit():
    curve = numeric_curve(lambda x: sin(x), "x", "central", [0.1, 0.01], at={"x": 1})
    assert curve.exact == pytest.approx(cos(1), rel=1e-12) and list(curve.errors) == ["central"]
    assert numeric_curve(lambda x: 1 / x if x else inf, "x", widths=[1.0], at={"x": 1}).best("backward") == 1.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda y: numeric_curve(y, "a", ["central", "sideways"]), 'there is no scheme "sideways"; there are forward, backward, central'),
        (lambda y: numeric_curve(y, "a", widths=[0.1, 0]), "the width h is a positive number, not 0"),
        (lambda y: numeric_curve(y, "q"), 'no node is called "q"; there are a, b, c, u, v, J'),
    ],
)
def test_a_curve_refuses_what_a_difference_refuses(call, message):
    with pytest.raises(ValueError) as error:
        call(examples.J())
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"widths": 0.1}, TypeError, "widths is a list, not float"),
        ({"widths": []}, ValueError, "widths is an empty list"),
        ({"widths": [None]}, TypeError, "the width h is a positive number, not None"),
        ({"schemes": None}, TypeError, "schemes is a list, not NoneType"),
        ({"schemes": ()}, ValueError, "schemes is an empty list"),
    ],
)
def test_a_curve_needs_schemes_and_widths(given, error, words):
    with pytest.raises(error, match=words):
        numeric_curve(examples.J(), "b", **given)


def test_a_curve_of_a_stale_graph_is_refused():
    a, b = leaves(a=2, b=3)
    y = a * b
    a.data = 5
    with pytest.raises(ValueError, match="a has changed since this graph was built"):
        numeric_curve(y, a)
