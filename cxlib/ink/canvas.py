"""What every figure shares: a fixed size, the typeface, axes that know both directions, and nothing global.

matplotlib (3.11 and later) shapes and orders Persian itself: texts stay logical strings, a Persian line begins with a
right-to-left mark. Ticks are always set, so nothing is left to defaults at drawing time. A figure is closed before it
is returned, so that a notebook shows it once.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxlib.ink.sentences import Reader, amount, time_scale
from cxlib.ink.theme import Theme, font
from cxlib.words.direction import direction, marked

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, DPI = 8.0, 80
SMALL, NORMAL, LARGE = 8.5, 10, 12.5


@dataclass(frozen=True)
class Canvas:
    """Who reads a figure, in whose colours, under which title (empty: none, the page around it has one).

    `time_mirrored` lets the months of a Persian figure run from right to left too.
    """

    reader: Reader
    theme: Theme
    title: str = ""
    time_mirrored: bool = False

    @property
    def is_rtl(self) -> bool:
        """Whether the figure runs from right to left."""
        return direction(self.reader.lang) == "rtl"

    def text(self, words: str) -> str:
        """Return a line of a figure, marked for its direction."""
        return marked(words, self.reader.lang)

    def axes(self, *, height: float, margins: tuple[float, float, float, float]) -> tuple[Figure, Axes]:
        """Return an empty figure, closed for pyplot; margins are left, right, top and bottom in inches.

        Left and right are those of English; they change places in Persian.
        """
        import matplotlib.pyplot as plt

        left, right, top, bottom = margins
        top += 0.35 if self.title else 0.0
        left, right = (right, left) if self.is_rtl else (left, right)
        figure, axes = plt.subplots(figsize=(WIDTH, height + top + bottom), dpi=DPI)
        plt.close(figure)
        total = height + top + bottom
        figure.subplots_adjust(left / WIDTH, bottom / total, 1 - right / WIDTH, 1 - top / total)
        figure.set_facecolor("white")
        self._bare(axes)
        self._titled(figure, total)
        return figure, axes

    def _bare(self, axes: Axes) -> None:
        """No frame, no ticks, a white ground."""
        import seaborn

        axes.set_facecolor("white")
        axes.tick_params(length=0, colors=self.theme.muted)
        seaborn.despine(ax=axes, left=True, bottom=True)

    def _titled(self, figure: Figure, total: float) -> None:
        """The title at the side where the language begins."""
        if self.title:
            x, side = (1 - 0.15 / WIDTH, "right") if self.is_rtl else (0.15 / WIDTH, "left")
            style = {"ha": side, "va": "top", "color": self.theme.ink, "fontproperties": font(LARGE, bold=True)}
            figure.text(x, 1 - 0.1 / total, self.text(self.title), **style)

    def mirror(self, axes: Axes) -> None:
        """Turn the horizontal axis round and put the vertical one at the right, for Persian."""
        if self.is_rtl:
            axes.invert_xaxis()
            axes.yaxis.tick_right()

    def ticks(
        self, axis: Any, places: Sequence[float], words: Sequence[str], *, bold: bool = False, colour: str = ""
    ) -> None:
        """Put these words at these places of an axis."""
        axis.set_ticks(list(places), [self.text(line) for line in words])
        for tick in axis.get_ticklabels():
            tick.set(fontproperties=font(SMALL, bold=bold), color=colour or self.theme.muted)

    def write(
        self, axes: Axes, x: float, y: float, words: str, *, bold: bool = False, size: float = SMALL, **style: Any
    ) -> Any:
        """Write a line at a place of the axes."""
        style.setdefault("color", self.theme.ink)
        return axes.text(x, y, self.text(words), fontproperties=font(size, bold=bold), **style)

    def note(self, figure: Figure, words: str) -> None:
        """Write a small line at the bottom of the figure."""
        x, side = (1 - 0.15 / WIDTH, "right") if self.is_rtl else (0.15 / WIDTH, "left")
        inch = figure.get_figheight()
        style = {"ha": side, "va": "bottom", "color": self.theme.muted, "fontproperties": font(SMALL - 1)}
        figure.text(x, 0.07 / inch, self.text(words), **style)

    def scale(self, values: Sequence[float], unit: str, *, most: int = 6) -> tuple[list[float], list[str]]:
        """Return round places that cover the values, and their words in the unit."""
        from matplotlib.ticker import MaxNLocator

        low, high = min(values), max(values)
        high = high if high > low else low + 1
        divisor, word = time_scale(high) if unit == "minutes" else (1, "")
        whole = unit in ("points", "count")
        locator = MaxNLocator(most, steps=[1, 2, 5, 10] if whole else [1, 2, 2.5, 5, 10], integer=whole)
        ticks = locator.tick_values(low / divisor, high / divisor)
        places = [float(tick) * divisor for tick in ticks]
        if word:
            return places, [self.reader.words(f"unit.{word}", amount=float(f"{tick:.6g}")) for tick in ticks]
        return places, [self.value(place, unit) for place in places]

    def value(self, value: float, unit: str) -> str:
        """Return a value of an axis in its unit."""
        return amount(value, unit, reader=self.reader) if unit and value else self.reader.number(value)

    def wrapped(self, words: str, width: int = 26, *, most: int = 2) -> str:
        """Return a label in at most `most` lines, the rest cut with an ellipsis."""
        lines = textwrap.wrap(words, width) or [""]
        lines = lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1][: width - 1] + "…"]
        return "\n".join(self.text(line) for line in lines)


def empty(canvas: Canvas) -> Figure:
    """Return a figure that says that there is nothing to show yet."""
    figure, axes = canvas.axes(height=0.8, margins=(0.2, 0.2, 0.1, 0.1))
    axes.set(xticks=[], yticks=[])
    words = canvas.reader.words("figure.empty")
    canvas.write(axes, 0.5, 0.5, words, size=NORMAL, color=canvas.theme.muted, ha="center", va="center")
    return figure
