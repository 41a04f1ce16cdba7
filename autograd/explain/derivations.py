"""`derive`: the chain rule for one derivative, written out as text, MathML and LaTeX, short enough for a slide.

It reads the steps of a pass. A derivation is lines; a line is a chain of equal things: the derivative, the rule in
symbols, the numbers put in, the result. "=" stands only where it is true as printed, else "≈".
"""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from html import escape
from itertools import pairwise
from typing import Any, NamedTuple

from ..engine.careful import plus, product
from ..engine.grammar import ATOM
from ..engine.ieee import Number
from ..engine.names import find, names
from ..engine.value import Value, seed_of
from ..quoting import quoted
from ..reading.passes import StepRecord
from ..reading.ways import Path, Ways
from .languages import fill, templates
from .lines import exact_value_of, is_certain, local_formula
from .node_names import NodeNames, holds_in_symbols
from .notation import Notation
from .numbers import as_printed, digits_to_recompute, printed_sum, refuse_digits, sign
from .path_tables import Paths, amount, paths_among
from .refusals import refuses_in_lang
from .steps import Step, steps
from .typeset import DOTS, Layout, as_layout, bare, latex_block, math_block, plain, row
from .written import PRODUCT, SIGN, SUM, Operand, Written, added, held, put_in, term_after, unsigned, write_value

STYLES = ("steps", "one line", "paths")
LINES = 9  # of a derivation; of a longer one the middle is left out
FEW = 4  # paths, between two nodes that all paths go through, that are written out in one line
FACTORS = 12  # of such a sum; a longer one is written with derivatives of what lies between
LONGEST = 8  # factors of a product
ROWS = 6  # paths that have a line each
_TYPESET = """<script>
for (const host of document.querySelectorAll("div.chalkgrad-derivation[data-mathml]")) {
  host.innerHTML = host.dataset.mathml;
  delete host.dataset.mathml;
}
</script>"""


class Factor(NamedTuple):
    """A derivative that is multiplied: in symbols, as the formula of its operation, which may have constants to write with
    so many digits, and as a number; and the step whose local derivative it is, if it is one."""

    symbol: "Callable[[int | None], Written]"
    rule: "Callable[[int | None], Written]"
    number: Number
    step: StepRecord | None = None


class Combined(NamedTuple):
    """A "product" or a "sum" of factors, or of what is combined of them."""

    kind: str
    parts: "tuple[Derivative, ...]"


Derivative = Factor | Combined


class Derivation:
    r"""A derivative, derived. It shows itself in a notebook; `text`, `mathml` and `latex` are the same in three forms.

    `lines` are layouts of `explain.typeset`, and `notes` sentences that belong to the text.

    >>> b, c = Value(3, "b"), Value(2, "c")
    >>> derive(b * c, b, "one line").text
    '∂J/∂b = c = 2'
    >>> print(derive(b * c, b, "one line").latex)
    \frac{\partial J}{\partial b} = c = 2
    """

    def __init__(self, lines: Sequence[Layout], notes: Sequence[str]):
        self.lines, self.notes = tuple(lines), tuple(notes)

    @property
    def text(self) -> str:
        """A line of text for each line, then the notes."""
        return "\n".join([*map(plain, self.lines), *self.notes])

    @property
    def mathml(self) -> str:
        """One math element, which browsers show without a library."""
        return math_block(self.lines)

    @property
    def latex(self) -> str:
        """The formula, to stand in mathematics; several lines are `aligned`, an environment of amsmath."""
        return latex_block(self.lines)

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        # MathML needs no library and no network, but a notebook that is not trusted would take it apart: the HTML holds the
        # lines in text, and where scripts run, the MathML takes their place. LaTeX is there for export to paper.
        lines = "".join(f"<div>{escape(line)}</div>" for line in self.text.splitlines())
        typeset = self.mathml + "".join(f"<div>{escape(note)}</div>" for note in self.notes)
        html = f'<div class="chalkgrad-derivation" data-mathml="{escape(typeset)}">{lines}</div>\n{_TYPESET}'
        return {"text/html": html, "text/latex": f"$$\n{self.latex}\n$$", "text/plain": self.text}


@refuses_in_lang
def derive(
    y: Value,
    wrt: "Value | str",
    style: str = "steps",
    numbers: bool = True,
    digits: int | None = None,
    lang: str = "en",
    notation: "Notation | str | None" = None,
) -> Derivation:
    """The derivative of y with respect to a node by the chain rule, with the numbers put in.

    `style` is "steps", a line for every node between y and `wrt`, from y on; "one line", the product along the way, with
    a sum where the way forks; or "paths", a product for each path, and their sum. `numbers=False` writes symbols only.
    `digits` is the number of significant digits (as many as it takes to recompute the result), `lang` the language of
    words, `notation` as for `steps`. Of many lines, factors or terms the first and last ones are written.

    Raises ValueError for a constant, an unknown name, style, language or notation, and for a graph whose leaves have
    changed.

    >>> a, b, c = Value(5, "a"), Value(3, "b"), Value(2, "c")
    >>> J = 3 * (a + b * c)
    >>> print(derive(J, b))
    u = b · c = 6, v = a + u = 11, J = 3 · v = 33
    ∂J/∂v = 3
    ∂J/∂u = ∂J/∂v · ∂v/∂u = ∂J/∂v · 1 = 3 · 1 = 3
    ∂J/∂b = ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6
    >>> print(derive(J, b, "one line"))
    ∂J/∂b = ∂J/∂v · ∂v/∂u · ∂u/∂b = 3 · 1 · 2 = 6
    """
    for name, given in (("style", style), ("lang", lang)):
        if not isinstance(given, str):
            raise TypeError(f"{name} is given as a text, not as {type(given).__name__}")
    if not isinstance(numbers, int):
        raise TypeError(f"numbers is True or False, not {quoted(numbers)}")
    if style not in STYLES:
        raise ValueError(f"style is one of {', '.join(STYLES)}, not {style[:40]!r}")
    refuse_digits(digits)
    templates(lang)
    both = steps(y, notation=notation)
    found = paths_among(both, _meant(y, both[0].names, wrt), ROWS)
    writer = _ChainRule(found, both, numbers, digits, lang)
    if found.count == 0 or found.a is y:
        result = seed_of(y, found.count)
        return Derivation([row(writer.gradient, "=", put_in(result).layout)], [*found.lines(lang), *both.notes(lang)])
    lines = {"steps": writer.by_steps, "one line": writer.in_one_line, "paths": writer.by_paths}[style]()
    return Derivation(list(lines), both.notes(lang))


def _meant(y: Value, called: NodeNames, node: Any) -> Any:
    """The node that is meant: by its own name, or else by the one it has in a notation."""
    own = names(y)
    return find(y, node, own if node in own.values() else dict(called)) if isinstance(node, str) else node


class _ChainRule:
    """Writes the derivation of one derivative, from its paths and the steps between its ends."""

    def __init__(self, found: Paths, both: Sequence[Step], numbers: bool, digits: int | None, lang: str):
        self.found, self.numbers, self.digits, self.lang = found, numbers, digits, lang
        self.names: NodeNames = both[0].names
        self.order = [node for node in self.names if node in found.through]
        self.place = {node: k for k, node in enumerate(self.order)}
        self.forward = {step.node: step for step in both if step.phase == "forward"}
        self.arriving: dict[Value, list[StepRecord]] = {}
        for step in both:
            if step.parent in found.through:
                self.arriving.setdefault(step.parent, []).append(step)
        self.gradient = self.names.gradient(found.a) if found.a in self.names else ("derivative", self.names[found.y], found.names[found.a])

    # --- the three styles ---

    def by_steps(self) -> Iterator[Layout]:
        """What the nodes on the way are; then the gradient of each of them, from y on."""
        computed = [self.forward[node] for node in self.order if node in self.forward]
        if len(computed) <= ROWS:
            yield ("list", *map(self.definition, computed))
        else:
            yield ("list", *map(self.definition, computed[:3]), DOTS, *map(self.definition, computed[-2:]))
        nodes = self.order[-2::-1]
        if len(nodes) <= LINES:
            yield from map(self.gradient_line, nodes)
            return
        yield from map(self.gradient_line, nodes[: LINES // 2])
        yield self.more("derive.lines", len(nodes) - LINES + 1)
        yield from map(self.gradient_line, nodes[len(nodes) - LINES // 2 :])

    def in_one_line(self) -> Iterator[Layout]:
        """One equation, factored at the nodes that all paths go through."""
        yield self.chain(self.gradient, self.between(self.found.y, self.found.a), self.found.total)

    def by_paths(self) -> Iterator[Layout]:
        """A product for each path, and their sum; one path is one equation."""
        rows, count = self.found.rows, self.found.count
        if count == 1:
            yield self.chain(self.gradient, self.along(rows[0]), self.found.total)
            return
        shown = rows if count <= ROWS else rows[:FEW]
        for path in shown:
            way = [part for node in path.nodes for part in ("←", as_layout(self.names[node]))][1:]
            chain = self.chain(None, self.along(path), path.product)
            yield row(*self.shortened(way), ":", *chain[1:])
        if len(shown) < count:
            yield self.more("derive.paths", count - len(shown))
        if self.numbers:
            total = printed_sum([path.product for path in rows] if count <= ROWS else [self.found.total], self.found.total, self.digits)
            terms = [as_layout(text) if not k or text[0] != "-" else ("paren", as_layout(text)) for k, text in enumerate(total.numbers)]
            value = () if len(terms) == 1 else (total.result_sign, as_layout(total.value))
            yield row(self.gradient, total.sign, added(terms), *value)
        elif count <= ROWS:
            tree = Combined("sum", tuple([self.along(path) for path in rows]))
            holds, rule = self.in_symbols(tree, lambda factor: factor.rule(self.digits), self.digits)
            yield row(self.gradient, sign(holds), rule)

    def more(self, key: str, count: int) -> Layout:
        """A line in place of those that are left out."""
        return row(DOTS, ("name", fill(key, {"count": amount(count, self.lang)}, self.lang)))

    def shortened(self, way: list[Any]) -> list[Any]:
        return way if len(way) < 2 * LONGEST else [*way[:8], DOTS, *way[-6:]]

    # --- pieces ---

    def definition(self, step: StepRecord) -> Layout:
        """What a node is: u = b · c = 6."""
        operands = self.names.operands(step, self.digits)
        formula = write_value(step.node.operation, operands)
        named = row(as_layout(self.names[step.node]), sign(holds_in_symbols(formula.text, operands)), formula.layout)
        value = put_in(step.value, self.digits)
        return row(*named[1:], sign(is_certain(value, lambda: exact_value_of(step))), value.layout) if self.numbers else named

    def gradient_line(self, node: Value) -> Layout:
        """The gradient of a node from those of its consumers."""
        return self.chain(self.names.gradient(node), self.terms(node), self.arriving[node][-1].total_after or 0, with_rule=True)

    def terms(self, node: Value) -> Derivative:
        """What arrives at a node, from each of its consumers."""
        terms = [self.term(step) for step in self.arriving[node]]
        return terms[0] if len(terms) == 1 else Combined("sum", tuple(terms))

    def term(self, step: StepRecord) -> Derivative:
        """One contribution: the gradient of the consumer, which is left out where it is 1 at the root, times the edge."""
        if step.node is self.found.y:
            return self.edge(step)
        upstream = Written(self.names.gradient(step.node), ATOM, step.upstream)
        return Combined("product", (Factor(lambda _: upstream, lambda _: upstream, step.upstream or 0), self.edge(step)))

    def along(self, path: Path) -> Derivative:
        """The product of the local derivatives along a path."""
        steps_of = self.found.edges
        edges = [next(step for step in steps_of[node] if step.slot == slot) for node, slot in zip(path.nodes[:-1], path.slots, strict=True)]
        return Combined("product", tuple([self.edge(step) for step in edges])) if len(edges) > 1 else self.edge(edges[0])

    def edge(self, step: StepRecord) -> Factor:
        """The local derivative of one edge. Where there are other ways between its ends, ∂v/∂u would stand for the sum of
        them all, and the formula of the operation takes its place."""
        assert step.parent is not None and step.local is not None

        def rule(digits: int | None) -> Written:
            return local_formula(step, self.names, digits)

        def symbol(digits: int | None) -> Written:
            assert step.parent is not None
            layout = self.names.local(step.node, step.parent)
            return rule(digits) if self.ways(step.node, step.parent).count > 1 else Written(layout, ATOM, step.local)

        return Factor(symbol, rule, step.local, step)

    def ways(self, top: Value, bottom: Value) -> Ways:
        """What lies between two nodes."""
        return Ways(top, bottom, self.order[self.place[bottom] : self.place[top] + 1], self.found.edges, self.found.seed)

    def between(self, top: Value, bottom: Value) -> Derivative:
        """The derivative of one node by another, as a product over the nodes that all paths go through."""
        pieces = [self.piece(one, other) for one, other in pairwise(self.ways(top, bottom).cuts)]
        return pieces[0] if len(pieces) == 1 else Combined("product", tuple(pieces))

    def piece(self, top: Value, bottom: Value) -> Derivative:
        """The same between two nodes with no such node between them: one edge, or a sum over the edges out of the top, or,
        where that would be too long, over those into the bottom."""
        ways = self.ways(top, bottom)
        if len(ways.onward) == 1:
            return self.edge(ways.onward[0])
        if ways.count <= FEW:
            expanded = Combined("sum", tuple([self.via(step, bottom) for step in ways.onward]))
            if len(list(_factors(expanded))) <= FACTORS:
                return expanded
        return Combined("sum", tuple([self.into(step, top, ways.gradients[step.node]) for step in ways.arriving]))

    def via(self, step: StepRecord, bottom: Value) -> Derivative:
        """One edge and whatever comes after it."""
        assert step.parent is not None
        if step.parent is bottom:
            return self.edge(step)
        after = self.between(step.parent, bottom)
        parts = after.parts if isinstance(after, Combined) and after.kind == "product" else (after,)
        return Combined("product", (self.edge(step), *parts))

    def into(self, step: StepRecord, top: Value, gradient: Number) -> Derivative:
        """One edge, after whatever comes before it: the derivative of the top by the node that the edge leads from."""
        if step.node is top:
            return self.edge(step)
        layout = self.names.gradient(step.node) if top is self.found.y else self.names.local(top, step.node)
        whole = Written(layout, ATOM, gradient)
        return Combined("product", (Factor(lambda _: whole, lambda _: whole, gradient), self.edge(step)))

    # --- an equation ---

    def chain(self, gradient: "Layout | None", tree: Derivative, result: Number, with_rule: bool = False) -> Layout:
        """A derivative, its rule in symbols, its numbers, and the result; what would stand twice stands once."""
        factors = list(_factors(tree))
        enough = self.digits or digits_to_recompute([factor.number for factor in factors], lambda given: _value(tree, iter(given)), result)
        value = put_in(result, self.digits)
        parts: list[tuple[bool, Layout]] = [] if gradient is None else [(True, gradient)]
        digits = enough if self.numbers else self.digits
        parts.append(self.in_symbols(tree, lambda factor: factor.symbol(digits), digits))
        if with_rule or not self.numbers or isinstance(tree, Factor):  # of a single edge the rule is the whole derivation
            parts.append(self.in_symbols(tree, lambda factor: factor.rule(digits), digits))
        if self.numbers:
            shown = [put_in(factor.number, enough) for factor in factors]
            put = _written(tree, lambda factor: put_in(factor.number, enough).as_written)
            parts.append((all(map(_is_certain, factors, shown)), put.layout))
            printed = [as_printed(number.text) for number in shown]
            found = as_printed(value.text)
            parts.append((None in printed or found is None or _value(tree, iter(printed)) == found, value.layout))
        return row(*_joined(parts))

    def in_symbols(self, tree: Derivative, how: Callable[[Factor], Written], digits: int | None) -> tuple[bool, Layout]:
        """A tree as a formula in symbols, and whether "=" is true before it: not where a constant in it is rounded."""
        written = _written(tree, how)
        operands = [each for factor in _factors(tree) if factor.step for each in self.names.operands(factor.step, digits)]
        return holds_in_symbols(written.text, operands), written.layout


def _is_certain(factor: Factor, shown: Operand) -> bool:
    """Whether the number of a factor is printed exactly."""
    return is_certain(shown, lambda: None if factor.step is None else exact_value_of(factor.step))


def _joined(parts: Sequence[tuple[bool, Layout]]) -> Iterator["Layout | str"]:
    """The parts with signs between them; one that reads as the one before it is left out."""
    before = bare(parts[0][1])
    yield parts[0][1]
    for true, layout in parts[1:]:
        if plain(bare(layout)) != plain(before):
            before = bare(layout)
            yield sign(true)
            yield before


def _factors(tree: Derivative) -> Iterator[Factor]:
    """The factors of a tree, from left to right."""
    if isinstance(tree, Factor):
        yield tree
    else:
        for part in tree.parts:
            yield from _factors(part)


def _value(tree: Derivative, numbers: Iterator[Any]) -> Any:
    """What a tree comes to with other numbers at its factors."""
    if isinstance(tree, Factor):
        return next(numbers)
    values = [_value(part, numbers) for part in tree.parts]
    return reduce(product if tree.kind == "product" else plus, values)


def _written(tree: Derivative, how: Callable[[Factor], Written]) -> Written:
    """A tree as a formula; of many factors or terms the middle is left out."""
    if isinstance(tree, Factor):
        return how(tree)
    parts = tree.parts
    is_long = tree.kind == "product" and len(parts) > LONGEST
    pieces = [_written(part, how) for part in (parts if not is_long else (*parts[:4], *parts[-3:]))]
    if tree.kind == "sum":
        return Written(added([term_after(piece, k) for k, piece in enumerate(pieces)]), SUM, None)
    layouts = [unsigned(piece, SIGN) if k else held(piece, SIGN) for k, piece in enumerate(pieces)]
    if is_long:
        layouts.insert(4, DOTS)
    return Written(row(*[part for layout in layouts for part in ("·", layout)][1:]), PRODUCT, None)
