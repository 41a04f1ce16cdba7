"""`draw`: opens the picture of what is given: of a graph (`drawing`), or of a pass over arrays (`array_drawing`)."""

from typing import TYPE_CHECKING, Any

from autograd import Notation, Value
from autograd.explain.refusals import refuses_in_lang

from .drawing import Drawing, draw_graph
from .picture.folding import Fold

if TYPE_CHECKING:
    from .array_drawing import ArrayDrawing
    from .entry_drawing import EntryDrawing


@refuses_in_lang
def draw(
    y: Any,
    direction: str = "LR",
    partials: bool = True,
    fold: Fold = None,
    theme: str = "auto",
    engine: str = "builtin",
    digits: int | None = None,
    width: float | None = None,
    height: float | None = None,
    lang: str = "en",
    notation: "Notation | str | None" = None,
    X: Any = None,
    entry: str | None = None,
) -> "Drawing | ArrayDrawing | EntryDrawing":
    """The picture of the graph below y: values, gradients as far as they are computed, and local derivatives.

    `direction` is "LR" (left to right) or "TB" (top to bottom). `partials=False` leaves the local derivatives out.
    `fold` says which scopes are folded: True or 1 the outermost, 2 those one deeper and so on, titles these, False none.
    None draws every node as long as their numbers can be read from a slide of 1280 × 720 pixels; of a larger graph sums of
    products share a card with the function of them, then scopes are folded, from the inside out. `width` and `height` are
    the pixels into which the picture is to be fitted instead. `theme` is "light", "dark", "print" (black on white) or "auto",
    which follows the page. `engine="dot"` asks Graphviz for positions. `digits` is the number of significant digits, `lang`
    the language of the words.

    Instead of a graph, y may be a program with the examples `X`, one row for each, or a matrix view of `nn.formulas`, which has
    its own: then a card is an array, with its shape and its numbers, or their signs where the numbers could not be read, and
    with its gradient below it, written in the `notation` of a course. `direction`, `theme`, `digits`, `width`, `height` and
    `lang` are as for a graph; the others belong to graphs. With an `entry`, "delta1[2, 1]" counted from 1, the picture is what
    makes that entry: how the δ of a unit collects from the units of the layer above, the gradient of a weight from the examples.

    Raises TypeError when y is none of these, ValueError for an argument that does not exist, for a title that no scope
    has, or for fold=False on a graph too large to lay out, and RuntimeError for engine="dot" without Graphviz.

    >>> from autograd import leaves
    >>> a, b = leaves(a=2, b=3)
    >>> print(draw(a * b).text)
    forward
      1  J = a · b = 2 · 3 = 6
    backward
      2  ∂J/∂J = 1
      3  ∂J/∂a = ∂J/∂J · b = 1 · 3 = 3
      4  ∂J/∂b = ∂J/∂J · a = 1 · 2 = 2
    """
    arrays = _arrays(y)
    if arrays is not None:
        if not partials or fold is not None or engine != "builtin":
            name = "partials" if not partials else "fold" if fold is not None else "engine"
            raise ValueError(f"{name}= belongs to the drawing of a graph; a drawing of arrays does not have it")
        return arrays.draw_arrays(y, X, direction, theme, digits, width, height, lang, notation, entry)
    if entry is not None:
        raise ValueError("entry= belongs to a program or a matrix view; the numbers of a graph are drawn by nodes")
    if X is not None or notation is not None:
        raise ValueError("X= and notation= belong to a program or a matrix view; a graph has its numbers and names already")
    return draw_graph(y, direction, partials, fold, theme, engine, digits, width, height, lang)


def _arrays(y: Any) -> Any:
    """The module of arrays, where y is drawn array by array; NumPy is not loaded for a graph."""
    if isinstance(y, Value):
        return None
    from . import array_drawing
    from .picture.given_arrays import is_of_arrays

    return array_drawing if is_of_arrays(y) else None
