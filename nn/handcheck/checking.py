"""`check_code`: a backward pass in NumPy → a `Report`. Puts the parts together, and the findings into words."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy

from autograd.engine.ieee import as_float
from autograd.explain.languages import fill, templates
from autograd.explain.numbers import number_text
from autograd.handcheck.report import Finding, Judged, Report

from ..arguments import choose
from .answers import LAYOUTS, Layout, Refused, Returned, called, quietly, rate_of, read, shape_text
from .matrix_lines import Key, Passes
from .misconceptions import ORDER
from .search import AGAIN, Fault, Search, Supposition
from .search import STRANGE as STRANGE_COST

REACH = {"double": 1e-6, "single": 2e-4, "half": 2e-2}  # how far off, relatively, a number may be, by the precision of the floats
NEAR = 1e-4  # within which all numbers are accepted where nothing else explains them: a small constant in a denominator
STRANGE = ("UNEXPLAINED", "SHAPE")


def check_code(
    backward: Callable[..., Any],
    model: Any,
    X: Any,
    Y: Any,
    *,
    loss: Any = None,
    reduction: str = "mean",
    layout: str | None = None,
    lr: float | None = None,
    lang: str = "en",
    reveal: bool = False,
) -> Report:
    """Judges a backward pass in NumPy: its gradients, each with what came before it, and the likeliest cause of what is off.

    `backward` is called with what the names of its parameters ask for: X, Y (T for one-hot targets), W and b (lists of all
    layers), W1, b1, W2, …, Z1, A1, … (the forward pass, A0 = X), params and cache (dicts of these), n (examples), lr. It
    returns a dict {"dW1": …, "db1": …, …}; or a list with (dW, db) or (dW, db, dX) or a dict for each layer, the first layer
    first; or dW1, db1, dW2, db2, …, and dX if wanted. A dict may also have dX, dZ1 (or delta1), dA1 (dX2 is the same): then
    they are judged, too. What {"Z1", "A1", "loss"} hold is not; None is a blank.

    `model`, X (a row for each example), Y, `loss` and `reduction` are as for `formulas.backward`. `layout` says how arrays lie
    in the code: "columns" (Z = W X + b), "rows" (Z = X W + b), "rows, W transposed" (Z = X Wᵀ + b); None tries them and takes
    the one in which most is right. `lr` is the learning rate that may have found its way into the backward pass.
    `reveal` adds the right lines and numbers. A course may let its error signals be n times the gradient, and choose the
    slope of relu at 0: that is accepted, and said.

    An exception of the code becomes a finding, with its line. Raises TypeError and ValueError for what does not fit
    together, and for a parameter that means nothing.

    >>> from nn import MLP
    >>> def backward(X, Y, W2, Z1, A1, A2):
    ...     dZ2 = (A2 - Y) / Y.shape[1]
    ...     dZ1 = W2.T @ dZ2
    ...     return dZ1 @ X.T, dZ1.sum(axis=1), dZ2 @ A1.T, dZ2.sum(axis=1)
    >>> model = MLP(2, [3, 1], activation="tanh", rng=0)
    >>> report = check_code(backward, model, [[1, 2], [0, 1]], [1, 0], loss="half_squared_error")
    >>> print(report)
    2 right, 1 follows, 1 slip: 3/4
    dW1 would come without ⊙ h′(Z1). What does the activation of layer 1 do to a small change of Z1?
    """
    templates(lang)
    if layout is not None:
        choose("a layout", layout, dict.fromkeys(LAYOUTS))
    if not callable(backward):
        raise TypeError(f"backward is a function that returns gradients, not {type(backward).__name__}")
    passes = Passes(model, X, Y, loss, reduction, rate_of(backward) if lr is None else lr)
    labels = numpy.asarray(Y) if passes.loss.targets == "classes" and numpy.ndim(Y) == 1 else None
    read_in: list[_Judgement] = []
    for name in LAYOUTS if layout is None else (layout,):
        read_in.append(_read(backward, passes, Layout(name), labels, quiet=bool(read_in)))
        if not read_in[-1].refused and read_in[-1].likeness[0] == len(read_in[-1].given):  # it cannot be more right in another layout
            break
    read_in.sort(key=lambda made: made.likeness, reverse=True)
    alike = sum(made.likeness[0] == read_in[0].likeness[0] and not made.refused for made in read_in)
    best: _Judgement | None = None
    for made in read_in:
        if best is not None and (best.likeness[0] > made.likeness[0] or best.cost < STRANGE_COST):
            break
        made = made if made.refused else _judged(made, 1 / alike)
        if best is None or made.rank > best.rank:
            best = made
    assert best is not None
    return _Words(best, lang, reveal).report()


class _Judgement:
    """What was made of the code in one layout, in the convention that explains it best; or what it did instead."""

    def __init__(self, layout: Layout, passes: Passes, refused: Refused | None = None, returned: Returned | None = None):
        self.layout, self.passes, self.refused = layout, passes, refused
        self.returned = returned or Returned()
        self.digits = 0  # in how many digits the numbers agree, where those are fewer than is usual
        self.verdicts: dict[Key, str] = {}
        self.tied: list[Supposition] = []
        self.found: dict[Key, list[Fault]] = {}  # by the gradient that shows them first
        self.again: dict[str, list[Key]] = {}  # where else the same misconception was met
        self.cost = 0.0

    @property
    def given(self) -> Mapping[Key, Any]:
        return self.returned.arrays

    @property
    def likeness(self) -> tuple[float, float]:
        """How much speaks for the layout at first sight: gradients that are right, and shapes; of exceptions, how late they came."""
        if self.refused:
            return -1.0, self._how_far(self.refused)
        right = sum(bool(array.shape == (true := self.passes.truth[key]).shape and numpy.allclose(array, true, rtol=1e-3, equal_nan=True))
                    for key, array in self.given.items())  # fmt: skip
        return float(right), float(sum(array.shape == self.passes.truth[key].shape for key, array in self.given.items()))

    @staticmethod
    def _how_far(refused: Refused) -> float:
        """In which line an exception came up; behind all of them where the code came to its end."""
        return float(refused.texts["line"]) if refused.key == "code.exception" else numpy.inf

    def misshapen(self, key: Key) -> str:
        """ "turned" for the shape of the transpose, "other" for another shape, "" for the right one."""
        given, due = self.given[key].shape, self.passes.truth[key].shape
        return "" if given == due else "turned" if given == due[::-1] and key[0] == "dW" else "other"

    @property
    def is_right(self) -> bool:
        return self.refused is None and all(verdict == "right" for verdict in self.verdicts.values())

    @property
    def rank(self) -> tuple[float, ...]:
        """How likely this layout is meant: much that is right, little that is strange; of exceptions, the one that came late."""
        if self.refused:
            return 0.0, self._how_far(self.refused)
        right = sum(verdict == "right" for verdict in self.verdicts.values())
        return 1.0, right - self.cost

    def judge(self, found: list[Supposition], search: Search) -> "_Judgement":
        """Itself, after a search that found these suppositions."""
        given, self.tied = self.given, found
        best = self.tied[0]
        self.cost = best.cost
        hidden = [fault for fault in best.faults if not any(fault in faults for faults in best.direct.values())]
        met: set[str] = set()
        for key in self.passes.gradients():
            if key not in given:
                if key[0] in ("dW", "db") or key in self.returned.blanks:
                    self.verdicts[key] = "missing"
                continue
            if search.agrees(given[key], self.passes.due(key), key):
                self.verdicts[key] = "right"
                continue
            shown = list(best.direct[key]) if key in best.direct else [f for f in hidden if f.layer >= key[1]]
            hidden = [fault for fault in hidden if fault not in shown]
            new = [fault for fault in shown if fault.code in STRANGE or fault.code not in met]
            met |= {fault.code for fault in shown}
            for fault in shown:
                if fault not in new:
                    self.again.setdefault(fault.code, []).append(key)
            if new:
                self.found[key] = new
            self.verdicts[key] = "wrong" if new else "follows"
        return self


def _read(backward: Callable[..., Any], passes: Passes, layout: Layout, labels: Any, quiet: bool) -> _Judgement:
    """What the code gives in a layout, not judged yet."""
    made = _Judgement(layout, passes)
    try:
        returned = quietly(lambda: called(backward, passes, layout, labels)) if quiet else called(backward, passes, layout, labels)
        made.returned = read(returned, passes, layout)
    except Refused as refused:
        return _Judgement(layout, passes, refused)
    return made


def _judged(read_in: _Judgement, share: float) -> _Judgement:
    """The gradients of a layout judged, in the convention that explains them best. `share` is that of the work to be spent here."""
    reach = REACH[read_in.returned.precision]
    conventions = _conventions(read_in.passes, read_in.given)
    best: _Judgement | None = None
    with numpy.errstate(all="ignore"):  # infinity times 0 is nan, as everywhere
        for convention in conventions:
            search = Search(convention, read_in.given, reach, share if convention is conventions[0] else share / len(conventions))
            found = search.best(best.cost - AGAIN if best else numpy.inf)
            if found:
                best = _Judgement(read_in.layout, convention, returned=read_in.returned).judge(found, search)
            if best and best.cost <= AGAIN:
                return best
        if best is None or best.cost < STRANGE_COST or reach >= NEAR:
            assert best is not None  # the first convention is searched without a bound
            return best
        for convention in conventions:
            search = Search(convention, read_in.given, NEAR, 0.0)
            found = search.best(AGAIN)
            if found:
                best = _Judgement(read_in.layout, convention, returned=read_in.returned).judge(found, search)
                best.digits = 4
                break
    return best


def _conventions(passes: Passes, given: Mapping[Key, Any]) -> list[Passes]:
    """The conventions that courses have: 1/n in the error signals or in the lines of the parameters, where the code has error
    signals of which none is right as it stands; and slopes at kinks."""
    errors = [(array, passes.truth[key]) for key, array in given.items() if key[0] in ("dA", "dZ")]
    is_plain = any(array.shape == true.shape and true.any() and numpy.allclose(array, true, rtol=1e-3) for array, true in errors)
    n = float(passes.divisor) if passes.reduction == "mean" and errors and not is_plain else 1.0
    scales = dict.fromkeys([1.0, float(passes.examples) if n > 1 else 1.0, n])
    slopes = (None, 1.0, 0.5) if passes.has_kink() else (None,)
    return [passes.taken(scale, slope) for slope in slopes for scale in scales]


class _Words:
    """A judgement in words."""

    def __init__(self, made: _Judgement, lang: str, reveal: bool):
        self.made, self.passes, self.layout, self.lang, self.reveal = made, made.passes, made.layout, lang, reveal

    def report(self) -> Report:
        if self.made.refused:
            return self._refused(self.made.refused)
        findings = [self._finding(key, fault) for key, faults in self.made.found.items() for fault in faults]
        missing = [key for key, verdict in self.made.verdicts.items() if verdict == "missing"]
        findings += [Finding(_name(key), None, "MISSING", self._entry(key), None, fill("check.missing", {"what": _name(key)}, self.lang))
                     for key in missing]  # fmt: skip
        verdicts = self.made.verdicts.values()
        good = sum(verdict in ("right", "follows") for verdict in verdicts)
        answers = [
            Judged(_name(key), self.made.returned.shapes.get(key, ""), self._entry(key), verdict)
            for key, verdict in self.made.verdicts.items()
        ]
        return Report(good / len(answers), tuple(findings), tuple(answers), tuple(self._notes()), self.lang)

    def _refused(self, refused: Refused) -> Report:
        said = fill(refused.key, dict(refused.texts), self.lang)
        if refused.key == "code.exception":
            said += " " + fill("code.given", {"shapes": self._shapes()}, self.lang)
        keys = [key for key in self.passes.gradients() if key[0] in ("dW", "db")]
        answers = [Judged(_name(key), "", self._entry(key), "missing") for key in keys]
        code = "EXCEPTION" if refused.key == "code.exception" else "FORM"
        return Report(0.0, (Finding("backward", None, code, float("nan"), None, said),), tuple(answers), (), self.lang)

    def _shapes(self) -> str:
        shown = {"X": ("A", self.passes.A[0])}
        for k in self.passes.W:
            shown.update({f"W{k}": ("W", self.passes.W[k]), f"b{k}": ("b", self.passes.b[k])})
        return ", ".join(f"{name} {shape_text(self.layout.outward(kind, array).shape)}" for name, (kind, array) in shown.items())

    def _entry(self, key: Key) -> float:
        return as_float(self.passes.due(key)[0, 0])

    def _finding(self, key: Key, fault: Fault) -> Finding:
        best = self.made.tied[0]
        given, due = best.own[key], self.passes.due(key)
        where = numpy.unravel_index(numpy.argmax(numpy.nan_to_num(numpy.abs(given - due), nan=numpy.inf)), due.shape)
        others = self._others(fault)
        codes = dict.fromkeys([fault.code, *(other.code for other in others)])
        expected, got = as_float(due[where]), as_float(given[where])
        return Finding(
            node=_name(key),
            via=_name((fault.line, fault.layer)),
            code=fault.code,
            expected=expected,
            got=got,
            message=self._message(key, fault, where, expected, got, others),
            candidates=tuple(code for code in codes if code not in STRANGE),
            families=tuple(code for code in codes if code not in STRANGE),
            follows=tuple(_name(each) for each, verdict in self.made.verdicts.items() if verdict == "follows" and each[1] <= key[1]),
        )

    def _others(self, fault: Fault) -> list[Fault]:
        """What may have been done in place of a fault, as far as numbers tell: one for each cause."""
        best, found = self.made.tied[0], {}
        for state in self.made.tied[1:]:
            if fault.code not in state.codes:
                found.update({other.code: other for other in reversed(state.faults) if other.code not in (*best.codes, *STRANGE)})
        return sorted(found.values(), key=lambda other: ORDER[other.code])

    def _texts(self, key: Key, fault: Fault) -> dict[str, Any]:
        k = fault.layer
        return {"what": _name(key), "layer": k, "next": k + 1, "Z": f"Z{k}", "A": f"A{k}", "before": f"A{k - 1}" if k > 1 else "X",
                "W_next": f"W{k + 1}", "dZ": f"dZ{k}", "dA": f"dA{k}", "dZ_next": f"dZ{k + 1}", "n": self.passes.examples}  # fmt: skip

    def _message(self, key: Key, fault: Fault, where: Any, expected: float, got: float, others: list[Fault]) -> str:
        due = shape_text(self.layout.outward(_kind(key), self.passes.truth[key]).shape)
        texts = {**self._texts(key, fault), "due": due, "got": self.made.returned.shapes[key]}
        is_misshapen = self.made.misshapen(key)
        parts = []
        if is_misshapen:
            is_turned = is_misshapen == "turned"
            parts.append(fill("code.shape.turned" if is_turned else "code.shape", texts, self.lang))
        if fault.code == "UNEXPLAINED" and not numpy.isfinite(got) and numpy.isfinite(expected):
            parts.append(fill("code.NOT_FINITE", {"entry": self._place(key, where), "got": number_text(got)}, self.lang))
        elif not (fault.code == "SHAPE" or (fault.code == "TRANSPOSE" and is_misshapen)):
            parts.append(fill(f"code.{fault.code}", texts, self.lang))
        if others and not self.reveal:
            parts.append(fill("code.tied.one" if len(others) == 1 else "code.tied", {"count": len(others)}, self.lang))
        places = [_name(each) for each in self.made.again.get(fault.code, ())]
        if places:
            parts.append(fill("check.habit", {"places": ", ".join(places)}, self.lang))
        if self.reveal:
            parts += self._revealed(key, fault, where, expected)
            for other in others:
                message = fill(f"code.{other.code}", self._texts(key, other), self.lang)
                parts.append(fill("code.tied.each", {"message": message}, self.lang))
        return " ".join(parts)

    def _place(self, key: Key, where: Any) -> str:
        """An entry, as it is called in the layout of the code."""
        i, j = where if not self.layout.is_turned(_kind(key)) else where[::-1]
        return f"{_name(key)}[{i}, {j}]"

    def _revealed(self, key: Key, fault: Fault, where: Any, expected: float) -> list[str]:
        line, layer = fault.line, fault.layer
        texts = {"entry": self._place(key, where), "expected": number_text(expected, 6)}
        said = [fill("code.entry", texts, self.lang)]
        if line != "dA" or layer < self.passes.depth:
            share = "" if self.passes.scale == 1 or line in ("dA", "dZ") else f"1/{number_text(self.passes.scale)} · "
            if self.passes.kind(line, layer) != "dZ softmax":
                said.insert(0, f"{_name((line, layer))} = {share}{self.layout.line(line, layer)}.")
        return said

    def _notes(self) -> list[str]:
        notes = []
        if self.made.digits:
            notes.append(fill("code.near", {"digits": self.made.digits}, self.lang))
        if self.passes.scale != 1 and any(key[0] in ("dA", "dZ") for key in self.made.given):
            notes.append(fill("code.scaled", {"n": number_text(self.passes.scale)}, self.lang))
        if self.passes.at_kink is not None:
            notes.append(fill("code.kink", {"slope": number_text(self.passes.at_kink)}, self.lang))
        if not self.made.is_right and self.layout.name != LAYOUTS[0]:
            notes.append(fill("code.layout", {"line": "Z = X W + b" if self.layout.name == "rows" else "Z = X Wᵀ + b"}, self.lang))
        return notes


def _kind(key: Key) -> str:
    return "W" if key[0] == "dW" else key[0][1]


def _name(key: Key) -> str:
    return "dX" if key == ("dA", 0) else f"{key[0]}{key[1]}"
