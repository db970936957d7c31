"""Writes a report beside its final place and renames it: a reader never sees half a file."""

from __future__ import annotations

import os
from pathlib import Path

from cxlib.engagement.folder import Engagement
from cxlib.report import html, pdf
from cxlib.report.content import content
from cxlib.section import Section


def report(sections: list[Section], engagement: Engagement, *, lang: str, folder: str | Path) -> dict[str, Path]:
    """Write ``report.html`` and ``report.pdf`` of these sections into `folder`; return both paths by kind.

    The files have the same words, numbers and pictures. Steps without a section are named as not computed.

    Parameters
    ----------
    sections
        The results of the steps, in any order.
    engagement
        The opened engagement: its name, brand, calendar and currency are used, its files are not changed.
    lang
        ``en`` or ``fa``.
    folder
        Where to write; made if it does not exist.

    Raises
    ------
    CxError
        If the client's logo cannot be used; then nothing is written.
    """
    said = content(sections, setup=engagement.setup, root=engagement.folder, lang=lang)
    made = {"html": html.document(said).encode(), "pdf": pdf.document(said)}
    Path(folder).mkdir(parents=True, exist_ok=True)
    return {kind: _written(data, Path(folder) / f"report.{kind}") for kind, data in made.items()}


def _written(data: bytes, path: Path) -> Path:
    """One file, all or nothing."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    aside.write_bytes(data)
    return aside.replace(path)
