"""The notebooks: stored with what they show, and their exercises judged. CI also runs each in a kernel of its own."""

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from autograd import check, parse, steps

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.ipynb"))}
KEYS = {
    "00_five_minute_tour": ['{"v": 3, "a": 3, "u": 3, "b": 6, "c": 9}'],
    "04_backprop_by_hand": [
        '{"ŷ": 0.936, "z": "0,208", "w": ".623", "b": "0,208"}',
        '{"w0": 0.577, "w1": 0.444, "w2": 0.192, "b1": 0.144, "v1": 0.216, "b2": -0.115, "v2": -0.173}',
        '{"u": 5, "v": "3/2", "x": 4, "w": "3*5"}',
        '{"g": 0.444, "new": "1.4 - 0.2*0.444"}',
    ],
    "08_activations": [
        '{"z": -2, "a": 0, "w": "0", "b": 0}',
        '{"z": -2.04, "a": "-2,04*0,01", "w": -0.0408, "b": -0.0204}',
    ],
    "09_initialisation": [
        '{"w1_1_1": -0.0525, "w1_1_2": "0,105", "w1_2_1": -0.0525, "w1_2_2": 0.105}',
        '{"V": 400, "needed": "1/400", "std": 0.05}',
    ],
    "11_optimisers": [
        '[{"v": 0.5, "w": "2,5"}, {"v": -0.6, "w": 3.1}]',
        '[{"m": 0.2, "v": 0.004, "w": 0.9}, {"m": 0.08, "v": 0.004996, "w": 0.8734}, {"m": 0.472, "v": 0.02099, "w": 0.8076}]',
    ],
}


@pytest.fixture(autouse=True)
def closed():
    """Plots that the cells have made are forgotten."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def code(notebook: dict) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def run(notebook: dict, keys: Sequence[str | None] = ()) -> tuple[dict, list]:
    """The names that the cells leave behind, and the report of each exercise, answered by its key if there is one."""
    found: dict = {}
    reports: list = []
    for cell in code(notebook):
        is_exercise = re.search(r"^answers = ", cell, re.M)
        key = keys[len(reports)] if is_exercise and keys else None
        exec(cell if key is None else re.sub(r"^answers = .*$", f"answers = {key}", cell, flags=re.M), found)
        if is_exercise:
            reports.append(found["report"])
    return found, reports


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
    _, as_it_stands = run(NOTEBOOKS[name])
    assert len(as_it_stands) == len(KEYS[name])
    assert all(float(report) < 1 for report in as_it_stands)
    _, answered = run(NOTEBOOKS[name], KEYS[name])
    assert all(float(report) == 1 for report in answered)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_with_strict_in_the_environment_an_unanswered_exercise_stops_the_notebook(name, monkeypatch):
    monkeypatch.setenv("STRICT", "1")
    for k in range(len(KEYS[name])):
        with pytest.raises(AssertionError):
            run(NOTEBOOKS[name], [key if place != k else None for place, key in enumerate(KEYS[name])])
    run(NOTEBOOKS[name], KEYS[name])


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_can_be_read_in_three_languages(name):
    first = code(NOTEBOOKS[name])[0]
    for lang in ("es", "pt"):
        found: dict = {}
        for cell in [first.replace('lang = "en"', f'lang = "{lang}"'), *code(NOTEBOOKS[name])[1:]]:
            exec(cell, found)
        assert found["lang"] == lang


def test_each_slip_of_the_notebook_by_hand_is_called_by_its_name_and_what_follows_counts():
    found, _ = run(NOTEBOOKS["04_backprop_by_hand"])
    assert len(found["slips"]) == 6
    for cause, sheet in found["slips"].items():
        report = check(found["neuron"], sheet)
        assert [finding.code for finding in report.findings] == [cause], sheet
        assert report.counts["right"] + report.counts["follows"] == 2


def test_the_exercises_of_the_tour_have_numbers_that_teach():
    """No gradient that is asked for is 0, 1 or -1, and none is another one's by coincidence; edges that meet differ."""
    found, _ = run(NOTEBOOKS["00_five_minute_tour"])
    text, numbers = exercise(NOTEBOOKS["00_five_minute_tour"], "J = b")
    last = parse(text, numbers)
    for asked in (last, found["y"]):
        totals = {step.parent: step.total_after for step in steps(asked) if step.parent is not None and step.term == step.terms}
        local = [abs(step.local) for step in steps(asked) if step.parent is not None and not step.parent.parents]
        assert len(set(local)) > 1 and not {0, 1} & set(local)
        if asked is last:
            assert len(set(totals.values())) == len(totals) and not {0, 1, -1} & set(totals.values())
    assert found["y"].label == "y" and found["L"].label == "L"


def exercise(notebook, begins):
    """The text and the numbers of the expression in a cell that begins so."""
    (call,) = [call for call in re.findall(r"parse\((.*?)\)[,)]", "\n".join(code(notebook))) if call.startswith(f'"{begins}')]
    text, numbers = re.fullmatch(r'"([^"]*)"((?:, \w+=[\d.]+)*)', call).groups()
    return text, {name: float(number) for name, number in re.findall(r"(\w+)=([\d.]+)", numbers)}


def test_the_learning_step_of_the_tour_goes_down_by_less_than_was_predicted():
    found, _ = run(NOTEBOOKS["00_five_minute_tour"])
    after = steps(found["L"], lr=0.05, params=["w", "b"])[-1]
    assert (after.total_before, after.value, after.contribution) == pytest.approx((4, 1, -4))
    falls, rises = (steps(found["L"], lr=lr, params=["w", "b"])[-1].value for lr in (0.1, 0.25))
    assert falls == pytest.approx(0) and rises > 4
