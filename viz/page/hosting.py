"""What every step-through page is made of around its own matter: the element that becomes it, its module, the page that
stands alone, and the words. What is stepped through is for the steppers.
"""

import gzip
import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from autograd.engine.operations import TABLE, Operation
from autograd.explain.languages import templates
from autograd.quoting import quoted

from ..bundle import bundled
from .operations import operations_module
from .slips import slips_module

STATIC = Path(__file__).parent / "static"
LARGE = 250_000  # characters of data from which on a page carries them packed, in a fifth of the room


def host(still: str, data: dict[str, Any], script: str, alone: bool, kind: str = "step") -> str:
    """The element that becomes a step-through: what stands there without scripts, the data, and the module."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if len(text) > LARGE:
        text = f'{{"packed":"{b64encode(gzip.compress(text.encode(), 5, mtime=0)).decode()}"}}'
    for ends in ("</", "<!"):  # what could end the script, or begin a comment in it
        text = text.replace(ends, "\\u003c" + ends[1])
    return (
        f'<div class="chalkgrad-{kind}"{" data-alone" if alone else ""} data-lm-suppress-shortcuts="true">'
        f'{still}<script type="application/json">{text}</script></div>\n'
        f'<script type="module">\n{script}</script>\n'
    )


def module(entry: str, styles: Iterable[str], written: Mapping[str, str], more: str = "") -> str:
    """The JavaScript of a page as one module, from the file `entry` on; `styles` are its style sheets, and `more` is CSS."""
    return _module(entry, tuple(styles), tuple(written.items()), more)


@lru_cache(maxsize=8)  # a page of another graph differs in its data
def _module(entry: str, styles: tuple[str, ...], written: tuple[tuple[str, str], ...], more: str) -> str:
    style = json.dumps("".join([(STATIC / name).read_text(encoding="utf-8") for name in styles]) + more)
    return bundled(entry, {**dict(written), "page/static/style.js": f"export const STYLE = {style};\n"})


def scalar_modules(operations: Iterable[Operation]) -> dict[str, str]:
    """The modules that are written from the tables, for a graph with these operations."""
    return _scalar_modules(tuple({**TABLE, **{each.name: each for each in operations}}.values()))


@lru_cache(maxsize=8)
def _scalar_modules(every: tuple[Operation, ...]) -> dict[str, str]:
    return {"page/static/operations.js": operations_module(every), "page/static/misconceptions.js": slips_module(every)}


def page(title: str, lang: str, element: str) -> str:
    """A page that stands alone and holds one step-through."""
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        "<style>:root{color-scheme:light dark}body{margin:0;background:#fff;color:#1b1f24}"
        "@media (prefers-color-scheme:dark){:root:not([data-theme=light]) body{background:#101317;color:#e8eaed}}"
        ":root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}"
        ":root[data-theme=dark] body{background:#101317;color:#e8eaed}</style>\n"
        f"</head>\n<body>\n<main>\n{element}</main>\n</body>\n</html>\n"
    )


def page_words(lang: str, arrays: bool = False) -> dict[str, str]:
    """The words of the page itself in a language; with those of `arrays`, where it shows some."""
    wanted = ("page.", "log.", *(["array."] if arrays else []))
    return {key: text for key, text in templates(lang).items() if key.startswith(wanted)}


def refuse_at(at: Any, count: int) -> None:
    """Raises ValueError unless `at` is None or the number of one of so many steps, or 0 for the start."""
    if at is not None and (not isinstance(at, int) or isinstance(at, bool) or not 0 <= at <= count):
        raise ValueError(f"at is the number of a step, from 0 for the start to {count}, not {quoted(at)}")
