"""A step-through as data that JSON can carry: the graph, the steps, and every number as the text that Python prints.

The page says with them what Python says, to the letter. Once a reader has changed a leaf, it computes its own numbers and
puts them into the same skeletons and sentences.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from autograd import Value
from autograd.engine.dialects import Tree, formula
from autograd.engine.ieee import as_float
from autograd.engine.operations import Operation
from autograd.engine.order import varying
from autograd.explain.languages import templates
from autograd.explain.lines import SumLine, edge_line, sum_line, value_line
from autograd.explain.node_names import NodeNames
from autograd.explain.numbers import is_exact, number_text, sign
from autograd.explain.situations import Situation, situation
from autograd.explain.steps import Step
from autograd.explain.typeset import Layout, as_layout, name_parts, plain
from autograd.explain.update_lines import RATES, VECTORS
from autograd.explain.words import rule_key
from autograd.explain.written import LONGEST_LIST, Operand, at_slot, by_letter, letter_at, put_in, write
from autograd.handcheck.dialogues import BY_ONE
from autograd.handcheck.graphs import Graph

from ..picture.lettering import DIGITS, harmless
from . import updating
from .code_lines import code_data
from .skeletons import branch_taken, call_skeleton, partial_skeletons, told_apart, value_skeletons

USUAL = {"said": ["arrives", "passes", "multiplies"], "ties": 0, "path": ""}  # of a step, is not sent: run.js has it as well
TEMPLATES = ("step.", "explain.", "why.", "what.", "slip.", "hint.", "check.behind")  # sentences about steps and answers


def graph_data(passes: Sequence[Step], digits: int | None, lang: str) -> dict[str, Any]:
    """What does not change from step to step: the nodes with their numbers, the skeletons, the sentences, the names."""
    called = passes[0].names
    place = {node: k for k, node in enumerate(called)}
    known, asked = templates(lang), varying(called)
    uses = {(node.op, len(node.parents)): node.operation for node in called if node.parents}
    return {
        "root": place[called.root],
        "digits": digits,
        "short": digits or DIGITS,
        "isExact": any(isinstance(node.data, Fraction) for node in called),
        "nodes": [_node(node, called, place, digits) | {"constant": node not in asked} for node in called],
        "operations": {f"{name}/{count}": _operation(operation, count, known) for (name, count), operation in uses.items()},
        "examples": Graph(called.root).examples,
        "marks": _marks(called, passes[-1].phase == "update"),
        "code": code_data(passes, place),
        "update": updating.update_data(passes, place),
        "templates": {key: text for key, text in known.items() if key.startswith(TEMPLATES)},
    }


def _node(node: Value, called: NodeNames, place: dict[Value, int], digits: int | None) -> dict[str, Any]:
    name, short = called[node], digits or DIGITS
    skipped = len(node.parents) - 1 if node.parents and node.operation.skips(node.parents) else None
    return {
        "name": harmless(name),
        "typed": harmless(node.label),
        "gradient": _harmless(called.gradient(node)) if node in called.symbols else None,
        "op": node.op,
        "parents": [place[parent] for parent in node.parents],
        "quiet": node.constant and not node.label,
        "isNumber": node.constant and not node.label and as_layout(name)[0] == "number",
        "data": "" if node.parents else repr(as_float(node.data)),
        "texts": [_signed(node.data, digits), _signed(node.data, short)],
        "locals": [None if k == skipped else number_text(local, short) for k, local in enumerate(node.partials)] if node.parents else [],
    }


def _signed(data: Any, digits: int | None) -> str:
    """A number behind the sign that is true: "=5", "≈0.3333"."""
    text = number_text(data, digits)
    return sign(is_exact(data, text)) + text


def _harmless(layout: Layout) -> Layout:
    return (layout[0], *[harmless(text) for text in layout[1:]])


def _marks(called: NodeNames, learns: bool) -> dict[str, Any]:
    """The letters of each name that has such a shape, with what stands below and above them."""
    symbols = [text for node in called.symbols for text in called.gradient(node)[1:]]
    names = {harmless(text) for text in (*called.values(), *symbols)} | {"π", *(RATES + VECTORS if learns else ())}
    return {name: parts for name in sorted(names) if (parts := name_parts(name)) is not None}


def _operation(operation: Operation, count: int, known: dict[str, str]) -> dict[str, Any]:
    """The skeletons of an operation with so many operands, and the keys of the words for it."""
    why = [rule_key(operation, slot, count, known) for slot in range(count)]
    needs_definition = why[0] is None and not operation.symbol  # a function that there are no words for
    return {
        "called": harmless(operation.symbol or operation.name),
        "isLinear": operation.name in BY_ONE,
        "value": value_skeletons(operation, count),
        "definition": value_skeletons(operation, count, defined=True) if needs_definition else None,
        "call": call_skeleton(operation, count),
        "partials": [partial_skeletons(operation, count, slot) for slot in range(count)],
        "why": why,
    }


# --- the steps -----------------------------------------------------------------------------------------------------


def step_data(step: Step, place: dict[Value, int], digits: int | None) -> list[Any]:
    """A step: phase, node, parent, slot, number of the term and of all terms, and what is printed of it."""
    said = situation(step)
    if step.phase == "update":
        return [step.phase, place[step.node], None, None, step.term, step.terms, updating.printed(step, digits)]
    parent = None if step.parent is None else place[step.parent]
    printed = _value(step, digits) if said.kind == "value" else _edge(step, said, digits) if said.kind == "edge" else {}
    unusual = {key: content for key, content in printed.items() if content != USUAL.get(key)}
    return [step.phase, place[step.node], parent, step.slot, step.term, step.terms, unusual]


def _value(step: Step, digits: int | None) -> dict[str, Any]:
    line = value_line(step, step.names, digits)
    tree = formula(step.node.operation.value)
    path = _branch(tree, step, by_letter(step.node.operation, _operands(step))) if told_apart(tree) else ""
    return {"put": line.put, "value": plain(line.value), "signs": _signs(line), "path": path}


def _edge(step: Step, said: Situation, digits: int | None) -> dict[str, Any]:
    assert step.slot is not None and step.local is not None and step.contribution is not None and step.total_after is not None
    line, operation = edge_line(step, said, step.names, digits), step.node.operation
    tree = formula(operation.partials[letter_at(operation, step.slot, len(step.operands))[0]])
    operands = {**at_slot(operation, _operands(step), step.slot), "y": Operand("y", step.value)}
    short = digits or DIGITS
    data = {
        "said": [name for name in ("arrives", "passes", "multiplies", "kink") if getattr(said, name)],
        "ties": said.ties,
        "arrived": plain(line.arrived),
        "local": number_text(step.local, digits),
        "short": [number_text(step.contribution, short), _signed(step.total_after, short)],
        "path": _branch(tree, step, operands) if told_apart(tree) else "",
    }
    if line.product is not None:
        data |= {"put": line.product.put, "value": plain(line.product.value), "signs": _signs(line.product)}
    if said.term and step.names.are_joined_twice(step.node, step.slot):
        data["joined"] = [harmless(name) for name in step.names.held_fixed(step.node, step.slot)]  # ∂node/∂parent would be the sum
    if step.contributions is not None:
        assert step.total_before is not None
        ways = [(step.total_before, step.contribution), *([step.contributions] if len(step.contributions) <= LONGEST_LIST else [])]
        sums = [_sum(sum_line(step, step.names, each, digits)) for each in ways]
        data["sums"] = sums if sums[-1] != sums[0] else sums[:1]  # by what came before, and by all contributions
    return data


def _sum(line: SumLine) -> dict[str, Any]:
    return {"put": line.put, "value": plain(line.value), "signs": line.sign + line.result_sign}


def _signs(line: Any) -> str:
    return line.rule_sign + line.sign + line.result_sign


def _operands(step: Step) -> list[Operand]:
    return [put_in(data) for data in step.operands]


def _branch(tree: Tree, step: Step, operands: dict[str, Any]) -> str:
    return branch_taken(tree, lambda condition: bool(write(condition, operands).data))
