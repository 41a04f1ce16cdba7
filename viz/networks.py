"""`network`: what the picture of a network shows: its layers, what flows through them for one example, names, numbers.

Rests on `nn` for the model and on the engine for its gradients; where units and lines stand is left to `network_drawing`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from autograd import Notation, Value, topological_order
from autograd.engine.derivatives import gradients
from autograd.engine.ieee import as_float
from autograd.explain.languages import fill, templates
from autograd.explain.notation import SUBSCRIPTS
from autograd.explain.refusals import refuses_in_lang
from autograd.quoting import quoted
from nn import Dropout, Layer, Module, Neuron, Sequential
from nn.arguments import as_values, generator
from nn.training import prepared

from .drawing import refuse_unknown
from .network_drawing import BELOW, Below, Column, Connection, NetworkDrawing, Unit, fitting, most_units, some
from .picture.lettering import harmless, number_drawn, sign_before

ONE = -1  # where the node x₀ = 1 stands among the units of a column, which count from 0
SIGNALS = ("forward", "backward", "both")
BIASES = ("below", "node")
NAMED = 8  # units whose names stand in the titles of lines and below units in full


@dataclass(frozen=True)
class Signals:
    """What flows through a network for one example: Values by layer, the inputs first, and the gradients of the loss."""

    pre_activations: list[list[Value]] = field(default_factory=list)
    outputs: list[list[Value]] = field(default_factory=list)
    loss: Value | None = None
    gradients: Mapping[Value, Any] = field(default_factory=dict)


Masks = Mapping[int, Sequence[float]]  # by column: 0 for a unit that is dropped, 1/keep for the others


@dataclass(frozen=True)
class Scene:
    """What is drawn: the layers, with what flows, the masks, the notation and the language; and which of it."""

    layers: "Sequence[Layer | Neuron]"
    signals: Signals
    masks: Masks
    notation: Notation
    lang: str
    forward: bool  # the values stand in the units
    backward: bool  # δ stands below the units, and the lines show gradients
    nodes: bool  # biases are weights of a node x₀ = 1

    @property
    def last(self) -> int:
        return len(self.layers)

    def neurons(self, column: int) -> Sequence[Neuron]:
        layer = self.layers[column - 1]
        return layer.neurons if isinstance(layer, Layer) else [layer]

    def count(self, column: int) -> int:
        return self.layers[column - 1].n_out if column else self.layers[0].n_in

    def say(self, key: str, **texts: Any) -> str:
        return fill(f"network.{key}", texts, self.lang)


@refuses_in_lang
def network(
    model: Any,
    x: Any = None,
    *,
    y: Any = None,
    loss: Any = None,
    notation: Any = None,
    signals: str | None = None,
    bias: str = "below",
    mask: Any = None,
    theme: str = "auto",
    lang: str = "en",
) -> NetworkDrawing:
    """The neurons and weights of a network, as on a slide: units in columns, weights by number, width, colour and dash.

    `model` is an MLP, a Sequential of Layers, a Layer or a Neuron. With `x`, one example of as many numbers as there
    are inputs, the activations stand in the units. With `y` and `loss` as well (a target and a loss as for
    `model.loss`) the lines show the gradients of the weights, and below each unit stands δ, the gradient at its
    pre-activation. `signals` shows less of it: "forward" the values, and the weights on the lines; "backward" δ and the
    gradients; "both" is what is shown without it. `bias` is "below" (each bias stands below its unit) or "node" (each
    bias is a weight of a node x₀ = 1, as in lectures). `mask` switches units off as the Dropouts of the model do while
    training: a list with a mask of 0 and 1 for each Dropout (for a single one the mask itself), or a seed or generator
    that draws them; units that stay are multiplied by 1/keep.

    `notation` is a name or a Notation and names the units ("delta"); `theme` and `lang` are as for `draw`. Every
    notation shows the same numbers. Where a layer has more units than can be read on a slide of 1280 × 720 pixels, the
    first ones and the last one are drawn and the others counted; numbers of lines that have no room for them stand in
    the titles of the lines, and the picture says so. The model stays as it is, its gradients too.

    Raises TypeError for a model of another kind; ValueError for an x of another length, for y without loss or loss
    without y, for either without x, for signals that need them, for a mask that does not fit the Dropouts of the model,
    and for an unknown notation, signals, bias, theme or language.

    >>> from nn import MLP
    >>> print(network(MLP(3, [4, 2], activation="sigmoid", rng=0)).text)
    MLP(3, [4, 2], activation="sigmoid")
    input: 3 units
    hidden layer 1: 4 units · sigmoid, W 4 × 3, 4 biases, 16 parameters
    output: 2 units · linear, W 2 × 4, 2 biases, 10 parameters
    26 parameters
    """
    refuse_unknown(None, theme=theme)
    templates(lang)
    for name, given, known in (("signals", signals, SIGNALS), ("bias", bias, BIASES)):
        if (not isinstance(given, str) or given not in known) and not (name == "signals" and given is None):
            raise ValueError(f"{name} is one of {', '.join(known)}, not {quoted(given)}")
    symbols = Notation.of("delta" if notation is None else notation)
    layers = list(_layers(model))
    _refuse_incomplete(x, y, loss, signals)
    masks = _masks(mask, model, layers)
    flowing = Signals() if x is None else _signals(model, layers, masks, x, y, loss)
    backward = flowing.loss is not None and signals != "forward"
    scene = Scene(layers, flowing, masks, symbols, lang, x is not None and signals != "backward", backward, bias == "node")
    columns = _columns(scene)
    return NetworkDrawing(repr(model), columns, [*_lines(scene, columns)], [*_words(scene, columns)], _notes(scene), backward, theme, lang)


def _refuse_incomplete(x: Any, y: Any, loss: Any, signals: str | None) -> None:
    if (y is None) != (loss is None):
        given, missing = ("loss", "y") if y is None else ("y", "loss")
        raise ValueError(f"{given} is given without {missing}; gradients need both, and without them leave out {given} as well")
    if y is not None and x is None:
        raise ValueError("y and loss are given without x; gradients need an example, so give x as well")
    if signals is not None and x is None:
        raise ValueError(f'signals="{signals}" shows what flows for one example, so give x as well')
    if signals in ("backward", "both") and y is None:
        raise ValueError(f'signals="{signals}" shows gradients, so give y and loss as well')


# --- the model ---------------------------------------------------------------------------------------------------


def _parts(model: Any) -> "Iterator[Layer | Neuron | Dropout]":
    """The layers of a model and its Dropouts in order; a single neuron is a layer of its own."""
    if isinstance(model, (Layer, Neuron, Dropout)):
        yield model
    elif isinstance(model, Sequential):
        for module in model.layers:
            yield from _parts(module)
    else:
        what = f"a module of your own, {type(model).__name__}," if isinstance(model, Module) else type(model).__name__
        raise TypeError(f"network draws an MLP, a Sequential of Layers, a Layer or a Neuron, not {what}; viz.draw shows any graph")


def _layers(model: Any) -> "Iterator[Layer | Neuron]":
    found = [part for part in _parts(model) if not isinstance(part, Dropout)]
    if not found:
        raise TypeError("this model has no Layer, so there are no neurons to draw")
    yield from found


def _masks(mask: Any, model: Any, layers: "Sequence[Layer | Neuron]") -> Masks:
    """The factors of the units behind each Dropout, by column."""
    if mask is None:
        return {}
    dropouts: list[tuple[int, Dropout]] = []
    column = 0
    for part in _parts(model):
        if isinstance(part, Dropout):
            dropouts.append((column, part))
        else:
            column += 1
    if not dropouts:
        raise ValueError("mask is given, but this model has no Dropout; put one between its layers, or leave mask out")
    counts = [layers[column - 1].n_out if column else layers[0].n_in for column, _ in dropouts]
    found: dict[int, list[float]] = {}
    for (column, dropout), count, kept in zip(dropouts, counts, _kept(mask, [part for _, part in dropouts], counts), strict=True):
        factors = [1 / dropout.keep if stays else 0.0 for stays in kept]
        found[column] = [before * factor for before, factor in zip(found.get(column, [1.0] * count), factors, strict=True)]
    return found


def _kept(mask: Any, dropouts: Sequence[Dropout], counts: Sequence[int]) -> list[list[bool]]:
    """Which units stay, for each Dropout: as it is given, or drawn as the Dropouts draw it."""
    if not hasattr(mask, "__iter__"):  # a seed or a generator
        rng = generator(mask)
        return [[factor != 0 for factor in Dropout(keep=each.keep, rng=rng).mask(n)] for each, n in zip(dropouts, counts, strict=True)]
    lists = [mask] if len(dropouts) == 1 and not any(hasattr(item, "__iter__") for item in mask) else list(mask)
    wanted = ", ".join(map(str, counts))
    if len(lists) != len(dropouts) or any(not hasattr(one, "__iter__") for one in lists):
        raise ValueError(f"mask has one list for each Dropout of the model, here of {wanted} entries")
    read = [list(one) for one in lists]
    for one, n in zip(read, counts, strict=True):
        if len(one) != n or any(isinstance(item, str) or item not in (0, 1) for item in one):
            raise ValueError(f"a mask has a 1 for each unit that stays and a 0 for each that is dropped, here {wanted} of them")
    return [[bool(item) for item in one] for one in read]


def _signals(model: Any, layers: "Sequence[Layer | Neuron]", masks: Masks, x: Any, y: Any, loss: Any) -> Signals:
    inputs = as_values(x, layers[0].n_in, "the network")
    if y is not None:
        target, function = prepared(model, [[v.data for v in inputs]], [y], loss, "mean")[1:]

    def masked(column: int, values: Sequence[Value]) -> list[Value]:
        return [v * factor for v, factor in zip(values, masks[column], strict=True)] if column in masks else list(values)

    pre_activations, outputs = [], [masked(0, inputs)]
    for column, layer in enumerate(layers, 1):
        given = tuple(outputs[-1])
        before = layer.pre_activations(given) if isinstance(layer, Layer) else [layer.pre_activation(given)]
        activate = layer.activation.of_value
        pre_activations.append(before)
        outputs.append(masked(column, activate(before) if layer.activation.of_layer else [activate(a) for a in before]))
    if y is None:
        return Signals(pre_activations, outputs)
    J = function([outputs[-1][0] if len(outputs[-1]) == 1 else outputs[-1]], target.tolist())
    if not isinstance(J, Value):
        raise TypeError(f"the loss must give a Value, not {type(J).__name__}; write it with the functions of autograd")
    if J.constant:
        raise ValueError("this loss has no graph, so it has no gradients to draw; call network outside of no_grad()")
    return Signals(pre_activations, outputs, J, gradients(topological_order(J)))


# --- names and numbers -------------------------------------------------------------------------------------------


def _symbol(notation: Notation, role: str, layer: int | None, *index: int) -> str:
    """A symbol with its indices, also where the notation writes the role without any: x₁, ŷ₂."""
    text = notation.symbol(role, layer, *index)
    if index and "{i}" not in notation.symbols[role]:
        text += ",".join(map(str, index)).translate(SUBSCRIPTS)
    return harmless(re.sub(r"_(\d+(?:,\d+)*)", lambda found: found[1].translate(SUBSCRIPTS), text))


def _unit_name(scene: Scene, column: int, unit: int) -> str:
    if column == 0 or column == scene.last:
        index = () if column and scene.count(column) == 1 else (unit + 1,)
        return _symbol(scene.notation, "output" if column else "input", None, *index)
    return _symbol(scene.notation, "activation", column, unit + 1)


def _role(scene: Scene, role: str, column: int) -> str:
    return f"output_{role}" if column == scene.last else role


def _equal(symbol: str, number: Any, digits: int = 6) -> str:
    """`symbol = number`, with ≈ where the number is rounded."""
    text = number_drawn(number, digits)
    return f"{symbol} {sign_before(number, text)} {text}"


def _caption(scene: Scene, column: int) -> str:
    if column in (0, scene.last):
        return scene.say("output" if column else "input")
    return scene.say("hidden", layer=column)


def _counted(scene: Scene, what: str, count: int) -> str:
    """How many units or biases there are: "1 unit", "4 units"."""
    one, many = {"unit": ("unit", "units"), "bias": ("bias", "biases")}[what]
    return scene.say(one if count == 1 else many, count=count)


def _columns(scene: Scene) -> list[Column]:
    rows = (not scene.nodes) + scene.backward
    most = most_units(rows)
    found = []
    for column in range(scene.last + 1):
        count = scene.count(column)
        with_node = scene.nodes and column < scene.last
        detail = _counted(scene, "unit", count)
        if column:
            detail += f" · {harmless(scene.layers[column - 1].activation.name)}"
        units = {ONE: _one(scene, column)} if with_node else {}
        units |= {i: _unit(scene, column, i) for i in some(count, most - with_node)}
        found.append(Column(_caption(scene, column), detail, units, count))
    return found


def _one(scene: Scene, column: int) -> Unit:
    """The node whose weights are the biases of the next layer."""
    role, layer = ("activation", column) if column else ("input", None)
    name = _symbol(scene.notation, role, layer, 0)
    return Unit(f"u{column}-0", name, "1", (), f"{name} = 1", constant=True)


def _unit(scene: Scene, column: int, i: int) -> Unit:
    name = _unit_name(scene, column, i)
    words, value, below = [name], "", []
    factor = scene.masks[column][i] if column in scene.masks else None
    if scene.forward:
        number = scene.signals.outputs[column][i].data
        value, words = fitting(number), [_equal(name, number)]
    if factor is not None:
        words.append(scene.say("said.kept", factor=number_drawn(factor, 6)) if factor else scene.say("said.dropped"))
    if column and not scene.nodes:
        number = scene.neurons(column)[i].bias.data
        below.append(_below(scene, _role(scene, "bias", column), column, i, number))
        words.append(scene.say("said.bias", number=number_drawn(number, 6)))
    if column and scene.backward:
        number = scene.signals.gradients.get(scene.signals.pre_activations[column - 1][i], 0.0)
        below.append(_below(scene, "error", column, i, number))
        words.append(scene.say("said.error", number=number_drawn(number, 6)))
    return Unit(f"u{column}-{i + 1}", name, value, tuple(below), ", ".join(words), dropped=factor == 0)


def _below(scene: Scene, role: str, column: int, i: int, number: Any) -> Below:
    text = fitting(number, BELOW)
    symbols = _symbol(scene.notation, role, column, i + 1), _symbol(scene.notation, role, None, i + 1)
    return Below(symbols, sign_before(number, text), text, number, "gradient" if role == "error" else "soft")


def _lines(scene: Scene, columns: Sequence[Column]) -> Iterator[Connection]:
    for column, (left, right) in enumerate(pairwise(columns)):
        for target, to in right.units.items():
            if target == ONE:
                continue
            neuron = scene.neurons(column + 1)[target]
            for source, start in left.units.items():
                role, index = ("bias", (target + 1,)) if source == ONE else ("weight", (target + 1, source + 1))
                parameter = neuron.bias if source == ONE else neuron.weights[source]
                number = parameter.data
                words = _equal(_symbol(scene.notation, _role(scene, role, column + 1), column + 1, *index), number)
                if scene.backward:
                    number = scene.signals.gradients.get(parameter, 0.0)
                    words += ", " + scene.say("said.gradient", number=number_drawn(number, 6))
                said = scene.say("said.line", weight=words, source=start.name, target=to.name)
                yield Connection(column, source, target, number, fitting(number, BELOW), said, start.dropped or to.dropped)


# --- in words ----------------------------------------------------------------------------------------------------


def _words(scene: Scene, columns: Sequence[Column]) -> Iterator[str]:
    """A line for each layer, with its units, the shape of its weights and its parameters, and what flows."""
    total = 0
    for k, column in enumerate(columns):
        words = f"{column.caption}: {column.detail}"
        if k:
            n_in, n_out = scene.layers[k - 1].n_in, scene.layers[k - 1].n_out
            total += n_out * (n_in + 1)
            parameters = scene.say("parameters", count=n_out * (n_in + 1))
            words += f", W {n_out} × {n_in}, {_counted(scene, 'bias', n_out)}, {parameters}"
        yield words
        if k in scene.masks:
            yield "  " + scene.say("mask", factors=_numbers(scene.masks[k]))
        if scene.forward:
            yield "  " + scene.say("values", values=_numbers([v.data for v in scene.signals.outputs[k]]))
        if k and scene.backward:
            errors = [scene.signals.gradients.get(v, 0.0) for v in scene.signals.pre_activations[k - 1]]
            yield f"  {harmless(scene.notation.symbol('error', k))} {_numbers(errors)}"
    if scene.signals.loss is not None:
        yield _equal(harmless(scene.notation.symbol("loss")), scene.signals.loss.data)
    yield scene.say("parameters", count=total)


def _numbers(numbers: Sequence[Any]) -> str:
    drawn = some(len(numbers), NAMED + 2)
    texts = [number_drawn(numbers[i], 6) for i in drawn]
    return ", ".join(texts if len(drawn) == len(numbers) else [*texts[:-1], "…", texts[-1]])


def _notes(scene: Scene) -> list[str]:
    """What the numbers below the units and the crosses mean."""
    found = []
    if not scene.nodes:
        found.append(scene.say("below.bias", symbol=_symbol(scene.notation, _role(scene, "bias", 1), None, 1)))
    if scene.backward:
        found.append(scene.say("below.error", symbol=_symbol(scene.notation, "error", None, 1)))
    factors = dict.fromkeys(factor for column in scene.masks.values() for factor in column if factor)
    if scene.masks:
        found.append(scene.say("dropped"))
        found += [scene.say("scaled", equal=_equal(f"1/{number_drawn(as_float(1 / factor), 6)}", factor)) for factor in factors]
    return found
