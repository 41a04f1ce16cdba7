"""The whole text of a program: functions of the table, the forward pass, and the forward and backward pass together."""

from collections.abc import Callable
from typing import Any

import numpy

from .arrays import Array
from .naming import LAYER, ArrayNames
from .planning import Plan
from .printing import ATOM, Printer
from .zero_times_infinity import product, times

SHORT_ARRAY = 64  # numbers that are written out


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


def in_order_of_lectures(plan: Plan, names: ArrayNames) -> list[int]:
    """The parts of the gradient from the last layer to the first, in each the weights before the biases; then the rest."""

    def rank(k: int) -> tuple[int, bool]:
        match = LAYER.fullmatch(names.of.get(plan.gradient[k][1].index, ""))
        return (-int(match[1]), match[0].startswith("db")) if match else (0, False)

    return sorted(range(len(plan.gradient)), key=rank)


class Source:
    """The text of a program, and what it refers to. `functions` stand above it, `constants` are arrays by name; of both,
    `used` are those that the last function needs, which is the one that is shown."""

    def __init__(self, plan: Plan, names: ArrayNames, size: int):
        self.plan, self.names, self.size = plan, names, size
        self.constants: dict[str, Any] = {}
        self.functions: dict[str, str] = {}
        self.forward = self._function("forward", [plan.values], self._values)
        if plan.mean is None:
            self.value_and_grad = ""
        else:
            outputs = [plan.values, *[plan.gradient[k][1] for k in in_order_of_lectures(plan, names)]]
            self.value_and_grad = self._function("value_and_grad", outputs, self._value_and_gradient)

    def _function(self, name: str, outputs: list[Array], ending: Callable[[Printer], list[str]]) -> str:
        names = ArrayNames(dict(self.names.of), self.names.hints, {*self.names.taken, *self.constants, *self.functions})
        printer = Printer(names, self.constants, self.functions, self.size)
        printer.body(outputs, self.plan)
        printer.lines += ending(printer)
        self.used = printer.used
        lines = [f"def {name}(parameters, X):", *["    n = len(X)"] * ("n" in printer.used), *[f"    {line}" for line in printer.lines]]
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
        head = ["import numpy as np"]
        for name, array in self.constants.items():
            if name in self.used:
                is_short = array.size <= SHORT_ARRAY
                shown = f"np.array({array.tolist()})"
                head.append(f"{name} = {shown}" if is_short else f"# {name}: an array of shape {array.shape}, in program.constants")
        functions = [f"{text}\n" for name, text in self.functions.items() if name in self.used]
        return "\n".join([*head, "", *functions, self.value_and_grad or self.forward])

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
