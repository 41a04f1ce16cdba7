"""A plan as the two functions that run, the values, and the mean value with its gradient; written by `buffering`.

A product with 0 · ∞ gives nan here, and so does logsumexp of infinities; whoever calls looks for numbers that are not
finite and then asks the careful program.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy

from .arrays import Array, N, reachable, uses_of
from .buffering import BufferedWriter
from .expanding import rebuilt
from .places import as_view, literal
from .planning import Plan

FEW_TERMS = 6  # of a loss, whose means are added up instead of the terms


def forward(plan: Plan, size: int) -> Callable[..., Any]:
    """The binder of the values: an array of shape (examples,), or (examples, outputs)."""
    _, (values,) = rebuilt([plan.values])
    writer = BufferedWriter(size)
    writer.run([values])
    text = writer.ref(values)
    if values.shape != plan.values.shape:
        text = f"np.broadcast_to({text}, ({plan.values.shape[0]}, n))"
    return writer.compiled([f"return {text}[0].copy()" if values.shape[0] == 1 else f"return {text}.T.copy()"])


def value_and_grad(plan: Plan, size: int, order: Sequence[int]) -> Callable[..., Any]:
    """The binder of the mean value and the gradient, a new array in each call. `order` says in which order the parts of the gradient are computed."""
    _, (values, *parts) = rebuilt([plan.values, *[plan.gradient[k][1] for k in order]])
    places = [plan.gradient[k][0] for k in order]
    terms = _terms(values)
    writer = BufferedWriter(size)
    ending = _Gradient(writer, [term for _, term in terms], places, parts)
    writer.run([*[term for _, term in terms], *parts])
    lines = [*ending.lines(), f"return {_mean(writer, terms)}, gradient{'' if writer.is_fresh else '.copy()'}"]
    before = [f"gradient = empty({size}, dtype)"] * writer.is_fresh + ["gradient.fill(0)"] * ending.is_cleared + ending.views
    return writer.compiled(lines, before)


def _terms(values: Array) -> list[tuple[float, Array]]:
    """The terms of a value, each with its factor: a mean of a sum is the sum of the means."""
    found: dict[int, tuple[float, Array]] = {}
    waiting = [(1.0, values)]
    while waiting:
        factor, array = waiting.pop()
        if array.kind == "full":
            waiting.append((factor, array.args[0]))
        elif array.is_call("add", "subtract"):
            waiting += [(-factor if array.info == "subtract" else factor, array.args[1]), (factor, array.args[0])]
        elif array.is_call("negative"):
            waiting.append((-factor, array.args[0]))
        elif array.is_call("multiply") and array.args[0].number is not None:
            waiting.append((array.args[0].number * factor, array.args[1]))
        else:
            found[array.index] = (found.get(array.index, (0.0, array))[0] + factor, array)
    return list(found.values()) if len(found) <= FEW_TERMS else [(1.0, values)]


def _mean(writer: BufferedWriter, terms: list[tuple[float, Array]]) -> str:
    texts = []
    for factor, term in terms:
        ref = writer.ref(term)
        if not term.shape:
            text = f"float({ref})"
        elif term.shape[-1] == N:
            row = f"{ref}[0]" if term.index in writer.in_call else writer.once(f"{ref}[0]")
            text = f"float(dot({row}, {writer.once('ones(n, dtype)')})) / n"
        else:
            text = f"{ref}.item()"
        texts.append(text if factor == 1 else f"{literal(factor)} * {text}")
    return " + ".join(texts)


class _Gradient:
    """Where the parts of the gradient go: the first to come to its places is computed there, others are added."""

    def __init__(self, writer: BufferedWriter, terms: Sequence[Array], places: Sequence[Any], parts: Sequence[Array]):
        self.writer, self.places, self.parts = writer, places, parts
        outputs = [*terms, *parts]
        uses = uses_of(reachable(outputs)) + Counter([output.index for output in outputs])
        written = numpy.zeros(writer.size, dtype=bool)
        self.how: list[str] = []
        self.views: list[str] = []
        if not writer.is_fresh:
            writer.setup.append(f"gradient = zeros({writer.size}, dtype)")
        self.is_cleared = False
        for where, part in zip(places, parts, strict=True):
            before = written[where.ravel()]
            view = as_view(where, writer.size)
            if before.any():
                self.how.append("+=")
                self.is_cleared = self.is_cleared or not before.all()
            elif view and part.shape == where.shape and uses[part.index] == 1 and part.kind in ("matmul", "sum", "call"):
                writer.targets[part.index] = self.target(view)
                self.how.append("")
            else:
                self.how.append("=")
            written[where.ravel()] = True
        self.is_cleared = self.is_cleared or (writer.is_fresh and not written.all())

    def target(self, view: str) -> str:
        """A view of the gradient: made in each call where the gradient is."""
        writer = self.writer
        if not writer.is_fresh:
            return writer.once(f"gradient{view}", "g")
        name = writer.name("g")
        self.views.append(f"{name} = gradient{view}")
        return name

    def lines(self) -> list[str]:
        """The steps that put into the gradient what is not there yet."""
        lines, writer = [], self.writer
        for where, part, how in zip(self.places, self.parts, self.how, strict=True):
            view = as_view(where, writer.size)
            if not how:
                continue
            if not view:
                text = writer.ref(part) + ("" if not part.shape else ".ravel()")
                lines.append(f"gradient[{writer.constant(where.ravel())}] {how} {text}")
            else:
                target = self.target(view)
                lines.append(f"add({target}, {writer.ref(part)}, {target})" if how == "+=" else f"copyto({target}, {writer.ref(part)})")
        return lines
