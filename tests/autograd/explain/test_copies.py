"""Everything that explains can be copied, and stored with pickle, whole: the nodes are those of one graph afterwards."""

import copy
import pickle

import pytest

from autograd import Notation, Value, derive, examples, paths, steps
from nn import MLP

COPIED = pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))], ids=["copy", "deepcopy", "pickle"])  # fmt: skip


def loss_of_a_network():
    model = MLP(2, [2, 1], activation="tanh", rng=0)
    return model.loss([[0.5, -1.0]], [[1.0]], "mse")


@COPIED
@pytest.mark.parametrize("notation", [Notation("ng"), Notation("mine", like="delta", weights="Θ")])
def test_a_notation(copied, notation):
    twin = copied(notation)
    assert twin == notation and twin.symbol("weights", 2) == notation.symbol("weights", 2)
    with pytest.raises(AttributeError, match="does not change"):
        twin.name = "other"
    with pytest.raises(TypeError):
        twin.symbols["input"] = "q"


@COPIED
@pytest.mark.parametrize("make", [examples.J, examples.mazur, loss_of_a_network])
@pytest.mark.parametrize("notation", [None, "bishop"])
def test_steps(copied, make, notation):
    both = steps(make(), notation=notation)
    twin = copied(both)
    assert twin.text("es") == both.text("es") and type(twin) is type(both)
    assert [step.explanation() for step in twin] == [step.explanation() for step in both]
    assert [step.latex() for step in twin] == [step.latex() for step in both]
    nodes = list(twin[0].names)
    for step in twin:
        assert step.root is nodes[-1] and step.node in nodes and (step.parent is None or step.parent in nodes)


@COPIED
def test_one_step(copied):
    step = steps(examples.J())[7]
    twin = copied(step)
    assert twin.text() == step.text() and vars(twin).keys() == vars(step).keys() and twin.parent in twin.node.parents


@COPIED
@pytest.mark.parametrize("wrt", ["b", "v", Value(1.0, "stranger")])
def test_paths_and_derivations(copied, wrt):
    J = examples.J()
    found, derivation = paths(J, wrt), derive(J, wrt)
    twin = copied(found)
    assert (twin.text("pt"), twin.count, twin.total, twin.by_backprop) == (found.text("pt"), found.count, found.total, found.by_backprop)
    assert all(node in twin.names for path in twin.rows for node in path.nodes)
    assert (copied(derivation).text, copied(derivation).mathml) == (derivation.text, derivation.mathml)


def test_the_copy_has_nodes_of_its_own():
    both = steps(examples.J())
    assert copy.deepcopy(both)[0].root is not both[0].root
