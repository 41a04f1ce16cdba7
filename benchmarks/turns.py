"""Several sides in turn, each a program of its own: no side sees the threads, the memory or the imports of another.

A side computes nothing while it waits for its turn. What a side is told and answers stands in `serving`.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .serving import CHECKED
from .table import Measurement
from .workloads import Workload

ROOT = Path(__file__).parent.parent
REPETITIONS = 7


class CannotCompare(Exception):
    """A side that fails, or that computes something else; the message says which and what."""


class Side:
    """A running side. `form` is the fastest way to write it, `losses` are those of its first steps."""

    def __init__(self, name: str, command: Sequence[str]):
        self.name = name
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        answer = self._answer()
        self.form, self.losses = str(answer["form"]), list(answer["losses"])

    def turn(self) -> float:
        """The seconds that a step takes now."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._answer())

    def _answer(self) -> Any:
        assert self._process.stdout is not None and self._process.stderr is not None
        line = self._process.stdout.readline()
        if not line:
            raise CannotCompare(f"{self.name} failed: {self._process.stderr.read().strip().splitlines()[-1:] or 'no answer'}")
        answer = json.loads(line)
        if isinstance(answer, dict) and "problem" in answer:
            problem = answer["problem"]
            raise CannotCompare(
                problem.removeprefix("MissingPeer: ") if problem.startswith("MissingPeer") else f"{self.name} failed: {problem}"
            )
        return answer

    def __enter__(self) -> "Side":
        return self

    def __exit__(self, *error: Any) -> None:
        """Ends the program."""
        self._process.kill()
        self._process.communicate()


def in_turns(workload: Workload, commands: Mapping[str, Sequence[str]], repetitions: int = REPETITIONS) -> dict[str, Any]:
    """What was found for each side: a Measurement of one step; and what went wrong with it, where something did: a text.

    `commands` start the sides; each gets a file with the workload as its last argument. The first round does not count.
    A side whose losses are not those of the first one is not compared.
    """
    with ExitStack() as stack:
        path = workload.save(Path(stack.enter_context(TemporaryDirectory())) / "workload.npz")
        found: dict[str, Any] = {}
        sides: dict[str, Side] = {}
        for name, command in commands.items():
            try:
                sides[name] = stack.enter_context(Side(name, [*command, str(path)]))
                _refuse_another(sides[name], next(iter(sides.values())))
            except CannotCompare as error:
                found[name] = str(error)
                sides.pop(name, None)
        rounds = [{name: side.turn() for name, side in sides.items()} for _ in range(1 + repetitions)]
        return {**found, **{name: Measurement(tuple(times[name] for times in rounds[1:])) for name in sides}}


def _refuse_another(side: Side, first: Side) -> None:
    for number, (mine, theirs) in enumerate(zip(first.losses, side.losses, strict=True), 1):
        if not abs(mine - theirs) <= 1e-9 * abs(mine):
            raise CannotCompare(
                f"not the same computation: in step {number} of {CHECKED} {first.name} loses {mine!r}, but {side.name} {theirs!r}"
            )


def command(name: str) -> list[str]:
    """What starts a side of `side` in this environment."""
    return [sys.executable, "-m", "benchmarks.side", name]
