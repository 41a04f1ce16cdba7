"""The command line of the benchmarks: measures the rows asked for, all by default, and prints one table.

The exit code is 1 when a target is missed, a peer is missing, or a measurement failed.
"""

import argparse
import sys
from collections.abc import Callable, Iterable

from .checking import checking
from .demo import micrograd_demo, network_demo
from .edges import edges
from .learning import digits
from .measuring import MissingPeer, in_fresh_process, stay_within_cores
from .pages import pages
from .pictures import pictures, tangled
from .playground import playground
from .scalars import scalars
from .scale import scale
from .starting import starting
from .table import Record, table
from .vectorised import beside_jax, beside_numpy, compiling
from .whole_fits import whole_fits

# What each name measures: a function of no arguments that returns records; the first line of its docstring is its title.
ROWS: dict[str, Callable[..., list[Record]]] = {
    "P1": micrograd_demo,
    "P2": network_demo,
    "P3": beside_numpy,
    "P4": beside_jax,
    "P5": scale,
    "P6": compiling,
    "P7": pictures,
    "P8": pages,
    "P9": starting,
    "P10": whole_fits,
    "P11": checking,
    "P12": tangled,
    "P13": playground,
    "edges": edges,
    "digits": digits,
    "scalars": scalars,
}


def title(name: str) -> str:
    """What a row measures, in one line."""
    return (ROWS[name].__doc__ or "").splitlines()[0]


def measured(name: str) -> list[Record]:
    """The records of a row, measured in an interpreter of its own; one that says so where that cannot be done."""
    try:
        return in_fresh_process(ROWS[name])
    except MissingPeer as error:
        return [Record(name, title(name), problem=str(error))]
    except Exception as error:  # one row that fails must not hide the others
        return [Record(name, title(name), problem=f"failed: {type(error).__name__}: {error}")]


def main(given: list[str] | None = None) -> int:
    """Runs the command line and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Chalkgrad beside its peers, as one table.",
        epilog="\n".join(f"{name:8} {title(name)}" for name in ROWS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("rows", nargs="*", metavar="row", help=f"what to measure: {', '.join(ROWS)} (all)")
    asked = parser.parse_args(given).rows
    unknown = [name for name in asked if name not in ROWS]
    if unknown:
        parser.error(f"there is no row {unknown[0]}; there are {', '.join(ROWS)}")
    return report(asked or ROWS)


def report(names: Iterable[str]) -> int:
    """Measures the rows and prints the table; the exit code."""
    stay_within_cores()
    records: list[Record] = []
    for name in names:
        print(f"measuring {name}: {title(name)}", file=sys.stderr)
        records += measured(name)
    print(table(records))
    return 0 if all(record.passed for record in records) else 1


if __name__ == "__main__":
    sys.exit(main())
