"""The names of a network's nodes in a notation: w₂₃⁽¹⁾, a₂⁽¹⁾, z₂⁽¹⁾, ŷ, L, and δ₂⁽¹⁾ for a gradient.

Which node plays which role is read from the labels, the scopes and the operations of the graph alone: a dot node of
weights and inputs, the addition of a bias, and what follows in the scope of the same neuron. A graph without neurons
keeps its names. Where a letter means something else in another dialect, a note says so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..engine.names import fresh_names
from ..engine.value import Value
from .languages import Sentence
from .node_names import NodeNames
from .notation import DIALECTS, SUBSCRIPTS, Notation, last_role
from .typeset import name_parts

LAYER, NEURON = re.compile(r"layer(?: (\d+))?"), re.compile(r"neuron(?: (\d+))?")
PARAMETER = re.compile(r"([wb])(?:\d+_)*(\d*)")
GRADIENTS = {"weight": "weights_gradient", "bias": "bias_gradient", "pre_activation": "error", "activation": "activation_gradient"}
OF_LOGITS = ("logsumexp", "softplus")  # a loss that has the last activation inside: its operands are no outputs yet
SUM = "s"  # a weighted sum before its bias is added, which no notation has a symbol for


class Role(NamedTuple):
    """What a node is in a network: a role of the notation or "sum", its layer (None where it has none), its indices, and
    the number of the example, from 1, where there are several."""

    role: str
    layer: int | None
    indices: tuple[int, ...]
    example: int | None = None


def named(called: Mapping[Value, str], y: Value, notation: "Notation | str") -> NodeNames:
    """The names of the nodes below y in a notation, with signs for their gradients where y is a loss, and with notes."""
    notation = Notation.of(notation)
    roles, last = _roles(list(called), y)
    if not roles:
        return NodeNames(called, y, notes=[("notation.none", {})])
    found = {node: _symbol(notation, role, last) for node, role in roles.items()}
    signs = {} if roles[y].role != "loss" else {node: sign for node, role in roles.items() if (sign := _gradient(notation, role, last))}
    letters = {_letter(notation, role).lower()[:1] for role in notation.symbols}  # none of them is a good name for anything else
    fresh = fresh_names({*found.values(), *(node.label for node in called), *letters, SUM})
    names = {node: found.get(node) or (name if node.label or not node.parents else next(fresh)) for node, name in called.items()}
    if signs and _says_d(notation, roles):
        signs |= {node: f"d{name}" for node, name in names.items() if node not in signs or roles[node].role.endswith("output")}
        signs = {node: sign for node, sign in signs.items() if name_parts(sign) is not None}
    return NodeNames(names, y, signs, list(_notes(notation, roles)))


def _says_d(notation: Notation, roles: Mapping[Value, Role]) -> bool:
    """Whether every gradient is a d before the name of the node, as dW and dA: so also for nodes that have no role. Of several
    examples with a scaled error signal dZ would be another number."""
    are_d = all(notation.symbols[role].startswith("d") for role in ("weights_gradient", "activation_gradient"))
    return are_d and not (notation.scaled_error and any(role.example is not None for role in roles.values()))


# --- which node plays which role ---------------------------------------------------------------------------------


def _place(node: Value) -> "tuple[int, int | None] | None":
    """The layer and the neuron (None for the layer as a whole) whose scope a node was made in."""
    layer = neuron = None
    for title in node.scope:
        if found := LAYER.fullmatch(title):
            layer, neuron = int(found[1] or 1), None
        elif found := NEURON.fullmatch(title):
            layer, neuron = layer or 1, int(found[1] or 1)
        elif neuron is not None or layer is not None:
            return None
    return None if layer is None else (layer, neuron)


def _roles(order: Sequence[Value], y: Value) -> tuple[dict[Value, Role], int]:
    """The roles of nodes, and the number of the last layer; no roles where no neuron is found."""
    places = {node: place for node in order if (place := _place(node))}
    found = dict(_parameters(order, places))
    units = list(_units(order, places, found))
    if not units or len(set(found.values())) < len(found):  # in two networks with the same numbers a name means two nodes
        return {}, 0
    layers = [unit.place[0] for unit in units]
    first, last = min(layers), max(layers)
    after = _outputs(order, places, [unit.pre for unit in units])
    example = _examples(units, after)
    several = len(set(example.values())) > 1
    logits = {parent for node in order if node.op in OF_LOGITS for parent in node.parents}
    single = len({unit.place for unit in units if unit.place[0] == last}) == 1
    for layer, unit, weighted, pre in [(*unit.place, unit.weighted, unit.pre) for unit in units]:
        n = example[pre] if several else None
        found[weighted], found[pre] = Role("sum", layer, (unit,), n), Role("pre_activation", layer, (unit,), n)
        is_linear = after[pre] is pre
        if layer < last and not is_linear:
            found[after[pre]] = Role("activation", layer, (unit,), n)
        elif layer == last and not (is_linear and pre in logits):
            found[after[pre]] = Role("linear output" if is_linear else "output", layer, () if single else (unit,), n)
        if layer == first:
            for i, given in enumerate(_inputs(weighted), 1):
                found.setdefault(given, Role("input", None, (i,), n))
    found.setdefault(y, Role("loss", None, ()))
    return found, last


class Unit(NamedTuple):
    """A neuron at work on one example: its layer and number, its weighted sum, and its pre-activation."""

    place: tuple[int, int]
    weighted: Value
    pre: Value


def _inputs(weighted: Value) -> tuple[Value, ...]:
    """The second half of the operands of a dot node; the first half are the weights."""
    return weighted.parents[len(weighted.parents) // 2 :]


def _parameters(order: Sequence[Value], places: Mapping[Value, Any]) -> Iterator[tuple[Value, Role]]:
    for node in order:
        parameter, (layer, unit) = PARAMETER.fullmatch(node.label), places.get(node, (0, None))
        if parameter and unit is not None and not node.parents:
            yield node, Role("weight", layer, (unit, int(parameter[2] or 1))) if parameter[1] == "w" else Role("bias", layer, (unit,))


def _units(order: Sequence[Value], places: Mapping[Value, Any], found: Mapping[Value, Role]) -> Iterator[Unit]:
    """Every neuron: a dot node of its own weights, and the addition of its own bias to it."""
    for node in order:
        if node.op == "add" and places.get(node, (0, None))[1] is not None and node.parents[0].op == "dot":
            weighted, bias = node.parents
            weights = weighted.parents[: len(weighted.parents) // 2]
            own = [found.get(parent, Role("", None, ())) for parent in (*weights, bias)]
            if own[-1].role == "bias" and all((role.layer, *role.indices[:1]) == places[node] for role in own):
                yield Unit(places[node], weighted, node)


def _outputs(order: Sequence[Value], places: Mapping[Value, Any], pres: Sequence[Value]) -> dict[Value, Value]:
    """For each pre-activation the output of its neuron: the last node in the same scope that depends on it, or its share
    of a softmax, or, in a linear neuron, itself."""
    origin, outputs = {pre: pre for pre in pres}, {pre: pre for pre in pres}
    for node in order:
        if not node.parents or node in origin:
            continue
        before = node.parents[0]
        if node.op == "exp" and before.op == "sub" and before.parents[0] in outputs:
            if places.get(node) == (places[before.parents[0]][0], None):
                outputs[before.parents[0]] = node
            continue
        pre = next((origin[parent] for parent in node.parents if parent in origin), None)
        if pre is not None and places.get(node) == places[pre]:
            origin[node], outputs[pre] = pre, node
    return outputs


def _examples(units: Sequence[Unit], after: Mapping[Value, Value]) -> dict[Value, int]:
    """Of which example, from 1, each pre-activation is: that of the outputs it is computed from, or one for other inputs."""
    known: dict[Any, int] = {}
    found: dict[Value, int] = {}
    for unit in units:
        given = _inputs(unit.weighted)
        before = next((node for node in (given[0], *given[0].parents) if node in known), given)  # dropout may stand between
        example = known.setdefault(before, len(set(known.values())) + 1)
        found[unit.pre] = known[after[unit.pre]] = example
    return found


# --- symbols -----------------------------------------------------------------------------------------------------


def _index(notation: Notation, role: Role) -> tuple[int, ...]:
    """The indices of a symbol: with several examples also that of the example, as the row or the column of the batch."""
    if role.example is None:
        return role.indices
    return (*role.indices, role.example) if notation.examples == "columns" else (role.example, *role.indices)


def _written(notation: Notation, role: str, layer: "int | None", index: tuple[int, ...]) -> str:
    """A symbol with its indices, also where the notation writes the role without any: x₁, ŷ₂."""
    text = notation.symbol(role, layer, *index)
    if index and "{i}" not in notation.symbols[role]:
        text += ("" if max(index) < 10 else ",").join(map(str, index))
    text = re.sub(r"(_\d[\d,]*)₀", r"\1,0", text)
    return re.sub(r"_?(\d+(?:,\d+)*)(?![\]\d,])", lambda found: found[1].translate(SUBSCRIPTS), text)


def _symbol(notation: Notation, role: Role, last: int) -> str:
    index = _index(notation, role)
    if role.role == "sum":
        return _written(notation, "pre_activation", role.layer, index).replace(_letter(notation, "pre_activation"), SUM, 1)
    if role.role.endswith("output"):
        return _written(notation, "output", None, index)
    return _written(notation, last_role(role.role, role.layer, last), role.layer, index)


def _letter(notation: Notation, role: str) -> str:
    return notation.symbols[role].partition("{")[0]


def _gradient(notation: Notation, role: Role, last: int) -> str:
    """The sign of a gradient; "" where the notation writes it as a derivative, or where its sign is of another size.

    In a notation with a scaled error signal, dZ of several examples is n times the gradient, and only dW and db are
    gradients.
    """
    kind = GRADIENTS.get({"linear output": "pre_activation", "output": "activation"}.get(role.role, role.role), "")
    scaled = notation.scaled_error and role.example is not None and role.role not in ("weight", "bias")
    if not kind or scaled:
        return ""
    text = _written(notation, last_role(kind, role.layer, last), role.layer, _index(notation, role) or (1,))
    return "" if text.startswith("∂") or name_parts(text) is None else text


# --- notes -------------------------------------------------------------------------------------------------------


def _notes(notation: Notation, roles: Mapping[Value, Role]) -> Iterator[Sentence]:
    """What has to be said once: the letter that is ours, the index of examples, and the letters that are traps."""
    yield "notation.sum", {"symbol": SUM}
    if any(role.example for role in roles.values()):
        yield "notation.examples.last" if notation.examples == "columns" else "notation.examples.first", {}
    used = {role.role.removeprefix("linear ") for role in roles.values()}
    seen: set[str] = set()
    for other in DIALECTS:
        for trap in notation.traps(other):
            if trap.symbol not in seen and trap.here in used and " " not in trap.symbol:
                seen.add(trap.symbol)
                yield "notation.trap", {"symbol": trap.symbol, "here": trap.here, "there": trap.there, "other": other}
    if notation.word:
        yield "notation.word", {}
