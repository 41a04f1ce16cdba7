"""Layers among the groups of a graph: a matrix of parameters times a vector, a bias, and an activation.

They are found by their structure, whatever code has built the graph; the k-th product of a matrix of parameters is
layer k. Planning keeps their arrays whole, and every reading of the plan writes them as the lectures do.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy

from ..engine.operations import TABLE
from .grouping import PARAMETERS, Group, Rows


@dataclass(frozen=True)
class Layer:
    """A layer by the numbers of its groups: the product, the pre-activations (the product itself where there is no bias),
    and the activations (None where there is no function of them alone). `function` is "" where there is none, "function" where it has no name in the table.

    A softmax is three groups, of which the first two are `inside`: a logsumexp, a difference and an exponential; or, as the
    lectures write it, exponentials, their sum and the quotients: then it is not `shifted`, and overflows as the graph does.
    """

    number: int
    product: int
    sums: int
    activations: int | None = None
    function: str = ""
    inside: tuple[int, ...] = ()
    shifted: bool = True


def layers_of(groups: Sequence[Group], known: Sequence[int | None] | None = None) -> list[Layer]:
    """The layers, in order. A graph all of whose weights stand alone has none.

    Where the graph is known to be a chain of layers, `known` has the group of the activations of each, as far as there is
    one; then a single weight is a layer, too, and an activation may be any formula.
    """
    products = [k for k, group in enumerate(groups) if group.is_product and is_matrix(group.operands[0])]
    known = known if known is not None and len(known) == len(products) else None
    if known is None and all(groups[k].operands[0][0].places.size == 1 for k in products):
        return []
    readers: dict[int, list[int]] = {}
    for k, group in enumerate(groups):
        for source in {piece.source for pieces in group.operands for piece in pieces}:
            readers.setdefault(source, []).append(k)
    found = []
    for number, product in enumerate(products, 1):
        sums = next((k for k in readers.get(product, ()) if _adds_bias(groups, k, product)), product)
        activations, function, inside = _quotients(groups, readers, sums) or _activation(groups, readers, sums)
        if activations is None and known and known[number - 1] not in (None, sums):
            activations, function = known[number - 1], "function"
        is_shifted = not inside or groups[inside[0]].op == "logsumexp"
        found.append(Layer(number, product, sums, activations, function, inside, is_shifted))
    return found


def is_matrix(pieces: Sequence[Rows]) -> bool:
    """Whether rows are one matrix of parameters."""
    return len(pieces) == 1 and pieces[0].source == PARAMETERS


def _are_all(groups: Sequence[Group], piece: Rows, source: int) -> bool:
    """Whether a piece is every row of a group, once, in order."""
    return piece.source == source and numpy.array_equal(piece.places.ravel(), numpy.arange(len(groups[source].members)))


def _adds_bias(groups: Sequence[Group], k: int, product: int) -> bool:
    group = groups[k]
    return group.op == "add" and group.operands[1][0].source == PARAMETERS and _are_all(groups, group.operands[0][0], product)


def _activation(groups: Sequence[Group], readers: dict[int, list[int]], sums: int) -> tuple[int | None, str, tuple[int, ...]]:
    """The group of the activations, its function, and what lies inside it. Where a loss reads the pre-activations as well,
    no function of them is the output."""
    reading = readers.get(sums, [])
    if len(reading) == 1:
        (k,) = reading
        group, operation = groups[k], TABLE[groups[k].op]
        is_function = (
            not operation.symbol and not operation.is_nary and all(p.source == -1 for pieces in group.operands[1:] for p in pieces)
        )
        if is_function and _are_all(groups, group.operands[0][0], sums):
            return k, group.op, ()
    if Counter(groups[k].op for k in reading) == Counter(("logsumexp", "sub")):
        total, difference = sorted(reading, key=lambda k: groups[k].op)
        first, second = (groups[difference].operands[slot][0] for slot in (0, 1))
        is_whole = (
            len(groups[total].members) == 1
            and len(groups[total].operands[0]) == 1
            and _are_all(groups, groups[total].operands[0][0], sums)
            and _are_all(groups, first, sums)
            and second.source == total
        )
        last = readers.get(difference, [])
        is_read_once = readers[total] == [difference] and len(last) == 1 and groups[last[0]].op == "exp"
        if is_whole and is_read_once and _are_all(groups, groups[last[0]].operands[0][0], difference):
            return last[0], "softmax", (total, difference)
    return None, "", ()


def _quotients(groups: Sequence[Group], readers: dict[int, list[int]], sums: int) -> tuple[int, str, tuple[int, ...]] | None:
    """The group of exp(aᵢ) / Σ exp(aₖ), its function, and what lies inside it; None where there is none."""
    (k, *others) = readers.get(sums, []) or [-1]
    if others or k < 0 or groups[k].op != "exp" or not _are_all(groups, groups[k].operands[0][0], sums):
        return None
    reading = readers.get(k, [])
    totals, quotients = [j for j in reading if groups[j].op in ("total", "add")], [j for j in reading if groups[j].op == "div"]
    if len(reading) != 2 or len(totals) != 1 or len(quotients) != 1 or readers.get(totals[0]) != quotients:
        return None
    total, (above, below) = groups[totals[0]], (pieces[0] for pieces in groups[quotients[0]].operands)
    pieces = [piece for pieces in total.operands for piece in pieces]
    summed = numpy.concatenate([piece.places.ravel() for piece in pieces])
    is_whole = (
        len(total.members) == 1
        and all(piece.source == k for piece in pieces)
        and numpy.array_equal(numpy.sort(summed), numpy.arange(len(groups[k].members)))
    )
    return (quotients[0], "softmax", (k, totals[0])) if is_whole and _are_all(groups, above, k) and below.source == totals[0] else None
