"""Exhibits as pictures: which kind is drawn by which family, and what every kind's frame must hold.

Frames have one row a mark. *E* stands for the columns of an estimate: value, low, high, n, level, method, unit,
reason, needs (`Estimate.row`). Labels are a client's text (a string or {en, fa}) or a `Term`.

========== ===================================================================================================
kind       columns
========== ===================================================================================================
line       month (``1404-02``, the engagement's calendar), E, series?, target?
dots       label, E, target?
bars       label, E, highlight? (bool)
histogram  score (whole numbers; 0 to 10 is drawn as NPS), n
emotion    label, value, low, high (−2 to +2), n, source (data, interview, assumption), moment_of_truth (bool)
wheel      label, value (share done, 0 to 1)
control    label (a date), value, low and high (control limits, empty before they hold), n, unit, center, is_out (bool)
journey    label, goal, touchpoints (list), value, low, high, n, source, pains (list), opportunities (list), owner,
           moment_of_truth; drawn as HTML by `cxlib.ink.journey_map`
raci       label, responsible, accountable, consulted, informed (lists of labels); drawn by `cxlib.ink.raci`
table      any columns with headers ``column.<name>``; drawn by `cxlib.ink.tables`
========== ===================================================================================================
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from cxlib.ink import control, feelings, groups, lines, scores, wheels
from cxlib.ink.canvas import DPI, Canvas, empty
from cxlib.ink.rows import estimate, label, records
from cxlib.ink.sentences import Reader, amount, filled, plain, signed, written
from cxlib.ink.theme import Theme
from cxlib.section import Exhibit
from cxlib.words.dates import month_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FAMILIES: dict[str, Callable[[Exhibit, Canvas], Figure]] = {
    "line": lines.line,
    "dots": groups.dots,
    "bars": groups.bars,
    "histogram": scores.histogram,
    "emotion": feelings.emotion,
    "wheel": wheels.wheel,
    "control": control.control,
}


def is_picture(exhibit: Exhibit) -> bool:
    """Tell whether an exhibit is drawn as a figure; the other kinds are tables and maps of text."""
    return exhibit.kind in FAMILIES


def title(exhibit: Exhibit, *, reader: Reader) -> str:
    """Return the title of an exhibit: its own, or the catalogue's."""
    if exhibit.title is None:
        return reader.words(f"exhibit.{exhibit.key}")
    return plain(filled(exhibit.title.key, exhibit.title.values, key=exhibit.key, reader=reader))


def draw(exhibit: Exhibit, *, reader: Reader, theme: Theme, titled: bool = True, time_mirrored: bool = False) -> Figure:
    """Return the figure of an exhibit, in the reader's language and the client's colours.

    The figure is closed for pyplot, so a notebook shows it once. Without `titled` the title is left to the page
    around it; with `time_mirrored` months run from right to left in Persian, as everything else does.
    """
    canvas = Canvas(reader, theme, title(exhibit, reader=reader) if titled else "", time_mirrored)
    return FAMILIES[exhibit.kind](exhibit, canvas) if len(exhibit.frame) else empty(canvas)


def png(figure: Figure, *, dpi: int = DPI) -> bytes:
    """Return a figure as an opaque PNG, without a date or a version in it."""
    from matplotlib import rc_context
    from PIL import Image

    pixels, buffer = io.BytesIO(), io.BytesIO()
    with rc_context({"text.hinting": "none"}):
        figure.savefig(pixels, format="raw", dpi=dpi)
    size = tuple(int(side * dpi) for side in figure.get_size_inches())
    Image.frombuffer("RGBA", size, pixels.getbuffer()).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def svg(figure: Figure, *, salt: str) -> str:
    """Return a figure as SVG outlines; `salt` makes its ids its own, and the same every time."""
    from matplotlib import rc_context

    buffer = io.StringIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with rc_context({"svg.hashsalt": salt, "svg.fonttype": "path"}):
        figure.savefig(buffer, format="svg", metadata=nothing)
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def alt(exhibit: Exhibit, *, reader: Reader) -> str:
    """Return what a figure shows in words, every number included, for those who do not see it."""
    rows = [_ALT.get(exhibit.kind, _row)(row, reader) for row in records(exhibit.frame)]
    words = reader.words("alt.join").join(rows) or reader.words("figure.empty")
    return reader.words("alt.figure", title=title(exhibit, reader=reader), rows=words)


def _row(row: dict, reader: Reader) -> str:
    """A group or month and its estimate."""
    name = month_text(row["month"], reader.lang, reader.calendar) if "month" in row else ""
    if row.get("series") is not None or not name:
        own = label(row.get("series", row.get("label")), reader=reader)
        name = f"{name} {own}".strip()
    value = plain(written(estimate(row), key="alt", reader=reader))
    return reader.words("alt.row", label=name, value=value)


def _histogram_row(row: dict, reader: Reader) -> str:
    return reader.words("alt.histogram", score=int(row["score"]), n=int(row["n"] or 0))


def _emotion_row(row: dict, reader: Reader) -> str:
    """A stage, its emotion, and what it rests on."""
    name, value = label(row["label"], reader=reader), row["value"]
    if value is None:
        said = reader.words("alt.row", label=name, value=reader.words("figure.none"))
    elif row.get("source", "data") == "data":
        said = reader.words("alt.row", label=name, value=f"{signed(value, reader=reader)} {_ends(row, reader)}".strip())
    else:
        said = reader.words("alt.assumed", label=name, value=signed(value, reader=reader))
    return reader.words("alt.truth", row=said) if row.get("moment_of_truth") else said


def _ends(row: dict, reader: Reader) -> str:
    """The interval and n of a stage, in brackets."""
    count = reader.words("estimate.n", n=row.get("n") or 0)
    if row.get("low") is None:
        return f"({count})"
    ends = {name: signed(row[name], reader=reader) for name in ("low", "high")}
    return f"({reader.words('estimate.small', range=reader.words('estimate.range', **ends), n=row.get('n') or 0)})"


def _wheel_row(row: dict, reader: Reader) -> str:
    share = reader.number(row["value"] or 0.0, ".0%")
    return reader.words("alt.wheel", label=label(row["label"], reader=reader), share=share)


def _control_row(row: dict, reader: Reader) -> str:
    """A period, its number, and whether it lies outside its limits."""
    value = amount(row["value"], row.get("unit") or "", reader=reader)
    words = reader.words("alt.row", label=label(row["label"], reader=reader), value=value)
    return reader.words("alt.out", row=words) if row.get("is_out") else words


_ALT = {"histogram": _histogram_row, "emotion": _emotion_row, "wheel": _wheel_row, "control": _control_row}
