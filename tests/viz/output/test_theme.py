"""Themes: legible in each, signs told apart without colour."""

import re

import pytest

from viz import draw
from viz.output.theme import COLOURS, THEMES, stylesheet

from ..graphs import worked


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by the formula of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum([factor * part for factor, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)])

    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "text, backgrounds",
    [
        ("ink", ("paper", "card", "quiet", "group")),
        ("soft", ("paper", "card", "quiet", "group", "positive-chip", "negative-chip")),
        ("positive", ("positive-chip", "card")),
        ("negative", ("negative-chip", "card", "paper")),
    ],
)
def test_every_text_has_the_contrast_that_wcag_asks_for(theme, text, backgrounds):
    for background in backgrounds:
        assert contrast(COLOURS[theme][text], COLOURS[theme][background]) >= 4.5, background


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("line", ["line", "positive", "negative"])
def test_every_line_has_the_contrast_that_wcag_asks_for(theme, line):
    for background in ("paper", "card", "group"):
        assert contrast(COLOURS[theme][line], COLOURS[theme][background]) >= 3, background


def test_print_is_black_on_white():
    colours = set(re.findall(r"#[0-9a-f]{3,6}", draw(worked("mazur"), theme="print").svg))
    assert colours == {"#000", "#fff"}


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_a_theme_that_is_not_auto_needs_no_variables(theme):
    assert "var(" not in draw(worked("colah"), theme=theme).svg
    assert "@" not in stylesheet(theme)


def test_auto_is_light_or_dark_as_the_page_is():
    sheet = stylesheet("auto")
    assert COLOURS["light"]["ink"] in sheet
    assert COLOURS["dark"]["ink"] in sheet
    assert "prefers-color-scheme:dark" in sheet
    assert "--positive-chip:" in sheet


def test_signs_differ_by_character_and_dash_and_not_by_colour_alone():
    svg = draw(worked("cs231n_sigmoid_circuit"), theme="print").svg
    assert 'class="complete negative"' in svg
    assert ">−0.1966<" in svg
    assert ">+0.3932<" in svg
    assert re.search(r"\.wire\.negative \.line\{[^}]*stroke-dasharray", svg)
    assert not re.search(r"\.wire\.positive \.line\{[^}]*stroke-dasharray", svg)


@pytest.mark.parametrize("theme", THEMES)
def test_the_four_states_of_a_gradient_differ_in_their_outlines(theme):
    sheet = stylesheet(theme)
    looks = {state: re.findall(rf"\.{state} \.chip\{{([^}}]*)\}}", sheet) for state in ("none", "partial", "complete")}
    assert len({str(look) for look in looks.values()}) == 3
    assert all(looks.values())


def test_an_unknown_theme_is_refused():
    with pytest.raises(ValueError, match="theme is one of light, dark, auto, print, not 'pink'"):
        draw(worked("colah"), theme="pink")
