"""The perceptron on the sixteen gates, and exact proofs of what a line can and cannot separate."""

from fractions import Fraction

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import Perceptron, data
from nn.separating import separability


def holds(result, X, y):
    """Whether the proof that comes with a verdict is one, in exact arithmetic."""
    points = [tuple(map(Fraction, row)) for row in numpy.asarray(X).tolist()]
    if result.separable:
        scores = [sum(w * v for w, v in zip(result.weights, p, strict=True)) + result.bias for p in points]
        return all((score > 0) == bool(t) and score != 0 for score, t in zip(scores, y, strict=True))
    for side, label in ((result.zeros, 0), (result.ones, 1)):
        of_class = {p for p, t in zip(points, y, strict=True) if t == label}
        if not {point for point, _ in side} <= of_class or sum(share for _, share in side) != 1 or any(share <= 0 for _, share in side):
            return False
        if tuple(sum(share * point[k] for point, share in side) for k in range(len(points[0]))) != result.point:
            return False
    return True


@pytest.mark.parametrize(("ties", "weights"), [(0, [-2, 2, 1]), (1, [-3, 2, 1])])
def test_and_is_learned_from_zero_in_six_epochs(ties, weights):
    """D1-03, D2-06: w ← w + (t - y) x; (−2, 2, 1) if a tie is class 0, (−3, 2, 1) if it is class 1."""
    X, y = data.gates("and")
    model = Perceptron(2, ties=ties)
    history = model.fit(X, y)
    assert history.epochs == 6 and history["mistakes"][-1] == 0 and "no mistake" in history.stopped
    assert [model.bias.data, *(w.data for w in model.weights)] == weights
    assert model.predict(X).tolist() == y.tolist()


def test_weights_of_the_lecture_compute_and():
    """D1-02, D2-06: (−1.5, 1, 1)."""
    model = Perceptron(2).set([1, 1], -1.5)
    assert [model(x).data for x in data.gates("and")[0]] == [0, 0, 0, 1]


def test_xor_is_never_learned():
    """D1-03, D2-07: no epoch without a mistake; Minsky and Papert's inequalities contradict each other."""
    history = Perceptron(2).fit(*data.gates("xor"), epochs=200)
    assert history.epochs == 200 and min(history["mistakes"]) > 0 and history.stopped == ""


@pytest.mark.parametrize("ties", [0, 1])
def test_a_tie_goes_where_it_is_said(ties):
    """E2-3."""
    assert Perceptron(1, ties=ties)([5.0]).data == ties


def test_exactly_fourteen_of_the_sixteen_gates_are_separable_and_every_verdict_is_proved():
    """D2-06, D2-07: all but XOR and XNOR, with a line or with a certificate; the rule learns just those."""
    refused = set()
    for gate in data.GATES:
        X, y = data.gates(gate)
        result = separability(X, y)
        assert holds(result, X, y), gate
        assert (Perceptron(2).fit(X, y).stopped != "") is result.separable, gate
        if not result:
            refused.add(gate)
    assert refused == {"xor", "xnor"}


def test_certificate_of_xor_is_the_middle_of_both_diagonals():
    """D1-03, D2-07: half of (0,0) + (1,1) and half of (0,1) + (1,0) are (½, ½)."""
    result = separability(*data.gates("xor"))
    assert result.point == (Fraction(1, 2),) * 2 and {share for _, share in (*result.zeros, *result.ones)} == {Fraction(1, 2)}
    assert "the same point (1/2, 1/2)" in str(result)


points = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.booleans()), min_size=1, max_size=9)


@given(points)
def test_every_verdict_on_random_points_is_proved(rows):
    X, y = [row[:2] for row in rows], [int(row[2]) for row in rows]
    result = separability(X, y)
    assert holds(result, X, y), f"{rows}: {result}"


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1)), min_size=2, max_size=6), st.integers(0, 63))
def test_floats_are_taken_exactly(rows, labels):
    y = [labels >> k & 1 for k in range(len(rows))]
    assert holds(separability(rows, y), rows, y)


@pytest.mark.parametrize("kind", ["noise", "a line"])
def test_many_points_have_a_proof_and_a_sentence_that_can_be_read(kind):
    rng = numpy.random.default_rng(0)
    X = rng.normal(size=(300, 10))
    y = rng.integers(0, 2, 300) if kind == "noise" else (X[:, 0] - X[:, 3] > 0.1).astype(int)
    result = separability(X, y)
    assert result.separable is (kind == "a line") and holds(result, X, y)
    assert len(str(result)) < 400 and str(result).startswith("separable: class 1 is where" if result else "not separable: a mean of ")


def test_where_floats_are_too_coarse_the_proof_is_found_in_fractions():
    """Points a billionth of a billionth apart, and numbers that no float holds."""
    for tiny in (Fraction(1, 10**18), Fraction(1, 10**400), Fraction(10**400)):
        rows = numpy.array([[Fraction(0)], [tiny], [2 * tiny]], dtype=object)
        for y in ([0, 1, 1], [0, 1, 0]):
            result = separability(rows, y)
            assert result.separable is (y == [0, 1, 1]) and holds(result, rows, y)


def test_feature_x1_x2_makes_xor_separable():
    """D1-06, D1-08."""
    X, y = data.gates("xor")
    assert separability(numpy.column_stack([X, X[:, 0] * X[:, 1]]), y)


def test_weights_stay_whole_and_shuffling_uses_the_models_own_generator():
    X, y = data.gates("or")
    one, two = Perceptron(2, rng=0), Perceptron(2, rng=0)
    one.fit(X, y, shuffle=True)
    two.fit(X, y, shuffle=True)
    assert one.state_dict() == two.state_dict() and all(v == int(v) for v in one.state_dict().values())


def test_a_perceptron_can_be_saved(tmp_path):
    model = Perceptron(2)
    model.fit(*data.gates("and"))
    model.save(tmp_path / "p.json")
    assert Perceptron(2).load(tmp_path / "p.json").state_dict() == model.state_dict()
    with pytest.raises(ValueError, match="ties=1"):
        Perceptron(2, ties=1).load(tmp_path / "p.json")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Perceptron(2, ties=2), "ties"),
        (lambda: Perceptron(2).fit([[0, 0]], [2]), "class is 0 or 1, not 2"),
        (lambda: Perceptron(2).fit([[0, 0]], [-1]), r"\(y \+ 1\) / 2"),
        (lambda: Perceptron(2).fit([[0]], [1]), "1 features, but the perceptron takes 2"),
        (lambda: Perceptron(2).fit([[0, 0]], [1], epochs=0), "epochs"),
        (lambda: separability([[0, 0], [1, 1]], [0, 3]), "class is 0 or 1"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_fit_keeps_its_path_one_entry_for_each_correction():
    X, y = data.gates("and")
    model = Perceptron(2)
    history = model.fit(X, y)
    assert len(history.path) == 1 + history.updates == 1 + sum(history["mistakes"])
    assert history.path[0] == (0, 0, 0) and history.path[-1] == tuple(p.data for p in model.parameters())
    for before, after in zip(history.path, history.path[1:], strict=False):
        assert any(
            abs(step) == 1 and [b - a for a, b in zip(before, after, strict=True)] == [step * v for v in (*x, 1)]
            for x in X.tolist()
            for step in (1, -1)
        )
