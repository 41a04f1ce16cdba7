"""Vectorising: from the scalar graph of one example to a readable NumPy program for many.

The way: `scalars` reads and normalises the graph, `grouping` finds the nodes that are alike, `planning` makes arrays of
the groups, forward and backward: `arrays` in the simplest form (`simplifying`), by the formulas of the table
(`table_as_arrays`). The plan is written three times: to be read, as a `source` that is `printing` with names from
`naming`; to be run, by `running` with `buffering`, after `expanding`; and by `equations` as LaTeX. The source is also what runs where
numbers are not finite (`zero_times_infinity`), and `rows` where nothing is alike. `program` is what a user holds.
"""

from .program import Program, vectorize

__all__ = ["Program", "vectorize"]
