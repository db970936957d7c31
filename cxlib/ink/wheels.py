"""The wheel of completeness: one slice a step, filled from the middle as far as the step is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cxlib.ink.canvas import SMALL, WIDTH, Canvas
from cxlib.ink.rows import label, records
from cxlib.section import Exhibit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEIGHT, _HOLE = 3.4, 0.28


def wheel(exhibit: Exhibit, canvas: Canvas) -> Figure:
    """Return the figure of an exhibit of kind ``wheel``; the columns are those of `cxlib.ink.figures`."""
    rows = records(exhibit.frame)
    side = (WIDTH - _HEIGHT) / 2
    figure, axes = canvas.axes(height=_HEIGHT, margins=(side, side, 0.25, 0.25))
    axes.set(xlim=(-1.05, 1.05), ylim=(-1.05, 1.05), aspect="equal")
    axes.set(xticks=[], yticks=[])
    for place, row in enumerate(rows):
        _slice(axes, canvas, place, len(rows), row)
    mean = float(np.mean([row["value"] or 0.0 for row in rows]))
    style = {"ha": "center", "va": "center", "color": canvas.theme.ink}
    canvas.write(axes, 0, 0, canvas.reader.number(mean, ".0%"), bold=True, size=14, **style)
    return figure


def _slice(axes: Axes, canvas: Canvas, place: int, slices: int, row: dict[str, Any]) -> None:
    """One step: its pale slice, the done part, its number and name. Clockwise in English, the other way in Persian."""
    from matplotlib.patches import Wedge

    turn = 1 if canvas.is_rtl else -1
    ends = sorted(90 + turn * 360 * edge / slices for edge in (place, place + 1))
    value = row["value"] or 0.0
    gap = 1.2
    for share, tone, gid in (
        (1.0, canvas.theme.tint(canvas.theme.primary), "slice"),
        (value, canvas.theme.primary, "done"),
    ):
        radius = _HOLE + (1 - _HOLE) * share
        axes.add_patch(
            Wedge((0, 0), radius, ends[0] + gap, ends[1] - gap, width=radius - _HOLE, color=tone, linewidth=0, gid=gid)
        )
    angle = np.radians(sum(ends) / 2)
    x, y = float(np.cos(angle)), float(np.sin(angle))
    side = "center" if abs(x) < 0.2 else "left" if x > 0 else "right"
    name = label(row["label"], reader=canvas.reader)
    share = canvas.reader.number(value, ".0%")
    words = canvas.reader.words("figure.group-share", group=name, share=share)
    style = {"ha": side, "va": "center", "bold": value < 1, "size": SMALL + 0.5, "color": canvas.theme.ink}
    canvas.write(axes, x * 1.09, y * 1.09, words, clip_on=False, **style)
