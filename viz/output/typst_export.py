"""Our SVG as PNG or PDF. Typst does the work: its fonts and its renderer come with it."""

from collections.abc import Mapping
from typing import Literal

_PAGE = b'#set page(width: auto, height: auto, margin: 0pt, fill: none)\n#image(bytes(sys.inputs.svg), format: "svg")\n'


def converted(svg: str, kind: str) -> bytes:
    """An SVG document as "png" (two dots for each of its pixels) or "pdf" (one page, with text that can be selected).

    Colours must be written out in the SVG. Raises ImportError, with what to do, where typst is not installed.
    """
    return compiled(_PAGE, "png" if kind == "png" else "pdf", {"svg": svg})


def compiled(document: bytes, kind: Literal["png", "pdf"], inputs: Mapping[str, str]) -> bytes:
    """A document of Typst, which reads its `inputs` as data."""
    try:
        import typst
    except ImportError:
        raise ImportError(f'{kind.upper()} needs one more package; run `pip install "chalkgrad[export]"`, or save as .svg') from None
    if kind == "png":
        return bytes(typst.compile(document, format="png", ppi=192.0, sys_inputs=dict(inputs)))
    return bytes(typst.compile(document, format="pdf", timestamp=0, sys_inputs=dict(inputs)))
