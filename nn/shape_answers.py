"""The shapes that somebody wrote down for the arrays of a network, judged: `formulas.check_shapes`.

The shapes are those of the arrays of `named_arrays`, in the layout of their notation; the words stand in the languages,
under "shapes". Judging code, or numbers, is left to others.
"""

import re
from collections.abc import Mapping, Sequence
from operator import index
from typing import Any

import numpy

from autograd.explain.languages import fill, templates
from autograd.handcheck.report import Finding, Judged, Report

from .arguments import LONGEST
from .named_arrays import Entry, Matrices

Shape = tuple[int, ...]  # one number where only one was written
OF = {"error": "pre_activation", "activation_gradient": "activation", "weights_gradient": "weights", "bias_gradient": "bias",
      "input_gradient": "input"}  # fmt: skip
PARAMETERS = ("weights_gradient", "bias_gradient")


def check_shapes(matrices: Matrices, answers: Mapping[str, Any], lang: str = "en") -> Report:
    """Judges the shapes that were written down for some arrays of a network, and asks a question where one is not right.

    `matrices` is what `forward`, `backward` or `matrix_view` gives. `answers` maps names of its arrays to shapes: (3, 2),
    or text such as "3 × 2" or "3x2", or None for a blank. A gradient that has the shape written for its own array follows
    from it. Raises TypeError for other arrays, ValueError for an unknown name, for one that is answered twice, and for what is no shape.

    >>> from nn import MLP, formulas
    >>> found = formulas.backward(MLP(2, [3, 1], rng=0), [[1, 2], [3, 4]], [0, 1], loss="mse", notation="ng")
    >>> print(check_shapes(found, {"Z1": (3, 2), "dW1": "2 × 3"}))
    1 right, 1 slip: 1/2
    dW^[1]: 2 × 3 would be the transpose. What do the rows stand for here, and what the columns?
    """
    templates(lang)
    if not isinstance(matrices, Matrices):
        raise TypeError(f"the arrays are what formulas.forward, backward or matrix_view gives, not {type(matrices).__name__}")
    if not isinstance(answers, Mapping) or not answers:
        raise ValueError('the answers are a dict of names and shapes, such as {"W1": (3, 2)}')
    read: dict[str, tuple[Entry, Shape | None]] = {}
    for name, given in answers.items():
        entry = matrices.entry(name)
        if entry.key in read:
            raise ValueError(f"{entry.symbol} is answered twice")
        read[entry.key] = entry, None if given is None else _shape_of(given, entry.symbol)
    findings, judged, notes = [], [], []
    for entry, got in read.values():
        texts = {"what": entry.symbol}
        if got is None:
            verdict, code, message = "missing", "MISSING", fill("check.missing", texts, lang)
        else:
            texts["got"] = _text(got)
            verdict, code, message = _judge(matrices, entry, got, read, texts, lang)
        if verdict == "follows":
            notes.append(message)
        elif verdict != "right":
            findings.append(Finding(entry.symbol, None, code, numpy.nan, None, message, (code,)))
        judged.append(Judged(entry.symbol, texts.get("got", ""), numpy.nan, verdict))
    good = sum(each.verdict in ("right", "follows") for each in judged)
    return Report(good / len(judged), tuple(findings), tuple(judged), tuple(notes), lang)


def _judge(
    matrices: Matrices, entry: Entry, got: Shape, read: Mapping[str, tuple[Entry, Shape | None]], texts: dict[str, str], lang: str
) -> tuple[str, str, str]:
    """The verdict, the code of the slip, and what is said."""
    due = _due(entry)
    if got == due:
        return "right", "", ""
    own = next((e for e in matrices.entries.values() if (e.role, e.layer) == (OF.get(entry.role), entry.layer)), None)
    if own is not None and own.key in read and read[own.key][1] == got:
        return "follows", "", fill("check.follows", {"what": entry.symbol, "source": own.symbol}, lang)
    code = _code(matrices, entry, got, due, own)
    texts = {**texts, "array": own.symbol if own else "", "equation": entry.text}
    return "wrong", code, fill(f"shapes.{code}", texts, lang)


def _code(matrices: Matrices, entry: Entry, got: Shape, due: Shape, own: Entry | None) -> str:
    examples = _due(matrices.entries["X"])[matrices.notation.examples == "columns"]
    if len(got) == 1:
        return "FLAT"
    if got == due[::-1]:
        return "TRANSPOSE"
    if entry.role in PARAMETERS:
        return "EXAMPLES_APART" if examples in got and examples not in due else "GRADIENT"
    if entry.role in ("weights", "bias"):
        return "UNITS"
    if entry.role == "loss":
        return "NUMBER"
    one = (due[0], 1) if matrices.notation.examples == "columns" else (1, due[1])
    if got == one:
        return "ONE_EXAMPLE"
    return "GRADIENT" if own else "EQUATION" if entry.formula else "DATA"


def _due(entry: Entry) -> Shape:
    return numpy.shape(entry.array)


def _shape_of(given: Any, what: str) -> Shape:
    """The shape that was written. Raises ValueError for what is none."""
    parts: Sequence[Any] = ()
    if isinstance(given, str):
        match = re.fullmatch(r"[(\[]?\s*(\d{1,6})(?:\s*(?:[×xX*,;]|\s)\s*(\d{1,6}))?\s*,?\s*[)\]]?", given.strip())
        parts = [int(part) for part in match.groups() if part] if match else ()
    elif isinstance(given, (tuple, list)):
        parts = given
    try:
        found = tuple([index(part) for part in parts if not isinstance(part, bool)])
    except TypeError:
        found = ()
    if len(found) != len(parts) or len(found) not in (1, 2) or min(found) < 1:
        raise ValueError(f'{what}: {str(given)[:LONGEST]!r} is no shape; write its rows and columns, such as (3, 2) or "3 × 2"')
    return found


def _text(shape: Shape) -> str:
    return " × ".join(map(str, shape))
