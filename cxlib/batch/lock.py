"""One batch on one output folder: a lock that the system frees when its holder dies, with a note of who holds it.

Processes that a batch starts inherit the lock, so it is free only when the last of them has ended.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cxlib.errors import CxError

HOUSE = ".cx"
_PATIENCE = 5.0


@contextmanager
def held(out: Path) -> Iterator[IO[str]]:
    """Yield the open lock file of an output folder.

    Raises
    ------
    CxError
        If the folder cannot be written to, or another batch holds it.
    """
    house = out / HOUSE
    try:
        house.mkdir(parents=True, exist_ok=True, mode=0o700)
        stream = (house / "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise CxError("batch-not-writable", file=str(out), found=error.strerror) from error
    with stream:
        _wait(stream, out)
        _note(stream)
        yield stream


def _wait(stream: IO[str], out: Path) -> None:
    """Take the lock; a dead holder's children get a moment to end."""
    patience = time.monotonic() + _PATIENCE
    while not _taken(stream):
        stream.seek(0)
        who = _who(stream.read())
        is_here = who["host"] == socket.gethostname()
        if not (is_here and not _lives(who["pid"])) or time.monotonic() > patience:
            raise CxError("batch-held", file=str(out), found=who["pid"], host=who["host"], since=who["since"])
        time.sleep(0.05)


def _note(stream: IO[str]) -> None:
    """Write who holds the lock."""
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    stream.seek(0)
    stream.truncate()
    json.dump({"pid": os.getpid(), "host": socket.gethostname(), "since": since}, stream)
    stream.flush()


def _who(text: str) -> dict[str, str | int]:
    """Who holds the lock; a holder that has not written its note yet is unknown."""
    try:
        return json.loads(text)
    except ValueError:
        return {"pid": os.getpid(), "host": "?", "since": "?"}


def _lives(pid: int) -> bool:
    import psutil

    return psutil.pid_exists(pid)


def _taken(stream: IO[str]) -> bool:
    """Try to take the lock."""
    try:
        if sys.platform == "win32":
            import msvcrt

            stream.seek(1 << 20)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
