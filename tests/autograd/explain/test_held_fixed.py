"""One symbol has one meaning: ∂J/∂x is the whole gradient, and the local derivative of J = x · u(x) is ∂J/∂x|ᵤ."""

import pytest

from autograd import Value, check, derive, label, parse, steps
from autograd.engine.names import names
from autograd.explain.node_names import NodeNames
from autograd.explain.typeset import latex, mathml, plain


def product_with_itself() -> Value:
    """u = 2x + 1, J = x · u: locally 7, in all 13."""
    return parse("u = 2*x + 1; J = x*u", x=3)


def test_the_local_derivative_names_the_operand_that_is_held_fixed():
    J = product_with_itself()
    called = NodeNames(names(J), J)
    layout = called.local(J, J.parents[0], 0)
    assert plain(layout) == "∂J/∂x|ᵤ" and plain(called.local(J, J.parents[1], 1)) == "∂J/∂u"
    assert latex(layout) == r"\left.\frac{\partial J}{\partial x}\right|_{u}"
    assert mathml(layout).endswith("</mfrac><msub><mo>|</mo><mi>u</mi></msub></mrow>")
    x = Value(2, "x")
    w1 = x.exp()
    label(w1=w1)
    for y, written in ((x * w1, "∂J/∂x|w1"), (x * x, "∂J/∂x"), (x * Value(3, "a"), "∂J/∂x")):
        assert plain(NodeNames(names(y), y).local(y, x, 0)) == written


def test_no_equation_says_that_the_local_derivative_is_the_gradient():
    J = product_with_itself()
    lines = [*map(str, (each.text() for each in steps(J))), *(each.latex() for each in steps(J))]
    assert any("∂J/∂J · u = 1 · 7 = 7" in line for line in lines) and not any("∂J/∂J · ∂J/∂x" in line for line in lines)
    for style in ("steps", "one line", "paths"):
        for line in derive(J, "x", style).text.splitlines():
            assert not line.startswith("∂J/∂x = ") or line.endswith("= 13"), line


@pytest.mark.parametrize("lang", ["en", "es", "pt"])
def test_a_local_derivative_that_is_asked_for_is_not_called_like_the_gradient(lang):
    J = product_with_itself()
    report = check(J, locals={("J", "x"): 13}, lang=lang)
    assert not report.ok and "∂J/∂x|ᵤ" in report.text
