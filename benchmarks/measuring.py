"""Measuring: several sides in turn, in a fresh interpreter where that is steadier, within two cores, with peers that may be missing.

A row's function calls these and puts what they return into records of `table`.
"""

import gc
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from time import perf_counter
from typing import Any, TypeVar

from .table import Measurement

REPETITIONS = 11  # what a median is taken of, where a repetition is short
CORES = 2

Result = TypeVar("Result")


class MissingPeer(ImportError):
    """A peer that a row needs cannot be imported; the message says what to install."""


def peer(module: str) -> Any:
    """The module of a peer, such as "micrograd.nn". Raises MissingPeer when it cannot be imported.

    >>> peer("no_such_engine.nn")
    Traceback (most recent call last):
    benchmarks.measuring.MissingPeer: no_such_engine is not installed: pip install no_such_engine
    """
    name = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name == name:
            raise MissingPeer(f"{name} is not installed: pip install {name}") from None
        raise MissingPeer(f"{name} cannot be imported: {error}") from error
    except (ImportError, OSError) as error:  # OSError: a shared library that does not load
        raise MissingPeer(f"{name} cannot be imported: {error}") from error


def interleaved(
    sides: Mapping[str, Callable[[], Any]],
    repetitions: int = REPETITIONS,
    clock: Callable[[], float] = perf_counter,
    in_a_row: int = 1,
) -> dict[str, Measurement]:
    """The seconds that one call of each side takes, by the names of the sides.

    `clock` may be time.process_time where every side is one thread of this process: while other programs have the
    processor, it stands still.

    The sides take turns, so that whatever else slows the machine down slows all of them. The first round is a warm-up
    and does not count. Garbage of the side before is collected outside of the measured time; a side's own garbage is
    part of its work, so what is a loop in life is measured `in_a_row`, several calls at a time.
    """
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(1 + repetitions):
        for name, side in sides.items():
            gc.collect()
            start = clock()
            for _ in range(in_a_row):
                side()
            seconds[name].append((clock() - start) / in_a_row)
    return {name: Measurement(tuple(times[1:])) for name, times in seconds.items()}


def in_fresh_process(function: Callable[..., Result], *arguments: Any) -> Result:
    """What the function returns in an interpreter of its own, where nothing else was imported, allocated or patched.

    An exception comes back as it is; an interpreter that dies raises BrokenProcessPool.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def stay_within_cores(cores: int = CORES) -> None:
    """Keeps this process, and those it starts, to that many cores, where the system can do that, and that many threads."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(cores)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
