"""A side by its name, as a program: `python -m benchmarks.side NAME WORKLOAD_FILE`. See `turns`."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from .by_hand import Step
from .serving import serving
from .workloads import Workload

SIDES = {
    "ours": "ours:vectorized",
    "plain NumPy": "by_hand:plainly",
    "buffered NumPy": "by_hand:into_buffers",
    "PyTorch": "frameworks:pytorch",
    "JAX": "frameworks:jax",
}


def make(name: str, path: str) -> Mapping[str, Step]:
    """The forms of a side for the workload of a file; only what this side needs is imported."""
    module, function = SIDES[name].split(":")
    forms: Callable[[Workload], Mapping[str, Step]] = getattr(import_module(f".{module}", __package__), function)
    return forms(Workload.load(Path(path)))


if __name__ == "__main__":
    serving(lambda: make(*sys.argv[1:]))
