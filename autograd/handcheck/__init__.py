"""A student's numbers for a graph: right, wrong and why, or following from numbers of their own.

`check` judges a sheet and names the causes; `as_if` runs both passes with a misconception, to look at or to make questions of.
"""

from .checking import check
from .execution import as_if
from .practice import Practice, practice_log
from .report import Finding, Report, graded

__all__ = ["Finding", "Practice", "Report", "as_if", "check", "graded", "practice_log"]
