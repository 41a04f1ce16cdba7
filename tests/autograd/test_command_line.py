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


MAIN_LINES = """\
J = 33

forward
  1  u = b · c = 3 · 2 = 6
  2  v = a + u = 5 + 6 = 11
  3  J = 3 · v = 3 · 11 = 33
backward
  4  ∂J/∂J = 1
  5  ∂J/∂v = ∂J/∂J · 3 = 1 · 3 = 3
  6  ∂J/∂a = ∂J/∂v · 1 = 3 · 1 = 3
  7  ∂J/∂u = ∂J/∂v · 1 = 3 · 1 = 3
  8  ∂J/∂b = ∂J/∂u · c = 3 · 2 = 6
  9  ∂J/∂c = ∂J/∂u · b = 3 · 3 = 9

node  value  gradient  finite difference
a     5      3         3
b     3      6         6
c     2      9         9
u     6      3         3
v     11     3         3
J     33     1         1
Gradients and finite differences agree.
"""


def test_the_main_job_word_for_word():
    assert run(*MAIN_JOB).stdout == MAIN_LINES


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


@pytest.mark.parametrize(("answers", "code", "said"), [("dJ/db=6, dJ/dc=9", 0, "2 right: 2/2"), ("b=6 c=9", 0, "2 right: 2/2"), ("b=9 c=6", 1, "0 right, 2 slips: 0/2"), ("b=6 c=", 1, "1 right, 1 missing: 1/2")])  # fmt: skip
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
        ("a*b", "a=1", "b=2", "--step", "page.svg"),
        ("a*b", "a=1", "b=2", "--step", "no/such/folder/page.html"),
        ("a*b", "a=1", "b=2", "--step", ""),
        ("a*b", "a=1", "b=2", "--lang", "xx"),
        ("a*b", "a=1", "b=2", "--digits", "0"),
        ("a*b", "a=1", "b=2", "--digits", "many"),
        ("a*b", "a=1", "b=2", "--constants", "z"),
        ("a*b", "a=1", "b=2", "--unknown"),
        ("__import__('os')",),
        ("a", "a=1e999999999"),
        ("a", "a=nan"),
        ("a", "a=1/0"),
        ("a", "2=3"),
        ("a", "a", "=", "5"),
        ("a b", "a=1", "b=2"),
        ("(" * 20000 + "a", "a=1"),
        ("q" * 20000, "a=1"),
        ("sin", "a=1"),
        ("clip(a, 2, 1)", "a=1"),
        ("a*b", "a=1", "b=2", "--check", "a=1e999999999"),
        ("a*b", "a=1", "b=2", "--check", "a"),
        ("a*b", "a=1", "b=2", "--check", "a=2 a=3"),
        ("a*b", "a=1", "b=2", "--check"),
        ("a*b", "a=1", "b=2", "--draw", ""),
        ("a*b", "a=1", "b=2", "--draw", "graph"),
        ("a*b", "a=1", "b=2", "--digits", "18"),
        ("a*b", "a=1", "b=2", "--lang", "../en"),
        ("--a", "a=1"),
        ("a;\n;", "b=1"),
    ],
    ids=lambda words: " ".join(words)[:40] or "nothing",
)
def test_bad_input_is_exit_code_2_with_one_line_on_stderr_and_nothing_else(words):
    result = run(*words)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("python -m autograd: ") and result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr
    assert len(result.stderr) < 500


def test_a_forgotten_product_is_answered_with_what_to_write():
    assert run("3(a+bc)", *MAIN_JOB[1:]).stderr == (
        'python -m autograd: column 2: an operator is missing between "3" and "("; write 3*(a + b*c)\n'
    )


def test_columns_are_those_of_the_expression_that_was_typed():
    assert "column 4: an operator is missing" in run("-a b", "a=1", "b=2").stderr


def test_a_step_through_is_written_in_the_language_of_the_words(tmp_path):
    path = tmp_path / "page.html"
    result = run(*MAIN_JOB, "--step", str(path), "--lang", "es")
    assert result.returncode == 0 and result.stdout.endswith(f"El recorrido paso a paso está en {path}.\n")
    assert '<html lang="es">' in path.read_text(encoding="utf-8")


def test_a_step_through_is_written_as_a_picture_of_each_step(tmp_path):
    assert run(*MAIN_JOB, "--step", f"{tmp_path}/slides/").returncode == 0
    assert len(list((tmp_path / "slides").glob("*.svg"))) == 10  # nine steps, and the graph before the first


def test_a_drawing_shows_the_gradients(tmp_path):
    path = tmp_path / "graph.svg"
    run(*MAIN_JOB, "--draw", str(path))
    assert "not computed" not in path.read_text(encoding="utf-8")


def test_a_drawing_that_cannot_be_written_is_told_with_its_reason():
    said = run("a", "a=1", "--draw", "no/such/folder/graph.svg").stderr
    assert said == "python -m autograd: no/such/folder/graph.svg cannot be written: No such file or directory\n"


def test_differences_are_shown_to_more_digits_than_gradients():
    assert "a     2         0.333333  0.33333333" in run("a/3", "a=2").stdout.splitlines()


def test_what_cannot_be_drawn_leaves_no_file(tmp_path):
    path = tmp_path / "graph.svg"
    assert run("a*b", "a=1", "--draw", str(path)).returncode == 2
    assert run("a*b", "a=1", "b=2", "--check", "q=1", "--draw", str(path)).returncode == 2
    assert not path.exists()


@pytest.mark.parametrize("expression", ["-a*2", "-a * 2", "-(a)*2", " -a*2", "- a*2", "(-a)*2"])
def test_an_expression_may_begin_with_a_minus(expression):
    assert run(expression, "a=-4").stdout.startswith("J = 8\n")


def test_a_leaf_may_be_called_h_though_h_is_help():
    assert run("-h+3", "h=1").stdout.startswith("J = 2\n")
    assert run("-h").stdout.startswith("usage: python -m autograd")


def test_options_may_stand_anywhere_and_be_joined_to_their_values():
    assert run("--check=b=6 c=9", *MAIN_JOB).returncode == 0
    assert run("3*(a + b*c)", "--digits", "3", "a=5", "b=3", "c=2").stdout == MAIN_LINES


def test_statements_name_their_nodes():
    lines = run("u = b*c; E = 3*(a + u)", "a=5", "b=3", "c=2").stdout.splitlines()
    assert lines[0] == "E = 33"
    assert "  8  ∂E/∂b = ∂E/∂u · c = 3 · 2 = 6" in lines


def test_a_value_that_is_rounded_is_not_said_to_be_equal():
    assert run("a/3", "a=2").stdout.startswith("J ≈ 0.666667\n")
    assert run("a/3", "a=2/1").stdout.startswith("J = 2/3\n")


@pytest.mark.parametrize(
    ("words", "last"),
    [
        (
            ("relu(a)*b", "a=0", "b=2"),
            "Differences that reach across a kink, where one slope ends and another begins, prove nothing: a.",
        ),
        (("a*0.00000000001 + 1", "a=1"), "Too small for finite differences to judge: a."),
        (("log(a)", "a=0"), "Not defined here, or on one side of here, so that there is nothing to compare: a, J."),
        (("x**3", "x=0"), "Gradients and finite differences agree."),
        (("log(a)", "a=0.0000001"), "Gradients and finite differences agree."),
    ],
)
def test_agreement_is_only_claimed_where_there_is_some(words, last):
    result = run(*words)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-1] == last


def test_a_check_prints_the_verdict_only_and_shows_the_rest_when_asked():
    answers = ("--check", "dJ/du=3, dJ/db=9")
    only, shown = run(*MAIN_JOB, *answers), run(*MAIN_JOB, *answers, "--show")
    assert (
        only.stdout.startswith("1 right, 1 slip: 1/2\n∂J/∂b: 9 would be ")
        and "∂J/∂b = 6" not in only.stdout
        and "backward" not in only.stdout
    )
    assert shown.stdout.startswith(MAIN_LINES + "\n1 right, 1 slip: 1/2\n∂J/∂b: 9 would be ") and "∂J/∂b = 6" in shown.stdout
    assert (only.returncode, shown.returncode) == (1, 1)


@pytest.mark.parametrize(
    ("expression", "numbers"), [("a/b", ("a=1", "b=0")), ("log(a)", ("a=-1",)), ("log(a)", ("a=0",)), ("a**1.5", ("a=0",))]
)
def test_where_an_expression_is_not_defined_nothing_is_compared(expression, numbers):
    lines = run(expression, *numbers).stdout.splitlines()
    table = lines[lines.index(next(line for line in lines if line.startswith("node"))) + 1 : -1]
    assert all("not defined here" in line for line in table if line[0] != "J") and "agree" not in lines[-1]
    if expression != "a**1.5":
        assert all(line.count("not defined here") == 2 for line in table)


def test_a_number_that_the_expression_makes_no_use_of_is_noted():
    result = run("a*2", "a=1", "d=4", "e=5")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("note: the expression makes no use of d, e\nJ = 2\n")
    assert "note" not in run(*MAIN_JOB).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("a", "a=1", "a=2"), "a aparece dos veces"),
        (("a", "a"), '"a" no da un número a ninguna entrada; se escribe nombre=número, por ejemplo a=5'),
        (("a", "a="), "a no tiene número; se escribe uno, por ejemplo a=5"),
        (("a", "a=1", "--digits", "18"), "--digits recibe un número de 1 a 17, no 18"),
        (("a", "a=1", "--draw", "graph"), '--draw escribe .svg, .png, .pdf, .dot; "graph" no termina en ninguno de ellos'),
        (
            ("a", "a=1", "--step", "p.svg"),
            '--step escribe una página, .html, diapositivas, .pdf, o dibujos en una carpeta, cuyo nombre termina en "/"; no "p.svg"',
        ),
        (("a", "a=1", "--draw", "no/such/g.svg"), "no se puede escribir no/such/g.svg: No such file or directory"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_what_the_command_line_refuses_is_said_in_the_language_of_the_words(words, said):
    result = run(*words, "--lang", "es")
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"python -m autograd: {said}\n")


def test_numbers_may_be_fractions_and_have_decimal_commas():
    assert run("a/b", "a=1/3", "b=2").stdout.startswith("J = 1/6\n")
    assert run("a*2", "a=0,5").stdout.startswith("J = 1\n")
    assert run("a*b", "a=-1/3", "b=−2/7").stdout.startswith("J ")
    assert run("a*b", "a=3*2", "b=-1.5e-2").stdout.startswith("J = -0.09\n")
    assert run("a*2", "a=0,5", "--check", "a=2,0").returncode == 0


def test_a_power_written_with_a_caret_is_noted():
    assert run("a^2", "a=3").stdout.startswith("note: column 2: ^ was read as a power, which Python writes **\nJ = 9\n")


def test_constants_are_not_asked_for():
    assert "∂J/∂x" not in run("w*x", "w=2", "x=3", "--constants", "x").stdout


def test_digits_are_chosen():
    assert "u = a / b = 1 / 3 ≈ 0.33\n" in run("a/b + 1", "a=1", "b=3", "--digits", "2").stdout


def test_a_terminal_without_the_signs_shows_them_as_they_can_be_typed():
    result = run(*MAIN_JOB, encoding="ascii")
    assert (result.returncode, result.stderr) == (0, "")
    assert "dJ/db = dJ/du * c = 3 * 2 = 6" in result.stdout
    assert run("ŷ/3", "ŷ=2", encoding="ascii").stdout.startswith("J ~ 0.666667\n")
    assert "d?/3" not in run("3(ŷ)", "ŷ=2", encoding="ascii").stderr
    assert run("a*b", "a=1", "b=2", "--check", "a=3", encoding="cp1252").returncode == 1


def test_the_command_line_loads_no_drawing_unless_it_draws():
    code = "import sys; from autograd.__main__ import main; main(['a*2', 'a=1']); print({'viz', 'numpy', 'graphviz'} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert result.stdout.splitlines()[-1] == "set()"


LEARNER = ("(w*x + b - t)^2", "w=1", "b=1/2", "x=2", "t=3", "--constants", "x,t")


def test_a_learning_step_follows_both_passes(tmp_path):
    lines = run(*LEARNER, "--lr", "1/10", "--params", "w,b").stdout.splitlines()
    at = lines.index("update")
    assert lines[at + 1 : at + 4] == [
        "  11  w ← w - η · ∂J/∂w = 1 - 1/10 · (-2) = 6/5",
        "  12  b ← b - η · ∂J/∂b = 1/2 - 1/10 · (-1) = 3/5",
        "  13  with the new numbers J = 0: changed by 0 - 1/4 = -1/4; predicted -η · ‖g‖² = -(1/10) · 5 = -1/2",
    ]
    path = tmp_path / "page.html"
    assert "w ← w - η · ∂J/∂w = 1 - 0.1 · (-2) = 1.2" in run(*LEARNER, "--lr", "0,1", "--params", "w", "--step", str(path)).stdout
    assert '"params":[0]' in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--lr", "0.1"), "params=[w, b]"),
        (("--params", "w"), "needs lr"),
        (("--lr", "fast", "--params", "w"), "not a number"),
        (("--lr", "-1", "--params", "w"), "above 0"),
        (("--lr", "0.1", "--params", "x"), "x is a constant"),
        (("--lr", "0.1", "--params", "q"), "no node is called"),
    ],
)
def test_a_learning_step_that_cannot_be_is_refused_in_one_line(words, said):
    result = run(*LEARNER, *words)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert said in result.stderr


@pytest.mark.parametrize("words, said", [
    (("3(a)", "a=1"), 'falta un operador entre "3" y "("; se escribe 3*(a)'),
    (("a*b", "a=1", "b=2", "--check", "a=b=3"), "se responde una cosa por vez"),
    (("a*b", "a=1", "b=2", "--foo"), "argumentos desconocidos: --foo"),
    (("a", "a=1", "--digits", "x"), "el argumento --digits es un número entero"),
])  # fmt: skip
@pytest.mark.parametrize("option", [("--lang", "es"), ("--lang=es",)])
def test_what_parse_check_and_the_options_refuse_is_said_in_the_language_of_the_words(words, said, option):
    result = run(*words, *option)
    assert result.returncode == 2 and said in result.stderr and result.stderr.count("\n") == 1


def test_slides_are_written_as_one_document(tmp_path):
    pytest.importorskip("typst")
    assert run("3*a", "a=2", "--step", f"{tmp_path}/steps.pdf").returncode == 0
    assert (tmp_path / "steps.pdf").read_bytes()[:5] == b"%PDF-"
