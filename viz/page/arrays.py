"""`step` of a program or a matrix view: both passes, an array a step, in a notebook and as a page that stands alone.

The page is made like that of a graph (`stepper`), with the same bar, keys and themes; what it shows is `array_content`.
"""

import os
from base64 import b64encode
from html import escape
from pathlib import Path
from typing import Any

from autograd import Notation
from autograd.explain.languages import templates
from autograd.quoting import quoted
from autograd.vectorizing.array_steps import ArraySteps
from autograd.whole_files import file_path, write_whole

from ..drawing import refuse_unknown
from ..output.theme import stylesheet, variables
from ..picture.given_arrays import arrays_of
from ..picture.lettering import readable
from .array_content import Content
from .array_slides import slides
from .example_graphs import Examples
from .hosting import host, module, page, page_words, refuse_at, scalar_modules
from .stepper import Stepper

ASKS: dict[bool | str, str] = {False: "no", True: "both", "shapes": "shapes", "entries": "entries"}
STYLES = ("step.css", "present.css", "arrays.css")
MOST = 3000  # entries in one page


def step_arrays(
    given: Any, X: Any, ask: "bool | str", at: int | None, digits: int | None, lang: str, notation: "Notation | str | None", theme: str
) -> "ArrayStepper":
    """The step-through of arrays, with the arguments of `step`; raises as that does."""
    if not isinstance(ask, (bool, str)) or ask not in ASKS:
        raise ValueError(f'a step-through of arrays asks for True, "shapes" or "entries", not {quoted(ask)}')
    refuse_unknown(digits)
    templates(lang)
    stylesheet(theme)  # which refuses one that does not exist
    passes = arrays_of(given, X, notation)
    entries = sum(array.shape[0] * array.shape[1] for array in passes.arrays.values())
    if entries > MOST:
        raise ValueError(
            f"arrays of {entries:,} numbers are too many for one step-through ({MOST:,}); take fewer examples, or a smaller network"
        )
    refuse_at(at, len(passes))
    return ArrayStepper(passes, ASKS[ask], at or 0, digits, lang, theme)


class ArrayStepper:
    """A step-through of arrays. It shows itself in a notebook; `save` writes it as a page; `print` gives the steps."""

    def __init__(self, passes: ArraySteps, ask: str, at: int, digits: int | None, lang: str, theme: str):
        self._passes, self._ask, self._at, self._digits, self._lang, self._theme = passes, ask, at, digits, lang, theme
        self._examples = Examples(passes)
        self._content = Content(passes, digits, lang, self._examples).data()  # now, because arrays and leaves may change

    def __len__(self) -> int:
        return len(self._passes)

    @property
    def text(self) -> str:
        """The steps as equations with their shapes, a line for each."""
        return str(self._passes)

    def __repr__(self) -> str:
        return self.text

    @property
    def _title(self) -> str:
        loss = next((step for step in reversed(self._passes) if step.role in ("loss", "losses")), self._passes[-1])
        return readable(loss.symbol)

    def _data(self) -> dict[str, Any]:
        """Everything that the page needs, as JSON can carry it."""
        words = {key: text for key, text in templates(self._lang).items() if key.startswith("array.")}
        return {
            **self._content,
            "note": self._passes.about(self._lang),
            "title": self._title,
            "theme": "light" if self._theme == "print" else self._theme,
            "ask": self._ask,
            "at": self._at,
            "words": page_words(self._lang) | words,
            "scalars": self._scalars(),
        }

    def _scalars(self) -> "dict[str, Any] | None":
        """The step-through of the graph of one example, and the leaves of all examples."""
        example = self._examples.example
        if example is None:
            return None
        whole = Stepper(example.passes, "no", 0, self._digits, self._lang)
        data = whole._data()
        del data["words"]  # the page has them
        return {"data": data, "picture": b64encode(whole._svg().encode()).decode(), "leaves": example.leaves}

    def _host(self, alone: bool) -> str:
        still = f"<pre>{escape(self.text if self._ask == 'no' else self._title)}</pre>"
        return host(still, self._data(), self._module(), alone, "arrays")

    def _module(self) -> str:
        example = self._examples.example
        operations = [node.operation for node in example.passes[0].names if node.parents] if example else []
        return module("page/static/arrays/start.js", STYLES, scalar_modules(operations), variables())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._host(alone=False), "text/plain": self.text if self._ask == "no" else self._title}

    def _page(self) -> str:
        return page(page_words(self._lang)["page.label"].format(title=self._title), self._lang, self._host(alone=True))

    def save(self, path: "str | os.PathLike[str]", kind: str = ".svg") -> Path:
        """Writes the step-through and returns its path: "page.html" is a page that stands alone, "steps.pdf" one document of
        slides, a page for each step.

        page.html#step=7&ask=shapes opens the page there, page.html#step=7&entry=dW1,1,2 with what makes an entry, and
        page.html#present is for the projector. The file appears whole or not at all. Raises ValueError for any other
        suffix, and ImportError when a PDF is asked for without the packages of `pip install chalkgrad[export]`.
        """
        path = file_path(path)
        if path.suffix.lower() == ".pdf":
            theme = "light" if self._theme == "auto" else self._theme
            whys = [step["why"] for step in self._content["steps"]]
            write_whole(path, slides(self._passes, whys, page_words(self._lang), self._digits, self._lang, theme))
            return path
        if path.suffix.lower() not in (".html", ".htm"):
            raise ValueError(
                f'a step-through of arrays is saved as a page, .html, or as slides in one document, .pdf, not as "{path.name[:40]}"; for pictures, draw the program'
            )
        write_whole(path, self._page().encode())
        return path
