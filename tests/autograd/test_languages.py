"""The words: every key that the code uses is there, every key that is there is used, and every language has the same ones."""

import json
import re
from pathlib import Path
from string import Formatter

import pytest

ROOT = Path(__file__).parents[2]
LANGUAGES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "autograd/lang").glob("*.json")}
CODE = "\n".join(path.read_text(encoding="utf-8") for folder in ("autograd", "viz", "nn") for path in (ROOT / folder).rglob("*.py"))


def _fields(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_the_same_keys_with_the_same_places(lang):
    english = LANGUAGES["en"]
    assert {key: _fields(text) for key, text in LANGUAGES[lang].items()} == {key: _fields(text) for key, text in english.items()}


@pytest.mark.parametrize("key", LANGUAGES["en"])
def test_a_key_is_used(key):
    """Whole, or as a stem to which a variant is added: step.term, then .slot, then .nothing."""
    stems = [key, *(key[: match.start()] for match in re.finditer(r"\.", key) if match.start() > key.index("."))]
    in_code = any(f'"{stem}"' in CODE or f'"{stem}.' in CODE for stem in stems)
    assert in_code or f'f"{key.partition(".")[0]}.{{' in CODE


def test_every_key_that_is_filled_by_name_is_there():
    used = set(re.findall(r'fill\(\s*"([a-z.]+)"', CODE))
    assert used and used <= set(LANGUAGES["en"])
