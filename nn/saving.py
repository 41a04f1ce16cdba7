"""Models as JSON files: every number comes back exactly, and a file is written whole or not at all.

JSON has no infinities, no NaN and no fractions: these are written as text ("inf", "nan", "1/3").
"""

import json
import math
import re
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from autograd.whole_files import write_whole

FORMAT = "chalkgrad model 1"
TEXTS = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def write(path: Any, model: str, state: Mapping[str, Any]) -> None:
    """Writes the parameters of a model, and what the model is, to a file. What stood there stays if anything fails."""
    content = {"format": FORMAT, "model": model, "parameters": {name: _to_json(number) for name, number in state.items()}}
    write_whole(Path(path), json.dumps(content, indent=1, allow_nan=False).encode())


def read(path: Any) -> tuple[str, dict[str, Any]]:
    """What the model of a file is, and its parameters. Raises ValueError when the file is not one that `write` made."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:  # a text that is not UTF-8 is a ValueError, too
        raise ValueError(f"{path} is not a saved model: it is not JSON ({error})") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f'{path} is not a saved model: "format" should be "{FORMAT}"')
    model, parameters = content.get("model"), content.get("parameters")
    if not isinstance(model, str) or not isinstance(parameters, dict):
        raise ValueError(f'{path} is damaged: "model" should be a text and "parameters" a table of numbers')
    return model, {name: _from_json(number, f'{path} is damaged: the parameter "{shortened(name)}"') for name, number in parameters.items()}


def shortened(text: str, most: int = 60) -> str:
    """A text from a file as it can stand in a message: not too long, and without signs that cannot be seen."""
    shown = text[:most] + "…" * (len(text) > most)
    return shown if shown.isprintable() else ascii(shown)[1:-1]


def _to_json(number: Any) -> Any:
    if isinstance(number, Fraction):
        return f"{number.numerator}/{number.denominator}"
    return number if math.isfinite(number) else str(number)


def _from_json(content: Any, what: str) -> Any:
    if isinstance(content, str):
        if content in TEXTS:
            return TEXTS[content]
        if re.fullmatch(r"-?\d{1,4000}/\d{1,4000}", content) and int(content.partition("/")[2]):
            return Fraction(content)
    elif isinstance(content, float) and math.isfinite(content):
        return content
    elif isinstance(content, int) and not isinstance(content, bool) and abs(content) <= sys.float_info.max:
        return float(content)
    raise ValueError(f"{what} is {json.dumps(content)[:40]}, not a number")


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")
