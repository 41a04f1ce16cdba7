"""Optimizers: several updates of each against its formula in 50 digits, the errata, published numbers, and traces."""

import copy
import pickle
from fractions import Fraction

import mpmath
import numpy
import pytest
from mpmath import mpf, sqrt

from autograd import Value
from nn import MLP, optim, schedules

mpmath.mp.dps = 50
GRADIENTS = [3.0, 1.0, -2.0, 0.0, 0.5]


# One update each, in mpmath: (w, g, t, η, memory) → (w, memory); settings as the optimizers have them by default.
def sgd(w, g, t, lr, memory):
    return w - lr * g, ()


def momentum(w, g, t, lr, v):
    v = mpf("0.9") * v[0] + lr * g
    return w - v, (v,)


def momentum_pytorch(w, g, t, lr, v):
    v = mpf("0.9") * v[0] + g
    return w - lr * v, (v,)


def nesterov(w, g, t, lr, v):
    v = mpf("0.9") * v[0] + lr * g
    return w - (mpf("0.9") * v + lr * g), (v,)


def nesterov_pytorch(w, g, t, lr, v):
    v = mpf("0.9") * v[0] + g
    return w - lr * (g + mpf("0.9") * v), (v,)


def decayed(w, g, t, lr, memory):
    return w - lr * (g + mpf("0.1") * w), ()


def adagrad(w, g, t, lr, G):
    G = G[0] + g**2
    return w - lr / sqrt(G + mpf("1e-8")) * g, (G,)


def adagrad_pytorch(w, g, t, lr, G):
    G = G[0] + g**2
    return w - lr * g / (sqrt(G) + mpf("1e-10")), (G,)


def rmsprop(w, g, t, lr, S):
    S = mpf("0.9") * S[0] + mpf("0.1") * g**2
    return w - lr * g / sqrt(S + mpf("1e-8")), (S,)


def rmsprop_pytorch(w, g, t, lr, S):
    S = mpf("0.99") * S[0] + mpf("0.01") * g**2
    return w - lr * g / (sqrt(S) + mpf("1e-8")), (S,)


def moments(g, t, memory):
    m, v = mpf("0.9") * memory[0] + mpf("0.1") * g, mpf("0.999") * memory[1] + mpf("0.001") * g**2
    return m, v, m / (1 - mpf("0.9") ** t), v / (1 - mpf("0.999") ** t)


def adam(w, g, t, lr, memory):
    m, v, m_hat, v_hat = moments(g, t, memory)
    return w - lr * m_hat / (sqrt(v_hat) + mpf("1e-8")), (m, v)


def adam_inside(w, g, t, lr, memory):
    m, v, m_hat, v_hat = moments(g, t, memory)
    return w - lr * m_hat / sqrt(v_hat + mpf("1e-8")), (m, v)


def adam_decayed(w, g, t, lr, memory):
    return adam(w, g + mpf("0.1") * w, t, lr, memory)


def adamw(w, g, t, lr, memory):
    new, memory = adam(w, g, t, lr, memory)
    return new - lr * mpf("0.01") * w, memory


CASES = {
    "SGD": (sgd, lambda p, lr: optim.SGD(p, lr)),
    "momentum": (momentum, lambda p, lr: optim.SGD(p, lr, momentum=0.9)),
    "momentum, PyTorch": (momentum_pytorch, lambda p, lr: optim.SGD(p, lr, momentum=0.9, momentum_form="pytorch")),
    "Nesterov": (nesterov, lambda p, lr: optim.SGD(p, lr, momentum=0.9, nesterov=True)),
    "Nesterov, PyTorch": (nesterov_pytorch, lambda p, lr: optim.SGD(p, lr, momentum=0.9, nesterov=True, momentum_form="pytorch")),
    "weight decay": (decayed, lambda p, lr: optim.SGD(p, lr, weight_decay=0.1)),
    "AdaGrad": (adagrad, lambda p, lr: optim.AdaGrad(p, lr)),
    "AdaGrad, PyTorch": (adagrad_pytorch, lambda p, lr: optim.AdaGrad(p, lr, eps=1e-10, eps_inside=False)),
    "RMSProp": (rmsprop, lambda p, lr: optim.RMSProp(p, lr)),
    "RMSProp, PyTorch": (rmsprop_pytorch, lambda p, lr: optim.RMSProp(p, lr, rho=0.99, eps_inside=False)),
    "Adam": (adam, lambda p, lr: optim.Adam(p, lr)),
    "Adam, ε inside": (adam_inside, lambda p, lr: optim.Adam(p, lr, eps_inside=True)),
    "Adam, weight decay": (adam_decayed, lambda p, lr: optim.Adam(p, lr, weight_decay=0.1)),
    "AdamW": (adamw, lambda p, lr: optim.AdamW(p, lr)),
}


@pytest.mark.parametrize("rate", [0.1, schedules.inverse_time(0.1)], ids=["constant", "decaying"])
@pytest.mark.parametrize("case", CASES)
def test_five_updates_follow_the_formula(case, rate):
    """D1-30, D1-36, D1-37, D1-38, D1-39, E1-16, E1-23: every rule and switch to 1e-12, with a constant and with a decaying rate."""
    expected_update, make = CASES[case]
    parameter, w, memory = Value(2.0, "w"), mpf(2), (mpf(0), mpf(0))
    optimizer = make([parameter], rate)
    for t, g in enumerate(GRADIENTS, 1):
        lr = mpf("0.1") / (1 if rate == 0.1 else t)
        w, memory = expected_update(w, mpf(g), t, lr, memory)
        parameter.grad = g
        optimizer.step()
        assert abs(parameter.data - w) < mpf("1e-12"), f"{case}: update {t}"


@pytest.mark.parametrize("case", CASES)
def test_rule_of_floats_is_the_rule_of_arrays(case):
    rule = CASES[case][1]([Value(0.0)], 0.1).rule
    w, g = numpy.array([2.0, -1.0, 0.5]), numpy.array([3.0, 0.25, -1.0])
    slots = [numpy.array([0.1, 0.2, 0.3])] * len(rule.slots)
    together = rule.update(w, g, 3, 0.1, *slots)
    for k in range(3):
        alone = rule.update(w[k].item(), g[k].item(), 3, 0.1, *(s[k].item() for s in slots))
        assert [a[k] for a in together] == list(alone)
    assert w.tolist() == [2.0, -1.0, 0.5], "a pure function leaves its arguments alone"


def test_momentum_forms_agree_at_a_constant_rate_and_part_at_a_decaying_one():
    """D1-36: v ← γv + η g; w ← w - v against PyTorch's w ← w - η v. On ½ w² from 1, after 20 updates with γ = 0.9: both 0.3447 with
    η = 0.1, and -0.629 against 0.122 with η = 0.1 / (1 + t)."""

    def run(form, lr):
        w = Value(1.0)
        optimizer = optim.SGD([w], lr, momentum=0.9, momentum_form=form)
        for _ in range(20):
            w.zero_grad()
            (w * w / 2).backward()
            optimizer.step()
        return w.data

    assert run("lecture", 0.1) == pytest.approx(run("pytorch", 0.1), rel=1e-12) == pytest.approx(0.3447, abs=5e-5)
    decaying = schedules.inverse_time(0.1)
    assert run("lecture", decaying) == pytest.approx(-0.6292, abs=5e-5)
    assert run("pytorch", decaying) == pytest.approx(0.1216, abs=5e-5)


def test_erratum_momentum_must_change_the_velocity_first():
    """E1-23: the slide prints w ← w - v before v ← γv + η g; in that order the first update moves nothing."""
    w = Value(1.0)
    optimizer = optim.SGD([w], 0.1, momentum=0.9)
    w.grad = 2.0
    optimizer.step()
    printed_order = 1.0 - 0.0
    assert w.data == 0.8 != printed_order


def test_erratum_adagrad_sums_the_gradients_of_their_own_time():
    """E1-15: with w^t instead of w^t' under the sum, as printed, G would be 9, 2, 12; it is 9, 10, 14 for gradients 3, 1, 2."""
    gradients = [3.0, 1.0, 2.0]
    trace = optim.AdaGrad([Value(0.0)], lr=0.1).trace(*gradients)
    printed = [t * g**2 for t, g in enumerate(gradients, 1)]
    assert [update["G"] for update in trace] == [9, 10, 14] and printed == [9, 2, 12]


def test_erratum_rmsprop_divides_by_the_root():
    """D1-38, E1-17: gradients ten times as large give the same step; without the root the step would be a tenth."""
    steps, printed = [], []
    for scale in (1.0, 10.0):
        update = optim.RMSProp([Value(0.0)], lr=0.1, rho=0.0, eps=0.0).trace(scale)[0]
        steps.append(-update["change"])
        printed.append(0.1 * scale / update["S"])
    assert steps == pytest.approx([0.1, 0.1]) and printed == pytest.approx([0.1, 0.01])


@pytest.mark.parametrize("g", [1e-3, -0.5, 40.0])
def test_first_step_of_adam_is_the_learning_rate_against_the_sign(g):
    """D1-39: because of the bias correction."""
    assert optim.Adam([Value(0.0)], lr=0.1, eps=1e-12).trace(g)[0]["change"] == pytest.approx(-0.1 * numpy.sign(g), rel=1e-8)


def test_l2_penalty_is_weight_decay_for_plain_sgd_only():
    """D1-48, E1-18: λ‖w‖² has the gradient 2λw, a factor 1 - 2ηλ for SGD; under Adam it is something else than AdamW."""
    penalty, lr = 0.1, 0.5
    w = Value(2.0)
    (penalty * w * w).backward()
    optim.SGD([w], lr).step()
    assert w.data == pytest.approx(2.0 * (1 - 2 * lr * penalty), rel=1e-15)
    one, other = Value(2.0), Value(2.0)
    one.grad = other.grad = 1.0
    optim.Adam([one], lr, weight_decay=2 * penalty).step()
    optim.AdamW([other], lr, weight_decay=2 * penalty).step()
    assert one.data == pytest.approx(1.5, abs=1e-6) and other.data == pytest.approx(1.5 - lr * 2 * penalty * 2.0, abs=1e-6)


@pytest.mark.parametrize(
    ("make", "start", "gradients", "published", "tolerance"),
    [
        # Keras, documentation of its optimizers: w²/2 from 10, one update; from 1 with momentum, two
        (lambda p: optim.Adam(p, 0.1), 10.0, [10.0], 9.9, 5e-7),
        (lambda p: optim.RMSProp(p, 0.1, eps=1e-7), 10.0, [10.0], 9.683772, 5e-7),
        (lambda p: optim.SGD(p, 0.1), 1.0, [1.0], 0.9, 1e-15),
        (lambda p: optim.SGD(p, 0.1, momentum=0.9), 1.0, [1.0, 0.9], 1 - 0.1 - 0.18, 1e-15),
        # Keras, tests of its optimizers: one update
        (lambda p: optim.RMSProp(p, 0.5, eps=1e-7), 1.0, [1.0], -0.5811, 1e-4),
        (lambda p: optim.Adam(p, 0.5), 3.0, [7.0], 2.5, 1e-4),
        (lambda p: optim.SGD(p, 0.5), 2.0, [6.0], -1.0, 1e-15),
    ],
)
def test_updates_are_those_that_are_published(make, start, gradients, published, tolerance):
    w = Value(start)
    optimizer = make([w])
    for g in gradients:
        w.grad = g
        optimizer.step()
    assert w.data == pytest.approx(published, abs=tolerance)


def test_fractions_stay_exact():
    w = Value(Fraction(1, 3))
    w.grad = Fraction(1, 2)
    optim.SGD([w], lr=Fraction(1, 5)).step()
    assert w.data == Fraction(1, 3) - Fraction(1, 10)


def test_only_the_parameters_it_is_bound_to_move():
    """D1-14: a first layer can be kept while the rest is trained on."""
    model = MLP(2, [3, 1], rng=0)
    first = model.layers[0].state_dict()
    model.fit([[1, 2], [3, 4]], [1, 2], optimizer=optim.SGD(model.layers[1].parameters(), lr=0.01), epochs=3, progress=False)
    assert model.layers[0].state_dict() == first and any(p.data for p in model.layers[1].parameters()[-1:])


def test_trace_writes_every_quantity_with_its_numbers():
    text = str(optim.Adam([Value(2.0, "w")], lr=0.1).trace(3))
    assert text.splitlines() == [
        "update 1 of w: w = 2, g = 3, η = 0.1, m = 0, v = 0",
        "  m ← β1 · m + (1 - β1) · g = 0.9 · 0 + (1 - 0.9) · 3 = 0.3",
        "  v ← β2 · v + (1 - β2) · (g · g) = 0.999 · 0 + (1 - 0.999) · (3 · 3) = 0.009",
        "  m̂ = m / (1 - β1^t) = 0.3 / (1 - 0.9) = 3",
        "  v̂ = v / (1 - β2^t) ≈ 0.009 / (1 - 0.999) = 9",
        "  Δw = -(η · m̂ / (sqrt(v̂) + ε)) = -(0.1 · 3 / (sqrt(9) + 1e-8)) ≈ -0.1",
        "  w ← w + Δw ≈ 2 + (-0.1) = 1.9",
    ]


@pytest.mark.parametrize("case", CASES)
def test_trace_is_what_the_steps_then_do_and_changes_nothing(case):
    parameters = [Value(2.0, "w"), Value(-1.0)]
    optimizer = CASES[case][1](parameters, schedules.inverse_time(0.1))
    rows = [[3.0, 0.5], [1.0, -1.0], [-2.0, 0.25]]
    trace = optimizer.trace(*rows)
    assert [p.data for p in parameters] == [2.0, -1.0] and optimizer.t == 0
    assert [(u.parameter, u.t) for u in trace] == [(name, t) for t in (1, 2, 3) for name in ("w", "parameter 2")]
    for t, row in enumerate(rows):
        for parameter, g in zip(parameters, row, strict=True):
            parameter.grad = g
        optimizer.step()
        assert [trace[2 * t]["w"], trace[2 * t + 1]["w"]] == [p.data for p in parameters]
    assert optimizer.trace()[0].t == 4, "a later trace goes on from there, with the gradients that are set"


def test_html_of_a_trace_is_escaped():
    assert "<script>" not in optim.SGD([Value(1.0, "<script>")], lr=1).trace(1)._repr_html_()


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: optim.SGD([], lr=0.1), ValueError, "at least one parameter"),
        (lambda: optim.SGD([1.0], lr=0.1), TypeError, "Values"),
        (lambda: optim.SGD([Value(1.0, "x", constant=True)], lr=0.1), ValueError, "x is a constant"),
        (lambda: optim.SGD([Value(1.0) * 2], lr=0.1), ValueError, "computed by mul"),
        (lambda: optim.SGD([Value(1.0)] * 2, lr=0.1), ValueError, "twice"),
        (lambda: optim.SGD([Value(1.0)], lr=0), ValueError, "learning rate must be greater than 0"),
        (lambda: optim.SGD([Value(1.0)], lr=-1), ValueError, "learning rate must be greater than 0"),
        (lambda: optim.SGD([Value(1.0)], lr=float("nan")), ValueError, "learning rate"),
        (lambda: optim.SGD([Value(1.0)], lr="fast"), TypeError, "number or a schedule"),
        (lambda: optim.SGD([Value(1.0)], momentum=1), ValueError, "momentum must be at least 0 and less than 1"),
        (lambda: optim.SGD([Value(1.0)], nesterov=True), ValueError, "nesterov needs a momentum"),
        (lambda: optim.SGD([Value(1.0)], momentum=0.5, momentum_form="keras"), ValueError, "momentum_form"),
        (lambda: optim.Adam([Value(1.0)], betas=(0.9, 1.0)), ValueError, "second of betas"),
        (lambda: optim.SGD([Value(1.0)], lr=1).trace([1, 2]), ValueError, "1 parameters and needs as many gradients, not 2"),
        (lambda: optim.SGD([Value(1.0)], lr=1).trace(1)[0]["momentm"], ValueError, "no quantity"),
        (lambda: optim.optimizer_for("adm", [Value(1.0)]), ValueError, 'did you mean "adam"'),
    ],
)
def test_bad_input_is_refused_with_what_and_why(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_division_by_zero_is_said_and_changes_nothing():
    w = Value(1.0)
    optimizer = optim.AdaGrad([w], eps=0)
    with pytest.raises(ZeroDivisionError, match="eps greater than 0"):
        optimizer.step()
    assert w.data == 1.0 and optimizer.t == 0


@pytest.mark.parametrize("again", [copy.deepcopy, lambda both: pickle.loads(pickle.dumps(both))], ids=["copied", "pickled"])
@pytest.mark.parametrize("lr", [0.1, schedules.cosine(0.1, 5), schedules.inverse_time(0.1, power=0.75)], ids=repr)
def test_an_optimizer_can_be_copied_with_its_parameters_and_goes_on_alike(again, lr):
    w = Value(1.0, "w")
    optimizer = optim.Adam([w], lr=lr)
    w.grad = 0.5
    optimizer.step()
    other_w, other = again((w, optimizer))
    assert other.parameters == [other_w] and other_w is not w
    for parameter, each in ((w, optimizer), (other_w, other)):
        parameter.grad = -0.25
        each.step()
    assert (other_w.data, other.state, other.t, repr(other)) == (w.data, optimizer.state, 2, repr(optimizer))
    assert other.schedule == optimizer.schedule or repr(other.schedule) == repr(optimizer.schedule)
