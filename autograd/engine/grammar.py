"""The grammar of formulas: text in, a postfix program out.

One grammar serves the table of operations and what a person types. It knows nothing of values or of functions:
`operations` turns the postfix program into a tree, `expression` runs it on Values. The parser keeps its own stack,
so an expression may be nested as deeply as memory allows.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

Hint = Callable[["list[Token]"], str]


class Token(NamedTuple):
    """A word of the text: kind is "number", "name", "operator", "newline" or "end"; column counts from 1."""

    kind: str
    text: str
    column: int


class Item(NamedTuple):
    """One instruction of a postfix program: takes `takes` operands from the stack and pushes one."""

    kind: str  # "number" "name" "call" "negate", or the operator itself
    text: str
    takes: int
    column: int


COMPARISONS = ("<", "<=", ">", ">=", "==")
# How tightly each operator binds, as in Python: the one table of precedence. "negate" is the sign of a number.
BINDING = {**dict.fromkeys(COMPARISONS, 1), "+": 2, "-": 2, "*": 3, "/": 3, "negate": 4, "**": 5}
ATOM = 6  # a name, a number, a call, what stands in parentheses
SPELLINGS = {"·": "*", "×": "*", "⋅": "*", "÷": "/", "−": "-", "^": "**"}  # what people paste
NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
INSTEAD = {".": "use * for a product", "|": "use abs( )", "√": "use sqrt( )", **dict.fromkeys("[]{}", "use ( )")}
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
LETTER = rf"(?:(?![{RAISED}¼½¾])\w)"  # not the raised digits: x² is no name
WORDS = re.compile(
    rf"[^\S\n]*(?:(?P<newline>\n)|(?P<number>{NUMBER})|(?P<name>(?!\d){LETTER}+(?:\[i\])?)|(?P<operator>\*\*|[<>=]=|.))", re.DOTALL
)


def tokenize(text: str) -> "list[Token]":
    """The words of the text, then an "end" token. Other spellings of the operators (·, ÷, −, ^) become Python's."""
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = WORDS.match(text, at)
        assert match is not None  # the last branch of the pattern takes any character
        kind = match.lastgroup or ""
        word = match[kind]
        tokens.append(Token(kind, SPELLINGS.get(word, word), match.start(kind) + 1))
        at = match.end()
    return [*tokens, Token("end", "", end + 1)]


def wrong(what: str, column: int, advice: str = "") -> ValueError:
    """The error for a text that cannot be read: what is wrong, where, and what to write instead."""
    return ValueError(f"column {column}: {what}" + (f"; {advice}" if advice else ""))


def postfix(tokens: "list[Token]", is_function: Callable[[str], bool] = lambda name: True, hint: Hint = lambda tokens: "") -> "list[Item]":
    """The postfix program of one expression (Dijkstra's shunting yard).

    `tokens` ends with an "end" token; `is_function(name)` says whether a name before "(" is a call; `hint(tokens)`
    may answer a forgotten operator with a repaired text. Raises ValueError that points at the column.

    >>> [item.text for item in postfix(tokenize("3*(a + b*c)"))]
    ['3', 'a', 'b', 'c', '*', '+', '*']
    """
    yard = _Yard()
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        if not yard.operand_next:
            yard.after_an_operand(token, before, after, lambda: hint(tokens))
        elif not (token.kind == "name" and after is not None and after.text == "(" and is_function(token.text)):
            yard.an_operand(token, before)  # a name before "(" waits for it: together they open a call
    return yard.program


class _Yard:
    """The program so far, the operators and open parentheses that wait for their last operand, and what may come next."""

    def __init__(self) -> None:
        self.program: list[Item] = []
        self.waiting: list[Item] = []  # an open call counts its arguments
        self.operand_next = True

    def an_operand(self, token: Token, before: "Token | None") -> None:
        """Takes a token where an operand must begin."""
        called = before if before is not None and before.kind == "name" else None
        if token.kind in ("number", "name"):
            self.program.append(Item(token.kind, token.text, 0, token.column))
            self.operand_next = False
        elif token.text == "(":
            self.waiting.append(Item("call", called.text, 1, called.column) if called else Item("(", "(", 1, token.column))
        elif token.text == "-":
            self.waiting.append(Item("negate", "-", 1, token.column))
        elif token.text == ")" and before is not None and before.text == "(" and self.waiting and self.waiting[-1].kind == "call":
            self.program.append(self.waiting.pop()._replace(takes=0))
            self.operand_next = False
        elif token.text != "+":  # a sign + changes nothing
            raise _missing_operand(token, before)

    def after_an_operand(self, token: Token, before: "Token | None", after: "Token | None", hint: Callable[[], str]) -> None:
        """Takes a token where an operator, a closing parenthesis or the end must follow."""
        if token.kind == "operator" and token.text in BINDING:
            self.an_operator(token)
        elif token.text == ")":
            self.place_until(1)
            if not self.waiting:
                raise _stray(token, before, after)
            opened = self.waiting.pop()
            if opened.kind == "call":
                self.program.append(opened)
        elif token.text == ",":
            self.place_until(1)
            if not self.waiting or self.waiting[-1].kind != "call":
                raise _stray(token, before, after)
            self.waiting[-1] = self.waiting[-1]._replace(takes=self.waiting[-1].takes + 1)
            self.operand_next = True
        elif token.kind == "end":
            self.place_until(1)
            if self.waiting:
                raise wrong('this "(" is never closed', self.waiting[-1].column, 'add a ")"')
        else:
            raise _juxtaposed(token, before, hint())

    def an_operator(self, token: Token) -> None:
        binding = BINDING[token.text]
        if binding == 1 and self.waiting and BINDING.get(self.waiting[-1].kind) == 1:
            raise wrong("comparisons cannot be chained", token.column)
        self.place_until(binding + (token.text == "**"))  # a power binds from right to left
        self.waiting.append(Item(token.text, token.text, 2, token.column))
        self.operand_next = True

    def place_until(self, binding: int) -> None:
        """Places the waiting operators that bind at least so tightly."""
        while self.waiting and BINDING.get(self.waiting[-1].kind, 0) >= binding:
            operator = self.waiting.pop()
            if operator.kind == "negate" and self.program[-1].kind == "number" and self.program[-1].text[0] != "-":
                number = self.program.pop()  # -2 is a number, not an operation on 2
                operator = Item("number", "-" + number.text, 0, operator.column)
            self.program.append(operator)


def _missing_operand(token: Token, before: "Token | None") -> ValueError:
    if token.kind == "end" and before is None:
        return wrong("there is no expression", token.column, "write one, such as 3*(a + b*c)")
    place = f'after "{before.text}"' if before else f'before "{token.text}"'
    if token.kind != "end" and token.text not in BINDING and token.text not in ("(", ")", ",", "="):
        return _no_sign(token)
    return wrong(f"something is missing {place}", token.column, "write a number, a name or a ( there")


def _stray(token: Token, before: "Token | None", after: "Token | None") -> ValueError:
    if token.text == ")":
        return wrong('this ")" closes nothing', token.column, "take it away")
    if before and after and before.kind == after.kind == "number":
        return wrong("a comma separates arguments", token.column, f"write the decimal point: {before.text}.{after.text}")
    return wrong("a comma stands only between the arguments of a function", token.column, "take it away")


def _juxtaposed(token: Token, before: "Token | None", repaired: str) -> ValueError:
    if token.text == "=":
        return wrong('a single name stands before "="', token.column, "write the steps one by one, u = b*c; 3*(a + u)")
    if token.kind == "operator" and token.text != "(":
        return _no_sign(token)
    what = f'an operator is missing between "{before.text if before else ""}" and "{token.text}"'
    return wrong(what, token.column, f"write {repaired}" if repaired else "write * for a product")


def _no_sign(token: Token) -> ValueError:
    """The complaint about a sign that means nothing here, shown so that it can be seen."""
    shown = "'\"'" if token.text == '"' else f'"{token.text}"' if token.text.isprintable() else ascii(token.text)
    power = f"write **{RAISED.index(token.text)}" if token.text in RAISED else "use numbers, names, + - * / ** and ( )"
    return wrong(f"{shown} cannot stand in an expression", token.column, INSTEAD.get(token.text, power))


def spelled(tokens: "list[Token]") -> str:
    """Tokens as a text, with spaces around sums and after commas.

    >>> spelled(tokenize("3*( a+b * c)"))
    '3*(a + b*c)'
    """
    text, before = "", ""
    for token in tokens:
        binary = token.text in ("+", "-") and before not in ("", "(", ",", "+", "-", "*", "/", "**")
        text += f" {token.text} " if binary else f"{token.text} " if token.text == "," else token.text
        before = token.text
    return text
