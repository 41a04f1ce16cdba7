"""What is said once about the softmaxes of a graph: which of the two forms each is, and that the other gives the same numbers.

They are found by the shape of the graph, however it was made: exp(z) / (exp(z1) + …), or exp(z - logsumexp(z)).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..engine.functions import softmax
from ..engine.ieee import as_float
from ..engine.value import Value
from .languages import Sentence
from .numbers import number_text
from .written import LONGEST_LIST


def softmax_notes(called: Mapping[Value, str]) -> list[Sentence]:
    """The sentences about the softmaxes among the nodes of a graph, in topological order.

    >>> from autograd import examples, names
    >>> softmax_notes(names(examples.softmax_cross_entropy()))
    [('softmax.lecture', {'names': 'p1', 'others': '0.659001'})]
    """
    shares: dict[tuple[str, Value], list[tuple[Value, Value]]] = {}  # form and denominator → share and logit
    logits: dict[Value, Sequence[Value]] = {}
    for node in called:
        for form, below, z, all_z in _softmax(node):
            shares.setdefault((form, below), []).append((node, z))
            logits[below] = all_z
    notes: list[Sentence] = []
    for (form, below), found in shares.items():
        numbers = [as_float(z.data) for z in logits[below]]
        other = dict(zip(logits[below], softmax(numbers, "stable" if form == "lecture" else "lecture"), strict=True))
        texts = [(called[node], number_text(other[z])) for node, z in found]
        names, others = (_listed([text[k] for text in texts]) for k in (0, 1))
        notes.append((f"softmax.{form}", {"names": names, "others": others}))
    return notes


def _softmax(node: Value) -> Iterator[tuple[str, Value, Value, Sequence[Value]]]:
    """Form, denominator, logit and all logits of a node that is a share of a softmax; nothing for any other node."""
    if len(node.parents) == 2 and node.op == "div":
        above, below = node.parents
        terms = [*_terms(below)]
        if above in terms and len(terms) > 1 and all(term.op == "exp" for term in terms):
            yield "lecture", below, above.parents[0], [term.parents[0] for term in terms]
    elif node.op == "exp" and node.parents[0].op == "sub":
        z, shared = node.parents[0].parents
        if shared.op == "logsumexp" and z in shared.parents and len(shared.parents) > 1:
            yield "stable", shared, z, shared.parents


def _terms(node: Value) -> Iterable[Value]:
    """What a sum adds up: the operands of a total, or of additions one after another."""
    if node.op == "total":
        return node.parents
    found: list[Value] = []
    while node.op == "add":
        node, last = node.parents
        found.append(last)
    return [node, *reversed(found)]


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(texts if len(texts) <= LONGEST_LIST else [*texts[:3], "…", texts[-1]])
