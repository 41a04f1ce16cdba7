"""Code written for micrograd runs with our Value in place of theirs; each piece is written anew in its style."""

import random
from math import cos, pi, sin

import graphviz
import pytest

from autograd import Value, leaves, replay, topological_order

# --- the example of its README -------------------------------------------------------------------------------------


def readme():
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return a, b, g


def test_the_readme_prints_its_numbers():
    a, b, g = readme()
    assert f"{g.data:.4f}" == "24.7041"
    g.backward()
    assert (f"{a.grad:.4f}", f"{b.grad:.4f}") == ("138.8338", "645.5773")
    assert repr(b) == f"Value(data=2.0, grad={b.grad})"
    assert repr(Value(3)).startswith("Value(data=3")


# --- a pass by hand ------------------------------------------------------------------------------------------------


def neuron():
    x1, x2, w1, w2, b = leaves(x1=2.0, x2=0.0, w1=-3.0, w2=1.0, b=6.8813735870195432)
    x1w1 = x1 * w1
    x1w1.label = "x1*w1"
    x2w2 = x2 * w2
    x2w2.label = "x2*w2"
    s = x1w1 + x2w2
    n = s + b
    o = n.tanh()
    n.label, o.label = "n", "o"
    return (x1, x2, w1, w2, b), (x1w1, x2w2, s, n), o


def test_backward_called_node_by_node_in_order():
    (x1, x2, w1, w2, b), (x1w1, x2w2, s, n), o = neuron()
    o.grad = 1.0
    o._backward()
    assert n.grad == pytest.approx(0.5)
    n._backward()
    assert (s.grad, b.grad) == (n.grad, n.grad)
    b._backward()  # a leaf has nothing to hand on
    s._backward()
    x1w1._backward()
    x2w2._backward()
    assert [v.grad for v in (x1, w1, x2, w2)] == pytest.approx([-1.5, 1.0, 0.5, 0.0])


def test_a_pass_of_ones_own_with_a_recursive_topological_sort():
    leaf_nodes, _, o = neuron()
    topo = []
    visited = set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build_topo(child)
            topo.append(v)

    build_topo(o)
    o.grad = 1.0
    for node in reversed(topo):
        node._backward()
    by_hand = [v.grad for v in leaf_nodes]
    assert topo == topological_order(o)
    o.zero_grad()
    o.backward()
    assert by_hand == [v.grad for v in leaf_nodes]


def test_tanh_taken_apart_gives_the_same():
    whole, _, o = neuron()
    o.backward()
    parts, _, p = neuron()
    n = p.parents[0]
    e = (2 * n).exp()
    o2 = (e - 1) / (e + 1)
    o2.backward()
    assert o2.data == pytest.approx(o.data)
    assert [v.grad for v in parts] == pytest.approx([v.grad for v in whole])


def test_gradients_may_be_set_and_added_to_by_hand():
    a = Value(2.0)
    a.grad = 0
    a.grad += 1.5 * 2
    a.data += -0.1 * a.grad
    assert (a.grad, a.data) == (3.0, 1.7)


# --- the picture everybody copies ----------------------------------------------------------------------------------


def trace(root):
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges


def draw_dot(root):
    dot = graphviz.Digraph(format="svg", graph_attr={"rankdir": "LR"})
    nodes, edges = trace(root)
    for n in nodes:
        uid = str(id(n))
        dot.node(name=uid, label="{ %s | data %.4f | grad %.4f }" % (n.label, n.data, n.grad), shape="record")  # noqa: UP031
        if n._op:
            dot.node(name=uid + n._op, label=n._op)
            dot.edge(uid + n._op, uid)
    for n1, n2 in edges:
        dot.edge(str(id(n1)), str(id(n2)) + n2._op)
    return dot


def test_the_well_known_drawing_helper():
    _, _, o = neuron()
    o.backward()
    nodes, edges = trace(o)
    assert (len(nodes), len(edges)) == (10, 9)
    source = draw_dot(o).source
    assert "{ o | data 0.7071 | grad 1.0000 }" in source
    assert "{ x1 | data 2.0000 | grad -1.5000 }" in source
    assert sorted(n._op for n in nodes) == ["", "", "", "", "", "*", "*", "+", "+", "tanh"]
    assert source.count("->") == 5 + 9


def test_an_operand_used_twice_is_one_child():
    x = Value(3.0)
    y = x * x
    assert list(y._prev) == [x]
    assert x in y._prev
    assert len(y._prev) == 1
    assert y._prev == {x}


# --- its demo: two moons, hinge loss, L2 ---------------------------------------------------------------------------


class Module:
    def zero_grad(self):
        for p in self.parameters():
            p.grad = 0

    def parameters(self):
        return []


class Neuron(Module):
    def __init__(self, nin, rng, nonlin=True):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin

    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        return act.relu() if self.nonlin else act

    def parameters(self):
        return [*self.w, self.b]


class Layer(Module):
    def __init__(self, nin, nout, **kwargs):
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x):
        out = [n(x) for n in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self):
        return [p for n in self.neurons for p in n.parameters()]


class MLP(Module):
    def __init__(self, nin, nouts, rng):
        sizes = [nin, *nouts]
        self.layers = [Layer(sizes[i], sizes[i + 1], rng=rng, nonlin=i != len(nouts) - 1) for i in range(len(nouts))]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def moons(n):
    angles = [pi * k / (n - 1) for k in range(n)]
    outer = [(cos(t), sin(t), -1) for t in angles]
    inner = [(1 - cos(t), 0.5 - sin(t), 1) for t in angles]
    return [((x, y), label) for x, y, label in outer + inner]


def loss(model, examples):
    scores = [model([Value(xi) for xi in x]) for x, _ in examples]
    losses = [(1 + -yi * scorei).relu() for (_, yi), scorei in zip(examples, scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    reg_loss = 1e-4 * sum(p * p for p in model.parameters())
    accuracy = [(yi > 0) == (scorei.data > 0) for (_, yi), scorei in zip(examples, scores, strict=True)]
    return data_loss + reg_loss, sum(accuracy) / len(accuracy)


def test_the_two_moons_demo_learns():
    model, examples, history = MLP(2, [8, 8, 1], random.Random(1337)), moons(12), []
    for k in range(30):
        total_loss, accuracy = loss(model, examples)
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= 0.3 * learning_rate * p.grad
        history.append((total_loss.data, accuracy))
    assert history[-1][0] < 0.5 * history[0][0]
    assert history[-1][1] >= 0.85


def test_the_demos_gradients_are_those_of_finite_differences():
    model, examples = MLP(2, [4, 1], random.Random(7)), moons(4)
    total_loss, _ = loss(model, examples)
    total_loss.backward()
    for p in model.parameters():
        h = 1e-6
        numeric = (replay(total_loss, {p: p.data + h}) - replay(total_loss, {p: p.data - h})) / (2 * h)
        assert p.grad == pytest.approx(numeric, rel=1e-5, abs=1e-8)
    model.zero_grad()
    assert all(p.grad == 0 for p in model.parameters())


# --- what builds nodes itself --------------------------------------------------------------------------------------


def test_an_operation_built_by_hand_is_answered_with_how_to_add_one():
    x = Value(0.5)
    with pytest.raises(TypeError, match=r"add its formulas to the table with autograd\.define"):
        Value(x.data**5, (x,), "fifth power")
