"""The grammar: words and their columns, precedence as in Python, every complaint with its place and what to write."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.engine.grammar import postfix, spelled, tokenize

DEEP = 100_000  # far beyond what Python's own recursion bears
LONG = 20_000


def program(text):
    return [(item.kind, item.text, item.takes) for item in postfix(tokenize(text))]


def bracketed(text):
    """The expression with every pair of parentheses written out."""
    stack = []
    for item in postfix(tokenize(text)):
        operands = [stack.pop() for _ in range(item.takes)][::-1]
        if item.kind in ("number", "name"):
            stack.append(item.text)
        elif item.kind == "call":
            stack.append(f"{item.text}({', '.join(operands)})")
        else:
            stack.append(f"({item.text if item.takes == 1 else ''}{f' {item.text} '.join(operands)})")
    (whole,) = stack
    return whole


def complaint(text):
    with pytest.raises(ValueError) as caught:
        postfix(tokenize(text))
    return str(caught.value)


# --- words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["0", "12", "1.5", "1.", ".5", "1e3", "1E-3", "2.5e+10"])
def test_a_number_is_one_word(text):
    assert [(token.kind, token.text) for token in tokenize(text)] == [("number", text), ("end", "")]


@pytest.mark.parametrize("text", ["a", "w_1", "_x", "ŷ", "σ", "x2", "Δw", "x₁", "e", "e5"])
def test_a_name_is_one_word(text):
    assert [(token.kind, token.text) for token in tokenize(text)] == [("name", text), ("end", "")]


@pytest.mark.parametrize(
    ("pasted", "meant"), [("a·b", "a*b"), ("a×b", "a*b"), ("a⋅b", "a*b"), ("a÷b", "a/b"), ("a−b", "a-b"), ("−a", "-a"), ("a^b", "a**b")]
)
def test_other_spellings_of_the_operators_are_read(pasted, meant):
    assert program(pasted) == program(meant)


def test_columns_count_from_one_and_blanks_count():
    assert [(token.text, token.column) for token in tokenize("  a *  bc\n+ 3 ")] == [
        ("a", 3),
        ("*", 5),
        ("bc", 8),
        ("\n", 10),
        ("+", 11),
        ("3", 13),
        ("", 14),
    ]


@given(st.text(max_size=40))
def test_the_words_of_any_text_stand_in_it_at_their_columns(text):
    *words, end = tokenize(text)
    assert end.kind == "end"
    for token in words:
        assert text[token.column - 1] in (token.text[0], *"·×⋅÷−^")


@given(st.lists(st.sampled_from(["a", "bc", "3", "0.5", "+", "-", "*", "/", "**", "(", ")", ",", "<="]), max_size=12))
def test_a_spelled_text_has_the_words_it_was_spelled_from(words):
    tokens = tokenize(" ".join(words))
    assert [token.text for token in tokenize(spelled(tokens))][:-1] == [token.text for token in tokenize(spelled(tokens).replace(" ", ""))][
        :-1
    ]
    assert spelled(tokens).replace(" ", "") == "".join(words)


# --- precedence --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a + b*c", "(a + (b * c))"), ("a*b + c", "((a * b) + c)"), ("a - b - c", "((a - b) - c)"), ("a/b/c", "((a / b) / c)"), ("a/b*c", "((a / b) * c)"),
        ("a**b**c", "(a ** (b ** c))"), ("-a**b", "(-(a ** b))"), ("a**-b", "(a ** (-b))"), ("a**-b**c", "(a ** (-(b ** c)))"), ("-a*b", "((-a) * b)"),
        ("a*-b", "(a * (-b))"), ("a - -b", "(a - (-b))"), ("--a", "(-(-a))"), ("(a + b)*c", "((a + b) * c)"),
        ("a < b + c", "(a < (b + c))"), ("f(a + b, -c)", "f((a + b), (-c))"), ("f()", "f()"), ("f(g(a))**b", "(f(g(a)) ** b)"), ("-f(a)", "(-f(a))"),
    ],
)  # fmt: skip
def test_operators_bind_as_in_python(text, meant):
    assert bracketed(text) == meant
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(meant))


@pytest.mark.parametrize(("text", "meant"), [("+a", "a"), ("a + +b", "(a + b)"), ("-+-a", "(-(-a))"), ("a**+b", "(a ** b)"), ("+(a)", "a")])
def test_a_sign_plus_changes_nothing(text, meant):
    assert bracketed(text) == meant


@pytest.mark.parametrize(("text", "number"), [("-2", "-2"), ("(-2)", "-2"), ("-(2)", "-2"), ("a*-2.5", "-2.5")])
def test_a_negative_number_is_a_number_and_not_an_operation(text, number):
    assert ("number", number, 0) in program(text)
    assert "negate" not in [kind for kind, _, _ in program(text)]


def test_the_minus_before_a_power_is_an_operation_on_the_power():
    assert program("-2**2") == [("number", "2", 0), ("number", "2", 0), ("**", "**", 2), ("negate", "-", 1)]
    assert program("--2") == [("number", "-2", 0), ("negate", "-", 1)]


@st.composite
def texts_of_python(draw, depth=4):
    """A text of names, signs and parentheses that Python reads too."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(["a", "b", "c"]))
    kind = draw(st.sampled_from(["+", "-", "*", "/", "**", "sign", "()"]))
    inner = draw(texts_of_python(depth=depth - 1))
    if kind == "sign":
        return f"-{inner}"
    return f"({inner})" if kind == "()" else f"{inner} {kind} {draw(texts_of_python(depth=depth - 1))}"


@given(texts_of_python())
def test_any_expression_has_the_tree_that_python_gives_it(text):
    assert ast.dump(ast.parse(bracketed(text))) == ast.dump(ast.parse(text))


# --- complaints --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "column", "what", "advice"),
    [
        ("", 1, "there is no expression", "write one, such as 3*(a + b*c)"),
        ("   ", 1, "there is no expression", "write one"),
        ("a +", 4, 'something is missing after "+"', "write a number, a name or a ( there"),
        ("a + * b", 5, 'something is missing after "+"', "write a number"),
        ("*a", 1, 'something is missing before "*"', "write a number"),
        ("()", 2, 'something is missing after "("', "write a number"),
        ("f(a,)", 5, 'something is missing after ","', "write a number"),
        ("f(,a)", 3, 'something is missing after "("', "write a number"),
        ("2*(a + b", 3, 'this "(" is never closed', 'add a ")"'),
        ("a + b)", 6, 'this ")" closes nothing', "take it away"),
        ("3a", 2, 'an operator is missing between "3" and "a"', "write *"),
        ("3(a)", 2, 'an operator is missing between "3" and "("', "write *"),
        ("(a)(b)", 4, 'an operator is missing between ")" and "("', "write *"),
        ("a b", 3, 'an operator is missing between "a" and "b"', "write *"),
        ("a 3", 3, 'an operator is missing between "a" and "3"', "write *"),
        ("0,5*a", 2, "a comma separates arguments", "write the decimal point: 0.5"),
        ("(a, b)", 3, "a comma stands only between the arguments of a function", "take it away"),
        ("a < b < c", 7, "comparisons cannot be chained", ""),
        ("a.b", 2, '"." cannot stand in an expression', "use * for a product"),
        ("|a|", 1, '"|" cannot stand in an expression', "use abs( )"),
        ("2*√a", 3, '"√" cannot stand in an expression', "use sqrt( )"),
        ("3*[a + b]", 3, '"[" cannot stand in an expression', "use ( )"),
        ("{a}", 1, '"{" cannot stand in an expression', "use ( )"),
        ("a**²", 4, '"²" cannot stand in an expression', "write **2"),
        ("x²", 2, '"²" cannot stand in an expression', "write **2"),
        ("½*a", 1, '"½" cannot stand in an expression', "use numbers, names, + - * / ** and ( )"),
        ("a # b", 3, '"#" cannot stand in an expression', "use numbers, names, + - * / ** and ( )"),
        ("# b", 1, '"#" cannot stand in an expression', "use numbers, names, + - * / ** and ( )"),
        ("a = b", 3, 'a single name stands before "="', "write the steps one by one"),
        ("'a'", 1, "\"'\" cannot stand in an expression", "use numbers"),
        ('a"', 2, "'\"' cannot stand in an expression", "use numbers"),
        ("a\x07", 2, r"'\x07' cannot stand in an expression", "use numbers"),
        ("a\ud800", 2, r"'\ud800' cannot stand in an expression", "use numbers"),
    ],
)  # fmt: skip
def test_a_complaint_says_where_what_and_what_to_write(text, column, what, advice):
    said = complaint(text)
    assert said.startswith(f"column {column}: {what}")
    assert advice in said
    assert said.isprintable()


def test_a_forgotten_operator_is_answered_with_the_hint():
    with pytest.raises(ValueError, match=r"^column 2: an operator is missing between \"3\" and \"a\"; write 3\*a$"):
        postfix(tokenize("3a"), hint=lambda tokens: "3*a")


def test_what_is_no_function_is_a_name():
    assert [item.kind for item in postfix(tokenize("f(a)"), lambda name: True)] == ["name", "call"]
    with pytest.raises(ValueError, match='between "f" and "\\("'):
        postfix(tokenize("f(a)"), lambda name: False)


def test_an_item_knows_its_column():
    assert {item.text: item.column for item in postfix(tokenize("12 + f(a)*-b"))} == {
        "12": 1,
        "+": 4,
        "f": 6,
        "a": 8,
        "*": 10,
        "-": 11,
        "b": 12,
    }


# --- size --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("(" * DEEP + "a" + ")" * DEEP, 1), ("-" * DEEP + "a", DEEP + 1), ("+" * DEEP + "a", 1), ("f(" * LONG + "a" + ")" * LONG, LONG + 1),
        ("**".join("a" * LONG), 2 * LONG - 1), ("+".join("a" * LONG), 2 * LONG - 1), ("f(" + ",".join("a" * LONG) + ")", LONG + 1), ("9" * DEEP, 1),
    ],
    ids=["parentheses", "minus", "plus", "calls", "tower of powers", "sum", "arguments", "digits"],
)  # fmt: skip
def test_the_parser_has_a_stack_of_its_own_and_takes_a_step_for_each_word(text, length):
    assert len(postfix(tokenize(text))) == length


@pytest.mark.parametrize(
    ("text", "column"), [("(" * LONG + "a", LONG), ("(" * LONG, LONG + 1), ("a" + ")" * LONG, 2), ("a*" * LONG, 2 * LONG + 1)]
)
def test_a_deep_mistake_is_found_at_its_column(text, column):
    assert complaint(text).startswith(f"column {column}: ")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_one_line_that_can_be_printed(text):
    try:
        items = postfix(tokenize(text))
    except ValueError as error:
        assert str(error).startswith("column ")
        assert len(str(error).splitlines()) == 1
        assert str(error).isprintable()
    else:
        assert sum(1 - item.takes for item in items) == 1


@given(
    st.lists(
        st.sampled_from(["a", "f", "3", "0.5", "+", "-", "*", "/", "**", "^", "(", ")", ",", "<", "=", "==", "²", ".", "\n", "[i]", ";"]),
        max_size=14,
    )
)
def test_any_heap_of_words_is_read_or_refused(words):
    try:
        items = postfix(tokenize(" ".join(words)))
    except ValueError as error:
        assert str(error).startswith("column ")
        assert len(str(error).splitlines()) == 1
    else:
        assert sum(1 - item.takes for item in items) == 1
