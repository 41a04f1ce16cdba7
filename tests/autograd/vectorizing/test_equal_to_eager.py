"""Graphs that grow at random: the program of one example's graph gives for a batch what the scalar engine gives one by one."""

import math
import warnings

import hypothesis.strategies as st
from hypothesis import Phase, given, settings

import autograd
from autograd import Value, grad, vectorize
from autograd.engine.operations import TABLE

OPERATORS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "neg": lambda a: -a,
    "abs": abs,
}
numbers = st.integers(-12, 12).map(lambda k: k / 4)
index = st.integers(0, 10**6)
SMOOTH = st.floats(-3, 3).filter(lambda x: x == 0 or abs(x) > 1e-3)


def node(name, operands):
    """The node of an operation of the table."""
    if name in OPERATORS:
        return OPERATORS[name](*operands)
    entry = TABLE[name]
    function = getattr(autograd, name, None) or (lambda *a: autograd.engine.functions.apply(entry, a))
    if entry.is_nary and len(entry.letters) == 2:
        half = len(operands) // 2
        return function(operands[:half], operands[half:])
    if name == "clip":
        return autograd.engine.functions.apply(entry, operands)  # the function refuses borders in the wrong order
    return function(list(operands)) if entry.is_nary else function(*operands)


def recipes(operations):
    """Lists of what to do: the name of an operation, and which earlier nodes it takes."""
    step = st.tuples(st.sampled_from(operations), st.lists(index, min_size=1, max_size=4))
    return st.lists(step, min_size=1, max_size=25)


def places(name, picks, count):
    """Which of `count` nodes an operation takes, by the numbers that were drawn."""
    entry = TABLE[name]
    wanted = len(entry.letters) * (len(picks) if entry.is_nary else 1)
    return [picks[k % len(picks)] // (k // len(picks) + 1) % count for k in range(wanted)]


def built(recipe, inputs, params, constants, is_sum):
    """The leaves and the root for one example."""
    x = [Value(v, f"x{k}") for k, v in enumerate(inputs)]
    p = [Value(v, f"p{k}") for k, v in enumerate(params)]
    nodes = [*x, *p, *[Value(c, constant=True) for c in constants]]
    for name, picks in recipe:
        nodes.append(node(name, [nodes[k] for k in places(name, picks, len(nodes))]))
    leaves = len(x) + len(p) + len(constants)
    return x, p, autograd.total(nodes[leaves:]) if is_sum else nodes[-1]


def magnitude(y, leaf):
    """The sum of the magnitudes of all contributions to a gradient, to judge rounding by."""
    found = dict.fromkeys(autograd.topological_order(y), 0.0)
    found[y] = 1.0
    for v in reversed(autograd.topological_order(y)):
        for parent, partial in zip(v.parents, v.partials, strict=True):
            found[parent] += found[v] * max(abs(partial), 1e-4) if math.isfinite(partial) and math.isfinite(found[v]) else math.inf
    return found.get(leaf, 0.0)


def agree(found, expected, size):
    if found == expected or (math.isnan(found) and math.isnan(expected)) or not size < 1e290:
        return True
    return abs(found - expected) <= 1e-12 * abs(expected) + 1e-13 * size


def compare(recipe, X, params, constants, is_sum):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        x, p, y = built(recipe, X[0], params, constants, is_sum)
        program = vectorize(y, inputs=x, params=p)
    graphs = [built(recipe, row, params, constants, is_sum) for row in X]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values = program(X)
        singles = [program.value_and_grad([row]) for row in X]
        mean, gradient = program.value_and_grad(X)
    for (_, leaves, root), value, (alone, own) in zip(graphs, values, singles, strict=True):
        size = magnitude_of_value(root)
        assert agree(value, root.data, size), (value, root.data)
        assert agree(alone, root.data, size)
        for leaf, found, expected in zip(leaves, own, grad(root, leaves), strict=True):
            assert agree(found, expected, magnitude(root, leaf) * (1 + size * 1e-3)), (leaf.label, found, expected)
    n = len(X)
    assert agree(mean, sum(root.data for _, _, root in graphs) / n, max(magnitude_of_value(root) for _, _, root in graphs))
    for k in range(len(params)):
        expected = sum(grad(root, [leaves[k]])[0] for _, leaves, root in graphs) / n
        size = max(magnitude(root, leaves[k]) * (1 + 1e-3 * magnitude_of_value(root)) for _, leaves, root in graphs)
        assert agree(gradient[k], expected, size)


def magnitude_of_value(root):
    """How large the numbers are that the value was computed from."""
    return sum(abs(v.data) if math.isfinite(v.data) else math.inf for v in autograd.topological_order(root)) * 10


@settings(max_examples=150, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink])
@given(recipes([*TABLE]), st.lists(st.lists(SMOOTH, min_size=2, max_size=2), min_size=1, max_size=4),
       st.lists(SMOOTH, min_size=1, max_size=3), st.lists(numbers, min_size=1, max_size=2), st.booleans())  # fmt: skip
def test_any_graph_gives_values_and_gradients_of_the_scalar_engine(recipe, X, params, constants, is_sum):
    compare(recipe, X, params, constants, is_sum)
