"""Graphs that grow at random, against a naive oracle that shares no code with the engine.

The oracle keeps its own list of what was done, computes with `math`, and finds a gradient by walking from the root
towards the leaves by recursion, summing over every operand: slow, short, and obviously right.
"""

import copy
import math
import pickle
from dataclasses import dataclass
from math import cos, cosh, exp, log, sin, sqrt

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import autograd
from autograd import Value, grad, jvp, no_grad, replay, scope, steps, topological_order


def halves(items):
    return items[: len(items) // 2], items[len(items) // 2 :]


def logistic(a):
    return 1 / (1 + exp(-a))


# name → the value, and one local derivative for each operand
ONE = {
    "neg": (lambda a: -a, lambda a: [-1]),
    "abs": (lambda a: a if a > 0 else -a, lambda a: [(a > 0) - (a < 0)]),
    "exp": (exp, lambda a: [exp(a)]),
    "log": (log, lambda a: [1 / a]),
    "sqrt": (sqrt, lambda a: [0.5 / sqrt(a)]),
    "sin": (sin, lambda a: [cos(a)]),
    "cos": (cos, lambda a: [-sin(a)]),
    "tanh": (lambda a: (exp(a) - exp(-a)) / (exp(a) + exp(-a)), lambda a: [1 / cosh(a) ** 2]),
    "sigmoid": (logistic, lambda a: [logistic(a) * logistic(-a)]),
    "softplus": (lambda a: log(1 + exp(a)), lambda a: [logistic(a)]),
    "relu": (lambda a: a if a > 0 else 0, lambda a: [1 if a > 0 else 0]),
    "silu": (lambda a: a * logistic(a), lambda a: [logistic(a) + a * logistic(a) * logistic(-a)]),
    "heaviside": (lambda a: 1 if a > 0 else 0, lambda a: [0]),
}
TWO = {
    "add": (lambda a, b: a + b, lambda a, b: [1, 1]),
    "sub": (lambda a, b: a - b, lambda a, b: [1, -1]),
    "mul": (lambda a, b: a * b, lambda a, b: [b, a]),
    "div": (lambda a, b: a / b, lambda a, b: [1 / b, -a / b**2]),
    "pow": (lambda a, b: exp(b * log(a)), lambda a, b: [b * exp((b - 1) * log(a)), log(a) * exp(b * log(a))]),
    "xlogy": (lambda a, b: a * log(b), lambda a, b: [log(b), a / b]),
}
SEVERAL = {
    "total": (lambda *a: math.fsum(a), lambda *a: [1] * len(a)),
    "maximum": (lambda *a: sorted(a)[-1], lambda *a: [a.count(x) ** -1 if x == max(a) else 0 for x in a]),
    "minimum": (lambda *a: sorted(a)[0], lambda *a: [a.count(x) ** -1 if x == min(a) else 0 for x in a]),
    "logsumexp": (lambda *a: log(sum(map(exp, a))), lambda *a: [exp(x) / sum(map(exp, a)) for x in a]),
    "dot": (lambda *a: sum(x * y for x, y in zip(*halves(a), strict=True)), lambda *a: [*halves(a)[1], *halves(a)[0]]),
}
THREE = {
    "clip": (lambda a, b, c: b if a < b else c if a > c else a, lambda a, b, c: [int(b <= a <= c), int(a < b), int(a > c)]),
}
FORMULAS = {**ONE, **TWO, **SEVERAL, **THREE}
OPERATORS = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "neg": lambda a: -a,
    "abs": abs,
}


@dataclass
class Record:
    """What the oracle knows of a node; for a leaf `value` is its present number."""

    value: float
    name: str
    operands: tuple[int, ...] = ()
    numbers: tuple[float, ...] = ()  # those of the operands when the node was made
    locals: tuple[float, ...] = ()
    scope: tuple[str, ...] = ()
    label: str = ""
    gradient: float = 0.0
    magnitude: float = 0.0  # of the terms that were added up for the gradient, to judge rounding by

    def again(self, numbers):
        """Value and local derivatives at other numbers; those of a constant exponent are not asked for."""
        value, partials = FORMULAS[self.name][0](*numbers), [float(x) for x in FORMULAS[self.name][1](*numbers)]
        return float(value), partials


def make(name, operands):
    """The engine's node for an operation of the oracle."""
    if name in OPERATORS:
        return OPERATORS[name](*operands)
    function = getattr(autograd, name)
    if name == "dot":
        return function(*halves(operands))
    return function(list(operands)) if name in ("total", "logsumexp") else function(*operands)


numbers = st.integers(-12, 12).map(lambda k: k / 4)
index = st.integers(0, 10**6)


class Graphs(RuleBasedStateMachine):
    """Does everything twice, once with the engine and once with the oracle, and compares every node after every step."""

    def __init__(self):
        super().__init__()
        self.records: list[Record] = []
        self.values: list[Value] = []
        self.scopes: list[tuple[str, object]] = []

    def teardown(self):
        while self.scopes:
            self.scopes.pop()[1].__exit__(None, None, None)

    # --- the oracle ---

    def pick(self, i, kind=lambda record: True):
        found = [k for k, record in enumerate(self.records) if kind(record)] or [0]
        return found[i % len(found)]

    def below(self, root):
        """The places of everything the root depends on, by recursion."""
        return {root}.union(*(self.below(k) for k in {*self.records[root].operands}))

    def derivative(self, root, x, known=None, sign=1):
        """∂root/∂x by recursion over the operands; with `sign=0`, the sum of the magnitudes of all paths instead.

        A slope like that of a saturated tanh is accurate to 1e-16, not to all of its digits: no magnitude is below 1e-4.
        """
        known = {} if known is None else known
        if root == x:
            return 1.0
        if root not in known:
            record = self.records[root]
            terms = [
                (partial if sign else max(abs(partial), 1e-4)) * self.derivative(k, x, known, sign)
                for k, partial in zip(record.operands, record.locals, strict=True)
            ]
            known[root] = sum(terms)
        return known[root]

    def is_stale(self, root):
        for k in self.below(root):
            record = self.records[k]
            if record.operands:
                now = tuple(self.records[j].value for j in record.operands)
                if now != record.numbers and self.again(record, now) != (record.value, list(record.locals)):
                    return True
        return False

    def again(self, record, at):
        try:
            value, partials = record.again(at)
        except (ValueError, ZeroDivisionError, OverflowError):
            return None
        if record.name == "pow" and self.records[record.operands[1]].name == "const":
            partials[1] = 0.0
        return value, partials

    def grow(self, name, operands, build):
        """One more node on both sides, and its place; None where its number is too large or outside the domain."""
        at = tuple(self.records[k].value for k in operands)
        record = Record(0.0, name, tuple(operands), at, (), self.scope)
        found = self.again(record, at)
        if found is None or max(map(abs, (found[0], *found[1]))) > 100:
            return None
        record.value, record.locals = found[0], tuple(found[1])
        y = build()
        assert type(y) is Value
        assert y.op == name
        assert y.data == pytest.approx(record.value, rel=1e-12, abs=1e-12)
        record.value = y.data  # so that rounding does not grow from node to node
        self.records.append(record)
        self.values.append(y)
        return len(self.records) - 1

    @property
    def scope(self):
        return tuple(title for title, _ in self.scopes)

    def agree(self, found, root, x, factor=1.0):
        magnitude = abs(factor) * self.derivative(root, x, sign=0)
        assert abs(found - factor * self.derivative(root, x)) <= 1e-11 * magnitude + 1e-300

    # --- growing ---

    @initialize(a=numbers, b=numbers)
    def start(self, a, b):
        self.leaf(a, False)
        self.leaf(b, False)

    @rule(data=numbers, constant=st.booleans())
    def leaf(self, data, constant, is_named=True):
        label = f"x{len(self.records)}" if is_named else ""
        self.values.append(Value(data, label, constant=constant))
        self.records.append(Record(data, "const" if constant else "leaf", label=label, scope=self.scope))

    @rule(name=st.sampled_from([*ONE]), i=index)
    def one(self, name, i):
        k = self.pick(i)
        self.grow(name, (k,), lambda: make(name, [self.values[k]]))

    @rule(name=st.sampled_from([*TWO]), i=index, j=index)
    def two(self, name, i, j):
        k, m = self.pick(i), self.pick(j)
        self.grow(name, (k, m), lambda: make(name, [self.values[k], self.values[m]]))

    @rule(name=st.sampled_from([*TWO]), i=index)
    def the_same_twice(self, name, i):
        self.two(name, i, i)

    @rule(name=st.sampled_from([*TWO]), i=index, number=numbers, is_left=st.booleans(), is_int=st.booleans())
    def beside_a_number(self, name, i, number, is_left, is_int):
        k = self.pick(i)
        number = int(number) if is_int else number
        self.records.append(Record(float(number), "const", scope=self.scope))
        place = len(self.records) - 1
        operands = (place, k) if is_left else (k, place)
        self.values.append(None)
        if self.grow(name, operands, lambda: make(name, [number, self.values[k]] if is_left else [self.values[k], number])) is None:
            self.records.pop()
            self.values.pop()
            return
        self.values[place] = self.values[-1].parents[0 if is_left else 1]
        assert (self.values[place].constant, self.values[place].data) == (True, number)

    @rule(name=st.sampled_from([*SEVERAL]), places=st.lists(index, min_size=1, max_size=4))
    def several(self, name, places):
        chosen = [self.pick(i) for i in places]
        if name == "dot":
            chosen += [self.pick(i // 3) for i in places]
        self.grow(name, chosen, lambda: make(name, [self.values[k] for k in chosen]))

    @rule(i=index, low=numbers, high=numbers)
    def between_two_borders(self, i, low, high):
        k = self.pick(i)
        self.leaf(min(low, high), False, is_named=False)  # without a name, so that nobody changes them
        self.leaf(max(low, high), True, is_named=False)
        n = len(self.records)
        self.grow("clip", (k, n - 2, n - 1), lambda: make("clip", [self.values[j] for j in (k, n - 2, n - 1)]))

    @rule(name=st.sampled_from([*ONE]), i=index)
    def without_a_graph(self, name, i):
        k = self.pick(i)
        at = self.records[k].value
        found = self.again(Record(0.0, name, (k,), (at,)), (at,))
        if found is None or abs(found[0]) > 100:
            return
        with no_grad():
            y = make(name, [self.values[k]])
        assert (y.parents, y.constant) == ((), True)
        self.values.append(y)
        self.records.append(Record(y.data, "const", scope=self.scope))
        assert y.data == pytest.approx(found[0], rel=1e-12, abs=1e-12)

    @precondition(lambda self: len(self.scopes) < 3)
    @rule(title=st.sampled_from(["layer 1", "layer 2", "neuron"]))
    def enter_a_scope(self, title):
        entered = scope(title)
        entered.__enter__()
        self.scopes.append((title, entered))

    @precondition(lambda self: self.scopes)
    @rule()
    def leave_a_scope(self):
        self.scopes.pop()[1].__exit__(None, None, None)

    # --- differentiating ---

    @rule(i=index, seed=st.sampled_from([1, 1, 1.0, -2.5, 0, 0.125]))
    def backward(self, i, seed):
        root = self.pick(i)
        self.values[root].backward(seed) if seed != 1 else self.values[root].backward()
        self.expect_gradients(root, seed)

    def expect_gradients(self, root, seed, is_fresh=False):
        for k in self.below(root):
            record = self.records[k]
            earlier = (record.gradient, record.magnitude) if not record.operands and not is_fresh else (0.0, 0.0)
            record.gradient = earlier[0] + seed * self.derivative(root, k)
            record.magnitude = earlier[1] + abs(seed) * self.derivative(root, k, sign=0)

    @rule(i=index)
    def backward_by_hand(self, i):
        root = self.pick(i)
        self.zero(i)
        self.values[root].grad = 1
        for node in reversed(topological_order(self.values[root])):
            node._backward()
        self.expect_gradients(root, 1, is_fresh=True)

    @rule(i=index)
    def zero(self, i):
        root = self.pick(i)
        self.values[root].zero_grad()
        for k in self.below(root):
            self.records[k].gradient = self.records[k].magnitude = 0.0

    @rule(i=index)
    def gradients_as_numbers(self, i):
        root = self.pick(i)
        for k, found in enumerate(grad(self.values[root], self.values)):
            self.agree(found, root, k)

    @rule(i=index)
    def gradients_as_values(self, i):
        root = self.pick(i)
        if self.is_stale(root):
            with pytest.raises(ValueError, match=r"^x\d+ has changed since this graph was built; build the expression again$") as caught:
                grad(self.values[root], self.values, create_graph=True)
            with pytest.raises(ValueError, match="has changed"):
                steps(self.values[root])
            leaf = next(value for value in self.values if value.label == str(caught.value).split()[0])
            assert self.values.index(leaf) in self.below(root)
        else:
            for k, found in enumerate(grad(self.values[root], self.values, create_graph=True)):
                self.agree(found.data, root, k)

    @rule(i=index, j=index, m=index, rate=numbers)
    def forward_mode(self, i, j, m, rate):
        root = self.pick(i)
        below = sorted(k for k in self.below(root) if not self.records[k].operands)
        one, other = below[j % len(below)], below[m % len(below)]
        rates = {one: 1.0, other: rate}
        found = jvp(self.values[root], {self.values[k]: rate for k, rate in rates.items()})
        expected = sum(rate * self.derivative(root, k) for k, rate in rates.items())
        magnitude = sum(abs(rate) * self.derivative(root, k, sign=0) for k, rate in rates.items())
        assert abs(found - expected) <= 1e-11 * magnitude + 1e-300

    # --- other numbers ---

    @rule(i=index, data=numbers)
    def change_a_leaf(self, i, data):
        k = self.pick(i, lambda record: record.label)
        self.values[k].data = data
        self.records[k].value = float(data)

    def computed_again(self, root, changes):
        """The value of the root with other numbers at some leaves, by recursion; None outside a domain."""
        known = dict(changes)

        def value(k):
            if k not in known:
                record = self.records[k]
                known[k] = record.again([value(j) for j in record.operands])[0] if record.operands else record.value
            return known[k]

        try:
            return value(root)
        except (ValueError, ZeroDivisionError, OverflowError):
            return None

    @rule(i=index, j=index, data=numbers)
    def replay_with_another_number(self, i, j, data):
        root = self.pick(i)
        leaves = sorted(k for k in self.below(root) if not self.records[k].operands)
        k = leaves[j % len(leaves)]
        expected = self.computed_again(root, {k: data})
        found = replay(self.values[root], {self.values[k]: data})
        assert expected is None or abs(expected) > 1e6 or found == pytest.approx(expected, rel=1e-6, abs=1e-6)

    @precondition(lambda self: len(self.records) < 60)
    @rule(i=index)
    def build_again(self, i):
        root = self.pick(i, lambda record: record.operands)
        places = {}
        for k in sorted(self.below(root)):
            record = self.records[k]
            if not record.operands:
                places[k] = k
                continue
            operands = [places[j] for j in record.operands]
            places[k] = self.grow(record.name, operands, lambda r=record, o=operands: make(r.name, [self.values[j] for j in o]))
            if places[k] is None:
                return
        assert not self.is_stale(places[root])
        for k, found in enumerate(grad(self.values[places[root]], self.values, create_graph=True)):
            self.agree(found.data, places[root], k)

    # --- copies ---

    @rule(i=index, how=st.sampled_from([copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))]))
    def copied(self, i, how):
        root = self.pick(i)
        original = topological_order(self.values[root])
        twin = how(self.values[root])
        order = topological_order(twin)
        assert len(order) == len(original)
        twin.backward()
        for mine, other in zip(order, original, strict=True):
            assert mine is not other
            assert (mine.data, mine.op, mine.label, mine.scope, mine.partials) == (
                other.data,
                other.op,
                other.label,
                other.scope,
                other.partials,
            )
            earlier = other.grad if not other.parents else 0
            k = self.values.index(other)
            assert abs(mine.grad - earlier - self.derivative(root, k)) <= 1e-11 * (self.derivative(root, k, sign=0) + abs(earlier)) + 1e-300

    # --- after every step ---

    @invariant()
    def every_node_is_as_the_oracle_says(self):
        for record, value in zip(self.records, self.values, strict=True):
            assert value.data == record.value
            assert [self.values.index(parent) for parent in value.parents] == list(record.operands)
            assert value.partials == pytest.approx(record.locals, rel=1e-12, abs=1e-12)
            assert (value.label, value.scope) == (record.label, record.scope)
            assert value.constant == (record.name == "const")
            assert abs(value.grad - record.gradient) <= 1e-11 * record.magnitude + 1e-300


Graphs.TestCase.settings = settings(max_examples=80, stateful_step_count=50)
TestGraphs = Graphs.TestCase
