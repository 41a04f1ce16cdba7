"""Which lines of a backward pass were replaced by which: the fewest misconceptions that explain the arrays of a student's code.

The lines are followed from the last layer to the first, the cheapest supposition first. An array that the code gave is judged
with the code's own earlier arrays, so an error carried forward is none; what it did not give is computed from what is
being supposed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any

import numpy

from .matrix_lines import Key, Passes
from .misconceptions import ORDER, formulas_for

AGAIN = 0.3  # what the same misconception costs at another place: a habit
STRANGE = 2.6  # what an array costs that nothing explains: more than two misconceptions
RANK = 0.002  # by how much an entry is less likely than the one before it
TIED = 0.07  # how much more a supposition may cost for each fault, to be as likely as another
TRIED = 250  # places at which misconceptions are tried, before one is content with what was found

Stage = str  # what is tried in a line: "right", "again" (a misconception that was met before), "new", "strange"


@dataclass(frozen=True)
class Fault:
    """A line of a layer that was replaced; "UNEXPLAINED" for a number and "SHAPE" for a shape that nothing explains."""

    code: str
    line: str
    layer: int


@dataclass(frozen=True)
class Supposition:
    """What may have been done: the faults, the gradients that follow, and those that the code gave which are wrong by a fault."""

    cost: float = 0.0
    faults: tuple[Fault, ...] = ()
    own: Mapping[Key, Any] = field(default_factory=dict)
    direct: Mapping[Key, tuple[Fault, ...]] = field(default_factory=dict)

    def with_(self, key: Key, number: Any, cost: float = 0.0, codes: Sequence[str] = (), given: bool = False) -> "Supposition":
        """The same, going on with an array, which may be wrong by misconceptions of its own."""
        faults = tuple([Fault(code, *key) for code in codes])
        direct = {**self.direct, key: faults} if faults and given else self.direct
        return Supposition(self.cost + cost, self.faults + faults, {**self.own, key: number}, direct)

    @property
    def codes(self) -> set[str]:
        return {fault.code for fault in self.faults}

    def price(self, codes: Iterable[str]) -> float:
        """What misconceptions cost here: less for those that were met before."""
        known, whole = self.codes, 0.0
        for code in codes:
            whole += AGAIN if code in known else 1.0 + RANK * ORDER[code]
            known.add(code)
        return whole


class Search:
    """The search for one set of arrays, with the examples in columns. `reach` is how far off, relatively, their numbers may be."""

    def __init__(self, passes: Passes, given: Mapping[Key, Any], reach: float):
        self.passes, self.given, self.reach = passes, given, reach
        self.floor = {key: reach / 100 * size for key, size in passes.magnitudes().items()}
        self.keys = tuple(passes.gradients())

    def best(self) -> list[Supposition]:
        """The suppositions that cost least, as far as numbers cannot tell them apart; the likeliest first."""
        order = count()
        heap: list[tuple[float, int, int, Stage, Supposition]] = [(0.0, next(order), 0, "right", Supposition())]
        found: list[Supposition] = []
        tried = 0
        while heap:
            bound, _, place, stage, state = heappop(heap)
            if found and (bound > found[0].cost + TIED * max(1, len(found[0].faults)) or len(found) > 20):
                break
            if place == len(self.keys):
                found.append(state)
                continue
            tried += stage in ("again", "new")
            if tried > TRIED and stage in ("again", "new"):
                continue
            for least, where, what, after in self._after(state, place, stage):
                heappush(heap, (least, next(order), where, what, after))
        return [state for state in found if len(state.faults) == len(found[0].faults)]

    def agrees(self, one: Any, other: Any, key: Key) -> bool:
        """Whether two arrays are the same, but for rounding; where terms cancel, for that of the terms."""
        if one.shape != other.shape:
            return False
        with numpy.errstate(all="ignore"):
            size = float(numpy.abs(other).max())
            if size < numpy.inf:
                return bool((numpy.abs(one - other) <= self.reach * size + self.floor[key]).all())
            finite = numpy.isfinite(other)
            size = float(numpy.abs(numpy.where(finite, other, 0)).max())
            close = numpy.abs(one - other) <= self.reach * size + self.floor[key]
            return bool(numpy.where(finite, close, (one == other) | (numpy.isnan(one) & numpy.isnan(other))).all())

    # --- one line ---

    def _after(self, state: Supposition, place: int, stage: Stage) -> Iterator[tuple[float, int, Stage, Supposition]]:
        """What comes after a supposition: what it costs at least, the place and the stage where it goes on, and itself."""
        key = self.keys[place]
        is_given = key in self.given
        if stage == "right":
            right = self.passes.value(self.passes.right(*key), key[1], state.own)
            true = self.passes.due(key)
            if right is None:
                right = true
            follows = is_given and self.agrees(self.given[key], right, key)
            if follows or not is_given:
                number = right if not is_given else true if self.agrees(self.given[key], true, key) else self.given[key]
                yield state.cost, place + 1, "right", state.with_(key, number)
            if is_given and not follows:
                yield state.cost + STRANGE, place, "strange", state
            if not follows and (is_given or (key[0] in ("dA", "dZ") and key[1])):
                if state.faults:
                    yield state.cost + AGAIN, place, "again", state
                yield state.cost + 1.0, place, "new", state
            return
        tried = self._strange(state, key) if stage == "strange" else self._explained(state, key) if is_given else self._hidden(state, key)
        known = state.codes
        for after in tried:
            codes = {fault.code for fault in after.faults[len(state.faults) :]}
            if stage == "strange" or (codes <= known) == (stage == "again"):
                yield after.cost, place + 1, "right", after

    def _hidden(self, state: Supposition, key: Key) -> Iterator[Supposition]:
        """What may have been done in a line whose array the code did not give."""
        right = self.passes.value(self.passes.right(*key), key[1], state.own)
        if right is None:
            right = self.passes.due(key)
        for code, formula in formulas_for(self.passes.kind(*key)):
            for number in self.passes.values(formula, key[1], state.own):
                if number.shape == right.shape and not self.agrees(number, right, key):
                    after = state.with_(key, number, state.price([code]), [code])
                    yield after
                    if key[0] == "dZ":
                        yield from self._scaled(after, key, number)
        if key[0] == "dZ":
            yield from self._scaled(state, key, right)
            yield from self._read_off(state, key, right)

    def _scaled(self, state: Supposition, key: Key, right: Any) -> Iterator[Supposition]:
        """The right line with a factor, where the gradient of a parameter shows one."""
        line = "dY" if key[1] == self.passes.depth and ("dA", key[1]) not in self.given else "dZ"
        for codes, factor in self.passes.factors(line):
            error = factor * right
            for name in ("dW", "db"):
                after: Key = (name, key[1])
                if after in self.given:
                    number = self.passes.value(self.passes.right(*after), key[1], {**state.own, key: error})
                    if number is not None and self.agrees(self.given[after], number, after):
                        yield state.with_(key, error, state.price(codes), codes)
                        break

    def _read_off(self, state: Supposition, key: Key, right: Any) -> Iterator[Supposition]:
        """An error that nothing explains, where the gradients of the parameters tell what it is: few examples, many inputs."""
        dW, db = (self.given.get((name, key[1])) for name in ("dW", "db"))
        inputs = self.passes.A[key[1] - 1]
        rows = numpy.vstack([inputs, numpy.ones((1, inputs.shape[1]))])
        if dW is None or db is None or (dW.shape, db.shape) != (self.passes.W[key[1]].shape, self.passes.b[key[1]].shape):
            return
        whole = numpy.hstack([dW, db])
        if not (numpy.isfinite(whole).all() and numpy.isfinite(rows).all()) or numpy.linalg.matrix_rank(rows) < rows.shape[1]:
            return
        error = whole @ numpy.linalg.pinv(rows.T)
        if self.agrees(error @ rows.T, whole, ("dW", key[1])) and not self.agrees(error, right, key):
            yield state.with_(key, error * self.passes.scale, STRANGE, ["UNEXPLAINED"])

    def _explained(self, state: Supposition, key: Key) -> Iterator[Supposition]:
        """An array that the code gave, by the misconceptions that make it so."""
        line, layer = key
        given = self.given[key]
        due = self.passes.due(key)
        going_on = given if given.shape == due.shape else given.T if given.T.shape == due.shape else due
        for code, formula in [("", self.passes.right(line, layer)), *formulas_for(self.passes.kind(line, layer))]:
            for number in self.passes.values(formula, layer, state.own):
                for codes in self._factors(key, number, given):
                    codes = tuple([each for each in (code, *codes) if each])
                    yield state.with_(key, going_on, state.price(codes), codes, given=True)
                if line == "dW" and code not in ("", "TRANSPOSE"):
                    for codes in self._factors(key, number, given.T):
                        codes = (code, "TRANSPOSE", *codes)
                        yield state.with_(key, going_on, state.price(codes), codes, given=True)

    def _factors(self, key: Key, number: Any, given: Any) -> list[tuple[str, ...]]:
        """By which misconceptions about a factor one array is another: [()] where they are the same."""
        if number.shape != given.shape:
            return []
        if self.agrees(given, number, key):
            return [()]
        at = numpy.unravel_index(numpy.argmax(numpy.abs(given)), given.shape)
        one, other = float(given[at]), float(number[at])
        found = []
        for codes, factor in self.passes.factors(self.passes.kind(*key)):
            near = abs(factor * other - one) <= 2 * (self.reach * abs(one) + self.floor[key])
            if near and self.agrees(given, factor * number, key):
                found.append(codes)
        return list(dict.fromkeys(found))

    def _strange(self, state: Supposition, key: Key) -> Iterator[Supposition]:
        """An array that nothing explains: one goes on with it as it is, or with the right one where it has another shape."""
        given, true = self.given[key], self.passes.due(key)
        if self.agrees(given, true, key):  # right, although what came before it was not
            yield state.with_(key, true, STRANGE)
        elif given.shape == true.shape:
            yield state.with_(key, given, STRANGE, ["UNEXPLAINED"], given=True)
        else:
            yield state.with_(key, true, STRANGE, ["SHAPE"], given=True)
