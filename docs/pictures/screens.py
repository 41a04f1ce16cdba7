"""Takes the pictures of the step-through that the README shows, and four more to look at: python docs/pictures/screens.py.

Needs Chromium and the packages of [test]. The two pictures of the README are stored, the others go where the first
argument says (nowhere without one).
"""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from playwright.sync_api import sync_playwright  # noqa: E402

from autograd import Value, examples, parse  # noqa: E402
from viz import step  # noqa: E402

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


class View(NamedTuple):
    """What to open, in which colours, and what to do there before the picture is taken."""

    y: Callable[[], Value]
    address: str
    scheme: str
    act: Callable[[Any], None] = lambda page: None


def answer(text: str) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        page.locator("input.answer").fill(text)
        page.keyboard.press("Enter")

    return act


def drag(tab: str, slider: str, to: str) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        page.click(f"#tab-{tab}")
        page.locator(slider).first.fill(to)

    return act


def fan_out() -> Value:
    return parse("c = a + b; d = b + 1; e = c*d", a=2, b=-3)


VIEWS = {
    "step_ask": View(examples.J, "#step=8&ask=backward", "light", answer("4")),
    "step_fan_out": View(fan_out, "#step=9", "dark"),
    "step_start": View(examples.J, "", "light"),
    "step_forward": View(examples.logistic, "#step=4", "light"),
    "step_what_if": View(examples.J, "#step=9", "light", drag("whatif", "#panel-whatif input[type=range]", "9")),
    "step_wiggle": View(fan_out, "#step=3", "light", drag("wiggle", "#panel-wiggle input[type=range]", "0.5")),
}
STORED = ("step_ask", "step_fan_out")


def main(folder: Path | None) -> None:
    chromium = next(found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name)))
    with TemporaryDirectory() as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        for name, view in VIEWS.items():
            path = step(view.y()).save(Path(place) / f"{name}.html")
            page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme=view.scheme)
            page.goto(f"{path.as_uri()}{view.address}")
            view.act(page)
            for target in [HERE / f"{name}.png"] * (name in STORED) + [folder / f"{name}.png" for _ in range(folder is not None)]:
                page.screenshot(path=target)
                print(target)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
