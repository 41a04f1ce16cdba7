"""Writes the ready examples, which need no Python in the browser: for each and each language a page and its texts.

python docs/playground/prebuild.py FOLDER
"""

import json
import sys
from pathlib import Path
from typing import Any

from playground import answer

from autograd.explain.languages import languages

HERE = Path(__file__).parent


def prebuild(folder: Path) -> None:
    """Writes what the page asks for, under the names of its requests: ID.LANG.html and, with a learning step, ID.LANG.learn.html;
    ID.LANG.json with what it shows around them at once, and ID.LANG.more.json with drawing, steps, code and derivations.

    Raises ValueError when an example cannot be shown.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for example in json.loads((HERE / "examples.json").read_text(encoding="utf-8")):
        for lang in languages():
            request = {key: example[key] for key in ("text", "values", "constants")} | {"lang": lang}
            shown = _asked(request, "show")
            _write(folder / f"{example['id']}.{lang}.html", shown.pop("page"))
            _write(folder / f"{example['id']}.{lang}.json", shown)
            derivations = {
                leaf: {style: _asked(request, "derive", wrt=leaf, style=style) for style in ("steps", "one line", "paths")} for leaf in shown["leaves"]
            }  # fmt: skip
            _write(
                folder / f"{example['id']}.{lang}.more.json",
                {"draw": _asked(request, "draw"), "code": _asked(request, "code"), "derive": derivations},
            )
            if "lr" in example:
                learning = _asked(request, "show", lr=example["lr"], params=example["params"])
                _write(folder / f"{example['id']}.{lang}.learn.html", learning["page"])


def _write(path: Path, content: Any) -> None:
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _asked(request: dict[str, Any], task: str, **more: Any) -> dict[str, Any]:
    found = json.loads(answer(json.dumps({"task": task, **request, **more})))
    if {"error", "refused"} & set(found):
        raise ValueError(f"{request['text']}: {found}")
    return found


if __name__ == "__main__":
    prebuild(Path(sys.argv[1]))
