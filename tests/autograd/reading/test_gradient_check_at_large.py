"""Right and wrong gradients in quantity: the whole table of operations, and graphs grown at random, against 700 digits.

The derivative that is right comes from values alone: a difference of the graph's value in mpmath, which shares no
formula of a derivative, and no arithmetic, with the engine.
"""

import itertools
import os
import random

import mpmath
import pytest

from autograd import Value, gradcheck, topological_order
from autograd.engine.functions import apply
from autograd.engine.operations import TABLE

from ..engine.test_operations import Undefined, points, precisely

GRAPHS = int(os.environ.get("GRAPHS", "120"))  # the first 9,500 were run when this was written
SHARE = 1 if "GRAPHS" in os.environ else 8  # of the points of the table, one in so many
STEP = mpmath.mpf(10) ** -200
WRONG = [1.0001, 0.9999, 1.01, 2.0, -1.0, 0.0, 1.3]


def value(order, changed):
    """The root's value to 700 digits with other numbers at some leaves."""
    found = {}
    for node in order:
        if not node.parents:
            found[node] = mpmath.mpf(changed.get(node, node.data))
        else:
            found[node] = precisely(node.operation, [found[parent] for parent in node.parents])
    return found[order[-1]]


def derivative(y, leaf):
    """The derivative at a leaf; None where there is none: at a kink, a pole, the border of a domain, or where floats lose the value."""
    with mpmath.workdps(700):  # 1 + exp(-700) is 1 to 300 digits
        return difference(y, leaf)


def difference(y, leaf):
    order, x = topological_order(y), mpmath.mpf(leaf.data)
    h = STEP * max(1, abs(x))
    try:
        before, here, after = [value(order, {leaf: x + k * h}) for k in (-1, 0, 1)]
    except (Undefined, ValueError, OverflowError, ZeroDivisionError):
        return None
    left, right = (here - before) / h, (after - here) / h
    if abs(here - y.data) > 1e-6 * abs(here):
        return None
    if not all(mpmath.isfinite(each) for each in (left, right)) or abs(left - right) > 1e-8 * max(abs(left), abs(right)) + 1e-15:
        return None
    return (after - before) / (2 * h)


def mistakes_of_the_judge(y, leaf, wrong):
    """What is said of the right gradient of a leaf, and of wrong ones, where it should not be said."""
    truth = derivative(y, leaf)
    if truth is None or abs(truth) > 1e300:
        return
    (right,) = gradcheck(y, gradients={leaf: float(truth)})
    if right.verdict == "wrong":
        yield f"{truth} is right, not wrong: {right}"
    yield right.verdict
    for factor in wrong:
        given = float(truth) * factor if truth else factor - 1
        if float(truth) != given:
            (row,) = gradcheck(y, gradients={leaf: given})
            if row.verdict == "agrees":
                yield f"{truth} does not agree: {row}"
            yield f"wrong: {row.verdict}"


def table():
    """Points for every operation, those of their own tests."""
    for entry in TABLE.values():
        for numbers in points(entry):
            yield entry, numbers


@pytest.mark.parametrize("name", TABLE)
def test_no_right_gradient_of_the_table_is_called_wrong_and_no_wrong_one_agrees(name):
    said = []
    for k, (entry, numbers) in enumerate(table()):
        if entry.name == name and k % SHARE == 0:
            leaves = [Value(number, f"x{i}") for i, number in enumerate(numbers)]
            y = apply(entry, leaves)
            for leaf in leaves:
                said += mistakes_of_the_judge(y, leaf, WRONG if SHARE == 1 else [1.0001, 0.0])
    assert [each for each in said if " is right" in each or " does not agree" in each] == []


def grown(rng):
    """A graph of 3 to 30 nodes over all operations, with fan-out; None where it leaves the numbers."""
    numbers = [
        lambda: rng.uniform(-3, 3),
        lambda: rng.choice([0.0, 1.0, -1.0, 0.5, 2.0]),
        lambda: rng.gauss(0, 1) * 10 ** rng.randint(-4, 3),
    ]
    leaves = [Value(rng.choice(numbers)(), f"x{k}") for k in range(rng.randint(1, 4))]
    nodes = [*leaves]
    for _ in range(rng.randint(2, 26)):
        entry = rng.choice(list(TABLE.values()))
        recent = nodes if rng.random() < 0.5 else nodes[-3:]
        nodes.append(apply(entry, [rng.choice(recent) for _ in range(len(entry.letters) * (rng.randint(1, 3) if entry.is_nary else 1))]))
        if not abs(nodes[-1].data) < 1e9:
            nodes.pop()
    y = nodes[-1]
    return (y, [leaf for leaf in leaves if leaf in set(topological_order(y))]) if y.parents else None


def test_no_right_gradient_of_random_graphs_is_called_wrong_and_no_wrong_one_agrees():
    said = []
    for seed in itertools.count():
        if seed == GRAPHS:
            break
        rng = random.Random(seed)
        found = grown(rng)
        for leaf in found[1] if found else []:
            said += mistakes_of_the_judge(found[0], leaf, rng.sample(WRONG, 2))
    assert [each for each in said if " is right" in each or " does not agree" in each] == []
    assert said.count("agrees") > 0.6 * sum(each in ("agrees", "kink", "too small to judge", "nothing to compare") for each in said)
    assert said.count("wrong: wrong") > 0.6 * sum(each.startswith("wrong: ") for each in said)
