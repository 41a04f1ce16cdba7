"""What all plots share: the axes, colours that suit the background, lines that differ in more than colour, and words.

Only this file imports matplotlib, and only when a plot is called. The colours are those of the drawings.
"""

from dataclasses import dataclass
from typing import Any

import numpy

from autograd.explain.languages import fill, templates

from ..output.theme import COLOURS

DASHES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
INKS = ("positive", "negative", "now", "ink")  # of the palettes: blue, orange, purple, and that of the text


@dataclass(frozen=True)
class Frame:
    """Axes to draw on, with the palette that can be read on them, and a language."""

    ax: Any
    palette: dict[str, str]
    lang: str

    def say(self, key: str, **texts: Any) -> str:
        """The words of a key, in the language of the plot."""
        return fill(key, texts, self.lang)

    def line(self, k: int) -> dict[str, Any]:
        """Colour and dashes of the k-th line, as arguments of matplotlib; the first sixteen all differ."""
        return {"color": self.palette[INKS[k % 4]], "linestyle": DASHES[(k + k // 4) % 4], "linewidth": 2}

    def marker(self, k: int) -> dict[str, Any]:
        """Colour and shape of the points of the k-th kind, as arguments of matplotlib; the first eight shapes all differ."""
        return {"color": self.palette[INKS[k % 4]], "marker": MARKERS[k % 8], "edgecolors": self.palette["card"], "linewidths": 0.6}

    def label(self, x: str, y: str, title: str = "") -> None:
        """Names what is on the axes."""
        self.ax.set_xlabel(x)
        self.ax.set_ylabel(y)
        if title:
            self.ax.set_title(title, color=self.palette["outside"])

    def legend(self, **more: Any) -> None:
        """Says which line is which, where there is room."""
        made = self.ax.legend(facecolor=self.palette["card"], edgecolor=self.palette["line"], framealpha=0.85, **more)
        for text in made.get_texts():
            text.set_color(self.palette["ink"])

    def note(self, text: str, place: tuple[float, float] = (0.5, -0.17)) -> None:
        """A sentence below the axes, in fractions of them."""
        self.ax.annotate(
            text,
            place,
            xycoords="axes fraction",
            ha="center",
            va="top",
            color=self.palette["outside-soft"],
            fontsize="small",
            annotation_clip=False,
        )


def frame(ax: Any, lang: str = "en", grid: bool = True, figsize: tuple[float, float] | None = None) -> Frame:
    """The axes that are given, or those of a new figure of matplotlib.pyplot, made ready for a plot; nothing is shown.

    Raises ImportError, with what to install, where matplotlib is missing, TypeError for what are no axes, and ValueError
    for an unknown language.
    """
    templates(lang)
    try:
        from matplotlib import pyplot
        from matplotlib.axes import Axes
    except ImportError:
        raise ImportError('plots are drawn by matplotlib; install it with: pip install "chalkgrad[notebook]"') from None
    if ax is None:
        ax = pyplot.subplots(figsize=figsize, layout="constrained")[1]
    elif not isinstance(ax, Axes):
        raise TypeError(f"ax is the Axes of matplotlib to draw on, such as pyplot.subplots()[1], not {type(ax).__name__}")
    around = _over(ax.figure.get_facecolor(), (0.5, 0.5, 0.5)) if _opacity(ax.figure.get_facecolor()) else None
    inside = _palette(_over(ax.get_facecolor(), around or _guess()))
    outside = _palette(around or _guess())
    palette = {**inside, "outside": outside["ink"], "outside-soft": outside["soft"]}
    for place, spine in ax.spines.items():
        spine.set_color(outside["line"])
        spine.set_visible(place in ("left", "bottom"))
    ax.tick_params(colors=outside["soft"], which="both")
    for axis in (ax.xaxis, ax.yaxis):
        axis.label.set_color(outside["ink"])
        axis.get_offset_text().set_color(outside["soft"])
    if grid:
        ax.grid(color=inside["line"], alpha=0.25, linewidth=0.8)
        ax.set_axisbelow(True)
    return Frame(ax, palette, lang)


def _opacity(colour: Any) -> float:
    from matplotlib.colors import to_rgba

    return to_rgba(colour)[3]


def _over(colour: Any, behind: tuple[float, float, float]) -> tuple[float, float, float]:
    """What is seen of a colour that may be transparent."""
    from matplotlib.colors import to_rgba

    red, green, blue, alpha = to_rgba(colour)
    mixed = [alpha * own + (1 - alpha) * other for own, other in zip((red, green, blue), behind, strict=True)]
    return mixed[0], mixed[1], mixed[2]


def _guess() -> tuple[float, float, float]:
    """The background of transparent axes: light, unless matplotlib is set to write in a light colour."""
    from matplotlib import rcParams
    from matplotlib.colors import to_rgb

    return (0.0, 0.0, 0.0) if _luminance(to_rgb(rcParams["text.color"])) > 0.5 else (1.0, 1.0, 1.0)


def _luminance(colour: tuple[float, float, float]) -> float:
    """The relative luminance of a colour, from 0 to 1 (WCAG 2, definition of relative luminance)."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _palette(background: tuple[float, float, float]) -> dict[str, str]:
    """Of light and dark the one whose text has the larger contrast with a background."""
    return COLOURS["light" if _luminance(background) > 0.18 else "dark"]


def signs(palette: dict[str, str]) -> Any:
    """A map of colours from orange (negative) over the background to blue (positive)."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("signs", [palette["negative"], palette["card"], palette["positive"]])


def grid_of(low: Any, high: Any, points: int = 121) -> tuple[Any, Any, Any]:
    """A grid of a plane: its x, its y, and all its points, of shape (points², 2)."""
    x, y = (numpy.linspace(low[k], high[k], points) for k in (0, 1))
    return x, y, numpy.stack(numpy.meshgrid(x, y), axis=-1).reshape(-1, 2)
