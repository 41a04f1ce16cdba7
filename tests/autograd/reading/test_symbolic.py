"""Symbolic derivatives of expressions, with their sizes."""

import pickle
import sys

import pytest
import sympy

from autograd import Expression, Value, grad, leaves, parse
from autograd.reading.symbolic import derivative


@pytest.mark.parametrize(
    ("text", "wrt", "expected"),
    [("3*(a + b*c)", "b", "3*c"), ("x**3", "x", "3*x**2"), ("sin(x)*x", "x", "x*cos(x) + sin(x)"), ("u = x*x; u*u", "x", "4*x**3"), ("tanh(x)", "x", "1 - tanh(x)**2"),
     ("ln(x)", "x", "1/x"), ("2", "x", None)],
)  # fmt: skip
def test_an_expression_has_a_symbolic_derivative(text, wrt, expected):
    if expected is None:
        with pytest.raises(ValueError, match="of which there are none"):
            Expression(text).derivative(wrt)
        return
    found = Expression(text).derivative(wrt)
    assert sympy.simplify(found.expression - sympy.sympify(expected, {s.name: s for s in found.expression.free_symbols})) == 0


def test_sizes_count_what_is_written_and_what_is_shared():
    found = Expression("(x + 1)**2 * sin(x + 1)").derivative("x")
    assert found.size > found.shared_size > 5
    assert Expression("3*(a + b*c)").derivative("b").size == 3


@pytest.mark.parametrize("text", ["exp(-x*y)/(1 + x**2)", "sigmoid(x)*softplus(y)", "maximum(x, y)*relu(x)", "clip(x, -1, 1)*abs(y)", "gelu(x) + silu(y)", "total(x, y, x*y)", "elu(x)*leaky_relu(y)"])  # fmt: skip
@pytest.mark.parametrize("point", [(0.7, -0.4), (-1.3, 2.0)])
def test_it_is_the_gradient_of_the_graph(text, point):
    x, y = point
    root = parse(text, x=x, y=y)
    for name, expected in zip("xy", grad(root, ["x", "y"]), strict=True):
        assert Expression(text).derivative(name)(x=x, y=y) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_it_is_shown_as_text_and_latex_and_a_large_one_is_cut():
    found = Expression("a*b").derivative("a")
    assert (str(found), found.latex, found._repr_latex_()) == ("b", "b", "$b$")
    assert repr(found) == "b  (1 signs, 1 with shared parts)"
    (x,) = leaves(x=0.4)
    y = x
    for _ in range(6):
        y = 4 * y * (1 - y)
    assert len(derivative(y, x).text) < 2001 and derivative(y, x)._repr_latex_() is None


def test_names_are_data():
    leaf = Value(2.0, "__import__('os').system('false')")
    found = derivative(leaf * leaf, leaf)
    assert found.at([2.0]) == 4.0 and found.size == 3


def test_what_cannot_be_is_said_in_one_sentence(monkeypatch):
    a, b = leaves(a=1, b=2)
    with pytest.raises(ValueError, match="by a leaf, not by a computed node"):
        derivative((a * b).exp(), "u")
    with pytest.raises(ValueError, match="by one of the open names, a, b"):
        Expression("a*b").derivative("c")
    with pytest.raises(TypeError, match="a number for each leaf, by name: a, b"):
        Expression("a*b").derivative("a")(a=1)
    monkeypatch.setitem(sys.modules, "sympy", None)
    with pytest.raises(ImportError, match=r'^symbolic derivatives need sympy; install it with: pip install "chalkgrad\[symbolic\]"$'):
        Expression("a*b").derivative("a")


def test_a_derivative_can_be_pickled_and_takes_real_numbers_only():
    found = pickle.loads(pickle.dumps(Expression("a*b + exp(a)").derivative("a")))
    assert found.text == "b + exp(a)" and found(a=0, b=2) == 3.0
    with pytest.raises(TypeError, match="a takes one real number"):
        found(a="x" * 10_000, b=2)
