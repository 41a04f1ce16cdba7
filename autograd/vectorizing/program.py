"""`vectorize`: from the scalar graph of one example to a `Program`, which computes many examples at once with NumPy."""

import threading
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from types import MappingProxyType
from typing import Any

import numpy

from ..engine.ieee import as_float
from ..engine.names import find, names
from ..engine.replaying import refuse_stale
from ..engine.value import Value
from ..explain.notation import Notation
from ..quoting import quoted
from . import rows, running
from .array_steps import ArraySteps
from .equations import equations
from .making_steps import Leaves, array_steps
from .naming import ArrayNames, blocks_of, named
from .planning import Plan, planned
from .scalars import normalised, read
from .source import Source, in_order_of_lectures


def vectorize(y: Any, inputs: Iterable[Any] = (), params: Iterable[Any] = (), *, dtype: Any = numpy.float64) -> "Program":
    """A NumPy program for the graph of y: its value, and its gradient, for many examples at once.

    `y` is the loss or the output of ONE example, a Value built from leaves, or a list of outputs (the program then has
    values only). `inputs` are the leaves that change from example to example, features and targets, in the order of
    the columns of X; they may be constants. `params` are the leaves that are trained. Both are lists of Values or
    labels. `dtype` is float64 or float32.

    Which nodes there are is fixed here: an `if` on the data of a Value was decided while the graph was built, and stays
    decided for all examples. relu, maximum, abs, clip and their kin decide anew for each example. Chance, such as the
    mask of dropout, is an input.

    Raises ValueError or TypeError for a leaf that is listed twice or computed, for one that is in neither list and no
    constant, and for a graph whose leaves have changed since it was built. A parameter that y does not depend on has
    the gradient 0, and a warning says so.

    >>> from autograd import Value, vectorize
    >>> w, b, x, t = Value(2.0, "w"), Value(1.0, "b"), Value(3.0, "x"), Value(5.0, "t")
    >>> program = vectorize((w * x + b - t) ** 2, inputs=[x, t], params=[w, b])
    >>> program([[3.0, 5.0], [1.0, 0.0]])
    array([4., 9.])
    >>> program.value_and_grad([[3.0, 5.0], [1.0, 0.0]])
    (6.5, array([9., 5.]))
    """
    roots = [y] if isinstance(y, Value) else list(y) if isinstance(y, (list, tuple)) else [y]
    for root in roots:
        if not isinstance(root, Value):
            raise TypeError(f"vectorize takes a Value, or a list of them, not {type(root).__name__}")
    if not roots:
        raise ValueError("vectorize needs at least one output")
    columns, trained = _leaves(roots, inputs, "inputs"), _leaves(roots, params, "params")
    _refuse_unsuitable(columns, trained)
    for root in roots:
        refuse_stale(root)
    program = Program(roots, columns, trained, _dtype(dtype), is_list=not isinstance(y, Value))
    _warn_unused(program._used, columns, trained)
    return program


class _MadeOnce:
    """A property that is made when it is first asked for. That of functools holds a lock meanwhile (until Python 3.12),
    which the child of a fork would wait for in vain."""

    def __init__(self, make: Callable[[Any], Any]):
        self.make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, program: Any, owner: type) -> Any:
        made = vars(program)[self.name] = self.make(program)
        return made


class Program:
    """What `vectorize` makes: a function of X, of shape (examples, inputs), and of one flat vector of parameters.

    `parameters` is that vector, copied from the leaves; change it in place, `program.parameters -= lr * gradient`.
    `push()` writes it to the leaves, `pull()` reads it from there. It may be called from several threads at once, each of
    which has buffers of its own; it can be copied and pickled, with its leaves.
    """

    def __init__(self, roots: Sequence[Value], inputs: list[Value], params: list[Value], dtype: Any, is_list: bool,
                 activations: Sequence[Sequence[Value]] | None = None):  # fmt: skip
        self.inputs, self.params, self.dtype = tuple(inputs), tuple(params), dtype
        self._outputs, self._is_list = tuple(roots), is_list
        found, numbers = self._read = read(roots, {v: k for k, v in enumerate(inputs)}, {v: k for k, v in enumerate(params)})
        self._used = {*found.node}
        self._scalars, self._roots = normalised(found, numbers)
        self._activations = activations  # of each layer, where the graph is known to be a chain of layers
        self._plan: Plan = planned(self._scalars, self._roots, activations=self._numbers_of_activations())
        self._parameters = numpy.array([as_float(p.data) for p in params], dtype=dtype)
        self._is_row_by_row = len(self._roots) == 1 and rows.is_better(self._plan.groups, 1)

    def __reduce__(self) -> tuple[Any, ...]:
        arguments = (self._outputs, list(self.inputs), list(self.params), self.dtype, self._is_list, self._activations)
        return _restored, (arguments, self._parameters.copy())

    # --- parameters ---

    @property
    def parameters(self) -> Any:
        """The flat vector of parameters, in the order of `params`."""
        return self._parameters

    @parameters.setter
    def parameters(self, numbers: Any) -> None:
        if numbers is not self._parameters:
            given = numpy.asarray(numbers)
            if given.shape != self._parameters.shape:
                raise ValueError(f"the program has {len(self.params)} parameters in one flat vector, not an array of shape {given.shape}")
            self._parameters[...] = given

    def pull(self) -> None:
        """Reads the parameters from the data of the leaves."""
        self._parameters[...] = [as_float(p.data) for p in self.params]

    def push(self) -> None:
        """Writes the parameters to the data of the leaves."""
        for leaf, number in zip(self.params, self._parameters.tolist(), strict=True):
            leaf.data = number

    # --- computing ---

    def __call__(self, X: Any) -> Any:
        """The value for each example: shape (examples,), or (examples, outputs) for a list of outputs."""
        X = self._examples(X)
        with numpy.errstate(all="ignore"):
            values = self._forward.of(len(X))(X)
            if not numpy.isfinite(values).all():
                values = numpy.array(self._careful["forward"](self._parameters, X), dtype=self.dtype)
            return values

    def value_and_grad(self, X: Any) -> tuple[float, Any]:
        """The mean value over the examples, and its gradient: a new flat array in the order of `params`."""
        self._refuse_list("value_and_grad")
        X = self._examples(X)
        with numpy.errstate(all="ignore"):
            if self._is_row_by_row and rows.is_better(self._plan.groups, len(X)):
                found = rows.called(self._rows, self._parameters, X)
            else:
                found = self._backward.of(len(X))(X)
            if found is None or not isfinite(found[0] + found[1].dot(found[1])):
                value, gradient = self._careful["value_and_grad"](self._parameters, X)
                return float(value), numpy.array(gradient, dtype=self.dtype)
            return found

    def gradients(self, X: Any) -> dict[str, Any]:
        """The gradient of the mean value, as arrays by the names of the parameters in `source`: W1, b1, …"""
        _, gradient = self.value_and_grad(X)
        return {name: gradient[places] for name, places in self._blocks.items()}

    def function(self, numpy_like: Any = numpy) -> Callable[..., Any]:
        """A pure function of (parameters, X), written with a library that has NumPy's functions, such as jax.numpy.

        It gives the mean of y over the examples; of one example, given as a flat array, y itself. So it can be compiled,
        differentiated and mapped: jax.jit(f), jax.grad(f), jax.vmap(f, (None, 0)). Its attributes `values` and
        `value_and_grad` are the pure forms of the program called, and of `value_and_grad`. Where they meet 0 times
        infinity on the way back they give nan, which the program itself does not.

        >>> w, x = Value(2.0, "w"), Value(3.0, "x")
        >>> program = vectorize((w * x) ** 2, inputs=[x], params=[w])
        >>> f = program.function(numpy)  # or jax.numpy, and then jax.jit(jax.grad(f))
        >>> float(f(program.parameters, numpy.array([[3.0], [1.0]])))
        20.0
        """
        made = self._text.compiled(numpy_like)

        def function(parameters: Any, X: Any) -> Any:
            return numpy_like.mean(made["forward"](parameters, numpy_like.atleast_2d(X)))

        function.values = made["forward"]  # type: ignore[attr-defined]
        if not self._is_list:
            function.value_and_grad = made["value_and_grad"]  # type: ignore[attr-defined]
        return function

    # --- reading ---

    @property
    def source(self) -> str:
        """The program as NumPy code to be read: pure functions of the parameters and X, examples in columns inside."""
        return self._text.text

    @property
    def constants(self) -> Mapping[str, Any]:
        """The arrays of numbers that `source` refers to, by their names."""
        return MappingProxyType(self._text.constants)

    def latex(self, notation: Any = None) -> str:
        """The same program as matrix equations in LaTeX, in a notation of `autograd.explain.notation` (None: "delta").

        Layers are written with the symbols and in the layout of the notation. Raises ValueError for an unknown one.
        """
        return equations(self._plan, self._names, notation)

    def steps(self, X: Any, notation: "str | Notation | None" = None, *, reduction: str = "mean") -> ArraySteps:
        """The forward and backward pass for the examples X as records, an array a step: see `ArrayStep` and `ArraySteps`.

        They are the lines of `source` and of `latex`, with numbers; one more is the gradient at the inputs of the first
        layer. `notation` is one of `autograd.explain.notation` (None: "delta"); it decides about symbols and about the layout.
        `reduction` says whether the loss is the "mean" over the examples, as everywhere in a program, or their "sum".
        They belong to the parameters of now. Raises ValueError for a program of several outputs, TypeError and ValueError
        for X as in a call.

        >>> w, b, x, t = Value(2.0, "w"), Value(1.0, "b"), Value(3.0, "x"), Value(5.0, "t")
        >>> print(vectorize((w * x + b - t) ** 2, [x, t], [w, b]).steps([[3.0, 5.0], [1.0, 0.0]])["dw"].entry())
        dw = 2 · 3 + 3 · 1 = 9
        """
        return self._steps(X, notation, reduction)

    def _steps(self, X: Any, notation: "str | Notation | None", reduction: str, is_whole: bool = False) -> ArraySteps:
        self._refuse_list("steps")
        X = self._examples(X)
        if reduction not in ("mean", "sum"):
            raise ValueError(f'reduction is "mean" or "sum", not {quoted(reduction)}')
        plan, names = (self._plan, self._names) if reduction == "mean" else self._summed
        leaves = Leaves(self._outputs[0], self.inputs, self.params)
        return array_steps(
            plan,
            names,
            Notation.of("delta" if notation is None else notation),
            self._parameters.copy(),
            X,
            leaves,
            self._standing,
            reduction == "mean",
            is_whole,
        )

    @property
    def shapes(self) -> Mapping[str, tuple[Any, ...]]:
        """The shapes of the arrays of `source` by their names; "n" is the number of examples."""
        found = {name: places.shape for name, places in self._blocks.items()}
        arrays = self._plan.arrays.all
        return MappingProxyType(found | {name: arrays[index].shape for index, name in self._names.of.items() if name not in found})

    @_MadeOnce
    def _names(self) -> ArrayNames:
        return named(self._plan, list(self.inputs), list(self.params))

    @_MadeOnce
    def _standing(self) -> dict[int, tuple[Value, ...]]:
        """The nodes of the graph that have the value of a scalar of the plan; those that are computed twice stand together."""
        found: dict[int, tuple[Value, ...]] = {}
        of_read = self._scalars.number_of
        for node, number in self._read[0].number_of.items():
            if number in of_read:
                found[of_read[number]] = (*found.get(of_read[number], ()), node)
        return found

    def _numbers_of_activations(self) -> list[list[int]] | None:
        if self._activations is None:
            return None
        read, normal = self._read[0].number_of, self._scalars.number_of
        return [[normal[read[node]] for node in layer] for layer in self._activations if all(read[node] in normal for node in layer)]

    @_MadeOnce
    def _summed(self) -> tuple[Plan, ArrayNames]:
        """The plan of the sum over the examples, in place of their mean."""
        plan = planned(self._scalars, self._roots, activations=self._numbers_of_activations(), is_mean=False)
        return plan, named(plan, list(self.inputs), list(self.params))

    @_MadeOnce
    def _blocks(self) -> dict[str, Any]:
        return blocks_of(self._plan, self._names, self.params)

    @_MadeOnce
    def _text(self) -> Source:
        return Source(self._plan, self._names, len(self.params))

    @_MadeOnce
    def _careful(self) -> dict[str, Any]:
        """The program that looks out for 0 times infinity in every product of the backward pass."""
        plan = planned(self._scalars, self._roots, careful=True)
        return Source(plan, ArrayNames(), len(self.params)).compiled(numpy)

    @_MadeOnce
    def _forward(self) -> "_Bound":
        return _Bound(running.forward(self._plan, len(self.params)), self._parameters)

    @_MadeOnce
    def _backward(self) -> "_Bound":
        order = in_order_of_lectures(self._plan, self._names)
        return _Bound(running.value_and_grad(self._plan, len(self.params), order), self._parameters)

    @_MadeOnce
    def _rows(self) -> Callable[..., Any]:
        return rows.value_and_grad(self._scalars, self._roots[0])

    def _refuse_list(self, what: str) -> None:
        if self._is_list:
            raise ValueError(f"{what} needs a program of one output, but this one was made from a list of {len(self._roots)}")

    def _examples(self, X: Any) -> Any:
        """X as an array of this program's numbers. Raises ValueError or TypeError for what cannot be one."""
        try:
            given = numpy.asarray(X)
        except ValueError:
            raise ValueError(f"the rows of X have different lengths; each needs {len(self.inputs)} numbers") from None
        if given.dtype.kind not in "biuf":
            try:
                given = given.astype(float, casting="unsafe" if given.dtype == object else "safe")  # such as fractions
            except (TypeError, ValueError):
                raise TypeError(f"X must hold numbers, not {given.dtype}") from None
            if any(entry is None for entry in numpy.asarray(X, dtype=object).flat):  # which NumPy would take for nan
                raise TypeError("X must hold numbers, not None; leave out the row, or write the number that is meant")
        if given.ndim != 2 or given.shape[1] != len(self.inputs):
            listed = ", ".join([v.label or "?" for v in self.inputs[:8]]) + ", …" * (len(self.inputs) > 8)
            raise ValueError(
                f"X has shape {given.shape}, but the program takes (examples, {len(self.inputs)}): a column for each input, {listed}"
            )
        if len(given) == 0:
            raise ValueError("X has no rows; the program needs at least one example")
        return given.astype(self.dtype, copy=False)

    def __repr__(self) -> str:
        return f"<program of {len(self.inputs)} inputs and {len(self.params)} parameters>"


def _restored(arguments: tuple[Any, ...], parameters: Any) -> Program:
    program = Program(*arguments)
    program.parameters = parameters
    return program


class _Bound:
    """A function with buffers for the numbers of examples that it was last asked for, in each thread."""

    KEPT = 8

    def __init__(self, bind: Callable[..., Any], parameters: Any):
        self.bind, self.parameters = bind, parameters
        self.kept = threading.local()

    def of(self, n: int) -> Callable[..., Any]:
        """The function for n examples."""
        functions = vars(self.kept).setdefault("functions", {})
        if n not in functions:
            if len(functions) == self.KEPT:
                del functions[next(iter(functions))]
            functions[n] = self.bind(n, self.parameters.dtype, self.parameters)
        return functions[n]


# --- what is asked of the arguments --------------------------------------------------------------------------------


def _leaves(roots: Sequence[Value], given: Any, what: str) -> list[Value]:
    """The leaves that are meant by Values or labels. Raises ValueError for a computed node and for one listed twice."""
    nodes = [given] if isinstance(given, (Value, str)) else list(given)
    called: dict[Value, str] = {}
    if any(not isinstance(node, Value) for node in nodes):
        called = {node: name for root in reversed(roots) for node, name in names(root).items()}
    found = [node if isinstance(node, Value) else find(roots[0], node, called) for node in nodes]
    seen = set()
    for leaf in found:
        if leaf.parents:
            raise ValueError(f"{leaf.label or repr(leaf)} in {what} was computed by {leaf.op}; list leaves only")
        if leaf in seen:
            raise ValueError(f"{leaf.label or repr(leaf)} is listed twice in {what}")
        seen.add(leaf)
    return found


def _refuse_unsuitable(inputs: list[Value], params: list[Value]) -> None:
    both = {*inputs}.intersection(params)
    if both:
        leaf = next(p for p in params if p in both)
        raise ValueError(f"{leaf.label or repr(leaf)} is listed in inputs and in params; a leaf is one or the other")
    fixed = next((p for p in params if p.constant), None)
    if fixed is not None:
        raise ValueError(f"{fixed.label or repr(fixed)} in params is a constant, which is not trained; make it without constant=True")


def _warn_unused(used: set[Value], inputs: Sequence[Value], params: Sequence[Value]) -> None:
    for leaves, what, then in ((inputs, "input", "its column is not used"), (params, "parameter", "its gradient is 0")):
        unused = [leaf for leaf in leaves if leaf not in used]
        if unused:
            listed = ", ".join([leaf.label or repr(leaf) for leaf in unused[:8]]) + ", …" * (len(unused) > 8)
            plural = "s" * (len(unused) > 1)
            warnings.warn(f"the output does not depend on the {what}{plural} {listed}: {then}", stacklevel=3)


def _dtype(given: Any) -> Any:
    try:
        found = numpy.dtype(given)
    except TypeError:
        found = None
    if found not in (numpy.float64, numpy.float32):
        raise ValueError(f"dtype is float64 or float32, not {given!r}")
    return found
