"""A program beside others: in several threads, in the child of a fork, copied and pickled."""

import copy
import os
import pickle
import threading
import time

import numpy
import pytest

from autograd import leaves, vectorize

from .networks import graph, program_of, quietly


def test_threads_do_not_disturb_each_other():
    program = program_of([2, 16, 1], "mse", "tanh")
    batches = [numpy.random.default_rng(k).standard_normal((50, 3)) for k in range(4)]
    expected = [program.value_and_grad(X)[1] for X in batches]
    wrong = []

    def work(k):
        for _ in range(200):
            if not (program.value_and_grad(batches[k])[1] == expected[k]).all():
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_the_child_of_a_fork_computes_although_another_thread_was_computing():
    program = program_of([2, 8, 1], "mse", "tanh")
    X = numpy.random.default_rng(0).standard_normal((50, 3))
    is_over = threading.Event()

    def work():
        while not is_over.is_set():
            program.value_and_grad(X)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for _ in range(5):
            child = os.fork()
            if child == 0:
                os._exit(0 if numpy.isfinite(program.value_and_grad(X[:3])[1]).all() else 1)
            assert ended(child) == 0
    finally:
        is_over.set()
        thread.join()


def ended(child):
    """The exit code of a child; one that hangs is stopped, and gives None."""
    for _ in range(200):
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return None


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda program: pickle.loads(pickle.dumps(program))])
def test_a_copy_has_leaves_and_parameters_of_its_own(copied):
    model, y, inputs = graph([2, 4, 1], "mse", "tanh")
    program = vectorize(y, inputs, model.parameters())
    program.parameters *= 2
    X = numpy.random.default_rng(0).standard_normal((5, 3))
    value, gradient = program.value_and_grad(X)
    other = copied(program)
    assert (other.value_and_grad(X)[0], other.value_and_grad(X)[1].tolist()) == (value, gradient.tolist())
    assert (other.source, other.latex(), other.dtype) == (program.source, program.latex(), program.dtype)
    other.parameters[...] = 7
    other.push()
    assert {p.data for p in other.params} == {7.0}
    assert program.value_and_grad(X)[0] == value
    assert 7.0 not in {p.data for p in model.parameters()}


@pytest.mark.filterwarnings("error")
def test_a_copy_of_a_list_of_outputs_with_an_idle_parameter_in_float32():
    x, w, idle = leaves(x=3, w=2, idle=1)
    program = quietly([w * x, w + x], [x], [w, idle], dtype="float32")
    other = copy.deepcopy(program)
    assert other([[5.0]]).tolist() == program([[5.0]]).tolist() == [[10.0, 7.0]]
    assert other([[5.0]]).dtype == numpy.float32


def test_a_program_of_a_long_chain_is_pickled_without_recursion():
    x, w = leaves(x=0.5, w=0.9)
    y = x
    for _ in range(1000):
        y = (y * w).tanh()
    program = pickle.loads(pickle.dumps(vectorize(y, [x], [w])))
    assert program([[0.5]])[0] == pytest.approx(y.data, rel=1e-12)
