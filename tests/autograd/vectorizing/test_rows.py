"""Row by row: the same numbers as the scalar engine, operation by operation, and only where that takes less time."""

import numpy
import pytest

from autograd import grad, leaves, vectorize
from autograd.engine.operations import TABLE
from autograd.vectorizing import rows

from .test_equal_to_eager import node


@pytest.mark.parametrize("name", TABLE)
def test_an_operation_gives_value_and_gradient_of_the_scalar_engine(name):
    def built(number):
        x, w, v = leaves(x=number, w=0.3, v=1.2)
        operands = [w * x, v, x * v, w] if TABLE[name].is_nary else [w * x, v, w + x][: len(TABLE[name].letters)]
        return node(name, operands) * v, x, [w, v]

    examples = [0.7, -0.4, 3.5]
    y, x, params = built(examples[0])
    program = vectorize(y, [x], params)
    value, gradient = rows.called(
        rows.value_and_grad(program._scalars, program._roots[0]), program.parameters, numpy.array(examples)[:, None]
    ) or (numpy.nan, numpy.nan)
    if numpy.isnan(value):  # the logarithm of a negative number, say: the careful program does that
        assert any(not numpy.isfinite(built(number)[0].data) for number in examples)
        return
    each = [built(number) for number in examples]
    assert value == pytest.approx(numpy.mean([root.data for root, _, _ in each]), rel=1e-12)
    assert gradient == pytest.approx(numpy.mean([grad(root, own) for root, _, own in each], axis=0), rel=1e-12, abs=1e-15)


def unlike(length):
    x, w = leaves(x=0.5, w=0.9)
    y = x
    for k in range(length // 3):
        y = (y * w).tanh() + k
    return vectorize(y, [x], [w])


def test_only_few_examples_of_many_nodes_that_are_not_alike():
    assert [rows.is_better(unlike(300)._plan.groups, n) for n in (1, 4, 5, 100)] == [True, True, False, False]
    assert not rows.is_better(unlike(90)._plan.groups, 1)
    x, *w = leaves(x=0.5, **{f"w{k}": k / 7 for k in range(900)})
    alike = vectorize(sum(((v * x).tanh() for v in w[1:]), w[0]), [x], w)
    assert not rows.is_better([*alike._plan.groups] * 60, 1)


def test_what_floats_cannot_do_is_left_to_the_careful_program():
    for number in (0.0, -1.0, float("inf"), 1e300):
        x, w = leaves(x=number, w=2)
        y = (w * x).log() + (w * x).exp()
        for k in range(150):
            y = (y * w).tanh() + k
        program = vectorize(y, [x], [w])
        assert rows.is_better(program._plan.groups, 1)
        value, gradient = program.value_and_grad([[number]])
        assert value == pytest.approx(y.data, nan_ok=True)
        assert gradient == pytest.approx(grad(y, [w]), nan_ok=True)
