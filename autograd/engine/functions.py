"""The functions: on Values they make a node, on numbers they give a number, on NumPy arrays an array.

What each computes stands in the table of `operations`. `define` adds an operation of one's own.

>>> exp(0.0), relu(-2), maximum(1.0, 3.0), clip(7.0, 0, 5)
(1.0, 0.0, 3.0, 5.0)
>>> x = Value(0.0)
>>> x.sigmoid(), sigmoid(x).partials
(Value(data=0.5, grad=0.0), (0.25,))
>>> import numpy
>>> tanh(numpy.array([0.0, numpy.inf]))
array([0., 1.])
"""

import builtins
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial
from numbers import Real
from typing import Any

from . import operations
from .ieee import FUNCTIONS, PRIMITIVES, as_float, number
from .operations import TABLE, Operation
from .specialised import names as written_names
from .specialised import replace, write
from .value import Value, make

FAR = 1000.0  # a softmax of larger numbers takes their maximum off first, because exp(z - logsumexp(z)) has lost its digits there


def exp(x: Any) -> Any:
    return of_numbers("exp", x)


def expm1(x: Any) -> Any:
    return of_numbers("expm1", x)


def log(x: Any) -> Any:
    return of_numbers("log", x)


def log1p(x: Any) -> Any:
    return of_numbers("log1p", x)


def xlogy(x: Any, y: Any) -> Any:
    return of_numbers("xlogy", x, y)


def sqrt(x: Any) -> Any:
    return of_numbers("sqrt", x)


def sin(x: Any) -> Any:
    return of_numbers("sin", x)


def cos(x: Any) -> Any:
    return of_numbers("cos", x)


def tan(x: Any) -> Any:
    return of_numbers("tan", x)


def sinh(x: Any) -> Any:
    return of_numbers("sinh", x)


def cosh(x: Any) -> Any:
    return of_numbers("cosh", x)


def tanh(x: Any) -> Any:
    return of_numbers("tanh", x)


def sigmoid(x: Any) -> Any:
    return of_numbers("sigmoid", x)


def softplus(x: Any) -> Any:
    return of_numbers("softplus", x)


def relu(x: Any) -> Any:
    return of_numbers("relu", x)


def gelu(x: Any) -> Any:
    return of_numbers("gelu", x)


def silu(x: Any) -> Any:
    return of_numbers("silu", x)


def heaviside(x: Any) -> Any:
    return of_numbers("heaviside", x)


def leaky_relu(x: Any, slope: Any = 0.01) -> Any:
    """The rectifier with a slope below 0, and at 0: x where x > 0, else slope * x (Maas, Hannun and Ng, 2013).

    >>> leaky_relu(-2.0, 0.1)
    -0.2
    """
    return of_numbers("leaky_relu", x, slope)


def elu(x: Any, scale: Any = 1.0) -> Any:
    """The exponential linear unit: x where x > 0, else scale * (exp(x) - 1); at 0 it has the derivative from the left.

    >>> elu(2.0), elu(0.0)
    (2.0, 0.0)
    """
    return of_numbers("elu", x, scale)


def clip(x: Any, low: Any, high: Any) -> Any:
    """The number from `low` to `high` that is nearest to x; the gradient passes at the borders.

    Raises ValueError when low > high.

    >>> clip(-3.0, 0, 1), clip(0.25, 0, 1)
    (0.0, 0.25)
    """
    borders = [border.data if isinstance(border, Value) else border for border in (low, high)]
    if all(isinstance(border, Real) for border in borders) and number(borders[0], "clip") > number(borders[1], "clip"):
        raise ValueError(f"clip needs low <= high, not {as_float(low):g} and {as_float(high):g}")
    return of_numbers("clip", x, low, high)


def maximum(*operands: Any) -> Any:
    """The largest of the operands, or of one list of them. Where k of them tie, each has the local derivative 1/k.

    So maximum(x, 0) has the derivative 1/2 at 0, where relu(x) has 0.

    >>> maximum(2.0, 5.0), maximum(Value(1.0), 1).partials
    (5.0, (0.5, 0.5))
    """
    return of_numbers("maximum", *_several(operands))


def minimum(*operands: Any) -> Any:
    """The smallest of the operands, or of one list of them. Where k of them tie, each has the local derivative 1/k.

    >>> minimum([2.0, 5.0, 3.0])
    2.0
    """
    return of_numbers("minimum", *_several(operands))


def total(values: Any) -> Any:
    """The sum of a list, as one node.

    >>> total([1, 2, 6])
    9.0
    """
    return of_lists("total", values)


def dot(one: Any, other: Any) -> Any:
    """The sum of the products of two lists of one length, as one node. Raises ValueError for lists of different lengths.

    >>> dot([1, 2], [3, 4])
    11.0
    """
    return of_lists("dot", one, other)


def logsumexp(values: Any) -> Any:
    """The logarithm of the sum of the exponentials of a list; no overflow. Raises ValueError for an empty list.

    >>> round(logsumexp([1000.0, 1000.0]), 6)
    1000.693147
    """
    return of_lists("logsumexp", values)


def mean(values: Any) -> Any:
    """The arithmetic mean of a list: its total divided by its length. Raises ValueError for an empty list.

    >>> mean([1, 2, 6])
    3.0
    """
    values = _items("mean", values)
    n = values.shape[-1] if hasattr(values, "dtype") else len(values)
    if n == 0:
        raise ValueError("the mean of an empty list is not defined")
    return total(values) / n


def softmax(values: Any, form: str = "stable") -> Any:
    """exp(z_i - logsumexp(z)) for each z_i of a list: positive numbers that sum to 1.

    A list of Values or numbers gives a list; an array is normalised along its last axis. Where the numbers are far from
    0 their maximum is taken off first, as a constant, which changes no share. With form="lecture" the graph has the nodes of
    the lecture, exp, sum and divide: exp(z_i) / (exp(z_1) + …), the same numbers as long as exp does not overflow, which it
    does from 710 on. Raises ValueError when empty, and for another form.

    >>> [round(p, 9) for p in softmax([1e10, 1e10])]
    [0.5, 0.5]
    >>> z = [Value(1.0, "z1"), Value(2.0, "z2")]
    >>> [softmax(z, form)[0].op for form in ("stable", "lecture")]
    ['exp', 'div']
    """
    if form not in ("stable", "lecture"):
        raise ValueError(f'form is "stable" or "lecture", not {repr(form)[:40]}')
    values = _items("softmax", values)
    if form == "lecture":
        return _shares(values)
    if hasattr(values, "dtype"):
        return _softmax_of_array(values)
    largest = max([as_float(z) for z in values], default=0.0, key=abs)
    if abs(largest) > FAR and abs(largest) < float("inf"):
        shift = max(as_float(z) for z in values)
        values = [z - shift for z in values]
    shared = logsumexp(values)
    return [exp(z - shared) for z in values]


def _shares(values: Any) -> Any:
    """A softmax as lectures write it: each exp, their sum, each share."""
    if not hasattr(values, "dtype"):
        if not values:
            raise ValueError("the softmax of an empty list is not defined")
        raised = [exp(z) for z in values]
        whole = total(raised)
        return [of_numbers("div", each, whole) for each in raised]
    import numpy

    raised = exp(values)
    with numpy.errstate(invalid="ignore", divide="ignore"):  # infinity / infinity is nan, as everywhere
        return raised / raised.sum(axis=-1, keepdims=True)


def _softmax_of_array(values: Any) -> Any:
    import numpy

    with numpy.errstate(invalid="ignore"):  # infinity - infinity is nan, as everywhere
        shift = numpy.max(values, axis=-1, keepdims=True)
        values = numpy.where(numpy.isfinite(shift), values - shift, values)
        return exp(values - logsumexp(values)[..., None])


# --- what a function does with what it is given ------------------------------------------------------------------


def of_numbers(name: str, *operands: Any) -> Any:
    """The operation of that name on its operands: a node, a number or an array. Raises TypeError for anything else."""
    return apply(TABLE[name], operands)


def of_lists(name: str, *lists: Any) -> Any:
    """The n-ary operation of that name on one list of operands for each of its letters."""
    return _of_lists(TABLE[name], *lists)


def apply(operation: Operation, operands: Sequence[Any]) -> Any:
    """The operation on its operands: a node, a number or an array. Raises TypeError for anything else."""
    if not operands:
        return _of_nothing(operation)
    if all(item.__class__ is Value for item in operands):
        return operation.make(*operation.arguments(tuple(operands)))
    if any(hasattr(item, "__array__") and not isinstance(item, Real) for item in operands):
        return _array(operation, operands)
    if any(isinstance(item, Value) for item in operands):
        found = make(operation.name, *operands)
        if found is not NotImplemented:
            return found
        strange = next(item for item in operands if not isinstance(item, (Value, Real)))
        raise TypeError(f"{operation.name} takes Values, numbers or arrays, not {type(strange).__name__}")
    numbers = [number(item, operation.name) for item in operands]
    if any(item.__class__ is Fraction for item in numbers):
        numbers = [Fraction(item) if item.__class__ is int else kept for item, kept in zip(operands, numbers, strict=True)]
    return operation.at(numbers)


def _array(operation: Operation, operands: Sequence[Any]) -> Any:
    import numpy

    arrays = operation.as_arrays(operands)
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


def _of_lists(operation: Operation, *lists: Any) -> Any:
    """An n-ary operation on one list of operands for each of its letters."""
    rows = [tuple(row) for row in lists if row.__class__ is list or row.__class__ is tuple]
    if len(rows) == len(operation.letters) and rows[0] and len({*map(len, rows)}) == 1:
        try:
            return operation.make(*rows)  # the common case, lists of Values, without looking at each of them
        except AttributeError:
            pass  # some were numbers
    if len(lists) != len(operation.letters):
        raise TypeError(f"{operation.name} takes {len(operation.letters)} list{'s' * (len(operation.letters) > 1)}, not {len(lists)}")
    items = [_items(operation.name, values) for values in lists]
    with_values = any(isinstance(item, Value) for row in items if not hasattr(row, "dtype") for item in row)
    lengths = [row.shape[-1] if hasattr(row, "dtype") and not with_values else len(row) for row in items]
    if len({*lengths}) > 1:
        raise ValueError(f"{operation.name} takes lists of one length, not of {' and '.join(map(str, lengths))}")
    if any(hasattr(row, "dtype") for row in items) and not with_values:
        return operation.on_arrays(*items)
    return apply(operation, [item for row in items for item in row])


def _several(operands: Any) -> Any:
    if len(operands) == 1 and isinstance(operands[0], Iterable) and getattr(operands[0], "ndim", True):
        operands = tuple(operands[0])
    return operands


# --- adding an operation -----------------------------------------------------------------------------------------


def define(name: str, value: str, *partials: str, definition: str = "", kinks: Iterable[str] = (), skips_constant: str = "",
           about: str = "") -> Operation:  # fmt: skip
    """Adds an operation: its value, then its local derivative for each operand, as formulas in a, b, c and the result y.

    The rest follows: after define("cube", "a ** 3", "3 * a ** 2") there is v.cube(), it can be drawn, stepped through,
    checked, parsed and differentiated to any order; and what comes back can be called. `definition`, `kinks`,
    `skips_constant` and `about` are described at `Operation`. Raises ValueError for a name that is taken, or a formula
    that cannot be read; then nothing has changed.

    >>> define("exp", "2 * a", "2")
    Traceback (most recent call last):
    ValueError: an operation needs a new name that is a Python name, not "exp"
    """
    import unicodedata  # here, because nobody else in the engine needs them
    from keyword import iskeyword

    for text in (name, value, *partials, definition):
        if not isinstance(text, str):
            raise TypeError(f"the name and the formulas of an operation are texts, not {type(text).__name__}")
    if name in TABLE or not name.isidentifier() or iskeyword(name) or name in _taken() or unicodedata.normalize("NFKC", name) != name:
        raise ValueError(f'an operation needs a new name that is a Python name, not "{name[:40]}"')
    try:
        more: dict[str, Any] = {"definition": definition, "kinks": tuple(kinks), "skips_constant": skips_constant, "about": about}
        operations.refuse_unreadable(Operation(name, value, *partials, **more))
        operation = operations.enter(name, value, *partials, **more)
        _give_function(operation, None)
        write(operation)
    except (RecursionError, SyntaxError, MemoryError):  # where Python's own reader gives up
        TABLE.pop(name, None)
        raise ValueError(f"a formula of {name} is nested too deeply; define its parts first") from None
    if len(operation.letters) == 1 and not operation.is_nary:
        replace(Value, name, operation)
    elif not operation.is_nary:
        setattr(Value, name, lambda *operands: operation(*operands))
    return operation


def _taken() -> set[str]:
    """Names that mean something else to formulas, to written code, or to whoever reads them."""
    words = ["self", "other", "node", "operation", "recorded", "of_a", "of_b", "of_c", "where", "equal"]
    formulas = {*"abciypq", *words, operations.LEAF.name, operations.CONSTANT.name}
    return {*dir(builtins), *dir(Value), *globals(), *FUNCTIONS, *PRIMITIVES, *written_names, *formulas}


def _give_function(operation: Operation, function: "Callable[..., Any] | None") -> None:
    """Tells an operation what it does when it is called, and the function what it is about."""
    if function is None:
        function = partial(_of_lists if operation.is_nary else _of_operands, operation)
    elif not function.__doc__:
        function.__doc__ = f"{operation.about}\n\n    {operation.rules}\n"
    operation.function = function


def _of_operands(operation: Operation, *operands: Any) -> Any:
    if len(operands) != len(operation.letters):
        raise TypeError(f"{operation.name} takes {len(operation.letters)} operand{'s' * (len(operation.letters) > 1)}, not {len(operands)}")
    return apply(operation, operands)


for _operation in TABLE.values():
    _give_function(_operation, globals().get(_operation.name))
