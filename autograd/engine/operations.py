"""The table of operations: everything mathematical about each, as formulas in text.

An entry gives the value and the local derivative for each operand, in the operands `a`, `b`, `c` and the result `y`;
an n-ary entry uses `a[i]` and `b[i]`. A formula may use + - * / **, integers, pi, comparisons, where(condition, x, y),
the functions of this table, and sum, max and min over i. `dialects` writes it for each reader, and what it is compiled
to belongs to the entry. The table stands at the end of this file.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from .dialects import ARRAYS, NUMBERS, Dialect, Tree, calls_in, each_of, formula, names_in
from .grammar import COMPARISONS
from .ieee import FUNCTIONS, PRIMITIVES, Number, as_float, settle


class Operation:
    """One entry of the table.

    `value` and `partials` (one per operand; one per list of an n-ary operation) are formulas. `definition` is the
    formula to show where the rule is a stable form of it. `kinks` are formulas whose sign says which side of a kink
    the operands are on. `skips_constant` is "b" where the local derivative for b, the second of two operands, is 0 when
    that is a constant, because nobody asks for it. `symbol` is set for the operators of Python.

    An operation can be called: on Values it makes a node, on numbers it gives a number, on NumPy arrays an array; an
    n-ary one takes a list for each of its letters.
    """

    make: Callable[..., Any]  # makes the node, of Values (of tuples of Values where it is n-ary); written by `specialised`
    function: Callable[..., Any]  # what a call does; from `functions`

    def __init__(self, name: str, value: str = "", *partials: str, symbol: str = "", definition: str = "", kinks: Iterable[str] = (),
                 skips_constant: str = "", about: str = ""):  # fmt: skip
        self.name, self.value, self.partials = name, value, partials
        self.symbol, self.definition, self.kinks = symbol, definition or value, tuple(kinks)
        self.skips_constant, self.about = skips_constant, about
        self.letters = "abc"[: len(partials)]
        self.is_nary = "[i]" in value
        self.operand_names = {*(letter + "[i]" * self.is_nary for letter in self.letters), "y", "pi"}

    def __call__(self, *operands: Any) -> Any:
        return self.function(*operands)

    def __repr__(self) -> str:
        return f"<operation {self.name}: {self.definition}>"

    @property
    def rules(self) -> str:
        """The value and the local derivatives in a line: "y = tanh(a); ∂y/∂a = 1 - y ** 2"."""
        rules = ", ".join(f"∂y/∂{letter} = {partial}" for letter, partial in zip(self.letters, self.partials, strict=True))
        return f"y = {self.definition}; {rules}"

    def skips(self, parents: Sequence[Any]) -> bool:
        """Whether the local derivative for the last of these parents is not computed: that of a constant exponent."""
        return bool(self.skips_constant) and parents[-1].constant

    def arguments(self, operands: Sequence[Any]) -> Sequence[Any]:
        """The operands of a node as the formulas take them: one by one, or one list for each letter."""
        if not self.is_nary:
            return operands
        n = len(operands) // len(self.letters)
        return [operands[k * n : (k + 1) * n] for k in range(len(self.letters))]

    # --- on numbers ---

    def at(self, operands: Sequence[Number]) -> Number:
        """The value at the operands (floats or fractions), as IEEE 754 has it.

        >>> TABLE["div"].at([1.0, 0.0]), TABLE["div"].at([Fraction(1), Fraction(3)])
        (inf, Fraction(1, 3))
        """
        operands, keep = _alike(operands)
        return _beyond_floats(self._value_of_numbers, self.arguments(operands), keep)

    def partials_at(self, operands: Sequence[Number], y: Number) -> tuple[Number, ...]:
        """The local derivatives at the operands, where the value is `y`.

        >>> TABLE["mul"].partials_at([3.0, 2.0], 6.0)
        (2.0, 3.0)
        """
        operands, keep = _alike(operands)
        arguments = [*self.arguments(operands), keep(y)]
        found = [_beyond_floats(partial, arguments, keep) for partial in self._partials_of_numbers]
        return tuple([item for items in found for item in items]) if self.is_nary else tuple(found)

    def side_at(self, operands: Sequence[Number], y: Number) -> tuple[int, ...]:
        """On which side of each of its kinks the operation is: -1, 0 (on the kink) or 1; () where it has none.

        >>> TABLE["relu"].side_at([-2.0], 0.0), TABLE["exp"].side_at([0.0], 1.0)
        ((-1,), ())
        """
        if not self.kinks:
            return ()
        operands, keep = _alike(operands)
        return tuple([(distance > 0) - (distance < 0) for distance in self._distances(*self.arguments(operands), keep(y))])

    # --- on arrays ---

    def on_arrays(self, *arrays: Any) -> Any:
        """The value on NumPy arrays, element by element; an n-ary operation reduces the last axis.

        Raises TypeError for arrays of what is no real number, and for masked arrays.
        """
        import numpy

        arrays = tuple(self.as_arrays(arrays))
        strange = next((a.dtype for a in arrays if a.dtype.kind not in "fiuO"), None)
        if strange:
            raise TypeError(f"{self.name} takes arrays of real numbers, not of {strange}")
        arrays = numpy.broadcast_arrays(*[a if a.dtype.kind == "f" else a.astype(float) for a in arrays])
        with numpy.errstate(all="ignore"):
            y = self._value_of_arrays(*arrays)
        return y[..., 0][()] if self.is_nary else y

    def as_arrays(self, items: Iterable[Any]) -> list[Any]:
        """The items as NumPy arrays. Raises TypeError for masked arrays, whose masks would be lost."""
        import numpy

        items = list(items)
        if any(isinstance(item, numpy.ma.MaskedArray) for item in items):
            raise TypeError(f"{self.name} takes plain arrays, not masked ones; fill in what is masked, with array.filled(…)")
        return [numpy.asarray(item) for item in items]

    # --- the formulas as code ---

    def written(self, dialect: Dialect, formulas: Sequence[str], one: bool = False) -> tuple[str, str]:
        """The formulas in one of the dialects: statements for what they share, and an expression (a tuple, unless `one`)."""
        lets: dict[str, str] = {}
        results = [dialect.write(formula(text), lets) for text in formulas]
        if self.is_nary and not one:
            lists = each_of([f"{letter}[i]" for letter in self.letters])
            results = [f"*{text[0]}" if text in ("a_i", "b_i", "c_i") else f"*[{text} {lists}]" for text in results]
        statements = "; ".join(f"{name} = {text}" for text, name in lets.items())
        return statements or "pass", results[0] if one else f"({', '.join(results)}{',' * bool(results)})"

    def compile(self, dialect: Dialect, formulas: Sequence[str], names: dict[str, Any], one: bool = False) -> Callable[..., Any]:
        """The formulas as a function of the operands and y, which finds `names`. Only formulas of the table ever come here."""
        statements, expression = self.written(dialect, formulas, one)
        made: dict[str, Any] = {}
        exec(f"def {self.name}({', '.join(self.letters)}, y=None):\n    {statements}\n    return {expression}", {**names}, made)
        return made[self.name]

    def called(self) -> "list[Operation]":
        """The operations of the table that the formulas call, but for the primitive ones."""
        texts = (self.value, *self.partials, *self.kinks)
        names = {name for text in texts for name, _ in calls_in(formula(text)) if name not in PRIMITIVES}
        return [TABLE[name] for name in sorted(names) if name in TABLE]

    def _on_numbers(self, formulas: Sequence[str], one: bool = False) -> Callable[..., Any]:
        return self.compile(NUMBERS, formulas, {**FUNCTIONS, **{entry.name: number_function(entry.name) for entry in self.called()}}, one)

    @cached_property
    def _value_of_numbers(self) -> Callable[..., Any]:
        return self._on_numbers([self.value], one=True)

    @cached_property
    def _partials_of_numbers(self) -> list[Callable[..., Any]]:
        return [self._on_numbers([text], one=not self.is_nary) for text in self.partials]

    @cached_property
    def _distances(self) -> Callable[..., Any]:
        return self._on_numbers(self.kinks)

    @cached_property
    def _value_of_arrays(self) -> Callable[..., Any]:
        import numpy

        return self.compile(
            ARRAYS, [self.value], {**vars(numpy), **{entry.name: entry._value_of_arrays for entry in self.called()}}, one=True
        )


def _alike(operands: Sequence[Number]) -> tuple[Sequence[Number], Callable[[Any], Number]]:
    """The operands as one kind of number (a float among fractions makes floats), and what keeps results of that kind."""
    if all(a.__class__ is Fraction for a in operands) and operands:
        return operands, settle
    return [as_float(a) for a in operands], as_float


def _beyond_floats(function: Callable[..., Any], arguments: Sequence[Any], keep: Callable[[Any], Any]) -> Any:
    """The result of a compiled formula, or its tuple of results; in floats when a fraction too large for one meets a float."""
    try:
        found = function(*arguments)
    except OverflowError:
        found = function(*[[as_float(a) for a in item] if isinstance(item, Sequence) else as_float(item) for item in arguments])
    return [keep(item) for item in found] if isinstance(found, tuple) else keep(found)


TABLE: dict[str, Operation] = {}


def number_function(name: str) -> Callable[..., Any]:
    """What a call of that name in a formula does with numbers.

    >>> number_function("sigmoid")(0.0), number_function("sqrt")(-1.0)
    (0.5, nan)
    """
    return FUNCTIONS[name] if name in FUNCTIONS else lambda *operands: TABLE[name].at(operands)


def enter(name: str, value: str, *partials: str, **more: Any) -> Operation:
    """Puts an operation into the table. Its formulas are read when they are first wanted."""
    entry = TABLE[name] = Operation(name, value, *partials, **more)
    return entry


def refuse_unreadable(entry: Operation) -> None:
    """Raises ValueError unless the formulas read only the operands of the entry and call only what there is."""
    if len(entry.partials) not in (1, 2, 3):
        raise ValueError(f"{entry.name} needs a partial for each of its operands, which are a, or a and b, or a, b and c")
    if entry.skips_constant and (entry.skips_constant != "b" or entry.letters != "ab" or entry.is_nary):
        raise ValueError(f'skips_constant of {entry.name} is "b", the second of two operands, or left out; not "{entry.skips_constant}"')
    arguments = {"where": 3, "sum": 1, "max": 1, "min": 1, **dict.fromkeys(PRIMITIVES, 1)}
    arguments |= {other.name: len(other.letters) for other in TABLE.values() if not other.is_nary}
    operands = entry.operand_names - {"y"}  # what gives y cannot use it
    _refuse_unknown(entry, entry.definition, operands)
    for text in (entry.value, *entry.partials, *entry.kinks):
        tree = _refuse_unknown(entry, text, operands if text == entry.value else entry.operand_names)
        if tree[0] in COMPARISONS:
            raise ValueError(f"the formula {text} is no number; write where({text}, 1, 0)")
        for name, count in calls_in(tree):
            if arguments.get(name) != count:
                what = f"takes {arguments[name]} arguments, not {count}" if name in arguments else "is no function of the table"
                raise ValueError(f"{name} in the formula {text} {what}")


def _refuse_unknown(entry: Operation, text: str, known: set[str]) -> Tree:
    """The tree of a formula that uses nothing but known names."""
    tree = formula(text)
    unknown = names_in(tree) - known
    if unknown:
        raise ValueError(
            f"the formulas of {entry.name} use {', '.join(sorted(unknown))}, which are no operands; a partial is needed for each operand"
        )
    return tree


LEAF, CONSTANT = Operation("leaf"), Operation("const")

# fmt: off
enter("add", "a + b", "1", "1", symbol="+")
enter("sub", "a - b", "1", "-1", symbol="-")
enter("mul", "a * b", "b", "a", symbol="*")
enter("div", "a / b", "1 / b", "-y / b", symbol="/")
enter("pow", "a ** b", "where(b == 0, where(a == 0, 0, b / a), b * a ** (b - 1))", "where(a == 0, where(b < 0, y * log(a), 0), y * log(a))",
       symbol="**", skips_constant="b")
enter("neg", "-a", "-1", symbol="-")
enter("abs", "where(a > 0, a, where(a == 0, 0, -a))", "where(a == 0, 0, where(a < 0, -1, 1))", kinks=["a"], about="The absolute value; its derivative at 0 is 0.")

enter("exp", "exp(a)", "y", about="The exponential function.")
enter("expm1", "expm1(a)", "y + 1", about="exp(a) - 1, accurate near 0.")
enter("log", "log(a)", "1 / a", about="The natural logarithm.")
enter("log1p", "log1p(a)", "1 / (1 + a)", about="log(1 + a), accurate near 0.")
enter("xlogy", "where(a == 0, where(b == b, 0, b), a * log(b))", "log(b)", "where(b == 0, where(a == 0, 0, a / b), a / b)",
       definition="a * log(b)",
       about="a log(b) with 0 log(0) = 0, as a cross-entropy has it: a class of probability 0 that does not occur costs nothing.")
enter("sqrt", "sqrt(a)", "1 / (2 * y)", about="The square root; its derivative at 0 is infinite.")
enter("sin", "sin(a)", "cos(a)", about="The sine of an angle in radians.")
enter("cos", "cos(a)", "-sin(a)", about="The cosine of an angle in radians.")
enter("tan", "tan(a)", "1 + y ** 2", about="The tangent of an angle in radians.")
enter("sinh", "sinh(a)", "cosh(a)", about="The hyperbolic sine.")
enter("cosh", "cosh(a)", "sinh(a)", about="The hyperbolic cosine.")
enter("tanh", "tanh(a)", "1 - y ** 2", about="The hyperbolic tangent.")

enter("sigmoid", "where(a >= 0, 1 / (1 + exp(-a)), exp(a) / (1 + exp(a)))", "y * (1 - y)", definition="1 / (1 + exp(-a))",
       about="The logistic function; no overflow at either side.")
enter("softplus", "where(a > 0, a + log1p(exp(-a)), log1p(exp(a)))", "sigmoid(a)", definition="log(1 + exp(a))",
       about="A smooth relu; no overflow at either side.")
enter("relu", "where(a <= 0, 0, a)", "where(a <= 0, 0, 1)", kinks=["a"], definition="max(a, 0)",
       about="The rectifier. Its derivative at 0 is 0; that of maximum(a, 0) is 1/2 there.")
enter("leaky_relu", "where(a > 0, a, b * a)", "where(a > 0, 1, b)", "where(a > 0, 0, a)", kinks=["a"],
       about="The rectifier with slope `b` below 0, and at 0.")
enter("elu", "where(a > 0, a, b * expm1(a))", "where(a > 0, 1, b * exp(a))", "where(a > 0, 0, expm1(a))", kinks=["a"],
       about="The exponential linear unit with scale `b`; at 0 it has the derivative from the left, `b`.")
_TANH = "tanh(sqrt(2 / pi) * (a + 44715 / 1000000 * a ** 3))"
enter("gelu", f"a / 2 * (1 + {_TANH})",
       f"where(a ** 2 > 400, where(a > 0, 1, 0), (1 + {_TANH}) / 2 + a / 2 * (1 - {_TANH} ** 2) * sqrt(2 / pi) * (1 + 134145 / 1000000 * a ** 2))",
       about="The Gaussian error linear unit in its tanh form (Hendrycks and Gimpel, arXiv:1606.08415).")
enter("silu", "a * sigmoid(a)", "sigmoid(a) * (1 + a * sigmoid(-a))", about="a * sigmoid(a), also called swish.")
enter("heaviside", "where(a > 0, 1, where(a <= 0, 0, a))", "0", kinks=["a"],
       about="The unit step, 0 at 0. Its derivative is 0 everywhere, so nothing can be learned through it.")

enter("clip", "where(a < b, b, where(a > c, c, a))", "where(a < b, 0, where(a > c, 0, 1))", "where(a < b, 1, 0)",
       "where(a < b, 0, where(a > c, 1, 0))", kinks=["a - b", "a - c"],
       about="The number between the borders `b` and `c` that is nearest to `a`; the gradient passes at the borders.")
enter("maximum", "max(a[i])", "where(a[i] == y, 1 / sum(a[i] == y), 0)", kinks=["a[i] - y"],
       about="The largest operand. Where k operands tie, each has the local derivative 1/k.")
enter("minimum", "min(a[i])", "where(a[i] == y, 1 / sum(a[i] == y), 0)", kinks=["a[i] - y"],
       about="The smallest operand. Where k operands tie, each has the local derivative 1/k.")
enter("total", "sum(a[i])", "1", about="The sum of all operands, as one node.")
enter("dot", "sum(a[i] * b[i])", "b[i]", "a[i]", about="The sum of products of two lists of equal length, as one node.")
_MAX = "max(a[i])"
_SHARE, _NEAR = f"exp(a[i] - {_MAX}) / sum(exp(a[i] - {_MAX}))", "exp(a[i] - y)"  # far from 0, a[i] - y has lost its digits
enter("logsumexp", f"where({_MAX} - {_MAX} == 0, {_MAX} + log(sum(exp(a[i] - {_MAX}))), {_MAX})",
      f"where(y - y == 0, where(y > 1000, {_SHARE}, where(y < -1000, {_SHARE}, {_NEAR})), {_NEAR})",
      definition="log(sum(exp(a[i])))", about="The logarithm of the sum of the exponentials; no overflow.")
# fmt: on

BY_SIGN = {entry.symbol: entry for entry in TABLE.values() if entry.symbol and len(entry.letters) == 2}
