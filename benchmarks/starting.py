"""P9: what `import autograd` costs, and that it loads nothing it does not need."""

import os
import subprocess
import sys
from pathlib import Path

from .measuring import interleaved
from .table import Measurement, Record, bounded

ROOT = Path(__file__).parent.parent
UNWANTED = ("numpy", "graphviz", "matplotlib")


def _run(program: str) -> str:
    """What a fresh interpreter prints when it runs the program beside this checkout's packages, which are compiled after the
    first time, as those of a user are."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def starting(repetitions: int = 21) -> list[Record]:
    """`import autograd` over the bare interpreter, and the modules it loads."""
    found = interleaved({"bare": lambda: _run("pass"), "autograd": lambda: _run("import autograd")}, repetitions)
    pairs = zip(found["autograd"].numbers, found["bare"].numbers, strict=True)
    over = Measurement(tuple(with_it - bare for with_it, bare in pairs))
    loaded = _run(f"import autograd, sys; print(*[name for name in {UNWANTED} if name in sys.modules])").split()
    count = Measurement((len(loaded),), "modules")
    return [
        bounded("P9", "import autograd, over the bare interpreter", over, Measurement((0.040,)), "bare interpreter", found["bare"]),
        bounded(
            "P9", f"of {', '.join(UNWANTED)}, loaded by import autograd: {', '.join(loaded) or 'none'}", count, Measurement((0,), "modules")
        ),
    ]
