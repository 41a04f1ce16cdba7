"""What the playground asks Python for: a typed expression and its numbers in; pages, drawings and sentences out.

It runs in the browser (Pyodide), when the ready examples are made, and in the tests. Everything a visitor types comes
as data, in one JSON text, and every refusal is one of the package's own sentences.
"""

import json
import re
import tempfile
import warnings
from fractions import Fraction
from pathlib import Path
from typing import Any

import viz
from autograd import Expression, Value, check, code, derive, parse, steps
from autograd.engine.names import names
from autograd.explain.languages import languages
from autograd.explain.refusals import said
from autograd.handcheck.answers import typed

MOST = 2000  # nodes of a graph that a phone goes through without waiting
SUGGESTED = (2, 3, -1, 4, 0.5, -2, 5, 1.5)  # numbers for leaves that have none yet: no 0 and no 1, which hide products


class Refused(ValueError):
    """What this page refuses itself: a key of its words, and what stands in the sentence."""

    def __init__(self, key: str, **texts: Any):
        super().__init__(key)
        self.key, self.texts = key, texts


def answer(message: str) -> str:
    """The answer to one request, both as JSON. A request names its task.

    A refusal is {"error": sentence, "column": number or null}, or {"refused": key, "texts": …} of the words of the page.
    """
    request: dict[str, Any] = {}
    try:
        request |= json.loads(message)
        found = TASKS[str(request["task"])](request)
    except Refused as refused:
        found = {"refused": refused.key, "texts": refused.texts}
    except (RecursionError, MemoryError, LookupError, AttributeError, json.JSONDecodeError):  # too much, or no request at all
        found = {"refused": "broken", "texts": {}}
    except (ValueError, TypeError, ArithmeticError) as error:
        column = re.match(r"column (\d+): ", str(error))
        sentence = said(" ".join(str(error).split()), _language(request))
        found = {"error": sentence, "column": int(column[1]) if column else None}
    return json.dumps(found, ensure_ascii=False)


def _language(request: dict[str, Any]) -> str:
    """The language to refuse in: English where another one is not there, which is what was refused."""
    lang = request.get("lang", "en")
    return lang if lang in languages() else "en"


def _graph(request: dict[str, Any]) -> Value:
    """The root of what was typed. `values` are texts by the names of the leaves."""
    leaves = Expression(request["text"]).leaves
    given = request.get("values", {})
    texts = {name: given.get(name, "") for name in leaves}
    numbers: dict[str, float | Fraction] = {}
    for name, text in texts.items():
        read = typed(text, name)
        if read is None:
            raise Refused("number.missing", name=name)
        numbers[name] = read.data
    if any("/" in text for text in texts.values()):  # beside an exact fraction, whole numbers are exact as well
        exact = re.compile(r"-?\d+(/\d*[1-9]\d*)?")
        numbers |= {name: Fraction(text.strip()) for name, text in texts.items() if exact.fullmatch(text.strip())}
    y = parse(request["text"], numbers, constants=[name for name in request.get("constants", []) if name in leaves])
    count = len(names(y))
    if count > MOST:
        raise Refused("nodes.many", count=count, most=MOST)
    return y


def read(request: dict[str, Any]) -> dict[str, Any]:
    """The leaves of what is typed, each with a number to begin with, and how a spelling was read."""
    expression = Expression(request["text"])
    suggested = {name: str(SUGGESTED[k % len(SUGGESTED)]) for k, name in enumerate(expression.leaves)}
    return {"leaves": suggested, "notes": list(expression.notes)}


def show(request: dict[str, Any]) -> dict[str, Any]:
    """The step-through page, the drawing, the steps and the code. With `lr`, the page goes on with a learning step."""
    lang = request.get("lang", "en")
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        y = _graph(request)
    learning = _learning(request, y)
    drawing = viz.draw(y, lang=lang)
    with tempfile.TemporaryDirectory() as folder:
        path = viz.step(y, lang=lang, **learning).save(Path(folder) / "page.html")
        page = path.read_text(encoding="utf-8")
    called = names(y)
    return {
        "page": page,
        "drawing": drawing.svg,
        "steps": steps(y).text(lang),
        "code": code(y).text,
        "leaves": _trained(y),
        "name": called[y],
        "notes": [str(note.message) for note in notes],
    }


def _learning(request: dict[str, Any], y: Value) -> dict[str, Any]:
    """The arguments of a step-through that takes a learning step; none where no rate is given."""
    text = request.get("lr", "").strip()
    if not text:
        return {}
    rate = typed(text, "η")
    return {"lr": rate.data if rate else None, "params": request.get("params") or _trained(y)}


def _trained(y: Value) -> list[str]:
    """The names of the leaves that are no data."""
    return [name for node, name in names(y).items() if not node.parents and not node.constant]


def judge(request: dict[str, Any]) -> dict[str, Any]:
    """The verdict on typed answers."""
    report = check(_graph(request), request["answers"], lang=request.get("lang", "en"))
    return {"text": report.text, "ok": report.ok}


def written_out(request: dict[str, Any]) -> dict[str, Any]:
    """The chain rule written out for one leaf."""
    derivation = derive(_graph(request), request["wrt"], lang=request.get("lang", "en"), style=request.get("style", "steps"))
    return {"mathml": derivation.mathml, "text": derivation.text, "latex": derivation.latex}


TASKS = {"read": read, "show": show, "check": judge, "derive": written_out}
