"""The report as a tagged PDF (PDF/A-3a and PDF/UA-1), set by typst from one template for both languages.

The report goes in as JSON and is never evaluated, so no text of a client can become markup. The compiler refuses a
picture without a description. The date in the file is the reference date: the same sections give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from cxlib.ink import lists, raci, tables
from cxlib.ink.feelings import LIMIT, mood
from cxlib.ink.journey_map import emotion_run, rests, statements
from cxlib.ink.rows import records
from cxlib.ink.sentences import Reader, Run, is_empty, plain, problem, written
from cxlib.report.content import LIMITS, Chapter, Content, Piece
from cxlib.share import share
from cxlib.words.direction import direction

STANDARDS = ["a-3a", "ua-1"]
_LANES = ("goal", "touchpoints", "pains", "opportunities", "owner")
_NARROW, _WIDE, _INSET = 4, 26, 3
_MANY = 7


def document(content: Content) -> bytes:
    """Return the report as PDF."""
    import typst

    folder = share("templates", "report")
    noon = dt.datetime(content.date.year, content.date.month, content.date.day, 12, tzinfo=dt.UTC)
    return typst.compile(
        str(folder / "report.typ"),
        root=str(folder),
        font_paths=[str(folder / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(_plain(content), ensure_ascii=False)},
        pdf_standards=STANDARDS,
        timestamp=int(noon.timestamp()),
    )


def _plain(content: Content) -> dict[str, Any]:
    """The whole report as JSON can hold it."""
    words = content.reader.words
    labels = ("title", "contents", "absent", "findings", "evidence", "method", "methods", "stamp", "stamp.why", "found")
    tally = [
        [content.number(f"found.{name}", count), words(f"severity.{name}")] for name, count in content.found.items()
    ]
    return {
        "lang": content.reader.lang,
        "dir": direction(content.reader.lang),
        "client": content.client,
        "subtitle": content.subtitle,
        "date": [content.date.year, content.date.month, content.date.day],
        "logo": {"kind": content.logo.kind, "bytes": list(content.logo.content)} if content.logo else None,
        "colours": content.theme.colours,
        "words": {name: words(f"report.{name}") for name in labels}
        | {"scale": words("journey.scale"), "truth": words("journey.truth")},
        "chapters": [_chapter(chapter, content.reader) for chapter in content.chapters],
        "tally": [[run.text, name] for run, name in tally],
        "settings": _settings(content),
        "limits": [words(f"report.limit.{limit}") for limit in LIMITS],
        "methods": content.methods,
        "stamp": content.stamp,
    }


def _settings(content: Content) -> list[list[str]]:
    """Level and minimum n with their words."""
    if not content.settings:
        return []
    shown = {"level": (content.settings["level"], ".0%"), "min-n": (content.settings["min_n"], "")}
    return [[content.reader.words(f"report.{name}"), content.reader.number(*value)] for name, value in shown.items()]


def _runs(runs: list[Run]) -> list[list[str]]:
    """Runs as pairs of text and part; a plain number has the part ``number``."""
    return [[run.text, run.part or ("number" if run.is_number else "")] for run in runs]


def _chapter(chapter: Chapter, who: Reader) -> dict[str, Any]:
    """One step."""
    section = chapter.section
    return {
        "title": chapter.title,
        "absent": section is None,
        "statement": chapter.statement,
        "paragraphs": [_runs(line) for line in chapter.paragraphs],
        "pieces": [_piece(piece, who) for piece in chapter.pieces],
        "findings": [
            {
                "severity": item.severity,
                "label": who.words(f"severity.{item.severity}"),
                "runs": _runs(problem(item, reader=who)),
                "where": who.words("page.where", where=item.where) if item.where else "",
            }
            for item in (lists.ordered(section.findings) if section else [])
        ],
        "evidence": [_runs(runs) for runs in lists.evidence_runs(section, reader=who)] if section else [],
    }


def _piece(piece: Piece, who: Reader) -> dict[str, Any]:
    """One exhibit; a picture also brings its numbers as a table."""
    shown: dict[str, Any] = {
        "title": piece.title,
        "kind": piece.exhibit.kind,
        "svg": piece.svg,
        "alt": piece.alt,
        "reading": _runs(piece.reading),
        "empty": "" if len(piece.exhibit.frame) else who.words("figure.empty"),
    }
    if shown["empty"]:
        return shown
    if piece.exhibit.kind == "journey":
        return shown | {"journey": _journey(piece, who)}
    if piece.exhibit.kind == "raci":
        return shown | {"raci": _raci(piece, who)}
    return shown | {"table": _table(piece, who)}


def _table(piece: Piece, who: Reader) -> dict[str, Any]:
    """A table: headers, the share of the width that each column gets, cells, which rows have too few answers."""
    raw, cells = records(piece.exhibit.frame), tables.cells(piece.exhibit, reader=who)
    names = tables.columns(piece.exhibit)
    headers = tables.headers(piece.exhibit, reader=who)
    rows = [
        [
            {"runs": _runs(runs), "verdict": tables.verdict(raw[place].get(name))}
            for name, runs in zip(names, row, strict=True)
        ]
        for place, row in enumerate(cells)
    ]
    most = _WIDE if len(headers) <= _MANY else _WIDE * _MANY // len(headers)
    widths = [_width(header, [row[place] for row in cells], most) for place, header in enumerate(headers)]
    return {"headers": headers, "widths": widths, "rows": rows, "few": tables.few(piece.exhibit)}


def _width(header: str, cells: list[list[Run]], most: int) -> float:
    """How wide a column should be: as its longest text, within reason, and no narrower than its longest word."""
    words = [word for text in (header, *(plain(runs) for runs in cells)) for word in text.split()]
    longest = max(max((len(run.text) for run in runs), default=0) for runs in cells)
    return float(max(_NARROW, min(longest, most), min(max(map(len, words), default=0), most)) + _INSET)


def _journey(piece: Piece, who: Reader) -> dict[str, Any]:
    """The map: stages, lanes of texts, and the emotion of each stage on the scale 0 (worst) to 1 (best)."""
    rows, key = records(piece.exhibit.frame), piece.exhibit.key
    lanes = [
        {
            "lane": lane,
            "name": who.words(f"journey.{lane}"),
            "cells": [_lane(row.get(lane), lane, key, who) for row in rows],
        }
        for lane in _LANES
    ]
    return {
        "stages": [
            {
                "name": plain(written(row["label"], key=key, reader=who)),
                "place": who.number(place),
                "truth": bool(row.get("moment_of_truth")),
            }
            for place, row in enumerate(rows, start=1)
        ],
        "lanes": lanes,
        "emotion": {"name": who.words("journey.emotion"), "points": [_point(row, key, who) for row in rows]},
        "rests": {
            "name": who.words("column.source"),
            "cells": [_runs([rests(row, key=key, reader=who)]) for row in rows],
        },
    }


def _lane(value: Any, lane: str, key: str, who: Reader) -> list[list[list[str]]]:
    """The texts of one stage in one lane, a paragraph each."""
    if lane == "owner" and is_empty(value):
        return [[[who.words("journey.unowned"), "unowned"]]]
    if lane == "touchpoints":
        return [] if is_empty(value) else [_runs(written(value, key=key, reader=who))]
    return [_runs(runs) for runs in statements(value, key=key, reader=who)]


def _point(row: dict[str, Any], key: str, who: Reader) -> dict[str, Any] | None:
    """The emotion of one stage, None where it is unknown."""
    if row["value"] is None:
        return None

    def up(value: float | None) -> float | None:
        return None if value is None else (value + LIMIT) / (2 * LIMIT)

    ends = [up(row.get("low")), up(row.get("high"))]
    return {
        "at": up(row["value"]),
        "ends": None if None in ends else ends,
        "words": emotion_run(row, key=key, reader=who).text,
        "mood": mood(row["value"]),
        "source": row.get("source") or "data",
    }


def _raci(piece: Piece, who: Reader) -> dict[str, Any]:
    """The matrix of letters with its legend."""
    shown = raci.matrix(piece.exhibit, reader=who)
    legend = [[role, who.words(f"raci.short.{role}"), who.words(f"raci.{role}")] for role in raci.ROLES]
    return {"first": who.words("raci.thing"), "legend": legend, **vars(shown)}
