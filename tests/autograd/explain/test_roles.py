"""Networks narrated in the notation of a course: which node is called what, and what is pointed out."""

import re

import pytest

from autograd import Notation, Value, examples, grad, no_grad, scope, steps
from autograd.explain.notation import DIALECTS
from nn import MLP, Dropout, Layer, LogisticRegression, Neuron, Sequential


def loss(model=None, X=((1.0, 2.0),), y=(1.0,), name="bce"):
    model = model or MLP(2, [2, 1], activation="tanh", output="sigmoid", rng=0)
    return model.loss([list(row) for row in X], list(y), name)


def names_of(y, notation):
    return {node: name for node, name in steps(y, notation=notation)[0].names.items() if not node.constant or name[:1].isalpha()}


def lines(y, notation):
    return [step.text() for step in steps(y, notation=notation)]


# notation → weight to neuron 2 of layer 1 from input 1, its bias, weighted input, activation, output, loss, and gradients (D, D0-07)
SYMBOLS = {
    "delta": ("w₂₁⁽¹⁾", "w₂₀⁽¹⁾", "a₂⁽¹⁾", "z₂⁽¹⁾", "ŷ", "L", "δ₂⁽¹⁾", "∂L/∂z₂⁽¹⁾", "∂L/∂w₂₁⁽¹⁾"),
    "bishop": ("w₂₁⁽¹⁾", "w₂₀⁽¹⁾", "a₂⁽¹⁾", "z₂⁽¹⁾", "y", "E", "δ₂⁽¹⁾", "∂E/∂z₂⁽¹⁾", "∂E/∂w₂₁⁽¹⁾"),
    "murphy": ("v₁,₂₁", "b₁,₂", "a₁,₂", "o₁,₂", "ŷ", "E", "∂E/∂a₁,₂", "∂E/∂o₁,₂", "∂E/∂v₁,₂₁"),
    "ng": ("w₂₁^[1]", "b₂^[1]", "Z₂^[1]", "A₂^[1]", "Ŷ", "L", "dZ₂^[1]", "dA₂^[1]", "dW₂₁^[1]"),
    "dY": ("w₁,₂₁", "b₁,₂", "z₁,₂", "ŷ₁,₂", "ŷ", "J", "dz₁,₂", "dY₁,₂", "dW₁,₂₁"),
}


@pytest.mark.parametrize("notation", SYMBOLS)
def test_every_node_of_a_network_has_the_symbol_of_its_role(notation):
    """Rows D0-07, D1-19, D2-11, D3-05, D4-01: roles from labels, scopes and operations (section D)."""
    weight, bias, pre, activation, output, root, *gradients = SYMBOLS[notation]
    said = lines(loss(), notation)
    assert any(line.startswith(f"{pre} = s₂") or line.startswith(f"{pre} = s₁,₂") for line in said)
    assert any(line.startswith(f"{activation} = tanh({pre})") for line in said)
    assert any(line.startswith(f"{output} = sigmoid(") for line in said)
    assert any(f" {weight} · " in line for line in said) and any(f"+ {bias} " in line for line in said)
    for gradient in gradients:
        assert any(line.startswith(f"{gradient} = ") for line in said), gradient
    assert any(line.startswith(f"{root} = ") for line in said)


@pytest.mark.parametrize("notation", DIALECTS)
def test_no_two_nodes_have_one_name(notation):
    model = MLP(3, [11, 2], activation="tanh", output="softmax", rng=0)
    y = model.loss([[1.0, 2.0, 3.0], [0.0, 1.0, 1.0]], [0, 1], "cross_entropy_of_probabilities")
    named = list(names_of(y, notation).values())
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("notation", DIALECTS)
def test_numbers_are_the_same_in_every_notation(notation):
    y = loss()
    plain, written = steps(y), steps(y, notation=notation)
    assert [(step.value, step.contribution) for step in plain] == [(step.value, step.contribution) for step in written]
    assert re.findall(r"[=≈] -?[\d.e-]+$", str(plain), re.M) == re.findall(r"[=≈] -?[\d.e-]+$", str(written), re.M)


def test_examples_have_an_index_where_there_are_several_in_the_place_of_the_batch():
    """Columns in D0 and D3, rows in D2."""
    y = loss(X=((1.0, 2.0), (3.0, 4.0)), y=(1.0, 0.0))
    for notation, name in {"delta": "x₂₁", "murphy": "x₁₂"}.items():
        assert [node.data for node, given in names_of(y, notation).items() if given == name] == [2.0]  # x₂ of the first example
    assert "The last index counts the examples." in steps(y, notation="delta").notes()
    assert "The first index counts the examples." in steps(y, notation="murphy").notes()


def test_nodes_of_one_example_share_its_index_through_all_layers_and_through_dropout():
    model = Sequential([Layer(2, 3, "tanh"), Dropout(keep=0.99, rng=0), Layer(3, 2, "tanh"), Layer(2, 1, "sigmoid")], rng=0)
    y = model.loss([[1.0, 2.0], [3.0, 4.0]], [1.0, 0.0], "bce")
    named = steps(y, notation="delta")[0].names
    for node, name in named.items():
        if name.startswith("z") and "⁽²⁾" in name:
            masked = [parent for parent in node.parents[0].parents[0].parents if parent.op == "mul"]
            assert [named[parent.parents[0]] for parent in masked] == [f"z{k}{name[2]}⁽¹⁾" for k in "₁₂₃"]


@pytest.mark.parametrize("notation", ["ng", "dY"])
def test_a_notation_that_says_d_says_it_of_every_gradient(notation):
    said = [line for line in lines(loss(), notation) if " = d" in line or line.startswith("d")]
    assert said and not any("∂" in line for line in lines(loss(), notation))
    assert any(line.startswith(("dŶ", "dŷ")) or " dŶ" in line or " dŷ" in line for line in said), "as the output is called"


def test_a_scaled_error_signal_is_no_gradient_where_there_are_several_examples():
    """dZ is n times the gradient for a mean over n (E3-4), so that of two examples it is written as a derivative."""
    said = "\n".join(lines(loss(X=((1.0, 2.0), (3.0, 4.0)), y=(1.0, 0.0)), "ng"))
    assert "dZ" not in said and "∂L/∂Z₂₁^[1]" in said and "db₂^[1]" in said
    assert "dZ₂^[1]" in "\n".join(lines(loss(), "ng"))


def test_without_a_loss_the_gradients_are_derivatives_of_the_output():
    y = LogisticRegression(2)([1, 2])
    said = lines(y, "delta")
    assert said[-1].startswith("∂ŷ/∂w₁₂⁽¹⁾ = ") and not any("δ" in line for line in said)


def test_a_linear_output_is_its_own_pre_activation_and_logits_are_no_output():
    assert any(line.startswith("ŷ = s₁⁽¹⁾ + w₁₀⁽¹⁾") for line in lines((Neuron(2, rng=0)([1, 2]) - 1) ** 2, "delta"))
    assert any(line.startswith("δ₁⁽¹⁾ = ") for line in lines((Neuron(2, rng=0)([1, 2]) - 1) ** 2, "delta"))
    logits = lines(MLP(2, [3], rng=0).loss([[1.0, 2.0]], [1], "cross_entropy"), "delta")
    assert any(line.startswith("a₂⁽¹⁾ = ") for line in logits) and not any("ŷ" in line for line in logits)


def test_an_activation_of_several_operations_ends_in_the_activation():
    def swish(a):
        return a * a.sigmoid()

    y = MLP(1, [2, 1], activation=swish, rng=0).loss([[1.0]], [1.0], "mse")
    assert any(re.match(r"z₁⁽¹⁾ = a₁⁽¹⁾ · \w+ ", line) for line in lines(y, "delta"))


def test_a_notation_of_ones_own():
    mine = Notation("mine", like="ng", weight="θ", loss="C", layers="superscript")
    said = lines(loss(), mine)
    assert any("θ₂₁⁽¹⁾" in line for line in said) and said[-1].startswith("dW₁₂⁽¹⁾ = ")


def test_traps_are_pointed_out_once_and_only_for_letters_in_use():
    """a and z change places between D0, D1, D2 and D3; "activation" means the pre-activation in D1."""
    notes = steps(loss(), notation="bishop").notes()
    assert 'Beware: a is the pre-activation here, but the activation in the notation "ng".' in notes
    assert 'Beware: y is the output of the network here, but the target in the notation "delta".' in notes
    assert 'Beware: in this notation the word "activation" means the pre-activation.' in notes
    assert str(steps(loss(), notation="bishop")).count("Beware: a is") == 1
    assert not any(" z is" in note for note in steps(LogisticRegression(2)([1, 2]), notation="delta").notes())


@pytest.mark.parametrize("make", [examples.J, examples.mazur, examples.net_1_2_1])
def test_a_graph_without_neurons_keeps_its_names_and_that_is_said_once(make):
    plain, written = steps(make()), steps(make(), notation="ng")
    assert [step.text() for step in plain] == [step.text() for step in written]
    assert str(written) == f"{plain}\nThis graph holds no layers of neurons, so that its names stay as they are."
    assert plain.notes() == []


def test_two_networks_with_the_same_numbers_keep_their_names():
    one, other = MLP(1, [1], rng=0), MLP(1, [1], rng=1)
    assert steps(one([1]) * other([1]), notation="ng").notes() == [
        "This graph holds no layers of neurons, so that its names stay as they are."
    ]


def test_scopes_that_look_like_layers_without_neurons_are_no_network():
    with scope("layer 1"), scope("neuron 2"):
        w = Value(2.0, "w1_2_1")
        y = w * 3 + Value(1.0, "b1_2")
    assert "w1_2_1" in names_of(y, "delta").values()


def test_mathml_and_latex_have_the_same_symbols():
    step = steps(loss(), notation="delta")[-1]
    assert step.latex().startswith(r"\frac{\partial L}{\partial w_{12}^{(1)}} = \frac{\partial L}{\partial s_{1}^{(1)}}")
    assert "<msubsup><mi>δ</mi><mn>2</mn><mtext>(1)</mtext></msubsup>" in "".join(s.mathml() for s in steps(loss(), notation="delta"))


def test_an_unknown_notation_is_refused():
    with pytest.raises(ValueError, match="did you mean delta"):
        steps(loss(), notation="delte")


def test_the_gradient_that_is_called_delta_is_that_of_the_pre_activation():
    """δ⁽ˡ⁾ := ∂L/∂a⁽ˡ⁾ (D0-27)."""
    y = loss()
    named = steps(y, notation="delta")[0].names
    pre = next(node for node, name in named.items() if name == "a₂⁽¹⁾")
    step = next(step for step in steps(y, notation="delta") if step.parent is pre)
    assert step.text().startswith("δ₂⁽¹⁾") and step.total_after == grad(y, [pre])[0]


def test_without_a_graph_there_is_one_step_and_no_network():
    with no_grad():
        y = Neuron(1)([1])
    assert len(steps(y, notation="delta")) == 1


def test_the_shares_of_a_softmax_are_the_outputs_of_their_neurons():
    outputs = MLP(2, [2, 3], activation="tanh", output="softmax", rng=0)([1.0, 2.0])
    for k, output in enumerate(outputs, 1):
        found = steps(-output.log(), notation="delta")[0].names
        assert found[output] == f"ŷ{'₀₁₂₃'[k]}"
