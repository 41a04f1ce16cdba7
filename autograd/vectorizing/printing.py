"""A plan as NumPy code to be read: pure functions of the parameters and the examples, with the names of the lectures.

The same text runs with any library that has NumPy's functions, such as jax.numpy. What occurs once is written where it
is used, the rest gets a line of its own.
"""

from collections.abc import Callable
from typing import Any

from ..engine.dialects import Piece, Writer, formula, held
from ..engine.grammar import ATOM, BINDING
from ..engine.ieee import PRIMITIVES
from ..engine.operations import TABLE
from .arrays import SIGNS, Array, N
from .naming import LAYER, TAKEN, ArrayNames
from .outline import outline
from .places import as_view, literal, sizes, slice_of
from .planning import Plan
from .table_as_arrays import letters_of

OPERATORS = {name: sign for sign, name in SIGNS.items()}
SUM, PRODUCT, NEGATIVE = BINDING["+"], BINDING["*"], BINDING["negate"]


class Printer:
    """Writes one function. `constants` and `functions` collect the arrays of numbers and functions of the table it refers to;
    `used` has the names of those that this function reads, and "n" where it needs the number of examples."""

    def __init__(self, names: ArrayNames, constants: dict[str, Any], functions: dict[str, str], size: int):
        self.names, self.constants, self.functions, self.size = names, constants, functions, size
        self.of: dict[int, str] = {}  # the names of the lines that are written
        self.lines: list[str] = []
        self.section = ""
        self.used: set[str] = set()

    # --- lines ---

    def body(self, outputs: list[Array], plan: Plan) -> None:
        """The lines for the outputs."""
        for line in outline(outputs, self.names, plan):
            text = self.text(line.array)[0]
            self.of[line.array.index] = line.name
            self.comment(line.array, line.is_backward)
            self.lines.append(f"{line.name} = {text}")

    def comment(self, array: Array, is_backward: bool) -> None:
        """Says which layer the next line belongs to, where that changes."""
        name = self.of[array.index]
        match = LAYER.fullmatch(name)
        if array.kind == "inputs" and (name == "z0" or not self.section):
            return
        if match and int(match[1]) > 0:
            section = f"layer {match[1]}" + ", backward" * is_backward
        elif is_backward:
            section = self.section if "backward" in self.section else "backward"
        else:
            section = "output" if self.section else ""
        if section != self.section:
            self.lines.append(f"# {section}")
            self.section = section

    # --- expressions ---

    def held(self, array: Array, strength: float) -> str:
        return held(self.named(array), strength)

    def named(self, array: Array) -> Piece:
        """The name of an array, or its text where it has none, and how tightly that holds together."""
        if array.index in self.of:
            return self.of[array.index], ATOM
        return self.text(array)

    def text(self, array: Array) -> Piece:
        kind, info, args = array.kind, array.info, array.args
        if kind == "call":
            return self.call(info, args)
        if kind == "function":
            return f"{self.function(*info)}({', '.join([self.named(a)[0] for a in args])})", ATOM
        return getattr(self, f"write_{kind}")(array)

    def call(self, name: str, args: tuple[Array, ...]) -> Piece:
        if name in OPERATORS:
            sign = OPERATORS[name]
            own = BINDING[sign]
            if sign == "*" and args[0].kind == "scalar" and args[0].info[1] == -1:  # x / n
                c, n = args[0].info[0], self.n()
                front = self.held(args[1], NEGATIVE)
                return (f"{front} / {n}" if c == 1 else f"-{front} / {n}" if c == -1 else f"{literal(c)} / {n} * {front}"), PRODUCT
            if sign == "**":
                return f"{self.held(args[0], ATOM)} ** {self.held(args[1], ATOM)}", own
            stricter = sign in ("-", "/") or own == 1 or (sign == "*" and self.named(args[1])[1] == own)
            return f"{self.held(args[0], own + (own == 1))} {sign} {self.held(args[1], own + stricter)}", own
        if name == "negative":
            return f"-{self.held(args[0], NEGATIVE)}", NEGATIVE
        library = "" if name == "times" else "np."
        if name == "where" and args[1].number is not None and args[2].number is not None:  # whole numbers would stay whole
            return f"np.where({self.named(args[0])[0]}, {float(args[1].info[0])}, {float(args[2].info[0])})", ATOM
        return f"{library}{name}({', '.join([self.named(a)[0] for a in args])})", ATOM

    def write_scalar(self, array: Array) -> Piece:
        c, power = array.info
        if power == 0:
            return literal(c), NEGATIVE if literal(c).startswith("-") else ATOM
        n = self.n()
        if power == 1:
            return (n, ATOM) if c == 1 else (f"{literal(c)} * {n}", PRODUCT)
        return f"{literal(c)} / {n}" if power == -1 else f"{literal(c)} * {n} ** {power}", PRODUCT

    def n(self) -> str:
        """The number of examples."""
        self.used.add("n")
        return "n"

    def sizes(self, shape: Any) -> str:
        return sizes([self.n() if size == N else size for size in shape])

    def write_constants(self, array: Array) -> Piece:
        return self.constant(array.info), ATOM

    def constant(self, numbers: Any, called: str = "") -> str:
        """A short array as it is, a longer one by a name."""
        if numbers.size <= 6 and numbers.dtype.kind == "i":
            return str(numbers.tolist())
        name = next((name for name, known in self.constants.items() if _is_same(known, numbers)), "")
        if not name:
            name = self.names.free(called or ("K1" if numbers.dtype.kind == "f" else "i1"))
            self.constants[name] = numbers
        self.used.add(name)
        return name

    def write_parameters(self, array: Array) -> Piece:
        return self.view("parameters", array.info), ATOM

    def view(self, of: str, places: Any) -> str:
        """Entries of a flat vector by a slice where that is possible."""
        found = as_view(places, self.size)
        return f"{of}{found}" if found else f"{of}[{self.constant(places.ravel())}].reshape({self.sizes(places.shape)})"

    def write_inputs(self, array: Array) -> Piece:
        places = array.info.ravel()
        step = slice_of(places)
        return f"X[:, {step or self.constant(places)}].T", ATOM

    def write_line(self, array: Array) -> Piece:
        return self.text(array.args[0])

    def write_softmax(self, array: Array) -> Piece:
        axis, is_shifted = array.info
        called = ("softmax" if is_shifted else "plain_softmax") + f"_{axis}" * (axis > 0)
        lines = [f"def {called}(a):", f"    r = np.exp(a{f' - np.max(a, axis={axis}, keepdims=True)' * is_shifted})"]
        self.functions.setdefault(called, "\n".join([*lines, f"    return r / np.sum(r, axis={axis}, keepdims=True)"]))
        self.used.add(called)
        return f"{called}({self.named(array.args[0])[0]})", ATOM

    def write_rows(self, array: Array) -> Piece:
        places = array.info
        return f"{self.held(array.args[0], ATOM)}[{slice_of(places) or self.constant(places)}]", ATOM

    def write_reshape(self, array: Array) -> Piece:
        return f"{self.held(array.args[0], ATOM)}.reshape({self.sizes(array.shape)})", ATOM

    def write_join(self, array: Array) -> Piece:
        axis = f", axis={array.info}" if array.info else ""
        return f"np.concatenate([{', '.join([self.named(a)[0] for a in array.args])}]{axis})", ATOM

    def write_cut(self, array: Array) -> Piece:
        axis, start, stop = array.info
        return f"{self.held(array.args[0], ATOM)}[{':, ' * axis}{start}:{stop}]", ATOM

    def write_full(self, array: Array) -> Piece:
        inner = array.args[0]
        text = repr(inner.info[0]) if inner.number is not None and abs(inner.info[0]) < float("inf") else self.named(inner)[0]
        return f"np.broadcast_to({text}, ({self.sizes(array.shape)}))", ATOM

    def write_pad(self, array: Array) -> Piece:
        before, after = array.info
        return f"np.pad({self.named(array.args[0])[0]}, (({before}, {after}), (0, 0)))", ATOM

    def write_take(self, array: Array) -> Piece:
        table = array.info if array.info.shape[1] > 1 else array.info[:, 0]
        padded = f"np.pad({self.named(array.args[0])[0]}, ((0, 1), (0, 0)))"
        return f"{padded}[{self.constant(table)}]", ATOM

    def write_matmul(self, array: Array) -> Piece:
        *flips, is_careful = array.info
        texts = [
            self.held(a, ATOM) + ".T" if flip else self.held(a, PRODUCT + k)
            for k, (a, flip) in enumerate(zip(array.args, flips, strict=True))
        ]
        if is_careful:
            texts = [self.held(a, ATOM) + ".T" * flip for a, flip in zip(array.args, flips, strict=True)]
            return f"product({texts[0]}, {texts[1]})", ATOM
        return f"{texts[0]} @ {texts[1]}", (SUM + PRODUCT) / 2  # in parentheses inside a product element by element

    def reduction(self, array: Array) -> Piece:
        return f"np.{array.kind}({self.named(array.args[0])[0]}, axis={array.info}, keepdims=True)", ATOM

    write_sum = write_max = write_min = reduction

    # --- functions of the table ---

    def function(self, name: str, slot: int, axis: int | None) -> str:
        """The name of a function of the table, which is written above if it is not yet there."""
        operation = TABLE[name]
        called = name + ("" if slot < 0 else "_prime" if len(operation.partials) == 1 else f"_prime_{'abc'[slot]}")
        called += "" if axis in (None, 0) else f"_{axis}"
        called += "_" * (called in TAKEN)
        text = _FunctionText(lambda inner: self.function(inner, -1, None), axis or 0)
        result, _ = text.read(formula(operation.value if slot < 0 else operation.partials[slot]))  # what it calls stands before it
        if called not in self.functions:
            lets = [f"    {name} = {sum_of}" for sum_of, name in text.lets.items()]
            lines = [f"def {called}({', '.join(letters_of(operation, slot))}):", *lets, f"    return {result}"]
            self.functions[called] = "\n".join(lines)
        self.used.add(called)
        return called


def _is_same(one: Any, other: Any) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()


class _FunctionText(Writer):
    """Writes a formula of the table with NumPy; `named` gives what a function of the table is called in the program."""

    def __init__(self, named: Callable[[str], str], axis: int):
        over = f"np.{{}}({{}}, axis={axis}, keepdims=True)"
        patterns = {"number": "{}", "item": "", "where": "np.where({}, {}, {})", "over": over, "relu": "np.maximum({}, 0)"}
        super().__init__(patterns, {})
        self.named = named

    def name(self, name: str) -> Piece:
        return ("np.pi", ATOM) if name == "pi" else super().name(name)

    def call(self, name: str, arguments: list[Piece]) -> Piece:
        if name not in self.patterns:
            name = f"np.{name}" if name in (*PRIMITIVES, "abs") else self.named(name)
        return super().call(name, arguments)
