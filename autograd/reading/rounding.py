"""How far rounding can carry the value of a graph: every node's number with a bound on its error.

A running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.3) over the formulas of
the table. It uses values only, no local derivative, so that a check of gradients that rests on it stays independent.
"""

from collections.abc import Mapping, Sequence
from math import inf, isfinite, pi
from typing import Any

from ..engine.dialects import OPERATORS, Reader, Tree, formula
from ..engine.grammar import COMPARISONS
from ..engine.ieee import FUNCTIONS, PRIMITIVES, divide, power
from ..engine.operations import TABLE, Operation

EPSILON = 2.0**-52  # twice what one rounding does to a number near 1, and about what a function of `math` does
TINY = 5e-324  # what one rounding does to a number that underflows
UNDERFLOW = 1e-290


class Rounded:
    """A number, and how far it may be from what exact arithmetic would give."""

    __slots__ = ("error", "value")

    def __init__(self, value: float, error: float = 0.0):
        self.value, self.error = value, error

    def __add__(self, other: "Rounded") -> "Rounded":
        return _rounded(self.value + other.value, self.error + other.error)

    def __sub__(self, other: "Rounded") -> "Rounded":
        return _rounded(self.value - other.value, self.error + other.error)

    def __mul__(self, other: "Rounded") -> "Rounded":
        a, b, d, e = self.value, other.value, self.error, other.error
        if (a == d == 0 and isfinite(b)) or (b == e == 0 and isfinite(a)):
            return Rounded(a * b)
        return _rounded(a * b, (abs(a) * e if e else 0.0) + (abs(b) * d if d else 0.0) + d * e)

    def __truediv__(self, other: "Rounded") -> "Rounded":
        quotient, least = divide(self.value, other.value), abs(other.value) - other.error
        spread = self.error + (abs(quotient) * other.error if other.error else 0.0)
        return _rounded(quotient, spread / least if least > 0 else inf if spread else 0.0)

    def __pow__(self, other: "Rounded") -> "Rounded":
        a, b = self.value, other.value
        y = power(a, b)
        return _rounded(y, _spread(lambda x: power(x, b), self, y) + _spread(lambda x: power(a, x), other, y))

    def __neg__(self) -> "Rounded":
        return Rounded(-self.value, self.error)


def _rounded(value: float, error: float) -> Rounded:
    """A result with the error of its operands, and that of its own rounding."""
    return Rounded(value, error + EPSILON * abs(value) + (TINY if abs(value) < UNDERFLOW else 0.0))


def _spread(function: Any, a: Rounded, y: float) -> float:
    """How far the value y of a function moves while its operand moves within its error."""
    if not a.error:
        return 0.0
    found = max(abs(function(a.value + a.error) - y), abs(function(a.value - a.error) - y))
    return found if found == found else inf


def value_with_error(operation: Operation, operands: Sequence[Rounded]) -> Rounded:
    """The value of an operation at operands that are known up to their errors.

    >>> found = value_with_error(TABLE["add"], [Rounded(1e6, 1e-9), Rounded(1.0)])
    >>> found.value, found.error > 1e-9
    (1000001.0, True)
    """
    known = dict(zip(operation.letters, operation.arguments(operands), strict=True))
    found = _Rounding(known).read(formula(operation.value))
    return Rounded(found.value, found.error if found.error == found.error else inf)


class _Rounding(Reader[Any]):
    """Computes a formula at the operands in `known`: a Rounded, or whether a comparison holds."""

    def __init__(self, known: Mapping[str, Any]):
        self.known = known

    def number(self, number: int) -> Rounded:
        return Rounded(float(number))

    def name(self, name: str) -> Any:
        return Rounded(pi, EPSILON) if name == "pi" else self.known[name]

    def negate(self, part: Rounded) -> Rounded:
        return -part

    def operator(self, sign: str, left: Rounded, right: Rounded) -> Any:
        return OPERATORS[sign](left.value, right.value) if sign in COMPARISONS else OPERATORS[sign](left, right)

    def where(self, condition: Tree, one: Tree, other: Tree) -> Any:
        return self.read(one if self.read(condition) else other)

    def call(self, name: str, arguments: list[Any]) -> Rounded:
        if name not in PRIMITIVES:
            return value_with_error(TABLE[name], arguments)
        y = FUNCTIONS[name](arguments[0].value)
        return _rounded(y, _spread(FUNCTIONS[name], arguments[0], y))

    def over(self, name: str, each: Tree) -> Rounded:
        lists = {f"{letter}[i]": row for letter, row in self.known.items() if isinstance(row, Sequence)}
        rows = [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
        terms = [_Rounding({**self.known, **row}).read(each) for row in rows]
        if name == "sum":
            return sum(terms[1:], terms[0])
        return Rounded(FUNCTIONS[name]([term.value for term in terms]), max(term.error for term in terms))
