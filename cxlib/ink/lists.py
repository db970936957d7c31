"""Findings, decisions and evidence of a section as HTML lists."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import pandas as pd

from cxlib.ink.markup import html
from cxlib.ink.sentences import COUNTED, Reader, Run, is_empty, problem, written
from cxlib.ink.tables import table
from cxlib.section import SEVERITIES, Exhibit, Finding, Section
from cxlib.words.catalogue import has

SOURCES = ("data", "interview", "assumption")


def ordered(findings: tuple[Finding, ...]) -> list[Finding]:
    """Return findings, the gravest first."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def findings(found: tuple[Finding, ...], *, reader: Reader) -> str:
    """Return findings as a list, the gravest first, each with where to mend it."""
    if not found:
        return f'<p class="empty">{escape(reader.words("page.no-findings"))}</p>'
    return f'<ul class="findings">{"".join(_finding(item, reader) for item in ordered(found))}</ul>'


def _finding(item: Finding, reader: Reader) -> str:
    """One finding: how grave, what, where."""
    grave = f'<span class="severity">{escape(reader.words(f"severity.{item.severity}"))}</span>'
    where = html([Run(item.where, part="client")]) if item.where else ""
    where = (
        f'<span class="where">{escape(reader.words("page.where", where=""))}<code>{where}</code></span>'
        if where
        else ""
    )
    return f'<li class="{escape(item.severity)}">{grave} {html(problem(item, reader=reader))}{where}</li>'


def decisions(decided: dict[str, Any], *, reader: Reader) -> str:
    """Return what people decided: single values as a list, lists of things as tables."""
    shown = {name: value for name, value in decided.items() if not is_empty(value)}
    if not shown:
        return f'<p class="empty">{escape(reader.words("page.no-decisions"))}</p>'
    single = {name: value for name, value in shown.items() if not _is_table(value)}
    pairs = "".join(
        f"<dt>{escape(field(name, reader=reader))}</dt><dd>{_value(name, value, reader)}</dd>"
        for name, value in single.items()
    )
    listed = "".join(_things(name, value, reader) for name, value in shown.items() if name not in single)
    return (f"<dl>{pairs}</dl>" if pairs else "") + listed


def field(name: str, *, reader: Reader) -> str:
    """Return what a field of a strategy file is called: ``field.<name>``, ``column.<name>``, or the name itself."""
    key = next((key for key in (f"field.{name}", f"column.{name}") if has(key)), "")
    return reader.words(key) if key else name


def _is_table(value: Any) -> bool:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(item, dict) and not _is_text(item) for item in value)
    )


def _is_text(value: dict[str, Any]) -> bool:
    """Whether a dictionary is a client's text in two languages."""
    return value.keys() <= {"en", "fa"}


def _things(name: str, items: list[dict[str, Any]], reader: Reader) -> str:
    """Things with fields as a table, fields that nobody filled left out."""
    columns = [
        column
        for column in dict.fromkeys(key for item in items for key in item)
        if column != "id" or "name" not in items[0]
    ]
    filled = [column for column in columns if any(not is_empty(item.get(column)) for item in items)]
    rows = [[_flat(item.get(column)) for column in filled] for item in items]
    frame = pd.DataFrame(rows, columns=[field(column, reader=reader) for column in filled], dtype=object)
    shown = table(Exhibit(name, "table", frame), reader=reader, caption=field(name, reader=reader))
    return f'<div class="scroll">{shown}</div>'


def _flat(value: Any) -> Any:
    """A value that fits a cell: nested blocks become the list of their values."""
    if isinstance(value, dict) and not _is_text(value) and "text" not in value:
        return [_flat(item) for item in value.values() if not is_empty(item)]
    if isinstance(value, (list, tuple)):
        return [
            item.get("name") or item.get("text") or item if isinstance(item, dict) and not _is_text(item) else item
            for item in value
        ]
    return value


def _value(name: str, value: Any, reader: Reader) -> str:
    return html(written(_flat(value), key=f"decisions.{name}", reader=reader))


def evidence(section: Section, *, reader: Reader) -> str:
    """Return how many fields rest on data, interviews and assumptions."""
    counts = "".join(f"<li>{html(runs)}</li>" for runs in evidence_runs(section, reader=reader))
    return f'<ul class="evidence">{counts}</ul>'


def evidence_runs(section: Section, *, reader: Reader) -> Iterator[list[Run]]:
    """Yield for each source its name and its count, as runs."""
    for source in SOURCES:
        count = section.evidence.get(source, 0)
        if count:
            words = f"{reader.words(f'evidence.{source}')} {reader.number(count)}"
            yield [
                Run(
                    words,
                    f"evidence.{source}",
                    None,
                    COUNTED,
                    True,
                    f"mark {source}",
                    reader.words(f"reason.{COUNTED}"),
                )
            ]
