"""`step`: opens the step-through of what is given: of a graph (`stepper`), or of a pass over arrays (`arrays`)."""

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from autograd import Notation, Value
from autograd.explain.refusals import refuses_in_lang

from .stepper import Stepper, step_graph

if TYPE_CHECKING:
    from .arrays import ArrayStepper


@refuses_in_lang
def step(
    y: Any,
    ask: "bool | str" = False,
    wrt: "Value | str | None" = None,
    at: int | None = None,
    digits: int | None = None,
    lang: str = "en",
    notation: "Notation | str | None" = None,
    lr: "float | Fraction | None" = None,
    params: "Iterable[Value | str] | None" = None,
    as_if: "str | tuple[str, Any] | None" = None,
    theme: str = "auto",
    X: Any = None,
) -> "Stepper | ArrayStepper":
    """The step-through of the graph below y: forward and backward, one number at a time, in a notebook or as a page.

    `ask` lets the reader predict each number before it is shown: True, or only those of one pass, "forward" or
    "backward"; "locals" asks for the local derivative first and then for the contribution; "vote" offers four
    options, of which three are what the likeliest mistakes give; "blank" leaves all cards empty, to be filled in any order
    and checked at once; "order" asks which node may go next, in both passes. `wrt` goes only through the steps that matter
    for one node. `at` is the step to open at, 0 for the start. `digits` is the number of significant digits, `lang` the
    language, such as "es", and `notation` the notation of a course for a network. With a learning rate `lr` and the leaves `params`
    it goes on with a learning step, as `steps` does, and the page with round after round of them. `as_if` is the code of a misconception, such
    as "NO_LOCAL", or the pair of a code and a place (a node, the pair of the two nodes of an edge, an operation or a
    scope): beside every right number the page shows, behind a ✗, what it would be with this mistake. `theme` is "auto" (as the
    page around it), "light", "dark", or "print" for slides in black and white.

    Instead of a graph, y may be a program with the examples `X`, one row for each, or a matrix view of `nn.formulas`, which has
    its own: then a step is an array of the forward and backward pass. `ask` is True, "shapes" or "entries"; `at`, `digits`,
    `lang`, `notation` and `theme` are as for a graph.

    Raises TypeError when y is none of these, and ValueError for a stale graph, for one of more than 5,000 nodes, and for an
    argument that does not exist.

    >>> from autograd import leaves
    >>> a, b = leaves(a=2, b=3)
    >>> print(step(a * b, wrt=b))
    forward
      1  J = a · b = 2 · 3 = 6
    backward
      2  ∂J/∂J = 1
      3  ∂J/∂b = ∂J/∂J · a = 1 · 2 = 2
    """
    arrays = _arrays(y)
    if arrays is not None:
        given = {"wrt": wrt, "lr": lr, "params": params, "as_if": as_if}
        if refused := [name for name, value in given.items() if value is not None]:
            raise ValueError(f"{refused[0]}= belongs to the step-through of a graph; a step-through of arrays does not have it")
        return arrays.step_arrays(y, X, ask, at, digits, lang, notation, theme)
    if X is not None:
        raise ValueError("X= are the examples of a program; a graph has its numbers already")
    return step_graph(y, ask, wrt, at, digits, lang, notation, lr, params, as_if, theme)


def _arrays(y: Any) -> Any:
    """The module of arrays, where y is stepped through array by array; NumPy is not loaded for a graph."""
    if isinstance(y, Value):
        return None
    from ..picture.given_arrays import is_of_arrays
    from . import arrays

    return arrays if is_of_arrays(y) else None
