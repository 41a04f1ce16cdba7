"""P8: the step-through page of a graph: making it, its size, and how soon a key press is on the screen of a browser."""

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from autograd import Value, topological_order
from autograd import steps as passes

from .measuring import interleaved
from .pictures import SMALL, network_graph
from .table import Measurement, Record, bounded

PRESSES, WARM_UP = 30, 5  # for each place from which the page is stepped through
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]

# What is done for a key press is done in its event and, at the latest, in the next frame: the time from the one to the
# moment when the other has been painted, which is when a message that the frame sends to itself arrives.
LISTEN = """() => {
  window.repaints = [];
  document.addEventListener("keydown", () => {
    const pressed = performance.now(), channel = new MessageChannel();
    channel.port1.onmessage = () => window.repaints.push(performance.now() - pressed);
    requestAnimationFrame(() => channel.port2.postMessage(0));
  }, true);
}"""
READY = "() => document.querySelector('div.chalkgrad-step')?.shadowRoot?.querySelector('.where')?.textContent"


def pages(size: tuple[int, int] = SMALL, repetitions: int = 7, presses: int = PRESSES) -> list[Record]:
    """The step-through page of a graph of 200 nodes, made and stepped through."""
    y = network_graph(*size)
    what = f"step-through page of a graph of {len(topological_order(y)):,} nodes"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        found = interleaved({"ours": partial(_save, y, path)}, repetitions)
        length, steps = Measurement((path.stat().st_size,), "B"), len(passes(y))
        return [
            bounded("P8", f"{what}: made and saved", found["ours"], Measurement((0.5,))),
            bounded("P8", f"{what}: its size", length, Measurement((1e6,), "B")),
            _repainted(f"{what}: from a key press to the repainted screen, in Chromium", path, (0, 2 * steps // 3), presses),
        ]


def _save(y: Value, path: Path) -> None:
    from viz import step

    step(y).save(path)


def chromium() -> str | None:
    """Where Chromium is on this machine."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def _repainted(what: str, path: Path, starts: Sequence[int], presses: int) -> Record:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return Record("P8", what, against="not measured: playwright is not installed")
    if chromium() is None:
        return Record("P8", what, against="not measured: there is no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        seconds = [found for start in starts for found in repaints(browser.new_page(), f"{path.as_uri()}#step={start}", presses)]
        browser.close()
    return bounded("P8", what, Measurement(tuple(seconds)), Measurement((0.050,)))


def repaints(page: Any, address: str, presses: int) -> list[float]:
    """The seconds that each press of the right arrow key takes to be painted."""
    page.goto(address)
    page.wait_for_function(READY)
    page.evaluate(LISTEN)
    for number in range(1, WARM_UP + presses + 1):
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"() => window.repaints.length === {number}")
    return [milliseconds / 1000 for milliseconds in page.evaluate("() => window.repaints")[WARM_UP:]]
