"""Makes the records of `array_steps` from the lines of a plan: their numbers, operations, and the scalar nodes behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy

from ..engine.order import topological_order
from ..engine.value import Value
from ..explain.notation import Notation
from ..explain.numbers import sign
from .array_entries import ArrayEntry
from .array_numbers import Numbers
from .array_steps import ArrayStep, ArraySteps, ExampleGraph, Part
from .arrays import Array, N, reachable
from .equations import Writer
from .evaluating import evaluated
from .making_entries import entry_of
from .naming import ArrayNames, blocks_of
from .outline import Line
from .planning import Plan
from .source import in_order_of_lectures
from .tokens import Tokens, latex_of, text_of


class Made(Numbers):
    """What the steps of one call have in common: the numbers, and the scalar graph behind them."""

    def __init__(self, plan: Plan, writer: Writer, gradient: Sequence[tuple[Any, Array]], parameters: Any, X: Any, leaves: "Leaves",
                 standing: Mapping[int, tuple[Value, ...]]):  # fmt: skip
        super().__init__(plan, writer, parameters, X)
        self.gradient = gradient  # of each array of parameters, its places in the flat vector and the array
        self.leaves, self.standing = leaves, standing

    @cached_property
    def by_forward(self) -> dict[int, list[int]]:
        """The groups of each array of the forward pass."""
        found: dict[int, list[int]] = {}
        for k, array in enumerate(self.plan.forward):
            found.setdefault(array.index, []).append(k)
        return found

    def group_of_gradient(self, array: Array) -> int | None:
        """The group whose gradient an array is; of several to which it is passed on unchanged, one that has a line."""
        if array.index < self.plan.backward_from:  # a number of the forward pass may be a gradient as well
            return None
        groups = [k for k, upstream in self.plan.upstreams.items() if upstream is array]
        return next((k for k in groups if self.plan.forward[k].index in self.name_of), groups[0] if groups else None)

    def nodes(self, array: Array) -> Any:
        """The scalar nodes behind each row of an array, or behind each entry of one of parameters, as an array of tuples."""
        shape = self.full(array).shape
        found = numpy.empty(shape, dtype=object)
        found.fill(())
        if len(shape) != 2:
            return found.reshape(-1, shape[-1])
        rows: list[list[tuple[Value, ...]]] = []
        if array.kind == "parameters":
            rows = [[(self.leaves.params[k],) for k in row] for row in array.info.tolist()]
        elif array.kind == "inputs":
            rows = [[(self.leaves.inputs[k],)] * shape[1] for k in array.info.ravel().tolist()]
        else:
            places = [where for where, part in self.gradient if part is array]
            upstream = self.group_of_gradient(array)
            groups = self.by_forward.get(array.index, []) if upstream is None else [upstream]
            if places:
                rows = [[(self.leaves.params[k],) for k in row] for row in places[0].tolist()]
            elif groups:
                members = [[self.standing.get(i, ()) for i in self.plan.groups[k].members] for k in groups]
                merged = [tuple(dict.fromkeys([v for node in nodes for v in node])) for nodes in zip(*members, strict=True)]
                rows = [[nodes] * shape[1] for nodes in merged]
            elif self.name_of.get(array.index) == "dX":
                rows = [[(self.leaves.inputs[k],)] * shape[1] for k in self.array_of["z0"].info.ravel().tolist()]
        for i, row in enumerate(rows):
            for j, nodes in enumerate(row):
                found[i, j] = nodes
        return found

    def sign(self, step: ArrayStep, digits: int | None) -> str:
        shown = numpy.array([[float(text) for text in row] for row in step.texts(digits)])
        if not step.parts:
            return sign(bool((step.array == shown).all()))
        with numpy.errstate(all="ignore"):
            computed = self.as_printed(step, digits)
            apart = numpy.abs(computed - shown) <= 1e-12 * numpy.maximum(1e-300, numpy.abs(shown))
        return sign(bool((apart | (computed == shown)).all()))

    def entry(self, step: ArrayStep, i: int, j: int, digits: int | None) -> ArrayEntry:
        return entry_of(self, step, i, j, digits)

    def graph(self, number: int) -> ExampleGraph:
        numbers = dict(zip(self.leaves.inputs, self.X[number].tolist(), strict=True))
        numbers.update(zip(self.leaves.params, self.parameters.tolist(), strict=True))
        found: dict[Value, Value] = {}
        # Inputs whose gradient is one of the steps are no constants here: nobody would ask for theirs.
        varying = {self.leaves.inputs[k] for k in self.array_of["z0"].info.ravel().tolist()} if "dX" in self.array_of else set()
        for node in topological_order(self.leaves.root):
            if node.parents:
                made = node._operation.make(*node._operation.arguments(tuple([found[parent] for parent in node.parents])))
                made.label = node.label
            else:
                made = Value(numbers.get(node, node.data), node.label, constant=node.constant and node not in varying)
            made._scope = node._scope
            found[node] = made
        share = 1.0 if self.writer.root.shape[-1:] == (N,) and not self.writer.is_mean else 1 / len(self.X)
        return ExampleGraph(found[self.leaves.root], found, share)


@dataclass(frozen=True, eq=False)
class Leaves:
    """The scalar graph of one example: its root, its inputs in the order of the columns of X, and its parameters."""

    root: Value
    inputs: Sequence[Value]
    params: Sequence[Value]


def array_steps(plan: Plan, names: ArrayNames, notation: Notation, parameters: Any, X: Any, leaves: Leaves,
                standing: Mapping[int, tuple[Value, ...]], is_mean: bool = True, is_whole: bool = False) -> ArraySteps:  # fmt: skip
    """The passes of a plan for the examples X. `standing` maps scalars of the plan to the nodes that have their values.

    `is_whole` asks for the gradient at the activations of every layer, also where the error does not need it, because the
    activation and the loss leave little of each other.
    """
    more = [plan.upstreams[layer.activations] for layer in plan.layers if is_whole and layer.activations in plan.upstreams]
    more = [array for array in more if array.kind == "line"]
    names = ArrayNames(dict(names.of), names.hints, {*names.taken}, dict(names.reached))
    at_inputs = _input_gradient(plan, names)
    if at_inputs is not None:
        more.append(at_inputs)
    gradient = _whole_gradient(plan, names, leaves.params)
    writer = Writer(plan, names, notation, gradient=[array for _, array in gradient], more=more, is_mean=is_mean, is_batch=len(X) > 1)
    writer.ones = _ones(writer, parameters, X)
    made = Made(plan, writer, gradient, parameters, X, leaves, standing)
    given = [_step(made, line, None, ()) for line in writer.lines if line.array.kind in ("parameters", "inputs", "constants")]
    steps = [
        _mean_step(made, k, *sides) if line is None else _step(made, line, k, sides[1]) for k, (line, sides) in enumerate(writer.written())
    ]
    made.steps = ArraySteps(steps, given, made)
    return made.steps


def _ones(writer: Writer, parameters: Any, X: Any) -> set[int]:
    """The sums over the targets of an example that are 1 for all of these examples, as those of one-hot targets are."""
    arrays = reachable([line.array for line in writer.lines])
    sums = [a for a in arrays if a.kind == "sum" and a.info == 0 and a.args[0].kind == "inputs"]
    return {index for index, numbers in evaluated(sums, parameters, X).items() if index in {a.index for a in sums} and (numbers == 1).all()}


def _whole_gradient(plan: Plan, names: ArrayNames, params: Sequence[Value]) -> list[tuple[Any, Array]]:
    """The gradient of each array of parameters, where several parts go to the same places their sum.

    A penalty on all weights, for example, adds to the gradient of each layer. The parts are then called g_W1 and the like.
    """
    parts = [plan.gradient[k] for k in in_order_of_lectures(plan, names)]
    count = numpy.zeros(len(params), dtype=int)
    for places, _ in parts:
        count[places.ravel()] += 1
    if (count < 2).all():
        return parts
    arrays, found = plan.arrays, []
    called = {name: places for name, places in blocks_of(plan, names, params).items() if count[places.ravel()].any()}
    for places, part in parts:
        if part.index in names.of and (count[places.ravel()] > 1).any():
            names.of[part.index] = names.free(f"g_{names.of[part.index].removeprefix('d')}")
    for name, places in called.items():
        where = places.reshape(-1, 1) if places.ndim < 2 else places
        whole = None
        for others, part in parts:
            column = arrays.reshape(arrays.full(part, others.shape), (others.size, 1))
            at = {int(k): row for row, k in enumerate(others.ravel())}
            table = numpy.array([[at.get(int(k), others.size)] for k in where.ravel()])
            if (table == others.size).all():
                continue
            same = numpy.array_equal(others, where)
            own = part if same else arrays.reshape(arrays.take(column, table), where.shape)
            whole = own if whole is None else arrays.call("add", whole, own)
        assert whole is not None
        if (count[where.ravel()] > 1).any():
            whole = arrays.line(whole)
            names.of[whole.index] = f"d{name}"
        found.append((where, whole))
    return sorted(found, key=lambda item: names.of.get(item[1].index, "")[2:], reverse=True)


def _input_gradient(plan: Plan, names: ArrayNames) -> Array | None:
    """The gradient at the inputs of the first layer, where that alone reads them."""
    for layer in plan.layers[:1]:
        matrix, vector = plan.forward[layer.product].args if layer.product != layer.sums else plan.forward[layer.sums].args[0].args
        error = plan.upstreams.get(layer.sums)
        readers = [a for a in plan.arrays.all if any(arg is vector for arg in a.args) and not _is_backward_product(a)]
        if (
            vector.kind == "inputs"
            and error is not None
            and readers == [plan.forward[layer.product] if layer.product != layer.sums else plan.forward[layer.sums].args[0]]
        ):
            gradient = plan.arrays.line(plan.arrays.matmul(matrix, plan.arrays.full(error, (matrix.shape[0], N)), flip_a=True))
            names.give(gradient, "dX")
            return gradient
    return None


def _is_backward_product(array: Array) -> bool:
    return array.kind == "matmul" and array.info[1]


def _parts(made: Made, tokens: Tokens) -> tuple[Part, ...]:
    found: list[Part] = []
    for token in tokens:
        if token.array is None:
            if found and not found[-1].name:
                found[-1] = Part(found[-1].text + token.text, found[-1].latex + token.latex)
            else:
                found.append(Part(token.text, token.latex))
            continue
        shape = made.laid_out(token.array, made.full(token.array)).shape
        found.append(Part(token.text, token.latex, made.name_of[token.array.index], token.flipped, shape[::-1] if token.flipped else shape))
    return tuple(found)


def _step(made: Made, line: Line, index: int | None, right: Tokens) -> ArrayStep:
    writer, array, name, is_backward = made.writer, line.array, line.name, line.is_backward
    role, layer = writer.roles.get(array.index, ("gradient" if is_backward else "intermediate", None))
    symbol = writer.symbols[array.index]
    of_layer = writer.of_layers.get(array.index)
    scale = made.scale(array)
    numbers = made.laid_out(array, made.full(array)) * scale
    numbers.flags.writeable = False
    operation, summed = _operation(made, array, role) if index is not None else ("given", "")
    function = of_layer.function if of_layer else "softmax" if (operation, role) == ("softmax", "activation") else ""
    phase = "given" if index is None else "backward" if is_backward else "forward"
    axes = _axes(array, role, layer)
    return ArrayStep(index, phase, name, *symbol, role, layer, operation, function, numbers,
                     axes[::-1] if writer.is_turned(array) else axes, _of(made, array, name) if is_backward else "", _parts(made, right), summed, scale,
                     made.laid_out(array, made.nodes(array)), made)  # fmt: skip


def _mean_step(made: Made, index: int, left: Tokens, right: Tokens) -> ArrayStep:
    values = made.full(made.writer.root)
    array = numpy.array([[values.mean() if made.writer.is_mean else values.sum()]])
    nodes = numpy.empty((1, 1), dtype=object)
    nodes[0, 0] = ()
    return ArrayStep(index, "forward", "mean", text_of(left), latex_of(left), "loss", None, "mean" if made.writer.is_mean else "sum", "",
                     array, ("", ""), "", _parts(made, right), "examples", 1.0, nodes, made)  # fmt: skip


def _of(made: Made, array: Array, name: str) -> str:
    """The name of the array whose gradient this is."""
    if name == "dX":
        return "z0"
    group = made.group_of_gradient(array)
    if group is not None:
        return made.name_of.get(made.plan.forward[group].index, "")
    for where, part in made.gradient:
        if part is array:
            same = (a for a in made.lines.values() if a.array.kind == "parameters" and numpy.array_equal(a.array.info, where))
            return next((line.name for line in same), "")
    return ""


def _axes(array: Array, role: str, layer: int | None) -> tuple[str, str]:
    before = "features" if layer == 1 else "units"
    rows = {"input": "features", "input_gradient": "features", "target": "outputs"}.get(role, "units")
    if role in ("weights", "weights_gradient"):
        return rows, before
    if array.shape[:1] in ((), (1,)) and layer is None and role not in ("input", "input_gradient", "target"):
        rows = ""
    return rows, "examples" if array.shape[-1:] == (N,) else ""


def _operation(made: Made, array: Array, role: str) -> tuple[str, str]:
    """What makes an array, and what is summed on the way."""
    inner = array.args[0] if array.kind == "line" else array
    while inner.is_call("multiply") and inner.args[0].kind == "scalar":
        inner = inner.args[1]
    if role in ("loss", "losses"):
        return "loss", ""
    if inner.kind == "softmax":
        return "softmax", "units"
    if inner.kind == "matmul":
        return "product", _summed(made, inner)
    if inner.is_call("add") and any(a.kind == "matmul" for a in inner.args):
        product = next(a for a in inner.args if a.kind == "matmul")
        return "affine", _summed(made, product)
    if inner.kind == "sum":
        return "sum", _summed_over(inner)
    return ("activation" if role == "activation" else "elementwise"), ""


def _summed_over(inner: Array) -> str:
    while inner.kind == "sum":
        if inner.args[0].shape[inner.info] != N:
            return "units"
        inner = inner.args[0]
    return "examples"


def _summed(made: Made, product: Array) -> str:
    (a, b), (flip_a, flip_b, _) = product.args, product.info
    if (a.shape[0] if flip_a else a.shape[1]) == N:
        return "examples"
    return "features" if b.kind == "inputs" and not flip_b else "units"
