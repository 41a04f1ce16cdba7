"""Two misconceptions in one line: formulas of the table put together, each changing its own part of the right one.

It knows formulas only as text and tree; `misconceptions` has them, `search` tries what comes out.
"""

import ast
from functools import cache
from itertools import combinations
from typing import Any

from .misconceptions import RIGHT, formulas_for

Written = tuple[tuple[str, str], ...]  # misconceptions in a line: code, and the formula that it alone would make of the line


Tree = tuple[Any, ...]  # see `_tree`
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@"}


@cache
def pairs_for(line: str) -> tuple[tuple[Written, str], ...]:
    """What two misconceptions make of a line: their codes with the formula of each, and the formula of both.

    Those that change the same part have no formula together, nor have those that come to what one of them makes alone.

    >>> [formula for written, formula in pairs_for("dZ") if [code for code, _ in written] == ["WRONG_POINT", "MATRIX_PRODUCT"]][0]
    'dA @ slope_at_A'
    """
    right, *trees = [_tree(ast.parse(formula, mode="eval").body) for _, formula in (("", RIGHT[line]), *formulas_for(line))]
    found: dict[Tree, Written] = {}
    for (one, tree), (other, tree2) in combinations(zip(formulas_for(line), trees, strict=True), 2):
        if one[0] == other[0] or _holds(tree, ("share",)) or _holds(tree2, ("share",)):  # those are other lines, not changes of this one
            continue
        both = merged(right, tree, tree2)
        if both is not None and both not in (right, *trees):
            found.setdefault(both, (one, other))
    return tuple([(written, _text(both)) for both, written in found.items()])


def merged(right: Tree, one: Tree, other: Tree) -> Tree | None:
    """The formula that differs from the right one as both others do; None where they change the same part."""
    if right in (one, other) or one == other:
        return one if other == right else other
    for changed, more in ((one, other), (other, one)):
        if _holds(changed, right):  # the right formula with something around it: around the other one, then
            return _replaced(changed, right, more)
    for changed, more in ((one, other), (other, one)):
        if changed in right[1:] and len(right) == len(more):  # only a part of the right formula is left
            kept = more[right.index(changed)]
            return kept if kept == changed or kept not in right else None
    if not len(right) == len(one) == len(other) > 1 or right[0] not in (one[0], other[0]):
        return None
    parts = [merged(*three) for three in zip(right[1:], one[1:], other[1:], strict=True)]
    return None if None in parts else (other[0] if one[0] == right[0] else one[0], *parts)


def _tree(tree: ast.expr) -> Tree:
    """A formula as what is done, and the parts it is done with; a name or a number stands alone."""
    if isinstance(tree, ast.BinOp):
        return _SIGNS[type(tree.op)], _tree(tree.left), _tree(tree.right)
    if isinstance(tree, ast.Compare):
        return ">", _tree(tree.left), _tree(tree.comparators[0])
    if isinstance(tree, ast.Attribute):
        return ".T", _tree(tree.value)
    if isinstance(tree, ast.Call):
        return ast.unparse(tree.func), _tree(tree.args[0])
    return (ast.unparse(tree),)


def _text(tree: Tree) -> str:
    if len(tree) == 3:
        return " ".join([_operand(tree[1]), tree[0], _operand(tree[2])])
    if len(tree) == 2:
        return _operand(tree[1]) + ".T" if tree[0] == ".T" else f"{tree[0]}({_text(tree[1])})"
    return str(tree[0])


def _operand(tree: Tree) -> str:
    return f"({_text(tree)})" if len(tree) == 3 else _text(tree)


def _holds(tree: Tree, part: Tree) -> bool:
    return tree == part or any(_holds(each, part) for each in tree[1:])


def _replaced(tree: Tree, part: Tree, by: Tree) -> Tree:
    return by if tree == part else (tree[0], *(_replaced(each, part, by) for each in tree[1:]))
