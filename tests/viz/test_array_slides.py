"""Slides of a pass over arrays: a page for each step, on which nothing stands before it is computed."""

import re

from nn.formulas import matrix_view
from viz.array_drawing import draw_arrays
from viz.page.array_slides import equation, picture_at

from .test_array_content import mazur, net
from .test_array_page import numbered
from .test_slide_document import pages, run


def test_there_is_a_page_for_each_step_with_its_equation_and_its_numbers(tmp_path):
    stepper = numbered()
    pdf = stepper.save(tmp_path / "steps.pdf")
    said = run("pdftotext", "-layout", pdf, "-").split("\f")
    assert pages(pdf) == len(stepper) == 14 and "backward · step 8 of 14" in said[7]
    number = stepper._passes["dW2"].texts(3)[0][1]
    assert number in said[7] and not any(number in page for page in said[:7]), "nothing is told before it is computed"
    assert "(2 × 2) = (2 × 1) (1 × 2)" in re.sub(r"\s+", " ", said[7])


def test_the_chain_keeps_its_places_and_is_empty_where_nothing_is_known_yet():
    passes = mazur().steps([[0.05, 0.1, 0.01, 0.99]])
    picture = draw_arrays(passes, None, "LR", "light", None, None, None, "en", None).picture
    for at in (1, 6, len(passes)):
        shown = picture_at(picture, passes, at)
        cards = {card.key: card for box in shown.boxes for card in box.all_cards}
        known = {key for key, card in cards.items() if any(any(row) for row in card.parts[0].entries)}
        assert known == {step.name for step in (*passes.given, *passes[:at]) if step.phase != "backward"} & set(cards)
        gradients = {
            card.parts[1].symbol for card in cards.values() if len(card.parts) > 1 and any(any(row) for row in card.parts[1].entries)
        }
        assert len(gradients) == sum(step.phase == "backward" for step in passes[:at])
        (now,) = [card.key for card in cards.values() if card.kind.endswith(" now")]
        assert now == (passes[at - 1].of or passes[at - 1].name)


def test_numbers_stand_in_the_equation_as_its_arrays_stand_there():
    model, X, Y, loss = net(3)
    passes = matrix_view(model, X, Y, loss=loss, notation="ng").steps
    step = passes["dz1"]  # a product with a transpose
    *_, filled = equation(step, passes, None)
    found = [piece[1:] for piece in filled[1:] if piece[0] == "matrix"]
    assert [(len(rows), len(rows[0])) for rows in found] == [*[part.shape for part in step.parts if part.name], step.shape]
    assert filled[-2] == ("sign", step.sign(3))
