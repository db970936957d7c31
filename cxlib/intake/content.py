"""What a file really is, told by its first bytes and never by its name.

A ".csv" can be a workbook, a ".xls" can be UTF-16 text or an HTML table. Compressed files are unpacked; pictures,
documents and databases are refused with the reason.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from cxlib.errors import CxError

LIMIT = 4 * 2**30
"""Most bytes that a file may unpack to: a compressed file that grows beyond it is refused."""

_REFUSED = {
    b"\x89PNG": "png",
    b"GIF8": "gif",
    b"\xff\xd8\xff": "jpeg",
    b"BM": "bmp",
    b"II*\x00": "tiff",
    b"MM\x00*": "tiff",
    b"%PDF": "pdf",
    b"{\\rtf": "rtf",
    b"SQLite format 3": "sqlite",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "rar",
    b"\x7fELF": "program",
    b"MZ": "program",
    b"ID3": "sound",
    b"OggS": "sound",
    b"$FL2": "spss",
    b"<stata_dta>": "stata",
}
_UNPACKERS = {b"\x1f\x8b": ("gzip", gzip.open), b"BZh": ("bzip2", bz2.open), b"\xfd7zXZ": ("xz", lzma.open)}
_MARKS = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body", b"<style", b"<tr", b"<div", b"<center")


@dataclass(frozen=True)
class Content:
    """A file's bytes and what they are.

    Attributes
    ----------
    kind
        ``text``, ``xlsx``, ``xls``, ``ods``, ``xlsb``, ``parquet``, ``json`` or ``html``.
    data
        The bytes, unpacked.
    wraps
        What they were packed in, for example ``("gzip",)``.
    """

    kind: str
    data: bytes
    wraps: tuple[str, ...] = ()


def content(path: Path) -> Content:
    """Return what the file at `path` really is.

    The name plays no part, so a file that was renamed is still read right.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    CxError
        If the file is missing, empty, damaged, or no table of any known kind (a picture, a document, a database).

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "renamed.xls"
    >>> _ = path.write_bytes(b"<table><tr><td>id</td></tr></table>")
    >>> content(path).kind
    'html'
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise CxError("no-export", file=Path(path).name) from error
    return _unpacked(data, name=Path(path).name, wraps=())


def _unpacked(data: bytes, *, name: str, wraps: tuple[str, ...]) -> Content:
    """The content of `data` with every packing peeled off."""
    if not data:
        raise CxError("empty-file", file=name)
    for mark, (wrap, opener) in _UNPACKERS.items():
        if data.startswith(mark) and len(wraps) < 3:
            return _unpacked(_inflated(data, opener, name=name, wrap=wrap), name=name, wraps=(*wraps, wrap))
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data, name=name, wraps=wraps)
    return Content(_kind(data, name=name), data, wraps)


def _inflated(data: bytes, opener: object, *, name: str, wrap: str) -> bytes:
    """The unpacked bytes of a gzip, bzip2 or xz file, at most `LIMIT` of them."""
    try:
        with opener(io.BytesIO(data)) as stream:  # type: ignore[operator]
            inside = stream.read(LIMIT + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError) as error:
        raise CxError("damaged-file", file=name, found=wrap) from error
    if len(inside) > LIMIT:
        raise CxError("too-large", file=name, found=wrap)
    return inside


def _zipped(data: bytes, *, name: str, wraps: tuple[str, ...]) -> Content:
    """A workbook, or the one file inside a zip archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [item.filename for item in archive.infolist() if not item.is_dir()]
            kind = _workbook(archive, members)
            if kind:
                return Content(kind, data, wraps)
            members = [member for member in members if not member.startswith("__MACOSX")]
            if len(members) != 1 or len(wraps) > 2:
                raise CxError("zip-many", file=name, found=members[:20])
            if archive.getinfo(members[0]).file_size > LIMIT:
                raise CxError("too-large", file=name, found="zip")
            inside = archive.read(members[0])
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError, ValueError) as error:
        raise CxError("damaged-file", file=name, found="zip") from error
    return _unpacked(inside, name=name, wraps=(*wraps, "zip"))


def _workbook(archive: zipfile.ZipFile, members: list[str]) -> str:
    """The kind of workbook that a zip archive is, or nothing."""
    if any(member.startswith("xl/workbook") for member in members):
        return "xlsb" if "xl/workbook.bin" in members else "xlsx"
    if "mimetype" in members and b"opendocument.spreadsheet" in archive.read("mimetype"):
        return "ods"
    return ""


def _kind(data: bytes, *, name: str) -> str:
    """The kind of unpacked bytes; what is no table is refused."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    if data.startswith(b"PAR1"):
        return "parquet"
    for mark, kind in _REFUSED.items():
        if data.startswith(mark) and _is_binary(data, kind):
            raise CxError("not-a-table", file=name, found=kind)
    if data.startswith(b"RIFF"):
        raise CxError("not-a-table", file=name, found="webp" if data[8:12] == b"WEBP" else "sound")
    if _is_dbase(data):
        raise CxError("not-a-table", file=name, found="dbase")
    return _text_kind(data, name=name)


def _is_binary(data: bytes, kind: str) -> bool:
    """Whether a short mark that text could also begin with stands before bytes that text does not hold."""
    return kind not in ("bmp", "program", "sound") or b"\x00" in data[:512]


def _is_dbase(data: bytes) -> bool:
    """Whether the bytes are a dBase table: version, a date of this age, a header that ends where it says."""
    if len(data) < 33 or data[0] not in (0x03, 0x83, 0x8B, 0x30, 0xF5) or not 1 <= data[2] <= 12 or data[3] > 31:
        return False
    end = int.from_bytes(data[8:10], "little")
    return end % 32 == 1 and data[end - 1 : end] == b"\r"


def _text_kind(data: bytes, *, name: str) -> str:
    """``html``, ``json`` or ``text``."""
    start = _plain_start(data).lstrip()
    if re.match(rb"(?is)\s*(select|insert\s+into|create\s+table)\s.{1,400}?\b(from|as|values)\b", start[:500]):
        raise CxError("not-a-table", file=name, found="sql")
    lower = start[:2000].lower()
    if lower.startswith(b"<") and (any(mark in lower for mark in _MARKS) or b"office:spreadsheet" in lower):
        return "html"
    return "json" if start[:1] in (b"{", b"[") and _is_json(data) else "text"


def _plain_start(data: bytes) -> bytes:
    """The first bytes without byte-order mark, and without the zeros of UTF-16 or UTF-32."""
    return data[:8192].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")


def _is_json(data: bytes) -> bool:
    """Whether the bytes hold JSON, whole or one object a line."""
    try:
        encoding = json.detect_encoding(data)
        text = data.decode(encoding)
        first = text.lstrip().splitlines()[0]
        return isinstance(json.loads(first if _is_line(first) else text), (dict, list))
    except (ValueError, RecursionError):
        return False


def _is_line(line: str) -> bool:
    """Whether one line is a whole JSON object, as in JSON lines."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
