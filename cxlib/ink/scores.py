"""Histograms of answers: every score and how many gave it; NPS answers in the colours of their three groups.

The same NPS can hide different shares of detractors and promoters, so the shares stand above the bars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxlib.ink.canvas import SMALL, Canvas
from cxlib.ink.rows import records
from cxlib.section import Exhibit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_GROUPS = (("detractors", 0, 6), ("passives", 7, 8), ("promoters", 9, 10))


def histogram(exhibit: Exhibit, canvas: Canvas) -> Figure:
    """Return the figure of an exhibit of kind ``histogram``; the columns are those of `cxlib.ink.figures`."""
    counts = {int(row["score"]): int(row["n"] or 0) for row in records(exhibit.frame)}
    is_nps = min(counts) == 0 and max(counts) == 10
    figure, axes = canvas.axes(height=1.9, margins=(0.35, 0.35, 0.5 if is_nps else 0.15, 0.5))
    colours = {score: _colour(score, canvas) if is_nps else canvas.theme.primary for score in counts}
    _bars(axes, counts, colours)
    axes.set(xlim=(min(counts) - 0.6, max(counts) + 0.6), ylim=(0, max(*counts.values(), 1) * 1.12), yticks=[])
    canvas.ticks(axes.xaxis, list(counts), [canvas.reader.number(score) for score in counts], bold=True)
    for score, n in counts.items():
        style = {"ha": "center", "va": "bottom", "size": SMALL - 1, "color": canvas.theme.muted}
        canvas.write(axes, score, n, canvas.reader.number(n), **style)
    if is_nps:
        _shares(axes, canvas, counts)
    total = canvas.reader.words("estimate.n", n=sum(counts.values()))
    canvas.note(figure, total)
    if canvas.is_rtl:
        axes.invert_xaxis()
    return figure


def _bars(axes: Axes, counts: dict[int, int], colours: dict[int, str]) -> None:
    """One bar a score, at its place on a numeric axis."""
    import seaborn

    drawn = pd.DataFrame({"score": list(counts), "n": list(counts.values())})
    look = {"width": 0.78, "saturation": 1, "native_scale": True, "errorbar": None, "legend": False, "gid": "bar"}
    seaborn.barplot(drawn, x="score", y="n", hue="score", palette=colours, ax=axes, **look)
    axes.set(xlabel="", ylabel="")


def _colour(score: int, canvas: Canvas) -> str:
    theme = canvas.theme
    return theme.bad if score <= 6 else theme.fair if score <= 8 else theme.good


def _shares(axes: Axes, canvas: Canvas, counts: dict[int, int]) -> None:
    """The share of detractors, passives and promoters above their bars."""
    total = sum(counts.values())
    for group, low, high in _GROUPS:
        n = sum(counts.get(score, 0) for score in range(low, high + 1))
        share = canvas.reader.number(n / total, ".0%") if total else canvas.reader.words("word.none")
        words = canvas.reader.words("figure.group-share", group=canvas.reader.words(f"figure.{group}"), share=share)
        style = {"transform": axes.get_xaxis_transform(), "ha": "center", "va": "bottom", "bold": True}
        axes.plot(
            [low - 0.39, high + 0.39],
            [1.05, 1.05],
            color=_colour(low, canvas),
            linewidth=3,
            clip_on=False,
            transform=axes.get_xaxis_transform(),
            solid_capstyle="butt",
        )
        canvas.write(axes, (low + high) / 2, 1.09, words, **style)
