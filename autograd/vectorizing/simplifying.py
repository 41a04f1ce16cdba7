"""Arrays that are written in the simplest way: what can be simplified without a change of any number that is finite.

`SimplifiedArrays` are `Arrays` whose functions of numbers are computed, whose scalars stand in front, and in which
1/n stands in front of all. A rule takes the operands of one function, and gives the array to take instead, or None.
"""

import operator
from collections.abc import Callable
from typing import Any

from ..engine.dialects import OPERATORS
from ..engine.ieee import divide, largest, power
from ..engine.operations import TABLE
from .arrays import SIGNS, Array, Arrays


class SimplifiedArrays(Arrays):
    def through_softmax(self, s: Array, upstream: Array) -> Array:
        """The gradient at the operands of a softmax s, from that at s: s ⊙ (upstream - Σ s ⊙ upstream), down the columns.

        After its own loss, -Σ t log s, it is s Σ t - t.
        """
        factor, slope = _uncovered(upstream)
        if (slope.is_call("divide") or (slope.kind == "function" and slope.info[:2] == ("xlogy", 1))) and _bare(slope.args[1]) is _bare(s):
            t = slope.args[0]
            error = self.call("subtract", self.call("multiply", self.reduce("sum", t, 0), s), t)
            return self.call("negative", error) if factor is None else self.call("multiply", self.call("negative", factor), error)
        mean = self.reduce("sum", self.call("multiply", s, upstream), 0)
        return self.call("multiply", s, self.call("subtract", upstream, mean))

    def call(self, name: str, *args: Array) -> Array:
        """A function of NumPy or of the table, element by element, simplified."""
        simple = self._simplified(name, args)
        return super().call(name, *args) if simple is None else simple

    def _simplified(self, name: str, args: tuple[Array, ...]) -> Array | None:
        numbers = [a.number for a in args]
        if name == "where":
            return self._where(args, numbers)
        if all(number is not None for number in numbers):
            return self._computed(name, numbers)
        rule = _RULES.get(name)
        return rule(self, args, numbers) if rule else None

    def _computed(self, name: str, numbers: list[Any]) -> Array | None:
        if name in _COMPUTE:
            return self.scalar(float(_COMPUTE[name](*numbers)))
        return self.scalar(float(TABLE[name].at(numbers))) if name in TABLE else None

    def _where(self, args: tuple[Array, ...], numbers: list[Any]) -> Array | None:
        condition, yes, no = args
        if numbers[0] is not None:
            return yes if numbers[0] else no
        if yes is no:
            return yes
        if _is_rectified(condition, yes, no):
            return self.call("maximum", no, yes)
        return None


def _is_rectified(condition: Array, yes: Array, no: Array) -> bool:
    """where(a <= 0, 0, a)"""
    return yes.number == 0 and condition.is_call("less_equal") and condition.args == (no, yes)


_COMPUTE: dict[str, Callable[..., Any]] = {
    **{name: OPERATORS[sign] for sign, name in SIGNS.items()},
    **{"negative": operator.neg, "divide": divide, "power": power, "maximum": lambda a, b: largest([a, b])},
}


def _negated(arrays: Arrays, a: Array) -> Array | None:
    """What `a` is the negative of, where it is written as one."""
    if a.is_call("negative"):
        return a.args[0]
    if _factor(a) is not None and a.args[0].info[0] < 0:
        return arrays.call("multiply", arrays.call("negative", a.args[0]), a.args[1])
    return None


def _factor(a: Array) -> Array | None:
    """The scalar that stands in front of an array."""
    return a.args[0] if a.is_call("multiply") and a.args[0].kind == "scalar" else None


def _add(arrays: Arrays, args: tuple[Array, ...], numbers: list[Any]) -> Array | None:
    a, b = args
    if a.kind == b.kind == "rows" and a.args == b.args and a.args[0].shape[0] == 2 and [*a.info, *b.info] in ([0, 1], [1, 0]):
        return arrays.reduce("sum", a.args[0], 0)
    if a.kind == b.kind == "scalar" and a.info[1] == b.info[1]:
        return arrays.scalar(a.info[0] + b.info[0], a.info[1])
    if numbers[0] == 0:
        return b
    if numbers[1] == 0:
        return a
    if a is b:
        return arrays.call("multiply", arrays.scalar(2.0), a)
    for one, other in ((a, b), (b, a)):
        inner = _negated(arrays, other)
        if inner is not None:
            return arrays.call("subtract", one, inner)
    return _with_common_factor(arrays, "add", a, b)


def _subtract(arrays: Arrays, args: tuple[Array, ...], numbers: list[Any]) -> Array | None:
    a, b = args
    if numbers[1] == 0:
        return a
    inner = _negated(arrays, b)
    return arrays.call("add", a, inner) if inner is not None else _with_common_factor(arrays, "subtract", a, b)


def _with_common_factor(arrays: Arrays, name: str, a: Array, b: Array) -> Array | None:
    """x / n + y / n as (x + y) / n."""
    factor = _factor(a)
    if factor is not None and factor is _factor(b) and factor.info[1] == -1:
        return arrays.call("multiply", factor, arrays.call(name, a.args[1], b.args[1]))
    return None


def _multiply(arrays: Arrays, args: tuple[Array, ...], numbers: list[Any]) -> Array | None:
    a, b = args
    if a.kind == b.kind == "scalar":
        return arrays.scalar(a.info[0] * b.info[0] + 0.0, a.info[1] + b.info[1])
    if b.kind == "scalar":
        return arrays.call("multiply", b, a)
    if numbers[0] == 1:
        return b
    if numbers[0] == -1:
        return arrays.call("negative", b)
    if not arrays.careful and (error := _sigmoid_and_its_loss(arrays, a, b)):
        return error
    if a.kind == "scalar":
        return _scaled(arrays, a, b)
    for one, other in ((a, b), (b, a)):
        inner = _negated(arrays, one)
        if one.is_call("negative"):
            return arrays.call("negative", arrays.call("multiply", *((inner, other) if one is a else (other, inner))))
        factor = _factor(one)
        if factor is not None and factor.info[1] == -1:  # 1/n stays in front
            rest = (one.args[1], other) if one is a else (other, one.args[1])
            return arrays.call("multiply", factor, arrays.call("multiply", *rest))
    if b.is_call("divide") and b.args[0].number == 1:
        return arrays.call("divide", a, b.args[1])
    return None


def _bare(a: Array) -> Array:
    """What stands on a line of its own, without the line."""
    return a.args[0] if a.kind == "line" else a


def _uncovered(a: Array) -> tuple[Array | None, Array]:
    """An array that may be a line of its own, as the scalar in front and the rest."""
    a = a.args[0] if a.kind == "line" else a
    factor = _factor(a)
    return (None, a) if factor is None else (factor, a.args[1])


def _sigmoid_and_its_loss(arrays: Arrays, a: Array, b: Array) -> Array | None:
    """((1 - t)/(1 - z) - t/z) · z (1 - z) as z - t: what the sigmoid and its own loss leave of each other.

    The quotients may be those of xlogy(t, z), which are 0 for 0/0. Where the one is infinite and the other 0, so is the loss.
    """
    factor, difference = _uncovered(a)
    if not difference.is_call("subtract") or not b.is_call("multiply"):
        return None
    first, second = (_quotient(arrays, part) for part in difference.args)
    if not first or not second:
        return None
    t, z = second
    one = arrays.scalar(1.0)
    rest = arrays.call("subtract", one, z)
    others = [(arrays.call("subtract", one, t), rest), (arrays.call("negative", arrays.call("subtract", t, one)), rest)]
    if b.args != (z, rest) or first not in others:
        return None
    error = arrays.call("subtract", z, t)
    return error if factor is None else arrays.call("multiply", factor, error)


def _quotient(arrays: Arrays, a: Array) -> tuple[Array, ...]:
    if a.is_call("negative") and a.args[0].is_call("divide"):
        above, below = a.args[0].args
        return arrays.call("negative", above), below
    if a.kind == "function" and a.info[:2] == ("xlogy", 1):
        return a.args
    return a.args if a.is_call("divide") else ()


def _scaled(arrays: Arrays, a: Array, b: Array) -> Array | None:
    """A scalar times an array: two scalars become one, and one goes into the branches of a choice between scalars."""
    if b.is_call("negative"):
        return arrays.call("multiply", arrays.call("negative", a), b.args[0])
    factor = _factor(b)
    if factor is not None:
        both = arrays.call("multiply", a, factor)
        return None if both.info[0] == 0 or both.info[0] - both.info[0] else arrays.call("multiply", both, b.args[1])
    if b.is_call("where") and all(part.kind == "scalar" for part in b.args[1:]):
        return arrays.call("where", b.args[0], *[arrays.call("multiply", a, part) for part in b.args[1:]])
    if b.is_call("divide") and b.args[0].number == 1:
        return arrays.call("divide", a, b.args[1])
    return None


def _divide(arrays: Arrays, args: tuple[Array, ...], numbers: list[Any]) -> Array | None:
    a, b = args
    if numbers[1] == 1:
        return a
    if numbers[1] in (2, 4, 0.5):
        return arrays.call("multiply", arrays.scalar(1 / numbers[1]), a)
    if a.is_call("negative"):
        return arrays.call("negative", arrays.call("divide", a.args[0], b))
    factor = _factor(a)
    if factor is not None and factor.info[1] == -1:
        return arrays.call("multiply", factor, arrays.call("divide", a.args[1], b))
    return None


def _negative(arrays: Arrays, args: tuple[Array, ...], numbers: list[Any]) -> Array | None:
    (a,) = args
    if a.kind == "scalar":
        return arrays.scalar(-a.info[0] + 0.0, a.info[1])
    factor = _factor(a)
    if factor is not None:
        return arrays.call("multiply", arrays.call("negative", factor), a.args[1])
    if a.is_call("where") and all(part.kind == "scalar" for part in a.args[1:]):
        return arrays.call("where", a.args[0], *[arrays.scalar(-part.info[0] + 0.0, part.info[1]) for part in a.args[1:]])
    if a.is_call("subtract"):
        return arrays.call("subtract", a.args[1], a.args[0])
    return a.args[0] if a.is_call("negative") else None


def _power(arrays: Arrays, args: tuple[Array, ...], numbers: list[Any]) -> Array | None:
    return args[0] if numbers[1] == 1 else None


_RULES: dict[str, Callable[[Arrays, tuple[Array, ...], list[Any]], Array | None]] = {
    "add": _add, "subtract": _subtract, "multiply": _multiply, "divide": _divide, "negative": _negative, "power": _power,
}  # fmt: skip
