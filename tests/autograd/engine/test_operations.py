"""The table of operations: every entry against mpmath, on floats, fractions, arrays and Values, and the edges of its domain.

The checks take an entry of the table and know none by name, so an operation added tomorrow is covered unedited.
"""

import ast
import copy
import itertools
import math
import operator
import pickle
import warnings
from fractions import Fraction

import mpmath
import numpy
import pytest

import autograd
from autograd import Value, dot, gelu, grad, hessian, jvp, maximum, parse, softplus, steps
from autograd.engine import functions, operations
from autograd.engine.functions import apply, define
from autograd.engine.operations import TABLE
from autograd.engine.replaying import changed_leaf, side

inf, nan = math.inf, math.nan
mpmath.mp.dps = 50

# --- a reader of formulas that shares no code with the engine ------------------------------------------------------

ARITHMETIC = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq,
}  # fmt: skip


class Undefined(Exception):
    """There is no real, or no exact, result at this point."""


def evaluate(node, known, number, function, i=None):
    """A formula's syntax tree at the operands in `known`, with literals made by `number` and functions found by `function`."""

    def inside(part, i=i):
        return evaluate(part, known, number, function, i)

    match node:
        case ast.Constant(value=literal):
            return number(literal)
        case ast.Name(id=name):
            return known[name]
        case ast.Subscript(value=ast.Name(id=name)):
            return known[name][i]
        case ast.UnaryOp(operand=part):
            return -inside(part)
        case ast.BinOp(left=left, op=op, right=right) | ast.Compare(left=left, ops=[op], comparators=[right]):
            try:
                found = ARITHMETIC[type(op)](inside(left), inside(right))
            except ZeroDivisionError:
                raise Undefined from None
        case ast.Call(func=ast.Name(id="where"), args=[condition, yes, no]):
            return inside(yes) if inside(condition) else inside(no)
        case ast.Call(func=ast.Name(id="sum" | "max" | "min" as name), args=[part]):
            terms = [inside(part, k) for k in range(len(known["a"]))]
            return sum(terms[1:], terms[0]) if name == "sum" else max(terms) if name == "max" else min(terms)
        case ast.Call(func=ast.Name(id=name), args=parts):
            found = function(name, [inside(part) for part in parts])
    if isinstance(found, (mpmath.mpc, complex)) or found != found:
        raise Undefined
    return found


def arguments(entry, point):
    """The operands by letter: one number each, or one list each."""
    n = len(point) // len(entry.letters)
    return {letter: point[k * n : (k + 1) * n] if entry.is_nary else point[k] for k, letter in enumerate(entry.letters)}


def precisely(entry, point):
    """The entry's definition at 50 digits."""

    def function(name, operands):
        if name in ("max", "min"):
            return max(operands) if name == "max" else min(operands)
        other = TABLE[name]
        return getattr(mpmath, name)(*operands) if other.definition == f"{name}(a)" else precisely(other, operands)

    known = {"pi": mpmath.pi, **arguments(entry, point)}
    return evaluate(ast.parse(entry.definition, mode="eval").body, known, mpmath.mpf, function)


def exactly(entry, text, point, y=None):
    """One of the entry's formulas on fractions, a list for each letter where it uses i; Undefined if it is not exact."""

    def function(name, operands):
        if name not in TABLE or TABLE[name].value == f"{name}(a)":  # a function of `math`
            raise Undefined
        return exactly(TABLE[name], TABLE[name].value, operands)[0]

    tree, known = ast.parse(text, mode="eval").body, {"y": y, **arguments(entry, point)}
    try:
        found = [evaluate(tree, known, Fraction, function, i) for i in range(len(known["a"]) if entry.is_nary else 1)]
    except KeyError:  # pi
        raise Undefined from None
    if not all(isinstance(item, Fraction) for item in found):
        raise Undefined
    return found


# --- where to look -----------------------------------------------------------------------------------------------

MANY = [0.0, *(sign * x for x in (1e-8, 0.1, 0.5, 1.0, 1.5, 2.0, 3.7, 10.0, 20.0, 30.0, 50.0, 700.0, 1000.0, 1e17) for sign in (1, -1))]
SOME = [0.0, 1e-8, -1e-8, 0.5, -0.5, 1.0, -1.0, 2.0, -3.0, 3.7, 700.0, -1000.0]
FEW = [0.0, -1e-8, 1.0, -1.0, 2.5, -700.0]
LISTS = [(0.7,), (1.0, 2.0), (2.0, 2.0), (-1e-8, 1e-8, 0.5), (3.0, -1.5, 3.0), (1000.0, 999.0, -1000.0), (0.1, -0.2, 0.3, -0.4, 0.5)]
EDGES = [nan, inf, -inf, -0.0, 0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 1e-8, 3.0, 1e200, -1e200, 1.7e308, 5e-324, 1000.0, -1000.0]
FRACTIONS = [Fraction(text) for text in ("-3", "-1", "-1/2", "0", "1/3", "2", "7/5")]


def points(entry, one=MANY, two=SOME, three=FEW, lists=LISTS):
    """Points for the entry: as many numbers as it has operands."""
    if entry.is_nary:
        return [(*items, *(k * 0.6 - 1.1 for k in range(len(items) * (len(entry.letters) - 1)))) for items in lists]
    return list(itertools.product({1: one, 2: two, 3: three}[len(entry.letters)], repeat=len(entry.letters)))


def edges(entry):
    n = 3 * len(entry.letters)
    lists = [tuple(EDGES[(start + step * k) % len(EDGES)] for k in range(n)) for start in range(len(EDGES)) for step in (0, 1, 2, 5)]
    return lists if entry.is_nary else points(entry, EDGES, EDGES, EDGES[::2])


def fractions(entry):
    lists = [FRACTIONS[k : k + 3 * len(entry.letters)] for k in range(3)] if len(entry.letters) < 3 else [FRACTIONS[:3] * 3]
    return lists if entry.is_nary else points(entry, FRACTIONS, FRACTIONS, FRACTIONS[1::2])


def real_points(entry):
    """The points where the definition is a real number, with the definition as a function of the operands."""
    for point in points(entry):
        try:
            precisely(entry, [mpmath.mpf(x) for x in point])
        except (Undefined, ValueError):
            continue
        yield point, lambda *xs: precisely(entry, xs)


def slopes(f, point, k, order=1):
    """The derivatives for operand k from the left and from the right."""
    orders = [mpmath.mpf(x) for x in point]

    def along(t):
        return f(*orders[:k], orders[k] + t, *orders[k + 1 :])

    return [mpmath.diff(along, 0, order, direction=direction) for direction in (-1, 1)]


def is_smooth(f, point, order=1):
    """Whether the derivatives from both sides agree for every operand; Undefined where one side has none."""
    try:
        found = [slopes(f, point, k, n) for k in range(len(point)) for n in range(1, order + 1)]
    except ValueError:
        raise Undefined from None
    return all(abs(left - right) <= 1e-12 * (1 + abs(left)) for left, right in found)


def smooth_points(entry, order=1):
    for point, f in real_points(entry):
        try:
            if is_smooth(f, point, order):
                yield point, f
        except Undefined:  # a border of the domain
            continue


def derivative(f, point, *operands):
    """The partial derivative of the definition with respect to the operands with these numbers, in turn."""
    return mpmath.diff(f, tuple(mpmath.mpf(x) for x in point), tuple(operands.count(k) for k in range(len(point))))


def is_on_kink(entry, point):
    """Whether the entry says so. Of a list, one operand always has the distance 0 to a maximum."""
    return entry.side_at(point, entry.at(point)).count(0) > (1 if entry.is_nary else 0)


def close(found, expected, relative, absolute):
    expected = float(expected)
    return found == expected or abs(found - expected) <= max(relative * abs(expected), absolute)


def identical(one, other):
    """Whether two floats are one and the same, nan and the sign of zero included."""
    return (one != one and other != other) or (one == other and math.copysign(1, one) == math.copysign(1, other))


def node(entry, point):
    leaves = [Value(x, f"x{k}") for k, x in enumerate(point)]
    return apply(entry, leaves), leaves


# --- the checks: each takes an entry of the table -------------------------------------------------------------------


def check_value(entry):
    """The value on floats is that of the definition."""
    seen = 0
    for point, f in real_points(entry):
        expected, found = f(*map(mpmath.mpf, point)), entry.at(point)
        assert close(found, expected, 1e-13, 1e-15), f"{entry} at {point} gives {found}, not {mpmath.nstr(expected, 20)}"
        seen += 1
    assert seen >= 5, f"only {seen} points of {entry} were looked at"


def check_local_derivatives(entry):
    """The local derivatives are the derivatives of the definition, wherever it has them."""
    seen = 0
    for point, f in smooth_points(entry):
        for k, found in enumerate(entry.partials_at(point, entry.at(point))):
            expected = derivative(f, point, k)
            assert close(found, expected, 1e-12, 1e-13), f"∂/∂{k} of {entry} at {point} gives {found}, not {mpmath.nstr(expected, 20)}"
        seen += 1
    assert seen >= 5, f"only {seen} points of {entry} were looked at"


def check_second_derivatives(entry):
    """The Hessian of one node holds the second derivatives of the definition."""
    for point, f in [found for found in smooth_points(entry, 2) if not is_on_kink(entry, found[0])][::3]:
        y, leaves = node(entry, point)
        found = hessian(y, leaves)
        for j, k in itertools.product(range(len(point)), repeat=2):
            try:
                expected = derivative(f, point, j, k)
            except Undefined:  # 0 to a power: the mixed derivative looks at negative numbers too
                continue
            assert close(found[j, k], expected, 1e-10, 1e-12), f"∂²/∂{j}∂{k} of {entry} at {point}: {found[j, k]}, not {expected}"


def check_forward_mode(entry):
    """Forward mode gives the directional derivative of the definition."""
    for point, f in smooth_points(entry):
        y, leaves = node(entry, point)
        rates = [(k + 1) / 4 for k in range(len(point))]
        slopes = [derivative(f, point, k) for k in range(len(point))]
        expected = sum(rate * slope for rate, slope in zip(rates, slopes, strict=True))
        scale = max(abs(float(slope)) for slope in slopes)
        found = jvp(y, dict(zip(leaves, rates, strict=True)))
        assert close(found, expected, 1e-12, 1e-13 + (1e-12 * scale if scale < inf else 0)), f"{entry} at {point}"


def check_kinks(entry):
    """Where the definition has two slopes, the entry says that it is on a kink, and it never says so elsewhere."""
    for point, f in real_points(entry):
        try:
            smooth = is_smooth(f, point)
        except Undefined:
            continue
        assert smooth or is_on_kink(entry, point), f"{entry} has a kink at {point} that it does not tell of"
        y, _ = node(entry, point)
        assert side(y) == entry.side_at(point, y.data)


def check_values(entry):
    """A node holds what the table says, to the last bit, at every edge; it is not stale; both ways to differentiate agree."""
    for point in (*points(entry), *edges(entry)):
        y, leaves = node(entry, point)
        expected = entry.at(point)
        assert identical(y.data, expected), f"{entry} at {point}: {y.data}, not {expected}"
        partials = entry.partials_at(point, expected)
        assert all(map(identical, y.partials, partials)), f"{entry} at {point}: {y.partials}, not {partials}"
        assert {type(item) for item in (y.data, *y.partials)} == {float}
        assert (y.op, y.parents) == (entry.name, tuple(leaves))
        assert changed_leaf(y) is None
        y.backward()
        assert all(identical(leaf.grad, 0.0 + partial) for leaf, partial in zip(leaves, partials, strict=True))


def check_gradients_as_values(entry):
    """create_graph gives the same numbers as backward at every edge of the domain."""
    for point in edges(entry):
        y, leaves = node(entry, point)
        for found, expected in zip(grad(y, leaves, create_graph=True), y.partials, strict=True):
            assert close(found.data, expected, 1e-12, 0) or (found.data != found.data and expected != expected), f"{entry} at {point}"


def check_repeated_operands(entry):
    """A node that takes one Value in every slot gets the sum over the slots."""
    for x in (0.7, -1.3):
        n = len(entry.letters) * (2 if entry.is_nary else 1)
        v = Value(x)
        y = apply(entry, [v] * n)
        assert y.parents == (v,) * n
        assert grad(y, v)[0] == pytest.approx(sum(y.partials), nan_ok=True)
        assert jvp(y, {v: 1}) == pytest.approx(sum(y.partials), nan_ok=True)


def check_fractions(entry):
    """Where the formulas are exact on fractions, so are value, local derivatives and gradients; else there are floats."""
    for point in fractions(entry):
        y, leaves = node(entry, point)
        try:
            expected = exactly(entry, entry.value, point)[0]
        except Undefined:
            assert type(y.data) is float, f"{entry} at {point}"
            assert close(y.data, entry.at([float(x) for x in point]), 1e-14, 1e-15) or y.data != y.data
            continue
        assert (type(y.data), y.data) == (Fraction, expected), f"{entry} at {point}"
        y.backward()
        for k, text in enumerate(entry.partials):
            n = len(point) // len(entry.letters)
            try:
                slopes = exactly(entry, text, point, expected)
            except Undefined:
                continue
            for leaf, partial, slope in zip(leaves[k * n :][:n], y.partials[k * n :][:n], slopes, strict=True):
                assert (type(partial), partial) == (Fraction, slope), f"∂/∂{leaf.label} of {entry} at {point}"
                assert (type(leaf.grad), leaf.grad) == (Fraction, slope)


def check_arrays(entry):
    """On arrays the entry gives what it gives on each element, at every edge, and never a warning."""
    found_points = [*points(entry), *edges(entry)] if not entry.is_nary else edges(entry)
    n = len(found_points[0]) // len(entry.letters)
    columns = numpy.array(found_points).reshape(len(found_points), len(entry.letters), n)
    arrays = [columns[:, k] if entry.is_nary else columns[:, k, 0] for k in range(len(entry.letters))]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = entry.on_arrays(*arrays)
    assert found.shape == (len(found_points),)
    for point, element in zip(found_points, found, strict=True):
        expected = entry.at(point)
        same = identical(element, expected) or ((element or entry.is_nary) and close(element, expected, 1e-14, 2e-15))
        assert same, f"{entry} at {point} gives {element} in an array, {expected} alone"


def check_function_and_method(entry):
    """What has no symbol is a function and a method of its name, on floats, fractions, arrays and Values."""
    if entry.symbol:
        return
    function = entry
    point = tuple(0.3 * (k + 1) for k in range(len(entry.letters) * (1 + 2 * entry.is_nary)))
    operands = list(arguments(entry, point).values())
    if entry.name in ("maximum", "minimum"):
        operands = operands[0]
    assert function(*operands) == entry.at(point)
    assert function(*[numpy.array(item) for item in operands]) == pytest.approx(entry.at(point))
    values = [[Value(x) for x in item] if isinstance(item, tuple) else Value(item) for item in operands]
    assert function(*values).data == entry.at(point)
    if not entry.is_nary:
        assert getattr(values[0], entry.name)(*values[1:]).data == entry.at(point)


def check_whole_graph(entry):
    """A graph with this operation can be read, narrated, replayed, copied and pickled."""
    point = (0.4, 0.8, 1.6)[: len(entry.letters)] if not entry.is_nary else (0.4, 0.8, 1.6, 0.3, -0.7, 0.9)[: 2 * len(entry.letters)]
    x = [Value(number, f"x{k}") for k, number in enumerate(point)]
    y = 3 * apply(entry, x) + x[0]
    assert str(steps(y)).count("\n") >= 5
    assert autograd.replay(y, {"x0": 0.5}) == 3 * entry.at((0.5, *point[1:])) + 0.5
    for z in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        z.backward()
        assert autograd.nodes(z)["x0"].grad == grad(y, "x0")[0]
    if not entry.symbol and not entry.is_nary:
        text = f"{entry.name}({', '.join(map(str, point))})"
        assert parse(text).data == entry.at(point)


CHECKS = [check for name, check in globals().items() if name.startswith("check_")]


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_every_operation(check, name):
    check(TABLE[name])


# --- edges of domains: IEEE everywhere, in every spelling ----------------------------------------------------------

EDGE_CASES = {
    "div": [((1, 0), inf), ((-1, 0), -inf), ((1, -0.0), -inf), ((0, 0), nan), ((0, -0.0), nan), ((inf, 0), inf), ((nan, 0), nan), ((inf, inf), nan), ((1, inf), 0.0), ((1e300, 1e-300), inf)],
    "mul": [((1e200, 1e200), inf), ((-1e200, 1e200), -inf), ((0, inf), nan)],
    "add": [((inf, -inf), nan), ((1.7e308, 1.7e308), inf)],
    "sub": [((inf, inf), nan), ((-1.7e308, 1.7e308), -inf)],
    "pow": [((1e200, 2), inf), ((-1e200, 3), -inf), ((-1e200, 2), inf), ((-8, 1 / 3), nan), ((-2, 0.5), nan), ((0, -1), inf), ((-0.0, -1), -inf), ((-0.0, -2), inf), ((0, -0.5), inf),
            ((0, 0), 1.0), ((nan, 0), 1.0), ((inf, 0), 1.0), ((1, nan), 1.0), ((0, 2), 0.0), ((-3, 2), 9.0), ((inf, -1), 0.0), ((-inf, 3), -inf), ((2, 1e6), inf), ((2, -1e6), 0.0), ((-1, inf), 1.0)],
    "neg": [((0.0,), -0.0), ((inf,), -inf)],
    "abs": [((-inf,), inf), ((-0.0,), 0.0), ((nan,), nan)],
    "exp": [((1000,), inf), ((-1000,), 0.0), ((inf,), inf), ((-inf,), 0.0)],
    "expm1": [((1000,), inf), ((-inf,), -1.0)],
    "log": [((0,), -inf), ((-0.0,), -inf), ((-1,), nan), ((inf,), inf), ((5e-324,), math.log(5e-324))],
    "log1p": [((-1,), -inf), ((-2,), nan), ((inf,), inf)],
    "xlogy": [((0, 0), 0.0), ((0, -1), 0.0), ((0, inf), 0.0), ((0, nan), nan), ((1, 0), -inf), ((-1, 0), inf), ((inf, 1), nan)],
    "sqrt": [((-1,), nan), ((-0.0,), -0.0), ((inf,), inf)],
    "sin": [((inf,), nan), ((-0.0,), -0.0)],
    "cos": [((-inf,), nan)],
    "tan": [((inf,), nan)],
    "sinh": [((1000,), inf), ((-1000,), -inf)],
    "cosh": [((-1000,), inf)],
    "tanh": [((inf,), 1.0), ((-1000,), -1.0)],
    "sigmoid": [((1000,), 1.0), ((-1000,), 0.0), ((inf,), 1.0), ((-inf,), 0.0), ((nan,), nan)],
    "softplus": [((1000,), 1000.0), ((-1000,), 0.0), ((inf,), inf), ((-inf,), 0.0), ((nan,), nan)],
    "relu": [((inf,), inf), ((-inf,), 0.0), ((nan,), nan), ((-0.0,), 0.0)],
    "leaky_relu": [((-inf, 0.1), -inf), ((nan, 0.1), nan)],
    "elu": [((-inf, 2), -2.0), ((1000, 1), 1000.0), ((nan, 1), nan)],
    "gelu": [((1000,), 1000.0), ((-1000,), -0.0), ((1e200,), 1e200), ((nan,), nan)],
    "silu": [((1000,), 1000.0), ((-1000,), -0.0), ((nan,), nan)],
    "heaviside": [((0,), 0.0), ((-0.0,), 0.0), ((5e-324,), 1.0), ((nan,), nan), ((inf,), 1.0)],
    "clip": [((nan, 0, 1), nan), ((inf, 0, 1), 1.0), ((-inf, 0, 1), 0.0), ((5, -inf, inf), 5.0)],
    "maximum": [((nan, 1), nan), ((1, nan), nan), ((inf, 1), inf), ((-inf, -inf), -inf)],
    "minimum": [((nan, 1), nan), ((1, nan), nan), ((-inf, 1), -inf)],
    "total": [((inf, -inf), nan), ((1, nan), nan)],
    "dot": [((0, inf), nan), ((1e200, 1e200), inf)],
    "logsumexp": [((1000, 1000), 1000 + math.log(2)), ((-1000, -1000), -1000 + math.log(2)), ((inf, 0), inf), ((-inf, -inf), -inf), ((nan, 0), nan)],
}  # fmt: skip
SPELLINGS = {
    "of numbers": lambda entry, point: entry.at([float(x) for x in point]),
    "of Values": lambda entry, point: node(entry, point)[0].data,
    "of a fraction and floats": lambda entry, point: node(entry, [beside_floats(point[0], len(point)), *map(float, point[1:])])[0].data,
    "of arrays": lambda entry, point: entry.on_arrays(*[numpy.array(x, dtype=float) for x in arguments(entry, point).values()]),
    "replayed": lambda entry, point: autograd.replay(*replayed(entry, point)),
}  # fmt: skip


def beside_floats(x, n):
    """The number as a fraction where there are n - 1 floats to make it a float, and where there is such a fraction."""
    return Fraction(x) if n > 1 and math.isfinite(x) and math.copysign(1, x or 1) == math.copysign(1, x) else float(x)


def replayed(entry, point):
    y, leaves = node(entry, [0.5] * len(point))
    return y, dict(zip(leaves, point, strict=True))


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_formula_of_the_table_reads_its_operands_and_calls_what_there_is(name):
    operations.refuse_unreadable(TABLE[name])  # which the import leaves to us


def test_every_entry_of_the_table_has_its_edges_listed():
    assert EDGE_CASES.keys() == TABLE.keys()


@pytest.mark.parametrize("spelled", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("name", EDGE_CASES)
def test_the_edges_of_the_domain_are_those_of_ieee_754(name, spelled):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for point, expected in EDGE_CASES[name]:
            found = float(spelled(TABLE[name], point))
            same = (
                identical(found, expected) if expected and name != "logsumexp" else found == pytest.approx(expected, rel=1e-15, nan_ok=True)
            )
            assert same, f"{name} at {point} gives {found}, not {expected}"


def test_a_product_and_a_square_agree_on_overflow():
    for x in (1e200, -1e200):
        v = Value(x)
        assert (v * v).data == (v**2).data == (v ** Value(2.0)).data == inf
        assert grad(v * v, v) == grad(v**2, v) == (2 * x,)


def test_a_fraction_divided_by_zero_becomes_a_float_first():
    for zero in (0, 0.0, Fraction(0), Value(Fraction(0))):
        found = [(Value(Fraction(sign, 3)) / zero).data for sign in (1, -1, 0)]
        assert found[:2] == [inf, -inf]
        assert math.isnan(found[2])
        assert {type(x) for x in found} == {float}
    assert (Value(Fraction(0)) ** -2).data == inf


def test_no_computation_ever_gives_a_complex_number():
    for y in [
        Value(-2.0) ** 0.5,
        Value(Fraction(-2)) ** Fraction(1, 2),
        (-2) ** Value(0.5),
        Value(-8.0) ** Value(1 / 3),
        Value(-1.0).sqrt(),
        Value(-1.0).log(),
    ]:
        assert type(y.data) is float
        assert math.isnan(y.data)


# --- powers ------------------------------------------------------------------------------------------------------


def test_x_to_the_0_has_the_derivative_0_also_at_0():
    for zero in (0.0, Fraction(0)):
        x = Value(zero, "x")
        y = x**0
        y.backward()
        assert (y.data, x.grad) == (1.0, 0.0)
        assert hessian(y, x) == 0
        assert jvp(y, {x: 1}) == 0


def test_a_constant_exponent_is_not_asked_for_its_derivative():
    for x in (Value(-3.0), Value(Fraction(-3))):
        assert (x**2).partials == (-6.0, 0.0)
        assert (x ** Value(2, constant=True)).partials == (-6.0, 0.0)
        assert grad((x**3), x, create_graph=True)[0].data == 27
    y = Value(-3.0) ** Value(2.0)  # but a leaf is
    assert y.partials[0] == -6.0
    assert math.isnan(y.partials[1])


def test_both_gradients_of_a_power_of_two_values():
    a, b = Value(2.0), Value(3.0)
    y = a**b
    y.backward()
    assert (a.grad, b.grad) == (12.0, pytest.approx(8 * math.log(2)))
    x = Value(3.0)
    (2**x).backward()
    assert x.grad == pytest.approx(8 * math.log(2))


def test_the_exponents_derivative_at_the_base_0():
    assert [(Value(0.0) ** Value(float(b))).partials[1] for b in (2, 1, 0.5, 0)] == [0, 0, 0, 0]
    assert (Value(0.0) ** Value(-1.0)).partials == (-inf, -inf)


def test_mixed_second_derivatives_of_a_power_are_symmetric_at_exponent_0():
    a, b = Value(2.0), Value(0.0)
    assert hessian(a**b, [a, b]) == pytest.approx(numpy.array([[0, 0.5], [0.5, math.log(2) ** 2]]))


# --- kinks: the convention of each ---------------------------------------------------------------------------------


def partials(name, *point):
    return node(TABLE[name], point)[0].partials


def test_conventions_at_the_kinks():
    for zero in (0.0, -0.0, Fraction(0)):
        assert partials("relu", zero) == (0,)
        assert partials("abs", zero) == (0,)
        assert partials("heaviside", zero) == (0,)
        assert partials("leaky_relu", zero, Fraction(1, 10)) == (Fraction(1, 10) if type(zero) is Fraction else 0.1, 0)
        assert partials("elu", zero, 1.5) == (1.5, 0)
        assert partials("maximum", zero, 0.0) == (0.5, 0.5)  # where relu has 0
    assert [partials("heaviside", x) for x in (-1.0, 1.0)] == [(0.0,), (0.0,)]


def test_a_tie_is_shared_by_all_who_hold_it():
    for name, other in [("maximum", 1.0), ("minimum", 3.0)]:
        assert partials(name, 2.0, 2.0) == (0.5, 0.5)
        assert partials(name, 2.0, other, 2.0, 2.0) == (1 / 3, 0.0, 1 / 3, 1 / 3)
        assert partials(name, *[Fraction(2)] * 3) == (Fraction(1, 3),) * 3
        x = Value(2.0)
        y = getattr(autograd, name)(x, x)
        y.backward()
        assert x.grad == 1.0


def test_clip_lets_the_gradient_pass_at_its_borders():
    assert partials("clip", 0.0, 0.0, 1.0) == (1.0, 0.0, 0.0)
    assert partials("clip", 1.0, 0.0, 1.0) == (1.0, 0.0, 0.0)
    assert partials("clip", -1e-9, 0.0, 1.0) == (0.0, 1.0, 0.0)
    assert partials("clip", 1.1, 0.0, 1.0) == (0.0, 0.0, 1.0)
    assert partials("clip", 1.0, 1.0, 1.0) == (1.0, 0.0, 0.0)


def test_the_side_that_was_taken_is_on_record():
    assert [side(Value(x).relu()) for x in (-2.0, 0.0, 3.0, Fraction(1, 3))] == [(-1,), (0,), (1,), (1,)]
    assert [side(abs(Value(x))) for x in (-2.0, -0.0)] == [(-1,), (0,)]
    assert [side(Value(x).clip(0, 1)) for x in (-1.0, 0.0, 0.5, 1.0, 2.0)] == [(-1, -1), (0, -1), (1, -1), (1, 0), (1, 1)]
    assert side(maximum(Value(1.0), 2, Value(2.0))) == (-1, 0, 0)
    assert side(maximum(Value(Fraction(1, 3)), 1 / 3)) == (0, 0)  # a float beside a fraction makes floats
    assert side(Value(1.0).tanh()) == side(Value(1.0)) == side(dot([Value(1.0)], [2])) == ()


# --- accuracy ------------------------------------------------------------------------------------------------------

SMALL = {
    "expm1": [1e-8, -1e-8, 1e-300],
    "log1p": [1e-8, -1e-8, 1e-300],
    "sin": [1e-8, -1e-300],
    "tan": [1e-8],
    "sinh": [1e-8],
    "tanh": [1e-8],
    "softplus": [-30.0, -700.0, 30.0],
    "sigmoid": [-30.0, -700.0, -1e-8],
    "exp": [-700.0, 700.0],
    "silu": [-30.0, -700.0, 1e-8],
}


@pytest.mark.parametrize("name", SMALL)
def test_small_results_keep_all_their_digits(name):
    with mpmath.workdps(700):
        for x in SMALL[name]:
            expected = precisely(TABLE[name], [mpmath.mpf(x)])
            for found in (TABLE[name].at([x]), getattr(Value(x), name)().data, TABLE[name].on_arrays(numpy.array(x))):
                assert abs(found / expected - 1) < 4e-16 * (abs(x) if name in ("exp", "silu") else 1) + 4e-16, f"{name}({x})"


@pytest.mark.parametrize("x", [1000.0, -1000.0, 700.0, -700.0])
def test_the_stable_forms_have_finite_gradients_far_out(x):
    for name in ("sigmoid", "softplus", "tanh", "relu", "elu", "gelu", "silu"):
        v = Value(x)
        y = getattr(autograd, name)(v)
        y.backward()
        assert math.isfinite(y.data)
        assert v.grad == pytest.approx(float(x > 0 and name not in ("sigmoid", "tanh")), abs=1e-300)
    z = [Value(x), Value(0.0), Value(-x)]
    y = autograd.logsumexp(z)
    y.backward()
    assert (y.data, [v.grad for v in z]) == (1000.0 if abs(x) == 1000 else 700.0, [float(x > 0), 0.0 if abs(x) == 1000 else pytest.approx(0, abs=1e-300), float(x < 0)])  # fmt: skip


# --- exact fractions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base, exponent", [(2, 4094), (2, -4094), (3, 2583), (Fraction(2, 3), 1500), (1, 10**9), (-1, 10**9 + 1)])
def test_a_whole_power_of_a_fraction_is_exact_up_to_4096_bits(base, exponent):
    y = Value(Fraction(base)) ** exponent
    assert y.data.__class__ is Fraction
    assert y.data == (Fraction(base) ** exponent if abs(base) != 1 else base)


@pytest.mark.parametrize("base, exponent", [(2, 4095), (3, 2600), (Fraction(1, 2), 5000), (7, 10**12), (Fraction(3, 2), 10**400)])
def test_a_power_that_needs_more_bits_becomes_a_float_at_once(base, exponent):
    y = Value(Fraction(base)) ** exponent
    assert y.data.__class__ is float
    assert y.data == (float("inf") if base > 1 else 0.0)


@pytest.mark.parametrize("function", [gelu, softplus, lambda x: x ** Value(Fraction(2)), lambda x: dot([x, x], [x, Value(0.5)])])
def test_a_fraction_too_large_for_a_float_stops_no_computation(function):
    x = Value(Fraction(10) ** 400)
    y = function(x)
    y.backward()
    assert y >= float("inf") or y.data == x.data**2
    assert x.grad == (1.0 if function in (gelu, softplus) else float("inf")) or x.grad == 2 * x.data


def test_a_power_of_a_huge_fraction_keeps_its_exact_derivative():
    x = Value(Fraction(10) ** 400)
    assert (x**2).partials == (2 * Fraction(10) ** 400, 0)


def test_exact_gradients_tell_operands_apart_that_are_one_float():
    a, b = Value(Fraction(1)), Value(Fraction(1) + Fraction(1, 10**30))
    y = maximum(a, b)
    assert y.partials == (0, 1)
    assert [g.data for g in grad(y, [a, b], create_graph=True)] == [0, 1]


# --- adding an operation -----------------------------------------------------------------------------------------

DUMMIES = {
    "of one operand": ("cubed", "a ** 3", "3 * a ** 2"),
    "that uses others": ("softsign", "a / (1 + abs(a))", "1 / (1 + abs(a)) ** 2"),
    "with another definition": ("logistic", "where(a >= 0, 1 / (1 + exp(-a)), 1 - 1 / (1 + exp(a)))", "y * (1 - y)"),
    "of two operands": ("hypotenuse", "sqrt(a ** 2 + b ** 2)", "a / y", "b / y"),
    "of three operands": ("fused", "a * b + c", "b", "a", "1"),
    "of a list": ("sum_of_squares", "sum(a[i] ** 2)", "2 * a[i]"),
    "of two lists": ("weighted_squares", "sum(a[i] * b[i] ** 2)", "b[i] ** 2", "2 * a[i] * b[i]"),
    "of three lists": ("triple", "sum(a[i] * b[i] * c[i])", "b[i] * c[i]", "a[i] * c[i]", "a[i] * b[i]"),
}
MORE = {"hypotenuse": {"kinks": ["y"]}, "logistic": {"definition": "exp(a) / (1 + exp(a))"}}


@pytest.fixture
def add():
    """Adds operations to the table, and takes them out of the engine again."""
    added = []

    def adding(name, *formulas, **more):
        added.append(name)
        return define(name, *formulas, **more)

    yield adding
    for name in added:
        TABLE.pop(name, None)
        if hasattr(Value, name):
            delattr(Value, name)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
@pytest.mark.parametrize("dummy", DUMMIES.values(), ids=DUMMIES)
def test_an_operation_added_to_the_table_gets_all_of_it(add, dummy, check):
    check(add(*dummy, **MORE.get(dummy[0], {})))


@pytest.mark.parametrize("dummy", DUMMIES.values(), ids=DUMMIES)
def test_the_operation_is_gone_after_its_test(dummy):
    assert dummy[0] not in TABLE
    assert not hasattr(Value, dummy[0])


def test_a_pickle_with_an_operation_that_is_not_defined_here_says_so(add):
    entry = add(*DUMMIES["of one operand"])
    pickled = pickle.dumps(Value(2.0).cubed())
    assert pickle.loads(pickled).data == 8.0
    TABLE.pop(entry.name)
    with pytest.raises(ValueError, match="this graph has the operation cubed, which is not in the table here; define it first"):
        pickle.loads(pickled)


WRONG = {
    "a wrong derivative": (("wrong", "a ** 3", "3 * a"), {}, ["local_derivatives", "second_derivatives", "forward_mode"]),
    "a wrong sign": (("wrong", "cos(a)", "sin(a)"), {}, ["local_derivatives", "second_derivatives", "forward_mode"]),
    "derivatives in the wrong order": (("wrong", "a / b", "-y / b", "1 / b"), {}, ["local_derivatives", "second_derivatives", "forward_mode"]),
    "a factor forgotten in a list": (("wrong", "sum(a[i] ** 2)", "a[i]"), {}, ["local_derivatives", "second_derivatives", "forward_mode"]),
    "a value that is not the definition": (("wrong", "1 / (1 + exp(a))", "y * (1 - y)"), {"definition": "1 / (1 + exp(-a))"}, ["value"]),
    "a kink that is not told": (("wrong", "where(a < 1, a, 2 * a - 1)", "where(a < 1, 1, 2)"), {}, ["kinks"]),
    "a form that overflows": (("wrong", "log(1 + exp(a))", "exp(a) / (1 + exp(a))"), {}, ["value"]),
    "a derivative of the stable form that is nan far out": (("wrong", "tanh(a)", "4 / (exp(a) + exp(-a)) ** 2 * exp(a) / exp(a)"), {}, ["local_derivatives"]),
}  # fmt: skip


@pytest.mark.parametrize("entry, more, caught_by", WRONG.values(), ids=WRONG)
def test_a_wrong_entry_is_caught(add, entry, more, caught_by):
    wrong = add(*entry, **more)
    for check in CHECKS:
        if check.__name__.removeprefix("check_") in caught_by:
            with pytest.raises(AssertionError, match="wrong"):
                check(wrong)


TAKEN = [
    "tanh",
    "add",
    "data",
    "grad",
    "label",
    "backward",
    "zero_grad",
    "mean",
    "softmax",
    "apply",
    "new",
    "node",
    "a",
    "y",
    "max",
    "where",
    "const",
    "leaf",
]
BAD_ENTRIES = {
    'an operation needs a new name that is a Python name, not "lambda"': ("lambda", "a", "1"),
    'an operation needs a new name that is a Python name, not "two words"': ("two words", "a", "1"),
    'an operation needs a new name that is a Python name, not ""': ("", "a", "1"),
    "foo in the formula foo(a) is no function of the table": ("dummy", "foo(a)", "1"),
    "dummy in the formula dummy(a) is no function of the table": ("dummy", "dummy(a)", "1"),
    "dot in the formula dot(a, a) is no function of the table": ("dummy", "dot(a, a)", "1"),
    "exp in the formula exp(a, a) takes 1 arguments, not 2": ("dummy", "exp(a, a)", "1"),
    "where in the formula where(a > 0, 1) takes 3 arguments, not 2": ("dummy", "a", "where(a > 0, 1)"),
    "the formula a > 0 is no number; write where(a > 0, 1, 0)": ("dummy", "a > 0", "0"),
    "the formulas of dummy use b, which are no operands; a partial is needed for each operand": ("dummy", "a * b", "b"),
    "the formulas of dummy use y, which are no operands; a partial is needed for each operand": ("dummy", "a * y", "a"),
    "a formula of dummy is nested too deeply; define its parts first": ("dummy", "exp(" * 250 + "a" + ")" * 250, "1"),
    "dummy needs a partial for each of its operands, which are a, or a and b, or a, b and c": ("dummy", "a"),
    "a formula has whole numbers only, not 0.5; write a quotient such as 1 / 2": ("dummy", "0.5 * a", "1 / 2"),
    'column 4: something is missing after "+"; write a number, a name or a ( there': ("dummy", "a +", "1"),
}


@pytest.mark.parametrize("message, entry", BAD_ENTRIES.items())
def test_an_entry_that_cannot_be_read_is_refused_and_leaves_no_trace(message, entry):
    before = [{**found} for found in (TABLE, vars(Value), vars(functions))]
    with pytest.raises(ValueError) as caught:
        define(*entry)
    assert str(caught.value) == message
    assert [TABLE, dict(vars(Value)), vars(functions)] == before


@pytest.mark.parametrize("depth", [250, 600, 5000])
@pytest.mark.parametrize("begin, end", [("a * (", ")"), ("a + ", ""), ("exp(", ")")])
def test_a_formula_that_is_too_deep_for_python_leaves_no_trace(depth, begin, end):
    """Either the operation can be used, or it is refused and not there."""
    try:
        assert define("dummy", begin * depth + "a" + end * depth, "1")(Value(0.5)).op == "dummy"
    except ValueError as error:
        assert str(error) == "a formula of dummy is nested too deeply; define its parts first"
        assert "dummy" not in TABLE and not hasattr(Value, "dummy")
    finally:
        if TABLE.pop("dummy", None):
            del Value.dummy


def test_a_definition_uses_nothing_but_the_operands():
    with pytest.raises(ValueError, match=r"^the formulas of dummy use q, which are no operands"):
        define("dummy", "a", "1", definition="q * a")
    assert "dummy" not in TABLE


@pytest.mark.parametrize("entry", [(None, "a", "1"), ("dummy", 3, "1"), ("dummy", "a", 1)])
def test_names_and_formulas_are_texts(entry):
    with pytest.raises(TypeError, match=r"^the name and the formulas of an operation are texts, not (NoneType|int)$"):
        define(*entry)
    assert "dummy" not in TABLE


@pytest.mark.parametrize(
    "formulas, skipped", [(("a ** b", "1", "1"), "a"), (("a", "1"), "a"), (("a", "1"), "b"), (("a + b + c", "1", "1", "1"), "b")]
)
def test_only_the_second_of_two_operands_can_be_skipped_as_a_constant(formulas, skipped):
    with pytest.raises(ValueError, match=f'^skips_constant of dummy is "b", .* not "{skipped}"$'):
        define("dummy", *formulas, skips_constant=skipped)
    assert "dummy" not in TABLE


@pytest.mark.parametrize("name", TAKEN)
def test_an_operation_cannot_take_a_name_that_means_something_else(name):
    with pytest.raises(ValueError, match=f'^an operation needs a new name that is a Python name, not "{name}"$'):
        define(name, "a", "1")
