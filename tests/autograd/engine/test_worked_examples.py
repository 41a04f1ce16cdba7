"""Published examples: every node's value and gradient, against numbers found at 60 digits without reverse mode."""

import ast
import json
import operator
from fractions import Fraction
from pathlib import Path

import pytest

from autograd import Value, grad, jvp, nodes, parse, replay
from autograd.engine import functions

EXAMPLES = json.loads((Path(__file__).parents[2] / "data" / "worked_examples.json").read_text())["examples"]
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow}


def run(step, known):
    """The Python expression of a step on the Values known so far, by walking its syntax tree."""
    if isinstance(step, ast.Constant):
        return step.value
    if isinstance(step, ast.Name):
        return known[step.id]
    if isinstance(step, ast.UnaryOp) and isinstance(step.op, ast.USub):
        return -run(step.operand, known)
    if isinstance(step, ast.Call):
        return getattr(functions, step.func.id)(*[run(argument, known) for argument in step.args])
    return OPERATORS[type(step.op)](run(step.left, known), run(step.right, known))


def by_python(example):
    known = {name: Value(float(data), name, constant=name in example["constants"]) for name, data in example["inputs"].items()}
    for name, step in example["steps"]:
        known[name] = run(ast.parse(step, mode="eval").body, known)
        known[name].label = name
    return known


def by_parse(example):
    text = "; ".join(f"{name} = {step}" for name, step in example["steps"])
    root = parse(text, {name: float(data) for name, data in example["inputs"].items()}, constants=example["constants"])
    found = nodes(root)
    return {name: found[name] for name in [*example["inputs"], *example["values"]]}


def closely(numbers):
    return {name: pytest.approx(float(text), rel=1e-12, abs=0) for name, text in numbers.items()}


@pytest.fixture(params=EXAMPLES, ids=lambda example: example["id"])
def example(request):
    return request.param


@pytest.fixture(params=[by_python, by_parse], ids=["in Python", "as text"])
def built(request, example):
    return request.param(example)


def test_there_are_nineteen_examples_that_list_a_gradient_for_every_value():
    assert len(EXAMPLES) == 19
    for example in EXAMPLES:
        names = {*example["inputs"], *(name for name, _ in example["steps"])} - {*example["constants"]}
        assert names == example["values"].keys() == example["grads"].keys()


def test_every_node_has_its_value(example, built):
    assert {name: built[name].data for name in example["values"]} == closely(example["values"])


def test_backward_gives_every_node_its_gradient(example, built):
    built[example["output"]].backward()
    assert {name: built[name].grad for name in example["grads"]} == closely(example["grads"])


def test_grad_gives_the_same_and_leaves_no_trace(example, built):
    found = grad(built[example["output"]], [built[name] for name in example["grads"]])
    assert dict(zip(example["grads"], found, strict=True)) == closely(example["grads"])
    assert all(node.grad == 0 for node in built.values())


def test_gradients_as_values_are_the_same_numbers(example, built):
    found = grad(built[example["output"]], list(example["grads"]), create_graph=True)
    assert {name: float(value) for name, value in zip(example["grads"], found, strict=True)} == closely(example["grads"])


def test_forward_mode_agrees_node_by_node(example, built):
    root = built[example["output"]]
    assert {name: jvp(root, {name: 1}) for name in example["grads"]} == closely(example["grads"])


def test_constants_are_marked_and_nothing_computed_is_one(example, built):
    assert [name for name in example["inputs"] if built[name].constant] == example["constants"]
    assert not any(built[name].constant for name, _ in example["steps"])


def test_published_numbers_hold_to_the_digits_they_were_printed_with(example, built):
    built[example["output"]].backward()
    for published in example["published_checks"]:
        kind, name = published["what"].split(":")
        found = built[name].data if kind == "value" else built[name].grad
        printed, digits = float(published["published"]), len(published["published"].partition(".")[2])
        agrees = abs(found - printed) <= 0.5 * 10.0**-digits + 4e-16 * abs(printed)
        assert agrees == published["agrees_to_printed_digits"], published


def test_the_graph_replays_with_exact_inputs_and_is_left_as_it_was(example, built):
    root = built[example["output"]]
    assert replay(root) == root.data
    exact = replay(root, {name: Fraction(text) for name, text in example["inputs"].items()})
    assert float(exact) == pytest.approx(float(example["values"][example["output"]]), rel=1e-12, abs=0)
    assert all(built[name].data == float(text) for name, text in example["inputs"].items())


def test_mazurs_weights_after_one_update_and_the_error_they_give():
    example = next(example for example in EXAMPLES if example["id"] == "mazur")
    built, after = by_python(example), example["after_sgd_step"]
    built["E"].backward()
    for name in after["weights"]:
        built[name].data -= float(after["lr"]) * built[name].grad
    assert {name: built[name].data for name in after["weights"]} == closely(after["weights"])
    assert replay(built["E"]) == pytest.approx(float(after["new_E"]), rel=1e-12)
