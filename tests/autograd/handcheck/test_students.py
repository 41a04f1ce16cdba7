"""Simulated students: whoever has one misconception is told that one, whoever works right is never accused.

The shares that are asked for hold for thousands of students; here runs a sample of them with a fixed rng.
"""

import random
from math import log10

import pytest

from autograd import check, names, parse, topological_order

from .students import EXERCISES, FAMILY, asked, everywhere, exercise, is_visible, misconceptions, one_misconception, passing, random_graph

OF_AN_EDGE = {"MISSING_PATH", "OWN_OPERAND", "SIGN", "NO_UPSTREAM", "NO_LOCAL", "WRONG_POINT", "TIMES_ARG", "CONST_FACTOR", "STALE_GRAD",
              "RELU_MASK", "POWER_LOG", "NO_TOPO"}  # fmt: skip


def sheets(make, pick, count, seed, leaves_only=False):
    """Sheets that show a mistake: the graph, its family, the node, and the report."""
    rng, made = random.Random(seed), 0
    while made < count:
        y = make(rng)
        student = pick(rng, y)
        nodes = [node for node in asked(y) if not (leaves_only and node.parents)]
        if student is None or not nodes:
            continue
        code, node, numbers = student
        if is_visible(y, numbers, nodes):
            made += 1
            yield y, FAMILY[code], node, check(y, {each: numbers[each] for each in nodes})


def shares(found):
    """How often the family is among the candidates, is the only one, and how often the one culprit is the right one."""
    among = unique = culprit = at_a_node = 0
    for y, family, node, report in found:
        among += any(family in finding.families for finding in report.findings)
        unique += any(finding.families == (family,) for finding in report.findings)
        at_a_node += node is not None
        culprit += node is not None and [finding.node for finding in report.findings] == [names(y)[node]]
    return among / len(found), unique / len(found), culprit / max(1, at_a_node)


def two_students(rng, y):
    """Two misconceptions at different nodes, each of which shows at its node: the nodes and the numbers of the sheet."""
    nodes, true = asked(y), passing(y)
    one, other = (two_edges(rng, y) or (None, None)) if len(nodes) > 3 else (None, None)
    if one is None:
        return None
    numbers = passing(y, {**one[1], **other[1]})
    alone = [passing(y, wrong) for _, wrong in (one, other)]
    if not all(is_visible(y, each, [node]) for each, (node, _) in zip(alone, (one, other), strict=True)):
        return None
    if any(not abs(numbers[node]) < 1e9 for node in nodes) or any(abs(true[node]) < 1e-9 for node, _ in (one, other)):
        return None
    return {one[0], other[0]}, numbers


def a_slip(rng, y):
    """A wrong number at a node without any reason, and what follows from it."""
    numbers = passing(y)
    node = rng.choice(asked(y))
    slipped = numbers[node] * rng.uniform(1.07, 1.9)
    gathered = passing(y, gathered={node: lambda own: slipped})
    if any(not abs(gathered[each]) < 1e9 for each in asked(y)) or abs(numbers[node]) < 1e-6:
        return None
    return node, gathered


def any_graph(rng):
    return random_graph(rng, rng.choice([rng.randint(3, 20), rng.randint(20, 100)]))


@pytest.mark.parametrize("kind", [*EXERCISES, "random graph"])
def test_the_cause_is_among_the_candidates_and_the_culprit_is_the_right_one_when_all_nodes_are_answered(kind):
    make = any_graph if kind == "random graph" else lambda rng: exercise(kind, rng)
    among, _, culprit = shares([*sheets(make, one_misconception, 40, 11)])
    assert among >= 0.99
    assert culprit >= 0.995


@pytest.mark.parametrize("kind", [*EXERCISES, "random graph"])
def test_the_cause_is_among_the_candidates_from_the_leaves_alone(kind):
    make = any_graph if kind == "random graph" else lambda rng: exercise(kind, rng)
    among, _, _ = shares([*sheets(make, one_misconception, 40, 12, leaves_only=True)])
    assert among >= 0.95


@pytest.mark.parametrize(
    ("kind", "least"), [("J", 0.95), ("product of sum", 0.9), ("logistic", 0.83), ("1-2-1", 0.97), ("tanh batch", 0.97)]
)
def test_a_mistake_of_an_edge_mostly_has_one_possible_cause(kind, least):
    """Below the root: there 1 arrives, so that times the own operand is the value, whatever the numbers."""

    def of_an_edge(rng, y):
        code, node, numbers = rng.choice([each for each in misconceptions(y) if each[0] in OF_AN_EDGE and each[1] not in y.parents])
        return code, node, numbers()

    _, unique, _ = shares([*sheets(lambda rng: exercise(kind, rng), of_an_edge, 60, 13)])
    assert unique >= least


def test_who_differentiates_an_operand_of_the_root_leaves_out_the_last_local_derivative_and_both_are_candidates():
    y = exercise("J", random.Random(0))
    (v,) = [node for node in y.parents if not node.constant]
    numbers = passing(y, root=v)
    (finding,) = check(y, {node: numbers[node] for node in asked(y)}).findings
    assert {"NO_LOCAL", "WRONG_TARGET"} <= set(finding.candidates) and (finding.node, finding.code) == ("v", "NO_LOCAL")


def test_a_habit_is_recognised():
    def make(rng):
        return exercise(rng.choice(["tanh batch", "1-2-1"]), rng) if rng.random() < 0.5 else random_graph(rng, 40)

    among, _, _ = shares([*sheets(make, everywhere, 36, 14)])
    assert among >= 0.97


def test_of_two_misconceptions_at_different_nodes_both_culprits_are_named():
    rng, made, named = random.Random(15), 0, 0
    while made < 50:
        y = any_graph(rng)
        found = two_students(rng, y)
        if found is None:
            continue
        made += 1
        culprits, numbers = found
        report = check(y, {node: numbers[node] for node in asked(y)})
        places = {finding.node for finding in report.findings} | {parent for finding in report.findings for _, parent in finding.places}
        named += {names(y)[node] for node in culprits} <= places
    assert named >= 0.95 * made


def two_edges(rng, y):
    """Two nodes, each with one of its edges gone wrong in another way."""
    edges = [(node, slot) for node in topological_order(y) for slot, parent in enumerate(node.parents) if parent in {*asked(y)}]
    (one, k), (other, m) = rng.choice(edges), rng.choice(edges)
    if one.parents[k] is other.parents[m]:
        return None
    return (one.parents[k], {(one, k): lambda g, local: -g * local}), (other.parents[m], {(other, m): lambda g, local: 2 * g * local})


# --- who works right ---------------------------------------------------------------------------------------------


def written(rng, style, digits):
    """How a student writes a number: to significant digits or decimals, with an e, or as a round whole number."""

    def number(data):
        kept, way = digits or rng.randint(2, 6), rng.choice("gfew") if style == "mixed" else style
        if way == "w" and abs(data) >= 10**kept:
            unit = 10 ** (int(log10(abs(data))) + 1 - kept)
            return str(round(data / unit) * unit)
        return f"{data:.{kept - 1}e}" if way == "e" else f"{data:.{kept}{'f' if way == 'f' else 'g'}}"

    return number


def right_sheet(y, number, with_lines, slope=None, seed=1.0):
    """Values and gradients as they are written by who rounds every line and goes on with what is written.

    `slope` is the one taken at the kink of a relu, `seed` what the pass starts with.
    """
    data, values, gradients, terms = {}, {}, {}, {}
    live = {*asked(y), y}
    for node in topological_order(y):
        data[node] = float(node)
        for parent in node.parents:
            terms[parent] = terms.get(parent, 0) + 1
        if node in live and node.parents:
            values[node] = number(float(node.operation.at([data[parent] for parent in node.parents])))
            data[node] = float(values[node])
    used = {**dict.fromkeys(data, 0.0), y: seed}
    for node in reversed(topological_order(y)):
        if node in live and node is not y:
            gradients[node] = number(used[node])
            used[node] = float(gradients[node])
        partials = local_derivatives(node, [data[parent] for parent in node.parents], data[node])
        if slope is not None and node.op == "relu" and data[node.parents[0]] == 0:
            partials = [slope]
        for parent, local in zip(node.parents, partials, strict=True):
            if parent in live:
                local = float(number(float(local))) if with_lines else float(local)
                term = used[node] * local if used[node] else 0.0
                used[parent] += float(number(term)) if with_lines and terms[parent] > 1 else term
    return values, gradients


def local_derivatives(node, operands, value):
    """The local derivatives at rounded numbers; who takes a maximum knows which number it was, however it was rounded."""
    operation = node.operation
    if not node.parents:
        return ()
    return operation.partials_at(operands, operation.at(operands) if operation.kinks else value)


def at_a_kink(rng):
    """A neuron whose relu stands on its kink."""
    w, x = rng.choice([0.5, 1.5, -2, 4]), rng.choice([2, -3, 4])
    return parse("z = w*x + b; h = relu(z); r = h*v - t; r**2", w=w, x=x, b=-w * x, v=rng.uniform(0.3, 2.5), t=rng.uniform(0.3, 2.5))


def test_who_rounds_every_line_to_digits_of_its_own_is_never_accused():
    rng = random.Random(16)
    for _ in range(200):
        accused = a_right_sheet_that_is_accused(rng)
        assert not accused, accused


def a_right_sheet_that_is_accused(rng):
    """The report of a right sheet of any kind, if it has findings."""
    kind, seed, course, slope = rng.choice(["exercise", "graph", "graph", "kink", "sum"]), 1.0, None, None
    if kind == "exercise":
        y = exercise(rng.choice(EXERCISES), rng, rng.choice([1, 2, None]))
    elif kind == "graph":
        y = random_graph(rng, rng.choice([rng.randint(3, 45), rng.randint(45, 100)]))
    elif kind == "kink":
        y, slope = at_a_kink(rng), rng.choice([0, 0.5, 1])
        course = {"relu at 0": slope} if rng.random() < 0.5 else None
    else:
        y, seed, course = exercise("tanh batch", rng, 2), 3.0, {"loss": "sum"}
    number = written(rng, rng.choice(["g", "f", "e", "w", "mixed"]), rng.choice([None, None, rng.randint(2, 6)]))
    try:
        values, gradients = right_sheet(y, number, rng.random() < 0.5, slope, seed)
    except (OverflowError, ValueError):
        return None  # rounded onto a pole
    if any(not abs(float(text)) < 1e300 for text in (*values.values(), *gradients.values())):
        return None
    shown = rng.choice(["all", "gradients", "leaves", "some"])
    share = rng.random() if shown == "some" else 1
    answers = {node: text for node, text in gradients.items() if rng.random() <= share and not (shown == "leaves" and node.parents)}
    known = {node: text for node, text in values.items() if rng.random() <= share} if shown in ("all", "some") else {}
    if not answers and not known:
        return None
    report = check(y, answers, values=known, conventions=course)
    return None if report.ok else report.text


def test_a_slip_of_arithmetic_has_a_culprit_and_no_cause():
    rng, made, right = random.Random(17), 0, 0
    while made < 50:
        y = exercise(rng.choice(EXERCISES), rng) if rng.random() < 0.5 else any_graph(rng)
        found = a_slip(rng, y)
        if found is None:
            continue
        made += 1
        node, numbers = found
        report = check(y, {each: numbers[each] for each in asked(y)})
        right += [(finding.node, finding.code) for finding in report.findings] == [(names(y)[node], "UNEXPLAINED")]
    assert right >= 0.97 * made
