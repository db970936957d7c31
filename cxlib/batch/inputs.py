"""What a job depends on, as hashes: the engagement's files, the notebook, the program and its libraries.

Two runs with the same hashes give the same results, so a finished job with the same hashes need not run again.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import secrets
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from cxlib import __version__
from cxlib.engagement import connections
from cxlib.engagement import files as settings
from cxlib.engagement.folder import SETTINGS
from cxlib.engagement.setup import Setup, Source
from cxlib.errors import CxError
from cxlib.share import share

_NOT_INPUT = {"notebooks", "out", "work", "__pycache__"}
_DISTRIBUTION = "cx-strategy-workbook"
_PROGRAM = (".py", ".po", ".yaml", ".txt", ".typ", ".j2", ".css", ".ttf")
_BLOCK = 1 << 20


def files(engagement: Path) -> Iterator[Path]:
    """Yield every file that a run of an engagement may read, in order: all but notebooks, outputs and hidden files.

    The private key ``.cx-key`` is one of them, because every pseudonym depends on it.

    Raises
    ------
    CxError
        If a link leads out of the folder: it could bring another client's data in.
    """
    for folder, rooms, names in os.walk(engagement):
        inner = Path(folder) != engagement
        rooms[:] = sorted(room for room in rooms if not room.startswith(".") and (inner or room not in _NOT_INPUT))
        for name in sorted([*names, *rooms]):
            path = Path(folder) / name
            if path.is_symlink() and not path.resolve().is_relative_to(engagement):
                raise CxError(
                    "batch-link-outside", file=path.relative_to(engagement).as_posix(), found=str(path.resolve())
                )
            if name in names and (not name.startswith(".") or name == ".cx-key"):
                yield path


def hashes(engagement: Path) -> dict[str, str]:
    """Return the sha256 of every input file, by its path in the engagement."""
    return {path.relative_to(engagement).as_posix(): of_file(path) for path in files(engagement)}


def elsewhere(engagement: Path) -> dict[str, str]:
    """Return a mark of each table in a database elsewhere: another one every time where no day tells that it is new.

    Files are known by their hashes; a database by query, row count and last day. One that cannot be reached counts as
    changed, so that its notebooks run and say so.
    """
    setup = settings.read(engagement / SETTINGS, Setup, engagement)
    listed = [(table, source) for table, several in setup.sources.items() for source in several if source.connection]
    far = [(table, source) for table, source in listed if not connections.files(source, engagement)]
    return {f"{number}: {table}": _mark(engagement, table, source) for number, (table, source) in enumerate(far)}


def _mark(engagement: Path, table: str, source: Source) -> str:
    """What changes when a database's rows do."""
    from cxlib.intake import remote

    try:
        found = remote.reached(engagement, table, source)
        return found.mark if found.when else secrets.token_hex(16)
    except CxError:
        return secrets.token_hex(16)


def signature(engagement: Path) -> str:
    """Return a mark that changes when an input file is touched during a run; cheap, and no substitute for hashes."""
    seen = []
    for path in files(engagement):
        state = path.stat()
        seen.append((path.name, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino))
    return of(seen)


def of_file(path: Path) -> str:
    """Return the sha256 of a file, read piece by piece."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def of(value: Any) -> str:
    """Return the sha256 of plain values, the same whatever the order of keys.

    Examples
    --------
    >>> of({"a": 1, "b": 2}) == of({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


@cache
def program() -> str:
    """Return one hash of Python, of this package with its templates and words, and of every library it builds on."""
    package = Path(__file__).resolve().parent.parent
    places = [(package, package), (share("templates"), share("templates"))]
    own = {}
    for place, base in places:
        kept = (path for path in place.rglob("*") if path.suffix in _PROGRAM and "_share" not in path.parts)
        own |= {f"{base.name}/{path.relative_to(base)}": of_file(path) for path in sorted(kept)}
    return of({"python": sys.version, "cxlib": __version__, "own": own, "libraries": _libraries()})


def _libraries() -> dict[str, str]:
    """The version of every library that the package asks for."""
    asked = importlib.metadata.requires(_DISTRIBUTION) or []
    names = [_name(line) for line in asked if "extra ==" not in line]
    return {name: importlib.metadata.version(name) for name in names}


def _name(requirement: str) -> str:
    """``pandas>=2.2`` → ``pandas``."""
    end = next((at for at, sign in enumerate(requirement) if sign in "<>=!~[; ("), len(requirement))
    return requirement[:end]
