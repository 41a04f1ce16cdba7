"""A step of a pass as a sentence: a template key and the texts to fill in, then the words of one language.

The templates live in lang/*.json, one key per sentence, the same keys in every language.
"""

import json
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import floor, isfinite, log10
from pathlib import Path
from typing import Any

from ..dialects import Tree, formula, names_in
from ..ieee import Number, as_float
from ..operations import Operation
from .formulas import PRODUCT, SUM, Operand, put_in, write_partial, write_value
from .numbers import DIGITS, as_printed, exact_value, is_exact, number_text

LANGUAGES = Path(__file__).parents[1] / "lang"


@cache
def templates(lang: str) -> dict[str, str]:
    """The templates of a language. Raises ValueError for one that there is not."""
    known = sorted(path.stem for path in LANGUAGES.glob("*.json"))
    if lang not in known:
        raise ValueError(f'there are no words for the language "{lang}"; there are {", ".join(known)}')
    return json.loads((LANGUAGES / f"{lang}.json").read_text(encoding="utf-8"))


def fill(key: str, texts: dict[str, Any], lang: str = "en") -> str:
    """The sentence of a key with its texts filled in, in one line. The texts are data: braces in them mean nothing."""
    return templates(lang)[key].format_map({name: " ".join(str(text).splitlines()) for name, text in texts.items()})


# --- numbers that can be recomputed ------------------------------------------------------------------------------


def digits_to_recompute(inputs: Sequence[Number], compute: Any, result: Number) -> int:
    """How many digits the inputs need so that whoever computes with them as printed gets the result as printed.

    One unit of the last digit of the result is forgiven.
    """
    text = number_text(result)
    printed_result = as_float(as_printed(text) or result)
    unit = 10.0 ** (floor(log10(abs(printed_result))) + 1 - DIGITS) if isfinite(printed_result) and printed_result else 0.0
    for digits in range(DIGITS, 17):
        printed = [as_printed(number_text(data, digits)) for data in inputs]
        got = compute([as_float(kept if exact is None else exact) for kept, exact in zip(inputs, printed, strict=True)])
        if abs(got - printed_result) <= 1.0001 * unit or number_text(got) == text or got != got:
            return digits
    return 17


def sign(true: bool) -> str:
    """The equals sign that is true: "=" or "≈"."""
    return "=" if true else "≈"


def _is_true(tree: Tree | None, operation: Operation, inputs: Sequence[Operand], y: Operand, result: str, slot: int = 0) -> bool:
    """Whether a formula of an operation, of the numbers as printed, is exactly the result as printed."""
    numbers: Any = [as_printed(shown.text) for shown in inputs]
    printed = as_printed(result)
    if tree is None or printed is None or None in numbers:
        return printed is None
    operands: dict[str, Any] = dict(zip(operation.letters, operation.arguments(numbers), strict=True))
    if operation.is_nary:
        place = slot % (len(inputs) // len(operation.letters))
        operands |= {f"{letter}[i]": items[place] for letter, items in operands.items()}
    return exact_value(tree, {**operands, "y": as_printed(y.text)}) == printed


# --- the sentences -----------------------------------------------------------------------------------------------


def gradient_name(root: str, node: str) -> str:
    """How the derivative of one node with respect to another is written in a line of text: ∂J/∂b."""
    return f"∂{root}/∂{node}"


def value_words(
    name: str, operation: Operation, operands: Sequence[tuple[str, Number]], value: Number, digits: int | None
) -> tuple[str, dict[str, str]]:
    """The sentence of a forward step: u = b · c = 3 · 2 = 6."""
    numbers = [data for _, data in operands]
    enough = digits or digits_to_recompute(numbers, operation.at, value)
    shown = [put_in(data, enough) for data in numbers]
    formula_text = write_value(operation, [Operand(*operand) for operand in operands]).text
    result = number_text(value, digits)
    numbers_text = write_value(operation, shown).text
    put_in_exactly = all(is_exact(data, text.text) for data, text in zip(numbers, shown, strict=True))
    comes_out = _is_true(formula(operation.value), operation, shown, Operand(result, value), result)
    texts = {
        "name": name,
        "formula": formula_text,
        "numbers": numbers_text,
        "value": result,
        "sign": sign(put_in_exactly),
        "result_sign": sign(comes_out),
    }
    if numbers_text in (formula_text, result):  # -a = -1, without another = -1
        return "step.value.short", texts | {"result_sign": sign(put_in_exactly and comes_out)}
    return "step.value", texts


def edge_words(step: Any, names: Any, digits: int | None) -> tuple[str, dict[str, str]]:
    """The sentence of a backward step, one edge: ∂J/∂b = ∂J/∂u · c = 3 · 2 = 6, or one term of such a sum."""
    node, operation = step.node, step.node._operation
    root, name, parent = names[step.root], names[node], names[step.parent]
    key = "step.only" if step.terms == 1 else "step.term"
    texts = {
        "gradient": gradient_name(root, parent),
        "node": name,
        "term": str(step.term),
        "terms": str(step.terms),
        "slot": str(step.slot + 1),
    }
    if node.parents.count(step.parent) > 1:
        key += ".slot"
    if not step.upstream:
        return f"{key}.nothing", texts
    if not step.local and not isfinite(step.upstream):
        return f"{key}.closed", texts | {"local": gradient_name(name, parent)}
    inputs = [step.upstream, *step.operands, step.value]
    enough = digits or digits_to_recompute(inputs, lambda n: n[0] * operation.partials_at(n[1:-1], n[-1])[step.slot], step.contribution)
    upstream, *shown, y = [put_in(data, enough) for data in inputs]
    y = next((y._replace(text=each.text) for each in shown if as_float(each.data) == as_float(y.data)), y)  # one number, one text
    named = [Operand(names[operand], data) for operand, data in zip(node.parents, step.operands, strict=True)]
    local = write_partial(operation, step.slot, named, Operand(name, step.value))
    local_numbers = write_partial(operation, step.slot, shown, y)
    result = number_text(step.contribution, digits)
    letter, place = divmod(step.slot, len(shown) // len(operation.letters)) if operation.is_nary else (step.slot, 0)
    tree = formula(operation.partials[letter])
    put = {"y": y}
    for each, row in zip(operation.letters, operation.arguments(shown), strict=True):
        put |= {f"{each}[i]": row[place]} if operation.is_nary else {each: row}
    used = [upstream, *(put[read] for read in names_in(tree) & put.keys() if put[read].text in local_numbers.text)]
    texts |= {
        "upstream": gradient_name(root, name),
        "local": _factor(local),
        "numbers": f"{_first_factor(upstream)} · {_factor(local_numbers)}",
        "value": result,
        "sign": sign(all(is_exact(text.data, text.text) for text in used)),
        "result_sign": sign(_product_is_true(tree, operation, upstream, shown, y, result, step.slot)),
    }
    return key, texts


def sum_words(step: Any, names: Any, digits: int | None) -> tuple[str, dict[str, str]]:
    """The sentence that closes a sum of contributions: so ∂J/∂a = 3 + 5 = 8."""
    terms = [put_in(data, digits or digits_to_recompute([step.total_before, step.contribution], sum, step.total_after))
             for data in (step.total_before, step.contribution)]  # fmt: skip
    result = number_text(step.total_after, digits)
    printed = [as_printed(text) for text in (*(term.text for term in terms), result)]
    texts = {
        "gradient": gradient_name(names[step.root], names[step.parent]),
        "sum": f"{terms[0].text} + " + (f"({terms[1].text})" if terms[1].text[:1] == "-" else terms[1].text),
        "value": result,
        "sign": sign(all(is_exact(term.data, term.text) for term in terms)),
        "result_sign": sign(None in printed or printed[0] + printed[1] == printed[2]),  # type: ignore[operator]
    }
    return "step.sum", texts


def _factor(piece: Any) -> str:
    """A written formula as a factor of a product."""
    return f"({piece.text})" if piece.strength <= SUM or piece.text[:1] == "-" or piece.strength == PRODUCT else piece.text


def _first_factor(shown: Operand) -> str:
    return f"({shown.text})" if "/" in shown.text else shown.text


def _product_is_true(tree: Tree, operation: Operation, upstream: Operand, shown: list[Operand], y: Operand, result: str, slot: int) -> bool:
    """Whether upstream times the local derivative, of the numbers as printed, is exactly the result as printed."""
    times = ("*", ("number", as_printed(upstream.text) or Fraction(0)), tree)
    return as_printed(upstream.text) is not None and _is_true(times, operation, shown, y, result, slot)
