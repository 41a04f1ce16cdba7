"""The words of the step-through page: its JavaScript says, writes and computes what Python does, step for step."""

import json
import math
import re
import xml.etree.ElementTree as ElementTree
from fractions import Fraction
from random import Random

import pytest

from autograd import Expression, Value, clip, dot, examples, heaviside, leaves, maximum, names, parse, steps
from autograd.engine.ieee import as_float
from autograd.engine.operations import TABLE, Operation
from autograd.explain.steps import equations
from autograd.explain.typeset import mathml
from viz.bundle import bundled
from viz.page.content import graph_data, step_data
from viz.page.operations import operations_module

from .graphs import EXAMPLES, worked
from .graphs import random_graph as any_graph

pytestmark = pytest.mark.browser
OPPOSITE = Operation("opposite", "-a", "-1")  # an operation for which there are no words

# Runs in the page: everything that is said and written at every step of every graph, and what is computed there.
READ = """graphs => graphs.map(({graph, steps, changes, known}) => {
  const run = new Run(graph, steps);
  for (const [leaf, number] of changes) run.set(leaf, number);
  const math = line => lines(line, graph.marks).textContent;
  return run.steps.map(step => ({
    text: sentence(run, step), explanation: explanation(run, step), plain: equations(run, step).map(plain), mathml: equations(run, step).map(math),
    value: step.value, partials: run.locals[step.node], contribution: step.contribution ?? null,
    rule: graph.nodes[step.node].parents.length ? plain(rule(run, step.node)) : "",
  }));
})"""


def joined():
    """The bundle of a module that puts on window what writes, computes and says."""
    taken = {"words": "sentence, explanation, equations, rule", "typeset": "plain, lines", "run": "Run", "operate": "product"}
    taken["numbers"] = "numberText, parseNumber, isExact, comesOut, digitsToRecompute, typed, isRight"
    lines = [f'import {{ {names} }} from "./{file}.js";' for file, names in taken.items()]
    made = "\n".join([*lines, f"Object.assign(window, {{ {', '.join(taken.values())} }});\n"])
    return bundled("page/static/all.js", {"page/static/all.js": made, "page/static/operations.js": operations_module([OPPOSITE])})


@pytest.fixture
def words(page):
    page.set_content(f'<!doctype html><meta charset="utf-8"><script type="module">{joined()}</script>')
    page.wait_for_function("() => window.sentence")
    return page


def as_data(y, digits=None, changes=(), lang="en"):
    """A graph and its steps as the page has them."""
    return json.loads(json.dumps(page_data(steps(y), digits, lang, changes)))


def page_data(passes, digits=None, lang="en", changes=()):
    place = {node: k for k, node in enumerate(passes[0].names)}
    sent = [step_data(each, place, digits) for each in passes]
    return {"graph": graph_data(passes, digits, lang), "steps": sent, "changes": list(changes)}


def evaluated(words, script, graphs):
    """What a script of the page makes of graphs. Both go as texts, which the browser takes and gives much faster than objects."""
    finite = "(_, each) => (typeof each === 'number' && !Number.isFinite(each) ? { number: String(each) } : each)"
    found = words.evaluate(f"text => JSON.stringify(({script})(JSON.parse(text)), {finite})", json.dumps(graphs))
    return json.loads(found, object_hook=lambda each: float(each["number"]) if set(each) == {"number"} else each)


def text_content(line):
    return "".join(ElementTree.fromstring(f"<math>{mathml(line)}</math>").itertext())


def level(text):
    """Without what tells a fraction in a line from one that stands upright: a long one is written in a line."""
    return re.sub("[()/]", "", text)


def compare(words, roots, digits=None):
    """Asserts that the page and Python agree on every step of every graph; the number of steps."""
    read = evaluated(words, READ, [as_data(y, digits) for y in roots])
    count = 0
    for y, found in zip(roots, read, strict=True):
        for step, got in zip(steps(y), found, strict=True):
            count += 1
            assert got["text"] == step.text(digits=digits)
            assert got["explanation"] == step.explanation(digits=digits)
            assert [level(text) for text in got["mathml"]] == [level(text_content(line)) for line in equations(step, digits)]
            assert same(got["value"], step.value), step
            skipped = step.node.parents and step.node.operation.skips(step.node.parents)
            for partial, true in zip(got["partials"], step.node.partials[: -1 if skipped else None], strict=not skipped):
                assert same(partial, true), (step, got["partials"])
            if step.parent is not None:
                assert same(got["contribution"], step.contribution), step
    return count


def same(got, number):
    """Whether a float of the page is the engine's number."""
    return got == pytest.approx(as_float(number), rel=1e-9, abs=1e-12, nan_ok=True)


def random_number(rng, exact):
    if exact:
        return Fraction(rng.randint(-9, 9), rng.randint(1, 9))
    return rng.choice(
        [rng.randint(-5, 5), round(rng.uniform(-3, 3), 2), rng.uniform(-3, 3), rng.uniform(-1, 1) * 10 ** rng.randint(-6, 3), 0.0]
    )


def random_graph(rng):
    """A graph of operations of the whole table on a few numbers of every length; with infinities and nan now and then."""
    exact = rng.random() < 0.4
    pool = [
        Value(random_number(rng, exact), rng.choice(["x", "w1", "α", "my x", "δ⁽¹⁾", "<b>"]) + "′" * k, constant=rng.random() < 0.2)
        for k in range(3)
    ]
    pool.append(Value(rng.choice([2, 3, Fraction(1, 2), *([] if exact else [0.5, -1, 1 / 3, rng.uniform(-3, 3)])]), constant=True))
    for _ in range(rng.randint(1, 6)):
        entry = TABLE[rng.choice(sorted(TABLE))]
        rows = [tuple(rng.choice(pool) for _ in range(rng.choice([1, 2, 3, 8]))) for _ in entry.letters[:1]]
        rows += [tuple(rng.choice(pool) for _ in rows[0]) for _ in entry.letters[1:]]
        node = TABLE[entry.name].make(*(rows if entry.is_nary else [row[0] for row in rows]))
        if abs(float(node)) < 1e6 or rng.random() < 0.3:
            pool.append(node)
    return pool[-1] if pool[-1].parents else random_graph(rng)


def of_the_table(rng, name):
    """An operation at a few numbers: each of its operands is each of them once."""
    entry = TABLE[name]
    numbers = [-2.5, -1.0, 0.0, 0.25, 0.5, 1.0, 3.0, 20.0]
    columns = [rng.sample(numbers, len(numbers)) for _ in range(len(entry.letters) * (3 if entry.is_nary else 1))]
    for row in zip(*columns, strict=True):
        operands = leaves(**{f"x{k}": number for k, number in enumerate(row)})
        rows = [operands[3 * k : 3 * k + 3] if entry.is_nary else operands[k] for k in range(len(entry.letters))]
        yield entry.make(*rows)


def test_the_page_says_what_python_says_at_every_step_of_the_worked_examples(words):
    ready = [examples.J(), examples.logistic(), examples.net_1_2_1(), examples.neuron(), examples.mazur()]
    assert compare(words, [*ready, *(worked(name) for name in EXAMPLES)]) > 400


def test_the_page_says_a_learning_step_as_python_does_and_computes_it(words):
    rng, graphs = Random(11), []
    for y in [*(random_graph(rng) for _ in range(25)), examples.mazur(), examples.J()]:
        params = [node for node in names(y) if not node.parents and not node.constant]
        if params:
            graphs.append((steps(y, lr=rng.choice([0.1, Fraction(1, 3), 20]), params=params), rng.choice([None, 3])))
    sent = [page_data(passes, digits) for passes, digits in graphs]
    for (passes, digits), got in zip(graphs, evaluated(words, READ, sent), strict=True):
        for step, found in list(zip(passes, got, strict=True))[-3:]:
            assert (found["text"], found["explanation"]) == (step.text(digits=digits), step.explanation(digits=digits))
            assert found["mathml"] == [text_content(line) for line in equations(step, digits)]
            if step.phase == "update":
                assert same(found["value"], step.value) and same(found["contribution"], step.contribution)
    by_itself = READ.replace("new Run(graph, steps);", "new Run(graph, steps); run.setRate(0.25);")
    for (passes, digits), got in zip(graphs, evaluated(words, by_itself, sent), strict=True):
        params = [step.node for step in passes[:-1] if step.phase == "update"]
        there = steps(passes[0].root, lr=0.25, params=params)
        if not any(isinstance(node.data, Fraction) for node in names(passes[0].root)):  # which the page computes as floats
            assert [found["text"] for found in got[-2:]] == [step.text(digits=digits) for step in there[-2:]]


def test_it_keeps_to_the_digits_that_are_asked_for(words):
    for digits in (2, 4, 12):
        compare(words, [examples.mazur(), parse("a/3 + b**2/7 + a*b", a=1.23456789, b=-0.000123456789)], digits)


def test_fractions_stay_exact_in_the_page(words):
    x, y = Fraction(1, 3), Fraction(-5, 7)
    texts = ["(x - 2)/x*y", "x*y + x/y - y**3", "(x + y)**-2*x", "maximum(x, y, x) + abs(y) + clip(x, y, 0)", "total(x, y, x)/3", "x/0 + y", "exp(x)*y", "x**4000 + y", "minimum(x, y, y)"]  # fmt: skip
    compare(words, [parse(text, x=x, y=y) for text in texts])


def test_every_operation_of_the_table(words):
    rng = Random(0)
    assert compare(words, [y for name in TABLE for y in of_the_table(rng, name)]) > 800


def test_an_operation_without_words_is_narrated_by_its_formula(words):
    node = -Value(3.0, "a")
    node._operation = OPPOSITE
    compare(words, [node])


def test_random_graphs(words):
    for seed in range(4):
        rng = Random(seed)
        compare(words, [*(random_graph(rng) for _ in range(25)), any_graph(seed, 30)])


def test_sums_with_many_terms_and_gradients_that_stop(words):
    texts = ["a + a + a + a + a + a + a + a", "0*sin(a)", "sqrt(relu(-a))", "a*a*a", "0*(a*a) + a", "relu(a - 1)", "2*3 + a", "a**2*a**1 + a**0.5 + 2**a", "a - (-2) - a**-2"]  # fmt: skip
    compare(words, [parse(text, a=1) for text in texts])


def test_constants_made_from_data_have_the_digits_that_are_asked_for(words):
    a, third = Value(1.3, "a"), 0.1049001171530397
    roots = [a * third, a * a * third + third, third - a, a**third, clip(a, third, 2), dot([a, third], [third, a]), maximum(a, third)]
    compare(words, roots)
    compare(words, roots, digits=3)
    rules = [step["rule"] for step in evaluated(words, READ, [as_data(roots[1], digits=2)])[0]]
    assert "v + 0.1" in rules


def test_other_ways_to_the_same_parent_and_jumps(words):
    compare(words, [parse(text, a=2, c=3) for text in ("a + a*c", "(a*c + a)*a + c", "u = a*c; u*u + u", "a*c*a*c")])
    compare(words, [heaviside(Value(0.0, "a")), Value(0.0, "z") * Value(math.inf, "i"), 1 / Value(math.inf, "i")])


def test_a_gradient_may_have_a_sign_of_its_own(words):
    data = as_data(examples.J())
    data["graph"]["nodes"][3]["gradient"] = ["name", "δ₁⁽¹⁾"]
    name = data["graph"]["nodes"][3]["name"]
    said = "\n".join(step["text"] for step in evaluated(words, READ, [data])[0])
    assert "δ₁⁽¹⁾ = " in said and f"∂J/∂{name}" not in said


def test_a_label_is_text_in_mathml(words):
    hostile = '<img src=x onerror="window.hit=1">'
    a, b = Value(2.0, hostile), Value(3.0, "b")
    data = as_data(a * b)
    assert hostile in evaluated(words, READ, [data])[0][0]["mathml"][0]
    words.evaluate("([data]) => document.body.append(lines(['name', data.graph.nodes[0].name], data.graph.marks))", [data])
    assert words.evaluate("() => [window.hit, document.images.length]") == [None, 0]


def test_a_name_with_a_raised_mark_is_raised_in_parentheses_in_the_page_too(words):
    y = Value(0.5, "a").tanh()
    y.label = "z⁽¹⁾"
    assert compare(words, [y]) == 3


# --- after a leaf was changed --------------------------------------------------------------------------------------


def rebuilt(y, changes):
    """The same graph with other numbers at some of its leaves, given by place."""
    made = {}
    for place, node in enumerate(names(y)):
        if not node.parents:
            made[node] = Value(changes.get(place, as_float(node.data)), node.label, constant=node.constant)
            continue
        operands = [made[parent] for parent in node.parents]
        entry, count = TABLE[node.op], len(node.parents) // len(TABLE[node.op].letters)
        rows = [tuple(operands[k : k + count]) for k in range(0, len(operands), count)] if entry.is_nary else operands
        made[node] = entry.make(*rows)
        made[node].label = node.label
    return made[y]


def printed_equations(text):
    """The formulas of numbers alone that a line of text sets equal, with the sign between them: ("3 · 2", "=", "6")."""
    parts = re.split(r" ([=≈]) ", re.split(r"; so |: ", text)[-1])
    chains = zip(parts[::2], parts[1::2], parts[2::2], strict=False)
    return [
        chain
        for chain in chains
        if not re.search(r"[∂…]|inf|nan", chain[0] + chain[2]) and _number(chain[0]) is not None and _number(chain[2]) is not None
    ]


def _number(formula):
    try:
        expression = Expression(formula)
    except ValueError:
        return None
    return None if expression.leaves else as_float(expression())


def test_after_a_change_the_page_says_with_the_new_numbers_what_python_says(words):
    """To the letter, but for a last digit where the functions of two languages round differently; and every "=" is true."""
    rng, lines, different, equations_seen = Random(7), 0, [], 0
    roots = [
        examples.J(),
        examples.logistic(),
        examples.net_1_2_1(),
        examples.neuron(),
        examples.mazur(),
        *(worked(name) for name in EXAMPLES),
    ]
    roots += [next(of_the_table(rng, name)) for name in TABLE] + [any_graph(seed, 25) for seed in range(3)]
    changed = [{k: rng.choice([round(rng.uniform(-3, 3), 2), rng.randint(-4, 4), rng.uniform(0.1, 2)]) for k, node in enumerate(names(y)) if not node.parents and not (node.constant and not node.label)} for y in roots]  # fmt: skip
    read = evaluated(words, READ, [as_data(y, changes=new.items()) for y, new in zip(roots, changed, strict=True)])
    for y, new, found in zip(roots, changed, read, strict=True):
        other = rebuilt(y, new)
        for step, got in zip(steps(other), found, strict=True):
            assert same(got["value"], step.value) and (step.parent is None or same(got["contribution"], step.contribution))
            lines += 1
            if got["text"] != step.text() or got["explanation"] != step.explanation():
                different.append((got["text"], step.text(), got["explanation"], step.explanation()))
            for left, sign, right in printed_equations(got["text"]):
                equations_seen += 1
                if sign == "=":
                    assert _number(left) == pytest.approx(_number(right), rel=2e-15), got["text"]
    assert lines > 800 and equations_seen > 500
    assert len(different) <= lines / 100, different[:5]


def test_put_back_the_page_says_again_what_python_says(words):
    y = parse("(x - 2)/x", x=Fraction(1, 3))
    data = as_data(y)
    said = words.evaluate("({graph, steps}) => { const run = new Run(graph, steps); run.set(1, 5); const changed = sentence(run, run.step(2)); run.reset(); return [changed, sentence(run, run.step(2))]; }", data)  # fmt: skip
    assert said[1] == steps(y)[1].text() and "/" not in said[0].rpartition("≈")[2] and said[0] != said[1]
