"""Products in which 0 times anything is 0, as the scalar engine has them on the way back: for the careful program."""

from typing import Any

import numpy


def times(a: Any, b: Any) -> Any:
    """a · b, where a 0 on either side gives 0."""
    return numpy.where((a == 0) | (b == 0), 0.0, a * b)


def product(a: Any, b: Any) -> Any:
    """The matrix product in which 0 times anything is 0: rows and columns that hold inf or nan are done one by one."""
    good_rows, good_columns = numpy.isfinite(a).all(axis=1), numpy.isfinite(b).all(axis=0)
    found = numpy.where(good_rows[:, None], a, 0) @ numpy.where(good_columns, b, 0)
    for i in numpy.flatnonzero(~good_rows):
        found[i] = times(a[i][:, None], b).sum(axis=0)
    for j in numpy.flatnonzero(~good_columns):
        found[:, j] = times(a, b[:, j]).sum(axis=1)
    return found
