"""Speed, and nothing else: the operators of `Value` written out from their formulas, one function for each operation.

The methods of the class say what happens, through `make`; that would spend half of its time on finding out what to do.
So each of them is replaced by code that holds the formulas themselves, as `dataclasses` does for its methods. The code
is registered with `linecache`: debuggers step through it, tracebacks and `inspect.getsource` show it. Where floats
raise, or a number is none, `careful` does the work.
"""

import linecache
import math
from collections.abc import Callable
from typing import Any

from .careful import evaluated
from .dialects import FLOATS, formula
from .ieee import FUNCTIONS, PRIMITIVES
from .operations import CONSTANT, TABLE, Operation, number_function
from .recording import state

SYMBOLS = {"add": "__add__", "sub": "__sub__", "mul": "__mul__", "div": "__truediv__", "pow": "__pow__", "neg": "__neg__", "abs": "__abs__"}
BINARY = {"__add__", "__sub__", "__mul__", "__truediv__", "__pow__"}

# What the written code can see, besides what its formulas call. `value` adds the class and `operand`.
names: dict[str, Any] = {
    **{name: getattr(math, name) for name in PRIMITIVES}, **{name: FUNCTIONS[name] for name in ("power", "max", "min", "pi", "sum")},
    "new": object.__new__, "evaluated": evaluated, "CONSTANT": CONSTANT, "state": state,
}  # fmt: skip

_ONE = """
def {name}(self):
    a = self._data
    node = new(Value)
    node._operation, node._a, node._b, node._db = operation, self, None, None
    node._scope, recorded = state()
    node._grad, node._label = None, ""
    try:
        if a.__class__ is not float: raise ArithmeticError
        node._data = y = {value}
        node._da = {partials[0]}
    except (ArithmeticError, ValueError):
        node._data, (node._da,) = evaluated(operation, (self,), [a])
    return node if recorded else Value(node._data, constant=True)
"""
_TWO = """
def {name}(self, other):
    if other.__class__ is not Value:
        other = operand(other, self)
        if other is NotImplemented: return other
    a, b = self._data, other._data
    node = new(Value)
    node._operation, node._a, node._b = operation, self, other
    node._scope, recorded = state()
    node._grad, node._label = None, ""
    try:
        if a.__class__ is not float or b.__class__ is not float: raise ArithmeticError
        node._data = y = {value}
        node._da = {partials[0]}
        node._db = {partials[1]}
    except (ArithmeticError, ValueError):
        node._data, (node._da, node._db) = evaluated(operation, (self, other), [a, b])
    return node if recorded else Value(node._data, constant=True)
"""
_MANY = """
def {name}({rows}):
    node = new(Value)
    node._operation, node._a, node._b, node._db = operation, {parents}, None, None
    node._scope, recorded = state()
    node._grad, node._label = None, ""
    try:
        {data}
        {before}
        node._data = y = {value}
        if y.__class__ is not float: raise ArithmeticError
        {shared}
        node._da = {partials}
    except (ArithmeticError, ValueError):
        node._data, node._da = evaluated(operation, node._a, [parent._data for parent in node._a])
    return node if recorded else Value(node._data, constant=True)
"""


def source(operation: Operation) -> str:
    """The code that makes a node of an operation.

    >>> print(source(TABLE["tanh"]))  # doctest: +ELLIPSIS
    <BLANKLINE>
    def tanh(self):
        a = self._data
        ...
            node._data = y = tanh(a)
            node._da = 1.0 - y ** 2
        ...
    """
    name, letters = operation.name, operation.letters
    if not operation.is_nary and len(letters) < 3:
        value, *partials = [FLOATS.write(formula(text), {}) for text in (operation.value, *operation.partials)]
        if operation.skips_constant:
            partials[-1] = f"0.0 if other._operation is CONSTANT else {partials[-1]}"
        return (_ONE if len(letters) == 1 else _TWO).format(name=name, value=value, partials=partials)
    rows = [f"of_{letter}" for letter in letters]
    before, value = operation.written(FLOATS, [operation.value], one=True)
    shared, written = operation.written(FLOATS, operation.partials)
    data = [
        f"{letter} = " + (f"[p._data for p in {row}]" if operation.is_nary else f"{row}._data")
        for letter, row in zip(letters, rows, strict=True)
    ]
    return _MANY.format(
        name=name, rows=", ".join(rows), parents=" + ".join(rows) if operation.is_nary else f"({', '.join(rows)})",
        data="; ".join(data), before=before, value=value, shared=shared, partials=written,
    )  # fmt: skip


def write(operation: Operation) -> Callable[..., Any]:
    """Writes the code of an operation, which becomes its `make`."""
    text, file = source(operation), f"<the operation {operation.name}>"
    called = {entry.name: number_function(entry.name) for entry in operation.called()}
    made: dict[str, Any] = {}
    exec(compile(text, file, "exec"), {**names, **called, "operation": operation}, made)
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    operation.make = made[operation.name]
    return operation.make


def specialise(cls: type, operand: Callable[..., Any]) -> None:
    """Puts the code of every operation of the table in the place of the methods of a class that `make` nodes: of the
    operators at once, of a function when it is first used, because to write all of them takes longer than all other imports."""
    names.update(Value=cls, operand=operand)
    for operation in TABLE.values():
        if operation.symbol:
            write(operation)
        else:
            operation.make = _first(operation, cls)
        _put_into(cls, operation)


def code_of(operation: Operation) -> Callable[..., Any]:
    """The code of an operation, written now if it is not yet: for whoever keeps it, who would keep what stands for it."""
    cls = getattr(operation.make, "waits_for", None)
    if cls is not None:
        write(operation)
        _put_into(cls, operation)
    return operation.make


def _first(operation: Operation, cls: type) -> Callable[..., Any]:
    """What stands for the code of an operation until it is used."""

    def first(*operands: Any) -> Any:
        return code_of(operation)(*operands)

    first.waits_for = cls  # type: ignore[attr-defined]
    if (method := SYMBOLS.get(operation.name, operation.name)) in vars(cls):
        first.__wrapped__ = vars(cls)[method]  # type: ignore[attr-defined]  # until then, help shows the readable method
    return first


def _put_into(cls: type, operation: Operation) -> None:
    method = SYMBOLS.get(operation.name, operation.name)
    if method in vars(cls) and not operation.is_nary and len(operation.letters) == 1 + (method in BINARY):
        replace(cls, method, operation)


def replace(cls: type, method: str, operation: Operation) -> None:
    """Puts the written code of an operation into a class; the method that was there is its attribute `generic`."""
    written, before = operation.make, vars(cls).get(method)
    written.__name__, written.__qualname__, written.__module__ = method, f"{cls.__name__}.{method}", cls.__module__
    written.__doc__ = f"{operation.about}\n\n    {operation.rules}\n".lstrip()
    written.generic = getattr(before, "generic", before)  # type: ignore[attr-defined]
    setattr(cls, method, written)


def backward_pass(order: "list[Any]", seed: Any) -> bool:
    """Fills in the gradients of nodes in topological order, where all numbers are finite floats; False where they are not.

    It is `careful.gradients` on the two slots of a node, without asking each product about infinities.
    """
    if seed.__class__ is not float:
        return False
    for node in order:
        node._grad = 0.0
    order[-1]._grad = seed
    for node in reversed(order):
        upstream, first, second = node._grad, node._a, node._b
        if not upstream or first is None:
            continue
        if upstream - upstream:  # infinity or nan
            return False
        if second is not None:
            first._grad += upstream * node._da
            second._grad += upstream * node._db
        elif first.__class__ is tuple:
            for parent, partial in zip(first, node._da):  # noqa: B905 (checking lengths costs time)
                parent._grad += upstream * partial
        else:
            first._grad += upstream * node._da
    return True
