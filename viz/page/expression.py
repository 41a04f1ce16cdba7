"""The expression of the root as a student would write it, in pieces, so that the page can mark the part of any node in it.

Every computed node has a formula whose operands are holes; the page puts the formula of an operand, or only its name, into
each, as far as one line has room. Formulas and their parentheses come from the writer of `autograd.explain`.
"""

from dataclasses import dataclass
from typing import Any

from autograd import Value
from autograd.explain.node_names import NodeNames
from autograd.explain.typeset import MATHML_SIGNS, Layout, as_layout, bare
from autograd.explain.written import ATOM, Operand, Written, by_letter, value_formula, write

from ..picture.lettering import harmless
from .skeletons import HOLE, told_apart


@dataclass(frozen=True)
class _Hole:
    """An operand that stands for a formula of its own: it binds as that does, and begins with a minus where that does."""

    slot: int
    stands_for: Written

    @property
    def as_written(self) -> Written:
        sign = "-" if self.stands_for.text[:1] == "-" else ""
        return Written(("name", f"{sign}{HOLE}{self.slot}"), self.stands_for.strength, self.stands_for.data)


def expression_data(called: NodeNames) -> list[list[Any] | None]:
    """The pieces of the formula of every node, None for a leaf.

    A piece is a text; [slot], or [slot, 1] where the formula of an operand takes parentheses that its name does not need;
    ["…"] for operands that are left out; {"up": pieces} for an exponent.

    >>> from autograd import leaves, names
    >>> a, b = leaves(a=2, b=3)
    >>> y = a * (b + 1)
    >>> expression_data(NodeNames(names(y), y))[-2:]
    [[[0], ' + ', [1]], [[0], ' · ', [1, 1]]]
    """
    formulas: dict[Value, Written] = {}
    found: list[list[Any] | None] = []
    for node, name in called.items():
        if not node.parents:
            is_number = as_layout(name)[0] == "number" and not node.label
            formulas[node] = Operand(name, node.data).as_written if is_number else Written(("name", "x"), ATOM, node.data)
            found.append(None)
            continue
        formulas[node] = _written(node, formulas)
        found.append(_joined(_pieces(formulas[node].layout, node)))
    return found


def _written(node: Value, formulas: dict[Value, Written]) -> Written:
    holes = [_Hole(slot, formulas[parent]) for slot, parent in enumerate(node.parents)]
    tree = value_formula(node.operation)
    if tree is not None and not told_apart(tree):
        return write(tree, by_letter(node.operation, holes))
    return Written(("call", node.operation.name, *[hole.as_written.layout for hole in holes]), ATOM, node.data)


def _pieces(layout: Layout, node: Value) -> list[Any]:
    kind, *parts = layout
    if kind == "name" and HOLE in parts[0]:
        return [[int(parts[0].partition(HOLE)[2])]]
    if kind == "sign":
        return [["…"] if parts[0] == "…" else MATHML_SIGNS.get(parts[0], parts[0])]
    if kind in ("number", "name"):
        return [harmless(parts[0].replace("-", "−"))]
    if kind == "negate":
        return ["−", *_pieces(parts[0], node)]
    if kind == "paren":
        inner = _pieces(parts[0], node)
        if len(inner) == 1 and isinstance(inner[0], list) and inner[0] != ["…"] and node.parents[inner[0][0]].parents:
            return [[*inner[0], 1]]
        return ["(", *inner, ")"]
    if kind == "power":
        return [*_pieces(parts[0], node), {"up": _joined(_pieces(bare(parts[1]), node))}]
    if kind == "call":
        return [f"{harmless(parts[0])}(", *_between(parts[1:], ", ", node), ")"]
    return _between(parts, {"row": " ", "list": ", ", "frac": " / "}[kind], node)


def _between(parts: list[Layout], sign: str, node: Value) -> list[Any]:
    return [piece for k, part in enumerate(parts) for piece in (*([sign] if k else []), *_pieces(part, node))]


def _joined(pieces: list[Any]) -> list[Any]:
    """The same with texts that stand beside each other as one."""
    joined: list[Any] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined
