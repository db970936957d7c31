"""Columns that can be read in one way only, read whole by polars.

Most columns of a large export are plain: Latin whole numbers, ISO days, labels without variants. They take this path;
whatever is not plain in a single cell sends the whole column to the readers that know Persian digits, calendars,
marks and labels. Both paths give the same values.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl

from cxlib.intake import persian
from cxlib.intake.meaning import Meaning
from cxlib.intake.typed import Typed

_NUMBER = r"^[+-]?[0-9]{1,15}(\.[0-9]{1,15})?$"
_GROUPED = r"^[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+$"
_SCORE = r"^[0-9]{1,2}(\.0+)?$"
_ID = r"^[A-Za-z0-9_\-]*$"
_PLAIN_ID = r"^([0-9]*|[A-Za-z_\-][A-Za-z0-9_\-]*|[0-9]+[A-DF-Za-df-z_\-][A-Za-z0-9_\-]*)$"
_ROUNDED = r"^[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+$"
_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d")
_FEW, _SAMPLE = 2000, 1000


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
    if not cells.head(_SAMPLE).str.contains(_SCORE if meaning.instrument else _NUMBER).all():
        return None
    whole = cells.cast(pl.Int32, strict=False)
    if whole.null_count() == cells.null_count() and not cells.str.starts_with("+").any():
        values = whole.cast(pl.Float64)
    elif not cells.str.contains(_NUMBER).all() or (not meaning.decimal and _is_grouped(cells)):
        return None
    else:
        values = cells.cast(pl.Float64, strict=False)
    if values.null_count() > cells.null_count():
        return None
    return values if not meaning.instrument or _is_inside(values, meaning.instrument) else None


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
    first = cells.drop_nulls().head(1).to_list()
    if meaning.calendar == "jalali" or not first:
        return None
    form = next((item for item in _FORMS if _parsed(pl.Series(first), item).null_count() == 0), "")
    values = _parsed(cells, form) if form else cells
    if not form or values.null_count() > cells.null_count():
        return None
    if not 1990 <= values.min().year <= values.max().year <= 2100:
        return None
    zone = "UTC" if form.endswith("Z") else meaning.timezone or meaning.to
    if form == "%Y-%m-%d" or zone == meaning.to:
        return values
    if zone != "UTC":
        return None
    return values.dt.replace_time_zone("UTC").dt.convert_time_zone(meaning.to).dt.replace_time_zone(None)


def _parsed(cells: pl.Series, form: str) -> pl.Series:
    """The cells as moments of microseconds, missing where the form does not fit."""
    return cells.str.to_datetime(form, strict=False, time_unit="us", time_zone=None)


def _ids(text: pl.Series) -> pl.Series | None:
    """Ids of Latin letters, digits and dashes, none of them a rounded number."""
    if text.str.contains(_PLAIN_ID).all():
        return _blank(text)
    if not text.str.contains(_ID).all() or text.str.contains(_ROUNDED).any():
        return None
    return _blank(text)


def _few(text: pl.Series, meaning: Meaning) -> pl.Series | None:
    """Labels, flags and texts of few different cells that are read without a remark; the others need every row."""
    if text.head(10 * _FEW).n_unique() > _FEW:
        return None
    cells = text.unique()
    if len(cells) > _FEW or (meaning.kind == "label" and not _is_spelled_once(cells, meaning)):
        return None
    got = read_cells(cells.to_pandas().astype("str"), meaning)
    if len(got.problems) or got.notes or got.questions:
        return None
    values = _series(got.values)
    if values.dtype == pl.String and bool((values.fill_null("") == cells).all()):
        return _blank(text)
    return text.replace_strict(cells, values, default=None)


def _is_spelled_once(cells: pl.Series, meaning: Meaning) -> bool:
    """Whether no two labels are spellings of one."""
    labels = [meaning.values.get(cell, cell) for cell in cells.to_list() if cell.strip()]
    return len({persian.key(label) for label in set(labels)}) == len(set(labels))


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
    return pd.DataFrame({name: _pandas(values) for name, values in columns.items()})


def _pandas(values: pl.Series) -> pd.Series | np.ndarray:
    """One polars column as a pandas one."""
    if values.dtype == pl.Boolean:
        return pd.Series(values.to_list(), dtype="boolean")
    if values.dtype == pl.String:
        return values.to_pandas().astype("str")
    return values.to_numpy() if values.dtype == pl.Float64 else values.to_pandas()
