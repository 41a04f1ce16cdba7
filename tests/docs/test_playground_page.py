"""The playground as a visitor meets it: a link, a form, the frame with the steps, the back button, a phone."""

import gzip
import json
import os
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
SITE = ROOT / "docs" / "_build" / "html"
NEURON = "#e=z%20%3D%20w*x+b%0Atanh(z)&w=0.5&x=2&b=-0.25&const=x&lang=es&step=3"
MINUTE = 60_000
SHOWN = "document.querySelector('iframe').src"

RIGHT = ["a", "a*a", "3*(a + b)", "u = a*b; v = u + a; v**2", "exp(a) / (exp(a) + exp(b))", "max(a, b)", "relu(-a)", "a^2", "ln(a)", "σ(a)",
         "sqrt(a) - abs(b)", "1/(a - a)", "log(-a)", "-a**2", "clip(a, 0, 1)", "total(a, b, a, b)", "2.5e3*a", "pi*a**2"]  # fmt: skip
WRONG = ["", "3(a + b)", "a +", "f(a)", "a b", "a = a + 1", "((((", "a..b", "<script>alert(1)</script>", "__import__('os').system('ls')",
         "a\u202eb", "'; drop table", "(" * 3000, "a/" * 3000 + "a", "x" * 200 + " + a"]  # fmt: skip
LARGE = ["+".join(["a*b"] * 1500), "(" * 60 + "a" + "+b)" * 60, "**".join(["a"] * 300)]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *parts):
        pass


@pytest.fixture(scope="session")
def site():
    """The address of the playground, built as its visitors get it and served on this machine alone."""
    environment = {**os.environ, "PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    built = subprocess.run(["bash", "docs/build"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr[-2000:]
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/playground/"
    server.shutdown()


def opened(page, address: str):
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("iframe", timeout=MINUTE)
    page.frame_locator("iframe").locator(".where").wait_for(timeout=MINUTE)
    return page.frame_locator("iframe")


def starts_of_python(page) -> list[str]:
    """What grows with each Python that is started in the page from now on."""
    starts: list[str] = []
    page.on("request", lambda request: starts.append(request.url) if request.url.endswith("/python_stdlib.zip") else None)
    return starts


def where(frame) -> str:
    return frame.locator(".where").inner_text()


def test_a_ready_example_needs_no_python_and_the_address_goes_along(site, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    frame = opened(page, site)
    frame.locator(".bar .next").click()
    frame.locator(".bar .next").click()
    page.wait_for_url("**&step=2")
    assert not [url for url in asked if "/python/" in url]
    link = page.url
    assert " 2 " in f"{where(opened(page, link))} "  # the link of what is seen gives the same
    page.select_option(".choices select", "logistic")  # another example; then back
    page.wait_for_url("**w1*x1**")
    page.go_back()
    page.wait_for_url(link)
    page.frame_locator("iframe").locator(".where", has_text="2").wait_for()
    page.go_forward()
    page.wait_for_url("**w1*x1**")
    assert not [url for url in asked if "/python/" in url]


def test_a_link_with_an_expression_language_data_and_step(site, page):
    starts = starts_of_python(page)
    frame = opened(page, site + NEURON)
    assert page.locator("html").get_attribute("lang") == "es" and page.locator("[data-leaf=x] input[type=checkbox]").is_checked()
    assert "3" in where(frame) and frame.locator("html").get_attribute("lang") == "es"
    assert page.locator("iframe").evaluate("frame => frame.getBoundingClientRect().top") < 100, "the steps are in view, not the form"
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**&step=4")  # and the keys are theirs
    assert len(starts) == 1, "Python goes on from the memory that the site has"
    page.keyboard.press("ArrowLeft")
    page.click("#tab-check")
    page.fill("#answers", "dJ/dw=9")
    page.press("#answers", "Enter")
    page.get_by_text("0/1").wait_for()
    page.click("#tab-derive")
    page.locator(".formula math").wait_for()
    page.click("#tab-code")
    assert "dw += du * x" in page.locator("#pane-code pre").first.inner_text()
    page.click("#tab-drawing")
    assert page.locator("#pane-drawing img").evaluate("async img => (await img.decode(), img.naturalWidth)") > 300
    assert page.url.endswith("&tab=drawing")


def test_what_is_saved_is_a_page_that_stands_alone(site, page, tmp_path):
    opened(page, site)
    with page.expect_download() as download:
        page.click(".save")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == "J.html" and path.stat().st_size < 150_000
    page.goto(path.as_uri() + "#step=4")
    page.locator(".where", has_text="4").wait_for()


def test_whatever_is_typed_gives_a_page_or_one_sentence(site, page):
    # Also where the memory of a started Python does not fit, and Python starts the long way.
    page.route("**/started.packed", lambda route: route.fulfill(body=gzip.compress(bytes(2**20)), content_type="application/octet-stream"))
    starts = starts_of_python(page)
    opened(page, site)
    before = page.evaluate(SHOWN)
    for text in [*RIGHT, *WRONG, *LARGE, "3*(a + b*2)"]:
        page.fill("#expression", text)
        page.keyboard.press("Control+Enter")
        page.wait_for_function(
            """before => document.querySelector(".state.wrong") || document.querySelector("iframe").src !== before""",
            arg=before,
            timeout=MINUTE,
        )
        if text == RIGHT[0]:
            assert len(starts) == 2  # from the memory in vain, and without it
        wrong = page.locator(".state.wrong")
        if wrong.count():
            assert text not in RIGHT and 10 < len(wrong.inner_text()) < 700, text
            page.evaluate("document.querySelector('.state').classList.remove('wrong')")
        else:
            assert text not in WRONG, text
            before = page.evaluate(SHOWN)
    page.frame_locator("iframe").locator(".where").wait_for()


def test_an_answer_that_takes_too_long_is_stopped_and_the_next_one_comes(site, page):
    source = (SITE / "playground" / "python.js").read_text(encoding="utf-8")
    assert "PATIENCE = 12" in source
    page.route(
        "**/python.js",
        lambda route: route.fulfill(body=source.replace("PATIENCE = 12", "PATIENCE = 0.001"), content_type="text/javascript"),
    )
    page.goto(site + NEURON)
    page.locator(".state.wrong").wait_for(timeout=MINUTE)
    assert "0.001" in page.locator(".state").inner_text()
    page.unroute("**/python.js")
    opened(page, site + NEURON)


def test_without_its_python_the_ready_examples_go_on(site, page):
    page.route("**/python/*", lambda route: route.abort())
    opened(page, site)
    page.fill("#expression", "a*b + 7")
    page.locator(".state.wrong").wait_for(timeout=MINUTE)
    page.select_option(".choices select", "relu")
    page.wait_for_url("**relu**")
    page.frame_locator("iframe").locator(".where").wait_for()


def test_copying_gives_the_link_of_what_was_typed(site, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.removesuffix("/playground/"))
    opened(page, site + NEURON)
    page.fill("#expression", "z = w*x + b\n3(z + c)")
    page.get_by_text("línea 2, columna 2: ").wait_for()  # the place is said in the text's own lines
    page.fill("#expression", "z = w*x + b\n3*z")
    page.get_by_role("button", name="Copiar el enlace").click()
    page.wait_for_url("**3*z&**")
    page.get_by_text("El enlace está copiado").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_a_damaged_link_is_answered_with_a_sentence_and_the_first_example(site, page):
    opened(page, site + "#e=%E0%A4%A&a=1&lang=es")
    assert "dañado" in page.locator(".state.wrong").inner_text()
    opened(page, site + "#lang=es&e=" + "a" * 100_000)
    assert "8000" in page.locator(".state.wrong").inner_text()


def test_a_link_without_numbers_proposes_some_whatever_its_leaves_are_called(site, page):
    failed = []
    page.on("pageerror", lambda error: failed.append(error))
    opened(page, site + "#e=constructor*__proto__+a&__proto__=7")
    typed = [page.locator(f"[data-leaf={name}] input[type=text]").input_value() for name in ("constructor", "__proto__", "a")]
    assert typed == ["2", "7", "-1"] and "constructor, a" in page.locator(".state").inner_text()
    assert "&constructor=2&__proto__=7&a=-1" in page.url
    page.fill("#expression", "toString*2")
    page.click("button.main")
    page.wait_for_url("**toString=2")
    assert not failed


def test_what_does_not_arrive_is_said_and_what_is_seen_stays(site, page):
    failed = []
    page.on("pageerror", lambda error: failed.append(error))
    opened(page, site)
    link = page.url
    page.context.set_offline(True)
    for choice, option, left in ((0, "relu", "J"), (1, "pt", "en")):
        page.evaluate("document.querySelector('.state').classList.remove('wrong')")
        choices = page.locator(".choices select").nth(choice)
        choices.select_option(option)
        page.locator(".state.wrong").wait_for()
        assert choices.input_value() == left and page.url == link and page.locator("iframe").is_visible()
    page.context.set_offline(False)
    cut = gzip.compress(os.urandom(2**16))[: 2**15]
    page.route("**/pyodide.asm.wasm.packed", lambda route: route.fulfill(body=cut, content_type="application/octet-stream"))
    page.goto("about:blank")
    page.goto(site + NEURON)
    page.locator(".state.wrong").wait_for()  # at once, not after minutes without progress
    page.unroute("**/pyodide.asm.wasm.packed")
    page.click("button.main")
    page.frame_locator("iframe").locator(".where").wait_for(timeout=MINUTE)
    assert not failed


@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_fits_and_axe_has_nothing_to_say(site, page, width):
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 720})
    for lang, scheme in (("en", "light"), ("es", "dark"), ("pt", "light")):
        page.emulate_media(color_scheme=scheme)
        opened(page, f"{site}#e=J%20%3D%203*(a%20+%20b*c)&a=5&b=3&c=2&lang={lang}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page)
        assert not found.response["violations"], json.dumps(found.response["violations"], indent=1)[:2000]
