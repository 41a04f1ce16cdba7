"""A student's numbers for a graph: right, wrong, or following from numbers of their own."""

from .judge import Finding, Report, check

__all__ = ["Finding", "Report", "check"]
