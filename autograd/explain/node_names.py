"""What the nodes of a graph and their derivatives are called where they are shown: by their own names or in a notation."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from ..engine.ieee import Number
from ..engine.order import topological_order
from ..engine.value import Value
from ..reading.passes import StepRecord
from .languages import Sentence, fill, templates
from .typeset import Layout, as_layout, in_line, plain
from .written import Operand, put_in


class NodeNames(dict[Value, str]):
    """The names shown for the nodes below a root, and how the gradient of a node is written: ∂root/∂node.

    `symbols` gives nodes another sign for their gradient, such as δ₁⁽¹⁾ or ∂E/∂a₁; `notes` are sentences about the names
    that are said once.
    """

    def __init__(
        self, called: Mapping[Value, str], root: Value, symbols: Mapping[Value, str] | None = None, notes: Iterable[Sentence] = ()
    ):
        super().__init__(called)
        self.root, self.symbols, self.notes = root, dict(symbols or {}), list(notes)

    def __reduce__(self) -> tuple[Any, ...]:
        signs = {self.places[node]: sign for node, sign in self.symbols.items()}
        return _restored, (self.root, list(self.values()), signs, self.notes)

    @property
    def in_line(self) -> "NodeNames":
        """The same names as people read them, w₁,₂ for w1_2, where no two nodes would then be called alike."""
        read = {node: in_line(name) for node, name in self.items()}
        meant: dict[str, set[str]] = {}
        for node, name in self.items():
            meant.setdefault(read[node], set()).add(name)
        names = {node: name if len(meant[read[node]]) == 1 else self[node] for node, name in read.items()}
        signs = {node: "/".join([f"{part[:1]}{in_line(part[1:])}" for part in sign.split("/")]) if sign[0] == "∂" else in_line(sign)
                 for node, sign in self.symbols.items()}  # fmt: skip
        return NodeNames(names, self.root, signs, self.notes)

    def said(self, lang: str = "en") -> list[str]:
        """The notes in words."""
        known = templates(lang)
        return [fill(key, {place: known.get(f"role.{text}", text) for place, text in texts.items()}, lang) for key, texts in self.notes]

    def gradient(self, node: Value) -> Layout:
        """The gradient of a node: the derivative of the root with respect to it."""
        if node not in self.symbols:
            return self.local(self.root, node)
        quotient = re.fullmatch(r"∂([^\s/()]+)/∂([^\s/()]+)", self.symbols[node])
        return ("derivative", *quotient.groups()) if quotient else ("name", self.symbols[node])

    def local(self, node: Value, parent: Value, slot: int | None = None) -> Layout:
        """The derivative of a node with respect to one of its operands. With the place of the operand, another operand that
        depends on this one, too, is named as held fixed: for J = x · u(x) it is ∂J/∂x|ᵤ, because ∂J/∂x is the whole gradient."""
        return ("derivative", self[node], self[parent], *(() if slot is None else self.held_fixed(node, slot)[:1]))

    def held_fixed(self, node: Value, slot: int) -> list[str]:
        """The other operands of a node that depend on the one in a slot, by name, in one text; [] where there is none."""
        parent = node.parents[slot]
        others = dict.fromkeys(other for other in node.parents if other is not parent and self.depends(other, parent))
        return [", ".join(self[other] for other in others)] if others else []

    def depends(self, node: Value, other: Value) -> bool:
        """Whether a node depends on another one of the graph, or is it."""
        seen, waiting = {node}, [node]
        while waiting:
            below = waiting.pop()
            if below is other:
                return True
            further = [parent for parent in below.parents if parent not in seen and self.places[parent] >= self.places[other]]
            seen.update(further)
            waiting += further
        return False

    def operands(self, step: StepRecord, digits: int | None = None) -> list[Operand]:
        """The operands of a step by their names; a constant that has none by its number."""
        return [self.operand(parent, data, digits) for parent, data in zip(step.node.parents, step.operands, strict=True)]

    def operand(self, node: Value, data: Number, digits: int | None = None) -> Operand:
        """One of them. A constant that neither a label nor a notation gives a name is called by its number."""
        is_number = node.constant and not node.label and as_layout(self[node])[0] == "number"
        return put_in(data, digits) if is_number else Operand(self[node], data)

    @cached_property
    def order(self) -> list[Value]:
        """The nodes in topological order."""
        return list(self)

    @cached_property
    def places(self) -> dict[Value, int]:
        """The place of each node in the topological order."""
        return {node: k for k, node in enumerate(self)}

    @cached_property
    def _joined_twice(self) -> dict[tuple[Value, int], bool]:
        return {}

    def are_joined_twice(self, node: Value, slot: int) -> bool:
        """Whether a node depends on one of its operands through another one, too, or has it twice."""
        known = self._joined_twice  # each step of an edge asks more than once
        if (node, slot) not in known:
            known[node, slot] = self._find_joined_twice(node, slot)
        return known[node, slot]

    def _find_joined_twice(self, node: Value, slot: int) -> bool:
        parent, seen = node.parents[slot], {node}
        waiting = [*node.parents[:slot], *node.parents[slot + 1 :]]
        while waiting:
            below = waiting.pop()
            if below is parent:
                return True
            if below not in seen and self.places[below] > self.places[parent]:
                seen.add(below)
                waiting += below.parents
        return False


def _restored(root: Value, texts: list[str], signs: dict[int, str], notes: list[Sentence]) -> NodeNames:
    """The names of a graph that has been copied or stored."""
    order = topological_order(root)
    return NodeNames(dict(zip(order, texts, strict=True)), root, {order[place]: sign for place, sign in signs.items()}, notes)


def gradient_name(root: str, node: str) -> str:
    """How the derivative of one node with respect to another is written in a line of text: ∂J/∂b."""
    return plain(("derivative", root, node))


def holds_in_symbols(written: str, operands: Sequence[Operand]) -> bool:
    """Whether none of the constants that stand as numbers in a formula in symbols is rounded."""
    return all(shown.is_exact for shown in operands if as_layout(shown.text)[0] == "number" and shown.text in written)
