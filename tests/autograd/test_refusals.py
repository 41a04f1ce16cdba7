"""Every public call with everything it is not made for: a result, or one clear error in one line; and nothing half-changed."""

import math
import random
import types
import warnings
from fractions import Fraction

import numpy
import pytest

import autograd
from autograd import Value
from autograd.engine.recording import state as recording_state

CALLS = [name for name in autograd.__all__ if not isinstance(getattr(autograd, name), types.ModuleType)]
METHODS = [name for name in dir(Value) if callable(getattr(Value, name)) and (not name.startswith("_") or name == "_backward")]
BINARY = ["add", "sub", "mul", "truediv", "pow", "radd", "rsub", "rmul", "rtruediv", "rpow", "lt", "le", "gt", "ge"]
OPERATORS = [f"__{name}__" for name in [*BINARY, "format"]]


def strange_things():
    """Objects of every kind, with graphs among them: fresh, stale, with nan, with two nodes of one label."""
    a, b = Value(2.0, "a"), Value(3.0, "b")
    u = a * b
    root = u + a.tanh()
    root.label = "y"
    stale_leaf = Value(1.0, "s")
    stale = stale_leaf * 2
    stale_leaf.data = 5.0
    return [
        None, True, 3, -1.5, math.nan, math.inf, 10**400, 1e308, Fraction(1, 3), Fraction(10**400), 1j,
        "", "a", "y", "no such", "3*(a + b)", "3(a", "dJ/da=2", "central", b"b",
        [], (), {}, {1.0}, [None], [1.0, 2.0], ["a"], [a, b], [[a], [b]], range(3), (k for k in range(3)),
        {a: 1.0}, {"a": 2}, {"zz": 1}, {3: 1}, {a: math.nan}, {a: "1"}, {a: None},
        a, u, root, Value(1.0), Value(1.0, constant=True), stale, Value(math.nan, "n") * 2, Value(1.0, "t") * Value(2.0, "t"),
        numpy.ones(2), numpy.array(1.0), numpy.array([]), numpy.full((2, 2), numpy.nan), numpy.array([1j]), numpy.array(["a"]),
        numpy.array([a, b]), numpy.float64(2), numpy.True_,
        object(), float, lambda x=1.0: x * x, ValueError("x"), print,
    ]  # fmt: skip


def values_in(things):
    """Every Value that is, or is inside, one of the things, and all that they depend on."""
    found, waiting = {}, list(things)
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, Value):
            if id(thing) not in found:
                found[id(thing)] = thing
                waiting += thing.parents
        elif isinstance(thing, (list, dict)):
            waiting += thing
        elif isinstance(thing, numpy.ndarray):
            waiting += thing.ravel().tolist()
    return found


def state(things):
    """All that the graphs hold, as something to compare; nan is equal to itself here."""
    return [
        (
            repr(v._data),
            repr(v._grad),
            v.operation,
            [id(p) for p in v.parents],
            repr(v.partials),
            v.label,
            v.scope,
            repr(v._origin) if v._a is None else "",
        )
        for v in values_in(things).values()
    ]


def tries(things):
    """Which things to call with: none, each alone, each beside something sensible, and any two or three of them."""
    places, rng = range(len(things)), random.Random(0)
    root = next(k for k in places if isinstance(things[k], Value) and things[k].label == "y")
    two = next(k for k in places if isinstance(things[k], list) and len(things[k]) == 2 and isinstance(things[k][0], Value))
    yield ()
    for k in places:
        yield from [(k,), (root, k), (k, root), (two, k), (k, two), (root, two, k), (root, root, k), (root, k, k)]
    for _ in range(150):
        yield from [tuple(rng.choices(places, k=2)), tuple(rng.choices(places, k=3))]


def refuses_cleanly(call, allowed_to_change=False):
    """Calls with all kinds of things, and judges what happens."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "the output does not depend on", UserWarning)  # said on purpose, by vectorize
        things = strange_things()
        before, context = state(things), recording_state()
        for chosen in tries(things):
            arguments = [things[k] for k in chosen]
            refused = False
            try:
                found = call(*arguments)
            except (TypeError, ValueError, AttributeError) as error:
                refused, message = True, str(error)
                assert message and "\n" not in message, f"{call} of {arguments} does not say in one line what is wrong: {message}"
            else:
                assert type(found) is not complex, f"{call} of {arguments} is complex"
            assert recording_state() == context, f"{call} of {arguments} has left something behind"
            if refused or not allowed_to_change:
                assert state(things) == before, f"{call} of {arguments} has changed a graph"
            else:
                things = strange_things()
                before = state(things)


@pytest.mark.parametrize("name", CALLS)
def test_public_calls_give_a_result_or_one_clear_error(name):
    refuses_cleanly(getattr(autograd, name))


@pytest.mark.parametrize("name", METHODS)
def test_methods_give_a_result_or_one_clear_error(name):
    def call(*arguments):
        return getattr(Value, name)(*arguments)

    refuses_cleanly(call, allowed_to_change=name in ("backward", "zero_grad", "_backward"))


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_give_a_result_or_one_clear_error(name):
    v = Value(2.0, "v")
    refuses_cleanly(lambda *other: getattr(v, name)(*other[:1]))


@pytest.mark.parametrize("attribute", ["data", "grad", "label"])
def test_attributes_take_what_they_are_for_or_refuse_it(attribute):
    for node in (Value(2.0), Value(2.0) * 3):

        def assign(thing=None, *_, node=node):
            setattr(node, attribute, thing)

        before = state([node])
        for thing in strange_things():
            try:
                assign(thing)
            except (TypeError, AttributeError) as error:
                assert "\n" not in str(error)
                assert state([node]) == before
            else:
                before = state([node])
                assert type(node.data) in (float, Fraction) and type(node.grad) in (float, Fraction) and type(node.label) is str


def test_the_sweep_sees_every_public_name():
    assert len(CALLS) >= 40
    assert {"backward", "zero_grad", "tanh", "clip", "_backward"} <= {*METHODS}
    assert {"__add__", "__rpow__", "__lt__", "__format__"} <= {*OPERATORS}


# --- the sweep is able to fail -------------------------------------------------------------------------------------


def half_changed(*arguments):
    for argument in arguments:
        if isinstance(argument, Value):
            argument.label = "changed"
            raise ValueError("too late")


def talks_too_much(*arguments):
    raise ValueError("one line\nand another")


def lets_python_fail(*arguments):
    return [][0]


def warns(*arguments):
    return numpy.float64(0) / numpy.float64(0)


@pytest.mark.parametrize("careless", [half_changed, talks_too_much, lets_python_fail, warns])
def test_a_careless_call_is_caught(careless):
    with pytest.raises((AssertionError, IndexError, RuntimeWarning)):
        refuses_cleanly(careless)
