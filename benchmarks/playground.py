"""P13: the playground in Chromium: from a link to the first page that Python made, and from an expression to the next page."""

import os
import subprocess
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from .measuring import MissingPeer
from .pages import ARGUMENTS, chromium
from .table import Measurement, Record, bounded

ROOT = Path(__file__).parents[1]
LINK = "#e=z%20%3D%20w*x+b%0Atanh(z)&w=0.5&x=2&b=-0.25&const=x"  # no ready example
SHOWN = "before => { const frame = document.querySelector('iframe'); return frame && frame.src !== before && frame.contentDocument?.querySelector('.chalkgrad-step')?.shadowRoot; }"  # fmt: skip


def playground(starts: int = 3, expressions: int = 8) -> list[Record]:
    """The playground: the first page that Python made in the browser, and each later one."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise MissingPeer("playwright is not installed") from None
    environment = {**os.environ, "PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    built = subprocess.run(["bash", "docs/build"], cwd=ROOT, env=environment, capture_output=True, text=True)
    if built.returncode:
        raise MissingPeer(f"the site cannot be built: {built.stderr.strip().splitlines()[-1:]}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(ROOT / "docs/_build/html")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/playground/{LINK}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        first = [_opened(browser.new_context().new_page(), address)[0] for _ in range(starts)]
        _, page = _opened(browser.new_context().new_page(), address)
        later = [_typed(page, _expression(k)) for k in range(expressions + 1)][1:]
        browser.close()
    server.shutdown()
    return [
        bounded(
            "P13", "playground: from a link to the page that Python made in the browser", Measurement(tuple(first)), Measurement((5.0,))
        ),
        bounded("P13", "playground: a later expression of 25 nodes, to its page", Measurement(tuple(later)), Measurement((0.2,))),
    ]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *parts: Any) -> None:
        pass


def _expression(k: int) -> str:
    """An expression of 25 nodes: 4 leaves, 21 operations; another one for each k."""
    return "a*b" + "".join(f" {'+-*'[(i + k) % 3]} {'abcd'[i % 4]}" for i in range(20))


def _opened(page: Any, address: str) -> tuple[float, Any]:
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_function(SHOWN, arg="")
    return time.perf_counter() - start, page


def _typed(page: Any, text: str) -> float:
    page.fill("#expression", text)
    before = page.evaluate("document.querySelector('iframe').src")
    start = time.perf_counter()
    page.keyboard.press("Control+Enter")
    page.wait_for_function(SHOWN, arg=before)
    return time.perf_counter() - start
