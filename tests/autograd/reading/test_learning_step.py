"""A learning step as data: every parameter moves by the old gradients, nothing else does, and the root follows."""

import random
from fractions import Fraction
from math import inf, nan

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, examples, grad, leaves, parse, replay, steps, topological_order

from ..explain.printed import random_graph


def learners(y):
    return [node for node in topological_order(y) if not node.parents and not node.constant]


def same(a, b):
    return a == b or (a != a and b != b)


def updates(y, lr, params):
    return [step for step in steps(y, lr=lr, params=params) if step.phase == "update"]


def test_the_main_job_goes_on_with_a_step_for_each_parameter_and_one_for_the_root():
    y = examples.J()
    found = steps(y, lr=0.1, params=["b", "a"])
    assert [step.index for step in found] == list(range(1, 13))
    assert [step.phase for step in found] == ["forward"] * 3 + ["backward"] * 6 + ["update"] * 3
    b, a, after = found[9:]
    assert [(b.value, b.upstream, b.contribution, b.total_after), (a.value, a.upstream, a.contribution, a.total_after)] == [
        (3, 6, -0.1 * 6, 3 - 0.1 * 6),
        (5, 3, -0.1 * 3, 5 - 0.1 * 3),
    ]
    assert (after.node, after.total_before, after.upstream, after.contribution) == (y, 33, 45, -4.5)
    assert after.value == after.total_after == replay(y, {"b": 3 - 0.1 * 6, "a": 5 - 0.1 * 3})
    assert {step.lr for step in found[9:]} == {0.1} and found[8].lr is None


@given(st.integers(0, 10**6), st.sampled_from([0.1, 1, 2.5, Fraction(1, 7)]), st.booleans())
def test_every_parameter_moves_against_its_gradient_and_the_root_is_that_of_a_replay(seed, lr, exact):
    rng = random.Random(seed)
    y = random_graph(rng, exact)
    chosen = learners(y)
    if not chosen:
        return
    params = rng.sample(chosen, rng.randint(1, len(chosen)))
    before = [node.data for node in topological_order(y)]
    *moved, after = updates(y, lr, params)
    gradients = dict(zip(params, grad(y, params), strict=True))
    assert [step.node for step in moved] == params
    for step in moved:
        assert same(step.upstream, gradients[step.node]) and step.value == step.node.data
        assert same(step.total_after, step.node.data - lr * gradients[step.node]) and same(step.contribution, -lr * gradients[step.node])
    assert same(after.total_after, replay(y, {step.node: step.total_after for step in moved}))
    assert [node.data for node in topological_order(y)] == before


def test_the_update_is_the_same_whatever_the_order_of_the_parameters():
    y = parse("(w*x + b - t)**2", w=1, b=0, x=2, t=5, constants=("x", "t"))
    one, other = (updates(y, 0.1, params) for params in (["w", "b"], ["b", "w"]))
    assert {step.node: step.total_after for step in one} == {step.node: step.total_after for step in other}


def test_the_graph_is_left_as_it_was():
    w, b = leaves(w=3, b=1)
    y = w * 2 + b
    y.backward()
    steps(y, lr=0.5, params=[w, b])
    assert (w.data, w.grad, y.data, b.grad) == (3, 2, 7, 1)
    assert steps(y)[0].value == 6  # and is not stale


def test_fractions_stay_exact_with_an_exact_learning_rate_and_no_other():
    w, x = Value(Fraction(1, 3), "w"), Value(Fraction(2, 7), "x", constant=True)
    exact, whole, rounded = (updates(w * x, lr, [w]) for lr in (Fraction(1, 10), 1, 0.1))
    assert exact[0].total_after == Fraction(1, 3) - Fraction(1, 10) * Fraction(2, 7)
    assert exact[1].total_after == exact[0].total_after * Fraction(2, 7) and isinstance(exact[1].contribution, Fraction)
    assert whole[0].total_after == Fraction(1, 21)
    assert isinstance(rounded[0].total_after, float)


def test_the_root_may_be_the_parameter_itself():
    w = Value(3, "w")
    moved, after = updates(w, 0.5, [w])
    assert (moved.total_after, after.total_after) == (2.5, 2.5)


def test_parameters_may_be_any_iterable_and_the_learning_rate_a_numpy_number():
    w, b = leaves(w=3, b=1)
    assert [step.total_after for step in updates(w * b, numpy.float64(0.5), (node for node in (w, b)))] == [2.5, -0.5, -1.25]


# --- what is refused ----------------------------------------------------------------------------------------------


def graph():
    return parse("u = w*x; (u + b)**2", w=1, b=2, x=3, constants=("x",))


@pytest.mark.parametrize(
    ("params", "said"),
    [
        (["u"], "u is computed from its operands and cannot learn; params takes leaves"),
        (["x"], "x is a constant, and a learning step leaves the data as they are; leave it out of params"),
        (["w", "w"], "w stands twice in params; a learning step moves it once"),
        (["q"], 'no node is called "q"; there are w, u, b, v, J'),
        ([Value(1, "k")], "k is not a node that J depends on"),
        ([], "params is empty; name the leaves that learn, such as params=[w, b]"),
    ],
)
def test_parameters_that_cannot_learn_are_refused_by_name(params, said):
    with pytest.raises(ValueError) as refused:
        steps(graph(), lr=0.1, params=params)
    assert str(refused.value) == said


@pytest.mark.parametrize("params", ["w", Value(1.0), {"w": 1}, 3, [3]], ids=["text", "Value", "dict", "number", "list of numbers"])
def test_what_is_no_list_of_leaves_is_refused(params):
    with pytest.raises(TypeError):
        steps(graph(), lr=0.1, params=params)


@pytest.mark.parametrize("lr", [0, -0.1, nan, inf, Fraction(-1, 3), 10**400], ids=lambda lr: str(lr)[:8])
def test_a_learning_rate_that_leads_nowhere_or_uphill_is_refused(lr):
    with pytest.raises(ValueError, match=r"^lr is how far a learning step goes, a finite number above 0, not .{1,40}$"):
        steps(graph(), lr=lr, params=["w"])


@pytest.mark.parametrize("lr", ["0.1", True, [0.1], 1j], ids=repr)
def test_a_learning_rate_that_is_no_number_is_refused(lr):
    with pytest.raises(TypeError, match=r"^lr takes one real number"):
        steps(graph(), lr=lr, params=["w"])


def test_a_learning_rate_and_parameters_are_given_together():
    with pytest.raises(ValueError, match=r"^lr asks for a learning step, which also needs params=\[w, b\], the leaves that learn$"):
        steps(graph(), lr=0.1)
    with pytest.raises(ValueError, match=r"^params asks for a learning step, which also needs lr, the learning rate$"):
        steps(graph(), params=["w"])
