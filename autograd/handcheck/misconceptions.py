"""The table of misconceptions: what people do instead of the right thing, as formulas in text, beside the operations.

An entry says where it applies and what it makes of a number. Whoever needs a misconception reads it here: the diagnosis
of `check`, the pass `as_if` one holds, the page. What it is called in words stands in the languages, under "slip.CODE".

A formula has the grammar of the operations. Of one edge it may read `upstream`, the `local` derivative, their product
`contribution`, the `operand` whose gradient is asked for, the `other` factor of a product, the `value` of the consumer,
the consumer's operands `a`, `b`, `c`, and `n`, the number of examples of a mean. For a node it may read `total`, the sum
of all contributions, their `product`, what is `left_out`, and the `value` of the node itself. For a value it may read
the operands, the right `value`, and `first` and `second`, the operands of an operand.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from ..engine.operations import Operation

KINDS = ("contribution", "combination", "schedule", "matrix", "value", "answer")


@dataclass(frozen=True)
class Misconception:
    """One entry. Misconceptions of one `family` come to the same numbers so often that they count as one cause.

    `edge` has the formulas that stand in for a contribution, by where they apply: "any" operation, "function" (of one
    operand, without a sign), an operation by name, or one operand of it ("pow.a"). `node` has those that stand in for
    the gradient of a node: "any", "root" or "inner", or "fan-out" (only where several contributions meet). `values` has those that
    stand in for a value: "any", an operation, or one with what made its operand ("add.b mul"). `schedule` names another
    order of events that the executor knows.
    """

    code: str
    family: str
    kind: str
    edge: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    node: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    schedule: tuple[str, ...] = ()


class Rule(NamedTuple):
    """One formula of an entry, for one place."""

    code: str
    family: str
    formula: str


# The likeliest first: where numbers cannot tell causes apart, a student is told the first of them.
# fmt: off
ENTRIES = (
    Misconception("MISSING_PATH", "path", "combination", node={"fan-out": ("total - left_out",)}),
    Misconception("OWN_OPERAND", "operand", "contribution", edge={"mul": ("upstream * operand",), "dot": ("upstream * operand",)}),
    Misconception("RELU_MASK", "mask", "contribution", edge={
        "relu": ("upstream", "where(operand <= 0, upstream, 0)", "where(upstream > 0, upstream, 0)")}),
    Misconception("WRONG_POINT", "local", "contribution", edge={"function": ("upstream * slope_with_operand", "upstream * slope_at_value")}),
    # through a local derivative of -1 it is a forgotten sign
    Misconception("NO_LOCAL", "local", "contribution", edge={"any": ("where(local ** 2 == 1, contribution, upstream)",)}),
    Misconception("SIGN", "sign", "contribution", edge={"any": ("-contribution",)}, node={"any": ("-total",)},
                  values={"any": ("-value",), "sub": ("a + b",)}),
    Misconception("NO_UPSTREAM", "upstream", "contribution", edge={"any": ("local",)}),
    Misconception("POWER_LOG", "power", "contribution", edge={
        "pow.a": ("upstream * b * a ** b", "upstream * a ** (b - 1)"), "pow.b": ("upstream * value",),
        "exp": ("upstream * operand * exp(operand - 1)",), "log": ("upstream * value",),
        "sqrt": ("upstream / value", "upstream * value / 2"),
        "div.b": ("upstream / b", "-upstream / b", "upstream * a", "upstream * a / b", "-upstream * a / b", "-upstream / b ** 2")}),
    Misconception("TIMES_ARG", "local", "contribution", edge={"function": ("contribution * operand", "contribution * value")}),
    Misconception("CONST_FACTOR", "factor", "contribution",
                  edge={"any": ("2 * contribution", "contribution / 2", "n * contribution", "contribution / n", "contribution / n ** 2")},
                  node={"any": ("2 * total", "total / 2", "n * total", "total / n", "total / n ** 2", "3 * total", "4 * total")}),
    Misconception("ADDED_ALONG_PATH", "added", "contribution", edge={"any": ("upstream + local",)}),
    Misconception("MULTIPLIED_ACROSS_PATHS", "multiplied", "combination", node={"fan-out": ("product",)}),
    Misconception("VALUE_FOR_GRADIENT", "value", "contribution", node={"inner": ("value",)}),
    Misconception("SEED", "target", "schedule", node={"root": ("value", "0")}),
    Misconception("WRONG_TARGET", "target", "schedule", schedule=("target",)),
    Misconception("STALE_GRAD", "factor", "schedule", schedule=("two passes", "three passes")),
    Misconception("NO_TOPO", "order", "schedule", schedule=("at once", "at once, last first", "in turn", "in turn, last first")),
    Misconception("PRECEDENCE", "precedence", "value", values={
        **dict.fromkeys(("add.b mul",), ("(a + first) * second",)), "add.a mul": ("first * (second + b)",),
        "sub.b mul": ("(a - first) * second",), "sub.a mul": ("first * (second - b)",),
        "add.b div": ("(a + first) / second",), "sub.b div": ("(a - first) / second",),
        "mul.b add": ("a * first + second",), "mul.a add": ("first + second * b",),
        "mul.b sub": ("a * first - second",), "mul.a sub": ("first - second * b",),
        "div.a add": ("first + second / b",), "div.a sub": ("first - second / b",),
        "div.b mul": ("a / first * second",), "mul.b pow": ("(a * first) ** second",), "pow.a add": ("first + second ** b",),
        "pow.a mul": ("first * second ** b",), "pow.a sub": ("first - second ** b",), "neg.a pow": ("(-first) ** second",)}),
    Misconception("EXP_SIGN", "exponent", "value", values={
        "exp": ("exp(-a)",), "sigmoid": ("1 / (1 + exp(a))",), "softplus": ("log(1 + exp(-a))",), "tanh": ("tanh(-a)",)}),
    Misconception("LOG_BASE", "base", "value", values={
        "log": ("log(a) / log(10)", "log(a) / log(2)"), "log1p": ("log(1 + a) / log(10)",)}),
    Misconception("WRONG_ROW", "row", "answer"),
    Misconception("DECIMAL_POINT", "point", "answer",
                  node={"any": ("10 * total", "total / 10", "100 * total", "total / 100", "1000 * total", "total / 1000")},
                  values={"any": ("10 * value", "value / 10", "100 * value", "value / 100", "1000 * value", "value / 1000")}),
)
# fmt: on
TABLE = {entry.code: entry for entry in ENTRIES}
ORDER = {code: place for place, code in enumerate(TABLE)}


def edge_rules(operation: Operation, slot: int, count: int, code: str | None = None) -> tuple[Rule, ...]:
    """What may stand in for the contribution of an operation of `count` operands to the one in `slot`, likeliest first.

    >>> from autograd.engine.operations import TABLE
    >>> [rule.formula for rule in edge_rules(TABLE["mul"], 1, 2, "OWN_OPERAND")]
    ['upstream * operand']
    """
    per_letter = count // len(operation.letters) if operation.is_nary else 1
    return _edge_rules(operation, operation.letters[slot // per_letter], code)


@cache
def _edge_rules(operation: Operation, letter: str, code: str | None) -> tuple[Rule, ...]:
    is_function = len(operation.letters) == 1 and not operation.is_nary and not operation.symbol and operation.name != "abs"
    places = ("any", *(("function",) if is_function else ()), operation.name, f"{operation.name}.{letter}")
    found = [(entry, _slopes_written(formula, operation)) for entry in _entries(code) for formula in _applying(entry.edge, places)]
    return tuple([Rule(entry.code, entry.family, formula) for entry, formula in found if formula])


@cache
def node_rules(is_root: bool, terms: int, code: str | None = None) -> tuple[Rule, ...]:
    """What may stand in for the gradient of a node that `terms` contributions come to."""
    places = ("any", "root" if is_root else "inner", *(("fan-out",) if terms > 1 else ()))
    return tuple([Rule(entry.code, entry.family, formula) for entry in _entries(code) for formula in _applying(entry.node, places)])


@cache
def value_rules(operation: Operation, made_by: "tuple[str, ...]", code: str | None = None) -> "tuple[tuple[Rule, int | None], ...]":
    """What may stand in for a value, given the operations that made its operands; with the operand that has `first`."""
    found: list[tuple[Rule, int | None]] = []
    for entry in _entries(code):
        found += [(Rule(entry.code, entry.family, formula), None) for formula in _applying(entry.values, ("any", operation.name))]
        if not operation.is_nary:
            for slot, (letter, inner) in enumerate(zip(operation.letters, made_by, strict=False)):
                formulas = _applying(entry.values, (f"{operation.name}.{letter} {inner}",))
                found += [(Rule(entry.code, entry.family, formula), slot) for formula in formulas]
    return tuple(found)


def exported(operation: Operation, count: int) -> dict[str, Any]:
    """Everything the table says about an operation of `count` operands, as plain data for a reader in another language.

    `edges` has for each operand the rules of its contribution, `values` those of the value; each is code, family and
    formula, and those of `values` say of which operand `first` and `second` are the operands (made by which operation).

    >>> from autograd.engine.operations import TABLE
    >>> exported(TABLE["mul"], 2)["edges"][0][0]
    {'code': 'OWN_OPERAND', 'family': 'operand', 'formula': 'upstream * operand'}
    """
    inner = [(letter, key.split()[1], entry, formulas) for entry in ENTRIES for key, formulas in entry.values.items()
             if " " in key for letter in operation.letters if key.split()[0] == f"{operation.name}.{letter}"]  # fmt: skip
    values = [rule._asdict() for rule, _ in value_rules(operation, ())]
    values += [{**Rule(entry.code, entry.family, formula)._asdict(), "operand": letter, "made_by": made}
               for letter, made, entry, formulas in inner for formula in formulas]  # fmt: skip
    edges = [[rule._asdict() for rule in edge_rules(operation, slot, count)] for slot in range(count)]
    return {"edges": edges, "values": values}


def _entries(code: str | None) -> tuple[Misconception, ...]:
    return ENTRIES if code is None else (TABLE[code],)


def _applying(formulas: Mapping[str, tuple[str, ...]], places: tuple[str, ...]) -> Iterator[str]:
    for place in places:
        yield from formulas.get(place, ())


def _slopes_written(formula: str, operation: Operation) -> str | None:
    """A formula with the slope at a wrong number written out; None where that would be the right slope.

    `slope_at_value` is the local derivative taken at the value instead of the operand, as in tanh′(tanh(z));
    `slope_with_operand` has the operand where the value belongs, as in 1 - z ** 2.
    """
    if "slope_" not in formula:
        return formula
    partial = operation.partials[0]
    if "slope_with_operand" in formula:
        return _put(formula, "slope_with_operand", _put(partial, "y", "operand")) if re.search(r"\by\b", partial) else None
    at_value = _put(_put(partial, "a", "value"), "y", f"{operation.name}(value)")
    return _put(formula, "slope_at_value", at_value)


def _put(formula: str, name: str, text: str) -> str:
    return re.sub(rf"\b{name}\b", f"({text})", formula)
