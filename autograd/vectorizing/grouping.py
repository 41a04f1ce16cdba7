"""Scalar nodes in groups: those of one operation, at one level, whose operands come from the same places.

A group becomes one array with a row for each of its nodes; `Rows` say which rows of which array a group reads.
The order of rows is that in which later nodes read them first, so that most operands are slices.
"""

import itertools
from dataclasses import dataclass, field

import numpy

from .scalars import BATCH, CONST, INPUT, LEAVES, PARAM, SHARED, Scalars

Source = int  # the number of a group, or one of the three below
CONSTANTS, PARAMETERS, INPUTS = -1, -2, -3
SOURCES = {CONST: CONSTANTS, PARAM: PARAMETERS, INPUT: INPUTS}


@dataclass(frozen=True)
class Rows:
    """Rows of a source: places of shape (members,) for one operand each, (members, k) for k of them.

    For constants the places are the numbers themselves. `mask`, for parameters, has 0 where a place does not count.
    """

    source: Source
    places: numpy.ndarray
    mask: numpy.ndarray | None = None


@dataclass
class Group:
    """Nodes of one operation. `operands` has one list of pieces for each letter of the operation.

    A piece is `Rows` of one source; an n-ary operation reads several pieces one after the other, any other exactly one. With
    `is_product` the operation is a dot product of rows of the first letter with one vector, the second.
    """

    op: str
    is_batch: bool
    members: list[int]
    operands: list[list[Rows]] = field(default_factory=list)
    is_product: bool = False


def grouped(scalars: Scalars, letters: dict[str, int], nary: set[str]) -> tuple[list[Group], list[int], list[int]]:
    """The groups in an order of calculation; for each node its source, and its place there.

    `letters` is the number of lists of operands of each operation, `nary` the operations that take lists.
    """
    n = len(scalars.op)
    source, place, level = [0] * n, [0] * n, [0] * n
    by_level: dict[int, list[int]] = {}
    for i, args in enumerate(scalars.args):
        if scalars.op[i] in LEAVES:
            source[i], place[i] = SOURCES[scalars.op[i]], scalars.data[i]
        else:
            level[i] = 1 + max([level[a] for a in args])
            by_level.setdefault(level[i], []).append(i)
    groups: list[Group] = []
    for _, nodes in sorted(by_level.items()):
        for i in nodes:
            if scalars.op[i] in nary:
                scalars.args[i] = _in_order(scalars.args[i], letters[scalars.op[i]], source, place)
        for key, members in _alike(scalars, nodes, source).items():
            if len(members) > 1:
                members.sort(key=lambda i: _places(scalars, i, place))
            for k, i in enumerate(members):
                source[i], place[i] = len(groups), k
            op = scalars.op[members[0]]
            group = Group(op, scalars.kind[members[0]] == BATCH, members, is_product=len(key) == 4)
            group.operands = _operands(scalars, group, letters[op], op in nary, source, place)
            groups.append(group)
    return groups, source, place


def _places(scalars: Scalars, i: int, place: list[int]) -> tuple[list[int], list[int]]:
    """Where a node reads: numbers come last, so that they do not put the rows of arrays in another order."""
    args = scalars.args[i]
    return [place[a] for a in args if scalars.op[a] != CONST], [place[a] for a in args if scalars.op[a] == CONST]


def with_masks(group: Group) -> None:
    """A sum of squares of most parameters, such as the weights without the biases, as that of all, some of them times 0.

    A slice and a product take less time than picking the parameters out and putting their gradients back.
    """
    pieces = [piece for pieces in group.operands for piece in pieces]
    if group.op != "dot" or len(group.members) > 1 or len(pieces) != 2 or {piece.source for piece in pieces} != {PARAMETERS}:
        return
    places = pieces[0].places[0]
    span = int(places[-1] - places[0]) + 1
    if (places != pieces[1].places[0]).any() or (numpy.diff(places) < 1).any() or not len(places) < span < 2 * len(places):
        return
    mask = numpy.zeros(span)
    mask[places - places[0]] = 1.0
    group.operands = [[Rows(PARAMETERS, numpy.arange(places[0], places[-1] + 1)[None], mask)]] * 2


def _in_order(args: tuple[int, ...], letters: int, source: list[int], place: list[int]) -> tuple[int, ...]:
    """The operands of an n-ary operation by their places, the last letter's first: it does not matter in which order they come."""
    width = len(args) // letters
    rows = sorted([args[j::width] for j in range(width)], key=lambda row: [(source[a], place[a]) for a in reversed(row)])
    return tuple([row[k] for k in range(letters) for row in rows])


def _alike(scalars: Scalars, nodes: list[int], source: list[int]) -> dict[tuple, list[int]]:
    """The nodes of a level by what they have in common. Dot products of shared rows with one vector have four things."""
    found: dict[tuple, list[int]] = {}
    for i in nodes:
        args, op = scalars.args[i], scalars.op[i]
        sources = tuple([source[a] for a in args])
        key: tuple = (op, scalars.kind[i], sources)
        if op == "dot":
            half = len(args) // 2
            if all(scalars.kind[a] <= SHARED for a in args[:half]):
                key = (op, scalars.kind[i], sources, args[half:])
        found.setdefault(key, []).append(i)
    return _lone_products_together(scalars, found)


def _lone_products_together(scalars: Scalars, found: dict[tuple, list[int]]) -> dict[tuple, list[int]]:
    """Dot products that share their vector with no other, side by side; so are those of parameters with parameters."""
    result: dict[tuple, list[int]] = {}
    lone: dict[tuple, int] = {}
    for key, members in found.items():
        if len(key) == 4 and len(members) == 1:
            lone[key[:3]] = lone.get(key[:3], 0) + 1
    for key, members in found.items():
        is_lone = len(key) == 4 and len(members) == 1 and lone[key[:3]] > 1
        result.setdefault(key[:3] if is_lone or key[1] < BATCH else key, []).extend(members)
    return result


def _operands(scalars: Scalars, group: Group, letters: int, is_nary: bool, source: list[int], place: list[int]) -> list[list[Rows]]:
    """Where the members read: for an n-ary operation a list of pieces for each letter, cut where the source changes."""
    rows = [scalars.args[i] for i in group.members]
    if not is_nary:
        return [[_piece([row[slot] for row in rows], source, place)] for slot in range(letters)]
    width = len(rows[0]) // letters
    lists = [[row[k * width : (k + 1) * width] for row in rows] for k in range(letters)]
    if letters > 1 and group.is_product:  # matrix times vector: both are cut alike, and the columns may stand in any order
        kinds = list(zip(*[[source[a] for a in rows_of[0]] for rows_of in lists], strict=True))
        orders = [[j for j, kind in enumerate(kinds) if kind == wanted] for wanted in dict.fromkeys(kinds)]
        return [
            [_piece([[row[j] for j in order] for row in (rows_of if k == 0 else rows_of[:1])], source, place) for order in orders]
            for k, rows_of in enumerate(lists)
        ]
    found = []
    for rows_of in lists:
        sources = [source[a] for a in rows_of[0]]
        cuts = [0, *[j for j in range(1, width) if sources[j] != sources[j - 1]], width]
        found.append([_piece([row[a:b] for row in rows_of], source, place) for a, b in itertools.pairwise(cuts)])
    return found


def _piece(nodes: list, source: list[int], place: list[int]) -> Rows:
    """Rows for nodes that all have one source: a list of nodes, or a list of lists."""
    first = nodes[0]
    if isinstance(first, int):
        return Rows(source[first], numpy.array([place[i] for i in nodes]))
    return Rows(source[first[0]], numpy.array([[place[i] for i in row] for row in nodes]))
