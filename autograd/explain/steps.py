"""`steps`: both passes of a graph as a sequence of `Step`s, which can say themselves in words and in equations."""

from dataclasses import dataclass, field
from typing import Any

from ..engine.names import names
from ..engine.value import Value
from ..reading.passes import StepRecord, both_passes
from .languages import fill
from .node_names import NodeNames
from .notation import Notation
from .roles import named
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
    """The two passes of y, step by step: every value, the seed, then every edge to a node that depends on more than constants.

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
    called = NodeNames(names(y), y) if notation is None else named(names(y), y, notation)
    return Steps([Step(**vars(record), names=called) for record in both_passes(y)])
