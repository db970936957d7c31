"""Workbooks, web tables, JSON and Parquet as rows of text, so that every export is understood the same way.

A number in a workbook becomes the text that a person would type (7, not 7.0), a date its ISO form. Which sheet holds
the data is decided by what the sheets hold, and said.
"""

from __future__ import annotations

import codecs
import datetime as dt
import io
import json
import re
import zipfile
import zlib
from html.parser import HTMLParser
from typing import Any

from cxlib.errors import CxError
from cxlib.intake.content import Content
from cxlib.intake.encoding import Decoded, decoded

Rows = list[list[str]]
_ROW, _CELL = ("tr", "row"), ("td", "th", "cell")


def cell_text(value: Any) -> str:
    """Return a typed cell as text.

    Examples
    --------
    >>> cell_text(7.0), cell_text(True), cell_text(dt.datetime(2025, 3, 21, 9, 30)), cell_text(None)
    ('7', 'TRUE', '2025-03-21 09:30:00', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ") if value.time() != dt.time() else value.date().isoformat()
    return str(value)


def sheets(found: Content, *, file: str = "") -> dict[str, Rows]:
    """Return the tables of a workbook or a Parquet file: name → rows of text.

    Raises
    ------
    CxError
        If the file is damaged or protected, or holds no table.
    """
    if found.kind == "parquet":
        return {"": _parquet(found.data, file)}
    return _book(found, file)


def _book(found: Content, file: str) -> dict[str, Rows]:
    """The sheets of a workbook that hold anything."""
    if found.kind == "xlsx" and _is_vast(found.data):
        raise CxError("vast-sheet", file=file)
    tables = _opened(found, file)
    filled = {name: rows for name, rows in tables.items() if any(any(row) for row in rows)}
    if not filled:
        raise CxError("empty-table", file=file)
    return filled


def _opened(found: Content, file: str) -> dict[str, Rows]:
    """All sheets of a workbook; the reader's own failures on damaged bytes, panics of its Rust part too, are ours."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(found.data))
        return {name: _texts(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names}
    except BaseException as error:
        known = isinstance(error, (calamine.CalamineError, OSError, ValueError, EOFError))
        if known or type(error).__name__ == "PanicException":
            raise CxError("damaged-file", file=file, found=found.kind) from error
        raise


def _is_vast(data: bytes) -> bool:
    """Whether a sheet has a cell far to the right and very many rows: a stray cell that would fill the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            sheets_ = [name for name in book.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
            return any(_is_vast_sheet(book.read(name)) for name in sheets_)
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError, ValueError):
        return False


def _is_vast_sheet(xml: bytes) -> bool:
    """Whether a sheet's XML names three-letter columns and a row beyond the first hundred thousand."""
    last = re.search(rb'<row [^>]*?r="(\d+)"', xml[xml.rfind(b"<row ") :])
    return bool(last) and int(last[1]) > 100_000 and re.search(rb' r="[A-Z]{3}\d', xml) is not None


def _texts(rows: list[list[Any]]) -> Rows:
    """Typed rows as text."""
    return [[cell_text(cell) for cell in row] for row in rows]


def _parquet(data: bytes, file: str) -> Rows:
    """A Parquet file as rows of text, its column names first."""
    import polars as pl

    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CxError("damaged-file", file=file, found="parquet") from error
    return [list(frame.columns), *_texts([list(row) for row in frame.iter_rows()])]


def page(data: bytes, *, encoding: str = "", file: str = "") -> Decoded:
    """Return the text of a web page, or of a workbook in Microsoft's old XML.

    Read by the user's `encoding`, as UTF-8 or UTF-16, by the old encoding that the page itself names, or by the
    detector, with its question.

    Examples
    --------
    >>> page('<meta charset="windows-1256"><table><tr><td>نظر</table>'.encode("cp1256")).encoding
    'cp1256'
    """
    got = decoded(data, encoding=encoding, file=file)
    named = re.search(rb"(?:charset|encoding)\s*=\s*[\"']?([\w-]+)", data[:4096])
    if encoding or got.encoding.startswith("utf") or not named:
        return got
    name = named[1].decode("ascii")
    usual = "cp1252" if re.fullmatch(r"(?i)iso-8859-1|latin-?1|us-ascii", name) else name
    try:
        return Decoded(data.decode(usual), codecs.lookup(usual).name)
    except (LookupError, UnicodeDecodeError):
        return got


def tables(text: str, *, file: str = "") -> dict[str, Rows]:
    """Return the tables of a page: their numbers → rows of text.

    Raises
    ------
    CxError
        If it has none.
    """
    parser = _Tables()
    parser.feed(text)
    parser.close()
    found = {str(number): rows for number, rows in enumerate(parser.tables, start=1) if any(any(row) for row in rows)}
    if not found:
        raise CxError("no-html-table", file=file)
    return found


class _Tables(HTMLParser):
    """Collects the cells of every table, HTML or Microsoft's XML spreadsheet."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Rows] = []
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "table" or (tag in _ROW and not self.tables):
            self.tables.append([])
        if tag in _ROW:
            self._end()
            self.tables[-1].append([])
        elif tag in _CELL:
            self._start(dict(attrs))
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def _start(self, attrs: dict[str, str | None]) -> None:
        """Begin a cell; one that stands outside a row begins a row."""
        self._end()
        if not self.tables:
            self.tables.append([])
        if not self.tables[-1]:
            self.tables[-1].append([])
        span, index = attrs.get("colspan") or "1", attrs.get("ss:index") or "0"
        row = self.tables[-1][-1]
        if index.isdecimal():
            row.extend([""] * min(max(0, int(index) - 1 - len(row)), 16_384))
        self._cell, self._span = [], min(int(span), 1000) if span.isdecimal() else 1

    def handle_endtag(self, tag: str) -> None:
        if tag.rpartition(":")[2] in (*_CELL, *_ROW, "table"):
            self._end()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end(self) -> None:
        """Put the open cell into its row; a cell over several columns leaves the others blank."""
        if self._cell is not None:
            self.tables[-1][-1].extend(["".join(self._cell).strip(), *[""] * (self._span - 1)])
        self._cell = None


def records(text: str, *, file: str = "") -> Rows:
    """Return JSON (a list of objects, objects line by line, or a results table) as rows, keys first.

    An object inside an object becomes columns ``outer.inner``, a list one cell joined by "; ".

    Raises
    ------
    CxError
        If the JSON holds no list of objects.

    Examples
    --------
    >>> records('[{"q1": 9, "m": {"price": 4}}, {"q1": 7, "tags": ["a", "b"]}]')
    [['q1', 'm.price', 'tags'], ['9', '4', ''], ['7', '', 'a; b']]
    """
    plain = _loaded(text, file)
    if isinstance(plain, dict) and isinstance(plain.get("header"), list) and isinstance(plain.get("body"), list):
        return [_cells(plain["header"]), *(_cells(_row(item)) for item in plain["body"])]
    objects = _objects(plain)
    if not objects:
        raise CxError("no-records", file=file)
    flat = [_flat(item) for item in objects]
    names = list(dict.fromkeys(name for item in flat for name in item))
    return [names, *([item.get(name, "") for name in names] for item in flat)]


def _loaded(text: str, file: str) -> Any:
    """Parsed JSON, whole or line by line."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise CxError("damaged-file", file=file, found="json") from error
    except ValueError:
        pass
    try:
        return [json.loads(item) for item in text.splitlines() if item.strip()]
    except (ValueError, RecursionError) as error:
        raise CxError("damaged-file", file=file, found="json") from error


def _objects(plain: Any) -> list[dict[str, Any]]:
    """The objects of a list, or of the longest list inside an object; a single object is one response.

    Where each object of a list only puts a number over another, the inner ones are the objects.
    """
    if isinstance(plain, list):
        found = [item for item in plain if isinstance(item, dict)]
        inner = [value for item in found for name, value in item.items() if name.isdigit() and isinstance(value, dict)]
        return inner if found and len(inner) == len(found) == sum(map(len, found)) else found
    if not isinstance(plain, dict):
        return []
    lists = [_objects(value) for value in plain.values() if isinstance(value, list)]
    return max(lists, key=len, default=[]) or [plain]


def _row(item: Any) -> Any:
    """The cells of one body entry of a results table."""
    return item.get("data", []) if isinstance(item, dict) else item


def _cells(items: Any) -> list[str]:
    """Cells of a results table: plain values, or objects with a title or value."""
    return [_cell(item) for item in items] if isinstance(items, list) else []


def _cell(item: Any) -> str:
    """One cell as text."""
    if isinstance(item, dict):
        named = next((item[name] for name in ("value", "title", "label", "text", "name") if name in item), "")
        return _cell(named)
    return "; ".join(map(_cell, item)) if isinstance(item, list) else cell_text(item)


def _flat(item: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, str]:
    """An object with its inner objects spread out."""
    found: dict[str, str] = {}
    for name, value in item.items():
        if isinstance(value, dict) and depth < 20:
            found |= _flat(value, f"{prefix}{name}.", depth + 1)
        else:
            found[f"{prefix}{name}"] = _inner(value)
    return found


def _inner(value: Any) -> str:
    """A value as one cell: lists are joined."""
    if isinstance(value, list):
        return "; ".join(_inner(item) for item in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else cell_text(value)
