"""What users of other engines asked for or stumbled over, row by row (requirements/user_requests.md, "Engine")."""

import copy
import gc
import math
import pickle
import tracemalloc
from fractions import Fraction

import numpy
import pytest

import autograd
import viz
from autograd import (
    Value,
    clip,
    cos,
    exp,
    grad,
    gradcheck,
    leaves,
    maximum,
    relu,
    sigmoid,
    softmax,
    softplus,
    sqrt,
    tanh,
    topological_order,
)
from autograd.engine.functions import apply
from autograd.engine.operations import TABLE
from nn import Neuron

inf, nan = math.inf, math.nan

# --- micrograd's issues and pull requests --------------------------------------------------------------------------


def test_micrograd_2_an_inner_node_used_again_gets_the_sum_over_its_consumers():
    a, b = leaves(a=-2, b=3)
    d, e = a * b, a + b
    (d * e).backward()
    assert (a.grad, b.grad) == (-3.0, -8.0)
    a = Value(3.0)
    (a + a).backward()
    assert a.grad == 2.0


def test_micrograd_21_64_68_81_a_topological_sort_is_needed_and_used():
    def naive(node, gradient):
        """Recursion that visits a node whenever a gradient arrives, with all that has arrived so far."""
        node.grad += gradient
        for parent, partial in zip(node.parents, node.partials, strict=True):
            naive(parent, node.grad * partial)

    a = Value(1.0)
    b = 2 * a
    c = 3 * b
    d = c + b
    naive(d, 1.0)
    assert a.grad != 8.0  # b is gone through before all of its gradient has arrived, and then again
    d.zero_grad()
    d.backward()
    assert a.grad == 8.0


def test_micrograd_53_a_second_backward_adds_exactly_one_more_gradient_to_the_leaves():
    a, b, d = leaves(a=3, b=2, d=1)
    c = a + b
    e = c * d
    e.backward()
    assert (a.grad, b.grad, d.grad, c.grad, e.grad) == (1.0, 1.0, 5.0, 1.0, 1.0)
    e.backward()
    assert (a.grad, b.grad, d.grad, c.grad, e.grad) == (2.0, 2.0, 10.0, 1.0, 1.0)


def test_micrograd_25_32_gradients_are_reset_by_zero_grad_and_by_nothing_else():
    w = Value(1.0)
    for _ in range(3):
        loss = (w * 2) ** 2
        loss.backward()
    assert w.grad == 3 * 8.0
    loss.zero_grad()
    assert w.grad == 0.0
    loss.backward()
    assert w.grad == 8.0


def test_micrograd_pr_90_a_chain_of_a_million_nodes_is_built_passed_through_and_freed_without_the_cycle_collector():
    gc.collect()
    gc.disable()
    try:
        before = sum(type(item) is Value for item in gc.get_objects())
        x = Value(1.0)
        y = x
        for _ in range(1_000_000):
            y = -y
        y.backward()
        assert (y.data, x.grad) == (1.0, 1.0)
        del y
        assert sum(type(item) is Value for item in gc.get_objects()) == before + 1
    finally:
        gc.enable()


def test_micrograd_pr_90_a_sum_of_any_length():
    numbers = [Value(1.0) for _ in range(20_000)]
    sum(numbers).backward()
    assert numbers[0].grad == numbers[-1].grad == 1.0
    autograd.total(numbers).backward()
    assert numbers[0].grad == 2.0


def test_micrograd_pr_90_all_memory_of_a_deep_graph_comes_back():
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        x = Value(1.0)
        before = tracemalloc.get_traced_memory()[0]
        y = x
        for _ in range(30_000):
            y = (y * x).tanh()
        y.backward()
        grown = tracemalloc.get_traced_memory()[0] - before
        del y
        assert grown > 6_000_000
        assert tracemalloc.get_traced_memory()[0] - before < 20_000
    finally:
        tracemalloc.stop()
        gc.enable()


def test_micrograd_17_exponents_may_be_values_and_bases_numbers():
    a, b = leaves(a=2, b=3)
    (a**b).backward()
    assert (a.grad, b.grad) == (12.0, pytest.approx(8 * math.log(2)))
    b.zero_grad()
    (2**b).backward()
    assert b.grad == pytest.approx(8 * math.log(2))
    assert math.isnan((Value(-8.0) ** Value(1 / 3)).data)
    assert (Value(-2.0) ** 3).data == -8.0


def test_micrograd_pr_10_15_exp_tanh_sigmoid_softmax_do_not_overflow_at_1000():
    for x in (1000.0, -1000.0):
        for function in (exp, tanh, sigmoid, softplus, relu):
            v = Value(x)
            y = function(v)
            y.backward()
            assert not math.isnan(y.data) and not math.isnan(v.grad)
            assert y.data == function(x)
    assert [p.data for p in softmax([Value(1000.0), Value(1000.0), Value(-1000.0)])] == pytest.approx([0.5, 0.5, 0.0], rel=1e-12)


# --- seen by running micrograd -------------------------------------------------------------------------------------


def test_micrograd_run_x_to_the_0_at_0():
    x = Value(0.0)
    y = x**0
    y.backward()
    assert (y.data, x.grad) == (1.0, 0.0)


def test_micrograd_run_never_silently_complex():
    assert math.isnan((Value(-2) ** 0.5).data)
    assert type((Value(-2) ** 0.5).data) is float


def test_micrograd_run_a_product_and_a_square_overflow_alike():
    x = Value(1e200)
    assert (x * x).data == (x**2).data == inf


def test_micrograd_run_only_real_numbers_become_values():
    for wrong in ("a", None, True, 1j, numpy.ones(3), [1.0], Value(1.0)):
        with pytest.raises(TypeError, match=r"^a Value takes one real number, not "):
            Value(wrong)


def test_micrograd_run_numpy_numbers_on_either_side():
    v = Value(3.0)
    assert [(numpy.float64(2) ** v).data, (v ** numpy.float64(2)).data, (numpy.float32(2) * v).data, (numpy.int64(2) - v).data] == [
        8,
        9,
        6,
        -1,
    ]


def test_micrograd_run_truth_is_that_of_the_number():
    assert [bool(Value(0)), bool(Value(0.5))] == [False, True]


def test_micrograd_run_comparing_abs_plus_and_float_work():
    a, b = leaves(a=-1, b=2)
    assert a < b and b > 1 and a <= -1 and b >= a
    assert (abs(a).data, (+a) is a, float(b), int(b), round(Value(2.6))) == (1.0, True, 2.0, 2, 3)


def test_micrograd_run_changing_data_between_the_passes_corrupts_no_gradient():
    a, b = leaves(a=2, b=3)
    y = a * b + a**2
    a.data = 100
    y.backward()
    assert (a.grad, b.grad) == (7.0, 2.0)


def test_micrograd_run_a_gradient_set_by_hand_on_the_output_is_used_by_its_step():
    a = Value(2.0)
    y = a * 3
    y.grad = 5
    y._backward()
    assert a.grad == 15.0


def test_micrograd_run_pickling_works_and_a_deep_copys_backward_reaches_its_leaves():
    a, b = leaves(a=2, b=3)
    y = (a * b).tanh() + a
    for z in (pickle.loads(pickle.dumps(y)), copy.deepcopy(y)):
        z.backward()
        assert autograd.nodes(z)["a"].grad == grad(y, a)[0] != 0
    assert a.grad == 0.0


def test_micrograd_run_operands_keep_their_order():
    a, b, c = leaves(a=1, b=2, c=3)
    for _ in range(20):
        y = b - a
        assert (y.parents, list(y._prev), topological_order(y)) == ((b, a), [b, a], [b, a, y])
    assert maximum(c, a, b).parents == (c, a, b)


def test_micrograd_run_a_neuron_refuses_inputs_of_the_wrong_length():
    neuron = Neuron(2)
    for x in ([1.0], [1.0, 2.0, 3.0]):
        with pytest.raises(ValueError, match="2"):
            neuron(x)
    with pytest.raises(ValueError, match="dot takes lists of one length, not of 2 and 3"):
        autograd.dot(neuron.weights, [1.0, 2.0, 3.0])


# --- HIPS/autograd, DeZero and others ------------------------------------------------------------------------------


def test_hips_116_149_472_581_powers_at_zero():
    cases = {(0.0, 2.0): (0.0, 0.0), (0.0, 1.0): (1.0, 0.0), (0.0, 0.0): (0.0, 0.0), (0.0, 0.5): (inf, 0.0), (0.0, 3.0): (0.0, 0.0)}
    for (base, exponent), (by_base, by_exponent) in cases.items():
        a, b = Value(base), Value(exponent)
        y = a**b
        y.backward()
        assert (y.data, a.grad, b.grad) == (base**exponent, by_base, by_exponent)
        a.zero_grad()
        (a**exponent).backward()
        assert a.grad == by_base


def test_hips_151_183_268_570_586_617_the_gradient_of_a_norm_at_0():
    x, z = leaves(x=0, z=0)
    assert sqrt(x).partials == (inf,)
    norm = sqrt(x * x + z * z)
    norm.backward()
    assert (x.grad, z.grad) == (0.0, 0.0)
    (0 * sqrt(x)).backward()
    assert x.grad == 0.0


def test_hips_802_a_branch_not_taken_contributes_nothing():
    x = Value(0.0)
    y = maximum(1 / (x - 1) ** 2 - 5, x)  # one branch at -4, the other at 0
    y.backward()
    assert x.grad == 1.0
    x = Value(-1.0)
    y = clip(x, 0, 1).sqrt() + relu(x).sqrt() + 2 * x
    y.backward()
    assert x.grad == 2.0
    (slope,) = grad(y, x, create_graph=True)
    assert slope.data == 2.0


def test_hips_229_integers_are_accepted():
    for three in (3, numpy.int32(3), Fraction(3)):
        x = Value(three)
        y = x**2 / 2
        y.backward()
        assert x.grad == 3.0
    assert tanh(1) == tanh(1.0)
    assert cos(numpy.array([0, 1])).tolist() == cos(numpy.array([0.0, 1.0])).tolist()


def test_dezero_49_a_node_used_twice_is_one_node_with_two_edges():
    x = Value(3.0, "x")
    y = x * x
    assert topological_order(y) == [x, y]
    assert y.parents == (x, x)
    assert viz.draw(y).source.count("->") == 2


@pytest.mark.parametrize("name", TABLE)
def test_several_ports_every_backward_is_verified_numerically(name):
    entry = TABLE[name]
    x = [Value(0.31 + 0.27 * k, f"x{k}") for k in range(len(entry.letters) * (1 + 2 * entry.is_nary))]
    report = gradcheck(apply(entry, x) * 2)
    assert report
    assert [row.name for row in report] == [leaf.label for leaf in x]
    assert not any(row.kink_crossed for row in report)
