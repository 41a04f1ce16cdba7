"""Slides as one PDF: a page for each step, of which everything can be read at 1280 × 720."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograd import Value, examples, parse, steps
from nn import MLP
from viz import step
from viz.output.pages import LEAST, PICTURE, fitted

from .graphs import mission
from .test_stepper import hostile_graph

PIXEL = 0.75  # points


def run(tool: str, *arguments: "str | Path") -> str:
    program = shutil.which(tool)
    assert program, f"these tests need {tool} (Debian: apt-get install poppler-utils)"
    return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def pages(pdf: Path) -> int:
    return int(re.search(r"Pages:\s+(\d+)", run("pdfinfo", pdf))[1])


def words(pdf: Path) -> list[tuple[str, float]]:
    """Every word on the pages, and how high its letters reach, in pixels of a page of 1280 × 720."""
    found = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)<', run("pdftotext", "-bbox", pdf, "-"))
    return [(text, (float(low) - float(high)) / PIXEL) for high, low, text in found]


def test_there_is_a_page_for_each_step_with_what_it_does_and_its_numbers(tmp_path):
    pdf = step(mission()).save(tmp_path / "steps.pdf")
    assert pages(pdf) == len(steps(mission())) == 9
    assert re.search(r"Page size:\s+960 x 540 pts", run("pdfinfo", pdf))
    said = run("pdftotext", "-layout", pdf, "-").split("\f")
    assert "The gradient reaches b through u" in said[7] and "backward · step 8 of 9" in said[7]
    assert "+6" in said[7] and "+6" not in said[6], "nothing is told before it is computed"


def test_all_numbers_can_be_read(tmp_path):
    for y in (examples.neuron(), examples.net_1_2_1()):
        pdf = step(y).save(tmp_path / "steps.pdf")
        sizes = [high for text, high in words(pdf) if re.search(r"\d", text) and not re.fullmatch(r"[\d,]{1,3}", text)]
        assert len(sizes) > 50 and min(sizes) > 13, "letters of 12 pixels reach 14 pixels high"


def test_a_picture_that_is_too_large_is_shown_around_its_step():
    svg = '<svg class="a" viewBox="0 0 4000 900" width="4000" height="900">…</svg>'
    shown, wide = fitted(svg, (4000.0, 900.0), [(3000.0, 800.0, 150.0, 50.0), (2800.0, 700.0, 150.0, 50.0), (0.0, 0.0, 150.0, 50.0)])
    x, y, across, down = map(float, re.search(r'viewBox="([^"]*)"', shown)[1].split())
    assert (across, down) == pytest.approx((PICTURE[0] / LEAST, PICTURE[1] / LEAST), abs=0.1) and wide == pytest.approx(PICTURE[0])
    assert x <= 2800 and x + across >= 3150 and y <= 700 and y + down >= 850 and y + down <= 900.1
    assert fitted(svg, (800.0, 300.0), []) == (svg, pytest.approx(800 * 400 / 300))


def test_language_theme_and_notation_are_those_that_were_asked_for(tmp_path):
    y = MLP(2, [1], activation="sigmoid", rng=0).loss([[0.5, -1.0]], [1.0], "mse")
    pdf = step(y, lang="es", theme="dark", notation="ng").save(tmp_path / "steps.pdf")
    said = run("pdftotext", pdf, "-")
    assert "hacia atrás · paso" in said and "backward" not in said
    assert pages(pdf) == len(steps(y, notation="ng"))
    run("pdftoppm", "-r", "10", "-f", "1", "-l", "1", "-singlefile", pdf, tmp_path / "page")
    assert bytes([0x14, 0x17, 0x1B]) * 60 in (tmp_path / "page.ppm").read_bytes(), "the paper is dark"


def test_a_learning_step_has_pages_too(tmp_path):
    y = examples.neuron()
    pdf = step(y, lr=0.1, params=["w", "b"]).save(tmp_path / "steps.pdf")
    assert pages(pdf) == len(steps(y, lr=0.1, params=["w", "b"])) > len(steps(y))
    last = run("pdftotext", "-layout", pdf, "-").split("\f")[-4:-1]
    assert "w takes a step against its gradient" in last[0] and "What has become of J" in last[-1]


def test_names_are_letters_whatever_stands_in_them(tmp_path):
    assert pages(step(hostile_graph()).save(tmp_path / "steps.pdf")) == len(steps(hostile_graph()))
    strange = parse("a*b", {"a": Value(1e-9, '#panic("no") $x$ \\'), "b": Value(float("inf"), "]]")})
    assert '#panic("no")' in run("pdftotext", step(strange).save(tmp_path / "strange.pdf"), "-")


def test_what_is_missing_or_cannot_be_written_is_said_in_a_sentence(tmp_path, monkeypatch):
    with pytest.raises(OSError, match="nowhere"):
        step(mission()).save(tmp_path / "nowhere" / "steps.pdf")
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(ImportError, match=r"PDF needs one more package; run `pip install \"chalkgrad\[export\]\"`"):
        step(mission()).save(tmp_path / "steps.pdf")
    assert not (tmp_path / "steps.pdf").exists()


def test_slides_in_a_folder_have_the_theme_too(tmp_path):
    folder = step(mission(), theme="dark").save(f"{tmp_path}/slides/")
    assert "#14171b" in (folder / "step-01.svg").read_text()
