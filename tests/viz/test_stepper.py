"""`viz.step` without a browser: what it takes and refuses, what it sends to a notebook, what it writes as files."""

import base64
import gzip
import html as markup
import json
import math
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pytest

from autograd import Value, examples, leaves, parse, steps
from viz import step

from .graphs import EXAMPLES, mission, random_graph, worked

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(2)>",
    "<!--<script>",
    "</STYLE ></SCRIPT >",
    "\"'><b>",
    "]]>",
    "{name}",
    "$& {title}",
    "__proto__",
    "constructor",
    "a" * 300,
    "שלום ‮ olleh",
    "🧮 emoji",
    "line\nbreak",
]


def hostile_graph() -> Value:
    """A product of leaves whose labels would do harm where they are taken for anything but text."""
    root = Value(1.0, HOSTILE[0])
    for label in HOSTILE[1:]:
        root = root * Value(2.0, label)
    root.label = "J</title><script>alert(3)</script>"
    return root


def sent(y, **more) -> str:
    return step(y, **more)._repr_mimebundle_()["text/html"]


def data_in(html: str) -> dict:
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', html, re.S)[1])
    return json.loads(gzip.decompress(base64.b64decode(data["packed"]))) if "packed" in data else data


def image_in(html: str) -> str:
    return base64.b64decode(re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', html)[1]).decode()


def texts_in(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter() if not element.tag.endswith("style")]


def alternative_in(html: str) -> str:
    return markup.unescape(re.search(r'<img alt="([^"]*)"', html)[1])


# --- the steps ---------------------------------------------------------------------------------------------------


def test_j_has_nine_steps_three_values_the_seed_and_five_edges():
    """Lecture row D3-01; the constant 3 gets no gradient."""
    stepper = step(mission())
    assert len(stepper) == 9
    assert [kind for kind, *_ in data_in(sent(mission()))["steps"]] == ["forward"] * 3 + ["backward"] * 6
    assert "∂J/∂3" not in str(stepper)


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_prints_the_steps_of_the_two_passes(name):
    assert str(step(worked(name))) == str(steps(worked(name)))


def test_it_prints_in_the_language_and_digits_that_are_asked_for():
    y = parse("a/3", a=1)
    assert "0.33" in str(step(y, digits=2)) and "0.333" not in str(step(y, digits=2))
    assert str(step(y, lang="es")).splitlines()[0] == "hacia adelante"


def test_wrt_steps_only_through_what_one_gradient_needs():
    assert str(step(mission(), wrt="b")).splitlines() == [
        "forward",
        "  1  u = b · c = 3 · 2 = 6",
        "  2  v = a + u = 5 + 6 = 11",
        "  3  J = 3 · v = 3 · 11 = 33",
        "backward",
        "  4  ∂J/∂J = 1",
        "  5  ∂J/∂v = ∂J/∂J · 3 = 1 · 3 = 3",
        "  6  ∂J/∂u = ∂J/∂v · 1 = 3 · 1 = 3",
        "  7  ∂J/∂b = ∂J/∂u · c = 3 · 2 = 6",
    ]


@pytest.mark.parametrize("seed", range(4))
def test_what_wrt_leaves_out_changes_no_number(seed):
    y = random_graph(seed, 40)
    every = {each.text() for each in steps(y)}
    reached = dict.fromkeys(each.parent or each.node for each in steps(y) if each.phase == "backward")
    for node in [*reached][::-7]:  # from the leaves up, a few of them: each is laid out as a picture
        lines = [line.split("  ", 2)[2].strip() for line in str(step(y, wrt=node)).splitlines() if line.startswith(" ")]
        assert {line.lstrip("0123456789 ") for line in lines} <= {line.lstrip("0123456789 ") for line in every}


def test_wrt_keeps_every_contribution_to_that_gradient():
    a, b = leaves(a=2, b=3)
    kept = str(step(a * b + a + a**2, wrt=a))
    assert all(line in kept for line in ("term 1 of 3", "term 2 of 3", "term 3 of 3"))


def test_wrt_of_the_root_is_the_seed_alone():
    assert str(step(mission(), wrt="J")).splitlines() == ["backward", "  1  ∂J/∂J = 1"]


def test_a_leaf_alone_is_stepped_through_too():
    assert str(step(Value(2.0, "a"))).splitlines() == ["backward", "  1  ∂a/∂a = 1"]


def test_a_notation_names_the_nodes_as_its_course_does():
    y = examples.mazur()
    assert str(step(y, notation="delta")) == str(steps(y, notation="delta"))


# --- the user's graph --------------------------------------------------------------------------------------------


def test_the_graph_is_left_as_it_was():
    """A step-through is a backward pass on paper: no gradient of the reader's graph is written, none is cleared."""
    a, b = leaves(a=2, b=3)
    J = a * b
    str(step(J)), sent(J)
    assert (a.grad, b.grad, J.grad) == (0.0, 0.0, 0.0)
    J.backward()
    J.backward()
    assert a.grad == 6.0
    assert data_in(sent(J))["steps"] and a.grad == 6.0
    assert "∂J/∂a = ∂J/∂J · b = 1 · 3 = 3" in str(step(J))


def test_what_is_shown_does_not_follow_later_changes():
    a, b = leaves(a=2, b=3)
    stepper = step(a * b)
    a.data = 100
    assert "= 2 · 3 = 6" in str(stepper)
    assert ">100<" not in image_in(stepper._repr_mimebundle_()["text/html"])


# --- what is refused ---------------------------------------------------------------------------------------------


def test_what_is_not_a_graph_is_refused():
    with pytest.raises(TypeError, match="the root of a graph, a Value, not list"):
        step([Value(1.0)])


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"ask": "all"}, 'ask is True, False or one of "forward", "backward", "locals"'),
        ({"ask": 1.5}, "ask is True, False or one of"),
        ({"ask": None}, "ask is True, False or one of"),
        ({"digits": 0}, "from 1 to 17, not 0"),
        ({"digits": 18}, "from 1 to 17, not 18"),
        ({"digits": True}, "from 1 to 17, not True"),
        ({"digits": 2.5}, "from 1 to 17, not 2.5"),
        ({"at": -1}, "from 0 for the start to 9, not -1"),
        ({"at": 10}, "from 0 for the start to 9, not 10"),
        ({"at": "end"}, "from 0 for the start to 9, not 'end'"),
        ({"at": True}, "from 0 for the start to 9, not True"),
        ({"at": 8, "wrt": "b"}, "from 0 for the start to 7, not 8"),
        ({"wrt": "z"}, "z"),
        ({"wrt": "3"}, "constant"),
        ({"lang": "tlh"}, "tlh"),
        ({"notation": "klingon"}, "klingon"),
    ],
)
def test_arguments_that_do_not_exist_are_refused(wrong, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        step(mission(), **wrong)


def test_a_node_of_another_graph_is_refused():
    with pytest.raises(ValueError, match="x"):
        step(mission(), wrt=Value(1.0, "x"))


def test_a_graph_that_is_out_of_date_is_refused():
    a, b = leaves(a=2, b=3)
    J = a * b
    a.data = 5
    with pytest.raises(ValueError, match="a"):
        step(J)


def test_more_nodes_than_a_page_can_hold_are_refused():
    x = Value(1.0, "x")
    for _ in range(5000):
        x = x + 0.0
    with pytest.raises(ValueError, match="are too many for one step-through"):
        step(x)


# --- what a notebook gets ----------------------------------------------------------------------------------------


def test_a_notebook_gets_an_image_that_needs_nothing_and_the_numbered_lines():
    bundle = step(mission())._repr_mimebundle_()
    assert bundle["text/plain"] == str(steps(mission()))
    assert ">+9<" in image_in(bundle["text/html"])
    assert alternative_in(bundle["text/html"]).startswith("J; a = 5; ∂J/∂a = +3")


def test_nothing_is_loaded_from_anywhere():
    html = sent(worked("colah")).replace("http://www.w3.org/", "")
    assert not re.search(r"https?://|//cdn|import\(|url\(", re.sub(r'base64,[^"]+', "", html))


@pytest.mark.parametrize("ask", [True, "forward", "backward", "locals"])
def test_what_is_asked_for_stands_neither_in_the_image_nor_in_the_text_beside_it(ask):
    """J = 3(a + bc) at numbers whose results occur nowhere else: 77, 90, 270, and 21 and 33."""
    a, b, c = leaves(a=13, b=7, c=11)
    J = 3 * (a + b * c)
    results = [each.text().rpartition(" ")[2] for each in steps(J)]
    given = {"13", "7", "11", "3", "1"}
    for at in range(10):
        bundle = step(J, ask=ask, at=at)._repr_mimebundle_()
        shown = " ".join([*texts_in(image_in(bundle["text/html"])), alternative_in(bundle["text/html"]), bundle["text/plain"]])
        first = max(at, 1) - 1
        hidden = set(results[first:]) - set(results[:first]) - given
        assert hidden.isdisjoint(re.findall(r"\d+", shown)), (at, hidden)


def test_the_name_of_the_page_tells_no_result(tmp_path):
    """Someone may be asked for it: the title of the page, of the region and of the picture is the name of the root."""
    page = step(parse("J = a*b", a=127, b=61), ask=True).save(tmp_path / "page.html").read_text()
    assert "7747" not in re.sub(r'base64,[^"]+|<script .*', "", page, flags=re.S)
    assert "7747" not in image_in(page)
    assert data_in(page)["title"] == "J"


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_page_computes_with_the_numbers_of_the_leaves_and_prints_what_python_printed(name):
    data = data_in(sent(worked(name)))
    for node in data["graph"]["nodes"]:
        assert bool(node["data"]) == (not node["parents"])
    text = str(step(worked(name)))
    assert all(record["value"] in text for *_, record in data["steps"] if "value" in record)


def test_infinities_and_nan_are_sent_as_json_can_carry_them():
    y = Value(math.inf, "a") + Value(math.nan, "b") * Value(-math.inf, "c")
    assert [node["data"] for node in data_in(sent(y))["graph"]["nodes"] if node["data"]] == ["inf", "nan", "-inf"]


def test_labels_leave_their_place_neither_in_the_page_nor_in_the_notebook(tmp_path):
    expected = ["div", "img", "script", "script"]
    page = step(hostile_graph()).save(tmp_path / "page.html").read_text()
    for html, frame in ((sent(hostile_graph()), []), (page, ["html", "head", "meta", "meta", "title", "style", "body", "main"])):
        found = []
        parser = HTMLParser()
        parser.handle_starttag = lambda tag, _, found=found: found.append(tag)
        parser.feed(html)
        assert found == frame + expected
        assert html.count("</script>") == 2 and data_in(html)["graph"]["nodes"]


def test_the_labels_arrive_whole():
    called = [node["name"] for node in data_in(sent(hostile_graph()))["graph"]["nodes"]]
    assert {"__proto__", "constructor", "]]>", "{name}", "🧮 emoji"} <= set(called)


# --- files -------------------------------------------------------------------------------------------------------


def test_a_page_is_written_whole_or_not_at_all(tmp_path):
    path = step(mission()).save(tmp_path / "page.html")
    assert path.read_text().startswith('<!doctype html>\n<html lang="en">') and path.read_text().endswith("</html>\n")
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]
    assert step(mission(), lang="pt").save(tmp_path / "p.htm").read_text().splitlines()[1] == '<html lang="pt">'


@pytest.mark.parametrize("name", ["page.tex", "page", "page.svg", "page.html.gz"])
def test_an_unknown_suffix_is_refused_and_nothing_is_written(tmp_path, name):
    with pytest.raises(ValueError, match=re.escape(f'not as "{name}"')):
        step(mission()).save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_folder_gets_one_slide_for_each_step(tmp_path):
    folder = step(mission()).save(f"{tmp_path}/slides/")
    assert sorted(file.name for file in folder.iterdir()) == [f"step-{k:02}.svg" for k in range(10)]
    captions = [re.search(r'class="caption">([^<]*)<', (folder / f"step-{k:02}.svg").read_text())[1] for k in (1, 4, 9)]
    assert captions == ["u = b · c = 3 · 2 = 6", "∂J/∂J = 1", "∂J/∂c = ∂J/∂u · b = 3 · 3 = 9"]


def test_slides_go_into_a_folder_that_is_there_in_the_kind_that_is_asked_for(tmp_path):
    step(parse("a*b", a=2, b=3)).save(tmp_path, kind=".pdf")
    assert all(file.read_bytes().startswith(b"%PDF") for file in tmp_path.iterdir())
    assert len(list(tmp_path.iterdir())) == 5
    with pytest.raises(ValueError, match=r"\.svg, \.png, \.pdf, not '\.gif'"):
        step(mission()).save(tmp_path, kind=".gif")


def test_numbers_of_slides_sort_as_the_steps_do(tmp_path):
    x = Value(1.0, "x")
    for _ in range(50):
        x = x.tanh()
    folder = step(x).save(f"{tmp_path}/slides/")
    assert [file.name for file in sorted(folder.iterdir())][-1] == "step-101.svg"


# --- sizes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("titles", [(), ("one", "two", "three")])
def test_a_page_of_two_hundred_nodes_is_below_one_megabyte(titles):
    """P8."""
    y = random_graph(5, 200, titles)
    assert len(sent(y)) <= 1_000_000
    assert len(data_in(sent(y))["graph"]["nodes"]) >= 200


# --- other languages, and labels that would do harm --------------------------------------------------------------


@pytest.mark.parametrize("lang", ["es", "pt"])
def test_slides_and_the_image_of_the_page_speak_one_language(tmp_path, lang):
    """Captions and titles alike: nothing in them is said as in English."""
    y = mission()
    folder = step(y, lang=lang).save(f"{tmp_path}/slides/")
    said = [text for file in folder.iterdir() for text in texts_in(file.read_text())] + texts_in(image_in(sent(y, lang=lang)))
    assert not [text for text in said if re.search(r"\b(from|to|computed|derivative|gradient|Computation|graph of|constant)\b", text)]


EVERY_KIND = [
    "a\x00b\x07\x1b", "\ud800", "\udfff x", "x\u202ey", "\u2066z", "\ufffe\uffff", "\U0001fffe", "</script>", "<!--", "]]>", "&amp;", "\x85\u2028", "L" * 10_000, "\"'", "\N{FACE WITH TEARS OF JOY}",
]  # fmt: skip


def test_labels_of_any_letters_give_a_page_and_slides_that_are_well_formed(tmp_path):
    root = Value(1.0, "J")
    for k, label in enumerate(EVERY_KIND):
        root = (root * Value(2.0, label)).tanh() if k % 3 == 0 else root + Value(2.0, label)
    page = step(root).save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("</script>") == 2 and data_in(page)["graph"]["nodes"]
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202e\u2066\ufffe\uffff]|[\ud800-\udfff]", page)
    ElementTree.fromstring(image_in(page))
    for room in data_in(page)["rooms"]:
        ElementTree.fromstring(room["svg"] or "<svg/>")
    for slide in step(root).save(f"{tmp_path}/slides/").iterdir():
        ElementTree.fromstring(slide.read_text(encoding="utf-8"))


def test_a_step_through_is_not_saved_without_a_name_or_in_the_place_of_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.html").mkdir()
    with pytest.raises(ValueError, match="a step-through is saved as a page"):
        step(examples.J()).save("")
    with pytest.raises((ValueError, OSError), match=r"page\.html"):
        step(examples.J()).save("page.html")
    assert [path.name for path in tmp_path.rglob("*")] == ["page.html"]


def test_what_cannot_learn_is_refused_before_a_page_is_made():
    y = parse("u = w*x + b; J = (u - t)**2", w=1, b=0.5, x=2, t=3, constants=("x", "t"))
    for more in ({"wrt": "w"}, {"as_if": "NO_LOCAL"}, {"ask": "vote"}, {"ask": "blank"}, {"ask": "order"}):
        with pytest.raises(ValueError, match="a learning step follows the whole of both passes"):
            step(y, lr=0.1, params=["w"], **more)
    with pytest.raises(ValueError, match="which also needs params"):
        step(y, lr=0.1)
    with pytest.raises(ValueError, match="x is a constant"):
        step(y, lr=0.1, params=["x"])
    (a,) = leaves(a=1)
    assert len(step(a * a, lr=0.1, params=[a], at=6)) == 6


def test_the_pictures_of_a_learning_step_are_among_the_slides(tmp_path):
    y = parse("u = w*x + b; J = (u - t)**2", w=1, b=0.5, x=2, t=3, constants=("x", "t"))
    stepper = step(y, lr=0.05, params=["w", "b"])
    folder = stepper.save(f"{tmp_path}/slides/")
    slides = sorted(folder.iterdir())
    assert len(slides) == 14 and stepper.text.splitlines()[-4] == "update"
    texts = [re.findall(r"<title>([^<]*)</title>", slide.read_text(encoding="utf-8")) for slide in slides[-4:]]
    assert [any(title.startswith("w = 1.1") for title in titles) for titles in texts] == [False, True, True, True]
    assert any(title.startswith("J = 0.0625") for title in texts[-1]) and not any("0.0625" in title for title in texts[-2])
    assert stepper.save(tmp_path / "steps.pdf").read_bytes().startswith(b"%PDF")
    assert "w ← w - η · ∂J/∂w = 1 - 0.05 · (-2) = 1.1" in slides[-3].read_text(encoding="utf-8").replace("−", "-")
