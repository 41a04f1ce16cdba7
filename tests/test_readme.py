"""What the README shows is true: its Python examples, its commands, its pictures."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
UTF8 = {**os.environ, "PYTHONIOENCODING": "utf-8"}
BLOCKS = re.findall(r"^```console\n\$ (.+)\n((?:.*\n)*?)```$", README, re.M)


@pytest.mark.parametrize(("command", "printed"), BLOCKS, ids=[command for command, _ in BLOCKS])
def test_a_command_of_the_readme_prints_what_it_says(command, printed):
    command = command.replace("python ", f'"{sys.executable}" ', 1)
    result = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", env=UTF8)
    assert result.stdout == printed, result.stderr


def test_the_readme_has_two_set_up_commands_of_one_line_each():
    blocks = re.findall(r"^```sh\n((?:.*\n)*?)```$", README, re.M)
    assert [block.count("\n") for block in blocks] == [1, 1]


def test_every_picture_of_the_readme_is_there():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    assert [picture for picture in pictures if not (ROOT / picture).is_file()] == []


def test_the_python_examples_of_the_readme_run():
    result = subprocess.run(
        [sys.executable, "-m", "doctest", "-o", "ELLIPSIS", "-o", "NORMALIZE_WHITESPACE", "README.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**UTF8, "PYTHONPATH": str(ROOT)},
    )
    assert result.returncode == 0, result.stdout
