"""Columns that can be read in one way only, read whole by polars.

Most columns of a large export are plain: Latin whole numbers, ISO days, labels without variants. They take this path;
whatever is not plain in a single cell sends the whole column to the readers that know Persian digits, calendars,
marks and labels. Both paths give the same values.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from cxlib.intake import persian
from cxlib.intake.meaning import Meaning
from cxlib.intake.typed import Typed

_NUMBER = r"^[+-]?[0-9]{1,15}(\.[0-9]{1,15})?$"
_GROUPED = r"^[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+$"
_UNUSUAL = r"[^A-Za-z0-9_\-]"
_NAMED = (("+", "+:"), ("00", "0:"), ("-00", "-0:"))
_FEW, _SAMPLE, _SCORE = 2000, 1000, 4
_DAY, _MOMENT, _UTC = (len(one) for one in ("2025-03-01", "2025-03-01 12:00:00", "2025-03-01T12:00:00Z"))


def plain(text: pl.Series, meaning: Meaning) -> pl.Series | None:
    """Return the values of a plain column, empty cells missing, or None if a cell is not plain.

    Examples
    --------
    >>> plain(pl.Series(["9", "", "10"]), Meaning("score", instrument="nps")).to_list()
    [9.0, None, 10.0]
    >>> plain(pl.Series(["9", "ten"]), Meaning("score", instrument="nps")) is None
    True
    """
    if meaning.kind in ("score", "number"):
        return _numbers(text, meaning)
    if meaning.kind == "day":
        return _days(text, meaning)
    if meaning.kind == "id":
        return _ids(text)
    return _few(text, meaning)


def _blank(text: pl.Series) -> pl.Series:
    """The cells with empty ones missing."""
    empty = text == ""
    return text.set(empty, None) if empty.any() else text


def _numbers(text: pl.Series, meaning: Meaning) -> pl.Series | None:
    """Plain numbers; on an instrument's scale all must lie inside it, and no number may be grouped by points."""
    if meaning.values or meaning.decimal == ",":
        return None
    cells = _blank(text)
    if meaning.instrument and (cells.str.len_bytes().max() or 0) > _SCORE:
        return None
    values = whole(cells)
    if values is None:
        if not all(some.str.contains(_NUMBER).all() for some in (cells.head(_SAMPLE), cells)):
            return None
        if not meaning.decimal and _is_grouped(cells):
            return None
        values = cells
    values = values.cast(pl.Float64)
    return values if not meaning.instrument or _is_inside(values, meaning.instrument) else None


def figures(text: pl.Series) -> pl.Series | None:
    """Return plain numbers, or None if a cell is none or looks like a name: with a plus sign or zeros before it.

    Examples
    --------
    >>> figures(pl.Series(["7", "", "-0.5"])).to_list(), figures(pl.Series(["7", "007"]))
    ([7.0, None, -0.5], None)
    """
    values = _numbers(text, Meaning("number"))
    named = values is None or any(text.is_between(pl.lit(one), pl.lit(other)).any() for one, other in _NAMED)
    return None if named else values


def whole(cells: pl.Series, kind: type[pl.DataType] = pl.Int32) -> pl.Series | None:
    """Return whole numbers without a plus sign as such, or None if a cell is none or too large for its `kind`.

    Examples
    --------
    >>> whole(pl.Series(["007", None, "-1"])).to_list(), whole(pl.Series(["1.0"]))
    ([7, None, -1], None)
    """
    for some in (cells.head(_SAMPLE), cells):
        values = some.cast(kind, strict=False)
        if values.null_count() > some.null_count():
            return None
    return None if cells.str.starts_with("+").any() else values


def _is_grouped(cells: pl.Series) -> bool:
    """Whether every number with a point could be whole thousands, so that the point must be judged."""
    for some in (cells.head(_SAMPLE), cells):
        pointed = some.filter(some.str.contains(".", literal=True))
        if not pointed.str.contains(_GROUPED).all():
            return False
    return bool(len(pointed))


def _is_inside(values: pl.Series, instrument: str) -> bool:
    """Whether all values lie on the instrument's scale."""
    from cxlib.intake.labels import RANGES

    low, high = RANGES.get(instrument, (None, None))
    if low is None or values.null_count() == len(values):
        return False
    return bool(values.min() >= low and values.max() <= high)


def _days(text: pl.Series, meaning: Meaning) -> pl.Series | None:
    """Days and moments of one ISO form in a year of this age; local times only where nothing must be converted."""
    cells = _blank(text)
    lengths = cells.str.len_bytes()
    length = lengths.min()
    if meaning.calendar == "jalali" or length not in (_DAY, _MOMENT, _UTC) or length != lengths.max():
        return None
    kind = pa.timestamp("us", "UTC" if length == _UTC else None)
    try:
        values = pl.concat([pl.Series(pc.cast(some.to_arrow(), kind)) for some in cells.get_chunks()], rechunk=False)
    except pa.ArrowInvalid:
        return None
    if not 1990 <= values.min().year <= values.max().year <= 2100:
        return None
    zone = "UTC" if length == _UTC else meaning.timezone or meaning.to
    if length == _DAY or zone == meaning.to:
        return values.dt.replace_time_zone(None)
    if zone != "UTC":
        return None
    return values.dt.replace_time_zone("UTC").dt.convert_time_zone(meaning.to).dt.replace_time_zone(None)


def _ids(text: pl.Series) -> pl.Series | None:
    """Ids of Latin letters, digits and dashes."""
    cells = _blank(text)
    return cells if whole(cells, pl.Int64) is not None or not cells.str.contains(_UNUSUAL).any() else None


def _few(text: pl.Series, meaning: Meaning) -> pl.Series | None:
    """Labels, flags and texts of few different cells that are read without a remark; the others need every row."""
    if text.head(10 * _FEW).n_unique() > _FEW:
        return None
    cells = text.unique()
    if len(cells) > _FEW:
        return None
    values = _labels(cells, meaning) if meaning.kind == "label" else _unremarkable(cells, meaning)
    if values is None:
        return None
    if values.dtype == pl.String and bool((values.fill_null("") == cells).all()):
        return _blank(text)
    return text.replace_strict(cells, values, default=None)


def _labels(cells: pl.Series, meaning: Meaning) -> pl.Series | None:
    """Labels as they are shown, or None if two of them are spellings of one or a cell is nothing but blanks."""
    labels = [meaning.values.get(cell, cell) for cell in cells.to_list()]
    wanted = {label.strip() for label in labels if label}
    if "" in wanted or len({persian.key(label) for label in wanted}) < len(wanted):
        return None
    return pl.Series([persian.shown(label) if label else None for label in labels], dtype=pl.String)


def _unremarkable(cells: pl.Series, meaning: Meaning) -> pl.Series | None:
    """Flags or texts, or None if there is anything to say about them."""
    got = read_cells(cells.to_pandas().astype("str"), meaning)
    return None if len(got.problems) or got.notes or got.questions else _series(got.values)


def _series(values: pd.Series) -> pl.Series:
    """A pandas column as a polars one."""
    if str(values.dtype) == "boolean":
        return pl.Series([None if item is pd.NA else bool(item) for item in values], dtype=pl.Boolean)
    return pl.Series([None if item is None or item != item else item for item in values], dtype=pl.String)


def read_cells(column: pd.Series, meaning: Meaning) -> Typed:
    """Return a column of text as the reader of its kind reads it, with every doubt."""
    if meaning.kind in ("day", "number"):
        return _measured(column, meaning)
    if meaning.kind in ("score", "label"):
        return _labelled(column, meaning)
    if meaning.kind == "id":
        from cxlib.intake.identity import ids

        return ids(column)
    if meaning.kind == "flag":
        from cxlib.intake.flags import flags

        return flags(column, values=meaning.values or None)
    from cxlib.intake.redaction import redacted

    return redacted(column, names=meaning.names)


def _measured(column: pd.Series, meaning: Meaning) -> Typed:
    """A column of days or amounts."""
    if meaning.kind == "number":
        from cxlib.intake.amounts import amounts

        return amounts(column, decimal=meaning.decimal, currency=meaning.currency)
    from cxlib.intake.days import days

    how = {"calendar": meaning.calendar, "day_first": meaning.day_first, "timezone": meaning.timezone}
    return days(column, to=meaning.to, serials=meaning.serials, **how)


def _labelled(column: pd.Series, meaning: Meaning) -> Typed:
    """A column of scores or labels."""
    from cxlib.intake.labels import labels, scores

    if meaning.kind == "score":
        return scores(column, instrument=meaning.instrument, values=meaning.values or None)
    return labels(column.replace(dict(meaning.values)) if meaning.values else column)


def frame(columns: dict[str, pl.Series]) -> pd.DataFrame:
    """Return polars columns as the table that steps read: texts ``str``, flags ``boolean``, numbers ``float64``."""
    return pd.DataFrame({name: _pandas(values) for name, values in columns.items()}, copy=False)


def _pandas(values: pl.Series) -> pd.Series | np.ndarray:
    """One polars column as a pandas one."""
    if values.dtype == pl.Boolean:
        return pd.Series(values.to_list(), dtype="boolean")
    if values.dtype == pl.String:
        return values.to_pandas().astype("str")
    return values.to_numpy(writable=True) if values.dtype == pl.Float64 else values.to_pandas()
