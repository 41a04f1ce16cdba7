"""One way to write a name in a step-through: cards, equations, sentences, tables and questions mean one thing by one symbol."""

import pytest

from autograd import parse, steps
from viz.page.content import step_data

from .step_page import opened


def product_with_itself():
    """u = 2x + 1, J = x · u: the local derivative of J by x is 7, its gradient 13."""
    return parse("u = 2*x + 1; J = x*u", x=3)


def test_the_page_is_told_what_is_held_fixed():
    J = product_with_itself()
    passes = steps(J)
    place = {node: k for k, node in enumerate(passes[0].names)}
    assert [step_data(each, place, None)[6].get("joined") for each in passes if each.parent is J.parents[0]] == [["u"], None]


@pytest.mark.browser
def test_a_local_derivative_that_is_asked_for_is_not_called_like_the_gradient(page, tmp_path):
    J = product_with_itself()
    at = next(each.index for each in steps(J) if each.node is J and each.parent is J.parents[0])
    seen = opened(page, tmp_path, J, ask="locals").go(at)
    assert "∂J/∂x|ᵤ = ?" in seen.script("root.querySelector('.form').textContent")
    seen.answer("7")
    assert "contribution 1 of 2 to ∂J/∂x" in seen.script("root.querySelector('.form').textContent")
