"""`steps`: both passes of a graph, and a learning step after them, as a sequence of `Step`s, which can say themselves in
words and in equations."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from ..engine.names import names
from ..engine.value import Value
from ..reading.learning_step import learned_after
from ..reading.passes import StepRecord, both_passes
from .languages import fill
from .node_names import NodeNames
from .notation import Notation
from .roles import named
from .softmaxes import softmax_notes
from .typeset import Layout, latex_block, math_block
from .words import chains, explanation, text


@dataclass(frozen=True, eq=False)
class Step(StepRecord):
    """One step of a pass, with the names of the nodes; what the numbers are, `StepRecord` says.

    >>> b, c = Value(3, "b"), Value(2, "c")
    >>> steps(b * c)[2].contribution
    2.0
    """

    names: NodeNames = field(kw_only=True, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        places = {key: self.names.places[node] for key, node in vars(self).items() if isinstance(node, Value)}
        return _restored, (self.names, places, {key: data for key, data in vars(self).items() if key not in (*places, "names")})

    def text(self, lang: str = "en", digits: int | None = None) -> str:
        """This step in one line.

        >>> b, c = Value(3, "b"), Value(2, "c")
        >>> steps(b * c)[0].text()
        'J = b · c = 3 · 2 = 6'
        """
        return text(self, self.names, lang, digits)

    def explanation(self, lang: str = "en", digits: int | None = None) -> str:
        """What a teacher says at this step: why, and what that makes of the numbers.

        >>> b, c = Value(3, "b"), Value(2, "c")
        >>> print(steps(b * c)[2].explanation())
        The local derivative of a product with respect to one factor is the other factor. 1 has arrived at J; through J, b receives 1 · 2 = 2.
        """
        return explanation(self, self.names, lang, digits)

    def mathml(self, digits: int | None = None) -> str:
        """The equation of this step as a math element, which browsers show without a library.

        >>> b, c = Value(3, "b"), Value(2, "c")
        >>> steps(b * c)[0].mathml().startswith('<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mrow><mi>J</mi>')
        True
        """
        return math_block(self._equations(digits))

    def latex(self, digits: int | None = None) -> str:
        r"""The equation of this step as LaTeX.

        >>> b, c = Value(3, "b"), Value(2, "c")
        >>> print(steps(b * c)[0].latex())
        J = b \cdot c = 3 \cdot 2 = 6
        """
        return latex_block(self._equations(digits))

    def _equations(self, digits: int | None) -> list[Layout]:
        return [("row", *[part for line in chain for part in line[1:]]) for chain in chains(self, self.names, digits)]


def _restored(names: NodeNames, places: dict[str, int], data: dict[str, Any]) -> Step:
    """A step that has been copied or stored, with nodes of the graph that its names belong to."""
    nodes: dict[str, Any] = {key: names.order[place] for key, place in places.items()}
    return Step(names=names, **nodes, **data)


def equations(step: Step, digits: int | None = None) -> list[Layout]:
    """The equation of a step line by line, as layouts; a line that goes on from the one before it begins with a sign."""
    return [line for chain in chains(step, step.names, digits) for line in chain]


class Steps(tuple[Step, ...]):
    """All steps of both passes, and of a learning step. Printing them prints one numbered line each."""

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

    def in_line(self) -> "Steps":
        """The same steps with the names of the nodes as people read them, w₁,₂ for w1_2, and not as they are typed."""
        names = self[0].names.in_line
        return Steps([replace(step, names=names) for step in self])

    def notes(self, lang: str = "en") -> list[str]:
        """What has to be said once: about the names of a notation, and about the form of a softmax."""
        return self[0].names.said(lang)

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__


def steps(
    y: Value,
    *,
    lr: "float | Fraction | None" = None,
    params: "Iterable[Value | str] | None" = None,
    notation: "Notation | str | None" = None,
) -> Steps:
    """The two passes of y, step by step: every value, the seed, then every edge to a node that depends on more
    than constants.

    With a learning rate `lr`, a finite number above 0, and the leaves `params` a learning step follows (phase "update"):
    each of them moves against its gradient, w ← w - η · ∂J/∂w, all at once, and the last step is the value of the root
    with the new numbers, beside the change -η · ‖g‖² that the gradients predicted. The graph is left as it was. Where
    lr and all numbers are fractions, so are the new ones.

    Values come in topological order, edges in reverse, slot by slot. With a `notation` ("delta", "bishop", "murphy",
    "ng", "dY" or a Notation) the nodes of a network are called as in its course, and letters that mean something else in
    another one are pointed out; a graph without neurons keeps its names. Raises ValueError when a leaf has changed since
    the graph was built, for an unknown notation, and for parameters that are no leaves of the graph, constants, or named
    twice; TypeError and ValueError for another learning rate.

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
    >>> for step in steps(3 * (a + b * c), lr=0.1, params=[b, c])[9:]: print(step.text())
    b ← b - η · ∂J/∂b = 3 - 0.1 · 6 = 2.4
    c ← c - η · ∂J/∂c = 2 - 0.1 · 9 = 1.1
    with the new numbers J = 22.92: changed by 22.92 - 33 = -10.08; predicted -η · ‖g‖² = -0.1 · 117 = -11.7
    """
    called = NodeNames(names(y), y) if notation is None else named(names(y), y, notation)
    called.notes += softmax_notes(called)
    records = both_passes(y)
    return Steps([Step(**vars(record), names=called) for record in (*records, *learned_after(records, lr, params))])
