"""What intake says on a terminal: file by file, what it is, what is doubtful, what was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cxlib.words import phrase


def file_text(report: dict[str, Any], *, lang: str) -> str:
    """Return the report of one file (`cxlib.intake.summary.file_report`) as text.

    Examples
    --------
    >>> report = {"file": "a.csv", "refused": "Empty.", "questions": [], "warnings": []}
    >>> print(file_text(report, lang="en"))
    a.csv
      refused: Empty.
    """
    if report["refused"]:
        return f"{report['file']}\n  " + phrase("intake.told.refused", lang, why=report["refused"])
    names = ("tool", "encoding", "delimiter", "header_rows", "responses")
    values = {name: report[name] if report[name] not in ("", None) else "–" for name in names}
    values["delimiter"] = repr(report["delimiter"]) if report["delimiter"] else "–"
    lines = [report["file"], "  " + phrase("intake.told.file", lang, columns=report["columns"]["count"], **values)]
    lines += ["  " + phrase("intake.told.evidence", lang, text=text) for text in report["evidence"]]
    lines += ["  " + line for line in _proposals(report["mapping"], lang)]
    lines += [f"  {item['columns'][0]}: {item['text']}" for item in report["several"]]
    lines += ["  " + phrase("intake.told.question", lang, text=item["text"]) for item in report["questions"]]
    lines += ["  " + phrase("intake.told.warning", lang, text=text) for text in report["warnings"]]
    return "\n".join(lines)


def _proposals(mapping: Iterable[dict[str, Any]], lang: str) -> Iterator[str]:
    """What each column probably fills and how sure that is; columns that bear a canonical name in one line."""
    named = [item["canonical"] for item in mapping if item["canonical"] == item["column"]]
    if named:
        yield phrase("intake.told.named", lang, names=named)
    for item in mapping:
        if item["canonical"] != item["column"]:
            told = {"canonical": item["canonical"], "column": item["column"], "share": item["confidence"]}
            scale = phrase("intake.told.scale", lang, scale=item["instrument"]) if item["instrument"] else ""
            yield phrase("intake.told.proposal", lang, **told) + scale


def engagement_text(report: dict[str, Any], *, lang: str) -> str:
    """Return the report of an engagement (`cxlib.intake.summary.engagement_report`) as text."""
    blocks = [file_text(item, lang=lang) for item in report["files"]]
    blocks += [_elsewhere(item, lang) for item in report["elsewhere"]]
    blocks += ["\n".join(_done(report["log"]))] if report["log"] else []
    tables = [
        f"  {phrase(f'table.{name}', lang)}: {phrase('intake.told.rows', lang, n=n)}"
        for name, n in report["tables"].items()
    ]
    blocks += ["\n".join([phrase("intake.told.tables", lang), *tables])] if tables else []
    return "\n\n".join([*blocks, *report["errors"]])


def _elsewhere(item: dict[str, Any], lang: str) -> str:
    """A table that stays where it lives."""
    values = item | {"table": phrase(f"table.{item['table']}", lang)}
    return f"{item['place']}\n  " + phrase("intake.told.elsewhere", lang, **values)


def _done(log: Iterable[dict[str, Any]]) -> list[str]:
    """One line a change that intake made."""
    return [f"  {item['file']}: {item['text']}" for item in log]
