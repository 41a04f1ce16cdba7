"""From wrong answers to causes: which entry of the table, at which place, would give just these numbers.

A place is a node whose gradient may have gone wrong first. What it changes in the answers below it is linear in its
gradient, so every formula is tried at every place by one multiplication per answer. A place where a formula explains
several wrong answers at once goes first; then the others are looked at again.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite, isnan
from operator import itemgetter

from ..engine.value import Value
from .answers import Quantity, Typed
from .carry import Carried
from .execution import gradients_after, locals_of, node_numbers, run, scheduled, values_of
from .graphs import Edge, Graph, computes, times
from .misconceptions import ORDER, TABLE, edge_rules, node_rules, value_rules
from .precision import ROUNDING, TINY, Span, agrees, exactly, same_number

MOST_BELOW = 200  # answers below a place; a mistake above more of them is looked for as one of the whole pass
MOST_WORK = 300_000  # edges that are gone over in search of a mistake in the whole pass, for each kind of mistake


@dataclass(frozen=True)
class Hypothesis:
    """A misconception in a place: the edge (None where it is the node's own gradient, or the whole pass), the node."""

    code: str
    family: str
    formula: str
    node: Value
    edge: Edge | None = None
    everywhere: str = ""  # the operation, for a mistake made at all of its nodes


@dataclass
class Diagnosis:
    """Wrong answers of one cause, with everything that would explain them, the likeliest first; none where nothing does."""

    answers: list[Quantity]
    hypotheses: list[Hypothesis] = field(default_factory=list)
    coincidences: list[Hypothesis] = field(default_factory=list)  # candidates too weak to be told to a student

    @property
    def candidates(self) -> list[Hypothesis]:
        """All that would give the numbers, the likeliest first."""
        return self.hypotheses or self.coincidences

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the candidates."""
        return tuple(dict.fromkeys(hypothesis.code for hypothesis in self.candidates))

    @property
    def likeliest(self) -> Hypothesis | None:
        """Of the likeliest code, the place nearest to the answers."""
        return self.hypotheses[0] if self.hypotheses else None


class Sheet:
    """A student's answers beside the graph, as the diagnosis reads them."""

    def __init__(self, graph: Graph, written: Mapping[Quantity, Typed], own: Carried, close: Carried):
        self.graph, self.written, self.own, self.close = graph, written, own, close
        self.values = {node: own.used[Quantity("value", node)].data for node in graph.nodes}
        self.rows = self._rows() if any(quantity.kind == "gradient" for quantity in own.wrong) else {}

    def _rows(self) -> dict[Value, dict[Value, float]]:
        """For each node, how much 1 more in its gradient adds to the nearest answered gradients below it."""
        rows: dict[Value, dict[Value, float]] = {}
        for node in self.graph.nodes:
            if not node.parents:
                rows[node] = {}
            if Quantity("gradient", node) in self.written:
                rows[node] = {node: 1.0}
        for node in self.graph.computed:
            if node in rows:
                continue
            row: dict[Value, float] = {}
            for edge in self.graph.leaving[node]:
                local = self.own.slots[edge].data
                if local and isfinite(local):
                    for below, effect in rows[edge.parent].items():
                        row[below] = row.get(below, 0.0) + local * effect
            rows[node] = row if len(row) <= MOST_BELOW else {}
        return rows

    @cached_property
    def by_size(self) -> list[tuple[float, int, Quantity]]:
        """All values and gradients with the numbers used for them, by size."""
        kinds = [Quantity(kind, node) for node in self.graph.nodes for kind in ("value", "gradient") if not node.constant]
        numbers = [(self.own.used[quantity].data, place, quantity) for place, quantity in enumerate(kinds)]
        return sorted(each for each in numbers if not isnan(each[0]))

    def near(self, answer: Typed) -> list[Quantity]:
        """The values and gradients that an answer can stand for, in the order of the nodes."""
        around = answer.reach + 2 * ROUNDING * abs(answer.data) + TINY  # all that agree, and perhaps some more
        first = bisect_left(self.by_size, answer.data - around, key=itemgetter(0))
        last = bisect_right(self.by_size, answer.data + around, key=itemgetter(0))
        found = [each for each in self.by_size[first:last] if agrees(answer.data, answer.reach, exactly(each[0]))]
        return [quantity for _, _, quantity in sorted(found, key=itemgetter(1))]

    def upstream(self, edge: Edge) -> float:
        return self.own.used[Quantity("gradient", edge.node)].data

    def fits(self, quantity: Quantity, number: float) -> bool:
        """Whether a typed number can stand for one that a hypothesis gives, known as well as the right one is."""
        answer, due = self.written[quantity], self.close.span[quantity]
        if not isfinite(number):
            return answer.data == number
        scale = abs(number / due.data) if due.data else 1.0
        wide = Span(number, number - (due.data - due.low) * scale, number + (due.high - due.data) * scale)
        return agrees(answer.data, answer.reach, wide)


def diagnose(sheet: Sheet) -> list[Diagnosis]:
    """The wrong answers by cause, each in one diagnosis, in the order in which they went wrong."""
    wrong = sheet.own.wrong
    found = [Diagnosis([quantity], [*_alone(sheet, quantity)]) for quantity in wrong if quantity.kind != "gradient"]
    gradients = [quantity for quantity in wrong if quantity.kind == "gradient"]
    if gradients:
        local = _local(sheet, gradients)
        if len(local) > 1:
            local = _merged(sheet, local)
        everywhere = [*_everywhere(sheet)]
        if everywhere and len(local) == 1:
            local[0].hypotheses += everywhere
        elif everywhere:
            local = [Diagnosis(gradients, everywhere)]
        found += local
    _swapped(sheet, found)
    for diagnosis in found:
        if not diagnosis.hypotheses:
            diagnosis.coincidences = _copied(sheet, diagnosis.answers[0])
        diagnosis.hypotheses.sort(key=lambda hypothesis: ORDER[hypothesis.code])  # stable: the nearest place stays first
    place = {quantity: k for k, quantity in enumerate(wrong)}
    return sorted(found, key=lambda diagnosis: place[diagnosis.answers[0]])


# --- one place ---------------------------------------------------------------------------------------------------


def _changes(sheet: Sheet, node: Value) -> Iterator[tuple[Hypothesis, float]]:
    """Every hypothesis at a node, with what it changes in its gradient."""
    graph, own = sheet.graph, sheet.own
    edges = graph.arriving[node]
    contributions = [times(sheet.upstream(edge), own.slots[edge].data) for edge in edges]
    total = sum(contributions) if edges else own.span[Quantity("gradient", node)].data
    at_all: dict[tuple[str, str], list[float]] = {}
    for edge, contribution in zip(edges, contributions, strict=True):
        numbers = graph.numbers_of(edge, sheet.upstream(edge), own.slots[edge].data, sheet.values)
        for rule in edge_rules(edge.node.operation, edge.slot, len(edge.node.parents)):
            change = computes(rule.formula)(numbers) - contribution
            yield Hypothesis(rule.code, rule.family, rule.formula, node, edge), change
            at_all.setdefault((rule.code, rule.formula), []).append(change)
    for (code, formula), changes in at_all.items():
        if len(changes) == len(edges) > 1:
            yield Hypothesis(code, TABLE[code].family, formula, node), sum(changes)
    terms = contributions if edges else [total]
    for rule in node_rules(node is graph.root, len(edges)):
        for number in node_numbers(rule, terms, sheet.values[node], total, graph.examples):
            yield Hypothesis(rule.code, rule.family, rule.formula, node), number - total


def _explaining(sheet: Sheet, node: Value) -> Iterator[Hypothesis]:
    """The hypotheses at a node that fit every answer they change."""
    row = [(Quantity("gradient", below), effect) for below, effect in sheet.rows[node].items() if effect]
    row.sort(key=lambda pair: sheet.own.verdicts[pair[0]] != "wrong")  # what does not fit shows there first
    for hypothesis, change in _changes(sheet, node):
        if change == 0 or change != change:
            continue
        if hypothesis.code == "DECIMAL_POINT" and not sheet.written[row[0][0]].data:
            continue  # 0 has no digits to be recognised by
        if all(sheet.fits(quantity, sheet.own.span[quantity].data + change * effect) for quantity, effect in row):
            yield hypothesis


def _local(sheet: Sheet, gradients: list[Quantity]) -> list[Diagnosis]:
    """A diagnosis for each place: first where one explains most of the wrong answers, then where nothing is known."""
    open_ = set(gradients)
    explained: dict[frozenset[Quantity], list[Hypothesis]] = {}
    for node in sheet.graph.nodes:  # from the leaves up: the nearest place to the answers comes first
        reached = frozenset(Quantity("gradient", below) for below, effect in sheet.rows[node].items() if effect) & open_
        if reached:
            for hypothesis in _explaining(sheet, node):
                explained.setdefault(reached, []).append(hypothesis)
    found = []
    for answers in sorted(explained, key=len, reverse=True):
        if answers <= open_:
            open_ -= answers
            row = sheet.rows[explained[answers][0].node]
            ordered = sorted((quantity for quantity in gradients if quantity in answers), key=lambda each: abs(row[each.node] - 1.0))
            found.append(Diagnosis(ordered, _with_reasons(sheet, explained[answers])))
    found += _unexplained(sheet, [quantity for quantity in gradients if quantity in open_])
    return found


def _with_reasons(sheet: Sheet, hypotheses: list[Hypothesis]) -> list[Hypothesis]:
    """The hypotheses, but a factor inside the graph only where nothing else explains it: people misjudge the factor of a
    parameter, or of the whole; half of what is due inside is a square without its 2, or an upstream of 2 left out."""
    inside = [each for each in hypotheses if each.code == "CONST_FACTOR" and each.node.parents and each.node is not sheet.graph.root]
    return [each for each in hypotheses if each not in inside] or hypotheses


def _unexplained(sheet: Sheet, gradients: list[Quantity]) -> list[Diagnosis]:
    """Answers that no entry explains: together, where one number that was not written down would explain them all."""
    open_ = dict.fromkeys(gradients)
    found = []
    for node in reversed(sheet.graph.nodes):
        row = {Quantity("gradient", below): effect for below, effect in sheet.rows[node].items() if effect}
        if len(row) < 2 or not all(quantity in open_ for quantity in row):
            continue
        first = next(iter(row))
        change = (sheet.written[first].data - sheet.own.span[first].data) / row[first]
        if all(sheet.fits(quantity, sheet.own.span[quantity].data + change * effect) for quantity, effect in row.items()):
            found.append(Diagnosis([quantity for quantity in gradients if quantity in row]))
            for quantity in row:
                del open_[quantity]
    return found + [Diagnosis([quantity]) for quantity in open_]


def _alone(sheet: Sheet, quantity: Quantity) -> Iterator[Hypothesis]:
    """What explains a wrong value, or a wrong local derivative."""
    graph, node = sheet.graph, quantity.node
    due = sheet.own.span[quantity].data
    if quantity.kind == "value":
        for rule, inside in value_rules(node.operation, tuple(parent.op for parent in node.parents)):
            number = computes(rule.formula)(graph.numbers_of_value(node, due, sheet.values, inside))
            if not same_number(number, due) and sheet.fits(quantity, number):
                yield Hypothesis(rule.code, rule.family, rule.formula, node)
        return
    edges = [edge for edge in graph.leaving[node] if edge.parent is quantity.parent]
    for edge in edges:  # the one edge of an answered local derivative goes on with the answer
        numbers = graph.numbers_of(edge, 1.0, sheet.own.slots[edge].data if len(edges) > 1 else due, sheet.values)
        for rule in edge_rules(node.operation, edge.slot, len(node.parents)):
            number = due - numbers["local"] + computes(rule.formula)(numbers)
            if rule.code != "ADDED_ALONG_PATH" and not same_number(number, due) and sheet.fits(quantity, number):
                yield Hypothesis(rule.code, rule.family, rule.formula, edge.parent, edge)
    for code in ("VALUE_FOR_GRADIENT", "DECIMAL_POINT"):
        for rule in node_rules(False, 1, code):
            assert quantity.parent is not None
            number = next(node_numbers(rule, [due], sheet.values[quantity.parent], due, None))
            if not same_number(number, due) and sheet.fits(quantity, number):
                yield Hypothesis(rule.code, rule.family, rule.formula, quantity.parent)


# --- more than one place -----------------------------------------------------------------------------------------


def _merged(sheet: Sheet, found: list[Diagnosis]) -> list[Diagnosis]:
    """The diagnoses, with one for a mistake that was made at every node of an operation, or at every leaf."""
    groups: dict[tuple[str, str, str], list[tuple[Diagnosis, Hypothesis]]] = {}
    for diagnosis in found:
        keys = set()
        for hypothesis in diagnosis.hypotheses:
            kinds = [hypothesis.edge.node.op] if hypothesis.edge else []
            kinds += ["leaf"] if not hypothesis.node.parents and hypothesis.edge is None else []
            for kind in kinds:
                key = (hypothesis.code, hypothesis.formula, kind)
                if key not in keys:
                    keys.add(key)
                    groups.setdefault(key, []).append((diagnosis, hypothesis))
    merged: dict[int, Diagnosis] = {}  # by the identity of each diagnosis that has gone into one
    for (code, formula, kind), members in sorted(groups.items(), key=lambda item: (-len(item[1]), ORDER[item[0][0]])):
        together = [diagnosis for diagnosis, _ in members]
        if len(members) < 2 or any(id(diagnosis) in merged for diagnosis in together):
            continue
        if not _is_everywhere(sheet, kind, formula, {(hypothesis.edge or hypothesis.node) for _, hypothesis in members}):
            continue
        one = Diagnosis(
            [quantity for diagnosis in together for quantity in diagnosis.answers],
            [Hypothesis(code, TABLE[code].family, formula, hypothesis.node, hypothesis.edge, kind) for _, hypothesis in members],
        )
        shared = set(together[0].codes).intersection(*[diagnosis.codes for diagnosis in together[1:]]) - {code}
        one.hypotheses += [hypothesis for hypothesis in together[0].hypotheses if hypothesis.code in shared]
        merged.update((id(diagnosis), one) for diagnosis in together)
    return [*{id(one): one for one in (merged.get(id(diagnosis), diagnosis) for diagnosis in found)}.values()]


def _is_everywhere(sheet: Sheet, kind: str, formula: str, places: "set[Edge | Value]") -> bool:
    """Whether a mistake at some places was made at all places of its kind where it would be seen."""
    for node in sheet.graph.nodes:
        if kind == "leaf":
            quantity = Quantity("gradient", node)
            if not node.parents and not node.constant and node not in places and quantity in sheet.written and sheet.written[quantity].data:
                return False
            continue
        for edge in sheet.graph.leaving.get(node, ()) if node.op == kind else ():
            if edge in places or edge.parent.constant:
                continue
            local, upstream = sheet.own.slots[edge].data, sheet.upstream(edge)
            change = computes(formula)(sheet.graph.numbers_of(edge, upstream, local, sheet.values)) - times(upstream, local)
            seen = [(Quantity("gradient", below), change * effect) for below, effect in sheet.rows[edge.parent].items()]
            if any(moved == moved and not sheet.fits(quantity, sheet.own.span[quantity].data + moved) for quantity, moved in seen):
                return False
    return True


def _everywhere(sheet: Sheet) -> Iterator[Hypothesis]:
    """The mistakes in a whole pass that explain every answered gradient."""
    graph = sheet.graph
    asked = [quantity for quantity in sheet.written if quantity.kind == "gradient"]
    if any(quantity.kind == "value" for quantity in sheet.own.wrong):
        return
    asked.sort(key=lambda quantity: sheet.own.verdicts[quantity] != "wrong")
    values, locals_ = values_of(graph), locals_of(graph)

    def explains(gradients: Mapping[Value, float]) -> bool:
        return all(sheet.fits(quantity, gradients[quantity.node]) for quantity in asked)

    for schedule in (*TABLE["STALE_GRAD"].schedule, *TABLE["NO_TOPO"].schedule):
        code = "STALE_GRAD" if schedule in TABLE["STALE_GRAD"].schedule else "NO_TOPO"
        events = scheduled(graph, schedule, locals_)
        if events is not None and explains(gradients_after(graph, events)):
            yield Hypothesis(code, TABLE[code].family, schedule, graph.root)
    budget = MOST_WORK
    for target in _targets(sheet):
        if explains({**run(graph, {}, target, locals_, values), graph.root: 1.0}):
            yield Hypothesis("WRONG_TARGET", TABLE["WRONG_TARGET"].family, "target", target)
    if len(asked) < len(graph.nodes) and len(sheet.own.wrong) > 1:
        for code, formula, edges in _habits(graph):
            budget -= len(locals_)
            if budget < 0:
                return
            if explains(run(graph, dict.fromkeys(edges, formula), graph.root, locals_, values)):
                for edge in edges:
                    yield Hypothesis(code, TABLE[code].family, formula, edge.parent, edge, edge.node.op)


def _targets(sheet: Sheet) -> list[Value]:
    """The nodes that may have been differentiated instead of the root: those said to have the gradient 1, or unanswered."""
    tried = []
    for node in reversed(sheet.graph.computed[:-1]):
        answer = sheet.written.get(Quantity("gradient", node))
        if answer is None or agrees(answer.data, answer.reach, Span(1.0, 1.0, 1.0)):
            tried.append(node)
    return tried[: MOST_WORK // (4 * len(sheet.graph.nodes))]


def _habits(graph: Graph) -> list[tuple[str, str, tuple[Edge, ...]]]:
    """Every formula that can be put at all edges of an operation, with those edges; and of an operation in one scope."""
    found: dict[tuple[str, str, str, tuple[str, ...]], list[Edge]] = {}
    for node in graph.computed:
        for edge in graph.leaving[node]:
            if not edge.parent.constant:
                for rule in edge_rules(node.operation, edge.slot, len(node.parents)):
                    for scope in {(), node.scope}:
                        found.setdefault((rule.code, rule.formula, node.op, scope), []).append(edge)
    return [*dict.fromkeys((code, formula, tuple(edges)) for (code, formula, _, _), edges in found.items() if len(edges) > 1)]


def _swapped(sheet: Sheet, found: list[Diagnosis]) -> None:
    """Two wrong answers of which each would be right in the place of the other."""
    alone = [diagnosis for diagnosis in found if len(diagnosis.answers) == 1]
    by_number: dict[str, list[Diagnosis]] = {}
    for diagnosis in alone:
        by_number.setdefault(f"{sheet.own.span[diagnosis.answers[0]].data:.1e}", []).append(diagnosis)
    for diagnosis in alone:
        (mine,) = diagnosis.answers
        for other in by_number.get(f"{sheet.written[mine].data:.1e}", ()):
            (theirs,) = other.answers
            if other is not diagnosis and mine.kind == theirs.kind and (
                sheet.fits(mine, sheet.own.span[theirs].data) and sheet.fits(theirs, sheet.own.span[mine].data)
            ):  # fmt: skip
                diagnosis.hypotheses.append(Hypothesis("WRONG_ROW", "row", "", theirs.node))


def _copied(sheet: Sheet, quantity: Quantity) -> list[Hypothesis]:
    """The nodes whose value or gradient stands in the row of another: small whole numbers do so by chance."""
    answer = sheet.written[quantity]
    found = [each for each in sheet.near(answer) if each != quantity] if answer.data else []
    return [Hypothesis("WRONG_ROW", TABLE["WRONG_ROW"].family, "", each.node) for each in found]
