"""Derivations where people see them: LaTeX in JupyterLab, MathML in a browser without a library."""

import nbformat
import pytest

from autograd import derive, examples, parse
from nn import MLP

SETUP = "from autograd import derive, examples, parse, Value; from nn import MLP; J = examples.J(); E = examples.mazur()"
SHOWN = [
    "derive(J, 'b')",
    "derive(parse('u = a*b; u**2/3 + sqrt(a) + abs(a)*0.000000001', a=2, b=3), 'a', 'one line')",
    "derive(E, 'w1', 'paths')",
    "derive(MLP(2, [2, 1], activation='tanh', rng=0).loss([[1.0, 2.0]], [1.0], 'mse'), 'w1_1_2', notation='ng', lang='es')",
    "name = r'50% of $x_1$ {a} \\input ~^<b>&#'; derive(Value(2, name) ** 2, name)",
]


@pytest.mark.browser
def test_jupyterlab_typesets_the_latex_of_every_style_without_an_error(run_notebook):
    latex = "from IPython.display import Latex; typeset = lambda d: Latex('$$' + d.latex + '$$')"
    page = run_notebook(SETUP, latex, *[f"{cell.replace('derive(', 'typeset(derive(', 1)})" for cell in SHOWN])
    page.wait_for_function(f"() => document.querySelectorAll('.jp-OutputArea-output mjx-container').length >= {len(SHOWN)}", timeout=120000)
    assert page.evaluate("() => document.querySelectorAll('mjx-merror, [data-mjx-error]').length") == 0
    assert page.evaluate("() => [...document.querySelectorAll('.jp-RenderedLatex')].some(e => e.textContent.includes('\\\\frac'))") is False


@pytest.mark.browser
def test_jupyterlab_shows_a_derivation_as_mathml(run_notebook):
    page = run_notebook(SETUP, *SHOWN, name="derivations.ipynb")
    page.wait_for_function(f"() => document.querySelectorAll('.jp-OutputArea-output math').length >= {len(SHOWN)}", timeout=60000)


@pytest.mark.browser
def test_a_notebook_that_is_not_trusted_shows_a_derivation_as_lines_of_text(lab, open_notebook):
    data = derive(examples.J(), "b")._repr_mimebundle_()
    output = nbformat.v4.new_output("execute_result", data=data, execution_count=1)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("J", outputs=[output], execution_count=1)])
    nbformat.write(notebook, lab[2] / "untrusted_derivation.ipynb")
    page = open_notebook("untrusted_derivation.ipynb")
    shown = page.wait_for_selector(".jp-OutputArea-output")
    assert "∂J/∂b = ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6" in shown.inner_text()
    assert shown.query_selector("math, script") is None


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
