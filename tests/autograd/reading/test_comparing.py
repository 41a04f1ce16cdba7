"""The four routes to a derivative: what each gives and what each takes, counted and compared with closed formulas."""

import sys
from itertools import pairwise
from math import log10

import pytest

from autograd import Expression, Value, compare, dot, examples, grad, leaves, nodes, numeric_curve, parse
from autograd.engine.operations import TABLE
from autograd.reading import comparing, counting
from nn import MLP

DIFFERENCES = ("forward difference", "central difference")
EXACT = ("symbolic", "forward mode", "reverse mode")


def neuron(W):
    """w·x + b with W weights: the values take W multiplications and W additions."""
    w = [Value(0.1 * k, f"w{k}") for k in range(1, W + 1)]
    x = [Value(1.0 / k, f"x{k}", constant=True) for k in range(1, W + 1)]
    return dot(w, x) + Value(0.5, "b")


@pytest.mark.parametrize("make", [examples.J, examples.logistic, examples.net_1_2_1, examples.neuron, examples.mazur])
def test_all_routes_come_to_the_same_derivatives(make):
    y = make()
    found = compare(y)
    expected = grad(y, list(found.wrt))
    for route in found.rows:
        assert route.derivatives == pytest.approx(expected, rel=1e-5 if route.name in DIFFERENCES else 1e-12, abs=1e-7)
        assert route.error < {"forward difference": 1e-6, "central difference": 1e-8}.get(route.name, 1e-13)


@pytest.mark.parametrize("W", [1, 5, 20, 40])
def test_differences_cost_w_squared_and_reverse_mode_costs_w_by_counting(W):
    """With P = W + 1 parameters: 2 P evaluations of W multiplications each, against one evaluation and one sweep."""
    found, P = compare(neuron(W)), W + 1
    assert found.once == (W, W)
    central, forward = found["central difference"], found["forward difference"]
    assert (central.evaluations, central.multiplications, central.additions) == (2 * P, 2 * P * W + P, 2 * P * W + P)
    assert (forward.evaluations, forward.multiplications) == (P + 1, (P + 1) * W + P)
    edges = W + 2  # from the weights, the bias and the weighted sum
    sweeps, reverse = found["forward mode"], found["reverse mode"]
    assert (sweeps.evaluations, sweeps.sweeps, sweeps.multiplications) == (1, P, W + P * edges)
    assert (reverse.evaluations, reverse.sweeps, reverse.multiplications, reverse.additions) == (1, 1, W + edges, W)


def test_reverse_mode_costs_a_few_evaluations_however_many_weights_there_are():
    """The cheap-gradient principle (Baur and Strassen, 1983): at most 5 times the values, counted; here it is below 4."""
    ratios = {}
    for width in (2, 4, 8):
        model = MLP(3, [width, width, 1], "tanh", rng=0)
        found = compare(model.loss([[1.0, 2.0, -1.0]], [0.5]))
        W, once = len(model.parameters()), sum(found.once)
        reverse, central = found["reverse mode"], found["central difference"]
        assert central.evaluations == 2 * W and reverse.sweeps == 1
        ratios[W] = (reverse.multiplications + reverse.additions) / once, (central.multiplications + central.additions) / once
    assert all(c < 4 for c, _ in ratios.values()), ratios
    assert all(2 * W <= d < 2 * W + 2 for W, (_, d) in ratios.items()), ratios


def test_evaluations_are_counted_while_they_happen(monkeypatch):
    calls = []
    computed = comparing.values
    monkeypatch.setattr(comparing, "values", lambda *given: calls.append(1) or computed(*given))
    found = compare(neuron(7))
    assert len(calls) == sum(found[name].evaluations for name in DIFFERENCES) == 9 + 16


@pytest.mark.parametrize(
    ("text", "cost"),
    [("a*b + c", (1, 1)), ("a - b - c", (0, 2)), ("-a", (0, 0)), ("a/b", (1, 0)), ("a**3", (1, 0)), ("exp(a)*b", (1, 0)), ("total(a, b, c)", (0, 2)),
     ("sigmoid(a)", (1, 1)), ("relu(a)", (0, 0)), ("logsumexp(a, b, c)", (0, 2)), ("maximum(a, b)", (0, 0))],
)  # fmt: skip
def test_what_values_cost_is_read_from_their_formulas(text, cost):
    y = parse(text, dict.fromkeys(Expression(text).leaves, 1.5))
    assert counting.of_values(list(nodes(y).values())) == cost


@pytest.mark.parametrize("name", TABLE)
def test_every_operation_has_its_cost_and_a_symbolic_derivative(name):
    entry = TABLE[name]
    a, b, c, d = leaves(a=0.5, b=0.25, c=2, d=3)
    y = entry.make(*[(a, b, c, d)[2 * k : 2 * k + 2] if entry.is_nary else (a, b, c)[k] for k in range(len(entry.letters))])
    found = compare(y)
    assert found["symbolic"].derivatives == pytest.approx(found["reverse mode"].derivatives, rel=1e-12, abs=1e-15)
    assert found["reverse mode"].multiplications >= len(y.parents)


def test_shared_parts_are_where_symbolic_derivatives_swell():
    """l ← 4 l (1 - l) again and again (Baydin et al., JMLR 18, 2018, table 1): written out the derivative explodes."""
    (x,) = leaves(x=0.4)
    y, written, shared = x, [], []
    for _ in range(5):
        y = 4 * y * (1 - y)
        found = compare(y)["symbolic"]
        written.append(found.size)
        shared.append(found.shared_size)
    assert all(later > 2.5 * before for before, later in pairwise(written[1:])), written
    assert all(later - before < 15 for before, later in pairwise(shared)), shared
    assert compare(y)["reverse mode"].sweeps == 1


def test_a_graph_that_is_too_large_to_write_out_is_told_and_the_other_routes_are_taken():
    (x,) = leaves(x=1.0)
    y = x
    for _ in range(40):
        y = y * 0.5 + y * 0.5
    found = compare(y)
    assert found["symbolic"].missing == "too large" and "too large" in found.text
    assert found["reverse mode"].derivatives == (1.0,) and found["reverse mode"].error == 0


@pytest.mark.parametrize(("lang", "words"), [("en", "reverse mode"), ("es", "modo inverso"), ("pt", "modo reverso")])
def test_the_table_is_text_and_html_in_every_language(lang, words):
    found = compare(examples.J(), lang=lang)
    assert words in found.text and str(found) == repr(found) == found.text and "{" not in found.text
    lines = found.text.splitlines()
    assert len(lines) == 7 and "∂J/∂b" in lines[1] and lines[-1].split()[2:5] == ["3", "6", "9"]
    html = found._repr_html_()
    assert html.count("<tr>") == 6 and html.count("</table>") == 1 and words in html


def test_leaves_of_one_name_and_constants_that_are_asked_for_are_leaves_of_their_own():
    x, one, other = Value(2.0, "x", constant=True), Value(3.0, "a"), Value(5.0, "a")
    found = compare(x * one * other, [one, other, x])
    assert found["symbolic"].derivatives == (10.0, 6.0, 15.0) == found["reverse mode"].derivatives
    assert all(route.error < 1e-6 for route in found.rows)


def test_one_leaf_has_one_derivative():
    assert str(compare(examples.J(), "b")).startswith("The derivative of J by b; all values once")


def test_labels_are_data_and_constants_are_not_compared():
    x, w = Value(2, "<b>x</b>", constant=True), Value(3, "__import__('os')")
    found = compare(w * x)
    assert found.wrt == ("__import__('os')",) and found["symbolic"].derivatives == (2.0,)
    assert "<b>" not in found._repr_html_()


def test_without_sympy_the_symbolic_row_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sympy", None)
    found = compare(examples.J())
    assert found["symbolic"].missing == "sympy" and "chalkgrad[symbolic]" in found.text
    assert found["central difference"].error < 1e-8 and found["reverse mode"].error == 0


@pytest.mark.parametrize(
    ("use", "kind", "words"),
    [
        (lambda J: compare(J, "u"), ValueError, "u is computed"),
        (lambda J: compare(J, 3), TypeError, "compare takes nodes: Values or labels, not int"),
        (lambda J: compare(J, []), ValueError, "there is no leaf to compare by"),
        (lambda J: compare(Value(2, constant=True) * 3), ValueError, "there is no leaf to compare by"),
        (lambda J: compare(J, ["b", "a", "b"]), ValueError, "b stands twice"),
        (lambda J: compare(J, "zz"), ValueError, "zz"),
        (lambda J: compare(3.0), TypeError, "a Value, not float"),
        (lambda J: compare(J, lang="xx"), ValueError, "no words for the language"),
        (lambda J: compare(J)["sideways"], KeyError, "there is no route"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(use, kind, words):
    with pytest.raises(kind, match=words):
        use(examples.J())


# --- the V of rounding ---


def slope(curve, scheme, first, last):
    """The slope of the error in the doubly logarithmic picture between two widths, by least squares."""
    points = [(log10(h), log10(e)) for h, e in zip(curve.widths, curve.errors[scheme], strict=True) if last <= h <= first and e]
    n, sx, sy = len(points), sum(x for x, _ in points), sum(y for _, y in points)
    return (n * sum(x * y for x, y in points) - sx * sy) / (n * sum(x * x for x, _ in points) - sx * sx)


@pytest.mark.parametrize("make", [lambda x: x.exp(), lambda x: (x * x).tanh() * x, lambda x: (x.sin() + 2).log()])
def test_errors_of_differences_are_a_v_with_slopes_1_and_2_above_the_floor_and_minus_1_below(make):
    curve = numeric_curve(make(Value(1.0, "x")), "x")
    assert slope(curve, "forward", 1e-2, 1e-6) == pytest.approx(1, abs=0.1)
    assert slope(curve, "backward", 1e-2, 1e-6) == pytest.approx(1, abs=0.1)
    assert slope(curve, "central", 1e-1, 1e-4) == pytest.approx(2, abs=0.05)
    for scheme, width in (("forward", 1e-8), ("central", 6e-6)):
        assert width / 30 < curve.best(scheme) < 30 * width
        assert -1.5 < slope(curve, scheme, 1e-10, 1e-15) < -0.5, "rounding grows like 1/h"


def test_errors_at_1_of_exp_are_those_of_the_table_that_lectures_print():
    curve = numeric_curve(Value(1.0, "x").exp(), "x", "central", [1e-1, 1e-2, 1e-3])
    assert [float(f"{error:.2e}") for error in curve.errors["central"]] == [4.53e-3, 4.53e-5, 4.53e-7]
