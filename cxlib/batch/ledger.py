"""What has been done: one row a job in an SQLite file of the output folder.

A job's key is the hash of everything it depends on. A finished job whose key is the same and whose files still stand as
it left them need not run again. papermill's own metadata cannot tell this: after a crash it says "completed".
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxlib.errors import Stopped

DONE, FAILED, RUNNING, INTERRUPTED = "done", "failed", "running", "interrupted"
_TABLE = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, client TEXT, period TEXT, lang TEXT, step TEXT, state TEXT, parts TEXT, begun REAL,
    seconds REAL, cpu REAL, memory INTEGER, cell TEXT, reason TEXT, error TEXT, outputs TEXT, facts TEXT)
"""


@dataclass(frozen=True)
class Record:
    """A job as the ledger knows it.

    Attributes
    ----------
    id
        ``engagement/period/lang/step``.
    state
        ``running``, ``done``, ``failed`` or ``interrupted``.
    parts
        What the job depended on, each as a hash: notebook, parameters, inputs, program; sections for a report.
    begun
        Wall-clock time, only to be shown.
    outputs
        File, relative to the client's folder of outputs → sha256.
    facts
        What the summary shows of it.
    """

    id: str
    client: str
    period: str
    lang: str
    step: str
    state: str
    parts: dict[str, str] = field(default_factory=dict)
    begun: float = 0.0
    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    cell: str = ""
    reason: str = ""
    error: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


_NAMES = tuple(Record.__dataclass_fields__)
_JSON = ("parts", "outputs", "facts")


class Ledger:
    """The file; opened by the one process that holds the lock of the output folder."""

    def __init__(self, path: Path) -> None:
        with _readable():
            self._base = sqlite3.connect(path, isolation_level=None, timeout=30)
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.execute(_TABLE)

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def find(self, job: str) -> Record | None:
        """Return what is known of a job."""
        with _readable():
            row = self._base.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
        return _record(row) if row else None

    def save(self, record: Record) -> None:
        """Store a record in the place of the older one."""
        values = [_stored(record, name) for name in _NAMES]
        with _readable():
            self._base.execute(f"INSERT OR REPLACE INTO jobs VALUES ({', '.join('?' * len(values))})", values)

    def resume(self) -> int:
        """Mark what an ended batch left running as interrupted; return how many."""
        with _readable():
            return self._base.execute("UPDATE jobs SET state = ? WHERE state = ?", (INTERRUPTED, RUNNING)).rowcount

    def latest(self) -> float:
        """Return the wall-clock time of the newest record, 0 if there is none."""
        with _readable():
            return self._base.execute("SELECT max(begun) FROM jobs").fetchone()[0] or 0.0

    def records(self, client: str = "") -> Iterator[Record]:
        """Yield all records, client by client, or those of one client."""
        chosen = ("WHERE client = ? ", (client,)) if client else ("", ())
        with _readable():
            rows = self._base.execute(f"SELECT * FROM jobs {chosen[0]}ORDER BY client, period, id", chosen[1])
            for row in rows:
                yield _record(row)


def _stored(record: Record, name: str) -> Any:
    value = getattr(record, name)
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if name in _JSON else value


def _record(row: tuple) -> Record:
    values = dict(zip(_NAMES, row, strict=True))
    return Record(**values | {name: json.loads(values[name]) for name in _JSON})


@contextmanager
def _readable() -> Iterator[None]:
    """An error of the file as one that tells what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise Stopped("batch-ledger", found=str(error)) from error
