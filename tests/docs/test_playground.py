"""What the playground asks Python for, as the page asks for it: JSON in, JSON out."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PLAYGROUND = Path(__file__).parents[2] / "docs" / "playground"
EXAMPLES = json.loads((PLAYGROUND / "examples.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def answer():
    """The playground's Python: a request in, an answer out, both as JSON."""
    sys.path.insert(0, str(PLAYGROUND))
    try:
        import playground
    finally:
        sys.path.remove(str(PLAYGROUND))
    return playground.answer


@pytest.fixture(scope="module")
def asked(answer):
    """Asks it: asked(task, text, **more) → the answer."""
    return lambda task, text, **more: json.loads(answer(json.dumps({"task": task, "text": text, **more})))


def test_reading_gives_the_leaves_with_numbers_to_begin_with(asked):
    found = asked("read", "u = b*c\n3*(a + u)")
    assert list(found["leaves"]) == ["b", "c", "a"]
    assert not {"0", "1"} & set(found["leaves"].values())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["id"])
def test_every_ready_example_is_a_page_with_drawing_steps_and_code(asked, example):
    wish = {key: example[key] for key in ("values", "constants")}
    found = asked("show", example["text"], lang="pt", **wish)
    assert "error" not in found
    assert found["page"].startswith("<!doctype html>") and 'lang="pt"' in found["page"]
    drawn, coded = (asked(task, example["text"], lang="pt", **wish) for task in ("draw", "code"))
    assert drawn["drawing"].startswith("<svg") and "backward" in coded["code"] and drawn["steps"] == coded["steps"] != ""
    assert not set(found["leaves"]) & set(example["constants"])
    written_out = asked("derive", example["text"], wrt=found["leaves"][0], **wish)
    assert written_out["mathml"].startswith("<math")


def test_answers_are_judged(asked):
    values = {"a": "5", "b": "3", "c": "2"}
    assert asked("check", "3*(a + b*c)", values=values, answers="a=3, b=6, c=9")["ok"]
    wrong = asked("check", "3*(a + b*c)", values=values, answers="b=9", lang="es")
    assert not wrong["ok"] and "9" in wrong["text"]


def test_a_learning_step_trains_what_is_no_data(asked):
    values = {"w": "0.5", "x": "2", "b": "-1", "t": "3"}
    found = asked("show", "E = (w*x + b - t)**2", values=values, constants=["x", "t"], lr="0,1")
    assert "error" not in found
    assert asked("show", "w*x", values=values, constants=["w", "x"], lr="0.1") == {"refused": "learn.none", "texts": {}}


def test_fractions_stay_exact(asked):
    found = asked("draw", "a*b + 1", values={"a": "1/3", "b": "3"})
    assert "1/3" in found["steps"] and "≈" not in found["steps"]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("", 1),
        ("3(a + b)", 2),
        ("a +", 4),
        ("<script>", 1),
        ("__import__('os')", 1),
        ("(" * 3000, 3001),
        ("a = a + 1", 1),
        ("a\n+ b*", None),
    ],
)
def test_what_cannot_be_read_is_one_sentence_with_its_column(asked, text, column):
    found = asked("show", text, values={"a": "2", "b": "3"})
    assert set(found) - {"line"} == {"error", "column"} and "\n" not in found["error"] and 10 < len(found["error"]) < 600
    if column:
        assert found["column"] == column


def test_in_several_lines_the_sentence_counts_the_columns_of_one(asked):
    found = asked("read", "z = w*x + b\n3(z + c)", lang="es")
    assert found["line"] == 2 and found["error"].startswith("columna 2: ") and found["column"] == 14
    (note,) = asked("read", "z = w*x + b\n1 + z^2", lang="es")["notes"]
    assert note["line"] == 2 and note["error"].startswith("columna 6: ^ ")


def test_the_drawing_has_the_gradients(asked):
    for _ in range(2):  # however often it is asked for
        svg = asked("draw", "a*b + a", values={"a": "2", "b": "3"})["drawing"]
        assert ">+4</text>" in svg and ">+2</text>" in svg


@pytest.mark.parametrize("number", ["", "abc", "1e999999", "__class__", "9" * 500])
def test_a_leaf_without_a_number_is_named(asked, number):
    found = asked("show", "a*b", values={"a": "2", "b": number})
    if number:
        assert "b" in found["error"] and len(found["error"]) < 300
    else:
        assert found == {"refused": "number.missing", "texts": {"name": "b"}}


def test_a_graph_too_large_for_a_phone_is_refused(asked):
    assert asked("show", "+".join(["a*a"] * 1500), values={"a": "2"})["refused"] == "nodes.many"
    found = asked("show", f"s = total({','.join(['a'] * 600)}); s + 1", values={"a": "2"})
    assert found["refused"] == "operands.many" and found["texts"] == {"name": "s", "count": 600, "most": 200}


def test_refusals_are_in_the_language_of_the_page(asked):
    assert asked("show", "a +", values={"a": "2"}, lang="es") == {
        "error": 'columna 4: falta algo después de "+"; ahí va un número, un nombre o un (',
        "column": 4,
    }


@pytest.mark.parametrize(
    "message",
    [
        "",
        "null",
        "3",
        "[]",
        "{}",
        '{"task": "fly"}',
        '{"task": []}',
        '{"task": "show", "text": "a", "values": 3}',
        '{"task": "check", "text": "2"}',
    ],
)
def test_what_is_no_request_is_answered(answer, message):
    assert set(json.loads(answer(message))) in ({"refused", "texts"}, {"error", "column"})


@pytest.mark.skipif(sys.platform == "emscripten", reason="there are no other programs in a browser, nor NumPy")
def test_all_of_it_works_without_numpy_as_in_a_browser():
    program = """
import json, sys
sys.modules["numpy"] = None
sys.path.insert(0, sys.argv[1])
import playground
typed = {"text": "J = tanh(w*x)", "values": {"w": "2", "x": "3"}, "answers": "w=1", "wrt": "w"}
for task in playground.TASKS:
    for more in ({}, {"lr": "0.1"}):
        found = json.loads(playground.answer(json.dumps({"task": task, **typed, **more})))
        assert not {"error", "refused"} & set(found), (task, found)
"""
    done = subprocess.run([sys.executable, "-c", program, str(PLAYGROUND)], capture_output=True, text=True, cwd=PLAYGROUND.parents[1])
    assert done.returncode == 0, done.stderr


def test_a_language_that_is_not_there_is_refused_in_english(asked):
    assert "no words for the language" in asked("show", "a*b", values={"a": "2", "b": "3"}, lang="xx")["error"]


def test_all_languages_have_the_same_words():
    languages = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (PLAYGROUND / "words").glob("*.json")}
    assert set(languages) == {"en", "es", "pt"}
    for words in languages.values():
        assert words.keys() == languages["en"].keys() and all(words.values())
    assert {f"example.{example['id']}" for example in EXAMPLES} <= languages["en"].keys()
