"""What the playground asks Python for: a typed expression and its numbers in; pages, drawings and sentences out.

It runs in the browser (Pyodide), when the ready examples are made, and in the tests. Everything a visitor types comes
as data, in one JSON text, and every refusal is one of the package's own sentences.
"""

import json
import re
import warnings
from fractions import Fraction
from functools import lru_cache
from typing import Any

import viz
from autograd import Expression, Value, check, code, derive, parse, steps
from autograd.engine.names import names
from autograd.explain.languages import languages
from autograd.explain.refusals import said
from autograd.handcheck.answers import typed

MOST = 1200  # nodes of a graph that a phone goes through without waiting for long
WIDEST = 200  # operands of one node: each of them has a step, which shows them all
SUGGESTED = (2, 3, -1, 4, 0.5, -2, 5, 1.5)  # numbers for leaves that have none yet: no 0 and no 1, which hide products


class Refused(ValueError):
    """What this page refuses itself: a key of its words, and what stands in the sentence."""

    def __init__(self, key: str, **texts: Any):
        super().__init__(key)
        self.key, self.texts = key, texts


def answer(message: str) -> str:
    """The answer to one request, both as JSON. A request names its task.

    A refusal is {"error": sentence, "column": number or null}, or {"refused": key, "texts": …} of the words of the page. The
    column is counted in the whole text; in the sentence, from the start of the `line`, which is given where there are several.
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
        found = _placed(" ".join(str(error).split()), request)
    return json.dumps(found, ensure_ascii=False)


def _placed(sentence: str, request: dict[str, Any]) -> dict[str, Any]:
    """An error of the package, or a note, in the language of the page, and where in the text it is."""
    column = re.match(r"column (\d+): ", sentence)
    if not column:
        return {"error": said(sentence, _language(request)), "column": None}
    before = str(request.get("text"))[: int(column[1]) - 1]
    lines, _, in_line = before.rpartition("\n")
    sentence = said(f"column {len(in_line) + 1}: {sentence[column.end() :]}", _language(request))
    return {"error": sentence, "column": int(column[1]), **({"line": before.count("\n") + 1} if lines else {})}


def _language(request: dict[str, Any]) -> str:
    """The language to refuse in: English where another one is not there, which is what was refused."""
    lang = request.get("lang", "en")
    return lang if lang in languages() else "en"


def _graph(request: dict[str, Any]) -> tuple[Value, list[str]]:
    """The root of what was typed, and what is to be noted of it. `values` are texts by the names of the leaves.

    The last one is kept: the tabs of a page ask one after the other for the same.
    """
    values, constants = request.get("values", {}), request.get("constants", [])
    if not isinstance(values, dict) or not isinstance(constants, list):
        raise TypeError("values are given by name, and constants as a list")
    return _made(request["text"], json.dumps(values), tuple(constants))


@lru_cache(maxsize=1)
def _made(expression: str, values: str, constants: tuple[str, ...]) -> tuple[Value, list[str]]:
    leaves, given = Expression(expression).leaves, json.loads(values)
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
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        y = parse(expression, numbers, constants=[name for name in constants if name in leaves])
    count = len(names(y))
    if count > MOST:
        raise Refused("nodes.many", count=count, most=MOST)
    for node, name in names(y).items():
        if len(node.parents) > WIDEST:
            raise Refused("operands.many", name=name[:40], count=len(node.parents), most=WIDEST)
    return y, [str(note.message) for note in notes]


forget = _made.cache_clear


def read(request: dict[str, Any]) -> dict[str, Any]:
    """The leaves of what is typed, each with a number to begin with, and how a spelling was read."""
    expression = Expression(request["text"])
    suggested = {name: str(SUGGESTED[k % len(SUGGESTED)]) for k, name in enumerate(expression.leaves)}
    return {"leaves": suggested, "notes": [_placed(note, request) for note in expression.notes]}


def show(request: dict[str, Any]) -> dict[str, Any]:
    """The step-through page, and what the page around it needs. With `lr`, it goes on with a learning step."""
    y, notes = _graph(request)
    page = viz.step(y, lang=request.get("lang", "en"), **_learning(request, y)).html
    return {"page": page, "leaves": _trained(y), "name": names(y)[y], "notes": [_placed(note, request) for note in notes]}


def drawn(request: dict[str, Any]) -> dict[str, Any]:
    """The drawing, with the gradients, and all steps as text."""
    (y, _), lang = _graph(request), request.get("lang", "en")
    y.zero_grad()
    y.backward()
    return {"drawing": viz.draw(y, lang=lang).svg, "steps": steps(y).text(lang)}


def coded(request: dict[str, Any]) -> dict[str, Any]:
    """Both passes as Python, and all steps as text."""
    y, _ = _graph(request)
    return {"code": code(y).text, "steps": steps(y).text(request.get("lang", "en"))}


def _learning(request: dict[str, Any], y: Value) -> dict[str, Any]:
    """The arguments of a step-through that takes a learning step; none where no rate is given."""
    text = request.get("lr", "").strip()
    if not text:
        return {}
    rate = typed(text, "η")
    if not _trained(y):
        raise Refused("learn.none")
    return {"lr": rate.data if rate else None, "params": request.get("params") or _trained(y)}


def _trained(y: Value) -> list[str]:
    """The names of the leaves that are no data."""
    return [name for node, name in names(y).items() if not node.parents and not node.constant]


def judge(request: dict[str, Any]) -> dict[str, Any]:
    """The verdict on typed answers."""
    report = check(_graph(request)[0], request["answers"], lang=request.get("lang", "en"))
    return {"text": report.text, "ok": report.ok}


def written_out(request: dict[str, Any]) -> dict[str, Any]:
    """The chain rule written out for one leaf."""
    derivation = derive(_graph(request)[0], request["wrt"], lang=request.get("lang", "en"), style=request.get("style", "steps"))
    return {"mathml": derivation.mathml, "text": derivation.text, "latex": derivation.latex}


TASKS = {"read": read, "show": show, "draw": drawn, "code": coded, "check": judge, "derive": written_out}
