"""The examples of every course: the numbers of their sources, labels for every node of interest, other numbers by keyword."""

import inspect
import json
from pathlib import Path

import pytest

from autograd import check, examples, grad, gradcheck, nodes, steps, topological_order

WORKED = {
    example["id"]: example
    for example in json.loads((Path(__file__).parents[1] / "data" / "worked_examples.json").read_text(encoding="utf-8"))["examples"]
}
MAKERS = [maker for name, maker in vars(examples).items() if inspect.isfunction(maker) and maker.__module__ == examples.__name__]
NO_LEAVES = ("target", "form")  # what else an example asks for


def numbers(y, names):
    return dict(zip(names, grad(y, names), strict=True))


def test_there_are_the_six_that_every_course_draws():
    assert [maker.__name__ for maker in MAKERS] == ["J", "logistic", "net_1_2_1", "neuron", "mazur", "softmax_cross_entropy"]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_every_leaf_can_be_replaced_by_keyword_and_is_called_by_it(make):
    asked = {name: parameter for name, parameter in inspect.signature(make).parameters.items() if name not in NO_LEAVES}
    found = nodes(make())
    assert {name for name, node in found.items() if not node.parents and node.label} == set(asked)
    for name, parameter in asked.items():
        assert found[name].data == parameter.default
        other = nodes(make(**{name: 0.375}))
        assert other[name].data == 0.375
        assert [node.data for key, node in other.items() if not node.parents and key != name] == [
            node.data for key, node in found.items() if not node.parents and key != name
        ]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_each_is_a_new_graph_that_can_be_stepped_checked_and_compared_with_differences(make):
    y = make()
    assert not set(topological_order(y)) & set(topological_order(make()))
    assert len(steps(y)) > 3
    assert gradcheck(y)
    leaves = [node for node in topological_order(y) if not node.parents and not node.constant]
    assert check(y, dict(zip(leaves, grad(y, leaves), strict=True))).ok


def test_j_is_three_times_a_plus_b_times_c():
    y = examples.J()
    assert {name: node.data for name, node in nodes(y).items()} == {"3": 3, "a": 5, "b": 3, "c": 2, "u": 6, "v": 11, "J": 33}
    assert numbers(y, ["v", "u", "a", "b", "c"]) == {"v": 3, "u": 3, "a": 3, "b": 6, "c": 9}


def test_the_gradient_at_the_score_of_logistic_regression_is_the_error():
    for target in (0, 1):
        y = examples.logistic(y=target)
        error = nodes(y)["p"].data - target
        assert numbers(y, ["z", "w1", "w2", "b"]) == pytest.approx({"z": error, "w1": error, "w2": 2 * error, "b": error})


def test_the_net_1_2_1_follows_its_formulas():
    y = examples.net_1_2_1()
    found = {name: node.data for name, node in nodes(y).items()}
    error = found["ŷ"] - found["y"]
    slopes = {k: found[f"o{k}"] * (1 - found[f"o{k}"]) for k in (1, 2)}
    assert found["E"] == pytest.approx(error**2 / 2)
    assert numbers(y, ["w0", "w1", "w2"]) == pytest.approx({"w0": error, "w1": error * found["o1"], "w2": error * found["o2"]})
    assert numbers(y, ["b1", "b2"]) == pytest.approx({f"b{k}": error * found[f"w{k}"] * slopes[k] for k in (1, 2)})
    assert numbers(y, ["v1", "v2"]) == pytest.approx({f"v{k}": error * found[f"w{k}"] * slopes[k] * found["x"] for k in (1, 2)})


def test_the_gradient_of_a_neurons_weight_has_three_factors():
    y = examples.neuron()
    found = {name: node.data for name, node in nodes(y).items()}
    arrives, slope = 2 * (found["ŷ"] - found["y"]), found["ŷ"] * (1 - found["ŷ"])
    assert numbers(y, ["ŷ", "z", "w", "b"]) == pytest.approx(
        {"ŷ": arrives, "z": arrives * slope, "w": arrives * slope * found["x"], "b": arrives * slope}
    )


def test_mazurs_network_has_the_published_numbers():
    y, published = examples.mazur(), WORKED["mazur"]
    found = nodes(y)
    same = set(published["values"]) & set(found)
    assert {"E", "net_h1", "out_h1", "net_o1", "out_o1", "w1", "w8"} <= same
    assert {name: found[name].data for name in same} == pytest.approx({name: float(published["values"][name]) for name in same}, rel=1e-12)
    assert numbers(y, sorted(same)) == pytest.approx({name: float(published["grads"][name]) for name in same}, rel=1e-12)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_inputs_and_targets_are_constants_and_weights_are_not(make):
    data = {"logistic": {"x1", "x2", "y"}, "net_1_2_1": {"x", "y"}, "neuron": {"x", "y"}, "mazur": {"i1", "i2", "t1", "t2"}}.get(
        make.__name__, set()
    )
    assert {node.label for node in topological_order(make()) if node.constant and node.label} == data


def test_layers_are_scopes():
    assert {node.scope for node in topological_order(examples.net_1_2_1()) if node.parents} == {(), ("hidden layer",), ("output layer",)}
    assert nodes(examples.mazur())["out_h1"].scope == ("hidden layer",)
