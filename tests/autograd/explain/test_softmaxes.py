"""The lecture's form of a softmax: exp, sum, divide; the same numbers as the stable form, and said which it is."""

import math

import numpy
import pytest

from autograd import examples, exp, grad, leaves, log, parse, softmax, steps, total
from nn import losses


def test_the_lecture_form_is_drawn_and_stepped_as_in_the_lecture():
    L = examples.softmax_cross_entropy()
    assert [step.text() for step in steps(L) if step.phase == "forward"] == [
        "e1 = exp(z1) = exp(2) ≈ 7.38906",
        "e2 = exp(z2) = exp(1) ≈ 2.71828",
        "e3 = exp(z3) = exp(0.1) ≈ 1.10517",
        "S = e1 + e2 + e3 ≈ 7.38906 + 2.71828 + 1.10517 ≈ 11.2125",
        "p1 = e1 / S ≈ 7.389056 / 11.21251 ≈ 0.659001",
        "u = log(p1) ≈ log(0.659001) ≈ -0.41703",
        "L = -u ≈ -(-0.41703) = 0.41703",
    ]


@pytest.mark.parametrize("target", [1, 2, 3])
def test_both_forms_agree_in_value_and_gradients(target):
    one, other = (examples.softmax_cross_entropy(0.3, -1.2, 2.5, target, form) for form in ("lecture", "stable"))
    assert one.data == pytest.approx(other.data, rel=1e-14)
    assert grad(one, ["z1", "z2", "z3"]) == pytest.approx(grad(other, ["z1", "z2", "z3"]), rel=1e-12)
    assert one.data == pytest.approx(losses.cross_entropy([[0.3, -1.2, 2.5]], [target - 1]), rel=1e-14)


def test_numbers_and_arrays_take_the_form_too():
    given = numpy.array([[0.5, 2.0], [-1.0, 3.0]])
    assert numpy.allclose(softmax(given, "lecture"), softmax(given), rtol=1e-14)
    assert softmax([0.5, 2.0], form="lecture") == pytest.approx(softmax([0.5, 2.0]))
    assert math.isnan(softmax([1000.0, 0.0], form="lecture")[0]) and softmax([1000.0, 0.0])[0] == 1
    assert math.isnan(softmax([-1000.0], form="lecture")[0])
    with pytest.raises(ValueError, match="empty"):
        softmax([], form="lecture")
    with pytest.raises(ValueError, match='"stable" or "lecture"'):
        softmax([1.0], form="textbook")


@pytest.mark.parametrize(("lang", "word"), [("en", "as lectures write it"), ("es", "en clase"), ("pt", "em aula")])
def test_the_steps_say_which_form_it_is_with_the_numbers_of_the_other_one(lang, word):
    (note,) = steps(examples.softmax_cross_entropy()).notes(lang)
    assert note.startswith("p1: softmax ") and word in note and note.endswith(" 0.659001.")
    (note,) = steps(examples.softmax_cross_entropy(z1=800, target=2, form="stable")).notes(lang)
    assert "logsumexp" in note and note.endswith(" 0.")


def test_the_form_is_seen_in_a_graph_however_it_was_made():
    J = parse("p = exp(a)/(exp(a) + exp(b) + exp(c)); -log(p)", a=1, b=2, c=3)
    assert not steps(J).notes(), "exp(a) above is another node than exp(a) below"
    a, b = leaves(a=1, b=2)
    above, below = exp(a), exp(b)
    assert [note.partition(":")[0] for note in steps(above / (above + below)).notes()] == ["J"]
    assert not steps(above / (above + b)).notes() and not steps(above / total([above])).notes()
    assert not steps(log(a / (a + b))).notes()


def test_the_classes_stand_in_order_whichever_is_the_target():
    from viz import draw

    for form in ("lecture", "stable"):
        for target in (1, 2, 3):
            drawing = draw(examples.softmax_cross_entropy(target=target, form=form))
            where = {card.name: box for card, box in zip(drawing.picture.cards, drawing._layout.corners, strict=True)}
            rows = [[where[f"{letter}{i}"][1] for i in (1, 2, 3)] for letter in ("z", "e") if f"{letter}1" in where]
            assert all(row == sorted(row) for row in rows), (form, target)
