"""Control charts: a number by period, the limits of its usual wobble, and the points outside them.

The limits stand only under the stretch that they are computed from; what came before is drawn without. A point
outside is marked by colour and by form, so that it is seen without colours too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxlib.ink.canvas import Canvas
from cxlib.ink.rows import records
from cxlib.section import Exhibit
from cxlib.words.dates import date_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_DAYS = 5


def control(exhibit: Exhibit, canvas: Canvas) -> Figure:
    """Return the figure of an exhibit of kind ``control``; the columns are those of `cxlib.ink.figures`."""
    rows = records(exhibit.frame)
    figure, axes = canvas.axes(height=2.6, margins=(0.85, 0.85, 0.2, 0.75))
    axes.set_xlim(-0.5, len(rows) - 0.5)
    if canvas.time_mirrored:
        canvas.mirror(axes)
    unit = rows[0].get("unit") or ""
    _value_axis(axes, canvas, rows, unit)
    _limits(axes, canvas, rows)
    _points(axes, canvas, rows)
    _center(axes, canvas, rows, unit)
    _day_axis(axes, canvas, rows)
    canvas.note(figure, canvas.reader.words("figure.control"))
    return figure


def _column(rows: list[dict[str, Any]], name: str) -> np.ndarray:
    """A column of numbers, missing ones as not-a-number."""
    return np.array([np.nan if row.get(name) is None else row[name] for row in rows], dtype=float)


def _value_axis(axes: Axes, canvas: Canvas, rows: list[dict[str, Any]], unit: str) -> None:
    """Round values with hairlines across."""
    ends = np.concatenate([_column(rows, name) for name in ("value", "low", "high")])
    known = ends[np.isfinite(ends)].tolist()
    places, words = canvas.scale(known or [0.0, 1.0], unit)
    axes.set_ylim(places[0], places[-1])
    canvas.ticks(axes.yaxis, places, words)
    axes.grid(axis="y", color=canvas.theme.line, linewidth=0.7)
    axes.set_axisbelow(True)


def _limits(axes: Axes, canvas: Canvas, rows: list[dict[str, Any]]) -> None:
    """The band between the limits, and its middle."""
    places, low, high = np.arange(len(rows)), _column(rows, "low"), _column(rows, "high")
    axes.fill_between(places, low, high, step="mid", color=canvas.theme.primary, alpha=0.12, linewidth=0, gid="band")
    axes.plot(places, _column(rows, "center"), color=canvas.theme.muted, linewidth=1.2, gid="center")


def _points(axes: Axes, canvas: Canvas, rows: list[dict[str, Any]]) -> None:
    """The numbers; those outside their limits as larger diamonds in the accent colour."""
    places, value = np.arange(len(rows)), _column(rows, "value")
    out = np.array([bool(row.get("is_out")) for row in rows])
    axes.plot(places, value, color=canvas.theme.primary, linewidth=1.2, alpha=0.6, gid="line")
    axes.scatter(places[~out], value[~out], s=16, color=canvas.theme.primary, zorder=3, clip_on=False, gid="points")
    style = {"marker": "D", "color": canvas.theme.accent, "zorder": 4, "clip_on": False}
    axes.scatter(places[out], value[out], s=60, gid="out", **style)


def _center(axes: Axes, canvas: Canvas, rows: list[dict[str, Any]], unit: str) -> None:
    """The usual level, written beside the end of its line."""
    known = [row["center"] for row in rows if row.get("center") is not None]
    if known:
        side = "right" if axes.xaxis_inverted() else "left"
        words = canvas.value(known[-1], unit)
        canvas.write(axes, len(rows) - 0.4, known[-1], words, bold=True, va="center", ha=side)


def _day_axis(axes: Axes, canvas: Canvas, rows: list[dict[str, Any]]) -> None:
    """Some days in words, the last one among them."""
    step = max(-(-len(rows) // _MOST_DAYS), 1)
    places = list(range((len(rows) - 1) % step, len(rows), step))
    lang, calendar = canvas.reader.lang, canvas.reader.calendar
    canvas.ticks(axes.xaxis, places, [date_text(rows[place]["label"], lang, calendar) for place in places])
    axes.tick_params(axis="x", pad=8)
