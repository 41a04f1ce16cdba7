"""What a training shows while it runs: in a notebook one line that changes in place, elsewhere a line and tqdm's bar on stderr."""

import sys
from time import monotonic
from typing import Any

from .history import History

OFTEN = 0.2  # seconds between two states of the line in a notebook


class Progress:
    """The progress of a training of some epochs: `start` and `close` once, `advance` after each epoch."""

    def __init__(self, history: History, epochs: int):
        self.history, self.epochs = history, epochs
        self.shown_at, self.line, self.bar = monotonic(), None, None

    def start(self) -> None:
        """Says which engine it is, and why."""
        if _in_notebook():
            from IPython.display import display

            self.line = display({"text/plain": self._text()}, raw=True, display_id=True)
            return
        print(_engine_line(self.history), file=sys.stderr)
        self.bar = _bar(self.epochs)

    def advance(self) -> None:
        """An epoch is over."""
        if self.line is not None and monotonic() - self.shown_at >= OFTEN:
            self._show()
        if self.bar is not None:
            self.bar.set_postfix_str(_losses(self.history), refresh=False)
            self.bar.update()

    def close(self) -> None:
        """The training is over."""
        if self.line is not None:
            self._show()
        if self.bar is not None:
            self.bar.close()

    def _show(self) -> None:
        self.shown_at = monotonic()
        self.line.update({"text/plain": self._text()}, raw=True)  # type: ignore[attr-defined]

    def _text(self) -> str:
        return ", ".join(filter(None, (_engine_line(self.history), f"epoch {self.history.epochs}/{self.epochs}", _losses(self.history))))


def _engine_line(history: History) -> str:
    return f"engine: {history.engine}" + (f", because {history.reason}" if history.reason else "")


def _losses(history: History) -> str:
    return ", ".join(f"{name} {series[-1]:.4g}" for name, series in history.series.items())


def _in_notebook() -> bool:
    """Whether a kernel of Jupyter runs this; IPython is not loaded to find out."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def _bar(epochs: int) -> Any:
    try:
        from tqdm import tqdm
    except ImportError:  # it is an extra
        return None
    return tqdm(total=epochs, unit="epoch")
