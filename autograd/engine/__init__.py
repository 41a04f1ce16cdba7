"""The engine: numbers, formulas, the table of operations, `Value`, and the passes through a graph of Values."""
