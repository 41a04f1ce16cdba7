"""What an editor, a debugger, `help`, `inspect`, a traceback and a type checker see of the engine."""

import ast
import inspect
import linecache
import os
import pydoc
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

import autograd
from autograd import Value
from autograd.engine import functions
from autograd.engine.operations import TABLE
from autograd.engine.specialised import BINARY, SYMBOLS

SOURCE = Path(inspect.getsourcefile(Value) or "")
BUILT_IN = [*TABLE.values()]  # other tests may define more
PUBLIC = {name for name in dir(Value) if not name.startswith("_")}
OPERATIONS = [entry for entry in BUILT_IN if not entry.is_nary]
METHODS = {entry.name: SYMBOLS.get(entry.name, entry.name) for entry in OPERATIONS} | {name: name for name in ("maximum", "minimum")}
REFLECTED = [f"__r{name[2:]}" for name in sorted(BINARY)]
LISTS = {"total", "dot", "logsumexp", "mean", "softmax"}  # of lists, so they are no methods


def defined_in_the_class():
    """What stands in the body of class Value in the source, as an editor reads it."""
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Value").body
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def defined_functions():
    tree = ast.parse(Path(functions.__file__).read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_operation_has_its_line_in_class_value_and_in_functions():
    missing = [f"class Value: def {method}" for method in METHODS.values() if method not in defined_in_the_class()]
    missing += [
        f"functions.py: def {entry.name}"
        for entry in BUILT_IN
        if not entry.symbol and entry.name != "abs" and entry.name not in defined_functions()
    ]
    assert not missing, "these lines are missing:\n" + "\n".join(missing)


def test_the_class_holds_all_that_a_value_can_do():
    assert {name for name in defined_in_the_class() if not name.startswith("_")} == PUBLIC
    assert not LISTS & PUBLIC
    assert {"data", "grad", "label", "op", "parents", "partials", "backward", "zero_grad", "tanh", "relu"} <= PUBLIC
    assert {*REFLECTED, *BINARY, "__neg__", "__abs__", "__deepcopy__", "__reduce_ex__"} <= {*defined_in_the_class()}
    assert not hasattr(Value, "__getattr__")


@pytest.mark.parametrize("name", sorted({*METHODS.values(), *REFLECTED, "backward", "zero_grad"}))
def test_a_method_has_a_signature_a_name_and_a_place(name):
    method = getattr(Value, name)
    assert next(iter(inspect.signature(method).parameters)) == "self"
    assert [*inspect.signature(method).parameters] == [argument.arg for argument in _arguments(defined_in_the_class()[name])]
    assert (method.__name__, method.__qualname__, method.__module__) == (name, f"Value.{name}", "autograd.engine.value")


def _arguments(node):
    return [*node.args.args, *([node.args.vararg] if node.args.vararg else [])]


@pytest.mark.parametrize("name", sorted({entry.name for entry in BUILT_IN if not entry.symbol and entry.name != "abs"} | LISTS))
def test_a_function_has_a_signature_and_says_what_it_computes(name):
    function = getattr(functions, name)
    parameters = [*inspect.signature(function).parameters]
    assert parameters and parameters != ["args", "kwargs"]
    assert len(function.__doc__) > 20


def test_functions_of_one_operand_are_called_with_one():
    assert str(inspect.signature(autograd.tanh)) == "(x: Any) -> Any"
    assert [*inspect.signature(autograd.leaky_relu).parameters] == ["x", "slope"]


def test_help_shows_the_operators_the_methods_and_the_passes():
    text = pydoc.plain(pydoc.render_doc(Value))
    for line in ("backward(self, seed", "__add__(self, other", "tanh(self", "The hyperbolic tangent.", "∂y/∂a = 1 - y ** 2"):
        assert line in text


def test_the_written_code_of_an_operator_can_be_read():
    assert "node._data = y = a * b" in inspect.getsource(Value.__mul__)
    Value(1.0).tanh()  # the code of a function is written when it is first used
    assert "node._da = 1.0 - y ** 2" in inspect.getsource(Value.tanh)


def test_functions_are_written_when_they_are_first_used():
    program = "import linecache, autograd; autograd.exp(autograd.Value(0.0)); print(*[f for f in linecache.cache if 'operation' in f])"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "the operation mul>" in shown and "the operation exp>" in shown and "the operation tanh>" not in shown


def test_a_traceback_through_an_operator_shows_its_source_line():
    class Odd(Value):
        pass

    odd = Odd(2.0)
    odd._data = "no number"  # as a debugger could
    with pytest.raises(ValueError) as caught:
        Value(3.0) * odd
    lines = traceback.format_exception(caught.value)
    assert any("<the operation mul>" in line and "evaluated(operation, (self, other), [a, b])" in line for line in lines)
    linecache.checkcache()
    assert linecache.getlines("<the operation mul>")


def test_the_written_code_does_what_the_readable_method_does():
    written = 0
    for entry in OPERATIONS:
        method = getattr(Value, METHODS[entry.name])
        if not hasattr(method, "generic"):
            continue
        written += 1
        for point in ((0.3, 0.7), (-1.5, 2.0), (0.0, 0.0), (1000.0, -3.0), (float("inf"), 0.5)):
            operands = [Value(x) for x in point[: len(entry.letters)]]
            fast, readable = method(*operands), method.generic(*operands)
            assert repr((fast.data, fast.partials)) == repr((readable.data, readable.partials)), f"{entry.name} at {point}"
            assert (fast.op, fast.parents, fast.scope) == (readable.op, readable.parents, readable.scope)
    assert written >= 20


def test_a_type_checker_knows_the_methods_and_the_functions(tmp_path):
    program = """
import autograd
from autograd import Value

v = Value(2.0)
reveal_type(v.tanh())
reveal_type(v * 3)
reveal_type(3 - v)
reveal_type(Value.tanh)
v.backward()
v.tahn()
v.dot([v])
autograd.tanh(v)
autograd.tanhh(v)
"""
    (tmp_path / "lesson.py").write_text(program, encoding="utf-8")
    root = Path(autograd.__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-incremental", "--cache-dir", str(tmp_path / "cache"), "--config-file", "", str(tmp_path / "lesson.py")],
        cwd=root, capture_output=True, text=True, check=False, env={**os.environ, "MYPYPATH": str(root)},
    )  # fmt: skip
    said = run.stdout
    assert said.count('Revealed type is "autograd.engine.value.Value"') == 3, said
    assert 'lesson.py:11: error: "Value" has no attribute "tahn"' in said
    assert 'lesson.py:12: error: "Value" has no attribute "dot"' in said
    assert 'lesson.py:14: error: Module has no attribute "tanhh"' in said
    assert "lesson.py:13" not in said


@pytest.mark.parametrize("package", ["autograd", "nn", "viz"])
def test_the_packages_say_that_they_are_typed(package):
    root = Path(autograd.__file__).parents[1]
    assert (root / package / "py.typed").exists()
    assert "py.typed" in (root / "setup.cfg").read_text(encoding="utf-8")
