"""Numbers, shapes and places of a flat vector as the texts that Python reads: what both writers of programs need."""

from typing import Any

import numpy


def literal(c: float) -> str:
    """A number as Python reads it."""
    if c != c or c - c != 0:
        return "np.nan" if c != c else "np.inf" if c > 0 else "-np.inf"
    return str(int(c)) if c == int(c) and abs(c) < 1e15 and str(c) != "-0.0" else repr(c)


def sizes(shape: Any) -> str:
    """A shape inside the parentheses of a call, or of a tuple."""
    return ", ".join([str(size) for size in shape]) + "," * (len(shape) == 1)


def slice_of(places: Any) -> str:
    """Places as the text of a slice, or "" if they are none."""
    if len(places) == 1:
        return f"{places[0]}:{places[0] + 1}"
    step = int(places[1] - places[0])
    if step < 1 or (numpy.diff(places) != step).any():
        return ""
    return f"{places[0]}:{places[-1] + 1}" + (f":{step}" if step > 1 else "")


def as_view(places: Any, size: int) -> str:
    """How a flat vector of that size gives an array with those entries, as a text behind it; "" if it takes an index.

    >>> as_view(numpy.array([[0, 1], [3, 4]]), 6), as_view(numpy.array([[2], [5]]), 6)
    ('[0:6].reshape(2, 3)[:, 0:2]', '[0:6].reshape(2, 3)[:, 2:3]')
    """
    shape, flat = places.shape, places.ravel()
    if (slice_of(flat) and len(flat) > 1 and flat[1] - flat[0] == 1) or len(flat) == 1:
        return f"[{slice_of(flat)}].reshape({sizes(shape)})"
    if places.ndim != 2:
        return ""
    rows, columns = shape
    if rows > 1 and columns > 1 and slice_of(places.T.ravel()) and places[1, 0] - places[0, 0] == 1:
        return f"[{slice_of(places.T.ravel())}].reshape({columns}, {rows}).T"
    stride = int(places[1, 0] - places[0, 0]) if rows > 1 else 0
    expected = places[0, 0] + stride * numpy.arange(rows)[:, None] + numpy.arange(columns)
    if stride < columns or not (places == expected).all():
        return ""
    for skipped in (stride - columns, *range(stride - columns)) if columns == 1 else range(stride - columns + 1):
        start = int(places[0, 0]) - skipped
        if start >= 0 and start + rows * stride <= size:
            return f"[{start}:{start + rows * stride}].reshape({rows}, {stride})[:, {skipped}:{skipped + columns}]"
    return ""
