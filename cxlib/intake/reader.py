"""Every cell of a text file as text, in columns of one length; what did not fit is logged, never lost in silence.

Two readers give the same result. polars reads large regular files; the number of delimiters proves that no row was
short. Everything else is read row by row, so that each padded and each surplus cell can be named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np
import polars as pl

from cxlib.intake.dialect import Dialect
from cxlib.intake.notes import Line, line

LARGE = 8 * 2**20
"""Texts of more bytes go to polars first."""

_WINDOW = 2**17
"""Bytes looked at together for quotes: few enough to stay in the processor's cache."""


def regular(data: bytes, found: Dialect, *, width: int, start: int = 0) -> pl.DataFrame | None:
    """Return all rows of UTF-8 `data` as text columns ``0`` to ``width - 1``, or None if a row has another width.

    Much faster than reading row by row; refuses whatever could be read in more than one way.

    Parameters
    ----------
    data
        UTF-8 text.
    found
        Its dialect; only doubled quotes are read fast.
    width
        How many columns the header has.
    start
        Where the first data row begins: after title rows and header.
    """
    if width < 2 or found.escape or found.skips_blank or len(found.delimiter) != 1:
        return None
    if len(data) <= start or b"\x00" in data:
        return None
    if data.endswith((b"\n\n", b"\r\n\r\n")) or (b"\r" in data and data.count(b"\r") != data.count(b"\r\n")):
        return None
    if not _is_well_quoted(data, found):
        return None
    frame = _fast(data, found, [str(number) for number in range(width)], data.count(b"\n", 0, start))
    if frame is None or not _is_whole(frame, data, found.delimiter, start):
        return None
    return frame.with_columns(pl.all().fill_null(""))


def _is_well_quoted(data: bytes, found: Dialect) -> bool:
    """Whether quotes enclose whole cells or are doubled inside such cells; about any others readers do not agree."""
    if not found.quote or found.quote.encode() not in data:
        return True
    sign, signs = ord(found.quote), np.frombuffer(data, dtype=np.uint8)
    marks = f"{found.delimiter}{found.quote}\n".encode()
    before, after = (np.isin(np.arange(256), list(some)) for some in (marks, marks + b"\r"))
    is_open = False
    for start in range(0, len(signs), _WINDOW):
        at = start + np.flatnonzero(signs[start : start + _WINDOW] == sign)
        left, right = at[is_open::2] - 1, at[not is_open :: 2] + 1
        left, right = left[left >= 0], right[right < len(signs)]
        if not (before[signs[left]].all() and after[signs[right]].all()):
            return False
        is_open ^= bool(len(at) % 2)
    return not is_open


def _fast(data: bytes, found: Dialect, names: Sequence[str], lines: int) -> pl.DataFrame | None:
    """The columns after so many lines as polars reads them, or None if it refuses."""
    try:
        return pl.read_csv(
            data,
            has_header=False,
            skip_lines=lines,
            separator=found.delimiter,
            quote_char=found.quote or None,
            schema=dict.fromkeys(names, pl.String),
        )
    except (pl.exceptions.PolarsError, ValueError):
        return None


def _is_whole(frame: pl.DataFrame, data: bytes, delimiter: str, start: int) -> bool:
    """Whether no row was short: each has a last cell, or every delimiter is either between two cells or inside one."""
    if not frame[:, -1].null_count():
        return True
    between = frame.height * (frame.width - 1)
    if b'"' not in data and b"'" not in data:
        return data.count(delimiter.encode(), start) == between
    inside = frame.select(pl.all().str.count_matches(delimiter, literal=True).sum()).sum_horizontal().item()
    return data.count(delimiter.encode(), start) == between + inside


def ragged(text: Iterable[Sequence[str]], *, width: int, first: int = 1) -> tuple[pl.DataFrame, list[Line]]:
    """Return rows as text columns ``0`` to ``width - 1``, and a log of rows that had more or fewer cells.

    A short row is padded with empty cells, a cell beyond the last column is dropped: both are logged by row.

    Parameters
    ----------
    text
        The data rows, each a sequence of cells.
    width
        How many columns the table has.
    first
        Row number of the first one in the file, for the log.

    Examples
    --------
    >>> frame, log = ragged([["1", "2"], ["3"], ["4", "5", "6"]], width=2, first=2)
    >>> frame.rows(), [(item.what, item.row) for item in log]
    ([('1', '2'), ('3', ''), ('4', '5')], [('padded', 3), ('surplus', 4)])
    """
    kept = list(text)
    short: list[tuple[int, str]] = []
    surplus: list[tuple[int, str]] = []
    for place, row in enumerate(kept):
        if len(row) < width:
            short.extend([(first + place, str(len(row)))] if any(row) else [])
            kept[place] = [*row, *[""] * (width - len(row))]
        elif len(row) > width:
            surplus.extend((first + place, cell) for cell in islice(row, width, None) if cell)
            kept[place] = row[:width]
    columns = list(zip(*kept, strict=True)) if kept else [()] * width
    frame = pl.DataFrame({str(number): pl.Series(cells, dtype=pl.String) for number, cells in enumerate(columns)})
    return frame, [line(what, cells) for what, cells in (("padded", short), ("surplus", surplus)) if cells]
