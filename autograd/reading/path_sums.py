"""`paths`: the derivative as a sum over all paths, which is what the backward pass computes without walking them.

The edges and their local derivatives come from the steps. Counts are found by adding up along the topological order, so
they are exact where there are too many paths to list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import chain, count
from math import log10
from typing import Any, NamedTuple

from ..engine.derivatives import product, seed_of
from ..engine.graph import find
from ..engine.ieee import Number
from ..engine.value import Value
from ..explain.languages import fill, templates
from ..explain.node_names import gradient_name
from ..explain.numbers import refuse_digits
from ..explain.products import joined, product_line, sum_line
from ..explain.steps import Step, Steps, steps

LIMIT = 64
FIRST = 4  # rows of a text whose table is not complete
LONGEST = 12  # nodes of a path in a text; of a longer one the middle is left out


@dataclass(frozen=True, eq=False)
class Path:
    """One path from the root, `nodes[0]`, back to a node, `nodes[-1]`.

    `slots` says which operand of each node the path goes on to, `locals` holds the local derivatives for these operands,
    and `product` is what they multiply to.
    """

    nodes: tuple[Value, ...]
    slots: tuple[int, ...]
    locals: tuple[Number, ...]
    product: Number


class Cost(NamedTuple):
    """What a way to compute one derivative costs; a factor 1 that stands at the root is not counted."""

    multiplications: int
    additions: int


class Paths:
    """All paths from a root `y` back to a node `a`.

    `count` is the number of paths, exact however many there are. `rows` holds the first `limit` of them, in the order
    of the operands. `total` is ∂y/∂a, the sum of the products of all paths, as the backward pass finds it. `through` says
    how many paths go through each node that lies on one, `edges` holds the backward steps out of each node. `by_path` and
    `by_backprop` say what it costs to multiply path by path, and what the backward pass between y and a costs.

    >>> a = Value(3, "a")
    >>> found = paths(a * a + a, a)
    >>> found.count, [path.product for path in found.rows], found.total
    (3, [3.0, 3.0, 1.0], 7.0)
    """

    def __init__(self, y: Value, a: Value, limit: int, edges: "Mapping[Value, list[Step]]", called: Mapping[Value, str]):
        self.y, self.a, self.limit, self.names = y, a, limit, called
        self.edges = edges
        self._order = [node for node in called if node is a or node in edges]  # parents first
        self._down, lengths = self._counted_from_below()
        self._up = self._counted_from_above()
        self.count = self._down.get(y, 0)
        self.rows = self._listed()
        self.through = {node: self._up[node] * self._down[node] for node in self._order if node in self._down and self._up[node]}
        arrived = [step.total_after for row in edges.values() for step in row if step.parent is a and step.total_after is not None]
        self.total: Number = seed_of(y) if a is y else arrived[-1] if self.count else seed_of(y, 0)
        self.by_path = Cost(max(lengths.get(y, 0) - self.count, 0), max(self.count - 1, 0))
        between = [step for node, row in self.edges.items() if node in self.through for step in row if step.parent in self.through]
        inside = sum(step.node is not y for step in between)
        self.by_backprop = Cost(inside, len(between) - len(self.through) + bool(self.through))

    def _counted_from_below(self) -> tuple[dict[Value, int], dict[Value, int]]:
        """For every node with a path to `a`: how many, and how many edges they have together."""
        ways, lengths = {self.a: 1}, {self.a: 0}
        for node in self._order:
            live = [step.parent for step in self.edges.get(node, ()) if step.parent in ways]
            if live and node is not self.a:
                ways[node] = sum(ways[parent] for parent in live)
                lengths[node] = sum(lengths[parent] + ways[parent] for parent in live)
        return ways, lengths

    def _counted_from_above(self) -> dict[Value, int]:
        """For every node: how many paths there are from the root to it."""
        ways = dict.fromkeys(self._order, 0) | {self.y: 1}
        for node in reversed(self._order):
            for step in self.edges.get(node, ()):
                if step.parent in ways:
                    ways[step.parent] += ways[node]
        return ways

    def through_edge(self, node: Value, slot: int) -> int:
        """How many paths go through one operand of a node."""
        return self._up[node] * self._down.get(node.parents[slot], 0) if node in self.through and node is not self.a else 0

    def _listed(self) -> tuple[Path, ...]:
        """The first paths, found by going on to operands from which `a` can be reached, without recursion."""
        if not self.count:
            return ()
        found: list[Path] = []
        way: list[Step] = []
        waiting = [(0, step) for step in self._onward(self.y)]
        if self.y is self.a:
            return (Path((self.y,), (), (), seed_of(self.y)),)[: self.limit]
        while waiting and len(found) < self.limit:
            depth, step = waiting.pop()
            del way[depth:]
            way.append(step)
            if step.parent is not self.a:
                waiting += [(depth + 1, on) for on in self._onward(step.parent)]
                continue
            factors = tuple([each.local for each in way])
            nodes = (self.y, *(each.parent for each in way))
            found.append(Path(nodes, tuple([each.slot for each in way]), factors, reduce(product, factors, seed_of(self.y))))  # type: ignore[misc,arg-type]
        return tuple(found)

    def _onward(self, node: "Value | None") -> list[Step]:
        """The edges that lead on towards `a`, the last operand first."""
        return [step for step in reversed(self.edges.get(node, ())) if step.parent in self._down]  # type: ignore[arg-type]

    # --- in words ---

    def route(self, path: Path) -> str:
        """A path by the names of its nodes: "J ← v ← u ← b"; an operand that stands twice is numbered."""
        names = [self.names[path.nodes[0]]]
        for node, parent, slot in zip(path.nodes, path.nodes[1:], path.slots, strict=False):
            names.append(self.names[parent] + (f" ({slot + 1})" if node.parents.count(parent) > 1 else ""))
        return joined(names, " ← ", LONGEST)

    def text(self, lang: str = "en", digits: int | None = None) -> str:
        """The table of paths with their products and their sum, and what the backward pass saves."""
        return "\n".join(self.lines(lang, digits))

    def lines(self, lang: str = "en", digits: int | None = None) -> list[str]:
        """The lines of the text."""
        refuse_digits(digits)
        gradient = gradient_name(self.names[self.y], self.names[self.a])
        texts = {"root": self.names[self.y], "node": self.names[self.a], "gradient": gradient, "count": amount(self.count, lang)}
        if self.count == 0:
            return [fill("paths.none", texts, lang)]
        if self.a is self.y:
            return [fill("paths.itself", texts, lang)]
        heading = [fill("paths.one" if self.count == 1 else "paths.many", texts, lang)]
        return [*heading, *self._table(gradient, lang, digits), *self._notes(lang)]

    def products(self, digits: int | None = None) -> list[tuple[str, str]]:
        """The route and the product, in numbers, of every path that a text shows: ("J ← v ← u ← b", "3 · 1 · 2 = 6")."""
        found = []
        for path in self.rows if len(self.rows) == self.count else self.rows[:FIRST]:
            line = product_line(path.locals, path.product, digits)
            numbers = "" if len(line.numbers) < 2 else f"{joined(_held(line.numbers), ' · ', LONGEST)} {line.result_sign} "
            found.append((self.route(path), numbers + line.value))
        return found

    def _table(self, gradient: str, lang: str, digits: int | None) -> list[str]:
        products = self.products(digits)
        wide, number = max([len(route) for route, _ in products], default=0), len(str(len(products)))
        found = [f"  {k:>{number}}  {route:<{wide}}  {numbers}" for k, (route, numbers) in enumerate(products, 1)]
        terms = [path.product for path in self.rows] if len(self.rows) == self.count else []
        line = sum_line(terms or [self.total], self.total, digits)
        texts = {"gradient": gradient, "sign": line.sign, "result_sign": line.result_sign, "value": line.value}
        if len(terms) > 1:
            return [*found, fill("paths.sum", {**texts, "sum": joined([line.numbers[0], *_held(line.numbers[1:], "-")], " + ")}, lang)]
        more = [] if terms else [fill("paths.more", {"count": amount(self.count - len(products), lang)}, lang)]
        return [*found, *more, fill("paths.total", texts, lang)]

    def _notes(self, lang: str) -> list[str]:
        """What the numbers of operands mean; and why the backward pass walks edges and not paths, by counting."""
        found = []
        if any(node.parents.count(parent) > 1 for path in self.rows for node, parent in zip(path.nodes, path.nodes[1:], strict=False)):
            found.append(fill("paths.operands", {}, lang))
        if self.count > 1:
            one, other = amount(self.by_path.multiplications, lang), amount(self.by_backprop.multiplications, lang)
            saved = self.by_path.multiplications > self.by_backprop.multiplications
            found.append(fill("paths.saved" if saved else "paths.same", {"paths": one, "pass": other}, lang))
        return found

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__


def _held(numbers: Any, signs: str = "-/") -> list[str]:
    """Numbers of a product or sum, in parentheses where a sign of their own would run into another."""
    return [f"({text})" if any(each in text[: None if each == "/" else 1] for each in signs) else text for text in numbers]


def amount(count: int, lang: str = "en") -> str:
    """A count for people: with its thousands set apart, and rounded where nobody would read all of its digits.

    >>> amount(1048576), amount(2**20000)
    ('1,048,576', '3.98e6020')
    """
    if count < 10**15:
        return f"{count:,}".replace(",", templates(lang)["paths.thousands"])
    power = log10(count)
    return f"{10 ** (power % 1):.2f}e{int(power)}"


def paths(y: Value, a: "Value | str", limit: int = LIMIT) -> Paths:
    """The paths from y back to a node, each with the product of its local derivatives; they sum to ∂y/∂a.

    That is the chain rule of a graph (lecture rows D1-42, D4-11). `a` is a Value or a name; `limit` is how many paths
    are listed at most (64). Two operands that are the same node make two paths. A node that y does not depend on has
    none, and y itself has one without an edge. Raises ValueError for a constant, for a name that is not in the graph,
    for a graph whose leaves have changed, and for a limit below 0.

    >>> a, b, c = Value(5, "a"), Value(3, "b"), Value(2, "c")
    >>> print(paths(3 * (a + b * c), b))
    1 path from J to b
      1  J ← v ← u ← b  3 · 1 · 2 = 6
      ∂J/∂b = 6
    >>> x = a
    >>> for _ in range(20): x = x + x
    >>> paths(x, a).count, paths(x, a).by_path.multiplications, paths(x, a).by_backprop.multiplications
    (1048576, 19922944, 38)
    """
    if not isinstance(limit, int) or isinstance(limit, bool):
        raise TypeError(f"limit is the number of paths to list, a whole number, not {type(limit).__name__}")
    if limit < 0:
        raise ValueError(f"limit is the number of paths to list, 0 or more, not {limit}")
    return paths_among(steps(y), a, limit)


def paths_among(both: Steps, a: "Value | str", limit: int) -> Paths:
    """The paths in a pass that has been made."""
    y, called = both[0].root, both[0].names
    node = a if isinstance(a, Value) and a not in called else find(y, a, dict(called))
    if node.constant:
        name = called.get(node) or node.label or str(node.data)
        raise ValueError(f"{name} is a constant, and no gradient goes back to a constant; make it a leaf to ask for its paths")
    edges: dict[Value, list[Step]] = {}
    for step in both:
        if step.parent is not None:
            edges.setdefault(step.node, []).append(step)
    if node not in called:
        taken = {*called.values()}
        stranger = node.label or next(name for name in chain("xyz", (f"x{k}" for k in count(1))) if name not in taken)
        return Paths(y, node, limit, edges, {node: stranger, **called})
    return Paths(y, node, limit, edges, called)
