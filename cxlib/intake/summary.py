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
from cxlib.intake import part, proposals, read, store
from cxlib.intake.export import Export
from cxlib.intake.notes import Line
from cxlib.intake.presets import preset
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
    }


def _is_unsure(found: Export) -> bool:
    """Whether the encoding is a question."""
    return any(item.key == "unsure-encoding" for item in found.questions)


def _refused(file: str, error: CxError, lang: str) -> dict[str, Any]:
    """The report of a file that cannot be read."""
    empty = {"tool": "", "encoding": "", "delimiter": "", "header_rows": 0, "columns": {"count": 0, "names": []}}
    rest: dict[str, Any] = {"responses": 0, "questions": [], "warnings": [], "evidence": [], "mapping": []}
    return {"file": file, **empty, **rest, "refused": error.text(lang)}


def _question(item: Question, lang: str) -> dict[str, str]:
    """A question as text, with the field that answers it."""
    return {"key": item.key, "text": phrase(f"question.{item.key}", lang, **item.values), "answer_in": item.setting}


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
        source.file: (table, source) for table, several in engagement.setup.sources.items() for source in several
    }
    reports = [_source_report(engagement, *sources[file], starting, lang) for file in sorted(sources)]
    try:
        taken = read.tables(engagement, kept=kept)
    except CxError as error:
        errors = error.errors if isinstance(error, CxErrors) else [error]
        return {"files": reports, "tables": {}, "log": [], "errors": [item.text(lang) for item in errors]}
    counts = {name: len(frame) for name, frame in taken.frames.items()}
    report = {"files": reports, "tables": counts, "log": _log(taken.log, lang), "errors": []}
    if kept is None:
        return report
    store.write_log(taken.log, kept / "log.txt", lang=lang)
    return report | {"kept": str(kept)}


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
