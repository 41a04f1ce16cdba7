"""The table of operations as data that JSON can carry, for a reader in another language: the page of the step-through."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from ..dialects import Tree, calls_in, formula
from ..ieee import PRIMITIVES, Number
from ..operations import TABLE, Operation
from .formulas import value_formula


def operations_in(order: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """The operations of the nodes of a graph, and those that their formulas call, by name.

    Each has its `letters`, whether it is `nary`, its `symbol`, the operand whose derivative a constant skips
    (`skips`), and as trees of `dialects.formula` its `value`, the `shown` form of it (None: by its name), `partials`
    and `kinks`.

    >>> from autograd import Value
    >>> operations_in([Value(2.0) * Value(3.0)])["mul"]["partials"]
    [('name', 'b'), ('name', 'a')]
    """
    waiting = [node._operation for node in order if node.parents]
    found: dict[str, dict[str, Any]] = {}
    while waiting:
        operation = waiting.pop()
        if operation.name not in found:
            found[operation.name] = _entry(operation)
            entry = found[operation.name]
            called = {name for tree in (entry["value"], *entry["partials"], *entry["kinks"]) for name, _ in calls_in(tree)}
            waiting += [TABLE[name] for name in sorted(called - {*PRIMITIVES}) if name in TABLE]
    return found


def _entry(operation: Operation) -> dict[str, Any]:
    def trees(texts: Iterable[str]) -> list[Tree]:
        return [formula(text) for text in texts]

    return {
        "letters": operation.letters,
        "nary": operation.is_nary,
        "symbol": operation.symbol,
        "skips": operation.skips_constant,
        "value": formula(operation.value),
        "shown": value_formula(operation),
        "partials": trees(operation.partials),
        "kinks": trees(operation.kinks),
    }


def number_data(data: Number) -> str:
    """A number as a text without loss, in which a fraction differs from a float: "5", "1e-07", "inf", but "5/1".

    >>> number_data(5.0), number_data(Fraction(5))
    ('5', '5/1')
    """
    return f"{data.numerator}/{data.denominator}" if isinstance(data, Fraction) else repr(float(data)).removesuffix(".0")
