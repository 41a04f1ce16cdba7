"""Whether points of two classes can be separated by a line (in general a hyperplane), with a proof of the answer.

The simplex method in floats finds what matters: a line, or a point that is a convex combination of both classes, which no
line can put on two sides. What is found so is proved in exact arithmetic, with the fewest digits that will do.
`Separability.check` judges a line that somebody found by hand.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, lcm, nan
from typing import Any

import numpy

from autograd import Value
from autograd.engine.ieee import as_float
from autograd.explain.languages import fill, templates
from autograd.handcheck.answers import Typed, shown, typed
from autograd.handcheck.report import Finding, Judged, Report

from .arguments import examples, targets

LONGEST = 400  # signs of a verdict; a longer one is written with rounded numbers
LONG = 12  # signs of a fraction in an inequality; a longer one is written rounded
SHOWN = 16  # inequalities of a line; of more, the nearest points are shown, and of mistakes the first
MOST_PIVOTS = 20_000  # of the simplex method in floats, which may go round in circles


def two_classes(X: Any, y: Any) -> tuple[Any, list[int]]:
    """The points, and the class of each, 0 or 1."""
    rows = examples(X)
    labels = targets(y, len(rows)).tolist()
    for label in labels:
        if label not in (0, 1):
            raise ValueError(f"a class is 0 or 1, not {label}; for labels -1 and 1 write (y + 1) / 2")
    return rows, [int(label) for label in labels]


@dataclass(frozen=True)
class Separability:
    """Whether two classes can be separated by w·x + b > 0, with the proof, in fractions.

    If so, `weights` and `bias` separate them strictly; they have the fewest digits that do. If not, `zeros` and `ones` are
    pairs (point, share) of the two classes whose shares are positive and sum to 1, and both combinations are the one
    `point`. `points` are all of them, with their classes.
    """

    separable: bool
    weights: tuple[Fraction, ...] = ()
    bias: Fraction = Fraction(0)
    zeros: tuple[tuple[tuple[Fraction, ...], Fraction], ...] = ()
    ones: tuple[tuple[tuple[Fraction, ...], Fraction], ...] = ()
    point: tuple[Fraction, ...] = ()
    points: tuple[tuple[tuple[Fraction, ...], int], ...] = ()

    @property
    def inequalities(self) -> tuple[str, ...]:
        """What the points ask of the line, an inequality for each, as one writes them on a board.

        Where there is a line, with its numbers; of many points, the nearest ones. Where there is none, the inequalities
        of the points that take part in the proof, and the two that follow from them and cannot both be true.

        >>> print(*separability([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]).inequalities, sep="\\n")  # XOR
        (0, 0) is of class 0: b <= 0
        (1, 1) is of class 0: w1 + w2 + b <= 0
        1/2 of (0, 0) + 1/2 of (1, 1): 1/2·w1 + 1/2·w2 + b <= 0
        (0, 1) is of class 1: w2 + b > 0
        (1, 0) is of class 1: w1 + b > 0
        1/2 of (0, 1) + 1/2 of (1, 0): 1/2·w1 + 1/2·w2 + b > 0
        """
        if not self.separable:
            return tuple([line for t, side in enumerate((self.zeros, self.ones)) for line in self._of_side(side, t)])
        heights = [(self._height(point), point, t) for point, t in self.points]
        shown = heights if len(heights) <= SHOWN else sorted(heights, key=lambda row: abs(row[0]))[:SHOWN]
        more = len(heights) - len(shown)
        lines = [f"{_asked(point, t)[: -len(SIGNS[t])].rstrip()} = {_short(height)} {SIGNS[t]}" for height, point, t in shown]
        return (*lines, *([f"… and {more} more, farther away"] if more else []))

    def check(self, answers: Mapping[str, Any], lang: str = "en") -> Report:
        """The report on a line found by hand, w·x + b = 0 with class 1 where w·x + b > 0: each point is on its side, or not.

        `answers` has a number, or a text such as "-1/2" or "0,5", for w1, w2, … and b; None is a blank. The score is the share of
        the points that are on their side, and 0 while a number is missing; of many points on the wrong side, the first
        sixteen are named. Raises ValueError for other names, and for what is no finite number.

        >>> either = separability([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1])
        >>> print(either.check({"w1": 1, "w2": 0.5, "b": "-1/2"}))
        3 right, 1 slip: 3/4
        (0, 1): class 1 asks for w2 + b > 0, but w2 + b = 0. Which of these numbers has to change?
        """
        templates(lang)
        known = [*(f"w{k}" for k in range(1, len(self.points[0][0]) + 1)), "b"]
        if not isinstance(answers, Mapping):
            raise TypeError(f"a line is given as a dict of name to number, not {type(answers).__name__}")
        for name in [*answers, *known]:
            if name not in known or name not in answers:
                raise ValueError(
                    f"a line has the numbers {', '.join(shortened(known))}; {shown(str(name))} is {'missing' if name in known else 'none'}"
                )
        given = {name: typed(answers[name], name) for name in known}
        numbers = [_as_typed(name, each.data) for name, each in given.items() if each is not None]
        if len(numbers) < len(known):
            return _unfinished(given, lang)
        *w, b = numbers
        heights = [_product(w, point) + b for point, _ in self.points]
        verdicts = ["right" if (height > 0) is (t == 1) else "wrong" for height, (_, t) in zip(heights, self.points, strict=True)]
        turned = all((height < 0) is (t == 1) for height, (_, t) in zip(heights, self.points, strict=True))
        findings: list[Finding] = []
        judged: list[Judged] = []
        for height, (point, t), verdict in zip(heights, self.points, verdicts, strict=True):
            what, line, number = _tuple(point, _short), _line_at(point), _short(height)
            judged.append(Judged(what, f"{line} = {number}", as_float(height), verdict))
            if verdict == "wrong" and len(findings) < SHOWN:
                texts = {"what": what, "name": t, "asked": f"{line} {SIGNS[t]}", "line": line, "number": number}
                code = "SIGN" if turned else "WRONG_SIDE"
                findings.append(Finding(what, None, code, as_float(height), None, fill("line.side", texts, lang)))
        said = ["line.turned"] * turned + ["line.none"] * (not self.separable)
        notes = tuple([fill(key, {}, lang) for key in said])
        return Report(verdicts.count("right") / len(verdicts), tuple(findings), tuple(judged), notes, lang)

    def _of_side(self, side: Sequence[tuple[Sequence[Fraction], Fraction]], t: int) -> Iterable[str]:
        yield from [_asked(point, t) for point, _ in side]
        few = " + ".join([f"{_short(share)} of {_tuple(point, _short)}" for point, share in side])
        yield f"{few if len(side) <= 3 else f'a mean of these {len(side)} points'}: {_line_at(self.point)} {SIGNS[t]}"

    def _height(self, point: Sequence[Fraction]) -> Fraction:
        """w·x + b at a point."""
        return _product(self.weights, point) + self.bias

    def __bool__(self) -> bool:
        return self.separable

    def __str__(self) -> str:
        exact = self._text(str)
        return exact if len(exact) <= LONGEST else self._text(lambda number: f"{float(number):.4g}")

    def _text(self, text: Callable[[Fraction], str]) -> str:
        """The sentence with its fractions written by `text`; where many points take part, it only says how many."""
        if self.separable:
            terms = [f"{text(w)}·x{k}" for k, w in enumerate(self.weights, 1) if w]
            line = " + ".join([*shortened(terms), text(self.bias)]).replace("+ -", "- ")
            return f"separable: class 1 is where {line} > 0"
        sides = [
            " + ".join(f"{text(share)}·{_tuple(point, text)}" for point, share in side)
            if len(side) <= 3
            else f"a mean of {len(side)} points"
            for side in (self.zeros, self.ones)
        ]
        return (
            f"not separable: {sides[0]} of class 0 and {sides[1]} of class 1 are the same point {_tuple(self.point, text)}; "
            f"w·x + b would have to be negative there as a mean of class 0, and positive as a mean of class 1"
        )

    __repr__ = __str__


SIGNS = ("<= 0", "> 0")  # of w·x + b, by class


def _as_typed(name: str, data: float) -> Fraction:
    """The fraction that was typed: 1/3 or 0.1, not the float beside it."""
    if not isfinite(data):
        raise ValueError(f"a line has finite numbers, but {name} is {data}")
    simple = Fraction(data).limit_denominator(1000)
    return simple if float(simple) == data else Fraction(repr(data))


def _unfinished(given: Mapping[str, Typed | None], lang: str) -> Report:
    """The report on a line some of whose numbers are missing."""
    blanks = [name for name, answer in given.items() if answer is None]
    findings = [Finding(name, None, "MISSING", nan, None, fill("check.missing", {"what": name}, lang)) for name in blanks]
    return Report(0.0, tuple(findings), tuple([Judged(name, "", nan, "missing") for name in blanks]), (), lang)


def _asked(point: Sequence[Fraction], t: int) -> str:
    """What a point of class t asks of w and b."""
    return f"{_tuple(point, _short)} is of class {t}: {_line_at(point)} {SIGNS[t]}"


def _line_at(point: Sequence[Fraction]) -> str:
    """w·x + b at a point, in the letters w1, w2, … and b."""
    terms = [f"w{k}" if v == 1 else f"-w{k}" if v == -1 else f"{_short(v)}·w{k}" for k, v in enumerate(point, 1) if v]
    return " + ".join([*shortened(terms), "b"]).replace("+ -", "- ")


def _short(number: Fraction) -> str:
    """A fraction as it is, or rounded where it has many digits."""
    text = str(number)
    return text if len(text) <= LONG else f"{as_float(number):.4g}"


def _tuple(point: Sequence[Fraction], text: Callable[[Fraction], str]) -> str:
    return f"({', '.join(shortened([text(v) for v in point]))})"


def shortened(texts: list[str]) -> list[str]:
    """A long list by its first five and its last."""
    return texts if len(texts) <= 8 else [*texts[:5], "…", texts[-1]]


def separability(X: Any, y: Any) -> Separability:
    """A line (in general a hyperplane) that separates the classes 0 and 1 strictly, or a proof that there is none.

    One of the two always holds and never both (the theorem of the separating hyperplane). The proof is exact:
    floats are taken as the fractions they are. Raises ValueError for other labels.

    >>> print(separability([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]))  # XOR
    not separable: 1/2·(0, 0) + 1/2·(1, 1) of class 0 and 1/2·(0, 1) + 1/2·(1, 0) of class 1 are the same point (1/2, 1/2); w·x + b would have to be negative there as a mean of class 0, and positive as a mean of class 1
    """
    rows, labels = two_classes(X, y)
    points = [tuple([Fraction(float(v) if isinstance(v, Value) else v) for v in row]) for row in rows.tolist()]
    n, known = len(points[0]), tuple(zip(points, labels, strict=True))
    if len(set(labels)) < 2:
        return Separability(True, (Fraction(0),) * n, Fraction(1 if labels[0] else -1), points=known)
    # Seek shares s >= 0 with Σ_1 s x - Σ_0 s x = 0, Σ_1 s = 1, Σ_0 s = 1.
    ends = (Fraction(0), Fraction(1)), (Fraction(1), Fraction(0))
    columns = [[*(point if t else [-v for v in point]), *ends[t]] for point, t in known]
    shares, prices = _feasible(columns, [Fraction(0)] * n + [Fraction(1)] * 2, lambda p: _rounded(p, known))
    if shares is None:
        # Now p·column <= 0 for every column, while p·(0, …, 0, 1, 1) > 0: that is a line with room on both sides.
        w = [-p for p in prices[:n]]
        return Separability(True, tuple(w), _bias(w, known) or -(prices[n] - prices[n + 1]) / 2, points=known)
    sides: tuple[list[Any], list[Any]] = ([], [])
    for point, t, share in zip(points, labels, shares, strict=True):
        if share:
            sides[t].append((point, share))
    meeting = tuple([sum((share * point[k] for point, share in sides[1]), Fraction(0)) for k in range(n)])
    return Separability(False, zeros=tuple(sides[0]), ones=tuple(sides[1]), point=meeting, points=known)


# --- the fewest digits that separate -----------------------------------------------------------------------------------

Classified = Sequence[tuple[Sequence[Fraction], int]]


def _rounded(w: Sequence[float], points: Classified) -> list[Fraction] | None:
    """Weights of few digits, near those that floats have found, that separate the points; None where none do."""
    largest = max(map(abs, w), default=0.0)
    if not 0 < largest < float("inf"):
        return None
    for digits in (1, 2, 3, 4, 6, 9, 12, 16):
        candidate = [Fraction(f"{v / largest:.{digits}f}") for v in w]
        if _bias(candidate, points) is not None:
            return candidate
    return None


def _bias(w: Sequence[Fraction], points: Classified) -> Fraction | None:
    """A bias of few digits with which the weights separate the points strictly; None if there is none."""
    unit, scale = lcm(*{v.denominator for point, _ in points for v in point}), lcm(*[v.denominator for v in w])
    whole, heights = [int(v * scale) for v in w], ([], [])  # type: tuple[list[int], tuple[list[int], list[int]]]
    for point, t in points:  # in whole numbers, which need no reducing
        heights[t].append(sum([v * (each.numerator * (unit // each.denominator)) for v, each in zip(whole, point, strict=True) if v]))
    low, high = Fraction(max(heights[0]), unit * scale), Fraction(min(heights[1]), unit * scale)
    if low >= high:
        return None
    middle = (low + high) / 2
    for digits in range(-2, 17):
        near = Fraction(round(middle * 10**digits), 1) / Fraction(10) ** digits
        if low < near < high:
            return -near
    return -middle


def _feasible(
    columns: list[list[Fraction]], right: list[Fraction], simpler: Callable[[list[float]], list[Fraction] | None]
) -> tuple[list[Fraction] | None, list[Fraction]]:
    """Numbers s >= 0 with Σ s_k column_k = right, or None and prices p with p·column <= 0 < p·right (Farkas' lemma).

    The simplex method in floats finds the columns that matter; what follows from them is computed, and proved, in
    fractions. Where floats were too coarse to find them, the method itself is run in fractions.
    """
    exact = numpy.array([*zip(*columns, strict=True)], dtype=object)
    floats = numpy.array([[as_float(v) for v in row] for row in exact])
    with numpy.errstate(all="ignore"):
        scale = abs(floats).max(axis=1) + (floats == 0).all(axis=1)
        floats /= scale[:, None]
    scaled = numpy.array([float(v) for v in right])
    for rows, limits, tolerance in ((floats, scaled, 1e-9), (exact, numpy.array(right, dtype=object), 0)):
        with numpy.errstate(all="ignore"):
            basis = _last_basis(rows, limits, tolerance)
            line = simpler(_direction(floats, basis, len(right) - 2) / scale[: len(right) - 2])
            if line is not None:
                return None, [-v for v in line] + [Fraction(0)] * 2
            found = _proved(columns, right, basis)
        if found is not None:
            return found
    raise AssertionError("the simplex method in fractions ends with a proof")


def _direction(rows: Any, basis: list[int], n: int) -> Any:
    """The weights of the line that a basis belongs to, in floats; 0 where it belongs to none."""
    m, columns = rows.shape
    chosen = numpy.concatenate([rows, numpy.eye(m)], axis=1)[:, basis]
    try:
        prices = numpy.linalg.solve(chosen.T, numpy.array([float(j >= columns) for j in basis]))
    except numpy.linalg.LinAlgError:
        return numpy.zeros(n)
    return -prices[:n]


def _last_basis(rows: Any, right: Any, tolerance: float) -> list[int]:
    """The columns that the first phase of the simplex method ends with; those from the number of columns on are artificial.

    With Bland's rule, which cannot cycle; right >= 0.
    """
    m, n = rows.shape
    table = numpy.concatenate([rows, (numpy.eye(m, dtype=int) * Fraction(1)).astype(rows.dtype), right[:, None]], axis=1)
    cost = -table.sum(axis=0)
    cost[n : n + m] = 0
    basis = list(range(n, n + m))
    for _ in range(MOST_PIVOTS if tolerance else sys.maxsize):
        falling = numpy.flatnonzero(cost[:-1] < -tolerance)
        if not len(falling):
            break
        entering = falling[0]
        ratios = [(table[i, -1] / table[i, entering], basis[i], i) for i in range(m) if table[i, entering] > tolerance]
        if not ratios:
            break  # in floats only: the objective is bounded by 0
        leaving = min(ratios)[2]
        table[leaving] = table[leaving] / table[leaving, entering]
        factors = table[:, entering].copy()
        factors[leaving] = 0
        table = table - numpy.multiply.outer(factors, table[leaving])
        cost = cost - cost[entering] * table[leaving]
        basis[leaving] = int(entering)
    return basis


def _proved(columns: list[list[Fraction]], right: list[Fraction], basis: list[int]) -> tuple[list[Fraction] | None, list[Fraction]] | None:
    """The shares, or the prices, that belong to a basis, if they are right; else None."""
    m, n = len(right), len(columns)
    chosen = [columns[j] if j < n else [Fraction(i == j - n) for i in range(m)] for j in basis]
    parts = _solved([[column[i] for column in chosen] for i in range(m)], right)
    if parts is None:
        return None
    if all(part >= 0 if j < n else part == 0 for j, part in zip(basis, parts, strict=True)):
        shares = [Fraction(0)] * n
        for j, part in zip(basis, parts, strict=True):
            if j < n:
                shares[j] = part
        return shares, []
    prices = _solved(chosen, [Fraction(j >= n) for j in basis])
    if prices is None or _product(prices, right) <= 0 or any(_product(prices, column) > 0 for column in columns):
        return None
    return None, prices


def _product(one: Sequence[Fraction], other: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(one, other, strict=True) if b), Fraction(0))


def _solved(rows: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> list[Fraction] | None:
    """The solution of a square system, or None where there is not exactly one.

    Without fractions on the way, which would be reduced again and again (Bareiss, Math. Comp. 22, 1968, after Jordan).
    """
    table: list[list[int]] = []
    for row, v in zip(rows, right, strict=True):
        common = lcm(*[each.denominator for each in (*row, v)])
        table.append([int(each * common) for each in (*row, v)])
    before = 1
    for k in range(len(table)):
        pivot = next((i for i in range(k, len(table)) if table[i][k]), None)
        if pivot is None:
            return None
        table[k], table[pivot] = table[pivot], table[k]
        head, at = table[k], table[k][k]
        for i, below in enumerate(table):
            if i != k:
                factor = below[k]
                table[i] = [(at * v - factor * p) // before for v, p in zip(below, head, strict=True)]
        before = at
    return [Fraction(row[-1], before) for row in table]
