"""What `latex` prints: the formulas of the courses, in each of their notations; and the numbers of `nn.formulas`."""

import numpy
import pytest

import autograd
from autograd import Value, leaves, vectorize
from autograd.explain.notation import DIALECTS, Notation
from nn import formulas, losses
from nn.losses import LOSSES

from .networks import graph, program_of, quietly

FORWARD = {
    "delta": [r"a^{(1)} &= W^{(1)} x + w_{0}^{(1)} \mathbf{1}^{\top}", "z^{(1)} &= h^{(1)}(a^{(1)})",
              r"a^{(2)} &= W^{(2)} z^{(1)} + w_{0}^{(2)} \mathbf{1}^{\top}", "z^{(2)} &= h^{(2)}(a^{(2)})"],
    "ng": [r"Z^{[1]} &= W^{[1]} X + b^{[1]} \mathbf{1}^{\top}", "A^{[1]} &= g^{[1]}(Z^{[1]})",
           r"Z^{[2]} &= W^{[2]} A^{[1]} + b^{[2]} \mathbf{1}^{\top}", "A^{[2]} &= g^{[2]}(Z^{[2]})"],
    "murphy": [r"a_{1} &= x V_{1}^{\top} + \mathbf{1} b_{1}", "o_{1} &= g_{1}(a_{1})", r"a_{2} &= o_{1} w^{\top} + \mathbf{1} w_{0}"],
    "dY": [r"z_{1} &= W_{1} x + b_{1} \mathbf{1}^{\top}", r"\hat{y}_{1} &= g_{1}(z_{1})", r"z_{2} &= W_{2} \hat{y}_{1} + b_{2} \mathbf{1}^{\top}"],
    "bishop": [r"a^{(1)} &= W^{(1)} x + w_{0}^{(1)} \mathbf{1}^{\top}", "z^{(1)} &= h^{(1)}(a^{(1)})"],
}  # fmt: skip
BACKWARD = {
    "delta": [
        r"\delta^{(2)} &= \frac{1}{n} \left(z^{(2)} - y\right)",
        r"\frac{\partial L}{\partial W^{(2)}} &= \delta^{(2)} z^{(1)\top}",
        r"\frac{\partial L}{\partial w_{0}^{(2)}} &= \delta^{(2)} \mathbf{1}",
        r"\frac{\partial L}{\partial z^{(1)}} &= W^{(2)\top} \delta^{(2)}",
        r"\delta^{(1)} &= \frac{\partial L}{\partial z^{(1)}} \odot h'^{(1)}(a^{(1)})",
        r"\frac{\partial L}{\partial W^{(1)}} &= \delta^{(1)} x^{\top}",
        r"\frac{\partial L}{\partial w_{0}^{(1)}} &= \delta^{(1)} \mathbf{1}",
    ],
    "ng": [
        "dZ^{[2]} &= A^{[2]} - Y",
        r"dW^{[2]} &= \frac{1}{n} dZ^{[2]} A^{[1]\top}",
        r"db^{[2]} &= \frac{1}{n} dZ^{[2]} \mathbf{1}",
        r"dA^{[1]} &= W^{[2]\top} dZ^{[2]}",
        r"dZ^{[1]} &= dA^{[1]} \odot g'^{[1]}(Z^{[1]})",
        r"dW^{[1]} &= \frac{1}{n} dZ^{[1]} X^{\top}",
        r"db^{[1]} &= \frac{1}{n} dZ^{[1]} \mathbf{1}",
    ],
    "murphy": [
        r"\frac{\partial E}{\partial a_{2}} &= \frac{1}{n} \left(o_{2} - y\right)",
        r"\frac{\partial E}{\partial w} &= \left(\frac{\partial E}{\partial a_{2}}\right)^{\top} o_{1}",
        r"\frac{\partial E}{\partial w_{0}} &= \mathbf{1}^{\top} \frac{\partial E}{\partial a_{2}}",
        r"\frac{\partial E}{\partial o_{1}} &= \frac{\partial E}{\partial a_{2}} w",
        r"\frac{\partial E}{\partial a_{1}} &= \frac{\partial E}{\partial o_{1}} \odot g'_{1}(a_{1})",
        r"\frac{\partial E}{\partial V_{1}} &= \left(\frac{\partial E}{\partial a_{1}}\right)^{\top} x",
    ],
    "dY": [
        r"dY_{2} \odot g'(z_{2}) &= \frac{1}{n} \left(\hat{y}_{2} - y\right)",
        r"dW_{2} &= \left(dY_{2} \odot g'(z_{2})\right) \hat{y}_{1}^{\top}",
        r"dY_{1} &= W_{2}^{\top} \left(dY_{2} \odot g'(z_{2})\right)",
        r"dW_{1} &= \left(dY_{1} \odot g'(z_{1})\right) x^{\top}",
    ],
    "bishop": [
        r"\delta^{(2)} &= \frac{1}{n} \left(z^{(2)} - t\right)",
        r"\frac{\partial E}{\partial z^{(1)}} &= W^{(2)\top} \delta^{(2)}",
        r"\delta^{(1)} &= \frac{\partial E}{\partial z^{(1)}} \odot h'^{(1)}(a^{(1)})",
    ],
}


@pytest.mark.parametrize("notation", [*DIALECTS])
def test_one_hidden_layer_gives_the_formulas_of_the_course(notation):
    """Rows D0-21 to D0-32 ("delta"), D3-06 to D3-10 ("ng", with 1/n in the formulas of the parameters), D4-08 to D4-13 ("dY")."""
    lines = program_of([2, 3, 1], "bce", "tanh", "sigmoid").latex(notation).replace(r" \\", "").splitlines()
    places = [lines.index(line) for line in (*FORWARD[notation], *BACKWARD[notation])]
    assert places == sorted(places)
    assert (lines[0], lines[-1]) == (r"\begin{aligned}", r"\end{aligned}")


def test_without_a_notation_it_is_delta():
    program = program_of([2, 3, 1], "mse")
    assert program.latex() == program.latex("delta") == program.latex(Notation("delta"))


def test_a_notation_of_ones_own():
    program = program_of([2, 3, 1], "mse")
    assert r"\Theta ^{[1]} X" in program.latex(Notation("mine", like="ng", weights="Θ")).replace(r"\Theta^", r"\Theta ^")
    with pytest.raises(ValueError, match="there is no notation called"):
        program.latex("nobody's")


@pytest.mark.parametrize("loss", [*LOSSES])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_program_and_matrix_formulas_give_the_same_numbers(loss, activation):
    outputs = 3 if losses.LOSSES[loss].targets == "classes" else 1
    output = {"bce": "sigmoid", "cross_entropy_of_probabilities": "softmax"}.get(loss, "linear")
    model, y, inputs = graph([2, 4, outputs], loss, activation, output)
    rng = numpy.random.default_rng(3)
    X, T = rng.standard_normal((7, 2)), numpy.sign(rng.standard_normal((7, 1)))
    T = numpy.eye(3)[rng.integers(0, 3, 7)] if outputs == 3 else (T + 1) / 2 if "bce" in loss else T
    program = vectorize(y, inputs, model.parameters())
    found = program.gradients(numpy.hstack([X, T]))
    expected = formulas.backward(model, X, T if outputs == 3 else T[:, 0], loss=loss)
    for name in ("W1", "b1", "W2", "b2"):
        assert numpy.abs(found[name] - expected[f"d{name}"]).max() < 1e-12
    assert program.value_and_grad(numpy.hstack([X, T]))[0] == pytest.approx(expected["loss"].item(), rel=1e-12)


def test_a_graph_without_layers_is_written_with_its_labels():
    a, b, c = leaves(a=5, b=3, c=2)
    text = vectorize(3 * (a + b * c), inputs=[c], params=[a, b]).latex()
    assert r"\ell &= 3 \left(b c + a \mathbf{1}^{\top}\right)" in text


def lines_of(program):
    """The equations; inside a choice, ; stands for a new line."""
    return [line.removesuffix(r" \\").replace(r" \\", ";") for line in program.latex().splitlines()[1:-1]]


def test_the_mean_and_the_values_of_the_examples_are_two_symbols():
    w, x = leaves(w=2, x=3)
    lines = lines_of(vectorize(autograd.exp(w * x), [x], [w]))
    assert lines == [
        r"\ell &= \exp(w x)",
        r"J &= \frac{1}{n} \sum_{i=1}^{n} \ell_{i}",
        r"\mathrm{dw} &= \frac{1}{n} \left(\ell \odot x\right) \mathbf{1}",
    ]
    y = autograd.exp(w * x)
    y.label = "E"
    assert lines_of(vectorize(y, [x], [w]))[:2] == [r"\ell &= \exp(w x)", r"E &= \frac{1}{n} \sum_{i=1}^{n} \ell_{i}"]


def test_the_value_of_a_graph_without_inputs_has_one_line():
    w, x = leaves(w=2, x=3)
    assert lines_of(vectorize((w * x) ** 2, [x], [w]))[:3] == ["u &= w x", r"\ell &= u^{2}", r"J &= \frac{1}{n} \sum_{i=1}^{n} \ell_{i}"]
    assert lines_of(vectorize(w * w, [], [w])) == ["J &= w w", r"\mathrm{dw} &= 2 w"]


def test_a_leaf_that_is_the_output_is_shown_by_its_name():
    w, x = leaves(w=2, x=3)
    assert lines_of(quietly(x, [x], [w]))[0] == r"J &= \frac{1}{n} \sum_{i=1}^{n} x"
    assert lines_of(quietly(w, [x], [w]))[0] == "J &= w"


def test_a_comparison_is_a_condition_or_stands_in_brackets_and_is_no_equation():
    w, x = leaves(w=2, x=3)
    assert lines_of(vectorize(autograd.maximum(w * x, w), [x], [w]))[1:4] == [
        r"\ell &= \max_k u",
        r"J &= \frac{1}{n} \sum_{i=1}^{n} \ell_{i}",
        r"g &= \frac{1}{n} \begin{cases} \frac{1}{\sum_k \left[u = \ell\right]} & u = \ell; 0 & \text{else} \end{cases}",
    ]
    assert lines_of(vectorize((w * x).leaky_relu(0.1) ** 2, [x], [w]))[1] == (
        r"u_{2} &= \begin{cases} u & u > 0; 0.1 u & \text{else} \end{cases}"
    )


def test_the_largest_and_the_choice_are_written():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    text = vectorize((w * x).leaky_relu(0.1) ** 2, [x], [w]).latex()
    assert r"\begin{cases}" in text
    assert "}^{2}" in text or "^{2}" in text
