"""The perceptron and its limits: Rosenblatt's rule, and whether points can be separated by a line at all.

`separability` decides that in exact arithmetic and proves its answer: with a line, or with a point that is a convex
combination of both classes, which no line can put on two sides.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy

from autograd import Value
from autograd.engine.ieee import as_float

from .arguments import as_values, count, examples, targets
from .history import History
from .neuron import Neuron

LONGEST = 400  # signs of a verdict; a longer one is written with rounded numbers
MOST_PIVOTS = 20_000  # of the simplex method in floats, which may go round in circles

# --- Rosenblatt's rule -----------------------------------------------------------------------------------------------


class Perceptron(Neuron):
    """A neuron with a step: class 1 where w·x + b > 0, else class 0 (Rosenblatt, 1958).

    `ties` is the class of a point with w·x + b = 0: 0 (strictly greater is class 1), or 1. The weights start at 0
    unless `init` says otherwise. `fit` is Rosenblatt's rule; a gradient descent could not learn, for the step has the
    derivative 0.

    >>> from nn import data
    >>> model = Perceptron(2)
    >>> history = model.fit(*data.gates("and"))
    >>> history.epochs, model.bias.data, [w.data for w in model.weights]
    (6, -2.0, [2.0, 1.0])
    """

    def __init__(self, n_in: int, ties: int = 0, init: Any = "zeros", rng: Any = None):
        if ties not in (0, 1):
            raise ValueError(f"ties is the class of a tie, 0 or 1, not {ties!r}")
        super().__init__(n_in, "heaviside", init, rng)
        self.ties = int(ties)

    def __call__(self, x: Any) -> Value:
        inputs = as_values(x, self.n_in, self.title)
        with self.scope:
            a: Any = self.pre_activation(inputs)
            return a.heaviside() if self.ties == 0 else 1 - (-a).heaviside()

    def fit(self, X: Any, y: Any, epochs: int = 100, shuffle: bool = False) -> History:  # type: ignore[override]
        """Rosenblatt's rule, w ← w + (t - y) x and b ← b + (t - y), example by example, until an epoch makes no mistake.

        `y` holds the classes 0 and 1. The history's "mistakes" counts the corrections of each epoch, and its `path` has the
        parameters (weights, then bias) before the first correction and after each; `stopped` is set when the last epoch
        had none. Without that, after `epochs`, nothing is proved: ask `separability`.

        Raises ValueError for other labels or shapes.
        """
        rows, labels = _two_classes(X, y)
        if rows.shape[1] != self.n_in:
            raise ValueError(f"X has {rows.shape[1]} features, but the perceptron takes {self.n_in}")
        count("epochs", epochs)
        history = self.history = History()
        history.path.append(tuple([parameter.data for parameter in self.parameters()]))
        pairs = list(zip(rows.tolist(), labels, strict=True))
        for epoch in range(1, epochs + 1):
            mistakes = 0
            for k in self.rng.permutation(len(pairs)) if shuffle else range(len(pairs)):
                x, t = pairs[k]
                error = t - self(x).data
                if error:
                    mistakes += 1
                    for weight, item in zip(self.weights, x, strict=True):
                        weight.data = weight.data + error * item
                    self.bias.data = self.bias.data + error
                    history.path.append(tuple([parameter.data for parameter in self.parameters()]))
            history.add(mistakes=mistakes)
            history.updates += mistakes
            if not mistakes:
                history.stopped = f"no mistake in epoch {epoch}"
                break
        return history

    def __repr__(self) -> str:
        return f"Perceptron({self.n_in}{', ties=1' * self.ties})"


def _two_classes(X: Any, y: Any) -> tuple[Any, list[int]]:
    """The points, and the class of each, 0 or 1."""
    rows = examples(X)
    labels = targets(y, len(rows)).tolist()
    for label in labels:
        if label not in (0, 1):
            raise ValueError(f"a class is 0 or 1, not {label}; for labels -1 and 1 write (y + 1) / 2")
    return rows, [int(label) for label in labels]


# --- line or certificate ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Separability:
    """Whether two classes can be separated by w·x + b > 0, with the proof, in fractions.

    If so, `weights` and `bias` separate them strictly. If not, `zeros` and `ones` are pairs (point, share) of the two
    classes whose shares are positive and sum to 1, and both combinations are the one `point`.
    """

    separable: bool
    weights: tuple[Fraction, ...] = ()
    bias: Fraction = Fraction(0)
    zeros: tuple[tuple[tuple[Fraction, ...], Fraction], ...] = ()
    ones: tuple[tuple[tuple[Fraction, ...], Fraction], ...] = ()
    point: tuple[Fraction, ...] = ()

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
    rows, labels = _two_classes(X, y)
    points = [tuple([Fraction(float(v) if isinstance(v, Value) else v) for v in row]) for row in rows.tolist()]
    n = len(points[0])
    if len(set(labels)) < 2:
        return Separability(True, (Fraction(0),) * n, Fraction(1 if labels[0] else -1))
    # Seek shares s >= 0 with Σ_1 s x - Σ_0 s x = 0, Σ_1 s = 1, Σ_0 s = 1.
    columns = [[*(v if t else -v for v in point), Fraction(t), Fraction(1 - t)] for point, t in zip(points, labels, strict=True)]
    shares, prices = _feasible(columns, [Fraction(0)] * n + [Fraction(1)] * 2)
    if shares is None:
        # Now p·column <= 0 for every column, while p·(0, …, 0, 1, 1) > 0: that is a line with room on both sides.
        w, first, second = [-p for p in prices[:n]], prices[n], prices[n + 1]
        return Separability(True, tuple(w), -(first - second) / 2)
    sides: tuple[list[Any], list[Any]] = ([], [])
    for point, t, share in zip(points, labels, shares, strict=True):
        if share:
            sides[t].append((point, share))
    meeting = tuple([sum((share * point[k] for point, share in sides[1]), Fraction(0)) for k in range(n)])
    return Separability(False, zeros=tuple(sides[0]), ones=tuple(sides[1]), point=meeting)


def _feasible(columns: list[list[Fraction]], right: list[Fraction]) -> tuple[list[Fraction] | None, list[Fraction]]:
    """Numbers s >= 0 with Σ s_k column_k = right, or None and prices p with p·column <= 0 < p·right (Farkas' lemma).

    The simplex method in floats finds the columns that matter; what follows from them is computed, and proved, in
    fractions. Where floats were too coarse to find them, the method itself is run in fractions.
    """
    exact = numpy.array([*zip(*columns, strict=True)], dtype=object)
    floats = numpy.array([[as_float(v) for v in row] for row in exact])
    with numpy.errstate(all="ignore"):
        floats /= abs(floats).max(axis=1, keepdims=True) + (floats == 0).all(axis=1, keepdims=True)
    scaled = numpy.array([float(v) for v in right])
    for rows, limits, tolerance in ((floats, scaled, 1e-9), (exact, numpy.array(right, dtype=object), 0)):
        with numpy.errstate(all="ignore"):
            found = _proved(columns, right, _last_basis(rows, limits, tolerance))
        if found is not None:
            return found
    raise AssertionError("the simplex method in fractions ends with a proof")


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
    """The solution of a square system (Gauss and Jordan), or None where there is not exactly one."""
    table = [[*row, v] for row, v in zip(rows, right, strict=True)]
    for k in range(len(table)):
        pivot = next((i for i in range(k, len(table)) if table[i][k]), None)
        if pivot is None:
            return None
        table[k], table[pivot] = table[pivot], table[k]
        head = table[k] = [v / table[k][k] for v in table[k]]
        for i, row in enumerate(table):
            if i != k and row[k]:
                factor = row[k]
                table[i] = [*row[: k + 1], *(v - factor * p for v, p in zip(row[k + 1 :], head[k + 1 :], strict=True))]
    return [row[-1] for row in table]
