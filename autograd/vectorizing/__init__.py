"""Vectorising: from the scalar graph of one example to a readable NumPy program for many.

The way: `scalars` reads and normalises the graph, `grouping` finds the nodes that are alike, `planning` makes arrays
of them forward and backward, `arrays` simplifies, `naming` and `printing` write the program to be read.
"""

from .program import Program, vectorize

__all__ = ["Program", "vectorize"]
