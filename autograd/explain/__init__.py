"""Both passes, paths and derivations in words: numbers, formulas and sentences for people, in every language and notation.

Rests on what `reading` finds in a graph, and on the table of operations.
"""
