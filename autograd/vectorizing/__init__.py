"""Vectorising: from the scalar graph of one example to a readable NumPy program for many.

The way: `scalars` reads and normalises the graph, `grouping` finds the nodes that are alike, `planning` makes `arrays`
of the groups, forward and backward. The plan is printed three times: by `printing`, with names from `naming`, to be
read; by `buffering` to be run; by `equations` as LaTeX. `rows` is for graphs in which nothing is alike. `program` is
what a user holds.
"""

from .program import Program, vectorize

__all__ = ["Program", "vectorize"]
