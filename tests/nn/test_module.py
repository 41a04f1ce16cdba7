"""Modules: their parameters by name, and models as files that come back exactly or are refused."""

import copy
import json
import math
import os
import pickle
import subprocess
import sys
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value
from nn import MLP, Dropout, Layer, Module, Neuron, Sequential


class Shared(Module):
    def __init__(self):
        self.one = Neuron(2, rng=0)
        self.again = self.one
        self.parts = [Layer(1, 1, rng=0), {"not": "looked into"}]
        self.scale = Value(2.0, "scale")
        self.same = self.scale
        self.fixed = Value(3.0, constant=True)

    def __call__(self, x):
        return self.one(x) * self.scale * self.fixed


def test_parameters_are_found_in_attributes_and_lists_once_each_and_constants_are_none():
    names = [name for name, _ in Shared().named_parameters()]
    assert names == ["one.weights.0", "one.weights.1", "one.bias", "parts.0.neurons.0.weights.0", "parts.0.neurons.0.bias", "scale"]


def test_a_module_of_ones_own_can_be_trained():
    module = Shared()
    before = module.scale.data
    module.fit([[1.0, 2.0]], [1.0], lr=0.001, epochs=2, progress=False)
    assert module.scale.data != before


def test_zero_grad_forgets_every_gradient():
    model = MLP(2, [2, 1], rng=0)
    model([1, 1]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())


def test_train_and_eval_reach_every_module():
    model = Sequential([Layer(2, 2), Dropout(keep=0.5)])
    assert not any(m.training for m in model.eval().modules())
    assert all(m.training for m in model.train().modules())


def test_same_seed_same_weights_another_seed_others():
    one, same, other = (MLP(2, [4, 1], rng=seed).state_dict() for seed in (7, 7, 8))
    assert one == same != other


def test_state_goes_from_one_model_to_another_of_its_kind():
    source, target = MLP(2, [3, 1], rng=0), MLP(2, [3, 1], rng=1)
    assert target.load_state_dict(source.state_dict()) is target
    assert target([1, 2]).data == source([1, 2]).data


@given(st.lists(st.floats(), min_size=3, max_size=3))
def test_every_float_comes_back_from_a_file_bit_for_bit(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("model") / "m.json"
    Neuron(2).set(numbers[:2], numbers[2]).save(path)
    back = [p.data for p in Neuron(2).load(path).parameters()]
    same = [(a == b and math.copysign(1, a) == math.copysign(1, b)) or (a != a and b != b) for a, b in zip(numbers, back, strict=True)]
    assert all(same), f"saved {numbers}, loaded {back}"


def test_fractions_stay_exact_in_a_file_and_the_file_is_strict_json(tmp_path):
    neuron = Neuron(2).set([Fraction(1, 3), math.inf], math.nan)
    neuron.save(tmp_path / "m.json")

    def no_constants(text):
        raise AssertionError(text)

    json.loads((tmp_path / "m.json").read_text(), parse_constant=no_constants)
    assert Neuron(2).load(tmp_path / "m.json").weights[0].data == Fraction(1, 3)


def test_saved_model_works_on_in_another_process(tmp_path):
    """D1-14: what was learned can be kept and trained further."""
    model = MLP(2, [3, 1], rng=0)
    model.save(tmp_path / "m.json")
    script = f"from nn import MLP; print(repr(MLP(2, [3, 1]).load({str(tmp_path / 'm.json')!r})([1, 2]).data))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert float(done.stdout) == model([1, 2]).data


@pytest.mark.parametrize("again", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["copied", "pickled"])
def test_a_copy_is_a_model_of_its_own(again):
    model = Sequential([Layer(2, 3, "leaky_relu", rng=0), Dropout(keep=0.5), Layer(3, 1, "sigmoid", rng=1)], rng=2)
    other = again(model)
    assert other.eval()([1, 2]).data == model.eval()([1, 2]).data and repr(other) == repr(model)
    other.fit([[1, 2]], [1], "bce", progress=False)
    assert other([1, 2]).data != model([1, 2]).data and other.layers[0].activation == model.layers[0].activation


def good_file(tmp_path):
    Neuron(1).set([1], 2).save(tmp_path / "good.json")
    return json.loads((tmp_path / "good.json").read_text())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: "{", "not JSON"),
        (lambda c: "[" * 100_000, "not JSON"),
        (lambda c: "[]", "format"),
        (lambda c: json.dumps({**c, "format": "chalkgrad model 99"}), "format"),
        (lambda c: json.dumps({**c, "parameters": [1]}), "damaged"),
        (lambda c: json.dumps({**c, "parameters": {"weights.0": True, "bias": 1}}), 'parameter "weights.0" is true'),
        (lambda c: json.dumps({**c, "parameters": {"weights.0": "__import__('os')", "bias": 1}}), "not a number"),
        (lambda c: json.dumps({**c, "parameters": {"weights.0": "1/0", "bias": 1}}), "not a number"),
        (lambda c: json.dumps({**c, "parameters": {"weights.0": 2**1024, "bias": 1}}), "not a number"),
        (lambda c: json.dumps({**c, "parameters": {"weights.0": None, "bias": 1}}), "not a number"),
        (lambda c: json.dumps({**c, "parameters": {"weights.0": 1}}), "misses bias"),
        (lambda c: json.dumps({**c, "parameters": {**c["parameters"], "extra": 1}}), "has extra"),
        (lambda c: json.dumps({**c, "parameters": {"weights.0": 1, "bias": math.nan}}), "not JSON"),
        (lambda c: json.dumps({**c, "model": 'Neuron(1, "relu")'}), "this model is Neuron"),
    ],
)
def test_a_damaged_file_is_refused_and_the_model_stays_as_it_was(tmp_path, change, words):
    (tmp_path / "bad.json").write_text(change(good_file(tmp_path)))
    neuron = Neuron(1).set([7], 8)
    with pytest.raises(ValueError, match=words):
        neuron.load(tmp_path / "bad.json")
    assert [p.data for p in neuron.parameters()] == [7, 8]


def test_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "bad.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="not JSON"):
        Neuron(1).load(tmp_path / "bad.json")


def test_file_of_another_architecture_is_refused_with_both_named(tmp_path):
    MLP(2, [3, 1], activation="tanh").save(tmp_path / "m.json")
    with pytest.raises(ValueError, match=r'MLP\(2, \[3, 1\], activation="tanh"\), but this model is MLP\(2, \[3, 1\]\)'):
        MLP(2, [3, 1]).load(tmp_path / "m.json")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_file_that_cannot_be_finished_leaves_the_old_one_and_no_rest(tmp_path, monkeypatch, step):
    path = tmp_path / "m.json"
    Neuron(1).set([1], 2).save(path)
    before = path.read_text()

    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, step, broken)
    with pytest.raises(OSError, match="disk full"):
        Neuron(1).set([3], 4).save(path)
    assert path.read_text() == before and os.listdir(tmp_path) == ["m.json"]


def test_summary_counts_the_parameters_of_every_part():
    """D0-10: more hidden units, more parameters."""
    text = str(MLP(3, [4, 2], activation="sigmoid").summary())
    assert "16" in text and "10" in text and text.endswith("26 parameters")
    assert "<td>Layer(3, 4, &quot;sigmoid&quot;)</td>" in MLP(3, [4, 2], activation="sigmoid").summary()._repr_html_()


def test_another_distribution_of_the_name_autograd_is_named_with_the_way_out(tmp_path):
    (tmp_path / "autograd").mkdir()
    (tmp_path / "autograd" / "__init__.py").write_text("grad = None\n")
    root = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
    script = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {root!r}]; import nn"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1 and last.startswith("ImportError") and "pip uninstall autograd" in last and "chalkgrad" in last


class Holder(Module):
    def __call__(self, x):
        return self.inside[0](x)


def looped(kind):
    holder = Holder()
    if kind == "itself":
        holder.inside = [holder]
    elif kind == "its parent":
        holder.inside = [Sequential([Holder()])]
        holder.inside[0].layers[0].inside = [holder]
    else:
        holder.inside = [Neuron(1)]
        holder.inside.append(holder.inside)
    return holder


@pytest.mark.parametrize("kind", ["itself", "its parent", "a list in itself"])
@pytest.mark.parametrize("ask", [Module.parameters, Module.modules, Module.train, Module.state_dict, Module.summary])
def test_a_part_that_holds_itself_is_named(kind, ask):
    with pytest.raises(ValueError, match=r"inside.* is a (Holder|list|Sequential) that holds itself; a model has no such loops"):
        ask(looped(kind))


def test_a_module_in_two_places_is_no_loop():
    shared, holder = Neuron(1), Holder()
    holder.inside = [shared, [shared, (shared,)]]
    assert holder.modules() == [holder, shared] and [path for path, _ in holder.named_parameters()] == [
        "inside.0.weights.0",
        "inside.0.bias",
    ]


def test_functions_without_a_name_cannot_be_saved_since_the_file_could_not_tell_them_apart(tmp_path):
    one, other = MLP(1, [2, 1], activation=lambda v: v * v), MLP(1, [2, 1], activation=partial(pow, exp=3))
    assert "<lambda>" in repr(one) and "<partial>" in repr(other)
    for model in (one, other):
        with pytest.raises(ValueError, match="has a function without a name"):
            model.save(tmp_path / "m.json")
    assert not list(tmp_path.iterdir())

    def square(v):
        return v * v

    named = MLP(1, [2, 1], activation=square, rng=0)
    named.save(tmp_path / "m.json")
    assert MLP(1, [2, 1], activation=square).load(tmp_path / "m.json").state_dict() == named.state_dict()


def test_a_message_about_a_strange_file_has_an_end(tmp_path):
    path, content = tmp_path / "m.json", {"format": "chalkgrad model 1", "model": 'Neuron(1, "linear")'}
    for name in ("w" * 100_000, "a\x00\u202eb"):
        for number in (1.0, "text"):
            path.write_text(json.dumps({**content, "parameters": {name: number, "weights.0": 1.0, "bias": 0.0}}))
            with pytest.raises(ValueError) as caught:
                Neuron(1).load(path)
            assert len(str(caught.value)) < 400 + len(str(path)) and str(caught.value).isprintable()
    path.write_text(json.dumps({**content, "model": "M" * 100_000, "parameters": {}}))
    with pytest.raises(ValueError, match="M…, but this model is Neuron") as caught:
        Neuron(1).load(path)
    assert len(str(caught.value)) < 600 + len(str(path))


def test_whole_numbers_of_a_file_are_floats_as_far_as_floats_reach(tmp_path):
    path = tmp_path / "m.json"
    path.write_text(
        json.dumps({"format": "chalkgrad model 1", "model": 'Neuron(1, "linear")', "parameters": {"weights.0": 10**308, "bias": -3}})
    )
    assert list(Neuron(1).load(path).state_dict().values()) == [1e308, -3.0]
