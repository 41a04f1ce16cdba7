"""Reads printed formulas back as a person would, and makes graphs to print: for the tests of words and equations."""

import math
import re
from fractions import Fraction
from functools import partial
from operator import add, eq, ge, gt, le, lt, mul, sub, truediv

import mpmath

from autograd import Value
from autograd.engine import dialects
from autograd.engine.operations import TABLE

mpmath.mp.dps = 60
WORD = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?|[^\W\d]\w*|\S")


class Unreadable(Exception):
    """A sentence with … or an infinity in it."""


def lift(number):
    return mpmath.mpf(number.numerator) / number.denominator if isinstance(number, Fraction) else number


def both(a, b):
    """Two numbers of one kind: exact if both are."""
    return (a, b) if isinstance(a, Fraction) and isinstance(b, Fraction) else (lift(a), lift(b))


FUNCTIONS = {
    **{name: getattr(mpmath, name) for name in ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)), "softplus": lambda x: mpmath.log1p(mpmath.exp(x)), "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "gelu": lambda x: x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3))),
    "elu": lambda x, scale: x if x > 0 else scale * mpmath.expm1(x), "logsumexp": lambda *xs: mpmath.log(sum(map(mpmath.exp, xs))),
    "xlogy": lambda x, y: x * mpmath.log(y) if x else mpmath.mpf(0),
}  # fmt: skip
RATIONAL = {
    "abs": abs, "relu": lambda x: max(x, Fraction(0)), "heaviside": lambda x: Fraction(x > 0), "total": lambda *xs: sum(xs, start=Fraction(0)),
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x, "clip": lambda x, low, high: min(max(x, low), high),
    "max": max, "maximum": lambda *xs: max(xs), "min": min, "minimum": lambda *xs: min(xs),
}  # fmt: skip


class Reader:
    """Reads a printed formula of numbers as a person would: exact where only + - · / ^ are in it, else to 60 digits."""

    def __init__(self, text):
        self.words = WORD.findall(text)

    def read(self):
        whole = self.sum()
        assert not self.words, f"{self.words} is left"
        return whole

    def next_is(self, *signs):
        return bool(self.words) and self.words[0] in signs

    def sum(self):
        whole = self.product()
        while self.next_is("+", "-"):
            sign = self.words.pop(0)
            a, b = both(whole, self.product())
            whole = a + b if sign == "+" else a - b
        return whole

    def product(self):
        whole = self.signed()
        while self.next_is("·", "/"):
            sign = self.words.pop(0)
            a, b = both(whole, self.signed())
            whole = a * b if sign == "·" else a / b
        return whole

    def signed(self):
        if self.next_is("-"):
            self.words.pop(0)
            return -self.signed()
        return self.power()

    def power(self):
        base = self.atom()
        if not self.next_is("^"):
            return base
        self.words.pop(0)
        base, exponent = both(base, self.signed())
        if isinstance(exponent, Fraction) and exponent.denominator != 1:
            base, exponent = lift(base), lift(exponent)
        return base ** (int(exponent) if isinstance(exponent, Fraction) else exponent)

    def atom(self):
        word = self.words.pop(0)
        if word == "(":
            whole = self.sum()
            assert self.words.pop(0) == ")"
            return whole
        if word[0].isdigit():
            return Fraction(word)
        if word in ("inf", "nan", "…"):
            raise Unreadable
        if word == "π":
            return +mpmath.pi
        assert self.words.pop(0) == "(", f"{word} is no number"
        arguments = [self.sum()]
        while self.words.pop(0) == ",":
            arguments.append(self.sum())
        if word in RATIONAL:
            if not all(isinstance(each, Fraction) for each in arguments):
                arguments = [lift(each) for each in arguments]
            return RATIONAL[word](arguments) if word in ("max", "min") else RATIONAL[word](*arguments)
        result = FUNCTIONS[word](*map(lift, arguments)) if word in FUNCTIONS else defined(word, *map(lift, arguments))
        if isinstance(result, mpmath.mpc):
            raise Unreadable
        return result


class Definition(dialects.Reader):
    """Computes the definition of an operation to 60 digits, for one that has no function of its own above."""

    def __init__(self, operands):
        self.operands = operands

    def number(self, number):
        return mpmath.mpf(number)

    def name(self, name):
        return mpmath.pi if name == "pi" else self.operands[name]

    def negate(self, part):
        return -part

    def operator(self, sign, left, right):
        return {"+": add, "-": sub, "*": mul, "/": truediv, "**": pow, "<": lt, "<=": le, ">": gt, ">=": ge, "==": eq}[sign](left, right)

    def call(self, name, arguments):
        return (FUNCTIONS.get(name) or RATIONAL.get(name) or partial(defined, name))(*arguments)

    def where(self, condition, one, other):
        return self.read(one if self.read(condition) else other)


def defined(name, *operands):
    entry = TABLE[name]
    return Definition(dict(zip(entry.letters, operands, strict=True))).read(dialects.formula(entry.definition))


def claims(text):
    """What a line claims: (the formula with numbers, the sign, the result) for each of its sentences."""
    for sentence in text.split("; "):
        if "because" in sentence:
            continue
        *_, numbers, sign, result = re.split(r" (=|≈) ", sentence)
        if not re.search(r"(?<![\w.])[^\W\d]\w*(?![\w(])", re.sub(r"\b(inf|nan|π)\b", "0", numbers)):
            yield numbers, sign, result


def last_unit(result):
    """One unit of the sixth significant digit, the last that is printed."""
    return mpmath.mpf(10) ** (math.floor(math.log10(abs(result))) - 5) if result else mpmath.mpf(0)


def random_number(rng, exact):
    if exact and rng.random() < 0.8:
        return Fraction(rng.randint(-9, 9), rng.randint(1, 9))
    return rng.choice(
        [
            rng.randint(-5, 5),
            round(rng.uniform(-3, 3), rng.choice([1, 2])),
            rng.uniform(-3, 3),
            rng.uniform(-1, 1) * 10 ** rng.randint(-6, 3),
        ]
    )


def random_graph(rng, exact):
    """A graph of operations of the whole table, operators and functions alike, on a few numbers of every length."""
    pool = [Value(random_number(rng, exact), f"x{k}", constant=rng.random() < 0.2) for k in range(3)]
    pool.append(Value(rng.choice([2, 3, 0.5, -1]), constant=True))
    for _ in range(rng.randint(1, 5)):
        entry = TABLE[rng.choice(sorted(set(TABLE) - {"clip"}))]
        count = rng.randint(1, 4)
        rows = [tuple(rng.choice(pool) for _ in range(count)) if entry.is_nary else rng.choice(pool) for _ in entry.letters]
        node = TABLE[entry.name].make(*rows)
        if math.isfinite(float(node)) and abs(float(node)) < 1e6:
            pool.append(node)
    return pool[-1]
