"""A scalar graph read for vectorising: nodes by number, constants folded, sums of products written as dot products.

What it hands on is a `Scalars`: four lists in topological order. It knows nothing of arrays.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ..engine.ieee import as_float
from ..engine.order import topological_order
from ..engine.value import Value

CONST, PARAM, INPUT = "const", "param", "input"
LEAVES = (CONST, PARAM, INPUT)
FIXED, SHARED, BATCH = 0, 1, 2  # on what a node depends: on nothing, on parameters only, on the inputs of an example
FEW, MANY = 2, 8  # more than FEW terms of one operation, or MANY of several, become one sum; fewer are added one by one


class Scalars:
    """Nodes in topological order: `op` (a name of the table, or of LEAVES), `args` (numbers of nodes), `data`, `node`.

    `data` is the number of a constant, the place of a parameter or input in its list, else None. `node` is the Value
    that stands behind, for its scope and label. `kind` says on what it depends. `number_of` maps what was read (Values, or the
    numbers of other `Scalars`) to the nodes with their values; those that are equal share one.
    """

    def __init__(self) -> None:
        self.op: list[str] = []
        self.args: list[tuple[int, ...]] = []
        self.data: list[Any] = []
        self.node: list[Value] = []
        self.kind: list[int] = []
        self.number_of: dict[Any, int] = {}  # of what was read, which of the nodes has its value

    def add(self, op: str, args: tuple[int, ...], node: Value, data: Any = None) -> int:
        """One more node; gives its number."""
        if op in LEAVES:
            kind = LEAVES.index(op)
        else:
            kinds = self.kind
            kind = max([kinds[a] for a in args])
        self.op.append(op)
        self.args.append(args)
        self.data.append(data)
        self.node.append(node)
        self.kind.append(kind)
        return len(self.op) - 1


def read(roots: Sequence[Value], inputs: Mapping[Value, int], params: Mapping[Value, int]) -> tuple[Scalars, list[int]]:
    """The graph below the roots, and the numbers of the roots. What depends on constants only is a constant, and
    what is computed twice from the same is one node.

    Raises ValueError for a leaf that is neither an input, a parameter nor a constant.
    """
    found = Scalars()
    number = found.number_of
    constants: dict[str, int] = {}
    known: dict[tuple[str, tuple[int, ...]], int] = {}
    for root in roots:
        for node in topological_order(root):
            if node in number:
                continue
            if node in inputs:
                number[node] = found.add(INPUT, (), node, inputs[node])
                continue
            if node in params:
                number[node] = found.add(PARAM, (), node, params[node])
                continue
            args = tuple([number[parent] for parent in node.parents])
            if args and any(found.kind[a] for a in args):
                key = (node.op, args)
                if key not in known:
                    known[key] = found.add(node.op, args, node)
                number[node] = known[key]
                continue
            if node.op == "leaf":
                name = node.label or repr(node)
                raise ValueError(f"the leaf {name} is neither in inputs nor in params; list it, or make it with Value(…, constant=True)")
            data = as_float(node.data)
            if repr(data) not in constants:
                constants[repr(data)] = found.add(CONST, (), node, data)
            number[node] = constants[repr(data)]
    return found, [number[root] for root in roots]


def normalised(given: Scalars, roots: Sequence[int]) -> tuple[Scalars, list[int]]:
    """The same graph with additions gathered into sums, and products inside sums into dot products.

    An addition is gathered into the one above it when that is its only consumer. So code that adds up products with
    Python's `sum` leads to the same nodes as `dot`. A shared operand stands first in a product, last in an addition.
    """
    normaliser = _Normaliser(given, roots)
    for i in normaliser.needed():
        normaliser.write(i)
    normaliser.found.number_of = normaliser.number
    return normaliser.found, [normaliser.number[root] for root in roots]


class _Normaliser:
    def __init__(self, given: Scalars, roots: Sequence[int]):
        self.given, self.roots, self.found = given, roots, Scalars()
        self.number: dict[int, int] = {}
        self.consumers = [0] * len(given.op)
        self.consumer = [-1] * len(given.op)
        for i, args in enumerate(given.args):
            for a in args:
                self.consumers[a] += 1
                self.consumer[a] = i
        for root in roots:
            self.consumers[root] += 2  # a root is never gathered into something else

    def is_sum(self, i: int) -> bool:
        return self.given.op[i] in ("add", "total")

    def is_gathered(self, i: int) -> bool:
        return self.is_sum(i) and self.consumers[i] == 1 and self.is_sum(self.consumer[i])

    def is_free_product(self, i: int) -> bool:
        return self.given.op[i] == "mul" and self.consumers[i] == 1

    def needed(self) -> list[int]:
        return [i for i in range(len(self.given.op)) if not self.is_gathered(i)]

    def write(self, i: int) -> None:
        if self.is_sum(i):
            self.number[i] = self.write_sum(i)
        elif self.is_free_product(i) and self.is_sum(self.consumer[i]):
            pass  # written by its sum
        else:
            self.number[i] = self.copy(i)

    def copy(self, i: int) -> int:
        given, found = self.given, self.found
        op, args = given.op[i], tuple([self.number[a] for a in given.args[i]])
        if op == "mul" and found.kind[args[0]] > found.kind[args[1]]:
            args = args[::-1]
        if op == "dot":
            args = self.oriented(list(zip(args[: len(args) // 2], args[len(args) // 2 :], strict=True)))
        return found.add(op, args, given.node[i], given.data[i])

    def oriented(self, pairs: list[tuple[int, int]]) -> tuple[int, ...]:
        """The operands of a dot product, what depends on less first in each product."""
        kind = self.found.kind
        pairs = [(b, a) if kind[a] > kind[b] else (a, b) for a, b in pairs]
        return (*[a for a, _ in pairs], *[b for _, b in pairs])

    def terms(self, i: int) -> list[int]:
        """The terms of a sum, from left to right, through the additions gathered into it."""
        terms, waiting = [], list(self.given.args[i][::-1])
        while waiting:
            k = waiting.pop()
            if self.is_gathered(k):
                waiting += self.given.args[k][::-1]
            else:
                terms.append(k)
        return terms

    def write_sum(self, i: int) -> int:
        """Dot products first, one for each kind of factors; then the other terms, constants as one."""
        given, found, node = self.given, self.found, self.given.node[i]
        products: dict[tuple[int, int], list[tuple[int, int]]] = {}
        of_term: dict[tuple[int, int], int] = {}
        parts: list[int] = []
        for term in self.terms(i):
            if self.is_free_product(term):
                a, b = (self.number[k] for k in given.args[term])
                pair = (b, a) if found.kind[a] > found.kind[b] else (a, b)
                products.setdefault((found.kind[pair[0]], found.kind[pair[1]]), []).append((pair[0], pair[1]))
                of_term[pair] = term
                parts.append(-term - 1)  # to be taken out again if it goes into a dot product
            else:
                parts.append(self.number[term])
        gathered = {kinds for kinds, pairs in products.items() if kinds == (SHARED, BATCH) or len(pairs) > FEW}
        dots = []
        for kinds, pairs in products.items():
            if kinds in gathered:
                alone = of_term[pairs[0]] if len(pairs) == 1 else None  # then the dot product is that product
                dots.append(found.add("dot", self.oriented(pairs), node if alone is None else given.node[alone]))
                if alone is not None:
                    self.number[alone] = dots[-1]
        rest: list[int] = []
        for part in parts:
            if part >= 0:
                rest.append(part)
                continue
            args = tuple(sorted([self.number[a] for a in given.args[-part - 1]], key=found.kind.__getitem__))
            if (found.kind[args[0]], found.kind[args[1]]) not in gathered:
                rest.append(found.add("mul", args, given.node[-part - 1]))
                self.number[-part - 1] = rest[-1]
        return self.added_up(dots, self.without_many_constants(rest, node), node, 1 if given.op[i] == "total" else FEW)

    def without_many_constants(self, terms: list[int], node: Value) -> list[int]:
        constants = [k for k in terms if self.found.op[k] == CONST]
        if len(constants) < 2:
            return terms
        whole = sum([self.found.data[k] for k in constants])
        return [*[k for k in terms if self.found.op[k] != CONST], self.found.add(CONST, (), node, whole)]

    def added_up(self, dots: list[int], terms: list[int], node: Value, few: int) -> int:
        """Few terms one after the other, more by one sum for each operation. What depends on parameters only is added last."""
        found = self.found
        alike: dict[tuple[int, str], list[int]] = {}
        for k in terms:
            alike.setdefault((found.kind[k], found.op[k]), []).append(k)
        results = list(dots)
        for same in alike.values():
            results += [found.add("total", tuple(same), node)] if len(same) > few else same
        results.sort(key=lambda k: -found.kind[k])
        for kind in (BATCH, SHARED):
            same = [k for k in results if found.kind[k] == kind]
            if len(same) > MANY:
                results = sorted(
                    [*[k for k in results if k not in {*same}], found.add("total", tuple(same), node)], key=lambda k: -found.kind[k]
                )
        whole = results[0]
        for term in results[1:]:
            whole = found.add("add", (whole, term), node)
        return whole
