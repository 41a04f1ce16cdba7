"""The numbers and formulas of a step as texts: what stands to the left and to the right of each sign, and which sign is true.

Every line can be recomputed from the numbers it shows, and "=" stands only where it is true as printed. The records here
fill the templates of a language (`words`) and make the equations of a step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..engine.dialects import Tree, formula, names_in
from ..engine.ieee import Number, as_float
from ..engine.operations import Operation
from ..reading.passes import StepRecord
from .node_names import NodeNames, holds_in_symbols
from .numbers import as_printed, digits_to_recompute, exact_value, number_text, printed_sum, sign, significant
from .situations import Situation
from .typeset import Layout, as_layout, plain, row
from .written import SIGN, Operand, Written, added, at_slot, letter_at, put_in, unsigned, write_partial, write_value

MOST_DIGITS = 17
CERTAIN_DIGITS = 15  # with more of them, any float could be meant
NOUGHT: Layout = ("number", "0")


@dataclass(frozen=True)
class ValueLine:
    """u = b · c = 3 · 2 = 6; `is_short` where the numbers would stand twice: -a = -1, without another = -1.

    `put` are the operands as texts.
    """

    name: Layout
    formula: Layout
    numbers: Layout
    value: Layout
    rule_sign: str
    sign: str
    result_sign: str
    is_short: bool
    put: list[str]

    def layouts(self) -> list[Layout]:
        """The rule in symbols; then the numbers, with the sign before them."""
        numbers = () if self.is_short else (self.sign, self.numbers)
        return [row(self.name, self.rule_sign, self.formula), row(*numbers, self.result_sign, self.value)]


@dataclass(frozen=True)
class SeedLine:
    """∂J/∂J = 1."""

    gradient: Layout
    value: Layout
    root: Layout

    def layouts(self) -> list[Layout]:
        return [row(self.gradient, "=", self.value)]


@dataclass(frozen=True)
class Product:
    """The numbers of a contribution: ∂J/∂u · c = 3 · 2 = 6; `local` is the local derivative by its formula.

    `put` are the upstream gradient, the operands and the value of the node as texts.
    """

    local: Layout
    numbers: Layout
    value: Layout
    rule_sign: str
    sign: str
    result_sign: str
    put: list[str]


@dataclass(frozen=True)
class EdgeLine:
    """∂J/∂b = ∂J/∂u · ∂u/∂b, or one term of a sum; the `product` is None where there is nothing to multiply."""

    said: Situation
    gradient: Layout
    upstream: Layout
    derivative: Layout
    node: Layout
    parent: Layout
    term: str
    terms: str
    slot: str
    arrived: Layout
    product: Product | None

    def layouts(self) -> list[Layout]:
        """The rule, which claims a gradient only where there is no other term; then the numbers."""
        claim = () if self.said.term else (self.gradient, "=")
        rule = row(*claim, self.upstream, "·", self.derivative)
        if self.product is None:
            factors = (self.upstream, "·", NOUGHT) if self.said.arrives else (NOUGHT, "·", self.derivative)
            return [rule, row("=", *factors, "=", NOUGHT)]
        put = self.product
        repeated = () if self.derivative == put.local else (put.rule_sign, self.upstream, "·", put.local)
        return [rule, row(*repeated, put.sign, put.numbers, put.result_sign, put.value)]


@dataclass(frozen=True)
class SumLine:
    """so ∂J/∂a = 3 + 5 = 8; `put` are the terms as texts."""

    gradient: Layout
    sum: Layout
    value: Layout
    terms: str
    sign: str
    result_sign: str
    put: list[str]

    def layouts(self) -> list[Layout]:
        return [row(self.gradient, self.sign, self.sum, self.result_sign, self.value)]


def value_line(step: StepRecord, names: NodeNames, digits: int | None) -> ValueLine:
    """The line of a forward step."""
    operation = step.node.operation
    enough = digits or digits_to_recompute(step.operands, operation.at, step.value)
    shown = [put_in(data, enough) for data in step.operands]
    in_symbols = names.operands(step, enough)
    named = write_value(operation, in_symbols)
    numbers = write_value(operation, shown).layout
    result = put_in(step.value, digits)
    put_in_exactly = all(after.is_exact for before, after in zip(in_symbols, shown, strict=True) if before.text != after.text)
    comes_out = _is_true(formula(operation.value), operation, shown, result, result.text)
    is_short = plain(numbers) in (named.text, result.text)
    return ValueLine(
        name=as_layout(names[step.node]),
        formula=named.layout,
        numbers=numbers,
        value=result.layout,
        rule_sign=sign(holds_in_symbols(named.text, in_symbols)),
        sign=sign(put_in_exactly),
        result_sign=sign(comes_out and (put_in_exactly or not is_short)),
        is_short=is_short,
        put=[each.text for each in shown],
    )


def seed_line(step: StepRecord, names: NodeNames, digits: int | None) -> SeedLine:
    """The line that the backward pass begins with."""
    assert step.total_after is not None
    return SeedLine(names.gradient(step.node), put_in(step.total_after, digits).layout, as_layout(names[step.node]))


def edge_line(step: StepRecord, said: Situation, names: NodeNames, digits: int | None) -> EdgeLine:
    """The line of a backward step, one edge."""
    assert step.parent is not None and step.slot is not None and step.upstream is not None
    enough = digits
    if digits is None and said.multiplies:
        enough = _digits_of(step)
    arrived = put_in(step.upstream, enough)
    return EdgeLine(
        said=said,
        gradient=names.gradient(step.parent),
        upstream=names.gradient(step.node),
        derivative=_derivative(step, names, enough),
        node=as_layout(names[step.node]),
        parent=as_layout(names[step.parent]),
        term=str(step.term),
        terms=str(step.terms),
        slot=str(step.slot + 1),
        arrived=arrived.layout,
        product=_product(step, said, names, arrived, enough, digits) if said.multiplies else None,
    )


def _digits_of(step: StepRecord) -> int:
    """How many digits a contribution can be recomputed with."""
    assert step.slot is not None and step.upstream is not None and step.contribution is not None
    slot, partials_at = step.slot, step.node.operation.partials_at
    inputs = [step.upstream, *step.operands, step.value]
    return digits_to_recompute(inputs, lambda n: n[0] * partials_at(n[1:-1], n[-1])[slot], step.contribution)


def _product(step: StepRecord, said: Situation, names: NodeNames, upstream: Operand, enough: "int | None", digits: "int | None") -> Product:
    """The numbers of an edge put in."""
    assert step.slot is not None and step.contribution is not None
    operation, slot = step.node.operation, step.slot
    shown, y = [put_in(data, enough) for data in step.operands], put_in(step.value, enough)
    y = next((y._replace(text=each.text) for each in shown if as_float(each.data) == as_float(y.data)), y)  # one number, one text
    written, result = write_partial(operation, slot, shown, y), put_in(step.contribution, digits)
    tree = formula(operation.partials[letter_at(operation, slot, len(shown))[0]])
    in_symbols = names.operands(step, enough)
    before, after = at_slot(operation, in_symbols, slot), at_slot(operation, shown, slot)
    after["y"] = y
    read = [letter for letter in names_in(tree) & after.keys() if after[letter].text in written.text]
    if not said.term:  # whose first sign says already whether a constant is rounded
        read = [letter for letter in read if letter == "y" or before[letter].text != after[letter].text]
    local = local_formula(step, names, enough)
    times = ("*", ("number", as_printed(upstream.text) or Fraction(0)), tree)
    return Product(
        local=unsigned(local, SIGN),
        numbers=row(("paren", upstream.layout) if "/" in upstream.text else upstream.layout, "·", unsigned(written, SIGN)),
        value=result.layout,
        rule_sign=sign(holds_in_symbols(local.text, in_symbols)),
        sign=sign(upstream.is_exact and all(after[letter].is_exact for letter in read)),
        result_sign=sign(as_printed(upstream.text) is not None and _is_true(times, operation, shown, y, result.text, slot)),
        put=[each.text for each in (upstream, *shown, y)],
    )


def sum_line(step: StepRecord, names: NodeNames, contributions: Sequence[Number], digits: int | None) -> SumLine:
    """The line that closes a sum of contributions."""
    assert step.parent is not None and step.total_after is not None
    shown = printed_sum(contributions, step.total_after, digits)
    terms = [as_layout(text) for text in shown.numbers]
    return SumLine(
        gradient=names.gradient(step.parent),
        sum=added([("paren", term) if k and term[1][:1] == "-" else term for k, term in enumerate(terms)]),
        value=as_layout(shown.value),
        terms=str(step.terms),
        sign=shown.sign,
        result_sign=shown.result_sign,
        put=list(shown.numbers),
    )


def local_formula(step: StepRecord, names: NodeNames, digits: int | None = None) -> Written:
    """The local derivative of a step by the names of the operands."""
    assert step.slot is not None
    return write_partial(step.node.operation, step.slot, names.operands(step, digits), Operand(names[step.node], step.value))


def _derivative(step: StepRecord, names: NodeNames, digits: int | None) -> Layout:
    """The local derivative of a step in symbols. Where other ways lead from the node to the same parent, ∂J/∂a would stand
    for the sum of them all, and the formula of the operation takes its place."""
    assert step.parent is not None and step.slot is not None
    if step.terms != 1 and names.are_joined_twice(step.node, step.slot):
        return unsigned(local_formula(step, names, digits), SIGN)
    return names.local(step.node, step.parent)


def _is_true(tree: Tree, operation: Operation, inputs: Sequence[Operand], y: Operand, result: str, slot: int = 0) -> bool:
    """Whether a formula of an operation, of the numbers as printed, is exactly the result as printed."""
    printed = as_printed(result)
    if printed is None:
        return True
    numbers: dict[str, Any] = at_slot(operation, [as_printed(shown.text) for shown in inputs], slot)
    return exact_value(tree, {**numbers, "y": as_printed(y.text)}) == printed


def is_certain(shown: Operand, exact: Callable[[], Fraction | None]) -> bool:
    """Whether a computed number is printed exactly. So many digits that every float is within their rounding say nothing:
    then it must be the `exact` value."""
    few = isinstance(shown.data, Fraction) or significant(shown.text) <= CERTAIN_DIGITS
    return shown.is_exact and (few or as_printed(shown.text) == exact())


def exact_value_of(step: StepRecord) -> Fraction | None:
    """The value of a forward step, or the local derivative of an edge, in exact arithmetic; None where it is no fraction."""
    operation = step.node.operation
    texts = [number_text(data, MOST_DIGITS) for data in (*step.operands, step.value)]
    *operands, y = [as_printed(text) for text in texts]
    if step.slot is None:
        return exact_value(formula(operation.value), at_slot(operation, operands, 0))
    tree = formula(operation.partials[letter_at(operation, step.slot, len(operands))[0]])
    return exact_value(tree, {**at_slot(operation, operands, step.slot), "y": y})
