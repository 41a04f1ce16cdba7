"""The words: every key that the code uses is there, every key that is there is used, and every language has the same ones."""

import json
import re
import shutil
from pathlib import Path
from string import Formatter

import pytest

import viz
from autograd import Value, check, derive, examples, gradcheck, leaves, parse, paths, steps
from autograd.__main__ import main, verdicts
from autograd.engine.operations import TABLE, Operation
from autograd.explain import languages as spoken
from autograd.explain import words
from autograd.explain.languages import templates

ROOT = Path(__file__).parents[2]
FILES = {
    folder.name: {path.name: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    for folder in (ROOT / "autograd/lang").iterdir()
}
LANGUAGES = {lang: {key: text for file in files.values() for key, text in file.items()} for lang, files in FILES.items()}
OTHERS = [lang for lang in LANGUAGES if lang != "en"]
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("autograd", "viz", "nn")
    for kind in ("py", "js")
    for path in (ROOT / folder).rglob(f"*.{kind}")
)


def _fields(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_the_same_keys_with_the_same_places(lang):
    english = {name: {key: _fields(text) for key, text in file.items()} for name, file in FILES["en"].items()}
    assert {name: {key: _fields(text) for key, text in file.items()} for name, file in FILES[lang].items()} == english


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_key_stands_in_two_files(lang):
    assert sum(map(len, FILES[lang].values())) == len(LANGUAGES[lang])


@pytest.mark.parametrize("key", LANGUAGES["en"])
def test_a_key_is_used(key):
    """Whole, or as a stem to which a variant is added: step.term, then .slot, then .nothing."""
    stems = [key, *(key[: match.start()] for match in re.finditer(r"\.", key) if match.start() > key.index("."))]
    in_code = any(f'"{stem}"' in CODE or f'"{stem}.' in CODE or f"`{stem}.${{" in CODE for stem in stems)
    family, _, last = key.partition(".")
    of_any_family = f'f"{{family}}.{last}"' in CODE and f'("{family}"' in CODE
    by_its_words = key.startswith("refusal.")  # each of which explain/test_refusals.py gets to read
    assert in_code or of_any_family or by_its_words or f'f"{family}.{{' in CODE or (f"`{family}.${{" in CODE and _in_pieces(last))


def _in_pieces(text):
    """Whether the code holds the text, or two texts that it is put together from."""
    return any(f'"{text[:k]}"' in CODE and (k == len(text) or f'"{text[k:]}"' in CODE) for k in range(1, len(text) + 1))


def test_every_key_that_is_filled_by_name_is_there():
    used = set(re.findall(r'fill\(\s*"([a-z.]+)"', CODE))
    assert used and used <= set(LANGUAGES["en"])


def one_of_each():
    """A graph for every operation of the table, on leaves alone and away from kinks."""
    for name, entry in TABLE.items():
        operands = leaves(a=0.5, b=0.25, c=2, d=3)
        rows = [operands[2 * k : 2 * k + 2] if entry.is_nary else operands[k] for k in range(len(entry.letters))]
        yield TABLE[name].make(*rows)


def without_words():
    """A node of an operation that no language knows."""
    node = -Value(3.0, "a")
    node._operation = Operation("opposite", "-a", "-1")
    return node


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("y", [*one_of_each()], ids=lambda y: y.op)
def test_every_local_derivative_of_the_table_has_words(y, lang):
    known = templates(lang)
    has_words = all(words.rule_key(step.node.operation, step.slot, len(step.operands), known) for step in steps(y)[2:])
    assert has_words, f'say why: write "why.{y.op}", or "why.{y.op}.a" for each operand, in autograd/lang/{lang}/operations.json'


@pytest.mark.parametrize("y", [*one_of_each(), without_words()], ids=lambda y: y.op)
def test_a_teacher_says_one_or_two_sentences_and_a_third_where_a_sum_is_complete_or_a_function_is_met(y):
    for step in [step for step in steps(y) if step.parent is not None]:
        assert 1 <= step.explanation().count(". ") + 1 <= 2 + bool(step.contributions), step.explanation()


def test_every_sentence_of_the_passes_and_the_command_line_is_said_with_all_its_places_filled(monkeypatch, capsys, tmp_path):
    """Found by saying them: a key that no pass and no run of the command line comes to is not used."""
    said = set()

    class Noting(dict):
        def __getitem__(self, key):
            said.add(key)
            return super().__getitem__(key)

    english = templates("en")
    monkeypatch.setattr(spoken, "_read", lambda lang: Noting(english))
    spoken.complete.cache_clear()
    graphs = ["a*a + 2*3 + exp(a)", "sqrt(relu(-a))", "0*sin(a) + 0*(a*a)", "u = relu(-a); sqrt(u) + log(u*u)", "b = -a; sqrt(relu(b)) + b"]
    graphs += ["maximum(a, 1)", "relu(a - 1)", "heaviside(a - 1)", "a + a + a + a + a + a + a", "2*3 + a"]
    passes = [steps(parse(graph, a=1)) for graph in graphs]
    for graph in ("(a + b)**2", "0*a + 0*b", "log(a) - b", "sqrt(a - 2) + b"):  # falls or rises, stays, leads nowhere, comes from nowhere
        passes += [steps(parse(graph, a=1, b=1), lr=lr, params=["a", "b"]) for lr in (0.1, 10)]
    text = "\n".join(map(str, passes))
    passes += [steps(y) for y in (*one_of_each(), without_words())]
    text += "\n".join(step.explanation() for both in passes for step in both)
    for line in (["a^2", "a=3"], ["relu(a)", "a=0"], ["log(a)", "a=0"], ["1 + a*0.00000000001", "a=1"]):
        assert main(line) == 0
    text += "".join(verdicts(gradcheck(examples.J(), gradients={"a": 7}), "en"))
    assert main(["a*2", "a=1", "z=1", "--draw", str(tmp_path / "a.svg"), "--step", str(tmp_path / "a.html")]) == 0
    text += capsys.readouterr().out
    spoken.complete.cache_clear()
    assert "{" not in text and "}" not in text
    mine = {
        key for key in english if key in ("forward", "backward", "update") or key.startswith(("step.", "explain.", "why.", "what.", "cli."))
    }
    assert mine - said == set()


# --- in every language --------------------------------------------------------------------------------------------


FALSE_FRIENDS = {"es": r"\bhojas?\b", "pt": r"\bfolhas?\b"}  # a leaf is an entrada and no sheet of paper


@pytest.mark.parametrize("lang", OTHERS)
def test_nothing_is_left_in_english(lang):
    english = LANGUAGES["en"]
    said = {key: re.sub(r"\{\w+\}", "", text) for key, text in LANGUAGES[lang].items()}
    assert {key for key, text in said.items() if LANGUAGES[lang][key] == english[key] and re.search("[a-z]{3}", text)} == set()


@pytest.mark.parametrize("lang", FALSE_FRIENDS)
def test_a_leaf_is_no_sheet_of_paper(lang):
    assert not any(re.search(FALSE_FRIENDS[lang], text, re.IGNORECASE) for text in LANGUAGES[lang].values())


@pytest.fixture
def folder_of_languages(tmp_path, monkeypatch):
    """A copy of the folder with the languages, which are read from there."""
    shutil.copytree(ROOT / "autograd/lang", tmp_path / "lang")
    monkeypatch.setattr(spoken, "FOLDER", tmp_path / "lang")
    spoken.complete.cache_clear()
    yield tmp_path / "lang"
    spoken.complete.cache_clear()


def shouting(folder):
    """A language of our own: English in capital letters."""
    for path in (folder / "en").glob("*.json"):
        said = {
            key: "".join(part if part.startswith("{") else part.upper() for part in re.split(r"(\{\w+\})", text))
            for key, text in json.loads(path.read_text(encoding="utf-8")).items()
        }
        (folder / "loud").mkdir(exist_ok=True)
        (folder / "loud" / path.name).write_text(json.dumps(said), encoding="utf-8")


def test_a_language_is_one_folder(folder_of_languages, capsys):
    shouting(folder_of_languages)
    J = examples.J()
    assert steps(J)[3].explanation("loud") == "∂J/∂J = 1: J CHANGES EXACTLY AS MUCH AS J DOES."
    assert check(J, {"b": 5}, lang="loud").text.startswith("0 RIGHT, 1 SLIP: 0/1")
    assert "PATH FROM" in paths(J, "b").text("loud")
    assert ">Next<" not in viz.step(J, lang="loud").html and '"page.next":"NEXT"' in viz.step(J, lang="loud").html
    assert main(["a*2", "a=1", "--lang", "loud"]) == 0
    assert "GRADIENTS AND FINITE DIFFERENCES AGREE." in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "en, es, loud, pt" in capsys.readouterr().out
    with pytest.raises(ValueError, match=r'^there are no words for the language "xx"; there are en, es, loud, pt$'):
        steps(J).text("xx")


@pytest.mark.parametrize(
    "use", [lambda J: steps(J).text("loud"), lambda J: viz.step(J, lang="loud"), lambda J: check(J, {"b": 5}, lang="loud")]
)
def test_an_incomplete_language_says_what_is_missing_and_where_to_write_it(folder_of_languages, use):
    shouting(folder_of_languages)
    page = folder_of_languages / "loud" / "page.json"
    texts = json.loads(page.read_text(encoding="utf-8"))
    wanting = 'the language "loud" is not complete: '
    page.write_text(json.dumps({key: text for key, text in texts.items() if key != "page.next"}))
    with pytest.raises(ValueError, match=f"^{re.escape(wanting + 'page.next is missing; write it in lang/loud/page.json')}$"):
        use(examples.J())
    page.unlink()
    first = ", ".join([*texts][:3])
    with pytest.raises(
        ValueError, match=f"^{re.escape(f'{wanting}{first} and {len(texts) - 3} more are missing; write them in lang/loud/page.json')}$"
    ):
        use(examples.J())
    page.write_text("{")
    with pytest.raises(ValueError, match=r"^lang/loud/page.json is no JSON: "):
        use(examples.J())


def numbers_in(text):
    return sorted(re.findall(r"[=≈] -?[\d./e-]*\d", text))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("make", [examples.J, examples.logistic, examples.net_1_2_1, examples.neuron, examples.mazur])
def test_every_example_can_be_narrated_in_every_language_with_the_same_numbers(make, lang):
    both = steps(make())
    lines, told = both.text(lang), [step.explanation(lang) for step in both]
    assert not any(sign in f"{lines}{told}" for sign in "{}")
    assert numbers_in(lines) == numbers_in(both.text())
    for step, sentence in zip(both, told, strict=True):
        assert sentence[-1] == "." or lang != "en"
        assert numbers_in(sentence) == numbers_in(step.explanation())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("y", [*one_of_each(), without_words()], ids=lambda y: y.op)
def test_every_operation_is_narrated_in_every_language(y, lang):
    for step in steps(y):
        said = step.text(lang) + step.explanation(lang)
        assert "{" not in said and (lang == "en" or step.explanation(lang) != step.explanation())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_derivations_paths_checks_and_the_command_line_speak_every_language(lang, capsys):
    J = examples.J()
    assert check(J, {"b": 5}, lang=lang).text != "" and derive(J, Value(1, "q"), lang=lang).text != ""
    x = a = Value(1, "a")
    for _ in range(20):
        x = x + x
    more, many = LANGUAGES[lang]["derive.lines"], LANGUAGES[lang]["paths.many"]
    count = "1,048,576".replace(",", LANGUAGES[lang]["paths.thousands"])
    assert more.partition("{count} ")[2] in derive(x, a, lang=lang).text
    assert paths(x, a).text(lang).startswith(many.format(count=count, root="J", node="a"))
    assert main(["a*b", "a=1", "b=2", "--lang", lang, "--check", "b=3", "--show"]) == 1
    assert LANGUAGES[lang]["backward"] in capsys.readouterr().out


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("order", [1, -1], ids=["language first", "help first"])
def test_the_command_line_explains_itself_in_every_language_with_every_word_that_is_there_for_it(lang, order, capsys):
    with pytest.raises(SystemExit) as left:
        main(["--help", f"--lang={lang}"][::-order])
    printed = " ".join(capsys.readouterr().out.split())
    parts = [re.split(r"\{\w+\}", text) for key, text in LANGUAGES[lang].items() if key.startswith("help.")]
    assert left.value.code == 0 and len(parts) > 15
    assert [part for whole in parts for part in whole if part.strip() not in printed] == []


@pytest.mark.parametrize("lang", [None, ["en"], 5, b"en"])
def test_a_language_that_is_no_text_is_refused(lang):
    for use in (
        lambda: steps(examples.J()).text(lang),
        lambda: viz.step(examples.J(), lang=lang),
    ):
        with pytest.raises(TypeError, match=r'^lang is the code of a language, such as "en", not \w+$'):
            use()


def test_what_is_wrong_is_quoted_shortly():
    for use in (
        lambda: steps(examples.J()).text("x" * 10_000),
        lambda: steps(examples.J(), notation="x" * 10_000),
        lambda: derive(examples.J(), "b", "x" * 10_000),
    ):
        with pytest.raises(ValueError) as said:
            use()
        assert len(str(said.value)) < 200


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("es", "tú tu tus te ti contigo usted ustedes vos pregúntame preguntame escribe haz mira sigue usa pon añade elige arrastra"),
        ("pt", "você vocês te ti contigo escreva faça veja siga use ponha adicione escolha arraste mude clique pergunte confira"),
    ],
)
def test_nobody_is_spoken_to_in_spanish_and_portuguese(lang, words):
    """A verb in such a form begins a sentence, or follows another one; behind a subject, a reflexive or a "no" it says what is."""
    addressed = re.compile(
        rf"(?:^|[.;:!?¿¡] |\b[ye] )(?:{'|'.join(words.split())})\b|\b(?:tú|usted(?:es)?|vos|contigo|vocês?)\b", re.IGNORECASE
    )
    assert {key: text for key, text in templates(lang).items() if addressed.search(text)} == {}
