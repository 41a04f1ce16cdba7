"""The arrays behind the layers of a graph that is stepped through: each of its layers opens as arrays, at the step that
belongs to the one of the scalars, and every entry leads back to its own.

The arrays are those of `autograd.vectorizing`; how they are shown is `array_content`, as on the page of a program.
"""

from typing import Any

from autograd import Notation, Value
from autograd.explain.steps import Steps
from autograd.vectorizing.examples_of_graph import examples_of_graph

from ..picture.lettering import readable
from .array_content import Content
from .example_graphs import ScalarSteps

MOST = 1500  # entries of all arrays together that a page of scalars takes with it


class _Layers(ScalarSteps):
    """The steps of the graph itself, which has a node of its own for every example."""

    def __init__(self, passes: Steps, images: Any):
        super().__init__(passes)
        self.images = images

    def node_of(self, node: Value, example: int | None) -> Value | None:
        found = self.images[example or 0].get(node)
        return found if found in self.place else None


def layer_arrays(passes: Steps, digits: int | None, lang: str, notation: "Notation | str | None") -> dict[str, Any] | None:
    """What a page needs to show the layers of a network as arrays, or None for a graph without layers that a model has made,
    for one that is no network alone, where two arrays would bear one name, and where the error signals of a notation are not the gradients of its nodes."""
    root = passes[0].names.root
    found = examples_of_graph(root, _of_root(readable(passes[0].names[root])) if notation is None else notation)
    if found is None or any(step.scale != 1 for step in found.steps):
        return None
    named = [step.symbol for step in (*found.steps.given, *found.steps) if step.phase != "backward"]
    if len(set(named)) < len(named):  # such as the masks of a dropout, which are given for each example like its x
        return None
    if sum(step.array.size for step in found.steps.arrays.values()) > MOST:
        return None
    layers = _Layers(passes, found.images)
    loss = next((step for step in reversed(found.steps) if step.role in ("loss", "losses")), found.steps[-1])
    content = Content(found.steps, digits, lang, layers)
    return {
        **content.data(),
        "note": "",
        "title": content.words["array.inside.of"].format(title=readable(loss.symbol)),  # the page around it is called as the loss, too
        "theme": "auto",
        "ask": "no",
        "at": 0,
        "scalars": "around",  # the page that it opens in
        "layerOf": _layers_of_nodes(layers, found.steps),
    }


def _of_root(name: str) -> "Notation | str":
    """The usual notation, in which the loss is called as the root of the graph is."""
    try:
        return Notation("scalars", like="delta", loss=name) if name.isalnum() else "delta"
    except ValueError:  # another array is called so
        return "delta"


def _layers_of_nodes(layers: _Layers, steps: Any) -> list[int]:
    """For every node of the graph the number of its layer, 0 for none."""
    number = [0] * len(layers.place)
    for step in (*steps.given, *steps):
        if step.layer is None or step.phase == "backward":
            continue
        for nodes in step.nodes.flat:
            for image in layers.images:
                for node in nodes:
                    if (value := image.get(node)) in layers.place:
                        number[layers.place[value]] = step.layer
    return number
