"""Data sets: small ones that are made here, three real ones from scikit-learn, and ways to split them.

Every function gives X of shape (examples, features) and y with one entry for each example: class numbers from 0, or
numbers to be predicted. `rng` is a seed or a NumPy generator.

>>> X, y = gates("xor")
>>> X.tolist(), y.tolist()
([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
"""

from collections.abc import Iterator
from typing import Any

import numpy

from autograd.quoting import quoted

from .arguments import choose, count, examples, generator, real, targets
from .losses import class_number

MOST_ENTRIES = 100_000_000  # of rows of classes: 0.8 GB

# The sixteen Boolean functions of two inputs: what each gives for (0, 0), (0, 1), (1, 0), (1, 1).
GATES = {
    "false": (0, 0, 0, 0), "and": (0, 0, 0, 1), "a and not b": (0, 0, 1, 0), "a": (0, 0, 1, 1),
    "b and not a": (0, 1, 0, 0), "b": (0, 1, 0, 1), "xor": (0, 1, 1, 0), "or": (0, 1, 1, 1),
    "nor": (1, 0, 0, 0), "xnor": (1, 0, 0, 1), "not b": (1, 0, 1, 0), "a or not b": (1, 0, 1, 1),
    "not a": (1, 1, 0, 0), "b or not a": (1, 1, 0, 1), "nand": (1, 1, 1, 0), "true": (1, 1, 1, 1),
}  # fmt: skip


def gates(name: str, size: int = 4, noise: float = 0.0, rng: Any = None) -> tuple[Any, Any]:
    """The truth table of a Boolean function of two inputs, one of GATES.

    With a `size` other than 4 the four rows are repeated in turn; `noise` is the standard deviation of what is added
    to X. Raises ValueError for an unknown name.
    """
    outputs = choose("a gate", name, GATES)
    rows = numpy.arange(count("size", size)) % 4
    X = numpy.array([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)])[rows]
    return _noisy(X, noise, generator(rng)), numpy.array(outputs)[rows]


def moons(size: int = 100, noise: float = 0.1, rng: Any = None) -> tuple[Any, Any]:
    """Two half circles that reach into each other, classes 0 and 1; `noise` is the standard deviation of what is added to X.

    >>> X, y = moons(6, rng=0)
    >>> X.shape, sorted(y.tolist())
    ((6, 2), [0, 0, 0, 1, 1, 1])
    """
    rng, y = generator(rng), _classes(size, 2)
    angle = numpy.pi * _positions(y)
    outer = y == 0
    X = numpy.stack([numpy.where(outer, numpy.cos(angle), 1 - numpy.cos(angle)), numpy.where(outer, numpy.sin(angle), 0.5 - numpy.sin(angle))], axis=1)  # fmt: skip
    return _shuffled(_noisy(X, noise, rng), y, rng)


def circles(size: int = 100, noise: float = 0.05, rng: Any = None, ratio: float = 0.5) -> tuple[Any, Any]:
    """A circle of radius 1 (class 0) around one of radius `ratio` (class 1)."""
    rng, y = generator(rng), _classes(size, 2)
    real("ratio", ratio, 0, 1, above=True, below=True)
    angle, radius = 2 * numpy.pi * _positions(y, closed=True), numpy.where(y == 0, 1.0, ratio)
    X = numpy.stack([radius * numpy.cos(angle), radius * numpy.sin(angle)], axis=1)
    return _shuffled(_noisy(X, noise, rng), y, rng)


def spirals(size: int = 150, noise: float = 0.05, rng: Any = None, classes: int = 3, turns: float = 0.75) -> tuple[Any, Any]:
    """Arms of a spiral, one for each class, from the middle outwards."""
    rng, y = generator(rng), _classes(size, count("classes", classes, 2))
    radius = _positions(y)
    angle = 2 * numpy.pi * (turns * radius + y / classes)
    X = numpy.stack([radius * numpy.cos(angle), radius * numpy.sin(angle)], axis=1)
    return _shuffled(_noisy(X, noise, rng), y, rng)


def blobs(size: int = 100, noise: float = 0.6, rng: Any = None, classes: int = 3) -> tuple[Any, Any]:
    """Clouds of standard deviation `noise` around centres that lie evenly on a circle of radius 2."""
    rng, y = generator(rng), _classes(size, count("classes", classes, 2))
    angle = 2 * numpy.pi * y / classes
    return _shuffled(_noisy(2 * numpy.stack([numpy.cos(angle), numpy.sin(angle)], axis=1), noise, rng), y, rng)


def sine(size: int = 40, noise: float = 0.1, rng: Any = None) -> tuple[Any, Any]:
    """Points of the sine curve: x evenly from 0 to 2π, in random order; `noise` is the standard deviation of what is added to y."""
    rng = generator(rng)
    x = numpy.linspace(0, 2 * numpy.pi, count("size", size))
    return _shuffled(x[:, None], _noisy(numpy.sin(x), noise, rng), rng)


def _classes(size: int, classes: int) -> Any:
    return numpy.arange(count("size", size)) % classes


def _positions(y: Any, closed: bool = False) -> Any:
    """For each point its place along the curve of its class, evenly from 0 to 1 (to just before 1 on a closed curve)."""
    n = numpy.bincount(y)[y]
    place = numpy.arange(len(y)) // (y.max() + 1)
    return place / numpy.maximum(n if closed else n - 1, 1)


def _noisy(X: Any, noise: float, rng: Any) -> Any:
    real("noise", noise, 0)
    return X + rng.normal(0.0, noise, X.shape) if noise else X


def _shuffled(X: Any, y: Any, rng: Any) -> tuple[Any, Any]:
    order = rng.permutation(len(y))
    return X[order], y[order]


# --- real data ---------------------------------------------------------------------------------------------------


def iris() -> tuple[Any, Any]:
    """150 flowers of 3 kinds, 4 measures in cm (Fisher, 1936). Raises ImportError without scikit-learn."""
    return _of_sklearn("load_iris")


def digits() -> tuple[Any, Any]:
    """1797 handwritten digits of 8 × 8 pixels, from 0 to 16, 10 classes. Raises ImportError without scikit-learn."""
    return _of_sklearn("load_digits")


def wine() -> tuple[Any, Any]:
    """178 wines of 3 growers, 13 chemical measures. Raises ImportError without scikit-learn."""
    return _of_sklearn("load_wine")


def _of_sklearn(name: str) -> tuple[Any, Any]:
    try:
        from sklearn import datasets
    except ImportError:
        raise ImportError('the real data sets come with scikit-learn; install it with: pip install "chalkgrad[notebook]"') from None
    X, y = getattr(datasets, name)(return_X_y=True)
    return X.astype(float), y


# --- classes as rows -----------------------------------------------------------------------------------------------


def one_hot(y: Any, classes: int | None = None) -> Any:
    """The class numbers y, from 0, as rows with a 1 at the class and 0 elsewhere: an array of shape (examples, classes).

    Without `classes` there are as many as the largest number in y asks for. Raises ValueError for what is no class number,
    and for an array of more than 100 million entries.

    >>> one_hot([0, 2, 1]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    labels = numpy.asarray(y)
    if labels.ndim != 1 or len(labels) == 0:
        raise ValueError(f"y has shape {labels.shape}, but one class number for each example is needed")
    given = labels.tolist()
    most = max((int(label) for label in given if isinstance(label, (int, float)) and label == label // 1), default=0)
    n = max(most + 1, 1) if classes is None else count("classes", classes)
    if len(given) * n > MOST_ENTRIES:
        what, number = ("classes", n) if classes is not None else ("the largest class number", most)
        raise ValueError(
            f"{what} is {quoted(number)}, which asks for more than {MOST_ENTRIES:,} entries; number the classes from 0 without gaps"
        )
    rows = numpy.zeros((len(given), n))
    rows[numpy.arange(len(given)), [class_number(label, n) for label in given]] = 1
    return rows


# --- splitting -----------------------------------------------------------------------------------------------------


def train_test_split(X: Any, y: Any, test_size: float = 0.25, rng: Any = None) -> tuple[Any, Any, Any, Any]:
    """X_train, X_test, y_train, y_test: a random part of the examples, `test_size` of all, is kept apart.

    Raises ValueError when one of the parts would be empty.

    >>> X_train, X_test, y_train, y_test = train_test_split(*moons(100, rng=0), test_size=0.2, rng=0)
    >>> len(X_train), len(y_test)
    (80, 20)
    """
    X, y = _both(X, y)
    real("test_size", test_size, 0, 1, above=True, below=True)
    n = round(len(X) * test_size)
    if not 0 < n < len(X):
        raise ValueError(
            f"test_size {test_size:g} of {len(X)} examples leaves {n} for the test and {len(X) - n} for training; both need some"
        )
    order = generator(rng).permutation(len(X))
    test, train = order[:n], order[n:]
    return X[train], X[test], y[train], y[test]


def minibatches(X: Any, y: Any, batch_size: int | None = None, rng: Any = None, shuffle: bool = True) -> Iterator[tuple[Any, Any]]:
    """Pairs of X and y in batches, each example once: in random order, or as they stand with shuffle=False.

    `batch_size` None takes all of them at once; the last batch may be smaller.

    >>> [len(X) for X, _ in minibatches(*moons(10, rng=0), batch_size=4, rng=0)]
    [4, 4, 2]
    """
    X, y = _both(X, y)
    size = len(X) if batch_size is None else count("batch_size", batch_size)
    order = generator(rng).permutation(len(X)) if shuffle else numpy.arange(len(X))
    return ((X[order[k : k + size]], y[order[k : k + size]]) for k in range(0, len(X), size))


def _both(X: Any, y: Any) -> tuple[Any, Any]:
    X = examples(X)
    return X, targets(y, len(X))
