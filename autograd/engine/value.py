"""`Value`: one node of a computation graph, and the operators that make new nodes.

A node holds its number, its gradient, the operation that made it, its parents in order, and the local derivative
for each parent, fixed at the moment the node is made. The operators are written from the table of `operations`,
one specialised function each. Reading a graph is left to `graph`, the backward pass to `differentiate`.
"""

import math
from fractions import Fraction
from numbers import Real
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from .dialects import FLOATS, formula
from .ieee import NUMBER_FUNCTIONS, PRIMITIVES, Number, as_float, settle
from .operations import CONSTANT, LEAF, RESERVED, Operation, for_each_operation


def number(data: Any, what: str = "a Value") -> Number:
    """A real number as the engine keeps it: a Fraction of up to 4,096 bits as it is, all others as a float. Raises TypeError for the rest."""
    if data.__class__ is float:
        return data
    if isinstance(data, Real) and not isinstance(data, bool):
        return settle(data) if isinstance(data, Fraction) else as_float(data)
    raise TypeError(f"{what} takes one real number, not {_described(data)}")


def _described(data: Any) -> str:
    """What was given instead of a number, and what to do about it."""
    kind = type(data).__name__
    if isinstance(data, Value):
        return "another Value; use it as it is, or copy its number with Value(v.data)"
    if isinstance(data, bool) or kind == "bool":
        return "a bool; write 1 or 0"
    if isinstance(data, complex):
        return "a complex number; give its real part"
    if isinstance(data, str):
        return f'the text "{data[:40]}"; convert it with float(…), or use parse for an expression'
    if hasattr(data, "__array__"):
        return "an array; make one Value for each element"
    return "None; give a number" if data is None else f"an object of type {kind}; convert it with float(…)"


class Value:
    """One number in a computation graph.

    `data` is a real number (an int becomes a float, a Fraction stays exact), `label` the name to show, and
    `constant=True` marks data nobody asks a gradient for. Operators and functions on Values make new nodes;
    `backward()` on the last one fills in `grad` everywhere below it.

    Raises TypeError when `data` is not one real number.

    >>> a, b, c = Value(5, "a"), Value(3, "b"), Value(2, "c")
    >>> J = 3 * (a + b * c)
    >>> J.backward()
    >>> J.data, a.grad, b.grad, c.grad
    (33.0, 3.0, 6.0, 9.0)
    """

    # Two slots for parents and two for local derivatives: no tuple for the commonest nodes, which makes them small
    # and fast. A node of one parent leaves the second slots None; a node of more than two has tuples in the first.
    __slots__ = ("_data", "_grad", "_operation", "_a", "_b", "_da", "_db", "_label", "_scope")

    def __init__(self, data: Any, label: str = "", *more: Any, constant: bool = False):
        if more or not isinstance(label, str):
            raise TypeError(
                _HOW_TO_ADD if more or isinstance(label, (tuple, set, list)) else f"a label is a text, not {type(label).__name__}"
            )
        self._data = number(data)
        self._grad: Any = None  # None until a backward pass comes by
        self._operation = CONSTANT if constant else LEAF
        self._a: Any = None
        self._b: Any = None
        self._da: Any = None
        self._db: Any = None
        self._label = label
        self._scope = CONTEXT["scope"]

    if TYPE_CHECKING:  # written from the table further down, and by `functions` and `differentiate`
        data: Any
        grad: Any
        __add__ = __sub__ = __mul__ = __truediv__ = __pow__ = lambda self, other: Value(0.0)
        __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rpow__ = lambda self, other: Value(0.0)
        __neg__ = __abs__ = lambda self: Value(0.0)

        def __getattr__(self, name: str) -> Any: ...

    @property
    def label(self) -> str:
        """The name given by the user, or ""."""
        return self._label

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):
            raise TypeError(f"a label is a text, not {type(label).__name__}")
        self._label = label

    @property
    def op(self) -> str:
        """The name of the operation that made this node: "add", "tanh", …; "leaf" or "const" if none did."""
        return self._operation.name

    @property
    def operation(self) -> Operation:
        """The entry of the table of operations that made this node; one for leaves and one for constants."""
        return self._operation

    @property
    def constant(self) -> bool:
        """Whether this is a number that nobody asks a gradient for."""
        return self._operation is CONSTANT

    @property
    def parents(self) -> "tuple[Value, ...]":
        """The operands in order, with repeats: a + a has two parents."""
        return _pair(self._a, self._b)

    @property
    def partials(self) -> tuple[Number, ...]:
        """The local derivative for each parent, as it was when the node was made."""
        return _pair(self._da, self._db) if self._a is not None else ()

    @property
    def scope(self) -> tuple[str, ...]:
        """The titles of the scopes this node was made in, outermost first. A leaf can be placed in others."""
        return self._scope

    @scope.setter
    def scope(self, titles: tuple[str, ...]) -> None:
        if self._a is not None:
            raise AttributeError(
                f"{self._label or 'this node'} was computed, and stays in the scope it was made in; only a leaf can be placed"
            )
        if not isinstance(titles, tuple) or not all(isinstance(title, str) and title for title in titles):
            raise TypeError("a leaf is placed by the titles of its scopes, a tuple of texts, outermost first")
        self._scope = titles

    # --- as a number ---

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"

    def __format__(self, specification: str) -> str:
        if not specification:
            return repr(self)
        try:
            return format(self._data, specification)
        except TypeError:  # before Python 3.12 a fraction takes no format
            return format(float(self), specification)

    def __float__(self) -> float:
        return as_float(self._data)

    def __int__(self) -> int:
        return int(self._data)

    def __round__(self, digits: int | None = None) -> Any:
        return round(self._data, digits)

    def __bool__(self) -> bool:
        return bool(self._data)

    def __lt__(self, other: Any) -> bool:
        return self._data < _data_of(other)

    def __le__(self, other: Any) -> bool:
        return self._data <= _data_of(other)

    def __gt__(self, other: Any) -> bool:
        return self._data > _data_of(other)

    def __ge__(self, other: Any) -> bool:
        return self._data >= _data_of(other)

    def __pos__(self) -> "Value":
        return self

    # --- for code written for micrograd ---

    @property
    def _prev(self) -> Any:
        return dict.fromkeys(self.parents).keys()  # a set that keeps the order of the operands

    @property
    def _op(self) -> str:
        return "" if self._a is None else self._operation.symbol or self.op

    def _backward(self) -> None:
        """Adds this node's contributions, gradient times local derivative, to its parents' gradients."""
        for parent, partial in zip(self.parents, self.partials, strict=True):
            if self.grad and partial:
                parent._grad = parent.grad + self.grad * partial


def _pair(first: Any, second: Any) -> tuple[Any, ...]:
    """What the two slots of a node hold, as a tuple."""
    if second is not None:
        return first, second
    return first if first.__class__ is tuple else () if first is None else (first,)


def _set_data(leaf: Value, data: Any) -> None:
    if leaf._a is not None:
        raise AttributeError(
            f"{leaf._label or 'this node'} was computed by {leaf.op}, so its data cannot be set; set a leaf's data and build the expression again"
        )
    earlier, leaf._data = leaf._data, number(data, "data")
    if earlier != leaf._data:
        leaf._da = earlier  # tells `graph.changed_leaf` what has changed


def stored_grad(node: Value) -> Number | None:
    """The gradient that a node holds; None until a backward pass has come by, which `node.grad` shows as 0."""
    return node._grad


def _set_grad(node: Value, grad: Any) -> None:
    node._grad = number(grad, "grad")


def _get_grad(node: Value) -> Number:
    return 0.0 if node._grad is None else node._grad


Value.data = property(attrgetter("_data"), _set_data, doc="The number. Only a leaf's can be set; what was built on it does not follow.")
Value.grad = property(
    _get_grad, _set_grad, doc="The gradient: 0.0 until a backward pass has come by, accumulated in leaves until zero_grad()."
)


# --- operators ---------------------------------------------------------------------------------------------------


def operand(other: Any, beside: Value) -> Any:
    """What stands beside a Value in an operator, as a Value; NotImplemented if it may know better how to go on."""
    if isinstance(other, Value):
        return other
    if other.__class__ is int and beside._data.__class__ is Fraction:
        return Value(Fraction(other), constant=True)
    if isinstance(other, (Real, str, bytes, complex, type(None))) or type(other).__name__ == "bool":
        return Value(number(other, "an operator"), constant=True)
    return NotImplemented


def _data_of(other: Any) -> Any:
    """What a comparison compares with: a number, or an array, which NumPy compares element by element."""
    if isinstance(other, Value):
        return other._data
    return other if getattr(other, "shape", ()) else number(other, "a comparison")


def carefully(node: Value, data: list[Number]) -> tuple[Number, tuple[Number, ...]]:
    """Value and local derivatives where the fast form does not do: fractions, and the edges of the domain."""
    operation = node._operation
    y = operation.at(data)
    partials = operation.partials_at(data, y)
    if operation.skips_constant and node.parents[-1].constant:  # x ** 2 at -3 must not need log(-3)
        partials = (*partials[:-1], 0 * y if y.__class__ is Fraction else 0.0)
    return y, partials


# What the written operators can see. The context managers of `graph` change `scope` and `recording`.
CONTEXT: dict[str, Any] = {
    **{name: getattr(math, name) for name in PRIMITIVES}, **{name: NUMBER_FUNCTIONS[name] for name in ("power", "max", "min", "pi", "sum")},
    "Value": Value, "new": object.__new__, "operand": operand, "carefully": carefully, "CONSTANT": CONSTANT,
    "scope": (), "recording": True,
}  # fmt: skip

# Operators are written out from their formulas when the table is read, as `dataclasses` does for its methods: one
# generic operator would spend half of its time on finding out what to do.
_ONE = """
def {name}(p):
    a = p._data
    node = new(Value)
    node._operation, node._a, node._b, node._db = {name}_operation, p, None, None
    node._grad, node._label, node._scope = None, "", scope
    try:
        if a.__class__ is not float: raise ArithmeticError
        node._data = y = {value}
        node._da = {partials[0]}
    except (ArithmeticError, ValueError):
        node._data, (node._da,) = carefully(node, [a])
    return node if recording else Value(node._data, constant=True)
"""
_TWO = """
def {name}(p, q):
    if q.__class__ is not Value:
        q = operand(q, p)
        if q is NotImplemented: return q
    a, b = p._data, q._data
    node = new(Value)
    node._operation, node._a, node._b = {name}_operation, p, q
    node._grad, node._label, node._scope = None, "", scope
    try:
        if a.__class__ is not float or b.__class__ is not float: raise ArithmeticError
        node._data = y = {value}
        node._da = {partials[0]}
        node._db = {partials[1]}
    except (ArithmeticError, ValueError):
        node._data, (node._da, node._db) = carefully(node, [a, b])
    return node if recording else Value(node._data, constant=True)
"""
_MANY = """
def {name}({rows}):
    node = new(Value)
    node._operation, node._a, node._b, node._db = {name}_operation, {parents}, None, None
    node._grad, node._label, node._scope = None, "", scope
    try:
        {data}
        {before}
        node._data = y = {value}
        if y.__class__ is not float: raise ArithmeticError
        {shared}
        node._da = {partials}
    except (ArithmeticError, ValueError):
        node._data, node._da = carefully(node, [p._data for p in node._a])
    return node if recording else Value(node._data, constant=True)
"""

OPERATORS: dict[str, Any] = {}  # name → what makes the node, of one to three Values, or of one or two tuples of Values


def _write_operator(operation: Operation) -> None:
    name, letters = operation.name, operation.letters
    CONTEXT.setdefault(name, NUMBER_FUNCTIONS.get(name))
    CONTEXT[f"{name}_operation"] = operation
    if not operation.is_nary and len(letters) < 3:
        value, *partials = [FLOATS.write(formula(text), {}) for text in (operation.value, *operation.partials)]
        if operation.skips_constant:
            partials[-1] = f"0.0 if q._operation is CONSTANT else {partials[-1]}"
        source = (_ONE if len(letters) == 1 else _TWO).format(name=name, value=value, partials=partials)
    else:
        rows = [f"of_{letter}" for letter in letters]
        before, value = operation.written(FLOATS, [operation.value], one=True)
        shared, partials_text = operation.written(FLOATS, operation.partials)
        source = _MANY.format(
            name=name, rows=", ".join(rows), parents=" + ".join(rows) if operation.is_nary else f"({', '.join(rows)})",
            data="; ".join(f"{letter} = " + ("[p._data for p in {}]" if operation.is_nary else "{}._data").format(row)
                           for letter, row in zip(letters, rows, strict=True)),
            before=before, value=value, shared=shared, partials=partials_text,
        )  # fmt: skip
    exec(source, CONTEXT, OPERATORS)


RESERVED.update(CONTEXT, dir(Value))
for_each_operation(_write_operator)


def _reflected(operator: Any) -> Any:
    """The operator for a number on the left: 3 - v."""

    def reflected(self: Value, other: Any) -> Any:
        other = operand(other, self)
        return other if other is NotImplemented else operator(other, self)

    return reflected


for _name, _method in {"add": "add", "sub": "sub", "mul": "mul", "div": "truediv", "pow": "pow"}.items():
    setattr(Value, f"__{_method}__", OPERATORS[_name])
    setattr(Value, f"__r{_method}__", _reflected(OPERATORS[_name]))
for _name in ("neg", "abs"):
    setattr(Value, f"__{_name}__", OPERATORS[_name])

_HOW_TO_ADD = "a Value is made from a number and a label; for an operation of your own, add its formulas to the table with autograd.define"
