"""Do the shapes fit? A matrix formula is read, and the shape of every part worked out, until one does not fit.

The text is parsed, never evaluated. A product binds as on the blackboard and in NumPy: from left to right, the matrix
product no more tightly than ⊙ (so that a missing pair of parentheses shows).
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from autograd.quoting import quoted

Shape = tuple[int, int]
SIGNS = {"·": "@", "⊙": "*", "ᵀ": ".T", "′": "_prime", "×": "*", "−": "-"}


@dataclass(frozen=True)
class Shapes:
    """The parts of a formula with their shapes, innermost first; `problem` says what does not fit, or is ""."""

    parts: tuple[tuple[str, Shape], ...]
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything fits."""
        return not self.problem

    @property
    def shape(self) -> Shape | None:
        """The shape of the whole, or None if it has none."""
        return self.parts[-1][1] if self.ok else None

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        lines = [f"{text}: {_text(shape)}" for text, shape in self.parts]
        return "\n".join([*lines, self.problem] if self.problem else lines)

    __repr__ = __str__


class _Misfit(Exception):
    """A product or sum whose shapes do not fit."""


def _text(shape: Shape) -> str:
    return f"{shape[0]} × {shape[1]}"


def shapes(formula: str, **given: Shape) -> Shapes:
    """The shape of a matrix formula and of all its parts, or what does not fit and whether a transpose would mend it.

    In the formula `·` (or @) is the matrix product, `⊙` (or *) the product entry by entry, `ᵀ` (or .T) the transpose;
    + and - add. `given` maps the names to shapes (rows, columns); a column vector has one column. A 1 × 1 factor scales.
    Raises ValueError for a formula that cannot be read, and for names without a shape.

    >>> shapes("Wᵀ·(dY⊙g)", W=(3, 2), dY=(3, 1), g=(3, 1)).shape
    (2, 1)
    >>> print(shapes("W·(dY⊙g)", W=(3, 2), dY=(3, 1), g=(3, 1)))
    W: 3 × 2
    dY: 3 × 1
    g: 3 × 1
    dY ⊙ g: 3 × 1
    W · (dY ⊙ g) does not fit: 3 × 2 times 3 × 1 needs 2 rows on the right; Wᵀ · (dY ⊙ g) would fit and be 2 × 1
    """
    text = formula
    for sign, plain in SIGNS.items():
        text = text.replace(sign, plain)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f'"{formula}" cannot be read as a formula of matrices; write for example "Wᵀ·(dY⊙g)"') from None
    parts: dict[str, Shape] = {}
    known = {name: _checked(name, shape) for name, shape in given.items()}
    try:
        _walk(tree, known, parts)
    except _Misfit as problem:
        return Shapes(tuple(parts.items()), str(problem))
    return Shapes(tuple(parts.items()))


def _checked(name: str, shape: object) -> Shape:
    if not isinstance(shape, (tuple, list)) or len(shape) != 2 or not all(isinstance(k, int) and k > 0 for k in shape):
        raise ValueError(
            f"the shape of {name} is a pair (rows, columns) of whole numbers, not {quoted(shape)}; a column vector has one column"
        )
    return shape[0], shape[1]


def _walk(tree: ast.expr, given: Mapping[str, Shape], parts: dict[str, Shape]) -> tuple[str, Shape]:
    """The text and shape of a part; every part that is met is entered in `parts`."""
    if isinstance(tree, ast.Name):
        name = tree.id.replace("_prime", "′")
        if name not in given and tree.id not in given:
            raise ValueError(f"{name} has no shape; give it one, such as {name}=(3, 2)")
        text, shape = name, given[name] if name in given else given[tree.id]
    elif isinstance(tree, ast.Constant) and isinstance(tree.value, (int, float)):
        return str(tree.value), (1, 1)
    elif isinstance(tree, ast.Attribute) and tree.attr == "T":
        inner, (rows, columns) = _walk(tree.value, given, parts)
        text, shape = f"{_held(inner)}ᵀ", (columns, rows)
    elif isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        inner, shape = _walk(tree.operand, given, parts)
        text = f"-{_held(inner)}"
    elif isinstance(tree, ast.BinOp) and type(tree.op) in _OPERATORS:
        left, right = _walk(tree.left, given, parts), _walk(tree.right, given, parts)
        sign = _OPERATORS[type(tree.op)]
        right_text = _held(right[0]) if isinstance(tree.right, ast.BinOp) else right[0]
        left_text = (
            f"({left[0]})"
            if isinstance(tree.left, ast.BinOp) and isinstance(tree.left.op, (ast.Add, ast.Sub)) and sign in "·⊙"
            else left[0]
        )
        text, shape = f"{left_text} {sign} {right_text}", _combined(sign, left, right, f"{left_text} {sign} {right_text}")
    else:
        raise ValueError(f'"{ast.unparse(tree)}" has no place in a formula of matrices; use names, ·, ⊙, ᵀ, + and -')
    parts[text] = shape
    return text, shape


_OPERATORS: dict[type, str] = {ast.MatMult: "·", ast.Mult: "⊙", ast.Add: "+", ast.Sub: "-"}


def _held(text: str) -> str:
    return f"({text})" if " " in text else text


def _combined(sign: str, left: tuple[str, Shape], right: tuple[str, Shape], whole: str) -> Shape:
    (_, a), (_, b) = left, right
    if (1, 1) in (a, b) and sign in "·⊙":
        return b if a == (1, 1) else a
    if sign == "·":
        if a[1] == b[0]:
            return a[0], b[1]
        mend = next((f"; {text} would fit and be {_text(shape)}" for text, shape in _transposed(left, right) if shape), "")
        raise _Misfit(f"{whole} does not fit: {_text(a)} times {_text(b)} needs {a[1]} row{'s' * (a[1] > 1)} on the right{mend}")
    if a == b:
        return a
    if sign in "+-" and a[0] == b[0] and 1 in (a[1], b[1]):  # a bias, added to every column
        return a[0], max(a[1], b[1])
    mend = f"; with {_held(right[0])}ᵀ it would" if a == b[::-1] else ""
    raise _Misfit(f"{whole} does not fit: {_text(a)} and {_text(b)} are not the same shape{mend}")


def _transposed(left: tuple[str, Shape], right: tuple[str, Shape]) -> list[tuple[str, Shape | None]]:
    """The product with one factor transposed, with its shape if it fits."""
    (l_text, a), (r_text, b) = left, right
    return [
        (f"{_held(l_text)}ᵀ · {_held(r_text)}", (a[1], b[1]) if a[0] == b[0] else None),
        (f"{_held(l_text)} · {_held(r_text)}ᵀ", (a[0], b[0]) if a[1] == b[1] else None),
    ]
