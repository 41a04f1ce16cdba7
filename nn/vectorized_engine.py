"""The vectorised engine: updates and predictions by programs that `autograd.vectorize` makes from the graph of one example.

It computes what `scalar_engine` computes, up to the order of sums. Where a number is not finite the scalar
engine does the update, so both have the same edges. A model, loss or regularizer that cannot be vectorised is refused
with CannotTrace, whose message says why.
"""

from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy

from autograd import Value, scope, vectorize

from .example_graphs import CannotTrace, ExampleGraph, is_ours, make_of, of_this_package, traced, traced_penalty
from .losses import entry_of
from .optim import Optimizer
from .scalar_engine import Loss, ScalarEngine, in_mode

ROWS = 8192  # examples that are predicted at once: the arrays of many more would not stay near the processor
MANY = 100  # from so many on, a prediction is worth a program
_STEP = Optimizer.step


# --- a trace as a program ------------------------------------------------------------------------------------------


class Compiled:
    """A program of all parameters of a model and all inputs of a trace, also of those that the graph does not depend on."""

    def __init__(self, trace: ExampleGraph, is_list: bool = False):
        self.signature = trace.signature()
        leaves = {part for part in self.signature if isinstance(part, tuple)}
        self.columns = [k for k in range(len(trace.inputs)) if ("input", k) in leaves]
        self.places = [k for k in range(len(trace.parameters)) if ("parameter", k) in leaves]
        self.size, self.masks = len(trace.parameters), trace.masks
        self._uses_all = len(self.columns) == len(trace.inputs), len(self.places) == self.size
        inputs, parameters = trace.inputs, trace.parameters
        try:
            self.program = vectorize(
                trace.roots if is_list else trace.roots[0],
                [inputs[k] for k in self.columns],
                [parameters[k] for k in self.places],
            )
        except (TypeError, ValueError) as error:
            raise CannotTrace(str(error)) from None

    def values(self, weights: Any, rows: Any) -> Any:
        """The value, or the row of values, for each row of inputs."""
        return self.program(self._given(weights, rows))

    def value_and_grad(self, weights: Any, rows: Any) -> tuple[float, Any]:
        """The mean value, and its gradient by all parameters of the model."""
        value, gradient = self.program.value_and_grad(self._given(weights, rows))
        if not self._uses_all[1]:
            whole = numpy.zeros(self.size)
            whole[self.places] = gradient
            gradient = whole
        return value, gradient

    def _given(self, weights: Any, rows: Any) -> Any:
        self.program.parameters[...] = weights if self._uses_all[1] else weights[self.places]
        return rows if self._uses_all[0] else rows[:, self.columns]


def numbers_of(parameters: list[Value]) -> Any:
    """The numbers of parameters in one vector. Raises CannotTrace for exact fractions, which floats would spoil."""
    exact = next((p for p in parameters if isinstance(p.data, Fraction)), None)
    if exact is not None:
        raise CannotTrace(f"{exact.label or 'a parameter'} is an exact fraction")
    return numpy.array([p.data for p in parameters])


def _refuse_objects(**arrays: Any) -> None:
    for name, array in arrays.items():
        if array.dtype == object:
            raise CannotTrace(f"{name} holds Values or fractions")


# --- masks ---------------------------------------------------------------------------------------------------------


class Masks:
    """Draws the masks of a batch as the scalar engine would: example by example, the calls of each in their order."""

    def __init__(self, model: Any, calls: list[tuple[int, list[Value]]]):
        modules = model.modules()
        self.calls = [(modules[place], len(factors)) for place, factors in calls]
        self.width = sum(n for _, n in self.calls)
        for dropout, _ in self.calls:
            dropout.mask(0)  # has a generator from now on

    def draw(self, examples: int) -> Any:
        """The factors, a row for each example: 1/keep for what stays, 0 for what goes."""
        columns: list[Any] = [None] * len(self.calls)
        for rng in dict.fromkeys(dropout.rng for dropout, _ in self.calls):  # one stream of numbers each
            mine = [k for k, (dropout, _) in enumerate(self.calls) if dropout.rng is rng]
            numbers = rng.random((examples, sum(self.calls[k][1] for k in mine)))
            ends = numpy.cumsum([self.calls[k][1] for k in mine])
            for k, drawn in zip(mine, numpy.split(numbers, ends[:-1], axis=1), strict=True):
                columns[k] = numpy.where(drawn < self.calls[k][0].keep, 1 / self.calls[k][0].keep, 0.0)
        return numpy.hstack(columns)

    def generators(self) -> list[tuple[Any, Any]]:
        """The generators and how far they have come."""
        return [(dropout.rng.bit_generator, dropout.rng.bit_generator.state) for dropout, _ in self.calls]


# --- what is kept from one training to the next --------------------------------------------------------------------


class Programs(NamedTuple):
    """The programs of a training, and all that decided which graphs they were made from."""

    make: Any
    loss: Compiled
    penalty: Compiled | None
    outputs: int


_TRAINED: "WeakKeyDictionary[Any, Programs]" = WeakKeyDictionary()  # those of the last training of each model


def _compiled(trace: ExampleGraph, kept: Compiled | None) -> Compiled:
    """The program of a trace: the one that is kept, if it was made from the same graph."""
    return kept if kept is not None and kept.signature == trace.signature() else Compiled(trace)


# --- updates -------------------------------------------------------------------------------------------------------


class VectorizedEngine:
    """Updates of all parameters in one vector. The leaves are brought up to date by `push`."""

    name = "vectorized"

    def __init__(self, model: Any, function: Loss, chosen: Any, reduction: str, regularizer: Any, optimizer: Optimizer, X: Any, y: Any):
        entry = entry_of(chosen)
        if entry is None:
            raise CannotTrace("the loss is a function of one's own, of whole batches")
        self.entry = entry
        _refuse_objects(X=X, y=y)
        self.model, self.function, self.reduction, self.regularizer, self.optimizer = model, function, reduction, regularizer, optimizer
        self.parameters = model.parameters()
        self.weights = numbers_of(self.parameters)
        self.good = self.weights
        self.gradient: Any = None
        self.slots: list[Any] = []
        self.example = X[0].tolist(), y[:1]
        self.chosen = chosen
        with in_mode(model, training=True):
            self._compile()
        self._read_optimizer()

    def _compile(self) -> None:
        """The programs of the loss and of the penalty: those of the last training, where the graphs are the same."""
        self.make, kept = self._make(), _TRAINED.get(self.model)
        if kept is not None and kept.make == self.make and self._is_ours():
            self.loss, self.penalty, self.outputs = kept.loss, kept.penalty, kept.outputs
        else:
            penalty = self._penalty_trace()
            self.loss = _compiled(self._loss_trace(), kept and kept.loss)
            self.penalty = None if penalty is None else _compiled(penalty, kept and kept.penalty)
            _TRAINED[self.model] = Programs(self.make, self.loss, self.penalty, self.outputs)
        self.masks = Masks(self.model, self.loss.masks) if self.loss.masks else None

    def _is_ours(self) -> bool:
        """Whether nothing but what `_make` tells decides which graphs are built."""
        return all(map(is_ours, self.model.modules())) and (self.regularizer is None or of_this_package(self.regularizer))

    def _loss_trace(self) -> ExampleGraph:
        x, y = self.example

        def build(trace: ExampleGraph, output: Any) -> list[Value]:
            self.outputs = len(output) if isinstance(output, list) else 1
            aims = self.entry.rows_of_targets(y, self.outputs)[0].tolist()
            trace.targets = [Value(number, f"t{k}", constant=True) for k, number in enumerate(aims, 1)]
            with scope("loss"):
                return [self.function([output], [trace.targets] if isinstance(output, list) else trace.targets)]

        return traced(self.model, x, build)

    def _penalty_trace(self) -> ExampleGraph | None:
        return traced_penalty(self.model, self.regularizer) if self.regularizer else None

    def _make(self) -> Any:
        settings = sorted(self.chosen.keywords.items()) if isinstance(self.chosen, partial) else []
        return make_of(self.model), repr(self.regularizer), self.entry, settings, self.reduction, len(self.example[0])

    # --- one update ---

    def encoded(self, X: Any, y: Any) -> Any:
        """The inputs as `update` takes them: the features, with the columns of the targets beside them."""
        return numpy.hstack([X.astype(float), self.entry.rows_of_targets(y, self.outputs)])

    def update(self, X: Any, y: Any) -> tuple[float, float]:
        """One update of the parameters; gives the loss and the penalty before it.

        `X` is encoded. Raises NotFinite as the scalar engine does.
        """
        generators = self.masks.generators() if self.masks else []
        rows = numpy.hstack([X, self.masks.draw(len(X))]) if self.masks else X
        loss, gradient = self.loss.value_and_grad(self.weights, rows)
        if self.reduction == "sum":
            loss, gradient = loss * len(X), gradient * len(X)
        penalty = 0.0
        if self.penalty:
            penalty, slope = self.penalty.value_and_grad(self.weights, numpy.empty((1, 0)))
            gradient = gradient + slope
        if not (numpy.isfinite(loss + penalty) and numpy.isfinite(gradient).all()):
            for generator, state in generators:
                generator.state = state
            return self._update_by_scalars(X[:, : len(self.example[0])], y)
        self.good, self.gradient = self.weights, gradient
        self._step()
        return loss, penalty

    def _update_by_scalars(self, X: Any, y: Any) -> tuple[float, float]:
        """An update at the edge of what floats can hold, where every multiplication by 0 counts: by the graph of Values."""
        self.push()
        scalar = ScalarEngine(self.model, self.function, self.regularizer, self.optimizer)
        scalar.good = self.good.tolist()
        try:
            return scalar.update(X, y)
        finally:
            self._read_leaves()
            self._read_optimizer()

    def _step(self) -> None:
        """The optimizer's rule on the whole vector; by its own step where that is another, or where arrays would divide by 0."""
        if type(self.optimizer).step is not _STEP:
            return self._step_of_leaves()
        optimizer, t, lr = self.optimizer, self.optimizer.t + 1, float(self.optimizer.lr)
        try:
            with numpy.errstate(divide="raise", invalid="raise", over="ignore", under="ignore"):
                w, *slots = optimizer.rule.update(self.weights[self.trained], self.gradient[self.trained], t, lr, *self.slots)
        except (FloatingPointError, TypeError):  # TypeError: a root of what is no float, because a setting is a fraction
            return self._step_of_leaves()
        if self.trains_all:
            self.weights = w
        else:
            self.weights = self.weights.copy()
            self.weights[self.trained] = w
        self.slots, optimizer.t = slots, t

    def _step_of_leaves(self) -> None:
        self.push()
        self.optimizer.step()
        self._read_leaves()
        self._read_optimizer()

    # --- what others see and change ---

    def push(self) -> None:
        """Brings the leaves up to date, weights and gradients, and the optimizer's memory of each."""
        for parameter, data in zip(self.parameters, self.weights.tolist(), strict=True):
            parameter.data = data
        if self.gradient is not None:
            for parameter, g in zip(self.parameters, self.gradient.tolist(), strict=True):
                parameter.grad = g
        if self.optimizer.rule.slots:
            self.optimizer.state = list(zip(*(slot.tolist() for slot in self.slots), strict=True))

    def _read_leaves(self) -> None:
        self.weights = numbers_of(self.parameters)
        self.gradient = numpy.array([p.grad for p in self.parameters])

    def _read_optimizer(self) -> None:
        place = {parameter: k for k, parameter in enumerate(self.parameters)}
        places = [place[parameter] for parameter in self.optimizer.parameters]
        self.trains_all = places == list(range(len(self.parameters)))
        self.trained: Any = slice(None) if self.trains_all else places
        self.slots = [numpy.array(slot) for slot in zip(*self.optimizer.state, strict=True)]

    def refresh(self) -> None:
        """Reads what others, who had the model in their hands, may have changed. Raises CannotTrace when that cannot be vectorised."""
        if self.parameters != self.model.parameters():
            raise CannotTrace("the model has other parameters than when its training began")
        self._read_leaves()
        self._read_optimizer()
        if self._make() != self.make or not self._is_ours():
            self._compile()


# --- predictions ---------------------------------------------------------------------------------------------------

_PROGRAMS: "WeakKeyDictionary[Any, tuple[Any, Compiled]]" = WeakKeyDictionary()  # the last program of each model


def predictions(model: Any, X: Any) -> Any:
    """The outputs of a model, which is in evaluation mode, for many examples. Raises CannotTrace."""
    _refuse_objects(X=X)
    weights = numbers_of(model.parameters())
    compiled = _program_of(model, X[0].tolist())
    rows = X.astype(float)
    return numpy.concatenate([compiled.values(weights, rows[k : k + ROWS]) for k in range(0, len(rows), ROWS)])


def _program_of(model: Any, example: list[float]) -> Compiled:
    """The program of the outputs; that of the last time if the model is still made as it was."""
    make, kept = make_of(model), _PROGRAMS.get(model)
    if kept and kept[0] == make and all(map(is_ours, model.modules())):
        return kept[1]
    lists = []

    def build(trace: ExampleGraph, output: Any) -> list[Value]:
        lists.append(isinstance(output, list))
        return output if isinstance(output, list) else [output]

    trace = traced(model, example, build)
    compiled = kept[1] if kept and kept[1].signature == trace.signature() else Compiled(trace, is_list=lists[0])
    if not compiled.columns:
        raise CannotTrace("the output does not depend on the inputs")
    _PROGRAMS[model] = make, compiled
    return compiled
