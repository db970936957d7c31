"""Raw exports in, canonical tables out: every source of engagement.yaml read, mapped, typed and logged.

The result depends on the engagement folder alone. Reading an export twice changes nothing; rows that are no answers
(previews, tests, unfinished ones) are set aside and counted; what needs an answer of the user stops with the question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from cxlib.engagement.folder import Engagement
from cxlib.engagement.setup import Source
from cxlib.engagement.tables import TABLES
from cxlib.errors import CxError, CxErrors
from cxlib.intake import export as exports
from cxlib.intake import plain, store
from cxlib.intake.notes import Remark, asks, line, log_frame
from cxlib.intake.part import Part, part
from cxlib.intake.typed import Question

_KEYS = {
    "responses": ("response_id",),
    "items": ("response_id", "item"),
    "invitations": ("invitation_id",),
    "customers": ("customer_id",),
    "transactions": ("transaction_id",),
    "tickets": ("ticket_id",),
    "contacts": ("contact_id",),
    "voice": ("text_id",),
    "cases": ("case_id",),
}
"""What names a row of a table; in the other tables only rows that are equal throughout are repeated ones."""


@dataclass(frozen=True)
class Intake:
    """The canonical tables of an engagement.

    Attributes
    ----------
    frames
        Table → frame with typed canonical columns and the client's further columns; only tables with sources.
    log
        What was recognised, renamed, parsed, padded and dropped: file, table, column, row, what, count, examples.
    hashes
        sha256 of every raw export, by its path in the engagement folder.
    evidence
        File → why its tool was recognised.
    """

    frames: dict[str, pd.DataFrame]
    log: pd.DataFrame
    hashes: dict[str, str]
    evidence: dict[str, tuple[Remark, ...]] = field(default_factory=dict)


def tables(engagement: Engagement, *, kept: Path | None = None) -> Intake:
    """Return the canonical tables that the engagement's sources fill.

    A table without sources is not there; a step then says what it cannot tell. Every cell of the exports is in a
    table, in the log, or in a column that is not kept, which the log names.

    Parameters
    ----------
    engagement
        The opened folder.
    kept
        A folder where what was read is kept, so that unchanged exports are not read again; nothing is kept without.

    Raises
    ------
    CxError
        If a file is missing, lies outside the folder, cannot be read in one way only, lacks a mapped column, or holds
        scores of another scale; several at once where several files are wrong.
    """
    seen: dict[str, str] = {}
    parts: dict[str, list[Part]] = {}
    logs: list[pd.DataFrame] = []
    errors: list[CxError] = []
    for table, source in _sources(engagement):
        try:
            got = _part(engagement, table, source, seen, kept)
        except CxErrors as several:
            errors.extend(several.errors)
        except CxError as error:
            errors.append(error)
        else:
            logs.append(log_frame(got.log, file=source.file, table=table))
            parts.setdefault(table, []).append(got)
    if errors:
        raise errors[0] if len(errors) == 1 else CxErrors(errors)
    frames = {table: _whole(found, table, logs) for table, found in parts.items()}
    log = pd.concat(logs, ignore_index=True) if logs else log_frame([], file="")
    evidence = {item.file: item.evidence for found in parts.values() for item in found}
    return Intake(frames, log, dict(sorted(seen.items())), evidence)


def _sources(engagement: Engagement) -> Iterator[tuple[str, Source]]:
    """Every source with its table; a table that is not canonical is an error."""
    for table, sources in engagement.setup.sources.items():
        if table not in TABLES:
            raise CxError("no-table", file="engagement.yaml", column=f"sources.{table}", expected=list(TABLES))
        for source in sources:
            yield table, source


def inside(folder: Path, file: str) -> Path:
    """Return the path of `file` in the engagement folder.

    Raises
    ------
    CxError
        If it leads out of the folder (by ``..``, as an absolute path or through a link), or is not there.
    """
    root = folder.resolve()
    path = (root / file).resolve()
    if not file or not path.is_relative_to(root) or path == root:
        raise CxError("outside-folder", file="engagement.yaml", found=file)
    if not path.is_file():
        raise CxError("no-source-file", file="engagement.yaml", found=file)
    return path


def _part(engagement: Engagement, table: str, source: Source, seen: dict[str, str], kept: Path | None) -> Part:
    """What one source gives to its table, from what is kept if nothing changed."""
    path = inside(engagement.folder, source.file)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    seen[source.file] = digest
    name = store.key(digest, table=table, source=source, setup=engagement.setup) if kept else ""
    known = store.kept(kept, name) if kept else None
    if known is not None:
        return known
    found = exports.read(path, file=source.file, tool=source.preset, **answers(source))
    _stop_at(found.questions, source)
    got = part(found, table, source, engagement.setup)
    if kept:
        store.keep(kept, name, got)
    return got


def answers(source: Source) -> dict[str, Any]:
    """Return what the user answered about a file's form: encoding, sheet, delimiter, header rows."""
    return {name: getattr(source, name) for name in ("encoding", "sheet", "delimiter", "header_rows")}


def _stop_at(questions: Iterable[Question], source: Source) -> None:
    """Stop with the questions that the user did not answer yet."""
    errors = [asks(item, file=source.file) for item in questions]
    if errors:
        raise errors[0] if len(errors) == 1 else CxErrors(errors)


def _whole(found: list[Part], table: str, logs: list[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all sources of a table, repeated ones once."""
    frame = pl.concat([item.frame for item in found], how="diagonal_relaxed") if len(found) > 1 else found[0].frame
    keys = [name for name in _KEYS.get(table, ()) if name in frame.columns]
    by = keys if keys and len(keys) == len(_KEYS[table]) else frame.columns
    repeated = _stood_before(frame, list(by), is_key=bool(keys))
    if repeated.any():
        _log_repeated(found, table, repeated.to_numpy(), logs)
        frame = frame.filter(~repeated)
    canonical = [name for name in TABLES[table] if name in frame.columns]
    ordered = [*canonical, *(name for name in frame.columns if name not in canonical)]
    return plain.frame({name: frame[name] for name in ordered})


def _stood_before(frame: pl.DataFrame, by: list[str], *, is_key: bool) -> pl.Series:
    """Which rows are equal to an earlier one in these columns; rows without a key are equal to none."""
    if len(by) == 1 and frame[by[0]].n_unique() == frame.height:
        return pl.zeros(frame.height, dtype=pl.Boolean, eager=True)
    known = pl.all_horizontal(pl.col(by).is_not_null()) if is_key else pl.lit(True)
    return frame.select(~pl.struct(by).is_first_distinct() & known).to_series()


def _log_repeated(found: list[Part], table: str, hit: np.ndarray, logs: list[pd.DataFrame]) -> None:
    """Log the rows that were there already, file by file."""
    files = np.repeat([item.file for item in found], [item.frame.height for item in found])
    rows = np.concatenate([item.numbers for item in found])
    for file in dict.fromkeys(files[hit]):
        mine = hit & (files == file)
        cells = [(row, "") for row in rows[mine].tolist()]
        logs.append(log_frame([line("repeated-row", cells)], file=str(file), table=table))
