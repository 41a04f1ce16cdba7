"""Units: nodes that a lecture draws as one, a sum of products with the function of it, as groups to fold.

It sees nodes as numbers in topological order, as `folding` does.
"""

from collections.abc import Sequence
from dataclasses import replace

from .scopes import WHOLE, Scope

LINEAR, FUNCTION, GIVEN = "linear", "function", "given"  # kinds of nodes that units are made of
NAMED = "unit "  # before the number of its last node, in the path of a unit


def with_units(
    groups: Sequence[Scope], home: Sequence[int], parents: Sequence[Sequence[int]], kinds: Sequence[str]
) -> tuple[list[Scope], list[int]]:
    """The groups with one more, folded, for each unit, and the innermost group of every node.

    `kinds` says of each node whether it is linear (a sum, a product), a function of one operand, or given. A unit is a
    function, or a sum, with all the linear nodes below it that nothing else uses, and with what is given to it alone. A
    scope in which nothing is left but one unit gives way to it. What lies in a folded group stays there.
    """
    kinds = ["" if at != WHOLE and groups[at].folded else kind for kind, at in zip(kinds, home, strict=True)]
    unit_of = _units(home, parents, kinds)
    inside: dict[int, list[int]] = {}
    for node, out in enumerate(unit_of):
        inside.setdefault(out, []).append(node)
    inside = {out: nodes for out, nodes in inside.items() if sum([kinds[node] != GIVEN for node in nodes]) > 1}
    found, at = list(groups), list(home)
    for out, nodes in inside.items():
        found.append(Scope((f"{NAMED}{out}",), home[out], True, "unit"))
        for node in nodes:
            at[node] = len(found) - 1
    return _without_hulls(found, at)


def last_of(group: Scope) -> int:
    """The last node of a unit, by which it is called."""
    return int(group.path[-1].removeprefix(NAMED))


def _units(home: Sequence[int], parents: Sequence[Sequence[int]], kinds: Sequence[str]) -> list[int]:
    """For every node the last node of its unit, itself where it is in none."""
    uses: list[set[int]] = [set() for _ in parents]
    for node, row in enumerate(parents):
        for parent in row:
            uses[parent].add(node)
    out = list(range(len(parents)))
    for node in range(len(parents) - 1, -1, -1):
        if len(uses[node]) != 1:
            continue
        (user,) = uses[node]
        joins = kinds[node] == LINEAR and kinds[user] in (LINEAR, FUNCTION) and home[node] == home[user]
        if joins or (kinds[node] == GIVEN and kinds[user] in (LINEAR, FUNCTION)):
            out[node] = out[user]
    return out


def _without_hulls(groups: Sequence[Scope], home: Sequence[int]) -> tuple[list[Scope], list[int]]:
    """The groups without those that hold nothing but one unit."""
    held: dict[int, list[int]] = {g: [] for g in range(len(groups))}
    for g, group in enumerate(groups):
        if group.parent != WHOLE:
            held[group.parent].append(g)
    loose = set(home)
    hulls: set[int] = set()
    for g in range(len(groups) - 1, -1, -1):
        if groups[g].kind == "scope" and g not in loose and len(held[g]) == 1:
            inner = held[g][0]
            if groups[inner].kind == "unit" or inner in hulls:
                hulls.add(g)
    number: dict[int, int] = {WHOLE: WHOLE}
    found: list[Scope] = []
    for g, group in enumerate(groups):
        if g in hulls:
            number[g] = number[group.parent]
        else:
            number[g] = len(found)
            found.append(replace(group, parent=number[group.parent]))
    return found, [number[at] for at in home]
