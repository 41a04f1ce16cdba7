"""A pass over arrays as data that JSON can carry: the chain of arrays, the steps, what makes each entry, and where its
number stands in the scalar graph of an example. Every equation is that of the records, every number the text that
Python prints; the page only arranges them.
"""

import re
from itertools import pairwise
from typing import Any

from autograd.explain.languages import templates
from autograd.explain.numbers import number_text, sign
from autograd.vectorizing.array_entries import ArrayEntry, Term
from autograd.vectorizing.array_steps import ArrayStep, ArraySteps, Part

from ..picture.array_columns import PARAMETERS, Block, blocks
from ..picture.lettering import harmless
from .example_graphs import ScalarSteps

DIGITS = 4  # significant digits on the cards, where there is room
FEWER = 3
LEAST = 2  # where a matrix is wider than the page
WIDE = 13  # columns of numbers in one block of the chain; with more of them, the cards have fewer digits
Run = tuple[str, str]  # letters of one kind: "i" (italic), "sup", "sub", "b" (the ones), "" (upright)

RUNS = re.compile(
    r"(?P<sup>[⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ᵀ]+|\^[\[(]\d+[\])])|(?P<sub>[₀₁₂₃₄₅₆₇₈₉ₖ]+|_[A-Za-z]+[₀₁₂₃₄₅₆₇₈₉]*)|(?P<b>(?<![\d./])1(?=ᵀ|\s*$| [^/⊙·]|$)(?!/))|(?P<word>(?:[^\W\d_⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ᵀ₀₁₂₃₄₅₆₇₈₉ₖ]\u0302?)+[′']?)|(?P<rest>.)",
    re.DOTALL,
)
ON_THE_LINE = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ᵀ₀₁₂₃₄₅₆₇₈₉ₖ", "0123456789()T0123456789k")


def runs(text: str, is_symbol: bool = False) -> list[Run]:
    """A text in letters of several kinds. Of a symbol all words are italic, in a sign those of one letter."""
    found: list[Run] = []
    for match in RUNS.finditer(harmless(text)):
        kind, letters = match.lastgroup or "", match[0]
        if kind == "word":
            kind = "i" if letters != "Σ" and (is_symbol or len(letters.rstrip("′'")) == 1) else ""
        elif (kind == "b" and is_symbol) or kind == "rest":
            kind = ""
        if kind in ("sup", "sub"):
            letters = letters.lstrip("^_").translate(ON_THE_LINE).replace(")T", ")\u2009T").replace("]T", "]\u2009T")
        letters = letters.replace("-", "−")
        if found and found[-1][0] == kind:
            found[-1] = (kind, found[-1][1] + letters)
        else:
            found.append((kind, letters))
    return found


class Content:
    """What the page of one `ArraySteps` holds, in a language; `digits` are those of equations, None for as many as usual."""

    def __init__(self, steps: ArraySteps, digits: int | None, lang: str, examples: ScalarSteps):
        self.steps, self.digits, self.words, self.examples = steps, digits, templates(lang), examples
        self.chain = blocks(steps)
        self.names = [name for block in self.chain for spot in block.spots for name in (spot.name, spot.gradient) if name]
        self.place = {name: k for k, name in enumerate(self.names)}
        wide = max(sum(_columns(steps, spot.name or spot.gradient) for spot in block.spots) for block in self.chain)
        self.short = digits or (DIGITS if wide <= WIDE else FEWER)
        self.forms = [digits] if digits else [form for form in (DIGITS, FEWER, LEAST) if form <= self.short]  # fewer where there is no room

    def say(self, key: str, **texts: Any) -> str:
        return self.words[key].format(**texts)

    def data(self) -> dict[str, Any]:
        return {
            "heading": [runs(text, is_symbol=False) for text in self.heading],
            "about": self.about,
            "blocks": [self.block(block) for block in self.chain],
            "arrays": [self.array(self.steps[name]) for name in self.names],
            "steps": [self.step(step) for step in self.steps],
            "entries": [[[self.entry(self.steps[name].entry(i, j, self.digits)) for j in range(self.steps[name].shape[1])]
                         for i in range(self.steps[name].shape[0])] for name in self.names],
        }  # fmt: skip

    # --- the chain ---

    @property
    def heading(self) -> list[str]:
        """The equations of the loss."""
        last = [step for step in self.steps if step.phase == "forward" and step.role in ("losses", "loss")]
        return [step.equation for step in reversed(last)]

    @property
    def about(self) -> str:
        """The network in short, and how many examples there are."""
        count = self.counted("examples", self.steps.examples)
        weights = [step for step in self.steps.given if step.role == "weights"]
        if not self.steps.layers or len(weights) != self.steps.layers:
            return count
        ordered = sorted(weights, key=lambda step: step.layer or 0)
        sizes = [ordered[0].shape[1], *[step.shape[0] for step in ordered]]
        return self.say("array.net", sizes="-".join(map(str, sizes)), examples=count)

    def counted(self, what: str, count: int) -> str:
        return self.say(f"array.count.{what}" + (".one" if count == 1 else ""), count=count)

    def block(self, block: Block) -> dict[str, Any]:
        columns = [[[self.place.get(spot.name), self.place.get(spot.gradient)] for spot in column] for column in block.columns]
        functions = [
            self.steps[spot.name].function for spot in block.spots if spot.name and self.steps[spot.name].operation == "activation"
        ]
        letters = [letter for letter, name in self.steps.functions.items() if name in functions]
        meant = f"{letters[0]} = {functions[0]}" if functions and len(letters) == 1 and letters[0] != functions[0] else ""
        return {
            "kind": block.kind,
            "layer": block.layer,
            "title": self.say(f"array.block.{block.kind}", layer=block.layer),
            "columns": columns,
            "function": runs(meant),
        }

    def array(self, step: ArrayStep) -> dict[str, Any]:
        return {
            "symbol": runs(step.symbol, is_symbol=True),
            "key": step.name,
            "name": harmless(step.symbol),
            "shape": step.shape,
            "texts": [[[_pretty(text) for text in row] for row in step.texts(form)] for form in self.forms],
            "at": None if step.index is None else step.index + 1,
            "of": self.place.get(step.of),
            "isGradient": step.phase == "backward",
            "isParameter": step.role in PARAMETERS,
            "isComputed": step.operation in ("activation", "softmax") and step.phase == "forward",
        }

    # --- the steps ---

    def step(self, step: ArrayStep) -> dict[str, Any]:
        inner = _inner(step)
        asked = _asked(step, self.steps, self.short)
        size = self.summed_size(step, inner)
        return {
            "phase": step.phase,
            "array": self.place[step.name],
            "parts": [self.part(part, inner.get(k)) for k, part in enumerate(step.parts)],
            "signs": [step.sign(form) for form in self.forms],
            "line": harmless(f"{step.equation}    {step.shapes}"),
            "summed": self.say("array.summed", what=self.counted(step.summed, size)) if step.summed and size else "",
            "why": self.why(step),
            "asksShape": step.operation in ("affine", "product", "sum") or step.role == "losses",
            "asked": asked,
            "due": repr(step.entry(*asked).value),
            "hints": self.hints(step, *asked),
            "slips": self.slips(step, *asked),
        }

    def part(self, part: Part, inner: int | None) -> dict[str, Any]:
        if not part.name:
            return {"text": runs(part.text)}
        return {"text": runs(part.text, is_symbol=True), "array": self.place[part.name], "shape": part.shape, "inner": inner,
                "isTurned": part.transposed}  # fmt: skip

    def summed_size(self, step: ArrayStep, inner: dict[int, int]) -> int:
        if step.name == "mean":
            return self.steps.examples
        return next((step.parts[k].shape[axis] for k, axis in inner.items()), 0)

    def why(self, step: ArrayStep) -> str:
        """What a step does, in a sentence."""
        operands = [harmless(part.text) for part in step.parts if part.name] + ["", "", ""]
        first, second, third = operands[:3]
        texts = {"symbol": harmless(step.symbol), "first": first, "second": second, "third": third,
                 "function": step.function, "examples": self.counted("examples", self.steps.examples), "of": ""}  # fmt: skip
        key = step.operation
        if step.operation == "product" and step.summed == "examples":
            key = "product.examples" if self.steps.examples > 1 else "product.example"
        elif step.operation == "product" and step.role in ("activation_gradient", "input_gradient"):
            key = "product.back"
        elif step.operation == "sum":
            key = "mean.sum" if step.name == "mean" else "sum"
            if step.role == "bias_gradient":
                key = "sum.shared" if "Σₖ" in step.right else "sum.examples"
        elif step.operation == "elementwise" and step.function and len(step.operands) > 1:
            key = "slope"
        elif step.operation == "affine" and not third:
            key = "product"
        if step.of:
            texts["of"] = harmless(self.steps[step.of].symbol)
        return self.say(f"array.why.{key}", **texts)

    # --- questions ---

    def hints(self, step: ArrayStep, i: int, j: int) -> list[str]:
        """Three grades of help with the entry that is asked for: the rule, the line with a blank, and the number."""
        entry = step.entry(i, j, self.digits)
        matrices = [harmless(part.text) for part in step.parts if part.name]
        blank = _with_blank(entry, self.digits)
        if step.operation in ("product", "affine") and len(matrices) > 1:
            rule = self.say("array.hint.product", i=i + 1, j=j + 1, first=matrices[0], second=matrices[1])
        elif step.operation in ("sum", "mean"):
            rule = self.say("array.hint.sum", count=len(entry.terms) or len(entry.reads))
        else:
            rule = self.say("array.hint.entry")
        return [_readable(rule), _readable(blank), _readable(entry.text)]

    def slips(self, step: ArrayStep, i: int, j: int) -> list[tuple[str, str]]:
        """Wrong numbers that can be told where they come from, as texts, each with what is said to it."""
        entry, n = step.entry(i, j, self.digits), self.steps.examples
        value = entry.value
        found: list[tuple[float, str]] = []
        if j < step.shape[0] and i < step.shape[1] and i != j:
            found.append((float(step.array[j, i]), self.say("array.slip.entry", i=j + 1, j=i + 1, got="{got}")))
        if len(entry.terms) > 1:
            one = "array.slip.example" if entry.terms[0].example != entry.terms[-1].example else "array.slip.term"
            for term in entry.terms:
                example = None if term.example is None else term.example + 1
                key = one if example is not None else "array.slip.term"
                found.append((entry.factor * term.value, self.say(key, example=example, count=len(entry.terms), got="{got}")))
        if len(entry.terms) == 1 and len(entry.terms[0].factors) == 2 and step.function:
            found.append((entry.terms[0].factors[0].value, self.say("array.slip.slope", function=step.function, got="{got}")))
        if n > 1 and (step.phase == "backward" or step.operation == "mean"):
            found.append((value * n, self.say("array.slip.times", n=n, got="{got}")))
            found.append((value / n, self.say("array.slip.over", n=n, got="{got}")))
        found.append((-value, self.say("array.slip.sign", got="{got}")))
        return [(repr(number), text) for number, text in found if abs(number - value) > 1e-9 * abs(value)]

    # --- entries ---

    def entry(self, entry: ArrayEntry) -> dict[str, Any]:
        made: dict[str, Any] = {"text": _readable(entry.text), "number": _pretty(number_text(entry.value, self.digits))}
        if entry.reads:
            made["reads"] = [[self.place[factor.name], factor.i, factor.j] for factor in entry.reads if factor.name in self.place]
        if entry.example is not None:
            made["example"] = entry.example
        if scalar := self.examples.of_entry(entry, self.steps[entry.name].phase):
            made["scalar"] = scalar
        if len(entry.terms) > 1:
            _, first, *_, last = re.split(r" (?=[=≈] )", _readable(entry.text))
            factor = "" if entry.factor == 1 else f"{first[2:].split(' · (')[0]} · "
            made |= {"terms": [self.term(entry, term) for term in entry.terms], "sum": f"{factor}Σ {last}"}
        return made

    def term(self, entry: ArrayEntry, term: Term) -> list[Any]:
        texts = [number_text(factor.value, self.digits) for factor in term.factors]
        value = number_text(term.value, self.digits)
        product = 1.0
        for text in texts:
            product *= float(text)
        is_true = abs(product - float(value)) <= 1e-12 * abs(product) or product != product
        text = " · ".join([f"({text})" if k and text[0] == "-" else text for k, text in enumerate(texts)])
        shown = f"{text} {sign(is_true)} {value}" if len(texts) > 1 else text
        return [_readable(shown), term.example, self.examples.of_term(entry, term, self.steps[entry.name].phase)]


# --- pieces ---


def _columns(steps: ArraySteps, name: str) -> int:
    return steps[name].shape[1] + 1


def _pretty(text: str) -> str:
    return text.replace("-", "−").replace("inf", "∞")


def _readable(text: str) -> str:
    """A formula with the minus signs of the cards."""
    return harmless(re.sub(r"-(?=[\s\d(∂\w])", "−", text))


def _inner(step: ArrayStep) -> dict[int, int]:
    """For each part of the right side over which is summed, which of its two sizes that is."""
    named = [k for k, part in enumerate(step.parts) if part.name]
    if step.operation in ("product", "affine"):
        for one, other in pairwise(named):
            between = "".join([part.text for part in step.parts[one + 1 : other]])
            if not between.strip(" ()") and step.parts[one].shape[1] == step.parts[other].shape[0]:
                return {one: 1, other: 0}
    if step.operation in ("sum", "mean") and len(named) == 1:
        part = step.parts[named[0]]
        sizes = [k for k in (0, 1) if step.shape[k] != part.shape[k] or part.shape[k] == 1 != part.shape[1 - k]]
        return {named[0]: sizes[-1]} if len(sizes) == 1 else {}
    return {}


def _asked(step: ArrayStep, steps: ArraySteps, digits: int) -> tuple[int, int]:
    """The entry to ask for: one whose number teaches, which stands nowhere else, and is not on the diagonal."""
    texts = step.texts(digits)
    before = [*steps.given, *[other for other in steps if other.index is not None and step.index is not None and other.index < step.index]]
    seen = {text.lstrip("-") for other in before for row in other.texts(digits) for text in row}
    own = [text.lstrip("-") for row in texts for text in row]

    def cost(i: int, j: int) -> tuple[bool, bool, bool, int, int]:
        text = texts[i][j].lstrip("-")
        return text in seen, text in ("0", "1", "nan", "inf"), own.count(text) > 1, -(i != j), i + j

    return min([(i, j) for i in range(min(step.shape[0], 12)) for j in range(min(step.shape[1], 12))], key=lambda at: cost(*at))


def _with_blank(entry: ArrayEntry, digits: int | None) -> str:
    """The equation with a blank: for the last factor of its last product, or for the result."""
    products = [k for k, term in enumerate(entry.terms) if len(term.factors) > 1]
    if not products:
        head, *_ = re.split(r" [=≈] (?!.* [=≈] )", entry.text)
        return f"{head} = ▢"
    texts = [[number_text(factor.value, digits) for factor in term.factors] for term in entry.terms]
    texts[products[-1]][-1] = "▢"
    shown = [
        " · ".join([f"({text})" if text[0] == "-" and (k or at) else text for at, text in enumerate(each)]) for k, each in enumerate(texts)
    ]
    head, first = re.split(r" (?=[=≈] )", entry.text)[:2]
    whole = " + ".join(shown)
    return f"{head} {first[0]} {whole}" if entry.factor == 1 else f"{head} {first[0]} {number_text(entry.factor, digits)} · ({whole})"
