"""The notebooks: stored with what they show, and their exercises judged. CI also runs each in a kernel of its own."""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from autograd import check, parse, steps

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.ipynb"))}
ANSWERS = r"^answers = .*$"
CLASSIFIER = """None


def backward(X, T, W2, A1, A2, n):
    dZ2 = (A2 - T) / n
    dZ1 = W2.T @ dZ2 * A1 * (1 - A1)
    return {"dW2": dZ2 @ A1.T, "db2": dZ2.sum(axis=1), "dZ1": dZ1, "dW1": dZ1 @ X.T, "db1": dZ1.sum(axis=1, keepdims=True)}


answers = backward"""
KEYS = {
    "00_five_minute_tour": ['{"v": 3, "a": 3, "u": 3, "b": 6, "c": 9}'],
    "01_perceptron_and_xor": [
        '{"w1": 1, "w2": 1, "b": "-1/2"}',
        '{"w1": -1, "w2": "-1", "b": "1,5"}',
        '{"e1": -1, "e2": -1, "e3": 0, "e4": 1, "w1": 2, "w2": 1, "b": 0}',
        '{"w1": 1, "w2": 1, "b": 2}',
    ],
    "03_four_ways_to_differentiate": [
        '{"u": 0.9093, "v": 4, "x": "1,973"}',
        '{"W": 9, "forward": 10, "central": 18}',
        '{"θ_plus": "θ + h", "θ_minus": "θ - h", "quotient": "(J_plus - J_minus)/(2*h)"}',
    ],
    "04_backprop_by_hand": [
        '{"ŷ": 0.936, "z": "0,208", "w": ".623", "b": "0,208"}',
        '{"w0": 0.577, "w1": 0.444, "w2": 0.192, "b1": 0.144, "v1": 0.216, "b2": -0.115, "v2": -0.173}',
        '{"u": 5, "v": "3/2", "x": 4, "w": "3*5"}',
        '{"g": 0.444, "new": "1.4 - 0.2*0.444"}',
    ],
    "07_from_graph_to_matrices": [
        '{"X": (3, 5), "W1": "4 × 3", "b1": (4, 1), "Z1": "4x5", "A2": [2, 5], "dZ1": (4, 5), "dW2": "(2, 4)", "db1": (4, 1), "dX": (3, 5)}',
        CLASSIFIER,
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
def closed(monkeypatch):
    """Nothing is graded unless a test asks for it, and plots that the cells have made are forgotten."""
    monkeypatch.delenv("STRICT", raising=False)
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@dataclass
class Run:
    """The names that the cells of a notebook leave behind, and of each exercise its report and whether STRICT=1 stops there."""

    names: dict = field(default_factory=dict)
    reports: list = field(default_factory=list)
    stopped: list[bool] = field(default_factory=list)


def code(notebook: dict) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def run(name: str, lang: str = "en", keys: Sequence[str] = ()) -> Run:
    """Runs a notebook with its words in a language, its exercises as they stand or answered by keys."""
    found, cells = Run(), code(NOTEBOOKS[name])
    cells[0] = cells[0].replace('lang = "en"', f'lang = "{lang}"')
    for k, cell in enumerate(cells):
        if re.search(ANSWERS, cell, re.M):
            if keys:
                cell = re.sub(ANSWERS, f"answers = {keys[len(found.reports)]}", cell, flags=re.M)
            found.stopped.append(stops([cell, *cells[k + 1 : k + 2]], found.names))
            exec(cell, found.names)
            found.reports.append(found.names["report"])
        else:
            exec(cell, found.names)
    assert found.names["lang"] == lang
    return found


def stops(cells: Sequence[str], names: dict) -> bool:
    """Whether an exercise, or the cell behind it, stops for automatic grading; the names stay as they are."""
    tried = dict(names)
    with pytest.MonkeyPatch.context() as strict:
        strict.setenv("STRICT", "1")
        try:
            for cell in cells[: 1 if "graded(" in cells[0] else 2]:
                exec(cell, tried)
        except AssertionError:
            return True
    return False


@cache
def as_it_stands(name: str) -> Run:
    """A notebook run once for all tests that only look at it."""
    return run(name)


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
def test_an_exercise_as_it_stands_is_not_right_and_stops_the_notebook_only_with_strict_in_the_environment(name):
    found = as_it_stands(name)
    assert len(found.reports) == len(KEYS[name])
    assert all(float(report) < 1 for report in found.reports)
    assert all(found.stopped)


@pytest.mark.parametrize("lang", ["es", "pt"])
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_in_other_languages_as_well_an_exercise_is_right_with_its_key_and_nothing_stops(name, lang):
    found = run(name, lang, KEYS[name])
    assert [float(report) for report in found.reports] == [1.0] * len(KEYS[name])
    assert not any(found.stopped)


def test_one_line_does_for_fourteen_gates_and_two_lines_for_xor():
    found = as_it_stands("01_perceptron_and_xor").names
    assert not found["proof"] and not found["history"].stopped and found["history"]["mistakes"][-1] == 4
    assert found["proof"].point == (0.5, 0.5) and found["separability"](found["hidden"], found["y"])
    assert found["both"].predict(found["hidden"]).tolist() == found["y"].tolist() == [0, 1, 1, 0]
    assert found["loss"].data == 1 and not any(found["grad"](found["loss"], ["w1", "w2", "b"])), "wrong, and no gradient"
    assert 0 < found["corrections"] <= found["bound"]
    slopes = [found["grad"](found[name], ["w1", "w2", "b"]) for name in ("zeros", "ones")]
    assert slopes == [(1, 1, 2), (1, 1, 2)], "the two sums of the proof are one"


def test_the_four_ways_agree_and_cost_what_is_said():
    found = as_it_stands("03_four_ways_to_differentiate").names
    routes, costs, curve = found["routes"], found["costs"], found["curve"]
    assert all(route.error < 1e-7 for route in routes.rows) and max(routes.rows, key=lambda route: route.error).name == "forward difference"
    assert [(route.evaluations, route.sweeps) for route in routes.rows] == [(10, 0), (18, 0), (0, 0), (1, 9), (1, 1)]
    assert {name: round(power) for name, power in costs.orders.items()} == {
        "forward": 1, "backward": 1, "forward_differences": 2, "central_differences": 2
    }  # fmt: skip
    assert 1e-9 < curve.best("forward") < 1e-7 < curve.best("central") < 1e-4
    assert found["operations"] == ["mul", "softplus"] and found["engine"].tries == 2


def test_each_optimiser_does_what_it_is_for():
    found = as_it_stands("11_optimisers").names
    plain, moderate, strong = found["found"].left.tolist()
    assert moderate < plain / 100 and strong > plain, "a moderate momentum damps the swing, a strong one keeps it alive"
    assert found["ends"] == pytest.approx([-0.6292, 0.1216], abs=1e-4), "the forms of momentum differ where the rate falls"
    frequent, rare = found["labs"].rare_and_frequent("adagrad", lr=0.1, rng=0).moved.tolist()
    assert rare > 3 * frequent
    starts, ends = ([found["bowl"](*path[k]) for path in found["paths"].values()] for k in (0, -1))
    assert max(ends) < 0.01 * min(starts)


def test_each_slip_of_the_notebook_by_hand_is_called_by_its_name_and_what_follows_counts():
    found = as_it_stands("04_backprop_by_hand").names
    assert len(found["slips"]) == 6
    for cause, sheet in found["slips"].items():
        report = check(found["neuron"], sheet)
        assert [finding.code for finding in report.findings] == [cause], sheet
        assert report.counts["right"] + report.counts["follows"] == 2


def test_the_exercises_of_the_tour_have_numbers_that_teach():
    """No gradient that is asked for is 0, 1 or -1, and none is another one's by coincidence; edges that meet differ."""
    found = as_it_stands("00_five_minute_tour").names
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
    found = as_it_stands("00_five_minute_tour").names
    after = steps(found["L"], lr=0.05, params=["w", "b"])[-1]
    assert (after.total_before, after.value, after.contribution) == pytest.approx((4, 1, -4))
    falls, rises = (steps(found["L"], lr=lr, params=["w", "b"])[-1].value for lr in (0.1, 0.25))
    assert falls == pytest.approx(0) and rises > 4


@pytest.mark.parametrize("notation", ["ng", "murphy"])
def test_the_numbers_of_the_matrices_are_the_same_in_other_letters_and_with_examples_in_rows(notation):
    """Every comparison of the notebook is an assert in its cell; pictures and code that is judged are left out here."""
    found: dict = {}
    for cell in [cell for cell in code(NOTEBOOKS["07_from_graph_to_matrices"]) if "check_code(" not in cell]:
        exec(re.sub(r"^viz\..*$", "", cell.replace("notation = None", f'notation = "{notation}"'), flags=re.M), found)
    assert found["view"].notation.name == notation and found["view"].maxdiff() < 1e-12
