"""Lines over months: the value, its interval as a band, and the n of every month under the axis.

Time runs from left to right in both languages, as on a clinical chart; `Canvas.time_mirrored` turns it round.
A month without a value stays a gap; it is not bridged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxlib.ink.canvas import SMALL, Canvas
from cxlib.ink.rows import estimate, is_few, label, records, shared_unit
from cxlib.measures.estimate import Estimate
from cxlib.section import Exhibit
from cxlib.words.dates import month_name
from cxlib.words.numbers import digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_MONTHS, _MOST_COUNTS = 7, 20


def line(exhibit: Exhibit, canvas: Canvas) -> Figure:
    """Return the figure of an exhibit of kind ``line``; the columns are those of `cxlib.ink.figures`."""
    rows = records(exhibit.frame)
    months = sorted({row["month"] for row in rows})
    groups = _groups(rows, canvas)
    known = [item for series in groups.values() for item in series.values()]
    figure, axes = canvas.axes(height=2.6, margins=(0.85, 0.85, 0.2, 0.85))
    axes.set_xlim(-0.5, max(len(months) - 0.5, 0.5))
    if canvas.time_mirrored:
        canvas.mirror(axes)
    unit = shared_unit(known)
    targets = sorted({row["target"] for row in rows if row.get("target") is not None})
    _value_axis(axes, canvas, known, targets, unit)
    for place, (name, series) in enumerate(groups.items()):
        _series(axes, canvas, months, series, canvas.theme.series[place % len(canvas.theme.series)], name)
    for target in targets:
        _target(axes, canvas, target, unit)
    _month_axis(axes, canvas, months)
    _counts(axes, canvas, months, next(iter(groups.values())) if len(groups) == 1 else {})
    level = canvas.reader.number(known[0].level, ".0%")
    canvas.note(figure, canvas.reader.words("figure.interval", level=level))
    return figure


def _groups(rows: list[dict[str, Any]], canvas: Canvas) -> dict[str, dict[str, Estimate]]:
    """Series name (empty for the only one) → month → estimate."""
    found: dict[str, dict[str, Estimate]] = {}
    for row in rows:
        name = label(row["series"], reader=canvas.reader) if row.get("series") is not None else ""
        found.setdefault(name, {})[row["month"]] = estimate(row)
    return found


def _series(axes: Axes, canvas: Canvas, months: list[str], series: dict[str, Estimate], colour: str, name: str) -> None:
    """One line with its band; months with too few answers are hollow and grey."""
    rows = [series.get(month) for month in months]
    few = np.array([row is None or is_few(row) for row in rows])
    value, low, high = (np.array([_number(row, part) for row in rows]) for part in ("value", "low", "high"))
    places = np.arange(len(months))
    axes.fill_between(places, low, high, color=colour, alpha=0.15, linewidth=0, gid="band")
    axes.plot(places, value, color=colour, linewidth=2, gid="line")
    axes.scatter(places[~few], value[~few], s=26, color=colour, edgecolor="white", zorder=3, gid="points")
    axes.scatter(places[few], value[few], s=26, color="white", edgecolor=canvas.theme.faint, zorder=3, gid="few")
    seen = np.flatnonzero(np.isfinite(value))
    if len(seen):
        _last(axes, canvas, seen[-1], value[seen[-1]], rows[seen[-1]].unit, name, colour)


def _last(axes: Axes, canvas: Canvas, place: int, value: float, unit: str, name: str, colour: str) -> None:
    """The last value, and the name of the series, beside the end of its line."""
    words = canvas.value(value, unit)
    style = {"bold": True, "va": "center", "ha": _start(axes), "color": canvas.theme.ink if not name else colour}
    canvas.write(axes, place + 0.25, value, f"{words} {name}".strip(), **style)


def _start(axes: Axes) -> str:
    """Where a text beside a point begins, whichever way time runs."""
    return "right" if axes.xaxis_inverted() else "left"


def _number(row: Estimate | None, part: str) -> float:
    found = getattr(row, part) if row else None
    return np.nan if found is None else found


def _value_axis(axes: Axes, canvas: Canvas, known: list[Estimate], targets: list[float], unit: str) -> None:
    """Round values with hairlines across."""
    ends = [end for row in known for end in (row.value, row.low, row.high) if end is not None] + targets
    places, words = canvas.scale(ends or [0.0, 1.0], unit)
    axes.set_ylim(places[0], places[-1])
    canvas.ticks(axes.yaxis, places, words)
    axes.grid(axis="y", color=canvas.theme.line, linewidth=0.7)
    axes.set_axisbelow(True)


def _target(axes: Axes, canvas: Canvas, target: float, unit: str) -> None:
    """A dashed line at the target."""
    axes.axhline(target, color=canvas.theme.accent, linewidth=1.3, linestyle=(0, (4, 3)), gid="target")
    words = canvas.reader.words("figure.target", value=canvas.value(target, unit))
    style = {"color": canvas.theme.accent_text, "va": "bottom", "ha": _start(axes)}
    canvas.write(axes, -0.4, target, words, **style)


def _month_axis(axes: Axes, canvas: Canvas, months: list[str]) -> None:
    """Every month a place, at most seven named, the year where it begins."""
    step = -(-len(months) // _MOST_MONTHS)
    places = list(range((len(months) - 1) % step, len(months), step))
    lang, calendar = canvas.reader.lang, canvas.reader.calendar
    words, year = [], ""
    for place in places:
        now, month = months[place].split("-")
        name = month_name(int(month), lang, calendar)
        words.append(name if now == year else f"{name}\n{canvas.text(digits(now, lang))}")
        year = now
    canvas.ticks(axes.xaxis, places, words)
    axes.tick_params(axis="x", pad=16)


def _counts(axes: Axes, canvas: Canvas, months: list[str], series: dict[str, Estimate]) -> None:
    """The n of every month, small, between line and month names."""
    if not series or len(months) > _MOST_COUNTS:
        return
    style = {"transform": axes.get_xaxis_transform(), "va": "top", "size": SMALL - 1.5, "color": canvas.theme.faint}
    canvas.write(
        axes,
        -0.75,
        -0.035,
        canvas.reader.words("figure.counts"),
        ha="left" if axes.xaxis_inverted() else "right",
        **style,
    )
    for place, month in enumerate(months):
        if month in series:
            canvas.write(axes, place, -0.035, canvas.reader.number(series[month].n), ha="center", gid="n", **style)
