"""Vectorising: from the scalar graph of one example to a readable NumPy program for many.

The way: `scalars` reads and normalises the graph, `grouping` finds the nodes that are alike, `planning` makes arrays of
the groups, forward and backward: `arrays` in the simplest form (`simplifying`), by the formulas of the table
(`table_as_arrays`), in which `layers` stay whole. `outline` says which arrays have a line, with names from `naming`. Three
readings go through its lines: the `source` that is `printing`, the `equations` of a notation, made of `tokens`, and the
records of `array_steps` with `array_entries`, which `making_steps` and `making_entries` make with `array_numbers`, from
`evaluating`. What runs is written by `running` with `buffering`, after `expanding`; where numbers are not finite a source
that looks out for it runs (`zero_times_infinity`), and `rows` where nothing is alike. `program` is what a user holds.
"""

from .program import Program, vectorize

__all__ = ["Program", "vectorize"]
