"""The table of operations as data that JSON can carry, for a reader in another language: the page of the step-through."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from ..engine.dialects import calls_in, formula
from ..engine.ieee import PRIMITIVES, Number
from ..engine.operations import TABLE, Operation
from .written import value_formula


def operations_in(order: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """The operations of the nodes of a graph, by name.

    Each has its `letters`, whether it is `nary`, its `symbol`, the operand whose derivative a constant skips
    (`skips`), and as trees of `dialects.formula` its `value`, the `shown` form of it (None: by its name), `partials`
    and `kinks`. `calls` has the operations that these formulas call, in the same form.

    >>> from autograd import Value
    >>> operations_in([Value(2.0) * Value(3.0)])["mul"]["partials"]
    [('name', 'b'), ('name', 'a')]
    """
    return {node.op: _entry(node.operation) for node in order if node.parents}


def _entry(operation: Operation) -> dict[str, Any]:
    value, partials, kinks = formula(operation.value), [*map(formula, operation.partials)], [*map(formula, operation.kinks)]
    called = {name for tree in (value, *partials, *kinks) for name, _ in calls_in(tree)}
    return {
        "letters": operation.letters,
        "nary": operation.is_nary,
        "symbol": operation.symbol,
        "skips": operation.skips_constant,
        "value": value,
        "shown": value_formula(operation),
        "partials": partials,
        "kinks": kinks,
        "calls": {name: _entry(TABLE[name]) for name in sorted(called - {*PRIMITIVES}) if name in TABLE},
    }


def number_data(data: Number) -> str:
    """A number as a text without loss, in which a fraction differs from a float: "5", "1e-07", "inf", but "5/1".

    >>> number_data(5.0), number_data(Fraction(5))
    ('5', '5/1')
    """
    return f"{data.numerator}/{data.denominator}" if isinstance(data, Fraction) else repr(float(data)).removesuffix(".0")
