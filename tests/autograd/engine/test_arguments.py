"""No argument is dropped in silence, and what an operation is called breaks nothing."""

import math
from fractions import Fraction

import numpy
import pytest

from autograd import Value, define, dot, exp, grad, logsumexp, parse, softmax, steps, tanh, total
from autograd.engine.operations import TABLE


@pytest.mark.parametrize(
    "call",
    [
        lambda a, b: total(5.0, [a, b]),
        lambda a, b: total("abc", [a, b]),
        lambda a, b: dot([a], [b], 7),
        lambda a, b: logsumexp([a], 1),
        lambda a, b: total("abc"),
        lambda a, b: total(a),
        lambda a, b: dot("ab", [a, b]),
    ],
)
def test_sums_and_products_of_lists_refuse_what_they_cannot_use(call):
    with pytest.raises(TypeError):
        call(Value(1.0), Value(2.0))


@pytest.mark.parametrize("name", ["dot", "total", "logsumexp", "mean", "softmax"])
def test_what_takes_a_list_is_no_method_of_one_value(name):
    assert not hasattr(Value(1.0), name)


# --- names of operations -----------------------------------------------------------------------------------------

HARMFUL = ["any", "all", "map", "len", "isinstance", "tuple", "zip", "next", "setattr", "hasattr", "ValueError", "equal", "operand", "new",
           "evaluated", "state", "self", "other", "recorded", "operation", "node", "sum", "pi", "divide", "make"]  # fmt: skip


@pytest.mark.parametrize("name", HARMFUL)
def test_an_operation_cannot_take_a_name_that_the_engine_uses(name):
    before = {**TABLE}, dir(Value)
    with pytest.raises(ValueError, match=f'^an operation needs a new name that is a Python name, not "{name}"$'):
        define(name, "2 * a", "2")
    assert ({**TABLE}, dir(Value)) == before
    assert exp(Value(0.0)).data == total([Value(1.0), Value(2.0)]).data - 2.0 == 1.0


@pytest.mark.parametrize("name", ["ﬁt", "ｘ２", "ªb"])
def test_an_operation_cannot_take_a_name_that_python_would_spell_otherwise(name):
    assert name.isidentifier()
    with pytest.raises(ValueError, match="an operation needs a new name"):
        define(name, "2 * a", "2")


def test_an_operation_of_ones_own_has_no_sign():
    with pytest.raises(TypeError, match="symbol"):
        define("matmul", "a * b", "b", "a", symbol="@")
    assert "matmul" not in TABLE


def test_an_operation_of_ones_own_can_be_called_drawn_and_typed():
    cube = define("cubic_test", "a ** 3", "3 * a ** 2")
    try:
        x = Value(2.0, "x")
        assert cube(x).data == x.cubic_test().data == cube(2.0) == 8.0
        assert cube(numpy.array([1.0, 2.0])).tolist() == [1.0, 8.0]
        assert grad(cube(x), [x]) == (12.0,)
        assert parse("cubic_test(x)", x=3).data == 27.0
        assert "cubic_test(x)" in str(steps(cube(x)))
        assert Value.cubic_test.__qualname__ == "Value.cubic_test"
    finally:
        TABLE.pop("cubic_test")
        del Value.cubic_test


# --- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1e10, 1e13, 1e15, 1e16, 1e300])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_softmax_of_large_numbers_keeps_its_digits(size, sign):
    z = [Value(sign * size), Value(sign * size)]
    shares = softmax(z)
    assert [share.data for share in shares] == [0.5, 0.5]
    assert softmax([sign * size] * 2) == [0.5, 0.5]
    assert softmax(numpy.array([sign * size] * 2)).tolist() == [0.5, 0.5]
    assert grad(shares[0], z) == pytest.approx((0.25, -0.25), abs=1e-12)
    assert logsumexp(z).partials == (0.5, 0.5)


def test_shares_sum_to_one_wherever_the_numbers_lie():
    for shift in (0.0, 999.0, 1001.0, -1e6, 1e12):
        shares = softmax([Value(shift + z) for z in (0.25, 1.5, -2.0)])
        assert math.fsum(share.data for share in shares) == pytest.approx(1.0, abs=1e-13)
        expected = [math.exp(z) for z in (0.25, 1.5, -2.0)]
        assert [share.data for share in shares] == pytest.approx([e / sum(expected) for e in expected], rel=1e-4 if shift == 1e12 else 1e-9)


def test_the_absolute_value_of_minus_zero_is_zero():
    for zero in (abs(Value(-0.0)).data, Value(-0.0).abs().data, TABLE["abs"](-0.0), TABLE["abs"](numpy.array([-0.0]))[0]):
        assert math.copysign(1, zero) == 1
    assert (1 / abs(Value(-0.0))).data == math.inf
    assert abs(Value(Fraction(-1, 3))).data == Fraction(1, 3)


def test_masked_arrays_and_spans_of_time_are_no_numbers():
    with pytest.raises(TypeError, match=r"^tanh takes plain arrays, not masked ones; fill in what is masked"):
        tanh(numpy.ma.array([1.0, 2.0], mask=[True, False]))
    with pytest.raises(TypeError, match=r"^a Value takes one real number, not an object of type timedelta64"):
        Value(numpy.timedelta64(3, "s"))


def test_a_sum_of_fractions_and_floats_that_nearly_cancel_is_not_called_changed():
    numbers = [
        Fraction(3, 2),
        Fraction(5, 6),
        Fraction(5, 6),
        2.879969425914128,
        Fraction(3, 2),
        Fraction(-9, 2),
        Fraction(3, 2),
        Fraction(-9, 2),
    ]
    leaves = [Value(number) for number in numbers]
    assert len(steps(total(leaves))) == 1 + 1 + len(numbers)
    y = total(leaves)
    leaves[3].data = 2.87
    with pytest.raises(ValueError, match="has changed since this graph was built"):
        steps(y)
