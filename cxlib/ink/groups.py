"""Groups side by side: a dot with its interval, or a bar from zero.

Dots compare groups without inviting the eye to read length as importance; a group with too few answers is named and
grey, never dropped. Rows keep their order, the first on top; Persian figures run from right to left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxlib.ink.canvas import SMALL, Canvas
from cxlib.ink.rows import estimate, is_few, label, records, shared_unit
from cxlib.measures.estimate import Estimate
from cxlib.section import Exhibit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HIDDEN = {"partner-hidden": "figure.hidden"}
_ROW, _MARGINS = 0.34, (2.3, 1.75, 0.15, 0.65)


def dots(exhibit: Exhibit, canvas: Canvas) -> Figure:
    """Return the figure of an exhibit of kind ``dots``; the columns are those of `cxlib.ink.figures`."""
    rows = records(exhibit.frame)
    known = [estimate(row) for row in rows]
    figure, axes = _frame(rows, known, canvas, zero=False)
    unit = shared_unit(known)
    for place, (row, shown) in enumerate(zip(rows, known, strict=True)):
        if is_few(shown):
            _few(axes, canvas, place, shown)
        else:
            _dot(axes, canvas, place, shown)
        if row.get("target") is not None:
            axes.scatter([row["target"]], [place], marker="|", s=160, color=canvas.theme.accent, zorder=3, gid="target")
    _value_notes(axes, canvas, known, unit)
    return _signed_off(figure, canvas, known)


def bars(exhibit: Exhibit, canvas: Canvas) -> Figure:
    """Return the figure of an exhibit of kind ``bars``; the columns are those of `cxlib.ink.figures`."""
    rows = records(exhibit.frame)
    known = [estimate(row) for row in rows]
    figure, axes = _frame(rows, known, canvas, zero=True)
    for place, (row, shown) in enumerate(zip(rows, known, strict=True)):
        if is_few(shown):
            _few(axes, canvas, place, shown)
            continue
        colour = canvas.theme.accent if row.get("highlight") else canvas.theme.primary
        axes.barh(place, shown.value, height=0.62, color=colour, gid="bar")
        _interval(axes, place, shown, canvas.theme.ink, caps=True)
    axes.axvline(0, color=canvas.theme.muted, linewidth=0.8)
    _value_notes(axes, canvas, known, shared_unit(known))
    return _signed_off(figure, canvas, known)


def _frame(rows: list[dict[str, Any]], known: list[Estimate], canvas: Canvas, *, zero: bool) -> tuple[Figure, Axes]:
    """An empty plot with a row a group, labels at the side where reading begins."""
    figure, axes = canvas.axes(height=_ROW * max(len(rows), 2), margins=_MARGINS)
    ends = [end for row in known for end in (row.value, row.low, row.high) if end is not None]
    ends += [row["target"] for row in rows if row.get("target") is not None] + ([0.0] if zero else [])
    places, words = canvas.scale(ends or [0.0, 1.0], shared_unit(known))
    axes.set_xlim(places[0], places[-1])
    canvas.mirror(axes)
    axes.set_ylim(max(len(rows), 2) - 0.5, -0.5)
    canvas.ticks(axes.xaxis, places, words)
    axes.grid(axis="x", color=canvas.theme.line, linewidth=0.7)
    axes.set_axisbelow(True)
    names = [canvas.wrapped(label(row["label"], reader=canvas.reader), 30) for row in rows]
    canvas.ticks(axes.yaxis, range(len(rows)), names, colour=canvas.theme.ink)
    return figure, axes


def _dot(axes: Axes, canvas: Canvas, place: int, shown: Estimate) -> None:
    """A dot on its interval; hollow where there is no interval."""
    colour = canvas.theme.primary
    _interval(axes, place, shown, colour, caps=False)
    filled = colour if shown.low is not None else "white"
    axes.scatter([shown.value], [place], s=52, color=filled, edgecolor=colour, zorder=3, gid="dot")


def _interval(axes: Axes, place: int, shown: Estimate, colour: str, *, caps: bool) -> None:
    """The interval of one row, if it has one."""
    if shown.low is None or shown.high is None:
        return
    axes.plot(
        [shown.low, shown.high],
        [place, place],
        color=colour,
        linewidth=1.4 if caps else 2.4,
        gid="interval",
        marker="|" if caps else None,
        markersize=7,
        alpha=0.9 if caps else 0.55,
        solid_capstyle="round",
    )


def _few(axes: Axes, canvas: Canvas, place: int, shown: Estimate) -> None:
    """A grey line that says that the group is too small, in place of a value."""
    axes.axhspan(place - 0.38, place + 0.38, color=canvas.theme.surface, zorder=0, gid="few")
    words = canvas.reader.words(_HIDDEN.get(shown.reason, "figure.few"), n=shown.n)
    style = {"transform": axes.get_yaxis_transform(), "va": "center", "color": canvas.theme.muted}
    canvas.write(axes, 0.98 if canvas.is_rtl else 0.02, place, words, ha="right" if canvas.is_rtl else "left", **style)


def _value_notes(axes: Axes, canvas: Canvas, known: list[Estimate], unit: str) -> None:
    """Value and n of every row, in a column at the side where reading ends."""
    side = {"transform": axes.get_yaxis_transform(), "va": "center", "ha": "right" if canvas.is_rtl else "left"}
    for place, shown in enumerate(known):
        if not is_few(shown):
            value = canvas.value(shown.value, shown.unit or unit)
            x, far = (-0.02, -0.22) if canvas.is_rtl else (1.02, 1.22)
            canvas.write(axes, x, place, value, bold=True, **side)
            count = canvas.reader.words("estimate.n", n=shown.n)
            canvas.write(axes, far, place, count, size=SMALL - 1, color=canvas.theme.muted, gid="n", **side)


def _signed_off(figure: Figure, canvas: Canvas, known: list[Estimate]) -> Figure:
    """The figure with the line that says what the marks mean, or why there are no intervals."""
    sure = next((row for row in known if row.low is not None), None)
    if sure:
        level = canvas.reader.number(sure.level, ".0%")
        canvas.note(figure, canvas.reader.words("figure.interval", level=level))
    elif known:
        canvas.note(figure, canvas.reader.words(f"reason.{known[0].reason}"))
    return figure
