"""Colours and lines of pictures, in four themes: light, dark, print (black on white), and auto.

One sheet of CSS serves all of them. In "auto" it speaks of variables, which follow the page or the system; in the
others every colour is written out, because programs that turn SVG into PNG or PDF know no variables. Blue stands for
one sign and orange for the other, and never alone: the sign is a character as well, and negative lines are dashed.
"""

THEMES = ("light", "dark", "auto", "print")

COLOURS = {
    "light": {
        "ink": "#1b1f24", "soft": "#59626e", "line": "#b4bdc8", "paper": "#f6f8fa", "card": "#ffffff", "quiet": "#eef1f4",
        "pos": "#0a62ab", "neg": "#a34a04", "posbg": "#e1effb", "negbg": "#fdebd9", "warn": "#a34a04", "group": "#eef2f6",
    },
    "dark": {
        "ink": "#e8eaed", "soft": "#a3acb8", "line": "#56606d", "paper": "#1e232a", "card": "#14171b", "quiet": "#262c34",
        "pos": "#6db8f7", "neg": "#f4a862", "posbg": "#12304a", "negbg": "#43290f", "warn": "#f4a862", "group": "#242a32",
    },
    "print": {
        "ink": "#000000", "soft": "#000000", "line": "#000000", "paper": "#ffffff", "card": "#ffffff", "quiet": "#ffffff",
        "pos": "#000000", "neg": "#000000", "posbg": "#ffffff", "negbg": "#ffffff", "warn": "#000000", "group": "#ffffff",
    },
}  # fmt: skip

_SHEET = """
text{fill:@ink;font:14px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",Arial,sans-serif}
.name{font:italic 16px "STIX Two Text","Cambria","Times New Roman","DejaVu Serif",serif}
.small{font-size:12px}.soft{fill:@soft}.warn{fill:@warn}
.paper{fill:@paper}
.frame{fill:@card;stroke:@line;stroke-width:1.4}
.constant .frame{fill:@quiet;stroke-dasharray:4 3}.constant text{fill:@soft}
.stale .frame{stroke:@warn;stroke-width:2.4;stroke-dasharray:7 4}
.badge{fill:@quiet;stroke:@line;stroke-width:1.2}
.pill{fill:@card;stroke:@line;stroke-width:1}.slot{fill:@quiet;stroke:@line;stroke-width:.8}
.chip{fill:none;stroke:@line;stroke-width:1}
.none .chip{stroke-dasharray:3 3}
.partial .chip{stroke:@soft;stroke-dasharray:8 3}
.complete .chip{fill:@posbg;stroke:none}.complete.negative .chip{fill:@negbg}
.grad{font-weight:700;fill:@soft}.positive .grad{fill:@pos}.negative .grad{fill:@neg}
.wire path,path.key{fill:none;stroke:@line;stroke-width:1.5}
.wire.positive path,path.key.positive{stroke:@pos}.wire.negative path,path.key.negative{stroke:@neg;stroke-dasharray:7 4}
.wire.zero path{stroke-dasharray:1.5 4;stroke-linecap:round}
.wire path.head{fill:@line;stroke:none}.wire.positive path.head{fill:@pos}.wire.negative path.head{fill:@neg}
"""
_PRINT = """
.frame{stroke-width:1.2}.none .chip{stroke-width:.8}.complete .chip{stroke:#000;stroke-width:1.6}.zero .chip{stroke-width:.6}
"""


def stylesheet(theme: str) -> str:
    """The CSS of a theme. Raises ValueError for a theme that does not exist."""
    if theme not in THEMES:
        raise ValueError(f'theme is one of {", ".join(THEMES)}, not "{theme}"')
    if theme != "auto":
        return _coloured(COLOURS[theme]) + (_PRINT if theme == "print" else "")
    light, dark = [";".join(f"--{name}:{colour}" for name, colour in COLOURS[one].items()) for one in ("light", "dark")]
    sheet = _coloured({name: f"var(--{name})" for name in COLOURS["light"]})
    return f":root,:host{{{light}}}\n@media (prefers-color-scheme:dark){{:root,:host{{{dark}}}}}\n:host([data-theme=light]){{{light}}}\n:host([data-theme=dark]){{{dark}}}{sheet}"


def _coloured(colours: dict[str, str]) -> str:
    sheet = _SHEET
    for name in sorted(colours, key=len, reverse=True):  # "posbg" before "pos"
        sheet = sheet.replace(f"@{name}", colours[name])
    return sheet
