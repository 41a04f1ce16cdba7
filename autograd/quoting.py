"""How a refusal quotes what was given: on one line, and not at any length."""

from typing import Any

LONGEST = 40  # characters of what was given that a refusal quotes


def quoted(given: Any) -> str:
    """What was given, as a refusal quotes it: on one line, and not at any length.

    >>> quoted("relu"), quoted([[1, 2], [3, 4]]), len(quoted("x" * 1000)), quoted(10**5000)
    ("'relu'", '[[1, 2], [3, 4]]', 40, 'a whole number of 16610 bits')
    """
    if isinstance(given, int) and given.bit_length() > 4 * LONGEST:  # Python writes out no more than some thousands of digits
        return f"a whole number of {given.bit_length()} bits"
    text = " ".join(repr(given).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
