"""Our SVG as PNG or PDF, and files that appear whole. Typst does the work: its fonts and its renderer come with it."""

import os
import tempfile
from pathlib import Path

_PAGE = b'#set page(width: auto, height: auto, margin: 0pt, fill: none)\n#image(bytes(sys.inputs.svg), format: "svg")\n'


def converted(svg: str, kind: str) -> bytes:
    """An SVG document as "png" (two dots for each of its pixels) or "pdf" (one page, with text that can be selected).

    Colours must be written out in the SVG. Raises ImportError, with what to do, where typst is not installed.
    """
    try:
        import typst
    except ImportError:
        raise ImportError(f'{kind.upper()} needs one more package; run `pip install "chalkgrad[export]"`, or save as .svg') from None
    inputs = {"svg": svg}
    if kind == "png":
        return bytes(typst.compile(_PAGE, format="png", ppi=192.0, sys_inputs=inputs))
    return bytes(typst.compile(_PAGE, format="pdf", timestamp=0, sys_inputs=inputs))


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that nobody ever sees half of it, and a failure leaves what was there before."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o666 & ~_umask())  # a temporary file is for its owner alone; this one is for everybody
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
