"""The command line: an expression in; its value, both passes and its gradients beside finite differences out.

The entry point above all packages: nobody imports it, and it loads `viz` only for the options that draw.
"""

import argparse
import codecs
import re
import sys
import warnings
from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

import autograd

if not hasattr(autograd, "Value"):
    sys.exit(
        "another distribution named autograd takes the place of chalkgrad's; "
        "uninstall it (pip uninstall autograd) and install chalkgrad again (pip install --force-reinstall chalkgrad)"
    )

from autograd import Value, check, grad, gradcheck, parse, steps
from autograd.engine.names import names
from autograd.engine.order import varying
from autograd.explain.languages import fill, languages, templates
from autograd.explain.numbers import is_exact, number_text, sign
from autograd.explain.refusals import said
from autograd.handcheck.answers import typed
from autograd.reading.gradient_check import GradientCheck

PAGES = (".html", ".pdf")  # a step-through, besides a folder
DRAWINGS = (".svg", ".png", ".pdf", ".dot")
PLAIN = {"∂": "d", "·": "*", "≈": "~", "π": "pi", "…": "..."}  # for a terminal, or a file, that has no other signs
VERDICTS = {"cli.disagree": "wrong", "cli.kink": "kink", "cli.small": "too small to judge", "cli.undefined": "nothing to compare"}
WHOLE_OR_FRACTION = re.compile(r"-?\d+(/\d*[1-9]\d*)?")


class Refused(ValueError):
    """Something the command line was asked for and cannot do, said in the language of the words."""

    def __init__(self, key: str, **texts: Any):
        super().__init__(fill(key, texts))
        self.key, self.texts = key, texts


class Arguments(argparse.ArgumentParser):
    """A parser of arguments that explains itself, and complains in one line, in the language that is asked for."""

    lang = "en"

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {said(message, self.lang)}\n")

    def format_help(self) -> str:
        return super().format_help().removeprefix("usage: ")  # which our own line says in the language


def language_of(given: list[str]) -> str:
    """The language that is asked for, before anything else is read; English if there are no words for it."""
    after = [word.partition("=")[2] or "".join(given[k + 1 : k + 2]) for k, word in enumerate(given) if word.partition("=")[0] == "--lang"]
    return after[-1] if after and after[-1] in languages() else "en"


def arguments(lang: str = "en") -> Arguments:
    """The arguments and options, explained in a language."""

    def word(name: str, **texts: str) -> str:
        return fill(f"help.{name}", texts, lang)

    example = 'python -m autograd "3*(a + b*c)" a=5 b=3 c=2 --draw graph.svg --step steps.html'
    parser = Arguments(
        prog="python -m autograd", usage=word("usage"), description=word("about"), epilog=word("example", line=example), add_help=False
    )
    parser.lang = lang
    asked, options = parser.add_argument_group(word("arguments")), parser.add_argument_group(word("options"))
    asked.add_argument("expression", metavar=word("expression.given"), help=word("expression"))
    asked.add_argument("numbers", nargs="*", default=[], metavar=word("numbers.given"), help=word("numbers"))
    options.add_argument("-h", "--help", action="help", help=word("help"))
    options.add_argument("--constants", default="", metavar="x,y", help=word("constants"))
    options.add_argument("--draw", metavar=word("file.given"), help=word("draw", endings=", ".join(DRAWINGS)))
    options.add_argument("--step", metavar=word("file.given"), help=word("step"))
    options.add_argument("--lr", metavar=word("lr.given"), help=word("lr"))
    options.add_argument("--params", metavar="w,b", help=word("params"))
    options.add_argument("--check", metavar=word("check.given"), help=word("check"))
    options.add_argument("--show", action="store_true", help=word("show"))
    options.add_argument("--digits", type=int, metavar="N", help=word("digits"))
    options.add_argument("--lang", default="en", metavar=word("lang.given"), help=word("lang", known=", ".join(languages())))
    return parser


def leaf_numbers(pairs: list[str]) -> dict[str, float | Fraction]:
    """The numbers of "a=5 b=0,5 c=3/4". Raises ValueError for anything else."""
    numbers: dict[str, float | Fraction] = {}
    texts: dict[str, str] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        name = name.strip()
        if not equals or not name.isidentifier():
            raise Refused("refused.pair", pair=pair[:40])
        if name in numbers:
            raise Refused("refused.twice", name=name)
        answer = typed(text, name)
        if answer is None:
            raise Refused("refused.blank", name=name)
        texts[name], numbers[name] = text.strip(), answer.data
    if any("/" in text for text in texts.values()):  # beside an exact fraction, whole numbers are exact as well
        numbers |= {name: Fraction(text) for name, text in texts.items() if WHOLE_OR_FRACTION.fullmatch(text)}
    return numbers


def gradient_table(y: Value, result: GradientCheck, digits: int | None, lang: str) -> str:
    """Every node that depends on more than constants: its value, its gradient, and the finite difference beside it."""
    called = names(y)
    asked = varying(called)
    nodes = [node for node in called if node in asked]
    lines = [fill("cli.heads", {}, lang).split("|")]
    for node, gradient, row in zip(nodes, grad(y, nodes), result, strict=True):
        nowhere = fill("cli.nowhere", {}, lang)
        slope = number_text(gradient, digits) if isfinite(y.data) else nowhere
        numeric = nowhere if row.verdict == VERDICTS["cli.undefined"] else number_text(row.numeric, digits or 8)
        lines.append([called[node], number_text(node.data, digits), slope, numeric])
    widths = [max(len(line[k]) for line in lines) for k in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)


def draw(y: Value, path: str) -> None:
    """Writes the drawing of the graph with its gradients."""
    import viz

    y.backward()
    save(viz.draw(y), path)


def step_through(y: Value, path: str, digits: int | None, lang: str, learning: dict[str, Any]) -> None:
    """Writes the page that goes through both passes, and through a learning step if there is one."""
    import viz

    save(viz.step(y, digits=digits, lang=lang, **learning), path)


def learning_step(options: argparse.Namespace) -> dict[str, Any]:
    """The learning rate and the parameters, as `steps` takes them. Raises ValueError for a rate that is no number."""
    given: dict[str, Any] = {}
    if options.lr is not None:
        text = options.lr.strip()
        given["lr"] = Fraction(text) if WHOLE_OR_FRACTION.fullmatch(text) else leaf_numbers([f"lr={text}"])["lr"]
    return given if options.params is None else given | {"params": split(options.params)}


def split(text: str) -> list[str]:
    """The names in a text such as "w,b"."""
    return [name.strip() for name in text.split(",") if name.strip()]


def save(shown: Any, path: str) -> None:
    """Writes a drawing or a step-through to a file. Raises ValueError where that cannot be done."""
    try:
        shown.save(path)
    except OSError as error:
        raise Refused("refused.file", path=path, why=error.strerror or error) from error


def run(options: argparse.Namespace) -> int:
    """Does what the options ask for; the exit code."""
    if options.digits is not None and not 1 <= options.digits <= 17:
        raise Refused("refused.digits", digits=options.digits)
    if options.draw is not None and Path(options.draw).suffix.lower() not in DRAWINGS:
        raise Refused("refused.draw", path=options.draw, endings=", ".join(DRAWINGS))
    if options.step is not None and Path(options.step).suffix.lower() not in PAGES and not options.step.endswith("/"):
        raise Refused("refused.step", path=options.step)
    numbers = leaf_numbers(options.numbers)
    constants, learning = split(options.constants), learning_step(options)
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        y = parse(options.expression.lstrip(), numbers, constants=constants)
    report = check(y, options.check, lang=options.lang, reveal=options.show) if options.check is not None else None
    parts = [fill("cli.note", {"note": said(str(note.message), options.lang)}, options.lang) for note in notes]
    unused = [name for name in numbers if name not in names(y).values()]
    parts += [fill("cli.unused", {"names": ", ".join(unused)}, options.lang)] if unused else []
    if report is None or options.show:
        parts += passes(y, options.digits, options.lang, learning)
    if options.draw:
        draw(y, options.draw)
        parts.append(fill("cli.drawn", {"path": options.draw}, options.lang))
    if options.step:
        step_through(y, options.step, options.digits, options.lang, learning)
        parts.append(fill("cli.stepped", {"path": options.step}, options.lang))
    if report is not None:
        parts += ["", str(report)] if options.show else [str(report)]
    print("\n".join(parts))
    return 0 if report is None or report.ok else 1


def passes(y: Value, digits: int | None, lang: str, learning: dict[str, Any]) -> list[str]:
    """The value, both passes with the learning step, and the gradients beside finite differences."""
    called = names(y)
    value = number_text(y.data, digits)
    asked = varying(called)
    result = gradcheck(y, [node for node in called if node in asked])
    first = fill("cli.value", {"name": called[y], "sign": sign(is_exact(y.data, value)), "value": value}, lang)
    return [first, "", steps(y, **learning).text(lang, digits), "", gradient_table(y, result, digits, lang), *verdicts(result, lang)]


def verdicts(result: GradientCheck, lang: str) -> list[str]:
    """Whether the gradients and the finite differences agree, a line for each reason why they do not."""
    found = {key: [row.name for row in result if row.verdict == verdict] for key, verdict in VERDICTS.items()}
    said = [fill(key, {"names": ", ".join(rows)}, lang) for key, rows in found.items() if rows]
    return said or [fill("cli.agree", {}, lang)]


def plainly(error: UnicodeError) -> tuple[str, int]:
    """What stands in for signs that cannot be encoded: dJ/db for ∂J/∂b."""
    assert isinstance(error, UnicodeEncodeError)
    return "".join(PLAIN.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


def main(given: list[str] | None = None) -> int:
    """Runs the command line: 0, or 1 when --check finds an error, or 2 for bad input, with one line on stderr."""
    codecs.register_error("plainly", plainly)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="plainly")
    given = sys.argv[1:] if given is None else given
    # argparse takes "-a+3" for an option unless it holds a space
    shielded = [f" {word}" if word[:1] == "-" and word[:2] != "--" and word != "-h" else word for word in given]
    lang = language_of(given)
    parser = arguments(lang)
    try:
        options = parser.parse_intermixed_args(shielded)
        templates(options.lang)
        return run(options)
    except (ValueError, TypeError, OSError, ImportError) as error:
        why = fill(error.key, error.texts, lang) if isinstance(error, Refused) else " ".join(said(str(error), lang).split())
        print(f"python -m autograd: {why}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
