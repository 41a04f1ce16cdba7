"""The operations of a graph as plain data: all that is needed to compute them again, and nothing else."""

import json
from fractions import Fraction

import pytest

from autograd import Value, parse, topological_order
from autograd.engine.dialects import calls_in, formula
from autograd.engine.ieee import PRIMITIVES
from autograd.engine.operations import TABLE
from autograd.explain.portable import number_data, operations_in


def in_use(text, **numbers):
    return operations_in(topological_order(parse(text, **numbers)))


def test_an_operation_comes_with_its_formulas_as_trees():
    assert in_use("a/b + a", a=1, b=2) == {
        "add": {"letters": "ab", "nary": False, "symbol": "+", "skips": "", "value": formula("a + b"), "shown": formula("a + b"),
                "partials": [formula("1"), formula("1")], "kinks": [], "calls": {}},
        "div": {"letters": "ab", "nary": False, "symbol": "/", "skips": "", "value": formula("a / b"), "shown": formula("a / b"),
                "partials": [formula("1 / b"), formula("-y / b")], "kinks": [], "calls": {}},
    }  # fmt: skip


def test_a_function_is_shown_by_its_name_and_a_sum_by_its_terms():
    found = in_use("tanh(a) + total(a, a)", a=1)
    assert found["tanh"]["shown"] is None and found["total"]["shown"] == formula("sum(a[i])")
    assert found["total"]["nary"] and not found["tanh"]["nary"]
    assert in_use("a**2", a=1)["pow"]["skips"] == "b"


def test_an_operation_that_a_formula_calls_comes_along():
    assert in_use("silu(a)", a=1)["silu"]["calls"] == {"sigmoid": in_use("sigmoid(a)", a=1)["sigmoid"]}


@pytest.mark.parametrize("name", TABLE)
def test_everything_goes_through_json_and_calls_only_what_is_there(name):
    node = -Value(1.0)
    node._operation = TABLE[name]
    entry = operations_in([node])[name]
    assert json.loads(json.dumps(entry)).keys() == entry.keys()
    for tree in (entry["value"], *entry["partials"], *entry["kinks"]):
        assert {call for call, _ in calls_in(tree)} <= {*entry["calls"], *PRIMITIVES, "where", "sum", "max", "min"}


@pytest.mark.parametrize(
    ("data", "text"),
    [(5.0, "5"), (-0.0, "-0"), (0.1, "0.1"), (1e-7, "1e-07"), (1e300, "1e+300"), (float("inf"), "inf"), (float("nan"), "nan"), (Fraction(5), "5/1"), (Fraction(-1, 3), "-1/3")],
)  # fmt: skip
def test_a_number_is_a_text_that_tells_a_fraction_from_a_float(data, text):
    assert number_data(data) == text
