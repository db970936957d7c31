"""One raw export followed from its bytes to typed values, as a story that a person can check step by step.

The file that has most to tell is taken: the first text export written in Persian or Arabic digits, else the first text
export. Of the answers nothing is shown but days, numbers and scores; a comment is shown only as a made-up line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from cxlib.engagement.folder import Engagement
from cxlib.engagement.setup import Setup, Source
from cxlib.engagement.tables import TABLES
from cxlib.errors import CxError
from cxlib.intake import content, mapping, part, proposals, read, redaction
from cxlib.intake import export as exports
from cxlib.intake.export import Export
from cxlib.section import Term
from cxlib.steps import start
from cxlib.steps.client import Client
from cxlib.words import phrase

_START, _HEAD, _NAMES = 16, 65_536, 3
_OTHER_DIGIT = re.compile("[\u06f0-\u06f9\u0660-\u0669]")
_SHOWN = ("day", "score", "number", "flag")
_MARKS = {"": "none", ",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True)
class RawFile:
    """A raw export and how it was read; nothing of all this if the client gave no text export.

    Attributes
    ----------
    file, table
        Its path in the engagement folder, and the canonical table that it fills.
    source, setup
        Its entry in engagement.yaml, and the engagement's settings.
    data
        Its bytes.
    export
        The file as a table of text.
    is_mapped
        Whether engagement.yaml names it among the sources.
    """

    file: str = ""
    table: str = ""
    source: Source = field(default_factory=Source)
    setup: Setup | None = None
    data: bytes = field(default=b"", repr=False)
    export: Export | None = field(default=None, repr=False)
    is_mapped: bool = False


def pick(client: Client) -> RawFile:
    """Return the text export whose story is told: of the sources, else of ``inbox/``; an empty one if there is none.

    Examples
    --------
    >>> from cxlib.steps import client
    >>> pick(client.open("nikkhaneh")).file
    'inbox/porsline_pulse.csv'
    """
    found = sorted(_texts(client.engagement), key=lambda raw: not _has_other_digits(raw.data))
    return next((told for raw in found if (told := _read(client.engagement, raw)).export is not None), RawFile())


def _texts(engagement: Engagement) -> Iterator[RawFile]:
    """The text exports among the sources; without sources, those in inbox/."""
    setup = engagement.setup
    named = [(table, source, True) for table, sources in setup.sources.items() for source in sources if source.file]
    if not named:
        paths = sorted(path for path in (engagement.folder / "inbox").glob("[!.]*") if path.is_file())
        named = [("responses", Source(file=f"inbox/{path.name}", preset=""), False) for path in paths]
    for table, source, is_mapped in named:
        try:
            got = content.content(read.inside(engagement.folder, source.file))
        except CxError:
            continue
        if got.kind == "text":
            yield RawFile(source.file, table, source, setup, got.data, None, is_mapped)


def _has_other_digits(data: bytes) -> bool:
    """Whether most digits at the beginning of a UTF-8 text are Persian or Arabic ones."""
    start = data[:_HEAD].decode("utf-8", "ignore")
    return len(_OTHER_DIGIT.findall(start)) > len(re.findall("[0-9]", start))


def _read(engagement: Engagement, raw: RawFile) -> RawFile:
    """The file with its table of text; without one if it cannot be read."""
    try:
        path = read.inside(engagement.folder, raw.file)
        return replace(
            raw, export=exports.read(path, file=raw.file, tool=raw.source.preset, **read.answers(raw.source))
        )
    except CxError:
        return raw


def first_bytes(raw: RawFile) -> pd.DataFrame:
    """Return the first bytes of the header: as they are, as an old Windows encoding reads them, and read right.

    A file without header is not shown, because its first bytes may be a person's.
    """
    if raw.export is None or not raw.export.header_rows:
        return pd.DataFrame()
    head, right = raw.data[:_START], raw.export.encoding
    readings = {
        "bytes": head.hex(" "),
        "guessed": head.decode("cp1252", "replace"),
        "right": head.decode(right, "ignore") if right else "",
    }
    return pd.DataFrame({"reading": [Term(f"raw.{name}") for name in readings], "found": list(readings.values())})


def reading(raw: RawFile) -> pd.DataFrame:
    """Return how the file was read: encoding, delimiter, header, size, and how many questions it leaves."""
    if raw.export is None:
        return pd.DataFrame()
    export = raw.export
    mark = _MARKS.get(export.delimiter)
    told = {
        "file": raw.file,
        "encoding": export.encoding,
        "delimiter": Term(f"raw.{mark}") if mark else export.delimiter,
        "header-rows": export.header_rows,
        "columns": len(export.columns),
        "names": [*export.names[:_NAMES], *["…"] * (len(export.names) > _NAMES)],
        "responses": export.responses,
        "questions": len(export.questions),
    }
    return pd.DataFrame({"reading": [Term(f"raw.{name}") for name in told], "found": list(told.values())})


def recognised(raw: RawFile, *, lang: str) -> pd.DataFrame:
    """Return the tool that wrote the file and each clue that was seen, in the reader's language."""
    if raw.export is None:
        return pd.DataFrame()
    return pd.DataFrame([{"tool": raw.export.tool, "clue": clue.text(lang)} for clue in raw.export.evidence])


def proposed(raw: RawFile, *, lang: str) -> pd.DataFrame:
    """Return what each column probably means: canonical column, confidence, evidence, whether it was confirmed."""
    if raw.export is None:
        return pd.DataFrame()
    confirmed = {mapping.place(raw.export.columns, str(name)) for name in raw.source.map.values()}
    rows = [
        {
            "column": item.column,
            "canonical": Term(f"mapping.name.{item.canonical}"),
            "sure_share": item.confidence,
            "clue": [remark.text(lang) for remark in item.evidence],
            "is_confirmed": item.place in confirmed,
        }
        for item in proposals.proposals(raw.export, table=raw.table)
    ]
    return pd.DataFrame(rows)


def typed(raw: RawFile) -> pd.DataFrame:
    """Return one cell of each day, score, number and flag, a common one, as it stands there and as it was read.

    Each is looked for among other rows, so that no row is shown; ids, labels and comments are left out.
    """
    if raw.export is None or raw.setup is None or not raw.is_mapped:
        return pd.DataFrame()
    got = part.part(raw.export, raw.table, raw.source, raw.setup)
    kept = raw.export.frame.filter(pl.Series(np.isin(raw.export.numbers, got.numbers)))
    places = mapping.mapped(raw.export, raw.table, raw.source)
    wanted = {name: place for name, place in places.items() if TABLES[raw.table].get(name) in _SHOWN}
    cells = {
        name: _commonest(kept[str(place)][number :: len(wanted)], got.frame[name][number :: len(wanted)])
        for number, (name, place) in enumerate(wanted.items())
    }
    rows = [
        {
            "canonical": Term(f"mapping.name.{name}"),
            "kind": Term(f"raw.kind.{TABLES[raw.table][name]}"),
            "found": cell[0],
            "became": cell[1],
        }
        for name, cell in cells.items()
        if cell
    ]
    return pd.DataFrame(rows).astype(object)


def _commonest(cells: pl.Series, values: pl.Series) -> tuple[str, Any] | None:
    """The commonest cell that has a value, and the value; None if there is none."""
    known = cells.filter(values.is_not_null() & (cells != ""))
    if not len(known):
        return None
    cell = known.mode().sort()[0]
    return cell, values.filter((cells == cell) & values.is_not_null())[0]


def redacted(*, lang: str) -> pd.DataFrame:
    """Return a made-up comment and what is kept of it; the comments of a client are never shown raw."""
    line = phrase("raw.made-up-comment", lang)
    told = {"written": line, "kept": redaction.redact(line, lang=lang)}
    return pd.DataFrame({"reading": [Term(f"raw.{name}") for name in told], "found": list(told.values())})


def log(client: Client, raw: RawFile) -> pd.DataFrame:
    """Return what the intake log says about this file: what happened, in which column, how often."""
    lines = start.intake_log(client)
    if not len(lines):
        return lines
    return lines.loc[lines["file"] == raw.file, ["what", "column", "count"]].reset_index(drop=True)
