"""One file understood: from its bytes to a table of text with named columns, and everything that was noticed.

Nothing is typed here: a cell is the text that stands in the file. What a column means is told by the preset, by the
mapping in engagement.yaml, or proposed by `cxlib.intake.mapping`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl

from cxlib.errors import CxError
from cxlib.intake import persian, reader, sheets
from cxlib.intake.content import Content, content
from cxlib.intake.dialect import SAMPLE, Dialect, dialect, rows
from cxlib.intake.encoding import Decoded, decoded
from cxlib.intake.header import Column, columns
from cxlib.intake.layout import HEAD, Layout, footer, layout
from cxlib.intake.notes import EXAMPLES, Line, Remark, line
from cxlib.intake.presets import Head, recognised
from cxlib.intake.typed import Question
from cxlib.intake.vocabulary import vocabulary

_TAIL = 40
_COMMAS = Dialect()
_NOTHING = "\r\n\t ,;\x00\ufeff"
_START = 16 * SAMPLE


@dataclass(frozen=True)
class Export:
    """A file as a table of text.

    Attributes
    ----------
    file
        Its name as errors and logs give it.
    kind, wraps, sheet
        What it really is, for example ``text`` or ``xlsx``, what it was packed in, which sheet was taken.
    tool, points, evidence
        The preset it is read by and why: points and the clues that were seen.
    encoding, delimiter
        How a text file was read; empty for workbooks.
    header_rows
        How many rows name the columns.
    columns
        The columns, in order; `frame` has one column of text for each, named ``0``, ``1`` …
    numbers
        Row number of each row in the file, counted from 1.
    questions, warnings, log
        What the user should tell, what looks doubtful, and what was padded, dropped or cleaned.
    """

    file: str
    kind: str
    tool: str
    encoding: str
    delimiter: str
    header_rows: int
    columns: tuple[Column, ...]
    frame: pl.DataFrame
    numbers: np.ndarray
    sheet: str = ""
    wraps: tuple[str, ...] = ()
    points: int = 0
    evidence: tuple[Remark, ...] = ()
    questions: tuple[Question, ...] = ()
    warnings: tuple[Remark, ...] = ()
    log: tuple[Line, ...] = field(default=(), repr=False)

    @property
    def responses(self) -> int:
        """How many data rows there are."""
        return self.frame.height

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return [column.name for column in self.columns]


@dataclass(frozen=True)
class _Raw:
    """A file's rows before anything is known of them."""

    head: Head
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    wraps: tuple[str, ...] = ()
    start: str = ""
    data: bytes = b""
    dialect: Dialect = _COMMAS
    rows: Sequence[Sequence[str]] | None = None
    questions: tuple[Question, ...] = ()
    warnings: tuple[Remark, ...] = ()
    is_whole: bool = True

    @property
    def text(self) -> str:
        """All of a text file."""
        return self.start if self.is_whole else self.data.decode("ascii")


def read(
    path: Path,
    *,
    file: str = "",
    encoding: str = "",
    tool: str = "",
    sheet: str = "",
    delimiter: str = "",
    header_rows: int | None = None,
) -> Export:
    """Return the export at `path` as a table of text.

    A file that cannot be read in one way only is still shown, with questions: who computes from it stops at them.

    Parameters
    ----------
    path, file
        The file, and how errors name it.
    encoding, tool, sheet, delimiter, header_rows
        The user's answers: nothing is detected where they are given. ``delimiter="none"`` means a single column.

    Raises
    ------
    CxError
        If the file is no table, is damaged or empty, or does not fit the answers.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_text("id;score\\n001;9\\n")
    >>> read(path).delimiter, read(path).frame.rows()
    (';', [('001', '9')])
    """
    file = file or Path(path).name
    found = content(path)
    raw = _text(found, file, encoding, delimiter) if found.kind == "text" else _sheet(found, file, encoding, sheet)
    plan = layout(raw.head, tool=tool, header_rows=header_rows)
    return _export(raw, plan, file)


def _text(found: Content, file: str, encoding: str, delimiter: str, *, is_whole: bool = False) -> _Raw:
    """The head of a text file; of a large plain one only the start is decoded, if that holds enough rows."""
    is_whole = is_whole or bool(encoding) or not _is_plain(found.data)
    got = decoded(found.data if is_whole else found.data[:_START], encoding=encoding, file=file)
    is_blank = not got.text[:_START].strip(_NOTHING)
    if is_whole and is_blank and not got.text.strip(_NOTHING):
        raise CxError("empty-table", file=file)
    how = dialect(got.text, delimiter=delimiter)
    rows = _head_rows(got.text, how, file)
    if not is_whole and (is_blank or len(rows) <= HEAD):
        return _text(found, file, encoding, delimiter, is_whole=True)
    rows = rows[:HEAD]
    is_marked = got.encoding in ("utf-8-sig", "utf-16", "utf-32")
    head = Head(rows, how.delimiter, "text", is_marked)
    data = _utf8(found.data, got)
    remarks, asked = _doubts(how, rows) if not delimiter else ((), ())
    questions = (*got.questions, *asked)
    read = (got.text, data, how, None)
    return _Raw(head, got.encoding, how.delimiter, "", found.wraps, *read, questions, remarks, is_whole)


def _is_plain(data: bytes) -> bool:
    """Whether a large file is ASCII throughout, so that nothing has to be decoded to know its text."""
    return len(data) > reader.LARGE and b"\x00" not in data[:_START] and data.isascii()


def _utf8(data: bytes, got: Decoded) -> bytes:
    """The bytes of a UTF-8 file without byte-order mark; empty for other encodings."""
    return data.removeprefix(b"\xef\xbb\xbf") if got.encoding in ("utf-8", "utf-8-sig") else b""


def _head_rows(text: str, how: Dialect, file: str) -> list[list[str]]:
    """The first rows of a text, and one more if there is one."""
    found = list(islice(rows(text[:_START], how, file=file), HEAD + 1))
    if len(found) <= HEAD and len(text) > _START:
        found = list(islice(rows(text, how, file=file), HEAD + 1))
    return [row or [""] for row in found]


def _doubts(how: Dialect, rows: Sequence[Sequence[str]]) -> tuple[tuple[Remark, ...], tuple[Question, ...]]:
    """What is doubtful about a dialect: one wide column is asked about, uneven rows are a warning."""
    if not how.delimiter:
        return (), (Question("one-column", {"example": rows[0][0][:80]}, "delimiter"),)
    if how.is_doubtful:
        asked = {"share": how.fit, "delimiter": repr(how.delimiter)}
        return (), (Question("unsure-delimiter", asked, "delimiter"),)
    if how.fit < 0.9:
        return (Remark("uneven-rows", {"share": how.fit, "delimiter": repr(how.delimiter)}),), ()
    return (), ()


def _sheet(found: Content, file: str, encoding: str, sheet: str) -> _Raw:
    """The rows of the sheet that holds the data."""
    if found.kind == "json":
        got = decoded(found.data, encoding=encoding, file=file)
        tables, used, questions = {"": sheets.records(got.text, file=file)}, got.encoding, got.questions
    elif found.kind == "html":
        got = sheets.page(found.data, encoding=encoding, file=file)
        tables, used, questions = sheets.tables(got.text, file=file), got.encoding, got.questions
    else:
        tables, used, questions = sheets.sheets(found, file=file), "", ()
    name = sheet or _main_sheet(tables, found.kind)
    if name not in tables:
        raise CxError("no-sheet", file=file, found=list(tables), expected=name)
    rows = tables[name]
    others = [other for other in tables if other != name]
    warnings = (Remark("other-sheets", {"sheet": name, "others": others}),) if others else ()
    head = Head(rows[:HEAD], "", found.kind, False)
    return _Raw(head, used, "", name, found.wraps, rows=rows, questions=questions, warnings=warnings)


def _main_sheet(tables: dict[str, sheets.Rows], kind: str) -> str:
    """The sheet that a preset recognises best, else the one with most filled cells."""

    def weight(name: str) -> tuple[int, int]:
        matches = recognised(Head(tables[name][:HEAD], "", kind, False))
        return matches[0].points if matches else 0, sum(len(row) for row in tables[name] if any(row))

    return max(tables, key=weight)


def _export(raw: _Raw, plan: Layout, file: str) -> Export:
    """The whole table by a layout."""
    rows = raw.head.rows[plan.start :]
    header = rows[: len(plan.roles)]
    width = _table_width(rows, len(plan.roles))
    skip = plan.start + len(plan.roles)
    named, log = columns(header, plan.roles, width=width)
    frame, more = _body(raw, skip, width, file)
    asked = _shape_doubts(raw, header, width, frame, more)
    frame, numbers, dropped = _trimmed(frame, skip, plan.preset.footer, header[:1])
    if plan.start:
        titles = [(number, " ".join(row)) for number, row in enumerate(raw.head.rows[: plan.start], start=1)]
        log.append(line("title-row", titles))
    warnings = (*raw.warnings, *_warnings(frame, numbers, file))
    return Export(
        file, raw.head.kind, plan.preset.tool, raw.encoding, raw.delimiter, len(plan.roles), named, frame, numbers,
        raw.sheet, raw.wraps, plan.match.points if plan.match else 0, plan.match.evidence if plan.match else (),
        (*raw.questions, *plan.questions, *asked), warnings, (*log, *_stray_quotes(raw), *more, *dropped),
    )  # fmt: skip


def _table_width(rows: Sequence[Sequence[str]], header_rows: int) -> int:
    """How many columns the table has: what the header names, or the commonest width without one.

    Blank cells beyond the header are no columns: some tools end each row but the header with a delimiter.
    """
    named = max((len(row) for row in rows[:header_rows]), default=0)
    last = [max((at for at, cell in enumerate(row, start=1) if cell), default=0) for row in rows[header_rows:]]
    widths = [len(row) for row in rows[header_rows:] if any(row)]
    if named and max(last, default=0) <= named:
        return named
    usual = max(sorted(set(widths)), key=widths.count) if widths else 1
    return max(usual, named)


def _shape_doubts(
    raw: _Raw, header: Sequence[Sequence[str]], width: int, frame: pl.DataFrame, log: Sequence[Line]
) -> list[Question]:
    """What must be asked about a table's shape: a short header, many surplus cells, a quote that nobody closed."""
    asked = []
    names = max((len(row) for row in header), default=width)
    if names < width:
        asked.append(Question("short-header", {"names": names, "width": width}, "header_rows"))
    surplus = sum(item.count for item in log if item.what == "surplus")
    if surplus > 0.1 * frame.height and not any(item.key == "unsure-delimiter" for item in raw.questions):
        told = {"share": raw.dialect.fit, "delimiter": repr(raw.delimiter)}
        asked.append(Question("unsure-delimiter", told, "delimiter"))
    last = frame.tail(1).rows()[0] if frame.height else ()
    if raw.dialect.quote and any("\n" in cell for cell in last) and raw.text.count(raw.dialect.quote) % 2:
        asked.append(Question("open-quote", {"cell": next(cell for cell in last if "\n" in cell)[:60]}, ""))
    return asked


def _stray_quotes(raw: _Raw) -> list[Line]:
    """The first row with a quote inside a quoted cell that is neither doubled nor escaped: cells may be cut wrong."""
    how = raw.dialect
    if raw.rows is not None or not (how.quote and how.delimiter) or how.escape or how.quote not in raw.start:
        return []
    marks = {"delimiter": how.delimiter, "quotechar": how.quote, "skipinitialspace": how.skips_blank}
    number = 1
    try:
        for _ in csv.reader(io.StringIO(raw.start[:_START], newline=""), strict=True, **marks):
            number += 1
    except csv.Error as error:
        return [Line("stray-quote", 1, "", number)] if "expected after" in str(error) else []
    return []


def _body(raw: _Raw, skip: int, width: int, file: str) -> tuple[pl.DataFrame, list[Line]]:
    """All data rows: fast where that is safe, row by row elsewhere."""
    if raw.rows is not None:
        return reader.ragged(raw.rows[skip:], width=width, first=skip + 1)
    if len(raw.data) > reader.LARGE:
        start = len(raw.start[: _after(raw.start, raw.dialect, skip)].encode())
        frame = reader.regular(raw.data, raw.dialect, width=width, start=start)
        if frame is not None:
            return frame, []
    return reader.ragged(list(rows(raw.text, raw.dialect, file=file))[skip:], width=width, first=skip + 1)


def _after(text: str, how: Dialect, count: int) -> int:
    """Where in `text` the row after the first `count` begins."""
    lengths: list[int] = []
    lines = (lengths.append(len(item)) or item for item in io.StringIO(text[: 4 * SAMPLE], newline=""))
    quote = {"quotechar": how.quote or None, "quoting": csv.QUOTE_MINIMAL if how.quote else csv.QUOTE_NONE}
    rows = csv.reader(lines, delimiter=how.delimiter or "\x1f", **quote)
    for _ in range(count):
        next(rows, None)
    return sum(lengths)


def _trimmed(
    frame: pl.DataFrame, skip: int, patterns: Sequence[str], header: Sequence[Sequence[str]]
) -> tuple[pl.DataFrame, np.ndarray, list[Line]]:
    """The data rows without footer, blank rows and repeated headers, their numbers in the file, and a log."""
    log: list[Line] = []
    cut = footer(frame.tail(_TAIL).rows(), width=frame.width, patterns=patterns)
    if cut:
        rows = enumerate(frame.tail(cut).rows(), start=skip + frame.height - cut + 1)
        log.append(line("footer-row", [(number, " ".join(row).strip()) for number, row in rows if any(row)]))
        frame = frame.head(frame.height - cut)
    numbers = np.arange(skip + 1, skip + 1 + frame.height)
    blank = _blank(frame)
    if blank.any():
        some = [(int(number), "") for number in numbers[blank][:EXAMPLES]]
        log.append(line("blank-row", some, count=int(blank.sum())))
        frame, numbers = frame.filter(pl.Series(~blank)), numbers[~blank]
    again = _same_as_header(frame, header)
    if again.any():
        log.append(line("header-again", [(int(number), "") for number in numbers[again]]))
        frame, numbers = frame.filter(pl.Series(~again)), numbers[~again]
    return frame, numbers, log


def _blank(frame: pl.DataFrame) -> np.ndarray:
    """Which rows hold nothing; only rows whose first cell is blank are looked at further."""
    first = frame["0"]
    if first.is_between(pl.lit("!"), pl.lit("~")).all():
        return np.zeros(frame.height, dtype=bool)
    blank = (first.str.strip_chars() == "").to_numpy()
    if blank.any():
        some = frame.filter(pl.Series(blank))
        blank = blank.copy()
        blank[blank] = some.select(pl.all_horizontal(pl.all().str.strip_chars() == "")).to_series().to_numpy()
    return blank


def _same_as_header(frame: pl.DataFrame, header: Sequence[Sequence[str]]) -> np.ndarray:
    """Which rows are the header once more, as in exports that were put one after the other."""
    named = [(place, cell) for place, cell in enumerate(header[0]) if cell.strip()] if header else []
    if len(named) < 2 or not frame.height:
        return np.zeros(frame.height, dtype=bool)
    hit = frame[str(named[0][0])] == named[0][1]
    if not hit.any():
        return np.zeros(frame.height, dtype=bool)
    same = [frame[str(place)] == cell for place, cell in named]
    share = pl.DataFrame({str(number): item for number, item in enumerate(same)}).mean_horizontal()
    return (share >= 0.8).to_numpy() & hit.to_numpy()


def _warnings(frame: pl.DataFrame, numbers: np.ndarray, file: str) -> list[Remark]:
    """What looks doubtful about the whole table: that it is empty, or ends with a row of totals."""
    if not frame.height:
        return [Remark("no-rows", {"file": file})]
    first = next((cell for cell in frame.tail(1).rows()[0] if cell.strip()), "")
    if frame.width > 1 and persian.key(first) in map(persian.key, vocabulary("totals")):
        return [Remark("total-row", {"row": int(numbers[-1]), "cell": first.strip()})]
    return []
