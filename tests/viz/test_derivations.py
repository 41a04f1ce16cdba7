"""Derivations where people see them: LaTeX in JupyterLab, MathML in a browser without a library."""

import pytest

from autograd import derive, examples, parse
from nn import MLP

CELLS = [
    "from autograd import derive, examples, parse, Value; from nn import MLP; J = examples.J(); E = examples.mazur()",
    "derive(J, 'b')",
    "derive(parse('u = a*b; u**2/3 + sqrt(a) + abs(a)*0.000000001', a=2, b=3), 'a', 'one line')",
    "derive(E, 'w1', 'paths')",
    "derive(MLP(2, [2, 1], activation='tanh', rng=0).loss([[1.0, 2.0]], [1.0], 'mse'), 'w1_1_2', notation='ng', lang='es')",
    "name = r'50% of $x_1$ {a} \\input ~^<b>&#'; derive(Value(2, name) ** 2, name)",
]


@pytest.mark.browser
def test_jupyterlab_typesets_every_style_without_an_error(run_notebook):
    page = run_notebook(*CELLS)
    page.wait_for_function(
        f"() => document.querySelectorAll('.jp-OutputArea-output mjx-container').length >= {len(CELLS) - 1}", timeout=120000
    )
    assert page.evaluate("() => document.querySelectorAll('mjx-merror, [data-mjx-error]').length") == 0
    assert page.evaluate("() => [...document.querySelectorAll('.jp-RenderedLatex')].some(e => e.textContent.includes('\\\\frac'))") is False


@pytest.mark.browser
@pytest.mark.parametrize("style", ["steps", "one line", "paths"])
def test_a_browser_lays_mathml_out_as_fractions_and_lines(page, style):
    graphs = [
        (examples.J(), "b"),
        (parse("u = a*b; u*u + a", a=2, b=3), "a"),
        (MLP(2, [2, 1], rng=0).loss([[1.0, 2.0]], [1.0], "mse"), "w1_1_2"),
    ]
    for y, node in graphs:
        derivation = derive(y, node, style, notation="delta")
        page.set_content(f"<!doctype html>{derivation.mathml}")
        heights = page.evaluate("() => [...document.querySelectorAll('mfrac')].map(f => f.getBoundingClientRect().height)")
        assert heights and min(heights) > 25  # a numerator above a denominator
        rows = page.evaluate("() => document.querySelectorAll('mtr').length")
        assert rows == (len(derivation.lines) if len(derivation.lines) > 1 else 0)
