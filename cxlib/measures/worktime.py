"""A clock that runs only while the client works.

A ticket opened on the eve of the weekend and answered on the first morning after it has not waited three days. Put
both moments on the working clock, and their distance is the working time between them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

_EPOCH = np.datetime64("2000-01-01", "us")
_MINUTE = np.timedelta64(1, "m")


@dataclass(frozen=True)
class WorkingTime:
    """When a client works.

    Attributes
    ----------
    start, end
        First and last minute of a working day, counted from midnight.
    weekend
        Weekdays without work, 0 for Monday to 6 for Sunday.
    holidays
        Days without work.
    """

    start: int
    end: int
    weekend: Collection[int] = ()
    holidays: Collection[dt.date] = ()

    def moments(self, times: pd.Series) -> pd.Series:
        """Return the times as the working clock shows them: differences are working time.

        Times outside working hours stand still at the last working minute; missing times stay missing.

        Examples
        --------
        >>> office = WorkingTime(9 * 60, 17 * 60, weekend=(5, 6))
        >>> friday_to_monday = pd.Series(pd.to_datetime(["2025-01-03 16:00", "2025-01-06 10:00"]))
        >>> office.moments(friday_to_monday).diff().iloc[1]
        Timedelta('0 days 02:00:00')
        """
        given = pd.Series(pd.to_datetime(times))
        known = given.dropna().to_numpy().astype("datetime64[us]")
        if not len(known):
            return given
        days = known.astype("datetime64[D]")
        first = days.min()
        worked = self._worked_before(first, days.max())
        inside = np.clip((known - days) / _MINUTE, self.start, self.end) - self.start
        at = (days - first).astype(int)
        minutes = worked[at] + np.where(self._is_working(days), inside, 0) + self._since_epoch(first)
        shown = _EPOCH + (minutes * 60_000_000).astype("timedelta64[us]")
        return pd.Series(shown, index=given.dropna().index).reindex(given.index)

    def _worked_before(self, first: np.datetime64, last: np.datetime64) -> np.ndarray:
        """Working minutes from the first day to the morning of each day."""
        days = np.arange(first, last + np.timedelta64(1, "D"))
        return np.concatenate([[0], np.cumsum(self._is_working(days) * (self.end - self.start))[:-1]])

    def _since_epoch(self, first: np.datetime64) -> int:
        """Working minutes from the clock's zero to the first day, so that two series share one clock."""
        days = np.arange(min(first, _EPOCH.astype("datetime64[D]")), first)
        return int(self._is_working(days).sum()) * (self.end - self.start)

    def _is_working(self, days: np.ndarray) -> np.ndarray:
        weekdays = (days.astype("datetime64[D]").astype(int) + 3) % 7
        off = np.array(sorted(self.holidays), dtype="datetime64[D]")
        return ~np.isin(weekdays, list(self.weekend)) & ~np.isin(days, off)
