"""Data sets: their shapes, labels, seeds, and how they are split."""

import numpy
import pytest

from nn import data

MADE = [data.moons, data.circles, data.spirals, data.blobs, data.sine]


@pytest.mark.parametrize("make", MADE)
def test_made_data_has_its_size_and_is_the_same_for_the_same_seed(make):
    X, y = make(60, rng=3)
    again, other = make(60, rng=3), make(60, rng=4)
    assert X.shape[0] == 60 and X.ndim == 2 and y.shape == (60,)
    assert (again[0] == X).all() and (y == again[1]).all() and (other[0] != X).any()
    assert (make(60, rng=numpy.random.default_rng(3))[0] == X).all(), "a generator is as good as its seed"


@pytest.mark.parametrize(("make", "classes"), [(data.moons, 2), (data.circles, 2), (data.spirals, 3), (data.blobs, 3)])
def test_classes_are_numbered_from_zero_and_balanced(make, classes):
    assert numpy.bincount(make(60, rng=0)[1]).tolist() == [60 // classes] * classes


def test_made_data_lies_where_it_should():
    X, y = data.moons(50, noise=0, rng=0)
    centres = numpy.where((y == 0)[:, None], [0, 0], [1, 0.5])
    assert numpy.hypot(*(X - centres).T) == pytest.approx(numpy.ones(50))
    X, y = data.circles(50, noise=0, rng=0, ratio=0.3)
    assert numpy.hypot(*X.T) == pytest.approx(numpy.where(y == 0, 1, 0.3)) and len({tuple(row) for row in X.round(9)}) == 50
    X, y = data.sine(30, noise=0, rng=0)
    assert y == pytest.approx(numpy.sin(X[:, 0])) and 0 == X.min() < X.max() == 2 * numpy.pi
    assert numpy.std(data.sine(4000, noise=0.2, rng=0)[1] - numpy.sin(data.sine(4000, noise=0.2, rng=0)[0][:, 0])) == pytest.approx(
        0.2, rel=0.05
    )


def test_sixteen_gates_are_the_sixteen_boolean_functions():
    """D2-06, D2-07."""
    assert len({tuple(data.gates(name)[1]) for name in data.GATES}) == 16
    assert data.gates("and")[1].tolist() == [0, 0, 0, 1] and data.gates("nand")[1].tolist() == [1, 1, 1, 0]
    X, y = data.gates("or", size=10, noise=0.1, rng=0)
    assert X.shape == (10, 2) and y.tolist() == [0, 1, 1, 1, 0, 1, 1, 1, 0, 1]


@pytest.mark.parametrize(("make", "shape", "classes"), [(data.iris, (150, 4), 3), (data.wine, (178, 13), 3), (data.digits, (1797, 64), 10)])
def test_real_data_comes_from_scikit_learn(make, shape, classes):
    X, y = make()
    assert X.shape == shape and X.dtype == float and sorted(set(y.tolist())) == list(range(classes))


def test_real_data_without_scikit_learn_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    with pytest.raises(ImportError, match=r"chalkgrad\[notebook\]"):
        data.iris()


def test_split_keeps_every_example_once_and_pairs_together():
    X = numpy.arange(20.0).reshape(10, 2)
    X_train, X_test, y_train, y_test = data.train_test_split(X, X[:, 0], test_size=0.3, rng=0)
    assert len(X_test) == 3 and (X_train[:, 0] == y_train).all() and (X_test[:, 0] == y_test).all()
    assert sorted([*y_train, *y_test]) == X[:, 0].tolist()


def test_minibatches_hold_every_example_once():
    """D1-32."""
    X = numpy.arange(10.0)[:, None]
    for shuffle in (True, False):
        batches = list(data.minibatches(X, X[:, 0], 4, rng=0, shuffle=shuffle))
        seen = [v for _, y in batches for v in y]
        assert sorted(seen) == list(range(10)) and (seen == list(range(10))) is not shuffle
    assert len(list(data.minibatches(X, X[:, 0]))) == 1


def test_gradient_of_a_batch_is_unbiased_for_the_mean_and_its_variance_falls_with_the_batch():
    """D1-31, D1-32, E1-11, E1-12: ∇f_i is unbiased for (1/N)∇E, not for ∇E; the variance is about 1/B of that of one."""
    rng = numpy.random.default_rng(0)
    X, t = data.sine(64, noise=0.3, rng=0)
    each = (0.5 * X[:, 0] - t) * X[:, 0]  # the gradients at w = 0.5 of ½(wx - t)²
    for B in (1, 4, 16):
        means = numpy.array([each[rng.integers(64, size=B)].mean() for _ in range(20_000)])
        assert means.mean() == pytest.approx(each.mean(), abs=0.1) and abs(means.mean() - each.sum()) > 10
        assert means.var() == pytest.approx(each.var() / B, rel=0.05)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: data.gates("exor"), 'did you mean "xor"|"nor"'),
        (lambda: data.moons(0), "size is at least 1"),
        (lambda: data.moons(noise=-1), "noise must be at least 0"),
        (lambda: data.train_test_split([[1.0]], [1]), "leaves 0 for the test"),
        (lambda: data.train_test_split([[1.0]] * 4, [1] * 3), r"y has shape \(3,\), but X has 4 examples"),
        (lambda: data.train_test_split([[1.0]] * 4, [1] * 4, test_size=1), "less than 1"),
        (lambda: data.minibatches([[1.0]], [1], batch_size=0), "batch_size is at least 1"),
        (lambda: data.minibatches([], [], 1), "shape"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_one_hot_has_a_row_for_each_example():
    rows = data.one_hot(numpy.array([1, 0, 3]))
    assert rows.shape == (3, 4) and rows.sum(axis=1).tolist() == [1, 1, 1] and rows.argmax(axis=1).tolist() == [1, 0, 3]
    assert data.one_hot([0, 1], classes=3).shape == (2, 3)


@pytest.mark.parametrize(
    ("y", "classes", "words"),
    [([0, 3], 3, "outside the classes"), ([0.5], None, "a label is the number of a class"), ([[0, 1]], None, "shape"), ([-1], None, "outside"),
     ([], None, "shape"), ([numpy.nan], None, "a label"), ([1e300], None, "without gaps"), ([0, 1], 10**200, "classes is a whole number of"),
     ([10**400, 0], None, "without gaps")],
)  # fmt: skip
def test_one_hot_refuses_what_is_no_class_number(y, classes, words):
    with pytest.raises(ValueError, match=words):
        data.one_hot(y, classes)
