"""Pieces of an equation, as text and as LaTeX at once: literals, symbols of arrays, names of the program."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite

from ..engine.names import shortest_text
from ..explain.notation import SUBSCRIPTS
from .arrays import Array

# How NumPy's comparisons are written.
RELATIONS = {"less": ("<", "<"), "less_equal": ("≤", r"\le"), "greater": (">", ">"), "greater_equal": ("≥", r"\ge"), "equal": ("=", "=")}


@dataclass(frozen=True)
class Token:
    """A piece of an equation, as text and as LaTeX. Where it stands for an array, `array` is that, `flipped` if transposed."""

    text: str
    latex: str
    array: Array | None = None
    flipped: bool = False


Tokens = tuple[Token, ...]
Piece = tuple[Tokens, float]  # with how tightly it holds together


def literal(text: str, as_latex: str | None = None) -> Tokens:
    """A piece that stands for no array."""
    return (Token(text, text if as_latex is None else as_latex),)


def text_of(tokens: Sequence[Token]) -> str:
    """The tokens as one text."""
    return "".join([token.text for token in tokens])


def latex_of(tokens: Sequence[Token]) -> str:
    """The tokens as LaTeX."""
    return "".join([token.latex for token in tokens])


def held(piece: Piece, strength: float) -> Tokens:
    """A piece as an operand: in parentheses where it holds together less tightly than is asked for."""
    tokens, own = piece
    return tokens if own >= strength else (*literal("(", r"\left("), *tokens, *literal(")", r"\right)"))


def joined(parts: Sequence[Tokens], between: str = ", ") -> Tokens:
    """The parts of a list one after the other."""
    found: Tokens = ()
    for k, part in enumerate(parts):
        found += (*(literal(between) if k else ()), *part)
    return found


def transposed(tokens: Tokens) -> Tokens:
    """Transposed; LaTeX takes one mark above, so a mark that is there goes with it."""
    if len(tokens) > 1:
        return (*tokens, *literal("ᵀ", r"^{\top}"))
    (token,) = tokens
    text, symbol = token.text, token.latex
    if "/" in text:
        text, symbol = f"({text})", rf"\left({symbol}\right)"
    start = symbol.rfind("^{")
    is_marked = start >= 0 and symbol.endswith("}") and "}" not in symbol[start:-1]
    symbol = rf"{symbol[:-1]}\top}}" if is_marked else rf"{symbol}^{{\top}}"
    return (Token(f"{text}ᵀ", symbol, token.array, not token.flipped),)


def escaped(name: str) -> str:
    """A name with what LaTeX reads as a command put so that it is printed."""
    return name.replace("_", r"\_")


def identifier(name: str) -> str:
    """A name of the program in LaTeX: one letter with its number below, else upright."""
    letters = name.rstrip("0123456789")
    number = name[len(letters) :]
    shown = letters if len(letters) == 1 else rf"\mathrm{{{escaped(letters)}}}"
    return f"{shown}_{{{number}}}" if number else shown


def subscripted(name: str) -> str:
    """The same as text, with the number below where that can be read."""
    letters = name.rstrip("0123456789")
    return letters + name[len(letters) :].translate(SUBSCRIPTS) if letters and letters[-1] != "_" else name


def fraction_of(c: float) -> Fraction | None:
    """The fraction that a number is, where that is shorter than its decimals: 2/3."""
    if not isfinite(c) or len(shortest_text(c)) < 8:
        return None
    exact = Fraction(c).limit_denominator(1000)
    return exact if float(exact) == c else None
