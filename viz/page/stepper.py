"""A graph → a `Stepper`: both passes one number at a time, in a notebook and as a page that stands alone.

The page holds the graph, the order of the steps and the operations' formulas as data; its module (static/page.js) fills
in the numbers, so that it goes on without Python when a reader changes a leaf.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from autograd import Notation, Value, steps
from autograd.engine.names import find, names
from autograd.engine.order import varying
from autograd.explain.languages import templates
from autograd.explain.steps import Step, Steps, equations
from autograd.quoting import quoted
from autograd.whole_files import file_path, write_whole

from ..drawing import refuse_unknown
from ..notebook import image
from ..output.pages import Page, fitted, pdf
from ..output.theme import stylesheet, variables
from ..output.typst_export import converted
from ..picture.lettering import harmless, readable
from ..picture.rooms import Folded
from ..slides import Rooms
from .content import graph_data, step_data
from .expression import expression_data
from .hosting import host, module, page, page_words, refuse_at, scalar_modules
from .mistaken import mistaken_data

WORDS = ("forward", "backward", "locals", "vote", "blank", "order")  # what `ask` may be besides True and False
ASKS: dict[bool | str, str] = {False: "no", True: "both", **{word: word for word in WORDS}}
STYLES = ("step.css", "present.css")
WHOLE = ("blank", "order")  # ways to ask that begin with nothing known
UNREAD = re.compile(r'(<g [^>]*data-key="[ne]\d[^>]*>)<title>[^<]*</title>')  # titles mean nothing in an image; the page writes them
SHEET = re.compile(r"<style>.*?</style>|<desc.*?</desc>", re.DOTALL)
MOST = 5000  # nodes in one page
SLIDES = (".svg", ".png", ".pdf")


def step_graph(
    y: Value,
    ask: "bool | str",
    wrt: "Value | str | None",
    at: int | None,
    digits: int | None,
    lang: str,
    notation: "Notation | str | None",
    lr: "float | Fraction | None",
    params: "Iterable[Value | str] | None",
    as_if: "str | tuple[str, Any] | None",
    theme: str,
) -> "Stepper":
    """The step-through of the graph below y, with the arguments of `step`; raises as that does."""
    if not isinstance(y, Value):
        raise TypeError(f"step takes the root of a graph, a Value, not {type(y).__name__}")
    _refuse_ask(ask)
    refuse_unknown(digits)
    called = names(y)
    if len(called) > MOST:
        raise ValueError(f"{len(called):,} nodes are too many for one step-through ({MOST:,}); step through a part of the graph")
    target = None if wrt is None else find(y, wrt, called)
    if target is not None and target not in varying(called):
        raise ValueError(
            f"{called[target]} depends on constants alone, and nobody asks for its gradient; give wrt= a leaf or a computed node"
        )
    templates(lang)
    stylesheet(theme)  # which refuses one that does not exist
    _refuse_together(ask, target, as_if, lr is not None or params is not None)
    passes = steps(y, lr=lr, params=params, notation=notation)
    if target is not None:
        passes = _what_matters(passes, target)
    refuse_at(at, len(passes))
    mistaken = None if as_if is None else mistaken_data(y, passes, as_if, digits)
    is_plain = target is None and as_if is None and passes[-1].phase != "update"
    arrays = _layers_as_arrays(passes, digits, lang, notation) if is_plain else None
    return Stepper(passes, ASKS[ask], at or 0, digits, lang, mistaken, theme, arrays)


def _layers_as_arrays(passes: Steps, digits: int | None, lang: str, notation: "Notation | str | None") -> dict[str, Any] | None:
    """What the page needs to show layers that a model has made as arrays; NumPy is not loaded for other graphs, nor in a
    browser that has the core alone."""
    if not any(node.scope and not node.constant for node in passes[0].names if not node.parents):
        return None
    try:
        from .layer_arrays import layer_arrays
    except ModuleNotFoundError:
        return None
    return layer_arrays(passes, digits, lang, notation)


def _refuse_ask(ask: Any) -> None:
    if not isinstance(ask, (bool, str)) or ask not in ASKS:
        words = ", ".join([f'"{word}"' for word in WORDS])
        raise ValueError(f"ask is True, False or one of {words}, not {quoted(ask)}")


def _refuse_together(ask: "bool | str", target: Value | None, as_if: Any, learns: bool) -> None:
    """Raises ValueError for arguments that do not go together."""
    name = "wrt" if target else "as_if" if as_if is not None else "ask" if ask in (*WHOLE, "vote") else ""
    if learns and name:
        raise ValueError(
            f"a learning step follows the whole of both passes, which {name}= does not show so; leave out {name}, or lr and params"
        )
    if as_if is not None and ask is not False:
        raise ValueError("as_if shows the right numbers beside those of a mistake, so nothing is left to ask for; leave out ask or as_if")


def _what_matters(passes: Steps, target: Value) -> Steps:
    """The steps on which the gradient of one node depends, numbered anew: the values of the nodes that are made from it,
    and the wires between them."""
    made_from = {target}
    for each in passes:
        if each.phase == "forward" and not made_from.isdisjoint(each.node.parents):
            made_from.add(each.node)
    chosen = [
        each
        for each in passes
        if (each.phase == "forward" and each.node in made_from and each.node is not target)
        or (each.phase == "backward" and (each.parent is None or each.parent in made_from))
    ]
    return Steps([replace(each, index=number) for number, each in enumerate(chosen, start=1)])


class Stepper:
    """A step-through. It shows itself in a notebook; `save` writes it as a page or as slides; `print` gives the steps."""

    def __init__(
        self,
        passes: Steps,
        ask: str,
        at: int,
        digits: int | None,
        lang: str,
        mistaken: "dict[str, Any] | None" = None,
        theme: str = "auto",
        arrays: "dict[str, Any] | None" = None,
    ):
        self._typed, passes = passes, passes.in_line()  # names as they are typed for a terminal, and as people read them
        self._passes, self._ask, self._at, self._digits, self._lang, self._theme = passes, ask, at, digits, lang, theme
        # Now, because the leaves may get other numbers before this is shown.
        self._mistaken, self._arrays = mistaken, arrays
        self._rooms = Rooms(passes, digits, lang, beside=" ✗ " if mistaken else "")
        self._graph = graph_data(passes, digits, lang)

    def __len__(self) -> int:
        return len(self._passes)

    @property
    def text(self) -> str:
        """The steps in words, numbered."""
        return self._typed.text(self._lang, self._digits)

    def __repr__(self) -> str:
        return self.text

    # --- as HTML ---

    @property
    def _title(self) -> str:
        return harmless(self._passes[0].names[self._passes[0].root])

    def _data(self) -> dict[str, Any]:
        """Everything that the page needs, as JSON can carry it."""
        called = self._passes[0].names
        place = {node: k for k, node in enumerate(called)}
        still, words = self._still, page_words(self._lang, arrays=bool(self._arrays))
        rooms = [
            {
                "title": slides.title,
                "svg": _bare(slides.svg(still, marked=False)) if k else None,  # that of the first is the image
                "frames": [{"key": frame.key, "title": frame.title, "parent": frame.parent} for frame in slides.final.frames],
                "home": slides.final.home,
                "folds": {key: _folded(each) for key, each in slides.view.folds.items()},
                "partOf": slides.view.part_of,
            }
            for k, slides in enumerate(self._rooms.slides)
        ]
        return {
            "title": self._title,
            "graph": self._graph,
            "expression": expression_data(called),
            "theme": "light" if self._theme == "print" else self._theme,
            "steps": [step_data(each, place, self._digits) for each in self._passes],
            "rooms": rooms,
            "roomOf": self._rooms.room_of if len(rooms) > 1 else None,
            "stage": self._rooms.stage,
            "mistaken": self._mistaken,
            "arrays": self._arrays,
            "editable": [] if self._mistaken else [k for node, k in place.items() if not node.parents and not (node.constant and not node.label)],
            "ask": self._ask,
            "at": self._at,
            "notes": [readable(note) for note in self._passes.notes(self._lang)],
            "words": words | ({"page.noleaves": words["page.asif.noleaves"]} if self._mistaken else {}),
        }  # fmt: skip

    @property
    def _still(self) -> int:
        """The step at which the image stands: the last one, but where answers are asked for it tells none of them."""
        if self._ask in WHOLE:
            return 0
        both = sum(each.phase != "update" for each in self._passes)  # at their end stand all gradients
        return both if self._ask == "no" else min(max(self._at - 1, 0), both)

    def _svg(self) -> str:
        return UNREAD.sub(r"\1", self._rooms.slides[0].svg(self._still, marked=False))

    def _host(self, alone: bool) -> str:
        alternative = self._title if self._ask != "no" else "; ".join([self._title, *self._rooms.slides[0].final.lines])
        return host(image(self._svg(), alternative), self._data(), self._module(), alone)

    def _module(self) -> str:
        """The JavaScript of the page, as one module."""
        operations = [node.operation for node in self._passes[0].names if node.parents]
        if self._arrays:
            return module("page/static/arrays/inside.js", (*STYLES, "arrays.css"), scalar_modules(operations), variables())
        return module("page/static/start.js", STYLES, scalar_modules(operations))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._host(alone=False), "text/plain": self.text if self._ask == "no" else self._title}

    @property
    def html(self) -> str:
        """The page that stands alone, as `save` writes it."""
        return page(page_words(self._lang)["page.label"].format(title=self._title), self._lang, self._host(alone=True))

    # --- as files ---

    def save(self, path: "str | os.PathLike[str]", kind: str = ".svg") -> Path:
        """Writes the step-through and returns its path: "page.html" is a page that stands alone, without a network;
        "steps.pdf" is one document of slides, 16:9, a page for each step with its picture and its equation; "folder/" gets a picture of each step, for slides, as `kind` (".svg", ".png" or ".pdf"; step-00 is the graph
        before the first step).

        page.html#step=7&ask=backward opens the page there. A file appears whole or not at all. Raises ValueError for
        another suffix or kind, and ImportError when PNG or PDF is asked for without the packages of
        `pip install chalkgrad[export]`.
        """
        path, given = file_path(path), str(path)
        is_page = path.suffix.lower() in (".html", ".htm")
        if given.endswith(("/", os.sep)) or (given and path.is_dir() and not is_page):
            return self._save_slides(path, kind)
        if path.suffix.lower() == ".pdf":
            write_whole(path, self._document())
            return path
        if not is_page:
            raise ValueError(
                f'a step-through is saved as a page, .html, as slides in one document, .pdf, or into a folder, whose name ends with "/"; not as "{path.name[:40]}"'
            )
        write_whole(path, self.html.encode())
        return path

    @property
    def _paper(self) -> str:
        """The theme of what is written on paper or slides, where there is no page around to follow."""
        return "light" if self._theme == "auto" else self._theme

    def _document(self) -> bytes:
        """All steps as one PDF."""
        words = page_words(self._lang)
        pages = []
        for at, each in enumerate(self._passes, start=1):
            slides = self._rooms.at(at)
            svg, wide = fitted(slides.svg(at, self._paper), slides.extent, slides.boxes(at))
            place = words["page.where"].format(phase=words[f"page.phase.{each.phase}"], step=at, steps=len(self))
            pages.append(Page(_heading(each, words), place, equations(each, self._digits), svg, wide))
        return pdf(pages, self._paper, self._lang)

    def _save_slides(self, folder: Path, kind: str) -> Path:
        if kind not in SLIDES:
            raise ValueError(f"kind is one of {', '.join(SLIDES)}, not {quoted(kind)}")
        folder.mkdir(parents=True, exist_ok=True)
        width = max(2, len(str(len(self))))
        for at in range(len(self) + 1):
            caption = readable(self._passes[at - 1].text(self._lang, self._digits)) if at else self._title
            svg = self._rooms.at(at).svg(at, self._paper, caption)
            write_whole(folder / f"step-{at:0{width}}{kind}", svg.encode() if kind == ".svg" else converted(svg, kind[1:]))
        return folder


def _heading(step: Step, words: dict[str, str]) -> str:
    """What a step does, as the page says it."""
    node = step.names[step.node]
    if step.phase == "forward":
        return words["page.heading.value"].format(node=node)
    if step.phase == "update":
        key = "page.heading.after" if step.term is None else "page.heading.moved"
        return words[key].format(node=node, root=node)
    if step.parent is None or step.slot is None:
        return words["page.heading.seed"].format(node=node)
    key = "page.heading.slot" if step.node.parents.count(step.parent) > 1 else "page.heading.edge"
    return words[key].format(node=node, parent=step.names[step.parent], slot=step.slot + 1)


def _bare(svg: str) -> str:
    """A picture without what the page has, or writes, itself: the style sheet, the titles. Its quotes need no escape in JSON."""
    return UNREAD.sub(r"\1", SHEET.sub("", svg)).replace('"', "'")


def _folded(folded: Folded) -> dict[str, Any]:
    """What a folded card stands for, and what its rows tell."""
    rows = [[row.nodes, row.label] if row.nodes else row.text for row in folded.rows]
    return {"members": folded.members, "room": folded.room, "out": folded.out, "rows": rows}
