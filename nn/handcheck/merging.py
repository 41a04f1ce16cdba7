"""Two misconceptions in one line: formulas of the table put together, each changing its own part of the right one.

It knows formulas only as text and tree; `misconceptions` has them, `search` tries what comes out.
"""

import ast
import re
from functools import cache
from itertools import combinations

from .misconceptions import RIGHT, formulas_for

Written = tuple[tuple[str, str], ...]  # misconceptions in a line: code, and the formula that it alone would make of the line


@cache
def pairs_for(line: str) -> tuple[tuple[Written, str], ...]:
    """What two misconceptions make of a line: their codes with the formula of each, and the formula of both.

    Those that change the same part have no formula together, nor have those that come to what one of them makes alone.

    >>> [formula for written, formula in pairs_for("dZ") if [code for code, _ in written] == ["WRONG_POINT", "MATRIX_PRODUCT"]][0]
    'dA @ slope_at_A'
    """
    right = _tree(RIGHT[line])
    found: dict[str, Written] = {}
    alone = {ast.unparse(_tree(formula)) for _, formula in (("", RIGHT[line]), *formulas_for(line))}
    changes = [
        each for each in formulas_for(line) if not re.search(r"\bshare\b", each[1])
    ]  # those are other lines, not changes of this one
    for one, other in combinations(changes, 2):
        both = merged(right, _tree(one[1]), _tree(other[1])) if one[0] != other[0] else None
        text = ast.unparse(both) if both is not None else ""
        if text and text not in alone:
            found.setdefault(text, (one, other))
    return tuple([(written, text) for text, written in found.items()])


def merged(right: ast.expr, one: ast.expr, other: ast.expr) -> ast.expr | None:
    """The formula that differs from the right one as both others do; None where they change the same part."""
    if _same(one, right) or _same(one, other):
        return other
    if _same(other, right):
        return one
    for changed, more in ((one, other), (other, one)):
        if _holds(changed, right):  # the right formula with something around it: around the other one, then
            return _replaced(changed, right, more)
    for changed, more in ((one, other), (other, one)):
        for part, kept in zip(_parts(right), _parts(more), strict=False):
            if _same(changed, part) and len(_parts(right)) == len(_parts(more)):  # only a part of the right formula is left
                return kept
    if type(one) is type(other) is type(right) and len(_parts(one)) == len(_parts(other)) == len(_parts(right)):
        heads = [_head(tree) for tree in (right, one, other)]
        if heads[0] not in heads[1:]:
            return None
        parts = [merged(*three) for three in zip(_parts(right), _parts(one), _parts(other), strict=True)]
        return None if None in parts else _with_parts(other if heads[1] == heads[0] else one, parts)  # type: ignore[arg-type]
    return None


def _tree(formula: str) -> ast.expr:
    return ast.parse(formula, mode="eval").body


def _same(one: ast.AST, other: ast.AST) -> bool:
    return ast.dump(one) == ast.dump(other)


def _holds(tree: ast.expr, part: ast.expr) -> bool:
    return any(_same(each, part) for each in ast.walk(tree))


def _parts(tree: ast.expr) -> list[ast.expr]:
    if isinstance(tree, ast.BinOp):
        return [tree.left, tree.right]
    if isinstance(tree, ast.Attribute):
        return [tree.value]
    return tree.args if isinstance(tree, ast.Call) else []


def _head(tree: ast.expr) -> str:
    """What a formula does with its parts."""
    return ast.dump(tree.op if isinstance(tree, ast.BinOp) else tree.func if isinstance(tree, ast.Call) else ast.Constant(
        tree.attr) if isinstance(tree, ast.Attribute) else tree)  # fmt: skip


def _with_parts(tree: ast.expr, parts: list[ast.expr]) -> ast.expr:
    if isinstance(tree, ast.BinOp):
        return ast.BinOp(parts[0], tree.op, parts[1])
    if isinstance(tree, ast.Attribute):
        return ast.Attribute(parts[0], tree.attr, ast.Load())
    return ast.Call(tree.func, parts, []) if isinstance(tree, ast.Call) else tree


def _replaced(tree: ast.expr, part: ast.expr, by: ast.expr) -> ast.expr:
    return by if _same(tree, part) else _with_parts(tree, [_replaced(each, part, by) for each in _parts(tree)])
