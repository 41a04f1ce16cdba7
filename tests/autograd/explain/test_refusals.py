"""Refusals in a language: what is raised in English is said in it; each sentence here is one that somebody gets to read."""

import re
import warnings
from inspect import signature
from math import nan

import numpy
import pytest

from autograd import Expression, Value, check, derive, examples, leaves, parse, steps, vectorize
from autograd.__main__ import arguments
from autograd.explain import refusals
from autograd.explain.languages import languages, templates
from autograd.explain.refusals import said
from nn import MLP, Dropout, Layer, Sequential
from nn.formulas import matrix_view
from viz import draw, network, step

KNOWN = {"a": 5, "b": 3, "c": 2}
EXPRESSIONS = [
    "", "a +", "*a", "(a", "a)", "3,5*a", "a, b", "a = b = c", "3(a+b*c)", "a.b", "[a]", "a|b|", "√a", "a # b", "a b", "a < b < c",
    "a = 3; a", "u = a; u = b; u", "sin = a; a", "3*sin", "x" * 99, "sen(a)", "quux(a)", "a < b", "bc", "alpha", "e*2", "clip(a)", "sin(a, b)",
    "u = v*a; v = 2; u", "a²", "a.", "d", "u = a = b", "a b" + " + a" * 50,
]  # fmt: skip
ANSWERS = ["a=x", "a=1, a=2", "a=b=3", "z=3", "hello", ""]
DROPPING = Sequential([Layer(2, 2), Dropout(keep=0.5), Layer(2, 1)])


def changed():
    a, b = leaves(a=1, b=2)
    y = a * b
    a.data = 4.0
    return y


def euler():
    raise ValueError(*Expression("e**(-z)").notes)


def noted():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            parse("a^2", a=2)
        except UserWarning as note:
            raise ValueError(str(note)) from None


CALLS = [
    *[lambda text=text: parse(text, KNOWN) for text in EXPRESSIONS],
    *[lambda text=text: check(examples.J(), text) for text in ANSWERS],
    noted,
    euler,
    lambda: Expression("u = v*a; v = 2; u"),
    lambda: parse("alpha", alfa=1),
    lambda: parse("a", KNOWN, constants="z"),
    lambda: check(examples.J(), {}),
    lambda: check(examples.J(), {"z": 3}),
    lambda: check(examples.J(), locals={"u over b": 3}),
    lambda: check(examples.J(), locals={("u", "a"): 3}),
    lambda: check(examples.J(), "a=3", conventions={"relo": 1}),
    lambda: check(examples.J(), "a=3", conventions={"loss": "both"}),
    lambda: check(examples.J(), "a=3", conventions={"relu at 0": float("nan")}),
    lambda: check(changed(), "a=3"),
    lambda: check(examples.J(), "a=3", lang="tlh"),
    lambda: draw(Value(1.0), theme="pink"),
    lambda: draw(Value(1.0), digits=99),
    lambda: draw(MLP(2, [2, 1])([1.0, 2.0]), fold="zz"),
    lambda: draw(3),
    lambda: network(MLP(2, [1]), [1, 2], y=1),
    lambda: network(MLP(2, [1]), y=1, loss="mse"),
    lambda: network(MLP(2, [1]), [1]),
    lambda: network(MLP(1, [1]), [1, 2]),
    lambda: network(MLP(2, [1]), mask=[1]),
    lambda: network(DROPPING, mask=[1]),
    lambda: network(DROPPING, mask=[[1, 0], [1]]),
    lambda: draw(matrix_view(MLP(1, [1]), [[1.0]], [1.0]), fold=1),
    lambda: draw(matrix_view(MLP(1, [1] * 16), [[1.0]], [1.0])),
    lambda: draw(vectorize(examples.J(), ["a"], ["b", "c"])),
    *[
        lambda entry=entry: draw(matrix_view(MLP(1, [2]), [[1.0]], [[1.0, 1.0]]), entry=entry)
        for entry in (3, "x", "zz", "dW1", "a1[5, 1]")
    ],
    lambda: draw(matrix_view(MLP(2, [2]), [[1.0, 2.0]] * 3, [[1.0, 1.0]] * 3), entry="dW1[2]"),
    lambda: draw(examples.J(), X=[[1.0]]),
    lambda: steps(examples.J(), lr=0, params=["b"]),
    lambda: steps(examples.J(), lr=1, params="b"),
    lambda: steps(examples.J(), lr=1, params=[]),
    lambda: steps(examples.J(), lr=1, params=["u"]),
    lambda: steps(3 * Value(2, "b"), lr=1, params=["3"]),
    lambda: steps(examples.J(), lr=1, params=["b", "b"]),
    lambda: steps(examples.J(), lr=1),
    lambda: steps(examples.J(), params=["b"]),
]
MADE_WELL = {check: {"y": examples.J(), "answers": "b=6"}, derive: {"y": examples.J(), "wrt": "b"}, draw: {"y": examples.J()},
             step: {"y": examples.J()}, network: {"model": MLP(2, [1])}}  # fmt: skip
STRANGE = [
    3,
    -1.5,
    10**400,
    nan,
    "",
    "no such",
    b"b",
    [],
    {},
    {"zz": 1},
    ["zz"],
    object(),
    Value(1.0),
    Value(2.0, constant=True),
    noted,
    numpy.eye(2),
]
PYTHON = r"\w+\(\) (missing|takes|got) |object of type "  # its own refusals, of calls that are not as they are documented
COMMANDS = [[], ["a", "--foo"], ["a", "--draw"], ["a", "--show=3"], ["a", "--digits", "x"], ["a", "--s", "f"]]


def refused(function):
    """What a call that takes a language says to every argument that is not what it should be."""
    for name in signature(function).parameters:
        for given in [each for each in STRANGE if name != "lang"]:
            try:
                function(**MADE_WELL[function] | {name: given})
            except (ValueError, TypeError) as error:
                if not re.match(PYTHON, str(error)):
                    yield str(error)


def messages():
    for function in MADE_WELL:
        yield from refused(function)
    for call in CALLS:
        with pytest.raises((ValueError, TypeError)) as refusal:
            call()
        yield str(refusal.value)
    for words in COMMANDS:
        parser = arguments()
        parser.error = refuse
        with pytest.raises(ValueError) as refusal:
            parser.parse_intermixed_args(words)
        yield str(refusal.value)


def refuse(message):
    raise ValueError(message)


@pytest.mark.parametrize("lang", [lang for lang in languages() if lang != "en"])
def test_each_refusal_is_said_in_the_language_and_each_sentence_of_it_is_of_use(lang, monkeypatch):
    used = set()

    def filled(key, texts, lang, fill=refusals.fill):
        used.add(key)
        return fill(key, texts, lang)

    monkeypatch.setattr(refusals, "fill", filled)
    for message in messages():
        assert said(message, "en") == message
        assert said(message, lang) != message, message
        assert len(said(message, lang)) < 450 and "\n" not in said(message, lang)
    assert {key for key in templates("en") if key.startswith("refusal.")} == used


def test_the_column_and_what_was_typed_stay():
    assert said('column 7: "{a}" has no number; did you mean {b}?', "es") == 'columna 7: "{a}" no tiene número; ¿será {b}?'


def test_a_sentence_that_nobody_translated_stays_as_it_is():
    assert said("something else", "es") == "something else"


def test_a_public_call_refuses_in_its_language_and_in_no_other():
    with pytest.raises(ValueError, match="tiene dos signos"):
        check(examples.J(), "a=b=3", lang="es")
    with pytest.raises(ValueError, match="has two signs"):
        check(examples.J(), "a=b=3")
    with pytest.raises(ValueError, match="a rede recebe 2 números, não 1"):
        network(MLP(2, [1]), [1], lang="pt")
    with pytest.raises(ValueError, match='no words for the language "tlh"'):
        check(examples.J(), "a=1", lang="tlh")
