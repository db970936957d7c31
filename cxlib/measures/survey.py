"""What customers answered: Net Promoter Score, satisfaction (CSAT), effort (CES) and mean scores, with intervals.

Each metric is a function of a histogram of scores, so answers may come one a row or as distinct scores with `counts`;
`by` works on reduced scores (`cxlib.measures.scores.reduce`) and never sees a row. Missing answers are left out of
numerator and denominator. Instruments are never pooled and their direction is never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.errors import CxError
from cxlib.measures import promoters as net
from cxlib.measures.answers import SCALES, histogram
from cxlib.measures.estimate import Difference, Estimate, cannot_tell
from cxlib.measures.shares import share, share_difference

GOOD = {"csat5": (4, 5), "csat7": (6, 7), "csat10": (9, 10), "ces1": (1, 2), "ces2": (5, 7), "ease5": (4, 5)}
"""Lowest and highest answer that counts as satisfied, or as little effort."""

DIRECTION = {scale: "low" if scale == "ces1" else "high" for scale in SCALES}
"""Which end of each scale is good."""

EFFORT = ("ces1", "ces2", "ease5")
SATISFACTION = ("csat5", "csat7", "csat10")


def nps(scores: ArrayLike, *, counts: ArrayLike | None = None, level: float = 0.95) -> Estimate:
    """Return the Net Promoter Score of 0–10 answers.

    The share of promoters (9 or 10) minus the share of detractors (0 to 6), in points from -100 to +100.
    Two surveys with the same score can hide different shares, so read it beside their counts.

    Parameters
    ----------
    scores
        One answer a row to "How likely are you to recommend us?", whole numbers 0 to 10, shape (n,); or distinct
        scores if `counts` is given. Missing answers are left out.
    counts
        How often each score was given, shape (n,).
    level
        Confidence level of the interval, between 0 and 1.

    Raises
    ------
    CxError
        If an answer is not a whole number from 0 to 10.

    Notes
    -----
    Interval: adjusted Wald, ¾, 1½ and ¾ added to promoters, passives and detractors, clipped to ±100.
    Rocks (2016), Interval Estimation for the Net Promoter Score, The American Statistician 70(4).

    Examples
    --------
    >>> f"{nps(pd.Series([10] * 50 + [8] * 30 + [3] * 20)):+.0f}"
    '+30 (+14 to +44; n=100)'
    """
    group = net.promoters(scores, counts=counts)
    if not group.n:
        return cannot_tell("no-answers", level=level, unit="points")
    interval = net.adjusted_wald(group, level=level)
    value, low, high = 100 * interval.net, 100 * interval.low, 100 * interval.high
    return Estimate(value, low, high, n=int(group.n), level=level, method="adjusted-wald", unit="points")


def nps_difference(
    scores: ArrayLike,
    others: ArrayLike,
    *,
    counts: ArrayLike | None = None,
    other_counts: ArrayLike | None = None,
    level: float = 0.95,
) -> Difference:
    """Return how much higher the Net Promoter Score of the first answers is, in points, with a test.

    For two separate groups of people. The same people asked twice vary less than this allows for.

    Parameters
    ----------
    scores, others
        0–10 answers of the two groups, shapes (n,) and (m,); or distinct scores if counts are given.
    counts, other_counts
        How often each score was given.

    Raises
    ------
    CxError
        If an answer is not a whole number from 0 to 10.

    Notes
    -----
    Adjusted Wald: ¾, 1½ and ¾ added in both groups, Rocks (2016).

    Examples
    --------
    >>> change = nps_difference([9, 8, 3], [10, 7, 0], counts=[500, 300, 200], other_counts=[46, 31, 23])
    >>> f"{change:+.0f}"
    '+7 (-9 to +24; n=1100)'
    """
    a, b = net.promoters(scores, counts=counts), net.promoters(others, counts=other_counts)
    n = int(a.n + b.n)
    if not (a.n and b.n):
        return Difference(None, n=n, level=level, unit="points", reason="no-answers")
    result = net.net_difference(a, b, level=level)
    value, low, high = 100 * result.difference, 100 * result.low, 100 * result.high
    return Difference(value, low, high, n=n, level=level, method="adjusted-wald", unit="points", p_value=result.p_value)


def csat(scores: ArrayLike, *, scale: str, counts: ArrayLike | None = None, level: float = 0.95) -> Estimate:
    """Return the share of satisfied customers: those who gave one of the two best answers.

    The mean can move the other way, so show it beside (`mean`). Results on different scales are not comparable.

    Parameters
    ----------
    scores
        One answer a row, or distinct scores if `counts` is given, shape (n,).
    scale
        ``csat5`` (1–5), ``csat7`` (1–7) or ``csat10`` (1–10).

    Raises
    ------
    CxError
        If the scale is another, or an answer is off it.

    Notes
    -----
    Top-2-box; Wilson's interval.

    Examples
    --------
    >>> print(csat([5, 5, 4, 4, 4, 3, 3, 2, 5, 4], scale="csat5"))
    0.7 (0.397 to 0.892; n=10)
    """
    return _good_share(scores, _one_of(scale, SATISFACTION), counts=counts, level=level)


def ces(scores: ArrayLike, *, version: str, counts: ArrayLike | None = None, level: float = 0.95) -> Estimate:
    """Return the share of customers for whom it was easy.

    The version must be told: `ces1` asks how much effort it took (low is good), the others how easy it was (high is
    good), and a guessed direction turns the result round. Versions are never pooled.

    Parameters
    ----------
    scores
        One answer a row, or distinct scores if `counts` is given, shape (n,).
    version
        ``ces1``: effort 1–5, good is 1 or 2. ``ces2``: "made it easy" 1–7, good is 5 to 7.
        ``ease5``: ease 1–5, good is 4 or 5.

    Raises
    ------
    CxError
        If the version is another, or an answer is off its scale.

    Notes
    -----
    Dixon, Freeman & Toman (2010), Harvard Business Review, for 1.0; Dixon, Toman & DeLisi (2013), The Effortless
    Experience, for 2.0. Wilson's interval.

    Examples
    --------
    >>> print(ces([7, 6, 5, 5, 4, 3, 7, 2], version="ces2"))
    0.625 (0.306 to 0.863; n=8)
    """
    return _good_share(scores, _one_of(version, EFFORT), counts=counts, level=level)


def _one_of(name: str, allowed: Sequence[str]) -> str:
    """The name, refused if it is not among those allowed."""
    if name not in allowed:
        raise CxError("no-such-instrument", found=name, expected=list(allowed))
    return name


def good_count(scores: ArrayLike, *, instrument: str, counts: ArrayLike | None = None) -> int:
    """Return how many answers count as satisfied (top-2-box) or as little effort.

    Examples
    --------
    >>> good_count([5, 4, 3, 1], instrument="csat5")
    2
    """
    score, n = histogram(scores, counts=counts, instrument=_one_of(instrument, tuple(GOOD)))
    low, high = GOOD[instrument]
    return int(n[(score >= low) & (score <= high)].sum())


def _good_share(scores: ArrayLike, instrument: str, *, counts: ArrayLike | None, level: float) -> Estimate:
    """Share of good answers with Wilson's interval."""
    _, n = histogram(scores, counts=counts, instrument=instrument)
    return share(good_count(scores, instrument=instrument, counts=counts), int(n.sum()), level=level)


def good_difference(
    scores: ArrayLike,
    others: ArrayLike,
    *,
    instrument: str,
    counts: ArrayLike | None = None,
    other_counts: ArrayLike | None = None,
    level: float = 0.95,
) -> Difference:
    """Return how much larger the share of good answers (CSAT, CES) is in the first group, with a test.

    Examples
    --------
    >>> print(good_difference([5, 1], [5, 1], instrument="csat5", counts=[56, 14], other_counts=[48, 32]))
    0.2 (0.0524 to 0.334; n=150)
    """
    (_, a), (_, b) = histogram(scores, counts=counts), histogram(others, counts=other_counts)
    good_a = good_count(scores, instrument=instrument, counts=counts)
    good_b = good_count(others, instrument=instrument, counts=other_counts)
    return share_difference(good_a, int(a.sum()), good_b, int(b.sum()), level=level)


def mean(scores: ArrayLike, *, counts: ArrayLike | None = None, level: float = 0.95) -> Estimate:
    """Return the mean answer with Student's t interval.

    Means treat the steps of a scale as equal and hide splits: show them beside a share, not instead of it.

    Notes
    -----
    Where answers crowd at one end, the interval covers 91 % at n = 10 and a level of 95 %, 93 % or more from n = 30.

    Examples
    --------
    >>> print(mean([5, 5, 4, 4, 4, 3, 3, 2, 5, 4]))
    3.9 (3.19 to 4.61; n=10)
    >>> print(mean([4]))
    4 (one-answer; n=1)
    """
    score, number = histogram(scores, counts=counts)
    n = int(number.sum())
    if n == 0:
        return cannot_tell("no-answers", level=level, unit="score")
    value = float(np.average(score, weights=number))
    if n < 2:
        return Estimate(value, n=n, level=level, method="t", unit="score", reason="one-answer", needs=2)
    half = _t_quantile(level, n - 1) * float(np.sqrt(number @ (score - value) ** 2 / (n - 1) / n))
    if not half:
        return Estimate(value, n=n, level=level, method="t", unit="score", reason="all-the-same")
    return Estimate(value, value - half, value + half, n=n, level=level, method="t", unit="score")


def _t_quantile(level: float, df: float) -> float:
    """How many standard errors a t interval of `level` reaches to each side."""
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + level) / 2))


MEASURES: dict[str, Callable[..., Estimate]] = {
    "nps": nps,
    **{scale: partial(csat, scale=scale) for scale in SATISFACTION},
    **{version: partial(ces, version=version) for version in EFFORT},
    "mean": mean,
}
"""Instrument → its headline metric, called as ``metric(scores, counts=…, level=…)``."""


def by(
    reduced: pd.DataFrame, *, groups: Sequence[str], instrument: str, level: float = 0.95, min_n: int = 10
) -> pd.DataFrame:
    """Return the metric of an instrument for each group of reduced scores, one row a group.

    Parameters
    ----------
    reduced
        What `cxlib.measures.scores.reduce` returns: group columns, ``score``, ``n``.
    groups
        Columns to group by; empty: one row for all. A missing label is a group of its own.
    instrument
        A key of `MEASURES`.
    min_n
        Groups with fewer answers get no value: reason ``too-few``, `needs` = `min_n`.

    Returns
    -------
    pd.DataFrame
        The group columns, then those of `Estimate.row`.

    Raises
    ------
    CxError
        If the instrument is unknown or an answer is off its scale.

    Examples
    --------
    >>> reduced = pd.DataFrame({"channel": ["app", "app", "web"], "score": [10, 6, 9], "n": [40, 10, 3]})
    >>> by(reduced, groups=["channel"], instrument="nps")[["channel", "value", "n", "reason", "needs"]]
      channel  value   n   reason  needs
    0     app   60.0  50             NaN
    1     web    NaN   3  too-few   10.0
    """
    _one_of(instrument, tuple(MEASURES))
    counted = reduced.groupby([*groups, "score"], dropna=False, sort=True, observed=True)["n"].sum().reset_index()
    first = np.flatnonzero(~counted.duplicated(list(groups))) if groups else np.zeros(1, dtype=int)
    keys = counted.loc[first, list(groups)].itertuples(index=False, name=None) if groups else [()]
    scores, counts = (np.split(counted[name].to_numpy(), first[1:]) for name in ("score", "n"))
    rows = [
        dict(zip(groups, key, strict=True)) | vars(_of_group(*part, instrument, level=level, min_n=min_n))
        for key, *part in zip(keys, scores, counts, strict=False)
    ]
    return pd.DataFrame(rows, columns=[*groups, *(field.name for field in fields(Estimate))])


def _of_group(scores: np.ndarray, counts: np.ndarray, instrument: str, *, level: float, min_n: int) -> Estimate:
    """The metric of one group, or "too few"."""
    n = int(counts.sum())
    metric = MEASURES[instrument](scores, counts=counts, level=level)
    return cannot_tell("too-few", n=n, level=level, unit=metric.unit, needs=min_n) if n < min_n else metric
