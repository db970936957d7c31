"""What keeps the workbook from working on this machine, or from working fast, and the remedy for each."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxlib.words import phrase

_OLDEST = (3, 11)
_GIGABYTE = 1 << 30
_ROOM = 1.0
_LOOKED_AT = ("IPython", "matplotlib", "nbclient", "nbformat", "numpy", "pandas", "papermill", "scipy", "traitlets")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_FONTS = ("Vazirmatn-Regular.ttf", "Vazirmatn-Bold.ttf", "Vazirmatn-Variable.woff2")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was found, and where it is not good the remedy; both are catalogue keys."""

    name: str
    is_good: bool
    key: str
    values: dict[str, Any] = field(default_factory=dict)


def examine(out: Path) -> list[Finding]:
    """Return what was found on this machine; `out` is the folder where outputs would go."""
    return [_python(), _packages(), _fonts(), _bytecode(), _fork(), _threads(), _disk(out), _temp()]


def text(found: list[Finding], *, lang: str) -> str:
    """Return the findings as text, each bad one with its remedy."""
    return "\n".join(line for one in found for line in _lines(one, lang))


def _lines(one: Finding, lang: str) -> Iterator[str]:
    verdict = phrase("doctor.good" if one.is_good else "doctor.mend", lang)
    said = phrase(f"doctor.{one.key}", lang, **one.values)
    yield phrase("doctor.line", lang, name=phrase(f"doctor.{one.name}", lang), verdict=verdict, found=said)
    if not one.is_good:
        yield phrase("doctor.remedy", lang, remedy=phrase(f"doctor.{one.name}.remedy", lang, **one.values))


def _python() -> Finding:
    values = {"version": platform.python_version(), "system": platform.system()}
    return Finding("python", sys.version_info[:2] >= _OLDEST, "python.found", values)


def _packages() -> Finding:
    """Every library that the package asks for, in the version that it asks for."""
    from packaging.requirements import Requirement

    asked = [Requirement(line) for line in importlib.metadata.requires("cx-strategy-workbook") or []]
    asked = [one for one in asked if not one.marker or one.marker.evaluate({"extra": ""})]
    lacking = [str(one) for one in asked if not _has(one)]
    if lacking:
        return Finding("packages", False, "packages.missing", {"names": " ".join(f"'{name}'" for name in lacking)})
    return Finding("packages", True, "packages.found", {"n": len(asked)})


def _has(one: Any) -> bool:
    try:
        return one.specifier.contains(importlib.metadata.version(one.name), prereleases=True)
    except importlib.metadata.PackageNotFoundError:
        return False


def _fonts() -> Finding:
    from cxlib.share import share

    lacking = [name for name in _FONTS if not share("templates", "report", "fonts", name).is_file()]
    return Finding("fonts", not lacking, "fonts.missing" if lacking else "fonts.found", {"names": lacking})


def _bytecode() -> Finding:
    """Whether libraries would be compiled again at every start."""
    specs = [spec for name in _LOOKED_AT if (spec := importlib.util.find_spec(name)) and spec.origin]
    stale = [spec for spec in specs if not (spec.cached and Path(spec.cached).exists())]
    values = {"n": len(stale), "total": len(specs), "path": str(Path(specs[0].origin).parents[1]) if specs else ""}
    return Finding("bytecode", not stale, "bytecode.missing" if stale else "bytecode.found", values)


def _fork() -> Finding:
    """Start the warm process and see how long it takes."""
    import time

    from cxlib.batch import pool
    from cxlib.errors import CxError

    if not pool.can_fork():
        return Finding("fork", False, "fork.missing", {"why": phrase("doctor.fork.system", "en")})
    begun = time.monotonic()
    try:
        with pool.pool("cx", workers=1) as made:
            made.wait()
    except CxError as error:
        return Finding("fork", False, "fork.missing", {"why": str(error.found)})
    return Finding("fork", True, "fork.found", {"seconds": time.monotonic() - begun})


def _threads() -> Finding:
    """Numerical libraries with more threads than cores get in each other's way."""
    cores = os.cpu_count() or 1
    set_ = {name: os.environ[name] for name in _THREADS if os.environ.get(name, "").isdigit()}
    wrong = next((name for name, number in set_.items() if int(number) > cores), "")
    values = {"cores": cores, "name": wrong, "found": set_.get(wrong, "")}
    return Finding("threads", not wrong, "threads.missing" if wrong else "threads.found", values)


def _disk(out: Path) -> Finding:
    """Room where outputs go; of a folder that is not there yet, the nearest one above it."""
    place = next(one for one in [out.resolve(), *out.resolve().parents] if one.exists())
    if not os.access(place, os.W_OK):
        return Finding("disk", False, "disk.closed", {"path": str(place)})
    return _room("disk", place)


def _temp() -> Finding:
    return _room("temp", Path(tempfile.gettempdir()))


def _room(name: str, place: Path) -> Finding:
    free = shutil.disk_usage(place).free / _GIGABYTE
    is_good = free >= _ROOM
    return Finding(name, is_good, "disk.found" if is_good else "disk.missing", {"free": free, "path": str(place)})
