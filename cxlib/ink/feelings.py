"""The emotion curve of a journey: how customers feel at each stage, from −2 (very bad) to +2 (very good).

A stage with data is a dot with its interval; a stage that only has an assumption is a hollow diamond in the colour of
assumptions; a stage with neither is a gap. The curve only guides the eye: there is nothing between two stages.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from cxlib.ink.canvas import SMALL, Canvas
from cxlib.ink.rows import label, records
from cxlib.ink.sentences import signed
from cxlib.section import Exhibit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LIMIT = 2.0
_STEPS = 24
_SHADES = 31


def emotion(exhibit: Exhibit, canvas: Canvas) -> Figure:
    """Return the figure of an exhibit of kind ``emotion``; the columns are those of `cxlib.ink.figures`."""
    rows = records(exhibit.frame)
    figure, axes = canvas.axes(height=2.5, margins=(0.6, 0.3, 0.15, 0.95))
    axes.set(xlim=(-0.6, len(rows) - 0.4), ylim=(-LIMIT - 0.45, LIMIT + 0.45))
    canvas.mirror(axes)
    _ground(axes, canvas, len(rows))
    x, y = curve([row["value"] for row in rows])
    axes.plot(x, y, color=canvas.theme.ink, linewidth=2, zorder=2, gid="curve")
    for place, row in enumerate(rows):
        if row["value"] is not None:
            _stage(axes, canvas, place, row)
    width = max(10, 84 // max(len(rows), 1))
    names = [canvas.wrapped(label(row["label"], reader=canvas.reader), width) for row in rows]
    canvas.ticks(axes.xaxis, range(len(rows)), names, colour=canvas.theme.ink)
    canvas.ticks(axes.yaxis, range(-2, 3), [canvas.value(mark, "points") for mark in range(-2, 3)])
    for place, row in enumerate(rows):
        _count(axes, canvas, place, row)
    canvas.note(figure, canvas.reader.words("journey.scale"))
    return figure


def curve(values: list[float | None]) -> tuple[np.ndarray, np.ndarray]:
    """Return places and heights of the guiding curve; gaps are not-a-number.

    Between two neighbouring values it leaves and arrives level, so it never exceeds them.

    Examples
    --------
    >>> x, y = curve([0.0, 2.0, None])
    >>> bool(np.nanmax(y) == 2), float(y[12])
    (True, 1.0)
    """
    share = np.arange(_STEPS + 1) / _STEPS
    ease = share * share * (3 - 2 * share)
    x, y = [np.array([])], [np.array([])]
    for place, (start, end) in enumerate(pairwise(values)):
        known = start is not None and end is not None
        x.append(place + share)
        y.append(start + (end - start) * ease if known else np.full(_STEPS + 1, np.nan))
    return np.concatenate(x), np.concatenate(y)


def mood(value: float) -> str:
    """Return the theme's colour name of an emotion: ``good`` from +0.5, ``bad`` from −0.5, else ``fair``.

    Examples
    --------
    >>> [mood(value) for value in (-2, -0.4, 0.5)]
    ['bad', 'fair', 'good']
    """
    return "good" if value >= 0.5 else "bad" if value <= -0.5 else "fair"


def _ground(axes: Axes, canvas: Canvas, stages: int) -> None:
    """A pale ground, better above zero and worse below."""
    ends = [canvas.theme.tint(canvas.theme.bad, 0.8), "#ffffff", canvas.theme.tint(canvas.theme.good, 0.8)]
    colours = np.array([[int(end[at : at + 2], 16) / 255 for at in (1, 3, 5)] for end in ends])
    steps = np.linspace(0, 2, _SHADES)
    shades = np.stack([np.interp(steps, range(3), colour) for colour in colours.T], axis=-1)[:, np.newaxis]
    limits = (-0.6, stages - 0.4, -LIMIT - 0.45, LIMIT + 0.45)
    axes.imshow(shades, extent=limits, origin="lower", aspect="auto", interpolation="nearest", zorder=0)
    axes.axhline(0, color=canvas.theme.faint, linewidth=1, zorder=1)


def _stage(axes: Axes, canvas: Canvas, place: int, row: dict[str, Any]) -> None:
    """One stage: interval, mark, value, and whether it is a moment of truth."""
    value, theme = row["value"], canvas.theme
    is_data = row.get("source", "data") == "data"
    if row.get("low") is not None:
        axes.plot(
            [place] * 2,
            [row["low"], row["high"]],
            color=theme.ink,
            linewidth=1.2,
            marker="_",
            markersize=8,
            zorder=3,
            gid="interval",
        )
    style = {"color": theme.colours[mood(value)], "marker": "o"} if is_data else {"color": "white", "marker": "D"}
    edge = "white" if is_data else theme.evidence.get(row["source"], theme.faint)
    axes.scatter(
        [place], [value], s=80 if is_data else 46, edgecolor=edge, linewidth=1.6, zorder=4, gid="stage", **style
    )
    top = row.get("high") if row.get("high") is not None else value
    words = signed(value, reader=canvas.reader)
    canvas.write(axes, place, top + 0.16, words, bold=True, ha="center", va="bottom", zorder=5)
    if row.get("moment_of_truth"):
        below = (row.get("low") if row.get("low") is not None else value) - 0.22
        box = {"boxstyle": "round,pad=0.3", "facecolor": theme.accent_text, "edgecolor": "none"}
        style = {"ha": "center", "va": "top", "size": SMALL - 1.5, "bold": True, "color": "white", "bbox": box}
        canvas.write(axes, place, max(below, -LIMIT - 0.1), canvas.reader.words("journey.truth"), zorder=5, **style)


def _count(axes: Axes, canvas: Canvas, place: int, row: dict[str, Any]) -> None:
    """What a stage rests on, under its name: n, or that it is assumed."""
    source = row.get("source") or ("data" if row.get("n") else "assumption")
    words = canvas.reader.words(f"evidence.{source}")
    if source == "data":
        words = canvas.reader.words("estimate.n", n=row.get("n") or 0)
    style = {"transform": axes.get_xaxis_transform(), "ha": "center", "va": "top", "size": SMALL - 1}
    canvas.write(
        axes, place, -0.2, words, color=canvas.theme.evidence.get(source, canvas.theme.muted), gid="n", **style
    )
