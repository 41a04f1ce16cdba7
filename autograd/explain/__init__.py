"""The passes in words: numbers, formulas and sentences for people. Rests on the table of operations and on nothing else."""
