"""Layouts, and what writes them: plain text, MathML, LaTeX.

A layout is a formula as it stands on the page, in nested tuples that JSON can carry:

("number", "3.5")  ("name", "w1")  ("sign", "+")  ("row", layout, …)  ("list", layout, …)  ("negate", layout)
("frac", numerator, denominator)  ("power", base, exponent)  ("call", "exp", layout, …)  ("paren", layout)
("derivative", "J", "b")  ("derivative", "J", "x", "u"): with u held fixed

Its parentheses are those of the plain text, where a quotient stands on one line; a fraction bar and a raised exponent
make some of them needless, and those are left out. Names are data: whatever stands in them is shown as letters.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

Layout = tuple[Any, ...]

NUMERAL = re.compile(r"-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|\d+/\d+|inf)|nan")
LETTER = "[A-Za-zÀ-ÖØ-öø-ɏͰ-ϿḀ-ỿ][\u0300-\u036f]*"  # with the accents that stand on it
BELOWS, SMALL = "aehijklmnoprstuvx0123456789", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₀₁₂₃₄₅₆₇₈₉"
ABOVES, RAISED = "0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾"  # there are no raised square brackets: they stand on the line, around a raised number
NAME = re.compile(
    rf"((?:{LETTER})+)(\d*|[{SMALL}]+(?:,[{SMALL}]+)*)((?:_[0-9A-Za-z]+(?:,\d+)*)*)([{RAISED}]*|\[[{RAISED}]+\]|\^\(\d+\)|\^\[\d+\])(['′]*)",
    re.ASCII,
)
ON_THE_LINE = str.maketrans(f"{SMALL}{RAISED}'", f"{BELOWS}{ABOVES}′")
GREEK_WORDS = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
)
GREEK = dict(zip(GREEK_WORDS.split(), "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ", strict=True))
COMMANDS = {letter: f"\\{word}" for word, letter in GREEK.items()}
ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde", "\u0307": "dot", "\u0308": "ddot", "\u0301": "acute", "\u0300": "grave"}
FUNCTIONS = {"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"}  # LaTeX has a command for these
LATEX_SIGNS = {"·": r"\cdot", "≈": r"\approx", "…": r"\dots", "←": r"\leftarrow", "‖": r"\|", "Δ": r"\Delta", "<=": r"\leq", ">=": r"\geq"}
MATHML_SIGNS = {"-": "−", "<=": "≤", ">=": "≥"}
# In a text, in signs that both LaTeX and MathJax know: MathJax has no \textbackslash.
ESCAPES = {"\\": r"\(\backslash\)", "^": r"\(\hat{\ }\)", "~": r"\(\sim\)", "<": r"\(<\)", ">": r"\(>\)",
           **{sign: f"\\{sign}" for sign in "{}$&#%_"}}  # fmt: skip
BELOW, ABOVE = str.maketrans(BELOWS, SMALL), str.maketrans(ABOVES, RAISED)
WORDS = re.compile(r"[a-z]{2}[^_]*_.*[A-Za-z]{2}")  # total_loss, where a mark below would be a word of its own
TURNING = {*"\u061c\u200e\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
DOTS: Layout = ("sign", "…")


@lru_cache(maxsize=4096)
def as_layout(text: str) -> Layout:
    """What a node is called, as a layout: a constant may be called by its number.

    >>> as_layout("-2/3"), as_layout("w1")
    (('number', '-2/3'), ('name', 'w1'))
    """
    return ("number", text) if NUMERAL.fullmatch(text) else ("name", text)


def row(*parts: "Layout | str") -> Layout:
    """Layouts side by side; a text among them is a sign.

    >>> plain(row(("name", "a"), "+", ("number", "2")))
    'a + 2'
    """
    return ("row", *[("sign", part) if isinstance(part, str) else part for part in parts])


def bare(layout: Layout) -> Layout:
    """A layout without parentheses around the whole."""
    return layout[1] if layout[0] == "paren" else layout


def _needs_none(layout: Layout) -> bool:
    """Whether parentheses around a layout are needless where quotients have a bar."""
    return layout[0] == "frac" or (layout[0] == "number" and "/" in layout[1] and layout[1][0] != "-")


def _base(layout: Layout) -> Layout:
    """What is raised to a power; 1e-9, which is written as a product, takes parentheses, and so does z⁽¹⁾, which has a mark there."""
    is_product = layout[0] == "number" and "e" in layout[1]
    is_marked = layout[0] == "name" and (name_parts(layout[1]) or ("", "", ""))[2] != ""
    return ("paren", layout) if is_product or is_marked else layout


def name_parts(name: str) -> "tuple[str, str, str] | None":
    """The letters of a name, what stands below and what stands above; None for a name of another shape, such as words.

    >>> name_parts("w1_2_3"), name_parts("δ₁⁽²⁾"), name_parts("dZ^[2]"), name_parts("my weight"), name_parts("total_loss")
    (('w', '1,2,3', ''), ('δ', '1', '(2)'), ('dZ', '', '[2]'), None, None)
    """
    match = NAME.fullmatch(name)
    if match is None or (WORDS.match(name) and match[1] not in GREEK):
        return None
    letters, digits, more, above, primes = match.groups()
    below = ",".join([part for part in (digits, *more.split("_")) if part])
    return GREEK.get(letters, letters), below.translate(ON_THE_LINE), (above.lstrip("^") + primes).translate(ON_THE_LINE)


@lru_cache(maxsize=4096)  # names and signs stand in many lines
def legible(text: str) -> str:
    """A text in one line of letters that every reader and every file can carry.

    A space stands for a line break, and "�" for a control character, half of a surrogate pair, or what is no character.
    Marks that turn the direction of writing are dropped: they would turn what stands beside them, too.

    >>> legible("a\\nb\\x00")
    'a b�'
    """
    if text.isprintable():
        return text
    return "".join([_legible(letter) for letter in text.replace("\r\n", " ") if letter not in TURNING])


def _legible(letter: str) -> str:
    category = unicodedata.category(letter)
    if letter.isspace() and category != "Zs":
        return " "
    is_none = category in ("Cc", "Cs") or ord(letter) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(letter) <= 0xFDEF
    return "\ufffd" if is_none else letter


def lowered(name: str) -> str:
    """A short name as small letters below the line, where there are such; else the name itself.

    >>> lowered("u"), lowered("w1")
    ('ᵤ', 'w1')
    """
    small = name.translate(BELOW)
    return small if not set(name) - set(BELOWS) else name


def in_line(name: str) -> str:
    """A name as people read it in a line of text, with its marks below and above the line where there are small letters
    for them: the same marks as in an equation. A name of another shape stays as it was typed.

    >>> in_line("w1_2_3"), in_line("alpha_2"), in_line("a1^(2)"), in_line("dZ^[2]"), in_line("W_f"), in_line("total_loss")
    ('w₁,₂,₃', 'α₂', 'a₁⁽²⁾', 'dZ[²]', 'W_f', 'total_loss')
    """
    parts = name_parts(name)
    if parts is None or set(parts[1]) - set(BELOWS) - {","}:
        return name
    letters, below, above = parts
    return letters + below.translate(BELOW) + above.translate(ABOVE)


# --- plain text --------------------------------------------------------------------------------------------------


def plain(layout: Layout) -> str:
    """A layout in one line of text, which can be typed back.

    >>> plain(("frac", ("name", "a"), ("paren", row(("name", "b"), "+", ("number", "1")))))
    'a / (b + 1)'
    """
    kind, *parts = layout
    if kind in ("number", "name", "sign"):
        return legible(str(parts[0]))
    if kind == "derivative":
        return f"∂{legible(parts[0])}/∂{legible(parts[1])}" + "".join([f"|{lowered(legible(name))}" for name in parts[2:]])
    if kind == "call":
        return f"{parts[0]}({', '.join(map(plain, parts[1:]))})"
    texts = [plain(part) for part in parts]
    if kind == "negate":
        return f"-{texts[0]}"
    if kind == "paren":
        return f"({texts[0]})"
    return {"row": " ", "list": ", ", "frac": " / ", "power": "^"}[kind].join(texts)


# --- MathML ------------------------------------------------------------------------------------------------------


def mathml(layout: Layout) -> str:
    """A layout as MathML, to stand inside of a math element.

    >>> mathml(("power", ("name", "w1"), ("number", "2")))
    '<msup><msub><mi>w</mi><mn>1</mn></msub><mn>2</mn></msup>'
    """
    kind, *parts = layout
    if kind == "number":
        return _mathml_number(parts[0])
    if kind == "name":
        return _mathml_name(parts[0])
    if kind == "sign":
        return f"<mo>{escape(MATHML_SIGNS.get(str(parts[0]), str(parts[0])))}</mo>"
    if kind == "derivative":
        top, bottom = (f"<mrow><mo>∂</mo>{_mathml_name(part)}</mrow>" for part in parts[:2])
        held = [f"<msub><mo>|</mo>{_mathml_name(name)}</msub>" for name in parts[2:]]
        return f"<mrow><mfrac>{top}{bottom}</mfrac>{held[0]}</mrow>" if held else f"<mfrac>{top}{bottom}</mfrac>"
    if kind == "frac":
        return f"<mfrac>{mathml(bare(parts[0]))}{mathml(bare(parts[1]))}</mfrac>"
    if kind == "power":
        base = _base(parts[0])
        return f"<msup>{_mathml_paren(base[1]) if base[0] == 'paren' else mathml(base)}{mathml(bare(parts[1]))}</msup>"
    if kind == "paren":
        return mathml(parts[0]) if _needs_none(parts[0]) else _mathml_paren(parts[0])
    if kind == "call" and parts[0] == "sqrt":
        return f"<msqrt>{mathml(parts[1])}</msqrt>"
    if kind == "call" and parts[0] == "abs":
        return f'<mrow><mo form="prefix">|</mo>{mathml(parts[1])}<mo form="postfix">|</mo></mrow>'
    if kind == "call":
        return f"<mrow><mi>{escape(parts[0])}</mi>{_mathml_paren(('list', *parts[1:]))}</mrow>"
    inside = [mathml(part) for part in parts]
    return f"<mrow>{'<mo>−</mo>' if kind == 'negate' else ''}{('<mo>,</mo>' if kind == 'list' else '').join(inside)}</mrow>"


def _mathml_paren(inner: Layout) -> str:
    return f"<mrow><mo>(</mo>{mathml(inner)}<mo>)</mo></mrow>"


def _mathml_number(text: str) -> str:
    if text[0] == "-":
        return f"<mrow><mo>−</mo>{_mathml_number(text[1:])}</mrow>"
    if text in ("inf", "nan"):
        return f"<mi>{'∞' if text == 'inf' else text}</mi>"
    if "/" in text:
        return "<mfrac>{}{}</mfrac>".format(*[f"<mn>{part}</mn>" for part in text.split("/")])
    mantissa, e, exponent = text.partition("e")
    return (
        f"<mrow><mn>{mantissa}</mn><mo>·</mo><msup><mn>10</mn>{_mathml_number(str(int(exponent)))}</msup></mrow>"
        if e
        else f"<mn>{text}</mn>"
    )


def _mathml_name(name: str) -> str:
    parts = name_parts(name)
    if parts is None:
        return f"<mtext>{escape(' '.join(legible(name).split()))}</mtext>"
    letters, below, above = parts
    text = f"<mi>{letters}</mi>"
    low = f"<mn>{below}</mn>" if re.fullmatch(r"[\d,]*", below) else f"<mi>{below}</mi>"
    high = f"<mtext>{above}</mtext>"
    if below and above:
        return f"<msubsup>{text}{low}{high}</msubsup>"
    return f"<msub>{text}{low}</msub>" if below else f"<msup>{text}{high}</msup>" if above else text


def math_block(lines: Sequence[Layout]) -> str:
    """One math element with a line for each layout."""
    inside = mathml(lines[0])
    if len(lines) > 1:
        rows = [f'<mtr><mtd style="text-align:left">{mathml(line)}</mtd></mtr>' for line in lines]
        inside = f'<mtable displaystyle="true">{"".join(rows)}</mtable>'
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">{inside}</math>'


# --- LaTeX -------------------------------------------------------------------------------------------------------


def latex(layout: Layout) -> str:
    r"""A layout as LaTeX, to stand in mathematics.

    >>> print(latex(("frac", ("name", "w1"), ("paren", row(("name", "b"), "+", ("number", "1"))))))
    \frac{w_{1}}{b + 1}
    """
    kind, *parts = layout
    if kind == "number":
        return _latex_number(parts[0])
    if kind == "name":
        return _latex_name(parts[0])
    if kind == "sign":
        return LATEX_SIGNS.get(str(parts[0]), str(parts[0]))
    if kind == "derivative":
        quotient = r"\frac{{\partial {}}}{{\partial {}}}".format(*map(_latex_name, parts[:2]))
        return rf"\left.{quotient}\right|_{{{_latex_name(parts[2])}}}" if parts[2:] else quotient
    if kind == "frac":
        return rf"\frac{{{latex(bare(parts[0]))}}}{{{latex(bare(parts[1]))}}}"
    if kind == "power":
        base = _base(parts[0])
        return f"{{{_latex_paren(base[1]) if base[0] == 'paren' else latex(base)}}}^{{{latex(bare(parts[1]))}}}"
    if kind == "paren":
        return latex(parts[0]) if _needs_none(parts[0]) else _latex_paren(parts[0])
    if kind == "call" and parts[0] == "sqrt":
        return rf"\sqrt{{{latex(parts[1])}}}"
    if kind == "call" and parts[0] == "abs":
        return rf"\left|{latex(parts[1])}\right|"
    if kind == "call":
        name = f"\\{parts[0]}" if parts[0] in FUNCTIONS else rf"\operatorname{{{_escaped(parts[0])}}}"
        return name + _latex_paren(("list", *parts[1:]))
    inside = [latex(part) for part in parts]
    return f"-{inside[0]}" if kind == "negate" else (", " if kind == "list" else " ").join(inside)


def _latex_paren(inner: Layout) -> str:
    return rf"\left({latex(inner)}\right)"


def _latex_number(text: str) -> str:
    if text[0] == "-":
        return f"-{_latex_number(text[1:])}"
    if text in ("inf", "nan"):
        return r"\infty" if text == "inf" else r"\mathrm{nan}"
    if "/" in text:
        return r"\frac{{{}}}{{{}}}".format(*text.split("/"))
    mantissa, e, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else text


def _latex_name(name: str) -> str:
    parts = name_parts(name)
    if parts is None:
        return rf"\text{{{_escaped(' '.join(legible(name).split()))}}}"
    letters, below, above = parts
    text = _latex_letters(letters)
    if below:
        text += f"_{{{below}}}" if re.fullmatch(r"[\d,]*|[A-Za-z]", below) else rf"_{{\mathrm{{{below}}}}}"
    return text + (f"^{{{above.replace('′', chr(92) + 'prime ').rstrip()}}}" if above else "")


def _latex_letters(letters: str) -> str:
    """The letters of a name: one alone is a variable, a Greek one has a command, an accent too; several are a word."""
    normal = unicodedata.normalize("NFD", letters)
    base, accents = normal[0], normal[1:]
    if base in COMMANDS or base.isascii():
        text = COMMANDS.get(base, base)
        if not accents:
            return text
        if accents in ACCENTS:
            return rf"\{ACCENTS[accents]}{{{text}}}"
    return rf"\mathrm{{{letters}}}" if letters.isascii() else rf"\text{{{letters}}}"


def _escaped(text: str) -> str:
    """A text whose every sign is shown as it is."""
    return "".join([ESCAPES.get(letter, letter) for letter in text])


def latex_block(lines: Sequence[Layout]) -> str:
    """One formula with a line for each layout."""
    if len(lines) == 1:
        return latex(lines[0])
    return r"\begin{aligned} " + r" \\ ".join([f"& {latex(line)}" for line in lines]) + r" \end{aligned}"
