"""The functions: on Values a node, on numbers a number, on arrays an array; and what they refuse."""

import math
from fractions import Fraction

import numpy
import pytest

import autograd
from autograd import Value, clip, dot, elu, exp, leaky_relu, logsumexp, maximum, mean, minimum, relu, softmax, tanh, total
from autograd.engine.operations import TABLE

inf, nan = math.inf, math.nan
UNARY = [
    getattr(autograd.engine.functions, entry.name)
    for entry in TABLE.values()
    if len(entry.letters) == 1 and not entry.symbol and not entry.is_nary and hasattr(autograd.engine.functions, entry.name)
]

# --- one function, four kinds of operands ------------------------------------------------------------------------


@pytest.mark.parametrize("function", UNARY, ids=lambda function: function.__name__)
def test_a_number_gives_a_number_an_array_an_array_and_a_value_a_node(function):
    expected = function(0.75)
    assert type(expected) is float
    assert function(numpy.float64(0.75)) == function(numpy.float32(0.75)) == expected
    assert type(function(numpy.float64(0.75))) is float
    assert function(1) == function(1.0)
    found = function(numpy.array([[0.75, 1.0]]))
    assert (type(found), found.dtype, found.shape) == (numpy.ndarray, float, (1, 2))
    assert found[0, 0] == pytest.approx(expected, rel=1e-15)
    assert function(numpy.array([1, 2])).tolist() == function(numpy.array([1.0, 2.0])).tolist()
    x = Value(0.75)
    assert (function(x).data, function(x).parents, function(x).op) == (expected, (x,), function.__name__)
    assert getattr(x, function.__name__)().data == expected
    objects = function(numpy.array([x, 0.75, Fraction(3, 4)], dtype=object))
    assert objects.dtype == object
    assert [float(item) for item in objects] == pytest.approx([expected] * 3)


@pytest.mark.parametrize("function", UNARY, ids=lambda function: function.__name__)
def test_functions_and_methods_say_their_formula(function):
    assert f"y = {TABLE[function.__name__].definition}; ∂y/∂a = " in function.__doc__
    assert getattr(Value, function.__name__).__doc__ == function.__doc__


def test_functions_of_several_operands_take_any_mixture():
    x = Value(2.0)
    assert maximum(x, 3).data == maximum(3, x).data == maximum([x, 3]).data == x.maximum(3).data == 3.0
    assert minimum(x, numpy.float64(1), Fraction(5)).data == 1.0
    assert clip(x, 0, Value(1.5)).data == x.clip(0, 1.5).data == 1.5
    assert [leaky_relu(Value(-2.0)).data, x.elu(3).data, elu(-1.0, 2)] == [-0.02, 2.0, 2 * math.expm1(-1)]
    assert dot([x, 1], [3, x]).data == 8.0
    assert total([x, 1, Fraction(1, 2)]).data == total(v for v in (x, 1.5)).data == 3.5
    assert mean([x, 4]).data == 3.0
    assert logsumexp([x, x]).data == 2 + math.log(2)
    assert maximum(x, numpy.array([1, 5]))[1].data == 5.0
    assert dot(numpy.array([x, x]), numpy.array([1.0, 2.0])).data == 6.0
    assert dot([x, x], numpy.array([[1.0, 2.0], [3.0, 4.0]]))[1].data == 12.0


def test_an_int_beside_a_fraction_stays_exact():
    third = Fraction(1, 3)
    for y in [maximum(third, 0), clip(third, 0, 1), total([third, 0]), dot([third, 1], [1, 0]), mean([third, third])]:
        assert (y, type(y)) == (third, Fraction)
    for y in [maximum(Value(third), 0), clip(Value(third), 0, 1), total([Value(third), 0]), dot([Value(third), 1], [1, 0])]:
        assert (y.data, type(y.data)) == (third, Fraction)
    assert type(maximum(third, 0.0)) is float


def test_sums_of_lists_reduce_the_last_axis_of_an_array():
    x = numpy.arange(6.0).reshape(2, 3)
    assert total(x).tolist() == [3.0, 12.0]
    assert mean(x).tolist() == [1.0, 4.0]
    assert dot(x, numpy.array([1.0, 0.0, 2.0])).tolist() == [4.0, 13.0]
    assert dot(x, x).tolist() == [5.0, 50.0]
    assert logsumexp(x) == pytest.approx(numpy.log(numpy.exp(x).sum(axis=-1)))
    assert softmax(x) == pytest.approx(numpy.exp(x) / numpy.exp(x).sum(axis=-1, keepdims=True))
    assert maximum(x).tolist() == [3.0, 4.0, 5.0]
    assert (type(total(x[0])), type(dot(x[0], [1, 2, 3]))) == (numpy.float64, numpy.float64)


# --- stable forms ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [list, numpy.array, lambda z: [Value(x) for x in z]], ids=["numbers", "array", "Values"])
def test_softmax_and_logsumexp_are_stable_at_1000(make):
    for shift in (1000, -1000, 0):
        p = softmax(make([shift + 1.0, shift + 2.0, shift + 0.0]))
        assert [float(x) for x in p] == pytest.approx([math.exp(k) / sum(map(math.exp, (0, 1, 2))) for k in (1, 2, 0)], rel=1e-12)
        assert float(logsumexp(make([shift, shift + 0.0]))) == pytest.approx(shift + math.log(2), rel=1e-15)
    assert [float(x) for x in softmax(make([1000.0, -1000.0]))] == [1.0, 0.0]


def test_softmax_is_built_as_the_exponential_of_z_minus_logsumexp():
    z = [Value(1.0), Value(2.0)]
    first, second = softmax(z)
    assert (first.op, first.parents[0].op, first.parents[0].parents[0]) == ("exp", "sub", z[0])
    assert first.parents[0].parents[1] is second.parents[0].parents[1]
    first.backward()
    assert [v.grad for v in z] == pytest.approx([first.data * second.data, -first.data * second.data])


@pytest.mark.parametrize("z", [[inf, 1.0], [inf, inf], [-inf, -inf], [nan, 1.0]])
def test_softmax_of_an_undefined_case_is_nan_without_a_warning(z):
    assert math.isnan(softmax(z)[0])
    assert numpy.isnan(softmax(numpy.array(z))[0])
    assert math.isnan(softmax([Value(x) for x in z])[0].data)


@pytest.mark.parametrize("z, expected", [([inf, 1.0], inf), ([-inf, -inf], -inf), ([-inf, 1.0], 1.0), ([nan, inf], nan)])
def test_logsumexp_of_infinities(z, expected):
    for found in [logsumexp(z), logsumexp(numpy.array(z)), logsumexp([Value(x) for x in z]).data]:
        assert found == pytest.approx(expected, nan_ok=True)


# --- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [lambda: dot([1, 2]), lambda: dot([1, 2], [3, 4], [5, 6]), lambda: dot()])
def test_dot_wants_two_lists_and_says_so(call):
    with pytest.raises(TypeError, match=r"^dot\(\) (missing|takes 2 positional arguments)"):
        call()


@pytest.mark.parametrize("function", [total, logsumexp])
def test_a_sum_wants_one_list_and_says_so(function):
    with pytest.raises(TypeError, match=r"takes 1 positional argument but 2 were given$"):
        function([1, 2], [3, 4])
    with pytest.raises(TypeError, match=r"takes a list of Values or numbers, not Value$"):
        function(Value(1.0))


def test_lists_of_different_lengths_are_refused_with_both_lengths():
    for one, other in [([1, 2, 3], [1, 2]), ([Value(1), Value(2), Value(3)], [1, 2]), (numpy.ones((2, 3)), numpy.ones(2))]:
        with pytest.raises(ValueError, match=r"^dot takes lists of one length, not of 3 and 2$"):
            dot(one, other)


def test_nothing_at_all_has_a_sum_but_no_maximum_and_no_mean():
    assert [total([]), dot([], [])] == [0.0, 0.0]
    for function in (maximum, minimum):
        for call in [lambda function=function: function(), lambda function=function: function([])]:
            with pytest.raises(ValueError, match=r"imum needs at least one operand$"):
                call()
    for nothing in [[], numpy.array([]), numpy.zeros((3, 0))]:
        with pytest.raises(ValueError, match="the mean of an empty list is not defined"):
            mean(nothing)
    for function in (softmax, logsumexp):
        with pytest.raises(ValueError, match="logsumexp needs at least one operand"):
            function([])


@pytest.mark.parametrize("operand", [True, "2", None, 1j, [1.0], (), object()], ids=lambda operand: type(operand).__name__)
@pytest.mark.parametrize("function", [exp, relu, tanh], ids=lambda function: function.__name__)
def test_what_is_no_number_is_refused_in_one_sentence(function, operand):
    with pytest.raises(TypeError, match=f"^{function.__name__} takes one real number, not "):
        function(operand)
    with pytest.raises(TypeError, match=r" takes one real number, not |takes Values, numbers or arrays, not "):
        maximum(Value(1.0), operand)


@pytest.mark.parametrize("array", [[1j], ["a"], [True], [numpy.datetime64("2020")], True], ids=repr)
def test_an_array_of_something_else_than_real_numbers_is_refused(array):
    with pytest.raises(TypeError, match=r"^tanh takes arrays of real numbers, not of (complex128|<U1|bool|datetime64\[Y\])$"):
        tanh(numpy.asarray(array))


@pytest.mark.parametrize(
    "call", [lambda: exp(), lambda: exp(1, 2), lambda: clip(1, 2), lambda: leaky_relu(1, 2, 3), lambda: Value(1.0).tanh(2)]
)
def test_a_wrong_number_of_operands_is_refused(call):
    with pytest.raises(TypeError, match=r"takes .*operand|missing 1 required|takes .*positional"):
        call()


def test_clip_wants_its_borders_in_order():
    for low, high in [(2, 1), (Value(2.0), 1), (2, Value(1.0)), (Fraction(2), 1.5)]:
        with pytest.raises(ValueError, match=r"^clip needs low <= high, not 2 and 1"):
            clip(Value(0.0), low, high)
    assert clip(5, 1, 1) == 1.0
