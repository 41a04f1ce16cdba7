"""The notebooks: stored with what they show, and their exercises judged. CI also runs each in a kernel of its own."""

import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.ipynb"))}
KEYS = {"00_five_minute_tour": 'answers = {"v": 3, "a": 3, "u": 3, "b": 6, "c": 9}'}


def code(notebook: dict) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def run(notebook: dict, answers: str = "") -> dict:
    """The names that the cells leave behind, with other answers in the exercise if some are given."""
    found: dict = {}
    for cell in code(notebook):
        exec(re.sub(r"^answers = .*$", answers, cell, flags=re.M) if answers else cell, found)
    return found


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_stored_with_the_output_of_every_cell_and_without_an_error(name):
    cells = [cell for cell in NOTEBOOKS[name]["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert not [
        output
        for cell in cells
        for output in cell["outputs"]
        if output["output_type"] in ("error", "stream") and output.get("name") != "stdout"
    ]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_names_the_lecture_rows_it_shows(name):
    text = "".join("".join(cell["source"]) for cell in NOTEBOOKS[name]["cells"] if cell["cell_type"] == "markdown")
    assert re.search(r"\bD\d-\d\d\b", text)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_an_exercise_is_not_right_as_it_stands_and_right_with_the_key(name, monkeypatch):
    monkeypatch.delenv("STRICT", raising=False)
    assert float(run(NOTEBOOKS[name])["report"]) < 1
    assert float(run(NOTEBOOKS[name], KEYS[name])["report"]) == 1


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_with_strict_in_the_environment_an_unanswered_exercise_stops_the_notebook(name, monkeypatch):
    monkeypatch.setenv("STRICT", "1")
    with pytest.raises(AssertionError):
        run(NOTEBOOKS[name])
    run(NOTEBOOKS[name], KEYS[name])


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_can_be_read_in_three_languages(name):
    first = code(NOTEBOOKS[name])[0]
    for lang in ("es", "pt"):
        found: dict = {}
        for cell in [first.replace('lang = "en"', f'lang = "{lang}"'), *code(NOTEBOOKS[name])[1:]]:
            exec(cell, found)
        assert found["lang"] == lang
