"""How a refusal quotes what was given, whatever it is."""

import numpy
import pytest

from autograd.quoting import quoted


@pytest.mark.parametrize("given", ["x" * 100_000, numpy.zeros((50, 50)), list(range(10_000)), "a\n" * 50, 10**5000], ids=range(5))
def test_a_refusal_quotes_on_one_line_and_not_at_any_length(given):
    assert len(quoted(given)) <= 40 and "\n" not in quoted(given)
