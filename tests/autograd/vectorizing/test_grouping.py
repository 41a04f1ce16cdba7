"""Nodes that are alike become one array: of every operation, of lists, and wherever their operands lie."""

import numpy
import pytest

import autograd
from autograd import grad, leaves, vectorize
from autograd.engine.operations import TABLE

from .test_equal_to_eager import node


def batch(build, rows):
    """Value and gradient by one program, and the mean of those of the scalar engine."""
    graphs = [build(row) for row in rows]
    y, x, params = graphs[0]
    program = vectorize(y, x, params)
    found = program.value_and_grad(rows)
    n = len(rows)
    each = [grad(root, own) for root, _, own in graphs]
    return program, found, (sum(root.data for root, _, _ in graphs) / n, [sum(column) / n for column in zip(*each, strict=True)])


@pytest.mark.parametrize("name", TABLE)
def test_three_nodes_of_an_operation_side_by_side(name):
    def build(row):
        x, p = leaves(x1=row[0], x2=row[1]), leaves(a=0.6, b=1.3, c=0.9, d=1.7)
        terms = [x[0] * p[0], x[1] * p[1], x[0] * p[2], x[1] + p[3], x[0] + p[0], x[1] * p[2]]
        entry = TABLE[name]
        wanted = 4 if entry.is_nary else len(entry.letters)
        nodes = [node(name, [terms[(k + j * (j + k)) % 6] for j in range(wanted)]) for k in range(3)]
        return autograd.total([v * q for v, q in zip(nodes, p, strict=False)]), x, p

    program, (value, gradient), (expected, slopes) = batch(build, [[0.5, 1.1], [0.8, 0.4], [1.9, 2.3]])
    assert value == pytest.approx(expected, rel=1e-12)
    assert gradient == pytest.approx(slopes, rel=1e-11, abs=1e-14)
    with numpy.errstate(all="ignore"):  # branches that are not taken
        pure = program.function().value_and_grad(program.parameters, numpy.array([[0.5, 1.1], [0.8, 0.4], [1.9, 2.3]]))
    assert pure[1] == pytest.approx(slopes, rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("name", [name for name, entry in TABLE.items() if entry.is_nary])
def test_lists_of_parameters_inputs_constants_and_computed_nodes(name):
    def build(row):
        x, p = leaves(x1=row[0], x2=row[1]), leaves(a=0.6, b=1.3, c=0.9, d=1.7)
        h = [(x[0] * p[0]).tanh(), (x[1] * p[1]).tanh()]
        lists = [[h[0], p[2], x[1], 0.75], [x[0], h[1], p[3], 0.75], [p[0], p[1], h[0], h[1]]]
        if len(TABLE[name].letters) == 2:
            lists = [
                [*one, *other]
                for one, other in zip(lists, [[p[3], h[1], 2.0, x[0]], [p[2], p[2], h[0], x[1]], [p[1], x[0], x[1], p[1]]], strict=True)
            ]
        lists = [[autograd.Value(v, constant=True) if isinstance(v, float) else v for v in each] for each in lists]
        return autograd.total([node(name, each) for each in lists]) * node(name, lists[0]), x, p

    _, (value, gradient), (expected, slopes) = batch(build, [[0.5, 1.1], [-0.8, 0.4], [1.9, -2.3]])
    assert value == pytest.approx(expected, rel=1e-12)
    assert gradient == pytest.approx(slopes, rel=1e-11, abs=1e-14)


def test_alike_is_of_one_operation_with_operands_from_the_same_places():
    x, w = leaves(x1=0.5, x2=-1), leaves(**{f"w{k}": k / 5 for k in range(1, 7)})
    y = autograd.total([(x[k % 2] * v).tanh() for k, v in enumerate(w[:4])] + [(x[k % 2] * v).sin() for k, v in enumerate(w[4:])])
    sizes = sorted((group.op, len(group.members)) for group in vectorize(y, x, w)._plan.groups)
    assert [size for op, size in sizes if op in ("tanh", "sin")] == [2, 4]
    assert [size for op, size in sizes if op == "mul"] == [6]
