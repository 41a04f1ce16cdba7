"""One side of a comparison as a program of its own, which makes steps when it is told to; `turns` speaks with it.

Rests on the standard library alone, so that it also runs where Chalkgrad cannot be imported. It speaks in lines of
JSON: first {"form", "losses"}, then, for every line that it reads, the seconds of one step, or {"problem"}.
"""

import gc
import json
import sys
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

CHECKED = 5  # steps whose losses are compared
TURN, RUNS = 0.1, 10  # the seconds of a turn, and its parts

Step = Callable[[], float]


def seconds_per_step(step: Step, steps: int) -> float:
    """The median of ten runs of some steps in a row, after one more that warms up again what the other sides have displaced.

    A run that another program has interrupted does not count for much that way.
    """
    gc.collect()
    steps = max(1, steps // RUNS)
    seconds = []
    for _ in range(1 + RUNS):
        start = perf_counter()
        for _ in range(steps):
            step()
        seconds.append((perf_counter() - start) / steps)
    return median(seconds[1:])


def serve(forms: Mapping[str, Step]) -> None:
    """Compares the losses and the speed of the forms of a side, and serves the fastest of them until the input ends."""
    losses = {form: [step() for _ in range(CHECKED)] for form, step in forms.items()}
    first = next(iter(losses.values()))
    for form, found in losses.items():
        if any(abs(a - b) > 1e-6 * abs(a) for a, b in zip(first, found, strict=True)):
            raise ValueError(f"the forms of this side do not compute the same: {form} has the losses {found}, not {first}")
    steps = round(TURN / min(seconds_per_step(step, 3) for step in forms.values()))
    if len(forms) > 1:
        times = {form: min(seconds_per_step(step, steps) for _ in range(3)) for form, step in forms.items()}
    else:
        times = dict.fromkeys(forms, 0.0)
    form = min(times, key=times.__getitem__)
    _say({"form": form, "losses": first})
    for _ in sys.stdin:
        _say(seconds_per_step(forms[form], steps))


def serving(make: Callable[[], Mapping[str, Step]]) -> None:
    """Serves what `make` gives; what goes wrong is said in a line, too."""
    try:
        serve(make())
    except Exception as error:
        _say({"problem": f"{type(error).__name__}: {error}"})


def _say(what: object) -> None:
    print(json.dumps(what), flush=True)
