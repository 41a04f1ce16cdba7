"""`network`: neurons in columns and weights as lines, as in the slides of lectures.

Rests on `nn` for the model, its signals and its gradients, and on what every picture has: theme, legend, SVG document.
A line runs from the rightmost point of a unit to the leftmost of the next one, so no line crosses a unit or its texts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

from autograd import Notation, Value, topological_order
from autograd.engine.derivatives import gradients
from autograd.engine.ieee import as_float
from autograd.explain.languages import fill, templates
from autograd.explain.notation import SUBSCRIPTS
from nn import Dropout, Layer, Module, Neuron, Sequential
from nn.arguments import as_values
from nn.training import prepared

from .drawing import Shown
from .layout.shapes import NAME, SMALL
from .output.legend import THIN, placed, stroke
from .output.svg import LEGEND_ROOM, document, px, write_text
from .output.theme import THEMES
from .picture.lettering import MINUS, harmless, number_drawn, shortened, width

MOST, FIRST, LAST = 10, 6, 2  # units of a column that are all drawn; of a longer column, those at its top and at its end
RADIUS, ROW, BETWEEN = 28.0, 16.0, 20.0  # of a unit; height of a line below it; room between two units
NEAREST, SLOPE = 118.0, 0.34  # room between two columns, and how it grows with the height of the picture
HEAD = 44.0  # height of the captions
RAISED = 11.0  # size of a raised mark
ROOM = 78.0  # of a text below a unit, so that no line touches it
LONGEST = 30.0  # of a symbol that is repeated below every unit
ACROSS = 2 * RADIUS - 6  # what a text in a unit may take

# --- what is shown -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signals:
    """What flows through a network for one example: Values by layer, the inputs first, and the gradients of the loss."""

    pre_activations: list[list[Value]] = field(default_factory=list)
    outputs: list[list[Value]] = field(default_factory=list)
    loss: Value | None = None
    gradients: Mapping[Value, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Below:
    """A text below a unit: a symbol and its number, which has a sign."""

    symbol: str
    number: Any

    @property
    def text(self) -> str:
        before = f"{self.symbol} = " if width(self.symbol, SMALL) <= LONGEST else ""
        return before + _fitting(self.number, ROOM - width(before, SMALL))


@dataclass(frozen=True)
class Unit:
    """One circle: its key, its name, its number where there is one, what stands below it, and all of it in words."""

    key: str
    name: str
    value: str
    below: tuple[Below, ...]
    title: str


@dataclass(frozen=True)
class Column:
    """One layer: two lines of caption, the units that are drawn, by their number, and how many there are."""

    caption: str
    detail: str
    units: Mapping[int, Unit]
    count: int


@dataclass(frozen=True)
class Connection:
    """One weight, from unit `source` of a column to unit `target` of the next one; `number` is it, or its gradient."""

    column: int
    source: int
    target: int
    number: Any
    title: str


def network(
    model: Any, x: Any = None, *, y: Any = None, loss: Any = None, notation: Any = None, theme: str = "auto", lang: str = "en"
) -> "NetworkDrawing":
    """The neurons and weights of a network, as on a slide: units in columns, weights by width, colour and dash.

    `model` is an MLP, a Sequential of Layers, a Layer or a Neuron. With `x`, one example of as many numbers as there
    are inputs, the activations stand in the units. With `y` and `loss` as well (a target and a loss as for
    `model.loss`) the lines show the gradients of the weights, and below each unit stands δ, the gradient at its
    pre-activation. `notation` is a name or a Notation and names the units ("delta"); `theme` and `lang` are as for `draw`. Of a layer
    of more than 10 units the first 6 and the last 2 are drawn. The model stays as it is, its gradients too.

    Raises TypeError for a model of another kind; ValueError for an x of another length, for y without loss or loss
    without y, for either without x, and for an unknown notation, theme or language.

    >>> from nn import MLP
    >>> print(network(MLP(3, [4, 2], activation="sigmoid", rng=0)).text)
    MLP(3, [4, 2], activation="sigmoid")
    input: 3 units
    hidden layer 1: 4 units · sigmoid, W 4 × 3, 4 biases, 16 parameters
    output: 2 units · linear, W 2 × 4, 2 biases, 10 parameters
    26 parameters
    """
    if theme not in THEMES:
        raise ValueError(f"theme is one of {', '.join(THEMES)}, not {theme!r}")
    templates(lang)
    symbols = Notation.of("delta" if notation is None else notation)
    layers = list(_layers(model))
    if (y is None) != (loss is None):
        given, missing = ("loss", "y") if y is None else ("y", "loss")
        raise ValueError(f"{given} is given without {missing}; gradients need both, and without them leave out {given} as well")
    if y is not None and x is None:
        raise ValueError("y and loss are given without x; gradients need an example, so give x as well")
    signals = Signals() if x is None else _signals(model, layers, x, y, loss)
    columns = _columns(layers, signals, symbols, lang)
    return NetworkDrawing(
        repr(model), layers, columns, list(_lines(layers, columns, signals, symbols, lang)), signals, symbols, theme, lang
    )


def _layers(model: Any) -> "Iterator[Layer | Neuron]":
    """The layers of a model in order; a single neuron is a layer of its own."""
    if isinstance(model, (Layer, Neuron)):
        yield model
    elif isinstance(model, Sequential):
        found = [layer for module in model.layers if not isinstance(module, Dropout) for layer in _layers(module)]
        if not found:
            raise TypeError("this Sequential has no Layer, so there are no neurons to draw")
        yield from found
    else:
        what = f"a module of your own, {type(model).__name__}," if isinstance(model, Module) else type(model).__name__
        raise TypeError(f"network draws an MLP, a Sequential of Layers, a Layer or a Neuron, not {what}; viz.draw shows any graph")


def _neurons(layer: "Layer | Neuron") -> Sequence[Neuron]:
    return layer.neurons if isinstance(layer, Layer) else [layer]


def _signals(model: Any, layers: "Sequence[Layer | Neuron]", x: Any, y: Any, loss: Any) -> Signals:
    inputs = as_values(x, layers[0].n_in, "the network")
    if y is not None:
        target, function = prepared(model, [[v.data for v in inputs]], [y], loss, "mean")[1:]
    pre_activations, outputs = [], [list(inputs)]
    for layer in layers:
        given = tuple(outputs[-1])
        before = layer.pre_activations(given) if isinstance(layer, Layer) else [layer.pre_activation(given)]
        activate = layer.activation.of_value
        pre_activations.append(before)
        outputs.append(list(activate(before)) if layer.activation.of_layer else [activate(a) for a in before])
    if y is None:
        return Signals(pre_activations, outputs)
    J = function([outputs[-1][0] if len(outputs[-1]) == 1 else outputs[-1]], target.tolist())
    if not isinstance(J, Value):
        raise TypeError(f"the loss must give a Value, not {type(J).__name__}; write it with the functions of autograd")
    if J.constant:
        raise ValueError("this loss has no graph, so it has no gradients to draw; call network outside of no_grad()")
    return Signals(pre_activations, outputs, J, gradients(topological_order(J)))


# --- names -------------------------------------------------------------------------------------------------------


def _symbol(notation: Notation, role: str, layer: int | None, *index: int) -> str:
    """A symbol with its indices, also where the notation writes the role without any: x₁, ŷ₂."""
    text = notation.symbol(role, layer, *index)
    if index and "{i}" not in notation.symbols[role]:
        text += ",".join(map(str, index)).translate(SUBSCRIPTS)
    return harmless(re.sub(r"_(\d+(?:,\d+)*)", lambda found: found[1].translate(SUBSCRIPTS), text))


def _unit_name(notation: Notation, column: int, last: int, unit: int, count: int) -> str:
    if column == 0 or column == last:
        index = () if column == last and count == 1 else (unit + 1,)
        return _symbol(notation, "output" if column == last else "input", None, *index)
    return _symbol(notation, "activation", column, unit + 1)


def _caption(column: int, last: int, lang: str) -> str:
    if column in (0, last):
        return fill("network.output" if column else "network.input", {}, lang)
    return fill("network.hidden", {"layer": column}, lang)


def _count(what: str, count: int, lang: str) -> str:
    """How many units or biases there are: "1 unit", "4 units"."""
    one, many = {"unit": ("network.unit", "network.units"), "bias": ("network.bias", "network.biases")}[what]
    return fill(one if count == 1 else many, {"count": count}, lang)


def _shown(count: int) -> list[int]:
    return list(range(count)) if count <= MOST else [*range(FIRST), *range(count - LAST, count)]


def _columns(layers: "Sequence[Layer | Neuron]", signals: Signals, notation: Notation, lang: str) -> list[Column]:
    last = len(layers)
    found = []
    for k in range(last + 1):
        count = layers[0].n_in if k == 0 else layers[k - 1].n_out
        activation = "" if k == 0 else f" · {harmless(layers[k - 1].activation.name)}"
        units = {}
        for i in _shown(count):
            name = _unit_name(notation, k, last, i, count)
            value = signals.outputs[k][i].data if signals.outputs else None
            below = []
            if k:
                below.append(Below(_symbol(notation, "output_bias" if k == last else "bias", None), _neurons(layers[k - 1])[i].bias.data))
                if signals.loss is not None:
                    below.append(Below(harmless(notation.symbol("error")), signals.gradients.get(signals.pre_activations[k - 1][i], 0.0)))
            words = [name if value is None else f"{name} = {number_drawn(value, 6)}"]
            for said, one in zip(("network.said.bias", "network.said.error"), below, strict=False):
                words.append(fill(said, {"number": number_drawn(one.number, 6)}, lang))
            units[i] = Unit(f"u{k}-{i + 1}", name, "" if value is None else _fitting(value, ACROSS), tuple(below), ", ".join(words))
        found.append(Column(_caption(k, last, lang), _count("unit", count, lang) + activation, units, count))
    return found


def _fitting(number: Any, room: float) -> str:
    """A number as it is where it fits, a fraction too; else with as many digits, up to 3, as there is room for."""
    rounded = as_float(number)
    texts = [number_drawn(number, 3), *(number_drawn(rounded, digits) for digits in (3, 2, 1))]
    mantissa, _, power = f"{rounded:.0e}".partition("e")
    shortest = f"{mantissa}e{int(power)}".replace("-", MINUS) if power else texts[-1]
    return next((text for text in texts if width(text, SMALL) <= room), shortest)


def _lines(
    layers: "Sequence[Layer | Neuron]", columns: Sequence[Column], signals: Signals, notation: Notation, lang: str
) -> Iterator[Connection]:
    for k, layer in enumerate(layers):
        role = "output_weight" if k + 1 == len(layers) else "weight"
        for target, to in columns[k + 1].units.items():
            for source, start in columns[k].units.items():
                weight = _neurons(layer)[target].weights[source]
                words = f"{_symbol(notation, role, k + 1, target + 1, source + 1)} = {number_drawn(weight.data, 6)}"
                number = weight.data
                if signals.loss is not None:
                    number = signals.gradients.get(weight, 0.0)
                    words += ", " + fill("network.said.gradient", {"number": number_drawn(number, 6)}, lang)
                said = fill("network.said.line", {"weight": words, "source": start.name, "target": to.name}, lang)
                yield Connection(k, source, target, number, said)


# --- the drawing -------------------------------------------------------------------------------------------------


class NetworkDrawing(Shown):
    """A picture of a network as it was when it was drawn. It shows itself in a notebook; `save` writes it to a file."""

    def __init__(self, model: str, layers: "Sequence[Layer | Neuron]", columns: Sequence[Column], lines: Sequence[Connection], signals: Signals,
                 notation: Notation, theme: str, lang: str):  # fmt: skip
        self._columns, self._lines, self._gradient_mode = columns, lines, signals.loss is not None
        self._lang = lang
        self._error = harmless(notation.symbol("error"))
        model = harmless(model)
        self._words = [model, *_words(layers, columns, signals, notation, lang)]
        self._largest = max([abs(line.number) for line in lines if abs(line.number) < float("inf")], default=0.0)
        super().__init__(fill("network.title", {"model": model}, lang), self._words[1:], theme)

    @cached_property
    def text(self) -> str:
        """The same in words: a line for each layer, with its units, the shape of its weights and its parameters."""
        return "\n".join(self._words)

    def _svg(self, theme: str) -> str:
        depth = max([len(unit.below) for column in self._columns for unit in column.units.values()])
        pitch = 2 * RADIUS + depth * ROW + BETWEEN
        slots = [len(column.units) + (column.count > len(column.units)) for column in self._columns]
        tall = max(slots) * pitch - BETWEEN
        captions = [max(width(column.caption, SMALL, bold=True), width(_detail(column), SMALL)) for column in self._columns]
        apart = max(2 * RADIUS + max(NEAREST, SLOPE * tall), max(captions) + 16)
        left = max(captions[0] / 2, RADIUS)
        centres = {}
        body, drawn = [], []
        for k, column in enumerate(self._columns):
            x, top = left + k * apart, HEAD + (max(slots) - slots[k]) * pitch / 2 + RADIUS
            body.append(write_text(x, 12, column.caption, "small", "middle") + write_text(x, 28, _detail(column), "small soft", "middle"))
            for slot, (i, unit) in enumerate(column.units.items()):
                if column.count > len(column.units) and slot >= FIRST:
                    slot += 1
                centres[k, i] = x, top + slot * pitch
                drawn.append(_unit(unit, *centres[k, i]))
            if column.count > len(column.units):
                drawn.append(_gap(x, top + FIRST * pitch, column.count - len(column.units), self._lang))
        for line in self._lines:
            body.append(_line(line, centres[line.column, line.source], centres[line.column + 1, line.target], self._largest))
        across = left + (len(self._columns) - 1) * apart + max(captions[-1] / 2, RADIUS)
        down, legend = HEAD + tall, placed(self._signs(), max(across, LEGEND_ROOM))
        explained = self._explained()
        if explained:
            drawn.append(write_text(0, down + 20, explained, "small soft"))
            down, across = down + 22, max(across, width(explained, SMALL))
        return document(self._title, self._alternative, [*body, *drawn], legend, [], (across, down), theme)

    def _signs(self) -> list[tuple[str, str]]:
        stem, numbers = "network.gradient" if self._gradient_mode else "network.weight", [line.number for line in self._lines]
        kinds = {"positive": any(n > 0 for n in numbers), "negative": any(n < 0 for n in numbers), "nothing": any(n == 0 for n in numbers)}
        signs = {"nothing": "no flow"}
        found = [(signs.get(kind, kind), fill(f"{stem}.{kind}", {}, self._lang)) for kind, there in kinds.items() if there]
        scale = fill("legend.scale", {"largest": number_drawn(self._largest)}, self._lang)
        return [*found, ("scale", scale)] if self._largest else found

    def _explained(self) -> str:
        """What the symbols below the units mean."""
        symbols = dict.fromkeys([one.symbol for column in self._columns for unit in column.units.values() for one in unit.below[:1]])
        bias = fill("network.below.bias", {"symbols": ", ".join(symbols)}, self._lang)
        return fill("network.below.error", {"bias": bias, "error": self._error}, self._lang) if self._gradient_mode else bias


def _words(layers: "Sequence[Layer | Neuron]", columns: Sequence[Column], signals: Signals, notation: Notation, lang: str) -> Iterator[str]:
    total = 0
    for k, column in enumerate(columns):
        words = f"{column.caption}: {column.detail}"
        if k:
            n_in, n_out = layers[k - 1].n_in, layers[k - 1].n_out
            total += n_out * (n_in + 1)
            parameters = fill("network.parameters", {"count": n_out * (n_in + 1)}, lang)
            words += f", W {n_out} × {n_in}, {_count('bias', n_out, lang)}, {parameters}"
        yield words
        if signals.outputs:
            yield "  " + fill("network.values", {"values": _numbers([v.data for v in signals.outputs[k]])}, lang)
        if k and signals.loss is not None:
            errors = [signals.gradients.get(v, 0.0) for v in signals.pre_activations[k - 1]]
            yield f"  {harmless(notation.symbol('error', k))} {_numbers(errors)}"
    if signals.loss is not None:
        yield f"{harmless(notation.symbol('loss'))} = {number_drawn(signals.loss.data, 6)}"
    yield fill("network.parameters", {"count": total}, lang)


def _numbers(numbers: Sequence[Any]) -> str:
    shown = _shown(len(numbers))
    texts = [number_drawn(numbers[i], 6) for i in shown]
    return ", ".join(texts if len(shown) == len(numbers) else [*texts[:FIRST], "…", *texts[FIRST:]])


def _detail(column: Column) -> str:
    return shortened(column.detail, SMALL, 150)


def _kind(number: Any) -> str:
    return "" if number != number else "positive" if number > 0 else "negative" if number < 0 else "zero"


def _line(line: Connection, start: tuple[float, float], end: tuple[float, float], largest: Any) -> str:
    wide = THIN if line.number != line.number else stroke(line.number, largest)
    return (
        f'<g class="wire {_kind(line.number)}" data-key="w{line.column + 1}-{line.target + 1}-{line.source + 1}"><title>{escape(line.title)}'
        f'</title><path class="line" d="M{px(start[0] + RADIUS)} {px(start[1])}L{px(end[0] - RADIUS)} {px(end[1])}" '
        f'style="stroke-width:{wide:.2f}"/></g>'
    )


def _unit(unit: Unit, x: float, y: float) -> str:
    parts = [
        f'<g class="unit" data-key="{unit.key}"><title>{escape(unit.title)}</title>'
        f'<circle class="frame" cx="{px(x)}" cy="{px(y)}" r="{px(RADIUS)}"/>',
        _name(x, y - 3 if unit.value else y + 5, unit.name),
    ]
    if unit.value:
        parts.append(write_text(x, y + 14, unit.value, "small", "middle"))
    for row, one in enumerate(unit.below):
        text = write_text(x, y + RADIUS + 13 + row * ROW, one.text, "small gradient" if row else "small soft", "middle")
        parts.append(f'<g class="{_kind(one.number)}">{text}</g>')
    return "".join([*parts, "</g>"])


def _name(x: float, y: float, name: str) -> str:
    """The name of a unit; what a notation marks with "^" is raised and small."""
    base, _, mark = name.partition("^")
    raised = f'<tspan dy="-6" style="font-size:{px(RAISED)}px">{escape(mark)}</tspan>' if mark else ""
    base = shortened(base, NAME, ACROSS - width(mark, RAISED))
    return f'<text x="{px(x)}" y="{px(y)}" class="name" text-anchor="middle">{escape(base)}{raised}</text>'


def _gap(x: float, y: float, count: int, lang: str) -> str:
    return write_text(x, y + 2, "⋮", "soft", "middle") + write_text(
        x, y + 20, fill("network.more", {"count": count}, lang), "small soft", "middle"
    )
