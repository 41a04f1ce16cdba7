"""What there is to say at a step, decided once and before any words: a small record, which becomes template keys last."""

from dataclasses import dataclass
from math import isfinite

from ..reading.passes import StepRecord


@dataclass(frozen=True)
class Situation:
    """A step as it has to be spoken of. `kind` is "value", "seed", "edge", "moved" (a parameter) or "after" (the root with
    the new parameters); the rest is about an edge.

    `term` says whether its contribution, or a parameter, is one of several, `operand` (from 1) where the node takes the same parent in
    several places; `completes` whether it is the last of several. `arrives` says whether anything arrives, `passes`
    whether the local derivative lets anything through, and `multiplies` whether the product of both can be written:
    0 · inf is nothing that a reader could compute. `kink` is where the node stands on one, and `ties` how many operands
    tie for a maximum, this one among them.
    """

    kind: str
    term: bool = False
    operand: int | None = None
    completes: bool = False
    arrives: bool = True
    passes: bool = True
    multiplies: bool = True
    kink: bool = False
    ties: int = 0


def situation(step: StepRecord) -> Situation:
    """The situation of a step."""
    if step.phase == "forward":
        return Situation("value")
    if step.phase == "update":
        return Situation("after") if step.contributions is not None else Situation("moved", term=step.terms != 1)
    if step.parent is None or step.slot is None or step.upstream is None:
        return Situation("seed")
    operation = step.node.operation
    sides = operation.side_at(step.operands, step.value)
    tied = sides.count(0) if operation.is_nary and sides[step.slot : step.slot + 1] == (0,) else 0
    return Situation(
        "edge",
        term=step.terms != 1,
        operand=step.slot + 1 if step.node.parents.count(step.parent) > 1 else None,
        completes=step.contributions is not None,
        arrives=bool(step.upstream),
        passes=bool(step.local),
        multiplies=bool(step.upstream) and (bool(step.local) or isfinite(step.upstream)),
        kink=not operation.is_nary and 0 in sides,
        ties=tied if tied > 1 else 0,
    )


def line_keys(said: Situation, is_short: bool = False) -> list[str]:
    """The keys of the line of a step: one sentence, and a second one where a sum is complete."""
    if said.kind == "value":
        return ["step.value.short" if is_short else "step.value"]
    if said.kind != "edge":
        return [f"step.{said.kind}"]
    key = _edge("step", said) + ("" if said.multiplies else ".closed" if said.arrives else ".nothing")
    return [key, "step.sum"] if said.completes else [key]


def flow_key(said: Situation) -> str:
    """The key of the sentence about what arrives, what goes through, and whether more is to come."""
    return "explain.nothing" if not said.arrives else "explain.closed" if not said.passes else _edge("explain", said)


def _edge(family: str, said: Situation) -> str:
    return f"{family}.term.slot" if said.operand else f"{family}.term" if said.term else f"{family}.only"
