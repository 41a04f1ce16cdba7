"""What a lab gives back: a frozen record of numbers and arrays that shows itself as a table of its fields."""

from dataclasses import fields
from typing import Any

import numpy

SHOWN = 6  # entries of an array that are written out


class Result:
    """A frozen dataclass of numbers and arrays; `print` shows a line for each field."""

    def __repr__(self) -> str:
        width = max(len(field.name) for field in fields(self))  # type: ignore[arg-type]
        lines = [f"{field.name.ljust(width)}  {_shown(getattr(self, field.name))}" for field in fields(self)]  # type: ignore[arg-type]
        return "\n".join(lines)


def _shown(item: Any) -> str:
    if isinstance(item, float):
        return f"{item:.4g}"
    if isinstance(item, dict):
        return ", ".join(str(name) for name in item)
    if not isinstance(item, numpy.ndarray):
        return str(item)
    if item.ndim == 1 and len(item) <= SHOWN:
        return "  ".join(f"{v:.4g}" if isinstance(v, float) else str(v) for v in item.tolist())
    return f"array of shape {item.shape}"
