"""The journey map: stages across, lanes down, the emotion curve in the middle.

It is HTML laid out by a CSS grid, so every word can be selected, searched and read aloud; only the curve is a small
drawing. In Persian the same grid runs from right to left. Colours and sizes come from ``templates/report/journey.css``.
"""

from __future__ import annotations

from html import escape
from typing import Any

from cxlib.ink.feelings import LIMIT, curve, mood
from cxlib.ink.markup import html
from cxlib.ink.rows import estimate, records
from cxlib.ink.sentences import COUNTED, Reader, Run, is_empty, note, signed, written
from cxlib.ink.tables import fact
from cxlib.section import Exhibit

LANES = ("goal", "touchpoints", "emotion", "pains", "opportunities", "owner")
_TOP = LIMIT + 0.7


def journey_map(exhibit: Exhibit, *, reader: Reader) -> str:
    """Return an exhibit of kind ``journey`` as HTML, escaped; the columns are those of `cxlib.ink.figures`."""
    rows = records(exhibit.frame)
    if not rows:
        return f'<p class="empty">{escape(reader.words("figure.empty"))}</p>'
    head = "".join(_stage(place, row, reader) for place, row in enumerate(rows, start=1))
    lanes = "".join(_lane(lane, rows, exhibit.key, reader) for lane in LANES)
    top = f'<div role="row" class="lane"><div role="columnheader" class="name"></div>{head}</div>'
    return (
        f'<div class="scroll"><div class="journey" role="table" style="--stages: {len(rows)}">{top}{lanes}</div></div>'
    )


def _stage(place: int, row: dict[str, Any], reader: Reader) -> str:
    """The head of a stage: its number and name; a moment of truth in the accent colour."""
    truth = " truth" if row.get("moment_of_truth") else ""
    number = escape(reader.number(place))
    name = html(written(row["label"], key="stage", reader=reader))
    return f'<div role="columnheader" class="stage{truth}"><span class="place">{number}</span>{name}</div>'


def _lane(lane: str, rows: list[dict[str, Any]], key: str, reader: Reader) -> str:
    """One lane: its name and a cell a stage; under the curve a second one says what it rests on."""
    if lane == "emotion":
        strip = "".join(_rests(row, key, reader) for row in rows)
        return _named("journey.emotion", _emotion(rows, key, reader), reader) + _named("column.source", strip, reader)
    cells = (f'<div role="cell" class="cell {lane}">{_cell(row.get(lane), lane, key, reader)}</div>' for row in rows)
    return _named(f"journey.{lane}", "".join(cells), reader)


def _named(name: str, cells: str, reader: Reader) -> str:
    """Cells with the name of their lane before them."""
    head = f'<div role="rowheader" class="name">{escape(reader.words(name))}</div>'
    return f'<div role="row" class="lane">{head}{cells}</div>'


def _cell(value: Any, lane: str, key: str, reader: Reader) -> str:
    """The texts of one stage in one lane."""
    if lane == "owner":
        unowned = f'<span class="unowned">{escape(reader.words("journey.unowned"))}</span>'
        return (
            unowned
            if is_empty(value)
            else f'<span class="owner-name">{html(written(value, key=key, reader=reader))}</span>'
        )
    if lane in ("pains", "opportunities"):
        return "".join(f"<p>{html(runs)}</p>" for runs in statements(value, key=key, reader=reader))
    return "" if is_empty(value) else html(written(value, key=f"{key}.{lane}", reader=reader))


def statements(value: Any, *, key: str, reader: Reader) -> list[list[Run]]:
    """Return each statement of a lane as runs, with the mark of what it rests on where that is known."""
    items = [] if is_empty(value) else value if isinstance(value, (list, tuple)) else [value]
    return [
        fact(item, key=key, reader=reader)
        if isinstance(item, dict) and "text" in item
        else written(item, key=key, reader=reader)
        for item in items
    ]


def _emotion(rows: list[dict[str, Any]], key: str, reader: Reader) -> str:
    """The curve with its dots, values, intervals and what each rests on."""
    marks = "".join(_point(place, len(rows), row, key, reader) for place, row in enumerate(rows))
    names = {mark: escape(reader.number(mark, "+.0f" if mark else "")) for mark in (2, 1, 0, -1, -2)}
    lines = "".join(
        f'<span class="rule" style="top: {height(mark):.2f}%">{name}</span>' for mark, name in names.items()
    )
    box = f'viewBox="0 0 {len(rows)} 100" preserveAspectRatio="none" aria-hidden="true"'
    drawn = f'<svg {box}><path d="{path(rows)}"/></svg>'
    return f'<div role="cell" class="emotion">{lines}{drawn}{marks}</div>'


def height(value: float) -> float:
    """Return how far from the top of the lane an emotion stands, in percent."""
    return 100 * (_TOP - value) / (2 * _TOP)


def path(rows: list[dict[str, Any]]) -> str:
    """Return the curve as an SVG path, one unit a stage, 100 high; gaps begin anew."""
    x, y = curve([row["value"] for row in rows])
    drawn, is_open = [], False
    for across, value in zip(x, y, strict=True):
        known = value == value
        if known:
            drawn.append(f"{'L' if is_open else 'M'}{across + 0.5:.3f} {height(value):.2f}")
        is_open = known
    return "".join(drawn)


def _point(place: int, stages: int, row: dict[str, Any], key: str, reader: Reader) -> str:
    """The dot of a stage with its interval and value, and the badge of a moment of truth."""
    value = row["value"]
    if value is None:
        return ""
    at = f"inset-inline-start: {100 * (place + 0.5) / stages:.3f}%"
    is_sure = row.get("low") is not None and row.get("high") is not None
    top, bottom = (height(row["high"]), height(row["low"])) if is_sure else (height(value), height(value))
    span = f'<i class="span" style="{at}; top: {top:.2f}%; height: {bottom - top:.2f}%"></i>' if is_sure else ""
    looks = f"dot {mood(value)} {escape(row.get('source') or 'data')}"
    dot = f'<i class="{looks}" style="{at}; top: {height(value):.2f}%"></i>'
    number = html([emotion_run(row, key=key, reader=reader)])
    said = f'<span class="score{"" if is_sure else " lone"}" style="{at}; top: {top:.2f}%">{number}</span>'
    badge = f'<span class="badge" style="{at}; top: {bottom:.2f}%">{escape(reader.words("journey.truth"))}</span>'
    return span + dot + said + (badge if row.get("moment_of_truth") else "")


def emotion_run(row: dict[str, Any], *, key: str, reader: Reader) -> Run:
    """Return the emotion of a stage as a run: with n from data, else with the reason that it is assumed."""
    words = signed(row["value"], reader=reader)
    if (row.get("source") or "data") == "data":
        known = estimate(row)
        return Run(words, f"{key}.emotion", known.n, known.reason, True, "value", note(known, reader))
    return Run(words, f"{key}.emotion", None, COUNTED, True, "value", reader.words(f"evidence.{row['source']}"))


def rests(row: dict[str, Any], *, key: str, reader: Reader) -> Run:
    """Return what a stage rests on as a run: n, or that it is assumed."""
    source = row.get("source") or ("data" if row.get("n") else "assumption")
    if source == "data":
        n = int(row.get("n") or 0)
        return Run(reader.words("estimate.n", n=n), f"{key}.n", n, "", True, f"mark {source}")
    return Run(reader.words(f"evidence.{source}"), part=f"mark {source}")


def _rests(row: dict[str, Any], key: str, reader: Reader) -> str:
    run = rests(row, key=key, reader=reader)
    inside = html([run]) if run.is_number else f'<span class="{escape(run.part)}">{escape(run.text)}</span>'
    return f'<div role="cell" class="cell rests">{inside}</div>'
