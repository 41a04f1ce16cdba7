"""Makes the records of `array_entries`: the products that are added up, or the formula, with the numbers put in.

It follows the expression of an array down to the arrays that have lines of their own.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy

from ..engine.grammar import ATOM, BINDING
from ..engine.ieee import as_float
from ..engine.names import shortest_text
from ..explain.numbers import number_text, sign
from .array_entries import ArrayEntry, Factor, Term
from .array_numbers import Numbers
from .array_steps import ArrayStep
from .arrays import Array, N
from .evaluating import evaluated
from .tokens import RELATIONS, fraction_of, text_of

SUM, PRODUCT, POWER, NEGATIVE = BINDING["+"], BINDING["*"], BINDING["**"], BINDING["negate"]
Place = tuple[int, ...]


def entry_of(numbers: Numbers, step: ArrayStep, i: int, j: int, digits: int | None) -> ArrayEntry:
    """The entry in row i and column j of the array of a step, as it is laid out."""
    value = as_float(step.array[i, j])
    number = number_text(value, digits)
    here = "" if step.shape == (1, 1) else f"[{i + 1}, {j + 1}]"
    head = f"{step.symbol}{here}"
    example = j if step.axes[1] == "examples" else i if step.axes[0] == "examples" else None
    if step.phase == "given":
        return ArrayEntry(step.name, i, j, value, example, (), 1.0, (), step.nodes[i, j], f"{head} {sign(float(number) == value)} {number}")
    reader = _Reader(numbers, digits)
    place: Place
    if step.name == "mean":
        array, place = numbers.writer.root, ()
        factors = [reader.factor(array, (0, k)) for k in range(numbers.full(array).shape[1])]
        terms = [Term((each,), each.value, k if numbers.writer.has_mean else None) for k, each in enumerate(factors)]
        factor = 1 / len(terms) if numbers.writer.is_mean else 1.0
    else:
        array = numbers.array_of[step.name]
        place = (j, i) if numbers.writer.is_turned(array) else (i, j)
        found, factor = reader.terms(array, place[-len(array.shape) :] if array.shape else ())
        terms = list(found)
    if terms:
        text = reader.sum_of(terms, factor)
        shown = [numpy.prod([float(number_text(f.value, digits)) for f in term.factors]) for term in terms]
        computed = factor * sum(shown)
        reads = list({(f.name, f.i, f.j): f for term in terms for f in term.factors}.values())
    else:
        text = reader.formula(array, place)[0]
        computed = as_float(numbers.as_printed(step, digits)[i, j])
        reads = list(reader.reads.values())
    is_true = computed == float(number) or abs(computed - float(number)) <= 1e-12 * abs(float(number)) or computed != computed
    result = "" if text == number else f" {sign(bool(is_true))} {number}"
    first = sign(reader.is_exact and (bool(result) or float(number) == value))
    return ArrayEntry(
        step.name, i, j, value, example, tuple(terms), factor, tuple(reads), step.nodes[i, j], f"{head} {first} {text}{result}"
    )


class _Reader:
    """Follows the expression of an array at one place. `reads` collects the entries it meets."""

    def __init__(self, numbers: Numbers, digits: int | None):
        self.numbers, self.writer, self.digits, self.n = numbers, numbers.writer, digits, len(numbers.X)
        self.reads: dict[tuple[str, int, int], Factor] = {}
        self.is_exact = True  # whether all numbers are printed in full

    # --- entries ---

    def is_named(self, array: Array) -> bool:
        return array.index in self.numbers.name_of

    def place(self, array: Array, within: Place) -> Place:
        """Where an operand is read for a place of the result: a size of 1 stands for all."""
        if not array.shape:
            return ()
        own = within[-len(array.shape) :]
        return tuple([0 if size == 1 else k for size, k in zip(array.shape, own, strict=True)])

    def factor(self, array: Array, place: Place) -> Factor:
        """An entry of an array that has a name."""
        step = self.numbers.steps.arrays[self.numbers.name_of[array.index]]
        full = (0,) * (2 - len(place)) + tuple(place)
        i, j = full[::-1] if self.writer.is_turned(array) else full
        here = "" if step.shape == (1, 1) else f"[{i + 1}, {j + 1}]"
        made = Factor(step.name, i, j, as_float(step.array[i, j]), f"{step.symbol}{here}", step.nodes[i, j])
        return self.reads.setdefault((step.name, i, j), made)

    # --- terms that are added up ---

    def terms(self, array: Array, place: Place) -> tuple[Sequence[Term], float]:
        """The products that are added up to an entry, and the factor in front; none for any other formula."""
        layer = self.writer.of_layers.get(array.index)
        if layer is not None and array.index >= self.numbers.plan.backward_from:
            return [self.slope(array, layer, place)], 1.0
        inner, factor = array.args[0] if array.kind == "line" else array, 1.0
        while inner.is_call("multiply") and inner.args[0].kind == "scalar":
            c, power = inner.args[0].info
            factor *= c if power == -1 and self.writer.is_scaled else c * float(self.n) ** power
            inner = inner.args[1]
        found = self.added(inner, place)
        return ([], 1.0) if found is None else (found, self.share(inner) * factor)

    def share(self, array: Array) -> float:
        """1/n where a sum over examples has operands that are n times the gradient."""
        over = self.writer.is_scaled and array.index >= self.numbers.plan.backward_from and array.shape[-1:] != (N,)
        return 1 / self.n if over else 1.0

    def added(self, array: Array, place: Place) -> list[Term] | None:
        if array.is_call("add"):
            parts = [self.added(a, self.place(a, place)) for a in array.args]
            if all(part is None for part in parts):
                return None
            found: list[Term] = []
            for part, a in zip(parts, array.args, strict=True):
                one = self.single(a, self.place(a, place)) if part is None else part
                if one is None:
                    return None
                found += one
            return found
        if array.kind == "matmul":
            return self.products(array, place)
        if array.kind == "sum" and len(array.args[0].shape) == 2:
            inner = array.args[0]
            size = self.size(inner.shape[array.info])
            places = [tuple([k if axis == array.info else at for axis, at in enumerate(place)]) for k in range(size)]
            parts = [self.added(inner, at) or self.single(inner, at) for at in places]
            return None if None in parts else [term for part in parts if part for term in part]
        return None

    def single(self, array: Array, place: Place) -> list[Term] | None:
        """An entry of a named array as a term of its own."""
        if array.kind == "full":
            return self.single(array.args[0], self.place(array.args[0], place))
        if not self.is_named(array):
            return None
        factor = self.factor(array, place)
        return [Term((factor,), factor.value, self.example(array, place))]

    def example(self, array: Array, place: Place) -> int | None:
        return place[-1] if array.shape[-1:] == (N,) else None

    def products(self, array: Array, place: Place) -> list[Term] | None:
        (a, b), (flip_a, flip_b, _) = array.args, array.info
        over = a.shape[0] if flip_a else a.shape[1]
        found = []
        for k in range(self.size(over)):
            one = self.operand(a, (k, place[0]) if flip_a else (place[0], k))
            other = self.operand(b, (place[1], k) if flip_b else (k, place[1]))
            if self.writer.in_rows and array.shape[-1:] == (N,):
                one, other = other, one
            example = k if over == N else place[1] if array.shape[-1:] == (N,) else None
            found.append(Term((one, other), one.value * other.value, example))
        return found

    def operand(self, array: Array, place: Place) -> Factor:
        """An entry of a factor of a product, whether it has a name or is computed in passing."""
        place = self.place(array, place)
        if self.is_named(array):
            return self.factor(array, place)
        if array.kind in ("full", "reshape") and len(array.args[0].shape) == len(array.shape):
            return self.operand(array.args[0], place)
        value = evaluated([array], self.numbers.parameters, self.numbers.X, self.numbers.values)[array.index]
        scale = self.numbers.scale(array)
        return Factor("", 0, 0, as_float(numpy.broadcast_to(value, [self.size(s) for s in array.shape])[place]) * scale,
                      text_of(self.writer.named(array)[0]), ())  # fmt: skip

    def slope(self, array: Array, layer: Any, place: Place) -> Term:
        """What arrives, times the slope of the activation there."""
        numbers = self.numbers
        arriving, before = numbers.plan.upstreams[layer.activations], numbers.plan.forward[layer.sums]
        ones = numpy.ones_like(numbers.full(arriving))
        lines = {index: numbers.values[index] for index in numbers.name_of if index < numbers.plan.backward_from}
        slopes = evaluated([array], numbers.parameters, numbers.X, {**lines, arriving.index: ones})
        at = self.factor(before, place)
        slope = as_float(numpy.broadcast_to(slopes[array.index], ones.shape)[place])
        symbol = f"{text_of(self.writer.function(layer.number, '′'))}({at.symbol})"
        factors = (self.factor(arriving, place), Factor("", at.i, at.j, slope, symbol, at.nodes))
        return Term(factors, factors[0].value * slope, self.example(array, place))

    def size(self, size: Any) -> int:
        return self.n if size == N else int(size)

    # --- with numbers ---

    def number(self, value: float) -> tuple[str, float]:
        text = number_text(value, self.digits)
        self.is_exact = self.is_exact and float(text) == value
        return text, NEGATIVE if text[0] == "-" else ATOM

    def held(self, value: float) -> str:
        text, strength = self.number(value)
        return f"({text})" if strength < ATOM else text

    def sum_of(self, terms: Sequence[Term], factor: float) -> str:
        texts = []
        for k, term in enumerate(terms):
            first, *others = term.factors
            front = self.held(first.value) if k else self.number(first.value)[0]
            texts.append(" · ".join([front, *[self.held(each.value) for each in others]]))
        whole = " + ".join(texts)
        if factor == 1:
            return whole
        exact = fraction_of(factor)
        front = f"1/{self.n}" if abs(factor * self.n - 1) < 1e-15 else str(exact) if exact else shortest_text(factor)
        return f"{front} · ({whole})" if len(terms) > 1 or " " in whole or whole[0] == "-" else f"{front} · {whole}"

    def text(self, array: Array, place: Place) -> tuple[str, float]:
        """A formula at one place, with numbers for the entries of named arrays, and how tightly it holds together."""
        place = self.place(array, place)
        if self.is_named(array):
            return self.number(self.factor(array, place).value)
        return self.formula(array, place)

    def formula(self, array: Array, place: Place) -> tuple[str, float]:
        """The same for an array by what it is made of."""
        place = self.place(array, place)
        kind, info, args = array.kind, array.info, array.args
        if kind == "scalar":
            c, power = info
            is_scaled = power == -1 and self.writer.is_scaled
            over = self.n if power == -1 and self.writer.is_mean and not is_scaled else 1
            if power in (0, -1) and (exact := fraction_of(c)):
                return f"{exact.numerator}/{exact.denominator * over}", SUM if c < 0 else PRODUCT
            if power == -1 and self.n > 1 and self.writer.is_mean:
                return (shortest_text(c), SUM if c < 0 else ATOM) if self.writer.is_scaled else (f"{shortest_text(c)}/{self.n}", PRODUCT)
            return self.number(c * float(self.n) ** power)
        if kind == "constants":
            return self.number(as_float(info[place]))
        if kind == "call":
            return self.call(info, args, place)
        if kind == "line":
            return self.formula(args[0], place)
        if kind == "full":
            return self.text(args[0], place)
        if kind in ("sum", "max", "min"):
            inner = args[0]
            places = [tuple([k if axis == info else at for axis, at in enumerate(place)]) for k in range(self.size(inner.shape[info]))]
            if kind == "sum":
                texts = [self.grouped(inner, at, SUM) for at in places]
                return " + ".join([texts[0], *[f"({text})" if text[0] == "-" else text for text in texts[1:]]]), SUM
            return f"{kind}({', '.join([self.text(inner, at)[0] for at in places])})", ATOM
        if kind == "softmax" or (kind == "function" and info[2] is not None):
            axis = info[0] if kind == "softmax" else info[2]
            lists = []
            for inner in args:
                ranges = [
                    range(self.size(size)) if k == axis else [at]
                    for k, (size, at) in enumerate(zip(inner.shape, self.place(inner, place), strict=True))
                ]
                lists.append(", ".join([self.text(inner, at)[0] for at in product(*ranges)]))
            which = f"[{place[axis] + 1}]" if kind == "softmax" else ""
            return f"{kind if kind == 'softmax' else info[0]}({'; '.join(lists)}){which}", ATOM
        if kind == "function":
            name, slot, _ = info
            if name == "xlogy" and slot < 0:
                return f"{self.grouped(args[0], place, PRODUCT)} · log({self.text(args[1], place)[0]})", PRODUCT
            if (name, slot) == ("xlogy", 1):
                return self.call("divide", args, place)
            return f"{name}{'′' * (slot >= 0)}({', '.join([self.text(a, place)[0] for a in args])})", ATOM
        if kind == "matmul":
            terms = self.products(array, place) or []
            return self.sum_of(terms, self.share(array)), SUM if len(terms) > 1 else PRODUCT
        if kind == "rows":
            return self.text(args[0], (int(info[place[0]]), *place[1:]))
        value = evaluated([array], self.numbers.parameters, self.numbers.X, self.numbers.values)[array.index]
        return self.number(as_float(numpy.broadcast_to(value, [self.size(s) for s in array.shape])[place]) * self.numbers.scale(array))

    def grouped(self, array: Array, place: Place, strength: float) -> str:
        text, own = self.text(array, place)
        return f"({text})" if own < strength or (text[0] == "-" and strength > SUM) else text

    def call(self, name: str, args: Sequence[Array], place: Place) -> tuple[str, float]:
        if name in ("add", "subtract"):
            second = self.grouped(args[1], place, SUM + 0.5)
            second = f"({second})" if second[0] == "-" else second
            return f"{self.grouped(args[0], place, SUM)} {'+' if name == 'add' else '-'} {second}", SUM
        if name == "multiply":
            if args[0].index in self.writer.ones:
                return self.text(args[1], place)
            if args[0].kind == "scalar" and args[0].info in ((1.0, -1), (-1.0, -1)) and (self.n == 1 or self.writer.is_scaled):
                text, own = self.text(args[1], place)
                return (text, own) if args[0].info[0] > 0 else (f"-{self.grouped(args[1], place, PRODUCT)}", SUM)
            return " · ".join([self.grouped(a, place, PRODUCT + 0.5 * (k == 1)) for k, a in enumerate(args)]), PRODUCT
        if name == "divide":
            return " / ".join([self.grouped(a, place, PRODUCT + 0.5 * (k == 1)) for k, a in enumerate(args)]), PRODUCT
        if name == "negative":
            return f"-{self.grouped(args[0], place, PRODUCT)}", SUM
        if name == "power":
            exponent = args[1].number
            base = self.grouped(args[0], place, ATOM)
            return (f"{base}²" if exponent == 2 else f"{base}^({self.text(args[1], place)[0]})"), POWER
        if name in RELATIONS:
            return f"[{self.text(args[0], place)[0]} {RELATIONS[name][0]} {self.text(args[1], place)[0]}]", ATOM
        texts = [self.text(a, place)[0] for a in args]
        if name == "where":
            condition = texts[0][1:-1] if args[0].is_call(*RELATIONS) else texts[0]
            return f"{{{texts[1]} if {condition}, else {texts[2]}}}", ATOM
        if name == "abs":
            return f"|{texts[0]}|", ATOM
        called = {"maximum": "max", "minimum": "min"}.get(name, name)
        return f"{called}({', '.join(texts)})", ATOM
