"""Rows that deserve a second look: marked, counted, shown, and never deleted.

Whether a quick answer is a careless one is the analyst's decision; a library that drops it takes the decision away
and hides that it was one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import polars as pl

from cxlib.engagement.tables import TABLES, WHEN

BATTERY = 5
"""Fewer items than this answered alike are no sign of anything."""

_QUICK = 1 / 3
_TIMED = 20
_EARLIEST = pd.Timestamp("1990-01-01")
_ORDERS = {
    "responses": (("started_at", "answered_at"),),
    "customers": (("joined_on", "left_on"),),
    "tickets": (("opened_at", "first_reply_at"), ("opened_at", "resolved_at"), ("opened_at", "handed_over_at")),
    "cases": (("opened_at", "contacted_at"), ("opened_at", "closed_at"), ("opened_at", "told_at")),
    "staff": (("joined_on", "left_on"), ("joined_on", "trained_on")),
}


def marks(frames: Mapping[str, pd.DataFrame], *, as_of: pd.Timestamp | None = None) -> pd.DataFrame:
    """Return every marked row: table, row (its label in the table), what, column.

    ``repeated-id``: the table's id stands there before. ``repeated-row``: everything but the id does, its time too.
    ``same-answers``: a battery of five items or more with one answer to all. ``quick``: answered in less than a third
    of the survey's median time. ``backwards``: a later step before an earlier one. ``early`` and ``future``: a date
    before 1990 or after the reference date.

    Parameters
    ----------
    frames
        Canonical tables by name.
    as_of
        The reference date; without it no date is in the future.

    Examples
    --------
    >>> tickets = pd.DataFrame({"ticket_id": ["1"], "opened_at": pd.to_datetime(["2025-05-02"])})
    >>> tickets["resolved_at"] = pd.to_datetime(["2025-05-01"])
    >>> marks({"tickets": tickets})[["row", "what", "column"]].values.tolist()
    [[0, 'backwards', 'resolved_at']]
    """
    found = []
    for table, frame in frames.items():
        found += [*_repeated(table, frame), *_days(table, frame, as_of)]
    found += [*_same_answers(frames), *_quick(frames)]
    kept = [pd.DataFrame({"table": table, "row": rows, "what": what, "column": column})
            for table, rows, what, column in found if len(rows)]  # fmt: skip
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=["table", "row", "what", "column"])


def _repeated(table: str, frame: pd.DataFrame) -> list[tuple[str, pd.Index, str, str]]:
    """Rows whose id, or whose whole content with its time, stood before."""
    name = next(iter(TABLES.get(table, {})), "")
    found = []
    if name.endswith("_id") and name in frame and table not in ("items", "events"):
        found.append((table, frame.index[_stood_before(frame[name])], "repeated-id", name))
    rest = [column for column in frame.columns if column != name or table == "events"]
    when = WHEN.get(table)
    if when in rest and len(rest) > 2:
        found.append((table, frame.index[_whole_rows_again(frame[rest], when)], "repeated-row", ""))
    return found


def _stood_before(ids: pd.Series) -> np.ndarray:
    """Which rows hold an id that an earlier row holds."""
    is_unique = pl.from_pandas(ids).n_unique() == len(ids)
    return np.zeros(len(ids), dtype=bool) if is_unique else (ids.duplicated() & ids.notna()).to_numpy()


def _whole_rows_again(frame: pd.DataFrame, when: str) -> np.ndarray:
    """Which rows with a time are equal to an earlier one; column by column fewer rows are left to be compared."""
    rows = np.flatnonzero(frame[when].notna())
    alike = np.zeros(len(rows), dtype=np.int64)
    for column in sorted(frame.columns, key=lambda name: (name != when, not _is_quick(frame[name]))):
        code, names = pd.factorize(frame[column].iloc[rows], use_na_sentinel=False)
        alike = pd.factorize(alike * max(len(names), 1) + code)[0]
        left = np.bincount(alike)[alike] > 1
        rows, alike = rows[left], alike[left]
    again = rows[pd.Series(alike).duplicated().to_numpy()]
    again = again[(frame.iloc[again].notna().sum(axis=1) > 2).to_numpy()]
    return np.isin(np.arange(len(frame)), again)


def _is_quick(cells: pd.Series) -> bool:
    """Whether a column holds numbers or days, which are compared faster than texts."""
    return isinstance(cells.dtype, np.dtype) and cells.dtype.kind in "fiubM"


def _days(table: str, frame: pd.DataFrame, as_of: pd.Timestamp | None) -> list[tuple[str, pd.Index, str, str]]:
    """Rows with days that cannot be."""
    found = []
    for column in (name for name, kind in TABLES.get(table, {}).items() if kind == "day" and name in frame):
        found.append((table, frame.index[frame[column] < _EARLIEST], "early", column))
        if as_of is not None and column == WHEN.get(table):
            after = pd.Timestamp(as_of).normalize() + pd.Timedelta(days=1)
            found.append((table, frame.index[frame[column] >= after], "future", column))
    for first, then in _ORDERS.get(table, ()):
        if first in frame and then in frame:
            found.append((table, frame.index[frame[then] < frame[first]], "backwards", then))
    return found


def _same_answers(frames: Mapping[str, pd.DataFrame]) -> list[tuple[str, pd.Index, str, str]]:
    """Responses whose battery has one answer throughout."""
    items, responses = frames.get("items"), frames.get("responses")
    if items is None or responses is None or not {"response_id", "value"} <= set(items):
        return []
    spread = items.groupby("response_id")["value"].agg(["count", "min", "max"])
    alike = spread.index[(spread["count"] >= BATTERY) & (spread["min"] == spread["max"])]
    return [("responses", responses.index[responses["response_id"].isin(alike)], "same-answers", "")]


def _quick(frames: Mapping[str, pd.DataFrame]) -> list[tuple[str, pd.Index, str, str]]:
    """Responses much quicker than is usual in their survey."""
    responses = frames.get("responses")
    if responses is None or not {"started_at", "answered_at"} <= set(responses):
        return []
    seconds = (responses["answered_at"] - responses["started_at"]).dt.total_seconds()
    seconds = seconds.where(seconds >= 0).to_numpy()
    survey = pd.factorize(responses["survey"])[0] if "survey" in responses else np.zeros(len(seconds), dtype=np.int64)
    timed = pd.Series(seconds).groupby(survey).agg(["median", "count"])
    usual = timed["median"].where(timed["count"] >= _TIMED).reindex(survey).to_numpy()
    return [("responses", responses.index[(seconds < usual * _QUICK) & (usual > 0)], "quick", "answered_at")]
