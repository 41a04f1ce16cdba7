"""The inequalities that a line must meet, written as on a board, and lines of few digits."""

from fractions import Fraction

import numpy
import pytest

from autograd import parse
from nn import data, separability
from nn.perceptron import Perceptron


def numbers(line):
    """The weights and the bias as the names of an inequality."""
    return {**{f"w{k}": float(w) for k, w in enumerate(line.weights, 1)}, "b": float(line.bias)}


@pytest.mark.parametrize("gate", [gate for gate in data.GATES if gate not in ("xor", "xnor", "true", "false")])
def test_the_inequalities_of_a_gate_are_its_four_rows_and_true_with_the_numbers_of_the_line(gate):
    X, y = data.gates(gate)
    line = separability(X, y)
    assert len(line.inequalities) == 4 and len(str(line)) < 60
    for text, t in zip(line.inequalities, y.tolist(), strict=True):
        asked, height, sign = text.partition(": ")[2].replace("·", "*").partition(" = ")[0], Fraction(text.split()[-3]), text.split()[-2]
        assert parse(asked, {name: v for name, v in numbers(line).items() if name in asked}).data == pytest.approx(float(height))
        assert (sign == ">") is (t == 1) is (height > 0)


def test_xor_asks_for_four_inequalities_that_cannot_all_be_true():
    lines = separability(*data.gates("xor")).inequalities
    assert [line.partition(": ")[2] for line in lines if "class" in line] == ["b <= 0", "w1 + w2 + b <= 0", "w2 + b > 0", "w1 + b > 0"]
    sums = [line.partition(": ")[2] for line in lines if " of class" not in line]
    assert [text.removesuffix(" <= 0").removesuffix(" > 0") for text in sums] == ["1/2·w1 + 1/2·w2 + b"] * 2


@pytest.mark.parametrize("gap", [0.5, 1e-3, 1e-9])
def test_a_line_has_as_few_digits_as_the_gap_allows(gap):
    rng = numpy.random.default_rng(1)
    X = rng.normal(size=(60, 2))
    height = X @ [1.0, -0.5] - 0.25
    X, y = X + numpy.outer(numpy.sign(height) * gap, [1, -0.5]), (height > 0).astype(int)
    line = separability(X, y)
    assert line and max(len(f"{float(w)}") for w in line.weights) <= (5 if gap == 0.5 else 20)
    assert all(
        (sum(w * Fraction(v) for w, v in zip(line.weights, row, strict=True)) + line.bias > 0) is bool(t)
        for row, t in zip(X.tolist(), y, strict=True)
    )
    assert len(line.inequalities) == 17 and line.inequalities[-1] == "… and 44 more, farther away"


@pytest.mark.parametrize("kind", ["noise", "a line"])
def test_many_floats_have_inequalities_that_can_be_read(kind):
    rng = numpy.random.default_rng(0)
    X = rng.normal(size=(500, 20))
    y = rng.integers(0, 2, 500) if kind == "noise" else (X[:, 0] - X[:, 3] > 0.1).astype(int)
    result = separability(X, y)
    assert result.separable is (kind == "a line")
    assert max(map(len, result.inequalities)) < 400


def test_the_perceptron_makes_no_more_corrections_than_radius_over_gap_squared():
    """Novikoff's bound (1962), with the line that separability finds: its gap is no larger than the best one."""
    for seed in range(20):
        rng = numpy.random.default_rng(seed)
        X, w = rng.normal(size=(40, 3)), rng.normal(size=3)
        y = (X @ w > 0.2).astype(int)
        line = separability(X, y)
        direction = numpy.array([*map(float, line.weights), float(line.bias)])
        points = numpy.column_stack([X, numpy.ones(len(X))]) * (2 * y - 1)[:, None]
        gap = (points @ direction).min() / numpy.linalg.norm(direction)
        radius = numpy.linalg.norm(points, axis=1).max()
        history = Perceptron(3).fit(X, y, epochs=10_000)
        assert gap > 0 and history.stopped and history.updates <= (radius / gap) ** 2


# --- a line found by hand ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gate", [gate for gate in data.GATES if gate not in ("xor", "xnor")])
def test_the_line_that_was_found_is_right_by_hand_and_turned_round_it_is_wrong_everywhere(gate):
    line = separability(*data.gates(gate))
    report = line.check(numbers(line))
    assert report.ok and float(report) == 1 and len(report.answers) == 4
    turned = line.check({name: -number for name, number in numbers(line).items()})
    assert float(turned) == 0 and {finding.code for finding in turned.findings} == {"SIGN"} and "opposite sign" in turned.text


def test_a_line_by_hand_is_judged_point_by_point_with_the_number_that_comes_out():
    report = separability(*data.gates("nand")).check({"w1": "-1/3", "w2": "-0,1", "b": "0.1"})
    assert [answer.verdict for answer in report.answers] == ["right", "wrong", "wrong", "right"]
    assert [finding.expected for finding in report.findings] == pytest.approx([0, 0.1 - 1 / 3])
    assert "(0, 1): class 1 asks for w2 + b > 0, but w2 + b = 0." in report.text, "a tie is class 0"
    assert float(report) == 0.5 and not report.ok


def test_a_line_with_a_blank_has_no_points_yet():
    report = separability(*data.gates("or")).check({"w1": 1, "w2": None, "b": " "})
    assert float(report) == 0 and [(finding.node, finding.code) for finding in report.findings] == [("w2", "MISSING"), ("b", "MISSING")]


@pytest.mark.parametrize("w1", [-1, 0, 2])
@pytest.mark.parametrize("w2", [-2, 0, 1])
@pytest.mark.parametrize("b", [-0.5, 0, 1.5])
def test_no_line_has_more_than_three_of_the_four_points_of_xor(w1, w2, b):
    """D2-07."""
    report = separability(*data.gates("xor")).check({"w1": w1, "w2": w2, "b": b})
    assert float(report) <= 0.75 and "No line puts every point on its side." in report.text


def test_a_report_on_many_points_is_no_longer_than_can_be_read():
    rng = numpy.random.default_rng(0)
    line = separability(rng.normal(size=(300, 30)), rng.integers(0, 2, 300))
    report = line.check(dict.fromkeys([*(f"w{k}" for k in range(1, 31)), "b"], 1))
    assert len(report.answers) == 300 and len(report.findings) == 16 and max(map(len, report.text.splitlines())) < 400


@pytest.mark.parametrize(
    ("answers", "error", "says"),
    [
        ("w1 = 1", TypeError, "a dict of name to number, not str"),
        ({"w1": 1, "b": 0}, ValueError, "w2 is missing"),
        ({"w1": 1, "w2": 1, "b": 0, "w3": 1}, ValueError, "w3 is none"),
        ({"w1": 1, "w2": 1, "b": "x"}, ValueError, "not a number"),
        ({"w1": 1, "w2": 1, "b": "inf"}, ValueError, "finite"),
    ],
)
def test_what_is_no_line_is_refused(answers, error, says):
    with pytest.raises(error, match=says):
        separability(*data.gates("or")).check(answers)
