"""Expressions typed by a person: "3*(a + b*c)" becomes a Value graph. Nothing is ever evaluated by Python.

An expression is parsed once into the postfix programs of its statements, which then run on Values (`parse`) or on
plain numbers and arrays (`Expression`). Every complaint points at the column and says what to write.
"""

import difflib
import warnings
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from math import pi
from typing import Any, NamedTuple

from .engine import functions
from .engine.grammar import COMPARISONS, Item, Token, postfix, spelled, tokenize, wrong
from .engine.operations import BY_SIGN, TABLE
from .engine.value import Value
from .reading.symbolic import Derivative, derivative

LONGEST = 80  # characters of a name, and of a repaired text that a complaint can show
LISTS = {"total", "mean", "logsumexp"}  # functions of one list: typed with its elements as arguments
FUNCTIONS = LISTS | {"maximum", "minimum", "clip", "leaky_relu", "elu"}
ARGUMENTS = {"clip": (3, 3), "leaky_relu": (1, 2), "elu": (1, 2)}  # fewest and most; others take as many as their operation
SAME = {"ln": "log", "max": "maximum", "min": "minimum", "σ": "sigmoid"}  # other names of functions
INSTEAD = {"sum": "total", "sig": "sigmoid", "sen": "sin", "log10": "log(x)/log(10)", "lg": "log(x)/log(10)", "log2": "log(x)/log(2)",
           "dot": "the sum of the products, w1*x1 + w2*x2", "softmax": "one of its outputs, exp(x1)/total(exp(x1), exp(x2))"}  # fmt: skip
PI = ("pi", "π")  # a name for a number, unless a leaf or a step is called so


def is_function(name: str) -> bool:
    """Whether a name in an expression is a function: one of API's, or one added to the table."""
    return name in FUNCTIONS or (name in TABLE and not TABLE[name].symbol and not TABLE[name].is_nary)


class Statement(NamedTuple):
    """`name = program`; the name is None for an expression without one. `line` is its text as typed."""

    name: str | None
    program: list[Item]
    line: str


class Expression:
    """A typed expression, or statements separated by ";" or new lines; the last one is the result.

    `leaves` are the names it leaves open, in order of appearance; `notes` say how a spelling was read. Call it with
    numbers, Values or arrays for the leaves, in that order or by name.

    Raises ValueError, with the column, for what is not arithmetic or a known function.

    >>> J = Expression("u = b*c; v = a + u; 3*v")
    >>> J.leaves, J(b=3, c=2, a=5)
    (('b', 'c', 'a'), 33.0)
    """

    def __init__(self, text: str, known: Iterable[str] | None = None):
        if not isinstance(text, str):
            raise TypeError(f"an expression is a text, not {type(text).__name__}")
        self.text = text
        self.statements, self.leaves, self.notes = _read(text, None if known is None else set(known))

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def __call__(self, *numbers: Any, **named: Any) -> Any:
        if len(numbers) > len(self.leaves):
            raise TypeError(f"{self!r} takes {len(self.leaves)} numbers, not {len(numbers)}")
        strangers = [name for name in named if name not in self.leaves]
        if strangers:
            raise TypeError(f"{', '.join(strangers)} is not left open; the open names are {', '.join(self.leaves)}")
        given = dict(zip(self.leaves, numbers, strict=False))
        for name, data in named.items():
            if name in given:
                raise TypeError(f"{name} is given twice")
            given[name] = data
        missing = [name for name in self.leaves if name not in given]
        if missing:
            raise TypeError(f"a number is missing for {', '.join(missing)}")
        return _run(self.statements, given, exact=any(isinstance(data, Fraction) for data in given.values()), on_nodes=False)

    def derivative(self, wrt: str) -> Derivative:
        """The symbolic derivative by one of the leaves, with its size written out and with shared parts. It needs sympy.

        >>> d = Expression("3*(a + b*c)").derivative("b")
        >>> d.text, d.size, d(a=5, b=3, c=2)
        ('3*c', 3, 6.0)
        """
        if wrt not in self.leaves:
            raise ValueError(f"the derivative is taken by one of the open names, {', '.join(self.leaves) or 'of which there are none'}")
        nodes = {name: Value(1.0, name) for name in self.leaves}
        return derivative(_run(self.statements, nodes, exact=False, on_nodes=True), nodes[wrt])


def parse(text: str, values: Mapping[str, Any] | None = None, /, *, constants: Iterable[str] = (), **leaves: Any) -> Value:
    """The root of the graph of an expression, with labelled leaves.

    Leaves get their numbers from `values` or by name; a Value is taken as it is. `constants` are names of leaves to
    be marked constant. Statements may be separated by ";" or new lines; their names become labels, and the last one
    is the root. A power is ** (or ^, with a warning), a product *, and the functions are those of this package; ln,
    max, min and σ are read as log, maximum, minimum and sigmoid, and pi or π as the number, unless a leaf is called so.

    Raises ValueError, with the column, for an unknown name or what is not arithmetic.

    >>> J = parse("3*(a + b*c)", a=5, b=3, c=2)
    >>> J.data
    33.0
    """
    if not isinstance(values or {}, Mapping) or not all(isinstance(name, str) for name in values or {}):
        raise TypeError("values are a dict of name to number, or are given by name: a=5")
    given = {**(values or {}), **leaves}
    expression = Expression(text, known=given)
    for note in expression.notes:
        warnings.warn(note, stacklevel=2)
    quiet = {constants} if isinstance(constants, str) else set(constants)
    if quiet - set(given):
        raise ValueError(f"constants: {', '.join(sorted(quiet - set(given)))} has no number")
    nodes = {}
    for name in expression.leaves:
        data = given[name]
        nodes[name] = data if isinstance(data, Value) else Value(data, name, constant=name in quiet)
    return _run(expression.statements, nodes, exact=any(node.data.__class__ is Fraction for node in nodes.values()), on_nodes=True)


def typed_line(node: Value) -> str | None:
    """The statement as typed by which `parse` made a node; None for a node that was made in another way.

    >>> J = parse("u = b*c;  3*(a + u)", a=5, b=3, c=2)
    >>> [typed_line(node) for node in (J, J.parents[1].parents[1], J.parents[0])]
    ['3*(a + u)', 'u = b*c', None]
    """
    return getattr(node, "_origin", None) if node.parents else None


# --- reading -----------------------------------------------------------------------------------------------------


def _read(text: str, known: set[str] | None) -> tuple[list[Statement], tuple[str, ...], list[str]]:
    """The statements of a text, its open names in order, and notes on how it was read."""
    statements: list[Statement] = []
    assigned: set[str] = set()
    open_names: dict[str, None] = {}
    everything = tokenize(text)
    here = None if known is None else set(known)
    for tokens in _split(everything):
        name, column, start = None, 1, tokens[0].column
        if len(tokens) > 2 and tokens[0].kind == "name" and tokens[1].text == "=":
            name, column = tokens[0].text, tokens[0].column
            if name in assigned or (known is not None and name in known):
                raise wrong(f'"{name}" already stands for a number', column, "a name stands for one node; use another name")
            if is_function(name):
                raise wrong(f'"{name}" is a function', column, "use another name")
            tokens = tokens[2:]
        tokens = [
            token._replace(text=SAME[token.text])
            if token.text in SAME and after.text == "(" and token.text not in (here or assigned)
            else token
            for token, after in zip(tokens, [*tokens[1:], tokens[-1]], strict=True)
        ]
        _check_words(tokens, here, assigned)
        program = postfix(tokens, is_function, lambda found: _repaired(found, here))
        program = [
            item._replace(kind="number", text=repr(pi)) if item.kind == "name" and _is_pi(item.text, here, assigned) else item
            for item in program
        ]
        for item in program:
            _check_item(item, here, assigned, tokens)
            if item.kind == "name" and item.text not in assigned:
                open_names[item.text] = None
        statements.append(Statement(name, program, " ".join(text[start - 1 : tokens[-1].column - 1].split())))
        if name in open_names:
            raise wrong(f'"{name}" is used before it has a number', column, "a name stands for one node; use another name")
        if name:
            assigned.add(name)
            if here is not None:
                here.add(name)
    caret = next((token for token in everything if token.text == "**" and text[token.column - 1] == "^"), None)
    notes = [f"column {caret.column}: ^ was read as a power, which Python writes **"] if caret else []
    if "e" in open_names and "e" not in (known or ()):
        powers = zip(everything, everything[1:], everything[2:], strict=False)
        euler = next((base for base, sign, power in powers if (base.text, sign.text) == ("e", "**") and power.kind != "number"), None)
        if euler:
            notes.append(f"column {euler.column}: e is a name like any other here; a power of Euler's number is written exp( )")
    return statements, tuple(open_names), notes


def _split(tokens: list[Token]) -> list[list[Token]]:
    """The tokens of each statement, each with an "end" of its own; statements end at ";" and, outside parentheses, at a new line."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if token.text == ";" or (token.kind == "newline" and depth <= 0):
            found[-1].append(Token("end", "", token.column))
            found.append([])
        elif token.kind != "newline":
            found[-1].append(token)
    whole = [statement for statement in found if len(statement) > 1]
    return whole or [[tokens[-1]]]


def _check_words(tokens: list[Token], known: set[str] | None, assigned: set[str]) -> None:
    """Complains about a name that is none, a function without its argument, and a call of what is no function."""
    for token, after in pairwise(tokens):
        if token.kind == "name" and token.text.endswith("[i]"):  # the grammar has it for the table
            raise wrong('"[" cannot stand in an expression', token.column + len(token.text) - 3, "use numbers, names, + - * / ** and ( )")
        if token.kind == "name" and len(token.text) > LONGEST:
            raise wrong(f'the name "{token.text[:20]}…" is too long', token.column, f"use {LONGEST} letters at most")
        is_called = token.text in SAME and after.kind in ("name", "number") and token.text not in assigned  # as in ln p
        if token.kind == "name" and ((is_function(token.text) and after.text != "(") or is_called) and token.text not in (known or ()):
            raise wrong(f'"{token.text}" is a function', token.column, f"write {token.text}( ) with its argument")
        if token.kind != "name" or after.text != "(" or is_function(token.text) or token.text in assigned:
            continue
        if len(token.text) == 1 if known is None else _factors(token.text, known):
            continue  # a product without its *, which the grammar will miss
        near = INSTEAD.get(token.text) or next(iter(difflib.get_close_matches(token.text, _function_names(), 1)), "")
        advice = f"write {near}" if near else f"the functions are {', '.join(_function_names())}"
        raise wrong(f'"{token.text}" is no function', token.column, advice)


def _function_names() -> list[str]:
    return sorted(name for name in {*TABLE, *FUNCTIONS} if is_function(name))


def _check_item(item: Item, known: set[str] | None, assigned: set[str], tokens: list[Token]) -> None:
    """Complains about an unknown name, a comparison, or a function with the wrong number of arguments."""
    if item.kind in COMPARISONS:
        raise wrong(
            f'"{item.text}" compares, and an expression only computes', item.column, "use maximum or minimum, or compare the results"
        )
    if item.kind == "name" and known is not None and item.text not in known and item.text not in assigned:
        factors = _factors(item.text, known)
        if factors:
            raise wrong(f'"{item.text}" is no known name', item.column, f"write {_repaired(tokens, known) or '*'.join(factors)}")
        near = difflib.get_close_matches(item.text, known, 1)
        advice = "write exp(1), or give it one: e=2.718281828459045" if item.text == "e" else f"give it one: {item.text}=2"
        raise wrong(f'"{item.text}" has no number', item.column, f"did you mean {near[0]}?" if near else advice)
    if item.kind == "call":
        few, many = ARGUMENTS.get(item.text) or ((1, None) if item.text in FUNCTIONS else (len(TABLE[item.text].letters),) * 2)
        if item.takes < few or (many is not None and item.takes > many):
            wanted = f"{few}" if few == many else f"at least {few}" if many is None else f"{few} or {many}"
            raise wrong(f"{item.text} takes {wanted} argument{'s' * (few != 1 or many == 2)}, not {item.takes}", item.column)


def _is_pi(name: str, known: set[str] | None, assigned: set[str]) -> bool:
    """Whether a name is the number pi: nothing else is called so, nor is it a product of p and i."""
    return name in PI and name not in assigned and (known is None or not (name in known or _factors(name, known)))


def _factors(name: str, known: set[str]) -> list[str]:
    """A name as a product of known names ("bc" → b, c), fewest first; [] if it is none."""
    best: list[list[str] | None] = [[]] + [None] * len(name)
    for end in range(1, len(name) + 1):
        for start in range(end):
            before = best[start]
            if before is not None and name[start:end] in known:
                candidate = [*before, name[start:end]]
                if best[end] is None or len(candidate) < len(best[end] or ()):
                    best[end] = candidate
    return best[-1] or []


def _repaired(tokens: list[Token], known: set[str] | None) -> str:
    """The text with the forgotten products written out; "" if that does not mend it."""
    mended: list[Token] = []
    for token in tokens if len(tokens) <= LONGEST else []:
        factors = [token.text]
        if token.kind == "name" and known is not None and token.text not in known and not is_function(token.text):
            factors = _factors(token.text, known) or factors
        for factor in factors:
            before = mended[-1] if mended else None
            closes = before is not None and (before.kind in ("number", "name") or before.text == ")")
            opens = token.kind in ("number", "name") or token.text == "("
            if before is not None and closes and opens and not (token.text == "(" and is_function(before.text)):
                mended.append(Token("operator", "*", token.column))
            mended.append(token._replace(text=factor))
    try:
        program = postfix(mended, is_function)
    except ValueError:
        return ""
    if known is not None and any(item.kind == "name" and item.text not in (*PI, *known) for item in program):
        return ""
    text = spelled(mended)
    return text if len(text) <= LONGEST else ""


# --- running -----------------------------------------------------------------------------------------------------


def _run(statements: list[Statement], given: Mapping[str, Any], exact: bool, on_nodes: bool) -> Any:
    """Runs the programs on a stack. With `on_nodes`, every step makes a node and a statement's name becomes its label."""
    names = dict(given)
    result: Any = None
    for statement in statements:
        stack: list[Any] = []
        for item in statement.program:
            operands = [stack.pop() for _ in range(item.takes)][::-1]
            made = _perform(item, operands, names, exact, on_nodes)
            if on_nodes and item.kind not in ("number", "name") and made.parents:
                made._origin = statement.line
            stack.append(made)
        result = stack.pop()
        if on_nodes and not isinstance(result, Value):
            result = Value(result, constant=True)
        if statement.name:
            names[statement.name] = result
            if on_nodes and result.parents and not result.label:
                result.label = statement.name
    return result


def _perform(item: Item, operands: list[Any], names: Mapping[str, Any], exact: bool, on_nodes: bool) -> Any:
    if item.kind == "number":
        whole = item.text.lstrip("-").isdigit() and len(item.text) < 1000
        return Fraction(int(item.text)) if exact and whole else float(item.text)
    if item.kind == "name":
        return names[item.text]
    if on_nodes:
        operands = [operand if isinstance(operand, Value) else Value(operand, constant=True) for operand in operands]
    if item.kind == "negate":
        return functions.apply(TABLE["neg"], operands)
    if item.kind in BY_SIGN:
        return functions.apply(BY_SIGN[item.kind], operands)
    function: Callable[..., Any] = getattr(functions, item.text, None) or (lambda *each: functions.apply(TABLE[item.text], each))
    return function(operands) if item.text in LISTS else function(*operands)
