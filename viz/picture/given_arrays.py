"""What can be shown array by array: a program with examples, a matrix view, or the steps of one; and its steps."""

from typing import Any

from autograd import Notation
from autograd.vectorizing.array_steps import ArraySteps
from autograd.vectorizing.program import Program


def arrays_of(given: Any, X: Any, notation: "Notation | str | None") -> ArraySteps:
    """The steps of a program for the examples X, or those of a matrix view, which brings its own."""
    if isinstance(given, Program):
        if X is None:
            raise ValueError("a program is shown for some examples: give them as X=, one row for each example")
        return given.steps(X, "delta" if notation is None else notation)
    found = given if isinstance(given, ArraySteps) else given.steps
    if X is not None:
        raise ValueError("a matrix view has its examples already; leave out X, or make the view for other examples")
    if notation is not None and Notation.of(notation) != found.notation:
        raise ValueError(f'the matrix view is written in the notation "{found.notation.name}"; make it with the notation that is wanted')
    return found


def is_of_arrays(given: Any) -> bool:
    """Whether something is stepped through array by array: a program, a matrix view, or the steps of one."""
    return isinstance(given, (Program, ArraySteps)) or isinstance(getattr(given, "steps", None), ArraySteps)
