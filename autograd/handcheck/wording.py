"""The findings in words: the place, the likeliest cause, one question; the numbers only where they are asked for."""

from typing import Any

from ..engine.ieee import as_float
from ..engine.names import names
from ..engine.value import Value
from ..explain.languages import fill, templates
from ..explain.node_names import NodeNames, gradient_name
from ..explain.numbers import number_text
from ..explain.steps import Step, steps
from ..explain.typeset import plain
from .answers import Quantity, Typed, shown
from .carry import Carried
from .diagnosis import Diagnosis, Hypothesis
from .graphs import Edge, Graph
from .precision import same_number

WHOLE_PASS = ("STALE_GRAD", "NO_TOPO", "WRONG_TARGET")


class Wording:
    """What is said about the answers for one graph, in one language."""

    def __init__(self, graph: Graph, truth: Carried, own: Carried, lang: str, reveal: bool):
        templates(lang)  # refuses a language that there is not
        self.graph, self.truth, self.own, self.lang, self.reveal = graph, truth, own, lang, reveal
        self.called = NodeNames(names(graph.root), graph.root)
        self.lines: dict[Any, list[Step]] | None = None

    def what(self, quantity: Quantity) -> str:
        """How the quantity is called: u, ∂J/∂b, ∂u/∂b, and ∂J/∂x|ᵤ where u, held fixed, depends on x, too."""
        if quantity.kind == "value":
            return self.called[quantity.node]
        if quantity.parent is None:
            return gradient_name(self.called[self.graph.root], self.called[quantity.node])
        slot = [*map(id, quantity.node.parents)].index(id(quantity.parent))
        return plain(self.called.local(quantity.node, quantity.parent, slot))

    def edge(self, edge: Edge) -> tuple[str, str]:
        """An edge by the names of its two nodes."""
        return self.called[edge.node], self.called[edge.parent]

    def only_edge(self, quantity: Quantity) -> Edge | None:
        """The edge that a gradient comes through, where there is one consumer."""
        edges = self.graph.arriving[quantity.node] if quantity.kind == "gradient" else []
        return edges[0] if len({edge.node for edge in edges}) == 1 else None

    def note(self, key: str, texts: dict[str, Any]) -> str:
        return fill(f"check.{key}", texts, self.lang)

    def message(self, quantity: Quantity, answer: Typed, diagnosis: Diagnosis) -> str:
        """What is said about a wrong answer: where, and what it would be; with the number only if that is wanted."""
        best = diagnosis.likeliest
        texts = {"what": self.what(quantity), "got": shown(answer.text), "reply": ""}
        if best is None:
            texts["reply"] = self.unexplained(quantity, texts["got"])
        elif quantity.kind != "gradient" or best.code in WHOLE_PASS or self.passes_on(best.node, quantity.node):
            texts["reply"] = self.reply(quantity, best, texts["got"])
        else:
            behind = self.what(Quantity("gradient", best.node))
            texts["reply"] = fill("check.behind", {**texts, "reply": self.reply(quantity, best, behind)}, self.lang)
        parts = [texts["reply"] if texts["reply"].startswith(texts["what"]) else fill("check.finding", texts, self.lang)]
        if best and best.everywhere:
            edges = dict.fromkeys(each.edge or each.node for each in diagnosis.hypotheses if each.code == best.code and each.everywhere)
            places = [self.what(Quantity("gradient", place.parent if isinstance(place, Edge) else place)) for place in edges]
            parts.append(fill("check.habit", {"places": ", ".join(places[:6]) + ("…" if len(places) > 6 else "")}, self.lang))
        if self.reveal:
            parts += [*self._where(quantity, best), *self.revealed(quantity, answer)]
        return " ".join(parts)

    def passes_on(self, node: Value, below: Value) -> bool:
        """Whether the gradient of a node comes unchanged to one of its operands, or is asked for itself."""
        edges = self.graph.arriving[below]
        return node is below or (len(edges) == 1 and edges[0].node is node and self.own.slots[edges[0]].data == 1.0)

    def reply(self, quantity: Quantity, best: Hypothesis, got: str) -> str:
        """The first reply to a misconception."""
        edge = best.edge
        key = best.code
        if key == "SIGN" and quantity.kind == "value":
            key = "SIGN.value"
        arriving = self.graph.arriving[best.node]
        if key == "MISSING_PATH" and len({each.node for each in arriving}) == 1:
            key = "MISSING_PATH.operands"
        consumer = edge.node if edge else arriving[0].node if arriving and quantity.kind == "gradient" else best.node
        if best.code == "WRONG_TARGET":
            consumer = best.node
        if quantity.parent is not None:  # a local derivative: of the consumer, not of the root
            return reply_text(key, got, self.called, quantity.node, quantity.parent, quantity.node, self.lang)
        return reply_text(key, got, self.called, consumer, best.node, self.graph.root, self.lang)

    def unexplained(self, quantity: Quantity, got: str) -> str:
        """What is said about a number that nothing in the table explains."""
        node, edges = quantity.node, self.graph.arriving[quantity.node]
        if quantity.kind == "value":
            key, consumer, parent = "UNEXPLAINED.value", node, node
        elif quantity.parent is not None:
            key, consumer, parent = "UNEXPLAINED.local", node, quantity.parent
        elif not edges:
            key, consumer, parent = "UNEXPLAINED.root", node, node
        else:
            several = len({edge.node for edge in edges}) > 1
            key, consumer, parent = "UNEXPLAINED.shared" if several else "UNEXPLAINED", edges[0].node, node
        return reply_text(key, got, self.called, consumer, parent, self.graph.root, self.lang)

    def missing(self, quantity: Quantity) -> str:
        """What is said about a blank."""
        parts = [fill("check.missing", {"what": self.what(quantity)}, self.lang)]
        return " ".join(parts + (self.revealed(quantity, None) if self.reveal else []))

    def follows(self, quantity: Quantity) -> str:
        """What is said about an answer that is right with an earlier number that is not: where to look."""
        causes = self.own.causes[quantity]
        source = self.own.wrong[(causes & -causes).bit_length() - 1]
        return fill("check.follows", {"what": self.what(quantity), "source": self.what(source)}, self.lang)

    def revealed(self, quantity: Quantity, answer: Typed | None) -> list[str]:
        """The right number with the line it comes from; of several terms, those that are not in the answer."""
        due, true = self.own.span[quantity].data, self.truth.span[quantity].data
        texts = {"what": self.what(quantity), "expected": number_text(due), "true": number_text(true)}
        parts = [fill("check.expected" if same_number(due, true) else "check.expected.own", texts, self.lang)]
        return [*parts, *self._lines(quantity, answer)]

    def _lines(self, quantity: Quantity, answer: Typed | None) -> list[str]:
        """The lines of the passes that give a quantity."""
        found = self._steps(quantity)
        lines = [f"{step.text(self.lang)}." for step in found]
        if len(found) < 2 or answer is None:
            return lines
        due = self.own.span[quantity].data
        missing = [step.text(self.lang) for step in found if same_number(answer.data + as_float(step.contribution), due)]
        return [fill("check.left_out", {"line": line}, self.lang) for line in missing[:1]] or lines

    def _where(self, quantity: Quantity, best: Hypothesis | None) -> list[str]:
        """The line of the edge that holds the mistake, where it is not one of the lines of the answer itself."""
        if best is None or best.edge is None or quantity.kind != "gradient" or best.node is quantity.node:
            return []
        steps_there = self._steps(Quantity("gradient", best.node))
        return [f"{step.text(self.lang)}." for step in steps_there if step.node is best.edge.node and step.slot == best.edge.slot]

    def _steps(self, quantity: Quantity) -> list[Step]:
        """The steps of the passes that give a quantity."""
        if self.lines is None:
            self.lines = {}
            for step in steps(self.graph.root):
                key = ("value", step.node) if step.phase == "forward" else ("gradient", step.parent)
                self.lines.setdefault(key, []).append(step)
        return self.lines.get((quantity.kind, quantity.node), [])


def reply_text(key: str, got: str, called: Any, consumer: Value, parent: Value, root: Value, lang: str) -> str:
    """The first reply of a key, with its places filled."""
    return fill(f"slip.{key}", reply_places(got, called, consumer, parent, root), lang)


def reply_places(got: str, called: Any, consumer: Value, parent: Value, root: Value) -> dict[str, str]:
    """What a reply can say: the number, and the names of the nodes of an edge."""
    return {
        "got": got,
        "node": called[consumer],
        "parent": called[parent],
        "root": called[root],
        "op": consumer.operation.symbol or consumer.op,
    }
