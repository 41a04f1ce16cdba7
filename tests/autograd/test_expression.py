"""Typed expressions: the numbers that Python would give, the graph that was written, and nothing evaluated by Python."""

import ast
import math
import operator
import warnings
from fractions import Fraction

import numpy
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograd import Expression, Value, grad, nodes, parse, replay, steps, topological_order
from autograd.engine.functions import define
from autograd.engine.operations import TABLE

DEEP = 20_000  # far beyond what Python's own recursion bears
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow}


def complaint(text, values=None, **numbers):
    with pytest.raises(ValueError) as caught:
        parse(text, values, **numbers)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def ops(y):
    return [node.op for node in topological_order(y) if node.parents]


# --- the numbers that Python would give --------------------------------------------------------------------------


@st.composite
def texts(draw, depth=4):
    """An expression of numbers, names, signs and parentheses, with and without blanks."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(["a", "b", "c", "2", "3", "0.5", "1", "0", "1e1"]))
    kind = draw(st.sampled_from(["+", "-", "*", "/", "**", "sign", "()"]))
    inner = draw(texts(depth=depth - 1))
    if kind in ("sign", "()"):
        return f"-{inner}" if kind == "sign" else f"({inner})"
    blank = draw(st.sampled_from(["", " ", "  "]))
    return f"{inner}{blank}{kind}{blank}{draw(texts(depth=depth - 1))}"


def by_python(tree, numbers, literal=float):
    """The expression with Python's own tree; None where it raises, is complex, or is beyond the floats."""
    if isinstance(tree, ast.Constant):
        return literal(tree.value)
    if isinstance(tree, ast.Name):
        return numbers[tree.id]
    if isinstance(tree, ast.UnaryOp):
        inner = by_python(tree.operand, numbers, literal)
        return None if inner is None else -inner
    left, right = by_python(tree.left, numbers, literal), by_python(tree.right, numbers, literal)
    try:
        result = None if left is None or right is None else OPERATORS[type(tree.op)](left, right)
    except ArithmeticError:
        return None
    return result if isinstance(result, (float, Fraction)) and math.isfinite(result) else None


@given(texts(), st.tuples(*[st.sampled_from([-3.0, -0.5, 0.25, 1.5, 2.0])] * 3))
@example("-2**2", (1.0, 1.0, 1.0))
@example("2**-1**2", (1.0, 1.0, 1.0))
@example("2**3**2/-c--b", (1.0, 1.0, 1.5))
def test_the_value_is_pythons(text, abc):
    numbers = dict(zip("abc", abc, strict=True))
    expected = by_python(ast.parse(text, mode="eval").body, numbers)
    if expected is not None:
        assert parse(text, numbers).data == expected
        assert Expression(text)(**{name: numbers[name] for name in Expression(text).leaves}) == expected


@given(texts().filter(lambda text: not {".", "e"} & set(text) and "**" not in text))
def test_fractions_stay_exact(text):
    numbers = {"a": Fraction(2, 3), "b": Fraction(-5, 7), "c": Fraction(3)}
    expected = by_python(ast.parse(text, mode="eval").body, numbers, Fraction)
    if expected is not None and set(text) & {"a", "b", "c"}:
        assert parse(text, numbers).data == expected
        assert Expression(text)(**{name: numbers[name] for name in Expression(text).leaves}) == expected


def test_a_fraction_makes_whole_literals_exact_and_a_decimal_makes_floats():
    third = Fraction(1, 3)
    assert parse("2/3*a + 1", a=third).data == Fraction(11, 9)
    assert parse("a**2/7", a=third).data == Fraction(1, 63)
    assert grad(parse("a**2/7", a=third), ["a"]) == (Fraction(2, 21),)
    assert parse("0.5*a", a=third).data == pytest.approx(1 / 6)
    assert parse("exp(0*a)", a=third).data == 1.0
    assert Expression("2/3*a + 1")(third) == Fraction(11, 9)


def test_without_a_fraction_numbers_are_floats():
    assert parse("1/3").data == 1 / 3
    assert type(parse("3*a", a=2).data) is float


@pytest.mark.parametrize(
    ("text", "value"),
    [("1/0", math.inf), ("-1/0", -math.inf), ("1e999", math.inf), ("9**9**9", math.inf), ("log(0)", -math.inf), ("2**-9999", 0.0)],
)
def test_the_edges_of_the_floats_are_values_and_no_exceptions(text, value):
    assert parse(text).data == value
    assert Expression(text)() == value


@pytest.mark.parametrize("text", ["0/0", "log(-1)", "(-8)**(1/3)", "sqrt(-1)", "1/0-1/0"])
def test_what_is_no_number_is_nan(text):
    assert math.isnan(parse(text).data)


# --- the graph that was written ----------------------------------------------------------------------------------


def test_the_graph_is_what_was_written():
    J = parse("3*(a + b*c)", a=5, b=3, c=2)
    assert J.data == 33
    assert ops(J) == ["mul", "add", "mul"]
    assert list(nodes(J)) == ["3", "a", "b", "c", "u", "v", "J"]
    assert grad(J, ["a", "b", "c"]) == (3, 6, 9)
    assert ops(parse("a - b/c", a=1, b=2, c=3)) == ["div", "sub"]
    assert ops(parse("-a**2", a=1)) == ["pow", "neg"]
    assert ops(parse("+a*-2", a=1)) == ["mul"]


def test_operands_keep_their_order_and_their_repeats():
    a_twice = parse("a*a - a", a=3)
    assert [parent.label for parent in a_twice.parents[0].parents] == ["a", "a"]
    assert parse("2 - a", a=3).parents[1].label == "a"


def test_numbers_are_constants_and_leaves_are_not():
    J = parse("3*a + b", a=1, b=2, constants=["b"])
    assert {node.label or node.data: node.constant for node in topological_order(J) if not node.parents} == {3: True, "a": False, "b": True}
    assert parse("a*b", a=1, b=2, constants="b").parents[1].constant


def test_a_constant_without_a_number_is_refused():
    with pytest.raises(ValueError, match="constants: x has no number"):
        parse("3*a", a=1, constants=["x"])


def test_statements_name_their_nodes():
    J = parse("u = b*c; v = a + u\nJ = 3*v", a=5, b=3, c=2)
    assert list(nodes(J)) == ["3", "a", "b", "c", "u", "v", "J"]
    assert [node.label for node in topological_order(J) if node.parents] == ["u", "v", "J"]


@pytest.mark.parametrize(
    "text", ["u = b*c; 3*u", "u = b*c\n3*u", "\n\nu = b*c\n\n3*u\n", "u = b*c;; 3*u;", ";u = b*c;3*u", "u = (b\n*c); 3*u"]
)
def test_statements_end_at_a_semicolon_and_at_a_new_line_outside_parentheses(text):
    assert parse(text, b=3, c=2).data == 18


def test_a_name_for_a_name_is_the_same_node():
    J = parse("u = a; v = u*2; w = v; w + u", a=3)
    assert list(nodes(J)) == ["a", "2", "v", "J"]
    assert J.data == 9


def test_a_name_for_a_number_is_that_number():
    assert parse("k = 2; k*a", a=3).data == 6


def test_a_value_is_taken_as_it_is():
    a = Value(5.0, "input")
    J = parse("a*a", {"a": a})
    assert J.parents == (a, a)
    assert a.label == "input"
    assert parse("u = a; u*2", {"a": a}).parents[0] is a and a.label == "input"


def test_numbers_are_given_in_a_dict_or_by_name_or_both():
    assert parse("a*b", {"a": 2, "b": 3}).data == parse("a*b", a=2, b=3).data == parse("a*b", {"a": 2}, b=3).data == 6
    assert parse("ŷ*w₁", {"ŷ": 2, "w₁": 3}).data == 6
    assert parse("text*values", text=2, **{"values": 3}).data == 6


@pytest.mark.parametrize(("text", "ours"), [("2·a", "2*a"), ("2×a", "2*a"), ("1÷a", "1/a"), ("3−a", "3-a"), ("a**2", "a*a")])
def test_pasted_signs_are_read(text, ours):
    assert parse(text, a=5).data == parse(ours, a=5).data


def test_a_caret_is_a_power_and_one_note_says_so():
    with pytest.warns(UserWarning, match="column 2: \\^ was read as a power, which Python writes \\*\\*") as caught:
        assert parse("a^2 + b^2", a=3, b=4).data == 25
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert parse.__doc__ and Expression("a^2").notes == ["column 2: ^ was read as a power, which Python writes **"]


def test_without_a_caret_there_is_no_note():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parse("a**2", a=3)
    assert Expression("a**2").notes == []
    (euler,) = Expression("1/(1 + e**(-z))").notes
    assert euler == "column 8: e is a name like any other here; a power of Euler's number is written exp( )"
    assert Expression("e = y - t; e**p").notes == Expression("e**2").notes == [], "an error, and its square"


# --- functions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", sorted(entry.name for entry in TABLE.values() if not entry.symbol and len(entry.letters) == 1 and not entry.is_nary)
)
def test_every_function_of_one_operand_can_be_typed(name):
    assert parse(f"{name}(a)", a=0.3).data == TABLE[name](0.3) == Expression(f"{name}(a)")(0.3)
    assert ops(parse(f"{name}(a)", a=0.3)) == [name]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("maximum(a, b, 7)", 7), ("minimum(a, b)", 2), ("clip(5, 0, 1)", 1), ("leaky_relu(-a)", -0.02), ("leaky_relu(-a, 0.5)", -1), ("elu(b)", 3), ("elu(b, 2)", 3),
        ("total(a, b, 1)", 6), ("mean(a, b, 1)", 2), ("logsumexp(0, 0)", math.log(2)), ("exp(log(a))", 2), ("abs(-a)", 2), ("total(a)", 2), ("maximum(a)", 2),
    ],
)  # fmt: skip
def test_functions_of_several_operands_can_be_typed(text, value):
    assert parse(text, a=2, b=3).data == pytest.approx(value)
    assert Expression(text)(**{name: {"a": 2, "b": 3}[name] for name in Expression(text).leaves}) == pytest.approx(value)


def test_an_operation_added_to_the_table_can_be_typed():
    define("cube", "a ** 3", "3 * a ** 2")
    try:
        assert parse("2*cube(a)", a=2).data == 16
        assert "cube takes 1 argument, not 2" in complaint("cube(a, a)", a=2)
    finally:
        del TABLE["cube"]


def test_a_name_may_be_that_of_a_function_when_it_has_a_number():
    assert parse("mean*2 + mean(1, 3)", mean=5).data == 12


# --- Expression --------------------------------------------------------------------------------------------------


def test_an_expression_knows_its_open_names_in_order_of_appearance():
    assert Expression("3*(a + b*c) - a").leaves == ("a", "b", "c")
    assert Expression("u = b*c; v = a + u; 3*v").leaves == ("b", "c", "a")
    assert Expression("3").leaves == ()
    assert repr(Expression("3*a")) == "Expression('3*a')"


def test_an_expression_is_called_with_numbers_values_or_arrays():
    f = Expression("3*(a + b*c)")
    assert f(5, 3, 2) == f(5, b=3, c=2) == f(c=2, b=3, a=5) == 33
    assert grad(f(*[Value(data, name) for data, name in ((5, "a"), (3, "b"), (2, "c"))]), ["b"]) == (6,)
    assert f(numpy.array([5.0, 0.0]), 3, 2).tolist() == [33, 18]
    assert Expression("exp(a)*maximum(a, 0)")(numpy.array([0.0, 1.0])).tolist() == [0, math.e]


def test_calling_an_expression_twice_gives_two_graphs():
    f = Expression("u = 2*a; u + 1")
    a = Value(3.0, "a")
    assert f(a) is not f(a)
    assert f(4) == 9 and f(a).data == 7


@pytest.mark.parametrize(
    ("numbers", "named", "sentence"),
    [
        ((1, 2, 3), {}, r"takes 2 numbers, not 3"), ((1,), {"a": 2}, "a is given twice"), ((1,), {}, "a number is missing for b"), ((), {"b": 1}, "missing for a"),
        ((1, 2), {"q": 3}, "q is not left open; the open names are a, b"), ((1,), {"b": 2, "u": 3}, "u is not left open"), (("1", 2), {}, "takes one real number"),
        ((None, 2), {}, "takes one real number"),
    ],
)  # fmt: skip
def test_a_wrong_call_gets_one_sentence(numbers, named, sentence):
    with pytest.raises(TypeError, match=sentence):
        Expression("u = a*b; u + a")(*numbers, **named)


# --- complaints --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "column", "sentence"),
    [
        ("3(a+bc)", 2, 'an operator is missing between "3" and "("; write 3*(a + b*c)'),
        ("3a", 2, "write 3*a"),
        ("a b", 3, "write a*b"),
        ("2ab", 2, "write 2*a*b"),
        ("a(b+c)", 2, "write a*(b + c)"),
        ("ab(c+1)", 3, "write a*b*(c + 1)"),
        ("(a)(b)", 4, "write (a)*(b)"),
        ("(a+b)(a-b)", 6, "write (a + b)*(a - b)"),
        ("2 exp(a)", 3, "write 2*exp(a)"),
        ("a exp(b)", 3, "write a*exp(b)"),
        ("cb", 1, '"cb" is no known name; write c*b'),
        ("3*(a+bc)", 6, '"bc" is no known name; write 3*(a + b*c)'),
        ("bc + q", 1, '"bc" is no known name; write b*c'),
        ("a[i]", 2, '"[" cannot stand in an expression'),
        ("alpa", 1, '"alpa" has no number; did you mean alpha?'),
        ("q + a", 1, '"q" has no number; give it one: q=2'),
        ("2*e", 3, '"e" has no number; write exp(1), or give it one: e=2.718281828459045'),
        ("2pi", 2, 'an operator is missing between "2" and "pi"; write 2*pi'),
        ("sigmod(a)", 1, '"sigmod" is no function; write sigmoid'),
        ("log10(a)", 1, '"log10" is no function; write log(x)/log(10)'),
        ("sum(a, b)", 1, '"sum" is no function; write total'),
        ("sen(a)", 1, '"sen" is no function; write sin'),
        ("dot(a, b)", 1, '"dot" is no function; write the sum of the products, w1*x1 + w2*x2'),
        ("softmax(a, b)", 1, '"softmax" is no function; write one of its outputs'),
        ("fourier(a)", 1, '"fourier" is no function; the functions are abs, clip, cos'),
        ("exp", 1, '"exp" is a function; write exp( ) with its argument'),
        ("a + sin b", 5, '"sin" is a function; write sin( ) with its argument'),
        ("-ln a", 2, '"ln" is a function; write ln( ) with its argument'),
        ("3 + exp()", 5, "exp takes 1 argument, not 0"),
        ("exp(a, b)", 1, "exp takes 1 argument, not 2"),
        ("clip(a, 1)", 1, "clip takes 3 arguments, not 2"),
        ("elu(a, 1, 2)", 1, "elu takes 1 or 2 arguments, not 3"),
        ("total()", 1, "total takes at least 1 argument, not 0"),
        ("a < b", 3, '"<" compares, and an expression only computes'),
        ("maximum(a == b, c)", 11, '"==" compares'),
        ("0,5*a", 2, "write the decimal point: 0.5"),
        ("a = 3", 1, '"a" already stands for a number'),
        ("u = 3; u = 4", 8, '"u" already stands for a number'),
        ("exp = 3", 1, '"exp" is a function; use another name'),
        ("2*u = 3", 5, 'a single name stands before "="'),
        ("u = v = 3", 7, 'a single name stands before "="'),
        ("u =", 4, "there is no expression"),
        ("= 3", 1, 'something is missing before "="'),
        ("a\nb c", 5, "write b*c"),
        ("u = b*c; v = a + w; v", 18, '"w" has no number'),
        ("", 1, "there is no expression"),
        (" ; \n ; ", 7, "there is no expression"),
    ],
)  # fmt: skip
def test_a_complaint_points_at_the_column_and_says_what_to_write(text, column, sentence):
    said = complaint(text, a=1, b=2, c=3, alpha=4)
    assert said.startswith(f"column {column}: ")
    assert sentence in said


def test_what_a_complaint_says_to_write_can_be_written():
    for text in ("3(a+bc)", "2ab(c+1)", "a(b)c", "exp(a)b", "-2(a)(b)", "3(a+bc)**2c"):
        advice = complaint(text, a=1, b=2, c=3).partition("; write ")[2]
        assert parse(advice, a=1, b=2, c=3)


def test_a_name_that_is_used_before_its_statement_is_refused():
    with pytest.raises(ValueError, match='column 1: "x" is used before it has a number'):
        Expression("x = x + 1")
    with pytest.raises(ValueError, match='column 6: "u" is used before it has a number'):
        Expression("u*2; u = 3")


def test_a_repair_that_would_not_mend_it_is_not_offered():
    assert complaint("3(a+q))", a=1).endswith("write * for a product")
    assert complaint("3(a+q)", a=1).endswith("write * for a product")
    assert complaint(f"{'a' * 50} {'b' * 50}", {"a" * 50: 1, "b" * 50: 2}).endswith("write * for a product")


def test_names_that_run_together_are_taken_apart_into_the_fewest():
    assert complaint("2abab", a=1, b=2, ab=3).endswith("write 2*ab*ab")


@pytest.mark.parametrize(("text", "error"), [(3, TypeError), (None, TypeError), (b"a", TypeError), (["a"], TypeError)])
def test_an_expression_is_a_text(text, error):
    with pytest.raises(error, match="an expression is a text, not"):
        parse(text)


@pytest.mark.parametrize("values", [5, "a=5", ["a"], {1: 2}])
def test_values_are_a_dict_of_names(values):
    with pytest.raises(TypeError, match="values are a dict of name to number"):
        parse("a", values)


@pytest.mark.parametrize("data", ["5", None, True, 1j, [1.0]])
def test_a_leaf_has_one_real_number(data):
    with pytest.raises(TypeError, match="takes one real number"):
        parse("2*a", a=data)


# --- nothing is evaluated by Python, nothing hangs ---------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('echo')", "().__class__", "a.__class__", "a.data", "lambda: 0", "lambda a: a", "[a for a in b]", "[a]", "{a}", "a[0]", "a[i]", "f'{a}'", '"a"*3',
        "'a'", "(a := 3)", "a if b else c", "a and b", "not a", "a or b", "a % b", "a // b", "a @ b", "a & b", "~a", "a << b", "a!", "eval(a)", "exec(a)", "open(a)", "a;import os",
        "print(a)", "globals()", "a.backward()", "*a", "**a", "a, b", "...", "1_000", "0x10", "1j", "$a", "a?", "`a`", "a\\\n+b", "# a", "a # b", "é́", "<script>", "a\x00b",
        "functions.apply(a)", "apply(a)", "number(a)", "Value(a)", "TABLE", "NUMBER_FUNCTIONS(a)", "where(a < 0, a, b)", "expm1.__globals__", "a\u2028b",
    ],
)  # fmt: skip
def test_nothing_but_arithmetic_is_read(text):
    said = complaint(text, a=1, b=2, c=3)
    assert said.startswith("column ")
    assert said.isprintable()
    assert len(said) < 400


@given(st.text(max_size=60))
@example("a\r\nb")
def test_any_text_is_read_or_refused_in_one_line(text):
    try:
        y = parse(text, a=1, b=2)
    except ValueError as error:
        assert str(error).startswith("column ")
        assert len(str(error).splitlines()) == 1
    else:
        assert isinstance(y, Value)


WORDS = [
    "a",
    "b",
    "ab",
    "q",
    "3",
    "0.5",
    "1e3",
    "+",
    "-",
    "*",
    "/",
    "^",
    "(",
    ")",
    ",",
    ";",
    "\n",
    "=",
    "<",
    "exp",
    "maximum",
    "clip",
    "total",
    "sum",
    "²",
    "·",
    "a[i]",
]


@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_any_heap_of_words_is_read_or_refused_in_one_line(words):
    for text in (" ".join(words), "".join(words)):
        for read in (lambda text: parse(text, a=1.5, b=-2), Expression):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    read(text)
            except ValueError as error:
                assert len(str(error).splitlines()) == 1
                assert str(error).startswith("column ") or "clip needs low <= high" in str(error)


@pytest.mark.parametrize(
    ("text", "value", "nodes_made"),
    [
        ("(" * DEEP + "a" + ")" * DEEP, 1, 1), ("-" * DEEP + "a", 1, DEEP + 1), ("+".join("a" * DEEP), DEEP, DEEP), ("**".join("a" * DEEP), 1, DEEP),
        ("abs(" * DEEP + "a" + ")" * DEEP, 1, DEEP + 1), ("maximum(" + ", ".join("a" * DEEP) + ")", 1, 2), (";" * DEEP + "a", 1, 1), (" " * DEEP + "a", 1, 1),
        ("9" * DEEP + "**0*a", 1, 5),
    ],
    ids=["parentheses", "minus", "sum", "tower of powers", "calls", "arguments", "semicolons", "blanks", "digits"],
)  # fmt: skip
def test_depth_and_length_cost_what_they_must_and_no_more(text, value, nodes_made):
    y = parse(text, a=1)
    assert (y.data, len(topological_order(y))) == (value, nodes_made)


def test_many_statements_are_read_one_by_one():
    assert parse("x0 = a; " + "; ".join(f"x{k + 1} = x{k} + 1" for k in range(5000)), a=0).data == 5000


def test_a_number_of_many_digits_is_infinite_beside_a_fraction_too():
    assert parse("9" * DEEP + "*a", a=Fraction(1)).data == math.inf


@pytest.mark.parametrize("text", ["9**9**9**9", "a**99999999", "((((a**64)**64)**64)**64)**64", "a**-99999999"])
def test_huge_powers_of_fractions_become_floats_before_they_become_slow(text):
    assert type(parse(text, a=Fraction(3, 2)).data) is float


@pytest.mark.parametrize(
    "text", ["q" * DEEP, "ab" * DEEP, "q" * DEEP + "(3)", "3" + "a" * DEEP, "f(" * DEEP, "a b " * DEEP, "3(a)" + "+a" * DEEP]
)
def test_a_long_text_that_is_wrong_gets_a_short_answer(text):
    assert len(complaint(text, a=1, b=2)) < 300


def test_a_parsed_graph_replays_and_steps_like_any_other():
    J = parse("u = b*c; 3*(a + u)", a=5, b=3, c=2)
    assert replay(J, {"b": 4}) == 39
    assert len(steps(J)) == 9


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ln(a)", "log(a)"),
        ("σ(a)", "sigmoid(a)"),
        ("max(a, b, 1)", "maximum(a, b, 1)"),
        ("u = min(a, b); 2*ln(u)", "u = minimum(a, b); 2*log(u)"),
    ],
)
def test_other_names_of_functions_are_read_as_ours(text, plain):
    one, other = parse(text, a=0.5, b=2), parse(plain, a=0.5, b=2)
    assert one.data == other.data and [node.op for node in topological_order(one)] == [node.op for node in topological_order(other)]
    assert Expression(text).leaves == Expression(plain).leaves


@pytest.mark.parametrize("name", ["pi", "π"])
def test_pi_is_a_constant_unless_something_is_called_so(name):
    y = parse(f"2*{name}*a", a=3)
    assert y.data == 2 * math.pi * 3
    assert [node.data for node in topological_order(y) if node.constant] == [2, math.pi]
    assert Expression(f"{name}*a").leaves == ("a",)
    assert parse(f"{name}*a", {name: 2, "a": 3}).data == 6
    assert parse(f"{name} = a + 1; {name}*2", a=3).data == 8


def test_a_leaf_may_have_another_name_of_a_function():
    assert parse("σ*max", {"σ": 2, "max": 3}).data == 6


def test_pi_with_leaves_p_and_i_is_asked_about():
    with pytest.raises(ValueError, match=r"write p\*i"):
        parse("pi", p=2, i=3)
