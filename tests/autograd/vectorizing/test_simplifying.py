"""What a program writes more simply than the graph was written: only where no number changes."""

import math

import numpy
import pytest

import autograd
from autograd import Value, grad, leaves, vectorize
from autograd.vectorizing.simplifying import SimplifiedArrays

from .networks import constants, quietly


@pytest.mark.parametrize("scales", [(1e-200, 1e-200, 1e300), (1e200, 1e200, 1e-300), (1e-320, 1e300, 2.0), (2.0, 3.0, 5.0)])
def test_two_factors_become_one_only_where_their_product_is_a_number(scales):
    first, second, number = scales
    x, w = leaves(x=number, w=1.5)
    y = first * (second * (w * x))
    value, gradient = vectorize(y, [x], [w]).value_and_grad([[number]])
    assert value == pytest.approx(y.data, rel=1e-12)
    assert gradient == pytest.approx(grad(y, [w]), rel=1e-12)
    assert ("6 * " in vectorize(y, [x], [w]).source) == (scales[0] == 2.0)


def test_zeros_keep_their_signs():
    x, w, v = leaves(x=3, w=2, v=5)
    for signs in ([-0.0, -0.0], [0.0, -0.0], [0.0, 0.0], [-0.0, 0.0]):
        one, other = (Value(zero, constant=True) for zero in signs)
        program = vectorize([w * x / one, v * x / other], [x], [w, v])
        expected = [math.copysign(math.inf, zero) for zero in signs]
        with numpy.errstate(divide="ignore"):
            pure = program.function().values(program.parameters, numpy.array([[3.0]]))
        assert program([[3.0]])[0].tolist() == pure[0].tolist() == expected


def test_equal_numbers_are_one_number_and_others_an_array():
    arrays = SimplifiedArrays()
    assert arrays.constants([2.0, 2.0]).number == 2.0
    assert arrays.constants([0.0, 0.0]) is arrays.scalar(0.0)
    assert repr(arrays.constants([0.0, 0.0]).number) == "0.0"
    for numbers in ([1.0, 2.0], [-0.0, -0.0], [0.0, -0.0], [math.nan, math.nan]):
        assert arrays.constants(numbers).kind == "constants"
    assert arrays.constants([1.0, 2.0]) is arrays.constants([1.0, 2.0])
    assert arrays.constants([1.0, 2.0]) is not arrays.constants([[1.0, 2.0]])


def rule(name, *given):
    """What a function of some operands is written as: numbers, or names of arrays of inputs; "-a" is the negative of a."""
    arrays = SimplifiedArrays()
    known = {"a": arrays.inputs([0, 1]), "b": arrays.inputs([2, 3])}

    def operand(text):
        if isinstance(text, (int, float)):
            return arrays.scalar(float(text))
        if isinstance(text, tuple):
            return arrays.call(text[0], *map(operand, text[1:]))
        return arrays.scalar(1.0, -1) if text == "1/n" else arrays.call("negative", known[text[1:]]) if text[0] == "-" else known[text]

    def shown(array):
        if array.kind == "scalar":
            return array.info[0] if array.info[1] == 0 else f"{array.info[0]:g}/n"
        return (array.info, *map(shown, array.args)) if array.kind == "call" else next(k for k, v in known.items() if v is array)

    return shown(arrays.call(name, *map(operand, given)))


RULES = [
    (("add", "a", 0), "a"), (("add", 0, "a"), "a"), (("add", "a", "a"), ("multiply", 2.0, "a")), (("add", "a", "-b"), ("subtract", "a", "b")),
    (("add", "-a", "b"), ("subtract", "b", "a")), (("add", "a", ("multiply", -3, "b")), ("subtract", "a", ("multiply", 3.0, "b"))),
    (("add", ("multiply", "1/n", "a"), ("multiply", "1/n", "b")), ("multiply", "1/n", ("add", "a", "b"))),
    (("add", ("multiply", 3, "a"), ("multiply", 3, "b")), ("add", ("multiply", 3.0, "a"), ("multiply", 3.0, "b"))),
    (("subtract", "a", 0), "a"), (("subtract", 0, "a"), ("subtract", 0.0, "a")), (("subtract", "a", "-b"), ("add", "a", "b")),
    (("subtract", ("multiply", "1/n", "a"), ("multiply", "1/n", "b")), ("multiply", "1/n", ("subtract", "a", "b"))),
    (("multiply", 1, "a"), "a"), (("multiply", "a", 1), "a"), (("multiply", -1, "a"), ("negative", "a")),
    (("multiply", "a", 3), ("multiply", 3.0, "a")), (("multiply", 0, "a"), ("multiply", 0.0, "a")),
    (("multiply", 3, ("multiply", 2, "a")), ("multiply", 6.0, "a")), (("multiply", 3, "-a"), ("multiply", -3.0, "a")),
    (("multiply", "-a", "b"), ("negative", ("multiply", "a", "b"))), (("multiply", "a", "-b"), ("negative", ("multiply", "a", "b"))),
    (("multiply", ("multiply", "1/n", "a"), "b"), ("multiply", "1/n", ("multiply", "a", "b"))),
    (("multiply", "a", ("multiply", "1/n", "b")), ("multiply", "1/n", ("multiply", "a", "b"))),
    (("multiply", "a", ("divide", 1, "b")), ("divide", "a", "b")), (("multiply", 3, ("divide", 1, "b")), ("divide", 3.0, "b")),
    (("multiply", 3, ("where", ("less", "a", "b"), 1, 2)), ("where", ("less", "a", "b"), 3.0, 6.0)),
    (("divide", "a", 1), "a"), (("divide", "a", 2), ("multiply", 0.5, "a")), (("divide", "a", 0.5), ("multiply", 2.0, "a")),
    (("divide", "a", 4), ("multiply", 0.25, "a")), (("divide", "a", 3), ("divide", "a", 3.0)), (("divide", "-a", "b"), ("negative", ("divide", "a", "b"))),
    (("divide", ("multiply", "1/n", "a"), "b"), ("multiply", "1/n", ("divide", "a", "b"))),
    (("negative", "-a"), "a"), (("negative", ("subtract", "a", "b")), ("subtract", "b", "a")), (("negative", ("multiply", 3, "a")), ("multiply", -3.0, "a")),
    (("negative", ("where", ("less", "a", "b"), 0, 2)), ("where", ("less", "a", "b"), 0.0, -2.0)),
    (("power", "a", 1), "a"), (("power", "a", 2), ("power", "a", 2.0)),
    (("where", 1, "a", "b"), "a"), (("where", 0, "a", "b"), "b"), (("where", ("less", "a", "b"), "a", "a"), "a"),
    (("where", ("less_equal", "a", 0), 0, "a"), ("maximum", "a", 0.0)), (("where", ("less", "a", 0), 0, "a"), ("where", ("less", "a", 0.0), 0.0, "a")),
    (("where", ("less_equal", "a", 0), 0, "b"), ("where", ("less_equal", "a", 0.0), 0.0, "b")),
    (("exp", 0), 1.0), (("less", 1, 2), 1.0), (("less_equal", 2, 2), 1.0), (("greater", 1, 2), 0.0), (("greater_equal", 1, 2), 0.0), (("equal", 1, 2), 0.0),
    (("add", 1, 2), 3.0), (("subtract", 1, 2), -1.0), (("multiply", 4, 2), 8.0), (("divide", 1, 0), math.inf), (("power", 2, 3), 8.0), (("maximum", 1, 2), 2.0),
    (("add", "1/n", "1/n"), "2/n"), (("multiply", 3, "1/n"), "3/n"), (("negative", "1/n"), "-1/n"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), RULES)
def test_a_function_of_arrays_in_its_simplest_form(given, expected):
    assert rule(*given) == expected


def test_a_factor_that_is_0_or_1_in_places_chooses():
    arrays = SimplifiedArrays()
    a, g = arrays.inputs([0, 1]), arrays.inputs([2, 3])
    condition = arrays.call("less_equal", a, arrays.scalar(0.0))
    step = arrays.call("where", condition, arrays.scalar(0.0), arrays.scalar(1.0))
    assert arrays.times(g, step) is arrays.call("where", condition, arrays.scalar(0.0), g)
    steep = arrays.call("where", condition, arrays.scalar(0.0), arrays.scalar(3.0))
    assert arrays.times(g, steep) is arrays.call("multiply", g, steep)
    assert arrays.times(g, arrays.scalar(0.0)).number == 0
    assert arrays.times(arrays.scalar(1.0), g) is g
    assert arrays.times(g, arrays.scalar(-1.0)) is arrays.call("negative", g)


def test_a_dot_product_is_weights_times_inputs_in_either_order():
    w, x = leaves(w1=2, w2=-1, w3=0.5), leaves(x1=1, x2=4, x3=-2)
    for one, other in ((w, x), (x, w), ((w[0], x[1], w[2]), (x[0], w[1], x[2]))):
        assert "W1 @ z0" in vectorize(autograd.dot(one, other).tanh(), x, w).source


def test_a_large_gradient_whose_parts_overlap_begins_at_0():
    w = leaves(**{f"w{k}": 1 for k in range(5000)})
    x = leaves(x1=0.5, x2=-1.5)
    y = autograd.dot(w[:2], x) + autograd.total([v.tanh() for v in w[1:3]]) + autograd.total([v.sin() for v in w[2:4]])
    program = quietly(y, x, w)
    numpy.full(100_000, 7.0).sum()  # memory that is freed again holds no zeros
    for _ in range(3):
        assert program.value_and_grad([[0.5, -1.5]])[1] == pytest.approx(grad(y, w), rel=1e-12)


def test_a_function_of_pre_activations_that_something_else_reads_is_no_output():
    x, w, b = constants("x", [1.0, 2.0]), leaves(w1=0.5, w2=-1), Value(0.25, "b")
    a = autograd.dot(w, x) + b
    alone, both = (vectorize(y, x, [*w, b]) for y in (a.sigmoid() ** 2, a.sigmoid() ** 2 + a))
    assert "z1" in alone.shapes
    assert "z1" not in both.shapes
    assert r"\odot h'(a^{(1)})" in alone.latex()
    assert r"\odot h'(a^{(1)})" not in both.latex()


@pytest.mark.parametrize(
    ("loss", "is_short"),
    [
        (lambda z, t: -(t * z.log() + (1 - t) * (1 - z).log()), True),
        (lambda z, t: -(t * z.log() + (2 - t) * (1 - z).log()), False),
        (lambda z, t: -(t * z.log() + (1 - t) * (2 - z).log()), False),
        (lambda z, t: -(t * t * z.log() + (1 - t) * (1 - z).log()), False),
        (lambda z, t: 2 * -(t * z.log() + (1 - t) * (1 - z).log()), False),
    ],
)
def test_the_error_is_output_minus_target_for_the_sigmoid_with_its_own_loss_only(loss, is_short):
    x, w, b, t = constants("x", [1.0, 2.0]), leaves(w1=0.5, w2=-1), Value(0.25, "b"), Value(1.0, "t", constant=True)
    program = vectorize(loss((autograd.dot(w, x) + b).sigmoid(), t), [*x, t], [*w, b])
    assert (r"\frac{1}{n} \left(z^{(1)} - y\right)" in program.latex()) == is_short
