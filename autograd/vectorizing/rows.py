"""Row by row: a graph in which hardly two nodes are alike, as plain Python on floats, one example after the other.

For few examples that takes less time than a NumPy call for every node. Where floats raise, or end in something that is
not finite, whoever calls asks the careful program instead.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy

from ..engine.dialects import FLOATS, Tree
from ..engine.operations import TABLE
from ..engine.specialised import names as written_names
from .arrays import tree_of
from .grouping import Group
from .scalars import CONST, INPUT, PARAM, Scalars

MANY_GROUPS, FEW_EXAMPLES = 200, 4


def is_better(groups: Sequence[Group], examples: int) -> bool:
    """Whether so few nodes are alike, in so large a graph, that so few examples are done sooner one by one."""
    return examples <= FEW_EXAMPLES and len(groups) > MANY_GROUPS and 2 * len(groups) > sum([len(group.members) for group in groups])


def value_and_grad(scalars: Scalars, root: int) -> Callable[..., Any]:
    """A function of the parameters and the rows of X, as lists: the sum of the values, and the list of its derivatives."""
    lines = _forward(scalars)
    columns = [i for i, op in enumerate(scalars.op) if op == INPUT]
    parameters = [i for i, op in enumerate(scalars.op) if op == PARAM]
    body = [*[f"v{i} = row[{scalars.data[i]}]" for i in columns], *lines, f"total += {_variable(scalars, root)}", *_backward(scalars, root)]
    text = ["def run(p, rows, gradient):", "    total = 0.0"]
    text += [f"    v{i} = p[{scalars.data[i]}]; g{i} = 0.0" for i in parameters]
    text += ["    for row in rows:", *[f"        {line}" for line in body]]
    text += [*[f"    gradient[{scalars.data[i]}] = g{i}" for i in parameters], "    return total"]
    made = {**written_names, **{name: entry.function for name, entry in TABLE.items() if name not in written_names}}
    exec("\n".join(text), made)
    return made["run"]


def _named(tree: Tree, names: dict[str, str]) -> Tree:
    """The formula with other names for its operands."""
    if tree[0] == "name":
        return ("name", names.get(tree[1], tree[1]))
    return tuple([_named(part, names) if isinstance(part, tuple) else part for part in tree])


def _variable(scalars: Scalars, i: int) -> str:
    if scalars.op[i] != CONST:
        return f"v{i}"
    c = scalars.data[i]
    return f"({c!r})" if c - c == 0 else f"float('{c!r}')"


def _names(scalars: Scalars, i: int) -> dict[str, str]:
    variables = [_variable(scalars, a) for a in scalars.args[i]]
    return {**dict(zip("abc", variables, strict=False)), "y": f"v{i}"}


def _elements(scalars: Scalars, i: int) -> list[dict[str, str]]:
    """What stands for a[i] and b[i] in the formulas of an n-ary operation, for each i."""
    operation = TABLE[scalars.op[i]]
    rows = operation.arguments([_variable(scalars, a) for a in scalars.args[i]])
    return [dict(zip(("a[i]", "b[i]"), pair, strict=False)) for pair in zip(*rows, strict=True)]


def _without_lists(tree: Tree, elements: list[dict[str, str]], lets: dict[str, str]) -> Tree:
    """The formula with a name for every sum, max and min over i; `lets` maps what they are to their names."""
    if tree[:1] == ("call",) and tree[1] in ("sum", "max", "min"):
        inner = _without_lists(tree[2], elements, lets)
        text = f"{tree[1]}([{', '.join([FLOATS.write(_named(inner, each), {}) for each in elements])}])"
        return ("name", lets.setdefault(text, f"r{len(lets)}"))
    return tuple([_without_lists(part, elements, lets) if isinstance(part, tuple) else part for part in tree])


def _formulas(scalars: Scalars, i: int, texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Formulas of a node's operation as Python: the lines before, and an expression for each; for each operand if it is n-ary."""
    names = _names(scalars, i)
    if not TABLE[scalars.op[i]].is_nary:
        return [], [f"({FLOATS.write(_named(tree_of(text), names), {})})" for text in texts]
    elements, lets = _elements(scalars, i), {}  # type: ignore[var-annotated]
    trees = [_without_lists(tree_of(text), elements, lets) for text in texts]
    found = [f"({FLOATS.write(_named(tree, {'y': f'v{i}', **each}), {})})" for tree in trees for each in elements]
    return [f"{name} = {_with_y(text, i)}" for text, name in lets.items()], found


def _with_y(text: str, i: int) -> str:
    return re.sub(r"\by\b", f"v{i}", text)


def _forward(scalars: Scalars) -> list[str]:
    lines = []
    for i, op in enumerate(scalars.op):
        if op not in (CONST, PARAM, INPUT):
            before, texts = _formulas(scalars, i, [TABLE[op].value])
            lines += [*before, f"v{i} = {texts[0]}"]
    return lines


def _backward(scalars: Scalars, root: int) -> list[str]:
    """Adds to g of a parameter; the g of another node begins anew in each example."""
    needed = [False] * len(scalars.op)
    for i, op in enumerate(scalars.op):
        needed[i] = op == PARAM or any(needed[a] for a in scalars.args[i])
    begun = {i for i, op in enumerate(scalars.op) if op == PARAM}
    lines = [f"g{root} {'+=' if root in begun else '='} 1.0"]
    begun.add(root)
    for i in reversed(range(len(scalars.op))):
        operation = TABLE.get(scalars.op[i])
        if operation is None or i not in begun or not needed[i]:
            continue
        before, partials = _formulas(scalars, i, operation.partials)
        lines += before
        for a, partial in zip(scalars.args[i], partials, strict=True):
            if needed[a]:
                term = f"g{i}" if partial == "1.0" else f"-g{i}" if partial == "(-1.0)" else f"g{i} * {partial}"
                lines.append(f"g{a} {'+=' if a in begun else '='} {term}")
                begun.add(a)
    return lines


def called(run: Callable[..., Any], parameters: Any, X: Any) -> tuple[float, Any] | None:
    """The mean value and its gradient; None where the floats raise."""
    gradient = [0.0] * len(parameters)
    try:
        total = run(parameters.tolist(), X.tolist(), gradient)
    except (ArithmeticError, ValueError):
        return None
    return float(total / len(X)), numpy.array(gradient, dtype=parameters.dtype) / len(X)
