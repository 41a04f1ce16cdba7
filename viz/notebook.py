"""How a picture shows itself in a notebook, so that it survives there: run, reopened untrusted, exported, in the dark.

The HTML holds the SVG as an image, which no sanitizer takes away; where scripts run, a module puts the same SVG into a
shadow root and makes more of it: static/upgrade.js for a drawing. Nothing is loaded from anywhere.
"""

import re
from base64 import b64encode
from html import escape

from .bundle import stored

CLOSEST = 0.75  # a wide picture shrinks to this part of its size; from there on it is scrolled
LONGEST = 1200  # letters in the text that stands for the image


def image(svg: str, alternative: str) -> str:
    """An SVG document as an image that needs nothing, with the text that stands for it."""
    wide = float(re.search(r'width="([\d.]+)"', svg)[1])  # type: ignore[index]
    if len(alternative) > LONGEST:
        alternative = alternative[:LONGEST].rsplit(";", 1)[0] + "; …"
    size = f"width:100%;max-width:{wide:.0f}px;min-width:{min(wide * CLOSEST, wide):.0f}px;height:auto"
    return f'<img alt="{escape(alternative)}" style="{size}" src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}">'


def html(svg: str, title: str, alternative: str) -> str:
    """The HTML of a picture: an image that needs nothing, and the script that makes more of it."""
    # The frame takes the focus, so that a wide picture can be scrolled with the arrow keys.
    frame = f'class="chalkgrad-drawing" tabindex="0" role="group" aria-label="{escape(title)}" style="overflow-x:auto"'
    return f'<div {frame}>{image(svg, alternative)}</div>\n<script type="module">\n{stored("static/upgrade.js")}</script>\n'
