"""Which lines of a backward pass were replaced by which: the fewest misconceptions that explain the arrays of a student's code.

The lines are followed from the last layer to the first, the cheapest supposition first. An array that the code gave is judged
with the code's own earlier arrays, so an error carried forward is none; what it did not give is computed from what is
being supposed. How much is tried is counted, so that code which nothing explains is answered soon, too.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from heapq import heappop, heappush
from itertools import count
from typing import Any, NamedTuple

import numpy

from .matrix_lines import Key, Passes
from .merging import pairs_for
from .misconceptions import ORDER, formulas_for

AGAIN = 0.3  # what the same misconception costs at another place: a habit
STRANGE = 2.6  # what an array costs that nothing explains: more than two misconceptions
RANK = 0.002  # by how much an entry is less likely than the one before it
TIED = 0.07  # how much more a supposition may cost for each fault, and for two more places, to be as likely as another
WORK = 1_500  # formulas that are read for a line, before one is content with what was found; a large product counts as many
STATES = 2_500  # suppositions that are followed, likewise

LEVELS = {"again": 0, "new": 1, "pair": 2}  # how many misconceptions that were not met before are tried in a line
Stage = str  # one of these, or "right", or "strange"


class Made(NamedTuple):
    """A misconception in a line: the formula, or the factor, that it makes of a line of that kind."""

    code: str
    kind: str
    text: str


@dataclass(frozen=True)
class Fault:
    """A line of a layer that was replaced; "UNEXPLAINED" for a number and "SHAPE" for a shape that nothing explains."""

    code: str
    line: str
    layer: int
    made: Made | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Supposition:
    """What may have been done: the faults, the gradients that follow, and those that the code gave which are wrong by a fault."""

    cost: float = 0.0
    faults: tuple[Fault, ...] = ()
    own: Mapping[Key, Any] = field(default_factory=dict)
    direct: Mapping[Key, tuple[Fault, ...]] = field(default_factory=dict)
    numbers: dict[tuple[Key, str], Any] = field(default_factory=dict, compare=False)  # what was computed for the next line

    def with_(self, key: Key, number: Any, made: Sequence[Made] = (), given: bool = False) -> "Supposition":
        """The same, going on with an array, which may be wrong by misconceptions of its own."""
        faults = tuple([Fault(each.code, *key, each) for each in made])
        direct = {**self.direct, key: faults} if faults and given else self.direct
        cost = sum(AGAIN if self.has(each) else 1.0 + RANK * ORDER[each.code] for each in made)
        return Supposition(self.cost + cost, self.faults + faults, {**self.own, key: number}, direct)

    def strange(self, key: Key, number: Any, code: str = "") -> "Supposition":
        """The same, with an array that nothing explains."""
        faults = (Fault(code, *key),) if code else ()
        direct = {**self.direct, key: faults} if faults else self.direct
        return Supposition(self.cost + STRANGE, self.faults + faults, {**self.own, key: number}, direct)

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset([fault.code for fault in self.faults])

    def has(self, made: Made) -> bool:
        """Whether a misconception was met before: in another kind of line, or with the same formula, or factor, in one of this kind."""
        return made.code in self.codes and any(
            fault.made is not None and fault.code == made.code
            and (fault.made == made or (made.kind != fault.made.kind and "factor" not in (made.kind, fault.made.kind)))
            for fault in self.faults)  # fmt: skip

    def fresh(self, made: Sequence[Made]) -> int:
        """How many misconceptions were not met before."""
        if self.codes.isdisjoint([each.code for each in made]):
            return len(made)
        return sum([not self.has(each) for each in made])


class Search:
    """The search for one set of arrays, with the examples in columns. `reach` is how far off, relatively, their numbers may be;
    `share` is the share of the usual work that may be spent."""

    def __init__(self, passes: Passes, given: Mapping[Key, Any], reach: float, share: float = 1.0):
        self.passes, self.given, self.reach = passes, given, reach
        self.work, self.states = WORK * share, int(STATES * share)
        self.floor = {key: reach / 100 * size for key, size in passes.magnitudes().items()}
        self.keys = tuple(passes.gradients())
        self.peaks = {key: _peak(array) for key, array in given.items()}
        self.followed = 0  # suppositions
        self.spent: Counter[Key] = Counter()  # formulas that were read for each line
        self.effort = {k: 1 + W.size * passes.examples // 100_000 for k, W in passes.W.items()}

    def best(self, below: float = numpy.inf) -> list[Supposition]:
        """The suppositions that cost least, as far as numbers cannot tell them apart; the likeliest first. None if all cost `below` or more."""
        found = self._found(below)
        return [state for state in found if len(state.codes) == len(found[0].codes)]

    def _found(self, below: float) -> list[Supposition]:
        order = count()
        heap: list[tuple[float, int, int, Stage, Supposition]] = [(0.0, next(order), 0, "right", Supposition())]
        found: list[Supposition] = []
        most: float = numpy.inf
        while heap:
            if self.followed == self.states and not found:  # on with the one that came furthest, and without trying more
                cost, number, place, _, state = min(heap, key=lambda entry: (-entry[2], entry[0]))
                heap = [(cost, number, place, "right", state)]
            bound, _, place, stage, state = heappop(heap)
            if bound >= below or self.followed > most or len(found) > 20:
                break
            if place == len(self.keys):
                if not found:  # some more, for what numbers cannot tell from it
                    below = min(below, bound + TIED * max(1, len(state.faults)) + 2 * AGAIN * bool(bound))
                    most = 2 * self.followed + 50
                found.append(state)
                continue
            if stage in LEVELS and (self.followed >= self.states or self.spent[self.keys[place]] > self.work):
                continue
            self.followed += 1
            for least, where, what, after in self._after(state, place, stage):
                heappush(heap, (least, next(order), where, what, after))
        return found

    def agrees(self, one: Any, other: Any, key: Key) -> bool:
        """Whether two arrays are the same, but for rounding; where terms cancel, for that of the terms."""
        if one.shape != other.shape:
            return False
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
            right = self._right(state, key)
            true = self.passes.due(key)
            follows = is_given and self.agrees(self.given[key], right, key)
            if follows or not is_given:
                number = right if not is_given else true if self.agrees(self.given[key], true, key) else self.given[key]
                yield state.cost, place + 1, "right", state.with_(key, number)
            if follows or not (is_given or (key[0] in ("dA", "dZ") and key[1])):
                return
            if state.faults:
                yield state.cost + AGAIN, place, "again", state
            yield state.cost + 1.0, place, "new", state
            yield state.cost + 2.0, place, "pair", state
            if is_given or key[0] == "dZ":
                yield state.cost + STRANGE, place, "strange", state
            return
        if stage == "strange":
            tried = self._strange(state, key) if is_given else self._read_off(state, key)
        else:
            tried = self._explained(state, key, LEVELS[stage]) if is_given else self._hidden(state, key, LEVELS[stage])
        for after in tried:
            yield after.cost, place + 1, "right", after

    def _right(self, state: Supposition, key: Key) -> Any:
        right = self._numbers(state, key, self.passes.right(*key))
        return right[0] if right else self.passes.due(key)

    def _numbers(self, state: Supposition, key: Key, formula: str) -> list[Any]:
        """What a formula gives for the next line of a supposition."""
        if (key, formula) not in state.numbers:
            self.spent[key] += self.effort.get(max(key[1], 1), 1)
            state.numbers[key, formula] = self.passes.values(formula, key[1], state.own)
        found: list[Any] = state.numbers[key, formula]
        return found

    def _tried(self, state: Supposition, key: Key, level: int) -> Iterator[tuple[tuple[Made, ...], Any, int]]:
        """What misconceptions make of a line, and how many new ones remain, of `level`, for a factor of the line."""
        kind = self.passes.kind(*key)
        for number in self._numbers(state, key, self.passes.right(*key)):
            yield (), number, level
        for made, formula in _lines(kind, level == 2 or bool(state.faults)):
            left = level - state.fresh(made)
            if left >= 0:
                for number in self._numbers(state, key, formula):
                    yield made, number, left

    def _hidden(self, state: Supposition, key: Key, level: int) -> Iterator[Supposition]:
        """What may have been done in a line whose array the code did not give. Two new things at once must show in what comes next."""
        right = self._right(state, key)
        has_more = any(fault.layer == key[1] and fault.line == "dA" for fault in state.faults)
        for made, number, left in self._tried(state, key, level):
            if number.shape != right.shape:
                continue
            if made and not left and not self.agrees(number, right, key):
                after = state.with_(key, number, made)
                if not (level == 2 or (level and has_more)) or self._shows(after, key):
                    yield after
            if key[0] == "dZ":
                for factor_made, factor in self._shown_factors(state, key, number):
                    if state.fresh(factor_made) == left:
                        yield state.with_(key, factor * number, (*made, *factor_made))

    def _shows(self, state: Supposition, key: Key) -> bool:
        """Whether an array that the code gave follows from the last one of a supposition."""
        if key[0] == "dA":
            key = ("dZ", key[1])
            if key in self.given:
                return self._fits(key, self._right(state, key))
            state = state.with_(key, self._right(state, key))
        after: list[Key] = [("dW", key[1]), ("db", key[1]), ("dA", key[1] - 1)]
        return any(each in self.given and self._fits(each, self._right(state, each)) for each in after)

    def _shown_factors(self, state: Supposition, key: Key, number: Any) -> Iterator[tuple[tuple[Made, ...], float]]:
        """The factors of a hidden error that the gradient of a parameter shows."""
        kind = "dY" if key[1] == self.passes.depth and ("dA", key[1]) not in self.given else "dZ"
        later = Supposition(own={**state.own, key: number})
        seen = set()
        for name in ("dW", "db"):
            after: Key = (name, key[1])
            if after in self.given:
                for made, factor in self._factors(after, self._right(later, after), kind):
                    if made and made not in seen:
                        seen.add(made)
                        yield made, factor

    def _read_off(self, state: Supposition, key: Key) -> Iterator[Supposition]:
        """An error that nothing explains, where the gradients of the parameters tell what it is: few examples, many inputs."""
        if any((fault.line, fault.layer) == ("dA", key[1]) for fault in state.faults):  # nothing would show it
            return
        dW, db = (self.given.get((name, key[1])) for name in ("dW", "db"))
        inputs = self.passes.A[key[1] - 1]
        rows = numpy.vstack([inputs, numpy.ones((1, inputs.shape[1]))])
        if dW is None or db is None or (dW.shape, db.shape) != (self.passes.W[key[1]].shape, self.passes.b[key[1]].shape):
            return
        whole = numpy.hstack([dW, db])
        if not (numpy.isfinite(whole).all() and numpy.isfinite(rows).all()) or numpy.linalg.matrix_rank(rows) < rows.shape[1]:
            return
        error = whole @ numpy.linalg.pinv(rows.T)
        if self.agrees(error @ rows.T, whole, ("dW", key[1])) and not self.agrees(error, self._right(state, key), key):
            after = state.strange(key, error * self.passes.scale, "UNEXPLAINED")
            yield Supposition(after.cost, after.faults, after.own, state.direct)

    def _explained(self, state: Supposition, key: Key, level: int) -> Iterator[Supposition]:
        """An array that the code gave, by the misconceptions that make it so."""
        given, due = self.given[key], self.passes.due(key)
        going_on = given if given.shape == due.shape else given.T if given.T.shape == due.shape else due
        for made, number, left in self._tried(state, key, level):
            for factor_made, _ in self._factors(key, number, self.passes.kind(*key)):
                if state.fresh(factor_made) == left and (made or factor_made):
                    yield state.with_(key, going_on, (*made, *factor_made), given=True)

    def _fits(self, key: Key, number: Any) -> bool:
        """Whether a number is the array that the code gave."""
        given = self.given[key]
        if number.shape != given.shape:
            return False
        at, peak = self.peaks[key]
        if abs(float(number.flat[at]) - peak) > 2 * (self.reach * abs(peak) + self.floor[key]):  # what is no number is looked at whole
            return False
        return self.agrees(given, number, key)

    def _factors(self, key: Key, number: Any, kind: str) -> Iterator[tuple[tuple[Made, ...], float]]:
        """By which misconceptions about a factor of a line an array comes to be what the code gave; none where they are the same."""
        given = self.given[key]
        if number.shape != given.shape:
            return
        if self._fits(key, number):
            yield (), 1.0
            return
        at, peak = self.peaks[key]
        other, within = float(number.flat[at]), 2 * (self.reach * abs(peak) + self.floor[key])
        for written, factor in self.passes.factors(kind):
            if abs(factor * other - peak) <= within and self.agrees(given, factor * number, key):
                yield tuple([Made(code, "factor", f"{each:.6g}") for code, each in written]), factor

    def _strange(self, state: Supposition, key: Key) -> Iterator[Supposition]:
        """An array that nothing explains: one goes on with it as it is, or with the right one where it has another shape."""
        given, true = self.given[key], self.passes.due(key)
        if self.agrees(given, true, key):  # right, although what came before it was not
            yield state.strange(key, true)
        elif given.shape == true.shape:
            yield state.strange(key, given, "UNEXPLAINED")
        else:
            yield state.strange(key, true, "SHAPE")


@cache
def _lines(kind: str, with_pairs: bool) -> tuple[tuple[tuple[Made, ...], str], ...]:
    """What may stand in for a line of a kind: the misconceptions in it, and the formula that comes of them."""
    written = [((each,), each[1]) for each in formulas_for(kind)] + (list(pairs_for(kind)) if with_pairs else [])
    return tuple([(tuple([Made(code, kind, text) for code, text in parts]), formula) for parts, formula in written])


def _peak(array: Any) -> tuple[int, float]:
    """Where the largest number of an array stands, and the number."""
    at = int(numpy.argmax(numpy.abs(array))) if array.size else 0
    return at, float(array.flat[at]) if array.size else 0.0
