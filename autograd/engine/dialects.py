"""Formulas as trees, and the dialects that write one formula for different readers.

A formula is a text in the grammar of `grammar`; here it becomes a tree, and the tree becomes Python for floats,
Python for exact fractions, Python for Values, or NumPy. Another reader is another `Dialect`.
"""

from collections.abc import Iterable
from typing import Any

from .grammar import postfix, tokenize

Tree = tuple[Any, ...]  # ("number", 2), ("name", "a"), ("call", "exp", tree, …), ("negate", tree), ("+", tree, tree)


def formula(text: str) -> Tree:
    """A formula as a tree.

    >>> formula("-y / b")
    ('/', ('negate', ('name', 'y')), ('name', 'b'))
    """
    stack: list[Tree] = []
    for item in postfix(tokenize(text)):
        operands = [stack.pop() for _ in range(item.takes)][::-1]
        if item.kind == "number":
            if not item.text.removeprefix("-").isdecimal():
                raise ValueError(f"a formula has whole numbers only, not {item.text}; write a quotient such as 1 / 2")
            stack.append(("number", int(item.text)))
        elif item.kind in ("name", "call"):
            stack.append((item.kind, item.text, *operands))
        else:
            stack.append((item.kind, *operands))
    return stack.pop()


def names_in(tree: Tree) -> set[str]:
    """The names of operands that a formula reads."""
    if tree[0] == "name":
        return {tree[1]}
    return set().union(*(names_in(part) for part in tree[1:] if isinstance(part, tuple)))


def calls_in(tree: Tree) -> list[tuple[str, int]]:
    """The functions that a formula calls, each with its number of arguments.

    >>> calls_in(formula("where(a > 0, exp(a), 1)"))
    [('where', 3), ('exp', 1)]
    """
    inside = [call for part in tree[1:] if isinstance(part, tuple) for call in calls_in(part)]
    return [(tree[1], len(tree) - 2), *inside] if tree[0] == "call" else inside


class Dialect:
    """How one reader has a formula written: a pattern for each construct; what has none is written as in Python."""

    def __init__(self, **patterns: str):
        self.patterns = patterns

    def write(self, tree: Tree, lets: dict[str, str]) -> str:
        """The formula as an expression. Sums, maxima and minima over i go to `lets` (text → local name), innermost first."""
        kind, *parts = tree
        if kind == "number":
            text = self.patterns["number"].format(parts[0])
            return text if parts[0] >= 0 else f"({text})"
        if kind == "name":
            return str(parts[0]).replace("[i]", self.patterns["item"])
        if kind == "call":
            name, *parts = parts
            texts = [self.write(part, lets) for part in parts]
            if name in ("sum", "max", "min"):
                text = self.patterns["reduce"].format(name, *texts, each=each(names_in(parts[0])))
                return lets.setdefault(text, f"r{len(lets)}")
            return self.patterns.get(name, f"{name}({', '.join(['{}'] * len(texts))})").format(*texts)
        texts = [self.write(part, lets) for part in parts]
        if kind == "negate":
            return f"(-{texts[0]})"
        if kind == "**" and parts[1][0] == "number":
            return self.patterns.get("power of a number", "({} ** {})").format(texts[0], parts[1][1])
        return self.patterns.get(kind, "({} " + kind + " {})").format(*texts)


def each(names: Iterable[str]) -> str:
    """The clause that runs over the lists among `names`: "for a_i, b_i in zip(a, b)"."""
    lists = sorted(name[0] for name in names if name.endswith("[i]"))
    items = ", ".join(f"{name}_i" for name in lists)
    return f"for {items} in zip({', '.join(lists)})" if len(lists) > 1 else f"for {items} in {lists[0]}" if lists else ""


_python = {"item": "_i", "reduce": "{0}([{1} {each}])", "where": "({1} if {0} else {2})"}
FLOATS = Dialect(number="{}.0", **{**_python, "**": "power({}, {})"})  # fast; may raise where IEEE has inf or nan
NUMBERS = Dialect(number="{}", **{**_python, "/": "divide({}, {})", "**": "power({}, {})", "power of a number": "power({}, {})"})
VALUES = Dialect(number="{}", **{**_python, "==": "equal({}, {})"})
ARRAYS = Dialect(number="{}.0", item="", reduce="{0}({1}, axis=-1, keepdims=True)")
