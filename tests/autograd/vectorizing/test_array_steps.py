"""The passes of a program as records: every array, every entry and every scalar node behind it, beside the engine."""

import hypothesis.strategies as st
import numpy
import pytest
from hypothesis import given, settings

from autograd import examples, grad, vectorize
from autograd.explain.notation import DIALECTS
from nn.losses import LOSSES

from .networks import graph

ACTIVATIONS = ["relu", "tanh", "sigmoid", "softplus", "leaky_relu", "elu", "gelu", "silu", "linear", "sin"]
HEADS = {"bce": ["sigmoid"], "bce_with_logits": ["linear"], "cross_entropy": ["linear"], "cross_entropy_of_probabilities": ["softmax"]}


def numbers_of_examples(rng, loss, n, n_in, n_out):
    """Rows of features and targets."""
    T = rng.normal(size=(n, n_out))
    if LOSSES[loss].targets == "classes":
        T = numpy.eye(n_out)[rng.integers(n_out, size=n)]
    elif LOSSES[loss].targets == "probabilities":
        T = rng.integers(0, 2, size=(n, n_out)).astype(float)
    elif LOSSES[loss].targets == "signs":
        T = rng.choice([-1.0, 1.0], size=(n, n_out))
    return numpy.hstack([rng.normal(size=(n, n_in)), T])


@st.composite
def networks(draw):
    """A program of a random network with its loss, its examples, a notation and a reduction."""
    loss = draw(st.sampled_from(sorted(LOSSES)))
    output = draw(st.sampled_from(HEADS.get(loss, ["linear", "tanh", "softmax"])))
    n_out = draw(st.integers(2 if output == "softmax" or "cross" in loss else 1, 3))
    widths = [draw(st.integers(1, 3)), *draw(st.lists(st.integers(1, 3), max_size=3)), n_out]
    model, y, inputs = graph(widths, loss, draw(st.sampled_from(ACTIVATIONS)), output, rng=draw(st.integers(0, 9)))
    rng = numpy.random.default_rng(draw(st.integers(0, 999)))
    program = vectorize(y, inputs, model.parameters())
    program.parameters += rng.normal(size=program.parameters.shape) / 3
    X = numbers_of_examples(rng, loss, draw(st.integers(1, 5)), widths[0], n_out)
    return program, X, draw(st.sampled_from([*DIALECTS])), draw(st.sampled_from(["mean", "sum"]))


def close(found, expected):
    return numpy.abs(numpy.asarray(found) - expected).max(initial=0.0) <= 1e-12 * max(1.0, numpy.abs(expected).max(initial=0.0))


def assert_right(program, X, notation="delta", reduction="mean"):
    """Every array is the program's, every entry is what its nodes say in the graph of each example."""
    steps = program.steps(X, notation, reduction=reduction)
    times = 1.0 if reduction == "mean" else len(X)
    value, _ = program.value_and_grad(X)
    last = next(step for step in reversed(steps) if step.phase == "forward")
    assert close(last.array, value * times), "the loss"
    for name, array in program.gradients(X).items():
        for step in [step for step in steps if step.of == name]:
            assert close(step.array.ravel(), numpy.ravel(array) * times), step
    graphs = [steps.example(k) for k in range(len(X))]
    gradients = []
    for made in graphs:
        nodes = [*made.nodes]
        gradients.append(dict(zip(nodes, [g * made.share for g in grad(made.root, [made[node] for node in nodes])], strict=True)))
    for step in (*steps.given, *steps):
        assert step.array.shape == step.nodes.shape == step.shape
        if step.of:
            assert step.shape == steps[step.of].shape, f"{step.name} has not the shape of {step.of}"
        for i, j in numpy.ndindex(*step.shape):
            entry = step.entry(i, j)
            nodes, number = step.nodes[i, j], step.array[i, j]
            over = range(len(X)) if entry.example is None else [entry.example]
            if nodes and step.phase == "backward":
                assert close(number, step.scale * sum(gradients[k][node] for node in nodes for k in over)), (step, i, j)
            elif nodes:
                assert all(close(graphs[k][node].data, number) for node in nodes for k in over), (step, i, j)
            if entry.terms:
                assert close(entry.factor * sum(term.value for term in entry.terms), number), (step, i, j, entry)
                assert all(close(numpy.prod([f.value for f in term.factors]), term.value) for term in entry.terms)
            for factor in entry.reads:
                assert not factor.name or steps[factor.name].array[factor.i, factor.j] == factor.value
            assert entry.value == number
    return steps


@settings(max_examples=40, deadline=None)
@given(networks())
def test_every_array_and_every_entry_is_that_of_the_scalar_graph(network):
    steps = assert_right(*network)
    assert [step.index for step in steps] == [*range(len(steps))]
    layers = {step.layer for step in steps if step.layer}
    assert {step.layer for step in steps.given if step.role == "weights"} == layers or not layers


@pytest.mark.parametrize("notation", [*DIALECTS])
def test_mazurs_network_has_the_steps_of_the_lecture(notation):
    E = examples.mazur()
    program = vectorize(E, ["i1", "i2", "t1", "t2"], [f"w{k}" for k in range(1, 9)] + ["b1", "b2"])
    X = [[0.05, 0.1, 0.01, 0.99], [0.5, -0.3, 0.2, 0.1]]
    steps = assert_right(program, numpy.array(X), notation)
    names = ["a1", "z1", "a2", "z2", "E", "mean", "dz2", "delta2", "dW2", "db2", "dz1", "delta1", "dW1", "db1", "dX"]
    assert [step.name for step in steps] == names
    assert all(name in program.source for name in names if name not in ("mean", "dX"))
