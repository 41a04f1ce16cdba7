"""The table of misconceptions about matrix code: what is written in place of a line of the backward pass, as formulas in text.

The right lines stand first. Whoever needs a misconception of this kind reads it here; what it is called in words stands in
the languages, under "code.CODE". The formulas are read by `matrix_lines`, which says what their names mean; the
examples stand in columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

# The lines of the backward pass of a layer, in their order. dA is the gradient at its activations: at the outputs of the
# network it comes from the loss ("dY"), at a hidden layer from the layer after it.
RIGHT = {
    "dY": "loss_slope",
    "dA": "W_next.T @ dZ_next",
    "dZ": "dA * slope",
    "dZ softmax": "A * (dA - over_units(A * dA))",
    "dW": "dZ @ A_before.T",
    "db": "over_examples(dZ)",
}


@dataclass(frozen=True)
class Misconception:
    """One entry: formulas that stand in for a line, by line, and numbers that a line is multiplied by, by line or "any"."""

    code: str
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    factors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


# The likeliest first: where numbers cannot tell causes apart, the first of them is named.
# fmt: off
ENTRIES = (
    Misconception("TRANSPOSE", {"dW": ("(dZ @ A_before.T).T",)}),
    Misconception("MISSING_SLOPE", {
        "dZ": ("dA",), "dZ softmax": ("dA",), "dW": ("dA @ A_before.T",), "db": ("over_examples(dA)",), "dA": ("W_next.T @ dA_next",),
        "dY": ("slope_at_probabilities",)}),
    Misconception("SOFTMAX_DIAG", {"dZ softmax": ("dA * A * (1 - A)",), "dY": ("diagonal_softmax",)}),
    Misconception("NOT_TRANSPOSED", {"dA": ("W_next @ dZ_next",)}),
    Misconception("WRONG_POINT", {"dZ": ("dA * slope_at_A", "dA * slope_with_Z")}),
    Misconception("SIGN", factors={"any": ("-1",)}),
    Misconception("BIAS_NOT_SUMMED", {"db": ("dZ", "last(dZ)", "first(dZ)")}),
    Misconception("BIAS_MEAN", factors={"db": ("1/n",)}),
    Misconception("N_TWICE", factors={"any": ("1/n",)}),
    Misconception("N_NEVER", factors={"any": ("n",), "dY": ("divisor",)}),
    Misconception("POST_UPDATE", {"dA": ("(W_next - lr * dW_next).T @ dZ_next",)}),
    Misconception("GRADIENT_FOR_WEIGHTS", {"dA": ("dW_next.T @ dZ_next",)}),
    Misconception("WRONG_WEIGHTS", {"dA": ("W.T @ dZ_next", "W @ dZ_next", "W_after.T @ dZ_next")}),
    Misconception("WRONG_ERROR", {
        "dA": ("W_next.T @ dZ_after",), "dW": ("dZ_next @ A_before.T",), "db": ("over_examples(dZ_next)",)}),
    Misconception("WRONG_INPUT", {"dW": ("dZ @ Z_before.T", "dZ @ A.T", "dZ @ Z.T", "dZ @ X.T")}),
    Misconception("WRONG_SLOPE", {"dZ": ("dA * slope_before", "dA * slope_next")}),
    Misconception("RELU_MASK", {"dZ": ("dA * (1 - gate)", "dA * (dA > 0 * gate)")}),  # a gate is the slope of a function with a kink only
    Misconception("LOSS_MIX", {
        "dY": ("(P - T) * share", "(P - T) * P * (1 - P) * share"), "dZ": ("(P - T) * slope * share", "(P - T) * share"),
        "dZ softmax": ("(P - T) * share",)}),
    Misconception("ELEMENTWISE", {
        "dA": ("W_next.T * dZ_next", "W_next * dZ_next"), "dW": ("dZ * A_before", "over_examples(dZ) * over_examples(A_before).T")}),
    Misconception("MATRIX_PRODUCT", {"dZ": ("dA @ slope", "dA @ slope.T", "slope @ dA", "dA.T @ slope")}),
    Misconception("MISSING_WEIGHTS", {"dA": ("dZ_next", "ones(W_next).T @ dZ_next")}),
    Misconception("MISSING_INPUT", {"dW": ("dZ @ ones(A_before).T", "dZ")}),
    Misconception("TIMES_ARGUMENT", {"dZ": ("dA * slope * Z", "dA * slope * A", "dA * A", "dA * Z")}),
    Misconception("BIAS_AXIS", {"db": ("over_units(dZ)", "over_units(dZ).T", "over_all(dZ)")}),
    Misconception("BIAS_ZERO", factors={"db": ("0",)}),
    Misconception("BIAS_TIMES", {"db": ("b * over_examples(dZ)", "over_examples(dZ * A)", "over_examples(dZ * A_before)")}),
    Misconception("ONE_EXAMPLE", {"dW": ("last(dZ) @ last(A_before).T", "first(dZ) @ first(A_before).T")}),
    Misconception("WRONG_TARGET", {"dY": ("ones(A)",)}),
    Misconception("MEAN_FOR_SUM", factors={"any": ("1/examples",)}),
    Misconception("FACTOR", factors={"any": ("2", "1/2", "outputs", "1/outputs")}),
)
# fmt: on
TABLE = {entry.code: entry for entry in ENTRIES}
ORDER = {code: place for place, code in enumerate(TABLE)}


@cache
def formulas_for(line: str) -> tuple[tuple[str, str], ...]:
    """What may stand in for a line: pairs of code and formula, likeliest first.

    >>> formulas_for("dZ softmax")[0]
    ('MISSING_SLOPE', 'dA')
    """
    return tuple([(entry.code, formula) for entry in ENTRIES for formula in entry.lines.get(line, ())])


@cache
def factors_for(line: str) -> tuple[tuple[str, str], ...]:
    """By what a line may be multiplied: pairs of code and number, likeliest first."""
    return tuple([(entry.code, factor) for entry in ENTRIES for place in (line, "any") for factor in entry.factors.get(place, ())])
