"""What is shown while a training runs: one line in a notebook, which changes in place; outside of one a bar on stderr."""

import sys
from types import SimpleNamespace

import pytest

from nn import Neuron, progress

nbformat = pytest.importorskip("nbformat")


class Shown:
    """What a notebook is asked to show: the first state, and the changes to it."""

    def __init__(self):
        self.texts, self.displays = [], 0

    def display(self, content, raw, display_id):
        assert raw and display_id
        self.displays += 1
        self.update(content, raw)
        return self

    def update(self, content, raw):
        assert raw and list(content) == ["text/plain"]
        self.texts.append(content["text/plain"])


@pytest.fixture
def notebook(monkeypatch):
    shown = Shown()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=True)))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=shown.display))
    return shown


def test_a_notebook_has_one_line_that_ends_with_the_last_epoch_and_nothing_on_stderr(notebook, capsys):
    history = Neuron(1).fit([[1.0]] * 4, [1.0] * 4, epochs=300, validation_split=0.5)
    assert notebook.displays == 1 and notebook.texts[0] == "engine: vectorized, epoch 0/300"
    assert (
        notebook.texts[-1] == f"engine: vectorized, epoch 300/300, loss {history['loss'][-1]:.4g}, val_loss {history['val_loss'][-1]:.4g}"
    )
    assert capsys.readouterr() == ("", "")


def test_the_line_changes_a_few_times_a_second_however_many_epochs_there_are(notebook, monkeypatch):
    clock = iter(k / 100 for k in range(10_000))
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    Neuron(1).fit([[1.0]], [1.0], epochs=1000)
    assert 2 < len(notebook.texts) <= 2 + 1000 / 100 / progress.OFTEN + 1


def test_a_training_that_is_interrupted_leaves_its_line_where_it_was(notebook):
    def interrupted(prediction, target):
        if len(notebook.texts) and interrupted.calls == 2:
            raise KeyboardInterrupt
        interrupted.calls += 1
        return prediction[0] - target[0]

    interrupted.calls = 0
    Neuron(1).fit([[1.0]], [1.0], loss=interrupted, epochs=9)
    assert notebook.texts[0].startswith("engine: scalar, because the loss is a function of one's own")
    assert "epoch 2/9" in notebook.texts[-1]


def test_a_console_of_ipython_is_no_notebook(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace()))
    Neuron(1).fit([[1.0]], [1.0], epochs=2)
    assert "engine: vectorized" in capsys.readouterr().err


def test_an_executed_notebook_holds_the_last_state_and_no_red_box():
    from nbclient import NotebookClient

    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("from nn import Neuron\nh = Neuron(1).fit([[1.0]], [1.0], epochs=50)")]
    )
    NotebookClient(book, timeout=60).execute()
    (output,) = book.cells[0].outputs
    assert output["output_type"] == "display_data" and "epoch 50/50" in output["data"]["text/plain"]
