"""Scopes and `no_grad`: per thread and per task, entered again, and left whatever happens."""

import asyncio
import threading

import pytest

from autograd import Value, no_grad, scope
from autograd.engine.recording import STATE, is_recording


def test_a_scope_can_be_entered_inside_itself():
    inside = scope("x")
    with inside:
        with inside:
            assert Value(1.0).scope == ("x", "x")
        assert Value(1.0).scope == ("x",)
    assert Value(1.0).scope == ()


def test_a_scope_left_open_by_an_interrupt_is_closed_with_the_one_around_it():
    with scope("outer"):
        scope("inner").__enter__()
        assert Value(1.0).scope == ("outer", "inner")
    assert Value(1.0).scope == ()


def test_a_scope_that_is_not_open_is_left_without_harm():
    scope("x").__exit__()
    assert Value(1.0).scope == ()


def at_once(*works):
    """Runs the works in threads that wait for each other at every step; returns what they return."""
    barrier, found = threading.Barrier(len(works)), [None] * len(works)

    def run(k):
        found[k] = works[k](lambda: barrier.wait(5))

    threads = [threading.Thread(target=run, args=(k,)) for k in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return found


def test_scopes_of_one_thread_are_none_of_another():
    def work(title):
        def scoped(wait):
            with scope(title):
                wait()
                made = Value(1.0).scope
                wait()
            wait()
            return made, Value(1.0).scope

        return scoped

    assert at_once(work("A"), work("B")) == [(("A",), ()), (("B",), ())]
    assert Value(1.0).scope == ()


def test_one_thread_records_while_another_does_not():
    def recording(wait):
        wait()
        made = (Value(1.0) * 2).parents
        wait()
        return len(made)

    def not_recording(wait):
        with no_grad():
            wait()
            made = (Value(1.0) * 2).parents
            wait()
        return len(made)

    assert at_once(recording, not_recording) == [2, 0]
    assert is_recording()


def test_tasks_have_scopes_of_their_own():
    async def work(title):
        with scope(title):
            await asyncio.sleep(0.01)
            return Value(1.0).scope

    async def both():
        return await asyncio.gather(work("A"), work("B"))

    assert asyncio.run(both()) == [("A",), ("B",)]


def test_no_grad_and_scopes_cross_without_mixing_up():
    with scope("a"), no_grad(), scope("b"):
        x = Value(1.0) * 2
        assert (x.scope, x.parents) == (("a", "b"), ())
    assert STATE.get() == ((), True)


def test_a_leaf_can_be_placed_and_a_computed_node_cannot():
    w = Value(1.0, "w")
    w.scope = ("layer 1", "neuron 2")
    assert w.scope == ("layer 1", "neuron 2")
    y = w * 2
    with pytest.raises(AttributeError, match="this node was computed, and stays in the scope it was made in; only a leaf can be placed"):
        y.scope = ("layer 1",)
    for titles in ("layer 1", ["layer 1"], ("",), (1,)):
        with pytest.raises(TypeError, match="a leaf is placed by the titles of its scopes, a tuple of texts, outermost first"):
            w.scope = titles
    assert w.scope == ("layer 1", "neuron 2")
