"""What makes one entry of an array, as a picture: the entries it is collected from, with what each is multiplied by.

The δ of a unit collects from the units of the layer above, δ₁ = h′(a₁) Σ Wₖ₁ δₖ; the gradient of a weight collects from the
examples, a pre-activation from the units below. It rests on the records of a pass; how it looks is left to `output`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy

from autograd.explain.languages import fill
from autograd.explain.numbers import number_text, sign
from autograd.vectorizing.array_entries import ArrayEntry, Factor, Term
from autograd.vectorizing.array_steps import ArrayStep, ArraySteps

from .array_columns import PARAMETERS
from .lettering import DIGITS, MINUS, number_drawn, readable, signed

MOST = 8  # cards in one fan
LARGEST = (8, 10)  # rows and columns of a matrix that is written out
Place = tuple[int, int]


@dataclass(frozen=True)
class Spot:
    """An entry as a card: its symbol, its number, whether that is a gradient, and the sign of it."""

    symbol: str
    number: str
    is_gradient: bool
    sign: int


@dataclass(frozen=True)
class Spoke:
    """A card that is collected from, and what stands on its line: what it is multiplied by, "" for nothing."""

    spot: Spot
    label: str
    note: str = ""


@dataclass(frozen=True)
class Matrix:
    """A matrix of an equation: symbol, shape, texts row by row, and the places that are lit. A text of the equation has no rows."""

    symbol: str
    shape: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    lit: frozenset[Place] = frozenset()


@dataclass(frozen=True)
class Fan:
    """Everything that is drawn: the `hub` with its `spokes`, the `end` that it goes on to, times what stands on that line; the
    equations as `matrices`, and in words. `is_sum` says whether the spokes are added up, `factor` what their sum is multiplied by,
    "" for 1, `more` how many are not drawn."""

    title: str
    is_backward: bool
    is_sum: bool
    factor: str
    hub: Spot
    spokes: tuple[Spoke, ...]
    end: Spot | None
    slope: str
    matrices: tuple[tuple[Matrix, ...], ...]
    more: str
    lines: tuple[str, ...]


def fan(steps: ArraySteps, name: str, i: int, j: int, digits: int | None, lang: str) -> Fan:
    """The fan of the entry in row i and column j, from 0, of an array; where it is a product with a slope, that of what arrives."""
    step = steps[name]
    entry = step.entry(i, j, digits or DIGITS)
    records, end, slope = [(step, entry)], None, ""
    if step.function and len(entry.terms) == 1 and len(entry.terms[0].factors) == 2 and step.phase == "backward":
        arriving, factor = entry.terms[0].factors
        end, slope = _spot(step, entry, digits), _label(factor, digits)
        step = steps[arriving.name]
        entry = step.entry(arriving.i, arriving.j, digits or DIGITS)
        records.insert(0, (step, entry))
    order = {name: k for k, name in enumerate(step.operands)}
    reads = sorted(entry.reads, key=lambda factor: order.get(factor.name, 0))
    terms = entry.terms or tuple([Term((factor,), factor.value, None) for factor in reads])
    spokes = [_spoke(steps, term, digits, lang if len({term.example for term in terms} - {None}) > 1 else "") for term in terms]
    more = fill("arrays.fan.more", {"count": len(spokes) - MOST + 1}, lang) if len(spokes) > MOST else ""
    if more:
        spokes = spokes[: MOST - 1]
    head = records[-1][1]
    title = fill("arrays.fan.title", {"entry": readable(_named(records[-1][0], head))}, lang)
    lines = [text for each, made in records for text in (readable(each.equation), readable(made.text))]
    return Fan(title, step.phase == "backward", len(entry.terms) > 1, _factor(entry.factor, steps.examples), _spot(step, entry, digits), tuple(spokes), end, slope,
               tuple([_matrices(steps, *record, digits) for record in records]), more, tuple(lines))  # fmt: skip


def _factor(factor: float, examples: int) -> str:
    if factor == 1:
        return ""
    return f"1/{examples}" if abs(factor * examples - 1) < 1e-15 else number_drawn(factor)


def _named(step: ArrayStep, entry: ArrayEntry) -> str:
    return step.symbol if step.shape == (1, 1) else f"{step.symbol}[{entry.i + 1}, {entry.j + 1}]"


def _drawn(value: float, is_gradient: bool, digits: int | None) -> str:
    text = number_drawn(value, digits)
    return signed(text) if is_gradient else text


def _spot(step: ArrayStep, entry: ArrayEntry, digits: int | None) -> Spot:
    is_gradient = step.phase == "backward"
    return Spot(readable(_named(step, entry)), _drawn(entry.value, is_gradient, digits), is_gradient, _sign(entry.value))


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _label(factor: Factor, digits: int | None) -> str:
    text = number_text(factor.value, digits or DIGITS)
    return readable(f"{factor.symbol} {sign(float(text) == factor.value)} {text}")


def _spoke(steps: ArraySteps, term: Term, digits: int | None, lang: str) -> Spoke:
    """Weights stand on the line, what they are multiplied with is the card; of two others the first is the card. Without a
    language the example is not named."""
    first, *others = sorted(term.factors, key=lambda factor: bool(factor.name) and steps[factor.name].role in PARAMETERS)
    is_gradient = bool(first.name) and steps[first.name].phase == "backward"
    note = fill("array.example", {"example": term.example + 1}, lang) if lang and term.example is not None else ""
    spot = Spot(readable(first.symbol), _drawn(first.value, is_gradient, digits), is_gradient, _sign(first.value))
    return Spoke(spot, " · ".join([_label(factor, digits) for factor in others]), note)


def _matrices(steps: ArraySteps, step: ArrayStep, entry: ArrayEntry, digits: int | None) -> tuple[Matrix, ...]:
    """The equation with its matrices, the entry lit with what makes it; () where one is too large."""
    named = [steps[part.name] for part in step.parts if part.name]
    if any(size > most for each in (step, *named) for size, most in zip(each.shape, LARGEST, strict=True)):
        return ()
    found = [_matrix(step.symbol, step, False, {(entry.i, entry.j)}, digits), Matrix("=")]
    for part in step.parts:
        if not part.name:
            found.append(Matrix(readable(part.text.strip()).replace("-", MINUS)))
            continue
        operand = steps[part.name]
        lit = {(factor.i, factor.j) for factor in entry.reads if factor.name == part.name}
        if operand.shape == step.shape and step.operation in ("elementwise", "activation"):
            lit = {(entry.i, entry.j)}
        found.append(_matrix(part.text, operand, part.transposed, lit, digits))
    shown = [each for each in found if each.rows or each.symbol]
    is_true = _is_true(step, digits)
    return tuple([Matrix("≈") if k == 1 and not is_true else each for k, each in enumerate(shown)])


def _is_true(step: ArrayStep, digits: int | None) -> bool:
    return step.sign(digits or DIGITS) == "="


def _matrix(symbol: str, step: ArrayStep, is_transposed: bool, lit: set[Place], digits: int | None) -> Matrix:
    numbers = numpy.asarray(step.array, dtype=float)
    if is_transposed:
        numbers, lit = numbers.T, {(j, i) for i, j in lit}
    rows = tuple([tuple([number_drawn(number, digits) for number in row]) for row in numbers.tolist()])
    return Matrix(readable(symbol), f"{numbers.shape[0]} × {numbers.shape[1]}", rows, frozenset(lit))


def described(found: Fan) -> Sequence[str]:
    """The fan in words."""
    return [found.title, *found.lines]
