"""What a teacher says at a step: the rule in words, what arrives, what goes through, and why where something special happens."""

import pytest

from autograd import Value, examples, label, parse, steps
from autograd.engine.operations import Operation
from autograd.explain.languages import languages


def said(text, parent, **numbers):
    """What is said at every step that brings something to the parent."""
    return [step.explanation() for step in steps(parse(text, numbers)) if step.parent is not None and step.parent.label == parent]


def test_an_edge_is_the_rule_in_words_and_what_it_makes_of_the_numbers():
    """J = 3(a + bc) at the lecture's numbers (D3-01)."""
    told = [step.explanation() for step in steps(examples.J())]
    assert told[0] == "Everything that u needs is known: b = 3, c = 2. So its value is 3 · 2 = 6."
    assert told[2] == "Everything that J needs is known: v = 11. So its value is 3 · 11 = 33."
    assert told[3] == "∂J/∂J = 1: J changes exactly as much as J does."
    assert told[7] == (
        "The local derivative of a product with respect to one factor is the other factor. "
        "3 has arrived at u; through u, b receives 3 · 2 = 6."
    )


def test_a_function_is_introduced_where_its_name_says_little():
    first = steps(parse("p = sigmoid(a)", a=0))[0].explanation()
    assert first == (
        "The sigmoid 1 / (1 + exp(-x)) turns any number into one between 0 and 1. "
        "Everything that p needs is known: a = 0. So its value is sigmoid(0) = 0.5."
    )


def test_numbers_that_are_rounded_are_said_to_be():
    assert steps(parse("a*b", a=1 / 3, b=3))[0].explanation() == (
        "Everything that J needs is known: a ≈ 0.333333, b = 3. So its value is 0.333333 · 3 ≈ 1."
    )


def test_a_value_of_constants_alone_and_one_that_needs_no_second_form():
    assert steps(parse("2*3 + a", a=1))[0].explanation() == "u is computed from constants alone: 2 · 3 = 6."
    assert steps(parse("-a", a=1))[0].explanation() == "Everything that J needs is known: a = 1. So its value is -1."


def test_a_contribution_says_which_it_is_and_the_last_one_brings_the_sum():
    one, other = said("a*b + a", "a", a=2, b=3)
    assert one.endswith("1 has arrived at J; through J, a receives 1 · 1 = 1, which is contribution 1 of 2.")
    assert other.endswith("contribution 2 of 2. Now all contributions to ∂J/∂a have arrived, and their sum is 1 + 3 = 4.")


def test_an_operand_in_two_places_counts_in_each_with_the_other_held_fixed():
    assert "as operand 2 of J, with its other occurrences held fixed, a receives 1 · 3 = 3" in said("a*a", "a", a=3)[1]


def test_a_sum_of_many_contributions_is_told_by_its_last():
    told = said("a + a + a + a + a + a + a", "a", a=2)
    assert told[-1].endswith("Now all 7 contributions to ∂J/∂a have arrived; with the last one, the sum is 6 + 1 = 7.")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0*log(a)", "The gradient of u is 0, so nothing goes on from there: whatever the local derivative is, a receives 0 through u."),
        ("relu(a - 1)", "J stands exactly at a kink, where its slope jumps; by the convention in use here, the local derivative is 0."),
        ("abs(a - 1)", "J stands exactly at a kink, where its slope jumps; by the convention in use here, the local derivative is 0."),
        ("leaky_relu(a - 1, 0.1)", "the local derivative is 0.1. 1 has arrived at J; through J, u receives 1 · 0.1 = 0.1."),
        ("maximum(a, 1)", "2 operands of J tie; by the convention in use here, they share equally what arrives, and the local derivative is 1/2."),
        ("maximum(a, 1, a - 0)", "3 operands of J tie; by the convention in use here, they share equally what arrives, and the local derivative is 1/3."),
        ("relu(a - 3)", "1 has arrived at J, but the local derivative is 0 there: u receives 0 through J."),
    ],
)  # fmt: skip
def test_zeros_kinks_and_ties_are_explained(text, told):
    """The conventions of relu at 0 and of maximum (D2-21)."""
    everything = " ".join(step.explanation() for step in steps(parse(text, a=1)))
    assert told in everything


def test_away_from_the_kink_no_convention_is_spoken_of():
    for text in ("relu(a)", "maximum(a, 1)", "clip(a, 0, 1)", "abs(a)"):
        assert "convention" not in " ".join(step.explanation() for step in steps(parse(text, a=0.5)))


def test_an_operation_without_words_is_narrated_by_its_formulas():
    node = -Value(3.0, "a")
    node._operation = Operation("opposite", "-a", "-1")
    told = [step.explanation() for step in steps(node)]
    assert told[0] == "Here opposite(a) is -a. Everything that J needs is known: a = 3. So its value is opposite(3) = -3."
    assert told[2] == (
        "The local derivative of opposite(a) with respect to a is -1. 1 has arrived at J; through J, a receives 1 · (-1) = -1."
    )


@pytest.mark.parametrize("name", ["{name}", "<b>", "a\nb", "%s", "x. y"])
def test_a_label_is_text_and_an_explanation_is_one_line(name):
    told = [step.explanation() for step in steps(Value(2, name) * Value(3, "b"))]
    assert all(len(text.splitlines()) == 1 for text in told)
    assert " ".join(name.split()) in told[0]


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="there are no words for the language"):
        steps(examples.J())[0].explanation("xx")


@pytest.mark.parametrize("lang", languages())
def test_the_derivative_of_a_sigmoid_is_told_with_the_name_of_its_own_node(lang):
    """A leaf called y is another number: with y = 1, y · (1 - y) would be 0."""
    z, y = Value(0.3, "z"), Value(1.0, "y")
    p = z.sigmoid()
    label(p=p)
    (told,) = [step.explanation(lang) for step in steps(p * y) if step.parent is z]
    assert "1 - p" in told and "1 - y" not in told
