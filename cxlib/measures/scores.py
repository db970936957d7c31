"""From rows to reduced scores: the one narrow place where survey rows are touched.

Every survey metric is a function of a histogram of scores by group. `reduce` makes that histogram with narwhals, so
the rows may be a pandas or Polars frame, a DuckDB relation, an Ibis table or a PySpark frame, and are counted where
they live; only the small result comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from cxlib.errors import CxError, closest


def reduce(
    frame: Any, *, score: str, by: Sequence[str] = (), day: str | None = None, weight: str | None = None
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
    columns |= {"day": nw.col(day).cast(nw.Date)} if day else {}
    columns |= {"w": nw.col(weight).cast(nw.Float64)} if weight else {}
    answers = _known(rows.select(*by, **columns))
    keys = [*by, *["day"] * bool(day), "score"]
    if not weight:
        return _ordered(answers.group_by(*keys).agg(nw.len().alias("n")), keys)
    weighed = answers.with_columns(w2=nw.col("w") * nw.col("w")).group_by(*keys)
    return _ordered(weighed.agg(nw.len().alias("n"), nw.col("w").sum(), nw.col("w2").sum()), keys)


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


def _ordered(result: Any, keys: Sequence[str]) -> pd.DataFrame:
    """The small result as a pandas frame in a fixed order and with fixed types; rows not weighed weigh 1 each."""
    table = (result.collect() if isinstance(result, nw.LazyFrame) else result).to_pandas()
    if "w" not in table:
        table = table.assign(w=table["n"], w2=table["n"])
    if "day" in keys:
        table["day"] = pd.to_datetime(table["day"]).astype("datetime64[us]")
    texts = [name for name in keys if pd.api.types.is_string_dtype(table[name]) or table[name].dtype == object]
    types = {"score": "float64", "n": "int64", "w": "float64", "w2": "float64"} | dict.fromkeys(texts, "str")
    table = table.astype(types).sort_values(list(keys), kind="stable", ignore_index=True)
    return table[[*keys, "n", "w", "w2"]]
