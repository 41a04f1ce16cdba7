"""Judging matrix code: a backward pass that somebody wrote in NumPy, beside the records of the network it is for.

`check_code` calls it, compares array by array, and names what was done in place of the right line. `misconceptions` has
the table, `matrix_lines` the numbers, `search` finds the causes, `answers` speaks with the code.
"""

from .checking import check_code

__all__ = ["check_code"]
