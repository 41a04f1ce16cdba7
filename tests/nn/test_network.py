"""Layers and networks: shapes, names, scopes, errors that name the layer."""

import numpy
import pytest

from autograd import Value, jacobian, topological_order
from nn import MLP, Dropout, Layer, Module, Neuron, Sequential


def test_mlp_of_the_demo_has_its_shape_and_its_337_parameters():
    """D0-06, D3-14: M^(l) units in layer l; every layer is a linear map, a bias, an activation."""
    model = MLP(2, [16, 16, 1], rng=0)
    assert model.widths == [2, 16, 16, 1]
    assert len(model.parameters()) == 16 * 3 + 16 * 17 + 17 == 337
    assert [layer.activation.name for layer in model.layers] == ["relu", "relu", "linear"]
    assert isinstance(model([1.0, 2.0]), Value)


def test_layers_are_counted_by_their_weights():
    """D3-13, E3-8: logistic regression is a 1-layer net, one hidden layer makes a 2-layer net, five make a 6-layer net."""
    assert [len(MLP(2, [3] * hidden + [1]).layers) for hidden in (0, 1, 2, 5)] == [1, 2, 3, 6]


def test_an_example_passes_one_dot_one_addition_and_one_activation_for_each_neuron():
    """D1-19, D1-23, D4-06: evaluation is forward propagation, layer by layer."""
    y = MLP(2, [3, 2], activation="tanh", rng=0)([0.5, -0.5])
    operations = [node.op for node in {n: None for output in y for n in topological_order(output)} if node.parents]
    assert sorted(operations) == ["add"] * 5 + ["dot"] * 5 + ["tanh"] * 3


def test_parameters_come_per_neuron_weights_then_bias_and_their_labels_say_where_they_are():
    """D0-07: w_ij^(l) goes to unit i of layer l from unit j of the layer before; here w1_2_3 goes to 2 from 3."""
    model = MLP(3, [2, 1], rng=0)
    labels = [p.label for p in model.parameters()]
    assert labels == ["w1_1_1", "w1_1_2", "w1_1_3", "b1_1", "w1_2_1", "w1_2_2", "w1_2_3", "b1_2", "w2_1_1", "w2_1_2", "b2_1"]
    assert model.layers[0].neurons[1].weights[2].label == "w1_2_3"
    assert [p.label for p in Layer(2, 2).parameters()] == ["w1_1", "w1_2", "b1", "w2_1", "w2_2", "b2"]
    assert [p.label for p in Neuron(2).parameters()] == ["w1", "w2", "b"]


def test_weight_named_to_i_from_j_reaches_exactly_output_i_from_input_j():
    """D0-07 and its slip E0-1, shown by the Jacobian of a linear layer: ∂a_i/∂x_j = w_ij."""
    layer = Layer(3, 2, rng=0)
    x = [Value(1.0), Value(2.0), Value(3.0)]
    assert jacobian(layer(x), x).tolist() == [[w.data for w in neuron.weights] for neuron in layer.neurons]


@pytest.mark.parametrize("build", [lambda: MLP(2, [3, 1], rng=0), lambda: Sequential([Layer(2, 3, "relu", rng=0), Layer(3, 1, rng=0)])])
def test_nodes_and_weights_belong_to_the_scopes_of_their_layer_and_neuron(build):
    model = build()
    y = model([1.0, 2.0])
    assert y.scope == ("layer 2", "neuron 1")
    assert model.layers[0].neurons[2].weights[0].scope == ("layer 1", "neuron 3") == model.layers[0].neurons[2].bias.scope
    of_first = {node.scope for node in topological_order(y) if node.scope[:1] == ("layer 1",)}
    assert of_first == {("layer 1", f"neuron {k}") for k in (1, 2, 3)}


def test_an_array_of_numbers_and_a_list_of_values_are_inputs_too():
    model = MLP(2, [1], rng=0)
    assert model(numpy.array([1.0, 2.0])).data == model([Value(1.0), Value(2.0)]).data == model((1, 2)).data


def test_two_linear_layers_are_one():
    """D1-20: without a non-linear activation W2 (W1 x + b1) + b2 is the single layer W2 W1 x + (W2 b1 + b2)."""
    deep = MLP(3, [4, 2], activation="linear", init="normal", rng=3)
    W, b = ([numpy.array([[w.data for w in n.weights] for n in layer.neurons]) for layer in deep.layers], [numpy.array([0.3, -1, 2, 0.1]), numpy.array([0.5, 0.7])])  # fmt: skip
    for layer, biases in zip(deep.layers, b, strict=True):
        layer.set(biases=biases)
    flat = Layer(3, 2).set(weights=W[1] @ W[0], biases=W[1] @ b[0] + b[1])
    for x in ([1, 2, 3], [-0.5, 0.25, 8]):
        assert [v.data for v in deep(x)] == pytest.approx([v.data for v in flat(x)], rel=1e-14)


def test_softmax_output_takes_the_whole_layer_and_sums_to_one():
    """D1-21, D2-16, D3-17: softmax_i = e^(a_i) / Σ_k e^(a_k), stable and unchanged by a shift of all logits."""
    layer = Layer(1, 3, activation="softmax").set(weights=[[1], [2], [3]], biases=[0, 0, 0])
    p = [v.data for v in layer([1.0])]
    e = numpy.exp([1.0, 2.0, 3.0])
    assert p == pytest.approx(e / e.sum(), rel=1e-15) and sum(p) == pytest.approx(1, abs=1e-15)
    layer.set(biases=[1000, 1000, 1000])
    assert [v.data for v in layer([1.0])] == pytest.approx(p, rel=1e-12)


def test_erratum_softmax_with_a_tail_sum_is_no_distribution():
    """E3-10: Σ_{j=i}^C in the denominator, as printed, gives numbers that sum to 1.359 for z = (1, 2, 3)."""
    e = numpy.exp([1.0, 2.0, 3.0])
    printed = [e[i] / e[i:].sum() for i in range(3)]
    assert sum(printed) == pytest.approx(1.359, abs=5e-4)
    layer = Layer(1, 3, activation="softmax").set(weights=[[1], [2], [3]], biases=[0, 0, 0])
    assert abs(sum(printed) - sum(v.data for v in layer([1.0]))) > 0.35


def test_softmax_of_two_classes_is_a_sigmoid_of_the_difference():
    """D1-21."""
    layer = Layer(2, 2, activation="softmax").set(weights=[[1, 0], [0, 1]], biases=[0, 0])
    sigmoid = Neuron(2, "sigmoid").set([1, -1], 0)
    assert layer([0.3, -1.2])[0].data == pytest.approx(sigmoid([0.3, -1.2]).data, rel=1e-15)


def test_relu_output_gives_no_negative_number():
    """D0-03, E0-15: ReLU as a regression output suits only targets that are not negative."""
    outputs = MLP(1, [8, 1], output="relu", rng=0).predict(numpy.linspace(-3, 3, 50)[:, None])
    assert outputs.min() >= 0 and MLP(1, [8, 1], rng=0).predict(numpy.linspace(-3, 3, 50)[:, None]).min() < 0


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: MLP(2, [3, 1])([1]), ValueError, "layer 1 takes 2 numbers, not 1"),
        (lambda: Layer(2, 3)([1, 2, 3]), ValueError, "the layer takes 2 numbers, not 3"),
        (lambda: MLP(2, [3, 1]).layers[1]([1, 2]), ValueError, "layer 2 takes 3 numbers, not 2"),
        (lambda: MLP(2, []), ValueError, "list"),
        (lambda: MLP(2, 3), ValueError, r"MLP\(2, \[16, 16, 1\]\)"),
        (lambda: MLP(2, [3, 0]), ValueError, "at least 1"),
        (lambda: Sequential([]), ValueError, "at least one layer"),
        (lambda: Sequential([Layer(2, 3), Layer(4, 1)]), ValueError, "layer 1 gives 3 outputs, but layer 2 takes 4"),
        (lambda: Sequential([Layer(2, 3), Dropout(keep=0.5), Layer(4, 1)]), ValueError, "layer 1 gives 3 outputs"),
        (lambda: Sequential(["relu"]), TypeError, "modules"),
        (lambda: Layer(2, 2).set(weights=[[1, 2]]), ValueError, "2 neurons"),
        (lambda: Layer(2, 2).set(biases=[1]), ValueError, "2 neurons"),
        (lambda: Module()([1]), NotImplementedError, "__call__"),
    ],
)
def test_bad_input_is_refused_with_what_and_where(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_setting_a_layer_changes_nothing_when_a_later_row_is_refused():
    layer = Layer(2, 2).set(weights=[[1, 2], [3, 4]], biases=[5, 6])
    with pytest.raises(ValueError, match="neuron 2"):
        layer.set(weights=[[9, 9], [9]])
    assert [p.data for p in layer.parameters()] == [1, 2, 5, 3, 4, 6]


def test_layers_of_features_of_ones_own_can_stand_in_a_sequence():
    """D1-06, D2-13: with the feature x1·x2 a single neuron computes XOR, which no line does."""

    class Product(Module):
        def __call__(self, x):
            return [*x, x[0] * x[1]]

    model = Sequential([Product(), Layer(3, 1, "step").set([[1, 1, -2]], [-0.5])])
    assert [model(x).data for x in ([0, 0], [0, 1], [1, 0], [1, 1])] == [0, 1, 1, 0]


def test_permuting_hidden_units_or_flipping_tanh_signs_leaves_the_function():
    """D0-12, E0-3: the several minima of an MLP come from these symmetries; non-convexity alone does not give them."""
    model, other = MLP(2, [2, 1], "tanh", rng=5), MLP(2, [2, 1], "tanh", rng=5)
    (one, two), output = model.layers[0].neurons, model.layers[1].neurons[0]
    one, two = ([p.data for p in n.parameters()] for n in (one, two))
    w = [p.data for p in output.weights]
    other.layers[0].set(weights=[[-v for v in two[:2]], one[:2]], biases=[-two[2], one[2]])  # swapped, and one sign flipped
    other.layers[1].set(weights=[[-w[1], w[0]]])
    for x in ([0.3, 0.4], [-2, 1]):
        assert other(x).data == pytest.approx(model(x).data, abs=1e-15)


def test_count_of_multiplications_grows_with_the_number_of_weights():
    """D1-11, D1-45, D0-10: one multiplication for each weight in the forward pass, a constant number for each in both passes."""
    ratios = []
    for width in (4, 16, 64):
        model = MLP(2, [width, width, 1], rng=0)
        order = topological_order(model([1.0, 2.0]))
        weights = sum(len(n.weights) for layer in model.layers for n in layer.neurons)
        assert sum(len(node.parents) // 2 for node in order if node.op == "dot") == weights
        ratios.append(sum(len(node.parents) for node in order) / weights)
    assert ratios == sorted(ratios, reverse=True) and 2 < ratios[-1] < 2.2  # one product for each edge of the backward pass


def test_signals_of_a_network_are_all_named():
    """D0-20: every hidden unit has weights and a bias w_j0^(l), and every node belongs to its layer and neuron."""
    model = MLP(2, [3, 2], "tanh", rng=0)
    order = {n: None for y in model([0.5, -1.0]) for n in topological_order(y)}
    labels = [n.label for n in order if n.op == "leaf"]
    assert sorted(labels) == sorted(p.label for p in model.parameters()) and {"b1_1", "b1_2", "b1_3", "b2_1", "b2_2"} <= set(labels)
    assert {n.scope for n in order if n.parents} == {
        (f"layer {k}", f"neuron {j}") for k, width in ((1, 3), (2, 2)) for j in range(1, width + 1)
    }


def test_a_dropout_keeps_its_own_generator_and_borrows_one_only_if_it_has_none():
    rng = numpy.random.default_rng(7)
    own, without = Dropout(keep=0.5, rng=rng), Dropout(keep=0.5)
    model = Sequential([Layer(2, 2, rng=0), own, without, Layer(2, 1, rng=0)], rng=1)
    assert own.rng is rng and without.rng is model.rng


def test_a_wrong_name_of_an_activation_is_refused_also_where_there_is_no_hidden_layer():
    with pytest.raises(ValueError, match='no activation called "rellu"; did you mean "relu"'):
        MLP(2, [1], activation="rellu")
    with pytest.raises(ValueError) as refusal:
        MLP(2, [1], activation="x" * 9999)
    assert len(str(refusal.value)) < 600
