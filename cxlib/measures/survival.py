"""How long until something happens, when for some it has not happened yet: Kaplan–Meier and the log-rank test.

A ticket still open, a customer still with us: their time is known only to be longer than what we saw. Leaving them
out makes service look fast and customers look short-lived; counting them as ended does too.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxlib.errors import CxError
from cxlib.measures.answers import numbers
from cxlib.measures.estimate import Estimate, cannot_tell
from cxlib.measures.shares import wilson

_FLAT = 1e-9


@dataclass(frozen=True, eq=False)
class Curve:
    """A survival curve: the share for whom it has not happened yet, by time.

    Attributes
    ----------
    time
        Times at which it happened to someone, ascending, shape (k,).
    survival, se, low, high
        Share still without it just after each time, its standard error (Greenwood), and its bounds; bounds are
        not-a-number where the share is 0.
    at_risk
        How many were still without it just before each time.
    watched
        How long each was watched, ascending, shape (n,).
    events
        How many it happened to, in all.
    level
        Confidence level of the bounds.
    """

    time: NDArray[np.float64]
    survival: NDArray[np.float64]
    se: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    watched: NDArray[np.float64]
    events: int
    level: float

    @property
    def n(self) -> int:
        """How many were watched."""
        return len(self.watched)


@dataclass(frozen=True)
class Point:
    """A survival curve at one time; not-a-number where it is not known."""

    survival: float
    se: float
    low: float
    high: float


def survival_curve(time: ArrayLike, event: ArrayLike, *, level: float = 0.95) -> Curve:
    """Return the Kaplan–Meier curve.

    It assumes that those who dropped out of sight do not differ from those still watched.

    Parameters
    ----------
    time
        How long each was watched, in one unit, not negative, shape (n,). Rows with a missing time are left out.
    event
        Whether it happened at the end of that time (1, True) or was not seen to (0, False), shape (n,).
    level
        Confidence level of the bounds.

    Raises
    ------
    CxError
        If nobody was watched, a time is negative, or the lengths differ.

    Notes
    -----
    Kaplan & Meier (1958); interval of log(−log S), Kalbfleisch & Prentice; by `scipy.stats.ecdf`.

    Examples
    --------
    >>> curve = survival_curve([6, 6, 7, 10], [1, 0, 1, 0])
    >>> curve.time, curve.survival
    (array([6., 7.]), array([0.75 , 0.375]))
    """
    from scipy.stats import CensoredData, ecdf

    times, happened = watched(time, event)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        found = ecdf(CensoredData(uncensored=times[happened], right=times[~happened])).sf
        band = found.confidence_interval(level, method="log-log")
    at, deaths = np.unique(times[happened], return_counts=True)
    place = np.searchsorted(found.quantiles, at)
    survival, low, high = (step.probabilities[place] for step in (found, band.low, band.high))
    at_risk = len(times) - np.searchsorted(np.sort(times), at, side="left")
    se = _greenwood(survival, deaths, at_risk)
    return Curve(at, survival, se, low, high, at_risk, np.sort(times), int(happened.sum()), level)


def watched(time: ArrayLike, event: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return times and whether it happened, checked, without rows whose time is missing.

    Raises
    ------
    CxError
        If nothing is left, a time is negative, an event is neither 0 nor 1, or the lengths differ.

    Examples
    --------
    >>> watched([3, None], [1, 0])
    (array([3.]), array([ True]))
    """
    times, happened = numbers(time), numbers(event)
    if len(times) != len(happened):
        raise CxError("lengths-differ", found=[len(times), len(happened)])
    known = ~np.isnan(times)
    times, happened = times[known], happened[known]
    if not len(times):
        raise CxError("no-times")
    if (times < 0).any():
        raise CxError("negative-time", found=float(times.min()))
    if not np.isin(happened, (0, 1)).all():
        raise CxError("not-yes-or-no", column="event", found=[float(value) for value in np.unique(happened)[:5]])
    return times, happened == 1


def _greenwood(
    survival: NDArray[np.float64], deaths: NDArray[np.int64], at_risk: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Standard error of each survival share."""
    left = at_risk - deaths
    terms = np.divide(deaths, at_risk * left, out=np.zeros(len(deaths)), where=left > 0)
    return survival * np.sqrt(np.cumsum(terms))


def survival_at(curve: Curve, time: float) -> Point:
    """Return the share without the event at `time`, with its standard error and bounds.

    Beyond the longest time watched it is not known, unless it has happened to all.

    Examples
    --------
    >>> survival_at(survival_curve([6, 6, 7, 10], [1, 0, 1, 0]), 6.5).survival
    0.75
    """
    place = int(np.searchsorted(curve.time, time, side="right")) - 1
    is_over = place >= 0 and curve.survival[place] < _FLAT
    if time > curve.watched[-1] and not is_over:
        return Point(np.nan, np.nan, np.nan, np.nan)
    if place < 0:
        return Point(1.0, 0.0, np.nan, np.nan)
    return Point(*(float(column[place]) for column in (curve.survival, curve.se, curve.low, curve.high)))


def time_reached(curve: Curve, *, quantile: float = 0.5) -> tuple[float, float, float]:
    """Return the time by which it has happened to the share `quantile`, with its bounds.

    Each is not-a-number where the curve never gets that far. Where the curve is flat at exactly that share, the middle
    of the flat stretch is taken, as in R.

    Notes
    -----
    Brookmeyer & Crowley (1982): the times at which the bounds of the curve cross the share.

    Examples
    --------
    >>> time_reached(survival_curve([1, 2, 3, 4], [1, 1, 1, 1]))[0]
    2.5
    """
    if not 0 < quantile < 1:
        raise CxError("p-not-a-share", found=quantile)
    floor = np.nan_to_num(curve.low, nan=0.0)
    low, middle, high = (_crossed(curve, band, 1 - quantile) for band in (floor, curve.survival, curve.high))
    return middle, low, high


def _crossed(curve: Curve, band: NDArray[np.float64], share: float) -> float:
    """First time at which a falling `band` is at or below `share`; the middle of a flat stretch at it."""
    reached = np.flatnonzero(band <= share + _FLAT)
    if not len(reached):
        return float("nan")
    first = int(reached[0])
    below = np.flatnonzero(band < share - _FLAT)
    if abs(band[first] - share) <= _FLAT and len(below):
        return float((curve.time[first] + curve.time[below[0]]) / 2)
    return float(curve.time[first])


def happened_by(curve: Curve, time: float) -> Estimate:
    """Return the share to whom it has happened by `time`.

    Where it has happened to nobody or to all, the bounds are Wilson's, on those of whom it is known.

    Examples
    --------
    >>> print(happened_by(survival_curve([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0]), 3))
    0.5 (0.196 to 0.889; n=6)
    """
    point = survival_at(curve, time)
    if np.isnan(point.survival):
        return cannot_tell("watched-too-short", n=curve.n, level=curve.level, unit="share")
    low, high = 1 - point.high, 1 - point.low
    if np.isnan(low) or np.isnan(high):
        known = curve.events if point.survival < _FLAT else int((curve.watched >= time).sum())
        low, high = wilson(known * (1 - round(point.survival)), known, level=curve.level)
    value, method = 1 - point.survival, "kaplan-meier"
    return Estimate(value, low, high, n=curve.n, level=curve.level, method=method, unit="share")


@dataclass(frozen=True)
class LogRank:
    """The log-rank test of two groups.

    Attributes
    ----------
    chi2, p_value
        Statistic (one degree of freedom) and probability of one at least as large if both curves were the same.
    observed_a, expected_a
        Events in the first group, and how many there would be if both curves were the same.
    n
        How many were watched in both groups.
    """

    chi2: float
    p_value: float
    observed_a: int
    expected_a: float
    n: int


def log_rank(time_a: ArrayLike, event_a: ArrayLike, time_b: ArrayLike, event_b: ArrayLike) -> LogRank:
    """Return the log-rank test of "it takes both groups equally long".

    It sees a difference best if one group is faster all along; curves that cross can cancel out.

    Parameters
    ----------
    time_a, event_a, time_b, event_b
        As in `survival_curve`, for each group.

    Raises
    ------
    CxError
        If a group is empty or the input is not as there.

    Notes
    -----
    Mantel (1966); statistic by `scipy.stats.logrank`.

    Examples
    --------
    >>> result = log_rank([6, 7, 10], [1, 1, 0], [1, 2, 3], [1, 1, 1])
    >>> round(result.chi2, 2), result.observed_a, round(result.expected_a, 2)
    (5.05, 2, 3.85)
    """
    from scipy.stats import CensoredData, logrank

    a, b = watched(time_a, event_a), watched(time_b, event_b)
    expected, events = _expected(a, b)
    n = len(a[0]) + len(b[0])
    observed = int(a[1].sum())
    if not events:
        return LogRank(0.0, 1.0, 0, 0.0, n)
    with np.errstate(all="ignore"):
        first, second = (CensoredData(uncensored=t[e], right=t[~e]) for t, e in (a, b))
        found = logrank(first, second)
    if np.isnan(found.statistic):
        return LogRank(0.0, 1.0, observed, expected, n)
    return LogRank(float(found.statistic) ** 2, float(found.pvalue), observed, expected, n)


def _expected(
    a: tuple[NDArray[np.float64], NDArray[np.bool_]], b: tuple[NDArray[np.float64], NDArray[np.bool_]]
) -> tuple[float, int]:
    """Events to expect in the first group, and events in both."""
    times, deaths = np.unique(np.concatenate([a[0][a[1]], b[0][b[1]]]), return_counts=True)
    risk_a, risk_b = (len(t) - np.searchsorted(np.sort(t), times, side="left") for t in (a[0], b[0]))
    return float((deaths * risk_a / (risk_a + risk_b)).sum()), int(deaths.sum())
