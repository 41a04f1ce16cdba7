"""The groups of a picture as they follow from the scopes of a graph. It sees nodes as numbers in topological order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

WHOLE = -1  # outside of all groups


@dataclass(frozen=True)
class Scope:
    """A group: the titles of its scope, from the outside in; the group around it (WHOLE for none); whether it is folded.

    `kind` is "scope", or "part" and "given" for groups made here, whose path is no more than a key. Of several pieces, or
    parts, it is number `piece` of `pieces`.
    """

    path: tuple[str, ...]
    parent: int
    folded: bool
    kind: str = "scope"
    piece: int = 1
    pieces: int = 1


def by_scope(scopes: Sequence[tuple[str, ...]], parents: Sequence[Sequence[int]]) -> tuple[list[Scope], list[int]]:
    """A group for each scope. One that another computation passes through, in and out, is split into several."""
    groups: list[Scope] = []
    home = [WHOLE] * len(scopes)
    waiting = [(WHOLE, list(range(len(scopes))))]
    while waiting:
        around, members = waiting.pop(0)
        depth = len(groups[around].path) if around != WHOLE else 0
        if all(len(scopes[node]) <= depth for node in members):
            continue
        pieces = _pieces(members, [scopes[node][depth] if len(scopes[node]) > depth else None for node in members], parents)
        counts: dict[str, int] = {}
        for title, _ in pieces:
            counts[title] = counts.get(title, 0) + 1
        numbers = dict.fromkeys(counts, 0)
        for title, nodes in pieces:
            numbers[title] += 1
            path = (*(groups[around].path if around != WHOLE else ()), title)
            groups.append(Scope(path, around, False, piece=numbers[title], pieces=counts[title]))
            for node in nodes:
                home[node] = len(groups) - 1
            waiting.append((len(groups) - 1, nodes))
    return groups, home


def _pieces(members: Sequence[int], titles: Sequence[str | None], parents: Sequence[Sequence[int]]) -> list[tuple[str, list[int]]]:
    """The members of each title, in as many pieces as it takes that no piece is before and after something else."""
    block = {node: title if title is not None else node for node, title in zip(members, titles, strict=True)}
    nodes_of: dict[str | int, list[int]] = {}
    waits: dict[str | int, int] = {}  # links that still come from elsewhere
    feeds: dict[int, list[int]] = {node: [] for node in members}
    for node in members:
        nodes_of.setdefault(block[node], []).append(node)
        waits.setdefault(block[node], 0)
        for parent in parents[node]:
            if parent in block:
                feeds[parent].append(node)
                waits[block[node]] += block[parent] != block[node]
    missing = {node: sum([parent in block for parent in parents[node]]) for node in members}
    computable: dict[str | int, list[int]] = {name: [] for name in nodes_of}  # as heaps
    for node in members:
        if not missing[node]:
            computable[block[node]].append(node)
    first = [node for nodes in computable.values() for node in nodes]
    ready = [nodes[0] for name, nodes in nodes_of.items() if not waits[name]]
    heapify(first)
    heapify(ready)
    pieces: list[tuple[str, list[int]]] = []
    left = set(members)
    while left:
        node = heappop(ready or first)  # scopes that take from each other: as much of one as can be computed now
        if node not in left:
            continue
        name, piece = block[node], []
        here = computable[name]
        while here:
            node = heappop(here)
            piece.append(node)
            left.discard(node)
            for other in feeds[node]:
                missing[other] -= 1
                if not missing[other]:
                    heappush(computable[block[other]], other)
                    heappush(first, other)
                if block[other] != name:
                    waits[block[other]] -= 1
                    if not waits[block[other]]:
                        heappush(ready, next(node for node in nodes_of[block[other]] if node in left))
        if isinstance(name, str):
            pieces.append((name, piece))
    return pieces


def visible(groups: Sequence[Scope], home: Sequence[int], folded: Sequence[bool]) -> tuple[list[Scope], list[int], dict[int, int]]:
    """The groups that can be seen, every node in the folded one that hides it, and where each group is now: its own place, or
    that of the folded one."""
    seen: dict[int, int] = {WHOLE: WHOLE}  # old number → new number of the group, or of the folded group around it
    found: list[Scope] = []
    for old, group in enumerate(groups):
        parent = seen[group.parent]
        if parent != WHOLE and found[parent].folded:
            seen[old] = parent
        else:
            seen[old] = len(found)
            found.append(replace(group, parent=parent, folded=folded[old]))
    return found, [seen[at] for at in home], seen
