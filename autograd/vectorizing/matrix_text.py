"""Matrices in plain text: brackets over several lines, numbers aligned at their points, side by side."""

from collections.abc import Sequence

Block = Sequence[str]


def brackets(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of numbers as a matrix in brackets; a single number stands alone.

    >>> print("\\n".join(brackets([["1", "-0.25"], ["10.5", "3"]])))
    ⎡ 1    -0.25⎤
    ⎣10.5   3   ⎦
    >>> brackets([["-2"]])
    ['-2']
    """
    if len(rows) == 1 and len(rows[0]) == 1:
        return [rows[0][0]]
    columns = [aligned(column) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cells) for cells in zip(*columns, strict=True)]
    if len(lines) == 1:
        return [f"[{lines[0]}]"]
    ends = [("⎡", "⎤"), *[("⎢", "⎥")] * (len(lines) - 2), ("⎣", "⎦")]
    return [f"{left}{line}{right}" for (left, right), line in zip(ends, lines, strict=True)]


def aligned(texts: Sequence[str]) -> list[str]:
    """Numbers of one width, with their points below each other."""
    heads = [text.partition("e")[0].partition(".")[0] for text in texts]
    before = max(map(len, heads))
    moved = [" " * (before - len(head)) + text for head, text in zip(heads, texts, strict=True)]
    width = max(map(len, moved))
    return [text.ljust(width) for text in moved]


def side_by_side(blocks: Sequence[Block]) -> str:
    """Blocks of lines side by side, each in the middle of the height."""
    height = max(map(len, blocks))
    lines = [""] * height
    for block in blocks:
        width = max(map(len, block))
        above = (height - len(block)) // 2
        filled = [*[""] * above, *block, *[""] * (height - len(block) - above)]
        lines = [line + text.ljust(width) for line, text in zip(lines, filled, strict=True)]
    return "\n".join([line.rstrip() for line in lines])
