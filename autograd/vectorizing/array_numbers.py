"""The numbers of all arrays of a pass, in full shape, laid out as a notation has them, and as they are printed."""

from typing import Any

import numpy

from .array_steps import ArrayStep, ArraySteps
from .arrays import Array, N
from .equations import Writer
from .evaluating import evaluated
from .planning import Plan


class Numbers:
    """The numbers of the arrays of a plan for the examples X; `steps` are the records that show them."""

    steps: ArraySteps

    def __init__(self, plan: Plan, writer: Writer, parameters: Any, X: Any):
        self.plan, self.writer, self.parameters, self.X = plan, writer, parameters, X
        self.values = evaluated([line.array for line in writer.lines], parameters, X)
        self.lines = {line.array.index: line for line in writer.lines}
        self.name_of = {line.array.index: line.name for line in writer.lines}
        self.array_of = {line.name: line.array for line in writer.lines}

    def full(self, array: Array) -> Any:
        """The numbers of an array in its full shape, examples in columns, without the scale of an error signal."""
        values = numpy.asarray(self.values[array.index], dtype=float)
        shape = [len(self.X) if size == N else size for size in array.shape]
        return numpy.broadcast_to(values, shape) if shape else values.reshape(1, 1)

    def scale(self, array: Array) -> float:
        return float(len(self.X)) if self.writer.is_error(array) else 1.0

    def laid_out(self, array: Array, numbers: Any) -> Any:
        if numbers.ndim != 2:
            numbers = numbers.reshape(-1, numbers.shape[-1])
        return numbers.T if self.writer.is_turned(array) else numbers

    def as_printed(self, step: ArrayStep, digits: int | None) -> Any:
        """What the right side of an equation comes to, with the numbers of its arrays as they are printed."""
        given: dict[int, Any] = {}
        for name in step.operands:
            operand = self.steps.arrays[name]
            shown = numpy.array([[float(text) for text in row] for row in operand.texts(digits)])
            array = self.array_of[name]
            given[array.index] = (shown.T if self.writer.is_turned(array) else shown) / operand.scale
        if step.name == "mean":
            (values,) = given.values()
            return numpy.atleast_2d(values.mean() if self.writer.is_mean else values.sum())
        array = self.array_of[step.name]
        given.pop(array.index, None)
        inner = evaluated([array], self.parameters, self.X, given)[array.index]
        shape = [len(self.X) if size == N else size for size in array.shape] or [1, 1]
        return self.laid_out(array, numpy.broadcast_to(inner, shape)) * step.scale
