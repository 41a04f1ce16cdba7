"""`check`: every answer judged by the student's own numbers before it, one finding for each cause."""

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from ..engine.ieee import as_float, number
from ..engine.operations import TABLE as OPERATIONS
from ..engine.order import topological_order
from ..engine.value import Value
from ..explain.languages import templates
from ..explain.refusals import refuses_in_lang
from .answers import Quantity, Typed, read, shown
from .carry import Carried, Conventions, carry, habits
from .diagnosis import Diagnosis, Sheet, diagnose
from .graphs import Graph
from .precision import EXACT, Rounding, agrees, exactly, is_of_a_machine
from .report import Finding, Judged, Report
from .wording import Wording

ROOT_CONVENTION = "loss"


@refuses_in_lang
def check(
    y: Value,
    answers: Any = None,
    *,
    values: Mapping[Any, Any] | None = None,
    locals: Mapping[Any, Any] | None = None,
    lang: str = "en",
    conventions: Mapping[str, Any] | None = None,
    reveal: bool = False,
) -> Report:
    """Judges a student's numbers for the graph of y, and says where and why they went wrong.

    `answers` is a dict of node to gradient, or a text such as "dJ/db=6, u=6, du/db=2"; in a text a bare name gives
    the value of a computed node and the gradient of a leaf. `values` is a dict of node to value, `locals` one of
    (node, parent), or "du/db", to local derivative. Numbers are floats, fractions or texts ("3/4", "0,577", "3*2",
    "inf"); they are taken to be as precise as their digits. A blank (None or "") is an answer that is missing.

    An answer is right if it is the true number, and follows if it is what comes of the student's own earlier numbers, or
    of a mistake already found; both count. Each cause is one finding. Its message names the place and the cause and asks
    a question; with `reveal` it says the number as well.

    `conventions` is what a course does: {"relu at 0": 1} its slope at a kink (of any operation that has one), {"loss":
    "sum"} the gradients of a sum where the graph has a mean, or "mean" where it has a sum. Without it every slope in use
    at a kink is accepted, and named.

    Raises ValueError for a node, number or convention that cannot be read, and for a graph whose leaves have changed.

    >>> from autograd import examples
    >>> report = check(examples.J(), {"v": 3, "u": 3, "a": 3, "b": 9, "c": 6})
    >>> report.score, [(finding.node, finding.code) for finding in report.findings]
    (0.6, [('b', 'OWN_OPERAND'), ('c', 'OWN_OPERAND')])
    >>> print(check(examples.J(), "dJ/du=2, dJ/db=4, dJ/dc=6", lang="en").text.splitlines()[0])
    0 right, 2 follow, 1 slip: 2/3
    """
    if not isinstance(y, Value):
        topological_order(y)  # says what a graph is
    templates(lang)  # which refuses a language that there is not
    asked = read(y, answers, values, locals)
    if not asked:
        raise ValueError("there are no answers to check; give a dict of node to gradient, or a text such as dJ/db=6")
    graph = Graph(y)
    course = _conventions(graph, conventions)
    written = _meant({quantity: answer for quantity, answer in asked.items() if answer is not None})
    truth = carry(graph, {}, conventions=course)
    rounding = habits(written, truth)
    own = carry(graph, written, truth, rounding, course)
    close = carry(graph, written, truth, Rounding(wholes=rounding.wholes), course)
    found = diagnose(Sheet(graph, written, own, close)) if own.wrong else []
    words = Wording(graph, truth, own, lang, reveal)
    verdicts = {quantity: own.verdicts.get(quantity, "missing") for quantity in asked}
    for diagnosis in found:
        verdicts.update(dict.fromkeys(diagnosis.answers[1:], "follows"))
    resting = _resting_on(own)
    findings = [_finding(words, asked, verdicts, diagnosis, own, resting) for diagnosis in found]
    findings += [_missing(words, quantity) for quantity, answer in asked.items() if answer is None]
    judged = tuple(
        Judged(words.what(quantity), shown(answer.text) if answer else "", truth.span[quantity].data, verdicts[quantity])
        for quantity, answer in asked.items()
    )
    good = sum(verdict in ("right", "follows") for verdict in verdicts.values())
    return Report(good / len(asked), tuple(findings), judged, tuple(_notes(words, written, verdicts, truth, own, course)), lang)


def _meant(written: dict[Quantity, Typed]) -> dict[Quantity, Typed]:
    """The answers as precise as they are meant: among numbers of a machine, 7 is no rounded 7.04."""
    if not is_of_a_machine(answer.precision for answer in written.values()):
        return written
    return {quantity: replace(answer, precision=EXACT) if answer.precision.is_short else answer for quantity, answer in written.items()}


def _resting_on(own: Carried) -> dict[Quantity, list[Quantity]]:
    """For each wrong answer the quantities that rest on it."""
    found: dict[Quantity, list[Quantity]] = {quantity: [] for quantity in own.wrong}
    for quantity, causes in own.causes.items():
        while causes:
            last = causes & -causes
            found[own.wrong[last.bit_length() - 1]].append(quantity)
            causes -= last
    return found


def _finding(
    words: Wording,
    asked: Mapping[Quantity, Typed | None],
    verdicts: Mapping[Quantity, str],
    diagnosis: Diagnosis,
    own: Carried,
    resting: Mapping[Quantity, list[Quantity]],
) -> Finding:
    quantity = diagnosis.answers[0]
    answer = asked[quantity]
    assert answer is not None
    best = diagnosis.likeliest
    spoilt = dict.fromkeys(each for wrong in diagnosis.answers for each in resting[wrong])
    places = [hypothesis for hypothesis in diagnosis.hypotheses if best and hypothesis.everywhere and hypothesis.code == best.code]
    others = [hypothesis.edge for hypothesis in diagnosis.hypotheses if best and hypothesis.code == best.code and hypothesis.edge]
    edge = best.edge if best else words.only_edge(quantity)
    follows = dict.fromkeys([*diagnosis.answers[1:], *(each for each in spoilt if verdicts.get(each) == "follows")])
    return Finding(
        node=words.called[quantity.node if quantity.parent is None else quantity.parent],
        via=words.called[edge.node] if edge else words.called[quantity.node] if quantity.parent else None,
        code=best.code if best else "UNEXPLAINED",
        expected=own.span[quantity].data,
        got=answer.data,
        message=words.message(quantity, answer, diagnosis),
        candidates=diagnosis.codes,
        families=tuple(dict.fromkeys(hypothesis.family for hypothesis in diagnosis.candidates)),
        follows=tuple(words.what(each) for each in follows),
        affects=tuple(words.called[each.node] for each in spoilt if each.kind == "gradient" and not each.node.parents
                      and not each.node.constant and (each != quantity or len(diagnosis.answers) > 1)),
        edge=words.edge(edge) if edge else None,
        alternatives=tuple(dict.fromkeys(words.edge(other) for other in others if other != edge and not places)),
        places=tuple(dict.fromkeys(words.edge(each.edge) for each in places if each.edge)),
    )  # fmt: skip


def _missing(words: Wording, quantity: Quantity) -> Finding:
    return Finding(
        words.called[quantity.node if quantity.parent is None else quantity.parent],
        words.called[quantity.node] if quantity.parent else None,
        "MISSING",
        words.own.span[quantity].data,
        None,
        words.missing(quantity),
    )


def _notes(
    words: Wording, written: Mapping[Quantity, Typed], verdicts: Mapping[Quantity, str], truth: Carried, own: Carried, course: Conventions
) -> list[str]:
    """What is said beside the findings: conventions that were accepted, digits that were lost, commas that were read."""
    notes = [words.note("convention.loss", {})] if course.seed != 1.0 else []
    for quantity, answer in written.items():
        what = {"what": words.what(quantity), "typed": shown(answer.text)}
        ours = exactly(truth.span[quantity].data)
        agreeing = agrees(answer.data, answer.reach, ours)
        if verdicts[quantity] == "right" and not agreeing:
            if quantity in truth.at_kink:
                notes.append(words.note("convention", what))
            else:
                notes.append(words.note("early", what))
        if verdicts[quantity] == "wrong" and answer.read_as:
            notes.append(words.note("comma", {**what, "read": answer.read_as}))
    notes += [words.follows(quantity) for quantity, verdict in own.verdicts.items() if verdict == "follows"]
    return notes


def _conventions(graph: Graph, given: Mapping[str, Any] | None) -> Conventions:
    """What the course does, checked. Raises TypeError or ValueError for a convention that there is not."""
    if given is None:
        return Conventions()
    if not isinstance(given, Mapping):
        raise TypeError(f'conventions are a dict such as {{"relu at 0": 1, "loss": "sum"}}, not {type(given).__name__}')
    slopes, seed = {}, 1.0
    for name, does in given.items():
        name = str(name)
        operation = name.partition(" ")[0]
        if name == ROOT_CONVENTION:
            seed = _seed(graph, does)
        elif operation in OPERATIONS and OPERATIONS[operation].kinks:
            slopes[operation] = as_float(number(does, f'the convention "{shown(name)}"'))
            if not isfinite(slopes[operation]):
                raise ValueError(f'the convention "{shown(name)}" is a finite number, such as 0 or 1, not {slopes[operation]}')
        else:
            raise ValueError(
                f'there is no convention "{shown(name)}"; there are "loss" and, for example, "relu at 0" or "maximum at a tie"'
            )
    return Conventions(slopes, seed)


def _seed(graph: Graph, does: Any) -> float:
    """What the gradient of the root starts with: n where the graph has a mean and the course a sum."""
    if does not in ("sum", "mean"):
        raise ValueError(f'the convention "loss" is "sum" or "mean", not {shown(repr(does))}')
    if graph.examples:
        return graph.examples if does == "sum" else 1.0
    terms = len(graph.root.parents) if graph.root.op == "total" else 1
    node = graph.root
    while graph.root.op == "add" and node.op == "add":
        terms, node = terms + 1, node.parents[0]
    return 1.0 / terms if does == "mean" else 1.0
