"""Formulas with holes for names and numbers, one for each branch: so the page writes none itself.

A skeleton is a layout of `autograd.explain.typeset` in which ("hole", which) stands for an operand, by its place, for the
result "y", or for the number of "ties", and ("held", layout, needs) for what takes parentheses in some cases: "n" where it
begins with a minus, "f" where it is a fraction. All of this is decided by the writer of formulas of `autograd.explain`.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice, product
from math import nan

from autograd.engine.dialects import OVER_ALL, Reader, Tree, formula, parts_of
from autograd.engine.operations import Operation
from autograd.explain.typeset import Layout
from autograd.explain.written import SIGN, Operand, at_slot, by_letter, letter_at, shortened, unsigned, value_formula, write

MOST = 64  # branches of one formula that the page knows; a formula of more is written as a call
HOLE = "\ue000"  # begins the text of a hole, while a formula is being written
TIES = ("name", "ties")  # stands for sum(a[i] == y)


# --- branches ------------------------------------------------------------------------------------------------------


def _is_share(tree: Tree) -> bool:
    """Whether a formula divides by the number of operands that tie, which is left out where it is 1."""
    return tree[0] == "/" and tree[2][:2] == ("call", "sum") and tree[2][2][0] == "=="


def branches(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """A formula by the branches of its where(): a text of 1 (the condition holds) and 0, and what is left of the formula.

    >>> [(path, left[0]) for path, left in branches(formula("where(a > 0, a * b, where(a < b, 0, -a))"))]
    [('1', '*'), ('01', 'number'), ('00', 'negate')]
    """
    kind, *parts = tree
    if tree[:2] == ("call", "where"):
        for taken, part in (("1", tree[3]), ("0", tree[4])):
            yield from ((taken + path, left) for path, left in branches(part))
    elif _is_share(tree):
        for path, left in branches(parts[0]):
            yield path + "1", left
            yield path + "0", ("/", left, TIES)
    elif kind in ("number", "name") or tree[1] in OVER_ALL:
        yield "", tree
    else:
        head, inside = (tree[:2], tree[2:]) if kind == "call" else (tree[:1], tree[1:])
        for found in product(*[list(branches(part)) for part in inside]):
            yield "".join([path for path, _ in found]), (*head, *[left for _, left in found])


def branch_taken(tree: Tree, holds: Callable[[Tree], bool]) -> str:
    """The branch of a formula that is taken where the conditions hold that `holds` says."""
    kind, *parts = tree
    if tree[:2] == ("call", "where"):
        condition, one, other = tree[2:]
        return "1" + branch_taken(one, holds) if holds(condition) else "0" + branch_taken(other, holds)
    if _is_share(tree):
        return branch_taken(parts[0], holds) + ("1" if holds(("==", parts[1], ("number", 1))) else "0")
    if kind in ("number", "name") or tree[1] in OVER_ALL:
        return ""
    return "".join([branch_taken(part, holds) for part in parts if isinstance(part, tuple)])


def told_apart(tree: Tree) -> bool:
    """Whether a formula has more than one branch."""
    return any(part[:2] == ("call", "where") or _is_share(part) for part in parts_of(tree))


class Choices(Reader[list[str]]):
    """Reads a formula as JavaScript expressions that together spell the branch that is taken, as `branches` names it."""

    def __init__(self, condition: Callable[[Tree], str]):
        self.condition = condition

    def read(self, tree: Tree) -> list[str]:
        if _is_share(tree):
            return self.read(tree[1]) + self.where(("==", tree[2], ("number", 1)), ("number", 1), ("number", 0))
        return super().read(tree)

    def number(self, number: int) -> list[str]:
        return []

    def name(self, name: str) -> list[str]:
        return []

    def negate(self, part: list[str]) -> list[str]:
        return part

    def operator(self, sign: str, left: list[str], right: list[str]) -> list[str]:
        return left + right

    def call(self, name: str, arguments: list[list[str]]) -> list[str]:
        return [text for part in arguments for text in part]

    def where(self, condition: Tree, one: Tree, other: Tree) -> list[str]:
        taken, not_taken = (" + ".join(['"1"', *self.read(one)]), " + ".join(['"0"', *self.read(other)]))
        return [f"({self.condition(condition)} ? {taken} : {not_taken})"]

    def over(self, name: str, each: Tree) -> list[str]:
        return []


# --- holes ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)  # a sum of many asks for the same ones once for every operand
def _probes(which: "tuple[int | str, ...]") -> list[list[Operand]]:
    """The operands of holes as names, as negative numbers and as fractions: so it shows which take parentheses where."""
    return [
        [Operand(f"{HOLE}{each}", nan) for each in which],
        [Operand(f"-{HOLE}{each}", nan) for each in which],
        [Operand(f"{k}/77", nan) for k, _ in enumerate(which)],
    ]


def _merged(plain: Layout, negative: Layout, fraction: Layout) -> Layout:
    """The skeleton that three writings of one formula agree on, but for parentheses that some numbers need."""
    if plain[0] != "paren" and "paren" in (negative[0], fraction[0]):
        bare = [one[1] if one[0] == "paren" else one for one in (negative, fraction)]
        return ("held", _merged(plain, bare[0], bare[1]), "n" * (negative[0] == "paren") + "f" * (fraction[0] == "paren"))
    if plain[0] == "name" and plain[1].startswith(HOLE):
        which = plain[1].removeprefix(HOLE)
        return ("hole", int(which) if which.isdecimal() else which)
    if plain[0] in ("name", "number", "sign"):
        return plain
    parts = zip(plain, negative, fraction, strict=True)
    return tuple([_merged(*each) if isinstance(each[0], tuple) else each[0] for each in parts])


def skeleton(which: Sequence["int | str"], written: Callable[[list[Operand]], Layout]) -> Layout:
    """What is `written` of some operands, with holes for them."""
    return _merged(*[written(operands) for operands in _probes(tuple(which))])


def _by_branch(tree: Tree, which: Sequence["int | str"], laid_out: Callable[[Tree, list[Operand]], Layout]) -> dict[str, Layout]:
    """The skeletons of a formula by branch, none where there are too many."""
    found = list(islice(branches(tree), MOST + 1))
    return {path: skeleton(which, partial(laid_out, left)) for path, left in found if len(found) <= MOST}


def call_skeleton(operation: Operation, count: int) -> Layout:
    """An operation called by its name, with `count` operands."""
    return skeleton(range(count), lambda operands: ("call", operation.name, *shortened([each.layout for each in operands])))


def value_skeletons(operation: Operation, count: int, defined: bool = False) -> dict[str, Layout]:
    """The formula of the value with `count` operands, by branch, none where an operation is shown by its name; `defined`:
    of such a one, too."""
    tree = formula(operation.value) if defined else value_formula(operation)
    if tree is None:
        return {}
    return _by_branch(tree, range(count), lambda left, operands: write(left, by_letter(operation, operands)).layout)


def partial_skeletons(operation: Operation, count: int, slot: int) -> dict[str, Layout]:
    """The local derivative for the operand in a slot, as a factor of a product, by branch."""
    which: list[int | str] = [*range(count), "y", "ties"]

    def laid_out(left: Tree, operands: list[Operand]) -> Layout:
        *items, y, ties = operands
        return unsigned(write(left, {**at_slot(operation, items, slot), "y": y, "ties": ties}), SIGN)

    letter, _ = letter_at(operation, slot, count)
    return _by_branch(formula(operation.partials[letter]), which, laid_out)
