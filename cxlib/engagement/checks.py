"""Everything that is wrong or missing in an engagement folder, told before anything runs.

`folder.open` refuses a folder whose files cannot be read. Beyond that, a strategy file that is not there yet, an
export that a source names in vain, or one that no source names, are worth telling too.
"""

from __future__ import annotations

from pathlib import Path

from cxlib.engagement import connections, files, folder, rules
from cxlib.engagement.complaints import fault
from cxlib.engagement.document import Document
from cxlib.engagement.setup import Setup
from cxlib.errors import CxError, CxErrors, closest


def wrong(path: str | Path) -> list[CxError]:
    """Return everything that is wrong or missing in an engagement folder; an empty list means that it can run.

    Parameters
    ----------
    path
        The folder, or the name of a sample.

    Raises
    ------
    CxError
        If there is no such engagement at all.
    """
    root = folder.find(path)
    try:
        engagement = folder.open(root)
    except CxErrors as several:
        return several.errors
    source = files.document(root / folder.SETTINGS, root)
    return [
        *_exports(source, engagement.setup, root),
        *_unused(engagement.setup, root),
        *(CxError("not-yet", file=name) for name in engagement.missing),
        *([] if root.name in folder.samples() or (root / ".cx-key").is_file() else [CxError("no-key")]),
    ]


def _exports(source: Document, setup: Setup, root: Path) -> list[CxError]:
    """An error for each source without a file, or whose file is not there."""
    entries = [
        (("sources", table, number), entry)
        for table, listed in setup.sources.items()
        for number, entry in enumerate(listed)
    ]
    there = _inbox(root)
    nameless = [fault("no-source", place, source) for place, entry in entries if not (entry.file or entry.connection)]
    absent = [(place, entry.file) for place, entry in entries if entry.file and not (root / entry.file).is_file()]
    return nameless + [
        fault("no-file", (*place, "file"), source, found=file, remedy=rules.suggestion(closest(file, there)))
        for place, file in absent
    ]


def _unused(setup: Setup, root: Path) -> list[CxError]:
    """An error for each export that no source reads."""
    entries = [entry for several in setup.sources.values() for entry in several]
    read = {(root / entry.file).resolve() for entry in entries if entry.file}
    read |= {path.resolve() for entry in entries if entry.connection for path in connections.files(entry, root)}
    return [CxError("unused-file", file=name) for name in _inbox(root) if (root / name).resolve() not in read]


def _inbox(root: Path) -> list[str]:
    """The exports in the inbox, hidden files and notes left out."""
    found = (path for path in (root / "inbox").rglob("*") if path.is_file() and not path.name.startswith("."))
    return sorted(path.relative_to(root).as_posix() for path in found if path.suffix.lower() not in (".md", ".txt"))
