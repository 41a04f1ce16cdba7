"""Who rests on whom: arrows point down, in no circle, and nobody reaches for what another file keeps to itself."""

import ast
import re
from importlib.util import resolve_name
from pathlib import Path

import pytest

import autograd

ROOT = Path(autograd.__file__).parents[1]
FLOORS = ("viz", "nn", "autograd.handcheck autograd.vectorizing", "autograd.explain", "autograd.reading", "autograd.engine")  # from the top


def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = {name_of(path): path for package in ("autograd", "nn", "viz") for path in (ROOT / package).rglob("*.py")}


def imported(module):
    """The names that a file imports when it is loaded or later, but for type checkers: pairs of a file of ours and a name in it."""
    path = FILES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    waiting = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ImportFrom):
            origin = resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                inner = f"{origin}.{alias.name}"
                if inner in FILES or origin in FILES:
                    yield (inner, "") if inner in FILES else (origin, alias.name)
        elif isinstance(node, ast.Import):
            yield from [(alias.name, "") for alias in node.names if alias.name in FILES]
        elif not (path.name == "__init__.py" and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            waiting += ast.iter_child_nodes(node)


def floor_of(module):
    return next((k for k, rooms in enumerate(FLOORS) if any(f"{module}.".startswith(f"{room}.") for room in rooms.split())), None)


@pytest.mark.parametrize("module", FILES)
def test_a_file_rests_on_its_own_floor_and_on_lower_ones(module):
    own = floor_of(module)
    above = [origin for origin, _ in imported(module) if own is not None and (floor_of(origin) or 0) < own and floor_of(origin) is not None]
    assert not above


@pytest.mark.parametrize("module", FILES)
def test_a_file_imports_only_what_others_offer(module):
    assert not [(origin, name) for origin, name in imported(module) if name.startswith("_") and not name.startswith("__")]


def test_the_files_of_the_engine_rest_on_earlier_ones_only_in_the_order_of_reading():
    order = re.findall(r"^- `(\w+)`", autograd.engine.__doc__, re.MULTILINE)
    assert sorted(order) == sorted(path.stem for path in (ROOT / "autograd" / "engine").glob("[a-z]*.py"))
    for k, name in enumerate(order):
        rests_on = {origin.rpartition(".")[2] for origin, _ in imported(f"autograd.engine.{name}") if origin != "autograd.engine"}
        assert rests_on <= set(order[:k]), f"{name} rests on {rests_on - set(order[:k])}, which come later"


def test_no_file_rests_on_itself_through_others():
    rests_on = {module: {origin for origin, _ in imported(module)} - {module} for module in FILES}
    placed = set()
    while free := {module for module, origins in rests_on.items() if module not in placed and origins <= placed}:
        placed |= free
    assert placed == set(FILES), f"these are in a circle, or rest on one: {sorted(set(FILES) - placed)}"
