"""A plan once more, for speed: functions of the table as their formulas, exponentials computed once, choices as products."""

from collections.abc import Sequence

import numpy

from .arrays import Array, Arrays, reachable
from .simplifying import SimplifiedArrays
from .table_as_arrays import expanded


def rebuilt(outputs: Sequence[Array]) -> tuple[Arrays, list[Array]]:
    """The arrays below the outputs once more, with the functions of the table as their formulas."""
    arrays = SimplifiedArrays()
    new: dict[int, Array] = {}
    for old in reachable(outputs):
        args = [new[a.index] for a in old.args]
        if old.kind not in ("call", "function"):  # what has become one number has its shape again where that matters
            args = [arrays.full(a, known.shape) for a, known in zip(args, old.args, strict=True)]
        if old.kind == "function":
            new[old.index] = expanded(arrays, old, args)
        elif _is_softmax(old):
            a, total = old.args[0].args
            new[old.index] = _softmax(arrays, new[a.index], new[total.args[0].index], total.info[2])
        elif old.kind == "softmax":
            new[old.index] = _softmax(arrays, args[0], args[0], *old.info)
        elif old.kind == "line":
            inner = old.args[0]  # what is only repeated stays small
            new[old.index] = new[inner.args[0].index] if inner.kind == "full" else new[inner.index]
        elif old.kind == "call":
            new[old.index] = _call(arrays, old.info, args)
        elif old.kind == "reshape":
            new[old.index] = arrays.reshape(args[0], old.shape)
        elif old.kind in ("sum", "max", "min"):
            new[old.index] = arrays.reduce(old.kind, args[0], old.info)
        else:
            key = old.info.tobytes() if isinstance(old.info, numpy.ndarray) else None
            new[old.index] = arrays.make(old.kind, tuple(args), old.info, old.shape, key=(key, old.shape) if key is not None else None)
    return arrays, [arrays.full(new[output.index], output.shape) for output in outputs]


def _is_softmax(array: Array) -> bool:
    """exp(a - logsumexp(b)), where a is b, or some of its rows."""
    if not array.is_call("exp") or not array.args[0].is_call("subtract"):
        return False
    total = array.args[0].args[1]
    return total.kind == "function" and total.info[:2] == ("logsumexp", -1)


def _softmax(arrays: Arrays, a: Array, b: Array, axis: int, shifted: bool = True) -> Array:
    """exp(a - max(b)) / sum(exp(b - max(b))): exact at any size, and the exponentials inside logsumexp serve again."""
    if not shifted:
        powers = arrays.call("exp", a)
        return arrays.call("divide", powers, arrays.reduce("sum", powers, axis))
    largest = arrays.reduce("max", b, axis)
    one, all_of_them = (arrays.call("exp", arrays.call("subtract", each, largest)) for each in (a, b))
    return arrays.call("divide", one, arrays.reduce("sum", all_of_them, axis))


def _call(arrays: Arrays, name: str, args: list[Array]) -> Array:
    """A function of NumPy; where(a <= c, 0, d) is d times the truth of a > c, which is faster."""
    if name == "where" and args[1].number == 0 and args[2].shape and args[0].is_call("less_equal"):
        a, c = args[0].args
        if c.number == 0:  # with the rectified a instead, a itself need not be kept
            a = arrays.call("maximum", a, c)
        return arrays.call("multiply", args[2], arrays.call("greater", a, c))
    return arrays.call(name, *args)
