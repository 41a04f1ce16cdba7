"""A plan as NumPy code to be read: pure functions of the parameters and the examples, with the names of the lectures.

The same text runs with any library that has NumPy's functions, such as jax.numpy. What occurs once is written where it
is used, the rest gets a line of its own.
"""

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy

from ..engine.dialects import ARRAYS, Tree
from ..engine.ieee import PRIMITIVES
from ..engine.operations import TABLE
from .arrays import SIGNS, Array, letters_of, tree_of
from .naming import LAYER, TAKEN, Names
from .planning import Plan

OPERATORS = {name: sign for sign, name in SIGNS.items()}
STRENGTH = {"<": 1, "<=": 1, ">": 1, ">=": 1, "==": 1, "+": 2, "-": 2, "*": 3, "/": 3, "**": 5}
ATOM = 6
SHORT_ARRAY = 64  # numbers that are written out
LONG = 12  # operations in one expression
VIEWS = ("parameters", "inputs")


def _late(array: Array) -> list[Array]:
    """What an array is made of; what is only read comes right before its first use."""
    return sorted(array.args, key=lambda a: a.kind in VIEWS)


def reachable(outputs: Iterable[Array], needs: Callable[[Array], Sequence[Array]] = _late) -> list[Array]:
    """The outputs and all that they need, each after what it is made of and as late as that."""
    found: dict[int, Array] = {}
    for output in outputs:
        waiting: list[Array | None] = [output]
        while waiting:
            array = waiting.pop()
            if array is None:
                done = waiting.pop()
                assert done is not None
                found[done.index] = done
            elif array.index not in found:
                waiting += (array, None, *[a for a in reversed(needs(array)) if a.index not in found])
    return list(found.values())


def number_text(c: float) -> str:
    """A number as Python reads it."""
    if c != c or c - c != 0:
        return "np.nan" if c != c else "np.inf" if c > 0 else "-np.inf"
    return str(int(c)) if c == int(c) and abs(c) < 1e15 and str(c) != "-0.0" else repr(c)


class Printer:
    """Writes one function. `constants` and `functions` collect the arrays of numbers and functions of the table it refers to."""

    def __init__(self, names: Names, constants: dict[str, Any], functions: dict[str, str], size: int):
        self.names, self.constants, self.functions, self.size = names, constants, functions, size
        self.of = dict(names.of)
        self.lines: list[str] = []
        self.section = ""

    # --- lines ---

    def body(self, outputs: list[Array], backward_from: int) -> None:
        """The lines for the outputs. Arrays from the index `backward_from` on are the backward pass."""
        arrays = reachable(outputs)
        uses: dict[int, int] = {}
        for array in arrays:
            for a in array.args:
                uses[a.index] = uses.get(a.index, 0) + 1
        length: dict[int, int] = {}  # how many operations the text of an array holds
        for array in arrays:
            length[array.index] = 1 + sum([length[a.index] for a in array.args])
            is_worth_a_line = array.index in self.of or uses.get(array.index, 0) > 1 or length[array.index] > LONG
            if array.kind == "scalar" or not is_worth_a_line or (array.kind == "reshape" and array.index not in self.of):
                continue
            text, length[array.index] = self.text(array)[0], 0
            if array.index not in self.of:
                hint = self.names.hints.get(array.index) or ("u" if array.index < backward_from else "g")
                self.of[array.index] = self.names.free(hint)
            self.comment(array, array.index >= backward_from)
            self.lines.append(f"{self.of[array.index]} = {text}")

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
        text, own = self.named(array)
        return text if own >= strength else f"({text})"

    def named(self, array: Array) -> tuple[str, float]:
        """The name of an array, or its text where it has none, and how tightly that holds together."""
        if array.index in self.of:
            return self.of[array.index], ATOM
        return self.text(array)

    def text(self, array: Array) -> tuple[str, float]:
        kind, info, args = array.kind, array.info, array.args
        if kind == "call":
            return self.call(info, args)
        if kind == "function":
            return f"{self.function(*info)}({', '.join([self.named(a)[0] for a in args])})", ATOM
        return getattr(self, f"write_{kind}")(array)

    def call(self, name: str, args: tuple[Array, ...]) -> tuple[str, float]:
        if name in OPERATORS:
            sign = OPERATORS[name]
            own = STRENGTH[sign]
            if sign == "*" and args[0].kind == "scalar" and args[0].info[1] == -1:  # x / n
                c = args[0].info[0]
                front = self.held(args[1], 4)
                return (f"{front} / n" if c == 1 else f"-{front} / n" if c == -1 else f"{number_text(c)} / n * {front}"), 3
            if sign == "**":
                return f"{self.held(args[0], ATOM)} ** {self.held(args[1], ATOM)}", own
            stricter = sign in ("-", "/") or own == 1 or (sign == "*" and self.named(args[1])[1] == own)
            return f"{self.held(args[0], own + (own == 1))} {sign} {self.held(args[1], own + stricter)}", own
        if name == "negative":
            return f"-{self.held(args[0], 4)}", 4
        library = "" if name == "times" else "np."
        if name == "where" and args[1].number is not None and args[2].number is not None:  # whole numbers would stay whole
            return f"np.where({self.named(args[0])[0]}, {float(args[1].info[0])}, {float(args[2].info[0])})", ATOM
        return f"{library}{name}({', '.join([self.named(a)[0] for a in args])})", ATOM

    def write_scalar(self, array: Array) -> tuple[str, float]:
        c, power = array.info
        if power == 0:
            return number_text(c), 4 if c < 0 or str(c)[:1] == "-" else ATOM
        if power == 1:
            return ("n", ATOM) if c == 1 else (f"{number_text(c)} * n", 3)
        return (f"{number_text(c)} / n", 3) if power == -1 else (f"{number_text(c)} * n ** {power}", 3)

    def write_constants(self, array: Array) -> tuple[str, float]:
        return self.constant(array.info), ATOM

    def constant(self, numbers: Any, called: str = "") -> str:
        """A short array as it is, a longer one by a name."""
        if numbers.size <= 6 and numbers.dtype.kind == "i":
            return str(numbers.tolist())
        for name, known in self.constants.items():
            if known.shape == numbers.shape and known.dtype == numbers.dtype and known.tobytes() == numbers.tobytes():
                return name
        name = self.names.free(called or ("K1" if numbers.dtype.kind == "f" else "i1"))
        self.constants[name] = numbers
        return name

    def write_parameters(self, array: Array) -> tuple[str, float]:
        return self.view("parameters", array.info), ATOM

    def view(self, of: str, places: Any) -> str:
        """Entries of a flat vector by a slice where that is possible."""
        found = as_view(places, self.size)
        return f"{of}{found}" if found else f"{of}[{self.constant(places.ravel())}].reshape({_sizes(places.shape)})"

    def write_inputs(self, array: Array) -> tuple[str, float]:
        places = array.info.ravel()
        step = slice_of(places)
        return f"X[:, {step or self.constant(places)}].T", ATOM

    def write_rows(self, array: Array) -> tuple[str, float]:
        places = array.info
        return f"{self.held(array.args[0], ATOM)}[{slice_of(places) or self.constant(places)}]", ATOM

    def write_reshape(self, array: Array) -> tuple[str, float]:
        return f"{self.held(array.args[0], ATOM)}.reshape({_sizes(array.shape)})", ATOM

    def write_join(self, array: Array) -> tuple[str, float]:
        axis = f", axis={array.info}" if array.info else ""
        return f"np.concatenate([{', '.join([self.named(a)[0] for a in array.args])}]{axis})", ATOM

    def write_cut(self, array: Array) -> tuple[str, float]:
        axis, start, stop = array.info
        return f"{self.held(array.args[0], ATOM)}[{':, ' * axis}{start}:{stop}]", ATOM

    def write_full(self, array: Array) -> tuple[str, float]:
        inner = array.args[0]
        text = repr(inner.info[0]) if inner.number is not None and abs(inner.info[0]) < float("inf") else self.named(inner)[0]
        return f"np.broadcast_to({text}, ({_sizes(array.shape)}))", ATOM

    def write_pad(self, array: Array) -> tuple[str, float]:
        before, after = array.info
        return f"np.pad({self.named(array.args[0])[0]}, (({before}, {after}), (0, 0)))", ATOM

    def write_take(self, array: Array) -> tuple[str, float]:
        table = array.info if array.info.shape[1] > 1 else array.info[:, 0]
        padded = f"np.pad({self.named(array.args[0])[0]}, ((0, 1), (0, 0)))"
        return f"{padded}[{self.constant(table)}]", ATOM

    def write_matmul(self, array: Array) -> tuple[str, float]:
        *flips, is_careful = array.info
        texts = [
            self.held(a, ATOM) + ".T" if flip else self.held(a, 3 + k) for k, (a, flip) in enumerate(zip(array.args, flips, strict=True))
        ]
        if is_careful:
            texts = [self.held(a, ATOM) + ".T" * flip for a, flip in zip(array.args, flips, strict=True)]
            return f"product({texts[0]}, {texts[1]})", ATOM
        return f"{texts[0]} @ {texts[1]}", 2.5  # in parentheses inside a product element by element

    def reduction(self, array: Array) -> tuple[str, float]:
        return f"np.{array.kind}({self.named(array.args[0])[0]}, axis={array.info}, keepdims=True)", ATOM

    write_sum = write_max = write_min = reduction

    # --- functions of the table ---

    def function(self, name: str, slot: int, axis: int | None) -> str:
        """The name of a function of the table, which is written above if it is not yet there."""
        operation = TABLE[name]
        called = name + ("" if slot < 0 else "_prime" if len(operation.partials) == 1 else f"_prime_{'abc'[slot]}")
        called += "" if axis in (None, 0) else f"_{axis}"
        called += "_" * (called in TAKEN)
        if called not in self.functions:
            self.functions[called] = ""  # what it needs stands before it
            lets: dict[str, str] = {}
            dialect = _dialect(axis)
            tree = tree_of(operation.value if slot < 0 else operation.partials[slot])
            expression = dialect.write(tree, lets)
            for inner in _called(tree):
                self.function(inner, -1, None)
            letters = letters_of(operation, slot)
            lines = [
                f"def {called}({', '.join(letters)}):",
                *[f"    {let} = {text}" for text, let in lets.items()],
                f"    return {expression}",
            ]
            del self.functions[called]
            self.functions[called] = ast.unparse(ast.parse(re.sub(r"\bpi\b", "np.pi", "\n".join(lines))))  # without needless parentheses
        return called


def _dialect(axis: int | None) -> Any:
    patterns = {name: f"np.{name}({{}})" for name in PRIMITIVES}
    patterns |= {
        "where": "np.where({}, {}, {})", "number": "{}", "over": f"np.{{0}}({{1}}, axis={axis or 0}, keepdims=True)", "abs": "np.abs({})",
        "relu": "np.maximum({}, 0)",
    }  # fmt: skip
    return type(ARRAYS)(**{**ARRAYS.patterns, **patterns, "item": ""})


def _called(tree: Tree) -> list[str]:
    inside = [name for part in tree[1:] if isinstance(part, tuple) for name in _called(part)]
    own = [tree[1]] if tree[0] == "call" and tree[1] in TABLE and tree[1] not in (*PRIMITIVES, "relu", "abs", "where") else []
    return own + inside


def _sizes(shape: Any) -> str:
    return ", ".join([str(size) for size in shape])


def slice_of(places: Any) -> str:
    """Places as the text of a slice, or "" if they are none."""
    if len(places) == 1:
        return f"{places[0]}:{places[0] + 1}"
    step = int(places[1] - places[0])
    if step < 1 or (numpy.diff(places) != step).any():
        return ""
    return f"{places[0]}:{places[-1] + 1}" + (f":{step}" if step > 1 else "")


def as_view(places: Any, size: int) -> str:
    """How a flat vector of that size gives an array with those entries, as a text behind it; "" if it takes an index.

    >>> as_view(numpy.array([[0, 1], [3, 4]]), 6), as_view(numpy.array([[2], [5]]), 6)
    ('[0:6].reshape(2, 3)[:, 0:2]', '[0:6].reshape(2, 3)[:, 2:3]')
    """
    shape, flat = places.shape, places.ravel()
    if (slice_of(flat) and len(flat) > 1 and flat[1] - flat[0] == 1) or len(flat) == 1:
        return f"[{slice_of(flat)}].reshape({_sizes(shape)})"
    if places.ndim != 2:
        return ""
    rows, columns = shape
    if rows > 1 and columns > 1 and slice_of(places.T.ravel()) and places[1, 0] - places[0, 0] == 1:
        return f"[{slice_of(places.T.ravel())}].reshape({columns}, {rows}).T"
    stride = int(places[1, 0] - places[0, 0]) if rows > 1 else 0
    expected = places[0, 0] + stride * numpy.arange(rows)[:, None] + numpy.arange(columns)
    if stride < columns or not (places == expected).all():
        return ""
    for skipped in (stride - columns, *range(stride - columns)) if columns == 1 else range(stride - columns + 1):
        start = int(places[0, 0]) - skipped
        if start >= 0 and start + rows * stride <= size:
            return f"[{start}:{start + rows * stride}].reshape({rows}, {stride})[:, {skipped}:{skipped + columns}]"
    return ""


# --- 0 times infinity ----------------------------------------------------------------------------------------------


def times(a: Any, b: Any) -> Any:
    """a · b, where a 0 on either side gives 0."""
    return numpy.where((a == 0) | (b == 0), 0.0, a * b)


def product(a: Any, b: Any) -> Any:
    """The matrix product in which 0 times anything is 0: rows and columns that hold inf or nan are done one by one."""
    good_rows, good_columns = numpy.isfinite(a).all(axis=1), numpy.isfinite(b).all(axis=0)
    found = numpy.where(good_rows[:, None], a, 0) @ numpy.where(good_columns, b, 0)
    for i in numpy.flatnonzero(~good_rows):
        found[i] = times(a[i][:, None], b).sum(axis=0)
    for j in numpy.flatnonzero(~good_columns):
        found[:, j] = times(a, b[:, j]).sum(axis=1)
    return found


# --- whole programs ------------------------------------------------------------------------------------------------


def layers_of_gradient(plan: Plan, size: int) -> list[list[int]]:
    """The parts of the gradient, by their numbers, in layers in which no place occurs twice; in each by their first places."""
    found: list[tuple[list[int], Any]] = []
    for k, (places, _) in enumerate(plan.gradient):
        flat = places.ravel()
        free = next((layer for layer in found if not layer[1][flat].any()), None)
        if free is None:
            free = [], numpy.zeros(size, dtype=bool)
            found.append(free)
        free[0].append(k)
        free[1][flat] = True
    return [sorted(members, key=lambda k: int(plan.gradient[k][0].min())) for members, _ in found]


def _side_by_side(parts: list[tuple[Any, Array]]) -> list[list[tuple[Any, Array]]]:
    """Parts together whose rows stand in turns in the flat vector, such as the weights and the bias of each neuron."""
    found, waiting = [], list(parts)
    while waiting:
        together = [waiting.pop(0)]
        while waiting and not _is_run(together) and waiting[0][0].shape[0] == together[0][0].shape[0]:
            together.append(waiting.pop(0))
        found += [together] if _is_run(together) else [[part] for part in together]
    return found


def _is_run(parts: list[tuple[Any, Array]]) -> bool:
    return bool((numpy.diff(numpy.hstack([places for places, _ in parts]).ravel()) == 1).all())


def in_order_of_lectures(plan: Plan, names: Names) -> list[int]:
    """The parts of the gradient from the last layer to the first, in each the weights before the biases; then the rest."""

    def rank(k: int) -> tuple[int, bool]:
        match = LAYER.fullmatch(names.of.get(plan.gradient[k][1].index, ""))
        return (-int(match[1]), match[0].startswith("db")) if match else (0, False)

    return sorted(range(len(plan.gradient)), key=rank)


class Source:
    """The text of a program, and what it refers to. `functions` stand above it, `constants` are arrays by name."""

    def __init__(self, plan: Plan, names: Names, size: int):
        self.plan, self.names, self.size = plan, names, size
        self.constants: dict[str, Any] = {}
        self.functions: dict[str, str] = {}
        self.forward = self._function("forward", "parameters, X", [plan.values], self._values)
        if plan.mean is None:
            self.value_and_grad = ""
        else:
            outputs = [plan.values, *[plan.gradient[k][1] for k in in_order_of_lectures(plan, names)]]
            self.value_and_grad = self._function("value_and_grad", "parameters, X", outputs, self._value_and_gradient)

    def _function(self, name: str, arguments: str, outputs: list[Array], ending: Callable[[Printer], list[str]]) -> str:
        names = Names(dict(self.names.of), self.names.hints, {*self.names.taken, *self.constants, *self.functions})
        printer = Printer(names, self.constants, self.functions, self.size)
        printer.body(outputs, self.plan.backward_from)
        printer.lines += ending(printer)
        lines = [f"def {name}({arguments}):", *[f"    {line}" for line in printer.lines]]
        if any(re.search(r"\bn\b", line) for line in printer.lines):
            lines.insert(1, "    n = len(X)")
        return "\n".join(lines) + "\n"

    def _values(self, printer: Printer) -> list[str]:
        values = self.plan.values
        return [f"return {printer.held(values, ATOM)}" + ("[0]" if values.shape[0] == 1 else ".T")]

    def _value_and_gradient(self, printer: Printer) -> list[str]:
        values = self.plan.values
        value = f"np.mean({printer.named(values)[0]})"
        if values.kind == "full" and values.args[0].shape == ():
            value = printer.named(values.args[0])[0]
        elif values.kind == "full":
            value = f"{printer.held(values.args[0], ATOM)}[0, 0]"
        layers = [self._layer(printer, members) for members in layers_of_gradient(self.plan, self.size)]
        return [
            *[f"gradient = {'gradient + ' * (k > 0)}{text}" for k, text in enumerate(layers or ["np.zeros_like(parameters)"])],
            f"return {value}, gradient",
        ]

    def _layer(self, printer: Printer, members: list[int]) -> str:
        """One summand of the flat gradient: its parts, put in order."""
        texts, places = [], []
        for parts in _side_by_side([self.plan.gradient[k] for k in members]):
            names = [printer.held(array, ATOM) for _, array in parts]
            texts.append(f"{names[0]}.ravel()" if len(parts) == 1 else f"np.hstack([{', '.join(names)}]).ravel()")
            places.append(numpy.hstack([where for where, _ in parts]).ravel())
        flat = numpy.concatenate(places)
        if len(flat) < self.size:
            texts.append("np.zeros(1, parameters.dtype)")
        whole = texts[0] if len(texts) == 1 else f"np.concatenate([{', '.join(texts)}])"
        order = numpy.full(self.size, len(flat))
        order[flat] = numpy.arange(len(flat))
        return whole if (order == numpy.arange(self.size)).all() else f"{whole}[{printer.constant(order, 'order')}]"

    @property
    def text(self) -> str:
        """All of it, as it is shown. Long arrays of numbers are only named."""
        shown = self.value_and_grad or self.forward
        used = [text for name, text in self.functions.items() if re.search(rf"\b{name}\b", shown)]
        head = ["import numpy as np"]
        for name, array in self.constants.items():
            if re.search(rf"\b{name}\b", shown):
                is_short = array.size <= SHORT_ARRAY
                head.append(
                    f"{name} = np.array({array.tolist()})"
                    if is_short
                    else f"# {name}: an array of shape {array.shape}, in program.constants"
                )
        return "\n".join([*head, "", *[f"{text}\n" for text in used], shown])

    def compiled(self, numpy_like: Any) -> dict[str, Any]:
        """The functions, with that library in the place of NumPy. Only text of this file is ever compiled."""
        made = {
            "np": numpy_like,
            "times": times,
            "product": product,
            **{name: numpy_like.asarray(array) for name, array in self.constants.items()},
        }
        exec("\n".join([*self.functions.values(), self.forward, self.value_and_grad]), made)
        return made
