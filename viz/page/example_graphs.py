"""The scalar graph behind the entries of arrays: one step-through serves all examples, because only its inputs differ.

Its root is what one example adds to the loss, so that its gradients are the parts of the examples; where a notation has
error signals of n times the gradient, they are those. Nodes are called as the arrays are, with their unit as index.
"""

import re
from dataclasses import dataclass

from autograd import Value, steps
from autograd.explain.notation import last_role
from autograd.explain.steps import Steps
from autograd.vectorizing.array_entries import ArrayEntry, Term
from autograd.vectorizing.array_steps import ArrayStep, ArraySteps

MOST = 600  # nodes of a graph that a page of arrays takes with it
OF_A_MODEL = re.compile(r"[wb]\d+(?:_\d+){1,2}")  # labels that a network gives to its own parameters


@dataclass(frozen=True)
class Example:
    """The passes over the graph of the first example, and for each example the numbers of the leaves, as texts, by their places."""

    passes: Steps
    leaves: list[list[tuple[int, str]]]


class ScalarSteps:
    """Finds the steps of a scalar pass behind the entries of arrays. Whoever has them says which node stands for a node of
    the program in an example."""

    def __init__(self, passes: Steps):
        self.passes = passes
        self.place = {node: k for k, node in enumerate(passes[0].names)}
        self.computed: dict[Value, int] = {}
        self.arrivals: dict[Value, list[tuple[int, Value]]] = {}
        for step in passes:
            if step.phase == "forward":
                self.computed[step.node] = step.index
            else:
                receiver = step.node if step.parent is None else step.parent
                self.arrivals.setdefault(receiver, []).append((step.index, step.node))

    def node_of(self, node: Value, example: int | None) -> Value | None:
        """The node that stands for a node of the program, None where there is none."""
        raise NotImplementedError

    def of_entry(self, entry: ArrayEntry, phase: str) -> list[int]:
        """The steps at which the nodes of an entry get their value, or the last part of their gradient."""
        return [at for node in entry.nodes if (at := self._at(self.node_of(node, entry.example), phase))]

    def of_term(self, entry: ArrayEntry, term: Term, phase: str) -> list[int]:
        """The same for one of its terms; where a gradient is summed over consumers, the step at which this one's part comes."""
        if phase != "backward" or len(term.factors) < 2:
            return self.of_entry(entry, phase)
        example = entry.example if term.example is None else term.example
        behind = [self.node_of(node, example) for factor in term.factors for node in factor.nodes]
        computed = [value for value in behind if value is not None and value.parents]
        for node in entry.nodes:
            value = self.node_of(node, example)
            for index, consumer in self.arrivals.get(value, []) if value is not None else []:
                if any(consumer is each or consumer in each.parents for each in computed):
                    return [index]
        return self.of_entry(entry, phase)

    def _at(self, value: Value | None, phase: str) -> int | None:
        if value is None or phase == "given":
            return None
        if phase == "forward":
            return self.computed.get(value)
        found = self.arrivals.get(value)
        return found[-1][0] if found else None


class Examples(ScalarSteps):
    """The graph of one example, with a step-through of its own; `example` is None where there is no graph to show."""

    def __init__(self, of: ArraySteps):
        self.of = of
        self.example: Example | None = None
        graph = of.example(0)
        if len(graph.nodes) > MOST:
            return
        self.graph = graph
        self._name()
        error = max([step.scale for step in of], default=1.0)
        share = graph.share * error
        root = graph.root if share == 1 else graph.root * share
        if share != 1 or not root.label:
            loss = next((step.symbol for step in reversed(of) if step.role in ("loss", "losses")), "J")
            root.label = f"{loss}ₖ" if of.examples > 1 and loss.isalpha() else loss if loss.isalpha() else ""
        super().__init__(steps(root))
        mine = [(node, self.place[value]) for node, value in graph.nodes.items() if not value.parents and value in self.place]
        self.example = Example(
            self.passes, [[(place, repr(float(of.example(k)[node].data))) for node, place in mine] for k in range(of.examples)]
        )

    def node_of(self, node: Value, example: int | None) -> Value | None:
        """One graph serves all examples."""
        return self.graph.nodes[node] if self.example is not None else None

    def _name(self) -> None:
        """Calls the nodes as the arrays are called."""
        notation, layers = self.of.notation, self.of.layers
        for step in (*self.of.given, *self.of):
            if step.layer is None or step.phase == "backward":
                continue
            for i in range(step.shape[0]):
                for j in range(step.shape[1]):
                    for node in step.nodes[i, j]:
                        value = self.graph.nodes.get(node)
                        if value is not None and (not value.label or OF_A_MODEL.fullmatch(value.label)):
                            value.label = notation.symbol(last_role(step.role, step.layer, layers), step.layer, *_index(step, i, j))


def _index(step: ArrayStep, i: int, j: int) -> tuple[int, ...]:
    """The indices of a scalar of an array: without that of the example, and of a bias without the second."""
    if step.role == "weights":
        return i + 1, j + 1
    if "examples" in step.axes:
        return (j + 1 if step.axes[0] == "examples" else i + 1,)
    return (max(i, j) + 1,)
