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
    """Writes ID.LANG.html, ID.LANG.json and, with a learning step, ID.LANG.learn.html into a folder. Raises ValueError when an example cannot be shown."""
    folder.mkdir(parents=True, exist_ok=True)
    for example in json.loads((HERE / "examples.json").read_text(encoding="utf-8")):
        request = {key: example[key] for key in ("text", "values", "constants")}
        for lang in languages():
            shown = _asked({"task": "show", "lang": lang, **request})
            (folder / f"{example['id']}.{lang}.html").write_text(shown.pop("page"), encoding="utf-8")
            if "lr" in example:
                learning = _asked({"task": "show", "lang": lang, "lr": example["lr"], "params": example["params"], **request})
                (folder / f"{example['id']}.{lang}.learn.html").write_text(learning["page"], encoding="utf-8")
            shown["derivations"] = {
                leaf: {style: _asked({"task": "derive", "lang": lang, "wrt": leaf, "style": style, **request}) for style in ("steps", "one line", "paths")}
                for leaf in shown["leaves"]
            }  # fmt: skip
            (folder / f"{example['id']}.{lang}.json").write_text(json.dumps(shown, ensure_ascii=False), encoding="utf-8")


def _asked(request: dict[str, Any]) -> dict[str, Any]:
    found = json.loads(answer(json.dumps(request)))
    if "error" in found:
        raise ValueError(f"{request['text']}: {found['error']}")
    return found


if __name__ == "__main__":
    prebuild(Path(sys.argv[1]))
