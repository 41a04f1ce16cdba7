"""Symbolic derivatives through sympy: a graph as an expression, its derivative, and how large that is.

An operation is written by its formula in the table: its definition, and where it has kinks, its value. Sympy is an extra,
and is loaded when it is asked for.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from math import nan
from typing import Any

from ..engine.dialects import OPERATORS, Reader, Tree, formula
from ..engine.ieee import as_float, number
from ..engine.names import find, names
from ..engine.operations import TABLE, Operation
from ..engine.order import topological_order
from ..engine.value import Value

LARGEST = 20_000  # signs of an expression; a larger one is not written out
MISSING = 'symbolic derivatives need sympy; install it with: pip install "chalkgrad[symbolic]"'
LONGEST = 2_000  # signs that a derivative shows of itself


def sympy_module() -> Any:
    """Sympy. Raises ImportError, with what to install, where it is missing."""
    try:
        import sympy
    except ImportError:
        raise ImportError(MISSING) from None
    return sympy


class Symbolic:
    """A graph as an expression of sympy, with a symbol for each leaf that is no constant, or one of `asked`.

    Leaves of one name have symbols of their own, a and "a (2)".

    Raises ImportError without sympy, and ValueError for a graph whose expression would have more than 20,000 signs.
    """

    def __init__(self, y: Value, asked: Collection[Value] = ()):
        self.sympy = sympy_module()
        order, called = topological_order(y), names(y)
        if written_size(order) > LARGEST:
            raise ValueError(f"written out without shared parts, this expression has more than {LARGEST} signs; take a smaller graph")
        self.symbols: dict[Value, Any] = {}
        met: Counter[str] = Counter()
        for leaf in order:
            if not leaf.parents and (not leaf.constant or leaf in asked):
                met[called[leaf]] += 1
                again = f" ({met[called[leaf]]})" if met[called[leaf]] > 1 else ""
                self.symbols[leaf] = self.sympy.Symbol(f"{called[leaf]}{again}", real=True)
        found: dict[Value, Any] = {}
        for node in order:
            if node.parents:
                found[node] = self._of_operation(node.operation, node.operation.arguments([found[parent] for parent in node.parents]))
            else:
                found[node] = self.symbols.get(node, self._number(node.data))
        self.y, self.expression = y, found[y]

    def derivative(self, leaf: Value) -> "Derivative":
        """The derivative by a leaf that has a symbol."""
        found = self.sympy.diff(self.expression, self.symbols[leaf])
        return Derivative(found, tuple(self.symbols.values()))

    @property
    def point(self) -> list[float]:
        """The numbers of the leaves, in the order of their symbols."""
        return [as_float(leaf.data) for leaf in self.symbols]

    def _number(self, data: Any) -> Any:
        """A number of the graph: exact where it is a fraction or a whole number."""
        exact = not isinstance(data, float) or data.is_integer()
        return self.sympy.Rational(data) if exact else self.sympy.Float(data, 17)

    def _of_operation(self, operation: Operation, operands: Sequence[Any]) -> Any:
        text = operation.value if operation.kinks else operation.definition
        return _AsExpression(self, dict(zip(operation.letters, operands, strict=True))).read(formula(text))


class _AsExpression(Reader[Any]):
    """Reads a formula of the table as an expression of sympy."""

    def __init__(self, symbolic: Symbolic, operands: Mapping[str, Any]):
        self.symbolic, self.sympy, self.operands = symbolic, symbolic.sympy, operands

    def number(self, number: int) -> Any:
        return self.sympy.Integer(number)

    def name(self, name: str) -> Any:
        return self.sympy.pi if name == "pi" else self.operands[name.removesuffix("[i]")]

    def negate(self, part: Any) -> Any:
        return -part

    def operator(self, sign: str, left: Any, right: Any) -> Any:
        if sign == "==":
            return self.sympy.Eq(left, right)
        return OPERATORS[sign](left, right)

    def call(self, name: str, arguments: list[Any]) -> Any:
        if name == "expm1":
            return self.sympy.exp(arguments[0]) - 1
        if name == "log1p":
            return self.sympy.log(1 + arguments[0])
        if hasattr(self.sympy, name) and name not in ("sigmoid", "where"):
            return getattr(self.sympy, name)(*arguments)
        return self.symbolic._of_operation(TABLE[name], arguments)

    def where(self, condition: Tree, one: Tree, other: Tree) -> Any:
        return self.sympy.Piecewise((self.read(one), self.read(condition)), (self.read(other), True))

    def over(self, name: str, each: Tree) -> Any:
        n = len(next(iter(self.operands.values())))
        terms = [_AsExpression(self.symbolic, {letter: items[k] for letter, items in self.operands.items()}).read(each) for k in range(n)]
        return {"sum": self.sympy.Add, "max": self.sympy.Max, "min": self.sympy.Min}[name](*terms)


class Derivative:
    """A derivative as an expression of sympy, which is `expression`. Called with the numbers of all leaves, by name, it gives a number.

    `size` counts its signs and names as it is written out; `shared_size` counts every part once, as a graph has it.
    """

    def __init__(self, expression: Any, symbols: tuple[Any, ...]):
        self.expression, self._symbols = expression, symbols

    @property
    def _sympy(self) -> Any:  # not kept, for a module cannot be pickled
        return sympy_module()

    @cached_property
    def size(self) -> int:
        """Signs and names, written out."""
        return _sizes(self.expression)[self.expression]

    @cached_property
    def shared_size(self) -> int:
        """The same with every part that occurs again counted once."""
        return len(_sizes(self.expression))

    @cached_property
    def operations(self) -> tuple[int, int]:
        """How many multiplications (quotients and powers among them) and how many additions it takes, written out."""
        many = {part: _own_operations(part, self._sympy) for part in _sizes(self.expression)}
        total: dict[Any, tuple[int, int]] = {}
        for part in many:  # parts come before what they are parts of
            below = [total[each] for each in part.args if each in total]
            total[part] = (many[part][0] + sum(m for m, _ in below), many[part][1] + sum(a for _, a in below))
        return total[self.expression]

    @property
    def text(self) -> str:
        """The expression as sympy writes it."""
        written = str(self.expression) if self.size <= LONGEST else f"an expression of {self.size} signs"
        return written if len(written) <= LONGEST else f"{written[: LONGEST - 1]}…"

    @property
    def latex(self) -> str:
        """The expression in LaTeX."""
        return self._sympy.latex(self.expression)

    def at(self, numbers: Sequence[float], digits: int | None = None) -> float:
        """The number at the given leaves, in their order; computed with so many digits, or in floats. nan where it has none."""
        places = [self._sympy.Symbol(f"x{k}", real=True) for k in range(len(numbers))]  # what people call things is never code
        expression = self.expression.xreplace(dict(zip(self._symbols, places, strict=True)))
        step = {"Heaviside": lambda x, *_: 0.5 if x == 0 else float(x > 0)}
        try:
            if digits is None:
                return float(self._sympy.lambdify(places, expression, [step, "math"])(*numbers))
            import mpmath

            with mpmath.workdps(digits):
                return float(self._sympy.lambdify(places, expression, [step, "mpmath"])(*[mpmath.mpf(number) for number in numbers]))
        except (ArithmeticError, ValueError, TypeError, NameError):  # outside of its domain, or no real number
            return nan

    def __call__(self, **numbers: float) -> float:
        missing = [str(symbol) for symbol in self._symbols if str(symbol) not in numbers]
        if missing or len(numbers) > len(self._symbols):
            wanted = ", ".join(map(str, self._symbols)) or "none"
            raise TypeError(f"the derivative takes a number for each leaf, by name: {wanted}")
        return self.at([as_float(number(numbers[str(symbol)], str(symbol))) for symbol in self._symbols])

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"{self.text}  ({self.size} signs, {self.shared_size} with shared parts)"

    def _repr_latex_(self) -> str | None:
        return f"${self.latex}$" if self.size <= LONGEST else None


def derivative(y: Value, wrt: Any) -> Derivative:
    """The symbolic derivative of a graph by one of its leaves, given as a Value or by name.

    >>> from autograd import leaves
    >>> a, b, c = leaves(a=5, b=3, c=2)
    >>> d = derivative(3 * (a + b * c), "b")
    >>> d.text, d.size, d(a=5, b=3, c=2)
    ('3*c', 3, 6.0)
    """
    leaf = find(y, wrt)
    if leaf.parents:
        raise ValueError("a symbolic derivative is taken by a leaf, not by a computed node")
    return Symbolic(y, [leaf]).derivative(leaf)


def written_size(order: Sequence[Value]) -> int:
    """How many nodes the expression of a graph has when it is written out without shared parts; order is topological."""
    found: dict[Value, int] = {}
    for node in order:
        found[node] = 1 + sum(found[parent] for parent in node.parents)
    return found[order[-1]]


def _sizes(expression: Any) -> dict[Any, int]:
    """The written size of an expression and of each of its parts, parts first; each distinct part once."""
    found: dict[Any, int] = {}
    waiting = [(expression, False)]
    while waiting:
        part, ready = waiting.pop()
        if part in found:
            continue
        if ready or not part.args:
            found[part] = 1 + sum(found[each] for each in part.args)
        else:
            waiting.append((part, True))
            waiting += [(each, False) for each in part.args]
    return found


def _own_operations(part: Any, sympy: Any) -> tuple[int, int]:
    """The multiplications and additions of the outermost sign of an expression."""
    if part.is_Add:
        return 0, len(part.args) - 1
    if part.is_Mul:
        return len(part.args) - 1 - (part.args[0] == -1), 0  # a sign costs nothing
    return int(bool(part.is_Pow) and part.args[1] != sympy.Rational(1, 2)), 0
