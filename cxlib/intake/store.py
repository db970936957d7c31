"""What was read is kept beside a log for people, so that unchanged exports are not read again.

Each export is kept as Parquet; all tables together once more in a form that comes back in no time, for the next
notebook of the same client. The name of what is kept is everything that it depends on: the bytes of the files,
engagement.yaml, the presets and the version. The folder is the caller's: nothing is written into an engagement unless
the caller says so. Comments are redacted before they come here.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import IO

import pandas as pd
import polars as pl

from cxlib import __version__
from cxlib.engagement.setup import Setup, Source
from cxlib.intake import export as exports
from cxlib.intake.notes import Line, Remark
from cxlib.intake.part import Part, part
from cxlib.words import phrase

_TOLD = "told.json"
_ROW = "_row_in_file"
_QUICK = {"compression": "uncompressed", "data_page_size": 2**23}
_OURS = re.compile(r"[0-9a-f]{32}\.(zip|parquet)")


@cache
def _rules() -> str:
    """Hash of the code and the data files of intake: a new preset or reader reads everything again."""
    folder = Path(__file__).parent
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".yaml"))
    digest = hashlib.sha256(__version__.encode())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def key(hashes: Mapping[str, str], setup: Setup) -> str:
    """Return the name under which the tables of an engagement are kept.

    Parameters
    ----------
    hashes
        sha256 of every export, by its path.
    setup
        What else the tables depend on.
    """
    told = [json.dumps(hashes, sort_keys=True), setup.model_dump_json(), _rules()]
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:32]


def kept(folder: Path, name: str) -> tuple[dict[str, pd.DataFrame], dict] | None:
    """Return the frames and the plain values that are kept under `name`, None if there are none or they are damaged."""
    try:
        with zipfile.ZipFile(folder / f"{name}.zip") as whole:
            told = json.loads(whole.read(_TOLD))
            return {table: pd.read_feather(io.BytesIO(whole.read(table))) for table in told["tables"]}, told["rest"]
    except (OSError, EOFError, ValueError, KeyError, TypeError, RuntimeError, zipfile.BadZipFile):
        return None


def keep(folder: Path, name: str, frames: Mapping[str, pd.DataFrame], rest: dict) -> None:
    """Keep frames and plain values under `name`, all or nothing; only the owner can read them."""
    with _whole(folder / f"{name}.zip") as file, zipfile.ZipFile(file, "w") as whole:
        for table, frame in frames.items():
            content = io.BytesIO()
            frame.to_feather(content, compression="uncompressed")
            whole.writestr(table, content.getbuffer())
        whole.writestr(_TOLD, json.dumps({"tables": list(frames), "rest": rest}, ensure_ascii=False))


def part_key(digest: str, *, table: str, source: Source, setup: Setup) -> str:
    """Return the name under which what one export gives is kept.

    Parameters
    ----------
    digest
        sha256 of the export.
    table, source, setup
        What else it depends on; the other sources are not part of it.
    """
    told = [digest, table, source.model_dump_json(), setup.model_dump_json(exclude={"sources"}), _rules()]
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:32]


def kept_part(folder: Path, name: str) -> Part | None:
    """Return what one export gave, kept under `name`; None if there is nothing or it is damaged."""
    try:
        frame = pl.read_parquet(folder / f"{name}.parquet")
        told = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        log = tuple(Line(**item | {"examples": tuple(item["examples"])}) for item in told["log"])
        evidence = tuple(Remark(**item) for item in told["evidence"])
        return Part(told["file"], frame.drop(_ROW), frame[_ROW].to_numpy(), log, evidence)
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
        return None


def keep_part(folder: Path, name: str, found: Part) -> None:
    """Keep what one export gave as Parquet, all or nothing; only the owner can read it."""
    told = {"file": found.file, "log": [asdict(item) for item in found.log]}
    told |= {"evidence": [asdict(item) for item in found.evidence]}
    with _whole(folder / f"{name}.json") as file:
        file.write(json.dumps(told, ensure_ascii=False, default=str).encode())
    with _whole(folder / f"{name}.parquet") as file:
        found.frame.with_columns(pl.Series(_ROW, found.numbers)).write_parquet(file, **_QUICK)


def tidy(folder: Path, names: set[str]) -> None:
    """Remove what is kept under other names: it belongs to exports or settings that are no more."""
    for path in folder.glob("*"):
        if _OURS.fullmatch(path.name) and path.stem not in names:
            path.unlink(missing_ok=True)
            path.with_suffix(".json").unlink(missing_ok=True)


@contextmanager
def _whole(target: Path) -> Iterator[IO[bytes]]:
    """A file that is in its place only when it is whole, for its owner alone."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(f"{target.suffix}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def typed_to_parquet(file: Path, target: Path, *, table: str, setup: Setup, source: Source | None = None) -> Part:
    """Return the rows that a file gives to a table, written to `target` as Parquet.

    Parameters
    ----------
    file
        The export.
    target
        The Parquet file.
    table, setup, source
        What it is read as; without a source its columns must bear canonical names.
    """
    found = exports.read(file)
    survey = next(iter(setup.surveys), None)
    got = part(found, table, source or Source(file=file.name, survey=survey), setup)
    with _whole(target) as file:
        got.frame.write_parquet(file, **_QUICK, statistics=False)
    return got


def write_log(log: pd.DataFrame, target: Path, *, lang: str = "en") -> Path:
    """Write the log of an intake as a text that a person reads: file by file, what was done to which column.

    Parameters
    ----------
    log
        `Intake.log`.
    target
        The text file; written all or nothing.
    lang
        Its language.
    """
    lines: list[str] = []
    for file, entries in log.groupby("file", sort=False):
        lines += [str(file), "-" * len(str(file))]
        lines += [_sentence(entry, lang) for entry in entries.itertuples()] + [""]
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(f".{os.getpid()}.part")
    aside.write_text("\n".join(lines), encoding="utf-8")
    return aside.replace(target)


def _sentence(entry: object, lang: str) -> str:
    """One entry of the log as a line."""
    where = f"{entry.column}: " if entry.column else ""
    text = phrase(f"log.{entry.what}", lang, count=int(entry.count), column=entry.column)
    return f"  {where}{text}" + (f" ({entry.examples})" if entry.examples else "")
