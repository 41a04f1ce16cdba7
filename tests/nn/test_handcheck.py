"""`check_code`: a backward pass written in NumPy, right or with a line replaced, beside the records of its network."""

import itertools

import numpy
import pytest

from autograd.explain.languages import complete, languages
from nn import MLP
from nn.formulas import backward as matrices
from nn.handcheck import check_code, checking
from nn.handcheck.matrix_lines import Passes
from nn.handcheck.merging import pairs_for
from nn.handcheck.misconceptions import ENTRIES, RIGHT
from nn.handcheck.search import STATES, Search

CODE = """
def softmax(Z):
    e = numpy.exp(Z - Z.max(axis=0))
    return e / e.sum(axis=0)

def backward(X, T, W1, b1, W2, b2, W3, b3, lr=0.1):
    n = X.shape[1]
    Z1 = W1 @ X + b1
    A1 = numpy.tanh(Z1)
    Z2 = W2 @ A1 + b2
    A2 = numpy.tanh(Z2)
    A3 = softmax(W3 @ A2 + b3)
    dA3 = -(T / A3) / n
    dZ3 = A3 * (dA3 - (A3 * dA3).sum(axis=0, keepdims=True))
    dW3 = dZ3 @ A2.T
    db3 = dZ3.sum(axis=1, keepdims=True)
    dA2 = W3.T @ dZ3
    dZ2 = dA2 * (1 - A2**2)
    dW2 = dZ2 @ A1.T
    db2 = dZ2.sum(axis=1, keepdims=True)
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (1 - A1**2)
    dW1 = dZ1 @ X.T
    db1 = dZ1.sum(axis=1, keepdims=True)
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2, "dW3": dW3, "db3": db3, "dX": W1.T @ dZ1}
"""
MUTANTS = (
    ("MISSING_SLOPE", "dA2 * (1 - A2**2)", "dA2"),
    ("MISSING_SLOPE", "dA1 * (1 - A1**2)", "dA1"),
    ("WRONG_POINT", "dA2 * (1 - A2**2)", "dA2 * (1 - Z2**2)"),
    ("WRONG_POINT", "dA1 * (1 - A1**2)", "dA1 * (1 - numpy.tanh(A1) ** 2)"),
    ("SOFTMAX_DIAG", "A3 * (dA3 - (A3 * dA3).sum(axis=0, keepdims=True))", "dA3 * A3 * (1 - A3)"),
    ("SIGN", "-(T / A3)", "(T / A3)"),
    ("N_NEVER", "-(T / A3) / n", "-(T / A3)"),
    ("N_TWICE", "dZ2 @ A1.T", "dZ2 @ A1.T / n"),
    ("BIAS_MEAN", "dZ2.sum(axis=1, keepdims=True)", "dZ2.mean(axis=1, keepdims=True)"),
    ("BIAS_NOT_SUMMED", "db2 = dZ2.sum(axis=1, keepdims=True)", "db2 = dZ2"),
    ("BIAS_AXIS", "db2 = dZ2.sum(axis=1, keepdims=True)", "db2 = dZ2.sum(axis=0)"),
    ("BIAS_ZERO", "db1 = dZ1.sum(axis=1, keepdims=True)", "db1 = 0 * b1"),
    ("NOT_TRANSPOSED", "dA2 = W3.T", "dA2 = W3"),
    ("POST_UPDATE", "dA2 = W3.T", "dA2 = (W3 - lr * dW3).T"),
    ("GRADIENT_FOR_WEIGHTS", "dA1 = W2.T", "dA1 = dW2.T"),
    ("TRANSPOSE", "dW2 = dZ2 @ A1.T", "dW2 = A1 @ dZ2.T"),
    ("WRONG_ERROR", "dW2 = dZ2", "dW2 = dZ3"),
    ("WRONG_INPUT", "dZ2 @ A1.T", "dZ2 @ Z1.T"),
    ("ELEMENTWISE", "dA2 = W3.T @ dZ3", "dA2 = W3.T * dZ3"),
    ("MISSING_WEIGHTS", "dA1 = W2.T @ dZ2", "dA1 = dZ2"),
    ("ONE_EXAMPLE", "dW1 = dZ1 @ X.T", "dW1 = dZ1[:, -1:] @ X[:, -1:].T"),
)


def made(*replaced):
    """The function of CODE, with pieces of it replaced."""
    text = CODE
    for find, put in replaced:
        assert find in text
        text = text.replace(find, put, 1)
    names = {"numpy": numpy}
    exec(compile(text, "code", "exec"), names)
    return names["backward"]


def judged(code, examples=3, **more):
    """The report about a function for a net of three square layers, where no shape gives a mistake away."""
    rng = numpy.random.default_rng(3)
    model = MLP(3, [3, 3, 3], activation="tanh", output="softmax", rng=1)
    for parameter in model.parameters():
        parameter.data = float(rng.normal())
    return check_code(code, model, rng.normal(size=(examples, 3)), [0, 2, 1, 1][:examples], loss="cross_entropy_of_probabilities", **more)


def named(report):
    return {finding.code for finding in report.findings}


@pytest.mark.parametrize(("code", "find", "put"), MUTANTS, ids=[f"{code}-{k}" for k, (code, *_) in enumerate(MUTANTS)])
def test_a_replaced_line_is_named_once_and_what_rests_on_it_follows(code, find, put):
    report = judged(made((find, put)))
    assert [finding.code for finding in report.findings] == [code]
    assert report.counts["wrong"] == 1 and not report.ok
    assert float(report) == pytest.approx(1 - 1 / 7)


@pytest.mark.parametrize("quarter", range(4))
def test_both_of_any_two_replaced_lines_are_named_or_one_cause_gives_the_same_numbers(quarter):
    named_both, missed = 0, []
    for one, other in itertools.islice(itertools.combinations(MUTANTS, 2), quarter, None, 4):
        if CODE.replace(one[1], one[2], 1).find(other[1]) < 0:  # they stand in each other's place
            continue
        report = judged(made(one[1:], other[1:]), layout="columns", lr=0.1)
        said = {code for finding in report.findings for code in (finding.code, *finding.candidates)}
        if {one[0], other[0]} <= said:
            named_both += 1
        elif "UNEXPLAINED" in said or len(named(report)) > 1:
            missed.append((one[0], other[0], said))
    assert not missed
    assert named_both >= 44


def test_what_nothing_explains_is_answered_after_a_bounded_number_of_formulas(monkeypatch):
    searches = []
    monkeypatch.setattr(checking, "Search", lambda *given: searches.append(Search(*given)) or searches[-1])
    model = MLP(3, [3, 3, 3, 3], activation="tanh", rng=1)
    rng = numpy.random.default_rng(0)
    wrong = {f"{stem}{k}": rng.normal(size=(3, 3 if stem == "dW" else 1)) for k in range(1, 5) for stem in ("dW", "db")}
    report = check_code(lambda X: wrong, model, rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), loss="mse")
    assert report.counts["right"] == 0 and named(report) == {"UNEXPLAINED"}
    assert sum(search.followed for search in searches) <= 1.1 * STATES and sum(search.spent.total() for search in searches) < 25_000


def test_causes_that_numbers_cannot_tell_apart_are_all_candidates_and_that_is_said():
    report = judged(made(("-(T / A3) / n", "-(T / A3) * 2 / n")), examples=2)  # 2 is n here
    assert named(report) == {"N_NEVER"} and set(report.findings[0].candidates) == {"N_NEVER", "FACTOR"}
    assert "Another cause would give the same numbers." in report.text
    assert "constant factor" in judged(made(("-(T / A3) / n", "-(T / A3) * 2 / n")), examples=2, reveal=True).text


def test_two_formulas_for_a_line_are_merged_where_they_change_different_parts():
    found = {(one[0], other[0], formula) for (one, other), formula in pairs_for("dW")}
    assert ("WRONG_ERROR", "WRONG_INPUT", "dZ_next @ Z_before.T") in found
    assert ("TRANSPOSE", "ONE_EXAMPLE", "(last(dZ) @ last(A_before).T).T") in found
    assert not any(one == other for one, other, _ in found)


@pytest.mark.parametrize("layout", ["columns", "rows", "rows, W transposed"])
@pytest.mark.parametrize("kind", [float, numpy.float32, numpy.float16])
def test_right_code_is_accused_of_nothing_in_any_layout(layout, kind):
    rng = numpy.random.default_rng(5)
    for depth, activation, output, loss in (
        (1, "relu", "linear", "mse"),
        (2, "sigmoid", "sigmoid", "bce"),
        (4, "relu", "linear", "cross_entropy"),
    ):
        sizes = rng.integers(2, 5, size=depth + 1).tolist()
        model = MLP(sizes[0], sizes[1:], activation=activation, output=output, rng=int(rng.integers(99)))
        n = int(rng.integers(1, 6))
        X = rng.normal(size=(n, sizes[0]))
        Y = rng.integers(0, 2, size=n if loss == "cross_entropy" else (n, sizes[-1]))
        true = {key: entry.array for key, entry in matrices(model, X, Y, loss=loss).entries.items()}

        gradients = []
        for k in range(1, depth + 1):
            dW, db = true[f"dW{k}"].astype(kind), true[f"db{k}"].astype(kind)
            gradients.append((dW.T if layout == "rows" else dW, db.ravel() if layout != "columns" else db))
        assert check_code(lambda X, gradients=gradients: gradients, model, X, Y, loss=loss, layout=layout).ok


def test_the_layout_is_found_where_it_is_not_said():
    def backward(X, T, W1, b1, W2, b2):
        A1 = numpy.tanh(X @ W1 + b1)
        dZ2 = (A1 @ W2 + b2 - T) / len(X)
        dZ1 = dZ2 @ W2.T * (1 - A1**2)
        return X.T @ dZ1, dZ1.sum(axis=0), A1.T @ dZ2, dZ2.mean(axis=0)

    model = MLP(3, [3, 2], activation="tanh", rng=0)
    report = check_code(backward, model, numpy.eye(3), numpy.ones((3, 2)), loss="half_squared_error")
    assert named(report) == {"BIAS_MEAN"}
    assert report.notes == ("The code was read with the examples in rows, Z = X W + b.",)


def test_error_signals_times_n_are_a_convention():
    code = made(("-(T / A3) / n", "-(T / A3)"))

    def backward(X, T, W1, b1, W2, b2, W3, b3):
        found = code(X, T, W1, b1, W2, b2, W3, b3)
        return {name: array if name == "dX" else array / 3 for name, array in found.items()}

    report = judged(backward)
    assert report.ok and "3 times the gradient" in report.text
    assert named(judged(code)) == {"N_NEVER"}


def test_a_small_constant_in_a_denominator_is_accepted_and_said():
    report = judged(made(("(T / A3)", "(T / (A3 + 1e-6))")))
    assert report.ok and "first 4 digits" in report.text


def test_what_the_code_does_to_its_arguments_changes_nothing():
    right = made()

    def backward(X, T, W1, b1, W2, b2, W3, b3):
        found = right(X, T, W1, b1, W2, b2, W3, b3)
        for array in (X, T, W1, b1, W2, b2, W3, b3):
            array[:] = 7
        return found

    assert judged(backward).ok and judged(backward).ok


def test_code_that_is_right_as_it_stands_is_called_once():
    calls = []
    right = made()

    def backward(X, T, W1, b1, W2, b2, W3, b3):
        calls.append(X.shape)
        return right(X, T, W1, b1, W2, b2, W3, b3)

    assert judged(backward, examples=4).ok and calls == [(3, 4)]


def test_the_slope_of_relu_at_0_is_a_convention():
    def backward(X, T, W1, b1, W2, b2):
        Z1 = W1 @ X + b1
        dZ2 = W2 @ numpy.maximum(Z1, 0) + b2 - T
        dZ1 = W2.T @ dZ2 * (Z1 >= 0)
        return dZ1 @ X.T, dZ1, dZ2 @ numpy.maximum(Z1, 0).T, dZ2

    model = MLP(1, [2, 1], rng=0)
    model.layers[0].set(weights=[[1.0], [2.0]], biases=[0.0, -2.0])
    report = check_code(backward, model, [[1.0]], [3.0], loss="half_squared_error")
    assert report.ok and "kink" in report.text


def test_a_shape_that_does_not_fit_is_explained():
    def backward(X, T, W1, b1):
        dZ1 = (W1 @ X + b1 - T) / 4
        return {"dW1": X @ dZ1.T, "db1": dZ1.sum(axis=1)}

    model = MLP(3, [2], rng=0)
    report = check_code(backward, model, numpy.ones((4, 3)) + numpy.eye(4, 3), numpy.zeros((4, 2)), loss="half_squared_error")
    assert report.findings[0].message == "dW1 is (2, 3); yours is (3, 2): the transpose?"
    assert report.answers[0].verdict == "wrong" and report.answers[1].verdict == "right"


def test_an_exception_is_a_finding_with_its_line():
    def backward(X, T, W1, b1):
        return X @ W1 @ X

    report = check_code(backward, MLP(3, [2], rng=0), numpy.ones((4, 3)), numpy.zeros((4, 2)), loss="mse", layout="rows")
    (finding,) = report.findings
    assert finding.code == "EXCEPTION" and float(report) == 0
    assert "return X @ W1 @ X: ValueError: matmul" in finding.message and finding.message.endswith("X (4, 3), W1 (3, 2), b1 (1, 2).")


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (None, "of type NoneType"),
        ({}, "no gradient"),
        ({"dW9": 1}, "No gradient is called dW9. Is dW1 meant?"),
        ({"gradient" * 50: 1}, "gradientgradientgradientgradientgradien…; there are"),
        ({1: 1}, "No gradient is called 1"),
        ({"dW1": "1.0"}, "dW1 is no array of numbers, but of type str"),
        ({"dW1": [[1j]]}, "of type list"),
        ({"dW1": [[1], [2, 3]]}, "of type list"),
        ({"dW1": numpy.ones((0, 1))}, "dW1 is (1, 1); yours is (0, 1)."),
        ({"dW1": [[numpy.nan]]}, "dW1[0, 0] is nan, and a finite number is due."),
        ((1, 2, 3, 4, 5), "5 things were returned, for 1 layer"),
        ({"dW1": "abc"}, "dW1 is no array"),
        ({"dW1": numpy.ones((1, 2, 3))}, "at most"),
        ({"dW1": [[1.0]], "dW_1": [[1.0]]}, "twice"),
    ],
)
def test_what_is_no_gradient_is_said_in_a_sentence(returned, words):
    report = check_code(lambda X: returned, MLP(1, [1], rng=0), [[1.0]], [1.0])
    assert words in report.text and not report.ok and float(report) == 0
    assert max(map(len, report.text.splitlines())) < 250


@pytest.mark.parametrize("error", [ValueError("x" * 1000), SystemExit("bye"), RecursionError()])
def test_whatever_the_code_raises_is_one_bounded_sentence(error):
    def backward(X):
        raise error

    (finding,) = check_code(backward, MLP(1, [1], rng=0), [[1.0]], [1.0]).findings
    assert type(error).__name__ in finding.message and len(finding.message) < 350
    assert ("x…" in finding.message) == (len(str(error)) > 100)


def test_ctrl_c_stops_the_check():
    def backward(X):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_code(backward, MLP(1, [1], rng=0), [[1.0]], [1.0])


@pytest.mark.parametrize("blank", [{}, {"db1": None}])
def test_a_gradient_that_is_not_there_or_still_to_be_written_is_missing(blank):
    report = check_code(
        lambda X, T, W1, b1: {"dW1": W1 @ X + b1 - T, **blank}, MLP(1, [1], rng=0), [[1.0]], [1.0], loss="half_squared_error"
    )
    assert [answer.verdict for answer in report.answers] == ["right", "missing"]


def test_a_blank_error_signal_is_missing_where_its_name_was_returned():
    right = made()
    report = judged(lambda X, T, W1, b1, W2, b2, W3, b3: {**right(X, T, W1, b1, W2, b2, W3, b3), "dZ2": None})
    assert [answer.what for answer in report.answers if answer.verdict == "missing"] == ["dZ2"] and not report.ok


def test_numbers_that_nothing_explains_carry_on():
    code = made(("-(T / A3) / n", "-(T / A3) / n + numpy.arange(9).reshape(3, 3)"))
    report = judged(code)
    assert [finding.code for finding in report.findings] == ["UNEXPLAINED"]
    assert report.counts["follows"] == 6


def test_the_right_numbers_are_shown_only_where_they_are_asked_for():
    code = made(("dA2 * (1 - A2**2)", "dA2"))
    assert "dZ2 = dA2 ⊙ h′(Z2)" in judged(code, reveal=True).text
    assert "dA2" not in judged(code).text


@pytest.mark.parametrize("lang", languages())
def test_every_misconception_has_words(lang):
    assert {f"code.{entry.code}" for entry in ENTRIES} <= set(complete(lang))
    assert judged(made(("dA2 * (1 - A2**2)", "dA2")), lang=lang).findings[0].message


def test_right_lines_of_the_table_give_the_records():
    model = MLP(2, [3, 2], activation="sigmoid", output="softmax", rng=2)
    passes = Passes(model, [[1.0, 2.0], [0.0, -1.0]], [0, 1], "cross_entropy_of_probabilities", "mean", None)
    own = {}
    for line, layer in passes.gradients():
        own[line, layer] = passes.value(passes.right(line, layer), layer, own)
        numpy.testing.assert_allclose(own[line, layer], passes.truth[line, layer], rtol=1e-12)
    assert len(RIGHT) == 6


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((3,), TypeError, "a function that returns gradients"),
        ((lambda colour: None,), TypeError, 'asks for "colour"'),
        ((lambda lr: None,), TypeError, 'asks for "lr"'),
    ],
)
def test_what_cannot_be_called_is_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        check_code(*arguments, MLP(1, [1], rng=0), [[1.0]], [1.0])


def test_a_layout_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match='no layout called "diagonal"'):
        check_code(lambda X: None, MLP(1, [1], rng=0), [[1.0]], [1.0], layout="diagonal")
