"""The benchmarks measure what they say, at small sizes: counts and structure, never times."""

import doctest
import gc
import importlib
import os
import sys
import tracemalloc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy
import pytest

from autograd import Value, check, grad
from autograd.engine.order import topological_order
from benchmarks import __main__ as command_line
from benchmarks import (
    by_hand,
    checking,
    demo,
    edges,
    graphs,
    learning,
    measuring,
    pages,
    pictures,
    scale,
    serving,
    starting,
    table,
    turns,
    vectorised,
    whole_fits,
    workloads,
)
from benchmarks.table import Measurement, Record

FAST = Measurement((1.0, 1.0, 1.0))
SLOW = Measurement((8.0, 9.0, 7.0))


@pytest.fixture
def micrograd():
    return importlib.import_module("micrograd.engine")


@pytest.fixture
def in_this_process(monkeypatch):
    """Rows are measured in this process, where a test can change what they find."""
    monkeypatch.setattr(command_line, "in_fresh_process", lambda function: function())
    monkeypatch.setattr(command_line, "stay_within_cores", lambda: None)


@pytest.mark.parametrize("name", ["table", "measuring", "graphs"])
def test_the_examples_in_the_docstrings_are_true(name):
    found = doctest.testmod(importlib.import_module(f"benchmarks.{name}"), optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert found.attempted > 0
    assert found.failed == 0


# --- every row, small --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("row", "function", "target"), [("P1", demo.micrograd_demo, "≥ 10×"), ("P2", demo.network_demo, "≥ 45×")])
def test_a_step_of_the_demo_is_measured_beside_micrograd(micrograd, row, function, target):
    (record,) = function(points=4, repetitions=2)
    assert (record.row, record.against, record.target, record.problem) == (row, "micrograd", target, "")
    assert len(record.ours.numbers) == len(record.peer.numbers) == len(record.ratio.numbers) == 2


def test_a_step_that_computes_something_else_than_the_demo_is_not_compared_with_it(micrograd):
    record = demo._beside_micrograd("P1", "a step", lambda number: 1.0, graphs.two_moons(4), repetitions=1, at_least=6)
    assert "not the same computation: in step 1 the loss is 1.0" in record.problem
    assert record.ours is None
    assert not record.passed


def test_scale_has_a_line_for_every_shape_with_and_without_the_collector_and_two_for_memory(micrograd):
    records = scale.scale(small=700, large=2000, points=4, repetitions=1)
    assert all(record.row == "P5" and not record.problem for record in records)
    times, memory = records[:6], records[6:]
    assert [record.target for record in times] == ["≤ 1.5×", "≤ 3×"] * 3
    assert [record.what.split(" of ")[0] for record in times] == ["chain", "chain", "tree", "tree", "MLP", "MLP"]
    assert [record.target for record in memory] == ["≤ 200 B", "≤ 100 kB"] * 4
    assert memory[-1].against == "micrograd"


def test_the_time_per_node_of_a_large_graph_is_compared_with_that_of_a_small_one_in_the_same_process():
    small_and_large = [((1.0, 2.0, 1.0), (2.0, 2.0, 1.0)), ((2.0, 2.0, 1.0), (4.0, 4.0, 2.0)), ((1.0, 1.0, 1.0), (1.0, 5.0, 0.0))]
    record = scale._time_record("chain", True, 10, 1000, small_and_large)
    assert (record.peer.numbers, record.ours.numbers) == ((4, 5, 3), (5, 10, 6))
    assert record.ratio.numbers == (1.25, 2, 2)
    assert record.what == "chain of 1,000 nodes, collector on: time per node (build 2.0×, backward 2.0×, free 1.0×)"
    assert record.met


def test_import_autograd_is_measured_and_loads_nothing_it_does_not_need():
    cost, loaded = starting.starting(repetitions=2)
    assert len(cost.ours.numbers) == 2
    assert (cost.target, loaded.target) == ("≤ 40 ms", "≤ 0 modules")
    assert loaded.ours.median == 0
    assert loaded.met


def test_a_module_that_import_autograd_should_not_load_is_named(monkeypatch):
    monkeypatch.setattr(starting, "UNWANTED", ("fractions", "graphviz"))
    loaded = starting.starting(repetitions=1)[1]
    assert loaded.met is False
    assert loaded.what.endswith("loaded by import autograd: fractions")


def test_a_training_is_timed_and_its_accuracy_is_that_on_images_it_has_not_seen(monkeypatch):
    monkeypatch.setattr(learning, "in_fresh_process", lambda function, *arguments: function(*arguments))
    seconds, accuracy = learning.digits(repetitions=1, epochs=1)
    assert (seconds.target, accuracy.target) == ("≤ 10 s", "≥ 96 %") and len(seconds.ours.numbers) == 1
    assert 50 < accuracy.ours.median < 96 and not accuracy.passed, "one epoch is not enough"


def test_whole_trainings_take_turns_and_a_missing_peer_is_said(monkeypatch):
    turns = []

    def measured(side, epochs, seed):
        turns.append((side.__name__, epochs, seed))
        if side.__name__ == "pytorch":
            raise measuring.MissingPeer("torch is not installed: pip install torch")
        return (1.0, 97.0) if side.__name__ == "ours" else (2.0, 97.5)

    monkeypatch.setattr(whole_fits, "in_fresh_process", measured)
    beside_sklearn, beside_torch, accuracy = whole_fits.whole_fits(repetitions=2, epochs=3)
    assert turns == [(side, 3, k) for k in range(2) for side in ("ours", "scikit_learn", "pytorch")]
    assert (beside_sklearn.target, beside_sklearn.met, beside_sklearn.ratio.median) == ("≥ 1.8×", True, 2)
    assert "torch is not installed" in beside_torch.problem and accuracy.met


def test_our_side_and_scikit_learns_learn_the_same_digits():
    for side in (whole_fits.ours, whole_fits.scikit_learn):
        seconds, accuracy = side(2, 0)
        assert seconds > 0 and 60 < accuracy < 95


def test_programs_at_the_edges_stand_beside_the_scalar_engine():
    records = edges.edges(nodes=900, examples=5, repetitions=2)
    assert [(record.row, record.target, record.against) for record in records] == [("edges", f"≥ {k}×", "scalar engine") for k in (1, 10)]
    assert [len(record.ratio.numbers) for record in records] == [2, 2]


def test_compiling_is_measured_in_fresh_interpreters():
    (record,) = vectorised.compiling(workloads.moons(3), repetitions=2)
    assert record.what.startswith("vectorize for [2,16,16,1]") and record.target == "≤ 100 ms"
    assert all(0.001 < seconds < 5 for seconds in record.ours.numbers)


def test_steps_are_compared_with_every_peer_and_targets_stand_where_they_belong(monkeypatch):
    found = {
        name: FAST if name == "ours" else SLOW for name in ("ours", "plain NumPy", "buffered NumPy", "PyTorch", "HIPS autograd", "JAX")
    }
    monkeypatch.setattr(vectorised, "in_turns", lambda workload, commands, repetitions: {name: found[name] for name in commands})
    monkeypatch.setattr(vectorised, "_usable", lambda python: (python, ""))
    monkeypatch.setenv(vectorised.HIPS_PYTHON, "python elsewhere")
    records = vectorised.beside_numpy()
    assert [record.target for record in records] == ["≥ 1×", "", "≥ 6×", "", *["≥ 1×", "", "", ""] * 3] and all(r.passed for r in records)
    monkeypatch.setattr(vectorised, "_usable", lambda python: ("", "it is not there"))
    assert [r.against for r in vectorised.beside_numpy()][3::4] == ["HIPS autograd not measured: it is not there"] * 4
    assert [(r.target, r.ratio.median) for r in vectorised.beside_jax()] == [("≤ 1×", 1 / 8)] * 3 + [("≤ 1.05×", 1 / 8)]
    found["JAX"] = "jax is not installed: pip install jax"
    assert {r.problem for r in vectorised.beside_jax()} == {"jax is not installed: pip install jax"}


def test_pictures_are_measured_whole_and_folded():
    records = pictures.pictures(small=(1, 1), large=(2, 2), repetitions=1)
    assert [record.target for record in records] == ["≤ 100 ms", "≤ 2 s", "≤ 2 s"]
    assert records[0].what.startswith("draw a graph of ") and all(len(record.ours.numbers) == 1 for record in records)


def test_tangled_graphs_are_measured_with_every_node():
    records = pictures.tangled(small=20, large=40, repetitions=1)
    assert [(record.target, record.what) for record in records] == [
        ("≤ 100 ms", "draw a tangled graph of 20 nodes as SVG: every node"),
        ("≤ 2 s", "draw a tangled graph of 40 nodes as SVG: every node"),
    ]


@pytest.mark.parametrize("nodes", [pictures.TANGLED, pictures.MORE_TANGLED])
def test_a_tangled_graph_has_the_nodes_that_were_asked_for_and_uses_many_of_them_again(nodes):
    order = topological_order(pictures.tangled_graph(nodes))
    used = Counter(parent for node in order for parent in node.parents)
    assert len(order) == nodes and sum(count > 1 for count in used.values()) > nodes / 5


def test_a_page_is_measured_and_where_there_is_no_browser_the_line_says_so(monkeypatch):
    monkeypatch.setattr(pages.shutil, "which", lambda name: None)
    records = pages.pages(size=(1, 1), repetitions=1)
    assert [record.target for record in records] == ["≤ 500 ms", "≤ 1 MB", ""]
    assert 10_000 < records[1].ours.median < 1e6
    assert records[2].against.startswith("not measured: ") and records[2].ours is None and records[2].passed


@pytest.mark.browser
def test_key_presses_are_timed_until_they_are_painted():
    with ThreadPoolExecutor(1) as apart:  # another test of this process may have a browser open, and a thread has one at most
        record = apart.submit(pages.pages, size=(1, 1), repetitions=1, presses=2).result()[2]
    assert record.target == "≤ 50 ms" and len(record.ours.numbers) == 4
    assert all(0 < seconds < 5 for seconds in record.ours.numbers)


@pytest.mark.parametrize(("size", "nodes"), [(pictures.SMALL, 200), (pictures.LARGE, 3000)])
def test_the_graphs_that_are_drawn_have_about_as_many_nodes_as_were_asked_for(size, nodes):
    assert nodes * 0.95 <= len(topological_order(pictures.network_graph(*size))) <= nodes


# --- the graphs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nodes", [2000, 10_000])
@pytest.mark.parametrize("shape", scale.SHAPES)
def test_a_graph_has_about_as_many_nodes_as_were_asked_for(shape, nodes):
    y = scale.SHAPES[shape](Value, nodes)
    assert graphs.count_nodes(y) == len(topological_order(y))
    assert nodes - graphs.NODES_PER_POINT <= graphs.count_nodes(y) <= nodes


def test_the_graph_of_the_demo_has_65818_nodes_on_both_engines(micrograd):
    nn = measuring.peer("micrograd.nn")
    for leaf in (Value, micrograd.Value):
        loss = graphs.micrograd_loss(graphs.micrograd_model(nn, leaf), leaf, *graphs.two_moons(100))
        assert type(loss) is leaf
        assert graphs.count_nodes(loss) == 65_818


def test_the_model_of_the_demo_has_the_same_weights_on_both_engines_and_leaves_micrograd_as_it_was(micrograd):
    nn = measuring.peer("micrograd.nn")
    theirs = graphs.micrograd_model(nn, micrograd.Value).parameters()
    ours = graphs.micrograd_model(nn, Value).parameters()
    assert nn.Value is micrograd.Value
    assert {type(p) for p in ours} == {Value}
    assert [p.data for p in ours] == [p.data for p in theirs]
    assert len(ours) == 337


def test_our_mlp_trains_as_the_demo_does(micrograd):
    nn, data = measuring.peer("micrograd.nn"), graphs.two_moons(10)
    theirs = graphs.micrograd_model(nn, micrograd.Value)
    step = demo.our_step(theirs, *data)
    losses = [(step(k), graphs.micrograd_step(theirs, micrograd.Value, *data, k)) for k in range(4)]
    assert all(ours == pytest.approx(expected, rel=1e-9) for ours, expected in losses)
    assert losses[-1][0] != losses[0][0]


# --- a step written by hand, and in frameworks ---------------------------------------------------------------------


def small_workloads():
    """One for each loss, with several layers."""
    return [workloads.moons(7), workloads.images((5, 4, 3), 6)]


def each_workload(test):
    return pytest.mark.parametrize("workload", small_workloads(), ids=lambda workload: workload.loss)(test)


@each_workload
def test_the_gradients_written_by_hand_are_those_of_the_scalar_graph(workload):
    from benchmarks.ours import one_example

    losses, gradients = [], []
    for k in range(len(workload.X)):
        y, _, parameters = one_example(replace(workload, X=workload.X[k : k + 1], targets=workload.targets[k : k + 1]))
        losses.append(y.data)
        gradients.append(grad(y, parameters))
    for step in (by_hand.Plain(workload), by_hand.Buffered(workload)):
        loss, found = hand_gradients(step)
        assert loss == pytest.approx(numpy.mean(losses), rel=1e-12)
        assert found == pytest.approx(numpy.mean(gradients, axis=0), rel=1e-10, abs=1e-13)


def hand_gradients(step):
    """The loss and one vector in the order of the parameters of an MLP: for each neuron its weights, then its bias."""
    found = step.gradients()
    loss, pairs = found if isinstance(found, tuple) else (found, list(zip(step.dW, step.db, strict=True)))
    return loss, numpy.concatenate([numpy.column_stack([dW.T, db]).ravel() for dW, db in pairs])


@each_workload
def test_both_ways_to_write_it_by_hand_make_the_same_steps_and_leave_the_workload_as_it_was(workload):
    before = workload.parameters
    plain, buffered = by_hand.Plain(workload), by_hand.Buffered(workload)
    losses = [(plain(), buffered()) for _ in range(20)]
    assert all(a == pytest.approx(b, rel=1e-12) for a, b in losses)
    assert losses[-1][0] < losses[0][0]
    assert (workload.parameters == before).all()


@each_workload
@pytest.mark.parametrize("make", [pytest.param("pytorch", marks=pytest.mark.torch), pytest.param("jax", marks=pytest.mark.jax)])
def test_every_form_of_a_framework_makes_the_steps_that_are_written_by_hand(workload, make):
    from benchmarks import frameworks

    plain = by_hand.Plain(workload)
    expected = [plain() for _ in range(5)]
    for form, step in getattr(frameworks, make)(workload).items():
        assert [step() for _ in range(5)] == pytest.approx(expected, rel=1e-10), form


def test_the_buffered_form_makes_no_arrays():
    step = by_hand.Buffered(workloads.moons(2000))
    step()
    tracemalloc.start()
    step()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2000 * 16 * 8 / 2, "half a hidden layer; adding a row to all rows takes 64 kB inside NumPy, at any size"


@each_workload
def test_a_workload_comes_back_from_its_file_as_it_was(workload, tmp_path):
    again = workloads.Workload.load(workload.save(tmp_path / "workload.npz"))
    assert (again.name, again.loss, again.lr, again.alpha) == (workload.name, workload.loss, workload.lr, workload.alpha)
    assert (again.parameters == workload.parameters).all() and (again.X == workload.X).all() and (again.targets == workload.targets).all()


def test_the_four_columns_are_those_of_the_table():
    assert [workload.name for workload in workloads.columns()] == [
        "[2,16,16,1] batch 100", "[2,16,16,1] batch 1000", "[64,32,10] batch 128", "[784,128,10] batch 128",
    ]  # fmt: skip


# --- sides in turn -----------------------------------------------------------------------------------------------


def test_sides_are_programs_of_their_own_whose_steps_are_timed_in_turn():
    found = turns.in_turns(workloads.moons(5), {name: turns.command(name) for name in ("plain NumPy", "buffered NumPy")}, repetitions=2)
    assert [len(found[name].numbers) for name in ("plain NumPy", "buffered NumPy")] == [2, 2]
    assert all(0 < seconds < 1 for side in found.values() for seconds in side.numbers)


def test_a_side_that_computes_something_else_is_not_compared(tmp_path):
    cheat = tmp_path / "cheat.py"
    cheat.write_text("import sys\nfrom benchmarks.serving import serving\nserving(lambda: {'': lambda: 1.0})\n")
    commands = {"plain NumPy": turns.command("plain NumPy"), "cheat": [sys.executable, "-c", cheat.read_text()]}
    found = turns.in_turns(workloads.moons(5), commands, repetitions=1)
    assert "not the same computation: in step 1 of 5 plain NumPy loses" in found["cheat"]
    assert "not the same computation" in vectorised._faster("a step", {"ours": found["plain NumPy"], **found}, "cheat", 6).problem


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise RuntimeError('no luck')", "broken failed: .*RuntimeError: no luck"),
        ("from benchmarks.serving import serving; serving(lambda: 1 / 0)", "broken failed: ZeroDivisionError"),
        (
            "from benchmarks import measuring, serving; serving.serving(lambda: measuring.peer('no_such'))",
            "^no_such is not installed: pip install",
        ),
    ],
)
def test_a_side_that_fails_says_why(program, words):
    with pytest.raises(turns.CannotCompare, match=words):
        turns.Side("broken", [sys.executable, "-c", program])


def test_the_fastest_form_is_served_and_forms_that_differ_are_refused(monkeypatch):
    said, ticks = [], {"slow": 5.0, "fast": 1.0}
    monkeypatch.setattr(serving, "_say", said.append)
    monkeypatch.setattr(sys, "stdin", ["\n", "\n"])
    forms = {name: (lambda: 0.5) for name in ticks}
    monkeypatch.setattr(serving, "seconds_per_step", lambda step, steps: next(s for name, s in ticks.items() if forms[name] is step))
    serving.serve(forms)
    assert said == [{"form": "fast", "losses": [0.5] * 5}, 1.0, 1.0]
    with pytest.raises(ValueError, match="do not compute the same"):
        serving.serve({"a": lambda: 0.5, "b": lambda: 0.6})


def test_a_peer_of_the_same_import_name_comes_from_an_interpreter_of_its_own_or_is_not_measured(monkeypatch):
    monkeypatch.setenv(vectorised.HIPS_PYTHON, sys.executable)  # which has ours
    with vectorised.hips_interpreter() as (python, why):
        assert python == "" and "does not have it" in why
    monkeypatch.delenv(vectorised.HIPS_PYTHON)

    def no_pip(*arguments, **options):
        raise OSError

    monkeypatch.setattr(vectorised.subprocess, "run", no_pip)
    with vectorised.hips_interpreter() as (python, why):
        assert python == "" and "HIPS_AUTOGRAD_PYTHON" in why


# --- memory ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", scale.SHAPES)
def test_a_graph_takes_at_most_200_bytes_for_a_node_and_gives_them_back_without_the_collector(shape):
    found = measuring.in_fresh_process(scale.memory_of_shape, shape, 20_000)
    assert 100 < found.held.median <= 200
    assert found.peak.median >= found.held.median
    assert abs(found.left.median) <= 20_000  # of more than two million


def test_what_only_the_collector_could_free_counts_as_left():
    collecting = []

    class Node:
        _prev = ()

        def __init__(self):
            self.me, self.ballast = self, bytearray(1_000_000)

        def backward(self):
            collecting.append(gc.isenabled())

    assert scale.memory(Node).left.median > 1_000_000
    assert collecting == [False, False]
    assert gc.isenabled()


# --- measuring ---------------------------------------------------------------------------------------------------


def test_sides_take_turns_and_the_first_round_does_not_count():
    calls = []
    found = measuring.interleaved({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, repetitions=3)
    assert calls == ["a", "b"] * 4
    assert [len(found[name].numbers) for name in "ab"] == [3, 3]


def test_time_is_taken_before_and_after_each_call():
    ticks = iter([100.0, 101.0, 10.0, 12.0, 20.0, 25.0])  # the warm-up, then two repetitions
    found = measuring.interleaved({"a": lambda: None}, repetitions=2, clock=lambda: next(ticks))
    assert found["a"].numbers == (2.0, 5.0)


def test_calls_in_a_row_share_the_time_between_them():
    ticks, calls = iter([0.0, 1.0, 10.0, 16.0]), []
    found = measuring.interleaved({"a": lambda: calls.append("a")}, repetitions=1, clock=lambda: next(ticks), in_a_row=3)
    assert (found["a"].numbers, len(calls)) == ((2.0,), 6)


def test_a_fresh_process_is_another_interpreter():
    assert measuring.in_fresh_process(os.getpid) != os.getpid()


def test_an_error_in_a_fresh_process_comes_back():
    with pytest.raises(measuring.MissingPeer, match="no_such_engine is not installed: pip install no_such_engine"):
        measuring.in_fresh_process(measuring.peer, "no_such_engine")


def test_measuring_stays_within_two_cores(monkeypatch):
    asked = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3, 5, 6, 7}, raising=False)
    monkeypatch.setattr(os, "sched_setaffinity", lambda process, cores: asked.append(cores), raising=False)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "8")
    measuring.stay_within_cores()
    assert asked == [[3, 5]]
    assert os.environ["OMP_NUM_THREADS"] == os.environ["MKL_NUM_THREADS"] == "2"


def test_a_peer_that_is_there_but_does_not_load_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "broken_peer.py").write_text("import what_it_needs\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(measuring.MissingPeer, match="broken_peer cannot be imported: No module named 'what_it_needs'"):
        measuring.peer("broken_peer")


# --- the table and the exit code ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("limit", "met"), [(8, True), (8.5, False), (None, None)])
def test_the_median_of_the_ratios_decides_how_many_times_faster_ours_is(limit, met):
    record = table.times_faster("P1", "a step", FAST, "micrograd", SLOW, limit)
    assert (record.ratio.median, record.met, record.passed) == (8, met, met is not False)


@pytest.mark.parametrize(("limit", "met"), [(8, True), (7.5, False)])
def test_times_as_much_is_the_other_way_round(limit, met):
    record = table.times_as_much("P5", "time per node", SLOW, "at 10,000", FAST, limit)
    assert (record.ratio.median, record.met) == (8, met)


def test_a_ratio_is_taken_round_by_round():
    assert table.ratio(SLOW, Measurement((4.0, 3.0, 7.0))).numbers == (2, 3, 1)


def test_all_lines_of_the_table_have_all_columns():
    records = [
        table.times_faster("P1", "a step | of\nthe demo", FAST, "micrograd", SLOW, 6),
        table.bounded("P9", "import", Measurement((0.07,)), Measurement((0.06,))),
        Record("P5", "scale", problem="micrograd is not installed: pip install micrograd"),
    ]
    lines = table.table(records).splitlines()
    assert len(lines) == 2 + len(records)
    assert {line.count("|") for line in lines} == {8}
    assert len({len(line) for line in lines}) == 1
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[2] == ["P1", "a step / of the demo", "1 s (1–1)", "micrograd 8 s (7–9)", "8× (7–9)", "≥ 6×", "yes"]
    assert cells[3] == ["P9", "import", "70 ms", "", "", "≤ 60 ms", "NO"]
    assert cells[4] == ["P5", "scale", "", "micrograd is not installed: pip install micrograd", "", "", ""]


@pytest.mark.parametrize(
    ("measurement", "text"),
    [((0.0000123,), "12.3 µs"), ((1.234,), "1.23 s"), ((0.0,), "0 ns"), ((-0.002, 0.004, 0.003), "3 ms (-2–4)"), ((1234.0,), "1234 s")],
)
def test_a_measurement_is_printed_in_the_unit_that_suits_its_median(measurement, text):
    assert str(Measurement(measurement)) == text


def test_a_missing_peer_is_said_in_its_row_and_in_the_exit_code(monkeypatch, capsys, in_this_process):
    class NotInstalled:
        def find_spec(self, name, path=None, target=None):
            if name == "micrograd":
                raise ModuleNotFoundError("No module named 'micrograd'", name=name)

    for name in ("micrograd", "micrograd.nn", "micrograd.engine"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "meta_path", [NotInstalled(), *sys.meta_path])
    assert command_line.main(["P1"]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| P1")]
    assert [cell.strip() for cell in line.split("|")][2:5] == [
        "micrograd's own demo code, unchanged, on its Value and on ours.",
        "",
        "micrograd is not installed: pip install micrograd",
    ]


def failing():
    """A row that fails."""
    raise RecursionError("too deep")


def missing():
    """A row that misses its target."""
    return [table.times_faster("slow", "a step", SLOW, "a peer", FAST, at_least=6)]


def passing():
    """A row that reaches its target."""
    return [table.times_faster("fast", "a step", FAST, "a peer", SLOW, at_least=6)]


@pytest.mark.parametrize(("rows", "code"), [(["fast"], 0), (["slow"], 1), (["broken"], 1), (["broken", "slow", "fast"], 1), ([], 1)])
def test_the_exit_code_is_0_only_if_every_target_is_met_and_no_row_hides_another(monkeypatch, capsys, in_this_process, rows, code):
    monkeypatch.setattr(command_line, "ROWS", {"fast": passing, "slow": missing, "broken": failing})
    assert command_line.main(rows) == code
    printed = [line.split("|")[1].strip() for line in capsys.readouterr().out.splitlines()[2:]]
    assert printed == (rows or ["fast", "slow", "broken"])


def test_a_row_that_fails_says_why(monkeypatch, in_this_process):
    monkeypatch.setattr(command_line, "ROWS", {"broken": failing})
    (record,) = command_line.measured("broken")
    assert (record.what, record.problem) == ("A row that fails.", "failed: RecursionError: too deep")


def test_a_row_that_does_not_exist_is_refused_with_those_that_do(capsys):
    with pytest.raises(SystemExit) as refused:
        command_line.main(["P1", "P99"])
    assert refused.value.code == 2
    assert (
        "there is no row P99; there are P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13, edges, digits, scalars"
        in capsys.readouterr().err
    )


def test_every_row_has_a_title_and_a_place_in_the_readme():
    with open(os.path.join(os.path.dirname(measuring.__file__), "README.md"), encoding="utf-8") as file:
        readme = file.read()
    for name in command_line.ROWS:
        assert command_line.title(name).endswith(".")
        assert f"\n| {name} |" in readme


def test_the_hand_check_of_a_chain_is_measured_beside_one_half_as_long():
    one, two = checking.checking(nodes=6, repetitions=1)
    assert (one.row, one.target, two.target, two.against) == ("P11", "≤ 1 s", "≤ 2.5×", "6 nodes")
    assert not check(checking.chain(6), values={f"u{k}": 1000 + 7.25 * k for k in range(6)}).score
