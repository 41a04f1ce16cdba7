"""Refusals in the language of the words: an English sentence that was raised, said in another language.

An error is raised where it is found, in English. The templates under "refusal." are those sentences; a message that one of
them fits is said with the same template of another language. One that none fits stays as it is: better than nothing.
"""

import re
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from .languages import MODEL, fill, templates

STEM = "refusal."
COLUMN = re.compile(r"column (?P<column>\d+): (?P<what>.*?)(?:; (?P<advice>.*))?", re.DOTALL)
P = ParamSpec("P")
T = TypeVar("T")


def said(message: str, lang: str) -> str:
    """A refusal in a language.

    >>> said('column 3: something is missing after "+"; write a number, a name or a ( there', "es")
    'columna 3: falta algo después de "+"; ahí va un número, un nombre o un ('
    """
    if lang == MODEL:
        return message
    whole = _translated(message, lang)
    if whole is not None:
        return whole
    found = COLUMN.fullmatch(message)
    if not found:
        return message
    parts = [_translated(part, lang) or part for part in (found["what"], found["advice"]) if part]
    return fill("refusal.column", {"column": found["column"], "what": "; ".join(parts)}, lang)


def refuses_in_lang(function: Callable[P, T]) -> Callable[P, T]:
    """Marks a public call with `lang=`: what it refuses it refuses in that language."""

    @wraps(function)
    def asked(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            return function(*arguments, **named)
        except (ValueError, TypeError) as error:
            lang: Any = named.get("lang", MODEL)
            try:
                text = said(str(error), lang)
            except (ValueError, TypeError):  # there is no such language, which is what was refused
                raise error from None
            if text == str(error):
                raise
            raise (TypeError if isinstance(error, TypeError) else ValueError)(text) from None

    return asked


def _translated(message: str, lang: str) -> str | None:
    for key, pattern in _patterns():
        found = pattern.fullmatch(message)
        if found:
            return fill(key, found.groupdict(), lang)
    return None


@cache
def _patterns() -> "list[tuple[str, re.Pattern[str]]]":
    """The English templates as patterns, those with the most letters of their own first."""
    stems = {key: text for key, text in templates(MODEL).items() if key.startswith(STEM) and key != "refusal.column"}
    own = {key: len(re.sub(r"\{\w+\}", "", text)) for key, text in stems.items()}
    return [(key, _pattern(stems[key])) for key in sorted(stems, key=lambda key: -own[key])]


def _pattern(template: str) -> "re.Pattern[str]":
    pieces, seen = [], set()
    for literal, place in re.findall(r"([^{]*)(?:\{(\w+)\})?", template):
        pieces.append(re.escape(literal))
        if place:
            pieces.append(f"(?P={place})" if place in seen else f"(?P<{place}>.*?)")
            seen.add(place)
    return re.compile("".join(pieces), re.DOTALL)
