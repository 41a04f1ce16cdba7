"""Settings of every test, and a real browser for those marked `browser`: chromium from the system, the rest from [test].

Hypothesis draws the same examples in each run, and never fails because a machine is slow. A missing browser makes its tests
fail, because a page that nobody has looked at is not known to be right; leave them out with -m "not browser".
"""

import shutil
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("chalkgrad", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("chalkgrad")

PATIENCE = 90_000  # milliseconds for what is waited for: a test fails by what it finds, and not because a machine is slow
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    chromium = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    assert chromium, "the tests marked browser need chromium (Debian: apt-get install chromium fonts-dejavu)"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield running
        running.close()


@dataclass
class Watched:
    """A page, and what has gone wrong on it: errors of scripts, dialogs that opened, requests that left this machine."""

    page: Any
    wrong: list[str]

    @classmethod
    def opened(cls, browser) -> "Watched":
        watched = cls(browser.new_context().new_page(), [])
        watched.page.set_default_timeout(PATIENCE)
        watched.page.on("pageerror", watched.error)
        watched.page.on("dialog", watched.dialog)
        watched.page.on("request", watched.request)
        watched.put_back()
        return watched

    def error(self, error):
        first = next((line for line in (error.stack or "").splitlines() if line.strip().startswith("at ")), "")
        if "/static/lab/" not in first:  # JupyterLab's own code throws at times, whatever is in the notebook
            self.wrong.append(f"{error} {error.stack}")

    def dialog(self, dialog):
        if dialog.type != "beforeunload":
            self.wrong.append(f"{dialog.type}: {dialog.message}")
        dialog.accept()

    def request(self, request):
        if request.url.startswith("http") and "//127.0.0.1" not in request.url:
            self.wrong.append(request.url)

    def put_back(self):
        """An empty page again, as large, as bright and as connected as every test finds it."""
        self.page.unroute_all()
        self.page.goto("about:blank")
        self.page.context.set_offline(False)
        self.page.context.clear_permissions()
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.page.emulate_media(color_scheme="light", reduced_motion="no-preference", forced_colors="none", media="null")
        self.page.mouse.move(0, 0)


@pytest.fixture(scope="session")
def kept_page():
    """The page that the tests of a process use one after the other: a new one costs six times what opening a file in it does."""
    return []


@pytest.fixture
def page(browser, kept_page, request):
    """A page on which an error of a script, a dialog, or a request that leaves this machine fails the test."""
    watched = kept_page.pop() if kept_page else Watched.opened(browser)
    failed = request.session.testsfailed
    yield watched.page
    if request.session.testsfailed > failed:  # whatever state it is in, the next test does not find it
        watched.page.context.close()
    else:
        watched.put_back()
        kept_page.append(watched)
    wrong, watched.wrong = watched.wrong, []
    assert not wrong, wrong
