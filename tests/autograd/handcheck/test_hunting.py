"""Engines with a planted defect: what they are, how they are found, and which weak checkers of gradients miss them."""

from collections import Counter

import numpy
import pytest

from autograd import Value, bughunt, examples, grad, gradcheck, leaves, numeric_grad, replay
from autograd.engine.operations import TABLE
from autograd.explain.languages import languages
from autograd.handcheck.hunting import FAN_OUT, ORDER, Defect, Hunt, battery, defective_gradients, defects
from nn import MLP

OPERATIONS = [*TABLE.values()]  # before any test defines one of its own
PLACES = sorted({defect.place for defect in defects()})
RIGHT = {y: defective_gradients(y, None) for y in battery()}


def graphs_of(place):
    return [y for y, right in RIGHT.items() if place in (FAN_OUT, ORDER) or place in {node.op for node in right}]


def largest_error(engine, y):
    """How far off the gradients are: where most, a check is tried first, which saves time and nothing else."""
    right, found = RIGHT[y], engine.gradients(y)
    return max(abs(found[node] - right[node]) for node in right if not node.parents and not node.constant)


# --- what is planted, and that gradcheck finds it ---


def test_every_operation_with_a_slope_can_be_defective_at_every_operand():
    expected = {(entry.name, letter if len(entry.letters) > 1 else "") for entry in OPERATIONS for letter in entry.letters}
    assert {(defect.place, defect.operand) for defect in defects()} - {(FAN_OUT, ""), (ORDER, "")} == expected
    assert len(defects()) > 300 and len({defect.code for defect in defects()}) >= 10


def test_the_battery_is_right_in_the_right_engine():
    for y, right in RIGHT.items():
        inputs = [node for node in right if not node.parents and not node.constant]
        assert [right[node] for node in inputs] == pytest.approx(grad(y, inputs), rel=1e-12)
        assert gradcheck(y)


@pytest.mark.parametrize("place", PLACES)
def test_gradcheck_catches_every_planted_defect_on_the_battery(place):
    missed = []
    for defect in [defect for defect in defects() if defect.place == place]:
        engine = Hunt(defect)
        if all(engine.gradcheck(y) for y in sorted(graphs_of(place), key=lambda y: -largest_error(engine, y))):
            missed.append(defect)
    assert missed == []


def test_gradients_elsewhere_are_right():
    engine = Hunt(Defect("tanh", "", "NO_LOCAL", "upstream"))
    a, b = leaves(a=2, b=3)
    y = a * b + a
    assert engine.grad(y, [a, b]) == grad(y, [a, b]) and engine.gradcheck(y)
    assert not engine.gradcheck((0.3 * y).tanh())
    assert [row.name for row in engine.gradcheck((0.3 * y).tanh(), "b")] == ["b"]


# --- how a student works with it ---


def test_backward_fills_in_grad_and_adds_up_in_leaves_as_usual():
    a, b = leaves(a=2, b=3)
    engine = Hunt(Defect("mul", "b", "OWN_OPERAND", "upstream * operand"))
    y = a * b
    engine.backward(y)
    assert (a.grad, b.grad, y.grad) == (3.0, 3.0, 1.0), "∂y/∂b is b itself instead of a"
    engine.backward(y)
    assert (a.grad, b.grad, y.grad) == (6.0, 6.0, 1.0)


def test_what_one_engine_leaves_in_the_battery_is_not_added_to_by_the_next():
    for y in bughunt(0).battery:
        bughunt(0).backward(y)
    assert {node.grad for y in bughunt(1).battery for node in defective_gradients(y, None)} == {0.0}


def test_the_same_seed_is_the_same_defect_and_seeds_differ():
    found = [bughunt(seed)._defect for seed in range(60)]
    assert found == [bughunt(numpy.random.default_rng(seed))._defect for seed in range(60)]
    assert len(set(found)) > 40 and len({defect.place for defect in found}) > 20
    assert max(Counter(defect.place for defect in found).values()) < 8


@pytest.mark.parametrize("lang", languages())
def test_an_answer_is_told_without_the_solution_and_the_solution_on_demand(lang):
    engine = Hunt(Defect("mul", "b", "OWN_OPERAND", "upstream * operand"), lang)
    told = [engine.answer("tanh"), engine.answer("*"), engine.answer("mul", "a"), engine.answer("*", "b")]
    assert [bool(verdict) for verdict in told] == [False, False, False, True] and engine.tries == 4
    assert not any("operand *" in str(verdict) or "* operand" in str(verdict) or "OWN" in str(verdict) for verdict in told)
    assert not Hunt(Defect("tanh", "", "NO_LOCAL", "upstream"), lang).answer("exp"), "a defect without an operand sits at one place, too"
    assert "4" in told[-1].text and "upstream * operand" in engine.reveal() and "{" not in "".join([*map(str, told), engine.reveal()])
    for place in (FAN_OUT, ORDER):
        assert (
            next(defect for defect in defects() if defect.place == place).formula
            in Hunt(next(defect for defect in defects() if defect.place == place), lang).reveal()
        )
    assert "engine.gradcheck(y)" in repr(engine)


def test_what_it_shows_of_itself_does_not_tell_the_defect():
    for seed in range(20):
        engine = bughunt(seed)
        assert repr(engine) == repr(bughunt(seed + 1)) and engine._defect.formula not in repr(engine)


@pytest.mark.parametrize("defect", [next(d for d in defects() if d.place == place) for place in ("mul", "div", "tanh", "relu", "dot")])
def test_checking_the_battery_leads_to_the_operation(defect):
    """The strategy of the lesson: the operation whose own graphs fail, and no other's do."""
    engine = Hunt(defect)
    failing = [y for y in graphs_of(defect.place) if not engine.gradcheck(y)]
    fewest = min(failing, key=lambda y: len(engine.gradients(y)))
    ops = {node.op for node in engine.gradients(fewest)} - {"leaf", "const"}
    assert defect.place in ops and len(ops) <= 2


@pytest.mark.parametrize(
    ("use", "kind", "words"),
    [
        (lambda e: e.answer("mull"), ValueError, '"mull" is no operation'),
        (lambda e: e.answer("x" * 10_000), ValueError, "is no operation"),
        (lambda e: e.answer("mul", "c"), ValueError, "mul has the operands a, b, not c"),
        (lambda e: e.answer(FAN_OUT, "a"), ValueError, "a defect at fan-out belongs to no operand"),
        (lambda e: e.answer(3), TypeError, "both texts"),
        (lambda e: bughunt(0, lang="xx"), ValueError, "no words for the language"),
        (lambda e: bughunt("3"), TypeError, "rng is a seed, a whole number, or a NumPy generator, not str"),
        (lambda e: bughunt(1.5), TypeError, "not float"),
        (lambda e: bughunt(-1), ValueError, "at least 0"),
        (lambda e: e.grad(examples.J(), 3), TypeError, "grad takes nodes"),
        (lambda e: e.gradcheck(examples.J(), 3), TypeError, "gradcheck takes nodes"),
        (lambda e: e.grad(examples.J(), "zz"), ValueError, "zz"),
    ],
)
def test_bad_input_is_refused_in_one_sentence_and_costs_no_try(use, kind, words):
    engine = bughunt(1)
    with pytest.raises(kind, match=words) as told:
        use(engine)
    assert engine.tries == 0 and len(str(told.value)) < 200


# --- checkers that are known to be weak, and what they miss ---


def numeric_against_numeric(engine, y, inputs):
    """Compares the wrong variable: a difference with itself."""
    gradients = [numeric_grad(y, node) for node in inputs]
    return all(abs(numeric_grad(y, node) - g) < 1e-4 for node, g in zip(inputs, gradients, strict=True))


def plus_where_minus_belongs(y, gradients):
    """θ₋ += ε: both points lie on the same side, and every difference is 0."""
    for node, gradient in gradients.items():
        theta_plus = theta_minus = float(node)
        theta_plus += 1e-4
        theta_minus += 1e-4
        if abs((replay(y, {node: theta_plus}) - replay(y, {node: theta_minus})) / 2e-4 - gradient) > 1e-4:
            return False
    return True


def powers_from_a_range_that_holds_only_0(engine):
    """x**n with n drawn from randint(1), which is always 0."""
    x, n = Value(1.7, "x"), Value(float(numpy.random.default_rng(0).integers(1)), constant=True)
    return all(abs(engine.grad(c * x**n, [x])[0] - numeric_grad(c * x**n, x)) < 1e-6 for c in (2.0, -0.5))


def test_a_checker_that_compares_the_wrong_variable_misses_every_defect():
    caught = 0
    for seed in range(10):
        engine = bughunt(seed)
        for y in graphs_of(engine._defect.place)[:3]:
            inputs = [node for node in engine.gradients(y) if not node.parents and not node.constant]
            caught += not numeric_against_numeric(engine, y, inputs)
    assert caught == 0


def test_a_checker_whose_second_point_lies_on_the_same_side_calls_right_gradients_wrong_and_0_right():
    J = examples.J()
    right = {node: gradient for node, gradient in defective_gradients(J, None).items() if not node.parents and not node.constant}
    assert gradcheck(J, gradients=right) and not plus_where_minus_belongs(J, right)
    nothing = dict.fromkeys(right, 0.0)
    assert plus_where_minus_belongs(J, nothing) and not gradcheck(J, gradients=nothing)


def test_a_checker_that_tries_only_the_power_0_misses_defects_of_the_power_that_the_battery_shows():
    of_power = [defect for defect in defects() if (defect.place, defect.operand) == ("pow", "a")]
    missed = [defect.formula for defect in of_power if powers_from_a_range_that_holds_only_0(Hunt(defect))]
    assert {"upstream * b * a ** b", "-contribution", "2 * contribution", "local"} <= set(missed)
    assert len(missed) >= len(of_power) / 2


def test_a_checker_that_skips_the_last_layer_misses_what_is_wrong_there():
    model = MLP(2, [3, 2, 1], "tanh", rng=0)
    y = model.loss([[1.0, -2.0]], [0.5])
    gradients = dict(zip(model.parameters(), grad(y, model.parameters()), strict=True))
    for parameter in model.layers[-1].parameters():
        gradients[parameter] *= 2
    skipping = [p for layer in model.layers[:-1] for p in layer.parameters()]
    assert gradcheck(y, skipping, gradients={p: gradients[p] for p in skipping}), "the loop that leaves the last layer out"
    whole = gradcheck(y, gradients=gradients)
    assert not whole and {row.name for row in whole if row.verdict == "wrong"} == {p.label for p in model.layers[-1].parameters()}
