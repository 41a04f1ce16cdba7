"""The words of the page of the step-through: the same keys and places in every language, and none left untranslated."""

import json
import re
from pathlib import Path
from string import Formatter

import pytest

FOLDER = Path(__file__).parents[2] / "viz/lang"
LANGUAGES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}


def _places(template):
    return sorted(name for _, name, _, _ in Formatter().parse(template) if name)


def test_there_are_the_three_languages():
    assert set(LANGUAGES) == {"en", "es", "pt"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_the_same_keys_in_the_same_order_with_the_same_places(lang):
    english = LANGUAGES["en"]
    assert list(LANGUAGES[lang]) == list(english)
    assert {key: set(_places(text)) for key, text in LANGUAGES[lang].items()} == {key: set(_places(text)) for key, text in english.items()}


@pytest.mark.parametrize("lang", ["es", "pt"])
def test_nothing_is_left_in_english(lang):
    same = {
        key for key, text in LANGUAGES[lang].items() if text == LANGUAGES["en"][key] and re.search("[a-z]{3}", re.sub(r"\{\w+\}", "", text))
    }
    assert same == set()


@pytest.mark.parametrize("lang", ["es", "pt"])
def test_a_leaf_is_an_entrada_in_the_page(lang):
    assert not any(re.search(r"\b(hojas?|folhas?)\b", text, re.IGNORECASE) for text in LANGUAGES[lang].values())
