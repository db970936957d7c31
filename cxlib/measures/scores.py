"""From rows to reduced scores: the one narrow place where survey rows are touched.

Every survey metric is a function of a histogram of scores by group. `reduce` makes that histogram with narwhals, so
the rows may be a pandas or Polars frame, a DuckDB relation, an Ibis table or a PySpark frame, and are counted where
they live; only the small result comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import narwhals as nw
import pandas as pd

from cxlib.errors import CxError, closest

_TYPES = {"score": "float64", "n": "int64", "w": "float64", "w2": "float64"}


def reduce(
    frame: Any,
    *,
    score: str,
    by: Sequence[str] = (),
    day: str | None = None,
    weight: str | None = None,
    every: Literal["day", "month"] = "day",
) -> pd.DataFrame:
    """Return how often each score was given, by group and day.

    Rows without a score (or, with `weight`, without a weight) are left out. A missing group label stays as a group of
    its own. Intervals, tests and periods are made on the result, which has the same values whatever the engine.

    Parameters
    ----------
    frame
        Rows of answers: a pandas or Polars (also lazy) frame, a PyArrow table, a DuckDB relation, an Ibis table or a
        PySpark frame.
    score
        Column of the answers.
    by
        Columns to group by.
    day
        Column with date or date and time; its day becomes the column ``day``.
    weight
        Column of weights; without it every row weighs 1.
    every
        ``month`` counts by Gregorian months, and the column ``day`` holds their first days: an engine groups by a
        whole number in a third of the time that days take. Months of other calendars are made of days.

    Returns
    -------
    pd.DataFrame
        Columns `by` …, ``day`` (if asked for), ``score``, ``n``, ``w`` (sum of weights), ``w2`` (sum of their
        squares), in order of groups, day and score.

    Raises
    ------
    CxError
        If a column is missing.

    Examples
    --------
    >>> rows = pd.DataFrame({"nps": [9, 9, 3, None], "channel": ["app", "app", "web", "web"]})
    >>> reduce(rows, score="nps", by=["channel"])
      channel  score  n    w   w2
    0     app    9.0  2  2.0  2.0
    1     web    3.0  1  1.0  1.0
    """
    rows = nw.from_native(frame)
    schema = rows.collect_schema()
    _has_columns(schema.names(), [score, *by, *filter(None, [day, weight])])
    columns = {"score": nw.col(score) if schema[score].is_integer() else nw.col(score).cast(nw.Float64)}
    columns |= {"day": _day(day, every)} if day else {}
    columns |= {"w": nw.col(weight).cast(nw.Float64)} if weight else {}
    answers = _known(rows.select(*by, **columns))
    keys = [*by, *["day"] * bool(day), "score"]
    if not weight:
        return _ordered(answers.group_by(*keys).agg(nw.len().alias("n")), keys, every)
    weighed = answers.with_columns(w2=nw.col("w") * nw.col("w")).group_by(*keys)
    return _ordered(weighed.agg(nw.len().alias("n"), nw.col("w").sum(), nw.col("w2").sum()), keys, every)


def _day(column: str, every: str) -> nw.Expr:
    """The day of a moment, or the number of its month counted from year 0."""
    day = nw.col(column).cast(nw.Date)
    return day if every == "day" else day.dt.year().cast(nw.Int32) * 12 + day.dt.month().cast(nw.Int32) - 1


def count(frame: Any, *, by: Sequence[str]) -> pd.DataFrame:
    """Return how many rows each combination of labels has: columns `by` … and ``n``, in order of the labels.

    Frames and errors are those of `reduce`. A missing label stays as a label of its own.

    Examples
    --------
    >>> count(pd.DataFrame({"channel": ["web", "app", "web"]}), by=["channel"])
      channel  n
    0     app  1
    1     web  2
    """
    rows = nw.from_native(frame)
    _has_columns(rows.collect_schema().names(), by)
    return _ordered(rows.group_by(*by).agg(nw.len().alias("n")), by)[[*by, "n"]]


def pooled(tables: Sequence[pd.DataFrame], *, by: Sequence[str]) -> pd.DataFrame:
    """Return the sums of several tables of counts over the columns `by`, in their order; one table stays as it is.

    Examples
    --------
    >>> here, there = pd.DataFrame({"score": [9.0], "n": [2]}), pd.DataFrame({"score": [3.0, 9.0], "n": [1, 1]})
    >>> pooled([here, there], by=["score"])
       score  n
    0    3.0  1
    1    9.0  3
    """
    if len(tables) == 1:
        return tables[0]
    if not tables:
        return pd.DataFrame(columns=[*by, "n"]).astype({"n": "int64"})
    return pd.concat(tables, ignore_index=True).groupby(list(by), dropna=False, as_index=False).sum()


def _has_columns(names: Sequence[str], wanted: Sequence[str]) -> None:
    """Refuse a frame that lacks a column."""
    for name in wanted:
        if name not in names:
            raise CxError("frame-without-column", column=name, found=list(names), near=closest(name, names))


def _known(answers: Any) -> Any:
    """The rows that have a score and, where answers are weighed, a weight."""
    kinds = answers.collect_schema()
    names = [name for name in ("score", "w") if name in kinds]
    floats = [name for name in names if kinds[name].is_float()]
    return answers.filter(*(~nw.col(name).is_null() for name in names), *(~nw.col(name).is_nan() for name in floats))


def _first_day(months: pd.Series) -> pd.Series:
    """First days of months counted from year 0."""
    since = (months.astype("Int64") - 12 * 1970).fillna(0).to_numpy("int64")
    days = since.astype("datetime64[M]").astype("datetime64[us]")
    return pd.Series(days, months.index).mask(months.isna())


def _ordered(result: Any, keys: Sequence[str], every: str = "day") -> pd.DataFrame:
    """The small result as a pandas frame in a fixed order and with fixed types; rows not weighed weigh 1 each."""
    table = (result.collect() if isinstance(result, nw.LazyFrame) else result).to_pandas()
    if "w" not in table:
        table = table.assign(w=table["n"], w2=table["n"])
    if "day" in keys:
        days = pd.to_datetime(table["day"]) if every == "day" else _first_day(table["day"])
        table["day"] = days.astype("datetime64[us]")
    texts = [name for name in keys if pd.api.types.is_string_dtype(table[name]) or table[name].dtype == object]
    types = {name: kind for name, kind in _TYPES.items() if name in table} | dict.fromkeys(texts, "str")
    table = table.astype(types).sort_values(list(keys), kind="stable", ignore_index=True)
    return table[[*keys, "n", "w", "w2"]]
