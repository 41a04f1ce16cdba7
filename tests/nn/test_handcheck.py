"""`check_code`: a backward pass written in NumPy, right or with a line replaced, beside the records of its network."""

import itertools

import numpy
import pytest

from autograd.explain.languages import complete, languages
from nn import MLP
from nn.formulas import backward as matrices
from nn.handcheck import check_code
from nn.handcheck.matrix_lines import Passes
from nn.handcheck.misconceptions import ENTRIES, RIGHT

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


def test_pairs_of_replaced_lines_are_both_named():
    missed = []
    for one, other in itertools.islice(itertools.combinations(MUTANTS, 2), 4, None, 47):
        if one[1] in other[1] or other[1] in one[1] or one[1].split(" = ")[0] == other[1].split(" = ")[0]:
            continue
        report = judged(made(one[1:], other[1:]))
        if not {one[0], other[0]} <= named(report):
            missed.append((one[0], other[0], named(report)))
    assert not missed


@pytest.mark.parametrize("layout", ["columns", "rows", "rows, W transposed"])
@pytest.mark.parametrize("kind", [float, numpy.float32])
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
        ({"dW9": 1}, "No gradient is called dW9"),
        ((1, 2, 3, 4, 5), "5 things were returned, for 1 layer"),
        ({"dW1": "abc"}, "dW1 is no array"),
        ({"dW1": numpy.ones((1, 2, 3))}, "at most"),
        ({"dW1": [[1.0]], "dW_1": [[1.0]]}, "twice"),
    ],
)
def test_what_is_no_gradient_is_said_in_a_sentence(returned, words):
    report = check_code(lambda X: returned, MLP(1, [1], rng=0), [[1.0]], [1.0])
    assert words in report.text and not report.ok and float(report) == 0


@pytest.mark.parametrize("blank", [{}, {"db1": None}])
def test_a_gradient_that_is_not_there_or_still_to_be_written_is_missing(blank):
    report = check_code(
        lambda X, T, W1, b1: {"dW1": W1 @ X + b1 - T, **blank}, MLP(1, [1], rng=0), [[1.0]], [1.0], loss="half_squared_error"
    )
    assert [answer.verdict for answer in report.answers] == ["right", "missing"]


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
