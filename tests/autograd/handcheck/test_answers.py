"""Typed answers: every form of a number, with its precision; what is no number gets one clear sentence."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, check, examples, leaves, parse
from autograd.handcheck.answers import typed


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("6", 6), ("-6", -6), ("+6", 6), ("−6", -6), (" 6 ", 6), ("3/4", 0.75), ("-3/4", -0.75), ("0,577", 0.577), ("0.577", 0.577), (".5", 0.5), (",5", 0.5), ("-,5", -0.5),
        ("-1.5e-2", -0.015), ("1E3", 1000), ("3*2", 6), ("3·2", 6), ("3×2", 6), ("6÷4", 1.5), ("2^3", 8), ("2**3", 8), ("-(2+3)/4", -1.25), ("0,5*0,5", 0.25),
    ],
)  # fmt: skip
def test_every_form_of_a_number_is_read(text, data):
    assert typed(text, "a").data == data


@pytest.mark.parametrize("blank", [None, "", "  ", "\n"])
def test_a_blank_is_no_answer(blank):
    assert typed(blank, "a") is None


@pytest.mark.parametrize(
    ("text", "digits", "reach"),
    [
        ("0.577", 3, 0.001), ("0,5770", 4, 0.0001), ("0.002", 1, 0.001), ("12.5", 3, 0.1), ("1.5e-2", 2, 0.001), ("1e3", 1, 50), ("0.0", 1, 0.005),
        ("6", 1, 0.05), ("33", 2, 1), ("1200", 2, 100), ("34000", 2, 1000), ("6.6e+03", 2, 100), ("0", 0, 0), ("3/4", 0, 0), ("3*2", 0, 0), ("2*0.50", 2, 0.1),
        ("0.5*0.123", 1, 0.00615), ("inf", 0, 0),
    ],
)  # fmt: skip
def test_a_number_is_as_precise_as_its_digits_and_a_fraction_is_exact(text, digits, reach):
    answer = typed(text, "a")
    assert answer.precision.digits == digits
    assert answer.reach == pytest.approx(reach, rel=0.01)


def test_numbers_of_python_are_read_like_their_texts():
    assert typed(0.577, "a") == typed("0.577", "a")
    assert typed(3.0, "a") == typed(3, "a") == typed("3", "a")
    exact = typed(Fraction(1, 3), "a")
    assert (exact.data, exact.reach, exact.precision.digits) == (1 / 3, 0, 0)


@pytest.mark.parametrize(
    ("text", "data"),
    [("inf", float("inf")), ("-inf", float("-inf")), ("∞", float("inf")), ("−∞", float("-inf")), ("+Infinity", float("inf"))],
)
def test_an_infinity_can_be_answered(text, data):
    assert typed(text, "a").data == data


@pytest.mark.parametrize("sign", ["\0", "\u202e", "\x1b[31m", "\ud800", "\n\n", "6" * 300])
def test_a_text_is_never_echoed_as_it_came(sign):
    for text in (f"6{sign}x", f"b = 6{sign}x"):
        with pytest.raises(ValueError) as caught:
            check(examples.J(), {"b": text} if "=" not in text else text)
        assert str(caught.value).isprintable() and len(str(caught.value)) < 200
        str(caught.value).encode("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "a", "six", "nan", "inf-inf", "2*inf", "1 2", "1.2.3", "1,234.5", "1/0", "2(3)", "(2", "2)", "--", "1e5x", "0x10", "1_000", "exp(0)", "sum(3)", "where(1<2,3,4)", "3<4",
        "__import__('os')", "1\n2", "[1]", "1j", "1e999999999", "1e-999999999", "9**9**9", "(((9**64)**64)**64)**64", "9" * 300, "1+" * 150 + "1", "(" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_number_gets_one_short_sentence(text):
    with pytest.raises(ValueError, match="what is given for a is not a number") as caught:
        typed(text, "a")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize("answer", [True, 1j, [1.0], object(), Value(3.0), b"6"])
def test_what_is_not_even_a_number_or_a_text_is_a_type_error(answer):
    with pytest.raises(TypeError, match="an answer for a takes one real number"):
        typed(answer, "a")


@given(st.text(alphabet="0123456789.,eE+-*/^() ", max_size=30))
def test_any_text_of_digits_and_signs_is_a_finite_number_a_blank_or_a_value_error(text):
    try:
        answer = typed(text, "a")
    except ValueError as error:
        assert "\n" not in str(error)
    else:
        assert answer is None or abs(answer.data) < float("inf")


def what_was_answered(text, y=None):
    return [(answer.what, answer.typed) for answer in check(y or examples.J(), text).answers]


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("dJ/db=6, dJ/dc=9", [("∂J/∂b", "6"), ("∂J/∂c", "9")]),
        ("∂J/∂b = 6; ∂J/∂c = 9", [("∂J/∂b", "6"), ("∂J/∂c", "9")]),
        ("b=6 c=9", [("∂J/∂b", "6"), ("∂J/∂c", "9")]),
        ("b=6,c=9\n", [("∂J/∂b", "6"), ("∂J/∂c", "9")]),
        ("b=0,5, c=1,5", [("∂J/∂b", "0,5"), ("∂J/∂c", "1,5")]),
        ("b=,5, c=-,25;", [("∂J/∂b", ",5"), ("∂J/∂c", "-,25")]),
        ("b=3*2 c = 18/2", [("∂J/∂b", "3*2"), ("∂J/∂c", "18/2")]),
        ("u=6 v=11 J=33", [("u", "6"), ("v", "11"), ("J", "33")]),
        ("du/db=2, dJ/du=3", [("∂u/∂b", "2"), ("∂J/∂u", "3")]),
        ("b=, c=9", [("∂J/∂b", ""), ("∂J/∂c", "9")]),
    ],
)
def test_a_text_of_answers_is_split_at_the_names_of_the_graph(text, answers):
    assert what_was_answered(text) == answers


def test_names_that_are_part_of_each_other_or_full_of_signs_are_told_apart():
    w, w1, odd = leaves(w=2, w1=3, x=5)
    odd.label = "x.(2)*"
    y = w * w1 * odd
    y.label = "E"
    assert what_was_answered("w1=10 w=15 x.(2)*=6", y) == [("∂E/∂w1", "10"), ("∂E/∂w", "15"), ("∂E/∂x.(2)*", "6")]


def test_a_label_with_a_slash_is_a_name_and_not_a_derivative():
    a = Value(2.0, "a/n")
    y = a * 3
    assert check(y, {"a/n": 3}).ok
    assert check(y, "a/n=3").ok


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("q=3", '"q" names no node of the graph'),
        ("b=6, q=3", '"q" names no node of the graph'),
        ("dJ/db=6, dJ/dq=3", '"dJ/dq" names no node of the graph'),
        ("dL/db=6", '"dL/db" names no node of the graph'),
        ("d3=1", '"d3" names no node of the graph'),
        ("b", '"b" is no answer'),
        ("dJ/db", '"dJ/db" is no answer'),
        ("b=6 b=7", "b is answered twice"),
        ("b=six", 'not a number: "six"'),
        ("da/db=1", "b is not an operand of a"),
        ("", "there are no answers to check"),
        ("  ", "there are no answers to check"),
    ],
)
def test_a_text_that_cannot_be_read_gets_one_sentence_that_names_the_piece(text, complaint):
    with pytest.raises(ValueError) as caught:
        check(examples.J(), text)
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "error", "complaint"),
    [
        ({"answers": [6]}, TypeError, "answers are a text, or a dict of node to number, not list"),
        ({"values": [6]}, TypeError, "values are a dict of node to number, not list"),
        ({"values": "u=6"}, TypeError, "values are a dict of node to number, not str"),
        ({"locals": [6]}, TypeError, "locals are a dict of"),
        ({"locals": {"b": 2}}, ValueError, '"du/db"'),
        ({"locals": {("u",): 2}}, TypeError, "a pair"),
        ({"locals": {("v", "b"): 2}}, ValueError, "b is not an operand of v"),
        ({"answers": {"q": 1}}, ValueError, 'no node is called "q"'),
        ({"answers": {7: 1}}, TypeError, "a node is given as a Value or by its label"),
        ({"answers": {Value(1.0, "z"): 1}}, ValueError, "is not a node"),
        ({"answers": {"b": 6, "dJ/db": 6}}, ValueError, "answered twice"),
        ({}, ValueError, "there are no answers to check"),
        ({"answers": {}}, ValueError, "there are no answers to check"),
    ],
)
def test_bad_arguments_get_one_sentence(arguments, error, complaint):
    with pytest.raises(error) as caught:
        check(examples.J(), **arguments)
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_gradients_values_and_local_derivatives_can_be_given_together():
    J = examples.J()
    report = check(J, "b=6", values={"u": 6}, locals={("u", "b"): 2, "dv/du": 1})
    assert [answer.what for answer in report.answers] == ["∂J/∂b", "u", "∂u/∂b", "∂v/∂u"]
    assert report.ok
    assert check(J, {"b": 6}, values={"u": 7}).score == 0.5


def test_the_root_over_an_operand_is_a_gradient_in_a_text_and_a_local_derivative_in_locals():
    y = parse("p = a*b; J = a + p", a=2, b=3)
    assert check(y, "dJ/da=4").ok
    assert check(y, locals={("J", "a"): 1, "dJ/dp": 1, ("p", "a"): 3}).ok
    assert not check(y, locals={("J", "a"): 4}).ok


def test_two_nodes_of_one_name_cannot_be_answered_by_it():
    y = Value(1.0, "a") * Value(2.0, "a")
    with pytest.raises(ValueError, match='two nodes are called "a"'):
        check(y, {"a": 1})
