"""The pure form under JAX: compiled, differentiated, mapped."""

import numpy
import pytest

from autograd import vectorize
from nn import regularizers

from .networks import graph


@pytest.mark.jax
def test_the_pure_function_runs_under_jit_grad_and_vmap():
    """D1-15."""
    import jax

    jax.config.update("jax_enable_x64", True)
    model, y, inputs = graph([2, 5, 4, 3], "cross_entropy", "gelu")
    program = vectorize(y + regularizers.L2(0.01)(model), inputs, model.parameters())
    X = numpy.hstack([numpy.random.default_rng(0).standard_normal((6, 2)), numpy.eye(3)[[0, 1, 2, 2, 1, 0]]])
    function = program.function(jax.numpy)
    value, gradient = program.value_and_grad(X)
    assert float(jax.jit(function)(program.parameters, X)) == pytest.approx(value, rel=1e-12)
    assert numpy.asarray(jax.jit(jax.grad(function))(program.parameters, X)) == pytest.approx(gradient, rel=1e-10, abs=1e-14)
    assert numpy.asarray(jax.jit(function.value_and_grad)(program.parameters, X)[1]) == pytest.approx(gradient, rel=1e-10, abs=1e-14)
    assert numpy.asarray(jax.vmap(function, (None, 0))(program.parameters, X)) == pytest.approx(program(X), rel=1e-12)
