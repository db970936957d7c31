"""Engagement files, read strictly and changed gently.

Reading checks everything and tells all that is wrong at once. Saving changes single values in the text and leaves
every other byte as it stands: comments, order and spacing are the client's. A file is replaced whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from cxlib import __version__
from cxlib.engagement import changes as edits
from cxlib.engagement import rules
from cxlib.engagement.complaints import complaints, fault, twins
from cxlib.engagement.document import Document, parse
from cxlib.engagement.fields import File
from cxlib.engagement.setup import Setup
from cxlib.engagement.strategy import FILES
from cxlib.errors import CxError, CxErrors, closest

SCHEMA = 1
M = TypeVar("M", bound=File)


def read(path: str | Path, model: type[M], root: str | Path) -> M:
    """Return the content of an engagement file as its model.

    Parameters
    ----------
    path
        The file.
    model
        What it holds.
    root
        The engagement folder; errors name the file relative to it.

    Raises
    ------
    CxErrors
        With everything that is wrong in the file: file, line, field, found, expected, remedy.
    """
    return checked(document(path, root), model)


def document(path: str | Path, root: str | Path, *, kept: Path | None = None) -> Document:
    """Return a file with its values and their lines, not yet checked against a model.

    Parameters
    ----------
    path, root
        The file, and the engagement folder; errors name the file relative to it.
    kept
        A private folder where values and lines are kept, so that the same text is not parsed again; a document that
        comes from there has no nodes.
    """
    file = Path(path).relative_to(root).as_posix()
    try:
        written = text(path)
    except UnicodeDecodeError as error:
        row = error.object.count(b"\n", 0, error.start) + 1
        raise CxError("not-utf8", file=file, row=row) from error
    if kept is None:
        return parse(written, file=file)
    place = kept / f"{hashlib.sha256(f'{__version__} {file} {written}'.encode()).hexdigest()[:32]}.json"
    known = _known(place, written, file)
    if known is None:
        known = parse(written, file=file)
        _keep(place, known)
    return known


def _known(place: Path, written: str, file: str) -> Document | None:
    """The document that is kept at `place`, None if there is none or it is damaged."""
    try:
        told = json.loads(place.read_bytes())
        lines = {tuple(path): row for path, row in told["lines"]}
        return Document(written, file, plain=told["plain"], lines=lines)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(place: Path, document: Document) -> None:
    """Keep a document without errors, for its owner alone; where that cannot be, it is parsed again."""
    if document.errors:
        return
    told = {"plain": document.plain, "lines": [[path, row] for path, row in document.lines.items()]}
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        write(place, json.dumps(told, ensure_ascii=False).encode(), mode=0o600)


def text(path: str | Path) -> str:
    """Return a file as it stands, line ends included."""
    return Path(path).read_bytes().decode("utf-8-sig")


def checked(source: Document, model: type[M]) -> M:
    """Return a document as its model, or raise everything that is wrong with it."""
    version = source.plain.get("schema", SCHEMA)
    if version != SCHEMA:
        raise CxErrors([fault("unknown-schema", ("schema",), source, found=version, expected=SCHEMA)])
    errors = [*source.errors, *twins(source, model)]
    try:
        content = model.model_validate(source.plain)
    except ValidationError as error:
        errors += complaints(error, source, model)
    if errors:
        raise CxErrors(sorted(errors, key=lambda one: one.row or 0))
    return content


def model_of(path: str | Path) -> type[File]:
    """Return the model of an engagement file by its name.

    Raises
    ------
    CxError
        If no file of an engagement is called so.

    Examples
    --------
    >>> model_of("strategy/4_kpis.yaml").__name__
    'Kpis'
    """
    name = Path(path).stem
    models = {"engagement": Setup, **FILES}
    if name not in models:
        raise CxError("unknown-file", file=Path(path).name, expected=list(models), remedy=closest(name, models))
    return models[name]


def save(path: str | Path, changes: Mapping[str, Any] | Iterable[edits.Change]) -> None:
    """Write changes into an engagement file; nothing else in it moves, and nothing is written if the result is wrong.

    Parameters
    ----------
    path
        ``engagement.yaml`` or one of the strategy files, inside its engagement folder. A file that is not there
        yet is made.
    changes
        Path → new value, such as ``{"goals[delivery-ces].target": 6.0}``, or a list of `Set`, `Add`, `Remove` and
        `Move` of `cxlib.engagement.changes`.

    Raises
    ------
    CxErrors
        If the file would not be valid afterwards.
    """
    path, model = Path(path).resolve(), model_of(path)
    root = path.parent if model is Setup else path.parent.parent
    before = text(path) if path.exists() else f"schema: {SCHEMA}\n"
    after = edits.edited(before, changes)
    source = parse(after, file=path.relative_to(root).as_posix())
    content = checked(source, model)
    setup = content if isinstance(content, Setup) else read(root / "engagement.yaml", Setup, root)
    errors = rules.dates(source, model, setup.calendar)
    errors += rules.settings(source, setup, root) if content is setup else []
    if errors:
        raise CxErrors(errors)
    mark = b"\xef\xbb\xbf" if path.exists() and path.read_bytes().startswith(b"\xef\xbb\xbf") else b""
    if not path.exists() or after != before:
        write(path, mark + after.encode("utf-8"))


def write(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Replace a file in one step, so that a reader sees the old or the new one; a new one gets `mode`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(aside, path.stat().st_mode & 0o777 if path.exists() else mode)
        os.replace(aside, path)
    finally:
        Path(aside).unlink(missing_ok=True)
