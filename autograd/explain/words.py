"""A step in words: as a line, and as what a teacher says about it, in a language.

What there is to say comes from `situations`, the texts and layouts to fill in from `lines`, the sentences from the
templates of the language.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..engine.dialects import formula
from ..engine.ieee import Number
from ..engine.operations import Operation
from ..reading.passes import StepRecord
from .languages import Sentence, fill, templates
from .lines import EdgeLine, SeedLine, SumLine, ValueLine, edge_line, local_formula, seed_line, sum_line, value_line
from .node_names import NodeNames
from .numbers import refuse_digits, sign
from .situations import Situation, flow_key, line_keys, situation
from .typeset import Layout, as_layout, plain, row
from .update_lines import AfterLine, MovedLine, after_line, moved_line
from .written import LONGEST_LIST, Operand, by_letter, letter_at, put_in, shortened, write, write_value

Line = ValueLine | SeedLine | EdgeLine | SumLine | MovedLine | AfterLine


def text(step: StepRecord, names: NodeNames, lang: str = "en", digits: int | None = None) -> str:
    """The line of a step: one sentence, and a second one where a sum of contributions is complete."""
    refuse_digits(digits)
    said = situation(step)
    line = _line(step, said, names, digits)
    lines = [line, sum_line(step, names, _last_two(step), digits)] if said.completes else [line]
    keys = line_keys(said, isinstance(line, ValueLine) and line.is_short)
    return "; ".join([fill(key, _texts(each), lang) for key, each in zip(keys, lines, strict=True)])


def chains(step: StepRecord, names: NodeNames, digits: int | None = None) -> list[list[Layout]]:
    """The equation of a step in lines, those together that go on from one another: the rule in symbols, then the same with
    the numbers put in, which begins with a sign.

    A contribution that is not the only one is no gradient yet; the step that brings the last one ends with the sum.
    """
    refuse_digits(digits)
    said = situation(step)
    line = _line(step, said, names, digits)
    if isinstance(line, AfterLine):
        return line.chains()
    found = [line.layouts()]
    if said.completes and step.contributions is not None:
        few = len(step.contributions) <= LONGEST_LIST
        found.append(sum_line(step, names, step.contributions if few else _last_two(step), digits).layouts())
    return found


def explanation(step: StepRecord, names: NodeNames, lang: str = "en", digits: int | None = None) -> str:
    """Why the numbers of a step are what they are, in whole sentences."""
    refuse_digits(digits)
    said, known = situation(step), templates(lang)
    line = _line(step, said, names, digits)
    if isinstance(line, ValueLine):
        told = _why_the_value(step, line, names, known, digits)
    elif isinstance(line, EdgeLine):
        told = _why_the_contribution(step, line, names, known, digits)
    else:
        told = [(f"explain.{key}", _texts(line)) for key in _about(said, line)]
    return " ".join([fill(key, texts, lang) for key, texts in told])


def _line(step: StepRecord, said: Situation, names: NodeNames, digits: int | None) -> Line:
    if said.kind == "edge":
        return edge_line(step, said, names, digits)
    of: dict[str, Callable[..., Line]] = {"value": value_line, "seed": seed_line, "moved": moved_line, "after": after_line}
    return of[said.kind](step, names, digits)


def _last_two(step: StepRecord) -> tuple[Number, Number]:
    """A sum by what had come before and what comes now."""
    assert step.total_before is not None and step.contribution is not None
    return step.total_before, step.contribution


def _texts(line: Line) -> dict[str, Any]:
    """What a line has to fill in."""
    texts = dict(vars(line))
    if isinstance(line, EdgeLine) and line.product is not None:
        texts |= vars(line.product)
    if isinstance(line, MovedLine):
        texts |= vars(line.computed)
    if isinstance(line, AfterLine):
        texts |= {f"{of}_{place}": text for of in ("change", "predicted", "squares") for place, text in vars(getattr(line, of)).items()}
    return texts


# --- what a teacher says -----------------------------------------------------------------------------------------


def _why_the_value(step: StepRecord, line: ValueLine, names: NodeNames, known: Mapping[str, str], digits: "int | None") -> list[Sentence]:
    operation, what = step.node.operation, f"what.{step.node.op}"
    told: list[Sentence] = [(what, {})] if what in known else []
    if rule_key(operation, 0, len(step.operands), known) is None and not operation.symbol:  # a function that there are no words for
        operands = names.operands(step, digits)
        definition = write(formula(operation.value), by_letter(operation, operands)).layout
        told.append(("explain.definition", {"call": write_value(operation, operands).layout, "formula": definition}))
    distinct = dict(zip(step.node.parents, step.operands, strict=True))
    needed = [_equation(names[parent], data, digits) for parent, data in distinct.items() if as_layout(names[parent])[0] == "name"]
    if not needed:
        return [*told, ("explain.value.constants", _texts(line))]
    key = "explain.value.short" if plain(line.numbers) == plain(line.value) else "explain.value"
    return [*told, (key, {**_texts(line), "operands": ("list", *shortened(needed))})]


def _about(said: Situation, line: Line) -> list[str]:
    """What is said about the seed; about where a parameter goes; about whether a learning step has brought the root down."""
    if isinstance(line, MovedLine):
        return [f"moved.{line.outcome}", *(["moved.together"] if said.term else [])]
    return ["after", f"after.{line.outcome}"] if isinstance(line, AfterLine) else ["seed"]


def _equation(name: str, data: Number, digits: int | None) -> Layout:
    shown = put_in(data, digits)
    return row(as_layout(name), sign(shown.is_exact), shown.layout)


def _why_the_contribution(
    step: StepRecord, line: EdgeLine, names: NodeNames, known: Mapping[str, str], digits: "int | None"
) -> list[Sentence]:
    said = line.said
    told: list[Sentence] = [(flow_key(said), _texts(line))]
    if said.arrives:
        told.insert(0, _why_the_local_derivative(step, line, names, known, digits))
    if step.contributions is not None:
        many = len(step.contributions) > LONGEST_LIST
        total = sum_line(step, names, _last_two(step) if many else step.contributions, digits)
        told.append(("explain.sum.many" if many else "explain.sum", _texts(total)))
    return told


def _why_the_local_derivative(step: StepRecord, line: EdgeLine, names: NodeNames, known: Mapping[str, str], digits: int | None) -> Sentence:
    """A tie, a kink, the rule in words, or the formula."""
    assert step.slot is not None and step.local is not None
    said, operation, texts = line.said, step.node.operation, _texts(line)
    if said.ties:
        return "explain.tie", {**texts, "count": str(said.ties), "local": Operand(f"1/{said.ties}", step.local).layout}
    if said.kink:
        special = f"explain.kink.{operation.name}"
        return special if special in known else "explain.kink", {**texts, "local": put_in(step.local, digits).layout}
    rule = rule_key(operation, step.slot, len(step.operands), known)
    if rule is not None:
        return rule, texts
    call, partial = write_value(operation, names.operands(step, digits)), local_formula(step, names, digits)
    return "explain.formula", {**texts, "call": call.layout, "partial": partial.layout}


def rule_key(operation: Operation, slot: int, operands: int, known: Mapping[str, str]) -> str | None:
    """The key of the words for the local derivative of an operation, for its operand if it says so; None if there are none."""
    letter = operation.letters[letter_at(operation, slot, operands)[0]]
    keys: Sequence[str] = (f"why.{operation.name}.{letter}", f"why.{operation.name}")
    return next((key for key in keys if key in known), None)
