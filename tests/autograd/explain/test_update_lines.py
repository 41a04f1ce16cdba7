"""A learning step in words and equations: numbers put in, in every notation and language, with signs that are true."""

import copy
import pickle
import random
import re
from fractions import Fraction

import pytest

from autograd import Value, examples, leaves, parse, steps, topological_order
from autograd.explain.languages import languages
from autograd.explain.numbers import as_printed
from autograd.explain.steps import equations
from autograd.explain.typeset import plain
from nn import MLP

from .printed import Reader, Unreadable, random_graph


def learners(y):
    return [node for node in topological_order(y) if not node.parents and not node.constant]


def updates(y, lr, params, **more):
    return [step for step in steps(y, lr=lr, params=params, **more) if step.phase == "update"]


def test_the_steps_are_printed_under_a_heading_of_their_own():
    assert str(steps(examples.J(), lr=0.1, params=["b", "c"])).splitlines()[-4:] == [
        "update",
        "  10  b ← b - η · ∂J/∂b = 3 - 0.1 · 6 = 2.4",
        "  11  c ← c - η · ∂J/∂c = 2 - 0.1 · 9 = 1.1",
        "  12  with the new numbers J = 22.92: changed by 22.92 - 33 = -10.08; predicted -η · ‖g‖² = -0.1 · 117 = -11.7",
    ]


def test_signs_and_fractions_are_held_together():
    a, b = leaves(a=Fraction(1, 3), b=Fraction(-2, 7))
    assert [step.text() for step in updates(a * b * b, Fraction(1, 10), [a, b])][:2] == [
        "a ← a - η · ∂J/∂a = 1/3 - 1/10 · (4/49) = 239/735",
        "b ← b - η · ∂J/∂b = -2/7 - 1/10 · (-4/21) = -4/15",
    ]


def test_the_equation_says_the_rule_then_the_numbers_and_what_was_predicted():
    moved, after = updates(parse("w*x", w=3, x=2, constants=("x",)), 0.5, ["w"])
    assert [plain(line) for line in equations(moved)] == ["w ← w - η · ∂J/∂w", "= 3 - 0.5 · 2 = 2"]
    assert [plain(line) for line in equations(after)] == ["Δ J = 4 - 6 = -2", "‖ g ‖^2 = 2^2 = 4", "-η · ‖ g ‖^2 = -0.5 · 4 = -2"]
    many = updates(parse("a*b*c*d", a=1, b=2, c=3, d=4), 0.5, list("abcd"))[-1]
    assert [plain(line) for line in equations(many)][1] == "‖ g ‖^2 = 820"
    assert moved.latex() == r"w \leftarrow w - \eta \cdot \frac{\partial J}{\partial w} = 3 - 0.5 \cdot 2 = 2"
    assert after.latex().startswith(r"\begin{aligned} & \Delta J = 4 - 6 = -2 \\ & {\| g \|}^{2} = {2}^{2} = 4 \\")
    assert "<mo>←</mo>" in moved.mathml() and "<mo>‖</mo>" in after.mathml()


@pytest.mark.parametrize(
    ("notation", "line"),
    [
        ("delta", "w₁₁⁽¹⁾ ← w₁₁⁽¹⁾ - η · ∂L/∂w₁₁⁽¹⁾ "),
        ("bishop", "w₁₁⁽¹⁾ ← w₁₁⁽¹⁾ - η · ∂E/∂w₁₁⁽¹⁾ "),
        ("murphy", "v₁,₁₁ ← v₁,₁₁ - η · ∂E/∂v₁,₁₁ "),
        ("ng", "w₁₁^[1] ← w₁₁^[1] - η · dW₁₁^[1] "),
        ("dY", "w₁,₁₁ ← w₁,₁₁ - η · dW₁,₁₁ "),
    ],
)
def test_a_network_learns_in_the_letters_of_each_notation(notation, line):
    model = MLP(2, [2, 1], activation="tanh", rng=0)
    loss = model.loss([[1, 2]], [[1.0]], "mse")
    assert updates(loss, 0.5, model.parameters(), notation=notation)[0].text().startswith(line)


@pytest.mark.parametrize(("label", "rate"), [("eta", "α"), ("η1", "α"), ("beta", "η")])
def test_the_learning_rate_has_a_letter_that_no_node_has(label, rate):
    y = Value(3, label) * 2
    assert f" - {rate} · ∂J/∂{label} = " in updates(y, 0.1, [label])[0].text()


@pytest.mark.parametrize("lang", languages())
def test_every_language_says_what_came_of_it(lang):
    for y, lr in ((parse("(w - 1)**2", w=3), 0.1), (parse("(w - 1)**2", w=3), 1.5), (parse("log(w)", w=1), 2), (parse("0*w", w=1), 2)):
        moved, after = updates(y, lr, ["w"])
        assert "w ← w - η · ∂J/∂w = " in moved.text(lang)
        assert not re.search("[{}]", moved.text(lang) + after.text(lang) + moved.explanation(lang) + after.explanation(lang))
    told = {updates(parse("(w - 1)**2", w=3), lr, ["w"])[1].explanation(lang).rpartition(". ")[2] for lr in (0.1, 1, 1.5)}
    assert len(told) == 3  # it has fallen, stayed, risen


def test_where_a_parameter_goes_is_explained_by_the_sign_of_its_gradient():
    said = [step.explanation() for step in updates(parse("w - b + 0*c", w=1, b=1, c=1), 0.5, ["w", "b", "c"])]
    assert "w goes the other way, down" in said[0] and "b goes up" in said[1] and "c stays as it is" in said[2]
    assert all("All parameters move at once" in text for text in said[:3])
    assert "at once" not in updates(parse("2*w", w=1), 0.5, ["w"])[0].explanation()


def test_an_overshoot_is_said_in_words():
    falls, rises = (updates(parse("(w - 1)**2", w=3), lr, ["w"])[1].explanation() for lr in (0.25, 1.5))
    assert falls.endswith("J has fallen.")
    assert "the predicted change was -24; the real one is 12. J has risen" in rises


@pytest.mark.parametrize("seed", range(4))
def test_every_equals_sign_is_true_in_random_graphs(seed):
    """Read back as a person would: "=" where the numbers as printed come to the result as printed, and "≈" elsewhere."""
    rng, seen = random.Random(seed), set()
    for k in range(25):
        y = random_graph(rng, exact=k % 3 == 0)
        if not learners(y):
            continue
        for step in updates(y, rng.choice([0.1, Fraction(1, 7), 1, 1e-3]), learners(y)):
            for chain in [plain(line) for line in equations(step, None if k % 2 else 3)]:
                parts = re.split(r" (=|≈) ", f" {chain}")
                for left, sign, right in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
                    try:
                        numbers = Reader(left).read() if re.search(r"\d", left) and not re.search("[←Δ‖…]|inf|nan", left) else None
                    except Unreadable:
                        continue
                    result = as_printed(right.strip())
                    if isinstance(numbers, Fraction) and result is not None:
                        seen.add(sign)
                        assert (sign == "=") == (numbers == result), chain
    assert seen == {"=", "≈"}


def test_a_step_of_an_update_can_be_copied_and_stored():
    found = steps(examples.J(), lr=0.1, params=["b"])
    for again in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert str(again) == str(found) and again[-1].lr == 0.1
