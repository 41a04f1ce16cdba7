"""The numbers of the arrays of a plan, one array after the other: for who reads a pass, not for who trains."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy

from .arrays import Array, Arrays, N, reachable
from .simplifying import SimplifiedArrays
from .table_as_arrays import expanded


def evaluated(outputs: Sequence[Array], parameters: Any, X: Any, given: Mapping[int, Any] | None = None) -> dict[int, Any]:
    """The numbers of the outputs, and of all that they need, by index; those that are `given` are taken as they are."""
    found: dict[int, Any] = dict(given or {})
    with numpy.errstate(all="ignore"):
        for array in reachable(outputs, lambda array: () if array.index in found else array.args):
            if array.index not in found:
                found[array.index] = _number(array, [found[a.index] for a in array.args], parameters, X)
    return found


def _number(array: Array, args: list[Any], parameters: Any, X: Any) -> Any:
    kind, info, n = array.kind, array.info, len(X)
    if kind == "call":
        return getattr(numpy, info)(*args)
    if kind in ("sum", "max", "min"):
        return getattr(numpy, kind)(args[0], axis=info, keepdims=True)
    if kind == "matmul":
        a, b = (arg.T if flip else arg for arg, flip in zip(args, info, strict=False))
        return a @ b
    return _KINDS[kind](array, args, info, n, parameters, X)


def _sizes(shape: Any, n: int) -> tuple[int, ...]:
    return tuple([n if size == N else size for size in shape])


def _taken(a: Any, table: Any) -> Any:
    padded = numpy.pad(a, ((0, 1), (0, 0)))
    return padded[table if table.shape[1] > 1 else table[:, 0]]


def _softmax(a: Any, axis: int, shifted: bool) -> Any:
    r = numpy.exp(a - numpy.max(a, axis=axis, keepdims=True) if shifted else a)
    return r / numpy.sum(r, axis=axis, keepdims=True)


def _of_table(array: Array, args: list[Any]) -> Any:
    """A function of the table, by its formula in arrays."""
    arrays: Arrays = SimplifiedArrays()
    operands = [arrays.make("given", (), k, a.shape) for k, a in enumerate(array.args)]
    result = expanded(arrays, array, operands)
    given = {operand.index: a for operand, a in zip(operands, args, strict=True)}
    return evaluated([result], None, (), given)[result.index]


_KINDS = {
    "parameters": lambda array, args, info, n, parameters, X: parameters[info],
    "inputs": lambda array, args, info, n, parameters, X: X[:, info.ravel()].T,
    "scalar": lambda array, args, info, n, parameters, X: numpy.float64(info[0] * float(n) ** info[1]),
    "constants": lambda array, args, info, n, parameters, X: info,
    "rows": lambda array, args, info, n, parameters, X: args[0][info],
    "reshape": lambda array, args, info, n, parameters, X: numpy.reshape(args[0], _sizes(info, n)),
    "join": lambda array, args, info, n, parameters, X: numpy.concatenate(args, axis=info),
    "cut": lambda array, args, info, n, parameters, X: numpy.take(args[0], numpy.arange(*info[1:]), axis=info[0]),
    "full": lambda array, args, info, n, parameters, X: numpy.broadcast_to(args[0], _sizes(info, n)),
    "pad": lambda array, args, info, n, parameters, X: numpy.pad(args[0], (info, (0, 0))),
    "take": lambda array, args, info, n, parameters, X: _taken(args[0], info),
    "line": lambda array, args, info, n, parameters, X: args[0],
    "softmax": lambda array, args, info, n, parameters, X: _softmax(args[0], *info),
    "function": lambda array, args, info, n, parameters, X: _of_table(array, args),
}
