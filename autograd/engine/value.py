"""`Value`: one node of a computation graph. Everything that a Value can do stands in this class.

A node holds its number, its gradient, the operation that made it, its parents in order, and the local derivative for
each parent, fixed at the moment the node is made. What an operation computes stands in the table of `operations`.
"""

from fractions import Fraction
from numbers import Real
from typing import Any

from . import copying
from .careful import evaluated, gradients, plus
from .ieee import Number, as_float, number
from .operations import CONSTANT, LEAF, TABLE, Operation
from .order import topological_order
from .recording import state
from .specialised import backward_pass, specialise


class Value:
    """One number in a computation graph.

    `data` is a real number (an int becomes a float, a Fraction stays exact), `label` the name to show, and
    `constant=True` marks data nobody asks a gradient for. Operators and functions on Values make new nodes;
    `backward()` on the last one fills in `grad` everywhere below it.

    A Value takes no other attributes, which keeps it small: what belongs to one can stand in a dict, with the Value as
    its key, or in a subclass of one's own. Raises TypeError when `data` is not one real number.

    >>> a, b, c = Value(5, "a"), Value(3, "b"), Value(2, "c")
    >>> J = 3 * (a + b * c)
    >>> J.backward()
    >>> J.data, a.grad, b.grad, c.grad
    (33.0, 3.0, 6.0, 9.0)
    """

    # Two slots for parents and two for local derivatives: no tuple for the commonest nodes, which makes them small
    # and fast. A node of one parent leaves the second slots None; a node of a list has tuples in the first.
    __slots__ = ("_data", "_grad", "_operation", "_a", "_b", "_da", "_db", "_label", "_scope", "_origin")

    def __init__(self, data: Any, label: str = "", *more: Any, constant: bool = False):
        if more or not isinstance(label, str):
            raise TypeError(
                HOW_TO_ADD if more or isinstance(label, (tuple, set, list)) else f"a label is a text, not {type(label).__name__}"
            )
        self._data = number(data)
        self._grad: Number | None = None  # None until a backward pass comes by
        self._operation = CONSTANT if constant else LEAF
        self._a: Any = None
        self._b: Any = None
        self._da: Any = None
        self._db: Any = None
        self._label = label
        self._scope = state()[0]
        self._origin: Any = None  # what a leaf's number was before it was last changed; of a computed node the line it was typed as

    # --- what a node holds ---

    @property
    def data(self) -> Any:
        """The number. Only a leaf's can be set; what was built on it does not follow."""
        return self._data

    @data.setter
    def data(self, data: Any) -> None:
        if self._a is not None:
            raise AttributeError(
                f"{self._label or 'this node'} was computed by {self.op}, so its data cannot be set; set a leaf's data and build the expression again"
            )
        earlier, self._data = self._data, number(data, "data")
        if earlier != self._data:
            self._origin = earlier

    @property
    def grad(self) -> Any:
        """The gradient: 0.0 until a backward pass has come by, accumulated in leaves until zero_grad()."""
        return 0.0 if self._grad is None else self._grad

    @grad.setter
    def grad(self, grad: Any) -> None:
        self._grad = number(grad, "grad")

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

    # --- the backward pass ---

    def backward(self, seed: Any = 1) -> None:
        """Fills in `grad` for this node and everything it depends on: its gradient, times `seed`.

        Walks from here back to the leaves, in reverse topological order: each node sends to every parent what has
        arrived at it, times the local derivative, and a parent adds up what reaches it. Gradients of computed nodes are
        new each time; those of leaves add up until zero_grad(). Where 0 has arrived, nothing goes on, even where a local
        derivative is infinite; nor does an infinite gradient where the local derivative is 0, so that a branch not taken
        contributes nothing.

        >>> a, b = Value(2.0), Value(3.0)
        >>> (a * b + a).backward()
        >>> a.grad, b.grad
        (4.0, 2.0)
        """
        seed = seed_of(self, seed)
        order = topological_order(self)
        earlier = [(leaf, leaf._grad) for leaf in order if leaf._a is None and leaf._grad]
        if not backward_pass(order, seed):
            for node, gradient in gradients(order, seed).items():
                node._grad = gradient
        for leaf, grad in earlier:
            leaf._grad = plus(grad, leaf._grad)

    def zero_grad(self) -> None:
        """Forgets the gradient of this node and of everything it depends on.

        >>> x = Value(3.0)
        >>> y = x * x
        >>> y.backward(); y.zero_grad()
        >>> x.grad
        0.0
        """
        for node in topological_order(self):
            node._grad = None

    # --- operators: each makes a node of the operation of that name ---
    # `specialise`, below the class, puts code that is written from the operation's formulas in the place of these bodies.

    def __add__(self, other: Any) -> "Value":
        return make("add", self, other)

    def __radd__(self, other: Any) -> "Value":
        return swapped("add", self, other)

    def __sub__(self, other: Any) -> "Value":
        return make("sub", self, other)

    def __rsub__(self, other: Any) -> "Value":
        return swapped("sub", self, other)

    def __mul__(self, other: Any) -> "Value":
        return make("mul", self, other)

    def __rmul__(self, other: Any) -> "Value":
        return swapped("mul", self, other)

    def __truediv__(self, other: Any) -> "Value":
        return make("div", self, other)

    def __rtruediv__(self, other: Any) -> "Value":
        return swapped("div", self, other)

    def __pow__(self, other: Any) -> "Value":
        return make("pow", self, other)

    def __rpow__(self, other: Any) -> "Value":
        return swapped("pow", self, other)

    def __neg__(self) -> "Value":
        return make("neg", self)

    def __abs__(self) -> "Value":
        return make("abs", self)

    def __pos__(self) -> "Value":
        return self

    # --- functions, as methods ---

    def abs(self) -> "Value":
        return abs(self)

    def exp(self) -> "Value":
        return make("exp", self)

    def expm1(self) -> "Value":
        return make("expm1", self)

    def log(self) -> "Value":
        return make("log", self)

    def log1p(self) -> "Value":
        return make("log1p", self)

    def xlogy(self, other: Any) -> "Value":
        return TABLE["xlogy"](self, other)

    def sqrt(self) -> "Value":
        return make("sqrt", self)

    def sin(self) -> "Value":
        return make("sin", self)

    def cos(self) -> "Value":
        return make("cos", self)

    def tan(self) -> "Value":
        return make("tan", self)

    def sinh(self) -> "Value":
        return make("sinh", self)

    def cosh(self) -> "Value":
        return make("cosh", self)

    def tanh(self) -> "Value":
        return make("tanh", self)

    def sigmoid(self) -> "Value":
        return make("sigmoid", self)

    def softplus(self) -> "Value":
        return make("softplus", self)

    def relu(self) -> "Value":
        return make("relu", self)

    def leaky_relu(self, slope: Any = 0.01) -> "Value":
        return TABLE["leaky_relu"](self, slope)

    def elu(self, scale: Any = 1.0) -> "Value":
        return TABLE["elu"](self, scale)

    def gelu(self) -> "Value":
        return make("gelu", self)

    def silu(self) -> "Value":
        return make("silu", self)

    def heaviside(self) -> "Value":
        return make("heaviside", self)

    def clip(self, low: Any, high: Any) -> "Value":
        return TABLE["clip"](self, low, high)

    def maximum(self, *others: Any) -> "Value":
        return TABLE["maximum"](self, *others)

    def minimum(self, *others: Any) -> "Value":
        return TABLE["minimum"](self, *others)

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

    # --- copies ---

    def __copy__(self) -> "Value":
        return copying.like(self, self.parents)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Value":
        return copying.deep_copy(self, memo)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return copying.reduced(self)

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


HOW_TO_ADD = "a Value is made from a number and a label; for an operation of your own, add its formulas to the table with autograd.define"


# --- making a node -----------------------------------------------------------------------------------------------


def make(name: str, *operands: Any) -> Any:
    """The node of an operation on Values and numbers, which become constants; NotImplemented, or a TypeError, for anything else."""
    operation = TABLE[name]
    values = [item for item in operands if isinstance(item, Value)]
    beside = next((value for value in values if value._data.__class__ is Fraction), values[0])
    parents = tuple([operand(item, beside) for item in operands])
    if NotImplemented in parents:
        if operation.symbol:
            return NotImplemented
        raise TypeError(f"{name} takes Values, numbers or arrays, not {type(operands[parents.index(NotImplemented)]).__name__}")
    data, partials = evaluated(operation, parents, [parent._data for parent in parents])
    node = Value(data, constant=not state()[1])
    if state()[1]:
        node._operation = operation
        node._a, node._b = copying.slots_for(operation, parents)
        node._da, node._db = copying.slots_for(operation, partials)
    return node


def swapped(name: str, self: Value, other: Any) -> Any:
    """An operator whose left operand is no Value: 3 - v."""
    other = operand(other, self)
    return other if other is NotImplemented else TABLE[name].make(other, self)


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


def _pair(first: Any, second: Any) -> tuple[Any, ...]:
    """What the two slots of a node hold, as a tuple."""
    if second is not None:
        return first, second
    return first if first.__class__ is tuple else () if first is None else (first,)


def seed_of(y: Value, seed: Any = 1) -> Number:
    """The gradient to start from at the root: of the root's kind of number where the seed allows it."""
    return Fraction(seed) if y._data.__class__ is Fraction and seed.__class__ is int else number(seed, "a seed")


def stored_grad(node: Value) -> Number | None:
    """The gradient that a node holds; None until a backward pass has come by, which `node.grad` shows as 0."""
    return node._grad


specialise(Value, operand)
