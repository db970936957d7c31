"""Raw exports in, canonical tables out: every source of engagement.yaml read, mapped, typed and logged.

The result depends on the engagement folder alone. Reading an export twice changes nothing; rows that are no answers
(previews, tests, unfinished ones) are set aside and counted; what needs an answer of the user stops with the question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from cxlib.engagement.folder import Engagement
from cxlib.engagement.setup import Setup, Source
from cxlib.engagement.tables import TABLES
from cxlib.errors import CxError, CxErrors
from cxlib.intake import export as exports
from cxlib.intake import plain, quality, store
from cxlib.intake.notes import Remark, asks, line, log_frame
from cxlib.intake.part import Part, part
from cxlib.intake.reversal import patterns
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
_LOG = "log"


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
    if kept is None:
        return _read(engagement)
    hashes = _hashes(engagement)
    name = store.key(hashes, engagement.setup)
    known = _known(store.kept(kept, name), hashes)
    if known:
        return known
    made = _read(engagement, kept)
    if made.hashes == hashes:
        told = {file: [asdict(remark) for remark in remarks] for file, remarks in made.evidence.items()}
        with suppress(OSError):
            store.keep(kept, name, {_LOG: made.log} | made.frames, told)
            store.tidy(kept, {name, *(_key(engagement, *listed, hashes) for listed in _sources(engagement))})
    return made


def _hashes(engagement: Engagement) -> dict[str, str]:
    """sha256 of every export; one that is not there is left out, and reading tells."""
    found: dict[str, str] = {}
    for _, source in _sources(engagement):
        with suppress(CxError, OSError):
            found[source.file] = _hash(inside(engagement.folder, source.file))
    return dict(sorted(found.items()))


def _hash(path: Path) -> str:
    """sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _known(kept: tuple[dict[str, pd.DataFrame], dict[str, Any]] | None, hashes: dict[str, str]) -> Intake | None:
    """What was kept, as it was when it was read."""
    if kept is None:
        return None
    frames, told = kept
    evidence = {file: tuple(Remark(**item) for item in remarks) for file, remarks in told.items()}
    return Intake({name: frame for name, frame in frames.items() if name != _LOG}, frames[_LOG], hashes, evidence)


def _key(engagement: Engagement, table: str, source: Source, hashes: dict[str, str]) -> str:
    """The name under which what one export gives is kept."""
    return store.part_key(hashes[source.file], table=table, source=source, setup=engagement.setup)


def _read(engagement: Engagement, kept: Path | None = None) -> Intake:
    """The tables, read from the exports; an export that is kept is not read."""
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
    _refuse_turned(frames, engagement.setup)
    log = pd.concat(logs, ignore_index=True) if logs else log_frame([], file="")
    evidence = {item.file: item.evidence for found in parts.values() for item in found}
    return Intake(frames, log, dict(sorted(seen.items())), evidence)


def _refuse_turned(frames: dict[str, pd.DataFrame], setup: Setup) -> None:
    """Stop at scores that run against each other until the client says which of them was written the other way."""
    told = quality.told_directions(setup)
    answers = patterns(frames.get("responses", pd.DataFrame()))
    errors = [
        CxError("scale-reversed", file="engagement.yaml", column="sources.responses.directions", **doubt.values)
        for doubt in quality.turned(answers, setup.surveys, told)
    ]
    if errors:
        raise errors[0] if len(errors) == 1 else CxErrors(errors)


def _sources(engagement: Engagement) -> Iterator[tuple[str, Source]]:
    """Every file with its table; a table that is not canonical is an error. Connections are not read whole."""
    for table, sources in engagement.setup.sources.items():
        if table not in TABLES:
            raise CxError("no-table", file="engagement.yaml", column=f"sources.{table}", expected=list(TABLES))
        yield from ((table, source) for source in sources if not source.connection)


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
    seen[source.file] = _hash(path)
    if kept is None:
        return _typed(engagement, table, source, path)
    name = _key(engagement, table, source, seen)
    known = store.kept_part(kept, name)
    if known is None:
        known = _typed(engagement, table, source, path)
        with suppress(OSError):
            store.keep_part(kept, name, known)
    return known


def _typed(engagement: Engagement, table: str, source: Source, path: Path) -> Part:
    """What an export gives to its table."""
    found = exports.read(path, file=source.file, tool=source.preset, **answers(source))
    _stop_at(found.questions, source)
    return part(found, table, source, engagement.setup)


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
