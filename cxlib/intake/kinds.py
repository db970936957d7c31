"""A column of text turned into what its canonical column means: id, day, score, number, flag, label or text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl

from cxlib.intake.meaning import Meaning
from cxlib.intake.notes import EXAMPLES, Line, line
from cxlib.intake.plain import plain, read_cells
from cxlib.intake.redaction import redact
from cxlib.intake.typed import Question, Typed


@dataclass(frozen=True)
class Read:
    """A column read: its values, what stands in the log about it, and what must be asked."""

    values: pl.Series
    log: tuple[Line, ...] = ()
    questions: tuple[Question, ...] = ()


def read(text: pl.Series, numbers: np.ndarray, meaning: Meaning, *, column: str) -> Read:
    """Return a column of `text` as its `meaning` says.

    Cells that hold something but gave no value are in the log with their row in the file; empty cells are not.

    Parameters
    ----------
    text
        The cells, empty text where there is none.
    numbers
        Their rows in the file.
    meaning
        What they are read as.
    column
        The header, for the log and the questions.

    Examples
    --------
    >>> got = read(pl.Series(["7", "", "many"]), np.array([2, 3, 4]), Meaning("number"), column="n")
    >>> got.values.to_list(), got.log[0].row, got.log[0].examples
    ([7.0, None, None], 4, ('4: many',))
    """
    values = plain(text, meaning)
    if values is not None:
        return Read(values)
    got = read_cells(pd.Series(text.to_pandas(), dtype="str").set_axis(numbers), meaning)
    asked = tuple(Question(item.key, {"column": column, **item.values}, item.setting) for item in got.questions)
    return Read(_polars(got.values), tuple(_lines(got, column)), asked)


def _polars(values: pd.Series) -> pl.Series:
    """A typed pandas column as a polars one, missing values null."""
    series = pl.from_pandas(values.reset_index(drop=True), nan_to_null=True)
    return series.cast(pl.Datetime("us")) if series.dtype == pl.Datetime else series.cast(_plain_type(series))


def _plain_type(series: pl.Series) -> pl.DataType:
    """Text, Boolean or 64-bit float."""
    if series.dtype in (pl.String, pl.Boolean):
        return series.dtype
    return pl.String() if series.dtype in (pl.Categorical, pl.Null) else pl.Float64()


def _lines(got: Typed, column: str) -> list[Line]:
    """What could not be read in a column, and what was mended, as log lines."""
    found = [
        line(str(what), _first(cells), column=column, count=len(cells))
        for what, cells in (got.problems.groupby("what", sort=False) if len(got.problems) else ())
    ]
    notes = [Line(note.key, _count(note.values), column, None, _told(note.values)) for note in got.notes]
    return [*found, *notes]


def _first(cells: pd.DataFrame) -> list[tuple[int, str]]:
    """The first problems, row and text."""
    some = cells.head(EXAMPLES)
    return list(zip(some["row"], some["found"], strict=True))


def _count(values: Mapping[str, object]) -> int:
    """How many cells a note is about, 0 if it does not say."""
    count = values.get("count", values.get("n", 0))
    return int(count) if isinstance(count, (int, np.integer)) else 0


def _told(values: Mapping[str, object]) -> tuple[str, ...]:
    """The values of a note as examples, redacted."""
    return tuple(redact(f"{name}: {value}") for name, value in values.items() if name not in ("count", "n"))
