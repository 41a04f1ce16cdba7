"""The functions: on Values they make a node, on numbers they give a number, on NumPy arrays an array.

Those of one operand come straight from the table of `operations`; the others are written out below.

>>> exp(0.0), relu(-2), maximum(1.0, 3.0), clip(7.0, 0, 5)
(1.0, 0.0, 3.0, 5.0)
>>> x = Value(0.0)
>>> x.sigmoid(), sigmoid(x).partials
(Value(data=0.5, grad=0.0), (0.25,))
>>> import numpy
>>> tanh(numpy.array([0.0, numpy.inf]))
array([0., 1.])
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from numbers import Real
from typing import TYPE_CHECKING, Any

from .ieee import as_float
from .operations import RESERVED, TABLE, VALUE_FUNCTIONS, Operation, for_each_operation
from .value import OPERATORS, Value, number, operand


def apply(operation: Operation, operands: Sequence[Any]) -> Any:
    """The operation on its operands: a node, a number or an array. Raises TypeError for anything else."""
    if not operands:
        return _of_nothing(operation)
    if all(item.__class__ is Value for item in operands):
        return _node(operation, operands)
    if any(hasattr(item, "__array__") and not isinstance(item, Real) for item in operands):
        return _array(operation, operands)
    if any(isinstance(item, Value) for item in operands):
        beside = next((v for v in operands if isinstance(v, Value) and v.data.__class__ is Fraction), Value(0.0))
        values = tuple([operand(item, beside) for item in operands])
        if NotImplemented not in values:
            return _node(operation, values)
        raise TypeError(f"{operation.name} takes Values, numbers or arrays, not {type(operands[values.index(NotImplemented)]).__name__}")
    numbers = [number(item, operation.name) for item in operands]
    if any(item.__class__ is Fraction for item in numbers):
        numbers = [Fraction(item) if item.__class__ is int else kept for item, kept in zip(operands, numbers, strict=True)]
    return operation.at(numbers)


def _node(operation: Operation, values: Sequence[Value]) -> Value:
    return OPERATORS[operation.name](*operation.arguments(tuple(values)))


def _array(operation: Operation, operands: Sequence[Any]) -> Any:
    import numpy

    arrays = [numpy.asarray(item) for item in operands]
    if any(array.dtype == object for array in arrays):  # Values in an array: element by element
        with numpy.errstate(all="ignore"):
            return numpy.frompyfunc(lambda *items: apply(operation, items), len(arrays), 1)(*arrays)
    if operation.is_nary:  # operands beside each other in the last axis
        arrays = [numpy.stack(numpy.broadcast_arrays(*arrays), axis=-1)]
    return operation.on_arrays(*arrays)


def _of_nothing(operation: Operation) -> Any:
    """The value of no operands: 0 for a sum."""
    try:
        return operation.at([])
    except ValueError:
        raise ValueError(f"{operation.name} needs at least one operand") from None


def _items(name: str, values: Any) -> Any:
    """The elements of a list of operands; a numeric array is left as it is."""
    if hasattr(values, "dtype") and values.dtype != object and values.ndim > 0:
        return values
    try:
        return tuple(values)
    except TypeError:
        raise TypeError(f"{name} takes a list of Values or numbers, not {type(values).__name__}") from None


def _of_lists(operation: Operation, lists: Sequence[Any]) -> Any:
    """An n-ary operation on one list of operands for each of its letters."""
    if len(lists) != len(operation.letters):
        raise TypeError(f"{operation.name} takes {len(operation.letters)} list{'s' * (len(operation.letters) > 1)}, not {len(lists)}")
    rows = [_items(operation.name, values) for values in lists]
    with_values = any(isinstance(item, Value) for row in rows if not hasattr(row, "dtype") for item in row)
    lengths = [row.shape[-1] if hasattr(row, "dtype") and not with_values else len(row) for row in rows]
    if len({*lengths}) > 1:
        raise ValueError(f"{operation.name} takes lists of one length, not of {' and '.join(map(str, lengths))}")
    if any(hasattr(row, "dtype") for row in rows) and not with_values:
        return operation.on_arrays(*rows)
    return apply(operation, [item for row in rows for item in row])


def _make_function(operation: Operation) -> None:
    """Puts the function of a table entry into this module, and the method of that name into Value."""
    name = operation.name
    if operation.symbol:
        return
    if operation.is_nary:

        def function(*lists: Any) -> Any:  # fmt: skip
            rows = [tuple(row) for row in lists if row.__class__ is list or row.__class__ is tuple]
            if len(rows) == len(operation.letters) and rows[0] and len({*map(len, rows)}) == 1:
                try:
                    return OPERATORS[name](*rows)  # the common case, lists of Values, without looking at each of them
                except AttributeError:
                    pass  # some were numbers
            return _of_lists(operation, lists)
    else:

        def function(*operands: Any) -> Any:  # fmt: skip
            if len(operands) != len(operation.letters):
                raise TypeError(f"{name} takes {len(operation.letters)} operand{'s' * (len(operation.letters) > 1)}, not {len(operands)}")
            return apply(operation, operands)

    function.__name__ = function.__qualname__ = name
    rules = ", ".join(f"∂y/∂{letter} = {partial}" for letter, partial in zip(operation.letters, operation.partials, strict=True))
    function.__doc__ = f"{operation.about}\n\n    y = {operation.definition}; {rules}\n"
    globals()[name] = VALUE_FUNCTIONS[name] = function
    OPERATORS[name].__doc__ = function.__doc__
    setattr(Value, name, OPERATORS[name] if len(operation.letters) == 1 and not operation.is_nary else function)


for_each_operation(_make_function)
if TYPE_CHECKING:

    def __getattr__(name: str) -> Callable[..., Any]: ...  # fmt: skip


def leaky_relu(x: Any, slope: Any = 0.01) -> Any:
    """The rectifier with a slope below 0, and at 0: x where x > 0, else slope * x (lecture row D2-22).

    >>> leaky_relu(-2.0, 0.1)
    -0.2
    """
    return apply(TABLE["leaky_relu"], (x, slope))


def elu(x: Any, scale: Any = 1.0) -> Any:
    """The exponential linear unit: x where x > 0, else scale * (exp(x) - 1); at 0 it has the derivative from the left.

    >>> elu(2.0), elu(0.0)
    (2.0, 0.0)
    """
    return apply(TABLE["elu"], (x, scale))


def clip(x: Any, low: Any, high: Any) -> Any:
    """The number from `low` to `high` that is nearest to x; the gradient passes at the borders.

    Raises ValueError when low > high.

    >>> clip(-3.0, 0, 1), clip(0.25, 0, 1)
    (0.0, 0.25)
    """
    borders = [border.data if isinstance(border, Value) else border for border in (low, high)]
    if all(isinstance(border, Real) for border in borders) and number(borders[0], "clip") > number(borders[1], "clip"):
        raise ValueError(f"clip needs low <= high, not {as_float(low):g} and {as_float(high):g}")
    return apply(TABLE["clip"], (x, low, high))


def maximum(*operands: Any) -> Any:
    """The largest of the operands, or of one list of them. Where k of them tie, each has the local derivative 1/k.

    So maximum(x, 0) has the derivative 1/2 at 0, where relu(x) has 0.

    >>> maximum(2.0, 5.0), maximum(Value(1.0), 1).partials
    (5.0, (0.5, 0.5))
    """
    return apply(TABLE["maximum"], _several("maximum", operands))


def minimum(*operands: Any) -> Any:
    """The smallest of the operands, or of one list of them. Where k of them tie, each has the local derivative 1/k.

    >>> minimum([2.0, 5.0, 3.0])
    2.0
    """
    return apply(TABLE["minimum"], _several("minimum", operands))


def _several(name: str, operands: Any) -> Any:
    if len(operands) == 1 and isinstance(operands[0], Iterable) and getattr(operands[0], "ndim", True):
        operands = tuple(operands[0])
    return operands


def mean(values: Any) -> Any:
    """The arithmetic mean of a list: its total divided by its length. Raises ValueError for an empty list.

    >>> mean([1, 2, 6])
    3.0
    """
    values = _items("mean", values)
    n = values.shape[-1] if hasattr(values, "dtype") else len(values)
    if n == 0:
        raise ValueError("the mean of an empty list is not defined")
    return VALUE_FUNCTIONS["total"](values) / n


def softmax(values: Any) -> Any:
    """exp(z_i - logsumexp(z)) for each z_i of a list: positive numbers that sum to 1 (lecture rows D1-21, D2-16).

    A list of Values or numbers gives a list; an array is normalised along its last axis. Raises ValueError when empty.

    >>> [round(p, 9) for p in softmax([1000.0, 1000.0])]
    [0.5, 0.5]
    """
    values = _items("softmax", values)
    shared = VALUE_FUNCTIONS["logsumexp"](values)
    if hasattr(values, "dtype"):
        import numpy

        with numpy.errstate(invalid="ignore"):  # infinity - infinity is nan, as everywhere
            return VALUE_FUNCTIONS["exp"](values - shared[..., None])
    return [VALUE_FUNCTIONS["exp"](z - shared) for z in values]


for _function in (leaky_relu, elu, clip, maximum, minimum):
    setattr(Value, _function.__name__, _function)
RESERVED.update(globals())
