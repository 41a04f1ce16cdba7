"""The graph of one example, read as what holds for all: with leaves for the features, the targets and the masks of dropout.

Such a graph freezes what the model's code decides. That is sound for the modules of this package, which decide nothing by
numbers. Code of one's own is read in this way only if it promises the same, by `traceable = True` in its class or on its
function. The promise is put to the test: at other numbers it must build the same graph.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import numpy

from autograd import Value, topological_order

from .scalar_engine import outputs_of


class CannotTrace(ValueError):
    """Why the graph of one example does not stand for all."""


@dataclass
class ExampleGraph:
    """The roots of a graph, and its leaves by role. `masks`: for each call of a dropout, its place in model.modules() and its factors."""

    parameters: list[Value]
    features: list[Value] = field(default_factory=list)
    masks: list[tuple[int, list[Value]]] = field(default_factory=list)
    targets: list[Value] = field(default_factory=list)
    roots: list[Value] = field(default_factory=list)

    @property
    def inputs(self) -> list[Value]:
        """The leaves that change from example to example, in the order of the columns."""
        return [*self.features, *self.targets, *(factor for _, factors in self.masks for factor in factors)]

    def signature(self) -> list[Any]:
        """The graph as plain data: for each node its operation and where its operands are, for each leaf its role.

        Raises CannotTrace for a leaf that has none.
        """
        roles: dict[Value, Any] = {leaf: ("parameter", k) for k, leaf in enumerate(self.parameters)}
        roles |= {leaf: ("input", k) for k, leaf in enumerate(self.inputs)}
        found: list[Any] = []
        place: dict[Value, int] = {}
        for root in self.roots:
            for node in topological_order(root):
                if node in place:
                    continue
                place[node] = len(found)
                if node.parents:
                    found.append((node.op, *[place[parent] for parent in node.parents]))
                elif node in roles:
                    found.append(roles[node])
                elif node.constant:
                    found.append(repr(node.data))
                else:
                    raise CannotTrace(f"{node.label or repr(node)} is a leaf of the graph, but no parameter of the model")
        return [*found, *[place[root] for root in self.roots]]


Build = Callable[[ExampleGraph, Any], Sequence[Value]]  # a trace whose model has been called, and its output → the roots


def traced(model: Any, example: Sequence[float], build: Build) -> ExampleGraph:
    """The graph that `build` makes of the model's output for one example. Its parameters are in the order of model.parameters().

    `build` gives the roots, and adds the leaves of targets that it makes to the graph. Raises CannotTrace.
    """
    foreign = [code for module in model.modules() for code in _own_code(module)]
    if not foreign:
        return _trace(model, example, build)
    _refuse_unpromised(foreign)
    try:
        twin = copy.deepcopy(model)  # what the code does to a model by calling it, it does to the twin
    except Exception as error:
        raise CannotTrace(f"the model cannot be copied for a trial: {error}") from None
    found = _trace(twin, example, build)
    with _other_numbers(twin.parameters()):
        again = _trace(twin, [_other(number) for number in example], build)
    return _same(found, again, "the model")


def traced_penalty(model: Any, regularizer: Any) -> ExampleGraph:
    """The graph of what a regularizer adds to the loss. Raises CannotTrace."""

    def trace() -> ExampleGraph:
        cost = regularizer(model)
        if not isinstance(cost, Value):
            raise CannotTrace(f"the regularizer gives no Value but {type(cost).__name__}")
        return ExampleGraph(model.parameters(), roots=[cost])

    if of_this_package(regularizer):
        return trace()
    _refuse_unpromised([regularizer])
    found = trace()
    with _other_numbers(model.parameters()):
        again = trace()
    return _same(found, again, "the regularizer")


def _refuse_unpromised(foreign: list[Any]) -> None:
    """Raises CannotTrace for code of one's own that does not say, each class for itself, that it decides nothing by numbers."""
    for code in foreign:
        owner = code if hasattr(code, "__name__") else type(code)
        if getattr(owner, "__dict__", {}).get("traceable") is not True:
            raise CannotTrace(
                f"{owner.__name__} is code of one's own, which may decide by numbers; if it does not, give it the attribute traceable = True"
            )


def _own_code(module: Any) -> list[Any]:
    """What in a module is not of this package: its class, its activation."""
    activation: Any = getattr(module, "activation", None)
    foreign = [] if of_this_package(module) else [type(module)]
    return foreign if getattr(activation, "known", True) else [*foreign, activation.of_value]


def _same(found: ExampleGraph, again: ExampleGraph, who: str) -> ExampleGraph:
    if found.signature() != again.signature():
        raise CannotTrace(f"{who} builds another graph at other numbers, although it says that it is traceable")
    return found


def _other(number: float) -> float:
    """Another number, of the other sign."""
    return -1.25 * number - 0.125 if number > 0 else -1.25 * number + 0.125


@contextmanager
def _other_numbers(parameters: list[Value]) -> Iterator[None]:
    """Inside, all parameters have other numbers."""
    before = [parameter.data for parameter in parameters]
    try:
        for parameter in parameters:
            parameter.data = _other(float(parameter))
        yield
    finally:
        for parameter, data in zip(parameters, before, strict=True):
            parameter.data = data


def is_ours(module: Any) -> bool:
    """Whether the code of a module is of this package, where nothing is decided by the numbers of Values."""
    return not _own_code(module)


def of_this_package(thing: Any) -> bool:
    """Whether the class of something is defined in this package."""
    return type(thing).__module__.partition(".")[0] == __package__


def _trace(model: Any, example: Sequence[float], build: Build) -> ExampleGraph:
    graph = ExampleGraph(model.parameters(), [Value(number, f"x{k}", constant=True) for k, number in enumerate(example, 1)])
    with _masks_as_leaves(model, graph.masks):
        try:
            output = outputs_of(model, [graph.features])[0]
        except Exception as error:  # its code may take nothing but floats
            raise CannotTrace(f"the model does not take Values as inputs: {type(error).__name__}: {error}") from None
    graph.roots = list(build(graph, output))
    return graph


@contextmanager
def _masks_as_leaves(model: Any, masks: list[tuple[int, list[Value]]]) -> Iterator[None]:
    """Inside, every dropout multiplies by fresh leaves, which are noted in the order of the calls, and draws nothing."""

    def instead_of_mask(place: int) -> Callable[[int], list[Value]]:
        def leaves(n: int) -> list[Value]:
            masks.append((place, [Value(1.0, constant=True) for _ in range(n)]))
            return masks[-1][1]

        return leaves

    dropouts = [(place, module) for place, module in enumerate(model.modules()) if is_ours(module) and hasattr(module, "mask")]
    for place, module in dropouts:
        module.mask = instead_of_mask(place)
    try:
        yield
    finally:
        for _, module in dropouts:
            del module.mask


# --- what a model is made of ---------------------------------------------------------------------------------------


def make_of(model: Any) -> list[Any]:
    """All that decides which graph a model builds, as plain data: not the numbers of parameters, nor how far generators have come."""
    return [
        (type(module), [(name, _plain(part)) for name, part in vars(module).items() if name not in RECORDS]) for module in model.modules()
    ]


RECORDS = ("history", "fitted_loss")  # what `fit` notes on a model


def _plain(part: Any) -> Any:
    if isinstance(part, (list, tuple, set, frozenset)):
        return [type(part), *[_plain(item) for item in part]]
    if isinstance(part, dict):
        return [(key, _plain(item)) for key, item in part.items()]
    if isinstance(part, Value):
        return (part, repr(part.data)) if part.constant else part
    if isinstance(part, numpy.ndarray) and part.dtype != object:
        return part.shape, part.tobytes()
    return repr(part) if isinstance(part, (Real, str, bytes)) else _Same(part)


class _Same:
    """An object that is equal to itself only, and stays alive as long as something is compared with it."""

    def __init__(self, item: Any):
        self.item = item

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.item is other.item
