"""What every part of the layer asks of its arguments, and the words it refuses them with. Rests on `autograd` and NumPy."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Any

import numpy

from autograd import Value
from autograd.quoting import LONGEST, quoted

MOST_NAMES = 20  # that a refusal lists
MOST_OF_FLOATS = int(numpy.finfo(float).max)
NO_NUMBERS = (bool, numpy.timedelta64)  # although Python and NumPy count them among the whole numbers


def choose(kind: str, name: Any, table: Mapping[str, Any]) -> Any:
    """The entry of a table. Raises ValueError with the nearest names for one that is not there.

    >>> choose("a colour", "bleu", {"blue": 1, "red": 2})
    Traceback (most recent call last):
    ValueError: there is no colour called "bleu"; did you mean "blue"? There are blue, red
    """
    if isinstance(name, str) and name in table:
        return table[name]
    what = kind.removeprefix("a ").removeprefix("an ")
    if not isinstance(name, str):
        raise TypeError(f"{kind} is given by its name or as a function, not as {quoted(name)}")
    near = get_close_matches(name[:LONGEST].lower(), table, n=3, cutoff=0.5)
    hint = "; did you mean " + " or ".join(f'"{other}"' for other in near) + "?" if near else "."
    names = [*table] if len(table) <= MOST_NAMES else [*list(table)[: MOST_NAMES - 1], "…"]
    raise ValueError(f'there is no {what} called "{name[:LONGEST]}"{hint} There are {", ".join(names)}')


def count(name: str, given: Any, least: int = 1) -> int:
    """A whole number that is at least `least`; raises TypeError or ValueError otherwise."""
    if not isinstance(given, Integral) or isinstance(given, NO_NUMBERS):
        raise TypeError(f"{name} is a whole number, not {quoted(given)}")
    if given < least:
        raise ValueError(f"{name} is at least {least}, not {quoted(given)}")
    return int(given)


def real(name: str, given: Any, low: float = -numpy.inf, high: float = numpy.inf, *, above: bool = False, below: bool = False) -> Any:
    """A real number from `low` to `high`; `above` and `below` exclude the borders. Raises TypeError or ValueError otherwise."""
    if not isinstance(given, Real) or isinstance(given, NO_NUMBERS):
        raise TypeError(f"{name} is a number, not {quoted(given)}")
    number: Any = given
    if isinstance(given, int) and abs(given) > MOST_OF_FLOATS:
        raise ValueError(f"{name} is {quoted(given)}, larger than any float")
    if not (low < number if above else low <= number) or not (number < high if below else number <= high):
        lower = "" if low == -numpy.inf else f" {'greater than' if above else 'at least'} {low:g}"
        upper = "" if high == numpy.inf else f" {'less than' if below else 'at most'} {high:g}"
        raise ValueError(
            f"{name} must be{lower}{' and' * bool(lower and upper)}{upper}{' a number' * (not lower + upper)}, not {quoted(given)}"
        )
    return given


def several(name: str, given: Any) -> list[Any]:
    """The items of a list, a tuple, an array or the like. Raises TypeError for what is none, and ValueError where it is empty."""
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable) or getattr(given, "ndim", 1) == 0:
        raise TypeError(f"{name} is a list, not {quoted(given)}")
    items = list(given)
    if not items:
        raise ValueError(f"{name} is an empty list; it needs one entry at least")
    return items


def numbers(name: str, given: Any) -> Any:
    """An array of floats, of any shape. Raises TypeError or ValueError for what holds other things."""
    try:
        return numpy.asarray(given, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{name} must hold numbers, in rows of one length, not {quoted(given)}") from None


def a_function(name: str, given: Any) -> Any:
    """A function. Raises TypeError for what cannot be called."""
    if not callable(given):
        raise TypeError(f"{name} is a function, not {quoted(given)}")
    return given


def trainable(given: Any) -> Any:
    """A model, known by its parameters and predictions. Raises TypeError for anything else."""
    if isinstance(given, type) or not all(callable(getattr(given, each, None)) for each in ("parameters", "predict")):
        raise TypeError(f"model is one of nn, such as MLP(2, [3, 1]), not {quoted(given)}")
    return given


def generator(rng: Any) -> numpy.random.Generator:
    """The generator of random numbers that is meant: a NumPy generator as it is, one made from a seed, or a fresh one for None."""
    if isinstance(rng, numpy.random.Generator):
        return rng
    if rng is not None:
        count("rng (a seed or a NumPy generator)", rng, least=0)
    return numpy.random.default_rng(rng)


def as_values(x: Any, length: int, who: str) -> tuple[Value, ...]:
    """The inputs of a part of a network as Values: what is a number becomes a constant.

    Raises ValueError, naming the part, when there are not `length` of them.
    """
    if x.__class__ is not tuple and x.__class__ is not list:
        if length == 1 and isinstance(x, (Real, Value)):
            x = [x]
        elif isinstance(x, (Real, Value, str)) or not isinstance(x, Iterable):
            raise TypeError(f"{who} takes a list of {_numbers(length)}, not {type(x).__name__}")
        else:
            x = x.tolist() if isinstance(x, numpy.ndarray) else list(x)
    if len(x) != length:
        raise ValueError(f"{who} takes {_numbers(length)}, not {len(x)}")
    return tuple([v if v.__class__ is Value else as_constant(v, who) for v in x])


def as_constant(x: Any, who: str) -> Value:
    """A number as a constant, so that nobody is asked for its gradient; a Value as it is."""
    if isinstance(x, Value):
        return x
    if isinstance(x, (list, tuple, numpy.ndarray)):
        raise ValueError(f"{who} takes one example at a time, a flat list of numbers; call it for each row, or use predict")
    return Value(x, constant=True)


def _numbers(n: int) -> str:
    return "1 number" if n == 1 else f"{n} numbers"


def examples(X: Any, name: str = "X", features: int | None = None) -> Any:
    """The inputs as an array of shape (examples, features), of floats, or of objects where there are Values or Fractions.

    `features` is how many are wanted, where that is known. Raises ValueError for another shape, for no examples, and for
    NaN or infinite numbers (the row and column are said).
    """
    array = _array(X, name)
    if array.ndim != 2:
        advice = "give one row for each example"
        if array.ndim == 1:
            one = f"write [{name}] for a single example"
            column = f"write {name}.reshape(-1, 1) for one feature"
            advice = column if features == 1 else one if features == len(array) else f"{one}, {column.removeprefix('write ')}"
        raise ValueError(f"{name} has shape {array.shape}, but (examples, features) is needed; {advice}")
    if array.shape[0] == 0:
        raise ValueError(f"{name} has shape {array.shape}: there are no examples in it")
    return _finite(array, name)


def targets(y: Any, n: int, name: str = "y") -> Any:
    """The targets as an array with one entry or one row for each of `n` examples. Raises ValueError otherwise, as `examples` does."""
    array = _array(y, name)
    if array.ndim not in (1, 2) or array.shape[0] != n:
        raise ValueError(f"{name} has shape {array.shape}, but X has {n} examples; {name} needs one entry or one row for each")
    return _finite(array, name)


def _array(data: Any, name: str) -> Any:
    if numpy.ma.is_masked(data):
        raise ValueError(f"{name} has masked entries; leave these examples out, or put numbers there with {name}.filled(…)")
    try:
        array = numpy.asarray(data)
    except ValueError:
        raise ValueError(f"the rows of {name} have different lengths; each example needs the same number of features") from None
    if array.dtype.kind in "biuf":
        return array.astype(float) if array.dtype.kind in "bf" else array
    if array.dtype == object and all(isinstance(item, (Value, Real)) and not isinstance(item, numpy.timedelta64) for item in array.flat):
        return array
    raise TypeError(f"{name} must hold numbers, not {array.dtype.name if array.dtype != object else 'objects of other kinds'}")


def _finite(array: Any, name: str) -> Any:
    if array.dtype.kind == "f" and not numpy.isfinite(array).all():
        place = tuple(int(k) for k in numpy.argwhere(~numpy.isfinite(array))[0])
        where = f"row {place[0]}" + (f", column {place[1]}" if len(place) > 1 else "")
        raise ValueError(f"{name} holds {array[place]} at {where} (counted from 0); remove or replace such entries first")
    return array
