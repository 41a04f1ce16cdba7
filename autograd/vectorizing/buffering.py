"""Arrays as NumPy code that runs: every result goes into a buffer that is there already, nothing is allocated.

The code is bound once for each number of examples: buffers, views of them and views of the parameters are made then.
What is left for a call is one NumPy function after the other. `running` writes whole programs with it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy

from .arrays import COMPARISONS, Array, N, Shape, reachable
from .places import as_view, literal, sizes, slice_of

UFUNCS = (
    "add", "subtract", "multiply", "divide", "power", "negative", "maximum", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan",
    "sinh", "cosh", "tanh", *COMPARISONS,
)  # fmt: skip
NAMES = {
    **{name: getattr(numpy, name) for name in UFUNCS}, "abs": numpy.absolute, "square": numpy.square, "matmul": numpy.matmul,
    "copyto": numpy.copyto, "take": numpy.take, "dot": numpy.dot, "empty": numpy.empty, "zeros": numpy.zeros, "ones": numpy.ones,
    "array": numpy.array, "sum_of": numpy.add.reduce, "max_of": numpy.maximum.reduce, "min_of": numpy.minimum.reduce,
    "np": numpy, "bool_": numpy.bool_,
}  # fmt: skip


LARGE = 4096  # from that many parameters on, making views of a new gradient takes less time than copying it


class BufferedWriter:
    """Writes one function. `setup` is what happens once for a number of examples, `steps` what happens in each call."""

    def __init__(self, size: int):
        self.size = size  # of the vector of parameters
        self.is_fresh = size >= LARGE  # whether each call computes into a new gradient
        self.setup: list[str] = []
        self.steps: list[str] = []
        self.constants: dict[str, Any] = {}
        self.refs: dict[int, str] = {}  # array → variable
        self.in_call: set[int] = set()  # arrays that are views of X, made anew in each call
        self.root: dict[int, int] = {}  # array → the array in whose buffer it lies
        self.buffer: dict[int, str] = {}  # root → its buffer, as long as it is needed
        self.free: dict[Any, list[str]] = {}
        self.known: dict[str, str] = {}
        self.last: dict[int, int] = {}
        self.targets: dict[int, str] = {}  # array → the view of the gradient that it is computed into
        self.count = 0

    # --- names, views and buffers ---

    def name(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def once(self, text: str, letter: str = "v") -> str:
        """A variable that is set when the function is bound."""
        if text not in self.known:
            self.known[text] = self.name(letter)
            self.setup.append(f"{self.known[text]} = {text}")
        return self.known[text]

    def constant(self, numbers: Any) -> str:
        name = self.name("k")
        self.constants[name] = numbers
        return name

    def new_buffer(self, shape: Shape, is_bool: bool = False) -> str:
        name = self.name("b")
        self.setup.append(f"{name} = empty(({sizes(shape)}), {'bool_' if is_bool else 'dtype'})")
        return name

    def claim(self, array: Array, position: int, in_place: Sequence[Array] = ()) -> str:
        """The buffer for a result: that of an operand that is not needed any more, a free one, or a new one."""
        if array.index in self.targets:
            self.refs[array.index] = self.targets[array.index]
            self.root[array.index] = array.index
            return self.refs[array.index]
        kind = (array.shape, array.is_call(*COMPARISONS))
        for a in () if kind[1] else in_place:
            is_own = self.root.get(a.index) == a.index and a.index in self.buffer
            if is_own and a.shape == array.shape and self.last[a.index] == position and not a.is_call(*COMPARISONS):
                self.buffer[array.index] = self.buffer.pop(a.index)
                break
        else:
            spare = self.free.setdefault(kind, [])
            self.buffer[array.index] = spare.pop() if spare else self.new_buffer(*kind)
        self.root[array.index] = array.index
        self.refs[array.index] = self.buffer[array.index]
        return self.buffer[array.index]

    def release(self, array: Array, position: int) -> None:
        """Gives back the buffers that are not needed after this position."""
        for a in array.args:
            root = self.root.get(a.index)
            if root is not None and self.last.get(root) == position and root in self.buffer:
                owner = self.owners[root]
                kind = (owner.shape, owner.is_call(*COMPARISONS))
                self.free.setdefault(kind, []).append(self.buffer.pop(root))

    # --- all steps ---

    def run(self, outputs: Sequence[Array]) -> None:
        """Writes the steps for the outputs, which stay in their buffers."""
        order = reachable(outputs)
        self.owners = {a.index: a for a in order}
        for position, array in enumerate(order):
            for a in array.args:
                for each in self.below(a):
                    self.last[each] = position
        for output in outputs:
            for each in self.below(output):
                self.last[each] = len(order)
        for position, array in enumerate(order):
            getattr(self, f"write_{array.kind}")(array, position)
            self.release(array, position)

    def below(self, array: Array) -> list[int]:
        """The array, and the one it is a view of."""
        found = [array.index]
        while array.kind in ("rows", "reshape", "cut"):
            array = array.args[0]
            found.append(array.index)
        return found

    def ref(self, array: Array) -> str:
        return self.refs[array.index]

    def step(self, text: str) -> None:
        self.steps.append(text)

    def view(self, array: Array, text: str) -> None:
        """A view of the first operand: of a buffer once, of X in each call."""
        a = array.args[0]
        if a.index in self.in_call:
            self.in_call.add(array.index)
            self.refs[array.index] = self.name("x")
            self.step(f"{self.refs[array.index]} = {text}")
        else:
            self.refs[array.index] = self.once(text)
        if a.index in self.root:
            self.root[array.index] = self.root[a.index]

    # --- one kind each ---

    def write_scalar(self, array: Array, position: int) -> None:
        c, power = array.info
        by_n = "" if power == 0 else " * float(n)" if power == 1 else " / n" if power == -1 else f" * float(n) ** {power}"
        self.refs[array.index] = self.once(f"array({literal(c)}{by_n}, dtype)", "s")

    def write_constants(self, array: Array, position: int) -> None:
        self.refs[array.index] = self.once(f"{self.constant(array.info)}.astype(dtype)", "c")

    def write_parameters(self, array: Array, position: int) -> None:
        found = as_view(array.info, self.size)
        if found:
            self.refs[array.index] = self.once(f"parameters{found}", "p")
        else:
            out = self.claim(array, position)
            self.step(f"take(parameters, {self.constant(array.info)}, None, {out}, 'clip')")

    def write_inputs(self, array: Array, position: int) -> None:
        places = array.info.ravel()
        step = slice_of(places)
        if step:
            self.refs[array.index] = self.name("x")
            self.in_call.add(array.index)
            self.step(f"{self.refs[array.index]} = X[:, {step}].T")
        else:
            out = self.claim(array, position)
            self.step(f"take(X.T, {self.constant(places)}, 0, {out}, 'clip')")

    def write_rows(self, array: Array, position: int) -> None:
        step, a = slice_of(array.info), array.args[0]
        if step:
            self.view(array, f"{self.ref(a)}[{step}]")
        else:
            self.step(f"take({self.ref(a)}, {self.constant(array.info)}, 0, {self.claim(array, position)}, 'clip')")

    def write_reshape(self, array: Array, position: int) -> None:
        a = array.args[0]
        if a.index in self.in_call or self.is_whole(a):
            self.view(array, f"{self.ref(a)}.reshape({sizes(array.shape)})")
        else:
            out = self.claim(array, position)
            self.step(f"copyto({self.once(f'{out}.reshape({sizes(a.shape)})')}, {self.ref(a)})")

    def is_whole(self, array: Array) -> bool:
        """Whether the numbers lie one after the other, so that any other shape is a view."""
        if array.index in self.targets:
            return False
        if array.kind == "rows":
            step = slice_of(array.info)
            return not step or (step.count(":") == 1 and self.is_whole(array.args[0]))
        if array.kind == "reshape":
            return True if array.index in self.buffer else self.is_whole(array.args[0])
        if array.kind == "parameters":
            return not as_view(array.info, self.size) or bool((numpy.diff(array.info.ravel()) == 1).all())
        return array.kind != "cut"

    def write_cut(self, array: Array, position: int) -> None:
        axis, start, stop = array.info
        self.view(array, f"{self.ref(array.args[0])}[{':, ' * axis}{start}:{stop}]")

    def write_join(self, array: Array, position: int) -> None:
        out, start = self.claim(array, position), 0
        for a in array.args:
            stop = start + a.shape[array.info]
            self.step(f"copyto({self.once(f'{out}[' + ':, ' * array.info + f'{start}:{stop}]')}, {self.ref(a)})")
            start = stop

    def write_full(self, array: Array, position: int) -> None:
        self.step(f"copyto({self.claim(array, position)}, {self.ref(array.args[0])})")

    def write_pad(self, array: Array, position: int) -> None:
        (before, _), a = array.info, array.args[0]
        self.refs[array.index], rows = self.padded(array.shape, before, a.shape[0])
        self.root[array.index] = array.index
        self.step(f"copyto({rows}, {self.ref(a)})")

    def padded(self, shape: Shape, start: int, rows: int) -> tuple[str, str]:
        """A buffer of its own that is 0, and the view of some of its rows, which alone are written."""
        whole = self.name("z")
        self.setup.append(f"{whole} = zeros(({sizes(shape)}), dtype)")
        return whole, self.once(f"{whole}[{start}:{start + rows}]")

    def write_take(self, array: Array, position: int) -> None:
        a = array.args[0]
        whole, rows = self.padded((a.shape[0] + 1, a.shape[1]), 0, a.shape[0])
        table = array.info if array.info.shape[1] > 1 else array.info[:, 0]
        self.step(f"copyto({rows}, {self.ref(a)})")
        self.step(f"take({whole}, {self.constant(table)}, 0, {self.claim(array, position)}, 'clip')")

    def write_matmul(self, array: Array, position: int) -> None:
        (a, b), (flip_a, flip_b, _) = array.args, array.info
        left, right = self.flipped(a, flip_a), self.flipped(b, flip_b)
        inner = a.shape[0] if flip_a else a.shape[1]
        function = "multiply" if inner == 1 else "matmul"  # a column times a row
        self.step(f"{function}({left}, {right}, {self.claim(array, position)})")

    def flipped(self, array: Array, flip: bool) -> str:
        if not flip:
            return self.ref(array)
        return f"{self.ref(array)}.T" if array.index in self.in_call else self.once(f"{self.ref(array)}.T")

    def write_sum(self, array: Array, position: int) -> None:
        a, axis = array.args[0], array.info
        if axis == len(a.shape) - 1 and len(a.shape) == 2 and a.shape[1] == N:  # over the examples
            self.step(f"matmul({self.ref(a)}, {self.once('ones((n, 1), dtype)')}, {self.claim(array, position)})")
            return
        self.reduction("sum_of", array, position)

    def write_max(self, array: Array, position: int) -> None:
        self.reduction("max_of", array, position)

    def write_min(self, array: Array, position: int) -> None:
        self.reduction("min_of", array, position)

    def reduction(self, function: str, array: Array, position: int) -> None:
        self.step(f"{function}({self.ref(array.args[0])}, {array.info}, None, {self.claim(array, position)}, True)")

    def write_call(self, array: Array, position: int) -> None:
        name, args = array.info, array.args
        if name == "where":
            condition, yes, no = args
            out = self.claim(array, position, [no])
            if out != self.ref(no):
                self.step(f"copyto({out}, {self.ref(no)})")
            self.step(f"copyto({out}, {self.ref(yes)}, where={self.ref(condition)})")
            return
        if name == "power" and args[1].number == 2:
            name, args = "square", args[:1]
        texts = [self.ref(a) for a in args]
        if name == "maximum" and not args[1].shape:  # NumPy is faster beside an array of that number than beside the number
            texts[1] = self.once(f"np.full(({sizes(array.shape)}), {texts[1]}, dtype)")
        out = self.claim(array, position, args)
        self.step(f"{name}({', '.join(texts)}, {'out=' * (name == 'maximum')}{out})")

    # --- the end ---

    def compiled(self, last_lines: list[str], before: Sequence[str] = ()) -> Callable[..., Any]:
        """bind(n, dtype, parameters), which gives the function of X."""
        lines = ["def bind(n, dtype, parameters):", *[f"    {line}" for line in self.setup]]
        lines += ["    def run(X):", *[f"        {line}" for line in (*before, *self.steps, *last_lines)], "    return run"]
        made = {**NAMES, **self.constants}
        exec("\n".join(lines), made)
        made["bind"].source = "\n".join(lines)
        return made["bind"]
