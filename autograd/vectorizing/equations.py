r"""The lines of a plan as matrix equations in the notation of a course: as text, and as LaTeX.

What is a layer is written as the lectures write it, z = h(a) and δ = ∂L/∂z ⊙ h′(a), with the symbols of the notation, its
layout (examples in columns or in rows) and its error signal (the gradient, or n times the gradient). Shapes fit as
printed: on a batch a bias is b·1ᵀ, with a row of ones, and its gradient δ·1.
"""

from collections.abc import Sequence

from ..engine.grammar import ATOM, BINDING
from ..engine.names import shortest_text
from ..explain.notation import Notation, as_latex, last_role
from ..explain.typeset import FUNCTIONS, latex
from .arrays import Array, N, reachable
from .naming import LAYER, ArrayNames
from .outline import Line, outline
from .planning import Plan
from .source import in_order_of_lectures
from .tokens import (
    RELATIONS,
    Piece,
    Token,
    Tokens,
    escaped,
    fraction_of,
    held,
    identifier,
    joined,
    latex_of,
    literal,
    subscripted,
    text_of,
    transposed,
)

SUM, PRODUCT, POWER = BINDING["+"], BINDING["*"], BINDING["**"]
MOST = 12  # rows or columns of places that are written out
REDUCTION = (SUM + PRODUCT) / 2  # Σ takes the product behind it, and is no factor of another one
ROLES = {"W": "weights", "b": "bias", "a": "pre_activation", "z": "activation", "delta": "error", "dz": "activation_gradient",
         "dW": "weights_gradient", "db": "bias_gradient"}  # fmt: skip
WEIGHTS = ("weights", "weights_gradient")


def equations(plan: Plan, names: ArrayNames, notation: "str | Notation | None") -> str:
    """All equations, as the lines of a LaTeX align environment."""
    return Writer(plan, names, Notation.of("delta" if notation is None else notation)).latex()


class Writer:
    """Writes the lines of a plan in a notation; `lines` are those for the values, the gradient (None: its parts as they are), and for `more` arrays.

    `is_mean` says whether the loss is the mean over the examples, or their sum; with `is_batch` there may be several
    examples. `symbols` has text and LaTeX of each array by its index, `roles` its role and its layer.
    """

    def __init__(self, plan: Plan, names: ArrayNames, notation: Notation, *, gradient: Sequence[Array] | None = None,
                 more: Sequence[Array] = (), is_mean: bool = True, is_batch: bool = True):  # fmt: skip
        self.plan, self.notation, self.is_mean, self.is_batch = plan, notation, is_mean, is_batch
        self.in_rows = notation.examples == "rows"
        self.is_scaled = notation.scaled_error and is_mean and is_batch
        self.hides_n = self.is_scaled or not is_batch  # no 1/n in front of an error: it follows later, or there is one example
        self.depth = len(plan.layers)
        self.names = ArrayNames(dict(names.of), names.hints, {*names.taken}, dict(names.reached))
        gradient = [plan.gradient[k][1] for k in in_order_of_lectures(plan, names)] if gradient is None else gradient
        first, last = ([a for a in more if (self.names.of.get(a.index) == "dX") == is_last] for is_last in (False, True))
        self.lines: list[Line] = outline([plan.values, *first, *gradient, *last], self.names, plan)
        found = [a for a in reachable([line.array for line in self.lines]) if a.kind == "constants" and a.index not in self.names.of]
        for k, array in enumerate(found):
            self.names.of[array.index] = self.names.free("K1")
            self.lines.insert(k, Line(array, self.names.of[array.index], False))
        self.of_layers = {}  # the arrays of activations and of errors, by index, with their layers
        for layer in plan.layers:
            if layer.activations is not None and layer.function != "softmax":
                self.of_layers[plan.forward[layer.activations].index] = layer
                error = plan.upstreams.get(layer.sums)
                if error is not None and _is_made_of(error, plan.upstreams.get(layer.activations)):
                    self.of_layers[error.index] = layer
        self.functions = list(dict.fromkeys([layer.function for layer in plan.layers if layer.function not in ("", "softmax")]))
        self._shares: dict[int, bool] = {}
        self.ones: set[int] = set()  # arrays that are known to be 1 everywhere, and need not be written as factors
        self.roles: dict[int, tuple[str, int | None]] = {}
        self.symbols: dict[int, tuple[str, str]] = {}
        self._name()

    # --- names ---

    def _name(self) -> None:
        inputs = [a for a in self.plan.arrays.all if a.kind == "inputs" and self.names.of.get(a.index) != "z0"]
        for index, name in self.names.of.items():
            match = LAYER.fullmatch(name)
            if name == "z0" and self.depth:
                self.roles[index] = ("input", None)
            elif name == "dX" and self.depth:
                self.roles[index] = ("input_gradient", None)
            elif match and 0 < int(match[1]) <= self.depth:
                self.roles[index] = (ROLES[name[: match.start(1)]], int(match[1]))
            elif self.depth and len(inputs) == 1 and inputs[0].index == index:
                self.roles[index] = ("target", None)
            self.symbols[index] = self._symbol(*self.roles[index]) if index in self.roles else (subscripted(name), identifier(name))
        root = self.root
        is_loss = root.index not in self.roles and root.kind not in ("parameters", "inputs")
        self.loss = self._symbol("loss", None) if self.depth else self.symbols.get(root.index, ("J", "J")) if is_loss else ("J", "J")
        if is_loss:
            self.roles[root.index] = ("losses" if self.has_mean else "loss", None)
            self.symbols[root.index] = ("ℓ", r"\ell") if self.has_mean else self.loss

    def _symbol(self, role: str, layer: int | None) -> tuple[str, str]:
        role = last_role(role, layer, self.depth)
        return self.notation.symbol(role, layer), self.notation.latex(role, layer)

    @property
    def root(self) -> Array:
        """The value of each example."""
        values = self.plan.values
        return values.args[0] if values.kind == "full" else values

    @property
    def has_mean(self) -> bool:
        """Whether the values of several examples are put together."""
        return self.is_batch and self.plan.mean is not None and self.root.shape[-1:] == (N,)

    def function(self, layer: int, mark: str = "") -> Tokens:
        """The symbol of an activation function, with the mark of its layer where there are several functions."""
        letter, after = self.notation.symbol("function"), ""
        if len(self.functions) > 1:
            before = self.notation.symbols["pre_activation"].replace("{i}", "").replace("{l}", "")
            after = self.notation.symbol("pre_activation", layer).removeprefix(before)
        return literal(f"{letter}{mark}{after}", as_latex(f"{letter}{mark}{after}"))

    def is_error(self, array: Array) -> bool:
        """Whether an array is shown as n times what it is: a gradient of examples, in a notation that divides by n later."""
        return self.is_scaled and array.shape[-1:] == (N,) and array.index >= self.plan.backward_from and self._has_share(array)

    def _has_share(self, array: Array) -> bool:
        """Whether an array of the backward pass is in proportion to 1/n, and not only a factor that is multiplied by it later."""
        if array.kind == "scalar":
            return bool(array.info[1] == -1)
        if array.index < self.plan.backward_from:
            return False
        if array.index not in self._shares:
            parts = array.args[1:] if array.is_call("where") else array.args
            self._shares[array.index] = any(self._has_share(a) for a in parts)
        return self._shares[array.index]

    def is_composite(self, array: Array) -> bool:
        """Whether the error has no letter of its own but is written as a product, as dY ⊙ g′(z)."""
        return "⊙" in self.symbols.get(array.index, ("",))[0]

    # --- lines ---

    def latex(self) -> str:
        """All lines, as those of a LaTeX align environment."""
        found = [" &= ".join([latex_of(tokens) for tokens in sides]) for _, sides in self.written()]
        return "\\begin{aligned}\n" + " \\\\\n".join(found) + "\n\\end{aligned}"

    def written(self) -> list[tuple[Line | None, tuple[Tokens, Tokens]]]:
        """The lines that say how something is computed, each with both sides of its equation. None is the last line of the
        forward pass, where the values of the examples become one number."""
        found: list[tuple[Line | None, tuple[Tokens, Tokens]]] = []
        for line in self.lines:
            if line.array.kind not in ("parameters", "inputs", "constants"):
                found.append((line, ((Token(*self.symbols[line.array.index], line.array),), self.of(line.array)[0])))
        is_forward = [line is not None and not line.is_backward for line, _ in found]
        if self.plan.mean is not None and (self.has_mean or self.root.kind in ("parameters", "inputs")):
            found.insert(sum(is_forward), (None, self._mean()))
        return found

    def _mean(self) -> tuple[Tokens, Tokens]:
        left = literal(*self.loss)
        if not self.has_mean:
            return left, self.named(self.root)[0]
        terms = Token("ℓ", r"\ell_{i}", self.root) if self.roles.get(self.root.index) == ("losses", None) else self.named(self.root)[0][0]
        over = literal("1/n Σ ", r"\frac{1}{n} \sum_{i=1}^{n} ") if self.is_mean else literal("Σ ", r"\sum_{i=1}^{n} ")
        return left, (*over, terms)

    # --- expressions ---

    def named(self, array: Array) -> Piece:
        """The symbol of an array, or what it is made of."""
        if array.index not in self.symbols:
            return self.of(array)
        return (Token(*self.symbols[array.index], array),), PRODUCT if self.is_composite(array) else ATOM

    def held(self, array: Array, strength: float) -> Tokens:
        return held(self.named(array), strength)

    def of(self, array: Array) -> Piece:
        """An array by what it is made of, and how tightly that holds together."""
        layer = self.of_layers.get(array.index)
        if layer is not None and layer.activations is not None:
            before = self.named(self.plan.forward[layer.sums])[0]
            if array is self.plan.forward[layer.activations]:
                return (*self.function(layer.number), *literal("(", "("), *before, *literal(")")), ATOM
            arriving = self.held(self.plan.upstreams[layer.activations], PRODUCT)
            return (
                *arriving,
                *literal(" ⊙ ", r" \odot "),
                *self.function(layer.number, "′"),
                *literal("("),
                *before,
                *literal(")"),
            ), PRODUCT
        kind, info, args = array.kind, array.info, array.args
        if kind == "call":
            return self.call(array, info, args)
        if kind == "reshape" and args[0].kind == "take" and args[0].info.shape[1] == 1 and len(info) == 2:
            places = (args[0].info.ravel() + 1) % (args[0].args[0].shape[0] + 1)
            return self.part(array, args[0].args[0], places.reshape(info).tolist())
        if kind in ("line", "reshape"):
            return self.of(args[0]) if kind == "line" and args[0].index not in self.symbols else self.named(args[0])
        if kind == "full" and args[0].kind == "scalar":  # times a matrix of ones
            extents = [array.shape[0] != 1, array.shape[-1] == N and self.is_batch]
            is_down, is_along = extents[::-1] if self.is_turned(array) else extents
            ones = (*literal(" 1", r" \mathbf{1}") * is_down, *literal(" 1ᵀ", r" \mathbf{1}^{\top}") * is_along)
            factor, strength = self.number(*args[0].info)
            if ones and text_of(factor) == "1":
                return (Token(ones[0].text.strip(), ones[0].latex.strip()), *ones[1:]), PRODUCT
            return (*factor, *ones), min(strength, PRODUCT) if ones else strength
        if kind == "full":
            return self.stretched(args[0], array, 0, None), PRODUCT
        if kind == "scalar":
            return self.number(*info)
        if kind == "matmul":
            return self.product(array)
        if kind in ("sum", "max", "min"):
            return self.reduction(array)
        if kind == "softmax":
            return self.applied("softmax", r"\operatorname{softmax}", args)
        if kind == "function":
            name, slot, _ = info
            if name == "xlogy" and slot < 0:  # by its definition
                return self.call(array, "multiply", args, (None, self.applied("log", r"\log", args[1:])))
            if (name, slot) == ("xlogy", 1):
                return self.call(array, "divide", args)
            mark = "′" * (slot >= 0)
            called = r"\sigma" if name == "sigmoid" else rf"\operatorname{{{escaped(name)}}}"
            return self.applied(f"{'σ' if name == 'sigmoid' else name}{mark}", called + "'" * (slot >= 0), args)
        if kind == "rows":
            return self.part(array, args[0], [[k + 1] for k in info.tolist()])
        if kind == "cut":
            return self.part(array, args[0], [[k + 1] for k in range(*info[1:])])
        if kind == "take" and info.shape[1] == 1:
            return self.part(array, args[0], [[(k + 1) % (args[0].shape[0] + 1)] for k in info.ravel().tolist()])  # 0 is a row of zeros
        if kind in ("join", "pad"):  # one below the other
            above, under = info if kind == "pad" else (0, 0)
            stacked = [*[literal("0")] * above, *[self.named(a)[0] for a in args], *[literal("0")] * under]
            return (*literal("[", r"\left["), *joined(stacked, "; "), *literal("]", r"\right]")), ATOM
        return self.applied(kind, rf"\operatorname{{{kind}}}", args)

    def part(self, whole: Array, array: Array, places: Sequence[Sequence[int]]) -> Piece:
        """Some of the rows or entries of an array, by their numbers from 1, in rows and columns as they stand in the whole."""
        rows = [*zip(*places, strict=True)] if self.is_turned(whole) else places
        shown = [", ".join([str(k) for k in row[:MOST]]) + ", …" * (len(row) > MOST) for row in rows[:MOST]] + ["…"] * (len(rows) > MOST)
        where = "; ".join(shown)
        return (*self.held(array, ATOM), *literal(f"[{where}]", f"_{{[{where}]}}")), ATOM

    def applied(self, name: str, command: str, args: Sequence[Array]) -> Piece:
        inner = joined([self.named(a)[0] for a in args])
        return (*literal(f"{name}(", f"{command}("), *inner, *literal(")")), ATOM

    def number(self, c: float, power: int) -> Piece:
        shown = shortest_text(c)
        text, as_tex = shown, latex(("number", shown))
        is_plain = power == 0 or (power == -1 and self.hides_n)
        if (exact := fraction_of(c)) and (is_plain or power == -1):
            below = f"{exact.denominator}" if is_plain else f"({exact.denominator} n)"
            tex = rf"\frac{{{abs(exact.numerator)}}}{{{below.strip('()')}}}"
            return literal(f"{exact.numerator}/{below}", "-" * (c < 0) + tex), SUM if c < 0 else ATOM
        if is_plain:
            return literal(text, as_tex), SUM if c < 0 else PRODUCT if "cdot" in as_tex else ATOM
        if power == 1:
            return (literal("n"), ATOM) if c == 1 else (literal(f"{text} n", f"{as_tex} n"), PRODUCT)
        tex = rf"\frac{{{as_tex}}}{{n}}" if c >= 0 else rf"-\frac{{{as_tex[1:]}}}{{n}}"
        return literal(f"{text}/n", tex), ATOM if c >= 0 else SUM

    def call(self, array: Array, name: str, args: Sequence[Array], given: Sequence[Piece | None] = (None, None)) -> Piece:
        def part(k: int, strength: float) -> Tokens:
            return self.stretched(args[k], array, strength, given[k] if k < len(given) else None)

        if name in ("add", "subtract"):
            return (*part(0, SUM), *literal(" + " if name == "add" else " - "), *part(1, SUM + 0.5)), SUM
        if name == "multiply":
            if args[0].index in self.ones:
                return self.named(args[1])
            if args[0].kind == "scalar":
                c, power = args[0].info
                if abs(c) == 1 and (power == 0 or (power == -1 and self.hides_n)):
                    piece = given[1] or self.named(args[1])
                    return piece if c > 0 else ((*literal("-"), *held(piece, PRODUCT)), SUM)
                least = REDUCTION if args[1].kind in ("sum", "max", "min") else PRODUCT + 0.5
                return (*self.held(args[0], SUM), *literal(" "), *part(1, least)), PRODUCT
            is_number = any(a.shape in ((), (1, 1)) for a in args)  # of one entry
            return (*part(0, PRODUCT), *(literal(" ") if is_number else literal(" ⊙ ", r" \odot ")), *part(1, PRODUCT)), PRODUCT
        if name == "divide":
            above, below = (self.stretched(a, array, 0, None) for a in args)
            weak = [self.named(a)[1] for a in args]
            top = (*literal("(", ""), *above, *literal(")", "")) if weak[0] < PRODUCT else above
            bottom = (*literal("(", ""), *below, *literal(")", "")) if weak[1] <= PRODUCT else below
            return (*literal("", r"\frac{"), *top, *literal(" / ", "}{"), *bottom, *literal("", "}")), PRODUCT
        if name == "negative":
            return (*literal("-"), *part(0, REDUCTION)), SUM
        if name == "power":
            exponent = args[1].number
            if exponent == 2:
                return (*part(0, ATOM), *literal("²", "^{2}")), POWER
            return (*part(0, ATOM), *literal("^(", "^{"), *self.named(args[1])[0], *literal(")", "}")), POWER
        if name in RELATIONS:
            return (*literal("[", r"\left["), *self.comparison(args, name), *literal("]", r"\right]")), ATOM  # Iverson's bracket
        if name == "where":
            chosen, other = (self.named(a)[0] for a in args[1:])
            condition = self.comparison(args[0].args, args[0].info) if args[0].is_call(*RELATIONS) else self.named(args[0])[0]
            return (*literal("{", r"\begin{cases} "), *chosen, *literal(" if ", " & "), *condition, *literal(", else ", r" \\ "), *other,
                    *literal("}", r" & \text{else} \end{cases}")), ATOM  # fmt: skip
        if name == "sqrt":
            return (*literal("√(", r"\sqrt{"), *self.named(args[0])[0], *literal(")", "}")), ATOM
        if name == "abs":
            return (*literal("|", r"\left|"), *self.named(args[0])[0], *literal("|", r"\right|")), ATOM
        called = {"maximum": "max", "minimum": "min"}.get(name, name)
        return self.applied(called, rf"\{called}" if called in FUNCTIONS else rf"\operatorname{{{escaped(called)}}}", args)

    def stretched(self, array: Array, within: Array, strength: float, given: Piece | None) -> Tokens:
        """An operand as it stands in a sum or product entry by entry: one row, or one column, is repeated by ones."""
        piece = given or self.named(array)
        shape, whole = array.shape, within.shape
        if len(shape) != 2 or len(whole) != 2 or (shape == (1, 1) and within.is_call("multiply", "divide")):
            return held(piece, strength)
        down, along = shape[0] == 1 and whole[0] != 1, shape[1] == 1 and whole[1] == N and self.is_batch
        if self.in_rows:
            down, along = along, down
        if not down and not along:
            return held(piece, strength)
        tokens = held(piece, PRODUCT + 0.5)
        return held(((*literal("1 ", r"\mathbf{1} ") * down, *tokens, *literal(" 1ᵀ", r" \mathbf{1}^{\top}") * along), PRODUCT), strength)

    def comparison(self, args: Sequence[Array], name: str) -> Tokens:
        text, tex = RELATIONS[name]
        return (*self.held(args[0], SUM), *literal(f" {text} ", f" {tex} "), *self.held(args[1], SUM))

    def is_turned(self, array: Array) -> bool:
        """Whether an array is shown transposed: what belongs to examples, or to units, where examples are rows."""
        if not self.in_rows or len(array.shape) != 2:
            return False
        return array.shape[-1] == N or (array.shape[-1] == 1 and self.roles.get(array.index, ("",))[0] not in WEIGHTS)

    def product(self, array: Array) -> Piece:
        (a, b), (flip_a, flip_b, _) = array.args, array.info
        is_over_examples = (a.shape[0] if flip_a else a.shape[1]) == N
        factors = [(a, flip_a), (b, flip_b)]
        if self.in_rows and array.shape[-1] == N:
            factors = [(b, not flip_b), (a, not flip_a)]
        pieces = []
        for factor, flip in factors:
            tokens = self.held(factor, PRODUCT + 0.5)
            pieces.append(transposed(tokens) if flip != self.is_turned(factor) else tokens)
        scale = literal("1/n ", r"\frac{1}{n} ") if is_over_examples and self.is_scaled else ()
        return (*scale, *pieces[0], *literal(" "), *pieces[1]), PRODUCT

    def reduction(self, array: Array) -> Piece:
        inner, axis = array.args[0], array.info
        if array.kind == "sum" and axis == len(inner.shape) - 1 and inner.shape[axis] == N:
            scale = literal("1/n ", r"\frac{1}{n} ") if self.is_scaled else ()
            if inner.index not in self.symbols and inner.is_call("multiply") and inner.args[0].kind == "scalar":  # stays in front
                front = self.number(*inner.args[0].info)
                if text_of(front[0]) != "1":
                    scale += (*held(front, SUM), *literal(" "))
                inner = inner.args[1]
            if not self.is_batch:
                return (*scale, *self.held(inner, PRODUCT)), PRODUCT
            tokens = self.held(inner, PRODUCT + 0.5)
            summed = (*literal("1ᵀ ", r"\mathbf{1}^{\top} "), *tokens) if self.in_rows else (*tokens, *literal(" 1", r" \mathbf{1}"))
            return (*scale, *summed), PRODUCT
        called = {"sum": ("Σₖ ", r"\sum_k "), "max": ("maxₖ ", r"\max_k "), "min": ("minₖ ", r"\min_k ")}[array.kind]
        return (*literal(*called), *self.held(inner, PRODUCT)), REDUCTION


def _is_made_of(array: Array, part: Array | None) -> bool:
    """Whether an array is made of another, with no further line between them."""
    if part is None:
        return False
    return any(a is part for a in reachable([array], lambda a: () if a.kind == "line" and a is not array else a.args))
