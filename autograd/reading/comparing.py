"""The four routes to a derivative, side by side: finite differences, symbolic, forward mode, reverse mode.

Each route is really taken, and what it takes is counted while it is under way: how often the values of the graph are
computed, how many sweeps of derivatives there are, multiplications and additions. The words are in `explain.comparisons`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

from ..engine.derivatives import grad, jvp
from ..engine.ieee import as_float
from ..engine.names import find, listed, names
from ..engine.order import topological_order
from ..engine.replaying import refuse_stale, values
from ..engine.value import Value
from .counting import Cost, of_slopes, of_sweep, of_values, sum_of
from .finite_differences import difference
from .symbolic import LARGEST, Symbolic, sympy_module, written_size

DIGITS = 30  # of the derivative that all routes are compared with, where sympy is there


@dataclass(frozen=True)
class Route:
    """One way to all derivatives, and what it took.

    `name` is "forward difference", "central difference", "symbolic", "forward mode" or "reverse mode". `derivatives` has a
    number for each node asked for, `error` is the largest distance from the exact ones. `evaluations` counts how often
    all values of the graph were computed, `sweeps` the passes of derivatives over it. `size` is, of the symbolic route,
    how many signs all derivatives have when written out, `shared_size` with shared parts counted once. `missing` says
    why a route was not taken: "sympy" or "too large".
    """

    name: str
    derivatives: tuple[float, ...] = ()
    error: float = nan
    evaluations: int = 0
    sweeps: int = 0
    multiplications: int = 0
    additions: int = 0
    size: int | None = None
    shared_size: int | None = None
    missing: str = ""


def all_routes(y: Value, wrt: Any = None) -> tuple[list[str], list[Route], Cost]:
    """The names of the nodes, the routes to the derivatives of y by them, and what the values of the graph cost once.

    Raises ValueError for a graph whose leaves have changed, and for a node that is no leaf of it.
    """
    refuse_stale(y)
    called = names(y)
    order = topological_order(y)
    asked = None if wrt is None else listed(wrt, "compare")
    chosen = (
        [node for node in order if not node.parents and not node.constant] if asked is None else [find(y, node, called) for node in asked]
    )
    if not chosen:
        raise ValueError("there is no leaf to compare by; a leaf is a Value that is no constant")
    again = next((node for k, node in enumerate(chosen) if node in chosen[:k]), None)
    if again is not None:
        raise ValueError(f"{called[again][:40]} stands twice in what to compare by; name it once")
    computed = next((node for node in chosen if node.parents), None)
    if computed is not None:
        raise ValueError(f"compare takes leaves, but {called[computed][:40]} is computed; build the graph from it to compare by it")
    once, slopes = of_values(order), of_slopes(order)
    routes = [_differences(order, chosen, scheme, once) for scheme in ("forward", "central")]
    symbolic, exact = _symbolic(y, order, chosen)
    many = len(chosen)
    routes += [
        symbolic,
        Route("forward mode", tuple([as_float(jvp(y, {node: 1.0})) for node in chosen]), evaluations=1, sweeps=many,
              **sum_of([once, slopes]).and_(of_sweep(order, backward=False), many)._asdict()),
        Route("reverse mode", tuple(map(as_float, grad(y, chosen))), evaluations=1, sweeps=1,
              **sum_of([once, slopes, of_sweep(order, backward=True)])._asdict()),
    ]  # fmt: skip
    compared = exact if exact is not None and all(map(isfinite, exact)) else routes[-1].derivatives
    return [called[node] for node in chosen], [_with_error(route, compared) for route in routes], once


def _with_error(route: Route, exact: Sequence[float]) -> Route:
    apart = [0.0 if a == b else abs(a - b) for a, b in zip(route.derivatives, exact, strict=False)]
    worst = nan if route.missing else next((each for each in apart if each != each), max(apart, default=0.0))
    return Route(**{**vars(route), "error": worst})


def _differences(order: list[Value], chosen: Sequence[Value], scheme: str, once: Cost) -> Route:
    """Finite differences by each node, with the values of the graph computed anew for each; f(x) itself once for all."""
    y, calls = order[-1], 0
    at_rest: list[float] = []

    def along(node: Value, x: float) -> float:
        nonlocal calls
        if x == float(node) and at_rest:
            return at_rest[0]
        calls += 1
        found = as_float(values(order, {node: x})[y])
        if x == float(node):
            at_rest.append(found)
        return found

    found = [difference(lambda x, node=node: along(node, x), float(node), scheme) for node in chosen]  # type: ignore[misc]
    extra = Cost(len(chosen), len(chosen))  # a difference and a quotient each
    return Route(f"{scheme} difference", tuple(found), evaluations=calls, **extra.and_(once, calls)._asdict())


def _symbolic(y: Value, order: list[Value], chosen: Sequence[Value]) -> tuple[Route, list[float] | None]:
    """The symbolic route, and the derivatives to more digits than floats have."""
    try:
        sympy_module()
    except ImportError:
        return Route("symbolic", missing="sympy"), None
    if written_size(order) * max(1, len(chosen)) > LARGEST:
        return Route("symbolic", missing="too large"), None
    symbolic = Symbolic(y, chosen)
    found = [symbolic.derivative(node) for node in chosen]
    cost = sum_of([Cost(*each.operations) for each in found])
    route = Route(
        "symbolic", tuple([each.at(symbolic.point) for each in found]), size=sum(each.size for each in found),
        shared_size=sum(each.shared_size for each in found), **cost._asdict(),
    )  # fmt: skip
    return route, [each.at(symbolic.point, DIGITS) for each in found]
