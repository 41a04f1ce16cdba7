"""A step of a pass in words: as a line, as equations, and as what a teacher says about it.

Each sentence is a template key with the texts and layouts to fill in, then the words of one language. The templates
are those of `languages`.
"""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import floor, isfinite, log10
from types import MappingProxyType
from typing import Any

from ..engine.dialects import Tree, formula, names_in
from ..engine.ieee import Number, as_float
from ..engine.operations import Operation
from .languages import Sentence, fill, templates
from .numbers import DIGITS, as_printed, exact_value, is_exact, number_text, refuse_digits
from .typeset import Layout, as_layout, plain, row
from .written import LONGEST_LIST, PRODUCT, SUM, Operand, Written, added, by_letter, put_in, shortened, write, write_partial, write_value


class Names(dict[Any, str]):
    """The names shown for the nodes below a root, and how the gradient of a node is written: ∂root/∂node.

    `symbols` gives nodes another sign for their gradient, such as δ₁⁽¹⁾ or ∂E/∂a₁; `notes` are sentences about the names
    that are said once.
    """

    def __init__(
        self, called: Mapping[Any, str], root: Any, symbols: Mapping[Any, str] = MappingProxyType({}), notes: Sequence[Sentence] = ()
    ):
        super().__init__(called)
        self.root, self.symbols, self.notes = root, symbols, notes

    def said(self, lang: str = "en") -> list[str]:
        """The notes in words."""
        known = templates(lang)
        return [fill(key, {place: known.get(f"role.{text}", text) for place, text in texts.items()}, lang) for key, texts in self.notes]

    def gradient(self, node: Any) -> Layout:
        """The gradient of a node: the derivative of the root with respect to it."""
        if node not in self.symbols:
            return self.local(self.root, node)
        quotient = re.fullmatch(r"∂([^\s/()]+)/∂([^\s/()]+)", self.symbols[node])
        return ("derivative", *quotient.groups()) if quotient else ("name", self.symbols[node])

    def operands(self, step: Any, digits: int | None = None) -> list[Operand]:
        """The operands of a step by their names; a constant that has none by its number."""
        pairs = zip(step.node.parents, step.operands, strict=True)
        return [self.operand(parent, data, digits) for parent, data in pairs]

    def operand(self, node: Any, data: Number, digits: int | None = None) -> Operand:
        """One of them. A constant that neither a label nor a notation gives a name is called by its number."""
        is_number = node.constant and not node.label and as_layout(self[node])[0] == "number"
        return put_in(data, digits) if is_number else Operand(self[node], data)

    @cached_property
    def places(self) -> dict[Any, int]:
        """The place of each node in the topological order."""
        return {node: k for k, node in enumerate(self)}

    def are_joined_twice(self, node: Any, slot: int) -> bool:
        """Whether a node depends on one of its operands through another one, too, or has it twice."""
        parent, seen = node.parents[slot], {node}
        waiting = [*node.parents[:slot], *node.parents[slot + 1 :]]
        while waiting:
            below = waiting.pop()
            if below is parent:
                return True
            if below not in seen and self.places[below] > self.places[parent]:
                seen.add(below)
                waiting += below.parents
        return False

    def local(self, node: Any, parent: Any) -> Layout:
        """The derivative of a node with respect to one of its operands."""
        return ("derivative", self[node], self[parent])


def gradient_name(root: str, node: str) -> str:
    """How the derivative of one node with respect to another is written in a line of text: ∂J/∂b."""
    return plain(("derivative", root, node))


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
    if tree is None or printed is None:
        return printed is None
    operands: dict[str, Any] = dict(zip(operation.letters, operation.arguments(numbers), strict=True))
    if operation.is_nary:
        place = slot % (len(inputs) // len(operation.letters))
        operands |= {f"{letter}[i]": items[place] for letter, items in operands.items()}
    return exact_value(tree, {**operands, "y": as_printed(y.text)}) == printed


# --- the line of a step ------------------------------------------------------------------------------------------


def sentences(step: Any, digits: int | None = None) -> list[Sentence]:
    """The line of a step: one sentence, and a second one where a sum of contributions is complete."""
    refuse_digits(digits)
    if step.phase == "forward":
        return [value_words(step, digits)]
    if step.parent is None:
        return [("step.seed", {"gradient": step.names.gradient(step.node), "value": put_in(step.total_after).layout})]
    said = [edge_words(step, digits)]
    if step.contributions:
        said.append(sum_words(step, (step.total_before, step.contribution), digits))
    return said


def value_words(step: Any, digits: int | None) -> Sentence:
    """The sentence of a forward step: u = b · c = 3 · 2 = 6."""
    operation, value = step.node.operation, step.value
    enough = digits or digits_to_recompute(step.operands, operation.at, value)
    shown = [put_in(data, enough) for data in step.operands]
    in_symbols = step.names.operands(step, enough)
    named = write_value(operation, in_symbols)
    numbers = write_value(operation, shown).layout
    result = put_in(value, digits)
    put_in_exactly = all(is_exact(each.data, each.text) for each in _put_in_place(in_symbols, shown))
    comes_out = _is_true(formula(operation.value), operation, shown, result, result.text)
    texts = {
        "name": as_layout(step.names[step.node]),
        "formula": named.layout,
        "numbers": numbers,
        "value": result.layout,
        "rule_sign": sign(holds_in_symbols(named, in_symbols)),
        "sign": sign(put_in_exactly),
        "result_sign": sign(comes_out),
    }
    if plain(numbers) in (named.text, result.text):  # -a = -1, without another = -1
        return "step.value.short", texts | {"result_sign": sign(put_in_exactly and comes_out)}
    return "step.value", texts


def edge_words(step: Any, digits: int | None) -> Sentence:
    """The sentence of a backward step, one edge: ∂J/∂b = ∂J/∂u · c = 3 · 2 = 6, or one term of such a sum."""
    node, operation, names = step.node, step.node.operation, step.names
    repeated = node.parents.count(step.parent) > 1
    key = ("step.only" if step.terms == 1 else "step.term") + ".slot" * repeated
    texts: dict[str, Any] = {
        "gradient": names.gradient(step.parent),
        "upstream": names.gradient(node),
        "derivative": _local(step, digits),
        "node": as_layout(names[node]),
        "parent": as_layout(names[step.parent]),
        "term": str(step.term),
        "terms": str(step.terms),
        "slot": str(step.slot + 1),
        "arrived": put_in(step.upstream, digits).layout,
    }
    if not step.upstream:
        return f"{key}.nothing", texts
    if not step.local and not isfinite(step.upstream):
        return f"{key}.closed", texts
    inputs = [step.upstream, *step.operands, step.value]
    enough = digits or digits_to_recompute(inputs, lambda n: n[0] * operation.partials_at(n[1:-1], n[-1])[step.slot], step.contribution)
    upstream, *shown, y = [put_in(data, enough) for data in inputs]
    y = next((y._replace(text=each.text) for each in shown if as_float(each.data) == as_float(y.data)), y)  # one number, one text
    local_numbers = write_partial(operation, step.slot, shown, y)
    result = put_in(step.contribution, digits)
    letter, place = divmod(step.slot, len(shown) // len(operation.letters)) if operation.is_nary else (step.slot, 0)
    tree = formula(operation.partials[letter])
    put = {"y": y}
    for each, items in zip(operation.letters, operation.arguments(shown), strict=True):
        put |= {f"{each}[i]": items[place]} if operation.is_nary else {each: items}
    used = [upstream, *(put[read] for read in names_in(tree) & put.keys() if put[read].text in local_numbers.text)]
    local, in_symbols = local_formula(step, enough), names.operands(step, enough)
    if key == "step.only":  # whose first sign says whether a constant is rounded
        changed = [id(each) for each in (upstream, y, *_put_in_place(in_symbols, shown))]
        used = [each for each in used if id(each) in changed]
    return key, texts | {
        "derivative": _local(step, enough),
        "local": _factor(local),
        "rule_sign": sign(holds_in_symbols(local, in_symbols)),
        "numbers": row(_first_factor(upstream), "·", _factor(local_numbers)),
        "value": result.layout,
        "arrived": upstream.layout,
        "sign": sign(all(is_exact(text.data, text.text) for text in used)),
        "result_sign": sign(_product_is_true(tree, operation, upstream, shown, y, result.text, step.slot)),
    }


def sum_words(step: Any, contributions: Sequence[Number], digits: int | None) -> Sentence:
    """The sentence that closes a sum of contributions: so ∂J/∂a = 3 + 5 = 8."""
    enough = digits or digits_to_recompute(contributions, sum, step.total_after)
    terms = [put_in(data, enough) for data in contributions]
    result = put_in(step.total_after, digits)
    printed = [as_printed(term.text) for term in terms]
    texts = {
        "gradient": step.names.gradient(step.parent),
        "sum": added([("paren", term.layout) if k and term.text[:1] == "-" else term.layout for k, term in enumerate(terms)]),
        "value": result.layout,
        "terms": str(step.terms),
        "sign": sign(all(is_exact(term.data, term.text) for term in terms)),
        "result_sign": sign(None in printed or sum(printed) == as_printed(result.text)),  # type: ignore[arg-type]
    }
    return "step.sum", texts


def _local(step: Any, digits: int | None) -> Layout:
    """The local derivative of a step in symbols. Where other ways lead from the node to the same parent, ∂J/∂a would stand
    for the sum of them all, and the formula of the operation takes its place."""
    if step.terms > 1 and step.names.are_joined_twice(step.node, step.slot):
        return _factor(local_formula(step, digits))
    return step.names.local(step.node, step.parent)


def local_formula(step: Any, digits: int | None = None) -> Written:
    """The local derivative of a step by the names of the operands."""
    named = step.names.operands(step, digits)
    return write_partial(step.node.operation, step.slot, named, Operand(step.names[step.node], step.value))


def holds_in_symbols(written: Written, operands: Sequence[Operand]) -> bool:
    """Whether none of the constants that stand as numbers in a formula in symbols is rounded."""
    numbers = [each for each in operands if as_layout(each.text)[0] == "number"]
    return all(is_exact(each.data, each.text) for each in numbers if each.text in written.text)


def _put_in_place(in_symbols: Sequence[Operand], shown: Sequence[Operand]) -> list[Operand]:
    """The operands that take the place of a name when the numbers are put in; a constant is a number before and after."""
    return [after for before, after in zip(in_symbols, shown, strict=True) if before.text != after.text]


def _factor(piece: Written) -> Layout:
    """A written formula as a factor of a product."""
    held = piece.strength <= SUM or piece.strength == PRODUCT or piece.text[:1] == "-"
    return ("paren", piece.layout) if held else piece.layout


def _first_factor(shown: Operand) -> Layout:
    return ("paren", shown.layout) if "/" in shown.text else shown.layout


def _product_is_true(tree: Tree, operation: Operation, upstream: Operand, shown: list[Operand], y: Operand, result: str, slot: int) -> bool:
    """Whether upstream times the local derivative, of the numbers as printed, is exactly the result as printed."""
    times = ("*", ("number", as_printed(upstream.text) or Fraction(0)), tree)
    return as_printed(upstream.text) is not None and _is_true(times, operation, shown, y, result, slot)


# --- the equations of a step -------------------------------------------------------------------------------------


def equations(step: Any, digits: int | None = None) -> list[Layout]:
    """The equation of a step in lines: the rule in symbols, then the same with the numbers put in, which begins with a sign.

    A contribution that is not the only one is no gradient yet; the step that brings the last one ends with the sum.
    """
    return [line for chain in chains(step, digits) for line in chain]


def chains(step: Any, digits: int | None = None) -> list[list[Layout]]:
    """The lines of `equations`, those together that go on from one another."""
    found = []
    for key, texts in sentences(step, digits):
        if key == "step.sum" and len(step.contributions) <= LONGEST_LIST:
            texts = sum_words(step, step.contributions, digits)[1]
        found.append(_chain(key, texts))
    return found


def in_one_line(chain: Sequence[Layout]) -> Layout:
    """A chain of equations as one layout."""
    return ("row", *[part for line in chain for part in line[1:]])


def _chain(key: str, texts: dict[str, Any]) -> list[Layout]:
    if key == "step.seed":
        return [row(texts["gradient"], "=", texts["value"])]
    if key == "step.sum":
        return [row(texts["gradient"], texts["sign"], texts["sum"], texts["result_sign"], texts["value"])]
    if key.startswith("step.value"):
        numbers = () if key.endswith("short") else (texts["sign"], texts["numbers"])
        return [row(texts["name"], texts["rule_sign"], texts["formula"]), row(*numbers, texts["result_sign"], texts["value"])]
    claim = (texts["gradient"], "=") if key.startswith("step.only") else ()
    rule = row(*claim, texts["upstream"], "·", texts["derivative"])
    nought = ("number", "0")
    if key.endswith("nothing"):
        return [rule, row("=", nought, "·", texts["derivative"], "=", nought)]
    if key.endswith("closed"):
        return [rule, row("=", texts["upstream"], "·", nought, "=", nought)]
    is_formula = texts["derivative"] == texts["local"]
    repeated = () if is_formula else (texts["rule_sign"], texts["upstream"], "·", texts["local"])
    return [rule, row(*repeated, texts["sign"], texts["numbers"], texts["result_sign"], texts["value"])]


# --- what a teacher says -----------------------------------------------------------------------------------------


def explanation(step: Any, lang: str = "en", digits: int | None = None) -> str:
    """Why the numbers of a step are what they are, in whole sentences."""
    known = templates(lang)
    told = _forward(step, known, digits) if step.phase == "forward" else _backward(step, known, digits)
    return " ".join([fill(key, texts, lang) for key, texts in told])


def _forward(step: Any, known: Mapping[str, str], digits: int | None) -> list[Sentence]:
    _, texts = sentences(step, digits)[0]
    what = f"what.{step.node.op}"
    told: list[Sentence] = [(what, {})] if what in known else []
    if _rule(step, known, 0) is None and not step.node.operation.symbol:  # a function that there are no words for
        told.append(("explain.definition", _definition(step, digits)))
    distinct = dict(zip(step.node.parents, step.operands, strict=True))
    needed = [
        _equation(step.names[parent], data, digits) for parent, data in distinct.items() if as_layout(step.names[parent])[0] == "name"
    ]
    if not needed:
        return [*told, ("explain.value.constants", texts)]
    stem = "explain.value.short" if plain(texts["numbers"]) == plain(texts["value"]) else "explain.value"
    return [*told, (stem, texts | {"operands": ("list", *shortened(needed))})]


def _equation(name: str, data: Number, digits: int | None) -> Layout:
    shown = put_in(data, digits)
    return row(as_layout(name), sign(is_exact(data, shown.text)), shown.layout)


def _definition(step: Any, digits: int | None) -> dict[str, Layout]:
    operation, named = step.node.operation, step.names.operands(step, digits)
    return {"call": write_value(operation, named).layout, "formula": write(formula(operation.value), by_letter(operation, named)).layout}


def _backward(step: Any, known: Mapping[str, str], digits: int | None) -> list[Sentence]:
    said = sentences(step, digits)
    key, texts = said[0]
    if key == "step.seed":
        return [("explain.seed", texts | {"root": as_layout(step.names[step.node])})]
    nothing = key.endswith("nothing")
    told = [("explain.nothing", texts)] if nothing else [_why(step, known, texts, digits), _flow(step, key, texts)]
    if len(said) > 1:
        many = len(step.contributions) > LONGEST_LIST
        contributions = (step.total_before, step.contribution) if many else step.contributions
        told.append(("explain.sum.many" if many else "explain.sum", sum_words(step, contributions, digits)[1]))
    return told


def _rule(step: Any, known: Mapping[str, str], slot: int) -> str | None:
    """The key of the words for the local derivative of an operation, for its operand if it says so; None if there are none."""
    operation = step.node.operation
    letter = slot * len(operation.letters) // len(step.operands) if operation.is_nary else slot
    keys = (f"why.{operation.name}.{operation.letters[letter]}", f"why.{operation.name}")
    return next((key for key in keys if key in known), None)


def _why(step: Any, known: Mapping[str, str], texts: dict[str, Any], digits: int | None) -> Sentence:
    """Why the local derivative is what it is: a tie, a kink, the rule in words, or the formula."""
    operation = step.node.operation
    sides = operation.side_at(step.operands, step.value)
    local = put_in(step.local, digits)
    if operation.is_nary and sides.count(0) > 1 and sides[step.slot] == 0:
        return "explain.tie", texts | {"count": str(sides.count(0)), "local": Operand(f"1/{sides.count(0)}", step.local).layout}
    if not operation.is_nary and 0 in sides:
        special = f"explain.kink.{operation.name}"
        return special if special in known else "explain.kink", texts | {"local": local.layout}
    partial = local_formula(step, digits).layout
    call = write_value(operation, step.names.operands(step, digits)).layout
    return _rule(step, known, step.slot) or "explain.formula", texts | {"call": call, "partial": partial}


def _flow(step: Any, key: str, texts: dict[str, Any]) -> Sentence:
    """What arrives, what goes through, and whether more is to come."""
    if not step.local:
        return "explain.closed", texts
    return {"step.only": "explain.only", "step.term": "explain.term", "step.term.slot": "explain.term.slot"}[key], texts
