"""The engagement folder: the one place where everything about a client stands.

``engagement.yaml`` says who the client is and where the data come from, ``strategy/`` holds the decisions of the
seven steps, ``inbox/`` the raw exports. A strategy file may be missing: then nothing was decided yet.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxlib.engagement import files, rules, schemas
from cxlib.engagement.changes import edited
from cxlib.engagement.fields import File
from cxlib.engagement.setup import Setup
from cxlib.engagement.strategy import (
    FILES,
    Governance,
    Improvement,
    Journey,
    Kpis,
    Personas,
    Tooling,
    Vision,
)
from cxlib.errors import CxError, CxErrors, closest
from cxlib.share import share
from cxlib.words import LANGS

SETTINGS = "engagement.yaml"
STRATEGY = "strategy"
ROOMS = ("inbox", STRATEGY, "notebooks")
KEPT = "CX_KEPT"
"""The environment variable that names a private folder where what was read is kept for the next process."""


@dataclass(frozen=True)
class Engagement:
    """What a client told us: settings and decisions, checked.

    Attributes
    ----------
    folder
        Where it stands, absolute.
    setup
        engagement.yaml.
    vision, personas, journey, kpis, governance, tooling, improvement
        The decisions of the seven steps; an empty default where the file is missing.
    missing
        The strategy files that do not exist, such as ``strategy/5_governance.yaml``.
    """

    folder: Path
    setup: Setup
    vision: Vision = field(default_factory=Vision)
    personas: Personas = field(default_factory=Personas)
    journey: Journey = field(default_factory=Journey)
    kpis: Kpis = field(default_factory=Kpis)
    governance: Governance = field(default_factory=Governance)
    tooling: Tooling = field(default_factory=Tooling)
    improvement: Improvement = field(default_factory=Improvement)
    missing: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of its folder, which names its outputs."""
        return self.folder.name


def samples() -> list[str]:
    """Return the names of the sample engagements that are shipped."""
    return sorted(path.parent.name for path in share("data").glob(f"*/{SETTINGS}"))


def find(name_or_path: str | Path) -> Path:
    """Return the folder of an engagement, absolute.

    Parameters
    ----------
    name_or_path
        An absolute path, a path relative to the working folder, or the name of a shipped sample.

    Raises
    ------
    CxError
        If there is no engagement of that name.
    """
    path = Path(name_or_path).expanduser()
    path = path.parent if path.name == SETTINGS else path
    for folder in (path, share("data", str(name_or_path))):
        if str(name_or_path) and (folder / SETTINGS).is_file():
            return folder.resolve()
    near = closest(path.name, samples())
    raise CxError("no-engagement", file=str(name_or_path), expected=samples(), remedy=rules.suggestion(near))


def open(path: str | Path, *, kept: Path | None = None) -> Engagement:
    """Return an engagement, all eight files read and checked.

    Parameters
    ----------
    path
        Its folder, or the name of a shipped sample.
    kept
        A private folder where parsed files are kept, so that unchanged ones are not parsed again.

    Raises
    ------
    CxErrors
        With everything that is wrong in any of the files, each with file, line, field and remedy.
    """
    folder = find(path)
    errors: list[CxError] = rules.strangers(folder / STRATEGY)
    how = {"calendar": _calendar(folder, kept), "kept": kept}
    setup = _content(folder / SETTINGS, Setup, folder, errors, **how)
    existing = {name: folder / STRATEGY / f"{name}.yaml" for name in FILES}
    read = {
        name: _content(path, FILES[name], folder, errors, **how) for name, path in existing.items() if path.exists()
    }
    if errors:
        raise CxErrors(errors)
    missing = tuple(path.relative_to(folder).as_posix() for name, path in existing.items() if name not in read)
    return Engagement(folder, setup, **{name[2:]: content for name, content in read.items()}, missing=missing)


def _calendar(folder: Path, kept: Path | None) -> str:
    """The calendar of an engagement, known even if something else in its settings is wrong."""
    try:
        told = files.document(folder / SETTINGS, folder, kept=kept).plain
    except CxError:
        return ""
    return str(told.get("calendar", Setup.model_fields["calendar"].default))


def _content(
    path: Path, model: type[File], folder: Path, errors: list[CxError], *, calendar: str, kept: Path | None
) -> Any:
    """A file as its model; what is wrong with it goes to `errors`."""
    found: list[CxError] = []
    content = None
    try:
        source = files.document(path, folder, kept=kept)
        found += rules.dates(source, model, calendar)
        content = files.checked(source, model)
        found += rules.settings(source, content, folder) if isinstance(content, Setup) else []
    except CxErrors as several:
        found += several.errors
    except CxError as one:
        found.append(one)
    errors += sorted(found, key=lambda one: one.row or 0)
    return content


def new(path: str | Path, *, lang: str = "en", name: str = "") -> Path:
    """Make an engagement folder with commented files to fill in, and return it.

    Parameters
    ----------
    path
        The folder to make; it must not exist, or be empty.
    lang
        Language of the comments; ``fa`` also sets the Jalali calendar, the Iranian weekend and currency.
    name
        The client's name; the folder's name if empty.

    Raises
    ------
    CxError
        If there is already something there, or the language is not known.
    """
    folder = Path(path).expanduser().resolve()
    if lang not in LANGS:
        raise CxError("not-a-language", found=lang, expected=list(LANGS))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CxError("folder-not-empty", file=str(path))
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        _furnish(aside, lang, name or folder.name)
        aside.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        os.replace(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _furnish(folder: Path, lang: str, name: str) -> None:
    """Fill a new folder: rooms, commented files, schemas for editors, a private key."""
    template = share("templates", "engagement")
    shutil.copytree(template / lang, folder, dirs_exist_ok=True)
    for room in ROOMS:
        (folder / room).mkdir(exist_ok=True)
    settings = folder / SETTINGS
    files.write(settings, edited(files.text(settings), {"name": name}).encode("utf-8"))
    files.write(folder / ".gitignore", (template / "gitignore").read_bytes())
    files.write(folder / ".cx-key", f"{secrets.token_hex(32)}\n".encode())
    (folder / ".cx-key").chmod(0o600)
    schemas.write(folder, lang=lang)
