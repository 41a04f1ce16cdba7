"""Differentiating a graph: the backward pass, gradients of gradients, forward mode.

Each is one walk over the topological order. `backward` writes into `.grad`; the others leave the graph untouched.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import isnan
from typing import Any

from .graph import find, names, refuse_stale, topological_order
from .ieee import Number, as_float, settle
from .operations import RESERVED
from .value import Value, number


def seed_of(y: Value, seed: Any = 1) -> Number:
    """The gradient to start from at the root: of the root's kind of number where the seed allows it."""
    return Fraction(seed) if y.data.__class__ is Fraction and seed.__class__ is int else number(seed, "a seed")


def backward(y: Value, seed: Any = 1) -> None:
    """Fills in `grad` for y and everything it depends on: the gradient of y, times `seed`.

    Gradients of computed nodes are new each time; those of leaves add up until zero_grad(). Where the gradient that
    arrives at a node is 0, nothing goes on from it, even where a local derivative is infinite; nor does an infinite
    gradient go on where the local derivative is 0, so that a branch not taken contributes nothing.

    >>> a, b = Value(2.0), Value(3.0)
    >>> (a * b + a).backward()
    >>> a.grad, b.grad
    (4.0, 2.0)
    """
    seed = seed_of(y, seed)
    order = topological_order(y)
    earlier = [(leaf, leaf._grad) for leaf in order if leaf._a is None and leaf._grad]
    try:
        _accumulate(order, seed)
    except OverflowError:  # an infinity, or a fraction: both need more care
        for node, gradient in gradients(order, seed).items():
            node._grad = gradient
    for leaf, grad in earlier:
        leaf._grad = plus(grad, leaf._grad)


def _accumulate(order: list[Value], seed: Number) -> None:
    if seed.__class__ is not float:
        raise OverflowError
    for node in order:
        node._grad = 0.0
    order[-1]._grad = seed
    for node in reversed(order):
        upstream, first, second = node._grad, node._a, node._b
        if not upstream or first is None:
            continue
        if upstream - upstream:  # infinity or nan: `gradients` takes care of 0 times infinity
            raise OverflowError
        if second is not None:
            first._grad += upstream * node._da
            second._grad += upstream * node._db
        elif first.__class__ is tuple:
            for parent, partial in zip(first, node._da):  # noqa: B905 (checking lengths costs time)
                parent._grad += upstream * partial
        else:
            first._grad += upstream * node._da


def zero_grad(y: Value) -> None:
    """Forgets the gradient of y and of everything it depends on.

    >>> x = Value(3.0)
    >>> y = x * x
    >>> y.backward(); y.zero_grad()
    >>> x.grad
    0.0
    """
    for node in topological_order(y):
        node._grad = None


Value.backward = backward  # type: ignore[attr-defined]
Value.zero_grad = zero_grad  # type: ignore[attr-defined]
RESERVED.update(("backward", "zero_grad"))


# --- gradients as a result ---------------------------------------------------------------------------------------


def gradients(order: list[Value], seed: Any = 1, partials: Callable[[Value], Any] = lambda node: node.partials) -> dict[Value, Any]:
    """The gradient of the last node of a topological order with respect to each of them, as a dict.

    With numbers as local derivatives the gradients are numbers; with Values they are Values.
    """
    zero = 0 * seed if seed.__class__ is Fraction else 0.0
    found: dict[Value, Any] = dict.fromkeys(order, zero)
    found[order[-1]] = seed
    for node in reversed(order):
        upstream = found[node]
        if node._a is None or (not isinstance(upstream, Value) and not upstream):
            continue
        for parent, partial in zip(node.parents, partials(node), strict=True):
            contribution = product(upstream, partial)
            found[parent] = contribution if _is_plain(found[parent], 0) else plus(found[parent], contribution)
    return found


def product(upstream: Any, partial: Any) -> Any:
    """upstream * partial, where a 0 on either side gives 0; no node is made for a factor 0 or 1."""
    if _is_plain(upstream, 0) or _is_plain(partial, 1):
        return upstream
    if _is_plain(partial, 0) or _is_plain(upstream, 1):
        return partial
    try:
        found = upstream * partial
    except OverflowError:  # a fraction beyond the floats met a float
        return as_float(upstream) * as_float(partial)
    if isinstance(found, Value):
        is_zero_times_infinity = isnan(found) and 0 in (float(upstream), float(partial))
        return 0.0 if is_zero_times_infinity else found
    return settle(found) if found.__class__ is Fraction else found


def plus(total: Any, contribution: Any) -> Any:
    """total + contribution, also where a fraction beyond the floats meets a float."""
    try:
        found = total + contribution
    except OverflowError:
        return as_float(total) + as_float(contribution)
    return settle(found) if found.__class__ is Fraction else found


def _is_plain(factor: Any, data: int) -> bool:
    return not isinstance(factor, Value) and factor == data


def _partials_as_values(node: Value) -> Sequence[Any]:
    """The local derivatives of a node as Values; a constant exponent takes part as its number, without a derivative."""
    operation, operands = node._operation, list(node.parents)
    quiet = operation.skips_constant and operands[-1].constant
    if quiet:
        operands[-1] = operands[-1].data
    partials = list(operation.partials_of_values(operands, node))
    return [*partials[:-1], 0] if quiet else partials


def _listed(nodes: Any, what: str) -> list[Any]:
    """One node, a name, or several of them, as a list."""
    if isinstance(nodes, (Value, str)):
        return [nodes]
    try:
        return list(nodes)
    except TypeError:
        raise TypeError(f"{what} takes nodes: Values or labels, not {type(nodes).__name__}") from None


def _found(y: Value, wrt: Any, what: str) -> list[Value]:
    """The nodes meant by `wrt`. A Value that y does not depend on is allowed: the derivative with respect to it is 0."""
    return [node if isinstance(node, Value) else find(y, node) for node in _listed(wrt, what)]


def grad(y: Value, wrt: Any, create_graph: bool = False) -> tuple[Any, ...]:
    """The gradients of y with respect to one node or several, as a tuple of numbers; no `.grad` is touched.

    With create_graph=True they are Values, which can be drawn, stepped through and differentiated again. Raises
    ValueError for a name that is not in the graph, and, with create_graph, for a graph whose leaves have changed.

    >>> x = Value(2.0, "x")
    >>> dy, = grad(x**3, [x], create_graph=True)
    >>> dy.data, grad(dy, [x])
    (12.0, (12.0,))
    """
    order, nodes = topological_order(y), _found(y, wrt, "grad")
    if not create_graph:
        found = gradients(order, seed_of(y))
        return tuple([found.get(node, seed_of(y, 0)) for node in nodes])
    refuse_stale(y)
    found = gradients(order, seed_of(y), _partials_as_values)
    results = [found.get(node, seed_of(y, 0)) for node in nodes]
    return tuple([result if isinstance(result, Value) else Value(seed_of(y, result), constant=True) for result in results])


def jacobian(outputs: Any, wrt: Any) -> Any:
    """The derivatives of several outputs with respect to several nodes: a NumPy array of shape (outputs, nodes).

    >>> a, b = Value(2.0), Value(3.0)
    >>> jacobian([a * b, a + b], [a, b])
    array([[3., 2.],
           [1., 1.]])
    """
    import numpy

    roots = _listed(outputs, "jacobian")
    nodes = [node if isinstance(node, Value) else _found_below(roots, node) for node in _listed(wrt, "jacobian")]
    rows = [[as_float(g) for g in grad(y, nodes)] for y in roots]
    return numpy.array(rows, dtype=float).reshape(len(rows), len(nodes))


def _found_below(roots: list[Value], name: Any) -> Value:
    """The node of that name below any of the roots, one and the same wherever it is found."""
    if not roots:
        raise ValueError(f"there is no output that {name!r} could belong to")
    return find(roots[0], name, {node: given for y in reversed(roots) for node, given in names(y).items()})


def hessian(y: Value, wrt: Any) -> Any:
    """The second derivatives of y with respect to several nodes: a NumPy array of shape (nodes, nodes).

    >>> a, b = Value(2.0), Value(3.0)
    >>> hessian(a * a * b, [a, b])
    array([[6., 4.],
           [4., 0.]])
    """
    nodes = _found(y, wrt, "hessian")
    return jacobian(grad(y, nodes, create_graph=True), nodes)


def jvp(y: Value, direction: "Mapping[Value | str, Any]") -> Number:
    """Forward mode: how fast y changes when the given nodes change at the given rates (the directional derivative).

    A rate goes on through an edge as rate times local derivative, and a node adds up what reaches it.

    >>> a, b = Value(2.0), Value(3.0)
    >>> jvp(a * b, {a: 1.0})
    3.0
    """
    if not isinstance(direction, Mapping):
        raise TypeError(f"jvp takes a dict of node to rate, not {type(direction).__name__}")
    called = names(y)
    zero = seed_of(y, 0)
    rates: dict[Value, Number] = {find(y, node, called): number(rate, "a rate") for node, rate in direction.items()}
    for node in called:
        if node not in rates:
            rates[node] = reduce(plus, [product(rates[p], partial) for p, partial in zip(node.parents, node.partials, strict=True)], zero)
    return rates[y]
