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
    return _folded(groups, home, kinds, _units(home, parents, kinds, [False] * len(kinds)))


def with_units_and_ends(
    groups: Sequence[Scope],
    home: Sequence[int],
    parents: Sequence[Sequence[int]],
    kinds: Sequence[str],
    trained: Sequence[bool],
    ends: Sequence[bool],
) -> tuple[list[Scope], list[int]]:
    """As `with_units`, for an overview: what is computed from the units without parameters of its own, such as an error or a
    loss, shares a card, too. `trained` says of each node whether it is a parameter, `ends` whether a card has to end there: a sum
    that has to is a unit of its own, but for the function of it.
    """
    kinds = ["" if at != WHOLE and groups[at].folded else kind for kind, at in zip(kinds, home, strict=True)]
    unit_of = _units(home, parents, kinds, ends)
    neurons = {unit_of[node] for node, row in enumerate(parents) if kinds[node] == LINEAR and any(trained[parent] for parent in row)}
    if neurons:
        _gather_ends(unit_of, neurons, home, parents, ends)
    return _folded(groups, home, kinds, unit_of)


def _gather_ends(
    unit_of: list[int], neurons: set[int], home: Sequence[int], parents: Sequence[Sequence[int]], ends: Sequence[bool]
) -> None:
    """Gives every node outside of `neurons` to the card of its consumers, where that is one and none of these neurons."""
    uses: list[set[int]] = [set() for _ in parents]  # the cards that take from a node
    for node in range(len(parents) - 1, -1, -1):
        if unit_of[node] not in neurons:
            unit_of[node] = node
            if len(uses[node]) == 1 and not (ends[node] and parents[node]):
                (card,) = uses[node]
                if card not in neurons and (not parents[node] or home[node] == home[card]):
                    unit_of[node] = card
        for parent in parents[node]:
            uses[parent].add(unit_of[node])


def _folded(groups: Sequence[Scope], home: Sequence[int], kinds: Sequence[str], unit_of: Sequence[int]) -> tuple[list[Scope], list[int]]:
    """The groups with one more, folded, for each unit of several nodes; without those that hold one unit alone."""
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


def without_frames(groups: Sequence[Scope], home: Sequence[int]) -> tuple[list[Scope], list[int]]:
    """The units alone, in no scope."""
    kept = [g for g, group in enumerate(groups) if group.kind == "unit"]
    number = {g: k for k, g in enumerate(kept)}
    return [replace(groups[g], parent=WHOLE) for g in kept], [number.get(at, WHOLE) for at in home]


def last_of(group: Scope) -> int:
    """The last node of a unit, by which it is called."""
    return int(group.path[-1].removeprefix(NAMED))


def _units(home: Sequence[int], parents: Sequence[Sequence[int]], kinds: Sequence[str], ends: Sequence[bool]) -> list[int]:
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
        takers = (FUNCTION,) if ends[node] else (LINEAR, FUNCTION)
        joins = kinds[node] == LINEAR and kinds[user] in takers and home[node] == home[user]
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
