"""Texts in pictures: widths, cuts, and labels that mean harm."""

import xml.etree.ElementTree as ET

import pytest

from viz.picture.lettering import harmless, number_drawn, shortened, signed, width


def test_a_text_that_is_cut_fits_and_says_so():
    for text in ("m" * 300, "a label of ordinary words, but many of them", "汉字" * 50, "🎉" * 40):
        cut = shortened(text, 14, 100)
        assert cut.endswith("…")
        assert width(cut, 14) <= 100
        assert text.startswith(cut[:-1].rstrip())


def test_a_text_that_fits_is_left_alone():
    assert shortened("net_h1", 16, 100) == "net_h1"


def test_marks_above_letters_take_no_room_and_wide_letters_more():
    assert width("y\u0302", 10) == width("y", 10)
    assert width("汉", 10) > width("W", 10)


@pytest.mark.parametrize(
    "text, shown",
    [
        ("two\nlines", "two↵lines"),
        ("two\r\nlines", "two↵lines"),
        ("tab\tbed", "tab bed"),
        ("nul\x00bell\x07", "nul\ufffdbell\ufffd"),
        ("half \ud800 a pair", "half \ufffd a pair"),
        ("\uffff", "\ufffd"),
        ("turned \u202eback", "turned back"),
        ("שלום", "\u2068שלום\u2069"),
        ("<b>&amp;]]>", "<b>&amp;]]>"),
    ],
)
def test_what_a_picture_cannot_carry_is_replaced(text, shown):
    assert harmless(text) == shown


def test_every_letter_there_is_makes_a_document_that_can_be_read():
    from html import escape

    letters = "".join([chr(code) for code in [*range(0x3000), *range(0xD7F0, 0xE010), *range(0xFDC0, 0x10010), 0x1FFFE, 0x10FFFF]])
    for k in range(0, len(letters), 1000):
        ET.fromstring(f"<t>{escape(harmless(letters[k : k + 1000]))}</t>".encode())


@pytest.mark.parametrize("number, text", [(3.0, "3"), (-0.5, "−0.5"), (123456.0, "123456"), (0.000123456, "0.0001235"), (float("-inf"), "−∞")])  # fmt: skip
def test_numbers_are_short_and_have_a_real_minus(number, text):
    assert number_drawn(number) == text


def test_a_gradient_always_has_a_sign_unless_it_has_none():
    assert [signed(text) for text in ("3", "−3", "0", "nan", "∞")] == ["+3", "−3", "0", "nan", "+∞"]
