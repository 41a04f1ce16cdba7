"""Text in pictures: how wide it is, how to shorten it, how to keep it harmless.

A picture is made without asking for fonts, so widths are those of a wide typeface (DejaVu Sans): what fits on paper
here fits in narrower ones too.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any

from autograd.explain.numbers import is_exact, number_text, sign

# Advance widths in hundredths of the size, in a wide sans serif; letters not listed are looked up by their class.
_WIDTHS = {
    letter: width
    for width, letters in {
        32: " ,.IJijl·'|′",
        40: '-/:;\\f!()[]rt"″ιⁿ⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁻₀₁₂₃₄₅₆₇₈₉₍₎ₐₑₕᵢⱼₖₗₙₒₚᵣₛₜᵤᵥₓ',
        53: "*_ₘ`sz∂?LcεζνξΓ",
        62: "FPTYaekovxyγδθκλοπτυχ",
        66: "$0123456789EKSbdghnpqu{}αβημρσφψΞΣ∇√∑",
        72: "ABCRVXZΔΛ",
        80: "DGHNUΠΩ&OQwΘΦΨ…",
        85: "#+<=>M^~ω−×÷≈≠≤≥±∞←→↵",
        102: "%m@W",
    }.items()
    for letter in letters
}
MINUS = "−"
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # marks for the direction of writing
DIGITS = 4  # significant digits of a number on a card, where nothing asks for more


def width(text: str, size: float, bold: bool = False) -> float:
    """An upper estimate of how wide a text is, in the unit of `size`.

    >>> width("J", 10) < width("W", 10)
    True
    """
    hundredths = sum([_WIDTHS.get(letter) or _width_of_stranger(letter) for letter in text])
    return hundredths * size * (0.0116 if bold else 0.01)


RAISED = 10.0  # size of a raised mark


def marks(text: str) -> list[tuple[str, bool]]:
    """The pieces of a text, and whether each is a raised mark, which a notation writes with "^".

    >>> marks("dW^[1] = 2")
    [('dW', False), ('[1]', True), (' = 2', False)]
    """
    pieces = re.split(r"\^(\[[^\]\s]*\]|[^\s^]+)", text)
    return [(piece, bool(k % 2)) for k, piece in enumerate(pieces) if piece]


def marked_width(text: str, size: float, bold: bool = False) -> float:
    """The width of a text whose marks are raised and small."""
    return sum([width(piece, RAISED if is_raised else size, bold) for piece, is_raised in marks(text)])


def _width_of_stranger(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 135 if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0xFFFF else 88


def shortened(text: str, size: float, room: float) -> str:
    """The text, cut with "…" where it is wider than `room`.

    >>> shortened("a label that is too long", 10, 60)
    'a label th…'
    """
    if width(text, size) <= room:
        return text
    room -= width("…", size)
    for count, letter in enumerate(text):
        room -= width(letter, size)
        if room < 0:
            return text[:count].rstrip() + "…"
    return text


def cut(text: str, letters: int) -> str:
    """The text with at most so many letters, where room is no matter.

    >>> cut("a long title", 7)
    'a long…'
    """
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def harmless(text: str) -> str:
    """The text as one line that XML can carry: line breaks as "↵", and "�" for control characters and lone surrogates.

    Marks that turn the direction of writing are dropped, because they would turn what stands beside them as well; a
    text that is written from right to left is set apart from its surroundings for the same reason.
    """
    line = text if text.isprintable() else _printable(text)
    is_turned = not line.isascii() and any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line)
    return f"\u2068{line}\u2069" if is_turned else line


def _printable(text: str) -> str:
    kept = []
    for letter in " ".join(text.replace("\r\n", "\n").split("\t")):
        category = unicodedata.category(letter)
        if letter in "\n\r\v\f\x85\u2028\u2029":
            kept.append("↵")
        elif letter in TURNING:
            continue
        elif category in ("Cc", "Cs") or ord(letter) & 0xFFFE == 0xFFFE:
            kept.append("\ufffd")
        else:
            kept.append(letter)
    return "".join(kept)


@lru_cache(maxsize=4096, typed=True)  # a number stands on a card, in its title and on wires
def number_drawn(number: Any, digits: int | None = None) -> str:
    """A number for a card, with at most `digits` significant digits (4).

    >>> number_drawn(11.0), number_drawn(-0.70710678), number_drawn(1e-9)
    ('11', '−0.7071', '1e−9')
    """
    return number_text(number, digits or DIGITS).replace("-", MINUS).replace("inf", "∞")


@lru_cache(maxsize=4096, typed=True)
def sign_before(number: Any, text: str) -> str:
    """The sign that is true between a number and its text as it is drawn.

    >>> sign_before(-0.5, "−0.5"), sign_before(2 / 3, "0.6667")
    ('=', '≈')
    """
    return sign(is_exact(number, text.replace(MINUS, "-").replace("∞", "inf")))


def readable(text: str) -> str:
    """A sentence or formula with the minus signs and infinities of the cards; hyphens within words stay.

    >>> readable("y = -0.6 - (-1e-9) in a z-score, inf")
    'y = −0.6 − (−1e−9) in a z-score, ∞'
    """
    text = re.sub(r"(?<![^\s(])-(?=[\s(∂]|[^\W_])", MINUS, text)
    return re.sub(r"(?<![^\W_])inf(?![^\W_])", "∞", re.sub(r"(?<=\d)e-(?=\d)", f"e{MINUS}", text))


def signed(text: str) -> str:
    """A number text with its sign shown also where it is positive: "+3"."""
    return text if text.startswith(MINUS) or text in ("0", "nan") else f"+{text}"
