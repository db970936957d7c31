"""How fast the service is: time to the first reply and to resolution, with the tickets that are still open.

The mean of closed tickets is wrong twice: a few very long ones rule it, and the slowest are not in it yet. So the
measures are the median, the 90th percentile and the share within a promise, and an open ticket counts as
"longer than its age" (Kaplan–Meier).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import CxError
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.measures.survival import Curve, happened_by, survival_curve, time_reached


def time_to(
    opened: pd.Series, done: pd.Series, *, as_of: dt.date, quantile: float = 0.5, level: float = 0.95
) -> Estimate:
    """Return the minutes within which the share `quantile` of tickets is done.

    It assumes that open tickets will take as long as closed ones of their age did; if the hard ones are left lying, it
    is too short.

    Parameters
    ----------
    opened, done
        One ticket a row: when it was opened, and when it was answered or resolved (missing: still open), shape (n,).
        Left out are tickets opened after `as_of` or at an unknown time, and those done before they were opened.
    as_of
        What was done later counts as open. A day means its end.
    quantile
        0.5 for the median, 0.9 for the p90.
    level
        Confidence level of the interval.

    Returns
    -------
    Estimate
        Unit ``minutes``. "Cannot tell" if there is no ticket, or fewer than the share are done in the time watched;
        no upper bound if only that is out of reach.

    Notes
    -----
    Kaplan–Meier with the interval of Brookmeyer & Crowley (1982) on log(−log).

    Examples
    --------
    >>> opened = pd.Series(pd.to_datetime(["2025-01-01 10:00"] * 9))
    >>> done = opened + pd.to_timedelta([5, 10, 15, 20, 30, 40, 50, 60, None], unit="min")
    >>> print(time_to(opened, done, as_of=dt.date(2025, 1, 1)))
    30 (5 to 60; n=9)
    """
    curve = _curve(opened, done, as_of, level)
    if curve is None:
        return cannot_tell("no-tickets", level=level, unit="minutes")
    value, low, high = time_reached(curve, quantile=quantile)
    if np.isnan(value):
        return cannot_tell("quantile-not-reached", n=curve.n, level=level, unit="minutes")
    reason = "no-bound-reached" if np.isnan(low) or np.isnan(high) else ""
    return Estimate(value, low, high, n=curve.n, level=level, method="kaplan-meier", unit="minutes", reason=reason)


def share_within(
    opened: pd.Series, done: pd.Series, *, as_of: dt.date, minutes: float, level: float = 0.95
) -> Estimate:
    """Return the share of tickets done within `minutes`: the promise of a service level, kept.

    Parameters
    ----------
    opened, done, as_of, level
        As in `time_to`.
    minutes
        The promise.

    Returns
    -------
    Estimate
        Unit ``share``. "Cannot tell" if no ticket was watched that long.

    Examples
    --------
    >>> opened = pd.Series(pd.to_datetime(["2025-01-01 10:00"] * 9))
    >>> done = opened + pd.to_timedelta([5, 10, 15, 20, 30, 40, 50, None, None], unit="min")
    >>> print(share_within(opened, done, as_of=dt.date(2025, 1, 1), minutes=20))
    0.444 (0.195 to 0.796; n=9)
    """
    curve = _curve(opened, done, as_of, level)
    if curve is None:
        return cannot_tell("no-tickets", level=level, unit="share")
    return happened_by(curve, minutes)


def durations(opened: pd.Series, done: pd.Series, *, as_of: dt.date) -> pd.DataFrame:
    """Return minutes watched and whether the ticket was done in them, one row a ticket that counts.

    Columns ``minutes`` and ``is_done``; parameters and what is left out are those of `time_to`.

    Examples
    --------
    >>> day = pd.Series(pd.to_datetime(["2025-01-01 10:00", "2025-01-01 23:00"]))
    >>> durations(day, pd.Series(pd.to_datetime(["2025-01-01 10:05", None])), as_of=dt.date(2025, 1, 1))
       minutes  is_done
    0      5.0     True
    1     60.0    False
    """
    begin, end, stop = _moments(opened), _moments(done), _moment(as_of)
    if len(begin) != len(end):
        raise CxError("lengths-differ", found=[len(begin), len(end)])
    counts = (begin <= stop) & ~(end < begin)
    is_done = end <= stop
    minutes = (np.where(is_done, end, stop) - begin) / np.timedelta64(1, "m")
    return pd.DataFrame({"minutes": minutes[counts], "is_done": is_done[counts]})


def _curve(opened: pd.Series, done: pd.Series, as_of: dt.date, level: float) -> Curve | None:
    """The curve of tickets still open, or None without tickets."""
    tickets = durations(opened, done, as_of=as_of)
    return survival_curve(tickets["minutes"], tickets["is_done"], level=level) if len(tickets) else None


def _moments(times: pd.Series) -> NDArray[np.datetime64]:
    """Times without their zone, missing ones as not-a-time."""
    return pd.to_datetime(pd.Series(times)).dt.tz_localize(None).to_numpy().astype("datetime64[us]")


def _moment(as_of: dt.date) -> np.datetime64:
    """The moment that `as_of` means: a day means its end."""
    is_day = not isinstance(as_of, dt.datetime)
    return np.datetime64(as_of, "us") + np.timedelta64(1 if is_day else 0, "D")
