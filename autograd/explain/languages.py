"""The words of a language: the files of one folder, lang/<code>/*.json, which is found by itself.

A template has a key, the same in every language, and places such as {node}; which file it stands in is for people who
look for it. English says which keys there are.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from .typeset import legible, plain

FOLDER = Path(__file__).parents[1] / "lang"
MODEL = "en"  # the language whose keys the others have, too
FEW = 3  # missing keys that are named

Sentence = tuple[str, dict[str, Any]]  # a template key, and a text or layout for each of its places


def languages() -> list[str]:
    """The codes of the languages that there are.

    >>> languages()
    ['en', 'es', 'pt']
    """
    return sorted({path.parent.name for path in FOLDER.glob("*/*.json")})


def templates(lang: str) -> dict[str, str]:
    """The templates of a language by their keys. Raises ValueError for one that there is not, or that is not complete."""
    if not isinstance(lang, str):
        raise TypeError(f'lang is the code of a language, such as "en", not {type(lang).__name__}')
    return complete(lang)


@cache
def complete(lang: str) -> dict[str, str]:
    """The same, read once."""
    known = languages()
    if lang not in known:
        raise ValueError(f'there are no words for the language "{lang[:40]}"; there are {", ".join(known)}')
    words = _read(lang)
    for path in sorted((FOLDER / MODEL).glob("*.json")):
        missing = [key for key in _read_file(path) if key not in words]
        if missing:
            named = ", ".join(missing[:FEW]) + (f" and {len(missing) - FEW} more" if len(missing) > FEW else "")
            is_missing, them = ("is missing", "it") if len(missing) == 1 else ("are missing", "them")
            raise ValueError(f'the language "{lang}" is not complete: {named} {is_missing}; write {them} in lang/{lang}/{path.name}')
    return words


def _read(lang: str) -> dict[str, str]:
    return {key: text for path in sorted((FOLDER / lang).glob("*.json")) for key, text in _read_file(path).items()}


def _read_file(path: Path) -> dict[str, str]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"lang/{path.parent.name}/{path.name} is no JSON: {error}") from None


def fill(key: str, texts: dict[str, Any], lang: str = MODEL) -> str:
    """The sentence of a key with its texts and layouts filled in, in one line. They are data: braces in them mean nothing."""
    return templates(lang)[key].format_map(_Shown(texts))


class _Shown(dict[str, Any]):
    """Texts and layouts as they are shown; what a sentence has no place for is not written."""

    def __getitem__(self, name: str) -> str:
        text = super().__getitem__(name)
        return plain(text) if isinstance(text, tuple) else legible(str(text))
