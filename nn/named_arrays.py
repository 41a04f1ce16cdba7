"""Named arrays in a notation: what the matrix formulas give, and the same beside the scalar graph.

An array is found by its symbol in the notation, or by a neutral name that is the same in all of them: X, W1, b1, Z1
(pre-activation), A1 (activation), loss, dA1, dZ1, dW1, db1, dX. The formulas themselves are in `formulas`.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

import numpy

from autograd import Value
from autograd.explain.notation import ROLES, Notation, as_latex, last_role
from autograd.explain.numbers import number_text, sign
from autograd.vectorizing.array_steps import ArraySteps

from .arguments import choose, quoted
from .plain_tables import Matrix, Table

NEUTRAL = {"pre_activation": "Z", "activation": "A", "weights": "W", "bias": "b", "error": "dZ", "activation_gradient": "dA",
           "weights_gradient": "dW", "bias_gradient": "db", "input": "X", "input_gradient": "dX", "loss": "loss"}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """An array: its role, its layer (None for input and loss), its symbol and formula in the notation, and its numbers.

    `formula_latex` is the formula in LaTeX. `scale` is what the array is, times the plain gradient: n for an error signal
    of a notation that divides by n later.
    """

    role: str
    layer: int | None
    symbol: str
    formula: str
    formula_latex: str
    array: Any = field(repr=False)
    scale: float = 1.0

    @property
    def key(self) -> str:
        """The neutral name: Z1, dW2, X."""
        return NEUTRAL[self.role] + ("" if self.layer is None else str(self.layer))

    @property
    def is_before_the_loss(self) -> bool:
        """Whether it belongs to the forward pass of the network alone."""
        return self.role in ("input", "weights", "bias", "pre_activation", "activation")

    @property
    def text(self) -> str:
        """The equation; the symbol alone where there is none."""
        return f"{self.symbol} = {self.formula}" if self.formula else self.symbol

    @property
    def latex(self) -> str:
        """The equation in LaTeX."""
        return f"{as_latex(self.symbol)} = {self.formula_latex}" if self.formula_latex else as_latex(self.symbol)


def entries_of(steps: ArraySteps, whole: ArraySteps) -> list[Entry]:
    """The steps of a chain of layers as entries, in the order of calculation. `whole` has the gradient at every activation.

    A layer without a function has its pre-activations as activations, and one gradient at both.
    """
    notation, found = steps.notation, {(step.role, step.layer): step for step in (*whole.given, *whole)}
    found |= {(step.role, step.layer): step for step in steps}

    def symbol(role: str, layer: int | None) -> str:
        return notation.symbol(last_role(role, layer, steps.layers), layer)

    def entry(role: str, layer: int | None, same: str = "") -> Entry:
        step = found.get((role, layer))
        if step is None:
            step = found[same, layer]
            return Entry(role, layer, symbol(role, layer), step.symbol, step.symbol_latex, step.array, step.scale)
        right, latex = step.right, "".join([part.latex for part in step.parts])
        if role == "loss" and ("losses", None) in found:  # one equation: the mean of what the examples lose
            terms = found["losses", None]
            right = right.replace(terms.symbol, f"({terms.right})")
            latex = latex.replace(rf"{terms.symbol_latex}_{{i}}", "(" + "".join([part.latex for part in terms.parts]) + ")_{i}")
        return Entry(role, layer, step.symbol, right, latex, step.array, step.scale)

    entries = [entry("input", None)]
    for k in range(1, steps.layers + 1):
        entries += [entry("weights", k), entry("bias", k), entry("pre_activation", k), entry("activation", k, "pre_activation")]
    entries.append(entry("loss", None))
    for k in range(steps.layers, 0, -1):
        entries += [entry("activation_gradient", k, "error"), entry("error", k, "activation_gradient")]
        entries += [entry("weights_gradient", k), entry("bias_gradient", k)]
    return [*entries, entry("input_gradient", None)]


class Matrices(Mapping[str, Any]):
    """Arrays by name, in the order of calculation; iterating gives the neutral names."""

    def __init__(self, entries: list[Entry], notation: Notation, functions: Mapping[str, str]):
        self.entries, self.notation, self.functions = {entry.key: entry for entry in entries}, notation, functions
        self._by_symbol: dict[str, Entry] = {}
        for entry in entries:
            for spelling in notation.spellings(last_role(entry.role, entry.layer, self.depth), entry.layer):
                self._by_symbol.setdefault(spelling, entry)

    @property
    def depth(self) -> int:
        """The number of layers."""
        return max((entry.layer or 0 for entry in self.entries.values()), default=0)

    def entry(self, name: str) -> Entry:
        """The entry of a name: its symbol in the notation, or its neutral name.

        Raises ValueError for a name that there is not, and for a neutral Z or A where the notation uses that letter for
        the other one.
        """
        if name in self._by_symbol:
            return self._by_symbol[name]
        entry = self.entries.get(name)
        other = self._by_symbol.get(name.lower()) if isinstance(name, str) else None
        if entry is not None and other is not None and other.role != entry.role:
            raise ValueError(
                f'"{name}" is a trap: in the notation "{self.notation.name}" {other.symbol} is {ROLES[other.role]}, '
                f"and {ROLES[entry.role]} is {entry.symbol}; write one of these"
            )
        return entry or choose("a matrix", name, {**self._by_symbol, **self.entries})

    def __getitem__(self, name: str) -> Any:
        return self.entry(name).array

    def __contains__(self, name: object) -> bool:
        return name in self._by_symbol or name in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every array by its symbol."""
        return {entry.symbol: numpy.shape(entry.array) for entry in self.entries.values()}

    @property
    def latex(self) -> str:
        """All equations, as the lines of a LaTeX align environment."""
        lines = [entry.latex.replace(" = ", " &= ", 1) for entry in self.entries.values() if entry.formula]
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def _rows(self) -> list[tuple[Any, ...]]:
        return [(e.text, _shape(e.array), Matrix.of(e.array)) for e in self.entries.values()]

    @property
    def title(self) -> str:
        """The notation, the layout, and which functions the activations are."""
        functions = ", ".join([f"{symbol} = {name}" for symbol, name in self.functions.items()])
        return f'notation "{self.notation.name}", examples in {self.notation.examples}' + f"; {functions}" * bool(functions)

    def table(self) -> Table:
        """The arrays with their formulas, shapes and numbers."""
        return Table(self.title, ("formula", "shape", "numbers"), self._rows())

    def __repr__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def _held(text: str) -> str:
    return f"({text})" if text[0] == "-" else text


def _apart(one: Any, other: Any) -> float:
    with numpy.errstate(invalid="ignore"):  # infinity - infinity, where both are the same one
        return float(numpy.max(numpy.where(one == other, 0.0, numpy.abs(one - other)), initial=0.0))


def _shape(array: Any) -> str:
    return " × ".join(map(str, numpy.shape(array))) or "1"


# --- beside the scalar graph -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Explanation:
    """What stands behind one entry of a matrix: the sentence, and the nodes of the scalar graph."""

    text: str
    nodes: tuple[Value, ...] = field(repr=False)

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


class MatrixView(Matrices):
    """Matrices, and for each the same numbers as the scalar graph has them.

    `scalars[key]` is that array and `nodes[key]` the array of the nodes behind its entries, both by neutral name;
    `loss` is the root of the graph. `steps` are the records of the passes, with the way from an entry to what makes it.
    """

    def __init__(self, entries: list[Entry], notation: Notation, scalars: dict[str, Any], nodes: dict[str, Any], loss: Value,
                 steps: ArraySteps):  # fmt: skip
        super().__init__(entries, notation, steps.functions)
        self.scalars, self.nodes, self.loss, self.steps = scalars, nodes, loss, steps

    def differences(self) -> dict[str, float]:
        """For each array, by its symbol, how far the matrix and the scalar graph are apart at most; nan where one has a nan."""
        return {e.symbol: _apart(e.array, self.scalars[e.key]) for e in self.entries.values()}

    def maxdiff(self) -> float:
        """How far any entry of the matrices is from its number in the scalar graph, at most; nan as soon as one is nan."""
        return float(numpy.max(list(self.differences().values())))

    def explain(self, name: str, i: int = 0, j: int = 0) -> Explanation:
        """Which nodes of the scalar graph stand behind the entry in row i and column j (from 0, as in the array; in the sentence, as in
        everything that is read, they count from 1).

        Raises ValueError for an unknown name, TypeError for a row or column that is no whole number, IndexError, with the shape, for an
        entry that there is not.
        """
        entry = self.entry(name)
        nodes = self.nodes[entry.key]
        for given in (i, j):
            if isinstance(given, bool) or not isinstance(given, Integral):
                raise TypeError(f"the row and the column of an entry are whole numbers, counted from 0, not {quoted(given)}")
        if not (0 <= i < nodes.shape[0] and 0 <= j < nodes.shape[1]):
            raise IndexError(f"{entry.symbol} has shape {_shape(nodes)} and no entry in row {i}, column {j} (counted from 0)")
        node, number = nodes[i, j], self.scalars[entry.key][i, j]
        here = "" if nodes.shape == (1, 1) else f"[{i + 1}, {j + 1}]"
        shown = number_text(float(number))
        head = f"{entry.symbol}{here} {sign(float(shown) == number)} {shown} is "
        if "gradient" not in entry.role and entry.role != "error":
            return Explanation(head + f"the value of {self._described(entry, node, i, j)}", (node,))
        scaled = "" if entry.scale == 1 else f"{number_text(entry.scale)} times "
        text = head + f"{scaled}the gradient of {self._described(entry, node, i, j)}"
        if entry.role not in ("weights_gradient", "bias_gradient"):
            return Explanation(text, (node,))
        return self._sum_over_examples(entry, node, i, j, text)

    def _described(self, entry: Entry, node: Value, i: int, j: int) -> str:
        kind = {"leaf": f"the leaf {node.label}" if node.label else "a leaf", "const": "a constant"}.get(node.op, f"the {node.op} node")
        if entry.role == "loss":
            return f"the root, {kind}"
        if entry.role.startswith(("weights", "bias")):
            return kind
        unit, example = (i, j) if self.notation.examples == "columns" else (j, i)
        where = f"neuron {unit + 1} of layer {entry.layer}" if entry.layer else f"input {unit + 1}"
        return f"{kind} of {where} in example {example + 1}"

    def _sum_over_examples(self, entry: Entry, node: Value, i: int, j: int, text: str) -> Explanation:
        """A parameter is used once in each example: its gradient is the sum of what comes from there."""
        k = entry.layer or 0
        error = self.entries[f"dZ{k}"]
        before = self.entries[f"A{k - 1}" if k > 1 else "X"]
        columns = self.notation.examples == "columns"
        errors, inputs, pre_activations = self.scalars[error.key], self.scalars[before.key], self.nodes[f"Z{k}"]
        if not columns:
            errors, inputs, pre_activations = errors.T, inputs.T, pre_activations.T
        unit = i if columns or entry.role == "weights_gradient" else j
        terms = [number_text(float(e)) for e in errors[unit]]
        if entry.role == "weights_gradient":
            terms = [f"{term} · {_held(number_text(float(x)))}" for term, x in zip(terms, inputs[j], strict=True)]
        shown = terms if len(terms) <= 6 else [*terms[:3], "…", terms[-1]]
        whole = " + ".join([shown[0], *(_held(term) for term in shown[1:])])
        divided = f", divided by {number_text(error.scale)}" if error.scale != 1 else ""
        what = f"{error.symbol} times {before.symbol}" if entry.role == "weights_gradient" else error.symbol
        text += f": the sum over {len(terms)} example{'s' * (len(terms) > 1)} of {what}, {whole}{divided}"
        return Explanation(text, (node, *pre_activations[unit]))

    def table(self) -> Table:
        """The arrays with formulas, shapes, numbers, and how far the scalar graph is from them."""
        rows = [(*row, f"{apart:.1e}") for row, apart in zip(self._rows(), self.differences().values(), strict=True)]
        whole = self.maxdiff()
        note = f"The scalar graph and the matrices differ by {whole:.1e} at most."
        if math.isnan(whole):
            strange = ", ".join(symbol for symbol, apart in self.differences().items() if math.isnan(apart))
            note = f"The scalar graph and the matrices cannot be compared: there is a nan in {strange}."
        return Table(self.title, ("formula", "shape", "numbers", "scalar graph apart"), rows, note)
