"""Which column of an export fills which canonical column: as engagement.yaml says, else as the preset knows.

A mapping names the column by its name, its code or its question text, in any spelling that differs only in blanks,
case or letters that look alike. What is not there is an error with the nearest name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cxlib.engagement.setup import Source
from cxlib.engagement.tables import TABLES
from cxlib.errors import CxError, closest
from cxlib.intake import persian
from cxlib.intake.export import Export
from cxlib.intake.header import Column, clean
from cxlib.intake.presets import Preset, preset
from cxlib.words import LANGS, phrase

_NAMED = r"\((UTC|GMT|(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z_/-]+)\)"
_ZONE = re.compile(rf"[\"']timeZone[\"']\s*:\s*[\"']([^\"']+)|{_NAMED}")


def place(columns: Sequence[Column], wanted: str) -> int | None:
    """Return where the column stands that `wanted` names, or None.

    Examples
    --------
    >>> place([Column("Q1", "How likely?", "Q1"), Column("Id")], "how  likely?")
    0
    """
    exact = [number for number, column in enumerate(columns) if wanted in (column.name, column.code, column.found)]
    if exact:
        return exact[0]
    alike = _alike(wanted)
    near = [number for number, column in enumerate(columns) if alike in {_alike(column.name), _alike(column.text)}]
    return near[0] if near else None


def _alike(text: str) -> str:
    """A header in the form in which two spellings of one are equal, whatever time zone it names."""
    return persian.key(re.sub(rf"\s*{_NAMED}$", "", clean(text)))


def mapped(export: Export, table: str, source: Source) -> dict[str, int]:
    """Return canonical column → place in the export.

    What `source.map` says comes first; then the preset's own columns and columns that already bear a canonical name.

    Raises
    ------
    CxError
        If the map names a column that the export lacks, or a canonical column that the table does not know.
    """
    known = preset(export.tool).tables.get(table, {})
    found = {}
    for canonical, wanted in source.map.items():
        if canonical not in TABLES[table] and not re.fullmatch(r"[a-z][a-z0-9_]*", canonical):
            raise CxError("no-canonical", file=export.file, column=canonical, found=table, expected=list(TABLES[table]))
        there = place(export.columns, wanted)
        if there is None:
            raise missing(export, wanted)
        found[canonical] = there
    for canonical in TABLES[table]:
        options = [*known.get(canonical, []), canonical]
        places = (place(export.columns, option) for option in options if canonical not in found)
        there = next((number for number in places if number is not None), None)
        if there is not None and (there not in found.values() or canonical in known):
            found[canonical] = there
    return found


def told_multi(export: Export, source: Source) -> dict[int, str]:
    """Return place → separator of the columns that engagement.yaml says hold several answers (``none``: they do not).

    Raises
    ------
    CxError
        If the export lacks such a column.
    """
    places = {wanted: place(export.columns, wanted) for wanted in source.multi}
    for wanted, there in places.items():
        if there is None:
            raise missing(export, wanted)
    return {places[wanted]: mark for wanted, mark in source.multi.items()}


def missing(export: Export, wanted: str) -> CxError:
    """Return the error that the export has no column `wanted`, with the nearest name."""
    names = [f"'{name}'" for name in export.names]
    near = closest(wanted, [text for column in export.columns for text in (column.name, column.text)])
    shown = names[:40] + ["…"] * (len(names) > 40)
    if near:
        return CxError("no-column-near", file=export.file, column=wanted, found=shown, expected=near)
    remedy = {lang: phrase("remedy.map-column", lang) for lang in LANGS}
    return CxError("no-column", file=export.file, column=wanted, found=shown, remedy=remedy)


def zone(column: Column) -> str:
    """Return the time zone that a column's header states: the ``timeZone`` of Qualtrics, "(UTC)", "(Asia/Tehran)"."""
    match = _ZONE.search(column.found)
    return (match[1] or match[2]) if match else ""


def derivable(rules: Preset, table: str, export: Export, found: Mapping[str, int]) -> dict[str, tuple[str, int]]:
    """Return canonical columns that the preset derives from others: column → (``after`` column or "", place)."""
    derived = {}
    for rule in rules.derived:
        if rule.table != table or rule.column in found:
            continue
        places = [place(export.columns, name) for name in (*rule.minutes, *rule.count)]
        there = next((number for number in places if number is not None), None)
        if there is not None and (not rule.after or rule.after in found):
            derived[rule.column] = (rule.after, there)
    return derived
