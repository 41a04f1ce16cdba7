"""The student's side: what a backward function is given, by the names of its parameters, and what it may return.

Three layouts are known. Numbers come out of here with the examples in columns, as the rest of the package has them.
"""

import inspect
import linecache
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from difflib import get_close_matches
from io import StringIO
from typing import Any

import numpy

from ..arguments import LONGEST
from .matrix_lines import Key, Passes

LAYOUTS = ("columns", "rows", "rows, W transposed")  # Z = W X + b; Z = X W + b; Z = X Wᵀ + b
_COUNTED = re.compile(r"(d?)(W|b|Z|A|X|Y|delta|δ)_?(\d*)", re.IGNORECASE)
PRECISION = {8: "double", 4: "single", 2: "half"}  # of floats, by their bytes; from the longest to the shortest
_RATES = ("lr", "eta", "learning_rate")
_FORWARD = ("loss", "J", "L", "cost", "E")


class Refused(Exception):
    """What the student's code did instead of giving gradients: a key of the words, and what to fill in."""

    def __init__(self, key: str, **texts: str):
        super().__init__(key)
        self.key, self.texts = key, texts


@dataclass(frozen=True)
class Layout:
    """How arrays lie in the student's code, and back."""

    name: str

    def outward(self, kind: str, array: Any) -> Any:
        """An array with the examples in columns as the student's code has it; a new one, which may be changed there."""
        return numpy.array(array.T if self.is_turned(kind) else array)

    def inward(self, kind: str, array: Any) -> Any:
        """The other way round."""
        return array.T if self.is_turned(kind) else array

    def line(self, line: str, layer: int) -> str:
        """The right line for a gradient, as it is written in this layout."""
        before, after = f"A{layer - 1}" if layer > 1 else "X", layer + 1
        products = {"columns": (f"W{after}ᵀ dZ{after}", f"dZ{layer} {before}ᵀ"), "rows": (f"dZ{after} W{after}ᵀ", f"{before}ᵀ dZ{layer}"),
                    "rows, W transposed": (f"dZ{after} W{after}", f"dZ{layer}ᵀ {before}")}  # fmt: skip
        at_inputs, at_weights = products[self.name]
        return {"dA": at_inputs, "dZ": f"dA{layer} ⊙ h′(Z{layer})", "dW": at_weights, "db": f"Σ dZ{layer}"}[line]

    def is_turned(self, kind: str) -> bool:
        """Whether an array of that kind lies the other way round there."""
        return self.name != "columns" and (kind != "W" or self.name == "rows")


def called(backward: Callable[..., Any], passes: Passes, layout: Layout, labels: Any) -> Any:
    """What the function returns for the numbers of the passes. Raises Refused for what happens in it, TypeError for what it asks for."""
    arguments: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in _parameters(backward):
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        offered = _offered(parameter.name, passes, layout, labels)
        if offered is None:
            if parameter.default is not parameter.empty:
                continue
            raise TypeError(
                f'the function asks for "{shortened(parameter.name)}", but is given by the names of its parameters X, Y, W, b (lists of all '
                "layers), W1, b1, W2, …, Z1, A1, …, params, cache, n, lr"
            )
        if parameter.kind is parameter.POSITIONAL_ONLY:
            arguments.append(offered)
        else:
            named[parameter.name] = offered
    try:
        with numpy.errstate(all="ignore"):
            returned = backward(*arguments, **named)
    except (Exception, SystemExit, GeneratorExit) as error:  # exit() in a cell is no reason to end what checks it; Ctrl+C is
        raise Refused("code.exception", **_where(error, backward)) from error
    if inspect.isawaitable(returned) and hasattr(returned, "close"):
        returned.close()  # it would complain later that nobody waited for it
    return returned


def _parameters(backward: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(backward).parameters.values())
    except (TypeError, ValueError):
        raise TypeError(
            f"backward is a Python function of one's own, such as def backward(X, Y, W, b), not {type(backward).__name__}"
        ) from None


def rate_of(backward: Callable[..., Any]) -> float | None:
    """The learning rate that the function has as a default, if it has one."""
    given = next((each.default for each in _parameters(backward) if each.name in _RATES), None)
    return float(given) if isinstance(given, (int, float)) and not isinstance(given, bool) else None


def quietly(action: Callable[[], Any]) -> Any:
    """Something done without its prints being seen."""
    with redirect_stdout(StringIO()):
        return action()


def _offered(name: str, passes: Passes, layout: Layout, labels: Any) -> Any:
    """What a parameter of that name stands for; None for a name that means nothing."""
    layers = range(1, passes.depth + 1)
    if name in ("n", "m", "N", "batch_size"):
        return passes.examples
    if name in _RATES:
        return passes.lr
    if name in ("W", "weights", "Ws"):
        return [layout.outward("W", passes.W[k]) for k in layers]
    if name in ("b", "biases", "bs"):
        return [layout.outward("b", passes.b[k]) for k in layers]
    if name in ("Z", "Zs"):
        return [layout.outward("Z", passes.Z[k]) for k in layers]
    if name in ("A", "As"):
        return [layout.outward("A", passes.A[k]) for k in range(passes.depth + 1)]
    if name in ("T", "t", "targets"):
        return layout.outward("A", passes.T)
    if name in ("Y", "y"):
        return numpy.array(labels) if labels is not None else layout.outward("A", passes.T)
    if name in ("X", "x", "inputs"):
        return layout.outward("A", passes.A[0])
    if name in ("params", "parameters", "weights_and_biases"):
        return {f"{stem}{k}": _offered(f"{stem}{k}", passes, layout, labels) for k in layers for stem in "Wb"}
    if name in ("cache", "caches", "forward"):
        return {"X": _offered("X", passes, layout, labels),
                **{f"{stem}{k}": layout.outward(stem, getattr(passes, stem)[k]) for k in layers for stem in "ZA"},
                "A0": _offered("X", passes, layout, labels)}  # fmt: skip
    match = re.fullmatch(r"(W|b|Z|A)_?(\d+)", name)
    if match and int(match[2]) in getattr(passes, match[1]):
        return layout.outward(match[1], getattr(passes, match[1])[int(match[2])])
    return None


def _where(error: BaseException, backward: Callable[..., Any]) -> dict[str, str]:
    """The line of the student's own code in which an exception came up, and what it said, both bounded in length."""
    frames = traceback.extract_tb(error.__traceback__)
    own = getattr(getattr(inspect.unwrap(backward), "__code__", None), "co_filename", None)
    frame = next((each for each in reversed(frames) if each.filename == own), frames[-1])
    written = (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
    said = " ".join(str(error).split())
    return {
        "line": str(frame.lineno),
        "written": shortened(written, 80),
        "error": f"{type(error).__name__}: {shortened(said, 120)}" if said else type(error).__name__,
    }


def shortened(text: str, longest: int = LONGEST) -> str:
    """A text that is quoted back, cut where it is too long, and that shown."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


# --- what was returned ------------------------------------------------------------------------------------------------


@dataclass
class Returned:
    """The gradients that were returned, by line and layer, with the examples in columns; their shapes as they came, and what was
    left blank. `precision` is that of the shortest floats among them."""

    arrays: dict[Key, Any] = field(default_factory=dict)
    shapes: dict[Key, str] = field(default_factory=dict)
    blanks: set[Key] = field(default_factory=set)
    precision: str = "double"


def read(returned: Any, passes: Passes, layout: Layout) -> Returned:
    """What was returned. Raises Refused for what is no gradient."""
    found = Returned()
    for name, given in _named(returned, passes.depth):
        key = _key(name, passes.depth)
        if key is None:
            continue
        if key in found.arrays or key in found.blanks:
            raise Refused("code.twice", what=shortened(name))
        if given is None:  # something is still to be written there
            found.blanks.add(key)
            continue
        found.arrays[key], size = _array(given, name, key, passes, layout)
        found.shapes[key] = shape_text(numpy.shape(given))
        found.precision = max(found.precision, PRECISION.get(size, "double"), key=tuple(PRECISION.values()).index)
    if not found.arrays:
        raise Refused("code.empty")
    return found


def _named(returned: Any, depth: int) -> list[tuple[str, Any]]:
    """What was returned as pairs of a name and an array, whatever form it has."""
    if isinstance(returned, tuple) and hasattr(returned, "_asdict"):
        returned = returned._asdict()
    if isinstance(returned, Mapping):
        return [(name if isinstance(name, str) else repr(name) if isinstance(name, int) else type(name).__name__, given)
                for name, given in returned.items()]  # fmt: skip
    if not isinstance(returned, Sequence) or isinstance(returned, (str, bytes)):
        raise Refused("code.form", got=shortened(type(returned).__name__))
    if len(returned) == depth and all(isinstance(each, (tuple, list, Mapping)) for each in returned):
        pairs = []
        for k, each in enumerate(returned, 1):
            of_layer = list(each.items()) if isinstance(each, Mapping) else list(zip(("dW", "db", "dX"), each, strict=False))
            pairs += [(f"{name}{k}", given) for name, given in of_layer]
        return pairs
    flat = [f"{stem}{k}" for k in range(1, depth + 1) for stem in ("dW", "db")]
    if len(returned) in (len(flat), len(flat) + 1):
        return list(zip([*flat, "dX"], returned, strict=False))
    raise Refused("code.count", got=str(len(returned)), depth=str(depth))


def _key(name: str, depth: int) -> Key | None:
    """Which gradient a name means; None for an array of the forward pass. Raises Refused for any other name."""
    match = _COUNTED.fullmatch(name)
    if match:
        of, stem, number = match[1], match[2], match[3]
        stem = stem.lower() if stem.lower() in ("b", "delta") else stem.upper()
        layer = int(number) if number else depth if depth == 1 or stem == "Y" else 0
        if stem in ("delta", "δ") or (of and stem == "Z"):
            key = ("dZ", layer)
        elif stem in ("W", "B", "b"):  # {"W1": …} is usual for gradients, too
            key = ("dW" if stem == "W" else "db", layer)
        elif of and stem == "X":
            key = ("dA", max(int(number or 1) - 1, 0))
        elif of:
            key = ("dA", layer)
        else:
            return None
        if (0 if key[0] == "dA" else 1) <= key[1] <= depth:
            return key
    if name in _FORWARD:
        return None
    known = ["dX", *(f"{stem}{k}" for k in range(1, depth + 1) for stem in ("dW", "db", "dZ", "dA", "delta"))]
    near = {each.lower(): each for each in known}.get(
        next(iter(get_close_matches(name[:LONGEST].lower(), map(str.lower, known), 1, 0.55)), "")
    )
    raise Refused("code.name.near" if near else "code.name", what=shortened(name), near=near or "")


def _array(given: Any, name: str, key: Key, passes: Passes, layout: Layout) -> tuple[Any, int]:
    """A returned array with two axes and the examples in columns, and how many bytes its floats had; a flat one is given the axes that fit."""
    try:
        array = numpy.asarray(given)
        if array.dtype.kind not in "biufO" or (array.dtype.kind == "O" and any(isinstance(each, (str, bytes)) for each in array.flat)):
            raise TypeError
        size = array.dtype.itemsize if array.dtype.kind == "f" else 8
        array = array.astype(float)
    except Exception:  # whatever an object says that is asked for its numbers
        raise Refused("code.array", what=shortened(name), got=_type_of(given)) from None
    if array.ndim > 2:
        raise Refused("code.axes", what=shortened(name), got=shape_text(array.shape))
    kind = "W" if key[0] == "dW" else key[0][1]
    due = layout.outward(kind, passes.truth[key]).shape
    if array.ndim < 2:
        array = array.reshape(due) if array.size == due[0] * due[1] and 1 in due else array.reshape(1, -1)
    return layout.inward(kind, array), size


def _type_of(given: Any) -> str:
    dtype = getattr(given, "dtype", None)
    return shortened(type(given).__name__ + (f" ({dtype})" if dtype is not None else ""))


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as NumPy writes it."""
    return str(tuple(shape))
