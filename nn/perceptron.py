"""The perceptron and its limits: Rosenblatt's rule, and whether points can be separated by a line at all.

`separability` decides that in exact arithmetic and proves its answer: with a line, or with a point that is a convex
combination of both classes, which no line can put on two sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from autograd import Value

from .arguments import as_values, count, examples, targets
from .history import History
from .neuron import Neuron

# --- Rosenblatt's rule -----------------------------------------------------------------------------------------------


class Perceptron(Neuron):
    """A neuron with a step: class 1 where w·x + b > 0, else class 0 (lecture rows D1-03, D2-03; Rosenblatt, 1958).

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

        `y` holds the classes 0 and 1. The history's "mistakes" counts the corrections of each epoch; `stopped` is set
        when the last one had none. Without that, after `epochs`, nothing is proved: ask `separability`.

        Raises ValueError for other labels or shapes.
        """
        rows, labels = _two_classes(X, y)
        if rows.shape[1] != self.n_in:
            raise ValueError(f"X has {rows.shape[1]} features, but the perceptron takes {self.n_in}")
        count("epochs", epochs)
        history = self.history = History()
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
        if self.separable:
            terms = [f"{w}·x{k}" for k, w in enumerate(self.weights, 1) if w]
            line = " + ".join([*terms, str(self.bias)]).replace("+ -", "- ")
            return f"separable: class 1 is where {line} > 0"
        sides = [" + ".join(f"{share}·{_tuple(point)}" for point, share in side) for side in (self.zeros, self.ones)]
        return (
            f"not separable: {sides[0]} of class 0 and {sides[1]} of class 1 are the same point {_tuple(self.point)}; "
            f"w·x + b would have to be negative there as a mean of class 0, and positive as a mean of class 1"
        )

    __repr__ = __str__


def _tuple(point: Sequence[Fraction]) -> str:
    return f"({', '.join(map(str, point))})"


def separability(X: Any, y: Any) -> Separability:
    """A line (in general a hyperplane) that separates the classes 0 and 1 strictly, or a proof that there is none.

    One of the two always holds and never both (the theorem of the separating hyperplane). The arithmetic is exact:
    floats are taken as the fractions they are. Raises ValueError for other labels.

    >>> print(separability([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]))  # XOR, lecture row D2-07
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

    The first phase of the simplex method with Bland's rule, which cannot cycle; right >= 0.
    """
    m, n = len(right), len(columns)
    # One artificial variable for each equation; the last row is what the artificial ones still add up to.
    rows = [[*(column[i] for column in columns), *(Fraction(i == k) for k in range(m)), right[i]] for i in range(m)]
    cost = [-sum((row[j] for row in rows), Fraction(0)) for j in range(n)] + [Fraction(0)] * m + [-sum(right, Fraction(0))]
    basis = list(range(n, n + m))
    while True:
        entering = next((j for j in range(n + m) if cost[j] < 0), None)
        if entering is None:
            break
        ratios = [(row[-1] / row[entering], basis[i], i) for i, row in enumerate(rows) if row[entering] > 0]
        _, _, leaving = min(ratios)  # the objective is bounded by 0, so there is one
        pivot = rows[leaving][entering]
        rows[leaving] = [v / pivot for v in rows[leaving]]
        for target in (*rows[:leaving], *rows[leaving + 1 :], cost):
            factor = target[entering]
            if factor:
                target[:] = [v - factor * p for v, p in zip(target, rows[leaving], strict=True)]
        basis[leaving] = entering
    if cost[-1] == 0:
        shares = [Fraction(0)] * (n + m)
        for i, j in enumerate(basis):
            shares[j] = rows[i][-1]
        return shares[:n], []
    return None, [1 - cost[n + i] for i in range(m)]
