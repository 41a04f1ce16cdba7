"""Error carried forward, tried on simulated students: who works right is never accused, one mistake is found once.

A student computes every line from the numbers on the own sheet, rounds it, and goes on with what is written.
"""

import json
import random
from pathlib import Path

import pytest

from autograd import Value, check, examples, grad, parse
from autograd.engine.names import names
from autograd.engine.order import topological_order
from autograd.handcheck.answers import Quantity, typed
from autograd.handcheck.carry import Conventions, _locals, _value, carry
from autograd.handcheck.graphs import Graph
from autograd.handcheck.precision import Rounding, Span, exactly

WORKED = json.loads((Path(__file__).parents[2] / "data" / "worked_examples.json").read_text())["examples"]


def decimals(k):
    return lambda data: f"{data:.{k}f}"


def significant(k):
    """To k significant digits; whole numbers are left as they are."""
    return lambda data: repr(int(data)) if data == int(data) and abs(data) < 1e15 else f"{data:.{k}g}"


def in_full(data):
    return repr(int(data)) if data == int(data) and abs(data) < 1e15 else repr(data)


def sheet(y, rounded, mistake=None, rounds_locals=False):
    """The values and gradients that a student writes; `mistake` is the (node, slot) of an edge and a function of it.

    Also returns the gradients as they are used, and as they should be used given the numbers before.
    """
    order, data, values, gradients = topological_order(y), {}, {}, {}
    for node in order:
        data[node] = float(node)
        if node.parents:
            values[node] = rounded(node.operation.at([data[parent] for parent in node.parents]))
            data[node] = float(values[node])
    used = dict.fromkeys(order, 0.0)
    right = dict.fromkeys(order, 0.0)
    used[y] = 1.0
    for node in reversed(order):
        if node is not y and not node.constant:
            gradients[node] = rounded(used[node])
            used[node] = float(gradients[node])
        if not node.parents:
            continue
        operands = [data[parent] for parent in node.parents]
        for slot, (parent, local) in enumerate(zip(node.parents, node.operation.partials_at(operands, data[node]), strict=True)):
            if parent.constant:
                continue  # nobody asks, and the slope for an exponent may not exist
            if rounds_locals:
                local = float(rounded(local))
            contribution = used[node] * local if used[node] else 0.0
            if rounds_locals:
                contribution = float(rounded(contribution))
            right[parent] += contribution
            if mistake and mistake[:2] == (node, slot):
                contribution = mistake[2](used[node], local, operands[slot])
            used[parent] += contribution
    return values, gradients, used, right


def exact_sheet(y, rounded):
    """What a student writes who computes everything at once, in full precision, and rounds only for the sheet."""
    order = topological_order(y)
    values = {node: rounded(float(node)) for node in order if node.parents}
    asked = [node for node in order if not node.constant and node is not y]
    return values, {node: rounded(float(data)) for node, data in zip(asked, grad(y, asked), strict=True)}


def worked(example, rng):
    """A worked example with other numbers."""
    numbers = {}
    for name, text in example["inputs"].items():
        data = float(text) * (rng.uniform(0.5, 1.5) if rng.random() < 0.7 else 1)
        numbers[name] = round(data, rng.choice([1, 2, 3]))
    return parse("; ".join(f"{name} = {step}" for name, step in example["steps"]), numbers, constants=example["constants"])


def net_1_2_1(rng):
    return examples.net_1_2_1(*[rng.uniform(-1, 1) for _ in range(9)])


def leaf_gradients(asked):
    return {node: text for node, text in asked.items() if not node.parents}


# --- right sheets ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", WORKED, ids=lambda example: example["id"])
def test_right_answers_rounded_at_every_line_are_never_accused(example):
    rng = random.Random(example["id"])
    for _ in range(24):
        y = worked(example, rng)
        digits, way = rng.randint(2, 6), rng.choice(["carries", "rounds locals too", "rounds at the end"])
        rounded = rng.choice([decimals, significant])(digits)
        values, asked = exact_sheet(y, rounded) if way == "rounds at the end" else sheet(y, rounded, rounds_locals="locals" in way)[:2]
        if digits > 2 and rng.random() < 0.3:
            report = check(y, leaf_gradients(asked))
        else:
            report = check(y, asked, values=values if rng.random() < 0.7 else None)
        assert report.ok, (way, digits, report.text)


@pytest.mark.parametrize("form", ["commas", "floats", "texts"])
def test_the_form_of_the_numbers_makes_no_difference(form):
    written = {"commas": lambda text: text.replace(".", ","), "floats": float, "texts": str}[form]
    rng = random.Random(form)
    for _ in range(40):
        y = net_1_2_1(rng)
        values, asked = sheet(y, decimals(4))[:2]
        report = check(
            y, {node: written(text) for node, text in asked.items()}, values={node: written(text) for node, text in values.items()}
        )
        assert report.ok, report.text


def test_right_sheets_with_three_decimals_at_every_line_are_never_accused():
    rng = random.Random(121)
    for k in range(200):
        y = net_1_2_1(rng)
        values, asked = sheet(y, decimals(3), rounds_locals=k % 2 == 1)[:2]
        assert check(y, asked, values=values).ok


def test_fractions_are_compared_exactly():
    y = parse("u = a*b; v = u/c; v**2", a=1, b=2, c=3)
    assert check(y, {"v": "4/3", "u": "4/9", "c": "-8/27", "a": "8/9", "b": "2/9*2"}).ok
    assert not check(y, {"v": "4/3", "u": "4/9", "c": "-8/27", "a": "8/9", "b": "4/8"}).ok


# --- one mistake -------------------------------------------------------------------------------------------------

MISTAKES = {
    "own operand": lambda upstream, local, operand: upstream * operand,
    "sign": lambda upstream, local, operand: -upstream * local,
    "no upstream": lambda upstream, local, operand: local,
    "no local": lambda upstream, local, operand: upstream,
    "missing path": lambda upstream, local, operand: 0.0,
    "factor 2": lambda upstream, local, operand: 2 * upstream * local,
    "factor 1/2": lambda upstream, local, operand: upstream * local / 2,
}


def random_graph(rng, whole):
    """A graph where every node is used, some of them several times."""
    pool = [Value(rng.choice([-5, -3, -2, 2, 3, 4, 7]) if whole else round(rng.uniform(-2, 2), 1) or 0.5, f"x{k}") for k in range(4)]
    for k in range(rng.randint(3, 8)):
        a, b = rng.choice(pool), rng.choice(pool[-4:])
        kind = rng.choice(
            ["add", "sub", "mul", "mul"] if whole else ["add", "sub", "mul", "mul", "div", "tanh", "sigmoid", "square", "relu"]
        )
        if (kind == "div" and abs(b.data) < 0.1) or (kind == "square" and abs(b.data) > 50):
            kind = "mul"
        node = {
            "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b, "square": lambda a, b: b**2,
            "tanh": lambda a, b: b.tanh(), "sigmoid": lambda a, b: b.sigmoid(), "relu": lambda a, b: b.relu(),
        }[kind](a, b)  # fmt: skip
        node.label = f"h{k}"
        pool.append(node)
    y = pool[-1]
    for node in pool[:-1]:
        if node not in topological_order(y):
            y = y + node
    y.label = "L"
    return y


def sheets_with_one_mistake(make, rounded, count, seed, least):
    """Graphs with a full sheet in which the gradient of one node is wrong by more than `least` of it."""
    rng, made = random.Random(seed), 0
    while made < count:
        y = make(rng)
        order = topological_order(y)
        node, slot = rng.choice([(n, k) for n in order for k, parent in enumerate(n.parents) if not parent.constant])
        parent = node.parents[slot]
        fan_out = sum(n.parents.count(parent) for n in order)
        kind = rng.choice([k for k in MISTAKES if (k != "own operand" or node.op == "mul") and (k != "missing path" or fan_out > 1)])
        values, asked, used, right = sheet(y, rounded, (node, slot, MISTAKES[kind]))
        if abs(used[parent] - right[parent]) > least * abs(right[parent]) + 1e-9:
            made += 1
            yield y, values, asked, parent, right[parent], kind


@pytest.mark.parametrize(
    ("make", "rounded", "least"),
    [
        (lambda rng: random_graph(rng, whole=False), in_full, 0.06),
        (lambda rng: random_graph(rng, whole=True), in_full, 0.0),
        (net_1_2_1, in_full, 0.06),
        (lambda rng: random_graph(rng, whole=False), significant(3), 0.06),
        (lambda rng: random_graph(rng, whole=False), decimals(4), 0.1),
    ],
    ids=["floats", "whole numbers", "1-2-1", "3 digits", "4 decimals"],
)
@pytest.mark.parametrize("writes_values", [True, False], ids=["values too", "gradients only"])
def test_one_mistake_on_one_edge_is_one_finding_at_the_culprit_and_the_rest_follows(make, rounded, least, writes_values):
    for y, values, asked, culprit, due, kind in sheets_with_one_mistake(make, rounded, 120, 7, least):
        if rounded is not in_full and (0 < abs(due) < 0.02 or "0" in asked.values()):
            continue  # the one digit of a small number may be any mistake, and a slope rounded to 0 hides what was before
        report = check(y, asked, values=values if writes_values else None)
        said = f"{kind} at {names(y)[culprit]}: {[(f.node, f.got, f.expected) for f in report.findings]}"
        assert [finding.node for finding in report.findings] == [names(y)[culprit]], said
        assert report.findings[0].expected == pytest.approx(due, rel=0.06, abs=1e-6), said
        assert sorted(answer.verdict == "wrong" for answer in report.answers) == [False] * (len(report.answers) - 1) + [True], said
        assert report.score == pytest.approx(1 - 1 / len(report.answers))


def test_a_mistake_in_a_value_is_found_where_it_was_made_and_the_gradients_follow_from_it():
    J = examples.J()
    report = check(J, {"v": 3, "u": 3, "a": 3, "b": 6, "c": 9}, values={"u": 5, "v": 10, "J": 30})
    assert [finding.node for finding in report.findings] == ["u"]
    assert [answer.verdict for answer in report.answers] == ["right"] * 5 + ["wrong", "follows", "follows"]
    net = parse("z = w*x + b; p = sigmoid(z); (p - t)**2", w=1, x=2, b=-1, t=0, constants=["x", "t"])
    wrong = 0.5  # instead of σ(1) = 0.731
    report = check(net, {"p": 2 * wrong, "z": 2 * wrong * wrong * (1 - wrong), "w": 4 * wrong * wrong * (1 - wrong)}, values={"p": wrong})
    assert [finding.node for finding in report.findings] == ["p"]
    assert [answer.verdict for answer in report.answers] == ["follows", "follows", "follows", "wrong"]


def test_who_copies_the_true_number_after_a_mistake_is_right():
    report = check(examples.J(), {"v": 3, "u": 4, "b": 6, "c": 12})
    assert [answer.verdict for answer in report.answers] == ["right", "wrong", "right", "follows"]


def test_two_mistakes_are_two_findings():
    report = check(examples.J(), {"v": 3, "u": 4, "a": 3, "b": 8, "c": 9 * 2})
    assert [finding.node for finding in report.findings] == ["u", "c"]


@pytest.mark.parametrize("off", [1, -1, 2, 10, 0.5])
def test_a_slip_in_whole_numbers_is_never_taken_for_rounding(off):
    J = examples.J()
    exact = {"v": 3, "u": 3, "a": 3, "b": 6, "c": 9}
    for name in exact:
        assert [finding.node for finding in check(J, {**exact, name: exact[name] + off}).findings][:1] == [name]
    assert not check(J, values={"u": 6, "v": 11, "J": 33 + off}).ok
    assert not check(J, values={"J": 33 + off}).ok


# --- kinks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "numbers", "slopes", "refused"),
    [
        ("3*relu(a)", {"a": 0}, [0, 0.5, 1], [-1, -0.5, 2]),
        ("3*abs(a)", {"a": 0}, [-1, 0, 1], [2, -2]),
        ("3*leaky_relu(a, 0.1)", {"a": 0}, [0.1, 0.5, 1], [0, -0.8, 2]),
        ("3*maximum(a, 2)", {"a": 2}, [0, 0.5, 1], [-0.5, 1.5]),
        ("3*clip(a, 0, 1)", {"a": 1}, [0, 0.5, 1], [-1, 2]),
    ],
)
def test_every_slope_between_the_sides_of_a_kink_is_accepted_and_named_and_no_other(expression, numbers, slopes, refused):
    y = parse(expression, numbers)
    ours = grad(y, ["a"])[0] / 3
    for slope in slopes:
        report = check(y, {"a": 3 * slope})
        assert report.ok
        assert bool(report.notes) == (slope != pytest.approx(ours))
        assert all("∂J/∂a" in note and "kink" in note for note in report.notes)
    for slope in refused:
        report = check(y, {"a": 3 * slope})
        assert not report.ok
        assert not report.notes


def test_a_convention_is_named_however_near_the_numbers_are():
    assert len(check(parse("maximum(a, 2)", a=2), {"a": 0}).notes) == 1  # here it is 0.5


def test_a_convention_is_carried_on_through_the_graph():
    y = parse("z = w*x + b; h = relu(z); (h - t)**2", w=2, x=3, b=-6, t=1, constants=["x", "t"])
    for slope in (0, 0.5, 1):
        assert check(y, {"h": -2, "z": -2 * slope, "w": -6 * slope, "b": -2 * slope}).ok
        assert check(y, {"w": -6 * slope}).ok
    report = check(y, {"h": -2, "z": -2, "w": 5, "b": -2})
    assert [finding.node for finding in report.findings] == ["w"]


def test_off_the_kink_there_is_one_slope():
    y = parse("3*relu(a)", a=0.001)
    assert check(y, {"a": 3}).ok
    assert not check(y, {"a": 0}).ok
    assert not check(y, {"a": 1.5}).ok


# --- edges -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["0*sqrt(a)", "sqrt(relu(a - 1))"])
def test_nothing_beside_an_infinite_slope_is_nothing(text):
    y = parse(text, a=0)
    assert check(y, {"a": 0}).ok
    assert not check(y, {"a": 1}).ok


def test_what_is_not_a_number_agrees_with_nothing_and_breaks_nothing():
    y = parse("log(a)*b", a=-1, b=2)
    report = check(y, {"a": -2, "b": 0.5})
    assert [answer.verdict for answer in report.answers] == ["right", "wrong"]


@pytest.mark.parametrize(
    ("text", "numbers", "values", "answers"),
    [
        ("u = a*b; m = maximum(u, c); m**2", {"a": 1.234, "b": 1.5, "c": 1}, {"m": "1.9"}, {"m": "3.8", "u": "3.8"}),
        ("u = a*b; m = minimum(u, c); m**2", {"a": 1.234, "b": 1.5, "c": 2}, {"m": "1.9"}, {"m": "3.8", "u": "3.8"}),
    ],
)
def test_however_a_maximum_was_rounded_its_gradient_goes_to_the_larger_number(text, numbers, values, answers):
    y = parse(text, numbers)
    assert check(y, answers, values=values).ok
    assert not check(y, {**answers, "u": 0}, values=values).ok


def test_a_whole_number_that_stands_for_one_with_decimals_was_rounded():
    y = parse("u = a*b; u*c", a=4.1, b=3, c=3)
    graph = Graph(y)
    u = Quantity("value", y.parents[0])
    used = carry(graph, {u: typed("12", "u")}, carry(graph, {}), Rounding(2, wholes=True)).used[u]
    assert (used.low, used.high) == pytest.approx((12, 12.3))


def test_in_a_wide_interval_a_function_and_its_slope_may_turn():
    (cosine,) = [node for node in topological_order(parse("cos(v)", v=16.596)) if node.parents]
    spans, _ = _locals(cosine, [Span(16.596, 12.034, 21.541)], exactly(float(cosine)), Conventions())
    assert spans[0].high > 0.995  # at v = 17.28, between the ends
    assert _value(cosine, [Span(16.596, 12.034, 18.6)]).high > 0.995  # at v = 12.57


def test_an_interval_over_a_pole_says_nothing_about_the_slope_beyond():
    (log,) = [node for node in topological_order(parse("log1p(v)", v=-0.35)) if node.parents]
    spans, _ = _locals(log, [Span(-0.35, -5.0, 4e6)], exactly(float(log)), Conventions())
    assert spans[0].low < -1e9 and spans[0].high > 1e9
