"""What makes one entry of an array, as data: the numbers it is made of, the terms that are added up, the equation.

`ArrayStep.entry` gives it; `making_entries` makes it.
"""

from dataclasses import dataclass, field

from ..engine.value import Value


@dataclass(frozen=True, eq=False)
class Factor:
    """A number that an entry is made of: the entry in row `i` and column `j` (from 0) of the array `name`.

    `symbol` shows where it comes from, and `nodes` are the scalar nodes behind it. A number that is no entry of an array,
    such as the slope h′(a), has the name "" and says in `symbol` what it is.
    """

    name: str
    i: int
    j: int
    value: float
    symbol: str
    nodes: tuple[Value, ...] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Term:
    """One of the terms that are added up to an entry: the product of its factors. `example` is the example it comes from,
    from 0, or None where it belongs to all."""

    factors: tuple[Factor, ...]
    value: float
    example: int | None


@dataclass(frozen=True, eq=False)
class ArrayEntry:
    """What makes one entry of an array.

    - `name`, `i`, `j`, `value`: the entry; `example`: whose it is, from 0, or None where it belongs to all of them;
    - `terms`: the products that are added up, for a product of matrices, a sum, and the product with a slope; () for any
      other formula. `value` is `factor` times their sum; `factor` is 1, or 1/n in a notation that divides by n here, or
      for a mean;
    - `reads`: every entry of another array that it is computed from, each once;
    - `nodes`: the scalar nodes it stands for, as `ArrayStep.nodes` has them; `steps.example(k)` gives them for an example;
    - `text`: the equation with numbers, "=" only where it is true as printed: "∂L/∂W⁽¹⁾[1, 2] = 0.5 · 2 + 0.25 · 4 = 2".
      The places in brackets are counted from 1, as in the lectures.
    """

    name: str
    i: int
    j: int
    value: float
    example: int | None
    terms: tuple[Term, ...] = field(repr=False)
    factor: float = field(repr=False)
    reads: tuple[Factor, ...] = field(repr=False)
    nodes: tuple[Value, ...] = field(repr=False)
    text: str = field(repr=False)

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__
