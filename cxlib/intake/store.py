"""What was read is kept as Parquet beside a log for people, so that unchanged exports are not read again.

The key of a part is everything that it depends on: the bytes of the file, its entry in engagement.yaml, the settings
that typing uses, the presets and the version. The folder is the caller's: nothing is written into an engagement unless
the caller says so. Comments are redacted before they come here.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pandas as pd
import polars as pl

from cxlib import __version__
from cxlib.engagement.setup import Setup, Source
from cxlib.intake import export as exports
from cxlib.intake.notes import Line, Remark
from cxlib.intake.part import Part, part
from cxlib.words import phrase

_ROW = "_row_in_file"


@cache
def _rules() -> str:
    """Hash of the code and the data files of intake: a new preset or reader reads everything again."""
    folder = Path(__file__).parent
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".yaml"))
    digest = hashlib.sha256(__version__.encode())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def key(digest: str, *, table: str, source: Source, setup: Setup) -> str:
    """Return the name under which a part is kept.

    Parameters
    ----------
    digest
        sha256 of the export.
    table, source, setup
        What else the part depends on.
    """
    settings = {"surveys", "timezone", "currency", "calendar"}
    told = [digest, table, source.model_dump_json(), setup.model_dump_json(include=settings), _rules()]
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:32]


def kept(folder: Path, name: str) -> Part | None:
    """Return the part that is kept under `name`, or None if there is none or it is damaged."""
    try:
        frame = pl.read_parquet(folder / f"{name}.parquet")
        told = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        log = tuple(Line(**item | {"examples": tuple(item["examples"])}) for item in told["log"])
        evidence = tuple(Remark(**item) for item in told["evidence"])
        return Part(told["file"], frame.drop(_ROW), frame[_ROW].to_numpy(), log, evidence)
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
        return None


def keep(folder: Path, name: str, found: Part) -> None:
    """Keep a part under `name`, all or nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {"file": found.file, "log": [asdict(item) for item in found.log]}
    told |= {"evidence": [asdict(item) for item in found.evidence]}
    frame = found.frame.with_columns(pl.Series(_ROW, found.numbers))
    aside = folder / f"{name}.{os.getpid()}.part"
    frame.write_parquet(aside, compression="uncompressed", statistics=False)
    aside.replace(folder / f"{name}.parquet")
    aside.write_text(json.dumps(told, ensure_ascii=False, default=str), encoding="utf-8")
    aside.replace(folder / f"{name}.json")


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
    aside = target.with_suffix(f".{os.getpid()}.part")
    got.frame.write_parquet(aside, compression="uncompressed", statistics=False)
    aside.replace(target)
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
