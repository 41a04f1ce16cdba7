"""Layouts in three ways: text that can be typed back, MathML, LaTeX; names are typeset, and harmless whatever they hold."""

import json
import re
import unicodedata
import xml.etree.ElementTree as ElementTree

import pytest

from autograd import Value, derive, paths, steps
from autograd.engine.dialects import formula
from autograd.explain.node_names import NodeNames
from autograd.explain.typeset import as_layout, in_line, latex, latex_block, legible, math_block, mathml, name_parts, plain, row
from autograd.explain.written import Operand, put_in, write

A, B = Operand("a", 2.0), Operand("b", -3.0)
HOSTILE = [
    "<script>alert(1)</script>",
    "$x$",
    "a\\b",
    "a_{",
    "}",
    "\\input{secret}",
    "%",
    "&amp;",
    "#1",
    "a^b",
    "~",
    "]]>",
    '"',
    "{}",
    "a\nb",
]


@pytest.mark.parametrize(
    ("text", "shown", "tex"),
    [
        ("a / b", "a / b", r"\frac{a}{b}"),
        ("a / (a + b)", "a / (a + b)", r"\frac{a}{a + b}"),
        ("(a + b) / (a * b)", "(a + b) / (a · b)", r"\frac{a + b}{a \cdot b}"),
        ("a * (a / b)", "a · (a / b)", r"a \cdot \frac{a}{b}"),
        ("(a / b) ** 2", "(a / b)^2", r"{\left(\frac{a}{b}\right)}^{2}"),
        ("a ** -b", "a^(-b)", r"{a}^{-b}"),
        ("a ** (b + 1)", "a^(b + 1)", r"{a}^{b + 1}"),
        ("-(a / b)", "-(a / b)", r"-\frac{a}{b}"),
        ("-(a + b)", "-(a + b)", r"-\left(a + b\right)"),
        ("a * (1 - a)", "a · (1 - a)", r"a \cdot \left(1 - a\right)"),
        ("sqrt(a / b)", "sqrt(a / b)", r"\sqrt{\frac{a}{b}}"),
        ("abs(a - b)", "abs(a - b)", r"\left|a - b\right|"),
        ("leaky_relu(a, 2)", "leaky_relu(a, 2)", r"\operatorname{leaky\_relu}\left(a, 2\right)"),
        ("exp(-a)", "exp(-a)", r"\exp\left(-a\right)"),
        ("pi * a", "π · a", r"\pi \cdot a"),
    ],
)
def test_a_bar_and_a_raised_exponent_take_no_parentheses(text, shown, tex):
    layout = write(formula(text), {"a": A, "b": B}).layout
    assert (plain(layout), latex(layout)) == (shown, tex)


@pytest.mark.parametrize(
    ("text", "tex", "ml"),
    [
        ("3.5", "3.5", "<mn>3.5</mn>"),
        ("-3", "-3", "<mrow><mo>−</mo><mn>3</mn></mrow>"),
        ("-5/3", r"-\frac{5}{3}", "<mrow><mo>−</mo><mfrac><mn>5</mn><mn>3</mn></mfrac></mrow>"),
        ("1.5e-9", r"1.5 \cdot 10^{-9}", "<mrow><mn>1.5</mn><mo>·</mo><msup><mn>10</mn><mrow><mo>−</mo><mn>9</mn></mrow></msup></mrow>"),
        ("1e+20", r"1 \cdot 10^{20}", "<mrow><mn>1</mn><mo>·</mo><msup><mn>10</mn><mn>20</mn></msup></mrow>"),
        ("-inf", r"-\infty", "<mrow><mo>−</mo><mi>∞</mi></mrow>"),
        ("nan", r"\mathrm{nan}", "<mi>nan</mi>"),
    ],
)
def test_numbers(text, tex, ml):
    assert as_layout(text) == ("number", text)
    assert (plain(("number", text)), latex(("number", text)), mathml(("number", text))) == (text, tex, ml)


def test_a_small_number_is_raised_in_parentheses_because_it_is_written_as_a_product():
    layout = write(formula("a ** 2"), {"a": put_in(1e-9)}).layout
    assert plain(layout) == "1e-9^2"
    assert latex(layout) == r"{\left(1 \cdot 10^{-9}\right)}^{2}"
    assert "<mo>(</mo>" in mathml(layout)


@pytest.mark.parametrize(
    ("name", "tex"), [("z₁⁽¹⁾", r"{\left(z_{1}^{(1)}\right)}^{2}"), ("A^[1]", r"{\left(A^{[1]}\right)}^{2}"), ("z₁", "{z_{1}}^{2}")]
)
def test_a_name_with_a_raised_mark_is_raised_in_parentheses(name, tex):
    layout = ("power", ("name", name), ("number", "2"))
    assert latex(layout) == tex
    assert ("<mo>(</mo>" in mathml(layout)) == ("left" in tex)


@pytest.mark.parametrize(
    ("name", "tex"),
    [
        ("b", "b"), ("w1", "w_{1}"), ("w1_2_3", "w_{1,2,3}"), ("x_1", "x_{1}"), ("x_i", "x_{i}"), ("net_h1", r"\mathrm{net}_{\mathrm{h1}}"),
        ("w₂₃⁽¹⁾", "w_{23}^{(1)}"), ("δ⁽¹⁾", r"\delta^{(1)}"), ("w_2,13⁽¹⁾", "w_{2,13}^{(1)}"), ("dZ^[2]", r"\mathrm{dZ}^{[2]}"),
        ("a^(1)", "a^{(1)}"), ("ŷ", r"\hat{y}"), ("ȳ2", r"\bar{y}_{2}"), ("alpha", r"\alpha"), ("sigma1", r"\sigma_{1}"), ("μ", r"\mu"),
        ("z'", r"z^{\prime}"), ("loss", r"\mathrm{loss}"), ("größe", r"\text{größe}"), ("my weight", r"\text{my weight}"), ("2x", r"\text{2x}"),
    ],
)  # fmt: skip
def test_names_have_their_marks_below_and_above(name, tex):
    """Symbols of the notation dictionary (section D of the inventory) among them."""
    assert latex(("name", name)) == tex
    assert plain(("name", name)) == name


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("w1", "w₁"), ("w12", "w₁₂"), ("w1_1_1", "w₁,₁,₁"), ("x_i", "xᵢ"), ("net_h1", "netₕ₁"), ("E_total", "Eₜₒₜₐₗ"), ("beta_0", "β₀"),
        ("w₂₃⁽¹⁾", "w₂₃⁽¹⁾"), ("w_2,13⁽¹⁾", "w₂,₁₃⁽¹⁾"), ("Z1^[2]", "Z₁[²]"), ("a^(10)", "a⁽¹⁰⁾"), ("z'", "z′"),
        ("W_f", "W_f"), ("total_loss", "total_loss"), ("my weight", "my weight"), ("3", "3"), ("-0.5", "-0.5"), ("", ""),
    ],
)  # fmt: skip
def test_in_a_line_of_text_a_name_has_the_marks_that_it_has_in_an_equation(name, read):
    assert in_line(name) == read and in_line(read) == read
    assert mathml(("name", read)) == mathml(("name", name))
    assert name_parts(read) == name_parts(name)


def test_marks_below_and_above_in_mathml():
    assert mathml(("name", "w₂₃⁽¹⁾")) == "<msubsup><mi>w</mi><mn>23</mn><mtext>(1)</mtext></msubsup>"
    assert mathml(("derivative", "J", "w1")) == (
        "<mfrac><mrow><mo>∂</mo><mi>J</mi></mrow><mrow><mo>∂</mo><msub><mi>w</mi><mn>1</mn></msub></mrow></mfrac>"
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_letters_whatever_it_holds(name):
    layout = ("derivative", name, name)
    tree = ElementTree.fromstring(math_block([layout]))
    assert "".join(tree.itertext()).replace("∂", "") == " ".join(name.split()) * 2
    assert {element.tag.partition("}")[2] for element in tree.iter()} <= {"math", "mfrac", "mrow", "mo", "mtext"}
    tex = latex(("name", name))
    assert tex.startswith(r"\text{") and tex.endswith("}")
    inside = re.sub(r"\\\((\\backslash|\\hat\{\\ \}|\\sim|<|>)\\\)|\\[{}$&#%_]", "", tex.removeprefix(r"\text{")[:-1])
    assert not re.search(r"[\\{}$&#%_^~\n]", inside)


def test_a_long_name_is_read_at_once():
    assert name_parts("w" + "_1" * 5000 + "!") is None
    assert name_parts("a" * 10000 + "!") is None


def test_several_lines_are_one_element_and_one_formula():
    lines = [row(("name", "a"), "=", ("number", "1")), row(("name", "b"), "≈", ("number", "2"))]
    assert math_block(lines).count("<math") == 1 and math_block(lines).count("<mtr>") == 2
    assert latex_block(lines) == r"\begin{aligned} & a = 1 \\ & b \approx 2 \end{aligned}"


def test_a_layout_goes_through_json():
    layout = write(formula("a / (b + 1) ** 2"), {"a": A, "b": B}).layout

    def tuples(item):
        return tuple(map(tuples, item)) if isinstance(item, list) else item

    assert tuples(json.loads(json.dumps(layout))) == layout


def test_a_notation_can_give_a_gradient_a_sign_of_its_own():
    """δ for the gradient at a pre-activation (column D0 of the notation dictionary)."""
    called = NodeNames({1: "L", 2: "a1", 3: "x"}, 1, {2: "δ₁⁽¹⁾", 3: "∂E/∂x"})
    assert plain(called.gradient(1)) == "∂L/∂L"
    assert called.gradient(2) == ("name", "δ₁⁽¹⁾")
    assert called.gradient(3) == ("derivative", "E", "x")
    assert plain(called.local(1, 2)) == "∂L/∂a1"


# --- letters that no file can carry --------------------------------------------------------------------------------

STRANGE = ["\x00", "a\x07b", "\ud800", "x\udfff", "\ufffe", "\ufdd0", "\U0001ffff", "\x1b[31mred", "a\u202eb", "\u2066", "é\n\x85\u2028z"]


@pytest.mark.parametrize("name", STRANGE)
def test_whatever_stands_in_a_label_every_form_is_well_formed_and_one_line(name):
    a, b = Value(2.0, name), Value(3.0, "b")
    J = a * b + a
    derivation = derive(J, a)
    texts = [str(steps(J)), str(paths(J, a)), derivation.text, derivation.latex, *[step.explanation("es") for step in steps(J)]]
    for step in steps(J):
        ElementTree.fromstring(step.mathml())
        texts += [step.latex(), step.mathml()]
        assert len(step.text().splitlines()) == 1
    ElementTree.fromstring(derivation.mathml)
    for text in texts:
        text.encode()
        assert not any(unicodedata.category(letter) == "Cc" for letter in text.replace("\n", "")) and not set(text) & {
            *"\u202e\u2066\ufffe"
        }


def test_letters_of_other_alphabets_are_left_as_they_are():
    assert legible("ŷ₂⁽¹⁾ 名前 ∂ 🙂 שם a\u00a0b") == "ŷ₂⁽¹⁾ 名前 ∂ 🙂 שם a\u00a0b"


def test_a_blank_label_is_no_name():
    first = steps(Value(2, "  ") * Value(3, "b"))[0]
    assert first.text() == "J = u · b = 2 · 3 = 6" and r"\text{}" not in first.latex()
