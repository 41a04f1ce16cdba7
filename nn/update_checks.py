"""The hand-check of an optimizer's updates: answers judged line by line, with slips named, and errors carried forward.

A slip is an entry of a table, a piece of an update rule and what people write in its place; the rules stand in `rules`.
`Trace.check` of `written_updates` is the way in.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from autograd.engine.ieee import as_float
from autograd.explain.languages import fill, templates
from autograd.explain.numbers import number_text
from autograd.handcheck.answers import Typed, shown, typed
from autograd.handcheck.precision import agrees, exactly
from autograd.handcheck.report import Finding, Judged, Report
from autograd.quoting import quoted

from .rules import SYMBOLS, compute, symbol_of

Equations = tuple[tuple[str, str], ...]  # (quantity, formula), as a rule has them


@dataclass(frozen=True)
class Slip:
    """What is written in the place of pieces of the equations; `only` names the quantities whose equations it changes.

    The pieces are put in one at a time, and all together; with `in_turn` only one after the other, each where the one
    before has been as well.
    """

    code: str
    pieces: tuple[tuple[str, str], ...]
    only: tuple[str, ...] = ()
    in_turn: bool = False


_ROOTS = ("G", "S", "v_hat")
# The likeliest first: where numbers cannot tell slips apart, the first is named.
# fmt: off
SLIPS = (
    Slip("NO_BIAS_CORRECTION", (("m / (1 - beta1 ** t)", "m"), ("v / (1 - beta2 ** t)", "v"))),
    Slip("NO_ROOT", tuple((f"sqrt({q} + eps)", f"({q} + eps)") for q in _ROOTS) + tuple((f"(sqrt({q}) + eps)", f"({q} + eps)") for q in _ROOTS)),
    Slip("EPS_PLACE", tuple((f"sqrt({q} + eps)", f"(sqrt({q}) + eps)") for q in _ROOTS)
         + tuple((f"(sqrt({q}) + eps)", f"sqrt({q} + eps)") for q in _ROOTS)),
    Slip("DECOUPLED", (("g + weight_decay * w", "g"), ("-(lr * weight_decay * w) - ", "-")), ("g", "change")),
    Slip("DECOUPLED", (("(1 - beta1) * g", "(1 - beta1) * (g + weight_decay * w)"),
                       ("(g * g)", "((g + weight_decay * w) * (g + weight_decay * w))"), ("-(lr * weight_decay * w) - ", "-"))),
    Slip("MOMENTUM_FORM", (("momentum * v + lr * g", "momentum * v + g"), ("momentum * v + g", "momentum * v + lr * g"),
                           ("momentum * v + lr * g", "momentum * v + (1 - momentum) * g"),
                           ("momentum * v + g", "momentum * v + (1 - momentum) * g"),
                           ("-(lr * v)", "-v"), ("-v", "-(lr * v)")), ("v", "change")),
    Slip("NEXT_GRADIENT", (("g", "g_next"),)),
    Slip("SIGN", (("w + change", "w - change"), ("-(", "("), ("-v", "v"))),
    Slip("NO_SQUARE", (("(g * g)", "g"), ("g * g", "g"))),
    Slip("NO_MEMORY", (("momentum * v + ", ""), ("G + g * g", "g * g"), ("rho * S + ", ""), ("beta1 * m + ", ""), ("beta2 * v + ", ""))),
    Slip("NO_SHARE", (("(1 - rho) * (g * g)", "(g * g)"), ("(1 - beta1) * g", "g"), ("(1 - beta2) * (g * g)", "(g * g)"))),
    Slip("BETAS_SWAPPED", (("beta1", "beta_"), ("beta2", "beta1"), ("beta_", "beta2")), in_turn=True),
    Slip("WRONG_T", (("** t", "** (t - 1)"), ("** t", "** (t + 1)"), (" ** t", ""))),
    Slip("NO_RATE", (("lr * ", ""), ("lr * m_hat", "m_hat"), ("lr * g", "g"))),
    Slip("OLD_VELOCITY", (("-v", "-v_before"), ("(lr * v)", "(lr * v_before)"))),
)
# fmt: on
NAMES = {**{symbol: name for name, symbol in SYMBOLS.items()}, "mhat": "m_hat", "vhat": "v_hat", "dw": "change", "delta_w": "change"}


def variants(slip: Slip, equations: Equations) -> Iterator[Equations]:
    """The equations with the slip in them: all its pieces at once, then each alone; those that are no others are left out."""
    seen = {equations}
    alone: list[Sequence[tuple[str, str]]] = [] if slip.in_turn else [[piece] for piece in slip.pieces]
    for pieces in [slip.pieces, *alone]:
        found = equations
        done: set[str] = set()  # the quantities that a piece has changed already: a later one would undo it
        for find, put in pieces:
            pattern = re.compile(rf"(?<![\w.]){re.escape(find)}(?!\w)" if find[0].isalpha() else re.escape(find))
            changed = []
            for quantity, text in found:
                may = (not slip.only or quantity in slip.only) and (slip.in_turn or quantity not in done)
                new = pattern.sub(put.replace("\\", ""), text) if may else text
                if new != text:
                    done.add(quantity)
                changed.append((quantity, new))
            found = tuple(changed)
        if found not in seen:
            seen.add(found)
            yield found


def run(equations: Equations, known: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """All quantities of an update from the numbers before it; those that are given stand as they are for what follows."""
    names = dict(known)
    found: dict[str, Any] = {}
    for quantity, text in equations:
        try:
            found[quantity] = compute(text, names)
        except (ArithmeticError, ValueError, NameError):
            found[quantity] = float("nan")
        names[quantity] = given.get(quantity, found[quantity])
    return found


def judged(updates: Sequence[Any], answers: Any, lang: str, reveal: bool) -> Report:
    """The report on the answers for some updates; see `Trace.check`."""
    templates(lang)
    if not isinstance(answers, (str, Mapping, list, tuple)):
        raise TypeError(
            f"the answers are a text, a dict of quantity to number, or a list with one of these for each update, not {quoted(answers)}"
        )
    rows = [answers] if isinstance(answers, (str, Mapping)) else list(answers)
    if len(rows) > len(updates):
        raise ValueError(f"the trace has {len(updates)} update{'s' * (len(updates) != 1)}, but there are answers for {len(rows)}")
    judging = _Judging(lang, reveal)
    for k, (update, row) in enumerate(zip(updates, rows, strict=False)):
        several = "" if len(updates) == 1 else f" ({update.parameter}, {update.t})"
        following = next((later for later in updates[k + 1 :] if later.parameter == update.parameter), None)
        judging.judge(update, _read(update, row), several, following)
    verdicts = judging.verdicts
    good = sum(verdict.verdict in ("right", "follows") for verdict in verdicts)
    return Report(good / len(verdicts) if verdicts else 0.0, tuple(judging.findings), tuple(verdicts), (), lang)


class _Judging:
    """Judges one update after the other, and goes on from the student's own numbers: an error is counted once."""

    def __init__(self, lang: str, reveal: bool):
        self.lang, self.reveal = lang, reveal
        self.findings: list[Finding] = []
        self.verdicts: list[Judged] = []
        self.carried: dict[str, dict[str, Any]] = {}  # for each parameter, the student's own numbers after its last update

    def judge(self, update: Any, answers: dict[str, Typed | None], several: str, following: Any) -> None:
        """Judges the answers of one update; `several` says which it is where there are more, `following` is the next of its parameter."""
        equations: Equations = (*update.rule.equations, ("w", "w + change"))
        known = {**update.rule.settings, **update.before, "t": update.t}
        known.update({f"{slot}_before": update.before[slot] for slot in update.rule.slots})
        if following is not None:
            known["g_next"] = following.before["g"]
        own_known = {**known, **self.carried.get(update.parameter, {})}
        truth = run(equations, known, {})
        own: dict[str, Any] = {}  # what was typed, and what it was rounded from, as far as that is known
        unrounded: dict[str, Any] = {}
        for quantity, answer in answers.items():
            what, expected = f"{symbol_of(quantity)}{several}", as_float(truth[quantity])
            if answer is None:
                self.verdicts.append(Judged(what, "", expected, "missing"))
                self.findings.append(Finding(what, None, "MISSING", expected, None, fill("check.missing", {"what": what}, self.lang)))
                continue
            from_own = run(equations, own_known, own)[quantity]
            meant = next((number for number in (run(equations, own_known, unrounded)[quantity], from_own) if _agrees(answer, number)), None)
            unrounded[quantity] = answer.data if meant is None else meant
            if _agrees(answer, truth[quantity]):
                verdict, unrounded[quantity] = "right", truth[quantity] if meant is None else meant
            elif meant is not None:
                verdict = "follows" if any(each.verdict == "wrong" for each in self.verdicts) else "right"
            else:
                slips = _slips(equations, own_known, unrounded, quantity, answer) or _slips(equations, own_known, own, quantity, answer)
                verdict, unrounded[quantity] = "wrong", next(iter(slips.values()), answer.data)
                self.findings.append(self.finding(what, answer, as_float(from_own), tuple(slips)))
            self.verdicts.append(Judged(what, shown(answer.text), expected, verdict))
            own[quantity] = answer.data
        last = {**run(equations, own_known, own), **own}
        self.carried[update.parameter] = {name: last[name] for name in ("w", *update.rule.slots)}

    def finding(self, what: str, answer: Typed, expected: float, codes: tuple[str, ...]) -> Finding:
        """What is said to a wrong answer: the likeliest of the slips that come to it."""
        code = codes[0] if codes else "UNEXPLAINED"
        texts = {"what": what, "got": shown(answer.text), "number": number_text(expected, 6)}
        said = fill(f"update.{code}", texts, self.lang) + (" " + fill("update.reveal", texts, self.lang) if self.reveal else "")
        return Finding(what, None, code, expected, answer.data, said, codes)


def _slips(equations: Equations, known: Mapping[str, Any], own: Mapping[str, Any], quantity: str, answer: Typed) -> dict[str, Any]:
    """The codes of the slips that come to the answer, likeliest first, with their numbers."""
    found: dict[str, Any] = {}
    for slip in SLIPS:
        for changed in variants(slip, equations):
            if slip.code == "NEXT_GRADIENT" and "g_next" not in known:
                continue
            number = run(changed, known, own)[quantity]
            if _agrees(answer, number):
                found.setdefault(slip.code, number)
    return found


def _agrees(answer: Typed, number: Any) -> bool:
    data = as_float(number)
    return isfinite(data) and agrees(answer.data, answer.reach, exactly(data))


def _read(update: Any, row: Any) -> dict[str, Typed | None]:
    """The answers of one update by quantity, in the order of its equations."""
    known = [line.quantity for line in update.lines]
    if isinstance(row, str):
        spelled = sorted([*known, *(name for name, q in NAMES.items() if q in known)], key=len, reverse=True)
        heads = list(re.finditer(rf"(?<![\w∂^])({'|'.join(map(re.escape, spelled))})\s*[=:←]", row))
        before = row[: heads[0].start()] if heads else row
        if before.strip(" \t\n,;"):
            raise ValueError(f'"{shown(before)}" is no answer; write for example {symbol_of(known[0])} = 0,5, with {_listed(known)}')
        ends = [*(head.start() for head in heads[1:]), *([len(row)] if heads else [])]
        given: dict[str, Any] = {}
        for head, end in zip(heads, ends, strict=True):
            _add(given, head[1], row[head.end() : end].strip(" \t\n;").rstrip(","), known)
    elif isinstance(row, Mapping):
        given = {}
        for name, answer in row.items():
            _add(given, name, answer, known)
    else:
        raise TypeError(f"the answers of an update are a text, or a dict of quantity to number, not {type(row).__name__}")
    if not given:
        raise ValueError(f"there is no answer; write one for {_listed(known)}")
    return {quantity: typed(given[quantity], symbol_of(quantity)) for quantity in known if quantity in given}


def _add(given: dict[str, Any], name: Any, answer: Any, known: list[str]) -> None:
    quantity = NAMES.get(name, name) if isinstance(name, str) else name
    if quantity not in known:
        raise ValueError(f'this update has no "{shown(str(name))}"; it has {_listed(known)}')
    if quantity in given:
        raise ValueError(f"{symbol_of(quantity)} is answered twice")
    given[quantity] = answer


def _listed(known: list[str]) -> str:
    return ", ".join(map(symbol_of, known))
