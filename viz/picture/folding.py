"""Which nodes of a graph stand together: the groups of its scopes, which of them are folded, and an overview of what is
too large to be read. It sees nodes as numbers in topological order.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from .lettering import cut, harmless
from .scopes import WHOLE, Scope, by_scope, visible
from .units import with_units, with_units_and_ends, without_frames

AT_ONCE = 150  # more cards than this never fit on a slide
READABLE = 300  # more cards than this are not drawn unless they are asked for
DRAWABLE = 200_000  # more nodes, and columns passed by wires, than this are not laid out in any case
GIVEN = 24  # more leaves and constants than this share a card where scopes are folded for the reader
BANDS = 12, 6, 3  # parts of an overview, and of smaller ones
PART = 200  # nodes in a part that is looked at closely
MENTIONED, LETTERS = 20, 60  # scopes that a message names, and letters of each
MOST_ROOMS = 60  # pictures of single groups beside an overview


Fold = bool | int | str | Iterable[str] | None


def grouped(scopes: Sequence[tuple[str, ...]], parents: Sequence[Sequence[int]], fold: Fold) -> tuple[list[Scope], list[int]]:
    """The groups, each after the one around it, and for every node its innermost group.

    `scopes` and `parents` say of each node in which scopes it was made and from which nodes. `fold` is what `draw`
    takes. Raises ValueError or TypeError for a fold that makes no sense, or a picture that is too large.
    """
    groups, home = by_scope(scopes, parents)
    if fold is None:
        return _to_be_read(groups, home, parents)
    if isinstance(fold, int):
        folded = [len(group.path) == fold for group in groups]
    else:
        if not isinstance(fold, Iterable):
            raise TypeError(f"fold is True, False, a depth, or titles of scopes, not {type(fold).__name__}")
        titles = [fold] if isinstance(fold, str) else list(fold)
        known = {name for group in groups for name in (group.path[-1], "/".join(group.path))}
        for title in titles:
            if not isinstance(title, str):
                raise TypeError(f"fold is True, False, a depth, or titles of scopes, not {cut(repr(title), LETTERS)}")
            if title not in known:
                there_are = ", ".join([_in_a_message(name) for name in sorted(known)[:MENTIONED]]) or "none in this graph"
                raise ValueError(f'no scope is called "{_in_a_message(title)}"; there are {there_are}')
        folded = [group.path[-1] in titles or "/".join(group.path) in titles for group in groups]
    groups, home = _without_hidden(groups, home, folded)
    if _size(parents, [at == WHOLE or not groups[at].folded for at in home]) > DRAWABLE:
        raise ValueError(f"{len(parents)} nodes are too many for one picture; leave fold out for an overview")
    return groups, home


def _in_a_message(title: str) -> str:
    return cut(harmless(title), LETTERS)


Tree = tuple[list[Scope], list[int], list[bool]]  # groups, the innermost one of every node, which of them are folded


def trees(
    scopes: Sequence[tuple[str, ...]],
    parents: Sequence[Sequence[int]],
    kinds: Sequence[str],
    trained: Sequence[bool],
    named: Sequence[bool],
) -> Iterator[Tree]:
    """Ways to fold a graph for an overview, each with all that can be opened in it: nothing folded; units and
    what follows from them, up to each node with a name of its own, then without regard to names; units alone; scopes too, from the inside out; parts by
    depth. `kinds` and `trained` are those of `with_units_and_ends`."""
    groups, home = by_scope(scopes, parents)
    yield groups, home, [False] * len(groups)
    ways = [with_units_and_ends(groups, home, parents, kinds, trained, ends) for ends in (named, [False] * len(named))]
    ways.append(with_units(groups, home, parents, kinds))
    for k, (groups, home) in enumerate(ways):
        is_unit = [group.kind == "unit" for group in groups]
        if not any(is_unit) or ways[k] in ways[:k]:
            continue
        yield groups, home, is_unit
        if not all(is_unit):
            units, at = without_frames(groups, home)
            yield units, at, [True] * len(units)
    groups, home = ways[1]
    is_unit = [group.kind == "unit" for group in groups]
    for depth in range(max([len(group.path) for group in groups], default=0), 0, -1):
        yield groups, home, [unit or len(group.path) == depth for unit, group in zip(is_unit, groups, strict=True)]
    for bands in BANDS:
        groups, home = _by_depth(parents, bands)
        yield groups, home, [True] * len(groups)


def sizes(tree: Tree) -> tuple[int, int]:
    """How many cards there are, and how many nodes are on the one with most."""
    shown, home, _ = visible(*tree)
    folded = Counter([at for at in home if at != WHOLE and shown[at].folded])
    return len(home) - sum(folded.values()) + len(folded), max(folded.values(), default=0)


def by_parts(scopes: Sequence[tuple[str, ...]], parents: Sequence[Sequence[int]]) -> Tree:
    """A graph that none of these ways makes readable: folded at the scopes that leave least, or in parts of about equal size."""
    groups, home = by_scope(scopes, parents)
    depth = _best_depth(groups, home)
    if depth is None:
        groups, home = _by_size(parents)
    return groups, home, [depth is None or len(group.path) == depth for group in groups]


def _best_depth(groups: Sequence[Scope], home: Sequence[int]) -> int | None:
    """The depth at which to fold scopes so that the overview and each of them alone can be read; None where there is none."""
    for depth in range(1, max([len(group.path) for group in groups], default=0) + 1):
        around = [_enclosing(groups, at, depth) for at in home]
        sizes = Counter(around)
        outside = sizes.pop(WHOLE, 0)
        if sizes and outside + len(sizes) <= READABLE and max(sizes.values()) <= READABLE and len(sizes) <= MOST_ROOMS:
            return depth
    return None


def _enclosing(groups: Sequence[Scope], at: int, depth: int) -> int:
    """The group of a depth that holds the group at a place; WHOLE for none."""
    while at != WHOLE and len(groups[at].path) > depth:
        at = groups[at].parent
    return at if at != WHOLE and len(groups[at].path) == depth else WHOLE


def _without_hidden(groups: Sequence[Scope], home: Sequence[int], folded: Sequence[bool]) -> tuple[list[Scope], list[int]]:
    """The groups that can be seen, and every node in the folded one that hides it."""
    return visible(groups, home, folded)[:2]


Form = tuple[list[Scope], list[int]]


def forms(scopes: Sequence[tuple[str, ...]], parents: Sequence[Sequence[int]], kinds: Sequence[str]) -> Iterator[Form]:
    """Ways to draw a graph, each with fewer cards than the one before: every node; units of several nodes on one card; the
    scopes folded from the inside out; parts by depth. Forms with more cards than anybody reads at once are left out.

    `kinds` says of each node whether it is linear, a function, or given, as for `with_units`.
    """
    fewest = AT_ONCE + 1
    for groups, home in _all_forms(*by_scope(scopes, parents), parents, kinds):
        count = _cards(groups, home)
        if count < fewest:
            yield groups, home
            fewest = count


def _all_forms(groups: list[Scope], home: list[int], parents: Sequence[Sequence[int]], kinds: Sequence[str]) -> Iterator[Form]:
    yield groups, home
    yield with_units(groups, home, parents, kinds)
    for depth in range(max([len(group.path) for group in groups], default=0), 0, -1):
        shown, at = _with_given_together(*_without_hidden(groups, home, [len(group.path) == depth for group in groups]), parents)
        yield shown, at
        yield with_units(shown, at, parents, kinds)
    for bands in BANDS:
        yield _by_depth(parents, bands)


def _cards(groups: Sequence[Scope], home: Sequence[int]) -> int:
    """How many cards there are."""
    return sum([at == WHOLE or not groups[at].folded for at in home]) + sum([group.folded for group in groups])


def _to_be_read(groups: list[Scope], home: list[int], parents: Sequence[Sequence[int]]) -> Form:
    """The first form without units that has no more cards than can be read; else the last one."""
    return next(form for form in _all_forms(groups, home, parents, [""] * len(parents)) if _cards(*form) <= READABLE)


def _with_given_together(groups: list[Scope], home: list[int], parents: Sequence[Sequence[int]]) -> tuple[list[Scope], list[int]]:
    """What is given outside of all groups as one folded group, where it is too much to be read one by one."""
    given = [node for node, row in enumerate(parents[:-1]) if not row and home[node] == WHOLE]
    if len(given) <= GIVEN:
        return groups, home
    together = [len(groups) if at == WHOLE and not row else at for at, row in zip(home[:-1], parents, strict=False)]
    return [*groups, Scope(("given",), WHOLE, True, "given")], [*together, home[-1]]


def _size(parents: Sequence[Sequence[int]], shown: Sequence[bool]) -> int:
    """About how much there is to lay out: the nodes that are shown, and the columns that their wires pass."""
    depth = _depths(parents)
    first_use = [len(parents)] * len(parents)
    for node, row in enumerate(parents):
        for parent in row:
            first_use[parent] = min(first_use[parent], depth[node] - 1)
    column = [depth[node] if row else first_use[node] for node, row in enumerate(parents)]
    return sum([1 + sum([column[node] - column[parent] for parent in row]) for node, row in enumerate(parents) if shown[node]])


def _depths(parents: Sequence[Sequence[int]]) -> list[int]:
    """For every node the number of nodes on the longest way to it."""
    depth: list[int] = []
    for row in parents:
        depth.append(max([depth[parent] for parent in row], default=-1) + 1)
    return depth


def _by_depth(parents: Sequence[Sequence[int]], bands: int) -> tuple[list[Scope], list[int]]:
    """An overview: the nodes in parts of about equal depth; the root stands alone."""
    depth = _depths(parents)
    deepest = max(depth)
    parts = min(bands, max(deepest, 1))
    part = [min(d - 1, deepest - 1) * parts // max(deepest, 1) if row else parts - 1 for d, row in zip(depth, parents, strict=True)]
    for node in range(len(parents) - 1, -1, -1):  # what is given stands with what uses it first
        for parent in parents[node]:
            if not parents[parent]:
                part[parent] = min(part[parent], part[node])
    used = sorted(set(part[:-1]))
    number = {one: k for k, one in enumerate(used)}
    return _parts(len(used), True), [*[number[one] for one in part[:-1]], WHOLE]


def _by_size(parents: Sequence[Sequence[int]]) -> tuple[list[Scope], list[int]]:
    """Parts of about equal size, one after the other by depth, so that none takes from a later one; the root stands alone."""
    depth = _depths(parents)
    first: dict[int, list[int]] = {}  # node → what is given and first used by it
    seen: set[int] = set()
    order = sorted([node for node, row in enumerate(parents[:-1]) if row], key=depth.__getitem__)
    for node in [*order, len(parents) - 1]:
        first[node] = [parent for parent in dict.fromkeys(parents[node]) if not parents[parent] and parent not in seen]
        seen.update(first[node])
    home, parts, size = [WHOLE] * len(parents), 0, PART
    for node in order:
        if size >= PART:
            parts, size = parts + 1, 0
        for member in (node, *first[node]):
            home[member] = parts - 1
        size += 1 + len(first[node])
    return _parts(parts, False), home


def _parts(count: int, folded: bool) -> list[Scope]:
    return [Scope((f"part {k}",), WHOLE, folded, "part", k, count) for k in range(1, count + 1)]
