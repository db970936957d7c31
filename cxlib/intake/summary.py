"""What a file or an engagement holds, told in plain values: what was recognised, understood, doubted and changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib.engagement.folder import Engagement
from cxlib.engagement.setup import Source
from cxlib.errors import CxError, CxErrors
from cxlib.intake import export as exports
from cxlib.intake import mapping, part, proposals, read, remote, several, store
from cxlib.intake.export import Export
from cxlib.intake.notes import Line, asked
from cxlib.intake.presets import key, preset
from cxlib.intake.typed import Question
from cxlib.words import phrase


def file_report(
    path: str | Path, *, encoding: str = "", source: Source | None = None, table: str = "responses", lang: str = "en"
) -> dict[str, Any]:
    """Return what one file is, as plain values.

    Nothing is written and nothing of the answers is shown but the few samples of scale questions. A file that cannot
    be read is reported too: then ``refused`` says why.

    Parameters
    ----------
    path
        The file.
    encoding
        How it is encoded, if the user knows.
    source, table
        Its entry in engagement.yaml, which answers questions, and the canonical table that it fills.
    lang
        Language of questions, warnings and evidence.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("id;score\\n001;9\\n")
    >>> report = file_report(path)
    >>> report["delimiter"], report["columns"], report["responses"]
    (';', {'count': 2, 'names': ['id', 'score']}, 1)
    """
    path, source = Path(path), source or Source(preset="", encoding=encoding)
    try:
        found = exports.read(path, tool=source.preset, **read.answers(source))
    except CxError as error:
        return _refused(path.name, error, lang)
    return {"file": path.name, **_told(found), **_noticed(found, table, source, lang), "refused": ""}


def _told(found: Export) -> dict[str, Any]:
    """How a file was read."""
    return {
        "tool": found.tool,
        "encoding": "" if _is_unsure(found) else found.encoding,
        "delimiter": found.delimiter,
        "header_rows": found.header_rows,
        "columns": {"count": len(found.columns), "names": found.names},
        "responses": found.responses,
        "kind": found.kind,
        "packed": list(found.wraps),
        "sheet": found.sheet,
        "basis": preset(found.tool).basis,
    }


def _noticed(found: Export, table: str, source: Source, lang: str) -> dict[str, Any]:
    """What must be asked, what is doubtful, why the tool was recognised, what the columns probably mean."""
    proposed = proposals.proposals(found, table=table)
    open_ = [item for item in proposed if item.canonical not in source.map]
    asked = [item.question for item in open_ if item.question is not None]
    lines = (*found.log, *part.set_aside(found)[1])
    return {
        "questions": [_question(item, lang) for item in (*found.questions, *asked)],
        "warnings": [*(item.text(lang) for item in found.warnings), *(_line(item, lang) for item in lines)],
        "evidence": [item.text(lang) for item in found.evidence],
        "mapping": [_proposal(item, lang) for item in proposed],
        "several": _several(found, source, lang),
    }


def _several(found: Export, source: Source, lang: str) -> list[dict[str, Any]]:
    """The questions with several answers: their form, and how many chose each option."""
    ignored = {key(name) for name in preset(found.tool).ignore}
    mapped = {mapping.place(found.columns, str(wanted)) for wanted in source.map.values()}
    own = ((place, column) for place, column in enumerate(found.columns) if place not in mapped)
    columns = {place: column for place, column in own if key(column.name) not in ignored}
    told = mapping.told_multi(found, source)
    questions = several.several(found.frame, columns, numbers=found.numbers, told=told)
    return [
        {"columns": [columns[place].name for place in question.places], "form": line.what.removeprefix("multi-"),
         "options": list(line.examples), "text": line.text(lang)}
        for question in questions for line in question.log[:1]
    ]  # fmt: skip


def _is_unsure(found: Export) -> bool:
    """Whether the encoding is a question."""
    return any(item.key == "unsure-encoding" for item in found.questions)


def _refused(file: str, error: CxError, lang: str) -> dict[str, Any]:
    """The report of a file that cannot be read."""
    empty = {"tool": "", "encoding": "", "delimiter": "", "header_rows": 0, "columns": {"count": 0, "names": []}}
    lists = ("questions", "warnings", "evidence", "mapping", "several")
    rest: dict[str, Any] = {"responses": 0, **{name: [] for name in lists}}
    return {"file": file, **empty, **rest, "refused": error.text(lang)}


def _question(item: Question, lang: str) -> dict[str, str]:
    """A question as text, with the field that answers it."""
    return {"key": item.key, "text": asked(item, lang), "answer_in": item.setting}


def _line(item: Line, lang: str) -> str:
    """A log line as one sentence."""
    where = f"{item.column}: " if item.column else ""
    return f"{where}{item.text(lang)}"


def _proposal(item: proposals.Proposal, lang: str) -> dict[str, Any]:
    """A proposed mapping as plain values."""
    return {
        "canonical": item.canonical,
        "column": item.column,
        "confidence": item.confidence,
        "instrument": item.instrument,
        "evidence": [remark.text(lang) for remark in item.evidence],
        "samples": list(item.samples),
    }


def engagement_report(
    engagement: Engagement,
    *,
    kept: Path | None = None,
    starting: Callable[[Path], None] | None = None,
    lang: str = "en",
) -> dict[str, Any]:
    """Return what the sources of an engagement hold, as plain values.

    Parameters
    ----------
    engagement
        The opened folder.
    kept
        A folder where the tables and a log for people are kept; without it nothing is written.
    starting
        Is told the path of each file before it is read.
    lang
        Language of every text.
    """
    sources = {
        source.file: (table, source)
        for table, several in engagement.setup.sources.items()
        for source in several
        if not source.connection
    }
    reports = [_source_report(engagement, *sources[file], starting, lang) for file in sorted(sources)]
    far, refused = _elsewhere(engagement, lang)
    try:
        taken = read.tables(engagement, kept=kept)
    except CxError as error:
        return {"files": reports, "elsewhere": far, "tables": {}, "log": [], "errors": _texts(error, lang) + refused}
    counts = {name: len(frame) for name, frame in taken.frames.items()}
    report = {"files": reports, "elsewhere": far, "tables": counts, "log": _log(taken.log, lang), "errors": refused}
    if kept is None:
        return report
    store.write_log(taken.log, kept / "log.txt", lang=lang)
    return report | {"kept": str(kept)}


def _elsewhere(engagement: Engagement, lang: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The tables that stay where they live, counted there, and what is wrong with them."""
    try:
        found = remote.tables(engagement.folder, engagement.setup)
    except CxError as error:
        return [], _texts(error, lang)
    parts = [part for several in found.values() for part in several]
    return [{"place": it.name, "table": it.table, "rows": it.n, "columns": list(it.columns)} for it in parts], []


def _texts(error: CxError, lang: str) -> list[str]:
    """The messages of one error, or of several at once."""
    return [item.text(lang) for item in (error.errors if isinstance(error, CxErrors) else [error])]


def _log(log: pd.DataFrame, lang: str) -> list[dict[str, Any]]:
    """The lines of the intake log as plain values."""
    return [
        {"file": row.file, "table": row.table, "column": row.column, "what": row.what, "count": int(row.count),
         "text": phrase(f"log.{row.what}", lang, count=int(row.count), column=row.column), "examples": row.examples}
        for row in log.itertuples()
    ]  # fmt: skip


def _source_report(
    engagement: Engagement, table: str, source: Source, starting: Callable[[Path], None] | None, lang: str
) -> dict[str, Any]:
    """The report of one source's file, named as engagement.yaml names it."""
    try:
        path = read.inside(engagement.folder, source.file)
    except CxError as error:
        return _refused(source.file, error, lang)
    if starting is not None:
        starting(path)
    return file_report(path, source=source, table=table, lang=lang) | {"file": source.file}
