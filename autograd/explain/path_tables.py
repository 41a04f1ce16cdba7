"""`paths`: the derivative as a sum over all paths, which is what the backward pass computes without walking them; in words."""

from collections.abc import Sequence
from copy import copy
from itertools import chain, count
from math import log10
from typing import Any

from ..engine.names import find
from ..engine.value import Value, seed_of
from ..reading.ways import Path, Ways, edges_of
from .languages import fill, templates
from .node_names import NodeNames, gradient_name
from .numbers import digits_to_recompute, printed_products, printed_sum, refuse_digits
from .steps import Step, Steps, steps
from .typeset import in_line, legible

LIMIT = 64
FIRST = 4  # rows of a text whose table is not complete
LONGEST = 12  # nodes of a path in a text; of a longer one the middle is left out
LONGEST_SUM = 8  # terms


class Paths(Ways):
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

    edges: dict[Value, list[Step]]

    def __init__(self, both: Steps, a: Value, limit: int):
        names, y = both[0].names, both[0].root
        super().__init__(y, a, list(names), edges_of(both), seed_of(y))
        self.y, self.a, self.limit = y, a, limit
        self.names: dict[Value, str] = names if a in names else {a: _stranger(a, names), **names}
        self.rows = self.first(limit)
        self._both = both

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self._both, self._both[0].names.places.get(self.a, self.a), self.limit)

    def in_line(self) -> "Paths":
        """The same paths with the names of the nodes as people read them, w₁,₂ for w1_2, and not as they are typed."""
        same = copy(self)
        same._both = self._both.in_line()
        names = same._both[0].names
        same.names = names if self.a in names else {self.a: in_line(self.names[self.a]), **names}
        return same

    def route(self, path: Path) -> str:
        """A path by the names of its nodes: "J ← v ← u ← b"; an operand that stands twice is numbered."""
        names = [legible(self.names[path.nodes[0]])]
        for node, parent, slot in zip(path.nodes, path.nodes[1:], path.slots, strict=False):
            names.append(legible(self.names[parent]) + (f" ({slot + 1})" if node.parents.count(parent) > 1 else ""))
        return _joined(names, " ← ")

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
        all_of_them = len(self.rows) == self.count
        rows = self.rows if all_of_them else self.rows[:FIRST]
        terms = [path.product for path in rows] if all_of_them and self.count > 1 else []  # which stand in the sum below, too
        of_sum = digits_to_recompute(terms, lambda numbers: sum(numbers), self.total) if terms else None
        found = []
        for path, shown in zip(rows, printed_products([(path.locals, path.product) for path in rows], digits, of_sum), strict=True):
            numbers = "" if len(shown.numbers) < 2 else f"{_joined(_in_parentheses(shown.numbers), ' · ')} {shown.result_sign} "
            found.append((self.route(path), numbers + shown.value))
        return found

    def _table(self, gradient: str, lang: str, digits: int | None) -> list[str]:
        products = self.products(digits)
        wide, number = max([len(route) for route, _ in products], default=0), len(str(len(products)))
        found = [f"  {k:>{number}}  {route:<{wide}}  {numbers}" for k, (route, numbers) in enumerate(products, 1)]
        terms = [path.product for path in self.rows] if len(self.rows) == self.count else []
        shown = printed_sum(terms or [self.total], self.total, digits)
        texts = {"gradient": gradient, "sign": shown.sign, "result_sign": shown.result_sign, "value": shown.value}
        if len(terms) > 1:
            return [
                *found,
                fill(
                    "paths.sum",
                    {**texts, "sum": _joined([shown.numbers[0], *_in_parentheses(shown.numbers[1:], "-")], " + ", LONGEST_SUM)},
                    lang,
                ),
            ]
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


def _joined(pieces: Sequence[str], between: str, longest: int = LONGEST) -> str:
    """The pieces in one text, the middle of many left out."""
    return between.join(pieces if len(pieces) <= longest else [*pieces[: longest // 2], "…", *pieces[1 - longest // 2 :]])


def _in_parentheses(numbers: Sequence[str], signs: str = "-/") -> list[str]:
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

    That is the chain rule of a graph. `a` is a Value or a name; `limit` is how many paths
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
        raise ValueError(
            f"{legible(name)[:40]} is a constant, and no gradient goes back to a constant; make it a leaf to ask for its paths"
        )
    return Paths(both, node, limit)


def _restored(both: Steps, place: "int | Value", limit: int) -> Paths:
    """Paths that have been copied or stored."""
    return Paths(both, both[0].names.order[place] if isinstance(place, int) else place, limit)


def _stranger(node: Value, called: NodeNames) -> str:
    """What a node that is not in the graph is called beside those that are."""
    taken = {*called.values()}
    return node.label or next(name for name in chain("xyz", (f"x{k}" for k in count(1))) if name not in taken)
