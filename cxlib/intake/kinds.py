"""A column of text turned into what its canonical column means: id, day, score, number, flag, label or text.

Plain numbers of large columns are read by polars in one go; whatever is not plain goes to the readers that know
Persian digits, calendars, labels and marks, and that say which cells they could not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import polars as pl

from cxlib.intake.notes import EXAMPLES, Line, line
from cxlib.intake.typed import Question, Typed, problems

_PLAIN = r"^[+-]?\d{1,15}(\.\d{1,15})?$"


@dataclass(frozen=True)
class Meaning:
    """What a column is read as, and what is known about it.

    Attributes
    ----------
    kind
        ``id``, ``day``, ``score``, ``number``, ``flag``, ``label`` or ``text``.
    instrument
        Scale of a score: ``nps``, ``csat5`` … or a range such as ``1-7``.
    calendar, day_first, timezone, to
        How days are written, the zone of cells that name none, and the client's zone.
    values
        Value of the export → value meant.
    currency
        The code that amounts are in.
    names
        Names of people that comments must not show.
    """

    kind: str
    instrument: str = ""
    calendar: str = ""
    day_first: bool | None = None
    timezone: str = ""
    to: str = "UTC"
    values: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    decimal: str = ""
    serials: str = ""
    names: tuple[str, ...] = ()


def typed(text: pl.Series, numbers: np.ndarray, meaning: Meaning) -> Typed:
    """Return a column of `text` as its `meaning` says, indexed by row `numbers` of the file.

    Cells that hold something but gave no value stand among the problems; empty cells do not.

    Examples
    --------
    >>> typed(pl.Series(["7", "", "10"]), np.array([2, 3, 4]), Meaning("number")).values.tolist()
    [7.0, nan, 10.0]
    """
    fast = _plain_numbers(text) if meaning.kind == "number" else None
    if fast is not None:
        return Typed(pd.Series(fast, index=numbers, dtype="float64"), problems())
    column = pd.Series(text.to_pandas(), dtype="str").set_axis(numbers)
    return _by_kind(column, meaning)


def _plain_numbers(text: pl.Series) -> np.ndarray | None:
    """The numbers of a column that holds nothing but plain Latin ones and empty cells, else None."""
    bare = text.str.strip_chars()
    is_plain = (bare == "") | bare.str.contains(_PLAIN)
    if not is_plain.all():
        return None
    return bare.cast(pl.Float64, strict=False).to_numpy()


def _by_kind(column: pd.Series, meaning: Meaning) -> Typed:
    """The column by the reader that knows its kind."""
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

    return days(
        column,
        calendar=meaning.calendar,
        day_first=meaning.day_first,
        timezone=meaning.timezone,
        to=meaning.to,
        serials=meaning.serials,
    )


def _labelled(column: pd.Series, meaning: Meaning) -> Typed:
    """A column of scores or labels."""
    from cxlib.intake.labels import labels, scores

    if meaning.kind == "score":
        return scores(column, instrument=meaning.instrument, values=meaning.values or None)
    return labels(_replaced(column, meaning.values))


def _replaced(column: pd.Series, values: Mapping[str, str]) -> pd.Series:
    """Labels as the client's table of values renames them."""
    return column.replace(dict(values)) if values else column


def lines(got: Typed, column: str) -> list[Line]:
    """Return what could not be read in a column, and what was mended, as log lines."""
    found = [
        line(str(what), zip(cells["row"].head(EXAMPLES), cells["found"].head(EXAMPLES)), column=column, count=len(cells))
        for what, cells in got.problems.groupby("what", sort=False)
    ]
    notes = [Line(note.key, _count(note.values), column, None, _told(note.values)) for note in got.notes]
    return [*found, *notes]


def _count(values: Mapping[str, object]) -> int:
    """How many cells a note is about, 0 if it does not say."""
    count = values.get("count", values.get("n", 0))
    return int(count) if isinstance(count, (int, np.integer)) else 0


def _told(values: Mapping[str, object]) -> tuple[str, ...]:
    """The values of a note as examples."""
    return tuple(f"{name}: {value}" for name, value in values.items() if name not in ("count", "n"))


def asked(got: Typed, column: str) -> list[Question]:
    """Return the questions of a column, each naming it."""
    return [Question(item.key, {"column": column, **item.values}, item.setting) for item in got.questions]
