"""The data of a step-through of arrays: it says what the records say, and finds the scalar step behind each entry."""

import numpy
import pytest

import viz
from autograd import Value, examples, vectorize
from autograd.explain.numbers import number_text
from nn import MLP
from nn.formulas import matrix_view
from viz.page.array_content import runs
from viz.picture.array_columns import blocks

NETS = [(1, "dY"), (2, "delta"), (2, "murphy"), (3, "ng"), (4, "delta"), (4, "dY")]  # layers, and the notation
ACTIVATIONS = [
    ("tanh", "linear", "mse"),
    ("relu", "sigmoid", "mse"),
    ("sigmoid", "softmax", "cross_entropy_of_probabilities"),
    ("tanh", "linear", "mse"),
]


def net(depth, seed=0):
    """A matrix view of a random MLP, with its notation and the number of examples going with the depth."""
    rng = numpy.random.default_rng(seed + depth)
    hidden, output, loss = ACTIVATIONS[depth - 1]
    model = MLP(2, [*rng.integers(1, 4, size=depth - 1).tolist(), 2], hidden, output, rng=seed)
    count = int(rng.integers(1, 5))
    Y = rng.integers(0, 2, size=count) if output == "softmax" else rng.normal(size=(count, 2)).round(1)
    return model, rng.normal(size=(count, 2)).round(1), Y, loss


def mazur():
    E = examples.mazur()
    return vectorize(E, ["i1", "i2", "t1", "t2"], [*[f"w{k}" for k in range(1, 9)], "b1", "b2"])


def entries(stepper):
    """Every entry: its record, what the page has of it, and the phase of its array."""
    steps, data = stepper._passes, stepper._content
    for name, rows in zip(stepper_names(stepper), data["entries"], strict=True):
        for i, row in enumerate(rows):
            for j, entry in enumerate(row):
                yield steps[name].entry(i, j), entry, steps[name].phase


def stepper_forms(data):
    """The digits of the cards: four, or three, and fewer where there is no room."""
    return {2: [3, 2], 3: [4, 3, 2]}[len(data["arrays"][0]["texts"])]


def stepper_names(stepper):
    return [name for block in blocks(stepper._passes) for spot in block.spots for name in (spot.name, spot.gradient) if name]


@pytest.mark.parametrize("depth, notation", NETS)
def test_the_page_has_the_numbers_the_equations_and_the_entries_of_the_records(depth, notation):
    model, X, Y, loss = net(depth)
    stepper = viz.step(matrix_view(model, X, Y, loss=loss, notation=notation))
    steps, data, names = stepper._passes, stepper._content, stepper_names(stepper)
    assert [names[step["array"]] for step in data["steps"]] == [step.name for step in steps]
    forms = stepper_forms(data)
    for k, digits in enumerate(forms):
        printed = [[[_pretty(text) for text in row] for row in steps[name].texts(digits)] for name in names]
        assert printed == [array["texts"][k] for array in data["arrays"]], "all cards have the same number of digits"
    for step, shown in zip(steps, data["steps"], strict=True):
        array = data["arrays"][shown["array"]]
        assert tuple(array["shape"]) == step.shape and shown["signs"] == [step.sign(form) for form in forms]
        assert [names[part["array"]] for part in shown["parts"] if "array" in part] == [part.name for part in step.parts if part.name]
        assert "".join(_plain(part["text"]) for part in shown["parts"]) == _plain(runs(step.right))
        inner = {part["shape"][part["inner"]] for part in shown["parts"] if part.get("inner") is not None}
        assert len(inner) <= 1, "sizes that are summed over agree"
        assert bool(inner) == bool(shown["summed"]) or step.name == "mean", step
        i, j = shown["asked"]
        assert float(shown["due"]) == step.array[i, j]
        if abs(step.array[i, j]) not in {abs(read.value) for read in step.entry(i, j).reads}:
            assert _pretty(number_text(step.array[i, j])) not in shown["hints"][1].split() and "▢" in shown["hints"][1]
    for record, entry, _ in entries(stepper):
        assert entry["number"] == _pretty(number_text(record.value))
        assert [(names[k], i, j) for k, i, j in entry.get("reads", [])] == [
            (read.name, read.i, read.j) for read in record.reads if read.name
        ]
        assert len(entry.get("terms", [])) == (len(record.terms) if len(record.terms) > 1 else 0)


@pytest.mark.parametrize("depth, notation", NETS)
def test_the_scalar_step_behind_an_entry_has_its_number(depth, notation):
    model, X, Y, loss = net(depth, seed=3)
    stepper = viz.step(matrix_view(model, X, Y, loss=loss, notation=notation))
    passes = stepper._examples.example.passes
    found = {"forward": 0, "backward": 0}
    for record, entry, phase in entries(stepper):
        if phase == "given" or record.name == "mean":
            continue
        scalars = [passes[at - 1] for at in entry.get("scalar", [])]
        if phase == "forward" and record.example in (0, None):
            assert scalars and all(numpy.isclose(step.value, record.value, rtol=1e-12, atol=1e-14) for step in scalars), record
            found[phase] += 1
        elif phase == "backward" and record.example == 0:
            assert scalars and numpy.isclose(sum(step.total_after for step in scalars), record.value, rtol=1e-9, atol=1e-14), record
            found[phase] += 1
        elif phase == "backward" and record.example is None:  # a parameter: the product of the first example is its gradient there
            (term,) = [term for term in record.terms if term.example == 0]
            at = entry["terms"][record.terms.index(term)][2] if "terms" in entry else entry["scalar"]
            step = passes[at[0] - 1]
            assert numpy.isclose(step.contribution, term.value, rtol=1e-9, atol=1e-14), record
            found[phase] += 1
    assert found["forward"] and found["backward"]


def test_a_part_of_a_sum_over_units_leads_to_the_contribution_of_that_unit():
    model, X, Y, loss = net(2)
    stepper = viz.step(matrix_view(model, X, Y, loss=loss))
    passes = stepper._examples.example.passes
    for record, entry, _ in entries(stepper):
        if record.name == "dz1" and record.example == 0:
            for term, (_, _, at) in zip(record.terms, entry["terms"], strict=True):
                assert numpy.isclose(passes[at[0] - 1].contribution, term.value, rtol=1e-9, atol=1e-14)


def test_nodes_of_a_layer_are_called_as_its_arrays_are():
    model, X, Y, loss = net(2)
    for notation, wanted in (("delta", {"a₁⁽¹⁾", "z₁⁽¹⁾", "w₁₁⁽¹⁾"}), ("ng", {"Z₁^[1]", "A₁^[1]", "w₁₁^[1]"})):
        stepper = viz.step(matrix_view(model, X, Y, loss=loss, notation=notation))
        called = set(stepper._examples.example.passes[0].names.values())
        assert {name.replace("W", "w") for name in called} >= wanted
    called = viz.step(mazur(), X=[[0.05, 0.1, 0.01, 0.99]])._examples.example.passes[0].names
    assert set(called.values()) >= {"i1", "t1", "w1", "b2", "E"}, "what somebody has called is called so"


def test_letters_of_several_kinds_keep_the_text():
    assert runs("∂L/∂w₀⁽¹⁾", is_symbol=True) == [("", "∂"), ("i", "L"), ("", "/∂"), ("i", "w"), ("sub", "0"), ("sup", "(1)")]
    assert runs(" ⊙ h′(") == [("", " ⊙ "), ("i", "h′"), ("", "(")]
    assert runs("softmax(") == [("", "softmax(")] and runs("Z^[2]", is_symbol=True) == [("i", "Z"), ("sup", "[2]")]
    assert runs(" 1ᵀ") == [("", " "), ("b", "1"), ("sup", "T")] and runs("1/n ")[0] == ("", "1/")


def test_what_is_asked_stands_on_no_other_card_where_that_can_be():
    data = viz.step(mazur(), X=[[0.05, 0.1, 0.01, 0.99]], ask=True)._content
    for at, step in enumerate(data["steps"], start=1):
        i, j = step["asked"]
        text = data["arrays"][step["array"]]["texts"][0][i][j]
        shown = [each for array in data["arrays"] if array["at"] is None or array["at"] < at for row in array["texts"][0] for each in row]
        assert text not in shown


def test_what_cannot_be_stepped_through_is_refused_in_one_sentence():
    program, view = mazur(), matrix_view(MLP(2, [1], rng=0), [[1.0, 2.0]], [1.0], loss="mse")
    for given, options, words in [
        (program, {}, "give them as X="),
        (view, {"X": [[1, 2]]}, "has its examples already"),
        (view, {"notation": "ng"}, "make it with the notation"),
        (view, {"ask": "vote"}, 'asks for True, "shapes" or "entries"'),
        (view, {"wrt": "w1"}, "wrt= belongs to the step-through of a graph"),
        (view, {"at": 99}, "at is the number of a step"),
        (view, {"theme": "pink"}, "theme is one of"),
        (examples.J(), {"X": [[1]]}, "X= are the examples of a program"),
    ]:
        with pytest.raises(ValueError, match=words):
            viz.step(given, **options)
    with pytest.raises(TypeError, match="takes the root of a graph"):
        viz.step(3.0)
    with pytest.raises(ValueError, match="too many for one step-through"):
        viz.step(matrix_view(MLP(30, [40, 40], rng=0), numpy.ones((1, 30)), numpy.ones((1, 40)), loss="mse"))


def test_it_prints_the_steps_and_is_saved_as_a_page_or_as_slides(tmp_path):
    stepper = viz.step(mazur(), X=[[0.05, 0.1, 0.01, 0.99]])
    assert repr(stepper).splitlines()[0].endswith("(2 × 1) = (2 × 2) (2 × 1) + 1 (1 × 1)") and len(stepper) == 14
    assert 100_000 < stepper.save(tmp_path / "page.html").stat().st_size < 1_000_000
    with pytest.raises(ValueError, match="saved as a page"):
        stepper.save(tmp_path / "page.png")
    bundle, asking = stepper._repr_mimebundle_(), viz.step(mazur(), X=[[0.05, 0.1, 0.01, 0.99]], ask=True)._repr_mimebundle_()
    assert bundle["text/plain"] == stepper.text and asking["text/plain"] == "L"
    assert "<pre>" in bundle["text/html"] and "</script><" not in bundle["text/html"].split("application/json")[1].split("</script>")[0]


def test_a_graph_without_layers_is_said_to_have_none():
    w, x, t = Value(3.0, "w"), Value(2.0, "x", constant=True), Value(1.0, "t", constant=True)
    program = vectorize((w * x - t) ** 2, [x, t], [w])
    assert viz.step(program, X=[[1, 2], [3, 4]])._data()["note"].startswith("This graph has no layers")
    assert viz.step(mazur(), X=[[0.05, 0.1, 0.01, 0.99]])._data()["note"] == ""


def _pretty(text):
    return text.replace("-", "−").replace("inf", "∞")


def _plain(letters):
    return "".join(text for _, text in letters)
