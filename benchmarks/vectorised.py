"""P3 and P4: a step of the vectorised program beside NumPy written by hand, PyTorch, HIPS autograd and JAX. P6: making it."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from .measuring import in_fresh_process
from .table import Measurement, Record, bounded, times_as_much, times_faster
from .turns import REPETITIONS, ROOT, command, in_turns
from .workloads import Workload, columns, images

HIPS = "HIPS autograd"
HIPS_PYTHON = "HIPS_AUTOGRAD_PYTHON"  # the variable that names an interpreter which has it


class NotMeasured(Exception):
    """A peer for comparison that cannot be had here; the message says why."""


# --- P3, P4 ------------------------------------------------------------------------------------------------------


def beside_numpy(workloads: Sequence[Workload] | None = None, repetitions: int = REPETITIONS) -> list[Record]:
    """A vectorised step beside NumPy written by hand, PyTorch and HIPS autograd."""
    commands = {name: command(name) for name in ("ours", "plain NumPy", "buffered NumPy", "PyTorch")}
    records = []
    with hips_interpreter() as (python, why_not):
        if python:
            commands[HIPS] = [python, "-I", str(ROOT / "benchmarks" / "hips.py")]
        for number, workload in enumerate(workloads or columns()):
            found = in_turns(workload, commands, repetitions)
            targets = {"plain NumPy": 1.0, **({"PyTorch": 6.0} if number == 0 else {})}
            records += [_faster(f"a step of {workload.name}", found, name, targets.get(name)) for name in list(commands)[1:]]
            if why_not:
                records.append(Record("P3", f"a step of {workload.name}", _measured(found["ours"]), f"{HIPS} not measured: {why_not}"))
    return records


def _faster(what: str, found: Mapping[str, Any], name: str, at_least: float | None) -> Record:
    problem = _problem(found, name)
    return Record("P3", what, problem=problem) if problem else times_faster("P3", what, found["ours"], name, found[name], at_least)


def beside_jax(workloads: Sequence[Workload] | None = None, repetitions: int = REPETITIONS) -> list[Record]:
    """A vectorised step beside jax.jit."""
    records = []
    for number, workload in enumerate(workloads or columns()):
        found = in_turns(workload, {name: command(name) for name in ("ours", "JAX")}, repetitions)
        what, problem = f"a step of {workload.name}", _problem(found, "JAX")
        limit = 1.0 if number < 3 else 1.05
        records.append(
            Record("P4", what, problem=problem) if problem else times_as_much("P4", what, found["ours"], "jax.jit", found["JAX"], limit)
        )
    return records


def _problem(found: Mapping[str, Any], name: str) -> str:
    return next((found[side] for side in ("ours", name) if isinstance(found[side], str)), "")


def _measured(found: Any) -> Measurement | None:
    return found if isinstance(found, Measurement) else None


@contextmanager
def hips_interpreter() -> Iterator[tuple[str, str]]:
    """An interpreter that has HIPS autograd, whose import name is ours, and ""; or "" and why there is none.

    It is the one that HIPS_AUTOGRAD_PYTHON names, else one in an environment that is made for the occasion with pip.
    """
    named = os.environ.get(HIPS_PYTHON)
    if named:
        yield _usable(named)
        return
    with TemporaryDirectory() as folder:
        python = str(Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python")
        for line in ([sys.executable, "-m", "venv", folder], [python, "-m", "pip", "install", "-q", "autograd"]):
            try:
                subprocess.run(line, check=True, capture_output=True, timeout=180)
            except (OSError, subprocess.SubprocessError):
                yield "", f"pip cannot install it here; name an interpreter that has it in {HIPS_PYTHON}"
                return
        yield _usable(python)


def _usable(python: str) -> tuple[str, str]:
    try:
        subprocess.run([python, "-I", "-c", "from autograd import value_and_grad"], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return "", f"{python} does not have it"
    return python, ""


# --- P6 ----------------------------------------------------------------------------------------------------------


def compiling(workload: Workload | None = None, repetitions: int = 5) -> list[Record]:
    """Making a program from the graph of one example of [64, 32, 10]."""
    workload = workload or images((64, 32, 10), 128)
    seconds = [in_fresh_process(compile_time, workload) for _ in range(repetitions)]
    what = f"vectorize for [{','.join(map(str, workload.widths))}], the first program of an interpreter"
    return [bounded("P6", what, Measurement(tuple(seconds)), Measurement((0.1,)))]


def compile_time(workload: Workload) -> float:
    """The seconds from the graph to the gradients of one example: what is put off until then counts, too."""
    from autograd import vectorize

    from .ours import one_example

    y, inputs, parameters = one_example(workload)
    row = [[leaf.data for leaf in inputs]]
    gc.collect()
    start = perf_counter()
    vectorize(y, inputs, parameters).value_and_grad(row)
    return perf_counter() - start
