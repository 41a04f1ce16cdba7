"""The command line, run as a person runs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAIN_JOB = ("3*(a + b*c)", "a=5", "b=3", "c=2")


def run(*words, encoding="utf-8"):
    return subprocess.run(
        [sys.executable, "-m", "autograd", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding=encoding,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )


def test_the_main_job_prints_nine_numbered_steps_and_the_gradients_beside_finite_differences():
    result = run(*MAIN_JOB)
    lines = result.stdout.splitlines()
    assert result.returncode == 0 and result.stderr == ""
    assert lines[0] == "J = 33"
    assert [line.split()[0] for line in lines if line[:2] == "  "] == [str(k) for k in range(1, 10)]
    table = {line.split()[0]: line.split()[1:] for line in lines if len(line.split()) == 4 and line[0] != " "}
    assert table == {"a": ["5", "3", "3"], "b": ["3", "6", "6"], "c": ["2", "9", "9"], "u": ["6", "3", "3"], "v": ["11", "3", "3"], "J": ["33", "1", "1"]}  # fmt: skip
    assert lines[-1] == "Gradients and finite differences agree."


@pytest.mark.parametrize(("suffix", "begins"), [(".svg", b"<svg"), (".dot", b"digraph"), (".png", b"\x89PNG"), (".pdf", b"%PDF")])
def test_a_drawing_is_written(tmp_path, suffix, begins):
    path = tmp_path / f"graph{suffix}"
    result = run(*MAIN_JOB, "--draw", str(path))
    assert result.returncode == 0, result.stderr
    assert path.read_bytes().startswith(begins)
    assert result.stdout.endswith(f"The drawing is in {path}.\n")


@pytest.mark.parametrize(("answers", "code", "said"), [("dJ/db=6, dJ/dc=9", 0, "2 of 2 right"), ("b=6 c=9", 0, "2 of 2 right"), ("b=9 c=6", 1, "0 of 2 right"), ("b=6 c=", 1, "1 of 2 right")])  # fmt: skip
def test_answers_are_checked_and_a_mistake_is_exit_code_1(answers, code, said):
    result = run(*MAIN_JOB, "--check", answers)
    assert (result.returncode, result.stderr) == (code, "")
    assert said in result.stdout.splitlines()


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("3(a + bc)", "a=5", "b=3", "c=2"),
        ("a*x", "a=5"),
        ("a", "a=five"),
        ("a", "a=1", "a=2"),
        ("a", "a"),
        ("a", "a="),
        ("a*b", "a=1", "b=2", "--check", "q=3"),
        ("a*b", "a=1", "b=2", "--check", ""),
        ("a*b", "a=1", "b=2", "--draw", "graph.bmp"),
        ("a*b", "a=1", "b=2", "--draw", "no/such/folder/graph.svg"),
        ("a*b", "a=1", "b=2", "--lang", "xx"),
        ("a*b", "a=1", "b=2", "--digits", "0"),
        ("a*b", "a=1", "b=2", "--digits", "many"),
        ("a*b", "a=1", "b=2", "--constants", "z"),
        ("a*b", "a=1", "b=2", "--unknown"),
        ("__import__('os')",),
        ("a;\n;", "b=1"),
    ],
    ids=lambda words: " ".join(words) or "nothing",
)
def test_bad_input_is_exit_code_2_with_one_line_on_stderr_and_nothing_else(words):
    result = run(*words)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("python -m autograd: ") and result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr


def test_an_expression_may_begin_with_a_minus():
    assert run("-a*2", "a=-4").stdout.startswith("J = 8\n")


def test_numbers_may_be_fractions_and_have_decimal_commas():
    assert run("a/b", "a=1/3", "b=2").stdout.startswith("J = 1/6\n")
    assert run("a*2", "a=0,5").stdout.startswith("J = 1\n")


def test_a_power_written_with_a_caret_is_noted():
    assert run("a^2", "a=3").stdout.startswith("note: column 2: ^ was read as a power, which Python writes **\nJ = 9\n")


def test_constants_are_not_asked_for():
    assert "∂J/∂x" not in run("w*x", "w=2", "x=3", "--constants", "x").stdout


def test_digits_are_chosen():
    assert "u = a / b = 1 / 3 ≈ 0.33\n" in run("a/b + 1", "a=1", "b=3", "--digits", "2").stdout


def test_a_terminal_without_the_signs_still_shows_the_numbers():
    result = run(*MAIN_JOB, encoding="ascii")
    assert result.returncode == 0
    assert "?J/?b = ?J/?u ? c = 3 ? 2 = 6" in result.stdout
