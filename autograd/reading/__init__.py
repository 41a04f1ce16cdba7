"""Readings of a graph: both passes as records, paths, finite differences."""
