"""The operations of the table as JavaScript: what the page computes with when a reader changes a leaf.

Each formula becomes a function literal, written into the module of the page; nothing is read or evaluated there.
"""

from collections.abc import Iterable, Sequence

from autograd.engine.dialects import JAVASCRIPT, Tree, formula
from autograd.engine.operations import TABLE, Operation
from autograd.reading.learning_step import CHANGE, MOVED, PREDICTED, SQUARED_LENGTH

from .skeletons import Choices, told_apart

UPDATE = {"moved": MOVED, "predicted": PREDICTED, "squares": SQUARED_LENGTH, "change": CHANGE}  # the formulas of a learning step


def arrow(parameters: Sequence[str], trees: Sequence[Tree], several: bool = False) -> str:
    """Formulas of some parameters as one JavaScript function: of the number of the only one, or of `several` in a list.

    >>> print(arrow("ab", [formula("where(a > b, a * b, -1)")]))
    (a, b) => (a > b ? a * b : (-1))
    >>> print(arrow(["upstream", "local"], [formula("-upstream * exp(local)")]))
    (upstream, local) => -upstream * f.exp(local)
    """
    lets: dict[str, str] = {}
    written = [JAVASCRIPT.write(tree, lets) for tree in trees]
    result = f"[{', '.join(written)}]" if several else written[0]
    return _function(parameters, lets, result)


def _function(parameters: Sequence[str], lets: dict[str, str], result: str) -> str:
    """An arrow function; `lets` are the sums and maxima that it computes first."""
    shared = "".join([f"const {name} = {text}; " for text, name in lets.items()])
    return f"({', '.join(parameters)}) => " + (f"{{ {shared}return {result}; }}" if shared else result)


def literal(operation: Operation) -> str:
    """An operation as a JavaScript object.

    `value` takes the operands, or a list of them for each letter; `partials` have a function for each letter, of the
    operands, y, and the place i in the lists; `branches` tell, of the same, which branch of each where() is taken
    ("" without one), by which the skeletons are named; `sides` are the numbers whose signs tell the side of each kink.
    """
    letters, items = list(operation.letters), ["i"] if operation.is_nary else []
    value, partials = formula(operation.value), [formula(text) for text in operation.partials]
    parameters = [*letters, "y", *items]
    sides = arrow(parameters, [formula(text) for text in operation.kinks], several=True)
    return (
        f'{{ name: "{operation.name}", letters: {len(letters)}, isNary: {str(operation.is_nary).lower()},\n'
        f"    value: {arrow(letters, [value])}, branch: {_branch(letters, value)},\n"
        f"    partials: [{', '.join([arrow(parameters, [tree]) for tree in partials])}],\n"
        f"    branches: [{', '.join([_branch(parameters, tree) for tree in partials])}], sides: {sides} }}"
    )


def _branch(parameters: Sequence[str], tree: Tree) -> str:
    if not told_apart(tree):
        return '() => ""'
    lets: dict[str, str] = {}
    choices = Choices(lambda condition: JAVASCRIPT.write(condition, lets)).read(tree)
    return _function(parameters, lets, " + ".join(choices))


def operations_module(operations: Iterable[Operation] = ()) -> str:
    """The module with all operations of the table, and those given besides, by name; and the formulas of a learning step."""
    every = {operation.name: operation for operation in [*TABLE.values(), *operations]}
    entries = "".join([f'  ["{name}"]: {literal(operation)},\n' for name, operation in every.items()])
    update = "".join([f"  {name}: {literal(rule)},\n" for name, rule in UPDATE.items()])
    return (
        'import { f } from "./functions.js";\n\nconst pi = Math.PI;\n\n'
        f"export const OPERATIONS = {{\n{entries}}};\n\n"
        f"export const UPDATE_RULES = {{\n{update}}};\n\n"
        "for (const { name, value } of Object.values(OPERATIONS)) f[name] ??= value; // formulas may call operations\n"
    )
