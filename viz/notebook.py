"""How a picture shows itself in a notebook, so that it survives there: run, reopened untrusted, exported, in the dark.

The HTML holds the SVG as an image, which no sanitizer takes away; where scripts run, static/upgrade.js puts the same
SVG into a shadow root instead. Nothing is loaded from anywhere.
"""

import re
from base64 import b64encode
from functools import cache
from html import escape
from pathlib import Path

CLOSEST = 0.75  # a wide picture shrinks to this part of its size; from there on it is scrolled
LONGEST = 1200  # letters in the text that stands for the image


@cache
def _script() -> str:
    return (Path(__file__).parent / "static" / "upgrade.js").read_text(encoding="utf-8")


def html(svg: str, title: str, alternative: str) -> str:
    """The HTML of a picture: an image that needs nothing, and the script that makes more of it."""
    wide = float(re.search(r'width="([\d.]+)"', svg)[1])  # type: ignore[index]
    if len(alternative) > LONGEST:
        alternative = alternative[:LONGEST].rsplit(";", 1)[0] + "; …"
    size = f"width:100%;max-width:{wide:.0f}px;min-width:{min(wide * CLOSEST, wide):.0f}px;height:auto"
    image = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    # The frame takes the focus, so that a wide picture can be scrolled with the arrow keys.
    frame = f'class="chalkgrad-drawing" tabindex="0" role="group" aria-label="{escape(title)}" style="overflow-x:auto"'
    return f'<div {frame}><img alt="{escape(alternative)}" style="{size}" src="{image}"></div>\n<script>\n{_script()}</script>\n'
