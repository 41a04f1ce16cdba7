"""The two passes of a program as data: an array a step, with its operands, its numbers, its equation, and its entries.

`ArraySteps` is what `Program.steps` and the matrix views of `nn.formulas` give, and what pages, tables and the checker of
matrix code read. `making_steps` makes it on demand from the lines of the plan (`outline`), which the source and the LaTeX
are written from as well; nothing of it is on the way of a program that trains.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, overload

from ..engine.ieee import as_float
from ..engine.value import Value
from ..explain.languages import fill
from ..explain.numbers import number_text
from .array_entries import ArrayEntry
from .equations import Writer
from .matrix_text import brackets, side_by_side
from .planning import Plan
from .tokens import text_of

DIGITS = 4  # significant digits of the numbers of a matrix, where nothing asks for more


class Pass(Protocol):
    """What the records of one pass have in common, and what they ask of it when they are read."""

    plan: Plan
    writer: Writer
    X: Any
    steps: "ArraySteps"

    def sign(self, step: "ArrayStep", digits: int | None) -> str: ...
    def entry(self, step: "ArrayStep", i: int, j: int, digits: int | None) -> ArrayEntry: ...
    def graph(self, number: int) -> "ExampleGraph": ...


@dataclass(frozen=True)
class Part:
    """A piece of the right side of an equation: a sign, or an array.

    `text` and `latex` show it. `name` is the name of the array it stands for, "" for a sign; `transposed` and `shape` are
    those of the array as it stands there.
    """

    text: str
    latex: str
    name: str = ""
    transposed: bool = False
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class ArrayStep:
    """One array of a pass: what it is, how it is made, its numbers, and what stands behind each entry.

    - `index`: its place among the steps, from 0; None for what is given (inputs, parameters, constants).
    - `phase`: "given", "forward" or "backward".
    - `name`: the name that it has in `program.source`, the same in every notation: z0 (the input), W1, b1, a1
      (pre-activation), z1 (activation), J (the values of the examples) and "mean" (their mean or sum), dz1 and delta1 (the
      gradients at z1 and a1), dW1, db1, dX; what is no layer has the labels of the graph, or u, u2, …, and g, g2, ….
    - `symbol` and `symbol_latex`: how the notation writes it: a⁽¹⁾, Z^[1].
    - `role` and `layer`: a role of `Notation` ("weights", "error", …), or "losses" (a row, one for each example),
      "intermediate" and "gradient" for what has none; the layer from 1, or None.
    - `operation`: "given", "affine" (a product and a bias), "product", "sum" (over examples, or over units), "activation",
      "softmax", "elementwise", "loss" (any formula that ends in the losses), "mean". `function` is the name of the
      activation, in the step of it and in that of its error ("tanh"), else "".
    - `array`: the numbers, two-dimensional, in the layout of the notation: examples in columns or in rows. `shape` is its
      shape, `axes` what its rows and columns are: "units", "features", "outputs", "examples" or "".
    - `of`: the name of the array whose gradient it is; it has the same shape. "" in the forward pass.
    - `parts`: the right side of the equation, piece by piece; `operands` the names of the arrays in it, each once.
    - `summed`: what the product or the sum runs over, "examples", "units" or "features"; "" where there is none. The
      gradient of a bias that the units of a layer share says "units"; it runs over the examples as well.
    - `scale`: what the numbers are, times the gradient: n for the error signals of a notation that divides by n later,
      else 1.
    - `nodes`: an array of the same shape; each entry is the tuple of scalar nodes of the graph of one example that it
      stands for. In the forward pass each of them has the value of the entry, for the example of its column. In the
      backward pass the sum of their gradients is the entry (divided by `scale`; times n for a mean): usually there is one
      node, and more where the graph computes the same number several times. A parameter's gradient is the sum over the
      examples. Empty tuples where no scalar of its own stands behind: a partial sum, the mean.
    """

    index: int | None
    phase: str
    name: str
    symbol: str
    symbol_latex: str
    role: str
    layer: int | None
    operation: str
    function: str
    array: Any = field(repr=False)
    axes: tuple[str, str]
    of: str
    parts: tuple[Part, ...] = field(repr=False)
    summed: str
    scale: float
    nodes: Any = field(repr=False)
    _pass: Pass = field(repr=False)

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of the array."""
        return self.array.shape

    @property
    def operands(self) -> tuple[str, ...]:
        """The names of the arrays on the right side, in their order, each once."""
        return tuple(dict.fromkeys([part.name for part in self.parts if part.name]))

    @property
    def right(self) -> str:
        """The right side as text; "" for what is given."""
        return "".join([part.text for part in self.parts])

    @property
    def equation(self) -> str:
        """The equation with symbols: "a⁽¹⁾ = W⁽¹⁾ x + w₀⁽¹⁾ 1ᵀ"; the symbol alone for what is given."""
        return f"{self.symbol} = {self.right}" if self.parts else self.symbol

    @property
    def latex(self) -> str:
        """The equation in LaTeX."""
        right = "".join([part.latex for part in self.parts])
        return f"{self.symbol_latex} = {right}" if right else self.symbol_latex

    @property
    def shapes(self) -> str:
        """The equation with shapes for the arrays: "(2 × 3) = (2 × 2) (2 × 3) + (2 × 1) 1ᵀ"."""
        texts = [part.text for part in self.parts]
        for k, part in enumerate(self.parts):
            if part.name:
                is_held = "".join(texts[max(0, k - 1) : k])[-1:] + "".join(texts[k + 1 : k + 2])[:1] == "()"
                texts[k] = _shape(part.shape)[is_held : -1 if is_held else None]
        return f"{_shape(self.shape)} = {''.join(texts)}" if self.parts else _shape(self.shape)

    def texts(self, digits: int | None = DIGITS) -> list[list[str]]:
        """The numbers as they are printed, row by row."""
        return [[number_text(as_float(number), digits) for number in row] for row in self.array.tolist()]

    def sign(self, digits: int | None = DIGITS) -> str:
        """ "=" where the equation is true with the numbers as printed, else "≈"; of what is given, where nothing is rounded."""
        return self._pass.sign(self, digits)

    def numbers(self, digits: int | None = DIGITS) -> str:
        """The equation with numbers, on several lines, with brackets; "=" only where it is true as printed."""
        if self.phase == "given":
            return side_by_side([[f"{self.symbol} {self.sign(digits)} "], brackets(self.texts(digits))])
        blocks = [[f"{self.symbol} = "]]
        for part in self.parts:
            if not part.name:
                blocks.append([part.text])
                continue
            texts = self._pass.steps.arrays[part.name].texts(digits)
            blocks.append(brackets([list(row) for row in zip(*texts, strict=True)] if part.transposed else texts))
        return side_by_side([*blocks, [f" {self.sign(digits)} "], brackets(self.texts(digits))])

    def entry(self, i: int = 0, j: int = 0, digits: int | None = None) -> ArrayEntry:
        """What makes the entry in row i and column j, from 0, of `array`. Raises IndexError for an entry that there is not."""
        rows, columns = self.shape
        if not (isinstance(i, int) and isinstance(j, int) and 0 <= i < rows and 0 <= j < columns):
            raise IndexError(f"{self.symbol} has shape {rows} × {columns} and no entry in row {i!r}, column {j!r} (counted from 0)")
        return self._pass.entry(self, i, j, digits)

    def __repr__(self) -> str:
        return f"<{self.phase}: {self.equation}, {self.shape[0]} × {self.shape[1]}>"


class ArraySteps(Sequence[ArrayStep]):
    """The steps of a forward and backward pass in order, as `Program.steps` gives them; printed, a line for each.

    `given` are the arrays that the pass begins with, `arrays` all of them by name, `notation` and `examples` (how many)
    what they were made for, `is_mean` whether the loss is the mean over the examples or their sum. `layers` is the number
    of layers; where it is 0, the graph has none, and every array is a row or a single number, as it is in the graph.

    >>> from autograd import examples, vectorize
    >>> E = examples.mazur()
    >>> program = vectorize(E, ["i1", "i2", "t1", "t2"], [f"w{k}" for k in range(1, 9)] + ["b1", "b2"])
    >>> steps = program.steps([[0.05, 0.1, 0.01, 0.99]])
    >>> [step.name for step in steps]
    ['a1', 'z1', 'a2', 'z2', 'E', 'dz2', 'delta2', 'dW2', 'db2', 'dz1', 'delta1', 'dW1', 'db1', 'dX']
    >>> steps["delta1"].equation, steps["dW2"].shapes
    ('δ⁽¹⁾ = ∂L/∂z⁽¹⁾ ⊙ h′(a⁽¹⁾)', '(2 × 2) = (2 × 1) (1 × 2)')
    >>> print(steps["dW2"].entry(0, 1))
    ∂L/∂W⁽²⁾[1, 2] ≈ 0.138499 · 0.596884 ≈ 0.0826676
    """

    def __init__(self, steps: Sequence[ArrayStep], given: Sequence[ArrayStep], of_pass: Pass):
        self._steps, self.given, self._pass = tuple(steps), tuple(given), of_pass
        self.arrays: Mapping[str, ArrayStep] = {step.name: step for step in (*given, *steps)}
        self.notation, self.examples, self.is_mean = of_pass.writer.notation, len(of_pass.X), of_pass.writer.is_mean
        self.layers = of_pass.writer.depth

    @overload
    def __getitem__(self, which: int | str) -> ArrayStep: ...
    @overload
    def __getitem__(self, which: slice) -> tuple[ArrayStep, ...]: ...
    def __getitem__(self, which: Any) -> Any:
        """A step by its place, a slice of them, or an array (also a given one) by its name."""
        if isinstance(which, str):
            if which not in self.arrays:
                raise ValueError(f"there is no array called {which[:40]!r}; there are {', '.join(list(self.arrays)[:40])}")
            return self.arrays[which]
        return self._steps[which]

    def __len__(self) -> int:
        return len(self._steps)

    def __iter__(self) -> Iterator[ArrayStep]:
        return iter(self._steps)

    def __str__(self) -> str:
        width = len(str(len(self._steps)))
        lines = [f"{step.index + 1:>{width}}  {step.equation}    {step.shapes}" for step in self._steps]  # type: ignore[operator]
        return "\n".join([*([self.about()] if self.about() else []), *lines])

    __repr__ = __str__

    def about(self, lang: str = "en") -> str:
        """One sentence for a graph that has no layers, which says what its arrays are; "" for any other."""
        return "" if self.layers else fill("arrays.layers.none", {}, lang)

    @property
    def functions(self) -> dict[str, str]:
        """What the symbols of the activation functions stand for: {"h": "tanh"}, or one for each layer where they differ."""
        writer = self._pass.writer
        named = [layer for layer in self._pass.plan.layers if layer.function not in ("", "softmax")]
        return {text_of(writer.function(layer.number)): layer.function for layer in named}

    @property
    def latex(self) -> str:
        """All equations, as the lines of a LaTeX align environment."""
        lines = [step.latex.replace(" = ", " &= ", 1) for step in self._steps]
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def example(self, number: int) -> "ExampleGraph":
        """The scalar graph of one example, from 0: new Values, with its numbers. Raises IndexError where there is none."""
        if not isinstance(number, int) or not 0 <= number < self.examples:
            raise IndexError(f"there are {self.examples} examples, counted from 0, and none with the number {number!r}")
        return self._pass.graph(number)


@dataclass(frozen=True, eq=False)
class ExampleGraph:
    """The graph of one example: its `root`, and for each node of the program's graph the one that stands for it here.

    Seeded with `share`, 1/n for a mean over n examples, its backward pass gives this example's part of the gradients. (So it
    does for a value that depends on no input, and is counted once.)
    """

    root: Value
    nodes: Mapping[Value, Value] = field(repr=False)
    share: float

    def __getitem__(self, node: Value) -> Value:
        return self.nodes[node]


def _shape(shape: tuple[int, ...]) -> str:
    return f"({' × '.join(map(str, shape))})"
