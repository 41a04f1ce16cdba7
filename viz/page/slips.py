"""The misconceptions of the table as JavaScript: the numbers that slips would give, for the page that says why.

Every formula is a function once, whatever the size of the graph; for each operation stand the places of those that apply.
"""

import json
from collections.abc import Iterable

from autograd.engine.dialects import formula, names_in
from autograd.engine.operations import TABLE, Operation
from autograd.handcheck.dialogues import ONE_EDGE
from autograd.handcheck.misconceptions import ORDER, Rule, exported, node_rules

from .operations import arrow

ARRIVES = ("OWN_OPERAND", "NO_LOCAL", "NO_UPSTREAM", "ADDED_ALONG_PATH")  # what is said of them speaks of what arrives


class _Rules:
    """The rules in use, each once, by their places."""

    def __init__(self) -> None:
        self.places: dict[Rule, int] = {}

    def place(self, rule: Rule) -> int:
        return self.places.setdefault(rule, len(self.places))

    def written(self) -> str:
        return f"export const RULES = [\n{''.join(map(_rule, self.places))}];\n"


def _rule(rule: Rule) -> str:
    leaves_out = ", leavesOut: true" if "left_out" in rule.formula else ""
    return f'  {{ code: "{rule.code}", family: "{rule.family}"{leaves_out}, number: {_function(rule.formula)} }},\n'


def _function(text: str) -> str:
    """A formula as a function of an object of the numbers it reads, by name.

    >>> print(_function("2 * contribution"))
    ({ contribution }) => 2 * contribution
    """
    tree = formula(text)
    read = ", ".join(sorted(names_in(tree) - {"pi"}))
    return arrow([f"{{ {read} }}" if read else "_"], [tree])


def slips_module(operations: Iterable[Operation] = ()) -> str:
    """The module with the rules for all operations of the table, and those given besides.

    `RULES` are {code, family, number}, with leavesOut where some contributions are left out of a sum. `EDGES` has by operation, for each letter of its operands, the places of the rules
    of a contribution; `VALUES` those of a value, alone or with the letter of the operand that has `first` and `second` and
    the operation that made it; `NODES` those of one contribution ("edge"), of the root, and of a sum ("shared"). `OF_LOCAL` are the codes that can be said of a
    local derivative asked for alone.
    """
    rules = _Rules()
    edges, values = {}, {}
    for operation in {each.name: each for each in [*TABLE.values(), *operations]}.values():
        per_letter = 2 if operation.is_nary else 1
        said = exported(operation, per_letter * len(operation.letters))
        edges[operation.name] = [[rules.place(Rule(**rule)) for rule in of_slot] for of_slot in said["edges"][::per_letter]]
        values[operation.name] = [
            [rules.place(Rule(rule["code"], rule["family"], rule["formula"])), *([rule["operand"], rule["made_by"]] if "operand" in rule else [])]
            for rule in sorted(said["values"], key=lambda rule: (ORDER[rule["code"]], rule.get("operand", "")))
        ]  # fmt: skip
    nodes = {
        "edge": [rules.place(rule) for code in ONE_EDGE for rule in node_rules(False, 1, code)],
        "root": [rules.place(rule) for rule in node_rules(True, 0)],
        "shared": [rules.place(rule) for rule in node_rules(False, 2)],
    }
    of_local = list(dict.fromkeys(rule.code for rule in rules.places if rule.code not in ARRIVES))
    named = {"EDGES": edges, "VALUES": values, "NODES": nodes, "OF_LOCAL": of_local}
    tables = [f"export const {name} = {json.dumps(table)};\n" for name, table in named.items()]
    return 'import { f } from "./functions.js";\n\nconst pi = Math.PI;\n\n' + rules.written() + "".join(tables)
