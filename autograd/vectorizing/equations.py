r"""A plan as matrix equations in LaTeX, in the notation of a course: the forward pass, the loss, the backward pass.

What is a layer is written as the lectures write it, z = h(a) and δ = Wᵀδ ⊙ h′(a), with the symbols of the notation, its
layout (examples in columns or in rows) and its error signal (the gradient, or n times the gradient).
"""

from ..engine.grammar import ATOM, BINDING
from ..engine.names import shortest_text
from ..engine.operations import TABLE
from ..explain.notation import Notation, last_role
from ..explain.typeset import FUNCTIONS, latex
from .arrays import Array, N, reachable, uses_of
from .naming import ArrayNames, is_read_once
from .planning import Plan
from .source import in_order_of_lectures

SUM, PRODUCT, POWER = BINDING["+"], BINDING["*"], BINDING["**"]
ROLES = {"W": "weights", "b": "bias", "a": "pre_activation", "z": "activation", "delta": "error", "dW": "weights_gradient",
         "db": "bias_gradient"}  # fmt: skip
OF_EXAMPLES = r"\ell"  # the losses of the examples, a row
SIGNS = {"less": "<", "less_equal": r"\le", "greater": ">", "greater_equal": r"\ge", "equal": "="}


def equations(plan: Plan, names: ArrayNames, notation: "str | Notation | None") -> str:
    """All equations, as the lines of a LaTeX align environment."""
    return _Equations(plan, names, Notation.of("delta" if notation is None else notation)).text()


class _Equations:
    def __init__(self, plan: Plan, names: ArrayNames, notation: Notation):
        self.plan, self.names, self.notation = plan, names, notation
        self.in_rows = notation.examples == "rows"
        self.symbols: dict[int, str] = {}
        self.depth = len(names.layers)
        self.activated: dict[int, tuple[int, Array]] = {}  # array → its layer, and the pre-activations it is a function of
        self.errors: dict[int, tuple[int, Array, Array]] = {}  # array → its layer, the gradient at the activations, the pre-activations
        self.lines: list[str] = []
        self._find_layers()
        self._name()

    # --- layers ---

    def _find_layers(self) -> None:
        """Layers whose activation is one function, element by element."""
        plan = self.plan
        layers = {group: number for number, group in self.names.layers.items()}
        for j, group in enumerate(plan.groups):
            source, operation = group.operands[0][0].source, TABLE[group.op]
            if source not in layers or operation.symbol or operation.is_nary or len(group.members) != len(plan.groups[source].members):
                continue
            number, before = layers[source], plan.forward[source]
            if self.names.of.get(plan.forward[j].index) == f"z{number}" and is_read_once(plan, source):
                self.activated[plan.forward[j].index] = (number, before)
                if j in plan.upstreams and source in plan.upstreams:
                    self.errors[plan.upstreams[source].index] = (number, plan.upstreams[j], before)

    def _name(self) -> None:
        layers, inputs = {}, [a for a in self.plan.arrays.all if a.kind == "inputs" and self.names.of.get(a.index) != "z0"]
        for name in list(ROLES):
            for number in self.names.layers:
                layers[f"{name}{number}"] = self._symbol(ROLES[name], number)
        layers["z0"] = self.notation.latex("input")
        if self.depth and len(inputs) == 1:
            layers[self.names.of[inputs[0].index]] = self.notation.latex("target")
        for index, name in self.names.of.items():
            self.symbols[index] = layers.get(name) or _identifier(name)
        self.loss = self.notation.latex("loss") if self.depth else None

    def _symbol(self, role: str, layer: int) -> str:
        return self.notation.latex(last_role(role, layer, self.depth), layer)

    def is_composite(self, layer: int) -> bool:
        """Whether the error has no letter of its own but is written as a product, as dY ⊙ g′(z)."""
        return "⊙" in self.notation.symbol("error", layer)

    # --- lines ---

    def text(self) -> str:
        plan = self.plan
        outputs = [plan.values] + [plan.gradient[k][1] for k in in_order_of_lectures(plan, self.names)]
        order = reachable(outputs, self._depends)
        uses = uses_of(order, self._depends)
        for array in order:
            is_backward = array.index >= plan.backward_from
            if array.index == self._root().index:
                self._loss(array, is_read=uses[array.index] > 0)
            elif array.kind in ("parameters", "inputs", "scalar", "constants"):
                continue
            elif array.index in self.errors:
                self._error(array)
            elif array.index in self.symbols or (uses[array.index] > 1 and not array.is_call(*SIGNS)):
                right = self.of(array)[0]
                self.symbols.setdefault(array.index, self._free("g" if is_backward else "u"))
                self.lines.append(f"{self.symbols[array.index]} &= {right}")
        return "\\begin{aligned}\n" + " \\\\\n".join(self.lines) + "\n\\end{aligned}"

    def _root(self) -> Array:
        values = self.plan.values
        return values.args[0] if values.kind == "full" else values

    def _loss(self, array: Array, is_read: bool) -> None:
        """The mean over the examples; the losses of the examples have a symbol of their own where they are read again."""
        is_leaf = array.kind in ("parameters", "inputs")
        name = self.loss or (not is_leaf and self.symbols.get(array.index)) or "J"
        right, strength = self.named(array) if is_leaf else self.of(array)
        if array.shape and array.shape[-1] == N and self.plan.mean is not None:
            if is_read and not is_leaf:
                self.symbols[array.index] = OF_EXAMPLES
                self.lines.append(f"{OF_EXAMPLES} &= {right}")
                right, strength = rf"{OF_EXAMPLES}_{{i}}", ATOM
            right = rf"\frac{{1}}{{n}} \sum_{{i=1}}^{{n}} {_held(right, strength, PRODUCT)}"
        elif not is_leaf:
            self.symbols[array.index] = name
        self.lines.append(f"{name} &= {right}")

    def _error(self, array: Array) -> None:
        """δ = (what arrives at the activations) ⊙ h′(a); where δ has no letter, the gradient at the activations has."""
        layer, arriving, before = self.errors[array.index]
        right, strength = self.named(arriving)
        if self.is_composite(layer):
            self.lines.append(f"{self.notation.latex('activation_gradient', layer)} &= {right}")
            return
        if parts := _parts_of_difference(self.plan, array):  # the sigmoid and its own loss
            z, t = (self.named(a)[0] for a in parts)
            scale = "" if self.notation.scaled_error else r"\frac{1}{n} "
            right = f"{scale}({z} - {t})" if scale else f"{z} - {t}"
        else:
            right = rf"{_held(right, strength, PRODUCT + 0.5)} \odot {self.notation.latex('function')}'({self.named(before)[0]})"
        self.lines.append(f"{self.symbols[array.index]} &= {right}")

    def _depends(self, array: Array) -> tuple[Array, ...]:
        if array.index in self.activated:
            return (self.activated[array.index][1],)
        if array.index in self.errors:
            layer, arriving, before = self.errors[array.index]
            return (() if self.is_composite(layer) else _parts_of_difference(self.plan, array)) or (arriving, before)
        return array.args

    def _free(self, letter: str) -> str:
        taken = {*self.symbols.values()}
        return next(s for k in range(1, len(taken) + 2) if (s := f"{letter}_{{{k}}}") not in taken)

    # --- expressions ---

    def named(self, array: Array) -> tuple[str, float]:
        if array.index in self.errors and self.is_composite(self.errors[array.index][0]):
            layer = self.errors[array.index][0]
            return self.notation.latex("error", layer), PRODUCT
        return (self.symbols[array.index], ATOM) if array.index in self.symbols else self.of(array)

    def held(self, array: Array, strength: float) -> str:
        return _held(*self.named(array), strength)

    def of(self, array: Array) -> tuple[str, float]:
        """An array by what it is made of, and how tightly that holds together."""
        if array.index in self.activated:
            _, before = self.activated[array.index]
            return f"{self.notation.latex('function')}({self.named(before)[0]})", ATOM
        kind, info, args = array.kind, array.info, array.args
        if kind == "call":
            return self.call(info, args)
        if kind == "scalar":
            return self.number(*info)
        if kind == "matmul":
            return self.product(array)
        if kind in ("sum", "max", "min"):
            return self.reduction(array)
        if kind == "function":
            name, slot, _ = info
            if name == "xlogy" and slot < 0:  # by its definition
                return rf"{self.held(args[0], PRODUCT)} \odot \log({self.named(args[1])[0]})", PRODUCT
            if (name, slot) == ("logsumexp", 0):
                return rf"\operatorname{{softmax}}({self.named(args[0])[0]})", ATOM
            called = r"\sigma" if name == "sigmoid" else rf"\operatorname{{{_escaped(name)}}}"
            return f"{called}{chr(39) * (slot >= 0)}({', '.join([self.named(a)[0] for a in args])})", ATOM
        if kind in ("full", "reshape"):
            return self.named(args[0])
        if kind in ("rows", "cut", "take", "pad", "join"):
            return rf"\operatorname{{{kind}}}({', '.join([self.named(a)[0] for a in args])})", ATOM
        return rf"\mathrm{{{kind}}}", ATOM

    def number(self, c: float, power: int) -> tuple[str, float]:
        shown = latex(("number", shortest_text(c)))
        if power == 0 or (power == -1 and self.notation.scaled_error):
            return shown, SUM if c < 0 else PRODUCT if "cdot" in shown else ATOM
        if power == 1:
            return ("n", ATOM) if c == 1 else (f"{shown} n", PRODUCT)
        return (rf"\frac{{{shown}}}{{n}}", ATOM) if c >= 0 else (rf"-\frac{{{shown[1:]}}}{{n}}", SUM)

    def call(self, name: str, args: tuple[Array, ...]) -> tuple[str, float]:
        if name in ("add", "subtract"):
            sign = "+" if name == "add" else "-"
            return f"{self.held(args[0], SUM)} {sign} {self.held(args[1], SUM + 0.5)}", SUM
        if name == "multiply":
            if args[0].kind == "scalar":
                if self.notation.scaled_error and args[0].info in ((1.0, -1), (-1.0, -1)):
                    return self.named(args[1]) if args[0].info[0] > 0 else (f"-{self.held(args[1], PRODUCT)}", SUM)
                return f"{self.held(args[0], SUM)} {self.held(args[1], PRODUCT)}", PRODUCT
            return rf"{self.held(args[0], PRODUCT)} \odot {self.held(args[1], PRODUCT)}", PRODUCT
        if name == "divide":
            return rf"\frac{{{self.named(args[0])[0]}}}{{{self.named(args[1])[0]}}}", ATOM
        if name == "negative":
            return f"-{self.held(args[0], PRODUCT)}", SUM
        if name == "power":
            return f"{self.held(args[0], ATOM)}^{{{self.named(args[1])[0]}}}", POWER
        if name in SIGNS:
            return rf"\left[{self.comparison(args, name)}\right]", ATOM  # Iverson's bracket: 1 where it is true, else 0
        texts = [self.named(a)[0] for a in args]
        if name == "where":
            condition = self.comparison(args[0].args, args[0].info) if args[0].is_call(*SIGNS) else texts[0]
            return rf"\begin{{cases}} {texts[1]} & {condition} \\ {texts[2]} & \text{{else}} \end{{cases}}", ATOM
        if name == "sqrt":
            return rf"\sqrt{{{texts[0]}}}", ATOM
        if name == "abs":
            return rf"\left|{texts[0]}\right|", ATOM
        called = "max" if name == "maximum" else name
        command = rf"\{called}" if called in FUNCTIONS else rf"\operatorname{{{_escaped(called)}}}"
        return f"{command}({', '.join(texts)})", ATOM

    def comparison(self, args: tuple[Array, ...], name: str) -> str:
        return f"{self.held(args[0], SUM)} {SIGNS[name]} {self.held(args[1], SUM)}"

    def is_turned(self, array: Array) -> bool:
        """Whether the symbol of an array stands for its transpose: of examples, where they are rows."""
        return self.in_rows and array.shape[-1:] == (N,)

    def product(self, array: Array) -> tuple[str, float]:
        (a, b), (flip_a, flip_b, _) = array.args, array.info
        is_over_examples = (a.shape[0] if flip_a else a.shape[1]) == N
        factors = [(a, flip_a), (b, flip_b)]
        if self.is_turned(array):
            factors = [(b, not flip_b), (a, not flip_a)]
        texts = []
        for factor, flip in factors:
            text = self.held(factor, PRODUCT + 0.5)
            texts.append(_transposed(text) if flip != self.is_turned(factor) else text)
        scale = r"\frac{1}{n} " if is_over_examples and self.notation.scaled_error else ""
        return scale + " ".join(texts), PRODUCT

    def reduction(self, array: Array) -> tuple[str, float]:
        inner, axis = array.args[0], array.info
        if array.kind != "sum":
            return rf"\{array.kind}_k {self.held(inner, PRODUCT)}", PRODUCT
        if axis == len(inner.shape) - 1:
            scale = r"\frac{1}{n} " if self.notation.scaled_error else ""
            return rf"{scale}\sum {self.held(inner, PRODUCT)}\text{{ over the examples}}", PRODUCT
        return rf"\sum_k {self.held(inner, PRODUCT)}", PRODUCT


def _transposed(symbol: str) -> str:
    """A symbol transposed; LaTeX takes one mark above, so a mark that is there goes with it."""
    if symbol.startswith(r"\frac"):
        symbol = rf"\left({symbol}\right)"
    start = symbol.rfind("^{")
    if start >= 0 and symbol.endswith("}") and "}" not in symbol[start:-1]:
        return rf"{symbol[:-1]}\top}}"
    return rf"{symbol}^{{\top}}"


def _held(text: str, own: float, strength: float) -> str:
    return text if own >= strength else rf"\left({text}\right)"


def _escaped(name: str) -> str:
    return name.replace("_", r"\_")


def _identifier(name: str) -> str:
    """A name of the program: one letter with its number below, else upright."""
    letters = name.rstrip("0123456789")
    number = name[len(letters) :]
    shown = letters if len(letters) == 1 else rf"\mathrm{{{_escaped(letters)}}}"
    return f"{shown}_{{{number}}}" if number else shown


# --- the sigmoid and its own loss -----------------------------------------------------------------------------------


def _parts_of_difference(plan: Plan, error: Array) -> tuple[Array, ...]:
    """ŷ and y where the error is ((1 - y)/(1 - ŷ) - y/ŷ) ŷ (1 - ŷ) / n, which is (ŷ - y) / n; else nothing.

    The quotients may be those of xlogy(y, ŷ), which are 0 for 0/0.
    """

    def parts(array: Array, name: str) -> tuple[Array, ...]:
        if name == "divide" and array.kind == "function" and array.info[:2] == ("xlogy", 1):
            return array.args
        return array.args if array.is_call(name) else ()

    scaled = parts(error, "multiply")
    product = parts(scaled[1], "multiply") if scaled and scaled[0].kind == "scalar" and scaled[0].info == (1.0, -1) else ()
    difference, slope = (parts(product[0], "subtract"), parts(product[1], "multiply")) if product else ((), ())
    if not difference or not slope:
        return ()
    first, second = parts(difference[0], "divide"), parts(difference[1], "divide")
    if not first or not second:
        return ()
    z, t = second[1], second[0]
    one = plan.arrays.scalar(1.0)
    rest = plan.arrays.call("subtract", one, z), plan.arrays.call("subtract", one, t)
    return (z, t) if slope == (z, rest[0]) and first == (rest[1], rest[0]) else ()
