"""Colours and lines of pictures, in four themes: light, dark, print (black on white), and auto.

One sheet of CSS serves all of them. In "auto" it speaks of variables, which follow the page or the system; in the
others every colour is written out, because programs that turn SVG into PNG or PDF know no variables. Blue stands for
one sign and orange for the other, and never alone: the sign is a character as well, and negative lines are dashed.
"""

import re

from autograd.quoting import quoted

THEMES = ("light", "dark", "auto", "print")

COLOURS = {
    "light": {
        "ink": "#1b1f24", "soft": "#59626e", "line": "#7c8896", "paper": "#f6f8fa", "card": "#ffffff", "quiet": "#edf0f3",
        "positive": "#0a62ab", "negative": "#a34a04", "positive-chip": "#e1effb", "negative-chip": "#fdebd9", "group": "#e9eef3",
        "now": "#6a35c9", "now-chip": "#efe7fd",
    },
    "dark": {
        "ink": "#e8eaed", "soft": "#a9b2bd", "line": "#7a8695", "paper": "#1e232a", "card": "#14171b", "quiet": "#2a3038",
        "positive": "#6db8f7", "negative": "#f4a862", "positive-chip": "#12304a", "negative-chip": "#43290f", "group": "#282f38",
        "now": "#c3a2ff", "now-chip": "#362a52",
    },
    "print": {
        "ink": "#000", "soft": "#000", "line": "#000", "paper": "#fff", "card": "#fff", "quiet": "#fff",
        "positive": "#000", "negative": "#000", "positive-chip": "#fff", "negative-chip": "#fff", "group": "#fff",
        "now": "#000", "now-chip": "#fff",
    },
}  # fmt: skip

_SHEET = """
text{fill:@ink;font:14px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",Arial,sans-serif}
.name{font:italic 16px "STIX Two Text",Cambria,"Times New Roman","DejaVu Serif",serif}
.small{font-size:12px}.caption{font-size:15px}.soft{fill:@soft}.warn{fill:@negative}
.paper{fill:@paper}
.group rect{fill:@group;fill-opacity:.55;stroke:@line;stroke-width:1}.group text{fill:@soft;font-size:13px;font-weight:600}
.frame{fill:@card;stroke:@line;stroke-width:1.3}
.constant .frame{fill:@quiet;stroke-dasharray:4 3}
.folded .frame{stroke-width:1.6}.folded .name{font-style:normal}
.stale .frame{stroke:@negative;stroke-width:2.4;stroke-dasharray:7 4}
.badge{fill:@quiet;stroke:@line;stroke-width:1.2}
.pill{fill:@card;stroke:@line;stroke-width:1}.slot{fill:@quiet;stroke:@line;stroke-width:.8}
.chip{fill:none;stroke:@line;stroke-width:1}
.none .chip{stroke-dasharray:3 3}
.partial .chip{stroke:@soft;stroke-width:1.4;stroke-dasharray:9 3}
.complete .chip{fill:@positive-chip;stroke:none}.complete.negative .chip{fill:@negative-chip}
.gradient{font-weight:700;fill:@soft;text-anchor:end}.number{text-anchor:middle}.positive .gradient{fill:@positive}.negative .gradient{fill:@negative}
.wire .line,.wire .trunk{fill:none;stroke:@line;stroke-width:1.5}
.wire.positive .line{stroke:@positive}.wire.negative .line{stroke:@negative;stroke-dasharray:7 4}
.wire.zero .line{stroke-dasharray:1.5 4;stroke-linecap:round}
.positive>.on-line{fill:@positive}.negative>.on-line{fill:@negative}
.bracket{fill:none;stroke:@ink;stroke-width:1.5}.divider{stroke:@line;stroke-dasharray:4 3}.parameters .frame{fill:@quiet}.entry{text-anchor:end}
.lit{fill:@now-chip;stroke:@now;stroke-width:1.2}
.off{opacity:.3}.dropped .frame{stroke-dasharray:4 3}.cross{stroke:@negative;stroke-width:1.6;stroke-opacity:.7;fill:none}
.head{fill:@line}.positive .head{fill:@positive}.negative .head{fill:@negative}
.card.read .frame{stroke:@now;stroke-width:2}.card.now .frame{stroke:@now;stroke-width:3.4;fill:@now-chip}
.wire.read .line,.wire.read .trunk{stroke:@now;stroke-width:2.2}.wire.now .line,.wire.now .trunk{stroke:@now;stroke-width:4}
.wire.read .head,.wire.now .head{fill:@now}
"""
_PRINT = """
.frame{stroke-width:1}.none .chip{stroke-width:.7}.partial .chip{stroke-width:1.2}.zero .chip{stroke-width:.7}
.complete .chip{stroke:#000;stroke-width:1.8}.array .complete .chip{stroke:none}.group rect{stroke-dasharray:1 3}
"""


def stylesheet(theme: str) -> str:
    """The CSS of a theme. Raises ValueError for a theme that does not exist."""
    if not isinstance(theme, str) or theme not in THEMES:
        raise ValueError(f"theme is one of {', '.join(THEMES)}, not {quoted(theme)}")
    if theme != "auto":
        return _coloured(COLOURS[theme]) + (_PRINT if theme == "print" else "")
    return variables() + _coloured({name: f"var(--{name})" for name in COLOURS["light"]})


def variables() -> str:
    """The colours as variables of CSS, which follow the page or the system, or what is chosen for an element."""
    light, dark = [";".join(f"--{name}:{colour}" for name, colour in COLOURS[one].items()) for one in ("light", "dark")]
    return (
        f":root,:host{{{light}}}\n@media (prefers-color-scheme:dark){{:root,:host{{{dark}}}}}\n"
        f":host([data-theme=light]){{{light}}}\n:host([data-theme=dark]){{{dark}}}"
    )


def _coloured(colours: dict[str, str]) -> str:
    return re.sub(r"@([a-z]+(?:-chip)?)", lambda name: colours[name[1]], _SHEET)
