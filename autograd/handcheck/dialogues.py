"""What is said to one wrong answer at one step: the number each slip would give, a first reply, three grades of hints.

All of it is data, a template key with its texts or a formula, so that a page can say it again with other numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..engine.ieee import as_float
from ..engine.replaying import replay
from ..explain.languages import Sentence, fill
from ..explain.lines import local_formula, value_line
from ..explain.numbers import is_exact, number_text
from ..explain.steps import Step
from ..explain.typeset import plain
from .answers import Typed
from .execution import node_numbers
from .graphs import Edge, Graph, computes
from .misconceptions import Rule, edge_rules, node_rules, value_rules
from .precision import agrees, exactly, same_number
from .wording import reply_places

BLANK = "▢"
BY_ONE = ("add", "sub", "mul", "neg", "total", "dot")  # operations that change by their local derivative when an operand grows by 1
SMALL = 0.001  # how far an operand is moved in a test, where 1 would be too much
ONE_EDGE = ("VALUE_FOR_GRADIENT", "DECIMAL_POINT")  # rules of a node that can be said of one contribution, too


@dataclass(frozen=True)
class Slip:
    """The number that a misconception would give at a step, the formula it comes from, and the first reply to it."""

    number: float
    code: str
    family: str
    formula: str
    reply: Sentence

    def text(self, got: str, lang: str = "en") -> str:
        """The first reply to a typed number."""
        key, texts = self.reply
        return fill(key, {**texts, "got": got}, lang)


def slips(graph: Graph, step: Step) -> list[Slip]:
    """What the misconceptions of the table would give at a step instead of the right number, the likeliest first.

    Of a backward step the contribution is asked for. One formula of a code stands for all that give the same number.

    >>> from autograd import examples, steps
    >>> J = examples.J()
    >>> [(slip.number, slip.code) for slip in slips(Graph(J), steps(J)[7])][:3]
    [(9.0, 'OWN_OPERAND'), (3.0, 'NO_LOCAL'), (-6.0, 'SIGN')]
    """
    found: dict[tuple[str, float], Slip] = {}
    right = _asked(step)
    for rule, number, node in _numbers(graph, step):
        if number == number and not same_number(number, right):
            parent = step.node if step.parent is None else step.parent
            key = "slip.SIGN.value" if rule.code == "SIGN" and step.phase == "forward" else f"slip.{rule.code}"
            texts = reply_places("", step.names, node, parent, step.root)
            found.setdefault((rule.code, number), Slip(number, rule.code, rule.family, rule.formula, (key, texts)))
    return list(found.values())


def likeliest(graph: Graph, step: Step, answer: Typed) -> Slip | None:
    """The likeliest slip that a wrong answer at a step can come from; None where nothing in the table gives it."""
    return next((slip for slip in slips(graph, step) if agrees(answer.data, answer.reach, exactly(slip.number))), None)


def unexplained(step: Step) -> Sentence:
    """The first reply to a wrong answer that comes from no slip; its place {got} is still to be filled."""
    kind = ".value" if step.phase == "forward" else ".root" if step.parent is None else ""
    parent = step.node if step.parent is None else step.parent  # which is false where its number is 0
    return f"slip.UNEXPLAINED{kind}", reply_places("", step.names, step.node, parent, step.root)


def hints(step: Step) -> list[list[Sentence]]:
    """Three grades of help at a step: which rule, the line with a blank, and the number with a test to believe it by.

    >>> from autograd import examples, steps
    >>> for sentences in hints(steps(examples.J())[7]):
    ...     print(" ".join(fill(*sentence) for sentence in sentences))
    u = b · c. If b grows by 1, how much does u grow?
    ∂J/∂b = ∂J/∂u · ∂u/∂b = 3 · ▢
    ∂u/∂b = c = 2, so 3 · 2 = 6. Test: b = 4 gives J = 39, a change of 6.
    """
    names = step.names
    line = value_line(step, names, None)
    formula = f"{plain(line.name)} {line.rule_sign} {plain(line.formula)}"
    texts: dict[str, Any] = {"node": names[step.node], "root": names[step.root], "formula": formula}
    if step.phase == "forward":
        operands = ", ".join(f"{names[each]} = {number_text(each.data)}" for each in dict.fromkeys(step.node.parents) if not each.constant)
        return [
            [("hint.value.1", {**texts, "operands": operands or formula})],
            [("hint.value.2", texts)],
            [("hint.value.3", {"line": step.text()})],
        ]
    if step.parent is None:
        texts["gradient"] = plain(names.gradient(step.node))
        return [[("hint.seed.1", texts)], [("hint.seed.2", texts)], [("hint.seed.3", texts)]]
    assert step.upstream is not None and step.local is not None and step.contribution is not None
    upstream, local, result = (number_text(number) for number in (step.upstream, step.local, step.contribution))
    rule = plain(local_formula(step, names).layout)
    true = is_exact(step.upstream, upstream) and is_exact(step.local, local) and is_exact(step.contribution, result)
    texts |= {
        "parent": names[step.parent],
        "gradient": plain(names.gradient(step.parent)),
        "above": plain(names.gradient(step.node)),
        "local": plain(names.local(step.node, step.parent, step.slot)),
        "upstream": upstream,
        "term": str(step.term),
        "terms": str(step.terms),
        "rule": ("=" if rule == local else f"= {rule} {'=' if is_exact(step.local, local) else '≈'}"),
        "number": local,
        "numbers": f"{upstream} · {f'({local})' if local.startswith('-') else local}",
        "sign": "=" if true else "≈",
        "result": result,
    }
    last: list[Sentence] = [("hint.edge.3", texts)]
    return [
        [("hint.edge.1.by_one" if step.node.op in BY_ONE else "hint.edge.1", texts)],
        [("hint.edge.2.term" if (step.terms or 1) > 1 else "hint.edge.2", texts)],
        last + ([_test(step)] if step.terms == 1 else []),
    ]


def shared_hints(terms: Sequence[Step], missing: int = 0) -> list[list[Sentence]]:
    """Three grades of help for a gradient that several contributions come to; `missing` is the one left blank.

    >>> from autograd import parse, steps
    >>> y = parse("u = a + b; v = b + 1; e = u*v", a=2, b=4)
    >>> terms = [step for step in steps(y) if step.parent is not None and step.parent.label == "b"]
    >>> [fill(*sentences[0]) for sentences in shared_hints(terms, 1)][1:]
    ['∂e/∂b = 6 · 1 + ▢ · 1', '6 + 5 = 11.']
    """
    step, names = terms[0], terms[0].names
    assert step.parent is not None
    numbers = [[number_text(number) for number in (each.upstream or 0, each.local or 0, each.contribution or 0)] for each in terms]
    factors = [f"{BLANK if k == missing else upstream} · {local}" for k, (upstream, local, _) in enumerate(numbers)]
    total = terms[-1].total_after or 0
    sums = " + ".join(f"({each[2]})" if k and each[2].startswith("-") else each[2] for k, each in enumerate(numbers))
    result = number_text(total)
    exact = is_exact(total, result) and all(is_exact(each.contribution or 0, text[2]) for each, text in zip(terms, numbers, strict=True))
    texts = {"gradient": plain(names.gradient(step.parent)), "result": result, "sign": "=" if exact else "≈"}
    return [
        [("hint.shared.1", {})],
        [("hint.shared.2", {**texts, "sum": " + ".join(factors)})],
        [("hint.shared.3", {**texts, "sum": sums})],
    ]


def _asked(step: Step) -> float:
    """The number that is asked for at a step."""
    asked = step.value if step.phase == "forward" else step.contribution if step.parent is not None else step.total_after
    return as_float(asked)


def _numbers(graph: Graph, step: Step) -> Iterator[tuple[Rule, float, Any]]:
    """The rules that apply at a step, with the number each gives and the node it speaks of."""
    node, right = step.node, _asked(step)
    values = {each: float(each) for each in graph.nodes}
    if step.phase == "forward":
        for rule, inside in value_rules(node.operation, tuple(parent.op for parent in node.parents)):
            yield rule, computes(rule.formula)(graph.numbers_of_value(node, right, values, inside)), node
    elif step.parent is None:
        for rule in node_rules(True, 0):
            yield rule, next(node_numbers(rule, [right], as_float(step.value), right, graph.examples)), node
    else:
        assert step.slot is not None
        edge = Edge(node, step.slot, step.parent)
        numbers = graph.numbers_of(edge, as_float(step.upstream), as_float(step.local), values)
        for rule in edge_rules(node.operation, step.slot, len(node.parents)):
            yield rule, computes(rule.formula)(numbers), node
        for code in ONE_EDGE:
            for rule in node_rules(False, 1, code):
                yield rule, next(node_numbers(rule, [right], float(step.parent), right, None)), node


def _test(step: Step) -> Sentence:
    """A test of a gradient: the operand moved by 1, where the root then changes by just the gradient, else by a little."""
    assert step.parent is not None and step.total_after is not None
    before, slope = float(step.root), as_float(step.total_after)
    for by in (1.0, SMALL):
        value = as_float(replay(step.root, {step.parent: float(step.parent) + by}))
        if same_number(value - before, slope * by):
            break
    digits = None if by == 1.0 else 9
    texts = {
        "parent": step.names[step.parent],
        "root": step.names[step.root],
        "moved": number_text(float(step.parent) + by, 9),
        "value": number_text(value, digits),
        "change": number_text(value - before, 3) if by != 1.0 else number_text(value - before),
    }
    return "hint.test", {**texts, "sign": "=" if is_exact(value, texts["value"]) else "≈"}
