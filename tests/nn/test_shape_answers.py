"""Shapes that somebody wrote down for the arrays of a network: right, following from a shape of their own, or off in a known way."""

import pytest

from autograd.explain.languages import languages
from nn import MLP, formulas

MODEL = MLP(3, [4, 2], "tanh", rng=0)
X, Y = [[1, 2, 3], [0, 1, 0], [2, 2, 2], [1, 0, 1], [0, 0, 1]], [[0, 1]] * 5


def matrices(notation="ng"):
    return formulas.backward(MODEL, X, Y, loss="mse", notation=notation)


@pytest.mark.parametrize("notation", ["delta", "bishop", "murphy", "ng", "dY"])
def test_the_shapes_of_the_arrays_themselves_are_right_in_every_notation_and_spelling(notation):
    found = matrices(notation)
    answers = {entry.symbol: entry.array.shape for entry in found.entries.values()}
    assert formulas.check_shapes(found, answers).ok
    for written in ("{} × {}", "{}x{}", "({}, {})", "[{} {}]", " {},{} "):
        assert formulas.check_shapes(found, {name: written.format(*shape) for name, shape in answers.items()}).ok


@pytest.mark.parametrize(
    ("name", "answer", "code", "words"),
    [
        ("Z1", (5, 4), "TRANSPOSE", "4"),
        ("dW1", (3, 4), "TRANSPOSE", "transpose"),
        ("Z1", (4, 1), "ONE_EXAMPLE", "How many examples"),
        ("dZ1", "4x1", "ONE_EXAMPLE", "How many examples"),
        ("db1", (4, 5), "EXAMPLES_APART", "gradient of a parameter"),
        ("dW1", (4, 5), "EXAMPLES_APART", "apart"),
        ("dW2", (3, 4), "GRADIENT", "which shape has W^[2]"),
        ("dZ1", (3, 5), "GRADIENT", "which shape has Z^[1]"),
        ("dX", (4, 5), "GRADIENT", "which shape has X"),
        ("W1", (4, 2), "UNITS", "How many units"),
        ("b1", (4,), "FLAT", "row or a column"),
        ("A1", (3, 5), "EQUATION", "A^[1] = g(Z^[1])"),
        ("X", (2, 5), "DATA", "features"),
        ("loss", (2, 5), "NUMBER", "a whole batch"),
    ],
)
def test_a_wrong_shape_is_answered_with_what_it_would_be_and_a_question(name, answer, code, words):
    report = formulas.check_shapes(matrices(), {name: answer})
    (finding,) = report.findings
    assert (finding.code, float(report)) == (code, 0) and words in finding.message and finding.message.endswith("?")


def test_with_examples_in_rows_one_example_is_one_row():
    rows = matrices("murphy")
    assert formulas.check_shapes(rows, {"X": (5, 3)}).ok
    assert [formulas.check_shapes(rows, {"a1": shape}).findings[0].code for shape in ((4, 5), (1, 4))] == ["TRANSPOSE", "ONE_EXAMPLE"]


def test_a_gradient_with_the_shape_written_for_its_array_follows():
    report = formulas.check_shapes(matrices(), {"W1": (3, 4), "dW1": (3, 4), "db1": None})
    assert report.counts == {"right": 0, "follows": 1, "wrong": 1, "missing": 1} and float(report) == pytest.approx(1 / 3)
    assert "dW^[1] follows correctly from W^[1]" in report.text and not report.ok


def test_every_reply_has_its_words_in_every_language():
    answers = {
        "Z1": (5, 4),
        "A1": (4, 1),
        "db1": (4, 5),
        "dW2": (3, 4),
        "W1": (4, 2),
        "b1": (4,),
        "A2": (3, 5),
        "X": (2, 5),
        "loss": (2, 5),
    }
    texts = [formulas.check_shapes(matrices(), answers, lang).text for lang in languages()]
    assert len(set(texts)) == len(texts)
    for text in texts:
        assert all(len(line.split()) <= 25 for line in text.splitlines()) and "{" not in text


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"W1": "three by two"}, "no shape"),
        ({"W1": (3, 2, 1)}, "no shape"),
        ({"W1": (0, 2)}, "no shape"),
        ({"W1": (True, 2)}, "no shape"),
        ({"W1": (1.5, 2)}, "no shape"),
        ({"W1": "9" * 5000}, "no shape"),
        ({"W9": (3, 2)}, "W9"),
        ({"W1": (4, 3), "W^[1]": (4, 3)}, "twice"),
        ({}, "dict"),
        ([(3, 2)], "dict"),
    ],
)
def test_what_is_no_shape_is_refused_in_one_bounded_sentence(answers, words):
    with pytest.raises(ValueError, match=words) as refused:
        formulas.check_shapes(matrices(), answers)
    assert len(str(refused.value)) < 700
