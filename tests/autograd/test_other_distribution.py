"""Another distribution has the import name `autograd`. Where it takes the place of ours, one sentence says so."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograd

ROOT = Path(autograd.__file__).parents[1]


@pytest.fixture
def other(tmp_path):
    """A folder with a package `autograd` that has no Value, as the other distribution has none."""
    package = tmp_path / "autograd"
    package.mkdir()
    (package / "__init__.py").write_text("def grad(function): ...\n")
    (package / "numpy.py").write_text("")
    return tmp_path


def run(*arguments, first):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(first), str(ROOT)])}
    return subprocess.run([sys.executable, *arguments], cwd=first, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("package", ["nn", "viz"])
def test_nn_and_viz_say_so_in_one_sentence_and_how_to_mend_it(other, package):
    done = run("-c", f"import {package}", first=other)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: ")
    assert str(other / "autograd" / "__init__.py") in last
    assert "another distribution" in last
    assert "pip uninstall autograd" in last and "pip install --force-reinstall chalkgrad" in last


@pytest.mark.parametrize("package", ["nn", "viz"])
def test_the_sentence_can_be_caught_and_shown(other, package):
    code = f"try:\n    import {package}\nexcept ImportError as error:\n    print(error)"
    done = run("-c", code, first=other)
    assert (done.returncode, done.stdout.count("\n"), done.stderr) == (0, 1, "")


def test_the_command_line_says_so_when_both_were_installed_into_one_folder(other):
    shutil.copy(ROOT / "autograd" / "__main__.py", other / "autograd")
    done = run("-m", "autograd", "3*a", "a=2", first=other)
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "another distribution" in done.stderr and "pip uninstall autograd" in done.stderr


def test_ours_is_not_mistaken_for_the_other(tmp_path):
    done = run("-c", "import nn, viz", first=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
