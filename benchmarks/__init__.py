"""Chalkgrad beside its peers: `python -m benchmarks` measures every row and prints one table. See README.md here."""
