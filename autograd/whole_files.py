"""Files that appear whole or not at all."""

import os
import stat
import tempfile
from errno import ENOENT
from pathlib import Path
from typing import Any


def file_path(path: Any) -> Path:
    """The path that somebody gives to save to. Raises TypeError for what is none, ValueError for what no file can be called.

    >>> file_path(3)
    Traceback (most recent call last):
    TypeError: the path to save to is a text, such as "page.html", or a Path, not int
    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f'the path to save to is a text, such as "page.html", or a Path, not {type(path).__name__}')
    if "\0" in str(path):
        raise ValueError("the path to save to holds a null character, which no file name can; take it away")
    if len(Path(path).name.encode(errors="replace")) > 255:
        raise ValueError(f'the name "{Path(path).name[:20]}…" is too long for a file; write a shorter one')
    return Path(path)


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that nobody ever sees half of it, and a failure leaves what was there before.

    A link stays one, and what it names is written; a file that was there keeps its mode. Raises ValueError when the path
    names what is no regular file, such as a device.
    """
    path = Path(os.path.realpath(path))
    mode = _mode_of(path)
    if not path.parent.exists():
        raise FileNotFoundError(ENOENT, os.strerror(ENOENT), str(path.parent))
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, mode)  # a temporary file is for its owner alone
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


def _mode_of(path: Path) -> int:
    """The mode of the file that is there, or that of a new one."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0o666 & ~_umask()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(f"{path} is a folder; give the name of a file in it")
    if not stat.S_ISREG(found.st_mode):
        raise ValueError(f"{path} is no regular file, so nothing is written there; give the name of a file")
    return stat.S_IMODE(found.st_mode)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
