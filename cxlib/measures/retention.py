"""Who stayed: retention and churn from customer IDs, and why the usual formula can be wrong.

The formula (E − N) / S is right only if N counts new customers that are still there at the end. Counted by ID,
retention needs no formula: of those present at the start, the share present at the end. Churn is its complement for
the same people.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import CxError
from cxlib.measures.answers import numbers
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.measures.shares import normal_quantile, quantiles, wilson
from cxlib.measures.shares import share as share_of
from cxlib.measures.weighting import kish, weighted_mean


@dataclass(frozen=True)
class Reconciliation:
    """The same period counted twice: by the formula and by customer IDs.

    Attributes
    ----------
    start, end
        Customers present at the start and at the end.
    new, new_left
        Customers who joined in the period, and how many of them left in it.
    lost
        Customers of the start who left in the period.
    formula_rate
        (end − new) / start; not-a-number if nobody was there at the start.
    true_rate
        (start − lost) / start.
    """

    start: int
    end: int
    new: int
    new_left: int
    lost: int
    formula_rate: float
    true_rate: float


def retention_rate(
    joined: pd.Series, left: pd.Series, *, start: dt.date, end: dt.date, level: float = 0.95
) -> Estimate:
    """Return the share of customers present at the start who were still there at the end.

    Only customers of the start count: those who joined since say nothing about staying.

    Parameters
    ----------
    joined, left
        One customer a row: the day of joining and of leaving (missing: has not left), shape (n,). Customers whose day
        of joining is missing, or lies after that of leaving, are left out.
    start, end
        First and last day of the period, both included. Who joined before `start` and had not left before it was
        present at the start; who left on `end` was lost.
    level
        Confidence level of Wilson's interval.

    Raises
    ------
    CxError
        If the period ends before it starts.

    Examples
    --------
    >>> joined = pd.Series(pd.to_datetime(["2024-01-01"] * 4 + ["2025-02-01"]))
    >>> left = pd.Series(pd.to_datetime(["2025-03-01", None, None, None, "2025-03-05"]))
    >>> print(retention_rate(joined, left, start=dt.date(2025, 1, 1), end=dt.date(2025, 3, 31)))
    0.75 (0.301 to 0.954; n=4)
    """
    present, stayed = _present(joined, left, start, end)
    return share_of(int((present & stayed).sum()), int(present.sum()), level=level)


def churn_rate(joined: pd.Series, left: pd.Series, *, start: dt.date, end: dt.date, level: float = 0.95) -> Estimate:
    """Return the share of customers present at the start who had left by the end.

    The complement of `retention_rate` for the same people; parameters and errors are the same.

    Examples
    --------
    >>> joined, left = pd.Series(pd.to_datetime(["2024-01-01"] * 4)), pd.Series(pd.to_datetime([None] * 4))
    >>> print(churn_rate(joined, left, start=dt.date(2025, 1, 1), end=dt.date(2025, 3, 31)))
    0 (0 to 0.49; n=4)
    """
    present, stayed = _present(joined, left, start, end)
    return share_of(int((present & ~stayed).sum()), int(present.sum()), level=level)


def revenue_churn(
    joined: pd.Series, left: pd.Series, revenue: pd.Series, *, start: dt.date, end: dt.date, level: float = 0.95
) -> Estimate:
    """Return the share of the revenue of the start that went with customers who had left by the end.

    Beside `churn_rate` it tells whether the large or the small customers leave.

    Parameters
    ----------
    joined, left, start, end, level
        As in `retention_rate`.
    revenue
        What each customer brought in before the period, shape (n,). Customers without revenue do not count.

    Raises
    ------
    CxError
        If the period ends before it starts.

    Notes
    -----
    A weighted share: Wilson's interval at the effective n that the spread of revenue leaves.

    Examples
    --------
    >>> joined = pd.Series(pd.to_datetime(["2024-01-01"] * 4))
    >>> left = pd.Series(pd.to_datetime(["2025-03-01", None, None, None]))
    >>> paid = pd.Series([70.0, 10, 10, 10])
    >>> print(revenue_churn(joined, left, paid, start=dt.date(2025, 1, 1), end=dt.date(2025, 3, 31)))
    0.7 (0.17 to 0.964; n=4)
    """
    present, stayed = _present(joined, left, start, end)
    paid = np.nan_to_num(numbers(revenue))
    counts = present & (paid > 0)
    if not counts.any():
        return cannot_tell("no-answers", level=level, unit="share")
    lost, n_eff = weighted_mean((~stayed)[counts], paid[counts]), kish(paid[counts]).n_eff
    low, high = wilson(min(lost.mean, 1.0) * n_eff, n_eff, level=level)
    return Estimate(lost.mean, low, high, n=int(counts.sum()), level=level, method="wilson", unit="share")


def inactivity_window(
    log: pd.DataFrame, *, customer: str, day: str, share: float = 0.9, level: float = 0.95
) -> Estimate:
    """Return the days of silence after which a customer without contract may count as lost.

    The gap between two purchases that the share `share` of all gaps does not exceed. Only gaps that ended are seen, so
    in a young log it is too short; a customer is never certainly lost.

    Parameters
    ----------
    log
        One purchase a row; purchases of one customer on one day count as one.
    customer, day
        Columns of the customer and the date.
    share
        Share of gaps, between 0 and 1.

    Returns
    -------
    Estimate
        Unit ``days``. "Cannot tell" if nobody bought twice; no interval if there are too few gaps for one.

    Notes
    -----
    Quantile of type 7, interval from order statistics (binomial).

    Examples
    --------
    >>> days = pd.to_datetime(["2025-01-01", "2025-01-11", "2025-01-31"])
    >>> print(inactivity_window(pd.DataFrame({"who": "a", "on": days}), customer="who", day="on", share=0.5))
    15 (too-few; n=2)
    """
    on = (
        pd.DataFrame({"who": log[customer], "on": _days(log[day])})
        .dropna()
        .drop_duplicates()
        .sort_values(["who", "on"])
    )
    gaps = np.sort(on.groupby("who")["on"].diff().dt.days.dropna().to_numpy())
    n = len(gaps)
    if not n:
        return cannot_tell("nobody-came-back", level=level, unit="days")
    value, reach = quantiles(gaps, share)[0], normal_quantile(level) * np.sqrt(n * share * (1 - share))
    low, high = int(np.floor(n * share - reach)), int(np.ceil(n * share + reach))
    plain = {"n": n, "level": level, "method": "order-statistics", "unit": "days"}
    if low < 1 or high > n:
        return Estimate(value, **plain, reason="too-few")
    return Estimate(value, gaps[low - 1], gaps[high - 1], **plain)


def formula(start: float, end: float, new: float) -> float:
    """Return retention by the formula (E − N) / S, as a share.

    Right only if `new` counts new customers that are still there at the end; see `reconciled`.

    Parameters
    ----------
    start, end
        Customers at the start and at the end of the period.
    new
        Customers who joined in between.

    Raises
    ------
    CxError
        If `start` is not above 0 or a count is negative.

    Examples
    --------
    >>> formula(200, 210, 30)
    0.9
    """
    if not (start > 0 and end >= 0 and new >= 0):
        raise CxError("not-a-count", found=[start, end, new])
    return (end - new) / start


def reconciled(joined: pd.Series, left: pd.Series, *, start: dt.date, end: dt.date) -> Reconciliation:
    """Return the counts that the formula needs beside those that the IDs give, so that a difference explains itself.

    Parameters and errors are those of `retention_rate`.

    Examples
    --------
    >>> joined = pd.Series(pd.to_datetime(["2024-01-01"] * 4 + ["2025-02-01"] * 2))
    >>> left = pd.Series(pd.to_datetime(["2025-03-01", None, None, None, "2025-03-05", None]))
    >>> counts = reconciled(joined, left, start=dt.date(2025, 1, 1), end=dt.date(2025, 3, 31))
    >>> counts.formula_rate, counts.true_rate
    (0.5, 0.75)
    """
    present, stayed = _present(joined, left, start, end)
    days = _days(joined)
    is_new = (days >= np.datetime64(start)) & (days <= np.datetime64(end)) & ~(_days(left) < days)
    at_start, at_end, new = int(present.sum()), int(((present | is_new) & stayed).sum()), int(is_new.sum())
    lost = int((present & ~stayed).sum())
    rates = {"formula_rate": (at_end - new) / at_start, "true_rate": 1 - lost / at_start} if at_start else {}
    rates = rates or {"formula_rate": float("nan"), "true_rate": float("nan")}
    return Reconciliation(at_start, at_end, new, int((is_new & ~stayed).sum()), lost, **rates)


def _present(
    joined: pd.Series, left: pd.Series, start: dt.date, end: dt.date
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who was there at the start, and who had not left by the end."""
    if end < start:
        raise CxError("period-backwards", found=f"{start}..{end}")
    came, went = _days(joined), _days(left)
    if len(came) != len(went):
        raise CxError("lengths-differ", found=[len(came), len(went)])
    not_gone = np.isnat(went)
    present = (came < np.datetime64(start)) & (not_gone | (went >= np.datetime64(start))) & ~(went < came)
    return present, not_gone | (went > np.datetime64(end))


def _days(dates: pd.Series) -> NDArray[np.datetime64]:
    """Dates as whole days, missing ones as not-a-time."""
    return pd.to_datetime(pd.Series(dates)).dt.tz_localize(None).to_numpy().astype("datetime64[D]")
