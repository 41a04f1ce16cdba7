"""The forward and the backward pass as data: a sequence of frozen `Step`s.

Whoever shows, asks, checks or derives reads this one sequence; nobody else walks the graph for it. The sentences
come from `explain`.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ..engine.derivatives import plus, product, seed_of
from ..engine.graph import names, refuse_stale
from ..engine.ieee import Number
from ..engine.value import Value
from ..explain.languages import Sentence, fill
from ..explain.notation import Notation
from ..explain.roles import named
from ..explain.typeset import latex_block, math_block
from ..explain.words import Names, chains, explanation, in_one_line, sentences


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a pass; what does not apply is None.

    forward: `node` gets its `value` from the numbers `operands` of its parents.
    backward, the seed: `node` is the root and `total_after` its gradient, 1.
    backward, an edge: the gradient `upstream` of `node` times the `local` derivative for the operand in `slot` is the
    `contribution` to `parent`, whose gradient grows from `total_before` to `total_after`; it is number `term` of
    `terms`, and only the last one makes the gradient complete: of several terms, that step has all `contributions`.
    Totals start at 0, never from `.grad`.
    """

    index: int  # from 1
    phase: str  # "forward" or "backward"
    root: Value = field(repr=False)
    node: Value
    value: Number
    operands: tuple[Number, ...]
    names: Names = field(repr=False)
    parent: Value | None = None
    slot: int | None = None
    upstream: Number | None = None
    local: Number | None = None
    contribution: Number | None = None
    total_before: Number | None = None
    total_after: Number | None = None
    term: int | None = None
    terms: int | None = None
    contributions: tuple[Number, ...] | None = None

    def words(self, digits: int | None = None) -> list[Sentence]:
        """The line of this step as template keys with the texts and layouts to fill in."""
        return sentences(self, digits)

    def text(self, lang: str = "en", digits: int | None = None) -> str:
        """This step in one line.

        >>> b, c = Value(3, "b"), Value(2, "c")
        >>> steps(b * c)[0].text()
        'J = b · c = 3 · 2 = 6'
        """
        return "; ".join([fill(key, texts, lang) for key, texts in self.words(digits)])

    def explanation(self, lang: str = "en", digits: int | None = None) -> str:
        """What a teacher says at this step: why, and what that makes of the numbers.

        >>> b, c = Value(3, "b"), Value(2, "c")
        >>> print(steps(b * c)[2].explanation())
        The local derivative of a product with respect to one factor is the other factor. 1 has arrived at J; through J, b receives 1 · 2 = 2.
        """
        return explanation(self, lang, digits)

    def mathml(self, digits: int | None = None) -> str:
        """The equation of this step as a math element, which browsers show without a library.

        >>> b, c = Value(3, "b"), Value(2, "c")
        >>> steps(b * c)[0].mathml().startswith('<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mrow><mi>J</mi>')
        True
        """
        return math_block([in_one_line(chain) for chain in chains(self, digits)])

    def latex(self, digits: int | None = None) -> str:
        r"""The equation of this step as LaTeX.

        >>> b, c = Value(3, "b"), Value(2, "c")
        >>> print(steps(b * c)[0].latex())
        J = b \cdot c = 3 \cdot 2 = 6
        """
        return latex_block([in_one_line(chain) for chain in chains(self, digits)])


class Steps(tuple[Step, ...]):
    """All steps of both passes. Printing them prints one numbered line each."""

    def text(self, lang: str = "en", digits: int | None = None) -> str:
        """The numbered lines, under a heading for each pass.

        >>> print(steps(Value(3, "b") * Value(2, "c")).text("es"))
        hacia adelante
          1  J = b · c = 3 · 2 = 6
        hacia atrás
          2  ∂J/∂J = 1
          3  ∂J/∂b = ∂J/∂J · c = 1 · 2 = 2
          4  ∂J/∂c = ∂J/∂J · b = 1 · 3 = 3
        """
        width, phase, lines = len(str(len(self))), None, []
        for step in self:
            if step.phase != phase:
                phase = step.phase
                lines.append(fill(phase, {}, lang))
            lines.append(f"  {step.index:>{width}}  {step.text(lang, digits)}")
        return "\n".join([*lines, *self.notes(lang)])

    def notes(self, lang: str = "en") -> list[str]:
        """What has to be said once about the names, which is nothing without a notation."""
        return self[0].names.said(lang)

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__


def steps(y: Value, *, notation: "Notation | str | None" = None) -> Steps:
    """The two passes of y, step by step: every value, the seed, then every edge to a node that is not a constant.

    Values come in topological order, edges in reverse, slot by slot. With a `notation` ("delta", "bishop", "murphy",
    "ng", "dY" or a Notation) the nodes of a network are called as in its course, and letters that mean something else in
    another one are pointed out; a graph without neurons keeps its names. Raises ValueError when a leaf has changed since
    the graph was built, and for an unknown notation.

    >>> a, b, c = Value(5, "a"), Value(3, "b"), Value(2, "c")
    >>> print(steps(3 * (a + b * c)))
    forward
      1  u = b · c = 3 · 2 = 6
      2  v = a + u = 5 + 6 = 11
      3  J = 3 · v = 3 · 11 = 33
    backward
      4  ∂J/∂J = 1
      5  ∂J/∂v = ∂J/∂J · 3 = 1 · 3 = 3
      6  ∂J/∂a = ∂J/∂v · 1 = 3 · 1 = 3
      7  ∂J/∂u = ∂J/∂v · 1 = 3 · 1 = 3
      8  ∂J/∂b = ∂J/∂u · c = 3 · 2 = 6
      9  ∂J/∂c = ∂J/∂u · b = 3 · 3 = 9
    """
    called = Names(names(y), y) if notation is None else named(names(y), y, notation)
    refuse_stale(y)
    order = [node for node in called if node.parents]
    made: list[Step] = []

    def add(phase: str, node: Value, **more: Any) -> None:
        operands = tuple([parent.data for parent in node.parents])
        made.append(Step(len(made) + 1, phase, y, node, node.data, operands, called, **more))

    for node in order:
        add("forward", node)
    seed = seed_of(y)
    zero = 0 * seed
    totals: dict[Value, Number] = dict.fromkeys(called, zero)
    totals[y] = seed
    add("backward", y, total_before=zero, total_after=seed)
    terms = Counter(parent for node in order for parent in node.parents)
    arrived: dict[Value, list[Number]] = {node: [] for node in called}
    for node in reversed(order):
        upstream = totals[node]
        for slot, (parent, local) in enumerate(zip(node.parents, node.partials, strict=True)):
            if parent.constant:
                continue
            contribution = product(upstream, local)
            before, totals[parent] = totals[parent], plus(totals[parent], contribution)
            arrived[parent].append(contribution)
            term, all_terms = len(arrived[parent]), terms[parent]
            add("backward", node, parent=parent, slot=slot, upstream=upstream, local=local, contribution=contribution,
                total_before=before, total_after=totals[parent], term=term, terms=all_terms,
                contributions=tuple(arrived[parent]) if term == all_terms > 1 else None)  # fmt: skip
    return Steps(made)
