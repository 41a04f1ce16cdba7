"""The practice log of the page as records."""

import pytest

from autograd.explain.languages import languages, templates
from autograd.handcheck import Practice, practice_log
from autograd.handcheck.practice import OUTCOMES


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_outcome_is_read_in_every_language(lang, outcome):
    words = templates(lang)
    line = f"∂J/∂b | {words[f'log.{outcome}']} | {words['log.hints']} 2 | 9 OWN_OPERAND | 3,5 UNEXPLAINED"
    assert practice_log(line) == (Practice("∂J/∂b", outcome, 2, (("9", "OWN_OPERAND"), ("3,5", "UNEXPLAINED"))),)


def test_outcomes_have_words_of_their_own():
    for lang in languages():
        assert len({templates(lang)[f"log.{outcome}"] for outcome in OUTCOMES}) == len(OUTCOMES)


def test_what_stands_around_a_log_is_left_out():
    text = "Ada\nJ: practice log\n\n u | right at once \r\n∂J/∂u | shown\nsee you"
    assert practice_log(text) == (Practice("u", "first"), Practice("∂J/∂u", "shown"))


def test_a_label_may_have_bars_in_it():
    assert practice_log("a | shown | b | right at once | 1 + 1 SIGN") == (Practice("a | shown | b", "first", 0, (("1 + 1", "SIGN"),)),)


@pytest.mark.parametrize("text", ["", "J: practice log", "∂J/∂b = 9", "∂J/∂b | quite right"])
def test_a_text_without_a_log_is_refused(text):
    with pytest.raises(ValueError, match="no practice log"):
        practice_log(text)


@pytest.mark.parametrize("field", ["hints 4", "9", "9 own", "OWN_OPERAND", "hints two"])
def test_a_damaged_line_is_refused_with_what_is_wrong(field):
    with pytest.raises(ValueError, match=f'"{field}" is neither'):
        practice_log(f"∂J/∂b | shown | {field}")


def test_only_a_text_is_read():
    with pytest.raises(TypeError, match="not dict"):
        practice_log({})
