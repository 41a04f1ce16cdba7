"""`Notation`: which symbol plays which role in a course's formulas for a network. Five dialects, and one's own.

The table alone lives here; the matrix formulas that are written with it are in `nn.formulas`. The same letter means
different things in different courses: `traps` says where.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, NamedTuple

from ..quoting import quoted

# The roles, with what each is.
ROLES = {
    "input": "the input",
    "pre_activation": "the pre-activation (weights times inputs, plus bias)",
    "activation": "the activation (the output of a layer)",
    "function": "the activation function",
    "weights": "the weights of a layer",
    "output_weights": "the weights of the last layer",
    "weight": "one weight, with the indices of the unit it goes to and of the one it comes from",
    "output_weight": "one weight of the last layer",
    "bias": "the bias of a layer",
    "output_bias": "the bias of the last layer",
    "output": "the output of the network",
    "target": "the target",
    "loss": "the loss",
    "error": "the gradient at the pre-activation",
    "activation_gradient": "the gradient at the activation",
    "weights_gradient": "the gradient at the weights of a layer",
    "output_weights_gradient": "the gradient at the weights of the last layer",
    "bias_gradient": "the gradient at the bias of a layer",
    "output_bias_gradient": "the gradient at the bias of the last layer",
    "input_gradient": "the gradient at the input",
}
SUPERSCRIPTS = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
ON_THE_LINE = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾", "01234567890123456789()")
LATEX = {"δ": r"\delta ", "μ": r"\mu ", "Θ": r"\Theta ", "θ": r"\theta ", "σ": r"\sigma ", "ŷ": r"\hat{y}", "Ŷ": r"\hat{Y}", "⊙": r" \odot ",
         "′": "'", "∂": r"\partial ", "Σ": r"\sum ", "softmax": r"\operatorname{softmax}"}  # fmt: skip
SPELT = {"δ": "delta", "ŷ": "yhat", "Ŷ": "Yhat", "∂": "d", "μ": "mu", "Θ": "Theta", "θ": "theta"}
MARKS = ("superscript", "brackets", "subscript")


class Trap(NamedTuple):
    """A symbol, or a word, that two notations use for different roles."""

    symbol: str
    here: str
    there: str

    def __str__(self) -> str:
        return f"{self.symbol} is {ROLES[self.here]} here, but {ROLES[self.there]} there"


class Notation:
    """A table from role to symbol, with the conventions that go with it.

    Notation("ng") is one of the dialects "delta", "bishop", "murphy", "ng" and "dY". Notation("mine", like="ng",
    weights="Θ") is one's own: another dialect with some symbols changed; its gradients are those of its loss. The conventions:

    - `layers`: how the layer is marked: "superscript", W⁽¹⁾; "brackets", W^[1]; "subscript", W₁;
    - `examples`: whether the examples of a batch are "columns" or "rows";
    - `scaled_error`: with a mean over n examples, whether the error signal is n times the gradient, so that 1/n stands
      in the formulas of the parameters.

    Raises ValueError for an unknown dialect, role or convention, and for one symbol with two roles.

    >>> Notation("delta").symbol("weight", 1, 2, 3), Notation("ng").symbol("error", 2)
    ('w₂₃⁽¹⁾', 'dZ^[2]')
    >>> Notation("delta").latex("weights_gradient", 1)
    '\\\\frac{\\\\partial L}{\\\\partial W^{(1)}}'
    """

    name: str
    symbols: Mapping[str, str]
    layers: str
    examples: str
    scaled_error: bool
    word: str  # what the course calls the pre-activation, where it has an unusual word for it

    def __init__(self, name: str, *, like: "str | Notation | None" = None, layers: str | None = None, examples: str | None = None,
                 scaled_error: bool | None = None, **symbols: str):  # fmt: skip
        if not isinstance(name, str):
            raise TypeError(f"a notation is named by a text, not by {type(name).__name__}")
        given = (layers, examples, scaled_error) != (None, None, None) or symbols or like is not None
        if given and name in DIALECTS:
            raise ValueError(
                f'"{name}" is the name of a dialect; give a notation of your own another name, such as Notation("mine", like="{name}")'
            )
        base = DIALECTS[_nearest("a notation", "delta" if given else name, DIALECTS)] if not isinstance(like, Notation) else vars(like)
        if isinstance(like, str):
            base = DIALECTS[_nearest("a notation", like, DIALECTS)]
        for role in symbols:
            _nearest("a role", role, ROLES)
        loss = base["symbols"]["loss"]
        usual = {role: symbol.replace(f"∂{loss}/", f"∂{symbols.get('loss', loss)}/") for role, symbol in base["symbols"].items()}
        table = {**usual, **{role: _with_mark(symbol, base["symbols"][role]) for role, symbol in symbols.items()}}
        conventions = {"layers": layers, "examples": examples, "scaled_error": scaled_error}
        chosen = {key: base[key] if own is None else own for key, own in conventions.items()}
        if chosen["layers"] not in MARKS or chosen["examples"] not in ("columns", "rows"):
            raise ValueError(
                f'layers is one of {", ".join(MARKS)}, and examples is "columns" or "rows"; not {quoted(chosen["layers"])}, {quoted(chosen["examples"])}'
            )
        _refuse_double(table)
        for key, content in (("name", name), ("symbols", MappingProxyType(table)), ("word", base["word"]), *chosen.items()):
            object.__setattr__(self, key, content)

    def __setattr__(self, name: str, content: Any) -> None:
        raise AttributeError(f'a notation does not change; make another one: Notation("mine", like="{self.name}", …)')

    @classmethod
    def of(cls, given: "str | Notation") -> "Notation":
        """The notation that is meant by a name or a Notation. Raises ValueError for an unknown name."""
        return given if isinstance(given, Notation) else cls(given)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "symbols": dict(self.symbols)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, symbols=MappingProxyType(state["symbols"]))

    def __repr__(self) -> str:
        return f'Notation("{self.name}")'

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Notation) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(self.name)

    # --- symbols ---

    def symbol(self, role: str, layer: int | None = None, *index: int) -> str:
        """The symbol of a role, in a layer (from 1), with indices: "δ", "δ⁽¹⁾", "w₂₃⁽¹⁾"."""
        below = _subscript(index)
        if self.layers == "subscript" and layer is not None and "{l}" in self.symbols[_nearest("a role", role, ROLES)]:
            below = _subscript((layer, *index)) if below[:1] in ("", "_") else f"{_subscript((layer,))},{below}"
        return self._with_marks(role, below, self._mark(layer))

    def latex(self, role: str, layer: int | None = None, *index: int) -> str:
        """The same in LaTeX."""
        return as_latex(self.symbol(role, layer, *index))

    def spellings(self, role: str, layer: int | None) -> list[str]:
        """Ways to type the symbol of a role: as it is, with the layer as ^(1), (1) or 1, and with Greek letters spelt out."""
        marks = ["", self._mark(None)] if layer is None else [f"({layer})", f"^({layer})", f"[{layer}]", f"^[{layer}]", str(layer)]
        shown = [self.symbol(role, layer), *(self._with_marks(role, "", mark) for mark in marks)]
        spelt = [text.translate(ON_THE_LINE) for text in shown]
        for sign, word in SPELT.items():
            spelt = [text.replace(sign, word) for text in spelt]
        return list(dict.fromkeys([*shown, *spelt]))

    def _with_marks(self, role: str, below: str, above: str) -> str:
        return self.symbols[_nearest("a role", role, ROLES)].replace("{i}", below).replace("{l}", above)

    def _mark(self, layer: int | None) -> str:
        if layer is None or self.layers == "subscript":
            return ""
        return f"({layer})".translate(SUPERSCRIPTS) if self.layers == "superscript" else f"^[{layer}]"

    # --- comparing ---

    def traps(self, other: "str | Notation") -> list[Trap]:
        """The symbols, in either case, that mean one role here and another one there.

        >>> for trap in Notation("delta").traps("ng"): print(trap)
        a is the pre-activation (weights times inputs, plus bias) here, but the activation (the output of a layer) there
        z is the activation (the output of a layer) here, but the pre-activation (weights times inputs, plus bias) there
        """
        other = Notation.of(other)
        there = dict(other._letters())
        found = [Trap(letter, role, there[letter]) for letter, role in self._letters() if _family(there.get(letter, role)) != _family(role)]
        if self.word != other.word:
            roles = ("pre_activation", "activation")
            found.append(Trap(f'the word "{self.word or other.word}"', *(roles if self.word else roles[::-1])))
        return found

    def _letters(self) -> Iterator[tuple[str, str]]:
        """Every letter without its marks, in lower case, with its role; of roles that share a letter the first."""
        seen = set()
        for role, template in self.symbols.items():
            letter = template.replace("{i}", "").replace("{l}", "").lower()
            if "gradient" not in role and letter not in seen:
                seen.add(letter)
                yield letter, role


def _family(role: str) -> str:
    """Roles that may share a letter: a weight and the weights, the last layer and the others, the output and the last activation."""
    return "activation" if role == "output" else role.removeprefix("output_").rstrip("s")


def last_role(role: str, layer: int | None, last: int) -> str:
    """The role as the table has it: weights and biases of the last layer, and their gradients, have their own."""
    return f"output_{role}" if layer == last and role.startswith(("weight", "bias")) else role


def as_latex(text: str) -> str:
    """A symbol or formula of this notation as LaTeX: fractions, marks raised and lowered, Greek letters and hats.

    >>> as_latex("δ⁽¹⁾ = (∂L/∂z⁽¹⁾)ᵀ")
    '\\\\delta^{(1)} = \\\\left(\\\\frac{\\\\partial L}{\\\\partial z^{(1)}}\\\\right)^{\\\\top}'
    """
    text = re.sub(r"\((∂[^\s/()]+/∂[^\s()]+)\)", r"\\left(\1\\right)", text)
    text = re.sub(r"(∂[^\s/()]+)/(∂[^\s()\\]+)", r"\\frac{\1}{\2}", text).replace("1/n", r"\frac{1}{n}")
    text = re.sub("[₀-₉]+(?:,[₀-₉]+)*", lambda run: f"_{{{run[0].translate(ON_THE_LINE)}}}", text)
    text = re.sub(r"_([0-9,]+)", r"_{\1}", text)
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾]+", lambda run: f"^{{{run[0].translate(ON_THE_LINE)}}}", text)
    text = re.sub(r"\^(\[\d+\])", r"^{\1}", text).replace("ᵀ", r"^{\top}")
    text = re.sub(r"([_^])(\{[^{}]*)\}\1\{", lambda run: run[1] + run[2] + "," * (run[1] == "_"), text)  # LaTeX takes one mark of a kind
    for sign, command in LATEX.items():
        text = text.replace(sign, command)
    return re.sub(r" (?=[_^\s}])", "", text).strip()


def _nearest(kind: str, name: Any, table: Mapping[str, Any]) -> str:
    if isinstance(name, str) and name in table:
        return name
    near = get_close_matches(str(name), table, n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ";"
    raise ValueError(f"there is no {kind.removeprefix('a ')} called {quoted(name)}{hint} there are {', '.join(table)}")


def _with_mark(symbol: Any, template: str) -> str:
    """A symbol of one's own with the mark of the layer where the dialect has one, too."""
    if not isinstance(symbol, str) or not symbol.strip():
        raise ValueError(f"a symbol is a text that is not empty, not {quoted(symbol)}")
    return symbol + "{i}{l}" if "{l}" in template and "{" not in symbol else symbol


def _refuse_double(table: Mapping[str, str]) -> None:
    """Raises ValueError when two roles have one symbol, apart from those of the last layer, which may share theirs."""
    owner: dict[str, str] = {}
    for role, symbol in table.items():
        before = owner.setdefault(symbol, role)
        if before != role and role.removeprefix("output_") != before.removeprefix("output_"):
            raise ValueError(
                f'"{symbol.replace("{i}{l}", "")}" would be both {ROLES[before]} and {ROLES[role]}; give each a symbol of its own'
            )


def _subscript(index: tuple[int, ...]) -> str:
    if any(i > 9 for i in index):
        return "_" + ",".join(map(str, index))
    return "".join(map(str, index)).translate(SUBSCRIPTS)


def _dialect(letters: str, *, layers: str, examples: str = "columns", scaled_error: bool = False, word: str = "") -> dict[str, Any]:
    """A dialect from its symbols, in the order of the roles."""
    templates = letters.replace("0_", "{i}₀{l}").replace("_", "{i}{l}").split()
    symbols = dict(zip(ROLES, templates, strict=True))
    return {"symbols": symbols, "layers": layers, "examples": examples, "scaled_error": scaled_error, "word": word}


DIALECTS: dict[str, dict[str, Any]] = {
    "delta": _dialect(
        "x a_ z_ h W_ W_ w_ w_ w0_ w0_ ŷ y L δ_ ∂L/∂z_ ∂L/∂W_ ∂L/∂W_ ∂L/∂w0_ ∂L/∂w0_ ∂L/∂x",
        layers="superscript",
    ),
    "bishop": _dialect(
        "x a_ z_ h W_ W_ w_ w_ w0_ w0_ y t E δ_ ∂E/∂z_ ∂E/∂W_ ∂E/∂W_ ∂E/∂w0_ ∂E/∂w0_ ∂E/∂x",
        layers="superscript", word="activation",
    ),
    "murphy": _dialect(
        "x a_ o_ g V_ w v_ w{i} b_ w{i}₀ ŷ y E ∂E/∂a_ ∂E/∂o_ ∂E/∂V_ ∂E/∂w ∂E/∂b_ ∂E/∂w₀ ∂E/∂x",
        layers="subscript", examples="rows",
    ),
    "ng": _dialect(
        "X Z_ A_ g W_ W_ w_ w_ b_ b_ Ŷ Y L dZ_ dA_ dW_ dW_ db_ db_ dX",
        layers="brackets", scaled_error=True,
    ),
    "dY": _dialect(
        "x z_ ŷ_ g W_ W_ w_ w_ b_ b_ ŷ y J dY_⊙g′(z_) dY_ dW_ dW_ db_ db_ dX",
        layers="subscript",
    ),
}  # fmt: skip
