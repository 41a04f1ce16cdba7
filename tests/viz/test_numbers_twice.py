"""What is written twice, in Python and in the JavaScript of the page, agrees: both run the cases of tests/data/numbers.json."""

import json
from math import isnan
from pathlib import Path

import pytest

from autograd.explain.numbers import digits_to_recompute, is_exact, number_text
from autograd.handcheck.answers import typed
from autograd.handcheck.precision import agrees, exactly
from viz.bundle import bundled
from viz.picture.lettering import readable

CASES = json.loads((Path(__file__).parents[1] / "data/numbers.json").read_text(encoding="utf-8"))


def typed_in_python(text: str):
    try:
        read = typed(text, "a")
    except ValueError:
        return None
    return None if read is None else {"data": read.data, "reach": read.reach, "digits": read.precision.digits}


def judged_in_python(text: str, due: str) -> bool:
    read = typed(text, "a")
    return read is not None and agrees(read.data, read.reach, exactly(float(due)))


PYTHON = {
    "printed": lambda data, digits: number_text(float(data), digits),
    "exact": lambda data, text: is_exact(float(data), text),
    "digits of products": lambda inputs, result: digits_to_recompute([*map(float, inputs)], lambda n: n[0] * n[1], float(result)),
    "typed": typed_in_python,
    "readable": readable,
    "judged": judged_in_python,
}
PAGE = {
    "printed": "(data, digits) => numberText(parseNumber(data), digits)",
    "exact": "(data, text) => isExact(parseNumber(data), text)",
    "digits of products": "(inputs, result) => digitsToRecompute(inputs.map(parseNumber), ([a, b]) => a * b, parseNumber(result))",
    "typed": "typed",
    "readable": "readable",
    "judged": "(text, due) => { const given = typed(text); return given !== null && isRight(given, parseNumber(due)); }",
}


def agree(found, expected) -> bool:
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(found[key] == pytest.approx(number, rel=1e-12) for key, number in expected.items())
    return found == expected or (isinstance(found, float) and isnan(found) and isnan(expected))


@pytest.mark.parametrize("kind", PYTHON)
def test_python_agrees(kind):
    wrong = [(*asked, PYTHON[kind](*asked)) for *asked, expected in CASES[kind] if not agree(PYTHON[kind](*asked), expected)]
    assert len(CASES[kind]) >= 7 and not wrong


@pytest.mark.browser
@pytest.mark.parametrize("kind", PAGE)
def test_the_page_agrees(page, kind):
    taken = "numberText, parseNumber, isExact, digitsToRecompute, typed, isRight, readable"
    made = {"page/static/all.js": f'import {{ {taken} }} from "./numbers.js";\nObject.assign(window, {{ {taken} }});\n'}
    page.set_content(f'<!doctype html><meta charset="utf-8"><script type="module">{bundled("page/static/all.js", made)}</script>')
    page.wait_for_function("() => window.typed")
    found = page.evaluate(f"cases => cases.map(asked => ({PAGE[kind]})(...asked))", [asked for *asked, _ in CASES[kind]])
    assert not [(case, got) for case, got in zip(CASES[kind], found, strict=True) if not agree(got, case[-1])]
