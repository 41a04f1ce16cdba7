"""Settings of every test, and a real browser for those marked `browser`: chromium from the system, the rest from [test].

Hypothesis draws the same examples in each run, and never fails because a machine is slow. A missing browser makes its tests
fail, because a page that nobody has looked at is not known to be right; leave them out with -m "not browser".
"""

import shutil

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("chalkgrad", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("chalkgrad")

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


@pytest.fixture
def page(browser):
    """A page on which an error of a script, or a request that leaves this machine, fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    errors, outside = [], []

    def noted(error):
        first = next((line for line in (error.stack or "").splitlines() if line.strip().startswith("at ")), "")
        if "/static/lab/" not in first:  # JupyterLab's own code throws at times, whatever is in the notebook
            errors.append(f"{error} {error.stack}")

    opened.on("pageerror", noted)
    opened.on(
        "request",
        lambda request: outside.append(request.url) if request.url.startswith("http") and "//127.0.0.1" not in request.url else None,
    )
    yield opened
    context.close()
    assert not errors, errors
    assert not outside, outside
