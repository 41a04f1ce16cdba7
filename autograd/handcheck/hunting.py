"""`bughunt`: an engine with one planted defect, to be found by gradient checks.

A defect is an entry of the table of misconceptions at an operation of the table of operations: the formula that stands
in for one contribution, for the sum where several meet, or another order of the pass. Values are always right; only the
backward pass is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import isfinite
from numbers import Integral
from typing import Any

from ..engine.careful import plus
from ..engine.dialects import formula, names_in
from ..engine.names import find, listed
from ..engine.operations import BY_SIGN, TABLE, Operation
from ..engine.value import Value
from ..explain.languages import fill, templates
from ..reading.gradient_check import GradientCheck, gradcheck
from .execution import gradients_after, locals_of, node_numbers, scheduled, values_of
from .graphs import Graph, computes, times
from .misconceptions import TABLE as MISCONCEPTIONS
from .misconceptions import edge_rules, node_rules

FAN_OUT, ORDER = "fan-out", "order"  # places of a defect that belongs to no operation
POINTS = ((0.6, 0.35, 2.3, 1.7), (-0.7, 1.4, 2.1, 0.9), (3.1, 0.8, 1.2, 2.5))
UPSTREAMS = (1.7, -0.6)
SEEN = 1e-3  # a defect that changes no gradient of the battery by a larger share is none


@dataclass(frozen=True)
class Defect:
    """What is wrong with an engine: at which operation and operand (a letter; "" where it has but one), or at "fan-out" or
    in the "order" of the pass; the misconception by its code, and its formula or schedule."""

    place: str
    operand: str
    code: str
    formula: str


NONE = Defect("", "", "", "")


@dataclass(frozen=True)
class Verdict:
    """What is said to an answer; true when the defect sits there. `text` is the sentence."""

    right: bool
    text: str

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


class Hunt:
    """An engine with one planted defect. `grad` and `backward` work as those of this package, but for the defect.

    `gradcheck(y)` holds its gradients against finite differences; `battery` has graphs to begin with; `answer` says whether
    the defect sits at an operation, `reveal` what it is. `tries` counts the answers.
    """

    def __init__(self, defect: Defect, lang: str = "en"):
        self._defect, self.lang, self.tries = defect, lang, 0
        templates(lang)

    @property
    def battery(self) -> list[Value]:
        """Small graphs, two or more for each operation, made anew: every defect makes a gradient of at least one of them wrong."""
        return battery()

    def gradients(self, y: Value) -> dict[Value, float]:
        """The gradient of y by every node below it, as this engine has it."""
        return defective_gradients(y, self._defect)

    def grad(self, y: Value, wrt: Any) -> tuple[float, ...]:
        """The gradients of y by one node or several, as this engine has them; no `.grad` is touched."""
        found = self.gradients(y)
        return tuple([found[find(y, node)] for node in listed(wrt, "grad")])

    def backward(self, y: Value) -> None:
        """Fills in `.grad` below y, as this engine does it; those of leaves add up until `y.zero_grad()`."""
        for node, gradient in self.gradients(y).items():
            node.grad = gradient if node.parents else plus(node.grad, gradient)

    def gradcheck(self, y: Value, inputs: Any = None) -> GradientCheck:
        """The gradients of this engine beside finite differences: by default those by all leaves that are no constants."""
        found = self.gradients(y)
        chosen = None if inputs is None else listed(inputs, "gradcheck")
        nodes = [node for node in found if not node.parents and not node.constant] if chosen is None else [find(y, node) for node in chosen]
        return gradcheck(y, gradients={node: found[node] for node in nodes})

    def answer(self, place: str, operand: str = "") -> Verdict:
        """Whether the defect sits at an operation: by its name or sign ("mul", "*", "tanh"), with the operand "a" or "b" where
        it has two; or at a "fan-out", where several contributions meet, or in the "order" of the pass.

        Raises ValueError for what is no such place.
        """
        if not isinstance(place, str) or not isinstance(operand, str):
            raise TypeError("a place is the name of an operation, and an operand a letter, both texts")
        entry = BY_SIGN.get(place) or TABLE.get(place)
        if entry is None and place not in (FAN_OUT, ORDER):
            raise ValueError(
                f'"{place[:40]}" is no operation; write its name or sign, such as mul, * or tanh, or "{FAN_OUT}", or "{ORDER}"'
            )
        if operand and entry is None:
            raise ValueError(f"a defect at {place} belongs to no operand; leave out {operand[:40]}")
        if entry is not None and operand and operand not in entry.letters:
            raise ValueError(f"{place} has the operands {', '.join(entry.letters)}, not {operand[:40]}")
        self.tries += 1
        called, defect = entry.name if entry else place, self._defect
        if called != defect.place:
            return Verdict(False, fill("hunt.no", {"place": _place(called, operand)}, self.lang))
        if defect.operand and operand != defect.operand:
            return Verdict(False, fill("hunt.operand" if operand else "hunt.which", {"place": called}, self.lang))
        return Verdict(True, fill("hunt.right", {"place": _place(called, operand), "tries": str(self.tries)}, self.lang))

    def reveal(self) -> str:
        """What the defect is, in a sentence."""
        defect = self._defect
        kind = defect.place if defect.place in (FAN_OUT, ORDER) else "edge"
        texts = {"place": _place(defect.place, defect.operand), "formula": defect.formula, "code": defect.code}
        return fill(f"hunt.reveal.{kind}", texts, self.lang)

    def __repr__(self) -> str:
        return fill("hunt.intro", {}, self.lang)


def bughunt(rng: Any = None, lang: str = "en") -> Hunt:
    """An engine with one planted defect, to be found by gradient checks: the same one for the same seed.

    `rng` is a seed or a NumPy generator. Raises TypeError or ValueError for what is neither, and for an unknown language.

    >>> from autograd import leaves
    >>> engine = bughunt(0)
    >>> a, b = leaves(a=0.6, b=0.35)
    >>> bool(engine.gradcheck(a * b)), all(map(engine.gradcheck, engine.battery))
    (True, False)
    """
    import numpy

    generator = rng if isinstance(rng, numpy.random.Generator) else numpy.random.default_rng(_whole(rng))
    places = sorted({defect.place for defect in defects()})
    place = places[int(generator.integers(len(places)))]  # every operation as likely, however many defects it can have
    there = [defect for defect in defects() if defect.place == place]
    return Hunt(there[int(generator.integers(len(there)))], lang)


def _whole(rng: Any) -> int | None:
    if rng is None:
        return None
    if not isinstance(rng, Integral) or isinstance(rng, bool):
        raise TypeError(f"rng is a seed, a whole number, or a NumPy generator, not {type(rng).__name__}")
    if rng < 0:
        raise ValueError("rng is a seed, which is at least 0")
    return int(rng)


def _place(place: str, operand: str) -> str:
    return f"{place} ({operand})" if operand else place


# --- which defects there are ------------------------------------------------------------------------------------------


@cache
def defects() -> tuple[Defect, ...]:
    """Every defect that can be planted: those that change a gradient of the battery."""
    graphs = {y: values for y in battery() if (values := defective_gradients(y, None))}
    return tuple([defect for defect in _candidates() if any(_changes(y, right, defect) for y, right in graphs.items())])


def _candidates() -> Iterator[Defect]:
    for name, operation in TABLE.items():
        count = 2 * len(operation.letters) if operation.is_nary else len(operation.letters)
        for k, letter in enumerate(operation.letters):
            for rule in edge_rules(operation, count // len(operation.letters) * k, count):
                if "n" not in names_in(formula(rule.formula)):  # of a mean only
                    yield Defect(name, letter if len(operation.letters) > 1 else "", rule.code, rule.formula)
    for code in ("MISSING_PATH", "MULTIPLIED_ACROSS_PATHS"):
        yield from [Defect(FAN_OUT, "", rule.code, rule.formula) for rule in node_rules(False, 2, code)]
    for code in ("STALE_GRAD", "NO_TOPO"):
        yield from [Defect(ORDER, "", code, schedule) for schedule in MISCONCEPTIONS[code].schedule]


def _changes(y: Value, right: dict[Value, float], defect: Defect) -> bool:
    if defect.place not in (FAN_OUT, ORDER) and all(node.op != defect.place for node in right):
        return False
    found = defective_gradients(y, defect)
    leaves = [node for node in right if not node.parents and not node.constant]
    return any(abs(found[leaf] - right[leaf]) > SEEN * max(abs(right[leaf]), abs(found[leaf])) for leaf in leaves if isfinite(right[leaf]))


def battery() -> list[Value]:
    """Small graphs for a gradient check: every operation of the table at a few points, and nodes with several consumers.

    They are made anew for each call, so that the gradients that one engine leaves in them are not added to by another.
    """
    made: list[Value] = []
    for entry in TABLE.values():
        for point in POINTS:
            for upstream in UPSTREAMS:
                y = upstream * _node(entry, point)
                if isfinite(float(y)):
                    made.append(y)
    for a, b in ((0.6, 0.35), (1.3, -0.8)):
        one, other = Value(a, "a"), Value(b, "b")
        u = one * other
        made.append((u + one).tanh() * u + other.exp() * one)
        made.append((one * one + u * u * other) * u)
    return made


def _node(entry: Operation, point: tuple[float, ...]) -> Value:
    leaves = [Value(data, name) for name, data in zip("abcd", point, strict=True)]
    if entry.is_nary:
        return entry.make(*[tuple(leaves[2 * k : 2 * k + 2]) for k in range(len(entry.letters))])
    return entry.make(*leaves[: len(entry.letters)])


# --- a backward pass with a defect -------------------------------------------------------------------------------------


def defective_gradients(y: Value, defect: Defect | None) -> dict[Value, float]:
    """The gradients of a backward pass with a defect; of the right one without."""
    graph = Graph(y)
    local, values = locals_of(graph), values_of(graph)
    wrong = defect or NONE
    if wrong.place == ORDER:
        return gradients_after(graph, scheduled(graph, wrong.formula, local) or [])
    at_sums = node_rules(False, 2, wrong.code) if wrong.place == FAN_OUT else ()
    rule = next((each for each in at_sums if each.formula == wrong.formula), None)
    arrived: dict[Value, list[float]] = {node: [] for node in graph.nodes}
    totals = dict.fromkeys(graph.nodes, 0.0)
    totals[y] = 1.0
    for node in [*reversed(graph.computed), *[leaf for leaf in graph.nodes if not leaf.parents]]:
        if node is not y:
            total, came = sum(arrived[node]), arrived[node]
            totals[node] = next(node_numbers(rule, came, values[node], total, None)) if rule is not None and len(came) > 1 else total
        for edge in graph.leaving.get(node, ()):
            upstream, slope = totals[node], local[edge]
            letter = node.operation.letters[edge.slot // (len(node.parents) // len(node.operation.letters))]
            if node.op == wrong.place and wrong.operand in ("", letter):
                arrived[edge.parent].append(computes(wrong.formula)(graph.numbers_of(edge, upstream, slope, values)))
            else:
                arrived[edge.parent].append(times(upstream, slope))
    return totals
