"""Derivations: the chain rule as it is written on a slide, and every equation in it true as printed."""

import re
import xml.etree.ElementTree as ET
from fractions import Fraction
from html import escape
from itertools import pairwise
from math import isclose

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograd import Notation, Value, examples, grad, leaves, log, nodes, parse, replay
from autograd.explain.derivations import STYLES, derive
from nn import MLP

pytestmark = pytest.mark.filterwarnings("ignore:.*was read as a power")  # the formulas are read back by the parser

EXPRESSIONS = [
    "3*(a + b*c)",
    "u = a*b; u*u + a*c",
    "p = tanh(a); q = exp(p) - p*b; q*q/c",
    "a/b/7 + b*a**3",
    "sigmoid(a*b + c)*a - c",
    "-a*(b - a)",
]
numbers = st.tuples(*[st.integers(-400, 400).map(lambda k: k / 100)] * 3).filter(lambda row: abs(row[1]) > 0.1 and abs(row[2]) > 0.1)


def graph(text, row):
    return parse(text, dict(zip("abc", row, strict=True)))


# --- readers of what is printed: each line as its pieces, with the signs between them, and a piece as a formula of Python ---


def from_text(derivation):
    for line in derivation.text.splitlines():
        yield re.split(r" ([=≈]) ", line.replace("·", "*").replace("^", "**"))


def from_latex(derivation):
    text = derivation.latex.removeprefix(r"\begin{aligned}").removesuffix(r"\end{aligned}")
    while (bare := re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)) != text:
        text = bare
    text = re.sub(r"\^\{([^{}]*)\}", r"**(\1)", text)
    for old, new in ((r"\cdot", "*"), (r"\left(", "("), (r"\right)", ")"), ("&", "")):
        text = text.replace(old, new)
    for line in text.split(r"\\"):
        yield re.split(r"(=|\\approx) ", line)


def from_mathml(derivation):
    def read(element):
        tag, inside = element.tag.rpartition("}")[2], [read(child) for child in element]
        if tag == "mfrac":
            return f"(({inside[0]})/({inside[1]}))"
        if tag == "msup":
            return f"({inside[0]})**({inside[1]})"
        if tag == "mo":
            return {"·": "*", "−": "-"}.get(element.text, element.text)
        return element.text if not inside else "".join(inside)

    root = ET.fromstring(derivation.mathml)
    for line in [cell for cell in root.iter() if cell.tag.endswith("mtd")] or [root]:
        yield re.split("([=≈])", read(line))


def exact(piece):
    """The exact number that a piece of printed numbers comes to; None for a piece of anything else."""
    if not re.fullmatch(r"[\d.e+\-*/() ]+", piece) or not re.search(r"\d", piece):
        return None
    return eval(re.sub(r"\d+(?:\.\d+)?(?:e-?\d+)?", lambda number: f"Fraction('{number[0]}')", piece))


def claims(derivation, reader):
    """Every two neighbouring pieces of numbers alone, with the sign between them."""
    found = []
    for line in reader(derivation):
        pieces = [(exact(piece), sign) for piece, sign in zip(line[::2], [None, *line[1::2]], strict=True)]
        found += [(one, sign, other) for (one, _), (other, sign) in pairwise(pieces) if one is not None and other is not None]
    return found


READERS = [from_text, from_latex, from_mathml]


@pytest.mark.parametrize("reader", READERS)
@given(st.sampled_from(EXPRESSIONS), numbers, st.sampled_from(STYLES), st.sampled_from([None, 2, 4]))
def test_every_equation_of_numbers_is_true_as_printed_and_nothing_true_is_called_approximate(reader, text, row, style, digits):
    for one, sign, other in claims(derive(graph(text, row), "a", style, digits=digits), reader):
        assert (one == other) == (sign == "="), (one, sign, other)


@given(st.sampled_from(EXPRESSIONS), numbers, st.sampled_from(STYLES))
def test_the_three_forms_claim_the_same(text, row, style):
    derivation = derive(graph(text, row), "a", style)
    said = [[(one, sign.replace(r"\approx", "≈"), other) for one, sign, other in claims(derivation, reader)] for reader in READERS]
    assert said[0] == said[1] == said[2]


@given(st.sampled_from(EXPRESSIONS), numbers, st.sampled_from(STYLES))
def test_whoever_recomputes_the_last_line_from_its_numbers_gets_the_gradient(text, row, style):
    y = graph(text, row)
    expected = grad(y, ["a"])[0]
    assume(1e-4 < abs(expected) < 1e4)
    *_, line = from_text(derive(y, "a", style))
    assert isclose(exact(line[-1]), expected, rel_tol=1e-5)
    if exact(line[-3]) is not None:
        assert isclose(exact(line[-3]), expected, rel_tol=1e-4)


@given(st.sampled_from(EXPRESSIONS), numbers, st.sampled_from(STYLES))
def test_symbols_alone_evaluate_to_the_gradient(text, row, style):
    y = graph(text, row)
    if style == "steps":
        style = "one line"
    *_, line = derive(y, "a", style, numbers=False).text.splitlines()
    data = {name: node.data for name, node in _nodes(y).items()}
    assert isclose(
        parse(line.rpartition(" = ")[2], {name: data[name] for name in data if name in line}).data,
        grad(y, ["a"])[0],
        rel_tol=1e-9,
        abs_tol=1e-12,
    )


def _nodes(y):
    return {name: node for name, node in nodes(y).items() if name[0].isalpha()}


@given(st.sampled_from(EXPRESSIONS), numbers)
def test_every_line_of_the_steps_in_symbols_is_an_identity(text, row):
    """With the gradients of the consumers put in, each line gives the gradient of its node."""
    y = graph(text, row)
    named = _nodes(y)
    data = {name: node.data for name, node in named.items()}
    _, *lines = derive(y, "a", "steps", numbers=False).text.splitlines()
    for line in lines:
        gradient, *_, rule = line.split(" = ")
        rule = re.sub(r"∂J/∂(\w+)", lambda found: f"({grad(y, [found[1]])[0]!r})", rule)
        node = re.fullmatch(r"∂J/∂(\w+)", gradient)[1]
        used = {name: data[name] for name in data if re.search(rf"\b{name}\b", rule)}
        assert isclose(parse(rule, used).data if used else parse(rule).data, grad(y, [node])[0], rel_tol=1e-9, abs_tol=1e-12), line


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("make", [examples.J, examples.logistic, examples.net_1_2_1, examples.neuron, examples.mazur])
def test_latex_is_balanced(make, style):
    y = make()
    for leaf in [node for name, node in _nodes(y).items() if not node.parents and not node.constant]:
        latex = derive(y, leaf, style).latex
        depth = 0
        for letter in latex.replace(r"\{", "").replace(r"\}", ""):
            depth += (letter == "{") - (letter == "}")
            assert depth >= 0
        assert depth == 0 and latex.count(r"\left(") == latex.count(r"\right)") and latex.count(r"\begin") == latex.count(r"\end")


# --- what it says -------------------------------------------------------------------------------------------------


def test_the_main_job_in_steps():
    """J = 3(a + bc), u = bc, v = a + u (D3-01)."""
    assert derive(examples.J(), "b").text == (
        "u = b · c = 6, v = a + u = 11, J = 3 · v = 33\n"
        "∂J/∂v = 3\n"
        "∂J/∂u = ∂J/∂v · ∂v/∂u = ∂J/∂v · 1 = 3 · 1 = 3\n"
        "∂J/∂b = ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6"
    )


def test_the_main_job_in_one_line_and_by_paths_which_is_one_path():
    line = "∂J/∂b = ∂J/∂v · ∂v/∂u · ∂u/∂b = 3 · 1 · 2 = 6"
    assert derive(examples.J(), "b", "one line").text == derive(examples.J(), "b", "paths").text == line
    assert derive(examples.J(), "b", "one line", numbers=False).text == "∂J/∂b = ∂J/∂v · ∂v/∂u · ∂u/∂b = 3 · 1 · c"


def test_where_the_way_forks_the_line_is_factored():
    """∂J/∂a is the sum over the consumers of a (D1-42); what they share stands before it once."""
    y = parse("s = a*b + sin(a); 3*s", a=0, b=2)
    assert derive(y, "a", "one line").text == "∂J/∂a = ∂J/∂s · (∂s/∂u · ∂u/∂a + ∂s/∂v · ∂v/∂a) = 3 · (1 · 2 + 1 · 1) = 9"


def test_a_derivative_that_would_mean_two_things_gives_way_to_the_formula():
    """For J = ab + a, ∂J/∂a is the sum; the edge from a to J is the 1 of the addition."""
    J = parse("a*b + a", a=2, b=3)
    assert derive(J, "a", "one line").text == "∂J/∂a = ∂J/∂u · ∂u/∂a + 1 = 1 · 3 + 1 = 4"
    assert derive(parse("u = 2*a; u*u", a=3), "a", "one line").text == "∂J/∂a = (u + u) · ∂u/∂a = (6 + 6) · 2 = 24"


def test_paths_have_a_line_each():
    assert derive(parse("a*b + a", a=2, b=3), "a", "paths").text == "J ← u ← a : ∂J/∂u · ∂u/∂a = 1 · 3 = 3\nJ ← a : 1\n∂J/∂a = 3 + 1 = 4"


def test_what_is_long_is_shortened_and_says_so():
    x = a = Value(1, "a")
    for _ in range(20):
        x = x + x
    assert derive(x, a, "one line").text.endswith("· … · (1 + 1) · (1 + 1) · (1 + 1) = 1048576")
    assert "… 1,048,572 more paths" in derive(x, a, "paths").text
    assert "… 12 more lines" in derive(x, a).text and len(derive(x, a).lines) == 10
    assert r"& \dots \text{12 more lines}" in derive(x, a).latex


def test_a_graph_of_many_thousand_nodes_is_derived():
    x = a = Value(1, "a")
    for _ in range(3_000):
        x = -x
    for style in STYLES:
        assert derive(x, a, style).text.endswith("1")


def test_many_paths_that_do_not_fall_into_pieces_are_a_sum_over_the_consumers():
    y = MLP(1, [3, 3, 1], activation="tanh", rng=0)([Value(0.5, "x")])
    derivation = derive(y, "x", "one line")
    line = derivation.text
    assert line.startswith("∂J/∂x = ∂J/∂n13 · (∂n13/∂") and line.count(" + ") == 4  # three terms in symbols, three in numbers
    (said,) = from_text(derivation)
    assert isclose(exact(said[-1]), grad(y, ["x"])[0], rel_tol=1e-5) and isclose(exact(said[-3]), grad(y, ["x"])[0], rel_tol=1e-5)


def test_fractions_stay_exact():
    y = Value(Fraction(1, 3), "a") * Value(Fraction(3, 7), "b") ** 2
    assert derive(y, "b", "one line").text == "∂J/∂b = ∂J/∂u · ∂u/∂b = (1/3) · (6/7) = 2/7"


def test_the_root_itself_and_a_node_that_it_does_not_depend_on():
    J = examples.J()
    assert derive(J, "J").text.splitlines()[0] == "∂J/∂J = 1"
    assert derive(J, Value(2, "q")).text == "∂J/∂q = 0\nJ does not depend on q: there is no path, and ∂J/∂q = 0"


def test_a_network_is_derived_in_its_notation_and_the_trap_is_pointed_out():
    """δ := ∂L/∂a, and a is the activation in another course (D0-27, D3-05)."""
    L = MLP(2, [2, 1], activation="tanh", output="sigmoid", rng=0).loss([[1.0, 2.0]], [1.0], "half_squared_error")
    text = derive(L, "w1_1_2", notation="delta").text
    assert "δ₁⁽¹⁾ = ∂L/∂z₁⁽¹⁾ · ∂z₁⁽¹⁾/∂a₁⁽¹⁾ = ∂L/∂z₁⁽¹⁾ · (1 - z₁⁽¹⁾^2) ≈" in text
    assert 'Beware: a is the pre-activation here, but the activation in the notation "ng".' in text
    assert derive(L, "w₁₂⁽¹⁾", notation="delta").text == text
    assert r"\delta_{1}^{(1)}" in derive(L, "w1_1_2", notation=Notation("delta")).latex


def test_it_shows_itself_in_a_notebook():
    derivation = derive(examples.J(), "b", "one line")
    shown = derivation._repr_mimebundle_()
    assert shown["text/latex"] == f"$$\n{derivation.latex}\n$$" and shown["text/plain"] == derivation.text
    assert f'data-mathml="{escape(derivation.mathml)}' in shown["text/html"]
    assert all(f"<div>{escape(line)}</div>" in shown["text/html"] for line in derivation.text.splitlines())
    assert repr(derivation) == str(derivation) == derivation.text


def test_hostile_labels_are_letters():
    a = Value(2, r"<b>\input{x}$")
    derivation = derive(a * a + a, a)
    assert "<b>" not in derivation.mathml and r"\input" not in derivation.latex


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"style": "long"}, "style is one of steps, one line, paths"),
        ({"digits": 0}, "digits is a number of significant digits"),
        ({"lang": "xx"}, "no words for the language"),
        ({"notation": "delte"}, "did you mean delta"),
        ({"wrt": "nobody"}, 'no node is called "nobody"'),
    ],
)
def test_refusals(given, words):
    with pytest.raises(ValueError, match=words):
        derive(examples.J(), **{"wrt": "b", **given})


def test_a_constant_and_a_changed_leaf_are_refused():
    L = examples.logistic()
    with pytest.raises(ValueError, match="x1 is a constant"):
        derive(L, "x1")
    a = Value(2, "a")
    y = a * a
    a.data = 3
    with pytest.raises(ValueError, match="build the expression again"):
        derive(y, a)
    assert replay(y) == 9


def test_a_constant_without_a_name_is_rounded_and_the_sign_before_it_says_so():
    a, b = leaves(a=3, b=2)
    J = a * (1 / 3) + b
    assert (
        derive(J, a).text
        == "u ≈ a · 0.333333 = 1, J = u + b = 3\n∂J/∂u = 1\n∂J/∂a = ∂J/∂u · ∂u/∂a ≈ ∂J/∂u · 0.333333 ≈ 1 · 0.333333 = 0.333333"
    )
    assert derive(a * (1 / 3), a, numbers=False, digits=2).text == "J ≈ a · 0.33\n∂J/∂a ≈ 0.33"
    assert derive(J, a, "paths", numbers=False).text == "∂J/∂a = ∂J/∂u · ∂u/∂a ≈ 1 · 0.333333"
    assert derive(J + a, a, "paths", numbers=False).text.splitlines()[-1] == "∂J/∂a ≈ 1 · 1 · 0.333333 + 1"


@pytest.mark.parametrize("style", STYLES)
def test_a_derivation_of_a_single_edge_shows_its_rule(style):
    b, c = leaves(b=3, c=2)
    assert derive(b * c, b, style).text.splitlines()[-1] == "∂J/∂b = c = 2"


def test_where_a_sum_over_paths_would_be_too_long_for_a_line_derivatives_of_what_lies_between_take_its_place():
    def towers(*heights):
        a = Value(2.0, "a")
        tops = []
        for height in heights:
            tops.append(a)
            for _ in range(height):
                tops[-1] = tops[-1].tanh()
        return derive(tops[0] + tops[1], a, "one line", numbers=False).text

    assert towers(2, 3).startswith("∂J/∂a = ∂J/∂v · ∂v/∂u · ∂u/∂a + ∂J/∂q · ∂q/∂p · ∂p/∂w · ∂w/∂a = ")
    assert towers(6, 6).startswith("∂J/∂a = ∂J/∂s · ∂s/∂a + ∂J/∂u · ∂u/∂a = ")


@pytest.mark.parametrize("style", STYLES)
def test_with_all_digits_a_number_that_is_still_rounded_is_not_called_equal(style):
    """17 digits are within the rounding of every float: 1/3 is none of them."""
    x = Value(3.0, "x")
    assert derive(log(x), x, style, digits=17).text.splitlines()[-1] == "∂J/∂x = 1 / x ≈ 0.33333333333333331"
    assert "log(x) = " not in derive(log(x), x, style, digits=17).text
    tenth = Value(0.1, "x")
    assert derive(tenth * 3, tenth, style, digits=17).text.splitlines()[-1] == "∂J/∂x = 3"
    assert derive(tenth * Value(1 / 3, "b"), tenth, style, digits=17).text.splitlines()[-1] == "∂J/∂x = b = 0.33333333333333331"
